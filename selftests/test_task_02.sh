#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No task runs for ever: neither one whose plex goes in the very change that named it, nor one whose
# volume is paused, nor one that nobody can go on with; and what is lost is told.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 6 64M

running()
{
	plexus task list --json | jq '[.tasks[] | select(.running)] | length'
}

none_runs()
{
	[[ $(running) == 0 ]]
}

ended_as()
{
	check_equal "$1: the task ends" "$3" \
		"$(plexus task wait "$2" --timeout 20 --json 2>/dev/null | jq -r '.error.name // .result.name')"
}

# A disk that has failed, though nobody knows it yet: the change that attaches its plex loses it.
volume_make p/t 8M --disk d1
volume_make p/s 8M --disk d3
disk_fail d3
task=$(task_of plexus volume add-plex p/t p/s)
ended_as "add-plex from a disk that dies with it" "$task" VDS_E_OBJECT_STATUS_FAILED
check "add-plex: no task is left" none_runs
check "add-plex: the plex is missing" plex_is p/t 1 failed-redundancy
disk_heal d3
done_ok "add-plex: recover is not refused later" plexus pack recover p
check "add-plex: and makes it healthy" wait_until 20 volume_is p/t healthy

# A source with a plex that it had lost already.
volume_make p/m 8M --type mirror --disk d4 --disk d5
volume_make p/u 8M --disk d2
check "a mirror" wait_until 20 volume_is p/m healthy
plexus disk offline "$(disk_path d5)" --quiet
done_ok "add-plex from a degraded mirror" plexus volume add-plex p/u p/m
check "degraded source: no task is left" none_runs
check "degraded source: the lost plex stays detached" plex_is p/u 2 failed-redundancy
plexus disk online "$(disk_path d5)" --quiet
check "degraded source: it is resynced when its disk is back" wait_until 20 volume_is p/u healthy

# Cancelling the recovery of a pack cancels what it began, also on a volume that is paused.
plexus disk offline "$(disk_path d4)" --quiet
fill "$(volume_path p/u)"
plexus volume set p/u --sync-action pause --quiet
plexus disk online "$(disk_path d4)" --quiet
child=$(plexus task list --json | jq '[.tasks[] | select(.running)] | last | .id')
plexus task cancel "$child" --quiet
ended_as "a resync on a paused volume" "$child" VDS_E_OPERATION_CANCELED
task=$(task_of plexus pack recover p)
check_equal "a recovery waits for a paused volume" 2 "$(running)"
plexus task cancel "$task" --quiet
ended_as "a recovery that is cancelled" "$task" VDS_E_OPERATION_CANCELED
check "cancelled recovery: no task is left" wait_until 5 none_runs

# Nobody can go on with it: the only current plexes are away. The task can still be cancelled.
task=$(task_of plexus volume recover p/u)
plexus disk offline "$(disk_path d2)" --force --quiet
plexus disk offline "$(disk_path d5)" --force --quiet
plexus task cancel "$task" --quiet
ended_as "a resync without a source" "$task" VDS_E_OPERATION_CANCELED
plexus volume set p/u --sync-action idle --quiet
plexus disk online "$(disk_path d2)" --quiet
plexus disk online "$(disk_path d5)" --quiet
done_ok "and goes on later" plexus pack recover p
check "the volume is healthy" wait_until 20 volume_is p/u healthy

# The plex goes while its resync is paused: its task ends with it.
plexus volume set p/u --sync-action pause --quiet
plexus disk offline "$(disk_path d4)" --quiet
fill "$(volume_path p/u)"
plexus disk online "$(disk_path d4)" --quiet
task=$(plexus task list --json | jq '[.tasks[] | select(.running)] | last | .id')
events=$(mktemp)
defer rm -f "$events"
plexus monitor --timeout 3 --json >"$events" 2>/dev/null &
sleep 1
plexus disk offline "$(disk_path d4)" --quiet
ended_as "a resync whose plex goes" "$task" VDS_E_OBJECT_STATUS_FAILED
wait
check "a volume that loses redundancy is told" \
	jq -se "[.[] | select(.event == \"volume-modify\" and .health == \"failed-redundancy\")] | length > 0" "$events"
check "the disk that went is told once" \
	jq -se "[.[] | select(.event == \"disk-modify\")] | length == 1" "$events"
plexus volume set p/u --sync-action idle --quiet
plexus disk online "$(disk_path d4)" --quiet
check "the volume is healthy" wait_until 20 volume_is p/u healthy

# What has to be done some time cannot be cancelled, and says so.
disk_delay d6 0 200
volume_make p/q 32M --type mirror --disk d3 --disk d6
equalising()
{
	task=$(plexus task list --json | jq -e '[.tasks[] | select(.running)] | last | .id // empty')
}
check "making plexes equal is a task" wait_until 10 equalising
equalising || true
refused "making plexes equal is not cancelled" VDS_E_CANCEL_TOO_LATE 'pause' plexus task cancel "$task"
disk_heal d6
check "the mirror is healthy" wait_until 20 volume_is p/q healthy
check "no task is left" wait_until 10 none_runs
check "the kernel has nothing to say" dmesg_clean
