// SPDX-License-Identifier: GPL-2.0
/* log_format.c */
#include "test.h"

static const struct plx_log_head sample = {
	.volume_id = { .b = { 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a,
			      0x3b, 0x3c, 0x3d, 0x3e, 3 } },
	.log_id = 0x1122334455667788,
	.seq = 0xa0a1a2a3a4a5a6a7,
	.map = 3,
	.n_regions = 63,
	.region_shift = 7,
};

static const u8 sample_bits[8] = { 0x01, 0x80, 0xff, 0, 0, 0, 0xaa, 0x7f };

TEST(a_map_survives_the_disk)
{
	struct plx_log_head head = sample;
	u8 block[4096], bits[8];

	plx_log_encode(&head, sample_bits, block);
	head.seq = 0;
	CHECK_EQ(plx_log_decode(block, &head, bits), 0);
	CHECK(head.seq == sample.seq);
	CHECK(!memcmp(bits, sample_bits, 8));
}

TEST(the_golden_map_is_read_and_written_alike)
{
	struct plx_log_head head = sample;
	u8 block[4096], bits[8], *golden;
	size_t bytes;

	golden = golden_read("log.hex", &bytes);
	CHECK_EQ(bytes, 4096);
	memset(block, 0xff, sizeof(block));
	plx_log_encode(&head, sample_bits, block);
	CHECK(!memcmp(block, golden, 4096));
	CHECK_EQ(plx_log_decode(golden, &head, bits), 0);
	CHECK(!memcmp(bits, sample_bits, 8));
	free(golden);
}

TEST(maps_of_all_lengths_keep_all_their_bits_and_no_others)
{
	u8 block[4096], bits[PLX_LOG_BITS / 8], back[PLX_LOG_BITS / 8];
	struct plx_log_head head = sample;
	u32 n, i;

	for (n = 0; n <= PLX_LOG_BITS; n += n < 70 || n > PLX_LOG_BITS - 70 ? 1 : 997) {
		head.n_regions = n;
		for (i = 0; i < sizeof(bits); i++)
			bits[i] = test_random();
		memset(back, 0xee, sizeof(back));
		plx_log_encode(&head, bits, block);
		CHECK_EQ(plx_log_decode(block, &head, back), 0);
		for (i = 0; i < n; i++)
			if ((bits[i / 8] ^ back[i / 8]) >> i % 8 & 1)
				test_fail(__FILE__, __LINE__, "bit %u of %u differs", i, n);
		if (n % 8)
			CHECK_EQ(back[n / 8] >> n % 8, 0);
		for (i = (n + 7) / 8; i < sizeof(back); i++)
			CHECK_EQ(back[i], 0xee);
	}
}

TEST(every_flipped_bit_of_a_map_is_noticed)
{
	struct plx_log_head head = sample;
	u8 block[4096], bits[8];
	u32 bit;

	plx_log_encode(&head, sample_bits, block);
	for (bit = 0; bit < 4096 * 8; bit++) {
		block[bit / 8] ^= 1 << bit % 8;
		CHECK_EQ(plx_log_decode(block, &head, bits), bit < 32 ? -ENODATA : -EBADMSG);
		block[bit / 8] ^= 1 << bit % 8;
	}
}

TEST(a_map_of_something_else_is_not_taken_and_writes_nothing)
{
	struct plx_log_head head;
	u8 block[4096], bits[8];

	plx_log_encode(&sample, sample_bits, block);
	memset(bits, 0x55, sizeof(bits));
#define OTHER(field, value)                                                                        \
	do {                                                                                       \
		head = sample;                                                                     \
		head.seq = 5;                                                                      \
		head.field = (value);                                                              \
		CHECK_EQ(plx_log_decode(block, &head, bits), -ESTALE);                             \
		CHECK_EQ(head.seq, 5);                                                             \
		CHECK_EQ(bits[0], 0x55);                                                           \
	} while (0)
	OTHER(volume_id.b[15], 4);
	OTHER(log_id, 1);
	OTHER(map, 0);
	OTHER(n_regions, 62);
	OTHER(region_shift, 8);
}

TEST(more_regions_than_a_map_holds_are_never_read_or_written)
{
	struct plx_log_head head = sample;
	u8 block[4096], bits[PLX_LOG_BITS / 8] = { 0 };

	head.n_regions = PLX_LOG_BITS + 1;
	plx_log_encode(&head, bits, block);
	CHECK_EQ(plx_log_decode(block, &head, bits), -EINVAL);
	head.n_regions = ~0U;
	plx_log_encode(&head, bits, block);
	CHECK_EQ(plx_log_decode(block, &head, bits), -EINVAL);
}

TEST(bits_behind_the_last_region_are_not_believed)
{
	struct plx_log_head head = sample;
	struct plx_log_disk d;
	u8 bits[8];

	plx_log_encode(&head, sample_bits, &d);
	memset(d.bits + 7, 0xff, 9);
	d.crc = cpu_to_le32(plx_format_crc(&d, sizeof(d), 4));
	CHECK_EQ(plx_log_decode(&d, &head, bits), 0);
	CHECK_EQ(bits[7], 0x7f);
}

TEST(regions_are_the_smallest_from_64_kib_on_that_fit_in_a_map)
{
	u64 sectors;
	u32 shift;

	CHECK_EQ(plx_log_region_shift(1), 7);
	CHECK_EQ(plx_log_region_shift(128ULL * PLX_LOG_BITS), 7);
	CHECK_EQ(plx_log_region_shift(128ULL * PLX_LOG_BITS + 1), 8);
	CHECK_EQ(plx_log_region_shift(PLX_SECTORS_MAX), PLX_REGION_SHIFT_MAX);
	for (sectors = 1; sectors <= PLX_SECTORS_MAX; sectors = sectors * 3 + 1) {
		shift = plx_log_region_shift(sectors);
		CHECK(plx_log_regions(sectors, shift) <= PLX_LOG_BITS);
		CHECK(shift == 7 || plx_log_regions(sectors, shift - 1) > PLX_LOG_BITS);
	}
}

TEST(a_part_of_a_region_counts_as_one)
{
	CHECK_EQ(plx_log_regions(1, 7), 1);
	CHECK_EQ(plx_log_regions(128, 7), 1);
	CHECK_EQ(plx_log_regions(129, 7), 2);
	CHECK_EQ(plx_log_regions(PLX_SECTORS_MAX, 39), 16384);
}

/* region by region, the slow way */
TEST(a_map_of_larger_regions_has_all_that_any_part_of_them_had)
{
	static unsigned long from[PLX_LOG_BITS / BITS_PER_LONG + 1], to[ARRAY_SIZE(from)];
	u32 turn, n, by, i, r, end;
	bool any, has;

	for (turn = 0; turn < 400; turn++) {
		by = test_random() % 6;
		n = 1 + test_random() % (turn % 8 ? 300 : PLX_LOG_BITS);
		memset(from, 0xff, sizeof(from)); /* what is behind the map does not count */
		memset(to, 0, sizeof(to));
		for (i = 0; i < n; i++)
			if (test_random() % 8)
				from[i / BITS_PER_LONG] &= ~(1UL << i % BITS_PER_LONG);
		plx_log_map_grow(from, n, by, to);
		for (r = 0; r < PLX_LOG_BITS; r++) {
			end = min_t(u64, (u64)(r + 1) << by, n);
			for (any = false, i = r << by; i < end; i++)
				any |= from[i / BITS_PER_LONG] >> i % BITS_PER_LONG & 1;
			has = to[r / BITS_PER_LONG] >> r % BITS_PER_LONG & 1;
			if (any != has)
				test_fail(__FILE__, __LINE__, "region %u of %u, by %u", r, n, by);
		}
	}
}

TEST(what_is_in_the_map_that_grows_stays_there)
{
	unsigned long from[1] = { 4 }, to[1] = { 1 };

	plx_log_map_grow(from, 3, 1, to);
	CHECK_EQ(to[0], 3);
}
