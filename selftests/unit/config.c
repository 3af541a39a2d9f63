// SPDX-License-Identifier: GPL-2.0
/* What the tests of config_format.c and conf_check.c share. */
#include "test.h"
#include "config.h"

u8 *config_encode(const struct plx_conf *conf, size_t *bytes)
{
	u8 *buf;

	*bytes = plx_conf_encoded_size(conf);
	buf = malloc(*bytes);
	memset(buf, 0xff, *bytes);
	plx_conf_encode(conf, buf);
	return buf;
}

void config_reseal(u8 *buf, size_t bytes)
{
	u32 crc = cpu_to_le32(plx_format_crc(buf, bytes, 8));

	memcpy(buf + 8, &crc, 4);
}

/* decodes what nobody vouches for: it is refused, or obeys all rules and comes back the same */
int config_decode_hostile(const u8 *buf, size_t len)
{
	struct plx_conf *conf = (void *)1, *again;
	char why[100] = "";
	size_t bytes;
	u8 *copy;
	int err;

	err = plx_conf_decode(buf, len, &conf, why, sizeof(why));
	if (err) {
		CHECK(conf == (void *)1);
		CHECK(why[0]);
		return err;
	}
	CHECK_EQ(plx_conf_check(conf, why, sizeof(why)), 0);
	copy = config_encode(conf, &bytes);
	CHECK_EQ(plx_conf_decode(copy, bytes, &again, why, sizeof(why)), 0);
	CHECK(conf_equal(conf, again));
	plx_conf_put(again);
	plx_conf_put(conf);
	free(copy);
	rcu_barrier();
	return 0;
}

void config_is_written(struct plx_conf *conf, const char *name)
{
	size_t bytes, want, i;
	u8 *buf = config_encode(conf, &bytes), *golden = golden_read(name, &want);

	CHECK_EQ(bytes, want);
	for (i = 0; i < bytes && i < want; i++)
		if (buf[i] != golden[i])
			test_fail(__FILE__, __LINE__, "byte %zu: %#x, not %#x", i, buf[i],
				  golden[i]);
	plx_conf_put(conf);
	free(buf);
	free(golden);
}

void config_is_read(struct plx_conf *conf, const char *name)
{
	struct plx_conf *back = NULL;
	size_t bytes;
	u8 *golden = golden_read(name, &bytes);
	char why[100] = "";

	if (plx_conf_decode(golden, bytes, &back, why, sizeof(why)))
		test_fail(__FILE__, __LINE__, "%s", why);
	else
		CHECK(conf_equal(conf, back));
	plx_conf_put(back);
	plx_conf_put(conf);
	free(golden);
}

/* clang-format off */
static const u64 evil[] = {
	0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 14, 16, 31, 32, 33, 64, 100, 255, 256, 257, 2047, 2048, 2049,
	4096, 16384, 0x7fffffff, 0x80000000, 0x80000001, 0xfffff800, 0xffffffff, 1ULL << 32,
	1ULL << 53, (1ULL << 53) + 2048, 1ULL << 54, 1ULL << 63, (1ULL << 63) - 2048,
	~0ULL << 11, ~0ULL,
};
/* clang-format on */

void config_try_values(struct plx_conf *conf)
{
	size_t bytes, at, i;
	u8 *buf = config_encode(conf, &bytes), keep[8];
	u32 accepted = 0;

	for (at = 12; at + 8 <= bytes; at += 4)
		for (i = 0; i < 2 * ARRAY_SIZE(evil); i++) {
			memcpy(keep, buf + at, 8);
			memcpy(buf + at, &evil[i / 2], i % 2 ? 8 : 4);
			config_reseal(buf, bytes);
			accepted += !config_decode_hostile(buf, bytes);
			memcpy(buf + at, keep, 8);
		}
	/* ids, counters and padding may be anything */
	CHECK(accepted > 1000);
	plx_conf_put(conf);
	free(buf);
}

void config_try_piles(struct plx_conf *conf)
{
	size_t bytes, at;
	u8 *buf = config_encode(conf, &bytes), *work = malloc(bytes);
	u32 turn, n;

	for (turn = 0; turn < 20000; turn++) {
		memcpy(work, buf, bytes);
		for (n = 1 + test_random() % 6; n; n--) {
			at = 12 + 4 * (test_random() % ((bytes - 16) / 4));
			if (test_random() % 4)
				memcpy(work + at, &evil[test_random() % ARRAY_SIZE(evil)],
				       test_random() % 2 ? 4 : 1);
			else
				memmove(work + at, work + 12 + 4 * (test_random() % 500),
					min((size_t)(test_random() % 64), bytes - at));
		}
		config_reseal(work, bytes);
		config_decode_hostile(work, bytes);
	}
	plx_conf_put(conf);
	free(buf);
	free(work);
}
