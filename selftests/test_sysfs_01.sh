#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What Documentation/ABI/testing/sysfs-*-plexus says: every attribute reads, every write does what it
# should, and nothing else is accepted.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 2 64M
volume_make p/v 32M --type mirror
check "a mirror" wait_until 30 volume_is p/v healthy
dev=$(basename "$(volume_path p/v)")
dir=/sys/block/$dev/plexus
pack=/sys/class/plexus/p

reads()
{
	check_equal "$(basename "$1") reads" "$2" "$(cat "$1")"
}

# The error of a write, as the shell names it.
write()
{
	bash -c 'printf "%s\n" "$2" >"$1"' bash "$1" "$2"
}

reads "$dir/id" "$(volume_value p/v .id)"
reads "$dir/name" v
reads "$dir/pack" p
reads "$dir/type" mirror
reads "$dir/health" healthy
reads "$dir/status" online
reads "$dir/sync_action" idle
reads "$dir/sync_completed" none
reads "$dir/sync_speed_min" "$(volume_value p/v .sync.speed_min)"
reads "$dir/sync_speed_max" 0
reads "$dir/read_policy" balance
reads "$dir/stable_writes" 0
reads "$dir/mismatches" 0
reads "$dir/region_size" "$(volume_value p/v .region_size)"
reads "$pack/id" "$(pack_value p .id)"
reads "$pack/name" p
reads "$pack/state" online
reads "$pack/generation" "$(pack_value p .generation)"
check "sync_speed reads a number" grep -qxE '[0-9]+' "$dir/sync_speed"
check "plexes: a line for each plex" test "$(grep -cE '^[01] [0-9a-f-]{36} simple healthy /dev/mapper/plxtest-d[12]$' "$dir/plexes")" = 2
check "disks: a line for each disk" test "$(grep -cE '^[0-9a-f-]{36} online /dev/mapper/plxtest-d[12]$' "$pack/disks")" = 2
check_equal "every attribute can be read, but for recover" "" "$(find "$dir/" "$pack/" -maxdepth 1 -type f \
	! -name recover ! -name uevent ! -path '*/power/*' -exec bash -c 'cat "$1" >/dev/null || echo "$1"' bash {} \; 2>&1)"

check "read_policy takes first" write "$dir/read_policy" first
check_equal "read_policy is first in the configuration" first "$(volume_value p/v .read_policy)"
check "read_policy takes prefer 1" write "$dir/read_policy" "prefer 1"
reads "$dir/read_policy" "prefer 1"
check "read_policy takes balance" write "$dir/read_policy" balance
check "stable_writes takes 1" write "$dir/stable_writes" 1
check_equal "stable_writes is on" true "$(volume_value p/v .stable_writes)"
check "stable_writes takes 0" write "$dir/stable_writes" 0
check "sync_speed_max takes a number" write "$dir/sync_speed_max" 4194304
check_equal "sync_speed_max is that" 4194304 "$(volume_value p/v .sync.speed_max)"
check "sync_speed_min takes a number" write "$dir/sync_speed_min" 1048576
check_fails "sync_speed_min above sync_speed_max is refused" write "$dir/sync_speed_min" 4194305
check_fails "sync_speed_max below sync_speed_min is refused" write "$dir/sync_speed_max" 1048575

check "sync_action takes check" write "$dir/sync_action" check
reads "$dir/sync_action" check
check "sync_completed tells how far" grep -qxE '[0-9]+ / [1-9][0-9]*' "$dir/sync_completed"
check "sync_action takes pause" write "$dir/sync_action" pause
reads "$dir/sync_action" pause
check "sync_action takes idle" write "$dir/sync_action" idle
check "sync_speed_min takes 0" write "$dir/sync_speed_min" 0
check "sync_speed_max takes 0" write "$dir/sync_speed_max" 0
check "what was begun ends" wait_until 30 grep -qx idle "$dir/sync_action"

# One byte of one plex is changed behind the driver's back.
start=$(plex_value p/v 1 '.members[0].extents[0].start')
printf x | dd of="$(disk_file "$(basename "$(plex_value p/v 1 '.members[0].extents[0].path')" | sed s/plxtest-//)")" \
	bs=1 seek="$((start + 5000000))" conv=notrunc status=none
check "sync_action check finds a difference" write "$dir/sync_action" check
check "check ends" wait_until 30 grep -qx idle "$dir/sync_action"
check "mismatches is not 0" test "$(cat "$dir/mismatches")" -gt 0
check "sync_action takes repair" write "$dir/sync_action" repair
check "repair ends" wait_until 30 grep -qx idle "$dir/sync_action"
check "sync_action check after the repair" write "$dir/sync_action" check
check "check ends" wait_until 30 grep -qx idle "$dir/sync_action"
reads "$dir/mismatches" 0
check "sync_action takes resync" write "$dir/sync_action" resync
check "recover takes 1" write "$pack/recover" 1
check "the volume is healthy" wait_until 10 volume_is p/v healthy

long=$(printf 'x%.0s' {1..4000})
before=$(state_snapshot)
for name in id name pack type health status plexes sync_completed sync_speed mismatches region_size; do
	check_fails "$name can't be written" write "$dir/$name" 1
done
for name in state generation name id disks; do
	check_fails "the pack's $name can't be written" write "$pack/$name" 1
done
for value in "" nonsense idle2 resyncx " idle" "$long"; do
	check_fails "sync_action refuses '${value::8}'" write "$dir/sync_action" "$value"
done
for value in "" -1 x 18446744073709551616 1.5 "$long"; do
	check_fails "sync_speed_max refuses '${value::8}'" write "$dir/sync_speed_max" "$value"
	check_fails "sync_speed_min refuses '${value::8}'" write "$dir/sync_speed_min" "$value"
done
for value in "" prefer "prefer 2" "prefer -1" "prefer x" "prefer 4294967296" firstx "$long"; do
	check_fails "read_policy refuses '${value::16}'" write "$dir/read_policy" "$value"
done
for value in "" 2 x -1 "$long"; do
	check_fails "stable_writes refuses '${value::8}'" write "$dir/stable_writes" "$value"
done
for value in "" 0 2 11 x; do
	check_fails "recover refuses '$value'" write "$pack/recover" "$value"
done
check "what is refused changes nothing" state_same "$before"
check_fails "nobody may write" setpriv --reuid 65534 --regid 65534 --clear-groups bash -c "echo idle >$dir/sync_action"
check "everybody may read" setpriv --reuid 65534 --regid 65534 --clear-groups cat "$dir/sync_action"
check "the kernel has nothing to say" dmesg_clean
