#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Writes and discards that are under way when a resync comes along reach the plex that is resynced: the
# resync must not put back what it has read before they were done (invariants 6, 10). The plex that it
# reads from is slow, and to write more so: the other one has the new data long before.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio
need_module dm-delay
pack_make p 2 64M

# race OPERATION: a plex is added while there are operations of that kind all over the volume
race()
{
	local load begin

	volume_make p/v 12M --disk d1
	volume_make p/s 12M --disk d2
	fill "$(volume_path p/v)"
	begin=$(plex_value p/v 0 '.members[0].extents[0].start')
	disk_range d1 "$begin" 64M delay 60 "${disk_loop[d1]}" $((begin >> 9)) 300
	fio --name=r --filename="$(volume_path p/v)" --ioengine=libaio --direct=1 --rw="rand$1" --bs=4k \
		--iodepth=32 --numjobs=2 --time_based --runtime=3 --size=12M --minimal >/dev/null &
	load=$!
	sleep 0.5
	check "$1: a plex is added meanwhile" plexus volume add-plex p/v p/s
	check_wait "$1: all of it ends" "$load"
	disk_heal d1
	check "$1: the volume gets healthy" wait_until 20 volume_idle p/v
	check "$1: the plexes are the same" plexes_same p/v
	plexus volume delete p/v --quiet
}
race write
race trim
check "the kernel has nothing to say" dmesg_clean
