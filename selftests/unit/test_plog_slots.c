// SPDX-License-Identifier: GPL-2.0
/*
 * plog_slots.c, and the rules of the parity log as a whole: writers that keep to what the slots
 * let them do, on disks that lose at a crash whatever they were not told to flush. Then any
 * disks are lost, the log is replayed, and each sector that is made from parity has to hold
 * what its disk could have held.
 */
#include "test.h"
#include "../../kernel/plog_bad.h"
#include "../../kernel/plog_slots.h"

#define UNIT 8U
#define SB 8U /* bytes of a sector: one number */
#define MEMBERS 5U
#define ROWS 3U
#define REQS 4U
#define SLOTS_MAX 5U
#define VERSIONS 8U

typedef u64 block_t[UNIT] __attribute__((aligned(64)));

/* a sector of a disk: what it has for sure, and what it was given since */
struct sector {
	u64 durable;
	u32 n;
	struct {
		u64 value;
		u32 req; /* whose write, while it is under way; else REQS */
		bool covered; /* completed before the flush that is under way began */
	} given[VERSIONS];
};

enum state { IDLE, BLOCKED, LOGGING, WRITING };

struct req {
	enum state state;
	struct plx_plog_entry e;
	block_t fresh[MEMBERS], partial[2];
	u32 note, legs; /* to be written to a log */
	bool in[2]; /* a slot on its way */
	bool failed;
};

struct image { /* of a slot, with what its entries' partial parities are */
	u8 block[PLX_BLOCK_SIZE];
	u64 serial[REQS];
	block_t partial[REQS][2];
	u32 n;
};

struct flight {
	bool busy;
	u32 slot;
	u64 seq, head;
	struct image image;
	u32 reqs; /* mask */
};

struct world {
	u32 k, parity, n, n_slots, n_notes;
	bool cached;
	struct plx_plog_slots *slots;
	u64 serial;
	struct sector disk[MEMBERS][ROWS][UNIT];
	u64 data[ROWS][MEMBERS][UNIT]; /* by block: what a reader would see now */
	struct image log[MEMBERS][SLOTS_MAX];
	struct flight flight[MEMBERS][2];
	struct req req[REQS];
	bool flushing;
	/* what was counted */
	u64 crashes, waits, full, replays, sectors, bad;
};

static u32 member_of(const struct world *w, u32 row, u32 b)
{
	return (b + row) % w->n;
}

static u64 twice(u64 x)
{
	return ((x & 0x7f7f7f7f7f7f7f7fULL) << 1) ^ ((x >> 7 & 0x0101010101010101ULL) * 0x1d);
}

static u64 parity_of(const struct world *w, const block_t *data, u32 q, u32 s, u32 skip)
{
	u64 sum = 0;
	u32 d;

	for (d = w->k; d--;)
		sum = (q ? twice(sum) : sum) ^ (skip & 1U << d ? 0 : data[d][s]);
	return sum;
}

static struct plx_plog_geometry geo_of(const struct world *w, u32 member)
{
	return (struct plx_plog_geometry){
		.log_id = 1,
		.rows = ROWS,
		.member = member,
		.k = w->k,
		.parity = w->parity,
		.unit = UNIT,
		.n_slots = w->n_slots,
	};
}

/* ---- writers ---- */

static void entry_make(struct world *w, struct req *r, u32 row)
{
	struct plx_plog_entry *e = &r->e;
	struct plx_plog_geometry geo = geo_of(w, 0);
	u32 d, s, i, set, lo;

	memset(e, 0, sizeof(*e));
	e->row = row;
	e->partials = (1U << w->parity) - 1;
	e->payload_sum = 1;
	lo = test_random() % UNIT;
	memcpy(r->fresh, w->data[row], sizeof(r->fresh));
	do {
		for (d = 0; d < w->k; d++) {
			if (test_random() % 2)
				continue;
			e->change[d].lo = lo + test_random() % min(2U, UNIT - lo);
			e->change[d].hi = min(UNIT, e->change[d].lo + 1 + (u32)test_random() % 2);
		}
	} while (!plx_plog_shape(&geo, e));
	if (!e->payload_sectors)
		e->payload_sum = 0;
	for (d = 0; d < w->k; d++) {
		u32 bytes = (e->change[d].hi - e->change[d].lo) * SB;

		if (!bytes)
			continue;
		e->old_sum[d] = plx_plog_sum(&r->fresh[d][e->change[d].lo], bytes);
		for (s = e->change[d].lo; s < e->change[d].hi; s++)
			r->fresh[d][s] = test_random();
		e->sum[d] = plx_plog_sum(&r->fresh[d][e->change[d].lo], bytes);
		if (test_random() % 2)
			e->has_old |= 1U << d;
	}
	for (i = 0; i < w->parity; i++)
		for (s = 0; s < UNIT; s++) {
			plx_stripe_segment(e->change, w->k, s, UNIT, &set);
			r->partial[i][s] = parity_of(w, r->fresh, i, s, set);
			r->fresh[w->k + i][s] = parity_of(w, r->fresh, i, s, 0);
		}
}

static void start(struct world *w, struct req *r)
{
	u32 row = test_random() % ROWS, i;

	for (i = 0; i < REQS; i++) /* its claim */
		if (w->req[i].state != IDLE && w->req[i].e.row == row)
			return;
	entry_make(w, r, row);
	r->failed = false;
	r->state = BLOCKED;
}

static void log_it(struct world *w, struct req *r)
{
	r->note = plx_plog_note_new(w->slots, r->e.row, r->e.hull);
	w->waits += !r->note;
	if (!r->note)
		return;
	r->e.serial = ++w->serial;
	r->legs = r->e.partials;
	r->in[0] = false;
	r->in[1] = false;
	r->state = LOGGING;
}

static void slot_begin(struct world *w, u32 m, struct flight *f)
{
	struct plx_plog_geometry geo = geo_of(w, m);
	u32 i, which, any = 0;
	u64 seq, head;

	for (i = 0; i < REQS; i++)
		for (which = 0; which < w->parity; which++)
			if (w->req[i].state == LOGGING && w->req[i].legs & 1U << which &&
			    !w->req[i].in[which] &&
			    member_of(w, w->req[i].e.row, w->k + which) == m)
				any |= 1U << i;
	if (!any)
		return;
	if (!plx_plog_slot_take(w->slots, m, &seq, &head)) {
		w->full++;
		return;
	}
	memset(f, 0, sizeof(*f));
	f->busy = true;
	f->seq = seq;
	f->head = head;
	f->slot = plx_plog_slot(&geo, seq);
	plx_plog_begin(&geo, seq, head, f->image.block);
	for (i = 0; i < REQS; i++) {
		struct req *r = &w->req[i];

		if (!(any & 1U << i) || (f->image.n && test_random() % 2))
			continue;
		which = member_of(w, r->e.row, w->k) != m;
		CHECK_EQ(plx_plog_add(&geo, f->image.block, &r->e), 0);
		plx_plog_note_enter(w->slots, r->note, which, m, seq);
		f->image.serial[f->image.n] = r->e.serial;
		memcpy(f->image.partial[f->image.n++], r->partial, sizeof(r->partial));
		f->reqs |= 1U << i;
		r->in[which] = true;
	}
	plx_plog_seal(f->image.block);
}

static void give(struct world *w, u32 m, u32 row, u32 s, u64 value, u32 req)
{
	struct sector *x = &w->disk[m][row][s];

	CHECK(x->n < VERSIONS);
	if (x->n == VERSIONS)
		exit(1);
	x->given[x->n].value = value;
	x->given[x->n].covered = false;
	x->given[x->n++].req = req;
}

static void write_begin(struct world *w, u32 id)
{
	struct req *r = &w->req[id];
	u32 b, s;

	r->state = WRITING;
	for (b = 0; b < w->n; b++) {
		struct plx_stripe_range c = b < w->k ? r->e.change[b] : r->e.hull;

		for (s = c.lo; s < c.hi; s++)
			give(w, member_of(w, r->e.row, b), r->e.row, s, r->fresh[b][s], id);
	}
}

static void settle(struct sector *x, u32 upto)
{
	x->durable = x->given[upto].value;
	memmove(x->given, x->given + upto + 1, (x->n - upto - 1) * sizeof(x->given[0]));
	x->n -= upto + 1;
}

static void write_done(struct world *w, u32 id)
{
	struct req *r = &w->req[id];
	u32 m, s, i;

	for (m = 0; m < w->n; m++)
		for (s = 0; s < UNIT; s++) {
			struct sector *x = &w->disk[m][r->e.row][s];

			for (i = 0; i < x->n; i++)
				if (x->given[i].req == id)
					x->given[i].req = REQS;
			if (!w->cached && x->n)
				settle(x, x->n - 1);
		}
	memcpy(w->data[r->e.row], r->fresh, sizeof(r->fresh));
	plx_plog_note_written(w->slots, r->note, !w->cached);
	r->state = IDLE;
}

static void slot_done(struct world *w, u32 m, struct flight *f)
{
	bool failed = !(test_random() % 16);
	u32 i;

	if (!failed || test_random() % 2)
		w->log[m][f->slot] = f->image;
	f->busy = false;
	plx_plog_slot_done(w->slots, m, f->seq, f->head, !failed);
	for (i = 0; i < REQS; i++) {
		struct req *r = &w->req[i];
		u32 which;

		if (!(f->reqs & 1U << i))
			continue;
		which = member_of(w, r->e.row, w->k) != m;
		r->legs &= ~(1U << which);
		r->failed |= failed;
		if (r->legs)
			continue;
		if (r->failed) { /* nothing is written */
			plx_plog_note_written(w->slots, r->note, !w->cached);
			r->state = IDLE;
		} else {
			write_begin(w, i);
		}
	}
}

static void flush(struct world *w)
{
	u32 m, row, s, i;
	bool ok;

	if (!w->flushing && !plx_plog_flush_begin(w->slots))
		return;
	ok = w->flushing && test_random() % 4;
	for (m = 0; m < w->n; m++)
		for (row = 0; row < ROWS; row++)
			for (s = 0; s < UNIT; s++) {
				struct sector *x = &w->disk[m][row][s];

				for (i = x->n; i-- && ok;)
					if (x->given[i].covered) {
						settle(x, i);
						break;
					}
				for (i = 0; i < x->n; i++)
					x->given[i].covered = !w->flushing &&
							      x->given[i].req == REQS;
			}
	if (w->flushing)
		plx_plog_flush_end(w->slots, ok);
	w->flushing = !w->flushing;
}

static void step(struct world *w)
{
	struct req *r = &w->req[test_random() % REQS];
	u32 m = test_random() % w->n;
	struct flight *f = &w->flight[m][test_random() % 2];

	switch (test_random() % 8) {
	case 0:
	case 1:
		if (r->state == IDLE)
			start(w, r);
		break;
	case 2:
	case 3:
		if (r->state == BLOCKED)
			log_it(w, r);
		break;
	case 4:
		if (f->busy)
			slot_done(w, m, f);
		else
			slot_begin(w, m, f);
		break;
	case 5:
		for (m = 0; m < w->n; m++)
			for (f = w->flight[m]; f < w->flight[m] + 2; f++)
				if (f->busy)
					slot_done(w, m, f);
				else
					slot_begin(w, m, f);
		break;
	case 6:
		if (r->state == WRITING)
			write_done(w, r - w->req);
		break;
	case 7:
		if (!(test_random() % 3) || plx_plog_flush_soon(w->slots))
			flush(w);
		break;
	}
}

/* ---- a crash, and what comes then ---- */

struct after {
	block_t disk[MEMBERS][ROWS];
	u8 bad[ROWS][MEMBERS][UNIT];
};

static void power_fails(struct world *w, struct after *a)
{
	u32 m, row, s, i;

	for (m = 0; m < w->n; m++) {
		for (row = 0; row < ROWS; row++)
			for (s = 0; s < UNIT; s++) {
				struct sector *x = &w->disk[m][row][s];

				i = test_random() % (x->n + 1);
				a->disk[m][row][s] = i ? x->given[i - 1].value : x->durable;
			}
		for (i = 0; i < 2; i++) {
			struct flight *f = &w->flight[m][i];

			if (f->busy && test_random() % 2)
				w->log[m][f->slot] = f->image;
			else if (f->busy && test_random() % 2) /* torn */
				memset(w->log[m][f->slot].block, 0x5a, SB);
		}
	}
	memset(a->bad, 0, sizeof(a->bad));
}

static u32 logs_of(const struct world *w, u32 row, u32 members)
{
	u32 in = 0, i;

	for (i = 0; i < w->parity; i++)
		if (members & 1U << member_of(w, row, w->k + i))
			in |= 1U << i;
	return in;
}

static u32 find_entries(struct world *w, u32 here, struct plx_plog_ref *ref)
{
	struct plx_plog_head head;
	struct plx_plog_entry e;
	u32 m, slot, n = 0, cursor, pass;
	u64 highest;

	for (m = 0; m < w->n; m++) {
		struct plx_plog_geometry geo = geo_of(w, m);

		highest = 0;
		for (pass = 0; here & 1U << m && pass < 2; pass++)
			for (slot = 0; slot < w->n_slots; slot++) {
				const u8 *block = w->log[m][slot].block;
				struct plx_plog_ref r = { .member = m, .slot = slot };

				if (plx_plog_decode(&geo, slot, block, &head))
					continue;
				highest = max(highest, head.head);
				for (cursor = 0; pass && head.seq >= highest &&
						 !plx_plog_next(&geo, block, &cursor, &e);) {
					r.row = e.row;
					r.serial = e.serial;
					r.hull = e.hull;
					r.in = logs_of(w, e.row, 1U << m);
					r.need = logs_of(w, e.row, here);
					ref[n] = r;
					ref[n++].cursor = r.cursor;
					r.cursor = cursor;
				}
			}
	}
	return n;
}

static void replay_one(struct world *w, struct after *a, const struct plx_plog_ref *ref, u32 lost)
{
	struct image *image = &w->log[ref->member][ref->slot];
	struct plx_plog_geometry geo = geo_of(w, ref->member);
	static u8 spare[PAGE_SIZE] __attribute__((aligned(64)));
	struct plx_plog_replay r = { .k = w->k, .parity = w->parity, .sector_bytes = SB };
	static block_t seen[MEMBERS];
	struct plx_plog_entry e;
	u32 cursor = ref->cursor, b, i, s;

	CHECK_EQ(plx_plog_next(&geo, image->block, &cursor, &e), 0);
	r.spare = spare;
	for (b = 0; b < w->n; b++) {
		u32 m = member_of(w, e.row, b);

		memcpy(seen[b], a->disk[m][e.row], sizeof(seen[b]));
		if (lost & 1U << m) {
			r.lost |= 1U << b;
			memset(seen[b], 0xe7, sizeof(seen[b]));
		}
		r.block[b] = &seen[b][e.hull.lo];
	}
	for (i = 0; i < image->n && image->serial[i] != e.serial; i++)
		;
	r.partial[0] = &image->partial[i][0][e.hull.lo];
	r.partial[1] = &image->partial[i][1][e.hull.lo];
	CHECK_EQ(plx_plog_replay(&e, &r), 0);
	w->replays++;
	for (i = 0; i < w->parity; i++)
		if (!(r.lost & 1U << (w->k + i)))
			memcpy(a->disk[member_of(w, e.row, w->k + i)][e.row], seen[w->k + i],
			       sizeof(block_t));
	for (b = 0; b < w->k; b++)
		for (s = r.bad[b].lo; s < r.bad[b].hi; s++)
			a->bad[e.row][b][s] = 1;
}

/* a sector that has to be made from parity holds what its disk could have held */
static void row_check(struct world *w, struct after *a, u32 row, u32 lost)
{
	struct plx_stripe_run run = { .k = w->k, .parity = w->parity, .bytes = sizeof(block_t) };
	static block_t seen[MEMBERS];
	static u8 spare[PAGE_SIZE];
	u32 b, s, i, gone = 0;

	for (b = 0; b < w->n; b++) {
		u32 m = member_of(w, row, b);

		memcpy(seen[b], a->disk[m][row], sizeof(seen[b]));
		if (lost & 1U << m)
			gone |= 1U << b;
		run.ptr[b] = seen[b];
	}
	if (gone & plx_stripe_data_mask(w->k))
		plx_stripe_solve(&run, gone & plx_stripe_data_mask(w->k),
				 plx_stripe_parity_mask(w->k, w->parity) & ~gone, spare);
	for (b = 0; b < w->k; b++)
		for (s = 0; s < UNIT; s++) {
			struct sector *x = &w->disk[member_of(w, row, b)][row][s];
			bool found = seen[b][s] == x->durable;

			for (i = 0; i < x->n; i++)
				found |= seen[b][s] == x->given[i].value;
			w->sectors++;
			w->bad += a->bad[row][b][s];
			CHECK(found || a->bad[row][b][s]);
		}
}

static void recover(struct world *w, struct after *a, u32 lost)
{
	static struct plx_plog_ref ref[MEMBERS * SLOTS_MAX * REQS];
	u32 n = find_entries(w, ((1U << w->n) - 1) & ~lost, ref), i;

	CHECK(n <= ARRAY_SIZE(ref));
	n = plx_plog_choose(ref, n);
	for (i = 0; i < n; i++)
		replay_one(w, a, &ref[i], lost);
	for (i = 0; i < ROWS; i++)
		row_check(w, a, i, lost);
}

/* above all that is in a log, at the slot behind the newest one */
static u64 next_seq(const struct world *w, u32 m)
{
	struct plx_plog_geometry geo = geo_of(w, m);
	struct plx_plog_head head;
	u64 next = 1;
	u32 slot;

	for (slot = 0; slot < w->n_slots; slot++)
		if (!plx_plog_decode(&geo, slot, w->log[m][slot].block, &head))
			next = max(next, head.seq + 1);
	return next + w->n_slots;
}

/* the logs begin anew each with an empty slot; power fails while some of these are written */
static u32 logs_anew(struct world *w, struct after *a)
{
	static struct after copy;
	u32 m, done = 0, lost;

	for (m = 0; m < w->n; m++) {
		struct plx_plog_geometry geo = geo_of(w, m);
		u64 seq = next_seq(w, m);
		u8 *block = w->log[m][plx_plog_slot(&geo, seq)].block;

		switch (test_random() % 4) {
		case 0:
			memset(block, 0x5a, SB);
			break;
		case 1:
			plx_plog_begin(&geo, seq, seq, block);
			plx_plog_seal(block);
			done |= 1U << m;
			break;
		}
	}
	for (lost = 0; lost < 1U << w->n; lost++) {
		if (hweight32(lost) > w->parity)
			continue;
		copy = *a;
		recover(w, &copy, lost);
	}
	return done;
}

/* the machine comes up again, with all disks; old entries may still be in the logs */
static void next_life(struct world *w, struct after *a)
{
	struct plx_plog_slots *old = w->slots;
	u32 m, row, s, b, done;
	u64 next[MEMBERS];

	recover(w, a, 0);
	for (m = 0; m < w->n; m++)
		next[m] = next_seq(w, m);
	done = logs_anew(w, a);
	w->slots = plx_plog_slots_new(w->n, w->n_notes);
	for (m = 0; m < w->n; m++) {
		plx_plog_ring_start(w->slots, m, w->n_slots,
				    kcalloc(w->n_slots, sizeof(u32), GFP_NOIO));
		plx_plog_ring_skip(w->slots, m, next[m] + (done >> m & 1), done >> m & 1);
	}
	plx_plog_slots_free(old);
	memset(w->req, 0, sizeof(w->req));
	memset(w->flight, 0, sizeof(w->flight));
	w->flushing = false;
	for (row = 0; row < ROWS; row++)
		for (b = 0; b < w->n; b++)
			for (m = member_of(w, row, b), s = 0; s < UNIT; s++) {
				w->data[row][b][s] = a->disk[m][row][s];
				w->disk[m][row][s].durable = a->disk[m][row][s];
				w->disk[m][row][s].n = 0;
			}
}

static void world_make(struct world *w, u32 n, u32 parity, bool cached)
{
	u32 m;

	memset(w->log, 0, sizeof(w->log));
	memset(w->disk, 0, sizeof(w->disk));
	memset(w->data, 0, sizeof(w->data));
	memset(w->req, 0, sizeof(w->req));
	memset(w->flight, 0, sizeof(w->flight));
	w->flushing = false;
	w->n = n;
	w->parity = parity;
	w->k = n - parity;
	w->cached = cached;
	w->serial = 0;
	w->n_slots = 2 + test_random() % (SLOTS_MAX - 1);
	w->n_notes = 1 + test_random() % 12;
	w->slots = plx_plog_slots_new(n, w->n_notes);
	for (m = 0; m < n; m++)
		plx_plog_ring_start(w->slots, m, w->n_slots,
				    kcalloc(w->n_slots, sizeof(u32), GFP_NOIO));
}

static void live(struct world *w)
{
	static struct after a, copy;
	u32 lives = 3, steps, lost;

	while (lives--) {
		for (steps = 20 + test_random() % 200; steps; steps--)
			step(w);
		w->crashes++;
		power_fails(w, &a);
		for (lost = 0; lost < 1U << w->n; lost++) {
			if (hweight32(lost) > w->parity)
				continue;
			copy = a;
			recover(w, &copy, lost);
		}
		next_life(w, &a);
	}
	plx_plog_slots_free(w->slots);
}

TEST(whenever_power_fails_what_was_not_being_written_is_right)
{
	static struct world w;
	u32 i;

	for (i = 0; i < 800; i++) {
		u32 parity = 1 + i % 2;

		world_make(&w, parity + 2 + test_random() % (MEMBERS - parity - 1), parity, i % 3);
		live(&w);
	}
	printf("# %llu crashes, %llu replays, %llu sectors, %llu of them known to be lost\n",
	       w.crashes, w.replays, w.sectors, w.bad);
	printf("# %llu waits for a flush, %llu for a slot\n", w.waits, w.full);
	CHECK(w.waits > 1000 && w.full > 1000 && w.bad * 20 < w.sectors);
}

TEST(a_note_keeps_away_what_overlaps_it_until_a_flush_that_began_after_it_was_written)
{
	struct plx_plog_slots *s = plx_plog_slots_new(1, 4);
	struct plx_stripe_range low = { 0, 4 }, high = { 4, 8 }, both = { 3, 5 };
	u32 a, b;

	a = plx_plog_note_new(s, 7, low);
	CHECK(a && !plx_plog_note_new(s, 7, low) && !plx_plog_note_new(s, 7, both));
	b = plx_plog_note_new(s, 7, high);
	CHECK(b && plx_plog_note_new(s, 8, both));
	CHECK(!plx_plog_flush_begin(s));
	plx_plog_note_written(s, a, false);
	CHECK(plx_plog_flush_begin(s));
	plx_plog_note_written(s, b, false);
	CHECK(!plx_plog_flush_begin(s)); /* one at a time */
	plx_plog_flush_end(s, true);
	a = plx_plog_note_new(s, 7, low);
	CHECK(a && !plx_plog_note_new(s, 7, high));
	plx_plog_note_written(s, a, true); /* where no disk has a cache */
	CHECK(plx_plog_note_new(s, 7, low));
	CHECK(plx_plog_flush_begin(s));
	plx_plog_flush_end(s, false); /* failed: nothing is durable */
	CHECK(!plx_plog_note_new(s, 7, high));
	CHECK(plx_plog_flush_begin(s));
	plx_plog_flush_end(s, true);
	CHECK(plx_plog_note_new(s, 7, high));
	CHECK_EQ(s->n_free, 1);
	plx_plog_slots_free(s);
}

TEST(a_slot_is_reused_when_a_head_past_it_is_on_the_disk)
{
	struct plx_plog_slots *s = plx_plog_slots_new(1, 8);
	u64 seq, head;
	u32 note[5], i;

	plx_plog_ring_start(s, 0, 4, kcalloc(4, sizeof(u32), GFP_NOIO));
	for (i = 1; i <= 3; i++) {
		CHECK(plx_plog_slot_take(s, 0, &seq, &head) && seq == i && head == 1);
		note[i] = plx_plog_note_new(s, i, (struct plx_stripe_range){ 0, 1 });
		plx_plog_note_enter(s, note[i], 0, 0, seq);
		plx_plog_slot_done(s, 0, seq, head, true);
	}
	CHECK(!plx_plog_slot_take(s, 0, &seq, &head)); /* the last one, and head stays */
	plx_plog_note_written(s, note[1], true);
	plx_plog_note_written(s, note[2], true);
	CHECK(plx_plog_slot_take(s, 0, &seq, &head) && seq == 4 && head == 3);
	CHECK(!plx_plog_slot_take(s, 0, &seq, &head)); /* 1 is free, but nothing says so yet */
	plx_plog_slot_done(s, 0, 4, 3, false);
	CHECK(plx_plog_slot_take(s, 0, &seq, &head) && seq == 4 && head == 3);
	plx_plog_slot_done(s, 0, 4, 3, true);
	CHECK(plx_plog_slot_take(s, 0, &seq, &head) && seq == 5 && head == 3);
	plx_plog_slots_free(s);
}

/* a plex that failed and is back: what its notes say was replayed, and they go with a later flush */
TEST(a_log_that_begins_anew_while_notes_are_in_it_has_all_its_slots)
{
	struct plx_plog_slots *s = plx_plog_slots_new(1, 8);
	u64 seq, head;
	u32 note[3], i;

	plx_plog_ring_start(s, 0, 4, kcalloc(4, sizeof(u32), GFP_NOIO));
	for (i = 0; i < 3; i++) {
		CHECK(plx_plog_slot_take(s, 0, &seq, &head));
		note[i] = plx_plog_note_new(s, i, (struct plx_stripe_range){ 0, 1 });
		plx_plog_note_enter(s, note[i], 0, 0, seq);
		plx_plog_slot_done(s, 0, seq, head, true);
		plx_plog_note_written(s, note[i], false);
	}
	plx_plog_ring_skip(s, 0, 9, true);
	for (i = 0; i < 10; i++) {
		CHECK(plx_plog_slot_take(s, 0, &seq, &head) && seq == 9 + i && head == 9 + i);
		plx_plog_slot_done(s, 0, seq, head, true);
		if (i != 4)
			continue;
		CHECK(plx_plog_flush_begin(s));
		plx_plog_flush_end(s, true);
		CHECK_EQ(s->n_free, 8);
	}
	plx_plog_slots_free(s);
}

TEST(ranges_are_cut_where_they_are_written)
{
	struct plx_plog_ranges r = {};
	u32 i;

	CHECK_EQ(plx_plog_ranges_add(&r, 10, 20), 0);
	CHECK_EQ(plx_plog_ranges_add(&r, 12, 18), 0);
	CHECK_EQ(r.n, 1);
	plx_plog_ranges_cut(&r, 14, 16);
	CHECK(plx_plog_ranges_hit(&r, 10, 14) && plx_plog_ranges_hit(&r, 15, 17));
	CHECK(!plx_plog_ranges_hit(&r, 14, 16) && !plx_plog_ranges_hit(&r, 20, 30) &&
	      !plx_plog_ranges_hit(&r, 0, 10));
	plx_plog_ranges_cut(&r, 0, 12);
	plx_plog_ranges_cut(&r, 19, 99);
	CHECK(!plx_plog_ranges_hit(&r, 0, 12) && plx_plog_ranges_hit(&r, 12, 13));
	CHECK(!plx_plog_ranges_hit(&r, 19, 20) && plx_plog_ranges_hit(&r, 18, 19));
	plx_plog_ranges_cut(&r, 0, 99);
	CHECK_EQ(r.n, 0);
	for (i = 0; i < PLX_PLOG_BAD_MAX; i++)
		CHECK_EQ(plx_plog_ranges_add(&r, i * 10, i * 10 + 5), 0);
	CHECK_EQ(plx_plog_ranges_add(&r, 5, 6), -ENOSPC);
	plx_plog_ranges_cut(&r, 12, 13);
	CHECK(plx_plog_ranges_hit(&r, 12, 13)); /* rather too much than too little */
	plx_plog_ranges_cut(&r, 0, 99999);
	CHECK_EQ(r.n, 0);
}
