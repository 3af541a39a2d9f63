// SPDX-License-Identifier: GPL-2.0
/*
 * What a text names: a name first, then an id or the beginning of one. Looks into
 * a snapshot only, so that it can be tested without a driver.
 */
#include "cli.h"

#define DEV "/dev/"
#define DEV_PLEXUS "/dev/plexus/"

/* Keeps the first match in @found; -ENOTUNIQ at the second. */
static int one_more(const void *object, const void **found)
{
	if (*found)
		return -ENOTUNIQ;
	*found = object;
	return 0;
}

int find_pack(const struct snapshot *s, const char *text, const struct plexus_pack_info **pack)
{
	const void *found = NULL;
	size_t i;
	int err = 0;

	*pack = NULL;
	for (i = 0; s->packs[i] && !err; i++)
		if (!strcmp(s->packs[i]->name, text))
			err = one_more(s->packs[i], &found);
	if (!found)
		for (i = 0; s->packs[i] && !err; i++)
			if (plexus_id_matches(&s->packs[i]->id, text))
				err = one_more(s->packs[i], &found);
	if (err)
		return err;
	*pack = found;
	return found ? 0 : -ENOENT;
}

int find_volume_in(const struct snapshot *s, const struct plexus_id *pack, const char *text,
		   const struct plexus_volume_info **volume)
{
	const void *found = NULL;
	const struct plexus_volume_info *v;
	size_t i;
	int err = 0;

	*volume = NULL;
	for (i = 0; (v = s->volumes[i]) && !err; i++)
		if ((!pack || plexus_id_equal(&v->pack, pack)) && !strcmp(v->name, text))
			err = one_more(v, &found);
	if (!found)
		for (i = 0; (v = s->volumes[i]) && !err; i++)
			if ((!pack || plexus_id_equal(&v->pack, pack)) &&
			    plexus_id_matches(&v->id, text))
				err = one_more(v, &found);
	if (err)
		return err;
	*volume = found;
	return found ? 0 : -ENOENT;
}

static int find_device(const struct snapshot *s, const char *name,
		       const struct plexus_volume_info **volume)
{
	size_t i;

	for (i = 0; s->volumes[i]; i++) {
		if (!s->volumes[i]->device[0] || strcmp(s->volumes[i]->device, name))
			continue;
		*volume = s->volumes[i];
		return 0;
	}
	return -ENOENT;
}

/* PACK/NAME, NAME, an id, /dev/plxN or /dev/plexus/PACK/NAME. */
int find_volume(const struct snapshot *s, const char *text,
		const struct plexus_volume_info **volume)
{
	const struct plexus_pack_info *pack;
	char name[256];
	const char *slash;
	int err;

	*volume = NULL;
	if (!strncmp(text, DEV_PLEXUS, strlen(DEV_PLEXUS)))
		text += strlen(DEV_PLEXUS);
	else if (!strncmp(text, DEV, strlen(DEV)))
		return find_device(s, text + strlen(DEV), volume);
	slash = strchr(text, '/');
	if (!slash) {
		err = find_volume_in(s, NULL, text, volume);
		return err == -ENOENT ? find_device(s, text, volume) : err;
	}
	if ((size_t)(slash - text) >= sizeof(name))
		return -ENOENT;
	snprintf(name, sizeof(name), "%.*s", (int)(slash - text), text);
	err = find_pack(s, name, &pack);
	if (err)
		return err;
	return find_volume_in(s, &pack->id, slash + 1, volume);
}

int find_disk(const struct snapshot *s, const char *text, const struct plexus_disk_info **disk)
{
	const struct plexus_disk_info *d, *gone = NULL;
	const void *found = NULL;
	size_t i;
	int err = 0;

	*disk = NULL;
	/* the last known path of a disk that is gone may be another disk's now */
	for (i = 0; (d = s->disks[i]) && !err; i++) {
		if (strcmp(d->path, text))
			continue;
		if (disk_may_be_gone(d) && gone)
			err = -ENOTUNIQ;
		else if (disk_may_be_gone(d))
			gone = d;
		else
			err = one_more(d, &found);
	}
	if (!found && !gone)
		for (i = 0; (d = s->disks[i]) && !err; i++)
			if (plexus_id_matches(&d->id, text))
				err = one_more(d, &found);
	if (err && !found)
		return err;
	*disk = found ? found : gone;
	return *disk ? 0 : -ENOENT;
}

/* Less than four digits are the plex's place in the volume, more are its id. */
int find_plex(const struct snapshot *s, const struct plexus_id *volume, const char *text,
	      const struct plexus_plex_info **plex)
{
	const struct plexus_plex_info *p;
	const void *found = NULL;
	uint64_t index;
	bool by_index = strlen(text) < 4 && number_parse(text, UINT32_MAX, &index);
	size_t i;
	int err = 0;

	*plex = NULL;
	for (i = 0; (p = s->plexes[i]) && !err; i++) {
		if (!plexus_id_equal(&p->volume, volume))
			continue;
		if (by_index ? p->index == index : plexus_id_matches(&p->id, text))
			err = one_more(p, &found);
	}
	if (err)
		return err;
	*plex = found;
	return found ? 0 : -ENOENT;
}

const struct plexus_pack_info *pack_of_id(const struct snapshot *s, const struct plexus_id *id)
{
	size_t i;

	for (i = 0; s->packs[i]; i++)
		if (plexus_id_equal(&s->packs[i]->id, id))
			return s->packs[i];
	return NULL;
}

const struct plexus_disk_info *disk_of_id(const struct snapshot *s, const struct plexus_id *id)
{
	size_t i;

	for (i = 0; s->disks[i]; i++)
		if (plexus_id_equal(&s->disks[i]->id, id))
			return s->disks[i];
	return NULL;
}

const struct plexus_volume_info *volume_of_id(const struct snapshot *s, const struct plexus_id *id)
{
	size_t i;

	for (i = 0; s->volumes[i]; i++)
		if (plexus_id_equal(&s->volumes[i]->id, id))
			return s->volumes[i];
	return NULL;
}

const struct plexus_plex_info *plex_of_id(const struct snapshot *s, const struct plexus_id *id)
{
	size_t i;

	for (i = 0; s->plexes[i]; i++)
		if (plexus_id_equal(&s->plexes[i]->id, id))
			return s->plexes[i];
	return NULL;
}

const struct plexus_task_info *running_task_of(const struct snapshot *s,
					       const struct plexus_id *volume)
{
	size_t i;

	for (i = 0; s->tasks[i]; i++)
		if (s->tasks[i]->result == R(VDS_E_OPERATION_PENDING) &&
		    plexus_id_equal(&s->tasks[i]->volume, volume))
			return s->tasks[i];
	return NULL;
}
