#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# NOWAIT: no member is blamed for an EAGAIN, and what cannot be had at once is had without it
# (invariant 15).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio plxio
disks_make 2 96M
plexus pack create p "$(disk_path d1)" "$(disk_path d2)"
plexus volume create p/v --size 32M --type mirror --plexes 2
dev=$(volume_path p/v)
run()
{
	fio --name=n --filename="$dev" --ioengine="$1" --direct=1 --rw=randrw --bs=4k --iodepth=8 \
		--time_based --runtime=3 --nowait=1 --ignore_error=EAGAIN,EAGAIN --size=32M --minimal
}
check "io_uring with NOWAIT" run io_uring
check "libaio with NOWAIT" run libaio
disk_delay d2 5
check "libaio with NOWAIT, a slow member" run libaio
disk_heal d2
check_equal "no member is blamed" "healthy healthy 0 0" "$(volume_value p/v '"\(.plexes[0].health) \(.plexes[1].health)"') $(
	plexus status --json | jq -r '[.packs[].disks[] | .read_errors + .write_errors] | "\(.[0]) \(.[1])"')"

# dm refuses NOWAIT while it is suspended. A write goes there again, and may wait.
try()
{
	dd if=/dev/zero of="$dev" bs=4k count=1 oflag=direct status=none # its region is marked
	disk_hang d1
	(sleep 0.5; disk_heal d1) &
	answer=$(plxio nowait write "$dev" 0)
	wait $!
	[[ $answer != EAGAIN* ]]
}
check "a write to a member that says EAGAIN is done" wait_until 20 try
plexus volume set p/v --read-policy prefer:0 --quiet
[[ $(plex_value p/v 0 '.members[0].extents[0].path') == "$(disk_path d1)" ]] ||
	plexus volume set p/v --read-policy prefer:1 --quiet
disk_hang d1
answer=$(plxio nowait read "$dev" 0)
disk_heal d1
check_equal "a read from a member that says EAGAIN does so" EAGAIN "${answer% *}"
plexus volume set p/v --read-policy balance --quiet
check_equal "no member is blamed for its EAGAIN" "healthy healthy 0 0" "$(volume_value p/v '"\(.plexes[0].health) \(.plexes[1].health)"') $(
	plexus status --json | jq -r '[.packs[].disks[] | .read_errors + .write_errors] | "\(.[0]) \(.[1])"')"

# Read ahead is refused by dm while it is suspended: that is nobody's fault either.
blockdev --setra 512 "$dev"
echo 1 >/proc/sys/vm/drop_caches
dd if="$dev" of=/dev/null bs=64k status=none &
reader=$!
for _ in 1 2 3 4 5 6; do
	disk_hang d1
	sleep 0.1
	disk_heal d1
done
check_wait "reading while a table is swapped" "$reader"
check_equal "no member is blamed for read ahead" "0 0" "$(
	plexus status --json | jq -r '[.packs[].disks[] | .read_errors + .write_errors] | "\(.[0]) \(.[1])"')"
check "the volume gets clean" wait_until 20 volume_idle p/v
check "the plexes are the same" plexes_same p/v
check "the kernel has nothing to say" dmesg_clean
