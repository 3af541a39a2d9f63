#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A write that missed a member is acknowledged only after the configuration on the disks that are left
# says so (invariant 3).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
disks_make 3 96M
plexus pack create p "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)"
plexus volume create p/v --size 16M --type mirror --plexes 2 --disk "$(disk_path d1)" --disk "$(disk_path d2)"
dev=$(volume_path p/v)
wait_until 20 volume_idle p/v

configuration()
{
	dd if="$(disk_file "$1")" bs=128k skip=1 count=8 status=none | sha256sum
}

before1=$(configuration d1) before3=$(configuration d3)
# Only the data of that member fails: what goes to its log, or a flush, would tell the pack before.
disk_range d2 "$(plex_value p/v 1 '.members[0].extents[0].start')" 96M error
disk_delay d1 0 1000 0
disk_delay d3 0 1000 0
start=${EPOCHREALTIME/./}
dd if=/dev/urandom of="$dev" bs=64k count=1 oflag=direct status=none
after1=$(configuration d1) after3=$(configuration d3)
took=$(((${EPOCHREALTIME/./} - start) / 1000))
check "the disk with the data says so at the acknowledgement" test "$before1" != "$after1"
check "so does the other one" test "$before3" != "$after3"
check "the write took as long as the data and the configuration together ($took ms)" test "$took" -ge 2000
# The power is cut right after the acknowledgement.
disk_writes_lost d1
disk_writes_lost d3
rmmod plexus
for d in d1 d2 d3; do disk_heal $d; done
modprobe plexus
plexus scan "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)"
check_fails "the plex that missed it is not current" test "$(volume_value p/v '.plexes[1].health')" = healthy
plexus pack recover p || true
check "the volume gets healthy" wait_until 30 volume_idle p/v
check "the plexes are the same" plexes_same p/v
check "the kernel has nothing to say" dmesg_clean
