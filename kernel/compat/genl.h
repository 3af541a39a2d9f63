/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink as the newest kernel has it. netlink_gen.c is generated for
 * split ops; where the kernel has none, the table is declared with a family of
 * our own and turned into the kernel's at init. Include this instead of
 * netlink_gen.h.
 */
#ifndef _PLX_COMPAT_GENL_H
#define _PLX_COMPAT_GENL_H

#include <linux/string.h>
#include <net/genetlink.h>

#ifdef PLX_HAVE_GENL_SPLIT_OPS

#include "../netlink_gen.h"
#define plx_genl_family plexus_nl_family

static inline int plx_genl_register(void)
{
	plexus_nl_family.netnsok = false;
	return genl_register_family(&plexus_nl_family);
}

#else

struct genl_split_ops {
	union {
		struct {
			int (*pre_doit)(const struct genl_split_ops *ops, struct sk_buff *skb,
					struct genl_info *info);
			int (*doit)(struct sk_buff *skb, struct genl_info *info);
			void (*post_doit)(const struct genl_split_ops *ops, struct sk_buff *skb,
					  struct genl_info *info);
		};
		struct {
			int (*start)(struct netlink_callback *cb);
			int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
			int (*done)(struct netlink_callback *cb);
		};
	};
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 internal_flags;
	u8 flags;
	u8 validate;
};

/* what the generated file says about the family */
struct plx_split_family {
	char name[GENL_NAMSIZ];
	unsigned int version;
	u8 netnsok:1;
	u8 parallel_ops:1;
	u8 n_split_ops;
	u8 n_mcgrps;
	const struct genl_split_ops *split_ops;
	const struct genl_multicast_group *mcgrps;
	struct module *module;
};

#define genl_family plx_split_family
#include "../netlink_gen.h"
#ifndef PLX_NETLINK_GEN
#undef genl_family
extern struct genl_family plx_genl_family;
int plx_genl_register(void);
#endif

#endif /* PLX_HAVE_GENL_SPLIT_OPS */

/* the attributes of the request that a dump answers */
static inline struct nlattr **plx_dump_attrs(struct netlink_callback *cb)
{
#ifdef PLX_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#ifdef NL_SET_ERR_MSG_FMT
static inline void plx_extack_set(struct netlink_ext_ack *extack, const char *text,
				  const char *constant)
{
	if (!extack)
		return;
	/* a long text is cut here, and whole in the answer's message attribute */
	strscpy(extack->_msg_buf, text, sizeof(extack->_msg_buf));
	extack->_msg = extack->_msg_buf;
}
#else
void plx_extack_set(struct netlink_ext_ack *extack, const char *text, const char *constant);
#endif

#endif
