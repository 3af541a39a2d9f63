/* SPDX-License-Identifier: GPL-2.0 */
/* The engine that makes plexes current, between sync.c, sync_window.c and scrub.c. */
#ifndef _PLX_SYNC_H
#define _PLX_SYNC_H

#include "plexus.h"

#define PLX_WINDOW_SECTORS 4096 /* 2 MiB: writes there wait while it is copied */
#define PLX_WINDOW_PAGES (PLX_WINDOW_SECTORS >> PAGE_SECTORS_SHIFT)
#define PLX_MEND_MAX 64

struct plx_mend {
	struct plx_id plex;
	u64 sector;
	u32 sectors;
};

struct plx_sync {
	struct plx_volume *vol;
	struct delayed_work work; /* one runner; everything without a note is its own */
	struct page **pages, **pages2; /* PLX_WINDOW_PAGES each, while it copies */
	u32 cursor; /* region to look at next */
	u32 total, left; /* regions of this run; racy to read */
	u64 speed; /* bytes per second, racy to read */
	unsigned long last_checkpoint;
	ktime_t began;
	u64 copied; /* bytes since began */
	struct plx_task *equal_task; /* of the regions that are to be made equal */
	u32 n_tasks;
	u64 task[PLEXUS_MAX_PLEXES]; /* ids that plexes named when last seen */
	/*
	 * regions, of the log with that id, that no current plex could read in this run, a
	 * bit each; the first one's sector
	 */
	unsigned long *bad;
	u64 bad_log, bad_sector;
	u32 n_bad, bad_row; /* in all; one behind the other */
	u32 alone; /* regions below are copied one by one: one of them cannot be read */
	u32 unsync; /* regions to be made equal, at the last look */
	u32 told; /* the same when their task ended badly */
	u32 give_ups; /* READ_ONCE: ends of a run for want of readable regions */
	bool stuck; /* only regions that cannot be read are left: wait for a kick */

	bool stop; /* set under lock, READ_ONCE: no kick begins a run any more */
	bool pause; /* READ_ONCE */
	wait_queue_head_t idle; /* woken when unsync regions went, or the runner ends */

	spinlock_t lock;
	/* under lock */
	u32 n_mends;
	struct plx_mend mend[PLX_MEND_MAX];
	struct plx_task *scrub; /* asked for, or running */
	bool scrub_repair;

	u64 scrub_done; /* sectors; racy to read */
};

/*
 * sync_window.c
 * need of a region: positions of the plan that miss it, and whether all must be made equal
 */
#define PLX_NEED_EQUAL BIT_ULL(32)
u64 plx_sync_need(struct plx_plan *plan, u32 region, u64 targets);
/*
 * copies, under windows, what @first..@last need; @need as above
 * 0, -EIO: nobody can be read, -EAGAIN: look again
 */
int plx_sync_regions(struct plx_sync *s, u32 first, u32 last, u64 need);
int plx_sync_mend_one(struct plx_sync *s, const struct plx_mend *m);
void plx_sync_give_up(struct plx_volume *vol, const struct plx_id *plex, const char *what);
void plx_sync_throttle(struct plx_sync *s, u64 bytes, ktime_t since);

/* scrub.c: one window; false: there is no scrub */
bool plx_scrub_step(struct plx_sync *s);

#endif
