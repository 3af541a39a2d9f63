// SPDX-License-Identifier: GPL-2.0
/* What kernel/compat/parity.h promises, byte by byte as in the textbook. */
#include <shim.h>
#include "../../kernel/compat/parity.h"

static u8 times(u8 a, u8 b)
{
	u8 product = 0;

	for (; b; b >>= 1, a = a << 1 ^ (a & 0x80 ? 0x1d : 0))
		product ^= b & 1 ? a : 0;
	return product;
}

static u8 power(u8 a, u32 n)
{
	u8 product = 1;

	while (n--)
		product = times(product, a);
	return product;
}

static u8 over(u8 a, u8 b)
{
	return times(a, power(b, 254));
}

/* the same from tables, for what is called often */
static u8 product[256][256];

static void product_fill(void)
{
	u32 a, b;

	for (a = 0; a < 256 && !product[255][255]; a++)
		for (b = 0; b < 256; b++)
			product[a][b] = times(a, b);
}

void *plx_pq_zero(void)
{
	static u8 zero[PAGE_SIZE];

	return zero;
}

void plx_xor(void *dest, void **src, u32 n, size_t bytes)
{
	size_t at;
	u8 *d = dest;
	u32 i;

	for (i = 0; i < n; i++)
		for (at = 0; at < bytes; at++)
			d[at] ^= ((u8 *)src[i])[at];
}

void plx_pq_add(u32 k, u32 first, u32 last, size_t bytes, void **ptr)
{
	u8 *p = ptr[k], *q = ptr[k + 1];
	size_t at;
	u32 d;

	product_fill();
	for (d = first; d <= last; d++) {
		const u8 *row = product[power(2, d)], *data = ptr[d];

		if (data == plx_pq_zero())
			continue;
		for (at = 0; at < bytes; at++) {
			p[at] ^= data[at];
			q[at] ^= row[data[at]];
		}
	}
}

void plx_pq_make(u32 k, size_t bytes, void **ptr)
{
	memset(ptr[k], 0, bytes);
	memset(ptr[k + 1], 0, bytes);
	plx_pq_add(k, 0, k - 1, bytes, ptr);
}

void plx_pq_rebuild_one(u32 k, u32 a, size_t bytes, void **ptr)
{
	const u8 *row;
	size_t at;
	u32 d;
	u8 *x;

	product_fill();
	x = ptr[a];
	memcpy(x, ptr[k + 1], bytes);
	for (d = 0; d < k; d++)
		for (at = 0, row = product[power(2, d)]; d != a && at < bytes; at++)
			x[at] ^= row[((u8 *)ptr[d])[at]];
	row = product[over(1, power(2, a))];
	for (at = 0; at < bytes; at++)
		x[at] = row[x[at]];
	memset(ptr[k], 0, bytes);
	plx_xor(ptr[k], ptr, k, bytes);
}

void plx_pq_rebuild_two(u32 k, u32 a, u32 b, size_t bytes, void **ptr)
{
	u8 ga = power(2, a), gb = power(2, b);
	const u8 *row_a, *row, *row_d;
	u8 *x = ptr[a], *y = ptr[b];
	size_t at;
	u32 d;

	product_fill();
	/* x gets xa + xb, y gets ga * xa + gb * xb */
	memcpy(x, ptr[k], bytes);
	memcpy(y, ptr[k + 1], bytes);
	for (d = 0; d < k; d++) {
		const u8 *data = ptr[d];

		row_d = product[power(2, d)];
		for (at = 0; d != a && d != b && at < bytes; at++) {
			x[at] ^= data[at];
			y[at] ^= row_d[data[at]];
		}
	}
	row_a = product[ga];
	row = product[over(1, ga ^ gb)];
	for (at = 0; at < bytes; at++) {
		y[at] = row[row_a[x[at]] ^ y[at]];
		x[at] ^= y[at];
	}
}
