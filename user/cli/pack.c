// SPDX-License-Identifier: GPL-2.0
/* plexus pack ... */
#include <json-c/json.h>

#include "cli.h"

int cmd_pack_create(struct cli *c, int argc, char **argv)
{
	struct plexus_outcome out;
	char **paths = arg_paths(argc - 1, argv + 1);
	int err;

	if (!paths)
		return cli_fail(c, EXIT_FAILED, R(E_OUTOFMEMORY), "not enough memory");
	err = plexus_pack_create(c->h, argv[0], (const char *const *)paths, (size_t)argc - 1,
				 c->o.given & OPT_FORCE, &out);
	arg_paths_free(paths);
	return cli_finish(c, err, &out, argv[0]);
}

/* --keep names the disk whose history counts. */
static int keep_disk(struct cli *c, struct names *room, struct plexus_disk_ref *ref,
		     const struct plexus_disk_ref **keep)
{
	*keep = c->o.keep ? ref : NULL;
	return c->o.keep ? arg_disk(c, c->o.keep, room, ref) : 0;
}

typedef int start_fn(struct plexus *h, const struct plexus_pack_ref *pack,
		     const struct plexus_disk_ref *keep, bool force, struct plexus_outcome *out);

static int start(struct cli *c, const char *name, start_fn *call)
{
	const struct plexus_disk_ref *keep;
	struct plexus_disk_ref disk;
	struct plexus_pack_ref pack;
	struct names room, keep_room;
	struct plexus_outcome out;
	int err = arg_pack(c, name, &room, &pack);

	if (!err)
		err = keep_disk(c, &keep_room, &disk, &keep);
	if (err)
		return err;
	err = call(c->h, &pack, keep, c->o.given & OPT_FORCE, &out);
	return cli_finish(c, err, &out, name);
}

int cmd_pack_import(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return start(c, argv[0], plexus_pack_import);
}

int cmd_pack_recover(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return start(c, argv[0], plexus_pack_recover);
}

int cmd_pack_export(struct cli *c, int argc, char **argv)
{
	struct plexus_pack_ref pack;
	struct plexus_outcome out;
	struct names room;
	int err = arg_pack(c, argv[0], &room, &pack);

	(void)argc;
	if (err)
		return err;
	return cli_finish(c, plexus_pack_export(c->h, &pack, &out), &out, argv[0]);
}

int cmd_pack_refresh(struct cli *c, int argc, char **argv)
{
	struct plexus_pack_ref pack;
	struct plexus_outcome out;
	struct names room;
	int err = arg_pack(c, argv[0], &room, &pack);

	(void)argc;
	if (err)
		return err;
	return cli_finish(c, plexus_pack_refresh(c->h, &pack, &out), &out, argv[0]);
}

int cmd_pack_destroy(struct cli *c, int argc, char **argv)
{
	struct plexus_pack_ref pack;
	struct plexus_outcome out;
	struct names room;
	int err = arg_pack(c, argv[0], &room, &pack);

	(void)argc;
	if (err)
		return err;
	err = plexus_pack_destroy(c->h, &pack, c->o.given & OPT_FORCE, &out);
	return cli_finish(c, err, &out, argv[0]);
}

int cmd_pack_rename(struct cli *c, int argc, char **argv)
{
	struct plexus_pack_ref pack;
	struct plexus_outcome out;
	struct names room;
	int err = arg_pack(c, argv[0], &room, &pack);

	(void)argc;
	if (err)
		return err;
	return cli_finish(c, plexus_pack_rename(c->h, &pack, argv[1], &out), &out, argv[0]);
}

static void list_table(struct cli *c)
{
	static const char *const heads[] = { "PACK", "ID", "DISKS", "VOLUMES", "STATE" };
	struct table *t = table_new(5, heads, 1u << 2 | 1u << 3);
	size_t i;

	for (i = 0; c->snap.packs[i]; i++) {
		const struct plexus_pack_info *p = c->snap.packs[i];
		char id[PLEXUS_ID_TEXT], disks[16], volumes[16], state[PLEXUS_MESSAGE_TEXT];
		const char *const row[] = { p->name, id, disks, volumes, state };

		plexus_id_format(&p->id, id);
		snprintf(disks, sizeof(disks), "%u", p->n_disks);
		snprintf(volumes, sizeof(volumes), "%u", p->n_volumes);
		pack_words(p, state, sizeof(state));
		table_row(t, row);
	}
	table_print(t, stdout);
	table_free(t);
}

int cmd_pack_list(struct cli *c, int argc, char **argv)
{
	struct json_object *o, *list;
	size_t i;
	int err = cli_snapshot(c);

	(void)argc, (void)argv;
	if (err)
		return err;
	if (!c->o.json) {
		list_table(c);
		return EXIT_DONE;
	}
	o = json_object_new_object();
	list = json_object_new_array();
	for (i = 0; c->snap.packs[i]; i++)
		json_object_array_add(list, json_of_pack(c->snap.packs[i]));
	json_object_object_add(o, "packs", list);
	json_print(o, false);
	return EXIT_DONE;
}
