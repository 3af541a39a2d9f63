#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Disks that are lost while they are read and written are lost, and no more: the reads that met their
# end raise no alert, for the others show no errors.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio plxparity
pack_make p 6 64M
parity_make p/v 32M --parity 2 --unit 16K
path=$(volume_path p/v)
fill "$path"

# lose NAME: I/O of both kinds waits for the disk, and then all of it fails at once
lose()
{
	local io

	disk_hang "$1"
	fio --name=l --filename="$path" --ioengine=libaio --direct=1 --rw=randrw --bs=4k --iodepth=32 --numjobs=2 \
		--size=16M --offset_increment=16M --io_size=2M --minimal >/dev/null &
	io=$!
	sleep 1
	disk_fail "$1"
	check_wait "without $1: all I/O is done" "$io"
}

for disk in d1 d2; do
	lose "$disk"
	check "without $disk: status says so" wait_until 10 volume_is p/v failed-redundancy
done
sleep 1
check_equal "without both: the others show no errors" failed-redundancy "$(volume_value p/v .health)"
for disk in d1 d2; do
	disk_heal "$disk"
done
plexus pack recover p --quiet || plexus pack recover p --force --quiet
check "they are back: healthy" wait_until 60 volume_is p/v healthy
check "they are back: parity fits" parity_fits p/v
check "the kernel has nothing to say" dmesg_clean
