// SPDX-License-Identifier: GPL-2.0
/*
 * plog_replay.c: power fails while a stripe is written, and disks are lost with it. Every
 * combination of: members, parities, what is written of each data block, which sectors of
 * which members reached the disk, lost disks, and what became of the log entry. Data that
 * was not being written is right; what was is old, new, or known to be lost.
 */
#include "test.h"
#include "../../kernel/plog_format.h"

#define SB 8U /* bytes of a sector */
#define UNIT 2U
#define BYTES (UNIT * SB)
#define BLOCKS 7U

typedef u8 block_t[BYTES];

struct world {
	u32 n, k, parity;
	struct plx_plog_entry e;
	block_t old[BLOCKS], fresh[BLOCKS], disk[BLOCKS], seen[BLOCKS];
	block_t partial[2];
	bool alike; /* many blocks hold the same: what is old and new cannot be told apart */
	u32 torn; /* members of which some of what was written reached the disk, and some did not */
	u64 tried, bad;
};

static u8 spare[PAGE_SIZE];
static u64 all_tried;

static u8 twice(u8 a)
{
	return a << 1 ^ (a & 0x80 ? 0x1d : 0);
}

/* by the definition; from data blocks not in @skip */
static u8 parity_byte(const struct world *w, const block_t *block, u32 q, u32 at, u32 skip)
{
	u8 sum = 0;
	u32 d;

	for (d = w->k; d--;)
		sum = (q ? twice(sum) : sum) ^ (skip & 1U << d ? 0 : block[d][at]);
	return sum;
}

static bool written(const struct world *w, u32 d, u32 s)
{
	return d < w->k ? s >= w->e.change[d].lo && s < w->e.change[d].hi :
			  s >= w->e.hull.lo && s < w->e.hull.hi;
}

static bool same(const u8 *a, const u8 *b, u32 lo, u32 hi)
{
	return hi <= lo || !memcmp(a + lo * SB, b + lo * SB, (hi - lo) * SB);
}

static void content(struct world *w)
{
	u32 b, at;

	for (b = 0; b < w->k; b++)
		for (at = 0; at < BYTES; at++) {
			w->old[b][at] = w->alike ? 0 : test_random();
			w->fresh[b][at] = w->old[b][at];
			if (written(w, b, at / SB))
				w->fresh[b][at] = w->alike ? 0x55 : test_random();
		}
	for (b = 0; b < w->parity; b++)
		for (at = 0; at < BYTES; at++) {
			w->old[w->k + b][at] = parity_byte(w, w->old, b, at, 0);
			w->fresh[w->k + b][at] = parity_byte(w, w->fresh, b, at, 0);
		}
}

/* what the writer would log */
static void log_it(struct world *w, bool has_old)
{
	struct plx_plog_entry *e = &w->e;
	u32 d, i, at, set;

	e->has_old = 0;
	for (d = 0; d < w->k; d++) {
		u32 lo = e->change[d].lo, bytes = (e->change[d].hi - lo) * SB;

		if (!bytes)
			continue;
		e->sum[d] = plx_plog_sum(w->fresh[d] + lo * SB, bytes);
		e->old_sum[d] = plx_plog_sum(w->old[d] + lo * SB, bytes);
		if (has_old)
			e->has_old |= 1U << d;
	}
	e->partials = (1U << w->parity) - 1;
	for (i = 0; i < w->parity; i++)
		for (at = 0; at < BYTES; at++) {
			plx_stripe_segment(e->change, w->k, at / SB, UNIT, &set);
			w->partial[i][at] = parity_byte(w, w->old, i, at, set);
		}
}

/* the writes that reached the disk, a bit for each sector of each member; how many there are */
static u32 reached(struct world *w, u32 which)
{
	u32 b, s, n = 0;

	w->torn = 0;
	memcpy(w->disk, w->old, sizeof(w->disk));
	for (b = 0; b < w->n; b++) {
		u32 yes = 0, no = 0;

		for (s = 0; s < UNIT; s++) {
			if (!written(w, b, s))
				continue;
			if (which >> n++ & 1) {
				memcpy(w->disk[b] + s * SB, w->fresh[b] + s * SB, SB);
				yes = 1;
			} else {
				no = 1;
			}
		}
		w->torn += yes & no;
	}
	return n;
}

/* of the blocks @lost the members of @unread are there */
static int try_replay(struct world *w, struct plx_plog_replay *r, u32 lost, u32 unread)
{
	u32 b;

	memset(r, 0, sizeof(*r));
	r->k = w->k;
	r->parity = w->parity;
	r->sector_bytes = SB;
	r->lost = lost;
	r->unread = unread;
	r->spare = spare;
	memcpy(w->seen, w->disk, sizeof(w->seen));
	for (b = 0; b < w->n; b++) {
		if (lost & 1U << b)
			memset(w->seen[b], 0xe7, BYTES);
		r->block[b] = w->seen[b] + w->e.hull.lo * SB;
	}
	for (b = 0; b < w->parity; b++)
		r->partial[b] = w->partial[b] + w->e.hull.lo * SB;
	w->tried++;
	all_tried++;
	return plx_plog_replay(&w->e, r);
}

static void replay(struct world *w, struct plx_plog_replay *r, u32 lost)
{
	CHECK_EQ(try_replay(w, r, lost, 0), 0);
}

static void check_block(struct world *w, const struct plx_plog_replay *r, u32 lost, u32 d)
{
	struct plx_stripe_range change = w->e.change[d], bad = r->bad[d];
	u32 s;

	if (!(lost & 1U << d)) {
		CHECK(same(w->seen[d], w->disk[d], w->e.hull.lo, w->e.hull.hi));
		CHECK_EQ(r->verdict[d], PLX_PLOG_RIGHT);
		return;
	}
	CHECK(bad.hi <= bad.lo || (bad.lo >= change.lo && bad.hi <= change.hi));
	CHECK((bad.hi > bad.lo) == (r->verdict[d] == PLX_PLOG_BAD));
	CHECK((change.hi > change.lo) == (r->verdict[d] != PLX_PLOG_RIGHT));
	for (s = w->e.hull.lo; s < w->e.hull.hi; s++) {
		bool old = same(w->seen[d], w->old[d], s, s + 1);

		if (!written(w, d, s))
			CHECK(old);
		else if (s < bad.lo || s >= bad.hi)
			CHECK(old || same(w->seen[d], w->fresh[d], s, s + 1));
	}
	if (r->verdict[d] == PLX_PLOG_NEW)
		CHECK(same(w->seen[d], w->fresh[d], change.lo, change.hi));
	if (r->verdict[d] == PLX_PLOG_OLD)
		CHECK(same(w->seen[d], w->old[d], change.lo, change.hi));
	w->bad += r->verdict[d] == PLX_PLOG_BAD;
}

static void check_stripe(struct world *w, const struct plx_plog_replay *r, u32 lost)
{
	u32 d, i, at;

	for (d = 0; d < w->k; d++)
		check_block(w, r, lost, d);
	for (i = 0; i < w->parity; i++)
		for (at = w->e.hull.lo * SB; at < w->e.hull.hi * SB; at++)
			CHECK_EQ(w->seen[w->k + i][at], parity_byte(w, w->seen, i, at, 0));
}

/* it does not just give up: what can be told is told */
static void check_told(struct world *w, const struct plx_plog_replay *r, u32 lost, bool none,
		       bool all)
{
	u32 d, s, set;

	for (d = 0; d < w->k; d++) {
		bool alone = true;

		if (r->verdict[d] == PLX_PLOG_RIGHT)
			continue;
		if (all)
			CHECK_EQ(r->verdict[d], PLX_PLOG_NEW);
		if (none && w->e.has_old & 1U << d)
			CHECK_EQ(r->verdict[d], PLX_PLOG_OLD);
		for (s = w->e.change[d].lo; s < w->e.change[d].hi; s++) {
			plx_stripe_segment(w->e.change, w->k, s, UNIT, &set);
			alone &= set == 1U << d;
		}
		if (alone)
			CHECK(r->verdict[d] != PLX_PLOG_BAD);
	}
}

/* the stripe @lost disks short, and nothing to replay: parity alone has to do */
static void no_entry(struct world *w, u32 lost)
{
	u32 data = lost & plx_stripe_data_mask(w->k), b;
	struct plx_stripe_run run = { .k = w->k, .parity = w->parity, .bytes = BYTES };

	memcpy(w->seen, w->old, sizeof(w->seen));
	for (b = 0; b < w->n; b++) {
		if (lost & 1U << b)
			memset(w->seen[b], 0xe7, BYTES);
		run.ptr[b] = w->seen[b];
	}
	if (data)
		plx_stripe_solve(&run, data, plx_stripe_parity_mask(w->k, w->parity) & ~lost,
				 spare);
	for (b = 0; b < w->k; b++)
		CHECK(same(w->seen[b], w->old[b], 0, UNIT));
	w->tried++;
	all_tried++;
}

/* a pattern has two bits for each data block: which of its two sectors are written */
static bool pattern_set(struct world *w, u32 pattern)
{
	struct plx_plog_entry *e = &w->e;
	u32 d;

	memset(e, 0, sizeof(*e));
	e->row = 1;
	e->serial = 1;
	e->hull = (struct plx_stripe_range){ UNIT, 0 };
	for (d = 0; d < w->k; d++) {
		u32 both = pattern >> 2 * d & 3;

		if (!both)
			continue;
		e->change[d].lo = both == 2;
		e->change[d].hi = both == 1 ? 1 : 2;
		e->hull.lo = min(e->hull.lo, e->change[d].lo);
		e->hull.hi = max(e->hull.hi, e->change[d].hi);
	}
	return pattern;
}

typedef void combination_t(struct world *w, u32 lost, bool none, bool all);

static void each_state(struct world *w, combination_t *run)
{
	u32 which, lost, n = reached(w, 0);

	for (which = 0; which < 1U << n; which++) {
		reached(w, which);
		/* of the widest stripes one member at most is torn */
		if (w->n > 5 && w->torn > 1)
			continue;
		for (lost = 0; lost < 1U << w->n; lost++)
			if (hweight32(lost) <= w->parity)
				run(w, lost, !which, which == (1U << n) - 1);
	}
}

static void each_pattern(struct world *w, u32 from, u32 to, combination_t *run)
{
	u32 pattern, lost, has_old;

	for (w->n = from; w->n <= to; w->n++)
		for (w->parity = 1; w->parity <= 2; w->parity++) {
			w->k = w->n - w->parity;
			for (pattern = 1; pattern < 1U << 2 * w->k; pattern++) {
				pattern_set(w, pattern);
				content(w);
				for (lost = 0; lost < 1U << w->n; lost++)
					if (hweight32(lost) <= w->parity)
						no_entry(w, lost);
				/* of the widest stripes each pattern has it one way only */
				for (has_old = 0; has_old < 2; has_old++) {
					if (w->n > 5 && has_old == hweight32(pattern) % 2)
						continue;
					log_it(w, has_old);
					each_state(w, run);
				}
			}
		}
}

static void once(struct world *w, u32 lost, bool none, bool all)
{
	struct plx_plog_replay r;

	replay(w, &r, lost);
	check_stripe(w, &r, lost);
	if (!w->alike)
		check_told(w, &r, lost, none, all);
}

TEST(a_torn_stripe_keeps_what_was_not_written_and_the_rest_is_old_new_or_known_to_be_lost)
{
	static struct world w;

	each_pattern(&w, 3, 6, once);
	printf("# %llu combinations, %llu blocks known to be lost\n", w.tried, w.bad);
}

TEST(the_same_with_blocks_that_look_alike)
{
	static struct world w;

	w.alike = true;
	each_pattern(&w, 3, 5, once);
	printf("# %llu combinations, %llu blocks known to be lost\n", w.tried, w.bad);
}

/*
 * Some of the lost blocks only could not be read: afterwards their disks, and all others that
 * are there, hold what was found, so parity fits on the disks; or it is known not to.
 */
static void unreadable(struct world *w, u32 lost, bool none, bool all)
{
	u32 lo = w->e.hull.lo, bytes = (w->e.hull.hi - lo) * SB, unread, b;
	struct plx_plog_replay r;
	bool bad;
	int err;

	for (unread = lost; unread; unread = (unread - 1) & lost) {
		err = try_replay(w, &r, lost, unread);
		check_stripe(w, &r, lost);
		for (b = 0, bad = false; b < w->k; b++)
			bad |= unread & 1U << b && r.verdict[b] == PLX_PLOG_BAD;
		CHECK_EQ(err, bad ? -EIO : 0);
		for (b = 0; !bad && b < w->n; b++) {
			if (r.write & 1U << b)
				continue;
			CHECK(lost & ~unread & 1U << b ||
			      !memcmp(w->disk[b] + lo * SB, w->seen[b] + lo * SB, bytes));
		}
		CHECK(bad || !(r.write & lost & ~unread));
	}
}

TEST(what_could_not_be_read_is_written_with_the_parity_that_fits_it)
{
	static struct world w;

	each_pattern(&w, 3, 5, unreadable);
	printf("# %llu combinations, %llu blocks known to be lost\n", w.tried, w.bad);
}

/* what was found is found again; what could not be told may be told now */
static bool stays(const struct world *w, const block_t *made, const struct plx_plog_replay *first,
		  const struct plx_plog_replay *then, u32 d)
{
	switch (first->verdict[d]) {
	case PLX_PLOG_BAD:
		return true;
	case PLX_PLOG_EACH:
		return then->verdict[d] != PLX_PLOG_BAD;
	default:
		return then->verdict[d] == first->verdict[d] &&
		       same(w->seen[d], made[d], w->e.hull.lo, w->e.hull.hi);
	}
}

/* replayed, some of the new parity written, power fails again, perhaps with one disk more */
static void again(struct world *w, u32 lost, bool none, bool all)
{
	u32 sectors = UNIT * w->parity, which, more, i, s, d;
	struct plx_plog_replay first, r;
	block_t before[BLOCKS], made[BLOCKS];

	memcpy(before, w->disk, sizeof(before));
	replay(w, &first, lost);
	memcpy(made, w->seen, sizeof(made));
	for (which = 0; which < 1U << sectors; which++) {
		for (i = 0; i < w->parity; i++)
			for (s = w->e.hull.lo; s < w->e.hull.hi; s++)
				if (which >> (i * UNIT + s) & 1)
					memcpy(w->disk[w->k + i] + s * SB, made[w->k + i] + s * SB,
					       SB);
		for (more = 0; more < w->n; more++) {
			u32 now = lost | 1U << more;

			if (hweight32(now) > w->parity)
				continue;
			replay(w, &r, now);
			check_stripe(w, &r, now);
			for (d = 0; now == lost && d < w->k; d++)
				CHECK(stays(w, made, &first, &r, d));
		}
		memcpy(w->disk, before, sizeof(before));
	}
}

TEST(a_replay_that_was_cut_short_is_done_again_without_harm)
{
	static struct world w;

	each_pattern(&w, 3, 4, again);
	printf("# %llu combinations, %llu blocks known to be lost\n", w.tried, w.bad);
}

/*
 * A row that is logged again while the members may still lose what the last entry wrote: the
 * new entry lists that too. Each sector on the disks is then of any of three versions.
 */
static void cumulative(struct world *w, u32 pattern, u32 last)
{
	block_t version[3][BLOCKS];
	struct plx_plog_replay r;
	u32 b, d, s, i, lost;

	pattern_set(w, pattern);
	w->alike = false;
	content(w);
	memcpy(version[0], w->old, sizeof(w->old));
	memcpy(version[1], w->fresh, sizeof(w->old));
	memcpy(version[2], w->fresh, sizeof(w->old));
	pattern_set(w, pattern | last);
	for (d = 0; d < w->k; d++)
		for (s = 0; s < UNIT; s++)
			for (i = 0; last >> (2 * d + s) & 1 && i < SB; i++)
				version[2][d][s * SB + i] = test_random();
	for (i = 0; i < w->parity * BYTES; i++)
		version[2][w->k + i / BYTES][i % BYTES] =
			parity_byte(w, version[2], i / BYTES, i % BYTES, 0);
	memcpy(w->fresh, version[2], sizeof(w->fresh));
	log_it(w, false);
	for (b = 0; b < w->n; b++)
		for (s = 0; s < UNIT; s++)
			memcpy(w->disk[b] + s * SB, version[test_random() % 3][b] + s * SB, SB);
	lost = 1U << test_random() % w->n;
	if (w->parity == 2)
		lost |= 1U << test_random() % w->n;
	replay(w, &r, lost);
	for (d = 0; d < w->k; d++)
		for (s = w->e.hull.lo; lost & 1U << d && s < w->e.hull.hi; s++)
			CHECK((s >= r.bad[d].lo && s < r.bad[d].hi) ||
			      same(w->seen[d], version[0][d], s, s + 1) ||
			      same(w->seen[d], version[1][d], s, s + 1) ||
			      same(w->seen[d], version[2][d], s, s + 1));
	for (d = 0; d < w->k; d++)
		if (r.verdict[d] == PLX_PLOG_NEW)
			CHECK(same(w->seen[d], version[2][d], w->e.change[d].lo,
				   w->e.change[d].hi));
}

TEST(an_entry_that_lists_an_older_one_too_makes_up_for_what_both_lost)
{
	static struct world w;
	u32 i;

	for (i = 0; i < 100000; i++) {
		w.n = 3 + test_random() % 4;
		w.parity = 1 + test_random() % 2;
		w.k = w.n - w.parity;
		cumulative(&w, 1 + test_random() % ((1U << 2 * w.k) - 1),
			   1 + test_random() % ((1U << 2 * w.k) - 1));
	}
	printf("# %llu combinations\n", w.tried);
}

TEST(more_lost_than_parity_is_refused_and_changes_nothing)
{
	static struct world w = { .n = 5, .k = 3, .parity = 2 };
	struct plx_plog_replay r = { .k = 3, .parity = 2, .sector_bytes = SB, .lost = 7 };
	u32 b;

	pattern_set(&w, 1);
	content(&w);
	log_it(&w, true);
	memset(w.seen, 0xe7, sizeof(w.seen));
	for (b = 0; b < 5; b++)
		r.block[b] = w.seen[b];
	CHECK_EQ(plx_plog_replay(&w.e, &r), -EIO);
	r.lost = 0xb; /* two data blocks and P */
	CHECK_EQ(plx_plog_replay(&w.e, &r), -EIO);
	w.e.partials = 2; /* P was away when this was written */
	r.lost = 3;
	CHECK_EQ(plx_plog_replay(&w.e, &r), -EIO);
	for (b = 0; b < sizeof(w.seen); b++)
		CHECK_EQ(((u8 *)w.seen)[b], 0xe7);
}

/* disks of an array that had no P when the stripe was written: its partial parity is not there */
TEST(an_entry_without_p_does_with_q)
{
	static struct world w = { .n = 5, .k = 3, .parity = 2 };
	struct plx_plog_replay r;
	u32 pattern, which, n, d;

	for (pattern = 1; pattern < 64; pattern++) {
		pattern_set(&w, pattern);
		content(&w);
		log_it(&w, true);
		w.e.partials = 2;
		memset(w.partial[0], 0x99, BYTES);
		n = reached(&w, 0);
		for (which = 0; which < 1U << n; which++)
			for (d = 0; d < w.k; d++) {
				reached(&w, which);
				memset(w.disk[w.k], 0x77, BYTES);
				replay(&w, &r, 1U << d | 1U << w.k);
				check_stripe(&w, &r, 1U << d | 1U << w.k);
			}
	}
}

__attribute__((destructor)) static void say_all(void)
{
	printf("# %llu combinations of torn stripes\n", all_tried);
}
