#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the selftests of this folder on this machine, all or those that are named, in the order of
# their names, each with the time that "settings" grants. Prints KTAP and ends with
# "N passed, N failed, N skipped", counted over the single results.
#
# A test file may have a time of its own: a line "# timeout: SECONDS". One with a line "# machine:"
# restarts the machine and is not for this runner; vm/test.sh gives it a machine of its own.
#
# Exit status: 0 nothing failed; 1 something did; 3 the machine is not fit for more tests (the
# driver can't be unloaded any more): the rest did not run.
set -euo pipefail
cd "$(dirname "$0")"

default_timeout=$(sed -n 's/^timeout=//p' settings)
dir=$(mktemp -d)
log=$dir/log
trap 'rm -rf "$dir"' EXIT

tests=("$@")
if ((!$#)); then
	for file in test_*; do
		[[ -x $file && -f $file ]] && ! grep -q -a '^# machine:' "$file" && tests+=("$file")
	done
fi

passed=0 failed=0 skipped=0

# A result of the runner's own, in the words of the test's file.
complain()
{
	echo "  not ok $1"
	failed=$((failed + 1))
}

# The driver must leave when nobody uses it any more.
unload()
{
	local i

	[[ -d /sys/module/plexus ]] || return 0
	for ((i = 0; i < 20; i++)); do
		timeout 30 rmmod plexus 2>/dev/null && return 0
		sleep 0.1
	done
	return 1
}

# Sleeps without starting a process: those are dear on an emulated processor.
mkfifo "$dir/never"
exec {never}<>"$dir/never"
nap()
{
	read -r -t "$1" -u "$never" || true
}

# Runs one test in a session of its own, so that all it has started can be ended with it, and
# passes its output on, indented. Sets status; 99 when the test can't even be killed.
run_limited()
{
	local test=$1 seconds=$2 pid reader deadline

	rm -f "$dir/output"
	mkfifo "$dir/output"
	sed -u 's/^/  /' <"$dir/output" | tee "$log" &
	reader=$!
	setsid timeout --kill-after=5 "$seconds" "./$test" </dev/null >"$dir/output" 2>&1 &
	pid=$!

	deadline=$((SECONDS + seconds + 15))
	while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do
		nap 0.1
	done
	status=99
	if ! kill -0 "$pid" 2>/dev/null; then
		status=0
		wait "$pid" || status=$?
	fi
	pkill -KILL -s "$pid" || true
	deadline=$((SECONDS + 5))
	while kill -0 "$reader" 2>/dev/null && ((SECONDS < deadline)); do
		nap 0.1
	done
	if kill "$reader" 2>/dev/null; then
		status=99
	fi
}

run_one()
{
	local test=$1 name status=0 seconds p f s
	name=$(basename "$test")

	seconds=$(grep -a -m 1 -o '^# timeout: *[0-9]*$' "$test" | grep -o '[0-9]*$') || seconds=$default_timeout
	echo "plexus selftest: $name" >/dev/kmsg
	dmesg --clear
	run_limited "$test" "$seconds"

	read -r p f s < <(sed 's/^  //' "$log" | awk -f ktap.awk)
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))

	case $status in
	0 | 1) ((p + f + s)) || complain "$name: gave no result" ;;
	4) ((p + f + s)) || { echo "  ok 1 $name # SKIP"; skipped=$((skipped + 1)); } ;;
	124 | 137) complain "$name: not done after $seconds s" ;;
	99)
		complain "$name: hangs and can't be killed"
		unfit=yes
		;;
	*) ((f)) || complain "$name: exit status $status" ;;
	esac
	if ((status == 1 && f == 0 && p + s > 0)); then
		complain "$name: exit status 1 without a failed result"
	fi

	case $status in
	99 | 124 | 137)
		echo w >/proc/sysrq-trigger
		dmesg | sed 's/^/  # /'
		;;
	esac
	if ! unload; then
		complain "$name: the driver can't be unloaded, used by $(cat /sys/module/plexus/refcnt)"
		unfit=yes
	fi
	if ! dmesg | ./klog.sh | sed 's/^/  # /'; then
		complain "$name: the kernel complained"
	fi
}

unfit=
echo "KTAP version 1"
echo "1..${#tests[@]}"
nr=0
for test in "${tests[@]}"; do
	nr=$((nr + 1))
	before=$failed
	echo "# $(basename "$test")"
	run_one "$test"
	if ((failed > before)); then
		echo "not ok $nr $(basename "$test")"
	else
		echo "ok $nr $(basename "$test")"
	fi
	[[ -z $unfit ]] || break
done
echo "$passed passed, $failed failed, $skipped skipped"
[[ -z $unfit ]] || exit 3
((!failed))
