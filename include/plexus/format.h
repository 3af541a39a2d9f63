/* SPDX-License-Identifier: GPL-2.0 OR LGPL-2.1-or-later */
/*
 * What Plexus writes on a disk. All integers little-endian, all padding by
 * hand and zero, all offsets asserted. Documentation/on-disk-format.rst.
 *
 * Crash story: a label is written once, when the disk joins a pack, and says
 * where things are. A configuration is written whole into the slot that does
 * not hold the newest one, with FUA: it is there with a right crc, or the old
 * one still is. A log map has two blocks, written in turn in the same way.
 */
#ifndef _PLEXUS_FORMAT_H
#define _PLEXUS_FORMAT_H

#include <linux/types.h>

#define PLX_SECTOR_SHIFT 9
#define PLX_BLOCK_SIZE 4096 /* bytes of a label, of a log block */
#define PLX_BLOCK_SECTORS 8

#define PLX_LABEL_MAGIC "PLEXUS\0\1"
#define PLX_LABEL_SECTOR 8 /* a second copy stands in the last 4 KiB of the disk */
#define PLX_FORMAT_VERSION 1

#define PLX_CONFIG_MAGIC "PLXCONF\1"
#define PLX_CONFIG_SECTOR 256 /* 128 KiB */
#define PLX_CONFIG_SECTORS 1024 /* 512 KiB, each of two slots */
#define PLX_CONFIG_MAX (PLX_CONFIG_SECTORS << PLX_SECTOR_SHIFT)

#define PLX_LOG_MAGIC 0x474c5850 /* "PXLG" */
#define PLX_LOG_SECTOR 4096 /* 2 MiB */
#define PLX_LOG_MAPS 8 /* map 0: dirty; 1..7: stale maps of detached plexes */
#define PLX_LOG_SLOT_SECTORS (PLX_LOG_MAPS * 2 * PLX_BLOCK_SECTORS)
#define PLX_LOG_BITS ((PLX_BLOCK_SIZE - 64) * 8) /* regions that a map can hold */

#define PLX_ALIGN_SECTORS 2048 /* all extents start at, and are multiples of, 1 MiB */

/**
 * struct plx_label_disk - first and last 4 KiB block that says "a Plexus disk"
 *
 * Never changes while the disk stays in its pack.
 */
struct plx_label_disk {
	__u8 magic[8];
	__le32 crc; /* crc32c of the 4096 bytes, this field zero */
	__le32 version;
	__u8 pack_id[16];
	__u8 disk_id[16];
	__le64 disk_sectors; /* size of the disk when it was labelled */
	__le64 config_sector; /* of slot 0; slot 1 follows */
	__le64 config_sectors; /* of one slot */
	__le64 log_sector;
	__le32 log_slots;
	__le32 pad0;
	__le64 data_sector; /* first that volumes may use */
	__le64 data_end; /* first behind the last that volumes may use */
	__u8 pad1[3992];
} __attribute__((packed));

/**
 * struct plx_config_disk - head of a configuration blob
 *
 * Behind it, without gaps: @n_disks struct plx_disk_disk, then for each volume
 * its record, its plexes, each followed by its members, each followed by its
 * extents.
 */
struct plx_config_disk {
	__u8 magic[8];
	__le32 crc; /* crc32c of @bytes bytes, this field zero */
	__le32 version;
	__le32 bytes; /* all of the blob */
	__le32 flags;
	__u8 pack_id[16];
	__le64 generation;
	__le64 epoch;
	__le32 n_disks;
	__le32 n_volumes;
	__u8 name[64]; /* zero-padded, at least one zero */
	__le64 base_epoch; /* of the configuration that this one came from */
	__u8 pad[120];
} __attribute__((packed));

struct plx_disk_disk {
	__u8 id[16];
	__le64 sectors;
	__le64 data_sector;
	__le64 data_end;
	__le32 log_slots;
	__le32 state; /* enum plx_disk_state */
	__le32 flags;
	__le32 pad0;
	__le64 last_generation; /* of what it was known to hold before this one was written */
	__le64 last_epoch;
	__le64 read_errors;
	__le64 write_errors;
	__u8 path[64]; /* where it was last seen: a hint for people */
	__le64 maybe_epoch; /* of what it may have been given when it left */
	__le64 joined; /* another number once it was taken over from another history */
	__u8 pad1[88];
} __attribute__((packed));

struct plx_log_place_disk {
	__le32 disk; /* index of the disk */
	__le32 slot;
} __attribute__((packed));

struct plx_volume_disk {
	__u8 id[16];
	__u8 name[64];
	__le64 sectors;
	__le32 flags;
	__le32 region_shift; /* log2 of a region in sectors; 0: no log */
	__le32 read_policy;
	__le32 preferred; /* index of the preferred plex */
	__le64 log_id; /* tells this log from older ones in the same slots */
	__le32 n_logs;
	__le32 n_plexes;
	struct plx_log_place_disk log[4];
	__le32 write_hole; /* enum plx_write_hole; 0 without a parity plex */
	__le32 written_map; /* 1..7: log map of the regions never written; 0: none */
	__u8 pad[96];
} __attribute__((packed));

struct plx_plex_disk {
	__u8 id[16];
	__le32 type;
	__le32 state; /* enum plx_plex_state */
	__le32 stale_map; /* 1..7: log map with what it missed; 0: all of it */
	__le32 unit; /* sectors; 0 unless striped or parity */
	__le32 n_members;
	__le32 flags;
	__le64 task_id; /* the task that brings it back; 0: none */
	__le32 task_kind;
	__le32 parity; /* members' worth of parity, 1 or 2; 0 unless it is a parity plex */
	__u8 pad[72];
} __attribute__((packed));

/* all behind @flags is 0 unless the plex is a parity plex */
struct plx_member_disk {
	__le32 n_extents;
	__le32 flags;
	__le32 state; /* enum plx_member_state */
	__le32 stale_map; /* as that of a plex */
	__le64 log_start; /* parity log: sectors, on the disk of the first extent */
	__le64 log_sectors; /* 0: none */
} __attribute__((packed));

struct plx_extent_disk {
	__le32 disk; /* index of the disk */
	__le32 pad0;
	__le64 start; /* sectors */
	__le64 sectors;
	__u8 pad1[8];
} __attribute__((packed));

#define PLX_LOG_F_UNSYNC 1 /* of map 0: somewhere in what is dirty parity is not known to fit */

/**
 * struct plx_log_disk - one map of a region log
 *
 * Block (map * 2 + (seq & 1)) of the slot. Of the two, the valid one with the
 * higher @seq counts.
 */
struct plx_log_disk {
	__le32 magic;
	__le32 crc; /* crc32c of the 4096 bytes, this field zero */
	__u8 volume_id[16];
	__le64 log_id;
	__le64 seq;
	__le32 map;
	__le32 n_regions;
	__le32 region_shift;
	__le32 flags; /* PLX_LOG_F_* */
	__u8 pad[8];
	__u8 bits[PLX_BLOCK_SIZE - 64]; /* bit i: byte i / 8, value 1 << i % 8 */
} __attribute__((packed));

#define PLX_PLOG_MAGIC 0x4c505850 /* "PXPL" */
#define PLX_PLOG_SLOT_MIN 256 /* sectors: room for the entries of many small writes */
#define PLX_PLOG_HAS_OLD 1 /* flag of a write: old_crc is known */

/**
 * struct plx_plog_disk - head of a slot of a parity log
 *
 * In slot @seq mod the number of slots. Behind it: @payload_sectors of partial parities,
 * in the order of the entries.
 */
struct plx_plog_disk {
	__le32 magic;
	__le32 crc; /* crc32c up to the end of the used @entries, this field zero */
	__u8 volume_id[16];
	__le64 log_id; /* tells this log from older ones in the same place */
	__le64 seq;
	__le64 head; /* what is in slots of a lower seq is not needed any more */
	__le32 member;
	__le32 n_entries;
	__le32 entry_bytes; /* used of @entries */
	__le32 payload_sectors;
	/* each followed by its writes, without gaps, then zeroes */
	__u8 entries[PLX_BLOCK_SIZE - 64];
} __attribute__((packed));

/* a write to a stripe that may not be on all its members yet */
struct plx_plog_entry_disk {
	__le64 row;
	__le64 serial; /* of two of a row over the same columns the higher one counts */
	__le32 payload_sum; /* lower half of the xxh64 of its payload; 0 without one */
	__le16 lo; /* of all its writes: sectors of the stripe unit */
	__le16 hi;
	__u8 n_writes;
	__u8 partials; /* partial parities in the payload: 1: P, 2: Q */
	__u8 pad[6];
} __attribute__((packed));

/* what of one data block is written */
struct plx_plog_write_disk {
	__u8 block;
	__u8 flags; /* PLX_PLOG_HAS_OLD */
	__le16 lo;
	__le16 hi;
	__u8 pad[2];
	__le32 sum; /* crc32c of the new content */
	__le32 old_sum; /* of the content before, if flagged */
} __attribute__((packed));

#define PLX_ASSERT_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
PLX_ASSERT_SIZE(struct plx_label_disk, 4096);
PLX_ASSERT_SIZE(struct plx_config_disk, 256);
PLX_ASSERT_SIZE(struct plx_disk_disk, 256);
PLX_ASSERT_SIZE(struct plx_volume_disk, 256);
PLX_ASSERT_SIZE(struct plx_plex_disk, 128);
PLX_ASSERT_SIZE(struct plx_member_disk, 32);
PLX_ASSERT_SIZE(struct plx_extent_disk, 32);
PLX_ASSERT_SIZE(struct plx_log_disk, 4096);
PLX_ASSERT_SIZE(struct plx_plog_disk, 4096);
PLX_ASSERT_SIZE(struct plx_plog_entry_disk, 32);
PLX_ASSERT_SIZE(struct plx_plog_write_disk, 16);
#undef PLX_ASSERT_SIZE

#endif
