/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arithmetic of parity, one run of bytes at a time: P is the xor of all data
 * blocks, Q the sum of 2^d * block d in GF(256) with the polynomial 0x11d, as in
 * the kernel's raid6. compat/parity.c has it from the kernel, the unit tests their own.
 *
 * In task context only. A run is at most a page long, a multiple of 512 bytes,
 * and its buffers lie on multiples of 64. @ptr has @k data blocks, then P, then Q.
 */
#ifndef _PLX_COMPAT_PARITY_H
#define _PLX_COMPAT_PARITY_H

#include <linux/types.h>

#define PLX_PQ_MAX 32 /* blocks of a stripe, P and Q included */

void *plx_pq_zero(void); /* a page of zeroes, to be read only */
void plx_xor(void *dest, void **src, u32 n, size_t bytes); /* dest ^= all of @src */
void plx_pq_make(u32 k, size_t bytes, void **ptr); /* P and Q anew */
/* P and Q ^= what blocks first..last give; those that give nothing are plx_pq_zero() */
void plx_pq_add(u32 k, u32 first, u32 last, size_t bytes, void **ptr);
void plx_pq_rebuild_one(u32 k, u32 a, size_t bytes, void **ptr); /* by Q; writes P too */
void plx_pq_rebuild_two(u32 k, u32 a, u32 b, size_t bytes, void **ptr); /* a < b; by P and Q */

#endif
