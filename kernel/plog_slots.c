// SPDX-License-Identifier: GPL-2.0
/*
 * Which slot of a parity log is free, and what has to wait for a flush: plog_slots.h.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "plog_slots.h"

/**
 * plx_plog_slots_new() - for the logs of a plex, all without slots yet
 * @n_logs: members of the plex
 * @n_notes: entries that can be under way or not flushed at the same time
 */
struct plx_plog_slots *plx_plog_slots_new(u32 n_logs, u32 n_notes)
{
	struct plx_plog_slots *s = kzalloc(sizeof(*s), GFP_NOIO);
	u32 i;

	if (!s)
		return NULL;
	s->n_logs = n_logs;
	s->n_notes = n_notes;
	for (s->n_buckets = 1; s->n_buckets < n_notes; s->n_buckets *= 2)
		;
	s->bucket = kvcalloc(s->n_buckets, sizeof(*s->bucket), GFP_NOIO);
	s->ring = kcalloc(n_logs, sizeof(*s->ring), GFP_NOIO);
	s->note = kvcalloc(n_notes + 1, sizeof(*s->note), GFP_NOIO);
	if (!s->bucket || !s->ring || !s->note) {
		plx_plog_slots_free(s);
		return NULL;
	}
	for (i = n_notes; i; i--) {
		s->note[i].next = s->free;
		s->free = i;
	}
	s->n_free = n_notes;
	for (i = 0; i < n_logs; i++)
		s->ring[i] = (struct plx_plog_ring){ .first = 1, .head = 1, .next = 1 };
	return s;
}

void plx_plog_slots_free(struct plx_plog_slots *s)
{
	u32 i;

	if (!s)
		return;
	for (i = 0; s->ring && i < s->n_logs; i++)
		kvfree(s->ring[i].open);
	kvfree(s->bucket);
	kfree(s->ring);
	kvfree(s->note);
	kfree(s);
}

/**
 * plx_plog_ring_start() - begin with a log that was wiped
 * @s: the slots
 * @log: which member's
 * @n_slots: how many it has, PLX_PLOG_SLOTS_MIN at least
 * @open: n_slots of 0; belongs to @s from now on
 *
 * A seq is not used twice: a write to the log that was there before, and that is late, is
 * then older than all that comes, and takes nothing away.
 *
 * Return: what was @open before, to be freed.
 */
u32 *plx_plog_ring_start(struct plx_plog_slots *s, u32 log, u32 n_slots, u32 *open)
{
	struct plx_plog_ring *r = &s->ring[log];
	u32 *old = r->open;

	r->n_slots = n_slots;
	r->open = open;
	r->first = r->next;
	r->head = r->next;
	r->said = r->next;
	return old;
}

/**
 * plx_plog_ring_skip() - what is in a log so far is not needed
 * @s: the slots; notes that are in some of this log are in none from now on
 * @log: which member's
 * @next: above every seq that may be on the disk, and in the slot that follows the
 *	  newest one: the oldest goes first
 * @said: that is what a head on the disk says
 */
void plx_plog_ring_skip(struct plx_plog_slots *s, u32 log, u64 next, bool said)
{
	struct plx_plog_ring *r = &s->ring[log];

	r->next = max(next, r->next);
	r->first = r->next;
	r->head = r->next;
	if (r->n_slots)
		memset(r->open, 0, (size_t)r->n_slots * sizeof(*r->open));
	/* else the first slot has to be on the disk before there is a second one */
	r->said = said || !r->n_slots ? r->next : r->next - (r->n_slots - 1);
}

static u32 *bucket_of(struct plx_plog_slots *s, u64 row)
{
	return &s->bucket[(row * 0x9e3779b97f4a7c15ULL >> 32) & (s->n_buckets - 1)];
}

/* notes of a ring's slot */
static u32 *open_of(struct plx_plog_ring *r, u64 seq)
{
	u32 slot;

	div_u64_rem(seq, r->n_slots, &slot);
	return &r->open[slot];
}

/**
 * plx_plog_note_new() - may a row be logged?
 * @s: the slots
 * @row: which row
 * @hull: of the entry
 *
 * Return: its note, or 0: not yet.
 */
u32 plx_plog_note_new(struct plx_plog_slots *s, u64 row, struct plx_stripe_range hull)
{
	u32 *bucket = bucket_of(s, row), n;

	for (n = *bucket; n; n = s->note[n].next)
		if (s->note[n].row == row && s->note[n].hull.lo < hull.hi &&
		    hull.lo < s->note[n].hull.hi)
			return 0;
	n = s->free;
	if (!n)
		return 0;
	s->free = s->note[n].next;
	s->n_free--;
	s->note[n] = (struct plx_plog_note){ .row = row, .hull = hull, .next = *bucket };
	*bucket = n;
	return n;
}

static void head_follow(struct plx_plog_ring *r)
{
	while (r->head < r->next && !*open_of(r, r->head))
		r->head++;
}

/**
 * plx_plog_slot_take() - where the next entries go
 * @s: the slots
 * @log: which member's
 * @seq: of the slot
 * @head: what it has to say
 *
 * A slot is free for good when a head past it is on the disk. It does not do that the one
 * that goes over it says so: of several on their way one may be torn, another one not begun,
 * and then the log has lost an entry while an older one, that it took away, counts again.
 * The last slot that is free is kept for one that brings head further.
 */
bool plx_plog_slot_take(struct plx_plog_slots *s, u32 log, u64 *seq, u64 *head)
{
	struct plx_plog_ring *r = &s->ring[log];
	u64 used = r->next - r->said;

	head_follow(r);
	if (used + 1 > r->n_slots || (used + 1 == r->n_slots && r->head == r->said))
		return false;
	*head = r->head;
	*seq = r->next++;
	return true;
}

void plx_plog_slot_done(struct plx_plog_slots *s, u32 log, u64 seq, u64 head, bool ok)
{
	struct plx_plog_ring *r = &s->ring[log];

	if (seq < r->first)
		return;
	if (ok)
		r->said = max(r->said, head);
	else if (seq + 1 == r->next)
		r->next = seq; /* or nobody could bring head further */
}

void plx_plog_note_enter(struct plx_plog_slots *s, u32 note, u32 i, u32 log, u64 seq)
{
	s->note[note].log[i] = log;
	s->note[note].seq[i] = seq;
	++*open_of(&s->ring[log], seq);
}

static void note_free(struct plx_plog_slots *s, u32 n)
{
	struct plx_plog_note *note = &s->note[n];
	u32 *at = bucket_of(s, note->row), i;

	for (i = 0; i < 2; i++) {
		struct plx_plog_ring *r = &s->ring[note->log[i]];

		if (!note->seq[i] || note->seq[i] < r->first)
			continue;
		--*open_of(r, note->seq[i]);
		head_follow(r);
	}
	while (*at != n)
		at = &s->note[*at].next;
	*at = note->next;
	note->next = s->free;
	s->free = n;
	s->n_free++;
}

static void chain_add(struct plx_plog_slots *s, struct plx_plog_chain *c, u32 n)
{
	s->note[n].order = 0;
	if (c->n++)
		s->note[c->last].order = n;
	else
		c->first = n;
	c->last = n;
}

void plx_plog_note_written(struct plx_plog_slots *s, u32 note, bool durable)
{
	if (durable)
		note_free(s, note);
	else
		chain_add(s, &s->written, note);
}

/**
 * plx_plog_flush_begin() - what was written so far is about to be flushed
 * @s: the slots
 *
 * What is written from now on is not covered: a flush need not wait for what comes
 * after it began.
 */
bool plx_plog_flush_begin(struct plx_plog_slots *s)
{
	if (!s->written.n || s->flushing.n)
		return false;
	s->flushing = s->written;
	s->written = (struct plx_plog_chain){};
	return true;
}

void plx_plog_flush_end(struct plx_plog_slots *s, bool flushed)
{
	u32 n = s->flushing.first, next;

	s->flushing = (struct plx_plog_chain){};
	for (; n; n = next) {
		next = s->note[n].order;
		if (flushed)
			note_free(s, n);
		else
			chain_add(s, &s->written, n);
	}
}

bool plx_plog_flush_soon(const struct plx_plog_slots *s)
{
	u32 i;

	if (!s->written.n)
		return false;
	if (s->n_free < s->n_notes / 2)
		return true;
	for (i = 0; i < s->n_logs; i++)
		if (2 * (s->ring[i].next - s->ring[i].head) > s->ring[i].n_slots)
			return true;
	return false;
}
