// SPDX-License-Identifier: GPL-2.0
/*
 * One map of a region log to and from its 4 KiB on the disk.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "conf.h"

static void bits_copy(u8 *to, const u8 *from, u32 n)
{
	memcpy(to, from, n / 8);
	if (n % 8)
		to[n / 8] = from[n / 8] & ((1U << n % 8) - 1);
}

/**
 * plx_log_encode() - a map as it stands on the disk
 * @head: all fields are written; n_regions is at most PLX_LOG_BITS
 * @bits: its n_regions bits; what follows in the last byte is not written
 * @block: PLX_BLOCK_SIZE bytes
 */
void plx_log_encode(const struct plx_log_head *head, const u8 *bits, void *block)
{
	struct plx_log_disk *d = block;

	memset(d, 0, sizeof(*d));
	d->magic = cpu_to_le32(PLX_LOG_MAGIC);
	memcpy(d->volume_id, head->volume_id.b, sizeof(d->volume_id));
	d->log_id = cpu_to_le64(head->log_id);
	d->seq = cpu_to_le64(head->seq);
	d->map = cpu_to_le32(head->map);
	d->n_regions = cpu_to_le32(head->n_regions);
	d->region_shift = cpu_to_le32(head->region_shift);
	d->flags = cpu_to_le32(head->flags);
	bits_copy(d->bits, bits, min_t(u32, head->n_regions, PLX_LOG_BITS));
	d->crc = cpu_to_le32(plx_format_crc(d, sizeof(*d), offsetof(struct plx_log_disk, crc)));
}

/**
 * plx_log_decode() - read a map
 * @block: PLX_BLOCK_SIZE bytes from a disk, hostile
 * @head: says which map is looked for; gets seq and flags
 * @bits: gets head->n_regions bits, rounded up to bytes with zeroes
 *
 * On failure, @head and @bits are as they were.
 *
 * Return: 0; -ENODATA: no map there; -EBADMSG: a damaged one; -ESTALE: one of
 * another volume, log id, map or geometry; -EINVAL: @head asks the impossible.
 */
int plx_log_decode(const void *block, struct plx_log_head *head, u8 *bits)
{
	const struct plx_log_disk *d = block;

	if (head->n_regions > PLX_LOG_BITS)
		return -EINVAL;
	if (le32_to_cpu(d->magic) != PLX_LOG_MAGIC)
		return -ENODATA;
	if (le32_to_cpu(d->crc) !=
	    plx_format_crc(d, sizeof(*d), offsetof(struct plx_log_disk, crc)))
		return -EBADMSG;
	if (memcmp(d->volume_id, head->volume_id.b, sizeof(d->volume_id)) ||
	    le64_to_cpu(d->log_id) != head->log_id || le32_to_cpu(d->map) != head->map ||
	    le32_to_cpu(d->n_regions) != head->n_regions ||
	    le32_to_cpu(d->region_shift) != head->region_shift)
		return -ESTALE;
	head->seq = le64_to_cpu(d->seq);
	head->flags = le32_to_cpu(d->flags);
	bits_copy(bits, d->bits, head->n_regions);
	return 0;
}

/**
 * plx_log_region_shift() - the size of a volume's regions
 * @volume_sectors: size of the volume, at most PLX_SECTORS_MAX
 *
 * Return: log2 of the sectors: the least from PLX_REGION_SHIFT_MIN (64 KiB) on
 * with which all regions fit in one map.
 */
u32 plx_log_region_shift(u64 volume_sectors)
{
	u32 shift = PLX_REGION_SHIFT_MIN;

	while (shift < PLX_REGION_SHIFT_MAX &&
	       plx_log_regions(volume_sectors, shift) > PLX_LOG_BITS)
		shift++;
	return shift;
}

/**
 * plx_log_map_grow() - a map in terms of the regions of a volume that has become larger
 * @from: the map
 * @n: its regions
 * @by: how much larger a region is now, log2
 * @to: gets what is set in @from, in all regions that have some of it; the rest is left alone
 */
void plx_log_map_grow(const unsigned long *from, u32 n, u32 by, unsigned long *to)
{
	u32 i, r;

	for (i = 0; i < n; i++) {
		r = i >> by;
		if (from[i / BITS_PER_LONG] >> i % BITS_PER_LONG & 1)
			to[r / BITS_PER_LONG] |= 1UL << r % BITS_PER_LONG;
	}
}
