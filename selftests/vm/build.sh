#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes everything that the test machine needs: the packages, plexus and its tests built for the
# machine's kernel, and the images that it boots from.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"

bash "$(dirname "$0")/deps.sh"
kver=$(vm_kver) || die "no linux-image-cloud-amd64 with headers is installed"

mkdir -p "$build"
log=$build/build.log
say "Building plexus for $kver"
if ! make -s -C "$top" KDIR="/lib/modules/$kver/build" -j"$(nproc)" test-modules user selftests \
	>"$log" 2>&1 </dev/null; then
	grep -E 'error|Error|undefined|\*\*\*' "$log" >&2 || tail -n 30 "$log" >&2
	die "the build failed, see ${log#"$top"/}"
fi
bash "$(dirname "$0")/image.sh"
