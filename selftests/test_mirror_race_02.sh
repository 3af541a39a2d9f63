#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A plex that goes and comes back while the volume is written to misses nothing: each write is either on
# it or marked in its map, also around the moment of the change (invariant 6).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio
pack_make p 2 96M
volume_make p/v 64M --type mirror
check "a mirror" wait_until 20 volume_idle p/v

# Each region is written once: what is missed is not marked, nor written again, by another write. Nor does
# the plex go again before the log is clean: that would mark it, too.
for i in 1 2 3; do
	fio --name=r --filename="$(volume_path p/v)" --ioengine=libaio --direct=1 --rw=write:60k --bs=4k \
		--iodepth=8 --rate_iops=150 --size=64M --io_size=4M --randseed="$i" --refill_buffers \
		--minimal >/dev/null 2>&1 &
	load=$!
	sleep 1
	plexus disk offline "$(disk_path d2)" --quiet
	plexus disk online "$(disk_path d2)" --quiet
	check "it was written to meanwhile, $i" kill -INT "$load"
	wait "$load" || true
	check "the volume gets clean, $i" wait_until 20 volume_idle p/v
	check "the plexes are the same, $i" plexes_same p/v
done
check "the kernel has nothing to say" dmesg_clean
