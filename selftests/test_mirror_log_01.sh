#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A disk that takes writes, loses them, and then fails the flush: what was written since the last good
# flush has to be copied again, also what nobody asked to be flushed: the region log's own flush, when
# it cleans, must find out and keep the regions (invariant 4).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_module dm-flakey
need_module dm-delay
disks_make 3 96M
plexus pack create p "$(disk_path d1)" "$(disk_path d2)" "$(disk_path d3)"
plexus volume create p/v --size 32M --type mirror --plexes 2 --disk "$(disk_path d1)" --disk "$(disk_path d2)"
dev=$(volume_path p/v)
dd if=/dev/urandom of="$dev" bs=1M count=32 oflag=direct status=none
sync
wait_until 20 volume_idle p/v

for what in drop_writes error_writes; do
	dmsetup create plxtest-d2-$what --table "$(disk_table d2 flakey 0 3600 1 $what)"
	defer dmsetup remove --retry plxtest-d2-$what
done
defer disk_heal d2
# What the cleaner finds out comes to nobody's ears for a while, for another change of the pack takes
# long: the regions must be kept until then.
configuration()
{
	dd if="$(disk_file d2)" bs=128k skip=1 count=8 status=none | cksum
}

has_changed()
{
	[[ $(configuration) != "$before" ]]
}
before=$(configuration)
disk_delay d3 0 8000 0
plexus volume set p/v --read-policy first --quiet &
change=$!
check "a change is under way" wait_until 8 has_changed
dm_swap plxtest-d2 "$(disk_table d2 delay 0 /dev/mapper/plxtest-d2-drop_writes 0 0 \
	/dev/mapper/plxtest-d2-error_writes 0 0)"
dd if=/dev/urandom of="$dev" bs=64k count=16 seek=100 oflag=direct status=none
check "and still is when all is written" kill -0 "$change"
wait "$change"
lost()
{
	[[ $(volume_value p/v '.plexes[1].health') != healthy ]]
}
disk_heal d3
check "the cleaner finds out that the flush fails" wait_until 20 lost
dm_swap plxtest-d2 "$(disk_table d2 linear)"
check_fails "the disk has lost the writes" plexes_same p/v
plexus disk online p "$(disk_path d2)" || true
plexus pack recover p || true
check "the volume gets healthy" wait_until 30 volume_idle p/v
check "what was lost has been copied" plexes_same p/v
check "the kernel has nothing to say" dmesg_clean
