// SPDX-License-Identifier: GPL-2.0
/* layout.c, against a reference that walks sector by sector */
#include "test.h"

/* the naive way: deal units to members, walk each member's extents */
static struct plx_place slow_map(const struct plx_conf_plex *plex, u64 sector)
{
	struct plx_place place = { 0 };
	const struct plx_conf_member *m;
	u64 s, row_in_member[PLEXUS_MAX_MEMBERS] = { 0 }, at = sector;

	if (plex->n_members > 1) {
		for (s = 0; s + plex->unit <= sector; s += plex->unit) {
			row_in_member[place.member]++;
			place.member = (place.member + 1) % plex->n_members;
		}
		at = row_in_member[place.member] * plex->unit + (sector - s);
	}
	m = &plex->member[place.member];
	for (; at >= m->extent[place.extent].sectors; place.extent++)
		at -= m->extent[place.extent].sectors;
	place.sector = m->extent[place.extent].start + at;
	return place;
}

static bool follows(const struct plx_place *a, const struct plx_place *b)
{
	return a->member == b->member && a->extent == b->extent && a->sector + 1 == b->sector;
}

static void compare(const struct plx_conf_plex *plex)
{
	struct plx_layout *l = plx_layout_new(plex);
	u64 s, size = plx_conf_plex_sectors(plex), run = 0;
	struct plx_place slow, next = { 0 }, fast;

	for (s = size; s-- > 0; next = slow) {
		slow = slow_map(plex, s);
		run = run && follows(&slow, &next) ? run + 1 : 1;
		memset(&fast, 0xff, sizeof(fast));
		plx_layout_map(l, s, &fast);
		if (fast.member != slow.member || fast.extent != slow.extent ||
		    fast.sector != slow.sector || fast.sectors != run)
			test_fail(
				__FILE__, __LINE__,
				"sector %llu of %u members, unit %u: %u/%u/%llu+%llu, not %u/%u/%llu+%llu",
				s, plex->n_members, plex->unit, fast.member, fast.extent,
				fast.sector, fast.sectors, slow.member, slow.extent, slow.sector,
				run);
	}
	kvfree(l);
}

/* gives a member @total units in the parts that the bits of @cuts say */
static void cut(struct plx_conf_member *m, u32 disk, u32 total, u32 unit, u32 cuts)
{
	u32 i, from = 0;

	for (i = 1; i <= total; i++)
		if (i == total || cuts & 1 << (i - 1)) {
			plx_conf_member_append(m, disk, 1000 - 100 * m->n_extents,
					       (u64)(i - from) * unit);
			from = i;
		}
}

static void exhaust(u32 n_members, u32 unit, u32 total)
{
	u32 i, cuts, each = 1U << (total - 1), all = 1;

	for (i = 0; i < n_members; i++)
		all *= each;
	for (cuts = 0; cuts < all; cuts++) {
		struct plx_conf_plex *plex = plx_conf_plex_new(n_members);
		u32 left = cuts;

		plex->type = n_members > 1 ? PLEXUS_TYPE_STRIPE : PLEXUS_TYPE_SPAN;
		plex->unit = n_members > 1 ? unit : 0;
		for (i = 0; i < n_members; i++, left /= each)
			cut(&plex->member[i], i, total, unit, left % each);
		compare(plex);
		plx_conf_plex_free(plex);
	}
}

TEST(every_sector_of_every_small_span_is_where_it_belongs)
{
	u32 unit, total;

	for (unit = 1; unit <= 3; unit++)
		for (total = 1; total <= 8; total++)
			exhaust(1, unit, total);
}

TEST(every_sector_of_every_small_stripe_is_where_it_belongs)
{
	u32 members, unit, total;

	for (members = 2; members <= 3; members++)
		for (unit = 1; unit <= 8; unit *= 2)
			for (total = 1; total <= 4; total++)
				exhaust(members, unit, total);
	exhaust(5, 2, 2);
}

TEST(a_stripe_of_one_member_is_laid_out_like_a_span)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(1);

	plex->type = PLEXUS_TYPE_STRIPE;
	plex->unit = 8;
	plx_conf_member_append(&plex->member[0], 0, 64, 64);
	compare(plex);
	plx_conf_plex_free(plex);
}

TEST(the_end_of_the_largest_stripe_does_not_overflow)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(32);
	struct plx_layout *l;
	struct plx_place place;
	u64 each = 1ULL << 52;
	u32 i;

	plex->type = PLEXUS_TYPE_STRIPE;
	plex->unit = 2048;
	for (i = 0; i < 32; i++)
		plx_conf_member_append(&plex->member[i], i, 2048, each);
	l = plx_layout_new(plex);
	plx_layout_map(l, 32 * each - 1, &place);
	CHECK_EQ(place.member, 31);
	CHECK_EQ(place.sector, 2048 + each - 1);
	CHECK_EQ(place.sectors, 1);
	plx_layout_map(l, 32 * each - 2048 * 32, &place);
	CHECK_EQ(place.member, 0);
	CHECK_EQ(place.sector, each);
	CHECK_EQ(place.sectors, 2048);
	kvfree(l);
	plx_conf_plex_free(plex);
}

TEST(each_of_256_extents_is_found_at_its_first_and_last_sector)
{
	struct plx_conf_plex *plex = plx_conf_plex_new(1);
	struct plx_layout *l;
	struct plx_place place;
	u64 at = 0;
	u32 i;

	plex->type = PLEXUS_TYPE_SPAN;
	for (i = 0; i < 256; i++)
		plx_conf_member_append(&plex->member[0], i, 7 * i, i + 1);
	l = plx_layout_new(plex);
	for (i = 0; i < 256; at += ++i) {
		plx_layout_map(l, at, &place);
		CHECK_EQ(place.extent, i);
		CHECK_EQ(place.sectors, i + 1);
		plx_layout_map(l, at + i, &place);
		CHECK_EQ(place.extent, i);
		CHECK_EQ(place.sector, 7 * i + i);
		CHECK_EQ(l->member[0].extent[i].disk, i);
	}
	kvfree(l);
	plx_conf_plex_free(plex);
}

TEST(a_layout_is_one_allocation)
{
	struct plx_conf *conf = make_sample();
	long live = shim_live;
	struct plx_layout *l = plx_layout_new(conf->volume[2]->plex[0]);

	CHECK_EQ(shim_live, live + 1);
	kvfree(l);
	shim_fail_at = 1;
	CHECK(!plx_layout_new(conf->volume[2]->plex[0]));
	plx_conf_put(conf);
}
