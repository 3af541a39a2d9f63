#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The benchmark in the test machine, with disks that fit into it.
DISK_MIB=160 exec "$(dirname "$0")/mirror.sh" 5 1000
