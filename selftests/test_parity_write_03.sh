#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each kind of write by itself, on blank disks: parity fits what was written, and what is beside it
# stays as it was. Disks with large blocks.
# long
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxparity
work=$(mktemp -d)
defer rm -rf "$work"

good()
{
	cmp "$work/ref" <(dd if="$path" bs=1M iflag=direct status=none) && parity_fits p/v
}

# one SEEK BYTES NAME: as many bytes at that place, and nothing else
one()
{
	dd if=/dev/urandom of="$work/part" bs="$2" count=1 status=none
	dd if="$work/part" of="$work/ref" bs=512 seek=$(($1 / 512)) conv=notrunc status=none
	dd if="$work/part" of="$path" bs="$2" seek="$1" oflag=direct,seek_bytes status=none
	check "$what: $3" good
}

for geometry in "4 1 64K 512" "5 2 64K 4096" "3 1 4K 512" "5 1 1M 512"; do
	read -r n parity unit block <<<"$geometry"
	what="$n members, $parity parity, unit $unit, blocks of $block"
	args=() paths=()
	for ((i = 1; i <= n; i++)); do
		disk_make "e$n$parity$block$i" 64M "$block"
		args+=(--disk "e$n$parity$block$i")
		paths+=("$(disk_path "e$n$parity$block$i")")
	done
	plexus pack create p "${paths[@]}" --quiet
	parity_make p/v 8M --parity "$parity" --unit "$unit" "${args[@]}"
	path=$(volume_path p/v)
	truncate -s 8M "$work/ref"
	u=$(numfmt --from=iec "$unit")
	k=$((n - parity))
	one 0 "$block" "a first block"
	one $((3 * block)) "$block" "a block beside it"
	one 0 "$block" "a block again"
	one $((k * u)) $((k * u)) "a row"
	one $((k * u + u - block)) $((2 * block)) "two blocks, over a unit's end"
	one $((k * u - block)) $((2 * block)) "two blocks, over a row's end"
	one $((k * u)) $((u + block)) "a unit and a block"
	one $((k * u + block)) $((k * u - 2 * block)) "all but the ends"
	one $((8 * 1048576 - block)) "$block" "the last block"
	plexus volume delete p/v --quiet
	plexus pack destroy p --quiet
	rm "$work/ref"
done
check "the kernel has nothing to say" dmesg_clean
