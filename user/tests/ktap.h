/* SPDX-License-Identifier: GPL-2.0 */
/* A test is a function; a failed check marks it and tells where. */
#ifndef _PLEXUS_TESTS_KTAP_H
#define _PLEXUS_TESTS_KTAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
};

static bool ktap_failed;
static const char *ktap_skipped; /* why the test cannot run here */

#define CHECK(condition)                                                         \
	do {                                                                     \
		if (!(condition)) {                                              \
			ktap_failed = true;                                      \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition); \
		}                                                                \
	} while (0)

#define CHECK_TEXT(got, want)                                                                      \
	do {                                                                                       \
		const char *got_ = (got), *want_ = (want);                                         \
		if (strcmp(got_, want_)) {                                                         \
			ktap_failed = true;                                                        \
			printf("# %s:%d: got '%s', want '%s'\n", __FILE__, __LINE__, got_, want_); \
		}                                                                                  \
	} while (0)

static inline int ktap_run(const struct test *tests, size_t n)
{
	int bad = 0;
	size_t i;

	printf("KTAP version 1\n1..%zu\n", n);
	for (i = 0; i < n; i++) {
		ktap_failed = false;
		ktap_skipped = NULL;
		tests[i].run();
		bad += ktap_failed;
		printf("%s %zu %s%s%s\n", ktap_failed ? "not ok" : "ok", i + 1, tests[i].name,
		       ktap_skipped ? " # SKIP " : "", ktap_skipped ? ktap_skipped : "");
	}
	return bad != 0;
}

#define KTAP_MAIN(tests)                                                  \
	int main(void)                                                    \
	{                                                                 \
		return ktap_run(tests, sizeof(tests) / sizeof(tests[0])); \
	}

#endif
