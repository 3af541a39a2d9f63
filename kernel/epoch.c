// SPDX-License-Identifier: GPL-2.0
/*
 * Who is inside, without a shared counter: a pair of counts per CPU and index.
 *
 * Everybody who enters counts himself in under the current index, and out under
 * the same one, on whatever CPU he is then. A drain turns to the other index and
 * waits until the old one has as many outs as ins. It sums the outs first: an
 * out that it sees has its in before it, so a balance is a moment at which
 * nobody was inside. That order is SRCU's; SRCU itself forbids to leave from
 * another context than one entered in.
 *
 * A straggler may read the index, and count himself in after the drain looked.
 * That is why a user first changes what it wants seen, then drains: whoever the
 * drain misses has a full barrier between his count and what he looks at, and so
 * sees the change.
 */
#include <linux/delay.h>
#include "plexus.h"

int plx_epoch_init(struct plx_epoch *e)
{
	mutex_init(&e->flip);
	e->index = 0;
	e->count = alloc_percpu(struct plx_epoch_count);
	return e->count ? 0 : -ENOMEM;
}

void plx_epoch_destroy(struct plx_epoch *e)
{
	free_percpu(e->count);
	e->count = NULL;
}

/**
 * plx_epoch_enter - count the caller in
 * @e: the epoch
 *
 * Context: any. A full barrier: what the caller reads from here on is no older
 * than what a drain that misses him was preceded by.
 * Return: to be given to plx_epoch_exit()
 */
unsigned int plx_epoch_enter(struct plx_epoch *e)
{
	unsigned int index = READ_ONCE(e->index);

	this_cpu_inc(e->count->in[index]);
	smp_mb(); /* pairs with the one in plx_epoch_drain() */
	return index;
}

void plx_epoch_exit(struct plx_epoch *e, unsigned int index)
{
	smp_mb(); /* what the caller did is seen by whoever sees him gone */
	this_cpu_inc(e->count->out[index]);
}

static bool empty(struct plx_epoch *e, unsigned int index)
{
	u64 in = 0, out = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		out += READ_ONCE(per_cpu_ptr(e->count, cpu)->out[index]);
	smp_mb(); /* outs before ins: see above */
	for_each_possible_cpu(cpu)
		in += READ_ONCE(per_cpu_ptr(e->count, cpu)->in[index]);
	return in == out;
}

/**
 * plx_epoch_drain - wait until all who entered before have left
 * @e: the epoch
 *
 * Context: may sleep, as long as the I/O inside takes.
 */
void plx_epoch_drain(struct plx_epoch *e)
{
	unsigned int old, us = 20;

	mutex_lock(&e->flip);
	old = e->index;
	/* stragglers of the flip before last may sit in the index that comes next */
	while (!empty(e, old ^ 1))
		usleep_range(20, 40);
	smp_mb(); /* the caller's change is seen by all who enter from now on */
	WRITE_ONCE(e->index, old ^ 1);
	smp_mb(); /* the flip before the counts: pairs with plx_epoch_enter() */
	while (!empty(e, old)) {
		usleep_range(us, us * 2);
		us = min(us * 2, 2000U);
	}
	smp_mb(); /* what they did is seen by the caller */
	mutex_unlock(&e->flip);
}
