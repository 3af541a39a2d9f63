#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The data of a write with PREFLUSH starts after the flushes of all members completed (invariant 2).
# ext4's journal commits send such a write: its commit block. One member is slow to flush; between the
# journal's data and the commit block the other, fast one must not change for as long as that takes.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd mkfs.ext4 perl
disks_make 2 96M
plexus pack create p "$(disk_path d1)" "$(disk_path d2)"
plexus volume create p/v --size 16M --type mirror --plexes 2
dev=$(volume_path p/v)
mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 -O ^has_journal "$dev"
# A plain file system's superblock is written with sync; the journal's commit block is PREFLUSH|FUA.
mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 -J size=4 "$dev"
where=$(mktemp -d)
defer rmdir "$where"
mount -o commit=300 "$dev" "$where"
defer umount "$where"
echo warm >"$where/file"
sync -f "$where"
wait_until 20 volume_idle p/v || true
echo warm >"$where/file"
sync -f "$where"

# When the fast member's file changes, while the slow one flushes.
disk_delay d2 0 0 700
begin=$(volume_value p/v '.plexes[] | select(.members[0].extents[0].path | endswith("d1")) |
	.members[0].extents[0].start')
perl -e '
	sub now { open(my $up, "<", "/proc/uptime") or die; return (split / /, <$up>)[0]; }
	my ($path, $begin, $size) = @ARGV;
	my ($old, $data);
	open(my $file, "<", $path) or die;
	binmode $file;
	$| = 1;
	for (;;) {
		seek $file, $begin, 0;
		read $file, $data, $size;
		printf "%.2f\n", now() if !defined $old || $data ne $old;
		$old = $data;
		select(undef, undef, undef, 0.01);
	}
' "$(disk_file d1)" "$begin" $((16 << 20)) >"$where.log" &
watcher=$!
defer rm -f "$where.log"
wait_until 5 test -s "$where.log"
echo something >"$where/other"
sync -f "$where"
sleep 0.2
kill "$watcher"
disk_heal d2
gap=$(awk 'NR > 2 && $1 - last > max { max = $1 - last } { last = $1 } END { printf "%d", max * 1000 }' "$where.log")
ktap_note "changes: $(tr '\n' ' ' <"$where.log")"
check "the fast member waits for the slow one's flush before the commit block (gap $gap ms)" test "$gap" -ge 500
check "the kernel has nothing to say" dmesg_clean
