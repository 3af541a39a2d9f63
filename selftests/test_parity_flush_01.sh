#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A flush that fails on a member: success means that this member is not current, also after the power
# was cut (invariant 1). Where it fails on one too many, the caller is told, and nobody is given up.
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxparity plxio
pack_make p 5 64M
parity_make p/v 12M --parity 1 --unit 64K --disk d1 --disk d2 --disk d3 --disk d4
path=$(volume_path p/v)
fill "$path"
wait_until 20 volume_clean p/v

# states: of the members, one letter each: Current, Failed...
states()
{
	volume_value p/v '[.plexes[0].members[].state[0:1]] | join("")'
}

state_of()
{
	volume_value p/v ".plexes[0].members[] | select(.extents[0].path == \"$(disk_path "$1")\") | .state"
}

for how in fsync dsync; do
	disk_flush_fails d2
	if [[ $how == fsync ]]; then
		check "fsync succeeds where parity makes up for it" \
			dd if=/dev/urandom of="$path" bs=4k count=1 seek=7 conv=fsync status=none
	else
		# FUA, or a write and a flush, to the row that d2 has some of
		check "synchronous writes succeed where parity makes up for it" \
			dd if=/dev/urandom of="$path" bs=256k count=1 seek=1 oflag=direct,dsync status=none
	fi
	check_equal "$how: the member is given up" failed "$(state_of d2)"
	# without the log a crash loses what parity alone knows where it is dirty
	[[ ${PARITY_LOG:-log} != off ]] || wait_until 20 volume_clean p/v
	before=$(sum "$path")
	for d in d1 d3 d4 d5; do
		disk_writes_lost $d
	done
	rmmod plexus
	for d in d1 d2 d3 d4 d5; do
		disk_heal $d
	done
	plexus_load
	plexus scan "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)" "$(disk_path d4)" "$(disk_path d5)" >/dev/null
	check_fails "$how: it is not current after a cut of power" test "$(state_of d2)" = current
	path=$(volume_path p/v)
	check_equal "$how: what was said to be there is" "$before" "$(sum "$path")"
	plexus pack recover p --quiet || plexus pack recover p --quiet --force || true
	check "$how: it gets healthy" wait_until 60 volume_is p/v healthy
	check_equal "$how: and is the same" "$before" "$(sum "$path")"
	check "$how: parity fits" parity_fits p/v
done

disk_flush_fails d1
disk_flush_fails d3
check_fails "where it fails on two, so does fsync" \
	dd if=/dev/urandom of="$path" bs=4k count=1 seek=7 conv=fsync status=none
check_equal "and nobody is given up" cccc "$(states)"
disk_heal d1
disk_heal d3
check "the next one succeeds" dd if=/dev/urandom of="$path" bs=4k count=1 seek=7 conv=fsync status=none
plexus pack recover p --quiet || true
check "it is healthy" wait_until 60 volume_is p/v healthy
check "the kernel has nothing to say" dmesg_clean
