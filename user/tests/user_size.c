// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "madeup.h"

static uint64_t parsed(const char *text)
{
	uint64_t bytes = 0;

	return size_parse(text, &bytes) ? bytes : UINT64_MAX;
}

static void sizes(void)
{
	CHECK(parsed("0") == 0);
	CHECK(parsed("4096") == 4096);
	CHECK(parsed("512B") == 512);
	CHECK(parsed("64K") == 65536);
	CHECK(parsed("64k") == 65536);
	CHECK(parsed("10G") == 10 * GIB);
	CHECK(parsed("10GiB") == 10 * GIB);
	CHECK(parsed("1.5G") == GIB + GIB / 2);
	CHECK(parsed("2T") == 2048 * GIB);
	CHECK(parsed("15E") == 15ull << 60);
}

static void bad_sizes(void)
{
	static const char *const bad[] = { "",
					   "G",
					   "-1",
					   "+1G",
					   " 1G",
					   "1 G",
					   "1GG",
					   "10X",
					   "1.G",
					   ".5G",
					   "1.5",
					   "16E",
					   "1.5B",
					   "0x10",
					   "1e9",
					   "18446744073709551616",
					   "99999999999999999999G" };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parsed(bad[i]) != UINT64_MAX)
			printf("# '%s' was taken\n", bad[i]);
		CHECK(parsed(bad[i]) == UINT64_MAX);
	}
}

static void formats(void)
{
	char t[SIZE_TEXT];

	CHECK_TEXT(size_format(0, t), "0 B");
	CHECK_TEXT(size_format(1023, t), "1023 B");
	CHECK_TEXT(size_format(1024, t), "1.0 KiB");
	CHECK_TEXT(size_format(1024 * 1024 - 1, t), "1.0 MiB");
	CHECK_TEXT(size_format(10 * GIB, t), "10.0 GiB");
	CHECK_TEXT(size_format(UINT64_MAX, t), "16.0 EiB");
	CHECK_TEXT(duration_format(9, t), "9 s");
	CHECK_TEXT(duration_format(75, t), "1:15 min");
	CHECK_TEXT(duration_format(7260, t), "2:01 h");
}

static void numbers(void)
{
	uint64_t n;

	CHECK(number_parse("0", 10, &n) && n == 0);
	CHECK(number_parse("10", 10, &n) && n == 10);
	CHECK(!number_parse("11", 10, &n));
	CHECK(!number_parse("", 10, &n));
	CHECK(!number_parse("1a", 10, &n));
	CHECK(!number_parse("-1", 10, &n));
	CHECK(!number_parse("18446744073709551616", UINT64_MAX, &n));
}

/* runs: 1024, 924 MiB; the missing disk and the spare don't count */
static void max_sizes(void)
{
	struct snapshot s = madeup();
	const struct plexus_disk_info *const *all = (const struct plexus_disk_info *const *)s.disks;

	disks[2].largest_free = 924 * MIB + 4096;
	CHECK(size_max(PLEXUS_TYPE_SIMPLE, 0, 0, all, 4) == GIB);
	CHECK(size_max(PLEXUS_TYPE_MIRROR, 0, 0, all, 4) == 924 * MIB);
	CHECK(size_max(PLEXUS_TYPE_MIRROR, 3, 0, all, 4) == 0);
	CHECK(size_max(PLEXUS_TYPE_SPAN, 0, 0, all, 4) == 2 * GIB);
	CHECK(size_max(PLEXUS_TYPE_STRIPE, 0, 0, all, 4) == 2 * 924 * MIB);
	CHECK(size_max(PLEXUS_TYPE_STRIPE, 2, 2, all, 4) == 0);
	CHECK(size_max(0, 0, 0, all, 0) == 0);
}

/* the same, and what the driver takes for its parity log: 8 MiB, of small units */
static void max_parity(void)
{
	struct plexus_volume_spec spec = { .type = PLEXUS_TYPE_PARITY };
	struct snapshot s = madeup();
	const struct plexus_disk_info *const *all = (const struct plexus_disk_info *const *)s.disks;

	disks[2].largest_free = 924 * MIB + 4096;
	CHECK(size_max_parity(&spec, all, 4) == 0);
	disks[1].status = PLEXUS_DISK_STATUS_ONLINE;
	CHECK(disks[1].largest_free == 924 * MIB);
	CHECK(size_max_parity(&spec, all, 4) == 2 * (924 - 8) * MIB && spec.n_members == 3);
	spec = (struct plexus_volume_spec){ .write_hole = PLEXUS_WRITE_HOLE_OFF };
	CHECK(size_max_parity(&spec, all, 4) == 2 * 924 * MIB);
	spec = (struct plexus_volume_spec){ .unit = 1024 * KIB };
	CHECK(size_max_parity(&spec, all, 4) == 2 * (924 - 32) * MIB);
	spec = (struct plexus_volume_spec){ .n_parity = 2 };
	CHECK(size_max_parity(&spec, all, 4) == 0);
	disks[3].spare = false;
	disks[3].largest_free = 100 * MIB;
	CHECK(size_max_parity(&spec, all, 4) == 2 * (100 - 16) * MIB && spec.n_members == 4);
	spec = (struct plexus_volume_spec){ .n_parity = 0 };
	CHECK(size_max_parity(&spec, all, 4) == 2 * (924 - 8) * MIB && spec.n_members == 3);
	disks[3].largest_free = 700 * MIB;
	spec = (struct plexus_volume_spec){ .n_parity = 0 };
	CHECK(size_max_parity(&spec, all, 4) == 3 * (700 - 8) * MIB && spec.n_members == 4);
}

static const struct test tests[] = {
	{ "a size with and without a suffix", sizes },
	{ "what is no size is refused", bad_sizes },
	{ "sizes and times for people", formats },
	{ "numbers with a limit", numbers },
	{ "the largest volume that fits", max_sizes },
	{ "the largest volume with parity", max_parity },
};

KTAP_MAIN(tests)
