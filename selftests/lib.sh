# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Sourced by every shell test.
#
# A test is a script of some twenty lines that shows one behaviour:
#
#	#!/bin/bash
#	# SPDX-License-Identifier: GPL-2.0
#	# A mirror that loses a plex goes on.
#	source "$(dirname "$0")/lib.sh"
#	need_plexus
#	disk_make a 64M; disk_make b 64M
#	plexus pack create p "$(disk_path a)" "$(disk_path b)"
#	...
#	disk_fail a
#	check "the file system does not notice" cmp before after
#
# Any command that fails ends the test as failed, with the line shown; check() instead reports
# and goes on. What was made is taken down at the end, last things first.
set -euo pipefail
set -E

# The tools of the tests are built beside them.
PATH=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd):$PATH

# ------------------------------------------------------------------ KTAP

KSFT_SKIP=4
ktap_nr=0
ktap_failed=0
ktap_planned=
ktap_where=

if [[ -n ${KTAP_CARRIED:-} ]]; then
	# The same test before the machine was restarted, see restart_into.
	read -r ktap_nr ktap_failed ktap_planned <<<"$KTAP_CARRIED"
else
	echo "KTAP version 1"
fi
trap 'ktap_where="${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR
trap 'ktap_exit $?' EXIT
# Out of time: what was made is taken down all the same.
trap 'exit 143' TERM

# How many results will follow. Without a plan, the number of those that came is taken for it.
ktap_plan()
{
	ktap_planned=$1
	echo "1..$1"
}

ktap_ok()
{
	ktap_nr=$((ktap_nr + 1))
	echo "ok $ktap_nr $1"
}

ktap_not_ok()
{
	ktap_nr=$((ktap_nr + 1))
	ktap_failed=$((ktap_failed + 1))
	echo "not ok $ktap_nr $1"
	[[ -z ${2:-} ]] || ktap_note "$2"
}

ktap_skip()
{
	ktap_nr=$((ktap_nr + 1))
	echo "ok $ktap_nr $1 # SKIP ${2:-}"
}

# Words for the reader of the log, one or more lines.
ktap_note()
{
	local text=$*

	echo "# ${text//$'\n'/$'\n'# }"
}

# check NAME COMMAND...: a result by the command's exit status; its output is shown when it fails.
check()
{
	local name=$1 output status=0
	shift

	output=$("$@" 2>&1) || status=$?
	if ((status)); then
		ktap_not_ok "$name" "\$ $* (exit status $status)${output:+
$output}"
	else
		ktap_ok "$name"
	fi
}

# The same for a command that has to fail.
check_fails()
{
	local name=$1 output
	shift

	if output=$("$@" 2>&1); then
		ktap_not_ok "$name" "\$ $* (should have failed)${output:+
$output}"
	else
		ktap_ok "$name"
	fi
}

# check_wait NAME PID: the same for what was begun with "&"; "check NAME wait PID" would not know it.
check_wait()
{
	local status=0

	wait "$2" || status=$?
	check_equal "$1" 0 "$status"
}

# check_equal NAME EXPECTED ACTUAL
check_equal()
{
	if [[ $2 == "$3" ]]; then
		ktap_ok "$1"
	else
		ktap_not_ok "$1" "expected: $2
     got: $3"
	fi
}

skip_all()
{
	echo "1..0 # SKIP $*"
	exit "$KSFT_SKIP"
}

ktap_exit()
{
	local status=$1

	trap - EXIT ERR
	set +e
	if ((status && status != KSFT_SKIP)); then
		ktap_not_ok "runs to its end" "exit status $status at $ktap_where"
	fi
	cleanup
	((status != KSFT_SKIP)) || exit "$KSFT_SKIP"
	if [[ -z $ktap_planned ]]; then
		echo "1..$ktap_nr"
	elif ((ktap_planned != ktap_nr)); then
		ktap_note "planned $ktap_planned results, gave $ktap_nr"
		exit 1
	fi
	exit $((ktap_failed > 0))
}

# ------------------------------------------------------------------ cleanup

cleanup_stack=()
disk_stack=() # below all else: the driver lets go of the disks first

# defer COMMAND...: runs it at the end, whatever happens; the last one deferred runs first.
defer()
{
	cleanup_stack+=("${*@Q}")
}

disk_defer()
{
	disk_stack+=("${*@Q}")
}

cleanup()
{
	local i output stack=("${disk_stack[@]}" "${cleanup_stack[@]}")

	for ((i = ${#stack[@]} - 1; i >= 0; i--)); do
		output=$(eval "${stack[i]}" 2>&1) ||
			ktap_note "cleanup: ${stack[i]}${output:+: $output}"
	done
	cleanup_stack=() disk_stack=()
}

# restart_into reboot|powercut STAGE: for a test with a machine of its own (a line "# machine: disks=N
# size=SIZE" in it): restarts the machine and goes on there as "$0 STAGE". The virtual disks stay; what
# disk_make has made is gone. In an orderly reboot the cleanup is run before.
restart_into()
{
	[[ $1 == powercut ]] || cleanup
	trap - EXIT ERR
	vmctl "$1" env KTAP_CARRIED="$ktap_nr $ktap_failed $ktap_planned" "$0" "$2"
}

# ------------------------------------------------------------------ what a test needs

need_root()
{
	((EUID == 0)) || skip_all "needs root"
}

need_cmd()
{
	local cmd

	for cmd; do
		command -v "$cmd" >/dev/null || skip_all "needs $cmd"
	done
}

# Loads modules, with their parameters after the name: need_module null_blk nr_devices=0
need_module()
{
	[[ -d /sys/module/${1//-/_} ]] && return
	# A target may be built in, which leaves no trace in /sys/module.
	[[ $1 == dm-* ]] && dmsetup targets | grep -q "^${1#dm-} " && return
	modprobe -q "$@" || skip_all "needs module $1"
}

# Loads the driver: the file PLEXUS_MODULE where that is set, for kernels that have none installed.
plexus_load()
{
	if [[ -n ${PLEXUS_MODULE:-} ]]; then
		[[ -d /sys/module/plexus ]] || insmod "$PLEXUS_MODULE"
	else
		modprobe plexus
	fi
}

# The driver, the tool, and no packs left by somebody else.
need_plexus()
{
	need_root
	need_cmd plexus dmsetup losetup jq
	plexus_load
	defer plexus_down
}

# In a vm of our own, whatever is left goes; names and states do not matter.
plexus_down()
{
	local mount name i

	awk '$1 ~ /^\/dev\/plx/ { print $1 }' /proc/swaps | xargs -r swapoff
	# Nothing may wait for ever for a disk that hangs.
	for name in "${!disk_loop[@]}"; do
		dmsetup resume "plxtest-$name" 2>/dev/null || true
	done
	for mount in $(awk '$1 ~ /^\/dev\/plx/ { print $2 }' /proc/mounts | tac); do
		umount "$mount" || umount -l "$mount"
	done
	for ((i = 0; i < 50; i++)); do
		[[ -d /sys/module/plexus ]] || return 0
		rmmod plexus 2>/dev/null && return 0
		sleep 0.1
	done
	rmmod plexus
}

# wait_until SECONDS COMMAND...: polls until the command succeeds.
wait_until()
{
	local deadline=$((SECONDS + $1))
	shift

	until "$@" >/dev/null 2>&1; do
		((SECONDS < deadline)) || return 1
		sleep 0.1
	done
}

# ------------------------------------------------------------------ disks
#
# A disk is a file in a tmpfs, a loop device on it, and a dm device on that. Plexus is given the dm
# device, whose table then decides what happens to the disk.

disk_dir=
declare -A disk_loop=()

# disk_make NAME SIZE [BLOCK]: a blank disk, with logical blocks of 512 or BLOCK bytes; its path is
# "$(disk_path NAME)".
disk_make()
{
	local name=$1 size=$2 block=${3:-512}

	need_module loop
	if [[ -z $disk_dir ]]; then
		disk_dir=$(mktemp -d)
		disk_defer rmdir "$disk_dir"
		mount -t tmpfs -o size=90% disks "$disk_dir"
		disk_defer umount "$disk_dir"
	fi
	truncate -s "$size" "$disk_dir/$name"
	disk_loop[$name]=$(losetup --find --show --sector-size "$block" "$disk_dir/$name")
	disk_defer losetup --detach "${disk_loop[$name]}"
	dmsetup create "plxtest-$name" --table "$(disk_table "$name" linear)"
	disk_defer disk_unmake "$name"
	# Nothing may wait for ever at the end: neither a suspended nor a failing disk.
	disk_defer disk_heal "$name"
}

disk_unmake()
{
	[[ ! -e $(disk_path "$1") ]] || disk_unplug "$1"
}

# disks_make N SIZE: d1..dN
disks_make()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		disk_make "d$i" "$2"
	done
}

disk_path()
{
	echo "/dev/mapper/plxtest-$1"
}

# The file behind the disk: readable, and writable, also while the disk "fails".
disk_file()
{
	echo "$disk_dir/$1"
}

# disk_table NAME TARGET [ARGS BEHIND DEVICE AND OFFSET...]
disk_table()
{
	local name=$1 target=$2 sectors
	shift 2

	sectors=$(blockdev --getsz "${disk_loop[$name]}")
	if [[ $target == error ]]; then
		echo "0 $sectors error"
	else
		echo "0 $sectors $target ${disk_loop[$name]} 0 $*"
	fi
}

# disk_unplug NAME...: the device is not there any more, its content is; nobody may have it open.
disk_unplug()
{
	local name

	for name; do
		dmsetup remove --retry "plxtest-$name"
	done
}

# disk_plug NAME...: and is there again.
disk_plug()
{
	local name

	for name; do
		dmsetup create "plxtest-$name" --table "$(disk_table "$name" linear)"
	done
}

# I/O that is under way is held back and goes through the new table.
dm_swap()
{
	dmsetup suspend --noflush --nolockfs "$1"
	dmsetup load "$1" <<<"$2"
	dmsetup resume "$1"
}

disk_swap()
{
	local name=$1
	shift

	dm_swap "plxtest-$name" "$(disk_table "$name" "$@")"
}

# Everything fails.
disk_fail()
{
	disk_swap "$1" error
}

# All is well again; the disk has what was written while it was well.
disk_heal()
{
	[[ -e $(disk_path "$1") ]] || return 0
	disk_swap "$1" linear
}

# disk_reads_fail NAME FROM [TO]: reads fail from that offset on, writes work, as all does before it: so
# the labels and configurations are well (but for the label at the end). dm-delay can send reads
# elsewhere.
disk_reads_fail()
{
	local name=$1 from=$(($(numfmt --from=iec "$2") >> 9)) to sectors rest=
	local bad=plxtest-$name-noread

	need_module dm-delay
	sectors=$(blockdev --getsz "${disk_loop[$name]}")
	if [[ ! -e /dev/mapper/$bad ]]; then
		dmsetup create "$bad" --table "0 $sectors error"
		disk_defer dmsetup remove --retry "$bad"
		disk_defer disk_heal "$name"
	fi
	to=$sectors
	if (($# > 2)); then
		to=$(($(numfmt --from=iec "$3") >> 9))
		rest="
$to $((sectors - to)) linear ${disk_loop[$name]} $to"
	fi
	dm_swap "plxtest-$name" "0 $from linear ${disk_loop[$name]} 0
$from $((to - from)) delay /dev/mapper/$bad 0 0 ${disk_loop[$name]} $from 0$rest"
}

# disk_range NAME FROM TO TARGET [ARGS BEHIND DEVICE AND OFFSET...]: the disk is like that between two
# offsets, and well elsewhere. The region logs lie from 2M up to where the first extent begins.
disk_range()
{
	local name=$1 from=$(($(numfmt --from=iec "$2") >> 9)) to=$(($(numfmt --from=iec "$3") >> 9))
	local loop=${disk_loop[$1]} target=$4 sectors
	shift 4

	sectors=$(blockdev --getsz "$loop")
	if [[ $target != error ]]; then
		need_module "dm-$target"
		target="$target $loop $from $*"
	fi
	dm_swap "plxtest-$name" "$( ((!from)) || echo "0 $from linear $loop 0"
		echo "$from $((to - from)) $target"
		((to == sectors)) || echo "$to $((sectors - to)) linear $loop $to")"
}

# Writes and flushes fail, reads work.
disk_writes_fail()
{
	need_module dm-flakey
	disk_swap "$1" flakey 0 3600 1 error_writes
}

# Writes and flushes say that they are done, and are lost: a cut of power has begun.
disk_writes_lost()
{
	need_module dm-flakey
	disk_swap "$1" flakey 0 3600 1 drop_writes
}

# Flushes fail, the rest works. dm-delay can send its flushes elsewhere: to a device that refuses.
disk_flush_fails()
{
	local name=$1 loop=${disk_loop[$1]}

	need_module dm-flakey
	need_module dm-delay
	if [[ ! -e /dev/mapper/plxtest-$name-noflush ]]; then
		dmsetup create "plxtest-$name-noflush" \
			--table "$(disk_table "$name" flakey 0 3600 1 error_writes)"
		disk_defer dmsetup remove --retry "plxtest-$name-noflush"
		disk_defer disk_heal "$name"
	fi
	disk_swap "$name" delay 0 "$loop" 0 0 "/dev/mapper/plxtest-$name-noflush" 0 0
}

# disk_delay NAME MS [WRITE_MS [FLUSH_MS]]: reads, writes and flushes take that much longer.
disk_delay()
{
	local name=$1 loop=${disk_loop[$1]} read=$2
	local write=${3:-$read} flush=${4:-${3:-$2}}

	need_module dm-delay
	disk_swap "$name" delay "$read" "$loop" 0 "$write" "$loop" 0 "$flush"
}

# The disk neither answers nor fails, until disk_heal.
disk_hang()
{
	dmsetup suspend --noflush --nolockfs "plxtest-$1"
}

# ------------------------------------------------------------------ plexus

# expect_code CODE COMMAND...: the refusal of a command, with its VDS code, by name or number, and
# with nothing changed on any disk. A result of its own.
#	expect_code VDS_E_VOLUME_NOT_A_MIRROR plexus volume break-plex p/v p0
expect_code()
{
	local code=$1 output status=0 before got
	shift

	before=$(state_snapshot)
	output=$("$@" --json 2>/dev/null) || status=$?
	got=$(jq -r '.error | "\(.name) \(.code) \(.errno) \(.message)"' <<<"$output" 2>/dev/null) || got=
	if ((!status)); then
		ktap_not_ok "$code" "\$ $* --json (was not refused)
$output"
	elif [[ -z $got || " ${got,,} " != *" ${code,,} "* ]]; then
		ktap_not_ok "$code" "\$ $* --json (exit status $status)
$output"
	elif [[ $(jq -r '.error.message | length' <<<"$output") -lt 3 ]]; then
		ktap_not_ok "$code" "\$ $* --json (no message)"
	elif ! state_same "$before"; then
		ktap_not_ok "$code" "\$ $* --json (refused, and changed the disks)"
	else
		ktap_ok "$code: $*"
	fi
}

# The values of the contract, so that a wrong one in a header is seen.
declare -A result_value=(
	[E_NOTIMPL]=0x80004001 [E_INVALIDARG]=0x80070057 [E_ACCESSDENIED]=0x80070005 [E_FAIL]=0x80004005
	[VDS_E_ANOTHER_CALL_IN_PROGRESS]=0x80042404 [VDS_E_OBJECT_NOT_FOUND]=0x80042405
	[VDS_E_OBJECT_DELETED]=0x8004240b [VDS_E_CANCEL_TOO_LATE]=0x8004240c
	[VDS_E_OPERATION_CANCELED]=0x8004240d [VDS_E_NOT_ENOUGH_SPACE]=0x8004240f
	[VDS_E_OPERATION_PENDING]=0x80042409 [VDS_E_INVALID_OPERATION]=0x80042415
	[VDS_E_PROVIDER_CACHE_CORRUPT]=0x8004241f [VDS_E_DMADMIN_METHOD_CALL_FAILED]=0x80042420
	[VDS_E_OBJECT_STATUS_FAILED]=0x80042431 [VDS_E_VOLUME_INCOMPLETE]=0x80042432
	[VDS_E_VOLUME_NOT_ONLINE]=0x8004243d [VDS_E_VOLUME_NOT_HEALTHY]=0x8004243e
	[VDS_E_VOLUME_SPANS_DISKS]=0x8004243f [VDS_E_REQUIRES_CONTIGUOUS_DISK_SPACE]=0x80042440
	[VDS_E_VOLUME_NOT_A_MIRROR]=0x80042445 [VDS_E_DISK_NOT_ONLINE]=0x8004244b
	[VDS_E_DISK_IN_USE_BY_VOLUME]=0x8004244c [VDS_E_TIMEOUT]=0x8004245f
	[VDS_E_REPAIR_VOLUMESTATE]=0x80042460 [VDS_E_INVALID_PLEX_GUID]=0x8004252c
	[VDS_E_DUPLICATE_DISK]=0x8004252e [VDS_E_PLEX_LAST_ACTIVE]=0x80042548
	[VDS_E_DISTINCT_VOLUME]=0x8004257b [VDS_E_VOLUME_NOT_FOUND_IN_PACK]=0x8004257c
	[VDS_E_CRITICAL_PLEX]=0x8004257e
)

# error_is CODE WORDS COMMAND...: the command fails with that code (by name), number and all, and its
# message has the words (an extended regular expression).
error_is()
{
	local code=$1 words=$2 output status=0 got
	shift 2

	output=$("$@" --json 2>/dev/null) || status=$?
	if ((!status)); then
		echo "was not refused: $output"
		return 1
	fi
	got=$(jq -r '.error | "\(.name) \(.code | ascii_downcase) \(.message)"' <<<"$output" 2>/dev/null) || got=
	if [[ $got != "$code ${result_value[$code]:-none} "* ]]; then
		echo "expected: $code ${result_value[$code]:-}
     got: ${got:-$output}"
		return 1
	fi
	got=${got#* * }
	if ((${#got} < 10)) || ! grep -qE -- "$words" <<<"$got"; then
		echo "expected a message with: $words
                    got: $got"
		return 1
	fi
}

# refused NAME CODE WORDS COMMAND...: a result: the command is refused with that code and a message
# that has the words, and nothing has changed on any disk, nor in what "plexus status" tells.
refused()
{
	local name=$1 code=$2
	shift 2

	refused_disks=$(state_snapshot)
	refused_objects=$(state_objects)
	check "$name -> $code" error_is_and_same "$code" "$@"
}

error_is_and_same()
{
	error_is "$@" || return 1
	if ! state_same "$refused_disks"; then
		echo "refused, and changed the disks"
		return 1
	fi
	if [[ $(state_objects) != "$refused_objects" ]]; then
		echo "refused, and changed the objects:"
		diff <(echo "$refused_objects") <(state_objects)
		return 1
	fi
}

# What there is, without what moves by itself.
state_objects()
{
	plexus status --json | jq -S 'del(.packs[]? | .tasks, (.disks[]? | .read_errors, .write_errors),
		(.volumes[]? | .sync, .dirty_regions, (.plexes[]? | .stale, .members[]?.stale)))'
}

# done_ok NAME COMMAND...: a result: the command succeeds, and says S_OK.
done_ok()
{
	local name=$1
	shift

	check "$name -> S_OK" result_is S_OK 0x00000000 "$@"
}

result_is()
{
	local name=$1 value=$2 output
	shift 2

	output=$("$@" --json) || {
		echo "$output"
		return 1
	}
	[[ $(jq -r '.result | "\(.name) \(.code)"' <<<"$output") == "$name $value" ]] || {
		echo "$output"
		return 1
	}
}

# pack_make NAME N SIZE: a pack of new disks d1..dN
pack_make()
{
	local i paths=()

	disks_make "$2" "$3"
	for ((i = 1; i <= $2; i++)); do
		paths+=("$(disk_path "d$i")")
	done
	plexus pack create "$1" "${paths[@]}" --quiet
}

# volume_make PACK/NAME SIZE [--disk dN]... [OPTION]...: disks by the names of disk_make
volume_make()
{
	local name=$1 size=$2 args=()
	shift 2

	while (($#)); do
		if [[ $1 == --disk ]]; then
			args+=(--disk "$(disk_path "${2%%=*}")${2##"${2%%=*}"}")
			shift
		else
			args+=("$1")
		fi
		shift
	done
	plexus volume create "$name" --size "$size" --quiet "${args[@]}"
}

# plex_value PACK/VOLUME INDEX WHAT
plex_value()
{
	volume_value "$1" ".plexes[$2]$3"
}

# disk_value NAME WHAT, of the disk with that name from disk_make
disk_value()
{
	plexus status --json | jq -er --arg path "$(disk_path "$1")" \
		".packs[].disks[] | select(.path == \$path) | $2"
}

pack_value()
{
	plexus status --json | jq -er ".packs[] | select(.name == \"$1\") | $2"
}

disk_is()
{
	[[ $(disk_value "$1" .status) == "$2" ]]
}

plex_is()
{
	[[ $(plex_value "$1" "$2" .health) == "$3" ]]
}

# task_of COMMAND...: begins a task and prints its number.
task_of()
{
	"$@" --no-wait --json | jq -er .task.id
}

# task_value ID WHAT
task_value()
{
	plexus task show "$1" --json | jq -r ".task$2"
}

# fill DEVICE: random bytes all over it; sum DEVICE [BYTES]: of what is on it, past the page cache
fill()
{
	dd if=/dev/urandom of="$1" bs=1M count=$(($(blockdev --getsize64 "$1") >> 20)) oflag=direct \
		conv=fsync status=none
}

sum()
{
	dd if="$1" bs=1M iflag=direct status=none | head -c "${2:-100G}" | cksum
}

# The driver goes and comes back, as in a restart of the machine, and finds the disks that are named;
# others are not there.
plexus_restart()
{
	local name here=" $* "

	rmmod plexus
	for name in "${!disk_loop[@]}"; do
		if [[ $here != *" $name "* ]]; then
			[[ ! -e $(disk_path "$name") ]] || disk_unplug "$name"
		elif [[ ! -e $(disk_path "$name") ]]; then
			disk_plug "$name"
		fi
	done
	plexus_load
	for name; do
		plexus scan "$(disk_path "$name")" >/dev/null || ktap_note "$name is refused"
	done
}

# volume_value PACK/VOLUME WHAT: one value of a volume, as jq names it in "plexus status --json":
#	volume_value p/v .health; volume_value p/v '.plexes[0].id'; volume_value p/v .sync.action
volume_value()
{
	plexus status --json | jq -er ".packs[] | select(.name == \"${1%/*}\") | .volumes[] |
		select(.name == \"${1#*/}\") | $2"
}

# volume_path PACK/VOLUME: its block device.
volume_path()
{
	volume_value "$1" '"/dev/\(.device)"'
}

# volume_is PACK/VOLUME HEALTH; with wait_until: wait_until 20 volume_is p/v healthy
volume_is()
{
	[[ $(volume_value "$1" .health) == "$2" ]]
}

# plex_bytes PACK/VOLUME INDEX: what a simple or spanned plex holds, from the files behind the disks.
plex_bytes()
{
	local path start size

	while read -r path start size; do
		dd if="$(disk_file "${path##*/plxtest-}")" bs=1M skip=$((start >> 20)) \
			count=$((size >> 20)) status=none
	done < <(volume_value "$1" ".plexes[] | select(.index == $2) | .members[0].extents[] |
		\"\(.path) \(.start) \(.size)\"")
}

# plexes_same PACK/VOLUME: all plexes hold the same bytes, and the volume reads them.
plexes_same()
{
	local sum first i n

	sync
	n=$(volume_value "$1" '.plexes | length')
	first=$(dd if="$(volume_path "$1")" bs=1M iflag=direct status=none | sha256sum)
	for ((i = 0; i < n; i++)); do
		sum=$(plex_bytes "$1" "$i" | sha256sum)
		[[ $sum == "$first" ]] || { echo "plex $i differs"; return 1; }
	done
}

# ------------------------------------------------------------------ parity

# parity_make PACK/NAME SIZE [OPTION]...: as volume_make, with parity; PARITY_LOG=off: without its log
parity_make()
{
	local name=$1 size=$2
	shift 2

	volume_make "$name" "$size" --type parity --write-hole "${PARITY_LOG:-log}" "$@"
}

# parity_tool WHAT PACK/VOLUME [ARG]...: plxparity on the files behind the disks of the volume
parity_tool()
{
	local what=$1 volume=$2 members
	shift 2

	mapfile -t members < <(volume_value "$volume" ".plexes[0] | .unit, .parity, (.members[] |
		[.extents[] | \"\(.path):\(.start):\(.size)\"] | join(\",\"))" |
		sed "s#/dev/mapper/plxtest-#$disk_dir/#g")
	plxparity "$what" "${members[@]}" "$@"
}

# parity_fits PACK/VOLUME: P and Q of all rows are those of the data, by the layout's description
parity_fits()
{
	parity_tool check "$1"
}

# parity_data PACK/VOLUME: what the volume reads is what its disks have
parity_data()
{
	cmp -n "$(blockdev --getsize64 "$(volume_path "$1")")" <(parity_tool data "$1") \
		<(dd if="$(volume_path "$1")" bs=1M iflag=direct status=none)
}

# parity_scrub PACK/VOLUME: a scrub finds no difference
parity_scrub()
{
	plexus task wait "$(task_of plexus volume scrub "$1")" --timeout 120 --quiet &&
		[[ $(volume_value "$1" .mismatches) == 0 ]]
}

# parity_away PACK/VOLUME NAME...: it reads the same without the disks, which are there again then
parity_away()
{
	local volume=$1 name path before after
	shift

	path=$(volume_path "$volume")
	before=$(sum "$path")
	for name; do
		plexus disk offline "$(disk_path "$name")" --quiet
	done
	after=$(sum "$path") || after=error
	for name; do
		plexus disk online "$(disk_path "$name")" --quiet
	done
	wait_until 20 volume_is "$volume" healthy || echo "it is not healthy again"
	[[ $before == "$after" ]] || { echo "without $*: not the same"; return 1; }
}

# parity_each_away PACK/VOLUME NAME...: the same without each of them, or with two parities each two
parity_each_away()
{
	local volume=$1 a b two
	shift

	two=$(($(plex_value "$volume" 0 .parity) - 1))
	for a; do
		((two)) || { parity_away "$volume" "$a" || return 1; continue; }
		for b; do
			[[ ! $a < $b ]] || parity_away "$volume" "$a" "$b" || return 1
		done
	done
}

# parity_right PACK/VOLUME NAME...: four results: it fits in every way that can be looked at
parity_right()
{
	check "${what:+$what: }the disks have what the volume reads" parity_data "$1"
	check "${what:+$what: }parity fits" parity_fits "$1"
	check "${what:+$what: }the same with disks away" parity_each_away "$@"
	check "${what:+$what: }a scrub finds no difference" parity_scrub "$1"
}

# volume_idle PACK/VOLUME: healthy, and nothing runs or waits to be cleaned.
volume_idle()
{
	[[ $(volume_value "$1" '"\(.health) \(.sync.action) \(.dirty_regions)"') == "healthy idle 0" ]]
}

# volume_clean PACK/VOLUME: no region of it may differ between its plexes.
volume_clean()
{
	[[ $(volume_value "$1" .dirty_regions) == 0 ]]
}

# plexus_reload DISK...: the driver goes and comes, and finds these disks.
plexus_reload()
{
	local name paths=()

	for name; do
		paths+=("$(disk_path "$name")")
	done
	rmmod plexus
	modprobe plexus
	plexus scan "${paths[@]}"
}

# The checksums of what says "plexus" on the disks: both labels and both configuration slots. The
# region log is left out, for its cleaner works whenever it likes.
state_snapshot()
{
	local name file names

	mapfile -t names < <(printf '%s\n' "${!disk_loop[@]}" | sort)
	if type -P plxdisk >/dev/null; then
		((${#disk_loop[@]})) || return 0
		(cd "$disk_dir" && plxdisk sum "${names[@]}")
		return
	fi
	for name in $(printf '%s\n' "${!disk_loop[@]}" | sort); do
		file=$(disk_file "$name")
		echo "$name $({
			head -c 2M "$file"
			tail -c 4096 "$file"
		} | sha256sum)"
	done
}

# state_same SNAPSHOT
state_same()
{
	[[ $(state_snapshot) == "$1" ]]
}

# ------------------------------------------------------------------ the kernel's log

# The log from here on; dmesg_clean looks at what came since, or since the start of the test.
dmesg_mark()
{
	dmesg_marker="plexus selftest $$ $RANDOM"
	echo "$dmesg_marker" >/dev/kmsg
}

dmesg_since()
{
	dmesg | sed -n "/${dmesg_marker:-plexus selftest none}/,\$p" | sed 1d
}

# No warning, oops, hung task... in the kernel's log.
dmesg_clean()
{
	dmesg_since | "$(dirname "${BASH_SOURCE[0]}")/klog.sh"
}

((EUID)) || dmesg_mark
