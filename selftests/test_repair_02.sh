#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Repair that is refused: a row of the contract each.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 6 64M
disk_make q1 64M
plexus pack create q "$(disk_path q1)" --quiet
disk_make small 12M
plexus disk add p "$(disk_path small)" --quiet

volume_make p/one 8M --disk d1
volume_make p/v 16M --type mirror --disk d1 --disk d2
check "a mirror" wait_until 20 volume_is p/v healthy
d3=$(disk_path d3)

refused "Repair: plex of a basic volume" E_NOTIMPL 'one' plexus plex repair p/one --disk "$d3"
refused "Repair: plex is healthy" VDS_E_REPAIR_VOLUMESTATE 'v' plexus plex repair p/v:1 --disk "$d3"

plexus disk offline "$(disk_path d2)" --quiet
check_equal "a plex is gone" failed-redundancy "$(volume_value p/v .health)"
refused "Repair: the good plex of such a volume" VDS_E_REPAIR_VOLUMESTATE 'v' \
	plexus plex repair p/v:0 --disk "$d3"
refused "Repair: a given disk has extents of this volume" VDS_E_DISK_IN_USE_BY_VOLUME "$(disk_path d1)" \
	plexus plex repair p/v:1 --disk "$(disk_path d1)"
refused "Repair: no room" VDS_E_NOT_ENOUGH_SPACE 'room' \
	plexus plex repair p/v:1 --disk "$(disk_path small)"
refused "Repair: size too small" VDS_E_NOT_ENOUGH_SPACE 'room' \
	plexus plex repair p/v:1 --disk "$d3=1M"
refused "Repair: disk not online" VDS_E_DISK_NOT_ONLINE "$(disk_path d2)" \
	plexus plex repair p/v:1 --disk "$(disk_path d2)"
refused "Repair: disk not of this pack" VDS_E_OBJECT_NOT_FOUND 'disk' \
	plexus plex repair p/v:1 --disk "$(disk_path q1)"
refused "Repair: no such disk" VDS_E_OBJECT_NOT_FOUND '/dev/null' \
	plexus plex repair p/v:1 --disk /dev/null
refused "Repair: disk listed twice" VDS_E_DUPLICATE_DISK 'twice' \
	plexus plex repair p/v:1 --disk "$d3" --disk "$d3"
refused "Repair: no such plex" VDS_E_INVALID_PLEX_GUID 'v' \
	plexus plex repair "p/v:$(plex_value p/one 0 .id)" --disk "$d3"

plexus volume set p/v --sync-action pause --quiet
task=$(task_of plexus plex repair p/v:1 --disk "$d3")
refused "Repair: already repairing" VDS_E_ANOTHER_CALL_IN_PROGRESS "task $task|running" \
	plexus plex repair p/v:1 --disk "$(disk_path d4)"
refused "Recover(volume): a repair is running on it" VDS_E_ANOTHER_CALL_IN_PROGRESS "task $task|running" \
	plexus volume recover p/v
plexus volume set p/v --sync-action idle --quiet
check "the repair ends well" plexus task wait "$task" --timeout 60

volume_make p/m 8M --type mirror --disk d4 --disk d5
check "a mirror" wait_until 20 volume_is p/m healthy
plexus disk offline "$(disk_path d4)" --quiet
plexus disk offline "$(disk_path d5)" --force --quiet
refused "Repair: volume not accessible" VDS_E_REPAIR_VOLUMESTATE 'm' \
	plexus plex repair p/m:0 --disk "$(disk_path d6)"
check "the kernel has nothing to say" dmesg_clean
