#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# AddPlex that is refused: a row of the contract each.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 5 64M
disk_make q1 64M
plexus pack create q "$(disk_path q1)" --quiet

volume_make p/t 8M --disk d1
volume_make p/small 4M --disk d2
volume_make p/same 8M --disk d1
volume_make p/span 30M --type span --disk d2=16M --disk d3=16M
volume_make p/stripe 8M --type stripe --disk d2 --disk d3
volume_make q/other 8M

refused "AddPlex: source smaller than target" VDS_E_INVALID_OPERATION 'small.*smaller' \
	plexus volume add-plex p/t p/small
refused "AddPlex: source is the target" VDS_E_DISTINCT_VOLUME 'itself|same volume' \
	plexus volume add-plex p/t p/t
refused "AddPlex: a source disk holds extents of the target" VDS_E_DISK_IN_USE_BY_VOLUME \
	"$(disk_path d1).*same" plexus volume add-plex p/t p/same
refused "AddPlex: source is a span" VDS_E_VOLUME_SPANS_DISKS 'span.*any-layout' \
	plexus volume add-plex p/t p/span
refused "AddPlex: source is a stripe" VDS_E_VOLUME_SPANS_DISKS 'stripe.*any-layout' \
	plexus volume add-plex p/t p/stripe
refused "AddPlex: no such source" VDS_E_OBJECT_NOT_FOUND 'nobody' \
	plexus volume add-plex p/t p/nobody
refused "AddPlex: no such target" VDS_E_OBJECT_NOT_FOUND 'nobody' \
	plexus volume add-plex p/nobody p/t
refused "AddPlex: source of another pack" VDS_E_VOLUME_NOT_FOUND_IN_PACK 'other|pack' \
	plexus volume add-plex p/t q/other

# A source in pieces: the room between two volumes, and behind them.
volume_make p/a 20M --disk d4
volume_make p/b 20M --disk d4
plexus volume delete p/a --quiet
volume_make p/pieces 30M --disk d4
check "a volume in several pieces" test "$(plex_value p/pieces 0 '.members[0].extents | length')" -gt 1
refused "AddPlex: source is simple but of several extents" VDS_E_REQUIRES_CONTIGUOUS_DISK_SPACE \
	'extents.*any-layout' plexus volume add-plex p/t p/pieces

# Mounted, or held by anybody.
volume_make p/open 8M --disk d5
exec {held}<"$(volume_path p/open)"
refused "AddPlex: source is open (EBUSY)" VDS_E_ANOTHER_CALL_IN_PROGRESS 'open' \
	plexus volume add-plex p/t p/open
check_equal "AddPlex: source is open, the errno is EBUSY" 16 \
	"$(plexus volume add-plex p/t p/open --json 2>/dev/null | jq .error.errno)"
exec {held}<&-

# The flag admits what was refused.
done_ok "AddPlex: a source of several extents with --any-layout" \
	plexus volume add-plex p/t p/pieces --any-layout
done_ok "AddPlex: a span with --any-layout" plexus volume add-plex p/t p/span --any-layout
check "AddPlex: a simple plex and a span are a healthy mirror" wait_until 20 volume_is p/t healthy
check "the kernel has nothing to say" dmesg_clean
