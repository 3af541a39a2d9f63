/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that Plexus supports, behind names of our
 * own or those of the newest kernel. Told apart by what the headers define.
 */
#ifndef _PLX_COMPAT_H
#define _PLX_COMPAT_H

#include <linux/blkdev.h>
#include <linux/bio.h>

/* an exclusively opened block device */
struct plx_bdev {
	struct block_device *bdev;
	void *handle;
};

#ifdef BLK_OPEN_READ
static inline int plx_bdev_open(struct plx_bdev *b, const char *path, void *holder)
{
	struct file *file = bdev_file_open_by_path(path, BLK_OPEN_READ | BLK_OPEN_WRITE, holder,
						   NULL);

	if (IS_ERR(file))
		return PTR_ERR(file);
	b->handle = file;
	b->bdev = file_bdev(file);
	return 0;
}

static inline void plx_bdev_close(struct plx_bdev *b)
{
	bdev_fput(b->handle);
}

#define plx_bdev_freeze_start bdev_freeze
#define plx_bdev_freeze_end bdev_thaw
#define plx_bdev_inode(bdev) ((bdev)->bd_mapping->host)
#define PLX_OPEN_ARGS struct gendisk *disk, blk_mode_t mode
#define PLX_OPEN_DISK disk
#define PLX_RELEASE_ARGS struct gendisk *disk
#define plx_class_create(name) class_create(name)
#else
static inline int plx_bdev_open(struct plx_bdev *b, const char *path, void *holder)
{
	struct block_device *bdev = blkdev_get_by_path(path, FMODE_READ | FMODE_WRITE | FMODE_EXCL,
						       holder);

	if (IS_ERR(bdev))
		return PTR_ERR(bdev);
	b->handle = NULL;
	b->bdev = bdev;
	return 0;
}

static inline void plx_bdev_close(struct plx_bdev *b)
{
	blkdev_put(b->bdev, FMODE_READ | FMODE_WRITE | FMODE_EXCL);
}

#define plx_bdev_freeze_start freeze_bdev
#define plx_bdev_freeze_end thaw_bdev
#define plx_bdev_inode(bdev) ((bdev)->bd_inode)
#define PLX_OPEN_ARGS struct block_device *bdev, fmode_t mode
#define PLX_OPEN_DISK (bdev->bd_disk)
#define PLX_RELEASE_ARGS struct gendisk *disk, fmode_t mode
#define plx_class_create(name) class_create(THIS_MODULE, name)
#endif

static inline bool plx_bdev_rotational(struct block_device *bdev)
{
#ifdef BLK_FEAT_ROTATIONAL
	return bdev_get_queue(bdev)->limits.features & BLK_FEAT_ROTATIONAL;
#else
	return !bdev_nonrot(bdev);
#endif
}

/* what a volume's block device can do, stacked from its members */
struct plx_limits {
	u32 io_min, io_opt; /* bytes; 0: as the members say */
	bool stable_writes;
	/* a parity plex: discards and writes of zeroes go by rows; least bytes of a discard */
	u32 zero_rows;
};

struct gendisk *plx_gendisk_alloc(const struct plx_limits *want, struct block_device *const *member,
				  unsigned int n);
/* the same for a device in use: members were added or went */
int plx_gendisk_restack(struct gendisk *disk, const struct plx_limits *want,
			struct block_device *const *member, unsigned int n);

#endif
