#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mirror of two ram disks beside md raid1 with its internal bitmap, in one boot: rates with a load
# from inside the kernel, each figure the median of ROUNDS runs that take turns, because the machine is
# not equally fast all the time.
#
#   mirror.sh [ROUNDS [MS]]       7 rounds of 300 ms
#
# "raw" is one ram disk alone. The last column is what plexus reaches of the limit: raw for reads,
# raw / 2 for writes, for each of them is two. Exit status 1: random 4 KiB writes are slower than
# md's. Needs root, brd, raid1, plexus and plx_load.
rounds=${1:-7}
time_ms=${2:-300}
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

setup 5 raid1
md_make --level=1 --raid-devices=2 /dev/ram0 /dev/ram1
plexus_make $((mib - 64)) mirror --plexes 2 -- /dev/ram2 /dev/ram3

rows=(
	"random_write_qd1    write 1 4096 1 1"
	"random_write_qd16   write 1 4096 16 1"
	"random_write_2_jobs write 1 4096 16 2"
	"random_read_qd1     read 1 4096 1 1"
	"random_read_qd16    read 1 4096 16 1"
	"random_read_2_jobs  read 1 4096 16 2"
	"seq_write_960K      write 0 983040 4 1"
	"seq_write_1M_2_jobs write 0 1048576 4 2"
)

for ((round = 0; round < rounds; round++)); do
	for row in "${rows[@]}"; do
		read -r name op rnd bs qd jobs <<<"$row"
		one "raw.$name" /dev/ram4 "$op" "$rnd" "$bs" "$qd" "$jobs"
		one "md.$name" "$md" "$op" "$rnd" "$bs" "$qd" "$jobs"
		one "plx.$name" "$plx" "$op" "$rnd" "$bs" "$qd" "$jobs"
	done
done

headline
printf '%-20s %10s %10s %10s %10s %10s %10s\n' "" raw "md raid1" plexus plexus/md "best/best" "of limit"
writes=
for row in "${rows[@]}"; do
	read -r name op _ <<<"$row"
	raw=$(median "${rates[raw.$name]}")
	a=$(median "${rates[md.$name]}")
	b=$(median "${rates[plx.$name]}")
	limit=$raw
	[[ $op == read ]] || limit=$((raw / 2))
	of_best=$(ratio "$(best "${rates[plx.$name]}")" "$(best "${rates[md.$name]}")")
	printf '%-20s %10d %10d %10d %10s %10s %10s\n' "${name//_/ }" "$raw" "$a" "$b" \
		"$(ratio "$b" "$a")" "$of_best" "$(ratio "$b" "$limit")"
	[[ $name != random_write_qd16 ]] || writes=$(smallest "$(ratio "$b" "$a")" "$of_best")
done
verdict "random write qd16" "$writes"
