// SPDX-License-Identifier: GPL-2.0
/* layout_parity.c, against a table that is filled row by row */
#include "test.h"

#define MIB(n) (2048ULL * (n))
#define NO_ROLE 99

/* the role of each member in each row, dealt by hand */
struct table {
	u32 n, parity, rows;
	u32 role[400][PLEXUS_MAX_MEMBERS];
};

static void table_fill(struct table *t, u32 n, u32 parity, u32 rows)
{
	u32 r, i, d, p = n - 1; /* P of the first row is on the last member */

	*t = (struct table){ .n = n, .parity = parity, .rows = rows };
	for (r = 0; r < rows; r++) {
		for (i = 0; i < n; i++)
			t->role[r][i] = NO_ROLE;
		i = p;
		t->role[r][i] = PLX_ROLE_P;
		if (parity == 2) {
			i = i + 1 == n ? 0 : i + 1;
			t->role[r][i] = PLX_ROLE_Q;
		}
		for (d = 0; d < n - parity; d++) {
			i = i + 1 == n ? 0 : i + 1;
			CHECK_EQ(t->role[r][i], NO_ROLE);
			t->role[r][i] = d;
		}
		p = p ? p - 1 : n - 1;
	}
}

/* members of @mib MiB each, member i cut where the bits of @cuts, turned by i, say */
static struct plx_conf_plex *make(u32 n, u32 parity, u32 unit, u32 mib, u32 cuts)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(n);
	u32 i, k;

	plex->type = PLEXUS_TYPE_PARITY;
	plex->parity = parity;
	plex->unit = unit;
	for (i = 0; i < n; i++)
		for (k = 0; k < mib; k++) {
			bool cut = cuts >> (k + i) % 32 & 1;

			/* what is cut comes before the last piece, so that nothing joins */
			plx_conf_member_append(&plex->member[i], i,
					       cut ? MIB(1000 - 10 * k) : MIB(100 + k), MIB(1));
		}
	return plex;
}

/* by walking the extents */
static u64 slow_sector(const struct plx_conf_member *m, u64 at, u32 *extent)
{
	for (*extent = 0; at >= m->extent[*extent].sectors; ++*extent)
		at -= m->extent[*extent].sectors;
	return m->extent[*extent].start + at;
}

static bool check_sector(const struct plx_layout *l, const struct plx_conf_plex *plex, u64 sector,
			 u64 row, u32 data, u32 member, u32 in_unit)
{
	struct plx_parity_place in_row;
	struct plx_place place, direct;
	u64 at = row * plex->unit + in_unit, want;
	u32 extent;

	memset(&in_row, 0xff, sizeof(in_row));
	memset(&place, 0xff, sizeof(place));
	memset(&direct, 0xff, sizeof(direct));
	plx_layout_parity_map(l, sector, &in_row);
	plx_layout_member_map(l, in_row.member, in_row.sector, &place);
	plx_layout_map(l, sector, &direct);
	want = slow_sector(&plex->member[member], at, &extent);
	if (in_row.row == row && in_row.data == data && in_row.member == member &&
	    in_row.sector == at && in_row.sectors == plex->unit - in_unit &&
	    place.member == member && place.extent == extent && place.sector == want &&
	    place.sectors >= in_row.sectors && direct.member == member && direct.extent == extent &&
	    direct.sector == want && direct.sectors == in_row.sectors)
		return true;
	test_fail(
		__FILE__, __LINE__,
		"sector %llu of %u-%u, unit %u: row %llu, data %u, member %u, %llu, on disk %llu+%llu, not row %llu, data %u, member %u, %llu, on disk %llu",
		sector, plex->n_members, plex->parity, plex->unit, in_row.row, in_row.data,
		in_row.member, in_row.sector, direct.sector, direct.sectors, row, data, member, at,
		want);
	return false;
}

/* every role of every member, every sector of every data unit */
static void compare(const struct plx_conf_plex *plex)
{
	static struct table t;
	struct plx_layout *l = plx_layout_new(plex);
	u32 r, i, s, d, k = plex->n_members - plex->parity;
	u64 length = plx_conf_member_sectors(&plex->member[0]);
	u32 step = plex->unit > 256 ? 1 + plex->unit / 16 : 1;

	table_fill(&t, plex->n_members, plex->parity, length / plex->unit);
	CHECK_EQ(plx_layout_row_data(l), k);
	CHECK_EQ(plx_conf_plex_sectors(plex), (u64)t.rows * k * plex->unit);
	for (r = 0; r < t.rows; r++)
		for (i = 0; i < t.n; i++) {
			d = t.role[r][i];
			CHECK_EQ(plx_layout_role(l, r, i), d);
			CHECK_EQ(plx_layout_role_member(l, r, d), i);
			if (d >= k)
				continue;
			for (s = 0; s < plex->unit; s += step)
				if (!check_sector(l, plex, ((u64)r * k + d) * plex->unit + s, r, d,
						  i, s))
					goto out;
			check_sector(l, plex, ((u64)r * k + d + 1) * plex->unit - 1, r, d, i,
				     plex->unit - 1);
		}
out:
	kvfree(l);
}

static void compare_all(u32 n, u32 unit, u32 mib, u32 cuts)
{
	u32 parity;

	for (parity = 1; parity <= 2 && n >= parity + 2; parity++) {
		struct plx_conf_plex *plex = make(n, parity, unit, mib, cuts);

		compare(plex);
		plx_conf_plex_free(plex);
	}
}

TEST(every_sector_of_a_parity_plex_of_3_to_8_members_is_where_it_belongs)
{
	u32 n;

	for (n = 3; n <= 8; n++) {
		compare_all(n, 8, 1, 0);
		compare_all(n, 128, 2, 0);
	}
}

TEST(the_same_with_members_of_many_extents)
{
	u32 n, cuts;

	for (n = 3; n <= 8; n++)
		for (cuts = 1; cuts < 16; cuts++)
			compare_all(n, 128, 4, cuts * 0x11111111);
	compare_all(5, 8, 1, ~0U);
	compare_all(6, 128, 24, 0x5a3c96f0);
}

TEST(the_same_with_more_members_and_other_units)
{
	compare_all(13, 128, 3, 0x2a);
	compare_all(31, 256, 9, 0xdb6);
	compare_all(32, 64, 2, 1);
	compare_all(32, 2048, 70, 0x77777777);
	compare_all(3, 2048, 7, 0x55);
	compare_all(4, 1024, 5, 0x3);
}

/* the picture in Documentation/on-disk-format.rst */
TEST(the_rows_are_as_the_documentation_draws_them)
{
	static const char *const single[] = { "012P", "12P0", "2P01", "P012", "012P" };
	static const char *const dual[] = { "Q012P", "012PQ", "12PQ0", "2PQ01", "PQ012" };
	struct plx_conf_plex *one = make(4, 1, 8, 1, 0), *two = make(5, 2, 8, 1, 0);
	struct plx_layout *l1 = plx_layout_new(one), *l2 = plx_layout_new(two);
	u32 row, i;

	for (row = 0; row < 5; row++) {
		for (i = 0; i < 4; i++)
			CHECK_EQ("012............................."
				 "PQ"[plx_layout_role(l1, row, i)],
				 single[row][i]);
		for (i = 0; i < 5; i++)
			CHECK_EQ("012............................."
				 "PQ"[plx_layout_role(l2, row, i)],
				 dual[row][i]);
	}
	kvfree(l1);
	kvfree(l2);
	plx_conf_plex_free(one);
	plx_conf_plex_free(two);
}

TEST(parity_is_spread_evenly)
{
	u32 n, parity, row, i;

	for (n = 3; n <= 32; n++)
		for (parity = 1; parity <= 2 && n >= parity + 2; parity++) {
			struct plx_conf_plex *plex = make(n, parity, 8, 1, 0);
			struct plx_layout *l = plx_layout_new(plex);
			u32 count[PLEXUS_MAX_MEMBERS] = { 0 };

			for (row = 7; row < 7 + 3 * n; row++)
				for (i = 0; i < n; i++)
					count[i] += plx_layout_role(l, row, i) >= n;
			for (i = 0; i < n; i++)
				CHECK_EQ(count[i], 3 * parity);
			kvfree(l);
			plx_conf_plex_free(plex);
		}
}

TEST(the_end_of_the_largest_parity_plex_does_not_overflow)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(32);
	u64 each = 1ULL << 52, rows = each >> 3;
	struct plx_parity_place place;
	struct plx_layout *l;
	u32 i;

	plex->type = PLEXUS_TYPE_PARITY;
	plex->parity = 1;
	plex->unit = 8;
	for (i = 0; i < 32; i++)
		plx_conf_member_append(&plex->member[i], i, 2048, each);
	l = plx_layout_new(plex);
	plx_layout_parity_map(l, 31 * each - 1, &place);
	CHECK_EQ(place.row, rows - 1);
	CHECK_EQ(place.data, 30);
	/* rows is a multiple of 32: the last one is like row 31, with P on member 0 */
	CHECK_EQ(place.member, 31);
	CHECK_EQ(place.sector, each - 1);
	CHECK_EQ(place.sectors, 1);
	CHECK_EQ(plx_layout_role(l, rows - 1, 0), PLX_ROLE_P);
	CHECK_EQ(plx_layout_role_member(l, rows - 1, 30), 31);
	kvfree(l);
	plx_conf_plex_free(plex);
}
