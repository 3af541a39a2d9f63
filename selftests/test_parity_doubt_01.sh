#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A volume that was being written when the power went, without a parity log, does not start without a
# disk that it had: what that disk has would be lost for ever (invariant 11).
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 5 48M

# cut_with HOLE: a volume p/v, its power cut in the middle of writes; the driver is loaded again
cut_with()
{
	volume_make p/v 12M --type parity --write-hole "$1" --disk d1 --disk d2 --disk d3 --disk d4
	fill "$(volume_path p/v)"
	check "$1: a clean volume" wait_until 20 volume_clean p/v
	dd if=/dev/urandom of="$(volume_path p/v)" bs=4k count=3 seek=5 oflag=direct status=none
	before=$(sum "$(volume_path p/v)")
	for name in d1 d2 d3 d4 d5; do
		disk_writes_lost $name
	done
	rmmod plexus
	for name in d1 d2 d3 d4 d5; do
		disk_heal $name
	done
	plexus_load
}

find_all_but_d2()
{
	plexus scan "$(disk_path d1)" "$(disk_path d3)" "$(disk_path d4)" "$(disk_path d5)" >/dev/null 2>&1 ||
		true
}

pack_is()
{
	[[ $(pack_value p .status) == "$1" ]]
}

cut_with log
find_all_but_d2
check "with the log it starts without a disk" wait_until 10 pack_is online
check_equal "with the log: nothing is lost" "$before" "$(sum "$(volume_path p/v)")"
plexus scan "$(disk_path d2)" >/dev/null
check "with the log: it gets healthy" wait_until 30 volume_is p/v healthy
check "with the log: parity fits" parity_fits p/v
plexus volume delete p/v --quiet

cut_with off
find_all_but_d2
sleep 7
check_fails "without it not, and not later either" pack_is online
check "it says which volume, and which disk" bash -c \
	"plexus status --json | jq -e '.packs[0].message | test(\"plxtest-d2\") and test(\"volume v\")'"
plexus scan "$(disk_path d2)" >/dev/null
check "it starts when the disk is there" wait_until 10 pack_is online
check_equal "nothing is lost" "$before" "$(sum "$(volume_path p/v)")"
check "parity is made to fit" wait_until 30 parity_fits p/v
check "the volume is healthy" wait_until 30 volume_is p/v healthy
plexus volume delete p/v --quiet

cut_with off
find_all_but_d2
check_fails "again not" pack_is online
check "with force it starts without the disk" plexus pack recover p --force --no-wait
check "and says so" pack_is online
check "the kernel has nothing to say" dmesg_clean
