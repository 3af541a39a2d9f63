// SPDX-License-Identifier: GPL-2.0
/*
 * A volume: a block device whose I/O follows a plan.
 *
 * Life: created hidden (new), given a plan under pack->change (replan), shown
 * (show). Its end: no more opens (claim), the device goes (hide), the I/O that
 * is left is waited for and all works stop (stop), the last reference frees it.
 * The gendisk holds a reference, dropped by free_disk.
 */
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "plexus.h"
#include "plog.h"

static DEFINE_IDA(minors);

static int volume_open(PLX_OPEN_ARGS)
{
	struct plx_volume *vol = PLX_OPEN_DISK->private_data;
	int ret = 0;

	spin_lock(&vol->open_lock);
	if (vol->no_open)
		ret = -ENXIO;
	else
		vol->openers++;
	spin_unlock(&vol->open_lock);
	return ret;
}

static void volume_release(PLX_RELEASE_ARGS)
{
	struct plx_volume *vol = disk->private_data;

	spin_lock(&vol->open_lock);
	vol->openers--;
	spin_unlock(&vol->open_lock);
}

static void volume_free_disk(struct gendisk *disk)
{
	plx_volume_put(disk->private_data);
}

static const struct block_device_operations fops = {
	.owner = THIS_MODULE,
	.submit_bio = plx_io_submit,
	.open = volume_open,
	.release = volume_release,
	.free_disk = volume_free_disk,
};

/* old plans are freed when nobody can be inside one any more */
static void retire_work(struct work_struct *work)
{
	struct plx_volume *vol = container_of(work, struct plx_volume, retire_work);
	struct llist_node *list = llist_del_all(&vol->retired);
	struct plx_plan *plan, *next;

	if (!list)
		return;
	plx_epoch_drain(&vol->epoch);
	llist_for_each_entry_safe(plan, next, list, retired) {
		if (plan->last_of_log) {
			mutex_lock(&vol->window_lock); /* the sync engine looks at it */
			plx_log_retire(plan->log);
			plx_log_free(plan->log);
			mutex_unlock(&vol->window_lock);
		}
		plx_plan_free(plan);
	}
}

struct plx_volume *plx_volume_new(struct plx_pack *pack, const struct plx_id *id)
{
	struct plx_volume *vol = kzalloc(sizeof(*vol), GFP_KERNEL);

	if (!vol)
		return NULL;
	kref_init(&vol->refs);
	vol->minor = ida_alloc(&minors, GFP_KERNEL);
	if (vol->minor < 0)
		goto no_minor;
	if (plx_epoch_init(&vol->epoch))
		goto no_epoch;
	vol->id = *id;
	vol->pack = pack;
	INIT_LIST_HEAD(&vol->node);
	init_llist_head(&vol->deferred);
	INIT_WORK(&vol->deferred_work, plx_io_deferred_work);
	init_llist_head(&vol->failed_rows);
	INIT_WORK(&vol->failed_rows_work, plx_row_failed_work);
	init_llist_head(&vol->granted);
	INIT_WORK(&vol->granted_work, plx_io_granted_work);
	init_llist_head(&vol->retired);
	INIT_WORK(&vol->retire_work, retire_work);
	mutex_init(&vol->window_lock);
	mutex_init(&vol->show_lock);
	vol->speed_min = 1 << 20;
	spin_lock_init(&vol->open_lock);
	vol->claims = plx_claims_new();
	if (!vol->claims)
		goto no_claims;
	if (plx_sync_new(vol))
		goto no_sync;
	plx_pack_get(pack);
	return vol;
no_sync:
	plx_claims_free(vol->claims);
no_claims:
	plx_epoch_destroy(&vol->epoch);
no_epoch:
	ida_free(&minors, vol->minor);
no_minor:
	kfree(vol);
	return NULL;
}

static void free_volume(struct kref *refs)
{
	struct plx_volume *vol = container_of(refs, struct plx_volume, refs);

	plx_sync_free(vol);
	plx_row_pools_free(vol->row_pools);
	plx_claims_free(vol->claims);
	plx_epoch_destroy(&vol->epoch);
	ida_free(&minors, vol->minor);
	plx_pack_put(vol->pack);
	kfree(vol);
}

void plx_volume_get(struct plx_volume *vol)
{
	kref_get(&vol->refs);
}

void plx_volume_put(struct plx_volume *vol)
{
	if (vol)
		kref_put(&vol->refs, free_volume);
}

struct plx_plex *plx_volume_plex(struct plx_volume *vol, const struct plx_id *id)
{
	u32 i;

	for (i = 0; i < vol->n_plexes; i++)
		if (plx_id_equal(&vol->plex[i]->id, id))
			return vol->plex[i];
	return NULL;
}

/*
 * vol->plex[] follows the configuration; what a plex knows is kept, unless it was
 * in terms of another log.
 */
static int follow_plexes(struct plx_volume *vol, const struct plx_conf_volume *cv)
{
	bool renew = vol->log && cv->log_id != vol->log->log_id;
	struct plx_plex *plex[PLEXUS_MAX_PLEXES];
	u32 i;

	for (i = 0; i < cv->n_plexes; i++) {
		plex[i] = renew ? NULL : plx_volume_plex(vol, &cv->plex[i]->id);
		if (plex[i])
			plx_plex_get(plex[i]);
		else
			plex[i] = plx_plex_new(&cv->plex[i]->id,
					       cv->plex[i]->parity ? cv->plex[i]->n_members : 0);
		if (!plex[i]) {
			while (i--)
				plx_plex_put(plex[i]);
			return -ENOMEM;
		}
	}
	for (i = 0; i < vol->n_plexes; i++)
		plx_plex_put(vol->plex[i]);
	memcpy(vol->plex, plex, cv->n_plexes * sizeof(*plex));
	vol->n_plexes = cv->n_plexes;
	return 0;
}

/* what gets no writes and has a map on the disks is marked */
static void add_mark(struct plx_log_mark *mark, unsigned int *n, struct plx_plex *plex, u32 map)
{
	if (map && plex->stale && *n < PLX_LOG_MAPS - 1)
		mark[(*n)++] = (struct plx_log_mark){ plex, map };
}

/* detached plexes, and members that are lost; when nothing can fail any more */
static void follow_marks(struct plx_volume *vol, const struct plx_conf *conf,
			 const struct plx_conf_volume *cv)
{
	struct plx_log_mark mark[PLX_LOG_MAPS - 1];
	unsigned int n = 0;
	u32 i, m;

	for (i = 0; i < cv->n_plexes; i++) {
		const struct plx_conf_plex *cp = cv->plex[i];

		if (cp->state != PLX_PLEX_CURRENT && !plx_conf_plex_attached(conf, cp))
			add_mark(mark, &n, vol->plex[i], cp->stale_map);
		for (m = 0; m < vol->plex[i]->n_members; m++)
			if (cp->member[m].state == PLX_MEMBER_FAILED ||
			    cp->member[m].state == PLX_MEMBER_MISSING)
				add_mark(mark, &n, vol->plex[i]->member[m],
					 cp->member[m].stale_map);
	}
	plx_log_marks(vol->log, mark, n);
	plx_log_retry(vol->log);
}

enum tidings { /* of the log */
	NOTHING,
	LOADED, /* of what is dirty in it the maps know nothing yet */
	BACK, /* and the disks; of what left the maps of stale members some may be lost */
};

static int follow_map(struct plx_log *log, struct plx_plex *plex, u32 map, enum tidings news)
{
	int ret;

	if (plex->stale && news == NOTHING)
		return 0;
	ret = plex->stale && news == LOADED ? plx_log_stale_fill(log, plex, false) :
					      plx_log_load_stale(log, plex, map);
	/* with what was dirty, before that can be cleaned */
	if (!ret && map)
		plx_log_write_stale(log, plex, map);
	return ret;
}

/* plexes and members that are not current have a map */
static int follow_maps(struct plx_volume *vol, struct plx_log *log,
		       const struct plx_conf_volume *cv, enum tidings news)
{
	int ret = 0;
	u32 i, m;

	for (i = 0; i < cv->n_plexes && !ret; i++) {
		const struct plx_conf_plex *cp = cv->plex[i];

		if (cp->state != PLX_PLEX_CURRENT)
			ret = follow_map(log, vol->plex[i], cp->stale_map, news);
		for (m = 0; m < vol->plex[i]->n_members && !ret; m++)
			if (cp->member[m].state != PLX_MEMBER_CURRENT)
				ret = follow_map(log, vol->plex[i]->member[m],
						 cp->member[m].stale_map, news);
	}
	return ret;
}

/* the parity log that the configuration asks for; of its entries none is read, see trusts() */
static int follow_plog(struct plx_volume *vol, const struct plx_conf *conf,
		       const struct plx_conf_volume *cv)
{
	if (cv->write_hole != PLX_WRITE_HOLE_LOG)
		return 0;
	if (!vol->plog)
		vol->plog = plx_plog_new(vol, cv->plex[0]);
	return vol->plog ? plx_plog_follow(vol->plog, conf, cv->plex[0]) : -ENOMEM;
}

/*
 * Was the plex without too many members, and is not any more? Their caches may be lost: it is
 * as after a crash, but for what is known in memory.
 */
static bool comes_back(struct plx_volume *vol, const struct plx_conf *conf,
		       const struct plx_conf_volume *cv)
{
	return vol->plan && vol->plan->failed && cv->plex[0]->parity &&
	       plx_conf_plex_attached(conf, cv->plex[0]);
}

/*
 * Has all I/O with older plans ended? What is inside the plan of now is told that it failed.
 * Not waited for: it may be held until this change is over.
 */
static bool quiet(struct plx_volume *vol)
{
	u32 tries = 10;

	while (!llist_empty(&vol->retired) || work_busy(&vol->retire_work)) {
		if (!--tries)
			return false;
		msleep(20);
	}
	return true;
}

/*
 * At a start, or when the plex comes back: does parity fit in what is dirty? With a parity
 * log it does once the rows that were being written are right again, unless the region log
 * knows better (@known). That is asked last: what the parity log could set right, it has set
 * right.
 */
static int make_trusted(struct plx_volume *vol, const struct plx_conf *conf,
			const struct plx_conf_volume *cv, struct plx_log *log, bool known)
{
	int ret = -EIO;

	/* a new log comes while it is in use */
	if (vol->plog && (!vol->log || vol->log == log) && quiet(vol))
		ret = plx_plog_recover(vol->plog, log, conf, cv);
	if (ret == -ENOMEM)
		return ret;
	if (ret || !known)
		plx_log_unsync_from_dirty(log);
	return 0;
}

/*
 * The log that the configuration asks for: the one that the volume has, or a new one, or
 * none. vol->log is left alone: should anything fail yet, a new one goes unseen.
 */
static int follow_log(struct plx_volume *vol, const struct plx_conf *conf,
		      const struct plx_conf_volume *cv, struct plx_log **use)
{
	struct plx_log *log = vol->log;
	bool born = !log && (vol->plan || vol->born), fresh = !log || cv->log_id != log->log_id;
	enum tidings news = NOTHING;
	bool known;
	int ret = 0;

	*use = NULL;
	if (!cv->region_shift)
		return 0;
	if (fresh && vol->next_log && vol->next_log->log_id == cv->log_id)
		log = vol->next_log;
	else if (fresh)
		log = plx_log_new(vol, cv);
	if (!log)
		return -ENOMEM;
	*use = log;
	if (plx_log_place(log, conf, cv))
		plx_log_break(log);
	/* what the copies say is needed when they, and the members with them, are back */
	if (!born && !log->loaded && cv->plex[0]->parity &&
	    !plx_conf_plex_attached(conf, cv->plex[0]))
		return 0;
	if (born) {
		plx_log_born(log);
	} else if (!log->loaded) {
		news = LOADED;
		known = plx_log_load(log);
		ret = make_trusted(vol, conf, cv, log, known);
		if (ret)
			log->loaded = false; /* the volume's own is loaded once more */
	} else if (comes_back(vol, conf, cv)) {
		news = BACK;
		ret = make_trusted(vol, conf, cv, log, !READ_ONCE(log->distrust));
	}
	return ret ?: follow_maps(vol, log, cv, news);
}

/* a plan and the log that it has */
static struct plx_plan *follow_plan(struct plx_volume *vol, const struct plx_conf *conf,
				    const struct plx_conf_volume *cv)
{
	struct plx_log *log = NULL;
	struct plx_plan *plan;
	int ret = follow_plexes(vol, cv);

	if (!ret)
		ret = follow_plog(vol, conf, cv);
	if (!ret)
		ret = follow_log(vol, conf, cv, &log);
	plan = ret ? ERR_PTR(ret) : plx_plan_new(vol, log, conf, cv);
	if (!IS_ERR(plan))
		plan->plog = vol->plog;
	if (IS_ERR(plan) && log != vol->log && log != vol->next_log)
		plx_log_free(log); /* nobody saw it, none of its works was begun */
	return plan;
}

/**
 * plx_volume_replan - let a volume follow its pack's configuration
 * @vol: the volume
 * @conf: the published configuration
 *
 * Context: sleeps, under pack->change; does not wait for data I/O.
 * Return: 0, or -ENOMEM: the old plan stays
 */
int plx_volume_replan(struct plx_volume *vol, const struct plx_conf *conf)
{
	int v = plx_conf_volume_find(conf, &vol->id);
	struct plx_plan *plan, *old = vol->plan;

	lockdep_assert_held(&vol->pack->change);
	if (v < 0)
		return -ENOENT;
	plan = follow_plan(vol, conf, conf->volume[v]);
	if (IS_ERR(plan))
		return PTR_ERR(plan);
	WRITE_ONCE(vol->log, plan->log);
	if (vol->log)
		follow_marks(vol, conf, conf->volume[v]);
	if (vol->log && vol->log == vol->next_log) {
		vol->next_log = NULL;
		plx_log_grown(vol->log);
	}
	plan->serial = ++vol->plans;
	smp_store_release(&vol->plan, plan); /* with plx_volume_plan() */
	WRITE_ONCE(vol->copies, plan->n > 1 && conf->volume[v]->flags &
					       PLEXUS_VOLUME_FLAGS_STABLE_WRITES);
	if (old) {
		old->last_of_log = old->log && old->log != plan->log;
		llist_add(&old->retired, &vol->retired);
		queue_work(vol->pack->wq, &vol->retire_work);
	}
	return 0;
}

/**
 * plx_volume_flush - flush all member disks
 * @vol: the volume
 *
 * A disk that errs is given up (plx_pack_disk_error()). Of a volume that has failed what
 * was written lately may be on disks that are not there, so it is not flushed.
 * Context: sleeps.
 * Return: 0, or -EIO
 */
int plx_volume_flush(struct plx_volume *vol)
{
	struct plx_metaio *to;
	struct plx_plan *plan;
	unsigned int epoch, i, n, bad;
	bool gone;

	epoch = plx_epoch_enter(&vol->epoch);
	plan = plx_volume_plan(vol);
	n = plan ? plan->n_flush : 0;
	gone = plan && plan->failed;
	to = kcalloc(n, sizeof(*to), GFP_NOIO | __GFP_NOFAIL);
	for (i = 0; i < n; i++) {
		to[i].disk = plan->flush[i];
		plx_disk_get(to[i].disk);
	}
	plx_epoch_exit(&vol->epoch, epoch);
	bad = plx_meta_flush(to, n);
	for (i = 0; i < n; i++) {
		if (to[i].error)
			plx_pack_disk_error(vol->pack, to[i].disk, "flush");
		plx_disk_put(to[i].disk);
	}
	kfree(to);
	return bad || gone ? -EIO : 0;
}

static struct block_device **members(struct plx_plan *plan, u32 *n)
{
	struct block_device **member = kcalloc(plan->n_flush, sizeof(*member), GFP_NOIO);

	for (*n = 0; member && *n < plan->n_flush; (*n)++)
		member[*n] = plx_disk_bdev(plan->flush[*n]);
	return member;
}

static void limits_of(const struct plx_conf_volume *cv, struct plx_limits *want)
{
	u32 i;

	*want = (struct plx_limits){
		.stable_writes = cv->flags & PLEXUS_VOLUME_FLAGS_STABLE_WRITES,
	};
	for (i = 0; i < cv->n_plexes; i++) {
		const struct plx_conf_plex *cp = cv->plex[i];

		if (cp->type != PLEXUS_TYPE_STRIPE && cp->type != PLEXUS_TYPE_PARITY)
			continue;
		want->io_min = max(want->io_min, cp->unit << SECTOR_SHIFT);
		want->io_opt = max(want->io_opt,
				   (cp->unit << SECTOR_SHIFT) * (cp->n_members - cp->parity));
		/* a power of two, at whose multiples a discard may be cut without cutting a row */
		if (cp->parity)
			want->zero_rows = want->io_opt & -want->io_opt;
	}
}

static struct gendisk *make_gendisk(struct plx_volume *vol, const struct plx_conf_volume *cv)
{
	struct block_device **member = NULL;
	struct plx_plan *plan;
	struct plx_limits want;
	struct gendisk *disk;
	unsigned int epoch;
	u32 n = 0;

	limits_of(cv, &want);
	/* inside the epoch, the plan keeps the members open */
	epoch = plx_epoch_enter(&vol->epoch);
	plan = plx_volume_plan(vol);
	if (plan)
		member = members(plan, &n);
	disk = member ? plx_gendisk_alloc(&want, member, n) : ERR_PTR(-ENOMEM);
	plx_epoch_exit(&vol->epoch, epoch);
	kfree(member);
	return disk;
}

static int show(struct plx_volume *vol, const struct plx_conf_volume *cv)
{
	struct gendisk *disk = make_gendisk(vol, cv);
	int ret;

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	snprintf(disk->disk_name, sizeof(disk->disk_name), "plx%d", vol->minor);
	disk->fops = &fops;
	disk->private_data = vol;
	set_capacity(disk, cv->sectors);
	set_disk_ro(disk, cv->flags & PLEXUS_VOLUME_FLAGS_READ_ONLY);
	vol->gendisk = disk;
	plx_volume_get(vol); /* free_disk gives it back, where the disk was added */
	ret = device_add_disk(NULL, disk, plx_sysfs_volume_groups);
	if (ret) {
		vol->gendisk = NULL;
		put_disk(disk);
		plx_volume_put(vol);
		return ret;
	}
	smp_store_release(&vol->shown, true); /* with the acquire of plx_control_device() */
	return 0;
}

/**
 * plx_volume_show - make /dev/plxN appear
 * @vol: with a plan
 * @conf: the configuration
 *
 * Any number of times, from anywhere: it appears once.
 * Context: sleeps; not under pack->change: it reads the partition table.
 */
int plx_volume_show(struct plx_volume *vol, const struct plx_conf *conf)
{
	int v = plx_conf_volume_find(conf, &vol->id), ret = 0;
	bool fresh;

	if (v < 0)
		return -ENOENT;
	mutex_lock(&vol->show_lock);
	fresh = !vol->shown && !vol->hidden;
	if (fresh)
		ret = show(vol, conf->volume[v]);
	mutex_unlock(&vol->show_lock);
	if (fresh && !ret)
		plx_event_volume(PLEXUS_EVENT_CODE_VOLUME_ARRIVE, vol);
	return ret;
}

void plx_volume_hide(struct plx_volume *vol)
{
	bool shown;

	mutex_lock(&vol->show_lock);
	shown = vol->shown;
	vol->shown = false;
	vol->hidden = true;
	mutex_unlock(&vol->show_lock);
	if (!shown)
		return;
	plx_event_volume(PLEXUS_EVENT_CODE_VOLUME_DEPART, vol);
	del_gendisk(vol->gendisk);
}

static void follow_conf(struct plx_volume *vol, const struct plx_conf_volume *cv)
{
	struct block_device **member;
	struct plx_limits want;
	unsigned int epoch;
	u32 n = 0;

	limits_of(cv, &want);
	epoch = plx_epoch_enter(&vol->epoch);
	member = members(plx_volume_plan(vol), &n);
	if (member && n)
		plx_gendisk_restack(vol->gendisk, &want, member, n);
	plx_epoch_exit(&vol->epoch, epoch);
	kfree(member);
	set_disk_ro(vol->gendisk, cv->flags & PLEXUS_VOLUME_FLAGS_READ_ONLY);
	set_capacity_and_notify(vol->gendisk, cv->sectors);
}

/* the device grew, its members changed, or its flags; not under pack->change */
void plx_volume_resize(struct plx_volume *vol)
{
	struct plx_conf *conf;
	int v;

	mutex_lock(&vol->show_lock);
	conf = plx_pack_conf(vol->pack); /* the newest, whoever comes last */
	v = conf ? plx_conf_volume_find(conf, &vol->id) : -1;
	if (v >= 0 && vol->shown)
		follow_conf(vol, conf->volume[v]);
	if (conf)
		plx_conf_put(conf);
	mutex_unlock(&vol->show_lock);
}

/* it has another name, or its pack: udev makes the links anew. Not under pack->change */
void plx_volume_renamed(struct plx_volume *vol)
{
	mutex_lock(&vol->show_lock);
	if (vol->shown)
		disk_uevent(vol->gendisk, KOBJ_CHANGE); /* the partitions have links too */
	mutex_unlock(&vol->show_lock);
}

u32 plx_volume_block_size(struct plx_volume *vol)
{
	u32 bytes;

	mutex_lock(&vol->show_lock); /* keeps the gendisk */
	bytes = vol->shown ? bdev_logical_block_size(vol->gendisk->part0) : 0;
	mutex_unlock(&vol->show_lock);
	return bytes;
}

int plx_volume_claim(struct plx_volume *vol)
{
	int ret = 0;

	spin_lock(&vol->open_lock);
	if (vol->openers || vol->no_open)
		ret = -EBUSY;
	else
		vol->no_open = true;
	spin_unlock(&vol->open_lock);
	return ret;
}

void plx_volume_unclaim(struct plx_volume *vol)
{
	spin_lock(&vol->open_lock);
	vol->no_open = false;
	spin_unlock(&vol->open_lock);
}

bool plx_volume_busy_get(struct plx_volume *vol)
{
	return !test_and_set_bit(0, &vol->busy);
}

void plx_volume_busy_put(struct plx_volume *vol)
{
	clear_bit(0, &vol->busy);
}

/* no change knows the volume any more, none that does is under way; the caller has a reference */
void plx_volume_unlist(struct plx_volume *vol)
{
	mutex_lock(&vol->pack->change);
	plx_pack_volume_remove(vol->pack, vol);
	mutex_unlock(&vol->pack->change);
}

/**
 * plx_volume_stop - let go of all that a volume uses
 * @vol: hidden, and not in its pack's list
 *
 * A clean log first, where there is one: what was written is flushed, so that
 * the next start finds nothing dirty.
 * Context: sleeps, waits for data I/O; not under pack->change.
 */
void plx_volume_stop(struct plx_volume *vol)
{
	struct plx_plan *plan;
	struct plx_log *log;
	u32 i;

	plx_sync_stop(vol);
	plx_epoch_drain(&vol->epoch);
	flush_work(&vol->deferred_work);
	plx_epoch_drain(&vol->epoch);
	synchronize_rcu(); /* works may be about to be queued, for I/Os that ended */
	flush_work(&vol->deferred_work);
	flush_work(&vol->granted_work);
	flush_work(&vol->failed_rows_work);
	if (vol->log) {
		/* after a start that failed nothing says that absent disks miss what is dirty */
		if (READ_ONCE(vol->pack->state) != PLX_PACK_UNMAKING)
			plx_log_settle(vol->log);
		plx_log_stop(vol->log);
	}
	flush_work(&vol->retire_work);
	if (vol->plog)
		plx_plog_stop(vol->plog);
	plan = vol->plan;
	log = vol->log;
	smp_store_release(&vol->plan, NULL); /* then whoever looks at it is waited for */
	plx_epoch_drain(&vol->epoch);
	plx_log_free(log);
	vol->log = NULL;
	plx_log_free(vol->next_log);
	vol->next_log = NULL;
	plx_plan_free(plan);
	if (vol->plog)
		plx_plog_free(vol->plog);
	vol->plog = NULL;
	for (i = 0; i < vol->n_plexes; i++)
		plx_plex_put(vol->plex[i]);
	vol->n_plexes = 0;
	if (vol->gendisk)
		put_disk(vol->gendisk);
}

void plx_volume_finish(struct plx_volume *vol)
{
	plx_pack_volume_deleted(&vol->id);
	plx_volume_hide(vol);
	plx_volume_unlist(vol);
	plx_volume_stop(vol);
}
