#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two plexes of a volume are resynced at once, one has little to catch up with, the other has much: the
# end of the one is not the end of the other (invariants 5, 7).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 3 64M
volume_make p/v 32M --type mirror --plexes 3 --disk d1 --disk d2 --disk d3
check "a mirror of three" wait_until 20 volume_idle p/v
dev=$(volume_path p/v)
plexus disk offline "$(disk_path d3)" --quiet
fill "$dev"
check "the log gets clean" wait_until 20 volume_clean p/v
plexus disk offline "$(disk_path d2)" --quiet
dd if=/dev/urandom of="$dev" bs=64k count=1 oflag=direct status=none

plex_bytes p/v 0 >"$disk_dir/want"
want=$(for i in 7 6 5 4 3 2 1 0; do dd if="$disk_dir/want" bs=4M skip=$i count=1 status=none; done | cksum)
rm "$disk_dir/want"

# Both begin at the front, where all is that the one needs.
plexus volume set p/v --speed-max 6M --sync-action pause --quiet
plexus disk online "$(disk_path d3)" --quiet
plexus disk online "$(disk_path d2)" --quiet
plexus volume set p/v --sync-action idle --quiet
check "the plex with little to do is healthy" wait_until 10 plex_is p/v 1 healthy
check_equal "the plex with much to do is not" rebuilding "$(plex_value p/v 2 .health)"
left=$(plex_value p/v 2 .stale)
check "it has $left bytes to do" test "$left" -gt 0

# From the end to the front: one stream of reads would stay on one plex.
backwards()
{
	local i

	for i in 7 6 5 4 3 2 1 0; do
		dd if="$1" bs=4M skip=$i count=1 iflag=direct status=none
	done | cksum
}
check_equal "nothing is read from it" "$want" "$(backwards "$dev")"
plexus volume set p/v --speed-max 0 --quiet
check "at the end it is healthy" wait_until 20 volume_idle p/v
check "and all are the same" plexes_same p/v
check "the kernel has nothing to say" dmesg_clean
