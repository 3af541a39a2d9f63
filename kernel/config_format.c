// SPDX-License-Identifier: GPL-2.0
/*
 * A configuration to and from its blob on the disk. Decoding trusts nothing: a
 * record is looked at only when all of it is inside the blob, a count only used
 * when it is possible, and the finished tree has to pass plx_conf_check().
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "conf.h"

/* ---- writing ---- */

/**
 * plx_conf_encoded_size() - how large the blob is
 * @conf: which
 *
 * Return: bytes, a multiple of 512.
 */
size_t plx_conf_encoded_size(const struct plx_conf *conf)
{
	size_t bytes = sizeof(struct plx_config_disk);
	u32 i, j, k;

	bytes += conf->n_disks * sizeof(struct plx_disk_disk);
	bytes += conf->n_volumes * sizeof(struct plx_volume_disk);
	for (i = 0; i < conf->n_volumes; i++)
		for (j = 0; j < conf->volume[i]->n_plexes; j++) {
			const struct plx_conf_plex *plex = conf->volume[i]->plex[j];

			bytes += sizeof(struct plx_plex_disk);
			bytes += plex->n_members * sizeof(struct plx_member_disk);
			for (k = 0; k < plex->n_members; k++)
				bytes += (size_t)plex->member[k].n_extents *
					 sizeof(struct plx_extent_disk);
		}
	return round_up(bytes, (size_t)1 << PLX_SECTOR_SHIFT);
}

static void encode_text(u8 *to, const char *from, size_t size)
{
	memcpy(to, from, strnlen(from, size - 1));
}

static void *encode_disk(const struct plx_conf_disk *disk, void *at)
{
	struct plx_disk_disk *d = at;

	memcpy(d->id, disk->id.b, sizeof(d->id));
	d->sectors = cpu_to_le64(disk->sectors);
	d->data_sector = cpu_to_le64(disk->data_sector);
	d->data_end = cpu_to_le64(disk->data_end);
	d->log_slots = cpu_to_le32(disk->log_slots);
	d->state = cpu_to_le32(disk->state);
	d->flags = cpu_to_le32(disk->flags);
	d->last_generation = cpu_to_le64(disk->last_generation);
	d->last_epoch = cpu_to_le64(disk->last_epoch);
	d->maybe_epoch = cpu_to_le64(disk->maybe_epoch);
	d->joined = cpu_to_le64(disk->joined);
	d->read_errors = cpu_to_le64(disk->read_errors);
	d->write_errors = cpu_to_le64(disk->write_errors);
	encode_text(d->path, disk->path, sizeof(d->path));
	return d + 1;
}

static void *encode_member(const struct plx_conf_member *m, void *at)
{
	struct plx_member_disk *d = at;
	struct plx_extent_disk *e = (void *)(d + 1);
	u32 i;

	d->n_extents = cpu_to_le32(m->n_extents);
	d->state = cpu_to_le32(m->state);
	d->stale_map = cpu_to_le32(m->stale_map);
	d->log_start = cpu_to_le64(m->log_start);
	d->log_sectors = cpu_to_le64(m->log_sectors);
	for (i = 0; i < m->n_extents; i++, e++) {
		e->disk = cpu_to_le32(m->extent[i].disk);
		e->start = cpu_to_le64(m->extent[i].start);
		e->sectors = cpu_to_le64(m->extent[i].sectors);
	}
	return e;
}

static void *encode_plex(const struct plx_conf_plex *plex, void *at)
{
	struct plx_plex_disk *d = at;
	u32 i;

	memcpy(d->id, plex->id.b, sizeof(d->id));
	d->type = cpu_to_le32(plex->type);
	d->state = cpu_to_le32(plex->state);
	d->stale_map = cpu_to_le32(plex->stale_map);
	d->unit = cpu_to_le32(plex->unit);
	d->n_members = cpu_to_le32(plex->n_members);
	d->flags = cpu_to_le32(plex->flags);
	d->task_id = cpu_to_le64(plex->task_id);
	d->task_kind = cpu_to_le32(plex->task_kind);
	d->parity = cpu_to_le32(plex->parity);
	for (at = d + 1, i = 0; i < plex->n_members; i++)
		at = encode_member(&plex->member[i], at);
	return at;
}

static void *encode_volume(const struct plx_conf_volume *vol, void *at)
{
	struct plx_volume_disk *d = at;
	u32 i;

	memcpy(d->id, vol->id.b, sizeof(d->id));
	encode_text(d->name, vol->name, sizeof(d->name));
	d->sectors = cpu_to_le64(vol->sectors);
	d->flags = cpu_to_le32(vol->flags);
	d->region_shift = cpu_to_le32(vol->region_shift);
	d->read_policy = cpu_to_le32(vol->read_policy);
	d->preferred = cpu_to_le32(vol->preferred);
	d->log_id = cpu_to_le64(vol->log_id);
	d->write_hole = cpu_to_le32(vol->write_hole);
	d->written_map = cpu_to_le32(vol->written_map);
	d->n_logs = cpu_to_le32(vol->n_logs);
	d->n_plexes = cpu_to_le32(vol->n_plexes);
	for (i = 0; i < vol->n_logs; i++) {
		d->log[i].disk = cpu_to_le32(vol->log[i].disk);
		d->log[i].slot = cpu_to_le32(vol->log[i].slot);
	}
	for (at = d + 1, i = 0; i < vol->n_plexes; i++)
		at = encode_plex(vol->plex[i], at);
	return at;
}

/**
 * plx_conf_encode() - the blob
 * @conf: passes plx_conf_check()
 * @buf: plx_conf_encoded_size() bytes, all of which are written
 */
void plx_conf_encode(const struct plx_conf *conf, void *buf)
{
	size_t bytes = plx_conf_encoded_size(conf);
	struct plx_config_disk *d = buf;
	void *at = d + 1;
	u32 i;

	memset(buf, 0, bytes);
	memcpy(d->magic, PLX_CONFIG_MAGIC, sizeof(d->magic));
	d->version = cpu_to_le32(PLX_FORMAT_VERSION);
	d->bytes = cpu_to_le32(bytes);
	d->flags = cpu_to_le32(conf->flags);
	memcpy(d->pack_id, conf->pack_id.b, sizeof(d->pack_id));
	d->generation = cpu_to_le64(conf->generation);
	d->epoch = cpu_to_le64(conf->epoch);
	d->base_epoch = cpu_to_le64(conf->base_epoch);
	d->n_disks = cpu_to_le32(conf->n_disks);
	d->n_volumes = cpu_to_le32(conf->n_volumes);
	encode_text(d->name, conf->name, sizeof(d->name));
	for (i = 0; i < conf->n_disks; i++)
		at = encode_disk(conf->disk[i], at);
	for (i = 0; i < conf->n_volumes; i++)
		at = encode_volume(conf->volume[i], at);
	d->crc = cpu_to_le32(plx_format_crc(d, bytes, offsetof(struct plx_config_disk, crc)));
}

/* ---- reading ---- */

struct reader {
	const u8 *at;
	size_t left;
	struct plx_format_why why;
};

/* the next @bytes, which belong to a @what; NULL when they are not all there */
static const void *take(struct reader *r, size_t bytes, const char *what)
{
	const u8 *at = r->at;

	if (bytes > r->left) {
		plx_format_bad(&r->why, "the configuration ends inside of a %s", what);
		return NULL;
	}
	r->at += bytes;
	r->left -= bytes;
	return at;
}

static int decode_text(struct reader *r, char *to, const u8 *from, size_t size)
{
	size_t len = strnlen((const char *)from, size);

	if (len == size)
		return plx_format_bad(&r->why, "a text without an end");
	memcpy(to, from, len);
	return 0;
}

static int decode_disk(struct reader *r, struct plx_conf *conf)
{
	const struct plx_disk_disk *d = take(r, sizeof(*d), "disk");
	struct plx_conf_disk *disk;

	if (!d)
		return -EINVAL;
	disk = plx_conf_disk_add(conf);
	if (!disk)
		return plx_format_no_memory(&r->why);
	memcpy(disk->id.b, d->id, sizeof(disk->id.b));
	disk->sectors = le64_to_cpu(d->sectors);
	disk->data_sector = le64_to_cpu(d->data_sector);
	disk->data_end = le64_to_cpu(d->data_end);
	disk->log_slots = le32_to_cpu(d->log_slots);
	disk->state = le32_to_cpu(d->state);
	disk->flags = le32_to_cpu(d->flags);
	disk->last_generation = le64_to_cpu(d->last_generation);
	disk->last_epoch = le64_to_cpu(d->last_epoch);
	disk->maybe_epoch = le64_to_cpu(d->maybe_epoch);
	disk->joined = le64_to_cpu(d->joined);
	disk->read_errors = le64_to_cpu(d->read_errors);
	disk->write_errors = le64_to_cpu(d->write_errors);
	return decode_text(r, disk->path, d->path, sizeof(disk->path));
}

static int decode_member(struct reader *r, struct plx_conf_member *m)
{
	const struct plx_member_disk *d = take(r, sizeof(*d), "member");
	const struct plx_extent_disk *e;
	u32 i, n;

	if (!d)
		return -EINVAL;
	n = le32_to_cpu(d->n_extents);
	if (!n || n > PLX_MAX_EXTENTS)
		return plx_format_bad(&r->why, "a member with %u extents", n);
	if (d->flags)
		return plx_format_bad(&r->why, "member flags %#x are not known",
				      le32_to_cpu(d->flags));
	m->state = le32_to_cpu(d->state);
	m->stale_map = le32_to_cpu(d->stale_map);
	m->log_start = le64_to_cpu(d->log_start);
	m->log_sectors = le64_to_cpu(d->log_sectors);
	e = take(r, n * sizeof(*e), "list of extents");
	if (!e)
		return -EINVAL;
	m->extent = kcalloc(n, sizeof(*m->extent), GFP_NOIO);
	if (!m->extent)
		return plx_format_no_memory(&r->why);
	m->n_extents = n;
	for (i = 0; i < n; i++) {
		m->extent[i].disk = le32_to_cpu(e[i].disk);
		m->extent[i].start = le64_to_cpu(e[i].start);
		m->extent[i].sectors = le64_to_cpu(e[i].sectors);
	}
	return 0;
}

static int decode_plex(struct reader *r, struct plx_conf_volume *vol)
{
	const struct plx_plex_disk *d = take(r, sizeof(*d), "plex");
	struct plx_conf_plex *plex;
	int err = 0;
	u32 i, n;

	if (!d)
		return -EINVAL;
	n = le32_to_cpu(d->n_members);
	if (!n || n > PLEXUS_MAX_MEMBERS)
		return plx_format_bad(&r->why, "a plex with %u members", n);
	plex = plx_conf_plex_new(n);
	if (!plex)
		return plx_format_no_memory(&r->why);
	memcpy(plex->id.b, d->id, sizeof(plex->id.b));
	plex->type = le32_to_cpu(d->type);
	plex->state = le32_to_cpu(d->state);
	plex->stale_map = le32_to_cpu(d->stale_map);
	plex->unit = le32_to_cpu(d->unit);
	plex->flags = le32_to_cpu(d->flags);
	plex->task_id = le64_to_cpu(d->task_id);
	plex->task_kind = le32_to_cpu(d->task_kind);
	plex->parity = le32_to_cpu(d->parity);
	for (i = 0; !err && i < n; i++)
		err = decode_member(r, &plex->member[i]);
	if (!err)
		err = plx_conf_plex_attach(vol, plex);
	if (err)
		plx_conf_plex_free(plex);
	return err;
}

static int decode_volume(struct reader *r, struct plx_conf *conf)
{
	const struct plx_volume_disk *d = take(r, sizeof(*d), "volume");
	struct plx_conf_volume *vol;
	u32 i, n;
	int err;

	if (!d)
		return -EINVAL;
	n = le32_to_cpu(d->n_plexes);
	if (n > PLEXUS_MAX_PLEXES || le32_to_cpu(d->n_logs) > PLX_MAX_LOGS)
		return plx_format_bad(&r->why, "a volume with %u plexes, %u logs", n,
				      le32_to_cpu(d->n_logs));
	vol = plx_conf_volume_add(conf);
	if (!vol)
		return plx_format_no_memory(&r->why);
	memcpy(vol->id.b, d->id, sizeof(vol->id.b));
	vol->sectors = le64_to_cpu(d->sectors);
	vol->flags = le32_to_cpu(d->flags);
	vol->region_shift = le32_to_cpu(d->region_shift);
	vol->read_policy = le32_to_cpu(d->read_policy);
	vol->preferred = le32_to_cpu(d->preferred);
	vol->log_id = le64_to_cpu(d->log_id);
	vol->write_hole = le32_to_cpu(d->write_hole);
	vol->written_map = le32_to_cpu(d->written_map);
	vol->n_logs = le32_to_cpu(d->n_logs);
	for (i = 0; i < vol->n_logs; i++) {
		vol->log[i].disk = le32_to_cpu(d->log[i].disk);
		vol->log[i].slot = le32_to_cpu(d->log[i].slot);
	}
	err = decode_text(r, vol->name, d->name, sizeof(vol->name));
	for (i = 0; !err && i < n; i++)
		err = decode_plex(r, vol);
	return err;
}

static int decode_tree(struct reader *r, struct plx_conf *conf)
{
	const struct plx_config_disk *d = take(r, sizeof(*d), "head");
	u32 i, n_disks, n_volumes;
	int err;

	if (!d)
		return -EINVAL;
	n_disks = le32_to_cpu(d->n_disks);
	n_volumes = le32_to_cpu(d->n_volumes);
	if (n_disks > PLEXUS_MAX_DISKS || n_volumes > PLEXUS_MAX_VOLUMES)
		return plx_format_bad(&r->why, "%u disks, %u volumes: too many", n_disks,
				      n_volumes);
	memcpy(conf->pack_id.b, d->pack_id, sizeof(conf->pack_id.b));
	conf->flags = le32_to_cpu(d->flags);
	conf->generation = le64_to_cpu(d->generation);
	conf->epoch = le64_to_cpu(d->epoch);
	conf->base_epoch = le64_to_cpu(d->base_epoch);
	err = decode_text(r, conf->name, d->name, sizeof(conf->name));
	for (i = 0; !err && i < n_disks; i++)
		err = decode_disk(r, conf);
	for (i = 0; !err && i < n_volumes; i++)
		err = decode_volume(r, conf);
	if (!err && r->left >= 1 << PLX_SECTOR_SHIFT)
		err = plx_format_bad(&r->why, "%zu bytes behind the last record", r->left);
	return err;
}

/* is it a whole and undamaged blob of a known version? */
static int blob_check(const struct plx_config_disk *d, size_t len, const struct plx_format_why *w)
{
	u32 bytes;

	if (len < sizeof(*d) || memcmp(d->magic, PLX_CONFIG_MAGIC, sizeof(d->magic))) {
		plx_format_bad(w, "there is no configuration");
		return -ENODATA;
	}
	bytes = le32_to_cpu(d->bytes);
	if (bytes < sizeof(*d) || bytes > len || bytes > PLX_CONFIG_MAX ||
	    bytes % (1 << PLX_SECTOR_SHIFT)) {
		plx_format_bad(w, "the configuration is damaged: a length of %u", bytes);
		return -EBADMSG;
	}
	if (le32_to_cpu(d->crc) !=
	    plx_format_crc(d, bytes, offsetof(struct plx_config_disk, crc))) {
		plx_format_bad(w, "the configuration is damaged: its checksum is wrong");
		return -EBADMSG;
	}
	if (le32_to_cpu(d->version) != PLX_FORMAT_VERSION)
		return plx_format_bad(w, "the configuration has format version %u, known is %u",
				      le32_to_cpu(d->version), PLX_FORMAT_VERSION);
	return 0;
}

/**
 * plx_conf_decode() - read a blob
 * @buf: from a disk, hostile
 * @len: bytes that may be read
 * @out: gets the configuration, with one reference; written on success only
 * @why: gets a sentence for people on failure; may be NULL
 * @whylen: bytes of it
 *
 * Return: 0; -ENODATA: no configuration there; -EBADMSG: a damaged one;
 * -EINVAL: of an unknown version, or one that breaks a rule; -ENOMEM.
 */
int plx_conf_decode(const void *buf, size_t len, struct plx_conf **out, char *why, size_t whylen)
{
	const struct plx_config_disk *d = buf;
	struct reader r = { .at = buf, .why = { why, whylen } };
	struct plx_conf *conf;
	int err;

	err = blob_check(d, len, &r.why);
	if (err)
		return err;
	r.left = le32_to_cpu(d->bytes);
	conf = plx_conf_new();
	if (!conf)
		return plx_format_no_memory(&r.why);
	err = decode_tree(&r, conf);
	if (!err)
		err = plx_conf_check(conf, why, whylen);
	if (err)
		plx_conf_put(conf);
	else
		*out = conf;
	return err;
}
