#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Without memory I/O goes on: an I/O has what it needs in reserve (invariant 14). Needs a kernel with
# CONFIG_FAILSLAB and CONFIG_FAIL_PAGE_ALLOC.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxio
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug || true
for what in failslab fail_page_alloc; do
	[[ -d /sys/kernel/debug/$what && -e /proc/self/make-it-fail ]] || skip_all "needs fault injection: $what"
done
pack_make p 2 64M
volume_make p/v 16M --type mirror
check "a mirror" wait_until 20 volume_idle p/v
dev=$(volume_path p/v)

# All allocations of those who ask for it, whether they could wait or not.
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
	echo "$1" >/sys/kernel/debug/fail_page_alloc/probability
	output=$(plxio pinched "$dev" 300 2>&1) || status=$?
	echo 0 >/sys/kernel/debug/failslab/probability
	echo 0 >/sys/kernel/debug/fail_page_alloc/probability
	head -n 5 <<<"$output"
	return "$status"
}
check "reads, writes and flushes without memory" pinched 100
plexus volume set p/v --stable-writes on --quiet
check "writes through private copies without memory" pinched 100
check "the volume gets clean" wait_until 20 volume_idle p/v
check "the plexes are the same" plexes_same p/v
check "the kernel has nothing to say" dmesg_clean
