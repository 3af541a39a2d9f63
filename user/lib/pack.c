// SPDX-License-Identifier: LGPL-2.1-or-later
/* Packs. */
#include "internal.h"
#include "probe.h"

static int parse_item(const struct nlmsghdr *nlh, void *item)
{
	return plx_parse_pack(nlh, item);
}

int plexus_pack_list(struct plexus *h, struct plexus_pack_info ***list, size_t *n)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PACK_GET);
	return plx_req_list(&r, sizeof(struct plexus_pack_info), parse_item, NULL, (void ***)list,
			    n);
}

int plexus_pack_get(struct plexus *h, const struct plexus_pack_ref *pack,
		    struct plexus_pack_info *info)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PACK_GET);
	plx_put_pack(&r, pack);
	return plx_req_get(&r, parse_item, info);
}

int plexus_pack_create(struct plexus *h, const char *name, const char *const *paths, size_t n_paths,
		       bool force, struct plexus_outcome *out)
{
	struct plx_req r;
	size_t i;
	int err;

	for (i = 0; i < n_paths && !force; i++) {
		err = plx_probe_refuse(h, paths[i]);
		if (err)
			return err;
	}
	plx_req_begin(h, &r, PLEXUS_CMD_PACK_CREATE);
	plx_put_name(&r, PLEXUS_A_PACK_NAME, name);
	for (i = 0; i < n_paths; i++)
		plx_put_path(&r, PLEXUS_A_PATH, paths[i]);
	plx_put_flag(&r, PLEXUS_A_FORCE, force);
	return plx_req_change(&r, out);
}

/* import and recover take the same: which pack, whose history, at any price? */
static int start(struct plexus *h, uint8_t cmd, const struct plexus_pack_ref *pack,
		 const struct plexus_disk_ref *keep, bool force, struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, cmd);
	plx_put_pack(&r, pack);
	if (keep && keep->id)
		plx_put_id(&r, PLEXUS_A_DISK_ID, keep->id);
	else if (keep && keep->path)
		plx_put_path(&r, PLEXUS_A_PATH, keep->path);
	plx_put_flag(&r, PLEXUS_A_FORCE, force);
	return plx_req_change(&r, out);
}

int plexus_pack_import(struct plexus *h, const struct plexus_pack_ref *pack,
		       const struct plexus_disk_ref *keep, bool force, struct plexus_outcome *out)
{
	return start(h, PLEXUS_CMD_PACK_IMPORT, pack, keep, force, out);
}

int plexus_pack_recover(struct plexus *h, const struct plexus_pack_ref *pack,
			const struct plexus_disk_ref *keep, bool force, struct plexus_outcome *out)
{
	return start(h, PLEXUS_CMD_PACK_RECOVER, pack, keep, force, out);
}

int plexus_pack_export(struct plexus *h, const struct plexus_pack_ref *pack,
		       struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PACK_EXPORT);
	plx_put_pack(&r, pack);
	return plx_req_change(&r, out);
}

int plexus_pack_destroy(struct plexus *h, const struct plexus_pack_ref *pack, bool force,
			struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PACK_DESTROY);
	plx_put_pack(&r, pack);
	plx_put_flag(&r, PLEXUS_A_FORCE, force);
	return plx_req_change(&r, out);
}

int plexus_pack_rename(struct plexus *h, const struct plexus_pack_ref *pack, const char *new_name,
		       struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PACK_RENAME);
	plx_put_pack(&r, pack);
	plx_put_name(&r, PLEXUS_A_NEW_NAME, new_name);
	return plx_req_change(&r, out);
}

int plexus_pack_refresh(struct plexus *h, const struct plexus_pack_ref *pack,
			struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PACK_REFRESH);
	plx_put_pack(&r, pack);
	return plx_req_change(&r, out);
}
