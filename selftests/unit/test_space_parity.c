// SPDX-License-Identifier: GPL-2.0
/* space.c: room for parity plexes */
#include "test.h"

#define MIB(n) (2048ULL * (n))
#define SIZE 40 /* MiB: data from 5 on to 38 */
#define FIRST 5
#define END 39

static struct plx_conf *make_space(u32 n_disks)
{
	struct plx_conf *conf = make_empty(n_disks, MIB(SIZE));
	u32 i;

	for (i = 0; i < n_disks; i++)
		conf->disk[i]->data_sector = MIB(FIRST);
	return conf;
}

/* a volume of which only the name is right yet */
static struct plx_conf_volume *add_volume(struct plx_conf *conf)
{
	struct plx_conf_volume *vol = plx_conf_volume_add(conf);

	vol->id = make_id(3, conf->n_volumes);
	sprintf(vol->name, "v%u", conf->n_volumes);
	vol->sectors = 1;
	return vol;
}

/* takes single MiB where @mask has a bit */
static void occupy(struct plx_conf *conf, u32 disk, u64 mask)
{
	struct plx_conf_volume *vol = add_volume(conf);
	struct plx_conf_plex *plex = make_plex(vol, PLEXUS_TYPE_SPAN, 1);
	u32 i;

	for (i = FIRST; i < END; i++)
		if (mask >> i & 1)
			plx_conf_member_append(&plex->member[0], disk, MIB(i), MIB(1));
	if (!plex->member[0].n_extents)
		plx_conf_volume_remove(conf, conf->n_volumes - 1);
}

/* all but the MiB from @from to before @to */
static u64 all_but(u32 from, u32 to)
{
	return ~(((1ULL << to) - 1) & ~((1ULL << from) - 1));
}

static struct plx_conf_plex *add_parity(struct plx_conf *conf, u32 n, u32 parity)
{
	struct plx_conf_volume *vol = add_volume(conf);
	struct plx_conf_plex *plex = make_plex(vol, PLEXUS_TYPE_PARITY, n);

	plex->parity = parity;
	vol->region_shift = 39;
	vol->n_logs = 1;
	vol->log[0].slot = conf->n_volumes;
	vol->write_hole = PLX_WRITE_HOLE_LOG;
	return plex;
}

static void check(const struct plx_conf *conf)
{
	char why[120] = "";

	if (plx_conf_check(conf, why, sizeof(why)))
		test_fail(__FILE__, __LINE__, "%s", why);
}

/* no member has anything */
static bool untouched(const struct plx_conf_plex *plex)
{
	u32 i;

	for (i = 0; i < plex->n_members; i++)
		if (plex->member[i].n_extents || plex->member[i].log_start ||
		    plex->member[i].log_sectors)
			return false;
	return true;
}

static void expect_disks(const struct plx_conf_plex *plex, const char *disks)
{
	u32 i;

	for (i = 0; i < plex->n_members; i++)
		CHECK_EQ(plex->member[i].extent[0].disk, disks[i] - '0');
}

TEST(a_parity_plex_gets_equal_members_and_logs_on_disks_of_their_own)
{
	struct plx_conf *conf = make_space(5);
	struct plx_conf_plex *plex = add_parity(conf, 4, 1);
	u32 i;

	/* 3 * 3 MiB hold it, 3 * 2 do not */
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, MIB(6) + 1, 1, plex), 0);
	for (i = 0; i < 4; i++) {
		CHECK_EQ(plx_conf_member_sectors(&plex->member[i]), MIB(3));
		CHECK_EQ(plex->member[i].n_extents, 1);
		CHECK_EQ(plex->member[i].log_sectors, MIB(1));
		CHECK_EQ(plx_space_free(conf, i, NULL), MIB(END - FIRST - 4));
	}
	expect_disks(plex, "0123");
	conf->volume[0]->sectors = MIB(9);
	check(conf);
	plx_conf_put(conf);
}

TEST(two_parities_take_two_members)
{
	struct plx_conf *conf = make_space(5);
	struct plx_conf_plex *plex = add_parity(conf, 5, 2);

	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, MIB(9), MIB(2), plex), 0);
	CHECK_EQ(plx_conf_member_sectors(&plex->member[4]), MIB(3));
	CHECK_EQ(plx_conf_plex_sectors(plex), MIB(9));
	conf->volume[0]->sectors = MIB(9);
	check(conf);
	plx_conf_put(conf);
}

TEST(without_a_parity_log_there_is_more_room)
{
	struct plx_conf *conf = make_space(3);
	struct plx_conf_plex *plex = add_parity(conf, 3, 1);
	u64 all = 2 * MIB(END - FIRST);

	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, all, 1, plex), -ENOSPC);
	CHECK(untouched(plex));
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, all, 0, plex), 0);
	CHECK_EQ(plex->member[0].log_sectors, 0);
	conf->volume[0]->write_hole = PLX_WRITE_HOLE_OFF;
	conf->volume[0]->sectors = all;
	check(conf);
	plx_conf_put(conf);
}

TEST(all_of_the_disks_can_be_taken_and_not_a_sector_more)
{
	struct plx_conf *conf = make_space(3);
	struct plx_conf_plex *plex = add_parity(conf, 3, 1);
	u64 all = 2 * MIB(END - FIRST - 2);

	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, all + 1, MIB(2), plex), -ENOSPC);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, all, MIB(2) + 1, plex), -ENOSPC);
	CHECK(untouched(plex));
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, all, MIB(2), plex), 0);
	CHECK_EQ(plx_space_free(conf, 2, NULL), 0);
	check(conf);
	plx_conf_put(conf);
}

TEST(without_enough_disks_nothing_changes)
{
	struct plx_conf *conf = make_space(3);
	struct plx_conf_plex *plex = add_parity(conf, 4, 1);
	static const struct plx_space_want want[] = { { 0, 0 }, { 1, 0 }, { 2, 0 } };

	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, MIB(3), 1, plex), -ENOSPC);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, want, 3, MIB(3), 1, plex), -ENOSPC);
	CHECK(untouched(plex));
	plx_conf_put(conf);
}

TEST(the_emptiest_disks_are_taken_and_too_small_ones_never)
{
	struct plx_conf *conf = make_space(6);
	struct plx_conf_plex *plex;

	conf->disk[0]->data_end = MIB(FIRST + 3);
	conf->disk[2]->data_end = MIB(FIRST + 20);
	conf->disk[4]->data_end = MIB(FIRST + 25);
	occupy(conf, 1, 0x3fffffe00); /* 25 MiB of it: 9 are left */
	plex = add_parity(conf, 4, 1);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 3 * MIB(8), 1, plex), 0);
	expect_disks(plex, "3542");
	plx_conf_put(conf);
	conf = make_space(5);
	conf->disk[0]->data_end = MIB(FIRST + 3);
	conf->disk[3]->data_end = MIB(FIRST + 9);
	plex = add_parity(conf, 4, 1);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 3 * MIB(9), 1, plex), -ENOSPC);
	CHECK(untouched(plex));
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 3 * MIB(8), 1, plex), 0);
	expect_disks(plex, "1243");
	plx_conf_put(conf);
}

TEST(spares_disks_that_are_not_online_and_those_of_the_volume_are_left)
{
	struct plx_conf *conf = make_space(7);
	struct plx_conf_plex *plex = add_parity(conf, 3, 1);
	struct plx_conf_volume *vol = conf->volume[0];
	struct plx_conf_plex *other = make_plex(vol, PLEXUS_TYPE_SIMPLE, 1);

	plx_conf_member_append(&other->member[0], 2, MIB(FIRST), MIB(6));
	conf->disk[0]->flags = PLX_DISK_F_SPARE;
	conf->disk[1]->state = PLX_DISK_OFFLINE;
	CHECK_EQ(plx_space_alloc_parity(conf, vol, NULL, 0, MIB(6), 1, plex), 0);
	expect_disks(plex, "345");
	check(conf);
	plx_conf_put(conf);
}

TEST(given_disks_are_tried_in_their_order)
{
	static const struct plx_space_want want[] = { { 5, 0 }, { 1, MIB(4) - 1 }, { 4, MIB(4) },
						      { 2, 0 }, { 0, 0 },	   { 3, 0 } };
	struct plx_conf *conf = make_space(6);
	struct plx_conf_plex *plex = add_parity(conf, 3, 1);

	/* 3 MiB and a log of 1 MiB: disk 1 may not be used so far, disk 2 has no such room */
	conf->disk[2]->data_end = MIB(FIRST + 3);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, want, 6, MIB(6), 1, plex), 0);
	expect_disks(plex, "540");
	plx_conf_put(conf);
}

TEST(given_disks_that_cannot_be_are_refused)
{
	static const struct plx_space_want twice[] = { { 0, 0 }, { 1, 0 }, { 2, 0 }, { 1, 0 } };
	static const struct plx_space_want none[] = { { 0, 0 }, { 1, 0 }, { 4, 0 } };
	static const struct plx_space_want used[] = { { 0, 0 }, { 1, 0 }, { 3, 0 } };
	struct plx_conf *conf = make_space(4);
	struct plx_conf_plex *plex = add_parity(conf, 3, 1);
	struct plx_conf_volume *vol = conf->volume[0];

	plx_conf_member_append(&make_plex(vol, PLEXUS_TYPE_SIMPLE, 1)->member[0], 3, MIB(FIRST),
			       MIB(6));
	CHECK_EQ(plx_space_alloc_parity(conf, vol, twice, 4, MIB(6), 1, plex), -EINVAL);
	CHECK_EQ(plx_space_alloc_parity(conf, vol, none, 3, MIB(6), 1, plex), -EINVAL);
	CHECK_EQ(plx_space_alloc_parity(conf, vol, used, 3, MIB(6), 1, plex), -EINVAL);
	CHECK(untouched(plex));
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, used, 3, MIB(6), 1, plex), 0);
	plx_conf_put(conf);
}

TEST(plexes_that_cannot_be_and_no_or_too_many_sectors_are_refused)
{
	struct plx_conf *conf = make_space(4);
	struct plx_conf_plex *plex = add_parity(conf, 3, 1);

	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 0, 1, plex), -EINVAL);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, ~0ULL, 1, plex), -ENOSPC);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 1, ~0ULL, plex), -ENOSPC);
	CHECK_EQ(plx_space_extend_parity(conf, ~0ULL, plex), -ENOSPC);
	CHECK_EQ(plx_space_extend_parity(conf, 1, plex), -EINVAL);
	plex->parity = 0;
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 1, 1, plex), -EINVAL);
	CHECK_EQ(plx_space_extend_parity(conf, 1, plex), -EINVAL);
	plex->parity = 2;
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 1, 1, plex), -EINVAL);
	plex->parity = 3;
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 1, 1, plex), -EINVAL);
	plex->parity = 1;
	CHECK(untouched(plex));
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 1, 1, plex), 0);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 1, 1, plex), -EINVAL);
	plx_conf_put(conf);
}

TEST(where_there_is_a_choice_members_are_in_one_piece)
{
	struct plx_conf *conf = make_space(4);
	struct plx_conf_plex *plex;

	/* disk 1 is the emptiest, but has no 10 MiB in one run */
	occupy(conf, 1, 1ULL << 14 | 1ULL << 24 | 1ULL << 34);
	occupy(conf, 0, all_but(20, 31));
	occupy(conf, 2, all_but(10, 21));
	occupy(conf, 3, all_but(28, 39));
	plex = add_parity(conf, 3, 1);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 2 * MIB(10), 1, plex), 0);
	expect_disks(plex, "023");
	CHECK_EQ(plex->member[0].n_extents, 1);
	check(conf);
	/* the next one has none */
	plex = add_parity(conf, 3, 1);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 2 * MIB(10), 1, plex), -ENOSPC);
	CHECK(untouched(plex));
	plx_conf_put(conf);
}

TEST(without_a_choice_members_are_in_pieces)
{
	struct plx_conf *conf = make_space(3);
	struct plx_conf_plex *plex;

	occupy(conf, 0, all_but(20, 31));
	occupy(conf, 1, 1ULL << 14 | 1ULL << 24 | 1ULL << 34);
	plex = add_parity(conf, 3, 1);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, 2 * MIB(10), 1, plex), 0);
	expect_disks(plex, "210");
	CHECK_EQ(plex->member[1].n_extents, 2);
	check(conf);
	plx_conf_put(conf);
}

TEST(a_parity_log_is_in_one_run_and_leaves_the_large_ones)
{
	struct plx_conf *conf = make_space(1);
	struct plx_conf_plex *plex;
	struct plx_conf_member *m;

	/* free: 5..6 (2), 8..10 (3), 12..21 (10) */
	occupy(conf, 0, 1ULL << 7 | 1ULL << 11 | ~0ULL << 22);
	plex = plx_conf_plex_new(1);
	m = &plex->member[0];
	CHECK_EQ(plx_space_alloc_member(conf, 0, MIB(10), MIB(3), m), 0);
	CHECK_EQ(m->log_start, MIB(8));
	CHECK_EQ(m->n_extents, 1);
	CHECK_EQ(m->extent[0].start, MIB(12));
	CHECK_EQ(plx_space_alloc_member(conf, 0, MIB(1), 0, m), -EINVAL);
	CHECK_EQ(plx_space_alloc_log(conf, MIB(1), m), -EINVAL);
	m->n_extents = 0;
	m->log_sectors = 0;
	m->log_start = 0;
	/* 13 MiB are free beside a log of 2, but 11 are not in one run */
	CHECK_EQ(plx_space_alloc_member(conf, 0, MIB(1), MIB(11), m), -ENOSPC);
	CHECK_EQ(plx_space_alloc_member(conf, 0, MIB(14), MIB(2), m), -ENOSPC);
	CHECK(untouched(plex));
	CHECK_EQ(plx_space_alloc_member(conf, 0, MIB(13), MIB(2), m), 0);
	CHECK_EQ(m->n_extents, 2);
	plx_conf_plex_free(plex);
	plx_conf_put(conf);
}

TEST(a_log_can_be_added_on_the_disk_of_the_first_extent)
{
	struct plx_conf *conf = make_space(2);
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	struct plx_conf_member *m = &plex->member[0];

	CHECK_EQ(plx_space_alloc_log(conf, MIB(1), m), -EINVAL);
	plx_conf_member_append(m, 1, MIB(FIRST), MIB(2));
	plx_conf_member_append(m, 0, MIB(FIRST), MIB(2));
	occupy(conf, 1, all_but(FIRST, 12));
	CHECK_EQ(plx_space_alloc_log(conf, 0, m), -EINVAL);
	CHECK_EQ(plx_space_alloc_log(conf, MIB(6), m), -ENOSPC);
	CHECK_EQ(plx_space_alloc_log(conf, ~0ULL, m), -ENOSPC);
	CHECK_EQ(m->log_sectors, 0);
	CHECK_EQ(plx_space_alloc_log(conf, MIB(4) + 1, m), 0);
	CHECK_EQ(m->log_start, MIB(FIRST + 2));
	CHECK_EQ(m->log_sectors, MIB(5));
	CHECK_EQ(plx_space_alloc_member(conf, 2, MIB(1), 0, m), -EINVAL);
	plx_conf_plex_free(plex);
	plx_conf_put(conf);
}

/* can a disk with these MiB taken hold a log in one run and a member in what is left? */
static bool model_fits(u64 taken, u32 each, u32 log)
{
	u32 i, run = 0, most = 0, total = 0;

	for (i = FIRST; i < END; i++) {
		run = taken >> i & 1 ? 0 : run + 1;
		total += !(taken >> i & 1);
		most = max(most, run);
	}
	return most >= log && total >= each + log;
}

TEST(what_was_allocated_passes_the_check_and_is_there_whenever_it_can_be)
{
	u32 turn, i, found = 0;

	for (turn = 0; turn < 1000; turn++) {
		u32 n_disks = 3 + test_random() % 4, n = 3 + test_random() % (n_disks - 2);
		u32 parity = n > 3 ? 1 + test_random() % 2 : 1, log = test_random() % 7;
		u32 each = 1 + test_random() % 30, fit = 0;
		struct plx_conf *conf = make_space(n_disks);
		u64 before[7], size = MIB(each) * (n - parity) - test_random() % 2048;
		struct plx_conf_plex *plex;
		int err;

		for (i = 0; i < n_disks; i++) {
			u64 mask = test_random() & test_random();

			occupy(conf, i, mask);
			fit += model_fits(mask, each, log);
			before[i] = plx_space_free(conf, i, NULL);
		}
		plex = add_parity(conf, n, parity);
		err = plx_space_alloc_parity(conf, conf->volume[conf->n_volumes - 1], NULL, 0, size,
					     MIB(log), plex);
		CHECK_EQ(err, fit >= n ? 0 : -ENOSPC);
		for (i = 0; i < n_disks; i++)
			CHECK_EQ(before[i] - plx_space_free(conf, i, NULL),
				 plx_conf_plex_uses(plex, i) ? MIB(each + log) : 0);
		if (err) {
			CHECK(untouched(plex));
		} else {
			conf->volume[conf->n_volumes - 1]->sectors = size;
			if (!log)
				conf->volume[conf->n_volumes - 1]->write_hole = PLX_WRITE_HOLE_OFF;
			check(conf);
			found++;
		}
		plx_conf_put(conf);
	}
	CHECK(found > 200 && found < 800);
}

TEST(a_parity_plex_grows_on_its_own_disks_behind_its_end)
{
	struct plx_conf *conf = make_space(4);
	struct plx_conf_plex *plex = add_parity(conf, 4, 1);
	u32 i;

	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, MIB(9), MIB(2), plex), 0);
	CHECK_EQ(plx_space_extend_parity(conf, MIB(9), plex), 0);
	CHECK_EQ(plx_conf_plex_sectors(plex), MIB(9));
	CHECK_EQ(plx_space_extend_parity(conf, MIB(3), plex), 0);
	CHECK_EQ(plx_conf_plex_sectors(plex), MIB(9));
	CHECK_EQ(plx_space_extend_parity(conf, MIB(9) + 1, plex), 0);
	CHECK_EQ(plx_conf_plex_sectors(plex), MIB(12));
	CHECK_EQ(plx_space_extend_parity(conf, 3 * MIB(32), plex), 0);
	for (i = 0; i < 4; i++) {
		CHECK_EQ(plex->member[i].n_extents, 1);
		CHECK_EQ(plex->member[i].log_sectors, MIB(2));
		CHECK_EQ(plx_space_free(conf, i, NULL), 0);
	}
	conf->volume[0]->sectors = 3 * MIB(32);
	check(conf);
	CHECK_EQ(plx_space_extend_parity(conf, 3 * MIB(32) + 1, plex), -ENOSPC);
	plx_conf_put(conf);
}

TEST(growth_that_one_disk_has_no_room_for_changes_nothing)
{
	struct plx_conf *conf = make_space(3), *as_it_was;
	struct plx_conf_plex *plex;

	occupy(conf, 2, 1ULL << 12 | 1ULL << 20);
	plex = add_parity(conf, 3, 1);
	CHECK_EQ(plx_space_alloc_parity(conf, NULL, NULL, 0, MIB(20), 1, plex), 0);
	as_it_was = plx_conf_clone(conf);
	CHECK_EQ(plx_space_extend_parity(conf, 2 * MIB(32), plex), -ENOSPC);
	CHECK(conf_equal(conf, as_it_was));
	CHECK_EQ(plx_space_extend_parity(conf, 2 * MIB(31), plex), 0);
	CHECK_EQ(plx_conf_plex_sectors(plex), 2 * MIB(31));
	check(conf);
	plx_conf_put(as_it_was);
	plx_conf_put(conf);
}

/* on the disk where it ends, though it begins on another */
TEST(a_member_on_two_disks_grows_where_it_ends)
{
	struct plx_conf *conf = make_space(4);
	struct plx_conf_plex *plex = add_parity(conf, 3, 1);

	plx_conf_member_append(&plex->member[0], 0, MIB(10), MIB(2));
	plx_conf_member_append(&plex->member[1], 1, MIB(10), MIB(1));
	plx_conf_member_append(&plex->member[1], 3, MIB(10), MIB(1));
	plx_conf_member_append(&plex->member[2], 2, MIB(10), MIB(2));
	CHECK_EQ(plx_space_extend_parity(conf, MIB(10), plex), 0);
	CHECK_EQ(plx_conf_member_sectors(&plex->member[1]), MIB(5));
	CHECK_EQ(plx_space_free(conf, 1, NULL), MIB(END - FIRST - 1));
	CHECK_EQ(plx_space_free(conf, 3, NULL), MIB(END - FIRST - 4));
	conf->volume[0]->write_hole = PLX_WRITE_HOLE_OFF;
	check(conf);
	plx_conf_put(conf);
}

static void members_empty(struct plx_conf_plex *plex)
{
	u32 i;

	for (i = 0; i < plex->n_members; i++) {
		plex->member[i].n_extents = 0;
		plex->member[i].log_start = 0;
		plex->member[i].log_sectors = 0;
	}
}

/* first where any disk may be taken, then where they are given, then to grow that one */
TEST(without_memory_nothing_changes)
{
	static const struct plx_space_want want[] = { { 0, 0 }, { 1, 0 }, { 2, 0 }, { 3, 0 } };
	struct plx_conf *conf = make_space(5), *as_it_was;
	struct plx_conf_plex *plex;
	unsigned long n;
	u32 kind;
	int err;

	occupy(conf, 1, 0xaaaaaaaaaaULL);
	occupy(conf, 2, all_but(FIRST, 20));
	plex = add_parity(conf, 3, 1);
	for (kind = 0; kind < 3; kind++) {
		if (kind < 2)
			members_empty(plex);
		as_it_was = plx_conf_clone(conf);
		for (n = 1;; n++) {
			shim_failed = false;
			shim_fail_at = n;
			if (kind < 2)
				err = plx_space_alloc_parity(conf, NULL, want, kind ? 4 : 0, MIB(8),
							     1, plex);
			else
				err = plx_space_extend_parity(conf, MIB(20), plex);
			shim_fail_at = 0;
			if (!shim_failed)
				break;
			CHECK_EQ(err, -ENOMEM);
			CHECK(conf_equal(conf, as_it_was));
		}
		CHECK_EQ(err, 0);
		CHECK(n > 2);
		plx_conf_put(as_it_was);
	}
	plx_conf_put(conf);
}
