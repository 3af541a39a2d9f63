#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Parity volumes become larger: refusals, the data under load and a file system that grows with them,
# what was never written, regions that become larger, restarts, a cut of power.
# long
# timeout: 300
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd fio mkfs.ext4 resize2fs plxparity
pack_make p 5 96M
disk_make small 32M
plexus disk add p "$(disk_path small)" --quiet

# front MIB: of what is in front of the volume
front()
{
	dd if="$dev" bs=1M count="$1" iflag=direct status=none | cksum
}

# ---- what is refused

parity_make p/v 20M --disk d1 --disk d2 --disk d3 --disk small
dev=$(volume_path p/v)
refused "smaller" E_INVALIDARG 'smaller' plexus volume extend p/v --size 8M
refused "no room on one of its disks" VDS_E_NOT_ENOUGH_SPACE 'room' plexus volume extend p/v --size 120M
refused "on a disk that is not its own" E_INVALIDARG "$(disk_path d5)" plexus volume extend p/v --size 30M \
	--disk "$(disk_path d5)"
plexus disk offline "$(disk_path d2)" --quiet
refused "degraded" VDS_E_VOLUME_NOT_HEALTHY 'member' plexus volume extend p/v --size 30M
plexus volume set p/v --sync-action pause --quiet
fill "$dev"
plexus disk online "$(disk_path d2)" --quiet
refused "while it is regenerated" VDS_E_VOLUME_NOT_HEALTHY 'member' plexus volume extend p/v --size 30M
plexus volume set p/v --sync-action idle --quiet
check "healthy" wait_until 60 volume_is p/v healthy
before=$(front 20)
done_ok "its own disk may be named" plexus volume extend p/v --size +1M --disk "$(disk_path d1)"
check_equal "the device has grown" $((21 << 20)) "$(blockdev --getsize64 "$dev")"
check_equal "the data is there" "$before" "$(front 20)"
plexus volume delete p/v --force --quiet

# ---- what was there stays, what is new is as good

# The last row ends behind the volume, and goes on in what is new.
for how in "1 64K d1 d2 d3 d4" "2 16K d1 d2 d3 d4 d5" "1 1M d1 d2 d3"; do
	read -r parity unit disks <<<"$how"
	read -ra disks <<<"$disks"
	args=()
	for disk in "${disks[@]}"; do
		args+=(--disk "$disk")
	done
	what="parity $parity, unit $unit, ${#disks[@]} members"
	parity_make p/v 10M --parity "$parity" --unit "$unit" "${args[@]}"
	dev=$(volume_path p/v)
	dd if=/dev/urandom of="$dev" bs=1M count=7 oflag=direct status=none
	before=$(front 7)
	for size in 11 17 18 42; do
		done_ok "$what: to $size MiB" plexus volume extend p/v --size "${size}M"
		check_equal "$what: the data is there" "$before" "$(front 7)"
		dd if=/dev/urandom of="$dev" bs=12288 seek=$((size * 85 - 20)) count=19 oflag=direct \
			conv=notrunc status=none
		plexus disk offline "$(disk_path d2)" --quiet
		check_equal "$what: it is, without a disk" "$before" "$(front 7)"
		plexus disk online "$(disk_path d2)" --quiet
		check "$what: healthy" wait_until 60 volume_is p/v healthy
	done
	check_equal "$what: members in one piece" "1" \
		"$(plex_value p/v 0 '| [.members[].extents | length] | unique | join(" ")')"
	sum=$(sum "$dev")
	check "$what: clean" wait_until 30 volume_clean p/v
	plexus_restart d1 d2 d3 d4 d5 small
	dev=$(volume_path p/v)
	check_equal "$what: after a restart the data is there" "$sum" "$(sum "$dev")"
	check "$what: nothing is to be done" volume_idle p/v
	fill "$dev"
	parity_right p/v "${disks[@]}"
	plexus volume delete p/v --force --quiet
done

# ---- under load, and a file system that grows with it

parity_make p/v 24M --disk d1 --disk d2 --disk d3 --disk d4
dev=$(volume_path p/v)
load()
{
	fio --name=w --filename="$dev" --ioengine=libaio --direct=1 --rw=randwrite --bsrange=4k-256k \
		--iodepth=8 --size=24M --loops=8 --verify=crc32c --verify_fatal=1 --randseed=7 --minimal
}
load >"$disk_dir/out" 2>&1 &
pid=$!
size=24
while kill -0 "$pid" 2>/dev/null && ((size < 100)); do
	size=$((size + 1))
	plexus volume extend p/v --size "${size}M" --quiet
done
check_wait "writes while it grew to $size MiB, read back" "$pid"
before=$(front 24)
plexus volume extend p/v --size 102M --quiet
check_equal "and to 102 MiB" "$before" "$(front 24)"
# Parity is that of what was written.
dd if=/dev/urandom of="$dev" bs=1M seek=24 count=78 oflag=direct conv=notrunc status=none
parity_right p/v d1 d2 d3 d4
plexus volume delete p/v --force --quiet

mnt=$(mktemp -d)
defer rmdir "$mnt"
parity_make p/v 24M --disk d1 --disk d2 --disk d3 --disk d4
dev=$(volume_path p/v)
mkfs.ext4 -q -F "$dev"
mount "$dev" "$mnt"
files()
{
	(cd "$mnt" && cat file* | cksum)
}
for ((i = 0; i < 12; i++)); do
	dd if=/dev/urandom of="$mnt/file$i" bs=1M count=1 status=none
done
sync
before=$(files)
for size in 48 120; do
	check "a file system is on it: to $size MiB" plexus volume extend p/v --size "${size}M" --quiet
	check "it grows" resize2fs "$dev"
	dd if=/dev/urandom of="$mnt/new$size" bs=1M count=$((size / 3)) status=none
done
sync
echo 3 >/proc/sys/vm/drop_caches
check_equal "its files are there" "$before" "$(files)"
plexus disk offline "$(disk_path d1)" --quiet
echo 3 >/proc/sys/vm/drop_caches
check_equal "also without a disk" "$before" "$(files)"
umount "$mnt"
check "it is sound" e2fsck -fn "$dev"
plexus disk online "$(disk_path d1)" --quiet
check "healthy again" wait_until 60 volume_is p/v healthy
check "a scrub finds no difference" parity_scrub p/v
plexus volume delete p/v --force --quiet

# ---- dirty when the power fails, just after it has grown

parity_make p/v 24M --disk d1 --disk d2 --disk d3 --disk d4
dev=$(volume_path p/v)
fill "$dev"
check "settled" wait_until 60 volume_idle p/v
dd if=/dev/urandom of="$dev" bs=4096 count=300 oflag=direct conv=notrunc status=none
plexus volume extend p/v --size 60M --quiet
check_fails "what was dirty is dirty still" volume_clean p/v
dd if=/dev/urandom of="$dev" bs=4096 seek=10000 count=20 oflag=direct conv=notrunc status=none
before=$(sum "$dev")
# What is in the volume's disks is all that is left of it.
for disk in d1 d2 d3 d4 d5 small; do
	disk_writes_lost "$disk"
done
rmmod plexus
for disk in d1 d2 d3 d4 d5 small; do
	disk_heal "$disk"
done
disk_unplug d2
plexus_load
for disk in d1 d3 d4 d5 small; do
	plexus scan "$(disk_path "$disk")" >/dev/null
done
plexus pack recover p --force --quiet || true
check "a disk less: it is there" wait_until 20 volume_is p/v failed-redundancy
dev=$(volume_path p/v)
check_equal "a disk less: what it reads is what it was" "$before" "$(sum "$dev")"
check "the kernel has nothing to say" dmesg_clean
