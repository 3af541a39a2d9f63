// SPDX-License-Identifier: GPL-2.0
/*
 * The region log of a parity volume that becomes larger: what is known of its regions is
 * known of them afterwards, and the new ones were never written. (A mirror is made equal once
 * more, all of it. To forget as much of a parity volume would be to go without parity until
 * it is made anew.)
 *
 * The new log has another id and other slots. Its maps are on the disks before the
 * configuration that names it (plx_log_place()), those of the old one stay as they are until
 * then: so with either configuration there is a log that says all that is so.
 *
 * From the copy of the maps on nothing may be set in the old one that the new one does not
 * get. The gate is closed, so no write is let in; those inside have their regions dirty
 * already, and the new log cannot clean these before they have ended, since the cleaner drains
 * the epoch that they are in. When the gate opens the old log lets nobody in (log->parted),
 * whatever became dirty there meanwhile: who waits there goes to the new one. Who finds
 * that parity may not fit says so under pack->change, to the log that the volume has then
 * (row_error.c). What is cleared in the old one alone is done once more.
 */
#include <linux/bitmap.h>
#include "plexus.h"

/* fresh: what was never made to fit in a part is not in the whole; nor what is new */
static void grow_fresh(struct plx_log *log, const struct plx_log *old, u32 by)
{
	u32 first = old->sectors >> log->shift;

	if (old->fresh) {
		plx_log_map_grow(old->fresh, old->n_regions, by, log->fresh);
		plx_log_map_grow(old->touched, old->n_regions, by, log->touched);
	}
	bitmap_set(log->fresh, first, log->n_regions - first);
}

/**
 * plx_log_grow - the log of a parity volume that becomes larger
 * @old: the log that it has: loaded, and no member is stale in terms of it
 * @cv: as it is to be, with a map for what is fresh
 *
 * Context: sleeps, under pack->change, with the gate closed.
 * Return: a log that nobody knows yet, with what @old knows; NULL: no memory
 */
struct plx_log *plx_log_grow(struct plx_log *old, const struct plx_conf_volume *cv)
{
	struct plx_log *log = plx_log_new(old->vol, cv);
	u32 by;

	if (!log)
		return NULL;
	by = log->shift - old->shift;
	spin_lock_irq(&old->lock);
	plx_log_map_grow(old->dirty, old->n_regions, by, log->dirty);
	plx_log_map_grow(old->unsync, old->n_regions, by, log->unsync);
	grow_fresh(log, old, by);
	log->n_unsync = bitmap_weight(log->unsync, log->n_regions);
	log->distrust = old->distrust;
	spin_unlock_irq(&old->lock);
	log->loaded = true;
	return log;
}

/* what is dirty is to be cleaned, also if nobody writes any more */
void plx_log_grown(struct plx_log *log)
{
	queue_delayed_work(log->vol->pack->wq, &log->clean_work, HZ);
}
