// SPDX-License-Identifier: GPL-2.0
/*
 * The label of a disk to and from its 4 KiB on the disk, and what all formats
 * share: the checksum, and the sentence that says what is wrong.
 */
#include <linux/crc32c.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "conf.h"

#define PLX_DISK_SECTORS_MIN 16384 /* 8 MiB */

/**
 * plx_format_crc() - crc32c of a block or blob that holds its own checksum
 * @buf: the bytes
 * @len: how many, @at + 4 or more
 * @at: where the checksum's four bytes are, which count as zero
 */
u32 plx_format_crc(const void *buf, size_t len, size_t at)
{
	static const u8 zero[4];
	u32 crc;

	crc = crc32c(~0U, buf, at);
	crc = crc32c(crc, zero, sizeof(zero));
	crc = crc32c(crc, (const u8 *)buf + at + sizeof(zero), len - at - sizeof(zero));
	return ~crc;
}

/**
 * plx_format_bad() - say why something is refused
 * @why: where to; its text may be NULL
 * @fmt: a sentence for people, without an end
 *
 * Return: -EINVAL.
 */
int plx_format_bad(const struct plx_format_why *why, const char *fmt, ...)
{
	va_list args;

	if (why->text && why->len) {
		va_start(args, fmt);
		vsnprintf(why->text, why->len, fmt, args);
		va_end(args);
	}
	return -EINVAL;
}

/**
 * plx_format_no_memory() - say that something is refused for want of memory
 * @why: where to; its text may be NULL
 *
 * Return: -ENOMEM.
 */
int plx_format_no_memory(const struct plx_format_why *why)
{
	plx_format_bad(why, "not enough memory");
	return -ENOMEM;
}

/**
 * plx_label_geometry_valid() - can these numbers be those of a disk?
 * @label: disk_sectors, log_slots, data_sector and data_end are looked at
 *
 * The log slots fit in front of the data, the data in front of the second
 * label copy, and it is at least one allocation unit, on such boundaries.
 */
bool plx_label_geometry_valid(const struct plx_label *label)
{
	u64 log_end = PLX_LOG_SECTOR + (u64)label->log_slots * PLX_LOG_SLOT_SECTORS;

	if (label->disk_sectors < PLX_DISK_SECTORS_MIN || label->disk_sectors > PLX_SECTORS_MAX)
		return false;
	if (!label->log_slots || label->log_slots > PLX_LOG_SLOTS_MAX)
		return false;
	if (label->data_sector % PLX_ALIGN_SECTORS || label->data_end % PLX_ALIGN_SECTORS)
		return false;
	return label->data_sector >= log_end && label->data_sector < label->data_end &&
	       label->data_end <= label->disk_sectors - PLX_BLOCK_SECTORS;
}

/**
 * plx_label_geometry() - where things go on a disk of this size
 * @label: gets disk_sectors, log_slots, data_sector and data_end
 * @disk_sectors: the size
 *
 * Return: 0; -ENOSPC: smaller than 8 MiB; -EFBIG: larger than PLX_SECTORS_MAX.
 */
int plx_label_geometry(struct plx_label *label, u64 disk_sectors)
{
	u64 slots = (disk_sectors / PLX_ALIGN_SECTORS) / 2;

	if (disk_sectors < PLX_DISK_SECTORS_MIN)
		return -ENOSPC;
	if (disk_sectors > PLX_SECTORS_MAX)
		return -EFBIG;
	slots = clamp_t(u64, slots, PLX_LOG_SLOTS_MIN, PLX_LOG_SLOTS_MAX);
	label->disk_sectors = disk_sectors;
	label->log_slots = slots;
	label->data_sector = round_up(PLX_LOG_SECTOR + slots * PLX_LOG_SLOT_SECTORS,
				      (u64)PLX_ALIGN_SECTORS);
	label->data_end = round_down(disk_sectors - PLX_BLOCK_SECTORS, (u64)PLX_ALIGN_SECTORS);
	return plx_label_geometry_valid(label) ? 0 : -ENOSPC;
}

/**
 * plx_label_encode() - a label as it stands on the disk
 * @label: what to write
 * @block: PLX_BLOCK_SIZE bytes
 */
void plx_label_encode(const struct plx_label *label, void *block)
{
	struct plx_label_disk *d = block;

	memset(d, 0, sizeof(*d));
	memcpy(d->magic, PLX_LABEL_MAGIC, sizeof(d->magic));
	d->version = cpu_to_le32(PLX_FORMAT_VERSION);
	memcpy(d->pack_id, label->pack_id.b, sizeof(d->pack_id));
	memcpy(d->disk_id, label->disk_id.b, sizeof(d->disk_id));
	d->disk_sectors = cpu_to_le64(label->disk_sectors);
	d->config_sector = cpu_to_le64(PLX_CONFIG_SECTOR);
	d->config_sectors = cpu_to_le64(PLX_CONFIG_SECTORS);
	d->log_sector = cpu_to_le64(PLX_LOG_SECTOR);
	d->log_slots = cpu_to_le32(label->log_slots);
	d->data_sector = cpu_to_le64(label->data_sector);
	d->data_end = cpu_to_le64(label->data_end);
	d->crc = cpu_to_le32(plx_format_crc(d, sizeof(*d), offsetof(struct plx_label_disk, crc)));
}

static int label_check(const struct plx_label_disk *d, const struct plx_label *label,
		       u64 disk_sectors, const struct plx_format_why *w)
{
	if (le64_to_cpu(d->config_sector) != PLX_CONFIG_SECTOR ||
	    le64_to_cpu(d->config_sectors) != PLX_CONFIG_SECTORS ||
	    le64_to_cpu(d->log_sector) != PLX_LOG_SECTOR)
		return plx_format_bad(w, "the label names places that version %u does not use",
				      PLX_FORMAT_VERSION);
	if (label->disk_sectors > disk_sectors)
		return plx_format_bad(w, "the disk has %llu sectors, but had %llu when labelled",
				      disk_sectors, label->disk_sectors);
	if (!plx_label_geometry_valid(label))
		return plx_format_bad(w, "the label's geometry is impossible");
	return 0;
}

/**
 * plx_label_decode() - read a label
 * @block: PLX_BLOCK_SIZE bytes from a disk, hostile
 * @disk_sectors: size of that disk; it may have grown since it was labelled
 * @label: written on success only
 * @why: gets a sentence for people on failure; may be NULL
 * @whylen: bytes of it
 *
 * Return: 0; -ENODATA: no label there; -EBADMSG: a damaged one; -EINVAL: of a
 * version that is not known, or impossible for this disk.
 */
int plx_label_decode(const void *block, u64 disk_sectors, struct plx_label *label, char *why,
		     size_t whylen)
{
	const struct plx_format_why w = { why, whylen };
	const struct plx_label_disk *d = block;
	struct plx_label found = { 0 };
	int err;

	if (memcmp(d->magic, PLX_LABEL_MAGIC, sizeof(d->magic))) {
		plx_format_bad(&w, "there is no Plexus label");
		return -ENODATA;
	}
	if (le32_to_cpu(d->crc) !=
	    plx_format_crc(d, sizeof(*d), offsetof(struct plx_label_disk, crc))) {
		plx_format_bad(&w, "the label is damaged: its checksum is wrong");
		return -EBADMSG;
	}
	if (le32_to_cpu(d->version) != PLX_FORMAT_VERSION)
		return plx_format_bad(&w, "the label has format version %u, known is %u",
				      le32_to_cpu(d->version), PLX_FORMAT_VERSION);
	memcpy(found.pack_id.b, d->pack_id, sizeof(found.pack_id.b));
	memcpy(found.disk_id.b, d->disk_id, sizeof(found.disk_id.b));
	found.disk_sectors = le64_to_cpu(d->disk_sectors);
	found.log_slots = le32_to_cpu(d->log_slots);
	found.data_sector = le64_to_cpu(d->data_sector);
	found.data_end = le64_to_cpu(d->data_end);
	err = label_check(d, &found, disk_sectors, &w);
	if (!err)
		*label = found;
	return err;
}
