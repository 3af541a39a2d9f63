// SPDX-License-Identifier: GPL-2.0
/* config_format.c: round trips, hostile bytes, and every rule */
#include "test.h"
#include "config.h"

#define MIB(n) (2048ULL * (n))

TEST(the_sample_obeys_all_rules)
{
	struct plx_conf *conf = make_sample();
	char why[100] = "";

	CHECK_EQ(plx_conf_check(conf, why, sizeof(why)), 0);
	CHECK(!why[0]);
	plx_conf_put(conf);
}

TEST(a_configuration_survives_the_disk)
{
	struct plx_conf *conf = make_sample(), *back = NULL;
	size_t bytes;
	u8 *buf = config_encode(conf, &bytes);

	CHECK_EQ(bytes % 512, 0);
	CHECK_EQ(plx_conf_decode(buf, bytes, &back, NULL, 0), 0);
	CHECK(back && conf_equal(conf, back));
	plx_conf_put(back);
	plx_conf_put(conf);
	free(buf);
}

TEST(a_configuration_without_disks_and_volumes_survives_too)
{
	struct plx_conf *conf = make_empty(0, 0), *back = NULL;
	size_t bytes;
	u8 *buf = config_encode(conf, &bytes);

	CHECK_EQ(bytes, 512);
	CHECK_EQ(plx_conf_decode(buf, bytes, &back, NULL, 0), 0);
	CHECK(back && conf_equal(conf, back));
	plx_conf_put(back);
	plx_conf_put(conf);
	free(buf);
}

TEST(the_golden_configuration_is_written)
{
	config_is_written(make_sample(), "config.hex");
}

TEST(the_golden_configuration_is_read)
{
	config_is_read(make_sample(), "config.hex");
}

TEST(what_stands_behind_the_blob_in_its_slot_does_not_matter)
{
	struct plx_conf *conf = make_sample(), *back = NULL;
	u8 *slot = malloc(PLX_CONFIG_MAX);

	memset(slot, 0xee, PLX_CONFIG_MAX);
	plx_conf_encode(conf, slot);
	CHECK_EQ(plx_conf_decode(slot, PLX_CONFIG_MAX, &back, NULL, 0), 0);
	plx_conf_put(back);
	plx_conf_put(conf);
	free(slot);
}

TEST(every_damaged_byte_is_noticed)
{
	static const u8 damage[] = { 0x01, 0x80, 0xff, 0x10 };
	struct plx_conf *conf = make_sample();
	size_t bytes, i, j;
	u8 *buf = config_encode(conf, &bytes);

	for (i = 0; i < bytes; i++)
		for (j = 0; j < ARRAY_SIZE(damage); j++) {
			buf[i] ^= damage[j];
			CHECK_EQ(config_decode_hostile(buf, bytes), i < 8 ? -ENODATA : -EBADMSG);
			buf[i] ^= damage[j];
		}
	CHECK_EQ(config_decode_hostile(buf, bytes), 0);
	plx_conf_put(conf);
	free(buf);
}

TEST(a_blob_that_is_cut_off_is_refused)
{
	struct plx_conf *conf = make_sample();
	size_t bytes, len;
	u8 *buf = config_encode(conf, &bytes);

	for (len = 0; len < bytes; len++) {
		u8 *cut = malloc(len + !len);

		memcpy(cut, buf, len);
		CHECK_EQ(config_decode_hostile(cut, len), len < 256 ? -ENODATA : -EBADMSG);
		free(cut);
	}
	plx_conf_put(conf);
	free(buf);
}

TEST(a_blob_that_says_it_is_shorter_is_refused)
{
	struct plx_conf *conf = make_sample();
	size_t bytes;
	u8 *buf = config_encode(conf, &bytes);
	u32 said;

	for (said = 512; said < bytes; said += 512) {
		memcpy(buf + 16, &said, 4);
		config_reseal(buf, said);
		CHECK_EQ(config_decode_hostile(buf, bytes), -EINVAL);
	}
	plx_conf_put(conf);
	free(buf);
}

TEST(no_value_in_any_field_does_harm)
{
	config_try_values(make_sample());
}

TEST(no_pile_of_random_changes_does_harm)
{
	config_try_piles(make_sample());
}

TEST(decoding_without_memory_fails_and_leaks_nothing)
{
	struct plx_conf *conf = make_sample(), *back;
	size_t bytes;
	u8 *buf = config_encode(conf, &bytes);
	unsigned long n;
	char why[40] = "";
	int err;

	for (n = 1;; n++) {
		long live = shim_live;

		back = NULL;
		shim_failed = false;
		shim_fail_at = n;
		err = plx_conf_decode(buf, bytes, &back, why, sizeof(why));
		shim_fail_at = 0;
		if (!shim_failed)
			break;
		CHECK_EQ(err, -ENOMEM);
		CHECK_STR(why, "memory");
		CHECK(!back);
		rcu_barrier();
		CHECK_EQ(shim_live, live);
	}
	CHECK_EQ(err, 0);
	CHECK(n > 30);
	plx_conf_put(back);
	plx_conf_put(conf);
	free(buf);
}

TEST(another_version_is_refused_by_name)
{
	struct plx_conf *conf = make_sample(), *back;
	size_t bytes;
	u8 *buf = config_encode(conf, &bytes);
	char why[80] = "";

	buf[12] = 2;
	config_reseal(buf, bytes);
	CHECK_EQ(plx_conf_decode(buf, bytes, &back, why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "version 2");
	plx_conf_put(conf);
	free(buf);
}

TEST(padding_is_ignored)
{
	struct plx_conf *conf = make_sample(), *back = NULL;
	size_t bytes, vol = 256 + 5 * 256;
	u8 *buf = config_encode(conf, &bytes);

	memset(buf + 136, 0xee, 120); /* head */
	memset(buf + 256 + 52, 0xee, 4); /* disk */
	memset(buf + 256 + 168, 0xee, 88);
	memset(buf + vol + 120, 0xee, 32); /* volume: the logs that it does not have */
	memset(buf + vol + 160, 0xee, 96);
	memset(buf + vol + 256 + 56, 0xee, 72); /* plex */
	memset(buf + vol + 416 + 4, 0xee, 4); /* extent */
	memset(buf + vol + 416 + 24, 0xee, 8);
	config_reseal(buf, bytes);
	CHECK_EQ(plx_conf_decode(buf, bytes, &back, NULL, 0), 0);
	CHECK(back && conf_equal(conf, back));
	plx_conf_put(back);
	plx_conf_put(conf);
	free(buf);
}

TEST(member_flags_are_not_known_and_refused)
{
	struct plx_conf *conf = make_sample(), *back = NULL;
	size_t bytes;
	u8 *buf = config_encode(conf, &bytes);

	buf[256 + 5 * 256 + 384 + 4] = 1;
	config_reseal(buf, bytes);
	CHECK_EQ(plx_conf_decode(buf, bytes, &back, NULL, 0), -EINVAL);
	plx_conf_put(conf);
	free(buf);
}

TEST(a_count_of_extents_is_bounded_before_it_is_multiplied)
{
	struct plx_conf *conf = make_sample(), *back = NULL;
	u32 n = cpu_to_le32(1 << 27); /* times 32 is 0 in 32 bits */
	size_t bytes;
	u8 *buf = config_encode(conf, &bytes);
	char why[80] = "";

	memcpy(buf + 256 + 5 * 256 + 384, &n, 4);
	config_reseal(buf, bytes);
	CHECK_EQ(plx_conf_decode(buf, bytes, &back, why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "134217728 extents");
	plx_conf_put(conf);
	free(buf);
}

static void refuse_text(size_t at)
{
	struct plx_conf *conf = make_sample(), *back = NULL;
	size_t bytes;
	u8 *buf = config_encode(conf, &bytes);
	char why[80] = "";

	memset(buf + at, 'x', 64);
	config_reseal(buf, bytes);
	CHECK_EQ(plx_conf_decode(buf, bytes, &back, why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "without an end");
	plx_conf_put(conf);
	free(buf);
}

TEST(a_pack_name_without_an_end_is_refused)
{
	refuse_text(64);
}

TEST(a_path_without_an_end_is_refused)
{
	refuse_text(256 + 88);
}

TEST(a_volume_name_without_an_end_is_refused)
{
	refuse_text(256 + 5 * 256 + 16);
}

/* as many extents as a blob can hold: one in every second MiB of a disk */
static struct plx_conf *make_huge(u32 n_extents)
{
	struct plx_conf *conf = make_empty(1, MIB(100000));
	struct plx_conf_volume *vol = NULL;
	u32 i;

	for (i = 0; i < n_extents; i++) {
		if (i % 256 == 0) {
			vol = plx_conf_volume_add(conf);
			vol->id = make_id(3, conf->n_volumes);
			sprintf(vol->name, "v%u", conf->n_volumes);
			vol->sectors = 1;
			make_plex(vol, PLEXUS_TYPE_SPAN, 1);
			vol->plex[0]->id.b[0] = i / 256;
		}
		/* in a mixed order, or sorting would be for nothing */
		plx_conf_member_append(
			&vol->plex[0]->member[0], 0,
			conf->disk[0]->data_sector + MIB(2 * ((u64)i * 7919 % 16381)), MIB(1));
	}
	return conf;
}

TEST(a_blob_of_512_kib_is_taken)
{
	struct plx_conf *conf = make_huge(15400), *back = NULL;
	size_t bytes;
	u8 *buf = config_encode(conf, &bytes);
	char why[100] = "";

	CHECK(bytes > PLX_CONFIG_MAX - 8192 && bytes <= PLX_CONFIG_MAX);
	CHECK_EQ(plx_conf_decode(buf, bytes, &back, why, sizeof(why)), 0);
	CHECK_STR("", why);
	plx_conf_put(back);
	plx_conf_put(conf);
	free(buf);
}

TEST(more_than_512_kib_are_refused)
{
	struct plx_conf *conf = make_huge(16300);
	char why[100] = "";

	CHECK_EQ(plx_conf_check(conf, why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "512 KiB");
	plx_conf_put(conf);
}

TEST(one_overlap_among_15000_extents_is_found)
{
	struct plx_conf *conf = make_huge(15000);
	char why[100] = "";

	conf->volume[40]->plex[0]->member[0].extent[17].start =
		conf->volume[3]->plex[0]->member[0].extent[200].start;
	CHECK_EQ(plx_conf_check(conf, why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "used twice");
	plx_conf_put(conf);
}

/*
 * Every rule: the sample with one thing changed is refused, and says why.
 * In the edit, c is the configuration, m its mirror.
 */
#define REFUSED(name, words, ...) RULE_REFUSED(make_sample, 3, name, words, __VA_ARGS__)
#define TAKEN(name, ...) RULE_TAKEN(make_sample, 3, name, __VA_ARGS__)
#define EXTENT(v, p, e, x) (c->volume[v]->plex[p]->member[e].extent[x])
#define NIL(id) memset(&(id), 0, sizeof(id))

TEST(refused_counts_that_no_array_has)
{
	struct plx_conf *c = make_sample();

	c->n_disks = 257;
	CHECK_EQ(plx_conf_check(c, NULL, 0), -EINVAL);
	c->n_disks = 5;
	c->n_volumes = 257;
	CHECK_EQ(plx_conf_check(c, NULL, 0), -EINVAL);
	c->n_volumes = 4;
	c->volume[3]->n_plexes = 33;
	CHECK_EQ(plx_conf_check(c, NULL, 0), -EINVAL);
	c->volume[3]->n_plexes = 3;
	c->volume[3]->n_logs = 5;
	CHECK_EQ(plx_conf_check(c, NULL, 0), -EINVAL);
	c->volume[3]->n_logs = 2;
	c->volume[0]->plex[0]->n_members = 33;
	CHECK_EQ(plx_conf_check(c, NULL, 0), -EINVAL);
	c->volume[0]->plex[0]->n_members = 1;
	c->volume[0]->plex[0]->member[0].n_extents = 257;
	CHECK_EQ(plx_conf_check(c, NULL, 0), -EINVAL);
	c->volume[0]->plex[0]->member[0].n_extents = 1;
	CHECK_EQ(plx_conf_check(c, NULL, 0), 0);
	plx_conf_put(c);
}

REFUSED(a_pack_without_id, "no id", NIL(c->pack_id))
REFUSED(a_pack_without_name, "name", c->name[0] = 0)
REFUSED(a_pack_with_a_bad_name, "name", strcpy(c->name, "../x"))
REFUSED(unknown_pack_flags, "flags 0x2", c->flags = 2)
REFUSED(a_disk_without_id, "disk 2 has no id", NIL(c->disk[2]->id))
REFUSED(two_disks_with_one_id, "disks 1 and 4", c->disk[4]->id = c->disk[1]->id)
REFUSED(disk_state_0, "state 0", c->disk[1]->state = 0)
REFUSED(disk_state_5, "state 5", c->disk[1]->state = 5)
REFUSED(unknown_disk_flags, "flags 0x2", c->disk[1]->flags = 2)
REFUSED(an_impossible_disk_geometry, "geometry", c->disk[1]->data_end += MIB(2))
REFUSED(data_in_the_log_area, "geometry", c->disk[1]->log_slots = 200)
REFUSED(a_path_with_control_characters, "path", strcpy(c->disk[1]->path, "/dev/\033[2J"))
REFUSED(a_path_without_end, "path", memset(c->disk[1]->path, 'x', 64))
REFUSED(a_volume_without_id, "volume 1 has no id", NIL(c->volume[1]->id))
REFUSED(a_volume_with_a_bad_name, "volume 1 has no valid name", strcpy(c->volume[1]->name, "a/b"))
REFUSED(a_volume_name_without_end, "name", memset(c->volume[1]->name, 'x', 64))
REFUSED(two_volumes_with_one_id, "volumes 0 and 2", c->volume[2]->id = c->volume[0]->id)
REFUSED(two_volumes_with_one_name, "volumes 0 and 2", strcpy(c->volume[2]->name, "simple"))
REFUSED(a_volume_of_no_sectors, "0 sectors", c->volume[0]->sectors = 0)
REFUSED(a_volume_of_too_many_sectors, "sectors", m->sectors = PLX_SECTORS_MAX + 1)
REFUSED(unknown_volume_flags, "flags 0x8", m->flags = 8)
REFUSED(an_unknown_read_policy, "read policy 3", m->read_policy = 3)
REFUSED(a_preferred_plex_that_is_not_there, "plex 3", m->preferred = 3)
REFUSED(a_volume_without_plexes, "0 plexes",
	plx_conf_plex_free(plx_conf_plex_detach(c->volume[0], 0)))
REFUSED(a_member_without_extents, "0 extents", m->plex[2]->member[0].n_extents = 0)
REFUSED(a_mirror_without_log, "without a region log", m->n_logs = 0; m->region_shift = 0)
REFUSED(logs_without_region_shift, "region shift 0", m->region_shift = 0)
REFUSED(a_region_shift_without_logs, "0 copies", m->n_logs = 0; m->plex[2]->stale_map = 0)
REFUSED(regions_under_64_kib, "region shift 6", m->region_shift = 6)
REFUSED(a_region_shift_without_bounds, "region shift", m->region_shift = 64)
REFUSED(more_regions_than_a_map_holds, "regions", m->sectors = 128ULL * PLX_LOG_BITS + 1)
REFUSED(a_log_on_a_disk_that_is_not_there, "disk 5", m->log[1].disk = 5)
REFUSED(a_log_slot_that_is_not_there, "log slot 100", m->log[1].slot = 100)
REFUSED(two_logs_on_one_disk, "two copies", m->log[1].disk = 0)
REFUSED(one_log_slot_for_two_volumes, "used twice", c->volume[0]->region_shift = 7;
	c->volume[0]->n_logs = 1; c->volume[0]->log[0] = (struct plx_conf_log){ 1, 99 })
REFUSED(a_plex_without_id, "plex 1 has no id", NIL(m->plex[1]->id))
REFUSED(two_plexes_with_one_id, "two plexes have the id",
	c->volume[0]->plex[0]->id = m->plex[2]->id)
REFUSED(plex_state_0, "state 0", m->plex[1]->state = 0)
REFUSED(plex_state_5, "state 5", m->plex[1]->state = 5)
REFUSED(unknown_plex_flags, "flags 0x2", m->plex[1]->flags = 2)
REFUSED(an_unknown_task_kind, "task kind 12", m->plex[1]->task_kind = 12)
REFUSED(a_map_that_is_not_there, "map 8", m->plex[1]->stale_map = 8)
REFUSED(two_plexes_with_one_stale_map, "log map 3 twice", m->plex[1]->stale_map = 3)
REFUSED(a_stale_map_without_a_log, "no log", c->volume[0]->plex[0]->stale_map = 1)
REFUSED(plex_type_0, "type 0", m->plex[0]->type = 0)
REFUSED(plex_type_mirror, "type 13", m->plex[0]->type = PLEXUS_TYPE_MIRROR)
REFUSED(a_simple_plex_of_two_members, "2 members", m->plex[1]->type = PLEXUS_TYPE_SIMPLE)
REFUSED(a_span_with_a_unit, "unit", m->plex[2]->unit = 128)
REFUSED(a_stripe_without_unit, "unit of 0", m->plex[1]->unit = 0)
REFUSED(a_unit_that_is_no_power_of_two, "unit of 96", m->plex[1]->unit = 96)
REFUSED(a_unit_under_4_kib, "unit of 4", m->plex[1]->unit = 4)
REFUSED(a_unit_over_1_mib, "unit of 4096", m->plex[1]->unit = 4096)
REFUSED(a_simple_plex_on_two_disks, "simple plex is on disks 0 and 1",
	c->volume[1]->plex[0]->type = PLEXUS_TYPE_SIMPLE)
REFUSED(two_plexes_of_a_volume_on_one_disk, "two plexes", EXTENT(3, 2, 0, 1).disk = 1)
REFUSED(unequal_members_of_a_stripe, "differ", EXTENT(3, 1, 1, 0).sectors = MIB(3))
REFUSED(a_plex_smaller_than_its_volume, "plex 0 holds 8192", m->sectors = MIB(4) + 1)
REFUSED(an_extent_on_a_disk_that_is_not_there, "disk 5", EXTENT(0, 0, 0, 0).disk = 5)
REFUSED(an_extent_of_no_sectors, "MiB", EXTENT(0, 0, 0, 0).sectors = 0)
REFUSED(an_extent_that_starts_inside_of_a_mib, "MiB", EXTENT(0, 0, 0, 0).start += 8)
REFUSED(an_extent_that_ends_inside_of_a_mib, "MiB", EXTENT(1, 0, 0, 1).sectors += 8)
REFUSED(an_extent_before_the_data, "outside", EXTENT(0, 0, 0, 0).start = MIB(8))
REFUSED(an_extent_past_the_data, "outside", EXTENT(1, 0, 0, 2).sectors = MIB(2))
REFUSED(an_extent_behind_the_data, "outside", EXTENT(1, 0, 0, 2).start = MIB(199))
REFUSED(an_extent_that_overflows, "outside", EXTENT(1, 0, 0, 2).sectors = ~0ULL << 11)
REFUSED(an_extent_at_the_end_of_numbers, "outside", EXTENT(1, 0, 0, 2).start = ~0ULL << 11)
REFUSED(overlapping_extents_of_two_volumes, "disk 0: sector 22528",
	EXTENT(0, 0, 0, 0).sectors = MIB(3))
REFUSED(overlapping_extents_of_one_member, "used twice", EXTENT(1, 0, 0, 2).start = MIB(11))
REFUSED(an_extent_used_twice, "used twice", EXTENT(1, 0, 0, 2) = EXTENT(1, 0, 0, 1))

TAKEN(stale_maps_that_differ, m->plex[1]->stale_map = 7)
TAKEN(two_plexes_that_are_stale_all_over, m->plex[2]->stale_map = 0)
TAKEN(a_unit_of_4_kib, m->plex[1]->unit = 8)
TAKEN(a_unit_of_1_mib, m->plex[1]->unit = 2048)
TAKEN(a_log_of_a_basic_volume, c->volume[0]->region_shift = 39; c->volume[0]->n_logs = 1;
      c->volume[0]->log[0] = (struct plx_conf_log){ 1, 98 })
TAKEN(a_path_with_foreign_letters, strcpy(c->disk[0]->path, "/dev/\xc3\xa4"))
TAKEN(an_extent_up_to_the_end_of_the_data, EXTENT(1, 0, 0, 1).sectors = MIB(189 - 12);
      EXTENT(1, 0, 0, 1).start = MIB(22); EXTENT(1, 0, 0, 2).start = MIB(9);
      EXTENT(1, 0, 0, 2).sectors = MIB(11))
