#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Of two writes to one place, both under way at once, all plexes see the same one last. Many writers on
# few blocks, and few requests at a time that the disks take: those that wait for one are not let in in
# the order in which they came, on each disk in another one.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio
pack_make p 2 64M
volume_make p/v 16M --type mirror --disk d1 --disk d2
for disk in d1 d2; do
	echo 4 >"/sys/block/${disk_loop[$disk]#/dev/}/queue/nr_requests"
done
check "a mirror" wait_until 20 volume_idle p/v

# writers NAME SIZE FIO-OPTION...: four of them, on the same SIZE of the volume
writers()
{
	local name=$1 size=$2
	shift 2

	check "$name: many writers" fio --name=w --filename="$(volume_path p/v)" --ioengine=libaio --direct=1 \
		--rw=randwrite --iodepth=8 --numjobs=8 --norandommap --size="$size" --time_based --runtime=4 \
		--minimal "$@"
	check "$name: the volume gets clean" wait_until 20 volume_clean p/v
	check "$name: the plexes are the same" plexes_same p/v
}
writers "blocks" 32K --bs=4k
writers "pieces of several sizes" 256K --bssplit=512/25:4k/25:16k/25:64k/25 --blockalign=512
writers "over the end of a MiB" 64K --offset=$(((1 << 20) - 32768)) --bssplit=4k/50:32k/50 --blockalign=4k
check "the kernel has nothing to say" dmesg_clean
