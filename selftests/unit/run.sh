#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs test programs, each a KTAP subtest; exit 1: one of them failed.
n=0
bad=0
echo "KTAP version 1"
echo "1..$#"
for t in "$@"; do
	n=$((n + 1))
	out=$("$t" 2>&1)
	rc=$?
	printf '%s\n' "$out" | sed 's/^/    /'
	if [ $rc -eq 0 ]; then
		echo "ok $n ${t##*/}"
	else
		echo "not ok $n ${t##*/}"
		bad=1
	fi
done
exit $bad
