// SPDX-License-Identifier: GPL-2.0
/*
 * How plexes, and members of parity plexes, come and go within a change.
 *
 * What gets no writes from the commit on keeps what it misses in a map of the region log,
 * which is on the disks before the configuration that speaks of it. What gets writes again
 * has its map back before the plan that has it is published; it is stale until a task has
 * brought it up to date.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "plexus.h"
#include "plog.h"

/* a plex, or a member, and its map */
struct mapped {
	struct plx_volume *vol; /* a reference; NULL: it has not been made yet */
	struct plx_plex *plex; /* NULL: none at run time, so it has no map in memory */
	u32 *map; /* of its configuration */
};

static struct mapped find_plex(struct plx_change *c, const struct plx_conf_volume *cv,
			       struct plx_conf_plex *cp)
{
	struct plx_volume *vol = plx_pack_volume(c->pack, &cv->id);

	return (struct mapped){ vol, vol ? plx_volume_plex(vol, &cp->id) : NULL, &cp->stale_map };
}

static struct mapped find_member(struct plx_change *c, const struct plx_conf_volume *cv,
				 struct plx_conf_plex *cp, u32 m)
{
	struct mapped x = find_plex(c, cv, cp);

	x.plex = x.plex && m < x.plex->n_members ? x.plex->member[m] : NULL;
	x.map = &cp->member[m].stale_map;
	return x;
}

/* it has no map on the disks: all of it is stale, whenever it comes back */
static void forget_map(struct mapped *x)
{
	*x->map = 0;
	if (x->vol && x->vol->log && x->plex)
		plx_log_stale_fill(x->vol->log, x->plex, true);
}

/* what it misses from now on, into a map on the disks; none to be had: all of it */
static void keep_map(struct mapped *x, struct plx_conf_volume *cv, bool was_current)
{
	struct plx_log *log = x->vol->log;
	int ret;

	if (was_current)
		*x->map = plx_conf_free_map(cv);
	if (!*x->map || !x->plex || !log) {
		forget_map(x);
		return;
	}
	/*
	 * A parity plex that has not run yet, since too many members were absent when the
	 * pack started: what is dirty is read, and added here, with the plan that lets it run,
	 * and until then no write is let in. So whatever that map still has on the disks,
	 * with what is dirty it says enough.
	 */
	if (!log->loaded) {
		if (was_current && plx_log_stale_fill(log, x->plex, false))
			forget_map(x);
		return;
	}
	/*
	 * Bits that a resync cleared in memory may stand for data not flushed: the disks' map
	 * counts.
	 */
	if (was_current)
		ret = plx_log_stale_fill(log, x->plex, false);
	else
		ret = plx_log_load_stale(log, x->plex, *x->map);
	if (!ret)
		ret = plx_log_write_stale(log, x->plex, *x->map);
	if (ret && ret != -EAGAIN)
		forget_map(x); /* in memory it ends with this moment, and nobody marks on */
}

/* all of it is missed, in memory and, if there is a map for it, on the disks */
static void fill_map(struct mapped *x, struct plx_conf_volume *cv)
{
	struct plx_log *log = x->vol ? x->vol->log : NULL;
	unsigned long *all;

	forget_map(x);
	if (log && !log->loaded) /* nor is it known which block of a map is the newest */
		return;
	*x->map = plx_conf_free_map(cv);
	if (!log || !*x->map)
		return;
	all = kvcalloc(BITS_TO_LONGS(log->n_regions), sizeof(long), GFP_KERNEL | __GFP_NOFAIL);
	bitmap_fill(all, log->n_regions);
	if (plx_log_write_map(log, *x->map, all) == -EIO)
		*x->map = 0;
	kvfree(all);
}

/**
 * plx_change_detach - a plex gets no writes from the commit on
 * @c: the change
 * @cv: volume in its configuration
 * @index: of the plex
 * @to: PLX_PLEX_FAILED or PLX_PLEX_MISSING
 *
 * The last current plex keeps its state: nothing newer exists anywhere. If its
 * disks are gone the volume fails, and is right again when they come back.
 */
void plx_change_detach(struct plx_change *c, struct plx_conf_volume *cv, u32 index,
		       enum plx_plex_state to)
{
	struct plx_conf_plex *cp = cv->plex[index];
	struct mapped x;

	if (cp->state == PLX_PLEX_CURRENT && plx_change_last_current(cv, index))
		return;
	x = find_plex(c, cv, cp);
	if (x.vol) {
		plx_change_gate(c, x.vol);
		if (cp->state == PLX_PLEX_CURRENT || cp->state == PLX_PLEX_STALE)
			keep_map(&x, cv, cp->state == PLX_PLEX_CURRENT);
		pr_warn("plexus: %s/%s: plex %u is %s\n", c->conf->name, cv->name, index,
			to == PLX_PLEX_MISSING ? "missing" : "failed");
		plx_volume_put(x.vol);
	} else {
		cp->stale_map = 0;
	}
	plx_change_task(c, cp->task_id);
	cp->state = to;
	cp->task_id = 0;
	cp->task_kind = 0;
}

/**
 * plx_change_attach - a plex gets writes again, and is to be resynced
 * @c: the change
 * @cv: volume in its configuration
 * @index: of the plex
 * @kind: of the task that does it
 * @task_id: its id; 0: nothing resyncs it yet
 * @full: nothing that it holds counts
 */
void plx_change_attach(struct plx_change *c, struct plx_conf_volume *cv, u32 index, u32 kind,
		       u64 task_id, bool full)
{
	struct plx_conf_plex *cp = cv->plex[index];
	struct mapped x = find_plex(c, cv, cp);

	/*
	 * Its mark goes before the plan that has it is published. A write let in
	 * between would miss the plex, and nothing would say so.
	 */
	if (x.vol)
		plx_change_gate(c, x.vol);
	if (full)
		fill_map(&x, cv);
	plx_change_task(c, cp->task_id);
	plx_change_task(c, task_id);
	cp->state = PLX_PLEX_STALE;
	cp->task_kind = task_id ? kind : 0;
	cp->task_id = task_id;
	plx_volume_put(x.vol);
}

/* all of a detached plex is stale, whenever it comes back */
void plx_change_forget_map(struct plx_change *c, struct plx_conf_volume *cv, u32 index)
{
	struct plx_conf_plex *cp = cv->plex[index];
	struct mapped x;

	if (cp->state != PLX_PLEX_MISSING && cp->state != PLX_PLEX_FAILED)
		return;
	x = find_plex(c, cv, cp);
	forget_map(&x);
	plx_volume_put(x.vol);
}

/* ---- members of a parity plex ---- */

static bool gets_writes(const struct plx_conf_member *cm)
{
	return cm->state == PLX_MEMBER_CURRENT || cm->state == PLX_MEMBER_STALE;
}

/* a task that has no stale members left */
static void drop_task(struct plx_change *c, struct plx_conf_plex *cp)
{
	u32 m;

	for (m = 0; m < cp->n_members; m++)
		if (cp->member[m].state == PLX_MEMBER_STALE)
			return;
	plx_change_task(c, cp->task_id);
	cp->task_id = 0;
	cp->task_kind = 0;
}

/**
 * plx_change_detach_member - a member of a parity plex gets no writes from the commit on
 * @c: the change
 * @cv: volume in its configuration
 * @plex: index of the plex
 * @member: index of the member
 * @to: PLX_MEMBER_FAILED or PLX_MEMBER_MISSING
 *
 * One that the plex cannot do without keeps its state, as the last current plex of a
 * mirror does: the plex gets no writes without it, so it misses nothing, and is right
 * again when its disk comes back. The order in which several are given up decides which.
 * A stale one counts as lost anyway, and its task must not wait for a disk that is gone.
 */
void plx_change_detach_member(struct plx_change *c, struct plx_conf_volume *cv, u32 plex,
			      u32 member, enum plx_member_state to)
{
	struct plx_conf_plex *cp = cv->plex[plex];
	struct plx_conf_member *cm = &cp->member[member];
	struct mapped x;

	if (cm->state == PLX_MEMBER_CURRENT && !plx_conf_member_spare(c->conf, cp, member))
		return;
	x = find_member(c, cv, cp, member);
	if (x.vol) {
		plx_change_gate(c, x.vol);
		if (gets_writes(cm))
			keep_map(&x, cv, cm->state == PLX_MEMBER_CURRENT);
		pr_warn("plexus: %s/%s: member %u is %s\n", c->conf->name, cv->name, member,
			to == PLX_MEMBER_MISSING ? "missing" : "failed");
		plx_volume_put(x.vol);
	} else {
		cm->stale_map = 0;
	}
	cm->state = to;
	drop_task(c, cp);
}

/* what its parity log says is older than what the others did without it */
static int wipe_log(struct plx_change *c, const struct plx_conf_member *cm)
{
	struct plx_disk *disk;
	int ret = -EIO;

	if (!cm->log_sectors)
		return 0;
	disk = plx_pack_disk(c->pack, &c->conf->disk[cm->extent[0].disk]->id);
	if (disk)
		ret = plx_plog_wipe(disk, cm);
	if (disk && ret)
		plx_pack_disk_error(c->pack, disk, "write of the parity log");
	plx_disk_put(disk);
	return ret;
}

/**
 * plx_change_attach_member - a member gets writes again, and is to be regenerated
 * @c: the change
 * @cv: volume in its configuration
 * @plex: index of the plex
 * @member: index of the member, whose disks are there
 * @kind: of the task that does it
 * @task_id: its id, which becomes that of the plex and of all its stale members; 0: the
 *	one that the plex has, or nothing regenerates it yet
 * @full: nothing that it holds counts
 *
 * A member whose parity log cannot be wiped gets no writes, as before; its disk is lost
 * soon. If nothing that it holds counts, that stays so. One that is stale already, and
 * keeps its map, only gets the task: its log is in use.
 */
void plx_change_attach_member(struct plx_change *c, struct plx_conf_volume *cv, u32 plex,
			      u32 member, u32 kind, u64 task_id, bool full)
{
	struct plx_conf_plex *cp = cv->plex[plex];
	struct plx_conf_member *cm = &cp->member[member];
	struct mapped x;

	plx_change_task(c, task_id);
	if (cm->state != PLX_MEMBER_STALE || full) {
		x = find_member(c, cv, cp, member);
		if (wipe_log(c, cm)) {
			if (full)
				forget_map(&x);
			plx_volume_put(x.vol);
			return;
		}
		if (x.vol)
			plx_change_gate(c, x.vol); /* as in plx_change_attach() */
		if (full)
			fill_map(&x, cv);
		plx_volume_put(x.vol);
	}
	cm->state = PLX_MEMBER_STALE;
	if (!task_id)
		return;
	plx_change_task(c, cp->task_id);
	cp->task_kind = kind;
	cp->task_id = task_id;
}

/* all of a member that gets no writes is stale, whenever it comes back */
void plx_change_forget_member(struct plx_change *c, struct plx_conf_volume *cv, u32 plex,
			      u32 member)
{
	struct plx_conf_plex *cp = cv->plex[plex];
	struct mapped x;

	if (gets_writes(&cp->member[member]))
		return;
	x = find_member(c, cv, cp, member);
	forget_map(&x);
	plx_volume_put(x.vol);
}

void plx_change_lose_members(struct plx_change *c, struct plx_conf_volume *cv, u32 plex, u32 disk)
{
	struct plx_conf_plex *cp = cv->plex[plex];
	u32 m;

	for (m = 0; m < cp->n_members; m++)
		if (plx_conf_member_uses(&cp->member[m], disk))
			plx_change_detach_member(c, cv, plex, m, PLX_MEMBER_MISSING);
}

/*
 * A plex that could not do without a member while another was lost, too, can when that one
 * is back. From then on it gets writes, so what misses them has to say so.
 */
void plx_change_settle_members(struct plx_change *c)
{
	struct plx_conf_volume *cv;
	struct plx_conf_plex *cp;
	u32 v, i, m;

	for (v = 0; v < c->conf->n_volumes; v++) {
		cv = c->conf->volume[v];
		for (i = 0; i < cv->n_plexes; i++) {
			cp = cv->plex[i];
			for (m = 0; cp->parity && m < cp->n_members; m++)
				if (gets_writes(&cp->member[m]) &&
				    plx_conf_member_seen(c->conf, &cp->member[m]) ==
					    PLX_MEMBER_MISSING)
					plx_change_detach_member(c, cv, i, m,
								 PLX_MEMBER_MISSING);
		}
	}
}
