// SPDX-License-Identifier: GPL-2.0
/* What the engine is to do, which tasks that belongs to, and what of it cannot be done. */
#include <linux/bitmap.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include "sync.h"

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

bool plx_sync_names_task(const struct plx_conf_volume *cv, u64 id)
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
		if (plx_sync_names_task(cv, s->task[i])) {
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
int plx_sync_unname_task(struct plx_volume *vol, u64 id)
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

void plx_sync_end_task(struct plx_sync *s, u64 id, u32 result, const char *text)
{
	struct plx_task *task = plx_task_find(id);

	forget_task(s, id);
	if (!task)
		return;
	plx_task_end(task, result, text);
	plx_task_put(task);
}

/* ---- what is to be done ---- */

/* the same of a mirror: its plexes that are not current; of parity: the members that are stale */
static u32 collect(struct plx_plan *plan, const struct plx_conf_volume *cv,
		   struct plx_sync_target *t)
{
	const struct plx_conf_plex *cp;
	u32 i, m, n = 0;
	int k;

	for (i = plx_sync_parity(plan) ? 0 : plan->n_current; i < plan->n; i++) {
		struct plx_plex *plex = plan->plex[i].plex;

		k = plx_conf_plex_find(cv, &plex->id);
		cp = k < 0 ? NULL : cv->plex[k];
		if (!cp || !cp->task_id)
			continue;
		if (plex->stale && !plex->n_members)
			t[n++] = (struct plx_sync_target){ plex, cp, i, cp->stale_map };
		for (m = 0; m < plex->n_members; m++)
			if (plan->plex[i].stale & BIT(m) && plex->member[m]->stale)
				t[n++] = (struct plx_sync_target){ plex->member[m], cp, m,
								   cp->member[m].stale_map };
	}
	for (i = 0; i < n; i++) {
		t[i].log = plan->log;
		t[i].attached = READ_ONCE(t[i].plex->attached);
		t[i].task = t[i].cp->task_id;
	}
	return n;
}

/* of all that belong to the task of the first one */
static void progress(struct plx_volume *vol, const struct plx_sync_target *t, u32 n)
{
	struct plx_task *task = task_of(vol, t->cp);
	u64 left = 0, total = 0;
	u32 i;

	for (i = 0; i < n; i++) {
		if (t[i].task != t->task)
			continue;
		total += t[i].plex->stale_total;
		left += min(plx_log_count(t[i].log, t[i].plex->stale), t[i].plex->stale_total);
	}
	if (!task)
		return;
	plx_task_progress(task, total - left, total);
	plx_task_put(task);
}

static void cancelled(const struct plx_conf_volume *cv, struct plx_sync_look *l)
{
	struct plx_task *task;
	u32 k;

	for (k = 0; k < cv->n_plexes; k++) {
		task = cv->plex[k]->task_id ? plx_task_find(cv->plex[k]->task_id) : NULL;
		if (!task)
			continue;
		if (plx_task_cancelled(task))
			l->cancel[l->n_cancel++] = task->id;
		plx_task_put(task);
	}
}

/* regions that were written and are at rest; only when all members are right */
static bool to_settle(struct plx_sync *s, struct plx_plan *plan)
{
	u32 r = 0;

	if (!plx_sync_parity(plan) || !plan->log->fresh ||
	    plan->plex[0].lost | plan->plex[0].stale)
		return false;
	while (r < plan->log->n_regions && !plx_log_settled(plan->log, r))
		r++;
	if (r == plan->log->n_regions)
		return false;
	s->idle_work = time_before(jiffies, READ_ONCE(s->vol->last_io) + PLX_SYNC_IDLE);
	return !s->idle_work;
}

static bool look_locked(struct plx_sync *s, struct plx_plan *plan, const struct plx_conf_volume *cv,
			struct plx_sync_look *l)
{
	struct plx_sync_target *t = s->target;
	u32 i, left, n;

	memset(l, 0, sizeof(*l));
	if (!plan || !plan->log)
		return false;
	if (plan->log->log_id != s->bad_log)
		s->n_bad = 0; /* regions of another log */
	l->equal = READ_ONCE(plan->log->n_unsync) && plx_sync_redundant(plan);
	l->unsync = l->equal ? READ_ONCE(plan->log->n_unsync) : 0;
	l->left = l->unsync;
	s->idle_work = false;
	n = collect(plan, cv, t);
	for (i = 0; i < n; i++)
		if (!t[i].plex->stale_total)
			t[i].plex->stale_total = plx_log_count(plan->log, t[i].plex->stale);
	for (i = 0; i < n; i++) {
		left = plx_log_count(plan->log, t[i].plex->stale);
		know_task(s, t[i].task);
		progress(s->vol, t + i, n - i);
		l->targets |= BIT_ULL(t[i].pos);
		l->left = max(l->left, left);
		if (!left && l->n_done < ARRAY_SIZE(l->done))
			l->done[l->n_done++] = t[i].task;
	}
	cancelled(cv, l);
	/* it goes on when a current plex is back; until then its tasks can only be cancelled */
	if (!plan->n_current)
		return l->n_cancel;
	s->left = l->left;
	s->total = max(s->total, l->left);
	if (!l->targets && !l->equal && to_settle(s, plan))
		l->targets = PLX_NEED_SETTLE;
	return l->targets || l->equal || l->n_cancel;
}

/* false: there is nothing to do */
bool plx_sync_look(struct plx_sync *s, struct plx_sync_look *l)
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

/* s->target[], with references; cp says nothing any more */
u32 plx_sync_targets(struct plx_sync *s)
{
	struct plx_sync_target *t = s->target;
	unsigned int epoch = plx_epoch_enter(&s->vol->epoch);
	struct plx_plan *plan = plx_volume_plan(s->vol);
	struct plx_conf *conf;
	const struct plx_conf_volume *cv = conf_of(s->vol, &conf);
	u32 i, n = 0;

	if (plan && plan->log && cv)
		n = collect(plan, cv, t);
	for (i = 0; i < n; i++) {
		plx_plex_get(t[i].plex);
		t[i].cp = NULL;
	}
	plx_epoch_exit(&s->vol->epoch, epoch);
	if (conf)
		plx_conf_put(conf);
	return n;
}

/* of the plan's log, and known to be unreadable */
static bool is_bad(const struct plx_sync *s, const struct plx_plan *plan, u32 r)
{
	return s->n_bad && plan->log->log_id == s->bad_log && test_bit(r, s->bad);
}

/* regions from @r on in one go; with parity, to the end of a row: one is not done by halves */
static u32 run_max(struct plx_plan *plan, u32 r)
{
	u32 max = max_t(u32, PLX_WINDOW_SECTORS >> plan->log->shift, 1);
	u32 row;
	u64 end;

	if (!plx_sync_parity(plan))
		return max;
	row = plx_layout_row_data(plan->plex[0].layout) << plan->plex[0].layout->unit_shift;
	end = DIV_ROUND_UP_ULL((u64)(r + max) << plan->log->shift, row) * row;
	return max_t(u64, (end >> plan->log->shift) - r, 1);
}

/*
 * The next run of regions with one need, from the cursor on, around the end, but for
 * those that cannot be read; false: none.
 */
bool plx_sync_next_run(struct plx_sync *s, u64 targets, u32 *first, u32 *last, u64 *need)
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
		max = run_max(plan, r);
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

/*
 * No current plex can read the regions. One of several in a run: they are copied one by
 * one, to find it. It stays marked, in the maps and for this run; the rest goes on.
 */
void plx_sync_unreadable(struct plx_sync *s, u32 first, u32 last)
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
