#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# BreakPlex that is refused: a row of the contract each.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 4 64M

volume_make p/one 8M --disk d1
volume_make p/v 8M --type mirror --disk d1 --disk d2
check "a mirror" wait_until 20 volume_is p/v healthy

refused "BreakPlex: volume has one plex" VDS_E_VOLUME_NOT_A_MIRROR 'one' \
	plexus volume break-plex p/one 0 --name x
refused "BreakPlex: no such plex in this volume" VDS_E_INVALID_PLEX_GUID 'v' \
	plexus volume break-plex p/v "$(plex_value p/one 0 .id)" --name x
refused "BreakPlex: no such volume" VDS_E_OBJECT_NOT_FOUND 'nobody' \
	plexus volume break-plex p/nobody "$(plex_value p/one 0 .id)" --name x
refused "BreakPlex: a name that is taken" E_INVALIDARG 'one' \
	plexus volume break-plex p/v 1 --name one

# Swap on it.
mkswap "$(volume_path p/v)" >/dev/null
swapon "$(volume_path p/v)"
refused "BreakPlex: plex carries the running swap" VDS_E_CRITICAL_PLEX 'swap' \
	plexus volume break-plex p/v 1 --name x
swapoff "$(volume_path p/v)"

# A plex that is not current: it is filled from the other one, which has to wait.
volume_make p/s 8M --disk d3
plexus volume set p/s --sync-action pause --quiet
plexus volume set p/v --sync-action pause --quiet
plexus volume add-plex p/v p/s --no-wait --quiet >/dev/null
plexus volume remove-plex p/v 1 --quiet
refused "BreakPlex: what would remain is stale" VDS_E_PLEX_LAST_ACTIVE 'v' \
	plexus volume break-plex p/v 0 --name x
refused "BreakPlex: what would remain is stale, also forced" VDS_E_PLEX_LAST_ACTIVE 'v' \
	plexus volume break-plex p/v 0 --name x --force
refused "BreakPlex: the plex is stale" VDS_E_PLEX_LAST_ACTIVE 'not current.*--force' \
	plexus volume break-plex p/v 1 --name x
done_ok "BreakPlex: the plex is stale, forced" plexus volume break-plex p/v 1 --name old --force
check_equal "BreakPlex: the new volume is born stale and says so" true "$(volume_value p/old .born_stale)"
check_equal "BreakPlex: the parent was not" false "$(volume_value p/v '.born_stale | tostring')"

# What would remain is missing.
volume_make p/m 8M --type mirror --disk d3 --disk d4
check "a mirror" wait_until 20 volume_is p/m healthy
plexus disk offline "$(disk_path d4)" --quiet
refused "BreakPlex: what would remain is missing" VDS_E_PLEX_LAST_ACTIVE 'm' \
	plexus volume break-plex p/m 0 --name x
plexus disk offline "$(disk_path d3)" --force --quiet
refused "BreakPlex: volume not available" VDS_E_VOLUME_NOT_ONLINE 'm' \
	plexus volume break-plex p/m 0 --name x
check "the kernel has nothing to say" dmesg_clean
