#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The same with two parities.
# long
# timeout: 400
export PARITY=2
exec "$(dirname "$0")/test_parity_write_01.sh"
