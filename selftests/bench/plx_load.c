// SPDX-License-Identifier: GPL-2.0
/*
 * Load on a block device from inside the kernel: bios straight into the block
 * layer, without system calls, so that the device is measured and not the way to
 * it. Verifies nothing; what is written is rubbish.
 *
 *	cd /sys/module/plx_load/parameters
 *	echo /dev/plx0 > dev; echo write > op; echo 1 > rnd; echo 16 > qd
 *	echo 1 > run		# returns when the time is up
 *	cat result		# ios_per_s=... bytes_per_s=... errors=... ns=...
 *
 * Each job is a thread that keeps qd bios in flight. A bio is allocated once and
 * used again, so no allocator is measured along with the device.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/wait.h>

static char dev[128] = "/dev/plx0";
module_param_string(dev, dev, sizeof(dev), 0644);
MODULE_PARM_DESC(dev, "block device");
static char op[8] = "write";
module_param_string(op, op, sizeof(op), 0644);
MODULE_PARM_DESC(op, "read or write");
static bool rnd = true;
module_param(rnd, bool, 0644);
MODULE_PARM_DESC(rnd, "random places; otherwise each job has its own sequential stream");
static uint bs = 4096;
module_param(bs, uint, 0644);
MODULE_PARM_DESC(bs, "bytes of a bio");
static uint qd = 1;
module_param(qd, uint, 0644);
MODULE_PARM_DESC(qd, "bios in flight per job");
static uint jobs = 1;
module_param(jobs, uint, 0644);
MODULE_PARM_DESC(jobs, "threads");
static uint ms = 500;
module_param(ms, uint, 0644);
MODULE_PARM_DESC(ms, "how long");

struct target {
	struct block_device *bdev;
	void *file;
};

#ifdef BLK_OPEN_READ
static int open_device(struct target *h)
{
	struct file *file = bdev_file_open_by_path(dev, BLK_OPEN_READ | BLK_OPEN_WRITE, NULL, NULL);

	if (IS_ERR(file))
		return PTR_ERR(file);
	h->file = file;
	h->bdev = file_bdev(file);
	return 0;
}

static void close_device(struct target *h)
{
	bdev_fput(h->file);
}
#else
static int open_device(struct target *h)
{
	h->bdev = blkdev_get_by_path(dev, FMODE_READ | FMODE_WRITE, NULL);
	return PTR_ERR_OR_ZERO(h->bdev);
}

static void close_device(struct target *h)
{
	blkdev_put(h->bdev, FMODE_READ | FMODE_WRITE);
}
#endif

struct job;

struct slot {
	struct job *job;
	struct slot *next; /* in the list of those that are free */
	struct bio bio;
};

struct job {
	struct task_struct *thread;
	struct block_device *bdev;
	spinlock_t lock;
	struct slot *free; /* under lock */
	u32 n_free; /* under lock */
	wait_queue_head_t wait;
	struct slot *slot;
	struct bio_vec *vec;
	struct page **page; /* of one bio; all send the same */
	u64 blocks, next, random;
	u64 ios, errors, ns;
	struct completion done;
};

static void load_endio(struct bio *bio)
{
	struct slot *s = container_of(bio, struct slot, bio);
	struct job *j = s->job;
	unsigned long flags;

	spin_lock_irqsave(&j->lock, flags);
	if (bio->bi_status)
		j->errors++;
	s->next = j->free;
	j->free = s;
	j->n_free++;
	/* under the lock: the job may be gone as soon as it is dropped */
	if (waitqueue_active(&j->wait))
		wake_up(&j->wait);
	spin_unlock_irqrestore(&j->lock, flags);
}

static struct slot *take(struct job *j)
{
	struct slot *s;

	spin_lock_irq(&j->lock);
	while (!j->free)
		wait_event_lock_irq(j->wait, j->free, j->lock);
	s = j->free;
	j->free = s->next;
	j->n_free--;
	spin_unlock_irq(&j->lock);
	return s;
}

/* xorshift: cheap, and good enough to spread */
static u64 next_block(struct job *j)
{
	if (!rnd) {
		u64 block = j->next++;

		if (j->next == j->blocks)
			j->next = 0;
		return block;
	}
	j->random ^= j->random << 13;
	j->random ^= j->random >> 7;
	j->random ^= j->random << 17;
	return mul_u64_u64_shr(j->random, j->blocks, 64);
}

static void send(struct job *j, struct slot *s, blk_opf_t opf)
{
	unsigned int pages = DIV_ROUND_UP(bs, PAGE_SIZE), i, left = bs;
	struct bio_vec *vec = j->vec + (s - j->slot) * pages;

	bio_init(&s->bio, j->bdev, vec, pages, opf);
	for (i = 0; i < pages; i++, left -= PAGE_SIZE)
		__bio_add_page(&s->bio, j->page[i], min_t(unsigned int, left, PAGE_SIZE), 0);
	s->bio.bi_iter.bi_sector = next_block(j) * (bs >> SECTOR_SHIFT);
	s->bio.bi_end_io = load_endio;
	submit_bio(&s->bio);
	j->ios++;
}

static int job_thread(void *arg)
{
	blk_opf_t opf = op[0] == 'r' ? REQ_OP_READ : REQ_OP_WRITE | REQ_SYNC | REQ_IDLE;
	struct job *j = arg;
	u64 since = ktime_get_ns(), end = since + (u64)ms * NSEC_PER_MSEC;

	while (ktime_get_ns() < end) {
		send(j, take(j), opf);
		cond_resched();
	}
	spin_lock_irq(&j->lock);
	wait_event_lock_irq(j->wait, j->n_free == qd, j->lock);
	spin_unlock_irq(&j->lock);
	j->ns = ktime_get_ns() - since;
	kthread_complete_and_exit(&j->done, 0); /* not back here: the module may be gone */
}

static void job_free(struct job *j)
{
	u32 i;

	kvfree(j->slot);
	kvfree(j->vec);
	for (i = 0; j->page && i < DIV_ROUND_UP(bs, PAGE_SIZE); i++)
		if (j->page[i])
			__free_page(j->page[i]);
	kfree(j->page);
}

static int job_make(struct job *j, struct block_device *bdev, u32 nr)
{
	u32 i, pages = DIV_ROUND_UP(bs, PAGE_SIZE);

	j->bdev = bdev;
	j->blocks = div_u64(bdev_nr_bytes(bdev), bs);
	if (!j->blocks)
		return -ENOSPC;
	j->next = div_u64(j->blocks, jobs) * nr;
	j->random = 0x9e3779b97f4a7c15ULL * (nr + 1);
	spin_lock_init(&j->lock);
	init_waitqueue_head(&j->wait);
	init_completion(&j->done);
	j->slot = kvcalloc(qd, sizeof(*j->slot), GFP_KERNEL);
	j->vec = kvcalloc((size_t)qd * pages, sizeof(*j->vec), GFP_KERNEL);
	j->page = kcalloc(pages, sizeof(*j->page), GFP_KERNEL);
	if (!j->slot || !j->vec || !j->page)
		return -ENOMEM;
	for (i = 0; i < pages; i++) {
		j->page[i] = alloc_page(GFP_KERNEL);
		if (!j->page[i])
			return -ENOMEM;
		get_random_bytes(page_address(j->page[i]), PAGE_SIZE);
	}
	for (i = 0; i < qd; i++) {
		j->slot[i].job = j;
		j->slot[i].next = i ? &j->slot[i - 1] : NULL;
	}
	j->free = &j->slot[qd - 1];
	j->n_free = qd;
	return 0;
}

static struct {
	u64 ios_per_s, bytes_per_s, errors, ns;
} last;

static int run_jobs(struct job *job)
{
	u64 ios = 0;
	u32 i, n;
	int ret = 0;

	for (n = 0; n < jobs; n++) {
		job[n].thread = kthread_run(job_thread, &job[n], "plx_load/%u", n);
		if (IS_ERR(job[n].thread)) {
			ret = PTR_ERR(job[n].thread);
			break;
		}
	}
	memset(&last, 0, sizeof(last));
	for (i = 0; i < n; i++) {
		wait_for_completion(&job[i].done);
		ios += job[i].ios;
		last.errors += job[i].errors;
		last.ns = max(last.ns, job[i].ns);
	}
	if (ret || !last.ns)
		return ret ?: -EIO;
	last.ios_per_s = mul_u64_u64_div_u64(ios, NSEC_PER_SEC, last.ns);
	last.bytes_per_s = mul_u64_u64_div_u64(ios * bs, NSEC_PER_SEC, last.ns);
	return 0;
}

static int run_set(const char *val, const struct kernel_param *kp)
{
	struct target h;
	struct job *job;
	u32 i;
	int ret;

	/* parameters are written under one lock per module: one run at a time */
	strim(dev);
	if (!bs || bs % SECTOR_SIZE || bs > BIO_MAX_VECS * PAGE_SIZE || !qd || qd > 1024 || !jobs ||
	    jobs > 64 || ms > 60000)
		return -EINVAL;
	job = kcalloc(jobs, sizeof(*job), GFP_KERNEL);
	if (!job)
		return -ENOMEM;
	ret = open_device(&h);
	if (ret)
		goto no_device;
	for (i = 0; i < jobs && !ret; i++)
		ret = job_make(&job[i], h.bdev, i);
	if (!ret)
		ret = run_jobs(job);
	for (i = 0; i < jobs; i++)
		job_free(&job[i]);
	close_device(&h);
no_device:
	kfree(job);
	return ret;
}

static const struct kernel_param_ops run_ops = { .set = run_set };
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "write anything: do it");

static int result_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "ios_per_s=%llu bytes_per_s=%llu errors=%llu ns=%llu\n",
			  last.ios_per_s, last.bytes_per_s, last.errors, last.ns);
}

static const struct kernel_param_ops result_ops = { .get = result_get };
module_param_cb(result, &result_ops, NULL, 0444);
MODULE_PARM_DESC(result, "of the last run");

static int __init load_init(void)
{
	return 0;
}

static void __exit load_exit(void)
{
}

module_init(load_init);
module_exit(load_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Load on a block device, for the benchmarks of Plexus");
