// SPDX-License-Identifier: GPL-2.0
/*
 * Objects as messages: one that is asked for, or all, as many as a message
 * holds at a time. Everybody may look.
 *
 * Nothing here waits for pack->change or for I/O, so a hanging disk does not
 * hold it up: configurations are immutable, and what lives is read inside an
 * epoch. Between two messages of a dump nothing is held but a position.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include "control.h"

#ifndef PLX_VERSION
#define PLX_VERSION "0.1"
#endif

/* where a dump goes on; in cb->ctx */
struct position {
	u64 pack; /* of plx_pack_next(): before the current one */
	struct plx_id id; /* of the current pack */
	u32 object, part; /* the next in its configuration */
	u8 matched; /* something fitted what was asked for */
};

/* what a message is about */
struct object {
	struct plx_pack *pack;
	struct plx_conf *conf;
	const struct plx_conf_volume *cv;
	u32 index; /* of the disk, or of the plex in cv */
	bool no_extents; /* too many for a message of a dump */
};

typedef int fill_fn(struct sk_buff *skb, const struct object *o);

static u64 bytes(u64 sectors)
{
	return sectors << PLX_SECTOR_SHIFT;
}

static int put_pack_ids(struct sk_buff *skb, const struct object *o)
{
	if (plx_put_id(skb, PLEXUS_A_PACK_ID, &o->pack->id))
		return -EMSGSIZE;
	if (o->conf && nla_put_string(skb, PLEXUS_A_PACK_NAME, o->conf->name))
		return -EMSGSIZE;
	return 0;
}

/* ---- packs ---- */

static u32 pack_flags(const struct object *o, bool online)
{
	u32 flags = 0, i;

	if (o->conf && (o->conf->flags & PLX_CONF_F_EXPORTED))
		flags |= PLEXUS_PACK_FLAGS_FOREIGN;
	if (!online)
		flags |= READ_ONCE(o->pack->waits);
	for (i = 0; online && o->conf && i < o->conf->n_disks; i++)
		if (o->conf->disk[i]->state == PLX_DISK_FAILED ||
		    o->conf->disk[i]->state == PLX_DISK_MISSING)
			flags |= PLEXUS_PACK_FLAGS_ONLINE_ERROR;
	return flags;
}

/* changes while it is read: what is copied is always terminated */
static int put_why_waiting(struct sk_buff *skb, struct plx_pack *pack)
{
	char text[sizeof(pack->why_waiting)];

	memcpy(text, pack->why_waiting, sizeof(text));
	text[sizeof(text) - 1] = 0;
	return text[0] ? nla_put_string(skb, PLEXUS_A_MESSAGE, text) : 0;
}

static int fill_pack(struct sk_buff *skb, const struct object *o)
{
	bool online = READ_ONCE(o->pack->state) == PLX_PACK_ONLINE;
	u32 n_disks = o->conf ? o->conf->n_disks : READ_ONCE(o->pack->n_disks);

	if (put_pack_ids(skb, o) ||
	    nla_put_u32(skb, PLEXUS_A_PACK_STATUS, online ? PLEXUS_PACK_STATUS_ONLINE :
							    PLEXUS_PACK_STATUS_OFFLINE) ||
	    nla_put_u32(skb, PLEXUS_A_PACK_FLAGS, pack_flags(o, online)) ||
	    nla_put_u32(skb, PLEXUS_A_N_DISKS, n_disks) ||
	    nla_put_u32(skb, PLEXUS_A_N_VOLUMES, o->conf ? o->conf->n_volumes : 0))
		return -EMSGSIZE;
	if (o->conf && (plx_put_u64(skb, PLEXUS_A_GENERATION, o->conf->generation) ||
			plx_put_u64(skb, PLEXUS_A_EPOCH, o->conf->epoch)))
		return -EMSGSIZE;
	return online ? 0 : put_why_waiting(skb, o->pack);
}

/* ---- disks ---- */

static int put_disk_live(struct sk_buff *skb, const struct plx_conf_disk *cd,
			 struct plx_disk *disk)
{
	u64 rd = cd->read_errors, wr = cd->write_errors;

	if (disk) {
		rd += atomic64_read(&disk->read_errors);
		wr += atomic64_read(&disk->write_errors);
	}
	/* the configuration's path is a hint for people, and may be cut */
	if (nla_put_string(skb, PLEXUS_A_PATH, disk ? disk->path : cd->path) ||
	    plx_put_u64(skb, PLEXUS_A_READ_ERRORS, rd) ||
	    plx_put_u64(skb, PLEXUS_A_WRITE_ERRORS, wr))
		return -EMSGSIZE;
	return 0;
}

static int fill_disk(struct sk_buff *skb, const struct object *o)
{
	const struct plx_conf_disk *cd = o->conf->disk[o->index];
	u64 largest = 0, free = plx_space_free(o->conf, o->index, &largest);
	struct plx_disk *disk;
	int err;

	if (put_pack_ids(skb, o) || plx_put_id(skb, PLEXUS_A_DISK_ID, &cd->id) ||
	    nla_put_u32(skb, PLEXUS_A_DISK_STATUS, plx_state_disk_status(cd)) ||
	    nla_put_u32(skb, PLEXUS_A_HEALTH, plx_state_disk_health(cd)) ||
	    nla_put_u32(skb, PLEXUS_A_SPARE, !!(cd->flags & PLX_DISK_F_SPARE)) ||
	    plx_put_u64(skb, PLEXUS_A_SIZE, bytes(cd->sectors)) ||
	    plx_put_u64(skb, PLEXUS_A_FREE, bytes(free)) ||
	    plx_put_u64(skb, PLEXUS_A_LARGEST_FREE, bytes(largest)))
		return -EMSGSIZE;
	disk = plx_pack_disk(o->pack, &cd->id);
	err = put_disk_live(skb, cd, disk);
	if (disk)
		plx_disk_put(disk);
	return err;
}

/* ---- volumes ---- */

static u64 dirty_regions(struct plx_volume *vol)
{
	unsigned int inside = plx_epoch_enter(&vol->epoch);
	const struct plx_plan *plan = plx_volume_plan(vol);
	u64 n = plan && plan->log ? plx_log_count(plan->log, plan->log->dirty) : 0;

	plx_epoch_exit(&vol->epoch, inside);
	return n;
}

static int put_volume_live(struct sk_buff *skb, struct plx_volume *vol)
{
	struct plx_sync_state sync = {};
	char device[DISK_NAME_LEN];

	plx_sync_query(vol, &sync);
	if (plx_control_device(vol, device, sizeof(device)) &&
	    nla_put_string(skb, PLEXUS_A_DEVICE, device))
		return -EMSGSIZE;
	if (plx_put_u64(skb, PLEXUS_A_DIRTY_REGIONS, dirty_regions(vol)) ||
	    plx_put_u64(skb, PLEXUS_A_MISMATCHES, atomic64_read(&vol->mismatches)) ||
	    nla_put_u32(skb, PLEXUS_A_SYNC_ACTION, sync.action) ||
	    plx_put_u64(skb, PLEXUS_A_SYNC_DONE, sync.done) ||
	    plx_put_u64(skb, PLEXUS_A_SYNC_TOTAL, sync.total) ||
	    plx_put_u64(skb, PLEXUS_A_SYNC_SPEED, sync.speed) ||
	    plx_put_u64(skb, PLEXUS_A_SYNC_SPEED_MIN, READ_ONCE(vol->speed_min)) ||
	    plx_put_u64(skb, PLEXUS_A_SYNC_SPEED_MAX, READ_ONCE(vol->speed_max)))
		return -EMSGSIZE;
	return 0;
}

static int put_volume_regions(struct sk_buff *skb, const struct plx_conf_volume *cv)
{
	if (!cv->region_shift)
		return 0;
	if (plx_put_u64(skb, PLEXUS_A_REGION_SIZE, bytes(1ULL << cv->region_shift)) ||
	    plx_put_u64(skb, PLEXUS_A_REGIONS,
			((cv->sectors - 1) >> cv->region_shift) + 1))
		return -EMSGSIZE;
	return 0;
}

static int fill_volume(struct sk_buff *skb, const struct object *o)
{
	const struct plx_conf_volume *cv = o->cv;
	struct plx_volume *vol = plx_pack_volume(o->pack, &cv->id);
	int err = -EMSGSIZE;

	if (put_pack_ids(skb, o) || plx_put_id(skb, PLEXUS_A_VOLUME_ID, &cv->id) ||
	    nla_put_string(skb, PLEXUS_A_VOLUME_NAME, cv->name) ||
	    nla_put_u32(skb, PLEXUS_A_VOLUME_STATUS,
			plx_control_volume_status(vol, o->conf, cv)) ||
	    nla_put_u32(skb, PLEXUS_A_VOLUME_FLAGS, cv->flags) ||
	    nla_put_u32(skb, PLEXUS_A_HEALTH, plx_control_volume_health(vol, o->conf, cv)) ||
	    nla_put_u32(skb, PLEXUS_A_TYPE, plx_conf_volume_type(cv)) ||
	    plx_put_u64(skb, PLEXUS_A_SIZE, bytes(cv->sectors)) ||
	    nla_put_u32(skb, PLEXUS_A_N_PLEXES, cv->n_plexes) ||
	    nla_put_u32(skb, PLEXUS_A_READ_POLICY, cv->read_policy) ||
	    nla_put_u32(skb, PLEXUS_A_WRITE_HOLE, cv->write_hole) ||
	    put_volume_regions(skb, cv))
		goto out;
	err = vol ? put_volume_live(skb, vol) : 0;
out:
	if (vol)
		plx_volume_put(vol);
	return err;
}

/* ---- plexes ---- */

static int put_stale(struct sk_buff *skb, const struct object *o, const struct plx_conf_plex *cp)
{
	u64 stale = 0;

	if (cp->state != PLX_PLEX_CURRENT && !plx_stale_plex(o->pack, o->cv, cp, &stale))
		return 0;
	return plx_put_u64(skb, PLEXUS_A_STALE, bytes(stale));
}

static int put_extent(struct sk_buff *skb, const struct object *o,
		      const struct plx_conf_extent *e)
{
	struct nlattr *nest = nla_nest_start(skb, PLEXUS_A_MEMBER_EXTENT);

	if (!nest || plx_put_id(skb, PLEXUS_A_EXTENT_DISK_ID, &o->conf->disk[e->disk]->id) ||
	    plx_put_u64(skb, PLEXUS_A_EXTENT_START, bytes(e->start)) ||
	    plx_put_u64(skb, PLEXUS_A_EXTENT_SIZE, bytes(e->sectors)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_member_state(struct sk_buff *skb, const struct object *o,
			    const struct plx_conf_plex *cp, u32 member)
{
	const struct plx_conf_member *m = &cp->member[member];
	u64 stale = 0;

	if (nla_put_u32(skb, PLEXUS_A_MEMBER_STATE, plx_conf_member_seen(o->conf, m)))
		return -EMSGSIZE;
	if (m->state != PLX_MEMBER_CURRENT && !plx_stale_member(o->pack, o->cv, member, &stale))
		return 0;
	return plx_put_u64(skb, PLEXUS_A_MEMBER_STALE, bytes(stale));
}

static int put_member(struct sk_buff *skb, const struct object *o,
		      const struct plx_conf_plex *cp, u32 member)
{
	const struct plx_conf_member *m = &cp->member[member];
	struct nlattr *nest = nla_nest_start(skb, PLEXUS_A_MEMBER);
	u32 i;

	if (!nest || nla_put_u32(skb, PLEXUS_A_MEMBER_INDEX, member) ||
	    nla_put_u32(skb, PLEXUS_A_MEMBER_HEALTH,
			plx_state_member_health(o->conf, cp, member)) ||
	    (cp->parity && put_member_state(skb, o, cp, member)))
		return -EMSGSIZE;
	for (i = 0; i < m->n_extents && !o->no_extents; i++)
		if (put_extent(skb, o, &m->extent[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_plex(struct sk_buff *skb, const struct object *o)
{
	const struct plx_conf_plex *cp = o->cv->plex[o->index];
	u32 i;

	if (plx_put_id(skb, PLEXUS_A_PACK_ID, &o->pack->id) ||
	    plx_put_id(skb, PLEXUS_A_VOLUME_ID, &o->cv->id) ||
	    plx_put_id(skb, PLEXUS_A_PLEX_ID, &cp->id) ||
	    nla_put_u32(skb, PLEXUS_A_PLEX_INDEX, o->index) ||
	    nla_put_u32(skb, PLEXUS_A_PLEX_STATUS, plx_state_plex_status(o->conf, cp)) ||
	    nla_put_u32(skb, PLEXUS_A_HEALTH, plx_state_plex_health(o->conf, cp)) ||
	    nla_put_u32(skb, PLEXUS_A_TYPE, cp->type) ||
	    plx_put_u64(skb, PLEXUS_A_SIZE, bytes(plx_conf_plex_sectors(cp))) ||
	    nla_put_u32(skb, PLEXUS_A_UNIT, cp->unit << PLX_SECTOR_SHIFT) ||
	    nla_put_u32(skb, PLEXUS_A_N_PARITY, cp->parity) ||
	    put_stale(skb, o, cp))
		return -EMSGSIZE;
	for (i = 0; i < cp->n_members; i++)
		if (put_member(skb, o, cp, i))
			return -EMSGSIZE;
	return 0;
}

/* room for a plex with all its extents: a nest with an id and two numbers each */
static size_t plex_room(const struct plx_conf_plex *cp)
{
	size_t room = GENLMSG_DEFAULT_SIZE;
	u32 i;

	for (i = 0; i < cp->n_members; i++)
		room += 64 + cp->member[i].n_extents * 64;
	return room;
}

/* ---- tasks ---- */

static int fill_task(struct sk_buff *skb, const struct plx_task *task)
{
	/* pairs with plx_task_end(): who sees the end sees text and percent */
	u32 result = smp_load_acquire(&task->result);
	bool ended = result != (u32)PLEXUS_VDS_E_OPERATION_PENDING;
	static const struct plx_id none;

	if (plx_put_id(skb, PLEXUS_A_PACK_ID, &task->pack_id) ||
	    plx_put_u64(skb, PLEXUS_A_TASK_ID, task->id) ||
	    nla_put_u32(skb, PLEXUS_A_TASK_KIND, task->kind) ||
	    nla_put_u32(skb, PLEXUS_A_RESULT, result) ||
	    nla_put_u32(skb, PLEXUS_A_PERCENT,
			ended ? READ_ONCE(task->percent) : min(READ_ONCE(task->percent), 99U)))
		return -EMSGSIZE;
	if (task->parent && plx_put_u64(skb, PLEXUS_A_TASK_PARENT, task->parent))
		return -EMSGSIZE;
	if (!plx_id_equal(&task->volume_id, &none) &&
	    plx_put_id(skb, PLEXUS_A_VOLUME_ID, &task->volume_id))
		return -EMSGSIZE;
	if (!plx_id_equal(&task->plex_id, &none) &&
	    plx_put_id(skb, PLEXUS_A_PLEX_ID, &task->plex_id))
		return -EMSGSIZE;
	if (ended && task->text[0] && nla_put_string(skb, PLEXUS_A_MESSAGE, task->text))
		return -EMSGSIZE;
	return 0;
}

/* ---- one object ---- */

static int refused(struct genl_info *info, int err, const struct plx_why *why)
{
	plx_extack_set(info->extack, why->text, plx_result_text(why->result));
	return err;
}

static int reply(struct genl_info *info, size_t room, fill_fn *fill, const struct object *o)
{
	struct sk_buff *skb = genlmsg_new(room, GFP_KERNEL);
	void *head;

	if (!skb)
		return -ENOMEM;
	head = genlmsg_put_reply(skb, info, &plx_genl_family, 0, info->genlhdr->cmd);
	if (!head || fill(skb, o)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return genlmsg_reply(skb, info);
}

int plexus_nl_version_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *head;

	if (!msg)
		return -ENOMEM;
	head = genlmsg_put_reply(msg, info, &plx_genl_family, 0, info->genlhdr->cmd);
	if (!head || nla_put_string(msg, PLEXUS_A_VERSION, PLX_VERSION)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, head);
	return genlmsg_reply(msg, info);
}

int plexus_nl_pack_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct object o = {};
	struct plx_why why = {};
	int err = plx_find_pack(info->attrs, &o.pack, &why);

	if (!err && !o.pack)
		err = plx_refuse(&why, PLEXUS_E_INVALIDARG, "pack-id or pack-name is missing");
	if (err)
		return refused(info, err, &why);
	o.conf = plx_pack_conf(o.pack);
	err = reply(info, GENLMSG_DEFAULT_SIZE, fill_pack, &o);
	if (o.conf)
		plx_conf_put(o.conf);
	plx_pack_put(o.pack);
	return err;
}

int plexus_nl_disk_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct object o = {};
	struct plx_why why = {};
	struct plx_pack *in;
	struct plx_id id;
	int i, err = plx_find_pack(info->attrs, &in, &why);

	if (err)
		return refused(info, err, &why);
	err = plx_find_disk(info->attrs, in, netlink_capable(skb, CAP_SYS_ADMIN), &o.pack, &id,
			    &why);
	if (in)
		plx_pack_put(in);
	if (err)
		return refused(info, err, &why);
	o.conf = plx_pack_conf(o.pack);
	i = o.conf ? plx_conf_disk_find(o.conf, &id) : -1;
	o.index = i;
	if (i >= 0)
		err = reply(info, GENLMSG_DEFAULT_SIZE, fill_disk, &o);
	else
		err = refused(info, plx_refuse(&why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
					       "the configuration does not have the disk"), &why);
	if (o.conf)
		plx_conf_put(o.conf);
	plx_pack_put(o.pack);
	return err;
}

int plexus_nl_volume_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct plx_found found;
	struct plx_why why = {};
	struct object o = {};
	int err = plx_find_volume(info->attrs, &found, &why);

	if (err)
		return refused(info, err, &why);
	o.pack = found.pack;
	o.conf = found.conf;
	o.cv = found.cv;
	err = reply(info, GENLMSG_DEFAULT_SIZE, fill_volume, &o);
	plx_found_put(&found);
	return err;
}

/* the volume of a plex, where only the plex is named */
static bool find_plex_anywhere(const struct plx_id *id, struct plx_found *found)
{
	u64 pos = 0;
	u32 i;

	while ((found->pack = plx_pack_next(&pos))) {
		found->conf = plx_pack_conf(found->pack);
		for (i = 0; found->conf && i < found->conf->n_volumes; i++) {
			found->cv = found->conf->volume[i];
			if (plx_conf_plex_find(found->cv, id) >= 0)
				return true;
		}
		plx_found_put(found);
	}
	return false;
}

int plexus_nl_plex_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct plx_found found = {};
	struct plx_why why = {};
	struct object o = {};
	struct plx_id id;
	int i, err = 0;

	if (!attrs[PLEXUS_A_PLEX_ID])
		return refused(info, plx_refuse(&why, PLEXUS_E_INVALIDARG, "plex-id is missing"),
			       &why);
	id = plx_attr_id(attrs[PLEXUS_A_PLEX_ID]);
	if (attrs[PLEXUS_A_VOLUME_ID] || attrs[PLEXUS_A_VOLUME_NAME])
		err = plx_find_volume(attrs, &found, &why);
	else
		find_plex_anywhere(&id, &found);
	if (err)
		return refused(info, err, &why);
	i = found.cv ? plx_conf_plex_find(found.cv, &id) : -1;
	if (i < 0) {
		plx_found_put(&found);
		return refused(info, plx_refuse(&why, PLEXUS_VDS_E_INVALID_PLEX_GUID,
						"there is no plex with the id %pUb", id.b), &why);
	}
	o.pack = found.pack;
	o.conf = found.conf;
	o.cv = found.cv;
	o.index = i;
	err = reply(info, plex_room(o.cv->plex[i]), fill_plex, &o);
	plx_found_put(&found);
	return err;
}

int plexus_nl_task_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct plx_why why = {};
	struct plx_task *task;
	struct sk_buff *msg;
	void *head;
	u64 id;

	if (!info->attrs[PLEXUS_A_TASK_ID])
		return refused(info, plx_refuse(&why, PLEXUS_E_INVALIDARG, "task-id is missing"),
			       &why);
	id = nla_get_u64(info->attrs[PLEXUS_A_TASK_ID]);
	task = plx_task_find(id);
	if (!task)
		return refused(info, plx_refuse(&why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
						"there is no task %llu (any more)",
						(unsigned long long)id), &why);
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	head = msg ? genlmsg_put_reply(msg, info, &plx_genl_family, 0, PLEXUS_CMD_TASK_GET) : NULL;
	if (!head || fill_task(msg, task)) {
		plx_task_put(task);
		nlmsg_free(msg);
		return head ? -EMSGSIZE : -ENOMEM;
	}
	plx_task_put(task);
	genlmsg_end(msg, head);
	return genlmsg_reply(msg, info);
}

/* ---- all objects ---- */

struct dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	struct nlattr **attrs; /* of the request; NULL: this dump knows none */
	struct position *pos;
	u8 cmd;
	fill_fn *fill;
};

/* -EMSGSIZE: the message is full, go on with this object in the next */
static int dump_message(struct dump *d, const struct object *o)
{
	void *head = genlmsg_put(d->skb, NETLINK_CB(d->cb->skb).portid, d->cb->nlh->nlmsg_seq,
				 &plx_genl_family, NLM_F_MULTI, d->cmd);

	if (!head)
		return -EMSGSIZE;
	if (d->fill(d->skb, o)) {
		genlmsg_cancel(d->skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(d->skb, head);
	return 0;
}

static bool string_is(const struct nlattr *attr, const char *s)
{
	return !nla_strcmp(attr, s);
}

static bool pack_wanted(const struct dump *d, const struct object *o)
{
	const struct nlattr *id, *name;

	if (!d->attrs)
		return true;
	id = d->attrs[PLEXUS_A_PACK_ID];
	name = d->attrs[PLEXUS_A_PACK_NAME];
	if (id && memcmp(nla_data(id), o->pack->id.b, PLX_ID_LEN))
		return false;
	return !name || (o->conf && string_is(name, o->conf->name));
}

/* only for dumps that know VOLUME_ID and VOLUME_NAME */
static bool volume_wanted(const struct dump *d, const struct plx_conf_volume *cv)
{
	const struct nlattr *id = d->attrs ? d->attrs[PLEXUS_A_VOLUME_ID] : NULL;
	const struct nlattr *name = d->attrs ? d->attrs[PLEXUS_A_VOLUME_NAME] : NULL;

	if (id && memcmp(nla_data(id), cv->id.b, PLX_ID_LEN))
		return false;
	return !name || string_is(name, cv->name);
}

static int each_pack(struct dump *d, struct object *o)
{
	d->pos->matched = true;
	return dump_message(d, o);
}

static int each_disk(struct dump *d, struct object *o)
{
	struct position *p = d->pos;
	int err;

	p->matched = true;
	for (; o->conf && p->object < o->conf->n_disks; p->object++) {
		o->index = p->object;
		err = dump_message(d, o);
		if (err)
			return err;
	}
	return 0;
}

static int each_volume(struct dump *d, struct object *o)
{
	struct position *p = d->pos;
	int err;

	for (; o->conf && p->object < o->conf->n_volumes; p->object++) {
		o->cv = o->conf->volume[p->object];
		if (!volume_wanted(d, o->cv))
			continue;
		p->matched = true;
		err = dump_message(d, o);
		if (err)
			return err;
	}
	return 0;
}

static int each_plex(struct dump *d, struct object *o)
{
	struct position *p = d->pos;
	int err;

	for (; o->conf && p->object < o->conf->n_volumes; p->object++, p->part = 0) {
		o->cv = o->conf->volume[p->object];
		if (!volume_wanted(d, o->cv))
			continue;
		p->matched = true;
		for (; p->part < o->cv->n_plexes; p->part++) {
			o->index = p->part;
			o->no_extents = false;
			err = dump_message(d, o);
			/* fits no message: plex-get with its id tells all */
			if (err && !d->skb->len) {
				o->no_extents = true;
				err = dump_message(d, o);
			}
			if (err)
				return err;
		}
	}
	return 0;
}

static bool narrowed(const struct dump *d, bool volumes)
{
	return d->attrs && (d->attrs[PLEXUS_A_PACK_ID] || d->attrs[PLEXUS_A_PACK_NAME] ||
			    (volumes && (d->attrs[PLEXUS_A_VOLUME_ID] ||
					 d->attrs[PLEXUS_A_VOLUME_NAME])));
}

static int dump_packs(struct dump *d, int (*each)(struct dump *d, struct object *o))
{
	struct position *p = d->pos;
	struct object o;
	u64 next;
	int err = 0;

	BUILD_BUG_ON(sizeof(*p) > sizeof_field(struct netlink_callback, ctx));
	for (;;) {
		next = p->pack;
		o = (struct object){ .pack = plx_pack_next(&next) };
		if (!o.pack)
			break;
		if (!plx_id_equal(&o.pack->id, &p->id)) { /* else we go on inside it */
			p->id = o.pack->id;
			p->object = 0;
			p->part = 0;
		}
		o.conf = plx_pack_conf(o.pack);
		if (pack_wanted(d, &o))
			err = each(d, &o);
		if (o.conf)
			plx_conf_put(o.conf);
		plx_pack_put(o.pack);
		if (err)
			return d->skb->len ? d->skb->len : err;
		p->pack = next;
		memset(&p->id, 0, sizeof(p->id));
	}
	if (d->skb->len || p->matched || !narrowed(d, each == each_volume || each == each_plex))
		return d->skb->len;
	plx_extack_set(d->cb->extack, plx_result_text(PLEXUS_VDS_E_OBJECT_NOT_FOUND),
		       plx_result_text(PLEXUS_VDS_E_OBJECT_NOT_FOUND));
	return -ENOENT;
}

int plexus_nl_pack_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump d = { skb, cb, NULL, (void *)cb->ctx, PLEXUS_CMD_PACK_GET, fill_pack };

	return dump_packs(&d, each_pack);
}

int plexus_nl_disk_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump d = { skb, cb, plx_dump_attrs(cb), (void *)cb->ctx, PLEXUS_CMD_DISK_GET,
			  fill_disk };

	return dump_packs(&d, each_disk);
}

int plexus_nl_volume_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump d = { skb, cb, plx_dump_attrs(cb), (void *)cb->ctx, PLEXUS_CMD_VOLUME_GET,
			  fill_volume };

	return dump_packs(&d, each_volume);
}

int plexus_nl_plex_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump d = { skb, cb, plx_dump_attrs(cb), (void *)cb->ctx, PLEXUS_CMD_PLEX_GET,
			  fill_plex };

	return dump_packs(&d, each_plex);
}

struct task_dump {
	struct dump d;
	const struct plx_id *pack; /* NULL: of all */
};

static int each_task(struct plx_task *task, void *arg)
{
	struct task_dump *t = arg;
	void *head;

	if (t->pack && !plx_id_equal(t->pack, &task->pack_id))
		return 0;
	head = genlmsg_put(t->d.skb, NETLINK_CB(t->d.cb->skb).portid, t->d.cb->nlh->nlmsg_seq,
			   &plx_genl_family, NLM_F_MULTI, PLEXUS_CMD_TASK_GET);
	if (!head)
		return -EMSGSIZE;
	if (fill_task(t->d.skb, task)) {
		genlmsg_cancel(t->d.skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(t->d.skb, head);
	return 0;
}

/* a pack that is gone still has tasks: its id is enough, its name must be known */
int plexus_nl_task_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr **attrs = plx_dump_attrs(cb);
	struct task_dump t = { { skb, cb, attrs, (void *)cb->ctx } };
	struct plx_pack *pack = NULL;
	struct plx_why why;
	struct plx_id id;
	int err;

	if (attrs && attrs[PLEXUS_A_PACK_ID]) {
		id = plx_attr_id(attrs[PLEXUS_A_PACK_ID]);
		t.pack = &id;
	} else if (attrs && attrs[PLEXUS_A_PACK_NAME]) {
		err = plx_find_pack(attrs, &pack, &why);
		if (err) {
			plx_extack_set(cb->extack, why.text, plx_result_text(why.result));
			return err;
		}
		t.pack = &pack->id;
	}
	err = plx_task_each(&t.d.pos->pack, each_task, &t);
	if (pack)
		plx_pack_put(pack);
	return skb->len ? skb->len : err;
}
