#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A place that nobody can read does not keep the rest from being resynced.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 2 64M
volume_make p/v 32M --type mirror --disk d1 --disk d2
dev=$(volume_path p/v)
check "a mirror" wait_until 20 volume_idle p/v
start=$(plex_value p/v 0 '.members[0].extents[0].start')

plexus disk offline "$(disk_path d2)" --quiet
fill "$dev"
disk_reads_fail d1 $((start + (8 << 20))) $((start + (8 << 20) + 65536))
plexus disk online "$(disk_path d2)" --quiet
ended()
{
	[[ $(task_value "$1" .running) == false ]]
}
task=$(plexus task list --json | jq -er '[.tasks[] | select(.kind == "resync")] | last.id')
check "the resync ends" wait_until 30 ended "$task"
check_equal "it says that it did not end well" VDS_E_OBJECT_STATUS_FAILED "$(task_value "$task" .result.name)"
check "it says how much and where" grep -q "^1 regions .* sector $((8 << 11));" <<<"$(task_value "$task" .result.message)"
check_equal "the plex is stale" stale "$(plex_value p/v 1 .health)"
disk_heal d1
rest()
{
	cmp -n "$((8 << 20))" <(plex_bytes p/v 0) <(plex_bytes p/v 1) &&
		cmp -i "$(((8 << 20) + 65536))" <(plex_bytes p/v 0) <(plex_bytes p/v 1)
}
check "all else was copied" rest

check "the place can be read again: recover" plexus volume recover p/v
check "the mirror is healthy" wait_until 20 volume_is p/v healthy
check "the plexes are the same" plexes_same p/v

# A mirror is made equal: the first plex has a bad place, the other one serves; both have: it is told.
disk_reads_fail d1 $((start + (4 << 20))) $((start + (4 << 20) + 65536))
start2=$(plex_value p/v 1 '.members[0].extents[0].start')
disk_reads_fail d2 $((start2 + (4 << 20))) $((start2 + (4 << 20) + 65536))
plexus volume extend p/v --size 40M --quiet
equal_task()
{
	plexus task list --json | jq -er --argjson task "$task" '.tasks[] | select(.id > $task and (.result.message | startswith("1 regions")))'
}
check "making equal ends and says so" wait_until 30 equal_task
disk_heal d1
disk_heal d2
plexus volume set p/v --sync-action idle --quiet
check "with the next kick it goes on" wait_until 30 volume_idle p/v
check "the plexes are the same" plexes_same p/v
check "the kernel has nothing to say" dmesg_clean
