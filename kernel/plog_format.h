/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parity log: what keeps a crash from spoiling the data of a stripe that was not
 * even being written (the write hole). Pure; also built in userspace.
 *
 * The hole: a write of block a changes a and P. After a crash in between, P does not fit
 * a, and if the disk of another block b is lost too, b = P + the others is garbage,
 * though nobody wrote b.
 *
 * What closes it: before any member of a stripe is written, an entry is durable (FUA) in
 * the log of the member that has its P; with two parities also in that of its Q. It has the
 * partial parity: the sum of all sectors of the hull that do not change. These cannot be
 * torn, so after a crash any of them that is lost follows from the partial parity
 * and those that are left, whatever P and the written blocks look like.
 *
 * A lost block that was written: P less the partial parity less the other written blocks is
 *  - its new or old content, where P and these others are all new or all old;
 *  - garbage otherwise.
 * Where no other block is written at the same sectors there are no others: each sector is
 * old or new, as on any disk that lost power. Else only a checksum tells. That of the
 * new content is in the entry; that of the old one if the writer had read it (RMW). With
 * neither right it cannot be told, and the honest answer is an error.
 *
 * No entry, or a torn one: no member was written, P fits. With the disk of P lost its log is
 * lost too, and not needed: all data blocks are there.
 *
 * Rules that this rests on:
 *  1. Members are written after the entry is durable in the logs of all parity members that
 *     are there. So an entry that is not in all of them does not count.
 *  2. What does not change is durable. This is said of each column of a row, the same sector
 *     of all its blocks, by itself. So no sector of a hull is logged again before what the
 *     last entry over it wrote is durable: the members were flushed or have no volatile
 *     cache. Or else the new entry lists all that the old one does as well.
 *     So an entry whose hull overlaps that of a later one is not needed: what it wrote
 *     was durable, or the later one says it too. Nor may it be used: the later one may have
 *     written, anywhere in its hull, what the partial parity of the older one is about. That
 *     holds as well where the later one is itself not needed any more. Entries
 *     of a row that do not overlap know nothing of one another, and all of them count.
 *     A later one that is not in all logs where it has to be was not acted upon (1): it
 *     takes nothing away.
 *  3. Head goes past a slot when all writes of its entries have completed and the members
 *     were flushed since. The slot is reused when a slot that says so is on the disk. So
 *     an entry is never lost before all older ones of that log have lost their say.
 *  4. Once all entries were replayed and the members flushed, an empty slot goes to
 *     each log with head at itself, before any row is written. The log of a member that
 *     joins, or returns, is wiped first; that of a stale one is never read.
 *  5. Replaying twice does no harm: a lost block is made from parity in such a way that it
 *     is found again. What is lost for good is recorded before parity is written.
 */
#ifndef _PLX_PLOG_FORMAT_H
#define _PLX_PLOG_FORMAT_H

#include <linux/xxhash.h>
#include "conf.h"
#include "stripe.h"

/*
 * What is found of seq and serial is below that, or is not believed; what is written is below the
 * other. So there is always a next one, and it is read again.
 */
#define PLX_PLOG_FOUND_BITS 61
#define PLX_PLOG_COUNT_BITS 62

struct plx_plog_geometry {
	struct plx_id volume_id;
	u64 log_id;
	u64 rows; /* of the plex */
	u32 member; /* whose log it is */
	u32 k, parity, unit; /* data blocks; parity blocks; sectors */
	u32 n_slots;
};

struct plx_plog_entry {
	u64 row, serial; /* serial: of the volume, counted up, from 1 on */
	struct plx_stripe_range change[PLX_STRIPE_MAX]; /* of each data block */
	u32 sum[PLX_STRIPE_MAX], old_sum[PLX_STRIPE_MAX]; /* plx_plog_sum() of change[] */
	u32 has_old; /* blocks whose old_sum is known */
	u32 partials; /* parity blocks that are there: 1: P, 2: Q */
	u32 payload_sum; /* plx_plog_sum() of the partial P over the hull, then the partial Q */
	/* follow from the above */
	struct plx_stripe_range hull;
	u32 payload_at, payload_sectors; /* behind the head; 0 sectors for a full stripe */
};

struct plx_plog_head {
	u64 seq, head;
	u32 n_entries, payload_sectors;
};

u32 plx_plog_slot(const struct plx_plog_geometry *geo, u64 seq); /* where it goes */
/*
 * The lower half of the xxh64 of what is added, whole or in pieces, from an empty one on.
 * It tells what was written from what was not, at the speed of memory on any machine; the
 * crc32c of the heads does so for little data.
 */
static inline void plx_plog_sum_begin(struct xxh64_state *sum)
{
	xxh64_reset(sum, 0);
}

static inline void plx_plog_sum_add(struct xxh64_state *sum, const void *buf, size_t bytes)
{
	xxh64_update(sum, buf, bytes);
}

static inline u32 plx_plog_sum_end(const struct xxh64_state *sum)
{
	return xxh64_digest(sum);
}

static inline u32 plx_plog_sum(const void *buf, size_t bytes)
{
	return xxh64(buf, bytes, 0);
}

/* fills what follows from the rest; false: it is no entry. Looks at neither serial nor sum */
bool plx_plog_shape(const struct plx_plog_geometry *geo, struct plx_plog_entry *e);
/* making a head of PLX_BLOCK_SIZE bytes: begin, add entries, seal */
void plx_plog_begin(const struct plx_plog_geometry *geo, u64 seq, u64 head, void *block);
/* fills what follows; -ENOSPC: it is full; -EINVAL: not an entry. Both change nothing. */
int plx_plog_add(const struct plx_plog_geometry *geo, void *block, struct plx_plog_entry *e);
void plx_plog_seal(void *block);

/*
 * Reading a slot, hostile until checked: the head, its payload, its entries. Then
 * those count whose seq is not below the highest head of that log.
 * -ENODATA: nothing there; -EBADMSG: torn or damaged; -ESTALE: of another log, or not of
 * this slot; -EINVAL: impossible; -ERANGE: it is right, but no counting got that far, and none
 * could go on from there: of the log nothing is to be believed. All entries of a
 * head that was decoded are sane.
 */
int plx_plog_decode(const struct plx_plog_geometry *geo, u32 slot, const void *block,
		    struct plx_plog_head *head);
/* @payload: head->payload_sectors; the slot counts as a whole or not at all */
int plx_plog_check_payload(const struct plx_plog_geometry *geo, const void *block,
			   const void *payload);
/* the entry at *cursor, first 0, and the cursor behind it; -ENOENT: no more */
int plx_plog_next(const struct plx_plog_geometry *geo, const void *block, u32 *cursor,
		  struct plx_plog_entry *e);

/* where an entry was found */
struct plx_plog_ref {
	u64 row, serial;
	u32 member, slot, cursor;
	u32 in; /* 1: in the log of the row's P, 2: of its Q */
	u32 need; /* parity members of the row whose log is there, in the same way */
	struct plx_stripe_range hull;
};

/* moves those that are to be replayed to the front, by row; returns how many */
u32 plx_plog_choose(struct plx_plog_ref *ref, u32 n);

/* plog_replay.c */
enum plx_plog_verdict {
	PLX_PLOG_RIGHT, /* is there, or was not being written */
	PLX_PLOG_NEW,
	PLX_PLOG_OLD,
	PLX_PLOG_EACH, /* each sector of it is old or new */
	PLX_PLOG_BAD, /* some of it is lost: see bad[] */
};

struct plx_plog_replay {
	u32 k, parity;
	u32 sector_bytes; /* 512; the unit tests have smaller ones */
	u32 lost; /* blocks that are not there, or stale, or could not be read */
	u32 unread; /* those of them that could not be read: their members get writes */
	/*
	 * All blocks over the hull, in 512 byte steps on multiples of 64: what is there as it
	 * was read; what is lost is made. P and Q get the parity that fits.
	 */
	void *block[PLX_STRIPE_MAX];
	void *partial[2]; /* from the payload, as far as there */
	void *spare; /* a page */
	/* out, of data blocks */
	enum plx_plog_verdict verdict[PLX_STRIPE_MAX];
	/* where reads must err until it is written anew; what is in block[] is not to be shown */
	struct plx_stripe_range bad[PLX_STRIPE_MAX];
	u32 write; /* blocks that go to the disks, over the hull */
};

/*
 * -EIO: more is lost than parity makes up for, or nobody can tell what a block holds whose
 * member is there. Then nothing is to be written
 */
int plx_plog_replay(const struct plx_plog_entry *e, struct plx_plog_replay *r);

#endif
