#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Without memory I/O with parity goes on, degraded too (invariant 14). Needs a kernel with
# CONFIG_FAILSLAB and CONFIG_FAIL_PAGE_ALLOC.
# timeout: 120
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxio plxparity
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug || true
for what in failslab fail_page_alloc; do
	[[ -d /sys/kernel/debug/$what && -e /proc/self/make-it-fail ]] || skip_all "needs fault injection: $what"
done
pack_make p 4 64M

for what in failslab fail_page_alloc; do
	dir=/sys/kernel/debug/$what
	defer eval "echo 0 >$dir/probability"
	echo Y >$dir/task-filter
	echo N >$dir/ignore-gfp-wait
	echo 0 >$dir/verbose
	echo -1 >$dir/times
	[[ ! -e $dir/min-order ]] || echo 0 >$dir/min-order
	[[ ! -e $dir/ignore-gfp-highmem ]] || echo N >$dir/ignore-gfp-highmem
done
pinched()
{
	local output status=0

	echo 100 >/sys/kernel/debug/failslab/probability
	echo 100 >/sys/kernel/debug/fail_page_alloc/probability
	output=$(plxio pinched "$path" "$1" 2>&1) || status=$?
	echo 0 >/sys/kernel/debug/failslab/probability
	echo 0 >/sys/kernel/debug/fail_page_alloc/probability
	head -n 5 <<<"$output"
	return "$status"
}
for parity in 1 2; do
	for unit in 4K 64K; do
		what="$parity parity, unit $unit"
		parity_make p/v 12M --parity "$parity" --unit "$unit"
		path=$(volume_path p/v)
		fill "$path"
		check "$what: reads, writes and flushes without memory" pinched 200
		plexus disk offline "$(disk_path d2)" --quiet
		check "$what: the same degraded" pinched 100
		# several at once, each in want of the pool
		for ((i = 0; i < 4; i++)); do
			(pinched 50) &
		done
		wait
		plexus disk online "$(disk_path d2)" --quiet
		check "$what: it gets healthy" wait_until 60 volume_is p/v healthy
		check "$what: parity fits" parity_fits p/v
		plexus volume delete p/v --quiet
	done
done
check "the kernel has nothing to say" dmesg_clean
