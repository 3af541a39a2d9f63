#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Extending mirrors of spans; properties and scrubs of unusual volumes.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 3 64M
volume_make p/m 40M --type span --plexes 2 --disk d1 --disk d2
check "a mirror of spans" wait_until 20 volume_idle p/m
done_ok "extend: each on its own disk first" plexus volume extend p/m --size 50M
check_equal "extend: one disk each" "$(disk_path d1) $(disk_path d2)" \
	"$(volume_value p/m '[.plexes[].members[0].extents[].path] | unique | join(" ")')"
check "extend: healthy" wait_until 20 volume_idle p/m
disk_make d4 64M
disk_make d5 64M
plexus disk add p "$(disk_path d4)" --quiet
plexus disk add p "$(disk_path d5)" --quiet
done_ok "extend: onto two disks that are given" plexus volume extend p/m --size 80M \
	--disk "$(disk_path d3)" --disk "$(disk_path d4)"
check "extend: healthy" wait_until 20 volume_idle p/m
check "extend: the plexes are the same" plexes_same p/m
check_equal "extend: no disk has two plexes" 4 \
	"$(volume_value p/m '[.plexes[] | [.members[].extents[].path] | unique | .[]] | length')"

volume_make p/one 8M --disk d5
refused "extend: a disk for a volume without spans" E_INVALIDARG "$(disk_path d4)" \
	plexus volume extend p/one --size 9M --disk "$(disk_path d4)"
done_ok "extend: its own disk may be named" plexus volume extend p/one --size 9M --disk "$(disk_path d5)"

# Born stale: its other properties can still be set.
volume_make p/two 9M --disk d3
plexus volume set p/one --sync-action pause --quiet
plexus volume add-plex p/one p/two --no-wait --quiet
plexus volume break-plex p/one 1 --force --name stale --quiet
plexus volume set p/one --sync-action idle --quiet
dev=$(volume_path p/stale)
check "stable_writes of a volume that was born stale" \
	bash -c "echo 1 >/sys/block/${dev#/dev/}/plexus/stable_writes"
check_equal "it is set" 1 "$(cat "/sys/block/${dev#/dev/}/plexus/stable_writes")"

# A volume that has no device: no current plex was there at the start.
plexus volume delete p/stale --quiet
plexus volume delete p/one --quiet
volume_make p/away 8M --type mirror --disk d4 --disk d5
check "a mirror" wait_until 20 volume_idle p/away
plexus_restart d1 d2 d3
plexus pack recover p --force --quiet || true
check "it is there without a device" volume_is p/away failed
plexus volume set p/away --sync-action pause --quiet
plexus volume scrub p/away --no-wait --quiet
check "two scrubs of it: one is enough" error_is VDS_E_ANOTHER_CALL_IN_PROGRESS 'scrub' \
	plexus volume scrub p/away --no-wait
check "the kernel has nothing to say" dmesg_clean
