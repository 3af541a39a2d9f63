// SPDX-License-Identifier: GPL-2.0
/*
 * The exchange with a real kernel. Its own family "nlctrl", which every kernel
 * has, stands in for the driver: it answers, refuses with a text and dumps.
 */
#include <linux/genetlink.h>
#include <pthread.h>
#include <stdio.h>

#include "internal.h"
#include "ktap.h"

/* A handle that takes nlctrl for its family; NULL where there is no netlink. */
static struct plexus *handle(void)
{
	struct plexus *h;

	if (plexus_open(&h, PLEXUS_OPEN_NO_LOAD))
		return NULL;
	/* opens the socket, and finds no driver */
	plexus_connect(h);
	if (h->sock) {
		h->family = GENL_ID_CTRL;
		return h;
	}
	ktap_skipped = "no netlink socket";
	plexus_close(h);
	return NULL;
}

static int family_name(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *a =
		nlmsg_find_attr((struct nlmsghdr *)nlh, GENL_HDRLEN, CTRL_ATTR_FAMILY_NAME);

	snprintf(arg, 32, "%s", a ? (char *)nla_data(a) : "");
	return 0;
}

static void get(void)
{
	struct plexus *h = handle();
	char name[32] = "";
	struct plx_req r;

	if (!h)
		return;
	plx_req_begin(h, &r, CTRL_CMD_GETFAMILY);
	nla_put_string(r.msg, CTRL_ATTR_FAMILY_NAME, "nlctrl");
	CHECK(!plx_req_get(&r, family_name, name));
	CHECK_TEXT(name, "nlctrl");
	CHECK(plexus_result(h) == 0);
	plexus_close(h);
}

static void refusals(void)
{
	struct plexus *h = handle();
	struct plexus_outcome out;
	struct plx_req r;

	if (!h)
		return;
	/* no such command: an errno and nothing else */
	plx_req_begin(h, &r, 0x7f);
	CHECK(plx_req_change(&r, &out) == -EOPNOTSUPP);
	CHECK(plexus_result(h) == PLX_R(E_NOTIMPL));
	CHECK(plexus_message(h)[0]);
	/* against the policy: the text of the ack is the message */
	plx_req_begin(h, &r, CTRL_CMD_GETFAMILY);
	plx_put_u64(&r, CTRL_ATTR_FAMILY_ID, 1);
	nla_put(r.msg, CTRL_ATTR_FAMILY_NAME, 3, "abc");
	CHECK(plx_req_change(&r, &out) < 0);
	CHECK(plexus_result(h) != 0);
	CHECK(strstr(plexus_message(h), "ttribute"));
	plexus_close(h);
}

static int parse_any(const struct nlmsghdr *nlh, void *item)
{
	return family_name(nlh, item);
}

static void dump(void)
{
	struct plexus *h = handle();
	void **items = NULL;
	struct plx_req r;
	bool found = false;
	size_t i, n = 0;

	if (!h)
		return;
	plx_req_begin(h, &r, CTRL_CMD_GETFAMILY);
	CHECK(!plx_req_list(&r, 32, parse_any, NULL, &items, &n));
	CHECK(n > 0);
	for (i = 0; items && items[i]; i++)
		found |= !strcmp(items[i], "nlctrl");
	CHECK(found && i == n);
	plexus_list_free(items);
	plexus_close(h);
}

#define THREADS 4
#define ROUNDS 200

/* Every thread has a result of its own, also while others use the handle. */
static void *hammer(void *arg)
{
	struct plexus *h = arg;
	struct plexus_outcome out;
	char name[32];
	struct plx_req r;
	long bad = 0;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		plx_req_begin(h, &r, 0x7f);
		bad += plx_req_change(&r, &out) != -EOPNOTSUPP;
		bad += plexus_result(h) != PLX_R(E_NOTIMPL);
		plx_req_begin(h, &r, CTRL_CMD_GETFAMILY);
		nla_put_string(r.msg, CTRL_ATTR_FAMILY_NAME, "nlctrl");
		bad += plx_req_get(&r, family_name, name) != 0;
		bad += plexus_result(h) != 0;
	}
	return (void *)bad;
}

static void threads(void)
{
	struct plexus *h = handle();
	pthread_t thread[THREADS];
	void *bad;
	int i;

	if (!h)
		return;
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&thread[i], NULL, hammer, h));
	for (i = 0; i < THREADS; i++) {
		pthread_join(thread[i], &bad);
		CHECK(!bad);
	}
	plexus_close(h);
}

static void *refused_call(void *h)
{
	struct plexus_pack_ref ref = { .name = "" };

	return plexus_pack_export(h, &ref, NULL) == -EINVAL ? h : NULL;
}

/* As with errno: what another thread did is not told here. */
static void results_of_threads(void)
{
	struct plexus *h;
	pthread_t thread;
	void *refused;

	CHECK(!plexus_open(&h, PLEXUS_OPEN_NO_LOAD));
	CHECK(plexus_result(h) == 0);
	CHECK(!pthread_create(&thread, NULL, refused_call, h));
	pthread_join(thread, &refused);
	CHECK(refused);
	CHECK(plexus_result(h) == 0);
	CHECK_TEXT(plexus_message(h), "");
	plexus_close(h);
}

static void no_driver(void)
{
	struct plexus_pack_info **list;
	struct plexus *h;

	CHECK(!plexus_open(&h, PLEXUS_OPEN_NO_LOAD));
	if (!plexus_connect(h))
		ktap_skipped = "the driver is loaded";
	else
		CHECK(plexus_pack_list(h, &list, NULL) == -EPROTONOSUPPORT && !list);
	plexus_close(h);
}

static const struct test tests[] = {
	{ "one object", get },
	{ "refusals of the kernel", refusals },
	{ "a dump", dump },
	{ "four threads on one handle", threads },
	{ "a result for each thread", results_of_threads },
	{ "no driver", no_driver },
};

KTAP_MAIN(tests)
