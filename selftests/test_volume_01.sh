#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Volumes: every type, placement, extend, rename, delete, limits.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 4 64M

# Each block says where it is; so a block at the wrong place is seen.
pattern()
{
	seq -f '%015.0f' 0 $(($(blockdev --getsize64 "$1") / 16 - 1))
}

check_pattern()
{
	pattern "$2" | dd of="$2" bs=1M iflag=fullblock oflag=direct conv=fsync status=none
	check "$1: what was written is read" cmp <(pattern "$2") "$2"
}

done_ok "create: simple" plexus volume create p/a --size 20M
check_equal "create: simple is of that type" simple "$(volume_value p/a .type)"
check_equal "create: of that size" $((20 << 20)) "$(blockdev --getsize64 "$(volume_path p/a)")"
check_pattern "simple" "$(volume_path p/a)"
done_ok "create: span on given disks with given sizes" plexus volume create p/b --size 24M --type span \
	--disk "$(disk_path d2)=16M" --disk "$(disk_path d3)=16M"
check_equal "create: span lies on both" 2 "$(volume_value p/b '[.plexes[].members[].extents[].path] | unique | length')"
check_pattern "span" "$(volume_path p/b)"
done_ok "create: stripe" plexus volume create p/c --size 12M --type stripe --members 3 --unit 16K
check_equal "create: stripe has its unit" $((16 << 10)) "$(plex_value p/c 0 .unit)"
check_equal "create: stripe has its members" 3 "$(plex_value p/c 0 '.members | length')"
check_pattern "stripe" "$(volume_path p/c)"
done_ok "create: mirror" plexus volume create p/d --size 8M --type mirror
check_equal "create: mirror has two plexes" 2 "$(volume_value p/d .plex_count)"
check "create: mirror becomes healthy" wait_until 20 volume_is p/d healthy
check_pattern "mirror" "$(volume_path p/d)"
done_ok "create: mirror of stripes" plexus volume create p/e --size 4M --type stripe --plexes 2 --members 2
check "create: mirror of stripes becomes healthy" wait_until 20 volume_is p/e healthy
check_pattern "mirror of stripes" "$(volume_path p/e)"
check_equal "create: no disk has both plexes" 4 \
	"$(volume_value p/e '[.plexes[].members[].extents[].path] | unique | length')"

refused "create: a name that is taken" E_INVALIDARG 'a' plexus volume create p/a --size 4M
refused "create: no room" VDS_E_NOT_ENOUGH_SPACE 'room' plexus volume create p/x --size 1G
refused "create: more plexes than disks" VDS_E_NOT_ENOUGH_SPACE 'room' \
	plexus volume create p/x --size 1M --type mirror --plexes 5
refused "create: 33 plexes" E_INVALIDARG 'range|32' \
	plexus volume create p/x --size 1M --type mirror --plexes 33
refused "create: a stripe unit that is no power of two" E_INVALIDARG 'power' \
	plexus volume create p/x --size 1M --type stripe --members 2 --unit 12K
refused "create: size 0" E_INVALIDARG 'size' plexus volume create p/x --size 0
refused "create: a given disk twice" VDS_E_DUPLICATE_DISK 'twice' plexus volume create p/x --size 1M \
	--type mirror --disk "$(disk_path d1)" --disk "$(disk_path d1)"
refused "create: the largest size there is" VDS_E_NOT_ENOUGH_SPACE 'room' \
	plexus volume create p/x --size 9223372036854775807

# Pieces: delete what lies between, extend over what lies behind.
plexus volume delete p/a --quiet
plexus volume delete p/b --quiet
plexus volume delete p/c --quiet
plexus volume delete p/d --quiet
plexus volume delete p/e --quiet
check_equal "delete: all is free again" 1 \
	"$(plexus status --json | jq '[.packs[].disks[] | .free == .largest_free] | unique | length')"
volume_make p/one 10M --disk d1
volume_make p/wall 2M --disk d1
check_pattern "before it grows" "$(volume_path p/one)"
done_ok "extend: behind another volume" plexus volume extend p/one --size 20M
check_equal "extend: in two pieces" 2 "$(plex_value p/one 0 '.members[0].extents | length')"
check_equal "extend: the device has grown" $((20 << 20)) "$(blockdev --getsize64 "$(volume_path p/one)")"
check "extend: the old data is there" cmp -n $((10 << 20)) <(pattern "$(volume_path p/one)") "$(volume_path p/one)"
check_pattern "over two pieces" "$(volume_path p/one)"
refused "extend: smaller" E_INVALIDARG 'smaller' plexus volume extend p/one --size 5M
refused "extend: no room" VDS_E_NOT_ENOUGH_SPACE 'room' plexus volume extend p/one --size 500M
volume_make p/m 8M --type mirror
check "a mirror" wait_until 20 volume_is p/m healthy
done_ok "extend: a mirror" plexus volume extend p/m --size +4M
check "extend: the mirror becomes healthy" wait_until 20 volume_is p/m healthy
check_pattern "extended mirror" "$(volume_path p/m)"

id=$(volume_value p/one .id)
done_ok "rename: fine" plexus volume rename p/one two
check_equal "rename: it keeps its id" "$id" "$(volume_value p/two .id)"
refused "rename: a name that is taken" E_INVALIDARG 'm' plexus volume rename p/two m
refused "rename: a bad name" E_INVALIDARG 'name' plexus volume rename p/two .two

exec {held}<"$(volume_path p/two)"
refused "delete: it is open" VDS_E_ANOTHER_CALL_IN_PROGRESS 'open' plexus volume delete p/two
exec {held}<&-
done_ok "delete: fine" plexus volume delete p/two
refused "delete: no such volume" VDS_E_OBJECT_NOT_FOUND 'two' plexus volume delete p/two
check "the kernel has nothing to say" dmesg_clean
