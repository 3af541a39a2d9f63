#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# AddPlex that is accepted: the plexes of the source become plexes of the target and are filled from it.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 6 64M

volume_make p/t 10M --disk d1
volume_make p/s 16M --disk d2
fill "$(volume_path p/t)"
fill "$(volume_path p/s)"
before=$(sum "$(volume_path p/t)")
plex=$(plex_value p/s 0 .id)
extent=$(plex_value p/s 0 '.members[0].extents[0].start')

done_ok "AddPlex: fine, a larger source" plexus volume add-plex p/t p/s
check_fails "AddPlex: the source ceases to be a volume" volume_value p/s .name
check_equal "AddPlex: the target has two plexes" 2 "$(volume_value p/t .plex_count)"
check_equal "AddPlex: the target keeps its size" $((10 << 20)) "$(volume_value p/t .size)"
check_equal "AddPlex: the plex keeps its id" "$plex" "$(plex_value p/t 1 .id)"
check_equal "AddPlex: the plex uses the source's extents" "$extent" \
	"$(plex_value p/t 1 '.members[0].extents[0].start')"
check "AddPlex: the target becomes healthy" wait_until 20 volume_is p/t healthy
check_equal "AddPlex: the target's data is as it was" "$before" "$(sum "$(volume_path p/t)")"
plexus volume break-plex p/t 1 --name out --quiet
check_equal "AddPlex: the new plex was filled from the target" "$before" "$(sum "$(volume_path p/out)")"

# A mirror brings all its plexes.
volume_make p/m 10M --type mirror --disk d3 --disk d4
check "a mirror for a source" wait_until 20 volume_is p/m healthy
done_ok "AddPlex: a mirrored source adds all its plexes" plexus volume add-plex p/t p/m
check_equal "AddPlex: the plexes are the sum" 3 "$(volume_value p/t .plex_count)"
check "AddPlex: all of them become current" wait_until 20 volume_is p/t healthy

# The new plexes start stale, and the target is in use meanwhile.
volume_make p/u 40M --disk d5
volume_make p/v 40M --disk d6
plexus volume set p/u --speed-max 8M --quiet
fill "$(volume_path p/u)"
task=$(task_of plexus volume add-plex p/u p/v)
check_equal "AddPlex: a new plex starts stale, and is rebuilt" rebuilding "$(plex_value p/u 1 .health)"
check_equal "AddPlex: the task is of its kind" add-plex "$(task_value "$task" .kind)"
fill "$(volume_path p/u)"
before=$(sum "$(volume_path p/u)")
plexus volume set p/u --speed-max 0 --quiet
check "AddPlex: the task ends well" plexus task wait "$task"
plexus volume break-plex p/u 1 --name copy --quiet
check_equal "AddPlex: what was written meanwhile is on both" "$before" "$(sum "$(volume_path p/copy)")"
check "the kernel has nothing to say" dmesg_clean
