#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A flush that fails on one member: success means that this member is stale, also after the power was
# cut; never plain success (invariant 1).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
disks_make 3 96M
plexus pack create p "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)"
plexus volume create p/v --size 16M --type mirror --plexes 2 --disk "$(disk_path d1)" --disk "$(disk_path d2)"
dev=$(volume_path p/v)
dd if=/dev/urandom of="$dev" bs=1M oflag=direct status=none count=16
sync
wait_until 20 volume_idle p/v

plex_health()
{
	volume_value p/v ".plexes[$1].health"
}

disk_flush_fails d2
check "fsync succeeds where another plex has it" dd if=/dev/urandom of="$dev" bs=4k count=1 seek=7 conv=fsync status=none
# From here on nothing reaches a disk any more: what was not said before the fsync returned is lost.
disk_writes_lost d1
disk_writes_lost d3
check_fails "the member is not healthy" test "$(plex_health 1)" = healthy
rmmod plexus
for d in d1 d2 d3; do disk_heal $d; done
modprobe plexus
plexus scan "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)"
check_fails "it is not healthy after a cut of power" test "$(plex_health 1)" = healthy
plexus pack recover p || true
check "it gets healthy" wait_until 30 volume_idle p/v
check "the plexes are the same" plexes_same p/v
dev=$(volume_path p/v)

disk_flush_fails d1
disk_flush_fails d2
check_fails "where the flush fails everywhere, so does fsync" \
	dd if=/dev/urandom of="$dev" bs=4k count=1 seek=7 conv=fsync status=none
check "the kernel has nothing to say" dmesg_clean
