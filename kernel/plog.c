// SPDX-License-Identifier: GPL-2.0
/*
 * The parity log at run time. What it is for: plog_format.h; which slot is free, and what
 * has to wait for a flush: plog_slots.h.
 *
 * A request gets a note, then waits in the log of P and in that of Q. Each of these has up
 * to PLX_PLOG_WRITES slots on their way: with fewer than that a request goes out at once, from
 * its caller; else those that come gather, and share the next one. That one goes out from a
 * work, for a completion may be an interrupt.
 *
 * A request that gets no note (blocked), and a log without a free slot (stuck), wait for
 * a flush of the members, or, where no disk has a volatile cache, for others to complete.
 * A flush is begun before that, when half of the slots are used.
 *
 * A slot write that fails is the fault of the member: the log gets no more entries until the
 * configuration was looked at again, and who waited for it is told.
 *
 * Nothing is allocated on the way: what is needed is part of the request or of one of the
 * writes, which are made along with the log.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include "plog_own.h"

#define NOTES 4096
#define FLUSH_AGAIN (HZ / 10)

static bool named(const struct plx_plog_req *req, u32 which)
{
	return req->entry.partials & 1U << which;
}

static struct plx_plog_log *log_of(struct plx_plog *plog, const struct plx_plog_req *req, u32 which)
{
	return &plog->log[req->member[which]];
}

/* ---- a slot is written ---- */

/* bytes from the start of the first page of a partial parity to its hull */
static u32 partial_offset(const struct plx_plog_entry *e)
{
	return (e->hull.lo - round_down(e->hull.lo, PAGE_SECTORS)) << SECTOR_SHIFT;
}

static u32 partial_bytes(const struct plx_plog_entry *e)
{
	return (e->hull.hi - e->hull.lo) << SECTOR_SHIFT;
}

static u32 vecs_of(const struct plx_plog_entry *e)
{
	if (!e->payload_sectors)
		return 0;
	return hweight32(e->partials) *
	       DIV_ROUND_UP(partial_offset(e) + partial_bytes(e), PAGE_SIZE);
}

static u32 payload_sum(const struct plx_plog_req *req)
{
	const struct plx_plog_entry *e = &req->entry;
	struct xxh64_state sum;
	u32 i, at, len, end;

	if (!e->payload_sectors)
		return 0;
	plx_plog_sum_begin(&sum);
	for (i = 0; i < 2; i++) {
		if (!named(req, i))
			continue;
		at = partial_offset(e);
		for (end = at + partial_bytes(e); at < end; at += len) {
			void *page = kmap_local_page(req->partial[i][at / PAGE_SIZE]);

			len = min_t(u32, end - at, PAGE_SIZE - offset_in_page(at));
			plx_plog_sum_add(&sum, page + offset_in_page(at), len);
			kunmap_local(page);
		}
	}
	return plx_plog_sum_end(&sum);
}

/* a leg has come to its end; its request is @done when all have */
static void leg_end(struct plx_plog_leg *leg, bool failed, struct list_head *done)
{
	struct plx_plog_req *req = leg->req;

	list_del(&leg->node);
	if (failed)
		req->failed |= 1U << leg->which;
	if (!--req->pending)
		list_add_tail(&req->leg[0].node, done);
}

static void legs_end(struct list_head *legs, bool failed, struct list_head *done)
{
	struct plx_plog_leg *leg, *next;

	list_for_each_entry_safe(leg, next, legs, node)
		leg_end(leg, failed, done);
}

/* under no lock; with the last of them the volume may go */
static void tell(struct list_head *done)
{
	struct plx_plog_leg *leg, *next;

	list_for_each_entry_safe(leg, next, done, node)
		leg->req->done(leg->req, leg->req->failed);
}

static void write_end(struct plx_plog_write *w)
{
	struct plx_plog_log *log = w->log;
	struct plx_plog *plog = log->plog;
	struct plx_disk *disk = w->disk;
	bool error = READ_ONCE(w->error);
	unsigned long flags;
	LIST_HEAD(done);

	spin_lock_irqsave(&plog->lock, flags);
	plx_plog_slot_done(plog->slots, log->geo.member, w->seq, w->said, !error);
	legs_end(&w->legs, error, &done);
	if (error && log->disk == disk) {
		log->usable = false;
		legs_end(&log->waiting, true, &done);
	}
	list_add(&w->node, &log->idle);
	if (!list_empty(&log->waiting))
		queue_work(plog->vol->pack->row_wq, &plog->log_work);
	spin_unlock_irqrestore(&plog->lock, flags);
	plx_disk_put(disk);
	tell(&done);
}

static void write_endio(struct bio *bio)
{
	struct plx_plog_write *w = bio->bi_private;

	if (bio->bi_status)
		WRITE_ONCE(w->error, true);
	bio_uninit(bio);
	if (atomic_dec_and_test(&w->pending))
		write_end(w);
}

struct slot_fill { /* where the next bytes of a slot go */
	struct plx_plog_write *w;
	struct bio *bio;
	u32 n_bios;
	u64 sector;
};

static void fill_add(struct slot_fill *f, struct page *page, u32 len, u32 off)
{
	struct plx_plog_write *w = f->w;

	while (!f->bio || bio_add_page(f->bio, page, len, off) != len) {
		f->bio = &w->bio[f->n_bios];
		bio_init(f->bio, plx_disk_bdev(w->disk), w->vec + f->n_bios++ * BIO_MAX_VECS,
			 BIO_MAX_VECS, REQ_OP_WRITE | REQ_SYNC | REQ_FUA);
		f->bio->bi_iter.bi_sector = f->sector;
		f->bio->bi_end_io = write_endio;
		f->bio->bi_private = w;
	}
	f->sector += len >> SECTOR_SHIFT;
}

static void fill_payload(struct slot_fill *f, const struct plx_plog_req *req)
{
	const struct plx_plog_entry *e = &req->entry;
	u32 i, at, len, end;

	for (i = 0; e->payload_sectors && i < 2; i++) {
		if (!named(req, i))
			continue;
		at = partial_offset(e);
		for (end = at + partial_bytes(e); at < end; at += len) {
			len = min_t(u32, end - at, PAGE_SIZE - offset_in_page(at));
			fill_add(f, req->partial[i][at / PAGE_SIZE], len, offset_in_page(at));
		}
	}
}

/* @writes were taken from their logs; under no lock, process context */
static void submit(struct list_head *writes)
{
	struct plx_plog_write *w, *next;
	struct plx_plog_leg *leg;
	u32 i;

	list_for_each_entry_safe(w, next, writes, node) {
		struct slot_fill f = { .w = w, .sector = w->sector };

		list_del(&w->node);
		plx_plog_seal(w->block);
		fill_add(&f, virt_to_page(w->block), PLX_BLOCK_SIZE, offset_in_page(w->block));
		list_for_each_entry(leg, &w->legs, node)
			fill_payload(&f, leg->req);
		atomic_set(&w->pending, f.n_bios);
		for (i = 0; i < f.n_bios; i++)
			submit_bio(&w->bio[i]);
	}
}

/* ---- what goes into a slot ---- */

/* as many of those that wait as fit; under lock */
static void write_fill(struct plx_plog_log *log, struct plx_plog_write *w, u64 seq, u64 head)
{
	struct plx_plog_leg *leg, *next;
	u32 slot = plx_plog_slot(&log->geo, seq);

	plx_plog_begin(&log->geo, seq, head, w->block);
	w->n_vecs = 1;
	list_for_each_entry_safe(leg, next, &log->waiting, node) {
		struct plx_plog_entry *e = &leg->req->entry;

		if (w->n_vecs + vecs_of(e) > log->plog->max_vecs ||
		    plx_plog_add(&log->geo, w->block, e))
			break;
		w->n_vecs += vecs_of(e);
		plx_plog_note_enter(log->plog->slots, leg->req->note, leg->which, log->geo.member,
				    seq);
		list_move_tail(&leg->node, &w->legs);
	}
	w->error = false;
	w->seq = seq;
	w->said = head;
	w->disk = log->disk;
	plx_disk_get(w->disk);
	w->sector = log->start + (u64)slot * plx_plog_slot_sectors(log->geo.unit, log->geo.parity);
}

/* begins as many slots of a log as may be; under lock */
static void log_begin(struct plx_plog_log *log, struct list_head *writes, struct list_head *done)
{
	struct plx_plog_slots *slots = log->plog->slots;
	struct plx_plog_write *w;
	u64 seq, head;

	log->stuck = false;
	while (!list_empty(&log->waiting) && !list_empty(&log->idle)) {
		if (!plx_plog_slot_take(slots, log->geo.member, &seq, &head)) {
			log->stuck = true;
			return;
		}
		w = list_first_entry(&log->idle, struct plx_plog_write, node);
		write_fill(log, w, seq, head);
		if (WARN_ON_ONCE(list_empty(&w->legs))) {
			/* admit() let an entry in that is none: nobody waits for it */
			plx_disk_put(w->disk);
			plx_plog_slot_done(slots, log->geo.member, seq, head, false);
			leg_end(list_first_entry(&log->waiting, struct plx_plog_leg, node), true,
				done);
			continue;
		}
		list_move_tail(&w->node, writes);
	}
}

/* is there a log that the entry has to be in and cannot? */
static u32 unusable(struct plx_plog *plog, const struct plx_plog_req *req)
{
	u32 i, failed = 0;

	for (i = 0; i < 2; i++)
		if (named(req, i) && !log_of(plog, req, i)->usable)
			failed |= 1U << i;
	return failed;
}

/* true: it waits in its logs, or is done; under lock */
static bool admit(struct plx_plog *plog, struct plx_plog_req *req, struct list_head *done)
{
	u32 i;

	req->failed = plog->gone ? req->entry.partials : unusable(plog, req);
	if (req->failed) {
		list_add_tail(&req->leg[0].node, done);
		return true;
	}
	req->note = plx_plog_note_new(plog->slots, req->entry.row, req->entry.hull);
	if (!req->note)
		return false;
	req->entry.serial = ++plog->serial;
	for (i = 0; i < 2; i++) {
		if (!named(req, i))
			continue;
		list_add_tail(&req->leg[i].node, &log_of(plog, req, i)->waiting);
		req->pending++;
	}
	return true;
}

/* has to wait for what was written before to be durable, or will have to soon; under lock */
static bool must_flush(struct plx_plog *plog)
{
	u32 i;

	if (!plog->slots->written.n)
		return false;
	if (!list_empty(&plog->blocked) || plx_plog_flush_soon(plog->slots))
		return true;
	for (i = 0; i < plog->n_logs; i++)
		if (plog->log[i].stuck)
			return true;
	return false;
}

static void kick_flush(struct plx_plog *plog)
{
	if (must_flush(plog))
		queue_delayed_work(plog->vol->pack->row_wq, &plog->flush_work, 0);
}

/**
 * plx_plog_log() - make an entry durable
 * @plog: the log
 * @req: as said in the header
 *
 * Context: process, inside the epoch; waits for nothing.
 */
void plx_plog_log(struct plx_plog *plog, struct plx_plog_req *req)
{
	unsigned long flags;
	LIST_HEAD(writes);
	LIST_HEAD(done);
	bool sane;
	u32 i;

	req->note = 0;
	req->pending = 0;
	req->failed = 0;
	for (i = 0; i < 2; i++) {
		req->leg[i].req = req;
		req->leg[i].which = i;
	}
	sane = plx_plog_shape(&plog->log[0].geo, &req->entry);
	if (WARN_ON_ONCE(!sane)) {
		req->done(req, req->entry.partials);
		return;
	}
	req->entry.payload_sum = payload_sum(req);
	spin_lock_irqsave(&plog->lock, flags);
	if (!admit(plog, req, &done))
		list_add_tail(&req->leg[0].node, &plog->blocked);
	for (i = 0; req->pending && i < 2; i++)
		if (named(req, i))
			log_begin(log_of(plog, req, i), &writes, &done);
	kick_flush(plog);
	spin_unlock_irqrestore(&plog->lock, flags);
	submit(&writes);
	tell(&done);
}

void plx_plog_written(struct plx_plog *plog, struct plx_plog_req *req)
{
	unsigned long flags;
	u32 i;

	if (!req->note)
		return;
	spin_lock_irqsave(&plog->lock, flags);
	plx_plog_note_written(plog->slots, req->note, !plog->cached);
	req->note = 0;
	if (plog->cached) {
		kick_flush(plog);
	} else if (!list_empty(&plog->blocked)) {
		queue_work(plog->vol->pack->row_wq, &plog->log_work);
	} else {
		for (i = 0; i < plog->n_logs; i++)
			if (plog->log[i].stuck)
				queue_work(plog->vol->pack->row_wq, &plog->log_work);
	}
	spin_unlock_irqrestore(&plog->lock, flags);
}

/* ---- what waited goes on ---- */

/* under lock */
static void go_on(struct plx_plog *plog, struct list_head *writes, struct list_head *done)
{
	struct plx_plog_leg *leg, *next;
	LIST_HEAD(blocked);
	u32 i;

	list_splice_init(&plog->blocked, &blocked);
	list_for_each_entry_safe(leg, next, &blocked, node) {
		list_del(&leg->node);
		if (!admit(plog, leg->req, done))
			list_add_tail(&leg->node, &plog->blocked);
	}
	for (i = 0; i < plog->n_logs; i++)
		log_begin(&plog->log[i], writes, done);
	kick_flush(plog);
}

static void log_work(struct work_struct *work)
{
	struct plx_plog *plog = container_of(work, struct plx_plog, log_work);
	LIST_HEAD(writes);
	LIST_HEAD(done);

	spin_lock_irq(&plog->lock);
	go_on(plog, &writes, &done);
	spin_unlock_irq(&plog->lock);
	submit(&writes);
	tell(&done);
}

/*
 * Waits for the members' flush alone, and for nobody who is inside the epoch: those wait for
 * this. A disk that fails it is lost here and now: pack->wq, where that is done else, may
 * be waiting for the epoch. Then it is not among those that are flushed, the next time.
 */
static void flush_members(struct work_struct *work)
{
	struct plx_plog *plog = container_of(to_delayed_work(work), struct plx_plog, flush_work);
	LIST_HEAD(writes);
	LIST_HEAD(done);
	int ret = 0;
	bool any;

	spin_lock_irq(&plog->lock);
	any = plx_plog_flush_begin(plog->slots);
	spin_unlock_irq(&plog->lock);
	if (!any)
		return;
	ret = plx_volume_flush(plog->vol);
	if (ret)
		plx_pack_lose_dead(plog->vol->pack);
	spin_lock_irq(&plog->lock);
	plx_plog_flush_end(plog->slots, !ret);
	if (ret && !plog->gone)
		queue_delayed_work(plog->vol->pack->row_wq, &plog->flush_work, FLUSH_AGAIN);
	else if (!ret)
		go_on(plog, &writes, &done);
	spin_unlock_irq(&plog->lock);
	submit(&writes);
	tell(&done);
}

/* ---- its life ---- */

void plx_plog_geometry_of(const struct plx_plog *plog, const struct plx_conf_plex *cp, u32 member,
			  struct plx_plog_geometry *geo)
{
	const struct plx_conf_member *m = &cp->member[member];
	u32 slot = plx_plog_slot_sectors(cp->unit, cp->parity);
	__le64 id;

	memcpy(&id, cp->id.b, sizeof(id));
	*geo = (struct plx_plog_geometry){
		.volume_id = plog->vol->id,
		.log_id = le64_to_cpu(id),
		.rows = div_u64(plx_conf_member_sectors(m), cp->unit),
		.member = member,
		.k = cp->n_members - cp->parity,
		.parity = cp->parity,
		.unit = cp->unit,
		.n_slots = min_t(u64, U32_MAX, div_u64(m->log_sectors, slot)),
	};
}

static bool write_init(struct plx_plog_log *log, struct plx_plog_write *w)
{
	u32 n = log->plog->n_bios;

	w->log = log;
	INIT_LIST_HEAD(&w->legs);
	list_add_tail(&w->node, &log->idle);
	w->block = (void *)__get_free_page(GFP_NOIO);
	w->bio = kcalloc(n, sizeof(*w->bio), GFP_NOIO);
	w->vec = kvmalloc_array(n * BIO_MAX_VECS, sizeof(*w->vec), GFP_NOIO);
	return w->block && w->bio && w->vec;
}

struct plx_plog *plx_plog_new(struct plx_volume *vol, const struct plx_conf_plex *cp)
{
	struct plx_plog *plog = kvzalloc(struct_size(plog, log, cp->n_members), GFP_NOIO);
	u32 i, j, most;

	if (!plog)
		return NULL;
	plog->vol = vol;
	plog->n_logs = cp->n_members;
	/* the largest entry, whose pages may lie anyhow */
	most = 1 + cp->parity * (DIV_ROUND_UP(cp->unit << SECTOR_SHIFT, PAGE_SIZE) + 1);
	plog->n_bios = DIV_ROUND_UP(most, BIO_MAX_VECS);
	plog->max_vecs = plog->n_bios * BIO_MAX_VECS;
	spin_lock_init(&plog->lock);
	INIT_LIST_HEAD(&plog->blocked);
	INIT_WORK(&plog->log_work, log_work);
	INIT_DELAYED_WORK(&plog->flush_work, flush_members);
	for (i = 0; i < plog->n_logs; i++) {
		plog->log[i].plog = plog;
		INIT_LIST_HEAD(&plog->log[i].waiting);
		INIT_LIST_HEAD(&plog->log[i].idle);
		plx_plog_geometry_of(plog, cp, i, &plog->log[i].geo);
	}
	plog->slots = plx_plog_slots_new(cp->n_members, NOTES);
	if (!plog->slots)
		goto fail;
	for (i = 0; i < plog->n_logs; i++)
		for (j = 0; j < PLX_PLOG_WRITES; j++)
			if (!write_init(&plog->log[i], &plog->log[i].write[j]))
				goto fail;
	return plog;
fail:
	plx_plog_free(plog);
	return NULL;
}

void plx_plog_stop(struct plx_plog *plog)
{
	if (!plog)
		return;
	cancel_work_sync(&plog->log_work);
	cancel_delayed_work_sync(&plog->flush_work);
	WARN_ON_ONCE(!list_empty(&plog->blocked));
}

void plx_plog_free(struct plx_plog *plog)
{
	u32 i, j;

	if (!plog)
		return;
	for (i = 0; i < plog->n_logs; i++) {
		struct plx_plog_log *log = &plog->log[i];

		for (j = 0; j < PLX_PLOG_WRITES; j++) {
			free_page((unsigned long)log->write[j].block);
			kfree(log->write[j].bio);
			kvfree(log->write[j].vec);
		}
		plx_disk_put(log->disk);
	}
	plx_plog_slots_free(plog->slots);
	kvfree(plog);
}

static struct plx_disk *log_disk(struct plx_plog *plog, const struct plx_conf *conf,
				 const struct plx_conf_member *m)
{
	enum plx_member_state seen = plx_conf_member_seen(conf, m);

	if ((seen != PLX_MEMBER_CURRENT && seen != PLX_MEMBER_STALE) || !m->n_extents)
		return NULL;
	return plx_pack_disk(plog->vol->pack, &conf->disk[m->extent[0].disk]->id);
}

/* one log; those that wait for it go on with the new one, or are told */
static int log_follow(struct plx_plog *plog, const struct plx_conf *conf,
		      const struct plx_conf_plex *cp, u32 i, struct list_head *done)
{
	const struct plx_conf_member *m = &cp->member[i];
	struct plx_plog_log *log = &plog->log[i];
	struct plx_disk *disk, *old_disk = NULL;
	struct plx_plog_geometry geo;
	u32 *open = NULL;
	int ret = 0;
	bool anew;

	plx_plog_geometry_of(plog, cp, i, &geo);
	disk = geo.n_slots >= PLX_PLOG_SLOTS_MIN ? log_disk(plog, conf, m) : NULL;
	/* only here, under pack->change, do they change */
	anew = disk && (disk != log->disk || m->log_start != log->start ||
			geo.n_slots != plog->slots->ring[i].n_slots);
	if (anew) {
		open = kvzalloc(array_size(geo.n_slots, sizeof(*open)), GFP_NOIO);
		if (!open) {
			plx_disk_put(disk);
			disk = NULL;
			ret = -ENOMEM;
		}
	}
	spin_lock_irq(&plog->lock);
	log->geo = geo;
	if (open)
		open = plx_plog_ring_start(plog->slots, i, geo.n_slots, open);
	old_disk = log->disk;
	log->disk = disk;
	log->start = m->log_start;
	log->usable = disk;
	if (!disk)
		legs_end(&log->waiting, true, done);
	spin_unlock_irq(&plog->lock);
	kvfree(open);
	plx_disk_put(old_disk);
	return ret;
}

static bool has_cache(struct plx_plog *plog, const struct plx_conf *conf,
		      const struct plx_conf_plex *cp)
{
	bool cached = false;
	u32 d;

	for (d = 0; d < conf->n_disks && !cached; d++) {
		struct plx_disk *disk;

		if (!plx_conf_plex_uses(cp, d))
			continue;
		disk = plx_pack_disk_any(plog->vol->pack, &conf->disk[d]->id);
		cached = disk && bdev_write_cache(plx_disk_bdev(disk));
		plx_disk_put(disk);
	}
	return cached;
}

/**
 * plx_plog_follow() - the logs follow the configuration
 * @plog: the log
 * @conf: the configuration that is about to be, or was, written
 * @cp: the plex in it
 *
 * A log that comes, or moves, is taken for empty: it was wiped, or plx_plog_recover() begins
 * it anew before there is an entry.
 * Context: sleeps, under pack->change; waits for no I/O.
 */
int plx_plog_follow(struct plx_plog *plog, const struct plx_conf *conf,
		    const struct plx_conf_plex *cp)
{
	bool cached = has_cache(plog, conf, cp), gone = !plx_conf_plex_attached(conf, cp);
	int ret = 0, err;
	LIST_HEAD(done);
	u32 i;

	for (i = 0; i < plog->n_logs; i++) {
		err = log_follow(plog, conf, cp, i, &done);
		ret = ret ? ret : err;
	}
	spin_lock_irq(&plog->lock);
	plog->cached = cached;
	plog->gone = gone;
	for (i = 0; gone && i < plog->n_logs; i++)
		legs_end(&plog->log[i].waiting, true, &done);
	/* tells those that are blocked, too */
	queue_work(plog->vol->pack->row_wq, &plog->log_work);
	spin_unlock_irq(&plog->lock);
	tell(&done);
	return ret;
}
