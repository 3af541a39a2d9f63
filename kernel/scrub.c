// SPDX-License-Identifier: GPL-2.0
/*
 * Scrub: all current plexes are read, window by window, and compared with the
 * first one. Writes to the window wait meanwhile: a difference is one.
 */
#include <linux/slab.h>
#include "sync.h"

static bool same(struct page **a, struct page **b, u32 sectors, u32 *at)
{
	u32 i, k;

	for (i = 0; i < sectors; i += PAGE_SECTORS) {
		u32 len = min_t(u32, sectors - i, PAGE_SECTORS);
		void *p = page_address(a[i >> PAGE_SECTORS_SHIFT]);
		void *q = page_address(b[i >> PAGE_SECTORS_SHIFT]);

		for (k = 0; k < len; k++)
			if (memcmp(p + (k << SECTOR_SHIFT), q + (k << SECTOR_SHIFT), SECTOR_SIZE)) {
				*at = i + k;
				return false;
			}
	}
	return true;
}

static int one(struct plx_plan *plan, u32 i, enum req_op op, u64 sector, struct page **pages,
	       u32 len)
{
	struct plx_batch b;

	plx_batch_init(&b);
	plx_batch_add(&b, plan, i, op, sector, pages, len);
	return plx_batch_wait(&b);
}

static void report(struct plx_sync *s, struct plx_plan *plan, u32 i, u64 sector)
{
	struct plx_event event = {
		.code = PLEXUS_EVENT_CODE_VOLUME_MODIFY,
		.pack_id = s->vol->pack->id,
		.volume_id = s->vol->id,
		.plex_id = plan->plex[i].plex->id,
		.task_id = s->scrub->id,
	};
	struct plx_place place;
	struct plx_disk *disk = plx_plan_map(plan, i, sector, &place);

	atomic64_inc(&s->vol->mismatches);
	snprintf(event.message, sizeof(event.message),
		 "mismatch: volume sector %llu, plex %u, member %u, %s sector %llu", sector,
		 plan->plex[i].index, place.member, disk->path, place.sector);
	pr_warn_ratelimited("plexus: plx%d: %s\n", s->vol->minor, event.message);
	plx_event_send(&event);
}

/* under the window; plexes that are read with an error are mended from the first */
static void compare(struct plx_sync *s, struct plx_plan *plan, u64 sector, u32 len)
{
	bool repair = s->scrub_repair;
	u32 i, at;

	if (one(plan, 0, REQ_OP_READ, sector, s->pages, len)) {
		plx_sync_mend(s->vol, &plan->plex[0].plex->id, sector, len);
		return;
	}
	for (i = 1; i < plan->n_current; i++) {
		bool bad = one(plan, i, REQ_OP_READ, sector, s->pages2, len);

		if (bad) {
			plx_sync_mend(s->vol, &plan->plex[i].plex->id, sector, len);
			continue;
		}
		if (same(s->pages, s->pages2, len, &at))
			continue;
		report(s, plan, i, sector + at);
		if (repair && one(plan, i, REQ_OP_WRITE, sector, s->pages, len))
			plx_sync_give_up(s->vol, &plan->plex[i].plex->id, "write of a scrub");
	}
}

static void window(struct plx_sync *s, u64 sector, u32 len)
{
	struct plx_volume *vol = s->vol;
	struct plx_plan *plan;
	struct plx_log *log;
	unsigned int epoch;

	mutex_lock(&vol->window_lock);
	log = READ_ONCE(vol->log);
	if (log && !READ_ONCE(s->stop)) {
		plx_log_window_open(log, sector, sector + len);
		epoch = plx_epoch_enter(&vol->epoch);
		plan = plx_volume_plan(vol);
		if (plan->n_current) /* it may have lost them since the step began */
			compare(s, plan, sector, len);
		plx_epoch_exit(&vol->epoch, epoch);
		plx_log_window_close(log);
	}
	mutex_unlock(&vol->window_lock);
}

static void end_scrub(struct plx_sync *s, u32 result)
{
	struct plx_task *task = s->scrub;
	u64 n = atomic64_read(&s->vol->mismatches);
	char text[80];

	snprintf(text, sizeof(text), "%llu mismatch%s", n, n == 1 ? "" : "es");
	plx_task_end(task, result, text);
	spin_lock_irq(&s->lock);
	WRITE_ONCE(s->scrub, NULL);
	spin_unlock_irq(&s->lock);
	plx_task_put(task);
}

bool plx_scrub_step(struct plx_sync *s)
{
	unsigned int epoch;
	struct plx_plan *plan;
	u64 sectors;
	ktime_t since = ktime_get();
	u32 len;

	if (!READ_ONCE(s->scrub))
		return false;
	if (plx_task_cancelled(s->scrub)) {
		end_scrub(s, PLEXUS_VDS_E_OPERATION_CANCELED);
		return true;
	}
	if (READ_ONCE(s->pause))
		return false;
	epoch = plx_epoch_enter(&s->vol->epoch);
	plan = plx_volume_plan(s->vol);
	sectors = plx_sync_redundant(plan) ? plan->sectors : 0;
	plx_epoch_exit(&s->vol->epoch, epoch);
	if (s->scrub_done >= sectors) {
		end_scrub(s, PLEXUS_S_OK);
		return true;
	}
	len = min_t(u64, sectors - s->scrub_done, PLX_WINDOW_SECTORS);
	if (s->rows)
		len = min_t(u64, sectors - s->scrub_done, plx_scrub_rows(s, s->scrub_done));
	else
		window(s, s->scrub_done, len);
	WRITE_ONCE(s->scrub_done, s->scrub_done + len);
	plx_task_progress(s->scrub, s->scrub_done, sectors);
	plx_sync_throttle(s, (u64)len << SECTOR_SHIFT, since);
	cond_resched();
	return true;
}

/**
 * plx_sync_scrub - start to compare the plexes of a mirror, or parity with the data
 * @vol: the volume
 * @repair: write the first plex's data where another one differs, or parity made of data
 * @task_id: gets the task
 * @why: filled on refusal
 */
int plx_sync_scrub(struct plx_volume *vol, bool repair, u64 *task_id, struct plx_why *why)
{
	struct plx_sync *s = vol->sync;
	struct plx_task *task = plx_task_new(PLEXUS_TASK_KIND_SCRUB, 0, &vol->pack->id, &vol->id);
	bool busy;

	if (!task)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a task");
	task->may_cancel = true;
	spin_lock_irq(&s->lock);
	busy = s->scrub || s->stop; /* see plx_sync_stop() */
	if (!busy) {
		s->scrub = task;
		s->scrub_repair = repair;
		s->scrub_done = 0;
		atomic64_set(&vol->mismatches, 0);
	}
	spin_unlock_irq(&s->lock);
	*task_id = task->id;
	if (busy) {
		plx_task_end(task, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
			     "a scrub is running, or the volume stops");
		plx_task_put(task);
		*task_id = 0;
		return plx_refuse(why, PLEXUS_VDS_E_ANOTHER_CALL_IN_PROGRESS,
				  "a scrub of plx%d is running; wait for it or cancel it",
				  vol->minor);
	}
	plx_sync_kick(vol);
	return 0;
}
