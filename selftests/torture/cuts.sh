#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# CUTS=n SEED=n [VOLUME=mirror|parity] selftests/torture/cuts.sh
#
# Cuts the power under mirrors, or parity (without VOLUME: where SEED is even), again and again,
# and looks at what is left: see cuts.c and Documentation/reliability.rst. Needs root, and a kernel that may crash: use a virtual machine.
#
# Out of the tree: PLEXUS_MODULE and CRASHDISK_MODULE are the modules, CUTS_PROGRAM is the program.
# What to look at after a violation goes to OUT (default: /tmp/torture).
# Last line: "cuts N, violations N"; exit status 1 if there were violations.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
release=$(uname -r)
CUTS=${CUTS:-200} SEED=${SEED:-1} OUT=${OUT:-/tmp/torture}
plexus=${PLEXUS_MODULE:-$top/build/module/$release/kernel/plexus.ko}
crashdisk=${CRASHDISK_MODULE:-$top/build/module/$release/selftests/modules/crashdisk.ko}
program=${CUTS_PROGRAM:-$top/build/torture/cuts}
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-$top/build/user}

skip()
{
	echo "SKIP: $*" >&2
	echo "cuts 0, violations 0"
	exit 4
}

((EUID == 0)) || skip "needs root"
for f in "$plexus" "$crashdisk" "$program"; do
	[[ -e $f ]] || skip "there is no $f: make module test-modules torture-program"
done
[[ ! -d /sys/module/plexus ]] || rmmod plexus || skip "plexus is in use"
[[ ! -d /sys/module/crashdisk ]] || rmmod crashdisk || skip "crashdisk is in use"
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
mkdir -p "$OUT"
work=$(mktemp -d)
rcu=/sys/module/rcutree/parameters
trap 'rmmod plexus crashdisk 2>/dev/null; rm -rf "$work"' EXIT

# Loading and unloading is most of what a cut takes: less to load, and shorter waits for RCU.
strip -g -o "$work/plexus.ko" "$plexus" 2>/dev/null || cp "$plexus" "$work/plexus.ko"
echo 1 >/sys/kernel/rcu_expedited || true
echo 0 >$rcu/jiffies_till_first_fqs 2>/dev/null || true
echo 1 >$rcu/jiffies_till_next_fqs 2>/dev/null || true
# Thousands of disks fail on purpose.
dmesg -n 1

insmod "$crashdisk" disks=6 sectors=98304
export VOLUME=${VOLUME-}
status=0
"$program" "$CUTS" "$SEED" "$work/plexus.ko" "$OUT" || status=$?
exit "$status"
