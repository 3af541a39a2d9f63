#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Volumes of type parity: create and what it refuses, what is told of them, what other operations refuse,
# members that go and come back, and the same after an export.
# timeout: 300
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 5 64M
pack_make_of()
{
	local name=$1 n paths=()
	shift

	for n; do
		disk_make "$n" 64M
		paths+=("$(disk_path "$n")")
	done
	plexus pack create "$name" "${paths[@]}" --quiet
}

queue()
{
	cat "/sys/block/$(basename "$(volume_path "$1")")/$2"
}

# members PACK/VOLUME: their states
members()
{
	volume_value "$1" '[.plexes[0].members[].state] | join(" ")'
}

# disks PACK/VOLUME: those that its members lie on, by the names of disk_make
disks()
{
	volume_value "$1" '[.plexes[0].members[].extents[].path | ltrimstr("/dev/mapper/plxtest-")] | sort | join(" ")'
}

# state_on PACK/VOLUME DISK: of the member there
state_on()
{
	volume_value "$1" ".plexes[0].members[] | select(.extents[0].path == \"$(disk_path "$2")\") | .state"
}

# ---- create

refused "create: one disk" E_INVALIDARG '3 to 32' plexus volume create p/x --size 4M --type parity \
	--disk "$(disk_path d1)"
refused "create: two disks" E_INVALIDARG '3 to 32' plexus volume create p/x --size 4M --type parity \
	--disk "$(disk_path d1)" --disk "$(disk_path d2)"
refused "create: three disks with two parities" E_INVALIDARG '4 to 32' plexus volume create p/x --size 4M \
	--type parity --parity 2 --disk "$(disk_path d1)" --disk "$(disk_path d2)" --disk "$(disk_path d3)"
refused "create: two members" E_INVALIDARG '3 to 32' plexus volume create p/x --size 4M --type parity --members 2
refused "create: more members than disks given" E_INVALIDARG '4 members' plexus volume create p/x --size 4M \
	--type parity --members 4 --disk "$(disk_path d1)" --disk "$(disk_path d2)" --disk "$(disk_path d3)"
refused "create: more members than the pack has disks" VDS_E_NOT_ENOUGH_SPACE '5 disks' \
	plexus volume create p/x --size 4M --type parity --members 6
refused "create: a unit that is no power of two" E_INVALIDARG 'power' \
	plexus volume create p/x --size 4M --type parity --unit 12K
refused "create: a unit that is too large" E_INVALIDARG 'power' \
	plexus volume create p/x --size 4M --type parity --unit 2M
refused "create: a data journal" E_NOTIMPL 'journal' \
	plexus volume create p/x --size 4M --type parity --write-hole journal
refused "create: two plexes" E_NOTIMPL 'one plex' plexus volume create p/x --size 4M --type parity --plexes 2
refused "create: parity of a mirror" E_INVALIDARG 'type parity' \
	plexus volume create p/x --size 4M --type mirror --parity 1
refused "create: a write hole of a stripe" E_INVALIDARG 'type parity' \
	plexus volume create p/x --size 4M --type stripe --write-hole off
refused "create: no room" VDS_E_NOT_ENOUGH_SPACE 'room' plexus volume create p/x --size 1G --type parity
refused "create: a disk is given twice" VDS_E_DUPLICATE_DISK 'twice' plexus volume create p/x --size 4M \
	--type parity --disk "$(disk_path d1)" --disk "$(disk_path d2)" --disk "$(disk_path d1)"
plexus disk spare p "$(disk_path d3)" "$(disk_path d4)" "$(disk_path d5)" on --quiet
refused "create: too few that are no spares" VDS_E_NOT_ENOUGH_SPACE '2 disks' \
	plexus volume create p/x --size 4M --type parity
plexus disk spare p "$(disk_path d3)" "$(disk_path d4)" "$(disk_path d5)" off --quiet

done_ok "create: as many members as the pack has disks" plexus volume create p/v --size 24M --type parity
check_equal "create: its type" parity "$(volume_value p/v .type)"
check_equal "create: its size" $((24 << 20)) "$(blockdev --getsize64 "$(volume_path p/v)")"
check_equal "create: one plex" 1 "$(volume_value p/v .plex_count)"
check_equal "create: five members" "current current current current current" "$(members p/v)"
check_equal "create: each on a disk of its own" 5 \
	"$(volume_value p/v '[.plexes[].members[].extents[].path] | unique | length')"
check_equal "create: one parity, units of 64 KiB" "1 65536" "$(plex_value p/v 0 '|"\(.parity) \(.unit)"')"
check_equal "create: its write hole" log "$(volume_value p/v .write_hole)"
check_equal "create: and in sysfs" log "$(queue p/v plexus/write_hole)"
check_equal "create: least I/O is a unit, best is a row" "65536 262144" \
	"$(queue p/v queue/minimum_io_size) $(queue p/v queue/optimal_io_size)"
check "create: healthy" wait_until 20 volume_is p/v healthy
check "status: names it" grep -q 'parity.*healthy' <(plexus status)

done_ok "create: double parity on given disks, without a log" plexus volume create p/w --size 4M \
	--type parity --parity 2 --write-hole off --unit 16K --disk "$(disk_path d2)" \
	--disk "$(disk_path d3)" --disk "$(disk_path d4)" --disk "$(disk_path d5)"
check_equal "create: four members" 4 "$(plex_value p/w 0 '.members | length')"
check_equal "create: two parities" "2 16384" "$(plex_value p/w 0 '|"\(.parity) \(.unit)"')"
check_equal "create: no log" off "$(volume_value p/w .write_hole)"
check "create: two data members hold the data" test "$(plex_value p/w 0 .size)" -ge $((4 << 20))
plexus volume delete p/w --quiet

# Four disks of one size and a small one: all five would hold less.
pack_make_of q q1 q2 q3
disk_make q4 24M
plexus disk add q "$(disk_path q4)" --quiet
done_ok "create: all that fits" plexus volume create q/max --size max --type parity
check_equal "create: on the three that are large" 3 "$(plex_value q/max 0 '.members | length')"
refused "create: nothing is left" VDS_E_NOT_ENOUGH_SPACE 'room' plexus volume create q/x --size 40M --type parity
plexus volume delete q/max --quiet
done_ok "create: fewer members where one disk has no room" plexus volume create q/some --size 60M --type parity
check_equal "create: three" 3 "$(plex_value q/some 0 '.members | length')"

# ---- what it does not do

dev=$(volume_path p/v)
fill "$dev"
before=$(sum "$dev")
plexus volume create q/one --size 1M --disk "$(disk_path q1)" --quiet
refused "break-plex" VDS_E_VOLUME_NOT_A_MIRROR 'one plex' plexus volume break-plex p/v 0
refused "remove-plex" VDS_E_VOLUME_NOT_A_MIRROR 'one plex' plexus volume remove-plex p/v 0
refused "add-plex: to it" E_NOTIMPL 'parity' plexus volume add-plex q/some q/one
refused "add-plex: of it" E_NOTIMPL 'parity' plexus volume add-plex q/one q/some --any-layout
refused "Repair: healthy" VDS_E_REPAIR_VOLUMESTATE 'no state' \
	plexus plex repair p/v --disk "$(disk_path d1)"
done_ok "Recover: nothing to do" plexus volume recover p/v

# ---- members go and come back

check "clean" wait_until 20 volume_idle p/v
plexus disk offline "$(disk_path d2)" --quiet
check_equal "a disk is gone: its member is missing" missing "$(state_on p/v d2)"
check_equal "a disk is gone: no other is" 4 "$(grep -o current <<<"$(members p/v)" | wc -l)"
check "a disk is gone: without redundancy" volume_is p/v failed-redundancy
check "a disk is gone: status says which" grep -q "plex 0.*$(disk_path d2)" <(plexus status)
check_equal "a disk is gone: the data is there" "$before" "$(sum "$dev")"
refused "offline: one too many" VDS_E_PLEX_LAST_ACTIVE 'fails without' plexus disk offline "$(disk_path d3)"
refused "Repair: a disk of the volume" VDS_E_DISK_IN_USE_BY_VOLUME 'already' \
	plexus plex repair p/v --disk "$(disk_path d4)"
check "the disk is back" plexus disk online "$(disk_path d2)"
check "the disk is back: healthy" wait_until 30 volume_is p/v healthy
check_equal "the disk is back: all members" "current current current current current" "$(members p/v)"
check_equal "the disk is back: the data is there" "$before" "$(sum "$dev")"

plexus disk offline "$(disk_path d2)" --quiet
plexus disk offline "$(disk_path d3)" --force --quiet
check "two disks gone: failed" volume_is p/v failed
check_equal "two disks gone: one keeps its state, and is seen as missing" "2" \
	"$(volume_value p/v '[.plexes[0].members[] | select(.state == "missing")] | length')"
refused "Repair: more members missing than redundancy covers" VDS_E_VOLUME_INCOMPLETE 'lost' \
	plexus plex repair p/v --disk "$(disk_path d1)"
refused "Recover: failed" VDS_E_OBJECT_STATUS_FAILED 'disks' plexus volume recover p/v
check "the second disk is back" plexus disk online "$(disk_path d3)"
check "the second disk is back: goes on" volume_is p/v failed-redundancy
check_equal "the second disk is back: the data is there" "$before" "$(sum "$dev")"
check "the first disk is back" plexus disk online "$(disk_path d2)"
check "both are back: healthy" wait_until 30 volume_is p/v healthy
check_equal "both are back: the data is there" "$before" "$(sum "$dev")"

# ---- repair, spares, replace

for disk in e1 e2 e3; do
	disk_make "$disk" 64M
	plexus disk add p "$(disk_path "$disk")" --quiet
done
disk_make small 16M
plexus disk add p "$(disk_path small)" --quiet
plexus disk offline "$(disk_path d2)" --quiet
refused "Repair: no room" VDS_E_NOT_ENOUGH_SPACE 'room' plexus plex repair p/v --disk "$(disk_path small)"
refused "Repair: size too small" VDS_E_NOT_ENOUGH_SPACE 'room' plexus plex repair p/v \
	--disk "$(disk_path e1)=2M"
refused "Repair: listed twice" VDS_E_DUPLICATE_DISK 'twice' plexus plex repair p/v \
	--disk "$(disk_path e1)" --disk "$(disk_path e1)"
refused "Repair: a disk of another pack" VDS_E_OBJECT_NOT_FOUND 'disk' plexus plex repair p/v \
	--disk "$(disk_path q1)"
refused "Repair: a disk that is not online" VDS_E_DISK_NOT_ONLINE 'online' plexus plex repair p/v \
	--disk "$(disk_path d2)"
done_ok "Repair: fine" plexus plex repair p/v --disk "$(disk_path e1)"
check "Repair: healthy" wait_until 30 volume_is p/v healthy
check_equal "Repair: on the given disk" "d1 d3 d4 d5 e1" "$(disks p/v)"
check_equal "Repair: the data is there" "$before" "$(sum "$dev")"

plexus disk spare p "$(disk_path e2)" on --quiet
plexus disk spare p "$(disk_path small)" on --quiet
plexus disk offline "$(disk_path d3)" --quiet
done_ok "Recover: a spare takes its place" plexus volume recover p/v
check "Recover: healthy" wait_until 30 volume_is p/v healthy
check_equal "Recover: on the spare that has room" "d1 d4 d5 e1 e2" "$(disks p/v)"
check_equal "Recover: the data is there" "$before" "$(sum "$dev")"

done_ok "replace: a disk that works" plexus disk replace "$(disk_path e1)" "$(disk_path e3)"
check "replace: healthy" wait_until 30 volume_is p/v healthy
check_equal "replace: on the given disk" "d1 d4 d5 e2 e3" "$(disks p/v)"
check_equal "replace: the data is there" "$before" "$(sum "$dev")"
done_ok "remove: the disk is empty" plexus disk remove "$(disk_path e1)"

plexus disk online "$(disk_path d2)" "$(disk_path d3)" --quiet
plexus disk offline "$(disk_path d1)" --quiet
refused "replace: one too many" VDS_E_REPAIR_VOLUMESTATE 'cannot do without' \
	plexus disk replace "$(disk_path e3)" "$(disk_path d2)"
plexus disk online "$(disk_path d1)" --quiet
check "replace: healthy again" wait_until 30 volume_is p/v healthy

# ---- export and import

check "clean" wait_until 20 volume_idle p/v
plexus disk offline "$(disk_path d1)" --quiet
states=$(members p/v)
check "export" plexus pack export p
for disk in d2 d3 d4 d5 e2 e3 small; do
	plexus scan "$(disk_path "$disk")" >/dev/null 2>&1
done
check "import" plexus pack import p --force
check_equal "import: the members are what they were" "$states" "$(members p/v)"
dev=$(volume_path p/v)
check_equal "import: the data is there" "$before" "$(sum "$dev")"
check "import: the disk is taken back" plexus disk online "$(disk_path d1)"
check "import: healthy" wait_until 30 volume_is p/v healthy
check_equal "import: the data is there still" "$before" "$(sum "$dev")"

# Two members are lost, and come back.
plexus volume delete p/v --force --quiet
plexus volume create p/two --size 8M --type parity --parity 2 --quiet
two=$(volume_path p/two)
fill "$two"
sum2=$(sum "$two")
check "double: healthy" wait_until 30 volume_is p/two healthy
plexus disk offline "$(disk_path d4)" --quiet
plexus disk offline "$(disk_path d5)" --quiet
check_equal "double: without two disks the data is there" "$sum2" "$(sum "$two")"
refused "double: a third" VDS_E_PLEX_LAST_ACTIVE 'fails without' plexus disk offline "$(disk_path e3)"
plexus disk online "$(disk_path d4)" "$(disk_path d5)" --quiet
check "double: healthy again" wait_until 60 volume_is p/two healthy
check_equal "double: the data is there" "$sum2" "$(sum "$two")"

done_ok "delete" plexus volume delete p/two --force
check "the kernel has nothing to say" dmesg_clean
