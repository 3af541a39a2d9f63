// SPDX-License-Identifier: GPL-2.0
/* plexus disk ... */
#include <limits.h>

#include "cli.h"

int cmd_disk_add(struct cli *c, int argc, char **argv)
{
	bool force = c->o.given & OPT_FORCE;
	struct plexus_pack_ref pack;
	struct plexus_outcome out;
	char path[PATH_MAX];
	struct names room;
	int i, err = arg_pack(c, argv[0], &room, &pack);

	for (i = 1; i < argc && !err; i++) {
		arg_path(argv[i], path, sizeof(path));
		err = cli_finish(c, plexus_disk_add(c->h, &pack, path, force, &out), &out, path);
	}
	return err;
}

/*
 * DISK..., or PACK DISK...: the pack adds nothing but may be given, as with add.
 * An argument that is a disk is never taken for a pack.
 */
static int skip_pack(struct cli *c, int argc, char **argv, int *first)
{
	const struct plexus_disk_info *disk;
	const struct plexus_pack_info *pack;
	int err = cli_snapshot(c);

	*first = 0;
	if (err)
		return err;
	if (argc > 1 && !strchr(argv[0], '/') && find_disk(&c->snap, argv[0], &disk) &&
	    !find_pack(&c->snap, argv[0], &pack))
		*first = 1;
	return 0;
}

typedef int disk_fn(struct cli *c, const struct plexus_disk_ref *disk, struct plexus_outcome *out);

static int each_disk(struct cli *c, int argc, char **argv, disk_fn *call)
{
	struct plexus_disk_ref disk;
	struct plexus_outcome out;
	struct names room;
	int i, err = skip_pack(c, argc, argv, &i);

	for (; i < argc && !err; i++) {
		err = arg_disk(c, argv[i], &room, &disk);
		if (!err)
			err = cli_finish(c, call(c, &disk, &out), &out, argv[i]);
	}
	return err;
}

static int call_remove(struct cli *c, const struct plexus_disk_ref *disk,
		       struct plexus_outcome *out)
{
	return plexus_disk_remove(c->h, disk, out);
}

static int call_offline(struct cli *c, const struct plexus_disk_ref *disk,
			struct plexus_outcome *out)
{
	return plexus_disk_offline(c->h, disk, c->o.given & OPT_FORCE, out);
}

static int call_online(struct cli *c, const struct plexus_disk_ref *disk,
		       struct plexus_outcome *out)
{
	return plexus_disk_online(c->h, disk, c->o.given & OPT_FORCE, out);
}

static int call_spare(struct cli *c, const struct plexus_disk_ref *disk, struct plexus_outcome *out)
{
	return plexus_disk_set_spare(c->h, disk, true, out);
}

static int call_no_spare(struct cli *c, const struct plexus_disk_ref *disk,
			 struct plexus_outcome *out)
{
	return plexus_disk_set_spare(c->h, disk, false, out);
}

int cmd_disk_remove(struct cli *c, int argc, char **argv)
{
	return each_disk(c, argc, argv, call_remove);
}

int cmd_disk_offline(struct cli *c, int argc, char **argv)
{
	return each_disk(c, argc, argv, call_offline);
}

int cmd_disk_online(struct cli *c, int argc, char **argv)
{
	return each_disk(c, argc, argv, call_online);
}

/* plexus disk spare DISK... [on|off] */
int cmd_disk_spare(struct cli *c, int argc, char **argv)
{
	const char *last = argv[argc - 1];
	bool off = !strcmp(last, "off");

	if (off || !strcmp(last, "on"))
		argc--;
	if (!argc)
		return cli_usage(c, "no disk given");
	return each_disk(c, argc, argv, off ? call_no_spare : call_spare);
}

int cmd_disk_replace(struct cli *c, int argc, char **argv)
{
	struct plexus_disk_ref disk, with;
	struct plexus_input_disk by = { 0 };
	struct names room, with_room;
	struct plexus_outcome out;
	int first, err = skip_pack(c, argc - 1, argv, &first);

	if (!err && argc - first != 2)
		return cli_usage(c,
				 "two disks are needed: the one that goes, and the one that comes");
	if (!err)
		err = arg_disk(c, argv[first], &room, &disk);
	if (!err)
		err = arg_disk(c, argv[first + 1], &with_room, &with);
	if (err)
		return err;
	by.id = with.id;
	by.path = with.path;
	err = plexus_disk_replace(c->h, &disk, &by, c->o.given & OPT_FORCE, &out);
	return cli_finish(c, err, &out, argv[first]);
}

static void row(const struct snapshot *s, struct table *t, const void *item)
{
	const struct plexus_disk_info *d = item;
	char id[PLEXUS_ID_TEXT], size[SIZE_TEXT], room[SIZE_TEXT], state[256];
	char place[PLEXUS_PATH_MAX + 8];
	const char *const cells[] = { place, d->pack_name, id, size, room, state };

	(void)s;
	disk_place(d, place, sizeof(place));
	plexus_id_format(&d->id, id);
	size_format(d->size, size);
	size_format(d->free, room);
	disk_words(d, state, sizeof(state));
	table_row(t, cells);
}

static struct json_object *json(const struct snapshot *s, const void *item)
{
	(void)s;
	return json_of_disk(item);
}

static bool of_pack(const void *item, const void *pack)
{
	const struct plexus_disk_info *d = item;

	return !pack || plexus_id_equal(&d->pack, pack);
}

int cmd_disk_list(struct cli *c, int argc, char **argv)
{
	static const char *const heads[] = { "DISK", "PACK", "ID", "SIZE", "FREE", "STATE" };
	struct listing l = { "disks", heads, 6, 1u << 3 | 1u << 4, NULL, of_pack, NULL, json, row };
	const struct plexus_id *pack = NULL;
	int err = argc ? arg_list_pack(c, argv[0], &pack) : cli_snapshot(c);

	l.items = (void *const *)c->snap.disks;
	l.arg = pack;
	return err ? err : cli_list(c, &l);
}
