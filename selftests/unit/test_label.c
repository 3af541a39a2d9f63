// SPDX-License-Identifier: GPL-2.0
/* label_format.c */
#include "test.h"

#define MIB(n) (2048ULL * (n))

static struct plx_label make_label(void)
{
	struct plx_label label;

	memset(&label, 0, sizeof(label));
	plx_label_geometry(&label, MIB(200) + 5);
	label.pack_id = make_id(1, 0);
	label.disk_id = make_id(2, 3);
	return label;
}

static bool label_equal(const struct plx_label *a, const struct plx_label *b)
{
	return plx_id_equal(&a->pack_id, &b->pack_id) && plx_id_equal(&a->disk_id, &b->disk_id) &&
	       a->disk_sectors == b->disk_sectors && a->log_slots == b->log_slots &&
	       a->data_sector == b->data_sector && a->data_end == b->data_end;
}

static void reseal(struct plx_label_disk *d)
{
	d->crc = cpu_to_le32(plx_format_crc(d, sizeof(*d), 8));
}

TEST(the_checksum_is_crc32c)
{
	u8 data[13] = "123456789";

	CHECK_EQ(plx_format_crc(data, 13, 9), ~crc32c(~0U, data, 13));
	CHECK_EQ(~crc32c(~0U, data, 9), 0xe3069283);
}

TEST(the_checksum_leaves_its_own_field_out)
{
	u8 a[32] = { 1, 2, 3 }, b[32] = { 1, 2, 3 };

	memset(b + 8, 0x55, 4);
	CHECK_EQ(plx_format_crc(a, 32, 8), plx_format_crc(b, 32, 8));
	b[12] = 1;
	CHECK(plx_format_crc(a, 32, 8) != plx_format_crc(b, 32, 8));
}

TEST(a_label_survives_the_disk)
{
	struct plx_label label = make_label(), back;
	u8 block[4096];

	plx_label_encode(&label, block);
	memset(&back, 0xff, sizeof(back));
	CHECK_EQ(plx_label_decode(block, label.disk_sectors, &back, NULL, 0), 0);
	CHECK(label_equal(&label, &back));
}

TEST(the_golden_label_is_read_and_written_alike)
{
	struct plx_label label = make_label(), back;
	u8 block[4096], *golden;
	size_t bytes;

	golden = golden_read("label.hex", &bytes);
	CHECK_EQ(bytes, 4096);
	memset(block, 0xff, sizeof(block));
	plx_label_encode(&label, block);
	CHECK(!memcmp(block, golden, 4096));
	CHECK_EQ(plx_label_decode(golden, label.disk_sectors, &back, NULL, 0), 0);
	CHECK(label_equal(&label, &back));
	free(golden);
}

TEST(every_flipped_bit_of_a_label_is_noticed)
{
	struct plx_label label = make_label(), back;
	u8 block[4096];
	u32 bit;

	plx_label_encode(&label, block);
	for (bit = 0; bit < 4096 * 8; bit++) {
		block[bit / 8] ^= 1 << bit % 8;
		CHECK_EQ(plx_label_decode(block, label.disk_sectors, &back, NULL, 0),
			 bit < 64 ? -ENODATA : -EBADMSG);
		block[bit / 8] ^= 1 << bit % 8;
	}
}

TEST(no_field_of_a_label_can_do_harm)
{
	/* clang-format off */
	static const u64 evil[] = { 0, 1, 8, 2047, 2048, 6143, 6144, 1ULL << 31, ~0U, 1ULL << 53,
				    1ULL << 54, 1ULL << 63, ~0ULL, ~0ULL - 2047 };
	/* clang-format on */
	struct plx_label label = make_label(), back;
	u8 block[4096];
	u32 at, i;

	for (at = 12; at < 104; at += 4)
		for (i = 0; i < ARRAY_SIZE(evil); i++) {
			plx_label_encode(&label, block);
			memcpy(block + at, &evil[i], at % 8 ? 4 : 8);
			reseal((void *)block);
			if (plx_label_decode(block, label.disk_sectors, &back, NULL, 0))
				continue;
			CHECK(plx_label_geometry_valid(&back));
			CHECK(back.disk_sectors <= label.disk_sectors);
		}
}

TEST(padding_of_a_label_is_written_zero_and_ignored)
{
	struct plx_label label = make_label(), back;
	struct plx_label_disk d;

	memset(&d, 0xff, sizeof(d));
	plx_label_encode(&label, &d);
	CHECK_EQ(d.pad0, 0);
	CHECK_EQ(d.pad1[0] | d.pad1[sizeof(d.pad1) - 1], 0);
	d.pad0 = 1;
	memset(d.pad1, 0xee, sizeof(d.pad1));
	reseal(&d);
	CHECK_EQ(plx_label_decode(&d, label.disk_sectors, &back, NULL, 0), 0);
}

TEST(a_label_of_another_version_is_refused_by_name)
{
	struct plx_label label = make_label(), back;
	struct plx_label_disk d;
	char why[80] = "";

	plx_label_encode(&label, &d);
	d.version = cpu_to_le32(2);
	reseal(&d);
	CHECK_EQ(plx_label_decode(&d, label.disk_sectors, &back, why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "version 2");
}

TEST(a_label_with_other_places_is_refused)
{
	struct plx_label label = make_label(), back;
	struct plx_label_disk d;
	u32 i;

	for (i = 0; i < 3; i++) {
		plx_label_encode(&label, &d);
		(&d.config_sector)[i] = cpu_to_le64(512);
		reseal(&d);
		CHECK_EQ(plx_label_decode(&d, label.disk_sectors, &back, NULL, 0), -EINVAL);
	}
}

TEST(a_disk_that_shrank_is_refused_one_that_grew_is_not)
{
	struct plx_label label = make_label(), back;
	u8 block[4096];
	char why[80] = "";

	plx_label_encode(&label, block);
	CHECK_EQ(plx_label_decode(block, label.disk_sectors - 1, &back, why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "sectors");
	CHECK_EQ(plx_label_decode(block, label.disk_sectors + 1, &back, NULL, 0), 0);
	CHECK_EQ(back.disk_sectors, label.disk_sectors);
}

TEST(a_refused_label_writes_nothing)
{
	struct plx_label label = make_label(), back, before;
	struct plx_label_disk d;

	memset(&back, 0x77, sizeof(back));
	before = back;
	plx_label_encode(&label, &d);
	d.data_end = cpu_to_le64(~0ULL);
	reseal(&d);
	CHECK_EQ(plx_label_decode(&d, label.disk_sectors, &back, NULL, 0), -EINVAL);
	CHECK(!memcmp(&back, &before, sizeof(back)));
}

TEST(the_reason_never_overruns_its_buffer)
{
	struct plx_label back;
	u8 block[4096] = { 0 };
	char why[8] = "xxxxxxx";

	CHECK_EQ(plx_label_decode(block, 1 << 20, &back, why, 4), -ENODATA);
	CHECK(!why[3] && why[4] == 'x');
	CHECK_EQ(plx_label_decode(block, 1 << 20, &back, why, 0), -ENODATA);
}

TEST(disks_under_8_mib_are_too_small)
{
	struct plx_label label;

	CHECK_EQ(plx_label_geometry(&label, 0), -ENOSPC);
	CHECK_EQ(plx_label_geometry(&label, 7), -ENOSPC);
	CHECK_EQ(plx_label_geometry(&label, MIB(8) - 1), -ENOSPC);
	CHECK_EQ(plx_label_geometry(&label, MIB(8)), 0);
}

TEST(disks_beyond_all_limits_are_too_large)
{
	struct plx_label label;

	CHECK_EQ(plx_label_geometry(&label, PLX_SECTORS_MAX), 0);
	CHECK_EQ(plx_label_geometry(&label, PLX_SECTORS_MAX + 1), -EFBIG);
	CHECK_EQ(plx_label_geometry(&label, ~0ULL), -EFBIG);
}

TEST(log_slots_are_one_per_2_mib_from_16_to_256)
{
	/* clang-format off */
	static const u32 want[][2] = { { 8, 16 }, { 32, 16 }, { 34, 17 }, { 200, 100 },
				       { 511, 255 }, { 512, 256 }, { 100000, 256 } };
	/* clang-format on */
	struct plx_label label;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		CHECK_EQ(plx_label_geometry(&label, MIB(want[i][0])), 0);
		CHECK_EQ(label.log_slots, want[i][1]);
	}
}

TEST(data_lies_between_log_and_second_label_on_mib_for_all_sizes)
{
	struct plx_label label;
	u64 size;

	for (size = MIB(8); size < MIB(600); size += 37) {
		CHECK_EQ(plx_label_geometry(&label, size), 0);
		CHECK(plx_label_geometry_valid(&label));
		CHECK(label.data_sector >= 4096 + label.log_slots * 128);
		CHECK(label.data_sector < 4096 + label.log_slots * 128 + 2048);
		CHECK(label.data_end <= size - 8 && label.data_end > size - 8 - 2048);
		CHECK(label.data_sector % 2048 == 0 && label.data_end % 2048 == 0);
		CHECK(label.data_end - label.data_sector >= 2048);
	}
}

TEST(a_geometry_with_one_thing_wrong_is_not_valid)
{
	struct plx_label good = make_label(), bad;

	CHECK(plx_label_geometry_valid(&good));
#define BAD(field, value)                                                                          \
	do {                                                                                       \
		bad = good;                                                                        \
		bad.field = (value);                                                               \
		CHECK(!plx_label_geometry_valid(&bad));                                            \
	} while (0)
	BAD(log_slots, 0);
	BAD(log_slots, 257);
	BAD(log_slots, ~0U);
	BAD(data_sector, good.data_sector - 2048);
	BAD(data_sector, good.data_sector + 1);
	BAD(data_sector, good.data_end);
	BAD(data_end, good.data_end + 2048);
	BAD(data_end, good.data_end - 1);
	BAD(data_end, ~0ULL & ~2047ULL);
	BAD(disk_sectors, good.data_end);
	BAD(disk_sectors, 0);
	BAD(disk_sectors, ~0ULL);
}
