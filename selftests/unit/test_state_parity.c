// SPDX-License-Identifier: GPL-2.0
/*
 * state.c: what parity plexes bring. A volume is written as its plexes, each as its parity, its
 * state and those of its members: "1Cccs 0E" is a parity plex of three members, of which the last
 * one is stale, and a simple one with errors.
 */
#include "test.h"

enum { H_OK = 1, H_REB, H_STALE, H_FAILING, H_FRED, H_GONE, H_GONE_F, H_FAILED };

/*
 * Current, current with Errors, current with a task (K), both (L), sTale, stale with a task (R),
 * Failed, Missing
 */
static void plex_be(struct plx_conf_plex *plex, char letter)
{
	static const char letters[] = "CEKLTRFM";
	static const enum plx_plex_state state[] = { PLX_PLEX_CURRENT, PLX_PLEX_CURRENT,
						     PLX_PLEX_CURRENT, PLX_PLEX_CURRENT,
						     PLX_PLEX_STALE,   PLX_PLEX_STALE,
						     PLX_PLEX_FAILED,  PLX_PLEX_MISSING };

	plex->state = state[strchr(letters, letter) - letters];
	plex->flags = strchr("EL", letter) ? PLX_PLEX_F_ERRORS : 0;
	plex->task_id = strchr("KLR", letter) ? 77 : 0;
}

/* current, stale, failed, missing; on a disk that is offline: current (o), stale (t) */
static void member_be(struct plx_conf *conf, struct plx_conf_member *m, char letter)
{
	static const char letters[] = "csfmot";
	static const enum plx_member_state state[] = { PLX_MEMBER_CURRENT, PLX_MEMBER_STALE,
						       PLX_MEMBER_FAILED,  PLX_MEMBER_MISSING,
						       PLX_MEMBER_CURRENT, PLX_MEMBER_STALE };

	m->state = state[strchr(letters, letter) - letters];
	if (strchr("ot", letter))
		conf->disk[m->extent[0].disk]->state = PLX_DISK_OFFLINE;
}

static struct plx_conf *make_volume(const char *plexes)
{
	struct plx_conf *conf = make_empty(20, 1 << 20);
	struct plx_conf_volume *vol = plx_conf_volume_add(conf);
	u32 i, n, disk = 0;

	for (; *plexes; plexes += strspn(plexes, " ")) {
		u32 parity = *plexes++ - '0';
		char letter = *plexes++;
		struct plx_conf_plex *plex;

		n = strcspn(plexes, " ");
		plex = make_plex(vol, parity ? PLEXUS_TYPE_PARITY : PLEXUS_TYPE_SIMPLE,
				 parity ? n : 1);
		plex->parity = parity;
		plex_be(plex, letter);
		for (i = 0; i < plex->n_members; i++) {
			plx_conf_member_append(&plex->member[i], disk++, 20480, 2048);
			if (n)
				member_be(conf, &plex->member[i], plexes[i]);
		}
		plexes += n;
	}
	return conf;
}

struct want {
	const char *plexes;
	u8 volume, plex[3];
};

static void compare(const struct want *want, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		struct plx_conf *conf = make_volume(want[i].plexes);
		struct plx_conf_volume *vol = conf->volume[0];
		u32 got = plx_state_volume_health(conf, vol);

		if (got != want[i].volume)
			test_fail(__FILE__, __LINE__, "volume %s: %u, not %u", want[i].plexes, got,
				  want[i].volume);
		got = plx_state_volume_status(conf, vol);
		if (got != (want[i].volume == H_FAILED ? PLEXUS_VOLUME_STATUS_FAILED :
							 PLEXUS_VOLUME_STATUS_ONLINE))
			test_fail(__FILE__, __LINE__, "volume %s: status %u", want[i].plexes, got);
		for (j = 0; j < vol->n_plexes; j++) {
			got = plx_state_plex_health(conf, vol->plex[j]);
			if (got != want[i].plex[j])
				test_fail(__FILE__, __LINE__, "plex %zu of %s: %u, not %u", j,
					  want[i].plexes, got, want[i].plex[j]);
		}
		plx_conf_put(conf);
	}
}

TEST(health_of_a_plex_of_one_parity)
{
	static const struct want want[] = {
		{ "1Cccc", H_OK, { H_OK } },
		{ "1Kccc", H_OK, { H_OK } },
		{ "1Eccc", H_FRED, { H_FRED } },
		{ "1Lccc", H_FRED, { H_FRED } },
		/* one is lost */
		{ "1Cccs", H_GONE, { H_GONE } },
		{ "1Ccfc", H_GONE, { H_GONE } },
		{ "1Cmcc", H_GONE, { H_GONE } },
		{ "1Ccco", H_GONE, { H_GONE } },
		{ "1Ccct", H_GONE, { H_GONE } },
		{ "1Eccs", H_GONE_F, { H_GONE_F } },
		{ "1Efcc", H_GONE_F, { H_GONE_F } },
		{ "1Emcc", H_GONE_F, { H_GONE_F } },
		{ "1Eocc", H_GONE_F, { H_GONE_F } },
		/* a task brings back what is stale, and nothing else */
		{ "1Kccs", H_REB, { H_REB } },
		{ "1Lccs", H_REB, { H_REB } },
		{ "1Kccf", H_GONE, { H_GONE } },
		{ "1Kccm", H_GONE, { H_GONE } },
		{ "1Kcco", H_GONE, { H_GONE } },
		{ "1Kcct", H_GONE, { H_GONE } },
		{ "1Lccm", H_GONE_F, { H_GONE_F } },
		/* more than one is lost */
		{ "1Ccss", H_FAILED, { H_FAILED } },
		{ "1Kcss", H_FAILED, { H_FAILED } },
		{ "1Kcsf", H_FAILED, { H_FAILED } },
		{ "1Ccmm", H_FAILED, { H_FAILED } },
		{ "1Ccoo", H_FAILED, { H_FAILED } },
		{ "1Cmoc", H_FAILED, { H_FAILED } },
		{ "1Ksoc", H_FAILED, { H_FAILED } },
		{ "1Cfff", H_FAILED, { H_FAILED } },
		/* what the plex itself is comes first */
		{ "1Tccc", H_FAILED, { H_STALE } },
		{ "1Tccm", H_FAILED, { H_STALE } },
		{ "1Rccs", H_FAILED, { H_REB } },
		{ "1Rcss", H_FAILED, { H_FAILED } },
		{ "1Fccc", H_FAILED, { H_FAILED } },
		{ "1Mccc", H_FAILED, { H_FAILED } },
	};

	compare(want, ARRAY_SIZE(want));
}

TEST(health_of_a_plex_of_two_parities)
{
	static const struct want want[] = {
		{ "2Cccccc", H_OK, { H_OK } },
		{ "2Eccccc", H_FRED, { H_FRED } },
		/* one is lost: errors of the others do no harm, there is another one to spare */
		{ "2Cccccm", H_GONE, { H_GONE } },
		{ "2Cfcccc", H_GONE, { H_GONE } },
		{ "2Ccsccc", H_GONE, { H_GONE } },
		{ "2Ecccco", H_GONE, { H_GONE } },
		{ "2Kccscc", H_REB, { H_REB } },
		{ "2Lccscc", H_REB, { H_REB } },
		/* two */
		{ "2Cccfcm", H_GONE, { H_GONE } },
		{ "2Cccscs", H_GONE, { H_GONE } },
		{ "2Eccfcm", H_GONE_F, { H_GONE_F } },
		{ "2Eccscs", H_GONE_F, { H_GONE_F } },
		{ "2Kccscs", H_REB, { H_REB } },
		{ "2Lccscs", H_REB, { H_REB } },
		{ "2Kccscf", H_GONE, { H_GONE } },
		{ "2Lccscf", H_GONE_F, { H_GONE_F } },
		{ "2Koccct", H_GONE, { H_GONE } },
		/* three */
		{ "2Cccfmo", H_FAILED, { H_FAILED } },
		{ "2Kccsss", H_FAILED, { H_FAILED } },
		{ "2Kcscsf", H_FAILED, { H_FAILED } },
		{ "2Cooooo", H_FAILED, { H_FAILED } },
	};

	compare(want, ARRAY_SIZE(want));
}

TEST(health_of_mirrors_with_parity)
{
	static const struct want want[] = {
		{ "1Cccc 0C", H_OK, { H_OK, H_OK } },
		{ "1Cccc 0E", H_FRED, { H_OK, H_FRED } },
		{ "1Eccc 0C", H_FRED, { H_FRED, H_OK } },
		{ "1Cccm 0C", H_GONE, { H_GONE, H_OK } },
		{ "1Eccm 0C", H_GONE, { H_GONE, H_OK } },
		{ "1Cccm 0E", H_GONE, { H_GONE, H_FRED } },
		{ "1Eccm 0E", H_GONE_F, { H_GONE_F, H_FRED } },
		{ "1Kccs 0C", H_REB, { H_REB, H_OK } },
		{ "1Kccs 0E", H_REB, { H_REB, H_FRED } },
		/* with all its members it has errors to spare */
		{ "1Eccc 0M", H_GONE, { H_FRED, H_GONE } },
		{ "2Eccco 0F", H_GONE, { H_GONE, H_GONE } },
		{ "1Eccs 0M", H_GONE_F, { H_GONE_F, H_GONE_F } },
		{ "1Cccs 0M", H_GONE, { H_GONE, H_GONE } },
		{ "1Lccs 0M", H_GONE_F, { H_REB, H_GONE_F } },
		{ "1Kccs 0R", H_REB, { H_REB, H_REB } },
		{ "1Kccs 0T", H_GONE, { H_REB, H_STALE } },
		/* it has failed, and the other one goes on */
		{ "1Cccc 1Ccmm", H_GONE, { H_OK, H_GONE } },
		{ "1Ccoo 0C", H_GONE, { H_GONE, H_OK } },
		{ "1Ccoo 0E", H_GONE_F, { H_GONE_F, H_FRED } },
		{ "1Fccc 0C", H_GONE, { H_GONE, H_OK } },
		{ "1Mccc 0C", H_GONE, { H_GONE, H_OK } },
		{ "1Tccc 0C", H_GONE, { H_STALE, H_OK } },
		{ "1Rccm 0C", H_REB, { H_REB, H_OK } },
		{ "1Rcmm 0C", H_GONE, { H_GONE, H_OK } },
		{ "1Ccmm 0M", H_FAILED, { H_FAILED, H_FAILED } },
		{ "1Ccmm 1Rccc", H_FAILED, { H_FAILED, H_REB } },
		{ "1Cccc 2Ccccc 0C", H_OK, { H_OK, H_OK, H_OK } },
		{ "1Cccm 2Kcccs 0C", H_GONE, { H_GONE, H_REB, H_OK } },
	};

	compare(want, ARRAY_SIZE(want));
}

/* in all 6^4 states of four members: as long as no more are lost than there is parity */
TEST(a_volume_of_one_parity_plex_is_online_as_long_as_parity_makes_up_for_what_is_lost)
{
	static const char letters[] = "csfmot";
	u32 parity, all, i, n;

	for (parity = 1; parity <= 2; parity++)
		for (all = 0; all < 6 * 6 * 6 * 6; all++) {
			char plex[] = "?Ccccc";
			struct plx_conf *conf;
			u32 left = all, status;

			plex[0] = '0' + parity;
			for (i = 0, n = 0; i < 4; i++, left /= 6) {
				plex[2 + i] = letters[left % 6];
				n += !!(left % 6);
			}
			conf = make_volume(plex);
			status = n <= parity ? PLEXUS_VOLUME_STATUS_ONLINE :
					       PLEXUS_VOLUME_STATUS_FAILED;
			CHECK_EQ(plx_state_volume_status(conf, conf->volume[0]), status);
			CHECK_EQ(plx_state_plex_status(conf, conf->volume[0]->plex[0]), status);
			CHECK_EQ(plx_state_volume_health(conf, conf->volume[0]) == H_FAILED,
				 n > parity);
			CHECK_EQ(plx_state_volume_health(conf, conf->volume[0]) == H_OK, !n);
			plx_conf_put(conf);
		}
}

TEST(health_of_a_member_of_a_parity_plex)
{
	/* plex; read and write errors of the disk of its last member; health of that */
	static const struct {
		const char *plex;
		u8 reads, writes, health;
	} want[] = {
		{ "1Cccc", 0, 0, H_OK },      { "1Cccc", 1, 1, H_OK },
		{ "1Eccc", 0, 0, H_OK },      { "1Eccc", 1, 0, H_FAILING },
		{ "1Eccc", 0, 1, H_FAILING }, { "1Cccs", 0, 0, H_STALE },
		{ "1Cccs", 1, 1, H_STALE },   { "1Kccs", 0, 0, H_REB },
		{ "1Kccc", 0, 0, H_OK },      { "1Cccf", 0, 0, H_FAILED },
		{ "1Kccf", 0, 1, H_FAILED },  { "1Cccm", 0, 0, H_STALE },
		{ "1Cccm", 1, 1, H_STALE },   { "1Ccco", 0, 0, H_FAILED },
		{ "1Kcct", 0, 0, H_FAILED },  { "1Ccmc", 0, 0, H_OK },
		{ "1Tccc", 0, 0, H_STALE },   { "1Rccc", 0, 0, H_REB },
		{ "1Tccf", 0, 0, H_FAILED },  { "1Rccm", 0, 0, H_STALE },
		{ "1Fccc", 0, 0, H_STALE },   { "1Fccc", 0, 1, H_FAILED },
		{ "1Mccc", 1, 1, H_STALE },   { "1Mccf", 0, 0, H_FAILED },
		{ "2Ccmsc", 0, 0, H_OK },     { "1Cmmc", 0, 0, H_OK },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		struct plx_conf *conf = make_volume(want[i].plex);
		struct plx_conf_plex *plex = conf->volume[0]->plex[0];
		u32 last = plex->n_members - 1, got;

		conf->disk[last]->read_errors = want[i].reads;
		conf->disk[last]->write_errors = want[i].writes;
		got = plx_state_member_health(conf, plex, last);
		if (got != want[i].health)
			test_fail(__FILE__, __LINE__, "%s, %u, %u: %u, not %u", want[i].plex,
				  want[i].reads, want[i].writes, got, want[i].health);
		CHECK_EQ(plx_state_member_health(conf, plex, last + 1), 0);
		plx_conf_put(conf);
	}
}

TEST(the_disk_of_a_lost_member_is_what_it_is_itself)
{
	struct plx_conf *conf = make_volume("1Ccfo");

	CHECK_EQ(plx_state_disk_status(conf->disk[1]), PLEXUS_DISK_STATUS_ONLINE);
	CHECK_EQ(plx_state_disk_health(conf->disk[1]), H_OK);
	conf->disk[1]->write_errors = 1;
	CHECK_EQ(plx_state_disk_health(conf->disk[1]), H_FAILING);
	CHECK_EQ(plx_state_disk_status(conf->disk[2]), PLEXUS_DISK_STATUS_OFFLINE);
	plx_conf_put(conf);
}

TEST(a_plex_that_is_nowhere_has_no_health)
{
	struct plx_conf *conf = make_volume("1Cccc");
	struct plx_conf_plex *plex = plx_conf_plex_detach(conf->volume[0], 0);

	CHECK_EQ(plx_state_plex_health(conf, plex), 0);
	plx_conf_plex_free(plex);
	plx_conf_put(conf);
}

TEST(the_table_of_a_member)
{
	static const bool want[5][5] = { { 1, 1, 1, 1, 0 },
					 { 1, 1, 1, 1, 0 },
					 { 0, 1, 1, 1, 0 },
					 { 0, 1, 1, 1, 0 },
					 { 0, 0, 0, 0, 0 } };
	u32 i, j;

	for (i = 0; i < 5; i++)
		for (j = 0; j < 5; j++)
			CHECK_EQ(plx_state_member_may(i, j), want[i][j]);
}

/* which members the plex can do without, and how many copies its log has */
TEST(what_can_be_lost)
{
	static const struct {
		const char *plexes;
		u32 spare, copies; /* a bit for each member of the first plex */
	} want[] = {
		{ "1Cccc", 7, 2 },    { "1Csccc", 1, 2 },     { "1Cfccc", 1, 2 },
		{ "1Coccc", 1, 2 },   { "1Coocc", 0, 2 },     { "1Cmocc", 0, 2 },
		{ "2Ccccc", 0xf, 3 }, { "2Cmcccc", 0x1f, 3 }, { "2Csmccc", 3, 3 },
		{ "2Cmfoccc", 0, 3 }, { "1Ccoo 0C", 0, 2 },   { "0C", 0, 0 },
		{ "0C 0C", 0, 2 },
	};
	u32 i, m, spare;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		struct plx_conf *conf = make_volume(want[i].plexes);
		const struct plx_conf_plex *plex = conf->volume[0]->plex[0];

		for (m = 0, spare = 0; plex->parity && m < plex->n_members; m++)
			spare |= plx_conf_member_spare(conf, plex, m) << m;
		CHECK_EQ(spare, want[i].spare);
		CHECK_EQ(plx_conf_log_copies(conf->volume[0]), want[i].copies);
		plx_conf_put(conf);
	}
}
