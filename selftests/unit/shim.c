// SPDX-License-Identifier: GPL-2.0
/* The parts of the kernel that are more than a line. */
#include <shim.h>

unsigned long shim_fail_at;
bool shim_failed;
long shim_live;

static struct rcu_head *waiting;

u32 crc32c(u32 crc, const void *data, size_t len)
{
	static u32 table[256];
	const u8 *p = data;
	u32 i, j;

	for (i = 0; i < 256 && !table[255]; i++) {
		u32 c = i;

		for (j = 0; j < 8; j++)
			c = c & 1 ? c >> 1 ^ 0x82f63b78 : c >> 1;
		table[i] = c;
	}
	while (len--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return crc;
}

static bool must_fail(void)
{
	if (!shim_fail_at || --shim_fail_at)
		return false;
	shim_failed = true;
	return true;
}

void *shim_alloc(size_t bytes, bool zero)
{
	void *p;

	if (must_fail())
		return NULL;
	p = malloc(bytes);
	if (!p)
		abort();
	memset(p, zero ? 0 : 0xa5, bytes);
	shim_live++;
	return p;
}

void *shim_array(size_t n, size_t size, bool zero)
{
	if (size && n > SIZE_MAX / size)
		return NULL;
	return shim_alloc(n * size, zero);
}

void *krealloc(const void *old, size_t bytes, gfp_t gfp)
{
	void *p;

	(void)gfp;
	if (!old)
		return shim_alloc(bytes, false);
	if (must_fail())
		return NULL;
	p = realloc((void *)old, bytes);
	if (!p)
		abort();
	return p;
}

void *kmemdup(const void *from, size_t bytes, gfp_t gfp)
{
	void *p = shim_alloc(bytes, false);

	(void)gfp;
	return p ? memcpy(p, from, bytes) : NULL;
}

void kfree(const void *p)
{
	if (!p)
		return;
	shim_live--;
	free((void *)p);
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	head->func = func;
	head->next = waiting;
	waiting = head;
}

void rcu_barrier(void)
{
	while (waiting) {
		struct rcu_head *head = waiting;

		waiting = head->next;
		head->func(head);
	}
}
