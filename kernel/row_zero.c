// SPDX-License-Identifier: GPL-2.0
/*
 * Writes of zeroes to a parity plex, and discards, which are the same of whole rows: what of
 * them is done in one go. The rest is row.c: claim, entry in the parity log, members, as of any
 * write, so that parity fits before and after, and a crash in between is what it is for
 * other writes.
 *
 * A row that is zeroed as a whole needs no pages: the parity of zeroes is zero, and all of its
 * members are told to zero their unit (REQ_OP_WRITE_ZEROES, which must read as zeroes
 * afterwards). What is less than a row is written, from pages of zeroes.
 *
 * Of a discard only whole rows are done. What a member holds after a discard of its own nobody
 * knows, and it need not be the same twice: parity would fit nothing. Once a member was found
 * that cannot zero by itself, whatever it said before, there are no discards any more until the
 * volume stops: to write zeroes is not what they are for.
 */
#include "io.h"
#include "row.h"

static u32 row_sectors(const struct plx_layout *l)
{
	return plx_layout_row_data(l) << l->unit_shift;
}

/*
 * Of large units, a part of one, for its pages; but what zeroes all of a row needs none, and
 * there it is the row.
 */
u32 plx_row_reach(const struct plx_layout *l, const struct plx_parity_place *place,
		  enum req_op op, u32 sectors)
{
	u32 unit = 1U << l->unit_shift, row = row_sectors(l);
	u32 part = PLX_ROW_SECTORS - (place->sector & (PLX_ROW_SECTORS - 1)), left;

	if (op == REQ_OP_READ)
		return unit > PLX_ROW_SECTORS ? part : place->sectors;
	left = place->sectors + (plx_layout_row_data(l) - 1 - place->data) * unit;
	if (unit > PLX_ROW_SECTORS && (op == REQ_OP_WRITE || min(left, sectors) < row))
		return part;
	return left;
}

/* a discard, of the rows that it has as a whole; false: none */
static bool whole_rows(const struct plx_layout *l, struct bvec_iter *iter)
{
	u32 row = row_sectors(l);
	u64 start = DIV_ROUND_UP_ULL(iter->bi_sector, row) * row;
	u64 end = div_u64(iter->bi_sector + (iter->bi_size >> SECTOR_SHIFT), row) * row;

	if (start >= end)
		return false;
	iter->bi_sector = start;
	iter->bi_size = (end - start) << SECTOR_SHIFT;
	return true;
}

/**
 * plx_row_zero_cut - what of a discard, or a write of zeroes, is done in one go
 * @vol: the volume
 * @plan: of a parity plex
 * @bio: which
 * @rest: gets what is behind that, to be submitted after the front; NULL: nothing
 * @status: where there is no front: what @bio ends with
 *
 * One row of it at most, before the region log is asked: that has to look at all regions of
 * what it is asked for, each time.
 * Return: the front; NULL: @bio is to be ended
 */
struct bio *plx_row_zero_cut(struct plx_volume *vol, const struct plx_plan *plan,
			     struct bio *bio, struct bio **rest, blk_status_t *status)
{
	const struct plx_layout *l = plan->plex[0].layout;
	struct plx_parity_place place;
	struct bio *front;

	*status = BLK_STS_NOTSUPP;
	if (bio_op(bio) == REQ_OP_DISCARD && READ_ONCE(vol->row_pools->no_zero))
		return NULL;
	*status = BLK_STS_OK;
	if (bio_op(bio) == REQ_OP_DISCARD && !whole_rows(l, &bio->bi_iter))
		return NULL;
	plx_layout_parity_map(l, bio->bi_iter.bi_sector, &place);
	front = plx_io_cut(bio, plx_row_reach(l, &place, bio_op(bio), bio_sectors(bio)), rest);
	if (!front)
		*status = BLK_STS_AGAIN;
	return front;
}
