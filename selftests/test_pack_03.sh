#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Disks that are shown all at once, while others ask for the pack: whoever is refused takes nothing
# away from the one that starts it.
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
check "the kernel has nothing to say" dmesg_clean
