// SPDX-License-Identifier: GPL-2.0
/*
 * Operations at random, and disks that go bad, while the load runs.
 *
 * A disk is harmed only where every volume keeps a current plex without it: then the
 * load must not see an error. One disk at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "torture.h"

struct dice op_dice;
bool operations_on, harm_on;
uint64_t n_operations;
int harmed = -1;

static struct plexus *h;
static struct status now;
static const struct plexus_pack_ref pack = { .name = PACK };
static struct plexus_outcome out;
static uint32_t names;

static struct volume *some_volume(struct plexus_volume_info **info)
{
	struct volume *v = &volume[below(&op_dice, 3)];

	*info = status_volume(&now, v->name);
	return v->used && *info && v->fd >= 0 ? v : NULL;
}

static struct plexus_plex_info *some_plex(const struct plexus_volume_info *info, bool good,
					  uint32_t *n, uint32_t *n_good)
{
	struct plexus_plex_info *list[64];
	uint32_t k = 0;
	size_t i;

	*n = *n_good = 0;
	for (i = 0; i < now.n_plexes; i++) {
		if (!plexus_id_equal(&now.plexes[i]->volume, &info->id))
			continue;
		(*n)++;
		*n_good += plex_good(now.plexes[i]);
		if (plex_good(now.plexes[i]) == good)
			list[k++] = now.plexes[i];
	}
	return k ? list[below(&op_dice, k)] : NULL;
}

/* Has every volume a current plex without this disk and the one that is bad? */
static bool can_spare(int nr, const struct plexus_id *but)
{
	uint32_t i;
	size_t k;

	for (i = 0; i < 3; i++) {
		struct plexus_volume_info *info = status_volume(&now, volume[i].name);
		bool found = false;

		for (k = 0; info && k < now.n_plexes && !found; k++) {
			struct plexus_plex_info *p = now.plexes[k];

			found = plexus_id_equal(&p->volume, &info->id) && plex_good(p) &&
				!plex_on_disk(&now, p, nr) && !plex_on_disk(&now, p, harmed) &&
				!(but && plexus_id_equal(&p->id, but));
		}
		if (!found)
			return false;
	}
	return true;
}

static bool wait_task(uint64_t id, uint32_t *result)
{
	struct plexus_task_info task;

	while (!power_off && !plexus_task_get(h, id, &task)) {
		*result = task.result;
		if (task.result != (uint32_t)PLEXUS_VDS_E_OPERATION_PENDING)
			return true;
		sleep_us(500);
	}
	return false;
}

static void op_add(void)
{
	struct plexus_volume_spec spec = { .pack = pack, .type = PLEXUS_TYPE_SIMPLE };
	struct plexus_volume_info *info;
	struct volume *v = some_volume(&info);
	struct plexus_volume_ref to, from = { .pack = pack };
	char name[32];

	if (!v || info->n_plexes > 3)
		return;
	to = (struct plexus_volume_ref){ .id = &info->id, .pack = pack };
	snprintf(name, sizeof(name), "s%u", ++names);
	from.name = spec.name = name;
	spec.size = info->size;
	if (plexus_volume_create(h, &spec, &out))
		return;
	if (plexus_plex_add(h, &to, &from, false, &out) && !power_off)
		plexus_volume_delete(h, &from, true, &out);
}

static void op_remove(void)
{
	struct plexus_volume_info *info;
	struct volume *v = some_volume(&info);
	struct plexus_volume_ref ref;
	struct plexus_plex_info *p;
	uint32_t n, good;

	if (!v)
		return;
	p = some_plex(info, percent(&op_dice, 50), &n, &good);
	if (!p || n < 3 || !can_spare(-2, &p->id))
		return;
	ref = (struct plexus_volume_ref){ .id = &info->id, .pack = pack };
	plexus_plex_remove(h, &ref, &p->id, &out);
}

static struct volume *free_slot(void)
{
	uint32_t i;

	for (i = 3; i < MAX_VOLUMES; i++)
		if (!volume[i].used)
			return &volume[i];
	return NULL;
}

static void check_copy(struct volume *copy, const char *device)
{
	struct plexus_volume_ref ref = { .pack = pack, .name = copy->name };
	char path[64];

	snprintf(path, sizeof(path), "/dev/%s", device);
	copy->fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (copy->fd >= 0 && harmed < 0 && !power_off)
		check_read(copy, "broken off", false);
	if (copy->fd >= 0)
		close(copy->fd);
	copy->fd = -1;
	if (!power_off && !plexus_volume_delete(h, &ref, true, &out))
		oracle_free(copy);
}

static void op_break(void)
{
	struct plexus_volume_info *info;
	struct volume *v = some_volume(&info), *copy = free_slot();
	struct plexus_volume_ref ref;
	struct plexus_plex_info *p;
	uint32_t n, good, result = 0;
	char name[32];
	bool ended = true;
	int err;

	if (!v || !copy)
		return;
	p = some_plex(info, true, &n, &good);
	if (!p || good < 2 || !can_spare(-2, &p->id))
		return;
	ref = (struct plexus_volume_ref){ .id = &info->id, .pack = pack };
	snprintf(name, sizeof(name), "k%u", ++names);
	oracle_init(copy, name, v->sectors);
	copy->is_copy = true;
	oracle_copy_begin(v, copy);
	err = plexus_plex_break(h, &ref, &p->id, name, false, &out);
	if (!err && out.task)
		ended = wait_task(out.task, &result);
	if (power_off)
		return; /* may be done, or not */
	oracle_copy_end(v);
	if (err || !ended || result) {
		oracle_free(copy);
		return;
	}
	status_free(&now);
	if (status_get(h, &now))
		return;
	info = status_volume(&now, name);
	if (info)
		check_copy(copy, info->device);
	else if (!power_off)
		violation("the volume %s is not there after the break", name);
}

static void op_repair(void)
{
	struct plexus_volume_info *info;
	struct volume *v = some_volume(&info);
	struct plexus_volume_ref ref;
	struct plexus_plex_info *p;
	uint32_t n, good;

	if (!v)
		return;
	p = some_plex(info, false, &n, &good);
	ref = (struct plexus_volume_ref){ .id = &info->id, .pack = pack };
	if (p)
		plexus_plex_repair(h, &ref, &p->id, NULL, 0, &out);
}

static void op_recover(void)
{
	struct plexus_volume_info *info;
	struct volume *v = some_volume(&info);
	struct plexus_volume_ref ref;

	if (!v || percent(&op_dice, 30)) {
		plexus_pack_recover(h, &pack, NULL, false, &out);
		return;
	}
	ref = (struct plexus_volume_ref){ .id = &info->id, .pack = pack };
	plexus_volume_recover(h, &ref, &out);
}

static void op_scrub(void)
{
	struct plexus_volume_info *info;
	struct volume *v = some_volume(&info);
	struct plexus_volume_ref ref;

	if (!v)
		return;
	ref = (struct plexus_volume_ref){ .id = &info->id, .pack = pack };
	plexus_volume_scrub(h, &ref, percent(&op_dice, 50), &out);
}

static void op_cancel(void)
{
	size_t i;

	for (i = 0; i < now.n_tasks; i++)
		if (now.tasks[i]->result == (uint32_t)PLEXUS_VDS_E_OPERATION_PENDING &&
		    percent(&op_dice, 50))
			plexus_task_cancel(h, now.tasks[i]->id, &out);
}

static void op_settings(void)
{
	static const uint32_t action[] = { PLEXUS_SYNC_ACTION_PAUSE, PLEXUS_SYNC_ACTION_IDLE,
					   PLEXUS_SYNC_ACTION_RESYNC, PLEXUS_SYNC_ACTION_IDLE };
	struct plexus_volume_settings set = { 0 };
	struct plexus_volume_info *info;
	struct volume *v = some_volume(&info);
	struct plexus_volume_ref ref;

	if (!v)
		return;
	ref = (struct plexus_volume_ref){ .id = &info->id, .pack = pack };
	switch (below(&op_dice, 3)) {
	case 0:
		set.what = PLEXUS_SET_SYNC_ACTION;
		set.sync_action = action[below(&op_dice, 4)];
		break;
	case 1:
		set.what = PLEXUS_SET_SPEED_MAX;
		set.speed_max = percent(&op_dice, 50) ? 0 : 16 << 20;
		break;
	default:
		set.what = PLEXUS_SET_READ_POLICY;
		set.read_policy = below(&op_dice, 2);
	}
	plexus_volume_set(h, &ref, &set, &out);
}

static void op_other_volume(void)
{
	struct plexus_volume_spec spec = { .pack = pack,
					   .type = PLEXUS_TYPE_MIRROR,
					   .size = 1 << 20 };
	struct plexus_volume_ref ref = { .pack = pack };
	char name[32];

	snprintf(name, sizeof(name), "o%u", names++);
	ref.name = spec.name = name;
	if (!plexus_volume_create(h, &spec, &out))
		plexus_volume_delete(h, &ref, false, &out);
}

static struct plexus_disk_info *disk_info(int nr)
{
	size_t i;
	int k;

	for (i = 0; i < now.n_disks; i++)
		if (sscanf(now.disks[i]->path, "/dev/crash%d", &k) == 1 && k == nr)
			return now.disks[i];
	return NULL;
}

void harm_heal(void)
{
	static const char *const knob[] = { "fail_read", "fail_write", "fail_flush", "stall",
					    "gone" };
	uint32_t k;

	for (k = 0; harmed >= 0 && k < 5; k++)
		control("%s %d 0", knob[k], harmed);
	harmed = -1;
}

static void op_harm(void)
{
	static const char *const how[] = { "gone",	"fail_write", "fail_flush",
					   "fail_read", "offline",    "fail_write" };
	uint32_t k = below(&op_dice, 6), p = percent(&op_dice, 50) ? 100 : 10 + below(&op_dice, 50);
	int nr = below(&op_dice, n_disks);
	struct plexus_disk_info *d = disk_info(nr);

	if (!harm_on || harmed >= 0 || !d || !can_spare(nr, NULL))
		return;
	harmed = nr;
	if (k == 4) {
		struct plexus_disk_ref ref = { .id = &d->id, .pack = pack };

		plexus_disk_offline(h, &ref, true, &out);
	} else {
		control("%s %d %u", how[k], nr, k ? p : 1);
	}
}

static void op_heal(void)
{
	struct plexus_disk_ref ref = { .pack = pack };
	struct plexus_disk_info *d = disk_info(harmed);

	if (harmed < 0)
		return;
	harm_heal();
	if (d && percent(&op_dice, 70)) {
		ref.id = &d->id;
		plexus_disk_online(h, &ref, false, &out);
	}
	if (percent(&op_dice, 50))
		plexus_pack_recover(h, &pack, NULL, false, &out);
}

void *operator_thread(void *arg)
{
	static void (*const op[])(void) = { op_add,    op_add,	    op_remove,	     op_break,
					    op_break,  op_repair,   op_recover,	     op_scrub,
					    op_cancel, op_settings, op_other_volume, op_harm,
					    op_harm,   op_harm,	    op_heal,	     op_heal };
	uint32_t nap = below(&op_dice, 8000);
	bool first = true;

	if (plexus_open(&h, PLEXUS_OPEN_NO_LOAD))
		return NULL;
	while (!power_off) {
		if (status_get(h, &now))
			break;
		if (first && harm_on && percent(&op_dice, 60))
			op_harm();
		else
			op[below(&op_dice, sizeof(op) / sizeof(op[0]))]();
		first = false;
		n_operations++;
		status_free(&now);
		if (percent(&op_dice, 50))
			sleep_us(below(&op_dice, nap));
	}
	plexus_close(h);
	return arg;
}
