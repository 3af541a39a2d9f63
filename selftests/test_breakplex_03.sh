#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# BreakPlex while somebody writes to the device itself, without a file system that could be frozen: from
# when the first disk says that the plex is a volume, nothing more is written to it, for after a cut of
# power it would be one (invariant 8). The last disk takes three seconds to say so.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio
need_module dm-delay
pack_make p 3 64M
volume_make p/v 16M --type mirror --disk d1 --disk d2
check "a mirror" wait_until 20 volume_idle p/v
begin=$(plex_value p/v 1 '.members[0].extents[0].start')

configuration()
{
	dd if="$(disk_file d2)" bs=128k skip=1 count=8 status=none | cksum
}

content()
{
	dd if="$(disk_file d2)" bs=1M skip=$((begin >> 20)) count=16 status=none | cksum
}

has_changed()
{
	[[ $(configuration) != "$before" ]]
}
disk_delay d3 0 3000 0
fio --name=r --filename="$(volume_path p/v)" --ioengine=libaio --direct=1 --rw=randwrite --bs=4k \
	--iodepth=8 --time_based --runtime=60 --size=16M --minimal >/dev/null 2>&1 &
load=$!
wait_until 10 test "$(content)" != "$(sleep 1; content)"
before=$(configuration)
plexus volume break-plex p/v 1 --name copy --quiet &
break=$!
check "a disk says that there are two volumes" wait_until 20 has_changed
first=$(content)
check "the others do not yet" kill -0 "$break"
check_wait "BreakPlex: while the device is written to" "$break"
check_equal "BreakPlex: the new volume is as it was then" "$first" "$(content)"
second=$(sleep 1; content)
check_equal "BreakPlex: and stays so" "$first" "$second"
kill -INT "$load"
wait "$load" || true
check "the kernel has nothing to say" dmesg_clean
