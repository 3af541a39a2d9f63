#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Reads a kernel log (file, or stdin) and shows what should never be there, each with a few lines
# around it. Exit status 1 when there was any. Lines that match a pattern in klog.allow pass.
set -euo pipefail
allow=$(dirname "$0")/klog.allow

bad='WARNING: |BUG: |kernel BUG at|Oops|[Gg]eneral protection fault|Kernel panic|INFO: task .* blocked for'
bad+='|rcu: INFO: |self-detected stall|INFO: possible |suspicious RCU|possible circular|inconsistent lock'
bad+='|KASAN|UBSAN|KFENCE|KMSAN|kmemleak: [0-9]+ new|refcount_t|list_(add|del) corruption|sleeping function'
bad+='|scheduling while atomic|unable to handle|stack guard page|Objects remaining in|bad page state'
bad+='|Trying to free already-free|cannot create duplicate filename|kobject_add_internal failed|Modules linked in:|unregister_netdevice: waiting'

patterns=$(grep -vE '^(#|$)' "$allow" || true)
log=$(tr -d '\r' <"${1:-/dev/stdin}" | grep -a -vEf <(printf '%s\n' "${patterns:-^$}")) || exit 0
found=$(grep -a -nE -A 24 "$bad" <<<"$log") || exit 0
echo "The kernel complained:"
head -n 100 <<<"$found" | sed 's/^/  /'
exit 1
