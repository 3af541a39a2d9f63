#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A write whose region cannot be marked in any copy of the log fails, and was sent to no disk, though the
# disks would have taken it (invariant 12).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_module dm-flakey
pack_make p 2 64M
volume_make p/v 16M --type mirror
dev=$(volume_path p/v)
fill "$dev"
check "a mirror" wait_until 20 volume_idle p/v
before0=$(plex_bytes p/v 0 | cksum) before1=$(plex_bytes p/v 1 | cksum)
for i in 0 1; do
	begin=$(plex_value p/v $i '.members[0].extents[0].start')
	path=$(plex_value p/v $i '.members[0].extents[0].path')
	disk_range "${path##*/plxtest-}" 2M "$begin" flakey 0 3600 1 error_writes
done
check_fails "the write fails" dd if=/dev/zero of="$dev" bs=64k count=1 seek=9 oflag=direct
after0=$(plex_bytes p/v 0 | cksum) after1=$(plex_bytes p/v 1 | cksum)
check_equal "it has not reached the first disk" "$before0" "$after0"
check_equal "it has not reached the second disk" "$before1" "$after1"
check "the kernel has nothing to say" dmesg_clean
