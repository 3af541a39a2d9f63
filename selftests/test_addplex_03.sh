#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# AddPlex with volumes that are not well, and at the limit of 32 plexes.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
pack_make p 4 64M

# Failing: reads fail on the only plex.
volume_make p/t 8M --disk d1
volume_make p/s 8M --disk d2
volume_make p/good 8M --disk d4
path_s=$(volume_path p/s)
path_t=$(volume_path p/t)
read_all()
{
	dd if="$1" of=/dev/null bs=1M iflag=direct status=none
}

# Offline: the disk was taken out of use.
plexus disk offline "$(disk_path d2)" --force --quiet
refused "AddPlex: source not accessible (disk offline)" VDS_E_VOLUME_NOT_ONLINE 'source.*s' \
	plexus volume add-plex p/t p/s
refused "AddPlex: target not accessible (disk offline)" VDS_E_VOLUME_NOT_ONLINE 'target.*s' \
	plexus volume add-plex p/s p/t
plexus disk online "$(disk_path d2)" --quiet
check "the disk is back" wait_until 10 volume_is p/s healthy
check "the volume can be read" read_all "$path_s"

# A volume is failing when a plex is gone and the other one shows errors.
volume_make p/m 8M --type mirror --disk d2 --disk d3
check "a mirror" wait_until 20 volume_is p/m healthy
plexus volume set p/m --read-policy prefer:0 --quiet
disk_reads_fail d2 4M
check "reads are served by the other plex" read_all "$(volume_path p/m)"
check "the plex that can't be read shows errors" wait_until 10 volume_is p/m failing-redundancy
plexus disk offline "$(disk_path d3)" --quiet
check "and with the other one gone the volume is failing" wait_until 10 volume_is p/m failed-redundancy-failing
refused "AddPlex: source failing" VDS_E_VOLUME_NOT_HEALTHY 'source.*m' \
	plexus volume add-plex p/good p/m
refused "AddPlex: target failing" VDS_E_VOLUME_NOT_HEALTHY 'target.*m' \
	plexus volume add-plex p/m p/good
disk_heal d2
plexus disk online "$(disk_path d3)" --quiet
check "the target has nothing to do with it" read_all "$path_t"

# An exported pack is not there for anybody.
plexus pack export p --quiet
for name in d1 d2 d3 d4; do
	plexus scan "$(disk_path "$name")" >/dev/null
done
refused "AddPlex: pack offline" VDS_E_VOLUME_NOT_ONLINE 'online' plexus volume add-plex p/t p/good
plexus pack import p --quiet

# 31 plexes and 2 more are too many.
names=()
for ((i = 1; i <= 33; i++)); do
	disk_make "m$i" 12M
	names+=("$(disk_path "m$i")")
done
plexus pack create m "${names[@]}" --quiet
plexus volume create m/many --size 1M --type mirror --plexes 31 --quiet
plexus volume create m/two --size 1M --type mirror --plexes 2 --quiet
check "a mirror of 31 is healthy" wait_until 60 volume_is m/many healthy
refused "AddPlex: more than 32 plexes" VDS_E_INVALID_OPERATION '33.*32' \
	plexus volume add-plex m/many m/two
plexus volume remove-plex m/two 1 --quiet
done_ok "AddPlex: up to 32 plexes" plexus volume add-plex m/many m/two
check_equal "AddPlex: 32 plexes" 32 "$(volume_value m/many .plex_count)"
check "AddPlex: all 32 become current" wait_until 60 volume_is m/many healthy
check "the kernel has nothing to say" dmesg_clean
