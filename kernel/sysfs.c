// SPDX-License-Identifier: GPL-2.0
/*
 * Volumes and packs for people with cat and echo: /sys/block/plxN/plexus/ and
 * /sys/class/plexus/<pack>/. Writing does what the command over netlink does,
 * through the same function. Documentation/ABI/testing/sysfs-*-plexus.
 *
 * A volume lives as long as its gendisk. Whoever removes a gendisk or a pack's
 * device waits for the attributes in use, which may wait for pack->change: so
 * neither is removed under it.
 */
#define pr_fmt(fmt) "plexus: " fmt

#include <linux/capability.h>
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "control.h"

/* ---- what all attributes share ---- */

#define N_NAMES 16 /* more than any of the enums has */

static const char * const health_names[N_NAMES] = {
	[PLEXUS_HEALTH_UNKNOWN] = "unknown",
	[PLEXUS_HEALTH_HEALTHY] = "healthy",
	[PLEXUS_HEALTH_REBUILDING] = "rebuilding",
	[PLEXUS_HEALTH_STALE] = "stale",
	[PLEXUS_HEALTH_FAILING] = "failing",
	[PLEXUS_HEALTH_FAILING_REDUNDANCY] = "failing-redundancy",
	[PLEXUS_HEALTH_FAILED_REDUNDANCY] = "failed-redundancy",
	[PLEXUS_HEALTH_FAILED_REDUNDANCY_FAILING] = "failed-redundancy-failing",
	[PLEXUS_HEALTH_FAILED] = "failed",
};

static const char * const status_names[N_NAMES] = {
	[PLEXUS_VOLUME_STATUS_UNKNOWN] = "unknown",
	[PLEXUS_VOLUME_STATUS_ONLINE] = "online",
	[PLEXUS_VOLUME_STATUS_NO_MEDIA] = "no-media",
	[PLEXUS_VOLUME_STATUS_OFFLINE] = "offline",
	[PLEXUS_VOLUME_STATUS_FAILED] = "failed",
};

static const char * const disk_status_names[N_NAMES] = {
	[PLEXUS_DISK_STATUS_UNKNOWN] = "unknown",
	[PLEXUS_DISK_STATUS_ONLINE] = "online",
	[PLEXUS_DISK_STATUS_NOT_READY] = "not-ready",
	[PLEXUS_DISK_STATUS_NO_MEDIA] = "no-media",
	[PLEXUS_DISK_STATUS_OFFLINE] = "offline",
	[PLEXUS_DISK_STATUS_FAILED] = "failed",
	[PLEXUS_DISK_STATUS_MISSING] = "missing",
};

static const char * const type_names[N_NAMES] = {
	[PLEXUS_TYPE_SIMPLE] = "simple",
	[PLEXUS_TYPE_SPAN] = "span",
	[PLEXUS_TYPE_STRIPE] = "stripe",
	[PLEXUS_TYPE_MIRROR] = "mirror",
	[PLEXUS_TYPE_PARITY] = "parity",
};

static const char * const action_names[N_NAMES] = {
	[PLEXUS_SYNC_ACTION_IDLE] = "idle",
	[PLEXUS_SYNC_ACTION_RESYNC] = "resync",
	[PLEXUS_SYNC_ACTION_CHECK] = "check",
	[PLEXUS_SYNC_ACTION_REPAIR] = "repair",
	[PLEXUS_SYNC_ACTION_PAUSE] = "pause",
};

static const char * const write_hole_names[N_NAMES] = {
	[PLX_WRITE_HOLE_NONE] = "none",
	[PLX_WRITE_HOLE_LOG] = "log",
	[PLX_WRITE_HOLE_JOURNAL] = "journal",
	[PLX_WRITE_HOLE_OFF] = "off",
};

static const char *name_in(const char * const *names, u32 value)
{
	return value < N_NAMES && names[value] ? names[value] : "unknown";
}

static struct plx_volume *volume_of(struct device *dev)
{
	return dev_to_disk(dev)->private_data;
}

/* what a write attribute returns */
static ssize_t stored(struct device *dev, int err, const struct plx_why *why, size_t count)
{
	if (!err)
		return count;
	pr_notice_ratelimited("%s: %s\n", dev_name(dev), why->text);
	return err;
}

static ssize_t not_accepted(struct device *dev, const char *what)
{
	pr_notice_ratelimited("%s: this attribute accepts %s\n", dev_name(dev), what);
	return -EINVAL;
}

/* ---- volumes ---- */

/* the volume in the configuration of its pack; a reference to *@conf, or NULL */
static const struct plx_conf_volume *look(struct plx_volume *vol, struct plx_conf **conf)
{
	int i;

	*conf = plx_pack_conf(vol->pack);
	if (!*conf)
		return NULL;
	i = plx_conf_volume_find(*conf, &vol->id);
	if (i >= 0)
		return (*conf)->volume[i];
	plx_conf_put(*conf);
	return NULL;
}

/* an attribute that follows from the configuration alone */
#define VOLUME_ATTR_CONF(_name, _fmt, ...)							\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct plx_conf *conf;									\
	const struct plx_conf_volume *cv = look(volume_of(dev), &conf);				\
	ssize_t len;										\
												\
	if (!cv)										\
		return -ENODEV;									\
	len = sysfs_emit(buf, _fmt "\n", __VA_ARGS__);						\
	plx_conf_put(conf);									\
	return len;										\
}

VOLUME_ATTR_CONF(name, "%s", cv->name)
static DEVICE_ATTR_RO(name);
VOLUME_ATTR_CONF(pack, "%s", conf->name)
static DEVICE_ATTR_RO(pack);
VOLUME_ATTR_CONF(type, "%s", name_in(type_names, plx_conf_volume_type(cv)))
static DEVICE_ATTR_RO(type);
VOLUME_ATTR_CONF(health, "%s", name_in(health_names, plx_state_volume_health(conf, cv)))
static DEVICE_ATTR_RO(health);
VOLUME_ATTR_CONF(status, "%s", name_in(status_names, plx_state_volume_status(conf, cv)))
static DEVICE_ATTR_RO(status);
VOLUME_ATTR_CONF(region_size, "%llu", cv->region_shift ?
		 1ULL << (cv->region_shift + PLX_SECTOR_SHIFT) : 0ULL)
static DEVICE_ATTR_RO(region_size);

VOLUME_ATTR_CONF(write_hole, "%s", name_in(write_hole_names, cv->write_hole))
static DEVICE_ATTR_RO(write_hole);

static ssize_t id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%pUb\n", volume_of(dev)->id.b);
}
static DEVICE_ATTR_RO(id);

static ssize_t mismatches_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lld\n", (long long)atomic64_read(&volume_of(dev)->mismatches));
}
static DEVICE_ATTR_RO(mismatches);

static ssize_t plexes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct plx_conf *conf;
	const struct plx_conf_volume *cv = look(volume_of(dev), &conf);
	int len = 0;
	u32 i, d;

	if (!cv)
		return -ENODEV;
	for (i = 0; i < cv->n_plexes; i++) {
		const struct plx_conf_plex *cp = cv->plex[i];

		len += sysfs_emit_at(buf, len, "%u %pUb %s %s", i, cp->id.b,
				     name_in(type_names, cp->type),
				     name_in(health_names, plx_state_plex_health(conf, cp)));
		for (d = 0; d < conf->n_disks; d++)
			if (plx_conf_plex_uses(cp, d))
				len += sysfs_emit_at(buf, len, " %s", conf->disk[d]->path);
		len += sysfs_emit_at(buf, len, "\n");
	}
	plx_conf_put(conf);
	return len;
}
static DEVICE_ATTR_RO(plexes);

static ssize_t sync_action_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct plx_sync_state state = {};

	plx_sync_query(volume_of(dev), &state);
	return sysfs_emit(buf, "%s\n", name_in(action_names, state.action));
}

static ssize_t sync_action_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t count)
{
	int action = sysfs_match_string(action_names, buf);
	struct plx_why why = {};
	u64 task;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (action < 0)
		return not_accepted(dev, "idle, resync, check, repair, pause");
	return stored(dev, plx_control_sync_action(volume_of(dev), action, &task, &why), &why,
		      count);
}
static DEVICE_ATTR_RW(sync_action);

static ssize_t sync_completed_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct plx_sync_state state = {};

	plx_sync_query(volume_of(dev), &state);
	if (!state.total)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "%llu / %llu\n", state.done, state.total);
}
static DEVICE_ATTR_RO(sync_completed);

static ssize_t sync_speed_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct plx_sync_state state = {};

	plx_sync_query(volume_of(dev), &state);
	return sysfs_emit(buf, "%llu\n", state.speed);
}
static DEVICE_ATTR_RO(sync_speed);

static ssize_t store_speed(struct device *dev, const char *buf, size_t count, bool max)
{
	struct plx_why why = {};
	u64 speed;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (kstrtou64(buf, 0, &speed))
		return not_accepted(dev, "a number of bytes per second, 0 for no limit");
	return stored(dev, plx_control_speed(volume_of(dev), max ? NULL : &speed,
					     max ? &speed : NULL, &why), &why, count);
}

static ssize_t sync_speed_min_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", READ_ONCE(volume_of(dev)->speed_min));
}

static ssize_t sync_speed_min_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t count)
{
	return store_speed(dev, buf, count, false);
}
static DEVICE_ATTR_RW(sync_speed_min);

static ssize_t sync_speed_max_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", READ_ONCE(volume_of(dev)->speed_max));
}

static ssize_t sync_speed_max_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t count)
{
	return store_speed(dev, buf, count, true);
}
static DEVICE_ATTR_RW(sync_speed_max);

static ssize_t read_policy_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct plx_conf *conf;
	const struct plx_conf_volume *cv = look(volume_of(dev), &conf);
	ssize_t len;

	if (!cv)
		return -ENODEV;
	if (cv->read_policy == PLEXUS_READ_POLICY_PREFER)
		len = sysfs_emit(buf, "prefer %u\n", cv->preferred);
	else
		len = sysfs_emit(buf, "%s\n", cv->read_policy == PLEXUS_READ_POLICY_FIRST ?
						      "first" : "balance");
	plx_conf_put(conf);
	return len;
}

/* the id of the plex with the index that @buf says; -EINVAL: there is none such */
static int plex_at(struct plx_volume *vol, const char *buf, struct plx_id *id)
{
	struct plx_conf *conf;
	const struct plx_conf_volume *cv;
	u32 i;
	int err = -EINVAL;

	if (kstrtou32(buf, 10, &i))
		return err;
	cv = look(vol, &conf);
	if (!cv)
		return err;
	if (i < cv->n_plexes) {
		*id = cv->plex[i]->id;
		err = 0;
	}
	plx_conf_put(conf);
	return err;
}

static ssize_t read_policy_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t count)
{
	static const char prefer[] = "prefer ";
	struct plx_volume *vol = volume_of(dev);
	struct plx_why why = {};
	struct plx_id id;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (sysfs_streq(buf, "balance"))
		err = plx_op_volume_read_policy(vol, PLEXUS_READ_POLICY_BALANCE, NULL, &why);
	else if (sysfs_streq(buf, "first"))
		err = plx_op_volume_read_policy(vol, PLEXUS_READ_POLICY_FIRST, NULL, &why);
	else if (!strncmp(buf, prefer, strlen(prefer)) &&
		 !plex_at(vol, buf + strlen(prefer), &id))
		err = plx_op_volume_read_policy(vol, PLEXUS_READ_POLICY_PREFER, &id, &why);
	else
		return not_accepted(dev, "balance, first, or prefer and the index of a plex");
	return stored(dev, err, &why, count);
}
static DEVICE_ATTR_RW(read_policy);

VOLUME_ATTR_CONF(stable_writes, "%u", !!(cv->flags & PLEXUS_VOLUME_FLAGS_STABLE_WRITES))

static ssize_t stable_writes_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t count)
{
	struct plx_volume *vol = volume_of(dev);
	const struct plx_conf_volume *cv;
	struct plx_why why = {};
	struct plx_conf *conf;
	u32 flags;
	bool on;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (kstrtobool(buf, &on))
		return not_accepted(dev, "0 or 1");
	cv = look(vol, &conf);
	if (!cv)
		return -ENODEV;
	flags = cv->flags & PLX_VOLUME_SETTABLE & ~PLEXUS_VOLUME_FLAGS_STABLE_WRITES;
	if (on)
		flags |= PLEXUS_VOLUME_FLAGS_STABLE_WRITES;
	plx_conf_put(conf);
	return stored(dev, plx_op_volume_flags(vol, flags, &why), &why, count);
}
static DEVICE_ATTR_RW(stable_writes);

static struct attribute *volume_attrs[] = {
	&dev_attr_id.attr,
	&dev_attr_name.attr,
	&dev_attr_pack.attr,
	&dev_attr_type.attr,
	&dev_attr_health.attr,
	&dev_attr_status.attr,
	&dev_attr_plexes.attr,
	&dev_attr_sync_action.attr,
	&dev_attr_sync_completed.attr,
	&dev_attr_sync_speed.attr,
	&dev_attr_sync_speed_min.attr,
	&dev_attr_sync_speed_max.attr,
	&dev_attr_read_policy.attr,
	&dev_attr_stable_writes.attr,
	&dev_attr_mismatches.attr,
	&dev_attr_region_size.attr,
	&dev_attr_write_hole.attr,
	NULL,
};

static const struct attribute_group volume_group = {
	.name = "plexus",
	.attrs = volume_attrs,
};

/* for device_add_disk(); gendisk->private_data is the volume */
const struct attribute_group *plx_sysfs_volume_groups[] = { &volume_group, NULL };

/* ---- packs; the names of their attributes are taken above, so these have a prefix ---- */

static struct plx_pack *pack_of(struct device *dev)
{
	return dev_get_drvdata(dev);
}

static ssize_t pack_state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	switch (READ_ONCE(pack_of(dev)->state)) {
	case PLX_PACK_ONLINE:
		return sysfs_emit(buf, "online\n");
	case PLX_PACK_WAITING:
	case PLX_PACK_UNMAKING:
		return sysfs_emit(buf, "waiting\n");
	default:
		return sysfs_emit(buf, "stopped\n");
	}
}

static struct device_attribute pack_state = __ATTR(state, 0444, pack_state_show, NULL);

static ssize_t pack_generation_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct plx_conf *conf = plx_pack_conf(pack_of(dev));
	ssize_t len = sysfs_emit(buf, "%llu\n", conf ? conf->generation : 0);

	if (conf)
		plx_conf_put(conf);
	return len;
}

static struct device_attribute pack_generation =
	__ATTR(generation, 0444, pack_generation_show, NULL);

static ssize_t pack_name_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct plx_conf *conf = plx_pack_conf(pack_of(dev));
	ssize_t len = sysfs_emit(buf, "%s\n", conf ? conf->name : "");

	if (conf)
		plx_conf_put(conf);
	return len;
}

static struct device_attribute pack_name = __ATTR(name, 0444, pack_name_show, NULL);

static ssize_t pack_id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%pUb\n", pack_of(dev)->id.b);
}

static struct device_attribute pack_id = __ATTR(id, 0444, pack_id_show, NULL);

static ssize_t pack_disks_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct plx_conf *conf = plx_pack_conf(pack_of(dev));
	int len = 0;
	u32 i;

	for (i = 0; conf && i < conf->n_disks; i++) {
		const struct plx_conf_disk *cd = conf->disk[i];

		len += sysfs_emit_at(buf, len, "%pUb %s %s\n", cd->id.b,
				     name_in(disk_status_names, plx_state_disk_status(cd)),
				     cd->path);
	}
	if (conf)
		plx_conf_put(conf);
	return len;
}

static struct device_attribute pack_disks = __ATTR(disks, 0444, pack_disks_show, NULL);

static ssize_t pack_recover_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t count)
{
	struct plx_why why = {};
	u64 task = 0;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!sysfs_streq(buf, "1"))
		return not_accepted(dev, "1");
	return stored(dev, plx_op_pack_recover(pack_of(dev), false, NULL, &task, &why), &why,
		      count);
}

static struct device_attribute pack_recover = __ATTR(recover, 0200, NULL, pack_recover_store);

static struct attribute *pack_attrs[] = {
	&pack_state.attr,
	&pack_generation.attr,
	&pack_name.attr,
	&pack_id.attr,
	&pack_disks.attr,
	&pack_recover.attr,
	NULL,
};
ATTRIBUTE_GROUPS(pack);

static struct class *class;
static DEFINE_MUTEX(devices_lock); /* names of pack devices, pack->device */

static bool name_taken(const char *name)
{
	struct device *other = class_find_device_by_name(class, name);

	put_device(other);
	return other;
}

/*
 * The name of a pack's device: the pack's own, unless another pack has the same
 * (disks of another machine); then, or without a name, with the id behind it. No
 * pack's name has a colon, so that one can't be taken.
 */
static void device_name(struct plx_pack *pack, const char *name, char *out, size_t size)
{
	lockdep_assert_held(&devices_lock);
	strscpy(out, name, size);
	if (name[0] && !name_taken(out))
		return;
	snprintf(out, size, "%s:%pUb", name[0] ? name : "unnamed", pack->id.b);
}

/**
 * plx_sysfs_pack_add() - give a pack its device in the class
 * @pack: the pack; the device holds a reference
 *
 * Nothing happens when it has one. Sleeps; takes no lock of others.
 *
 * Return: 0 or a negative errno; a pack works without a device, too.
 */
int plx_sysfs_pack_add(struct plx_pack *pack)
{
	char name[PLEXUS_NAME_MAX + 48];
	struct plx_conf *conf = plx_pack_conf(pack);
	struct device *dev;
	int err = 0;

	mutex_lock(&devices_lock);
	/* of a pack that was stopped it was taken away already, or will be when we have the lock */
	if (pack->device || READ_ONCE(pack->state) == PLX_PACK_STOPPED)
		goto out;
	device_name(pack, conf ? conf->name : "", name, sizeof(name));
	plx_pack_get(pack);
	dev = device_create_with_groups(class, NULL, MKDEV(0, 0), pack, pack_groups, "%s", name);
	if (IS_ERR(dev)) {
		err = PTR_ERR(dev);
		plx_pack_put(pack);
		goto out;
	}
	pack->device = dev;
out:
	mutex_unlock(&devices_lock);
	if (conf)
		plx_conf_put(conf);
	return err;
}

/**
 * plx_sysfs_pack_remove() - take a pack's device away
 * @pack: the pack
 *
 * Waits for attributes in use, one of which recovers the pack: not under
 * pack->change, not from plx_op_pack_recover(). Nothing happens when there is
 * no device. Sleeps.
 */
void plx_sysfs_pack_remove(struct plx_pack *pack)
{
	struct device *dev;

	mutex_lock(&devices_lock);
	dev = pack->device;
	pack->device = NULL;
	mutex_unlock(&devices_lock);
	if (!dev)
		return;
	device_unregister(dev);
	plx_pack_put(pack);
}

/**
 * plx_sysfs_pack_rename() - a pack has a new name
 * @pack: the pack
 * @name: its name
 *
 * Nothing happens when there is no device. Sleeps; takes no lock of others.
 *
 * Return: 0 or a negative errno; the device then has the old name.
 */
int plx_sysfs_pack_rename(struct plx_pack *pack, const char *name)
{
	char new_name[PLEXUS_NAME_MAX + 48];
	int err = 0;

	mutex_lock(&devices_lock);
	if (pack->device && strcmp(dev_name(pack->device), name)) {
		device_name(pack, name, new_name, sizeof(new_name));
		if (strcmp(dev_name(pack->device), new_name))
			err = device_rename(pack->device, new_name);
	}
	mutex_unlock(&devices_lock);
	return err;
}

/**
 * plx_sysfs_init() - make the class
 *
 * Before there are packs. Sleeps.
 *
 * Return: 0 or a negative errno.
 */
int plx_sysfs_init(void)
{
	class = plx_class_create("plexus");
	return PTR_ERR_OR_ZERO(class);
}

/**
 * plx_sysfs_exit() - take the class away
 *
 * When there are no packs any more. Sleeps.
 */
void plx_sysfs_exit(void)
{
	class_destroy(class);
}
