#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The driver leaves when nobody uses it, whatever its packs are doing, and stays when somebody does
# (invariant 17).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
disks_make 3 128M

gone()
{
	timeout 60 rmmod plexus
}

back()
{
	modprobe plexus
	plexus scan "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)" >/dev/null
}
plexus pack create p "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)"
plexus volume create p/v --size 64M --type mirror --plexes 2
exec {hold}<"$(volume_path p/v)"
check_fails "not while a volume is open" rmmod plexus
exec {hold}<&-
check "right after the last close" gone
back
dd if=/dev/urandom of="$(volume_path p/v)" bs=1M count=64 oflag=direct status=none
check "right after writes" gone
back
check "right after a scan" gone
back
plexus volume create p/s --size 64M
plexus volume add-plex p/v p/s --no-wait
plexus volume set p/v --speed-max 4M
check "while a plex is resynced" gone
back
plexus volume set p/v --sync-action idle || true
plexus volume set p/v --speed-max 4M
plexus volume scrub p/v --no-wait || true
check "while a scrub runs" gone
back
plexus volume set p/v --sync-action pause
check "while it is paused" gone
back
disk_fail d1
dd if=/dev/urandom of="$(volume_path p/v)" bs=1M count=8 oflag=direct status=none || true
check "with a failed disk" gone
disk_heal d1
back
plexus pack export p
check "with an exported pack" gone
back
plexus pack import p
disk_delay d2 0 300
dd if=/dev/urandom of="$(volume_path p/v)" bs=64k count=1 seek=900 oflag=direct status=none || true
check "with a slow disk" gone
disk_heal d2
back
check "in a row" bash -c 'for i in 1 2 3 4 5; do rmmod plexus && modprobe plexus || exit; done'
check "the kernel has nothing to say" dmesg_clean
