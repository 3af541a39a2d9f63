// SPDX-License-Identifier: GPL-2.0
/*
 * What happened, for whoever listens. Events are made where one must not sleep
 * and sent by a work: a bounded queue between. A listener that misses some is
 * told so once (OUT_OF_SYNC) and asks for everything again.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "plexus.h"

#define QUEUE_MAX 256

struct queued {
	struct list_head node;
	struct plx_event event;
};

static void send_work(struct work_struct *unused);

static DEFINE_SPINLOCK(lock);
/* under lock */
static LIST_HEAD(queue);
static unsigned int n_queued;
static bool lost, running;

static DECLARE_WORK(work, send_work);

static bool take(struct list_head *batch)
{
	unsigned long flags;
	bool missed;

	spin_lock_irqsave(&lock, flags);
	list_splice_init(&queue, batch);
	n_queued = 0;
	missed = lost;
	lost = false;
	spin_unlock_irqrestore(&lock, flags);
	return missed;
}

static void send_work(struct work_struct *unused)
{
	struct plx_event sync = { .code = PLEXUS_EVENT_CODE_OUT_OF_SYNC };
	struct queued *q, *next;
	LIST_HEAD(batch);
	bool missed = take(&batch);

	list_for_each_entry_safe(q, next, &batch, node) {
		plx_netlink_multicast(&q->event);
		kfree(q);
	}
	/* behind the ones that fit: what was lost is newer than those */
	if (missed)
		plx_netlink_multicast(&sync);
}

/**
 * plx_event_send() - tell whoever listens
 * @event: is copied
 *
 * Any context. Never fails: where there is no memory or no place, listeners get
 * OUT_OF_SYNC instead.
 */
void plx_event_send(const struct plx_event *event)
{
	struct queued *q = kmalloc(sizeof(*q), GFP_ATOMIC | __GFP_NOWARN);
	unsigned long flags;

	if (q)
		q->event = *event;
	spin_lock_irqsave(&lock, flags);
	if (!running)
		goto out;
	if (q && n_queued < QUEUE_MAX) {
		list_add_tail(&q->node, &queue);
		n_queued++;
		q = NULL;
	} else {
		lost = true;
	}
	/* under lock: plx_event_exit() must find all that was queued */
	queue_work(plx_wq, &work);
out:
	spin_unlock_irqrestore(&lock, flags);
	kfree(q);
}

/**
 * plx_event_pack() - a pack came, went or changed
 * @code: PLEXUS_EVENT_CODE_PACK_*
 * @pack: the pack
 *
 * Any context.
 */
void plx_event_pack(u32 code, struct plx_pack *pack)
{
	struct plx_event event = { .code = code, .pack_id = pack->id };

	plx_event_send(&event);
}

/**
 * plx_event_volume() - a volume came, went or changed
 * @code: PLEXUS_EVENT_CODE_VOLUME_*
 * @vol: the volume
 *
 * Says the health that the published configuration gives. Any context.
 */
void plx_event_volume(u32 code, struct plx_volume *vol)
{
	struct plx_event event = { .code = code, .pack_id = vol->pack->id, .volume_id = vol->id };
	const struct plx_conf *conf;
	int i;

	rcu_read_lock();
	conf = rcu_dereference(vol->pack->conf);
	i = conf ? plx_conf_volume_find(conf, &vol->id) : -1;
	if (i >= 0)
		event.health = plx_state_volume_health(conf, conf->volume[i]);
	rcu_read_unlock();
	plx_event_send(&event);
}

/**
 * plx_event_disk() - a disk came, went or changed
 * @code: PLEXUS_EVENT_CODE_DISK_*
 * @pack: its pack
 * @disk: its id
 * @message: what people should know, or NULL
 *
 * Any context.
 */
void plx_event_disk(u32 code, struct plx_pack *pack, const struct plx_id *disk,
		    const char *message)
{
	struct plx_event event = { .code = code, .pack_id = pack->id, .disk_id = *disk };

	if (message)
		strscpy(event.message, message, sizeof(event.message));
	plx_event_send(&event);
}

/**
 * plx_event_init() - events are taken from now on
 *
 * After plx_wq is there. What was sent before was dropped.
 *
 * Return: 0.
 */
int plx_event_init(void)
{
	spin_lock_irq(&lock);
	running = true;
	spin_unlock_irq(&lock);
	return 0;
}

/**
 * plx_event_exit() - send what is queued, drop what comes later
 *
 * Before plx_wq goes. Sleeps.
 */
void plx_event_exit(void)
{
	spin_lock_irq(&lock);
	running = false;
	spin_unlock_irq(&lock);
	flush_work(&work);
}
