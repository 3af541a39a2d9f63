// SPDX-License-Identifier: GPL-2.0
/* conf.c: the tree's life, edits and look-ups */
#include "test.h"

TEST(a_clone_is_equal)
{
	struct plx_conf *conf = make_sample(), *copy = plx_conf_clone(conf);

	CHECK(copy && conf_equal(conf, copy));
	plx_conf_put(conf);
	plx_conf_put(copy);
}

TEST(a_clone_shares_nothing)
{
	struct plx_conf *conf = make_sample(), *copy = plx_conf_clone(conf);
	struct plx_conf *other = make_sample();

	copy->disk[0]->state = PLX_DISK_FAILED;
	copy->volume[3]->plex[1]->member[1].extent[0].start = 0;
	plx_conf_plex_free(plx_conf_plex_detach(copy->volume[3], 0));
	plx_conf_volume_remove(copy, 0);
	CHECK(conf_equal(conf, other));
	plx_conf_put(copy);
	plx_conf_put(conf);
	plx_conf_put(other);
}

TEST(a_clone_without_memory_is_null_and_leaks_nothing)
{
	struct plx_conf *conf = make_sample(), *copy;
	unsigned long n;

	for (n = 1;; n++) {
		long live = shim_live;

		shim_failed = false;
		shim_fail_at = n;
		copy = plx_conf_clone(conf);
		shim_fail_at = 0;
		if (!shim_failed)
			break;
		CHECK(!copy);
		plx_conf_put(copy);
		rcu_barrier();
		CHECK_EQ(shim_live, live);
	}
	CHECK(n > 20);
	CHECK(copy && conf_equal(conf, copy));
	plx_conf_put(copy);
	plx_conf_put(conf);
}

TEST(the_last_put_frees_only_after_a_grace_period)
{
	struct plx_conf *conf = make_sample();
	long live = shim_live;

	plx_conf_get(conf);
	plx_conf_put(conf);
	rcu_barrier();
	CHECK_EQ(shim_live, live);
	plx_conf_put(conf);
	CHECK_EQ(shim_live, live);
	CHECK_EQ(conf->n_disks, 5);
	rcu_barrier();
	CHECK_EQ(shim_live, 0);
}

TEST(put_takes_null)
{
	plx_conf_put(NULL);
}

TEST(a_pack_holds_256_disks_and_no_more)
{
	struct plx_conf *conf = plx_conf_new();
	u32 i;

	for (i = 0; i < 256; i++)
		CHECK(plx_conf_disk_add(conf));
	CHECK(!plx_conf_disk_add(conf));
	CHECK_EQ(conf->n_disks, 256);
	plx_conf_put(conf);
}

TEST(a_pack_holds_256_volumes_and_no_more)
{
	struct plx_conf *conf = plx_conf_new();
	u32 i;

	for (i = 0; i < 256; i++)
		CHECK(plx_conf_volume_add(conf));
	CHECK(!plx_conf_volume_add(conf));
	CHECK_EQ(conf->n_volumes, 256);
	plx_conf_put(conf);
}

TEST(adding_without_memory_changes_nothing)
{
	struct plx_conf *conf = plx_conf_new();

	shim_fail_at = 1;
	CHECK(!plx_conf_disk_add(conf));
	CHECK_EQ(conf->n_disks, 0);
	shim_fail_at = 1;
	CHECK(!plx_conf_volume_add(conf));
	CHECK_EQ(conf->n_volumes, 0);
	shim_fail_at = 1;
	CHECK(!plx_conf_plex_new(2));
	shim_fail_at = 2;
	CHECK(!plx_conf_plex_new(2));
	plx_conf_put(conf);
	shim_fail_at = 1;
	CHECK(!plx_conf_new());
}

TEST(a_disk_with_extents_stays)
{
	struct plx_conf *conf = make_sample(), *other = make_sample();

	conf->volume[3]->n_logs = 0;
	other->volume[3]->n_logs = 0;
	CHECK_EQ(plx_conf_disk_remove(conf, 0), -EBUSY);
	CHECK(conf_equal(conf, other));
	plx_conf_put(conf);
	plx_conf_put(other);
}

TEST(a_disk_with_a_log_stays)
{
	struct plx_conf *conf = make_empty(2, 1 << 20);
	struct plx_conf_volume *vol = plx_conf_volume_add(conf);

	vol->n_logs = 1;
	vol->log[0].disk = 1;
	CHECK_EQ(plx_conf_disk_remove(conf, 1), -EBUSY);
	CHECK_EQ(conf->n_disks, 2);
	plx_conf_put(conf);
}

TEST(a_disk_that_is_not_there_cannot_be_removed)
{
	struct plx_conf *conf = make_empty(2, 1 << 20);

	CHECK_EQ(plx_conf_disk_remove(conf, 2), -EINVAL);
	plx_conf_put(conf);
}

TEST(removing_a_disk_renumbers_extents_and_logs_behind_it)
{
	struct plx_conf *conf = make_sample();
	struct plx_conf_volume *mirror = conf->volume[3];
	struct plx_id four = conf->disk[4]->id;

	plx_conf_volume_remove(conf, 2);
	plx_conf_plex_free(plx_conf_plex_detach(mirror, 1));
	CHECK_EQ(plx_conf_disk_remove(conf, 2), 0);
	CHECK_EQ(conf->n_disks, 4);
	CHECK_EQ(plx_conf_disk_find(conf, &four), 3);
	CHECK_EQ(mirror->plex[0]->member[0].extent[0].disk, 0);
	CHECK_EQ(mirror->plex[1]->member[0].extent[0].disk, 2);
	CHECK_EQ(mirror->plex[1]->member[0].extent[1].disk, 3);
	CHECK_EQ(mirror->log[1].disk, 1);
	mirror->log[1].disk = 3;
	plx_conf_volume_remove(conf, 0);
	plx_conf_volume_remove(conf, 0);
	plx_conf_plex_free(plx_conf_plex_detach(mirror, 0));
	mirror->log[0].disk = 2;
	CHECK_EQ(plx_conf_disk_remove(conf, 0), 0);
	CHECK_EQ(mirror->log[0].disk, 1);
	CHECK_EQ(mirror->log[1].disk, 2);
	plx_conf_put(conf);
}

TEST(removing_a_volume_moves_the_others_up)
{
	struct plx_conf *conf = make_sample();

	plx_conf_volume_remove(conf, 1);
	CHECK_EQ(conf->n_volumes, 3);
	CHECK_EQ(plx_conf_volume_find_name(conf, "span"), -1);
	CHECK_EQ(plx_conf_volume_find_name(conf, "simple"), 0);
	CHECK_EQ(plx_conf_volume_find_name(conf, "stripe"), 1);
	plx_conf_volume_remove(conf, 3);
	CHECK_EQ(conf->n_volumes, 3);
	plx_conf_put(conf);
}

TEST(a_plex_has_1_to_32_members)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(32);

	CHECK(!plx_conf_plex_new(0));
	CHECK(!plx_conf_plex_new(33));
	CHECK_EQ(plex->n_members, 32);
	plx_conf_plex_free(plex);
	plx_conf_plex_free(NULL);
}

TEST(a_volume_takes_32_plexes_and_no_more)
{
	struct plx_conf *conf = make_empty(1, 1 << 20);
	struct plx_conf_volume *vol = plx_conf_volume_add(conf);
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	u32 i;

	for (i = 0; i < 32; i++)
		make_plex(vol, PLEXUS_TYPE_SIMPLE, 1);
	CHECK_EQ(plx_conf_plex_attach(vol, plex), -ENOSPC);
	CHECK_EQ(vol->n_plexes, 32);
	plx_conf_plex_free(plex);
	plx_conf_put(conf);
}

TEST(the_preferred_plex_stays_the_same_one_when_another_goes)
{
	struct plx_conf *conf = make_sample();
	struct plx_conf_volume *mirror = conf->volume[3];
	struct plx_conf_plex *preferred = mirror->plex[1];

	plx_conf_plex_free(plx_conf_plex_detach(mirror, 2));
	CHECK(mirror->plex[mirror->preferred] == preferred);
	plx_conf_plex_free(plx_conf_plex_detach(mirror, 0));
	CHECK(mirror->plex[mirror->preferred] == preferred);
	CHECK_EQ(mirror->n_plexes, 1);
	plx_conf_put(conf);
}

TEST(the_first_plex_is_preferred_when_the_preferred_one_goes)
{
	struct plx_conf *conf = make_sample();
	struct plx_conf_volume *mirror = conf->volume[3];

	mirror->preferred = 2;
	plx_conf_plex_free(plx_conf_plex_detach(mirror, 2));
	CHECK_EQ(mirror->preferred, 0);
	CHECK(!plx_conf_plex_detach(mirror, 2));
	plx_conf_put(conf);
}

TEST(an_append_that_touches_the_last_extent_makes_it_longer)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	struct plx_conf_member *m = &plex->member[0];

	CHECK_EQ(plx_conf_member_append(m, 1, 100, 10), 0);
	CHECK_EQ(plx_conf_member_append(m, 1, 110, 5), 0);
	CHECK_EQ(m->n_extents, 1);
	CHECK_EQ(m->extent[0].sectors, 15);
	plx_conf_plex_free(plex);
}

TEST(an_append_on_another_disk_or_before_or_with_a_gap_does_not_join)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	struct plx_conf_member *m = &plex->member[0];

	CHECK_EQ(plx_conf_member_append(m, 1, 100, 10), 0);
	CHECK_EQ(plx_conf_member_append(m, 2, 110, 10), 0);
	CHECK_EQ(plx_conf_member_append(m, 2, 100, 10), 0);
	CHECK_EQ(plx_conf_member_append(m, 2, 111, 10), 0);
	CHECK_EQ(m->n_extents, 4);
	CHECK_EQ(m->extent[3].start, 111);
	plx_conf_plex_free(plex);
}

TEST(a_member_takes_256_extents_and_no_more)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	struct plx_conf_member *m = &plex->member[0];
	u32 i;

	for (i = 0; i < 256; i++)
		CHECK_EQ(plx_conf_member_append(m, 0, 4 * i, 2), 0);
	CHECK_EQ(plx_conf_member_append(m, 0, 4 * i, 2), -ENOSPC);
	CHECK_EQ(m->n_extents, 256);
	CHECK_EQ(plx_conf_member_append(m, 0, 4 * 255 + 2, 2), 0);
	plx_conf_plex_free(plex);
}

TEST(an_append_of_nothing_or_past_the_end_of_numbers_is_refused)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	struct plx_conf_member *m = &plex->member[0];

	CHECK_EQ(plx_conf_member_append(m, 0, 5, 0), -EINVAL);
	CHECK_EQ(plx_conf_member_append(m, 0, ~0ULL, 2), -EINVAL);
	CHECK_EQ(m->n_extents, 0);
	plx_conf_plex_free(plex);
}

TEST(an_append_without_memory_changes_nothing)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	struct plx_conf_member *m = &plex->member[0];

	shim_fail_at = 1;
	CHECK_EQ(plx_conf_member_append(m, 0, 5, 2), -ENOMEM);
	CHECK_EQ(m->n_extents, 0);
	CHECK_EQ(plx_conf_member_append(m, 0, 5, 2), 0);
	shim_fail_at = 1;
	CHECK_EQ(plx_conf_member_append(m, 0, 9, 2), -ENOMEM);
	CHECK_EQ(m->n_extents, 1);
	CHECK_EQ(m->extent[0].start, 5);
	plx_conf_plex_free(plex);
}

TEST(look_ups_find_what_is_there)
{
	struct plx_conf *conf = make_sample();
	struct plx_id id = make_id(3, 2);

	CHECK_EQ(plx_conf_volume_find(conf, &id), 2);
	CHECK_EQ(plx_conf_volume_find_name(conf, "mirror"), 3);
	id = make_id(2, 4);
	CHECK_EQ(plx_conf_disk_find(conf, &id), 4);
	id = make_id(7, 2);
	CHECK_EQ(plx_conf_plex_find(conf->volume[3], &id), 2);
	plx_conf_put(conf);
}

TEST(look_ups_find_nothing_else)
{
	struct plx_conf *conf = make_sample();
	struct plx_id id = make_id(9, 9);

	CHECK_EQ(plx_conf_volume_find(conf, &id), -1);
	CHECK_EQ(plx_conf_disk_find(conf, &id), -1);
	CHECK_EQ(plx_conf_plex_find(conf->volume[3], &id), -1);
	CHECK_EQ(plx_conf_volume_find_name(conf, "mirro"), -1);
	plx_conf_put(conf);
}

TEST(uses_looks_at_extents_and_not_at_logs)
{
	struct plx_conf *conf = make_sample();

	conf->volume[3]->log[0].disk = 0;
	plx_conf_plex_free(plx_conf_plex_detach(conf->volume[3], 0));
	CHECK(!plx_conf_volume_uses(conf->volume[3], 0));
	CHECK(plx_conf_volume_uses(conf->volume[3], 2));
	CHECK(plx_conf_plex_uses(conf->volume[3]->plex[1], 4));
	CHECK(!plx_conf_plex_uses(conf->volume[3]->plex[1], 2));
	plx_conf_put(conf);
}

TEST(a_span_holds_the_sum_of_its_extents)
{
	struct plx_conf *conf = make_sample();

	CHECK_EQ(plx_conf_plex_sectors(conf->volume[1]->plex[0]), 5 * 2048);
	plx_conf_put(conf);
}

TEST(a_stripe_holds_its_smallest_member_in_whole_units_times_members)
{
	struct plx_conf *conf = make_sample();
	struct plx_conf_plex *plex = conf->volume[2]->plex[0];

	CHECK_EQ(plx_conf_plex_sectors(plex), 6 * 2048);
	plex->member[1].extent[1].sectors -= 129;
	CHECK_EQ(plx_conf_plex_sectors(plex), 2 * (3 * 2048 - 256));
	plx_conf_put(conf);
}

TEST(a_volume_of_two_plexes_is_a_mirror_else_what_its_plex_is)
{
	struct plx_conf *conf = make_sample();

	CHECK_EQ(plx_conf_volume_type(conf->volume[0]), PLEXUS_TYPE_SIMPLE);
	CHECK_EQ(plx_conf_volume_type(conf->volume[2]), PLEXUS_TYPE_STRIPE);
	CHECK_EQ(plx_conf_volume_type(conf->volume[3]), PLEXUS_TYPE_MIRROR);
	CHECK_EQ(plx_conf_volume_type(plx_conf_volume_add(conf)), 0);
	plx_conf_put(conf);
}

TEST(current_and_stale_plexes_get_writes)
{
	struct plx_conf_plex plex = { .state = PLX_PLEX_CURRENT };
	struct plx_conf *conf = make_empty(1, 1 << 20);

	CHECK(plx_conf_plex_attached(conf, &plex));
	plex.state = PLX_PLEX_STALE;
	CHECK(plx_conf_plex_attached(conf, &plex));
	plex.state = PLX_PLEX_FAILED;
	CHECK(!plx_conf_plex_attached(conf, &plex));
	plex.state = PLX_PLEX_MISSING;
	CHECK(!plx_conf_plex_attached(conf, &plex));
	plx_conf_put(conf);
}

TEST(a_plex_with_a_disk_that_is_not_online_gets_no_writes)
{
	struct plx_conf *conf = make_empty(2, 1 << 20);
	struct plx_conf_volume *vol = plx_conf_volume_add(conf);
	struct plx_conf_plex *plex = make_plex(vol, PLEXUS_TYPE_STRIPE, 2);

	plx_conf_member_append(&plex->member[0], 0, 20480, 2048);
	plx_conf_member_append(&plex->member[1], 1, 20480, 2048);
	plex->state = PLX_PLEX_CURRENT;
	CHECK(plx_conf_plex_attached(conf, plex));
	conf->disk[1]->state = PLX_DISK_OFFLINE;
	CHECK(!plx_conf_plex_attached(conf, plex));
	plx_conf_put(conf);
}

TEST(names_of_1_to_63_safe_characters_are_valid)
{
	char name[65];

	CHECK(plx_name_valid("a"));
	CHECK(plx_name_valid("_x.Y-z+9"));
	CHECK(plx_name_valid("+1"));
	memset(name, 'x', sizeof(name));
	name[63] = 0;
	CHECK(plx_name_valid(name));
	name[63] = 'x';
	CHECK(!plx_name_valid(name));
	CHECK(!plx_name_valid(""));
}

TEST(names_that_could_be_a_path_an_option_or_markup_are_not_valid)
{
	/* clang-format off */
	static const char *const bad[] = { ".",	  "..",	 ".a",	 "-rf",	 "a/b", "a b",	  "a\n",
					   "a:b", "a%s", "a\\b", "a\"b", "a`b", "\xc3\xa4",
					   "a@", "a[" };
	/* clang-format on */
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (plx_name_valid(bad[i]))
			test_fail(__FILE__, __LINE__, "\"%s\" is taken", bad[i]);
}
