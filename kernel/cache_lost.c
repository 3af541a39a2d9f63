// SPDX-License-Identifier: GPL-2.0
/*
 * A disk that lost what it had cached lost writes of all volumes on it, acknowledged ones
 * too: what a volume can do without on such a disk is given up, so that a flush that
 * succeeds later speaks of what is there.
 *
 * A disk has when a flush failed. Also when a FUA write did on a disk that has no FUA: it is
 * a write and a flush then, and which of them failed cannot be told. Where the disk knows
 * FUA, its error is about that write alone.
 */
#include <linux/bitmap.h>
#include "plexus.h"

static bool member_on(const struct plx_conf_member *m, const unsigned long *disks)
{
	u32 i;

	for (i = 0; i < m->n_extents; i++)
		if (test_bit(m->extent[i].disk, disks))
			return true;
	return false;
}

/* can a parity plex do without all members on these disks? */
static bool can_lose(struct plx_change *c, const unsigned long *disks,
		     const struct plx_conf_plex *cp)
{
	u32 lost = plx_conf_plex_lost(c->conf, cp), m;

	for (m = 0; m < cp->n_members; m++)
		lost += plx_conf_member_seen(c->conf, &cp->member[m]) == PLX_MEMBER_CURRENT &&
			member_on(&cp->member[m], disks);
	return lost <= cp->parity;
}

/* what is on these disks of it: one too many, and none of those that are current is */
static bool lose_members(struct plx_change *c, const unsigned long *disks,
			 struct plx_conf_volume *cv, u32 plex)
{
	struct plx_conf_plex *cp = cv->plex[plex];
	bool any = false, current_too = can_lose(c, disks, cp);
	u32 m;

	if (!plx_conf_plex_attached(c->conf, cp))
		return false;
	for (m = 0; m < cp->n_members; m++) {
		if (!member_on(&cp->member[m], disks) || cp->member[m].state > PLX_MEMBER_STALE ||
		    (cp->member[m].state == PLX_MEMBER_CURRENT && !current_too))
			continue;
		plx_change_detach_member(c, cv, plex, m, PLX_MEMBER_FAILED);
		any = true;
	}
	return any;
}

static bool plex_on(const struct plx_conf_plex *cp, const unsigned long *disks)
{
	u32 m;

	for (m = 0; m < cp->n_members; m++)
		if (member_on(&cp->member[m], disks))
			return true;
	return false;
}

static bool lose_plex(struct plx_change *c, const unsigned long *disks,
		      struct plx_conf_volume *cv, u32 plex)
{
	enum plx_plex_state state = cv->plex[plex]->state;

	if (!plex_on(cv->plex[plex], disks) ||
	    (state != PLX_PLEX_STALE && state != PLX_PLEX_CURRENT) ||
	    !plx_conf_other_current(c->conf, cv, plex))
		return false;
	plx_change_detach(c, cv, plex, PLX_PLEX_FAILED);
	return true;
}

/* would a FUA write be followed by a flush? */
bool plx_disk_flushes_for_fua(struct plx_disk *disk)
{
	return bdev_write_cache(plx_disk_bdev(disk)) && !bdev_fua(plx_disk_bdev(disk));
}

void plx_cache_lost_on(struct plx_change *c, struct plx_disk *disk, unsigned long *disks)
{
	int d = plx_conf_disk_find(c->conf, &disk->id);

	if (d >= 0)
		set_bit(d, disks);
}

/**
 * plx_cache_lost() - give up what lay in the caches of some disks
 * @c: the change
 * @disks: that lost it, by plx_cache_lost_on()
 * @except: a volume whose plexes have been looked at; its members of parity have not
 *
 * Return: was anything given up?
 */
bool plx_cache_lost(struct plx_change *c, const unsigned long *disks, const struct plx_id *except)
{
	struct plx_conf_volume *cv;
	bool any = false;
	u32 v, i;

	if (bitmap_empty(disks, PLEXUS_MAX_DISKS))
		return false;
	for (v = 0; v < c->conf->n_volumes; v++) {
		cv = c->conf->volume[v];
		for (i = 0; i < cv->n_plexes; i++) {
			if (cv->plex[i]->parity)
				any |= lose_members(c, disks, cv, i);
			else if (!plx_id_equal(&cv->id, except))
				any |= lose_plex(c, disks, cv, i);
		}
	}
	return any;
}
