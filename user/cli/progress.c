// SPDX-License-Identifier: GPL-2.0
/* Waiting for a task in front of a person, or of a log file. */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define BAR_WIDTH 30
#define RATE_MS 1000
#define SILENT_MS 2000
#define LINE_MS 5000
#define ETA_MIN_MS 3000

struct progress {
	struct cli *c;
	const char *what;
	bool show;
	bool bar;
	bool shown;
	int64_t start;
	int64_t last_line;
	int64_t last_rate;
	unsigned int first_percent;
	unsigned int last_percent;
	bool begun;
	uint64_t speed;
	uint64_t left; /* bytes; 0 if not known */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_bar(char *text, size_t size, unsigned int percent, unsigned int width, bool utf8)
{
	unsigned int i, full = percent * width / 100;
	size_t n = 0;

	if (size)
		text[0] = '\0';
	for (i = 0; i < width && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s",
				      utf8 ? (i < full ? "█" : "░") : (i < full ? "#" : "."));
}

/* The task has no rate of its own: that of its volume is asked for now and then. */
static void update_rate(struct progress *p, const struct plexus_task_info *info)
{
	struct plexus_volume_ref ref = { .id = &info->volume };
	struct plexus_volume_info v;
	int64_t now = now_ms();

	if (plexus_id_is_null(&info->volume) || now - p->last_rate < RATE_MS)
		return;
	p->last_rate = now;
	p->speed = 0;
	p->left = 0;
	if (plexus_volume_get(p->c->h, &ref, &v))
		return;
	p->speed = v.sync_speed;
	if (v.sync_total > v.sync_done)
		p->left = v.sync_total - v.sync_done;
}

/* Seconds to the end: from bytes and speed, else from the percents so far; 0 unknown. */
static uint64_t eta(const struct progress *p, unsigned int percent)
{
	int64_t spent = now_ms() - p->start;

	if (percent >= 100)
		return 0;
	if (p->speed && p->left)
		return p->left / p->speed + 1;
	if (spent < ETA_MIN_MS || percent <= p->first_percent)
		return 0;
	return (uint64_t)spent * (100 - percent) / (percent - p->first_percent) / 1000 + 1;
}

static void numbers(const struct progress *p, unsigned int percent, char *text, size_t size)
{
	char rate[SIZE_TEXT] = "", left[SIZE_TEXT] = "";
	uint64_t seconds = eta(p, percent);

	if (p->speed)
		size_format(p->speed, rate);
	if (seconds)
		duration_format(seconds, left);
	snprintf(text, size, "%3u %%%s%s%s%s%s%s", percent, p->speed ? "  " : "", rate,
		 p->speed ? "/s" : "", seconds ? "  " : "", left, seconds ? " left" : "");
}

static void show(struct progress *p, const struct plexus_task_info *info)
{
	char bar[BAR_WIDTH * 4], text[128];
	int64_t now = now_ms();

	if (!p->bar) {
		if (now - p->start < SILENT_MS || now - p->last_line < LINE_MS)
			return;
		p->last_line = now;
		fprintf(stderr, "%s: %u %%\n", p->what, info->percent);
		return;
	}
	numbers(p, info->percent, text, sizeof(text));
	progress_bar(bar, sizeof(bar), info->percent, BAR_WIDTH, utf8_terminal());
	fprintf(stderr, "\r%s  %s  %s\033[K", p->what, bar, text);
	fflush(stderr);
	p->shown = true;
}

static int on_progress(const struct plexus_task_info *info, void *arg)
{
	struct progress *p = arg;

	if (interrupted)
		return 1;
	if (!p->begun) {
		p->begun = true;
		p->first_percent = info->percent;
	}
	p->last_percent = info->percent;
	if (p->show) {
		if (p->bar)
			update_rate(p, info);
		show(p, info);
	}
	return 0;
}

int progress_wait(struct cli *c, uint64_t task, const char *what, int timeout_ms,
		  struct plexus_task_info *info)
{
	struct sigaction catch = { .sa_handler = on_signal }, old;
	struct progress p = { .c = c, .what = what, .start = now_ms() };
	int err;

	p.show = !c->o.quiet && !c->o.json;
	p.bar = isatty(STDERR_FILENO);
	interrupted = 0;
	/* without SA_RESTART: the wait shall notice */
	sigaction(SIGINT, &catch, &old);
	err = plexus_task_wait(c->h, task, timeout_ms, on_progress, &p, info);
	sigaction(SIGINT, &old, NULL);
	if (p.shown && !err && !plexus_result_errno(info->result)) {
		info->percent = 100;
		p.speed = 0;
		p.left = 0;
		show(&p, info);
	}
	if (p.shown)
		fputc('\n', stderr);
	return err;
}
