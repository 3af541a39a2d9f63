#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Repair that is accepted: the plex is built anew on the given disks.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 5 64M

volume_make p/v 16M --type mirror --disk d1 --disk d2
path=$(volume_path p/v)
fill "$path"
before=$(sum "$path")
disk_fail d2
dd if="$path" of="$path" bs=1M count=1 oflag=direct status=none
check "a plex with a dead disk is gone" wait_until 20 volume_is p/v failed-redundancy
output=$(plexus plex repair p/v:1 --disk "$(disk_path d3)" --json)
check_equal "Repair: fine -> S_OK" "S_OK" "$(jq -r .result.name <<<"$output")"
check_equal "Repair: the task is of its kind" repair "$(jq -r .task.kind <<<"$output")"
check_equal "Repair: the output is the plex" "$(plex_value p/v 1 .id)" "$(jq -r .task.plex_id <<<"$output")"
check "Repair: the volume is healthy" wait_until 10 volume_is p/v healthy
check_equal "Repair: the plex lies on the given disk" "$(disk_path d3)" \
	"$(plex_value p/v 1 '.members[0].extents[0].path')"
check_equal "Repair: the data is as it was" "$before" "$(sum "$path")"
plexus volume break-plex p/v 1 --name out --quiet
check_equal "Repair: the new plex has the data" "$before" "$(sum "$(volume_path p/out)")"

# Two bad members of a stripe, two disks, one call.
disk_make e1 64M
disk_make e2 64M
disk_make e3 64M
disk_make e4 64M
plexus pack create e "$(disk_path e1)" "$(disk_path e2)" "$(disk_path e3)" "$(disk_path e4)" --quiet
plexus volume create e/one --size 16M --disk "$(disk_path e1)" --quiet
plexus volume create e/two --size 16M --type stripe --disk "$(disk_path e2)" --disk "$(disk_path e3)" --quiet
plexus volume add-plex e/one e/two --any-layout --quiet
check "a simple plex and a stripe" wait_until 20 volume_is e/one healthy
for disk in f1 f2; do
	disk_make "$disk" 64M
	plexus disk add e "$(disk_path "$disk")" --quiet
done
plexus disk offline "$(disk_path e2)" --quiet
plexus disk offline "$(disk_path e3)" --quiet
done_ok "Repair: several bad members, several disks" \
	plexus plex repair e/one:1 --disk "$(disk_path f1)=8M" --disk "$(disk_path f2)"
check "Repair: of several members, healthy" wait_until 20 volume_is e/one healthy
check_equal "Repair: each member on a disk of its own" "$(disk_path f1) $(disk_path f2)" \
	"$(volume_value e/one '[.plexes[1].members[].extents[0].path] | sort | join(" ")')"
check "the kernel has nothing to say" dmesg_clean
