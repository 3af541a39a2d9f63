// SPDX-License-Identifier: GPL-2.0
/* plexus monitor: events as they come */
#include <limits.h>
#include <signal.h>
#include <time.h>

#include <json-c/json.h>

#include "cli.h"

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

/* Names change with what arrives and departs, and are asked for only then. */
static void refresh(struct cli *c)
{
	if (c->have_snap)
		snapshot_free(&c->snap);
	c->have_snap = !snapshot_load(c->h, &c->snap);
}

/* The driver was unloaded or loaded: to ask for names now might load it again. */
static bool driver_changed(const struct plexus_event *e)
{
	return e->code == PLEXUS_EVENT_CODE_OUT_OF_SYNC && e->message[0];
}

static bool changes_names(const struct plexus_event *e)
{
	return !driver_changed(e) && e->code != PLEXUS_EVENT_CODE_VOLUME_PROGRESS &&
	       e->code != PLEXUS_EVENT_CODE_PACK_DEPART &&
	       e->code != PLEXUS_EVENT_CODE_VOLUME_DEPART &&
	       e->code != PLEXUS_EVENT_CODE_DISK_DEPART;
}

static void name_object(const struct snapshot *s, const struct plexus_event *e, char *text,
			size_t size)
{
	const struct plexus_volume_info *v = volume_of_id(s, &e->volume);
	const struct plexus_plex_info *p = plex_of_id(s, &e->plex);
	const struct plexus_disk_info *d = disk_of_id(s, &e->disk);
	const struct plexus_pack_info *k = pack_of_id(s, &e->pack);
	char id[PLEXUS_ID_TEXT];

	if (v && p)
		snprintf(text, size, "%s/%s plex %u", v->pack_name, v->name, p->index);
	else if (v)
		snprintf(text, size, "%s/%s", v->pack_name, v->name);
	else if (!plexus_id_is_null(&e->volume))
		snprintf(text, size, "volume %s", plexus_id_format(&e->volume, id));
	else if (d)
		snprintf(text, size, "%s", d->path);
	else if (!plexus_id_is_null(&e->disk))
		snprintf(text, size, "disk %s", plexus_id_format(&e->disk, id));
	else if (k)
		snprintf(text, size, "%s", k->name);
	else if (!plexus_id_is_null(&e->pack))
		snprintf(text, size, "pack %s", plexus_id_format(&e->pack, id));
	else
		text[0] = '\0';
}

static void print_event(struct cli *c, const struct plexus_event *e)
{
	char object[512] = "", clock[16], safe[PLEXUS_MESSAGE_TEXT];
	time_t now = time(NULL);
	struct tm tm;

	if (c->o.json) {
		json_print(json_of_event(e), true);
		return;
	}
	if (c->have_snap)
		name_object(&c->snap, e, object, sizeof(object));
	localtime_r(&now, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	printf("%s  %-15s  %s", clock, plexus_event_name(e->code),
	       clean(object, safe, sizeof(safe)));
	if (e->has_health)
		printf("  %s", health_words(e->health));
	if (e->has_percent && (!e->has_result || e->result == R(VDS_E_OPERATION_PENDING)))
		printf("  %u %%", e->percent);
	if (e->has_result && e->result != R(VDS_E_OPERATION_PENDING))
		printf("  %s", plexus_result_text(e->result));
	if (e->message[0])
		printf("  %s", clean(e->message, safe, sizeof(safe)));
	putchar('\n');
	fflush(stdout);
}

static int listen_on(struct cli *c, struct plexus_events *events, time_t end)
{
	struct plexus_event event;
	int got;

	while (!stop) {
		int left = end ? (int)(end - time(NULL)) : -1;

		if (end && left <= 0)
			break;
		got = plexus_events_next(events, &event, left < 0 ? -1 : left * 1000);
		if (got == -EINTR || got == 0)
			continue;
		if (got < 0)
			return cli_fail(c, EXIT_FAILED, R(E_FAIL),
					"the events ended: %s; try again", strerror(-got));
		if (changes_names(&event) && !c->o.json)
			refresh(c);
		print_event(c, &event);
	}
	return EXIT_DONE;
}

int cmd_monitor(struct cli *c, int argc, char **argv)
{
	struct sigaction catch = { .sa_handler = on_signal };
	struct plexus_events *events;
	uint64_t seconds = 0;
	int err;

	(void)argc, (void)argv;
	if (c->o.timeout && !number_parse(c->o.timeout, INT_MAX / 1000, &seconds))
		return cli_usage(c, "'%s' is no time; give seconds", c->o.timeout);
	err = plexus_events_open(c->h, &events);
	if (err)
		return cli_lib_error(c, err);
	refresh(c);
	sigaction(SIGINT, &catch, NULL);
	sigaction(SIGTERM, &catch, NULL);
	err = listen_on(c, events, c->o.timeout ? time(NULL) + (time_t)seconds : 0);
	plexus_events_close(events);
	return err;
}
