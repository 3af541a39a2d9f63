/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the command share. */
#ifndef _PLEXUS_CLI_H
#define _PLEXUS_CLI_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plexus/libplexus.h>

#define R(name) ((uint32_t)PLEXUS_##name)

#define DISKS_MAX PLEXUS_MAX_DISKS

/* documented in plexus.8 */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_DRIVER = 3,
	EXIT_PERMISSION = 4,
	EXIT_TIMEOUT = 5,
	EXIT_CANCELLED = 6,
};

/* options that a command may take besides those that all take */
enum {
	OPT_FORCE = 1 << 0,
	OPT_SIZE = 1 << 1,
	OPT_TYPE = 1 << 2,
	OPT_DISK = 1 << 3,
	OPT_UNIT = 1 << 4,
	OPT_PLEXES = 1 << 5,
	OPT_MEMBERS = 1 << 6,
	OPT_NAME = 1 << 7,
	OPT_ANY_LAYOUT = 1 << 8,
	OPT_REPAIR = 1 << 9,
	OPT_TIMEOUT = 1 << 10,
	OPT_KEEP = 1 << 11,
	OPT_UDEV = 1 << 12,
	OPT_READ_POLICY = 1 << 13,
	OPT_SPEED_MIN = 1 << 14,
	OPT_SPEED_MAX = 1 << 15,
	OPT_STABLE_WRITES = 1 << 16,
	OPT_READ_ONLY = 1 << 17,
	OPT_SYNC_ACTION = 1 << 18,
	OPT_PARITY = 1 << 19,
	OPT_WRITE_HOLE = 1 << 20,
};

struct options {
	unsigned int given;
	bool json;
	bool quiet;
	bool no_wait;
	bool verbose;
	bool help;
	bool version;
	const char *size;
	const char *type;
	const char *unit;
	const char *plexes;
	const char *members;
	const char *name;
	const char *timeout;
	const char *keep;
	const char *read_policy;
	const char *speed_min;
	const char *speed_max;
	const char *stable_writes;
	const char *read_only;
	const char *sync_action;
	const char *parity;
	const char *write_hole;
	const char *disks[DISKS_MAX];
	size_t n_disks;
};

struct cli;

struct command {
	const char *noun;
	const char *verb; /* NULL where the noun is all */
	int min_args;
	int max_args; /* -1 for any number */
	unsigned int options;
	int (*run)(struct cli *c, int argc, char **argv);
	const char *usage;
	const char *help;
};

/* All objects at one time; arrays end with NULL. */
struct snapshot {
	struct plexus_pack_info **packs;
	struct plexus_disk_info **disks;
	struct plexus_volume_info **volumes;
	struct plexus_plex_info **plexes;
	struct plexus_task_info **tasks;
};

struct cli {
	struct plexus *h;
	const struct command *command;
	struct options o;
	struct snapshot snap;
	bool have_snap;
	bool failed; /* an error was told already */
};

/* ---- cli.c: telling, failing, finishing; all return an exit code ---- */

int cli_fail(struct cli *c, enum exit_code exit, uint32_t code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int cli_usage(struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The last call of the library failed with @err. */
int cli_lib_error(struct cli *c, int err);
/* A line on stdout, unless --quiet or --json. */
void cli_say(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int cli_snapshot(struct cli *c);
/*
 * After a changing call: tells the error, or waits for the task with a progress
 * line and says that it is done. With --json prints the outcome.
 */
int cli_finish(struct cli *c, int err, const struct plexus_outcome *out, const char *object);
/* A wait ended before its task; a task ended badly. */
int cli_wait_failed(struct cli *c, int err, uint64_t task);
int cli_task_failed(struct cli *c, const struct plexus_task_info *info, const char *what);
enum exit_code cli_exit_of(int err, uint32_t code);

/* ---- on.c: commands that change one object; argv[0] names it ---- */

typedef int pack_fn(struct cli *c, const struct plexus_pack_ref *pack, char **argv,
		    struct plexus_outcome *out);
typedef int volume_fn(struct cli *c, const struct plexus_volume_ref *volume, char **argv,
		      struct plexus_outcome *out);
/* What such a call gives when it failed before the driver was asked, and has told why. */
#define TOLD(exit) (-10000 - (exit))
int cli_on_pack(struct cli *c, char **argv, pack_fn *call);
int cli_on_volume(struct cli *c, char **argv, volume_fn *call);

/* ---- size.c ---- */

#define SIZE_TEXT 32

bool size_parse(const char *text, uint64_t *bytes);
char *size_format(uint64_t bytes, char text[SIZE_TEXT]);
bool number_parse(const char *text, uint64_t max, uint64_t *number);
char *duration_format(uint64_t seconds, char text[SIZE_TEXT]);
/* Largest volume of a shape that fits on these disks; 0 if none does. */
uint64_t size_max(uint32_t type, uint32_t n_plexes, uint32_t n_members,
		  const struct plexus_disk_info *const *disks, size_t n_disks);
/* The same of type parity, with its parity, unit and write hole; says how many members it has. */
uint64_t size_max_parity(struct plexus_volume_spec *spec,
			 const struct plexus_disk_info *const *disks, size_t n_disks);

/* ---- snapshot.c ---- */

int snapshot_load(struct plexus *h, struct snapshot *s);
void snapshot_free(struct snapshot *s);

/* ---- names.c: what a text names in a snapshot; -ENOENT, -ENOTUNIQ ---- */

int find_pack(const struct snapshot *s, const char *text, const struct plexus_pack_info **pack);
int find_volume(const struct snapshot *s, const char *text,
		const struct plexus_volume_info **volume);
int find_volume_in(const struct snapshot *s, const struct plexus_id *pack, const char *text,
		   const struct plexus_volume_info **volume);
int find_disk(const struct snapshot *s, const char *text, const struct plexus_disk_info **disk);
int find_plex(const struct snapshot *s, const struct plexus_id *volume, const char *text,
	      const struct plexus_plex_info **plex);
const struct plexus_pack_info *pack_of_id(const struct snapshot *s, const struct plexus_id *id);
const struct plexus_disk_info *disk_of_id(const struct snapshot *s, const struct plexus_id *id);
const struct plexus_volume_info *volume_of_id(const struct snapshot *s, const struct plexus_id *id);
const struct plexus_plex_info *plex_of_id(const struct snapshot *s, const struct plexus_id *id);
const struct plexus_task_info *running_task_of(const struct snapshot *s,
					       const struct plexus_id *volume);

/* ---- args.c: arguments to references; 0 or an exit code, told already ---- */

/* Room for what the references point to. */
struct names {
	struct plexus_id id;
	struct plexus_id pack_id;
	char pack_name[256];
	char text[4096];
};

int arg_pack(struct cli *c, const char *text, struct names *room, struct plexus_pack_ref *ref);
int arg_volume(struct cli *c, const char *text, struct names *room, struct plexus_volume_ref *ref);
int arg_disk(struct cli *c, const char *text, struct names *room, struct plexus_disk_ref *ref);
int arg_plex(struct cli *c, const struct plexus_volume_ref *volume, const char *text,
	     struct plexus_id *id);
int arg_task(struct cli *c, const char *text, uint64_t *task);
int arg_list_pack(struct cli *c, const char *text, const struct plexus_id **id);
/* PACK/NAME of something that does not exist yet. */
int arg_new_volume(struct cli *c, const char *text, struct names *room,
		   struct plexus_pack_ref *pack, const char **name);
/* A device as the driver shall be told: its real path. */
void arg_path(const char *text, char *path, size_t size);
/* Those of several, with NULL behind the last; NULL without memory. */
char **arg_paths(int n, char **argv);
void arg_paths_free(char **paths);

struct inputs {
	struct plexus_input_disk disks[DISKS_MAX];
	struct names rooms[DISKS_MAX];
	size_t n;
};

/* The --disk options; free() what it gives. */
int arg_inputs(struct cli *c, struct inputs **inputs);

/* ---- output.c ---- */

struct table;

struct table *table_new(size_t n, const char *const *heads, unsigned int right);
void table_row(struct table *t, const char *const *cells);
void table_print(struct table *t, FILE *f);
void table_free(struct table *t);
/* Copies with everything that could disturb a terminal made harmless. */
char *clean(const char *text, char *out, size_t size);
bool utf8_terminal(void);

/* ---- list.c: the verbs "list" ---- */

struct listing {
	const char *key; /* in JSON */
	const char *const *heads;
	size_t n_heads;
	unsigned int right; /* columns that are aligned to the right */
	void *const *items;
	/* NULL takes all */
	bool (*wanted)(const void *item, const void *arg);
	const void *arg;
	struct json_object *(*json)(const struct snapshot *s, const void *item);
	void (*row)(const struct snapshot *s, struct table *t, const void *item);
};

int cli_list(struct cli *c, const struct listing *l);

/* ---- json.c ---- */

struct json_object;

struct json_object *json_of_pack(const struct plexus_pack_info *pack);
struct json_object *json_of_disk(const struct plexus_disk_info *disk);
struct json_object *json_of_volume(const struct plexus_volume_info *volume);
struct json_object *json_of_plex(const struct snapshot *s, const struct plexus_plex_info *plex);
struct json_object *json_of_task(const struct plexus_task_info *task);
struct json_object *json_of_event(const struct plexus_event *event);
struct json_object *json_of_status(const struct snapshot *s, const struct plexus_id *pack);
struct json_object *json_of_error(uint32_t code, int err, const char *message);
struct json_object *json_of_result(uint32_t code, const char *message);
/* null for none */
struct json_object *json_id(const struct plexus_id *id);
/* Prints and frees; @line: on one line. */
void json_print(struct json_object *o, bool line);

/* ---- words.c: sentences about objects ---- */

/* "rebuilding 43 %", "failed redundancy: plex 1 is missing disk /dev/vdc" */
void volume_words(const struct snapshot *s, const struct plexus_volume_info *v, char *text,
		  size_t size);
void plex_words(const struct snapshot *s, const struct plexus_plex_info *p, char *text,
		size_t size);
void disk_words(const struct plexus_disk_info *d, char *text, size_t size);
bool disk_may_be_gone(const struct plexus_disk_info *d);
/* its path, or "(was PATH)" */
char *disk_place(const struct plexus_disk_info *d, char *text, size_t size);
void pack_words(const struct plexus_pack_info *p, char *text, size_t size);
/* "resync of tank/data: 43 %, 120 MiB/s, 12 s left" */
void task_words(const struct snapshot *s, const struct plexus_task_info *t, char *text,
		size_t size);
/* "done, 0 mismatches" */
void task_end_words(uint32_t result, const char *message, char *text, size_t size);
void plex_disks(const struct snapshot *s, const struct plexus_plex_info *p, char *text,
		size_t size);
const char *health_words(uint32_t health);

/* ---- tree.c ---- */

struct tree_style {
	bool utf8;
	bool colour;
	bool verbose;
};

void tree_print(FILE *f, const struct snapshot *s, const struct plexus_id *pack,
		const struct tree_style *style);

/* ---- progress.c ---- */

/*
 * Waits for a task with a bar on a terminal, or a line now and then elsewhere.
 * 0 or a negative errno as plexus_task_wait(); -EINTR after Ctrl-C.
 */
int progress_wait(struct cli *c, uint64_t task, const char *what, int timeout_ms,
		  struct plexus_task_info *info);
void progress_bar(char *text, size_t size, unsigned int percent, unsigned int width, bool utf8);

/* ---- the commands ---- */

int cmd_pack_create(struct cli *c, int argc, char **argv);
int cmd_pack_import(struct cli *c, int argc, char **argv);
int cmd_pack_export(struct cli *c, int argc, char **argv);
int cmd_pack_recover(struct cli *c, int argc, char **argv);
int cmd_pack_refresh(struct cli *c, int argc, char **argv);
int cmd_pack_destroy(struct cli *c, int argc, char **argv);
int cmd_pack_rename(struct cli *c, int argc, char **argv);
int cmd_pack_list(struct cli *c, int argc, char **argv);
int cmd_disk_add(struct cli *c, int argc, char **argv);
int cmd_disk_remove(struct cli *c, int argc, char **argv);
int cmd_disk_replace(struct cli *c, int argc, char **argv);
int cmd_disk_offline(struct cli *c, int argc, char **argv);
int cmd_disk_online(struct cli *c, int argc, char **argv);
int cmd_disk_spare(struct cli *c, int argc, char **argv);
int cmd_disk_list(struct cli *c, int argc, char **argv);
int cmd_volume_create(struct cli *c, int argc, char **argv);
int cmd_volume_delete(struct cli *c, int argc, char **argv);
int cmd_volume_extend(struct cli *c, int argc, char **argv);
int cmd_volume_rename(struct cli *c, int argc, char **argv);
int cmd_volume_recover(struct cli *c, int argc, char **argv);
int cmd_volume_scrub(struct cli *c, int argc, char **argv);
int cmd_volume_set(struct cli *c, int argc, char **argv);
int cmd_volume_list(struct cli *c, int argc, char **argv);
int cmd_plex_add(struct cli *c, int argc, char **argv);
int cmd_plex_break(struct cli *c, int argc, char **argv);
int cmd_plex_remove(struct cli *c, int argc, char **argv);
int cmd_plex_repair(struct cli *c, int argc, char **argv);
int cmd_plex_list(struct cli *c, int argc, char **argv);
int cmd_task_list(struct cli *c, int argc, char **argv);
int cmd_task_show(struct cli *c, int argc, char **argv);
int cmd_task_wait(struct cli *c, int argc, char **argv);
int cmd_task_cancel(struct cli *c, int argc, char **argv);
int cmd_status(struct cli *c, int argc, char **argv);
int cmd_monitor(struct cli *c, int argc, char **argv);
int cmd_scan(struct cli *c, int argc, char **argv);
int cmd_version(struct cli *c, int argc, char **argv);
int cmd_udev_names(struct cli *c, int argc, char **argv);

#endif
