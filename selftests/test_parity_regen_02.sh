#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The engine and parity: two of five members at once, units of all sizes, places that are wrong or
# cannot be read.
# long
# timeout: 300
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 5 192M

work=$(mktemp -d)
defer rm -rf "$work"
ref=$work/ref

same()
{
	cmp "$ref" <(dd if="$path" bs=1M iflag=direct status=none)
}

# both SEEK COUNT [BYTES]: the same to the volume and to the file beside it
both()
{
	local bs=${3:-4096}

	dd if=/dev/urandom of="$work/part" bs="$bs" count="$2" status=none
	dd if="$work/part" of="$ref" bs="$bs" seek="$1" conv=notrunc status=none
	dd if="$work/part" of="$path" bs="$bs" seek="$1" oflag=direct status=none
}

mismatches()
{
	local task

	task=$(task_of plexus volume scrub p/v "$@")
	plexus task wait "$task" --timeout 120 --quiet
	volume_value p/v .mismatches
}

make()
{
	volume_make p/v 32M --type parity "$@"
	path=$(volume_path p/v)
	fill "$path"
	dd if="$path" of="$ref" bs=1M iflag=direct status=none
}

# unit ROW DISK: where the unit of a disk in a row is, in bytes of its disk
unit()
{
	local start

	start=$(volume_value p/v "[.plexes[0].members[].extents[0] | select(.path == \"$(disk_path "$2")\") |
		.start] | first")
	echo $((start + $1 * unit))
}

# Two at once, both stale, in one pass; then without two others.
for unit in ${UNITS-4K 64K 1M}; do
	make --parity 2 --unit "$unit" --disk d1 --disk d2 --disk d3 --disk d4 --disk d5
	plexus disk offline "$(disk_path d1)" --quiet
	both 700 50
	plexus disk offline "$(disk_path d4)" --quiet
	both 1000 1100
	both 30 1 1M
	check "$unit: the same without two" same
	plexus volume set p/v --sync-action pause --quiet
	plexus disk online "$(disk_path d1)" --no-wait --quiet
	plexus disk online "$(disk_path d4)" --no-wait --quiet
	both 800 300
	both 10000 7 512
	check "$unit: the same with two that are stale" same
	plexus volume set p/v --sync-action idle --quiet
	check "$unit: both are back" wait_until 60 volume_is p/v healthy
	for pair in "d1 d4" "d2 d3" "d5 d1"; do
		for disk in $pair; do
			plexus disk offline "$(disk_path "$disk")" --quiet
		done
		check "$unit: the same without $pair" same
		for disk in $pair; do
			plexus disk online "$(disk_path "$disk")" --no-wait --quiet
		done
		check "$unit: $pair are back" wait_until 60 volume_is p/v healthy
	done
	check_equal "$unit: a scrub finds no difference" 0 "$(mismatches)"
	plexus volume delete p/v --quiet
done

# Parity that is wrong: found once the engine has made it fit all of the region, and put right. Until
# then it makes right what is spoiled.
make --disk d1 --disk d2 --disk d3 --disk d4
unit=65536
spoil()
{
	dd if=/dev/urandom of="$(disk_file "$1")" bs=4096 seek=$(($2 / 4096)) count=1 conv=notrunc status=none
}
member=$(volume_value p/v "[.plexes[0].members[] | select(.extents[0].path == \"$(disk_path d1)\") |
	.index] | first")
row=$((40 + 3 - member))
found()
{
	spoil d1 "$(unit $row d1)"
	[[ $(mismatches) == 1 ]]
}
check "scrub: a block of parity that is wrong" wait_until 60 found
check "scrub: the data is what it was" same
check_equal "scrub: it is put right" 1 "$(mismatches --repair)"
check_equal "scrub: and stays so" 0 "$(mismatches)"
check "scrub: the data is still what it was" same

# A place that cannot be read is made anew from the others.
at=$(unit $((row + 1)) d1)
disk_reads_fail d1 $((at + 8192)) $((at + 16384))
spoil d1 $((at + 8192))
check "mend: the data is what it was" same
check "mend: an alert" wait_until 20 volume_is p/v failing-redundancy
disk_heal d1
check "mend: what could not be read is right again" same
for disk in d2 d3 d4; do
	plexus disk offline "$(disk_path $disk)" --quiet
	check "mend: also without $disk" same
	plexus disk online "$(disk_path $disk)" --quiet
	check "mend: $disk is back" wait_until 60 volume_is p/v healthy
done
check_equal "mend: a scrub finds no difference" 0 "$(mismatches)"
check "the kernel has nothing to say" dmesg_clean
