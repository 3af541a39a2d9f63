// SPDX-License-Identifier: GPL-2.0
/* Reads and writes of a plex from and to pages, several at a time, waited for together. */
#include "plexus.h"

void plx_batch_init(struct plx_batch *b)
{
	atomic_set(&b->pending, 1);
	b->error = 0;
	init_completion(&b->done);
}

static void put(struct plx_batch *b)
{
	if (atomic_dec_and_test(&b->pending))
		complete(&b->done);
}

static void batch_endio(struct bio *bio)
{
	struct plx_batch *b = bio->bi_private;

	if (bio->bi_status)
		WRITE_ONCE(b->error, blk_status_to_errno(bio->bi_status));
	bio_put(bio);
	put(b);
}

/* one bio: of @from to @end of the pages; where it ends */
static u32 add_bio(struct plx_batch *b, struct plx_disk *disk, enum req_op op, u64 sector,
		   struct page **pages, u32 from, u32 end)
{
	u32 len = min_t(u32, end - from, (BIO_MAX_VECS - 1) << PAGE_SECTORS_SHIFT);
	struct bio *bio = bio_alloc_bioset(plx_disk_bdev(disk), DIV_ROUND_UP(len, PAGE_SECTORS) + 1,
					   op | REQ_SYNC, GFP_NOIO, &disk->bios);

	bio->bi_iter.bi_sector = sector;
	bio->bi_end_io = batch_endio;
	bio->bi_private = b;
	end = from + len;
	while (from < end) {
		u32 off = (from & (PAGE_SECTORS - 1)) << SECTOR_SHIFT;
		u32 bytes = min_t(u32, (end - from) << SECTOR_SHIFT, PAGE_SIZE - off);

		if (bio_add_page(bio, pages[from >> PAGE_SECTORS_SHIFT], bytes, off) != bytes)
			break;
		from += bytes >> SECTOR_SHIFT;
	}
	atomic_inc(&b->pending);
	submit_bio(bio);
	return from;
}

void plx_batch_disk(struct plx_batch *b, struct plx_disk *disk, enum req_op op, u64 sector,
		    struct page **pages, u32 from, u32 sectors)
{
	u32 at = from;

	while (at < from + sectors)
		at = add_bio(b, disk, op, sector + at - from, pages, at, from + sectors);
}

/**
 * plx_batch_add - start to read or write a range of one plex
 * @b: the batch
 * @plan: the plan, kept by its epoch or by pack->change until plx_batch_wait()
 * @i: position of the plex in it
 * @op: REQ_OP_READ or REQ_OP_WRITE
 * @sector: first sector, in the volume
 * @pages: whole pages, the first one holds the first sector
 * @sectors: how many
 *
 * Context: sleeps, not inside submit_bio.
 */
void plx_batch_add(struct plx_batch *b, struct plx_plan *plan, u32 i, enum req_op op, u64 sector,
		   struct page **pages, u32 sectors)
{
	u32 done = 0, len;

	for (; done < sectors; done += len) {
		struct plx_place place;
		struct plx_disk *disk = plx_plan_map(plan, i, sector + done, &place);

		len = min_t(u64, place.sectors, sectors - done);
		plx_batch_disk(b, disk, op, place.sector, pages, done, len);
	}
}

int plx_batch_wait(struct plx_batch *b)
{
	put(b);
	wait_for_completion_io(&b->done);
	return READ_ONCE(b->error);
}
