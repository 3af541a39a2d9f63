// SPDX-License-Identifier: GPL-2.0
/*
 * Where the copies of a region log are, and what they say. Copies that the
 * configuration names are trusted as far as crc, volume, log id and geometry
 * agree; of all valid blocks of a map the one with the highest sequence counts.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "plexus.h"

static u64 slot_sector(u32 slot)
{
	return PLX_LOG_SECTOR + (u64)slot * PLX_LOG_SLOT_SECTORS;
}

/* the newest valid block of a map over all copies, into log->image; false: there is none */
static bool read_map(struct plx_log *log, u32 map, u32 *flags)
{
	struct plx_log_head head;
	bool found = false;
	unsigned int i, turn;

	lockdep_assert_held(&log->io);
	for (i = 0; i < log->n_copies * 2; i++) {
		turn = i & 1;
		if (plx_meta_read(log->copy[i / 2].disk, log->copy[i / 2].sector +
				  (map * 2 + turn) * PLX_BLOCK_SECTORS, log->block, PLX_BLOCK_SIZE))
			continue;
		head = (struct plx_log_head){
			.volume_id = log->vol->id,
			.log_id = log->log_id,
			.map = map,
			.n_regions = log->n_regions,
			.region_shift = log->shift,
		};
		memset(log->wire, 0, PLX_BLOCK_SIZE);
		if (plx_log_decode(log->block, &head, (u8 *)log->wire))
			continue;
		if (found && head.seq <= log->seq[map])
			continue;
		found = true;
		log->seq[map] = head.seq;
		*flags = head.flags;
		for (turn = 0; turn < DIV_ROUND_UP(log->n_regions, 64); turn++)
			le64_to_cpus(&log->wire[turn]);
		bitmap_from_arr64(log->image, log->wire, log->n_regions);
	}
	return found;
}

/* what was never made to fit; read, or there is none to read */
static bool load_fresh(struct plx_log *log, bool read)
{
	if (!log->fresh)
		return true;
	spin_lock_irq(&log->lock);
	if (read)
		bitmap_copy(log->fresh, log->image, log->n_regions);
	else
		bitmap_zero(log->fresh, log->n_regions);
	spin_unlock_irq(&log->lock);
	return read;
}

/**
 * plx_log_load - what was dirty when the volume was last in use
 * @log: with its copies placed
 *
 * Without the map of what is fresh, where there should be one, parity that was never made
 * cannot be told from parity that was: then all is dirty, so that all becomes unsync.
 * Context: sleeps. No map readable is not an error: all is dirty then.
 * Return: false: the dirty map, or that of what is fresh, says that parity may not fit in
 * what is dirty, or cannot be read
 */
bool plx_log_load(struct plx_log *log)
{
	bool read, known = true;
	u32 map, flags = 0;

	mutex_lock(&log->io);
	/*
	 * Maps that no plex uses now are read for their sequence. Begun anew at 1,
	 * it would leave the block beside it, of the map's last user, the newest.
	 */
	for (map = 1; map < PLX_LOG_MAPS; map++) {
		read = read_map(log, map, &flags);
		if (map == log->written_map)
			known = load_fresh(log, read);
	}
	flags = 0;
	read = read_map(log, 0, &flags);
	if (!read || !known)
		bitmap_fill(log->image, log->n_regions);
	spin_lock_irq(&log->lock);
	bitmap_copy(log->dirty, log->image, log->n_regions);
	spin_unlock_irq(&log->lock);
	log->loaded = true;
	mutex_unlock(&log->io);
	if (read && !known)
		plx_log_write_map(log, 0, log->dirty); /* what is set here is set there */
	return known && read && !(flags & PLX_LOG_F_UNSYNC);
}

int plx_log_load_stale(struct plx_log *log, struct plx_plex *plex, u32 map)
{
	unsigned long *stale = plex->stale;
	u32 flags;

	if (!stale)
		stale = kvzalloc(BITS_TO_LONGS(log->n_regions) * sizeof(long), GFP_NOIO);
	if (!stale)
		return -ENOMEM;
	mutex_lock(&log->io);
	if (!map || !read_map(log, map, &flags))
		bitmap_fill(log->image, log->n_regions);
	spin_lock_irq(&log->lock);
	bitmap_or(stale, stale, log->image, log->n_regions);
	bitmap_or(stale, stale, log->dirty, log->n_regions);
	plex->stale = stale;
	plex->attached++;
	spin_unlock_irq(&log->lock);
	mutex_unlock(&log->io);
	return 0;
}

/*
 * Its blocks make later loads find it. Should they not reach the disks, the next
 * start takes all for dirty, and nothing for fresh: that is safe.
 */
void plx_log_born(struct plx_log *log)
{
	log->loaded = true;
	if (log->fresh) {
		bitmap_fill(log->fresh, log->n_regions);
		plx_log_write_map(log, log->written_map, log->fresh);
	}
	plx_log_write_map(log, 0, log->dirty);
}

/**
 * plx_log_unsync_from_dirty - what is dirty is not known to be equal, or to have parity that fits
 * @log: loaded; no write is let in
 *
 * On the disks, what is not fresh here may be: there it is dirty too, and unsync counts first.
 * Context: sleeps.
 */
void plx_log_unsync_from_dirty(struct plx_log *log)
{
	bool flag;

	spin_lock_irq(&log->lock);
	bitmap_copy(log->unsync, log->dirty, log->n_regions);
	WRITE_ONCE(log->n_unsync, bitmap_weight(log->unsync, log->n_regions));
	bitmap_zero(log->warm, log->n_regions);
	/* what the engine or the cleaner is about to say is of before */
	bitmap_zero(log->cleaning, log->n_regions);
	log->worse++;
	log->trusts = false;
	if (log->fresh)
		bitmap_andnot(log->fresh, log->fresh, log->dirty, log->n_regions);
	flag = log->parity && log->n_unsync && !log->distrust;
	if (flag)
		WRITE_ONCE(log->distrust, true);
	spin_unlock_irq(&log->lock);
	/* before any write: a crash before that finds the parity logs as they are now */
	if (flag)
		plx_log_write_map(log, 0, log->dirty);
}

static bool has_copy(const struct plx_log_copy *copy, unsigned int n, const struct plx_log_copy *c)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (copy[i].disk == c->disk && copy[i].sector == c->sector)
			return true;
	return false;
}

/* the copies that the configuration names and whose disks can be written */
static unsigned int wanted(struct plx_log *log, const struct plx_conf *conf,
			   const struct plx_conf_volume *cv, struct plx_log_copy *copy)
{
	const struct plx_conf_disk *cd;
	struct plx_disk *disk;
	unsigned int i, n = 0;

	for (i = 0; i < cv->n_logs; i++) {
		cd = conf->disk[cv->log[i].disk];
		disk = cd->state == PLX_DISK_ONLINE ? plx_pack_disk(log->vol->pack, &cd->id) : NULL;
		if (!disk)
			continue;
		copy[n].disk = disk;
		copy[n++].sector = slot_sector(cv->log[i].slot);
	}
	return n;
}

/*
 * The map of a plex or member, as it is in memory, to all copies. A stale bit of one that is
 * being resynced, clear in memory and set on the disks, may stand for data that it has not
 * flushed: what was clear before a flush is written, as at any checkpoint, and not what a
 * resync cleared since. That of a detached one is exact.
 */
static int write_one(struct plx_log *log, struct plx_plex *plex, u32 map, bool attached)
{
	int ret;

	if (!map || !plex || !plex->stale)
		return 0;
	if (attached) {
		ret = plx_log_checkpoint(log, plex, map, plex->attached);
		if (!ret || ret == -EAGAIN)
			return ret;
		plx_log_stale_fill(log, plex, true);
	}
	return plx_log_write_stale(log, plex, map);
}

/* all maps to all copies */
static int write_all(struct plx_log *log, const struct plx_conf_volume *cv)
{
	int ret = plx_log_write_map(log, 0, log->dirty);
	u32 i, m;

	if (log->fresh && ret != -EIO)
		ret = plx_log_write_map(log, log->written_map, log->fresh);
	if (log == log->vol->next_log) /* the stale maps are in terms of the one before it */
		return ret;
	for (i = 0; i < cv->n_plexes && ret != -EIO; i++) {
		const struct plx_conf_plex *cp = cv->plex[i];
		struct plx_plex *plex = plx_volume_plex(log->vol, &cp->id);

		ret = write_one(log, plex, cp->stale_map, cp->state == PLX_PLEX_STALE);
		for (m = 0; plex && m < plex->n_members && ret != -EIO; m++)
			ret = write_one(log, plex->member[m], cp->member[m].stale_map,
					cp->member[m].state == PLX_MEMBER_STALE);
	}
	return ret;
}

/*
 * A slot that a log gets may have been its own before: blocks of that time have
 * the same log id, and can have a higher sequence. Should it not work, the copy
 * is lost with the next write to it.
 */
static void wipe(struct plx_log *log, struct plx_log_copy *copy)
{
	void *zero = kzalloc(PLX_BLOCK_SIZE, GFP_NOIO | __GFP_NOFAIL);
	struct plx_metaio to[PLX_LOG_MAPS * 2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(to); i++)
		to[i] = (struct plx_metaio){ copy->disk, copy->sector + i * PLX_BLOCK_SECTORS };
	if (plx_meta_write(to, ARRAY_SIZE(to), zero, PLX_BLOCK_SIZE))
		plx_pack_disk_error(log->vol->pack, copy->disk, "write of the region log");
	kfree(zero);
}

/**
 * plx_log_place - let the copies follow the configuration
 * @log: the log
 * @conf: the configuration that is about to be, or was, written
 * @cv: the volume in it
 *
 * A copy that is new gets all maps before it counts.
 * Context: sleeps, under pack->change.
 * Return: 0, or -EIO: no copy is left that can be written
 */
int plx_log_place(struct plx_log *log, const struct plx_conf *conf,
		  const struct plx_conf_volume *cv)
{
	struct plx_log_copy copy[PLX_MAX_LOGS], old[PLX_MAX_LOGS];
	unsigned int n = wanted(log, conf, cv, copy), n_old, i;
	bool fresh = false;

	/* only here, under pack->change, do they change */
	n_old = log->n_copies;
	memcpy(old, log->copy, sizeof(old));
	for (i = 0; i < n; i++) {
		if (has_copy(old, n_old, &copy[i]))
			continue;
		fresh = true;
		if (log->loaded)
			wipe(log, &copy[i]);
	}
	mutex_lock(&log->io);
	memcpy(log->copy, copy, n * sizeof(*copy));
	log->n_copies = n;
	mutex_unlock(&log->io);
	for (i = 0; i < n_old; i++)
		plx_disk_put(old[i].disk);
	if (!n)
		return -EIO;
	spin_lock_irq(&log->lock);
	log->broken = false; /* there is a copy to write again */
	spin_unlock_irq(&log->lock);
	/* the first placing is for reading what is there */
	if (fresh && log->loaded)
		return write_all(log, cv) == -EIO ? -EIO : 0;
	return 0;
}

/**
 * plx_log_part - the log has no copies any more
 * @log: the log
 *
 * Its slots are given away: nothing is written there from now on. Bios that wait for a
 * write of it go to the log, or plan, that comes after it, and so do all that come to it still.
 * Context: sleeps for a write of the log that is under way; under pack->change.
 */
void plx_log_part(struct plx_log *log)
{
	struct plx_log_copy old[PLX_MAX_LOGS];
	unsigned int n, i;

	mutex_lock(&log->io);
	n = log->n_copies;
	memcpy(old, log->copy, sizeof(old));
	log->n_copies = 0;
	mutex_unlock(&log->io);
	spin_lock_irq(&log->lock);
	log->parted = true;
	bitmap_zero(log->warm, log->n_regions);
	spin_unlock_irq(&log->lock);
	for (i = 0; i < n; i++)
		plx_disk_put(old[i].disk);
}
