// SPDX-License-Identifier: GPL-2.0
/*
 * What a stripe holds after a crash, by its entry of the parity log. Why this is right:
 * plog_format.h.
 *
 * It goes through the hull in runs in which the same blocks were being written, in three
 * steps: lost blocks that were not, from the partial parity; lost blocks that were, from
 * parity; new parity from all that is now known.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include "plog_format.h"

static size_t offset(const struct plx_plog_entry *e, const struct plx_plog_replay *r, u32 sector)
{
	return (size_t)(sector - e->hull.lo) * r->sector_bytes;
}

/* the run at @at: its buffers, and the blocks that were being written there; returns its end */
static u32 run_at(const struct plx_plog_entry *e, const struct plx_plog_replay *r, u32 at,
		  struct plx_stripe_run *run, u32 *set)
{
	u32 end = plx_stripe_segment(e->change, r->k, at, e->hull.hi, set), b;

	end = min_t(u32, end, at + PAGE_SIZE / r->sector_bytes);
	run->k = r->k;
	run->parity = r->parity;
	run->bytes = (size_t)(end - at) * r->sector_bytes;
	for (b = 0; b < r->k + r->parity; b++)
		run->ptr[b] = (u8 *)r->block[b] + offset(e, r, at);
	return end;
}

static void make_untouched(const struct plx_plog_entry *e, struct plx_plog_replay *r, u32 lost)
{
	struct plx_stripe_run run;
	u32 at, end, set, i;

	for (at = e->hull.lo; at < e->hull.hi; at = end) {
		end = run_at(e, r, at, &run, &set);
		if (!(lost & ~set))
			continue;
		for (i = 0; i < r->k; i++)
			if (set & 1U << i)
				run.ptr[i] = plx_pq_zero();
		for (i = 0; i < r->parity; i++)
			if (e->partials & 1U << i)
				run.ptr[r->k + i] = (u8 *)r->partial[i] + offset(e, r, at);
		plx_stripe_solve(&run, lost & ~set, e->partials << r->k, r->spare);
	}
}

/* where exactly the blocks @lost are lost and were being written: by the parity blocks @with */
static void make_written(const struct plx_plog_entry *e, struct plx_plog_replay *r, u32 lost,
			 u32 of, u32 with)
{
	struct plx_stripe_run run;
	u32 at, end, set;

	for (at = e->hull.lo; at < e->hull.hi; at = end) {
		end = run_at(e, r, at, &run, &set);
		if ((of & set) == lost)
			plx_stripe_solve(&run, lost, with, r->spare);
	}
}

static u32 sum_of(const struct plx_plog_entry *e, const struct plx_plog_replay *r, u32 d)
{
	const u8 *data = r->block[d];

	return plx_plog_sum(data + offset(e, r, e->change[d].lo),
			    (size_t)(e->change[d].hi - e->change[d].lo) * r->sector_bytes);
}

/* where other blocks were being written along with @d, in one range */
static struct plx_stripe_range shared(const struct plx_plog_entry *e, u32 k, u32 d)
{
	struct plx_stripe_range bad = { 0, 0 };
	u32 at, end, set;

	for (at = e->change[d].lo; at < e->change[d].hi; at = end) {
		end = plx_stripe_segment(e->change, k, at, e->change[d].hi, &set);
		if (set == 1U << d)
			continue;
		if (!bad.hi)
			bad.lo = at;
		bad.hi = end;
	}
	return bad;
}

/*
 * Tries P, then Q: one of them may fit where the other one does not. What is left in the
 * block when neither does came from the last one, which stays as it is when parity is made
 * anew; so a second replay finds the same.
 */
static void decide(const struct plx_plog_entry *e, struct plx_plog_replay *r, u32 lost,
		   u32 usable, u32 d)
{
	u32 b, crc;

	for (b = r->k; b < r->k + r->parity; b++) {
		if (!(usable & 1U << b))
			continue;
		make_written(e, r, 1U << d, lost, 1U << b);
		crc = sum_of(e, r, d);
		if (crc == e->sum[d]) {
			r->verdict[d] = PLX_PLOG_NEW;
			return;
		}
		if (e->has_old & 1U << d && crc == e->old_sum[d]) {
			r->verdict[d] = PLX_PLOG_OLD;
			return;
		}
	}
	r->bad[d] = shared(e, r->k, d);
	r->verdict[d] = r->bad[d].hi ? PLX_PLOG_BAD : PLX_PLOG_EACH;
}

/*
 * Parity goes to all members that get writes. So does a block that could not be read: parity
 * fits what was made of it, and what is left of it on the disk may be torn.
 */
static int choose_writes(struct plx_plog_replay *r)
{
	u32 d;

	for (d = 0; d < r->k; d++)
		if (r->unread & 1U << d && r->verdict[d] == PLX_PLOG_BAD)
			return -EIO;
	r->write = r->unread | ~(plx_stripe_data_mask(r->k) | r->lost);
	r->write &= plx_stripe_data_mask(r->k + r->parity);
	return 0;
}

static void make_parity(const struct plx_plog_entry *e, struct plx_plog_replay *r)
{
	struct plx_stripe_run run;
	u32 at, end, set;

	for (at = e->hull.lo; at < e->hull.hi; at = end) {
		end = run_at(e, r, at, &run, &set);
		plx_stripe_parity(&run);
	}
}

/**
 * plx_plog_replay() - set a stripe right after a crash
 * @e: its entry, of plx_plog_choose()
 * @r: what its members hold
 *
 * Afterwards @r->write goes to the disks, over the hull, and what was lost is known.
 *
 * Return: 0, or -EIO: as said in the header.
 */
int plx_plog_replay(const struct plx_plog_entry *e, struct plx_plog_replay *r)
{
	u32 lost = r->lost & plx_stripe_data_mask(r->k), d;
	/* a parity block that was away when this was written cannot be of use now */
	u32 usable = e->partials << r->k & ~r->lost;

	if (hweight32(lost) > hweight32(usable))
		return -EIO;
	memset(r->verdict, 0, sizeof(r->verdict));
	memset(r->bad, 0, sizeof(r->bad));
	if (lost) {
		make_untouched(e, r, lost);
		if (hweight32(lost) == 2)
			make_written(e, r, lost, lost, usable);
	}
	for (d = 0; d < r->k; d++)
		if (lost & 1U << d && e->change[d].hi > e->change[d].lo)
			decide(e, r, lost, usable, d);
	make_parity(e, r);
	return choose_writes(r);
}
