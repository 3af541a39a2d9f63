#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Direct I/O from buffers that begin anywhere: pieces of them are not whole sectors. Needs null_blk, which
# takes any even address.
# timeout: 60
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxio
[[ -d /sys/module/null_blk ]] || modprobe -q null_blk nr_devices=0 || skip_all "needs module null_blk"
[[ -d /sys/kernel/config/nullb ]] || skip_all "needs null_blk in configfs"
paths=()
for i in 1 2 3; do
	dir=/sys/kernel/config/nullb/plxtest$i
	mkdir "$dir"
	disk_defer rmdir "$dir"
	echo 64 >"$dir/size"
	echo 1 >"$dir/memory_backed"
	echo 512 >"$dir/blocksize"
	echo 1 >"$dir/power"
	paths+=("/dev/nullb$(cat "$dir/index")")
done
plexus pack create p "${paths[@]}" --quiet
plexus volume create p/v --size 12M --type parity --unit 16K --write-hole "${PARITY_LOG:-log}" --quiet
path=$(volume_path p/v)
fill "$path"
align=$(($(cat "/sys/block/${path#/dev/}/queue/dma_alignment") + 1))
ktap_note "the volume takes multiples of $align"
((align < 512)) || skip_all "needs disks that take such buffers"
for shift in 2 4 508 510 3000; do
	check "a buffer at $shift: written, and read back" plxio skew "$path" "$shift"
done
plexus disk offline "${paths[0]}" --quiet
for shift in 2 508 3000; do
	check "degraded, a buffer at $shift: written, and read back" plxio skew "$path" "$shift"
done
check "the kernel has nothing to say" dmesg_clean
