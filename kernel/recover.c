// SPDX-License-Identifier: GPL-2.0
/*
 * Recover: whatever makes a volume, or a pack, healthy again. Plexes whose disks
 * are there are resynced, those whose disks are not are rebuilt on spares.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include "plexus.h"

/* do the disks say what we think they say? */
static int check_disks(struct plx_change *c, struct plx_why *why)
{
	struct plx_conf *own;
	struct plx_disk *disk;
	u32 d;
	int ret = 0;

	for (d = 0; d < c->conf->n_disks && !ret; d++) {
		disk = c->conf->disk[d]->state == PLX_DISK_ONLINE ?
			       plx_pack_disk(c->pack, &c->conf->disk[d]->id) : NULL;
		if (!disk)
			continue;
		own = NULL;
		if (plx_disk_read_config(disk, &own, why) ||
		    own->generation != c->conf->generation || own->epoch != c->conf->epoch)
			ret = plx_refuse(why, PLEXUS_VDS_E_PROVIDER_CACHE_CORRUPT,
					 "%s does not hold the configuration of pack %s any more; plexus scan, then pack refresh, mend that",
					 disk->path, c->conf->name);
		if (own)
			plx_conf_put(own);
		plx_disk_put(disk);
	}
	return ret;
}

static int check(struct plx_change *c, const struct plx_conf_volume *cv, struct plx_why *why)
{
	u32 i;

	if (!plx_conf_volume_redundant(cv))
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				  "volume %s has one plex: there is nothing to recover it from",
				  cv->name);
	if (plx_state_volume_status(c->conf, cv) != PLEXUS_VOLUME_STATUS_ONLINE)
		return plx_refuse(why, PLEXUS_VDS_E_OBJECT_STATUS_FAILED,
				  "volume %s has no complete copy; bring its disks back and recover the pack",
				  cv->name);
	for (i = 0; i < cv->n_plexes; i++)
		if (cv->plex[i]->task_id)
			return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
					  "task %llu is rebuilding plex %u of volume %s",
					  cv->plex[i]->task_id, i, cv->name);
	return check_disks(c, why);
}

/* what recovering one volume came to */
struct outcome {
	u32 changed; /* plexes */
	u32 resynced; /* of these */
	bool homeless; /* a plex needs other disks: */
	struct plx_id plex;
	bool alone; /* without spares: they did not do */
	bool waits; /* members that are back go with those that get a spare, as one task */
};

/* a spare that the volume does not use yet, with room for @sectors, from disk *d on */
static bool find_spare(const struct plx_conf *conf, const struct plx_conf_volume *cv, u64 sectors,
		       u32 *d, struct plx_input_disk *in)
{
	for (; *d < conf->n_disks; (*d)++) {
		if (!(conf->disk[*d]->flags & PLX_DISK_F_SPARE) ||
		    conf->disk[*d]->state != PLX_DISK_ONLINE || plx_conf_volume_uses(cv, *d) ||
		    plx_space_free(conf, *d, NULL) < sectors)
			continue;
		in->id = conf->disk[(*d)++]->id;
		in->bytes = 0;
		return true;
	}
	return false;
}

/* one for each member that has no disk; how many */
static u32 find_spares(const struct plx_conf *conf, const struct plx_conf_volume *cv,
		       const struct plx_conf_plex *cp, struct plx_input_disk *in)
{
	const struct plx_conf_member *first = &cp->member[0];
	u32 m, d = 0, wanted = 0, n = 0;

	if (!cp->parity)
		return find_spare(conf, cv, 0, &d, in);
	for (m = 0; m < cp->n_members; m++)
		wanted += plx_conf_member_seen(conf, &cp->member[m]) == PLX_MEMBER_MISSING;
	while (n < wanted && n < PLX_PARITY_MAX &&
	       find_spare(conf, cv, plx_conf_member_sectors(first) + first->log_sectors, &d,
			  &in[n]))
		n++;
	return n;
}

/* members that are back, or were stale, get the task, if no spare's will have them */
static void edit_members(struct plx_change *c, struct plx_conf_volume *cv, u32 i,
			 struct plx_task *task, struct outcome *o)
{
	struct plx_conf_plex *cp = cv->plex[i];
	struct plx_input_disk in[PLX_PARITY_MAX];
	u32 m, back = 0;

	for (m = 0; m < cp->n_members; m++) {
		if (cp->member[m].state == PLX_MEMBER_CURRENT)
			continue;
		if (plx_place_member_there(c, &cp->member[m]))
			back |= 1U << m;
		else
			o->homeless = true;
	}
	o->plex = cp->id;
	if (o->homeless && !o->alone && find_spares(c->conf, cv, cp, in)) {
		o->waits = true;
		return;
	}
	for (m = 0; m < cp->n_members; m++)
		if (back & 1U << m)
			plx_change_attach_member(c, cv, i, m, task->kind, task->id, false);
	o->changed += !!back;
	o->resynced += !!back;
}

/* plexes that only need a resync get the task; one that needs other disks is named */
static void edit(struct plx_change *c, struct plx_conf_volume *cv, struct plx_task *task,
		 struct outcome *o)
{
	u32 i, d;

	for (i = 0; i < cv->n_plexes; i++) {
		struct plx_conf_plex *cp = cv->plex[i];
		bool here = true;

		if (cp->flags & PLX_PLEX_F_ERRORS && cp->state == PLX_PLEX_CURRENT) {
			cp->flags &= ~PLX_PLEX_F_ERRORS;
			o->changed++;
		}
		if (cp->parity)
			edit_members(c, cv, i, task, o);
		if (cp->state == PLX_PLEX_CURRENT)
			continue;
		for (d = 0; d < c->conf->n_disks; d++)
			if (plx_conf_plex_uses(cp, d) && c->conf->disk[d]->state != PLX_DISK_ONLINE)
				here = false;
		if (here) {
			plx_change_attach(c, cv, i, task->kind, task->id, false);
			o->changed++;
			o->resynced++;
		} else {
			o->homeless = true;
			o->plex = cp->id;
		}
	}
}

static int use_spare(struct plx_volume *vol, const struct plx_id *plex, u64 *task,
		     struct plx_why *why)
{
	struct plx_conf *conf = plx_pack_conf(vol->pack);
	int v = conf ? plx_conf_volume_find(conf, &vol->id) : -1, ret = 0, i;
	struct plx_input_disk in[PLX_PARITY_MAX];
	struct plx_rebuild ask = { .in = in, .spares = true };

	i = v < 0 ? -1 : plx_conf_plex_find(conf->volume[v], plex);
	if (i >= 0)
		ask.n = find_spares(conf, conf->volume[v], conf->volume[v]->plex[i], in);
	if (ask.n)
		ret = plx_plex_repair(vol, plex, &ask, task, why);
	if (conf)
		plx_conf_put(conf);
	return ret;
}

/* what can be done in one change */
static int resync(struct plx_volume *vol, u64 parent, u64 *task_id, struct outcome *o,
		  struct plx_why *why)
{
	struct plx_task *task = plx_task_new(PLEXUS_TASK_KIND_RECOVER_VOLUME, 0, &vol->pack->id,
					     &vol->id);
	struct plx_conf_volume *cv;
	struct plx_change c;
	int ret;

	if (!task)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
	task->may_cancel = true;
	task->parent = parent;
	ret = plx_volume_begin(&c, vol, &cv, why);
	if (ret)
		goto out;
	ret = check(&c, cv, why);
	if (!ret)
		edit(&c, cv, task, o);
	if (!ret && o->changed)
		ret = plx_change_commit(&c, why);
	/* else the engine ends it, or the change where the plex was lost at once */
	if (!ret && !o->resynced)
		plx_task_end(task, PLEXUS_S_OK, NULL);
	plx_change_end(&c);
out:
	*task_id = ret ? 0 : task->id;
	if (ret)
		plx_task_drop(task);
	else
		plx_task_put(task);
	return ret;
}

static void forget(u64 *task_id)
{
	struct plx_task *task = plx_task_find(*task_id);

	if (task)
		plx_task_drop(task);
	*task_id = 0;
}

/* the spares did not do after all: members that are back do not wait for them */
static int go_alone(struct plx_volume *vol, u64 parent, u64 *task_id, struct outcome *o,
		    struct plx_why *why)
{
	int ret;

	if (!plx_volume_busy_get(vol))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on /dev/plx%d is running", vol->minor);
	forget(task_id);
	*o = (struct outcome){ .alone = true };
	ret = resync(vol, parent, task_id, o, why);
	plx_volume_busy_put(vol);
	return ret;
}

/*
 * The volume is busy, and is not any more on return: nobody removes, moves or breaks off
 * a plex that is being attached here. A spare's rebuild takes its own turn, and looks
 * again at all that may have changed between.
 */
static int recover_busy(struct plx_volume *vol, u64 parent, u64 *task_id, struct plx_why *why)
{
	struct outcome o = {};
	u64 rebuild = 0;
	int ret = resync(vol, parent, task_id, &o, why);

	plx_volume_busy_put(vol);
	if (ret)
		return ret;
	if (o.homeless)
		ret = use_spare(vol, &o.plex, &rebuild, why);
	if (!rebuild && o.waits)
		ret = go_alone(vol, parent, task_id, &o, why);
	if (rebuild) {
		*task_id = rebuild;
	} else if (ret && o.changed) {
		/* what has begun goes on; that there is no spare for the rest is told */
		why->result = PLEXUS_S_OK;
		ret = 0;
	} else if (ret) {
		forget(task_id);
	}
	plx_sync_kick(vol);
	return ret;
}

int plx_op_volume_recover(struct plx_volume *vol, u64 *task_id, struct plx_why *why)
{
	*task_id = 0;
	if (!plx_volume_busy_get(vol))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on /dev/plx%d is running; wait for it, or cancel its task",
				  vol->minor);
	return recover_busy(vol, 0, task_id, why);
}

/* ---- a pack ---- */

struct recovery {
	struct work_struct work;
	struct plx_pack *pack;
	struct plx_task *task;
	struct plx_why refused; /* the first disk that may not come back */
	int busy; /* minor of a volume that another operation holds, or -1 */
	u32 n;
	u64 child[PLEXUS_MAX_VOLUMES];
};

/* disks that are not online and not offline by order: opened where they were last seen */
static void take_back_disks(struct recovery *r, bool force)
{
	struct plx_pack *pack = r->pack;
	struct plx_conf *conf = plx_pack_conf(pack);
	struct plx_why why = {};
	struct plx_disk *disk;
	u32 d;

	for (d = 0; conf && d < conf->n_disks; d++) {
		if (conf->disk[d]->state == PLX_DISK_ONLINE ||
		    conf->disk[d]->state == PLX_DISK_OFFLINE)
			continue;
		disk = plx_pack_reopen(pack, &conf->disk[d]->id, conf->disk[d]->path, &why);
		if (IS_ERR(disk))
			continue;
		if (plx_pack_disk_back(pack, disk, true, force, r->task->id, &why)) {
			pr_warn("plexus: %s\n", why.text);
			if (!r->refused.result)
				r->refused = why;
			plx_pack_disk_drop(pack, &conf->disk[d]->id);
		}
		plx_disk_put(disk);
	}
	if (conf)
		plx_conf_put(conf);
}

static void recover_one(struct plx_volume *vol, void *arg)
{
	struct recovery *r = arg;
	struct plx_why why = {};
	u64 id = 0;

	if (!plx_volume_busy_get(vol))
		r->busy = vol->minor;
	else if (!recover_busy(vol, r->task->id, &id, &why) && id && r->n < ARRAY_SIZE(r->child))
		r->child[r->n++] = id;
}

/* tasks that the returning of disks began */
static int adopt(struct plx_task *task, void *arg)
{
	struct recovery *r = arg;
	u32 i;

	if (task->parent != r->task->id)
		return 0;
	for (i = 0; i < r->n; i++)
		if (r->child[i] == task->id)
			return 0;
	if (r->n < ARRAY_SIZE(r->child))
		r->child[r->n++] = task->id;
	return 0;
}

/* all children ended? their mean goes to the parent */
static bool children_done(struct recovery *r)
{
	struct plx_why why;
	u64 sum = 0;
	u32 i, done = 0;

	for (i = 0; i < r->n; i++) {
		struct plx_task *task = plx_task_find(r->child[i]);
		bool ended = !task || task->result != PLEXUS_VDS_E_OPERATION_PENDING;

		done += ended;
		sum += ended ? 100 : READ_ONCE(task->percent);
		if (task && !ended && plx_task_cancelled(r->task))
			plx_op_task_cancel(task->id, &why); /* and wakes its engine */
		if (task)
			plx_task_put(task);
	}
	plx_task_progress(r->task, sum, r->n * 100ULL);
	return done == r->n;
}

/* what is left, and the code of the worst of it */
static u32 leftover(struct plx_pack *pack, char *text, size_t len)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	u32 v, health, worst = PLEXUS_S_OK;
	size_t n = 0;

	for (v = 0; conf && v < conf->n_volumes; v++) {
		health = plx_state_volume_health(conf, conf->volume[v]);
		if (health == PLEXUS_HEALTH_HEALTHY || health == PLEXUS_HEALTH_REBUILDING)
			continue;
		n += scnprintf(text + n, len - n, "%s%s %s", n ? ", " : "not healthy: ",
			       conf->volume[v]->name,
			       health == PLEXUS_HEALTH_FAILED ? "failed" : "without redundancy");
		if (health == PLEXUS_HEALTH_FAILED)
			worst = PLEXUS_VDS_E_OBJECT_STATUS_FAILED;
		else if (worst == PLEXUS_S_OK)
			worst = PLEXUS_VDS_E_VOLUME_NOT_HEALTHY;
	}
	if (conf)
		plx_conf_put(conf);
	return worst;
}

/* why it is left; room for two sentences */
static u32 explain(struct recovery *r, char *text, size_t len)
{
	u32 result = leftover(r->pack, text, len / 2);
	size_t n = strlen(text);

	if (r->refused.result) {
		scnprintf(text + n, len - n, "%s%s", n ? "; " : "", r->refused.text);
		if (result == PLEXUS_S_OK)
			result = r->refused.result;
	} else if (result != PLEXUS_S_OK && r->busy >= 0) {
		scnprintf(text + n, len - n,
			  "; another operation runs on /dev/plx%d: recover it again when that has ended",
			  r->busy);
	}
	return result;
}

static void recovery_work(struct work_struct *work)
{
	struct recovery *r = container_of(work, struct recovery, work);
	char text[sizeof(r->task->text)] = "";
	u32 result;

	while (!children_done(r) && READ_ONCE(r->pack->state) == PLX_PACK_ONLINE)
		schedule_timeout_uninterruptible(HZ / 5);
	if (plx_task_cancelled(r->task)) {
		plx_task_end(r->task, PLEXUS_VDS_E_OPERATION_CANCELED, NULL);
	} else {
		result = explain(r, text, sizeof(text));
		plx_task_end(r->task, result, text);
	}
	plx_task_put(r->task);
	plx_pack_put(r->pack);
	kfree(r);
	module_put(THIS_MODULE);
}

/**
 * plx_op_pack_recover - return a pack to health as far as possible
 * @pack: the pack, online or not
 * @force: start it without quorum; take back disks whose history is another one
 * @keep: of two histories, that of this disk counts; or NULL
 * @task_id: gets the task, also when nothing was to be done
 * @why: filled on refusal
 *
 * IVdsPack::Recover.
 */
int plx_op_pack_recover(struct plx_pack *pack, bool force, const struct plx_id *keep, u64 *task_id,
			struct plx_why *why)
{
	struct recovery *r;
	u64 pos = 0;
	int ret;

	ret = plx_pack_start(pack, force ? PLX_START_FORCED : PLX_START_QUORUM, keep, false, why);
	if (ret)
		return ret;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
	r->task = plx_task_new(PLEXUS_TASK_KIND_RECOVER_PACK, 0, &pack->id, NULL);
	if (!r->task) {
		kfree(r);
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
	}
	r->task->may_cancel = true;
	r->busy = -1;
	r->pack = pack;
	plx_pack_get(pack);
	*task_id = r->task->id;
	plx_pack_lose_dead(pack);
	take_back_disks(r, force);
	ret = plx_op_pack_refresh(pack, why);
	if (ret) {
		plx_task_drop(r->task);
		plx_pack_put(pack);
		kfree(r);
		*task_id = 0;
		return ret;
	}
	plx_pack_each_volume(pack, recover_one, r);
	plx_task_each(&pos, adopt, r);
	__module_get(THIS_MODULE);
	INIT_WORK(&r->work, recovery_work);
	queue_work(plx_long_wq, &r->work);
	return 0;
}
