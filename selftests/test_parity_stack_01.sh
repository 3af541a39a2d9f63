#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Parity below and above others: a mirror of parity volumes, loop on a file system on it, parity on
# that; ext4 and xfs are whole afterwards (invariant 16).
# long
# timeout: 240
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio mkfs.ext4 plxparity
disks_make 4 224M
plexus pack create low "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)" "$(disk_path d4)" --quiet
for i in 1 2; do
	parity_make low/v$i 160M --parity 1 --unit 64K
done

# run DEVICE SIZE: writes with many flushes, verified
run()
{
	timeout 60 fio --name=s --filename="$1" --ioengine=libaio --direct=1 --rw=randwrite --bsrange=4k-128k \
		--iodepth=8 --size="$2" --fdatasync=8 --verify=crc32c --do_verify=1 --verify_fatal=1 --minimal
}

plexus pack create high "$(volume_path low/v1)" "$(volume_path low/v2)" --force --quiet
volume_make high/m 128M --type mirror --plexes 2
high=$(volume_path high/m)
check "a mirror of parity volumes" run "$high" 12M
disk_fail d1
check "the same, a disk below is lost" run "$high" 12M
disk_heal d1
plexus pack recover low --quiet || plexus pack recover low --force --quiet || true
check "it gets healthy below" wait_until 90 volume_is low/v1 healthy
check "the mirror has not noticed" volume_is high/m healthy

where=$(mktemp -d)
defer rmdir "$where"
for fs in ext4 xfs; do
	[[ $fs != xfs ]] || type -P mkfs.xfs >/dev/null || continue
	# xfs wants more than a small disk has
	if [[ $fs == xfs ]] && ! mkfs.xfs -q -f "$high" 2>/dev/null; then
		continue
	fi
	[[ $fs == xfs ]] || mkfs.ext4 -q -F "$high"
	mount -t "$fs" "$high" "$where"
	check "$fs on it" timeout 60 fio --name=f --directory="$where" --rw=randwrite --bsrange=1k-64k --size=16M \
		--fsync=16 --verify=crc32c --verify_fatal=1 --minimal
	if [[ $fs == ext4 ]]; then
		for i in 1 2 3; do
			truncate -s 24M "$where/f$i"
			loops[i]=$(losetup --find --show "$where/f$i")
		done
		plexus pack create top "${loops[@]}" --force --quiet
		plexus volume create top/t --size 8M --type parity --write-hole "${PARITY_LOG:-log}" --quiet
		check "parity on loop on $fs on a mirror of parity" run "$(volume_path top/t)" 6M
		plexus pack export top --quiet
		for i in 1 2 3; do
			losetup --detach "${loops[i]}"
		done
	fi
	umount "$where"
	if [[ $fs == ext4 ]]; then
		check "$fs is whole" e2fsck -f -n "$high"
	else
		check "$fs is whole" xfs_repair -n "$high"
	fi
done
plexus pack export high --quiet
check "parity fits" parity_fits low/v1
check "parity of the other fits" parity_fits low/v2
check "the kernel has nothing to say" dmesg_clean
