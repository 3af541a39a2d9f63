// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to writes of a parity plex that some member did not take.
 *
 * The I/O is held here, unacknowledged and with its claim, until the configuration on the
 * disks says that these members get no writes any more. Then it starts over with the new
 * plan: all that could be written has been, so what is left of the row is what the data
 * says, and those that wait for the claim see the new plan, too.
 *
 * Where one more lost would be one too many, nobody is given up: the error goes to the
 * caller, and parity is not trusted there until it was made anew.
 *
 * Crash: before the change is on the disks nobody was told that the write is done, and its
 * entry in the parity log counts.
 */
#include <linux/bitmap.h>
#include <linux/slab.h>
#include "row.h"
#include "trace.h"

void plx_row_count_errors(struct plx_row *row, u32 *blocks)
{
	const struct plx_layout *l = row->plan->plex[0].layout;
	const char *what = row->step == PLX_ROW_READ ? "read" :
			   row->step == PLX_ROW_LOG ? "write of the parity log" : "write";
	u32 b;

	for (b = 0; b < plx_row_blocks(row); b++) {
		struct plx_disk *disk;
		u64 sector;

		if (!row->part[b].status)
			continue;
		*blocks |= 1U << b;
		disk = plx_row_place(row->plan, plx_row_member(l, row->nr, b), row->nr, &sector);
		if (!disk)
			continue;
		trace_plx_io_error(&row->vol->id, disk->path, row->plan->plex[0].index, sector,
				   (__force u32)(row->step == PLX_ROW_READ ? REQ_OP_READ :
									     REQ_OP_WRITE),
				   blk_status_to_errno(row->part[b].status));
		atomic64_inc(row->step == PLX_ROW_READ ? &disk->read_errors : &disk->write_errors);
		pr_warn_ratelimited("plexus: plx%d: %s at sector %llu of %s failed, error %d\n",
				    row->vol->minor, what, sector, disk->path,
				    -blk_status_to_errno(row->part[b].status));
	}
}

/* to the work that records it; nothing keeps the volume but this, once it is in the list */
void plx_row_failed(struct plx_row *row)
{
	struct plx_volume *vol = row->vol;

	rcu_read_lock();
	llist_add(&row->node, &vol->failed_rows);
	queue_work(vol->pack->row_wq, &vol->failed_rows_work);
	rcu_read_unlock();
}

static u32 members_of(const struct plx_row *row)
{
	u32 members = 0, failed = row->failed;

	for (; failed; failed &= failed - 1)
		members |= 1U << plx_row_member(row->plan->plex[0].layout, row->nr, __ffs(failed));
	return members;
}

/* the plex of the row in a configuration; NULL: it is gone */
static struct plx_conf_plex *plex_in(const struct plx_row *row, const struct plx_conf *conf,
				     struct plx_conf_volume **cv)
{
	int v = plx_conf_volume_find(conf, &row->vol->id);
	int i = v < 0 ? -1 : plx_conf_plex_find(conf->volume[v], &row->plan->plex[0].plex->id);

	if (i < 0)
		return NULL;
	*cv = conf->volume[v];
	return (*cv)->plex[i];
}

static bool gets_writes(const struct plx_conf *conf, const struct plx_conf_plex *cp, u32 member)
{
	enum plx_member_state state = plx_conf_member_seen(conf, &cp->member[member]);

	return state == PLX_MEMBER_CURRENT || state == PLX_MEMBER_STALE;
}

/* some of them, if not too many of the plex are lost then: all or none */
static bool give_up(struct plx_change *c, struct plx_row *row)
{
	u32 members = members_of(row), lost, m;
	struct plx_conf_volume *cv;
	struct plx_conf_plex *cp = plex_in(row, c->conf, &cv);
	bool any = false;

	if (!cp)
		return false;
	lost = plx_conf_plex_lost(c->conf, cp);
	for (m = 0; m < cp->n_members; m++)
		lost += members & 1U << m && gets_writes(c->conf, cp, m) &&
			cp->member[m].state == PLX_MEMBER_CURRENT;
	if (lost > cp->parity)
		return false;
	for (m = 0; m < cp->n_members; m++) {
		if (!(members & 1U << m) || !gets_writes(c->conf, cp, m))
			continue;
		plx_change_detach_member(c, cv, plx_conf_plex_find(cv, &cp->id), m,
					 PLX_MEMBER_FAILED);
		any = true;
	}
	return any;
}

/* and what their disks had cached of other volumes, where that is gone */
static bool give_up_cached(struct plx_change *c, struct plx_row *row)
{
	DECLARE_BITMAP(disks, PLEXUS_MAX_DISKS) = {};
	u32 members = row->fua ? members_of(row) : 0;
	struct plx_disk *disk;
	u64 sector;

	for (; members; members &= members - 1) {
		disk = plx_row_place(row->plan, __ffs(members), row->nr, &sector);
		if (disk && plx_disk_flushes_for_fua(disk))
			plx_cache_lost_on(c, disk, disks);
	}
	row->fua = !bitmap_empty(disks, PLEXUS_MAX_DISKS);
	return plx_cache_lost(c, disks, &row->vol->id);
}

/* do all that failed it get no writes any more, in a configuration that is on the disks? */
static bool resolved(const struct plx_row *row)
{
	struct plx_conf *conf = plx_pack_conf(row->vol->pack);
	u32 members = members_of(row), m;
	struct plx_conf_volume *cv;
	struct plx_conf_plex *cp = conf ? plex_in(row, conf, &cv) : NULL;
	bool ok = cp && plx_conf_plex_attached(conf, cp);

	for (m = 0; ok && m < cp->n_members; m++)
		if (members & 1U << m && gets_writes(conf, cp, m))
			ok = false;
	if (conf)
		plx_conf_put(conf);
	return ok;
}

/*
 * Parity may not fit: what was written of the row, or cached of all rows, is not known. Said to
 * the log that the volume has now, and under pack->change: a larger one may take its place
 * (log_grow.c), which is not to miss it. Inside the epoch, so the newest plan stays.
 */
static void lose_trust(struct plx_row *row)
{
	const struct plx_layout *l = row->plan->plex[0].layout;
	u64 sectors = (u64)plx_layout_row_data(l) << l->unit_shift, start = row->nr * sectors;
	struct plx_log *log;

	if (row->fua) {
		sectors = row->plan->sectors;
		start = 0;
	}
	if (start >= row->plan->sectors)
		return;
	mutex_lock(&row->vol->pack->change);
	log = plx_volume_plan(row->vol)->log;
	plx_log_set_unsync(log, start, min(sectors, row->plan->sectors - start));
	/* on the disks before the parity log forgets the row, and before anybody is told */
	plx_log_write_map(log, 0, log->dirty);
	mutex_unlock(&row->vol->pack->change);
	plx_sync_kick(row->vol);
}

static void verdict(struct plx_row *row, int error)
{
	if (!error && resolved(row)) {
		plx_row_renew(row);
		return;
	}
	/* if neither, only the log has some of it, and its entry says what is there */
	if (row->wrote || row->fua)
		lose_trust(row);
	plx_row_end(row, BLK_STS_IOERR);
}

/* all that failed by now share one change of the configuration */
void plx_row_failed_work(struct work_struct *work)
{
	struct plx_volume *vol = container_of(work, struct plx_volume, failed_rows_work);
	struct llist_node *list = llist_reverse_order(llist_del_all(&vol->failed_rows));
	struct plx_row *row, *next;
	struct plx_why why = {};
	struct plx_change c;
	bool any = false;
	int error;

	if (!list)
		return;
	error = plx_change_begin(&c, vol->pack, &why);
	if (!error) {
		llist_for_each_entry(row, list, node)
			any |= give_up(&c, row) | give_up_cached(&c, row);
		/* as in io_error.c: what is in memory alone must not let it be acknowledged */
		if (any || c.pack->gave_up)
			error = plx_change_commit(&c, &why);
		plx_change_end(&c);
	}
	if (error)
		pr_err("plexus: plx%d: a failed member cannot be recorded: %s\n", vol->minor,
		       why.text);
	llist_for_each_entry_safe(row, next, list, node)
		verdict(row, error);
}
