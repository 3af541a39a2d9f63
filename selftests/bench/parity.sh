#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A parity plex on four ram disks, its log on, beside md raid5 at its best setting of
# group_thread_cnt 0 and 2 and stripe_cache_size 256 and 4096, in one boot: rates with a load from
# inside the kernel (plx_load), each figure the median of ROUNDS runs that take turns, because the
# machine is not equally fast all the time.
#
#   parity.sh [ROUNDS [MS]]       5 rounds of 200 ms
#
# "raw" is one ram disk alone. Exit status 1: one of the rows is slower than md's. Needs root, brd,
# raid456, plexus and plx_load; what is not loaded is asked of modprobe.
set -euo pipefail
rounds=${1:-5}
time_ms=${2:-200}
load=/sys/module/plx_load/parameters

for module in brd plexus plx_load; do
	[[ -d /sys/module/$module ]] ||
		case $module in
		brd) modprobe brd rd_nr=9 rd_size=$((${DISK_MIB:-512} * 1024)) ;;
		*) modprobe "$module" ;;
		esac
done
[[ -d /sys/module/raid456 ]] || modprobe -q raid456 || true

pack=bench$$
cleanup()
{
	plexus volume delete "$pack/m" --quiet >/dev/null 2>&1 || true
	plexus pack destroy "$pack" --quiet >/dev/null 2>&1 || true
	[[ ! -e /dev/md99 ]] || mdadm --stop /dev/md99 >/dev/null 2>&1 || true
}
trap cleanup EXIT

# Warm ram disks: the first write to a page allocates it.
for i in 0 1 2 3 4 5 6 7 8; do
	dd if=/dev/zero of=/dev/ram$i bs=1M oflag=direct status=none 2>/dev/null || true
done
mib=$(($(blockdev --getsize64 /dev/ram0) >> 20))

mknod /dev/md99 b 9 99 2>/dev/null || true
mdadm --create /dev/md99 --level=5 --raid-devices=4 --chunk=64 --metadata=1.2 --bitmap=internal \
	--assume-clean --run --force /dev/ram0 /dev/ram1 /dev/ram2 /dev/ram3 >/dev/null 2>&1
md=/dev/md99

plexus pack create "$pack" /dev/ram4 /dev/ram5 /dev/ram6 /dev/ram7 --quiet
plexus volume create "$pack/m" --size $(((mib - 64) * 3))M --type parity --quiet
plx=/dev/$(plexus status --json | jq -r ".packs[] | select(.name == \"$pack\") | .volumes[0].device")

# one NAME DEVICE OP RND BS QD JOBS
declare -A rates=()
one()
{
	local word

	echo "$2" >$load/dev
	echo "$3" >$load/op
	echo "$4" >$load/rnd
	echo "$5" >$load/bs
	echo "$6" >$load/qd
	echo "$7" >$load/jobs
	echo "$time_ms" >$load/ms
	echo 1 >$load/run
	declare -A got=()
	# shellcheck disable=SC2013 # words are meant
	for word in $(cat $load/result); do
		got[${word%%=*}]=${word#*=}
	done
	[[ ${got[errors]} == 0 ]] || { echo "bench: ${got[errors]} errors on $2" >&2; exit 2; }
	if (($5 == 4096)); then
		rates[$1]+=" ${got[ios_per_s]}"
	else
		rates[$1]+=" $((got[bytes_per_s] / 1000000))"
	fi
}

rows=(
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
# What md is set to, "threads stripes".
settings=("0 256" "0 4096" "2 256" "2 4096")

# md NAME SETTING...: its rate with each setting
md_all()
{
	local name=$1 setting
	shift

	for setting in "${settings[@]}"; do
		echo "${setting% *}" >/sys/block/md99/md/group_thread_cnt
		echo "${setting#* }" >/sys/block/md99/md/stripe_cache_size
		one "md.$setting.$name" "$md" "$@"
	done
}

for ((round = 0; round < rounds; round++)); do
	for row in "${rows[@]}"; do
		read -r name op rnd bs qd jobs <<<"$row"
		one "raw.$name" /dev/ram8 "$op" "$rnd" "$bs" "$qd" "$jobs"
		md_all "$name" "$op" "$rnd" "$bs" "$qd" "$jobs"
		one "plx.$name" "$plx" "$op" "$rnd" "$bs" "$qd" "$jobs"
	done
done

sorted()
{
	tr ' ' '\n' <<<"$1" | grep . | sort -n
}

median()
{
	sorted "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

best()
{
	sorted "$1" | tail -n 1
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b ? a / b : 0 }'
}

echo "kernel $(uname -r), $(nproc) processors, ram disks of $mib MiB, $rounds rounds of $time_ms ms;" \
	"4 KiB: I/Os per second, else MB/s"
printf '%-20s %10s %10s %12s %10s %10s\n' "" raw "md raid5" "set to" plexus plexus/md
worst=
for row in "${rows[@]}"; do
	read -r name _ <<<"$row"
	raw=$(median "${rates[raw.$name]}")
	a=0 set=
	for setting in "${settings[@]}"; do
		m=$(median "${rates[md.$setting.$name]}")
		((m <= a)) || { a=$m set=$setting; }
	done
	b=$(median "${rates[plx.$name]}")
	printf '%-20s %10d %10d %12s %10d %10s\n' "${name//_/ }" "$raw" "$a" "$set" "$b" "$(ratio "$b" "$a")"
	worst=$(printf "%s\n" "$worst" "$(ratio "$b" "$a")" | grep . | sort -n | head -n 1)
done
echo "bench: parity, worst plexus/md $worst (>= 1.0 wanted)"
awk -v r="$worst" 'BEGIN { exit r < 1.0 }'
