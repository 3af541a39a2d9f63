#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Installs what building, linting and the test machine need, from Debian's packages.
# Silent when everything is there.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"

packages=(
	"${guest_packages[@]}"
	build-essential pkg-config
	linux-image-cloud-amd64 linux-headers-cloud-amd64 linux-source-6.1 xz-utils
	qemu-system-x86 busybox-static cpio
	libnl-3-dev libnl-genl-3-dev libkmod-dev libblkid-dev libjson-c-dev libxxhash-dev
	sparse shellcheck clang-format perl
)

missing()
{
	local name state

	# shellcheck disable=SC2016 # the ${} are dpkg's
	declare -A there=()
	while read -r name state; do
		[[ $state == installed ]] && there[$name]=1
	done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null)
	for name in "${packages[@]}"; do
		[[ -n ${there[$name]:-} ]] || echo "$name"
	done
}

mapfile -t wanted < <(missing)
((${#wanted[@]})) || exit 0

command -v apt-get >/dev/null ||
	die "these Debian packages are missing and there is no apt-get to install them: ${wanted[*]}"
root=()
if ((EUID)); then
	command -v sudo >/dev/null || die "root is needed to install: ${wanted[*]}"
	root=(sudo)
fi

say "Installing from Debian: ${wanted[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install()
{
	"${root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
		apt-get install -y -qq --no-install-recommends "${wanted[@]}" >"$log" 2>&1 </dev/null
}

# A fresh machine has no package lists, an old one has lists that name files which are gone.
if ! install; then
	"${root[@]}" apt-get update -qq >"$log" 2>&1 || { cat "$log" >&2; die "apt-get update failed"; }
	install || { cat "$log" >&2; die "could not install the packages"; }
fi
