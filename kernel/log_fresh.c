// SPDX-License-Identifier: GPL-2.0
/*
 * Regions of a parity volume where parity was never made to fit, but for what was written
 * there (fresh). Of these the engine makes all fit that hold data, once they are at rest:
 * what was only zeroed, or discarded, is left alone, for mkfs does that with all of a volume.
 */
#include <linux/bitmap.h>
#include "plexus.h"

/* data is about to be written; @log has regions that are fresh. Any context */
void plx_log_touch(struct plx_log *log, u32 first, u32 last)
{
	unsigned long flags;

	for (; first <= last; first++) {
		if (!test_bit(first, log->fresh) || test_bit(first, log->touched))
			continue;
		spin_lock_irqsave(&log->lock, flags);
		__set_bit(first, log->touched);
		spin_unlock_irqrestore(&log->lock, flags);
	}
}

/* not to be made to fit before it is written again; only a hint */
void plx_log_untouch(struct plx_log *log, u32 first, u32 last)
{
	spin_lock_irq(&log->lock);
	bitmap_clear(log->touched, first, last - first + 1);
	spin_unlock_irq(&log->lock);
}

/* parity fits in all of the regions, and that is durable on all members */
void plx_log_set_fits(struct plx_log *log, u32 first, u32 last)
{
	spin_lock_irq(&log->lock);
	bitmap_clear(log->fresh, first, last - first + 1);
	spin_unlock_irq(&log->lock);
}

/* was it written since the log was loaded, and nobody writes there now? */
bool plx_log_settled(const struct plx_log *log, u32 r)
{
	return log->fresh && test_bit(r, log->fresh) && test_bit(r, log->touched) &&
	       !test_bit(r, log->dirty);
}
