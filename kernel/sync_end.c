// SPDX-License-Identifier: GPL-2.0
/* How far the engine came: on the disks, and in the configuration when it is done. */
#include <linux/bitmap.h>
#include <linux/delay.h>
#include "sync.h"

void plx_sync_checkpoint(struct plx_sync *s)
{
	struct plx_sync_target *t = s->target;
	u32 n = plx_sync_targets(s), i;
	struct plx_log *log;

	mutex_lock(&s->vol->window_lock); /* keeps the log, also when a change lets go of it */
	log = READ_ONCE(s->vol->log);
	for (i = 0; i < n; i++) {
		if (t[i].map && log && log == t[i].log)
			plx_log_checkpoint(log, t[i].plex, t[i].map, t[i].attached);
		plx_plex_put(t[i].plex);
	}
	/* what left it is durable, see settle_done() */
	if (log && s->settled && log->fresh)
		plx_log_write_map(log, log->written_map, log->fresh);
	s->settled = false;
	mutex_unlock(&s->vol->window_lock);
	s->last_checkpoint = jiffies;
}

/* under the change: its map is empty still, and nobody detached it */
static bool is_done(struct plx_sync *s, const struct plx_sync_target *t)
{
	return READ_ONCE(t->plex->attached) == t->attached &&
	       bitmap_empty(t->plex->stale, s->vol->log->n_regions);
}

static bool any_stale(const struct plx_conf_plex *cp)
{
	u32 m;

	for (m = 0; m < cp->n_members; m++)
		if (cp->member[m].state == PLX_MEMBER_STALE)
			return true;
	return false;
}

/* under the change: those of which nothing is stale any more; how many */
static u32 make_current(struct plx_sync *s, struct plx_conf_volume *cv, u32 n)
{
	struct plx_conf_plex *cp;
	u32 i, done = 0;
	int k;

	for (i = 0; i < n; i++) {
		struct plx_sync_target *t = &s->target[i];

		k = plx_conf_plex_find(cv, &t->plex->id);
		cp = k < 0 ? NULL : cv->plex[k];
		if (!cp || !is_done(s, t))
			continue;
		if (cp->parity && cp->member[t->pos].state == PLX_MEMBER_STALE) {
			cp->member[t->pos].state = PLX_MEMBER_CURRENT;
			cp->member[t->pos].stale_map = 0;
		} else if (!cp->parity && cp->state == PLX_PLEX_STALE) {
			cp->state = PLX_PLEX_CURRENT;
			cp->stale_map = 0;
		} else {
			continue;
		}
		if (!cp->parity || !any_stale(cp)) { /* else the others go on with the task */
			cp->task_id = 0;
			cp->task_kind = 0;
			cp->flags &= ~PLX_PLEX_F_ERRORS;
		}
		t->plex->stale_total = 0;
		done++;
	}
	return done;
}

/* what became current may have been lost with its disk in the same change: see drop_orphans() */
static bool is_current(const struct plx_conf_volume *cv, const struct plx_sync_target *t)
{
	int k = plx_conf_plex_find(cv, &t->plex->id);

	if (k < 0 || cv->plex[k]->state != PLX_PLEX_CURRENT)
		return false;
	return !cv->plex[k]->parity || cv->plex[k]->member[t->pos].state == PLX_MEMBER_CURRENT;
}

/* all that was copied is flushed before the configuration calls a plex current */
void plx_sync_finish(struct plx_sync *s)
{
	struct plx_sync_target *t = s->target;
	struct plx_why why = {};
	struct plx_change c;
	u32 n = plx_sync_targets(s), i, done = 0;
	int v, ret = -EIO;

	if (!plx_volume_flush(s->vol) && !plx_change_begin(&c, s->vol->pack, &why)) {
		v = plx_conf_volume_find(c.conf, &s->vol->id);
		if (v >= 0 && s->vol->log)
			done = make_current(s, c.conf->volume[v], n);
		if (done)
			ret = plx_change_commit(&c, &why);
		for (i = 0; !ret && i < n; i++)
			if (is_current(c.conf->volume[v], &t[i]) &&
			    !plx_sync_names_task(c.conf->volume[v], t[i].task))
				plx_sync_end_task(s, t[i].task, PLEXUS_S_OK, NULL);
		plx_change_end(&c);
	}
	for (i = 0; i < n; i++)
		plx_plex_put(t[i].plex);
	if (ret)
		msleep(20);
}

void plx_sync_cancel(struct plx_sync *s, const struct plx_sync_look *l)
{
	u32 i;

	plx_sync_checkpoint(s);
	for (i = 0; i < l->n_cancel; i++) {
		plx_sync_unname_task(s->vol, l->cancel[i]);
		plx_sync_end_task(s, l->cancel[i], PLEXUS_VDS_E_OPERATION_CANCELED,
				  "cancelled; what was done is kept, volume recover goes on from there");
	}
}

static const char *why_hopeless(struct plx_sync *s)
{
	unsigned int epoch = plx_epoch_enter(&s->vol->epoch);
	struct plx_plan *plan = plx_volume_plan(s->vol);
	bool parity = plan && plx_sync_parity(plan);

	plx_epoch_exit(&s->vol->epoch, epoch);
	return parity ? "have data that is lost, or that parity is not known to fit" :
			"can be read from no current plex";
}

/* only what nobody can read is left: the plexes stay stale, or different, there */
void plx_sync_hopeless(struct plx_sync *s)
{
	struct plx_sync_target *t = s->target;
	char text[192];
	u32 n, i;

	snprintf(text, sizeof(text),
		 "%u regions %s, the first at sector %llu; write what is there anew, then volume recover goes on",
		 s->n_bad, why_hopeless(s), s->bad_sector);
	plx_sync_checkpoint(s);
	n = plx_sync_targets(s);
	/* what is to be made equal is tried again with each kick, but told once */
	if (n || s->equal_task)
		pr_err("plexus: plx%d: %s\n", s->vol->minor, text);
	for (i = 0; i < n; i++) {
		plx_sync_unname_task(s->vol, t[i].task);
		plx_sync_end_task(s, t[i].task, PLEXUS_VDS_E_OBJECT_STATUS_FAILED, text);
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
