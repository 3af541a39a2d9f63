// SPDX-License-Identifier: GPL-2.0
/*
 * One change of a pack's configuration: copy, edit, check, write to all online
 * disks, publish, let the volumes follow.
 *
 * pack->change is held from begin to end, and whoever holds it waits for
 * metadata I/O only. Writes to volumes may wait for a change (a gate), so a
 * change must never wait for them.
 *
 * Crash: the new configuration is on no disk, on some, or on all. On some: the
 * next start takes the newest, and what it says is true, because everything it
 * speaks of (log maps) was written before. A write that missed a plex is
 * acknowledged only after commit.
 *
 * A disk that cannot take the new configuration is lost within the same change:
 * it would otherwise come back with an old one and look current.
 */
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "plexus.h"
#include "trace.h"

static struct plx_conf *published(struct plx_pack *pack)
{
	return rcu_dereference_protected(pack->conf, lockdep_is_held(&pack->change));
}

/* the caller holds pack->change */
int plx_change_begin_locked(struct plx_change *c, struct plx_pack *pack, struct plx_why *why)
{
	memset(c, 0, sizeof(*c));
	lockdep_assert_held(&pack->change);
	if (pack->state != PLX_PACK_ONLINE)
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
				  "the pack is not online; import or recover it first");
	c->noio = memalloc_noio_save();
	c->conf = plx_conf_clone(published(pack));
	if (!c->conf) {
		memalloc_noio_restore(c->noio);
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a change of the pack");
	}
	c->pack = pack;
	INIT_LIST_HEAD(&c->tasks);
	return 0;
}

int plx_change_begin(struct plx_change *c, struct plx_pack *pack, struct plx_why *why)
{
	int ret;

	mutex_lock(&pack->change);
	ret = plx_change_begin_locked(c, pack, why);
	if (ret)
		mutex_unlock(&pack->change);
	return ret;
}

static void open_gate(struct plx_volume *vol, void *arg)
{
	if (vol->gated) {
		plx_log_gate_open(vol->gated);
		vol->gated = NULL;
	}
}

static bool names_task(const struct plx_conf *conf, u64 id)
{
	u32 v, i;

	for (v = 0; v < conf->n_volumes; v++)
		for (i = 0; i < conf->volume[v]->n_plexes; i++)
			if (conf->volume[v]->plex[i]->task_id == id)
				return true;
	return false;
}

/**
 * plx_change_task - hold a task until the change has ended
 * @c: the change: names the task in a plex, or takes its name away
 * @id: of the task
 *
 * A task that no plex names would never end: the engine does not know it. The commit
 * may lose the disk of a plex that got one, and a change may come to nothing.
 */
void plx_change_task(struct plx_change *c, u64 id)
{
	struct plx_task *task = id ? plx_task_find(id) : NULL;

	if (task && list_empty(&task->in_change) && plx_id_equal(&task->pack_id, &c->pack->id))
		list_add_tail(&task->in_change, &c->tasks);
	else
		plx_task_put(task);
}

/* tasks that no plex names: of a change that came to nothing they never began */
static void end_tasks(struct plx_change *c)
{
	struct plx_task *task, *next;

	list_for_each_entry_safe(task, next, &c->tasks, in_change) {
		list_del_init(&task->in_change);
		if (!names_task(published(c->pack), task->id)) {
			if (!c->published) {
				plx_task_drop(task);
				continue;
			}
			plx_task_end(task, PLEXUS_VDS_E_OBJECT_STATUS_FAILED,
				     "the plex failed or went while it was rebuilt");
		}
		plx_task_put(task);
	}
}

void plx_change_end_locked(struct plx_change *c)
{
	end_tasks(c);
	if (c->n_gated)
		plx_pack_each_volume(c->pack, open_gate, NULL);
	if (c->conf)
		plx_conf_put(c->conf);
	memalloc_noio_restore(c->noio);
}

void plx_change_end(struct plx_change *c)
{
	plx_change_end_locked(c);
	mutex_unlock(&c->pack->change);
}

/* no write of the volume goes ahead until the change ends */
void plx_change_gate(struct plx_change *c, struct plx_volume *vol)
{
	if (!vol->log || vol->gated)
		return;
	vol->gated = vol->log;
	plx_log_gate_close(vol->log);
	c->n_gated++;
}

static void gate_by_id(struct plx_change *c, const struct plx_id *id)
{
	struct plx_volume *vol = plx_pack_volume(c->pack, id);

	if (vol)
		plx_change_gate(c, vol);
	plx_volume_put(vol);
}

bool plx_change_last_current(const struct plx_conf_volume *cv, u32 plex)
{
	u32 i;

	for (i = 0; i < cv->n_plexes; i++)
		if (i != plex && cv->plex[i]->state == PLX_PLEX_CURRENT)
			return false;
	return true;
}

/* a disk that can take a copy of the volume's log; its plexes' disks come first */
static int log_disk(const struct plx_change *c, const struct plx_conf_volume *cv)
{
	const struct plx_conf *conf = c->conf;
	int other = -1;
	u32 d, i;

	for (d = 0; d < conf->n_disks; d++) {
		struct plx_disk *disk;

		if (conf->disk[d]->state != PLX_DISK_ONLINE || plx_space_log_slot(conf, d) < 0)
			continue;
		for (i = 0; i < cv->n_logs && cv->log[i].disk != d; i++)
			;
		if (i < cv->n_logs)
			continue;
		disk = plx_pack_disk(c->pack, &conf->disk[d]->id);
		if (!disk)
			continue;
		plx_disk_put(disk);
		if (plx_conf_volume_uses(cv, d))
			return d;
		if (other < 0)
			other = d;
	}
	return other;
}

/**
 * plx_change_fit_log - give a volume as much of a region log as it needs
 * @c: the change
 * @cv: volume in its configuration
 * @why: filled on refusal
 *
 * A copy for each disk that the volume can lose, and one more, on online disks; none
 * without redundancy. A parity plex that does not run, for want of members, leaves its log
 * where it is: nothing is written, and what the absent copies say is needed when they are
 * back. With a new log all would be dirty, and a member that is still lost unreadable.
 * Where a copy goes, no write is let in until the configuration says so: of bits
 * that only its successor has, a start with the old configuration would not know.
 */
int plx_change_fit_log(struct plx_change *c, struct plx_conf_volume *cv, struct plx_why *why)
{
	u32 i = 0;
	int d;

	if (!plx_conf_volume_redundant(cv)) {
		cv->n_logs = 0;
		cv->region_shift = 0;
		cv->log_id = 0;
		if (cv->n_plexes)
			cv->plex[0]->stale_map = 0;
		return 0;
	}
	if (cv->n_logs && cv->plex[0]->parity && !plx_conf_plex_attached(c->conf, cv->plex[0]))
		return 0;
	if (!cv->region_shift) {
		cv->region_shift = plx_log_region_shift(cv->sectors);
		cv->log_id = get_random_u64();
	}
	while (i < cv->n_logs) {
		if (c->conf->disk[cv->log[i].disk]->state == PLX_DISK_ONLINE) {
			i++;
			continue;
		}
		cv->log[i] = cv->log[--cv->n_logs];
		gate_by_id(c, &cv->id);
	}
	while (cv->n_logs < plx_conf_log_copies(cv)) {
		d = log_disk(c, cv);
		if (d < 0)
			break;
		cv->log[cv->n_logs].slot = plx_space_log_slot(c->conf, d);
		cv->log[cv->n_logs++].disk = d;
	}
	if (cv->n_logs)
		return 0;
	return plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
			  "no online disk of the pack has room for the region log of %s", cv->name);
}

/**
 * plx_change_lose_disk - a disk is not used any more
 * @c: the change
 * @d: index of the disk
 * @to: PLX_DISK_FAILED, PLX_DISK_MISSING or PLX_DISK_OFFLINE
 */
void plx_change_lose_disk(struct plx_change *c, u32 d, enum plx_disk_state to)
{
	struct plx_conf *conf = c->conf;
	struct plx_conf_volume *cv;
	struct plx_conf_log keep;
	struct plx_why why = {};
	bool log;
	u32 v, i;

	pr_warn("plexus: %s: disk %s is %s\n", conf->name, conf->disk[d]->path,
		to == PLX_DISK_FAILED  ? "failed" :
		to == PLX_DISK_OFFLINE ? "offline" :
					 "missing");
	conf->disk[d]->state = to;
	for (v = 0; v < conf->n_volumes; v++) {
		cv = conf->volume[v];
		for (log = false, i = 0; i < cv->n_logs; i++) {
			if (cv->log[i].disk != d)
				continue;
			log = true;
			keep = cv->log[i];
		}
		for (i = 0; i < cv->n_plexes; i++) {
			if (cv->plex[i]->parity)
				plx_change_lose_members(c, cv, i, d);
			else if (plx_conf_plex_uses(cv->plex[i], d))
				plx_change_detach(c, cv, i, PLX_PLEX_MISSING);
		}
		if (log && plx_change_fit_log(c, cv, &why)) {
			/* no disk is left for it: the volume has no current plex either */
			cv->log[0] = keep;
			cv->n_logs = 1;
		}
	}
}

/* errors counted since the last commit go where they survive a reboot */
static void fold_errors(struct plx_conf_disk *cd, struct plx_disk *disk)
{
	cd->read_errors += atomic64_xchg(&disk->read_errors, 0);
	cd->write_errors += atomic64_xchg(&disk->write_errors, 0);
}

static void fold_all_errors(struct plx_change *c)
{
	u32 d;

	for (d = 0; d < c->conf->n_disks; d++) {
		struct plx_disk *disk = plx_pack_disk(c->pack, &c->conf->disk[d]->id);

		if (disk)
			fold_errors(c->conf->disk[d], disk);
		plx_disk_put(disk);
	}
}

/* will other disks be written than those that have the published configuration? */
static bool other_disks(const struct plx_conf *conf, const struct plx_conf *old)
{
	u32 d;
	int o;

	for (d = 0; d < conf->n_disks; d++) {
		o = plx_conf_disk_find(old, &conf->disk[d]->id);
		if (o < 0 || (old->disk[o]->state == PLX_DISK_ONLINE) !=
				     (conf->disk[d]->state == PLX_DISK_ONLINE))
			return true;
	}
	return old->n_disks != conf->n_disks;
}

/* what disk @d is known to hold before the next write */
static void known(struct plx_conf_disk *disk, const struct plx_conf *holds)
{
	disk->last_generation = holds->generation;
	disk->last_epoch = holds->epoch;
}

/*
 * What history.c needs to tell, after a crash, a disk that missed this from one that ran
 * apart. @again: a disk was lost in the round before; those still online have what it wrote.
 */
static void stamp(struct plx_change *c, bool again)
{
	struct plx_conf *conf = c->conf, *old = published(c->pack);
	bool fresh = again || c->starts || c->pack->gave_up || other_disks(conf, old);
	u32 d;
	int o;

	for (d = 0; d < conf->n_disks; d++) {
		o = plx_conf_disk_find(old, &conf->disk[d]->id);
		if (again && conf->disk[d]->state == PLX_DISK_ONLINE)
			known(conf->disk[d], conf);
		else if (!again && !c->starts && o >= 0 && old->disk[o]->state == PLX_DISK_ONLINE)
			known(conf->disk[d], old);
	}
	conf->base_epoch = again ? conf->epoch : old->epoch;
	/* also above one that some disks have and that was given up: not to be taken for this */
	conf->generation = max3(old->generation, conf->generation, c->pack->tried) + 1;
	c->pack->tried = conf->generation;
	if (fresh)
		conf->epoch = get_random_u64();
}

/* writes to all online disks; those that err are lost in the copy. How many took it */
static u32 write_round(struct plx_change *c, void *buf, size_t bytes, bool *lost)
{
	struct plx_metaio *to = kcalloc(c->conf->n_disks, sizeof(*to), GFP_KERNEL | __GFP_NOFAIL);
	u32 *index = kcalloc(c->conf->n_disks, sizeof(*index), GFP_KERNEL | __GFP_NOFAIL);
	u32 d, n = 0, good = 0;

	*lost = false;
	for (d = 0; d < c->conf->n_disks; d++) {
		struct plx_disk *disk;

		if (c->conf->disk[d]->state != PLX_DISK_ONLINE)
			continue;
		disk = plx_pack_disk(c->pack, &c->conf->disk[d]->id);
		if (!disk) {
			plx_change_lose_disk(c, d, PLX_DISK_FAILED);
			*lost = true;
			continue;
		}
		to[n].disk = disk;
		to[n].sector = PLX_CONFIG_SECTOR + (disk->config_slot ^ 1) * PLX_CONFIG_SECTORS;
		index[n++] = d;
	}
	if (!*lost)
		plx_meta_write(to, n, buf, bytes);
	for (d = 0; d < n; d++) {
		if (!*lost && !to[d].error)
			good++;
		plx_disk_put(to[d].disk);
	}
	if (!*lost) {
		for (d = 0; d < n; d++) {
			if (to[d].error) {
				WRITE_ONCE(to[d].disk->dead, true);
				c->conf->disk[index[d]]->maybe_epoch = c->conf->epoch;
				plx_change_lose_disk(c, index[d], PLX_DISK_FAILED);
				*lost = true;
			} else {
				to[d].disk->config_slot ^= 1;
			}
		}
	}
	kfree(index);
	kfree(to);
	return good;
}

static void place_log(struct plx_volume *vol, void *arg)
{
	struct plx_change *c = arg;
	int v = plx_conf_volume_find(c->conf, &vol->id);
	struct plx_log *log = vol->next_log ?: vol->log;

	/* a log that is about to go, or to be made anew, is left as it is */
	if (v >= 0 && log && c->conf->volume[v]->log_id == log->log_id &&
	    plx_log_place(log, c->conf, c->conf->volume[v]))
		plx_log_break(log);
}

/* not without memory: a disk that failed must be recorded, and writes wait for that */
static int write_out(struct plx_change *c, struct plx_why *why)
{
	void *buf = kvmalloc(PLX_CONFIG_MAX, GFP_KERNEL | __GFP_NOFAIL);
	bool lost = false;
	size_t bytes;
	u32 good;
	int ret = 0;

	fold_all_errors(c);
	do {
		stamp(c, lost);
		bytes = plx_conf_encoded_size(c->conf);
		if (plx_conf_check(c->conf, why->text, sizeof(why->text))) {
			ret = bytes > PLX_CONFIG_MAX ? -ENOSPC : -EINVAL;
			why->result = ret == -ENOSPC ? PLEXUS_VDS_E_NOT_ENOUGH_SPACE :
						       PLEXUS_E_INVALIDARG;
			break;
		}
		plx_pack_each_volume(c->pack, place_log, c);
		memset(buf, 0, round_up(bytes, PLX_BLOCK_SIZE));
		plx_conf_encode(c->conf, buf);
		good = write_round(c, buf, round_up(bytes, PLX_BLOCK_SIZE), &lost);
		if (!good && !lost)
			ret = plx_refuse(why, PLEXUS_VDS_E_DMADMIN_METHOD_CALL_FAILED,
					 "no disk of the pack can take the configuration");
	} while (!ret && lost);
	c->pack->gave_up = ret;
	kvfree(buf);
	return ret;
}

/* a log that the configuration does not name any more must not write to slots that are free now */
static void part_log(struct plx_volume *vol, void *arg)
{
	struct plx_change *c = arg;
	int v = plx_conf_volume_find(c->conf, &vol->id);

	if (vol->log && (v < 0 || !c->conf->volume[v]->region_shift ||
			 c->conf->volume[v]->log_id != vol->log->log_id))
		plx_log_part(vol->log);
}

static void follow(struct plx_volume *vol, void *arg)
{
	struct plx_change *c = arg;
	u32 tries = 10;
	int ret;

	/* the plan of before may have a log that is not written any more: writes would wait */
	while ((ret = plx_volume_replan(vol, c->conf)) == -ENOMEM && --tries)
		msleep(20);
	if (ret && ret != -ENOENT)
		pr_err("plexus: plx%d: its plan cannot be renewed, error %d\n", vol->minor, -ret);
	plx_sync_kick(vol);
}

static const struct plx_conf_plex *plex_in(const struct plx_conf *conf, const struct plx_id *id)
{
	u32 v;
	int i;

	for (v = 0; v < conf->n_volumes; v++) {
		i = plx_conf_plex_find(conf->volume[v], id);
		if (i >= 0)
			return conf->volume[v]->plex[i];
	}
	return NULL;
}

typedef int (*step_fn)(const struct plx_conf_volume *cv, const struct plx_conf_plex *from,
		       const struct plx_conf_plex *to, struct plx_why *why);

/* each plex that was there before; stops at the first refusal */
static int plex_steps(const struct plx_conf *old, const struct plx_conf *conf, step_fn fn,
		      struct plx_why *why)
{
	const struct plx_conf_plex *from, *to;
	int ret = 0;
	u32 v, i;

	for (v = 0; v < conf->n_volumes && !ret; v++)
		for (i = 0; i < conf->volume[v]->n_plexes && !ret; i++) {
			to = conf->volume[v]->plex[i];
			from = plex_in(old, &to->id);
			if (from)
				ret = fn(conf->volume[v], from, to, why);
		}
	return ret;
}

/* members of one that has been moved to other disks are the same members */
static u32 common_members(const struct plx_conf_plex *from, const struct plx_conf_plex *to)
{
	return from->parity && to->parity ? min(from->n_members, to->n_members) : 0;
}

/* the tables of states.rst; that they refuse is a bug, and better than what would follow */
static int legal_step(const struct plx_conf_volume *cv, const struct plx_conf_plex *from,
		      const struct plx_conf_plex *to, struct plx_why *why)
{
	bool may = true;
	u32 m;

	if (from->state != to->state)
		may = cv->n_plexes > 1 ? plx_state_plex_may(from->state, to->state) :
					 plx_state_sole_plex_may(from->state, to->state);
	if (WARN_ON_ONCE(!may))
		return plx_refuse(why, PLEXUS_E_FAIL,
				  "a plex of volume %s cannot go from state %u to %u: this is a bug, please report it",
				  cv->name, from->state, to->state);
	for (m = 0; m < common_members(from, to); m++)
		if (WARN_ON_ONCE(!plx_state_member_may(from->member[m].state,
						       to->member[m].state)))
			return plx_refuse(why, PLEXUS_E_FAIL,
					  "member %u of volume %s cannot go from state %u to %u: this is a bug, please report it",
					  m, cv->name, from->member[m].state,
					  to->member[m].state);
	return 0;
}

static int trace_plex(const struct plx_conf_volume *cv, const struct plx_conf_plex *from,
		      const struct plx_conf_plex *to, struct plx_why *why)
{
	u32 m;

	if (from->state != to->state)
		trace_plx_plex_state(&cv->id, &to->id, from->state, to->state);
	for (m = 0; m < common_members(from, to); m++)
		if (from->member[m].state != to->member[m].state)
			trace_plx_member_state(&to->id, m, from->member[m].state,
					       to->member[m].state);
	return 0;
}

static void trace_steps(const struct plx_conf *old, const struct plx_conf *conf)
{
	u32 d;
	int o;

	if (trace_plx_plex_state_enabled() || trace_plx_member_state_enabled())
		plex_steps(old, conf, trace_plex, NULL);
	if (!trace_plx_disk_state_enabled())
		return;
	for (d = 0; d < conf->n_disks; d++) {
		o = plx_conf_disk_find(old, &conf->disk[d]->id);
		if (o >= 0 && old->disk[o]->state != conf->disk[d]->state)
			trace_plx_disk_state(&conf->disk[d]->id, old->disk[o]->state,
					     conf->disk[d]->state);
	}
}

static void tell_disk(struct plx_change *c, const struct plx_conf_disk *disk)
{
	plx_event_disk(PLEXUS_EVENT_CODE_DISK_MODIFY, c->pack, &disk->id,
		       disk->state == PLX_DISK_ONLINE  ? "disk is back" :
		       disk->state == PLX_DISK_OFFLINE ? "disk is offline" :
							 "disk lost");
}

static bool members_differ(const struct plx_conf *old, const struct plx_conf_plex *was,
			   const struct plx_conf *conf, const struct plx_conf_plex *is)
{
	u32 m;

	for (m = 0; m < common_members(was, is); m++)
		if (plx_conf_member_seen(old, &was->member[m]) !=
		    plx_conf_member_seen(conf, &is->member[m]))
			return true;
	return false;
}

/* does anybody who looks at the volume see another state of its plexes? */
static bool plexes_differ(const struct plx_conf *old, const struct plx_conf_volume *ov,
			  const struct plx_conf *conf, const struct plx_conf_volume *cv)
{
	u32 i;
	int o;

	for (i = 0; i < cv->n_plexes; i++) {
		const struct plx_conf_plex *is = cv->plex[i], *was;

		o = plx_conf_plex_find(ov, &is->id);
		if (o < 0)
			return true;
		was = ov->plex[o];
		if (was->state != is->state || !was->task_id != !is->task_id ||
		    (was->flags ^ is->flags) & PLX_PLEX_F_ERRORS ||
		    plx_conf_plex_attached(old, was) != plx_conf_plex_attached(conf, is) ||
		    members_differ(old, was, conf, is))
			return true;
	}
	return ov->n_plexes != cv->n_plexes;
}

/* once the change is in effect: disks that went or came, volumes whose plexes did */
static void tell(struct plx_change *c, const struct plx_conf *old)
{
	const struct plx_conf *conf = c->conf;
	struct plx_volume *vol;
	u32 i;
	int o;

	for (i = 0; i < conf->n_disks; i++) {
		o = plx_conf_disk_find(old, &conf->disk[i]->id);
		if (o >= 0 && old->disk[o]->state != conf->disk[i]->state)
			tell_disk(c, conf->disk[i]);
	}
	for (i = 0; i < conf->n_volumes; i++) {
		o = plx_conf_volume_find(old, &conf->volume[i]->id);
		if (o < 0 || !plexes_differ(old, old->volume[o], conf, conf->volume[i]))
			continue;
		vol = plx_pack_volume(c->pack, &conf->volume[i]->id);
		if (vol)
			plx_event_volume(PLEXUS_EVENT_CODE_VOLUME_MODIFY, vol);
		plx_volume_put(vol);
	}
}

/**
 * plx_change_commit - make a change durable and let it take effect
 * @c: the change
 * @why: filled on refusal
 *
 * Context: sleeps for metadata I/O.
 * Return: 0. On error nothing is published, unless no disk can be written any
 * more: then the loss of all disks is, in memory
 */
int plx_change_commit(struct plx_change *c, struct plx_why *why)
{
	struct plx_conf *old = published(c->pack);
	int ret = plex_steps(old, c->conf, legal_step, why);

	if (!ret)
		ret = write_out(c, why);
	/* all disks gone: nothing is durable, but people and plans must see it */
	if (ret && why->result != PLEXUS_VDS_E_DMADMIN_METHOD_CALL_FAILED)
		return ret;
	plx_conf_get(old);
	plx_conf_get(c->conf);
	trace_steps(old, c->conf);
	plx_pack_publish(c->pack, c->conf);
	c->published = true;
	plx_pack_each_volume(c->pack, part_log, c); /* all, before one gets their slots */
	plx_pack_each_volume(c->pack, follow, c);
	if (!c->starts) /* else the pack arrives, and its volumes do */
		tell(c, old);
	plx_conf_put(old);
	plx_event_pack(PLEXUS_EVENT_CODE_PACK_MODIFY, c->pack);
	return ret;
}

static void break_log(struct plx_volume *vol, void *arg)
{
	if (vol->log)
		plx_log_break(vol->log);
}

static void lose_one(struct plx_change *c, u32 d, u32 *n)
{
	plx_change_lose_disk(c, d, PLX_DISK_FAILED);
	(*n)++;
}

/* from the pack's work: disks that gave an error are lost in a change of their own */
void plx_pack_lose_dead(struct plx_pack *pack)
{
	struct plx_why why = {};
	struct plx_change c;
	u32 d, n = 0;

	int ret = plx_change_begin(&c, pack, &why);

	if (ret) {
		if (why.result == PLEXUS_E_OUTOFMEMORY)
			plx_pack_event(pack); /* writes wait for it: again */
		return;
	}
	for (d = 0; d < c.conf->n_disks; d++) {
		struct plx_disk *disk;

		if (c.conf->disk[d]->state != PLX_DISK_ONLINE)
			continue;
		disk = plx_pack_disk(pack, &c.conf->disk[d]->id);
		if (disk)
			plx_disk_put(disk);
		else
			lose_one(&c, d, &n);
	}
	if (n && plx_change_commit(&c, &why)) {
		pr_err("plexus: %s: %s\n", c.conf->name, why.text);
		plx_pack_each_volume(pack, break_log, NULL);
	}
	plx_change_end(&c);
}
