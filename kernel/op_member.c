// SPDX-License-Identifier: GPL-2.0
/*
 * Members of a parity plex move to other disks: repair, spares, disk replace.
 *
 * Those that still get writes are detached in a first change; then the writes that know their
 * old place are waited for; then, in a second one, their room is given away, and they are
 * stale with all that they have on the new disks. The plex goes on meanwhile without them, so
 * there must be redundancy left for them.
 */
#include <linux/bitops.h>
#include "plexus.h"

static bool gets_writes(const struct plx_conf_member *m)
{
	return m->state == PLX_MEMBER_CURRENT || m->state == PLX_MEMBER_STALE;
}

/* those whose disks are not there; not for spares also those that failed where they are */
static u32 lost_members(struct plx_change *c, const struct plx_conf_plex *cp, bool spares)
{
	u32 m, lost = 0;

	for (m = 0; m < cp->n_members; m++)
		if (!plx_place_member_there(c, &cp->member[m]) ||
		    (!spares && !gets_writes(&cp->member[m])))
			lost |= 1U << m;
	return lost;
}

/* those on disks that had errors, as many as the plex can do without, and have disks to go to */
static u32 failing_members(const struct plx_conf *conf, const struct plx_conf_plex *cp, u32 n_disks)
{
	u32 m, n = plx_conf_plex_lost(conf, cp), failing = 0;

	for (m = 0; m < cp->n_members && n < cp->parity && hweight32(failing) < n_disks; m++) {
		if (plx_state_member_health(conf, cp, m) != PLEXUS_HEALTH_FAILING)
			continue;
		failing |= 1U << m;
		n++;
	}
	return failing;
}

static u32 members_on(const struct plx_conf *conf, const struct plx_conf_plex *cp,
		      const struct plx_id *disk)
{
	int d = plx_conf_disk_find(conf, disk);
	u32 m, on = 0;

	for (m = 0; d >= 0 && m < cp->n_members; m++)
		if (plx_conf_member_uses(&cp->member[m], d))
			on |= 1U << m;
	return on;
}

static u32 choose(struct plx_change *c, const struct plx_conf_plex *cp,
		  const struct plx_rebuild *ask)
{
	u32 members;

	if (ask->leave)
		return members_on(c->conf, cp, ask->leave);
	members = lost_members(c, cp, ask->spares);
	return members || ask->spares ? members : failing_members(c->conf, cp, ask->n);
}

/* can the plex do without all of them at a time? */
static int check_spare(struct plx_change *c, const struct plx_conf_volume *cv,
		       const struct plx_conf_plex *cp, u32 members, struct plx_why *why)
{
	u32 m, lost = 0;

	for (m = 0; m < cp->n_members; m++)
		lost += members & 1U << m ||
			plx_conf_member_seen(c->conf, &cp->member[m]) != PLX_MEMBER_CURRENT;
	if (lost <= cp->parity)
		return 0;
	return plx_refuse(why, PLEXUS_VDS_E_REPAIR_VOLUMESTATE,
			  "volume %s cannot do without %u members at a time; recover it first, or move one after the other",
			  cv->name, lost);
}

static int check(struct plx_change *c, const struct plx_conf_volume *cv, u32 plex,
		 const struct plx_rebuild *ask, struct plx_why *why)
{
	const struct plx_conf_plex *cp = cv->plex[plex];
	u32 health = plx_state_plex_health(c->conf, cp);

	if (!plx_conf_plex_attached(c->conf, cp))
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_INCOMPLETE,
				  "volume %s has lost %u members, and can make up for %u; bring their disks back first",
				  cv->name, plx_conf_plex_lost(c->conf, cp), cp->parity);
	if (cp->task_id)
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "plex %u of volume %s is being rebuilt by task %llu", plex,
				  cv->name, cp->task_id);
	if (!ask->leave && health != PLEXUS_HEALTH_FAILING_REDUNDANCY &&
	    health != PLEXUS_HEALTH_FAILED_REDUNDANCY &&
	    health != PLEXUS_HEALTH_FAILED_REDUNDANCY_FAILING)
		return plx_refuse(why, PLEXUS_VDS_E_REPAIR_VOLUMESTATE,
				  "plex %u of volume %s is in no state to be repaired", plex,
				  cv->name);
	return 0;
}

static u32 attached_of(struct plx_volume *vol, const struct plx_conf_plex *cp, u32 members)
{
	struct plx_plex *plex = plx_volume_plex(vol, &cp->id);
	u32 m, sum = 0;

	for (m = 0; plex && m < plex->n_members; m++)
		if (members & 1U << m)
			sum += READ_ONCE(plex->member[m]->attached);
	return sum;
}

/**
 * plx_members_detach - the first change: those that are to move get no writes
 * @c: the change
 * @vol: the volume
 * @cv: the volume in the configuration
 * @plex: index of the plex
 * @ask: what is to be done
 * @l: gets which, to look again in the second one
 * @why: filled on refusal
 */
int plx_members_detach(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume *cv,
		       u32 plex, const struct plx_rebuild *ask, struct plx_leaving_members *l,
		       struct plx_why *why)
{
	struct plx_conf_plex *cp = cv->plex[plex];
	int ret = check(c, cv, plex, ask, why);
	u32 m;

	if (ret)
		return ret;
	l->members = choose(c, cp, ask);
	ret = check_spare(c, cv, cp, l->members, why);
	for (m = 0; m < cp->n_members && !ret; m++)
		if (l->members & 1U << m && gets_writes(&cp->member[m]))
			plx_change_detach_member(c, cv, plex, m, PLX_MEMBER_FAILED);
	l->attached = attached_of(vol, cp, l->members);
	return ret;
}

/* nobody attached one of them since, so nobody writes there any more; under the change */
static bool still_out(struct plx_volume *vol, const struct plx_conf_plex *cp,
		      const struct plx_leaving_members *l)
{
	u32 m;

	for (m = 0; m < cp->n_members; m++)
		if (l->members & 1U << m && gets_writes(&cp->member[m]))
			return false;
	return attached_of(vol, cp, l->members) == l->attached;
}

/* what is where it was, and could be written, is brought up to date by the same task */
static void take_in(struct plx_change *c, struct plx_conf_volume *cv, u32 plex, u64 task)
{
	struct plx_conf_plex *cp = cv->plex[plex];
	u32 m;

	for (m = 0; m < cp->n_members; m++)
		if (!gets_writes(&cp->member[m]) && plx_place_member_there(c, &cp->member[m]))
			plx_change_attach_member(c, cv, plex, m, PLEXUS_TASK_KIND_REPAIR, task,
						 false);
}

/**
 * plx_members_move - the second change: they have other disks, where all is stale
 * @c: the change
 * @vol: the volume
 * @cv: the volume in the configuration
 * @plex: index of the plex
 * @ask: what is to be done
 * @l: from the first change; NULL: this change is not going to be committed
 * @task: that regenerates them
 * @why: filled on refusal
 *
 * Return: 0; -EAGAIN: some were attached again; on error the copy is to be dropped
 */
int plx_members_move(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume *cv,
		     u32 plex, const struct plx_rebuild *ask,
		     const struct plx_leaving_members *l, u64 task, struct plx_why *why)
{
	struct plx_conf_plex *cp = cv->plex[plex];
	u32 members = l ? l->members : choose(c, cp, ask), m;
	int ret = l ? 0 : check(c, cv, plex, ask, why);

	if (!ret && !members)
		ret = plx_refuse(why, PLEXUS_VDS_E_REPAIR_VOLUMESTATE,
				 "no member of the plex needs another disk; volume recover brings it up to date");
	if (!ret)
		ret = check_spare(c, cv, cp, members, why);
	if (!ret && l && !still_out(vol, cp, l)) {
		plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
			   "members of volume %s are taken back again and again; try later",
			   cv->name);
		return -EAGAIN;
	}
	if (!ret)
		ret = plx_place_members(c, cv, cp, ask, &members, why);
	if (ret || !l)
		return ret;
	for (m = 0; m < cp->n_members; m++) {
		if (!(members & 1U << m))
			continue;
		plx_change_attach_member(c, cv, plex, m, PLEXUS_TASK_KIND_REPAIR, task, true);
		if (cp->member[m].state != PLX_MEMBER_STALE)
			return plx_refuse(why, PLEXUS_E_FAIL,
					  "%s cannot be written; give another disk",
					  c->conf->disk[cp->member[m].extent[0].disk]->path);
	}
	if (ask->spares)
		take_in(c, cv, plex, task);
	cp->flags &= ~PLX_PLEX_F_ERRORS;
	return plx_change_fit_log(c, cv, why);
}
