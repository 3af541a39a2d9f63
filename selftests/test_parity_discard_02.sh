#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A file system on a parity volume: mkfs discards, fstrim, a disk less. Writes and discards to the same
# rows at once.
# timeout: 300
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd blkdiscard fstrim mkfs.ext4 fio plxparity
pack_make p 4 96M
parity_make p/v 64M --disk d1 --disk d2 --disk d3 --disk d4
dev=$(volume_path p/v)
mnt=$(mktemp -d)
defer rmdir "$mnt"

# used NAME: KiB of the file behind a disk
used()
{
	du -k "$(disk_file "$1")" | cut -f1
}

fill "$dev"
check "mkfs" mkfs.ext4 -q -F -E discard "$dev"
mount "$dev" "$mnt"
check "mkfs has told the disks" test "$(used d1)" -lt 12000
mkdir "$mnt/keep" "$mnt/go"
for ((i = 0; i < 40; i++)); do
	dd if=/dev/urandom of="$mnt/keep/$i" bs=100K count=4 status=none
	dd if=/dev/urandom of="$mnt/go/$i" bs=300K count=2 status=none
done
sync
kept=$(cd "$mnt/keep" && cat ./* | cksum)
rm -r "$mnt/go"
sync
before=$(used d1)
fstrim "$mnt" || true
# A loop device forgets how to punch holes when it cannot keep the space that it zeroes: mkfs asks.
check "the disks do not get fuller" test "$(used d1)" -lt $((before + 1500))
echo 3 >/proc/sys/vm/drop_caches
check_equal "what is kept is there" "$kept" "$(cd "$mnt/keep" && cat ./* | cksum)"
check "clean" wait_until 30 volume_clean p/v
plexus disk offline "$(disk_path d3)" --quiet
echo 3 >/proc/sys/vm/drop_caches
check_equal "without a disk, too" "$kept" "$(cd "$mnt/keep" && cat ./* | cksum)"
rm -r "$mnt"/keep/1*
sync
kept=$(cd "$mnt/keep" && cat ./* | cksum)
fstrim "$mnt" || true
echo 3 >/proc/sys/vm/drop_caches
check_equal "what is kept is there still" "$kept" "$(cd "$mnt/keep" && cat ./* | cksum)"
plexus disk online "$(disk_path d3)" --quiet
check "healthy again" wait_until 60 volume_is p/v healthy
umount "$mnt"
check "the file system is sound" e2fsck -fn "$dev"
parity_right p/v d1 d2 d3 d4

# The first unit of each row is written, and read back; of the second one a half is zeroed meanwhile.
check "clean" wait_until 30 volume_clean p/v
load()
{
	fio --name=w --filename="$dev" --ioengine=libaio --direct=1 --rw=write:128k --bs=64k --iodepth=8 \
		--size=40M --loops=12 --verify=crc32c --verify_fatal=1 --minimal
}
load >"$mnt.out" 2>&1 &
pid=$!
defer rm -f "$mnt.out"
n=0
while kill -0 "$pid" 2>/dev/null; do
	at=$((RANDOM % 200 * 196608 + 65536))
	blkdiscard -f -z -o "$at" -l 32768 "$dev"
	blkdiscard -f -o $((44 << 20)) -l $((8 << 20)) "$dev"
	n=$((n + 1))
done
check_wait "writes among zeroes ($n times)" "$pid"
parity_right p/v d1 d2 d3 d4
check "the kernel has nothing to say" dmesg_clean
