// SPDX-License-Identifier: GPL-2.0
/*
 * The extent allocator. There is no free list: what is free on a disk is what
 * no extent of the configuration covers, found anew each time.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "conf.h"

struct run {
	u64 start, sectors;
};

static int run_cmp_start(const void *left, const void *right)
{
	const struct run *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return 0;
}

/* larger ones first, of equal ones the first */
static int run_cmp_size(const void *left, const void *right)
{
	const struct run *a = left, *b = right;

	if (a->sectors != b->sectors)
		return a->sectors > b->sectors ? -1 : 1;
	return run_cmp_start(left, right);
}

/* appends the extents of @m that are on @disk to @run, or just counts them; new count */
static size_t member_used(const struct plx_conf_member *m, u32 disk, struct run *run, size_t n)
{
	u32 i;

	for (i = 0; i < m->n_extents; i++) {
		if (m->extent[i].disk != disk)
			continue;
		if (run)
			run[n] = (struct run){ m->extent[i].start, m->extent[i].sectors };
		n++;
	}
	return n;
}

static size_t conf_used(const struct plx_conf *conf, u32 disk, struct run *run, size_t n)
{
	u32 i, j, k;

	for (i = 0; i < conf->n_volumes; i++)
		for (j = 0; j < conf->volume[i]->n_plexes; j++) {
			const struct plx_conf_plex *plex = conf->volume[i]->plex[j];

			for (k = 0; k < plex->n_members; k++)
				n = member_used(&plex->member[k], disk, run, n);
		}
	return n;
}

/*
 * The free runs of a disk in the order of their sectors, in *@out, to be freed
 * with kvfree(); their number, or -ENOMEM. @m: a member whose extents are not
 * free either, even if it is not (or also) in @conf; NULL: none.
 */
static ssize_t free_runs(const struct plx_conf *conf, u32 disk, const struct plx_conf_member *m,
			 struct run **out)
{
	const struct plx_conf_disk *d = conf->disk[disk];
	size_t i, n_used, n = 0;
	struct run *run, *used;
	u64 at = d->data_sector;

	n_used = conf_used(conf, disk, NULL, 0);
	if (m)
		n_used = member_used(m, disk, NULL, n_used);
	run = kvmalloc_array(2 * n_used + 1, sizeof(*run), GFP_NOIO);
	if (!run)
		return -ENOMEM;
	used = run + n_used + 1;
	i = conf_used(conf, disk, used, 0);
	if (m)
		member_used(m, disk, used, i);
	sort(used, n_used, sizeof(*used), run_cmp_start, NULL);
	for (i = 0; i < n_used && at < d->data_end; i++) {
		if (used[i].start > at) {
			u64 end = min(used[i].start, d->data_end);

			run[n++] = (struct run){ at, end - at };
		}
		at = max(at, used[i].start + used[i].sectors);
	}
	if (at < d->data_end)
		run[n++] = (struct run){ at, d->data_end - at };
	*out = run;
	return n;
}

/**
 * plx_space_free() - what is free on a disk
 * @conf: a checked configuration
 * @disk: index of the disk
 * @largest: gets the largest run in sectors; may be NULL
 *
 * Return: sectors in all. 0, also in @largest, when there is no memory to find out.
 */
u64 plx_space_free(const struct plx_conf *conf, u32 disk, u64 *largest)
{
	struct run *run = NULL;
	u64 total = 0, most = 0;
	ssize_t i, n = 0;

	if (disk < conf->n_disks)
		n = free_runs(conf, disk, NULL, &run);
	for (i = 0; i < n; i++) {
		total += run[i].sectors;
		most = max(most, run[i].sectors);
	}
	kvfree(run);
	if (largest)
		*largest = most;
	return total;
}

/* how a member was, to go back to it */
struct mark {
	u32 n_extents;
	u64 last;
};

static struct mark member_mark(const struct plx_conf_member *m)
{
	struct mark mark = { .n_extents = m->n_extents };

	if (m->n_extents)
		mark.last = m->extent[m->n_extents - 1].sectors;
	return mark;
}

static void member_rewind(struct plx_conf_member *m, struct mark mark)
{
	m->n_extents = mark.n_extents;
	if (m->n_extents)
		m->extent[m->n_extents - 1].sectors = mark.last;
}

/* the smallest run of @sectors or more, else NULL */
static const struct run *best_fit(const struct run *run, size_t n, u64 sectors)
{
	const struct run *best = NULL;
	size_t i;

	for (i = 0; i < n; i++)
		if (run[i].sectors >= sectors && (!best || run[i].sectors < best->sectors))
			best = &run[i];
	return best;
}

/* takes @sectors, which is no more than there is in all of @run; may leave @m half done */
static int runs_take(struct run *run, size_t n, u32 disk, u64 sectors, struct plx_conf_member *m)
{
	const struct run *best = best_fit(run, n, sectors);
	size_t i;

	if (best)
		return plx_conf_member_append(m, disk, best->start, sectors);
	sort(run, n, sizeof(*run), run_cmp_size, NULL);
	for (i = 0; sectors; i++) {
		u64 part = min(sectors, run[i].sectors);
		int err = plx_conf_member_append(m, disk, run[i].start, part);

		if (err)
			return err;
		sectors -= part;
	}
	return 0;
}

/* takes up to @sectors on @disk, at least @least; may leave @m half done */
static int disk_take(const struct plx_conf *conf, u32 disk, u64 sectors, u64 least,
		     struct plx_conf_member *m, u64 *taken)
{
	struct run *run;
	ssize_t i, n;
	u64 total = 0;
	int err = 0;

	if (disk >= conf->n_disks)
		return -EINVAL;
	n = free_runs(conf, disk, m, &run);
	if (n < 0)
		return n;
	for (i = 0; i < n; i++)
		total += run[i].sectors;
	*taken = min(sectors, total);
	if (*taken < least)
		err = -ENOSPC;
	else if (*taken)
		err = runs_take(run, n, disk, *taken, m);
	kvfree(run);
	return err;
}

/**
 * plx_space_alloc() - find room on one disk
 * @conf: a checked configuration; @m may be part of it
 * @disk: index of the disk
 * @sectors: how much; rounded up to MiB
 * @m: gets the extents, does not get any sector that it already has
 *
 * One extent if any run is large enough, the smallest that is; else the
 * largest runs first.
 *
 * Return: 0; -ENOSPC: not enough room, or too many pieces; -ENOMEM; -EINVAL: no
 * such disk or no sectors. On failure @m is as it was.
 */
int plx_space_alloc(const struct plx_conf *conf, u32 disk, u64 sectors, struct plx_conf_member *m)
{
	const struct mark mark = member_mark(m);
	u64 taken;
	int err;

	if (!sectors || sectors > PLX_SECTORS_MAX)
		return sectors ? -ENOSPC : -EINVAL;
	sectors = round_up(sectors, (u64)PLX_ALIGN_SECTORS);
	err = disk_take(conf, disk, sectors, sectors, m, &taken);
	if (err)
		member_rewind(m, mark);
	return err;
}

/**
 * plx_space_alloc_span() - find room on several disks
 * @conf: a checked configuration; @m may be part of it
 * @want: disks in the order in which they are to be used, and how much of each at
 *	  most (rounded down to MiB; 0: as much as needed)
 * @n_want: how many
 * @sectors: how much in all; rounded up to MiB
 * @m: gets the extents, does not get any sector that it already has
 *
 * On each disk as plx_space_alloc() does it.
 *
 * Return: as plx_space_alloc(). On failure @m is as it was.
 */
int plx_space_alloc_span(const struct plx_conf *conf, const struct plx_space_want *want, u32 n_want,
			 u64 sectors, struct plx_conf_member *m)
{
	const struct mark mark = member_mark(m);
	int err = 0;
	u32 i;

	if (!sectors || sectors > PLX_SECTORS_MAX)
		return sectors ? -ENOSPC : -EINVAL;
	sectors = round_up(sectors, (u64)PLX_ALIGN_SECTORS);
	for (i = 0; !err && sectors && i < n_want; i++) {
		u64 taken = 0, most = sectors;

		if (want[i].sectors)
			most = min(most, round_down(want[i].sectors, (u64)PLX_ALIGN_SECTORS));
		err = disk_take(conf, want[i].disk, most, 0, m, &taken);
		sectors -= taken;
	}
	if (!err && sectors)
		err = -ENOSPC;
	if (err)
		member_rewind(m, mark);
	return err;
}

/**
 * plx_space_log_slot() - find a free log slot
 * @conf: a checked configuration
 * @disk: index of the disk
 *
 * Return: the first free slot; -ENOSPC: none; -EINVAL: no such disk.
 */
int plx_space_log_slot(const struct plx_conf *conf, u32 disk)
{
	bool used[PLX_LOG_SLOTS_MAX] = { false };
	u32 i, j;

	if (disk >= conf->n_disks)
		return -EINVAL;
	for (i = 0; i < conf->n_volumes; i++) {
		const struct plx_conf_volume *vol = conf->volume[i];

		for (j = 0; j < vol->n_logs; j++)
			if (vol->log[j].disk == disk && vol->log[j].slot < PLX_LOG_SLOTS_MAX)
				used[vol->log[j].slot] = true;
	}
	for (i = 0; i < PLX_LOG_SLOTS_MAX && i < conf->disk[disk]->log_slots; i++)
		if (!used[i])
			return i;
	return -ENOSPC;
}
