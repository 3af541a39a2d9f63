// SPDX-License-Identifier: GPL-2.0
/* state.c: the whole matrices */
#include "test.h"

enum { H_OK = 1, H_REB, H_STALE, H_FAILING, H_FRED, H_GONE, H_GONE_F, H_FAILED };

/* a plex: Current, current with Errors, sTale, stale with a task (R), Failed, Missing */
static const char letters[] = "CETRFM";

static void plex_be(struct plx_conf_plex *plex, char letter)
{
	static const enum plx_plex_state state[] = { PLX_PLEX_CURRENT, PLX_PLEX_CURRENT,
						     PLX_PLEX_STALE,   PLX_PLEX_STALE,
						     PLX_PLEX_FAILED,  PLX_PLEX_MISSING };

	plex->state = state[strchr(letters, letter) - letters];
	plex->flags = letter == 'E' ? PLX_PLEX_F_ERRORS : 0;
	plex->task_id = letter == 'R' ? 77 : 0;
}

static struct plx_conf *make_volume(const char *plexes)
{
	struct plx_conf *conf = make_empty(4, 1 << 20);
	struct plx_conf_volume *vol = plx_conf_volume_add(conf);
	u32 i;

	for (i = 0; plexes[i]; i++) {
		struct plx_conf_plex *plex = make_plex(vol, PLEXUS_TYPE_SIMPLE, 1);

		plx_conf_member_append(&plex->member[0], i, 20480, 2048);
		plex_be(plex, plexes[i]);
	}
	return conf;
}

struct want {
	char plexes[4];
	u8 volume, plex[3];
};

static void compare(const struct want *want, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		struct plx_conf *conf = make_volume(want[i].plexes);
		u32 got = plx_state_volume_health(conf, conf->volume[0]);

		if (got != want[i].volume)
			test_fail(__FILE__, __LINE__, "volume %s: %u, not %u", want[i].plexes, got,
				  want[i].volume);
		for (j = 0; j < conf->volume[0]->n_plexes; j++) {
			got = plx_state_plex_health(conf, conf->volume[0]->plex[j]);
			if (got != want[i].plex[j])
				test_fail(__FILE__, __LINE__, "plex %zu of %s: %u, not %u", j,
					  want[i].plexes, got, want[i].plex[j]);
		}
		plx_conf_put(conf);
	}
}

TEST(health_of_a_basic_volume_and_its_plex)
{
	/* clang-format off */
	static const struct want want[] = {
		{ "C", H_OK, { H_OK } },
		{ "E", H_FAILING, { H_FAILING } },
		{ "T", H_FAILED, { H_STALE } },
		{ "R", H_FAILED, { H_REB } },
		{ "F", H_FAILED, { H_FAILED } },
		{ "M", H_FAILED, { H_FAILED } },
	};
	/* clang-format on */

	compare(want, ARRAY_SIZE(want));
}

TEST(health_of_a_mirror_of_two_and_its_plexes)
{
	static const struct want want[] = {
		{ "CC", H_OK, { H_OK, H_OK } },
		{ "CE", H_FRED, { H_OK, H_FRED } },
		{ "CT", H_GONE, { H_OK, H_STALE } },
		{ "CR", H_REB, { H_OK, H_REB } },
		{ "CF", H_GONE, { H_OK, H_GONE } },
		{ "CM", H_GONE, { H_OK, H_GONE } },
		{ "EC", H_FRED, { H_FRED, H_OK } },
		{ "EE", H_FRED, { H_FRED, H_FRED } },
		{ "ET", H_GONE_F, { H_FRED, H_STALE } },
		{ "ER", H_REB, { H_FRED, H_REB } },
		{ "EF", H_GONE_F, { H_FRED, H_GONE_F } },
		{ "EM", H_GONE_F, { H_FRED, H_GONE_F } },
		{ "TC", H_GONE, { H_STALE, H_OK } },
		{ "TE", H_GONE_F, { H_STALE, H_FRED } },
		{ "TT", H_FAILED, { H_STALE, H_STALE } },
		{ "TR", H_FAILED, { H_STALE, H_REB } },
		{ "TF", H_FAILED, { H_STALE, H_FAILED } },
		{ "TM", H_FAILED, { H_STALE, H_FAILED } },
		{ "RC", H_REB, { H_REB, H_OK } },
		{ "RE", H_REB, { H_REB, H_FRED } },
		{ "RT", H_FAILED, { H_REB, H_STALE } },
		{ "RR", H_FAILED, { H_REB, H_REB } },
		{ "RF", H_FAILED, { H_REB, H_FAILED } },
		{ "RM", H_FAILED, { H_REB, H_FAILED } },
		{ "FC", H_GONE, { H_GONE, H_OK } },
		{ "FE", H_GONE_F, { H_GONE_F, H_FRED } },
		{ "FT", H_FAILED, { H_FAILED, H_STALE } },
		{ "FR", H_FAILED, { H_FAILED, H_REB } },
		{ "FF", H_FAILED, { H_FAILED, H_FAILED } },
		{ "FM", H_FAILED, { H_FAILED, H_FAILED } },
		{ "MC", H_GONE, { H_GONE, H_OK } },
		{ "ME", H_GONE_F, { H_GONE_F, H_FRED } },
		{ "MT", H_FAILED, { H_FAILED, H_STALE } },
		{ "MR", H_FAILED, { H_FAILED, H_REB } },
		{ "MF", H_FAILED, { H_FAILED, H_FAILED } },
		{ "MM", H_FAILED, { H_FAILED, H_FAILED } },
	};

	CHECK_EQ(ARRAY_SIZE(want), 36);
	compare(want, ARRAY_SIZE(want));
}

TEST(health_of_mirrors_of_three)
{
	static const struct want want[] = {
		{ "CCC", H_OK, { H_OK, H_OK, H_OK } },
		{ "CCE", H_FRED, { H_OK, H_OK, H_FRED } },
		{ "CEM", H_GONE, { H_OK, H_FRED, H_GONE } },
		{ "EEM", H_GONE_F, { H_FRED, H_FRED, H_GONE_F } },
		{ "CRM", H_GONE, { H_OK, H_REB, H_GONE } },
		{ "CRR", H_REB, { H_OK, H_REB, H_REB } },
		{ "CRE", H_REB, { H_OK, H_REB, H_FRED } },
		{ "CRT", H_GONE, { H_OK, H_REB, H_STALE } },
		{ "ERF", H_GONE_F, { H_FRED, H_REB, H_GONE_F } },
		{ "RTM", H_FAILED, { H_REB, H_STALE, H_FAILED } },
	};

	compare(want, ARRAY_SIZE(want));
}

TEST(a_volume_is_online_as_long_as_one_plex_is_current)
{
	char plexes[4] = "";
	u32 i, j, k;

	for (i = 0; i < 6; i++)
		for (j = 0; j < 7; j++)
			for (k = 0; k < (j < 6 ? 7 : 1); k++) {
				struct plx_conf *conf;

				plexes[0] = letters[i];
				plexes[1] = letters[j];
				plexes[2] = j < 6 ? letters[k] : 0;
				conf = make_volume(plexes);
				CHECK_EQ(plx_state_volume_status(conf, conf->volume[0]),
					 strpbrk(plexes, "CE") ? 1 : 5);
				plx_conf_put(conf);
			}
}

TEST(status_of_a_plex)
{
	static const u8 want[] = { 1, 1, 1, 1, 5, 3 };
	struct plx_conf *conf = make_empty(1, 1 << 20);
	struct plx_conf_plex plex = { 0 };
	u32 i;

	CHECK_EQ(plx_state_plex_status(conf, &plex), 0);
	for (i = 0; i < 6; i++) {
		plex_be(&plex, letters[i]);
		CHECK_EQ(plx_state_plex_status(conf, &plex), want[i]);
	}
	plx_conf_put(conf);
}

TEST(a_current_plex_whose_disk_is_not_online_counts_as_missing)
{
	struct plx_conf *conf = make_volume("C");

	conf->disk[0]->state = PLX_DISK_FAILED;
	CHECK_EQ(plx_state_volume_status(conf, conf->volume[0]), 5);
	CHECK_EQ(plx_state_volume_health(conf, conf->volume[0]), H_FAILED);
	CHECK_EQ(plx_state_plex_status(conf, conf->volume[0]->plex[0]), 3);
	CHECK_EQ(plx_state_plex_health(conf, conf->volume[0]->plex[0]), H_FAILED);
	plx_conf_put(conf);
}

TEST(status_and_health_of_a_disk)
{
	/* state, read errors, write errors, status, health */
	static const u8 want[][5] = {
		{ 1, 0, 0, 1, 1 }, { 1, 1, 0, 1, 4 }, { 1, 0, 1, 1, 4 }, { 2, 0, 0, 4, 0 },
		{ 2, 1, 1, 4, 0 }, { 3, 0, 0, 5, 8 }, { 3, 1, 0, 5, 8 }, { 4, 0, 0, 6, 0 },
		{ 4, 0, 1, 6, 0 }, { 0, 0, 0, 0, 0 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		struct plx_conf_disk disk = { .state = want[i][0],
					      .read_errors = want[i][1],
					      .write_errors = want[i][2] };

		CHECK_EQ(plx_state_disk_status(&disk), want[i][3]);
		CHECK_EQ(plx_state_disk_health(&disk), want[i][4]);
	}
}

TEST(health_of_a_member)
{
	/* plex, state of its disk, read errors, write errors, health */
	static const struct {
		char plex;
		u8 disk, reads, writes, health;
	} want[] = {
		/* clang-format off */
		{ 'C', 1, 0, 0, H_OK },	    { 'C', 1, 1, 0, H_OK },	{ 'E', 1, 0, 0, H_OK },
		{ 'E', 1, 1, 0, H_FAILING }, { 'E', 1, 0, 1, H_FAILING }, { 'T', 1, 0, 0, H_STALE },
		{ 'R', 1, 0, 0, H_REB },    { 'F', 1, 0, 1, H_FAILED }, { 'F', 1, 0, 0, H_STALE },
		{ 'F', 1, 1, 0, H_STALE },  { 'M', 1, 1, 1, H_STALE },	{ 'M', 4, 0, 0, H_FAILED },
		{ 'M', 2, 0, 0, H_FAILED }, { 'F', 3, 0, 0, H_FAILED },
		/* clang-format on */
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		char plexes[] = { 'C', want[i].plex, 0 };
		struct plx_conf *conf = make_volume(plexes);
		u32 got;

		conf->disk[1]->state = want[i].disk;
		conf->disk[1]->read_errors = want[i].reads;
		conf->disk[1]->write_errors = want[i].writes;
		got = plx_state_member_health(conf, conf->volume[0]->plex[1], 0);
		if (got != want[i].health)
			test_fail(__FILE__, __LINE__, "line %u: %u, not %u", i, got,
				  want[i].health);
		CHECK_EQ(plx_state_member_health(conf, conf->volume[0]->plex[0], 0), H_OK);
		CHECK_EQ(plx_state_member_health(conf, conf->volume[0]->plex[0], 1), 0);
		plx_conf_put(conf);
	}
}

TEST(the_table_of_a_plex_with_others_beside_it)
{
	static const bool want[4][4] = {
		{ 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 0, 1, 1, 1 }, { 0, 1, 1, 1 }
	};
	u32 i, j;

	for (i = 0; i < 6; i++)
		for (j = 0; j < 6; j++)
			CHECK_EQ(plx_state_plex_may(i, j),
				 i % 5 && j % 5 ? want[i - 1][j - 1] : false);
}

TEST(the_table_of_the_only_plex_of_a_volume)
{
	static const bool want[4][4] = {
		{ 1, 0, 1, 1 }, { 1, 1, 1, 1 }, { 1, 0, 1, 1 }, { 1, 0, 1, 1 }
	};
	u32 i, j;

	for (i = 0; i < 6; i++)
		for (j = 0; j < 6; j++)
			CHECK_EQ(plx_state_sole_plex_may(i, j),
				 i % 5 && j % 5 ? want[i - 1][j - 1] : false);
}
