#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A discard reaches all plexes: they read the same after it, and nothing else is lost (invariant 10).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd blkdiscard
pack_make p 2 64M
volume_make p/v 16M --type mirror
dev=$(volume_path p/v)
fill "$dev"
check "a mirror" wait_until 20 volume_idle p/v

check "a discard is done" blkdiscard -o 4M -l 8M "$dev"
check "so is one of a part of a region" blkdiscard -o $(((13 << 20) + 4096)) -l 8192 "$dev"
check "the plexes are the same" plexes_same p/v
zeroes()
{
	cmp -n $((8 << 20)) <(plex_bytes p/v "$1" | tail -c +$(((4 << 20) + 1))) /dev/zero
}
# What a disk reads after a discard is its own affair; a file in a tmpfs reads zeroes.
check "the first plex was discarded" zeroes 0
check "the second plex was discarded" zeroes 1
check_fails "what is in front of it was not" cmp -n 65536 "$dev" /dev/zero
check "a scrub ends well" plexus volume scrub p/v
check_equal "a scrub finds no difference" 0 "$(volume_value p/v .mismatches)"
check "the volume gets clean" wait_until 20 volume_idle p/v
check "the kernel has nothing to say" dmesg_clean
