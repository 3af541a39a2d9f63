// SPDX-License-Identifier: GPL-2.0
/*
 * Objects as JSON. What is written here is documented in
 * Documentation/admin-guide/plexus-json.rst and stays: keys may be added, never
 * renamed.
 */
#include <json-c/json.h>

#include "cli.h"

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

static void add_text(struct json_object *o, const char *key, const char *text)
{
	add(o, key, json_object_new_string(text));
}

static void add_u64(struct json_object *o, const char *key, uint64_t value)
{
	add(o, key, json_object_new_uint64(value));
}

static void add_id(struct json_object *o, const char *key, const struct plexus_id *id)
{
	add(o, key, json_id(id));
}

struct json_object *json_id(const struct plexus_id *id)
{
	char text[PLEXUS_ID_TEXT];

	if (plexus_id_is_null(id))
		return NULL;
	return json_object_new_string(plexus_id_format(id, text));
}

void json_print(struct json_object *o, bool line)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	flags |= line ? JSON_C_TO_STRING_PLAIN : JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	puts(json_object_to_json_string_ext(o, flags));
	fflush(stdout);
	json_object_put(o);
}

static void add_code(struct json_object *o, uint32_t code)
{
	const char *name = plexus_result_name(code);
	char hex[16];

	snprintf(hex, sizeof(hex), "0x%08X", code);
	add_text(o, "code", hex);
	add(o, "name", name ? json_object_new_string(name) : NULL);
}

struct json_object *json_of_result(uint32_t code, const char *message)
{
	struct json_object *o = json_object_new_object();

	add_code(o, code);
	add_text(o, "message", message[0] ? message : plexus_result_text(code));
	return o;
}

struct json_object *json_of_error(uint32_t code, int err, const char *message)
{
	struct json_object *o = json_object_new_object();
	struct json_object *error = json_object_new_object();

	add_code(error, code);
	add(error, "errno", json_object_new_int(err));
	add_text(error, "message", message);
	add(o, "error", error);
	return o;
}

static struct json_object *pack_flags(uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {
		{ PLEXUS_PACK_FLAGS_FOREIGN, "foreign" },
		{ PLEXUS_PACK_FLAGS_NOQUORUM, "noquorum" },
		{ PLEXUS_PACK_FLAGS_POLICY, "policy" },
		{ PLEXUS_PACK_FLAGS_CORRUPTED, "corrupted" },
		{ PLEXUS_PACK_FLAGS_ONLINE_ERROR, "online-error" },
	};
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].flag)
			json_object_array_add(list, json_object_new_string(names[i].name));
	return list;
}

struct json_object *json_of_pack(const struct plexus_pack_info *p)
{
	struct json_object *o = json_object_new_object();

	add_id(o, "id", &p->id);
	add_text(o, "name", p->name);
	add_text(o, "status", plexus_pack_status_name(p->status));
	add(o, "flags", pack_flags(p->flags));
	add_u64(o, "generation", p->generation);
	add_u64(o, "epoch", p->epoch);
	add_u64(o, "disk_count", p->n_disks);
	add_u64(o, "volume_count", p->n_volumes);
	add_text(o, "message", p->message);
	return o;
}

struct json_object *json_of_disk(const struct plexus_disk_info *d)
{
	struct json_object *o = json_object_new_object();

	add_id(o, "id", &d->id);
	add_id(o, "pack_id", &d->pack);
	add_text(o, "pack", d->pack_name);
	add_text(o, "path", d->path);
	add_text(o, "status", plexus_disk_status_name(d->status));
	add_text(o, "health", plexus_health_name(d->health));
	add(o, "spare", json_object_new_boolean(d->spare));
	add_u64(o, "size", d->size);
	add_u64(o, "free", d->free);
	add_u64(o, "largest_free", d->largest_free);
	add_u64(o, "read_errors", d->read_errors);
	add_u64(o, "write_errors", d->write_errors);
	return o;
}

static void add_sync(struct json_object *o, const struct plexus_volume_info *v)
{
	struct json_object *sync = json_object_new_object();

	add_text(sync, "action", plexus_sync_action_name(v->sync_action));
	add_u64(sync, "done", v->sync_done);
	add_u64(sync, "total", v->sync_total);
	add_u64(sync, "speed", v->sync_speed);
	add_u64(sync, "speed_min", v->sync_speed_min);
	add_u64(sync, "speed_max", v->sync_speed_max);
	add(o, "sync", sync);
}

struct json_object *json_of_volume(const struct plexus_volume_info *v)
{
	struct json_object *o = json_object_new_object();

	add_id(o, "id", &v->id);
	add_id(o, "pack_id", &v->pack);
	add_text(o, "pack", v->pack_name);
	add_text(o, "name", v->name);
	add_text(o, "device", v->device);
	add_text(o, "status", plexus_volume_status_name(v->status));
	add_text(o, "health", plexus_health_name(v->health));
	add_text(o, "type", plexus_type_name(v->type));
	add_u64(o, "size", v->size);
	add_u64(o, "plex_count", v->n_plexes);
	add(o, "stable_writes",
	    json_object_new_boolean(v->flags & PLEXUS_VOLUME_FLAGS_STABLE_WRITES));
	add(o, "read_only", json_object_new_boolean(v->flags & PLEXUS_VOLUME_FLAGS_READ_ONLY));
	add(o, "born_stale", json_object_new_boolean(v->flags & PLEXUS_VOLUME_FLAGS_BORN_STALE));
	add_text(o, "read_policy", plexus_read_policy_name(v->read_policy));
	add_text(o, "write_hole", plexus_write_hole_name(v->write_hole));
	add_u64(o, "region_size", v->region_size);
	add_u64(o, "regions", v->regions);
	add_u64(o, "dirty_regions", v->dirty_regions);
	add_u64(o, "mismatches", v->mismatches);
	add_sync(o, v);
	return o;
}

static struct json_object *json_of_extent(const struct snapshot *s, const struct plexus_extent *e)
{
	const struct plexus_disk_info *d = disk_of_id(s, &e->disk);
	struct json_object *o = json_object_new_object();

	add_id(o, "disk_id", &e->disk);
	add(o, "path", d ? json_object_new_string(d->path) : NULL);
	add_u64(o, "start", e->start);
	add_u64(o, "size", e->size);
	return o;
}

struct json_object *json_of_plex(const struct snapshot *s, const struct plexus_plex_info *p)
{
	struct json_object *members = json_object_new_array();
	struct json_object *o = json_object_new_object();
	size_t i, j;

	add_id(o, "id", &p->id);
	add_id(o, "pack_id", &p->pack);
	add_id(o, "volume_id", &p->volume);
	add_u64(o, "index", p->index);
	add_text(o, "status", plexus_volume_status_name(p->status));
	add_text(o, "health", plexus_health_name(p->health));
	add_text(o, "type", plexus_type_name(p->type));
	add_u64(o, "size", p->size);
	add_u64(o, "unit", p->unit);
	add_u64(o, "parity", p->n_parity);
	add(o, "stale", p->has_stale ? json_object_new_uint64(p->stale) : NULL);
	for (i = 0; i < p->n_members; i++) {
		struct json_object *member = json_object_new_object();
		struct json_object *extents = json_object_new_array();

		for (j = 0; j < p->members[i].n_extents; j++)
			json_object_array_add(extents,
					      json_of_extent(s, &p->members[i].extents[j]));
		add_u64(member, "index", p->members[i].index);
		add_text(member, "health", plexus_health_name(p->members[i].health));
		add(member, "state",
		    p->members[i].has_state ?
			    json_object_new_string(plexus_member_state_name(p->members[i].state)) :
			    NULL);
		add(member, "stale",
		    p->members[i].has_stale ? json_object_new_uint64(p->members[i].stale) : NULL);
		add(member, "extents", extents);
		json_object_array_add(members, member);
	}
	add(o, "members", members);
	return o;
}

struct json_object *json_of_task(const struct plexus_task_info *t)
{
	struct json_object *o = json_object_new_object();

	add_u64(o, "id", t->id);
	add_text(o, "kind", plexus_task_kind_name(t->kind));
	add(o, "parent", t->parent ? json_object_new_uint64(t->parent) : NULL);
	add_id(o, "pack_id", &t->pack);
	add_id(o, "volume_id", &t->volume);
	add_id(o, "plex_id", &t->plex);
	add(o, "running", json_object_new_boolean(t->result == R(VDS_E_OPERATION_PENDING)));
	add_u64(o, "percent", t->percent);
	add(o, "result", json_of_result(t->result, t->message));
	return o;
}

struct json_object *json_of_event(const struct plexus_event *e)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "event", plexus_event_name(e->code));
	add_u64(o, "code", e->code);
	add_id(o, "pack_id", &e->pack);
	add_id(o, "disk_id", &e->disk);
	add_id(o, "volume_id", &e->volume);
	add_id(o, "plex_id", &e->plex);
	add(o, "task", e->task ? json_object_new_uint64(e->task) : NULL);
	add(o, "percent", e->has_percent ? json_object_new_uint64(e->percent) : NULL);
	add(o, "health",
	    e->has_health ? json_object_new_string(plexus_health_name(e->health)) : NULL);
	add(o, "result", e->has_result ? json_of_result(e->result, e->message) : NULL);
	add_text(o, "message", e->message);
	return o;
}

static struct json_object *volume_with_plexes(const struct snapshot *s,
					      const struct plexus_volume_info *v)
{
	struct json_object *plexes = json_object_new_array();
	struct json_object *o = json_of_volume(v);
	size_t i;

	for (i = 0; s->plexes[i]; i++)
		if (plexus_id_equal(&s->plexes[i]->volume, &v->id))
			json_object_array_add(plexes, json_of_plex(s, s->plexes[i]));
	add(o, "plexes", plexes);
	return o;
}

static struct json_object *pack_with_all(const struct snapshot *s, const struct plexus_pack_info *p)
{
	struct json_object *o = json_of_pack(p);
	struct json_object *disks = json_object_new_array();
	struct json_object *volumes = json_object_new_array();
	struct json_object *tasks = json_object_new_array();
	size_t i;

	for (i = 0; s->disks[i]; i++)
		if (plexus_id_equal(&s->disks[i]->pack, &p->id))
			json_object_array_add(disks, json_of_disk(s->disks[i]));
	for (i = 0; s->volumes[i]; i++)
		if (plexus_id_equal(&s->volumes[i]->pack, &p->id))
			json_object_array_add(volumes, volume_with_plexes(s, s->volumes[i]));
	for (i = 0; s->tasks[i]; i++)
		if (plexus_id_equal(&s->tasks[i]->pack, &p->id) &&
		    s->tasks[i]->result == R(VDS_E_OPERATION_PENDING))
			json_object_array_add(tasks, json_of_task(s->tasks[i]));
	add(o, "disks", disks);
	add(o, "volumes", volumes);
	add(o, "tasks", tasks);
	return o;
}

struct json_object *json_of_status(const struct snapshot *s, const struct plexus_id *pack)
{
	struct json_object *o = json_object_new_object();
	struct json_object *packs = json_object_new_array();
	size_t i;

	for (i = 0; s->packs[i]; i++)
		if (!pack || plexus_id_equal(&s->packs[i]->id, pack))
			json_object_array_add(packs, pack_with_all(s, s->packs[i]));
	add(o, "packs", packs);
	return o;
}
