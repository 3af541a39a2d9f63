// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of an I/O of a row: whose they are, and the arithmetic over them. What is
 * written is a private copy: parity is computed from it, and written with it, so that a
 * buffer that changes meanwhile cannot make parity lie.
 *
 * All blocks have pages for the hull, from the page that holds its first sector on, so
 * that the same page of each block is a column for stripe.h.
 */
#include <linux/highmem.h>
#include <linux/mempool.h>
#include <linux/slab.h>
#include "row.h"

struct plx_row_pools *plx_row_pools_new(u32 n_members)
{
	struct plx_row_pools *pools = kzalloc(sizeof(*pools), GFP_NOIO);
	/* cur and new of each block, two partial parities; or cur of each and a spare */
	u32 pages = (2 * n_members + 2) * PLX_ROW_PAGES;

	if (!pools)
		return NULL;
	mutex_init(&pools->alone);
	pools->rows = mempool_create_kmalloc_pool(4, struct_size((struct plx_row *)NULL, part,
								 n_members));
	pools->pages = mempool_create_page_pool(pages, 0);
	if (pools->rows && pools->pages)
		return pools;
	plx_row_pools_free(pools);
	return NULL;
}

void plx_row_pools_free(struct plx_row_pools *pools)
{
	if (!pools)
		return;
	mempool_destroy(pools->rows);
	mempool_destroy(pools->pages);
	kfree(pools);
}

static bool empty(struct plx_stripe_range r)
{
	return r.hi <= r.lo;
}

static bool disjoint(struct plx_stripe_range a, struct plx_stripe_range b)
{
	return empty(a) || empty(b) || a.hi <= b.lo || b.hi <= a.lo;
}

static void *at(const struct plx_row *row, struct page **page, u32 sector)
{
	u32 from = sector - row->base;

	return page_address(page[from >> PAGE_SECTORS_SHIFT]) +
	       ((from & (PAGE_SECTORS - 1)) << SECTOR_SHIFT);
}

static bool take(struct plx_row *row, struct page **page, u32 n, gfp_t gfp)
{
	u32 i;

	for (i = 0; i < n; i++) {
		page[i] = mempool_alloc(row->vol->row_pools->pages, gfp);
		if (!page[i])
			return false;
	}
	return true;
}

static bool take_block(struct plx_row *row, u32 b, gfp_t gfp)
{
	struct plx_row_part *part = &row->part[b];
	const struct plx_stripe_plan *how = &row->how;
	bool data = b < row->st.k;

	if (!empty(how->read[b]) || how->rebuild & 1U << b) {
		part->cur = part->page;
		if (!take(row, part->cur, row->n_pages, gfp))
			return false;
	}
	if (!row->write || (data ? empty(how->change[b]) : how->way == PLX_STRIPE_PLAIN))
		return true;
	if (part->cur && (!data || (how->way == PLX_STRIPE_RCW &&
				    disjoint(how->read[b], how->change[b])))) {
		part->new = part->cur;
		return true;
	}
	part->new = part->page + PLX_ROW_PAGES;
	return take(row, part->new, row->n_pages, gfp);
}

static bool take_all(struct plx_row *row, gfp_t gfp)
{
	u32 b, i;

	for (b = 0; b < plx_row_blocks(row); b++)
		if (!take_block(row, b, gfp))
			return false;
	if (!row->write || row->heal)
		return take(row, &row->spare, 1, gfp);
	if (!row->plan->plog || row->how.way == PLX_STRIPE_PLAIN ||
	    row->how.way == PLX_STRIPE_FULL)
		return true;
	for (i = 0; i < row->st.parity; i++) {
		row->logged[i] = row->partial[i];
		if (!take(row, row->logged[i], row->n_pages, gfp))
			return false;
	}
	return true;
}

static void give(struct plx_row *row, struct page **page, u32 n)
{
	for (; n; n--, page++) {
		if (*page)
			mempool_free(*page, row->vol->row_pools->pages);
		*page = NULL;
	}
}

void plx_row_free_pages(struct plx_row *row)
{
	u32 b, i;

	for (b = 0; b < plx_row_blocks(row); b++) {
		give(row, row->part[b].page, row->n_pages);
		give(row, row->part[b].page + PLX_ROW_PAGES, row->n_pages);
		row->part[b].cur = NULL;
		row->part[b].new = NULL;
	}
	for (i = 0; i < 2; i++) {
		give(row, row->partial[i], row->n_pages);
		row->logged[i] = NULL;
	}
	give(row, &row->spare, 1);
}

/**
 * plx_row_take_pages - all pages that an I/O will need
 * @row: planned; has no pages, and no claim
 * @gfp: GFP_NOWAIT, or GFP_NOIO: may sleep
 *
 * Two that each hold a part of the pool and wait for the rest would wait for ever:
 * whoever has to wait gives back what he has, and waits alone. The pool has what one
 * I/O needs at most, and those that have all of theirs need no memory to end.
 */
bool plx_row_take_pages(struct plx_row *row, gfp_t gfp)
{
	bool ok;

	if (row->bare) {
		row->n_pages = 0;
		return true;
	}
	row->base = round_down(row->how.hull.lo, PAGE_SECTORS);
	row->n_pages = DIV_ROUND_UP(row->how.hull.hi - row->base, PAGE_SECTORS);
	if (take_all(row, GFP_NOWAIT | __GFP_NOWARN))
		return true;
	plx_row_free_pages(row);
	if (!gfpflags_allow_blocking(gfp))
		return false;
	mutex_lock(&row->vol->row_pools->alone);
	ok = take_all(row, gfp);
	mutex_unlock(&row->vol->row_pools->alone);
	return ok;
}

/*
 * Between the parent's buffer and the pages of a block, @range of the unit. By bytes: a
 * piece of the buffer need neither begin nor end with a sector, see dma_alignment.
 */
static void copy(struct plx_row *row, struct bvec_iter *iter, struct page **page,
		 struct plx_stripe_range range)
{
	size_t off = (size_t)(range.lo - row->base) << SECTOR_SHIFT;
	size_t left = (size_t)(range.hi - range.lo) << SECTOR_SHIFT, bytes;

	for (; left; left -= bytes, off += bytes) {
		struct bio_vec bv = bio_iter_iovec(row->parent, *iter);
		void *p = page_address(page[off >> PAGE_SHIFT]) + offset_in_page(off);

		bytes = min3((size_t)bv.bv_len, PAGE_SIZE - offset_in_page(off), left);
		if (row->write)
			memcpy_from_page(p, bv.bv_page, bv.bv_offset, bytes);
		else
			memcpy_to_page(bv.bv_page, bv.bv_offset, p, bytes);
		bio_advance_iter_single(row->parent, iter, bytes);
	}
}

static void clear(struct plx_row *row, struct page **page, struct plx_stripe_range r)
{
	u32 lo, hi;

	for (lo = r.lo; lo < r.hi; lo = hi) {
		hi = min_t(u32, round_down(lo, PAGE_SECTORS) + PAGE_SECTORS, r.hi);
		memset(at(row, page, lo), 0, (hi - lo) << SECTOR_SHIFT);
	}
}

void plx_row_copy_in(struct plx_row *row)
{
	struct bvec_iter iter = row->parent->bi_iter;
	u32 d;

	for (d = 0; d < row->st.k && !row->bare; d++) {
		if (empty(row->how.change[d]))
			continue;
		if (row->zero)
			clear(row, row->part[d].new, row->how.change[d]);
		else
			copy(row, &iter, row->part[d].new, row->how.change[d]);
	}
}

void plx_row_copy_out(struct plx_row *row)
{
	struct bvec_iter iter = row->parent->bi_iter;

	copy(row, &iter, row->part[row->want].cur, row->range);
}

/* the column that begins at sector @lo */
static void column(const struct plx_row *row, u32 lo, struct plx_stripe_col *col)
{
	u32 b, i;

	memset(col, 0, sizeof(*col));
	col->lo = lo;
	col->hi = min_t(u32, round_down(lo, PAGE_SECTORS) + PAGE_SECTORS, row->how.hull.hi);
	for (b = 0; b < plx_row_blocks(row); b++) {
		if (row->part[b].cur)
			col->old[b] = at(row, row->part[b].cur, lo);
		if (row->part[b].new && b < row->st.k)
			col->new[b] = at(row, row->part[b].new, lo);
	}
	for (i = 0; row->write && i < row->st.parity; i++) {
		if (row->part[row->st.k + i].new)
			col->parity[i] = at(row, row->part[row->st.k + i].new, lo);
		if (row->logged[i])
			col->partial[i] = at(row, row->logged[i], lo);
	}
}

/* new parity, and what of it the log wants; in task context */
void plx_row_compute(struct plx_row *row)
{
	struct plx_stripe_col col;
	u32 lo;

	/* the parity of zeroes is zero */
	if (row->how.way == PLX_STRIPE_PLAIN || row->bare)
		return;
	for (lo = row->how.hull.lo; lo < row->how.hull.hi; lo = col.hi) {
		column(row, lo, &col);
		plx_stripe_compute(&row->st, &row->how, &col);
	}
}

/* what a read wants and is not there; in task context */
void plx_row_rebuild(struct plx_row *row)
{
	struct plx_stripe_col col;
	u32 lo;

	for (lo = row->how.hull.lo; lo < row->how.hull.hi; lo = col.hi) {
		column(row, lo, &col);
		plx_stripe_rebuild(&row->st, &row->how, &col, page_address(row->spare));
	}
}

/* @page NULL: of zeroes */
static u32 sum_of(const struct plx_row *row, struct page **page, struct plx_stripe_range r)
{
	struct xxh64_state sum;
	u32 lo, hi;

	plx_plog_sum_begin(&sum);
	for (lo = r.lo; lo < r.hi; lo = hi) {
		hi = min_t(u32, round_down(lo, PAGE_SECTORS) + PAGE_SECTORS, r.hi);
		plx_plog_sum_add(&sum, page ? at(row, page, lo) : page_address(ZERO_PAGE(0)),
				 (size_t)(hi - lo) << SECTOR_SHIFT);
	}
	return plx_plog_sum_end(&sum);
}

/*
 * Sums of the data help only where several blocks are written: one alone is old or new in
 * each sector whatever they say. Those of what was there are known where it was read.
 */
void plx_row_entry(struct plx_row *row)
{
	struct plx_plog_entry *e = &row->req.entry;
	const struct plx_stripe *st = &row->st;
	u32 d, n = 0, i;

	memset(e, 0, sizeof(*e));
	e->row = row->nr;
	e->partials = (~st->absent >> st->k) & ((1U << st->parity) - 1);
	for (d = 0; d < st->k; d++)
		n += !empty(row->how.change[d]);
	for (d = 0; d < st->k; d++) {
		if (empty(row->how.change[d]))
			continue;
		e->change[d] = row->how.change[d];
		if (n == 1)
			continue;
		if (row->bare && d) { /* all of them are alike */
			e->sum[d] = e->sum[0];
			continue;
		}
		e->sum[d] = sum_of(row, row->part[d].new, e->change[d]);
		if (row->how.way != PLX_STRIPE_RMW)
			continue;
		e->old_sum[d] = sum_of(row, row->part[d].cur, e->change[d]);
		e->has_old |= 1U << d;
	}
	for (i = 0; i < st->parity; i++) {
		row->req.member[i] = plx_row_member(row->plan->plex[0].layout, row->nr, st->k + i);
		row->req.partial[i] = row->logged[i];
	}
}
