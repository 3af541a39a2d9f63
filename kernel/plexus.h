/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module on a few pages: the objects, and what each file lets others call.
 * The layers are the groups of Kbuild; the few doors that lead up are named,
 * each with its reason, in selftests/lint/layers.sh.
 *
 * Locks, outermost first; all of them, and why, in Documentation/locking.rst:
 *   volume->window_lock mutex   one window at a time; may be held when pack->change is
 *                               taken, never the other way round
 *   pack->change        mutex   one change of the configuration at a time; its
 *                               holder waits for metadata I/O, never for data I/O
 *   plx_packs_lock      mutex   list of packs; short
 *   log->io             mutex   one write of log maps at a time
 *   log->lock           spinlock, irqs off: maps, window, gate, waiting bios
 */
#ifndef _PLX_PLEXUS_H
#define _PLX_PLEXUS_H

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/llist.h>
#include <linux/mempool.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <plexus/result.h>
#include "compat/compat.h"
#include "conf.h"
#include "claim.h"
#include "epoch.h"

/* ---- result.c: why something was refused, for people and for programs ---- */

struct plx_why {
	u32 result; /* VDS code */
	char text[224];
};

/* fills @why, returns the nearest negative errno */
__printf(3, 4) int plx_refuse(struct plx_why *why, u32 result, const char *fmt, ...);
const char *plx_result_text(u32 result);

/* ---- disk.c: a block device in use by a pack ---- */

struct plx_disk {
	struct kref refs;
	struct plx_id id;
	struct plx_bdev dev;
	/* not the one of file systems: their bios may be what waits for ours */
	struct bio_set bios;
	struct plx_label label;
	char path[PLEXUS_PATH_MAX + 1];
	u32 config_slot; /* that holds the newest configuration; under pack->change */
	atomic64_t read_errors, write_errors; /* since it was opened */
	bool dead; /* gave an error to a metadata write: not used for any more */
	struct work_struct free_work;
};

static inline struct block_device *plx_disk_bdev(const struct plx_disk *disk)
{
	return disk->dev.bdev;
}

/* opens for exclusive use; sleeps. ERR_PTR: errno, @why filled */
struct plx_disk *plx_disk_open(const char *path, struct plx_why *why);
void plx_disk_get(struct plx_disk *disk);
void plx_disk_put(struct plx_disk *disk); /* any context; closes later */
int plx_disk_read_label(struct plx_disk *disk, struct plx_why *why);
/* both copies, FUA; clears both configuration slots first */
int plx_disk_write_label(struct plx_disk *disk);
int plx_disk_wipe_label(struct plx_disk *disk);
/* newest valid configuration on it; fills config_slot; -ENODATA: none */
int plx_disk_read_config(struct plx_disk *disk, struct plx_conf **out, struct plx_why *why);

/* ---- metaio.c: small synchronous I/O on several disks; GFP_NOIO, sleeps ---- */

struct plx_metaio {
	struct plx_disk *disk;
	u64 sector;
	int error; /* out: 0 or negative errno */
};

int plx_meta_read(struct plx_disk *disk, u64 sector, void *buf, size_t bytes);
/* the same kmalloc'ed or vmalloc'ed @buf to all of @to at once, FUA; returns how many erred */
unsigned int plx_meta_write(struct plx_metaio *to, unsigned int n, const void *buf, size_t bytes);
/* flushes all of @to at once; returns how many erred */
unsigned int plx_meta_flush(struct plx_metaio *to, unsigned int n);

/* ---- plex.c: what lives of a plex besides its configuration ---- */

struct plx_plex {
	struct kref refs;
	struct plx_id id;
	/* a bit per region, set: not current; NULL: none is. Under log->lock */
	unsigned long *stale;
	u32 attached; /* counts changes of stale by others than the resync; under log->lock */
	u32 stale_total; /* regions that were stale when its resync began; the sync engine's */
	u64 next_read; /* sector behind the last read; racy on purpose, a hint */
	/* of a parity plex: the same for each member, with the plex's id; else none */
	u32 n_members;
	struct plx_plex *member[];
};

struct plx_plex *plx_plex_new(const struct plx_id *id, u32 n_members); /* 0: no parity plex */
void plx_plex_get(struct plx_plex *plex);
void plx_plex_put(struct plx_plex *plex);

/* ---- log.c: the region log of a redundant volume ---- */

struct plx_log_copy {
	struct plx_disk *disk; /* NULL: none */
	u64 sector; /* of the slot */
};

struct plx_log_mark { /* a detached plex whose missed writes are kept in a map */
	struct plx_plex *plex;
	u32 map;
};

struct plx_log {
	struct plx_volume *vol;
	u32 shift; /* log2 sectors */
	u32 n_regions;
	u64 sectors; /* of the volume */
	u64 log_id;

	/* read without a lock, see plx_log_warm() */
	unsigned long *warm; /* writes may go ahead: all that must be durable is */
	unsigned long *recent; /* written since the cleaner's last look */

	spinlock_t lock;
	/* under lock; a bit set here is set on the disks */
	unsigned long *dirty;
	unsigned long *unsync; /* the current plexes may differ, or parity: to be made equal */
	unsigned long *fresh; /* of a parity plex: parity fits what was ever written; or NULL */
	unsigned long *touched; /* data was written since it was loaded; with fresh, or NULL */
	unsigned long *cleaning; /* about to leave dirty */
	unsigned long *held; /* not to leave it yet: written some looks ago */
	u32 looks; /* since held began */
	u32 n_unsync;
	u32 worse; /* counts failed writes; READ_ONCE */
	bool parity; /* of a volume with a parity plex; constant */
	/*
	 * with parity: something dirty is unsync, or was and is not yet flushed; goes to disk
	 * with dirty
	 */
	bool distrust;
	bool trusts; /* distrust is about to end: the cleaner's */
	u32 written_map; /* of fresh; constant */
	unsigned int gate; /* above 0: no write is let in */
	u64 window_start, window_end; /* sectors; no write is let in */
	struct bio_list waiting; /* for a commit */
	struct bio_list blocked; /* for window or gate */
	unsigned int n_marks;
	struct plx_log_mark mark[PLX_LOG_MAPS - 1];
	bool broken; /* no copy can be written: writes fail */
	bool parted; /* plx_log_part(): no write is let in any more */
	bool loaded; /* under pack->change: memory knows what the copies say, or more */

	struct mutex io;
	/* under io */
	u64 seq[PLX_LOG_MAPS];
	unsigned int n_copies;
	struct plx_log_copy copy[PLX_MAX_LOGS];
	void *block; /* PLX_BLOCK_SIZE */
	unsigned long *image;
	u64 *wire; /* the image, little-endian */

	struct work_struct commit_work;
	struct delayed_work clean_work;
};

enum plx_admit { PLX_ADMIT, PLX_QUEUED };

struct plx_log *plx_log_new(struct plx_volume *vol, const struct plx_conf_volume *cv);
void plx_log_free(struct plx_log *log); /* nobody may use it any more */
/* log_store.c: where the copies are, and what they say */
/* the copies follow @cv; a new one gets all maps. Under pack->change. -EIO: no copy is left */
int plx_log_place(struct plx_log *log, const struct plx_conf *conf,
		  const struct plx_conf_volume *cv);
void plx_log_part(struct plx_log *log); /* its slots are given away. Under pack->change */
/* log_grow.c; of a parity volume that is to be as in @cv; NULL: no memory. The gate is closed */
struct plx_log *plx_log_grow(struct plx_log *old, const struct plx_conf_volume *cv);
void plx_log_grown(struct plx_log *log); /* it is in use from now on */
/* a log that is new for a volume in use: nothing is dirty */
void plx_log_born(struct plx_log *log);
/*
 * Reads what is dirty, none readable: all, and fresh. true: the parity log is all that is
 * needed to trust parity. false: what is dirty is to be made unsync
 */
bool plx_log_load(struct plx_log *log);
/* what a stale plex misses: its map and all that is dirty; none readable, or map 0: all. -ENOMEM */
int plx_log_load_stale(struct plx_log *log, struct plx_plex *plex, u32 map);
void plx_log_unsync_from_dirty(struct plx_log *log);
/* log.c; writes the map (0: dirty) to all copies; -EIO: none was written, -EAGAIN: some. Sleeps */
int plx_log_write_map(struct plx_log *log, u32 map, const unsigned long *bits);
int plx_log_write_stale(struct plx_log *log, struct plx_plex *plex, u32 map);

/* the regions are warm: go ahead */
bool plx_log_warm(struct plx_log *log, u64 sector, u32 sectors);
/* the slow way; inside an epoch. PLX_QUEUED: the bio is ours and will be submitted again */
enum plx_admit plx_log_admit(struct plx_log *log, struct bio *bio);
/* a read must use the first plex */
bool plx_log_unsync(struct plx_log *log, u64 sector, u32 sectors);

void plx_log_gate_close(struct plx_log *log);
void plx_log_gate_open(struct plx_log *log);
void plx_log_marks(struct plx_log *log, const struct plx_log_mark *mark, unsigned int n);
/* plex->stale: all, or as it is and all that may be in flight or not flushed; allocated. -ENOMEM */
int plx_log_stale_fill(struct plx_log *log, struct plx_plex *plex, bool all);
void plx_log_set_equal(struct plx_log *log, u32 worse, u32 first, u32 last);
void plx_log_set_fits(struct plx_log *log, u32 first, u32 last); /* and on: log_fresh.c */
void plx_log_touch(struct plx_log *log, u32 first, u32 last);
void plx_log_untouch(struct plx_log *log, u32 first, u32 last);
bool plx_log_settled(const struct plx_log *log, u32 r);
void plx_log_set_unsync(struct plx_log *log, u64 sector, u64 sectors);
void plx_log_set_current(struct plx_log *log, struct plx_plex *plex, u32 attached, u32 first,
			 u32 last);
int plx_log_checkpoint(struct plx_log *log, struct plx_plex *plex, u32 map, u32 attached);
void plx_log_settle(struct plx_log *log); /* nobody writes any more: clean what can be */
void plx_log_retry(struct plx_log *log); /* the copies changed: try to commit again */
void plx_log_break(struct plx_log *log); /* no copy can be written any more */
/* then drains the volume's epoch */
void plx_log_window_open(struct plx_log *log, u64 start, u64 end);
void plx_log_window_close(struct plx_log *log);
u32 plx_log_count(struct plx_log *log, const unsigned long *map);
void plx_log_stop(struct plx_log *log); /* no works any more; waiting bios fail */
void plx_log_retire(struct plx_log *log); /* the same, but waiting bios are submitted again */

/* ---- plan.c: how a volume's I/O goes, frozen ---- */

struct plx_plan_plex {
	struct plx_plex *plex;
	struct plx_layout *layout;
	u32 index; /* in the configuration */
	bool is_current;
	bool rotational;
	/* of a parity plex, a bit for each member */
	u32 lost; /* gets no writes */
	u32 stale; /* gets all, and misses some earlier ones: plex->member[]->stale says where */
};

struct plx_plan {
	u64 serial; /* no two plans of a volume have the same, unlike their addresses */
	struct plx_log *log; /* NULL: one plex, or none to keep */
	struct plx_plog *plog; /* parity log; NULL: no parity plex, or none wanted */
	u64 sectors;
	u32 n; /* attached plexes, the current ones first */
	u32 n_current;
	u32 read_policy;
	u32 preferred; /* position in plex[], or n */
	bool failed; /* no current plex: all I/O fails */
	struct llist_node retired;
	bool last_of_log; /* the log goes with it */
	u32 n_disks;
	struct plx_disk **disk; /* by index in the configuration; NULL: not used */
	u32 n_flush;
	struct plx_disk **flush; /* each member disk once */
	unsigned long *flush_mask; /* which plex[] positions are on it */
	mempool_t *ios, *flushes;
	struct plx_plan_plex plex[];
};

/* ERR_PTR(-ENOMEM); takes references to all that it names */
struct plx_plan *plx_plan_new(struct plx_volume *vol, struct plx_log *log,
			      const struct plx_conf *conf, const struct plx_conf_volume *cv);
void plx_plan_free(struct plx_plan *plan);
/* where @sector of a plex of the plan is; returns the disk */
static inline struct plx_disk *plx_plan_map(const struct plx_plan *plan, u32 i, u64 sector,
					    struct plx_place *place)
{
	const struct plx_layout *l = plan->plex[i].layout;

	plx_layout_map(l, sector, place);
	return plan->disk[l->member[place->member].extent[place->extent].disk];
}

/* ---- volume.c: a block device ---- */

struct plx_sync; /* sync.c */

struct plx_volume {
	struct kref refs;
	struct list_head node; /* pack->volumes, under pack->lists */
	struct plx_pack *pack;
	struct plx_id id;
	struct gendisk *gendisk;
	int minor;

	struct plx_plan *plan; /* published under pack->change; read inside the epoch */
	u64 plans; /* made so far; under pack->change */
	struct plx_epoch epoch;
	struct plx_log *log; /* under pack->change */
	struct plx_log *next_log; /* the same: from plx_log_grow() to the plan that has it */
	struct plx_plog *plog; /* under pack->change */
	u32 n_plexes;
	/* in the order of the configuration; under pack->change */
	struct plx_plex *plex[PLEXUS_MAX_PLEXES];

	struct llist_head retired; /* plans that may still be in use */
	struct work_struct retire_work;
	struct mutex show_lock; /* innermost of the mutexes: nothing is taken under it */
	bool shown; /* set under show_lock */
	bool hidden; /* under show_lock: for good */
	bool copies; /* writes go through a private copy; racy to read */
	struct plx_log *gated; /* under pack->change: writes wait there for the commit */
	struct llist_head deferred; /* I/O to go on from a work: struct plx_io */
	struct work_struct deferred_work;
	struct plx_row_pools *row_pools; /* from the first plan with a parity plex on */
	struct llist_head failed_rows; /* struct plx_row, of a parity plex: row_error.c */
	struct work_struct failed_rows_work;
	struct plx_claims *claims; /* as long as the volume */
	struct llist_head granted; /* writes that had to wait for another: struct plx_io */
	struct work_struct granted_work;
	struct mutex window_lock;

	spinlock_t open_lock;
	unsigned int openers; /* under open_lock */
	void *stopping; /* while busy: the stop of the pack that claimed it */
	bool no_open; /* under open_lock: being absorbed or deleted */

	unsigned long busy; /* bit 0: an exclusive operation (break, extend, ...) runs */
	struct plx_sync *sync;
	unsigned long last_io; /* jiffies, racy: was there I/O lately */
	u64 speed_min, speed_max; /* bytes per second; 0: no limit */
	atomic64_t mismatches;
	bool born; /* created just now: its log, too; under pack->change until the first plan */
};

/* inside the epoch; never NULL while the device can be seen */
static inline struct plx_plan *plx_volume_plan(struct plx_volume *vol)
{
	return smp_load_acquire(&vol->plan); /* with the release of plx_volume_replan() */
}

/* the plex with that id, no reference; under pack->change */
struct plx_plex *plx_volume_plex(struct plx_volume *vol, const struct plx_id *id);
struct plx_volume *plx_volume_new(struct plx_pack *pack, const struct plx_id *id);
void plx_volume_get(struct plx_volume *vol);
void plx_volume_put(struct plx_volume *vol);
/* all member disks; a disk that errs is given up. 0 or -EIO */
int plx_volume_flush(struct plx_volume *vol);
/* under pack->change: the plan follows the configuration */
int plx_volume_replan(struct plx_volume *vol, const struct plx_conf *conf);
/* makes /dev/plxN appear, and go away; must not hold pack->change */
int plx_volume_show(struct plx_volume *vol, const struct plx_conf *conf);
void plx_volume_hide(struct plx_volume *vol);
void plx_volume_resize(struct plx_volume *vol); /* the device follows the configuration */
void plx_volume_renamed(struct plx_volume *vol); /* tells udev; not under pack->change */
/* of its logical blocks, bytes; 0: it has no device yet. Not under pack->change */
u32 plx_volume_block_size(struct plx_volume *vol);
int plx_volume_claim(struct plx_volume *vol); /* no opens from now on; -EBUSY: it is open */
void plx_volume_unclaim(struct plx_volume *vol);
bool plx_volume_busy_get(struct plx_volume *vol);
void plx_volume_busy_put(struct plx_volume *vol);
void plx_volume_unlist(struct plx_volume *vol); /* not under pack->change */
/* stop using it: plan, log, plexes. After hide and unlist; no I/O any more */
void plx_volume_stop(struct plx_volume *vol);
/* after its record is gone from the configuration: device, works, references */
void plx_volume_finish(struct plx_volume *vol);

/* ---- boot.c: what the running system stands on ---- */

bool plx_boot_needs(struct plx_volume *vol);
bool plx_boot_gpt_to_mbr(struct plx_volume *vol, const struct plx_conf *conf,
			 const struct plx_conf_volume *cv, const struct plx_conf_volume *src);

/* ---- io.c: a bio's way ---- */

int plx_copy_init(void); /* copy.c */
void plx_copy_exit(void);
void plx_io_submit(struct bio *bio); /* block_device_operations.submit_bio */
size_t plx_io_bytes(u32 n); /* of an I/O with n member bios */
void plx_io_granted_work(struct work_struct *work);
void plx_io_deferred_work(struct work_struct *work); /* io_error.c */

/*
 * row.c: I/O of a volume with a parity plex, which is its only one; as write_plan() and
 * read_plan(): they leave the epoch
 */
void plx_row_write(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		   unsigned int epoch);
void plx_row_read(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		  unsigned int epoch);
/* row_zero.c: the front of a discard, or a write of zeroes; NULL: it ends with @status */
struct bio *plx_row_zero_cut(struct plx_volume *vol, const struct plx_plan *plan,
			     struct bio *bio, struct bio **rest, blk_status_t *status);
bool plx_row_wanted(const struct plx_plan *plan, u64 sector); /* a read that needs parity */
/* a read of this, direct from its member, met an error: by parity, in the same epoch */
void plx_row_reread(struct plx_volume *vol, struct plx_plan *plan, struct bio *bio,
		    unsigned int epoch);
bool plx_row_next(struct bio *bio); /* true: it was row.c's own */
void plx_row_failed_work(struct work_struct *work); /* row_error.c */
struct plx_row_pools *plx_row_pools_new(u32 n_members); /* NULL: no memory */
void plx_row_pools_free(struct plx_row_pools *pools);

/* batch.c: reads and writes of one plex from pages, several at a time; for sync, mend, scrub */
struct plx_batch {
	atomic_t pending;
	int error; /* the first one */
	struct completion done;
};

void plx_batch_init(struct plx_batch *b);
/* adds one; @pages hold @sectors from the start of the first. Inside the epoch of the plan */
void plx_batch_add(struct plx_batch *b, struct plx_plan *plan, u32 i, enum req_op op, u64 sector,
		   struct page **pages, u32 sectors);
/* the same on a disk; @from: sectors of @pages to leave out in front */
void plx_batch_disk(struct plx_batch *b, struct plx_disk *disk, enum req_op op, u64 sector,
		    struct page **pages, u32 from, u32 sectors);
int plx_batch_wait(struct plx_batch *b); /* sleeps; 0 or negative errno */

/* ---- task.c: asynchronous operations ---- */

struct plx_task {
	struct kref refs;
	struct list_head node;
	u64 id, parent;
	u32 kind; /* PLEXUS_TASK_KIND_* */
	struct plx_id pack_id, volume_id, plex_id;
	u32 result; /* OPERATION_PENDING until the end */
	u32 percent;
	bool cancel; /* asked for */
	bool may_cancel;
	const char *instead; /* what to do where it may not be cancelled, or NULL */
	struct list_head in_change; /* that names it, or takes its name away; under pack->change */
	char text[384];
	struct completion done;
	unsigned long last_event; /* jiffies */
};

/* @id 0: the next free; NULL: no memory. The caller owns one reference, the list another */
struct plx_task *plx_task_new(u32 kind, u64 id, const struct plx_id *pack,
			      const struct plx_id *volume);
void plx_task_put(struct plx_task *task);
struct plx_task *plx_task_find(u64 id);
void plx_task_progress(struct plx_task *task, u64 done, u64 total); /* never falls, 99 at most */
void plx_task_end(struct plx_task *task, u32 result, const char *text); /* once; text may be NULL */
/* it never began: forgotten; puts the caller's reference */
void plx_task_drop(struct plx_task *task);
int plx_task_cancel(u64 id, struct plx_why *why);
bool plx_task_cancelled(const struct plx_task *task);
bool plx_task_no_cancel(struct plx_task *task); /* false: it was cancelled before */
/* calls @fn for each, oldest first, from position *pos; stops where it returns nonzero */
int plx_task_each(u64 *pos, int (*fn)(struct plx_task *task, void *arg), void *arg);
/* what runs on a volume, but for a break, has ended */
void plx_task_end_volume(const struct plx_id *volume, u32 result, const char *text);
void plx_task_exit(void);

/* ---- sync.c: the one engine that makes plexes current ---- */

/* starts it, or lets it see what is new; any number of times. Under pack->change or not */
void plx_sync_kick(struct plx_volume *vol);
void plx_sync_halt(struct plx_volume *vol); /* under window_lock */
void plx_sync_stop(struct plx_volume *vol); /* waits; not under pack->change */
void plx_sync_pause(struct plx_volume *vol, bool pause);
/* the same of a member of a parity plex, in a row */
void plx_sync_mend_member(struct plx_volume *vol, u32 member, u64 row);
/* a bad place on a plex that another one could read: to be written anew. Any context */
void plx_sync_mend(struct plx_volume *vol, const struct plx_id *plex, u64 sector, u32 sectors);
/* the same of a member of the parity plex, somewhere in its unit of that row */
void plx_sync_mend_member(struct plx_volume *vol, u32 member, u64 row);
int plx_sync_scrub(struct plx_volume *vol, bool repair, u64 *task_id, struct plx_why *why);
int plx_sync_new(struct plx_volume *vol);
void plx_sync_free(struct plx_volume *vol);

struct plx_sync_state {
	u32 action; /* PLEXUS_SYNC_ACTION_* */
	u64 done, total; /* bytes */
	u64 speed; /* bytes per second */
};

void plx_sync_query(struct plx_volume *vol, struct plx_sync_state *state);
/* sleeps until plexes are equal (no unsync regions), the engine gave up or @task is cancelled */
int plx_sync_wait_equal(struct plx_volume *vol, struct plx_task *task);

/* ---- pack.c: disks with one configuration ---- */

enum plx_pack_state {
	PLX_PACK_WAITING = 1, /* gathers disks */
	PLX_PACK_ONLINE = 2,
	PLX_PACK_STOPPED = 3, /* exported, destroyed: only references are left */
	PLX_PACK_UNMAKING = 4, /* a start failed after all: its volumes end, then it waits */
};

struct plx_pack {
	struct kref refs;
	struct list_head node; /* plx_packs */
	struct plx_id id;
	struct plx_conf __rcu *conf; /* published under change */

	struct mutex change;
	enum plx_pack_state state; /* under change; READ_ONCE to look */
	u64 tried; /* highest generation that went to any disk, under change */
	bool gave_up; /* the last change, maybe with some disks written; under change */
	u32 waits; /* PLEXUS_PACK_FLAGS_*: what keeps it from starting; READ_ONCE */
	char why_waiting[224];

	struct mutex lists; /* short, no I/O: the two lists */
	struct list_head volumes;
	u32 n_disks;
	struct plx_disk *disk[PLEXUS_MAX_DISKS]; /* open ones, in no order */

	/* all WQ_MEM_RECLAIM, unbound: what I/O may wait for; see new_pack() */
	struct workqueue_struct *wq; /* cleaner, plans that go, lost disks: may wait for data I/O */
	struct workqueue_struct *io_wq; /* log commits, failed I/O: waits for metadata I/O only */
	struct workqueue_struct *row_wq; /* I/O of parity plexes that goes on: waits for nothing */
	struct work_struct free_work;
	struct work_struct event_work; /* disks that died */
	struct delayed_work start_work; /* disks that are late */
	struct device *device; /* sysfs */
};

/* one change of a pack's configuration */
struct plx_change {
	struct plx_pack *pack;
	struct plx_conf *conf; /* the copy to edit; its indices are valid until commit */
	unsigned int noio;
	bool starts; /* the pack: the published copy is on no disk */
	bool published;
	struct list_head tasks; /* see plx_change_task() */
	u32 n_gated;
};

/* a disk gave an error that cannot be tolerated: it is lost soon. Any context */
void plx_pack_event(struct plx_pack *pack);
void plx_pack_disk_error(struct plx_pack *pack, struct plx_disk *disk, const char *what);
struct plx_pack *plx_pack_find(const struct plx_id *id); /* a reference, or NULL */
struct plx_pack *plx_pack_find_name(const char *name);
/* for dumps: a reference to each in turn, NULL at the end */
struct plx_pack *plx_pack_next(u64 *pos);
void plx_pack_get(struct plx_pack *pack);
void plx_pack_put(struct plx_pack *pack);
/* a reference; NULL: not started, none seen */
struct plx_conf *plx_pack_conf(struct plx_pack *pack);
/* a reference, or NULL */
struct plx_volume *plx_pack_volume(struct plx_pack *pack, const struct plx_id *id);
/* a reference, or NULL */
struct plx_disk *plx_pack_disk(struct plx_pack *pack, const struct plx_id *id);
/* also a dead one */
struct plx_disk *plx_pack_disk_any(struct plx_pack *pack, const struct plx_id *id);
/* takes pack->change and a copy of the configuration; only of a pack that is online */
int plx_change_begin(struct plx_change *c, struct plx_pack *pack, struct plx_why *why);
/*
 * Checks, writes to all online disks, publishes, lets plans follow. A disk that
 * cannot be written is lost on the way, in the same configuration. On error
 * nothing is published.
 */
int plx_change_commit(struct plx_change *c, struct plx_why *why);
int plx_change_begin_locked(struct plx_change *c, struct plx_pack *pack, struct plx_why *why);
void plx_change_end_locked(struct plx_change *c);
bool plx_change_last_current(const struct plx_conf_volume *cv, u32 plex);
void plx_change_end(struct plx_change *c); /* always; drops what was not committed */
/* a plex gets no writes from now on, what it misses is kept; within a change, before its commit */
void plx_change_detach(struct plx_change *c, struct plx_conf_volume *cv, u32 plex,
		       enum plx_plex_state to);
/* the plex is to be brought up to date by the task; give full to forget its map */
void plx_change_attach(struct plx_change *c, struct plx_conf_volume *cv, u32 plex, u32 kind,
		       u64 task_id, bool full);
void plx_change_forget_map(struct plx_change *c, struct plx_conf_volume *cv, u32 plex);
/*
 * The same for a member of a parity plex. One that the plex cannot go on without keeps
 * its state; @to: PLX_MEMBER_FAILED or PLX_MEMBER_MISSING.
 */
void plx_change_detach_member(struct plx_change *c, struct plx_conf_volume *cv, u32 plex,
			      u32 member, enum plx_member_state to);
/* the task is that of the plex: all its members that are STALE belong to it */
void plx_change_attach_member(struct plx_change *c, struct plx_conf_volume *cv, u32 plex,
			      u32 member, u32 kind, u64 task_id, bool full);
void plx_change_forget_member(struct plx_change *c, struct plx_conf_volume *cv, u32 plex,
			      u32 member);
/* members on a disk that is not used any more */
void plx_change_lose_members(struct plx_change *c, struct plx_conf_volume *cv, u32 plex, u32 disk);
/* members without their disks get no writes, wherever the plex can do without them */
void plx_change_settle_members(struct plx_change *c);
void plx_change_gate(struct plx_change *c, struct plx_volume *vol); /* until the change ends */
/* the change names a task in a plex, or takes the name away; attach and detach do this */
void plx_change_task(struct plx_change *c, u64 id);
void plx_change_lose_disk(struct plx_change *c, u32 disk, enum plx_disk_state to);
/* cache_lost.c: disks whose caches lost acknowledged writes, by their index in @c->conf */
bool plx_disk_flushes_for_fua(struct plx_disk *disk);
void plx_cache_lost_on(struct plx_change *c, struct plx_disk *disk, unsigned long *disks);
bool plx_cache_lost(struct plx_change *c, const unsigned long *disks, const struct plx_id *except);
/* a volume has as many plexes as it has: give it a log, or take it away */
int plx_change_fit_log(struct plx_change *c, struct plx_conf_volume *cv, struct plx_why *why);
struct plx_pack *plx_pack_get_or_new(const struct plx_id *id, bool fresh);
void plx_pack_forget(struct plx_pack *pack);
void plx_pack_volume_add(struct plx_pack *pack, struct plx_volume *vol);
void plx_pack_volume_deleted(const struct plx_id *id);
bool plx_pack_volume_gone(const struct plx_id *id);
void plx_pack_volume_remove(struct plx_pack *pack, struct plx_volume *vol);
int plx_pack_disk_add(struct plx_pack *pack, struct plx_disk *disk);
bool plx_pack_any_disk(struct plx_pack *pack, struct plx_id *id); /* false: none is open */
void plx_pack_disk_drop(struct plx_pack *pack, const struct plx_id *id);
void plx_pack_publish(struct plx_pack *pack, struct plx_conf *conf);
void plx_pack_each_volume(struct plx_pack *pack, void (*fn)(struct plx_volume *vol, void *arg),
			  void *arg);
void plx_pack_lose_dead(struct plx_pack *pack); /* change.c */
void plx_pack_exit(void);

/* ---- place.c: which disks a plex lies on ---- */

struct plx_input_disk {
	struct plx_id id;
	u64 bytes; /* 0: as many as needed */
};

struct plx_volume_want {
	const char *name;
	u64 bytes;
	u32 type; /* 0: simple, or mirror where n_plexes > 1 */
	u32 unit; /* bytes; 0: 64 KiB */
	u32 n_plexes, n_members; /* 0: as the type and disks say */
	u32 parity; /* 0: 1 where the type is parity */
	u32 write_hole; /* PLEXUS_WRITE_HOLE_*; 0: the log where the type is parity */
	const struct plx_input_disk *disk;
	u32 n_disks;
};

int plx_place_volume(struct plx_change *c, struct plx_conf_volume *cv,
		     const struct plx_volume_want *want, struct plx_why *why);
/* @block: no disk with larger logical blocks, bytes; 0: any */
int plx_place_extend(struct plx_change *c, struct plx_conf_volume *cv, u32 plex, u64 sectors,
		     const struct plx_input_disk *in, u32 n, u32 block, struct plx_why *why);
int plx_place_rebuild(struct plx_change *c, struct plx_conf_volume *cv, struct plx_conf_plex *cp,
		      const struct plx_input_disk *in, u32 n, int leave, u32 block,
		      struct plx_why *why);
struct plx_rebuild; /* below */
int plx_place_members(struct plx_change *c, struct plx_conf_volume *cv, struct plx_conf_plex *cp,
		      const struct plx_rebuild *ask, u32 *members, struct plx_why *why);
bool plx_place_member_there(struct plx_change *c, const struct plx_conf_member *m);

/* ---- start.c: how a pack starts ---- */

enum plx_start {
	PLX_START_COMPLETE, /* all disks that were online when it stopped are here */
	PLX_START_QUORUM, /* more than half are, or the absent ones are known to be gone */
	PLX_START_FORCED, /* whatever is here */
};

void plx_pack_start_work(struct work_struct *work);
void plx_pack_start_soon(struct plx_pack *pack); /* by quorum, in a few seconds */
int plx_pack_start(struct plx_pack *pack, enum plx_start how, const struct plx_id *keep,
		   bool import, struct plx_why *why);
int plx_pack_disk_back(struct plx_pack *pack, struct plx_disk *disk, bool failed_too, bool full,
		       u64 parent, struct plx_why *why);
void plx_change_take_back(struct plx_change *c, u32 d, bool full, bool failed_too, u32 kind,
			  u64 parent);
void plx_pack_show(struct plx_pack *pack);

/*
 * ---- the operations: op_*.c. Each takes names already looked up, returns 0 or
 * a negative errno with @why filled; may sleep; called from netlink and sysfs.
 * A task id of 0 on return: it was done at once and is not a task. ----
 */
/* packs that wait: with the disks they have, by quorum */
int plx_op_start_all(struct plx_why *why);
int plx_op_scan(const char *path, struct plx_pack **pack, struct plx_id *disk, struct plx_why *why);
int plx_op_pack_create(const char *name, char *const *path, u32 n, bool force, struct plx_id *id,
		       struct plx_why *why);
int plx_op_pack_import(struct plx_pack *pack, bool force, const struct plx_id *keep,
		       struct plx_why *why);
int plx_op_pack_export(struct plx_pack *pack, struct plx_why *why);
int plx_op_pack_stop(struct plx_pack *pack, bool exported, struct plx_why *why);
int plx_op_pack_destroy(struct plx_pack *pack, bool force, struct plx_why *why);
int plx_op_pack_rename(struct plx_pack *pack, const char *name, struct plx_why *why);
int plx_op_pack_recover(struct plx_pack *pack, bool force, const struct plx_id *keep, u64 *task,
			struct plx_why *why);
int plx_op_pack_refresh(struct plx_pack *pack, struct plx_why *why);

extern struct mutex plx_label_lock; /* from looking for a label to writing one */
struct plx_disk *plx_disk_open_blank(const char *path, bool force, struct plx_why *why);
/* into the pack, and labelled; not yet in its configuration */
int plx_pack_disk_join(struct plx_pack *pack, struct plx_disk *disk, struct plx_why *why);
int plx_conf_take_disk(struct plx_conf *conf, const struct plx_disk *disk);
struct plx_disk *plx_pack_reopen(struct plx_pack *pack, const struct plx_id *id, const char *path,
				 struct plx_why *why);

int plx_op_disk_add(struct plx_pack *pack, const char *path, bool force, struct plx_id *id,
		    struct plx_why *why);
int plx_op_disk_remove(struct plx_pack *pack, const struct plx_id *disk, bool force,
		       struct plx_why *why);
int plx_op_disk_replace(struct plx_pack *pack, const struct plx_id *disk,
			const struct plx_input_disk *in, u32 n, u64 *task, struct plx_why *why);
int plx_op_disk_offline(struct plx_pack *pack, const struct plx_id *disk, bool force,
			struct plx_why *why);
int plx_op_disk_online(struct plx_pack *pack, const struct plx_id *disk, bool force,
		       struct plx_why *why);
int plx_op_disk_spare(struct plx_pack *pack, const struct plx_id *disk, bool spare,
		      struct plx_why *why);

int plx_change_volume(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume **cv,
		      struct plx_why *why);
int plx_volume_begin(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume **cv,
		     struct plx_why *why);
int plx_op_volume_create(struct plx_pack *pack, const struct plx_volume_want *want,
			 struct plx_id *id, struct plx_why *why);
int plx_op_volume_delete(struct plx_volume *vol, bool force, struct plx_why *why);
int plx_op_volume_extend(struct plx_volume *vol, u64 bytes, const struct plx_input_disk *in, u32 n,
			 struct plx_why *why);
int plx_op_volume_rename(struct plx_volume *vol, const char *name, struct plx_why *why);
int plx_op_volume_recover(struct plx_volume *vol, u64 *task, struct plx_why *why);
int plx_op_volume_scrub(struct plx_volume *vol, bool repair, u64 *task, struct plx_why *why);
int plx_op_volume_read_policy(struct plx_volume *vol, u32 policy, const struct plx_id *plex,
			      struct plx_why *why);
#define PLX_VOLUME_SETTABLE (PLEXUS_VOLUME_FLAGS_STABLE_WRITES | PLEXUS_VOLUME_FLAGS_READ_ONLY)
int plx_op_volume_flags(struct plx_volume *vol, u32 flags, struct plx_why *why);
int plx_op_volume_sync_action(struct plx_volume *vol, u32 action, struct plx_why *why);

int plx_op_task_cancel(u64 id, struct plx_why *why);

int plx_op_plex_add(struct plx_volume *vol, struct plx_volume *source, bool any_layout, u64 *task,
		    struct plx_why *why);
int plx_op_plex_break(struct plx_volume *vol, const struct plx_id *plex, const char *name,
		      bool force, u64 *task, struct plx_id *new_id, struct plx_why *why);
int plx_op_plex_remove(struct plx_volume *vol, const struct plx_id *plex, bool force,
		       struct plx_why *why);
struct plx_rebuild { /* of a plex, on other disks */
	const struct plx_input_disk *in;
	u32 n;
	const struct plx_id *leave; /* a disk that is to be left; NULL: whatever is bad */
	u32 block; /* of the volume, from plx_volume_block_size() */
	u64 parent; /* task that this is a part of, or 0 */
	bool spares; /* for what has no disk; what has one is brought up to date where it is */
};

/* op_member.c: the same of members of a parity plex, in two changes as of a plex */
struct plx_leaving_members {
	u32 members; /* that are to move */
	u32 attached; /* of all of them, when they were detached */
};

int plx_members_detach(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume *cv,
		       u32 plex, const struct plx_rebuild *ask, struct plx_leaving_members *l,
		       struct plx_why *why);
/* @l NULL: could it be done? */
int plx_members_move(struct plx_change *c, struct plx_volume *vol, struct plx_conf_volume *cv,
		     u32 plex, const struct plx_rebuild *ask,
		     const struct plx_leaving_members *l, u64 task, struct plx_why *why);
int plx_plex_repair(struct plx_volume *vol, const struct plx_id *plex,
		    const struct plx_rebuild *ask, u64 *task, struct plx_why *why);
int plx_plex_rebuild_check(struct plx_change *c, struct plx_volume *vol, const struct plx_id *id,
			   const struct plx_rebuild *ask, struct plx_why *why);
int plx_plex_rebuild(struct plx_volume *vol, const struct plx_id *id,
		     const struct plx_rebuild *ask, u64 *task_id, struct plx_why *why);
int plx_op_plex_repair(struct plx_volume *vol, const struct plx_id *plex,
		       const struct plx_input_disk *in, u32 n, u64 *task, struct plx_why *why);

/* ---- event.c: what happened, for whoever listens; any context that may not sleep too ---- */

struct plx_event {
	u32 code; /* PLEXUS_EVENT_CODE_* */
	struct plx_id pack_id, disk_id, volume_id, plex_id; /* all zero: none */
	u64 task_id;
	u32 percent, result, health;
	char message[160];
};

/* queued, sent by a work; dropped events become OUT_OF_SYNC */
void plx_event_send(const struct plx_event *event);
void plx_event_pack(u32 code, struct plx_pack *pack);
void plx_event_volume(u32 code, struct plx_volume *vol);
void plx_event_disk(u32 code, struct plx_pack *pack, const struct plx_id *disk,
		    const char *message);
int plx_event_init(void);
void plx_event_exit(void);

/* ---- netlink.c, sysfs.c: control ---- */

int plx_netlink_init(void);
void plx_netlink_exit(void);
void plx_netlink_multicast(const struct plx_event *event); /* may sleep */
int plx_sysfs_init(void);
void plx_sysfs_exit(void);
extern const struct attribute_group *plx_sysfs_volume_groups[]; /* for the gendisk */
int plx_sysfs_pack_add(struct plx_pack *pack);
void plx_sysfs_pack_remove(struct plx_pack *pack); /* not under pack->change */
int plx_sysfs_pack_rename(struct plx_pack *pack, const char *name);

/* ---- main.c ---- */

/* both unbound; no I/O waits for a work here: that has queues of its pack */
extern struct workqueue_struct *plx_wq; /* closing of disks, packs that go, events */
extern struct workqueue_struct *plx_long_wq; /* resyncs and other tasks */

#endif
