// SPDX-License-Identifier: GPL-2.0
/*
 * What netlink and sysfs do in the same way.
 */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include "control.h"

static DEFINE_MUTEX(speed_lock); /* the two limits of a volume fit each other */

/**
 * plx_control_sync_action() - let a volume resync, check, repair, rest or go on
 * @vol: the volume
 * @action: PLEXUS_SYNC_ACTION_*
 * @task: the task that was begun; 0: none
 * @why: filled when it is refused
 *
 * Sleeps. Locks: as the operations.
 *
 * Return: 0 or a negative errno.
 */
int plx_control_sync_action(struct plx_volume *vol, u32 action, u64 *task, struct plx_why *why)
{
	*task = 0;
	switch (action) {
	case PLEXUS_SYNC_ACTION_RESYNC:
		return plx_op_volume_recover(vol, task, why);
	case PLEXUS_SYNC_ACTION_CHECK:
		return plx_op_volume_scrub(vol, false, task, why);
	case PLEXUS_SYNC_ACTION_REPAIR:
		return plx_op_volume_scrub(vol, true, task, why);
	case PLEXUS_SYNC_ACTION_IDLE:
	case PLEXUS_SYNC_ACTION_PAUSE:
		return plx_op_volume_sync_action(vol, action, why);
	default:
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "there is no sync-action %u", action);
	}
}

/**
 * plx_control_speed() - limit the speed of a volume's resync
 * @vol: the volume
 * @min: bytes per second that it takes also under load, 0: none; NULL: as it is
 * @max: bytes per second that it never exceeds, 0: no limit; NULL: as it is
 * @why: filled when it is refused
 *
 * Both change or none. Sleeps; takes no lock of others.
 *
 * Return: 0 or -EINVAL.
 */
int plx_control_speed(struct plx_volume *vol, const u64 *min, const u64 *max,
		      struct plx_why *why)
{
	u64 lo, hi;
	int err = 0;

	mutex_lock(&speed_lock);
	lo = min ? *min : vol->speed_min;
	hi = max ? *max : vol->speed_max;
	if (hi && lo > hi) {
		err = plx_refuse(why, PLEXUS_E_INVALIDARG,
				 "the lowest speed (%llu) is above the highest (%llu bytes per second)",
				 (unsigned long long)lo, (unsigned long long)hi);
	} else {
		WRITE_ONCE(vol->speed_min, lo);
		WRITE_ONCE(vol->speed_max, hi);
	}
	mutex_unlock(&speed_lock);
	return err;
}

/**
 * plx_control_device() - name of a volume's block device
 * @vol: the volume, or NULL
 * @name: filled, an empty string where there is no device
 * @size: of @name
 *
 * Does not look into the gendisk, which may go at any time. Any context.
 *
 * Return: true where there is a device.
 */
bool plx_control_device(struct plx_volume *vol, char *name, size_t size)
{
	/* pairs with the release in plx_volume_show() */
	if (!vol || !smp_load_acquire(&vol->shown)) {
		name[0] = 0;
		return false;
	}
	snprintf(name, size, "plx%d", vol->minor);
	return true;
}

/**
 * plx_control_volume_status() - VDS status of a volume as it is now
 * @vol: the volume; NULL: its pack is not online
 * @conf: configuration
 * @cv: the volume in it
 *
 * Any context.
 *
 * Return: PLEXUS_VOLUME_STATUS_*.
 */
u32 plx_control_volume_status(struct plx_volume *vol, const struct plx_conf *conf,
			      const struct plx_conf_volume *cv)
{
	return vol ? plx_state_volume_status(conf, cv) : PLEXUS_VOLUME_STATUS_OFFLINE;
}

/**
 * plx_control_volume_health() - VDS health of a volume as it is now
 * @vol: the volume; NULL: its pack is not online
 * @conf: configuration
 * @cv: the volume in it
 *
 * Any context.
 *
 * Return: PLEXUS_HEALTH_*.
 */
u32 plx_control_volume_health(struct plx_volume *vol, const struct plx_conf *conf,
			      const struct plx_conf_volume *cv)
{
	return vol ? plx_state_volume_health(conf, cv) : PLEXUS_HEALTH_UNKNOWN;
}
