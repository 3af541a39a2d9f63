#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ext4 on a volume of six disks with two parities loses two of them, one after the other, while it is
# written; one Repair call puts both on other disks. No file changes, and the file system is clean.
# timeout: 180
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# before need_plexus: where the test goes wrong it is unmounted when the driver is taken down
where=$(mktemp -d) work=$(mktemp -d)
defer rm -rf "$work"
defer rmdir "$where"
need_plexus
need_cmd fio mkfs.ext4 e2fsck plxparity
pack_make p 8 64M

# A program that writes and then reads back all that it wrote, again and again, until it is told to stop.
load()
{
	while [[ ! -e $work/stop ]]; do
		fio --name=load --directory="$where" --ioengine=libaio --direct=1 --rw=randwrite \
			--bsrange=4k-64k --iodepth=4 --size=4M --fsync=16 --randseed=$RANDOM --verify=crc32c \
			--do_verify=1 --verify_fatal=1 --minimal >"$work/fio" || return 1
		echo >>"$work/passes"
	done
}

more_than()
{
	(($(wc -l <"$work/passes") > $1)) || ! kill -0 "$loader" 2>/dev/null
}

# The pass that was under way, and one from its beginning to its end.
load_goes_on()
{
	if ! wait_until 60 more_than $(($(wc -l <"$work/passes") + 1)) || ! kill -0 "$loader"; then
		cat "$work/fio"
		return 1
	fi
}

stop_load()
{
	touch "$work/stop"
	wait "$loader" || true
}

# The scripts of the tests are the files: another copy of them at each stage, all compared each time.
add()
{
	mkdir "$where/$1"
	cp "$tests"/*.sh "$where/$1"
}

same()
{
	local dir

	sync -f "$where"
	echo 3 >/proc/sys/vm/drop_caches
	for dir in "$where"/stage*; do
		(cd "$dir" && sha256sum --quiet --strict -c "$work/sums") || return 1
	done
}

# members STATE: how many are that
members()
{
	plex_value p/v 0 "| [.members[] | select(.state == \"$1\")] | length"
}

lost()
{
	(($(members current) == 6 - $1))
}

tests=$(cd "$(dirname "$0")" && pwd)
(cd "$tests" && sha256sum ./*.sh) >"$work/sums"
parity_make p/v 96M --parity 2 --disk d1 --disk d2 --disk d3 --disk d4 --disk d5 --disk d6
path=$(volume_path p/v)
mkfs.ext4 -q "$path"
mount "$path" "$where"
: >"$work/passes"
load &
loader=$!
defer stop_load
add stage1
check "all disks: the load runs" load_goes_on
check "all disks: the files are the same" same

disk_fail d2
check "one is lost: status says so" wait_until 20 lost 1
check_equal "one is lost: its redundancy too" failed-redundancy "$(volume_value p/v .health)"
check "one is lost: the load goes on" load_goes_on
add stage2
check "one is lost: the files are the same" same

disk_writes_fail d5
check "two are lost: status says so" wait_until 20 lost 2
check_equal "two are lost: it still works" failed-redundancy "$(volume_value p/v .health)"
check "two are lost: the load goes on" load_goes_on
add stage3
check "two are lost: the files are the same" same

done_ok "Repair: both in one call" plexus plex repair p/v --disk "$(disk_path d7)" --disk "$(disk_path d8)"
check "Repair: healthy" volume_is p/v healthy
check_equal "Repair: all members" 6 "$(members current)"
check_equal "Repair: on the given disks" "d1 d3 d4 d6 d7 d8" \
	"$(plex_value p/v 0 '| [.members[].extents[].path | ltrimstr("/dev/mapper/plxtest-")] | sort | join(" ")')"
check "Repair: the load goes on" load_goes_on
add stage4
check "Repair: the files are the same" same

touch "$work/stop"
check_wait "the load has seen no error" "$loader"
check "the files are the same at the end" same
umount "$where"
check "the file system is clean" e2fsck -fn "$path"
check "the disks have what the volume reads" parity_data p/v
check "parity fits" parity_fits p/v
check "a scrub finds no difference" parity_scrub p/v
check "the same without two others" parity_away p/v d3 d6
check_fails "the file system has seen no error" grep -E 'EXT4-fs.*(error|warning)|I/O error.* plx' <(dmesg_since)
check "the kernel has nothing to say" dmesg_clean
