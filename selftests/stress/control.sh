#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Commands from many sides at once: several workers give random commands to the same packs, volumes and
# disks, each in an order that the seed gives. Most are refused; none may hang or upset the kernel.
#
#   control.sh [SECONDS [SEED [WORKERS]]]      30 seconds, seed 1, 4 workers
#
# Last line: "stress: N operations, N violations".
# shellcheck source=../lib.sh
source "$(dirname "$0")/../lib.sh"
trap - ERR
set +eE
seconds=${1:-30}
seed=${2:-1}
workers=${3:-4}
dir=$(mktemp -d)

need_plexus
disks_make 5 96M
paths=()
for i in 1 2 3 4 5; do paths+=("$(disk_path d$i)"); done
plexus pack create p "${paths[@]:0:4}"
dmesg_mark

pick()
{
	local i=$((RANDOM % $# + 1))

	picked=${!i}
}

command_of()
{
	local v w d

	pick a b c d; v=$picked
	pick a b c d; w=$picked
	pick "${paths[@]}"; d=$picked
	pick "volume create p/$v --size 8M --type mirror --plexes 2" "volume create p/$v --size 8M" \
		"volume create p/$v --size 8M" "volume create p/$v --size 8M --type mirror --plexes 3" \
		"volume delete p/$v --force" "volume delete p/$v --force" "volume add-plex p/$v p/$w --no-wait" \
		"volume add-plex p/$v p/$w" "volume break-plex p/$v 0 --name $w" "volume break-plex p/$v 1 --name $w" \
		"volume remove-plex p/$v 0" "volume remove-plex p/$v 1" \
		"volume rename p/$v $w" "volume extend p/$v --size +8M" "volume scrub p/$v --no-wait" \
		"volume recover p/$v --no-wait" "pack recover p --no-wait" "pack refresh p" "pack export p" \
		"pack import p" "pack rename p p" "disk offline p $d --force" "disk online p $d" \
		"disk online p $d" "disk add p $d" "disk spare p $d on" "disk remove p $d" \
		"plex repair p/$v --no-wait" "task cancel $((RANDOM % 50))" "status" "scan ${paths[*]}" \
		"scan ${paths[*]}" "volume set p/$v --sync-action pause" "volume set p/$v --sync-action idle" \
		"volume set p/$v --speed-max 1M" "volume set p/$v --speed-max 0"
}

worker()
{
	local n=0 status

	RANDOM=$((seed * 100 + $1))
	while ((SECONDS < seconds)); do
		command_of
		n=$((n + 1))
		status=0
		# shellcheck disable=SC2086 # words
		timeout 60 plexus $picked >"$dir/out.$1" 2>&1 || status=$?
		# A wait that nobody ends is not the driver's fault where a person has paused the volume.
		if ((status == 124)) && [[ $picked != *add-plex* && $picked != *repair* ]]; then
			echo "no answer in 60 s: $picked" >>"$dir/violations"
			echo w >/proc/sysrq-trigger
		fi
		((status < 128)) || echo "status $status: $picked" >>"$dir/violations"
		((status)) || echo "$picked" >>"$dir/done"
		if [[ $picked == "pack export"* ]] && ((!status)); then
			sleep 0.1
			timeout 60 plexus scan "${paths[@]}" >"$dir/out.$1" 2>&1
			timeout 60 plexus pack import p >"$dir/out.$1" 2>&1
		fi
	done
	echo "$n" >>"$dir/count"
}

# Somebody who opens and closes, reads and writes whatever device there is.
opener()
{
	local dev

	RANDOM=$((seed + 7))
	while ((SECONDS < seconds)); do
		for dev in /dev/plx[0-9]*; do
			timeout 20 dd if=/dev/zero of="$dev" bs=64k count=4 seek=$((RANDOM % 100)) oflag=direct status=none 2>/dev/null
			((RANDOM % 4)) || timeout 20 dd if="$dev" of=/dev/null bs=64k count=9 status=none 2>/dev/null
			[[ -b $dev ]] || rm -f "$dev"
		done
		sleep 0.1
	done
}

: >"$dir/violations"
for ((i = 0; i < workers; i++)); do
	worker "$i" &
done
opener &
wait
complaint=$(dmesg_clean) || echo "the kernel complained: $complaint" >>"$dir/violations"
timeout 60 plexus status || echo "no status at the end" >>"$dir/violations"
awk '{ print $1, $2 }' "$dir/done" | sort | uniq -c | sort -rn
plexus_down || echo "the driver does not leave" >>"$dir/violations"
[[ ! -d /sys/module/plexus ]] || echo "the driver is still there" >>"$dir/violations"
complaint=$(dmesg_clean) || echo "the kernel complained at the end: $complaint" >>"$dir/violations"
cat "$dir/violations"
n=$(awk '{ n += $1 } END { print n + 0 }' "$dir/count")
bad=$(wc -l <"$dir/violations")
cleanup >/dev/null
rm -rf "$dir"
trap - EXIT
echo "stress: $n operations, $bad violations"
((!bad))
