#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A recovery that meets the removal of a plex leaves the volume alone: the plex stays detached until its
# room is given away.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 2 64M
volume_make p/v 16M --type mirror --disk d1 --disk d2
check "a mirror" wait_until 20 volume_idle p/v
plexus volume set p/v --read-policy prefer:1 --sync-action pause --quiet

# A read that is slow holds the removal up; what is written to the disks is not slow.
disk_delay d2 3000 0
dd if="$(volume_path p/v)" of=/dev/null bs=4k count=1 skip=99 iflag=direct status=none &
reader=$!
sleep 0.5
plexus volume remove-plex p/v 1 --quiet &
remover=$!
sleep 0.5
check "the pack is recovered meanwhile" plexus pack recover p --no-wait --quiet
status=0
wait "$remover" || status=$?
check_equal "the removal ends well" 0 "$status"
wait "$reader"
disk_heal d2
check_equal "the plex is gone" 1 "$(volume_value p/v .plex_count)"
check_equal "it was detached once" 1 "$(dmesg_since | grep -c "p/v: plex 1 is failed")"
nothing_runs()
{
	[[ -z $(plexus task list --json | jq -r '.tasks[] | select(.running) | .id') ]]
}
check "nothing rebuilds it" wait_until 10 nothing_runs
check "the kernel has nothing to say" dmesg_clean
