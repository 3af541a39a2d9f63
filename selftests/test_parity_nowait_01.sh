#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# NOWAIT with parity: no member is blamed for an EAGAIN, and parity fits whatever was refused
# (invariant 15).
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio plxio plxparity
pack_make p 4 64M
parity_make p/v 12M --parity 1 --unit 64K
path=$(volume_path p/v)
fill "$path"

run()
{
	fio --name=n --filename="$path" --ioengine="$1" --direct=1 --rw=randrw --bsrange=512-128k --blockalign=512 \
		--iodepth=16 --numjobs=2 --time_based --runtime=2 --nowait=1 --ignore_error=EAGAIN,EAGAIN \
		--size=12M --minimal
}

blamed()
{
	plexus status --json | jq -r '[.packs[].disks[] | .read_errors + .write_errors] | add'
}

check "io_uring with NOWAIT" run io_uring
check "libaio with NOWAIT" run libaio
disk_delay d2 5
check "libaio with NOWAIT, a slow member" run libaio
disk_heal d2
plexus disk offline "$(disk_path d3)" --quiet
check "libaio with NOWAIT, degraded" run libaio
plexus disk online "$(disk_path d3)" --quiet
check "it gets healthy" wait_until 60 volume_is p/v healthy
check_equal "no member is blamed" 0 "$(blamed)"
parity_right p/v d1 d2 d3 d4

# A member that hangs: whoever may not wait is not kept.
for what in write read; do
	dd if=/dev/urandom of="$path" bs=4k count=1 oflag=direct status=none
	disk_hang d1
	for ((i = 0; i < 4; i++)); do
		timeout 20 plxio nowait "$what" "$path" $((i * 65536)) >>"${TMPDIR:-/tmp}/nowait.$$" &
	done
	sleep 1
	disk_heal d1
	wait
	ktap_note "$what with a member that hangs: $(tr '\n' ' ' <"${TMPDIR:-/tmp}/nowait.$$")"
	rm -f "${TMPDIR:-/tmp}/nowait.$$"
done
check_equal "still no member is blamed" 0 "$(blamed)"
check "it is healthy" wait_until 30 volume_is p/v healthy
check "parity fits" parity_fits p/v
check "the kernel has nothing to say" dmesg_clean
