// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink for kernels without split ops (before 6.2) and without room
 * for a formatted text in the extended ack (before 6.3).
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include "genl.h"

#ifndef NL_SET_ERR_MSG_FMT
#define RING 64
#define RING_TEXT 224

/**
 * plx_extack_set() - give the ack of a refused request a text
 * @extack: of the request, may be NULL
 * @text: formatted, need not outlive the call
 * @constant: a constant to use where @text can't be kept; NULL: the caller has
 *	CAP_SYS_ADMIN, use @text
 *
 * The kernel copies the text only after the handler has returned, so it must
 * stay. It stays until 64 more refusals of privileged callers were prepared
 * between this handler's return and its ack, which is a few instructions. Those
 * who may only read get a constant, since they could start enough threads to
 * get there. Any context.
 */
void plx_extack_set(struct netlink_ext_ack *extack, const char *text, const char *constant)
{
	static char ring[RING][RING_TEXT];
	static atomic_t next;
	char *buf;

	if (!extack)
		return;
	if (constant) {
		extack->_msg = constant;
		return;
	}
	buf = ring[(unsigned int)atomic_inc_return(&next) % RING];
	strscpy(buf, text, RING_TEXT);
	extack->_msg = buf;
}
#endif

#ifndef PLX_HAVE_GENL_SPLIT_OPS

#define OPS_MAX PLEXUS_CMD_MAX

static struct genl_ops merged[OPS_MAX];

static const struct genl_split_ops *find_split(u8 cmd, u8 flag)
{
	unsigned int i;

	for (i = 0; i < plexus_nl_family.n_split_ops; i++) {
		const struct genl_split_ops *split = &plexus_nl_family.split_ops[i];

		if (split->cmd == cmd && (split->flags & flag))
			return split;
	}
	return NULL;
}

static int pre_doit(const struct genl_ops *ops, struct sk_buff *skb, struct genl_info *info)
{
	const struct genl_split_ops *split = find_split(ops->cmd, GENL_CMD_CAP_DO);

	return split && split->pre_doit ? split->pre_doit(split, skb, info) : 0;
}

static void post_doit(const struct genl_ops *ops, struct sk_buff *skb, struct genl_info *info)
{
	const struct genl_split_ops *split = find_split(ops->cmd, GENL_CMD_CAP_DO);

	if (split && split->post_doit)
		split->post_doit(split, skb, info);
}

/* the do's policy has let it through: refuse what the dump's would not */
static int start_dump(struct netlink_callback *cb)
{
	const struct genl_dumpit_info *info = genl_dumpit_info(cb);
	const struct genl_split_ops *dump = find_split(info->op.cmd, GENL_CMD_CAP_DUMP);
	unsigned int i;

	for (i = 1; info->attrs && i <= info->op.maxattr; i++) {
		if (!info->attrs[i])
			continue;
		if (dump && dump->policy && i <= dump->maxattr &&
		    dump->policy[i].type != NLA_UNSPEC)
			continue;
		NL_SET_ERR_MSG_ATTR(cb->extack, info->attrs[i], "Unknown attribute type");
		return -EINVAL;
	}
	return dump && dump->start ? dump->start(cb) : 0;
}

static int merge(void)
{
	unsigned int n = 0, i;
	struct genl_ops *op;

	for (i = 0; i < plexus_nl_family.n_split_ops; i++) {
		const struct genl_split_ops *split = &plexus_nl_family.split_ops[i];

		op = n && merged[n - 1].cmd == split->cmd ? &merged[n - 1] : NULL;
		if (!op) {
			if (WARN_ON(n == OPS_MAX))
				return -EINVAL;
			op = &merged[n++];
			op->cmd = split->cmd;
		}
		op->flags |= split->flags & ~(GENL_CMD_CAP_DO | GENL_CMD_CAP_DUMP);
		if (split->flags & GENL_CMD_CAP_DO) {
			op->doit = split->doit;
			op->policy = split->policy;
			op->maxattr = split->maxattr;
		} else {
			/* a dump looks at attributes up to its own last one */
			if (WARN_ON(split->maxattr > op->maxattr))
				return -EINVAL;
			op->dumpit = split->dumpit;
			op->done = split->done;
			op->start = start_dump;
		}
	}
	return n;
}

struct genl_family plx_genl_family = {
	.pre_doit = pre_doit,
	.post_doit = post_doit,
	.ops = merged,
};

/**
 * plx_genl_register() - register the family
 *
 * Only for the initial network namespace. Sleeps.
 *
 * Return: 0 or a negative errno.
 */
int plx_genl_register(void)
{
	struct genl_family *f = &plx_genl_family;
	int n;

	memset(merged, 0, sizeof(merged));
	n = merge();
	if (n < 0)
		return n;
	strscpy(f->name, plexus_nl_family.name, sizeof(f->name));
	f->version = plexus_nl_family.version;
	f->parallel_ops = plexus_nl_family.parallel_ops;
	f->module = plexus_nl_family.module;
	f->n_ops = n;
	f->mcgrps = plexus_nl_family.mcgrps;
	f->n_mcgrps = plexus_nl_family.n_mcgrps;
	return genl_register_family(f);
}

#endif
