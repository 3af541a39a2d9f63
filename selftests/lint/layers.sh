#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Calls go down only. The layers are the groups of kernel/Kbuild, from the ground up: within a group
# everyone may call everyone, and a group may call all below it. Who provides a function is found by
# looking for its definition; no list of it is kept. Says every call that leads up and is not a door,
# every file without a group, and every door that nobody goes through any more.
set -euo pipefail
cd "$(dirname "$0")/../../kernel"

# The doors that lead up, "files: functions", both of them shell patterns without spaces; each with its
# reason.
doors=(
	# The event queue hands what it holds to the listeners.
	"event.c: plx_netlink_multicast"
	# Whoever sees that something is not current says so; the engine looks for itself what to do.
	"*: plx_sync_kick plx_sync_mend plx_sync_mend_member"
	# The engine of a volume lives as long as the volume.
	"volume.c: plx_sync_new plx_sync_stop plx_sync_free"
	# What comes, goes or changes its name does so in sysfs too.
	"start.c stop.c op_pack.c: plx_sysfs_pack_*"
	# A log and a plan name the disks and plexes of their volume, and look them up there.
	"log_store.c: plx_pack_disk plx_volume_plex"
	"plan.c: plx_pack_disk_any plx_volume_plex"
	# What is durable when the log says so is known to the volume: its disks are flushed first.
	"log.c: plx_volume_flush"
	# The same of the parity log; the logs are on the disks of the members.
	"plog.c: plx_volume_flush plx_pack_disk plx_pack_disk_any"
	"plog_recover.c: plx_pack_disk plx_pack_disk_error"
	# A disk that cannot be flushed is lost before the next flush, which writers wait for.
	"plog.c: plx_pack_lose_dead"
	# A log copy that cannot be written is a lost disk.
	"log.c log_store.c: plx_pack_disk_error"
	# The writes that the log held back go on.
	"log.c: plx_io_submit"
	# The failure work: a plex that erred leaves by a change of the configuration.
	"io_error.c row_error.c cache_lost.c: plx_change_*"
	"io_error.c row_error.c: plx_pack_conf"
)

{
	printf 'door %s\n' "${doors[@]}"
	sed 's/^/group /' Kbuild
	# Twice: who provides what has to be known before who uses it.
	for pass in define use; do
		for file in *.c compat/*.c; do
			[[ $file != *_gen.c ]] || continue
			awk -v head="$pass $file" '{ print head " " FNR " " $0 }' "$file"
		done
	done
} | awk '
function strip(line,	start) {
	# Comments and strings; a comment may go over several lines.
	if (in_comment) {
		if (!match(line, /\*\//))
			return ""
		line = substr(line, RSTART + 2)
		in_comment = 0
	}
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", line)
	sub(/\/\/.*/, "", line)
	if ((start = index(line, "/*"))) {
		line = substr(line, 1, start - 1)
		in_comment = 1
	}
	return line
}

function regex(pattern) {
	gsub(/\./, "\\.", pattern)
	gsub(/\*/, ".*", pattern)
	return "^" pattern "$"
}

# Goes through all doors that fit, so that each of them counts as used.
function through_door(file, name,	i, fits) {
	for (i = 1; i <= doors; i++)
		if (file ~ door_file[i] && name ~ door_name[i]) {
			used[i] = 1
			fits = 1
		}
	return fits
}

$1 == "door" {
	for (i = 2; $i !~ /:$/; i++)
		;
	for (j = 2; j <= i; j++)
		for (k = i + 1; k <= NF; k++) {
			sub(/:$/, "", $j)
			door_file[++doors] = regex($j)
			door_name[doors] = regex($k)
			door[doors] = $j " to " $k "()"
		}
	next
}

$1 == "group" {
	if ($2 ~ /^plexus(-parity)?-y$/ && $3 == "+=") {
		if (after_comment)
			groups++
		for (i = 4; i <= NF; i++) {
			file = $i
			sub(/\.o$/, ".c", file)
			group[file] = groups
		}
	}
	after_comment = $2 == "#"
	if (after_comment) {
		title = $0
		sub(/^group # */, "", title)
		sub(/:.*/, "", title)
		titles[groups + 1] = title
	}
	next
}

{
	pass = $1
	file = $2
	number = $3
	if (pass file != before) {
		before = pass file
		in_comment = 0
		candidate = ""
		if (pass == "define" && !(file in group)) {
			printf "kernel/%s is in no group of kernel/Kbuild\n", file
			bad = 1
		}
	}
	line = $0
	sub(/^[a-z]+ [^ ]+ [0-9]+ ?/, "", line)
	line = strip(line)
}

# A definition: its head begins at the left, is not static, and is followed by a "{" at the left.
pass == "define" {
	if (line ~ /^[a-z]/) {
		candidate = ""
		if (line !~ /^(static|extern|typedef) / && match(line, /plx_[a-z0-9_]+\(/))
			candidate = substr(line, RSTART, RLENGTH - 1)
	}
	if (line ~ /;/)
		candidate = ""
	if (line ~ /^\{/ && candidate != "") {
		provider[candidate] = file
		candidate = ""
	}
	next
}

{
	while (match(line, /plx_[a-z0-9_]+/)) {
		name = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		if (!(name in provider) || group[provider[name]] <= group[file])
			continue
		if (!through_door(file, name)) {
			printf "kernel/%s:%d: %s() of %s (%s) is above this file (%s)\n", file, number,
			       name, provider[name], titles[group[provider[name]]], titles[group[file]]
			bad = 1
		}
	}
}

END {
	for (i = 1; i <= doors; i++)
		if (!used[i]) {
			printf "the door from %s is not used\n", door[i]
			bad = 1
		}
	exit bad
}
'
