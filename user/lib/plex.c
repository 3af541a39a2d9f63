// SPDX-License-Identifier: LGPL-2.1-or-later
/* Plexes: the copies of a volume's data. */
#include "internal.h"

static int parse_item(const struct nlmsghdr *nlh, void *item)
{
	return plx_parse_plex(nlh, item);
}

static void clear_item(void *item)
{
	plexus_plex_clear(item);
}

int plexus_plex_get(struct plexus *h, const struct plexus_id *plex, struct plexus_plex_info *info)
{
	struct plx_req r;

	memset(info, 0, sizeof(*info));
	plx_req_begin(h, &r, PLEXUS_CMD_PLEX_GET);
	plx_put_id(&r, PLEXUS_A_PLEX_ID, plex);
	return plx_req_get(&r, parse_item, info);
}

/* A plex with more extents than a message of a dump holds comes without them. */
static int add_extents(struct plexus *h, struct plexus_plex_info *info)
{
	struct plexus_plex_info whole;
	int err;

	if (!info->n_members || info->members[0].n_extents)
		return 0;
	err = plexus_plex_get(h, &info->id, &whole);
	/* gone meanwhile: then what was told of it is enough */
	if (err)
		return err == -ENOENT ? 0 : err;
	plexus_plex_clear(info);
	*info = whole;
	return 0;
}

int plexus_plex_list(struct plexus *h, const struct plexus_volume_ref *volume,
		     struct plexus_plex_info ***list, size_t *n)
{
	struct plx_req r;
	size_t i;
	int err;

	plx_req_begin(h, &r, PLEXUS_CMD_PLEX_GET);
	plx_put_volume(&r, volume);
	err = plx_req_list(&r, sizeof(struct plexus_plex_info), parse_item, clear_item,
			   (void ***)list, n);
	for (i = 0; !err && (*list)[i]; i++)
		err = add_extents(h, (*list)[i]);
	if (err) {
		plexus_plex_list_free(*list);
		*list = NULL;
	}
	return err;
}

void plexus_plex_list_free(struct plexus_plex_info **list)
{
	size_t i;

	for (i = 0; list && list[i]; i++)
		plexus_plex_clear(list[i]);
	plexus_list_free(list);
}

int plexus_plex_add(struct plexus *h, const struct plexus_volume_ref *volume,
		    const struct plexus_volume_ref *source, bool any_layout,
		    struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PLEX_ADD);
	plx_put_volume(&r, volume);
	/* by name, the source is of the target's pack: the request has room for one */
	if (source->id)
		plx_put_id(&r, PLEXUS_A_SOURCE_VOLUME_ID, source->id);
	else if (source->name)
		plx_put_name(&r, PLEXUS_A_SOURCE_VOLUME_NAME, source->name);
	plx_put_flag(&r, PLEXUS_A_ANY_LAYOUT, any_layout);
	return plx_req_change(&r, out);
}

int plexus_plex_break(struct plexus *h, const struct plexus_volume_ref *volume,
		      const struct plexus_id *plex, const char *new_name, bool force,
		      struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PLEX_BREAK);
	plx_put_volume(&r, volume);
	plx_put_id(&r, PLEXUS_A_PLEX_ID, plex);
	if (new_name)
		plx_put_name(&r, PLEXUS_A_NEW_NAME, new_name);
	plx_put_flag(&r, PLEXUS_A_FORCE, force);
	return plx_req_change(&r, out);
}

int plexus_plex_remove(struct plexus *h, const struct plexus_volume_ref *volume,
		       const struct plexus_id *plex, struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PLEX_REMOVE);
	plx_put_volume(&r, volume);
	plx_put_id(&r, PLEXUS_A_PLEX_ID, plex);
	return plx_req_change(&r, out);
}

int plexus_plex_repair(struct plexus *h, const struct plexus_volume_ref *volume,
		       const struct plexus_id *plex, const struct plexus_input_disk *disks,
		       size_t n_disks, struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_PLEX_REPAIR);
	plx_put_volume(&r, volume);
	plx_put_id(&r, PLEXUS_A_PLEX_ID, plex);
	plx_put_input(&r, disks, n_disks);
	return plx_req_change(&r, out);
}
