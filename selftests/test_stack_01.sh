#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mirrors below and above others: on loop, dm and mirrors; below partitions, dm, file systems
# and loop
# (invariant 16).
# timeout: 300
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio sfdisk mkfs.ext4
disks_make 4 160M
plexus pack create low "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)" "$(disk_path d4)"
for i in 1 2; do
	plexus volume create low/v$i --size 96M --type mirror --plexes 2
done

# run DEVICE: writes with many flushes, verified
run()
{
	timeout 60 fio --name=s --filename="$1" --ioengine=libaio --direct=1 --rw=randwrite --bsrange=4k-128k --iodepth=8 \
		--size="${2:-24M}" --fdatasync=4 --verify=crc32c --do_verify=1 --verify_fatal=1 --minimal
}

check "a mirror on dm on loop" run "$(volume_path low/v1)"
low1=$(volume_path low/v1) low2=$(volume_path low/v2)
plexus pack create high "$low1" "$low2" --force
defer plexus_down
plexus volume create high/v --size 48M --type mirror --plexes 2
high=$(volume_path high/v)
check "a mirror on mirrors" run "$high"
disk_fail d1
check "a mirror on mirrors, a disk below is lost" run "$high"
disk_heal d1
# All the way down, and back only when it is done there.
disk_delay d2 0 0 700
start=${EPOCHREALTIME/./}
dd if=/dev/urandom of="$high" bs=4k count=1 conv=fsync status=none
took=$(((${EPOCHREALTIME/./} - start) / 1000))
disk_heal d2
check "a flush of a mirror on mirrors reaches the disks ($took ms)" test "$took" -ge 700

echo "label: gpt
size=20M
size=20M" | sfdisk --quiet "$high"
part=${high}p2
# Without udev the node is ours to make.
wait_until 10 test -e "/sys/block/${high#/dev/}/${part#/dev/}"
[[ -b $part ]] || { IFS=: read -r major minor <"/sys/block/${high#/dev/}/${part#/dev/}/dev"; mknod "$part" b "$major" "$minor"; }
check "a partition of a mirror on mirrors" run "$part" 16M
dmsetup create plxtest-over --table "0 $(blockdev --getsz "$part") linear $part 0"
check "dm on a partition of it" run /dev/mapper/plxtest-over 16M
mkfs.ext4 -q -F /dev/mapper/plxtest-over
where=$(mktemp -d)
defer rmdir "$where"
mount /dev/mapper/plxtest-over "$where"
truncate -s 8M "$where/file"
loop=$(losetup --find --show "$where/file")
check "loop on ext4 on dm on it" run "$loop" 6M
check_fails "the pack below cannot be exported" plexus pack export low
losetup --detach "$loop"
umount "$where"
dmsetup remove --retry plxtest-over
check "the pack above can be exported" plexus pack export high
check "and then the one below" plexus pack export low
check "the kernel has nothing to say" dmesg_clean
