#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All members fail at once: nothing spins, everything ends, in errors; the pack can be let go of, and
# is there again when the disks are (invariants 12, 17).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio
disks_make 3 96M
plexus pack create p "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)"
plexus volume create p/v --size 32M --type mirror --plexes 2
dev=$(volume_path p/v)
dd if=/dev/urandom of="$dev" bs=1M count=32 oflag=direct status=none
fio --name=n --filename="$dev" --ioengine=libaio --direct=1 --rw=randrw --bs=4k --iodepth=8 --time_based \
	--runtime=30 --size=32M --fsync=16 --minimal >/dev/null 2>&1 &
load=$!
sleep 1

# At once: a disk that failed later would tell of the others, and had then gone its own way.
all_fail()
{
	local d

	for d in d1 d2 d3; do dmsetup suspend --noflush --nolockfs plxtest-$d; done
	for d in d1 d2 d3; do dmsetup load plxtest-$d --table "$(disk_table $d error)"; done
	for d in d1 d2 d3; do dmsetup resume plxtest-$d; done
}
all_fail
ended()
{
	! kill -0 "$load"
}
check "all I/O ends" wait_until 20 ended
check_fails "reads fail" dd if="$dev" of=/dev/null bs=4k count=1 iflag=direct
check_fails "writes fail" dd if=/dev/zero of="$dev" bs=4k count=1 seek=99 oflag=direct
check_fails "flushes fail" dd if=/dev/zero of="$dev" bs=4k count=1 seek=99 conv=fsync
check "status answers" timeout 10 plexus status
busy()
{
	local a b

	a=$(awk '/^cpu / { print $2 + $4 + $7 + $8 }' /proc/stat)
	sleep 2
	b=$(awk '/^cpu / { print $2 + $4 + $7 + $8 }' /proc/stat)
	echo $((b - a))
}
spent=$(busy)
check "nothing spins ($spent ticks in 2 s)" test "$spent" -lt 120
for d in d1 d2 d3; do disk_heal $d; done
check "the driver can be unloaded" timeout 30 rmmod plexus
modprobe plexus
plexus scan "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)"
plexus pack recover p || true
check "the volume gets healthy again" wait_until 30 volume_idle p/v
check "the plexes are the same" plexes_same p/v

all_fail
dd if=/dev/zero of="$(volume_path p/v)" bs=4k count=1 oflag=direct status=none 2>/dev/null || true
check "a pack without disks can be exported" timeout 30 plexus pack export p
check "the kernel has nothing to say" dmesg_clean
