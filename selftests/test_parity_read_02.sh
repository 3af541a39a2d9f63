#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A write beside a place that cannot be read for a while, in a row where nothing was written yet: the
# parity that it gets fits what is read there later.
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxparity
disks_make 5 48M
work=$(mktemp -d)
defer rm -rf "$work"
for d in d1 d2 d3 d4 d5; do
	dd if=/dev/urandom of="$(disk_path $d)" bs=1M oflag=direct status=none 2>/dev/null || true
done
plexus pack create p "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)" "$(disk_path d4)" \
	"$(disk_path d5)" --quiet

# disk_of SECTOR: where a byte of the volume is: the disk's name and the byte there
disk_of()
{
	local file at

	read -r _ _ file at < <(parity_tool where p/v -- "$1")
	echo "${file##*/} $at"
}

for parity in 1 2; do
	what="$parity parity"
	parity_make p/v 12M --parity "$parity" --unit 64K --disk d1 --disk d2 --disk d3 --disk d4 --disk d5
	path=$(volume_path p/v)
	# Nobody makes parity fit meanwhile.
	plexus volume set p/v --sync-action pause --quiet
	row=$(((5 - parity) * 65536 * 4))
	read -r beside at < <(disk_of $((row + 65536)))
	read -r own _ < <(disk_of "$row")
	disk_reads_fail "$beside" "$at" $((at + 4096))
	dd if=/dev/urandom of="$work/unit" bs=64K count=1 status=none
	check "$what: a write of one unit" dd if="$work/unit" of="$path" bs=64K count=1 seek="$row" \
		oflag=direct,seek_bytes status=none
	disk_heal "$beside"
	plexus disk offline "$(disk_path "$own")" --quiet
	check "$what: it is read without its disk" cmp "$work/unit" \
		<(dd if="$path" bs=64K count=1 skip="$row" iflag=direct,skip_bytes status=none)
	plexus disk online "$(disk_path "$own")" --quiet
	plexus volume set p/v --sync-action idle --quiet
	check "$what: the volume gets healthy again" wait_until 30 volume_is p/v healthy
	plexus volume delete p/v --quiet
done
check "the kernel has nothing to say" dmesg_clean
