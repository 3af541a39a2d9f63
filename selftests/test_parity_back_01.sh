#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A volume that lost a disk too many comes back without what that disk had in its cache: the block of
# the other lost disk, which nobody wrote, is still right.
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxparity
[[ ${PARITY_LOG:-log} != off ]] || skip_all "without its log parity is not trusted then"
pack_make p 5 64M
work=$(mktemp -d)
defer rm -rf "$work"
parity_make p/v 12M --parity 1 --unit 16K --disk d1 --disk d2 --disk d3
path=$(volume_path p/v)
fill "$path"
check "it gets clean" wait_until 20 volume_clean p/v
dd if="$path" of="$work/ref" bs=1M iflag=direct status=none

# unit ROW MEMBER: what a disk has there
unit()
{
	local start

	start=$(volume_value p/v ".plexes[0].members[$2].extents[0].start")
	dd if="$disk_dir/${disk[$2]}" bs=4k skip=$((start / 4096 + $1 * 4)) count=4 status=none
}

# block NUMBER FILE...: of 16 KiB
block()
{
	dd if="$2" bs=16k skip="$1" count=1 status=none "${@:3}"
}

# same FILE: all but what was written last is as it was
same()
{
	cmp <(head -c $((20 * 16384)) "$work/ref") <(head -c $((20 * 16384)) "$1") &&
		cmp <(tail -c +$((21 * 16384 + 1)) "$work/ref") <(tail -c +$((21 * 16384 + 1)) "$1")
}

mapfile -t disk < <(volume_value p/v '.plexes[0].members[].extents[0].path' | sed 's#.*/plxtest-##')
# who has the two data blocks of row 10
for m in 0 1 2; do
	cmp -s <(unit 10 $m) <(block 20 "$work/ref") && cached=${disk[m]}
	cmp -s <(unit 10 $m) <(block 21 "$work/ref") && gone=${disk[m]}
done
check "both are found ($cached, $gone)" test "${cached:-none}" != "${gone:-none}"

disk_fail "$gone"
dd if="$work/ref" of="$path" bs=32k count=4 oflag=direct conv=notrunc status=none
check "without one disk it works" wait_until 10 volume_is p/v failed-redundancy
check "and gets clean" wait_until 20 volume_clean p/v
disk_writes_lost "$cached"
dd if=/dev/urandom of="$path" bs=16k seek=20 count=1 oflag=direct conv=notrunc status=none
disk_fail "$cached"
for ((i = 0; i < 8; i++)); do # to other regions
	dd if="$work/ref" of="$path" bs=1M skip=$((4 + i)) seek=$((4 + i)) count=1 oflag=direct \
		conv=notrunc status=none 2>/dev/null || true
done
check "without two it does not" wait_until 10 volume_is p/v failed
disk_heal "$cached"
plexus pack recover p --quiet 2>/dev/null || true # it is not healthy yet
check "with the second disk back it does" wait_until 10 volume_is p/v failed-redundancy
check "what was not being written can be read" dd if="$path" of="$work/now" bs=1M iflag=direct status=none
check "and is right" same "$work/now"
disk_heal "$gone"
plexus pack recover p --quiet || true
check "it gets healthy" wait_until 60 volume_is p/v healthy
check "parity fits" parity_fits p/v
dd if="$path" of="$work/then" bs=1M iflag=direct status=none
check "and it holds the same" cmp "$work/now" "$work/then"
check "the kernel has nothing to say" dmesg_clean
