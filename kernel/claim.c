// SPDX-License-Identifier: GPL-2.0
/*
 * Who works on which part of a volume: writes that touch one another go one after the
 * other, in the order in which they came, and all others do not notice.
 *
 * A claim has a key, which says in which bucket it is, and a range inside it. It waits as
 * long as one that came before it, and has the same key and a range that touches its own,
 * is there; those that only look may share. So nobody is overtaken for ever. An I/O has
 * one claim; who has several takes them in the order of their keys: nobody waits in a
 * circle.
 *
 * Nothing here survives a crash, and nothing needs to.
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "plexus.h"

#define BUCKETS 64

struct bucket {
	spinlock_t lock;
	/* under lock */
	struct list_head claims; /* in the order in which they came */
	u32 waiting;
} ____cacheline_aligned_in_smp;

struct plx_claims {
	struct bucket bucket[BUCKETS];
};

static struct bucket *bucket_of(struct plx_claims *claims, u64 key)
{
	return &claims->bucket[hash_64(key, ilog2(BUCKETS))];
}

static bool touch(const struct plx_claim *a, const struct plx_claim *b)
{
	return a->key == b->key && a->start < b->end && b->start < a->end &&
	       !(a->shared && b->shared);
}

/* does one that came before touch it? */
static bool must_wait(const struct bucket *b, const struct plx_claim *claim)
{
	const struct plx_claim *other;

	list_for_each_entry(other, &b->claims, node) {
		if (other == claim)
			return false;
		if (touch(other, claim))
			return true;
	}
	return false;
}

/**
 * plx_claim_take - claim a range
 * @claims: of the volume
 * @claim: key, start, end and granted are set; belongs to this until plx_claim_release()
 *
 * Context: any.
 * Return: true: it is claimed. false: claim->granted() is called when it is, in the
 * context of whoever releases what it waits for, under no lock, maybe before this returns.
 */
bool plx_claim_take(struct plx_claims *claims, struct plx_claim *claim)
{
	struct bucket *b = bucket_of(claims, claim->key);
	unsigned long flags;
	bool waits;

	spin_lock_irqsave(&b->lock, flags);
	list_add_tail(&claim->node, &b->claims);
	waits = must_wait(b, claim);
	claim->waits = waits;
	b->waiting += waits;
	spin_unlock_irqrestore(&b->lock, flags);
	return !waits;
}

/* those that waited for @gone alone leave for @ready */
static void find_ready(struct bucket *b, const struct plx_claim *gone, struct list_head *ready)
{
	struct plx_claim *claim;

	lockdep_assert_held(&b->lock);
	list_for_each_entry(claim, &b->claims, node) {
		if (!claim->waits || !touch(claim, gone) || must_wait(b, claim))
			continue;
		claim->waits = false;
		b->waiting--;
		list_add_tail(&claim->ready, ready);
	}
}

/**
 * plx_claim_release - give a claim back
 * @claims: of the volume
 * @claim: that was granted; the caller's again
 *
 * Context: any. Calls granted() of those that may go on.
 */
void plx_claim_release(struct plx_claims *claims, struct plx_claim *claim)
{
	struct bucket *b = bucket_of(claims, claim->key);
	struct plx_claim *next, *tmp;
	unsigned long flags;
	LIST_HEAD(ready);

	spin_lock_irqsave(&b->lock, flags);
	list_del(&claim->node);
	if (unlikely(b->waiting))
		find_ready(b, claim, &ready);
	spin_unlock_irqrestore(&b->lock, flags);
	/* a granted one may be released, and gone, when granted() returns */
	list_for_each_entry_safe(next, tmp, &ready, ready)
		next->granted(next);
}

static void wake(struct plx_claim *claim)
{
	complete(&container_of(claim, struct plx_claim_sync, claim)->done);
}

/**
 * plx_claim_wait - claim a range, and wait until it is granted
 * @claims: of the volume
 * @sync: claim.key, start and end are set
 *
 * Context: sleeps; not inside submit_bio. Several are taken in ascending order of key.
 */
void plx_claim_wait(struct plx_claims *claims, struct plx_claim_sync *sync)
{
	init_completion(&sync->done);
	sync->claim.granted = wake;
	if (!plx_claim_take(claims, &sync->claim))
		wait_for_completion_io(&sync->done);
}

struct plx_claims *plx_claims_new(void)
{
	struct plx_claims *claims = kvzalloc(sizeof(*claims), GFP_KERNEL);
	u32 i;

	for (i = 0; claims && i < BUCKETS; i++) {
		spin_lock_init(&claims->bucket[i].lock);
		INIT_LIST_HEAD(&claims->bucket[i].claims);
	}
	return claims;
}

void plx_claims_free(struct plx_claims *claims)
{
	kvfree(claims);
}
