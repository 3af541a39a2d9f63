// SPDX-License-Identifier: LGPL-2.1-or-later
/* Disks. */
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

int plexus_disk_remove(struct plexus *h, const struct plexus_disk_ref *disk, bool force,
		       struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_DISK_REMOVE);
	plx_put_disk(&r, disk);
	plx_put_flag(&r, PLEXUS_A_FORCE, force);
	return plx_req_change(&r, out);
}

/* A disk that the driver has already carries its label, which is no obstacle. */
static int probe_newcomer(struct plexus *h, const char *path)
{
	struct plexus_disk_ref ref = { .path = path };
	struct plexus_disk_info info;

	if (!plexus_disk_get(h, &ref, &info))
		return 0;
	return plx_probe_refuse(h, path);
}

int plexus_disk_replace(struct plexus *h, const struct plexus_disk_ref *disk,
			const struct plexus_input_disk *by, bool force, struct plexus_outcome *out)
{
	struct plx_req r;
	int err = 0;

	if (!force && !by->id && by->path)
		err = probe_newcomer(h, by->path);
	if (err)
		return err;
	plx_req_begin(h, &r, PLEXUS_CMD_DISK_REPLACE);
	plx_put_disk(&r, disk);
	plx_put_input(&r, by, 1);
	plx_put_flag(&r, PLEXUS_A_FORCE, force);
	return plx_req_change(&r, out);
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

int plexus_disk_online(struct plexus *h, const struct plexus_disk_ref *disk,
		       struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_DISK_ONLINE);
	plx_put_disk(&r, disk);
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
