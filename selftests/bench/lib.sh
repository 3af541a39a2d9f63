# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Sourced by the benchmarks: ram disks, /dev/md99 and a volume of plexus on them, a load from inside
# the kernel (plx_load), and what is made of the figures. What is not loaded is asked of modprobe.
# Who sources it has set rounds and time_ms, and finds the devices in md and plx.
# shellcheck disable=SC2034
set -euo pipefail
: "${rounds:?}" "${time_ms:?}"
load=/sys/module/plx_load/parameters
pack=bench$$
declare -A rates=()

# setup RAMDISKS PERSONALITY: 0 to RAMDISKS - 1, and md's module
setup()
{
	local module i

	for module in brd plexus plx_load; do
		[[ -d /sys/module/$module ]] ||
			case $module in
			brd) modprobe brd rd_nr="$1" rd_size=$((${DISK_MIB:-512} * 1024)) ;;
			*) modprobe "$module" ;;
			esac
	done
	[[ -d /sys/module/$2 ]] || modprobe -q "$2" || true
	trap cleanup EXIT
	# Warm ram disks: the first write to a page allocates it.
	for ((i = 0; i < $1; i++)); do
		dd if=/dev/zero of=/dev/ram$i bs=1M oflag=direct status=none 2>/dev/null || true
	done
	mib=$(($(blockdev --getsize64 /dev/ram0) >> 20))
	mknod /dev/md99 b 9 99 2>/dev/null || true
}

cleanup()
{
	plexus volume delete "$pack/m" --quiet >/dev/null 2>&1 || true
	plexus pack destroy "$pack" --quiet >/dev/null 2>&1 || true
	[[ ! -e /dev/md99 ]] || mdadm --stop /dev/md99 >/dev/null 2>&1 || true
}

md_make()
{
	mdadm --create /dev/md99 --metadata=1.2 --bitmap=internal --assume-clean --run --force "$@" \
		>/dev/null 2>&1
	md=/dev/md99
}

# plexus_make MIB TYPE OPTION... -- DISK...: the volume $pack/m
plexus_make()
{
	local size=$1 type=$2 options=()
	shift 2

	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	plexus pack create "$pack" "$@" --quiet
	plexus volume create "$pack/m" --size "${size}M" --type "$type" "${options[@]}" --quiet
	plx=/dev/$(plexus status --json | jq -r ".packs[] | select(.name == \"$pack\") | .volumes[0].device")
}

# one NAME DEVICE OP RND BS QD JOBS: one more figure of NAME, I/Os or MB per second
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

smallest()
{
	printf '%s\n' "$@" | grep . | sort -n | head -n 1
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b ? a / b : 0 }'
}

headline()
{
	echo "kernel $(uname -r), $(nproc) processors, ram disks of $mib MiB, $rounds rounds of $time_ms ms;" \
		"4 KiB: I/Os per second, else MB/s"
}

# verdict WHAT RATIO: the last line; the exit status says whether it is good enough
verdict()
{
	echo "bench: $1 plexus/md $2 (>= 1.0 wanted)"
	awk -v r="$2" 'BEGIN { exit r < 1.0 }'
}
