// SPDX-License-Identifier: GPL-2.0
/*
 * How a pack starts from its disks, and takes back a disk that returned.
 *
 * Start: of the configurations found, the one of which all others are ancestors
 * counts; none such means that halves ran apart, and is refused. A disk that is
 * not there is recorded as missing, and its plexes as not current, before any
 * write is let in.
 */
#include <linux/slab.h>
#include "plexus.h"

#define START_DELAY (5 * HZ)

struct found {
	u32 n;
	struct plx_disk *disk[PLEXUS_MAX_DISKS];
	struct plx_conf *conf[PLEXUS_MAX_DISKS];
	struct plx_id id[PLEXUS_MAX_DISKS];
	bool covered[PLEXUS_MAX_DISKS]; /* by the chosen configuration */
	bool present[PLEXUS_MAX_DISKS]; /* by index in the chosen configuration */
	bool apart[PLEXUS_MAX_DISKS]; /* has another history: nothing on it counts */
};

static struct found *gather(struct plx_pack *pack)
{
	struct found *f = kvzalloc(sizeof(*f), GFP_KERNEL);
	struct plx_why why;
	u32 i, n;

	if (!f)
		return NULL;
	mutex_lock(&pack->lists);
	n = pack->n_disks;
	for (i = 0; i < n; i++) {
		f->disk[i] = pack->disk[i];
		plx_disk_get(f->disk[i]);
	}
	mutex_unlock(&pack->lists);
	for (i = 0; i < n; i++) {
		struct plx_disk *disk = f->disk[i];

		/* what it erred at was of a start before this one, and nobody uses it now */
		WRITE_ONCE(disk->dead, false);
		if (plx_disk_read_config(disk, &f->conf[f->n], &why)) {
			plx_disk_put(disk);
			continue;
		}
		f->id[f->n] = disk->id;
		f->disk[f->n++] = disk;
	}
	return f;
}

static void drop(struct found *f)
{
	u32 i;

	for (i = 0; f && i < f->n; i++) {
		plx_disk_put(f->disk[i]);
		plx_conf_put(f->conf[i]);
	}
	kvfree(f);
}

static int refuse_diverged(struct plx_pack *pack, struct found *f, u32 a, u32 b,
			   struct plx_why *why)
{
	WRITE_ONCE(pack->waits, PLEXUS_PACK_FLAGS_CORRUPTED);
	return plx_refuse(
		why, PLEXUS_VDS_E_DMADMIN_METHOD_CALL_FAILED,
		"pack %s has two histories: %s (generation %llu) and %s (generation %llu) ran apart; choose one with pack recover --keep DISK",
		f->conf[a]->name, f->disk[a]->path, f->conf[a]->generation, f->disk[b]->path,
		f->conf[b]->generation);
}

/* @best: the configuration that counts; where that is refused, one to be looked at */
static int choose(struct plx_pack *pack, struct found *f, const struct plx_id *keep, u32 *best,
		  struct plx_why *why)
{
	u32 a = 0, b = 0, i;
	int ret = plx_history_choose(f->conf, f->id, f->n, &a, &b);

	*best = ret < 0 ? a : ret;
	if (!keep)
		return ret == -EUCLEAN ? refuse_diverged(pack, f, a, b, why) : 0;
	for (i = 0; i < f->n; i++) {
		if (!plx_id_equal(&f->id[i], keep))
			continue;
		*best = i;
		return 0;
	}
	if (ret == -EUCLEAN)
		WRITE_ONCE(pack->waits, PLEXUS_PACK_FLAGS_CORRUPTED);
	return plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
			  "the disk to keep is not one of this pack's that are here");
}

static void mark_present(struct found *f, struct plx_conf *conf, u32 best)
{
	u32 i;
	int d;

	plx_history_cover(f->conf, f->id, f->n, best, f->covered);
	for (i = 0; i < f->n; i++) {
		conf->generation = max(conf->generation, f->conf[i]->generation);
		d = plx_conf_disk_find(conf, &f->id[i]);
		if (d < 0)
			continue;
		f->present[d] = true;
		f->apart[d] = !f->covered[i] || plx_history_rolled_back(conf, d, f->conf[i]) ||
			      plx_history_taken_over(conf, d, f->conf[i]);
		plx_history_known(conf, d, f->conf[i]);
		strscpy(conf->disk[d]->path, f->disk[i]->path, sizeof(conf->disk[d]->path));
	}
}

/*
 * More than half would do, but the rest may be a moment away: started without
 * them, they would have to be resynced, and one of them may know more.
 */
static int check_complete(struct found *f, struct plx_conf *conf, struct plx_why *why)
{
	u32 d;

	for (d = 0; d < conf->n_disks; d++)
		if (!f->present[d] && conf->disk[d]->state == PLX_DISK_ONLINE)
			return plx_refuse(
				why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
				"pack %s waits for %s; without it the pack starts in a few seconds, or at once by plexus scan",
				conf->name, conf->disk[d]->path);
	return 0;
}

static int check_quorum(struct plx_pack *pack, struct found *f, struct plx_conf *conf,
			enum plx_start how, struct plx_why *why)
{
	u32 d, here = 0;

	if (how == PLX_START_FORCED)
		return 0;
	if (plx_history_quorum(conf, f->present))
		return how == PLX_START_COMPLETE ? check_complete(f, conf, why) : 0;
	for (d = 0; d < conf->n_disks; d++)
		here += f->present[d];
	WRITE_ONCE(pack->waits, PLEXUS_PACK_FLAGS_NOQUORUM);
	return plx_refuse(
		why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
		"pack %s waits for its disks: %u of %u are here, more than half are needed; pack recover --force starts it with these",
		conf->name, here, conf->n_disks);
}

/* runtime volumes for all of the configuration; no device yet */
static int make_volumes(struct plx_pack *pack, struct plx_conf *conf)
{
	struct plx_volume *vol;
	u32 v;
	int ret = 0;

	for (v = 0; v < conf->n_volumes && !ret; v++) {
		vol = plx_volume_new(pack, &conf->volume[v]->id);
		if (!vol)
			return -ENOMEM;
		ret = plx_volume_replan(vol, conf);
		if (!ret)
			plx_pack_volume_add(pack, vol);
		else
			plx_volume_stop(vol);
		plx_volume_put(vol);
	}
	return ret;
}

/* a member that counted when the pack stopped, and is not here */
static const struct plx_conf_disk *absent_disk(const struct plx_conf *conf,
					       const struct plx_conf_plex *cp)
{
	u32 m;

	for (m = 0; m < cp->n_members; m++)
		if (cp->member[m].state == PLX_MEMBER_CURRENT &&
		    plx_conf_member_seen(conf, &cp->member[m]) == PLX_MEMBER_MISSING)
			return conf->disk[cp->member[m].extent[0].disk];
	return NULL;
}

/*
 * Parity that is not known to fit makes up for nothing: started without a disk, a volume
 * would have lost what that disk has, and not get it back when it comes, for by then it is
 * out of date. Of one that was lost before nothing better is to be had by waiting.
 */
static int check_parity(struct plx_pack *pack, const struct plx_conf *conf, enum plx_start how,
			struct plx_why *why)
{
	const struct plx_conf_disk *absent;
	struct plx_volume *vol;
	bool doubtful;
	u32 v;

	for (v = 0; v < conf->n_volumes && how != PLX_START_FORCED; v++) {
		if (!plx_conf_volume_parity(conf->volume[v]))
			continue;
		absent = absent_disk(conf, conf->volume[v]->plex[0]);
		vol = plx_pack_volume(pack, &conf->volume[v]->id);
		doubtful = vol && vol->log && READ_ONCE(vol->log->n_unsync);
		plx_volume_put(vol);
		if (!absent || !doubtful)
			continue;
		WRITE_ONCE(pack->waits, PLEXUS_PACK_FLAGS_NOQUORUM);
		return plx_refuse(
			why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
			"pack %s waits for %s: volume %s was being written when the pack stopped, and nothing says how far; pack recover --force starts it without that disk, and what it had there is lost",
			conf->name, absent->path, conf->volume[v]->name);
	}
	return 0;
}

static bool member_online(const struct plx_conf *conf, const struct plx_conf_member *cm)
{
	u32 i;

	for (i = 0; i < cm->n_extents; i++)
		if (conf->disk[cm->extent[i].disk]->state != PLX_DISK_ONLINE)
			return false;
	return true;
}

static bool all_online(const struct plx_conf *conf, const struct plx_conf_plex *cp)
{
	u32 d;

	for (d = 0; d < conf->n_disks; d++)
		if (plx_conf_plex_uses(cp, d) && conf->disk[d]->state != PLX_DISK_ONLINE)
			return false;
	return true;
}

/* a disk that is online again */
struct back {
	u32 d;
	bool full; /* what it holds does not count */
	bool failed_too; /* also what failed, not only what is missing */
	u32 kind; /* of the tasks to be named */
	u64 parent;
	struct plx_task *task; /* of the volume, once it has one */
};

static u64 back_task(struct plx_change *c, struct plx_conf_volume *cv, struct back *b)
{
	if (!b->task)
		b->task = plx_task_new(b->kind, 0, &c->pack->id, &cv->id);
	if (!b->task)
		return 0;
	b->task->may_cancel = true;
	b->task->parent = b->parent;
	return b->task->id;
}

static void plex_back(struct plx_change *c, struct plx_conf_volume *cv, u32 i, struct back *b)
{
	struct plx_conf_plex *cp = cv->plex[i];
	bool gone = cp->state == PLX_PLEX_MISSING ||
		    (cp->state == PLX_PLEX_FAILED && b->failed_too);

	if (!plx_conf_plex_uses(cp, b->d))
		return;
	if (!all_online(c->conf, cp)) {
		if (b->full && cv->n_plexes > 1)
			plx_change_forget_map(c, cv, i);
		return;
	}
	if (!gone && !(b->full && cv->n_plexes > 1))
		return;
	if (b->full && plx_change_last_current(cv, i))
		return;
	plx_change_attach(c, cv, i, b->kind, back_task(c, cv, b), b->full);
}

/*
 * One that kept its state, because the plex could not do without it, goes on with it. If
 * what it holds does not count it is stale all the same: with too many of these the plex
 * has failed, and says so, while a mix of two histories would be garbage. A task that the
 * plex has already regenerates this member, too.
 */
static void member_back(struct plx_change *c, struct plx_conf_volume *cv, u32 i, u32 m,
			struct back *b)
{
	struct plx_conf_plex *cp = cv->plex[i];
	struct plx_conf_member *cm = &cp->member[m];
	bool gone = cm->state == PLX_MEMBER_MISSING ||
		    (cm->state == PLX_MEMBER_FAILED && b->failed_too);

	if (!plx_conf_member_uses(cm, b->d))
		return;
	if (!member_online(c->conf, cm)) {
		if (b->full)
			plx_change_forget_member(c, cv, i, m);
		return;
	}
	if (gone || b->full)
		plx_change_attach_member(c, cv, i, m, b->kind,
					 cp->task_id ? 0 : back_task(c, cv, b), b->full);
}

/**
 * plx_change_take_back - plexes, and members, of a disk that is online again
 * @c: the change
 * @d: index of the disk
 * @full: what it holds does not count
 * @failed_too: also plexes that failed, not only missing ones
 * @kind: of the task to be named
 * @parent: task that this is a part of, or 0
 */
void plx_change_take_back(struct plx_change *c, u32 d, bool full, bool failed_too, u32 kind,
			  u64 parent)
{
	struct plx_why why;
	u32 v, i, m;

	for (v = 0; v < c->conf->n_volumes; v++) {
		struct plx_conf_volume *cv = c->conf->volume[v];
		struct back b = { d, full, failed_too, kind, parent };

		for (i = 0; i < cv->n_plexes; i++) {
			if (!cv->plex[i]->parity)
				plex_back(c, cv, i, &b);
			for (m = 0; cv->plex[i]->parity && m < cv->plex[i]->n_members; m++)
				member_back(c, cv, i, m, &b);
		}
		if (cv->n_logs < plx_conf_log_copies(cv))
			plx_change_fit_log(c, cv, &why);
		plx_task_put(b.task);
	}
}

/* a resync that goes on does so as a task that runs: the old id may have ended, or be another's */
static void rename_task(struct plx_change *c, struct plx_conf_volume *cv, struct plx_conf_plex *cp)
{
	struct plx_task *task = plx_task_find(cp->task_id);
	bool same = task && task->result == (u32)PLEXUS_VDS_E_OPERATION_PENDING &&
		    plx_id_equal(&task->volume_id, &cv->id);

	if (task)
		plx_task_put(task);
	if (!cp->task_id || same)
		return;
	task = plx_task_new(cp->task_kind, cp->task_id, &c->pack->id, &cv->id);
	cp->task_id = task ? task->id : 0;
	if (task) {
		task->plex_id = cp->id;
		plx_task_put(task);
	}
	plx_change_task(c, cp->task_id);
}

/*
 * Disks that are back. All are online before any is looked at, or a parity plex would take
 * some for lost that are not; and those that do not count come first, or their plexes would
 * get a task twice.
 */
static void settle_disks(struct plx_change *c, struct found *f)
{
	bool back[PLEXUS_MAX_DISKS] = {};
	u32 d;

	for (d = 0; d < c->conf->n_disks; d++) {
		struct plx_conf_disk *disk = c->conf->disk[d];

		back[d] = f->present[d] && (disk->state == PLX_DISK_MISSING || f->apart[d]);
		if (!back[d])
			continue;
		disk->state = PLX_DISK_ONLINE;
		if (f->apart[d])
			disk->joined = get_random_u64();
	}
	for (d = 0; d < c->conf->n_disks; d++)
		if (back[d] && f->apart[d])
			plx_change_take_back(c, d, true, false, PLEXUS_TASK_KIND_RESYNC, 0);
	for (d = 0; d < c->conf->n_disks; d++)
		if (back[d] && !f->apart[d])
			plx_change_take_back(c, d, false, false, PLEXUS_TASK_KIND_RESYNC, 0);
}

/* the change that records who is here; the volumes know their logs already */
static int settle(struct plx_pack *pack, struct found *f, struct plx_why *why)
{
	struct plx_change c;
	u32 v, i;
	int ret = plx_change_begin_locked(&c, pack, why);

	if (ret)
		return ret;
	c.starts = true;
	c.conf->flags &= ~PLX_CONF_F_EXPORTED;
	settle_disks(&c, f);
	plx_change_settle_members(&c);
	for (v = 0; v < c.conf->n_volumes; v++) {
		struct plx_conf_volume *cv = c.conf->volume[v];

		for (i = 0; i < cv->n_plexes; i++) {
			if (!cv->plex[i]->parity && !all_online(c.conf, cv->plex[i]) &&
			    (cv->plex[i]->state == PLX_PLEX_CURRENT ||
			     cv->plex[i]->state == PLX_PLEX_STALE))
				plx_change_detach(&c, cv, i, PLX_PLEX_MISSING);
			rename_task(&c, cv, cv->plex[i]);
		}
		if (plx_conf_volume_redundant(cv))
			plx_change_fit_log(&c, cv, why);
	}
	ret = plx_change_commit(&c, why);
	plx_change_end_locked(&c);
	return ret;
}

static void show_one(struct plx_volume *vol, void *arg)
{
	struct plx_conf *conf = plx_pack_conf(vol->pack);
	unsigned int epoch;
	bool usable;
	int ret = 0;

	epoch = plx_epoch_enter(&vol->epoch);
	usable = plx_volume_plan(vol) && !plx_volume_plan(vol)->failed;
	plx_epoch_exit(&vol->epoch, epoch);
	/* with the release of plx_volume_show() */
	if (smp_load_acquire(&vol->shown))
		plx_volume_resize(vol);
	else if (conf && usable)
		ret = plx_volume_show(vol, conf);
	if (ret && ret != -ENOENT) /* that one went meanwhile */
		pr_err("plexus: a device for a volume of pack %s cannot be made\n", conf->name);
	if (conf)
		plx_conf_put(conf);
	plx_sync_kick(vol);
}

/* devices for all volumes that can be read; not under pack->change */
void plx_pack_show(struct plx_pack *pack)
{
	plx_pack_each_volume(pack, show_one, NULL);
}

static void unmake(struct plx_volume *vol, void *arg)
{
	plx_volume_finish(vol);
}

/*
 * Of a pack that does not start people see which disks are here, and not what was
 * last recorded. Nothing runs on this copy, and it is not written.
 */
static void publish_waiting(struct plx_pack *pack, struct found *f, struct plx_conf *conf)
{
	u32 d;

	for (d = 0; d < conf->n_disks; d++) {
		enum plx_disk_state *state = &conf->disk[d]->state;

		if (f->present[d] && *state == PLX_DISK_MISSING)
			*state = PLX_DISK_ONLINE;
		else if (!f->present[d] && *state == PLX_DISK_ONLINE)
			*state = PLX_DISK_MISSING;
	}
	plx_pack_publish(pack, conf);
}

/* may the pack start, and with which configuration? */
static int decide(struct plx_pack *pack, struct found *f, enum plx_start how,
		  const struct plx_id *keep, bool import, struct plx_conf **out,
		  struct plx_why *why)
{
	struct plx_conf *conf;
	u32 best;
	int ret;

	WRITE_ONCE(pack->waits, 0);
	if (!f->n) {
		WRITE_ONCE(pack->waits, PLEXUS_PACK_FLAGS_CORRUPTED);
		return plx_refuse(why, PLEXUS_VDS_E_DMADMIN_METHOD_CALL_FAILED,
				  "no disk of the pack has a valid configuration");
	}
	ret = choose(pack, f, keep, &best, why);
	conf = plx_conf_clone(f->conf[best]);
	if (!conf)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to start the pack");
	mark_present(f, conf, best);
	if (!ret && conf->flags & PLX_CONF_F_EXPORTED && !import)
		ret = plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
				 "pack %s was exported; pack import starts it", conf->name);
	if (!ret)
		ret = check_quorum(pack, f, conf, keep ? PLX_START_FORCED : how, why);
	if (ret)
		publish_waiting(pack, f, conf);
	else
		*out = conf;
	return ret;
}

static int start_locked(struct plx_pack *pack, struct found *f, enum plx_start how,
			const struct plx_id *keep, bool import, struct plx_why *why)
{
	struct plx_conf *conf;
	u32 d;
	int ret = decide(pack, f, how, keep, import, &conf, why);

	if (ret)
		return ret;
	for (d = 0; d < conf->n_disks; d++) {
		if (!f->present[d] && conf->disk[d]->state == PLX_DISK_ONLINE) {
			conf->disk[d]->state = PLX_DISK_MISSING;
			conf->disk[d]->maybe_epoch = conf->epoch;
		}
		if (f->apart[d])
			conf->disk[d]->state = PLX_DISK_MISSING;
	}
	plx_pack_publish(pack, conf);
	pack->state = PLX_PACK_ONLINE;
	ret = make_volumes(pack, conf);
	if (ret)
		plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to start the pack");
	else
		ret = check_parity(pack, conf, keep ? PLX_START_FORCED : how, why);
	if (!ret)
		ret = settle(pack, f, why);
	if (ret)
		pack->state = PLX_PACK_UNMAKING;
	return ret;
}

/*
 * The volumes of a start that failed. Their engines may wait for pack->change, so they
 * cannot be stopped under it. Meanwhile the state keeps others from starting or
 * stopping the pack: the volumes on its list are those of that start and no others.
 */
static void unmake_all(struct plx_pack *pack)
{
	plx_pack_each_volume(pack, unmake, NULL);
	mutex_lock(&pack->change);
	pack->state = PLX_PACK_WAITING;
	mutex_unlock(&pack->change);
}

/* also of a pack that waits: there it can be looked at, and recovered */
static void show_device(struct plx_pack *pack)
{
	struct plx_conf *conf = plx_pack_conf(pack);

	plx_sysfs_pack_add(pack);
	if (conf) { /* it may have had none when the device was made */
		plx_sysfs_pack_rename(pack, conf->name);
		plx_conf_put(conf);
	}
}

/* it runs with one of the histories: what was written since would be lost without a word */
static int refuse_keep(struct plx_pack *pack, struct plx_why *why)
{
	struct plx_conf *conf = plx_pack_conf(pack);

	plx_refuse(
		why, PLEXUS_VDS_E_INVALID_OPERATION,
		"pack %s is online: --keep chooses a history before it starts; pack export lets go of it, pack recover --force writes anew the disks that ran apart",
		conf->name);
	plx_conf_put(conf);
	return -EINVAL;
}

static int try_start(struct plx_pack *pack, enum plx_start how, const struct plx_id *keep,
		     bool import, struct plx_why *why)
{
	struct found *f = gather(pack);
	int ret = f ? start_locked(pack, f, how, keep, import, why) :
		      plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to start the pack");

	strscpy(pack->why_waiting, ret ? why->text : "", sizeof(pack->why_waiting));
	drop(f);
	return ret;
}

/**
 * plx_pack_start - bring a pack online, if its disks allow it
 * @pack: the pack; one that is online already is left alone
 * @how: with which of its disks
 * @keep: of two histories, the one of this disk counts; or NULL
 * @import: an exported pack too
 * @why: filled on refusal
 *
 * Context: sleeps.
 */
int plx_pack_start(struct plx_pack *pack, enum plx_start how, const struct plx_id *keep,
		   bool import, struct plx_why *why)
{
	bool tried = false, failed = false;
	int ret = 0;

	mutex_lock(&pack->change);
	if (pack->state == PLX_PACK_WAITING) {
		ret = try_start(pack, how, keep, import, why);
		tried = true;
		failed = pack->state == PLX_PACK_UNMAKING;
	} else if (pack->state != PLX_PACK_ONLINE) {
		ret = plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				 "the pack is being let go; try again");
	} else if (keep) {
		ret = refuse_keep(pack, why);
	}
	mutex_unlock(&pack->change);
	if (failed)
		unmake_all(pack);
	if (tried)
		show_device(pack);
	if (!ret)
		plx_pack_show(pack);
	if (tried && !ret)
		plx_event_pack(PLEXUS_EVENT_CODE_PACK_ARRIVE, pack);
	return ret;
}

/*
 * The pack's record of the disk gets the path, in memory and with the next change on
 * the disks: disk online and pack recover look there, and the disk may have moved.
 */
static int refuse_apart(struct plx_change *c, u32 d, struct plx_disk *disk,
			const struct plx_conf *own, struct plx_why *why)
{
	struct plx_conf_disk *cd = c->conf->disk[d];

	if (strncmp(cd->path, disk->path, sizeof(cd->path) - 1)) {
		strscpy(cd->path, disk->path, sizeof(cd->path));
		plx_conf_get(c->conf);
		plx_pack_publish(c->pack, c->conf);
	}
	return plx_refuse(
		why, PLEXUS_VDS_E_DMADMIN_METHOD_CALL_FAILED,
		"%s (generation %llu) and pack %s (generation %llu) have run apart; disk online --force writes all of that disk anew",
		disk->path, own->generation, c->conf->name, c->conf->generation);
}

/**
 * plx_pack_disk_back - a disk of a pack that is online was found
 * @pack: the pack
 * @disk: open, label read, added to the pack
 * @failed_too: also if it had failed or was taken offline
 * @full: even if its history is another one; all on it is written anew
 * @parent: task that this is a part of, or 0
 * @why: filled on refusal
 */
int plx_pack_disk_back(struct plx_pack *pack, struct plx_disk *disk, bool failed_too, bool full,
		       u64 parent, struct plx_why *why)
{
	struct plx_conf *own = NULL;
	struct plx_change c;
	bool apart, anew;
	int d, ret;

	plx_disk_read_config(disk, &own, why);
	ret = plx_change_begin(&c, pack, why);
	if (ret)
		goto out;
	d = plx_conf_disk_find(c.conf, &disk->id);
	if (d < 0) {
		ret = plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
				 "%s was taken out of pack %s; disk add takes it in again",
				 disk->path, c.conf->name);
		goto end;
	}
	if (c.conf->disk[d]->state == PLX_DISK_ONLINE ||
	    (c.conf->disk[d]->state != PLX_DISK_MISSING && !failed_too))
		goto end;
	apart = own && plx_history_apart(c.conf, d, own);
	if (apart && !full) {
		ret = refuse_apart(&c, d, disk, own, why);
		goto end;
	}
	c.conf->disk[d]->state = PLX_DISK_ONLINE;
	anew = apart || !own || plx_history_taken_over(c.conf, d, own);
	if (own)
		plx_history_known(c.conf, d, own);
	if (anew)
		c.conf->disk[d]->joined = get_random_u64();
	strscpy(c.conf->disk[d]->path, disk->path, sizeof(c.conf->disk[d]->path));
	plx_change_take_back(&c, d, anew, failed_too, PLEXUS_TASK_KIND_RESYNC, parent);
	plx_change_settle_members(&c);
	ret = plx_change_commit(&c, why);
end:
	plx_change_end(&c);
out:
	if (own)
		plx_conf_put(own);
	if (!ret)
		plx_pack_show(pack);
	return ret;
}

/*
 * Not for a pack that was stopped: forget_start() has been there, or is about to be, and
 * the module may go before the time is up. The lock orders it with claim_all().
 */
void plx_pack_start_soon(struct plx_pack *pack)
{
	mutex_lock(&pack->change);
	if (pack->state != PLX_PACK_STOPPED) {
		plx_pack_get(pack);
		if (!queue_delayed_work(plx_long_wq, &pack->start_work, START_DELAY))
			plx_pack_put(pack);
	}
	mutex_unlock(&pack->change);
}

/* the disks that were late did not come: the pack starts without them, if it may */
void plx_pack_start_work(struct work_struct *work)
{
	struct plx_pack *pack = container_of(to_delayed_work(work), struct plx_pack, start_work);
	struct plx_why why = {};

	if (READ_ONCE(pack->state) == PLX_PACK_WAITING &&
	    plx_pack_start(pack, PLX_START_QUORUM, NULL, false, &why))
		pr_notice("plexus: %s\n", why.text);
	plx_pack_put(pack);
}
