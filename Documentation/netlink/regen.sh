#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Writes the files that are generated from specs/plexus.yaml again.
# usage: regen.sh KERNEL_SOURCE    (a tree that has tools/net/ynl, 6.14 or newer; needs python3-yaml and python3-jsonschema)
set -eu
tree=$(realpath "${1:?usage: regen.sh KERNEL_SOURCE}")
cd "$(dirname "$0")/../.."
top=$PWD
# the generator looks for its schema beside the folder of the spec
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/Documentation/netlink/specs"
touch "$work/MAINTAINERS"
for d in Makefile Kbuild; do touch "$work/$d"; done
cp "$tree"/Documentation/netlink/*.yaml "$work/Documentation/netlink/"
cp Documentation/netlink/specs/plexus.yaml "$work/Documentation/netlink/specs/"
cd "$work"
gen() {
	/usr/bin/python3 "$tree/tools/net/ynl/pyynl/ynl_gen_c.py" --spec Documentation/netlink/specs/plexus.yaml "$@"
}
gen --mode uapi --header -o "$top/include/uapi/linux/plexus.h"
gen --mode kernel --header -o "$top/kernel/netlink_gen.h"
gen --mode kernel --source -o "$top/kernel/netlink_gen.c"
sed -i 's/^#include "netlink-gen.h"/#include "netlink_gen.h"/' "$top/kernel/netlink_gen.c"
