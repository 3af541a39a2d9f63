// SPDX-License-Identifier: GPL-2.0
/*
 * What people are told about disks, members, plexes and volumes, derived from
 * the configuration from the bottom up, and which changes of a plex's or a
 * member's state are legal. Nothing derived is stored.
 */
#include <linux/kernel.h>
#include "conf.h"

/**
 * plx_state_disk_status() - VDS_DISK_STATUS of a disk
 * @disk: which
 */
u32 plx_state_disk_status(const struct plx_conf_disk *disk)
{
	switch (disk->state) {
	case PLX_DISK_ONLINE:
		return PLEXUS_DISK_STATUS_ONLINE;
	case PLX_DISK_OFFLINE:
		return PLEXUS_DISK_STATUS_OFFLINE;
	case PLX_DISK_FAILED:
		return PLEXUS_DISK_STATUS_FAILED;
	case PLX_DISK_MISSING:
		return PLEXUS_DISK_STATUS_MISSING;
	}
	return PLEXUS_DISK_STATUS_UNKNOWN;
}

/**
 * plx_state_disk_health() - VDS_HEALTH of a disk
 * @disk: which
 */
u32 plx_state_disk_health(const struct plx_conf_disk *disk)
{
	switch (disk->state) {
	case PLX_DISK_ONLINE:
		return disk->read_errors || disk->write_errors ? PLEXUS_HEALTH_FAILING :
								 PLEXUS_HEALTH_HEALTHY;
	case PLX_DISK_FAILED:
		return PLEXUS_HEALTH_FAILED;
	case PLX_DISK_OFFLINE:
	case PLX_DISK_MISSING:
		break;
	}
	return PLEXUS_HEALTH_UNKNOWN;
}

/*
 * A plex whose disks are not all online is missing, whatever it will be when they are back.
 * One with parity goes on without some of them; with too few members it has failed.
 */
static enum plx_plex_state seen(const struct plx_conf *conf, const struct plx_conf_plex *plex)
{
	bool alive = plex->state == PLX_PLEX_CURRENT || plex->state == PLX_PLEX_STALE;

	if (!alive || plx_conf_plex_attached(conf, plex))
		return plex->state;
	return plex->parity ? PLX_PLEX_FAILED : PLX_PLEX_MISSING;
}

/* are all members that a parity plex lost about to be regenerated? */
static bool regenerates(const struct plx_conf *conf, const struct plx_conf_plex *plex)
{
	u32 i;

	for (i = 0; i < plex->n_members; i++) {
		enum plx_member_state state = plx_conf_member_seen(conf, &plex->member[i]);

		if (state != PLX_MEMBER_CURRENT && state != PLX_MEMBER_STALE)
			return false;
	}
	return plex->task_id;
}

/* the plexes of a volume, counted; @except is left out */
struct tally {
	u32 readable; /* CURRENT */
	u32 errors; /* of these, with errors seen */
	u32 sound; /* of these, without errors, or with members to spare */
	u32 coming; /* misses something, and a task is about to change that */
	u32 gone; /* FAILED, MISSING, or misses something and nobody cares */
};

static void tally_current(struct tally *t, const struct plx_conf *conf,
			  const struct plx_conf_plex *plex)
{
	bool errors = plex->flags & PLX_PLEX_F_ERRORS;
	u32 lost = plx_conf_plex_lost(conf, plex);

	t->readable++;
	t->errors += errors;
	t->sound += !errors || lost < plex->parity;
	if (lost && regenerates(conf, plex))
		t->coming++;
	else if (lost)
		t->gone++;
}

static struct tally volume_tally(const struct plx_conf *conf, const struct plx_conf_volume *vol,
				 const struct plx_conf_plex *except)
{
	struct tally t = { 0 };
	u32 i;

	for (i = 0; i < vol->n_plexes; i++) {
		const struct plx_conf_plex *plex = vol->plex[i];
		const enum plx_plex_state state = seen(conf, plex);

		if (plex == except)
			continue;
		if (state == PLX_PLEX_CURRENT)
			tally_current(&t, conf, plex);
		else if (state == PLX_PLEX_STALE && plex->task_id)
			t.coming++;
		else
			t.gone++;
	}
	return t;
}

static const struct plx_conf_volume *plex_volume(const struct plx_conf *conf,
						 const struct plx_conf_plex *plex)
{
	u32 i, j;

	for (i = 0; i < conf->n_volumes; i++)
		for (j = 0; j < conf->volume[i]->n_plexes; j++)
			if (conf->volume[i]->plex[j] == plex)
				return conf->volume[i];
	return NULL;
}

static u32 failed_redundancy(const struct tally *t)
{
	return t->sound ? PLEXUS_HEALTH_FAILED_REDUNDANCY :
			  PLEXUS_HEALTH_FAILED_REDUNDANCY_FAILING;
}

static u32 current_health(const struct plx_conf *conf, const struct plx_conf_volume *vol,
			  const struct plx_conf_plex *plex)
{
	const struct tally t = volume_tally(conf, vol, NULL);

	if (plx_conf_plex_lost(conf, plex))
		return regenerates(conf, plex) ? PLEXUS_HEALTH_REBUILDING : failed_redundancy(&t);
	if (!(plex->flags & PLX_PLEX_F_ERRORS))
		return PLEXUS_HEALTH_HEALTHY;
	return plx_conf_volume_redundant(vol) ? PLEXUS_HEALTH_FAILING_REDUNDANCY :
						PLEXUS_HEALTH_FAILING;
}

/**
 * plx_state_plex_health() - VDS_HEALTH of a plex
 * @conf: where the plex is
 * @plex: which, the very one in @conf
 *
 * ========================= ================== ================== ==================
 * plex                      in a mirror        alone, with parity alone, without
 * ========================= ================== ================== ==================
 * CURRENT                   healthy            healthy            healthy
 * CURRENT, errors           failing_redundancy failing_redundancy failing
 * CURRENT, with all lost    rebuilding         rebuilding         (cannot be)
 * members STALE and a task
 * CURRENT, members lost     failed_redundancy  failed_redundancy  (cannot be)
 * STALE, task               rebuilding         rebuilding         rebuilding
 * STALE                     stale              stale              stale
 * FAILED, MISSING           failed_redundancy  failed             failed
 * ========================= ================== ================== ==================
 *
 * failed_redundancy is failed_redundancy_failing when all CURRENT plexes show errors
 * and have no member to spare; of a FAILED or MISSING one in a mirror it is failed
 * when no other is CURRENT. One with parity that lost more members than that is FAILED.
 */
u32 plx_state_plex_health(const struct plx_conf *conf, const struct plx_conf_plex *plex)
{
	const struct plx_conf_volume *vol = plex_volume(conf, plex);
	struct tally others;

	if (!vol)
		return PLEXUS_HEALTH_UNKNOWN;
	switch (seen(conf, plex)) {
	case PLX_PLEX_CURRENT:
		return current_health(conf, vol, plex);
	case PLX_PLEX_STALE:
		return plex->task_id ? PLEXUS_HEALTH_REBUILDING : PLEXUS_HEALTH_STALE;
	case PLX_PLEX_FAILED:
	case PLX_PLEX_MISSING:
		others = volume_tally(conf, vol, plex);
		return others.readable ? failed_redundancy(&others) : PLEXUS_HEALTH_FAILED;
	}
	return PLEXUS_HEALTH_UNKNOWN;
}

/**
 * plx_state_plex_status() - VDS_VOLUME_PLEX_STATUS of a plex
 * @conf: where the plex is
 * @plex: which
 */
u32 plx_state_plex_status(const struct plx_conf *conf, const struct plx_conf_plex *plex)
{
	switch (seen(conf, plex)) {
	case PLX_PLEX_CURRENT:
	case PLX_PLEX_STALE:
		return PLEXUS_VOLUME_STATUS_ONLINE;
	case PLX_PLEX_FAILED:
		return PLEXUS_VOLUME_STATUS_FAILED;
	case PLX_PLEX_MISSING:
		return PLEXUS_VOLUME_STATUS_NO_MEDIA;
	}
	return PLEXUS_VOLUME_STATUS_UNKNOWN;
}

/**
 * plx_state_volume_health() - VDS_HEALTH of a volume
 * @conf: where the volume is
 * @vol: which
 *
 * The first line that is true:
 *
 * * no plex is CURRENT: failed
 * * the only plex, which has no parity, is CURRENT: healthy, with errors failing
 * * a plex is FAILED, MISSING, or STALE without a task, or has lost members that
 *   are not all STALE with a task: failed_redundancy, or failed_redundancy_failing
 *   when all CURRENT ones show errors and have no member to spare
 * * a plex, or a member, is STALE: rebuilding
 * * a plex shows errors: failing_redundancy
 * * healthy
 */
u32 plx_state_volume_health(const struct plx_conf *conf, const struct plx_conf_volume *vol)
{
	const struct tally t = volume_tally(conf, vol, NULL);

	if (!t.readable)
		return PLEXUS_HEALTH_FAILED;
	if (!plx_conf_volume_redundant(vol))
		return t.errors ? PLEXUS_HEALTH_FAILING : PLEXUS_HEALTH_HEALTHY;
	if (t.gone)
		return failed_redundancy(&t);
	if (t.coming)
		return PLEXUS_HEALTH_REBUILDING;
	return t.errors ? PLEXUS_HEALTH_FAILING_REDUNDANCY : PLEXUS_HEALTH_HEALTHY;
}

/**
 * plx_state_volume_status() - VDS_VOLUME_STATUS of a volume
 * @conf: where the volume is
 * @vol: which
 *
 * Return: online when a plex is CURRENT, else failed.
 */
u32 plx_state_volume_status(const struct plx_conf *conf, const struct plx_conf_volume *vol)
{
	const struct tally t = volume_tally(conf, vol, NULL);

	return t.readable ? PLEXUS_VOLUME_STATUS_ONLINE : PLEXUS_VOLUME_STATUS_FAILED;
}

/**
 * plx_state_member_health() - VDS_HEALTH of a member
 * @conf: where the plex is
 * @plex: which
 * @member: index of the member
 *
 * A member with a disk that is not online has failed, and so has one of a
 * FAILED plex with a disk that had write errors. One of a parity plex may have a
 * state of its own: STALE is rebuilding or stale, FAILED is failed, MISSING, now
 * that its disks are there, is stale. Else the plex decides:
 * CURRENT is healthy, or failing when the plex shows errors and a disk of the
 * member had some; STALE is rebuilding or stale; the good members of a plex
 * that is FAILED or MISSING are stale, for they get no writes.
 */
u32 plx_state_member_health(const struct plx_conf *conf, const struct plx_conf_plex *plex,
			    u32 member)
{
	const struct plx_conf_member *m;
	bool errors = false, write_errors = false;
	u32 i;

	if (member >= plex->n_members)
		return PLEXUS_HEALTH_UNKNOWN;
	m = &plex->member[member];
	for (i = 0; i < m->n_extents; i++) {
		const struct plx_conf_disk *disk = conf->disk[m->extent[i].disk];

		if (disk->state != PLX_DISK_ONLINE)
			return PLEXUS_HEALTH_FAILED;
		errors |= disk->read_errors || disk->write_errors;
		write_errors |= disk->write_errors;
	}
	switch (m->state) {
	case PLX_MEMBER_STALE:
		return plex->task_id ? PLEXUS_HEALTH_REBUILDING : PLEXUS_HEALTH_STALE;
	case PLX_MEMBER_FAILED:
		return PLEXUS_HEALTH_FAILED;
	case PLX_MEMBER_MISSING:
		return PLEXUS_HEALTH_STALE;
	case PLX_MEMBER_CURRENT:
		break;
	}
	switch (plex->state) {
	case PLX_PLEX_CURRENT:
		return errors && plex->flags & PLX_PLEX_F_ERRORS ? PLEXUS_HEALTH_FAILING :
								   PLEXUS_HEALTH_HEALTHY;
	case PLX_PLEX_STALE:
		return plex->task_id ? PLEXUS_HEALTH_REBUILDING : PLEXUS_HEALTH_STALE;
	case PLX_PLEX_FAILED:
		return write_errors ? PLEXUS_HEALTH_FAILED : PLEXUS_HEALTH_STALE;
	case PLX_PLEX_MISSING:
		return PLEXUS_HEALTH_STALE;
	}
	return PLEXUS_HEALTH_UNKNOWN;
}

/* CURRENT, STALE, FAILED, MISSING: where there are others that get the writes that it misses */
static const bool may_beside_others[4][4] = {
	{ true, true, true, true },
	{ true, true, true, true },
	{ false, true, true, true },
	{ false, true, true, true },
};

static bool plex_state_known(enum plx_plex_state state)
{
	return state >= PLX_PLEX_CURRENT && state <= PLX_PLEX_MISSING;
}

/**
 * plx_state_plex_may() - is this a legal change of a plex that has others beside it?
 * @from: old state
 * @to: new state
 *
 * ======== ======= ===== ====== =======
 * from \ to CURRENT STALE FAILED MISSING
 * ======== ======= ===== ====== =======
 * CURRENT  (yes)   yes   yes    yes
 * STALE    yes     (yes) yes    yes
 * FAILED   no      yes   (yes)  yes
 * MISSING  no      yes   yes    (yes)
 * ======== ======= ===== ====== =======
 *
 * What got no writes for a while becomes CURRENT by way of STALE only. In
 * brackets: no change.
 */
bool plx_state_plex_may(enum plx_plex_state from, enum plx_plex_state to)
{
	return plex_state_known(from) && plex_state_known(to) &&
	       may_beside_others[from - PLX_PLEX_CURRENT][to - PLX_PLEX_CURRENT];
}

/**
 * plx_state_member_may() - is this a legal change of a member of a parity plex?
 * @from: old state
 * @to: new state
 *
 * The table is that of plx_state_plex_may(): what got no writes for a while is
 * regenerated before it is CURRENT again.
 *
 * That holds for members that the plex goes on without. One too many that is lost
 * keeps its state: the plex gets no writes without it, so it misses nothing, and
 * its disk is what says that it is not there.
 */
bool plx_state_member_may(enum plx_member_state from, enum plx_member_state to)
{
	return from <= PLX_MEMBER_MISSING && to <= PLX_MEMBER_MISSING &&
	       may_beside_others[from][to];
}

/**
 * plx_state_sole_plex_may() - the same for the only plex of a volume
 * @from: old state
 * @to: new state
 *
 * ======== ======= ===== ====== =======
 * from \ to CURRENT STALE FAILED MISSING
 * ======== ======= ===== ====== =======
 * CURRENT  (yes)   no    yes    yes
 * STALE    yes     (yes) yes    yes
 * FAILED   yes     no    (yes)  yes
 * MISSING  yes     no    yes    (yes)
 * ======== ======= ===== ====== =======
 *
 * There is nothing to resync it from, so nothing becomes STALE. Nothing was
 * written elsewhere either, so it stays CURRENT whatever happens to its disks,
 * see plx_change_detach(); one that was broken off a mirror by force becomes
 * CURRENT from whatever it was there.
 */
bool plx_state_sole_plex_may(enum plx_plex_state from, enum plx_plex_state to)
{
	static const bool may[4][4] = {
		{ true, false, true, true },
		{ true, true, true, true },
		{ true, false, true, true },
		{ true, false, true, true },
	};

	return plex_state_known(from) && plex_state_known(to) &&
	       may[from - PLX_PLEX_CURRENT][to - PLX_PLEX_CURRENT];
}
