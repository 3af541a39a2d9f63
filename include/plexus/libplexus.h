/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * DOC: libplexus, the library that commands the Plexus volume manager
 *
 * A handle is opened once and used for any number of calls. Calls may come from
 * several threads at the same time; each thread sees the result and the message
 * of its own last call, as with errno. plexus_close() must be the last call on a
 * handle, when no other thread uses it any more.
 *
 * Calls that can fail return 0 or a negative errno; plexus_result() then gives
 * the whole 32 bit result of the Virtual Disk Service and plexus_message() a
 * sentence that names the object, the reason and what to do.
 *
 * Sizes and offsets are bytes, speeds are bytes per second, times milliseconds.
 * Strings that are handed in stay the caller's and need to live only as long as
 * the call; what a call hands out is the caller's, to be freed as its comment says.
 * Readers must tolerate values of health, status, type and so on that they do
 * not know: a newer driver may send them.
 *
 * Errors that every call may return besides its own: -EPROTONOSUPPORT (the driver
 * is not there and cannot be loaded), -EPERM (no permission), -ENOMEM, -EINVAL
 * (an argument was refused) and -EIO (the socket to the driver failed).
 */
#ifndef _PLEXUS_LIBPLEXUS_H
#define _PLEXUS_LIBPLEXUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/plexus.h>

#include "libplexus_words.h"
#include "result.h"

#ifdef __cplusplus
extern "C" {
#endif

/** PLEXUS_MESSAGE_TEXT - room for the longest message, its end included */
#define PLEXUS_MESSAGE_TEXT 1024
/** PLEXUS_DEVICE_TEXT - room for the name of a block device, its end included */
#define PLEXUS_DEVICE_TEXT 32

struct plexus;
struct plexus_events;

/**
 * struct plexus_pack_ref - names a pack
 * @id: its id, or NULL to go by name
 * @name: its name, or NULL
 */
struct plexus_pack_ref {
	const struct plexus_id *id;
	const char *name;
};

/**
 * struct plexus_volume_ref - names a volume
 * @id: its id, or NULL to go by pack and name
 * @pack: its pack; may be empty where @id is given
 * @name: its name, or NULL
 */
struct plexus_volume_ref {
	const struct plexus_id *id;
	struct plexus_pack_ref pack;
	const char *name;
};

/**
 * struct plexus_disk_ref - names a disk
 * @id: its id, or NULL to go by path
 * @pack: its pack; may be empty
 * @path: its block device, or NULL
 */
struct plexus_disk_ref {
	const struct plexus_id *id;
	struct plexus_pack_ref pack;
	const char *path;
};

/**
 * struct plexus_input_disk - a disk that an operation may use
 * @id: its id, or NULL to go by path
 * @path: its block device, or NULL
 * @size: bytes that may be used of it; 0 is as much as is needed
 */
struct plexus_input_disk {
	const struct plexus_id *id;
	const char *path;
	uint64_t size;
};

/**
 * struct plexus_outcome - what a changing call hands out
 * @task: the task that it began, 0 if none
 * @pack: the pack it made or found, else all zero
 * @pack_name: name of that pack, where the driver tells
 * @disk: the disk it made or found, else all zero
 * @volume: the volume it made, else all zero
 * @device: name of that volume's block device, without /dev/
 */
struct plexus_outcome {
	uint64_t task;
	struct plexus_id pack;
	char pack_name[PLEXUS_NAME_MAX + 1];
	struct plexus_id disk;
	struct plexus_id volume;
	char device[PLEXUS_DEVICE_TEXT];
};

/* ---- handle ---- */

/** PLEXUS_OPEN_NO_LOAD - don't load the module; the kernel may do it by itself, by its alias */
#define PLEXUS_OPEN_NO_LOAD 1u

/**
 * plexus_open() - make a handle
 * @h: where to put it
 * @flags: PLEXUS_OPEN_*
 *
 * Does not talk to the driver yet: the first call does, or plexus_connect().
 *
 * Return: 0, -EINVAL for unknown flags, -ENOMEM, or -EAGAIN when the process has
 * no thread-specific key left; @h is NULL on failure. Free with plexus_close().
 */
int plexus_open(struct plexus **h, unsigned int flags);

/**
 * plexus_close() - free a handle with everything it owns
 * @h: a handle, or NULL
 *
 * No other thread may use the handle any more.
 */
void plexus_close(struct plexus *h);

/**
 * plexus_connect() - find the driver, and load it if it is missing
 * @h: the handle
 *
 * Return: 0, -EPROTONOSUPPORT if the driver is not there and cannot be loaded.
 */
int plexus_connect(struct plexus *h);

/** plexus_result() - VDS code of this thread's last call on @h; S_OK before any */
uint32_t plexus_result(struct plexus *h);

/**
 * plexus_message() - sentence that explains the last call of this thread on @h
 * @h: the handle
 *
 * Return: a string of the handle's, "" if there is nothing to say; valid until
 * this thread's next call on @h.
 */
const char *plexus_message(struct plexus *h);

/** plexus_library_version() - version of this library, a constant string */
const char *plexus_library_version(void);

/**
 * plexus_driver_version() - version of the driver
 * @h: the handle
 * @text: where to put it
 * @size: room there, in bytes
 *
 * Return: 0 or a negative errno.
 */
int plexus_driver_version(struct plexus *h, char *text, size_t size);

/* ---- packs ---- */

/**
 * struct plexus_pack_info - one pack
 * @id: its id
 * @name: its name
 * @status: enum plexus_pack_status
 * @flags: enum plexus_pack_flags
 * @generation: counts the changes of its configuration
 * @epoch: changes with the set of disks that is written to
 * @n_disks: disks that belong to it
 * @n_volumes: its volumes
 * @message: why it is not online, or ""
 */
struct plexus_pack_info {
	struct plexus_id id;
	char name[PLEXUS_NAME_MAX + 1];
	uint32_t status;
	uint32_t flags;
	uint64_t generation;
	uint64_t epoch;
	uint32_t n_disks;
	uint32_t n_volumes;
	char message[PLEXUS_MESSAGE_TEXT];
};

/**
 * plexus_pack_list() - all packs that the driver knows
 * @h: the handle
 * @list: array of pointers, NULL behind the last; free with plexus_list_free()
 * @n: how many, may be NULL
 *
 * Return: 0 or a negative errno; @list is NULL on failure. The structures may
 * grow at their end in later versions; don't copy them by size.
 */
int plexus_pack_list(struct plexus *h, struct plexus_pack_info ***list, size_t *n);

/** plexus_pack_get() - one pack into @info; -ENOENT if there is none */
int plexus_pack_get(struct plexus *h, const struct plexus_pack_ref *pack,
		    struct plexus_pack_info *info);

/**
 * plexus_pack_create() - label disks and make a pack of them
 * @h: the handle
 * @name: name of the pack, up to 63 bytes
 * @paths: block devices
 * @n_paths: how many
 * @force: overwrite whatever the disks hold
 * @out: the pack's id; may be NULL
 *
 * Without @force every disk is probed first, and nothing is written if one holds
 * a file system, a partition table, a member of md or LVM, or a Plexus label.
 *
 * Return: 0, -EEXIST for a disk with content (VDS_E_INVALID_OPERATION), or what
 * the driver says.
 */
int plexus_pack_create(struct plexus *h, const char *name, const char *const *paths,
		       size_t n_paths, bool force, struct plexus_outcome *out);

/**
 * plexus_pack_import() - start a pack that was exported or waits for its disks
 * @h: the handle
 * @pack: the pack
 * @keep: the disk whose history counts where histories differ, or NULL
 * @force: start without a quorum
 * @out: the task; may be NULL
 */
int plexus_pack_import(struct plexus *h, const struct plexus_pack_ref *pack,
		       const struct plexus_disk_ref *keep, bool force, struct plexus_outcome *out);

/** plexus_pack_export() - stop all volumes of a pack and let go of its disks */
int plexus_pack_export(struct plexus *h, const struct plexus_pack_ref *pack,
		       struct plexus_outcome *out);

/** plexus_pack_destroy() - delete a pack and erase its labels; @force: with its volumes */
int plexus_pack_destroy(struct plexus *h, const struct plexus_pack_ref *pack, bool force,
			struct plexus_outcome *out);

/** plexus_pack_rename() - give a pack another name */
int plexus_pack_rename(struct plexus *h, const struct plexus_pack_ref *pack, const char *new_name,
		       struct plexus_outcome *out);

/** plexus_pack_recover() - return a pack to health; @keep and @force as for import */
int plexus_pack_recover(struct plexus *h, const struct plexus_pack_ref *pack,
			const struct plexus_disk_ref *keep, bool force, struct plexus_outcome *out);

/** plexus_pack_refresh() - write the configuration to all disks of a pack again */
int plexus_pack_refresh(struct plexus *h, const struct plexus_pack_ref *pack,
			struct plexus_outcome *out);

/* ---- disks ---- */

/**
 * struct plexus_disk_info - one disk
 * @id: its id
 * @pack: the pack it belongs to
 * @pack_name: name of that pack
 * @path: its block device, the last one known if it is missing
 * @status: enum plexus_disk_status
 * @health: enum plexus_health
 * @spare: is it kept to replace another?
 * @size: bytes for data
 * @free: bytes without an extent
 * @largest_free: longest run of those
 * @read_errors: since the disk was taken in
 * @write_errors: likewise
 */
struct plexus_disk_info {
	struct plexus_id id;
	struct plexus_id pack;
	char pack_name[PLEXUS_NAME_MAX + 1];
	char path[PLEXUS_PATH_MAX + 1];
	uint32_t status;
	uint32_t health;
	bool spare;
	uint64_t size;
	uint64_t free;
	uint64_t largest_free;
	uint64_t read_errors;
	uint64_t write_errors;
};

/** plexus_disk_list() - disks of a pack, or of all with @pack NULL; as plexus_pack_list() */
int plexus_disk_list(struct plexus *h, const struct plexus_pack_ref *pack,
		     struct plexus_disk_info ***list, size_t *n);

/** plexus_disk_get() - one disk into @info; -ENOENT if there is none */
int plexus_disk_get(struct plexus *h, const struct plexus_disk_ref *disk,
		    struct plexus_disk_info *info);

/** plexus_disk_add() - label a disk for a pack; probes it as plexus_pack_create() does */
int plexus_disk_add(struct plexus *h, const struct plexus_pack_ref *pack, const char *path,
		    bool force, struct plexus_outcome *out);

/** plexus_disk_remove() - take a disk out of its pack, also one that is missing */
int plexus_disk_remove(struct plexus *h, const struct plexus_disk_ref *disk,
		       struct plexus_outcome *out);

/**
 * plexus_disk_replace() - repair everything that a disk held onto another disk
 * @h: the handle
 * @disk: the disk that goes
 * @by: the disk that takes its place
 * @force: overwrite what @by holds, where it is no disk of the pack yet
 * @out: the task, and the id of @by where it was added; may be NULL
 *
 * A disk @by that is given as a path and is of no pack yet is probed and added to
 * the pack of @disk first; it is removed again if the replacement is refused.
 */
int plexus_disk_replace(struct plexus *h, const struct plexus_disk_ref *disk,
			const struct plexus_input_disk *by, bool force, struct plexus_outcome *out);

/** plexus_disk_offline() - stop using a disk, as if it were pulled */
int plexus_disk_offline(struct plexus *h, const struct plexus_disk_ref *disk, bool force,
			struct plexus_outcome *out);

/** plexus_disk_online() - use a disk again; @force: write all of it anew if it has run apart */
int plexus_disk_online(struct plexus *h, const struct plexus_disk_ref *disk, bool force,
		       struct plexus_outcome *out);

/** plexus_disk_set_spare() - keep a disk to replace another, or no more */
int plexus_disk_set_spare(struct plexus *h, const struct plexus_disk_ref *disk, bool spare,
			  struct plexus_outcome *out);

/**
 * plexus_disk_probe() - what does a device hold?
 * @h: the handle
 * @path: a block device
 * @what: "an ext4 file system" and so on, "" if nothing was found
 * @size: room there, in bytes
 *
 * Return: 0 also where something was found; a negative errno if the device
 * cannot be read. Does not need the driver.
 */
int plexus_disk_probe(struct plexus *h, const char *path, char *what, size_t size);

/** plexus_disk_has_label() - 1 if a device begins with a Plexus label, 0 if not, or -errno */
int plexus_disk_has_label(const char *path);

/* ---- scan ---- */

/**
 * typedef plexus_scan_fn - told of every device that was given to the driver
 * @path: the device
 * @error: 0 or a negative errno; plexus_result() and plexus_message() tell more
 * @out: pack and disk that were found
 * @arg: the caller's
 */
typedef void plexus_scan_fn(const char *path, int error, const struct plexus_outcome *out,
			    void *arg);

/**
 * plexus_scan() - look for labels and have the driver take the disks in
 * @h: the handle
 * @paths: block devices, or NULL for all that are in the machine
 * @n_paths: how many
 * @found: called for every device with a label, may be NULL
 * @arg: for @found
 *
 * Devices without a label are passed over in silence when the whole machine is
 * searched, and are an error (-ENODATA) when they were named.
 *
 * Return: 0, or the first error; the search goes on after one.
 */
int plexus_scan(struct plexus *h, const char *const *paths, size_t n_paths, plexus_scan_fn *found,
		void *arg);

/**
 * plexus_scan_end() - no more disks are to come
 * @h: handle
 *
 * A pack that lacks some of its disks waits a few seconds for them after plexus_scan(). This starts
 * it at once with those that are there, if they are enough. What does not start tells why in its
 * message.
 *
 * Return: 0, or a negative errno; the result and the message are kept for plexus_result()
 */
int plexus_scan_end(struct plexus *h);

/* ---- volumes ---- */

/**
 * struct plexus_volume_info - one volume
 * @id: its id
 * @pack: the pack it is part of
 * @pack_name: name of that pack
 * @name: its name
 * @status: enum plexus_volume_status
 * @flags: enum plexus_volume_flags
 * @health: enum plexus_health
 * @type: enum plexus_type
 * @size: bytes
 * @n_plexes: copies of the data
 * @device: name of its block device without /dev/, "" if there is none
 * @region_size: bytes of one region of the dirty-region log
 * @regions: how many regions it has
 * @dirty_regions: those written to lately
 * @mismatches: sectors that differed in the last scrub
 * @read_policy: enum plexus_read_policy
 * @sync_action: enum plexus_sync_action
 * @sync_done: bytes done by what is running
 * @sync_total: bytes to do
 * @sync_speed: bytes per second at the moment
 * @sync_speed_min: bytes per second that are kept up beside other I/O
 * @sync_speed_max: bytes per second at most, 0 without limit
 * @write_hole: enum plexus_write_hole
 */
struct plexus_volume_info {
	struct plexus_id id;
	struct plexus_id pack;
	char pack_name[PLEXUS_NAME_MAX + 1];
	char name[PLEXUS_NAME_MAX + 1];
	uint32_t status;
	uint32_t flags;
	uint32_t health;
	uint32_t type;
	uint64_t size;
	uint32_t n_plexes;
	char device[PLEXUS_DEVICE_TEXT];
	uint64_t region_size;
	uint64_t regions;
	uint64_t dirty_regions;
	uint64_t mismatches;
	uint32_t read_policy;
	uint32_t sync_action;
	uint64_t sync_done;
	uint64_t sync_total;
	uint64_t sync_speed;
	uint64_t sync_speed_min;
	uint64_t sync_speed_max;
	uint32_t write_hole;
};

/** plexus_volume_list() - volumes of a pack, or of all with @pack NULL; as plexus_pack_list() */
int plexus_volume_list(struct plexus *h, const struct plexus_pack_ref *pack,
		       struct plexus_volume_info ***list, size_t *n);

/** plexus_volume_get() - one volume into @info; -ENOENT if there is none */
int plexus_volume_get(struct plexus *h, const struct plexus_volume_ref *volume,
		      struct plexus_volume_info *info);

/**
 * struct plexus_volume_spec - the volume to be made; fill unused fields with 0
 * @pack: where
 * @name: its name, up to 63 bytes
 * @size: bytes
 * @type: enum plexus_type of the plexes; PLEXUS_TYPE_MIRROR is simple plexes, two
 *	if @n_plexes is 0; 0 lets the driver choose
 * @unit: stripe unit in bytes, 0 for the driver's choice
 * @n_plexes: copies of the data, 0 for the usual number
 * @n_members: columns of each plex, 0 for the driver's choice
 * @disks: disks to use, none for the driver's choice
 * @n_disks: how many
 * @n_parity: members of a parity plex that may be lost: 1 or 2; 0 is 1
 * @write_hole: enum plexus_write_hole; 0 is PLEXUS_WRITE_HOLE_LOG where the type is parity
 */
struct plexus_volume_spec {
	struct plexus_pack_ref pack;
	const char *name;
	uint64_t size;
	uint32_t type;
	uint32_t unit;
	uint32_t n_plexes;
	uint32_t n_members;
	const struct plexus_input_disk *disks;
	size_t n_disks;
	uint32_t n_parity;
	uint32_t write_hole;
};

/** plexus_volume_create() - make a volume; @out: its id, device and task */
int plexus_volume_create(struct plexus *h, const struct plexus_volume_spec *spec,
			 struct plexus_outcome *out);

/** plexus_volume_delete() - delete a volume; @force: also where plexus_disk_probe() finds data */
int plexus_volume_delete(struct plexus *h, const struct plexus_volume_ref *volume, bool force,
			 struct plexus_outcome *out);

/** plexus_volume_extend() - make a volume larger; @size: all of it afterwards, in bytes */
int plexus_volume_extend(struct plexus *h, const struct plexus_volume_ref *volume, uint64_t size,
			 const struct plexus_input_disk *disks, size_t n_disks,
			 struct plexus_outcome *out);

/** plexus_volume_rename() - give a volume another name */
int plexus_volume_rename(struct plexus *h, const struct plexus_volume_ref *volume,
			 const char *new_name, struct plexus_outcome *out);

/* which fields of struct plexus_volume_settings count */
#define PLEXUS_SET_READ_POLICY	  1u
#define PLEXUS_SET_PREFERRED_PLEX 2u
#define PLEXUS_SET_SPEED_MIN	  4u
#define PLEXUS_SET_SPEED_MAX	  8u
#define PLEXUS_SET_FLAGS	  16u
#define PLEXUS_SET_SYNC_ACTION	  32u

/**
 * struct plexus_volume_settings - properties that can be changed
 * @what: PLEXUS_SET_* of the fields that count
 * @read_policy: enum plexus_read_policy
 * @preferred_plex: for PLEXUS_READ_POLICY_PREFER
 * @speed_min: bytes per second
 * @speed_max: bytes per second, 0 without limit
 * @flags: all of enum plexus_volume_flags
 * @sync_action: enum plexus_sync_action
 */
struct plexus_volume_settings {
	uint32_t what;
	uint32_t read_policy;
	struct plexus_id preferred_plex;
	uint64_t speed_min;
	uint64_t speed_max;
	uint32_t flags;
	uint32_t sync_action;
};

/**
 * plexus_volume_set() - change properties of a volume
 * @h: the handle
 * @volume: the volume
 * @settings: what to change
 * @out: the task of a sync action; may be NULL
 *
 * The driver takes read policy, speeds, flags and action one after the other: at
 * a refusal those before it, in this order, are set.
 *
 * Return: 0 or a negative errno.
 */
int plexus_volume_set(struct plexus *h, const struct plexus_volume_ref *volume,
		      const struct plexus_volume_settings *settings, struct plexus_outcome *out);

/** plexus_volume_recover() - begin whatever a volume needs to be healthy again */
int plexus_volume_recover(struct plexus *h, const struct plexus_volume_ref *volume,
			  struct plexus_outcome *out);

/** plexus_volume_scrub() - compare all plexes; @repair: mend what differs */
int plexus_volume_scrub(struct plexus *h, const struct plexus_volume_ref *volume, bool repair,
			struct plexus_outcome *out);

/* ---- plexes ---- */

/**
 * struct plexus_extent - one run of bytes on one disk
 * @disk: the disk
 * @start: bytes from its beginning
 * @size: bytes
 */
struct plexus_extent {
	struct plexus_id disk;
	uint64_t start;
	uint64_t size;
};

/**
 * struct plexus_member - one column of a plex
 * @index: its place, from 0
 * @health: enum plexus_health
 * @extents: where its data is, in order
 * @n_extents: how many
 * @has_state: is @state told? Only where the plex has parity
 * @state: enum plexus_member_state, as it is seen: with a disk that is gone it is missing
 * @has_stale: is @stale told?
 * @stale: bytes of the volume that have a part on it that is not current
 */
struct plexus_member {
	uint32_t index;
	uint32_t health;
	struct plexus_extent *extents;
	size_t n_extents;
	bool has_state;
	uint32_t state;
	bool has_stale;
	uint64_t stale;
};

/**
 * struct plexus_plex_info - one plex
 * @id: its id
 * @pack: the pack it is part of
 * @volume: the volume it is part of
 * @index: its place in the volume, from 0
 * @status: enum plexus_volume_status
 * @health: enum plexus_health
 * @type: enum plexus_type
 * @size: bytes
 * @unit: stripe unit in bytes, 0 if it has none
 * @has_stale: is @stale told? Not for a detached plex whose map is not loaded
 * @stale: bytes that are not current
 * @members: its columns
 * @n_members: how many
 * @n_parity: how many of them may be lost, 0 without parity
 */
struct plexus_plex_info {
	struct plexus_id id;
	struct plexus_id pack;
	struct plexus_id volume;
	uint32_t index;
	uint32_t status;
	uint32_t health;
	uint32_t type;
	uint64_t size;
	uint32_t unit;
	bool has_stale;
	uint64_t stale;
	struct plexus_member *members;
	size_t n_members;
	uint32_t n_parity;
};

/**
 * plexus_plex_list() - plexes
 * @h: the handle
 * @volume: of this volume; with only its pack set, of that pack; NULL for all
 * @list: array of pointers, NULL behind the last; free with plexus_plex_list_free()
 * @n: how many, may be NULL
 *
 * Return: 0 or a negative errno; @list is NULL on failure.
 */
int plexus_plex_list(struct plexus *h, const struct plexus_volume_ref *volume,
		     struct plexus_plex_info ***list, size_t *n);

/** plexus_plex_get() - one plex into @info; -ENOENT if there is none; plexus_plex_clear() it */
int plexus_plex_get(struct plexus *h, const struct plexus_id *plex, struct plexus_plex_info *info);

/** plexus_plex_clear() - free what a structure that plexus_plex_get() filled points to */
void plexus_plex_clear(struct plexus_plex_info *info);

/** plexus_plex_list_free() - free what plexus_plex_list() gave; NULL is fine */
void plexus_plex_list_free(struct plexus_plex_info **list);

/** plexus_plex_add() - make the plexes of @source plexes of @volume */
int plexus_plex_add(struct plexus *h, const struct plexus_volume_ref *volume,
		    const struct plexus_volume_ref *source, bool any_layout,
		    struct plexus_outcome *out);

/**
 * plexus_plex_break() - make a plex a volume of its own
 * @h: the handle
 * @volume: the volume it leaves
 * @plex: the plex
 * @new_name: name of the new volume, NULL for the driver's choice
 * @force: also a plex that is stale
 * @out: the new volume and its device, where it was done at once; else the task,
 *	whose info has the volume in the end
 */
int plexus_plex_break(struct plexus *h, const struct plexus_volume_ref *volume,
		      const struct plexus_id *plex, const char *new_name, bool force,
		      struct plexus_outcome *out);

/** plexus_plex_remove() - delete one plex of a mirror */
int plexus_plex_remove(struct plexus *h, const struct plexus_volume_ref *volume,
		       const struct plexus_id *plex, struct plexus_outcome *out);

/** plexus_plex_repair() - rebuild the bad members of a plex on other disks */
int plexus_plex_repair(struct plexus *h, const struct plexus_volume_ref *volume,
		       const struct plexus_id *plex, const struct plexus_input_disk *disks,
		       size_t n_disks, struct plexus_outcome *out);

/* ---- tasks ---- */

/**
 * struct plexus_task_info - one task
 * @id: its number, never 0
 * @kind: enum plexus_task_kind
 * @parent: the task that began it, or 0
 * @pack: the pack it works on
 * @volume: the volume it works on or made, all zero if none
 * @plex: the plex it works on, all zero if none
 * @result: VDS_E_OPERATION_PENDING while it runs, then the result of the operation
 * @percent: 0 to 100
 * @message: what went wrong, or what is left to do, or ""
 */
struct plexus_task_info {
	uint64_t id;
	uint32_t kind;
	uint64_t parent;
	struct plexus_id pack;
	struct plexus_id volume;
	struct plexus_id plex;
	uint32_t result;
	uint32_t percent;
	char message[PLEXUS_MESSAGE_TEXT];
};

/** plexus_task_list() - tasks of a pack, or of all with @pack NULL; as plexus_pack_list() */
int plexus_task_list(struct plexus *h, const struct plexus_pack_ref *pack,
		     struct plexus_task_info ***list, size_t *n);

/** plexus_task_get() - state of a task into @info; never waits; -ENOENT if it is not known */
int plexus_task_get(struct plexus *h, uint64_t task, struct plexus_task_info *info);

/** plexus_task_cancel() - have a task stop soon; -EALREADY if it is too late */
int plexus_task_cancel(struct plexus *h, uint64_t task, struct plexus_outcome *out);

/**
 * typedef plexus_progress_fn - told how far a task is, four times a second or so
 * @info: the task
 * @arg: the caller's
 *
 * Return: 0 to go on; anything else ends the wait with -EINTR, not the task.
 */
typedef int plexus_progress_fn(const struct plexus_task_info *info, void *arg);

/**
 * plexus_task_wait() - wait until a task has ended
 * @h: the handle; other threads may use it meanwhile
 * @task: the task
 * @timeout_ms: milliseconds, -1 for ever
 * @progress: told now and then, may be NULL
 * @arg: for @progress
 * @info: state of the task at the end; its result is that of the operation
 *
 * Return: that of the wait: 0 if the task has ended (well or not), -ETIMEDOUT if
 * it goes on, -EINTR if @progress said so, -ENOENT if the task is not known.
 */
int plexus_task_wait(struct plexus *h, uint64_t task, int timeout_ms, plexus_progress_fn *progress,
		     void *arg, struct plexus_task_info *info);

/* ---- events ---- */

/**
 * struct plexus_event - something that happened
 * @code: enum plexus_event_code
 * @pack: ids of the objects it is about, all zero where none
 * @disk: likewise
 * @volume: likewise
 * @plex: likewise
 * @task: number of the task, or 0
 * @has_percent: is @percent told?
 * @percent: 0 to 100
 * @has_result: is @result told?
 * @result: VDS code
 * @has_health: is @health told?
 * @health: enum plexus_health
 * @message: or ""
 */
struct plexus_event {
	uint32_t code;
	struct plexus_id pack;
	struct plexus_id disk;
	struct plexus_id volume;
	struct plexus_id plex;
	uint64_t task;
	bool has_percent;
	uint32_t percent;
	bool has_result;
	uint32_t result;
	bool has_health;
	uint32_t health;
	char message[PLEXUS_MESSAGE_TEXT];
};

/** plexus_events_open() - begin to listen; free with plexus_events_close() before @h */
int plexus_events_open(struct plexus *h, struct plexus_events **events);

/** plexus_events_close() - stop to listen; NULL is fine */
void plexus_events_close(struct plexus_events *events);

/** plexus_events_fd() - for poll(): readable when plexus_events_next() has something */
int plexus_events_fd(const struct plexus_events *events);

/**
 * plexus_events_next() - the next event
 * @events: from plexus_events_open(); used by one thread at a time
 * @event: where to put it
 * @timeout_ms: milliseconds, 0 not to wait, -1 for ever
 *
 * When events were lost, one of the code PLEXUS_EVENT_CODE_OUT_OF_SYNC is given:
 * read the state of everything again.
 *
 * Return: 1 for an event, 0 when the time is up, -EINTR after a signal, -EIO.
 */
int plexus_events_next(struct plexus_events *events, struct plexus_event *event, int timeout_ms);

/** plexus_list_free() - free a list of packs, disks, volumes or tasks; NULL is fine */
void plexus_list_free(void *list);

#ifdef __cplusplus
}
#endif

#endif
