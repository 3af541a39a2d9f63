/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/plexus.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _LINUX_PLEXUS_GEN_H
#define _LINUX_PLEXUS_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/plexus.h>

/* Common nested types */
extern const struct nla_policy plexus_input_disk_nl_policy[PLEXUS_A_INPUT_DISK_SIZE + 1];

int plx_nl_pre_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
		    struct genl_info *info);
void
plx_nl_post_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
		 struct genl_info *info);

int plexus_nl_version_get_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_pack_get_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_pack_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int plexus_nl_disk_get_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_disk_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int plexus_nl_volume_get_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_volume_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int plexus_nl_plex_get_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_plex_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int plexus_nl_task_get_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_task_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int plexus_nl_pack_create_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_pack_import_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_pack_export_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_pack_destroy_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_pack_rename_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_pack_recover_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_pack_refresh_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_scan_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_disk_add_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_disk_remove_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_disk_replace_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_disk_offline_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_disk_online_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_disk_set_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_volume_create_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_volume_delete_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_volume_extend_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_volume_rename_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_volume_set_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_volume_recover_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_volume_scrub_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_plex_add_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_plex_break_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_plex_remove_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_plex_repair_doit(struct sk_buff *skb, struct genl_info *info);
int plexus_nl_task_cancel_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	PLEXUS_NLGRP_EVENTS,
};

extern struct genl_family plexus_nl_family;

#endif /* _LINUX_PLEXUS_GEN_H */
