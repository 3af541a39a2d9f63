// SPDX-License-Identifier: GPL-2.0
/*
 * How a stripe is written and read, and its arithmetic.
 *
 * Over the hull of what is written, parity is the sum of a partial parity, which
 * comes from the sectors that do not change, and of the new data. The partial
 * one is what the parity log wants. It is the sum of the sectors that do not change
 * (RCW, RECONSTRUCT), or the old parity less the old data of those that do (RMW), which
 * needs an old parity that is right. Since both hold for each sector by itself, the
 * arithmetic goes through the hull in segments in which the same blocks change.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "stripe.h"

static u32 range_len(struct plx_stripe_range r)
{
	return r.hi > r.lo ? r.hi - r.lo : 0;
}

static u32 lowest(u32 mask, u32 n)
{
	u32 low = 0;

	for (; n; n--, mask &= mask - 1)
		low |= mask & -mask;
	return low;
}

static bool sane(const struct plx_stripe *st)
{
	return st->k && (st->parity == 1 || st->parity == 2) &&
	       st->k + st->parity <= PLX_STRIPE_MAX;
}

static int hull_find(const struct plx_stripe *st, const struct plx_stripe_range *change,
		     struct plx_stripe_plan *plan)
{
	u32 d;

	plan->hull.lo = st->unit;
	for (d = 0; d < st->k; d++) {
		if (!range_len(change[d]))
			continue;
		if (change[d].hi > st->unit)
			return -EINVAL;
		plan->change[d] = change[d];
		plan->hull.lo = min(plan->hull.lo, change[d].lo);
		plan->hull.hi = max(plan->hull.hi, change[d].hi);
	}
	return range_len(plan->hull) ? 0 : -EINVAL;
}

/* what of the hull a block keeps, in one range: all of it if it changes in the middle */
static struct plx_stripe_range kept(struct plx_stripe_range hull, struct plx_stripe_range change)
{
	if (!range_len(change))
		return hull;
	if (change.lo == hull.lo)
		return (struct plx_stripe_range){ change.hi, hull.hi };
	if (change.hi == hull.hi)
		return (struct plx_stripe_range){ hull.lo, change.lo };
	return hull;
}

/* the reads of one way; false: it cannot be gone */
static bool way_reads(const struct plx_stripe *st, const struct plx_stripe_plan *plan,
		      enum plx_stripe_way way, struct plx_stripe_range *read)
{
	u32 data = plx_stripe_data_mask(st->k), parity = plx_stripe_parity_mask(st->k, st->parity);
	u32 lost = st->missing & data, d, b;

	if (way != PLX_STRIPE_RCW && !st->in_sync)
		return false;
	if (way == PLX_STRIPE_RECONSTRUCT && !lost)
		return false;
	/* a parity block that is not right yet gets what is right, not the old one and a bit */
	if (way == PLX_STRIPE_RMW && (st->fresh || parity & st->missing & ~st->absent))
		return false;
	for (d = 0; d < st->k; d++) {
		struct plx_stripe_range r = plan->hull;

		if (way == PLX_STRIPE_RMW)
			r = plan->change[d];
		else if (way == PLX_STRIPE_RCW)
			r = kept(plan->hull, plan->change[d]);
		if (lost & 1U << d) {
			if (way != PLX_STRIPE_RECONSTRUCT && range_len(r))
				return false;
			continue;
		}
		read[d] = r;
	}
	parity &= ~st->missing;
	if (way == PLX_STRIPE_RCW)
		parity = 0;
	else if (way == PLX_STRIPE_RECONSTRUCT)
		parity = lowest(parity, hweight32(lost));
	for (b = st->k; b < st->k + st->parity; b++)
		if (parity & 1U << b)
			read[b] = plan->hull;
	return true;
}

/* takes the way that reads the fewest sectors, then in the fewest pieces */
static bool way_choose(const struct plx_stripe *st, struct plx_stripe_plan *plan)
{
	static const enum plx_stripe_way ways[] = { PLX_STRIPE_RCW, PLX_STRIPE_RMW,
						    PLX_STRIPE_RECONSTRUCT };
	u32 best = 0, i, b;
	bool found = false;

	for (i = 0; i < 3; i++) {
		struct plx_stripe_range read[PLX_STRIPE_MAX] = {};
		u32 cost = 0;

		if (!way_reads(st, plan, ways[i], read))
			continue;
		for (b = 0; b < st->k + st->parity; b++)
			if (range_len(read[b]))
				cost += range_len(read[b]) * PLX_STRIPE_MAX + 1;
		if (found && cost >= best)
			continue;
		found = true;
		best = cost;
		plan->way = cost ? ways[i] : PLX_STRIPE_FULL;
		memcpy(plan->read, read, sizeof(read));
	}
	return found;
}

/**
 * plx_stripe_plan_write() - how to write some of a stripe
 * @st: the stripe as it is
 * @change: what is written of each data block, k ranges
 * @plan: written, also on failure
 *
 * Writes the new data to all data blocks that can be written, and the parity over the hull
 * to all parity blocks that can. So a block that is not right yet, and is about to be
 * regenerated, stays right where it is already.
 *
 * Return: 0, or as said in the header.
 */
int plx_stripe_plan_write(const struct plx_stripe *st, const struct plx_stripe_range *change,
			  struct plx_stripe_plan *plan)
{
	u32 all, there, b;

	memset(plan, 0, sizeof(*plan));
	if (!sane(st) || hull_find(st, change, plan))
		return -EINVAL;
	all = plx_stripe_data_mask(st->k) | plx_stripe_parity_mask(st->k, st->parity);
	there = all & ~st->absent;
	if (hweight32(all & st->missing) > st->parity)
		return -EIO;
	for (b = 0; b < st->k + st->parity; b++)
		if (there & 1U << b)
			plan->write[b] = b < st->k ? plan->change[b] : plan->hull;
	if (!(there >> st->k))
		return 0;
	if (!way_choose(st, plan))
		return -EUCLEAN;
	if (plan->way == PLX_STRIPE_RECONSTRUCT)
		plan->rebuild = st->missing & plx_stripe_data_mask(st->k);
	return 0;
}

/**
 * plx_stripe_plan_read() - how to read some blocks of a stripe
 * @st: the stripe as it is
 * @want: which
 * @range: what of them
 * @plan: written, also on failure
 *
 * Serves degraded reads, and with a parity block in @want regeneration. What of @want is
 * there is read; what is missing is put in plan->rebuild, along with other missing data
 * that comes out on the way.
 *
 * Return: 0, or as said in the header.
 */
int plx_stripe_plan_read(const struct plx_stripe *st, u32 want, struct plx_stripe_range range,
			 struct plx_stripe_plan *plan)
{
	u32 data, all, lost, read, b;

	memset(plan, 0, sizeof(*plan));
	if (!sane(st) || !range_len(range) || range.hi > st->unit)
		return -EINVAL;
	data = plx_stripe_data_mask(st->k);
	all = data | plx_stripe_parity_mask(st->k, st->parity);
	want &= all;
	read = want & ~st->missing;
	plan->hull = range;
	plan->rebuild = want & st->missing;
	if (plan->rebuild) {
		lost = data & st->missing;
		if (hweight32(all & st->missing) > st->parity)
			return -EIO;
		if (lost && !st->in_sync)
			return -EUCLEAN;
		plan->rebuild |= lost;
		read |= (data & ~lost) | lowest(all & ~data & ~st->missing, hweight32(lost));
	}
	for (b = 0; b < st->k + st->parity; b++)
		if (read & 1U << b)
			plan->read[b] = range;
	return 0;
}

u32 plx_stripe_segment(const struct plx_stripe_range *change, u32 k, u32 at, u32 end, u32 *set)
{
	u32 d;

	*set = 0;
	for (d = 0; d < k; d++) {
		if (!range_len(change[d]) || change[d].hi <= at)
			continue;
		if (change[d].lo <= at) {
			*set |= 1U << d;
			end = min(end, change[d].hi);
		} else {
			end = min(end, change[d].lo);
		}
	}
	return end;
}

/* dest = the sum of some blocks of the run; dest is none of them */
static void sum(struct plx_stripe_run *run, void *dest, u32 blocks)
{
	void *src[PLX_STRIPE_MAX];
	u32 b, n = 0;

	for (b = 0; b < run->k + run->parity; b++)
		if (blocks & 1U << b)
			src[n++] = run->ptr[b];
	if (!n) {
		memset(dest, 0, run->bytes);
		return;
	}
	memcpy(dest, src[0], run->bytes);
	plx_xor(dest, src + 1, n - 1, run->bytes);
}

void plx_stripe_solve(struct plx_stripe_run *run, u32 lost, u32 with, void *spare)
{
	u32 p = 1U << run->k, a = ffs(lost) - 1, b = fls(lost) - 1;
	void *kept;

	if (a != b) {
		plx_pq_rebuild_two(run->k, a, b, run->bytes, run->ptr);
	} else if (with & p) {
		sum(run, run->ptr[a], (plx_stripe_data_mask(run->k) & ~lost) | p);
	} else {
		/* writes a P, which is not to touch the one that is there */
		kept = run->ptr[run->k];
		run->ptr[run->k] = spare;
		plx_pq_rebuild_one(run->k, a, run->bytes, run->ptr);
		run->ptr[run->k] = kept;
	}
}

void plx_stripe_parity(struct plx_stripe_run *run)
{
	if (run->parity == 2)
		plx_pq_make(run->k, run->bytes, run->ptr);
	else
		sum(run, run->ptr[run->k], plx_stripe_data_mask(run->k));
}

/* P, and Q, ^= the blocks of @set */
static void add(struct plx_stripe_run *run, u32 set)
{
	void *src[PLX_STRIPE_MAX];
	u32 d, n = 0;

	if (!set)
		return;
	for (d = 0; d < run->k; d++) {
		if (set & 1U << d)
			src[n++] = run->ptr[d];
		else
			run->ptr[d] = plx_pq_zero();
	}
	if (run->parity == 2)
		plx_pq_add(run->k, ffs(set) - 1, fls(set) - 1, run->bytes, run->ptr);
	else
		plx_xor(run->ptr[run->k], src, n, run->bytes);
}

static void *at(void *buf, size_t bytes)
{
	return buf ? (u8 *)buf + bytes : NULL;
}

static void old_parity(const struct plx_stripe *st, struct plx_stripe_col *col,
		       struct plx_stripe_run *run, size_t off)
{
	u32 i;

	for (i = 0; i < st->parity; i++) {
		void *old = col->old[st->k + i], *to = run->ptr[st->k + i];

		if (st->missing & 1U << (st->k + i))
			memset(to, 0, run->bytes);
		else if (to != at(old, off))
			memcpy(to, at(old, off), run->bytes);
	}
}

/* a segment in which the blocks of @set change, and only they */
static void segment(const struct plx_stripe *st, enum plx_stripe_way way,
		    struct plx_stripe_col *col, struct plx_stripe_run *run, size_t off, u32 set)
{
	u32 others = plx_stripe_data_mask(st->k) & ~set, i, d;
	bool partial = col->partial[0];

	for (i = 0; i < st->parity; i++)
		run->ptr[st->k + i] = at(col->parity[i], off);
	for (d = 0; d < st->k; d++)
		run->ptr[d] = at(col->old[d], off);
	if (way == PLX_STRIPE_RMW) {
		old_parity(st, col, run, off);
		add(run, set);
	} else {
		for (d = 0; d < st->k; d++)
			if (set & 1U << d)
				run->ptr[d] = partial ? plx_pq_zero() : at(col->new[d], off);
		plx_stripe_parity(run);
	}
	for (i = 0; partial && i < st->parity; i++)
		memcpy(at(col->partial[i], off), run->ptr[st->k + i], run->bytes);
	if (way != PLX_STRIPE_RMW && !partial)
		return;
	for (d = 0; d < st->k; d++)
		run->ptr[d] = others & 1U << d ? NULL : at(col->new[d], off);
	add(run, set);
}

/**
 * plx_stripe_compute() - the new parity of a column
 * @st: as it was for the plan
 * @plan: of a write; what it wants read of this column has been
 * @col: gets parity, partial parity if wanted, and data that had to be rebuilt
 *
 * Of a parity block that is missing only scratch is written, but its buffer is needed.
 */
void plx_stripe_compute(const struct plx_stripe *st, const struct plx_stripe_plan *plan,
			struct plx_stripe_col *col)
{
	struct plx_stripe_run run = { .k = st->k, .parity = st->parity };
	u32 sector, end, set;

	if (plan->way == PLX_STRIPE_PLAIN)
		return;
	if (plan->way == PLX_STRIPE_RECONSTRUCT)
		plx_stripe_rebuild(st, plan, col, col->parity[0]);
	for (sector = col->lo; sector < col->hi; sector = end) {
		end = plx_stripe_segment(plan->change, st->k, sector, col->hi, &set);
		run.bytes = (size_t)(end - sector) * st->sector_bytes;
		segment(st, plan->way, col, &run, (size_t)(sector - col->lo) * st->sector_bytes,
			set);
	}
}

void plx_stripe_rebuild(const struct plx_stripe *st, const struct plx_stripe_plan *plan,
			struct plx_stripe_col *col, void *spare)
{
	u32 data = plx_stripe_data_mask(st->k), parity = plx_stripe_parity_mask(st->k, st->parity);
	u32 make = plan->rebuild & parity;
	struct plx_stripe_run run = {
		.k = st->k,
		.parity = st->parity,
		.bytes = (size_t)(col->hi - col->lo) * st->sector_bytes,
	};

	memcpy(run.ptr, col->old, sizeof(run.ptr));
	if (plan->rebuild & data)
		plx_stripe_solve(&run, plan->rebuild & data, parity & ~st->missing, spare);
	if (!make)
		return;
	if (make == 1U << st->k) {
		sum(&run, run.ptr[st->k], data);
		return;
	}
	if (make != parity)
		run.ptr[st->k] = spare;
	plx_stripe_parity(&run);
}
