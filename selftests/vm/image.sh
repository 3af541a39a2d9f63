#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packs what the test machine boots from: base.img (see base.sh), and tree.cpio, an initramfs with
# the early modules and with what was built from this tree. The second is made anew on each call
# and takes about a second.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"

bash "$(dirname "$0")/base.sh"
kver=$(vm_kver)
modules=/lib/modules/$kver

# Everything between the machine's firmware and the root file system, in the order of loading.
early_modules()
{
	local name

	for name in virtio_pci virtio_blk virtio_console configfs overlay; do
		modprobe -S "$kver" --show-depends "$name"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

rd=$vm/tree
rm -rf "$rd"
mkdir -p "$rd"/{bin,dev,proc,sys,base,over,early,job,tree/opt/plexus,tree/usr/bin}
install -m 755 /bin/busybox "$rd/bin/busybox"
install -m 755 "$top/selftests/vm/guest-early" "$rd/init"
install -m 755 "$top/selftests/vm/guest-vmctl" "$rd/tree/usr/bin/vmctl"
nr=10
for file in $(early_modules); do
	cp "$file" "$rd/early/$nr-$(basename "$file")"
	nr=$((nr + 1))
done

# The selftests as they are installed by their own Makefile, the sources left behind.
if [[ -d $build/selftests ]]; then
	cp -a "$build/selftests" "$rd/tree/opt/plexus/selftests"
fi
mkdir -p "$rd/tree/opt/plexus/selftests"
(cd "$top/selftests" && find . -type f ! -name '*.[cho]' ! -path './unit/*' -print0 |
	cpio -0pdm --quiet "$rd/tree/opt/plexus/selftests")

# The userspace, where Debian would have it.
if [[ -e $build/user/plexus ]]; then
	install -m 755 "$build/user/plexus" "$rd/tree/usr/bin/plexus"
	mkdir -p "$rd/tree/usr/lib/x86_64-linux-gnu"
	cp -P "$build"/user/libplexus.so* "$rd/tree/usr/lib/x86_64-linux-gnu/"
fi

# The modules, and an index that knows them beside the kernel's own; the index is kept while the
# modules stay the same.
mods=$vm/modules
mapfile -t built < <(find "$build/module/$kver" -name '*.ko' 2>/dev/null | sort)
if ((${#built[@]})); then
	key=$(sha256sum "${built[@]}")
	if [[ $(cat "$mods.key" 2>/dev/null) != "$key" ]]; then
		rm -rf "$mods" "$mods.key"
		mkdir -p "$mods/lib/modules/$kver/updates"
		cp "$modules"/modules.{order,builtin,builtin.modinfo} "$mods/lib/modules/$kver/"
		ln -s "$modules/kernel" "$mods/lib/modules/$kver/kernel"
		for ko in "${built[@]}"; do
			strip --strip-debug -o "$mods/lib/modules/$kver/updates/$(basename "$ko")" "$ko"
		done
		depmod -b "$mods" "$kver"
		rm "$mods/lib/modules/$kver/kernel"
		echo "$key" >"$mods.key"
	fi
	mkdir -p "$rd/tree/usr/lib/modules"
	cp -a "$mods/lib/modules/$kver" "$rd/tree/usr/lib/modules/"
fi

(cd "$rd" && find . -print0 | cpio -0o -H newc --quiet -R 0:0) >"$vm/tree.cpio.new"
mv "$vm/tree.cpio.new" "$vm/tree.cpio"
