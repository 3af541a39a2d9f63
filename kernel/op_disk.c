// SPDX-License-Identifier: GPL-2.0
/* Operations on disks: add, remove, replace, offline, online, spare. */
#include <linux/slab.h>
#include "plexus.h"

static int add_disk_locked(struct plx_pack *pack, const char *path, bool force, struct plx_id *id,
			   struct plx_why *why)
{
	struct plx_disk *disk;
	struct plx_change c;
	int ret;

	if (READ_ONCE(pack->state) != PLX_PACK_ONLINE)
		return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE, "the pack is not online");
	disk = plx_disk_open_blank(path, force, why);
	if (IS_ERR(disk))
		return PTR_ERR(disk);
	disk->label.pack_id = pack->id;
	ret = plx_disk_write_label(disk);
	if (ret) {
		plx_refuse(why, PLEXUS_E_FAIL, "%s cannot be labelled: error %d", path, -ret);
		goto out;
	}
	ret = plx_change_begin(&c, pack, why);
	if (ret)
		goto wipe;
	ret = plx_conf_take_disk(c.conf, disk);
	if (ret) {
		plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE, "the pack has 256 disks already");
	} else {
		plx_disk_get(disk);
		plx_pack_disk_add(pack, disk);
		ret = plx_change_commit(&c, why);
		if (ret)
			plx_pack_disk_drop(pack, &disk->id);
	}
	plx_change_end(&c);
	*id = disk->id;
wipe:
	if (ret)
		plx_disk_wipe_label(disk);
	else
		plx_event_disk(PLEXUS_EVENT_CODE_DISK_ARRIVE, pack, &disk->id, path);
out:
	plx_disk_put(disk);
	return ret;
}

int plx_op_disk_add(struct plx_pack *pack, const char *path, bool force, struct plx_id *id,
		    struct plx_why *why)
{
	int ret;

	mutex_lock(&plx_label_lock);
	ret = add_disk_locked(pack, path, force, id, why);
	mutex_unlock(&plx_label_lock);
	return ret;
}

static int find(struct plx_change *c, const struct plx_id *id, struct plx_why *why)
{
	int d = plx_conf_disk_find(c->conf, id);

	if (d < 0)
		plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "no such disk in pack %s",
			   c->conf->name);
	return d < 0 ? -ENOENT : d;
}

static int remove_from(struct plx_change *c, u32 d, struct plx_why *why)
{
	struct plx_conf *conf = c->conf;
	u32 v, i, k;

	if (conf->n_disks == 1)
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				  "%s is the last disk of pack %s; pack destroy ends the pack",
				  conf->disk[d]->path, conf->name);
	for (v = 0; v < conf->n_volumes; v++)
		if (plx_conf_volume_uses(conf->volume[v], d))
			return plx_refuse(why, PLEXUS_VDS_E_DISK_IN_USE_BY_VOLUME,
					  "%s holds data of volume %s; repair its plex onto another disk first",
					  conf->disk[d]->path, conf->volume[v]->name);
	conf->disk[d]->state = PLX_DISK_OFFLINE; /* so that no log goes there */
	for (v = 0; v < conf->n_volumes; v++) {
		struct plx_conf_volume *cv = conf->volume[v];

		for (k = 0, i = 0; i < cv->n_logs; i++)
			k |= cv->log[i].disk == d;
		if (k && plx_change_fit_log(c, cv, why))
			return -ENOSPC;
	}
	return plx_conf_disk_remove(conf, d);
}

int plx_op_disk_remove(struct plx_pack *pack, const struct plx_id *id, bool force,
		       struct plx_why *why)
{
	struct plx_disk *disk;
	struct plx_change c;
	int ret, d;

	disk = plx_pack_disk(pack, id);
	ret = plx_change_begin(&c, pack, why);
	if (ret)
		goto out;
	d = find(&c, id, why);
	ret = d < 0 ? d : remove_from(&c, d, why);
	if (!ret)
		ret = plx_change_commit(&c, why);
	plx_change_end(&c);
	if (ret)
		goto out;
	if (disk)
		plx_disk_wipe_label(disk);
	plx_pack_disk_drop(pack, id);
	plx_event_disk(PLEXUS_EVENT_CODE_DISK_DEPART, pack, id, "removed");
out:
	plx_disk_put(disk);
	return ret;
}

/* one plex of the disk after the other; stops at the first refusal */
static int replace_in(struct plx_pack *pack, struct plx_conf *conf, u32 d,
		      const struct plx_input_disk *in, u32 n, u64 *task, struct plx_why *why)
{
	struct plx_volume *vol;
	u32 v, i;
	int ret = 0;

	for (v = 0; v < conf->n_volumes && !ret; v++) {
		for (i = 0; i < conf->volume[v]->n_plexes && !ret; i++) {
			if (!plx_conf_plex_uses(conf->volume[v]->plex[i], d))
				continue;
			vol = plx_pack_volume(pack, &conf->volume[v]->id);
			if (!vol)
				continue;
			ret = plx_op_plex_rebuild(vol, &conf->volume[v]->plex[i]->id, in, n, d,
						  task, why);
			plx_volume_put(vol);
		}
	}
	return ret;
}

int plx_op_disk_replace(struct plx_pack *pack, const struct plx_id *id,
			const struct plx_input_disk *in, u32 n, u64 *task, struct plx_why *why)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	int d = conf ? plx_conf_disk_find(conf, id) : -1, ret;
	u32 v;

	*task = 0;
	if (d < 0) {
		ret = plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "no such disk in the pack");
		goto out;
	}
	for (v = 0; v < conf->n_volumes; v++) {
		if (conf->volume[v]->n_plexes > 1 || !plx_conf_volume_uses(conf->volume[v], d))
			continue;
		ret = plx_refuse(why, PLEXUS_E_NOTIMPL,
				 "volume %s on %s has one plex, nothing to rebuild it from; add a plex first",
				 conf->volume[v]->name, conf->disk[d]->path);
		goto out;
	}
	ret = replace_in(pack, conf, d, in, n, task, why);
out:
	if (conf)
		plx_conf_put(conf);
	return ret;
}

/* would a volume lose its last current plex with the disk? */
static const char *needs(const struct plx_conf *conf, u32 d)
{
	u32 v, i;

	for (v = 0; v < conf->n_volumes; v++) {
		struct plx_conf_volume *cv = conf->volume[v];

		for (i = 0; i < cv->n_plexes; i++)
			if (plx_conf_plex_uses(cv->plex[i], d) &&
			    cv->plex[i]->state == PLX_PLEX_CURRENT &&
			    plx_change_last_current(cv, i))
				return cv->name;
	}
	return NULL;
}

int plx_op_disk_offline(struct plx_pack *pack, const struct plx_id *id, bool force,
			struct plx_why *why)
{
	struct plx_change c;
	const char *name;
	int ret, d;

	ret = plx_change_begin(&c, pack, why);
	if (ret)
		return ret;
	d = find(&c, id, why);
	ret = d < 0 ? d : 0;
	name = ret ? NULL : needs(c.conf, d);
	if (name && !force)
		ret = plx_refuse(why, PLEXUS_VDS_E_PLEX_LAST_ACTIVE,
				 "%s holds the last current plex of volume %s; --force takes it offline all the same",
				 c.conf->disk[d]->path, name);
	if (!ret && c.conf->disk[d]->state == PLX_DISK_ONLINE) {
		plx_change_lose_disk(&c, d, PLX_DISK_OFFLINE);
		ret = plx_change_commit(&c, why);
	} else if (!ret) {
		c.conf->disk[d]->state = PLX_DISK_OFFLINE;
		ret = plx_change_commit(&c, why);
	}
	plx_change_end(&c);
	if (!ret)
		plx_pack_disk_drop(pack, id);
	return ret;
}

/**
 * plx_pack_reopen - open a disk of a pack again where it was last seen
 * @pack: the pack
 * @id: of the disk
 * @path: where
 * @why: filled on refusal
 *
 * Return: the disk, a reference, in the pack; or ERR_PTR
 */
struct plx_disk *plx_pack_reopen(struct plx_pack *pack, const struct plx_id *id, const char *path,
				 struct plx_why *why)
{
	struct plx_disk *disk = plx_pack_disk(pack, id);
	int ret;

	if (disk)
		return disk;
	disk = plx_disk_open(path, why);
	if (IS_ERR(disk))
		return disk;
	ret = plx_disk_read_label(disk, why);
	if (!ret && !plx_id_equal(&disk->id, id))
		ret = plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "%s is another disk now",
				 path);
	if (!ret) {
		plx_pack_lose_dead(pack); /* before it takes the place of a dead one */
		plx_disk_get(disk);
		ret = plx_pack_disk_add(pack, disk);
		if (ret)
			plx_disk_put(disk);
	}
	if (!ret)
		return disk;
	plx_disk_put(disk);
	return ERR_PTR(ret);
}

/* @force: also if its history is another one than the pack's: all on it is written anew */
int plx_op_disk_online(struct plx_pack *pack, const struct plx_id *id, bool force,
		       struct plx_why *why)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	int d = conf ? plx_conf_disk_find(conf, id) : -1, ret;
	struct plx_disk *disk;

	if (d < 0) {
		ret = plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "no such disk in the pack");
	} else if (READ_ONCE(pack->state) != PLX_PACK_ONLINE) {
		/* nor is a disk dropped that it waits with */
		ret = plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
				 "pack %s is not online; import or recover it first", conf->name);
	} else if (conf->disk[d]->state == PLX_DISK_ONLINE) {
		ret = 0;
	} else {
		disk = plx_pack_reopen(pack, id, conf->disk[d]->path, why);
		ret = PTR_ERR_OR_ZERO(disk);
		if (!ret) {
			ret = plx_pack_disk_back(pack, disk, true, force, 0, why);
			if (ret)
				plx_pack_disk_drop(pack, id);
			plx_disk_put(disk);
		}
	}
	if (conf)
		plx_conf_put(conf);
	return ret;
}

int plx_op_disk_spare(struct plx_pack *pack, const struct plx_id *id, bool spare,
		      struct plx_why *why)
{
	struct plx_change c;
	int ret, d;

	ret = plx_change_begin(&c, pack, why);
	if (ret)
		return ret;
	d = find(&c, id, why);
	ret = d < 0 ? d : 0;
	if (!ret) {
		c.conf->disk[d]->flags &= ~PLX_DISK_F_SPARE;
		c.conf->disk[d]->flags |= spare ? PLX_DISK_F_SPARE : 0;
		ret = plx_change_commit(&c, why);
	}
	plx_change_end(&c);
	return ret;
}
