// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events: what the driver tells by itself. */
#include <poll.h>
#include <stdio.h>

#include "internal.h"

#define QUEUE_MAX 64

struct plexus_events {
	struct nl_sock *sock;
	/* one receive may give several */
	struct plexus_event queue[QUEUE_MAX];
	int n;
	int next;
};

int plexus_events_open(struct plexus *h, struct plexus_events **events)
{
	struct plexus_events *new = calloc(1, sizeof(*new));
	int err;

	*events = NULL;
	if (!new)
		return plx_fail(h, ENOMEM, PLX_R(E_OUTOFMEMORY), "not enough memory");
	err = plx_socket_events(h, &new->sock);
	if (err) {
		free(new);
		return err;
	}
	*events = new;
	return 0;
}

void plexus_events_close(struct plexus_events *events)
{
	if (!events)
		return;
	nl_socket_free(events->sock);
	free(events);
}

int plexus_events_fd(const struct plexus_events *events)
{
	return nl_socket_get_fd(events->sock);
}

static void add_out_of_sync(struct plexus_events *events, const char *message)
{
	struct plexus_event *event = &events->queue[events->n];

	if (events->n == QUEUE_MAX)
		return;
	memset(event, 0, sizeof(*event));
	event->code = PLEXUS_EVENT_CODE_OUT_OF_SYNC;
	snprintf(event->message, sizeof(event->message), "%s", message);
	events->n++;
}

static void queue_lost(struct plexus_events *events)
{
	events->next = 0;
	events->n = 0;
	add_out_of_sync(events, "");
}

/* The number of our group of events, out of what the kernel tells of a family; 0 if not there. */
static uint32_t group_of(struct nlattr *groups)
{
	struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1], *nest;
	int left;

	if (!groups)
		return 0;
	nla_for_each_nested(nest, groups, left) {
		if (!nla_parse_nested(tb, CTRL_ATTR_MCAST_GRP_MAX, nest, NULL) &&
		    tb[CTRL_ATTR_MCAST_GRP_NAME] && tb[CTRL_ATTR_MCAST_GRP_ID] &&
		    !nla_strcmp(tb[CTRL_ATTR_MCAST_GRP_NAME], PLEXUS_MCGRP_EVENTS))
			return nla_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
	return 0;
}

/*
 * With the driver goes its group, and this socket's place in it. When it comes again, with
 * another number, the socket joins again; what was told before that is lost.
 */
static void family_changed(struct plexus_events *events, struct nlmsghdr *nlh, uint8_t cmd)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	uint32_t group;

	if (genlmsg_parse(nlh, 0, tb, CTRL_ATTR_MAX, NULL) || !tb[CTRL_ATTR_FAMILY_NAME] ||
	    nla_strcmp(tb[CTRL_ATTR_FAMILY_NAME], PLEXUS_FAMILY_NAME))
		return;
	if (cmd == CTRL_CMD_DELFAMILY)
		add_out_of_sync(events, "the driver was unloaded");
	group = cmd == CTRL_CMD_NEWMCAST_GRP ? group_of(tb[CTRL_ATTR_MCAST_GROUPS]) : 0;
	if (group && !nl_socket_add_membership(events->sock, (int)group))
		add_out_of_sync(events, "the driver was loaded");
}

static void queue_all(struct plexus_events *events, void *buf, int left)
{
	struct nlmsghdr *nlh = buf;
	struct genlmsghdr *g;

	events->n = 0;
	events->next = 0;
	for (; nlmsg_ok(nlh, left) && events->n < QUEUE_MAX; nlh = nlmsg_next(nlh, &left)) {
		g = NLMSG_DATA(nlh);
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE || nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
			continue;
		if (nlh->nlmsg_type == GENL_ID_CTRL)
			family_changed(events, nlh, g->cmd);
		else if (g->cmd == PLEXUS_CMD_NOTIFY &&
			 !plx_parse_event(nlh, &events->queue[events->n]))
			events->n++;
	}
}

/* Everything that one receive gives; 0, or a negative errno (-EAGAIN: nothing). */
static int fill(struct plexus_events *events)
{
	struct sockaddr_nl from;
	unsigned char *buf = NULL;
	int len = nl_recv(events->sock, &from, &buf, NULL);

	if (len == -NLE_AGAIN || len == 0)
		return -EAGAIN;
	if (len == -NLE_INTR)
		return -EINTR;
	if (len == -NLE_NOMEM) {
		/* the socket overflowed: what was in it is gone */
		queue_lost(events);
		return 0;
	}
	if (len < 0)
		return -EIO;
	if (from.nl_pid == 0)
		queue_all(events, buf, len);
	free(buf);
	return 0;
}

int plexus_events_next(struct plexus_events *events, struct plexus_event *event, int timeout_ms)
{
	struct pollfd fd = { .fd = plexus_events_fd(events), .events = POLLIN };
	int err;

	while (events->next == events->n) {
		err = fill(events);
		if (!err)
			continue;
		if (err != -EAGAIN)
			return err;
		err = poll(&fd, 1, timeout_ms);
		if (err < 0)
			return errno == EINTR ? -EINTR : -EIO;
		if (err == 0)
			return 0;
	}
	*event = events->queue[events->next++];
	return 1;
}
