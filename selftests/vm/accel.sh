#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Prints the accelerator for QEMU: kvm where it really boots this kernel, else tcg,thread=multi.
# /dev/kvm alone proves nothing: there are hosts where it exists and a guest hangs. So a boot is
# tried, once per boot of the host.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"

host=$(cat /proc/sys/kernel/random/boot_id)
if [[ -e $vm/accel ]]; then
	read -r known accel <"$vm/accel"
	[[ $known == "$host" ]] && { echo "$accel"; exit; }
fi

accel=tcg,thread=multi
if [[ -r /dev/kvm && -w /dev/kvm ]]; then
	said=$(timeout -s KILL 8 qemu-system-x86_64 -accel kvm -cpu host -smp 2 -m 512M -machine pc -nodefaults \
		-display none -no-reboot -serial stdio -kernel "/boot/vmlinuz-$(vm_kver)" \
		-initrd "$vm/tree.cpio" -append "console=ttyS0 quiet panic=-1 plexus.probe" \
		</dev/null 2>/dev/null) || true
	[[ $said != *plexus-probe-alive* ]] || accel=kvm
fi
echo "$host $accel" >"$vm/accel"
echo "$accel"
