// SPDX-License-Identifier: GPL-2.0
/*
 * Disks for tests, in memory, with a volatile write cache that does what a nasty
 * real one may: what was not flushed may reach the media in any order or not at
 * all, torn at 512 bytes. FLUSH and FUA are honoured, unless told otherwise.
 *
 *	insmod crashdisk.ko disks=6 sectors=65536	# /dev/crash0 ...
 *	cd /sys/kernel/debug/crashdisk
 *	echo cut > control		# the power of all disks fails at one instant
 *	echo settle 4711 > control	# each is in one of its possible states, and serves again
 *
 * Other commands; D is the number of a disk, P a percentage:
 *	gone D 0|1		all I/O fails; the cache keeps what it has
 *	settle1 D SEED		this disk alone was without power
 *	fail_read D P, fail_write D P, fail_flush D P	what fails is done in part
 *	lie_flush D P		says that it flushed, or wrote with FUA, and did not
 *	stall D 0|1		nothing is answered
 *	async D P, delay D US	so many are answered late, in any order, after up to US
 *
 * "state" tells of each disk, "log" what came last.
 *
 * How: a sector that was written and not flushed has a chain of versions, newest
 * first. A version is in flight until its bio is answered. A flush puts on the media
 * what was answered before the flush came, not more. When the power fails any
 * version of the chain, or what is on the media, may be what is left.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

static uint disks = 4;
module_param(disks, uint, 0444);
MODULE_PARM_DESC(disks, "how many");
static uint sectors = 65536;
module_param(sectors, uint, 0444);
MODULE_PARM_DESC(sectors, "of 512 bytes, of each disk");

#define MAX_DISKS 32
#define MAX_CHAIN 6 /* what is older than this has reached the media */

struct version {
	struct list_head list; /* of its command, then of the disk, in the order of the answers */
	struct version *older;
	u64 answered; /* when; 0: in flight */
	u64 write; /* which write it is part of */
	u32 sector;
	u8 data[SECTOR_SIZE];
};

enum { FAIL_READ, FAIL_WRITE, FAIL_FLUSH, LIE_FLUSH, ASYNC, DELAY, STALL, GONE, N_KNOBS };

static const char *const knob_name[] = { "fail_read", "fail_write", "fail_flush", "lie_flush",
					 "async",     "delay",	    "stall",	  "gone" };

struct crashdisk {
	struct gendisk *gendisk;
	u32 nr;
	u8 *media;
	struct version **newest; /* of each sector */
	struct list_head cached; /* versions that were answered */
	struct list_head queue; /* commands that are answered late */
	u32 queued;
	struct task_struct *thread;
	wait_queue_head_t wait;
	u32 knob[N_KNOBS];
	u64 reads, writes, flushes;
};

/* A bio on its way. */
struct command {
	struct list_head list;
	struct crashdisk *disk;
	struct bio *bio;
	struct list_head versions;
	u64 came; /* for a flush: what was answered later is not flushed */
	bool failed;
};

struct event {
	u64 time;
	u32 sector, n;
	u8 disk;
	char what;
	bool fua;
	u8 data[24];
};

#define N_EVENTS 65536
static struct event *events;
static u64 n_events;

static DEFINE_SPINLOCK(lock); /* all disks: a cut is one instant */
static struct crashdisk disk[MAX_DISKS];
static struct kmem_cache *version_cache;
static bool no_power;
static u64 now = 1; /* counts answers and writes */
static u64 dice = 0x9e3779b97f4a7c15ULL;
static struct dentry *debugfs;
static int major;

static u64 roll(u64 *state)
{
	/* xorshift64* */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

static bool chance(u32 percent)
{
	return percent && (roll(&dice) >> 33) % 100 < percent;
}

static void note(struct crashdisk *d, char what, u32 sector, u32 n, bool fua, const u8 *data)
{
	struct event *e = &events[n_events++ % N_EVENTS];

	e->time = ktime_get_ns();
	e->sector = sector;
	e->n = n;
	e->disk = d->nr;
	e->what = what;
	e->fua = fua;
	if (data)
		memcpy(e->data, data, sizeof(e->data));
	else
		memset(e->data, 0, sizeof(e->data));
}

static bool broken(struct crashdisk *d)
{
	return no_power || d->knob[GONE];
}

/* ---- the cache ---- */

static void unchain(struct crashdisk *d, struct version *v)
{
	struct version **p = &d->newest[v->sector];

	while (*p != v)
		p = &(*p)->older;
	*p = v->older;
	list_del(&v->list);
	kmem_cache_free(version_cache, v);
}

/* This version is on the media now; what was older and answered is gone for good. */
static void to_media(struct crashdisk *d, struct version *v)
{
	struct version **p = &v->older, *old;

	memcpy(d->media + (size_t)v->sector * SECTOR_SIZE, v->data, SECTOR_SIZE);
	while ((old = *p)) {
		if (!old->answered) {
			p = &old->older;
			continue;
		}
		*p = old->older;
		list_del(&old->list);
		kmem_cache_free(version_cache, old);
	}
	unchain(d, v);
}

static void flush_until(struct crashdisk *d, u64 until)
{
	struct version *v;

	while ((v = list_first_entry_or_null(&d->cached, struct version, list)) &&
	       v->answered <= until)
		to_media(d, v);
}

/* A flush that failed may have lost what it was to write. */
static void lose_some(struct crashdisk *d, u64 until)
{
	struct version *v, *next;

	if (chance(50))
		return;
	list_for_each_entry_safe(v, next, &d->cached, list)
		if (v->answered <= until && chance(50))
			unchain(d, v);
}

static void shorten(struct crashdisk *d, u32 sector)
{
	struct version *v, *last = NULL;
	u32 n = 0;

	for (v = d->newest[sector]; v; v = v->older) {
		n++;
		if (v->answered)
			last = v;
	}
	if (n > MAX_CHAIN && last)
		to_media(d, last);
}

/* ---- settling ---- */

struct settle {
	u64 state;
	u32 mode; /* see keeps() */
	u32 eighths; /* how much is kept, where that is up to chance */
	u64 salt;
};

/* Did this version reach the media? The newest one that did counts. */
static bool keeps(struct settle *s, struct version *v)
{
	u64 whole = (v->write ^ s->salt) | 1;

	switch (s->mode) {
	case 0: /* nothing */
		return false;
	case 1: /* all */
		return true;
	case 2: /* whole writes, some */
		roll(&whole);
		return (roll(&whole) >> 40) % 16 < s->eighths * 2;
	default: /* sectors, some */
		return (roll(&s->state) >> 40) % 16 < s->eighths * 2;
	}
}

static void settle(struct crashdisk *d, u64 seed)
{
	struct settle s = { .state = (seed + 1) * 0x9e3779b97f4a7c15ULL +
				     d->nr * 0xbf58476d1ce4e5b9ULL };
	struct version *v;
	u32 i;

	if (!s.state)
		s.state = 1;
	for (i = 0; i < 8; i++)
		roll(&s.state);
	s.mode = (roll(&s.state) >> 40) % 8;
	s.eighths = (roll(&s.state) >> 40) % 9;
	s.salt = roll(&s.state);
	for (i = 0; i < sectors; i++) {
		for (v = d->newest[i]; v && !keeps(&s, v); v = v->older)
			;
		if (v)
			memcpy(d->media + (size_t)i * SECTOR_SIZE, v->data, SECTOR_SIZE);
		while ((v = d->newest[i])) {
			d->newest[i] = v->older;
			list_del(&v->list);
			kmem_cache_free(version_cache, v);
		}
	}
	note(d, 'S', s.mode, s.eighths, false, NULL);
}

/* ---- bios ---- */

static void read_sector(struct crashdisk *d, u32 sector, u8 *to)
{
	struct version *v = d->newest[sector];

	memcpy(to, v ? v->data : d->media + (size_t)sector * SECTOR_SIZE, SECTOR_SIZE);
}

static void read_bio(struct crashdisk *d, struct bio *bio)
{
	u32 sector = bio->bi_iter.bi_sector, at;
	struct bvec_iter iter;
	struct bio_vec bv;

	bio_for_each_segment(bv, bio, iter) {
		u8 *p = bvec_kmap_local(&bv);

		for (at = 0; at < bv.bv_len; at += SECTOR_SIZE)
			read_sector(d, sector++, p + at);
		kunmap_local(p);
	}
}

static int fill_versions(struct command *c)
{
	u32 i, n = bio_sectors(c->bio), sector = c->bio->bi_iter.bi_sector, at;
	struct bvec_iter iter;
	struct version *v;
	struct bio_vec bv;

	for (i = 0; i < n; i++) {
		v = kmem_cache_alloc(version_cache, GFP_NOIO);
		if (!v)
			return -ENOMEM;
		v->sector = sector + i;
		v->answered = 0;
		list_add_tail(&v->list, &c->versions);
	}
	v = list_first_entry(&c->versions, struct version, list);
	if (bio_op(c->bio) != REQ_OP_WRITE) {
		list_for_each_entry(v, &c->versions, list)
			memset(v->data, 0, SECTOR_SIZE);
		return 0;
	}
	bio_for_each_segment(bv, c->bio, iter) {
		u8 *p = bvec_kmap_local(&bv);

		for (at = 0; at < bv.bv_len; at += SECTOR_SIZE) {
			memcpy(v->data, p + at, SECTOR_SIZE);
			v = list_next_entry(v, list);
		}
		kunmap_local(p);
	}
	return 0;
}

static void drop_versions(struct command *c)
{
	struct version *v, *next;

	list_for_each_entry_safe(v, next, &c->versions, list)
		kmem_cache_free(version_cache, v);
	INIT_LIST_HEAD(&c->versions);
}

static bool is_write(struct bio *bio)
{
	return bio_sectors(bio) && op_is_write(bio_op(bio));
}

/* From here on it may reach the media. */
static void begin(struct command *c)
{
	struct crashdisk *d = c->disk;
	struct version *v;
	u64 write = ++now;

	if (broken(d)) {
		c->failed = true;
		return;
	}
	c->came = now;
	/* its payload comes behind the flush */
	if (is_write(c->bio) && (c->bio->bi_opf & REQ_PREFLUSH)) {
		d->flushes++;
		if (chance(d->knob[FAIL_FLUSH])) {
			c->failed = true;
			return;
		}
		if (!chance(d->knob[LIE_FLUSH]))
			flush_until(d, now);
	}
	if (!is_write(c->bio))
		return;
	v = list_first_entry(&c->versions, struct version, list);
	note(d, 'w', v->sector, bio_sectors(c->bio), c->bio->bi_opf & REQ_FUA, v->data);
	list_for_each_entry(v, &c->versions, list) {
		v->write = write;
		v->older = d->newest[v->sector];
		d->newest[v->sector] = v;
	}
}

static void end_write(struct command *c)
{
	bool fua = c->bio->bi_opf & REQ_FUA, fails = false;
	u32 sector = c->bio->bi_iter.bi_sector, n = bio_sectors(c->bio), i;
	struct crashdisk *d = c->disk;
	struct version *v, *next;

	d->writes++;
	if (broken(d)) {
		/* in flight when the power failed: in the cache, answered never */
		list_splice_tail_init(&c->versions, &d->cached);
		c->failed = true;
		return;
	}
	fails = chance(d->knob[FAIL_WRITE]);
	now++;
	list_for_each_entry_safe(v, next, &c->versions, list) {
		if (fails && chance(50)) {
			unchain(d, v);
			continue;
		}
		v->answered = now;
		list_move_tail(&v->list, &d->cached);
		if (fua && !fails && !chance(d->knob[LIE_FLUSH]))
			to_media(d, v);
	}
	for (i = 0; i < n; i++)
		shorten(d, sector + i);
	c->failed = fails;
	note(d, fails ? 'E' : 'W', sector, n, fua, NULL);
}

static void end(struct command *c)
{
	struct crashdisk *d = c->disk;

	if (c->failed)
		return;
	if (is_write(c->bio)) {
		end_write(c);
	} else if (broken(d)) {
		c->failed = true;
	} else if (bio_op(c->bio) == REQ_OP_READ) {
		d->reads++;
		c->failed = chance(d->knob[FAIL_READ]);
		if (!c->failed)
			read_bio(d, c->bio);
	} else {
		d->flushes++;
		c->failed = chance(d->knob[FAIL_FLUSH]);
		if (c->failed)
			lose_some(d, c->came);
		else if (!chance(d->knob[LIE_FLUSH]))
			flush_until(d, c->came);
		note(d, c->failed ? 'e' : 'F', 0, 0, false, NULL);
	}
}

static void answer(struct command *c)
{
	struct bio *bio = c->bio;

	drop_versions(c); /* of one that failed before it began */
	if (c->failed)
		bio->bi_status = BLK_STS_IOERR;
	kfree(c);
	bio_endio(bio);
}

static void crashdisk_submit_bio(struct bio *bio)
{
	struct crashdisk *d = bio->bi_bdev->bd_disk->private_data;
	struct command *c = kmalloc(sizeof(*c), GFP_NOIO);
	unsigned long flags;
	bool late;

	if (!c) {
		bio_io_error(bio);
		return;
	}
	*c = (struct command){ .disk = d, .bio = bio };
	INIT_LIST_HEAD(&c->versions);
	if (is_write(bio) && fill_versions(c)) {
		c->failed = true;
		answer(c);
		return;
	}
	spin_lock_irqsave(&lock, flags);
	begin(c);
	late = !c->failed && (d->knob[STALL] || chance(d->knob[ASYNC]));
	if (late) {
		list_add_tail(&c->list, &d->queue);
		d->queued++;
	} else {
		end(c);
	}
	spin_unlock_irqrestore(&lock, flags);
	if (late)
		wake_up(&d->wait);
	else
		answer(c);
}

/* Answers what is late: any of the first eight. */
static struct command *pick(struct crashdisk *d)
{
	struct command *c = NULL;
	u32 skip;

	spin_lock_irq(&lock);
	if (d->queued && (!d->knob[STALL] || broken(d))) {
		skip = (roll(&dice) >> 40) % min(d->queued, 8u);
		c = list_first_entry(&d->queue, struct command, list);
		while (skip--)
			c = list_next_entry(c, list);
		list_del(&c->list);
		end(c);
		d->queued--;
	}
	spin_unlock_irq(&lock);
	return c;
}

static int late_thread(void *arg)
{
	struct crashdisk *d = arg;

	while (!kthread_should_stop()) {
		struct command *c;
		u32 delay;

		wait_event_interruptible(d->wait,
					 kthread_should_stop() ||
						 (READ_ONCE(d->queued) &&
						  (!READ_ONCE(d->knob[STALL]) || broken(d))));
		spin_lock_irq(&lock);
		delay = d->knob[DELAY] && !broken(d) ? (roll(&dice) >> 40) % d->knob[DELAY] : 0;
		spin_unlock_irq(&lock);
		if (delay)
			usleep_range(delay, delay + 10);
		c = pick(d);
		if (c)
			answer(c);
	}
	return 0;
}

static const struct block_device_operations crashdisk_fops = {
	.owner = THIS_MODULE,
	.submit_bio = crashdisk_submit_bio,
};

/* ---- control ---- */

static int settle_disks(u32 first, u32 n, u64 seed)
{
	u32 i;

	/* what was in flight has been answered with an error first */
	for (i = first; i < first + n; i++)
		while (READ_ONCE(disk[i].queued))
			if (msleep_interruptible(1))
				return -EINTR;
	spin_lock_irq(&lock);
	for (i = first; i < first + n; i++)
		settle(&disk[i], seed);
	spin_unlock_irq(&lock);
	return 0;
}

static void wake_all(void)
{
	u32 i;

	for (i = 0; i < disks; i++)
		wake_up(&disk[i].wait);
}

static int settle_all(u64 seed)
{
	int ret;

	if (!no_power)
		return -EINVAL;
	ret = settle_disks(0, disks, seed);
	if (ret)
		return ret;
	dice = (seed + 1) * 0xd6e8feb86659fd93ULL | 1;
	spin_lock_irq(&lock);
	no_power = false;
	spin_unlock_irq(&lock);
	return 0;
}

static int set_knob(const char *word, u32 nr, u64 value)
{
	u32 k;

	for (k = 0; k < N_KNOBS; k++)
		if (!strcmp(word, knob_name[k]))
			break;
	if (k == N_KNOBS || nr >= disks)
		return -EINVAL;
	spin_lock_irq(&lock);
	disk[nr].knob[k] = value;
	note(&disk[nr], 'K', k, value, false, NULL);
	spin_unlock_irq(&lock);
	wake_all();
	return 0;
}

static int command(char *text)
{
	unsigned long long a = 0, b = 0;
	char word[16];
	int n = sscanf(text, "%15s %llu %llu", word, &a, &b);

	if (n == 1 && !strcmp(word, "cut")) {
		spin_lock_irq(&lock);
		no_power = true;
		note(&disk[0], 'C', 0, 0, false, NULL);
		spin_unlock_irq(&lock);
		wake_all();
		return 0;
	}
	if (n == 2 && !strcmp(word, "settle"))
		return settle_all(a);
	if (n != 3)
		return -EINVAL;
	if (!strcmp(word, "settle1"))
		return a < disks && broken(&disk[a]) ? settle_disks(a, 1, b) : -EINVAL;
	return set_knob(word, a, b);
}

static ssize_t control_write(struct file *file, const char __user *from, size_t n, loff_t *pos)
{
	char text[64];
	int ret;

	if (n >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, n))
		return -EFAULT;
	text[n] = 0;
	ret = command(text);
	return ret ?: n;
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = control_write,
};

static int state_show(struct seq_file *m, void *unused)
{
	u32 i, k;

	seq_printf(m, "power %d\n", !no_power);
	for (i = 0; i < disks; i++) {
		seq_printf(m, "crash%u reads %llu writes %llu flushes %llu queued %u", i,
			   disk[i].reads, disk[i].writes, disk[i].flushes, disk[i].queued);
		for (k = 0; k < N_KNOBS; k++)
			if (disk[i].knob[k])
				seq_printf(m, " %s %u", knob_name[k], disk[i].knob[k]);
		seq_puts(m, "\n");
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static int log_show(struct seq_file *m, void *unused)
{
	u64 i = n_events > N_EVENTS ? n_events - N_EVENTS : 0;

	for (; i < n_events; i++) {
		struct event *e = &events[i % N_EVENTS];

		seq_printf(m, "%llu.%06llu crash%u %c%s %u+%u %*phN\n", e->time / NSEC_PER_SEC,
			   e->time % NSEC_PER_SEC / 1000, e->disk, e->what, e->fua ? "f" : "",
			   e->sector, e->n, (int)sizeof(e->data), e->data);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(log);

/* ---- the life of a disk ---- */

#ifdef BLK_FEAT_WRITE_CACHE
static struct gendisk *alloc_gendisk(void)
{
	struct queue_limits lim = {
		.logical_block_size = SECTOR_SIZE,
		.physical_block_size = SECTOR_SIZE,
		.max_hw_discard_sectors = 65536,
		.max_write_zeroes_sectors = 65536,
		.discard_granularity = SECTOR_SIZE,
		.features = BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA,
	};

	return blk_alloc_disk(&lim, NUMA_NO_NODE);
}
#else
static struct gendisk *alloc_gendisk(void)
{
	struct gendisk *g = blk_alloc_disk(NUMA_NO_NODE);

	if (!g)
		return ERR_PTR(-ENOMEM);
	blk_queue_write_cache(g->queue, true, true);
	blk_queue_max_discard_sectors(g->queue, 65536);
	blk_queue_max_write_zeroes_sectors(g->queue, 65536);
	g->queue->limits.discard_granularity = SECTOR_SIZE;
	blk_queue_flag_set(QUEUE_FLAG_NONROT, g->queue);
	return g;
}
#endif

static void free_disk(struct crashdisk *d)
{
	struct version *v;

	if (d->gendisk) {
		del_gendisk(d->gendisk);
		put_disk(d->gendisk);
	}
	if (d->thread)
		kthread_stop(d->thread);
	while (d->newest && (v = list_first_entry_or_null(&d->cached, struct version, list)))
		unchain(d, v);
	vfree(d->newest);
	vfree(d->media);
}

static int show_disk(struct crashdisk *d)
{
	struct gendisk *g = alloc_gendisk();
	int ret;

	if (IS_ERR(g))
		return PTR_ERR(g);
	g->major = major;
	g->first_minor = d->nr;
	g->minors = 1;
	g->flags |= GENHD_FL_NO_PART;
	g->fops = &crashdisk_fops;
	g->private_data = d;
	snprintf(g->disk_name, sizeof(g->disk_name), "crash%u", d->nr);
	set_capacity(g, sectors);
	ret = device_add_disk(NULL, g, NULL);
	if (ret) {
		put_disk(g);
		return ret;
	}
	d->gendisk = g;
	return 0;
}

static int make_disk(u32 nr)
{
	struct crashdisk *d = &disk[nr];

	d->nr = nr;
	INIT_LIST_HEAD(&d->cached);
	INIT_LIST_HEAD(&d->queue);
	init_waitqueue_head(&d->wait);
	d->media = vzalloc((size_t)sectors * SECTOR_SIZE);
	d->newest = vzalloc((size_t)sectors * sizeof(*d->newest));
	if (!d->media || !d->newest)
		return -ENOMEM;
	d->thread = kthread_run(late_thread, d, "crash%u", nr);
	if (IS_ERR(d->thread)) {
		int ret = PTR_ERR(d->thread);

		d->thread = NULL;
		return ret;
	}
	return show_disk(d);
}

static void crashdisk_exit(void)
{
	u32 i;

	debugfs_remove_recursive(debugfs);
	for (i = 0; i < disks; i++)
		free_disk(&disk[i]);
	if (major > 0)
		unregister_blkdev(major, "crashdisk");
	kmem_cache_destroy(version_cache);
	vfree(events);
}

static int __init crashdisk_init(void)
{
	int ret = -ENOMEM;
	u32 i;

	if (!disks || disks > MAX_DISKS || !sectors || sectors > 1 << 24)
		return -EINVAL;
	version_cache = KMEM_CACHE(version, 0);
	events = vzalloc(N_EVENTS * sizeof(*events));
	if (!version_cache || !events)
		goto fail;
	major = register_blkdev(0, "crashdisk");
	ret = major < 0 ? major : 0;
	for (i = 0; !ret && i < disks; i++)
		ret = make_disk(i);
	if (ret)
		goto fail;
	debugfs = debugfs_create_dir("crashdisk", NULL);
	debugfs_create_file("control", 0600, debugfs, NULL, &control_fops);
	debugfs_create_file("state", 0400, debugfs, NULL, &state_fops);
	debugfs_create_file("log", 0400, debugfs, NULL, &log_fops);
	return 0;
fail:
	crashdisk_exit();
	return ret;
}

module_init(crashdisk_init);
module_exit(crashdisk_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Disks that lose what was not flushed, for the tests of Plexus");
