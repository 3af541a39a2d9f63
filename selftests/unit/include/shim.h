/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel as kernel/'s ground layer needs, in userspace. All
 * headers in include/linux and include/asm come here.
 */
#ifndef _SHIM_H
#define _SHIM_H

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define PAGE_SIZE 4096UL
#define U64_MAX (~0ULL)
#define U32_MAX (~0U)
#define BIT(n) (1UL << (n))
#define BITS_PER_LONG (8 * (int)sizeof(long))
#define BIT_ULL(n) (1ULL << (n))
#define __printf(a, b) __attribute__((format(printf, a, b)))
/* clang-format off */
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
/* clang-format on */

#define cpu_to_le16(x) htole16(x)
#define cpu_to_le32(x) htole32(x)
#define cpu_to_le64(x) htole64(x)
#define le16_to_cpu(x) le16toh(x)
#define le32_to_cpu(x) le32toh(x)
#define le64_to_cpu(x) le64toh(x)

#define min(a, b)                                                                                  \
	({                                                                                         \
		__auto_type _a = (a);                                                              \
		__auto_type _b = (b);                                                              \
		_a < _b ? _a : _b;                                                                 \
	})
#define max(a, b)                                                                                  \
	({                                                                                         \
		__auto_type _a = (a);                                                              \
		__auto_type _b = (b);                                                              \
		_a > _b ? _a : _b;                                                                 \
	})
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))
#define clamp_t(type, v, lo, hi) min_t(type, max_t(type, v, lo), hi)
/* clang-format off */
#define round_up(x, y) ((((x) - 1) | ((__typeof__(x))((y) - 1))) + 1)
#define round_down(x, y) ((x) & ~((__typeof__(x))((y) - 1)))
/* clang-format on */

static inline bool is_power_of_2(unsigned long n)
{
	return n && !(n & (n - 1));
}

static inline u32 hweight32(u32 n)
{
	return __builtin_popcount(n);
}

static inline int fls(u32 n)
{
	return n ? 32 - __builtin_clz(n) : 0;
}

static inline int ilog2(u64 n)
{
	return 63 - __builtin_clzll(n);
}

static inline u64 div_u64_rem(u64 n, u32 by, u32 *rem)
{
	*rem = n % by;
	return n / by;
}

static inline void sort(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *),
			void (*swap)(void *, void *, int))
{
	(void)swap;
	if (n)
		qsort(base, n, size, cmp);
}

u32 crc32c(u32 crc, const void *data, size_t len);

/*
 * Memory: fresh memory that need not be zero is full of 0xa5. The allocation
 * number shim_fail_at (1: the next one) returns NULL; 0: none does.
 */
typedef unsigned int gfp_t;
#define GFP_NOIO 0

extern unsigned long shim_fail_at;
extern bool shim_failed; /* one was made to fail */
extern long shim_live; /* allocations that are not freed yet */

void *shim_alloc(size_t bytes, bool zero);
void *shim_array(size_t n, size_t size, bool zero);
void *krealloc(const void *old, size_t bytes, gfp_t gfp);
void *kmemdup(const void *from, size_t bytes, gfp_t gfp);
void kfree(const void *p);

#define kmalloc(bytes, gfp) shim_alloc(bytes, false)
#define kzalloc(bytes, gfp) shim_alloc(bytes, true)
#define kcalloc(n, size, gfp) shim_array(n, size, true)
#define kvcalloc(n, size, gfp) shim_array(n, size, true)
#define kvzalloc(bytes, gfp) shim_alloc(bytes, true)
#define kvmalloc_array(n, size, gfp) shim_array(n, size, false)
#define kvfree(p) kfree(p)

typedef struct {
	int refs;
} refcount_t;

static inline void refcount_set(refcount_t *r, int n)
{
	r->refs = n;
}

static inline void refcount_inc(refcount_t *r)
{
	if (!r->refs++)
		abort();
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	if (r->refs <= 0)
		abort();
	return !--r->refs;
}

/* a grace period lasts until rcu_barrier() */
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
void rcu_barrier(void);

/* the first byte that is not @c; NULL: all are */
static inline void *memchr_inv(const void *start, int c, size_t bytes)
{
	const unsigned char *p = start;

	for (; bytes; bytes--, p++)
		if (*p != (unsigned char)c)
			return (void *)p;
	return NULL;
}

#endif
