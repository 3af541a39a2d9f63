// SPDX-License-Identifier: GPL-2.0
/* plexus status, scan, version, udev-names */
#include <json-c/json.h>
#include <unistd.h>

#include "cli.h"

int cmd_status(struct cli *c, int argc, char **argv)
{
	const char *no_colour = getenv("NO_COLOR");
	struct tree_style style = { .verbose = c->o.verbose };
	const struct plexus_id *only = NULL;
	int err = cli_snapshot(c);

	if (!err && argc)
		err = arg_list_pack(c, argv[0], &only);
	if (err)
		return err;
	if (c->o.json) {
		json_print(json_of_status(&c->snap, only), false);
		return EXIT_DONE;
	}
	style.utf8 = utf8_terminal();
	style.colour = isatty(STDOUT_FILENO) && (!no_colour || !*no_colour);
	if (!c->snap.packs[0])
		cli_say(c, "no packs; 'plexus scan' looks for their disks, 'plexus pack create' "
			   "makes one");
	tree_print(stdout, &c->snap, only, &style);
	return EXIT_DONE;
}

struct scan {
	struct cli *c;
	struct json_object *list;
	size_t n;
};

static struct json_object *json_of_scanned(struct cli *c, const char *path,
					   const struct plexus_outcome *out)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "path", json_object_new_string(path));
	json_object_object_add(o, "pack", json_object_new_string(out->pack_name));
	json_object_object_add(o, "pack_id", json_id(&out->pack));
	json_object_object_add(o, "disk_id", json_id(&out->disk));
	json_object_object_add(o, "result",
			       json_of_result(plexus_result(c->h), plexus_message(c->h)));
	return o;
}

static void scanned(const char *path, int err, const struct plexus_outcome *out, void *arg)
{
	struct scan *s = arg;

	/* as a device without a label: the one above it is shown too, in its turn */
	if (err == -EBUSY && s->c->o.given & OPT_UDEV)
		return;
	s->n++;
	if (s->list)
		json_object_array_add(s->list, json_of_scanned(s->c, path, out));
	else if (err)
		fprintf(stderr, "plexus: %s\n", plexus_message(s->c->h));
	else
		cli_say(s->c, "%s is a disk of pack %s", path,
			out->pack_name[0] ? out->pack_name : "?");
}

/* For udev: most devices have no label, and that is no error. */
static size_t only_labelled(char **paths)
{
	size_t i, n = 0;

	for (i = 0; paths[i]; i++) {
		if (plexus_disk_has_label(paths[i]) > 0)
			paths[n++] = paths[i];
		else
			free(paths[i]);
	}
	paths[n] = NULL;
	return n;
}

/* Volumes that are disks of packs themselves have to be named: say so. */
static void tell_stacked(struct cli *c)
{
	const struct plexus_volume_info *v;
	const struct plexus_disk_info *d;
	char path[64];
	size_t i;

	if (cli_snapshot(c))
		return;
	for (i = 0; c->snap.volumes[i]; i++) {
		v = c->snap.volumes[i];
		snprintf(path, sizeof(path), "/dev/%s", v->device);
		if (v->device[0] && v->health != PLEXUS_HEALTH_FAILED &&
		    find_disk(&c->snap, path, &d) && plexus_disk_has_label(path) > 0)
			cli_say(c,
				"%s is a volume with a Plexus label; 'plexus scan %s' takes it in",
				path, path);
	}
}

static int finish_scan(struct cli *c, struct scan *s, int err)
{
	uint32_t code = plexus_result(c->h);
	struct json_object *o;

	if (s->list) {
		o = err ? json_of_error(code, -err, plexus_message(c->h)) :
			  json_object_new_object();
		json_object_object_add(o, "disks", s->list);
		json_print(o, false);
	} else if (err && !s->n) {
		return cli_lib_error(c, err);
	} else if (!s->n) {
		cli_say(c, "no device has a Plexus label");
	}
	return cli_exit_of(err, code);
}

int cmd_scan(struct cli *c, int argc, char **argv)
{
	struct scan s = { .c = c };
	char **paths = arg_paths(argc, argv);
	size_t n = (size_t)argc;
	int err = 0;

	if (!paths)
		return cli_fail(c, EXIT_FAILED, R(E_OUTOFMEMORY), "not enough memory");
	if (c->o.given & OPT_UDEV)
		n = only_labelled(paths);
	if (c->o.json)
		s.list = json_object_new_array();
	if (n || !argc)
		err = plexus_scan(c->h, n ? (const char *const *)paths : NULL, n, scanned, &s);
	/* udev shows one disk at a time: the next may complete the pack. The driver waits a moment */
	if (!err && !(c->o.given & OPT_UDEV))
		err = plexus_scan_end(c->h);
	arg_paths_free(paths);
	if (c->o.given & OPT_UDEV && (!n || err == -EBUSY)) {
		json_object_put(s.list);
		return EXIT_DONE;
	}
	err = finish_scan(c, &s, err);
	if (!argc && !c->o.json && !c->o.quiet)
		tell_stacked(c);
	return err;
}

int cmd_version(struct cli *c, int argc, char **argv)
{
	char driver[64] = "";
	struct json_object *o;
	int err;

	(void)argc, (void)argv;
	err = plexus_driver_version(c->h, driver, sizeof(driver));
	if (c->o.json) {
		o = json_object_new_object();
		json_object_object_add(o, "plexus", json_object_new_string(PLEXUS_VERSION));
		json_object_object_add(o, "libplexus",
				       json_object_new_string(plexus_library_version()));
		json_object_object_add(o, "driver", err ? NULL : json_object_new_string(driver));
		json_print(o, false);
		return EXIT_DONE;
	}
	printf("plexus %s\nlibplexus %s\ndriver %s\n", PLEXUS_VERSION, plexus_library_version(),
	       err ? "not loaded" : driver);
	return EXIT_DONE;
}

/* plexus udev-names plxN: the properties from which the rules make links */
int cmd_udev_names(struct cli *c, int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	const struct plexus_volume_info *v;
	char path[64];
	int err = cli_snapshot(c);

	(void)argc;
	if (err)
		return err;
	snprintf(path, sizeof(path), "/dev/%s", name ? name + 1 : argv[0]);
	if (find_volume(&c->snap, path, &v))
		return cli_fail(c, EXIT_FAILED, R(VDS_E_OBJECT_NOT_FOUND), "no volume is %s", path);
	printf("PLEXUS_PACK=%s\nPLEXUS_VOLUME=%s\n", v->pack_name, v->name);
	return EXIT_DONE;
}
