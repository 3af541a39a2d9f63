// SPDX-License-Identifier: GPL-2.0
/* Operations on disks: add, remove, replace, offline, online, spare. */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "plexus.h"

static int add_disk_locked(struct plx_pack *pack, const char *path, bool force, struct plx_id *id,
			   struct plx_why *why)
{
	struct plx_disk *disk;
	struct plx_change c;
	int ret;

	if (READ_ONCE(pack->state) != PLX_PACK_ONLINE)
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE, "the pack is not online");
	disk = plx_disk_open_blank(path, force, why);
	if (IS_ERR(disk))
		return PTR_ERR(disk);
	disk->label.pack_id = pack->id;
	*id = disk->id;
	ret = plx_pack_disk_join(pack, disk, why);
	if (ret)
		goto out;
	ret = plx_change_begin(&c, pack, why);
	if (!ret) {
		ret = plx_conf_take_disk(c.conf, disk);
		if (ret)
			plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
				   "the pack has 256 disks already");
		else
			ret = plx_change_commit(&c, why);
		plx_change_end(&c);
	}
	if (ret) {
		plx_disk_wipe_label(disk);
		plx_pack_disk_drop(pack, &disk->id);
	} else {
		plx_event_disk(PLEXUS_EVENT_CODE_DISK_ARRIVE, pack, &disk->id, path);
	}
out:
	plx_disk_put(disk);
	return ret;
}

int plx_op_disk_add(struct plx_pack *pack, const char *path, bool force, struct plx_id *id,
		    struct plx_why *why)
{
	int ret;

	mutex_lock(&plx_label_lock);
	ret = add_disk_locked(pack, path, force, id, why);
	mutex_unlock(&plx_label_lock);
	return ret;
}

static int find(struct plx_change *c, const struct plx_id *id, struct plx_why *why)
{
	int d = plx_conf_disk_find(c->conf, id);

	if (d < 0)
		plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "no such disk in pack %s",
			   c->conf->name);
	return d < 0 ? -ENOENT : d;
}

static int remove_from(struct plx_change *c, u32 d, struct plx_why *why)
{
	struct plx_conf *conf = c->conf;
	u32 v, i, k;

	if (conf->n_disks == 1)
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				  "%s is the last disk of pack %s; pack destroy ends the pack",
				  conf->disk[d]->path, conf->name);
	for (v = 0; v < conf->n_volumes; v++)
		if (plx_conf_volume_uses(conf->volume[v], d))
			return plx_refuse(why, PLEXUS_VDS_E_DISK_IN_USE_BY_VOLUME,
					  "%s holds data of volume %s; repair its plex onto another disk first",
					  conf->disk[d]->path, conf->volume[v]->name);
	conf->disk[d]->state = PLX_DISK_OFFLINE; /* so that no log goes there */
	for (v = 0; v < conf->n_volumes; v++) {
		struct plx_conf_volume *cv = conf->volume[v];

		for (k = 0, i = 0; i < cv->n_logs; i++)
			k |= cv->log[i].disk == d;
		if (k && plx_change_fit_log(c, cv, why))
			return -ENOSPC;
	}
	return plx_conf_disk_remove(conf, d);
}

int plx_op_disk_remove(struct plx_pack *pack, const struct plx_id *id, bool force,
		       struct plx_why *why)
{
	struct plx_disk *disk;
	struct plx_change c;
	int ret, d;

	disk = plx_pack_disk(pack, id);
	ret = plx_change_begin(&c, pack, why);
	if (ret)
		goto out;
	d = find(&c, id, why);
	ret = d < 0 ? d : remove_from(&c, d, why);
	if (!ret)
		ret = plx_change_commit(&c, why);
	plx_change_end(&c);
	if (ret)
		goto out;
	if (!disk || plx_disk_wipe_label(disk))
		plx_refuse(why, PLEXUS_S_OK,
			   "but its label could not be erased; disk add or pack create with --force takes it again");
	plx_pack_disk_drop(pack, id);
	plx_event_disk(PLEXUS_EVENT_CODE_DISK_DEPART, pack, id, "removed");
out:
	plx_disk_put(disk);
	return ret;
}

/* ---- replace: all plexes on a disk move to others; a volume has one at most on it ---- */

struct moving {
	struct plx_volume *vol; /* a reference, busy */
	struct plx_id plex;
	u32 block;
	u64 task; /* 0: not begun */
};

struct replacing {
	struct work_struct work;
	struct plx_pack *pack;
	struct plx_task *task; /* of all; the moves are its children */
	u32 result; /* the worst so far */
	char text[160];
	u32 n;
	struct moving m[PLEXUS_MAX_VOLUMES];
};

static void replacing_free(struct replacing *r)
{
	u32 i;

	for (i = 0; i < r->n; i++)
		plx_volume_put(r->m[i].vol);
	plx_pack_put(r->pack);
	kvfree(r);
}

static void replacing_unbusy(struct replacing *r)
{
	u32 i;

	for (i = 0; i < r->n; i++)
		plx_volume_busy_put(r->m[i].vol);
}

/* of the volume @cv, what is on the disk; -EBUSY: an operation runs on it */
static int replace_take(struct replacing *r, const struct plx_conf *conf,
			const struct plx_conf_volume *cv, u32 d, struct plx_why *why)
{
	struct moving *m = &r->m[r->n];
	u32 i;

	if (!plx_conf_volume_redundant(cv))
		return plx_refuse(why, PLEXUS_E_NOTIMPL,
				  "volume %s on %s has one plex, nothing to rebuild it from; add a plex first",
				  cv->name, conf->disk[d]->path);
	for (i = 0; i < cv->n_plexes - 1 && !plx_conf_plex_uses(cv->plex[i], d); i++)
		;
	m->plex = cv->plex[i]->id;
	m->vol = plx_pack_volume(r->pack, &cv->id);
	if (!m->vol)
		return 0; /* it goes just now */
	if (!plx_volume_busy_get(m->vol)) {
		plx_volume_put(m->vol);
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on volume %s is running", cv->name);
	}
	m->block = plx_volume_block_size(m->vol);
	r->n++;
	return 0;
}

/* nothing has begun yet; the copy is edited, so that the moves together have to fit */
static int replace_check(struct replacing *r, struct plx_rebuild *ask, struct plx_why *why)
{
	struct plx_change c;
	int ret = plx_change_begin(&c, r->pack, why);
	u32 i;

	if (ret)
		return ret;
	for (i = 0; i < r->n && !ret; i++) {
		ask->block = r->m[i].block;
		ret = plx_plex_rebuild_check(&c, r->m[i].vol, &r->m[i].plex, ask, why);
	}
	plx_change_end(&c);
	return ret;
}

/* have all ended? their mean goes to the parent */
static bool moves_done(struct replacing *r)
{
	struct plx_why why;
	u64 sum = 0;
	u32 i, done = 0;

	for (i = 0; i < r->n; i++) {
		struct plx_task *task = plx_task_find(r->m[i].task);
		/* with the release in plx_task_end(): who sees the end sees the text */
		u32 result = task ? smp_load_acquire(&task->result) : PLEXUS_S_OK;
		bool ended = result != (u32)PLEXUS_VDS_E_OPERATION_PENDING;

		done += ended;
		sum += ended ? 100 : READ_ONCE(task->percent);
		if (!ended && plx_task_cancelled(r->task) && !plx_task_cancelled(task))
			plx_op_task_cancel(task->id, &why);
		if (ended && task && result != PLEXUS_S_OK && r->result == PLEXUS_S_OK) {
			r->result = result;
			strscpy(r->text, task->text, sizeof(r->text));
		}
		plx_task_put(task);
	}
	plx_task_progress(r->task, sum, r->n * 100ULL);
	return done == r->n;
}

static void replace_work(struct work_struct *work)
{
	struct replacing *r = container_of(work, struct replacing, work);

	while (!moves_done(r) && READ_ONCE(r->pack->state) == PLX_PACK_ONLINE)
		schedule_timeout_uninterruptible(HZ / 5);
	moves_done(r);
	if (plx_task_cancelled(r->task))
		plx_task_end(r->task, PLEXUS_VDS_E_OPERATION_CANCELED, r->text);
	else
		plx_task_end(r->task, r->result, r->text);
	plx_task_put(r->task);
	replacing_free(r);
	module_put(THIS_MODULE);
}

/*
 * One move after the other begins. What stops one now was not there at the check (a disk
 * went, or its room): that is the result in the end, those that have begun go on.
 */
static void replace_begin(struct replacing *r, struct plx_rebuild *ask)
{
	struct plx_why why = {};
	u32 i;

	ask->parent = r->task->id;
	for (i = 0; i < r->n; i++) {
		ask->block = r->m[i].block;
		if (!plx_plex_rebuild(r->m[i].vol, &r->m[i].plex, ask, &r->m[i].task, &why) ||
		    r->result != PLEXUS_S_OK)
			continue;
		r->result = why.result;
		strscpy(r->text, why.text, sizeof(r->text));
	}
}

static int replace(struct replacing *r, struct plx_rebuild *ask, u64 *task, struct plx_why *why)
{
	int ret = replace_check(r, ask, why);

	if (ret || !r->n)
		return ret;
	r->task = plx_task_new(PLEXUS_TASK_KIND_REPAIR, 0, &r->pack->id, NULL);
	if (!r->task)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
	r->task->may_cancel = true;
	*task = r->task->id;
	replace_begin(r, ask);
	return 0;
}

/**
 * plx_op_disk_replace - move all that is on a disk to others
 * @pack: the pack
 * @id: of the disk
 * @in: disks to use
 * @n: how many
 * @task: gets the task of it all, with one child for each plex; 0: nothing was on the disk
 * @why: filled on refusal
 *
 * All is checked before anything begins.
 */
int plx_op_disk_replace(struct plx_pack *pack, const struct plx_id *id,
			const struct plx_input_disk *in, u32 n, u64 *task, struct plx_why *why)
{
	struct replacing *r = kvzalloc(sizeof(*r), GFP_KERNEL);
	struct plx_conf *conf = plx_pack_conf(pack);
	int d = conf ? plx_conf_disk_find(conf, id) : -1, ret = 0;
	struct plx_rebuild ask = { .in = in, .n = n, .leave = id };
	u32 v;

	*task = 0;
	if (!r) {
		ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
		goto out;
	}
	r->pack = pack;
	plx_pack_get(pack);
	r->result = PLEXUS_S_OK;
	if (d < 0)
		ret = plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "no such disk in the pack");
	for (v = 0; !ret && v < conf->n_volumes; v++)
		if (plx_conf_volume_uses(conf->volume[v], d))
			ret = replace_take(r, conf, conf->volume[v], d, why);
	if (!ret)
		ret = replace(r, &ask, task, why);
	replacing_unbusy(r);
	if (r->task) {
		__module_get(THIS_MODULE);
		INIT_WORK(&r->work, replace_work);
		queue_work(plx_long_wq, &r->work);
	} else {
		replacing_free(r);
	}
out:
	if (conf)
		plx_conf_put(conf);
	return ret;
}

/* has a plex that runs a member on the disk that it cannot do without? */
static bool needs_member(const struct plx_conf *conf, const struct plx_conf_plex *cp, u32 d)
{
	u32 m;

	for (m = 0; m < cp->n_members && plx_conf_plex_attached(conf, cp); m++)
		if (plx_conf_member_uses(&cp->member[m], d) &&
		    !plx_conf_member_spare(conf, cp, m))
			return true;
	return false;
}

/* would a volume lose its last current plex with the disk? */
static const char *needs(const struct plx_conf *conf, u32 d)
{
	u32 v, i;

	for (v = 0; v < conf->n_volumes; v++) {
		struct plx_conf_volume *cv = conf->volume[v];

		for (i = 0; i < cv->n_plexes; i++)
			if (plx_conf_plex_uses(cv->plex[i], d) &&
			    cv->plex[i]->state == PLX_PLEX_CURRENT &&
			    plx_change_last_current(cv, i) &&
			    (!cv->plex[i]->parity || needs_member(conf, cv->plex[i], d)))
				return cv->name;
	}
	return NULL;
}

int plx_op_disk_offline(struct plx_pack *pack, const struct plx_id *id, bool force,
			struct plx_why *why)
{
	struct plx_change c;
	const char *name;
	int ret, d;

	ret = plx_change_begin(&c, pack, why);
	if (ret)
		return ret;
	d = find(&c, id, why);
	ret = d < 0 ? d : 0;
	name = ret ? NULL : needs(c.conf, d);
	if (name && !force)
		ret = plx_refuse(why, PLEXUS_VDS_E_PLEX_LAST_ACTIVE,
				 "volume %s fails without %s, which holds its last current plex or a member that it cannot lose; --force takes it offline all the same",
				 name, c.conf->disk[d]->path);
	if (!ret && c.conf->disk[d]->state == PLX_DISK_ONLINE) {
		plx_change_lose_disk(&c, d, PLX_DISK_OFFLINE);
		ret = plx_change_commit(&c, why);
	} else if (!ret) {
		c.conf->disk[d]->state = PLX_DISK_OFFLINE;
		ret = plx_change_commit(&c, why);
	}
	plx_change_end(&c);
	if (!ret)
		plx_pack_disk_drop(pack, id);
	return ret;
}

/**
 * plx_pack_reopen - open a disk of a pack again where it was last seen
 * @pack: the pack
 * @id: of the disk
 * @path: where
 * @why: filled on refusal
 *
 * Return: the disk, a reference, in the pack; or ERR_PTR
 */
struct plx_disk *plx_pack_reopen(struct plx_pack *pack, const struct plx_id *id, const char *path,
				 struct plx_why *why)
{
	struct plx_disk *disk = plx_pack_disk(pack, id);
	int ret;

	if (disk)
		return disk;
	disk = plx_disk_open(path, why);
	if (IS_ERR(disk))
		return disk;
	ret = plx_disk_read_label(disk, why);
	if (!ret && !plx_id_equal(&disk->id, id))
		ret = plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "%s is another disk now",
				 path);
	if (!ret) {
		plx_pack_lose_dead(pack); /* before it takes the place of a dead one */
		plx_disk_get(disk);
		ret = plx_pack_disk_add(pack, disk);
		if (ret)
			plx_disk_put(disk);
	}
	if (!ret)
		return disk;
	plx_disk_put(disk);
	return ERR_PTR(ret);
}

/* @force: also if its history is another one than the pack's: all on it is written anew */
int plx_op_disk_online(struct plx_pack *pack, const struct plx_id *id, bool force,
		       struct plx_why *why)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	int d = conf ? plx_conf_disk_find(conf, id) : -1, ret;
	struct plx_disk *disk;

	if (d < 0) {
		ret = plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "no such disk in the pack");
	} else if (READ_ONCE(pack->state) != PLX_PACK_ONLINE) {
		/* nor is a disk dropped that it waits with */
		ret = plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
				 "pack %s is not online; import or recover it first", conf->name);
	} else if (conf->disk[d]->state == PLX_DISK_ONLINE) {
		ret = 0;
	} else {
		disk = plx_pack_reopen(pack, id, conf->disk[d]->path, why);
		ret = PTR_ERR_OR_ZERO(disk);
		if (!ret) {
			ret = plx_pack_disk_back(pack, disk, true, force, 0, why);
			if (ret)
				plx_pack_disk_drop(pack, id);
			plx_disk_put(disk);
		}
	}
	if (conf)
		plx_conf_put(conf);
	return ret;
}

int plx_op_disk_spare(struct plx_pack *pack, const struct plx_id *id, bool spare,
		      struct plx_why *why)
{
	struct plx_change c;
	int ret, d;

	ret = plx_change_begin(&c, pack, why);
	if (ret)
		return ret;
	d = find(&c, id, why);
	ret = d < 0 ? d : 0;
	if (!ret) {
		c.conf->disk[d]->flags &= ~PLX_DISK_F_SPARE;
		c.conf->disk[d]->flags |= spare ? PLX_DISK_F_SPARE : 0;
		ret = plx_change_commit(&c, why);
	}
	plx_change_end(&c);
	return ret;
}
