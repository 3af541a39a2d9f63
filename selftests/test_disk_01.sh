#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Disks: add, remove, replace, offline, online, spare.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxdisk
pack_make p 3 64M

for name in d4 d5; do
	disk_make "$name" 64M
done

done_ok "add: fine" plexus disk add p "$(disk_path d4)"
check_equal "add: the disk is online" online "$(disk_value d4 .status)"
refused "add: it has a label" VDS_E_INVALID_OPERATION 'label' plexus disk add p "$(disk_path d4)"
refused "add: it is there already, also forced" VDS_E_INVALID_OPERATION 'in use|belongs' \
	plexus disk add p "$(disk_path d4)" --force
mkfs.ext4 -q "$(disk_path d5)"
refused "add: foreign content" VDS_E_INVALID_OPERATION 'ext4' plexus disk add p "$(disk_path d5)"
done_ok "add: foreign content, forced" plexus disk add p "$(disk_path d5)" --force

volume_make p/v 16M --type mirror --disk d1 --disk d2
volume_make p/one 4M --disk d3
check "a mirror" wait_until 20 volume_is p/v healthy
fill "$(volume_path p/v)"
before=$(sum "$(volume_path p/v)")
refused "remove: it holds data" VDS_E_DISK_IN_USE_BY_VOLUME "$(disk_path d1).*v" \
	plexus disk remove p "$(disk_path d1)"
done_ok "remove: fine" plexus disk remove p "$(disk_path d5)"
check_fails "remove: the disk is not there any more" disk_value d5 .status
check_fails "remove: it has no label" plexus scan "$(disk_path d5)"
refused "remove: no such disk" VDS_E_OBJECT_NOT_FOUND 'd5' plexus disk remove p "$(disk_path d5)"

refused "replace: a volume without redundancy is on it" E_NOTIMPL 'one' \
	plexus disk replace p "$(disk_path d3)" "$(disk_path d4)"
refused "replace: by a disk that the volume uses" VDS_E_DISK_IN_USE_BY_VOLUME "$(disk_path d1)" \
	plexus disk replace p "$(disk_path d2)" "$(disk_path d1)"
done_ok "replace: fine" plexus disk replace p "$(disk_path d2)" "$(disk_path d4)"
check "replace: the volume is healthy" wait_until 20 volume_is p/v healthy
check_equal "replace: the plex has moved" "$(disk_path d4)" "$(plex_value p/v 1 '.members[0].extents[0].path')"
check_equal "replace: the data is as it was" "$before" "$(sum "$(volume_path p/v)")"
done_ok "replace: the old disk can be removed" plexus disk remove p "$(disk_path d2)"

refused "offline: the last current plex is on it" VDS_E_PLEX_LAST_ACTIVE "one fails without $(disk_path d3)" \
	plexus disk offline p "$(disk_path d3)"
done_ok "offline: fine" plexus disk offline p "$(disk_path d4)"
check_equal "offline: the disk says so" offline "$(disk_value d4 .status)"
check_equal "offline: the mirror goes on" failed-redundancy "$(volume_value p/v .health)"
closed()
{
	[[ $(dmsetup info -c --noheadings -o open "$1") == 0 ]]
}
check "offline: the disk is let go" wait_until 5 closed "$(disk_path d4)"
dd if=/dev/urandom of="$(volume_path p/v)" bs=1M count=2 oflag=direct status=none
before=$(sum "$(volume_path p/v)")
check "offline: recover of the pack leaves it alone" bash -c 'plexus pack recover p --quiet || true'
check_equal "offline: it stays offline" offline "$(disk_value d4 .status)"
done_ok "online: fine" plexus disk online p "$(disk_path d4)"
check "online: the mirror is healthy" wait_until 20 volume_is p/v healthy
plexus volume break-plex p/v 1 --name out --quiet
check_equal "online: it has got what it missed" "$before" "$(sum "$(volume_path p/out)")"
done_ok "online: twice does nothing" plexus disk online p "$(disk_path d4)"

done_ok "spare: on" plexus disk spare p "$(disk_path d1)" on
check_equal "spare: the disk says so" true "$(disk_value d1 '.spare')"
done_ok "spare: off" plexus disk spare p "$(disk_path d1)" off
check_equal "spare: off, the disk says so" false "$(disk_value d1 '.spare | tostring')"
refused "spare: no such disk" VDS_E_OBJECT_NOT_FOUND 'd2' plexus disk spare p "$(disk_path d2)" on

# What was taken out while it could not be written to has kept its label, and is free all the same.
done_ok "removed while gone: a disk of the pack" plexus disk add p "$(disk_path d5)" --force
disk_fail d5
plexus pack refresh p --quiet
check_equal "removed while gone: it has failed" failed "$(disk_value d5 .status)"
check "removed while gone: the label that stays is told" \
	bash -c "plexus disk remove p $(disk_path d5) | grep -q 'label could not be erased'"
disk_heal d5
check_fails "removed while gone: a scan says so" plexus scan "$(disk_path d5)"
refused "removed while gone: not without force" VDS_E_INVALID_OPERATION 'label' \
	plexus disk add p "$(disk_path d5)"
done_ok "removed while gone: added again with force" plexus disk add p "$(disk_path d5)" --force
check_equal "removed while gone: it is online" online "$(disk_value d5 .status)"
check "removed while gone: its label is the pack's again" plexus scan "$(disk_path d5)"

# Its label was overwritten from outside: it is the pack's all the same, and not added twice.
plxdisk wipe "$(disk_file d5)" label1
plxdisk wipe "$(disk_file d5)" label2
refused "label gone: the disk is in use, also forced" VDS_E_INVALID_OPERATION 'in use' \
	plexus disk add p "$(disk_path d5)" --force
refused "label gone: nor for another pack" VDS_E_INVALID_OPERATION 'in use' \
	plexus pack create q "$(disk_path d5)" --force
done_ok "label gone: removed" plexus disk remove p "$(disk_path d5)"
check "the kernel has nothing to say" dmesg_clean
