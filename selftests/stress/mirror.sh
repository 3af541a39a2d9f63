#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ext4 and xfs on mirrors, under fio, while everything happens to them that may:
#
#   mirror.sh [SECONDS [SEED]]      60 seconds, seed 1
#
# In rounds. In a round fio writes and verifies on both file systems, and operations come in an order
# that the seed gives: plexes are added, broken off, removed, repaired elsewhere; a disk fails its
# writes, its flushes, everything, and heals; disks go offline and come back; tasks are cancelled;
# scrubs, pauses, limits of speed. A disk is only harmed where every volume keeps a current plex
# without it: then nothing may reach the file systems. After a round all is healed, and must get
# healthy: fsck, the checksums of files that were there all the time, all plexes byte for byte. Then
# the pack is exported and imported, or the driver is unloaded and loaded.
#
# Last line: "stress: N operations, N violations". Exit status 1: there were violations.
# shellcheck disable=SC2016,SC2030,SC2031,SC2086 # jq programs, loops in pipes, names without blanks
# shellcheck source=../lib.sh
source "$(dirname "$0")/../lib.sh"
trap - ERR
set +eE
seconds=${1:-60}
RANDOM=${2:-1}
dir=$(mktemp -d)
operations=0 violations=0
n_disks=${STRESS_DISKS:-6}
volumes=(e x)
pack=tank

say()
{
	printf '%6.1f %s\n' "$(bc_time)" "$*"
}

bc_time()
{
	local now=${EPOCHREALTIME/./}

	echo "$(((now - began) / 1000000)).$(((now - began) / 100000 % 10))"
}
began=${EPOCHREALTIME/./}

violation()
{
	violations=$((violations + 1))
	say "VIOLATION: $*"
}

# Runs a command of the tool; a refusal is no violation, but no answer is.
px()
{
	local status=0 since=$SECONDS

	timeout 90 plexus "$@" >"$dir/out" 2>&1 || status=$?
	if ((status == 124)); then
		violation "no answer in 90 s: plexus $*"
		timeout 10 plexus status || true
		timeout 10 plexus task list | tail -n 5 || true
		echo w >/proc/sysrq-trigger
		dmesg | tail -n 150
		finish
	fi
	((SECONDS - since < 4)) || say "  took $((SECONDS - since)) s: plexus $*"
	((status)) && say "  ($status) plexus $*: $(tail -n 1 "$dir/out")"
	return "$status"
}

status()
{
	timeout 30 plexus status --json >"$dir/status" 2>"$dir/status.err" && return
	violation "status fails: $(cat "$dir/status.err")"
	finish
}

ask()
{
	jq -r "$@" <"$dir/status"
}

pick()
{
	(($#)) || return 1
	picked=${!#}
	local i=$((RANDOM % $# + 1))
	picked=${!i}
}

# ------------------------------------------------------------------ disks

declare -A bad=() # name: what is wrong with it

# The volumes that would have no current plex without this disk and those that are bad.
endangered()
{
	local bad_paths

	bad_paths=$(for d in "$@" "${!bad[@]}"; do disk_path "$d"; done | jq -R . | jq -sc .)
	ask --argjson bad "$bad_paths" '.packs[].volumes[] | select(.name == "e" or .name == "x") |
		select([.plexes[] | select(.health == "healthy" or .health == "failing") |
			select([.members[].extents[].path] as $p |
				all($p[]; . as $q | ($bad | index($q)) == null))] == []) | .name'
}

disk_ids()
{
	ask '.packs[].disks[] | "\(.path) \(.status)"'
}

some_good_disk()
{
	local i candidates=()

	for ((i = 1; i <= n_disks; i++)); do
		[[ -n ${bad[d$i]:-} ]] || candidates+=("d$i")
	done
	pick "${candidates[@]}"
}

op_harm()
{
	local how

	((${#bad[@]} < 2)) || return 1
	some_good_disk || return 1
	status
	[[ -z $(endangered "$picked") ]] || return 1
	# The configuration must stay on most disks.
	local d=$picked
	pick error writes flush offline writes flush
	how=$picked
	say "disk $d: $how"
	bad[$d]=$how
	case $how in
	error) disk_fail "$d" ;;
	writes) disk_writes_fail "$d" ;;
	flush) disk_flush_fails "$d" ;;
	offline) px disk offline $pack "$(disk_path "$d")" --force || unset "bad[$d]" ;;
	esac
}

op_heal()
{
	((${#bad[@]})) || return 1
	pick "${!bad[@]}"
	local d=$picked
	say "disk $d: heals (was ${bad[$d]})"
	heal "$d"
	pick "recover_pack" "nothing" "recover_volume"
	case $picked in
	recover_pack) px pack recover $pack --no-wait ;;
	recover_volume) some_volume && px volume recover "$pack/$vol" --no-wait ;;
	esac
}

heal()
{
	local d=$1

	disk_heal "$d"
	unset "bad[$d]"
	status
	if disk_ids | grep -q "^$(disk_path "$d") \(offline\|failed\|missing\|not-ready\)"; then
		px disk online $pack "$(disk_path "$d")"
	fi
}

# ------------------------------------------------------------------ plexes

some_volume()
{
	pick "${volumes[@]}"
	vol=$picked
}

n_plexes()
{
	ask --arg v "$vol" '.packs[].volumes[] | select(.name == $v) | .plexes | length'
}

# indexes of the plexes that may go: another one stays that is current and on good disks
spare_plexes()
{
	local bad_paths

	bad_paths=$(for d in "${!bad[@]}"; do disk_path "$d"; done | jq -R . | jq -sc .)
	ask --arg v "$vol" --argjson bad "$bad_paths" '.packs[].volumes[] | select(.name == $v) |
		[.plexes[] | select(.health == "healthy" or .health == "failing") |
			select([.members[].extents[].path] as $p |
			all($p[]; . as $q | ($bad | index($q)) == null)) | .index] as $good |
		.plexes[].index | select(. as $i | ($good - [$i]) != [])'
}

source_nr=0
op_add_plex()
{
	status
	some_volume
	(($(n_plexes) < 4)) || return 1
	source_nr=$((source_nr + 1))
	say "volume $vol: a plex is added"
	px volume create "$pack/s$source_nr" --size "${size[$vol]}" || return 0
	pick "" --no-wait --no-wait
	# Nobody waits for what an operation that came before has paused, or made slow.
	if [[ ${limit[$vol]} != 0 ||
		$(ask --arg v "$vol" '.packs[].volumes[] | select(.name == $v) | .sync.action') == pause ]]; then
		picked=--no-wait
	fi
	# shellcheck disable=SC2086 # nothing or a word
	if ! px volume add-plex "$pack/$vol" "$pack/s$source_nr" $picked; then
		sleep 0.2
		status
		[[ -z $(ask --arg v "s$source_nr" '.packs[].volumes[] | select(.name == $v) | .name') ]] ||
			px volume delete "$pack/s$source_nr" --force
	fi
}

op_remove_plex()
{
	local spare

	status
	some_volume
	(($(n_plexes) > 1)) || return 1
	mapfile -t spare < <(spare_plexes)
	pick "${spare[@]}" || return 1
	say "volume $vol: plex $picked is removed"
	px volume remove-plex "$pack/$vol" "$picked"
}

op_break_plex()
{
	local spare name dev

	status
	some_volume
	mapfile -t spare < <(spare_plexes)
	pick "${spare[@]}" || return 1
	name=b$RANDOM
	say "volume $vol: plex $picked is broken off as $name"
	px volume break-plex "$pack/$vol" "$picked" --name $name || return 0
	status
	dev=/dev/$(ask --arg v $name '.packs[].volumes[] | select(.name == $v) | .device')
	[[ $dev != /dev/ ]] || { violation "$name is not there after break-plex"; return; }
	# A disk that is bad now may be under the copy: then it proves nothing.
	if [[ -z $(ask --arg v $name --argjson bad "$(for d in "${!bad[@]}"; do disk_path "$d"; done |
		jq -R . | jq -sc .)" '.packs[].volumes[] | select(.name == $v) | .plexes[].members[].extents[] |
		select(.path as $q | ($bad | index($q)) != null) | .path') ]]; then
		check_copy "$vol" "$dev" "the copy $name of $vol"
	fi
	px volume delete "$pack/$name" --force
}

op_repair()
{
	status
	some_volume
	[[ -n $(ask --arg v "$vol" '.packs[].volumes[] | select(.name == $v) | .plexes[] |
		select(.health == "failed" or .health == "stale") | .index') ]] || return 1
	say "volume $vol: repaired"
	px plex repair "$pack/$vol" --no-wait
}

op_recover()
{
	status
	some_volume
	say "volume $vol: recovered"
	px volume recover "$pack/$vol" --no-wait
}

op_cancel()
{
	local running

	status
	mapfile -t running < <(ask '.packs[].tasks[] | select(.running) | .id')
	pick "${running[@]}" || return 1
	say "task $picked: cancelled"
	px task cancel "$picked"
}

op_scrub()
{
	some_volume
	pick "" --repair
	say "volume $vol: scrub $picked"
	# shellcheck disable=SC2086 # nothing or a word
	px volume scrub "$pack/$vol" $picked --no-wait
}

op_pause()
{
	some_volume
	pick pause resync idle resync
	say "volume $vol: sync action $picked"
	px volume set "$pack/$vol" --sync-action "$picked" --no-wait
}

op_speed()
{
	some_volume
	pick 0 4M 16M
	say "volume $vol: at most $picked per second"
	px volume set "$pack/$vol" --speed-max "$picked"
	limit[$vol]=$picked
}

op_flush()
{
	sync -f "$dir/e" "$dir/x" 2>/dev/null
}

# ------------------------------------------------------------------ load and checks

declare -A size=([e]=64M [x]=96M) device=() loader=() limit=([e]=0 [x]=0)

load_loop()
{
	local v=$1 pass=0 mode

	while [[ ! -e $dir/stop ]]; do
		pass=$((pass + 1))
		mode=(--direct=1 --ioengine=libaio --iodepth=8)
		((pass % 3)) || mode=(--direct=0 --ioengine=psync --fsync=32)
		((pass % 4 != 1)) || mode+=(--fdatasync=8)
		if ! fio --name=$v --filename="$dir/$v/load$((pass % 2))" --size=12M --rw=randrw --rwmixread=30 \
			--bsrange=4k-64k --verify=crc32c --verify_fatal=1 --do_verify=1 --randseed=$pass \
			--verify_backlog=64 --minimal "${mode[@]}" >"$dir/fio.$v" 2>&1; then
			{ echo "fio on $v, pass $pass:"; tail -c 800 "$dir/fio.$v"; } >>"$dir/errors"
			return
		fi
		((pass % 5)) || rm -f "$dir/$v/load0"
	done
	echo "$pass" >"$dir/passes.$v"
}

load_start()
{
	local v

	rm -f "$dir/stop"
	for v in "${volumes[@]}"; do
		load_loop "$v" &
		loader[$v]=$!
	done
}

load_stop()
{
	local v i

	touch "$dir/stop"
	for v in "${volumes[@]}"; do
		for ((i = 0; i < 900; i++)); do
			kill -0 "${loader[$v]}" 2>/dev/null || break
			sleep 0.1
		done
		if kill -0 "${loader[$v]}" 2>/dev/null; then
			violation "fio on $v does not end"
			echo w >/proc/sysrq-trigger
			dmesg | tail -n 200
			finish
		fi
		wait "${loader[$v]}" 2>/dev/null
	done
	load_errors
}

load_errors()
{
	[[ -s $dir/errors ]] || return 0
	violation "$(cat "$dir/errors")"
	: >"$dir/errors"
}

# a clean image with the files that were there from the start; $1: e or x
check_copy()
{
	local v=$1 dev=$2 what=$3 out

	if [[ $v == e ]]; then
		out=$(e2fsck -fn "$dev" 2>&1) || violation "$what: e2fsck: $(tail -n 5 <<<"$out")"
		out=$(mount -o ro "$dev" "$dir/copy" 2>&1) || { violation "$what: mount: $out"; return; }
	else
		out=$(mount -o ro,nouuid "$dev" "$dir/copy" 2>&1) || { violation "$what: mount: $out"; return; }
	fi
	out=$(cd "$dir/copy" && sha256sum --quiet -c "$dir/sums" 2>&1) ||
		violation "$what: files differ: $(head -n 3 <<<"$out")"
	umount "$dir/copy"
	[[ $v == e ]] || out=$(xfs_repair -n "$dev" 2>&1) || violation "$what: xfs_repair: $(tail -n 5 <<<"$out")"
}

# The bytes of one plex of a volume, from the files behind the disks.
plex_bytes()
{
	local path start len

	while read -r path start len; do
		dd if="$(disk_file "${path##*/plxtest-}")" bs=1M skip=$((start >> 20)) count=$((len >> 20)) \
			status=none
	done < <(ask --arg v "$1" --argjson i "$2" '.packs[].volumes[] | select(.name == $v) |
		.plexes[] | select(.index == $i) | .members[0].extents[] | "\(.path) \(.start) \(.size)"')
}

same_plexes()
{
	local v i sum first n

	sync
	status
	for v in "${volumes[@]}"; do
		first=$(sha256sum <"${device[$v]}")
		vol=$v
		n=$(n_plexes)
		for ((i = 0; i < n; i++)); do
			sum=$(plex_bytes "$v" "$i" | sha256sum)
			[[ $sum == "$first" ]] && continue
			violation "plex $i of $v (of $n) is not what the volume reads:"
			plex_bytes "$v" "$i" | cmp -l - "${device[$v]}" | awk '{ b[int(($1 - 1) / 4096)]++ }
				END { for (k in b) { n++; if (n < 12) printf " block %d (%d bytes)", k, b[k] }
				print "; " n " blocks of 4 KiB differ" }'
		done
	done
}

healthy()
{
	status
	[[ -z $(ask '.packs[].volumes[] | select(.health != "healthy" or .dirty_regions > 0 or
		(.sync.action != "idle")) | .name') ]] &&
		[[ -z $(ask '.packs[].tasks[] | select(.running) | .id') ]]
}

# Everything gets well again, by the means that a person has.
all_well()
{
	local v d i

	for d in "${!bad[@]}"; do
		heal "$d"
	done
	for v in "${volumes[@]}"; do
		px volume set "$pack/$v" --sync-action idle
		px volume set "$pack/$v" --speed-max 0
		limit[$v]=0
	done
	for ((i = 0; i < 60; i++)); do
		healthy && return
		((i % 5)) || px pack recover $pack --no-wait
		# What stays of operations that were cancelled or refused.
		for v in $(ask '.packs[].volumes[] | select(.name != "e" and .name != "x") | .name'); do
			px volume delete "$pack/$v" --force
		done
		sleep 0.5
	done
	violation "not healthy after 30 s"
	plexus status
	plexus task list | tail -n 5
}

klog()
{
	local text devs

	# Other volumes are made on disks that may be bad already, and nobody promised them anything.
	devs="(${device[e]#/dev/}|${device[x]#/dev/})"
	text=$(dmesg_clean) || violation "the kernel complained: $text"
	if dmesg_since | grep -E 'EXT4-fs error|EXT4-fs warning|XFS .*(error|corrupt|Corrupt|shutdown)|'"I/O error,? (on )?dev $devs\\b" |
		head -n 5 | grep .; then
		violation "errors reached a file system"
	fi
	dmesg_mark
}

mount_all()
{
	mount "${device[e]}" "$dir/e" || violation "ext4 does not mount"
	mount "${device[x]}" "$dir/x" || violation "xfs does not mount"
	(cd "$dir/e" && sha256sum --quiet -c "$dir/sums") || violation "files on ext4 differ"
	(cd "$dir/x" && sha256sum --quiet -c "$dir/sums") || violation "files on xfs differ"
}

umount_all()
{
	umount "$dir/e" || violation "ext4 does not unmount"
	umount "$dir/x" || violation "xfs does not unmount"
}

find_devices()
{
	local v

	status
	for v in "${volumes[@]}"; do
		device[$v]=/dev/$(ask --arg v "$v" '.packs[].volumes[] | select(.name == $v) | .device')
	done
}

scan_all()
{
	local i paths=()

	for ((i = 1; i <= n_disks; i++)); do
		paths+=("$(disk_path d$i)")
	done
	px scan "${paths[@]}"
}

between_rounds()
{
	pick export reload nothing
	say "between rounds: $picked"
	case $picked in
	export)
		px pack export $pack || { violation "export refused"; return; }
		px pack import $pack || { scan_all && px pack import $pack; }
		;;
	reload)
		rmmod plexus || { violation "rmmod refused"; return; }
		modprobe plexus
		scan_all
		;;
	esac
	find_devices
}

finish()
{
	trap - EXIT
	load_errors
	touch "$dir/stop"
	while umount "$dir/copy" "$dir/e" "$dir/x" 2>/dev/null; do :; done
	plexus_down
	cleanup >"$dir/cleanup"
	rm -rf "$dir"
	echo "stress: $operations operations, $violations violations"
	exit $((violations > 0))
}

# ------------------------------------------------------------------ the story

need_plexus
need_cmd fio jq mkfs.ext4 mkfs.xfs
disks_make "$n_disks" "${STRESS_SIZE:-320M}"
paths=()
for ((i = 1; i <= n_disks; i++)); do paths+=("$(disk_path d$i)"); done
px pack create $pack "${paths[@]}" || exit
for v in "${volumes[@]}"; do
	px volume create "$pack/$v" --size "${size[$v]}" --type mirror --plexes 2 || exit
	mkdir "$dir/$v"
done
mkdir "$dir/copy"
find_devices
mkfs.ext4 -q -F "${device[e]}"
# Small ones are for those who test.
TEST_DIR=t TEST_DEV=t QA_CHECK_FS=t mkfs.xfs -q -f "${device[x]}"
mount "${device[e]}" "$dir/e" && mount "${device[x]}" "$dir/x" || exit
mkdir "$dir/e/files" "$dir/x/files"
for ((i = 0; i < 40; i++)); do
	head -c $((RANDOM * 4)) /dev/urandom >"$dir/e/files/$i"
done
cp "$dir"/e/files/* "$dir/x/files/"
(cd "$dir/e" && sha256sum files/*) >"$dir/sums"
: >"$dir/errors"
sync
dmesg_mark

ops=(op_add_plex op_add_plex op_harm op_harm op_harm op_heal op_heal op_remove_plex op_break_plex op_break_plex
	op_repair op_recover op_cancel op_cancel op_scrub op_pause op_speed op_flush)
round=0
while ((SECONDS < seconds && violations < 10)); do
	round=$((round + 1))
	load_start
	for ((n = 0; n < ${STRESS_ROUND:-30} && SECONDS < seconds; n++)); do
		pick "${ops[@]}"
		"$picked" && operations=$((operations + 1))
		sleep "0.$((RANDOM % 5))"
		[[ ! -s $dir/errors ]] || break
	done
	load_stop
	all_well
	umount_all
	sleep 0.2
	for ((n = 0; n < 80; n++)); do healthy && break; sleep 0.1; done
	same_plexes
	check_copy e "${device[e]}" "ext4 after round $round"
	check_copy x "${device[x]}" "xfs after round $round"
	klog
	say "round $round done, $operations operations, fio passes $(cat "$dir"/passes.* | tr '\n' ' ')"
	between_rounds
	mount_all
done
umount_all
klog
finish
