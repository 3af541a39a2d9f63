#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes build/vm/base.img: the part of the test machine that does not change with the code.
# It is a read-only ext4 file system with the programs of guest_packages, the libraries that they
# need, and the modules of the kernel; a disk image and not an initramfs, because emulated
# processors take seconds to unpack what they mostly never read.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"

kver=$(vm_kver) || die "no linux-image-cloud-amd64 with headers is installed"
mkdir -p "$vm"

key=$({
	cat "$0" "$(dirname "$0")/common.sh"
	echo "$kver"
	dpkg-query -W "${guest_packages[@]}" busybox-static libc6
} | sha256sum)
[[ -e $vm/base.img && $(cat "$vm/base.key" 2>/dev/null) == "$key" ]] && exit 0

say "Packing the root file system of the test machine (once)"
root=$vm/base
rm -rf "$root"
mkdir -p "$root"/{usr/{bin,sbin,lib,lib64},dev,proc,sys,run,tmp,mnt,root,var,etc/lvm,opt}
for dir in bin sbin lib lib64; do
	ln -s "usr/$dir" "$root/$dir"
done

# Files keep their names; the symbolic links /bin, /lib... take the old names to their place.
list=$vm/base.list
dpkg -L "${guest_packages[@]}" | grep -vE '^/usr/share/(doc|man|locale|info|lintian|bug)|^/etc/(init|cron|logrotate|lvm)' |
	sort -u | while read -r file; do
	[[ -d $file && ! -L $file ]] || [[ ! -e $file ]] || printf '%s\n' "${file#/}"
done >"$list"
tar -C / -cf - --no-recursion -T "$list" | tar -C "$root" -xf -
ln -sf mawk "$root/usr/bin/awk"
install -m 755 /bin/busybox "$root/usr/bin/busybox"

# The libraries: what the dynamic linker names for every program and library.
find "$root/usr" -type f \( -perm -100 -o -name '*.so*' \) | while read -r file; do
	[[ $(head -c 4 "$file" | tr -d '\0') == $'\x7fELF' ]] && echo "${file#"$root"}"
done | { xargs ldd 2>/dev/null || true; } | grep -oE '(=> )?/[^ ]+ \(0x' | grep -oE '/[^ ]+' | sort -u |
	while read -r lib; do
		[[ -e $root$lib ]] || install -D "$lib" "$root$lib"
	done

mkdir -p "$root/usr/lib/modules"
cp -a "/lib/modules/$kver" "$root/usr/lib/modules/"
rm -f "$root/usr/lib/modules/$kver"/{build,source}

cat >"$root/etc/passwd" <<-EOF
	root:x:0:0:root:/root:/bin/bash
	nobody:x:65534:65534:nobody:/:/bin/false
EOF
printf 'root:x:0:\ndisk:x:6:\nnogroup:x:65534:\n' >"$root/etc/group"
echo plexus >"$root/etc/hostname"
ln -s /proc/self/mounts "$root/etc/mtab"
# No udev in the machine: nobody would answer those who wait for it.
cat >"$root/etc/lvm/lvm.conf" <<-EOF
	activation {
		udev_sync = 0
		udev_rules = 0
		monitoring = 0
	}
	devices {
		obtain_device_list_from_udev = 0
	}
	backup {
		backup = 0
		archive = 0
	}
EOF
cp -a /etc/ld.so.conf /etc/ld.so.conf.d "$root/etc/"
ldconfig -r "$root" 2>/dev/null || true

rm -f "$vm/base.img.new"
size=$(du -sm "$root" | cut -f1)
mke2fs -q -F -t ext4 -O ^has_journal -m 0 -L plexus-base -d "$root" "$vm/base.img.new" $((size * 5 / 4 + 16))M >/dev/null
mv "$vm/base.img.new" "$vm/base.img"
rm -rf "$root" "$list"
echo "$key" >"$vm/base.key"
