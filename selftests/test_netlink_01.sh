#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Requests over netlink that are wrong, one kind after the other: each is refused, nothing changes,
# and the kernel has nothing to say. The requests are in tools/netlink_refusals.c.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd netlink_refusals
pack_make p 2 64M
volume_make p/v 8M --type mirror
check "a mirror" wait_until 20 volume_is p/v healthy
plexus_before=$(state_snapshot)
objects_before=$(state_objects)
PLEXUS_TEST_PATH=$(disk_path d1)
export PLEXUS_TEST_PATH

output=$(netlink_refusals 2>&1) || true
while read -r verdict _ name; do
	case $name in
	*SKIP*) ktap_skip "${name%% #*}" "${name#*SKIP }" ;;
	*) if [[ $verdict == ok ]]; then ktap_ok "$name"; else ktap_not_ok "$name" "$output"; fi ;;
	esac
done < <(sed -nE 's/^(not ok|ok) +([0-9]+) +(- )?(nl\.)?/\1 \2 /p' <<<"$output" | sed 's/^not ok/not_ok/')
check "all of them came" test "$(grep -cE '^(not )?ok ' <<<"$output")" -ge 16
check "nothing has changed on the disks" state_same "$plexus_before"
check_equal "nothing has changed in the objects" "$objects_before" "$(state_objects)"
check "the kernel has nothing to say" dmesg_clean
