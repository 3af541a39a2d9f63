#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The disks of lib.sh do what their names say; without that, no other test means anything.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_root
need_cmd dmsetup losetup

disk_make a 8M
a=$(disk_path a)

write_block()
{
	dd if=/dev/urandom of="$a" bs=4k count=1 seek="$1" oflag=direct "${@:2}" status=none
}

read_block()
{
	dd if="$a" of=/dev/null bs=4k count=1 skip="$1" iflag=direct status=none
}

check "a new disk can be written and flushed" write_block 1 conv=fsync
disk_fail a
check_fails "a failed disk can't be read" read_block 1
check_fails "a failed disk can't be written" write_block 1
disk_heal a
check "a healed disk can be read" read_block 1

disk_writes_fail a
check "a disk that refuses writes can be read" read_block 1
check_fails "a disk that refuses writes refuses them" write_block 1

disk_flush_fails a
check "a disk whose flush fails takes writes" write_block 1
check "a disk whose flush fails can be read" read_block 1
check_fails "a disk whose flush fails says so" write_block 1 conv=fsync

disk_heal a
snapshot=$(state_snapshot)
disk_writes_lost a
check "a disk that loses writes says they are done" write_block 1 conv=fsync
check "a disk that loses writes has lost them" state_same "$snapshot"

disk_delay a 300
start=${EPOCHREALTIME/./}
read_block 1
took=$(((${EPOCHREALTIME/./} - start) / 1000))
check "a slow disk is slow ($took ms)" test "$took" -ge 300

disk_hang a
write_block 1 &
writer=$!
sleep 0.5
check "a hung disk does not answer" kill -0 "$writer"
disk_heal a
status=0
wait "$writer" || status=$?
check_equal "a hung disk that is healed has kept what was under way" 0 "$status"

disk_heal a
write_block 1
check_fails "a write to the place of the label is seen" state_same "$snapshot"
check "the kernel has nothing to say" dmesg_clean
