// SPDX-License-Identifier: GPL-2.0
/*
 * What the netlink family does with requests that are wrong: it refuses them,
 * and nothing changes. Wants the driver loaded and at least one pack, volume
 * and device to point at; test_netlink_01.sh makes them and runs this.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/plexus.h>
#include "kselftest_harness.h"

#define BUF 65536

struct request {
	struct nlmsghdr nlh;
	struct genlmsghdr gnl;
	uint8_t room[BUF - 64];
};

struct answer {
	int error; /* of the ack; 1: none came */
	uint32_t result;
	char message[256]; /* of the answer */
	char ext[256]; /* of the ack */
	int replies;
};

static int family;
static const char *path = "/dev/null";

static void begin(struct request *rq, int type, int flags, int cmd)
{
	memset(rq, 0, sizeof(rq->nlh) + sizeof(rq->gnl));
	rq->nlh.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	rq->nlh.nlmsg_type = type;
	rq->nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	rq->nlh.nlmsg_seq = 1;
	rq->gnl.cmd = cmd;
	rq->gnl.version = 1;
}

static void put_len(struct request *rq, int type, const void *data, int len, int claim)
{
	struct nlattr *a = (void *)((uint8_t *)rq + NLMSG_ALIGN(rq->nlh.nlmsg_len));

	a->nla_type = type;
	a->nla_len = claim;
	memcpy((uint8_t *)a + NLA_HDRLEN, data, len);
	rq->nlh.nlmsg_len = NLMSG_ALIGN(rq->nlh.nlmsg_len) + NLA_ALIGN(NLA_HDRLEN + len);
}

static void put(struct request *rq, int type, const void *data, int len)
{
	put_len(rq, type, data, len, NLA_HDRLEN + len);
}

static void put_str(struct request *rq, int type, const char *s)
{
	put(rq, type, s, strlen(s) + 1);
}

static int sock_new(void)
{
	struct timeval tv = { .tv_sec = 20 };
	int one = 1, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return fd;
}

static void take_error(struct nlmsghdr *nlh, struct answer *a)
{
	struct nlmsgerr *e = NLMSG_DATA(nlh);
	struct nlattr *at;
	int left = nlh->nlmsg_len - NLMSG_LENGTH(sizeof(*e));

	a->error = e->error;
	for (at = (void *)(e + 1); left >= NLA_HDRLEN && at->nla_len >= NLA_HDRLEN;
	     left -= NLA_ALIGN(at->nla_len), at = (void *)((uint8_t *)at + NLA_ALIGN(at->nla_len)))
		if (at->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(a->ext, sizeof(a->ext), "%s", (char *)at + NLA_HDRLEN);
}

static void take_reply(struct nlmsghdr *nlh, struct answer *a)
{
	struct nlattr *at = (void *)((uint8_t *)NLMSG_DATA(nlh) + GENL_HDRLEN);
	int left = nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);

	a->replies++;
	for (; left >= NLA_HDRLEN && at->nla_len >= NLA_HDRLEN;
	     left -= NLA_ALIGN(at->nla_len),
	     at = (void *)((uint8_t *)at + NLA_ALIGN(at->nla_len))) {
		if (at->nla_type == PLEXUS_A_RESULT)
			memcpy(&a->result, (uint8_t *)at + NLA_HDRLEN, 4);
		if (at->nla_type == PLEXUS_A_MESSAGE)
			snprintf(a->message, sizeof(a->message), "%s", (char *)at + NLA_HDRLEN);
	}
}

static struct answer call_on(int fd, struct request *rq)
{
	static uint8_t buf[BUF];
	struct answer a = { .error = 1 };
	struct nlmsghdr *nlh;
	ssize_t n;

	/* without an address: then the rights of who opened the socket count, too */
	if (send(fd, rq, rq->nlh.nlmsg_len, 0) < 0)
		return a;
	while (a.error == 1 && (n = recv(fd, buf, sizeof(buf), 0)) > 0) {
		for (nlh = (void *)buf; NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			if (nlh->nlmsg_type == NLMSG_ERROR)
				take_error(nlh, &a);
			else if (nlh->nlmsg_type == NLMSG_DONE)
				a.error = *(int *)NLMSG_DATA(nlh);
			else
				take_reply(nlh, &a);
		}
	}
	return a;
}

static struct answer call(struct request *rq)
{
	int fd = sock_new();
	struct answer a = { .error = 1 };

	if (fd < 0)
		return a;
	a = call_on(fd, rq);
	close(fd);
	return a;
}

static int find_family(void)
{
	static uint8_t buf[BUF];
	static struct request rq;
	struct nlmsghdr *nlh = (void *)buf;
	struct nlattr *at;
	int fd = sock_new(), left, id = 0;
	ssize_t n;

	begin(&rq, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY);
	rq.nlh.nlmsg_flags = NLM_F_REQUEST;
	put_str(&rq, CTRL_ATTR_FAMILY_NAME, PLEXUS_FAMILY_NAME);
	send(fd, &rq, rq.nlh.nlmsg_len, 0);
	n = recv(fd, buf, sizeof(buf), 0);
	close(fd);
	if (n <= 0 || nlh->nlmsg_type == NLMSG_ERROR)
		return 0;
	at = (void *)((uint8_t *)NLMSG_DATA(nlh) + GENL_HDRLEN);
	for (left = nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN); left >= NLA_HDRLEN;
	     left -= NLA_ALIGN(at->nla_len), at = (void *)((uint8_t *)at + NLA_ALIGN(at->nla_len)))
		if (at->nla_type == CTRL_ATTR_FAMILY_ID)
			id = *(uint16_t *)((uint8_t *)at + NLA_HDRLEN);
	return id;
}

FIXTURE(nl)
{
	struct request rq;
};

FIXTURE_SETUP(nl)
{
	family = find_family();
	if (!family)
		SKIP(return, "the driver is not loaded");
	if (getenv("PLEXUS_TEST_PATH"))
		path = getenv("PLEXUS_TEST_PATH");
}

FIXTURE_TEARDOWN(nl)
{
}

static void name_volume(struct request *rq, int cmd)
{
	begin(rq, family, 0, cmd);
	put_str(rq, PLEXUS_A_PACK_NAME, "p");
	put_str(rq, PLEXUS_A_VOLUME_NAME, "v");
}

TEST_F(nl, unknown_commands)
{
	int cmd;

	for (cmd = __PLEXUS_CMD_MAX; cmd < 256; cmd++) {
		begin(&self->rq, family, 0, cmd);
		EXPECT_EQ(-EOPNOTSUPP, call(&self->rq).error);
	}
	begin(&self->rq, family, 0, 0);
	EXPECT_EQ(-EOPNOTSUPP, call(&self->rq).error);
}

TEST_F(nl, every_command_without_attributes_is_refused_or_looks)
{
	struct answer a;
	int cmd;

	for (cmd = PLEXUS_CMD_PACK_CREATE; cmd <= PLEXUS_CMD_TASK_CANCEL; cmd++) {
		if (cmd == PLEXUS_CMD_SCAN) /* without a path: packs that can, start */
			continue;
		begin(&self->rq, family, 0, cmd);
		a = call(&self->rq);
		EXPECT_GT(0, a.error) TH_LOG("command %d", cmd);
		EXPECT_LT(5, strlen(a.ext))
		TH_LOG("command %d has no message", cmd);
	}
}

TEST_F(nl, unknown_attributes)
{
	static const int types[] = { __PLEXUS_A_MAX, 1000, 0x3fff };
	uint32_t zero = 0;
	size_t i;
	int cmd;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		for (cmd = PLEXUS_CMD_PACK_GET; cmd <= PLEXUS_CMD_TASK_CANCEL; cmd++) {
			name_volume(&self->rq, cmd);
			put(&self->rq, types[i], &zero, 4);
			EXPECT_GT(0, call(&self->rq).error)
			TH_LOG("command %d", cmd);
		}
	}
}

TEST_F(nl, ids_of_wrong_length)
{
	static const int len[] = { 0, 1, 15, 17, 64 };
	static const uint8_t id[64];
	size_t i;

	for (i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
		begin(&self->rq, family, 0, PLEXUS_CMD_VOLUME_DELETE);
		put(&self->rq, PLEXUS_A_VOLUME_ID, id, len[i]);
		EXPECT_GT(0, call(&self->rq).error);
		begin(&self->rq, family, 0, PLEXUS_CMD_PACK_DESTROY);
		put(&self->rq, PLEXUS_A_PACK_ID, id, len[i]);
		EXPECT_GT(0, call(&self->rq).error);
	}
	begin(&self->rq, family, 0, PLEXUS_CMD_VOLUME_DELETE);
	put(&self->rq, PLEXUS_A_VOLUME_ID, id, 16);
	EXPECT_EQ(-ENOENT, call(&self->rq).error);
}

TEST_F(nl, strings)
{
	static char longer[4096];
	struct answer a;

	memset(longer, 'x', sizeof(longer) - 1);
	/* not terminated, empty, too long, with a zero inside */
	begin(&self->rq, family, 0, PLEXUS_CMD_PACK_EXPORT);
	put(&self->rq, PLEXUS_A_PACK_NAME, "p", 1);
	EXPECT_EQ(-EINVAL, call(&self->rq).error);
	begin(&self->rq, family, 0, PLEXUS_CMD_PACK_EXPORT);
	put(&self->rq, PLEXUS_A_PACK_NAME, "", 1);
	EXPECT_GT(0, call(&self->rq).error);
	begin(&self->rq, family, 0, PLEXUS_CMD_PACK_EXPORT);
	put(&self->rq, PLEXUS_A_PACK_NAME, "", 0);
	EXPECT_GT(0, call(&self->rq).error);
	begin(&self->rq, family, 0, PLEXUS_CMD_PACK_EXPORT);
	put_str(&self->rq, PLEXUS_A_PACK_NAME, longer);
	EXPECT_GT(0, call(&self->rq).error);
	begin(&self->rq, family, 0, PLEXUS_CMD_PACK_EXPORT);
	put(&self->rq, PLEXUS_A_PACK_NAME, "p\0q", 4);
	EXPECT_GT(0, call(&self->rq).error);
	begin(&self->rq, family, 0, PLEXUS_CMD_PACK_CREATE);
	put_str(&self->rq, PLEXUS_A_PACK_NAME, "a\nb%s%n/..");
	put_str(&self->rq, PLEXUS_A_PATH, path);
	a = call(&self->rq);
	EXPECT_EQ(-EINVAL, a.error);
	EXPECT_EQ(0x80070057u, a.result);
	begin(&self->rq, family, 0, PLEXUS_CMD_SCAN);
	put_str(&self->rq, PLEXUS_A_PATH, longer);
	EXPECT_GT(0, call(&self->rq).error);
}

TEST_F(nl, wrong_types)
{
	uint8_t byte = 1;
	uint64_t many[4] = { 1ULL << 40 };
	uint32_t value;

	name_volume(&self->rq, PLEXUS_CMD_VOLUME_EXTEND);
	put(&self->rq, PLEXUS_A_SIZE, &byte, 1);
	EXPECT_GT(0, call(&self->rq).error);
	name_volume(&self->rq, PLEXUS_CMD_VOLUME_EXTEND);
	put(&self->rq, PLEXUS_A_SIZE, &many, 4);
	EXPECT_GT(0, call(&self->rq).error);
	name_volume(&self->rq, PLEXUS_CMD_VOLUME_DELETE);
	put(&self->rq, PLEXUS_A_FORCE, &many, 8); /* a flag has no data */
	EXPECT_GT(0, call(&self->rq).error);
	for (value = 0; value < 40; value++) {
		if (value >= PLEXUS_TYPE_SIMPLE && value <= PLEXUS_TYPE_MIRROR)
			continue;
		begin(&self->rq, family, 0, PLEXUS_CMD_VOLUME_CREATE);
		put_str(&self->rq, PLEXUS_A_PACK_NAME, "p");
		put_str(&self->rq, PLEXUS_A_VOLUME_NAME, "v");
		put(&self->rq, PLEXUS_A_SIZE, &many, 8);
		put(&self->rq, PLEXUS_A_TYPE, &value, 4);
		EXPECT_GT(0, call(&self->rq).error) TH_LOG("type %u", value);
	}
	value = 7;
	name_volume(&self->rq, PLEXUS_CMD_VOLUME_SET);
	put(&self->rq, PLEXUS_A_READ_POLICY, &value, 4);
	EXPECT_GT(0, call(&self->rq).error);
	name_volume(&self->rq, PLEXUS_CMD_VOLUME_SET);
	put(&self->rq, PLEXUS_A_SYNC_ACTION, &value, 4);
	EXPECT_GT(0, call(&self->rq).error);
	value = 0xffffffff;
	name_volume(&self->rq, PLEXUS_CMD_VOLUME_SET);
	put(&self->rq, PLEXUS_A_VOLUME_FLAGS, &value, 4);
	EXPECT_GT(0, call(&self->rq).error);
}

TEST_F(nl, lengths_that_lie)
{
	uint32_t value = 0;

	name_volume(&self->rq, PLEXUS_CMD_VOLUME_RECOVER);
	put_len(&self->rq, PLEXUS_A_PACK_ID, &value, 4, 0xfff0);
	EXPECT_GT(0, call(&self->rq).error);
	name_volume(&self->rq, PLEXUS_CMD_VOLUME_RECOVER);
	put_len(&self->rq, PLEXUS_A_PACK_ID, &value, 4, 2);
	EXPECT_GT(0, call(&self->rq).error);
	begin(&self->rq, family, 0, PLEXUS_CMD_VOLUME_RECOVER);
	self->rq.nlh.nlmsg_len = NLMSG_LENGTH(0); /* no genl header */
	EXPECT_GT(0, call(&self->rq).error);
}

static void put_input(struct request *rq, const char *s)
{
	uint8_t buf[512];
	struct nlattr *a = (void *)buf;

	memset(buf, 0, sizeof(buf));
	a->nla_type = PLEXUS_A_INPUT_DISK_PATH;
	a->nla_len = NLA_HDRLEN + strlen(s) + 1;
	memcpy(buf + NLA_HDRLEN, s, strlen(s) + 1);
	put(rq, PLEXUS_A_INPUT_DISK | NLA_F_NESTED, buf, NLA_ALIGN(a->nla_len));
}

TEST_F(nl, nested_garbage)
{
	static uint8_t junk[256];
	size_t i;

	for (i = 0; i < sizeof(junk); i++)
		junk[i] = i * 37 + 11;
	for (i = 0; i < sizeof(junk); i += 5) {
		name_volume(&self->rq, PLEXUS_CMD_PLEX_REPAIR);
		put(&self->rq, PLEXUS_A_PLEX_ID, junk, 16);
		put(&self->rq, PLEXUS_A_INPUT_DISK | NLA_F_NESTED, junk, i);
		EXPECT_GT(0, call(&self->rq).error);
		name_volume(&self->rq, PLEXUS_CMD_PLEX_REPAIR);
		put(&self->rq, PLEXUS_A_PLEX_ID, junk, 16);
		put(&self->rq, PLEXUS_A_INPUT_DISK, junk, i);
		EXPECT_GT(0, call(&self->rq).error);
	}
}

TEST_F(nl, too_many_input_disks)
{
	uint64_t size = 1 << 20;
	struct answer a;
	int i;

	begin(&self->rq, family, 0, PLEXUS_CMD_VOLUME_CREATE);
	put_str(&self->rq, PLEXUS_A_PACK_NAME, "p");
	put_str(&self->rq, PLEXUS_A_VOLUME_NAME, "many");
	put(&self->rq, PLEXUS_A_SIZE, &size, 8);
	for (i = 0; i < 33; i++)
		put_input(&self->rq, path);
	a = call(&self->rq);
	EXPECT_GT(0, a.error);
	EXPECT_LT(5, strlen(a.ext));
}

TEST_F(nl, too_many_paths)
{
	struct answer a;
	int i;

	begin(&self->rq, family, 0, PLEXUS_CMD_PACK_CREATE);
	put_str(&self->rq, PLEXUS_A_PACK_NAME, "many");
	for (i = 0; i < 257; i++)
		put_str(&self->rq, PLEXUS_A_PATH, path);
	a = call(&self->rq);
	EXPECT_EQ(-EINVAL, a.error);
	EXPECT_EQ(0x80070057u, a.result);
	EXPECT_NE(NULL, strstr(a.message, "257"));
}

TEST_F(nl, two_names_for_one_thing)
{
	static const uint8_t id[16] = { 1 };

	name_volume(&self->rq, PLEXUS_CMD_VOLUME_DELETE);
	put(&self->rq, PLEXUS_A_VOLUME_ID, id, 16);
	EXPECT_GT(0, call(&self->rq).error);
	begin(&self->rq, family, 0, PLEXUS_CMD_DISK_REMOVE);
	put_str(&self->rq, PLEXUS_A_PATH, path);
	put(&self->rq, PLEXUS_A_DISK_ID, id, 16);
	EXPECT_GT(0, call(&self->rq).error);
}

TEST_F(nl, dumps_with_bad_filters)
{
	static const uint8_t id[64] = { 1 };
	int cmd;

	for (cmd = PLEXUS_CMD_DISK_GET; cmd <= PLEXUS_CMD_TASK_GET; cmd++) {
		begin(&self->rq, family, NLM_F_DUMP, cmd);
		put(&self->rq, PLEXUS_A_PACK_ID, id, 15);
		EXPECT_GT(0, call(&self->rq).error) TH_LOG("command %d", cmd);
		begin(&self->rq, family, NLM_F_DUMP, cmd);
		put(&self->rq, PLEXUS_A_PACK_ID, id, 16);
		/* tasks outlive their pack */
		if (cmd != PLEXUS_CMD_TASK_GET)
			EXPECT_GT(0, call(&self->rq).error)
		TH_LOG("command %d, no such pack", cmd);
		begin(&self->rq, family, NLM_F_DUMP, cmd);
		put_str(&self->rq, PLEXUS_A_PACK_NAME, "nobody");
		EXPECT_GT(0, call(&self->rq).error)
		TH_LOG("command %d, no such name", cmd);
		begin(&self->rq, family, NLM_F_DUMP, cmd);
		put(&self->rq, __PLEXUS_A_MAX, id, 4);
		EXPECT_GT(0, call(&self->rq).error)
		TH_LOG("command %d, unknown", cmd);
	}
	for (cmd = PLEXUS_CMD_PACK_CREATE; cmd <= PLEXUS_CMD_TASK_CANCEL; cmd++) {
		begin(&self->rq, family, NLM_F_DUMP, cmd);
		EXPECT_EQ(-EOPNOTSUPP, call(&self->rq).error);
	}
}

/* ---- who may ---- */

/* 0: each command that changes something is refused, and all that look work */
static int as_somebody(void)
{
	static struct request rq;
	struct answer a;
	int cmd, fd = sock_new();

	if (fd < 0)
		return 1;
	for (cmd = PLEXUS_CMD_PACK_CREATE; cmd <= PLEXUS_CMD_TASK_CANCEL; cmd++) {
		begin(&rq, family, 0, cmd);
		put_str(&rq, PLEXUS_A_PACK_NAME, "p");
		a = call_on(fd, &rq);
		if (a.error != -EPERM && a.error != -EACCES && a.error != -EINVAL)
			return 2;
		/* a policy may speak first, but never the operation */
		if (a.error == -EINVAL && a.replies)
			return 3;
	}
	for (cmd = PLEXUS_CMD_PACK_GET; cmd <= PLEXUS_CMD_TASK_GET; cmd++) {
		begin(&rq, family, NLM_F_DUMP, cmd);
		if (call_on(fd, &rq).error)
			return 4;
	}
	name_volume(&rq, PLEXUS_CMD_VOLUME_DELETE);
	a = call_on(fd, &rq);
	if (a.error != -EPERM && a.error != -EACCES)
		return 5;
	close(fd);
	return 0;
}

static int in_child(int (*become)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		int err = become();

		_exit(err ? 100 + err : as_somebody());
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static int nobody(void)
{
	return setgid(65534) || setuid(65534);
}

static int net_admin_only(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	data[0].effective = data[0].permitted = 1u << CAP_NET_ADMIN;
	return syscall(SYS_capset, &head, data) != 0;
}

static int user_namespace(void)
{
	return unshare(CLONE_NEWUSER) ? 2 : 0;
}

TEST_F(nl, nobody_may_look_only)
{
	EXPECT_EQ(0, in_child(nobody));
}

TEST_F(nl, net_admin_may_look_only)
{
	EXPECT_EQ(0, in_child(net_admin_only));
}

TEST_F(nl, root_of_a_user_namespace_may_look_only)
{
	int ret = in_child(user_namespace);

	if (ret == 102)
		SKIP(return, "user namespaces can't be had");
	EXPECT_EQ(0, ret);
}

/* A socket that root has opened and given away still may: that is how netlink is. Not the other way. */
TEST_F(nl, a_socket_of_nobody_may_not_in_the_hands_of_root)
{
	int pair[2], status;
	struct answer a;
	pid_t pid;
	int fd = -1;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	pid = fork();
	if (!pid) {
		char c = 0, room[CMSG_SPACE(sizeof(int))] = { 0 };
		struct iovec iov = { &c, 1 };
		struct msghdr m = { .msg_iov = &iov,
				    .msg_iovlen = 1,
				    .msg_control = room,
				    .msg_controllen = sizeof(room) };
		struct cmsghdr *cm = CMSG_FIRSTHDR(&m);

		if (nobody())
			_exit(1);
		fd = sock_new();
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &fd, sizeof(int));
		_exit(sendmsg(pair[1], &m, 0) != 1);
	}
	waitpid(pid, &status, 0);
	ASSERT_EQ(0, status);
	{
		char c, room[CMSG_SPACE(sizeof(int))];
		struct iovec iov = { &c, 1 };
		struct msghdr m = { .msg_iov = &iov,
				    .msg_iovlen = 1,
				    .msg_control = room,
				    .msg_controllen = sizeof(room) };

		ASSERT_EQ(1, recvmsg(pair[0], &m, 0));
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	}
	name_volume(&self->rq, PLEXUS_CMD_VOLUME_DELETE);
	a = call_on(fd, &self->rq);
	EXPECT_EQ(true, a.error == -EPERM || a.error == -EACCES)
	TH_LOG("error %d", a.error);
	close(fd);
}

TEST_HARNESS_MAIN
