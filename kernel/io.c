// SPDX-License-Identifier: GPL-2.0
/*
 * A bio's way: one allocation, submitted in the caller's context, completed in
 * the member's. Every volume is a mirror of 1..32 plexes here.
 *
 * Inside the volume's epoch an I/O takes the plan once and uses it to the end.
 * A write goes to all plexes of the plan, a read to one that is current. What
 * meets an error goes to io_error.c, with the epoch still entered.
 */
#include <linux/slab.h>
#include "io.h"
#include "plog.h"

#define CLAIM_SHIFT 11 /* a write is in one MiB of the volume */
#define CLAIM_SECTORS BIT(CLAIM_SHIFT)

size_t plx_io_bytes(u32 n)
{
	return sizeof(struct plx_io) + n * sizeof(struct plx_sub);
}

static struct plx_io *io_new(struct plx_volume *vol, struct plx_plan *plan, mempool_t *pool,
			     struct bio *parent, enum plx_io_kind kind)
{
	struct plx_io *io = mempool_alloc(pool,
					  parent->bi_opf & REQ_NOWAIT ? GFP_NOWAIT : GFP_NOIO);

	if (!io)
		return NULL;
	io->vol = vol;
	io->plan = plan;
	io->pool = pool;
	io->parent = parent;
	io->kind = kind;
	io->n = 0;
	io->error = false;
	io->claims = false;
	io->tried = 0;
	io->start = 0;
	atomic_set(&io->pending, 1);
	return io;
}

void plx_io_end(struct plx_io *io, blk_status_t status)
{
	struct bio *parent = io->parent;
	struct plx_volume *vol = io->vol;
	unsigned int epoch = io->epoch;

	if (io->start)
		bio_end_io_acct(parent, io->start);
	if (io->claims)
		plx_claim_release(vol->claims, &io->claim);
	mempool_free(io, io->pool);
	plx_epoch_exit(&vol->epoch, epoch);
	if (status)
		parent->bi_status = status;
	bio_endio(parent);
}

/* out of the epoch, and the parent on its way again: from process context */
void plx_io_again(struct plx_io *io)
{
	struct bio *parent = io->parent;
	struct plx_volume *vol = io->vol;
	unsigned int epoch = io->epoch;

	mempool_free(io, io->pool);
	plx_epoch_exit(&vol->epoch, epoch);
	plx_io_submit(parent);
}

static void io_done(struct plx_io *io)
{
	struct plx_volume *vol = io->vol;

	if (likely(!io->error && (io->kind != PLX_IO_FLUSH || !bio_sectors(io->parent)))) {
		plx_io_end(io, BLK_STS_OK);
		return;
	}
	/*
	 * Once it is in the list, a work that runs already may end and free it, and nothing
	 * keeps the volume but this: plx_volume_stop() waits for a grace period.
	 */
	rcu_read_lock();
	llist_add(&io->node, &vol->deferred);
	queue_work(vol->pack->io_wq, &vol->deferred_work);
	rcu_read_unlock();
}

void plx_io_put(struct plx_io *io)
{
	if (atomic_dec_and_test(&io->pending))
		io_done(io);
}

static void sub_endio(struct bio *bio)
{
	struct plx_sub *sub = container_of(bio, struct plx_sub, bio);
	struct plx_io *io = sub->io;

	sub->status = bio->bi_status;
	if (unlikely(sub->status))
		WRITE_ONCE(io->error, true);
	bio_uninit(bio);
	plx_io_put(io);
}

/**
 * plx_io_launch - send one member bio of an I/O
 * @io: the I/O, which counts it in
 * @sub: which
 * @disk: where
 * @sector: on the disk
 * @drop: REQ_ flags of the parent that it must not have
 */
void plx_io_launch(struct plx_io *io, struct plx_sub *sub, struct plx_disk *disk, u64 sector,
		   blk_opf_t drop)
{
	struct block_device *bdev = plx_disk_bdev(disk);

	if (io->kind == PLX_IO_FLUSH)
		bio_init(&sub->bio, bdev, NULL, 0, REQ_OP_WRITE | REQ_PREFLUSH | REQ_SYNC);
	else
		bio_init_clone(bdev, &sub->bio, io->parent, GFP_NOIO);
	/* with these a disk may give up where it would try again, or answer later */
	sub->bio.bi_opf &= ~(drop | REQ_POLLED | REQ_RAHEAD | REQ_FAILFAST_MASK);
	if (!bdev_nowait(bdev))
		sub->bio.bi_opf &= ~REQ_NOWAIT;
	sub->bio.bi_iter.bi_sector = sector;
	sub->bio.bi_end_io = sub_endio;
	sub->io = io;
	sub->disk = disk;
	sub->sector = sector;
	atomic_inc(&io->pending);
	submit_bio_noacct(&sub->bio);
}

/**
 * plx_io_cut - shorten a bio
 * @bio: the bio
 * @sectors: to so much
 * @rest: gets what is behind that, to be submitted after the front; NULL: nothing
 *
 * The rest goes after the front is on its way: from a work it would be carried out at
 * once, and would wait for memory that only the front, and others like it, can give back.
 * The pool is that of the device, since the members may be devices of this driver, too.
 * Return: the front; NULL: it would have to wait, nothing was done
 */
struct bio *plx_io_cut(struct bio *bio, u32 sectors, struct bio **rest)
{
	gfp_t gfp = bio->bi_opf & REQ_NOWAIT ? GFP_NOWAIT : GFP_NOIO;
	struct bio *front;

	*rest = NULL;
	if (sectors >= bio_sectors(bio))
		return bio;
	front = bio_split(bio, sectors, gfp, &bio->bi_bdev->bd_disk->bio_split);
	if (IS_ERR_OR_NULL(front))
		return NULL;
	bio_chain(front, bio);
	*rest = bio;
	return front;
}

static void leave(struct plx_volume *vol, unsigned int epoch, struct bio *bio, blk_status_t status)
{
	plx_epoch_exit(&vol->epoch, epoch);
	bio->bi_status = status;
	bio_endio(bio);
}

/**
 * plx_io_account - an I/O begins, for the statistics and for whoever waits for idle times
 * @vol: the volume
 * @bio: the I/O
 *
 * Return: what bio_end_io_acct() wants
 */
unsigned long plx_io_account(struct plx_volume *vol, struct bio *bio)
{
	unsigned long now = jiffies;

	if (READ_ONCE(vol->last_io) != now)
		WRITE_ONCE(vol->last_io, now);
	return bio_start_io_acct(bio);
}

static void launch_write(struct plx_io *io)
{
	u32 i;

	for (i = 0; i < io->n; i++)
		plx_io_launch(io, &io->sub[i], io->sub[i].disk, io->sub[i].sector, REQ_PREFLUSH);
	plx_io_put(io);
}

void plx_io_granted_work(struct work_struct *work)
{
	struct plx_volume *vol = container_of(work, struct plx_volume, granted_work);
	struct llist_node *list = llist_reverse_order(llist_del_all(&vol->granted));
	struct plx_io *io, *next;

	llist_for_each_entry_safe(io, next, list, node)
		launch_write(io);
}

static void granted(struct plx_claim *claim)
{
	struct plx_io *io = container_of(claim, struct plx_io, claim);
	struct plx_volume *vol = io->vol;

	rcu_read_lock(); /* as in io_done() */
	llist_add(&io->node, &vol->granted);
	queue_work(vol->pack->io_wq, &vol->granted_work);
	rcu_read_unlock();
}

/*
 * Of two writes to one place, both under way at once, each plex may see another one last:
 * the second waits until the first has ended, so that plexes stay equal. Discards do
 * not, they may be of any size.
 */
static bool may_launch(struct plx_io *io)
{
	struct bio *parent = io->parent;

	if (!io->claims)
		return true;
	io->claim.key = parent->bi_iter.bi_sector >> CLAIM_SHIFT;
	io->claim.start = parent->bi_iter.bi_sector & (CLAIM_SECTORS - 1);
	io->claim.end = io->claim.start + bio_sectors(parent);
	io->claim.shared = false;
	io->claim.granted = granted;
	return plx_claim_take(io->vol->claims, &io->claim);
}

static void write_plan(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		       unsigned int epoch)
{
	struct plx_io *io = io_new(vol, plan, plan->ios, bio, PLX_IO_WRITE);
	u32 i, len = bio_sectors(bio);
	struct plx_place place;
	struct bio *rest;

	if (!io) {
		leave(vol, epoch, bio, BLK_STS_AGAIN);
		return;
	}
	io->epoch = epoch;
	io->n = plan->n;
	io->claims = plan->n > 1 && bio_op(bio) == REQ_OP_WRITE;
	if (io->claims)
		len = min_t(u64, len, CLAIM_SECTORS -
				      (bio->bi_iter.bi_sector & (CLAIM_SECTORS - 1)));
	for (i = 0; i < plan->n; i++) {
		io->sub[i].disk = plx_plan_map(plan, i, bio->bi_iter.bi_sector, &place);
		io->sub[i].sector = place.sector;
		len = min_t(u64, len, place.sectors);
	}
	io->parent = plx_io_cut(bio, len, &rest);
	if (!io->parent) {
		mempool_free(io, io->pool);
		leave(vol, epoch, bio, BLK_STS_AGAIN);
		return;
	}
	io->start = plx_io_account(vol, io->parent);
	if (may_launch(io))
		launch_write(io);
	if (rest)
		submit_bio_noacct(rest);
}

static void write_in(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		     unsigned int epoch)
{
	struct plx_log *log = plan->log;

	if (log && !plx_log_warm(log, bio->bi_iter.bi_sector, bio_sectors(bio))) {
		if (bio->bi_opf & REQ_NOWAIT) {
			leave(vol, epoch, bio, BLK_STS_AGAIN);
			return;
		}
		if (plx_log_admit(log, bio) == PLX_QUEUED) {
			plx_epoch_exit(&vol->epoch, epoch);
			return;
		}
	}
	if (plan->plex[0].layout->parity)
		plx_row_write(vol, plan, bio, epoch);
	else
		write_plan(vol, plan, bio, epoch);
}

/* of a parity plex, row by row */
static void zero_rows(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		      unsigned int epoch)
{
	struct bio *rest = NULL, *front;
	blk_status_t status;

	front = plx_row_zero_cut(vol, plan, bio, &rest, &status);
	if (front) {
		write_in(vol, plan, front, epoch);
		if (rest)
			submit_bio_noacct(rest);
	} else if (status) {
		leave(vol, epoch, bio, status);
	} else { /* it keeps an error of a front that it had */
		plx_epoch_exit(&vol->epoch, epoch);
		bio_endio(bio);
	}
}

static void write(struct plx_volume *vol, struct bio *bio)
{
	unsigned int epoch = plx_epoch_enter(&vol->epoch);
	struct plx_plan *plan = plx_volume_plan(vol);

	if (unlikely(plan->failed || bio_end_sector(bio) > plan->sectors))
		leave(vol, epoch, bio, BLK_STS_IOERR);
	else if (unlikely(bio_op(bio) != REQ_OP_WRITE && plan->plex[0].layout->parity))
		zero_rows(vol, plan, bio, epoch);
	else
		write_in(vol, plan, bio, epoch);
}

/* nearest head on rotating disks; elsewhere streams stay, the rest takes turns */
static u32 balance(struct plx_plan *plan, u64 sector)
{
	static DEFINE_PER_CPU(u32, turn);
	u64 best_distance = U64_MAX, next, distance;
	bool rotational = false;
	u32 i, best = 0;

	for (i = 0; i < plan->n_current; i++) {
		next = READ_ONCE(plan->plex[i].plex->next_read);
		distance = next > sector ? next - sector : sector - next;
		if (!distance)
			return i;
		rotational |= plan->plex[i].rotational;
		if (distance < best_distance) {
			best_distance = distance;
			best = i;
		}
	}
	return rotational ? best : this_cpu_inc_return(turn) % plan->n_current;
}

static u32 choose(struct plx_plan *plan, struct bio *bio)
{
	u64 sector = bio->bi_iter.bi_sector;

	if (plan->n_current == 1)
		return 0;
	/* plexes that may differ are read through one of them; parity is asked for elsewhere */
	if (plan->log && plx_log_unsync(plan->log, sector, bio_sectors(bio)))
		return 0;
	if (plan->read_policy == PLEXUS_READ_POLICY_FIRST)
		return 0;
	if (plan->read_policy == PLEXUS_READ_POLICY_PREFER && plan->preferred < plan->n_current)
		return plan->preferred;
	return balance(plan, sector);
}

static void read_plan(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		      unsigned int epoch)
{
	struct plx_io *io = io_new(vol, plan, plan->ios, bio, PLX_IO_READ);
	u32 i = choose(plan, bio);
	struct plx_place place;
	struct plx_disk *disk;
	struct bio *rest;

	if (!io) {
		leave(vol, epoch, bio, BLK_STS_AGAIN);
		return;
	}
	disk = plx_plan_map(plan, i, bio->bi_iter.bi_sector, &place);
	io->parent = plx_io_cut(bio, min_t(u64, place.sectors, bio_sectors(bio)), &rest);
	if (!io->parent) {
		mempool_free(io, io->pool);
		leave(vol, epoch, bio, BLK_STS_AGAIN);
		return;
	}
	io->epoch = epoch;
	io->n = 1;
	io->sub[0].plex = i;
	if (plan->n_current > 1)
		WRITE_ONCE(plan->plex[i].plex->next_read, bio_end_sector(io->parent));
	io->start = plx_io_account(vol, io->parent);
	plx_io_launch(io, &io->sub[0], disk, place.sector, 0);
	plx_io_put(io);
	if (rest)
		submit_bio_noacct(rest);
}

static void read(struct plx_volume *vol, struct bio *bio)
{
	unsigned int epoch = plx_epoch_enter(&vol->epoch);
	struct plx_plan *plan = plx_volume_plan(vol);

	if (unlikely(plan->failed || bio_end_sector(bio) > plan->sectors))
		leave(vol, epoch, bio, BLK_STS_IOERR);
	else if (unlikely(plx_plog_bad(plan->plog, bio->bi_iter.bi_sector, bio_sectors(bio))))
		leave(vol, epoch, bio, BLK_STS_IOERR); /* nobody can tell what is there */
	else if (plan->plex[0].layout->parity &&
		 plx_row_wanted(plan, bio->bi_iter.bi_sector))
		plx_row_read(vol, plan, bio, epoch);
	else
		read_plan(vol, plan, bio, epoch);
}

/*
 * A flush goes to every member disk. The data of a PREFLUSH write starts over as
 * a plain write, from a work, when all of them have completed.
 */
static void flush(struct plx_volume *vol, struct bio *bio)
{
	unsigned int epoch = plx_epoch_enter(&vol->epoch);
	struct plx_plan *plan = plx_volume_plan(vol);
	struct plx_io *io;
	u32 i;

	if (unlikely(plan->failed || bio->bi_opf & REQ_NOWAIT)) {
		/* a flush has no NOWAIT: a member may wait */
		leave(vol, epoch, bio, plan->failed ? BLK_STS_IOERR : BLK_STS_AGAIN);
		return;
	}
	io = io_new(vol, plan, plan->flushes, bio, PLX_IO_FLUSH); /* waits, never fails */
	io->epoch = epoch;
	io->n = plan->n_flush;
	for (i = 0; i < plan->n_flush; i++)
		plx_io_launch(io, &io->sub[i], plan->flush[i], 0, 0);
	plx_io_put(io);
}

/**
 * plx_io_submit - block_device_operations.submit_bio
 * @bio: for a volume; also one that was queued by the log, or failed and goes on
 */
void plx_io_submit(struct bio *bio)
{
	struct plx_volume *vol = bio->bi_bdev->bd_disk->private_data;
	struct bio *rest = NULL;

	if (unlikely(bio->bi_opf & REQ_PREFLUSH)) {
		flush(vol, bio);
		return;
	}
	switch (bio_op(bio)) {
	case REQ_OP_READ:
		if (!plx_row_next(bio))
			read(vol, bio);
		break;
	case REQ_OP_WRITE:
		if (unlikely(plx_copy_wanted(vol, bio)))
			bio = plx_copy_bio(bio, &rest);
		if (bio)
			write(vol, bio);
		if (rest)
			submit_bio_noacct(rest);
		break;
	case REQ_OP_DISCARD:
	case REQ_OP_WRITE_ZEROES:
		write(vol, bio);
		break;
	default:
		bio->bi_status = BLK_STS_NOTSUPP;
		bio_endio(bio);
	}
}
