// SPDX-License-Identifier: GPL-2.0
/* How a pack stops: nobody has its volumes open, they end, its disks are let go. */
#include "plexus.h"

struct stopping {
	char bad[DISK_NAME_LEN]; /* a volume that is in use */
};

/* open, or an operation runs on it; what this stop claims it marks as its own */
static void claim_one(struct plx_volume *vol, void *arg)
{
	struct stopping *stop = arg;

	if (stop->bad[0])
		return;
	if (plx_volume_busy_get(vol)) {
		if (!plx_volume_claim(vol)) {
			WRITE_ONCE(vol->stopping, stop);
			return;
		}
		plx_volume_busy_put(vol);
	}
	snprintf(stop->bad, sizeof(stop->bad), "plx%d", vol->minor);
}

/* those that somebody else claimed, to delete or absorb them, stay his */
static void unclaim_one(struct plx_volume *vol, void *arg)
{
	if (READ_ONCE(vol->stopping) != arg)
		return;
	WRITE_ONCE(vol->stopping, NULL);
	plx_volume_unclaim(vol);
	plx_volume_busy_put(vol);
}

static int record_export(struct plx_pack *pack, struct plx_why *why)
{
	struct plx_change c;
	int ret = plx_change_begin_locked(&c, pack, why);

	if (ret)
		return ret;
	c.conf->flags |= PLX_CONF_F_EXPORTED;
	ret = plx_change_commit(&c, why);
	plx_change_end_locked(&c);
	/* no disk is left that could be told: then there is nothing to hold on to either */
	if (ret && why->result == (u32)PLEXUS_VDS_E_DMADMIN_METHOD_CALL_FAILED) {
		pr_warn("plexus: a pack is exported without a disk to record it on\n");
		memset(why, 0, sizeof(*why));
		ret = 0;
	}
	return ret;
}

/* all volumes are claimed, and no more come: or nothing changes */
static int claim_all(struct plx_pack *pack, bool exported, struct plx_why *why)
{
	struct stopping stop = {};
	int ret = 0;

	mutex_lock(&pack->change);
	if (pack->state == PLX_PACK_UNMAKING) {
		mutex_unlock(&pack->change);
		return plx_refuse(
			why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
			"a start of the pack has just failed and is being undone; try again");
	}
	plx_pack_each_volume(pack, claim_one, &stop);
	if (stop.bad[0])
		ret = plx_refuse(
			why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
			"/dev/%s is in use: open, or an operation runs on it; unmount or close it, or wait, first",
			stop.bad);
	else if (exported && pack->state == PLX_PACK_ONLINE)
		ret = record_export(pack, why);
	if (ret)
		plx_pack_each_volume(pack, unclaim_one, &stop);
	else
		pack->state = PLX_PACK_STOPPED;
	mutex_unlock(&pack->change);
	return ret;
}

/* nobody starts it any more by himself; the state says so already */
static void forget_start(struct plx_pack *pack)
{
	if (cancel_delayed_work_sync(&pack->start_work))
		plx_pack_put(pack);
}

/* the disks are let go; the pack is not found any more */
static void dissolve(struct plx_pack *pack)
{
	struct plx_id id;

	forget_start(pack);
	while (plx_pack_any_disk(pack, &id))
		plx_pack_disk_drop(pack, &id);
	plx_event_pack(PLEXUS_EVENT_CODE_PACK_DEPART, pack);
	plx_sysfs_pack_remove(pack);
	plx_pack_forget(pack);
}

static void finish_one(struct plx_volume *vol, void *arg)
{
	plx_volume_finish(vol);
}

/**
 * plx_op_pack_stop - stop all volumes of a pack and let go of its disks
 * @pack: the pack
 * @exported: it does not start again by itself
 * @why: filled on refusal: a volume is open
 */
int plx_op_pack_stop(struct plx_pack *pack, bool exported, struct plx_why *why)
{
	int ret = claim_all(pack, exported, why);

	if (ret)
		return ret;
	plx_pack_each_volume(pack, finish_one, NULL);
	dissolve(pack);
	flush_workqueue(pack->wq);
	flush_workqueue(plx_wq); /* closes the disks */
	return 0;
}
