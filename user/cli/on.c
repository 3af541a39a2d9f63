// SPDX-License-Identifier: GPL-2.0
/* The frame of commands that change one object: find it, call, tell how it ended. */
#include "cli.h"

static int finish(struct cli *c, int err, const struct plexus_outcome *out, const char *object)
{
	return err <= TOLD(0) ? TOLD(0) - err : cli_finish(c, err, out, object);
}

int cli_on_pack(struct cli *c, char **argv, pack_fn *call)
{
	struct plexus_pack_ref pack;
	struct plexus_outcome out;
	struct names room;
	int err = arg_pack(c, argv[0], &room, &pack);

	return err ? err : finish(c, call(c, &pack, argv, &out), &out, argv[0]);
}

int cli_on_volume(struct cli *c, char **argv, volume_fn *call)
{
	struct plexus_volume_ref volume;
	struct plexus_outcome out;
	struct names room;
	int err = arg_volume(c, argv[0], &room, &volume);

	return err ? err : finish(c, call(c, &volume, argv, &out), &out, argv[0]);
}
