#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# disk replace with several volumes on the disk: all of them or none; disks with larger blocks.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 4 64M
disk_make small 16M
disk_make big 64M 4096
plexus disk add p "$(disk_path small)" --quiet
plexus disk add p "$(disk_path big)" --quiet
volume_make p/a 8M --type mirror --disk d1 --disk d2
volume_make p/b 8M --type mirror --disk d1 --disk d3
check "a mirror" wait_until 20 volume_is p/a healthy
check "another one" wait_until 20 volume_is p/b healthy
fill "$(volume_path p/a)"
fill "$(volume_path p/b)"
a=$(sum "$(volume_path p/a)") b=$(sum "$(volume_path p/b)")

refused "replace: the second volume uses the disk" VDS_E_DISK_IN_USE_BY_VOLUME "$(disk_path d3).*b" \
	plexus disk replace p "$(disk_path d1)" "$(disk_path d3)"
refused "replace: no room for both" VDS_E_NOT_ENOUGH_SPACE 'room.*b' \
	plexus disk replace p "$(disk_path d1)" "$(disk_path small)"
refused "replace: larger blocks" VDS_E_INVALID_OPERATION "$(disk_path big).*larger blocks" \
	plexus disk replace p "$(disk_path d1)" "$(disk_path big)"

plexus volume set p/b --sync-action pause --quiet
task=$(task_of plexus disk replace p "$(disk_path d1)" "$(disk_path d4)")
child()
{
	plexus task list --json | jq -r --argjson task "$task" --arg volume "$(volume_value "$1" .id)" \
		'.tasks[] | select(.parent == $task and .volume_id == $volume) | .id'
}
check "replace: the first volume has a task of its own" test -n "$(child p/a)"
check "replace: the second volume, too" test -n "$(child p/b)"
check "replace: the first volume is healthy" wait_until 20 volume_is p/a healthy
check_equal "replace: the whole still runs" true "$(task_value "$task" .running)"
plexus volume set p/b --sync-action idle --quiet
check "replace: it ends well" plexus task wait "$task" --timeout 30
check "replace: the second volume is healthy" volume_is p/b healthy
check_equal "replace: the first volume's data" "$a" "$(sum "$(volume_path p/a)")"
check_equal "replace: the second volume's data" "$b" "$(sum "$(volume_path p/b)")"
done_ok "replace: the old disk can be removed" plexus disk remove p "$(disk_path d1)"

plexus volume set p/a --sync-action pause --quiet
task=$(task_of plexus disk replace p "$(disk_path d4)" "$(disk_path small)") || task=
check_equal "replace: no room for both of them again" "" "$task"
plexus disk add p "$(disk_path d1)" --quiet
task=$(task_of plexus disk replace p "$(disk_path d4)" "$(disk_path d1)")
plexus task cancel "$task" --quiet
plexus task wait "$task" --timeout 30 --quiet || true
check_equal "replace: the whole can be cancelled" VDS_E_OPERATION_CANCELED \
	"$(task_value "$task" .result.name)"
ended()
{
	[[ $(task_value "$1" .running) == false ]]
}
check "replace: and its parts are" wait_until 10 ended "$(child p/a)"
plexus volume set p/a --sync-action idle --quiet
plexus pack recover p --quiet || true
check "the volume gets healthy" wait_until 20 volume_is p/a healthy

plexus disk offline "$(disk_path d2)" --quiet
refused "Repair: larger blocks" VDS_E_INVALID_OPERATION "$(disk_path big).*larger blocks" \
	plexus plex repair "p/a:$(volume_value p/a '[.plexes[] | select(.health != "healthy")][0].index')" \
	--disk "$(disk_path big)"
check "the kernel has nothing to say" dmesg_clean
