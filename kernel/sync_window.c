// SPDX-License-Identifier: GPL-2.0
/*
 * Copying under a window: writes to the range wait, so that what is read from
 * one plex is still what it is when it reaches the others. Outside the window
 * writes go on, to all attached plexes: what was copied stays current.
 */
#include <linux/delay.h>
#include "sync.h"

static u64 member_need(struct plx_plan *plan, u32 region, u64 targets)
{
	const struct plx_plan_plex *pp = &plan->plex[0];
	u64 need = 0;
	u32 m;

	for (m = 0; m < pp->plex->n_members; m++) {
		const unsigned long *stale = pp->plex->member[m]->stale;

		if (targets & BIT_ULL(m) && pp->stale & BIT(m) && stale && test_bit(region, stale))
			need |= BIT_ULL(m);
	}
	if (targets & PLX_NEED_SETTLE && plx_log_settled(plan->log, region))
		need |= PLX_NEED_SETTLE;
	return need;
}

/**
 * plx_sync_need - what has to be done about a region
 * @plan: the plan, inside its epoch
 * @region: which
 * @targets: positions in the plan, or members, that are to be brought up to date
 */
u64 plx_sync_need(struct plx_plan *plan, u32 region, u64 targets)
{
	u64 need = test_bit(region, plan->log->unsync) ? PLX_NEED_EQUAL : 0;
	u32 i;

	if (plx_sync_parity(plan))
		return need | member_need(plan, region, targets);
	for (i = plan->n_current; i < plan->n; i++)
		if (targets & BIT_ULL(i) && plan->plex[i].plex->stale &&
		    test_bit(region, plan->plex[i].plex->stale))
			need |= BIT_ULL(i);
	return need;
}

/* reads the range from the first plex that can; its position, or -EIO */
static int read_source(struct plx_plan *plan, u64 sector, u32 sectors, struct page **pages, u64 not)
{
	struct plx_batch b;
	u32 i;

	for (i = 0; i < plan->n_current; i++) {
		if (not & BIT_ULL(i))
			continue;
		plx_batch_init(&b);
		plx_batch_add(&b, plan, i, REQ_OP_READ, sector, pages, sectors);
		if (!plx_batch_wait(&b))
			return i;
	}
	return -EIO;
}

/* writes the range to each position in @to; which of them erred */
static u64 write_targets(struct plx_plan *plan, u64 to, u64 sector, u32 sectors,
			 struct page **pages)
{
	struct plx_batch batch[4];
	u32 pos[4], n = 0, i, k;
	u64 bad = 0;

	for (i = 0; i < plan->n; i++) {
		if (to & BIT_ULL(i)) {
			plx_batch_init(&batch[n]);
			plx_batch_add(&batch[n], plan, i, REQ_OP_WRITE, sector, pages, sectors);
			pos[n++] = i;
		}
		if (n == ARRAY_SIZE(batch) || (i + 1 == plan->n && n)) {
			for (k = 0; k < n; k++)
				if (plx_batch_wait(&batch[k]))
					bad |= BIT_ULL(pos[k]);
			n = 0;
		}
	}
	return bad;
}

/* a plex that cannot be written: gone from the volume, where another is current */
void plx_sync_give_up(struct plx_volume *vol, const struct plx_id *plex, const char *what)
{
	struct plx_why why = {};
	struct plx_change c;
	int v, i;

	if (plx_change_begin(&c, vol->pack, &why))
		return;
	v = plx_conf_volume_find(c.conf, &vol->id);
	i = v < 0 ? -1 : plx_conf_plex_find(c.conf->volume[v], plex);
	if (i >= 0 && (c.conf->volume[v]->plex[i]->state == PLX_PLEX_CURRENT ||
		       c.conf->volume[v]->plex[i]->state == PLX_PLEX_STALE)) {
		pr_warn("plexus: %s: plex %d is given up: %s\n", c.conf->volume[v]->name, i, what);
		plx_change_detach(&c, c.conf->volume[v], i, PLX_PLEX_FAILED);
		if (plx_change_commit(&c, &why))
			pr_err("plexus: %s\n", why.text);
	}
	plx_change_end(&c);
}

static void give_up_mask(struct plx_volume *vol, struct plx_plan *plan, u64 bad)
{
	u32 i;

	for (i = 0; i < plan->n; i++)
		if (bad & BIT_ULL(i))
			plx_sync_give_up(vol, &plan->plex[i].plex->id,
					 "write while it was rebuilt");
}

static u64 targets_of(struct plx_plan *plan, u64 need, int source)
{
	u64 to = need & ~PLX_NEED_EQUAL;

	if (need & PLX_NEED_EQUAL)
		to |= GENMASK_ULL(plan->n_current - 1, 0);
	return to & ~BIT_ULL(source);
}

/*
 * One window, open and drained. The plan is taken now: it may be newer than the
 * one that @need speaks of, then the caller looks again.
 */
static int copy_window(struct plx_sync *s, u64 looked, u64 sector, u32 sectors, u64 need)
{
	struct plx_volume *vol = s->vol;
	unsigned int epoch = plx_epoch_enter(&vol->epoch);
	struct plx_plan *plan = plx_volume_plan(vol);
	u64 bad = 0;
	int source = -EAGAIN;

	if (plan->serial == looked && plan->n_current) {
		source = read_source(plan, sector, sectors, s->pages, 0);
		if (source >= 0)
			bad = write_targets(plan, targets_of(plan, need, source), sector, sectors,
					    s->pages);
	}
	if (bad) {
		give_up_mask(vol, plan, bad);
		msleep(20); /* should that not be recorded: no hot loop */
	}
	plx_epoch_exit(&vol->epoch, epoch);
	if (source < 0)
		return source;
	return bad ? -EAGAIN : 0;
}

struct seen {
	u64 serial; /* of the plan */
	struct plx_log *log; /* to compare only */
	u32 worse; /* of it */
	u64 sector, end; /* of the regions */
	u32 n;
	struct plx_plex *plex[PLEXUS_MAX_PLEXES];
	u32 attached[PLEXUS_MAX_PLEXES];
};

/* references to the targets, and how often each was attached: to see whether that changed */
static void look(struct plx_volume *vol, u32 first, u32 last, u64 need, struct seen *seen)
{
	unsigned int epoch = plx_epoch_enter(&vol->epoch);
	struct plx_plan *plan = plx_volume_plan(vol);
	u32 i;

	seen->serial = plan->serial;
	seen->log = plan->log;
	seen->n = 0;
	if (plan->log) {
		seen->worse = READ_ONCE(plan->log->worse);
		seen->sector = (u64)first << plan->log->shift;
		seen->end = min((u64)(last + 1) << plan->log->shift, plan->log->sectors);
	}
	for (i = 0; i < plan->n; i++) {
		if (!(need & BIT_ULL(i)))
			continue;
		seen->plex[seen->n] = plan->plex[i].plex;
		plx_plex_get(seen->plex[seen->n]);
		seen->attached[seen->n++] = READ_ONCE(plan->plex[i].plex->attached);
	}
	plx_epoch_exit(&vol->epoch, epoch);
}

static void mark_done(struct plx_log *log, struct seen *seen, u32 first, u32 last, u64 need)
{
	u32 i;

	if (need & PLX_NEED_EQUAL)
		plx_log_set_equal(log, seen->worse, first, last);
	for (i = 0; i < seen->n; i++)
		plx_log_set_current(log, seen->plex[i], seen->attached[i], first, last);
}

/* vol->log cannot be freed under the window lock: plx_volume_replan()'s retiring takes it */
static int region_window(struct plx_sync *s, struct seen *seen, u32 first, u32 last, u32 len,
			 u64 need)
{
	struct plx_volume *vol = s->vol;
	struct plx_log *log;
	int ret = -EAGAIN;

	mutex_lock(&vol->window_lock);
	log = READ_ONCE(vol->log);
	if (log && log == seen->log && !READ_ONCE(s->stop)) {
		plx_log_window_open(log, seen->sector, seen->sector + len);
		ret = copy_window(s, seen->serial, seen->sector, len, need);
		if (!ret && seen->sector + len == seen->end)
			mark_done(log, seen, first, last, need);
		plx_log_window_close(log);
	}
	mutex_unlock(&vol->window_lock);
	return ret;
}

/**
 * plx_sync_regions - bring a run of regions up to date
 * @s: the engine
 * @first: region
 * @last: region; all have the same need
 * @need: from plx_sync_need()
 *
 * Return: 0 done; -EAGAIN: something changed, look again; -EIO: nobody can be read
 */
int plx_sync_regions(struct plx_sync *s, u32 first, u32 last, u64 need)
{
	struct seen seen;
	ktime_t since;
	int ret = 0;
	u32 i, len;

	look(s->vol, first, last, need, &seen);
	if (!seen.log)
		ret = -EAGAIN;
	while (!ret && seen.sector < seen.end && !READ_ONCE(s->stop)) {
		since = ktime_get();
		len = min_t(u64, seen.end - seen.sector, PLX_WINDOW_SECTORS);
		ret = region_window(s, &seen, first, last, len, need);
		seen.sector += len;
		plx_sync_throttle(s, (u64)len << SECTOR_SHIFT, since);
	}
	if (!ret && READ_ONCE(s->stop))
		ret = -EAGAIN;
	for (i = 0; i < seen.n; i++)
		plx_plex_put(seen.plex[i]);
	return ret;
}

/* full speed when nobody else is there, half of it, but speed_min at least, when somebody is */
void plx_sync_throttle(struct plx_sync *s, u64 bytes, ktime_t since)
{
	struct plx_volume *vol = s->vol;
	s64 us = ktime_us_delta(ktime_get(), since), total_us, sleep = 0;
	u64 max = READ_ONCE(vol->speed_max), min = READ_ONCE(vol->speed_min);

	s->copied += bytes;
	total_us = max_t(s64, ktime_us_delta(ktime_get(), s->began), 1);
	WRITE_ONCE(s->speed, div64_u64(s->copied * USEC_PER_SEC, total_us));
	if (time_before(jiffies, READ_ONCE(vol->last_io) + HZ / 10) && s->speed > min)
		sleep = min_t(s64, us, 100 * USEC_PER_MSEC);
	if (max)
		sleep = max_t(s64, sleep, (s64)div64_u64(s->copied * USEC_PER_SEC, max) - total_us);
	/* in short steps: a stop does not wait */
	while (sleep > 0 && !READ_ONCE(s->stop)) {
		usleep_range(min_t(s64, sleep, 50000), min_t(s64, sleep, 50000) + 100);
		sleep -= 50000;
	}
	if (total_us > 3 * USEC_PER_SEC) { /* the figure follows the last seconds */
		s->began = ktime_get();
		s->copied = 0;
	}
}

/* reads where another plex can, and writes it to the one that could not */
static int mend_window(struct plx_sync *s, const struct plx_mend *m, u64 sector, u32 sectors)
{
	struct plx_volume *vol = s->vol;
	unsigned int epoch = plx_epoch_enter(&vol->epoch);
	struct plx_plan *plan = plx_volume_plan(vol);
	u32 i;
	int ret = 0;

	for (i = 0; i < plan->n_current; i++)
		if (plx_id_equal(&plan->plex[i].plex->id, &m->plex))
			break;
	if (i < plan->n_current && read_source(plan, sector, sectors, s->pages, BIT_ULL(i)) >= 0 &&
	    write_targets(plan, BIT_ULL(i), sector, sectors, s->pages)) {
		plx_sync_give_up(vol, &m->plex,
				 "a place that cannot be read cannot be written either");
		ret = -EIO;
	}
	plx_epoch_exit(&vol->epoch, epoch);
	return ret;
}

int plx_sync_mend_one(struct plx_sync *s, const struct plx_mend *m)
{
	struct plx_volume *vol = s->vol;
	u64 sector = round_down(m->sector, PLX_BLOCK_SECTORS);
	u64 end = round_up(m->sector + m->sectors, PLX_BLOCK_SECTORS);
	struct plx_log *log;
	int ret = 0;

	while (sector < end && !ret) {
		u32 len = min_t(u64, end - sector, PLX_WINDOW_SECTORS);

		mutex_lock(&vol->window_lock);
		log = READ_ONCE(vol->log);
		if (log && sector < log->sectors && !READ_ONCE(s->stop)) {
			len = min_t(u64, len, log->sectors - sector);
			plx_log_window_open(log, sector, sector + len);
			ret = mend_window(s, m, sector, len);
			plx_log_window_close(log);
		}
		mutex_unlock(&vol->window_lock);
		sector += len;
	}
	return ret;
}
