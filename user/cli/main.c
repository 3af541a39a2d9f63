// SPDX-License-Identifier: GPL-2.0
/* The command plexus: which words there are, and what each takes. */
#include <getopt.h>
#include <locale.h>

#include "cli.h"

#define SHAPE                                                                                \
	(OPT_SIZE | OPT_TYPE | OPT_DISK | OPT_UNIT | OPT_PLEXES | OPT_MEMBERS | OPT_PARITY | \
	 OPT_WRITE_HOLE)
#define SETTINGS                                                                               \
	(OPT_READ_POLICY | OPT_SPEED_MIN | OPT_SPEED_MAX | OPT_STABLE_WRITES | OPT_READ_ONLY | \
	 OPT_SYNC_ACTION)

/* clang-format off */
static const struct command commands[] = {
	{ "pack", "create", 2, -1, OPT_FORCE, cmd_pack_create,
	  "NAME DISK... [--force]", "label disks and make a pack of them\n"
	  "       --force: overwrite what the disks hold" },
	{ "pack", "import", 1, 1, OPT_FORCE | OPT_KEEP, cmd_pack_import,
	  "PACK [--keep DISK] [--force]", "start a pack that was exported or waits for disks\n"
	  "       --force: start it without more than half of its disks" },
	{ "pack", "export", 1, 1, 0, cmd_pack_export,
	  "PACK", "stop all volumes of a pack and let go of its disks" },
	{ "pack", "recover", 1, 1, OPT_FORCE | OPT_KEEP, cmd_pack_recover,
	  "PACK [--keep DISK] [--force]", "return a pack to health as far as possible\n"
	  "       --force: start it without more than half of its disks; write disks anew that ran apart" },
	{ "pack", "refresh", 1, 1, 0, cmd_pack_refresh,
	  "PACK", "write its configuration to all disks again, and see which are gone" },
	{ "pack", "destroy", 1, 1, OPT_FORCE, cmd_pack_destroy,
	  "PACK [--force]", "delete a pack and erase its labels\n"
	  "       --force: with its volumes and their data" },
	{ "pack", "rename", 2, 2, 0, cmd_pack_rename,
	  "PACK NEW", "give a pack another name" },
	{ "pack", "list", 0, 0, 0, cmd_pack_list, "", "show the packs" },

	{ "disk", "add", 2, -1, OPT_FORCE, cmd_disk_add,
	  "PACK DISK... [--force]", "label disks and add them to a pack\n"
	  "       --force: overwrite what the disks hold" },
	{ "disk", "remove", 1, -1, 0, cmd_disk_remove,
	  "[PACK] DISK...", "take unused disks out of their pack, also such that are gone" },
	{ "disk", "replace", 2, 3, OPT_FORCE, cmd_disk_replace,
	  "[PACK] OLD NEW [--force]", "rebuild all that a disk held on another one, which may be blank\n"
	  "       --force: overwrite what NEW holds, where it is in no pack yet" },
	{ "disk", "offline", 1, -1, OPT_FORCE, cmd_disk_offline,
	  "[PACK] DISK... [--force]", "stop using disks, as if they were pulled\n"
	  "       --force: even if a volume loses its last current copy by it" },
	{ "disk", "online", 1, -1, OPT_FORCE, cmd_disk_online,
	  "[PACK] DISK... [--force]", "use disks again\n"
	  "       --force: write a disk anew that ran apart from its pack" },
	{ "disk", "spare", 1, -1, 0, cmd_disk_spare,
	  "[PACK] DISK... [on|off]", "keep disks to replace others, or no more" },
	{ "disk", "list", 0, 1, 0, cmd_disk_list, "[PACK]", "show the disks" },

	{ "volume", "create", 1, 1, SHAPE, cmd_volume_create,
	  "PACK/NAME --size SIZE|max [--type simple|span|stripe|mirror|parity]\n"
	  "       [--disk DISK[=SIZE]]... [--unit SIZE] [--plexes N] [--members N]\n"
	  "       [--parity 1|2] [--write-hole log|off]",
	  "make a volume\n"
	  "       --parity: how many disks a volume of type parity can lose\n"
	  "       --write-hole off: without a parity log, faster, less safe in a crash" },
	{ "volume", "delete", 1, 1, OPT_FORCE, cmd_volume_delete,
	  "PACK/VOL [--force]", "delete a volume with its data\n"
	  "       --force: even if it holds a file system or the like" },
	{ "volume", "extend", 1, 1, OPT_SIZE | OPT_DISK, cmd_volume_extend,
	  "PACK/VOL --size SIZE|+SIZE [--disk DISK[=SIZE]]...", "make a volume larger" },
	{ "volume", "rename", 2, 2, 0, cmd_volume_rename,
	  "PACK/VOL NEW", "give a volume another name" },
	{ "volume", "recover", 1, 1, 0, cmd_volume_recover,
	  "PACK/VOL", "resync or use a spare, whichever a volume needs" },
	{ "volume", "scrub", 1, 1, OPT_REPAIR, cmd_volume_scrub,
	  "PACK/VOL [--repair]", "compare all copies\n"
	  "       --repair: write the first current one over the others where they differ" },
	{ "volume", "set", 1, 1, SETTINGS, cmd_volume_set,
	  "PACK/VOL [--read-policy balance|first|prefer:PLEX] [--speed-min SIZE]\n"
	  "       [--speed-max SIZE] [--stable-writes on|off] [--read-only on|off]\n"
	  "       [--sync-action idle|resync|check|repair|pause]",
	  "set the properties of a volume" },
	{ "volume", "add-plex", 2, 2, OPT_ANY_LAYOUT, cmd_plex_add,
	  "PACK/VOL PACK/SOURCE [--any-layout]", "make the source's copies copies of the volume" },
	{ "volume", "break-plex", 2, 2, OPT_NAME | OPT_FORCE, cmd_plex_break,
	  "PACK/VOL PLEX [--name NEW] [--force]", "make a copy a volume of its own\n"
	  "       --force: even if the copy is not current" },
	{ "volume", "remove-plex", 2, 2, 0, cmd_plex_remove,
	  "PACK/VOL PLEX", "delete one copy of a mirror" },
	{ "volume", "list", 0, 1, 0, cmd_volume_list, "[PACK]", "show the volumes" },

	{ "plex", "repair", 1, 1, OPT_DISK, cmd_plex_repair,
	  "PACK/VOL[:PLEX] --disk DISK[=SIZE]...", "rebuild a copy on other disks" },
	{ "plex", "list", 0, 1, 0, cmd_plex_list, "[PACK|PACK/VOL]", "show the plexes" },

	{ "task", "list", 0, 1, 0, cmd_task_list, "[PACK]", "show what runs, and what ran last" },
	{ "task", "show", 1, 1, 0, cmd_task_show, "ID", "show one task" },
	{ "task", "wait", 1, 1, OPT_TIMEOUT, cmd_task_wait,
	  "ID [--timeout SECONDS]", "wait until a task has ended" },
	{ "task", "cancel", 1, 1, 0, cmd_task_cancel, "ID", "stop a task soon" },

	{ "status", NULL, 0, 1, 0, cmd_status, "[PACK]", "show everything as a tree" },
	{ "monitor", NULL, 0, 0, OPT_TIMEOUT, cmd_monitor,
	  "[--timeout SECONDS]", "show events as they come" },
	{ "scan", NULL, 0, -1, OPT_UDEV, cmd_scan,
	  "[DEV...]", "look for the disks of packs" },
	{ "version", NULL, 0, 0, 0, cmd_version, "", "show the versions" },
	{ "help", NULL, 0, 2, 0, NULL, "[NOUN [VERB]]", "show what there is" },
	{ "udev-names", NULL, 1, 1, 0, cmd_udev_names, "DEV", NULL },
};

static const struct option longs[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "no-wait", no_argument, NULL, 'n' },
	{ "force", no_argument, NULL, 'f' },
	{ "size", required_argument, NULL, 's' },
	{ "type", required_argument, NULL, 't' },
	{ "disk", required_argument, NULL, 'd' },
	{ "unit", required_argument, NULL, 'u' },
	{ "plexes", required_argument, NULL, 'p' },
	{ "members", required_argument, NULL, 'm' },
	{ "name", required_argument, NULL, 'N' },
	{ "any-layout", no_argument, NULL, 'A' },
	{ "repair", no_argument, NULL, 'R' },
	{ "timeout", required_argument, NULL, 'T' },
	{ "keep", required_argument, NULL, 'k' },
	{ "udev", no_argument, NULL, 'U' },
	{ "read-policy", required_argument, NULL, 'P' },
	{ "speed-min", required_argument, NULL, 'a' },
	{ "speed-max", required_argument, NULL, 'b' },
	{ "stable-writes", required_argument, NULL, 'w' },
	{ "read-only", required_argument, NULL, 'r' },
	{ "sync-action", required_argument, NULL, 'S' },
	{ "parity", required_argument, NULL, 'y' },
	{ "write-hole", required_argument, NULL, 'W' },
	{ NULL, 0, NULL, 0 },
};
/* clang-format on */

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* Options that only some commands take, and where their argument goes. */
struct special {
	int letter;
	unsigned int bit;
	size_t where; /* offset of a const char * in struct options, 0 for none */
};

#define AT(field) offsetof(struct options, field)

static const struct special specials[] = {
	{ 'f', OPT_FORCE, 0 },
	{ 's', OPT_SIZE, AT(size) },
	{ 't', OPT_TYPE, AT(type) },
	{ 'd', OPT_DISK, 0 },
	{ 'u', OPT_UNIT, AT(unit) },
	{ 'p', OPT_PLEXES, AT(plexes) },
	{ 'm', OPT_MEMBERS, AT(members) },
	{ 'N', OPT_NAME, AT(name) },
	{ 'A', OPT_ANY_LAYOUT, 0 },
	{ 'R', OPT_REPAIR, 0 },
	{ 'T', OPT_TIMEOUT, AT(timeout) },
	{ 'k', OPT_KEEP, AT(keep) },
	{ 'U', OPT_UDEV, 0 },
	{ 'P', OPT_READ_POLICY, AT(read_policy) },
	{ 'a', OPT_SPEED_MIN, AT(speed_min) },
	{ 'b', OPT_SPEED_MAX, AT(speed_max) },
	{ 'w', OPT_STABLE_WRITES, AT(stable_writes) },
	{ 'r', OPT_READ_ONLY, AT(read_only) },
	{ 'S', OPT_SYNC_ACTION, AT(sync_action) },
	{ 'y', OPT_PARITY, AT(parity) },
	{ 'W', OPT_WRITE_HOLE, AT(write_hole) },
};

#define N_SPECIALS (sizeof(specials) / sizeof(specials[0]))

static int take_special(struct cli *c, int letter, const char *text)
{
	size_t i;

	if (letter == ':')
		return cli_usage(c, "option '%s' needs an argument", text);
	for (i = 0; i < N_SPECIALS && specials[i].letter != letter; i++)
		;
	if (i == N_SPECIALS)
		return cli_usage(c, "option '%s' is not known; see 'plexus --help'", text);
	c->o.given |= specials[i].bit;
	if (specials[i].where)
		*(const char **)((char *)&c->o + specials[i].where) = optarg;
	if (letter != 'd')
		return 0;
	if (c->o.n_disks == DISKS_MAX)
		return cli_usage(c, "more than %d disks", DISKS_MAX);
	c->o.disks[c->o.n_disks++] = optarg;
	return 0;
}

/* Name of one of these options. */
static const char *option_name(unsigned int bits)
{
	const struct option *o;
	size_t i;

	for (i = 0; i < N_SPECIALS && !(specials[i].bit & bits); i++)
		;
	for (o = longs; i < N_SPECIALS && o->name; o++)
		if (o->val == specials[i].letter)
			return o->name;
	return "?";
}

static int read_options(struct cli *c, int argc, char **argv)
{
	int letter, err;

	opterr = 0; /* told here, as all errors are */
	/* an error is told with --json too, wherever that stands */
	for (int i = 1; i < argc; i++)
		c->o.json |= !strcmp(argv[i], "--json");
	while ((letter = getopt_long(argc, argv, ":hqvV", longs, NULL)) != -1) {
		switch (letter) {
		case 'j':
			c->o.json = true;
			break;
		case 'q':
			c->o.quiet = true;
			break;
		case 'v':
			c->o.verbose = true;
			break;
		case 'h':
			c->o.help = true;
			break;
		case 'V':
			c->o.version = true;
			break;
		case 'n':
			c->o.no_wait = true;
			break;
		default:
			err = take_special(c, letter, argv[optind - 1]);
			if (err)
				return err;
		}
	}
	return 0;
}

static void help_line(const struct command *cmd, FILE *f)
{
	fprintf(f, "  plexus %s%s%s%s%s\n", cmd->noun, cmd->verb ? " " : "",
		cmd->verb ? cmd->verb : "", cmd->usage[0] ? " " : "", cmd->usage);
	fprintf(f, "       %s\n", cmd->help);
}

/* All commands, those of one noun, or one. */
static void help(const char *noun, const char *verb, FILE *f)
{
	size_t i;

	fputs("usage:\n", f);
	for (i = 0; i < N_COMMANDS; i++) {
		if (!commands[i].help || (noun && strcmp(commands[i].noun, noun)) ||
		    (verb && commands[i].verb && strcmp(commands[i].verb, verb)))
			continue;
		help_line(&commands[i], f);
	}
	fputs("everywhere: --json, --quiet (-q), --verbose (-v: ids in status),\n"
	      "  --no-wait (print the number of the task that was begun), --help (-h)\n"
	      "sizes: bytes, or a number with K, M, G, T (1024)\n"
	      "names: packs and volumes by name, disks by device, all by id; see plexus(8)\n",
	      f);
}

static bool is_noun(const char *text)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (!strcmp(commands[i].noun, text))
			return true;
	return false;
}

static const struct command *find_command(const char *noun, const char *verb)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i].noun, noun))
			continue;
		if (!commands[i].verb || (verb && !strcmp(commands[i].verb, verb)))
			return &commands[i];
	}
	return NULL;
}

/* A noun or verb that there is none of is an error here too. */
static int run_help(struct cli *c, const char *noun, const char *verb)
{
	const struct command *cmd = noun ? find_command(noun, verb) : NULL;

	if (!noun && !c->o.help) {
		help(NULL, NULL, stderr);
		return EXIT_USAGE;
	}
	if (noun && !is_noun(noun))
		return cli_usage(c, "there is no command '%s'; see 'plexus --help'", noun);
	if (noun && verb && !cmd)
		return cli_usage(c, "plexus %s has no '%s'; see 'plexus %s --help'", noun, verb,
				 noun);
	help(noun, cmd && cmd->verb ? verb : NULL, stdout);
	return EXIT_DONE;
}

static int run(struct cli *c, int argc, char **argv)
{
	const struct command *cmd = c->command;
	unsigned int flags =
		cmd->run == cmd_udev_names || cmd->run == cmd_version ? PLEXUS_OPEN_NO_LOAD : 0;
	int err;

	if (c->o.given & ~cmd->options)
		return cli_usage(c, "option '--%s' does not belong to this command",
				 option_name(c->o.given & ~cmd->options));
	if (argc < cmd->min_args)
		return cli_usage(c, "an argument is missing");
	if (cmd->max_args >= 0 && argc > cmd->max_args)
		return cli_usage(c, "'%s' is one argument too many", argv[cmd->max_args]);
	err = plexus_open(&c->h, flags);
	if (err)
		return cli_fail(c, EXIT_FAILED, R(E_FAIL), "the library does not start: %s",
				strerror(-err));
	err = cmd->run(c, argc, argv);
	if (c->have_snap)
		snapshot_free(&c->snap);
	plexus_close(c->h);
	return err;
}

int main(int argc, char **argv)
{
	struct cli c = { 0 };
	const char *noun, *verb;
	int skip, err;

	setlocale(LC_ALL, "");
	err = read_options(&c, argc, argv);
	if (err)
		return err;
	argc -= optind;
	argv += optind;
	noun = argc ? argv[0] : c.o.version ? "version" : NULL;
	verb = argc > 1 ? argv[1] : NULL;
	if (noun && !strcmp(noun, "help")) {
		c.o.help = true;
		noun = verb;
		verb = argc > 2 ? argv[2] : NULL;
	}
	if (c.o.help || !noun)
		return run_help(&c, noun, verb);
	c.command = find_command(noun, verb);
	if (!c.command && is_noun(noun) && verb)
		return cli_usage(&c, "plexus %s has no '%s'; see 'plexus %s --help'", noun, verb,
				 noun);
	if (!c.command && is_noun(noun))
		return cli_usage(&c, "plexus %s needs a verb; see 'plexus %s --help'", noun, noun);
	if (!c.command)
		return cli_usage(&c, "there is no command '%s'; see 'plexus --help'", noun);
	skip = argc ? (c.command->verb ? 2 : 1) : 0;
	err = run(&c, argc - skip, argv + skip);
	/* a full disk or a closed pipe must not look like success */
	if (fflush(stdout) || ferror(stdout))
		return err ? err : EXIT_FAILED;
	return err;
}
