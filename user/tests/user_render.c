// SPDX-License-Identifier: GPL-2.0
/* What a person and what a script see of a made-up machine. */
#include <json-c/json.h>

#include "ktap.h"
#include "madeup.h"

static const char *const tree =
	"pack tank  online\n"
	"|- disks\n"
	"|  |- /dev/vdb           2.0 GiB     1.0 GiB free  online\n"
	"|  |- (was /dev/vdc)     2.0 GiB     1.0 GiB free  missing, failed\n"
	"|  |- /dev/vdd           2.0 GiB     1.0 GiB free  online, 3 read errors\n"
	"|  `- /dev/vde           2.0 GiB     1.0 GiB free  online, spare\n"
	"|- data     /dev/plx0    512.0 MiB  mirror  failed redundancy: plex 1 is missing disk "
	"/dev/vdc\n"
	"|  |- plex 0  simple  /dev/vdb  healthy\n"
	"|  `- plex 1  simple  /dev/vdc (missing)  failed\n"
	"|- scratch  /dev/plx1    512.0 MiB  mirror  rebuilding 43 %\n"
	"|  |- plex 0  simple  /dev/vdb  healthy\n"
	"|  `- plex 1  simple  /dev/vdd  rebuilding 43 %, 292.0 MiB stale\n"
	"`- tasks\n"
	"   `- 7  resync of tank/scratch: 43 %, 20.0 MiB/s, 15 s left\n"
	"\n"
	"pack attic  offline, no quorum: 1 of 3 disks is there\n"
	"`- disks\n"
	"   `- /dev/vdf     2.0 GiB     1.0 GiB free  online\n";

static char *render(const struct snapshot *s, const struct plexus_id *pack,
		    const struct tree_style *style)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	tree_print(f, s, pack, style);
	fclose(f);
	return text;
}

static void whole_tree(void)
{
	struct tree_style style = { 0 };
	struct snapshot s = madeup();
	char *text = render(&s, NULL, &style);

	CHECK_TEXT(text, tree);
	free(text);
}

static void one_pack(void)
{
	struct tree_style style = { .utf8 = true };
	struct snapshot s = madeup();
	char *text = render(&s, &attic.id, &style);

	CHECK(!strncmp(text, "pack attic", 10));
	CHECK(strstr(text, "└─ disks"));
	free(text);
}

static void hostile_names(void)
{
	struct tree_style style = { 0 };
	struct snapshot s = madeup();
	char *text;

	snprintf(data.name, sizeof(data.name), "a\033[31mb\nc");
	text = render(&s, NULL, &style);
	CHECK(!strchr(text, '\033'));
	CHECK(strstr(text, "a?[31mb?c"));
	free(text);
}

static struct json_object *at(struct json_object *o, const char *path)
{
	struct json_object *found = NULL;

	return json_pointer_get(o, path, &found) ? NULL : found;
}

static const char *text_at(struct json_object *o, const char *path)
{
	struct json_object *found = at(o, path);

	return found ? json_object_get_string(found) : "(nothing)";
}

static void status_json(void)
{
	struct snapshot s = madeup();
	struct json_object *o = json_of_status(&s, NULL);

	CHECK_TEXT(text_at(o, "/packs/0/name"), "tank");
	CHECK_TEXT(text_at(o, "/packs/0/id"), "aaaa0000-0000-0000-0000-000000000001");
	CHECK_TEXT(text_at(o, "/packs/0/disks/1/status"), "missing");
	CHECK_TEXT(text_at(o, "/packs/0/volumes/0/health"), "failed-redundancy");
	CHECK_TEXT(text_at(o, "/packs/0/volumes/1/plexes/1/members/0/extents/0/path"), "/dev/vdd");
	CHECK_TEXT(text_at(o, "/packs/0/volumes/1/plexes/1/stale"), "306184192");
	CHECK_TEXT(text_at(o, "/packs/0/tasks/0/percent"), "43");
	CHECK_TEXT(text_at(o, "/packs/0/tasks/0/result/name"), "VDS_E_OPERATION_PENDING");
	CHECK_TEXT(text_at(o, "/packs/1/flags/0"), "noquorum");
	/* only what runs is part of the status */
	CHECK(!at(o, "/packs/0/tasks/1"));
	json_object_put(o);
}

static void error_json(void)
{
	struct json_object *o = json_of_error(0x80042445u, 22, "volume tank/data has one plex");

	CHECK_TEXT(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
							     JSON_C_TO_STRING_NOSLASHESCAPE),
		   "{\"error\":{\"code\":\"0x80042445\",\"name\":\"VDS_E_VOLUME_NOT_A_MIRROR\","
		   "\"errno\":22,\"message\":\"volume tank/data has one plex\"}}");
	json_object_put(o);
}

static void sentences(void)
{
	struct snapshot s = madeup();
	char text[512];

	data.health = PLEXUS_HEALTH_HEALTHY;
	volume_words(&s, &data, text, sizeof(text));
	CHECK_TEXT(text, "healthy");
	data.health = PLEXUS_HEALTH_FAILING_REDUNDANCY;
	plexes[1].health = PLEXUS_HEALTH_FAILING;
	disks[1].status = PLEXUS_DISK_STATUS_ONLINE;
	volume_words(&s, &data, text, sizeof(text));
	CHECK_TEXT(text, "failing redundancy: plex 1 is failing");
	plexes[1].health = PLEXUS_HEALTH_FAILED_REDUNDANCY;
	plexes[1].status = PLEXUS_VOLUME_STATUS_FAILED;
	data.health = PLEXUS_HEALTH_FAILED_REDUNDANCY;
	data.mismatches = 1;
	volume_words(&s, &data, text, sizeof(text));
	CHECK_TEXT(text, "failed redundancy: plex 1 has failed, 1 mismatch");
	plexes[1].health = PLEXUS_HEALTH_STALE;
	plexes[1].stale = 78 * MIB;
	plex_words(&s, &plexes[1], text, sizeof(text));
	CHECK_TEXT(text, "78.0 MiB stale");
	plexes[1].stale = 0;
	plex_words(&s, &plexes[1], text, sizeof(text));
	CHECK_TEXT(text, "stale");
	disks[1].write_errors = 1;
	disk_words(&disks[1], text, sizeof(text));
	CHECK_TEXT(text, "online, failed, 1 write error");
	task_words(&s, &old, text, sizeof(text));
	CHECK_TEXT(text, "volume of tank/data: done");
	snprintf(old.message, sizeof(old.message), "0 mismatches");
	task_words(&s, &old, text, sizeof(text));
	CHECK_TEXT(text, "volume of tank/data: done, 0 mismatches");
	old.result = R(VDS_E_OPERATION_CANCELED);
	task_words(&s, &old, text, sizeof(text));
	CHECK_TEXT(text, "volume of tank/data: cancelled, 0 mismatches");
	snprintf(old.message, sizeof(old.message), "cancelled; what was done is kept");
	task_words(&s, &old, text, sizeof(text));
	CHECK_TEXT(text, "volume of tank/data: cancelled; what was done is kept");
	old.volume.b[7] = 1;
	task_words(&s, &old, text, sizeof(text));
	CHECK(!strncmp(text, "volume of a volume of tank that is gone: cancelled;", 51));
	old.volume = data.id;
	old.result = R(VDS_E_NOT_ENOUGH_SPACE);
	snprintf(old.message, sizeof(old.message), "no room on /dev/vdb");
	task_words(&s, &old, text, sizeof(text));
	CHECK_TEXT(text, "volume of tank/data: no room on /dev/vdb");
}

static void bars(void)
{
	char text[64];

	progress_bar(text, sizeof(text), 0, 10, false);
	CHECK_TEXT(text, "..........");
	progress_bar(text, sizeof(text), 43, 10, false);
	CHECK_TEXT(text, "####......");
	progress_bar(text, sizeof(text), 100, 10, true);
	CHECK_TEXT(text, "██████████");
	progress_bar(text, 5, 100, 10, false);
	CHECK_TEXT(text, "####");
}

static void tables(void)
{
	static const char *const heads[] = { "NAME", "SIZE" };
	static const char *const one[] = { "dä\n", "1" };
	struct table *t = table_new(2, heads, 2);
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	table_row(t, one);
	table_print(t, f);
	fclose(f);
	table_free(t);
	CHECK_TEXT(text, "NAME  SIZE\ndä?      1\n");
	free(text);
}

static const struct test tests[] = {
	{ "the tree of status", whole_tree },
	{ "one pack of the tree", one_pack },
	{ "names that would disturb the terminal", hostile_names },
	{ "status as JSON", status_json },
	{ "an error as JSON", error_json },
	{ "sentences about health and tasks", sentences },
	{ "progress bars", bars },
	{ "tables", tables },
};

KTAP_MAIN(tests)
