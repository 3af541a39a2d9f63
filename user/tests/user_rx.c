// SPDX-License-Identifier: GPL-2.0
/* The netlink layer, fed with messages made by hand. */
#include "internal.h"
#include "ktap.h"

#define SEQ 42
#define FAM 0x20

static struct plexus_id some_id(uint8_t b)
{
	struct plexus_id id;

	memset(&id, b, sizeof(id));
	return id;
}

static struct nl_msg *message(uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 0, SEQ, FAM, 0, 0, cmd, 1);
	return msg;
}

static void put_u32(struct nl_msg *m, int attr, uint32_t v)
{
	nla_put_u32(m, attr, v);
}

static void put_id(struct nl_msg *m, int attr, uint8_t b)
{
	struct plexus_id id = some_id(b);

	nla_put(m, attr, sizeof(id), &id);
}

static int feed(struct plx_rx *rx, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	int err = plx_rx_feed(rx, nlh, nlh->nlmsg_len);

	nlmsg_free(msg);
	return err;
}

/* An ack with its extended text, as the kernel writes it with a capped socket. */
static struct nl_msg *ack(int error, const char *text, bool capped)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlmsgerr e = { .error = error, .msg = { .nlmsg_len = 64, .nlmsg_seq = SEQ } };
	char payload[48] = "";

	nlmsg_put(msg, 0, SEQ, NLMSG_ERROR, 0,
		  (text ? NLM_F_ACK_TLVS : 0) | (capped ? NLM_F_CAPPED : 0));
	nlmsg_append(msg, &e, sizeof(e), NLMSG_ALIGNTO);
	if (!capped)
		nlmsg_append(msg, payload, sizeof(payload), NLMSG_ALIGNTO);
	if (text)
		nla_put_string(msg, NLMSGERR_ATTR_MSG, text);
	return msg;
}

static void reply_then_ack(void)
{
	struct plx_rx rx = { .seq = SEQ };
	struct nl_msg *m = message(PLEXUS_CMD_VOLUME_CREATE);

	put_u32(m, PLEXUS_A_RESULT, 0);
	nla_put_string(m, PLEXUS_A_MESSAGE, "made");
	nla_put_u64(m, PLEXUS_A_TASK_ID, 9);
	put_id(m, PLEXUS_A_VOLUME_ID, 0xab);
	nla_put_string(m, PLEXUS_A_DEVICE, "plx3");
	CHECK(!feed(&rx, m));
	CHECK(!rx.done && rx.has_result && rx.result == 0);
	CHECK_TEXT(rx.message, "made");
	CHECK(rx.out.task == 9 && rx.out.volume.b[0] == 0xab);
	CHECK_TEXT(rx.out.device, "plx3");
	CHECK(!feed(&rx, ack(0, NULL, true)));
	CHECK(rx.done && rx.error == 0);
}

static void refusal(void)
{
	struct plx_rx rx = { .seq = SEQ };
	struct nl_msg *m = message(PLEXUS_CMD_PLEX_BREAK);

	put_u32(m, PLEXUS_A_RESULT, PLX_R(VDS_E_VOLUME_NOT_A_MIRROR));
	nla_put_string(m, PLEXUS_A_MESSAGE, "volume tank/data has one plex");
	CHECK(!feed(&rx, m));
	CHECK(!feed(&rx, ack(-EINVAL, "volume tank/data has one plex", true)));
	CHECK(rx.done && rx.error == -EINVAL && rx.result == 0x80042445u);
	CHECK_TEXT(rx.extack, "volume tank/data has one plex");
}

/* the policy refuses before the driver can answer: only the ack tells */
static void refusal_of_policy(void)
{
	struct plx_rx rx = { .seq = SEQ };

	CHECK(!feed(&rx, ack(-ERANGE, "integer out of range", false)));
	CHECK(rx.done && rx.error == -ERANGE && !rx.has_result);
	CHECK_TEXT(rx.extack, "integer out of range");
}

static int count_object(const struct nlmsghdr *nlh, void *arg)
{
	struct plexus_volume_info v;

	CHECK(!plx_parse_volume(nlh, &v));
	++*(int *)arg;
	return 0;
}

static void dump(void)
{
	int n = 0;
	struct plx_rx rx = { .seq = SEQ, .dump = true, .object = count_object, .arg = &n };
	struct nl_msg *done = nlmsg_alloc();
	struct nl_msg *m = message(PLEXUS_CMD_VOLUME_GET);
	int32_t error = 0;

	put_id(m, PLEXUS_A_VOLUME_ID, 1);
	nlmsg_hdr(m)->nlmsg_flags |= NLM_F_MULTI;
	CHECK(!feed(&rx, m));
	m = message(PLEXUS_CMD_VOLUME_GET);
	nlmsg_hdr(m)->nlmsg_flags |= NLM_F_MULTI | NLM_F_DUMP_INTR;
	CHECK(!feed(&rx, m));
	CHECK(!rx.done && rx.interrupted && n == 2);
	nlmsg_put(done, 0, SEQ, NLMSG_DONE, 0, NLM_F_MULTI);
	nlmsg_append(done, &error, sizeof(error), NLMSG_ALIGNTO);
	CHECK(!feed(&rx, done));
	CHECK(rx.done && rx.error == 0);
}

static void dump_that_fails(void)
{
	int n = 0;
	struct plx_rx rx = { .seq = SEQ, .dump = true, .object = count_object, .arg = &n };
	struct nl_msg *done = nlmsg_alloc();
	int32_t error = -ENOENT;

	nlmsg_put(done, 0, SEQ, NLMSG_DONE, 0, NLM_F_MULTI | NLM_F_ACK_TLVS);
	nlmsg_append(done, &error, sizeof(error), NLMSG_ALIGNTO);
	nla_put_string(done, NLMSGERR_ATTR_MSG, "no pack x");
	CHECK(!feed(&rx, done));
	CHECK(rx.done && rx.error == -ENOENT);
	CHECK_TEXT(rx.extack, "no pack x");
}

static void others_are_passed_over(void)
{
	struct plx_rx rx = { .seq = SEQ + 1 };

	CHECK(!feed(&rx, ack(-EINVAL, "of another request", true)));
	CHECK(!rx.done && !rx.extack[0]);
}

static void broken_bytes(void)
{
	struct plx_rx rx = { .seq = SEQ };
	struct nl_msg *m = message(PLEXUS_CMD_PACK_GET);
	struct nlmsghdr *nlh = nlmsg_hdr(m);
	char junk[7] = "junk";

	CHECK(plx_rx_feed(&rx, junk, sizeof(junk)) == -EBADMSG);
	nlh->nlmsg_len = 4096 * 4;
	CHECK(plx_rx_feed(&rx, nlh, 64) == -EBADMSG);
	nlmsg_free(m);
	m = nlmsg_alloc();
	nlmsg_put(m, 0, SEQ, FAM, 0, 0);
	CHECK(feed(&rx, m) == -EBADMSG);
	m = nlmsg_alloc();
	nlmsg_put(m, 0, SEQ, NLMSG_ERROR, 0, 0);
	CHECK(feed(&rx, m) == -EBADMSG);
	/* an id that is too short */
	m = message(PLEXUS_CMD_PACK_GET);
	put_u32(m, PLEXUS_A_PACK_ID, 1);
	CHECK(feed(&rx, m) == -EBADMSG);
}

static void pack_and_disk(void)
{
	struct plexus_pack_info p;
	struct plexus_disk_info d;
	struct nl_msg *m = message(PLEXUS_CMD_PACK_GET);

	put_id(m, PLEXUS_A_PACK_ID, 5);
	nla_put_string(m, PLEXUS_A_PACK_NAME, "tank");
	put_u32(m, PLEXUS_A_PACK_STATUS, 4);
	put_u32(m, PLEXUS_A_PACK_FLAGS, 2);
	nla_put_u64(m, PLEXUS_A_GENERATION, 1ull << 40);
	/* an attribute of a later version */
	put_u32(m, PLEXUS_A_MAX + 5, 1);
	CHECK(!plx_parse_pack(nlmsg_hdr(m), &p));
	CHECK(p.id.b[15] == 5 && p.status == 4 && p.flags == 2 && p.generation == 1ull << 40);
	CHECK_TEXT(p.name, "tank");
	CHECK_TEXT(p.message, "");
	nlmsg_free(m);
	m = message(PLEXUS_CMD_DISK_GET);
	/* text without an end */
	nla_put(m, PLEXUS_A_PATH, 8, "/dev/vdb");
	put_u32(m, PLEXUS_A_SPARE, 1);
	nla_put_u64(m, PLEXUS_A_FREE, 77);
	CHECK(!plx_parse_disk(nlmsg_hdr(m), &d));
	CHECK_TEXT(d.path, "/dev/vdb");
	CHECK(d.spare && d.free == 77 && d.size == 0);
	nlmsg_free(m);
}

static void put_member(struct nl_msg *m, uint32_t index, int n)
{
	struct nlattr *nest = nla_nest_start(m, NLA_F_NESTED | PLEXUS_A_MEMBER);
	int i;

	nla_put_u32(m, PLEXUS_A_MEMBER_INDEX, index);
	nla_put_u32(m, PLEXUS_A_MEMBER_HEALTH, PLEXUS_HEALTH_FAILED);
	for (i = 0; i < n; i++) {
		struct nlattr *e = nla_nest_start(m, NLA_F_NESTED | PLEXUS_A_MEMBER_EXTENT);

		put_id(m, PLEXUS_A_EXTENT_DISK_ID, (uint8_t)(10 + i));
		nla_put_u64(m, PLEXUS_A_EXTENT_START, 4096u * (unsigned int)i);
		nla_put_u64(m, PLEXUS_A_EXTENT_SIZE, 8192);
		nla_nest_end(m, e);
	}
	nla_nest_end(m, nest);
}

static void plex(void)
{
	struct plexus_plex_info p;
	struct nl_msg *m = message(PLEXUS_CMD_PLEX_GET);

	put_id(m, PLEXUS_A_PLEX_ID, 3);
	put_u32(m, PLEXUS_A_PLEX_INDEX, 1);
	put_member(m, 0, 2);
	put_member(m, 1, 1);
	CHECK(!plx_parse_plex(nlmsg_hdr(m), &p));
	CHECK(p.index == 1 && p.n_members == 2);
	CHECK(p.members[0].n_extents == 2 && p.members[1].n_extents == 1);
	CHECK(p.members[1].index == 1 && p.members[1].health == PLEXUS_HEALTH_FAILED);
	CHECK(p.members[0].extents[1].disk.b[0] == 11 && p.members[0].extents[1].start == 4096);
	plexus_plex_clear(&p);
	CHECK(!p.members && !p.n_members);
	nlmsg_free(m);
}

static void task_and_event(void)
{
	struct plexus_task_info t;
	struct plexus_event e;
	struct nl_msg *m = message(PLEXUS_CMD_TASK_GET);

	nla_put_u64(m, PLEXUS_A_TASK_ID, 7);
	put_u32(m, PLEXUS_A_RESULT, PLX_R(VDS_E_OPERATION_PENDING));
	put_u32(m, PLEXUS_A_PERCENT, 200);
	CHECK(!plx_parse_task(nlmsg_hdr(m), &t));
	CHECK(t.id == 7 && t.result == 0x80042409u && t.percent == 100);
	nlmsg_free(m);
	m = message(PLEXUS_CMD_NOTIFY);
	put_u32(m, PLEXUS_A_EVENT, PLEXUS_EVENT_CODE_VOLUME_PROGRESS);
	put_id(m, PLEXUS_A_VOLUME_ID, 8);
	put_u32(m, PLEXUS_A_PERCENT, 0);
	CHECK(!plx_parse_event(nlmsg_hdr(m), &e));
	CHECK(e.code == 7 && e.has_percent && e.percent == 0 && !e.has_result && !e.has_health);
	nlmsg_free(m);
}

/* Requests are refused before they are sent where the driver's policy would. */
static void requests(void)
{
	struct plexus *h;
	struct plexus_outcome out;
	struct plexus_pack_ref ref = { .name = "x" };
	char name[80];

	memset(name, 'n', sizeof(name));
	name[64] = '\0';
	CHECK(!plexus_open(&h, PLEXUS_OPEN_NO_LOAD));
	CHECK(plexus_result(h) == 0);
	CHECK_TEXT(plexus_message(h), "");
	CHECK(plexus_pack_rename(h, &ref, name, &out) == -EINVAL);
	CHECK(plexus_result(h) == PLX_R(E_INVALIDARG));
	CHECK(strstr(plexus_message(h), "63"));
	CHECK(plexus_pack_rename(h, &ref, "", &out) == -EINVAL);
	plexus_close(h);
	CHECK(plexus_open(&h, 0x80) == -EINVAL && !h);
}

static int parse_all(const struct nlmsghdr *nlh, void *arg)
{
	struct plexus_pack_info pack;
	struct plexus_disk_info disk;
	struct plexus_volume_info volume;
	struct plexus_plex_info plex_info;
	struct plexus_task_info task;
	struct plexus_event event;

	(void)arg;
	plx_parse_pack(nlh, &pack);
	plx_parse_disk(nlh, &disk);
	plx_parse_volume(nlh, &volume);
	plx_parse_task(nlh, &task);
	plx_parse_event(nlh, &event);
	if (!plx_parse_plex(nlh, &plex_info))
		plexus_plex_clear(&plex_info);
	return 0;
}

/* Any bytes may come; only sanitizers and valgrind see what this test is for. */
static void bent_messages(void)
{
	unsigned char bytes[1024], bent[1024];
	struct nl_msg *m = message(PLEXUS_CMD_PLEX_GET);
	unsigned int seed = 1, round, len;
	int i;

	put_id(m, PLEXUS_A_PLEX_ID, 3);
	nla_put_string(m, PLEXUS_A_MESSAGE, "text");
	put_member(m, 0, 2);
	put_member(m, 1, 1);
	len = nlmsg_hdr(m)->nlmsg_len;
	memcpy(bytes, nlmsg_hdr(m), len);
	nlmsg_free(m);
	for (round = 0; round < 20000; round++) {
		struct plx_rx rx = { .seq = SEQ, .object = parse_all };

		memcpy(bent, bytes, len);
		for (i = 0; i < 4; i++)
			bent[(unsigned int)rand_r(&seed) % len] = (unsigned char)rand_r(&seed);
		plx_rx_feed(&rx, bent, len);
		rx = (struct plx_rx){ .seq = SEQ };
		plx_rx_feed(&rx, bent, len);
	}
	CHECK(len < sizeof(bytes));
}

static const struct test tests[] = {
	{ "a reply, then the ack", reply_then_ack },
	{ "a refusal with code and message", refusal },
	{ "a refusal of the policy", refusal_of_policy },
	{ "a dump, interrupted", dump },
	{ "a dump that ends with an error", dump_that_fails },
	{ "answers to other requests", others_are_passed_over },
	{ "broken bytes", broken_bytes },
	{ "packs and disks", pack_and_disk },
	{ "a plex with members and extents", plex },
	{ "tasks and events", task_and_event },
	{ "bent messages", bent_messages },
	{ "requests that are refused here", requests },
};

KTAP_MAIN(tests)
