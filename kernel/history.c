// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the configurations found on the disks of a pack counts.
 *
 * A generation counts the configurations of one history; an epoch is a random
 * number that is new whenever the set of disks that are written changes. So
 * within an epoch the higher generation is the newer one. Between epochs, a
 * configuration says of each disk in which epoch it was last seen to hold what
 * it was given: a disk that still has that epoch has missed things, but did
 * nothing on its own. One with any other epoch ran apart.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include "conf.h"

/* is @b, found on @disk, @a itself or something that @a grew out of? */
static bool ancestor(const struct plx_conf *b, const struct plx_id *disk, const struct plx_conf *a)
{
	int i;

	if (b->epoch == a->epoch)
		return b->generation <= a->generation;
	i = plx_conf_disk_find(a, disk);
	return i >= 0 && a->disk[i]->last_epoch == b->epoch;
}

static u32 ancestors(struct plx_conf *const *conf, const struct plx_id *disk_id, u32 n, u32 of)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (!ancestor(conf[i], &disk_id[i], conf[of]))
			break;
	return i;
}

/**
 * plx_history_choose() - the one configuration that all others led to
 * @conf: those found
 * @disk_id: id of the disk on which each was found
 * @n: how many
 * @a: gets the index of one of two that ran apart
 * @b: gets the index of the other
 *
 * Return: the index; -ENODATA: @n is 0; -EUCLEAN: there is none, see @a and @b.
 */
int plx_history_choose(struct plx_conf *const *conf, const struct plx_id *disk_id, u32 n, u32 *a,
		       u32 *b)
{
	u32 i, j;

	if (!n)
		return -ENODATA;
	for (i = 0; i < n; i++)
		if (ancestors(conf, disk_id, n, i) == n)
			return i;
	for (i = 0; i < n; i++)
		for (j = i + 1; j < n; j++)
			if (!ancestor(conf[i], &disk_id[i], conf[j]) &&
			    !ancestor(conf[j], &disk_id[j], conf[i])) {
				*a = i;
				*b = j;
				return -EUCLEAN;
			}
	*a = 0;
	*b = ancestors(conf, disk_id, n, 0);
	return -EUCLEAN;
}

/**
 * plx_history_quorum() - may a pack start by itself?
 * @conf: the configuration that counts
 * @present: for each disk, whether it is there
 *
 * Return: true when more than half of the disks are there, or all that are
 * absent are recorded as not online.
 */
bool plx_history_quorum(const struct plx_conf *conf, const bool *present)
{
	u32 i, there = 0, missed = 0;

	for (i = 0; i < conf->n_disks; i++) {
		if (present[i])
			there++;
		else if (conf->disk[i]->state == PLX_DISK_ONLINE)
			missed++;
	}
	return there > conf->n_disks / 2 || !missed;
}
