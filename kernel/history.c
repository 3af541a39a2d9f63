// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the configurations found on the disks of a pack counts.
 *
 * A change is in effect once every disk that is ONLINE in it has it. So of a
 * configuration B, found on disk b, that has disk a ONLINE: either a took it, and
 * what a holds now came after it, or it was never in effect, and nothing was
 * done under it. What B itself came from is another matter: if a had that, it is
 * in what a holds; B says so of a. Then a misses nothing that b knows. Of several
 * that all would do the newest is taken: what was being written when the power went
 * is brought to its end. Whoever goes on without a disk says so before anything
 * else; two that say it of each other ran apart. A disk that is taken over from
 * another history has a new number from then on: it tells nothing of older times.
 *
 * Where the disks that could tell are not here, the record does that is kept of
 * each disk: the epoch in which it was last seen to hold what it was given, and
 * the one in which it may have been given something when it left. An epoch is a
 * random number, new whenever the set of disks that are written changes, and at
 * each start: within one, the higher generation is the newer one, and nothing
 * happens in one after a disk left it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include "conf.h"

/* can a disk that holds @a tell that nothing is lost of @b? */
static bool witness(const struct plx_conf *a, const struct plx_conf *b, const struct plx_id *disk)
{
	int in_a = plx_conf_disk_find(a, disk), in_b = plx_conf_disk_find(b, disk);

	return in_a >= 0 && in_b >= 0 && b->disk[in_b]->state == PLX_DISK_ONLINE &&
	       b->disk[in_b]->last_epoch == b->base_epoch &&
	       b->disk[in_b]->joined == a->disk[in_a]->joined;
}

/**
 * plx_history_covers() - does one configuration leave out nothing of another?
 * @a: configuration that is held by @on_a
 * @on_a: a disk
 * @b: configuration that is held by @on_b
 * @on_b: a disk
 *
 * Return: true: who goes on from @a loses nothing that happened under @b.
 */
bool plx_history_covers(const struct plx_conf *a, const struct plx_id *on_a,
			const struct plx_conf *b, const struct plx_id *on_b)
{
	int b_in_a = plx_conf_disk_find(a, on_b);

	if (b->epoch == a->epoch && b->generation <= a->generation)
		return true;
	if (witness(a, b, on_a))
		return true;
	return b->epoch != a->epoch && b_in_a >= 0 &&
	       (a->disk[b_in_a]->last_epoch == b->epoch ||
		a->disk[b_in_a]->maybe_epoch == b->epoch);
}

/* @a leaves out what @b has, and an administrator wanted that: of this one disk */
static bool taken_over(const struct plx_conf *a, const struct plx_conf *b,
		       const struct plx_id *disk)
{
	int in_a = plx_conf_disk_find(a, disk), in_b = plx_conf_disk_find(b, disk);

	return in_a >= 0 && in_b >= 0 && a->disk[in_a]->joined != b->disk[in_b]->joined;
}

/**
 * plx_history_cover() - all that one configuration covers, by itself or through others
 * @conf: those found
 * @disk_id: id of the disk on which each was found
 * @n: how many, at most PLEXUS_MAX_DISKS
 * @of: index of the one
 * @covered: gets the answer for each
 *
 * Return: how many are covered, itself included.
 */
u32 plx_history_cover(struct plx_conf *const *conf, const struct plx_id *disk_id, u32 n, u32 of,
		      bool *covered)
{
	u16 queue[PLEXUS_MAX_DISKS];
	u32 first, last = 0, found = 1, i;

	for (i = 0; i < n; i++)
		covered[i] = i == of;
	queue[last++] = of;
	for (first = 0; first < last; first++)
		for (i = 0; i < n; i++) {
			u32 by = queue[first];

			if (covered[i] ||
			    !plx_history_covers(conf[by], &disk_id[by], conf[i], &disk_id[i]))
				continue;
			covered[i] = true;
			found++;
			if (!taken_over(conf[by], conf[i], &disk_id[i]))
				queue[last++] = i;
		}
	return found;
}

/**
 * plx_history_choose() - the one configuration that covers all others
 * @conf: those found
 * @disk_id: id of the disk on which each was found
 * @n: how many, at most PLEXUS_MAX_DISKS
 * @a: gets the index of one of two that ran apart
 * @b: gets the index of the other
 *
 * Return: the index, of several the newest; -ENODATA: @n is 0; -EUCLEAN: there
 * is none, see @a and @b.
 */
int plx_history_choose(struct plx_conf *const *conf, const struct plx_id *disk_id, u32 n, u32 *a,
		       u32 *b)
{
	bool covered[PLEXUS_MAX_DISKS];
	int best = -1, most = -1;
	u32 i, found, most_found = 0;

	if (!n)
		return -ENODATA;
	for (i = 0; i < n; i++) {
		if (best >= 0 && conf[i]->generation <= conf[best]->generation)
			continue;
		found = plx_history_cover(conf, disk_id, n, i, covered);
		if (found == n)
			best = i;
		if (found > most_found) {
			most_found = found;
			most = i;
		}
	}
	if (best >= 0)
		return best;
	plx_history_cover(conf, disk_id, n, most, covered);
	for (i = 0; covered[i]; i++)
		;
	*a = min_t(u32, i, most);
	*b = max_t(u32, i, most);
	return -EUCLEAN;
}

/**
 * plx_history_known() - note in the configuration what a disk was found to hold
 * @conf: the copy that is changed
 * @d: index of the disk
 * @own: what the disk holds
 */
void plx_history_known(struct plx_conf *conf, u32 d, const struct plx_conf *own)
{
	int i = plx_conf_disk_find(own, &conf->disk[d]->id);

	conf->disk[d]->last_generation = own->generation;
	conf->disk[d]->last_epoch = own->epoch;
	if (i >= 0)
		conf->disk[d]->joined = own->disk[i]->joined;
}

/**
 * plx_history_rolled_back() - was an older image of a disk put back?
 * @conf: the configuration that counts
 * @d: index of the disk
 * @own: what the disk holds
 *
 * Return: true: the disk holds less than it was seen with. That its plexes are
 * called current means nothing then.
 */
bool plx_history_rolled_back(const struct plx_conf *conf, u32 d, const struct plx_conf *own)
{
	const struct plx_conf_disk *disk = conf->disk[d];

	return (disk->state == PLX_DISK_ONLINE || disk->state == PLX_DISK_MISSING) &&
	       own->generation < disk->last_generation;
}

/**
 * plx_history_taken_over() - is a disk, by what it holds, from another history?
 * @conf: the configuration that counts, with a record of the disk
 * @d: index of the disk
 * @own: what the disk holds
 *
 * Return: true: it was being taken over when the power went. All on it is to be
 * written anew; it has its number from @own then.
 */
bool plx_history_taken_over(const struct plx_conf *conf, u32 d, const struct plx_conf *own)
{
	return taken_over(conf, own, &conf->disk[d]->id);
}

/**
 * plx_history_apart() - does a disk that returns hold what its pack knows nothing of?
 * @conf: configuration of the running pack; its online disks have it
 * @d: index of the disk
 * @own: what the disk holds
 */
bool plx_history_apart(const struct plx_conf *conf, u32 d, const struct plx_conf *own)
{
	const struct plx_id *id = &conf->disk[d]->id, nobody = {};
	u32 i;

	if (plx_history_rolled_back(conf, d, own))
		return true;
	for (i = 0; i < conf->n_disks; i++)
		if (conf->disk[i]->state == PLX_DISK_ONLINE &&
		    plx_history_covers(conf, &conf->disk[i]->id, own, id))
			return false;
	return !plx_history_covers(conf, &nobody, own, id);
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
