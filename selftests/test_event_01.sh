#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Events: what comes, goes and changes is told, with the codes of the contract, and progress at most once
# a second for each plex.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
disks_make 3 64M
log=$(mktemp)
defer rm -f "$log"
plexus monitor --json >"$log" &
monitor=$!
defer kill "$monitor"
sleep 1

# seen EVENT CODE [CONDITION OF JQ]
seen()
{
	jq -es --arg event "$1" --argjson code "$2" \
		"[.[] | select(.event == \$event and .code == \$code and (${3:-true}))] | length > 0" "$log"
}

told()
{
	check "$1 ($2) is told" wait_until 5 seen "$@"
}
plexus pack create p "$(disk_path d1)" "$(disk_path d2)" --quiet
pack=$(pack_value p .id)
told pack-arrive 1 ".pack_id == \"$pack\""
plexus disk add p "$(disk_path d3)" --quiet
told disk-arrive 8 ".disk_id == \"$(disk_value d3 .id)\""
volume_make p/v 24M --disk d1
volume=$(volume_value p/v .id)
told volume-arrive 4 ".volume_id == \"$volume\""
told pack-modify 3
volume_make p/s 24M --disk d2
source=$(volume_value p/s .id)
plexus volume set p/v --speed-max 8M --quiet
begun=$SECONDS
check "a plex is added" plexus volume add-plex p/v p/s
took=$((SECONDS - begun + 1))
told volume-depart 5 ".volume_id == \"$source\""
told volume-modify 6 ".volume_id == \"$volume\""
told volume-progress 7 ".volume_id == \"$volume\" and .percent > 0"
n=$(jq -s '[.[] | select(.event == "volume-progress")] | length' "$log")
check "progress is told at most once a second ($n times in $took s)" test "$n" -le $((took + 1))
plexus disk offline "$(disk_path d2)" --quiet
told disk-modify 10 ".disk_id == \"$(disk_value d2 .id)\""
plexus disk remove p "$(disk_path d3)" --quiet
told disk-depart 9
plexus pack export p --quiet
told pack-depart 2 ".pack_id == \"$pack\""
check "the kernel has nothing to say" dmesg_clean
