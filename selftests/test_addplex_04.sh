#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# AddPlex of a plex from which the system could not be started: done, with a warning.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd sfdisk

# partition NAME gpt|dos: a disk that is a partition, the only one, of another; $path is its path
partition()
{
	local loop

	disk_make "$1" 48M
	sfdisk --quiet --label "$2" "$disk_dir/$1" <<<',,'
	loop=$(losetup --find --show --partscan "$disk_dir/$1")
	disk_defer losetup --detach "$loop"
	check "$1: a $2 partition" wait_until 5 test -b "${loop}p1"
	path=${loop}p1
}

# add_plex TARGET SOURCE: and what it says of it
add_plex()
{
	plexus volume add-plex "$1" "$2" --json >"$out" 2>"$err"
}

out=$(mktemp) err=$(mktemp)
defer rm -f "$out" "$err"
path=
partition g1 gpt
gpt1=$path
partition g2 gpt
gpt2=$path
partition m dos
mbr=$path
disk_make whole 48M
plexus pack create p "$gpt1" "$gpt2" "$mbr" "$(disk_path whole)" --quiet
plexus volume create p/v --size 8M --disk "$gpt1" --quiet
plexus volume create p/g --size 8M --disk "$gpt2" --quiet
plexus volume create p/m --size 8M --disk "$mbr" --quiet
volume_make p/w 8M --disk whole

add_plex p/v p/m
check_equal "AddPlex: no boot volume, no warning" "" "$(<"$err")"
check "the volume is healthy" wait_until 20 volume_is p/v healthy
plexus volume break-plex p/v 1 --name m --quiet

mkswap "$(volume_path p/v)" >/dev/null
swapon "$(volume_path p/v)"
add_plex p/v p/g
check_equal "AddPlex: boot volume on GPT gets a plex on GPT -> S_OK" S_OK "$(jq -r .result.name "$out")"
check_equal "AddPlex: GPT to GPT, no warning" "" "$(<"$err")"
add_plex p/v p/w
check_equal "AddPlex: boot volume on GPT gets a plex on a whole disk -> S_OK" S_OK "$(jq -r .result.name "$out")"

check "AddPlex: boot volume on GPT gets a plex on MBR: done" add_plex p/v p/m
check_equal "AddPlex: boot volume on GPT gets a plex on MBR -> VDS_S_GPT_BOOT_MIRRORED_TO_MBR" \
	"VDS_S_GPT_BOOT_MIRRORED_TO_MBR 0x80042469" "$(jq -r '.result | "\(.name) \(.code)"' "$out")"
check "AddPlex: the warning says which volume" grep "^plexus: warning: .* volume v .*MBR" "$err"
check_equal "AddPlex: it has all plexes" 4 "$(volume_value p/v .plex_count)"
check "AddPlex: the volume is healthy" wait_until 20 volume_is p/v healthy
swapoff "$(volume_path p/v)"
check "the kernel has nothing to say" dmesg_clean
