#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A parity log that cannot be read at a start, and can at the next one: what was logged in between
# counts, so a cut of power while a disk is lost leaves right what was not being written.
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxparity
[[ ${PARITY_LOG:-log} != off ]] || skip_all "it has no log"
pack_make p 5 64M
work=$(mktemp -d)
defer rm -rf "$work"
disks=(d1 d2 d3 d4 d5)
parity_make p/v 12M --parity 1 --unit 16K --disk d1 --disk d2 --disk d3
path=$(volume_path p/v)
fill "$path"
dd if="$path" of="$work/ref" bs=1M iflag=direct status=none

start_of()
{
	volume_value p/v ".plexes[0].members[$1].extents[0].start"
}

# unit ROW MEMBER: what a disk has there
unit()
{
	dd if="$disk_dir/${disk[$2]}" bs=4k skip=$(($(start_of "$2") / 4096 + $1 * 4)) count=4 status=none
}

block()
{
	dd if="$2" bs=16k skip="$1" count=1 status=none "${@:3}"
}

mapfile -t disk < <(volume_value p/v '.plexes[0].members[].extents[0].path' | sed 's#.*/plxtest-##')
# who has the two data blocks of row 10, and its parity
for m in 0 1 2; do
	if cmp -s <(unit 10 $m) <(block 20 "$work/ref"); then
		torn=${disk[m]}
	elif cmp -s <(unit 10 $m) <(block 21 "$work/ref"); then
		gone=${disk[m]}
	else
		parity=${disk[m]}
		log=$(start_of $m)
	fi
done
check "all are found ($torn $gone $parity)" test -n "${torn:-}" -a -n "${gone:-}" -a -n "${parity:-}"
for ((i = 0; i < 200; i++)); do # the log, that has row 13 as well, goes round some times
	block 26 "$work/ref" | dd of="$path" bs=16k seek=26 oflag=direct conv=notrunc status=none
done
check "it gets clean" wait_until 20 volume_clean p/v

rmmod plexus
disk_reads_fail "$parity" $((log - (8 << 20))) "$log"
plexus_load
dmesg_mark
plexus scan "${disks[@]/#//dev/mapper/plxtest-}" >/dev/null
check "it starts, and says that it cannot be read" \
	wait_until 5 eval 'dmesg_since | grep -q "the parity log of v does not say all"'
disk_heal "$parity"
path=$(volume_path p/v)
disk_fail "$gone"
dd if="$work/ref" of="$path" bs=32k count=4 oflag=direct conv=notrunc status=none
check "without one disk it works" wait_until 10 volume_is p/v failed-redundancy
check "and gets clean" wait_until 20 volume_clean p/v
disk_writes_lost "$torn"
dd if=/dev/urandom of="$path" bs=16k seek=20 count=1 oflag=direct conv=notrunc status=none
for d in "${disks[@]}"; do
	[[ $d == "$gone" ]] || disk_writes_lost "$d"
done
rmmod plexus
for d in "${disks[@]}"; do
	[[ $d == "$gone" ]] || disk_heal "$d"
done
plexus_load
plexus scan "${disks[@]/#//dev/mapper/plxtest-}" >/dev/null 2>&1 || true
check "it starts without that disk" wait_until 20 volume_is p/v failed-redundancy
path=$(volume_path p/v)
check "what was not being written is right" \
	cmp <(block 21 "$work/ref") <(block 21 "$path" iflag=direct)
disk_heal "$gone"
plexus scan "$(disk_path "$gone")" >/dev/null 2>&1 || true
plexus pack recover p --quiet || true
check "it gets healthy" wait_until 60 volume_is p/v healthy
check "parity fits" parity_fits p/v
