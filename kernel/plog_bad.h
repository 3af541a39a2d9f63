/* SPDX-License-Identifier: GPL-2.0 */
/* A few ranges of a volume that must not be read. Pure; also built in userspace. */
#ifndef _PLX_PLOG_BAD_H
#define _PLX_PLOG_BAD_H

#include <linux/types.h>

#define PLX_PLOG_BAD_MAX 256

struct plx_plog_ranges {
	u32 n;
	struct {
		u64 start, end; /* sectors */
	} range[PLX_PLOG_BAD_MAX];
};

int plx_plog_ranges_add(struct plx_plog_ranges *r, u64 start, u64 end); /* -ENOSPC: full */
bool plx_plog_ranges_hit(const struct plx_plog_ranges *r, u64 start, u64 end);
/* where there is no room for what is left on both sides of it, nothing of that range goes */
void plx_plog_ranges_cut(struct plx_plog_ranges *r, u64 start, u64 end);

#endif
