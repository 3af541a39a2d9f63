/* SPDX-License-Identifier: GPL-2.0 */
/*
 * I/O of a parity plex, a row at a time: between row.c, row_data.c, row_error.c and those
 * who regenerate and verify rows.
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
/* member that has block @b of the row, and the block that a member has */
u32 plx_row_member(const struct plx_layout *l, u64 row, u32 b);
u32 plx_row_block(const struct plx_layout *l, u64 row, u32 member);
/* where the unit of a member of the first plex in a row is; returns the disk, NULL: lost */
struct plx_disk *plx_row_place(const struct plx_plan *plan, u32 member, u64 row, u64 *sector);
/* regions of the volume that have data of the row; false: it is behind the end */
bool plx_row_regions(const struct plx_plan *plan, u64 row, u32 *first, u32 *last);

/* ---- an I/O of a row ---- */

#define PLX_ROW_SECTORS 128 /* of a unit, at most, that an I/O deals with */
#define PLX_ROW_PAGES (PLX_ROW_SECTORS >> PAGE_SECTORS_SHIFT)

enum plx_row_step {
	PLX_ROW_CLAIM, /* waits for its claim */
	PLX_ROW_READ, /* members are read */
	PLX_ROW_HEAL, /* what could not be read is written, before anything else */
	PLX_ROW_LOG, /* the entry of the parity log is written */
	PLX_ROW_WRITE, /* members are written */
	PLX_ROW_FAILED, /* some of them could not be: row_error.c */
	PLX_ROW_AGAIN, /* from the beginning, as soon as there are pages for it */
	PLX_ROW_RENEW, /* from the beginning, with the newest plan */
};

/* of a volume; the members of a parity plex are as many as they are */
struct plx_row_pools {
	mempool_t *rows, *pages;
	struct mutex alone; /* whoever waits for pages */
	bool no_zero; /* a member could not zero its unit by itself; set once */
};

struct plx_row;

/* of one block of the row */
struct plx_row_part {
	struct plx_row *row;
	blk_status_t status;
	struct bio bio;
	struct page **cur; /* as it was read, or is rebuilt; NULL: not needed */
	struct page **new; /* data to be written, or parity; may be cur */
	struct bio_vec vec[PLX_ROW_PAGES];
	struct page *page[2 * PLX_ROW_PAGES];
};

struct plx_row {
	struct plx_volume *vol;
	struct plx_plan *plan; /* lives as long as the epoch is entered */
	struct bio *parent;
	unsigned long start; /* of the accounting */
	unsigned int epoch;
	enum plx_row_step step;
	bool write;
	bool zero; /* a write of zeroes, or a discard: the parent has no data */
	bool bare; /* of all of the row: its members are told to zero, no pages are needed */
	bool claimed;
	bool fua; /* what failed was to be durable at once */
	bool wrote; /* of the row with this plan: members may have some of it */
	u64 nr;
	u32 base; /* sector of the unit that the pages begin with */
	u32 n_pages; /* of a block */
	u32 want; /* a read: the block */
	struct plx_stripe_range range; /* a read: what of it */
	u32 unread, failed; /* blocks that could not be read, or written */
	u32 heal, healed; /* those of them that are written first, or were: see look() */
	u32 by_hand; /* of a bare one: blocks that get zeroes from a page, and ... */
	u32 zeroed; /* ... how much of the unit has been sent to them */
	struct plx_claim claim;
	struct plx_stripe_range change[PLX_STRIPE_MAX]; /* a write: what of the data */
	struct plx_stripe st;
	struct plx_stripe_plan how;
	struct page *partial[2][PLX_ROW_PAGES];
	struct page **logged[2]; /* the same for the log; NULL: no partial parity */
	struct page *spare;
	struct plx_plog_req req;
	bool in_log; /* plx_plog_written() is due */
	atomic_t pending;
	struct bio next; /* to ourselves: see proceed() */
	struct delayed_work work;
	struct llist_node node;
	struct plx_row_part part[];
};

static inline u32 plx_row_blocks(const struct plx_row *row)
{
	return row->st.k + row->st.parity;
}

/* with its claim, or without: from the beginning, with the newest plan; in process context */
void plx_row_renew(struct plx_row *row);
void plx_row_end(struct plx_row *row, blk_status_t status); /* any context; not while it waits */

/* row_error.c: tells of the blocks whose part has an error, and adds them to @blocks */
void plx_row_count_errors(struct plx_row *row, u32 *blocks);
void plx_row_failed(struct plx_row *row); /* some of row->failed: any process context */

/* row_zero.c; sectors of an I/O, of @sectors from @place on, that are done in one go */
u32 plx_row_reach(const struct plx_layout *l, const struct plx_parity_place *place,
		  enum req_op op, u32 sectors);

/* row_data.c: pages and what is in them */
bool plx_row_take_pages(struct plx_row *row, gfp_t gfp); /* for row->how; may sleep if @gfp may */
void plx_row_free_pages(struct plx_row *row);
void plx_row_copy_in(struct plx_row *row);
void plx_row_copy_out(struct plx_row *row);
void plx_row_compute(struct plx_row *row);
void plx_row_rebuild(struct plx_row *row);
void plx_row_entry(struct plx_row *row); /* what the parity log is told */

#endif
