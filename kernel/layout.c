// SPDX-License-Identifier: GPL-2.0
/*
 * Where a sector of a plex is: arithmetic only.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "conf.h"

/* the extent that holds @sector of a member: the last one that begins at it or before */
static u32 extent_find(const struct plx_layout_member *m, u64 sector)
{
	u32 low = 0, high = m->n_extents;

	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (m->extent[middle].first <= sector)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/**
 * plx_layout_member_map() - where a sector of a member is
 * @l: of the plex
 * @member: index of the member
 * @sector: below the member's size
 * @place: the answer; place->sectors ends with the extent
 *
 * Context: any. Allocates nothing.
 */
void plx_layout_member_map(const struct plx_layout *l, u32 member, u64 sector,
			   struct plx_place *place)
{
	const struct plx_layout_member *m = &l->member[member];
	u32 extent = m->n_extents > 1 ? extent_find(m, sector) : 0;
	const struct plx_layout_extent *e = &m->extent[extent];
	u64 offset = sector - e->first;

	place->member = member;
	place->extent = extent;
	place->sector = e->start + offset;
	place->sectors = e->sectors - offset;
}

/**
 * plx_layout_map() - where a sector of a plex is
 * @l: of the plex
 * @sector: below the plex's size
 * @place: the answer; place->sectors ends with the extent, in a stripe also with the unit
 *
 * In a parity plex that is the sector's data.
 *
 * Context: any. Allocates nothing.
 */
void plx_layout_map(const struct plx_layout *l, u64 sector, struct plx_place *place)
{
	u64 unit_left = 0;
	u32 member = 0;

	if (l->parity) {
		struct plx_parity_place in_row;

		plx_layout_parity_map(l, sector, &in_row);
		member = in_row.member;
		unit_left = in_row.sectors;
		sector = in_row.sector;
	} else if (l->n_members > 1) {
		u64 row, in_unit = sector & ((1ULL << l->unit_shift) - 1);

		row = div_u64_rem(sector >> l->unit_shift, l->n_members, &member);
		unit_left = (1ULL << l->unit_shift) - in_unit;
		sector = (row << l->unit_shift) + in_unit;
	}
	plx_layout_member_map(l, member, sector, place);
	if (unit_left && unit_left < place->sectors)
		place->sectors = unit_left;
}

/**
 * plx_layout_new() - the layout of a plex
 * @plex: of a checked configuration; not needed afterwards
 *
 * Return: the layout, one allocation to be freed with kvfree(); NULL: no memory.
 */
struct plx_layout *plx_layout_new(const struct plx_conf_plex *plex)
{
	struct plx_layout_extent *extent;
	struct plx_layout_member *member;
	struct plx_layout *l;
	size_t n = 0;
	u32 i, j;

	for (i = 0; i < plex->n_members; i++)
		n += plex->member[i].n_extents;
	l = kvzalloc(sizeof(*l) + plex->n_members * sizeof(*member) + n * sizeof(*extent),
		     GFP_NOIO);
	if (!l)
		return NULL;
	member = (struct plx_layout_member *)(l + 1);
	extent = (struct plx_layout_extent *)(member + plex->n_members);
	l->n_members = plex->n_members;
	l->unit_shift = l->n_members > 1 ? ilog2(plex->unit) : 0;
	l->parity = plex->parity;
	l->member = member;
	for (i = 0; i < plex->n_members; i++) {
		const struct plx_conf_member *m = &plex->member[i];
		u64 first = 0;

		member[i].n_extents = m->n_extents;
		member[i].extent = extent;
		for (j = 0; j < m->n_extents; j++, extent++) {
			extent->first = first;
			extent->start = m->extent[j].start;
			extent->sectors = m->extent[j].sectors;
			extent->disk = m->extent[j].disk;
			first += extent->sectors;
		}
	}
	return l;
}
