// SPDX-License-Identifier: GPL-2.0
/*
 * Parity by the kernel's xor and raid6 routines, which chose the fastest code for
 * this machine when they were loaded. xor_gen() is of 7.2, xor_blocks() was before;
 * raid6_call and the raid6_*_recov pointers became functions in 7.2.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/raid/pq.h>
#include <linux/raid/xor.h>
#include "parity.h"

#ifdef PLX_HAVE_RAID6_FUNCTIONS
#define pq_make raid6_gen_syndrome
#define pq_add raid6_xor_syndrome
#define pq_can_add raid6_can_xor_syndrome
#define pq_rebuild_one raid6_recov_datap
#define pq_rebuild_two raid6_recov_2data
#else
#define pq_make raid6_call.gen_syndrome
#define pq_add raid6_call.xor_syndrome
#define pq_can_add() (!!raid6_call.xor_syndrome)
#define pq_rebuild_one raid6_datap_recov
#define pq_rebuild_two raid6_2data_recov
#endif

#define PQ_STEP 512

void *plx_pq_zero(void)
{
	return page_address(ZERO_PAGE(0));
}

void plx_xor(void *dest, void **src, u32 n, size_t bytes)
{
#ifdef PLX_HAVE_XOR_GEN
	if (n)
		xor_gen(dest, src, n, bytes);
#else
	while (n) {
		u32 some = min_t(u32, n, MAX_XOR_BLOCKS);

		xor_blocks(some, bytes, dest, src);
		src += some;
		n -= some;
	}
#endif
}

/* raid6 wants two data blocks or more; with one, P and Q are copies of it */
void plx_pq_make(u32 k, size_t bytes, void **ptr)
{
	if (k > 1) {
		pq_make(k + 2, bytes, ptr);
		return;
	}
	memcpy(ptr[1], ptr[0], bytes);
	memcpy(ptr[2], ptr[0], bytes);
}

/* for architectures whose raid6 code makes syndromes only from all blocks at once */
static void add_slowly(u32 k, size_t bytes, void **ptr)
{
	u8 p[PQ_STEP] __aligned(64), q[PQ_STEP] __aligned(64);
	void *part[PLX_PQ_MAX], *src;
	size_t at;
	u32 i;

	for (at = 0; at < bytes; at += PQ_STEP) {
		for (i = 0; i < k; i++)
			part[i] = (u8 *)ptr[i] + at;
		part[k] = p;
		part[k + 1] = q;
		pq_make(k + 2, PQ_STEP, part);
		src = p;
		plx_xor((u8 *)ptr[k] + at, &src, 1, PQ_STEP);
		src = q;
		plx_xor((u8 *)ptr[k + 1] + at, &src, 1, PQ_STEP);
	}
}

void plx_pq_add(u32 k, u32 first, u32 last, size_t bytes, void **ptr)
{
	if (k == 1) {
		plx_xor(ptr[1], ptr, 1, bytes);
		plx_xor(ptr[2], ptr, 1, bytes);
	} else if (pq_can_add()) {
		pq_add(k + 2, first, last, bytes, ptr);
	} else {
		add_slowly(k, bytes, ptr);
	}
}

void plx_pq_rebuild_one(u32 k, u32 a, size_t bytes, void **ptr)
{
	if (k > 1) {
		pq_rebuild_one(k + 2, bytes, a, ptr);
		return;
	}
	memcpy(ptr[0], ptr[2], bytes);
	memcpy(ptr[1], ptr[2], bytes);
}

void plx_pq_rebuild_two(u32 k, u32 a, u32 b, size_t bytes, void **ptr)
{
	pq_rebuild_two(k + 2, bytes, a, b, ptr);
}
