#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Recover(volume): every row of the contract.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 5 64M

volume_make p/one 8M --disk d1
volume_make p/v 32M --type mirror --disk d1 --disk d2
check "a mirror" wait_until 20 volume_is p/v healthy
fill "$(volume_path p/v)"

done_ok "Recover(volume): nothing to do" plexus volume recover p/v
refused "Recover(volume): not fault tolerant" VDS_E_INVALID_OPERATION 'one' plexus volume recover p/one
refused "Recover(volume): no such volume" VDS_E_OBJECT_NOT_FOUND 'nobody' plexus volume recover p/nobody

# A plex that is stale and that nobody cares for: its resync was cancelled.
plexus disk offline "$(disk_path d2)" --quiet
fill "$(volume_path p/v)"
plexus volume set p/v --sync-action pause --quiet
plexus disk online "$(disk_path d2)" --quiet
task=$(plexus task list --json | jq '[.tasks[] | select(.running)] | last | .id')
refused "Recover(volume): a recovery is running on it" VDS_E_ANOTHER_CALL_IN_PROGRESS 'task|running' \
	plexus volume recover p/v
plexus task cancel "$task" --quiet
plexus volume set p/v --sync-action idle --quiet
check_fails "the resync was cancelled" plexus task wait "$task" --timeout 20
check "a plex that nobody resyncs is stale" wait_until 10 plex_is p/v 1 stale
done_ok "Recover(volume): fine, a resync" plexus volume recover p/v
check "Recover(volume): the volume is healthy" wait_until 10 volume_is p/v healthy

# A spare in the place of a disk that is gone.
plexus disk spare "$(disk_path d5)" --quiet
volume_make p/o 4M --type mirror --disk d3 --disk d4
volume_make p/n 4M
check_fails "a spare is not for new volumes, though it is the emptiest" \
	test "$(plex_value p/n 0 '.members[0].extents[0].path')" = "$(disk_path d5)"
plexus volume delete p/n --quiet
plexus volume delete p/o --quiet
# The first spare has the other plex of the volume.
plexus disk spare "$(disk_path d1)" --quiet
disk_fail d2
dd if=/dev/zero of="$(volume_path p/v)" bs=1M count=1 oflag=direct status=none
check "a disk is gone" wait_until 20 volume_is p/v failed-redundancy
done_ok "Recover(volume): fine, a spare is put in place" plexus volume recover p/v
check "Recover(volume): on the spare the volume is healthy" wait_until 10 volume_is p/v healthy
check_equal "Recover(volume): the plex is on the spare" "$(disk_path d5)" \
	"$(plex_value p/v 1 '.members[0].extents[0].path')"

# Somebody has written to a disk behind the driver's back.
plxdisk spoil "$(disk_file d1)" slots
refused "Recover(volume): the driver's picture and the disks' differ" VDS_E_PROVIDER_CACHE_CORRUPT \
	"$(disk_path d1).*refresh" plexus volume recover p/v
check "Recover(volume): scan works on such a disk" plexus scan "$(disk_path d1)"
check "Recover(volume): refresh mends it" plexus pack refresh p
done_ok "Recover(volume): after scan and refresh" plexus volume recover p/v

# A break waits until the plexes are equal, which takes a while here.
disk_delay d4 0 1000
volume_make p/b 16M --type mirror --disk d3 --disk d4
task=$(task_of plexus volume break-plex p/b 1 --name c)
refused "Recover(volume): a break is running on it" VDS_E_ANOTHER_CALL_IN_PROGRESS 'running' \
	plexus volume recover p/b
disk_heal d4
check "the break ends well" plexus task wait "$task" --timeout 20
plexus volume delete p/b --quiet
plexus volume delete p/c --quiet

volume_make p/m 8M --type mirror --disk d3 --disk d4
check "a mirror" wait_until 20 volume_is p/m healthy
id=$(volume_value p/m .id)
plexus disk offline "$(disk_path d3)" --quiet
plexus disk offline "$(disk_path d4)" --force --quiet
refused "Recover(volume): volume failed" VDS_E_OBJECT_STATUS_FAILED 'm' plexus volume recover p/m
plexus volume delete p/m --force --quiet
refused "Recover(volume): volume was deleted" VDS_E_OBJECT_DELETED 'deleted' plexus volume recover "$id"
check "the kernel has nothing to say" dmesg_clean
