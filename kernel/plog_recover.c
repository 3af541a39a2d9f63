// SPDX-License-Identifier: GPL-2.0
/*
 * The parity log at a start: what a crash left half written is set right. The rules, and
 * which entries count: plog_format.h; what a row holds: plog_replay.c. The same when a plex
 * comes back that had lost too many members: their caches may be lost, and what was not
 * flushed with them.
 *
 * Only rows of dirty regions are looked at. In the others nothing was being written since
 * all members were flushed, so parity fits there, and entries of them are only old. A
 * stale member is as good as lost here: all that is dirty is stale on it too.
 *
 * Crash, at any point: the entries are there until the members were flushed, and a replay
 * can be done again. The logs begin anew each by one write: an empty slot, which says that
 * none before it counts. If that is done for some only, the others' entries say what is on
 * the disks.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "plog_own.h"

#define HEADS 16 /* that are read at the same time */
#define SERIALS BIT_ULL(32) /* none of an entry that could not be read is above that */
#define WIPES 64

/* ---- I/O that is waited for; more than one at a time ---- */

struct aio {
	atomic_t pending;
	int error;
	struct completion done;
};

static void aio_put(struct aio *a)
{
	if (atomic_dec_and_test(&a->pending))
		complete(&a->done);
}

static void aio_endio(struct bio *bio)
{
	struct aio *a = bio->bi_private;

	if (bio->bi_status)
		WRITE_ONCE(a->error, blk_status_to_errno(bio->bi_status));
	bio_put(bio);
	aio_put(a);
}

static void aio_begin(struct aio *a)
{
	atomic_set(&a->pending, 1);
	a->error = 0;
	init_completion(&a->done);
}

static int aio_wait(struct aio *a)
{
	aio_put(a);
	wait_for_completion_io(&a->done);
	return a->error;
}

static struct page *page_of(const void *p)
{
	return is_vmalloc_addr(p) ? vmalloc_to_page(p) : virt_to_page(p);
}

static void aio_add(struct aio *a, struct plx_disk *disk, enum req_op op, u64 sector,
		    const void *buf, size_t bytes)
{
	if (READ_ONCE(disk->dead)) {
		a->error = -EIO;
		return;
	}
	while (bytes) {
		u32 vecs = min_t(size_t, DIV_ROUND_UP(bytes, PAGE_SIZE) + 1, BIO_MAX_VECS);
		struct bio *bio = bio_alloc_bioset(plx_disk_bdev(disk), vecs,
						   op | REQ_META | REQ_SYNC, GFP_NOIO, &disk->bios);

		bio->bi_iter.bi_sector = sector;
		bio->bi_end_io = aio_endio;
		bio->bi_private = a;
		while (bytes) {
			u32 len = min_t(size_t, bytes, PAGE_SIZE - offset_in_page(buf));

			if (bio_add_page(bio, page_of(buf), len, offset_in_page(buf)) != len)
				break;
			buf += len;
			bytes -= len;
			sector += len >> SECTOR_SHIFT;
		}
		atomic_inc(&a->pending);
		submit_bio(bio);
	}
}

/* ---- what there is ---- */

struct recovery {
	struct plx_plog *plog;
	struct plx_log *log; /* of regions */
	const struct plx_conf *conf;
	const struct plx_conf_plex *cp;
	struct plx_layout *layout;
	u32 k, parity, unit, slot_sectors, n_members;
	struct plx_plog_geometry geo[PLX_STRIPE_MAX]; /* of each member */
	struct plx_disk **disk; /* by index in the configuration; NULL: none */
	u32 here; /* members that are current, with all their disks */
	u32 known; /* members whose log was found out about */
	u32 counts; /* those of them whose entries count */
	u32 unread; /* those of them that have heads that could not be read, or not believed */
	u64 next[PLX_STRIPE_MAX]; /* of each log: above all seq in it */
	u64 head[PLX_STRIPE_MAX];
	u64 serial; /* the highest */
	struct plx_plog_ref *ref;
	u32 n, room;
	void *heads; /* HEADS of them */
	void *payload; /* of a slot */
	void *block[PLX_STRIPE_MAX]; /* units */
	void *spare; /* a page */
	struct aio aio[PLX_STRIPE_MAX];
	u32 rows, bad; /* how many entries were replayed, with how many that are lost */
	int error; /* the first one: something may not be right that the log could not say */
};

static void err_set(struct recovery *r, int error)
{
	if (!r->error)
		r->error = error;
}

static void recovery_free(struct recovery *r)
{
	u32 i;

	for (i = 0; r->disk && i < r->conf->n_disks; i++)
		plx_disk_put(r->disk[i]);
	for (i = 0; i < PLX_STRIPE_MAX; i++)
		kvfree(r->block[i]);
	kvfree(r->layout);
	kvfree(r->ref);
	kvfree(r->heads);
	kvfree(r->payload);
	kfree(r->spare);
	kfree(r->disk);
	kfree(r);
}

static struct recovery *recovery_new(struct plx_plog *plog, struct plx_log *log,
				     const struct plx_conf *conf, const struct plx_conf_plex *cp)
{
	struct recovery *r = kzalloc(sizeof(*r), GFP_NOIO);
	u32 i;

	if (!r)
		return NULL;
	r->plog = plog;
	r->log = log;
	r->conf = conf;
	r->cp = cp;
	r->n_members = cp->n_members;
	r->parity = cp->parity;
	r->k = cp->n_members - cp->parity;
	r->unit = cp->unit;
	r->slot_sectors = plx_plog_slot_sectors(cp->unit, cp->parity);
	r->layout = plx_layout_new(cp);
	r->disk = kcalloc(conf->n_disks, sizeof(*r->disk), GFP_NOIO);
	r->heads = kvzalloc(HEADS * PLX_BLOCK_SIZE, GFP_NOIO);
	if (!r->layout || !r->disk || !r->heads) {
		recovery_free(r);
		return NULL;
	}
	for (i = 0; i < conf->n_disks; i++)
		if (plx_conf_plex_uses(cp, i) && conf->disk[i]->state == PLX_DISK_ONLINE)
			r->disk[i] = plx_pack_disk(plog->vol->pack, &conf->disk[i]->id);
	for (i = 0; i < r->n_members; i++)
		plx_plog_geometry_of(plog, cp, i, &r->geo[i]);
	return r;
}

/* what is needed once there is something to replay */
static int make_room(struct recovery *r)
{
	size_t unit = max_t(size_t, (size_t)r->unit << SECTOR_SHIFT, PAGE_SIZE);
	u32 i;

	if (r->spare)
		return 0;
	if (!r->payload)
		r->payload = kvmalloc((size_t)r->slot_sectors << SECTOR_SHIFT, GFP_NOIO);
	for (i = 0; i < r->k + r->parity; i++) {
		if (!r->block[i])
			r->block[i] = kvmalloc(unit, GFP_NOIO);
		if (!r->block[i])
			return -ENOMEM;
	}
	if (!r->payload)
		return -ENOMEM;
	r->spare = kmalloc(PAGE_SIZE, GFP_NOIO);
	return r->spare ? 0 : -ENOMEM;
}

static bool disks_here(const struct recovery *r, const struct plx_conf_member *m)
{
	u32 e;

	for (e = 0; e < m->n_extents; e++)
		if (!r->disk[m->extent[e].disk])
			return false;
	return m->n_extents;
}

static struct plx_disk *log_disk(const struct recovery *r, u32 m)
{
	return r->disk[r->cp->member[m].extent[0].disk];
}

static u64 slot_sector(const struct recovery *r, u32 m, u32 slot)
{
	return r->cp->member[m].log_start + (u64)slot * r->slot_sectors;
}

/* was anything of the row being written, as far as the region log knows? */
static bool row_dirty(const struct recovery *r, u64 row)
{
	u64 sectors = (u64)r->k * r->unit, start = row * sectors;
	u64 end = min_t(u64, start + sectors, r->log->sectors);
	u32 first, last;

	if (start >= end)
		return false;
	first = start >> r->log->shift;
	last = (end - 1) >> r->log->shift;
	return find_next_bit(r->log->dirty, last + 1, first) <= last;
}

/* ---- what the logs say ---- */

/*
 * Calls @fn for each slot whose head could be read and decoded. -EIO: some could not be read;
 * -ERANGE: what some say is not believed
 */
static int each_head(struct recovery *r, u32 m,
		     int (*fn)(struct recovery *r, u32 m, u32 slot, const void *block,
			       const struct plx_plog_head *head))
{
	u32 n_slots = r->geo[m].n_slots, slot, i, n;
	struct plx_plog_head head;
	int ret = 0, err;

	for (slot = 0; slot < n_slots; slot += n) {
		n = min_t(u32, n_slots - slot, HEADS);
		for (i = 0; i < n; i++) {
			aio_begin(&r->aio[i]);
			aio_add(&r->aio[i], log_disk(r, m), REQ_OP_READ,
				slot_sector(r, m, slot + i),
				r->heads + i * PLX_BLOCK_SIZE, PLX_BLOCK_SIZE);
		}
		for (i = 0; i < n; i++) {
			const void *block = r->heads + i * PLX_BLOCK_SIZE;

			err = aio_wait(&r->aio[i]) ? -EIO : 0;
			if (!err)
				err = plx_plog_decode(&r->geo[m], slot + i, block, &head);
			if (!err)
				err = fn(r, m, slot + i, block, &head);
			else if (err != -EIO && err != -ERANGE)
				err = 0; /* it says nothing */
			ret = ret ? ret : err;
		}
	}
	return ret;
}

/* a head says truly what is not needed any more, also one whose payload is torn */
static int head_note(struct recovery *r, u32 m, u32 slot, const void *block,
		     const struct plx_plog_head *head)
{
	struct plx_plog_entry e;
	u32 cursor = 0;

	r->next[m] = max(r->next[m], head->seq + 1);
	r->head[m] = max(r->head[m], head->head);
	while (!plx_plog_next(&r->geo[m], block, &cursor, &e))
		r->serial = max(r->serial, e.serial);
	return 0;
}

static int ref_add(struct recovery *r, const struct plx_plog_ref *ref)
{
	struct plx_plog_ref *more;
	u32 room;

	if (r->n == r->room) {
		room = r->room ? r->room * 2 : 1024;
		more = kvmalloc_array(room, sizeof(*more), GFP_NOIO);
		if (!more)
			return -ENOMEM;
		if (r->n)
			memcpy(more, r->ref, r->n * sizeof(*more));
		kvfree(r->ref);
		r->ref = more;
		r->room = room;
	}
	r->ref[r->n++] = *ref;
	return 0;
}

/* parity blocks of the row whose log is on one of @members */
static u32 logs_of(const struct recovery *r, u64 row, u32 members)
{
	u32 in = 0;

	if (members & 1U << plx_layout_role_member(r->layout, row, PLX_ROLE_P))
		in |= 1;
	if (r->parity == 2 && members & 1U << plx_layout_role_member(r->layout, row, PLX_ROLE_Q))
		in |= 2;
	return in;
}

static bool any_dirty(struct recovery *r, u32 m, const void *block)
{
	struct plx_plog_entry e;
	u32 cursor = 0;

	while (!plx_plog_next(&r->geo[m], block, &cursor, &e))
		if (row_dirty(r, e.row))
			return true;
	return false;
}

/* the entries of a slot, if all of it is there */
static int slot_take(struct recovery *r, u32 m, u32 slot, const void *block,
		     const struct plx_plog_head *head)
{
	struct plx_plog_ref ref = { .member = m, .slot = slot };
	struct plx_plog_entry e;
	u32 cursor = 0;
	struct aio a;
	int err;

	if (head->seq < r->head[m] || !any_dirty(r, m, block))
		return 0;
	err = make_room(r);
	if (err)
		return err;
	aio_begin(&a);
	aio_add(&a, log_disk(r, m), REQ_OP_READ, slot_sector(r, m, slot) + PLX_BLOCK_SECTORS,
		r->payload, (size_t)head->payload_sectors << SECTOR_SHIFT);
	if (aio_wait(&a))
		return -EIO;
	if (plx_plog_check_payload(&r->geo[m], block, r->payload))
		return 0;
	for (; !plx_plog_next(&r->geo[m], block, &cursor, &e); ref.cursor = cursor) {
		ref.row = e.row;
		ref.serial = e.serial;
		ref.hull = e.hull;
		ref.in = logs_of(r, e.row, 1U << m);
		ref.need = logs_of(r, e.row, r->counts);
		/* one that is in a log where it has nothing to do is none of ours */
		if (!ref.in || !row_dirty(r, e.row))
			continue;
		err = ref_add(r, &ref);
		if (err)
			return err;
	}
	return 0;
}

/* all logs: what is in them; of those of stale members only how far they are */
static void find_entries(struct recovery *r)
{
	enum plx_member_state seen;
	u32 m;
	int err;

	spin_lock_irq(&r->plog->lock);
	for (m = 0; m < r->n_members; m++)
		r->next[m] = r->plog->slots->ring[m].next;
	spin_unlock_irq(&r->plog->lock);
	for (m = 0; m < r->n_members; m++) {
		seen = plx_conf_member_seen(r->conf, &r->cp->member[m]);
		if ((seen != PLX_MEMBER_CURRENT && seen != PLX_MEMBER_STALE) ||
		    !disks_here(r, &r->cp->member[m]))
			continue;
		if (seen == PLX_MEMBER_CURRENT)
			r->here |= 1U << m;
		if (r->geo[m].n_slots < PLX_PLOG_SLOTS_MIN)
			continue;
		r->known |= 1U << m;
		err = each_head(r, m, head_note);
		if (err)
			r->unread |= 1U << m;
		if (seen == PLX_MEMBER_CURRENT)
			r->counts |= 1U << m;
		if (seen == PLX_MEMBER_CURRENT && err)
			err_set(r, err);
	}
	/*
	 * What is torn is not above what is not by more than the log is long. All of it
	 * at once: the next slot is still that behind the newest one.
	 */
	for (m = 0; m < r->n_members; m++)
		r->next[m] += r->geo[m].n_slots;
	for (m = 0; m < r->n_members; m++) {
		err = r->counts & 1U << m ? each_head(r, m, slot_take) : 0;
		if (err)
			err_set(r, err);
	}
}

/* ---- a row is set right ---- */

static u64 place(const struct recovery *r, u32 member, u64 row, u32 lo, struct plx_disk **disk)
{
	struct plx_place p;

	plx_layout_member_map(r->layout, member, row * r->unit + lo, &p);
	*disk = r->disk[r->layout->member[member].extent[p.extent].disk];
	return p.sector;
}

static u32 member_of(const struct recovery *r, u64 row, u32 b)
{
	u32 role = b < r->k ? b : b == r->k ? PLX_ROLE_P : PLX_ROLE_Q;

	return plx_layout_role_member(r->layout, row, role);
}

/* the entry and its partial parities, from where it was found; again, there may be many */
static int entry_read(struct recovery *r, const struct plx_plog_ref *ref, struct plx_plog_entry *e)
{
	u64 sector = slot_sector(r, ref->member, ref->slot);
	struct plx_disk *disk = log_disk(r, ref->member);
	u32 cursor = ref->cursor;
	struct aio a;

	aio_begin(&a);
	aio_add(&a, disk, REQ_OP_READ, sector, r->heads, PLX_BLOCK_SIZE);
	if (aio_wait(&a) || plx_plog_next(&r->geo[ref->member], r->heads, &cursor, e) ||
	    e->row != ref->row || e->serial != ref->serial)
		return -EIO;
	aio_begin(&a);
	aio_add(&a, disk, REQ_OP_READ, sector + PLX_BLOCK_SECTORS + e->payload_at, r->payload,
		(size_t)e->payload_sectors << SECTOR_SHIFT);
	if (aio_wait(&a))
		return -EIO;
	if (!e->payload_sectors)
		return 0;
	return plx_plog_sum(r->payload, (size_t)e->payload_sectors << SECTOR_SHIFT) ==
			       e->payload_sum ? 0 : -EIO;
}

/* blocks over the hull that are there */
static void row_read(struct recovery *r, const struct plx_plog_entry *e, struct plx_plog_replay *p)
{
	size_t bytes = (size_t)(e->hull.hi - e->hull.lo) << SECTOR_SHIFT;
	struct plx_disk *disk;
	u64 sector;
	u32 b, m;

	for (b = 0; b < r->k + r->parity; b++) {
		m = member_of(r, e->row, b);
		aio_begin(&r->aio[b]);
		if (!(r->here & 1U << m)) {
			p->lost |= 1U << b;
			continue;
		}
		sector = place(r, m, e->row, e->hull.lo, &disk);
		aio_add(&r->aio[b], disk, REQ_OP_READ, sector, r->block[b], bytes);
	}
	for (b = 0; b < r->k + r->parity; b++)
		if (aio_wait(&r->aio[b]))
			p->unread |= 1U << b;
	p->lost |= p->unread;
}

/* what could not be written stays as it was: then parity does not fit */
static int row_write(struct recovery *r, const struct plx_plog_entry *e, u32 write)
{
	size_t bytes = (size_t)(e->hull.hi - e->hull.lo) << SECTOR_SHIFT;
	struct plx_disk *disk;
	struct aio a;
	u64 sector;
	u32 b;

	aio_begin(&a);
	for (; write; write &= write - 1) {
		b = __ffs(write);
		sector = place(r, member_of(r, e->row, b), e->row, e->hull.lo, &disk);
		aio_add(&a, disk, REQ_OP_WRITE, sector, r->block[b], bytes);
	}
	return aio_wait(&a) ? -EIO : 0;
}

static void bad_note(struct recovery *r, u64 row, u32 d, struct plx_stripe_range bad)
{
	struct plx_plog *plog = r->plog;
	u64 start = (row * r->k + d) * r->unit;
	int err;

	pr_err("plexus: sectors %llu to %llu of %pUb were being written when the power failed or the system crashed, and a disk is lost: what they hold cannot be told. Reads of them fail until they are written\n",
	       start + bad.lo, start + bad.hi - 1, plog->vol->id.b);
	r->bad++;
	spin_lock_irq(&plog->lock);
	err = plx_plog_ranges_add(&plog->bad, start + bad.lo, start + bad.hi);
	spin_unlock_irq(&plog->lock);
	if (err)
		err_set(r, -EIO);
}

static int row_replay(struct recovery *r, const struct plx_plog_ref *ref)
{
	struct plx_plog_replay p = {
		.k = r->k,
		.parity = r->parity,
		.sector_bytes = SECTOR_SIZE,
		.spare = r->spare,
	};
	struct plx_plog_entry e;
	void *partial;
	u32 i, d;
	int err;

	err = entry_read(r, ref, &e);
	if (err)
		return err;
	partial = r->payload;
	for (i = 0; i < r->parity; i++) {
		if (!(e.partials & 1U << i) || !e.payload_sectors)
			continue;
		p.partial[i] = partial;
		partial += (size_t)(e.hull.hi - e.hull.lo) << SECTOR_SHIFT;
	}
	memcpy(p.block, r->block, sizeof(p.block));
	row_read(r, &e, &p);
	err = plx_plog_replay(&e, &p);
	if (err)
		return err;
	for (d = 0; d < r->k; d++)
		if (p.verdict[d] == PLX_PLOG_BAD)
			bad_note(r, e.row, d, p.bad[d]);
	r->rows++;
	return row_write(r, &e, p.write);
}

/* ---- the logs begin anew ---- */

static int flush_all(struct recovery *r)
{
	struct plx_metaio *to = kcalloc(r->conf->n_disks, sizeof(*to), GFP_NOIO | __GFP_NOFAIL);
	u32 d, n = 0, bad;

	for (d = 0; d < r->conf->n_disks; d++)
		if (r->disk[d])
			to[n++].disk = r->disk[d];
	bad = plx_meta_flush(to, n);
	for (d = 0; d < n; d++)
		if (to[d].error)
			plx_pack_disk_error(r->plog->vol->pack, to[d].disk, "flush");
	kfree(to);
	return bad ? -EIO : 0;
}

/*
 * An empty slot, to each log that was found out about. It goes over the oldest one: torn, it
 * has taken nothing away that stands for others.
 */
static u32 logs_write(struct recovery *r)
{
	struct plx_metaio to;
	u32 m, written = 0;

	for (m = 0; m < r->n_members; m++) {
		if (!(r->known & 1U << m))
			continue;
		plx_plog_begin(&r->geo[m], r->next[m], r->next[m], r->heads);
		plx_plog_seal(r->heads);
		to.disk = log_disk(r, m);
		to.sector = slot_sector(r, m, plx_plog_slot(&r->geo[m], r->next[m]));
		if (plx_meta_write(&to, 1, r->heads, PLX_BLOCK_SIZE))
			pr_warn("plexus: the parity log on %s cannot be written: error %d\n",
				to.disk->path, -to.error);
		else
			written |= 1U << m;
	}
	return written;
}

/*
 * Nobody can tell how far they are: what cannot be read now, and can the next time, would take
 * the say from all that comes. So nothing of them is left.
 */
static u32 logs_wipe(struct recovery *r)
{
	u32 m, wiped = 0;

	for (m = 0; m < r->n_members; m++) {
		if (!(r->unread & 1U << m))
			continue;
		if (plx_plog_wipe(log_disk(r, m), &r->cp->member[m]))
			plx_pack_disk_error(r->plog->vol->pack, log_disk(r, m),
					    "write of the parity log");
		else
			wiped |= 1U << m;
	}
	return wiped;
}

/*
 * With an error the old entries stay, until the first new one comes, but where they cannot
 * stay; what they speak of is not trusted any more, and the disks say so.
 */
static void logs_anew(struct recovery *r)
{
	u32 written = logs_wipe(r), m;
	struct plx_plog *plog = r->plog;

	if (!r->error)
		written |= logs_write(r);
	spin_lock_irq(&plog->lock);
	for (m = 0; m < r->n_members; m++) {
		bool said = written & 1U << m;

		plx_plog_ring_skip(plog->slots, m, r->next[m] + said, said);
		if (r->unread & ~written & 1U << m) /* its disk is lost soon */
			plog->log[m].usable = false;
	}
	plog->serial = max(plog->serial, r->serial + SERIALS);
	spin_unlock_irq(&plog->lock);
}

/**
 * plx_plog_recover() - set right what a crash left half written
 * @plog: the volume's; gets what cannot be set right
 * @log: the region log, loaded
 * @conf: the configuration
 * @cv: the volume in it
 *
 * Does what it can, and says what it could not. With -ENOMEM the logs are as they were, and
 * all of it is to be done again before there is I/O.
 * Context: sleeps, under pack->change, with nobody inside a plan that has not failed.
 * Return: as said in the header.
 */
int plx_plog_recover(struct plx_plog *plog, struct plx_log *log, const struct plx_conf *conf,
		     const struct plx_conf_volume *cv)
{
	struct recovery *r = recovery_new(plog, log, conf, cv->plex[0]);
	u32 n, i;
	int ret;

	if (!r)
		return -ENOMEM;
	find_entries(r);
	/* with one of them missing, an older one would count in its place */
	n = r->error ? 0 : plx_plog_choose(r->ref, r->n);
	for (i = 0; i < n; i++) {
		ret = row_replay(r, &r->ref[i]);
		if (ret)
			err_set(r, ret);
		cond_resched();
	}
	if (n && flush_all(r))
		err_set(r, -EIO);
	if (r->error == -ENOMEM)
		goto out;
	if (r->error)
		plx_log_unsync_from_dirty(log);
	logs_anew(r);
	if (r->error)
		pr_err("plexus: the parity log of %s does not say all: error %d; parity is not used where it was being written until it was made anew\n",
		       cv->name, -r->error);
	else if (n)
		pr_info("plexus: %s: %u rows that were being written are right again, %u blocks are lost\n",
			cv->name, r->rows, r->bad);
out:
	ret = r->error;
	recovery_free(r);
	return ret;
}

/*
 * A slot may begin at each multiple of the smallest one: all of these places get zeroes, and
 * nothing of it is in a cache when this returns.
 */
int plx_plog_wipe(struct plx_disk *disk, const struct plx_conf_member *m)
{
	void *zero = kzalloc(PLX_BLOCK_SIZE, GFP_NOIO | __GFP_NOFAIL);
	struct plx_metaio to = { .disk = disk };
	struct aio a;
	u64 at = 0;
	int ret = 0;
	u32 i;

	while (at < m->log_sectors && !ret) {
		aio_begin(&a);
		for (i = 0; i < WIPES && at < m->log_sectors; i++, at += PLX_PLOG_SLOT_MIN)
			aio_add(&a, disk, REQ_OP_WRITE, m->log_start + at, zero, PLX_BLOCK_SIZE);
		ret = aio_wait(&a) ? -EIO : 0;
	}
	if (!ret && plx_meta_flush(&to, 1))
		ret = -EIO;
	kfree(zero);
	return ret;
}

/* ---- what is lost ---- */

bool plx_plog_bad(struct plx_plog *plog, u64 sector, u32 sectors)
{
	unsigned long flags;
	bool bad;

	if (!plog || !READ_ONCE(plog->bad.n))
		return false;
	spin_lock_irqsave(&plog->lock, flags);
	bad = plx_plog_ranges_hit(&plog->bad, sector, sector + sectors);
	spin_unlock_irqrestore(&plog->lock, flags);
	return bad;
}

void plx_plog_bad_written(struct plx_plog *plog, u64 sector, u32 sectors)
{
	unsigned long flags;

	if (!plog || !READ_ONCE(plog->bad.n))
		return;
	spin_lock_irqsave(&plog->lock, flags);
	plx_plog_ranges_cut(&plog->bad, sector, sector + sectors);
	spin_unlock_irqrestore(&plog->lock, flags);
}
