#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# More I/Os at once than there are rows, or memory in reserve.
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio plxparity
pack_make p 4 64M

for geometry in "1 4K" "2 64K" "1 1M"; do
	read -r parity unit <<<"$geometry"
	what="$parity parity, unit $unit"
	parity_make p/v 4M --parity "$parity" --unit "$unit"
	path=$(volume_path p/v)
	fill "$path"
	for size in 4k 512-64k 4k-1M; do
		check "$what: 1024 of $size at once" timeout 60 fio --name=m --filename="$path" --ioengine=libaio \
			--direct=1 --rw=randrw --bsrange="${size%-*}-${size#*-}" --blockalign="${size%-*}" --iodepth=256 \
			--numjobs=4 --size=4M --norandommap --io_size=12M --randseed=$RANDOM --minimal
	done
	plexus disk offline "$(disk_path d2)" --quiet
	check "$what: the same degraded" timeout 60 fio --name=m --filename="$path" --ioengine=libaio \
		--direct=1 --rw=randrw --bsrange=512-64k --blockalign=512 --iodepth=256 --numjobs=4 --size=4M \
		--norandommap --io_size=12M --randseed=$RANDOM --minimal
	plexus disk online "$(disk_path d2)" --quiet
	check "$what: it gets healthy" wait_until 60 volume_is p/v healthy
	parity_right p/v d1 d2 d3 d4
	plexus volume delete p/v --quiet
done
check "the kernel has nothing to say" dmesg_clean
