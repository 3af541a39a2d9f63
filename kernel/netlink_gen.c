// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/plexus.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/plexus.h>

/* Common nested types */
const struct nla_policy plexus_input_disk_nl_policy[PLEXUS_A_INPUT_DISK_SIZE + 1] = {
	[PLEXUS_A_INPUT_DISK_DISK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_INPUT_DISK_PATH] = { .type = NLA_NUL_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_INPUT_DISK_SIZE] = { .type = NLA_U64, },
};

/* PLEXUS_CMD_PACK_GET - do */
static const struct nla_policy plexus_pack_get_nl_policy[PLEXUS_A_PACK_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_DISK_GET - do */
static const struct nla_policy plexus_disk_get_do_nl_policy[PLEXUS_A_PATH + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_DISK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
};

/* PLEXUS_CMD_DISK_GET - dump */
static const struct nla_policy plexus_disk_get_dump_nl_policy[PLEXUS_A_PACK_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_VOLUME_GET - do */
static const struct nla_policy plexus_volume_get_do_nl_policy[PLEXUS_A_VOLUME_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_VOLUME_GET - dump */
static const struct nla_policy plexus_volume_get_dump_nl_policy[PLEXUS_A_VOLUME_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_PLEX_GET - do */
static const struct nla_policy plexus_plex_get_do_nl_policy[PLEXUS_A_PLEX_ID + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_PLEX_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
};

/* PLEXUS_CMD_PLEX_GET - dump */
static const struct nla_policy plexus_plex_get_dump_nl_policy[PLEXUS_A_VOLUME_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_TASK_GET - do */
static const struct nla_policy plexus_task_get_do_nl_policy[PLEXUS_A_TASK_ID + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_TASK_ID] = { .type = NLA_U64, },
};

/* PLEXUS_CMD_TASK_GET - dump */
static const struct nla_policy plexus_task_get_dump_nl_policy[PLEXUS_A_PACK_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_PACK_CREATE - do */
static const struct nla_policy plexus_pack_create_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_PACK_IMPORT - do */
static const struct nla_policy plexus_pack_import_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_DISK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_PACK_EXPORT - do */
static const struct nla_policy plexus_pack_export_nl_policy[PLEXUS_A_PACK_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_PACK_DESTROY - do */
static const struct nla_policy plexus_pack_destroy_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_PACK_RENAME - do */
static const struct nla_policy plexus_pack_rename_nl_policy[PLEXUS_A_NEW_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_NEW_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_PACK_RECOVER - do */
static const struct nla_policy plexus_pack_recover_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_DISK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_PACK_REFRESH - do */
static const struct nla_policy plexus_pack_refresh_nl_policy[PLEXUS_A_PACK_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_SCAN - do */
static const struct nla_policy plexus_scan_nl_policy[PLEXUS_A_PATH + 1] = {
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
};

/* PLEXUS_CMD_DISK_ADD - do */
static const struct nla_policy plexus_disk_add_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_DISK_REMOVE - do */
static const struct nla_policy plexus_disk_remove_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_DISK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_DISK_REPLACE - do */
static const struct nla_policy plexus_disk_replace_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_DISK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_INPUT_DISK] = NLA_POLICY_NESTED(plexus_input_disk_nl_policy),
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_DISK_OFFLINE - do */
static const struct nla_policy plexus_disk_offline_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_DISK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_DISK_ONLINE - do */
static const struct nla_policy plexus_disk_online_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_DISK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_DISK_SET - do */
static const struct nla_policy plexus_disk_set_nl_policy[PLEXUS_A_SPARE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_DISK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PATH] = { .type = NLA_STRING, .len = PLEXUS_PATH_MAX, },
	[PLEXUS_A_SPARE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* PLEXUS_CMD_VOLUME_CREATE - do */
static const struct nla_policy plexus_volume_create_nl_policy[PLEXUS_A_WRITE_HOLE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_SIZE] = { .type = NLA_U64, },
	[PLEXUS_A_TYPE] = NLA_POLICY_RANGE(NLA_U32, 10, 14),
	[PLEXUS_A_UNIT] = { .type = NLA_U32, },
	[PLEXUS_A_N_PLEXES] = NLA_POLICY_MAX(NLA_U32, PLEXUS_MAX_PLEXES),
	[PLEXUS_A_N_MEMBERS] = NLA_POLICY_MAX(NLA_U32, PLEXUS_MAX_MEMBERS),
	[PLEXUS_A_INPUT_DISK] = NLA_POLICY_NESTED(plexus_input_disk_nl_policy),
	[PLEXUS_A_N_PARITY] = NLA_POLICY_MAX(NLA_U32, 2),
	[PLEXUS_A_WRITE_HOLE] = NLA_POLICY_MAX(NLA_U32, 3),
};

/* PLEXUS_CMD_VOLUME_DELETE - do */
static const struct nla_policy plexus_volume_delete_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_VOLUME_EXTEND - do */
static const struct nla_policy plexus_volume_extend_nl_policy[PLEXUS_A_INPUT_DISK + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_SIZE] = { .type = NLA_U64, },
	[PLEXUS_A_INPUT_DISK] = NLA_POLICY_NESTED(plexus_input_disk_nl_policy),
};

/* PLEXUS_CMD_VOLUME_RENAME - do */
static const struct nla_policy plexus_volume_rename_nl_policy[PLEXUS_A_NEW_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_NEW_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_VOLUME_SET - do */
static const struct nla_policy plexus_volume_set_nl_policy[PLEXUS_A_PLEX_ID + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_READ_POLICY] = NLA_POLICY_MAX(NLA_U32, 2),
	[PLEXUS_A_PLEX_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_SYNC_SPEED_MIN] = { .type = NLA_U64, },
	[PLEXUS_A_SYNC_SPEED_MAX] = { .type = NLA_U64, },
	[PLEXUS_A_VOLUME_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x7),
	[PLEXUS_A_SYNC_ACTION] = NLA_POLICY_MAX(NLA_U32, 4),
};

/* PLEXUS_CMD_VOLUME_RECOVER - do */
static const struct nla_policy plexus_volume_recover_nl_policy[PLEXUS_A_VOLUME_NAME + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
};

/* PLEXUS_CMD_VOLUME_SCRUB - do */
static const struct nla_policy plexus_volume_scrub_nl_policy[PLEXUS_A_REPAIR + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_REPAIR] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_PLEX_ADD - do */
static const struct nla_policy plexus_plex_add_nl_policy[PLEXUS_A_ANY_LAYOUT + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_SOURCE_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_SOURCE_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_ANY_LAYOUT] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_PLEX_BREAK - do */
static const struct nla_policy plexus_plex_break_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_PLEX_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_NEW_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_PLEX_REMOVE - do */
static const struct nla_policy plexus_plex_remove_nl_policy[PLEXUS_A_FORCE + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_PLEX_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_FORCE] = { .type = NLA_FLAG, },
};

/* PLEXUS_CMD_PLEX_REPAIR - do */
static const struct nla_policy plexus_plex_repair_nl_policy[PLEXUS_A_INPUT_DISK + 1] = {
	[PLEXUS_A_PACK_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_PACK_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_VOLUME_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_VOLUME_NAME] = { .type = NLA_NUL_STRING, .len = PLEXUS_NAME_MAX, },
	[PLEXUS_A_PLEX_ID] = NLA_POLICY_EXACT_LEN(PLEXUS_ID_LEN),
	[PLEXUS_A_INPUT_DISK] = NLA_POLICY_NESTED(plexus_input_disk_nl_policy),
};

/* PLEXUS_CMD_TASK_CANCEL - do */
static const struct nla_policy plexus_task_cancel_nl_policy[PLEXUS_A_TASK_ID + 1] = {
	[PLEXUS_A_TASK_ID] = { .type = NLA_U64, },
};

/* Ops table for plexus */
static const struct genl_split_ops plexus_nl_ops[] = {
	{
		.cmd	= PLEXUS_CMD_VERSION_GET,
		.doit	= plexus_nl_version_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PACK_GET,
		.doit		= plexus_nl_pack_get_doit,
		.policy		= plexus_pack_get_nl_policy,
		.maxattr	= PLEXUS_A_PACK_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= PLEXUS_CMD_PACK_GET,
		.dumpit	= plexus_nl_pack_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PLEXUS_CMD_DISK_GET,
		.doit		= plexus_nl_disk_get_doit,
		.policy		= plexus_disk_get_do_nl_policy,
		.maxattr	= PLEXUS_A_PATH,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_DISK_GET,
		.dumpit		= plexus_nl_disk_get_dumpit,
		.policy		= plexus_disk_get_dump_nl_policy,
		.maxattr	= PLEXUS_A_PACK_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PLEXUS_CMD_VOLUME_GET,
		.doit		= plexus_nl_volume_get_doit,
		.policy		= plexus_volume_get_do_nl_policy,
		.maxattr	= PLEXUS_A_VOLUME_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_VOLUME_GET,
		.dumpit		= plexus_nl_volume_get_dumpit,
		.policy		= plexus_volume_get_dump_nl_policy,
		.maxattr	= PLEXUS_A_VOLUME_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PLEXUS_CMD_PLEX_GET,
		.doit		= plexus_nl_plex_get_doit,
		.policy		= plexus_plex_get_do_nl_policy,
		.maxattr	= PLEXUS_A_PLEX_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PLEX_GET,
		.dumpit		= plexus_nl_plex_get_dumpit,
		.policy		= plexus_plex_get_dump_nl_policy,
		.maxattr	= PLEXUS_A_VOLUME_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PLEXUS_CMD_TASK_GET,
		.doit		= plexus_nl_task_get_doit,
		.policy		= plexus_task_get_do_nl_policy,
		.maxattr	= PLEXUS_A_TASK_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_TASK_GET,
		.dumpit		= plexus_nl_task_get_dumpit,
		.policy		= plexus_task_get_dump_nl_policy,
		.maxattr	= PLEXUS_A_PACK_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PLEXUS_CMD_PACK_CREATE,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_pack_create_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_pack_create_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PACK_IMPORT,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_pack_import_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_pack_import_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PACK_EXPORT,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_pack_export_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_pack_export_nl_policy,
		.maxattr	= PLEXUS_A_PACK_NAME,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PACK_DESTROY,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_pack_destroy_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_pack_destroy_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PACK_RENAME,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_pack_rename_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_pack_rename_nl_policy,
		.maxattr	= PLEXUS_A_NEW_NAME,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PACK_RECOVER,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_pack_recover_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_pack_recover_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PACK_REFRESH,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_pack_refresh_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_pack_refresh_nl_policy,
		.maxattr	= PLEXUS_A_PACK_NAME,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_SCAN,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_scan_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_scan_nl_policy,
		.maxattr	= PLEXUS_A_PATH,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_DISK_ADD,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_disk_add_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_disk_add_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_DISK_REMOVE,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_disk_remove_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_disk_remove_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_DISK_REPLACE,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_disk_replace_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_disk_replace_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_DISK_OFFLINE,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_disk_offline_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_disk_offline_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_DISK_ONLINE,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_disk_online_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_disk_online_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_DISK_SET,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_disk_set_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_disk_set_nl_policy,
		.maxattr	= PLEXUS_A_SPARE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_VOLUME_CREATE,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_volume_create_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_volume_create_nl_policy,
		.maxattr	= PLEXUS_A_WRITE_HOLE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_VOLUME_DELETE,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_volume_delete_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_volume_delete_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_VOLUME_EXTEND,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_volume_extend_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_volume_extend_nl_policy,
		.maxattr	= PLEXUS_A_INPUT_DISK,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_VOLUME_RENAME,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_volume_rename_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_volume_rename_nl_policy,
		.maxattr	= PLEXUS_A_NEW_NAME,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_VOLUME_SET,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_volume_set_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_volume_set_nl_policy,
		.maxattr	= PLEXUS_A_PLEX_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_VOLUME_RECOVER,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_volume_recover_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_volume_recover_nl_policy,
		.maxattr	= PLEXUS_A_VOLUME_NAME,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_VOLUME_SCRUB,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_volume_scrub_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_volume_scrub_nl_policy,
		.maxattr	= PLEXUS_A_REPAIR,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PLEX_ADD,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_plex_add_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_plex_add_nl_policy,
		.maxattr	= PLEXUS_A_ANY_LAYOUT,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PLEX_BREAK,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_plex_break_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_plex_break_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PLEX_REMOVE,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_plex_remove_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_plex_remove_nl_policy,
		.maxattr	= PLEXUS_A_FORCE,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_PLEX_REPAIR,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_plex_repair_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_plex_repair_nl_policy,
		.maxattr	= PLEXUS_A_INPUT_DISK,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PLEXUS_CMD_TASK_CANCEL,
		.pre_doit	= plx_nl_pre_doit,
		.doit		= plexus_nl_task_cancel_doit,
		.post_doit	= plx_nl_post_doit,
		.policy		= plexus_task_cancel_nl_policy,
		.maxattr	= PLEXUS_A_TASK_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group plexus_nl_mcgrps[] = {
	[PLEXUS_NLGRP_EVENTS] = { "events", },
};

struct genl_family plexus_nl_family __ro_after_init = {
	.name		= PLEXUS_FAMILY_NAME,
	.version	= PLEXUS_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= plexus_nl_ops,
	.n_split_ops	= ARRAY_SIZE(plexus_nl_ops),
	.mcgrps		= plexus_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(plexus_nl_mcgrps),
};
