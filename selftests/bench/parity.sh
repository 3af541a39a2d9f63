#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A parity plex on four ram disks, its log on, beside md raid5 at its best setting of
# group_thread_cnt 0 and 2 and stripe_cache_size 256 and 4096, in one boot: rates with a load from
# inside the kernel, healthy and with a member lost, and how fast the lost member is regenerated onto
# another disk. Each figure is the median of ROUNDS runs that take turns, because the machine is not
# equally fast all the time.
#
#   parity.sh [ROUNDS [MS]]       5 rounds of 200 ms
#
# "raw" is one ram disk alone. Exit status 1: one of the rows is slower than md's. Needs root, brd,
# raid456, plexus and plx_load.
rounds=${1:-5}
time_ms=${2:-200}
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

setup 11 raid456
md_make --level=5 --raid-devices=4 --chunk=64 /dev/ram0 /dev/ram1 /dev/ram2 /dev/ram3
plexus_make $(((mib - 64) * 3)) parity -- /dev/ram5 /dev/ram6 /dev/ram7 /dev/ram8
plexus disk add "$pack" /dev/ram9 --quiet
plexus volume set "$pack/m" --speed-max 0 --quiet
# What was never written need not be regenerated, which would be no race.
dd if=/dev/zero of="$plx" bs=1M oflag=direct status=none 2>/dev/null || true
echo 10000000 >/sys/block/md99/md/sync_speed_min
echo 10000000 >/sys/block/md99/md/sync_speed_max

healthy=(
	"random_write_qd1    write 1 4096 1 1"
	"random_write_qd16   write 1 4096 16 1"
	"random_write_2_jobs write 1 4096 16 2"
	"random_read_qd16    read 1 4096 16 1"
	"random_read_2_jobs  read 1 4096 16 2"
	"seq_write_960K      write 0 983040 4 1"
	"seq_write_1M        write 0 1048576 4 1"
	"seq_write_1M_2_jobs write 0 1048576 4 2"
	"seq_write_4K        write 0 4096 16 1"
)
degraded=(
	"degraded_rnd_read   read 1 4096 16 1"
	"degraded_rnd_2_jobs read 1 4096 16 2"
	"degraded_seq_read   read 0 1048576 4 1"
	"degraded_rnd_write  write 1 4096 16 1"
)
# What md is set to, "threads stripes".
settings=("0 256" "0 4096" "2 256" "2 4096")

md_set()
{
	echo "${1% *}" >/sys/block/md99/md/group_thread_cnt
	echo "${1#* }" >/sys/block/md99/md/stripe_cache_size
}

# measure ROW...: each of them on the ram disk, on md with each setting, on plexus
measure()
{
	local row setting name op rnd bs qd jobs

	for row; do
		read -r name op rnd bs qd jobs <<<"$row"
		one "raw.$name" /dev/ram10 "$op" "$rnd" "$bs" "$qd" "$jobs"
		for setting in "${settings[@]}"; do
			md_set "$setting"
			one "md.$setting.$name" "$md" "$op" "$rnd" "$bs" "$qd" "$jobs"
		done
		one "plx.$name" "$plx" "$op" "$rnd" "$bs" "$qd" "$jobs"
	done
}

md_lose()
{
	mdadm --quiet /dev/md99 --fail /dev/ram0
	until mdadm --quiet /dev/md99 --remove /dev/ram0 2>/dev/null; do
		sleep 0.01
	done
	mdadm --quiet --zero-superblock /dev/ram0
}

md_regenerate()
{
	mdadm --quiet /dev/md99 --add /dev/ram0
	until [[ $(</sys/block/md99/md/degraded) == 0 ]]; do
		sleep 0.001
	done
}

# plexus takes turns between two disks
lost=/dev/ram5 fresh=/dev/ram9
plexus_lose()
{
	plexus disk offline "$lost" --quiet
}

plexus_regenerate()
{
	local old=$lost

	plexus plex repair "$pack/m" --disk "$fresh" --quiet
	lost=$fresh fresh=$old
}

# timed NAME DEVICE COMMAND: MB of the lost member per second
timed()
{
	local bytes start

	bytes=$(($(blockdev --getsize64 "$2") / 3))
	start=$(date +%s%N)
	"$3"
	rates[$1]+=" $((bytes * 1000 / ($(date +%s%N) - start)))"
}

for ((round = 0; round < rounds; round++)); do
	measure "${healthy[@]}"
	md_lose
	plexus_lose
	measure "${degraded[@]}"
	for setting in "${settings[@]}"; do
		[[ $setting == "${settings[0]}" ]] || md_lose
		md_set "$setting"
		timed "md.$setting.regenerate" "$md" md_regenerate
	done
	timed plx.regenerate "$plx" plexus_regenerate
	plexus disk online "$fresh" --quiet
done

headline
printf '%-20s %10s %10s %12s %10s %10s\n' "" raw "md raid5" "set to" plexus plexus/md
worst=
for row in "${healthy[@]}" "${degraded[@]}" regenerate; do
	read -r name _ <<<"$row"
	raw=$(median "${rates[raw.$name]:-0}")
	a=0 set=
	for setting in "${settings[@]}"; do
		m=$(median "${rates[md.$setting.$name]}")
		((m <= a)) || { a=$m set=$setting; }
	done
	b=$(median "${rates[plx.$name]}")
	printf '%-20s %10d %10d %12s %10d %10s\n' "${name//_/ }" "$raw" "$a" "$set" "$b" "$(ratio "$b" "$a")"
	worst=$(smallest "$worst" "$(ratio "$b" "$a")")
done
verdict "parity, worst" "$worst"
