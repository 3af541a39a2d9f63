// SPDX-License-Identifier: GPL-2.0
/* What the running system stands on: volumes that carry its root file system or its swap. */
#include <linux/blkdev.h>
#include <linux/fs_struct.h>
#include <linux/init_task.h>
#include <linux/mount.h>
#include "plexus.h"

/* how a disk that is a partition is found by the firmware; whole disks have no table of the kind */
enum table { TABLE_NONE, TABLE_GPT, TABLE_MBR };

#define GUID_CHARS \
	36 /* of a GPT partition's id; an MBR's is "disk signature-number" */

/**
 * plx_boot_needs() - does the volume carry the running system's root file system or swap?
 * @vol: the volume
 *
 * Context: may sleep; takes no lock of others.
 */
bool plx_boot_needs(struct plx_volume *vol)
{
	struct super_block *sb;
	struct path root;
	bool yes;

	if (!vol->shown)
		return false;
	task_lock(&init_task);
	get_fs_root(init_task.fs, &root);
	task_unlock(&init_task);
	sb = root.dentry->d_sb;
	yes = sb->s_bdev && sb->s_bdev->bd_disk == vol->gendisk;
	path_put(&root);
	return yes || IS_SWAPFILE(plx_bdev_inode(vol->gendisk->part0));
}

static enum table table_of(struct plx_pack *pack, const struct plx_id *id)
{
	struct plx_disk *disk = plx_pack_disk(pack, id);
	const struct partition_meta_info *info;
	enum table table = TABLE_NONE;

	if (!disk)
		return TABLE_NONE;
	info = plx_disk_bdev(disk)->bd_meta_info;
	if (bdev_is_partition(plx_disk_bdev(disk)) && info)
		table = strnlen(info->uuid, sizeof(info->uuid)) == GUID_CHARS ?
				TABLE_GPT :
				TABLE_MBR;
	plx_disk_put(disk);
	return table;
}

static bool lies_on(struct plx_pack *pack, const struct plx_conf *conf,
		    const struct plx_conf_volume *cv, enum table table)
{
	u32 d;

	for (d = 0; d < conf->n_disks; d++)
		if (plx_conf_volume_uses(cv, d) &&
		    table_of(pack, &conf->disk[d]->id) == table)
			return true;
	return false;
}

/**
 * plx_boot_gpt_to_mbr() - would firmware that starts the system not find it on the new plex?
 * @vol: the system stands on it, or not
 * @conf: of its pack
 * @cv: the volume there
 * @src: whose plexes it is to get
 *
 * Context: may sleep; under pack->change.
 *
 * Return: true when @vol lies on a partition of a GPT disk, and @src on one of an MBR disk.
 */
bool plx_boot_gpt_to_mbr(struct plx_volume *vol, const struct plx_conf *conf,
			 const struct plx_conf_volume *cv,
			 const struct plx_conf_volume *src)
{
	return plx_boot_needs(vol) && lies_on(vol->pack, conf, cv, TABLE_GPT) &&
	       lies_on(vol->pack, conf, src, TABLE_MBR);
}
