// SPDX-License-Identifier: GPL-2.0
/* Configurations to test with. */
#include "test.h"

struct plx_id make_id(u8 kind, u8 number)
{
	struct plx_id id;
	u32 i;

	for (i = 0; i < PLX_ID_LEN; i++)
		id.b[i] = 0x10 * kind + i;
	id.b[PLX_ID_LEN - 1] = number;
	return id;
}

struct plx_conf *make_empty(u32 n_disks, u64 disk_sectors)
{
	struct plx_conf *conf = plx_conf_new();
	struct plx_label label;
	u32 i;

	conf->pack_id = make_id(1, 0);
	strcpy(conf->name, "pack");
	conf->generation = 1;
	conf->epoch = 1;
	plx_label_geometry(&label, disk_sectors);
	for (i = 0; i < n_disks; i++) {
		struct plx_conf_disk *disk = plx_conf_disk_add(conf);

		disk->id = make_id(2, i);
		disk->state = PLX_DISK_ONLINE;
		disk->log_slots = label.log_slots;
		disk->sectors = disk_sectors;
		disk->data_sector = label.data_sector;
		disk->data_end = label.data_end;
	}
	return conf;
}

struct plx_conf_plex *make_plex(struct plx_conf_volume *vol, u32 type, u32 n_members)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(n_members);

	plex->id = make_id(vol->id.b[PLX_ID_LEN - 1] + 4, vol->n_plexes);
	plex->type = type;
	plex->state = PLX_PLEX_CURRENT;
	plex->unit = type == PLEXUS_TYPE_STRIPE || type == PLEXUS_TYPE_PARITY ? 128 : 0;
	plex->parity = type == PLEXUS_TYPE_PARITY;
	plx_conf_plex_attach(vol, plex);
	return plex;
}

static struct plx_conf_volume *make_volume(struct plx_conf *conf, const char *name, u64 sectors)
{
	struct plx_conf_volume *vol;

	vol = plx_conf_volume_add(conf);
	vol->id = make_id(3, conf->n_volumes - 1);
	strcpy(vol->name, name);
	vol->sectors = sectors;
	return vol;
}

#define MIB(n) (2048ULL * (n))

static void make_mirror(struct plx_conf *conf)
{
	struct plx_conf_volume *vol = make_volume(conf, "mirror", 8000);
	struct plx_conf_plex *plex;

	vol->region_shift = 7;
	vol->read_policy = PLEXUS_READ_POLICY_PREFER;
	vol->preferred = 1;
	vol->log_id = 0x1122334455667788;
	vol->n_logs = 2;
	vol->log[0].slot = 7;
	vol->log[1].disk = 1;
	vol->log[1].slot = 99;
	plex = make_plex(vol, PLEXUS_TYPE_SIMPLE, 1);
	plex->flags = PLX_PLEX_F_ERRORS;
	plx_conf_member_append(&plex->member[0], 0, MIB(20), MIB(4));
	plex = make_plex(vol, PLEXUS_TYPE_STRIPE, 2);
	plx_conf_member_append(&plex->member[0], 1, MIB(20), MIB(2));
	plx_conf_member_append(&plex->member[1], 2, MIB(20), MIB(2));
	plex = make_plex(vol, PLEXUS_TYPE_SPAN, 1);
	plex->state = PLX_PLEX_STALE;
	plex->stale_map = 3;
	plex->task_id = 0x99aabbccddeeff00;
	plex->task_kind = PLEXUS_TASK_KIND_RESYNC;
	plx_conf_member_append(&plex->member[0], 3, MIB(20), MIB(3));
	plx_conf_member_append(&plex->member[0], 4, MIB(20), MIB(2));
}

struct plx_conf *make_sample(void)
{
	struct plx_conf *conf = make_empty(5, MIB(200));
	struct plx_conf_volume *vol;
	struct plx_conf_plex *plex;
	u32 i;

	strcpy(conf->name, "Sample.pack_1");
	conf->flags = PLX_CONF_F_EXPORTED;
	conf->generation = 0x0102030405060708;
	conf->epoch = 0xf1f2f3f4f5f6f7f8;
	conf->base_epoch = 0xe1e2e3e4e5e6e7e8;
	for (i = 0; i < 5; i++) {
		conf->disk[i]->last_generation = 1000 + i;
		conf->disk[i]->last_epoch = 0x8000000000000000 + i;
		conf->disk[i]->maybe_epoch = 0x7000000000000000 + i;
		conf->disk[i]->joined = 0x6000000000000000 + i;
		conf->disk[i]->read_errors = 2 * i;
		conf->disk[i]->write_errors = 3 * i;
		sprintf(conf->disk[i]->path, "/dev/sd%c", 'a' + i);
	}
	conf->disk[3]->state = PLX_DISK_MISSING;
	conf->disk[4]->flags = PLX_DISK_F_SPARE;
	vol = make_volume(conf, "simple", MIB(2));
	plex = make_plex(vol, PLEXUS_TYPE_SIMPLE, 1);
	plx_conf_member_append(&plex->member[0], 0, MIB(9), MIB(2));
	vol = make_volume(conf, "span", 10001);
	plex = make_plex(vol, PLEXUS_TYPE_SPAN, 1);
	plx_conf_member_append(&plex->member[0], 0, MIB(11), MIB(1));
	plx_conf_member_append(&plex->member[0], 1, MIB(9), MIB(3));
	plx_conf_member_append(&plex->member[0], 1, MIB(198), MIB(1));
	vol = make_volume(conf, "stripe", MIB(6));
	vol->flags = PLEXUS_VOLUME_FLAGS_READ_ONLY;
	plex = make_plex(vol, PLEXUS_TYPE_STRIPE, 2);
	plex->state = PLX_PLEX_MISSING;
	plx_conf_member_append(&plex->member[0], 2, MIB(9), MIB(3));
	plx_conf_member_append(&plex->member[1], 3, MIB(9), MIB(1));
	plx_conf_member_append(&plex->member[1], 3, MIB(15), MIB(2));
	make_mirror(conf);
	return conf;
}

static void add_log(struct plx_conf_volume *vol, u32 copies, u32 slot)
{
	u32 i;

	vol->region_shift = 7;
	vol->log_id = 0x0f1e2d3c4b5a6978 + slot;
	vol->n_logs = copies;
	for (i = 0; i < copies; i++)
		vol->log[i] = (struct plx_conf_log){ i, slot };
}

/* @n members of @each MiB from @at on, with parity logs of @log MiB behind MiB 40 */
static struct plx_conf_plex *add_parity(struct plx_conf_volume *vol, u32 first, u32 n, u64 at,
					u64 each, u64 log)
{
	struct plx_conf_plex *plex = make_plex(vol, PLEXUS_TYPE_PARITY, n);
	u32 i;

	for (i = 0; i < n; i++) {
		struct plx_conf_member *m = &plex->member[i];

		plx_conf_member_append(m, first + i, MIB(at), MIB(each));
		m->log_start = log ? MIB(at + 40) : 0;
		m->log_sectors = MIB(log);
	}
	return plex;
}

struct plx_conf *make_parity(void)
{
	struct plx_conf *conf = make_empty(6, MIB(200));
	struct plx_conf_volume *vol;
	struct plx_conf_plex *plex;

	strcpy(conf->name, "parity");
	vol = make_volume(conf, "log", MIB(8) + 1);
	add_log(vol, 2, 3);
	vol->write_hole = PLX_WRITE_HOLE_LOG;
	vol->written_map = 1;
	plex = add_parity(vol, 0, 4, 20, 3, 1);
	plex->member[1].extent[0].sectors = MIB(1);
	plx_conf_member_append(&plex->member[1], 1, MIB(30), MIB(2));
	plex->member[2].state = PLX_MEMBER_STALE;
	plex->member[2].stale_map = 2;
	plex->member[3].log_sectors = MIB(2);
	plex->task_id = 0x99aabbccddeeff00;
	plex->task_kind = PLEXUS_TASK_KIND_RESYNC;
	vol = make_volume(conf, "off", MIB(6));
	add_log(vol, 3, 4);
	vol->write_hole = PLX_WRITE_HOLE_OFF;
	plex = add_parity(vol, 0, 5, 100, 2, 0);
	plex->parity = 2;
	plex->unit = 8;
	plex->member[0].state = PLX_MEMBER_MISSING;
	plex->member[0].stale_map = 7;
	plex->member[4].state = PLX_MEMBER_FAILED;
	plex = make_plex(vol, PLEXUS_TYPE_SIMPLE, 1);
	plex->state = PLX_PLEX_STALE;
	plex->stale_map = 3;
	plx_conf_member_append(&plex->member[0], 5, MIB(100), MIB(6));
	vol = make_volume(conf, "journal", MIB(2));
	add_log(vol, 1, 5);
	vol->write_hole = PLX_WRITE_HOLE_JOURNAL;
	plex = add_parity(vol, 3, 3, 110, 1, 4);
	plex->unit = 2048;
	return conf;
}

static bool plex_equal(const struct plx_conf_plex *a, const struct plx_conf_plex *b)
{
	u32 i, j;

	if (!plx_id_equal(&a->id, &b->id) || a->type != b->type || a->state != b->state ||
	    a->stale_map != b->stale_map || a->unit != b->unit || a->flags != b->flags ||
	    a->n_members != b->n_members || a->task_kind != b->task_kind ||
	    a->task_id != b->task_id || a->parity != b->parity)
		return false;
	for (i = 0; i < a->n_members; i++) {
		const struct plx_conf_member *m = &a->member[i], *n = &b->member[i];

		if (m->n_extents != n->n_extents || m->state != n->state ||
		    m->stale_map != n->stale_map || m->log_start != n->log_start ||
		    m->log_sectors != n->log_sectors)
			return false;
		for (j = 0; j < m->n_extents; j++)
			if (m->extent[j].disk != n->extent[j].disk ||
			    m->extent[j].start != n->extent[j].start ||
			    m->extent[j].sectors != n->extent[j].sectors)
				return false;
	}
	return true;
}

static bool volume_equal(const struct plx_conf_volume *a, const struct plx_conf_volume *b)
{
	u32 i;

	if (!plx_id_equal(&a->id, &b->id) || strcmp(a->name, b->name) || a->sectors != b->sectors ||
	    a->flags != b->flags || a->region_shift != b->region_shift ||
	    a->read_policy != b->read_policy || a->preferred != b->preferred ||
	    a->log_id != b->log_id || a->n_logs != b->n_logs || a->n_plexes != b->n_plexes ||
	    a->write_hole != b->write_hole || a->written_map != b->written_map)
		return false;
	for (i = 0; i < a->n_logs; i++)
		if (a->log[i].disk != b->log[i].disk || a->log[i].slot != b->log[i].slot)
			return false;
	for (i = 0; i < a->n_plexes; i++)
		if (!plex_equal(a->plex[i], b->plex[i]))
			return false;
	return true;
}

static bool disk_equal(const struct plx_conf_disk *a, const struct plx_conf_disk *b)
{
	return plx_id_equal(&a->id, &b->id) && a->state == b->state && a->flags == b->flags &&
	       a->log_slots == b->log_slots && a->sectors == b->sectors &&
	       a->data_sector == b->data_sector && a->data_end == b->data_end &&
	       a->last_generation == b->last_generation && a->last_epoch == b->last_epoch &&
	       a->maybe_epoch == b->maybe_epoch && a->joined == b->joined &&
	       a->read_errors == b->read_errors && a->write_errors == b->write_errors &&
	       !strcmp(a->path, b->path);
}

bool conf_equal(const struct plx_conf *a, const struct plx_conf *b)
{
	u32 i;

	if (!plx_id_equal(&a->pack_id, &b->pack_id) || strcmp(a->name, b->name) ||
	    a->flags != b->flags || a->generation != b->generation || a->epoch != b->epoch ||
	    a->base_epoch != b->base_epoch || a->n_disks != b->n_disks ||
	    a->n_volumes != b->n_volumes)
		return false;
	for (i = 0; i < a->n_disks; i++)
		if (!disk_equal(a->disk[i], b->disk[i]))
			return false;
	for (i = 0; i < a->n_volumes; i++)
		if (!volume_equal(a->volume[i], b->volume[i]))
			return false;
	return true;
}

u8 *golden_read(const char *name, size_t *bytes)
{
	u8 *data = malloc(1 << 20);
	unsigned int byte;
	char path[512];
	FILE *f;

	*bytes = 0;
	snprintf(path, sizeof(path), "%s/%s", GOLDEN, name);
	f = fopen(path, "r");
	if (!f) {
		test_fail(__FILE__, __LINE__, "%s: cannot be read", path);
		return data;
	}
	while (*bytes < 1 << 20 && fscanf(f, "%2x", &byte) == 1)
		data[(*bytes)++] = byte;
	fclose(f);
	return data;
}
