#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The story that "make demo" plays in the virtual machine: a volume becomes a mirror, loses a disk,
# is repaired, gives a copy away; a volume with parity loses a disk, is repaired, loses two more; both
# live through a reboot, and no file ever changes.
# $1 is the chapter: empty, or "after-reboot"; then $2 and $3 are what was counted before.
set -eEuo pipefail

files=/dev/nvme0n2 # a tar: the files, and "sha256" with their checksums
home=/mnt/home
copy=/mnt/copy
archive=/mnt/archive
step=0
comparisons=0
new=''
load='' load_file=''
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
	# Several at once, for the time goes into waiting for one small file after the other.
	(cd "$dir" && printf '%s\0' /tmp/sha256.* | xargs -0 -n 1 -P 4 sha256sum --quiet --strict -c) ||
		failed "files in $dir have changed"
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

# until_lost PACK NUMBER: the loss of a disk is noticed when something is written to it.
until_lost()
{
	local i

	for ((i = 0; i < 100; i++)); do
		if plexus status --json | jq -e ".packs[] | select(.name == \"$1\") |
			[.disks[] | select(.status == \"failed\")] | length == $2" >/dev/null; then
			return
		fi
		sleep 0.2
	done
	failed "$1 has not noticed that $2 of its disks are gone"
}

must_be()
{
	local got

	got=$(volume_value "$1" .health)
	[[ $got == "$2" ]] || failed "$1 is $got and should be $2"
	good "$1 is $2"
}

# start_load DIR: a program that keeps writing to the volume that is mounted there, and reads back what
# it wrote, until it is told to stop.
start_load()
{
	load_file=$1/load.0.0
	fio --name=load --directory="$1" --size=24M --rw=randwrite --bs=16k --ioengine=psync \
		--rate_iops=40 --fsync=32 --time_based --runtime=900 --verify=crc32c --verify_backlog=32 \
		--verify_fatal=1 >/tmp/load.log 2>&1 &
	load=$!
	until [[ -s $load_file ]]; do
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
	kill -INT "$load" || { cat /tmp/load.log; failed "the program that writes has seen an error"; }
	wait "$load" || true
	grep -q 'err= 0' /tmp/load.log || { cat /tmp/load.log; failed "the load had errors"; }
	good "the program that wrote meanwhile has read back what it wrote"
	rm -f "$load_file"
}

# plug NAME: puts the new disk's device into $new
plug()
{
	echo "   \$ vmctl plug $1"
	new=$(vmctl plug "$1")
	echo "   $new"
}

# strike_off PACK: the disks that are gone for good leave the pack; they have no path, so by their ids
strike_off()
{
	local gone

	mapfile -t gone < <(plexus status --json | jq -er ".packs[] | select(.name == \"$1\") | .disks[] |
		select(.status == \"failed\") | .id[:8]")
	run plexus disk remove "$1" "${gone[@]}"
}

# In each boot.
start()
{
	modprobe plexus
	tar -xf "$files" -C /tmp sha256
	split -n l/4 /tmp/sha256 /tmp/sha256.
}

mirror()
{
	local home_dev copy_dev disk1 disk2 disk3 plex

	disk1=$(vmctl dev disk1) disk2=$(vmctl dev disk2) disk3=$(vmctl dev disk3)

	tell "A machine with ten blank disks"
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
	start_load "$home"
	run plexus volume create tank/second --size 300M --type simple --disk "$disk2"
	run plexus volume add-plex tank/home tank/second
	run plexus status
	must_be tank/home healthy
	load_goes_on

	tell "The first disk is pulled out of the running machine"
	run vmctl unplug disk1
	until_lost tank 1
	run plexus status
	must_be tank/home failed-redundancy
	load_goes_on
	compare "$home"

	tell "A new disk takes its place"
	plug disk11
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

	stop_load
	run umount "$home"
}

parity()
{
	local archive_dev i disks=()

	tell "Six other disks become a volume with parity: it can do without any two of them"
	for i in {5..10}; do
		disks+=("$(vmctl dev "disk$i")")
	done
	run plexus pack create vault "${disks[@]}"
	run plexus volume create vault/archive --size 512M --type parity --parity 2
	archive_dev=$(device_of vault/archive)
	run mkfs.ext4 -q "$archive_dev"
	mkdir -p "$archive"
	run mount "$archive_dev" "$archive"
	run tar -xf "$files" -C "$archive"
	compare "$archive"

	tell "One of the six is pulled out while a program writes"
	start_load "$archive"
	run vmctl unplug disk6
	until_lost vault 1
	run plexus status vault
	must_be vault/archive failed-redundancy
	load_goes_on
	compare "$archive"

	tell "What it held is computed from the other five, and written to a new disk"
	plug disk12
	run plexus disk add vault "$new"
	run plexus plex repair vault/archive --disk "$new"
	strike_off vault
	run plexus status vault
	must_be vault/archive healthy
	load_goes_on
	compare "$archive"

	tell "Then two others are pulled out, as many as it can do without"
	run vmctl unplug disk5
	run vmctl unplug disk9
	until_lost vault 2
	run plexus status vault
	must_be vault/archive failed-redundancy
	load_goes_on
	compare "$archive"
	stop_load
	run umount "$archive"
}

before_the_reboot()
{
	start
	mirror
	parity
	tell "The machine is restarted"
	echo "   \$ reboot"
	vmctl reboot "$0" after-reboot "$step" "$comparisons"
}

after_the_reboot()
{
	local home_dev copy_dev archive_dev disks

	step=$1 comparisons=$2
	start
	mkdir -p "$home" "$copy" "$archive"

	tell "After the reboot both packs come back by themselves, one of them still without two disks"
	run plexus scan
	run plexus status
	must_be tank/home healthy
	must_be vault/archive failed-redundancy

	tell "Every file is there, in the mirror's two halves and in what is left of the six disks"
	home_dev=$(device_of tank/home) copy_dev=$(device_of tank/copy)
	archive_dev=$(device_of vault/archive)
	run e2fsck -fn "$home_dev"
	run mount "$home_dev" "$home"
	compare "$home"
	run mount -o ro "$copy_dev" "$copy"
	compare "$copy"
	run e2fsck -fn "$archive_dev"
	run mount "$archive_dev" "$archive"
	compare "$archive"

	tell "Two new disks take the places of both, in one repair"
	plug disk13
	disks=("$new")
	plug disk14
	disks+=("$new")
	run plexus disk add vault "${disks[@]}"
	run plexus plex repair vault/archive --disk "${disks[0]}" --disk "${disks[1]}"
	strike_off vault
	run plexus status vault
	must_be vault/archive healthy
	compare "$archive"
	run plexus volume scrub vault/archive
	[[ $(volume_value vault/archive .mismatches) == 0 ]] || failed "parity does not fit the data"
	good "parity fits all of the data"
	run umount "$home"
	run umount "$copy"
	run umount "$archive"

	printf '\n%sEvery check held: %d times a file was compared with its checksum.%s\n' \
		"$green" "$comparisons" "$plain"
}

case ${1:-} in
'') before_the_reboot ;;
after-reboot) after_the_reboot "$2" "$3" ;;
esac
