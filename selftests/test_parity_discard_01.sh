#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Discards and writes of zeroes to parity volumes: at any place, with all members and without some,
# while members are regenerated. Of a discard whole rows are zeroed, and nothing else (invariant 10).
# long
# timeout: 400
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd blkdiscard fallocate plxparity
work=$(mktemp -d)
defer rm -rf "$work"
ref=$work/ref

same()
{
	cmp "$ref" <(dd if="$dev" bs=1M iflag=direct status=none)
}

# ref_zero FROM TO, in bytes
ref_zero()
{
	(($2 <= $1)) || dd if=/dev/zero of="$ref" bs=512 seek=$(($1 >> 9)) \
		count=$((($2 - $1) >> 9)) conv=notrunc status=none
}

# zeroes HOW OFFSET BYTES: to the volume, and what has to come of it to the file beside it
zeroes()
{
	local how=$1 from=$2 to=$(($2 + $3))

	case $how in
	# as blkdev_issue_zeroout() does it, whether a member can keep the space that it zeroes or not
	keep) blkdiscard -z -o "$2" -l "$3" "$dev" ;;
	# only where the device says that it can do it by itself
	free) fallocate -p -o "$2" -l "$3" "$dev" ;;
	discard)
		blkdiscard -o "$2" -l "$3" "$dev"
		from=$(((from + row - 1) / row * row))
		to=$((to / row * row))
		;;
	esac
	ref_zero "$from" "$to"
}

# many HOW...: of all sizes, here and there; the last ones end with the volume.
many()
{
	local how size=$((16 << 20)) len at n

	for how; do
		for len in 512 4096 $((unit + 512)) "$row" $((row + 4096)) $((3 * row - unit)); do
			for n in 1 2; do
				at=$((RANDOM * 32768 % (size - len) / 512 * 512))
				((n == 1)) || at=$((at / row * row))
				zeroes "$how" "$at" "$len" || return 1
			done
		done
		zeroes "$how" $((size - 2 * row - 512)) $((2 * row + 512)) || return 1
	done
}

# A loop device that was asked to keep the space that it zeroes, and cannot, zeroes nothing any more:
# new ones each time.
new_pack()
{
	local name paths=()

	for name; do
		disk_make "$name" 64M
		paths+=("$(disk_path "$name")")
	done
	plexus pack create p "${paths[@]}" --quiet
}

for how in "1 16K a1 a2 a3 a4" "2 64K b1 b2 b3 b4 b5" "1 1M c1 c2 c3"; do
	read -r parity unit_name disks <<<"$how"
	read -ra disks <<<"$disks"
	new_pack "${disks[@]}"
	what="parity $parity, unit $unit_name, ${#disks[@]} members"
	unit=$(numfmt --from=iec "$unit_name")
	row=$((unit * (${#disks[@]} - parity)))
	args=()
	for disk in "${disks[@]}"; do
		args+=(--disk "$disk")
	done
	parity_make p/v 16M --parity "$parity" --unit "$unit_name" "${args[@]}"
	dev=$(volume_path p/v)
	fill "$dev"
	dd if="$dev" of="$ref" bs=1M iflag=direct status=none
	check "$what: zeroed here and there" many discard free
	check "$what: these are zero, nothing else is" same
	check "$what: parity fits" parity_fits p/v
	check "$what: clean" wait_until 30 volume_clean p/v
	plexus disk offline "$(disk_path "${disks[1]}")" --quiet
	((parity == 1)) || plexus disk offline "$(disk_path "${disks[3]}")" --quiet
	check "$what: degraded: zeroed here and there" many discard free
	check "$what: degraded: these are zero, nothing else is" same
	plexus volume set p/v --sync-action pause --quiet
	plexus disk online "$(disk_path "${disks[1]}")" --quiet
	((parity == 1)) || plexus disk online "$(disk_path "${disks[3]}")" --quiet
	check "$what: stale: zeroed here and there" many discard free
	check "$what: stale: these are zero, nothing else is" same
	plexus volume set p/v --sync-action idle --quiet
	check "$what: while it is regenerated" many discard free
	check "$what: regenerated" wait_until 60 volume_is p/v healthy
	check "$what: these are zero, nothing else is" same
	check "$what: parity fits" parity_fits p/v

	# These members are in a file system that cannot.
	check "$what: zeroed, and the space kept" many keep
	check "$what: these are zero, nothing else is" same
	plexus disk offline "$(disk_path "${disks[0]}")" --quiet
	check "$what: degraded: zeroed, and the space kept" many keep free
	plexus disk online "$(disk_path "${disks[0]}")" --quiet
	check "$what: healthy" wait_until 60 volume_is p/v healthy
	check "$what: who cannot zero is not told to discard" blkdiscard "$dev"
	check "$what: these are zero, nothing else is" same
	parity_right p/v "${disks[@]}"
	plexus volume delete p/v --quiet
	plexus pack destroy p --quiet
done

# A whole volume, as mkfs does it first; one that was never written is not in the way.
new_pack d1 d2 d3 d4
parity_make p/v 24M --disk d1 --disk d2 --disk d3 --disk d4
dev=$(volume_path p/v)
check "all of a new volume is discarded" blkdiscard "$dev"
check "all of it is zero" cmp -n $((24 << 20)) "$dev" /dev/zero
fill "$dev"
check "all of it is zeroed" blkdiscard -z "$dev"
check "it is" cmp -n $((24 << 20)) "$dev" /dev/zero
check_equal "a discard is cut where no row is" $((64 << 10)) \
	"$(cat "/sys/block/${dev#/dev/}/queue/discard_granularity")"
what=
parity_right p/v d1 d2 d3 d4
check "the kernel has nothing to say" dmesg_clean
