/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One stripe of a parity plex: k data blocks of a unit each, and P or P and Q.
 * What to read and write for a write or a degraded read, and the arithmetic
 * that goes with it. Members and disks are not known here: block b is data for
 * b < k, P is block k, Q block k + 1. Masks have bit b for block b.
 *
 * Pure: no lock, no I/O, no allocation; also built in userspace. The arithmetic is
 * for task context (compat/parity.h).
 */
#ifndef _PLX_STRIPE_H
#define _PLX_STRIPE_H

#include <linux/types.h>
#include "compat/parity.h"

#define PLX_STRIPE_MAX PLX_PQ_MAX

struct plx_stripe_range {
	u32 lo, hi; /* sectors of the unit; none if hi is not above lo */
};

struct plx_stripe {
	u32 k, parity; /* data blocks; parity blocks, 1 or 2 */
	u32 unit; /* sectors */
	u32 sector_bytes; /* 512; the unit tests have smaller ones */
	u32 missing; /* blocks that cannot be read or are not right */
	u32 absent; /* those of them that cannot be written either */
	bool in_sync; /* parity is known to fit the data here */
	bool fresh; /* that holds for what was ever written only: parity is made, never changed */
};

enum plx_stripe_way {
	PLX_STRIPE_PLAIN, /* no parity block is there: data alone */
	PLX_STRIPE_FULL, /* parity from what is written */
	PLX_STRIPE_RCW, /* reconstruct-write: from what is written and the rest, read */
	PLX_STRIPE_RMW, /* read-modify-write: from old parity, old data and new data */
	PLX_STRIPE_RECONSTRUCT, /* as RCW, missing data rebuilt from what is left */
};

struct plx_stripe_plan {
	enum plx_stripe_way way;
	struct plx_stripe_range hull; /* of all that is written; where parity changes */
	struct plx_stripe_range change[PLX_STRIPE_MAX]; /* of data: what was asked for */
	struct plx_stripe_range read[PLX_STRIPE_MAX], write[PLX_STRIPE_MAX]; /* of members */
	u32 rebuild; /* missing blocks that are made from those read, over the hull */
};

/*
 * Both: -EIO: more is missing than parity makes up for; -EUCLEAN: something missing
 * is needed, and parity is not known to be right; -EINVAL: ranges that are none.
 */
int plx_stripe_plan_write(const struct plx_stripe *st, const struct plx_stripe_range *change,
			  struct plx_stripe_plan *plan);
/* the blocks of @want, data or parity, over @range, missing or not; uses hull, read, rebuild */
int plx_stripe_plan_read(const struct plx_stripe *st, u32 want, struct plx_stripe_range range,
			 struct plx_stripe_plan *plan);

/* a column of a stripe: the same sectors of all its blocks; all buffers begin at sector lo */
struct plx_stripe_col {
	u32 lo, hi; /* inside the hull; at most a page of bytes */
	/* what was read; room for what is in plan->rebuild; NULL: nothing is read of it here */
	void *old[PLX_STRIPE_MAX];
	/* of changed blocks; may be the same buffer as old[] where what is read is not changed */
	void *new[PLX_STRIPE_MAX];
	/*
	 * Get the new P and Q, and what the log wants: the partial ones, of all sectors
	 * but those that change. Both of each, also where one is missing: then it is scratch.
	 * partial[0] NULL: not wanted. parity[i] may be old[k + i].
	 */
	void *parity[2], *partial[2];
};

void plx_stripe_compute(const struct plx_stripe *st, const struct plx_stripe_plan *plan,
			struct plx_stripe_col *col);
/* col->old[] of plan->rebuild from what plan_read() let read; @spare: room for a column */
void plx_stripe_rebuild(const struct plx_stripe *st, const struct plx_stripe_plan *plan,
			struct plx_stripe_col *col, void *spare);

/* the pieces that these and the replay of the parity log are made of: a run of bytes */
struct plx_stripe_run {
	u32 k, parity;
	size_t bytes;
	void *ptr[PLX_STRIPE_MAX];
};

/*
 * Data blocks @lost, one or two, from the other data and the parity blocks of @with, of
 * which there are as many. @spare: room for a run. Writes nothing else.
 */
void plx_stripe_solve(struct plx_stripe_run *run, u32 lost, u32 with, void *spare);
void plx_stripe_parity(struct plx_stripe_run *run); /* all parity from all data */
/* where after @at, before @end, another set of blocks begins to change; @set: that at @at */
u32 plx_stripe_segment(const struct plx_stripe_range *change, u32 k, u32 at, u32 end, u32 *set);

static inline u32 plx_stripe_data_mask(u32 k)
{
	return (1U << k) - 1;
}

static inline u32 plx_stripe_parity_mask(u32 k, u32 parity)
{
	return ((1U << parity) - 1) << k;
}

#endif
