#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Calls go down only. kernel/plexus.h is the map: its sections "---- file.c: ... ----" list what each
# file lets others call, from the ground up. This reads the map and looks at every kernel/*.c for a use
# of a function that a file further up provides, and for prototypes without a section.
#
# The ground (pure code: no lock, no I/O, no allocation) stands below the map; it is all that conf.h
# and the other headers declare, and may use nothing of the map.
set -euo pipefail
cd "$(dirname "$0")/../../kernel"

# The doors that lead up, "file function" or "* function", each with its reason.
doors=(
	# The event queue: whoever has seen something may say so; the queue hands it to the listeners.
	"* plx_event_send"
	"event.c plx_netlink_multicast"
)

[[ -e plexus.h ]] || exit 0
{
	printf 'door %s\n' "${doors[@]}"
	# The map with its comments still in, for they carry the sections.
	awk '{ print "map " $0 }' plexus.h
	for file in *.c; do
		[[ $file != *_gen.c ]] || continue
		awk -v file="$file" '{ print "use " file " " FNR " " $0 }' "$file"
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

$1 == "door" { door[$2 " " $3] = 1; next }

$1 == "map" {
	line = substr($0, 5)
	if (match(line, /^\/\* ---- /)) {
		# "netlink.c, sysfs.c: control": files of one layer.
		level++
		names = substr(line, 9)
		sub(/ *[:-].*/, "", names)
		n = split(names, file, /[ ,]+/)
		for (i = 1; i <= n; i++)
			if (file[i] != "")
				layer[file[i]] = level
		section = names
		next
	}
	line = strip(line)
	if (level && match(line, /^[a-z].*[ *]plx_[a-z0-9_]+\(/) && line !~ /^static inline/) {
		name = substr(line, RSTART, RLENGTH - 1)
		sub(/.*[ *]/, "", name)
		provider[name] = level
		where[name] = section
	}
	next
}

$1 == "use" {
	file_now = $2
	if (file_now != file_before) {
		in_comment = 0
		file_before = file_now
	}
	line = $0
	sub(/^use [^ ]+ [0-9]+ ?/, "", line)
	line = strip(line)
	mine = (file_now in layer) ? layer[file_now] : 0
	while (match(line, /plx_[a-z0-9_]+/)) {
		name = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		if ((name in provider) && provider[name] > mine && !((file_now " " name) in door) &&
		    !(("* " name) in door)) {
			printf "kernel/%s:%d: %s() of %s is above this file\n", file_now, $3, name, where[name]
			bad = 1
		}
	}
}

END { exit bad }
'
