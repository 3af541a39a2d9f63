// SPDX-License-Identifier: GPL-2.0
/*
 * Regenerating rows of a parity volume: what stale members miss, parity where it is not
 * known to fit, and places that could not be read.
 *
 * Crash, at any point: a region of a stale member is in its map on the disks until what was
 * written there was flushed (plx_log_checkpoint()). A region that is unsync is dirty, and
 * stays so until the members were flushed after it ceased to be (the cleaner). One that is
 * fresh stays so until the flush: what the engine writes there has the same parity as
 * before for all that was ever written.
 */
#include <linux/math64.h>
#include "sync_row.h"

struct seen {
	u64 serial; /* of the plan */
	u32 worse; /* of its log */
	u64 row, end; /* those that are left */
	u64 alone; /* rows below are done one by one: a member cannot be read */
	u32 batch; /* rows at once */
	u32 data; /* sectors of a row, of the volume */
	u32 n;
	struct plx_plex *plex[PLEXUS_MAX_MEMBERS];
	u32 attached[PLEXUS_MAX_MEMBERS];
};

/* the rows with data in the regions, and references to the members that miss something */
static bool look(struct plx_sync *s, u32 first, u32 last, u64 need, struct seen *seen)
{
	unsigned int epoch = plx_epoch_enter(&s->vol->epoch);
	struct plx_plan *plan = plx_volume_plan(s->vol);
	const struct plx_plan_plex *pp = &plan->plex[0];
	bool ok = plan && plan->log && plx_sync_parity(plan);
	u32 m, room;
	u64 end;

	seen->n = 0;
	seen->alone = 0;
	if (ok && need & PLX_NEED_SETTLE && pp->lost | pp->stale)
		ok = false;
	if (ok) {
		seen->serial = plan->serial;
		seen->worse = READ_ONCE(plan->log->worse);
		seen->batch = plx_rows_room(plan, &room);
		seen->data = plx_layout_row_data(pp->layout) << pp->layout->unit_shift;
		seen->row = div_u64((u64)first << plan->log->shift, seen->data);
		end = min((u64)(last + 1) << plan->log->shift, plan->log->sectors);
		seen->end = DIV_ROUND_UP_ULL(end, seen->data);
	}
	for (m = 0; ok && m < pp->layout->n_members; m++) {
		if (!(need & BIT_ULL(m)))
			continue;
		seen->plex[seen->n] = pp->plex->member[m];
		plx_plex_get(seen->plex[seen->n]);
		seen->attached[seen->n++] = READ_ONCE(pp->plex->member[m]->attached);
	}
	plx_epoch_exit(&s->vol->epoch, epoch);
	return ok;
}

static u32 blocks_of(struct plx_rows *r, u32 i, u32 members)
{
	u32 m, blocks = 0;

	for (m = 0; m < r->l->n_members; m++)
		if (members & BIT(m))
			blocks |= BIT(plx_row_block(r->l, r->first + i, m));
	return blocks;
}

/* what is to be made of a row, and from what; -EIO: it cannot be */
static int plan_row(struct plx_rows *r, u32 i, u32 members, bool parity)
{
	struct plx_stripe_range range = { r->lo, r->hi };
	struct plx_sync_row *row = &r->row[i];
	struct plx_stripe *st = &row->st;
	u32 all, b, m;

	plx_row_look(r->plan, r->first + i, st);
	st->missing |= blocks_of(r, i, r->bad);
	row->read = 0;
	row->write = 0;
	row->want = blocks_of(r, i, members) & st->missing & ~st->absent;
	if (parity || !st->in_sync) {
		/* none of it is any good: from data, and from nothing else */
		all = plx_stripe_parity_mask(st->k, st->parity);
		st->missing |= all;
		row->want |= all & ~st->absent;
	}
	if (!row->want)
		return 0;
	if (plx_stripe_plan_read(st, row->want, range, &row->plan))
		return -EIO;
	for (b = 0; b < st->k + st->parity; b++) {
		m = plx_row_member(r->l, r->first + i, b);
		if (row->plan.read[b].hi)
			row->read |= BIT(m);
		if (row->want & BIT(b))
			row->write |= BIT(m);
	}
	return 0;
}

static void make_row(struct plx_rows *r, u32 i)
{
	struct plx_sync_row *row = &r->row[i];
	struct plx_stripe_col col;
	u32 b;

	if (!row->want)
		return;
	for (col.lo = r->lo; col.lo < r->hi; col.lo = col.hi) {
		col = (struct plx_stripe_col){
			.lo = col.lo,
			.hi = plx_rows_column(r, i, col.lo),
		};
		for (b = 0; b < row->st.k + row->st.parity; b++)
			if (row->plan.read[b].hi || row->plan.rebuild & BIT(b))
				col.old[b] = plx_rows_buf(r, plx_row_member(r->l, r->first + i, b),
							  i, col.lo);
		plx_stripe_rebuild(&row->st, &row->plan, &col, page_address(r->spare[0]));
	}
}

/*
 * All of the rows, or some columns of one. A member that cannot be read is missing too.
 * -EREMOTEIO: of several rows; they are done one by one
 */
static int make_rows(struct plx_rows *r, u32 members, bool parity)
{
	u32 i, bad;
	int ret;

	do {
		for (i = 0; i < r->n; i++) {
			ret = plan_row(r, i, members, parity);
			if (ret)
				return r->n > 1 ? -EREMOTEIO : ret;
		}
		bad = plx_rows_io(r, REQ_OP_READ);
		if (bad && r->n > 1)
			return -EREMOTEIO;
		r->bad |= bad;
	} while (bad);
	for (i = 0; i < r->n; i++)
		make_row(r, i);
	r->wbad |= plx_rows_io(r, REQ_OP_WRITE);
	return r->wbad ? -EIO : 0;
}

static int make_units(struct plx_rows *r, u32 members, bool parity)
{
	u32 unit = 1U << r->l->unit_shift;
	int ret = 0;

	for (r->lo = 0; r->lo < unit && !ret; r->lo = r->hi) {
		r->hi = min(r->lo + r->room, unit);
		ret = make_rows(r, members, parity);
		cond_resched();
	}
	return ret;
}

/* members that others made up for; the engine comes to it when it looks for what to mend */
static void mend_later(struct plx_sync *s, u32 members, u64 row)
{
	u32 m;

	for (m = 0; m < PLEXUS_MAX_MEMBERS; m++)
		if (members & BIT(m))
			plx_sync_mend_member(s->vol, m, row);
}

static int do_rows(struct plx_sync *s, struct seen *seen, u32 n, u64 need)
{
	struct plx_rows *r = s->rows;
	int ret = -EAGAIN;

	if (!plx_rows_begin(s, seen->row, n))
		return -EAGAIN;
	if (r->plan->serial == seen->serial)
		ret = make_units(r, lower_32_bits(need), need & PLX_NEED_SETTLE);
	plx_rows_end(s);
	if (r->wbad)
		return plx_rows_give_up(s, r->wbad, "write while rows were regenerated") ?
		       -EAGAIN : -EIO;
	if (!ret)
		mend_later(s, r->bad, seen->row);
	return ret;
}

/*
 * The regions leave the maps. Of what is fresh all members were flushed: the plan is the
 * same as it was when the first of its rows was looked at, so none was passed over.
 */
static int mark_done(struct plx_sync *s, struct seen *seen, u32 first, u32 last, u64 need)
{
	struct plx_plan *plan;
	unsigned int epoch;
	int ret = -EAGAIN;
	u32 i;

	if (need & PLX_NEED_SETTLE && plx_volume_flush(s->vol))
		return ret;
	epoch = plx_epoch_enter(&s->vol->epoch);
	plan = plx_volume_plan(s->vol);
	if (plan && plan->serial == seen->serial) {
		if (need & PLX_NEED_EQUAL)
			plx_log_set_equal(plan->log, seen->worse, first, last);
		if (need & PLX_NEED_SETTLE) {
			plx_log_set_fits(plan->log, first, last);
			s->settled = true;
		}
		for (i = 0; i < seen->n; i++)
			plx_log_set_current(plan->log, seen->plex[i], seen->attached[i], first,
					    last);
		ret = 0;
	}
	plx_epoch_exit(&s->vol->epoch, epoch);
	return ret;
}

/* parity cannot be made to fit all of it: that was no more than an optimisation */
static void leave_fresh(struct plx_sync *s, u32 first, u32 last)
{
	unsigned int epoch = plx_epoch_enter(&s->vol->epoch);
	struct plx_plan *plan = plx_volume_plan(s->vol);

	if (plan && plan->log && plan->log->touched && last < plan->log->n_regions)
		plx_log_untouch(plan->log, first, last);
	plx_epoch_exit(&s->vol->epoch, epoch);
}

/**
 * plx_sync_rows - regenerate the rows of a run of regions
 * @s: the engine
 * @first: region
 * @last: region; all have the same need
 * @need: from plx_sync_need()
 *
 * Return: 0 done; -EAGAIN: something changed, look again; -EIO: too little can be read
 */
int plx_sync_rows(struct plx_sync *s, u32 first, u32 last, u64 need)
{
	struct seen seen;
	ktime_t since;
	int ret = 0;
	u32 i, n;

	if (!look(s, first, last, need, &seen))
		return -EAGAIN;
	while (!ret && seen.row < seen.end && !READ_ONCE(s->stop)) {
		since = ktime_get();
		n = seen.row < seen.alone ? 1 : min_t(u64, seen.batch, seen.end - seen.row);
		ret = do_rows(s, &seen, n, need);
		if (ret == -EREMOTEIO) {
			seen.alone = seen.row + n;
			ret = 0;
			continue;
		}
		seen.row += n;
		plx_sync_throttle(s, (u64)n * seen.data << SECTOR_SHIFT, since);
	}
	if (!ret)
		ret = READ_ONCE(s->stop) ? -EAGAIN : mark_done(s, &seen, first, last, need);
	if (ret == -EIO && need & PLX_NEED_SETTLE) {
		leave_fresh(s, first, last);
		ret = -EAGAIN;
	}
	for (i = 0; i < seen.n; i++)
		plx_plex_put(seen.plex[i]);
	return ret;
}

/* what of the unit can still not be read, as far as there is enough to make it from */
static void mend_unit(struct plx_rows *r, u32 m)
{
	u32 unit = 1U << r->l->unit_shift;

	for (r->lo = 0; r->lo < unit && !r->wbad; r->lo = r->hi) {
		r->hi = min_t(u32, r->lo + PAGE_SECTORS, unit);
		r->bad = 0;
		r->row[0].read = BIT(m);
		if (!plx_rows_io(r, REQ_OP_READ))
			continue;
		r->bad = BIT(m);
		make_rows(r, BIT(m), false);
	}
}

/* -EIO: the member is given up instead */
int plx_sync_mend_row(struct plx_sync *s, const struct plx_mend *m)
{
	struct plx_rows *r = s->rows;
	struct plx_stripe st;
	u32 first, last;

	if (!plx_rows_begin(s, m->sector, 1))
		return -EAGAIN;
	if (m->member < r->l->n_members &&
	    plx_row_regions(r->plan, m->sector, &first, &last)) {
		plx_row_look(r->plan, m->sector, &st);
		if (!(st.missing & blocks_of(r, 0, BIT(m->member))))
			mend_unit(r, m->member);
	}
	plx_rows_end(s);
	if (r->wbad && plx_rows_give_up(s, r->wbad,
					"a place that cannot be read cannot be written either"))
		return -EIO;
	return 0;
}
