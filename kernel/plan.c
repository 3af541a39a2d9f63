// SPDX-License-Identifier: GPL-2.0
/*
 * A plan: how the I/O of a volume goes, frozen. It never changes; a volume gets
 * a new one, and the old one is freed when the epoch in which it was published
 * has been drained.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include "plexus.h"

#define POOL_MIN 4

static bool member_uses(const struct plx_conf_member *m, u32 d)
{
	u32 i;

	for (i = 0; i < m->n_extents; i++)
		if (m->extent[i].disk == d)
			return true;
	return false;
}

/* does the plex of the plan do I/O on the disk? not for members that get no writes */
static bool plex_uses(const struct plx_plan_plex *pp, const struct plx_conf_plex *cp, u32 d)
{
	u32 m;

	for (m = 0; m < cp->n_members; m++)
		if (!(pp->lost & 1U << m) && member_uses(&cp->member[m], d))
			return true;
	return false;
}

/* the disks of the attached plexes, by index, and each once for flushes */
static int take_disks(struct plx_plan *plan, struct plx_pack *pack, const struct plx_conf *conf,
		      const struct plx_conf_volume *cv)
{
	u32 d, i, n = 0;

	plan->n_disks = conf->n_disks;
	plan->disk = kcalloc(conf->n_disks, sizeof(*plan->disk), GFP_NOIO);
	plan->flush = kcalloc(conf->n_disks, sizeof(*plan->flush), GFP_NOIO);
	plan->flush_mask = kcalloc(conf->n_disks, sizeof(*plan->flush_mask), GFP_NOIO);
	if (!plan->disk || !plan->flush || !plan->flush_mask)
		return -ENOMEM;
	for (d = 0; d < conf->n_disks; d++) {
		unsigned long mask = 0;

		for (i = 0; i < plan->n; i++)
			if (plex_uses(&plan->plex[i], cv->plex[plan->plex[i].index], d))
				mask |= 1UL << i;
		if (!mask)
			continue;
		plan->disk[d] = plx_pack_disk_any(pack, &conf->disk[d]->id);
		if (!plan->disk[d])
			return -ENODEV;
		plan->flush[n] = plan->disk[d];
		plan->flush_mask[n++] = mask;
		for (i = 0; i < plan->n; i++)
			if (mask & (1UL << i) && plx_bdev_rotational(plx_disk_bdev(plan->disk[d])))
				plan->plex[i].rotational = true;
	}
	plan->n_flush = n;
	return 0;
}

static bool disk_usable(struct plx_volume *vol, const struct plx_conf *conf, u32 d)
{
	struct plx_disk *disk = NULL;

	if (conf->disk[d]->state == PLX_DISK_ONLINE)
		disk = plx_pack_disk_any(vol->pack, &conf->disk[d]->id);
	plx_disk_put(disk);
	return disk;
}

/* members of a parity plex that get no writes; in @stale those that are not to be read */
static u32 lost_members(struct plx_volume *vol, const struct plx_conf *conf,
			const struct plx_conf_plex *cp, u32 *stale)
{
	u32 lost = 0, m, i;

	*stale = 0;
	for (m = 0; m < cp->n_members; m++) {
		const struct plx_conf_member *member = &cp->member[m];

		if (member->state == PLX_MEMBER_STALE)
			*stale |= 1U << m;
		else if (member->state != PLX_MEMBER_CURRENT)
			lost |= 1U << m;
		for (i = 0; i < member->n_extents; i++)
			if (!disk_usable(vol, conf, member->extent[i].disk))
				lost |= 1U << m;
	}
	*stale &= ~lost;
	return lost;
}

static int take_plex(struct plx_plan *plan, struct plx_volume *vol, const struct plx_conf *conf,
		     const struct plx_conf_volume *cv, u32 index)
{
	struct plx_plan_plex *pp = &plan->plex[plan->n];

	pp->plex = plx_volume_plex(vol, &cv->plex[index]->id);
	if (WARN_ON_ONCE(!pp->plex))
		return -ENOENT;
	pp->layout = plx_layout_new(cv->plex[index]);
	if (!pp->layout)
		return -ENOMEM;
	plx_plex_get(pp->plex);
	if (cv->plex[index]->parity)
		pp->lost = lost_members(vol, conf, cv->plex[index], &pp->stale);
	pp->index = index;
	pp->is_current = cv->plex[index]->state == PLX_PLEX_CURRENT;
	if (index == cv->preferred && pp->is_current)
		plan->preferred = plan->n;
	plan->n++;
	return 0;
}

/*
 * As the configuration says. A disk that died since it was written stays in the
 * plan: a write that it fails is held until that is recorded, one that never went
 * there would be acknowledged at once.
 */
static bool usable(struct plx_volume *vol, const struct plx_conf *conf,
		   const struct plx_conf_plex *cp)
{
	u32 d, stale;

	if (cp->parity)
		return hweight32(lost_members(vol, conf, cp, &stale) | stale) <= cp->parity;
	for (d = 0; d < conf->n_disks; d++)
		if (plx_conf_plex_uses(cp, d) && !disk_usable(vol, conf, d))
			return false;
	return true;
}

static int take_plexes(struct plx_plan *plan, struct plx_volume *vol, const struct plx_conf *conf,
		       const struct plx_conf_volume *cv)
{
	int ret = 0;
	u32 i;

	plan->preferred = U32_MAX;
	for (i = 0; i < cv->n_plexes && !ret; i++)
		if (cv->plex[i]->state == PLX_PLEX_CURRENT && usable(vol, conf, cv->plex[i]))
			ret = take_plex(plan, vol, conf, cv, i);
	plan->n_current = plan->n;
	for (i = 0; i < cv->n_plexes && !ret; i++)
		if (cv->plex[i]->state == PLX_PLEX_STALE && usable(vol, conf, cv->plex[i]))
			ret = take_plex(plan, vol, conf, cv, i);
	return ret;
}

/**
 * plx_plan_new - the plan that a configuration asks for
 * @vol: the volume; its plexes are used as they are
 * @log: the log that writes go by, or NULL
 * @conf: the configuration
 * @cv: the volume in it
 *
 * Context: sleeps, under pack->change.
 * Return: a plan, to be published or freed, or ERR_PTR
 */
struct plx_plan *plx_plan_new(struct plx_volume *vol, struct plx_log *log,
			      const struct plx_conf *conf, const struct plx_conf_volume *cv)
{
	struct plx_plan *plan = kzalloc(struct_size(plan, plex, cv->n_plexes), GFP_NOIO);
	int ret;

	if (!plan)
		return ERR_PTR(-ENOMEM);
	plan->log = log;
	plan->plog = vol->plog;
	plan->sectors = cv->sectors;
	plan->read_policy = cv->read_policy;
	ret = take_plexes(plan, vol, conf, cv);
	if (!ret)
		ret = take_disks(plan, vol->pack, conf, cv);
	if (!ret && !vol->row_pools && plan->n && plan->plex[0].layout->parity) {
		vol->row_pools = plx_row_pools_new(plan->plex[0].layout->n_members);
		ret = vol->row_pools ? 0 : -ENOMEM;
	}
	if (!ret) {
		plan->failed = !plan->n_current;
		plan->ios = mempool_create_kmalloc_pool(POOL_MIN, plx_io_bytes(max(plan->n, 1U)));
		plan->flushes = mempool_create_kmalloc_pool(1,
							    plx_io_bytes(max(plan->n_flush, 1U)));
		if (!plan->ios || !plan->flushes)
			ret = -ENOMEM;
	}
	if (ret) {
		plx_plan_free(plan);
		return ERR_PTR(ret);
	}
	return plan;
}

void plx_plan_free(struct plx_plan *plan)
{
	u32 i;

	if (!plan)
		return;
	for (i = 0; i < plan->n; i++)
		plx_plex_put(plan->plex[i].plex);
	for (i = 0; i < plan->n; i++)
		kvfree(plan->plex[i].layout);
	for (i = 0; plan->disk && i < plan->n_disks; i++)
		plx_disk_put(plan->disk[i]);
	mempool_destroy(plan->ios);
	mempool_destroy(plan->flushes);
	kfree(plan->disk);
	kfree(plan->flush);
	kfree(plan->flush_mask);
	kfree(plan);
}
