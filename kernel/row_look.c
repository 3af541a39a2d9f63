// SPDX-License-Identifier: GPL-2.0
/* What a row is like: where its blocks are, what of them is not there or not right. */
#include "io.h"
#include "row.h"

u32 plx_row_member(const struct plx_layout *l, u64 row, u32 b)
{
	u32 k = plx_layout_row_data(l);

	return plx_layout_role_member(l, row, b < k ? b : b == k ? PLX_ROLE_P : PLX_ROLE_Q);
}

u32 plx_row_block(const struct plx_layout *l, u64 row, u32 member)
{
	u32 role = plx_layout_role(l, row, member);

	return role == PLX_ROLE_P ? plx_layout_row_data(l) :
	       role == PLX_ROLE_Q ? plx_layout_row_data(l) + 1 :
				    role;
}

struct plx_disk *plx_row_place(const struct plx_plan *plan, u32 member, u64 row, u64 *sector)
{
	const struct plx_layout *l = plan->plex[0].layout;
	struct plx_place place;

	if (plan->plex[0].lost & 1U << member)
		return NULL;
	plx_layout_member_map(l, member, row << l->unit_shift, &place);
	*sector = place.sector;
	return plan->disk[l->member[member].extent[place.extent].disk];
}

bool plx_row_regions(const struct plx_plan *plan, u64 row, u32 *first, u32 *last)
{
	const struct plx_layout *l = plan->plex[0].layout;
	u64 sectors = (u64)plx_layout_row_data(l) << l->unit_shift, start = row * sectors;

	if (start >= plan->sectors)
		return false;
	*first = start >> plan->log->shift;
	*last = (min(start + sectors, plan->sectors) - 1) >> plan->log->shift;
	return true;
}

static bool any_set(const unsigned long *map, u32 first, u32 last)
{
	for (; map && first <= last; first++)
		if (test_bit(first, map))
			return true;
	return false;
}

/* what of the row is not there, or not right, by member */
static u32 missing_members(const struct plx_plan *plan, u32 first, u32 last)
{
	const struct plx_plan_plex *pp = &plan->plex[0];
	u32 missing = pp->lost, stale = pp->stale, m;

	for (; unlikely(stale); stale &= stale - 1) {
		m = __ffs(stale);
		if (!pp->plex->member[m]->stale || any_set(pp->plex->member[m]->stale, first, last))
			missing |= 1U << m;
	}
	return missing;
}

static u32 blocks_of(const struct plx_layout *l, u64 row, u32 members)
{
	u32 blocks = 0;

	for (; members; members &= members - 1)
		blocks |= 1U << plx_row_block(l, row, __ffs(members));
	return blocks;
}

void plx_row_look(const struct plx_plan *plan, u64 row, struct plx_stripe *st)
{
	const struct plx_layout *l = plan->plex[0].layout;
	u32 first = 0, last = 0;

	*st = (struct plx_stripe){
		.k = plx_layout_row_data(l),
		.parity = l->parity,
		.unit = 1U << l->unit_shift,
		.sector_bytes = SECTOR_SIZE,
		.in_sync = true,
	};
	if (!plx_row_regions(plan, row, &first, &last))
		return;
	if (READ_ONCE(plan->log->n_unsync))
		st->in_sync = !any_set(plan->log->unsync, first, last);
	st->fresh = any_set(plan->log->fresh, first, last);
	if (unlikely(plan->plex[0].lost | plan->plex[0].stale)) {
		st->missing = blocks_of(l, row, missing_members(plan, first, last));
		st->absent = blocks_of(l, row, plan->plex[0].lost);
	}
}

bool plx_row_wanted(const struct plx_plan *plan, u64 sector)
{
	struct plx_parity_place place;
	u32 first, last;

	if (likely(!(plan->plex[0].lost | plan->plex[0].stale)))
		return false;
	plx_layout_parity_map(plan->plex[0].layout, sector, &place);
	if (!plx_row_regions(plan, place.row, &first, &last))
		return false;
	return missing_members(plan, first, last) & 1U << place.member;
}
