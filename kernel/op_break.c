// SPDX-License-Identifier: GPL-2.0
/*
 * BreakPlex: a plex becomes a volume of its own, a point-in-time image of the one
 * that it leaves.
 *
 * The file system is frozen, not dismounted: then a window over all of the volume
 * is opened, so that no write is inside, the members are flushed, and one change
 * of the configuration makes two volumes of one. Crash before that change is on
 * disk: nothing happened. After: both volumes have the same bytes, because every
 * write that was acknowledged was on both plexes and flushed.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include "plexus.h"

struct breaking {
	struct work_struct work;
	struct plx_volume *vol, *fresh;
	struct plx_task *task;
	struct plx_id plex, id;
	char name[PLEXUS_NAME_MAX + 1];
	bool force;
};

static int check(struct plx_change *c, struct plx_volume *vol, const struct plx_id *plex,
		 bool force, struct plx_conf_volume **cv, struct plx_why *why)
{
	int ret = plx_change_volume(c, vol, cv, why), i;

	if (ret)
		return ret;
	if (plx_state_volume_status(c->conf, *cv) != PLEXUS_VOLUME_STATUS_ONLINE)
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
				  "volume %s is not online; bring its disks back first",
				  (*cv)->name);
	if ((*cv)->n_plexes < 2)
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_A_MIRROR,
				  "volume %s has one plex: it is no mirror", (*cv)->name);
	i = plx_conf_plex_find(*cv, plex);
	if (i < 0)
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_PLEX_GUID, "volume %s has no such plex",
				  (*cv)->name);
	if (!plx_conf_other_current(c->conf, *cv, i))
		return plx_refuse(why, PLEXUS_VDS_E_PLEX_LAST_ACTIVE,
				  "no other plex of volume %s is current; wait until it is resynced",
				  (*cv)->name);
	if ((*cv)->plex[i]->state != PLX_PLEX_CURRENT && !force)
		return plx_refuse(why, PLEXUS_VDS_E_PLEX_LAST_ACTIVE,
				  "plex %d of volume %s is not current; wait until it is resynced, or give --force to break it off as it is",
				  i, (*cv)->name);
	if (plx_boot_needs(vol))
		return plx_refuse(why, PLEXUS_VDS_E_CRITICAL_PLEX,
				  "volume %s carries the running system's root or swap",
				  (*cv)->name);
	return i;
}

/* the caller gave no name: that of the volume, a dash, and the first number that is free */
static void free_name(const struct plx_conf *conf, const char *base, char *name)
{
	u32 n = 1;

	do {
		snprintf(name, PLEXUS_NAME_MAX + 1, "%.50s-%u", base, n++);
	} while (plx_conf_volume_find_name(conf, name) >= 0);
}

static int edit(struct plx_change *c, struct breaking *b, struct plx_why *why)
{
	struct plx_conf_volume *cv, *cn;
	struct plx_conf_plex *cp;
	int i = check(c, b->vol, &b->plex, b->force, &cv, why);

	if (i < 0)
		return i;
	if (!b->name[0])
		free_name(c->conf, cv->name, b->name);
	if (plx_conf_volume_find_name(c->conf, b->name) >= 0)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "pack %s has a volume %s already",
				  c->conf->name, b->name);
	cn = plx_conf_volume_add(c->conf);
	if (!cn)
		return plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
				  "pack %s has 256 volumes already", c->conf->name);
	cn->id = b->id;
	strscpy(cn->name, b->name, sizeof(cn->name));
	cn->sectors = cv->sectors;
	cp = plx_conf_plex_detach(cv, i);
	if (cv->preferred >= cv->n_plexes)
		cv->preferred = 0;
	if (cp->state != PLX_PLEX_CURRENT)
		cn->flags |= PLEXUS_VOLUME_FLAGS_BORN_STALE;
	cp->state = PLX_PLEX_CURRENT;
	cp->stale_map = 0;
	cp->task_id = 0;
	cp->task_kind = 0;
	plx_conf_plex_attach(cn, cp);
	return plx_change_fit_log(c, cv, why);
}

/* nothing is being written, all is flushed: two volumes from now on */
static int split(struct breaking *b, struct plx_why *why)
{
	struct plx_volume *vol = b->vol;
	struct plx_change c;
	int ret;

	if (plx_volume_flush(vol))
		return plx_refuse(why, PLEXUS_E_FAIL,
				  "a disk failed to flush; look at plexus status and try again");
	ret = plx_change_begin(&c, vol->pack, why);
	if (ret)
		return ret;
	ret = edit(&c, b, why);
	if (!ret) {
		plx_pack_volume_add(vol->pack, b->fresh);
		ret = plx_change_commit(&c, why);
		if (ret)
			plx_pack_volume_remove(vol->pack, b->fresh);
	}
	plx_change_end(&c);
	return ret;
}

static int split_quietly(struct breaking *b, struct plx_why *why)
{
	struct plx_volume *vol = b->vol;
	struct plx_log *log;
	int ret;

	mutex_lock(&vol->window_lock); /* keeps the log, even if the split retires it */
	log = READ_ONCE(vol->log);
	if (log) {
		plx_log_window_open(log, 0, log->sectors);
		ret = split(b, why);
		plx_log_window_close(log);
	} else {
		ret = plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_A_MIRROR, "the volume is no mirror");
	}
	mutex_unlock(&vol->window_lock);
	return ret;
}

static int frozen_split(struct breaking *b, struct plx_why *why)
{
	struct block_device *bdev = b->vol->shown ? b->vol->gendisk->part0 : NULL;
	int ret;

	if (bdev && plx_bdev_freeze_start(bdev))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "the file system on the volume cannot be frozen; try again");
	ret = split_quietly(b, why);
	if (bdev)
		plx_bdev_freeze_end(bdev);
	return ret;
}

static void break_work(struct work_struct *work)
{
	struct breaking *b = container_of(work, struct breaking, work);
	struct plx_why why = {};
	struct plx_conf *conf;
	int ret = 0;

	if (!b->force)
		ret = plx_sync_wait_equal(b->vol, b->task);
	if (!plx_task_no_cancel(b->task) && !ret)
		ret = -ECANCELED;
	if (ret == -ECANCELED)
		plx_refuse(&why, PLEXUS_VDS_E_OPERATION_CANCELED, "cancelled; nothing was changed");
	else if (ret)
		plx_refuse(&why, PLEXUS_VDS_E_VOLUME_NOT_HEALTHY,
			   "the plexes cannot be made equal; recover the volume first");
	if (!ret)
		ret = frozen_split(b, &why);
	if (!ret) {
		/* reads of the parent that chose the plex before: nobody may write there yet */
		plx_epoch_drain(&b->vol->epoch);
		conf = plx_pack_conf(b->vol->pack);
		if (b->fresh->plan)
			plx_volume_show(b->fresh, conf);
		plx_conf_put(conf);
		b->task->volume_id = b->id;
		b->task->plex_id = b->plex;
	} else {
		plx_volume_stop(b->fresh);
	}
	plx_task_end(b->task, ret ? why.result : PLEXUS_S_OK, why.text);
	plx_task_put(b->task);
	plx_volume_busy_put(b->vol);
	plx_volume_put(b->fresh);
	plx_volume_put(b->vol);
	kfree(b);
	module_put(THIS_MODULE);
}

static int check_now(struct breaking *b, struct plx_why *why)
{
	struct plx_change c;
	int ret = plx_change_begin(&c, b->vol->pack, why);

	if (ret)
		return ret;
	ret = edit(&c, b, why);
	plx_change_end(&c);
	return ret;
}

/**
 * plx_op_plex_break - a plex leaves its volume and becomes one of its own
 * @vol: the volume, stays in use
 * @plex: which
 * @name: of the new volume; NULL: one is made from that of @vol
 * @force: also a plex that is not current
 * @task_id: gets the task
 * @new_id: gets the id that the new volume will have
 * @why: filled on refusal
 *
 * All refusals come at once; only what must wait is left to the task.
 * IVdsVolume::BreakPlex.
 */
int plx_op_plex_break(struct plx_volume *vol, const struct plx_id *plex, const char *name,
		      bool force, u64 *task_id, struct plx_id *new_id, struct plx_why *why)
{
	struct breaking *b;
	int ret;

	if (name && !plx_name_valid(name))
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "%s is no name for a volume", name);
	if (!plx_volume_busy_get(vol))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on the volume is running");
	b = kzalloc(sizeof(*b), GFP_KERNEL);
	if (!b) {
		plx_volume_busy_put(vol);
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
	}
	b->vol = vol;
	b->plex = *plex;
	b->force = force;
	strscpy(b->name, name ?: "", sizeof(b->name));
	generate_random_uuid(b->id.b);
	ret = check_now(b, why);
	if (ret)
		goto bad;
	b->task = plx_task_new(PLEXUS_TASK_KIND_BREAK_PLEX, 0, &vol->pack->id, &vol->id);
	b->fresh = plx_volume_new(vol->pack, &b->id);
	if (!b->task || !b->fresh) {
		ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
		goto bad;
	}
	b->task->may_cancel = true;
	b->task->plex_id = *plex;
	*task_id = b->task->id;
	*new_id = b->id;
	plx_volume_get(vol);
	__module_get(THIS_MODULE);
	INIT_WORK(&b->work, break_work);
	queue_work(plx_long_wq, &b->work);
	return 0;
bad:
	if (b->task)
		plx_task_drop(b->task);
	plx_volume_put(b->fresh);
	kfree(b);
	plx_volume_busy_put(vol);
	return ret;
}
