// SPDX-License-Identifier: GPL-2.0
/*
 * The engine has some rows of a parity volume: it holds their claims, so that nobody writes
 * to them, or reads them by their parity, meanwhile, and has of each member as much in
 * memory as there is room for. No window of the region log is used: whoever writes to a
 * row later also writes to members that are stale, and leaves right what is right there.
 *
 * Claims are taken in ascending order, under window_lock and before the epoch is entered:
 * a holder of a claim may wait for pack->change, and a change waits for neither.
 */
#include <linux/delay.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "sync_row.h"

/**
 * plx_rows_room - how much goes into memory
 * @plan: of a parity volume
 * @room: gets the sectors of each member
 *
 * Return: how many rows at once, 1 also where a unit does not fit as a whole.
 */
u32 plx_rows_room(struct plx_plan *plan, u32 *room)
{
	const struct plx_layout *l = plan->plex[0].layout;

	/* a power of two: no member is in both lists of pages, no unit of 64 bytes cut */
	*room = 2 * PLX_WINDOW_SECTORS / roundup_pow_of_two(l->n_members);
	return clamp_t(u32, *room >> l->unit_shift, 1, PLX_ROWS_MAX);
}

struct plx_rows *plx_rows_new(struct plx_sync *s)
{
	struct plx_rows *r = kvzalloc(sizeof(*r), GFP_KERNEL);
	u32 i;

	if (!r)
		return NULL;
	r->s = s;
	for (i = 0; i < ARRAY_SIZE(r->spare); i++) {
		r->spare[i] = alloc_page(GFP_KERNEL);
		if (!r->spare[i]) {
			plx_rows_free(r);
			return NULL;
		}
	}
	return r;
}

void plx_rows_free(struct plx_rows *r)
{
	u32 i;

	for (i = 0; r && i < ARRAY_SIZE(r->spare); i++)
		if (r->spare[i])
			__free_page(r->spare[i]);
	kvfree(r);
}

/**
 * plx_rows_begin - nobody else works on some rows from here on
 * @s: the engine of a parity volume
 * @first: row
 * @n: rows, as many as plx_rows_room() says, or less
 *
 * Context: sleeps; waits for data I/O.
 * Return: true: until plx_rows_end(). false: the engine is to stop, or there is no plex
 */
bool plx_rows_begin(struct plx_sync *s, u64 first, u32 n)
{
	struct plx_volume *vol = s->vol;
	struct plx_rows *r = s->rows;
	u32 i, fits = 0;

	/* whoever gives the disks' extents away holds it over that */
	mutex_lock(&vol->window_lock);
	r->first = first;
	r->n = n;
	r->bad = 0;
	r->wbad = 0;
	for (i = 0; i < n; i++) {
		plx_row_claim_init(&r->row[i].claim.claim, first + i);
		plx_claim_wait(vol->claims, &r->row[i].claim);
	}
	r->epoch = plx_epoch_enter(&vol->epoch);
	r->plan = plx_volume_plan(vol);
	if (r->plan && plx_sync_parity(r->plan) && !READ_ONCE(s->stop)) {
		r->l = r->plan->plex[0].layout;
		fits = plx_rows_room(r->plan, &r->room);
	}
	if (n <= fits)
		return true;
	plx_rows_end(s);
	return false;
}

void plx_rows_end(struct plx_sync *s)
{
	struct plx_rows *r = s->rows;
	u32 i;

	plx_epoch_exit(&s->vol->epoch, r->epoch);
	for (i = 0; i < r->n; i++)
		plx_claim_release(s->vol->claims, &r->row[i].claim.claim);
	mutex_unlock(&s->vol->window_lock);
}

static u32 at(struct plx_rows *r, u32 i, u32 sector)
{
	return i * (r->hi - r->lo) + sector - r->lo;
}

static struct page **pages_of(struct plx_rows *r, u32 member)
{
	u32 page = member * (r->room >> PAGE_SECTORS_SHIFT);

	return page < PLX_WINDOW_PAGES ? r->s->pages + page :
					 r->s->pages2 + page - PLX_WINDOW_PAGES;
}

void *plx_rows_buf(struct plx_rows *r, u32 member, u32 i, u32 sector)
{
	u32 off = at(r, i, sector);

	return page_address(pages_of(r, member)[off >> PAGE_SECTORS_SHIFT]) +
	       ((off & (PAGE_SECTORS - 1)) << SECTOR_SHIFT);
}

u32 plx_rows_column(struct plx_rows *r, u32 i, u32 sector)
{
	return min(sector + PAGE_SECTORS - (at(r, i, sector) & (PAGE_SECTORS - 1)), r->hi);
}

/* rows i to i + n - 1 of a member: as many bios as it has extents there */
static bool member_io(struct plx_rows *r, enum req_op op, u32 m, u32 i, u32 n)
{
	u32 unit = 1U << r->l->unit_shift, run;
	struct plx_disk *disk;
	u64 sector, next;

	for (; n; i += run, n -= run) {
		disk = plx_row_place(r->plan, m, r->first + i, &sector);
		if (!disk)
			return false;
		for (run = 1; run < n; run++)
			if (plx_row_place(r->plan, m, r->first + i + run, &next) != disk ||
			    next != sector + (u64)run * unit)
				break;
		plx_batch_disk(&r->batch[m], disk, op, sector + r->lo, pages_of(r, m),
			       at(r, i, r->lo), run * (r->hi - r->lo));
	}
	return true;
}

static bool wants(const struct plx_sync_row *row, enum req_op op, u32 m)
{
	return (op == REQ_OP_READ ? row->read : row->write) & BIT(m);
}

static bool start_member(struct plx_rows *r, enum req_op op, u32 m)
{
	bool ok = true;
	u32 i, n;

	for (i = 0; i < r->n; i += n) {
		n = 1;
		if (!wants(&r->row[i], op, m))
			continue;
		while (i + n < r->n && wants(&r->row[i + n], op, m))
			n++;
		ok &= member_io(r, op, m, i, n);
	}
	return ok;
}

u32 plx_rows_io(struct plx_rows *r, enum req_op op)
{
	struct blk_plug plug;
	u32 m, bad = 0;

	blk_start_plug(&plug);
	for (m = 0; m < r->l->n_members; m++) {
		plx_batch_init(&r->batch[m]);
		if (!start_member(r, op, m))
			bad |= BIT(m);
	}
	blk_finish_plug(&plug);
	for (m = 0; m < r->l->n_members; m++)
		if (plx_batch_wait(&r->batch[m]))
			bad |= BIT(m);
	return bad;
}

/*
 * A write failed. The place is not trusted yet: it is stale, unsync, fresh, or was not to be
 * read. So the member leaves without haste, and without the claims.
 */
bool plx_rows_give_up(struct plx_sync *s, u32 members, const char *what)
{
	struct plx_conf_plex *cp;
	struct plx_why why = {};
	struct plx_change c;
	bool any = false;
	int v;
	u32 m;

	if (plx_change_begin(&c, s->vol->pack, &why))
		return false;
	v = plx_conf_volume_find(c.conf, &s->vol->id);
	cp = v < 0 ? NULL : c.conf->volume[v]->plex[0];
	for (m = 0; cp && m < cp->n_members; m++) {
		if (!(members & BIT(m)) || cp->member[m].state == PLX_MEMBER_FAILED ||
		    cp->member[m].state == PLX_MEMBER_MISSING)
			continue;
		plx_change_detach_member(&c, c.conf->volume[v], 0, m, PLX_MEMBER_FAILED);
		if (cp->member[m].state != PLX_MEMBER_FAILED)
			continue; /* one too many */
		pr_warn("plexus: %s: member %u is given up: %s\n", c.conf->volume[v]->name, m,
			what);
		any = true;
	}
	if (any && plx_change_commit(&c, &why))
		pr_err("plexus: %s\n", why.text);
	plx_change_end(&c);
	msleep(20); /* should that not be recorded: no hot loop */
	return any;
}
