// SPDX-License-Identifier: LGPL-2.1-or-later
/* The socket: finding the driver, building requests, sending them, taking the answers. */
#include <linux/netlink.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define DUMP_TRIES 8
/* room for a pack of 256 disks with the longest paths */
#define REQUEST_MAX (128 << 10)
#define RCVBUF_EVENTS (1 << 20)

/* libnl's own numbers to errnos, as far as they can come from what is used here */
static int nle_errno(int nle)
{
	switch (nle < 0 ? -nle : nle) {
	case 0:
		return 0;
	case NLE_NOMEM:
		return ENOMEM;
	case NLE_PERM:
	case NLE_NOACCESS:
		return EPERM;
	case NLE_OBJ_NOTFOUND:
		return ENOENT;
	case NLE_INTR:
		return EINTR;
	case NLE_AGAIN:
		return EAGAIN;
	case NLE_MSGSIZE:
	case NLE_MSG_TOOSHORT:
		return EMSGSIZE;
	default:
		return EIO;
	}
}

static int socket_new(struct nl_sock **out)
{
	struct nl_sock *sock = nl_socket_alloc();
	int one = 1;
	int err;

	if (!sock)
		return -ENOMEM;
	err = genl_connect(sock);
	if (err) {
		nl_socket_free(sock);
		return -nle_errno(err);
	}
	/* kernels without these only tell less */
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	nl_socket_enable_msg_peek(sock);
	*out = sock;
	return 0;
}

static int find_family(struct plexus *h)
{
	char why[256] = "";
	int id = genl_ctrl_resolve(h->sock, PLEXUS_FAMILY_NAME);

	if (id < 0 && !(h->flags & PLEXUS_OPEN_NO_LOAD)) {
		if (!plx_module_load(why, sizeof(why)))
			id = genl_ctrl_resolve(h->sock, PLEXUS_FAMILY_NAME);
	}
	if (id < 0)
		return plx_fail(h, EPROTONOSUPPORT, PLX_R(E_FAIL),
				"the driver 'plexus' is not loaded%s%s; try 'modprobe plexus' as "
				"root and look at 'dmesg'",
				why[0] ? ", and " : "", why);
	h->family = id;
	h->group = genl_ctrl_resolve_grp(h->sock, PLEXUS_FAMILY_NAME, PLEXUS_MCGRP_EVENTS);
	return 0;
}

/* With the lock held. */
static int connect_locked(struct plexus *h)
{
	int err;

	if (h->family > 0)
		return 0;
	if (!h->sock) {
		err = socket_new(&h->sock);
		if (err)
			return plx_fail(h, -err, plx_result_of_errno(-err), "no netlink socket: %s",
					strerror(-err));
	}
	return find_family(h);
}

static void disconnect_locked(struct plexus *h)
{
	nl_socket_free(h->sock);
	h->sock = NULL;
	h->family = 0;
}

int plexus_connect(struct plexus *h)
{
	int err;

	plx_done(h, PLX_R(S_OK), "");
	pthread_mutex_lock(&h->lock);
	err = connect_locked(h);
	pthread_mutex_unlock(&h->lock);
	return err;
}

int plx_socket_events(struct plexus *h, struct nl_sock **sock)
{
	int err = plexus_connect(h), families;

	if (err)
		return err;
	if (h->group < 0)
		return plx_fail(h, EIO, PLX_R(E_FAIL), "the driver has no group of events");
	err = socket_new(sock);
	if (!err) {
		families = genl_ctrl_resolve_grp(*sock, "nlctrl", "notify");
		nl_socket_disable_seq_check(*sock);
		nl_socket_set_nonblocking(*sock);
		nl_socket_set_buffer_size(*sock, RCVBUF_EVENTS, 0);
		err = -nle_errno(nl_socket_add_membership(*sock, h->group));
		/* without these a driver that is loaded anew is not heard: no reason to fail */
		if (!err && families >= 0)
			nl_socket_add_membership(*sock, families);
		if (err)
			nl_socket_free(*sock);
	}
	if (err)
		return plx_fail(h, -err, plx_result_of_errno(-err),
				"cannot listen to the driver's events: %s", strerror(-err));
	return 0;
}

/* ---- building ---- */

void plx_req_begin(struct plexus *h, struct plx_req *r, uint8_t cmd)
{
	r->h = h;
	r->cmd = cmd;
	r->err = 0;
	plx_done(h, PLX_R(S_OK), "");
	/* family, flags and so on are filled in when the driver is known */
	r->msg = nlmsg_alloc_size(REQUEST_MAX);
	if (r->msg &&
	    genlmsg_put(r->msg, NL_AUTO_PORT, NL_AUTO_SEQ, 0, 0, 0, cmd, PLEXUS_FAMILY_VERSION))
		return;
	nlmsg_free(r->msg);
	r->msg = NULL;
	r->err = plx_fail(h, ENOMEM, PLX_R(E_OUTOFMEMORY), "not enough memory");
}

static void too_long(struct plx_req *r)
{
	if (!r->err)
		r->err = plx_fail(r->h, EMSGSIZE, PLX_R(E_INVALIDARG),
				  "the request is too long; name fewer disks at a time");
}

static void put(struct plx_req *r, int attr, const void *data, size_t len)
{
	if (!r->err && nla_put(r->msg, attr, (int)len, data))
		too_long(r);
}

void plx_put_id(struct plx_req *r, int attr, const struct plexus_id *id)
{
	put(r, attr, id->b, sizeof(id->b));
}

static void put_text(struct plx_req *r, int attr, const char *text, size_t max, const char *what)
{
	size_t len = strlen(text);

	if (!r->err && !len)
		r->err = plx_fail(r->h, EINVAL, PLX_R(E_INVALIDARG), "an empty %s; give one", what);
	if (!r->err && len > max)
		r->err = plx_fail(r->h, EINVAL, PLX_R(E_INVALIDARG),
				  "the %s '%.80s...' is too long; the limit is %zu bytes", what,
				  text, max);
	put(r, attr, text, len + 1);
}

void plx_put_name(struct plx_req *r, int attr, const char *name)
{
	put_text(r, attr, name, PLEXUS_NAME_MAX, "name");
}

void plx_put_path(struct plx_req *r, int attr, const char *path)
{
	put_text(r, attr, path, PLEXUS_PATH_MAX, "path");
}

void plx_put_u32(struct plx_req *r, int attr, uint32_t value)
{
	put(r, attr, &value, sizeof(value));
}

void plx_put_u64(struct plx_req *r, int attr, uint64_t value)
{
	put(r, attr, &value, sizeof(value));
}

void plx_put_flag(struct plx_req *r, int attr, bool on)
{
	if (on)
		put(r, attr, NULL, 0);
}

void plx_put_pack(struct plx_req *r, const struct plexus_pack_ref *pack)
{
	if (pack && pack->id)
		plx_put_id(r, PLEXUS_A_PACK_ID, pack->id);
	else if (pack && pack->name)
		plx_put_name(r, PLEXUS_A_PACK_NAME, pack->name);
}

void plx_put_disk(struct plx_req *r, const struct plexus_disk_ref *disk)
{
	if (!disk)
		return;
	plx_put_pack(r, &disk->pack);
	if (disk->id)
		plx_put_id(r, PLEXUS_A_DISK_ID, disk->id);
	else if (disk->path)
		plx_put_path(r, PLEXUS_A_PATH, disk->path);
}

void plx_put_volume(struct plx_req *r, const struct plexus_volume_ref *volume)
{
	if (!volume)
		return;
	plx_put_pack(r, &volume->pack);
	if (volume->id)
		plx_put_id(r, PLEXUS_A_VOLUME_ID, volume->id);
	else if (volume->name)
		plx_put_name(r, PLEXUS_A_VOLUME_NAME, volume->name);
}

void plx_put_input(struct plx_req *r, const struct plexus_input_disk *disks, size_t n)
{
	struct nlattr *nest;
	size_t i;

	for (i = 0; i < n && !r->err; i++) {
		nest = nla_nest_start(r->msg, NLA_F_NESTED | PLEXUS_A_INPUT_DISK);
		if (!nest) {
			too_long(r);
			return;
		}
		if (disks[i].id)
			plx_put_id(r, PLEXUS_A_INPUT_DISK_DISK_ID, disks[i].id);
		else if (disks[i].path)
			plx_put_path(r, PLEXUS_A_INPUT_DISK_PATH, disks[i].path);
		if (disks[i].size)
			plx_put_u64(r, PLEXUS_A_INPUT_DISK_SIZE, disks[i].size);
		nla_nest_end(r->msg, nest);
	}
}

/* ---- exchanging ---- */

/* Receives until the exchange is over. Negative errno if the socket fails. */
static int receive(struct plexus *h, struct plx_rx *rx)
{
	struct sockaddr_nl from;
	unsigned char *buf;
	int err = 0;
	int len;

	while (!rx->done && !err) {
		buf = NULL;
		len = nl_recv(h->sock, &from, &buf, NULL);
		if (len == -NLE_INTR || len == -NLE_AGAIN)
			continue;
		if (len <= 0)
			return len ? -nle_errno(len) : -EIO;
		/* only the kernel has a say */
		if (from.nl_pid == 0)
			err = plx_rx_feed(rx, buf, len);
		free(buf);
	}
	return err;
}

/* Sends and receives, once. With the lock held. */
static int exchange_once(struct plx_req *r, struct plx_rx *rx)
{
	struct plexus *h = r->h;
	struct nlmsghdr *nlh = nlmsg_hdr(r->msg);
	int err = connect_locked(h);

	if (err)
		return err;
	nlh->nlmsg_type = h->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | (rx->dump ? NLM_F_DUMP : NLM_F_ACK);
	nlh->nlmsg_seq = nl_socket_use_seq(h->sock);
	nlh->nlmsg_pid = nl_socket_get_local_port(h->sock);
	rx->seq = nlh->nlmsg_seq;
	rx->done = false;
	rx->error = 0;
	err = nl_sendto(h->sock, nlh, nlh->nlmsg_len);
	err = err < 0 ? -nle_errno(err) : receive(h, rx);
	if (!err)
		return 0;
	/* what is left in the socket belongs to no later request */
	disconnect_locked(h);
	return plx_fail(h, -err, plx_result_of_errno(-err),
			"the driver's answer could not be read: %s; try again", strerror(-err));
}

/* Was the number of the family the kernel's reason? The driver always says more. */
static bool family_gone(const struct plx_rx *rx)
{
	return rx->error == -ENOENT && !rx->has_result && !rx->extack[0] && !rx->n_objects;
}

static int exchange(struct plx_req *r, struct plx_rx *rx)
{
	struct plexus *h = r->h;
	int err;

	pthread_mutex_lock(&h->lock);
	err = exchange_once(r, rx);
	if (!err && family_gone(rx)) {
		/*
		 * The module was taken out, perhaps loaded again under another number. To ask for
		 * that libnl wants a socket whose sequence numbers it has counted itself.
		 */
		disconnect_locked(h);
		err = exchange_once(r, rx);
	}
	pthread_mutex_unlock(&h->lock);
	return err;
}

/* The result of the call out of what came back. */
static int conclude(struct plexus *h, const struct plx_rx *rx)
{
	const char *text = rx->message[0] ? rx->message : rx->extack;
	uint32_t result = rx->result;
	int err = -rx->error;

	if (!rx->has_result)
		result = plx_result_of_errno(err);
	if (!err && result != PLX_R(VDS_E_OPERATION_PENDING))
		err = plexus_result_errno(result);
	if (err && !text[0]) {
		if (err == EPERM)
			text = "you may look, but not change anything; become root";
		else
			text = rx->has_result ? plexus_result_text(result) : strerror(err);
	}
	plx_done(h, result, text);
	return -err;
}

int plx_req_change(struct plx_req *r, struct plexus_outcome *out)
{
	struct plx_rx *rx = calloc(1, sizeof(*rx));
	int err = r->err;

	if (!rx && !err)
		err = plx_fail(r->h, ENOMEM, PLX_R(E_OUTOFMEMORY), "not enough memory");
	if (!err)
		err = exchange(r, rx);
	if (!err) {
		err = conclude(r->h, rx);
		if (out)
			*out = rx->out;
	} else if (out) {
		memset(out, 0, sizeof(*out));
	}
	free(rx);
	nlmsg_free(r->msg);
	return err;
}

static int req_read(struct plx_req *r, bool dump, int (*object)(const struct nlmsghdr *, void *),
		    void *arg, bool *interrupted)
{
	struct plx_rx *rx = calloc(1, sizeof(*rx));
	int err = r->err;

	*interrupted = false;
	if (!rx && !err)
		err = plx_fail(r->h, ENOMEM, PLX_R(E_OUTOFMEMORY), "not enough memory");
	if (!err) {
		rx->dump = dump;
		rx->object = object;
		rx->arg = arg;
		err = exchange(r, rx);
	}
	if (!err) {
		err = conclude(r->h, rx);
		*interrupted = rx->interrupted;
		if (!err && !dump && !rx->n_objects)
			err = plx_fail(r->h, ENOENT, PLX_R(VDS_E_OBJECT_NOT_FOUND),
				       "the driver knows no such object");
	}
	free(rx);
	return err;
}

int plx_req_get(struct plx_req *r, int (*object)(const struct nlmsghdr *, void *), void *arg)
{
	bool interrupted;
	int err = req_read(r, false, object, arg, &interrupted);

	nlmsg_free(r->msg);
	return err;
}

struct listing {
	struct plx_list list;
	size_t size;
	int (*parse)(const struct nlmsghdr *nlh, void *item);
	void (*clear)(void *item);
};

static int list_object(const struct nlmsghdr *nlh, void *arg)
{
	struct listing *l = arg;
	void *item = calloc(1, l->size);
	int err;

	if (!item)
		return -ENOMEM;
	err = l->parse(nlh, item);
	if (err) {
		free(item);
		return err;
	}
	err = plx_list_add(&l->list, item);
	if (err) {
		if (l->clear)
			l->clear(item);
		free(item);
	}
	return err;
}

static void listing_drop(struct listing *l)
{
	size_t i;

	for (i = 0; l->clear && i < l->list.n; i++)
		l->clear(l->list.items[i]);
	plx_list_drop(&l->list);
}

int plx_req_list(struct plx_req *r, size_t size, int (*parse)(const struct nlmsghdr *, void *),
		 void (*clear)(void *), void ***items, size_t *n)
{
	struct listing l = { .size = size, .parse = parse, .clear = clear };
	bool interrupted = true;
	int tries, err = 0;

	*items = NULL;
	if (n)
		*n = 0;
	/* objects came or went while they were told: ask again, a half picture is worse */
	for (tries = 0; tries < DUMP_TRIES && interrupted && !err; tries++) {
		listing_drop(&l);
		err = req_read(r, true, list_object, &l, &interrupted);
	}
	if (!err) {
		err = plx_list_take(&l.list, items, n);
		if (err)
			plx_fail(r->h, ENOMEM, PLX_R(E_OUTOFMEMORY), "not enough memory");
	}
	if (err)
		listing_drop(&l);
	nlmsg_free(r->msg);
	return err;
}
