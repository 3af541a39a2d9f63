/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parity log of a volume while it is in use: entries become durable in the logs of the
 * row's parity members before the row is written. What an entry is, and why that closes the
 * write hole: plog_format.h. Its id is made of the first bytes of the plex's id.
 */
#ifndef _PLX_PLOG_H
#define _PLX_PLOG_H

#include "plexus.h"
#include "plog_format.h"

/*
 * One entry on its way. Between plx_plog_log() and plx_plog_written() it is the log's, and
 * what it points to does not change.
 */
struct plx_plog_req {
	/* row, change, crc, old_crc, has_old and partials are set; the log fills in the rest */
	struct plx_plog_entry entry;
	u32 member[2]; /* of the plex, that has P, and Q, of the row */
	/* partial parity over the hull; the first page holds sector round_down(hull.lo, 8) */
	struct page **partial[2];
	/* durable in all logs of entry.partials but those in @failed (1: of P, 2: of Q) */
	void (*done)(struct plx_plog_req *req, u32 failed);
	/* the log's own */
	struct list_head node;
	atomic_t pending;
	u32 failed;
	u64 seq[2];
};

struct plx_plog;

/*
 * NULL: no memory. The members' disks are followed by plx_plog_follow(), under
 * pack->change, before a plan that names the log is published.
 */
struct plx_plog *plx_plog_new(struct plx_volume *vol, const struct plx_conf_plex *cp);
/* logs on members that get writes in @conf are used from now on, others are not */
int plx_plog_follow(struct plx_plog *plog, const struct plx_conf *conf,
		    const struct plx_conf_plex *cp);
void plx_plog_stop(struct plx_plog *plog); /* no entries any more; waits for its works */
void plx_plog_free(struct plx_plog *plog);

/*
 * Starts to make an entry durable. Process context, inside the epoch, may submit bios,
 * never waits; with several on their way they share writes. done() is called once, in any
 * context, maybe before this returns.
 */
void plx_plog_log(struct plx_plog *plog, struct plx_plog_req *req);
/* all writes that the entry speaks of have completed, or none was made. Any context */
void plx_plog_written(struct plx_plog *plog, struct plx_plog_req *req);

/*
 * At a start, under pack->change, before any I/O of the volume: sets right all rows that
 * were being written, flushes, wipes the logs. 0: parity fits wherever it is trusted;
 * else it cannot be trusted in what is dirty.
 */
int plx_plog_recover(struct plx_plog *plog, const struct plx_conf *conf,
		     const struct plx_conf_volume *cv);
/* the log of a member that is about to join says nothing. Sleeps. 0 or -EIO */
int plx_plog_wipe(struct plx_disk *disk, const struct plx_conf_member *m);

#endif
