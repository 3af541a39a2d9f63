// SPDX-License-Identifier: GPL-2.0
/* Runs the tests of one program and says how they went, in KTAP. */
#include "test.h"

static struct test *first, **last = &first;
static unsigned int failures;
static u64 random_state;

void test_add(struct test *test)
{
	*last = test;
	last = &test->next;
}

void test_fail(const char *file, int line, const char *what, ...)
{
	const char *base = strrchr(file, '/');
	va_list args;

	if (failures++ > 9)
		return;
	printf("# %s:%d: ", base ? base + 1 : file, line);
	va_start(args, what);
	vprintf(what, args);
	va_end(args);
	printf("\n");
}

u64 test_random(void)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return random_state >> 24;
}

int main(void)
{
	unsigned int n = 0, bad = 0;
	struct test *test;

	for (test = first; test; test = test->next)
		n++;
	printf("KTAP version 1\n1..%u\n", n);
	for (n = 0, test = first; test; test = test->next) {
		long live = shim_live;

		failures = 0;
		random_state = 1;
		test->run();
		shim_fail_at = 0;
		rcu_barrier();
		if (shim_live != live)
			test_fail(test->name, 0, "%ld allocations are left", shim_live - live);
		printf("%sok %u %s\n", failures ? "not " : "", ++n, test->name);
		fflush(stdout);
		bad += !!failures;
	}
	return !!bad;
}
