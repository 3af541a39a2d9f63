// SPDX-License-Identifier: GPL-2.0
/* space.c, against a map of MiB */
#include "test.h"

#define MIB(n) (2048ULL * (n))
#define SIZE 40 /* MiB: data from 5 on to 38 */
#define FIRST 5
#define END 39

static struct plx_conf_member *add_volume(struct plx_conf *conf)
{
	struct plx_conf_volume *vol = plx_conf_volume_add(conf);

	vol->id = make_id(3, conf->n_volumes);
	sprintf(vol->name, "v%u", conf->n_volumes);
	vol->sectors = 1;
	return &make_plex(vol, PLEXUS_TYPE_SPAN, 1)->member[0];
}

static struct plx_conf *make_space(u32 n_disks)
{
	struct plx_conf *conf = make_empty(n_disks, MIB(SIZE));
	u32 i;

	for (i = 0; i < n_disks; i++)
		conf->disk[i]->data_sector = MIB(FIRST);
	CHECK_EQ(conf->disk[0]->data_end, MIB(END));
	return conf;
}

/* takes single MiB where @mask has a bit */
static void occupy(struct plx_conf *conf, u32 disk, u64 mask)
{
	struct plx_conf_member *m = add_volume(conf);
	u32 i;

	for (i = FIRST; i < END; i++)
		if (mask >> i & 1)
			plx_conf_member_append(m, disk, MIB(i), MIB(1));
	if (!m->n_extents)
		plx_conf_volume_remove(conf, conf->n_volumes - 1);
}

static u64 random_mask(void)
{
	return test_random() & test_random();
}

TEST(an_empty_disk_is_one_free_run)
{
	struct plx_conf *conf = make_space(1);
	u64 largest;

	CHECK_EQ(plx_space_free(conf, 0, &largest), MIB(END - FIRST));
	CHECK_EQ(largest, MIB(END - FIRST));
	CHECK_EQ(plx_space_free(conf, 0, NULL), MIB(END - FIRST));
	plx_conf_put(conf);
}

TEST(free_room_is_what_a_map_of_mib_says)
{
	u32 turn, i;

	for (turn = 0; turn < 500; turn++) {
		struct plx_conf *conf = make_space(2);
		u64 mask = random_mask(), total = 0, run = 0, most = 0, largest;

		occupy(conf, 0, mask);
		occupy(conf, 1, ~mask);
		for (i = FIRST; i < END; i++) {
			run = mask >> i & 1 ? 0 : run + 1;
			total += !(mask >> i & 1);
			most = max(most, run);
		}
		CHECK_EQ(plx_space_free(conf, 0, &largest), MIB(total));
		CHECK_EQ(largest, MIB(most));
		plx_conf_put(conf);
	}
}

TEST(a_disk_that_is_not_there_has_no_room)
{
	struct plx_conf *conf = make_space(1);
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	struct plx_space_want want = { 1, 0 };
	u64 largest = 1;

	CHECK_EQ(plx_space_free(conf, 1, &largest), 0);
	CHECK_EQ(largest, 0);
	CHECK_EQ(plx_space_alloc(conf, 1, 1, &plex->member[0]), -EINVAL);
	CHECK_EQ(plx_space_alloc_span(conf, &want, 1, 1, &plex->member[0]), -EINVAL);
	CHECK_EQ(plx_space_log_slot(conf, 1), -EINVAL);
	plx_conf_plex_free(plex);
	plx_conf_put(conf);
}

TEST(what_does_not_fill_a_mib_gets_a_whole_one)
{
	struct plx_conf *conf = make_space(1);
	struct plx_conf_member *m = add_volume(conf);

	CHECK_EQ(plx_space_alloc(conf, 0, 2049, m), 0);
	CHECK_EQ(m->n_extents, 1);
	CHECK_EQ(m->extent[0].sectors, 4096);
	plx_conf_put(conf);
}

TEST(nothing_and_more_than_there_can_be_are_refused)
{
	struct plx_conf *conf = make_space(1);
	struct plx_conf_member *m = add_volume(conf);
	struct plx_space_want want = { 0, 0 };

	CHECK_EQ(plx_space_alloc(conf, 0, 0, m), -EINVAL);
	CHECK_EQ(plx_space_alloc(conf, 0, ~0ULL, m), -ENOSPC);
	CHECK_EQ(plx_space_alloc_span(conf, &want, 1, 0, m), -EINVAL);
	CHECK_EQ(plx_space_alloc_span(conf, &want, 1, ~0ULL, m), -ENOSPC);
	CHECK_EQ(m->n_extents, 0);
	plx_conf_put(conf);
}

TEST(the_smallest_run_that_is_large_enough_is_taken)
{
	struct plx_conf *conf = make_space(1);
	struct plx_conf_member *m;

	/* free: 5..9 (5), 11..13 (3), 15..16 (2), 18.. (21) */
	occupy(conf, 0, 1ULL << 10 | 1ULL << 14 | 1ULL << 17);
	m = add_volume(conf);
	CHECK_EQ(plx_space_alloc(conf, 0, MIB(3), m), 0);
	CHECK_EQ(m->n_extents, 1);
	CHECK_EQ(m->extent[0].start, MIB(11));
	CHECK_EQ(plx_space_alloc(conf, 0, MIB(3), m), 0);
	CHECK_EQ(m->extent[1].start, MIB(5));
	plx_conf_put(conf);
}

TEST(without_a_large_run_the_largest_ones_come_first)
{
	struct plx_conf *conf = make_space(1);
	struct plx_conf_member *m;

	/* free: 5..9 (5), 11..13 (3), 15..16 (2) */
	occupy(conf, 0, 1ULL << 10 | 1ULL << 14 | ~0ULL << 17);
	m = add_volume(conf);
	CHECK_EQ(plx_space_alloc(conf, 0, MIB(9), m), 0);
	CHECK_EQ(m->n_extents, 3);
	CHECK_EQ(m->extent[0].start, MIB(5));
	CHECK_EQ(m->extent[0].sectors, MIB(5));
	CHECK_EQ(m->extent[1].start, MIB(11));
	CHECK_EQ(m->extent[2].start, MIB(15));
	CHECK_EQ(m->extent[2].sectors, MIB(1));
	plx_conf_put(conf);
}

TEST(all_of_a_disk_can_be_taken_and_not_a_sector_more)
{
	struct plx_conf *conf = make_space(1);
	struct plx_conf_member *m = add_volume(conf);

	CHECK_EQ(plx_space_alloc(conf, 0, MIB(END - FIRST) + 1, m), -ENOSPC);
	CHECK_EQ(m->n_extents, 0);
	CHECK_EQ(plx_space_alloc(conf, 0, MIB(END - FIRST), m), 0);
	CHECK_EQ(plx_space_alloc(conf, 0, 1, m), -ENOSPC);
	CHECK_EQ(m->n_extents, 1);
	plx_conf_put(conf);
}

TEST(a_member_outside_of_the_configuration_is_not_given_its_own_sectors)
{
	struct plx_conf *conf = make_space(1);
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	struct plx_conf_member *m = &plex->member[0];

	CHECK_EQ(plx_space_alloc(conf, 0, MIB(10), m), 0);
	CHECK_EQ(plx_space_alloc(conf, 0, MIB(10), m), 0);
	CHECK_EQ(m->n_extents, 1);
	CHECK_EQ(m->extent[0].sectors, MIB(20));
	CHECK_EQ(plx_space_alloc(conf, 0, MIB(15), m), -ENOSPC);
	CHECK_EQ(m->extent[0].sectors, MIB(20));
	plx_conf_plex_free(plex);
	plx_conf_put(conf);
}

TEST(what_was_allocated_passes_the_check_and_was_free)
{
	char why[120] = "";
	u32 turn;

	for (turn = 0; turn < 500; turn++) {
		struct plx_conf *conf = make_space(2);
		struct plx_conf_member *m;
		u64 before, size = 1 + test_random() % MIB(30);
		int err;

		occupy(conf, 0, random_mask());
		occupy(conf, 1, random_mask());
		before = plx_space_free(conf, 0, NULL);
		m = add_volume(conf);
		err = plx_space_alloc(conf, 0, size, m);
		size = round_up(size, 2048ULL);
		CHECK_EQ(err, size <= before ? 0 : -ENOSPC);
		CHECK_EQ(plx_space_free(conf, 0, NULL), before - (err ? 0 : size));
		if (!err && plx_conf_check(conf, why, sizeof(why)))
			test_fail(__FILE__, __LINE__, "turn %u: %s", turn, why);
		plx_conf_put(conf);
	}
}

TEST(too_many_pieces_are_no_room_and_change_nothing)
{
	struct plx_conf *conf = make_empty(1, MIB(1000));
	struct plx_conf_member *m = NULL;
	u32 i;

	for (i = 0; i < 300; i++) {
		if (i % 200 == 0)
			m = add_volume(conf);
		plx_conf_member_append(m, 0, conf->disk[0]->data_sector + MIB(2 * i), MIB(1));
	}
	m = add_volume(conf);
	plx_conf_member_append(m, 0, conf->disk[0]->data_sector + MIB(2 * i),
			       conf->disk[0]->data_end - conf->disk[0]->data_sector - MIB(2 * i));
	m = add_volume(conf);
	CHECK_EQ(plx_space_free(conf, 0, NULL), MIB(300));
	CHECK_EQ(plx_space_alloc(conf, 0, MIB(257), m), -ENOSPC);
	CHECK_EQ(m->n_extents, 0);
	CHECK_EQ(plx_space_alloc(conf, 0, MIB(256), m), 0);
	CHECK_EQ(m->n_extents, 256);
	plx_conf_put(conf);
}

TEST(a_span_goes_over_its_disks_in_their_order)
{
	static const struct plx_space_want want[] = { { 2, MIB(3) + 5 }, { 0, 0 }, { 1, MIB(9) } };
	struct plx_conf *conf = make_space(3);
	struct plx_conf_member *m = add_volume(conf);

	CHECK_EQ(plx_space_alloc_span(conf, want, 3, MIB(40), m), 0);
	CHECK_EQ(m->n_extents, 3);
	CHECK_EQ(m->extent[0].disk, 2);
	CHECK_EQ(m->extent[0].sectors, MIB(3));
	CHECK_EQ(m->extent[1].disk, 0);
	CHECK_EQ(m->extent[1].sectors, MIB(34));
	CHECK_EQ(m->extent[2].disk, 1);
	CHECK_EQ(m->extent[2].sectors, MIB(3));
	plx_conf_put(conf);
}

TEST(a_span_may_name_a_disk_twice)
{
	static const struct plx_space_want want[] = { { 0, MIB(3) }, { 1, MIB(1) }, { 0, MIB(3) } };
	struct plx_conf *conf = make_space(2);
	struct plx_conf_member *m = add_volume(conf);
	char why[120] = "";

	CHECK_EQ(plx_space_alloc_span(conf, want, 3, MIB(7), m), 0);
	CHECK_EQ(m->n_extents, 3);
	CHECK_EQ(plx_conf_check(conf, why, sizeof(why)), 0);
	plx_conf_put(conf);
}

TEST(a_span_without_room_changes_nothing)
{
	static const struct plx_space_want want[] = { { 0, MIB(3) }, { 1, MIB(3) + 2047 } };
	struct plx_conf *conf = make_space(2);
	struct plx_conf_member *m = add_volume(conf);

	plx_conf_member_append(m, 0, MIB(FIRST), MIB(1));
	CHECK_EQ(plx_space_alloc_span(conf, want, 2, MIB(6) + 1, m), -ENOSPC);
	CHECK_EQ(m->n_extents, 1);
	CHECK_EQ(m->extent[0].sectors, MIB(1));
	CHECK_EQ(plx_space_alloc_span(conf, want, 2, MIB(6), m), 0);
	CHECK_EQ(m->extent[0].sectors, MIB(4));
	plx_conf_put(conf);
}

TEST(without_memory_an_allocation_changes_nothing)
{
	static const struct plx_space_want want[] = { { 0, MIB(3) }, { 1, 0 } };
	struct plx_conf *conf = make_space(2);
	struct plx_conf_member *m;
	unsigned long n;
	int err;

	occupy(conf, 1, 0xaaaaaaaaaaULL);
	m = add_volume(conf);
	for (n = 1;; n++) {
		shim_failed = false;
		shim_fail_at = n;
		err = plx_space_alloc_span(conf, want, 2, MIB(8), m);
		shim_fail_at = 0;
		if (!shim_failed)
			break;
		CHECK_EQ(err, -ENOMEM);
		CHECK_EQ(m->n_extents, 0);
	}
	CHECK_EQ(err, 0);
	CHECK(n > 4);
	shim_fail_at = 1;
	CHECK_EQ(plx_space_free(conf, 0, NULL), 0);
	plx_conf_put(conf);
}

TEST(the_first_free_log_slot_of_the_disk_is_found)
{
	struct plx_conf *conf = make_space(2);
	struct plx_conf_volume *vol = plx_conf_volume_add(conf);
	u32 i;

	CHECK_EQ(plx_space_log_slot(conf, 0), 0);
	vol->n_logs = 2;
	vol->log[0].disk = 1;
	vol->log[0].slot = 0;
	vol->log[1].disk = 0;
	vol->log[1].slot = 1;
	CHECK_EQ(plx_space_log_slot(conf, 0), 0);
	CHECK_EQ(plx_space_log_slot(conf, 1), 1);
	for (i = 1; i < conf->disk[1]->log_slots; i++) {
		vol = plx_conf_volume_add(conf);
		vol->n_logs = 1;
		vol->log[0].disk = 1;
		vol->log[0].slot = i;
	}
	CHECK_EQ(plx_space_log_slot(conf, 1), -ENOSPC);
	CHECK_EQ(plx_space_log_slot(conf, 0), 0);
	plx_conf_put(conf);
}
