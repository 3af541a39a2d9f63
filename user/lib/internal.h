/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the library share. Nothing here is exported: the linker
 * map names what is.
 */
#ifndef _PLEXUS_LIB_INTERNAL_H
#define _PLEXUS_LIB_INTERNAL_H

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/genl/ctrl.h>

#include <plexus/libplexus.h>

#define PLX_R(name) ((uint32_t)PLEXUS_##name)

#define PLX_LABEL_OFFSET 4096
#define PLX_LABEL_MAGIC "PLEXUS\0\1"
#define PLX_LABEL_LEN 8

/* Result of the last call of one thread; all of a handle's are chained. */
struct plx_last {
	struct plx_last *next;
	uint32_t result;
	char message[PLEXUS_MESSAGE_TEXT];
};

struct plexus {
	unsigned int flags;
	pthread_key_t last_key;
	pthread_mutex_t last_lock; /* protects the chain */
	struct plx_last *last;
	pthread_mutex_t lock; /* protects the socket: one exchange at a time */
	struct nl_sock *sock;
	int family;
	int group;
};

/* ---- handle.c ---- */

/* Both fill the result of this thread's call; plx_fail() returns -err. */
void plx_done(struct plexus *h, uint32_t result, const char *message);
int plx_fail(struct plexus *h, int err, uint32_t result, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
uint32_t plx_result_of_errno(int err);

/* ---- module.c ---- */

int plx_module_load(char *why, size_t size);

/* ---- parse.c: messages to structures, without a socket ---- */

/* What came back for one request, see plx_rx_feed(). */
struct plx_rx {
	uint32_t seq;
	uint32_t portid;
	int (*object)(const struct nlmsghdr *nlh, void *arg); /* dumps and gets */
	void *arg;
	bool dump;
	bool done;
	bool interrupted;
	int error; /* negative errno of the ack */
	int n_objects;
	bool has_result;
	uint32_t result;
	char message[PLEXUS_MESSAGE_TEXT];
	char extack[PLEXUS_MESSAGE_TEXT];
	struct plexus_outcome out;
};

int plx_rx_feed(struct plx_rx *rx, const void *buf, size_t len);
int plx_parse_reply(const struct nlmsghdr *nlh, struct plx_rx *rx);
int plx_parse_pack(const struct nlmsghdr *nlh, struct plexus_pack_info *info);
int plx_parse_disk(const struct nlmsghdr *nlh, struct plexus_disk_info *info);
int plx_parse_volume(const struct nlmsghdr *nlh, struct plexus_volume_info *info);
int plx_parse_plex(const struct nlmsghdr *nlh, struct plexus_plex_info *info);
int plx_parse_task(const struct nlmsghdr *nlh, struct plexus_task_info *info);
int plx_parse_event(const struct nlmsghdr *nlh, struct plexus_event *event);
int plx_parse_version(const struct nlmsghdr *nlh, char *text, size_t size);

/* ---- list.c: arrays of pointers with a NULL behind the last ---- */

struct plx_list {
	void **items;
	size_t n;
	size_t room;
};

int plx_list_add(struct plx_list *list, void *item);
/* Hands the array out; an empty one too. -ENOMEM, with the items freed. */
int plx_list_take(struct plx_list *list, void ***items, size_t *n);
void plx_list_drop(struct plx_list *list);

/* ---- netlink.c ---- */

/*
 * A request on its way. Errors while it is built are kept and come out of the
 * call that sends it, so that the builders need no check of their own.
 */
struct plx_req {
	struct plexus *h;
	struct nl_msg *msg;
	uint8_t cmd;
	int err;
};

void plx_req_begin(struct plexus *h, struct plx_req *r, uint8_t cmd);
void plx_put_id(struct plx_req *r, int attr, const struct plexus_id *id);
void plx_put_name(struct plx_req *r, int attr, const char *name);
void plx_put_path(struct plx_req *r, int attr, const char *path);
void plx_put_u32(struct plx_req *r, int attr, uint32_t value);
void plx_put_u64(struct plx_req *r, int attr, uint64_t value);
void plx_put_flag(struct plx_req *r, int attr, bool on);
void plx_put_pack(struct plx_req *r, const struct plexus_pack_ref *pack);
void plx_put_disk(struct plx_req *r, const struct plexus_disk_ref *disk);
void plx_put_volume(struct plx_req *r, const struct plexus_volume_ref *volume);
void plx_put_input(struct plx_req *r, const struct plexus_input_disk *disks, size_t n);

/* Each sends, frees the request and fills the result of the call. */
int plx_req_change(struct plx_req *r, struct plexus_outcome *out);
int plx_req_get(struct plx_req *r, int (*object)(const struct nlmsghdr *, void *), void *arg);

/*
 * The whole of a dump into a list: every message is parsed into a new item of
 * @size bytes by @parse; @clear frees what an item owns besides itself.
 */
int plx_req_list(struct plx_req *r, size_t size, int (*parse)(const struct nlmsghdr *, void *),
		 void (*clear)(void *), void ***items, size_t *n);

/* A socket of its own for events: the driver's, and those of its coming and going. */
int plx_socket_events(struct plexus *h, struct nl_sock **sock);

#endif
