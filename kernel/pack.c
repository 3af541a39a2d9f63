// SPDX-License-Identifier: GPL-2.0
/* Packs: which there are, which disks they have open, which volumes they run. */
#include <linux/delay.h>
#include <linux/slab.h>
#include "plexus.h"

static DEFINE_MUTEX(plx_packs_lock);
static LIST_HEAD(plx_packs); /* under plx_packs_lock; each holds a reference */

void plx_pack_get(struct plx_pack *pack)
{
	kref_get(&pack->refs);
}

static void destroy_queues(struct plx_pack *pack)
{
	if (pack->wq)
		destroy_workqueue(pack->wq);
	if (pack->io_wq)
		destroy_workqueue(pack->io_wq);
	if (pack->row_wq)
		destroy_workqueue(pack->row_wq);
}

static void free_work(struct work_struct *work)
{
	struct plx_pack *pack = container_of(work, struct plx_pack, free_work);
	struct plx_conf *conf = rcu_dereference_protected(pack->conf, true);

	destroy_queues(pack);
	while (pack->n_disks) /* found after the pack had stopped */
		plx_disk_put(pack->disk[--pack->n_disks]);
	if (conf)
		plx_conf_put(conf);
	kfree(pack);
}

/* the last reference may go in a work of the queues that go with it */
static void free_pack(struct kref *refs)
{
	struct plx_pack *pack = container_of(refs, struct plx_pack, refs);

	INIT_WORK(&pack->free_work, free_work);
	queue_work(plx_wq, &pack->free_work);
}

void plx_pack_put(struct plx_pack *pack)
{
	if (pack)
		kref_put(&pack->refs, free_pack);
}

/* a reference to the configuration of now, or NULL; any context */
struct plx_conf *plx_pack_conf(struct plx_pack *pack)
{
	struct plx_conf *conf;

	rcu_read_lock();
	do {
		conf = rcu_dereference(pack->conf);
	} while (conf && !refcount_inc_not_zero(&conf->refs));
	rcu_read_unlock();
	return conf;
}

static struct plx_pack *find_locked(const struct plx_id *id)
{
	struct plx_pack *pack;

	list_for_each_entry(pack, &plx_packs, node)
		if (plx_id_equal(&pack->id, id))
			return pack;
	return NULL;
}

struct plx_pack *plx_pack_find(const struct plx_id *id)
{
	struct plx_pack *pack;

	mutex_lock(&plx_packs_lock);
	pack = find_locked(id);
	if (pack)
		plx_pack_get(pack);
	mutex_unlock(&plx_packs_lock);
	return pack;
}

static bool has_name(struct plx_pack *pack, const char *name)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	bool same = conf && !strcmp(conf->name, name);

	if (conf)
		plx_conf_put(conf);
	return same;
}

struct plx_pack *plx_pack_find_name(const char *name)
{
	struct plx_pack *pack;

	mutex_lock(&plx_packs_lock);
	list_for_each_entry(pack, &plx_packs, node) {
		if (has_name(pack, name)) {
			plx_pack_get(pack);
			mutex_unlock(&plx_packs_lock);
			return pack;
		}
	}
	mutex_unlock(&plx_packs_lock);
	return NULL;
}

struct plx_pack *plx_pack_next(u64 *pos)
{
	struct plx_pack *pack, *found = NULL;
	u64 n = 0;

	mutex_lock(&plx_packs_lock);
	list_for_each_entry(pack, &plx_packs, node) {
		if (n++ == *pos) {
			found = pack;
			plx_pack_get(found);
			(*pos)++;
			break;
		}
	}
	mutex_unlock(&plx_packs_lock);
	return found;
}

static void event_work(struct work_struct *work)
{
	struct plx_pack *pack = container_of(work, struct plx_pack, event_work);

	plx_pack_lose_dead(pack);
	plx_pack_put(pack);
}

/*
 * Queues, each with a rescuer, for each pack: a work of one pack may wait for I/O of
 * another, whose volumes are its disks, and that must not wait for the same thread. And
 * three, because works of wq wait for I/O that needs a work of io_wq, and works of that
 * submit I/O that waits for pages which only row_wq gives back.
 */
static struct plx_pack *new_pack(const struct plx_id *id)
{
	struct plx_pack *pack = kzalloc(sizeof(*pack), GFP_KERNEL);

	if (!pack)
		return NULL;
	kref_init(&pack->refs);
	pack->id = *id;
	pack->state = PLX_PACK_WAITING;
	mutex_init(&pack->change);
	mutex_init(&pack->lists);
	INIT_LIST_HEAD(&pack->volumes);
	INIT_WORK(&pack->event_work, event_work);
	INIT_DELAYED_WORK(&pack->start_work, plx_pack_start_work);
	pack->wq = alloc_workqueue("plexus-%4phN", WQ_MEM_RECLAIM | WQ_UNBOUND, 0, id->b);
	pack->io_wq = alloc_workqueue("plexus_io-%4phN", WQ_MEM_RECLAIM | WQ_UNBOUND,
				      WQ_MAX_ACTIVE, id->b);
	pack->row_wq = alloc_workqueue("plexus_row-%4phN", WQ_MEM_RECLAIM | WQ_UNBOUND,
				       WQ_MAX_ACTIVE, id->b);
	if (pack->wq && pack->io_wq && pack->row_wq)
		return pack;
	destroy_queues(pack);
	kfree(pack);
	return NULL;
}

/**
 * plx_pack_get_or_new - the pack with that id, made where there is none
 * @id: of the pack
 * @fresh: it must not be there yet
 *
 * Return: a reference; NULL: no memory, or it is there and must not
 */
struct plx_pack *plx_pack_get_or_new(const struct plx_id *id, bool fresh)
{
	struct plx_pack *pack = plx_pack_find(id), *made;

	if (pack && fresh) {
		plx_pack_put(pack);
		return NULL;
	}
	if (pack)
		return pack;
	made = new_pack(id);
	if (!made)
		return NULL;
	mutex_lock(&plx_packs_lock);
	pack = find_locked(id);
	if (!pack) {
		list_add_tail(&made->node, &plx_packs);
		pack = made;
		made = NULL;
	} else if (fresh) {
		pack = NULL;
	}
	if (pack)
		plx_pack_get(pack);
	mutex_unlock(&plx_packs_lock);
	if (made)
		plx_pack_put(made);
	return pack;
}

/* nobody finds it any more; drops the list's reference */
void plx_pack_forget(struct plx_pack *pack)
{
	mutex_lock(&plx_packs_lock);
	if (!list_empty(&pack->node)) {
		list_del_init(&pack->node);
		plx_pack_put(pack);
	}
	mutex_unlock(&plx_packs_lock);
}

struct plx_volume *plx_pack_volume(struct plx_pack *pack, const struct plx_id *id)
{
	struct plx_volume *vol, *found = NULL;

	mutex_lock(&pack->lists);
	list_for_each_entry(vol, &pack->volumes, node)
		if (plx_id_equal(&vol->id, id)) {
			found = vol;
			plx_volume_get(found);
			break;
		}
	mutex_unlock(&pack->lists);
	return found;
}

void plx_pack_volume_add(struct plx_pack *pack, struct plx_volume *vol)
{
	plx_volume_get(vol);
	mutex_lock(&pack->lists);
	list_add_tail(&vol->node, &pack->volumes);
	mutex_unlock(&pack->lists);
}

void plx_pack_volume_remove(struct plx_pack *pack, struct plx_volume *vol)
{
	bool listed;

	mutex_lock(&pack->lists);
	listed = !list_empty(&vol->node);
	list_del_init(&vol->node);
	mutex_unlock(&pack->lists);
	if (listed)
		plx_volume_put(vol);
}

/* ids of the volumes that were deleted last, for who asks for one of them */
static struct plx_id gone[64];
static unsigned int n_gone;
static DEFINE_SPINLOCK(gone_lock); /* both of the above */

/**
 * plx_pack_volume_deleted - remember that a volume was deleted
 * @id: of the volume
 *
 * Context: any but interrupts.
 */
void plx_pack_volume_deleted(const struct plx_id *id)
{
	spin_lock(&gone_lock);
	gone[n_gone++ % ARRAY_SIZE(gone)] = *id;
	spin_unlock(&gone_lock);
}

/**
 * plx_pack_volume_gone - was there a volume with that id, until it was deleted?
 * @id: of the volume
 *
 * Only the last few are remembered. Context: any but interrupts.
 */
bool plx_pack_volume_gone(const struct plx_id *id)
{
	bool was = false;
	unsigned int i;

	spin_lock(&gone_lock);
	for (i = 0; i < min_t(unsigned int, n_gone, ARRAY_SIZE(gone)) && !was; i++)
		was = plx_id_equal(&gone[i], id);
	spin_unlock(&gone_lock);
	return was;
}

/* an open disk, dead or not; a reference, or NULL */
struct plx_disk *plx_pack_disk_any(struct plx_pack *pack, const struct plx_id *id)
{
	struct plx_disk *disk = NULL;
	u32 i;

	mutex_lock(&pack->lists);
	for (i = 0; i < pack->n_disks && !disk; i++)
		if (plx_id_equal(&pack->disk[i]->id, id))
			disk = pack->disk[i];
	if (disk)
		plx_disk_get(disk);
	mutex_unlock(&pack->lists);
	return disk;
}

/* the same, of those that have not died */
struct plx_disk *plx_pack_disk(struct plx_pack *pack, const struct plx_id *id)
{
	struct plx_disk *disk = plx_pack_disk_any(pack, id);

	if (disk && READ_ONCE(disk->dead)) {
		plx_disk_put(disk);
		disk = NULL;
	}
	return disk;
}

/* takes over the caller's reference; a dead one of the same id makes room */
int plx_pack_disk_add(struct plx_pack *pack, struct plx_disk *disk)
{
	int ret = 0;
	u32 i;

	mutex_lock(&pack->lists);
	for (i = 0; i < pack->n_disks; i++)
		if (plx_id_equal(&pack->disk[i]->id, &disk->id))
			break;
	if (i < pack->n_disks && !pack->disk[i]->dead) {
		ret = -EEXIST;
	} else if (i < pack->n_disks) {
		plx_disk_put(pack->disk[i]);
		pack->disk[i] = disk;
	} else if (i == PLEXUS_MAX_DISKS) {
		ret = -ENOSPC;
	} else {
		pack->disk[pack->n_disks++] = disk;
	}
	mutex_unlock(&pack->lists);
	return ret;
}

bool plx_pack_any_disk(struct plx_pack *pack, struct plx_id *id)
{
	bool any;

	mutex_lock(&pack->lists);
	any = pack->n_disks;
	if (any)
		*id = pack->disk[0]->id;
	mutex_unlock(&pack->lists);
	return any;
}

/* plans and logs that still name it keep it open until they are gone */
void plx_pack_disk_drop(struct plx_pack *pack, const struct plx_id *id)
{
	struct plx_disk *disk = NULL;
	u32 i;

	mutex_lock(&pack->lists);
	for (i = 0; i < pack->n_disks; i++) {
		if (!plx_id_equal(&pack->disk[i]->id, id))
			continue;
		disk = pack->disk[i];
		pack->disk[i] = pack->disk[--pack->n_disks];
		break;
	}
	mutex_unlock(&pack->lists);
	plx_disk_put(disk);
}

/* let the pack's work look for disks that died, soon; any context */
void plx_pack_event(struct plx_pack *pack)
{
	plx_pack_get(pack);
	if (!queue_work(pack->wq, &pack->event_work))
		plx_pack_put(pack);
}

/**
 * plx_pack_disk_error - a disk gave an error that cannot be tolerated
 * @pack: its pack
 * @disk: the disk; nothing is read from or written to it as metadata any more
 * @what: what failed
 *
 * Context: any that may not sleep too.
 */
void plx_pack_disk_error(struct plx_pack *pack, struct plx_disk *disk, const char *what)
{
	if (READ_ONCE(disk->dead))
		return;
	WRITE_ONCE(disk->dead, true);
	atomic64_inc(&disk->write_errors);
	pr_err("plexus: disk %s is given up: %s failed\n", disk->path, what);
	plx_pack_event(pack);
}

/* makes @conf the one of now; takes over the caller's reference. Under pack->change */
void plx_pack_publish(struct plx_pack *pack, struct plx_conf *conf)
{
	struct plx_conf *old = rcu_dereference_protected(pack->conf,
							 lockdep_is_held(&pack->change));

	rcu_assign_pointer(pack->conf, conf);
	if (old)
		plx_conf_put(old);
}

/**
 * plx_pack_each_volume - do something with each volume that runs
 * @pack: the pack
 * @fn: what; may sleep, may take any lock
 * @arg: for it
 */
void plx_pack_each_volume(struct plx_pack *pack, void (*fn)(struct plx_volume *vol, void *arg),
			  void *arg)
{
	struct plx_volume **vols, *vol;
	u32 n = 0, i;

	vols = kvcalloc(PLEXUS_MAX_VOLUMES, sizeof(*vols), GFP_KERNEL | __GFP_NOFAIL);
	mutex_lock(&pack->lists);
	list_for_each_entry(vol, &pack->volumes, node) {
		if (n == PLEXUS_MAX_VOLUMES)
			break;
		plx_volume_get(vol);
		vols[n++] = vol;
	}
	mutex_unlock(&pack->lists);
	for (i = 0; i < n; i++) {
		fn(vols[i], arg);
		plx_volume_put(vols[i]);
	}
	kvfree(vols);
}

void plx_pack_exit(void)
{
	struct plx_why why;
	struct plx_pack *pack;
	u64 pos = 0;

	while ((pack = plx_pack_next(&pos))) {
		if (plx_op_pack_stop(pack, false, &why))
			msleep(20); /* a write to sysfs is not done yet */
		plx_pack_put(pack);
		pos = 0;
	}
}
