#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Hostile labels and configurations: field by field, each with a right checksum. The driver refuses, or
# takes it as it is where it is possible; it never warns, never crashes, and writes nothing where it refuses.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxdisk
pack_make p 2 16M
volume_make p/v 2M --type mirror
volume_make p/s 2M --type stripe --members 2
check "a mirror" wait_until 30 volume_is p/v healthy
rmmod plexus
for name in d1 d2; do
	plxdisk wipe "$(disk_file "$name")" old # so that nothing else is there to be taken
	cp "$(disk_file "$name")" "$disk_dir/$name.good"
done
mapfile -t fields < <(plxdisk fields "$(disk_file d1)")
check "the fields of a disk can be told" test "${#fields[@]}" -gt 80


# The pack has these two disks only, so that nobody corrects the one that is spoilt.
try()
{
	local field=$1 value=$2 name before output

	for name in d1 d2; do
		dd if="$disk_dir/$name.good" of="$(disk_file "$name")" bs=1M count=2 conv=notrunc status=none
		tail -c 4096 "$disk_dir/$name.good" | dd of="$(disk_file "$name")" bs=4096 seek=4095 conv=notrunc status=none
		plxdisk set "$(disk_file "$name")" "$field" "$value" || return 1
	done
	before=$(state_snapshot)
	plexus_load
	for name in d1 d2; do
		plexus scan "$(disk_path "$name")" >>"$disk_dir/output" 2>&1 || echo "refused" >>"$disk_dir/output"
	done
	output=$(plexus status --json) || return 1
	if ! jq -e '.packs[]? | select(.status == "online")' <<<"$output" >/dev/null; then
		if ! state_same "$before"; then
			echo "refused, and wrote to the disks"
			return 1
		fi
		refusals=$((refusals + 1))
	fi
	rmmod plexus
}

refusals=0 tries=0 turn=0 bad=()
for line in "${fields[@]}"; do
	read -r field _ size value <<<"$line"
	case $field in
	# The same record in other places says nothing new.
	disk1.* | plex1.* | plex2.* | member1.* | member2.* | member3.* | extent1.* | extent2.*) continue ;;
	*.path | *.name | *.last_* | *.task_kind | *.id | *_id) values=(0) ;;
	*.magic | *.pad0 | label.config_* | label.log_sector) values=($((value + 1))) ;;
	# One of the two: each try takes the driver up and down.
	*) if ((++turn % 2)); then
		values=($((value + 1)))
	else
		values=($((size >= 8 ? -1 : 0xffffffff)))
	fi ;;
	esac
	for new in "${values[@]}"; do
		[[ $new != "$value" ]] || continue
		tries=$((tries + 1))
		if ! output=$(try "$field" "$new" 2>&1; echo "refusals=$refusals" >"$disk_dir/count"); then
			bad+=("$field=$new: $output")
			rmmod plexus 2>/dev/null || true
		fi
		# shellcheck source=/dev/null
		source "$disk_dir/count"
	done
done
check_equal "no hostile field ($tries tried, $refusals refused) is written to where it is refused" "" "${bad[*]}"
check "most of them are refused" test "$refusals" -gt $((tries / 2))
check "a refusal has a message" grep -qE 'version|impossible|checksum|configuration|label' "$disk_dir/output"
check "the kernel has nothing to say" dmesg_clean

# Garbage where a label or a configuration should be.
for name in d1 d2; do
	dd if="$disk_dir/$name.good" of="$(disk_file "$name")" bs=1M count=2 conv=notrunc status=none
	dd if=/dev/urandom of="$(disk_file "$name")" bs=4k seek=32 count=256 conv=notrunc status=none
done
plexus_load
plexus scan "$(disk_path d1)" >/dev/null || true
check_equal "random configurations: no pack is online" 0 \
	"$(plexus status --json | jq '[.packs[]? | select(.status == "online")] | length')"
rmmod plexus
for name in d1 d2; do
	dd if="$disk_dir/$name.good" of="$(disk_file "$name")" bs=1M count=2 conv=notrunc status=none
done
plexus_load
plexus scan "$(disk_path d1)" >/dev/null
plexus scan "$(disk_path d2)" >/dev/null
check "the disks as they were are taken" wait_until 10 volume_is p/v healthy
rm -f "$disk_dir"/*.good "$disk_dir/output" "$disk_dir/count"
check "the kernel has nothing to say" dmesg_clean
