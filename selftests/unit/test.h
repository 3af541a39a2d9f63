/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TEST(name) { ... } is a test; its name says what it claims. A CHECK that
 * does not hold makes it fail, and so does memory that is still there at its end.
 */
#ifndef _TEST_H
#define _TEST_H

#include <shim.h>
#include "../../kernel/conf.h"

struct test {
	struct test *next;
	const char *name;
	void (*run)(void);
};

void test_add(struct test *test);
void test_fail(const char *file, int line, const char *what, ...) __printf(3, 4);

#define TEST(fn)                                                                                   \
	static void fn(void);                                                                      \
	__attribute__((constructor)) static void fn##_add(void)                                    \
	{                                                                                          \
		static struct test test = { NULL, #fn, fn };                                       \
		test_add(&test);                                                                   \
	}                                                                                          \
	static void fn(void)

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond))                                                                       \
			test_fail(__FILE__, __LINE__, "%s", #cond);                                \
	} while (0)

#define CHECK_EQ(a, b)                                                                             \
	do {                                                                                       \
		long long _x = (a), _y = (b);                                                      \
		if (_x != _y)                                                                      \
			test_fail(__FILE__, __LINE__, "%s is %lld, not %lld (%s)", #a, _x, _y,     \
				  #b);                                                             \
	} while (0)

#define CHECK_STR(a, b)                                                                            \
	do {                                                                                       \
		const char *_x = (a), *_y = (b);                                                   \
		if (!strstr(_x, _y))                                                               \
			test_fail(__FILE__, __LINE__, "\"%s\" does not say \"%s\"", _x, _y);       \
	} while (0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

u64 test_random(void); /* the same numbers in each run */

/* make.c: things to test with */
struct plx_id make_id(u8 kind, u8 number);
struct plx_conf *make_empty(u32 n_disks, u64 disk_sectors);
struct plx_conf_plex *make_plex(struct plx_conf_volume *vol, u32 type, u32 n_members);
struct plx_conf *make_sample(void); /* a bit of everything: golden/generate.py has the same */
struct plx_conf *make_parity(void); /* the same for parity plexes */
bool conf_equal(const struct plx_conf *a, const struct plx_conf *b);
u8 *golden_read(const char *name, size_t *bytes); /* to be freed with free() */

#endif
