// SPDX-License-Identifier: GPL-2.0
/* Everything that the driver knows, at one time. */
#include "cli.h"

int snapshot_load(struct plexus *h, struct snapshot *s)
{
	int err;

	memset(s, 0, sizeof(*s));
	err = plexus_pack_list(h, &s->packs, NULL);
	if (!err)
		err = plexus_disk_list(h, NULL, &s->disks, NULL);
	if (!err)
		err = plexus_volume_list(h, NULL, &s->volumes, NULL);
	if (!err)
		err = plexus_plex_list(h, NULL, &s->plexes, NULL);
	if (!err)
		err = plexus_task_list(h, NULL, &s->tasks, NULL);
	if (err)
		snapshot_free(s);
	return err;
}

void snapshot_free(struct snapshot *s)
{
	plexus_list_free(s->packs);
	plexus_list_free(s->disks);
	plexus_list_free(s->volumes);
	plexus_plex_list_free(s->plexes);
	plexus_list_free(s->tasks);
	memset(s, 0, sizeof(*s));
}
