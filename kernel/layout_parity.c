// SPDX-License-Identifier: GPL-2.0
/*
 * The rows of a parity plex: arithmetic only. In row r of n members, P is on
 * member n - 1 - r mod n, Q, if there is one, on the next, and the data behind
 * them, in order; behind the last member comes the first. So parity moves back by
 * one member with each row, the load of writing it is spread evenly, and any n data
 * units that follow each other are on all n members, with one parity, or nearly so
 * (left-symmetric, as most others do it).
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include "conf.h"

/* member with P; a row number has 64 bits, and a division of that is for div_u64_rem() */
static u32 row_p(const struct plx_layout *l, u64 row)
{
	u32 turn;

	div_u64_rem(row, l->n_members, &turn);
	return l->n_members - 1 - turn;
}

/* @steps members behind @member; no more than the number of members */
static u32 behind(const struct plx_layout *l, u32 member, u32 steps)
{
	member += steps;
	return member < l->n_members ? member : member - l->n_members;
}

/**
 * plx_layout_parity_map() - where the data of a sector of a parity plex is
 * @l: of the plex
 * @sector: below the plex's size
 * @place: the answer
 *
 * Context: any. Allocates nothing, and takes the same time for all sectors.
 */
void plx_layout_parity_map(const struct plx_layout *l, u64 sector, struct plx_parity_place *place)
{
	u64 unit = 1ULL << l->unit_shift, in_unit = sector & (unit - 1);

	place->row = div_u64_rem(sector >> l->unit_shift, plx_layout_row_data(l), &place->data);
	place->member = plx_layout_role_member(l, place->row, place->data);
	place->sector = (place->row << l->unit_shift) + in_unit;
	place->sectors = unit - in_unit;
}

/**
 * plx_layout_role() - what a member holds in a row
 * @l: of a parity plex
 * @row: which row
 * @member: index of the member
 *
 * Return: the index of the data unit, below plx_layout_row_data(), or PLX_ROLE_P or
 * PLX_ROLE_Q.
 */
u32 plx_layout_role(const struct plx_layout *l, u64 row, u32 member)
{
	u32 steps = behind(l, member, l->n_members - row_p(l, row));

	if (!steps)
		return PLX_ROLE_P;
	if (steps < l->parity)
		return PLX_ROLE_Q;
	return steps - l->parity;
}

/**
 * plx_layout_role_member() - which member holds something of a row
 * @l: of a parity plex
 * @row: which row
 * @role: index of a data unit, below plx_layout_row_data(); PLX_ROLE_P; or, with two
 *	  parities, PLX_ROLE_Q
 *
 * Return: index of the member.
 */
u32 plx_layout_role_member(const struct plx_layout *l, u64 row, u32 role)
{
	u32 steps = role == PLX_ROLE_P ? 0 : role == PLX_ROLE_Q ? 1 : l->parity + role;

	return behind(l, row_p(l, row), steps);
}

/* sectors of a slot of the parity log: the largest entry fits */
u32 plx_plog_slot_sectors(u32 unit, u32 parity)
{
	u32 need = PLX_BLOCK_SECTORS + unit * parity, sectors = PLX_PLOG_SLOT_MIN;

	while (sectors < need)
		sectors *= 2;
	return sectors;
}
