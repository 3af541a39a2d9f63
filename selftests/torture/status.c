// SPDX-License-Identifier: GPL-2.0
/* What the driver tells of itself. */
#include "torture.h"

int status_get(struct plexus *h, struct status *s)
{
	int err;

	memset(s, 0, sizeof(*s));
	err = plexus_pack_list(h, &s->packs, &s->n_packs);
	if (!err)
		err = plexus_disk_list(h, NULL, &s->disks, &s->n_disks);
	if (!err)
		err = plexus_volume_list(h, NULL, &s->volumes, &s->n_volumes);
	if (!err)
		err = plexus_plex_list(h, NULL, &s->plexes, &s->n_plexes);
	if (!err)
		err = plexus_task_list(h, NULL, &s->tasks, &s->n_tasks);
	if (err)
		status_free(s);
	return err;
}

void status_free(struct status *s)
{
	plexus_list_free(s->packs);
	plexus_list_free(s->disks);
	plexus_list_free(s->volumes);
	plexus_plex_list_free(s->plexes);
	plexus_list_free(s->tasks);
	memset(s, 0, sizeof(*s));
}

struct plexus_volume_info *status_volume(struct status *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_volumes; i++)
		if (!strcmp(s->volumes[i]->name, name))
			return s->volumes[i];
	return NULL;
}

/* The number of the disk behind /dev/crashN, or -1. */
int status_disk_nr(struct status *s, const struct plexus_id *id)
{
	size_t i;
	int nr;

	for (i = 0; i < s->n_disks; i++)
		if (plexus_id_equal(&s->disks[i]->id, id) &&
		    sscanf(s->disks[i]->path, "/dev/crash%d", &nr) == 1)
			return nr;
	return -1;
}

bool plex_on_disk(struct status *s, struct plexus_plex_info *p, int nr)
{
	size_t m, e;

	for (m = 0; m < p->n_members; m++)
		for (e = 0; e < p->members[m].n_extents; e++)
			if (status_disk_nr(s, &p->members[m].extents[e].disk) == nr)
				return true;
	return false;
}

/* Is the member not to be read, or with one of these disks? */
bool member_lost(struct status *s, struct plexus_plex_info *p, size_t m, int nr)
{
	size_t e;

	if (p->members[m].has_state && p->members[m].state != PLEXUS_MEMBER_STATE_CURRENT)
		return true;
	for (e = 0; e < p->members[m].n_extents; e++)
		if (nr >= 0 && status_disk_nr(s, &p->members[m].extents[e].disk) == nr)
			return true;
	return false;
}

/* How many would be lost without these two disks? */
uint32_t members_lost(struct status *s, struct plexus_plex_info *p, int nr, int nr2)
{
	uint32_t n = 0;
	size_t m;

	for (m = 0; m < p->n_members; m++)
		n += member_lost(s, p, m, nr) || member_lost(s, p, m, nr2);
	return n;
}

bool plex_good(const struct plexus_plex_info *p)
{
	return p->health == PLEXUS_HEALTH_HEALTHY || p->health == PLEXUS_HEALTH_FAILING ||
	       p->health == PLEXUS_HEALTH_FAILING_REDUNDANCY;
}

void status_print(struct status *s)
{
	size_t i, k, m, e;

	for (i = 0; i < s->n_packs; i++)
		printf("    pack %s status %u flags %x generation %llu: %s\n", s->packs[i]->name,
		       s->packs[i]->status, s->packs[i]->flags,
		       (unsigned long long)s->packs[i]->generation, s->packs[i]->message);
	for (i = 0; i < s->n_disks; i++)
		printf("    disk %s %s\n", s->disks[i]->path,
		       plexus_disk_status_name(s->disks[i]->status));
	for (i = 0; i < s->n_volumes; i++) {
		struct plexus_volume_info *v = s->volumes[i];

		printf("    volume %s %s %s, %s, %llu dirty regions, sync %s %llu of %llu\n",
		       v->name, plexus_volume_status_name(v->status), plexus_health_name(v->health),
		       v->device, (unsigned long long)v->dirty_regions,
		       plexus_sync_action_name(v->sync_action), (unsigned long long)v->sync_done,
		       (unsigned long long)v->sync_total);
		for (k = 0; k < s->n_plexes; k++) {
			struct plexus_plex_info *p = s->plexes[k];

			if (!plexus_id_equal(&p->volume, &v->id))
				continue;
			printf("      plex %u %s %s, %llu stale:", p->index,
			       plexus_volume_status_name(p->status), plexus_health_name(p->health),
			       (unsigned long long)p->stale);
			for (m = 0; m < p->n_members; m++)
				for (e = 0; e < p->members[m].n_extents; e++)
					printf(" %scrash%d@%llu+%llu",
					       member_lost(s, p, m, -1) ? "lost:" : "",
					       status_disk_nr(s, &p->members[m].extents[e].disk),
					       (unsigned long long)p->members[m].extents[e].start /
						       SECTOR,
					       (unsigned long long)p->members[m].extents[e].size /
						       SECTOR);
			printf("\n");
		}
	}
	for (i = 0; i < s->n_tasks; i++)
		if (s->tasks[i]->result == (uint32_t)PLEXUS_VDS_E_OPERATION_PENDING ||
		    i + 8 > s->n_tasks)
			printf("    task %llu %s %s %u %%: %s\n",
			       (unsigned long long)s->tasks[i]->id,
			       plexus_task_kind_name(s->tasks[i]->kind),
			       plexus_result_name(s->tasks[i]->result), s->tasks[i]->percent,
			       s->tasks[i]->message);
}
