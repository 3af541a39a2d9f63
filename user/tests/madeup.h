/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A made-up machine: pack tank with four disks, one of them missing; volume data
 * is a mirror that lost a plex, volume scratch is being resynced; pack attic has
 * nothing but a disk.
 */
#ifndef _PLEXUS_TESTS_MADEUP_H
#define _PLEXUS_TESTS_MADEUP_H

#include "cli.h"

#define KIB (1ull << 10)
#define MIB (1ull << 20)
#define GIB (1ull << 30)

static struct plexus_id made_id(uint8_t first, uint8_t last)
{
	struct plexus_id id = { { first, first } };

	id.b[15] = last;
	return id;
}

static struct plexus_pack_info tank, attic;
static struct plexus_disk_info disks[5];
static struct plexus_volume_info data, scratch;
static struct plexus_plex_info plexes[4];
static struct plexus_extent extents[4];
static struct plexus_member members[4];
static struct plexus_task_info resync, old;

static struct plexus_pack_info *pack_list[] = { &tank, &attic, NULL };
static struct plexus_disk_info *disk_list[] = { &disks[0], &disks[1], &disks[2],
						&disks[3], &disks[4], NULL };
static struct plexus_volume_info *volume_list[] = { &data, &scratch, NULL };
static struct plexus_plex_info *plex_list[] = { &plexes[0], &plexes[1], &plexes[2], &plexes[3],
						NULL };
static struct plexus_task_info *task_list[] = { &old, &resync, NULL };

static void make_packs(void)
{
	tank = (struct plexus_pack_info){ .id = made_id(0xaa, 1),
					  .name = "tank",
					  .status = 1,
					  .generation = 17,
					  .n_disks = 4,
					  .n_volumes = 2 };
	attic = (struct plexus_pack_info){ .id = made_id(0xab, 2),
					   .name = "attic",
					   .status = 4,
					   .flags = PLEXUS_PACK_FLAGS_NOQUORUM,
					   .n_disks = 3,
					   .message = "1 of 3 disks is there" };
}

static void make_disks(void)
{
	static const char *const paths[] = { "/dev/vdb", "/dev/vdc", "/dev/vdd", "/dev/vde",
					     "/dev/vdf" };
	int i;

	for (i = 0; i < 5; i++) {
		disks[i] = (struct plexus_disk_info){
			.id = made_id((uint8_t)(0xd0 + i), 1),
			.pack = i < 4 ? tank.id : attic.id,
			.status = PLEXUS_DISK_STATUS_ONLINE,
			.health = PLEXUS_HEALTH_HEALTHY,
			.size = 2 * GIB,
			.free = GIB,
			.largest_free = GIB - (uint64_t)i * 100 * MIB,
		};
		snprintf(disks[i].path, sizeof(disks[i].path), "%s", paths[i]);
		snprintf(disks[i].pack_name, sizeof(disks[i].pack_name), "%s",
			 i < 4 ? "tank" : "attic");
	}
	disks[1].status = PLEXUS_DISK_STATUS_MISSING;
	disks[1].health = PLEXUS_HEALTH_FAILED;
	disks[3].spare = true;
	disks[2].read_errors = 3;
}

static void make_plex(int i, const struct plexus_volume_info *v, uint32_t index, int disk,
		      uint32_t health)
{
	extents[i] =
		(struct plexus_extent){ .disk = disks[disk].id, .start = MIB, .size = 512 * MIB };
	members[i] =
		(struct plexus_member){ .health = health, .extents = &extents[i], .n_extents = 1 };
	plexes[i] = (struct plexus_plex_info){
		.id = made_id((uint8_t)(0xe0 + i), 1),
		.pack = tank.id,
		.volume = v->id,
		.index = index,
		.health = health,
		.type = PLEXUS_TYPE_SIMPLE,
		.size = 512 * MIB,
		.members = &members[i],
		.n_members = 1,
		.status = PLEXUS_VOLUME_STATUS_ONLINE,
	};
}

static void make_volumes(void)
{
	data = (struct plexus_volume_info){
		.id = made_id(0xf0, 1),
		.pack = tank.id,
		.pack_name = "tank",
		.name = "data",
		.status = PLEXUS_VOLUME_STATUS_ONLINE,
		.health = PLEXUS_HEALTH_FAILED_REDUNDANCY,
		.type = PLEXUS_TYPE_MIRROR,
		.size = 512 * MIB,
		.n_plexes = 2,
		.device = "plx0",
	};
	scratch = data;
	scratch.id = made_id(0xf1, 2);
	snprintf(scratch.name, sizeof(scratch.name), "scratch");
	snprintf(scratch.device, sizeof(scratch.device), "plx1");
	scratch.health = PLEXUS_HEALTH_REBUILDING;
	scratch.sync_total = 512 * MIB;
	scratch.sync_done = 220 * MIB;
	scratch.sync_speed = 20 * MIB;
	make_plex(0, &data, 0, 0, PLEXUS_HEALTH_HEALTHY);
	make_plex(1, &data, 1, 1, PLEXUS_HEALTH_FAILED);
	make_plex(2, &scratch, 0, 0, PLEXUS_HEALTH_HEALTHY);
	make_plex(3, &scratch, 1, 2, PLEXUS_HEALTH_REBUILDING);
	plexes[3].stale = 292 * MIB;
	plexes[3].has_stale = true;
}

static void make_tasks(void)
{
	resync = (struct plexus_task_info){ .id = 7,
					    .kind = PLEXUS_TASK_KIND_RESYNC,
					    .pack = tank.id,
					    .volume = scratch.id,
					    .result = R(VDS_E_OPERATION_PENDING),
					    .percent = 43 };
	old = (struct plexus_task_info){ .id = 6,
					 .kind = PLEXUS_TASK_KIND_VOLUME,
					 .pack = tank.id,
					 .volume = data.id,
					 .percent = 100 };
}

static inline struct snapshot madeup(void)
{
	make_packs();
	make_disks();
	make_volumes();
	make_tasks();
	return (struct snapshot){ pack_list, disk_list, volume_list, plex_list, task_list };
}

#endif
