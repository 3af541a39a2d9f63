#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A place that cannot be read: it is read from the others, and written anew. The same while it is
# written beside it.
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxparity
pack_make p 4 64M
work=$(mktemp -d)
defer rm -rf "$work"

for parity in 1 2; do
	what="$parity parity"
	parity_make p/v 12M --parity "$parity" --unit 64K --disk d1 --disk d2 --disk d3 --disk d4
	path=$(volume_path p/v)
	fill "$path"
	check "$what: it gets clean" wait_until 20 volume_clean p/v
	dd if="$path" of="$work/ref" bs=1M iflag=direct status=none
	read -r _ _ file at < <(parity_tool where p/v -- $((1048576 + 65536 + 8192)))
	bad=${file##*/}
	disk_reads_fail "$bad" "$at" $((at + 16384))
	# What is on it is of no use.
	dd if=/dev/urandom of="$file" bs=4096 seek=$((at / 4096)) count=4 conv=notrunc status=none
	check "$what: the data is read" cmp "$work/ref" <(dd if="$path" bs=1M iflag=direct status=none)
	check "$what: errors are counted" test "$(disk_value "$bad" .read_errors)" -gt 0
	check "$what: the place is written anew" wait_until 20 parity_fits p/v
	disk_heal "$bad"
	check "$what: it has the data" parity_data p/v
	check_equal "$what: all members are still current" current \
		"$(volume_value p/v '[.plexes[0].members[].state] | unique | join(" ")')"
	check_fails "$what: the plex shows that there were errors" test "$(plex_value p/v 0 .health)" = healthy

	# A write beside it, which has to read it.
	disk_reads_fail "$bad" "$at" $((at + 16384))
	dd if=/dev/urandom of="$file" bs=4096 seek=$((at / 4096)) count=4 conv=notrunc status=none
	dd if=/dev/urandom of="$work/part" bs=512 count=1 status=none
	dd if="$work/part" of="$work/ref" bs=512 seek=$((1114112 / 512 + 20)) conv=notrunc status=none
	check "$what: a write of a sector of it" \
		dd if="$work/part" of="$path" bs=512 seek=$((1114112 / 512 + 20)) oflag=direct status=none
	for d in 0 131072; do
		dd if=/dev/urandom of="$work/part" bs=40K count=1 status=none
		dd if="$work/part" of="$work/ref" bs=4096 seek=$(((1048576 + d) / 4096)) conv=notrunc status=none
		check "$what: a write of its row" \
			dd if="$work/part" of="$path" bs=40K seek=$((1048576 + d)) oflag=direct,seek_bytes status=none
	done
	check "$what: the data is right" cmp "$work/ref" <(dd if="$path" bs=1M iflag=direct status=none)
	check "$what: the place is written anew again" wait_until 20 parity_fits p/v
	disk_heal "$bad"
	parity_right p/v d1 d2 d3 d4
	check "$what: and is still" cmp "$work/ref" <(dd if="$path" bs=1M iflag=direct status=none)

	# Nothing can be done where two, or three, cannot be read; and where it cannot be written either.
	disk_range "$bad" "$at" $((at + 16384)) error
	check "$what: neither read nor written: the data is right" \
		cmp "$work/ref" <(dd if="$path" bs=1M iflag=direct status=none)
	check "$what: neither read nor written: the member is given up" \
		wait_until 20 volume_is p/v failed-redundancy
	check "$what: and the data is right" cmp "$work/ref" <(dd if="$path" bs=1M iflag=direct status=none)
	disk_heal "$bad"
	plexus pack recover p --quiet || true
	check "$what: it gets healthy" wait_until 60 volume_is p/v healthy
	check "$what: the data is right at last" \
		cmp "$work/ref" <(dd if="$path" bs=1M iflag=direct status=none)
	plexus volume delete p/v --quiet
done
check "the kernel has nothing to say" dmesg_clean
