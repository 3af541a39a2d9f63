#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make test: the unit tests on this machine, then the selftests in virtual ones. KTAP; the last line
# is "N passed, N failed, N skipped". With arguments: only these selftests, by name or pattern.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
dir=$top/selftests

passed=0 failed=0 skipped=0 failures=()

count()
{
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# A failure that no result line tells of.
complain()
{
	echo "not ok $*"
	failed=$((failed + 1))
	failures+=("$*")
}

"$dir/vm/build.sh"
logs=$build/test
rm -rf "$logs"
mkdir -p "$logs"

# ------------------------------------------------------------------ unit tests

unit_tests()
{
	local status=0 p f s

	echo "# unit tests"
	make -s -k -C "$top" unit 2>&1 </dev/null | tee "$logs/unit" || status=$?
	read -r p f s < <(awk -f "$dir/ktap.awk" "$logs/unit")
	count "$p" "$f" "$s"
	if ((f)); then
		failures+=("unit tests")
	elif ((status || p == 0)); then
		complain "unit tests (exit status $status)"
	fi
}

(($#)) || unit_tests

# ------------------------------------------------------------------ selftests

# Every test by name, but for the long ones ("# long") where LONG is not set; those with a line
# "# machine: disks=N size=S" restart their machine, so they get one of their own.
shared=() own=()
for file in "$dir"/test_*.sh "$build"/selftests/test_*; do
	[[ -f $file && -x $file ]] || continue
	name=$(basename "$file")
	if (($#)); then
		wanted=
		for pattern; do
			# shellcheck disable=SC2053 # it is a pattern
			[[ $name == $(basename "$pattern") || ${name%.*} == $pattern ]] && wanted=yes
		done
		[[ -n $wanted ]] || continue
	elif [[ -z ${LONG:-} ]] && grep -q -a '^# long$' "$file"; then
		continue
	fi
	if grep -q -a '^# machine:' "$file"; then
		own+=("$name")
	else
		shared+=("$name")
	fi
done

# run_shared NAME: runs the tests of $shared in a fresh machine. When a test takes the machine down with
# it, that test has failed, and the rest goes on in the next machine.
run_shared()
{
	local log status current summary nr=0 p f s

	while ((${#shared[@]})); do
		nr=$((nr + 1))
		log=$logs/$1$nr
		status=0
		"$dir/vm/run.sh" --disks 4 --disk-size 512M --mem 2G --timeout 2700 --no-check --out "$log.d" \
			"$dir/run.sh" "${shared[@]}" 2>&1 | tee "$log" || status=$?
		# The last line is the runner's; when there is none, its results so far count.
		summary=$(grep -a -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log") || summary=
		if [[ -n $summary ]]; then
			read -r p _ f _ s _ <<<"$summary"
		else
			read -r p f s < <(grep -av '^1\.\.' "$log" | awk -f "$dir/ktap.awk")
		fi
		count "$p" "$f" "$s"
		mapfile -t -O "${#failures[@]}" failures < <(sed -n 's/^not ok [0-9]* //p' "$log")
		[[ -z $summary || $status == 3 ]] || return 0
		current=$(sed -n 's/^# \(test_.*\)$/\1/p' "$log" | tail -n 1)
		[[ -n $summary ]] || complain "$current: the machine did not survive (status $status)"
		# Without a test begun there is no use in going on.
		[[ -n $current ]] || return 0
		while ((${#shared[@]})); do
			name=${shared[0]}
			shared=("${shared[@]:1}")
			[[ $name != "$current" ]] || break
		done
	done
}

# Those of parity have a machine of their own: one that hangs takes no others with it.
run_groups()
{
	local name rest=() parity=()

	for name in "${shared[@]}"; do
		if [[ $name == test_parity_* ]]; then
			parity+=("$name")
		else
			rest+=("$name")
		fi
	done
	shared=("${rest[@]}")
	run_shared machine
	shared=("${parity[@]}")
	run_shared parity
}

run_own()
{
	local name=$1 log=$logs/$1 status=0 p f s disks size seconds

	disks=$(sed -n 's/^# machine:.*disks=\([0-9]*\).*/\1/p' "$dir/$name" | head -n 1)
	size=$(sed -n 's/^# machine:.*size=\([0-9]*[KMG]\).*/\1/p' "$dir/$name" | head -n 1)
	seconds=$(sed -n 's/^# timeout: *\([0-9]*\)$/\1/p' "$dir/$name" | head -n 1)
	echo "# $name"
	"$dir/vm/run.sh" --disks "${disks:-4}" --disk-size "${size:-256M}" --timeout "${seconds:-180}" \
		--out "$log.d" "$dir/$name" 2>&1 | sed -u 's/^/  /' | tee "$log" || status=$?
	read -r p f s < <(sed 's/^  //' "$log" | awk -f "$dir/ktap.awk")
	count "$p" "$f" "$s"
	case $status in
	0 | 1 | 4)
		if ((f)); then
			failures+=("$name")
			echo "not ok $name"
		elif ((status == 1 || p + s == 0)); then
			complain "$name (exit status $status)"
		else
			echo "ok $name"
		fi
		;;
	124) complain "$name: not done in time" ;;
	125) complain "$name: the machine did not survive" ;;
	126) complain "$name: the kernel complained" ;;
	*) complain "$name: exit status $status" ;;
	esac
}

run_groups
for name in "${own[@]}"; do
	run_own "$name"
done

if ((${#failures[@]})); then
	printf '# failed: %s\n' "${failures[@]}"
fi
echo "$passed passed, $failed failed, $skipped skipped"
((!failed && passed))
