// SPDX-License-Identifier: GPL-2.0
/* A gendisk whose limits are stacked from its members, before and after limits became features. */
#include "../plexus.h"

#define MAX_ZERO_SECTORS ((UINT_MAX >> SECTOR_SHIFT) & ~(PLX_ALIGN_SECTORS - 1))

static bool all_discard(struct block_device *const *member, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!bdev_max_discard_sectors(member[i]))
			return false;
	return n;
}

#ifdef BLK_FEAT_WRITE_CACHE
/*
 * What the driver cuts to rows may be of any size. A discard is a write of zeroes, so that one
 * is to be had where both are.
 */
static void stack_rows(struct queue_limits *lim, const struct plx_limits *want)
{
	bool zero = lim->max_write_zeroes_sectors, discard = lim->max_hw_discard_sectors && zero;

	lim->max_write_zeroes_sectors = zero ? MAX_ZERO_SECTORS : 0;
	lim->max_hw_discard_sectors = discard ? MAX_ZERO_SECTORS : 0;
	lim->discard_granularity = discard ? want->zero_rows : 0;
	lim->discard_alignment = 0;
	lim->max_secure_erase_sectors = 0;
#ifdef PLX_HAVE_WZEROES_UNMAP
	lim->max_hw_wzeroes_unmap_sectors = 0;
#endif
}

static void stack(struct queue_limits *lim, const struct plx_limits *want,
		  struct block_device *const *member, unsigned int n)
{
	unsigned int i;

	blk_set_stacking_limits(lim);
	lim->features = BLK_FEAT_IO_STAT | BLK_FEAT_NOWAIT;
	for (i = 0; i < n; i++)
		queue_limits_stack_bdev(lim, member[i], 0, "plexus");
	if (lim->features & BLK_FEAT_WRITE_CACHE)
		lim->features |= BLK_FEAT_FUA;
	if (want->stable_writes)
		lim->features |= BLK_FEAT_STABLE_WRITES;
	if (want->io_min) {
		lim->io_min = max(lim->io_min, want->io_min);
		lim->io_opt = want->io_opt;
	}
	lim->chunk_sectors = 0;
	if (!all_discard(member, n)) {
		lim->max_hw_discard_sectors = 0;
		lim->discard_granularity = 0;
	}
	if (want->zero_rows)
		stack_rows(lim, want);
}

struct gendisk *plx_gendisk_alloc(const struct plx_limits *want, struct block_device *const *member,
				  unsigned int n)
{
	struct queue_limits lim;

	stack(&lim, want, member, n);
	return blk_alloc_disk(&lim, NUMA_NO_NODE);
}

int plx_gendisk_restack(struct gendisk *disk, const struct plx_limits *want,
			struct block_device *const *member, unsigned int n)
{
	struct queue_limits lim, old = queue_limits_start_update(disk->queue);

	stack(&lim, want, member, n);
	/* blocks of a device in use do not grow */
	lim.logical_block_size = old.logical_block_size;
	lim.physical_block_size = max(lim.physical_block_size, old.logical_block_size);
	lim.io_min = max(lim.io_min, lim.physical_block_size);
	return queue_limits_commit_update(disk->queue, &lim);
}
#else
/* as above */
static void stack_rows(struct request_queue *q, const struct plx_limits *want)
{
	bool zero = q->limits.max_write_zeroes_sectors;
	bool discard = q->limits.max_discard_sectors && zero;

	blk_queue_max_write_zeroes_sectors(q, zero ? MAX_ZERO_SECTORS : 0);
	blk_queue_max_discard_sectors(q, discard ? MAX_ZERO_SECTORS : 0);
	q->limits.discard_granularity = discard ? want->zero_rows : 0;
	q->limits.discard_alignment = 0;
	q->limits.discard_misaligned = 0;
	blk_queue_max_secure_erase_sectors(q, 0);
}

static void stack(struct gendisk *disk, const struct plx_limits *want,
		  struct block_device *const *member, unsigned int n)
{
	struct request_queue *q = disk->queue;
	bool cache = false, nonrot = n, nowait = n;
	unsigned int i;

	blk_set_stacking_limits(&q->limits);
	for (i = 0; i < n; i++) {
		disk_stack_limits(disk, member[i], 0);
		cache |= bdev_write_cache(member[i]);
		nonrot &= bdev_nonrot(member[i]);
		nowait &= bdev_nowait(member[i]);
	}
	blk_queue_write_cache(q, cache, cache);
	(nonrot ? blk_queue_flag_set : blk_queue_flag_clear)(QUEUE_FLAG_NONROT, q);
	(nowait ? blk_queue_flag_set : blk_queue_flag_clear)(QUEUE_FLAG_NOWAIT, q);
	(want->stable_writes ? blk_queue_flag_set : blk_queue_flag_clear)(QUEUE_FLAG_STABLE_WRITES,
									  q);
	blk_queue_flag_set(QUEUE_FLAG_IO_STAT, q);
	blk_queue_flag_clear(QUEUE_FLAG_ADD_RANDOM, q);
	if (want->io_min) {
		blk_queue_io_min(q, max(q->limits.io_min, want->io_min));
		blk_queue_io_opt(q, want->io_opt);
	}
	q->limits.chunk_sectors = 0;
	if (!all_discard(member, n)) {
		blk_queue_max_discard_sectors(q, 0);
		q->limits.discard_granularity = 0;
	}
	if (want->zero_rows)
		stack_rows(q, want);
}

struct gendisk *plx_gendisk_alloc(const struct plx_limits *want, struct block_device *const *member,
				  unsigned int n)
{
	struct gendisk *disk = blk_alloc_disk(NUMA_NO_NODE);

	if (!disk)
		return ERR_PTR(-ENOMEM);
	stack(disk, want, member, n);
	return disk;
}

int plx_gendisk_restack(struct gendisk *disk, const struct plx_limits *want,
			struct block_device *const *member, unsigned int n)
{
	unsigned int block = queue_logical_block_size(disk->queue);

	stack(disk, want, member, n);
	blk_queue_logical_block_size(disk->queue, block); /* of a device in use: does not grow */
	return 0;
}
#endif
