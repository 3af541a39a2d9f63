// SPDX-License-Identifier: GPL-2.0
/*
 * The rules that every configuration obeys, whether it was read from a hostile
 * disk or made by the driver: on the way out a bug is caught before it is on
 * the disks.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include "conf.h"

#define PLX_VOLUME_FLAGS_KNOWN                                                                     \
	(PLEXUS_VOLUME_FLAGS_STABLE_WRITES | PLEXUS_VOLUME_FLAGS_READ_ONLY |                       \
	 PLEXUS_VOLUME_FLAGS_BORN_STALE)

static bool id_nil(const struct plx_id *id)
{
	static const struct plx_id nil;

	return plx_id_equal(id, &nil);
}

static int check_counts(const struct plx_conf *conf, const struct plx_format_why *w)
{
	u32 i, j, k;

	if (conf->n_disks > PLEXUS_MAX_DISKS || conf->n_volumes > PLEXUS_MAX_VOLUMES)
		return plx_format_bad(w, "%u disks, %u volumes: too many", conf->n_disks,
				      conf->n_volumes);
	for (i = 0; i < conf->n_volumes; i++) {
		const struct plx_conf_volume *vol = conf->volume[i];

		if (!vol->n_plexes || vol->n_plexes > PLEXUS_MAX_PLEXES)
			return plx_format_bad(w, "volume %u has %u plexes", i, vol->n_plexes);
		for (j = 0; j < vol->n_plexes; j++) {
			const struct plx_conf_plex *plex = vol->plex[j];

			if (!plex->n_members || plex->n_members > PLEXUS_MAX_MEMBERS)
				return plx_format_bad(w, "plex %u.%u has %u members", i, j,
						      plex->n_members);
			for (k = 0; k < plex->n_members; k++)
				if (!plex->member[k].n_extents ||
				    plex->member[k].n_extents > PLX_MAX_EXTENTS)
					return plx_format_bad(w, "member %u.%u.%u has %u extents",
							      i, j, k, plex->member[k].n_extents);
		}
	}
	if (plx_conf_encoded_size(conf) > PLX_CONFIG_MAX)
		return plx_format_bad(w, "the configuration is larger than %u KiB",
				      PLX_CONFIG_MAX >> 10);
	return 0;
}

static bool path_valid(const char *path, size_t size)
{
	size_t i;

	for (i = 0; i < size && path[i]; i++)
		if ((u8)path[i] < ' ' || path[i] == 0x7f)
			return false;
	return i < size;
}

static int check_disk(const struct plx_conf *conf, u32 i, const struct plx_format_why *w)
{
	const struct plx_conf_disk *disk = conf->disk[i];
	const struct plx_label geometry = {
		.disk_sectors = disk->sectors,
		.log_slots = disk->log_slots,
		.data_sector = disk->data_sector,
		.data_end = disk->data_end,
	};
	u32 j;

	if (id_nil(&disk->id))
		return plx_format_bad(w, "disk %u has no id", i);
	for (j = 0; j < i; j++)
		if (plx_id_equal(&disk->id, &conf->disk[j]->id))
			return plx_format_bad(w, "disks %u and %u have the same id", j, i);
	if (disk->state < PLX_DISK_ONLINE || disk->state > PLX_DISK_MISSING)
		return plx_format_bad(w, "disk %u: state %u is not known", i, disk->state);
	if (disk->flags & ~PLX_DISK_F_SPARE)
		return plx_format_bad(w, "disk %u: flags %#x are not known", i, disk->flags);
	if (!plx_label_geometry_valid(&geometry))
		return plx_format_bad(w, "disk %u: the geometry is impossible", i);
	if (!path_valid(disk->path, sizeof(disk->path)))
		return plx_format_bad(w, "disk %u: the path is not a text", i);
	return 0;
}

/* @what: of which kind it is */
static int check_extent(const struct plx_conf *conf, const struct plx_conf_extent *e,
			const char *what, const struct plx_format_why *w)
{
	const struct plx_conf_disk *disk;

	if (e->disk >= conf->n_disks)
		return plx_format_bad(w, "an %s is on disk %u, but there are %u", what, e->disk,
				      conf->n_disks);
	disk = conf->disk[e->disk];
	if (!e->sectors || e->start % PLX_ALIGN_SECTORS || e->sectors % PLX_ALIGN_SECTORS)
		return plx_format_bad(w, "disk %u: %s %llu+%llu is not made of MiB", e->disk, what,
				      e->start, e->sectors);
	if (e->start < disk->data_sector || e->start >= disk->data_end ||
	    e->sectors > disk->data_end - e->start)
		return plx_format_bad(w, "disk %u: %s %llu+%llu is outside of %llu..%llu", e->disk,
				      what, e->start, e->sectors, disk->data_sector,
				      disk->data_end);
	return 0;
}

static int check_plog(const struct plx_conf *conf, const struct plx_conf_plex *plex, u32 i,
		      const struct plx_format_why *w)
{
	const struct plx_conf_member *m = &plex->member[i];
	const struct plx_conf_extent log = { m->extent[0].disk, m->log_start, m->log_sectors };
	int err;

	if (!m->log_sectors)
		return plx_format_bad(w, "member %u has no parity log", i);
	err = check_extent(conf, &log, "parity log", w);
	if (err)
		return err;
	if (m->log_sectors > PLX_PLOG_SECTORS_MAX ||
	    m->log_sectors < PLX_PLOG_SLOTS_MIN * plx_plog_slot_sectors(plex->unit, plex->parity))
		return plx_format_bad(w, "member %u has a parity log of %llu sectors", i,
				      m->log_sectors);
	return 0;
}

/* what a member of a parity plex has of its own, and others have not */
static int check_member(const struct plx_conf *conf, const struct plx_conf_volume *vol,
			const struct plx_conf_plex *plex, u32 i, const struct plx_format_why *w)
{
	const struct plx_conf_member *m = &plex->member[i];

	if (plex->type != PLEXUS_TYPE_PARITY) {
		if (m->state || m->stale_map)
			return plx_format_bad(w,
					      "member %u has a state, but its plex has no parity",
					      i);
		if (m->log_start || m->log_sectors)
			return plx_format_bad(
				w, "member %u has a parity log, but its plex has no parity", i);
		return 0;
	}
	if (m->state > PLX_MEMBER_MISSING)
		return plx_format_bad(w, "member %u: state %u is not known", i, m->state);
	if (vol->write_hole != PLX_WRITE_HOLE_OFF)
		return check_plog(conf, plex, i, w);
	if (m->log_start || m->log_sectors)
		return plx_format_bad(w, "member %u has a parity log, but volume %s uses none", i,
				      vol->name);
	return 0;
}

/* who of a volume is on which disk: 1 + the index; 0: nobody */
struct owners {
	u8 plex[PLEXUS_MAX_DISKS];
	u8 member[PLEXUS_MAX_DISKS]; /* of the plex that is looked at */
};

static int check_extents(const struct plx_conf *conf, const struct plx_conf_plex *plex, u32 p,
			 u32 i, struct owners *owners, const struct plx_format_why *w)
{
	const struct plx_conf_member *m = &plex->member[i];
	u32 j;
	int err;

	for (j = 0; j < m->n_extents; j++) {
		const struct plx_conf_extent *e = &m->extent[j];

		err = check_extent(conf, e, "extent", w);
		if (err)
			return err;
		if (owners->plex[e->disk] && owners->plex[e->disk] != p + 1)
			return plx_format_bad(w, "two plexes of a volume are on disk %u", e->disk);
		owners->plex[e->disk] = p + 1;
		if (plex->type == PLEXUS_TYPE_PARITY && owners->member[e->disk] &&
		    owners->member[e->disk] != i + 1)
			return plx_format_bad(w, "two members of a parity plex are on disk %u",
					      e->disk);
		owners->member[e->disk] = i + 1;
		if (plex->type == PLEXUS_TYPE_SIMPLE && e->disk != m->extent[0].disk)
			return plx_format_bad(w, "a simple plex is on disks %u and %u",
					      m->extent[0].disk, e->disk);
	}
	return 0;
}

/* extents are of MiB, and no unit is larger: so all members are whole units, and no unit is cut */
static int check_members(const struct plx_conf *conf, const struct plx_conf_volume *vol, u32 p,
			 struct owners *owners, const struct plx_format_why *w)
{
	const struct plx_conf_plex *plex = vol->plex[p];
	u32 i;
	int err;

	memset(owners->member, 0, sizeof(owners->member));
	for (i = 0; i < plex->n_members; i++) {
		err = check_extents(conf, plex, p, i, owners, w);
		if (!err)
			err = check_member(conf, vol, plex, i, w);
		if (err)
			return err;
		if (plx_conf_member_sectors(&plex->member[i]) !=
		    plx_conf_member_sectors(&plex->member[0]))
			return plx_format_bad(w, "the members of a plex differ in size");
	}
	return 0;
}

static int check_unit(const struct plx_conf_plex *plex, const struct plx_format_why *w)
{
	if (!is_power_of_2(plex->unit) || plex->unit < PLX_UNIT_MIN || plex->unit > PLX_UNIT_MAX)
		return plx_format_bad(w, "a stripe unit of %u sectors", plex->unit);
	return 0;
}

static int check_plex_type(const struct plx_conf_plex *plex, const struct plx_format_why *w)
{
	if (plex->parity && plex->type != PLEXUS_TYPE_PARITY)
		return plx_format_bad(w, "parity %u in a plex that is no parity plex",
				      plex->parity);
	switch (plex->type) {
	case PLEXUS_TYPE_STRIPE:
		return check_unit(plex, w);
	case PLEXUS_TYPE_SIMPLE:
	case PLEXUS_TYPE_SPAN:
		if (plex->n_members != 1)
			return plx_format_bad(w, "%u members in a plex that is not striped",
					      plex->n_members);
		if (plex->unit)
			return plx_format_bad(w, "a stripe unit in a plex that is not striped");
		return 0;
	case PLEXUS_TYPE_PARITY:
		if (plex->parity < 1 || plex->parity > PLX_PARITY_MAX)
			return plx_format_bad(w, "parity %u: it is 1 or 2", plex->parity);
		if (plex->n_members < plex->parity + 2)
			return plx_format_bad(w, "%u members in a plex of parity %u: too few",
					      plex->n_members, plex->parity);
		return check_unit(plex, w);
	default:
		return plx_format_bad(w, "plex type %u is not known", plex->type);
	}
}

static int check_plex(const struct plx_conf *conf, const struct plx_conf_volume *vol, u32 i,
		      struct owners *owners, const struct plx_format_why *w)
{
	const struct plx_conf_plex *plex = vol->plex[i];
	int err;

	if (id_nil(&plex->id))
		return plx_format_bad(w, "plex %u has no id", i);
	if (plex->state < PLX_PLEX_CURRENT || plex->state > PLX_PLEX_MISSING)
		return plx_format_bad(w, "plex %u: state %u is not known", i, plex->state);
	if (plex->flags & ~PLX_PLEX_F_ERRORS)
		return plx_format_bad(w, "plex %u: flags %#x are not known", i, plex->flags);
	if (plex->task_kind > PLEXUS_TASK_KIND_VOLUME)
		return plx_format_bad(w, "plex %u: task kind %u is not known", i, plex->task_kind);
	err = check_plex_type(plex, w);
	if (!err)
		err = check_members(conf, vol, i, owners, w);
	if (err)
		return err;
	if (plx_conf_plex_sectors(plex) < vol->sectors)
		return plx_format_bad(w, "plex %u holds %llu sectors, the volume has %llu", i,
				      plx_conf_plex_sectors(plex), vol->sectors);
	return 0;
}

static int check_logs(const struct plx_conf *conf, const struct plx_conf_volume *vol,
		      const struct plx_format_why *w)
{
	u32 i, j;

	if (!vol->region_shift && !vol->n_logs)
		return plx_conf_volume_redundant(vol) ?
			       plx_format_bad(w, "a mirror or parity volume without a region log") :
			       0;
	if (vol->region_shift < PLX_REGION_SHIFT_MIN || vol->region_shift > PLX_REGION_SHIFT_MAX)
		return plx_format_bad(w, "a region log with region shift %u", vol->region_shift);
	if (plx_log_regions(vol->sectors, vol->region_shift) > PLX_LOG_BITS)
		return plx_format_bad(w, "more regions than a map can hold");
	if (!vol->n_logs || vol->n_logs > PLX_MAX_LOGS)
		return plx_format_bad(w, "a region log with %u copies", vol->n_logs);
	for (i = 0; i < vol->n_logs; i++) {
		const struct plx_conf_log *log = &vol->log[i];

		if (log->disk >= conf->n_disks)
			return plx_format_bad(w, "a region log is on disk %u, but there are %u",
					      log->disk, conf->n_disks);
		if (log->slot >= conf->disk[log->disk]->log_slots)
			return plx_format_bad(w, "disk %u has no log slot %u", log->disk,
					      log->slot);
		for (j = 0; j < i; j++)
			if (vol->log[j].disk == log->disk)
				return plx_format_bad(w, "two copies of a region log on disk %u",
						      log->disk);
	}
	return 0;
}

static int claim_map(const struct plx_conf_volume *vol, u32 map, unsigned long *claimed,
		     const struct plx_format_why *w)
{
	if (!map)
		return 0;
	if (map >= PLX_LOG_MAPS)
		return plx_format_bad(w, "volume %s: there is no log map %u", vol->name, map);
	if (!vol->n_logs)
		return plx_format_bad(w, "volume %s uses log map %u, but has no log", vol->name,
				      map);
	if (*claimed & BIT(map))
		return plx_format_bad(w, "volume %s uses log map %u twice", vol->name, map);
	*claimed |= BIT(map);
	return 0;
}

/* plexes, members and the map of what was never written share maps 1..7 of the region log */
static int check_maps(const struct plx_conf_volume *vol, const struct plx_format_why *w)
{
	unsigned long claimed = 0;
	u32 i, j;
	int err = claim_map(vol, vol->written_map, &claimed, w);

	for (i = 0; !err && i < vol->n_plexes; i++) {
		err = claim_map(vol, vol->plex[i]->stale_map, &claimed, w);
		for (j = 0; !err && j < vol->plex[i]->n_members; j++)
			err = claim_map(vol, vol->plex[i]->member[j].stale_map, &claimed, w);
	}
	return err;
}

static int check_write_hole(const struct plx_conf_volume *vol, const struct plx_format_why *w)
{
	if (!plx_conf_volume_parity(vol)) {
		if (vol->write_hole || vol->written_map)
			return plx_format_bad(
				w,
				"volume %s: write hole %u, written map %u, but no parity plex",
				vol->name, vol->write_hole, vol->written_map);
		return 0;
	}
	if (vol->write_hole < PLX_WRITE_HOLE_LOG || vol->write_hole > PLX_WRITE_HOLE_OFF)
		return plx_format_bad(w, "volume %s: write hole %u is not known", vol->name,
				      vol->write_hole);
	return 0;
}

static int check_volume(const struct plx_conf *conf, u32 i, const struct plx_format_why *w)
{
	const struct plx_conf_volume *vol = conf->volume[i];
	struct owners owners = {};
	int err;
	u32 j;

	if (id_nil(&vol->id))
		return plx_format_bad(w, "volume %u has no id", i);
	if (!plx_name_valid(vol->name))
		return plx_format_bad(w, "volume %u has no valid name", i);
	for (j = 0; j < i; j++)
		if (plx_id_equal(&vol->id, &conf->volume[j]->id) ||
		    !strcmp(vol->name, conf->volume[j]->name))
			return plx_format_bad(w, "volumes %u and %u have the same id or name", j,
					      i);
	if (!vol->sectors || vol->sectors > PLX_SECTORS_MAX)
		return plx_format_bad(w, "volume %s has %llu sectors", vol->name, vol->sectors);
	if (vol->flags & ~PLX_VOLUME_FLAGS_KNOWN)
		return plx_format_bad(w, "volume %s: flags %#x are not known", vol->name,
				      vol->flags);
	if (vol->read_policy > PLEXUS_READ_POLICY_PREFER || vol->preferred >= vol->n_plexes)
		return plx_format_bad(w, "volume %s: read policy %u, plex %u", vol->name,
				      vol->read_policy, vol->preferred);
	err = check_logs(conf, vol, w);
	if (!err)
		err = check_write_hole(vol, w);
	for (j = 0; !err && j < vol->n_plexes; j++)
		err = check_plex(conf, vol, j, &owners, w);
	return err ?: check_maps(vol, w);
}

/* a run of sectors that belongs to somebody */
struct span {
	u32 disk;
	u64 start, end;
};

static int span_cmp(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	if (a->disk != b->disk)
		return a->disk < b->disk ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return 0;
}

static size_t member_spans(const struct plx_conf_member *m, struct span *span)
{
	size_t n = 0;
	u32 i;

	if (m->log_sectors)
		span[n++] = (struct span){ m->extent[0].disk, m->log_start,
					   m->log_start + m->log_sectors };
	for (i = 0; i < m->n_extents; i++)
		span[n++] = (struct span){ m->extent[i].disk, m->extent[i].start,
					   m->extent[i].start + m->extent[i].sectors };
	return n;
}

static size_t volume_spans(const struct plx_conf_volume *vol, struct span *span)
{
	size_t n = 0;
	u32 i, j;

	for (i = 0; i < vol->n_logs; i++) {
		u64 start = PLX_LOG_SECTOR + (u64)vol->log[i].slot * PLX_LOG_SLOT_SECTORS;

		span[n++] = (struct span){ vol->log[i].disk, start, start + PLX_LOG_SLOT_SECTORS };
	}
	for (i = 0; i < vol->n_plexes; i++)
		for (j = 0; j < vol->plex[i]->n_members; j++)
			n += member_spans(&vol->plex[i]->member[j], span + n);
	return n;
}

/*
 * Every extent, and every member, that may have a parity log, costs at least 32 bytes of the
 * blob; and a volume has at most four logs.
 */
static int check_overlaps(const struct plx_conf *conf, const struct plx_format_why *w)
{
	size_t i, n = 0, max = PLX_MAX_LOGS * conf->n_volumes;
	struct span *span;
	int err = 0;

	max += plx_conf_encoded_size(conf) / sizeof(struct plx_extent_disk);
	span = kvmalloc_array(max, sizeof(*span), GFP_NOIO);
	if (!span)
		return plx_format_no_memory(w);
	for (i = 0; i < conf->n_volumes; i++)
		n += volume_spans(conf->volume[i], span + n);
	sort(span, n, sizeof(*span), span_cmp, NULL);
	for (i = 1; !err && i < n; i++)
		if (span[i - 1].disk == span[i].disk && span[i - 1].end > span[i].start)
			err = plx_format_bad(w, "disk %u: sector %llu is used twice", span[i].disk,
					     span[i].start);
	kvfree(span);
	return err;
}

static int id_cmp(const void *left, const void *right)
{
	return memcmp(*(const u8 *const *)left, *(const u8 *const *)right, PLX_ID_LEN);
}

static int check_plex_ids(const struct plx_conf *conf, const struct plx_format_why *w)
{
	size_t i, n = 0, max = plx_conf_encoded_size(conf) / sizeof(struct plx_plex_disk);
	const u8 **id;
	int err = 0;
	u32 j;

	id = kvmalloc_array(max, sizeof(*id), GFP_NOIO);
	if (!id)
		return plx_format_no_memory(w);
	for (i = 0; i < conf->n_volumes; i++)
		for (j = 0; j < conf->volume[i]->n_plexes; j++)
			id[n++] = conf->volume[i]->plex[j]->id.b;
	sort(id, n, sizeof(*id), id_cmp, NULL);
	for (i = 1; !err && i < n; i++)
		if (!memcmp(id[i - 1], id[i], PLX_ID_LEN))
			err = plx_format_bad(w, "two plexes have the id %pUb", id[i]);
	kvfree(id);
	return err;
}

/**
 * plx_conf_check() - does a configuration obey all rules?
 * @conf: which; its arrays are as long as its counts say, if these are possible
 * @why: gets a sentence for people on failure; may be NULL
 * @whylen: bytes of it
 *
 * Return: 0; -EINVAL: it does not; -ENOMEM: not known.
 */
int plx_conf_check(const struct plx_conf *conf, char *why, size_t whylen)
{
	const struct plx_format_why w = { why, whylen };
	int err;
	u32 i;

	err = check_counts(conf, &w);
	if (err)
		return err;
	if (id_nil(&conf->pack_id))
		return plx_format_bad(&w, "the pack has no id");
	if (!plx_name_valid(conf->name))
		return plx_format_bad(&w, "the pack has no valid name");
	if (conf->flags & ~PLX_CONF_F_EXPORTED)
		return plx_format_bad(&w, "pack flags %#x are not known", conf->flags);
	for (i = 0; !err && i < conf->n_disks; i++)
		err = check_disk(conf, i, &w);
	for (i = 0; !err && i < conf->n_volumes; i++)
		err = check_volume(conf, i, &w);
	if (!err)
		err = check_overlaps(conf, &w);
	if (!err)
		err = check_plex_ids(conf, &w);
	return err;
}
