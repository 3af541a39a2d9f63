// SPDX-License-Identifier: GPL-2.0
/* After a cut: is everything there that must be, and are all plexes the same? */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "torture.h"

#define STEP 65536

static uint8_t *buffer(int nr)
{
	static uint8_t *buf[8];

	if (!buf[nr] && posix_memalign((void **)&buf[nr], 4096, STEP))
		abort();
	return buf[nr];
}

/* Reads all of a volume; what is found stays the only candidate if pin is set. */
bool check_read(struct volume *v, const char *when, bool pin)
{
	uint32_t first, i, n = STEP / SECTOR, bad = 0;
	uint8_t *buf = buffer(0);

	for (first = 0; first < v->sectors; first += n) {
		ssize_t ret = pread(v->fd, buf, STEP, (off_t)first * SECTOR);

		if (ret != STEP && power_off)
			return true; /* a copy, read while the load runs */
		if (ret != STEP) {
			violation("volume %s, %s: sector %u cannot be read: %s", v->name, when,
				  first, ret < 0 ? strerror(errno) : "too short");
			return false;
		}
		for (i = 0; i < n; i++) {
			int k = oracle_match(v, first + i, buf + i * SECTOR, true);

			if (k >= 0 && pin)
				oracle_pin(v, first + i, k);
			if (k >= 0 || bad++ >= 4)
				continue;
			if (bad == 1)
				violation("volume %s, %s: reads what it may not", v->name, when);
			oracle_explain(v, first + i, buf + i * SECTOR);
		}
	}
	if (bad)
		printf("    %u sectors in all\n", bad);
	return !bad;
}

/* Where a sector of a plex is: of simple and spanned ones. */
static bool plex_read(struct status *s, struct plexus_plex_info *p, uint64_t pos, uint8_t *to)
{
	uint64_t at = 0, done = 0;
	size_t e;

	for (e = 0; e < p->members[0].n_extents && done < STEP; e++) {
		struct plexus_extent *x = &p->members[0].extents[e];
		uint64_t from = pos + done, len;
		int nr = status_disk_nr(s, &x->disk);

		if (from < at + x->size) {
			len = at + x->size - from;
			if (len > STEP - done)
				len = STEP - done;
			if (nr < 0 || pread(disk_fd[nr], to + done, len, x->start + from - at) !=
					      (ssize_t)len)
				return false;
			done += len;
		}
		at += x->size;
	}
	return done == STEP;
}

static void differ(struct status *s, struct volume *v, struct plexus_plex_info *a,
		   struct plexus_plex_info *b, uint64_t pos)
{
	uint32_t i, shown = 0, n = 0;

	for (i = 0; i < STEP; i += SECTOR) {
		if (!memcmp(buffer(1) + i, buffer(2) + i, SECTOR))
			continue;
		n++;
		if (shown++ >= 3)
			continue;
		printf("    plex %u:\n", a->index);
		oracle_explain(v, (pos + i) / SECTOR, buffer(1) + i);
		printf("    plex %u:\n", b->index);
		oracle_explain(v, (pos + i) / SECTOR, buffer(2) + i);
	}
	printf("    %u sectors of 128 differ\n", n);
	status_print(s);
}

static bool compare(struct status *s, struct volume *v, struct plexus_plex_info *a,
		    struct plexus_plex_info *b, const char *when)
{
	uint64_t pos;

	for (pos = 0; pos < (uint64_t)v->sectors * SECTOR; pos += STEP) {
		if (!plex_read(s, a, pos, buffer(1)) || !plex_read(s, b, pos, buffer(2))) {
			violation("volume %s, %s: a plex cannot be read at %llu", v->name, when,
				  (unsigned long long)pos);
			return false;
		}
		if (!memcmp(buffer(1), buffer(2), STEP))
			continue;
		violation("volume %s, %s: plexes %u and %u differ", v->name, when, a->index,
			  b->index);
		differ(s, v, a, b, pos);
		return false;
	}
	return true;
}

/* All current plexes of a volume, on the disks, byte for byte. The volume must be quiet. */
bool check_plexes(struct volume *v, const char *when)
{
	struct plexus_plex_info *first = NULL;
	struct plexus_volume_info *info;
	struct status s;
	bool ok = true;
	size_t i;

	if (status_get(lib, &s)) {
		violation("status fails: %s", plexus_message(lib));
		return false;
	}
	info = status_volume(&s, v->name);
	for (i = 0; info && i < s.n_plexes && ok; i++) {
		struct plexus_plex_info *p = s.plexes[i];

		if (!plexus_id_equal(&p->volume, &info->id) || !plex_good(p) || p->n_members != 1)
			continue;
		if (first)
			ok = compare(&s, v, first, p, when);
		else
			first = p;
	}
	status_free(&s);
	return ok;
}

static bool well(struct status *s)
{
	size_t i;

	for (i = 0; i < s->n_volumes; i++) {
		struct plexus_volume_info *v = s->volumes[i];

		if (v->health != PLEXUS_HEALTH_HEALTHY || v->sync_action != PLEXUS_SYNC_ACTION_IDLE)
			return false;
	}
	for (i = 0; i < s->n_tasks; i++)
		if (s->tasks[i]->result == (uint32_t)PLEXUS_VDS_E_OPERATION_PENDING)
			return false;
	for (i = 0; i < s->n_disks; i++)
		if (s->disks[i]->status != PLEXUS_DISK_STATUS_ONLINE)
			return false;
	return true;
}

/* Does anything go on by itself? A task may wait for a disk that is not there. */
static bool busy(struct status *s)
{
	bool complete = true;
	size_t i;

	for (i = 0; i < s->n_volumes; i++)
		if (s->volumes[i]->sync_action != PLEXUS_SYNC_ACTION_IDLE &&
		    s->volumes[i]->sync_action != PLEXUS_SYNC_ACTION_PAUSE)
			return true;
	for (i = 0; i < s->n_disks; i++)
		complete &= s->disks[i]->status == PLEXUS_DISK_STATUS_ONLINE;
	for (i = 0; i < s->n_tasks && complete; i++)
		if (s->tasks[i]->result == (uint32_t)PLEXUS_VDS_E_OPERATION_PENDING)
			return true;
	return false;
}

/* What an administrator does: disks online, recover. */
static void help(struct status *s, bool recover)
{
	struct plexus_pack_ref pack = { .name = PACK };
	struct plexus_outcome out;
	size_t i;

	for (i = 0; i < s->n_disks; i++) {
		struct plexus_disk_ref d = { .id = &s->disks[i]->id, .pack = pack };

		if (s->disks[i]->status != PLEXUS_DISK_STATUS_ONLINE)
			plexus_disk_online(lib, &d, false, &out);
	}
	for (i = 0; i < s->n_volumes; i++) {
		struct plexus_volume_ref v = { .id = &s->volumes[i]->id, .pack = pack };
		struct plexus_volume_settings set = { .what = PLEXUS_SET_SPEED_MAX };

		if (s->volumes[i]->sync_speed_max)
			plexus_volume_set(lib, &v, &set, &out);
		set.what = PLEXUS_SET_SYNC_ACTION;
		set.sync_action = PLEXUS_SYNC_ACTION_IDLE;
		if (s->volumes[i]->sync_action == PLEXUS_SYNC_ACTION_PAUSE)
			plexus_volume_set(lib, &v, &set, &out);
	}
	if (recover)
		plexus_pack_recover(lib, &pack, NULL, false, &out);
}

/*
 * Until nothing goes on (help: until all is healthy, with the help that a person can
 * give). False when the time is up.
 */
bool wait_healthy(uint32_t ms, bool helped)
{
	uint64_t since = ms_now(), last_help = 0;
	struct status s;

	for (;;) {
		if (status_get(lib, &s)) {
			violation("status fails: %s", plexus_message(lib));
			return false;
		}
		if (helped ? well(&s) : !busy(&s))
			break;
		if (ms_now() - since > ms) {
			violation("not %s after %u ms", helped ? "healthy" : "idle", ms);
			status_print(&s);
			status_free(&s);
			return false;
		}
		if (helped && !busy(&s) && ms_now() - last_help > 50) {
			help(&s, last_help);
			last_help = ms_now();
		}
		status_free(&s);
		sleep_us(1000);
	}
	status_free(&s);
	return true;
}

bool volume_open(struct status *s, struct volume *v)
{
	struct plexus_volume_info *info = status_volume(s, v->name);
	char path[64];

	if (!info || !info->device[0])
		return false;
	snprintf(path, sizeof(path), "/dev/%s", info->device);
	v->fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	v->fd_sync = open(path, O_RDWR | O_DIRECT | O_DSYNC | O_CLOEXEC);
	return v->fd >= 0 && v->fd_sync >= 0;
}

/* False if one of them is not there. */
bool volumes_open(void)
{
	struct status s;
	bool ok = true;
	uint32_t i;

	if (status_get(lib, &s))
		return false;
	for (i = 0; i < MAX_VOLUMES; i++)
		if (volume[i].used && volume[i].fd < 0 && !volume[i].is_copy &&
		    !volume_open(&s, &volume[i]))
			ok = false;
	status_free(&s);
	return ok;
}

void volumes_close(void)
{
	uint32_t i;

	for (i = 0; i < MAX_VOLUMES; i++) {
		if (volume[i].fd >= 0 && volume[i].used)
			close(volume[i].fd);
		if (volume[i].fd_sync >= 0 && volume[i].used)
			close(volume[i].fd_sync);
		volume[i].fd = volume[i].fd_sync = -1;
	}
}
