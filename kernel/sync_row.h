/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Some rows of a parity volume in the hands of the engine: between sync_row.c, sync_parity.c
 * and scrub_parity.c.
 */
#ifndef _PLX_SYNC_ROW_H
#define _PLX_SYNC_ROW_H

#include "row.h"
#include "sync.h"

#define PLX_ROWS_MAX 64

struct plx_sync_row {
	struct plx_claim_sync claim;
	struct plx_stripe st;
	struct plx_stripe_plan plan;
	u32 want; /* blocks that are made anew and written */
	u32 read, write; /* members */
};

struct plx_rows {
	struct plx_sync *s;
	struct plx_plan *plan; /* from plx_rows_begin() to plx_rows_end() */
	const struct plx_layout *l;
	unsigned int epoch;
	u64 first; /* row */
	u32 n;
	u32 lo, hi; /* sectors of the unit; all of it unless n is 1 */
	u32 room; /* sectors that are in memory of each member */
	u32 bad, wbad; /* members that could not be read, or written */
	struct page *spare[2];
	struct plx_batch batch[PLEXUS_MAX_MEMBERS];
	struct plx_sync_row row[PLX_ROWS_MAX];
};

/* sync_row.c; how many rows one begin() can be about */
u32 plx_rows_room(struct plx_plan *plan, u32 *room);
bool plx_rows_begin(struct plx_sync *s, u64 first, u32 n);
void plx_rows_end(struct plx_sync *s);
/* of the units of those rows that want it, lo to hi; members that erred */
u32 plx_rows_io(struct plx_rows *r, enum req_op op);
/* where the sector, from lo on, of a member's unit in the i-th row is */
void *plx_rows_buf(struct plx_rows *r, u32 member, u32 i, u32 sector);
/* the end of the columns that begin with @sector: they lie in one page */
u32 plx_rows_column(struct plx_rows *r, u32 i, u32 sector);
/* members that could not be written leave; false: the plex cannot go on without them */
bool plx_rows_give_up(struct plx_sync *s, u32 members, const char *what);

#endif
