// SPDX-License-Identifier: GPL-2.0
/*
 * Small synchronous I/O for labels, configurations and log maps. Writes carry
 * FUA: when they return, they are on the media, or erred.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "plexus.h"

/* one write or flush of several that are waited for together */
struct flight {
	atomic_t pending;
	struct completion done;
};

struct leg {
	struct flight *flight;
	struct plx_metaio *to;
};

static struct page *page_of(const void *p)
{
	return is_vmalloc_addr(p) ? vmalloc_to_page(p) : virt_to_page(p);
}

static void land(struct flight *f)
{
	if (atomic_dec_and_test(&f->pending))
		complete(&f->done);
}

static void leg_endio(struct bio *bio)
{
	struct leg *leg = bio->bi_private;
	int error = blk_status_to_errno(bio->bi_status);

	if (error)
		WRITE_ONCE(leg->to->error, error);
	bio_put(bio);
	land(leg->flight);
}

/* submits @bytes at @sector in as many bios as they need; @flight counts them */
static void launch(struct leg *leg, blk_opf_t opf, u64 sector, const void *buf, size_t bytes)
{
	struct block_device *bdev = plx_disk_bdev(leg->to->disk);

	do {
		unsigned int vecs = min_t(size_t, DIV_ROUND_UP(bytes, PAGE_SIZE) + 1, BIO_MAX_VECS);
		struct bio *bio = bio_alloc_bioset(bdev, bytes ? vecs : 0, opf, GFP_NOIO,
						   &leg->to->disk->bios);

		bio->bi_iter.bi_sector = sector;
		bio->bi_end_io = leg_endio;
		bio->bi_private = leg;
		while (bytes) {
			unsigned int off = offset_in_page(buf);
			unsigned int len = min_t(size_t, bytes, PAGE_SIZE - off);

			if (bio_add_page(bio, page_of(buf), len, off) != len)
				break;
			buf += len;
			bytes -= len;
			sector += len >> SECTOR_SHIFT;
		}
		atomic_inc(&leg->flight->pending);
		submit_bio(bio);
	} while (bytes);
}

static unsigned int fly(struct plx_metaio *to, unsigned int n, blk_opf_t opf, const void *buf,
			size_t bytes)
{
	struct flight flight = { .pending = ATOMIC_INIT(1) };
	struct leg few[4], *leg = few;
	unsigned int i, bad = 0;

	init_completion(&flight.done);
	if (n > ARRAY_SIZE(few))
		leg = kcalloc(n, sizeof(*leg), GFP_NOIO | __GFP_NOFAIL);
	for (i = 0; i < n; i++) {
		to[i].error = READ_ONCE(to[i].disk->dead) ? -EIO : 0;
		if (to[i].error)
			continue;
		leg[i] = (struct leg){ .flight = &flight, .to = &to[i] };
		launch(&leg[i], opf, to[i].sector, buf, bytes);
	}
	land(&flight);
	wait_for_completion_io(&flight.done);
	for (i = 0; i < n; i++)
		bad += !!to[i].error;
	if (leg != few)
		kfree(leg);
	return bad;
}

/**
 * plx_meta_read - read a piece of metadata
 * @disk: from where
 * @sector: first sector (512 bytes)
 * @buf: kmalloc'ed or vmalloc'ed
 * @bytes: a multiple of the disk's logical block size
 *
 * Context: sleeps; no allocation waits for I/O.
 * Return: 0 or a negative errno
 */
int plx_meta_read(struct plx_disk *disk, u64 sector, void *buf, size_t bytes)
{
	struct plx_metaio m = { .disk = disk, .sector = sector };

	fly(&m, 1, REQ_OP_READ | REQ_META | REQ_SYNC, buf, bytes);
	return m.error;
}

/**
 * plx_meta_write - write the same bytes to several disks at once, durably
 * @to: disks and sectors; each error is filled. A disk marked dead errs at once
 * @n: how many
 * @buf: kmalloc'ed or vmalloc'ed
 * @bytes: a multiple of the disks' logical block size
 *
 * Context: sleeps; no allocation waits for I/O.
 * Return: how many erred
 */
unsigned int plx_meta_write(struct plx_metaio *to, unsigned int n, const void *buf, size_t bytes)
{
	return fly(to, n, REQ_OP_WRITE | REQ_META | REQ_SYNC | REQ_FUA, buf, bytes);
}

/**
 * plx_meta_flush - make durable what several disks have acknowledged
 * @to: disks; each error is filled
 * @n: how many
 *
 * Return: how many erred
 */
unsigned int plx_meta_flush(struct plx_metaio *to, unsigned int n)
{
	return fly(to, n, REQ_OP_WRITE | REQ_PREFLUSH | REQ_SYNC, NULL, 0);
}
