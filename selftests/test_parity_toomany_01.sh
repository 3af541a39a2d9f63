#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One disk too many fails: writes err, nothing hangs, status says so, and what was not touched is there
# when the disks return.
# long
# timeout: 180
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio plxparity
pack_make p 6 64M
work=$(mktemp -d)
defer rm -rf "$work"

write_at()
{
	timeout 20 dd if=/dev/urandom of="$path" bs=16k seek="$1" count=1 oflag=direct status=none
}

# the second half, which nobody writes here
half()
{
	dd if="$path" bs=1M skip=6 iflag=direct status=none
}

untouched()
{
	cmp "$work/ref" <(half)
}

for parity in 1 2; do
	for how in disk_fail disk_writes_fail; do
		what="$how, $parity parity"
		parity_make p/v 12M --parity "$parity" --unit 16K --disk d1 --disk d2 --disk d3 --disk d4 --disk d5
		path=$(volume_path p/v)
		fill "$path"
		half >"$work/ref"
		check "$what: it gets clean" wait_until 20 volume_clean p/v
		for ((i = 1; i <= parity; i++)); do
			"$how" "d$i"
			write_at "$i"
		done
		check "$what: status says so" wait_until 10 volume_is p/v failed-redundancy
		# many at once, when the last one goes
		timeout 60 fio --name=t --filename="$path" --ioengine=libaio --direct=1 --rw=randwrite \
			--bsrange=4k-64k --iodepth=16 --numjobs=2 --size=2M --time_based --runtime=3 \
			--continue_on_error=all --minimal >/dev/null 2>&1 &
		writer=$!
		sleep 1
		"$how" "d$((parity + 1))"
		status=0
		wait "$writer" || status=$?
		check "$what: writers end (exit status $status)" test "$status" -ne 124
		fails=0
		for ((i = 0; i < 16; i++)); do
			write_at "$i" 2>/dev/null || fails=$((fails + 1))
		done
		check "$what: writes err ($fails of 16)" test "$fails" -gt 0
		check_fails "$what: it is not healthy" volume_is p/v healthy
		for ((i = 1; i <= parity + 1; i++)); do
			disk_heal "d$i"
		done
		timeout 60 plexus pack recover p --quiet || timeout 60 plexus pack recover p --force --quiet || true
		check "$what: what was not touched is there" wait_until 20 untouched
		plexus volume delete p/v --quiet
	done
done
check "the kernel has nothing to say" dmesg_clean
