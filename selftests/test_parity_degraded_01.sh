#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# As many disks as there are parities fail while it is written: nobody notices, and nothing is lost.
# long
# timeout: 180
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio plxparity
pack_make p 5 64M

writes()
{
	fio --name=d --filename="$path" --ioengine=libaio --direct=1 --rw=randwrite --bsrange=512-128k \
		--blockalign=512 --iodepth=8 --numjobs=2 --size=6M --offset_increment=6M --loops=6 \
		--randseed=$RANDOM --verify=crc32c --verify_fatal=1 --minimal
}

for how in disk_fail disk_writes_fail; do
	for parity in 1 2; do
		what="$how, $parity parity"
		parity_make p/v 12M --parity "$parity" --unit 16K --disk d1 --disk d2 --disk d3 --disk d4 --disk d5
		path=$(volume_path p/v)
		fill "$path"
		writes >/dev/null &
		writer=$!
		sleep 0.7
		"$how" d2
		if ((parity == 2)); then
			sleep 0.4
			"$how" d4
		fi
		check_wait "$what: writes are verified" "$writer"
		check "$what: status says so" wait_until 10 volume_is p/v failed-redundancy
		check "$what: it is written and verified while degraded" writes
		before=$(sum "$path")
		disk_heal d2
		disk_heal d4
		plexus pack recover p --quiet || plexus pack recover p --force --quiet || true
		check "$what: it gets healthy" wait_until 60 volume_is p/v healthy
		check_equal "$what: the same as before" "$before" "$(sum "$path")"
		parity_right p/v d1 d2 d3 d4 d5
		plexus volume delete p/v --quiet
	done
done
check "the kernel has nothing to say" dmesg_clean
