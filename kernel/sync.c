// SPDX-License-Identifier: GPL-2.0
/*
 * The one engine that makes plexes current: one work per volume, for resyncs of
 * any number of plexes at once, the regions that are to be made equal after a
 * crash or a creation, mending and scrubs.
 *
 * What is left to do is in the maps, so there is no cursor to keep: a bit leaves
 * a map in memory when its region was copied, and on the disks at a checkpoint,
 * after a flush. An interrupted resync goes on with the bits that are left.
 */
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "sync.h"

#define CHECKPOINT_INTERVAL (3 * HZ)
#define MEMORY_RETRY (HZ)
#define BAD_ROW 64 /* so many unreadable regions, none good between: nothing can be read */

/* any context; not any more once stop is set */
static void kick(struct plx_sync *s, unsigned long delay)
{
	unsigned long flags;

	spin_lock_irqsave(&s->lock, flags);
	if (!s->stop)
		mod_delayed_work(plx_long_wq, &s->work, delay);
	spin_unlock_irqrestore(&s->lock, flags);
}

/* ---- the runner ---- */

static bool next_mend(struct plx_sync *s, struct plx_mend *m)
{
	bool any;

	spin_lock_irq(&s->lock);
	any = s->n_mends;
	if (any)
		*m = s->mend[--s->n_mends];
	spin_unlock_irq(&s->lock);
	return any;
}

/* The alert is of a parity plex as a whole: a member that has been lost since must not raise it. */
static bool lost_since(const struct plx_conf *conf, const struct plx_conf_plex *cp,
		       const struct plx_mend *m)
{
	return m->member < cp->n_members &&
	       plx_conf_member_seen(conf, &cp->member[m->member]) != PLX_MEMBER_CURRENT;
}

/* an alert: the plex is marked until it is resynced, repaired or recovered */
static void mark_errors(struct plx_volume *vol, const struct plx_mend *m)
{
	struct plx_conf_plex *cp;
	struct plx_why why = {};
	struct plx_change c;
	int v, i;

	if (plx_change_begin(&c, vol->pack, &why))
		return;
	v = plx_conf_volume_find(c.conf, &vol->id);
	i = m->member == PLX_MEND_PLEX ? -1 : 0; /* the parity plex is the only one */
	if (v >= 0 && i < 0)
		i = plx_conf_plex_find(c.conf->volume[v], &m->plex);
	cp = v >= 0 && i >= 0 ? c.conf->volume[v]->plex[i] : NULL;
	if (cp && !(cp->flags & PLX_PLEX_F_ERRORS) && !lost_since(c.conf, cp, m)) {
		cp->flags |= PLX_PLEX_F_ERRORS;
		plx_change_commit(&c, &why);
	}
	plx_change_end(&c);
}

static int mend_one(struct plx_sync *s, const struct plx_mend *m)
{
	if (m->member == PLX_MEND_PLEX)
		return plx_sync_mend_one(s, m);
	return s->rows ? plx_sync_mend_row(s, m) : -EAGAIN;
}

static void mend(struct plx_sync *s)
{
	struct plx_mend m;

	while (!READ_ONCE(s->stop) && next_mend(s, &m)) {
		if (!mend_one(s, &m))
			mark_errors(s->vol, &m);
	}
}

static void equal_task(struct plx_sync *s, const struct plx_sync_look *l)
{
	if (!l->equal)
		s->told = 0;
	s->unsync = l->unsync;
	/* what could not be read is tried again with each kick, but told once */
	if (l->equal && !s->equal_task && l->unsync != s->told) {
		s->equal_task = plx_task_new(PLEXUS_TASK_KIND_RESYNC, 0, &s->vol->pack->id,
					     &s->vol->id);
		if (s->equal_task) {
			/* nothing in the configuration could say that it is not wanted */
			s->equal_task->instead =
				"makes plexes equal; volume set --sync-action pause holds it";
			WRITE_ONCE(s->equal_task->may_cancel, false);
		}
	}
	if (!s->equal_task)
		return;
	if (l->equal) {
		plx_task_progress(s->equal_task, s->total - l->left, s->total);
		return;
	}
	plx_task_end(s->equal_task, PLEXUS_S_OK, NULL);
	plx_task_put(s->equal_task);
	s->equal_task = NULL;
	wake_up_all(&s->idle);
}

static void free_pages_of(struct page **pages)
{
	u32 i;

	for (i = 0; pages && i < PLX_WINDOW_PAGES; i++)
		if (pages[i])
			__free_page(pages[i]);
	kvfree(pages);
}

static struct page **alloc_pages_of(void)
{
	struct page **pages = kvcalloc(PLX_WINDOW_PAGES, sizeof(*pages), GFP_KERNEL);
	u32 i;

	for (i = 0; pages && i < PLX_WINDOW_PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		if (!pages[i]) {
			free_pages_of(pages);
			return NULL;
		}
	}
	return pages;
}

static void free_memory(struct plx_sync *s)
{
	free_pages_of(s->pages);
	free_pages_of(s->pages2);
	kvfree(s->bad);
	s->pages = NULL;
	s->pages2 = NULL;
	s->bad = NULL;
	plx_rows_free(s->rows);
	s->rows = NULL;
}

static bool is_parity(struct plx_volume *vol)
{
	unsigned int epoch = plx_epoch_enter(&vol->epoch);
	struct plx_plan *plan = plx_volume_plan(vol);
	bool parity = plan && plx_sync_parity(plan);

	plx_epoch_exit(&vol->epoch, epoch);
	return parity;
}

/* what copying takes, when there is something to copy; false: the run ends, and is tried again */
static bool has_memory(struct plx_sync *s)
{
	if (!s->bad) {
		s->pages = alloc_pages_of();
		s->pages2 = alloc_pages_of();
		s->bad = kvcalloc(BITS_TO_LONGS(PLX_LOG_BITS), sizeof(long), GFP_KERNEL);
	}
	if (!s->rows && is_parity(s->vol))
		s->rows = plx_rows_new(s);
	if (s->pages && s->pages2 && s->bad && (s->rows || !is_parity(s->vol)))
		return true;
	free_memory(s);
	kick(s, MEMORY_RETRY);
	return false;
}

/* one step of whatever is to be done; false: nothing is, or it cannot be done now */
static bool step(struct plx_sync *s)
{
	u32 first, last;
	struct plx_sync_look l = {};
	u64 need;
	bool any;
	int ret;

	if (READ_ONCE(s->n_mends)) {
		if (!has_memory(s))
			return false;
		mend(s);
	}
	any = plx_sync_look(s, &l);
	equal_task(s, &l);
	if (any && l.n_cancel) {
		plx_sync_cancel(s, &l);
		return true;
	}
	if (any && l.n_done) {
		plx_sync_finish(s);
		return true;
	}
	if (!any || READ_ONCE(s->pause) || s->stuck)
		return READ_ONCE(s->scrub) && has_memory(s) && plx_scrub_step(s);
	if (!has_memory(s))
		return false;
	if (s->bad_row < BAD_ROW && plx_sync_next_run(s, l.targets, &first, &last, &need)) {
		ret = s->rows ? plx_sync_rows(s, first, last, need) :
				plx_sync_regions(s, first, last, need);
		if (ret == -EIO)
			plx_sync_unreadable(s, first, last);
		else if (!ret)
			s->bad_row = 0;
	} else if (s->n_bad) {
		plx_sync_hopeless(s);
	}
	if (time_after(jiffies, s->last_checkpoint + CHECKPOINT_INTERVAL))
		plx_sync_checkpoint(s);
	cond_resched();
	return true;
}

static void sync_work(struct work_struct *work)
{
	struct plx_sync *s = container_of(to_delayed_work(work), struct plx_sync, work);

	s->began = ktime_get();
	s->copied = 0;
	s->stuck = false;
	s->n_bad = 0;
	s->bad_row = 0;
	s->bad_log = 0;
	s->alone = 0;
	s->last_checkpoint = jiffies;
	while (!READ_ONCE(s->stop) && step(s))
		;
	if (s->bad && (s->n_tasks || s->settled)) /* something may have been copied */
		plx_sync_checkpoint(s);
	s->total = 0;
	s->left = 0;
	s->speed = 0;
	free_memory(s);
	wake_up_all(&s->idle);
	if (s->idle_work)
		kick(s, PLX_SYNC_IDLE);
}

void plx_sync_kick(struct plx_volume *vol)
{
	kick(vol->sync, 0);
}

/* no kick begins a run any more */
static void no_more(struct plx_sync *s)
{
	unsigned long flags;

	spin_lock_irqsave(&s->lock, flags);
	WRITE_ONCE(s->stop, true);
	spin_unlock_irqrestore(&s->lock, flags);
}

/* nothing is copied any more once window_lock is given back; plx_sync_stop() has to follow */
void plx_sync_halt(struct plx_volume *vol)
{
	lockdep_assert_held(&vol->window_lock);
	no_more(vol->sync);
}

void plx_sync_stop(struct plx_volume *vol)
{
	struct plx_sync *s = vol->sync;

	no_more(s);
	cancel_delayed_work_sync(&s->work);
	wake_up_all(&s->idle);
	if (s->equal_task) {
		plx_task_end(s->equal_task, PLEXUS_VDS_E_OPERATION_CANCELED, "the volume stopped");
		plx_task_put(s->equal_task);
		s->equal_task = NULL;
	}
	if (s->scrub) {
		plx_task_end(s->scrub, PLEXUS_VDS_E_OPERATION_CANCELED, "the volume stopped");
		plx_task_put(s->scrub);
		s->scrub = NULL;
	}
	/* also those that were named a moment ago, which the engine has not seen yet */
	s->n_tasks = 0;
	plx_task_end_volume(&vol->id, PLEXUS_VDS_E_OPERATION_CANCELED,
			    "the volume stopped; it goes on when the volume is back");
}

void plx_sync_pause(struct plx_volume *vol, bool pause)
{
	WRITE_ONCE(vol->sync->pause, pause);
	plx_sync_kick(vol);
}

void plx_sync_mend(struct plx_volume *vol, const struct plx_id *plex, u64 sector, u32 sectors)
{
	struct plx_sync *s = vol->sync;
	unsigned long flags;

	spin_lock_irqsave(&s->lock, flags);
	if (s->n_mends < PLX_MEND_MAX)
		s->mend[s->n_mends++] = (struct plx_mend){ *plex, sector, sectors, PLX_MEND_PLEX };
	spin_unlock_irqrestore(&s->lock, flags);
	plx_sync_kick(vol);
}

void plx_sync_mend_member(struct plx_volume *vol, u32 member, u64 row)
{
	struct plx_sync *s = vol->sync;
	unsigned long flags;

	spin_lock_irqsave(&s->lock, flags);
	if (s->n_mends < PLX_MEND_MAX)
		s->mend[s->n_mends++] = (struct plx_mend){ .sector = row, .member = member };
	spin_unlock_irqrestore(&s->lock, flags);
	plx_sync_kick(vol);
}

int plx_sync_new(struct plx_volume *vol)
{
	struct plx_sync *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	s->vol = vol;
	spin_lock_init(&s->lock);
	init_waitqueue_head(&s->idle);
	INIT_DELAYED_WORK(&s->work, sync_work);
	vol->sync = s;
	return 0;
}

void plx_sync_free(struct plx_volume *vol)
{
	kfree(vol->sync);
}

void plx_sync_query(struct plx_volume *vol, struct plx_sync_state *state)
{
	struct plx_sync *s = vol->sync;
	u32 total = READ_ONCE(s->total), left = READ_ONCE(s->left);
	struct plx_log *log;
	unsigned int epoch = plx_epoch_enter(&vol->epoch);
	struct plx_plan *plan = plx_volume_plan(vol);

	memset(state, 0, sizeof(*state));
	log = plan ? plan->log : NULL;
	state->speed = READ_ONCE(s->speed);
	state->action = PLEXUS_SYNC_ACTION_IDLE;
	if (READ_ONCE(s->pause)) {
		state->action = PLEXUS_SYNC_ACTION_PAUSE;
	} else if (log && left) {
		state->action = PLEXUS_SYNC_ACTION_RESYNC;
	} else if (READ_ONCE(s->scrub)) {
		state->action = s->scrub_repair ? PLEXUS_SYNC_ACTION_REPAIR :
						  PLEXUS_SYNC_ACTION_CHECK;
		state->done = READ_ONCE(s->scrub_done) << SECTOR_SHIFT;
		state->total = (plan ? plan->sectors : 0) << SECTOR_SHIFT;
	}
	if (log && left) {
		state->total = (u64)total << (log->shift + SECTOR_SHIFT);
		state->done = (u64)(total - min(left, total)) << (log->shift + SECTOR_SHIFT);
	}
	plx_epoch_exit(&vol->epoch, epoch);
}

static bool all_equal(struct plx_volume *vol)
{
	unsigned int epoch = plx_epoch_enter(&vol->epoch);
	struct plx_plan *plan = plx_volume_plan(vol);
	bool equal = !plan || !plan->log || !READ_ONCE(plan->log->n_unsync) ||
		     !plx_sync_redundant(plan);

	plx_epoch_exit(&vol->epoch, epoch);
	return equal;
}

/**
 * plx_sync_wait_equal - wait until the current plexes hold the same bytes
 * @vol: the volume
 * @task: whose cancelling ends the wait
 *
 * Return: 0, -ECANCELED, or -EIO: the engine cannot make them equal
 */
int plx_sync_wait_equal(struct plx_volume *vol, struct plx_task *task)
{
	struct plx_sync *s = vol->sync;
	u32 give_ups = READ_ONCE(s->give_ups);

	while (!all_equal(vol)) {
		plx_sync_kick(vol);
		wait_event_timeout(s->idle, all_equal(vol) || READ_ONCE(s->stop) ||
				   READ_ONCE(s->give_ups) != give_ups, HZ / 4);
		plx_task_progress(task, READ_ONCE(s->total) - READ_ONCE(s->left), s->total);
		if (plx_task_cancelled(task))
			return -ECANCELED;
		if (READ_ONCE(s->stop) || READ_ONCE(s->give_ups) != give_ups)
			return all_equal(vol) ? 0 : -EIO;
	}
	return 0;
}
