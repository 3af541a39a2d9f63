/* SPDX-License-Identifier: GPL-2.0 */
/* The parity log of a volume, between plog.c and plog_recover.c. */
#ifndef _PLX_PLOG_OWN_H
#define _PLX_PLOG_OWN_H

#include "plog.h"
#include "plog_bad.h"
#include "plog_slots.h"

#define PLX_PLOG_WRITES 4 /* of a log, at the same time */

struct plx_plog_log;

/* a slot on its way */
struct plx_plog_write {
	struct plx_plog_log *log;
	struct plx_disk *disk; /* a reference, while it is on its way */
	u64 sector;
	u64 seq, said; /* of the slot, and its head */
	struct list_head node; /* log->idle, or those to be submitted */
	struct list_head legs;
	void *block; /* its first PLX_BLOCK_SIZE bytes */
	u32 n_vecs; /* that it needs */
	atomic_t pending;
	bool error;
	struct bio *bio;
	struct bio_vec *vec; /* BIO_MAX_VECS of each bio */
};

/* the log of a member */
struct plx_plog_log {
	struct plx_plog *plog;
	struct plx_plog_geometry geo;
	struct plx_disk *disk; /* a reference; NULL: none */
	u64 start; /* sector of slot 0 */
	bool usable; /* gets entries */
	bool stuck; /* waits for a slot to be free */
	struct list_head waiting; /* legs */
	struct list_head idle; /* writes */
	struct plx_plog_write write[PLX_PLOG_WRITES];
};

struct plx_plog {
	struct plx_volume *vol;
	u32 max_vecs, n_bios; /* of a slot */
	u32 n_logs;
	spinlock_t lock;
	/* all of this under lock */
	struct plx_plog_slots *slots;
	u64 serial;
	bool cached; /* a disk may lose what it acknowledged and did not flush */
	bool gone; /* the plex lost too many members: nothing can be flushed, nor written */
	struct list_head blocked; /* leg[0] of requests that have no note yet */
	struct plx_plog_ranges bad;
	struct work_struct log_work; /* goes on with what waits */
	struct delayed_work flush_work;
	struct plx_plog_log log[];
};

/* what follows from the configuration for the log of a member */
void plx_plog_geometry_of(const struct plx_plog *plog, const struct plx_conf_plex *cp, u32 member,
			  struct plx_plog_geometry *geo);

#endif
