#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The data of a write with PREFLUSH starts after the flushes of all members completed (invariant 2).
# ext4's journal commits send such a write: its commit block. One member is slow to flush; the commit
# block must not be on the other, fast one before that is done.
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

# The journal as it is on the fast member, while the slow one takes its time to flush: when which of its
# blocks is there. Each begins with a magic number, a type (1: descriptor, 2: commit) and its sequence.
disk_delay d2 0 0 700
begin=$(volume_value p/v '.plexes[] | select(.members[0].extents[0].path | endswith("d1")) |
	.members[0].extents[0].start')
perl -e '
	sub now { open(my $up, "<", "/proc/uptime") or die; return (split / /, <$up>)[0]; }
	my ($path, $begin, $size) = @ARGV;
	my ($data, %seen);
	open(my $file, "<", $path) or die;
	binmode $file;
	$| = 1;
	seek $file, $begin, 0;
	read $file, $data, $size;
	$begin += $-[0] if $data =~ /\xc0\x3b\x39\x98\0\0\0[\3\4]/;
	for (;;) {
		seek $file, $begin, 0;
		read $file, $data, 4 << 20;
		while ($data =~ /\xc0\x3b\x39\x98\0\0\0([\1\2])(....)/gs) {
			my ($type, $sequence) = (ord $1, unpack("N", $2));
			printf "%.2f %d %d\n", now(), $sequence, $type if !$seen{"$sequence $type"}++;
		}
		print "begin\n" if !$seen{begin}++;
		select(undef, undef, undef, 0.01);
	}
' "$(disk_file d1)" "$begin" $((16 << 20)) >"$where.log" &
watcher=$!
defer rm -f "$where.log"
wait_until 10 grep -q begin "$where.log"
echo something >"$where/other"
sync -f "$where"
sleep 0.2
kill "$watcher"
disk_heal d2
ktap_note "$(sed '1,/begin/d' "$where.log")"
# The least time between a descriptor and its commit, of what came while we looked.
gap=$(sed '1,/begin/d' "$where.log" | awk '$3 == 1 { at[$2] = $1 }
	$3 == 2 && $2 in at { gap = int(($1 - at[$2]) * 1000); if (least == "" || gap < least) least = gap }
	END { print least == "" ? 0 : least }')
check "the commit block waits for the slow one's flush (gap $gap ms)" test "$gap" -ge 500
check "the kernel has nothing to say" dmesg_clean
