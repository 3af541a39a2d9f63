// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments to references. What the snapshot does not know goes to the driver as
 * it was typed: it knows best how to refuse it.
 */
#include <limits.h>

#include "cli.h"

void arg_path(const char *text, char *path, size_t size)
{
	char *real = realpath(text, NULL);
	char dev[PATH_MAX];

	/* "vdb" as lsblk shows it */
	if (!real && !strchr(text, '/')) {
		snprintf(dev, sizeof(dev), "/dev/%s", text);
		real = realpath(dev, NULL);
	}
	snprintf(path, size, "%s", real ? real : text);
	free(real);
}

char **arg_paths(int n, char **argv)
{
	char **paths = calloc((size_t)n + 1, sizeof(*paths));
	char path[PATH_MAX];
	int i;

	for (i = 0; paths && i < n; i++) {
		arg_path(argv[i], path, sizeof(path));
		paths[i] = strdup(path);
	}
	return paths;
}

void arg_paths_free(char **paths)
{
	size_t i;

	for (i = 0; paths && paths[i]; i++)
		free(paths[i]);
	free(paths);
}

static int ambiguous(struct cli *c, const char *what, const char *text)
{
	return cli_fail(c, EXIT_FAILED, R(E_INVALIDARG),
			"'%s' fits more than one %s; give more of its id, see 'plexus %s list'",
			text, what, what);
}

int arg_pack(struct cli *c, const char *text, struct names *room, struct plexus_pack_ref *ref)
{
	const struct plexus_pack_info *pack;
	int err = cli_snapshot(c);

	memset(ref, 0, sizeof(*ref));
	if (err)
		return err;
	err = find_pack(&c->snap, text, &pack);
	if (err == -ENOTUNIQ)
		return ambiguous(c, "pack", text);
	if (!err) {
		room->pack_id = pack->id;
		ref->id = &room->pack_id;
	} else if (!plexus_id_parse(text, &room->pack_id)) {
		ref->id = &room->pack_id;
	} else {
		snprintf(room->pack_name, sizeof(room->pack_name), "%s", text);
		ref->name = room->pack_name;
	}
	return 0;
}

/* A volume that the snapshot has not: PACK/NAME or a whole id. */
static int unknown_volume(struct cli *c, const char *text, struct names *room,
			  struct plexus_volume_ref *ref)
{
	if (!plexus_id_parse(text, &room->id)) {
		ref->id = &room->id;
		return 0;
	}
	if (strchr(text, '/') && text[0] != '/')
		return arg_new_volume(c, text, room, &ref->pack, &ref->name);
	return cli_fail(
		c, EXIT_FAILED, R(VDS_E_OBJECT_NOT_FOUND),
		"there is no volume '%s'; give PACK/NAME or an id, see 'plexus volume list'", text);
}

int arg_volume(struct cli *c, const char *text, struct names *room, struct plexus_volume_ref *ref)
{
	const struct plexus_volume_info *volume;
	int err = cli_snapshot(c);

	memset(ref, 0, sizeof(*ref));
	if (err)
		return err;
	err = find_volume(&c->snap, text, &volume);
	if (err == -ENOTUNIQ)
		return ambiguous(c, "volume", text);
	if (err)
		return unknown_volume(c, text, room, ref);
	room->id = volume->id;
	ref->id = &room->id;
	room->pack_id = volume->pack;
	ref->pack.id = &room->pack_id;
	return 0;
}

int arg_new_volume(struct cli *c, const char *text, struct names *room,
		   struct plexus_pack_ref *pack, const char **name)
{
	char *slash;

	snprintf(room->text, sizeof(room->text), "%s", text);
	slash = strchr(room->text, '/');
	if (!slash || slash == room->text || !slash[1])
		return cli_usage(c, "'%s' is no volume; give PACK/NAME", text);
	*slash = '\0';
	*name = slash + 1;
	return arg_pack(c, room->text, room, pack);
}

int arg_disk(struct cli *c, const char *text, struct names *room, struct plexus_disk_ref *ref)
{
	const struct plexus_disk_info *disk;
	int err = cli_snapshot(c);

	memset(ref, 0, sizeof(*ref));
	if (err)
		return err;
	arg_path(text, room->text, sizeof(room->text));
	err = find_disk(&c->snap, room->text, &disk);
	if (err == -ENOENT)
		err = find_disk(&c->snap, text, &disk);
	if (err == -ENOTUNIQ)
		return ambiguous(c, "disk", text);
	if (!err) {
		room->id = disk->id;
		ref->id = &room->id;
	} else if (!plexus_id_parse(text, &room->id)) {
		ref->id = &room->id;
	} else {
		ref->path = room->text;
	}
	return 0;
}

int arg_plex(struct cli *c, const struct plexus_volume_ref *volume, const char *text,
	     struct plexus_id *id)
{
	const struct plexus_plex_info *plex;
	int err = -ENOENT;

	if (volume->id)
		err = find_plex(&c->snap, volume->id, text, &plex);
	if (!err) {
		*id = plex->id;
		return 0;
	}
	if (err == -ENOTUNIQ)
		return ambiguous(c, "plex", text);
	/* what is not there at all is for the driver to refuse */
	if (!plexus_id_parse(text, id))
		return 0;
	if (!volume->id) {
		memset(id, 0xff, sizeof(*id));
		return 0;
	}
	return cli_fail(c, EXIT_FAILED, R(VDS_E_INVALID_PLEX_GUID),
			"the volume has no plex '%s'; see 'plexus plex list'", text);
}

int arg_task(struct cli *c, const char *text, uint64_t *task)
{
	if (number_parse(text, UINT64_MAX, task) && *task)
		return 0;
	return cli_usage(c, "'%s' is no task; give its number, see 'plexus task list'", text);
}

static int input(struct cli *c, const char *text, struct names *room,
		 struct plexus_input_disk *disk)
{
	struct plexus_disk_ref ref;
	const char *equals = strrchr(text, '=');
	char name[PATH_MAX];
	int err;

	if (equals && !size_parse(equals + 1, &disk->size))
		return cli_usage(c, "'%s' is no size; give bytes, or a number with K, M, G or T",
				 equals + 1);
	snprintf(name, sizeof(name), "%.*s", (int)(equals ? equals - text : (long)strlen(text)),
		 text);
	err = arg_disk(c, name, room, &ref);
	if (err)
		return err;
	if (ref.path)
		return cli_fail(
			c, EXIT_FAILED, R(VDS_E_OBJECT_NOT_FOUND),
			"%s is not a disk of any pack; 'plexus disk add PACK %s' makes it one",
			ref.path, ref.path);
	disk->id = ref.id;
	return 0;
}

int arg_inputs(struct cli *c, struct inputs **inputs)
{
	struct inputs *new = calloc(1, sizeof(*new));
	int err = 0;

	*inputs = NULL;
	if (!new)
		return cli_fail(c, EXIT_FAILED, R(E_OUTOFMEMORY), "not enough memory");
	for (; new->n < c->o.n_disks && !err; new->n++)
		err = input(c, c->o.disks[new->n], &new->rooms[new->n], &new->disks[new->n]);
	if (err) {
		free(new);
		return err;
	}
	*inputs = new;
	return 0;
}

/* The pack that a list is narrowed to; it must be there. */
int arg_list_pack(struct cli *c, const char *text, const struct plexus_id **id)
{
	const struct plexus_pack_info *pack;
	int err = cli_snapshot(c);

	if (err)
		return err;
	err = find_pack(&c->snap, text, &pack);
	if (err == -ENOTUNIQ)
		return ambiguous(c, "pack", text);
	if (err)
		return cli_fail(
			c, EXIT_FAILED, R(VDS_E_OBJECT_NOT_FOUND),
			"there is no pack '%s'; see 'plexus pack list', or 'plexus scan' to "
			"look for its disks",
			text);
	*id = &pack->id;
	return 0;
}
