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
			if (plx_conf_plex_uses(cv->plex[plan->plex[i].index], d))
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

static int take_plex(struct plx_plan *plan, struct plx_volume *vol,
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
	u32 d;

	for (d = 0; d < conf->n_disks; d++) {
		struct plx_disk *disk;

		if (!plx_conf_plex_uses(cp, d))
			continue;
		if (conf->disk[d]->state != PLX_DISK_ONLINE)
			return false;
		disk = plx_pack_disk_any(vol->pack, &conf->disk[d]->id);
		if (!disk)
			return false;
		plx_disk_put(disk);
	}
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
			ret = take_plex(plan, vol, cv, i);
	plan->n_current = plan->n;
	for (i = 0; i < cv->n_plexes && !ret; i++)
		if (cv->plex[i]->state == PLX_PLEX_STALE && usable(vol, conf, cv->plex[i]))
			ret = take_plex(plan, vol, cv, i);
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
	plan->sectors = cv->sectors;
	plan->read_policy = cv->read_policy;
	ret = take_plexes(plan, vol, conf, cv);
	if (!ret)
		ret = take_disks(plan, vol->pack, conf, cv);
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
