#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Regeneration while it is written, another disk lost right after it, and the driver unloaded and
# loaded in each state.
# long
# timeout: 240
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio plxparity
pack_make p 5 64M
disks=(d1 d2 d3 d4)
parity_make p/v 24M --parity 1 --unit 16K --disk d1 --disk d2 --disk d3 --disk d4
path=$(volume_path p/v)
fill "$path"

writes()
{
	timeout 60 fio --name=r --filename="$path" --ioengine=libaio --direct=1 --rw=randwrite --bsrange=512-64k \
		--blockalign=512 --iodepth=8 --numjobs=2 --size=12M --offset_increment=12M --randseed=$RANDOM \
		--verify=crc32c --verify_fatal=1 --minimal
}

# the driver goes, right after a write, and comes back with the disks
again()
{
	dd if=/dev/urandom of="$path" bs=64k count=4 seek=7 oflag=direct status=none
	before=$(sum "$path")
	check "$what: the driver goes" wait_until 20 rmmod plexus
	plexus_load
	for disk; do
		plexus scan "$(disk_path "$disk")" >/dev/null || ktap_note "$disk is refused"
	done
	path=$(volume_path p/v)
	check_equal "$what: the same after the driver was loaded anew" "$before" "$(sum "$path")"
}

what="healthy"
again d1 d2 d3 d4 d5
for round in 1 2 3; do
	what="round $round"
	victim=d$round next=d$((round + 1))
	disk_writes_fail "$victim"
	writes >/dev/null
	check "$what: degraded" wait_until 10 volume_is p/v failed-redundancy
	what="round $round, degraded"
	((round != 2)) || again d1 d2 d3 d4 d5
	disk_heal "$victim"
	plexus volume set p/v --speed-max 4M --quiet 2>/dev/null || true
	plexus pack recover p --no-wait --quiet || plexus pack recover p --force --no-wait --quiet || true
	what="round $round, rebuilding"
	((round != 3)) || again d1 d2 d3 d4 d5
	check "$what: it is verified" writes
	check "$what: it gets healthy" wait_until 90 volume_is p/v healthy
	before=$(sum "$path")
	disk_fail "$next"
	check_equal "$what: the same when another disk is lost at once" "$before" "$(sum "$path")"
	check "$what: it is verified without that" writes
	before=$(sum "$path")
	disk_heal "$next"
	plexus pack recover p --quiet || plexus pack recover p --force --quiet || true
	check "$what: it gets healthy again" wait_until 90 volume_is p/v healthy
	check_equal "$what: and is the same" "$before" "$(sum "$path")"
	parity_right p/v "${disks[@]}"
done
check "the kernel has nothing to say" dmesg_clean
