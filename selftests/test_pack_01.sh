#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packs: create, rename, export, import, destroy; what is refused.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd mkfs.ext4 sfdisk
disks_make 5 64M
closed()
{
	[[ $(dmsetup info -c --noheadings -o open "$1") == 0 ]]
}
d1=$(disk_path d1) d2=$(disk_path d2) d3=$(disk_path d3) d4=$(disk_path d4)

refused "create: no such device" VDS_E_OBJECT_NOT_FOUND '/dev/nothing' plexus pack create p /dev/nothing
refused "create: not a block device" E_FAIL '/dev/null' plexus pack create p /dev/null
refused "create: the same disk twice" VDS_E_DUPLICATE_DISK "$d1" \
	plexus pack create p "$d1" "$d1"
for name in '' . -x a/b 'a b' "$(printf 'x%.0s' {1..64})"; do
	check_fails "create: '${name::8}' is no name" plexus pack create -- "$name" "$d1"
done
disk_make tiny 4M
refused "create: a disk that is too small" VDS_E_NOT_ENOUGH_SPACE 'small' \
	plexus pack create p "$(disk_path tiny)"

# Foreign content.
mkfs.ext4 -q "$d1"
refused "create: an ext4 file system is there" VDS_E_INVALID_OPERATION 'ext4' plexus pack create p "$d1"
echo ',,' | sfdisk -q --label gpt "$d2"
refused "create: a GPT is there" VDS_E_INVALID_OPERATION 'gpt|partition' plexus pack create p "$d2"
if mdadm --create /dev/md127 --level=1 --raid-devices=2 --run --force "$d3" missing >/dev/null 2>&1; then
	mdadm --stop /dev/md127 >/dev/null 2>&1
	refused "create: a member of md is there" VDS_E_INVALID_OPERATION 'raid|md' plexus pack create p "$d3"
else
	ktap_skip "create: a member of md is there" "md can't be had"
fi
if pvcreate -qq -y "$d4" >/dev/null 2>&1; then
	refused "create: a member of LVM is there" VDS_E_INVALID_OPERATION 'LVM' plexus pack create p "$d4"
else
	ktap_skip "create: a member of LVM is there" "LVM can't be had"
fi
mnt=$(mktemp -d)
defer rmdir "$mnt"
mount "$d1" "$mnt"
refused "create: a mounted disk, also forced" VDS_E_ANOTHER_CALL_IN_PROGRESS "$d1" \
	plexus pack create p "$d1" --force
umount "$mnt"
done_ok "create: --force overwrites" plexus pack create p "$d1" "$d2" "$d3" "$d4" --force
refused "create: a name that is taken" E_INVALIDARG 'p' plexus pack create p "$(disk_path d5)"
refused "create: a disk of another pack that is in use" VDS_E_INVALID_OPERATION "$d1" plexus pack create q "$d1"

id=$(pack_value p .id)
refused "rename: a bad name" E_INVALIDARG 'name' plexus pack rename p a/b
done_ok "rename: fine" plexus pack rename p r
check_equal "rename: the pack keeps its id" "$id" "$(pack_value r .id)"
check "rename: sysfs follows" test -d /sys/class/plexus/r
disk_make q1 64M
plexus pack create q "$(disk_path q1)" --quiet
refused "rename: a name that is taken" E_INVALIDARG 'q' plexus pack rename r q
plexus pack destroy q --quiet

volume_make r/v 8M
path=$(volume_path r/v)
fill "$path"
before=$(sum "$path")
exec {held}<"$path"
refused "export: a volume is open" VDS_E_ANOTHER_CALL_IN_PROGRESS 'plx' plexus pack export r
exec {held}<&-
done_ok "export: fine" plexus pack export r
check_fails "export: the device is gone" test -b "$path"
check "export: the disks are let go" wait_until 5 closed "$d1"
for disk in "$d1" "$d2" "$d3" "$d4"; do
	plexus scan "$disk" >/dev/null
done
check_equal "export: it does not start by itself" offline "$(pack_value r .status)"
done_ok "import: fine" plexus pack import r
check_equal "import: the data is there" "$before" "$(sum "$(volume_path r/v)")"
done_ok "import: twice does nothing" plexus pack import r
refused "import: no such pack" VDS_E_OBJECT_NOT_FOUND 'nobody' plexus pack import nobody

refused "destroy: it has volumes" VDS_E_INVALID_OPERATION 'volume.*--force' plexus pack destroy r
done_ok "destroy: --force" plexus pack destroy r --force
check_equal "destroy: no pack is left" 0 "$(plexus status --json | jq '.packs | length')"
error_is VDS_E_OBJECT_NOT_FOUND 'label' plexus scan "$d1" && found=no || found=yes
check_equal "destroy: no label is left" no "$found"
check "the kernel has nothing to say" dmesg_clean
