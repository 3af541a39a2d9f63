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

struct plx_plog_req;

struct plx_plog_leg { /* of a request: its way to one log */
	struct list_head node;
	struct plx_plog_req *req;
	u32 which; /* 0: of P, 1: of Q */
};

/*
 * One entry on its way. Between plx_plog_log() and plx_plog_written() it is the log's, and
 * what it points to does not change; the partial parity is not looked at any more once done()
 * was called.
 */
struct plx_plog_req {
	/* row, change, crc, old_crc, has_old and partials are set; the log fills in the rest */
	struct plx_plog_entry entry;
	u32 member[2]; /* of the plex, that has P, and Q, of the row */
	/* partial parity over the hull; the first page begins at round_down(hull.lo, PAGE_SECTORS) */
	struct page **partial[2];
	/* durable in all logs of entry.partials but those in @failed (1: of P, 2: of Q) */
	void (*done)(struct plx_plog_req *req, u32 failed);
	/* the log's own */
	struct plx_plog_leg leg[2];
	u32 note; /* plog_slots.h; 0: none */
	u32 pending; /* legs */
	u32 failed;
};

struct plx_plog;

/*
 * NULL: no memory. The members' disks are followed by plx_plog_follow(), under
 * pack->change, before a plan that names the log is published.
 */
struct plx_plog *plx_plog_new(struct plx_volume *vol, const struct plx_conf_plex *cp);
/*
 * Logs on members that get writes in @conf are used from now on, others are not. One that
 * failed is tried again. -ENOMEM: some of them cannot be used
 */
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
/*
 * All writes that the entry speaks of have completed, or none was made. Once for each request
 * whose done() was called, also where that said failed. Any context.
 */
void plx_plog_written(struct plx_plog *plog, struct plx_plog_req *req);

/*
 * At a start, or when too many members were lost and are back, under pack->change, after
 * plx_plog_follow(), while there is no I/O: rows of dirty regions that were being written are
 * set right, members flushed, logs begun anew. @log is loaded. 0: parity fits wherever it was
 * trusted, but for what plx_plog_bad() says; -ENOMEM: to be done again before any I/O; else it
 * cannot be trusted in what is dirty, which is unsync now.
 */
int plx_plog_recover(struct plx_plog *plog, struct plx_log *log, const struct plx_conf *conf,
		     const struct plx_conf_volume *cv);
/* the log of a member that is about to join says nothing. Sleeps. 0 or -EIO */
int plx_plog_wipe(struct plx_disk *disk, const struct plx_conf_member *m);

/*
 * Sectors of the volume that were being written at a crash, and of which nobody can tell what
 * they hold: reads of them fail, until they were written. Known until the volume stops. Any
 * context, also for NULL.
 */
bool plx_plog_bad(struct plx_plog *plog, u64 sector, u32 sectors);
void plx_plog_bad_written(struct plx_plog *plog, u64 sector, u32 sectors);

#endif
