// SPDX-License-Identifier: GPL-2.0
/* plexus volume ... */
#include "cli.h"

/* Sizes, counts and types out of the options. */
static int read_shape(struct cli *c, struct plexus_volume_spec *spec)
{
	uint64_t number;

	if (c->o.type && !plexus_type_by_name(c->o.type, &spec->type))
		return cli_usage(c, "'%s' is no type; give simple, span, stripe, mirror or parity",
				 c->o.type);
	if (c->o.unit) {
		if (!size_parse(c->o.unit, &number) || !number || number > UINT32_MAX)
			return cli_usage(c, "'%s' is no stripe unit; give a size as 64K",
					 c->o.unit);
		spec->unit = (uint32_t)number;
	}
	if (c->o.plexes) {
		if (!number_parse(c->o.plexes, UINT32_MAX, &number) || !number)
			return cli_usage(c, "'%s' is no number of plexes; give 1 to %d",
					 c->o.plexes, PLEXUS_MAX_PLEXES);
		spec->n_plexes = (uint32_t)number;
	}
	if (c->o.members) {
		if (!number_parse(c->o.members, UINT32_MAX, &number) || !number)
			return cli_usage(c, "'%s' is no number of members; give 1 to %d",
					 c->o.members, PLEXUS_MAX_MEMBERS);
		spec->n_members = (uint32_t)number;
	}
	if (c->o.parity) {
		if (!number_parse(c->o.parity, 2, &number) || !number)
			return cli_usage(c, "'%s' is no number of parities; give 1 or 2",
					 c->o.parity);
		spec->n_parity = (uint32_t)number;
	}
	if (c->o.write_hole && !plexus_write_hole_by_name(c->o.write_hole, &spec->write_hole))
		return cli_usage(c, "'%s' is no write hole; give log or off", c->o.write_hole);
	/* what the driver would choose; --size max must know, too */
	if (!spec->type)
		spec->type = spec->n_plexes > 1 ? PLEXUS_TYPE_MIRROR : PLEXUS_TYPE_SIMPLE;
	if (spec->type == PLEXUS_TYPE_MIRROR && !spec->n_plexes)
		spec->n_plexes = 2;
	return 0;
}

/* --size max: what fits on the disks that were named, or on all of the pack. */
static int biggest(struct cli *c, struct plexus_volume_spec *spec)
{
	const struct plexus_disk_info *disks[DISKS_MAX];
	size_t i, j, n = 0;

	for (i = 0; c->snap.disks[i] && n < DISKS_MAX; i++) {
		const struct plexus_disk_info *d = c->snap.disks[i];
		bool wanted = !spec->n_disks && spec->pack.id &&
			      plexus_id_equal(&d->pack, spec->pack.id);

		for (j = 0; j < spec->n_disks && !wanted; j++)
			wanted = spec->disks[j].id && plexus_id_equal(spec->disks[j].id, &d->id);
		if (wanted)
			disks[n++] = d;
	}
	if (spec->type == PLEXUS_TYPE_STRIPE && !spec->n_members)
		spec->n_members = (uint32_t)n / (spec->n_plexes ? spec->n_plexes : 1);
	if (spec->type == PLEXUS_TYPE_PARITY)
		spec->size = size_max_parity(spec, disks, n);
	else
		spec->size = size_max(spec->type, spec->n_plexes, spec->n_members, disks, n);
	if (!spec->size)
		return cli_fail(c, EXIT_FAILED, R(VDS_E_NOT_ENOUGH_SPACE),
				"no volume of this shape fits; see 'plexus disk list'");
	return 0;
}

static int read_size(struct cli *c, struct plexus_volume_spec *spec)
{
	if (!c->o.size)
		return cli_usage(
			c, "--size is needed; give bytes, a number with K, M, G or T, or max");
	if (!strcmp(c->o.size, "max"))
		return biggest(c, spec);
	if (!size_parse(c->o.size, &spec->size))
		return cli_usage(c, "'%s' is no size; give bytes, or a number with K, M, G or T",
				 c->o.size);
	return 0;
}

int cmd_volume_create(struct cli *c, int argc, char **argv)
{
	struct plexus_volume_spec spec = { 0 };
	struct plexus_outcome out;
	struct inputs *inputs = NULL;
	struct names room;
	int err = arg_new_volume(c, argv[0], &room, &spec.pack, &spec.name);

	(void)argc;
	if (!err)
		err = read_shape(c, &spec);
	if (!err)
		err = arg_inputs(c, &inputs);
	if (err)
		return err;
	spec.disks = inputs->disks;
	spec.n_disks = inputs->n;
	err = read_size(c, &spec);
	if (!err)
		err = cli_finish(c, plexus_volume_create(c->h, &spec, &out), &out, argv[0]);
	free(inputs);
	return err;
}

static int call_delete(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
		       struct plexus_outcome *out)
{
	(void)argv;
	return plexus_volume_delete(c->h, volume, c->o.given & OPT_FORCE, out);
}

int cmd_volume_delete(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_volume(c, argv, call_delete);
}

/* SIZE is the size afterwards; +SIZE is what is added. */
static int new_size(struct cli *c, const struct plexus_volume_ref *volume, uint64_t *size)
{
	const char *text = c->o.size;
	struct plexus_volume_info info;
	int err;

	if (!text)
		return cli_usage(c, "--size is needed; give all of the new size, or +SIZE to add");
	if (!size_parse(text + (*text == '+'), size))
		return cli_usage(c, "'%s' is no size; give bytes, or a number with K, M, G or T",
				 text);
	if (*text != '+')
		return 0;
	err = plexus_volume_get(c->h, volume, &info);
	if (err)
		return cli_lib_error(c, err);
	if (__builtin_add_overflow(*size, info.size, size))
		return cli_usage(c, "'%s' is too much", text);
	return 0;
}

static int call_extend(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
		       struct plexus_outcome *out)
{
	struct inputs *inputs = NULL;
	uint64_t size;
	int err = new_size(c, volume, &size);

	(void)argv;
	if (!err)
		err = arg_inputs(c, &inputs);
	if (err)
		return TOLD(err);
	err = plexus_volume_extend(c->h, volume, size, inputs->disks, inputs->n, out);
	free(inputs);
	return err;
}

int cmd_volume_extend(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_volume(c, argv, call_extend);
}

/* NEW may be given as PACK/NEW: of the same pack, of course. */
static int call_rename(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
		       struct plexus_outcome *out)
{
	const char *slash = strchr(argv[1], '/');

	if (slash && strncmp(argv[0], argv[1], (size_t)(slash - argv[1]) + 1))
		return TOLD(cli_usage(
			c, "a volume cannot move to another pack; give the new name alone"));
	return plexus_volume_rename(c->h, volume, slash ? slash + 1 : argv[1], out);
}

int cmd_volume_rename(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_volume(c, argv, call_rename);
}

static int call_recover(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
			struct plexus_outcome *out)
{
	(void)argv;
	return plexus_volume_recover(c->h, volume, out);
}

int cmd_volume_recover(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_volume(c, argv, call_recover);
}

static int call_scrub(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
		      struct plexus_outcome *out)
{
	(void)argv;
	return plexus_volume_scrub(c->h, volume, c->o.given & OPT_REPAIR, out);
}

int cmd_volume_scrub(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_volume(c, argv, call_scrub);
}

static int on_off(struct cli *c, const char *text, uint32_t flag, uint32_t *flags)
{
	if (!text)
		return 0;
	if (!strcmp(text, "on"))
		*flags |= flag;
	else if (!strcmp(text, "off"))
		*flags &= ~flag;
	else
		return cli_usage(c, "'%s' is neither on nor off", text);
	return 0;
}

/* The flags are set all at once: the others must stay as they are. */
static int read_flags(struct cli *c, const struct plexus_volume_ref *volume,
		      struct plexus_volume_settings *set)
{
	const uint32_t settable = PLEXUS_VOLUME_FLAGS_STABLE_WRITES | PLEXUS_VOLUME_FLAGS_READ_ONLY;
	struct plexus_volume_info info;
	int err;

	if (!c->o.stable_writes && !c->o.read_only)
		return 0;
	err = plexus_volume_get(c->h, volume, &info);
	if (err)
		return cli_lib_error(c, err);
	set->flags = info.flags & settable;
	set->what |= PLEXUS_SET_FLAGS;
	err = on_off(c, c->o.stable_writes, PLEXUS_VOLUME_FLAGS_STABLE_WRITES, &set->flags);
	if (!err)
		err = on_off(c, c->o.read_only, PLEXUS_VOLUME_FLAGS_READ_ONLY, &set->flags);
	return err;
}

/* balance, first, or prefer:PLEX */
static int read_policy(struct cli *c, const struct plexus_volume_ref *volume,
		       struct plexus_volume_settings *set)
{
	const char *colon;
	char name[32];
	int err;

	if (!c->o.read_policy)
		return 0;
	colon = strchr(c->o.read_policy, ':');
	snprintf(name, sizeof(name), "%.*s",
		 colon ? (int)(colon - c->o.read_policy) : (int)sizeof(name), c->o.read_policy);
	if (!plexus_read_policy_by_name(name, &set->read_policy) ||
	    !colon != (set->read_policy != PLEXUS_READ_POLICY_PREFER))
		return cli_usage(c, "'%s' is no read policy; give balance, first or prefer:PLEX",
				 c->o.read_policy);
	set->what |= PLEXUS_SET_READ_POLICY;
	if (!colon)
		return 0;
	set->what |= PLEXUS_SET_PREFERRED_PLEX;
	err = arg_plex(c, volume, colon + 1, &set->preferred_plex);
	return err;
}

static int read_speeds(struct cli *c, struct plexus_volume_settings *set)
{
	if (c->o.speed_min) {
		if (!size_parse(c->o.speed_min, &set->speed_min))
			return cli_usage(c, "'%s' is no speed; give bytes per second as 10M",
					 c->o.speed_min);
		set->what |= PLEXUS_SET_SPEED_MIN;
	}
	if (c->o.speed_max) {
		if (!size_parse(c->o.speed_max, &set->speed_max))
			return cli_usage(c, "'%s' is no speed; give bytes per second as 100M",
					 c->o.speed_max);
		set->what |= PLEXUS_SET_SPEED_MAX;
	}
	if (c->o.sync_action) {
		if (!plexus_sync_action_by_name(c->o.sync_action, &set->sync_action))
			return cli_usage(
				c, "'%s' is no action; give idle, resync, check, repair or pause",
				c->o.sync_action);
		set->what |= PLEXUS_SET_SYNC_ACTION;
	}
	return 0;
}

static int call_set(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
		    struct plexus_outcome *out)
{
	struct plexus_volume_settings set = { 0 };
	int err = read_policy(c, volume, &set);

	(void)argv;
	if (!err)
		err = read_speeds(c, &set);
	if (!err)
		err = read_flags(c, volume, &set);
	if (!err && !set.what)
		err = cli_usage(c, "nothing to set");
	return err ? TOLD(err) : plexus_volume_set(c->h, volume, &set, out);
}

int cmd_volume_set(struct cli *c, int argc, char **argv)
{
	(void)argc;
	return cli_on_volume(c, argv, call_set);
}

static void row(const struct snapshot *s, struct table *t, const void *item)
{
	const struct plexus_volume_info *v = item;
	char name[160], device[64], size[SIZE_TEXT], plexes[16], state[PLEXUS_MESSAGE_TEXT];
	const char *const cells[] = { name, device, size, plexus_type_name(v->type), plexes, state };

	snprintf(name, sizeof(name), "%s/%s", v->pack_name, v->name);
	snprintf(device, sizeof(device), "%s%s", v->device[0] ? "/dev/" : "-", v->device);
	size_format(v->size, size);
	snprintf(plexes, sizeof(plexes), "%u", v->n_plexes);
	volume_words(s, v, state, sizeof(state));
	table_row(t, cells);
}

static struct json_object *json(const struct snapshot *s, const void *item)
{
	(void)s;
	return json_of_volume(item);
}

static bool of_pack(const void *item, const void *pack)
{
	const struct plexus_volume_info *v = item;

	return !pack || plexus_id_equal(&v->pack, pack);
}

int cmd_volume_list(struct cli *c, int argc, char **argv)
{
	static const char *const heads[] = { "VOLUME", "DEVICE", "SIZE", "TYPE", "PLEXES", "STATE" };
	struct listing l = {
		"volumes", heads, 6, 1u << 2 | 1u << 4, NULL, of_pack, NULL, json, row
	};
	const struct plexus_id *pack = NULL;
	int err = argc ? arg_list_pack(c, argv[0], &pack) : cli_snapshot(c);

	l.items = (void *const *)c->snap.volumes;
	l.arg = pack;
	return err ? err : cli_list(c, &l);
}
