// SPDX-License-Identifier: GPL-2.0
/*
 * The extent allocator. There is no free list: what is free on a disk is what
 * no extent of the configuration covers, found anew each time.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/math64.h>
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

/*
 * Appends the extents of @m that are on @disk, and its parity log, to @run, or just counts
 * them; new count. A log comes before the first extent of a member that is being placed, and
 * then nothing says yet that its disk is the one that is looked at.
 */
static size_t member_used(const struct plx_conf_member *m, u32 disk, struct run *run, size_t n)
{
	u32 i;

	if (m->log_sectors && (!m->n_extents || m->extent[0].disk == disk)) {
		if (run)
			run[n] = (struct run){ m->log_start, m->log_sectors };
		n++;
	}
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

static int disk_room(const struct plx_conf *conf, u32 disk, u64 *total, u64 *most)
{
	struct run *run;
	ssize_t i, n;

	*total = 0;
	*most = 0;
	n = free_runs(conf, disk, NULL, &run);
	if (n < 0)
		return n;
	for (i = 0; i < n; i++) {
		*total += run[i].sectors;
		*most = max(*most, run[i].sectors);
	}
	kvfree(run);
	return 0;
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
	u64 total = 0, most = 0;

	if (disk < conf->n_disks)
		disk_room(conf, disk, &total, &most);
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

/* the smallest run that is large enough; none is cut for a parity log */
static int log_take(const struct plx_conf *conf, u32 disk, u64 sectors, struct plx_conf_member *m)
{
	const struct run *best;
	struct run *run;
	ssize_t n;

	if (sectors > PLX_SECTORS_MAX)
		return -ENOSPC;
	sectors = round_up(sectors, (u64)PLX_ALIGN_SECTORS);
	n = free_runs(conf, disk, m, &run);
	if (n < 0)
		return n;
	best = best_fit(run, n, sectors);
	if (best) {
		m->log_start = best->start;
		m->log_sectors = sectors;
	}
	kvfree(run);
	return best ? 0 : -ENOSPC;
}

/**
 * plx_space_alloc_log() - find room for the parity log of a member
 * @conf: a checked configuration; @m may be part of it
 * @sectors: how much; rounded up to MiB
 * @m: has extents, and no log yet; gets it on the disk of the first one
 *
 * Return: 0; -ENOSPC: no run is large enough; -ENOMEM; -EINVAL: no sectors, or not
 * such a member. On failure @m is as it was.
 */
int plx_space_alloc_log(const struct plx_conf *conf, u64 sectors, struct plx_conf_member *m)
{
	if (!sectors || !m->n_extents || m->log_sectors)
		return -EINVAL;
	return log_take(conf, m->extent[0].disk, sectors, m);
}

static void member_empty(struct plx_conf_member *m)
{
	m->n_extents = 0;
	m->log_start = 0;
	m->log_sectors = 0;
}

/**
 * plx_space_alloc_member() - find room for a member of a parity plex
 * @conf: a checked configuration; @m may be part of it
 * @disk: index of the disk
 * @sectors: length of the member; rounded up to MiB
 * @log_sectors: length of its parity log; rounded up to MiB; 0: none
 * @m: has neither extents nor log, and gets them
 *
 * The log comes first. It takes from the smallest run that it fits in, so if there is
 * a run for the member beside it, that one is left; and the member can grow behind its
 * end.
 *
 * Return: as plx_space_alloc(); -ENOSPC also: no run is large enough for the log. On
 * failure @m is as it was.
 */
int plx_space_alloc_member(const struct plx_conf *conf, u32 disk, u64 sectors, u64 log_sectors,
			   struct plx_conf_member *m)
{
	int err = 0;

	if (disk >= conf->n_disks || m->n_extents || m->log_sectors)
		return -EINVAL;
	if (log_sectors)
		err = log_take(conf, disk, log_sectors, m);
	if (!err)
		err = plx_space_alloc(conf, disk, sectors, m);
	if (err)
		member_empty(m);
	return err;
}

/* a disk that a member of a new parity plex may be on */
struct candidate {
	u32 disk;
	bool taken;
	u64 room; /* sectors that may be used */
};

/* emptier ones first, of equal ones the first */
static int candidate_cmp(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->room != b->room)
		return a->room > b->room ? -1 : 1;
	return a->disk < b->disk ? -1 : a->disk > b->disk;
}

/* one more; @limit: no more of it than that, 0: all */
static int candidate_add(const struct plx_conf *conf, u32 disk, u64 limit, struct candidate *list,
			 u32 n)
{
	u64 room, most;
	int err = disk_room(conf, disk, &room, &most);

	if (limit)
		room = min(room, limit);
	list[n] = (struct candidate){ .disk = disk, .room = room };
	return err;
}

/* those that are given, in their order; how many, or an error */
static int candidates_given(const struct plx_conf *conf, const struct plx_conf_volume *vol,
			    const struct plx_space_want *want, u32 n_want, struct candidate *list)
{
	u32 i, j;
	int err;

	for (i = 0; i < n_want; i++) {
		u32 disk = want[i].disk;

		if (disk >= conf->n_disks || (vol && plx_conf_volume_uses(vol, disk)))
			return -EINVAL;
		for (j = 0; j < i; j++)
			if (list[j].disk == disk)
				return -EINVAL;
		err = candidate_add(conf, disk, want[i].sectors, list, i);
		if (err)
			return err;
	}
	return n_want;
}

/* those online, no spares and not used by the volume, the emptiest first; how many, or an error */
static int candidates_all(const struct plx_conf *conf, const struct plx_conf_volume *vol,
			  struct candidate *list)
{
	int n = 0, err;
	u32 i;

	for (i = 0; i < conf->n_disks; i++) {
		if (conf->disk[i]->state != PLX_DISK_ONLINE ||
		    conf->disk[i]->flags & PLX_DISK_F_SPARE ||
		    (vol && plx_conf_volume_uses(vol, i)))
			continue;
		err = candidate_add(conf, i, 0, list, n);
		if (err)
			return err;
		n++;
	}
	sort(list, n, sizeof(*list), candidate_cmp, NULL);
	return n;
}

/*
 * Members from @done on, each on the first candidate that is left and has room, with
 * @whole only where it is in one piece; how many there are now, or an error.
 */
static int members_place(const struct plx_conf *conf, struct candidate *list, u32 n, u64 each,
			 u64 log_sectors, bool whole, u32 done, struct plx_conf_plex *plex)
{
	u32 i;
	int err;

	for (i = 0; i < n && done < plex->n_members; i++) {
		struct plx_conf_member *m = &plex->member[done];

		if (list[i].taken || list[i].room < each + log_sectors)
			continue;
		err = plx_space_alloc_member(conf, list[i].disk, each, log_sectors, m);
		if (err == -ENOSPC)
			continue;
		if (err)
			return err;
		if (whole && m->n_extents > 1) {
			member_empty(m);
			continue;
		}
		list[i].taken = true;
		done++;
	}
	return done;
}

/* where there is a choice of disks, those come first on which a member is in one piece */
static int plex_place(const struct plx_conf *conf, struct candidate *list, u32 n, u64 each,
		      u64 log_sectors, struct plx_conf_plex *plex)
{
	int done = 0;

	if (n > plex->n_members)
		done = members_place(conf, list, n, each, log_sectors, true, 0, plex);
	if (done >= 0)
		done = members_place(conf, list, n, each, log_sectors, false, done, plex);
	if (done < 0)
		return done;
	return (u32)done < plex->n_members ? -ENOSPC : 0;
}

static bool parity_possible(const struct plx_conf_plex *plex)
{
	return plex->parity && plex->parity <= PLX_PARITY_MAX &&
	       plex->n_members >= plex->parity + 2;
}

/* how long each member has to be; whole MiB are whole units too */
static u64 parity_each(const struct plx_conf_plex *plex, u64 sectors)
{
	u32 rest;
	u64 each = div_u64_rem(sectors, plex->n_members - plex->parity, &rest);

	return round_up(each + !!rest, (u64)PLX_ALIGN_SECTORS);
}

/**
 * plx_space_alloc_parity() - find room for a parity plex
 * @conf: a checked configuration; @plex may be part of it
 * @vol: the volume that the plex is to be one of, whose disks are not taken; NULL: a
 *	 new one
 * @want: disks, and how much of each at most, with the log (0: as much as needed), in
 *	  the order in which they are to be tried
 * @n_want: how many; 0: all that are online and no spares, the emptiest first
 * @sectors: how much data
 * @log_sectors: length of each member's parity log; rounded up to MiB; 0: none
 * @plex: has parity and as many members as it shall have, all without extents
 *
 * Return: 0; -ENOSPC: there are not enough disks with enough room; -ENOMEM; -EINVAL: no
 * sectors, not such a plex, a given disk is not there, twice, or used by the volume. On
 * failure the members are as they were.
 */
int plx_space_alloc_parity(const struct plx_conf *conf, const struct plx_conf_volume *vol,
			   const struct plx_space_want *want, u32 n_want, u64 sectors,
			   u64 log_sectors, struct plx_conf_plex *plex)
{
	struct candidate *list;
	int n, err;
	u32 i;

	if (!sectors || !parity_possible(plex))
		return -EINVAL;
	for (i = 0; i < plex->n_members; i++)
		if (plex->member[i].n_extents || plex->member[i].log_sectors)
			return -EINVAL;
	if (sectors > PLX_SECTORS_MAX || log_sectors > PLX_SECTORS_MAX)
		return -ENOSPC;
	list = kvmalloc_array(max(n_want, conf->n_disks) + 1, sizeof(*list), GFP_NOIO);
	if (!list)
		return -ENOMEM;
	n = n_want ? candidates_given(conf, vol, want, n_want, list) :
		     candidates_all(conf, vol, list);
	err = n < 0 ? n :
		      plex_place(conf, list, n, parity_each(plex, sectors),
				 round_up(log_sectors, (u64)PLX_ALIGN_SECTORS), plex);
	for (i = 0; err && i < plex->n_members; i++)
		member_empty(&plex->member[i]);
	kvfree(list);
	return err;
}

/**
 * plx_space_extend_parity() - find more room for a parity plex
 * @conf: a checked configuration; @plex may be part of it
 * @sectors: how much data it shall hold
 * @plex: its members get what they lack, each on the disk where it ends
 *
 * Return: 0, also when there is room enough already; -ENOSPC, -ENOMEM; -EINVAL: not such
 * a plex. On failure the members are as they were.
 */
int plx_space_extend_parity(const struct plx_conf *conf, u64 sectors, struct plx_conf_plex *plex)
{
	struct mark mark[PLEXUS_MAX_MEMBERS];
	u64 each;
	int err = 0;
	u32 i;

	if (!parity_possible(plex))
		return -EINVAL;
	if (sectors > PLX_SECTORS_MAX)
		return -ENOSPC;
	each = parity_each(plex, sectors);
	for (i = 0; i < plex->n_members; i++)
		mark[i] = member_mark(&plex->member[i]);
	for (i = 0; !err && i < plex->n_members; i++) {
		struct plx_conf_member *m = &plex->member[i];
		u64 have = plx_conf_member_sectors(m);

		if (!have)
			err = -EINVAL;
		else if (have < each)
			err = plx_space_alloc(conf, m->extent[m->n_extents - 1].disk, each - have,
					      m);
	}
	for (i = 0; err && i < plex->n_members; i++)
		member_rewind(&plex->member[i], mark[i]);
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
