// SPDX-License-Identifier: GPL-2.0
/*
 * The region log of a redundant volume: which regions may differ between its
 * plexes after a crash (dirty), and what each detached plex misses (stale).
 *
 * One rule carries it: a bit set in memory is set on the disks. So a bit is set
 * in memory after the write that sets it on the disks, and cleared in memory
 * before the write that clears it there.
 *
 * A write may go ahead when its regions are dirty and, for each detached plex
 * with a map, stale there. That is remembered in one bit, warm, the only thing
 * that the fast path looks at. Whoever needs writers out of a region clears warm
 * and drains the volume's epoch; from then on they come to plx_log_admit(),
 * which decides under the lock: go, wait for a log write, or wait for the window
 * or gate to open. So a gate, a window, a cleaning and a new detached plex cost
 * the fast path nothing.
 *
 * Crash, at any point: a dirty bit was on disk before the data write that needed
 * it, and leaves only after the members were flushed with no error. A write that
 * is not acknowledged may be on some plexes only: its region is dirty. A lost
 * log means: all dirty, all stale.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "plexus.h"

#define CLEAN_INTERVAL (HZ)
#define CLEAN_HOLD 5 /* intervals that a region stays dirty while others are written */

static u32 first_region(const struct plx_log *log, u64 sector)
{
	return sector >> log->shift;
}

static u32 last_region(const struct plx_log *log, u64 sector, u64 sectors)
{
	return (sector + sectors - 1) >> log->shift;
}

static size_t map_bytes(const struct plx_log *log)
{
	return BITS_TO_LONGS(log->n_regions) * sizeof(unsigned long);
}

static unsigned long *map_alloc(const struct plx_log *log)
{
	return kvzalloc(map_bytes(log), GFP_NOIO);
}

/**
 * plx_log_warm - may a write go ahead at once?
 * @log: the log
 * @sector: first sector of the volume
 * @sectors: how many, not 0
 *
 * Context: any, inside the volume's epoch.
 */
bool plx_log_warm(struct plx_log *log, u64 sector, u32 sectors)
{
	u32 r = first_region(log, sector), last = last_region(log, sector, sectors);

	for (; r <= last; r++) {
		if (!test_bit(r, log->recent))
			set_bit(r, log->recent);
		if (!test_bit(r, log->warm))
			return false;
	}
	return true;
}

bool plx_log_unsync(struct plx_log *log, u64 sector, u32 sectors)
{
	u32 r = first_region(log, sector), last = last_region(log, sector, sectors);

	if (!READ_ONCE(log->n_unsync))
		return false;
	for (; r <= last; r++)
		if (test_bit(r, log->unsync))
			return true;
	return false;
}

static bool in_window(const struct plx_log *log, u64 start, u64 end)
{
	return start < log->window_end && log->window_start < end;
}

static bool region_in_window(const struct plx_log *log, u32 r)
{
	return in_window(log, (u64)r << log->shift, (u64)(r + 1) << log->shift);
}

static bool durable(const struct plx_log *log, u32 r)
{
	unsigned int i;

	if (!test_bit(r, log->dirty))
		return false;
	for (i = 0; i < log->n_marks; i++)
		if (!test_bit(r, log->mark[i].plex->stale))
			return false;
	return true;
}

static enum plx_admit admit(struct plx_log *log, struct bio *bio)
{
	u64 sector = bio->bi_iter.bi_sector;
	u32 first = first_region(log, sector), last = last_region(log, sector, bio_sectors(bio)), r;

	lockdep_assert_held(&log->lock);
	if (log->gate || log->parted || in_window(log, sector, bio_end_sector(bio))) {
		bio_list_add(&log->blocked, bio);
		return PLX_QUEUED;
	}
	for (r = first; r <= last; r++) {
		if (!durable(log, r)) {
			bio_list_add(&log->waiting, bio);
			queue_work(log->vol->pack->io_wq, &log->commit_work);
			return PLX_QUEUED;
		}
	}
	for (r = first; r <= last; r++) {
		clear_bit(r, log->cleaning);
		if (!region_in_window(log, r))
			set_bit(r, log->warm);
	}
	return PLX_ADMIT;
}

/**
 * plx_log_admit - decide about a write whose regions are not all warm
 * @log: the log
 * @bio: the write; its REQ_NOWAIT is not looked at
 *
 * Context: any; inside the volume's epoch, entered before.
 * Return: PLX_ADMIT, or PLX_QUEUED: the bio belongs to the log, which submits
 * it again, or ends it
 */
enum plx_admit plx_log_admit(struct plx_log *log, struct bio *bio)
{
	unsigned long flags;
	enum plx_admit ret;

	spin_lock_irqsave(&log->lock, flags);
	if (log->broken) {
		spin_unlock_irqrestore(&log->lock, flags);
		bio_io_error(bio);
		return PLX_QUEUED;
	}
	ret = admit(log, bio);
	spin_unlock_irqrestore(&log->lock, flags);
	return ret;
}

/* writes log->image to all copies; 0: all have it, -EIO: none, else -EAGAIN */
static int write_image(struct plx_log *log, u32 map)
{
	struct plx_log_head head = {
		.volume_id = log->vol->id,
		.log_id = log->log_id,
		.seq = log->seq[map] + 1,
		.map = map,
		.n_regions = log->n_regions,
		.region_shift = log->shift,
		.flags = !map && READ_ONCE(log->distrust) ? PLX_LOG_F_UNSYNC : 0,
	};
	struct plx_metaio to[PLX_MAX_LOGS];
	unsigned int i, bad;

	lockdep_assert_held(&log->io);
	if (!log->n_copies) /* plx_log_part(), or all are lost */
		return -EIO;
	bitmap_to_arr64(log->wire, log->image, log->n_regions);
	for (i = 0; i < DIV_ROUND_UP(log->n_regions, 64); i++)
		cpu_to_le64s(&log->wire[i]);
	plx_log_encode(&head, (const u8 *)log->wire, log->block);
	for (i = 0; i < log->n_copies; i++) {
		to[i].disk = log->copy[i].disk;
		to[i].sector = log->copy[i].sector +
			       (map * 2 + (head.seq & 1)) * PLX_BLOCK_SECTORS;
	}
	bad = plx_meta_write(to, log->n_copies, log->block, PLX_BLOCK_SIZE);
	log->seq[map]++;
	for (i = 0; i < log->n_copies; i++)
		if (to[i].error)
			plx_pack_disk_error(log->vol->pack, to[i].disk, "write of the region log");
	if (bad == log->n_copies)
		return -EIO;
	return bad ? -EAGAIN : 0;
}

/**
 * plx_log_write_map - write a map to all copies
 * @log: the log
 * @map: 0 for dirty, or that of a plex
 * @bits: what to write; may be changed meanwhile by others, a torn view of
 *	bits that are being cleared is harmless
 *
 * Context: sleeps.
 * Return: 0, -EAGAIN: some copies have it, -EIO: none
 */
int plx_log_write_map(struct plx_log *log, u32 map, const unsigned long *bits)
{
	unsigned long flags;
	int ret;

	mutex_lock(&log->io);
	spin_lock_irqsave(&log->lock, flags);
	bitmap_copy(log->image, bits, log->n_regions);
	spin_unlock_irqrestore(&log->lock, flags);
	ret = write_image(log, map);
	mutex_unlock(&log->io);
	return ret;
}

int plx_log_write_stale(struct plx_log *log, struct plx_plex *plex, u32 map)
{
	return plx_log_write_map(log, map, plex->stale);
}

/* what the bios of a list need beyond what the disks have */
static bool commit_needs(struct plx_log *log, struct bio_list *bios, unsigned long *want)
{
	struct bio *bio;
	bool any = false;
	u32 r, last;

	bio_list_for_each(bio, bios) {
		r = first_region(log, bio->bi_iter.bi_sector);
		last = last_region(log, bio->bi_iter.bi_sector, bio_sectors(bio));
		for (; r <= last; r++) {
			if (!durable(log, r)) {
				__set_bit(r, want);
				any = true;
			}
		}
	}
	return any;
}

static void fail_bios(struct bio_list *bios)
{
	struct bio *bio;

	while ((bio = bio_list_pop(bios)))
		bio_io_error(bio);
}

static void submit_bios(struct bio_list *bios)
{
	struct blk_plug plug;
	struct bio *bio;

	blk_start_plug(&plug);
	while ((bio = bio_list_pop(bios)))
		plx_io_submit(bio);
	blk_finish_plug(&plug);
}

/* writes want | base to a map and, where that worked, sets the bits in memory */
static int commit_map(struct plx_log *log, u32 map, unsigned long *base, unsigned long *want)
{
	int ret;

	spin_lock_irq(&log->lock);
	bitmap_or(log->image, base, want, log->n_regions);
	spin_unlock_irq(&log->lock);
	ret = write_image(log, map);
	if (ret)
		return ret;
	spin_lock_irq(&log->lock);
	bitmap_or(base, base, want, log->n_regions);
	spin_unlock_irq(&log->lock);
	return 0;
}

/*
 * One round: all bios that wait now share the log writes. The marks of that
 * moment are written; should a plex be detached meanwhile, the bios find out
 * when they come to plx_log_admit() again.
 */
static int commit_round(struct plx_log *log, struct bio_list *bios, unsigned long *want)
{
	struct plx_log_mark mark[PLX_LOG_MAPS - 1];
	unsigned int n, i;
	int ret = 0;
	bool any;

	mutex_lock(&log->io);
	spin_lock_irq(&log->lock);
	bio_list_merge(bios, &log->waiting);
	bio_list_init(&log->waiting);
	bitmap_zero(want, log->n_regions);
	any = commit_needs(log, bios, want);
	n = log->n_marks;
	for (i = 0; i < n; i++) {
		mark[i] = log->mark[i];
		plx_plex_get(mark[i].plex);
	}
	spin_unlock_irq(&log->lock);
	for (i = 0; any && i < n && !ret; i++)
		ret = commit_map(log, mark[i].map, mark[i].plex->stale, want);
	if (any && !ret)
		ret = commit_map(log, 0, log->dirty, want);
	mutex_unlock(&log->io);
	for (i = 0; i < n; i++)
		plx_plex_put(mark[i].plex);
	if (any)
		queue_delayed_work(log->vol->pack->wq, &log->clean_work, CLEAN_INTERVAL);
	return ret;
}

static void commit_work(struct work_struct *work)
{
	struct plx_log *log = container_of(work, struct plx_log, commit_work);
	unsigned long *want = map_alloc(log);
	struct bio_list bios;
	bool broken;
	int ret = -ENOMEM;

	bio_list_init(&bios);
	if (want)
		ret = commit_round(log, &bios, want);
	kvfree(want);
	spin_lock_irq(&log->lock);
	broken = log->broken;
	if (ret && !broken) {
		/* tried again when the pack has dropped the copy that erred */
		bio_list_merge_head(&log->waiting, &bios);
		bio_list_init(&bios);
	}
	spin_unlock_irq(&log->lock);
	if (ret == -ENOMEM)
		queue_work(log->vol->pack->io_wq, &log->commit_work);
	if (ret && broken)
		fail_bios(&bios);
	else
		submit_bios(&bios);
}

/* blocked bios come back through the same door */
static void unblock(struct plx_log *log)
{
	lockdep_assert_held(&log->lock);
	bio_list_merge(&log->waiting, &log->blocked);
	bio_list_init(&log->blocked);
	if (!bio_list_empty(&log->waiting))
		queue_work(log->vol->pack->io_wq, &log->commit_work);
}

void plx_log_retry(struct plx_log *log)
{
	queue_work(log->vol->pack->io_wq, &log->commit_work);
}

/* no way to write it any more: all that waits, and all to come, fails */
void plx_log_break(struct plx_log *log)
{
	struct bio_list bios;

	spin_lock_irq(&log->lock);
	log->broken = true;
	bitmap_zero(log->warm, log->n_regions);
	bios = log->waiting;
	bio_list_init(&log->waiting);
	bio_list_merge(&bios, &log->blocked);
	bio_list_init(&log->blocked);
	spin_unlock_irq(&log->lock);
	fail_bios(&bios);
}

static void clear_warm(struct plx_log *log, u64 start, u64 end)
{
	u32 last = min_t(u64, (end - 1) >> log->shift, log->n_regions - 1);
	u32 r;

	lockdep_assert_held(&log->lock);
	for (r = start >> log->shift; r <= last; r++)
		clear_bit(r, log->warm);
}

/**
 * plx_log_gate_close - let no write in, until it is opened as often
 * @log: the log
 *
 * Those already inside go on; plx_epoch_drain() waits for them.
 * Context: any.
 */
void plx_log_gate_close(struct plx_log *log)
{
	unsigned long flags;

	spin_lock_irqsave(&log->lock, flags);
	log->gate++;
	bitmap_zero(log->warm, log->n_regions);
	spin_unlock_irqrestore(&log->lock, flags);
}

void plx_log_gate_open(struct plx_log *log)
{
	unsigned long flags;

	spin_lock_irqsave(&log->lock, flags);
	if (!WARN_ON_ONCE(!log->gate) && !--log->gate)
		unblock(log);
	spin_unlock_irqrestore(&log->lock, flags);
}

/**
 * plx_log_marks - which detached plexes have a map that writes must set
 * @log: the log
 * @mark: the plexes, each with its stale map allocated
 * @n: how many
 *
 * The gate must be closed where a plex is detached or attached: a write let in between
 * this and the plan that goes with the marks would miss the plex, and nothing would say
 * so. It need not be where the marks stay, or the plex of one is gone for good.
 */
void plx_log_marks(struct plx_log *log, const struct plx_log_mark *mark, unsigned int n)
{
	struct plx_log_mark old[PLX_LOG_MAPS - 1];
	unsigned int i, n_old;

	for (i = 0; i < n; i++)
		plx_plex_get(mark[i].plex);
	spin_lock_irq(&log->lock);
	n_old = log->n_marks;
	memcpy(old, log->mark, sizeof(old));
	memcpy(log->mark, mark, n * sizeof(*mark));
	log->n_marks = n;
	bitmap_zero(log->warm, log->n_regions);
	spin_unlock_irq(&log->lock);
	for (i = 0; i < n_old; i++)
		plx_plex_put(old[i].plex);
}

int plx_log_stale_fill(struct plx_log *log, struct plx_plex *plex, bool all)
{
	unsigned long *map = plex->stale ? NULL : map_alloc(log);

	if (!plex->stale && !map)
		return -ENOMEM;
	spin_lock_irq(&log->lock);
	plex->attached++;
	if (!plex->stale)
		plex->stale = map;
	if (all)
		bitmap_fill(plex->stale, log->n_regions);
	else
		bitmap_or(plex->stale, plex->stale, log->dirty, log->n_regions);
	spin_unlock_irq(&log->lock);
	return 0;
}

/**
 * plx_log_window_open - keep writes out of a range and wait for those inside
 * @log: the log
 * @start: first sector
 * @end: first behind the last
 *
 * Context: sleeps, under the volume's window_lock.
 */
void plx_log_window_open(struct plx_log *log, u64 start, u64 end)
{
	spin_lock_irq(&log->lock);
	log->window_start = start;
	log->window_end = end;
	clear_warm(log, start, end);
	spin_unlock_irq(&log->lock);
	plx_epoch_drain(&log->vol->epoch);
}

void plx_log_window_close(struct plx_log *log)
{
	spin_lock_irq(&log->lock);
	log->window_start = 0;
	log->window_end = 0;
	unblock(log);
	spin_unlock_irq(&log->lock);
}

/**
 * plx_log_set_equal - the plexes are equal in some regions, or parity fits there
 * @log: the log
 * @worse: log->worse from before that was begun: no write may have failed since
 * @first: region
 * @last: region
 */
void plx_log_set_equal(struct plx_log *log, u32 worse, u32 first, u32 last)
{
	spin_lock_irq(&log->lock);
	for (; first <= last && log->worse == worse; first++)
		if (__test_and_clear_bit(first, log->unsync))
			WRITE_ONCE(log->n_unsync, log->n_unsync - 1);
	spin_unlock_irq(&log->lock);
	queue_delayed_work(log->vol->pack->wq, &log->clean_work, CLEAN_INTERVAL);
}

/**
 * plx_log_set_unsync - the current plexes may differ somewhere
 * @log: the log
 * @sector: first sector of a write that was let in
 * @sectors: how many, not 0
 *
 * What is dirty stays so until it was made equal. Reads use one plex meanwhile. With
 * parity, whoever ends the write has plx_log_write_map() write the dirty map first: the
 * parity log knows nothing of it after a crash, the flag in that map does.
 * Context: any but interrupts; inside the epoch that the write entered.
 */
void plx_log_set_unsync(struct plx_log *log, u64 sector, u64 sectors)
{
	u32 r = first_region(log, sector), last = last_region(log, sector, sectors);

	spin_lock_irq(&log->lock);
	for (; r <= last; r++) {
		if (!test_bit(r, log->dirty))
			continue;
		clear_bit(r, log->cleaning);
		if (!__test_and_set_bit(r, log->unsync))
			WRITE_ONCE(log->n_unsync, log->n_unsync + 1);
	}
	log->worse++;
	WRITE_ONCE(log->distrust, log->parity);
	log->trusts = false;
	spin_unlock_irq(&log->lock);
}

/* the plex has the data of the regions, if it was not detached meanwhile */
void plx_log_set_current(struct plx_log *log, struct plx_plex *plex, u32 attached, u32 first,
			 u32 last)
{
	spin_lock_irq(&log->lock);
	if (plex->stale && plex->attached == attached)
		bitmap_clear(plex->stale, first, last - first + 1);
	spin_unlock_irq(&log->lock);
}

/**
 * plx_log_checkpoint - let the disks know how far a resync came
 * @log: the log
 * @plex: that is resynced
 * @map: its map
 * @attached: plex->attached when it was looked at
 *
 * What left the map so far is flushed first; what leaves it meanwhile stays in
 * the map on the disks until the next time.
 * Context: sleeps.
 */
int plx_log_checkpoint(struct plx_log *log, struct plx_plex *plex, u32 map, u32 attached)
{
	unsigned long *snap = map_alloc(log);
	int ret = -ENOMEM;

	if (!snap)
		return ret;
	spin_lock_irq(&log->lock);
	bitmap_copy(snap, plex->stale, log->n_regions);
	spin_unlock_irq(&log->lock);
	ret = plx_volume_flush(log->vol);
	mutex_lock(&log->io);
	/* a detach writes a map of its own, after it counted plex->attached up */
	if (!ret && READ_ONCE(plex->attached) == attached) {
		bitmap_copy(log->image, snap, log->n_regions);
		ret = write_image(log, map);
	}
	mutex_unlock(&log->io);
	kvfree(snap);
	return ret;
}

u32 plx_log_count(struct plx_log *log, const unsigned long *map)
{
	return map ? bitmap_weight(map, log->n_regions) : 0;
}

/*
 * What was written since the last look, or, while somebody writes elsewhere, since some
 * looks more: a random load would else find most of its regions cleaned each second.
 */
static void clean_keep(struct plx_log *log)
{
	bool idle = bitmap_empty(log->recent, log->n_regions);

	if (idle || ++log->looks > CLEAN_HOLD) {
		bitmap_zero(log->held, log->n_regions);
		log->looks = 0;
	}
	bitmap_or(log->held, log->held, log->recent, log->n_regions);
	bitmap_zero(log->recent, log->n_regions);
}

/* regions that nobody wrote to lately leave warm; their writers are then waited for */
static bool clean_choose(struct plx_log *log)
{
	bool any = false;
	u32 r;

	spin_lock_irq(&log->lock);
	clean_keep(log);
	if (!log->gate && !log->broken) {
		bitmap_andnot(log->cleaning, log->dirty, log->held, log->n_regions);
		any = bitmap_andnot(log->cleaning, log->cleaning, log->unsync, log->n_regions);
		if (log->window_end) {
			r = log->window_start >> log->shift;
			for (; r < log->n_regions && region_in_window(log, r); r++)
				__clear_bit(r, log->cleaning);
		}
		bitmap_andnot(log->warm, log->warm, log->cleaning, log->n_regions);
		/* what became equal before the flush that follows is so on the disks then */
		log->trusts = log->distrust && !log->n_unsync;
		any |= log->trusts;
	}
	spin_unlock_irq(&log->lock);
	return any;
}

static void clean_finish(struct plx_log *log)
{
	bool any = false;

	mutex_lock(&log->io);
	if (!log->n_copies) {
		mutex_unlock(&log->io);
		return;
	}
	spin_lock_irq(&log->lock);
	bitmap_andnot(log->dirty, log->dirty, log->cleaning, log->n_regions);
	if (log->fresh)
		any = bitmap_intersects(log->touched, log->fresh, log->n_regions);
	bitmap_zero(log->cleaning, log->n_regions);
	if (log->trusts)
		WRITE_ONCE(log->distrust, false);
	log->trusts = false;
	bitmap_copy(log->image, log->dirty, log->n_regions);
	spin_unlock_irq(&log->lock);
	write_image(log, 0);
	mutex_unlock(&log->io);
	if (any)
		plx_sync_kick(log->vol); /* for what is settled */
}

/*
 * A region leaves dirty when no write was in it since it left warm, and all
 * members were flushed after that without an error. A write that comes
 * meanwhile takes its region out of cleaning.
 */
static void clean_work(struct work_struct *work)
{
	struct plx_log *log = container_of(to_delayed_work(work), struct plx_log, clean_work);
	bool more;

	if (clean_choose(log)) {
		plx_epoch_drain(&log->vol->epoch);
		if (!plx_volume_flush(log->vol))
			clean_finish(log);
	}
	spin_lock_irq(&log->lock);
	more = !bitmap_empty(log->dirty, log->n_regions) && !log->broken;
	spin_unlock_irq(&log->lock);
	if (more)
		queue_delayed_work(log->vol->pack->wq, &log->clean_work, CLEAN_INTERVAL);
}

void plx_log_settle(struct plx_log *log)
{
	/* it would finish what is chosen here with its older flush */
	cancel_delayed_work_sync(&log->clean_work);
	bitmap_zero(log->recent, log->n_regions);
	if (!log->n_marks && clean_choose(log) && !plx_volume_flush(log->vol))
		clean_finish(log);
}

/**
 * plx_log_new - the region log of a volume, all regions clean
 * @vol: the volume; must outlive the log
 * @cv: its configuration, with a region_shift
 *
 * Return: the log, or NULL: no memory
 */
struct plx_log *plx_log_new(struct plx_volume *vol, const struct plx_conf_volume *cv)
{
	struct plx_log *log = kzalloc(sizeof(*log), GFP_NOIO);

	if (!log)
		return NULL;
	log->vol = vol;
	log->shift = cv->region_shift;
	log->log_id = cv->log_id;
	log->sectors = cv->sectors;
	log->n_regions = DIV_ROUND_UP_ULL(cv->sectors, 1ULL << log->shift);
	spin_lock_init(&log->lock);
	mutex_init(&log->io);
	bio_list_init(&log->waiting);
	bio_list_init(&log->blocked);
	INIT_WORK(&log->commit_work, commit_work);
	INIT_DELAYED_WORK(&log->clean_work, clean_work);
	log->warm = map_alloc(log);
	log->recent = map_alloc(log);
	log->held = map_alloc(log);
	log->dirty = map_alloc(log);
	log->unsync = map_alloc(log);
	log->cleaning = map_alloc(log);
	if (cv->written_map) {
		log->fresh = map_alloc(log);
		log->touched = map_alloc(log);
	}
	log->written_map = cv->written_map;
	log->parity = plx_conf_volume_parity(cv);
	log->image = map_alloc(log);
	log->wire = kvzalloc(PLX_BLOCK_SIZE, GFP_NOIO);
	log->block = kzalloc(PLX_BLOCK_SIZE, GFP_NOIO);
	if (!log->warm || !log->recent || !log->held || !log->dirty || !log->unsync ||
	    !log->cleaning || (cv->written_map && (!log->fresh || !log->touched)) ||
	    !log->image || !log->wire || !log->block) {
		plx_log_free(log);
		return NULL;
	}
	return log;
}

/* no works any more; what still waits fails. The log may still be looked at */
void plx_log_stop(struct plx_log *log)
{
	plx_log_break(log);
	cancel_work_sync(&log->commit_work);
	cancel_delayed_work_sync(&log->clean_work);
	cancel_work_sync(&log->commit_work);
	plx_log_break(log);
}

/* nobody is inside a plan with this log any more; what waits here goes to the new one */
void plx_log_retire(struct plx_log *log)
{
	struct bio_list bios;

	cancel_work_sync(&log->commit_work);
	cancel_delayed_work_sync(&log->clean_work);
	cancel_work_sync(&log->commit_work);
	spin_lock_irq(&log->lock);
	bios = log->waiting;
	bio_list_init(&log->waiting);
	bio_list_merge(&bios, &log->blocked);
	bio_list_init(&log->blocked);
	spin_unlock_irq(&log->lock);
	submit_bios(&bios);
}

void plx_log_free(struct plx_log *log)
{
	unsigned int i;

	if (!log)
		return;
	for (i = 0; i < log->n_marks; i++)
		plx_plex_put(log->mark[i].plex);
	for (i = 0; i < log->n_copies; i++)
		plx_disk_put(log->copy[i].disk);
	kvfree(log->warm);
	kvfree(log->recent);
	kvfree(log->held);
	kvfree(log->dirty);
	kvfree(log->unsync);
	kvfree(log->cleaning);
	kvfree(log->fresh);
	kvfree(log->touched);
	kvfree(log->image);
	kvfree(log->wire);
	kfree(log->block);
	kfree(log);
}
