// SPDX-License-Identifier: GPL-2.0
/* Operations on plexes: add, remove, repair. Breaking one off is in op_break.c. */
#include <linux/slab.h>
#include "plexus.h"

static bool disks_ok(const struct plx_conf *conf, const struct plx_conf_volume *cv)
{
	return plx_state_volume_status(conf, cv) == PLEXUS_VOLUME_STATUS_ONLINE;
}

static int check_health(const struct plx_conf *conf, const struct plx_conf_volume *cv,
			const char *role, struct plx_why *why)
{
	u32 health = plx_state_volume_health(conf, cv);

	if (!disks_ok(conf, cv))
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
				  "the %s volume %s is not online; bring its disks back first",
				  role, cv->name);
	if (health == PLEXUS_HEALTH_FAILING || health == PLEXUS_HEALTH_FAILED ||
	    health == PLEXUS_HEALTH_FAILED_REDUNDANCY_FAILING)
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_HEALTHY,
				  "the %s volume %s is failing or failed", role, cv->name);
	return 0;
}

static int check_layout(const struct plx_conf_volume *src, struct plx_why *why)
{
	u32 i;

	for (i = 0; i < src->n_plexes; i++) {
		if (src->plex[i]->type != PLEXUS_TYPE_SIMPLE)
			return plx_refuse(why, PLEXUS_VDS_E_VOLUME_SPANS_DISKS,
					  "the source volume %s spans several disks; --any-layout allows that",
					  src->name);
		if (src->plex[i]->member[0].n_extents > 1)
			return plx_refuse(why, PLEXUS_VDS_E_REQUIRES_CONTIGUOUS_DISK_SPACE,
					  "the source volume %s lies in %u extents; --any-layout allows that",
					  src->name, src->plex[i]->member[0].n_extents);
	}
	return 0;
}

static int check_add(const struct plx_conf *conf, const struct plx_conf_volume *cv,
		     const struct plx_conf_volume *src, bool any_layout, struct plx_why *why)
{
	u32 d;
	int ret;

	if (plx_conf_volume_parity(cv) || plx_conf_volume_parity(src))
		return plx_refuse(why, PLEXUS_E_NOTIMPL,
				  "volume %s is of type parity, which this version does not mirror",
				  plx_conf_volume_parity(cv) ? cv->name : src->name);
	ret = check_health(conf, cv, "target", why);
	if (!ret)
		ret = check_health(conf, src, "source", why);
	if (!ret && !any_layout)
		ret = check_layout(src, why);
	if (ret)
		return ret;
	if (src->sectors < cv->sectors)
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				  "the source volume %s is smaller than the target %s", src->name,
				  cv->name);
	for (d = 0; d < conf->n_disks; d++)
		if (plx_conf_volume_uses(cv, d) && plx_conf_volume_uses(src, d))
			return plx_refuse(why, PLEXUS_VDS_E_DISK_IN_USE_BY_VOLUME,
					  "%s holds extents of both %s and %s", conf->disk[d]->path,
					  src->name, cv->name);
	if (cv->n_plexes + src->n_plexes > PLEXUS_MAX_PLEXES)
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				  "%s would have %u plexes; 32 are possible", cv->name,
				  cv->n_plexes + src->n_plexes);
	return 0;
}

/* one that the source had lost cannot be written now either: it waits for recover */
static void add_one(struct plx_change *c, struct plx_conf_volume *cv, u32 i,
		    const struct plx_task *task)
{
	struct plx_conf_plex *cp = cv->plex[i];

	if (plx_conf_plex_attached(c->conf, cp)) {
		plx_change_attach(c, cv, i, PLEXUS_TASK_KIND_ADD_PLEX, task->id, true);
		return;
	}
	if (cp->state != PLX_PLEX_FAILED)
		cp->state = PLX_PLEX_MISSING;
	cp->stale_map = 0;
	cp->task_id = 0;
	cp->task_kind = 0;
}

static int edit_add(struct plx_change *c, struct plx_volume *vol, struct plx_volume *source,
		    bool any_layout, struct plx_task *task, struct plx_why *why)
{
	struct plx_conf_volume *cv, *src;
	struct plx_conf_plex *cp;
	int ret;

	ret = plx_change_volume(c, vol, &cv, why);
	if (!ret)
		ret = plx_change_volume(c, source, &src, why);
	if (!ret)
		ret = check_add(c->conf, cv, src, any_layout, why);
	if (ret)
		return ret;
	if (plx_boot_gpt_to_mbr(vol, c->conf, cv, src))
		plx_refuse(why, PLEXUS_VDS_S_GPT_BOOT_MIRRORED_TO_MBR,
			   "the running system is on volume %s and starts from a GPT disk; it will not start from the new plex, which is on an MBR disk",
			   cv->name);
	while (src->n_plexes) {
		cp = plx_conf_plex_detach(src, 0);
		plx_conf_plex_attach(cv, cp);
		add_one(c, cv, cv->n_plexes - 1, task);
	}
	/* the log first: a slot of the source's is still written until the change is published */
	ret = plx_change_fit_log(c, cv, why);
	if (!ret)
		plx_conf_volume_remove(c->conf, plx_conf_volume_find(c->conf, &source->id));
	return ret;
}

static int claim_source(struct plx_volume *source, struct plx_why *why)
{
	if (!plx_volume_busy_get(source))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on the source volume is running");
	if (!plx_volume_claim(source))
		return 0;
	plx_volume_busy_put(source);
	return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
			  "the source volume is open; unmount or close it first");
}

/* the source stays claimed and busy when its plexes are gone; nothing copies between them then */
static int absorb(struct plx_volume *vol, struct plx_volume *source, bool any_layout,
		  struct plx_task *task, struct plx_why *why)
{
	struct plx_change c;
	bool claimed = false;
	int ret;

	mutex_lock(&source->window_lock);
	ret = plx_change_begin(&c, vol->pack, why);
	if (!ret) {
		ret = edit_add(&c, vol, source, any_layout, task, why);
		if (!ret) {
			ret = claim_source(source, why);
			claimed = !ret;
		}
		if (!ret)
			ret = plx_change_commit(&c, why);
		plx_change_end(&c);
	}
	if (!ret)
		plx_sync_halt(source);
	mutex_unlock(&source->window_lock);
	if (ret && claimed) {
		plx_volume_unclaim(source);
		plx_volume_busy_put(source);
	}
	return ret;
}

/**
 * plx_op_plex_add - the plexes of one volume become plexes of another
 * @vol: target, stays in use
 * @source: ceases to be a volume
 * @any_layout: the source may span disks, and lie in several extents
 * @task_id: gets the task that resyncs the new plexes
 * @why: filled on refusal
 *
 * The new plexes get all writes from the moment that the new plan is published,
 * and all of them is stale: a write still in flight under the old plan misses
 * nothing that a window does not wait for. IVdsVolume::AddPlex.
 */
int plx_op_plex_add(struct plx_volume *vol, struct plx_volume *source, bool any_layout,
		    u64 *task_id, struct plx_why *why)
{
	struct plx_task *task;
	u32 block;
	int ret;

	if (vol == source)
		return plx_refuse(why, PLEXUS_VDS_E_DISTINCT_VOLUME,
				  "source and target are the same volume; name another one as the source");
	if (vol->pack != source->pack)
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_FOUND_IN_PACK,
				  "the source volume is of another pack");
	block = plx_volume_block_size(vol);
	if (block && plx_volume_block_size(source) > block)
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				  "the source volume has larger blocks than the target: it could not take all of its writes");
	if (!plx_volume_busy_get(vol))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on the target volume is running");
	task = plx_task_new(PLEXUS_TASK_KIND_ADD_PLEX, 0, &vol->pack->id, &vol->id);
	if (!task) {
		plx_volume_busy_put(vol);
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
	}
	task->may_cancel = true;
	*task_id = task->id;
	ret = absorb(vol, source, any_layout, task, why);
	if (!ret)
		plx_volume_resize(vol);
	plx_volume_busy_put(vol);
	if (ret) {
		plx_task_drop(task);
		*task_id = 0;
	} else {
		plx_volume_finish(source);
		plx_task_put(task);
		plx_sync_kick(vol);
	}
	return ret;
}

static int find_plex(const struct plx_conf_volume *cv, const struct plx_id *id, struct plx_why *why)
{
	int i = plx_conf_plex_find(cv, id);

	if (i >= 0)
		return i;
	return plx_refuse(why, PLEXUS_VDS_E_INVALID_PLEX_GUID, "volume %s has no such plex",
			  cv->name);
}

/*
 * A plex on its way out is detached in a first change; then the writes that still know it
 * are waited for; then its room is given away in a second one. In between anybody may
 * attach it again (recover, a disk that comes back), and it may have failed again since:
 * then writes of a newer plan may be on their way to it. Each detach of an attached plex
 * counts plex->attached up, so that the same count, and the plex detached, says that nobody
 * can write there. Otherwise it is all done again.
 */
struct leaving {
	const struct plx_id *id;
	u32 attached; /* of the plex, when it was detached */
	const struct plx_rebuild *ask; /* of a parity plex, that is only to lose members */
	struct plx_leaving_members members;
};

#define LEAVE_TRIES 8

static int edit_detach(struct plx_change *c, struct plx_volume *vol, struct leaving *l,
		       struct plx_why *why)
{
	struct plx_conf_volume *cv;
	struct plx_plex *plex;
	int ret = plx_change_volume(c, vol, &cv, why), i;

	if (ret)
		return ret;
	i = l->ask ? plx_conf_plex_find(cv, l->id) : -1;
	if (i >= 0 && cv->plex[i]->parity)
		return plx_members_detach(c, vol, cv, i, l->ask, &l->members, why);
	if (cv->n_plexes < 2)
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_A_MIRROR,
				  "volume %s has one plex; volume delete deletes it", cv->name);
	i = find_plex(cv, l->id, why);
	if (i < 0)
		return i;
	if (!plx_conf_other_current(c->conf, cv, i))
		return plx_refuse(why, PLEXUS_VDS_E_PLEX_LAST_ACTIVE,
				  "no other plex of volume %s is current", cv->name);
	if (cv->plex[i]->state == PLX_PLEX_CURRENT || cv->plex[i]->state == PLX_PLEX_STALE)
		plx_change_detach(c, cv, i, PLX_PLEX_FAILED);
	plex = plx_volume_plex(vol, l->id);
	l->attached = plex ? READ_ONCE(plex->attached) : 0;
	return 0;
}

/* nobody attached it since edit_detach(), so nobody writes there any more; under the change */
static bool still_out(struct plx_volume *vol, const struct plx_conf_plex *cp,
		      const struct leaving *l)
{
	struct plx_plex *plex = plx_volume_plex(vol, l->id);

	return plex && READ_ONCE(plex->attached) == l->attached &&
	       cp->state != PLX_PLEX_CURRENT && cp->state != PLX_PLEX_STALE;
}

/* -EAGAIN: it was attached again */
static int edit_remove(struct plx_change *c, struct plx_volume *vol, struct leaving *l,
		       struct plx_why *why)
{
	struct plx_conf_volume *cv;
	int ret = plx_change_volume(c, vol, &cv, why), i;

	if (ret)
		return ret;
	i = find_plex(cv, l->id, why);
	if (i < 0)
		return i;
	if (!plx_conf_other_current(c->conf, cv, i))
		return plx_refuse(why, PLEXUS_VDS_E_PLEX_LAST_ACTIVE,
				  "no other plex of volume %s is current any more; this one was detached, volume recover takes it back",
				  cv->name);
	if (!still_out(vol, cv->plex[i], l)) {
		plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
			   "plex %d of volume %s is taken back again and again by a recovery; wait for its end",
			   i, cv->name);
		return -EAGAIN;
	}
	plx_conf_plex_free(plx_conf_plex_detach(cv, i));
	if (cv->preferred >= cv->n_plexes)
		cv->preferred = 0;
	return plx_change_fit_log(c, cv, why);
}

typedef int (*edit_fn)(struct plx_change *c, struct plx_volume *vol, struct leaving *l,
		       struct plx_why *why);

static int change_with(struct plx_volume *vol, struct leaving *l, edit_fn edit,
		       struct plx_why *why)
{
	struct plx_change c;
	int ret = plx_change_begin(&c, vol->pack, why);

	if (ret)
		return ret;
	ret = edit(&c, vol, l, why);
	if (!ret)
		ret = plx_change_commit(&c, why);
	plx_change_end(&c);
	return ret;
}

int plx_op_plex_remove(struct plx_volume *vol, const struct plx_id *id, bool force,
		       struct plx_why *why)
{
	struct leaving l = { .id = id };
	u32 tries = LEAVE_TRIES;
	int ret;

	if (!plx_volume_busy_get(vol))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on the volume is running");
	do {
		ret = change_with(vol, &l, edit_detach, why);
		if (ret)
			break;
		plx_epoch_drain(&vol->epoch);
		ret = change_with(vol, &l, edit_remove, why);
	} while (ret == -EAGAIN && --tries);
	plx_volume_busy_put(vol);
	return ret == -EAGAIN ? -EBUSY : ret;
}

/* ---- repair ---- */

static int check_repair(const struct plx_conf *conf, const struct plx_conf_volume *cv, u32 i,
			bool wanted, struct plx_why *why)
{
	u32 health = plx_state_plex_health(conf, cv->plex[i]);

	if (cv->n_plexes < 2)
		return plx_refuse(why, PLEXUS_E_NOTIMPL,
				  "volume %s has one plex, nothing to repair it from", cv->name);
	if (cv->plex[i]->task_id)
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "plex %u of volume %s is being rebuilt by task %llu", i, cv->name,
				  cv->plex[i]->task_id);
	if (!wanted && health != PLEXUS_HEALTH_FAILING_REDUNDANCY &&
	    health != PLEXUS_HEALTH_FAILED_REDUNDANCY && health != PLEXUS_HEALTH_STALE &&
	    health != PLEXUS_HEALTH_FAILED_REDUNDANCY_FAILING)
		return plx_refuse(why, PLEXUS_VDS_E_REPAIR_VOLUMESTATE,
				  "plex %u of volume %s is in no state to be repaired", i,
				  cv->name);
	if (!plx_conf_other_current(conf, cv, i))
		return plx_refuse(why, PLEXUS_VDS_E_REPAIR_VOLUMESTATE,
				  "no other plex of volume %s is current and online", cv->name);
	return 0;
}

struct rebuild {
	struct leaving leaving;
	const struct plx_rebuild *ask;
	u64 task;
};

/* -EAGAIN: it was attached again since it was detached */
static int edit_rebuild(struct plx_change *c, struct plx_volume *vol, const struct rebuild *r,
			bool check_only, struct plx_why *why)
{
	struct plx_conf_volume *cv;
	int ret = plx_change_volume(c, vol, &cv, why), i, leave = -1;

	if (ret)
		return ret;
	if (!plx_conf_volume_redundant(cv))
		return check_repair(c->conf, cv, 0, false, why);
	i = find_plex(cv, r->leaving.id, why);
	if (i < 0)
		return i;
	if (r->ask->leave) {
		leave = plx_conf_disk_find(c->conf, r->ask->leave);
		if (leave < 0)
			return plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
					  "the disk to be left is not in pack %s any more",
					  c->conf->name);
	}
	if (cv->plex[i]->parity)
		return plx_members_move(c, vol, cv, i, r->ask,
					check_only ? NULL : &r->leaving.members, r->task, why);
	ret = check_repair(c->conf, cv, i, r->ask->leave || !check_only, why);
	if (!ret && !check_only && !still_out(vol, cv->plex[i], &r->leaving)) {
		plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
			   "plex %d of volume %s is taken back again and again; try later", i,
			   cv->name);
		return -EAGAIN;
	}
	if (!ret)
		ret = plx_place_rebuild(c, cv, cv->plex[i], r->ask->in, r->ask->n, leave,
					r->ask->block, why);
	if (ret || check_only)
		return ret;
	cv->plex[i]->flags &= ~PLX_PLEX_F_ERRORS;
	plx_change_attach(c, cv, i, PLEXUS_TASK_KIND_REPAIR, r->task, true);
	return plx_change_fit_log(c, cv, why);
}

static int move(struct plx_volume *vol, struct rebuild *r, struct plx_why *why)
{
	struct plx_change c;
	int ret = change_with(vol, &r->leaving, edit_detach, why);

	if (ret)
		return ret;
	plx_epoch_drain(&vol->epoch);
	ret = plx_change_begin(&c, vol->pack, why);
	if (ret)
		return ret;
	ret = edit_rebuild(&c, vol, r, false, why);
	if (!ret)
		ret = plx_change_commit(&c, why);
	plx_change_end(&c);
	return ret;
}

/**
 * plx_plex_rebuild_check - could a plex be rebuilt elsewhere?
 * @c: a change that is not going to be committed: it is edited, so that what several
 *	plexes ask for adds up
 * @vol: the volume
 * @id: of the plex
 * @ask: what for
 * @why: filled on refusal
 */
int plx_plex_rebuild_check(struct plx_change *c, struct plx_volume *vol, const struct plx_id *id,
			   const struct plx_rebuild *ask, struct plx_why *why)
{
	struct rebuild r = { .leaving = { .id = id, .ask = ask }, .ask = ask };

	if (!ask->n)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "a repair needs at least one disk");
	return edit_rebuild(c, vol, &r, true, why);
}

/**
 * plx_plex_rebuild - move members of a plex to other disks and resync it
 * @vol: the volume; the caller has it busy
 * @id: of the plex
 * @ask: what is to be done, checked
 * @task_id: gets the task
 * @why: filled on refusal
 *
 * As in remove: detach, wait for the writes that know the old place, move.
 */
int plx_plex_rebuild(struct plx_volume *vol, const struct plx_id *id,
		     const struct plx_rebuild *ask, u64 *task_id, struct plx_why *why)
{
	struct rebuild r = { .leaving = { .id = id, .ask = ask }, .ask = ask };
	u32 tries = LEAVE_TRIES;
	struct plx_task *task;
	int ret;

	task = plx_task_new(PLEXUS_TASK_KIND_REPAIR, 0, &vol->pack->id, &vol->id);
	if (!task)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
	task->plex_id = *id;
	task->parent = ask->parent;
	task->may_cancel = true;
	r.task = task->id;
	do {
		ret = move(vol, &r, why);
	} while (ret == -EAGAIN && --tries);
	if (!ret)
		plx_volume_resize(vol);
	*task_id = ret ? 0 : task->id;
	if (ret)
		plx_task_drop(task);
	else
		plx_task_put(task);
	plx_sync_kick(vol);
	return ret == -EAGAIN ? -EBUSY : ret;
}

/* all is checked on a copy before anything changes; @asked: but for the block size */
int plx_plex_repair(struct plx_volume *vol, const struct plx_id *plex,
		    const struct plx_rebuild *asked, u64 *task, struct plx_why *why)
{
	struct plx_rebuild ask = *asked;
	struct plx_change c;
	int ret;

	if (!plx_volume_busy_get(vol))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on the volume is running");
	ask.block = plx_volume_block_size(vol);
	ret = plx_change_begin(&c, vol->pack, why);
	if (!ret) {
		ret = plx_plex_rebuild_check(&c, vol, plex, &ask, why);
		plx_change_end(&c);
	}
	if (!ret)
		ret = plx_plex_rebuild(vol, plex, &ask, task, why);
	plx_volume_busy_put(vol);
	return ret;
}

int plx_op_plex_repair(struct plx_volume *vol, const struct plx_id *plex,
		       const struct plx_input_disk *in, u32 n, u64 *task, struct plx_why *why)
{
	const struct plx_rebuild ask = { .in = in, .n = n };

	return plx_plex_repair(vol, plex, &ask, task, why);
}
