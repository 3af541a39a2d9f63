// SPDX-License-Identifier: GPL-2.0
/*
 * Writes through a private copy, for volumes with stable_writes: a buffer that
 * changes while it is written would leave the plexes different.
 */
#include <linux/mempool.h>
#include <linux/mutex.h>
#include "io.h"

#define COPY_PAGES 256 /* at most, of one copy */

static struct bio_set copy_set;
static mempool_t *copy_pages;
static DEFINE_MUTEX(copy_lock); /* one at a time waits for pages */

int plx_copy_init(void)
{
	int ret = bioset_init(&copy_set, BIO_POOL_SIZE, 0, BIOSET_NEED_BVECS);

	if (ret)
		return ret;
	/* enough for one copy of the largest size: it can always be completed */
	copy_pages = mempool_create_page_pool(COPY_PAGES, 0);
	if (copy_pages)
		return 0;
	bioset_exit(&copy_set);
	return -ENOMEM;
}

void plx_copy_exit(void)
{
	mempool_destroy(copy_pages);
	bioset_exit(&copy_set);
}

static void copy_endio(struct bio *bio)
{
	struct bio *orig = bio->bi_private;
	struct bvec_iter_all iter;
	struct bio_vec *bv;

	orig->bi_status = bio->bi_status;
	bio_for_each_segment_all(bv, bio, iter)
		mempool_free(bv->bv_page, copy_pages);
	bio_put(bio);
	bio_endio(orig);
}

bool plx_copy_wanted(struct plx_volume *vol, struct bio *bio)
{
	/* a write that misses a change of the property goes the old way: that is allowed */
	return READ_ONCE(vol->copies) && bio->bi_end_io != copy_endio;
}

static bool take_pages(struct bio *copy, u32 bytes, gfp_t gfp)
{
	while (bytes) {
		u32 len = min_t(u32, bytes, PAGE_SIZE);
		struct page *page = mempool_alloc(copy_pages, gfp);

		if (!page)
			return false;
		__bio_add_page(copy, page, len, 0);
		bytes -= len;
	}
	return true;
}

/*
 * Two that each hold a part of the pool and wait for the rest would wait for
 * ever: whoever has to wait gives back what he has, and waits alone.
 */
static bool fill(struct bio *copy, u32 bytes, gfp_t gfp)
{
	struct bvec_iter_all iter;
	struct bio_vec *bv;
	bool ok;

	if (take_pages(copy, bytes, GFP_NOWAIT | __GFP_NOWARN))
		return true;
	if (!gfpflags_allow_blocking(gfp))
		return false;
	bio_for_each_segment_all(bv, copy, iter)
		mempool_free(bv->bv_page, copy_pages);
	copy->bi_vcnt = 0;
	copy->bi_iter.bi_size = 0;
	mutex_lock(&copy_lock);
	ok = take_pages(copy, bytes, gfp);
	mutex_unlock(&copy_lock);
	return ok;
}

/**
 * plx_copy_bio - a private copy of a write
 * @bio: the write; ended when the copy is
 * @rest: gets what is behind COPY_PAGES - 1 pages, to be submitted after; NULL: nothing
 *
 * Return: the copy, to be submitted, or NULL: it would have had to wait, and was ended
 */
struct bio *plx_copy_bio(struct bio *bio, struct bio **rest)
{
	gfp_t gfp = bio->bi_opf & REQ_NOWAIT ? GFP_NOWAIT : GFP_NOIO;
	u32 max = (COPY_PAGES - 1) << PAGE_SECTORS_SHIFT, left;
	struct bio *copy, *front;

	front = plx_io_cut(bio, max, rest);
	if (!front) {
		bio_wouldblock_error(bio);
		return NULL;
	}
	left = front->bi_iter.bi_size;
	copy = bio_alloc_bioset(front->bi_bdev, DIV_ROUND_UP(left, PAGE_SIZE), front->bi_opf, gfp,
				&copy_set);
	if (!copy) {
		bio_wouldblock_error(front);
		return NULL;
	}
	copy->bi_iter.bi_sector = front->bi_iter.bi_sector;
	copy->bi_end_io = copy_endio;
	copy->bi_private = front;
	if (!fill(copy, left, gfp)) {
		copy->bi_status = BLK_STS_AGAIN;
		bio_endio(copy);
		return NULL;
	}
	bio_copy_data(copy, front);
	return copy;
}
