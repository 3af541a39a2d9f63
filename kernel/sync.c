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

/* ---- tasks ---- */

/* the task that a plex names, made anew after a reboot; a reference */
static struct plx_task *task_of(struct plx_volume *vol, const struct plx_conf_plex *cp)
{
	struct plx_task *task = plx_task_find(cp->task_id);

	if (task)
		return task;
	task = plx_task_new(cp->task_kind, cp->task_id, &vol->pack->id, &vol->id);
	if (task) {
		task->plex_id = cp->id;
		task->may_cancel = true;
	}
	return task;
}

static const struct plx_conf_volume *conf_of(struct plx_volume *vol, struct plx_conf **conf)
{
	int v;

	*conf = plx_pack_conf(vol->pack);
	if (!*conf)
		return NULL;
	v = plx_conf_volume_find(*conf, &vol->id);
	return v < 0 ? NULL : (*conf)->volume[v];
}

static bool names_task(const struct plx_conf_volume *cv, u64 id)
{
	u32 i;

	for (i = 0; cv && i < cv->n_plexes; i++)
		if (cv->plex[i]->task_id == id)
			return true;
	return false;
}

/* tasks whose plexes went without the engine ending them */
static void drop_orphans(struct plx_sync *s, const struct plx_conf_volume *cv)
{
	struct plx_task *task;
	u32 i = 0;

	while (i < s->n_tasks) {
		if (names_task(cv, s->task[i])) {
			i++;
			continue;
		}
		task = plx_task_find(s->task[i]);
		if (task) {
			plx_task_end(task, PLEXUS_VDS_E_OBJECT_STATUS_FAILED,
				     "the plex failed or went while it was rebuilt");
			plx_task_put(task);
		}
		s->task[i] = s->task[--s->n_tasks];
	}
}

static void know_task(struct plx_sync *s, u64 id)
{
	u32 i;

	for (i = 0; i < s->n_tasks; i++)
		if (s->task[i] == id)
			return;
	if (s->n_tasks < ARRAY_SIZE(s->task))
		s->task[s->n_tasks++] = id;
}

/* forgets the task in all plexes that name it; they stay as they are */
static int unname_task(struct plx_volume *vol, u64 id)
{
	struct plx_why why = {};
	struct plx_change c;
	int ret, v;
	u32 i;

	ret = plx_change_begin(&c, vol->pack, &why);
	if (ret)
		return ret;
	v = plx_conf_volume_find(c.conf, &vol->id);
	for (i = 0; v >= 0 && i < c.conf->volume[v]->n_plexes; i++)
		if (c.conf->volume[v]->plex[i]->task_id == id) {
			c.conf->volume[v]->plex[i]->task_id = 0;
			c.conf->volume[v]->plex[i]->task_kind = 0;
		}
	ret = plx_change_commit(&c, &why);
	plx_change_end(&c);
	return ret;
}

static void forget_task(struct plx_sync *s, u64 id)
{
	u32 i;

	for (i = 0; i < s->n_tasks; i++)
		if (s->task[i] == id)
			s->task[i--] = s->task[--s->n_tasks];
}

static void end_task(struct plx_sync *s, u64 id, u32 result, const char *text)
{
	struct plx_task *task = plx_task_find(id);

	forget_task(s, id);
	if (!task)
		return;
	plx_task_end(task, result, text);
	plx_task_put(task);
}

/* ---- what is to be done ---- */

/* one look at the volume: positions to bring up to date, and their tasks */
struct look {
	u64 targets;
	u32 left; /* regions */
	u32 n;
	u64 done[PLEXUS_MAX_PLEXES]; /* tasks all of whose plexes may become current */
	u64 cancel[PLEXUS_MAX_PLEXES];
	u32 n_done, n_cancel;
	u32 unsync; /* regions */
	bool equal; /* regions are to be made equal */
};

static void progress(struct plx_volume *vol, struct plx_plex *plex, const struct plx_conf_plex *cp,
		     u32 left, struct look *l)
{
	struct plx_task *task = task_of(vol, cp);

	if (!plex->stale_total)
		plex->stale_total = left;
	if (!task)
		return;
	plx_task_progress(task, plex->stale_total - min(left, plex->stale_total),
			  plex->stale_total);
	if (plx_task_cancelled(task))
		l->cancel[l->n_cancel++] = task->id;
	plx_task_put(task);
}

static bool look_locked(struct plx_sync *s, struct plx_plan *plan, const struct plx_conf_volume *cv,
			struct look *l)
{
	u32 i, left;
	int k;

	memset(l, 0, sizeof(*l));
	if (!plan || !plan->log)
		return false;
	if (plan->log->log_id != s->bad_log)
		s->n_bad = 0; /* regions of another log */
	l->equal = READ_ONCE(plan->log->n_unsync) && plan->n_current > 1;
	l->unsync = l->equal ? READ_ONCE(plan->log->n_unsync) : 0;
	l->left = l->unsync;
	for (i = plan->n_current; i < plan->n; i++) {
		k = plx_conf_plex_find(cv, &plan->plex[i].plex->id);
		if (k < 0 || !cv->plex[k]->task_id)
			continue;
		left = plx_log_count(plan->log, plan->plex[i].plex->stale);
		know_task(s, cv->plex[k]->task_id);
		progress(s->vol, plan->plex[i].plex, cv->plex[k], left, l);
		l->targets |= BIT_ULL(i);
		l->left = max(l->left, left);
		if (!left && l->n_done < ARRAY_SIZE(l->done))
			l->done[l->n_done++] = cv->plex[k]->task_id;
	}
	/* it goes on when a current plex is back; until then its tasks can only be cancelled */
	if (!plan->n_current)
		return l->n_cancel;
	s->left = l->left;
	s->total = max(s->total, l->left);
	return l->targets || l->equal;
}

/* false: there is nothing to do */
static bool look(struct plx_sync *s, struct look *l)
{
	unsigned int epoch = plx_epoch_enter(&s->vol->epoch);
	struct plx_conf *conf;
	const struct plx_conf_volume *cv = conf_of(s->vol, &conf);
	bool any = false;

	drop_orphans(s, cv);
	if (cv)
		any = look_locked(s, plx_volume_plan(s->vol), cv, l);
	plx_epoch_exit(&s->vol->epoch, epoch);
	if (conf)
		plx_conf_put(conf);
	return any;
}

/* of the plan's log, and known to be unreadable */
static bool is_bad(const struct plx_sync *s, const struct plx_plan *plan, u32 r)
{
	return s->n_bad && plan->log->log_id == s->bad_log && test_bit(r, s->bad);
}

/*
 * The next run of regions with one need, from the cursor on, around the end, but for
 * those that cannot be read; false: none.
 */
static bool next_run(struct plx_sync *s, u64 targets, u32 *first, u32 *last, u64 *need)
{
	unsigned int epoch = plx_epoch_enter(&s->vol->epoch);
	struct plx_plan *plan = plx_volume_plan(s->vol);
	u32 n, i, r, max;
	bool found = false;

	n = plan && plan->log ? plan->log->n_regions : 0;
	for (i = 0; i < n && !found; i++) {
		r = (s->cursor + i) % n;
		*need = is_bad(s, plan, r) ? 0 : plx_sync_need(plan, r, targets);
		found = *need;
	}
	if (found) {
		max = max_t(u32, PLX_WINDOW_SECTORS >> plan->log->shift, 1);
		if (r < s->alone)
			max = 1;
		for (i = r + 1; i < n && i - r < max; i++)
			if (is_bad(s, plan, i) || plx_sync_need(plan, i, targets) != *need)
				break;
		*first = r;
		*last = i - 1;
		s->cursor = i % n;
	}
	plx_epoch_exit(&s->vol->epoch, epoch);
	return found;
}

/* ---- checkpoint and end ---- */

struct target {
	struct plx_plex *plex;
	struct plx_log *log; /* to compare only */
	u32 map, attached;
	u64 task;
};

static u32 targets(struct plx_sync *s, struct target *t)
{
	unsigned int epoch = plx_epoch_enter(&s->vol->epoch);
	struct plx_plan *plan = plx_volume_plan(s->vol);
	struct plx_conf *conf;
	const struct plx_conf_volume *cv = conf_of(s->vol, &conf);
	u32 i, n = 0;
	int k;

	for (i = plan ? plan->n_current : 0; cv && plan->log && i < plan->n; i++) {
		k = plx_conf_plex_find(cv, &plan->plex[i].plex->id);
		if (k < 0 || !cv->plex[k]->task_id || !plan->plex[i].plex->stale)
			continue;
		t[n].plex = plan->plex[i].plex;
		plx_plex_get(t[n].plex);
		t[n].log = plan->log;
		t[n].attached = READ_ONCE(t[n].plex->attached);
		t[n].map = cv->plex[k]->stale_map;
		t[n++].task = cv->plex[k]->task_id;
	}
	plx_epoch_exit(&s->vol->epoch, epoch);
	if (conf)
		plx_conf_put(conf);
	return n;
}

static void checkpoint(struct plx_sync *s)
{
	struct target t[PLEXUS_MAX_PLEXES];
	u32 n = targets(s, t), i;
	struct plx_log *log;

	mutex_lock(&s->vol->window_lock); /* keeps the log, also when a change lets go of it */
	log = READ_ONCE(s->vol->log);
	for (i = 0; i < n; i++) {
		if (t[i].map && log && log == t[i].log)
			plx_log_checkpoint(log, t[i].plex, t[i].map, t[i].attached);
		plx_plex_put(t[i].plex);
	}
	mutex_unlock(&s->vol->window_lock);
	s->last_checkpoint = jiffies;
}

/* under the change: plexes of the task whose map is empty still, and which nobody detached */
static u32 make_current(struct plx_sync *s, struct plx_conf_volume *cv, struct target *t, u32 n)
{
	u32 i, done = 0;
	int k;

	for (i = 0; i < n; i++) {
		k = plx_conf_plex_find(cv, &t[i].plex->id);
		if (k < 0 || cv->plex[k]->state != PLX_PLEX_STALE ||
		    READ_ONCE(t[i].plex->attached) != t[i].attached ||
		    !bitmap_empty(t[i].plex->stale, s->vol->log->n_regions))
			continue;
		cv->plex[k]->state = PLX_PLEX_CURRENT;
		cv->plex[k]->stale_map = 0;
		cv->plex[k]->task_id = 0;
		cv->plex[k]->task_kind = 0;
		cv->plex[k]->flags &= ~PLX_PLEX_F_ERRORS;
		t[i].plex->stale_total = 0;
		done++;
	}
	return done;
}

/* what became current may have been lost with its disk in the same change: see drop_orphans() */
static bool is_current(const struct plx_conf_volume *cv, const struct plx_id *id)
{
	int k = plx_conf_plex_find(cv, id);

	return k >= 0 && cv->plex[k]->state == PLX_PLEX_CURRENT;
}

/* all that was copied is flushed before the configuration calls a plex current */
static void finish(struct plx_sync *s)
{
	struct target t[PLEXUS_MAX_PLEXES];
	struct plx_why why = {};
	struct plx_change c;
	u32 n = targets(s, t), i, done = 0;
	int v, ret = -EIO;

	if (!plx_volume_flush(s->vol) && !plx_change_begin(&c, s->vol->pack, &why)) {
		v = plx_conf_volume_find(c.conf, &s->vol->id);
		if (v >= 0 && s->vol->log)
			done = make_current(s, c.conf->volume[v], t, n);
		if (done)
			ret = plx_change_commit(&c, &why);
		for (i = 0; !ret && i < n; i++)
			if (is_current(c.conf->volume[v], &t[i].plex->id) &&
			    !names_task(c.conf->volume[v], t[i].task))
				end_task(s, t[i].task, PLEXUS_S_OK, NULL);
		plx_change_end(&c);
	}
	for (i = 0; i < n; i++)
		plx_plex_put(t[i].plex);
	if (ret)
		msleep(20);
}

static void cancel(struct plx_sync *s, const struct look *l)
{
	u32 i;

	checkpoint(s);
	for (i = 0; i < l->n_cancel; i++) {
		unname_task(s->vol, l->cancel[i]);
		end_task(s, l->cancel[i], PLEXUS_VDS_E_OPERATION_CANCELED,
			 "cancelled; what was done is kept, volume recover goes on from there");
	}
}

/*
 * No current plex can read the regions. One of several in a run: they are copied one by
 * one, to find it. It stays marked, in the maps and for this run; the rest goes on.
 */
static void unreadable(struct plx_sync *s, u32 first, u32 last)
{
	unsigned int epoch;
	struct plx_plan *plan;

	if (first < last) {
		s->alone = last + 1;
		s->cursor = first;
		return;
	}
	epoch = plx_epoch_enter(&s->vol->epoch);
	plan = plx_volume_plan(s->vol);
	if (plan && plan->log && first < plan->log->n_regions) {
		if (plan->log->log_id != s->bad_log) {
			bitmap_zero(s->bad, PLX_LOG_BITS);
			s->bad_log = plan->log->log_id;
			s->n_bad = 0;
		}
		s->bad_row++;
		if (!s->n_bad++)
			s->bad_sector = (u64)first << plan->log->shift;
		__set_bit(first, s->bad);
	}
	plx_epoch_exit(&s->vol->epoch, epoch);
}

/* only what nobody can read is left: the plexes stay stale, or different, there */
static void give_up(struct plx_sync *s)
{
	struct target t[PLEXUS_MAX_PLEXES];
	u32 n = targets(s, t), i;
	char text[160];

	snprintf(text, sizeof(text),
		 "%u regions can be read from no current plex, the first at sector %llu; write what is there anew, then volume recover goes on",
		 s->n_bad, s->bad_sector);
	pr_err("plexus: plx%d: %s\n", s->vol->minor, text);
	checkpoint(s);
	for (i = 0; i < n; i++) {
		unname_task(s->vol, t[i].task);
		end_task(s, t[i].task, PLEXUS_VDS_E_OBJECT_STATUS_FAILED, text);
		plx_plex_put(t[i].plex);
	}
	if (s->equal_task) {
		plx_task_end(s->equal_task, PLEXUS_VDS_E_OBJECT_STATUS_FAILED, text);
		plx_task_put(s->equal_task);
		s->equal_task = NULL;
		s->told = s->unsync;
	}
	s->stuck = true;
	WRITE_ONCE(s->give_ups, s->give_ups + 1);
	wake_up_all(&s->idle);
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

/* an alert: the plex is marked until it is resynced, repaired or recovered */
static void mark_errors(struct plx_volume *vol, const struct plx_id *plex)
{
	struct plx_why why = {};
	struct plx_change c;
	int v, i;

	if (plx_change_begin(&c, vol->pack, &why))
		return;
	v = plx_conf_volume_find(c.conf, &vol->id);
	i = v < 0 ? -1 : plx_conf_plex_find(c.conf->volume[v], plex);
	if (i >= 0 && !(c.conf->volume[v]->plex[i]->flags & PLX_PLEX_F_ERRORS)) {
		c.conf->volume[v]->plex[i]->flags |= PLX_PLEX_F_ERRORS;
		plx_change_commit(&c, &why);
	}
	plx_change_end(&c);
}

static void mend(struct plx_sync *s)
{
	struct plx_mend m;

	while (!READ_ONCE(s->stop) && next_mend(s, &m)) {
		if (!plx_sync_mend_one(s, &m))
			mark_errors(s->vol, &m.plex);
	}
}

static void equal_task(struct plx_sync *s, const struct look *l)
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
}

/* what copying takes, when there is something to copy; false: the run ends, and is tried again */
static bool has_memory(struct plx_sync *s)
{
	if (s->bad)
		return true;
	s->pages = alloc_pages_of();
	s->pages2 = alloc_pages_of();
	s->bad = kvcalloc(BITS_TO_LONGS(PLX_LOG_BITS), sizeof(long), GFP_KERNEL);
	if (s->pages && s->pages2 && s->bad)
		return true;
	free_memory(s);
	kick(s, MEMORY_RETRY);
	return false;
}

/* one step of whatever is to be done; false: nothing is, or it cannot be done now */
static bool step(struct plx_sync *s)
{
	u32 first, last;
	struct look l = {};
	u64 need;
	bool any;
	int ret;

	if (READ_ONCE(s->n_mends) && !has_memory(s))
		return false;
	mend(s);
	any = look(s, &l);
	equal_task(s, &l);
	if (any && l.n_cancel) {
		cancel(s, &l);
		return true;
	}
	if (any && l.n_done) {
		finish(s);
		return true;
	}
	if (!any || READ_ONCE(s->pause) || s->stuck)
		return READ_ONCE(s->scrub) && has_memory(s) && plx_scrub_step(s);
	if (!has_memory(s))
		return false;
	if (s->bad_row < BAD_ROW && next_run(s, l.targets, &first, &last, &need)) {
		ret = plx_sync_regions(s, first, last, need);
		if (ret == -EIO)
			unreadable(s, first, last);
		else if (!ret)
			s->bad_row = 0;
	} else if (s->n_bad) {
		give_up(s);
	}
	if (time_after(jiffies, s->last_checkpoint + CHECKPOINT_INTERVAL))
		checkpoint(s);
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
	if (s->bad && s->n_tasks) /* something may have been copied */
		checkpoint(s);
	s->total = 0;
	s->left = 0;
	s->speed = 0;
	free_memory(s);
	wake_up_all(&s->idle);
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
		s->mend[s->n_mends++] = (struct plx_mend){ *plex, sector, sectors };
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
	bool equal = !plan || !plan->log || !READ_ONCE(plan->log->n_unsync) || plan->n_current < 2;

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
