// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ids as text, and the words for the numbers of the interface. */
#include <stdio.h>

#include "internal.h"

#define PREFIX_MIN 4

bool plexus_id_is_null(const struct plexus_id *id)
{
	static const struct plexus_id null;

	return !memcmp(id, &null, sizeof(null));
}

bool plexus_id_equal(const struct plexus_id *a, const struct plexus_id *b)
{
	return !memcmp(a, b, sizeof(*a));
}

char *plexus_id_format(const struct plexus_id *id, char text[PLEXUS_ID_TEXT])
{
	char *p = text;
	int i;

	for (i = 0; i < PLEXUS_ID_LEN; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		p += sprintf(p, "%02x", id->b[i]);
	}
	return text;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Number of hex digits in @text, put into @id from its front; -1 if it is no id. */
static int read_digits(const char *text, struct plexus_id *id)
{
	int n = 0;

	memset(id, 0, sizeof(*id));
	for (; *text; text++) {
		int digit = hex_digit(*text);

		if (*text == '-' && n)
			continue;
		if (digit < 0 || n == 2 * PLEXUS_ID_LEN)
			return -1;
		id->b[n / 2] |= digit << (n % 2 ? 0 : 4);
		n++;
	}
	return n;
}

int plexus_id_parse(const char *text, struct plexus_id *id)
{
	struct plexus_id read;

	if (read_digits(text, &read) != 2 * PLEXUS_ID_LEN)
		return -EINVAL;
	*id = read;
	return 0;
}

bool plexus_id_is_prefix(const char *text)
{
	struct plexus_id id;

	return read_digits(text, &id) >= PREFIX_MIN;
}

bool plexus_id_matches(const struct plexus_id *id, const char *prefix)
{
	struct plexus_id want;
	int n = read_digits(prefix, &want);

	if (n < PREFIX_MIN || memcmp(id->b, want.b, n / 2))
		return false;
	return n % 2 == 0 || (id->b[n / 2] & 0xf0) == want.b[n / 2];
}

struct word {
	uint32_t value;
	const char *name;
};

static const char *name_of(const struct word *words, uint32_t value)
{
	for (; words->name; words++)
		if (words->value == value)
			return words->name;
	return "unknown";
}

static bool value_of(const struct word *words, const char *name, uint32_t *value)
{
	for (; words->name; words++) {
		if (strcmp(words->name, name))
			continue;
		*value = words->value;
		return true;
	}
	return false;
}

static const struct word healths[] = {
	{ PLEXUS_HEALTH_UNKNOWN, "unknown" },
	{ PLEXUS_HEALTH_HEALTHY, "healthy" },
	{ PLEXUS_HEALTH_REBUILDING, "rebuilding" },
	{ PLEXUS_HEALTH_STALE, "stale" },
	{ PLEXUS_HEALTH_FAILING, "failing" },
	{ PLEXUS_HEALTH_FAILING_REDUNDANCY, "failing-redundancy" },
	{ PLEXUS_HEALTH_FAILED_REDUNDANCY, "failed-redundancy" },
	{ PLEXUS_HEALTH_FAILED_REDUNDANCY_FAILING, "failed-redundancy-failing" },
	{ PLEXUS_HEALTH_FAILED, "failed" },
	{ 0, NULL },
};

static const struct word volume_statuses[] = {
	{ PLEXUS_VOLUME_STATUS_UNKNOWN, "unknown" },   { PLEXUS_VOLUME_STATUS_ONLINE, "online" },
	{ PLEXUS_VOLUME_STATUS_NO_MEDIA, "no-media" }, { PLEXUS_VOLUME_STATUS_OFFLINE, "offline" },
	{ PLEXUS_VOLUME_STATUS_FAILED, "failed" },     { 0, NULL },
};

static const struct word disk_statuses[] = {
	{ PLEXUS_DISK_STATUS_UNKNOWN, "unknown" },     { PLEXUS_DISK_STATUS_ONLINE, "online" },
	{ PLEXUS_DISK_STATUS_NOT_READY, "not-ready" }, { PLEXUS_DISK_STATUS_NO_MEDIA, "no-media" },
	{ PLEXUS_DISK_STATUS_OFFLINE, "offline" },     { PLEXUS_DISK_STATUS_FAILED, "failed" },
	{ PLEXUS_DISK_STATUS_MISSING, "missing" },     { 0, NULL },
};

static const struct word pack_statuses[] = {
	{ PLEXUS_PACK_STATUS_ONLINE, "online" },
	{ PLEXUS_PACK_STATUS_OFFLINE, "offline" },
	{ 0, NULL },
};

static const struct word types[] = {
	{ PLEXUS_TYPE_SIMPLE, "simple" }, { PLEXUS_TYPE_SPAN, "span" },
	{ PLEXUS_TYPE_STRIPE, "stripe" }, { PLEXUS_TYPE_MIRROR, "mirror" },
	{ PLEXUS_TYPE_PARITY, "parity" }, { 0, NULL },
};

static const struct word task_kinds[] = {
	{ PLEXUS_TASK_KIND_ADD_PLEX, "add-plex" },
	{ PLEXUS_TASK_KIND_BREAK_PLEX, "break-plex" },
	{ PLEXUS_TASK_KIND_REMOVE_PLEX, "remove-plex" },
	{ PLEXUS_TASK_KIND_REPAIR, "repair" },
	{ PLEXUS_TASK_KIND_RECOVER_VOLUME, "recover-volume" },
	{ PLEXUS_TASK_KIND_RECOVER_PACK, "recover-pack" },
	{ PLEXUS_TASK_KIND_RESYNC, "resync" },
	{ PLEXUS_TASK_KIND_SCRUB, "scrub" },
	{ PLEXUS_TASK_KIND_PACK, "pack" },
	{ PLEXUS_TASK_KIND_DISK, "disk" },
	{ PLEXUS_TASK_KIND_VOLUME, "volume" },
	{ 0, NULL },
};

static const struct word read_policies[] = {
	{ PLEXUS_READ_POLICY_BALANCE, "balance" },
	{ PLEXUS_READ_POLICY_FIRST, "first" },
	{ PLEXUS_READ_POLICY_PREFER, "prefer" },
	{ 0, NULL },
};

static const struct word sync_actions[] = {
	{ PLEXUS_SYNC_ACTION_IDLE, "idle" },   { PLEXUS_SYNC_ACTION_RESYNC, "resync" },
	{ PLEXUS_SYNC_ACTION_CHECK, "check" }, { PLEXUS_SYNC_ACTION_REPAIR, "repair" },
	{ PLEXUS_SYNC_ACTION_PAUSE, "pause" }, { 0, NULL },
};

static const struct word write_holes[] = {
	{ PLEXUS_WRITE_HOLE_NONE, "none" },
	{ PLEXUS_WRITE_HOLE_LOG, "log" },
	{ PLEXUS_WRITE_HOLE_JOURNAL, "journal" },
	{ PLEXUS_WRITE_HOLE_OFF, "off" },
	{ 0, NULL },
};

static const struct word member_states[] = {
	{ PLEXUS_MEMBER_STATE_CURRENT, "current" },
	{ PLEXUS_MEMBER_STATE_STALE, "stale" },
	{ PLEXUS_MEMBER_STATE_FAILED, "failed" },
	{ PLEXUS_MEMBER_STATE_MISSING, "missing" },
	{ 0, NULL },
};

static const struct word events[] = {
	{ PLEXUS_EVENT_CODE_NONE, "none" },
	{ PLEXUS_EVENT_CODE_PACK_ARRIVE, "pack-arrive" },
	{ PLEXUS_EVENT_CODE_PACK_DEPART, "pack-depart" },
	{ PLEXUS_EVENT_CODE_PACK_MODIFY, "pack-modify" },
	{ PLEXUS_EVENT_CODE_VOLUME_ARRIVE, "volume-arrive" },
	{ PLEXUS_EVENT_CODE_VOLUME_DEPART, "volume-depart" },
	{ PLEXUS_EVENT_CODE_VOLUME_MODIFY, "volume-modify" },
	{ PLEXUS_EVENT_CODE_VOLUME_PROGRESS, "volume-progress" },
	{ PLEXUS_EVENT_CODE_DISK_ARRIVE, "disk-arrive" },
	{ PLEXUS_EVENT_CODE_DISK_DEPART, "disk-depart" },
	{ PLEXUS_EVENT_CODE_DISK_MODIFY, "disk-modify" },
	{ PLEXUS_EVENT_CODE_OUT_OF_SYNC, "out-of-sync" },
	{ 0, NULL },
};

const char *plexus_health_name(uint32_t health)
{
	return name_of(healths, health);
}

const char *plexus_volume_status_name(uint32_t status)
{
	return name_of(volume_statuses, status);
}

const char *plexus_disk_status_name(uint32_t status)
{
	return name_of(disk_statuses, status);
}

const char *plexus_pack_status_name(uint32_t status)
{
	return name_of(pack_statuses, status);
}

const char *plexus_type_name(uint32_t type)
{
	return name_of(types, type);
}

const char *plexus_task_kind_name(uint32_t kind)
{
	return name_of(task_kinds, kind);
}

const char *plexus_read_policy_name(uint32_t policy)
{
	return name_of(read_policies, policy);
}

const char *plexus_sync_action_name(uint32_t action)
{
	return name_of(sync_actions, action);
}

const char *plexus_event_name(uint32_t code)
{
	return name_of(events, code);
}

const char *plexus_write_hole_name(uint32_t kind)
{
	return name_of(write_holes, kind);
}

const char *plexus_member_state_name(uint32_t state)
{
	return name_of(member_states, state);
}

bool plexus_write_hole_by_name(const char *name, uint32_t *kind)
{
	return value_of(write_holes, name, kind);
}

bool plexus_type_by_name(const char *name, uint32_t *type)
{
	return value_of(types, name, type);
}

bool plexus_read_policy_by_name(const char *name, uint32_t *policy)
{
	return value_of(read_policies, name, policy);
}

bool plexus_sync_action_by_name(const char *name, uint32_t *action)
{
	return value_of(sync_actions, name, action);
}
