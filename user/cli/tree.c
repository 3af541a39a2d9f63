// SPDX-License-Identifier: GPL-2.0
/* The tree that "plexus status" shows. */
#include "cli.h"

struct tree {
	FILE *f;
	const struct snapshot *s;
	struct tree_style style;
	int path_width;
	int name_width;
};

enum colour { PLAIN, GREEN, YELLOW, RED };

static const char *const escapes[] = { "", "\033[32m", "\033[33m", "\033[31m" };

/* What stands before a line of the tree; @outer_last: the line above it had no next. */
static void branch(const struct tree *t, bool outer_last, int depth, bool last)
{
	const char *pass = t->style.utf8 ? "│  " : "|  ";
	const char *fork = t->style.utf8 ? "├─ " : "|- ";
	const char *end = t->style.utf8 ? "└─ " : "`- ";

	if (depth == 2)
		fputs(outer_last ? "   " : pass, t->f);
	fputs(last ? end : fork, t->f);
}

static void words(const struct tree *t, enum colour colour, const char *text)
{
	char safe[PLEXUS_MESSAGE_TEXT];
	bool paint = t->style.colour && colour != PLAIN;

	fprintf(t->f, "%s%s%s\n", paint ? escapes[colour] : "", clean(text, safe, sizeof(safe)),
		paint ? "\033[0m" : "");
}

static enum colour health_colour(uint32_t health)
{
	switch (health) {
	case PLEXUS_HEALTH_HEALTHY:
		return GREEN;
	case PLEXUS_HEALTH_REBUILDING:
	case PLEXUS_HEALTH_STALE:
	case PLEXUS_HEALTH_UNKNOWN:
		return YELLOW;
	default:
		return RED;
	}
}

static void print_disk(const struct tree *t, const struct plexus_disk_info *d, bool outer_last,
		       bool last)
{
	char size[SIZE_TEXT], room[SIZE_TEXT], id[PLEXUS_ID_TEXT], text[256];
	char place[PLEXUS_PATH_MAX + 8], path[PLEXUS_PATH_MAX + 8];

	disk_words(d, text, sizeof(text));
	branch(t, outer_last, 2, last);
	fprintf(t->f, "%-*s  %10s  %10s free  ", t->path_width,
		clean(disk_place(d, place, sizeof(place)), path, sizeof(path)),
		size_format(d->size, size), size_format(d->free, room));
	if (t->style.verbose)
		fprintf(t->f, "%s  ", plexus_id_format(&d->id, id));
	words(t,
	      d->status != PLEXUS_DISK_STATUS_ONLINE ? RED :
	      d->read_errors || d->write_errors	     ? YELLOW :
						       GREEN,
	      text);
}

static void print_plex(const struct tree *t, const struct plexus_plex_info *p, bool outer_last,
		       bool last)
{
	char text[256], disks[1024], safe[1024], id[PLEXUS_ID_TEXT], unit[SIZE_TEXT];

	plex_words(t->s, p, text, sizeof(text));
	plex_disks(t->s, p, disks, sizeof(disks));
	branch(t, outer_last, 2, last);
	fprintf(t->f, "plex %u  %-6s  %s  ", p->index, plexus_type_name(p->type),
		clean(disks, safe, sizeof(safe)));
	if (t->style.verbose)
		fprintf(t->f, "%s  %s%s%s", plexus_id_format(&p->id, id),
			p->unit ? size_format(p->unit, unit) : "", p->unit ? " unit  " : "",
			p->n_parity > 1 ? "double parity  " : "");
	words(t, health_colour(p->health), text);
}

static void print_volume(const struct tree *t, const struct plexus_volume_info *v, bool last)
{
	const struct plexus_plex_info *p, *next = NULL;
	char size[SIZE_TEXT], name[128], device[64], text[PLEXUS_MESSAGE_TEXT];
	char id[PLEXUS_ID_TEXT];
	size_t i;

	volume_words(t->s, v, text, sizeof(text));
	branch(t, false, 1, last);
	snprintf(device, sizeof(device), "%s%s", v->device[0] ? "/dev/" : "-", v->device);
	fprintf(t->f, "%-*s  %-10s  %10s  %-6s  ", t->name_width,
		clean(v->name, name, sizeof(name)), device, size_format(v->size, size),
		plexus_type_name(v->type));
	if (t->style.verbose)
		fprintf(t->f, "%s  ", plexus_id_format(&v->id, id));
	words(t, health_colour(v->health), text);
	for (i = 0; t->s->plexes[i]; i++) {
		p = t->s->plexes[i];
		if (!plexus_id_equal(&p->volume, &v->id))
			continue;
		if (next)
			print_plex(t, next, last, false);
		next = p;
	}
	if (next)
		print_plex(t, next, last, true);
}

static void print_disks(const struct tree *t, const struct plexus_pack_info *p, bool last)
{
	const struct plexus_disk_info *next = NULL;
	size_t i;

	branch(t, false, 1, last);
	fputs("disks\n", t->f);
	for (i = 0; t->s->disks[i]; i++) {
		if (!plexus_id_equal(&t->s->disks[i]->pack, &p->id))
			continue;
		if (next)
			print_disk(t, next, last, false);
		next = t->s->disks[i];
	}
	if (next)
		print_disk(t, next, last, true);
}

static bool task_shown(const struct plexus_task_info *task, const struct plexus_pack_info *p)
{
	return task->result == R(VDS_E_OPERATION_PENDING) && plexus_id_equal(&task->pack, &p->id);
}

static void print_task(const struct tree *t, const struct plexus_task_info *task, bool last)
{
	char text[PLEXUS_MESSAGE_TEXT];

	branch(t, true, 2, last);
	task_words(t->s, task, text, sizeof(text));
	fprintf(t->f, "%llu  ", (unsigned long long)task->id);
	words(t, PLAIN, text);
}

static void print_tasks(const struct tree *t, const struct plexus_pack_info *p)
{
	const struct plexus_task_info *next = NULL;
	size_t i;

	branch(t, false, 1, true);
	fputs("tasks\n", t->f);
	for (i = 0; t->s->tasks[i]; i++) {
		if (!task_shown(t->s->tasks[i], p))
			continue;
		if (next)
			print_task(t, next, false);
		next = t->s->tasks[i];
	}
	if (next)
		print_task(t, next, true);
}

/* How many lines come below the pack, and how wide their columns are. */
static void measure(struct tree *t, const struct plexus_pack_info *p, size_t *volumes, bool *tasks)
{
	char place[PLEXUS_PATH_MAX + 8];
	size_t i;

	t->path_width = 0;
	t->name_width = 5;
	*volumes = 0;
	*tasks = false;
	for (i = 0; t->s->disks[i]; i++)
		if (plexus_id_equal(&t->s->disks[i]->pack, &p->id) &&
		    (int)strlen(disk_place(t->s->disks[i], place, sizeof(place))) > t->path_width)
			t->path_width = (int)strlen(place);
	for (i = 0; t->s->volumes[i]; i++) {
		if (!plexus_id_equal(&t->s->volumes[i]->pack, &p->id))
			continue;
		++*volumes;
		if ((int)strlen(t->s->volumes[i]->name) > t->name_width)
			t->name_width = (int)strlen(t->s->volumes[i]->name);
	}
	for (i = 0; t->s->tasks[i]; i++)
		*tasks |= task_shown(t->s->tasks[i], p);
}

static void print_pack(struct tree *t, const struct plexus_pack_info *p)
{
	char name[128], text[PLEXUS_MESSAGE_TEXT], id[PLEXUS_ID_TEXT];
	size_t i, volumes;
	bool tasks;

	measure(t, p, &volumes, &tasks);
	pack_words(p, text, sizeof(text));
	fprintf(t->f, "pack %s  ", clean(p->name, name, sizeof(name)));
	if (t->style.verbose)
		fprintf(t->f, "%s  generation %llu  ", plexus_id_format(&p->id, id),
			(unsigned long long)p->generation);
	words(t, p->status != PLEXUS_PACK_STATUS_ONLINE ? RED : p->flags ? YELLOW : GREEN, text);
	print_disks(t, p, !volumes && !tasks);
	for (i = 0; t->s->volumes[i]; i++) {
		if (!plexus_id_equal(&t->s->volumes[i]->pack, &p->id))
			continue;
		volumes--;
		print_volume(t, t->s->volumes[i], !volumes && !tasks);
	}
	if (tasks)
		print_tasks(t, p);
}

void tree_print(FILE *f, const struct snapshot *s, const struct plexus_id *pack,
		const struct tree_style *style)
{
	struct tree t = { .f = f, .s = s, .style = *style };
	bool first = true;
	size_t i;

	for (i = 0; s->packs[i]; i++) {
		if (pack && !plexus_id_equal(&s->packs[i]->id, pack))
			continue;
		if (!first)
			fputc('\n', f);
		first = false;
		print_pack(&t, s->packs[i]);
	}
}
