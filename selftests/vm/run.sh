#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boots the test machine and runs one command in it as root.
#
#   run.sh [option...] SCRIPT [ARG...]
#
#   --disks N          virtual disks disk1..diskN (0)      --disk-size SIZE   of each (256M)
#   --mem SIZE         memory (1536M)                      --smp N            processors (2)
#   --timeout S        for all boots together (300)        --out DIR          logs and the guest's /out
#   --keep DIR         disk files live there and stay      --attach FILE      read-only, as /dev/nvme0n2...
#   --append WORDS     more for the kernel command line    --tty              the console is a terminal
#   --interactive      ... with this keyboard              --no-check         let kernel warnings pass
#
# SCRIPT is a file of selftests/ (named from anywhere), a program of the machine, or any other
# script of this host, which is carried in. The console comes out on stdout; the kernel's log goes
# to DIR/kernel.log. Inside, vmctl pulls and plugs disks and restarts the machine.
#
# Exit status: that of the script; 124 the time was up; 125 the machine could not start or died;
# 126 the script was content but the kernel was not: the lines are shown.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"

disks=0 disk_size=256M mem=1536M smp=2 timeout=300 out='' keep='' attach=() append='' tty=no
keyboard=no check=yes
while (($#)); do
	case $1 in
	--disks) disks=$2; shift ;;
	--disk-size) disk_size=$2; shift ;;
	--mem) mem=$2; shift ;;
	--smp) smp=$2; shift ;;
	--timeout) timeout=$2; shift ;;
	--out) out=$2; shift ;;
	--keep) keep=$2; shift ;;
	--attach) attach+=("$2"); shift ;;
	--append) append=$2; shift ;;
	--tty) tty=yes ;;
	--interactive) tty=yes keyboard=yes ;;
	--no-check) check=no ;;
	-*) die "unknown option $1" ;;
	*) break ;;
	esac
	shift
done
(($#)) || die "which script?"

kver=$(vm_kver) || die "no linux-image-cloud-amd64 with headers is installed"
[[ -e $vm/base.img && -e $vm/tree.cpio ]] || bash "$(dirname "$0")/image.sh"
accel=$(bash "$(dirname "$0")/accel.sh")
cpu=max
[[ $accel == kvm ]] && cpu=host

run=$(mktemp -d "$vm/run.XXXXXX")
[[ -n $out ]] || out=$run/out
mkdir -p "$out"
[[ -n $keep ]] || keep=$run/disks
mkdir -p "$keep"
: >"$out/kernel.log"
: >"$out/files.tar"

qemu_pid=
finish()
{
	[[ -z $qemu_pid ]] || kill -9 "$qemu_pid" 2>/dev/null || true
	rm -rf "$run"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Named pipes to the machine: .in is what it reads, .out what it writes. They are held open on
# both ends, so that nobody blocks in open() or sees an end of file when a machine goes away.
mkfifo "$run"/{ctl,qmp}.{in,out} "$run"/con.{in,out}
exec {ctl_in}<>"$run/ctl.in" {ctl_out}<>"$run/ctl.out"
exec {qmp_in}<>"$run/qmp.in" {qmp_out}<>"$run/qmp.out"

# ------------------------------------------------------------------ the machine's disks

disk_file()
{
	local file=$keep/$1.img

	[[ -e $file ]] || truncate -s "${2:-$disk_size}" "$file"
	printf '%s' "$file"
}

declare -A plugged=()
for ((i = 1; i <= disks; i++)); do
	plugged[disk$i]=1
	disk_file "disk$i" >/dev/null
done

# ------------------------------------------------------------------ talking to QEMU

# What to tell the guest that asked: "ok", or the reason.
answer=ok

# Sends one QMP command and waits until it has returned; with two words more, also for that event of that
# device. A disk that goes tells of its parts, too.
qmp()
{
	local line returned='' event=${3:-} device=${4:-}

	printf '{"execute":"%s"%s}\n' "$1" "${2:+,\"arguments\":$2}" >&"$qmp_in"
	while read -r -t 20 line <&"$qmp_out"; do
		case $line in
		'{"return"'*) returned=yes ;;
		'{"error"'*) answer=$line; return 1 ;;
		*"\"event\": \"${event:-none}\""*)
			[[ $line != *"\"device\": \"$device\""* ]] || event=
			;;
		esac
		[[ -z $returned || -n $event ]] || return 0
	done
	answer="the machine does not answer to $1"
	return 1
}

plug()
{
	local name=$1 size=${2:-} file

	[[ $name =~ ^[A-Za-z0-9_]+$ ]] || { answer='not a name for a disk'; return; }
	[[ -z ${plugged[$name]:-} ]] || { answer='it is plugged'; return; }
	file=$(disk_file "$name" "$size")
	qmp blockdev-add "{\"driver\":\"raw\",\"node-name\":\"n-$name\",\"file\":{\"driver\":\"file\",\
\"filename\":\"$file\",\"cache\":{\"no-flush\":true}}}" || return 0
	qmp device_add "{\"driver\":\"virtio-blk-pci\",\"id\":\"$name\",\"drive\":\"n-$name\",\
\"serial\":\"$name\"}" || return 0
	plugged[$name]=1
}

unplug()
{
	local name=$1

	[[ -n ${plugged[$name]:-} ]] || { answer='it is not plugged'; return; }
	qmp device_del "{\"id\":\"$name\"}" DEVICE_DELETED "$name" || return 0
	unset "plugged[$name]"
	qmp blockdev-del "{\"node-name\":\"n-$name\"}" || return 0
}

# ------------------------------------------------------------------ one boot

boot()
{
	local name file nsid=1 args=()

	printf '%s\n' "${next_command}" >"$run/job/command"
	cat >"$run/job/env" <<-EOF
		tty=$tty keyboard=$keyboard rows=${LINES:-24} columns=${COLUMNS:-100}
		TERM=${TERM:-linux}
	EOF
	{
		cat "$vm/tree.cpio"
		(cd "$run" && find job | cpio -o -H newc --quiet -R 0:0)
	} >"$run/initrd"

	# shellcheck disable=SC2054 # the commas are QEMU's
	args=(
		-accel "$accel" -cpu "$cpu" -smp "$smp" -m "$mem" -machine pc
		-nodefaults -no-user-config -display none -no-reboot
		-kernel "/boot/vmlinuz-$kver" -initrd "$run/initrd"
		-append "console=ttyS0 quiet panic=-1 oops=panic mitigations=off $append"
		-chardev "file,id=klog,path=$out/kernel.log,append=on" -serial chardev:klog
		-chardev "pipe,id=qmp,path=$run/qmp" -mon chardev=qmp,mode=control
		-device virtio-serial-pci,id=vser
		-chardev "pipe,id=ctl,path=$run/ctl"
		-device virtserialport,bus=vser.0,chardev=ctl,name=plexus.ctl
		-chardev "file,id=files,path=$out/files.tar,append=on"
		-device virtserialport,bus=vser.0,chardev=files,name=plexus.files
		-device virtconsole,bus=vser.0,chardev=con
		-device nvme,id=nv,serial=base
	)
	if [[ $keyboard == yes ]]; then
		args+=(-chardev "stdio,id=con,signal=off")
	else
		args+=(-chardev "pipe,id=con,path=$run/con")
	fi
	for file in "$vm/base.img" "${attach[@]}"; do
		args+=(-drive "if=none,id=nv$nsid,file=$file,format=raw,readonly=on,cache=unsafe")
		args+=(-device "nvme-ns,bus=nv,drive=nv$nsid,nsid=$nsid")
		nsid=$((nsid + 1))
	done
	for name in $(printf '%s\n' "${!plugged[@]}" | sort -V); do
		args+=(-blockdev "driver=raw,node-name=n-$name,file.driver=file,file.filename=$keep/$name.img,\
file.cache.no-flush=on")
		args+=(-device "virtio-blk-pci,id=$name,drive=n-$name,serial=$name")
	done

	if [[ $keyboard == yes ]]; then
		qemu-system-x86_64 "${args[@]}" <&0 &
		qemu_pid=$!
	else
		qemu-system-x86_64 "${args[@]}" </dev/null &
		qemu_pid=$!
		cat "$run/con.out" &
		cat_pid=$!
	fi
	qmp qmp_capabilities >/dev/null || true
}

# Waits until the machine is gone and everything it printed has come out.
reap()
{
	wait "$qemu_pid" 2>/dev/null || true
	qemu_pid=
	[[ -n ${cat_pid:-} ]] || return 0
	# Had QEMU not even started, cat would still wait for somebody to open the pipe.
	exec {con}<>"$run/con.out"
	exec {con}>&-
	wait "$cat_pid" || true
}

# ------------------------------------------------------------------ the story of this run

mkdir -p "$run/job"
script=$1
shift
if [[ -e $script ]]; then
	path=$(realpath "$script")
	if [[ $path == "$top"/selftests/* ]]; then
		script=/opt/plexus/${path#"$top"/}
	else
		install -m 755 "$path" "$run/job/script"
		script=/job/script
	fi
fi
words=("$script" "$@")
next_command=${words[*]@Q}

status=
deadline=$((SECONDS + timeout))
while [[ -n $next_command && -z $status ]]; do
	boot
	next_command=
	while kill -0 "$qemu_pid" 2>/dev/null; do
		if ((SECONDS >= deadline)); then
			say "run.sh: the time of $timeout s is up"
			status=124
			kill -9 "$qemu_pid"
			break
		fi
		read -r -t 0.5 request <&"$ctl_out" || continue
		answer=ok
		case $request in
		"exit "*)
			status=${request#exit }
			echo ok >&"$ctl_in"
			qmp quit >/dev/null || true
			break
			;;
		"next "*) next_command=${request#next } ;;
		powercut)
			kill -9 "$qemu_pid"
			break
			;;
		"plug "* | "unplug "*)
			# shellcheck disable=SC2086 # words are meant to be split
			$request
			;;
		*) answer="the host does not know this request" ;;
		esac
		printf '%s\n' "$answer" >&"$ctl_in"
	done
	reap
done

# The guest's files: one tar per boot, one after the other.
[[ ! -s $out/files.tar ]] || tar -C "$out" -i -xf "$out/files.tar"
rm -f "$out/files.tar"

if [[ -z $status ]]; then
	say "run.sh: the machine ended without a word"
	status=125
fi
if [[ $check == yes || $status == 125 ]]; then
	if ! bash "$top/selftests/klog.sh" "$out/kernel.log" >&2; then
		((status)) || status=126
	elif ((status == 125)); then
		tail -n 20 "$out/kernel.log" >&2
	fi
fi
exit "$status"
