#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A disk that takes what is resynced, loses it, and then fails the flush: nothing of that counts as
# copied, neither at a checkpoint nor at the end (invariants 5, 7).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_module dm-flakey
need_module dm-delay
pack_make p 3 64M
volume_make p/v 32M --type mirror --disk d1 --disk d2
check "a mirror" wait_until 20 volume_is p/v healthy
for what in drop_writes error_writes; do
	dmsetup create plxtest-d2-$what --table "$(disk_table d2 flakey 0 3600 1 $what)"
	defer dmsetup remove --retry plxtest-d2-$what
done
defer disk_heal d2

# lossy SPEED: resyncs at that speed to a disk that loses all of it. Nobody else flushes it meanwhile: the
# cleaner has no more to do.
lossy()
{
	plexus disk offline "$(disk_path d2)" --quiet
	fill "$(volume_path p/v)"
	check "at $1 per second: the log gets clean" wait_until 20 volume_clean p/v
	plexus volume set p/v --speed-max "$1" --sync-action pause --quiet
	plexus disk online "$(disk_path d2)" --quiet
	dm_swap plxtest-d2 "$(disk_table d2 delay 0 /dev/mapper/plxtest-d2-drop_writes 0 0 \
		/dev/mapper/plxtest-d2-error_writes 0 0)"
	plexus volume set p/v --sync-action idle --quiet
	check "at $1 per second: the flush is found to fail" wait_until 20 plex_is p/v 1 failed-redundancy
	disk_heal d2
	check_fails "at $1 per second: the disk has lost it" plexes_same p/v
	plexus volume set p/v --speed-max 0 --quiet
	plexus disk online "$(disk_path d2)" --quiet
	check "at $1 per second: the volume gets healthy" wait_until 20 volume_idle p/v
	check "at $1 per second: what was lost has been copied" plexes_same p/v
}
lossy 6M # meets a checkpoint
lossy 0 # is at its end before
check "the kernel has nothing to say" dmesg_clean
