// SPDX-License-Identifier: LGPL-2.1-or-later
/* Volumes. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "internal.h"

static int parse_item(const struct nlmsghdr *nlh, void *item)
{
	return plx_parse_volume(nlh, item);
}

int plexus_volume_list(struct plexus *h, const struct plexus_pack_ref *pack,
		       struct plexus_volume_info ***list, size_t *n)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_VOLUME_GET);
	plx_put_pack(&r, pack);
	return plx_req_list(&r, sizeof(struct plexus_volume_info), parse_item, NULL, (void ***)list,
			    n);
}

int plexus_volume_get(struct plexus *h, const struct plexus_volume_ref *volume,
		      struct plexus_volume_info *info)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_VOLUME_GET);
	plx_put_volume(&r, volume);
	return plx_req_get(&r, parse_item, info);
}

int plexus_volume_create(struct plexus *h, const struct plexus_volume_spec *spec,
			 struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_VOLUME_CREATE);
	plx_put_pack(&r, &spec->pack);
	plx_put_name(&r, PLEXUS_A_VOLUME_NAME, spec->name);
	plx_put_u64(&r, PLEXUS_A_SIZE, spec->size);
	if (spec->type)
		plx_put_u32(&r, PLEXUS_A_TYPE, spec->type);
	if (spec->unit)
		plx_put_u32(&r, PLEXUS_A_UNIT, spec->unit);
	if (spec->n_plexes)
		plx_put_u32(&r, PLEXUS_A_N_PLEXES, spec->n_plexes);
	if (spec->n_members)
		plx_put_u32(&r, PLEXUS_A_N_MEMBERS, spec->n_members);
	if (spec->n_parity)
		plx_put_u32(&r, PLEXUS_A_N_PARITY, spec->n_parity);
	if (spec->write_hole)
		plx_put_u32(&r, PLEXUS_A_WRITE_HOLE, spec->write_hole);
	plx_put_input(&r, spec->disks, spec->n_disks);
	return plx_req_change(&r, out);
}

/*
 * Does it hold something? What has no device, cannot be read or is in use is left to the
 * driver, which knows best what to say.
 */
static int refuse_content(struct plexus *h, const struct plexus_volume_ref *volume)
{
	struct plexus_volume_info info;
	char path[PLEXUS_DEVICE_TEXT + 8], what[160];
	int fd;

	if (plexus_volume_get(h, volume, &info) || !info.device[0] ||
	    info.health == PLEXUS_HEALTH_FAILED)
		return 0;
	snprintf(path, sizeof(path), "/dev/%s", info.device);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_EXCL);
	if (fd < 0)
		return 0;
	close(fd);
	if (plexus_disk_probe(h, path, what, sizeof(what)) || !what[0])
		return 0;
	return plx_fail(h, EEXIST, PLX_R(VDS_E_INVALID_OPERATION),
			"volume %s/%s holds %s; give --force to delete it", info.pack_name,
			info.name, what);
}

int plexus_volume_delete(struct plexus *h, const struct plexus_volume_ref *volume, bool force,
			 struct plexus_outcome *out)
{
	struct plx_req r;
	int err = force ? 0 : refuse_content(h, volume);

	if (err)
		return err;
	plx_req_begin(h, &r, PLEXUS_CMD_VOLUME_DELETE);
	plx_put_volume(&r, volume);
	return plx_req_change(&r, out);
}

int plexus_volume_extend(struct plexus *h, const struct plexus_volume_ref *volume, uint64_t size,
			 const struct plexus_input_disk *disks, size_t n_disks,
			 struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_VOLUME_EXTEND);
	plx_put_volume(&r, volume);
	plx_put_u64(&r, PLEXUS_A_SIZE, size);
	plx_put_input(&r, disks, n_disks);
	return plx_req_change(&r, out);
}

int plexus_volume_rename(struct plexus *h, const struct plexus_volume_ref *volume,
			 const char *new_name, struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_VOLUME_RENAME);
	plx_put_volume(&r, volume);
	plx_put_name(&r, PLEXUS_A_NEW_NAME, new_name);
	return plx_req_change(&r, out);
}

static int set_some(struct plexus *h, const struct plexus_volume_ref *volume,
		    const struct plexus_volume_settings *settings, uint32_t what,
		    struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_VOLUME_SET);
	plx_put_volume(&r, volume);
	if (what & PLEXUS_SET_READ_POLICY)
		plx_put_u32(&r, PLEXUS_A_READ_POLICY, settings->read_policy);
	if (what & PLEXUS_SET_PREFERRED_PLEX)
		plx_put_id(&r, PLEXUS_A_PLEX_ID, &settings->preferred_plex);
	if (what & PLEXUS_SET_SPEED_MIN)
		plx_put_u64(&r, PLEXUS_A_SYNC_SPEED_MIN, settings->speed_min);
	if (what & PLEXUS_SET_SPEED_MAX)
		plx_put_u64(&r, PLEXUS_A_SYNC_SPEED_MAX, settings->speed_max);
	if (what & PLEXUS_SET_FLAGS)
		plx_put_u32(&r, PLEXUS_A_VOLUME_FLAGS, settings->flags);
	if (what & PLEXUS_SET_SYNC_ACTION)
		plx_put_u32(&r, PLEXUS_A_SYNC_ACTION, settings->sync_action);
	return plx_req_change(&r, out);
}

int plexus_volume_set(struct plexus *h, const struct plexus_volume_ref *volume,
		      const struct plexus_volume_settings *settings, struct plexus_outcome *out)
{
	/* what the driver takes in one request; the action last: it may begin a task */
	static const uint32_t groups[] = {
		PLEXUS_SET_READ_POLICY | PLEXUS_SET_PREFERRED_PLEX,
		PLEXUS_SET_SPEED_MIN | PLEXUS_SET_SPEED_MAX,
		PLEXUS_SET_FLAGS,
		PLEXUS_SET_SYNC_ACTION,
	};
	size_t i;
	int err = 0;

	plx_done(h, PLX_R(S_OK), "");
	if (out)
		memset(out, 0, sizeof(*out));
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]) && !err; i++)
		if (settings->what & groups[i])
			err = set_some(h, volume, settings, settings->what & groups[i], out);
	return err;
}

int plexus_volume_recover(struct plexus *h, const struct plexus_volume_ref *volume,
			  struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_VOLUME_RECOVER);
	plx_put_volume(&r, volume);
	return plx_req_change(&r, out);
}

int plexus_volume_scrub(struct plexus *h, const struct plexus_volume_ref *volume, bool repair,
			struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_VOLUME_SCRUB);
	plx_put_volume(&r, volume);
	plx_put_flag(&r, PLEXUS_A_REPAIR, repair);
	return plx_req_change(&r, out);
}
