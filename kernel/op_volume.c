// SPDX-License-Identifier: GPL-2.0
/* Operations on volumes: create, delete, extend, rename, properties, recover, scrub. */
#include <linux/random.h>
#include <linux/slab.h>
#include "plexus.h"

static int check_unit(struct plx_volume_want *want, struct plx_why *why)
{
	if (!want->unit)
		want->unit = 64 << 10;
	if ((want->type == PLEXUS_TYPE_STRIPE || want->type == PLEXUS_TYPE_PARITY) &&
	    (want->unit < 4096 || want->unit > 1 << 20 || !is_power_of_2(want->unit)))
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "a stripe unit is a power of two from 4 KiB to 1 MiB, not %u bytes",
				  want->unit);
	return 0;
}

/*
 * Given disks are the members. Without any, and without a number, place.c takes as many as
 * it finds room on, up to eight: more make a small write no cheaper, and each is one more
 * to fail.
 */
static int check_members(const struct plx_conf *conf, struct plx_volume_want *want,
			 struct plx_why *why)
{
	u32 least = want->parity + 2, n = want->n_members ?: want->n_disks, d, online = 0;

	if (n && (n < least || n > PLEXUS_MAX_MEMBERS))
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "a volume of type parity has %u to 32 members with %u parit%s, not %u, each on a disk of its own",
				  least, want->parity, want->parity > 1 ? "ies" : "y", n);
	if (want->n_disks && want->n_disks < n)
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "%u members need as many disks, and %u are given", n,
				  want->n_disks);
	for (d = 0; d < conf->n_disks; d++)
		online += conf->disk[d]->state == PLX_DISK_ONLINE &&
			  !(conf->disk[d]->flags & PLX_DISK_F_SPARE);
	if (!want->n_disks && online < max(n, least))
		return plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
				  "pack %s has %u disks that are online and no spares; this volume needs %u",
				  conf->name, online, max(n, least));
	want->n_members = n;
	return 0;
}

static int check_parity(const struct plx_conf *conf, struct plx_volume_want *want,
			struct plx_why *why)
{
	int ret;

	if (want->type != PLEXUS_TYPE_PARITY)
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "parity and write-hole go with the type parity only");
	if (want->n_plexes > 1)
		return plx_refuse(why, PLEXUS_E_NOTIMPL,
				  "a volume of type parity has one plex in this version; use mirror for more");
	if (want->write_hole == PLEXUS_WRITE_HOLE_JOURNAL)
		return plx_refuse(why, PLEXUS_E_NOTIMPL,
				  "this version has no data journal; use the write hole log, or off");
	if (!want->write_hole)
		want->write_hole = PLEXUS_WRITE_HOLE_LOG;
	if (want->write_hole > PLEXUS_WRITE_HOLE_OFF)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "%u is no kind of write hole",
				  want->write_hole);
	if (!want->parity)
		want->parity = 1;
	if (want->parity > PLX_PARITY_MAX)
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "a plex has one or two parities, not %u", want->parity);
	ret = check_unit(want, why);
	return ret ?: check_members(conf, want, why);
}

static int check_want(struct plx_conf *conf, struct plx_volume_want *want, struct plx_why *why)
{
	int ret;

	if (!plx_name_valid(want->name))
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "%s is no name for a volume: 1 to 63 letters, digits and ._+- that do not begin with . or -",
				  want->name);
	if (plx_conf_volume_find_name(conf, want->name) >= 0)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "pack %s has a volume %s already",
				  conf->name, want->name);
	if (!want->bytes || want->bytes > (u64)S64_MAX)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "%llu bytes is no size for a volume",
				  want->bytes);
	if (want->type == PLEXUS_TYPE_MIRROR || !want->type) {
		if (!want->n_plexes)
			want->n_plexes = want->type ? 2 : 1;
		want->type = PLEXUS_TYPE_SIMPLE;
	}
	if (!want->n_plexes)
		want->n_plexes = 1;
	if (want->n_plexes > PLEXUS_MAX_PLEXES)
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				  "a volume has at most 32 plexes, not %u", want->n_plexes);
	if (want->type == PLEXUS_TYPE_PARITY || want->parity || want->write_hole)
		return check_parity(conf, want, why);
	if (want->type != PLEXUS_TYPE_SIMPLE && want->type != PLEXUS_TYPE_SPAN &&
	    want->type != PLEXUS_TYPE_STRIPE)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "%u is no type of volume", want->type);
	ret = check_unit(want, why);
	if (ret)
		return ret;
	if (want->type == PLEXUS_TYPE_STRIPE && !want->n_members)
		want->n_members = max(want->n_disks / want->n_plexes, 2U);
	if (want->n_members > PLEXUS_MAX_MEMBERS ||
	    (want->type == PLEXUS_TYPE_STRIPE && want->n_members < 2))
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "a stripe has 2 to 32 members, not %u",
				  want->n_members);
	return 0;
}

static int edit_create(struct plx_change *c, struct plx_volume_want *want, struct plx_id *id,
		       struct plx_why *why)
{
	struct plx_conf_volume *cv;
	int ret = check_want(c->conf, want, why);

	if (ret)
		return ret;
	cv = plx_conf_volume_add(c->conf);
	if (!cv)
		return plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
				  "pack %s has 256 volumes already", c->conf->name);
	generate_random_uuid(cv->id.b);
	*id = cv->id;
	strscpy(cv->name, want->name, sizeof(cv->name));
	cv->sectors = round_up(want->bytes, PLX_ALIGN_SECTORS << SECTOR_SHIFT) >> SECTOR_SHIFT;
	ret = plx_place_volume(c, cv, want, why);
	if (!ret)
		ret = plx_change_fit_log(c, cv, why);
	if (!ret && want->type == PLEXUS_TYPE_PARITY) {
		cv->write_hole = want->write_hole;
		cv->written_map = plx_conf_free_map(cv);
	}
	return ret;
}

int plx_op_volume_create(struct plx_pack *pack, const struct plx_volume_want *asked,
			 struct plx_id *id, struct plx_why *why)
{
	struct plx_volume_want want = *asked;
	struct plx_volume *vol = NULL;
	struct plx_change c;
	int ret;

	ret = plx_change_begin(&c, pack, why);
	if (ret)
		return ret;
	ret = edit_create(&c, &want, id, why);
	if (!ret) {
		vol = plx_volume_new(pack, id);
		if (!vol)
			ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for the volume");
	}
	if (!ret) {
		vol->born = want.type == PLEXUS_TYPE_PARITY; /* plexes of a new mirror differ */
		plx_pack_volume_add(pack, vol);
		ret = plx_change_commit(&c, why);
	}
	plx_change_end(&c);
	if (!ret && !vol->plan)
		ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for the volume's plan");
	if (!ret) {
		struct plx_conf *conf = plx_pack_conf(pack);

		ret = plx_volume_show(vol, conf);
		plx_conf_put(conf);
		if (ret)
			plx_refuse(why, PLEXUS_E_FAIL, "the block device cannot be made: error %d",
				   -ret);
		plx_sync_kick(vol);
	} else if (vol) {
		plx_volume_unlist(vol);
		plx_volume_stop(vol);
	}
	plx_volume_put(vol);
	return ret;
}

/* the volume in the copy of a change; -ENODEV: it was deleted meanwhile */
int plx_change_volume(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume **cv,
		      struct plx_why *why)
{
	int v = plx_conf_volume_find(c->conf, &vol->id);

	if (v < 0)
		return plx_refuse(why, PLEXUS_VDS_E_OBJECT_DELETED, "the volume was deleted");
	*cv = c->conf->volume[v];
	return 0;
}

/**
 * plx_volume_begin - the start of most changes of a volume
 * @c: the change
 * @vol: the volume
 * @cv: gets it in the copy
 * @why: filled on refusal
 */
int plx_volume_begin(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume **cv,
		     struct plx_why *why)
{
	int ret = plx_change_begin(c, vol->pack, why);

	if (ret)
		return ret;
	ret = plx_change_volume(c, vol, cv, why);
	if (ret)
		plx_change_end(c);
	return ret;
}

int plx_op_volume_delete(struct plx_volume *vol, bool force, struct plx_why *why)
{
	struct plx_conf_volume *cv;
	struct plx_change c;
	int ret;

	if (!plx_volume_busy_get(vol))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on the volume is running");
	if (plx_volume_claim(vol)) {
		ret = plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				 "the volume is open; unmount or close it first");
		goto busy;
	}
	/* nobody writes any more; what is in flight is done before its room can be given away */
	plx_epoch_drain(&vol->epoch);
	mutex_lock(&vol->window_lock); /* nor is anything copied */
	ret = plx_volume_begin(&c, vol, &cv, why);
	if (!ret) {
		plx_conf_volume_remove(c.conf, plx_conf_volume_find(c.conf, &vol->id));
		ret = plx_change_commit(&c, why);
		plx_change_end(&c);
	}
	if (!ret)
		plx_sync_halt(vol);
	mutex_unlock(&vol->window_lock);
	if (ret)
		plx_volume_unclaim(vol);
	else
		plx_volume_finish(vol);
busy:
	plx_volume_busy_put(vol);
	return ret;
}

/* disks are given to spans; others grow where they are, which may be said, too */
static int check_given(const struct plx_conf *conf, const struct plx_conf_volume *cv,
		       const struct plx_input_disk *in, u32 n, struct plx_why *why)
{
	u32 i;
	int d;

	for (i = 0; i < cv->n_plexes; i++)
		if (cv->plex[i]->type == PLEXUS_TYPE_SPAN)
			return 0;
	for (i = 0; i < n; i++) {
		d = plx_conf_disk_find(conf, &in[i].id);
		if (d < 0 || !plx_conf_volume_uses(cv, d))
			return plx_refuse(why, PLEXUS_E_INVALIDARG,
					  "volume %s has no span: it grows on its own disks only, and %s is none of them",
					  cv->name, d < 0 ? "a given disk" : conf->disk[d]->path);
	}
	return 0;
}

/* with one that is stale, or away, its map would have to grow as well */
static int check_members_current(const struct plx_conf *conf, const struct plx_conf_volume *cv,
				 const struct plx_conf_plex *cp, struct plx_why *why)
{
	u32 m;

	for (m = 0; cp->parity && m < cp->n_members; m++)
		if (plx_conf_member_seen(conf, &cp->member[m]) != PLX_MEMBER_CURRENT)
			return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_HEALTHY,
					  "member %u of volume %s is not current; recover or repair the volume first",
					  m, cv->name);
	return 0;
}

/* the region log of a parity volume, beside the one that counts until the change does */
static int grow_log(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume *cv,
		    struct plx_why *why)
{
	int slot[PLX_MAX_LOGS];
	u32 i;

	if (!vol->log || !vol->log->loaded)
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE, "volume %s does not run",
				  cv->name);
	if (!cv->written_map)
		cv->written_map = plx_conf_free_map(cv);
	for (i = 0; i < cv->n_logs; i++) {
		slot[i] = plx_space_log_slot(c->conf, cv->log[i].disk);
		if (slot[i] < 0 || !cv->written_map)
			return plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
					  "disk %s has no room for a second region log, which volume %s needs while it grows",
					  c->conf->disk[cv->log[i].disk]->path, cv->name);
	}
	for (i = 0; i < cv->n_logs; i++)
		cv->log[i].slot = slot[i];
	cv->region_shift = plx_log_region_shift(cv->sectors);
	cv->log_id = get_random_u64();
	plx_change_gate(c, vol);
	vol->next_log = plx_log_grow(vol->log, cv);
	return vol->next_log ? 0 :
			       plx_refuse(why, PLEXUS_E_OUTOFMEMORY,
					  "no memory for the region log of volume %s", cv->name);
}

static int edit_extend(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume *cv,
		       u64 sectors, const struct plx_input_disk *in, u32 n, u32 block,
		       struct plx_why *why)
{
	int ret = check_given(c->conf, cv, in, n, why);
	u32 i;

	if (sectors <= cv->sectors)
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "volume %s has %llu MiB already; a volume cannot be made smaller",
				  cv->name, cv->sectors >> 11);
	for (i = 0; i < cv->n_plexes && !ret; i++) {
		if (cv->plex[i]->state != PLX_PLEX_CURRENT)
			return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_HEALTHY,
					  "plex %u of volume %s is not current; recover the volume first",
					  i, cv->name);
		ret = check_members_current(c->conf, cv, cv->plex[i], why);
		if (!ret)
			ret = plx_place_extend(c, cv, i, sectors, in, n, block, why);
	}
	if (ret)
		return ret;
	cv->sectors = sectors;
	if (plx_conf_volume_parity(cv))
		return grow_log(c, vol, cv, why);
	if (cv->n_plexes > 1) { /* a new log, in the same slots: the plexes are made equal again */
		cv->region_shift = plx_log_region_shift(sectors);
		cv->log_id = get_random_u64();
	}
	return 0;
}

int plx_op_volume_extend(struct plx_volume *vol, u64 bytes, const struct plx_input_disk *in, u32 n,
			 struct plx_why *why)
{
	u64 sectors = round_up(bytes, PLX_ALIGN_SECTORS << SECTOR_SHIFT) >> SECTOR_SHIFT;
	struct plx_conf_volume *cv;
	struct plx_change c;
	u32 block;
	int ret;

	if (!plx_volume_busy_get(vol))
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "another operation on the volume is running");
	block = plx_volume_block_size(vol);
	mutex_lock(&vol->window_lock); /* no window is open, and the old log stays until the end */
	ret = plx_volume_begin(&c, vol, &cv, why);
	if (!ret) {
		ret = edit_extend(&c, vol, cv, sectors, in, n, block, why);
		if (!ret)
			ret = plx_change_commit(&c, why);
		if (!c.published) {
			plx_log_free(vol->next_log);
			vol->next_log = NULL;
		}
		plx_change_end(&c);
	}
	mutex_unlock(&vol->window_lock);
	if (!ret) {
		plx_volume_resize(vol);
		plx_event_volume(PLEXUS_EVENT_CODE_VOLUME_MODIFY, vol);
	}
	plx_volume_busy_put(vol);
	return ret;
}

int plx_op_volume_rename(struct plx_volume *vol, const char *name, struct plx_why *why)
{
	struct plx_conf_volume *cv;
	struct plx_change c;
	int ret;

	if (!plx_name_valid(name))
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "%s is no name for a volume: 1 to 63 letters, digits and ._+- that do not begin with . or -",
				  name);
	ret = plx_volume_begin(&c, vol, &cv, why);
	if (ret)
		return ret;
	if (plx_conf_volume_find_name(c.conf, name) >= 0) {
		ret = plx_refuse(why, PLEXUS_E_INVALIDARG, "pack %s has a volume %s already",
				 c.conf->name, name);
	} else {
		strscpy(cv->name, name, sizeof(cv->name));
		ret = plx_change_commit(&c, why);
	}
	plx_change_end(&c);
	if (!ret) {
		plx_volume_renamed(vol);
		plx_event_volume(PLEXUS_EVENT_CODE_VOLUME_MODIFY, vol);
	}
	return ret;
}

int plx_op_volume_read_policy(struct plx_volume *vol, u32 policy, const struct plx_id *plex,
			      struct plx_why *why)
{
	struct plx_conf_volume *cv;
	struct plx_change c;
	int ret = plx_volume_begin(&c, vol, &cv, why), i = 0;

	if (ret)
		return ret;
	if (policy == PLEXUS_READ_POLICY_PREFER)
		i = plex ? plx_conf_plex_find(cv, plex) : -1;
	if (policy > PLEXUS_READ_POLICY_PREFER)
		ret = plx_refuse(why, PLEXUS_E_INVALIDARG, "%u is no read policy", policy);
	else if (i < 0)
		ret = plx_refuse(why, PLEXUS_VDS_E_INVALID_PLEX_GUID,
				 "volume %s has no such plex to prefer", cv->name);
	if (!ret) {
		cv->read_policy = policy;
		cv->preferred = i;
		ret = plx_change_commit(&c, why);
	}
	plx_change_end(&c);
	return ret;
}

int plx_op_volume_flags(struct plx_volume *vol, u32 flags, struct plx_why *why)
{
	struct plx_conf_volume *cv;
	struct plx_change c;
	int ret;

	if (flags & ~PLX_VOLUME_SETTABLE)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "%#x are no flags of a volume", flags);
	ret = plx_volume_begin(&c, vol, &cv, why);
	if (ret)
		return ret;
	cv->flags = (cv->flags & ~PLX_VOLUME_SETTABLE) | flags;
	ret = plx_change_commit(&c, why);
	plx_change_end(&c);
	if (!ret)
		plx_volume_resize(vol);
	return ret;
}

int plx_op_volume_scrub(struct plx_volume *vol, bool repair, u64 *task, struct plx_why *why)
{
	struct plx_conf_volume *cv;
	struct plx_change c;
	bool redundant;
	int ret = plx_volume_begin(&c, vol, &cv, why);

	if (ret)
		return ret;
	redundant = plx_conf_volume_redundant(cv);
	plx_change_end(&c);
	if (!redundant)
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				  "the volume has one plex: there is nothing to compare");
	return plx_sync_scrub(vol, repair, task, why);
}

/* an engine that is paused, or sleeps, looks at once */
int plx_op_task_cancel(u64 id, struct plx_why *why)
{
	struct plx_task *task = plx_task_find(id);
	struct plx_volume *vol = NULL;
	struct plx_pack *pack = NULL;
	int ret = plx_task_cancel(id, why);

	if (!ret && task)
		pack = plx_pack_find(&task->pack_id);
	if (pack)
		vol = plx_pack_volume(pack, &task->volume_id);
	if (vol)
		plx_sync_kick(vol);
	plx_volume_put(vol);
	plx_pack_put(pack);
	if (task)
		plx_task_put(task);
	return ret;
}

/* those that begin no task; the others are operations of their own */
int plx_op_volume_sync_action(struct plx_volume *vol, u32 action, struct plx_why *why)
{
	switch (action) {
	case PLEXUS_SYNC_ACTION_IDLE:
		plx_sync_pause(vol, false);
		return 0;
	case PLEXUS_SYNC_ACTION_PAUSE:
		plx_sync_pause(vol, true);
		return 0;
	}
	return plx_refuse(why, PLEXUS_E_INVALIDARG, "%u is no sync action", action);
}
