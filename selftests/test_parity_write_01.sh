#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Writes of all sizes to one parity: 3 to 6 members, units of 4 KiB to 1 MiB.
# long
# timeout: 300
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio plxparity
parity=${PARITY:-1}
pack_make p 6 112M

run()
{
	fio --name=w --filename="$(volume_path p/v)" --ioengine=libaio --direct=1 --rw=randwrite \
		--bsrange=512-1M --blockalign=512 --iodepth=8 --numjobs=3 --size=4M --offset_increment=4M \
		--randseed=$RANDOM --verify=crc32c --verify_fatal=1 --minimal
}

for unit in ${UNITS-4K 64K 1M}; do
	for ((n = 2 + parity; n <= 6; n++)); do
		disks=() args=()
		for ((i = 1; i <= n; i++)); do
			disks+=("d$i")
			args+=(--disk "d$i")
		done
		what="$n members, unit $unit"
		parity_make p/v 12M --parity "$parity" --unit "$unit" "${args[@]}"
		fill "$(volume_path p/v)"
		check "$what: writes, read back" run
		parity_right p/v "${disks[@]}"
		plexus volume delete p/v --quiet
	done
done
check "the kernel has nothing to say" dmesg_clean
