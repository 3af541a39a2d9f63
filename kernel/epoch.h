/* SPDX-License-Identifier: GPL-2.0 */
/* Who is inside, without a shared counter; see epoch.c. */
#ifndef PLX_EPOCH_H
#define PLX_EPOCH_H

#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/types.h>

struct plx_epoch_count {
	u64 in[2], out[2];
};

struct plx_epoch {
	struct plx_epoch_count __percpu *count;
	unsigned int index;
	struct mutex flip; /* one drain at a time */
};

int plx_epoch_init(struct plx_epoch *e);
void plx_epoch_destroy(struct plx_epoch *e);
unsigned int plx_epoch_enter(struct plx_epoch *e); /* any context; full barrier */
void plx_epoch_exit(struct plx_epoch *e, unsigned int index); /* any context */
void plx_epoch_drain(struct plx_epoch *e); /* sleeps until all who entered before have left */

#endif
