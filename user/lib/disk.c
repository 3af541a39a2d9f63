// SPDX-License-Identifier: LGPL-2.1-or-later
/* Disks. */
#include <stdio.h>

#include "internal.h"
#include "probe.h"

static int parse_item(const struct nlmsghdr *nlh, void *item)
{
	return plx_parse_disk(nlh, item);
}

int plexus_disk_list(struct plexus *h, const struct plexus_pack_ref *pack,
		     struct plexus_disk_info ***list, size_t *n)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_DISK_GET);
	plx_put_pack(&r, pack);
	return plx_req_list(&r, sizeof(struct plexus_disk_info), parse_item, NULL, (void ***)list,
			    n);
}

int plexus_disk_get(struct plexus *h, const struct plexus_disk_ref *disk,
		    struct plexus_disk_info *info)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_DISK_GET);
	plx_put_disk(&r, disk);
	return plx_req_get(&r, parse_item, info);
}

int plexus_disk_add(struct plexus *h, const struct plexus_pack_ref *pack, const char *path,
		    bool force, struct plexus_outcome *out)
{
	struct plx_req r;
	int err = force ? 0 : plx_probe_refuse(h, path);

	if (err)
		return err;
	plx_req_begin(h, &r, PLEXUS_CMD_DISK_ADD);
	plx_put_pack(&r, pack);
	plx_put_path(&r, PLEXUS_A_PATH, path);
	plx_put_flag(&r, PLEXUS_A_FORCE, force);
	return plx_req_change(&r, out);
}

int plexus_disk_remove(struct plexus *h, const struct plexus_disk_ref *disk,
		       struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_DISK_REMOVE);
	plx_put_disk(&r, disk);
	return plx_req_change(&r, out);
}

/*
 * A newcomer is made a disk of the pack of the one that goes. @added is its id, or
 * all zero where it is a disk of a pack already.
 */
static int add_newcomer(struct plexus *h, const struct plexus_disk_ref *disk, const char *path,
			bool force, struct plexus_id *added)
{
	struct plexus_disk_ref newcomer = { .path = path };
	struct plexus_disk_info info;
	struct plexus_pack_ref pack;
	struct plexus_outcome out;
	int err;

	memset(added, 0, sizeof(*added));
	if (!plexus_disk_get(h, &newcomer, &info))
		return 0;
	err = plexus_disk_get(h, disk, &info);
	if (err)
		return err;
	pack = (struct plexus_pack_ref){ .id = &info.pack };
	err = plexus_disk_add(h, &pack, path, force, &out);
	if (!err)
		*added = out.disk;
	return err;
}

/* Takes the newcomer out again, and leaves the refusal as the last result. */
static void undo_newcomer(struct plexus *h, const struct plexus_id *added)
{
	struct plexus_disk_ref newcomer = { .id = added };
	uint32_t result = plexus_result(h);
	char message[PLEXUS_MESSAGE_TEXT];

	snprintf(message, sizeof(message), "%s", plexus_message(h));
	plexus_disk_remove(h, &newcomer, NULL);
	plx_done(h, result, message);
}

int plexus_disk_replace(struct plexus *h, const struct plexus_disk_ref *disk,
			const struct plexus_input_disk *by, bool force, struct plexus_outcome *out)
{
	struct plexus_input_disk with = *by;
	struct plexus_id added = { { 0 } };
	struct plx_req r;
	int err = 0;

	if (!by->id && by->path)
		err = add_newcomer(h, disk, by->path, force, &added);
	if (err)
		return err;
	if (!plexus_id_is_null(&added))
		with.id = &added;
	plx_req_begin(h, &r, PLEXUS_CMD_DISK_REPLACE);
	plx_put_disk(&r, disk);
	plx_put_input(&r, &with, 1);
	err = plx_req_change(&r, out);
	if (plexus_id_is_null(&added))
		return err;
	if (err)
		undo_newcomer(h, &added);
	else if (out)
		out->disk = added;
	return err;
}

int plexus_disk_offline(struct plexus *h, const struct plexus_disk_ref *disk, bool force,
			struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_DISK_OFFLINE);
	plx_put_disk(&r, disk);
	plx_put_flag(&r, PLEXUS_A_FORCE, force);
	return plx_req_change(&r, out);
}

int plexus_disk_online(struct plexus *h, const struct plexus_disk_ref *disk, bool force,
		       struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_DISK_ONLINE);
	plx_put_disk(&r, disk);
	plx_put_flag(&r, PLEXUS_A_FORCE, force);
	return plx_req_change(&r, out);
}

int plexus_disk_set_spare(struct plexus *h, const struct plexus_disk_ref *disk, bool spare,
			  struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_DISK_SET);
	plx_put_disk(&r, disk);
	plx_put_u32(&r, PLEXUS_A_SPARE, spare);
	return plx_req_change(&r, out);
}
