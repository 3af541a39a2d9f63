#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tasks: query, wait, cancel, resume, history.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 2 96M
volume_make p/v 64M --disk d1
volume_make p/s 64M --disk d2
fill "$(volume_path p/v)"

plexus volume set p/v --speed-max 16M --quiet
task=$(task_of plexus volume add-plex p/v p/s)
last=0 looks=0 fell='' bad=''
while [[ $(task_value "$task" '.running') == true ]]; do
	percent=$(task_value "$task" .percent)
	[[ $(task_value "$task" .running) == true ]] || break
	((percent >= last)) || fell="$last $percent"
	((percent <= 99)) || bad=$percent
	last=$percent looks=$((looks + 1))
done
check_equal "query: the percentage never falls" "" "$fell"
check_equal "query: it is 99 at most while the task runs" "" "$bad"
check "query: it moves ($looks looks, $last at last)" test "$last" -gt 0
check_equal "query: 100 when it ended well" "100 S_OK" \
	"$(plexus task show "$task" --json | jq -r '.task | "\(.percent) \(.result.name)"')"
check "wait: a task that ended well" plexus task wait "$task"
refused "cancel: too late" VDS_E_CANCEL_TOO_LATE "task $task" plexus task cancel "$task"
check_equal "cancel: too late, and the result is as it was" S_OK "$(task_value "$task" .result.name)"
refused "query: no such task" VDS_E_OBJECT_NOT_FOUND '999999' plexus task show 999999
refused "cancel: no such task" VDS_E_OBJECT_NOT_FOUND '999999' plexus task cancel 999999

# Detached for a while: everything is stale; then slowly resynced.
plexus disk offline "$(disk_path d2)" --quiet
fill "$(volume_path p/v)"
plexus volume set p/v --speed-max 8M --quiet
plexus disk online "$(disk_path d2)" --quiet
task=$(plexus task list --json | jq '[.tasks[] | select(.running)] | last | .id')
check_equal "query: a running task's result" VDS_E_OPERATION_PENDING "$(task_value "$task" .result.name)"
status=0
output=$(plexus task wait "$task" --timeout 1 --json 2>/dev/null) || status=$?
check_equal "wait: the time is up" "5 VDS_E_TIMEOUT 0x8004245f" \
	"$status $(jq -r '.error | "\(.name) \(.code | ascii_downcase)"' <<<"$output")"
check_equal "wait: the task goes on" true "$(task_value "$task" .running)"
sleep 1.5
done_ok "cancel: a running task" plexus task cancel "$task"
status=0
plexus task wait "$task" --timeout 20 2>/dev/null || status=$?
check_equal "cancel: the wait says cancelled" 6 "$status"
check_equal "cancel: result and percentage" "VDS_E_OPERATION_CANCELED 0x8004240d 0" \
	"$(plexus task show "$task" --json | jq -r '.task | "\(.result.name) \(.result.code | ascii_downcase) \(.percent)"')"
check_equal "cancel: the plex is stale" stale "$(plex_value p/v 1 .health)"
stale=$(plex_value p/v 1 .stale)
check "cancel: the work done so far is kept ($stale of $((64 << 20)) bytes are stale)" \
	test "$stale" -lt $((64 << 20)) -a "$stale" -gt 0
refused "cancel: twice is too late" VDS_E_CANCEL_TOO_LATE "task $task" plexus task cancel "$task"
plexus volume set p/v --sync-action pause --quiet
task=$(task_of plexus volume recover p/v)
check "cancel: a later start resumes from there" test "$(plex_value p/v 1 .stale)" -le "$stale"
plexus volume set p/v --sync-action idle --quiet
plexus volume set p/v --speed-max 0 --quiet
check "cancel: and ends well" plexus task wait "$task" --timeout 60

# A resync that is under way when the driver goes.
plexus disk offline "$(disk_path d2)" --quiet
fill "$(volume_path p/v)"
before=$(sum "$(volume_path p/v)")
plexus volume set p/v --speed-max 8M --quiet
plexus disk online "$(disk_path d2)" --quiet
task=$(plexus task list --json | jq '[.tasks[] | select(.running)] | last | .id')
sleep 1
plexus_restart d1 d2
check "restart: the task resumes by itself" plexus task show "$task"
check "restart: and ends well" plexus task wait "$task" --timeout 60
check "restart: the volume is healthy" wait_until 20 volume_is p/v healthy
plexus volume break-plex p/v 1 --name out --quiet
check_equal "restart: the plexes are equal" "$before" "$(sum "$(volume_path p/out)")"

# The history of a pack is bounded.
volume_make p/m 1M --type mirror
check "a small mirror" wait_until 20 volume_is p/m healthy
first=$(plexus volume recover p/m --json | jq .task.id)
for ((i = 0; i < 64; i++)); do
	plexus volume recover p/m --quiet
done
check_equal "history: 64 tasks of a pack" 64 "$(plexus task list p --json | jq '.tasks | length')"
check_fails "history: older ones are forgotten" plexus task show "$first"
check "the kernel has nothing to say" dmesg_clean
