/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ids and words of libplexus, which need no handle. Programs include libplexus.h. */
#ifndef _PLEXUS_LIBPLEXUS_WORDS_H
#define _PLEXUS_LIBPLEXUS_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/plexus.h>

#ifdef __cplusplus
extern "C" {
#endif

/** PLEXUS_ID_TEXT - room for an id as text, its end included */
#define PLEXUS_ID_TEXT 37

/** struct plexus_id - the id of a pack, disk, volume or plex; all zero is none */
struct plexus_id {
	uint8_t b[PLEXUS_ID_LEN];
};

/** plexus_id_is_null() - is it "none"? */
bool plexus_id_is_null(const struct plexus_id *id);

/** plexus_id_equal() - are both the same? */
bool plexus_id_equal(const struct plexus_id *a, const struct plexus_id *b);

/** plexus_id_format() - write an id as xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx; returns @text */
char *plexus_id_format(const struct plexus_id *id, char text[PLEXUS_ID_TEXT]);

/** plexus_id_parse() - read 32 hex digits, with or without dashes; 0 or -EINVAL */
int plexus_id_parse(const char *text, struct plexus_id *id);

/**
 * plexus_id_matches() - does an id begin with these hex digits?
 * @id: the id
 * @prefix: at least four hex digits, dashes are skipped
 *
 * Return: true if it does; false also for a prefix that is too short or not hex.
 */
bool plexus_id_matches(const struct plexus_id *id, const char *prefix);

/** plexus_id_is_prefix() - could this text be the beginning of an id? */
bool plexus_id_is_prefix(const char *text);

/*
 * Words for the numbers of the interface, as the netlink specification spells
 * them ("failed-redundancy"); "unknown" for numbers that are not known. Constant
 * strings.
 */
const char *plexus_health_name(uint32_t health);
const char *plexus_volume_status_name(uint32_t status);
const char *plexus_disk_status_name(uint32_t status);
const char *plexus_pack_status_name(uint32_t status);
const char *plexus_type_name(uint32_t type);
const char *plexus_task_kind_name(uint32_t kind);
const char *plexus_read_policy_name(uint32_t policy);
const char *plexus_sync_action_name(uint32_t action);
const char *plexus_event_name(uint32_t code);
const char *plexus_write_hole_name(uint32_t kind);
const char *plexus_member_state_name(uint32_t state);

/* The other way round: false if the word is none of them. */
bool plexus_type_by_name(const char *name, uint32_t *type);
bool plexus_read_policy_by_name(const char *name, uint32_t *policy);
bool plexus_sync_action_by_name(const char *name, uint32_t *action);
bool plexus_write_hole_by_name(const char *name, uint32_t *kind);

/** plexus_result_name() - "VDS_E_..." for a code, NULL for one that is not known */
const char *plexus_result_name(uint32_t code);

/** plexus_result_text() - what a code means, in words; never NULL */
const char *plexus_result_text(uint32_t code);

/** plexus_result_errno() - the nearest positive errno, 0 for a success, EIO if not known */
int plexus_result_errno(uint32_t code);

/** plexus_result_by_name() - code of a name as plexus_result_name() gives; false if unknown */
bool plexus_result_by_name(const char *name, uint32_t *code);

#ifdef __cplusplus
}
#endif

#endif
