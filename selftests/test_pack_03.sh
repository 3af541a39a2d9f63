#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Disks that are shown all at once, while others ask for the pack: whoever is refused takes nothing
# away from the one that starts it. And a start that fails leaves nothing behind.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 3 64M
for ((i = 1; i <= 8; i++)); do
	volume_make "p/v$i" 4M --disk d1
done
fill "$(volume_path p/v1)"
before=$(sum "$(volume_path p/v1)")
id=$(pack_value p .id)

# start_racing: the disks come in parallel, and somebody asks for the pack again and again
start_racing()
{
	local name i

	rmmod plexus
	plexus_load
	for name in d1 d2 d3; do
		plexus scan --udev "$(disk_path "$name")" >/dev/null 2>&1 &
	done
	for ((i = 0; i < 6; i++)); do
		plexus pack recover "$id" >/dev/null 2>&1 &
	done
	wait
}

bad=
for ((round = 1; round <= 10; round++)); do
	start_racing
	wait_until 10 volume_is p/v1 healthy || bad+=" not online in round $round"
	for ((i = 1; i <= 8; i++)); do
		[[ -b $(volume_path "p/v$i") ]] || bad+=" no v$i in round $round"
	done
	[[ $(sum "$(volume_path p/v1)") == "$before" ]] || bad+=" other data in round $round"
done
check_equal "disks that come at once: the pack starts with all of its volumes" "" "$bad"

# A start that fails after all, with the volumes made: no disk takes the configuration. A resync was
# under way: its task does not stay.
volume_make p/m 16M --type mirror --disk d2 --disk d3
check "a mirror" wait_until 20 volume_is p/m healthy
plexus disk offline "$(disk_path d3)" --quiet
fill "$(volume_path p/m)"
plexus volume set p/m --speed-max 1M --quiet
plexus disk online "$(disk_path d3)" --quiet
rmmod plexus
for name in d1 d2 d3; do
	disk_writes_fail "$name"
done
plexus_load
for name in d1 d2 d3; do
	plexus scan --udev "$(disk_path "$name")" >/dev/null
done
check_equal "no disk takes the configuration: the pack waits" offline "$(pack_value p .status)"
check "and says why" grep -q 'can take the configuration' <<<"$(pack_value p .message)"
check_equal "no task runs" 0 "$(plexus task list --json | jq '[.tasks[] | select(.running)] | length')"
for name in d1 d2 d3; do
	disk_heal "$name"
done
for name in d1 d2 d3; do
	plexus scan --udev "$(disk_path "$name")" >/dev/null
done
check_equal "the disks are well: the pack starts" online "$(pack_value p .status)"
check "and its volumes are there" wait_until 30 volume_is p/m healthy
check_equal "with their data" "$before" "$(sum "$(volume_path p/v1)")"
check "the kernel has nothing to say" dmesg_clean
