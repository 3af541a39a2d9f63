// SPDX-License-Identifier: GPL-2.0
/* Operations on packs: scan, create, import, export, destroy, rename, refresh. */
#include <linux/random.h>
#include <linux/slab.h>
#include "plexus.h"

/* from looking for a label to writing one: else two calls could both find a disk blank */
DEFINE_MUTEX(plx_label_lock);

static void fresh_id(struct plx_id *id)
{
	generate_random_uuid(id->b);
}

/* does a pack have this device open? Its label may have been overwritten from outside */
static int check_unused(struct plx_disk *disk, struct plx_why *why)
{
	struct plx_pack *pack;
	bool used = false;
	u64 pos = 0;
	u32 i;

	while (!used && (pack = plx_pack_next(&pos))) {
		mutex_lock(&pack->lists);
		for (i = 0; i < pack->n_disks; i++)
			used |= plx_disk_bdev(pack->disk[i]) == plx_disk_bdev(disk);
		mutex_unlock(&pack->lists);
		plx_pack_put(pack);
	}
	if (!used)
		return 0;
	return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
			  "%s is in use by a pack, though its label is not that pack's any more; disk remove takes it out",
			  disk->path);
}

/*
 * A label of a pack that runs counts while that pack's configuration has the disk. One that was
 * taken out when it could not be written to has kept its label, and nothing else. Of a pack that
 * waits it is not known which configuration will count.
 */
static int check_label(struct plx_disk *disk, bool force, struct plx_why *why)
{
	struct plx_pack *pack = plx_pack_find(&disk->label.pack_id);
	struct plx_conf *conf;
	bool runs, has;

	if (pack) {
		mutex_lock(&pack->change);
		runs = pack->state == PLX_PACK_ONLINE;
		conf = plx_pack_conf(pack);
		has = conf && plx_conf_disk_find(conf, &disk->id) >= 0;
		plx_conf_put(conf);
		mutex_unlock(&pack->change);
		if (runs && !has && force) /* a scan may have left it open there */
			plx_pack_disk_drop(pack, &disk->id);
		plx_pack_put(pack);
		if (runs && has)
			return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
					  "%s belongs to a pack that is in use; disk remove takes it out",
					  disk->path);
		if (!runs)
			return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
					  "%s belongs to a pack that is not online; pack recover starts it, pack export lets go of it",
					  disk->path);
	}
	if (force)
		return 0;
	return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
			  "%s carries the Plexus label of a pack that it is not part of; --force overwrites it",
			  disk->path);
}

/* a disk to be labelled: open, not one of Plexus already unless forced; geometry set */
struct plx_disk *plx_disk_open_blank(const char *path, bool force, struct plx_why *why)
{
	struct plx_disk *disk = plx_disk_open(path, why);
	int ret;

	if (IS_ERR(disk))
		return disk;
	ret = plx_disk_read_label(disk, why);
	if (ret == -EIO || ret == -ENOMEM) /* it may have one */
		goto bad;
	ret = ret ? 0 : check_label(disk, force, why);
	ret = ret ?: check_unused(disk, why);
	if (ret)
		goto bad;
	memset(why, 0, sizeof(*why)); /* that it has no label is what we want */
	ret = plx_label_geometry(&disk->label, bdev_nr_sectors(plx_disk_bdev(disk)));
	if (ret) {
		plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE, "%s is too small for Plexus", path);
		goto bad;
	}
	fresh_id(&disk->id);
	disk->label.disk_id = disk->id;
	return disk;
bad:
	plx_disk_put(disk);
	return ERR_PTR(ret);
}

/*
 * Into the pack first, then its label: a scan that finds the label finds the disk in the pack
 * too, and lets go of it. Of a disk that is in the pack and not in its configuration nobody
 * takes notice.
 */
int plx_pack_disk_join(struct plx_pack *pack, struct plx_disk *disk, struct plx_why *why)
{
	int ret;

	plx_disk_get(disk);
	ret = plx_pack_disk_add(pack, disk);
	if (ret) {
		plx_disk_put(disk);
		return plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
				  "%s cannot be taken in: the pack has 256 disks already",
				  disk->path);
	}
	ret = plx_disk_write_label(disk);
	if (!ret)
		return 0;
	plx_disk_wipe_label(disk); /* the half of it that may be there */
	plx_pack_disk_drop(pack, &disk->id);
	return plx_refuse(why, PLEXUS_E_FAIL, "%s cannot be labelled: error %d", disk->path, -ret);
}

/* appends it to a configuration; -ENOSPC: full */
int plx_conf_take_disk(struct plx_conf *conf, const struct plx_disk *disk)
{
	struct plx_conf_disk *cd = plx_conf_disk_add(conf);

	if (!cd)
		return -ENOSPC;
	cd->id = disk->id;
	cd->state = PLX_DISK_ONLINE;
	cd->log_slots = disk->label.log_slots;
	cd->sectors = disk->label.disk_sectors;
	cd->data_sector = disk->label.data_sector;
	cd->data_end = disk->label.data_end;
	strscpy(cd->path, disk->path, sizeof(cd->path));
	return 0;
}

/* a disk that is new to its pack: the pack starts with it, waits on, or takes it back */
static int take_in(struct plx_pack *pack, struct plx_disk *disk, struct plx_why *why)
{
	int ret = 0;

	if (READ_ONCE(pack->state) != PLX_PACK_ONLINE)
		ret = plx_pack_start(pack, PLX_START_COMPLETE, NULL, false, why);
	/* also then: another scan may have started it after it had looked which disks are there */
	if (!ret)
		return plx_pack_disk_back(pack, disk, false, false, 0, why);
	if (READ_ONCE(pack->state) == PLX_PACK_STOPPED)
		return ret;
	why->result = PLEXUS_S_OK; /* it waits: that is no failure of the scan */
	plx_pack_start_soon(pack);
	return 0;
}

int plx_op_scan(const char *path, struct plx_pack **out, struct plx_id *id, struct plx_why *why)
{
	struct plx_disk *disk = plx_disk_open(path, why);
	struct plx_pack *pack;
	int ret;

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	ret = plx_disk_read_label(disk, why);
	if (ret) {
		plx_disk_put(disk);
		return ret;
	}
	pack = plx_pack_get_or_new(&disk->label.pack_id, false);
	if (!pack) {
		plx_disk_put(disk);
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for the pack of %s", path);
	}
	plx_pack_lose_dead(pack); /* before it takes the place of a dead one */
	plx_disk_get(disk);
	ret = plx_pack_disk_add(pack, disk);
	if (ret) {
		plx_disk_put(disk); /* it is there already */
		ret = 0;
	} else {
		ret = take_in(pack, disk, why);
		if (ret)
			plx_pack_disk_drop(pack, &disk->id);
	}
	if (ret) {
		plx_pack_put(pack);
	} else {
		*id = disk->id;
		*out = pack;
	}
	plx_disk_put(disk);
	return ret;
}

/* a scan has shown all there is: no need to wait; what may not start says why in its status */
int plx_op_start_all(struct plx_why *why)
{
	struct plx_pack *pack;
	u64 pos = 0;

	while ((pack = plx_pack_next(&pos))) {
		if (READ_ONCE(pack->state) == PLX_PACK_WAITING)
			plx_pack_start(pack, PLX_START_QUORUM, NULL, false, why);
		plx_pack_put(pack);
	}
	memset(why, 0, sizeof(*why));
	return 0;
}

/* only those were labelled */
static bool joined(struct plx_pack *pack, struct plx_disk *disk)
{
	struct plx_disk *own = plx_pack_disk_any(pack, &disk->id);

	plx_disk_put(own);
	return own;
}

static int check_name(const char *name, const char *what, struct plx_why *why)
{
	if (plx_name_valid(name))
		return 0;
	return plx_refuse(why, PLEXUS_E_INVALIDARG,
			  "%s is no name for a %s: 1 to 63 letters, digits and ._+- that do not begin with . or -",
			  name, what);
}

static int open_all(char *const *path, u32 n, bool force, struct plx_disk **disk,
		    const struct plx_id *pack_id, struct plx_why *why)
{
	u32 i, k;

	for (i = 0; i < n; i++) {
		disk[i] = plx_disk_open_blank(path[i], force, why);
		if (IS_ERR(disk[i])) {
			int ret = PTR_ERR(disk[i]);

			disk[i] = NULL;
			return ret;
		}
		disk[i]->label.pack_id = *pack_id;
		for (k = 0; k < i; k++)
			if (plx_disk_bdev(disk[k]) == plx_disk_bdev(disk[i]))
				return plx_refuse(why, PLEXUS_VDS_E_DUPLICATE_DISK,
						  "%s and %s are the same disk", path[k], path[i]);
	}
	return 0;
}

/* labels, a first configuration in memory, and one on the disks */
static int found_pack(struct plx_pack *pack, const char *name, struct plx_disk **disk, u32 n,
		      struct plx_why *why)
{
	struct plx_conf *conf = plx_conf_new();
	struct plx_change c;
	u32 i;
	int ret = 0;

	if (!conf)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for the pack");
	conf->pack_id = pack->id;
	strscpy(conf->name, name, sizeof(conf->name));
	for (i = 0; i < n && !ret; i++) {
		ret = plx_pack_disk_join(pack, disk[i], why);
		ret = ret ?: plx_conf_take_disk(conf, disk[i]);
	}
	if (ret) {
		plx_conf_put(conf);
		return ret;
	}
	mutex_lock(&pack->change);
	plx_pack_publish(pack, conf);
	pack->state = PLX_PACK_ONLINE;
	ret = plx_change_begin_locked(&c, pack, why);
	if (!ret) {
		c.starts = true;
		ret = plx_change_commit(&c, why);
		plx_change_end_locked(&c);
	}
	mutex_unlock(&pack->change);
	return ret;
}

int plx_op_pack_create(const char *name, char *const *path, u32 n, bool force, struct plx_id *id,
		       struct plx_why *why)
{
	struct plx_disk **disk;
	struct plx_pack *pack;
	int ret = check_name(name, "pack", why);
	u32 i;

	if (ret)
		return ret;
	if (!n || n > PLEXUS_MAX_DISKS)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "a pack has 1 to 256 disks, not %u", n);
	pack = plx_pack_find_name(name);
	if (pack) {
		plx_pack_put(pack);
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "there is a pack %s already", name);
	}
	disk = kvcalloc(n, sizeof(*disk), GFP_KERNEL);
	if (!disk)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for the pack");
	fresh_id(id);
	mutex_lock(&plx_label_lock);
	ret = open_all(path, n, force, disk, id, why);
	pack = ret ? NULL : plx_pack_get_or_new(id, true);
	if (!ret && !pack)
		ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for the pack");
	if (!ret)
		ret = found_pack(pack, name, disk, n, why);
	mutex_unlock(&plx_label_lock);
	if (ret && pack) {
		struct plx_why ignored;

		for (i = 0; i < n && joined(pack, disk[i]); i++)
			plx_disk_wipe_label(disk[i]);
		plx_op_pack_stop(pack, false, &ignored);
	} else if (!ret) {
		plx_sysfs_pack_add(pack);
		plx_event_pack(PLEXUS_EVENT_CODE_PACK_ARRIVE, pack);
	}
	for (i = 0; i < n; i++)
		plx_disk_put(disk[i]);
	kvfree(disk);
	plx_pack_put(pack);
	return ret;
}

int plx_op_pack_import(struct plx_pack *pack, bool force, const struct plx_id *keep,
		       struct plx_why *why)
{
	bool online = READ_ONCE(pack->state) == PLX_PACK_ONLINE;
	struct plx_conf *conf;
	int ret = plx_pack_start(pack, force ? PLX_START_FORCED : PLX_START_QUORUM, keep, true,
				 why);

	if (ret || !online)
		return ret;
	conf = plx_pack_conf(pack);
	plx_refuse(why, PLEXUS_S_OK, "pack %s is online already", conf ? conf->name : "");
	if (conf)
		plx_conf_put(conf);
	return 0;
}

int plx_op_pack_export(struct plx_pack *pack, struct plx_why *why)
{
	return plx_op_pack_stop(pack, true, why);
}

/* what is let go; returns how many of the pack's disks are not among them */
static u32 hold_disks(struct plx_pack *pack, const struct plx_conf *conf, struct plx_disk **disk,
		      u32 *n)
{
	u32 here = 0;

	mutex_lock(&pack->lists);
	for (*n = 0; *n < pack->n_disks; ++*n) {
		disk[*n] = pack->disk[*n];
		plx_disk_get(disk[*n]);
		here += conf && plx_conf_disk_find(conf, &disk[*n]->id) >= 0;
	}
	mutex_unlock(&pack->lists);
	return conf ? conf->n_disks - here : 0;
}

/* what a scan has found of the pack between its end and that of its labels: it waits, exported */
static void stop_again(const struct plx_id *id)
{
	struct plx_pack *pack = plx_pack_find(id);
	struct plx_why ignored;

	if (pack)
		plx_op_pack_stop(pack, false, &ignored);
	plx_pack_put(pack);
}

/*
 * The pack is exported and then its labels go: a scan that comes in between finds a pack that
 * does not start, and after a power cut nothing of it is lost but its running.
 */
static int destroy(struct plx_pack *pack, const struct plx_conf *conf, struct plx_disk **disk,
		   struct plx_why *why)
{
	const char *kept = NULL;
	u32 n, i, lost = hold_disks(pack, conf, disk, &n), n_kept = 0;
	int ret = plx_op_pack_stop(pack, true, why);

	for (i = 0; i < n && !ret; i++) {
		if (plx_disk_wipe_label(disk[i])) {
			kept = disk[i]->path;
			n_kept++;
		}
	}
	if (!ret)
		stop_again(&pack->id);
	if (!ret && kept)
		plx_refuse(why, PLEXUS_S_OK,
			   "but the label of %s could not be erased (labels that remain: %u)", kept,
			   n_kept + lost);
	else if (!ret && lost)
		plx_refuse(why, PLEXUS_S_OK,
			   "but disks that were not here keep their label (%u of them)", lost);
	for (i = 0; i < n; i++)
		plx_disk_put(disk[i]);
	return ret;
}

int plx_op_pack_destroy(struct plx_pack *pack, bool force, struct plx_why *why)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	u32 volumes = conf ? conf->n_volumes : 0;
	struct plx_disk **disk = NULL;
	int ret = 0;

	if (volumes && !force)
		ret = plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				 "the pack has %u volume%s; delete %s first, or give --force to lose the data",
				 volumes, volumes == 1 ? "" : "s", volumes == 1 ? "it" : "them");
	if (!ret)
		disk = kvcalloc(PLEXUS_MAX_DISKS, sizeof(*disk), GFP_KERNEL);
	if (!ret && !disk)
		ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory");
	if (!ret)
		ret = destroy(pack, conf, disk, why);
	kvfree(disk);
	plx_conf_put(conf);
	return ret;
}

static void renamed(struct plx_volume *vol, void *arg)
{
	plx_volume_renamed(vol);
}

int plx_op_pack_rename(struct plx_pack *pack, const char *name, struct plx_why *why)
{
	struct plx_pack *other;
	struct plx_change c;
	int ret = check_name(name, "pack", why);

	if (ret)
		return ret;
	other = plx_pack_find_name(name);
	if (other) {
		plx_pack_put(other);
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "there is a pack %s already", name);
	}
	ret = plx_change_begin(&c, pack, why);
	if (ret)
		return ret;
	strscpy(c.conf->name, name, sizeof(c.conf->name));
	ret = plx_change_commit(&c, why);
	plx_change_end(&c);
	if (!ret) {
		plx_sysfs_pack_rename(pack, name);
		plx_pack_each_volume(pack, renamed, NULL);
	}
	return ret;
}

/* writes what is known to all disks again: mends a disk whose copy was changed behind our back */
int plx_op_pack_refresh(struct plx_pack *pack, struct plx_why *why)
{
	struct plx_change c;
	int ret;

	plx_pack_lose_dead(pack);
	ret = plx_change_begin(&c, pack, why);
	if (ret)
		return ret;
	ret = plx_change_commit(&c, why);
	plx_change_end(&c);
	if (!ret)
		plx_pack_show(pack);
	return ret;
}
