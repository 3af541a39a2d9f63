// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to I/O that met an error, in a work of its volume.
 *
 * A write, or flush, that failed on some plexes is held here, unacknowledged,
 * until the configuration on the disks says that those plexes are not current
 * any more. It then succeeds where a plex that still is current has it. The last
 * current plex is never given up: its errors go to the caller.
 *
 * A read is tried on the other current plexes; what was read is then written
 * back to where it could not be read (plx_sync_mend()).
 */
#include <linux/slab.h>
#include "io.h"
#include "trace.h"

/* statuses that say nothing about a disk */
static bool innocent(const struct plx_io *io, blk_status_t status)
{
	if (status == BLK_STS_AGAIN)
		return true;
	return status == BLK_STS_NOTSUPP && bio_op(io->parent) != REQ_OP_WRITE &&
	       bio_op(io->parent) != REQ_OP_READ;
}

/* the index of the plex that a member bio was for; of a flush, which is for a disk: the first */
static u32 plex_of(const struct plx_io *io, const struct plx_sub *sub)
{
	u32 i = sub - io->sub;

	if (io->kind == PLX_IO_READ)
		i = sub->plex;
	else if (io->kind == PLX_IO_FLUSH)
		i = __ffs(io->plan->flush_mask[i]);
	return io->plan->plex[i].index;
}

static void count_error(struct plx_io *io, struct plx_sub *sub)
{
	const char *what = io->kind == PLX_IO_READ ? "read" :
			   io->kind == PLX_IO_FLUSH ? "flush" : "write";

	trace_plx_io_error(&io->vol->id, sub->disk->path, plex_of(io, sub), sub->sector,
			   (__force u32)(io->kind == PLX_IO_FLUSH ? REQ_OP_FLUSH :
								    bio_op(io->parent)),
			   blk_status_to_errno(sub->status));
	atomic64_inc(io->kind == PLX_IO_READ ? &sub->disk->read_errors : &sub->disk->write_errors);
	pr_warn_ratelimited("plexus: plx%d: %s at sector %llu of %s failed, error %d\n",
			    io->vol->minor, what, sub->sector, sub->disk->path,
			    -blk_status_to_errno(sub->status));
}

/* the same member bio again, and this time it may wait */
void plx_io_relaunch(struct plx_io *io, struct plx_sub *sub, struct plx_disk *disk, u64 sector)
{
	sub->status = BLK_STS_OK;
	plx_io_launch(io, sub, disk, sector, REQ_NOWAIT);
}

static bool retry_again(struct plx_io *io)
{
	bool any = false;
	u32 i;

	for (i = 0; i < io->n; i++)
		any |= io->sub[i].status == BLK_STS_AGAIN;
	if (!any)
		return false;
	atomic_set(&io->pending, 1);
	io->error = false;
	for (i = 0; i < io->n; i++) {
		if (io->sub[i].status == BLK_STS_AGAIN)
			plx_io_relaunch(io, &io->sub[i], io->sub[i].disk, io->sub[i].sector);
		else if (io->sub[i].status)
			io->error = true;
	}
	plx_io_put(io);
	return true;
}

static void read_mended(struct plx_io *io)
{
	struct plx_plan *plan = io->plan;
	u32 i;

	for (i = 0; i < plan->n_current; i++)
		if (io->tried & (1UL << i))
			plx_sync_mend(io->vol, &plan->plex[i].plex->id, io->mend_sector,
				      io->mend_sectors);
	plx_io_end(io, BLK_STS_OK);
}

/* from a plex that is laid out in another way than the one that failed */
static blk_status_t read_pieces(struct plx_io *io, u32 plex)
{
	struct bio *parent = io->parent, *bio;
	u32 done = 0, len = bio_sectors(parent);
	struct plx_place place;
	struct plx_disk *disk;
	blk_status_t status = BLK_STS_OK;

	while (done < len && !status) {
		disk = plx_plan_map(io->plan, plex, parent->bi_iter.bi_sector + done, &place);
		place.sectors = min_t(u64, place.sectors, len - done);
		bio = bio_alloc_clone(plx_disk_bdev(disk), parent, GFP_NOIO, &disk->bios);
		bio_trim(bio, done, place.sectors);
		bio->bi_opf &= ~(REQ_NOWAIT | REQ_RAHEAD | REQ_POLLED | REQ_FAILFAST_MASK);
		bio->bi_iter.bi_sector = place.sector;
		status = errno_to_blk_status(submit_bio_wait(bio));
		bio_put(bio);
		done += place.sectors;
	}
	return status;
}

/* the only plex has parity: what its member could not read follows from the others */
static void reread(struct plx_io *io)
{
	struct bio *parent = io->parent;
	struct plx_volume *vol = io->vol;
	struct plx_plan *plan = io->plan;
	unsigned int epoch = io->epoch;

	if (io->start)
		bio_end_io_acct(parent, io->start);
	mempool_free(io, io->pool);
	plx_row_reread(vol, plan, parent, epoch);
}

/* another current plex, or the error to the caller */
static void retry_read(struct plx_io *io)
{
	struct plx_plan *plan = io->plan;
	struct plx_sub *sub = &io->sub[0];
	blk_status_t status = sub->status;
	struct plx_place place;
	struct plx_disk *disk;
	u32 i;

	if (!status) {
		read_mended(io);
		return;
	}
	if (status == BLK_STS_AGAIN && io->parent->bi_opf & REQ_NOWAIT) {
		plx_io_end(io, status);
		return;
	}
	if (status != BLK_STS_AGAIN)
		count_error(io, sub);
	io->tried |= 1UL << sub->plex;
	for (i = 0; i < plan->n_current && io->tried & (1UL << i); i++)
		;
	if (i == plan->n_current) {
		if (plan->plex[0].layout->parity)
			reread(io);
		else
			plx_io_end(io, status);
		return;
	}
	sub->plex = i;
	io->mend_sector = io->parent->bi_iter.bi_sector;
	io->mend_sectors = bio_sectors(io->parent);
	disk = plx_plan_map(plan, i, io->mend_sector, &place);
	if (place.sectors < io->mend_sectors) {
		sub->status = read_pieces(io, i);
		sub->disk = disk;
		retry_read(io);
		return;
	}
	atomic_set(&io->pending, 1);
	io->error = true; /* comes back here, to be mended */
	plx_io_relaunch(io, sub, disk, place.sector);
	plx_io_put(io);
}

/* which positions of the plan have it, and which met an error that is their fault */
static void outcome(struct plx_io *io, unsigned long *good, unsigned long *bad)
{
	unsigned long mask;
	u32 i;

	*good = GENMASK(io->plan->n - 1, 0);
	*bad = 0;
	for (i = 0; i < io->n; i++) {
		if (!io->sub[i].status)
			continue;
		mask = io->kind == PLX_IO_FLUSH ? io->plan->flush_mask[i] : 1UL << i;
		*good &= ~mask;
		if (!innocent(io, io->sub[i].status))
			*bad |= mask;
	}
}

/*
 * A write that some have, maybe in part, and some that stay current have not: a discard
 * that a member refused, or what all of them failed, so that none is given up. Its regions
 * are dirty as long as this is inside the epoch; now they are to be made equal, too. Of a
 * flush that is all that is dirty: what the caches had is gone, of each disk another part.
 */
static void unequal(struct plx_io *io)
{
	bool parity = io->plan->plex[0].layout->parity;
	struct plx_log *log = io->plan->log;

	if (!log)
		return;
	if (parity) { /* to the log of now, see lose_trust() of row_error.c */
		mutex_lock(&io->vol->pack->change);
		log = plx_volume_plan(io->vol)->log;
	}
	if (io->kind == PLX_IO_WRITE)
		plx_log_set_unsync(log, io->parent->bi_iter.bi_sector, bio_sectors(io->parent));
	else
		plx_log_set_unsync(log, 0, io->plan->sectors);
	if (parity) {
		plx_log_write_map(log, 0, log->dirty);
		mutex_unlock(&io->vol->pack->change);
	}
	plx_sync_kick(io->vol);
}

static enum plx_plex_state state_of(struct plx_io *io, const struct plx_conf_volume *cv, u32 i,
				    int *index)
{
	*index = plx_conf_plex_find(cv, &io->plan->plex[i].plex->id);
	return *index < 0 ? 0 : cv->plex[*index]->state;
}

/* does a plex that is current in @cv have it? */
static bool survives(struct plx_io *io, const struct plx_conf_volume *cv, unsigned long good)
{
	u32 i;
	int index;

	for (i = 0; i < io->plan->n; i++)
		if (good & (1UL << i) && state_of(io, cv, i, &index) == PLX_PLEX_CURRENT)
			return true;
	return false;
}

/* is there no member on the disks whose flush failed that gets writes? */
static bool parity_survives(struct plx_io *io, const struct plx_conf *conf,
			    const struct plx_conf_volume *cv)
{
	const struct plx_conf_plex *cp = cv->plex[0];
	u32 i, m, k;
	int d;

	if (!plx_conf_plex_attached(conf, cp))
		return false;
	for (i = 0; i < io->n; i++) {
		d = io->sub[i].status ? plx_conf_disk_find(conf, &io->sub[i].disk->id) : -1;
		for (m = 0; d >= 0 && m < cp->n_members; m++)
			for (k = 0; k < cp->member[m].n_extents; k++)
				if (cp->member[m].extent[k].disk == d &&
				    plx_conf_member_seen(conf, &cp->member[m]) <= PLX_MEMBER_STALE)
					return false;
	}
	return true;
}

/* gives up the plexes that missed it, where another current one has it */
static bool give_up(struct plx_change *c, struct plx_io *io)
{
	int v = plx_conf_volume_find(c->conf, &io->vol->id), index;
	struct plx_conf_volume *cv;
	unsigned long good, bad;
	bool any = false;
	u32 i;

	if (v < 0)
		return false;
	cv = c->conf->volume[v];
	if (io->plan->plex[0].layout->parity)
		return false; /* plx_cache_lost() */
	outcome(io, &good, &bad);
	for (i = 0; i < io->plan->n; i++) {
		enum plx_plex_state state = state_of(io, cv, i, &index);

		if (!(bad & (1UL << i)) ||
		    (state != PLX_PLEX_STALE && state != PLX_PLEX_CURRENT))
			continue;
		if (state == PLX_PLEX_CURRENT && !survives(io, cv, good))
			continue;
		plx_change_detach(c, cv, index, PLX_PLEX_FAILED);
		any = true;
	}
	return any;
}

static void verdict(struct plx_io *io, int error)
{
	struct plx_conf *conf = plx_pack_conf(io->vol->pack);
	unsigned long good, bad;
	bool ok = false;
	int v;

	outcome(io, &good, &bad);
	if (conf && !error) {
		v = plx_conf_volume_find(conf, &io->vol->id);
		if (v >= 0 && io->plan->plex[0].layout->parity)
			ok = parity_survives(io, conf, conf->volume[v]);
		else
			ok = v >= 0 && survives(io, conf->volume[v], good);
	}
	if (conf)
		plx_conf_put(conf);
	if (!ok || (good | bad) != GENMASK(io->plan->n - 1, 0))
		unequal(io);
	if (!ok)
		plx_io_end(io, BLK_STS_IOERR);
	else if (io->kind == PLX_IO_FLUSH && bio_sectors(io->parent))
		plx_io_flushed(io);
	else
		plx_io_end(io, BLK_STS_OK);
}

/* did the disk lose what it had cached? */
static bool cache_lost(struct plx_io *io, u32 sub)
{
	if (!io->sub[sub].status || innocent(io, io->sub[sub].status))
		return false;
	return io->kind == PLX_IO_FLUSH ||
	       (io->parent->bi_opf & REQ_FUA && plx_disk_flushes_for_fua(io->sub[sub].disk));
}

static bool give_up_flush(struct plx_change *c, struct plx_io *io)
{
	DECLARE_BITMAP(disks, PLEXUS_MAX_DISKS) = {};
	u32 i;

	for (i = 0; i < io->n; i++)
		if (cache_lost(io, i))
			plx_cache_lost_on(c, io->sub[i].disk, disks);
	return plx_cache_lost(c, disks, &io->vol->id);
}

/* all writes that failed by now share one change of the configuration */
static void give_up_all(struct plx_volume *vol, struct llist_node *list)
{
	struct plx_why why = {};
	struct plx_change c;
	struct plx_io *io, *next;
	bool any = false;
	int error;

	error = plx_change_begin(&c, vol->pack, &why);
	if (!error) {
		llist_for_each_entry(io, list, node)
			any |= give_up(&c, io) | give_up_flush(&c, io);
		/*
		 * With nothing left to give up it may have been given up in memory alone, by
		 * a change that no disk took: that must not be what lets it be acknowledged.
		 */
		if (any || c.pack->gave_up)
			error = plx_change_commit(&c, &why);
		plx_change_end(&c);
	}
	if (error)
		pr_err("plexus: plx%d: a failed plex cannot be recorded: %s\n", vol->minor,
		       why.text);
	llist_for_each_entry_safe(io, next, list, node)
		verdict(io, error);
}

/* the data of a PREFLUSH write goes on as a plain write */
void plx_io_flushed(struct plx_io *io)
{
	io->parent->bi_opf &= ~REQ_PREFLUSH;
	plx_io_again(io);
}

/* true: it needs the pack to record a failure */
static bool sort_out(struct plx_io *io)
{
	blk_status_t status = BLK_STS_OK;
	bool guilty = false, done = false;
	u32 i;

	if (io->kind == PLX_IO_READ) {
		retry_read(io);
		return false;
	}
	if (!io->error) {
		plx_io_flushed(io);
		return false;
	}
	if (retry_again(io))
		return false;
	for (i = 0; i < io->n; i++) {
		if (!io->sub[i].status) {
			done = true;
			continue;
		}
		status = io->sub[i].status;
		if (innocent(io, status))
			continue;
		guilty = true;
		count_error(io, &io->sub[i]);
	}
	if (guilty)
		return true;
	if (done)
		unequal(io);
	plx_io_end(io, status);
	return false;
}

void plx_io_deferred_work(struct work_struct *work)
{
	struct plx_volume *vol = container_of(work, struct plx_volume, deferred_work);
	struct llist_node *list = llist_reverse_order(llist_del_all(&vol->deferred));
	struct llist_head guilty;
	struct plx_io *io, *next;

	init_llist_head(&guilty);
	llist_for_each_entry_safe(io, next, list, node)
		if (sort_out(io))
			llist_add(&io->node, &guilty);
	if (!llist_empty(&guilty))
		give_up_all(vol, llist_del_all(&guilty));
}
