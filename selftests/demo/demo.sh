#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make demo: builds everything, boots a virtual machine with ten blank disks and plays story.sh in
# it. The files that the story keeps safe are real ones of this host: the kernel's header files, in a
# tar with their checksums that the machine sees as a read-only disk.
set -euo pipefail
# shellcheck source=../vm/common.sh
source "$(dirname "$0")/../vm/common.sh"

start=$SECONDS
"$top/selftests/vm/build.sh"

demo=$build/demo
mkdir -p "$demo"
headers=$(realpath "/lib/modules/$(vm_kver)/source/include")
if [[ ! -e $demo/files.tar ]]; then
	folders=(linux net uapi)
	(cd "$headers" && find "${folders[@]}" -type f -print0 | sort -z | xargs -0 sha256sum) >"$demo/sha256"
	tar -cf "$demo/files.tar.new" -C "$demo" sha256 -C "$headers" "${folders[@]}"
	# A disk is made of whole blocks.
	truncate -s %1M "$demo/files.tar.new"
	mv "$demo/files.tar.new" "$demo/files.tar"
fi

options=(--disks 10 --disk-size 512M --timeout 600 --attach "$demo/files.tar" --out "$demo/log")
if [[ -t 1 ]]; then
	size=$(stty size </dev/tty 2>/dev/null) || size="24 100"
	export LINES=${size% *} COLUMNS=${size#* }
	options+=(--tty)
fi
say "Starting a virtual machine ($(bash "$top/selftests/vm/accel.sh" | cut -d, -f1)) with ten blank disks"
status=0
"$top/selftests/vm/run.sh" "${options[@]}" "$(dirname "$0")/story.sh" || status=$?
case $status in
0) say "The demo took $((SECONDS - start)) seconds. \"make shell\" leaves you at a prompt in such a machine." ;;
124) say "The demo did not get to its end in time." ;;
126) say "The story went well, but the kernel complained." ;;
*) say "The demo failed (status $status); the kernel's log is ${demo#"$top"/}/log/kernel.log" ;;
esac
exit "$status"
