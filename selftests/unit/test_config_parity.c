// SPDX-License-Identifier: GPL-2.0
/* conf_check.c, config_format.c, conf.c: what parity plexes bring */
#include "test.h"
#include "config.h"

#define MIB(n) (2048ULL * (n))

TEST(the_parity_sample_obeys_all_rules)
{
	struct plx_conf *conf = make_parity();
	char why[100] = "";

	if (plx_conf_check(conf, why, sizeof(why)))
		test_fail(__FILE__, __LINE__, "%s", why);
	plx_conf_put(conf);
}

TEST(the_golden_parity_configuration_is_written)
{
	config_is_written(make_parity(), "parity.hex");
}

TEST(the_golden_parity_configuration_is_read)
{
	config_is_read(make_parity(), "parity.hex");
}

TEST(no_value_in_any_field_of_a_parity_configuration_does_harm)
{
	config_try_values(make_parity());
}

TEST(no_pile_of_random_changes_of_a_parity_configuration_does_harm)
{
	config_try_piles(make_parity());
}

TEST(a_clone_has_states_maps_and_logs_of_members)
{
	struct plx_conf *conf = make_parity(), *copy = plx_conf_clone(conf), *other = make_parity();
	struct plx_conf_member *m;

	CHECK(copy && conf_equal(conf, copy));
	m = &copy->volume[0]->plex[0]->member[1];
	m->state = PLX_MEMBER_FAILED;
	m->log_sectors = 0;
	m->extent[1].start = 0;
	CHECK(conf_equal(conf, other));
	plx_conf_put(copy);
	plx_conf_put(conf);
	plx_conf_put(other);
}

TEST(parity_holds_no_data)
{
	struct plx_conf *conf = make_parity();

	CHECK_EQ(plx_conf_plex_sectors(conf->volume[0]->plex[0]), 3 * MIB(3));
	CHECK_EQ(plx_conf_plex_sectors(conf->volume[1]->plex[0]), 3 * MIB(2));
	CHECK_EQ(plx_conf_plex_sectors(conf->volume[2]->plex[0]), 2 * MIB(1));
	CHECK_EQ(plx_conf_member_sectors(&conf->volume[0]->plex[0]->member[1]), MIB(3));
	plx_conf_put(conf);
}

TEST(a_parity_plex_alone_is_redundant_and_no_mirror)
{
	struct plx_conf *conf = make_parity(), *plain = make_sample();

	CHECK_EQ(plx_conf_volume_type(conf->volume[0]), PLEXUS_TYPE_PARITY);
	CHECK_EQ(plx_conf_volume_type(conf->volume[1]), PLEXUS_TYPE_MIRROR);
	CHECK(plx_conf_volume_parity(conf->volume[0]) && plx_conf_volume_parity(conf->volume[1]));
	CHECK(plx_conf_volume_redundant(conf->volume[0]));
	CHECK(!plx_conf_volume_parity(plain->volume[3]));
	CHECK(plx_conf_volume_redundant(plain->volume[3]));
	CHECK(!plx_conf_volume_redundant(plain->volume[2]));
	plx_conf_put(conf);
	plx_conf_put(plain);
}

TEST(a_free_map_is_one_that_no_plex_no_member_and_no_written_map_has)
{
	struct plx_conf *conf = make_parity();
	struct plx_conf_volume *vol = conf->volume[0];
	struct plx_conf_plex *plex = vol->plex[0];

	CHECK_EQ(plx_conf_free_map(vol), 3);
	CHECK_EQ(plx_conf_free_map(conf->volume[1]), 1);
	CHECK_EQ(plx_conf_free_map(conf->volume[2]), 1);
	plex->stale_map = 3;
	plex->member[0].stale_map = 4;
	CHECK_EQ(plx_conf_free_map(vol), 5);
	vol->written_map = 0;
	CHECK_EQ(plx_conf_free_map(vol), 1);
	vol->written_map = 1;
	plex->member[1].stale_map = 5;
	make_plex(vol, PLEXUS_TYPE_SPAN, 1)->stale_map = 7;
	CHECK_EQ(plx_conf_free_map(vol), 6);
	plex->member[3].stale_map = 6;
	CHECK_EQ(plx_conf_free_map(vol), 0);
	plx_conf_put(conf);
}

TEST(a_member_that_should_get_writes_is_missing_without_its_disk)
{
	static const u8 want[] = { PLX_MEMBER_MISSING, PLX_MEMBER_MISSING, PLX_MEMBER_FAILED,
				   PLX_MEMBER_MISSING };
	struct plx_conf *conf = make_parity();
	struct plx_conf_member *m = &conf->volume[2]->plex[0]->member[1];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		m->state = i;
		conf->disk[4]->state = PLX_DISK_ONLINE;
		CHECK_EQ(plx_conf_member_seen(conf, m), i);
		conf->disk[4]->state = PLX_DISK_OFFLINE;
		CHECK_EQ(plx_conf_member_seen(conf, m), want[i]);
	}
	plx_conf_put(conf);
}

TEST(a_parity_plex_gets_writes_as_long_as_no_more_members_are_lost_than_it_has_parity)
{
	u32 parity, lost, i;

	for (parity = 1; parity <= 2; parity++)
		for (lost = 0; lost < 4 * 4 * 4; lost++) {
			struct plx_conf *conf = make_parity();
			struct plx_conf_plex *plex = conf->volume[1]->plex[0];
			u32 n = 0;

			plex->parity = parity;
			for (i = 0; i < 5; i++)
				plex->member[i].state = 0;
			for (i = 0; i < 3; i++) {
				plex->member[2 * i].state = lost >> 2 * i & 3;
				n += !!plex->member[2 * i].state;
			}
			CHECK_EQ(plx_conf_plex_lost(conf, plex), n);
			CHECK_EQ(plx_conf_plex_attached(conf, plex), n <= parity);
			conf->disk[1]->state = PLX_DISK_FAILED;
			CHECK_EQ(plx_conf_plex_attached(conf, plex), n + 1 <= parity);
			plex->state = PLX_PLEX_MISSING;
			CHECK(!plx_conf_plex_attached(conf, plex));
			plx_conf_put(conf);
		}
}

static void grow(struct plx_conf_disk *disk, u64 sectors)
{
	struct plx_label label;

	plx_label_geometry(&label, sectors);
	disk->log_slots = label.log_slots;
	disk->sectors = sectors;
	disk->data_sector = label.data_sector;
	disk->data_end = label.data_end;
}

/* In the edits, m is the volume with one parity and a log, p its plex. */
#define REFUSED(name, words, ...) RULE_REFUSED(make_parity, 0, name, words, __VA_ARGS__)
#define TAKEN(name, ...) RULE_TAKEN(make_parity, 0, name, __VA_ARGS__)
#define p (m->plex[0])

REFUSED(parity_0, "parity 0", p->parity = 0)
REFUSED(parity_3, "parity 3", p->parity = 3)
REFUSED(single_parity_of_2_members, "2 members in a plex of parity 1", m->sectors = MIB(2);
	p->n_members = 2; kfree(p->member[2].extent); kfree(p->member[3].extent))
REFUSED(dual_parity_of_3_members, "3 members in a plex of parity 2",
	c->volume[2]->plex[0]->parity = 2)
REFUSED(parity_without_unit, "unit of 0", p->unit = 0)
REFUSED(a_parity_unit_that_is_no_power_of_two, "unit of 96", p->unit = 96)
REFUSED(a_parity_unit_under_4_kib, "unit of 4 ", p->unit = 4)
REFUSED(a_parity_unit_over_1_mib, "unit of 4096", p->unit = 4096)
REFUSED(unequal_members_of_a_parity_plex, "differ in size", p->member[1].extent[1].sectors = MIB(1))
REFUSED(more_data_than_members_without_parity_hold, "plex 0 holds 18432", m->sectors = MIB(9) + 1)
REFUSED(more_data_than_two_parities_leave, "plex 0 holds 12288", p->parity = 2)
REFUSED(two_members_on_one_disk, "two members of a parity plex are on disk 0",
	p->member[3].extent[0].disk = 0;
	p->member[3].extent[0].start = MIB(80))
REFUSED(a_part_of_a_member_on_the_disk_of_another, "two members of a parity plex are on disk 2",
	p->member[1].extent[1].disk = 2)
REFUSED(a_parity_plex_and_another_on_one_disk, "two plexes of a volume are on disk 4",
	c->volume[1]->plex[1]->member[0].extent[0].disk = 4)
REFUSED(member_state_4, "member 1: state 4", p->member[1].state = 4)
REFUSED(a_parity_volume_without_region_log, "without a region log", m->n_logs = 0;
	m->region_shift = 0; m->written_map = 0; p->member[2].stale_map = 0)

REFUSED(no_write_hole_setting, "write hole 0", m->write_hole = PLX_WRITE_HOLE_NONE)
REFUSED(write_hole_4, "write hole 4", m->write_hole = 4)
REFUSED(a_member_without_parity_log, "member 2 has no parity log", p->member[2].log_start = 0;
	p->member[2].log_sectors = 0)
REFUSED(a_start_of_a_parity_log_that_is_none, "member 2 has no parity log",
	p->member[2].log_sectors = 0)
REFUSED(a_journal_without_parity_logs, "member 0 has no parity log",
	c->volume[1]->write_hole = PLX_WRITE_HOLE_JOURNAL)
REFUSED(parity_logs_that_are_off, "member 0 has a parity log, but volume log uses none",
	m->write_hole = PLX_WRITE_HOLE_OFF)
REFUSED(a_start_of_a_parity_log_that_is_off, "member 1 has a parity log, but volume off",
	c->volume[1]->plex[0]->member[1].log_start = MIB(150))
REFUSED(a_parity_log_inside_of_a_mib, "parity log 122888+2048 is not made of MiB",
	p->member[1].log_start += 8)
REFUSED(a_parity_log_of_half_a_mib, "parity log 122880+1024 is not made of MiB",
	p->member[1].log_sectors = 1024)
REFUSED(a_parity_log_before_the_data, "parity log 16384+2048 is outside",
	p->member[1].log_start = MIB(8))
REFUSED(a_parity_log_past_the_data, "parity log 405504+4096 is outside",
	p->member[3].log_start = MIB(198))
REFUSED(a_parity_log_that_overflows, "outside", p->member[3].log_sectors = ~0ULL << 11)
REFUSED(a_parity_log_of_one_slot, "member 0 has a parity log of 2048 sectors", p->unit = 1024)
REFUSED(a_parity_log_that_takes_ages_to_read, "member 0 has a parity log of 1050624 sectors",
	grow(c->disk[0], MIB(1000));
	p->member[0].log_start = MIB(200); p->member[0].log_sectors = MIB(513))
REFUSED(a_parity_log_at_the_end_of_numbers, "outside", p->member[3].log_start = ~0ULL << 11)
REFUSED(a_parity_log_in_its_own_member, "disk 1: sector 63488 is used twice",
	p->member[1].log_start = MIB(31))
REFUSED(a_parity_log_in_another_volume, "disk 3: sector 204800 is used twice",
	p->member[3].log_start = MIB(99))
REFUSED(two_parity_logs_in_one_place, "disk 3: sector 307200 is used twice",
	p->member[3].log_start = MIB(150))

REFUSED(a_written_map_that_is_not_there, "no log map 8", m->written_map = 8)
REFUSED(a_member_map_that_is_not_there, "no log map 8", p->member[0].stale_map = 8)
REFUSED(two_members_with_one_map, "log map 2 twice", p->member[0].stale_map = 2)
REFUSED(a_member_and_its_plex_with_one_map, "log map 2 twice", p->stale_map = 2)
REFUSED(a_member_and_another_plex_with_one_map, "log map 7 twice",
	c->volume[1]->plex[1]->stale_map = 7)
REFUSED(a_member_with_the_written_map, "log map 1 twice", p->member[0].stale_map = 1)
REFUSED(a_plex_with_the_written_map, "log map 1 twice", p->stale_map = 1)

TAKEN(any_state_of_all_members, p->member[0].state = PLX_MEMBER_MISSING;
      p->member[1].state = PLX_MEMBER_FAILED; p->member[3].state = PLX_MEMBER_STALE)
TAKEN(members_that_are_stale_all_over, p->member[1].state = PLX_MEMBER_STALE;
      p->member[2].stale_map = 0)
TAKEN(the_same_maps_in_two_volumes, c->volume[1]->plex[1]->stale_map = 2)
TAKEN(no_written_map, m->written_map = 0)
TAKEN(a_journal_for_a_log, m->write_hole = PLX_WRITE_HOLE_JOURNAL)
TAKEN(a_parity_unit_of_4_kib, p->unit = 8)
TAKEN(dual_parity_of_4_members, p->parity = 2; m->sectors = MIB(6))
TAKEN(a_parity_log_before_its_member, p->member[1].log_start = MIB(19))
TAKEN(a_parity_log_up_to_the_end_of_the_data, p->member[3].log_start = MIB(197))

TEST(taken_32_members_and_no_more)
{
	struct plx_conf *c = make_empty(33, MIB(200));
	struct plx_conf_volume *vol = plx_conf_volume_add(c);
	struct plx_conf_plex *plex;
	char why[120] = "";
	u32 i;

	vol->id = make_id(3, 1);
	strcpy(vol->name, "wide");
	vol->sectors = MIB(30);
	vol->region_shift = 7;
	vol->n_logs = 1;
	vol->write_hole = PLX_WRITE_HOLE_OFF;
	plex = make_plex(vol, PLEXUS_TYPE_PARITY, 32);
	plex->parity = 2;
	for (i = 0; i < 32; i++)
		plx_conf_member_append(&plex->member[i], 32 - i, MIB(9), MIB(1));
	if (plx_conf_check(c, why, sizeof(why)))
		test_fail(__FILE__, __LINE__, "%s", why);
	plex->n_members = 33;
	CHECK_EQ(plx_conf_check(c, why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "33 members");
	plex->n_members = 32;
	plx_conf_put(c);
}

/* and nothing of it without a parity plex; here m is a mirror, its second plex a stripe */
#undef REFUSED
#define REFUSED(name, words, ...) RULE_REFUSED(make_sample, 3, name, words, __VA_ARGS__)

REFUSED(parity_in_a_stripe, "parity 1 in a plex that is no parity plex", m->plex[1]->parity = 1)
REFUSED(parity_in_a_span, "parity 2 in a plex that is no parity plex", m->plex[2]->parity = 2)
REFUSED(a_member_state_in_a_stripe, "member 1 has a state", m->plex[1]->member[1].state = 1)
REFUSED(an_unknown_member_state_in_a_stripe, "member 1 has a state",
	m->plex[1]->member[1].state = 4)
REFUSED(a_member_map_in_a_stripe, "member 0 has a state", m->plex[1]->member[0].stale_map = 1)
REFUSED(a_parity_log_in_a_stripe, "member 0 has a parity log",
	m->plex[1]->member[0].log_start = MIB(50);
	m->plex[1]->member[0].log_sectors = MIB(1))
REFUSED(a_start_of_a_parity_log_in_a_span, "member 0 has a parity log",
	m->plex[2]->member[0].log_start = MIB(50))
REFUSED(a_write_hole_setting_without_parity, "write hole 3, written map 0, but no parity plex",
	m->write_hole = PLX_WRITE_HOLE_OFF)
REFUSED(a_written_map_without_parity, "written map 1, but no parity plex", m->written_map = 1)
