// SPDX-License-Identifier: GPL-2.0
/*
 * Writes to a parity plex, and reads that need parity: a row at a time, from claim to
 * end without a thread of their own.
 *
 *	claim, read what is needed, compute, log, write, give the claim back
 *
 * An I/O has all its memory before it claims its row, so that whoever holds a claim needs
 * nothing but its members to end. It goes on in the context that submitted it as long as
 * the members are done by then (proceed()), else in a work of the pack's row_wq. Nothing
 * that runs there waits for pages, claims or I/O of volumes, so those that hold pages and
 * claims always get on.
 *
 * Crash: nothing of the row is written before its entry is durable in the parity log, and
 * nothing at all before its regions are dirty: see plog_format.h, log.c. A member that
 * could not be written: row_error.c, still under the claim.
 */
#include <linux/blk-cgroup.h>
#include <linux/slab.h>
#include "io.h"
#include "row.h"

void plx_row_claim_init(struct plx_claim *claim, u64 row)
{
	claim->key = row;
	claim->start = 0;
	claim->end = 1;
	claim->shared = false;
}

/* ---- the life of an I/O ---- */

static void row_work(struct work_struct *work);
static void begin(struct plx_row *row);
static void next_step(struct plx_row *row);

/* off to a work, in @delay jiffies; nothing may be done with it afterwards */
static void hand_over(struct plx_row *row, unsigned long delay)
{
	queue_delayed_work(row->vol->pack->row_wq, &row->work, delay);
}

static void granted(struct plx_claim *claim)
{
	hand_over(container_of(claim, struct plx_row, claim), 0);
}

static struct plx_row *row_new(struct plx_volume *vol, struct plx_plan *plan, struct bio *parent,
			       unsigned int epoch)
{
	u32 n = plan->plex[0].layout->n_members, b;
	struct plx_row *row = mempool_alloc(vol->row_pools->rows,
					    parent->bi_opf & REQ_NOWAIT ? GFP_NOWAIT : GFP_NOIO);

	if (!row)
		return NULL;
	memset(row, 0, offsetof(struct plx_row, part));
	for (b = 0; b < n; b++) {
		row->part[b].row = row;
		row->part[b].cur = NULL;
		row->part[b].new = NULL;
		memset(row->part[b].page, 0, sizeof(row->part[b].page));
	}
	row->vol = vol;
	row->plan = plan;
	row->parent = parent;
	row->epoch = epoch;
	row->claim.granted = granted;
	INIT_DELAYED_WORK(&row->work, row_work);
	return row;
}

/* gives back all that it took on the way */
static void undo(struct plx_row *row)
{
	if (row->in_log)
		plx_plog_written(row->plan->plog, &row->req);
	row->in_log = false;
	if (row->start)
		bio_end_io_acct(row->parent, row->start);
	row->start = 0;
	plx_row_free_pages(row);
	if (row->claimed)
		plx_claim_release(row->vol->claims, &row->claim);
	row->claimed = false;
}

void plx_row_end(struct plx_row *row, blk_status_t status)
{
	struct plx_volume *vol = row->vol;
	struct bio *parent = row->parent;
	unsigned int epoch = row->epoch;

	undo(row);
	mempool_free(row, vol->row_pools->rows);
	plx_epoch_exit(&vol->epoch, epoch);
	if (status)
		parent->bi_status = status;
	bio_endio(parent);
}

/* once more, without what could not be read */
static void again(struct plx_row *row)
{
	undo(row);
	row->step = PLX_ROW_AGAIN;
	hand_over(row, 0);
}

void plx_row_renew(struct plx_row *row)
{
	undo(row);
	row->step = PLX_ROW_RENEW;
	hand_over(row, 0);
}

/*
 * Into the newest epoch and plan, and through the log's door again: what has to be marked
 * there may be another thing now. The log submits it later where it has to wait.
 */
static void renew(struct plx_row *row)
{
	struct plx_volume *vol = row->vol;
	struct bio *parent = row->parent;
	unsigned int old = row->epoch;

	row->epoch = plx_epoch_enter(&vol->epoch);
	plx_epoch_exit(&vol->epoch, old);
	row->plan = plx_volume_plan(vol);
	row->unread = 0;
	row->failed = 0;
	row->healed = 0;
	row->wrote = false;
	if (row->plan->failed || bio_end_sector(parent) > row->plan->sectors) {
		plx_row_end(row, BLK_STS_IOERR);
		return;
	}
	if (row->write &&
	    !plx_log_warm(row->plan->log, parent->bi_iter.bi_sector, bio_sectors(parent)) &&
	    plx_log_admit(row->plan->log, parent) == PLX_QUEUED) {
		old = row->epoch;
		mempool_free(row, vol->row_pools->rows);
		plx_epoch_exit(&vol->epoch, old);
		return;
	}
	begin(row);
}

/* ---- going on ---- */

static bool any_error(const struct plx_row *row)
{
	u32 b;

	for (b = 0; b < plx_row_blocks(row); b++)
		if (row->part[b].status)
			return true;
	return false;
}

/* what a crash had left that nobody could tell is known again */
static void known(struct plx_row *row)
{
	const struct plx_layout *l = row->plan->plex[0].layout;
	u32 d;

	for (d = 0; d < row->st.k; d++) {
		struct plx_stripe_range c = row->change[d];

		if (c.hi > c.lo)
			plx_plog_bad_written(row->plan->plog,
					     ((row->nr * row->st.k + d) << l->unit_shift) + c.lo,
					     c.hi - c.lo);
	}
}

/* from where bios end: the last step of a write needs no work when all went well */
static void put(struct plx_row *row)
{
	if (!atomic_dec_and_test(&row->pending))
		return;
	if (row->step != PLX_ROW_WRITE || row->unread || row->by_hand ||
	    unlikely(any_error(row))) {
		hand_over(row, 0);
		return;
	}
	known(row);
	plx_row_end(row, BLK_STS_OK);
}

static void next_endio(struct bio *bio)
{
	/* it never got to plx_row_next(): the device is about to go */
	struct plx_row *row = bio->bi_private;

	bio_uninit(bio);
	put(row);
}

/**
 * plx_row_next - an I/O of a row goes on where it was submitted
 * @bio: of proceed(), or any other
 *
 * Context: submit_bio.
 * Return: false: it is any other
 */
bool plx_row_next(struct bio *bio)
{
	struct plx_row *row;

	if (bio->bi_end_io != next_endio)
		return false;
	row = bio->bi_private;
	bio_uninit(bio);
	if (atomic_dec_and_test(&row->pending))
		next_step(row);
	return true;
}

/*
 * All bios of a step are on their way, and it has one count left. Inside submit_bio they
 * are only queued, to be carried out when the caller's submit_bio returns: so a bio to
 * ourselves goes behind them. When it comes back fast members are done, and the I/O goes
 * on there, in a context that may submit and compute, with no work in between. It is a
 * read of nothing that no one is to see.
 */
static void proceed(struct plx_row *row)
{
	if (current->bio_list) {
		bio_init(&row->next, NULL, NULL, 0, REQ_OP_READ);
		row->next.bi_bdev = row->vol->gendisk->part0;
		/* no limit of the submitter's group may hold it: it holds the row */
		bio_associate_blkg_from_css(&row->next, blkcg_root_css);
		bio_set_flag(&row->next, BIO_TRACE_COMPLETION);
		row->next.bi_end_io = next_endio;
		row->next.bi_private = row;
		submit_bio_noacct(&row->next);
	} else if (atomic_dec_and_test(&row->pending)) {
		next_step(row);
	}
}

static void part_endio(struct bio *bio)
{
	struct plx_row_part *part = container_of(bio, struct plx_row_part, bio);

	part->status = bio->bi_status;
	bio_uninit(bio);
	put(part->row);
}

/* @range of block @b, from or to its pages; none: the member is to zero it */
static void launch(struct plx_row *row, u32 b, struct plx_stripe_range range, struct page **page,
		   blk_opf_t opf)
{
	struct plx_row_part *part = &row->part[b];
	u32 member = plx_row_member(row->plan->plex[0].layout, row->nr, b), n = 0, lo, hi;
	struct plx_disk *disk;
	u64 sector;

	disk = plx_row_place(row->plan, member, row->nr, &sector);
	for (lo = range.lo; page && lo < range.hi; lo = hi) {
		hi = min_t(u32, round_down(lo, PAGE_SECTORS) + PAGE_SECTORS, range.hi);
		bvec_set_page(&part->vec[n++], page[(lo - row->base) >> PAGE_SECTORS_SHIFT],
			      (hi - lo) << SECTOR_SHIFT, (lo & (PAGE_SECTORS - 1)) << SECTOR_SHIFT);
	}
	bio_init(&part->bio, plx_disk_bdev(disk), part->vec, n, opf);
	part->bio.bi_vcnt = n;
	part->bio.bi_iter.bi_size = (range.hi - range.lo) << SECTOR_SHIFT;
	part->bio.bi_iter.bi_sector = sector + range.lo;
	part->bio.bi_ioprio = row->parent->bi_ioprio;
	part->bio.bi_end_io = part_endio;
	atomic_inc(&row->pending);
	submit_bio_noacct(&part->bio);
}

static blk_opf_t flags_of(const struct plx_row *row)
{
	return row->parent->bi_opf & (REQ_SYNC | REQ_META | REQ_PRIO | REQ_FUA | REQ_IDLE);
}

static void new_step(struct plx_row *row, enum plx_row_step step)
{
	u32 b;

	for (b = 0; b < plx_row_blocks(row); b++)
		row->part[b].status = BLK_STS_OK;
	row->step = step;
	atomic_set(&row->pending, 1);
}

static void read_step(struct plx_row *row)
{
	u32 b;

	new_step(row, PLX_ROW_READ);
	for (b = 0; b < plx_row_blocks(row); b++)
		if (row->how.read[b].hi > row->how.read[b].lo)
			launch(row, b, row->how.read[b], row->part[b].cur,
			       REQ_OP_READ | (flags_of(row) & ~REQ_FUA));
	proceed(row);
}

static void write_step(struct plx_row *row)
{
	blk_opf_t opf = REQ_OP_WRITE | flags_of(row);
	u32 b;

	if (row->bare)
		opf = REQ_OP_WRITE_ZEROES | flags_of(row) | (row->parent->bi_opf & REQ_NOUNMAP);
	new_step(row, PLX_ROW_WRITE);
	row->wrote = true;
	row->by_hand = 0;
	for (b = 0; b < plx_row_blocks(row); b++)
		if (row->how.write[b].hi > row->how.write[b].lo)
			launch(row, b, row->how.write[b], row->part[b].new, opf);
	proceed(row);
}

/*
 * Members that could not zero their unit, whatever the reason, are written: as much at a time
 * as goes into a bio. Should that fail too, it is a failed write.
 */
static void zero_step(struct plx_row *row)
{
	struct plx_stripe_range range = {
		.lo = row->zeroed,
		.hi = min(row->zeroed + PLX_ROW_SECTORS, row->how.hull.hi),
	};
	struct page *zero[PLX_ROW_PAGES];
	u32 b, i;

	for (i = 0; i < PLX_ROW_PAGES; i++)
		zero[i] = ZERO_PAGE(0);
	new_step(row, PLX_ROW_WRITE);
	row->base = range.lo;
	row->zeroed = range.hi;
	for (b = 0; b < plx_row_blocks(row); b++)
		if (row->by_hand & 1U << b)
			launch(row, b, range, zero, REQ_OP_WRITE | flags_of(row));
	put(row); /* goes on in a work: not ever deeper where it began */
}

static void logged(struct plx_plog_req *req, u32 failed)
{
	struct plx_row *row = container_of(req, struct plx_row, req);
	u32 i;

	for (i = 0; i < row->st.parity; i++)
		if (failed & 1U << i)
			row->part[row->st.k + i].status = BLK_STS_IOERR;
	put(row);
}

static void log_step(struct plx_row *row)
{
	if (!row->plan->plog || row->how.way == PLX_STRIPE_PLAIN) {
		write_step(row);
		return;
	}
	plx_row_entry(row);
	row->req.done = logged;
	row->in_log = true;
	new_step(row, PLX_ROW_LOG);
	atomic_inc(&row->pending);
	plx_plog_log(row->plan->plog, &row->req);
	proceed(row);
}

/* members that could be read before will be told to be written anew there */
static void mend(struct plx_row *row)
{
	u32 unread = row->unread;

	for (; unread; unread &= unread - 1)
		plx_sync_mend_member(row->vol, plx_row_member(row->plan->plex[0].layout, row->nr,
							      __ffs(unread)), row->nr);
}

/* of what could not be read gets what was made of the others, where the write is to be */
static void heal_step(struct plx_row *row)
{
	u32 heal = row->heal;

	plx_row_rebuild(row);
	new_step(row, PLX_ROW_HEAL);
	for (; heal; heal &= heal - 1)
		launch(row, __ffs(heal), row->how.hull, row->part[__ffs(heal)].cur,
		       REQ_OP_WRITE | flags_of(row));
	proceed(row);
}

static void heal_done(struct plx_row *row)
{
	mend(row); /* the rest of the unit */
	row->healed |= row->heal;
	row->unread &= ~row->heal;
	again(row);
}

static void read_done(struct plx_row *row)
{
	if (any_error(row)) {
		plx_row_count_errors(row, &row->unread);
		again(row);
		return;
	}
	if (unlikely(row->heal)) {
		heal_step(row);
		return;
	}
	if (row->write) {
		plx_row_compute(row);
		log_step(row);
		return;
	}
	plx_row_rebuild(row);
	plx_row_copy_out(row);
	mend(row);
	plx_row_end(row, BLK_STS_OK);
}

/* recorded by row_error.c; then it goes on from the beginning, or fails */
static void fail(struct plx_row *row)
{
	plx_row_count_errors(row, &row->failed);
	row->fua = row->step == PLX_ROW_LOG || row->parent->bi_opf & REQ_FUA;
	plx_row_free_pages(row);
	row->step = PLX_ROW_FAILED;
	plx_row_failed(row);
}

static void written(struct plx_row *row)
{
	u32 b;

	if (!any_error(row)) {
		if (row->by_hand && row->zeroed < row->how.hull.hi) {
			zero_step(row);
			return;
		}
		known(row);
		mend(row);
		plx_row_end(row, BLK_STS_OK);
	} else if (row->bare && !row->by_hand) {
		for (b = 0; b < plx_row_blocks(row); b++) {
			if (row->part[b].status)
				row->by_hand |= 1U << b;
			if (row->part[b].status == BLK_STS_NOTSUPP)
				WRITE_ONCE(row->vol->row_pools->no_zero, true);
		}
		row->zeroed = 0;
		zero_step(row);
	} else {
		fail(row);
	}
}

/* the last bio of a step is done; in process context */
static void next_step(struct plx_row *row)
{
	switch (row->step) {
	case PLX_ROW_READ:
		read_done(row);
		break;
	case PLX_ROW_HEAL:
		if (any_error(row))
			fail(row);
		else
			heal_done(row);
		break;
	case PLX_ROW_LOG:
		if (any_error(row))
			fail(row);
		else
			write_step(row);
		break;
	case PLX_ROW_WRITE:
		written(row);
		break;
	case PLX_ROW_CLAIM:
	case PLX_ROW_FAILED:
	case PLX_ROW_AGAIN:
	case PLX_ROW_RENEW:
		WARN_ON_ONCE(true);
	}
}

/* ---- the beginning ---- */

/*
 * Data that cannot be read just now, though its member is there, may be read again later. In a
 * row where parity need not fit, what parity makes of it is an invention then, and parity made
 * from that would not fit what is read: so the place is written first.
 */
static int look(struct plx_row *row)
{
	int ret;

	plx_row_look(row->plan, row->nr, &row->st);
	row->st.missing |= row->unread;
	row->heal = 0;
	if (!row->write)
		return plx_stripe_plan_read(&row->st, 1U << row->want, row->range, &row->how);
	ret = plx_stripe_plan_write(&row->st, row->change, &row->how);
	if (ret || likely(!row->st.fresh || !row->unread))
		return ret;
	row->heal = row->unread & plx_stripe_data_mask(row->st.k) & ~(row->st.absent | row->healed);
	if (!row->heal)
		return 0;
	return plx_stripe_plan_read(&row->st, row->heal, row->how.hull, &row->how);
}

static bool same_look(const struct plx_stripe *a, const struct plx_stripe *b)
{
	return a->missing == b->missing && a->absent == b->absent && a->in_sync == b->in_sync &&
	       a->fresh == b->fresh;
}

/*
 * It has its claim. What is missing may have changed while it waited: a member that failed
 * under an earlier claim is in a newer plan, and parity may be less trusted. Since it holds
 * the claim nothing gets worse from here on.
 */
static void claimed(struct plx_row *row)
{
	struct plx_stripe now;
	u32 first, last;

	row->claimed = true;
	if (unlikely(plx_volume_plan(row->vol) != row->plan)) {
		plx_row_renew(row);
		return;
	}
	plx_row_look(row->plan, row->nr, &now);
	now.missing |= row->unread;
	if (unlikely(!same_look(&now, &row->st))) {
		again(row);
		return;
	}
	row->start = plx_io_account(row->vol, row->parent);
	if (row->write && now.fresh && !row->zero &&
	    plx_row_regions(row->plan, row->nr, &first, &last))
		plx_log_touch(row->plan->log, first, last);
	if (row->write)
		plx_row_copy_in(row);
	read_step(row);
}

static void row_work(struct work_struct *work)
{
	struct plx_row *row = container_of(to_delayed_work(work), struct plx_row, work);

	switch (row->step) {
	case PLX_ROW_CLAIM:
		claimed(row);
		break;
	case PLX_ROW_AGAIN:
		begin(row);
		break;
	case PLX_ROW_RENEW:
		renew(row);
		break;
	case PLX_ROW_READ:
	case PLX_ROW_HEAL:
	case PLX_ROW_LOG:
	case PLX_ROW_WRITE:
	case PLX_ROW_FAILED:
		next_step(row);
	}
}

/* has its pages: claims its row, and begins if that is free */
static void claim(struct plx_row *row)
{
	row->step = PLX_ROW_CLAIM;
	plx_row_claim_init(&row->claim, row->nr);
	row->claim.shared = !row->write;
	if (plx_claim_take(row->vol->claims, &row->claim))
		claimed(row);
}

/* not for the first time, and in a work: it comes again where it would have to wait */
static void begin(struct plx_row *row)
{
	if (look(row)) {
		plx_row_end(row, BLK_STS_IOERR);
	} else if (plx_row_take_pages(row, GFP_NOWAIT | __GFP_NOWARN)) {
		claim(row);
	} else {
		row->step = PLX_ROW_AGAIN;
		hand_over(row, 1);
	}
}

static void begin_new(struct plx_row *row)
{
	bool nowait = row->parent->bi_opf & REQ_NOWAIT;

	if (look(row))
		plx_row_end(row, BLK_STS_IOERR);
	else if (plx_row_take_pages(row, nowait ? GFP_NOWAIT | __GFP_NOWARN : GFP_NOIO))
		claim(row);
	else
		plx_row_end(row, BLK_STS_AGAIN);
}

static void refuse(struct plx_volume *vol, struct bio *bio, unsigned int epoch)
{
	plx_epoch_exit(&vol->epoch, epoch);
	bio_wouldblock_error(bio);
}

/* a row for the front of @bio, at most @sectors of it; NULL: @bio was ended */
static struct plx_row *row_of(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
			      u32 sectors, unsigned int epoch, struct bio **rest)
{
	struct plx_row *row = row_new(vol, plan, bio, epoch);

	if (row) {
		row->parent = plx_io_cut(bio, sectors, rest);
		if (row->parent)
			return row;
		mempool_free(row, vol->row_pools->rows);
	}
	refuse(vol, bio, epoch);
	return NULL;
}

/* what of the row's data blocks @sectors from @place on are */
static void set_change(struct plx_row *row, const struct plx_parity_place *place, u32 sectors)
{
	u32 shift = row->plan->plex[0].layout->unit_shift, d = place->data;
	u32 lo = place->sector & ((1U << shift) - 1), len;

	for (; sectors; d++, lo = 0, sectors -= len) {
		len = min(sectors, (1U << shift) - lo);
		row->change[d] = (struct plx_stripe_range){ lo, lo + len };
	}
}

/**
 * plx_row_write - a write, also of zeroes, to a volume whose plex has parity
 * @vol: the volume
 * @plan: the plan
 * @bio: the write, that the log let in
 * @epoch: entered; left when it ends
 *
 * Context: submit_bio, or process context; may sleep unless REQ_NOWAIT is set.
 */
void plx_row_write(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		   unsigned int epoch)
{
	const struct plx_layout *l = plan->plex[0].layout;
	struct plx_parity_place place;
	struct bio *rest;
	struct plx_row *row;

	plx_layout_parity_map(l, bio->bi_iter.bi_sector, &place);
	row = row_of(vol, plan, bio, plx_row_reach(l, &place, bio_op(bio), bio_sectors(bio)),
		     epoch, &rest);
	if (!row)
		return;
	row->write = true;
	row->zero = bio_op(bio) != REQ_OP_WRITE;
	row->bare = row->zero && bio_sectors(row->parent) ==
					 plx_layout_row_data(l) << l->unit_shift;
	row->nr = place.row;
	set_change(row, &place, bio_sectors(row->parent));
	begin_new(row);
	if (rest)
		submit_bio_noacct(rest);
}

static void read_row(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		     unsigned int epoch, bool unread)
{
	const struct plx_layout *l = plan->plex[0].layout;
	struct plx_parity_place place;
	struct bio *rest;
	struct plx_row *row;
	u32 lo;

	plx_layout_parity_map(l, bio->bi_iter.bi_sector, &place);
	row = row_of(vol, plan, bio, plx_row_reach(l, &place, REQ_OP_READ, 0), epoch, &rest);
	if (!row)
		return;
	lo = place.sector & ((1U << l->unit_shift) - 1);
	row->nr = place.row;
	row->want = place.data;
	row->range = (struct plx_stripe_range){ lo, lo + bio_sectors(row->parent) };
	if (unread)
		row->unread = 1U << place.data;
	begin_new(row);
	if (rest)
		submit_bio_noacct(rest);
}

void plx_row_read(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		  unsigned int epoch)
{
	read_row(vol, plan, bio, epoch, false);
}

void plx_row_reread(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		    unsigned int epoch)
{
	read_row(vol, plan, bio, epoch, true);
}
