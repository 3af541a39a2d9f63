#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Recover(volume) where it can do a part only, and where another operation has the volume.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 5 64M
volume_make p/v 32M --type mirror --plexes 3 --disk d1 --disk d2 --disk d3
check "a mirror of three" wait_until 30 volume_is p/v healthy

# One plex only needs a resync, the other one a disk, and the spare has no room for it.
volume_make p/x 50M --disk d5
plexus disk spare "$(disk_path d5)" --quiet
plexus disk offline "$(disk_path d2)" --quiet
plexus disk offline "$(disk_path d3)" --quiet
fill "$(volume_path p/v)"
plexus volume set p/v --sync-action pause --quiet
plexus disk online "$(disk_path d2)" --quiet
task=$(plexus task list --json | jq '[.tasks[] | select(.running)] | last | .id')
plexus task cancel "$task" --quiet
check "a plex that nobody resyncs" wait_until 10 plex_is p/v 1 stale
plexus volume set p/v --sync-action idle --quiet
output=$(plexus volume recover p/v --no-wait --json)
check_equal "Recover(volume): what can be done is done" S_OK "$(jq -r .result.name <<<"$output")"
check "Recover(volume): and what cannot is told" grep -q 'room' <<<"$(jq -r .result.message <<<"$output")"
check "Recover(volume): its task ends well" plexus task wait "$(jq -r .task.id <<<"$output")" --timeout 30
check "Recover(volume): the plex is healthy" wait_until 10 plex_is p/v 1 healthy
refused "Recover(volume): nothing can be done, the spare is too small" VDS_E_NOT_ENOUGH_SPACE 'room' \
	plexus volume recover p/v

# A break waits until the plexes are equal, and has the volume meanwhile.
plexus disk online "$(disk_path d3)" --quiet
check "all plexes are back" wait_until 30 volume_is p/v healthy
volume_make p/w 8M --type mirror --disk d1 --disk d4
check "another mirror" wait_until 30 volume_is p/w healthy
plexus volume set p/w --sync-action pause --quiet
plexus volume extend p/w --size 16M --quiet
task=$(task_of plexus volume break-plex p/w 1 --name out)
check "a break waits" test "$(task_value "$task" .running)" = true
refused "Recover(volume): a break is running on it" VDS_E_ANOTHER_CALL_IN_PROGRESS 'plx[0-9]+' \
	plexus volume recover p/w
plexus volume set p/w --sync-action idle --quiet
check "the break goes on" plexus task wait "$task" --timeout 30
check "the kernel has nothing to say" dmesg_clean
