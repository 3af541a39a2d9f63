#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A write that all plexes fail is told, none of them is given up, and the place is made equal.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_module dm-flakey
pack_make p 2 64M
volume_make p/v 16M --type mirror --disk d1 --disk d2
dev=$(volume_path p/v)
check "a mirror" wait_until 20 volume_idle p/v
start=$(($(plex_value p/v 0 '.members[0].extents[0].start') >> 9))
check_equal "both plexes begin at the same place" "$start" \
	"$(($(plex_value p/v 1 '.members[0].extents[0].start') >> 9))"

# The data can't be written, what the driver writes for itself can.
for name in d1 d2; do
	loop=${disk_loop[$name]} sectors=$(blockdev --getsz "${disk_loop[$name]}")
	dm_swap "plxtest-$name" "0 $start linear $loop 0
$start 32768 flakey $loop $start 0 3600 1 error_writes
$((start + 32768)) $((sectors - start - 32768)) linear $loop $((start + 32768))"
done
resyncs()
{
	plexus task list --json |
		jq '[.tasks[] | select(.kind == "resync" and .result.name == "S_OK")] | length'
}
before=$(resyncs)
plexus volume set p/v --sync-action pause --quiet
check_fails "the write fails" dd if=/dev/urandom of="$dev" bs=4k count=1 seek=512 oflag=direct status=none
check_equal "no plex is given up" "healthy healthy" "$(volume_value p/v '[.plexes[].health] | join(" ")')"
disk_heal d1
disk_heal d2
plexus volume set p/v --sync-action idle --quiet
made_equal()
{
	(($(resyncs) > before))
}
check "the place is made equal" wait_until 20 made_equal
check "the mirror is idle" wait_until 20 volume_idle p/v
check "the plexes are the same" plexes_same p/v
check "the kernel has nothing to say" dmesg_clean
