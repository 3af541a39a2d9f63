// SPDX-License-Identifier: GPL-2.0
/* Ranges of a volume that must not be read: few, in no order, may overlap. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include "plog_bad.h"

int plx_plog_ranges_add(struct plx_plog_ranges *r, u64 start, u64 end)
{
	u32 i;

	for (i = 0; i < r->n; i++)
		if (r->range[i].start <= start && end <= r->range[i].end)
			return 0;
	if (r->n == PLX_PLOG_BAD_MAX)
		return -ENOSPC;
	r->range[r->n].start = start;
	r->range[r->n++].end = end;
	return 0;
}

bool plx_plog_ranges_hit(const struct plx_plog_ranges *r, u64 start, u64 end)
{
	u32 i;

	for (i = 0; i < r->n; i++)
		if (start < r->range[i].end && r->range[i].start < end)
			return true;
	return false;
}

void plx_plog_ranges_cut(struct plx_plog_ranges *r, u64 start, u64 end)
{
	u32 i;

	/* from the end: the last one moves to where one goes, and was looked at already */
	for (i = r->n; i--;) {
		u64 lo = r->range[i].start, hi = r->range[i].end;

		if (start >= hi || lo >= end)
			continue;
		if (lo < start && end < hi) {
			if (r->n == PLX_PLOG_BAD_MAX)
				continue;
			r->range[i].end = start;
			r->range[r->n].start = end;
			r->range[r->n++].end = hi;
		} else if (lo < start) {
			r->range[i].end = start;
		} else if (end < hi) {
			r->range[i].start = end;
		} else {
			r->range[i] = r->range[--r->n];
		}
	}
}
