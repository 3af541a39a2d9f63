// SPDX-License-Identifier: GPL-2.0
/*
 * Scrub of a parity volume: parity is made from the data of rows in which it is known to
 * fit, and compared. Nobody writes to these rows meanwhile: a difference is one.
 */
#include <linux/math64.h>
#include "sync_row.h"

/* volume sector: of the data block 0 that lies beside it */
static void report(struct plx_sync *s, struct plx_rows *r, u32 i, u32 member, u32 at)
{
	u64 row = r->first + i, disk_sector;
	struct plx_event event = {
		.code = PLEXUS_EVENT_CODE_VOLUME_MODIFY,
		.pack_id = s->vol->pack->id,
		.volume_id = s->vol->id,
		.plex_id = r->plan->plex[0].plex->id,
		.task_id = s->scrub->id,
	};
	struct plx_disk *disk = plx_row_place(r->plan, member, row, &disk_sector);

	snprintf(event.message, sizeof(event.message),
		 "mismatch: volume sector %llu, plex %u, member %u, %s sector %llu",
		 ((row * plx_layout_row_data(r->l)) << r->l->unit_shift) + at,
		 r->plan->plex[0].index, member, disk ? disk->path : "", disk_sector + at);
	pr_warn_ratelimited("plexus: plx%d: %s\n", s->vol->minor, event.message);
	plx_event_send(&event);
}

/* one parity block over a column; how many of its 4 KiB differ, the first at *first */
static u32 differ(const void *a, const void *b, u32 sectors, u32 *first)
{
	u32 at, len, n = 0;

	for (at = 0; at < sectors; at += len) {
		len = min_t(u32, sectors - at, PLX_BLOCK_SECTORS);
		if (!memcmp(a + (at << SECTOR_SHIFT), b + (at << SECTOR_SHIFT),
			    len << SECTOR_SHIFT))
			continue;
		if (!n++)
			*first = at;
	}
	return n;
}

/* parity of a column into the spare pages */
static void make_column(struct plx_rows *r, u32 i, u32 lo, u32 hi)
{
	struct plx_stripe *st = &r->row[i].st;
	struct plx_stripe_run run = {
		.k = st->k,
		.parity = st->parity,
		.bytes = (size_t)(hi - lo) << SECTOR_SHIFT,
	};
	u32 b;

	for (b = 0; b < st->k; b++)
		run.ptr[b] = plx_rows_buf(r, plx_row_member(r->l, r->first + i, b), i, lo);
	for (b = 0; b < st->parity; b++)
		run.ptr[st->k + b] = page_address(r->spare[b]);
	plx_stripe_parity(&run);
}

static void compare_row(struct plx_sync *s, struct plx_rows *r, u32 i)
{
	struct plx_sync_row *row = &r->row[i];
	u32 lo, hi, b, m, n, at = 0;
	bool told = false;
	void *has;

	for (lo = r->lo; row->read && lo < r->hi; lo = hi) {
		hi = plx_rows_column(r, i, lo);
		make_column(r, i, lo, hi);
		for (b = 0; b < row->st.parity; b++) {
			m = plx_row_member(r->l, r->first + i, row->st.k + b);
			if (!(row->read & BIT(m)))
				continue;
			has = plx_rows_buf(r, m, i, lo);
			n = differ(has, page_address(r->spare[b]), hi - lo, &at);
			if (!n)
				continue;
			atomic64_add(n, &s->vol->mismatches);
			if (!told)
				report(s, r, i, m, lo + at);
			told = true;
			memcpy(has, page_address(r->spare[b]), (hi - lo) << SECTOR_SHIFT);
			if (s->scrub_repair)
				row->write |= BIT(m);
		}
	}
}

/* all that is there, where parity is trusted and no data is missing; else nothing */
static void plan_row(struct plx_rows *r, u32 i)
{
	struct plx_sync_row *row = &r->row[i];
	struct plx_stripe *st = &row->st;
	u32 b;

	plx_row_look(r->plan, r->first + i, st);
	row->read = 0;
	row->write = 0;
	if (!st->in_sync || st->fresh || st->missing & plx_stripe_data_mask(st->k) ||
	    !(plx_stripe_parity_mask(st->k, st->parity) & ~st->missing))
		return;
	for (b = 0; b < st->k + st->parity; b++)
		if (!(st->missing & BIT(b)))
			row->read |= BIT(plx_row_member(r->l, r->first + i, b));
}

static int verify(struct plx_sync *s, struct plx_rows *r)
{
	u32 unit = 1U << r->l->unit_shift, i;

	for (r->lo = 0; r->lo < unit; r->lo = r->hi) {
		r->hi = min(r->lo + r->room, unit);
		for (i = 0; i < r->n; i++)
			plan_row(r, i);
		r->bad = plx_rows_io(r, REQ_OP_READ);
		if (r->bad)
			return -EIO;
		for (i = 0; i < r->n; i++)
			compare_row(s, r, i);
		r->wbad |= plx_rows_io(r, REQ_OP_WRITE);
		cond_resched();
	}
	return 0;
}

static int verify_rows(struct plx_sync *s, u64 row, u32 n)
{
	struct plx_rows *r = s->rows;
	int ret;
	u32 m;

	if (!plx_rows_begin(s, row, n))
		return 0;
	ret = verify(s, r);
	plx_rows_end(s);
	if (r->wbad)
		plx_rows_give_up(s, r->wbad, "write of a scrub");
	for (m = 0; ret && n == 1 && m < PLEXUS_MAX_MEMBERS; m++)
		if (r->bad & BIT(m))
			plx_sync_mend_member(s->vol, m, row);
	return ret;
}

/**
 * plx_scrub_rows - verify some rows of a parity volume
 * @s: the engine
 * @sector: of the volume, where the first row begins
 *
 * A member that errs is read row by row, to find the place, which is then mended.
 * Return: sectors of the volume that have been looked at; 0: none, it has no such plex now
 */
u64 plx_scrub_rows(struct plx_sync *s, u64 sector)
{
	unsigned int epoch = plx_epoch_enter(&s->vol->epoch);
	struct plx_plan *plan = plx_volume_plan(s->vol);
	u32 n = 0, data = 0, i, room;
	u64 row, end;

	if (plan && plx_sync_parity(plan)) {
		data = plx_layout_row_data(plan->plex[0].layout) <<
		       plan->plex[0].layout->unit_shift;
		end = DIV_ROUND_UP_ULL(plan->sectors, data);
		row = div_u64(sector, data);
		n = min_t(u64, plx_rows_room(plan, &room), end - row);
	}
	plx_epoch_exit(&s->vol->epoch, epoch);
	if (n > 1 && verify_rows(s, row, n)) {
		for (i = 0; i < n && !READ_ONCE(s->stop); i++)
			verify_rows(s, row + i, 1);
	} else if (n == 1) {
		verify_rows(s, row, 1);
	}
	return (u64)n * data;
}
