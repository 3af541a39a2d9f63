// SPDX-License-Identifier: GPL-2.0
/* plexus plex ..., and the verbs of plexus volume that change its plexes */
#include "cli.h"

static int call_add(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
		    struct plexus_outcome *out)
{
	struct plexus_volume_ref source;
	struct names room;
	int err = arg_volume(c, argv[1], &room, &source);

	/* by name the driver looks in the pack of the target only, and would tell of that */
	if (!err && !source.id)
		err = cli_fail(c, EXIT_FAILED, R(VDS_E_OBJECT_NOT_FOUND),
			       "there is no volume '%s'; see 'plexus volume list'", argv[1]);
	if (err)
		return TOLD(err);
	return plexus_plex_add(c->h, volume, &source, c->o.given & OPT_ANY_LAYOUT, out);
}

int cmd_plex_add(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_volume(c, argv, call_add);
}

static int call_break(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
		      struct plexus_outcome *out)
{
	struct plexus_id plex;
	int err = arg_plex(c, volume, argv[1], &plex);

	if (err)
		return TOLD(err);
	return plexus_plex_break(c->h, volume, &plex, c->o.name, c->o.given & OPT_FORCE, out);
}

int cmd_plex_break(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_volume(c, argv, call_break);
}

static int call_remove(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
		       struct plexus_outcome *out)
{
	struct plexus_id plex;
	int err = arg_plex(c, volume, argv[1], &plex);

	if (err)
		return TOLD(err);
	return plexus_plex_remove(c->h, volume, &plex, out);
}

int cmd_plex_remove(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_volume(c, argv, call_remove);
}

static bool needs_repair(const struct plexus_plex_info *p)
{
	return p->health != PLEXUS_HEALTH_HEALTHY && p->health != PLEXUS_HEALTH_REBUILDING &&
	       p->health != PLEXUS_HEALTH_UNKNOWN;
}

/*
 * The plex to repair where none is named: the only one that is not well. Where all
 * are well the first is taken, and the driver says why there is nothing to repair.
 */
static int choose_plex(struct cli *c, const struct plexus_volume_ref *volume, struct plexus_id *id)
{
	const struct plexus_plex_info *p, *first = NULL, *bad = NULL;
	size_t i;

	for (i = 0; volume->id && c->snap.plexes[i]; i++) {
		p = c->snap.plexes[i];
		if (!plexus_id_equal(&p->volume, volume->id))
			continue;
		if (!first)
			first = p;
		if (needs_repair(p) && bad)
			return cli_usage(
				c, "more than one plex needs repair; name it as PACK/VOL:PLEX, "
				   "see 'plexus plex list'");
		if (needs_repair(p))
			bad = p;
	}
	if (!first)
		return arg_plex(c, volume, "0", id);
	*id = bad ? bad->id : first->id;
	return 0;
}

/* PACK/VOL or PACK/VOL:PLEX; a name may have a colon of its own. */
static int volume_and_plex(struct cli *c, const char *text, struct names *room,
			   struct plexus_volume_ref *volume, struct plexus_id *plex)
{
	const struct plexus_volume_info *v;
	const char *colon = strrchr(text, ':');
	char name[512];
	int err = cli_snapshot(c);

	if (err)
		return err;
	if (!colon || !find_volume(&c->snap, text, &v)) {
		err = arg_volume(c, text, room, volume);
		return err ? err : choose_plex(c, volume, plex);
	}
	snprintf(name, sizeof(name), "%.*s", (int)(colon - text), text);
	err = arg_volume(c, name, room, volume);
	return err ? err : arg_plex(c, volume, colon + 1, plex);
}

int cmd_plex_repair(struct cli *c, int argc, char **argv)
{
	struct plexus_volume_ref volume;
	struct inputs *inputs = NULL;
	struct plexus_outcome out;
	struct plexus_id plex;
	struct names room;
	int err = volume_and_plex(c, argv[0], &room, &volume, &plex);

	(void)argc;
	if (!err)
		err = arg_inputs(c, &inputs);
	if (err)
		return err;
	err = plexus_plex_repair(c->h, &volume, &plex, inputs->disks, inputs->n, &out);
	free(inputs);
	return cli_finish(c, err, &out, argv[0]);
}

static void row(const struct snapshot *s, struct table *t, const void *item)
{
	const struct plexus_plex_info *p = item;
	const struct plexus_volume_info *v = volume_of_id(s, &p->volume);
	char name[160], index[16], id[PLEXUS_ID_TEXT], size[SIZE_TEXT], state[256], disks[1024];
	const char *const cells[] = {
		name, index, id, plexus_type_name(p->type), size, state, disks
	};

	snprintf(name, sizeof(name), "%s/%s", v ? v->pack_name : "?", v ? v->name : "?");
	snprintf(index, sizeof(index), "%u", p->index);
	plexus_id_format(&p->id, id);
	size_format(p->size, size);
	plex_words(s, p, state, sizeof(state));
	plex_disks(s, p, disks, sizeof(disks));
	table_row(t, cells);
}

static struct json_object *json(const struct snapshot *s, const void *item)
{
	return json_of_plex(s, item);
}

/* By its pack or by its volume: ids are never the same. */
static bool listed(const void *item, const void *of)
{
	const struct plexus_plex_info *p = item;

	return !of || plexus_id_equal(&p->volume, of) || plexus_id_equal(&p->pack, of);
}

/* plexus plex list [PACK | PACK/VOL] */
int cmd_plex_list(struct cli *c, int argc, char **argv)
{
	static const char *const heads[] = { "VOLUME", "PLEX",	"ID",	"TYPE",
					     "SIZE",   "STATE", "DISKS" };
	struct listing l = { "plexes", heads, 7, 1u << 1 | 1u << 4, NULL, listed, NULL, json, row };
	const struct plexus_volume_info *v;
	const struct plexus_pack_info *p;
	int err = cli_snapshot(c);

	if (err)
		return err;
	if (argc && !find_pack(&c->snap, argv[0], &p))
		l.arg = &p->id;
	else if (argc && !find_volume(&c->snap, argv[0], &v))
		l.arg = &v->id;
	else if (argc)
		return cli_fail(c, EXIT_FAILED, R(VDS_E_OBJECT_NOT_FOUND),
				"there is no pack or volume '%s'; see 'plexus status'", argv[0]);
	l.items = (void *const *)c->snap.plexes;
	return cli_list(c, &l);
}
