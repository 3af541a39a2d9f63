/* SPDX-License-Identifier: GPL-2.0 */
/*
 * I/O of a parity plex, a row at a time: between row.c, row_error.c and those who
 * regenerate and verify rows.
 */
#ifndef _PLX_ROW_H
#define _PLX_ROW_H

#include "plexus.h"
#include "plog.h"
#include "stripe.h"

/* ---- what a row is like; inside the epoch of the plan, any context ---- */

/*
 * The stripe as it is: blocks by role (stripe.h), what is missing by the plan and the maps
 * of stale regions, and whether parity can be trusted. What is missing stays so for an I/O
 * that holds the row's claim, and so does what is trusted: the engine, which makes both
 * better, may be seen late.
 */
void plx_row_look(const struct plx_plan *plan, u64 row, struct plx_stripe *st);
/* the claim that all who write to a row, or read it by its parity, hold meanwhile */
void plx_row_claim_init(struct plx_claim *claim, u64 row);
/* member that has block @b of the row */
u32 plx_row_member(const struct plx_layout *l, u64 row, u32 b);
/* where the unit of a member of the first plex in a row is; returns the disk, NULL: lost */
struct plx_disk *plx_row_place(const struct plx_plan *plan, u32 member, u64 row, u64 *sector);
/* regions of the volume that have data of the row */
void plx_row_regions(const struct plx_plan *plan, u64 row, u32 *first, u32 *last);

#endif
