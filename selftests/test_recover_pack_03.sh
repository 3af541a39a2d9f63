#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Recover(pack) of a pack that can be read and not written.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 2 64M
volume_make p/v 16M --type mirror --disk d1 --disk d2
check "a mirror" wait_until 20 volume_idle p/v
fill "$(volume_path p/v)"
before=$(sum "$(volume_path p/v)")
rmmod plexus
disk_writes_fail d1
disk_writes_fail d2
plexus_load
for disk in d1 d2; do
	plexus scan "$(disk_path $disk)" >/dev/null 2>&1 || true
done
check_equal "a pack that cannot be written does not start" "" "$(plexus status --json |
	jq -r '.packs[].volumes[].device // empty')"
# What it tried is what status tells of; the disks do not know of it.
check "Recover(pack): no configuration copy can be written -> VDS_E_DMADMIN_METHOD_CALL_FAILED" error_is \
	VDS_E_DMADMIN_METHOD_CALL_FAILED 'no disk of the pack can take the configuration' plexus pack recover p
disk_heal d1
disk_heal d2
check "Recover(pack): starts it when that is mended -> S_OK" plexus pack recover p
check_equal "the data is as it was" "$before" "$(sum "$(volume_path p/v)")"
check "the kernel has nothing to say" dmesg_clean
