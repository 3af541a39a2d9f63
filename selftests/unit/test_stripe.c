// SPDX-License-Identifier: GPL-2.0
/*
 * stripe.c against a model that knows every byte of every disk. A sector has 4 bytes
 * here, so that all writes of all stripes fit in seconds.
 */
#include "test.h"
#include "../../kernel/stripe.h"

#define SB 4U
#define UNIT 8U
#define BLOCKS 8U

typedef u8 block_t[UNIT * SB];

struct model {
	struct plx_stripe st;
	u32 n;
	block_t disk[BLOCKS]; /* garbage where missing */
	block_t truth[BLOCKS]; /* the data as a reader is to see it, and its parity */
	block_t read[BLOCKS], fresh[BLOCKS], parity[2], partial[2];
	u64 writes; /* tried */
	bool coming; /* what is missing gets writes, and is right already */
};

static void fill(void *buf, size_t bytes)
{
	u8 *b = buf;

	while (bytes--)
		*b++ = test_random();
}

static u8 twice(u8 a)
{
	return a << 1 ^ (a & 0x80 ? 0x1d : 0);
}

/* P and Q of the bytes at @at by the definition: Q = d0 + 2 (d1 + 2 (d2 + ...)) */
static void parity_of(struct model *m, u32 at, u32 skip, u8 *p, u8 *q)
{
	u32 d;

	*p = 0;
	*q = 0;
	for (d = m->st.k; d--;) {
		u8 data = skip & 1U << d ? 0 : m->truth[d][at];

		*p ^= data;
		*q = twice(*q) ^ data;
	}
}

static void truth_parity(struct model *m)
{
	u32 at;
	u8 q;

	for (at = 0; at < UNIT * SB; at++) {
		parity_of(m, at, 0, &m->truth[m->st.k][at], &q);
		if (m->st.parity == 2)
			m->truth[m->st.k + 1][at] = q;
	}
}

static void model_start(struct model *m, u32 n, u32 parity, u32 missing, bool in_sync)
{
	u32 b;

	m->n = n;
	m->st = (struct plx_stripe){ n - parity, parity, UNIT, SB, missing, m->coming ? 0 : missing,
				     in_sync,	 false };
	fill(m->truth, sizeof(m->truth));
	truth_parity(m);
	memcpy(m->disk, m->truth, sizeof(m->disk));
	for (b = 0; b < n; b++)
		if (m->st.absent & 1U << b || (b >= m->st.k && !in_sync))
			fill(m->disk[b], sizeof(m->disk[b]));
}

/* only what the plan lets read is there afterwards */
static void do_reads(struct model *m, const struct plx_stripe_plan *plan)
{
	u32 b;

	fill(m->read, sizeof(m->read));
	for (b = 0; b < m->n; b++) {
		struct plx_stripe_range r = plan->read[b];

		if (r.hi <= r.lo)
			continue;
		CHECK(!(m->st.missing & 1U << b) && r.hi <= UNIT);
		memcpy(m->read[b] + r.lo * SB, m->disk[b] + r.lo * SB, (r.hi - r.lo) * SB);
	}
}

static void do_columns(struct model *m, const struct plx_stripe_plan *plan, u32 step, bool logged)
{
	struct plx_stripe_col col;
	u32 lo, b, i;

	for (lo = plan->hull.lo; lo < plan->hull.hi; lo = col.hi) {
		memset(&col, 0, sizeof(col));
		col.lo = lo;
		col.hi = min(lo + step - lo % step, plan->hull.hi);
		for (b = 0; b < m->n; b++) {
			if (plan->read[b].hi > plan->read[b].lo || plan->rebuild & 1U << b)
				col.old[b] = m->read[b] + lo * SB;
			if (plan->change[b].hi > plan->change[b].lo)
				col.new[b] = m->fresh[b] + lo *SB;
		}
		for (i = 0; i < m->st.parity; i++) {
			col.parity[i] = m->parity[i] + lo * SB;
			if (logged)
				col.partial[i] = m->partial[i] + lo * SB;
		}
		plx_stripe_compute(&m->st, plan, &col);
	}
}

static void do_writes(struct model *m, const struct plx_stripe_plan *plan)
{
	u32 b;

	for (b = 0; b < m->n; b++) {
		struct plx_stripe_range r = plan->write[b];
		const u8 *from = b < m->st.k ? m->fresh[b] : m->parity[b - m->st.k];

		if (r.hi <= r.lo)
			continue;
		CHECK(!(m->st.absent & 1U << b) && r.hi <= UNIT);
		memcpy(m->disk[b] + r.lo * SB, from + r.lo * SB, (r.hi - r.lo) * SB);
	}
}

/* every block reads as it should, with @missing gone, whole and in part */
static void read_all(struct model *m, u32 missing, u32 want, struct plx_stripe_range range)
{
	struct plx_stripe st = m->st;
	struct plx_stripe_col col = { range.lo, range.hi, {}, {}, {}, {} };
	struct plx_stripe_plan plan;
	u8 spare[UNIT * SB];
	u32 b;

	m->st.missing = missing;
	CHECK_EQ(plx_stripe_plan_read(&m->st, want, range, &plan), 0);
	do_reads(m, &plan);
	for (b = 0; b < m->n; b++)
		if (plan.read[b].hi > plan.read[b].lo || plan.rebuild & 1U << b)
			col.old[b] = m->read[b] + range.lo * SB;
	plx_stripe_rebuild(&m->st, &plan, &col, spare);
	for (b = 0; b < m->n; b++)
		if (want & 1U << b)
			CHECK(!memcmp(m->read[b] + range.lo * SB, m->truth[b] + range.lo * SB,
				      (range.hi - range.lo) * SB));
	m->st = st;
}

static void check_parity(struct model *m, const struct plx_stripe_plan *plan, const block_t *before)
{
	u32 b, s;

	for (b = 0; b < m->n; b++) {
		if (m->st.absent & 1U << b)
			continue;
		for (s = 0; s < UNIT; s++) {
			bool fits = b < m->st.k || m->st.in_sync ||
				    (s >= plan->hull.lo && s < plan->hull.hi);

			CHECK(!memcmp(m->disk[b] + s * SB,
				      fits ? m->truth[b] + s * SB : before[b] + s * SB, SB));
		}
	}
}

static void check_partial(struct model *m, const struct plx_stripe_plan *plan)
{
	u32 at, set, i;
	u8 want[2];

	for (at = plan->hull.lo * SB; at < plan->hull.hi * SB; at++) {
		plx_stripe_segment(plan->change, m->st.k, at / SB, UNIT, &set);
		parity_of(m, at, set, &want[0], &want[1]);
		for (i = 0; i < m->st.parity; i++)
			if (!(m->st.missing & 1U << (m->st.k + i)))
				CHECK_EQ(m->partial[i][at], want[i]);
	}
}

/* the sectors that RMW and RCW would read, and whether they can be: counted differently */
static void check_cost(struct model *m, const struct plx_stripe_plan *plan)
{
	u32 hull = plan->hull.hi - plan->hull.lo, reads = 0, rmw = 0, rcw = 0, b;
	bool can_rmw = m->st.in_sync, can_rcw = true, coming;

	for (b = 0; b < m->n; b++) {
		bool gone = m->st.missing & 1U << b;
		u32 change = b < m->st.k ? plan->change[b].hi - plan->change[b].lo : 0;
		bool inner = change && plan->change[b].lo > plan->hull.lo &&
			     plan->change[b].hi < plan->hull.hi;

		reads += plan->read[b].hi - plan->read[b].lo;
		rmw += b < m->st.k ? change : gone ? 0 : hull;
		if (b < m->st.k)
			rcw += inner ? hull : hull - change;
		coming = gone && !(m->st.absent & 1U << b);
		can_rmw &= !gone || !change;
		can_rmw &= !coming || b < m->st.k;
		can_rcw &= !gone || b >= m->st.k || change == hull;
	}
	if (plan->way == PLX_STRIPE_PLAIN) {
		CHECK_EQ(reads, 0);
		return;
	}
	CHECK(reads <= rmw || !can_rmw);
	CHECK(reads <= rcw || !can_rcw);
	CHECK(m->st.in_sync || plan->way == PLX_STRIPE_RCW || plan->way == PLX_STRIPE_FULL);
	CHECK(plan->way != PLX_STRIPE_RMW || can_rmw);
}

/* data that is missing and not written anew, all over the hull, has to be known */
static bool possible(struct model *m, const struct plx_stripe_range *change)
{
	u32 lo = UNIT, hi = 0, d;

	for (d = 0; d < m->st.k; d++)
		if (change[d].hi > change[d].lo) {
			lo = min(lo, change[d].lo);
			hi = max(hi, change[d].hi);
		}
	if (m->st.in_sync || !(~m->st.absent >> m->st.k & ((1U << m->st.parity) - 1)))
		return true;
	for (d = 0; d < m->st.k; d++)
		if (m->st.missing & 1U << d && (change[d].lo != lo || change[d].hi != hi))
			return false;
	return true;
}

static void try_write(struct model *m, const struct plx_stripe_range *change)
{
	struct plx_stripe_plan plan;
	block_t before[BLOCKS];
	u32 step = m->writes % 2 ? UNIT : 3, d;
	int err;

	m->writes++;
	err = plx_stripe_plan_write(&m->st, change, &plan);
	if (!possible(m, change)) {
		CHECK_EQ(err, -EUCLEAN);
		return;
	}
	CHECK_EQ(err, 0);
	if (err)
		return;
	fill(m->fresh, sizeof(m->fresh));
	memcpy(before, m->disk, sizeof(before));
	do_reads(m, &plan);
	do_columns(m, &plan, step, m->writes % 3);
	do_writes(m, &plan);
	for (d = 0; d < m->st.k; d++)
		memcpy(m->truth[d] + change[d].lo * SB, m->fresh[d] + change[d].lo * SB,
		       (change[d].hi - change[d].lo) * SB);
	truth_parity(m);
	check_parity(m, &plan, before);
	check_cost(m, &plan);
	if (m->writes % 3 && plan.way != PLX_STRIPE_PLAIN)
		check_partial(m, &plan);
	if (m->st.in_sync || plan.way == PLX_STRIPE_PLAIN || !m->st.missing)
		read_all(m, m->st.missing, m->st.missing ? m->st.missing : 1,
			 (struct plx_stripe_range){ 0, UNIT });
	/* what was written is right with fewer disks too, and parity is known to be right there */
	if (!m->st.in_sync && plan.way != PLX_STRIPE_PLAIN) {
		m->st.in_sync = true;
		read_all(m, m->st.missing ? m->st.missing : 1U << m->writes % m->n,
			 (1U << m->n) - 1, plan.hull);
		m->st.in_sync = false;
	}
}

static bool edge(u32 x)
{
	return x % UNIT < 3 || x % UNIT > UNIT - 2;
}

static void all_writes(struct model *m, u32 n, u32 parity, u32 missing, bool in_sync)
{
	struct plx_stripe_range change[BLOCKS] = { { 0, 0 } };
	u32 k = n - parity, lo, hi, d;

	model_start(m, n, parity, missing, in_sync);
	for (lo = 0; lo < k * UNIT; lo++)
		for (hi = lo + 1; hi <= k * UNIT; hi++) {
			if (!edge(lo) || !edge(hi))
				continue;
			for (d = 0; d < k; d++) {
				change[d].lo = clamp_t(u32, lo, d * UNIT, d * UNIT + UNIT);
				change[d].hi = clamp_t(u32, hi, d * UNIT, d * UNIT + UNIT);
				change[d].lo -= d * UNIT;
				change[d].hi -= d * UNIT;
			}
			if (!in_sync)
				model_start(m, n, parity, missing, in_sync);
			try_write(m, change);
		}
}

typedef void run_t(struct model *m, u32 n, u32 parity, u32 missing, bool in_sync);

static void each_stripe(struct model *m, run_t *run)
{
	u32 n, parity, missing, in_sync;

	for (n = 3; n <= BLOCKS; n++)
		for (parity = 1; parity <= 2; parity++)
			for (missing = 0; missing < 1U << n; missing++)
				for (in_sync = 0; in_sync < 2; in_sync++) {
					if (hweight32(missing) > parity)
						continue;
					m->coming = false;
					run(m, n, parity, missing, in_sync);
					m->coming = true;
					if (missing)
						run(m, n, parity, missing, in_sync);
				}
}

TEST(every_write_around_the_edges_of_units_leaves_the_right_data_and_parity)
{
	static struct model m;

	m.writes = 0;
	each_stripe(&m, all_writes);
	printf("# %llu writes\n", m.writes);
}

static void random_writes(struct model *m, u32 n, u32 parity, u32 missing, bool in_sync)
{
	struct plx_stripe_range change[BLOCKS];
	u32 i, d, any;

	model_start(m, n, parity, missing, in_sync);
	for (i = 0; i < 100; i++) {
		for (d = 0, any = 0; d < n - parity; d++) {
			change[d].lo = test_random() % UNIT;
			change[d].hi = change[d].lo;
			if (test_random() % 2)
				change[d].hi += test_random() % (UNIT - change[d].lo + 1);
			any |= change[d].hi - change[d].lo;
		}
		if (!in_sync)
			model_start(m, n, parity, missing, in_sync);
		if (any)
			try_write(m, change);
	}
}

TEST(writes_of_any_part_of_any_block_leave_the_right_data_and_parity)
{
	static struct model m;

	m.writes = 0;
	each_stripe(&m, random_writes);
	printf("# %llu writes\n", m.writes);
}

static void all_reads(struct model *m, u32 n, u32 parity, u32 missing, bool in_sync)
{
	u32 want, lo, hi;

	if (!in_sync)
		return;
	model_start(m, n, parity, missing, in_sync);
	for (want = 1; want < 1U << n; want++)
		for (lo = 0; lo < UNIT; lo += 3)
			for (hi = lo + 1; hi <= UNIT; hi += 3)
				read_all(m, missing, want, (struct plx_stripe_range){ lo, hi });
}

TEST(any_blocks_are_read_or_regenerated_whatever_is_missing)
{
	static struct model m;

	each_stripe(&m, all_reads);
}

TEST(more_missing_than_parity_or_not_known_to_be_right_is_refused)
{
	struct plx_stripe st = { 4, 1, UNIT, SB, 0x3, 0x3, true, false };
	struct plx_stripe_range change[4] = { { 2, 4 } };
	struct plx_stripe_plan plan;

	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), -EIO);
	CHECK_EQ(plx_stripe_plan_read(&st, 1, change[0], &plan), -EIO);
	CHECK_EQ(plx_stripe_plan_read(&st, 4, change[0], &plan), 0); /* that one is there */
	st.missing = 0x12;
	st.absent = st.missing;
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), -EIO);
	st.missing = 1;
	st.absent = st.missing;
	st.in_sync = false;
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), 0); /* all of it is new */
	CHECK_EQ(plan.way, PLX_STRIPE_RCW);
	CHECK_EQ(plx_stripe_plan_read(&st, 1, change[0], &plan), -EUCLEAN);
	CHECK_EQ(plx_stripe_plan_read(&st, 2, change[0], &plan), 0);
	change[1].hi = 1;
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), -EUCLEAN);
	st.missing = 1U << 4; /* P is missing and cannot be wrong; it can be made */
	st.absent = st.missing;
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), 0);
	CHECK_EQ(plan.way, PLX_STRIPE_PLAIN);
	CHECK_EQ(plx_stripe_plan_read(&st, 1U << 4, change[0], &plan), 0);
}

TEST(ranges_that_are_none_are_refused)
{
	struct plx_stripe st = { 4, 1, UNIT, SB, 0, 0, true, false };
	struct plx_stripe_range change[4] = { { 2, UNIT + 1 } };
	struct plx_stripe_plan plan;

	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), -EINVAL);
	CHECK_EQ(plx_stripe_plan_read(&st, 1, change[0], &plan), -EINVAL);
	change[0].hi = 2;
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), -EINVAL);
	CHECK_EQ(plx_stripe_plan_read(&st, 1, change[0], &plan), -EINVAL);
	change[0].hi = 3;
	st.parity = 3;
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), -EINVAL);
	st.parity = 2;
	st.k = 31;
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), -EINVAL);
	st.k = 0;
	CHECK_EQ(plx_stripe_plan_read(&st, 1, change[0], &plan), -EINVAL);
}

TEST(the_way_is_the_one_that_reads_less)
{
	struct plx_stripe st = { 7, 1, UNIT, SB, 0, 0, true, false };
	struct plx_stripe_range change[7] = { { 0, UNIT } };
	struct plx_stripe_plan plan;
	u32 d;

	for (d = 0; d < 7; d++) {
		change[d] = (struct plx_stripe_range){ 0, UNIT };
		CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), 0);
		CHECK_EQ(plan.way, d < 2 ? PLX_STRIPE_RMW :
				   d < 6 ? PLX_STRIPE_RCW :
					   PLX_STRIPE_FULL);
	}
	memset(change, 0, sizeof(change));
	change[3].hi = 1;
	st.missing = 1U << 3; /* a write to the block that is missing */
	st.absent = st.missing;
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), 0);
	CHECK_EQ(plan.way, PLX_STRIPE_RCW);
	CHECK_EQ(plan.write[3].hi, 0);
	st.missing = 1U << 2; /* one to another block: the missing one is not needed */
	st.absent = st.missing;
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), 0);
	CHECK_EQ(plan.way, PLX_STRIPE_RMW);
	change[2] = (struct plx_stripe_range){ 1, 2 }; /* part of the hull of it is missing */
	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), 0);
	CHECK_EQ(plan.way, PLX_STRIPE_RECONSTRUCT);
	CHECK_EQ(plan.rebuild, 1U << 2);
}

TEST(thirty_two_blocks_are_not_too_many)
{
	struct plx_stripe st = { 30, 2, UNIT, SB, 1U << 31 | 1, 1U << 31 | 1, true, false };
	struct plx_stripe_range change[30] = { { 0, 1 }, { 1, 2 } };
	struct plx_stripe_plan plan;

	CHECK_EQ(plx_stripe_plan_write(&st, change, &plan), 0);
	CHECK_EQ(plan.way, PLX_STRIPE_RECONSTRUCT);
	CHECK_EQ(plan.read[30].hi, 2);
	CHECK_EQ(plan.read[31].hi, 0);
	CHECK_EQ(plan.write[31].hi, 0);
	CHECK_EQ(plx_stripe_plan_read(&st, 1U << 31, plan.hull, &plan), 0);
	CHECK(plan.rebuild == (1U << 31 | 1));
}
