// SPDX-License-Identifier: GPL-2.0
/*
 * From what a request names to objects. The policy has checked types and
 * lengths; the rest is checked here. Nothing here waits for pack->change or I/O.
 *
 * An array of attributes ends with the last one of the command's policy: a
 * function may be called only for commands that know all that it looks at.
 */
#include <linux/blkdev.h>
#include <linux/string.h>
#include "control.h"

/**
 * plx_find_string() - a string attribute, checked
 * @attr: the attribute
 * @what: its name, for the refusal
 * @buf: filled, terminated
 * @size: of @buf
 * @why: filled when it is refused
 *
 * Return: 0; -EINVAL: empty, too long, or with a zero in the middle.
 */
int plx_find_string(const struct nlattr *attr, const char *what, char *buf, size_t size,
		    struct plx_why *why)
{
	size_t len = nla_len(attr);
	const char *s = nla_data(attr);

	if (len && !s[len - 1])
		len--;
	if (!len || len >= size || memchr(s, 0, len))
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "%s is not a string of 1 to %zu bytes",
				  what, size - 1);
	memcpy(buf, s, len);
	buf[len] = 0;
	return 0;
}

static bool conf_name_is(struct plx_pack *pack, const char *name)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	bool is = conf && !strcmp(conf->name, name);

	if (conf)
		plx_conf_put(conf);
	return is;
}

/**
 * plx_find_pack() - the pack that a request names
 * @attrs: of a command that knows PACK_ID and PACK_NAME
 * @out: the pack with a reference; NULL where none is named
 * @why: filled when it is refused
 *
 * May sleep.
 *
 * Return: 0, also where none is named; -EINVAL, -ENOENT.
 */
int plx_find_pack(struct nlattr **attrs, struct plx_pack **out, struct plx_why *why)
{
	const struct nlattr *by_id = attrs[PLEXUS_A_PACK_ID], *by_name = attrs[PLEXUS_A_PACK_NAME];
	char name[PLEXUS_NAME_MAX + 1];
	struct plx_id id;
	int err;

	*out = NULL;
	if (by_name) {
		err = plx_find_string(by_name, "pack-name", name, sizeof(name), why);
		if (err)
			return err;
	}
	if (by_id) {
		id = plx_attr_id(by_id);
		*out = plx_pack_find(&id);
		if (!*out)
			return plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
					  "there is no pack with the id %pUb", id.b);
	} else if (by_name) {
		*out = plx_pack_find_name(name);
		if (!*out)
			return plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
					  "there is no pack named %s", name);
	}
	if (by_id && by_name && !conf_name_is(*out, name)) {
		plx_pack_put(*out);
		*out = NULL;
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "pack-id and pack-name are of different packs");
	}
	return 0;
}

/* looks for the volume in one pack; takes over the reference to @pack if it is there */
static bool found_in(struct plx_pack *pack, const struct plx_id *id, const char *name,
		     struct plx_found *out)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	int i = -1;

	if (conf)
		i = id ? plx_conf_volume_find(conf, id) : plx_conf_volume_find_name(conf, name);
	if (i < 0) {
		if (conf)
			plx_conf_put(conf);
		return false;
	}
	out->pack = pack;
	out->conf = conf;
	out->cv = conf->volume[i];
	return true;
}

static bool found_anywhere(const struct plx_id *id, struct plx_found *out)
{
	struct plx_pack *pack;
	u64 pos = 0;

	while ((pack = plx_pack_next(&pos))) {
		if (found_in(pack, id, NULL, out))
			return true;
		plx_pack_put(pack);
	}
	return false;
}

/**
 * plx_found_put() - give the references of a found volume back
 * @found: what plx_find_volume() filled, or zeroes
 *
 * May sleep.
 */
void plx_found_put(struct plx_found *found)
{
	if (found->conf)
		plx_conf_put(found->conf);
	if (found->pack)
		plx_pack_put(found->pack);
	memset(found, 0, sizeof(*found));
}

static int find_volume_by_id(const struct plx_id *id, struct plx_pack *pack,
			     struct plx_found *out, struct plx_why *why)
{
	if (pack) {
		plx_pack_get(pack);
		if (found_in(pack, id, NULL, out))
			return 0;
		plx_pack_put(pack);
	}
	if (!found_anywhere(id, out))
		return plx_pack_volume_gone(id) ?
			       plx_refuse(why, PLEXUS_VDS_E_OBJECT_DELETED,
					  "the volume with the id %pUb was deleted", id->b) :
			       plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
					  "there is no volume with the id %pUb", id->b);
	if (!pack)
		return 0;
	plx_found_put(out);
	return plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_FOUND_IN_PACK,
			  "the volume %pUb is of another pack", id->b);
}

static int find_volume_by_name(const struct nlattr *attr, const char *what,
			       struct plx_pack *pack, struct plx_found *out, struct plx_why *why)
{
	char name[PLEXUS_NAME_MAX + 1];
	int err = plx_find_string(attr, what, name, sizeof(name), why);

	if (err)
		return err;
	if (!pack)
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "%s needs pack-id or pack-name beside it", what);
	plx_pack_get(pack);
	if (found_in(pack, NULL, name, out))
		return 0;
	plx_pack_put(pack);
	return plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
			  "there is no volume named %s in the pack", name);
}

/**
 * plx_find_volume() - the volume that a request names
 * @attrs: of a command that knows PACK_ID, PACK_NAME, VOLUME_ID and VOLUME_NAME
 * @out: filled; give it back with plx_found_put(). Zeroes on error
 * @why: filled when it is refused
 *
 * May sleep.
 *
 * Return: 0, -EINVAL, -ENOENT.
 */
int plx_find_volume(struct nlattr **attrs, struct plx_found *out, struct plx_why *why)
{
	const struct nlattr *by_id = attrs[PLEXUS_A_VOLUME_ID];
	const struct nlattr *by_name = attrs[PLEXUS_A_VOLUME_NAME];
	struct plx_pack *pack;
	struct plx_id id;
	int err;

	memset(out, 0, sizeof(*out));
	err = plx_find_pack(attrs, &pack, why);
	if (err)
		return err;
	if (by_id && by_name) {
		err = plx_refuse(why, PLEXUS_E_INVALIDARG,
				 "volume-id and volume-name are both given, one is enough");
	} else if (by_id) {
		id = plx_attr_id(by_id);
		err = find_volume_by_id(&id, pack, out, why);
	} else if (by_name) {
		err = find_volume_by_name(by_name, "volume-name", pack, out, why);
	} else {
		err = plx_refuse(why, PLEXUS_E_INVALIDARG, "volume-id or volume-name is missing");
	}
	if (pack)
		plx_pack_put(pack);
	return err;
}

/**
 * plx_find_source() - the volume that gives its plexes to another
 * @attrs: of a command that knows SOURCE_VOLUME_ID and SOURCE_VOLUME_NAME
 * @pack: where it must be
 * @out: the volume with a reference
 * @why: filled when it is refused
 *
 * May sleep.
 *
 * Return: 0, -EINVAL, -ENOENT, -ENODEV.
 */
int plx_find_source(struct nlattr **attrs, struct plx_pack *pack, struct plx_volume **out,
		    struct plx_why *why)
{
	const struct nlattr *by_id = attrs[PLEXUS_A_SOURCE_VOLUME_ID];
	const struct nlattr *by_name = attrs[PLEXUS_A_SOURCE_VOLUME_NAME];
	struct plx_found found = {};
	struct plx_id id;
	int err;

	if (by_id && by_name) {
		err = plx_refuse(why, PLEXUS_E_INVALIDARG,
				 "source-volume-id and source-volume-name are both given, one is enough");
	} else if (by_id) {
		id = plx_attr_id(by_id);
		err = find_volume_by_id(&id, pack, &found, why);
	} else if (by_name) {
		err = find_volume_by_name(by_name, "source-volume-name", pack, &found, why);
	} else {
		err = plx_refuse(why, PLEXUS_E_INVALIDARG,
				 "source-volume-id or source-volume-name is missing");
	}
	if (err)
		return err;
	*out = plx_pack_volume(found.pack, &found.cv->id);
	if (!*out)
		err = plx_refuse(why, PLEXUS_VDS_E_VOLUME_NOT_ONLINE,
				 "the source volume %s is not online", found.cv->name);
	plx_found_put(&found);
	return err;
}

/* ---- disks ---- */

struct path_search {
	const char *path;
	dev_t dev; /* of path; 0: it is not a block device */
	struct plx_pack *pack; /* with a reference: where it was found */
	struct plx_id id;
	unsigned int n; /* how many match */
};

static void match_open(struct plx_pack *pack, struct path_search *s)
{
	u32 i;

	mutex_lock(&pack->lists);
	for (i = 0; i < pack->n_disks; i++) {
		struct plx_disk *disk = pack->disk[i];

		/* through a link, too; the device may have been opened by another name */
		if (strcmp(disk->path, s->path) &&
		    !(s->dev && plx_disk_bdev(disk)->bd_dev == s->dev))
			continue;
		s->id = disk->id;
		s->n++;
		if (!s->pack) {
			plx_pack_get(pack);
			s->pack = pack;
		}
	}
	mutex_unlock(&pack->lists);
}

/* where a disk that is not open was last seen */
static void match_hint(struct plx_pack *pack, struct path_search *s)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	u32 i;

	for (i = 0; conf && i < conf->n_disks; i++) {
		struct plx_disk *open;

		if (strncmp(conf->disk[i]->path, s->path, sizeof(conf->disk[i]->path)))
			continue;
		open = plx_pack_disk(pack, &conf->disk[i]->id);
		if (open) {
			plx_disk_put(open);
			continue;
		}
		s->id = conf->disk[i]->id;
		s->n++;
		if (!s->pack) {
			plx_pack_get(pack);
			s->pack = pack;
		}
	}
	if (conf)
		plx_conf_put(conf);
}

static void match_each(struct plx_pack *only, struct path_search *s,
		       void (*match)(struct plx_pack *pack, struct path_search *s))
{
	struct plx_pack *pack;
	u64 pos = 0;

	if (only) {
		match(only, s);
		return;
	}
	while ((pack = plx_pack_next(&pos))) {
		match(pack, s);
		plx_pack_put(pack);
	}
}

/* takes a reference to the pack found, which may be @pack */
static int find_disk_by_path(const char *path, struct plx_pack *pack, bool follow,
			     struct plx_pack **out, struct plx_id *id, struct plx_why *why)
{
	struct path_search s = { .path = path };

	if (!follow || lookup_bdev(path, &s.dev))
		s.dev = 0;
	match_each(pack, &s, match_open);
	if (!s.n)
		match_each(pack, &s, match_hint);
	if (s.n == 1) {
		*out = s.pack;
		*id = s.id;
		return 0;
	}
	if (s.pack)
		plx_pack_put(s.pack);
	if (s.n)
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "%u absent disks were last seen at %.128s, give the disk-id",
				  s.n, path);
	return plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "%.128s is not a disk of %s", path,
			  pack ? "the pack" : "any pack");
}

static bool pack_has_disk(struct plx_pack *pack, const struct plx_id *id)
{
	struct plx_conf *conf = plx_pack_conf(pack);
	struct plx_disk *disk = plx_pack_disk(pack, id);
	bool has = disk || (conf && plx_conf_disk_find(conf, id) >= 0);

	if (disk)
		plx_disk_put(disk);
	if (conf)
		plx_conf_put(conf);
	return has;
}

static int find_disk_by_id(const struct plx_id *id, struct plx_pack *pack, struct plx_pack **out,
			   struct plx_why *why)
{
	struct plx_pack *at;
	u64 pos = 0;

	if (pack && pack_has_disk(pack, id)) {
		plx_pack_get(pack);
		*out = pack;
		return 0;
	}
	while (!pack && (at = plx_pack_next(&pos))) {
		if (pack_has_disk(at, id)) {
			*out = at;
			return 0;
		}
		plx_pack_put(at);
	}
	return plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND, "%s has no disk with the id %pUb",
			  pack ? "the pack" : "no pack", id->b);
}

/**
 * plx_find_disk() - the disk that a request names
 * @attrs: of a command that knows DISK_ID and PATH
 * @pack: look there; NULL: in all packs
 * @follow: the path may be a link to the disk, or another name of it; else it
 *	must be the one by which the disk was opened. Only for callers with
 *	CAP_SYS_ADMIN: a look-up may end in a file system that does not answer,
 *	and whoever hangs in a command holds up all families of generic netlink
 * @out: its pack with a reference
 * @id: its id
 * @why: filled when it is refused
 *
 * A path counts for open disks first, then for where absent ones were last
 * seen. May sleep.
 *
 * Return: 0, -EINVAL, -ENOENT.
 */
int plx_find_disk(struct nlattr **attrs, struct plx_pack *pack, bool follow,
		  struct plx_pack **out, struct plx_id *id, struct plx_why *why)
{
	char path[PLEXUS_PATH_MAX + 1];
	int err;

	*out = NULL;
	if (attrs[PLEXUS_A_DISK_ID] && attrs[PLEXUS_A_PATH])
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "disk-id and path are both given, one is enough");
	if (attrs[PLEXUS_A_DISK_ID]) {
		*id = plx_attr_id(attrs[PLEXUS_A_DISK_ID]);
		return find_disk_by_id(id, pack, out, why);
	}
	if (!attrs[PLEXUS_A_PATH])
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "disk-id or path is missing");
	err = plx_find_string(attrs[PLEXUS_A_PATH], "path", path, sizeof(path), why);
	if (err)
		return err;
	return find_disk_by_path(path, pack, follow, out, id, why);
}

/**
 * plx_find_keep() - the disk whose history is to be kept
 * @attrs: of a command that knows DISK_ID and PATH
 * @pack: where it must be
 * @id: its id
 * @why: filled when it is refused
 *
 * May sleep.
 *
 * Return: 1 where one is named, 0 where none is; -EINVAL, -ENOENT.
 */
int plx_find_keep(struct nlattr **attrs, struct plx_pack *pack, struct plx_id *id,
		  struct plx_why *why)
{
	struct plx_pack *at;
	int err;

	if (!attrs[PLEXUS_A_DISK_ID] && !attrs[PLEXUS_A_PATH])
		return 0;
	err = plx_find_disk(attrs, pack, true, &at, id, why);
	if (err)
		return err;
	plx_pack_put(at);
	return 1;
}

static int find_one_input(const struct nlattr *nest, struct plx_pack *pack,
			  struct plx_input_disk *in, struct netlink_ext_ack *extack,
			  struct plx_why *why)
{
	struct nlattr *tb[PLEXUS_A_INPUT_DISK_SIZE + 1];
	char path[PLEXUS_PATH_MAX + 1];
	struct plx_pack *at;
	int err;

	err = nla_parse_nested(tb, PLEXUS_A_INPUT_DISK_SIZE, nest, plexus_input_disk_nl_policy,
			       extack);
	if (err)
		return plx_refuse(why, PLEXUS_E_INVALIDARG, "an input-disk is not well formed");
	if (!tb[PLEXUS_A_INPUT_DISK_DISK_ID] == !tb[PLEXUS_A_INPUT_DISK_PATH])
		return plx_refuse(why, PLEXUS_E_INVALIDARG,
				  "an input-disk needs disk-id or path, and only one");
	if (tb[PLEXUS_A_INPUT_DISK_SIZE])
		in->bytes = nla_get_u64(tb[PLEXUS_A_INPUT_DISK_SIZE]);
	if (tb[PLEXUS_A_INPUT_DISK_DISK_ID]) {
		in->id = plx_attr_id(tb[PLEXUS_A_INPUT_DISK_DISK_ID]);
		err = find_disk_by_id(&in->id, pack, &at, why);
	} else {
		err = plx_find_string(tb[PLEXUS_A_INPUT_DISK_PATH], "path", path, sizeof(path),
				      why);
		if (!err)
			err = find_disk_by_path(path, pack, true, &at, &in->id, why);
	}
	if (err)
		return err;
	plx_pack_put(at);
	return 0;
}

/**
 * plx_find_input() - the disks that an operation may use
 * @info: of a command that knows INPUT_DISK
 * @pack: where they must be
 * @in: room for PLX_MAX_INPUT, filled
 * @n: how many there are
 * @why: filled when it is refused
 *
 * May sleep.
 *
 * Return: 0, -EINVAL, -ENOENT.
 */
int plx_find_input(struct genl_info *info, struct plx_pack *pack, struct plx_input_disk *in,
		   u32 *n, struct plx_why *why)
{
	const struct nlattr *attr;
	u32 i = 0, j;
	int rem, err;

	*n = 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != PLEXUS_A_INPUT_DISK)
			continue;
		if (i == PLX_MAX_INPUT)
			return plx_refuse(why, PLEXUS_E_INVALIDARG,
					  "more than %u input-disks are given", PLX_MAX_INPUT);
		memset(&in[i], 0, sizeof(in[i]));
		err = find_one_input(attr, pack, &in[i], info->extack, why);
		if (err)
			return err;
		for (j = 0; j < i; j++)
			if (plx_id_equal(&in[j].id, &in[i].id))
				return plx_refuse(why, PLEXUS_VDS_E_DUPLICATE_DISK,
						  "the disk %pUb is given twice", in[i].id.b);
		i++;
	}
	*n = i;
	return 0;
}
