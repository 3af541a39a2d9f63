/* SPDX-License-Identifier: GPL-2.0 */
/* The engine that makes plexes current, between sync*.c and scrub*.c. */
#ifndef _PLX_SYNC_H
#define _PLX_SYNC_H

#include "plexus.h"

#define PLX_WINDOW_SECTORS 4096 /* 2 MiB: writes there wait while it is copied */
#define PLX_WINDOW_PAGES (PLX_WINDOW_SECTORS >> PAGE_SECTORS_SHIFT)
#define PLX_MEND_MAX 64

#define PLX_SYNC_IDLE (5 * HZ) /* without I/O, until it does what is not urgent */
#define PLX_MEND_PLEX U32_MAX

struct plx_mend {
	struct plx_id plex;
	u64 sector; /* or row, of a member */
	u32 sectors;
	u32 member; /* of the parity plex; PLX_MEND_PLEX: none, it is about a plex of a mirror */
};

/* what misses something: a plex of a mirror, or a member of the parity plex */
struct plx_sync_target {
	struct plx_plex *plex;
	const struct plx_conf_plex *cp;
	u32 pos; /* in the plan, or which member */
	u32 map, attached;
	struct plx_log *log; /* to compare only */
	u64 task;
};

/* one look at the volume */
struct plx_sync_look {
	u64 targets; /* positions to bring up to date, or members; or PLX_NEED_SETTLE */
	u32 left; /* regions */
	u64 done[PLEXUS_MAX_PLEXES]; /* tasks of which something may become current */
	u64 cancel[PLEXUS_MAX_PLEXES];
	u32 n_done, n_cancel;
	u32 unsync; /* regions */
	bool equal; /* regions are to be made equal */
};

struct plx_rows; /* sync_row.c */

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
	struct plx_sync_target target[PLEXUS_MAX_PLEXES]; /* see plx_sync_targets() */
	struct plx_rows *rows; /* of a parity volume, while it regenerates or verifies */
	bool idle_work; /* there is something to do once the volume is idle */
	bool settled; /* the map of what is fresh is to be written */
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

static inline bool plx_sync_parity(const struct plx_plan *plan)
{
	return plan->n && plan->plex[0].layout->parity;
}

/* is there anything that could differ? */
static inline bool plx_sync_redundant(const struct plx_plan *plan)
{
	return plan->n_current > 1 || plx_sync_parity(plan);
}

/* sync_look.c */
bool plx_sync_names_task(const struct plx_conf_volume *cv, u64 id);
int plx_sync_unname_task(struct plx_volume *vol, u64 id);
void plx_sync_end_task(struct plx_sync *s, u64 id, u32 result, const char *text);
bool plx_sync_look(struct plx_sync *s, struct plx_sync_look *l);
u32 plx_sync_targets(struct plx_sync *s);
bool plx_sync_next_run(struct plx_sync *s, u64 targets, u32 *first, u32 *last, u64 *need);
void plx_sync_unreadable(struct plx_sync *s, u32 first, u32 last);

/* sync_end.c */
void plx_sync_checkpoint(struct plx_sync *s);
void plx_sync_finish(struct plx_sync *s);
void plx_sync_cancel(struct plx_sync *s, const struct plx_sync_look *l);
void plx_sync_hopeless(struct plx_sync *s);

/*
 * sync_window.c
 * need of a region: positions of the plan that miss it, or members, and whether all must be
 * made equal, or, of a region that is fresh, parity be made for all of it
 */
#define PLX_NEED_EQUAL BIT_ULL(32)
#define PLX_NEED_SETTLE BIT_ULL(33)
u64 plx_sync_need(struct plx_plan *plan, u32 region, u64 targets);
/*
 * copies, under windows, what @first..@last need; @need as above
 * 0, -EIO: nobody can be read, -EAGAIN: look again
 */
int plx_sync_regions(struct plx_sync *s, u32 first, u32 last, u64 need);
int plx_sync_mend_one(struct plx_sync *s, const struct plx_mend *m);
/* sync_row.c, sync_parity.c: the same for a parity volume */
struct plx_rows *plx_rows_new(struct plx_sync *s); /* NULL: no memory */
void plx_rows_free(struct plx_rows *r);
int plx_sync_rows(struct plx_sync *s, u32 first, u32 last, u64 need);
int plx_sync_mend_row(struct plx_sync *s, const struct plx_mend *m);
void plx_sync_give_up(struct plx_volume *vol, const struct plx_id *plex, const char *what);
void plx_sync_throttle(struct plx_sync *s, u64 bytes, ktime_t since);

/* scrub.c: one window; false: there is no scrub */
bool plx_scrub_step(struct plx_sync *s);
u64 plx_scrub_rows(struct plx_sync *s, u64 sector); /* scrub_parity.c */

#endif
