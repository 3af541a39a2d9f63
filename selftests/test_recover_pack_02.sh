#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Recover(pack): quorum, two histories, and no configuration at all.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 4 64M
volume_make p/v 16M --type mirror --disk d1 --disk d3
check "a mirror over both halves" wait_until 20 volume_is p/v healthy
fill "$(volume_path p/v)"
before=$(sum "$(volume_path p/v)")
id=$(pack_value p .id)

# Half of the disks is not more than half.
plexus_restart d1 d2
check_equal "a pack with half of its disks waits" offline "$(pack_value p .status)"
check "a pack that waits says so" grep -q '2 of 4' <<<"$(pack_value p .message)"
refused "Recover(pack): without quorum" VDS_E_VOLUME_NOT_ONLINE '2 of 4.*--force' plexus pack recover p
output=$(plexus pack recover p --force --json 2>/dev/null) || true
check_equal "Recover(pack): --force starts it, and says what is left" VDS_E_VOLUME_NOT_HEALTHY \
	"$(jq -r '.error.name // .result.name' <<<"$output")"
check_equal "Recover(pack): the data of the half is there" "$before" "$(sum "$(volume_path p/v)")"
volume_make p/left 4M --disk d2
fill "$(volume_path p/v)"
left=$(sum "$(volume_path p/v)")

# The other half goes its own way.
plexus_restart d3 d4
plexus pack recover p --force --quiet 2>/dev/null || true
check_fails "the other half knows nothing of the first" volume_value p/left .name
volume_make p/right 4M --disk d4
fill "$(volume_path p/v)"

# A half that is complete by its own history goes on; who ran apart from it is refused.
plexus_restart d1 d2
disk_plug d3 d4
check_equal "a half goes on" online "$(pack_value p .status)"
refused "a disk with another history is not taken in, both are named" VDS_E_DMADMIN_METHOD_CALL_FAILED \
	'd3.*generation.*pack p.*generation.*disk online --force' plexus scan "$(disk_path d3)"
check "Recover(pack): and says why such a disk stays away" \
	error_is VDS_E_VOLUME_NOT_HEALTHY 'd3.*run apart' plexus pack recover p
refused "Recover(pack): a pack that is online has its history" VDS_E_INVALID_OPERATION 'p is online' \
	plexus pack recover p --keep "$(disk_path d1)"
refused "import of a pack that is online, with a history" VDS_E_INVALID_OPERATION 'p is online' \
	plexus pack import p --keep "$(disk_path d1)"
check "import of a pack that is online says so" bash -c "plexus pack import p | grep 'online already'"

plexus_restart d1 d3 d2 d4
check_equal "a pack with two histories does not start" offline "$(pack_value p .status)"
refused "Recover(pack): two histories, both are named" VDS_E_DMADMIN_METHOD_CALL_FAILED \
	'generation.*(d1|d2|d3|d4).*generation' plexus pack recover p
check "Recover(pack): one of each half is named" bash -c \
	"plexus pack recover p 2>&1 | grep -E 'plxtest-d[12]' | grep -E 'plxtest-d[34]'"
refused "Recover(pack): two histories, force alone does not choose" VDS_E_DMADMIN_METHOD_CALL_FAILED \
	'keep' plexus pack recover p --force
done_ok "Recover(pack): the history of one disk is kept" plexus pack recover p --keep "$(disk_path d1)"
check "Recover(pack): that history counts" volume_value p/left .name
check_fails "Recover(pack): the other one does not" volume_value p/right .name
check "Recover(pack): the mirror becomes healthy" wait_until 30 volume_is p/v healthy
check_equal "Recover(pack): with the data of the half that was kept" "$left" "$(sum "$(volume_path p/v)")"
plexus volume break-plex p/v 1 --name out --quiet
check_equal "Recover(pack): on the plex of the other half, too" "$left" "$(sum "$(volume_path p/out)")"

# A disk that was used alone comes back to the pack that goes on without it: it is written anew,
# wherever it is.
plexus volume delete p/out --quiet
plexus volume delete p/left --quiet
plexus disk offline "$(disk_path d4)" --quiet
rmmod plexus
disk_unplug d1 d2 d3
plexus_load
plexus scan "$(disk_path d4)" >/dev/null
plexus pack recover "$id" --force --quiet 2>/dev/null || true
plexus pack rename "$id" q --quiet
plexus_restart d1 d2 d3
disk_plug d4
dmsetup rename plxtest-d4 plxtest-moved
plexus scan /dev/mapper/plxtest-moved >/dev/null
refused "a disk that was used alone is refused" VDS_E_DMADMIN_METHOD_CALL_FAILED 'run apart' \
	plexus disk online /dev/mapper/plxtest-moved
done_ok "disk online --force takes it back" plexus disk online /dev/mapper/plxtest-moved --force
dmsetup rename plxtest-moved plxtest-d4
check_equal "and its pack goes on" "online p" "$(pack_value p '"\(.status) \(.name)"')"

# From now on it is one pack again.
plexus_restart d1 d2 d3 d4
check_equal "the histories are one again" online "$(pack_value p .status)"

rmmod plexus
for name in d1 d2 d3 d4; do
	plxdisk spoil "$(disk_file "$name")" slots
done
plexus_load
for name in d1 d2 d3 d4; do
	plexus scan "$(disk_path "$name")" >/dev/null
done
refused "Recover(pack): no configuration copy can be read" VDS_E_DMADMIN_METHOD_CALL_FAILED \
	'configuration' plexus pack recover "$id"
check "the kernel has nothing to say" dmesg_clean
