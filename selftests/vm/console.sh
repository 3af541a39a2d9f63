#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Leaves the person at a prompt in the test machine, with plexus loaded and four blank disks.
set -euo pipefail
dir=$(dirname "$0")

[[ -t 0 && -t 1 ]] || { echo "This wants a terminal." >&2; exit 2; }
size=$(stty size)
LINES=${size% *} COLUMNS=${size#* }
export LINES COLUMNS
exec "$dir/run.sh" --interactive --no-check --timeout 1000000 --disks 4 --disk-size 1G "$@" "$dir/guest-shell"
