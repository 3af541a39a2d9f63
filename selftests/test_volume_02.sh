#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# Many volumes, partitions, block sizes.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 2 256M

made=0
for ((i = 0; i < 200; i++)); do
	plexus volume create "p/v$i" --size 1M --quiet && made=$((made + 1))
done
check_equal "200 volumes in a pack" 200 "$made"
check_equal "200 devices" 200 "$(find /dev -maxdepth 1 -name 'plx*' | wc -l)"
echo "last volume" | dd of="$(volume_path p/v199)" bs=512 conv=sync oflag=direct status=none
plexus_restart d1 d2
check_equal "200 volumes after a restart" 200 "$(pack_value p .volume_count)"
check "each has its own data" grep -q "last volume" <(head -c 512 "$(volume_path p/v199)")
check_fails "and the first has not the last one's" grep -q "last volume" <(head -c 512 "$(volume_path p/v0)")
for ((i = 200; i < 256; i++)); do
	plexus volume create "p/v$i" --size 1M --quiet
done
refused "257 volumes" VDS_E_NOT_ENOUGH_SPACE '256' plexus volume create p/more --size 1M
plexus pack destroy p --force --quiet

# Partitions.
plexus pack create p "$(disk_path d1)" "$(disk_path d2)" --quiet
volume_make p/v 16M
path=$(volume_path p/v)
printf '2048,4096\n,\n' | sfdisk -q --label dos "$path"
blockdev --rereadpt "$path" 2>/dev/null || true
check "partitions have devices" wait_until 5 test -b "${path}p2"
echo "in the partition" | dd of="${path}p1" bs=512 conv=sync oflag=direct status=none
check_equal "a partition begins where the table says" "in the partition" \
	"$(dd if="$path" bs=512 skip=2048 count=1 iflag=direct status=none | tr -d '\0')"
refused "delete: it holds something" VDS_E_INVALID_OPERATION 'partition table.*--force' \
	plexus volume delete p/v
plexus volume delete p/v --force --quiet
check_fails "partitions go with their volume" test -b "${path}p1"
plexus pack destroy p --quiet

# A disk with blocks of 4096 bytes makes a volume with such blocks.
truncate -s 64M "$disk_dir/big"
loop=$(losetup --find --show --sector-size 4096 "$disk_dir/big")
disk_defer losetup --detach "$loop"
plexus pack create b "$loop" "$(disk_path d1)" --quiet
plexus volume create b/v --size 8M --type mirror --quiet
check_equal "blocks of 4096 bytes: the volume has them, too" 4096 "$(blockdev --getss "$(volume_path b/v)")"
check_fails "blocks of 4096 bytes: less can't be written" \
	dd if=/dev/zero of="$(volume_path b/v)" bs=512 count=1 oflag=direct status=none
check "blocks of 4096 bytes: those can" \
	dd if=/dev/zero of="$(volume_path b/v)" bs=4096 count=1 oflag=direct status=none
check "blocks of 4096 bytes: healthy" wait_until 20 volume_is b/v healthy
check "the kernel has nothing to say" dmesg_clean
