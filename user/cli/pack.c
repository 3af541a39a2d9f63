// SPDX-License-Identifier: GPL-2.0
/* plexus pack ... */

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

typedef int start_fn(struct plexus *h, const struct plexus_pack_ref *pack,
		     const struct plexus_disk_ref *keep, bool force, struct plexus_outcome *out);

/* --keep names the disk whose history counts. */
static int start(struct cli *c, const struct plexus_pack_ref *pack, start_fn *call,
		 struct plexus_outcome *out)
{
	struct plexus_disk_ref keep;
	struct names room;
	int err = c->o.keep ? arg_disk(c, c->o.keep, &room, &keep) : 0;

	if (err)
		return TOLD(err);
	return call(c->h, pack, c->o.keep ? &keep : NULL, c->o.given & OPT_FORCE, out);
}

static int call_import(struct cli *c, const struct plexus_pack_ref *pack, char **argv,
		       struct plexus_outcome *out)
{
	(void)argv;
	return start(c, pack, plexus_pack_import, out);
}

static int call_recover(struct cli *c, const struct plexus_pack_ref *pack, char **argv,
			struct plexus_outcome *out)
{
	(void)argv;
	return start(c, pack, plexus_pack_recover, out);
}

static int call_export(struct cli *c, const struct plexus_pack_ref *pack, char **argv,
		       struct plexus_outcome *out)
{
	(void)argv;
	return plexus_pack_export(c->h, pack, out);
}

static int call_refresh(struct cli *c, const struct plexus_pack_ref *pack, char **argv,
			struct plexus_outcome *out)
{
	(void)argv;
	return plexus_pack_refresh(c->h, pack, out);
}

static int call_destroy(struct cli *c, const struct plexus_pack_ref *pack, char **argv,
			struct plexus_outcome *out)
{
	(void)argv;
	return plexus_pack_destroy(c->h, pack, c->o.given & OPT_FORCE, out);
}

static int call_rename(struct cli *c, const struct plexus_pack_ref *pack, char **argv,
		       struct plexus_outcome *out)
{
	return plexus_pack_rename(c->h, pack, argv[1], out);
}

int cmd_pack_import(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_pack(c, argv, call_import);
}

int cmd_pack_recover(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_pack(c, argv, call_recover);
}

int cmd_pack_export(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_pack(c, argv, call_export);
}

int cmd_pack_refresh(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_pack(c, argv, call_refresh);
}

int cmd_pack_destroy(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_pack(c, argv, call_destroy);
}

int cmd_pack_rename(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_pack(c, argv, call_rename);
}

static void row(const struct snapshot *s, struct table *t, const void *item)
{
	const struct plexus_pack_info *p = item;
	char id[PLEXUS_ID_TEXT], disks[16], volumes[16], state[PLEXUS_MESSAGE_TEXT];
	const char *const cells[] = { p->name, id, disks, volumes, state };

	(void)s;
	plexus_id_format(&p->id, id);
	snprintf(disks, sizeof(disks), "%u", p->n_disks);
	snprintf(volumes, sizeof(volumes), "%u", p->n_volumes);
	pack_words(p, state, sizeof(state));
	table_row(t, cells);
}

static struct json_object *json(const struct snapshot *s, const void *item)
{
	(void)s;
	return json_of_pack(item);
}

int cmd_pack_list(struct cli *c, int argc, char **argv)
{
	static const char *const heads[] = { "PACK", "ID", "DISKS", "VOLUMES", "STATE" };
	struct listing l = { "packs", heads, 5, 1u << 2 | 1u << 3, NULL, NULL, NULL, json, row };
	int err = cli_snapshot(c);

	(void)argc, (void)argv;
	l.items = (void *const *)c->snap.packs;
	return err ? err : cli_list(c, &l);
}
