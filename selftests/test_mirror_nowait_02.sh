#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A write with RWF_NOWAIT that would have to wait for the region log, or for a change of the pack, gets
# EAGAIN at once (invariant 15). What it would wait for takes two seconds here.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
need_plexus
need_cmd plxio
need_module dm-delay
pack_make p 3 64M
volume_make p/v 16M --type mirror --disk d1 --disk d2
check "a mirror" wait_until 20 volume_idle p/v
dev=$(volume_path p/v)
begin=$(plex_value p/v 0 '.members[0].extents[0].start')
warm()
{
	dd if=/dev/zero of="$dev" bs=4k count=1 oflag=direct status=none
}

# at_once EXPECTED ANSWER
at_once()
{
	echo "got: $2 ms"
	[[ ${2% *} == "$1" ]] && ((${2#* } < 1000))
}
warm
check "what needs not wait is done" at_once OK "$(plxio nowait write "$dev" 0)"
for d in d1 d2 d3; do
	disk_range $d 0 "$begin" delay 2000
done
check "a region that nobody has written to" at_once EAGAIN "$(plxio nowait write "$dev" $((8 << 20)))"
check "the same again: nobody marks it for that" at_once EAGAIN "$(plxio nowait write "$dev" $((8 << 20)))"

# It takes its time; meanwhile no write is let in.
warm
plexus disk offline "$(disk_path d2)" --quiet &
change=$!
answer="OK 0"
while kill -0 "$change" 2>/dev/null && [[ $answer == OK* ]]; do
	answer=$(plxio nowait write "$dev" 0)
done
check "while a plex is detached" at_once EAGAIN "$answer"
wait "$change"
check "what may wait is written" warm
check "the kernel has nothing to say" dmesg_clean
