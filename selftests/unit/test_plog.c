// SPDX-License-Identifier: GPL-2.0
/* plog_format.c */
#include "test.h"
#include "../../kernel/plog_format.h"

#define SECTOR 512

static const struct plx_plog_geometry sample = {
	.volume_id = { .b = { 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a,
			      0x3b, 0x3c, 0x3d, 0x3e, 3 } },
	.log_id = 0x1122334455667788,
	.rows = 1000,
	.member = 2,
	.k = 4,
	.parity = 2,
	.unit = 16,
	.n_slots = 5,
};

#define SEQ 0x0102030405060708ULL

static u32 slot_of(u64 seq)
{
	return plx_plog_slot(&sample, seq);
}

/* the two entries of the golden slot; payload of 6 sectors */
static void sample_entries(struct plx_plog_entry *partial, struct plx_plog_entry *full, u8 *payload)
{
	u32 i;

	for (i = 0; i < 6 * SECTOR; i++)
		payload[i] = 7 * i + 3;
	*partial = (struct plx_plog_entry){
		.row = 999,
		.serial = 77,
		.change = { [1] = { 3, 5 }, [3] = { 4, 6 } },
		.sum = { [1] = 0xc1c2c3c4, [3] = 0xd1d2d3d4 },
		.old_sum = { [3] = 0xe1e2e3e4 },
		.has_old = 1U << 3,
		.partials = 3,
		.payload_sum = plx_plog_sum(payload, 6 * SECTOR),
	};
	*full = (struct plx_plog_entry){
		.row = 5,
		.serial = 78,
		.change = { { 0, 16 }, { 0, 16 }, { 0, 16 }, { 0, 16 } },
		.sum = { 0xf0, 0xf1, 0xf2, 0xf3 },
		.partials = 2,
	};
}

static void sample_slot(u8 *slot, u64 seq)
{
	struct plx_plog_entry partial, full;

	sample_entries(&partial, &full, slot + PLX_BLOCK_SIZE);
	plx_plog_begin(&sample, seq, seq - 3, slot);
	CHECK_EQ(plx_plog_add(&sample, slot, &partial), 0);
	CHECK_EQ(partial.payload_at, 0);
	CHECK_EQ(partial.payload_sectors, 6);
	CHECK_EQ(plx_plog_add(&sample, slot, &full), 0);
	CHECK_EQ(full.payload_sectors, 0);
	plx_plog_seal(slot);
}

static int read_slot(const u8 *slot, u32 at, struct plx_plog_head *head)
{
	int err = plx_plog_decode(&sample, at, slot, head);

	return err ? err : plx_plog_check_payload(&sample, slot, slot + PLX_BLOCK_SIZE);
}

static void check_sample(const u8 *slot)
{
	struct plx_plog_entry partial, full, e;
	struct plx_plog_head head;
	u8 payload[6 * SECTOR];
	u32 cursor = 0;

	sample_entries(&partial, &full, payload);
	partial.hull = (struct plx_stripe_range){ 3, 6 };
	partial.payload_sectors = 6;
	full.hull = (struct plx_stripe_range){ 0, 16 };
	full.payload_at = 6;
	CHECK_EQ(read_slot(slot, slot_of(SEQ), &head), 0);
	CHECK(head.seq == SEQ && head.head == SEQ - 3 && head.n_entries == 2);
	CHECK_EQ(head.payload_sectors, 6);
	CHECK_EQ(plx_plog_next(&sample, slot, &cursor, &e), 0);
	CHECK(!memcmp(&e, &partial, sizeof(e)));
	CHECK_EQ(plx_plog_next(&sample, slot, &cursor, &e), 0);
	CHECK(!memcmp(&e, &full, sizeof(e)));
	CHECK_EQ(plx_plog_next(&sample, slot, &cursor, &e), -ENOENT);
}

TEST(entries_survive_the_disk)
{
	u8 slot[PLX_BLOCK_SIZE + 6 * SECTOR];

	memset(slot, 0xff, sizeof(slot));
	sample_slot(slot, SEQ);
	check_sample(slot);
}

TEST(the_golden_slot_is_read_and_written_alike)
{
	u8 slot[PLX_BLOCK_SIZE + 6 * SECTOR], *golden;
	size_t bytes;

	golden = golden_read("plog.hex", &bytes);
	CHECK_EQ(bytes, sizeof(slot));
	memset(slot, 0xff, sizeof(slot));
	sample_slot(slot, SEQ);
	CHECK(!memcmp(slot, golden, sizeof(slot)));
	check_sample(golden);
	free(golden);
}

TEST(a_sum_is_the_same_in_pieces)
{
	struct xxh64_state sum;

	CHECK_EQ(plx_plog_sum("123456789", 9), 0x40e6ae83);
	plx_plog_sum_begin(&sum);
	plx_plog_sum_add(&sum, "1234", 4);
	plx_plog_sum_add(&sum, "56789", 5);
	CHECK_EQ(plx_plog_sum_end(&sum), 0x40e6ae83);
}

TEST(every_flipped_bit_of_a_slot_is_noticed)
{
	u8 slot[PLX_BLOCK_SIZE + 6 * SECTOR];
	struct plx_plog_head head;
	u32 bit;

	sample_slot(slot, SEQ);
	for (bit = 0; bit < sizeof(slot) * 8; bit++) {
		slot[bit / 8] ^= 1 << bit % 8;
		CHECK_EQ(read_slot(slot, slot_of(SEQ), &head), bit < 32 ? -ENODATA : -EBADMSG);
		slot[bit / 8] ^= 1 << bit % 8;
	}
}

/* written over an older slot that was full of something else */
TEST(a_slot_torn_anywhere_counts_only_if_all_of_it_is_there)
{
	u8 old[PLX_BLOCK_SIZE + 6 * SECTOR], fresh[sizeof(old)], slot[sizeof(old)];
	const u32 n = sizeof(old) / SECTOR;
	struct plx_plog_entry partial, full;
	struct plx_plog_head head;
	u32 which, s;

	sample_slot(fresh, SEQ);
	sample_entries(&partial, &full, old + PLX_BLOCK_SIZE);
	memset(old + PLX_BLOCK_SIZE, 0x77, 6 * SECTOR);
	partial.payload_sum = plx_plog_sum(old + PLX_BLOCK_SIZE, 6 * SECTOR);
	plx_plog_begin(&sample, SEQ - sample.n_slots, 1, old);
	plx_plog_add(&sample, old, &partial);
	plx_plog_seal(old);
	for (which = 0; which < 1U << n; which++) {
		bool torn;

		for (s = 0; s < n; s++) {
			bool now = which >> s & 1;

			memcpy(slot + s * SECTOR, (now ? fresh : old) + s * SECTOR, SECTOR);
		}
		/* most of the head is zero in both */
		torn = memcmp(slot, old, sizeof(slot)) && memcmp(slot, fresh, sizeof(slot));
		CHECK_EQ(read_slot(slot, slot_of(SEQ), &head), torn ? -EBADMSG : 0);
	}
}

TEST(a_slot_of_something_else_is_not_taken)
{
	struct plx_plog_geometry other;
	struct plx_plog_head head;
	u8 slot[PLX_BLOCK_SIZE + 6 * SECTOR];

	sample_slot(slot, SEQ);
#define OTHER(field, value, err)                                                                   \
	do {                                                                                       \
		other = sample;                                                                    \
		other.field = (value);                                                             \
		CHECK_EQ(plx_plog_decode(&other, slot_of(SEQ), slot, &head), err);                 \
	} while (0)
	OTHER(volume_id.b[15], 4, -ESTALE);
	OTHER(log_id, 1, -ESTALE);
	OTHER(member, 3, -ESTALE);
	OTHER(rows, 999, -EINVAL);
	OTHER(k, 3, -EINVAL);
	OTHER(k, 5, -EINVAL); /* the full one is then none, and has no payload */
	OTHER(k, 31, -EINVAL);
	OTHER(parity, 1, -EINVAL);
	OTHER(unit, 8, -EINVAL);
	OTHER(n_slots, 0, -EINVAL);
	CHECK_EQ(plx_plog_decode(&sample, slot_of(SEQ + 1), slot, &head), -ESTALE);
}

/* what is found leaves room to count on, and what is counted from it is read again */
TEST(a_count_that_is_too_high_is_not_believed)
{
	const u64 found = 1ULL << PLX_PLOG_FOUND_BITS;
	struct plx_plog_entry partial, full;
	u8 slot[PLX_BLOCK_SIZE + 6 * SECTOR];
	struct plx_plog_head head;
	u64 seq, serial;

	for (seq = found - 1; seq <= found; seq++)
		for (serial = found - 1; serial <= found; serial++) {
			sample_entries(&partial, &full, slot + PLX_BLOCK_SIZE);
			full.serial = serial;
			plx_plog_begin(&sample, seq, 1, slot);
			CHECK_EQ(plx_plog_add(&sample, slot, &partial), 0);
			CHECK_EQ(plx_plog_add(&sample, slot, &full), 0);
			plx_plog_seal(slot);
			CHECK_EQ(plx_plog_decode(&sample, slot_of(seq), slot, &head),
				 seq == found || serial == found ? -ERANGE : 0);
		}
	sample_slot(slot, ~0ULL);
	CHECK_EQ(plx_plog_decode(&sample, slot_of(~0ULL), slot, &head), -ERANGE);
}

TEST(a_full_head_takes_no_more_and_loses_nothing)
{
	struct plx_plog_geometry geo = sample;
	struct plx_plog_entry e, in;
	struct plx_plog_head head;
	u8 block[PLX_BLOCK_SIZE];
	u32 n = 0, cursor = 0, i;

	geo.unit = 8;
	plx_plog_begin(&geo, 5, 5, block);
	for (;;) {
		memset(&in, 0, sizeof(in));
		in.row = n;
		in.serial = n + 1;
		in.partials = 3;
		in.change[n % 4] = (struct plx_stripe_range){ 0, 1 + (n > 50) };
		if (plx_plog_add(&geo, block, &in))
			break;
		n++;
	}
	CHECK_EQ(n, 84);
	plx_plog_seal(block);
	CHECK_EQ(plx_plog_decode(&geo, 0, block, &head), 0);
	CHECK_EQ(head.n_entries, n);
	CHECK_EQ(head.payload_sectors, 2 * 51 + 4 * 33);
	for (i = 0; i < n; i++) {
		CHECK_EQ(plx_plog_next(&geo, block, &cursor, &e), 0);
		CHECK_EQ(e.row, i);
		CHECK_EQ(e.payload_at, i < 51 ? 2 * i : 102 + 4 * (i - 51));
	}
}

TEST(the_largest_entry_fits_in_an_empty_slot_and_little_behind_it)
{
	struct plx_plog_geometry geo = sample;
	u32 unit, parity, n;

	for (unit = PLX_UNIT_MIN; unit <= PLX_UNIT_MAX; unit *= 2)
		for (parity = 1; parity <= 2; parity++) {
			struct plx_plog_entry e = { .serial = 1, .partials = 1 };
			u8 block[PLX_BLOCK_SIZE];

			geo.unit = unit;
			geo.parity = parity;
			e.partials = (1U << parity) - 1;
			e.change[0].hi = unit;
			plx_plog_begin(&geo, 5, 5, block);
			for (n = 0; !plx_plog_add(&geo, block, &e); n++)
				;
			CHECK(n >= 1);
			CHECK(8 + n * unit * parity <= plx_plog_slot_sectors(unit, parity));
		}
	CHECK_EQ(plx_plog_slot_sectors(8, 1), 256);
	CHECK_EQ(plx_plog_slot_sectors(128, 1), 256);
	CHECK_EQ(plx_plog_slot_sectors(128, 2), 512);
	CHECK_EQ(plx_plog_slot_sectors(2048, 2), 8192);
}

TEST(what_is_no_entry_is_not_written)
{
	struct plx_plog_entry e, good, full;
	u8 block[PLX_BLOCK_SIZE], payload[6 * SECTOR];

	sample_entries(&good, &full, payload);
	plx_plog_begin(&sample, 5, 5, block);
#define BAD(from, field, value)                                                                    \
	do {                                                                                       \
		e = from;                                                                          \
		e.field = (value);                                                                 \
		CHECK_EQ(plx_plog_add(&sample, block, &e), -EINVAL);                               \
	} while (0)
	BAD(good, row, 1000);
	BAD(good, serial, 0);
	BAD(good, serial, 1ULL << 62);
	BAD(good, partials, 0);
	BAD(good, partials, 4);
	BAD(good, change[1].hi, 17);
	BAD(full, payload_sum, 1);
	memset(&e.change, 0, sizeof(e.change));
	CHECK_EQ(plx_plog_add(&sample, block, &e), -EINVAL);
	CHECK_EQ(((struct plx_plog_disk *)block)->n_entries, 0);
}

static void check_sane(const struct plx_plog_geometry *geo, const struct plx_plog_entry *e)
{
	u32 d, n = 0;

	CHECK(e->row < geo->rows && e->serial && e->partials && e->partials < 4);
	CHECK(e->hull.lo < e->hull.hi && e->hull.hi <= geo->unit);
	CHECK(e->payload_at + e->payload_sectors <=
	      plx_plog_slot_sectors(geo->unit, geo->parity) - PLX_BLOCK_SECTORS);
	for (d = 0; d < PLX_STRIPE_MAX; d++) {
		if (e->change[d].hi <= e->change[d].lo)
			continue;
		n++;
		CHECK(d < geo->k && e->change[d].lo >= e->hull.lo && e->change[d].hi <= e->hull.hi);
	}
	CHECK(n);
}

/* bytes changed at random, with the checksum made right: nothing is read where nothing is */
TEST(a_hostile_head_is_refused_or_sane)
{
	u8 *slot = malloc(PLX_BLOCK_SIZE), good[PLX_BLOCK_SIZE + 6 * SECTOR];
	struct plx_plog_head head;
	struct plx_plog_entry e;
	u32 i, j, cursor, taken = 0;

	sample_slot(good, SEQ);
	for (i = 0; i < 60000; i++) {
		u32 n = 1 + test_random() % 4;

		memcpy(slot, good, PLX_BLOCK_SIZE);
		for (j = 0; j < n; j++)
			slot[(i % 8 ? 52 : 0) + test_random() % 180] = test_random();
		if (!(i % 5)) /* as many entries as there can be, or more */
			for (j = 56; j < PLX_BLOCK_SIZE; j++)
				slot[j] = i % 2 ? test_random() : 0xff;
		plx_plog_seal(slot);
		if (plx_plog_decode(&sample, slot_of(SEQ), slot, &head))
			continue;
		taken++;
		CHECK(head.payload_sectors <= plx_plog_slot_sectors(16, 2) - PLX_BLOCK_SECTORS);
		for (cursor = 0, j = 0; !plx_plog_next(&sample, slot, &cursor, &e); j++)
			check_sane(&sample, &e);
		CHECK_EQ(j, head.n_entries);
	}
	CHECK(taken > 100);
	free(slot);
}

TEST(of_a_row_the_last_entry_counts_that_is_in_all_logs_where_it_has_to_be)
{
	struct plx_plog_ref ref[] = {
		{ 7, 10, .in = 1, .need = 1, .hull = { 0, 8 } }, /* P alone: the last one */
		{ 7, 12, .in = 1, .need = 1, .hull = { 0, 8 } },
		{ 7, 11, .in = 1, .need = 1, .hull = { 0, 8 } },
		{ 3, 4, .in = 1, .need = 3, .hull = { 0, 8 } }, /* 5 is not in Q's log */
		{ 3, 5, .in = 1, .need = 3, .hull = { 0, 8 } },
		{ 3, 4, .in = 2, .need = 3, .hull = { 0, 8 } },
		{ 9, 6, .in = 2, .need = 3, .hull = { 0, 8 } }, /* none is in both */
		{ 9, 5, .in = 1, .need = 3, .hull = { 0, 8 } },
		{ 1, 8, .in = 2, .need = 2, .hull = { 0, 8 } }, /* P's disk is lost */
		{ 1, 9, .in = 2, .need = 2, .hull = { 0, 8 } },
	};

	CHECK_EQ(plx_plog_choose(ref, ARRAY_SIZE(ref)), 3);
	CHECK(ref[0].row == 1 && ref[0].serial == 9);
	CHECK(ref[1].row == 3 && ref[1].serial == 4 && ref[1].in == 1);
	CHECK(ref[2].row == 7 && ref[2].serial == 12);
	CHECK_EQ(plx_plog_choose(ref, 0), 0);
}

TEST(of_a_row_all_entries_count_whose_columns_none_of_the_later_ones_shares)
{
	struct plx_plog_ref ref[] = {
		{ 4, 1, .in = 1, .need = 1, .hull = { 0, 8 } }, /* by itself */
		{ 4, 2, .in = 1, .need = 1, .hull = { 8, 16 } }, /* 4 shares a column */
		{ 4, 3, .in = 1, .need = 1, .hull = { 24, 32 } },
		{ 4, 4, .in = 1, .need = 1, .hull = { 15, 20 } },
		/* 6 shares columns with 7, and 5 with 6 alone: it is too old all the same */
		{ 5, 5, .in = 1, .need = 1, .hull = { 0, 8 } },
		{ 5, 6, .in = 1, .need = 1, .hull = { 7, 16 } },
		{ 5, 7, .in = 1, .need = 1, .hull = { 15, 24 } },
		/* 9 was not acted upon, and takes nothing away */
		{ 6, 8, .in = 1, .need = 3, .hull = { 2040, 2048 } },
		{ 6, 8, .in = 2, .need = 3, .hull = { 2040, 2048 } },
		{ 6, 9, .in = 2, .need = 3, .hull = { 2047, 2048 } },
	};

	CHECK_EQ(plx_plog_choose(ref, ARRAY_SIZE(ref)), 5);
	CHECK(ref[0].serial == 4 && ref[1].serial == 3 && ref[2].serial == 1);
	CHECK(ref[3].row == 5 && ref[3].serial == 7);
	CHECK(ref[4].row == 6 && ref[4].serial == 8 && ref[4].in == 1);
}

/* against the rule as it is written down: those that count, the later ones of them, one by one */
TEST(what_is_chosen_is_what_the_rule_says)
{
	struct plx_plog_ref ref[24], all[24];
	u32 round, n, i, j, want, got;

	for (round = 0; round < 20000; round++) {
		n = test_random() % ARRAY_SIZE(ref);
		for (i = 0; i < n; i++) {
			u32 lo = test_random() % 12;

			ref[i] =
				(struct plx_plog_ref){ test_random() % 3, i / 2 + 1,
						       .in = 1 << i % 2, .need = 3,
						       .hull = { lo, lo + 1 + test_random() % 4 } };
			if (i % 2) {
				ref[i] = ref[i - 1];
				ref[i].in = test_random() % 4 ? 2 : 1;
			}
		}
		memcpy(all, ref, sizeof(ref));
		got = plx_plog_choose(ref, n);
		for (i = 0, want = 0; i + 1 < n; i += 2) {
			bool keep = all[i + 1].in == 2;

			for (j = i + 2; j + 1 < n; j += 2)
				if (all[j].row == all[i].row && all[j + 1].in == 2 &&
				    all[j].hull.lo < all[i].hull.hi &&
				    all[i].hull.lo < all[j].hull.hi)
					keep = false;
			want += keep;
			for (j = 0; j < got; j++)
				if (ref[j].serial == all[i].serial)
					break;
			CHECK_EQ(j < got, keep);
		}
		CHECK_EQ(got, want);
	}
}
