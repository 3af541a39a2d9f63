#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a pack does with damaged labels and configurations, and without all of its disks.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 3 64M
volume_make p/v 8M --disk d1
fill "$(volume_path p/v)"
before=$(sum "$(volume_path p/v)")

pack_online()
{
	[[ $(pack_value p .status) == online ]]
}

# is_well NAME: the pack is there with its data
is_well()
{
	check_equal "$1: the pack is online" online "$(pack_value p .status)"
	check_equal "$1: the data is there" "$before" "$(sum "$(volume_path p/v)")"
}

spoil_all()
{
	local name

	rmmod plexus
	for name in d1 d2 d3; do
		plxdisk "$1" "$(disk_file "$name")" "$2"
	done
	plexus_load
	for name in d1 d2 d3; do
		plexus scan "$(disk_path "$name")" >/dev/null || true
	done
}

spoil_all wipe label1
is_well "first label wiped, the second copy serves"
plexus pack destroy p --force --quiet
for name in d1 d2 d3; do
	wipefs -qa "$(disk_path "$name")"
done
plexus pack create p "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)" --quiet
volume_make p/v 8M --disk d1
fill "$(volume_path p/v)"
before=$(sum "$(volume_path p/v)")
spoil_all spoil label2
is_well "second label damaged"

# A torn newest configuration: the one before it is used, and is one change older.
generation=$(pack_value p .generation)
plexus volume rename p/v w --quiet
rmmod plexus
for name in d1 d2 d3; do
	plxdisk spoil "$(disk_file "$name")" new
done
plexus_load
for name in d1 d2 d3; do
	plexus scan "$(disk_path "$name")" >/dev/null
done
is_well "newest configuration torn on all disks, the one before counts"
check "torn: the generation goes on from there" test "$(pack_value p .generation)" -ge "$generation"

# Torn on one disk only: the others' newest counts.
plexus volume rename p/v w --quiet
rmmod plexus
plxdisk spoil "$(disk_file d1)" new
plexus_load
for name in d1 d2 d3; do
	plexus scan "$(disk_path "$name")" >/dev/null
done
check_equal "torn on one disk: the others' configuration counts" "$before" "$(sum "$(volume_path p/w)")"
plexus volume rename p/w v --quiet
check "torn on one disk: it is written anew there" \
	test "$(plxdisk slots "$(disk_file d1)" | tr ' ' '\n' | sort -n | tail -n 1)" = "$(pack_value p .generation)"

# One of three disks is not enough, two are.
plexus_restart d2
check_equal "quorum: one of three disks waits" offline "$(pack_value p .status)"
check_equal "quorum: and says so" noquorum "$(pack_value p '.flags | map(select(. == "noquorum"))[0]')"
check_equal "quorum: the disk that is here is online" online "$(disk_value d2 .status)"
check_equal "quorum: the others are missing, though recorded as online" "missing missing" \
	"$(disk_value d1 .status) $(disk_value d3 .status)"
check_equal "quorum: and so is what is on them" no-media "$(plex_value p/v 0 .status)"
check "quorum: /sys says waiting" grep -qx waiting "/sys/class/plexus/p/state"
disk_plug d3
plexus scan "$(disk_path d3)" >/dev/null
check_equal "quorum: two of three disks are enough" online "$(pack_value p .status)"
check_equal "quorum: the volume of the missing disk has failed" failed "$(volume_value p/v .health)"
disk_plug d1
plexus scan "$(disk_path d1)" >/dev/null
check "quorum: the third disk brings it back" wait_until 10 volume_is p/v healthy
is_well "all disks are back"

# flags: those of the pack, as words
flags()
{
	pack_value p '.flags | join(" ")'
}

# A majority waits a little for the rest: that is no lack of quorum. Nor is an export.
plexus_restart
for name in d1 d2; do
	disk_plug "$name"
	plexus scan --udev "$(disk_path "$name")" >/dev/null
done
check_equal "a majority that waits for the rest does not lack a quorum" "offline " \
	"$(pack_value p .status) $(flags)"
check "a majority starts by itself" wait_until 20 pack_online
plexus_restart d1 d2 d3
plexus pack export p --quiet
for name in d1 d2 d3; do
	plexus scan "$(disk_path "$name")" >/dev/null
done
check_equal "an exported pack is foreign, and does not lack a quorum" "offline foreign" \
	"$(pack_value p .status) $(flags)"
done_ok "an exported pack is imported" plexus pack import p
is_well "imported"

# Labels of another size: a disk that shrank is refused, one that grew is not.
rmmod plexus
truncate -s 32M "$(disk_file d3)"
losetup --set-capacity "${disk_loop[d3]}"
disk_heal d3
plexus_load
check_fails "a disk that shrank is refused" plexus scan "$(disk_path d3)"
truncate -s 128M "$(disk_file d3)"
losetup --set-capacity "${disk_loop[d3]}"
disk_heal d3
check "a disk that grew is not" plexus scan "$(disk_path d3)"

# A configuration that cannot be read is not known to be the older one: nobody goes back to the other.
rmmod plexus
plexus_load
disk_make d4 64M
plexus pack create a "$(disk_path d4)" --quiet
newest_is_second()
{
	local first second

	read -r first second < <(plxdisk slots "$(disk_file d4)")
	((second > first))
}
name=a
until newest_is_second; do
	plexus pack rename "$name" "b$name" --quiet
	name=b$name
done
rmmod plexus
disk_reads_fail d4 640K
plexus_load
plexus scan "$(disk_path d4)" >/dev/null || true
check_equal "the second slot is unreadable: the first does not count" "" "$(plexus pack list --json | jq -r '.packs[].name')"
rmmod plexus
disk_heal d4
plexus_load
plexus scan "$(disk_path d4)" >/dev/null
check_equal "the second slot is readable again" "$name" "$(plexus pack list --json | jq -r '.packs[].name')"
check "the kernel has nothing to say" dmesg_clean
