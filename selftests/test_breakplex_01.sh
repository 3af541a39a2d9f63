#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# BreakPlex that is accepted: the plex becomes a volume with the data of that moment.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd mkfs.ext4
pack_make p 3 96M

volume_make p/v 32M --type mirror --disk d1 --disk d2
path=$(volume_path p/v)
mkfs.ext4 -q -O ^has_journal "$path"
mnt=$(mktemp -d)
defer rmdir "$mnt"
mount "$path" "$mnt"
echo "written before" >"$mnt/before"
# A writer who never stops.
while echo more; do :; done >>"$mnt/growing" 2>"$mnt.err" &
writer=$!
plex=$(plex_value p/v 1 .id)

output=$(plexus volume break-plex p/v 1 --name copy --json)
kill "$writer"
wait "$writer" 2>/dev/null || true
rm -f "$mnt.err"
check_equal "BreakPlex: fine -> S_OK" S_OK "$(jq -r .result.name <<<"$output")"
check_equal "BreakPlex: the output is the new volume's id" "$(volume_value p/copy .id)" \
	"$(jq -r .volume.id <<<"$output")"
check_equal "BreakPlex: the plex keeps its id" "$plex" "$(plex_value p/copy 0 .id)"
check "BreakPlex: the new volume has a device of its own" test -b "$(volume_path p/copy)"
check "BreakPlex: the new volume is not the old one" test "$(volume_path p/copy)" != "$path"
check "BreakPlex: the parent was not dismounted" mountpoint -q "$mnt"
check "BreakPlex: the parent goes on" bash -c "echo after >$mnt/after && sync $mnt/after"
check_equal "BreakPlex: the parent has one plex" 1 "$(volume_value p/v .plex_count)"
check "BreakPlex: the file system of the new volume is clean" e2fsck -fn "$(volume_path p/copy)"
mnt2=$(mktemp -d)
defer rmdir "$mnt2"
mount -o ro "$(volume_path p/copy)" "$mnt2"
check_equal "BreakPlex: the image has what was written before" "written before" "$(cat "$mnt2/before")"
check_fails "BreakPlex: the image has nothing of what was written after" test -e "$mnt2/after"
umount "$mnt2"
umount "$mnt"

# A name that the driver or the tool chooses.
volume_make p/w 8M --type mirror --disk d1 --disk d3
check "another mirror" wait_until 20 volume_is p/w healthy
done_ok "BreakPlex: without a name" plexus volume break-plex p/w 0
check_equal "BreakPlex: there is a third volume with the first plex" 4 \
	"$(plexus status --json | jq '.packs[0].volumes | length')"
check "the kernel has nothing to say" dmesg_clean
