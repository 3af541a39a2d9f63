#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Recover(pack): what comes back, and what does not.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 4 96M

volume_make p/v 64M --type mirror --disk d1 --disk d2
volume_make p/w 8M --type mirror --disk d2 --disk d3
volume_make p/u 8M --disk d4
path=$(volume_path p/v)
check "two mirrors" wait_until 30 volume_is p/v healthy
check "two mirrors" wait_until 30 volume_is p/w healthy
done_ok "Recover(pack): already healthy" plexus pack recover p
refused "Recover(pack): no such pack" VDS_E_OBJECT_NOT_FOUND 'nobody' plexus pack recover nobody

# A disk goes, little is written, the disk returns: a delta resync.
fill "$path"
clean()
{
	[[ $(volume_value p/v .dirty_regions) == 0 ]]
}
check "the log of a volume that nobody writes to becomes empty" wait_until 30 clean
disk_fail d2
dd if=/dev/urandom of="$path" bs=64k count=4 seek=100 oflag=direct status=none
check "a disk is gone" wait_until 20 disk_is d2 failed
before=$(sum "$path")
output=$(plexus pack recover p --json 2>/dev/null) || true
check_equal "Recover(pack): not everything came back -> the worst volume's code" \
	"VDS_E_VOLUME_NOT_HEALTHY 0x8004243e" \
	"$(jq -r '.error | "\(.name) \(.code | ascii_downcase)"' <<<"$output")"
check "Recover(pack): not everything came back, and what is left is listed" \
	grep -q 'v .*w ' <<<"$(jq -r .error.message <<<"$output")"
disk_heal d2
plexus volume set p/v --sync-action pause --quiet
task=$(task_of plexus pack recover p)
stale=$(plex_value p/v 1 .stale)
check "Recover(pack): a disk that returned is resynced by what it missed ($stale bytes of 64 MiB)" \
	test "$stale" -gt 0 -a "$stale" -le $((16 << 20))
check_equal "Recover(pack): one task with child tasks" 1 \
	"$(plexus task list --json | jq "[.tasks[] | select(.parent == $task and .volume_id == \"$(volume_value p/v .id)\")] | length")"
check "Recover(pack): the task waits for its children" test "$(task_value "$task" .running)" = true
plexus volume set p/v --sync-action idle --quiet
check "Recover(pack): fine -> S_OK" plexus task wait "$task" --timeout 60
check "Recover(pack): the volumes are healthy" wait_until 5 volume_is p/v healthy
check "Recover(pack): the other one, too" wait_until 5 volume_is p/w healthy
check_equal "Recover(pack): the data is as it was" "$before" "$(sum "$path")"
plexus volume break-plex p/v 1 --name out --quiet
check_equal "Recover(pack): and on the disk that was away, too" "$before" "$(sum "$(volume_path p/out)")"

# A volume without redundancy fails, and comes back with its disk.
plexus disk offline "$(disk_path d4)" --force --quiet
check_equal "a simple volume without its disk has failed" failed "$(volume_value p/u .health)"
output=$(plexus pack recover p --json 2>/dev/null) || true
check_equal "Recover(pack): a volume that failed is the worst" VDS_E_OBJECT_STATUS_FAILED \
	"$(jq -r .error.name <<<"$output")"
plexus disk online "$(disk_path d4)" --quiet
done_ok "Recover(pack): all is well again" plexus pack recover p
check "the kernel has nothing to say" dmesg_clean
