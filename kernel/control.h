/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the control layer (netlink*.c, control.c, sysfs.c) share.
 */
#ifndef _PLX_CONTROL_H
#define _PLX_CONTROL_H

#include "compat/genl.h"
#include "plexus.h"

#define PLX_MAX_INPUT 32 /* disks given to one command */

/* ---- netlink_find.c: from what a request names to objects ---- */

/* a volume as the configuration has it, with references */
struct plx_found {
	struct plx_pack *pack;
	struct plx_conf *conf;
	struct plx_conf_volume *cv; /* of conf */
};

int plx_find_string(const struct nlattr *attr, const char *what, char *buf, size_t size,
		    struct plx_why *why);
int plx_find_pack(struct nlattr **attrs, struct plx_pack **out, struct plx_why *why);
int plx_find_volume(struct nlattr **attrs, struct plx_found *out, struct plx_why *why);
void plx_found_put(struct plx_found *found);
int plx_find_source(struct nlattr **attrs, struct plx_pack *pack, struct plx_volume **out,
		    struct plx_why *why);
int plx_find_disk(struct nlattr **attrs, struct plx_pack *pack, bool follow,
		  struct plx_pack **out, struct plx_id *id, struct plx_why *why);
int plx_find_keep(struct nlattr **attrs, struct plx_pack *pack, struct plx_id *id,
		  struct plx_why *why);
int plx_find_input(struct genl_info *info, struct plx_pack *pack, struct plx_input_disk *in,
		   u32 *n, struct plx_why *why);

static inline struct plx_id plx_attr_id(const struct nlattr *attr)
{
	struct plx_id id;

	memcpy(id.b, nla_data(attr), PLX_ID_LEN); /* the policy says how long it is */
	return id;
}

static inline int plx_put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put(skb, attr, sizeof(value), &value);
}

static inline int plx_put_id(struct sk_buff *skb, int attr, const struct plx_id *id)
{
	return nla_put(skb, attr, PLX_ID_LEN, id->b);
}

/* ---- netlink_stale.c ---- */

bool plx_stale_plex(struct plx_pack *pack, const struct plx_conf_volume *cv,
		    const struct plx_conf_plex *cp, u64 *stale);
bool plx_stale_member(struct plx_pack *pack, const struct plx_conf_volume *cv, u32 member,
		      u64 *stale);

/* ---- control.c: what netlink and sysfs do in the same way ---- */

int plx_control_sync_action(struct plx_volume *vol, u32 action, u64 *task, struct plx_why *why);
int plx_control_speed(struct plx_volume *vol, const u64 *min, const u64 *max,
		      struct plx_why *why);
bool plx_control_device(struct plx_volume *vol, char *name, size_t size);
u32 plx_control_volume_status(struct plx_volume *vol, const struct plx_conf *conf,
			      const struct plx_conf_volume *cv);
u32 plx_control_volume_health(struct plx_volume *vol, const struct plx_conf *conf,
			      const struct plx_conf_volume *cv);

#endif
