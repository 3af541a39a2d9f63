#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who looks gets an answer while a disk hangs, with a read, a write and a change of the pack waiting for it
# (invariant 17).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 3 64M
volume_make p/v 16M --type mirror --disk d1 --disk d2
check "a mirror" wait_until 20 volume_idle p/v
dev=$(volume_path p/v)

# within NAME COMMAND...: a result: it succeeds within a second. Who hangs is not to be killed; he goes on
# when the disk does.
within()
{
	local name=$1 start=${EPOCHREALTIME/./} took=0 pid
	shift

	"$@" >/dev/null 2>&1 &
	pid=$!
	while kill -0 "$pid" 2>/dev/null && ((took < 1000)); do
		sleep 0.02
		took=$(((${EPOCHREALTIME/./} - start) / 1000))
	done
	if kill -0 "$pid" 2>/dev/null; then
		ktap_not_ok "$name answers at once"
	else
		check_wait "$name answers at once ($took ms)" "$pid"
	fi
}
plexus volume set p/v --read-policy first --quiet
disk_hang d1
dd if="$dev" of=/dev/null bs=64k count=1 iflag=direct status=none &
read=$!
dd if=/dev/zero of="$dev" bs=64k count=1 oflag=direct status=none &
write=$!
plexus volume rename p/v w --quiet &
change=$!
sleep 1
check "a read waits for the disk" kill -0 "$read"
check "so does a write" kill -0 "$write"
check "so does a change" kill -0 "$change"
within "plexus status" plexus status
within "plexus task list" plexus task list
within "plexus disk list" plexus disk list
within "/sys/block" bash -c "cd /sys/block/${dev##*/}/plexus && cat id name pack type health status plexes \
	sync_action sync_completed sync_speed sync_speed_min sync_speed_max read_policy mismatches region_size"
within "/sys/class/plexus" bash -c 'cd /sys/class/plexus/p && cat id name state generation disks'
disk_heal d1
check_wait "the read ends well" "$read"
check_wait "so does the write" "$write"
check_wait "so does the change" "$change"
check "the volume has its new name" volume_value p/w .name
check "the kernel has nothing to say" dmesg_clean
