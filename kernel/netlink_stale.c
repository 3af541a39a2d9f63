// SPDX-License-Identifier: GPL-2.0
/* How much of a plex, or of a member, is not current: what the maps in memory say. */
#include <linux/bitmap.h>
#include "control.h"

/* sectors of a volume whose regions are set in @map; under log->lock */
static u64 map_sectors(const struct plx_log *log, const unsigned long *map, u64 sectors)
{
	u64 n = (u64)bitmap_weight(map, log->n_regions) << log->shift;
	u64 all = (u64)log->n_regions << log->shift;

	/* the last region may reach over the end */
	if (all > sectors && log->n_regions && test_bit(log->n_regions - 1, map))
		n -= min(n, all - sectors);
	return min(n, sectors);
}

/* what a plex misses, from its log's point of view; false: the log does not know the plex */
static bool log_stale(const struct plx_plan *plan, const struct plx_id *id, u64 sectors,
		      u64 *stale)
{
	const struct plx_plex *plex = NULL;
	struct plx_log *log = plan->log;
	const unsigned long *map;
	unsigned long flags;
	u32 i;

	if (!log)
		return false;
	for (i = 0; i < plan->n && !plex; i++)
		if (plx_id_equal(&plan->plex[i].plex->id, id))
			plex = plan->plex[i].plex;
	/* a detached plex is not in the plan; its mark is under the lock */
	spin_lock_irqsave(&log->lock, flags);
	for (i = 0; i < log->n_marks && !plex; i++)
		if (plx_id_equal(&log->mark[i].plex->id, id))
			plex = log->mark[i].plex;
	if (plex) {
		map = READ_ONCE(plex->stale); /* lives as long as the plex */
		*stale = map ? map_sectors(log, map, sectors) : 0;
	}
	spin_unlock_irqrestore(&log->lock, flags);
	return plex;
}

/**
 * plx_stale_plex - what a plex that is not current misses
 * @pack: of the volume
 * @cv: the volume in a configuration of the pack
 * @cp: the plex in it
 * @stale: gets sectors
 *
 * Return: false: its map is not in memory
 */
bool plx_stale_plex(struct plx_pack *pack, const struct plx_conf_volume *cv,
		    const struct plx_conf_plex *cp, u64 *stale)
{
	struct plx_volume *vol = plx_pack_volume(pack, &cv->id);
	bool known = !cp->stale_map; /* all of it, unless somebody knows better */
	const struct plx_plan *plan;
	unsigned int inside;

	*stale = cv->sectors;
	if (!vol)
		return known;
	inside = plx_epoch_enter(&vol->epoch);
	plan = plx_volume_plan(vol);
	if (plan && log_stale(plan, &cp->id, cv->sectors, stale))
		known = true;
	plx_epoch_exit(&vol->epoch, inside);
	plx_volume_put(vol);
	return known;
}

/**
 * plx_stale_member - what a member of the one plex of a volume misses
 * @pack: of the volume
 * @cv: the volume in a configuration of the pack
 * @member: index of the member
 * @stale: gets sectors of the volume
 *
 * Return: false: nobody knows, for the plex is in no plan
 */
bool plx_stale_member(struct plx_pack *pack, const struct plx_conf_volume *cv, u32 member,
		      u64 *stale)
{
	struct plx_volume *vol = plx_pack_volume(pack, &cv->id);
	const struct plx_plan *plan;
	const unsigned long *map;
	bool known = false;
	unsigned int inside;
	unsigned long flags;

	if (!vol)
		return false;
	inside = plx_epoch_enter(&vol->epoch);
	plan = plx_volume_plan(vol);
	if (plan && plan->log && plan->n && member < plan->plex[0].plex->n_members) {
		spin_lock_irqsave(&plan->log->lock, flags);
		map = plan->plex[0].plex->member[member]->stale;
		*stale = map ? map_sectors(plan->log, map, cv->sectors) : 0;
		spin_unlock_irqrestore(&plan->log->lock, flags);
		known = true;
	}
	plx_epoch_exit(&vol->epoch, inside);
	plx_volume_put(vol);
	return known;
}
