// SPDX-License-Identifier: GPL-2.0
/*
 * A block device in use by a pack: opened for exclusive use, closed when the
 * last plan or log that names it is gone.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "plexus.h"

static const char holder[] = "plexus";

#define BIOS 4 /* in reserve, each with 256 vectors */

/**
 * plx_disk_open - open a block device for exclusive use
 * @path: of the device
 * @why: filled on refusal
 *
 * Context: sleeps.
 * Return: a disk with one reference, or ERR_PTR
 */
struct plx_disk *plx_disk_open(const char *path, struct plx_why *why)
{
	struct plx_disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);
	int ret;

	if (!disk)
		return ERR_PTR(plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to open %s", path));
	kref_init(&disk->refs);
	strscpy(disk->path, path, sizeof(disk->path));
	if (bioset_init(&disk->bios, BIOS, 0, BIOSET_NEED_BVECS)) {
		kfree(disk);
		return ERR_PTR(plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to open %s", path));
	}
	ret = plx_bdev_open(&disk->dev, path, (void *)holder);
	if (ret) {
		bioset_exit(&disk->bios);
		kfree(disk);
		if (ret == -EBUSY)
			plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				   "%s is in use (mounted, or part of something else); release it first",
				   path);
		else
			plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
				   "%s cannot be opened: error %d", path, -ret);
		return ERR_PTR(ret);
	}
	if (bdev_read_only(plx_disk_bdev(disk)) ||
	    bdev_logical_block_size(plx_disk_bdev(disk)) > PLX_BLOCK_SIZE ||
	    bdev_is_zoned(plx_disk_bdev(disk))) {
		plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
			   "%s is read-only, zoned, or has blocks of more than 4096 bytes", path);
		plx_disk_put(disk);
		return ERR_PTR(-EROFS);
	}
	return disk;
}

void plx_disk_get(struct plx_disk *disk)
{
	kref_get(&disk->refs);
}

static void free_work(struct work_struct *work)
{
	struct plx_disk *disk = container_of(work, struct plx_disk, free_work);

	plx_bdev_close(&disk->dev);
	bioset_exit(&disk->bios);
	kfree(disk);
}

/* closing sleeps, the last reference may go anywhere */
static void release(struct kref *refs)
{
	struct plx_disk *disk = container_of(refs, struct plx_disk, refs);

	INIT_WORK(&disk->free_work, free_work);
	queue_work(plx_wq, &disk->free_work);
}

void plx_disk_put(struct plx_disk *disk)
{
	if (disk)
		kref_put(&disk->refs, release);
}

static u64 sectors_of(const struct plx_disk *disk)
{
	return bdev_nr_sectors(plx_disk_bdev(disk));
}

static int read_one_label(struct plx_disk *disk, u64 sector, void *block, struct plx_why *why)
{
	int ret = plx_meta_read(disk, sector, block, PLX_BLOCK_SIZE);

	if (ret)
		return plx_refuse(why, PLEXUS_E_FAIL, "the label of %s cannot be read: error %d",
				  disk->path, -ret);
	ret = plx_label_decode(block, sectors_of(disk), &disk->label, why->text, sizeof(why->text));
	if (ret)
		why->result = PLEXUS_VDS_E_OBJECT_NOT_FOUND;
	return ret;
}

/* the copy at the end serves where the first one is damaged; -ENODATA: neither is there */
int plx_disk_read_label(struct plx_disk *disk, struct plx_why *why)
{
	void *block = kmalloc(PLX_BLOCK_SIZE, GFP_KERNEL);
	u64 last = round_down(sectors_of(disk), PLX_BLOCK_SECTORS) - PLX_BLOCK_SECTORS;
	int ret, second;

	if (!block)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to read %s", disk->path);
	ret = -ENODATA;
	if (sectors_of(disk) >= PLX_LOG_SECTOR) {
		ret = read_one_label(disk, PLX_LABEL_SECTOR, block, why);
		if (ret) {
			second = read_one_label(disk, last, block, why);
			/* at the end of a disk may be the label of its last partition */
			if (!second && disk->label.disk_sectors != sectors_of(disk))
				second = -ENODATA;
			if (!second || ret == -ENODATA)
				ret = second;
		}
	}
	kfree(block);
	if (ret == -ENODATA)
		plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "%s has no Plexus label",
			   disk->path);
	if (!ret) {
		memset(why, 0, sizeof(*why)); /* of the first look */
		disk->id = disk->label.disk_id;
	}
	return ret;
}

static int write_labels(struct plx_disk *disk, const void *block)
{
	struct plx_metaio m = { .disk = disk, .sector = PLX_LABEL_SECTOR };

	if (plx_meta_write(&m, 1, block, PLX_BLOCK_SIZE))
		return m.error;
	m.sector = round_down(sectors_of(disk), PLX_BLOCK_SECTORS) - PLX_BLOCK_SECTORS;
	plx_meta_write(&m, 1, block, PLX_BLOCK_SIZE);
	return m.error;
}

/*
 * Both configuration slots lose their heads first: should the power go in
 * between, the disk has a label with no configuration, or none.
 */
int plx_disk_write_label(struct plx_disk *disk)
{
	void *block = kzalloc(PLX_BLOCK_SIZE, GFP_KERNEL);
	struct plx_metaio m = { .disk = disk, .sector = PLX_CONFIG_SECTOR };
	int ret;

	if (!block)
		return -ENOMEM;
	plx_meta_write(&m, 1, block, PLX_BLOCK_SIZE);
	ret = m.error;
	if (!ret) {
		m.sector += PLX_CONFIG_SECTORS;
		plx_meta_write(&m, 1, block, PLX_BLOCK_SIZE);
		ret = m.error;
	}
	if (!ret) {
		plx_label_encode(&disk->label, block);
		ret = write_labels(disk, block);
	}
	disk->config_slot = 1;
	kfree(block);
	return ret;
}

/* a disk that is written to no more keeps its label: -EIO, as where the disk refuses */
int plx_disk_wipe_label(struct plx_disk *disk)
{
	void *block = kzalloc(PLX_BLOCK_SIZE, GFP_KERNEL);
	int ret = -ENOMEM;

	if (block)
		ret = write_labels(disk, block);
	kfree(block);
	if (ret)
		pr_warn("plexus: the label of %s could not be erased: error %d\n", disk->path,
			-ret);
	return ret;
}

/* no more than the blob is read: what lies behind it in the slot may be unreadable */
static int read_blob(struct plx_disk *disk, u32 slot, void *buf)
{
	u64 sector = PLX_CONFIG_SECTOR + slot * PLX_CONFIG_SECTORS;
	const struct plx_config_disk *head = buf;
	int ret = plx_meta_read(disk, sector, buf, PLX_BLOCK_SIZE);
	u32 bytes;

	if (ret)
		return ret;
	bytes = le32_to_cpu(head->bytes);
	if (bytes <= PLX_BLOCK_SIZE || bytes > PLX_CONFIG_MAX) /* that much: the decoder objects */
		return 0;
	return plx_meta_read(disk, sector, buf, round_up(bytes, PLX_BLOCK_SIZE));
}

/* -ENODATA: none, or one that a change did not finish; else it is not known what is there */
static int read_slot(struct plx_disk *disk, u32 slot, void *buf, struct plx_conf **conf,
		     struct plx_why *why)
{
	int ret = read_blob(disk, slot, buf);
	char text[128];

	if (ret) {
		plx_refuse(why, PLEXUS_E_FAIL, "the configuration of %s cannot be read: error %d",
			   disk->path, -ret);
		return ret;
	}
	ret = plx_conf_decode(buf, PLX_CONFIG_MAX, conf, text, sizeof(text));
	if (ret == -ENODATA || ret == -EBADMSG)
		return -ENODATA;
	if (ret) {
		plx_refuse(why,
			   ret == -ENOMEM ? PLEXUS_E_OUTOFMEMORY :
					    PLEXUS_VDS_E_DMADMIN_METHOD_CALL_FAILED,
			   "%s: %s", disk->path, text);
		return ret;
	}
	if (plx_id_equal(&(*conf)->pack_id, &disk->label.pack_id))
		return 0;
	plx_conf_put(*conf);
	*conf = NULL;
	return -ENODATA;
}

/**
 * plx_disk_read_config - the newest valid configuration on a disk
 * @disk: with its label read
 * @out: gets a reference to it
 * @why: filled on failure, left alone otherwise
 *
 * A slot that cannot be read, or not be understood, may hold the newest one: then
 * the other slot does not count, and the disk is one that cannot be read. A slot
 * with a wrong checksum is what a change leaves that was cut off: the other one counts.
 *
 * Return: 0; -ENODATA where neither slot holds a valid one; else another errno
 */
int plx_disk_read_config(struct plx_disk *disk, struct plx_conf **out, struct plx_why *why)
{
	void *buf = kvmalloc(PLX_CONFIG_MAX, GFP_KERNEL);
	struct plx_conf *conf[2] = {};
	struct plx_why found = {};
	int ret, second;
	u32 best;

	if (!buf)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to read %s", disk->path);
	ret = read_slot(disk, 0, buf, &conf[0], &found);
	second = ret && ret != -ENODATA ? ret : read_slot(disk, 1, buf, &conf[1], &found);
	kvfree(buf);
	if (second && second != -ENODATA) {
		plx_conf_put(conf[0]);
		*why = found;
		return second;
	}
	if (!conf[0] && !conf[1]) {
		plx_refuse(why, PLEXUS_VDS_E_DMADMIN_METHOD_CALL_FAILED,
			   "%s has a label, but neither copy of the configuration is valid",
			   disk->path);
		return -ENODATA;
	}
	best = !conf[0] || (conf[1] && conf[1]->generation > conf[0]->generation);
	plx_conf_put(conf[best ^ 1]);
	disk->config_slot = best;
	*out = conf[best];
	return 0;
}
