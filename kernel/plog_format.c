// SPDX-License-Identifier: GPL-2.0
/*
 * Slots of a parity log to and from the disk. Why they are: plog_format.h.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sort.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "plog_format.h"

#define ENTRY_BYTES sizeof(struct plx_plog_entry_disk)
#define WRITE_BYTES sizeof(struct plx_plog_write_disk)

u32 plx_plog_slot(const struct plx_plog_geometry *geo, u64 seq)
{
	u32 slot;

	div_u64_rem(seq, geo->n_slots, &slot);
	return slot;
}

static bool changes(const struct plx_plog_entry *e, u32 d)
{
	return e->change[d].hi > e->change[d].lo;
}

bool plx_plog_shape(const struct plx_plog_geometry *geo, struct plx_plog_entry *e)
{
	bool full = true;
	u32 d;

	if (e->row >= geo->rows || !e->partials || e->partials >> geo->parity)
		return false;
	e->hull = (struct plx_stripe_range){ geo->unit, 0 };
	for (d = 0; d < geo->k; d++) {
		if (!changes(e, d))
			continue;
		e->hull.lo = min(e->hull.lo, e->change[d].lo);
		e->hull.hi = max(e->hull.hi, e->change[d].hi);
	}
	if (e->hull.hi <= e->hull.lo || e->hull.hi > geo->unit)
		return false;
	for (d = 0; d < geo->k; d++)
		full &= e->change[d].lo == e->hull.lo && e->change[d].hi == e->hull.hi;
	e->payload_sectors = full ? 0 : hweight32(e->partials) * (e->hull.hi - e->hull.lo);
	return true;
}

static bool entry_complete(const struct plx_plog_geometry *geo, struct plx_plog_entry *e)
{
	return e->serial && !(e->serial >> PLX_PLOG_COUNT_BITS) && plx_plog_shape(geo, e) &&
	       (e->payload_sectors || !e->payload_sum);
}

static bool geometry_sane(const struct plx_plog_geometry *geo)
{
	return geo->k && (geo->parity == 1 || geo->parity == 2) &&
	       geo->k + geo->parity <= PLX_STRIPE_MAX && geo->unit && geo->unit <= PLX_UNIT_MAX &&
	       geo->n_slots;
}

static u32 payload_max(const struct plx_plog_geometry *geo)
{
	return plx_plog_slot_sectors(geo->unit, geo->parity) - PLX_BLOCK_SECTORS;
}

/**
 * plx_plog_begin() - a head without entries
 * @geo: of the log
 * @seq: counts the slots of this log, from 1 on; goes to slot @seq mod geo->n_slots
 * @head: the lowest seq that is still needed, or @seq
 * @block: PLX_BLOCK_SIZE bytes
 */
void plx_plog_begin(const struct plx_plog_geometry *geo, u64 seq, u64 head, void *block)
{
	struct plx_plog_disk *d = block;

	memset(d, 0, sizeof(*d));
	d->magic = cpu_to_le32(PLX_PLOG_MAGIC);
	memcpy(d->volume_id, geo->volume_id.b, sizeof(d->volume_id));
	d->log_id = cpu_to_le64(geo->log_id);
	d->seq = cpu_to_le64(seq);
	d->head = cpu_to_le64(head);
	d->member = cpu_to_le32(geo->member);
}

static void write_encode(const struct plx_plog_entry *e, u32 d, struct plx_plog_write_disk *w)
{
	memset(w, 0, sizeof(*w));
	w->block = d;
	w->lo = cpu_to_le16(e->change[d].lo);
	w->hi = cpu_to_le16(e->change[d].hi);
	w->sum = cpu_to_le32(e->sum[d]);
	if (!(e->has_old & 1U << d))
		return;
	w->flags = PLX_PLOG_HAS_OLD;
	w->old_sum = cpu_to_le32(e->old_sum[d]);
}

int plx_plog_add(const struct plx_plog_geometry *geo, void *block, struct plx_plog_entry *e)
{
	struct plx_plog_disk *head = block;
	u32 used = le32_to_cpu(head->entry_bytes), at = le32_to_cpu(head->payload_sectors);
	struct plx_plog_entry_disk *entry = (void *)(head->entries + used);
	struct plx_plog_write_disk *w = (void *)(entry + 1);
	u32 n = 0, d;

	if (!geometry_sane(geo) || !entry_complete(geo, e))
		return -EINVAL;
	for (d = 0; d < geo->k; d++)
		n += changes(e, d);
	if (used + ENTRY_BYTES + n * WRITE_BYTES > sizeof(head->entries) ||
	    at + e->payload_sectors > payload_max(geo))
		return -ENOSPC;
	e->payload_at = at;
	memset(entry, 0, sizeof(*entry));
	entry->row = cpu_to_le64(e->row);
	entry->serial = cpu_to_le64(e->serial);
	entry->payload_sum = cpu_to_le32(e->payload_sum);
	entry->lo = cpu_to_le16(e->hull.lo);
	entry->hi = cpu_to_le16(e->hull.hi);
	entry->n_writes = n;
	entry->partials = e->partials;
	for (d = 0; d < geo->k; d++)
		if (changes(e, d))
			write_encode(e, d, w++);
	head->n_entries = cpu_to_le32(le32_to_cpu(head->n_entries) + 1);
	head->entry_bytes = cpu_to_le32(used + ENTRY_BYTES + n * WRITE_BYTES);
	head->payload_sectors = cpu_to_le32(at + e->payload_sectors);
	return 0;
}

/* of what is used; the rest means nothing */
static u32 head_crc(const struct plx_plog_disk *d)
{
	u32 used = min_t(u32, le32_to_cpu(d->entry_bytes), sizeof(d->entries));

	return plx_format_crc(d, offsetof(struct plx_plog_disk, entries) + used,
			      offsetof(struct plx_plog_disk, crc));
}

void plx_plog_seal(void *block)
{
	struct plx_plog_disk *d = block;

	d->crc = cpu_to_le32(head_crc(d));
}

static int write_decode(const struct plx_plog_geometry *geo, const struct plx_plog_write_disk *w,
			struct plx_plog_entry *e, u32 *next)
{
	u32 d = w->block, lo = le16_to_cpu(w->lo), hi = le16_to_cpu(w->hi);

	if (d < *next || d >= geo->k || lo >= hi || hi > geo->unit || w->flags & ~PLX_PLOG_HAS_OLD)
		return -EINVAL;
	*next = d + 1;
	e->change[d] = (struct plx_stripe_range){ lo, hi };
	e->sum[d] = le32_to_cpu(w->sum);
	if (w->flags & PLX_PLOG_HAS_OLD) {
		e->has_old |= 1U << d;
		e->old_sum[d] = le32_to_cpu(w->old_sum);
	}
	return 0;
}

/* an entry in the @len bytes at @from; returns how many are its, or an error */
static int entry_decode(const struct plx_plog_geometry *geo, const u8 *from, u32 len,
			struct plx_plog_entry *e)
{
	const struct plx_plog_entry_disk *d = (const void *)from;
	const struct plx_plog_write_disk *w = (const void *)(d + 1);
	u32 next = 0, i;

	memset(e, 0, sizeof(*e));
	if (len < ENTRY_BYTES || d->n_writes > (len - ENTRY_BYTES) / WRITE_BYTES)
		return -EINVAL;
	e->row = le64_to_cpu(d->row);
	e->serial = le64_to_cpu(d->serial);
	e->payload_sum = le32_to_cpu(d->payload_sum);
	e->partials = d->partials;
	for (i = 0; i < d->n_writes; i++)
		if (write_decode(geo, w + i, e, &next))
			return -EINVAL;
	if (!entry_complete(geo, e) || e->hull.lo != le16_to_cpu(d->lo) ||
	    e->hull.hi != le16_to_cpu(d->hi))
		return -EINVAL;
	return ENTRY_BYTES + d->n_writes * WRITE_BYTES;
}

/*
 * A cursor is the bytes of the entries passed, and in its upper half the sectors of their
 * payload: both have room in 16 bits. payload_max() is below 8192 for all units.
 */
int plx_plog_next(const struct plx_plog_geometry *geo, const void *block, u32 *cursor,
		  struct plx_plog_entry *e)
{
	const struct plx_plog_disk *head = block;
	u32 used = le32_to_cpu(head->entry_bytes), at = *cursor & 0xffff, sectors = *cursor >> 16;
	int bytes;

	if (used > sizeof(head->entries) || at > used)
		return -EINVAL;
	if (at == used)
		return -ENOENT;
	bytes = entry_decode(geo, head->entries + at, used - at, e);
	if (bytes < 0)
		return bytes;
	e->payload_at = sectors;
	sectors += e->payload_sectors;
	if (sectors > payload_max(geo))
		return -EINVAL;
	*cursor = sectors << 16 | (at + bytes);
	return 0;
}

int plx_plog_decode(const struct plx_plog_geometry *geo, u32 slot, const void *block,
		    struct plx_plog_head *head)
{
	const struct plx_plog_disk *d = block;
	struct plx_plog_entry e;
	u32 cursor = 0, n = 0, used;
	u64 seq, highest;
	int err;

	if (!geometry_sane(geo))
		return -EINVAL;
	if (le32_to_cpu(d->magic) != PLX_PLOG_MAGIC)
		return -ENODATA;
	used = le32_to_cpu(d->entry_bytes);
	if (used > sizeof(d->entries) || le32_to_cpu(d->crc) != head_crc(d) ||
	    memchr_inv(d->entries + used, 0, sizeof(d->entries) - used))
		return -EBADMSG;
	seq = le64_to_cpu(d->seq);
	if (memcmp(d->volume_id, geo->volume_id.b, sizeof(d->volume_id)) ||
	    le64_to_cpu(d->log_id) != geo->log_id || le32_to_cpu(d->member) != geo->member ||
	    plx_plog_slot(geo, seq) != slot)
		return -ESTALE;
	if (!seq || le64_to_cpu(d->head) > seq)
		return -EINVAL;
	for (highest = seq; !(err = plx_plog_next(geo, block, &cursor, &e)); n++)
		highest = max(highest, e.serial);
	if (err != -ENOENT || n != le32_to_cpu(d->n_entries) ||
	    cursor >> 16 != le32_to_cpu(d->payload_sectors))
		return -EINVAL;
	if (highest >> PLX_PLOG_FOUND_BITS)
		return -ERANGE;
	*head = (struct plx_plog_head){ seq, le64_to_cpu(d->head), n, cursor >> 16 };
	return 0;
}

int plx_plog_check_payload(const struct plx_plog_geometry *geo, const void *block,
			   const void *payload)
{
	struct plx_plog_entry e;
	u32 cursor = 0;
	int err;

	while (!(err = plx_plog_next(geo, block, &cursor, &e))) {
		const u8 *own = (const u8 *)payload + ((size_t)e.payload_at << PLX_SECTOR_SHIFT);
		size_t bytes = (size_t)e.payload_sectors << PLX_SECTOR_SHIFT;

		if (e.payload_sectors && plx_plog_sum(own, bytes) != e.payload_sum)
			return -EBADMSG;
	}
	return err == -ENOENT ? 0 : err;
}

/* by row, in a row the last one first, then by log */
static int ref_cmp(const void *a, const void *b)
{
	const struct plx_plog_ref *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->serial != y->serial)
		return x->serial > y->serial ? -1 : 1;
	return x->in < y->in ? -1 : x->in > y->in;
}

/* takes the columns of @hull; was one of them taken before? */
static bool columns_take(u64 *taken, struct plx_stripe_range hull)
{
	bool before = false;
	u32 s;

	for (s = hull.lo; s < hull.hi && s < PLX_UNIT_MAX; s++) {
		before |= taken[s / 64] & 1ULL << s % 64;
		taken[s / 64] |= 1ULL << s % 64;
	}
	return before;
}

/**
 * plx_plog_choose() - which entries to replay
 * @ref: all that count by their slots, from the logs of all members; is sorted
 * @n: how many
 *
 * Of each row those that are in all logs where they have to be and whose hull no later one
 * of these overlaps; one that is not in all of them was never acted upon. They can be
 * replayed in any order.
 *
 * Return: how many are left, at the front of @ref.
 */
u32 plx_plog_choose(struct plx_plog_ref *ref, u32 n)
{
	u64 taken[PLX_UNIT_MAX / 64];
	u32 kept = 0, i, j, in;
	u64 row = 0;

	sort(ref, n, sizeof(*ref), ref_cmp, NULL);
	for (i = 0; i < n; i = j) {
		struct plx_plog_ref first = ref[i];

		if (!i || row != first.row)
			memset(taken, 0, sizeof(taken));
		row = first.row;
		in = 0;
		for (j = i; j < n && ref[j].row == row && ref[j].serial == first.serial; j++)
			in |= ref[j].in;
		if (!(first.need & ~in) && !columns_take(taken, first.hull))
			ref[kept++] = first;
	}
	return kept;
}
