// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tasks: asking, cancelling, and waiting for them. */
#include <time.h>

#include "internal.h"

/* An event may be lost, or be one that this version does not know. */
#define POLL_MS 250

static int parse_item(const struct nlmsghdr *nlh, void *item)
{
	return plx_parse_task(nlh, item);
}

int plexus_task_list(struct plexus *h, const struct plexus_pack_ref *pack,
		     struct plexus_task_info ***list, size_t *n)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_TASK_GET);
	plx_put_pack(&r, pack);
	return plx_req_list(&r, sizeof(struct plexus_task_info), parse_item, NULL, (void ***)list,
			    n);
}

int plexus_task_get(struct plexus *h, uint64_t task, struct plexus_task_info *info)
{
	struct plx_req r;
	int err;

	plx_req_begin(h, &r, PLEXUS_CMD_TASK_GET);
	plx_put_u64(&r, PLEXUS_A_TASK_ID, task);
	err = plx_req_get(&r, parse_item, info);
	/* kernels before 6.2 can only say "no such object" in an ack */
	if (err == -ENOENT)
		plx_fail(h, ENOENT, PLX_R(VDS_E_OBJECT_NOT_FOUND),
			 "there is no task %llu, or it is forgotten; see 'plexus task list'",
			 (unsigned long long)task);
	return err;
}

int plexus_task_cancel(struct plexus *h, uint64_t task, struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_TASK_CANCEL);
	plx_put_u64(&r, PLEXUS_A_TASK_ID, task);
	return plx_req_change(&r, out);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Sleeps until an event about the task, at most @ms; without events, just sleeps. */
static void doze(struct plexus_events *events, uint64_t task, int ms)
{
	struct plexus_event event;
	int64_t end = now_ms() + ms;
	int left, got;

	while ((left = (int)(end - now_ms())) > 0) {
		if (!events) {
			struct timespec t = { .tv_nsec = left * 1000000L };

			nanosleep(&t, NULL);
			return;
		}
		got = plexus_events_next(events, &event, left);
		if (got <= 0 || event.task == task || event.code == PLEXUS_EVENT_CODE_OUT_OF_SYNC)
			return;
	}
}

int plexus_task_wait(struct plexus *h, uint64_t task, int timeout_ms, plexus_progress_fn *progress,
		     void *arg, struct plexus_task_info *info)
{
	int64_t end = now_ms() + timeout_ms;
	struct plexus_events *events = NULL;
	int ms, err;

	/* listen before asking, or the end could slip between; without events it only polls */
	plexus_events_open(h, &events);
	for (;;) {
		err = plexus_task_get(h, task, info);
		if (err || info->result != PLX_R(VDS_E_OPERATION_PENDING))
			break;
		if (progress && progress(info, arg)) {
			err = plx_fail(h, EINTR, PLX_R(VDS_E_OPERATION_PENDING),
				       "the wait was interrupted; the task goes on");
			break;
		}
		ms = POLL_MS;
		if (timeout_ms >= 0) {
			int64_t left = end - now_ms();

			if (left <= 0) {
				err = plx_fail(h, ETIMEDOUT, PLX_R(VDS_E_TIMEOUT), "%s",
					       plexus_result_text(PLX_R(VDS_E_TIMEOUT)));
				break;
			}
			ms = left < ms ? (int)left : ms;
		}
		doze(events, task, ms);
	}
	plexus_events_close(events);
	return err;
}
