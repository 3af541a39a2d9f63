// SPDX-License-Identifier: GPL-2.0
/*
 * Looks into, and spoils, what Plexus writes on a disk, through the file behind
 * the disk. Every checksum is made right again, so that the reader has to look
 * at the field itself.
 *
 *	plxdisk sum FILE...		a checksum of labels and configurations
 *	plxdisk fields FILE		all fields: NAME OFFSET SIZE VALUE
 *	plxdisk get FILE NAME
 *	plxdisk set FILE NAME VALUE	in both labels, or in the newest slot
 *	plxdisk spoil FILE WHAT		label1, label2, labels, new, old, slots: one bit of it
 *	plxdisk wipe FILE WHAT		zeroes over it
 *	plxdisk slots FILE		the generations of both slots, 0: not valid
 *
 * Names: label.FIELD, head.FIELD, diskN.FIELD, volumeN.FIELD and, counted over
 * all of the configuration, plexN.FIELD, memberN.FIELD, extentN.FIELD.
 */
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <plexus/format.h>

#define SUM_CONFIG (64 << 10) /* of a slot: more than any test fills */

static uint32_t crc32c(const void *buf, size_t n)
{
	const uint8_t *p = buf;
	uint32_t crc = ~0u;
	int i;

	while (n--) {
		crc ^= *p++;
		for (i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static int fd;
static off_t label_at[2], slot_at[2];
static struct plx_label_disk label;
static union {
	struct plx_config_disk head;
	uint8_t raw[PLX_CONFIG_MAX];
} slot[2];

static void get_at(void *buf, size_t n, off_t at)
{
	if (pread(fd, buf, n, at) != (ssize_t)n)
		err(1, "read");
}

static void put_at(const void *buf, size_t n, off_t at)
{
	if (pwrite(fd, buf, n, at) != (ssize_t)n)
		err(1, "write");
}

static void open_disk(const char *path)
{
	struct stat st;

	fd = open(path, O_RDWR);
	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", path);
	label_at[0] = PLX_LABEL_SECTOR << PLX_SECTOR_SHIFT;
	label_at[1] = (st.st_size & ~(off_t)(PLX_BLOCK_SIZE - 1)) - PLX_BLOCK_SIZE;
	slot_at[0] = (off_t)PLX_CONFIG_SECTOR << PLX_SECTOR_SHIFT;
	slot_at[1] = slot_at[0] + PLX_CONFIG_MAX;
}

static uint64_t generation(int i)
{
	uint32_t crc = slot[i].head.crc, bytes = le32toh(slot[i].head.bytes), right;

	if (memcmp(slot[i].head.magic, PLX_CONFIG_MAGIC, 8) || bytes > PLX_CONFIG_MAX ||
	    bytes < sizeof(slot[i].head))
		return 0;
	slot[i].head.crc = 0;
	right = crc32c(slot[i].raw, bytes);
	slot[i].head.crc = crc;
	return le32toh(crc) == right ? le64toh(slot[i].head.generation) : 0;
}

static int load(void)
{
	get_at(&label, sizeof(label), label_at[0]);
	get_at(slot[0].raw, PLX_CONFIG_MAX, slot_at[0]);
	get_at(slot[1].raw, PLX_CONFIG_MAX, slot_at[1]);
	return generation(1) > generation(0);
}

static int sum(char **path)
{
	static uint8_t buf[SUM_CONFIG];
	uint32_t crc;
	int i;

	for (; *path; path++) {
		open_disk(*path);
		crc = 0;
		for (i = 0; i < 2; i++) {
			get_at(buf, PLX_BLOCK_SIZE, label_at[i]);
			crc = crc * 31 + crc32c(buf, PLX_BLOCK_SIZE);
			get_at(buf, SUM_CONFIG, slot_at[i]);
			crc = crc * 31 + crc32c(buf, SUM_CONFIG);
		}
		printf("%s %08x\n", *path, crc);
		close(fd);
	}
	return 0;
}

/* ---- fields ---- */

struct field {
	const char *name;
	size_t offset, size;
};

/* clang-format off */
#define F(type, name) { #name, offsetof(type, name), sizeof(((type *)0)->name) }
#define END { NULL, 0, 0 }

static const struct field label_fields[] = {
	F(struct plx_label_disk, magic),	  F(struct plx_label_disk, version),
	F(struct plx_label_disk, pack_id),	  F(struct plx_label_disk, disk_id),
	F(struct plx_label_disk, disk_sectors),	  F(struct plx_label_disk, config_sector),
	F(struct plx_label_disk, config_sectors), F(struct plx_label_disk, log_sector),
	F(struct plx_label_disk, log_slots),	  F(struct plx_label_disk, pad0),
	F(struct plx_label_disk, data_sector),	  F(struct plx_label_disk, data_end),
	END
};

static const struct field head_fields[] = {
	F(struct plx_config_disk, magic),      F(struct plx_config_disk, version),
	F(struct plx_config_disk, bytes),      F(struct plx_config_disk, flags),
	F(struct plx_config_disk, pack_id),    F(struct plx_config_disk, generation),
	F(struct plx_config_disk, epoch),      F(struct plx_config_disk, n_disks),
	F(struct plx_config_disk, n_volumes),  F(struct plx_config_disk, name),
	END
};

static const struct field disk_fields[] = {
	F(struct plx_disk_disk, id),	      F(struct plx_disk_disk, sectors),
	F(struct plx_disk_disk, data_sector), F(struct plx_disk_disk, data_end),
	F(struct plx_disk_disk, log_slots),   F(struct plx_disk_disk, state),
	F(struct plx_disk_disk, flags),	      F(struct plx_disk_disk, pad0),
	F(struct plx_disk_disk, last_generation), F(struct plx_disk_disk, last_epoch),
	F(struct plx_disk_disk, path),	      F(struct plx_disk_disk, maybe_epoch),
	F(struct plx_disk_disk, joined),      END
};

static const struct field volume_fields[] = {
	F(struct plx_volume_disk, id),	      F(struct plx_volume_disk, name),
	F(struct plx_volume_disk, sectors),   F(struct plx_volume_disk, flags),
	F(struct plx_volume_disk, region_shift), F(struct plx_volume_disk, read_policy),
	F(struct plx_volume_disk, preferred), F(struct plx_volume_disk, log_id),
	F(struct plx_volume_disk, n_logs),    F(struct plx_volume_disk, n_plexes),
	{ "log0.disk", offsetof(struct plx_volume_disk, log[0].disk), 4 },
	{ "log0.slot", offsetof(struct plx_volume_disk, log[0].slot), 4 },
	{ "log1.disk", offsetof(struct plx_volume_disk, log[1].disk), 4 },
	{ "log1.slot", offsetof(struct plx_volume_disk, log[1].slot), 4 },
	F(struct plx_volume_disk, write_hole), F(struct plx_volume_disk, written_map),
	END
};

static const struct field plex_fields[] = {
	F(struct plx_plex_disk, id),	    F(struct plx_plex_disk, type),
	F(struct plx_plex_disk, state),	    F(struct plx_plex_disk, stale_map),
	F(struct plx_plex_disk, unit),	    F(struct plx_plex_disk, n_members),
	F(struct plx_plex_disk, flags),	    F(struct plx_plex_disk, task_id),
	F(struct plx_plex_disk, task_kind), F(struct plx_plex_disk, parity), END
};

static const struct field member_fields[] = {
	F(struct plx_member_disk, n_extents), F(struct plx_member_disk, flags),
	F(struct plx_member_disk, state),     F(struct plx_member_disk, stale_map),
	F(struct plx_member_disk, log_start), F(struct plx_member_disk, log_sectors), END
};

static const struct field extent_fields[] = {
	F(struct plx_extent_disk, disk), F(struct plx_extent_disk, pad0),
	F(struct plx_extent_disk, start), F(struct plx_extent_disk, sectors), END
};
/* clang-format on */

typedef int visit_fn(const char *name, uint8_t *at, size_t size, void *arg);

static int visit(const char *record, int nr, const struct field *f, void *base, visit_fn *fn,
		 void *arg)
{
	char name[64];
	int ret = 0;

	for (; f->name && !ret; f++) {
		if (nr < 0)
			snprintf(name, sizeof(name), "%s.%s", record, f->name);
		else
			snprintf(name, sizeof(name), "%s%d.%s", record, nr, f->name);
		ret = fn(name, (uint8_t *)base + f->offset, f->size, arg);
	}
	return ret;
}

/* The configuration is taken as valid: walked before it is spoilt. */
static int visit_all(uint8_t *raw, visit_fn *fn, void *arg)
{
	const struct plx_config_disk *head = (void *)raw;
	uint8_t *p = raw + sizeof(*head);
	uint32_t d, v, i, m, x, n_disks = le32toh(head->n_disks), n_plexes, n_members, n_extents;
	uint32_t n_volumes = le32toh(head->n_volumes);
	int ret, plexes = 0, members = 0, extents = 0;

	ret = visit("label", -1, label_fields, &label, fn, arg);
	if (!ret)
		ret = visit("head", -1, head_fields, raw, fn, arg);
	for (d = 0; d < n_disks && !ret; d++, p += sizeof(struct plx_disk_disk))
		ret = visit("disk", d, disk_fields, p, fn, arg);
	for (v = 0; v < n_volumes && !ret; v++) {
		n_plexes = le32toh(((struct plx_volume_disk *)p)->n_plexes);
		ret = visit("volume", v, volume_fields, p, fn, arg);
		p += sizeof(struct plx_volume_disk);
		for (i = 0; i < n_plexes && !ret; i++) {
			n_members = le32toh(((struct plx_plex_disk *)p)->n_members);
			ret = visit("plex", plexes++, plex_fields, p, fn, arg);
			p += sizeof(struct plx_plex_disk);
			for (m = 0; m < n_members && !ret; m++) {
				n_extents = le32toh(((struct plx_member_disk *)p)->n_extents);
				ret = visit("member", members++, member_fields, p, fn, arg);
				p += sizeof(struct plx_member_disk);
				for (x = 0; x < n_extents && !ret; x++) {
					ret = visit("extent", extents++, extent_fields, p, fn, arg);
					p += sizeof(struct plx_extent_disk);
				}
			}
		}
	}
	return ret;
}

static uint64_t value_of(const uint8_t *at, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, at, size < 8 ? size : 8);
	return le64toh(value);
}

static int show(const char *name, uint8_t *at, size_t size, void *raw)
{
	long offset = strncmp(name, "label.", 6) ? at - (uint8_t *)raw : at - (uint8_t *)&label;

	printf("%s %ld %zu %llu\n", name, offset, size, (unsigned long long)value_of(at, size));
	return 0;
}

struct wanted {
	const char *name;
	uint8_t *at;
	size_t size;
};

static int match(const char *name, uint8_t *at, size_t size, void *arg)
{
	struct wanted *w = arg;

	if (strcmp(name, w->name))
		return 0;
	w->at = at;
	w->size = size;
	return 1;
}

static int set(int newest, struct wanted *w, const char *text)
{
	uint64_t value = htole64(strtoull(text, NULL, 0));
	uint32_t bytes = le32toh(slot[newest].head.bytes);

	memcpy(w->at, &value, w->size < 8 ? w->size : 8);
	if (!strncmp(w->name, "label.", 6)) {
		label.crc = 0;
		label.crc = htole32(crc32c(&label, sizeof(label)));
		put_at(&label, sizeof(label), label_at[0]);
		put_at(&label, sizeof(label), label_at[1]);
		return 0;
	}
	/* a new length has its own sum, where that can be */
	if (!strcmp(w->name, "head.bytes") && value_of(w->at, 4) <= PLX_CONFIG_MAX)
		bytes = value_of(w->at, 4);
	slot[newest].head.crc = 0;
	slot[newest].head.crc = htole32(crc32c(slot[newest].raw, bytes));
	put_at(slot[newest].raw, PLX_CONFIG_MAX, slot_at[newest]);
	return 0;
}

static int spoil(const char *what, int newest, int wipe)
{
	static uint8_t zero[PLX_BLOCK_SIZE];
	off_t at[2] = { -1, -1 };
	uint8_t byte;
	int i;

	if (!strcmp(what, "label1") || !strcmp(what, "labels"))
		at[0] = label_at[0];
	if (!strcmp(what, "label2") || !strcmp(what, "labels"))
		at[1] = label_at[1];
	if (!strcmp(what, "new") || !strcmp(what, "slots"))
		at[newest] = slot_at[newest];
	if (!strcmp(what, "old") || !strcmp(what, "slots"))
		at[!newest] = slot_at[!newest];
	for (i = 0; i < 2; i++) {
		if (at[i] < 0)
			continue;
		if (wipe) {
			put_at(zero, sizeof(zero), at[i]);
			continue;
		}
		get_at(&byte, 1, at[i] + 100);
		byte ^= 0x10;
		put_at(&byte, 1, at[i] + 100);
	}
	return at[0] < 0 && at[1] < 0;
}

int main(int argc, char **argv)
{
	struct wanted w = { 0 };
	int newest;

	if (argc > 2 && !strcmp(argv[1], "sum"))
		return sum(argv + 2);
	if (argc < 3)
		errx(2, "see the top of plxdisk.c");
	open_disk(argv[2]);
	newest = load();
	if (!strcmp(argv[1], "fields"))
		return visit_all(slot[newest].raw, show, slot[newest].raw);
	if (!strcmp(argv[1], "slots")) {
		printf("%llu %llu\n", (unsigned long long)generation(0),
		       (unsigned long long)generation(1));
		return 0;
	}
	if (argc == 4 && (!strcmp(argv[1], "spoil") || !strcmp(argv[1], "wipe")))
		return spoil(argv[3], newest, argv[1][0] == 'w');
	w.name = argc > 3 ? argv[3] : "";
	if (!visit_all(slot[newest].raw, match, &w))
		errx(1, "no field %s", w.name);
	if (!strcmp(argv[1], "get"))
		printf("%llu\n", (unsigned long long)value_of(w.at, w.size));
	else if (!strcmp(argv[1], "set") && argc == 5)
		return set(newest, &w, argv[4]);
	else
		errx(2, "see the top of plxdisk.c");
	return 0;
}
