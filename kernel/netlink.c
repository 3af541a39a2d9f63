// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that change something. Each looks objects up, calls one
 * operation and answers with one message, whether it was done or refused. What
 * may only be looked at is in netlink_dump.c.
 *
 * The family exists in the initial network namespace only: disks belong to the
 * machine, and events of the machine's storage are nothing for a container.
 */
#include <linux/capability.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include "control.h"

/* one command from its look-ups to its answer; in info->user_ptr[0] */
struct request {
	struct sk_buff *reply; /* there before anything is changed: an answer can't fail */
	void *head;
	struct plx_why why;
	struct plx_pack *pack;
	struct plx_volume *vol;
	struct plx_id disk; /* id of the disk that a disk command names */
	struct plx_input_disk in[PLX_MAX_INPUT];
	u32 n_in;
	u64 task;
	bool denied; /* for want of CAP_SYS_ADMIN */
};

#define DENIED "this needs CAP_SYS_ADMIN in the initial user namespace"

enum need { NEED_NOTHING, NEED_PACK, NEED_DISK, NEED_VOLUME };

static const u8 needs[] = {
	[PLEXUS_CMD_PACK_IMPORT] = NEED_PACK,
	[PLEXUS_CMD_PACK_EXPORT] = NEED_PACK,
	[PLEXUS_CMD_PACK_DESTROY] = NEED_PACK,
	[PLEXUS_CMD_PACK_RENAME] = NEED_PACK,
	[PLEXUS_CMD_PACK_RECOVER] = NEED_PACK,
	[PLEXUS_CMD_PACK_REFRESH] = NEED_PACK,
	[PLEXUS_CMD_DISK_ADD] = NEED_PACK,
	[PLEXUS_CMD_DISK_REMOVE] = NEED_DISK,
	[PLEXUS_CMD_DISK_REPLACE] = NEED_DISK,
	[PLEXUS_CMD_DISK_OFFLINE] = NEED_DISK,
	[PLEXUS_CMD_DISK_ONLINE] = NEED_DISK,
	[PLEXUS_CMD_DISK_SET] = NEED_DISK,
	[PLEXUS_CMD_VOLUME_CREATE] = NEED_PACK,
	[PLEXUS_CMD_VOLUME_DELETE] = NEED_VOLUME,
	[PLEXUS_CMD_VOLUME_EXTEND] = NEED_VOLUME,
	[PLEXUS_CMD_VOLUME_RENAME] = NEED_VOLUME,
	[PLEXUS_CMD_VOLUME_SET] = NEED_VOLUME,
	[PLEXUS_CMD_VOLUME_RECOVER] = NEED_VOLUME,
	[PLEXUS_CMD_VOLUME_SCRUB] = NEED_VOLUME,
	[PLEXUS_CMD_PLEX_ADD] = NEED_VOLUME,
	[PLEXUS_CMD_PLEX_BREAK] = NEED_VOLUME,
	[PLEXUS_CMD_PLEX_REMOVE] = NEED_VOLUME,
	[PLEXUS_CMD_PLEX_REPAIR] = NEED_VOLUME,
};

static struct request *request_of(struct genl_info *info)
{
	return info->user_ptr[0];
}

static void request_free(struct request *rq)
{
	if (rq->vol)
		plx_volume_put(rq->vol);
	if (rq->pack)
		plx_pack_put(rq->pack);
	nlmsg_free(rq->reply);
	kfree(rq);
}

static struct request *request_new(struct genl_info *info)
{
	struct request *rq = kzalloc(sizeof(*rq), GFP_KERNEL);

	if (!rq)
		return NULL;
	rq->reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!rq->reply) {
		kfree(rq);
		return NULL;
	}
	rq->head = genlmsg_put_reply(rq->reply, info, &plx_genl_family, 0, info->genlhdr->cmd);
	if (!rq->head) {
		request_free(rq);
		return NULL;
	}
	return rq;
}

/*
 * Sends the answer. @err of the operation is what is returned, also where the
 * answer found no place in the socket: what was done was done.
 */
static int answer(struct genl_info *info, struct request *rq, int err)
{
	struct plx_why *why = &rq->why;
	int full = 0;

	if (err && !why->result) /* should not be: an operation that says nothing */
		plx_refuse(why, err == -ENOMEM ? PLEXUS_E_OUTOFMEMORY : PLEXUS_E_FAIL, NULL);
	/* what went well in spite of a look that found nothing says nothing of it */
	if (!err && why->result && why->result != (u32)PLEXUS_VDS_S_GPT_BOOT_MIRRORED_TO_MBR)
		memset(why, 0, sizeof(*why));
	full |= nla_put_u32(rq->reply, PLEXUS_A_RESULT, why->result);
	if (why->text[0])
		full |= nla_put_string(rq->reply, PLEXUS_A_MESSAGE, why->text);
	if (rq->task)
		full |= plx_put_u64(rq->reply, PLEXUS_A_TASK_ID, rq->task);
	if (!WARN_ON_ONCE(full)) {
		genlmsg_end(rq->reply, rq->head);
		genlmsg_reply(rq->reply, info);
		rq->reply = NULL;
	}
	if (err)
		plx_extack_set(info->extack, why->text, rq->denied ? DENIED : NULL);
	return err;
}

/* what an operation returned, when it took its names from @info */
static int done(struct genl_info *info, int err)
{
	return answer(info, request_of(info), err);
}

static int lacks(struct genl_info *info, const char *what)
{
	return done(info, plx_refuse(&request_of(info)->why, PLEXUS_E_INVALIDARG,
				     "%s is missing", what));
}

static int find_disk_request(struct nlattr **attrs, struct request *rq)
{
	struct plx_pack *in;
	int err = plx_find_pack(attrs, &in, &rq->why);

	if (err)
		return err;
	err = plx_find_disk(attrs, in, true, &rq->pack, &rq->disk, &rq->why);
	if (in)
		plx_pack_put(in);
	return err;
}

static int find_volume_request(struct nlattr **attrs, struct request *rq)
{
	struct plx_found found;
	int err = plx_find_volume(attrs, &found, &rq->why);

	if (err)
		return err;
	rq->vol = plx_pack_volume(found.pack, &found.cv->id);
	if (rq->vol) {
		rq->pack = found.pack;
		plx_pack_get(rq->pack);
	} else {
		err = plx_refuse(&rq->why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
				 "the volume %s is not online: its pack %s is not",
				 found.cv->name, found.conf->name);
	}
	plx_found_put(&found);
	return err;
}

static int find_objects(struct genl_info *info, struct request *rq)
{
	u8 cmd = info->genlhdr->cmd;
	int err;

	switch (cmd < ARRAY_SIZE(needs) ? needs[cmd] : NEED_NOTHING) {
	case NEED_PACK:
		err = plx_find_pack(info->attrs, &rq->pack, &rq->why);
		if (!err && !rq->pack)
			err = plx_refuse(&rq->why, PLEXUS_E_INVALIDARG,
					 "pack-id or pack-name is missing");
		return err;
	case NEED_DISK:
		return find_disk_request(info->attrs, rq);
	case NEED_VOLUME:
		return find_volume_request(info->attrs, rq);
	default:
		return 0;
	}
}

/**
 * plx_nl_pre_doit() - before every command that changes something
 * @ops: the command
 * @skb: the request
 * @info: the request
 *
 * GENL_ADMIN_PERM has asked for CAP_NET_ADMIN; here CAP_SYS_ADMIN is asked of
 * the sender and of who opened the socket. Then looks up what is named.
 *
 * Return: 0, with a request in info->user_ptr[0] that plx_nl_post_doit() frees;
 * or a negative errno, answered.
 */
int plx_nl_pre_doit(const struct genl_split_ops *ops, struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_new(info);
	int err;

	if (!rq)
		return -ENOMEM;
	rq->denied = !netlink_capable(skb, CAP_SYS_ADMIN);
	if (rq->denied)
		err = plx_refuse(&rq->why, PLEXUS_E_ACCESSDENIED, DENIED);
	else
		err = find_objects(info, rq);
	if (err) {
		answer(info, rq, err);
		request_free(rq);
		return err;
	}
	info->user_ptr[0] = rq;
	return 0;
}

/**
 * plx_nl_post_doit() - behind every command that changes something
 * @ops: the command
 * @skb: the request
 * @info: the request
 */
void plx_nl_post_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
		      struct genl_info *info)
{
	request_free(request_of(info));
	info->user_ptr[0] = NULL;
}

static bool flag(struct genl_info *info, int attr)
{
	return nla_get_flag(info->attrs[attr]);
}

static int name_of(struct genl_info *info, int attr, const char *what, char *name)
{
	struct plx_why *why = &request_of(info)->why;
	int err;

	if (!info->attrs[attr])
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "%s is missing", what);
	err = plx_find_string(info->attrs[attr], what, name, PLEXUS_NAME_MAX + 1, why);
	if (err)
		return err;
	if (!plx_name_valid(name))
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "%s may have letters, digits and ._+- only, and begins with no . or -",
				  what);
	return 0;
}

static unsigned int count(struct genl_info *info, int type)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == type;
	return n;
}

/* the path of a command that takes one */
static int path_of(struct genl_info *info, char *path)
{
	struct plx_why *why = &request_of(info)->why;

	if (count(info, PLEXUS_A_PATH) != 1)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "one path is needed");
	return plx_find_string(info->attrs[PLEXUS_A_PATH], "path", path, PLEXUS_PATH_MAX + 1, why);
}

static void put_device_name(struct request *rq, const struct plx_id *id)
{
	struct plx_volume *vol = plx_pack_volume(rq->pack, id);
	char name[DISK_NAME_LEN];

	if (plx_control_device(vol, name, sizeof(name)))
		nla_put_string(rq->reply, PLEXUS_A_DEVICE, name);
	if (vol)
		plx_volume_put(vol);
}

/* ---- packs ---- */

/* all paths of the request; one allocation behind both, to be freed with kvfree() */
static char **paths_of(struct genl_info *info, u32 *n, int *err)
{
	struct plx_why *why = &request_of(info)->why;
	u32 max = count(info, PLEXUS_A_PATH), i = 0;
	const struct nlattr *attr;
	char **path, *text;
	int rem;

	if (!max || max > PLEXUS_MAX_DISKS) {
		*err = plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "a pack is made of 1 to %u paths, not %u", PLEXUS_MAX_DISKS,
				  max);
		return NULL;
	}
	path = kvcalloc(max, sizeof(*path) + PLEXUS_PATH_MAX + 1, GFP_KERNEL);
	if (!path) {
		*err = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, NULL);
		return NULL;
	}
	text = (char *)(path + max);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != PLEXUS_A_PATH)
			continue;
		path[i] = text + i * (PLEXUS_PATH_MAX + 1);
		*err = plx_find_string(attr, "path", path[i], PLEXUS_PATH_MAX + 1, why);
		if (*err) {
			kvfree(path);
			return NULL;
		}
		i++;
	}
	*n = i;
	return path;
}

int plexus_nl_pack_create_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	char name[PLEXUS_NAME_MAX + 1];
	struct plx_id id = {};
	char **path;
	u32 n = 0;
	int err;

	err = name_of(info, PLEXUS_A_PACK_NAME, "pack-name", name);
	if (err)
		return done(info, err);
	path = paths_of(info, &n, &err);
	if (!path)
		return done(info, err);
	err = plx_op_pack_create(name, path, n, flag(info, PLEXUS_A_FORCE), &id, &rq->why);
	kvfree(path);
	if (!err)
		plx_put_id(rq->reply, PLEXUS_A_PACK_ID, &id);
	return done(info, err);
}

int plexus_nl_pack_import_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	struct plx_id keep;
	int err = plx_find_keep(info->attrs, rq->pack, &keep, &rq->why);

	if (err >= 0)
		err = plx_op_pack_import(rq->pack, flag(info, PLEXUS_A_FORCE), err ? &keep : NULL,
					 &rq->why);
	return done(info, err);
}

int plexus_nl_pack_export_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	return done(info, plx_op_pack_export(rq->pack, &rq->why));
}

int plexus_nl_pack_destroy_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	return done(info, plx_op_pack_destroy(rq->pack, flag(info, PLEXUS_A_FORCE), &rq->why));
}

int plexus_nl_pack_rename_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	char name[PLEXUS_NAME_MAX + 1];
	int err = name_of(info, PLEXUS_A_NEW_NAME, "new-name", name);

	if (!err)
		err = plx_op_pack_rename(rq->pack, name, &rq->why);
	return done(info, err);
}

int plexus_nl_pack_recover_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	struct plx_id keep;
	int err = plx_find_keep(info->attrs, rq->pack, &keep, &rq->why);

	if (err >= 0)
		err = plx_op_pack_recover(rq->pack, flag(info, PLEXUS_A_FORCE),
					  err ? &keep : NULL, &rq->task, &rq->why);
	return done(info, err);
}

int plexus_nl_pack_refresh_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	return done(info, plx_op_pack_refresh(rq->pack, &rq->why));
}

int plexus_nl_scan_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	char path[PLEXUS_PATH_MAX + 1];
	struct plx_pack *pack = NULL;
	struct plx_conf *conf;
	struct plx_id disk = {};
	int err;

	if (!info->attrs[PLEXUS_A_PATH])
		return done(info, plx_op_start_all(&rq->why));
	err = path_of(info, path);

	if (!err)
		err = plx_op_scan(path, &pack, &disk, &rq->why);
	if (err || !pack)
		return done(info, err);
	plx_put_id(rq->reply, PLEXUS_A_PACK_ID, &pack->id);
	plx_put_id(rq->reply, PLEXUS_A_DISK_ID, &disk);
	conf = plx_pack_conf(pack);
	if (conf) {
		nla_put_string(rq->reply, PLEXUS_A_PACK_NAME, conf->name);
		plx_conf_put(conf);
	}
	plx_pack_put(pack);
	return done(info, 0);
}

/* ---- disks ---- */

int plexus_nl_disk_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	char path[PLEXUS_PATH_MAX + 1];
	struct plx_id id = {};
	int err = path_of(info, path);

	if (!err)
		err = plx_op_disk_add(rq->pack, path, flag(info, PLEXUS_A_FORCE), &id, &rq->why);
	if (!err)
		plx_put_id(rq->reply, PLEXUS_A_DISK_ID, &id);
	return done(info, err);
}

int plexus_nl_disk_remove_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	return done(info, plx_op_disk_remove(rq->pack, &rq->disk, flag(info, PLEXUS_A_FORCE),
					     &rq->why));
}

int plexus_nl_disk_replace_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	int err = plx_find_input(info, rq->pack, rq->in, &rq->n_in, &rq->why);

	if (!err)
		err = plx_op_disk_replace(rq->pack, &rq->disk, rq->in, rq->n_in, &rq->task,
					  &rq->why);
	return done(info, err);
}

int plexus_nl_disk_offline_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	return done(info, plx_op_disk_offline(rq->pack, &rq->disk, flag(info, PLEXUS_A_FORCE),
					      &rq->why));
}

int plexus_nl_disk_online_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	return done(info, plx_op_disk_online(rq->pack, &rq->disk, flag(info, PLEXUS_A_FORCE),
					     &rq->why));
}

int plexus_nl_disk_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	if (!info->attrs[PLEXUS_A_SPARE])
		return lacks(info, "spare");
	return done(info, plx_op_disk_spare(rq->pack, &rq->disk,
					    nla_get_u32(info->attrs[PLEXUS_A_SPARE]), &rq->why));
}

/* ---- volumes ---- */

static u32 u32_of(struct genl_info *info, int attr)
{
	return info->attrs[attr] ? nla_get_u32(info->attrs[attr]) : 0;
}

int plexus_nl_volume_create_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	struct plx_volume_want want = { .disk = rq->in };
	char name[PLEXUS_NAME_MAX + 1];
	struct plx_id id = {};
	int err;

	err = name_of(info, PLEXUS_A_VOLUME_NAME, "volume-name", name);
	if (err)
		return done(info, err);
	if (!info->attrs[PLEXUS_A_SIZE])
		return lacks(info, "size");
	err = plx_find_input(info, rq->pack, rq->in, &rq->n_in, &rq->why);
	if (err)
		return done(info, err);
	want.name = name;
	want.bytes = nla_get_u64(info->attrs[PLEXUS_A_SIZE]);
	want.type = u32_of(info, PLEXUS_A_TYPE);
	want.unit = u32_of(info, PLEXUS_A_UNIT);
	want.n_plexes = u32_of(info, PLEXUS_A_N_PLEXES);
	want.n_members = u32_of(info, PLEXUS_A_N_MEMBERS);
	want.parity = u32_of(info, PLEXUS_A_N_PARITY);
	want.write_hole = u32_of(info, PLEXUS_A_WRITE_HOLE);
	want.n_disks = rq->n_in;
	err = plx_op_volume_create(rq->pack, &want, &id, &rq->why);
	if (!err) {
		plx_put_id(rq->reply, PLEXUS_A_VOLUME_ID, &id);
		put_device_name(rq, &id);
	}
	return done(info, err);
}

int plexus_nl_volume_delete_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	return done(info, plx_op_volume_delete(rq->vol, flag(info, PLEXUS_A_FORCE), &rq->why));
}

int plexus_nl_volume_extend_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	int err;

	if (!info->attrs[PLEXUS_A_SIZE])
		return lacks(info, "size");
	err = plx_find_input(info, rq->pack, rq->in, &rq->n_in, &rq->why);
	if (!err)
		err = plx_op_volume_extend(rq->vol, nla_get_u64(info->attrs[PLEXUS_A_SIZE]),
					   rq->in, rq->n_in, &rq->why);
	return done(info, err);
}

int plexus_nl_volume_rename_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	char name[PLEXUS_NAME_MAX + 1];
	int err = name_of(info, PLEXUS_A_NEW_NAME, "new-name", name);

	if (!err)
		err = plx_op_volume_rename(rq->vol, name, &rq->why);
	return done(info, err);
}

static int set_read_policy(struct genl_info *info, struct request *rq)
{
	const struct nlattr *policy = info->attrs[PLEXUS_A_READ_POLICY];
	const struct nlattr *plex = info->attrs[PLEXUS_A_PLEX_ID];
	u32 to = policy ? nla_get_u32(policy) : PLEXUS_READ_POLICY_PREFER;
	bool prefer = to == PLEXUS_READ_POLICY_PREFER;
	struct plx_id id;

	if (prefer != !!plex)
		return plx_refuse(&rq->why, PLEXUS_E_INVALIDARG, plex ?
				  "plex-id goes with the read-policy prefer only" :
				  "the read-policy prefer needs the plex-id to prefer");
	if (plex)
		id = plx_attr_id(plex);
	return plx_op_volume_read_policy(rq->vol, to, plex ? &id : NULL, &rq->why);
}

static int set_speed(struct genl_info *info, struct request *rq)
{
	const struct nlattr *lo = info->attrs[PLEXUS_A_SYNC_SPEED_MIN];
	const struct nlattr *hi = info->attrs[PLEXUS_A_SYNC_SPEED_MAX];
	u64 min = lo ? nla_get_u64(lo) : 0, max = hi ? nla_get_u64(hi) : 0;

	return plx_control_speed(rq->vol, lo ? &min : NULL, hi ? &max : NULL, &rq->why);
}

int plexus_nl_volume_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	struct nlattr **a = info->attrs;
	bool policy = a[PLEXUS_A_READ_POLICY] || a[PLEXUS_A_PLEX_ID];
	bool speed = a[PLEXUS_A_SYNC_SPEED_MIN] || a[PLEXUS_A_SYNC_SPEED_MAX];
	bool flags = a[PLEXUS_A_VOLUME_FLAGS];
	bool action = a[PLEXUS_A_SYNC_ACTION];
	int err;

	/* one at a time, so that what is refused has changed nothing */
	if (policy + speed + flags + action != 1)
		err = plx_refuse(&rq->why, PLEXUS_E_INVALIDARG,
				 "give one of read-policy, sync-speed-min and -max, volume-flags, sync-action");
	else if (policy)
		err = set_read_policy(info, rq);
	else if (speed)
		err = set_speed(info, rq);
	else if (flags)
		err = plx_op_volume_flags(rq->vol, nla_get_u32(a[PLEXUS_A_VOLUME_FLAGS]),
					  &rq->why);
	else
		err = plx_control_sync_action(rq->vol, nla_get_u32(a[PLEXUS_A_SYNC_ACTION]),
					      &rq->task, &rq->why);
	return done(info, err);
}

int plexus_nl_volume_recover_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	return done(info, plx_op_volume_recover(rq->vol, &rq->task, &rq->why));
}

int plexus_nl_volume_scrub_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);

	return done(info, plx_op_volume_scrub(rq->vol, flag(info, PLEXUS_A_REPAIR), &rq->task,
					      &rq->why));
}

/* ---- plexes ---- */

int plexus_nl_plex_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	struct plx_volume *source;
	int err = plx_find_source(info->attrs, rq->pack, &source, &rq->why);

	if (err)
		return done(info, err);
	err = plx_op_plex_add(rq->vol, source, flag(info, PLEXUS_A_ANY_LAYOUT), &rq->task,
			      &rq->why);
	plx_volume_put(source);
	return done(info, err);
}

int plexus_nl_plex_break_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	char name[PLEXUS_NAME_MAX + 1];
	struct plx_id plex, id = {};
	bool named = info->attrs[PLEXUS_A_NEW_NAME];
	int err;

	if (!info->attrs[PLEXUS_A_PLEX_ID])
		return lacks(info, "plex-id");
	plex = plx_attr_id(info->attrs[PLEXUS_A_PLEX_ID]);
	err = named ? name_of(info, PLEXUS_A_NEW_NAME, "new-name", name) : 0;
	if (!err)
		err = plx_op_plex_break(rq->vol, &plex, named ? name : NULL,
					flag(info, PLEXUS_A_FORCE), &rq->task, &id, &rq->why);
	if (!err && !plx_id_equal(&id, &(struct plx_id){})) {
		plx_put_id(rq->reply, PLEXUS_A_VOLUME_ID, &id);
		put_device_name(rq, &id);
	}
	return done(info, err);
}

int plexus_nl_plex_remove_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	struct plx_id plex;

	if (!info->attrs[PLEXUS_A_PLEX_ID])
		return lacks(info, "plex-id");
	plex = plx_attr_id(info->attrs[PLEXUS_A_PLEX_ID]);
	return done(info, plx_op_plex_remove(rq->vol, &plex, flag(info, PLEXUS_A_FORCE),
					     &rq->why));
}

int plexus_nl_plex_repair_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	struct plx_id plex;
	int err;

	if (!info->attrs[PLEXUS_A_PLEX_ID])
		return lacks(info, "plex-id");
	plex = plx_attr_id(info->attrs[PLEXUS_A_PLEX_ID]);
	err = plx_find_input(info, rq->pack, rq->in, &rq->n_in, &rq->why);
	if (!err)
		err = plx_op_plex_repair(rq->vol, &plex, rq->in, rq->n_in, &rq->task, &rq->why);
	return done(info, err);
}

/* ---- tasks ---- */

int plexus_nl_task_cancel_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request *rq = request_of(info);
	u64 id;

	if (!info->attrs[PLEXUS_A_TASK_ID])
		return lacks(info, "task-id");
	id = nla_get_u64(info->attrs[PLEXUS_A_TASK_ID]);
	rq->task = id;
	return done(info, plx_op_task_cancel(id, &rq->why));
}
