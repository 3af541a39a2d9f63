/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The book-keeping of the parity logs of a volume: which slot is free, where head is, which
 * entry has to wait for a flush. Rules 2 and 3 of plog_format.h are kept here, and nowhere
 * else. Pure but for its allocations: no lock, no I/O; also built in userspace.
 *
 * A note stands for an entry, from before it is logged until what it wrote is durable:
 *
 *   free -> open (logged, its row is written) -> written -> flushing -> free
 *
 * A failed flush takes it back to written; where no disk can lose what it acknowledged it
 * goes from open to free. As long as it is there its slots are not free, and no entry
 * that overlaps it gets a note.
 */
#ifndef _PLX_PLOG_SLOTS_H
#define _PLX_PLOG_SLOTS_H

#include "plog_format.h"

struct plx_plog_note {
	u64 row;
	struct plx_stripe_range hull;
	u64 seq[2]; /* of the slots that it is in; 0: none */
	u32 log[2]; /* of which logs */
	u32 next; /* of its bucket, or of the free ones; 0: no more */
	u32 order; /* the next that was written, or is being flushed */
};

/* the log of a member */
struct plx_plog_ring {
	u32 n_slots; /* 0: none */
	u64 first; /* seq that it began with: older ones are of a log that is gone */
	u64 head; /* the lowest seq that is needed, or next */
	u64 said; /* what a head that is on the disk says so of: slots below that are reused */
	u64 next; /* never falls as long as the volume runs */
	u32 *open; /* of each slot: how many notes are in it */
};

struct plx_plog_chain {
	u32 first, last, n;
};

struct plx_plog_slots {
	u32 n_logs, n_notes, free, n_free;
	u32 n_buckets; /* a power of two */
	struct plx_plog_chain written, flushing;
	u32 *bucket;
	struct plx_plog_ring *ring;
	struct plx_plog_note *note; /* from 1 on */
};

struct plx_plog_slots *plx_plog_slots_new(u32 n_logs, u32 n_notes); /* NULL: no memory */
void plx_plog_slots_free(struct plx_plog_slots *s);
/* a log that says nothing, as after a wipe. @open: n_slots of 0; returns the old ones */
u32 *plx_plog_ring_start(struct plx_plog_slots *s, u32 log, u32 n_slots, u32 *open);
void plx_plog_ring_skip(struct plx_plog_slots *s, u32 log, u64 next, bool said);
/* a note, or 0: it has to wait for a flush, or for another one to go */
u32 plx_plog_note_new(struct plx_plog_slots *s, u64 row, struct plx_stripe_range hull);
/* the next slot of a log; false: none is free. One that no note enters is free at once */
bool plx_plog_slot_take(struct plx_plog_slots *s, u32 log, u64 *seq, u64 *head);
/* it is on the disk, or failed; before the notes in it are told */
void plx_plog_slot_done(struct plx_plog_slots *s, u32 log, u64 seq, u64 head, bool ok);
void plx_plog_note_enter(struct plx_plog_slots *s, u32 note, u32 i, u32 log, u64 seq);
/* all that its entry writes has completed, and is durable, or will be with the next flush */
void plx_plog_note_written(struct plx_plog_slots *s, u32 note, bool durable);
/* false: there is nothing to flush. One at a time */
bool plx_plog_flush_begin(struct plx_plog_slots *s);
void plx_plog_flush_end(struct plx_plog_slots *s, bool flushed);
/* half of something is used, and a flush would free some of it */
bool plx_plog_flush_soon(const struct plx_plog_slots *s);

#endif
