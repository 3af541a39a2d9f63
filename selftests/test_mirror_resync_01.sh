#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An interrupted resync goes on where it was, never reads as done, and never skips: cancelled, the
# driver unloaded in the middle of it, the disk lost in the middle of it (invariants 5, 7).
# timeout: 240
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
disks_make 2 128M
plexus pack create p "$(disk_path d1)" "$(disk_path d2)"
plexus volume create p/v --size 64M --disk "$(disk_path d1)"
plexus volume create p/s --size 64M --disk "$(disk_path d2)"
dev=$(volume_path p/v)
dd if=/dev/urandom of="$dev" bs=1M count=64 oflag=direct status=none
# A slow disk, not a limit of the speed: that would be gone with the driver.
disk_delay d2 0 500
plexus volume add-plex p/v p/s --no-wait

stale()
{
	volume_value p/v ".plexes[1].stale"
}

newest_task()
{
	plexus status --json | jq -r '[.packs[].tasks[] | select(.running)][0].id'
}

not_current()
{
	[[ $(volume_value p/v '.plexes[1].health') != healthy ]]
}
sleep 1.5
dd if=/dev/urandom of="$dev" bs=1M count=3 seek=10 oflag=direct status=none
left=$(stale)
check "a resync is under way ($left bytes are left)" test "$left" -gt 0
task=$(newest_task)
plexus task cancel "$task"
check_fails "the task ends as cancelled" plexus task wait "$task" --timeout 20
left=$(stale)
check "what was cancelled is not current" not_current
check "what was done is kept ($left bytes are left)" test "$left" -lt $((64 << 20))
dd if=/dev/urandom of="$dev" bs=1M count=3 seek=60 oflag=direct status=none
plexus_reload d1 d2
check "nor is it after the driver came back" not_current
check "it has not got more to do ($(stale))" test "$(stale)" -le $((left + (8 << 20)))
plexus volume recover p/v --no-wait
sleep 1.2
left=$(stale)
plexus_reload d1 d2
check "a resync that was interrupted by the driver's end is not current" not_current
check "and goes on ($left, then $(stale) bytes)" test "$(stale)" -le $((left + (40 << 20)))
sleep 1
left=$(stale)
check "it has $left bytes to do when its disk is lost" test "$left" -gt 0
disk_fail d2
dd if=/dev/urandom of="$(volume_path p/v)" bs=1M count=5 seek=30 oflag=direct status=none
check "nor is it when its disk was lost in the middle" not_current
disk_heal d2
plexus disk online p "$(disk_path d2)" || true
plexus pack recover p || true
check "at the end it is" wait_until 60 volume_idle p/v
check "and the plexes are the same" plexes_same p/v
check "the kernel has nothing to say" dmesg_clean
