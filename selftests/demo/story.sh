#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The story that "make demo" plays in the virtual machine: a volume becomes a mirror, loses a disk,
# is repaired, gives a copy away, lives through a reboot, and no file ever changes.
# $1 is the chapter: empty, or "after-reboot"; then $2 is what the first chapter had counted.
set -eEuo pipefail

files=/dev/nvme0n2 # a tar: the files, and "sha256" with their checksums
home=/mnt/home
copy=/mnt/copy
step=0
comparisons=0
load=
bold='' plain='' green='' red=''
if [[ -t 1 ]]; then
	bold=$'\e[1m' plain=$'\e[0m' green=$'\e[32m' red=$'\e[31m'
fi

trap 'failed "a command failed at line $LINENO"' ERR

failed()
{
	trap - ERR
	# In a command substitution the shell outside will notice and come here too.
	((!BASH_SUBSHELL)) || exit 1
	echo "${red}FAILED in step $step: $*$plain"
	plexus status || true
	exit 1
}

# A step of the story, in plain words.
tell()
{
	step=$((step + 1))
	printf '\n%s%d. %s%s\n' "$bold" "$step" "$*" "$plain"
}

# Shows a command as one would type it, and runs it.
run()
{
	printf '   $ %s\n' "$*"
	"$@" || failed "$1 ended with status $?"
}

good()
{
	echo "   ${green}ok:$plain $*"
}

# Every file under DIR against the list made on the host.
compare()
{
	local dir=$1 n

	sync
	# What is in memory proves nothing about the disks.
	echo 3 >/proc/sys/vm/drop_caches
	(cd "$dir" && sha256sum --quiet --strict -c /tmp/sha256) || failed "files in $dir have changed"
	n=$(wc -l </tmp/sha256)
	comparisons=$((comparisons + n))
	good "all $n files in $dir have their sha256"
}

# volume_value PACK/VOLUME WHAT: one value of a volume, from the status.
volume_value()
{
	plexus status --json | jq -er ".packs[] | select(.name == \"${1%/*}\") | .volumes[] |
		select(.name == \"${1#*/}\") | $2"
}

device_of()
{
	volume_value "$1" '"/dev/\(.device)"'
}

must_be()
{
	local got

	got=$(volume_value "$1" .health)
	[[ $got == "$2" ]] || failed "$1 is $got and should be $2"
	good "$1 is $2"
}

# A program that keeps writing to the volume and reads back what it wrote, until it is told to stop.
start_load()
{
	fio --name=load --directory="$home" --size=24M --rw=randwrite --bs=16k --ioengine=psync \
		--rate_iops=40 --fsync=32 --time_based --runtime=900 --verify=crc32c --verify_backlog=32 \
		--verify_fatal=1 >/tmp/load.log 2>&1 &
	load=$!
	until [[ -s $home/load.0.0 ]]; do
		sleep 0.2
	done
}

load_goes_on()
{
	kill -0 "$load" 2>/dev/null || { cat /tmp/load.log; failed "the program that writes has seen an error"; }
	good "the program that writes to it meanwhile has noticed nothing"
}

stop_load()
{
	load_goes_on
	kill -INT "$load"
	wait "$load" || true
	grep -q 'err= 0' /tmp/load.log || { cat /tmp/load.log; failed "the load had errors"; }
	rm -f "$home"/load.0.0
}

before_the_reboot()
{
	local home_dev copy_dev disk1 disk2 disk3 new plex

	modprobe plexus
	tar -xf "$files" -C /tmp sha256
	disk1=$(vmctl dev disk1) disk2=$(vmctl dev disk2) disk3=$(vmctl dev disk3)

	tell "A machine with four blank disks"
	run lsblk -d -o NAME,SIZE -I 254

	tell "Three of them become a pack, with one volume on the first"
	run plexus pack create tank "$disk1" "$disk2" "$disk3"
	run plexus volume create tank/home --size 300M --type simple --disk "$disk1"
	home_dev=$(device_of tank/home)

	tell "A file system on it, and $(wc -l </tmp/sha256) files of the host"
	run mkfs.ext4 -q "$home_dev"
	mkdir -p "$home" "$copy"
	run mount "$home_dev" "$home"
	run tar -xf "$files" -C "$home"
	compare "$home"

	tell "The volume becomes a mirror while a program writes to it"
	start_load
	run plexus volume create tank/second --size 300M --type simple --disk "$disk2"
	run plexus volume add-plex tank/home tank/second
	run plexus status
	must_be tank/home healthy
	load_goes_on

	tell "The first disk is pulled out of the running machine"
	run vmctl unplug disk1
	sleep 2
	run plexus status
	must_be tank/home failed-redundancy
	load_goes_on
	compare "$home"

	tell "A new disk takes its place"
	echo "   \$ vmctl plug disk5"
	new=$(vmctl plug disk5)
	echo "   $new"
	run plexus disk add tank "$new"
	run plexus plex repair tank/home --disk "$new"
	run plexus status
	must_be tank/home healthy
	load_goes_on

	tell "One half is split off as a copy, the file system stays mounted"
	plex=$(volume_value tank/home '.plexes[-1].index')
	run plexus volume break-plex tank/home "$plex" --name copy
	load_goes_on
	copy_dev=$(device_of tank/copy)
	run e2fsck -fn "$copy_dev"
	run mount -o ro "$copy_dev" "$copy"
	compare "$copy"
	run umount "$copy"

	tell "The program stops, the machine is restarted"
	stop_load
	compare "$home"
	run umount "$home"
	echo "   \$ reboot"
	vmctl reboot "$0" after-reboot "$step" "$comparisons"
}

after_the_reboot()
{
	local home_dev copy_dev

	step=$1 comparisons=$2
	modprobe plexus
	tar -xf "$files" -C /tmp sha256
	mkdir -p "$home" "$copy"

	tell "After the reboot the pack comes back by itself"
	run plexus scan
	run plexus status
	must_be tank/home healthy

	tell "Every file is there, in the volume and in the copy"
	home_dev=$(device_of tank/home) copy_dev=$(device_of tank/copy)
	run e2fsck -fn "$home_dev"
	run mount "$home_dev" "$home"
	compare "$home"
	run mount -o ro "$copy_dev" "$copy"
	compare "$copy"
	run umount "$home"
	run umount "$copy"

	printf '\n%sEvery check held: %d times a file was compared with its checksum.%s\n' \
		"$green" "$comparisons" "$plain"
}

case ${1:-} in
'') before_the_reboot ;;
after-reboot) after_the_reboot "$2" "$3" ;;
esac
