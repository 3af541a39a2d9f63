#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A member of a parity volume that was away, or is new, is regenerated from the others.
# timeout: 300
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 6 96M

work=$(mktemp -d)
defer rm -rf "$work"
ref=$work/ref

# both SEEK COUNT [BYTES]: the same to the volume and to the file beside it
both()
{
	local bs=${3:-4096}

	dd if=/dev/urandom of="$work/part" bs="$bs" count="$2" status=none
	dd if="$work/part" of="$ref" bs="$bs" seek="$1" conv=notrunc status=none
	dd if="$work/part" of="$path" bs="$bs" seek="$1" oflag=direct status=none
}

same()
{
	cmp "$ref" <(dd if="$path" bs=1M iflag=direct status=none)
}

# Each disk in turn is not there: what it holds is made from the others.
each_away()
{
	local disk what=$1
	shift

	for disk; do
		plexus disk offline "$(disk_path "$disk")" --quiet
		check "$what: the same without $disk" same
		plexus disk online "$(disk_path "$disk")" --quiet
		check "$what: $disk is back" wait_until 60 volume_is p/v healthy
	done
}

scrubbed()
{
	local task

	task=$(task_of plexus volume scrub p/v)
	plexus task wait "$task" --timeout 120 --quiet
	check_equal "$1: a scrub finds no difference" 0 "$(volume_value p/v .mismatches)"
}

clean()
{
	[[ $(volume_value p/v .dirty_regions) == 0 ]]
}

run()
{
	local disks=("$@") member

	# A new volume has parity for what is written, and for nothing else.
	path=$(volume_path p/v)
	truncate -s "$(blockdev --getsize64 "$path")" "$ref"
	dd if="$path" of="$ref" bs=1M iflag=direct conv=notrunc status=none
	both 100 37
	both 5 3 1M
	check "what was written is there" same
	fill "$path"
	dd if="$path" of="$ref" bs=1M iflag=direct status=none
	each_away "full" "${disks[@]}"

	# Away, written to meanwhile, back: what it missed is regenerated.
	check "the log becomes empty" wait_until 30 clean
	disk_fail d2
	both 300 9
	check "a disk is gone" wait_until 20 volume_is p/v failed-redundancy
	both 7000 3
	both 3 1 512
	both 20 2 1M
	check "degraded: the same" same
	plexus volume set p/v --sync-action pause --quiet
	disk_heal d2
	plexus pack recover p --no-wait --quiet
	check "paused: the volume is to be rebuilt" wait_until 10 volume_is p/v rebuilding
	member=$(volume_value p/v '[.plexes[0].members[].stale // 0] | add')
	both 301 1
	both 9000 5
	check "stale: the same" same
	plexus volume set p/v --sync-action idle --quiet
	check "delta: regenerated ($member bytes)" wait_until 60 volume_is p/v healthy
	check "delta: it was one" test "$member" -gt 0 -a "$member" -le $((16 << 20))
	check "delta: the same" same
	scrubbed "delta"
	each_away "delta" "${disks[@]}"

	# For good: another disk takes its place.
	plexus disk offline "$(disk_path d3)" --quiet
	both 4000 6
	check "another disk takes its place" \
		plexus disk replace "$(disk_path d3)" "$(disk_path d6)" --quiet
	check "full: regenerated" wait_until 60 volume_is p/v healthy
	check "full: the same" same
	scrubbed "full"
	disks=("${disks[@]/d3/d6}")
	each_away "full" "${disks[@]}"
	scrubbed "end"
}

volume_make p/v 48M --type parity --disk d1 --disk d2 --disk d3 --disk d4
run d1 d2 d3 d4
check "the kernel has nothing to say" dmesg_clean
