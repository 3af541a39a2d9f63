// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages of the driver to structures. Works on plain memory, so that tests can
 * feed it messages made by hand.
 */
#include <stdio.h>

#include "internal.h"

/* Least lengths; what is shorter is refused by nla_parse() as a broken message. */
#define ID                                                  \
	{                                                   \
		.type = NLA_UNSPEC, .minlen = PLEXUS_ID_LEN \
	}
#define U32                     \
	{                       \
		.type = NLA_U32 \
	}
#define U64                     \
	{                       \
		.type = NLA_U64 \
	}

/* clang-format off */
static struct nla_policy policy[PLEXUS_A_MAX + 1] = {
	[PLEXUS_A_RESULT] = U32,
	[PLEXUS_A_PACK_ID] = ID,
	[PLEXUS_A_PACK_STATUS] = U32,
	[PLEXUS_A_PACK_FLAGS] = U32,
	[PLEXUS_A_GENERATION] = U64,
	[PLEXUS_A_EPOCH] = U64,
	[PLEXUS_A_N_DISKS] = U32,
	[PLEXUS_A_N_VOLUMES] = U32,
	[PLEXUS_A_DISK_ID] = ID,
	[PLEXUS_A_DISK_STATUS] = U32,
	[PLEXUS_A_SPARE] = U32,
	[PLEXUS_A_SIZE] = U64,
	[PLEXUS_A_FREE] = U64,
	[PLEXUS_A_LARGEST_FREE] = U64,
	[PLEXUS_A_READ_ERRORS] = U64,
	[PLEXUS_A_WRITE_ERRORS] = U64,
	[PLEXUS_A_VOLUME_ID] = ID,
	[PLEXUS_A_VOLUME_STATUS] = U32,
	[PLEXUS_A_VOLUME_FLAGS] = U32,
	[PLEXUS_A_HEALTH] = U32,
	[PLEXUS_A_TYPE] = U32,
	[PLEXUS_A_UNIT] = U32,
	[PLEXUS_A_N_PLEXES] = U32,
	[PLEXUS_A_N_MEMBERS] = U32,
	[PLEXUS_A_REGION_SIZE] = U64,
	[PLEXUS_A_DIRTY_REGIONS] = U64,
	[PLEXUS_A_REGIONS] = U64,
	[PLEXUS_A_MISMATCHES] = U64,
	[PLEXUS_A_READ_POLICY] = U32,
	[PLEXUS_A_SYNC_ACTION] = U32,
	[PLEXUS_A_SYNC_DONE] = U64,
	[PLEXUS_A_SYNC_TOTAL] = U64,
	[PLEXUS_A_SYNC_SPEED] = U64,
	[PLEXUS_A_SYNC_SPEED_MIN] = U64,
	[PLEXUS_A_SYNC_SPEED_MAX] = U64,
	[PLEXUS_A_PLEX_ID] = ID,
	[PLEXUS_A_PLEX_STATUS] = U32,
	[PLEXUS_A_PLEX_INDEX] = U32,
	[PLEXUS_A_STALE] = U64,
	[PLEXUS_A_TASK_ID] = U64,
	[PLEXUS_A_TASK_KIND] = U32,
	[PLEXUS_A_TASK_PARENT] = U64,
	[PLEXUS_A_PERCENT] = U32,
	[PLEXUS_A_EVENT] = U32,
	[PLEXUS_A_N_PARITY] = U32,
	[PLEXUS_A_WRITE_HOLE] = U32,
};

static struct nla_policy member_policy[PLEXUS_A_MEMBER_MAX + 1] = {
	[PLEXUS_A_MEMBER_INDEX] = U32,
	[PLEXUS_A_MEMBER_HEALTH] = U32,
	[PLEXUS_A_MEMBER_STATE] = U32,
	[PLEXUS_A_MEMBER_STALE] = U64,
};

static struct nla_policy extent_policy[PLEXUS_A_EXTENT_MAX + 1] = {
	[PLEXUS_A_EXTENT_DISK_ID] = ID,
	[PLEXUS_A_EXTENT_START] = U64,
	[PLEXUS_A_EXTENT_SIZE] = U64,
};
/* clang-format on */

static void get_id(const struct nlattr *a, struct plexus_id *id)
{
	if (a)
		memcpy(id, nla_data(a), sizeof(*id));
}

static void get_u32(const struct nlattr *a, uint32_t *value)
{
	if (a)
		memcpy(value, nla_data(a), sizeof(*value));
}

static void get_u64(const struct nlattr *a, uint64_t *value)
{
	if (a)
		memcpy(value, nla_data(a), sizeof(*value));
}

/* Ends at the first NUL or at the end of the attribute, whichever is first. */
static void get_text(const struct nlattr *a, char *text, size_t size)
{
	if (a)
		snprintf(text, size, "%.*s", nla_len(a), (const char *)nla_data(a));
}

/* Attributes of a message into @tb; a message without the family's header is broken. */
static int attributes(const struct nlmsghdr *nlh, struct nlattr **tb)
{
	struct genlmsghdr *g = (struct genlmsghdr *)NLMSG_DATA(nlh);

	if (nlh->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return -EBADMSG;
	if (nla_parse(tb, PLEXUS_A_MAX, genlmsg_attrdata(g, 0), genlmsg_attrlen(g, 0), policy) < 0)
		return -EBADMSG;
	return 0;
}

int plx_parse_pack(const struct nlmsghdr *nlh, struct plexus_pack_info *info)
{
	struct nlattr *tb[PLEXUS_A_MAX + 1];
	int err = attributes(nlh, tb);

	if (err)
		return err;
	memset(info, 0, sizeof(*info));
	get_id(tb[PLEXUS_A_PACK_ID], &info->id);
	get_text(tb[PLEXUS_A_PACK_NAME], info->name, sizeof(info->name));
	get_u32(tb[PLEXUS_A_PACK_STATUS], &info->status);
	get_u32(tb[PLEXUS_A_PACK_FLAGS], &info->flags);
	get_u64(tb[PLEXUS_A_GENERATION], &info->generation);
	get_u64(tb[PLEXUS_A_EPOCH], &info->epoch);
	get_u32(tb[PLEXUS_A_N_DISKS], &info->n_disks);
	get_u32(tb[PLEXUS_A_N_VOLUMES], &info->n_volumes);
	get_text(tb[PLEXUS_A_MESSAGE], info->message, sizeof(info->message));
	return 0;
}

int plx_parse_disk(const struct nlmsghdr *nlh, struct plexus_disk_info *info)
{
	struct nlattr *tb[PLEXUS_A_MAX + 1];
	int err = attributes(nlh, tb);
	uint32_t spare = 0;

	if (err)
		return err;
	memset(info, 0, sizeof(*info));
	get_id(tb[PLEXUS_A_DISK_ID], &info->id);
	get_id(tb[PLEXUS_A_PACK_ID], &info->pack);
	get_text(tb[PLEXUS_A_PACK_NAME], info->pack_name, sizeof(info->pack_name));
	get_text(tb[PLEXUS_A_PATH], info->path, sizeof(info->path));
	get_u32(tb[PLEXUS_A_DISK_STATUS], &info->status);
	get_u32(tb[PLEXUS_A_HEALTH], &info->health);
	get_u32(tb[PLEXUS_A_SPARE], &spare);
	info->spare = spare;
	get_u64(tb[PLEXUS_A_SIZE], &info->size);
	get_u64(tb[PLEXUS_A_FREE], &info->free);
	get_u64(tb[PLEXUS_A_LARGEST_FREE], &info->largest_free);
	get_u64(tb[PLEXUS_A_READ_ERRORS], &info->read_errors);
	get_u64(tb[PLEXUS_A_WRITE_ERRORS], &info->write_errors);
	return 0;
}

int plx_parse_volume(const struct nlmsghdr *nlh, struct plexus_volume_info *info)
{
	struct nlattr *tb[PLEXUS_A_MAX + 1];
	int err = attributes(nlh, tb);

	if (err)
		return err;
	memset(info, 0, sizeof(*info));
	get_id(tb[PLEXUS_A_VOLUME_ID], &info->id);
	get_id(tb[PLEXUS_A_PACK_ID], &info->pack);
	get_text(tb[PLEXUS_A_PACK_NAME], info->pack_name, sizeof(info->pack_name));
	get_text(tb[PLEXUS_A_VOLUME_NAME], info->name, sizeof(info->name));
	get_u32(tb[PLEXUS_A_VOLUME_STATUS], &info->status);
	get_u32(tb[PLEXUS_A_VOLUME_FLAGS], &info->flags);
	get_u32(tb[PLEXUS_A_HEALTH], &info->health);
	get_u32(tb[PLEXUS_A_TYPE], &info->type);
	get_u64(tb[PLEXUS_A_SIZE], &info->size);
	get_u32(tb[PLEXUS_A_N_PLEXES], &info->n_plexes);
	get_text(tb[PLEXUS_A_DEVICE], info->device, sizeof(info->device));
	get_u64(tb[PLEXUS_A_REGION_SIZE], &info->region_size);
	get_u64(tb[PLEXUS_A_REGIONS], &info->regions);
	get_u64(tb[PLEXUS_A_DIRTY_REGIONS], &info->dirty_regions);
	get_u64(tb[PLEXUS_A_MISMATCHES], &info->mismatches);
	get_u32(tb[PLEXUS_A_READ_POLICY], &info->read_policy);
	get_u32(tb[PLEXUS_A_SYNC_ACTION], &info->sync_action);
	get_u64(tb[PLEXUS_A_SYNC_DONE], &info->sync_done);
	get_u64(tb[PLEXUS_A_SYNC_TOTAL], &info->sync_total);
	get_u64(tb[PLEXUS_A_SYNC_SPEED], &info->sync_speed);
	get_u64(tb[PLEXUS_A_SYNC_SPEED_MIN], &info->sync_speed_min);
	get_u64(tb[PLEXUS_A_SYNC_SPEED_MAX], &info->sync_speed_max);
	get_u32(tb[PLEXUS_A_WRITE_HOLE], &info->write_hole);
	return 0;
}

/* One more element at the end of an array. */
static void *grow(void *array, size_t n, size_t size)
{
	char *new = reallocarray(array, n + 1, size);

	if (new)
		memset(new + n *size, 0, size);
	return new;
}

static int add_extent(struct plexus_member *member, struct nlattr *a)
{
	struct nlattr *tb[PLEXUS_A_EXTENT_MAX + 1];
	struct plexus_extent *extents;

	if (nla_parse_nested(tb, PLEXUS_A_EXTENT_MAX, a, extent_policy) < 0)
		return -EBADMSG;
	extents = grow(member->extents, member->n_extents, sizeof(*extents));
	if (!extents)
		return -ENOMEM;
	member->extents = extents;
	extents += member->n_extents++;
	get_id(tb[PLEXUS_A_EXTENT_DISK_ID], &extents->disk);
	get_u64(tb[PLEXUS_A_EXTENT_START], &extents->start);
	get_u64(tb[PLEXUS_A_EXTENT_SIZE], &extents->size);
	return 0;
}

static int add_member(struct plexus_plex_info *info, struct nlattr *a)
{
	struct nlattr *tb[PLEXUS_A_MEMBER_MAX + 1];
	struct plexus_member *member;
	struct nlattr *inner;
	int left, err;

	if (nla_parse_nested(tb, PLEXUS_A_MEMBER_MAX, a, member_policy) < 0)
		return -EBADMSG;
	member = grow(info->members, info->n_members, sizeof(*member));
	if (!member)
		return -ENOMEM;
	info->members = member;
	member += info->n_members++;
	get_u32(tb[PLEXUS_A_MEMBER_INDEX], &member->index);
	get_u32(tb[PLEXUS_A_MEMBER_HEALTH], &member->health);
	member->has_state = tb[PLEXUS_A_MEMBER_STATE];
	get_u32(tb[PLEXUS_A_MEMBER_STATE], &member->state);
	member->has_stale = tb[PLEXUS_A_MEMBER_STALE];
	get_u64(tb[PLEXUS_A_MEMBER_STALE], &member->stale);
	nla_for_each_nested(inner, a, left) {
		if (nla_type(inner) != PLEXUS_A_MEMBER_EXTENT)
			continue;
		err = add_extent(member, inner);
		if (err)
			return err;
	}
	return 0;
}

void plexus_plex_clear(struct plexus_plex_info *info)
{
	size_t i;

	for (i = 0; i < info->n_members; i++)
		free(info->members[i].extents);
	free(info->members);
	info->members = NULL;
	info->n_members = 0;
}

int plx_parse_plex(const struct nlmsghdr *nlh, struct plexus_plex_info *info)
{
	struct genlmsghdr *g = (struct genlmsghdr *)NLMSG_DATA(nlh);
	struct nlattr *tb[PLEXUS_A_MAX + 1];
	int err = attributes(nlh, tb);
	struct nlattr *a;
	int left;

	if (err)
		return err;
	memset(info, 0, sizeof(*info));
	get_id(tb[PLEXUS_A_PLEX_ID], &info->id);
	get_id(tb[PLEXUS_A_PACK_ID], &info->pack);
	get_id(tb[PLEXUS_A_VOLUME_ID], &info->volume);
	get_u32(tb[PLEXUS_A_PLEX_INDEX], &info->index);
	get_u32(tb[PLEXUS_A_PLEX_STATUS], &info->status);
	get_u32(tb[PLEXUS_A_HEALTH], &info->health);
	get_u32(tb[PLEXUS_A_TYPE], &info->type);
	get_u64(tb[PLEXUS_A_SIZE], &info->size);
	get_u32(tb[PLEXUS_A_UNIT], &info->unit);
	info->has_stale = tb[PLEXUS_A_STALE];
	get_u64(tb[PLEXUS_A_STALE], &info->stale);
	get_u32(tb[PLEXUS_A_N_PARITY], &info->n_parity);
	nla_for_each_attr(a, genlmsg_attrdata(g, 0), genlmsg_attrlen(g, 0), left) {
		if (nla_type(a) != PLEXUS_A_MEMBER)
			continue;
		err = add_member(info, a);
		if (err) {
			plexus_plex_clear(info);
			return err;
		}
	}
	return 0;
}

int plx_parse_task(const struct nlmsghdr *nlh, struct plexus_task_info *info)
{
	struct nlattr *tb[PLEXUS_A_MAX + 1];
	int err = attributes(nlh, tb);

	if (err)
		return err;
	memset(info, 0, sizeof(*info));
	get_u64(tb[PLEXUS_A_TASK_ID], &info->id);
	get_u32(tb[PLEXUS_A_TASK_KIND], &info->kind);
	get_u64(tb[PLEXUS_A_TASK_PARENT], &info->parent);
	get_id(tb[PLEXUS_A_PACK_ID], &info->pack);
	get_id(tb[PLEXUS_A_VOLUME_ID], &info->volume);
	get_id(tb[PLEXUS_A_PLEX_ID], &info->plex);
	get_u32(tb[PLEXUS_A_RESULT], &info->result);
	get_u32(tb[PLEXUS_A_PERCENT], &info->percent);
	if (info->percent > 100)
		info->percent = 100;
	get_text(tb[PLEXUS_A_MESSAGE], info->message, sizeof(info->message));
	return 0;
}

int plx_parse_event(const struct nlmsghdr *nlh, struct plexus_event *event)
{
	struct nlattr *tb[PLEXUS_A_MAX + 1];
	int err = attributes(nlh, tb);

	if (err)
		return err;
	memset(event, 0, sizeof(*event));
	get_u32(tb[PLEXUS_A_EVENT], &event->code);
	get_id(tb[PLEXUS_A_PACK_ID], &event->pack);
	get_id(tb[PLEXUS_A_DISK_ID], &event->disk);
	get_id(tb[PLEXUS_A_VOLUME_ID], &event->volume);
	get_id(tb[PLEXUS_A_PLEX_ID], &event->plex);
	get_u64(tb[PLEXUS_A_TASK_ID], &event->task);
	event->has_percent = tb[PLEXUS_A_PERCENT];
	get_u32(tb[PLEXUS_A_PERCENT], &event->percent);
	event->has_result = tb[PLEXUS_A_RESULT];
	get_u32(tb[PLEXUS_A_RESULT], &event->result);
	event->has_health = tb[PLEXUS_A_HEALTH];
	get_u32(tb[PLEXUS_A_HEALTH], &event->health);
	get_text(tb[PLEXUS_A_MESSAGE], event->message, sizeof(event->message));
	return 0;
}

int plx_parse_version(const struct nlmsghdr *nlh, char *text, size_t size)
{
	struct nlattr *tb[PLEXUS_A_MAX + 1];
	int err = attributes(nlh, tb);

	if (err)
		return err;
	get_text(tb[PLEXUS_A_VERSION], text, size);
	return 0;
}

int plx_parse_reply(const struct nlmsghdr *nlh, struct plx_rx *rx)
{
	struct nlattr *tb[PLEXUS_A_MAX + 1];
	int err = attributes(nlh, tb);

	if (err)
		return err;
	rx->has_result = tb[PLEXUS_A_RESULT];
	get_u32(tb[PLEXUS_A_RESULT], &rx->result);
	get_text(tb[PLEXUS_A_MESSAGE], rx->message, sizeof(rx->message));
	get_u64(tb[PLEXUS_A_TASK_ID], &rx->out.task);
	get_id(tb[PLEXUS_A_PACK_ID], &rx->out.pack);
	get_text(tb[PLEXUS_A_PACK_NAME], rx->out.pack_name, sizeof(rx->out.pack_name));
	get_id(tb[PLEXUS_A_DISK_ID], &rx->out.disk);
	get_id(tb[PLEXUS_A_VOLUME_ID], &rx->out.volume);
	get_text(tb[PLEXUS_A_DEVICE], rx->out.device, sizeof(rx->out.device));
	return 0;
}
