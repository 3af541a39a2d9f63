/* SPDX-License-Identifier: GPL-2.0 */
/* One I/O of a volume, between io.c, io_error.c and copy.c. */
#ifndef _PLX_IO_H
#define _PLX_IO_H

#include "plexus.h"

enum plx_io_kind { PLX_IO_READ, PLX_IO_WRITE, PLX_IO_FLUSH };

struct plx_io;

struct plx_sub {
	struct plx_io *io;
	struct plx_disk *disk;
	u64 sector; /* on the disk */
	u32 plex; /* position in the plan; of a read */
	blk_status_t status;
	struct bio bio;
};

struct plx_io {
	struct plx_volume *vol;
	struct plx_plan *plan; /* lives as long as the epoch is entered */
	struct bio *parent;
	mempool_t *pool;
	unsigned long start; /* of the accounting */
	unsigned long tried; /* plexes of the plan whose read failed */
	u64 mend_sector; /* what they could not read, in the volume */
	u32 mend_sectors;
	atomic_t pending;
	unsigned int epoch;
	enum plx_io_kind kind;
	bool error; /* a sub has a status */
	bool claims; /* a write to several plexes: its range */
	struct plx_claim claim;
	u32 n;
	struct llist_node node;
	struct plx_sub sub[];
};

void plx_io_end(struct plx_io *io, blk_status_t status);
struct bio *plx_io_cut(struct bio *bio, u32 sectors, struct bio **rest);
unsigned long plx_io_account(struct plx_volume *vol, struct bio *bio);
void plx_io_put(struct plx_io *io);
void plx_io_flushed(struct plx_io *io);
void plx_io_again(struct plx_io *io);
void plx_io_launch(struct plx_io *io, struct plx_sub *sub, struct plx_disk *disk, u64 sector,
		   blk_opf_t drop);
void plx_io_relaunch(struct plx_io *io, struct plx_sub *sub, struct plx_disk *disk, u64 sector);

/* copy.c: writes through a private copy */
bool plx_copy_wanted(struct plx_volume *vol, struct bio *bio);
struct bio *plx_copy_bio(struct bio *bio, struct bio **rest);

#endif
