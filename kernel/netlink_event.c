// SPDX-License-Identifier: GPL-2.0
/*
 * The family itself: it comes, sends events, and goes.
 */
#include <linux/mutex.h>
#include "control.h"

static DEFINE_MUTEX(family_lock); /* an event is not sent while the family goes */
static bool registered; /* under family_lock */

static int put_event_ids(struct sk_buff *skb, const struct plx_event *event)
{
	static const struct plx_id none;
	const struct {
		int attr;
		const struct plx_id *id;
	} ids[] = {
		{ PLEXUS_A_PACK_ID, &event->pack_id },
		{ PLEXUS_A_DISK_ID, &event->disk_id },
		{ PLEXUS_A_VOLUME_ID, &event->volume_id },
		{ PLEXUS_A_PLEX_ID, &event->plex_id },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++)
		if (!plx_id_equal(ids[i].id, &none) && plx_put_id(skb, ids[i].attr, ids[i].id))
			return -EMSGSIZE;
	return 0;
}

static int put_event(struct sk_buff *skb, const struct plx_event *event)
{
	void *head = genlmsg_put(skb, 0, 0, &plx_genl_family, 0, PLEXUS_CMD_NOTIFY);

	if (!head || nla_put_u32(skb, PLEXUS_A_EVENT, event->code) || put_event_ids(skb, event))
		return -EMSGSIZE;
	if (event->task_id &&
	    (plx_put_u64(skb, PLEXUS_A_TASK_ID, event->task_id) ||
	     nla_put_u32(skb, PLEXUS_A_PERCENT, event->percent) ||
	     nla_put_u32(skb, PLEXUS_A_RESULT, event->result)))
		return -EMSGSIZE;
	if (event->message[0] && nla_put_string(skb, PLEXUS_A_MESSAGE, event->message))
		return -EMSGSIZE;
	if (event->health && nla_put_u32(skb, PLEXUS_A_HEALTH, event->health))
		return -EMSGSIZE;
	genlmsg_end(skb, head);
	return 0;
}

/**
 * plx_netlink_multicast() - send an event to the group
 * @event: the event
 *
 * Nothing happens where nobody listens, or the family is not there. Sleeps;
 * called by the event queue only.
 */
void plx_netlink_multicast(const struct plx_event *event)
{
	struct sk_buff *skb;

	mutex_lock(&family_lock);
	if (registered) {
		skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_NOIO);
		if (skb && !put_event(skb, event))
			genlmsg_multicast(&plx_genl_family, skb, 0, PLEXUS_NLGRP_EVENTS, GFP_NOIO);
		else
			nlmsg_free(skb);
	}
	mutex_unlock(&family_lock);
}

/**
 * plx_netlink_init() - commands are taken from now on
 *
 * The last thing that the module does when it starts. Sleeps.
 *
 * Return: 0 or a negative errno.
 */
int plx_netlink_init(void)
{
	int err = plx_genl_register();

	if (err)
		return err;
	mutex_lock(&family_lock);
	registered = true;
	mutex_unlock(&family_lock);
	return 0;
}

/**
 * plx_netlink_exit() - no more commands
 *
 * The first thing that the module does when it goes: no command runs when it
 * returns. Sleeps.
 */
void plx_netlink_exit(void)
{
	mutex_lock(&family_lock);
	registered = false;
	mutex_unlock(&family_lock);
	genl_unregister_family(&plx_genl_family);
}
