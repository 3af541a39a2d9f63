#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many write a few rows, over one another, while disks fail: no row is left with a parity that does not
# fit, and what was acknowledged is read.
# long
# timeout: 180
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio plxparity
pack_make p 5 64M

crowd()
{
	fio --name=c --filename="$path" --ioengine=libaio --direct=1 --rw=randwrite --bsrange=512-24k \
		--blockalign=512 --iodepth=16 --numjobs=4 --size=256k --norandommap --time_based \
		--runtime="$1" --randseed=$RANDOM --minimal
}

for parity in 1 2; do
	parity_make p/v 12M --parity "$parity" --unit 16K --disk d1 --disk d2 --disk d3 --disk d4 --disk d5
	path=$(volume_path p/v)
	fill "$path"
	for victims in "d1" "d3 d4" "d5"; do
		what="$parity parity, $victims"
		if ((parity == 1)) && [[ $victims == *" "* ]]; then
			continue
		fi
		crowd 3 >/dev/null &
		writer=$!
		sleep 1
		for victim in $victims; do
			disk_writes_fail "$victim"
		done
		check_wait "$what: all writes are done" "$writer"
		check "$what: status says so" wait_until 10 volume_is p/v failed-redundancy
		before=$(sum "$path")
		crowd 1 >/dev/null
		before=$(sum "$path")
		for victim in $victims; do
			disk_heal "$victim"
		done
		# regenerated while the same rows are written
		plexus pack recover p --no-wait --quiet || plexus pack recover p --force --no-wait --quiet || true
		crowd 2 >/dev/null &
		writer=$!
		check_wait "$what: writes while it is regenerated" "$writer"
		check "$what: it gets healthy" wait_until 60 volume_is p/v healthy
		check "$what: what nobody wrote is the same" cmp \
			<(dd if="$path" bs=64k skip=4 iflag=direct status=none | head -c 11M) \
			<(parity_tool data p/v | tail -c +262145 | head -c 11M)
		parity_right p/v d1 d2 d3 d4 d5
	done
	plexus volume delete p/v --quiet
done
check "the kernel has nothing to say" dmesg_clean
