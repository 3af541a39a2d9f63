# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Sourced by the scripts of the test machine on the host: where things are, and how to speak.
# shellcheck disable=SC2034 # used by those who source this

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$top/build
vm=$build/vm

say()
{
	printf '%s\n' "$*" >&2
}

die()
{
	say "$(basename "$0"): $*"
	exit 125
}

# The newest installed kernel of the flavour that the machine boots, with headers to build against.
vm_kver()
{
	local dir k

	while read -r dir; do
		k=$(basename "$dir")
		if [[ -e /boot/vmlinuz-$k && -e $dir/build/Makefile ]]; then
			echo "$k"
			return
		fi
	done < <(find /lib/modules -maxdepth 1 -name '*-cloud-amd64' | sort -rV)
	return 1
}

# What the root file system of the machine holds, as package names; deps.sh installs them,
# base.sh copies their files. One list, so that the two cannot disagree.
guest_packages=(
	bash coreutils diffutils findutils grep gzip hostname jq less libc-bin mawk ncurses-base ncurses-bin
	perl-base procps sed strace tar
	dmsetup e2fsprogs fdisk fio kmod lvm2 mdadm mount util-linux util-linux-extra xfsprogs
	libblkid1 libjson-c5 libkmod2 libnl-3-200 libnl-genl-3-200
)
