// SPDX-License-Identifier: GPL-2.0
/* Sentences about the state of objects, as status and the lists show them. */
#include <stdarg.h>

#include "cli.h"

static void append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + len, size - len, fmt, args);
	va_end(args);
}

const char *health_words(uint32_t health)
{
	switch (health) {
	case PLEXUS_HEALTH_FAILING_REDUNDANCY:
		return "failing redundancy";
	case PLEXUS_HEALTH_FAILED_REDUNDANCY:
		return "failed redundancy";
	case PLEXUS_HEALTH_FAILED_REDUNDANCY_FAILING:
		return "failed redundancy, and failing";
	default:
		return plexus_health_name(health);
	}
}

/* Is this disk a reason for trouble? */
static bool disk_gone(const struct plexus_disk_info *d)
{
	return !d || d->status != PLEXUS_DISK_STATUS_ONLINE;
}

static const char *disk_name(const struct plexus_disk_info *d)
{
	return d && d->path[0] ? d->path : "?";
}

static const struct plexus_disk_info *bad_disk(const struct snapshot *s,
					       const struct plexus_plex_info *p, bool *found)
{
	const struct plexus_disk_info *d;
	size_t i, j;

	for (i = 0; i < p->n_members; i++) {
		for (j = 0; j < p->members[i].n_extents; j++) {
			d = disk_of_id(s, &p->members[i].extents[j].disk);
			*found = disk_gone(d);
			if (*found)
				return d;
		}
	}
	*found = false;
	return NULL;
}

/* Of a parity plex, a member that is not current though its disk is there. */
static const char *member_trouble(const struct plexus_member *m)
{
	if (!m->has_state || m->state == PLEXUS_MEMBER_STATE_CURRENT)
		return NULL;
	if (m->state == PLEXUS_MEMBER_STATE_FAILED)
		return "failed";
	return m->health == PLEXUS_HEALTH_REBUILDING ? "rebuilding" : "stale";
}

static bool bad_member(const struct snapshot *s, const struct plexus_plex_info *p, char *text,
		       size_t size)
{
	const char *what;
	size_t i;

	for (i = 0; i < p->n_members; i++) {
		what = member_trouble(&p->members[i]);
		if (!what || !p->members[i].n_extents)
			continue;
		snprintf(text, size, "plex %u: its member on %s %s %s", p->index,
			 disk_name(disk_of_id(s, &p->members[i].extents[0].disk)),
			 p->members[i].state == PLEXUS_MEMBER_STATE_FAILED ? "has" : "is", what);
		return true;
	}
	return false;
}

/* "plex 1 is missing disk /dev/vdc", or nothing if the plex is not to blame */
static bool plex_reason(const struct snapshot *s, const struct plexus_plex_info *p, char *text,
			size_t size)
{
	const struct plexus_disk_info *d;
	bool found;

	if (p->health == PLEXUS_HEALTH_HEALTHY || p->health == PLEXUS_HEALTH_REBUILDING)
		return false;
	d = bad_disk(s, p, &found);
	if (!found && bad_member(s, p, text, size))
		return true;
	if (found && d && d->status != PLEXUS_DISK_STATUS_MISSING)
		snprintf(text, size, "plex %u: disk %s %s %s", p->index, disk_name(d),
			 d->status == PLEXUS_DISK_STATUS_FAILED ? "has" : "is",
			 plexus_disk_status_name(d->status));
	else if (found)
		snprintf(text, size, "plex %u is missing disk %s", p->index, disk_name(d));
	else if (p->status == PLEXUS_VOLUME_STATUS_FAILED)
		snprintf(text, size, "plex %u has failed", p->index);
	else if (p->status == PLEXUS_VOLUME_STATUS_NO_MEDIA)
		snprintf(text, size, "plex %u is missing", p->index);
	else if (p->health == PLEXUS_HEALTH_FAILING_REDUNDANCY)
		snprintf(text, size, "plex %u is failing", p->index);
	else
		snprintf(text, size, "plex %u is %s", p->index, health_words(p->health));
	return true;
}

static void volume_reasons(const struct snapshot *s, const struct plexus_volume_info *v, char *text,
			   size_t size)
{
	const char *sep = ": ";
	char reason[PLEXUS_PATH_MAX + 64];
	size_t i;

	for (i = 0; s->plexes[i]; i++) {
		if (!plexus_id_equal(&s->plexes[i]->volume, &v->id) ||
		    !plex_reason(s, s->plexes[i], reason, sizeof(reason)))
			continue;
		append(text, size, "%s%s", sep, reason);
		sep = ", ";
	}
}

/* How far the rebuilding is: the task knows, else the driver's counters. */
static bool volume_percent(const struct snapshot *s, const struct plexus_volume_info *v,
			   unsigned int *percent)
{
	const struct plexus_task_info *t = running_task_of(s, &v->id);

	if (t)
		*percent = t->percent;
	else if (v->sync_total)
		*percent = (unsigned int)((double)v->sync_done * 100 / (double)v->sync_total);
	return t || v->sync_total;
}

void volume_words(const struct snapshot *s, const struct plexus_volume_info *v, char *text,
		  size_t size)
{
	unsigned int percent;

	text[0] = '\0';
	if (v->status == PLEXUS_VOLUME_STATUS_OFFLINE || v->status == PLEXUS_VOLUME_STATUS_NO_MEDIA)
		append(text, size, "%s, ", plexus_volume_status_name(v->status));
	append(text, size, "%s", health_words(v->health));
	if (v->health == PLEXUS_HEALTH_REBUILDING && volume_percent(s, v, &percent))
		append(text, size, " %u %%", percent);
	else if (v->health != PLEXUS_HEALTH_HEALTHY)
		volume_reasons(s, v, text, size);
	if (v->flags & PLEXUS_VOLUME_FLAGS_READ_ONLY)
		append(text, size, ", read-only");
	if (v->flags & PLEXUS_VOLUME_FLAGS_BORN_STALE)
		append(text, size, ", born stale");
	if (v->mismatches)
		append(text, size, ", %llu mismatch%s", (unsigned long long)v->mismatches,
		       v->mismatches == 1 ? "" : "es");
}

void plex_disks(const struct snapshot *s, const struct plexus_plex_info *p, char *text, size_t size)
{
	const struct plexus_disk_info *d, *last = NULL;
	const char *trouble;
	bool first = true;
	size_t i, j;

	text[0] = '\0';
	for (i = 0; i < p->n_members; i++) {
		trouble = member_trouble(&p->members[i]);
		for (j = 0; j < p->members[i].n_extents; j++) {
			d = disk_of_id(s, &p->members[i].extents[j].disk);
			if (!first && d == last)
				continue;
			append(text, size, "%s%s", first ? "" : " ", disk_name(d));
			if (d && disk_gone(d))
				append(text, size, " (%s)", plexus_disk_status_name(d->status));
			else if (trouble)
				append(text, size, " (%s)", trouble);
			first = false;
			last = d;
		}
	}
}

void plex_words(const struct snapshot *s, const struct plexus_plex_info *p, char *text, size_t size)
{
	const struct plexus_volume_info *v = volume_of_id(s, &p->volume);
	unsigned int percent;
	char bytes[SIZE_TEXT];

	/* "78 MiB stale" says "stale", too */
	if (p->health != PLEXUS_HEALTH_STALE || !p->stale)
		snprintf(text, size, "%s%s", health_words(p->health), p->stale ? ", " : "");
	else
		text[0] = '\0';
	if (p->health == PLEXUS_HEALTH_REBUILDING && v && volume_percent(s, v, &percent))
		snprintf(text, size, "rebuilding %u %%%s", percent, p->stale ? ", " : "");
	if (p->stale)
		append(text, size, "%s stale", size_format(p->stale, bytes));
}

void disk_words(const struct plexus_disk_info *d, char *text, size_t size)
{
	snprintf(text, size, "%s", plexus_disk_status_name(d->status));
	if (d->spare)
		append(text, size, ", spare");
	if (d->health != PLEXUS_HEALTH_HEALTHY && d->health != PLEXUS_HEALTH_UNKNOWN &&
	    strcmp(plexus_disk_status_name(d->status), plexus_health_name(d->health)))
		append(text, size, ", %s", health_words(d->health));
	if (d->read_errors)
		append(text, size, ", %llu read error%s", (unsigned long long)d->read_errors,
		       d->read_errors == 1 ? "" : "s");
	if (d->write_errors)
		append(text, size, ", %llu write error%s", (unsigned long long)d->write_errors,
		       d->write_errors == 1 ? "" : "s");
}

/* Then its path may be another disk's. */
bool disk_may_be_gone(const struct plexus_disk_info *d)
{
	return d->status == PLEXUS_DISK_STATUS_MISSING || d->status == PLEXUS_DISK_STATUS_FAILED;
}

char *disk_place(const struct plexus_disk_info *d, char *text, size_t size)
{
	bool gone = disk_may_be_gone(d);

	snprintf(text, size, "%s%s%s", gone ? "(was " : "", d->path, gone ? ")" : "");
	return text;
}

void pack_words(const struct plexus_pack_info *p, char *text, size_t size)
{
	snprintf(text, size, "%s", plexus_pack_status_name(p->status));
	if (p->flags & PLEXUS_PACK_FLAGS_FOREIGN)
		append(text, size, ", foreign");
	if (p->flags & PLEXUS_PACK_FLAGS_NOQUORUM)
		append(text, size, ", no quorum");
	if (p->flags & PLEXUS_PACK_FLAGS_CORRUPTED)
		append(text, size, ", corrupted");
	if (p->flags & PLEXUS_PACK_FLAGS_ONLINE_ERROR)
		append(text, size, ", with failed disks");
	if (p->message[0])
		append(text, size, ": %s", p->message);
}

/* A failure explains itself; success and cancelling are said before what came of them. */
void task_end_words(uint32_t result, const char *message, char *text, size_t size)
{
	bool failed = plexus_result_errno(result) && result != R(VDS_E_OPERATION_CANCELED);
	const char *what = plexus_result_text(result);

	if (!message[0])
		snprintf(text, size, "%s", what);
	else if (failed || !strncmp(message, what, strlen(what)))
		snprintf(text, size, "%s", message);
	else
		snprintf(text, size, "%s, %s", what, message);
}

void task_words(const struct snapshot *s, const struct plexus_task_info *t, char *text, size_t size)
{
	const struct plexus_volume_info *v = volume_of_id(s, &t->volume);
	const struct plexus_pack_info *p = pack_of_id(s, &t->pack);
	char part[SIZE_TEXT];

	snprintf(text, size, "%s", plexus_task_kind_name(t->kind));
	if (v)
		append(text, size, " of %s/%s", v->pack_name, v->name);
	else if (p && !plexus_id_is_null(&t->volume))
		append(text, size, " of a volume of %s that is gone", p->name);
	else if (p)
		append(text, size, " of %s", p->name);
	if (t->result != R(VDS_E_OPERATION_PENDING)) {
		append(text, size, ": ");
		task_end_words(t->result, t->message, text + strlen(text), size - strlen(text));
		return;
	}
	append(text, size, ": %u %%", t->percent);
	if (!v || !v->sync_speed)
		return;
	append(text, size, ", %s/s", size_format(v->sync_speed, part));
	if (v->sync_total > v->sync_done)
		append(text, size, ", %s left",
		       duration_format((v->sync_total - v->sync_done) / v->sync_speed + 1, part));
}
