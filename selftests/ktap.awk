# SPDX-License-Identifier: GPL-2.0
#
# Counts the results in KTAP or TAP on stdin; prints "PASSED FAILED SKIPPED". A line that sums up
# the nested results right before it is not counted beside them. A result that a plan promised and
# that did not come has failed; a test that is skipped as a whole counts once.

function depth_of(line)
{
	match(line, /^ */)
	return RLENGTH
}

# The streams at this depth and below have ended.
function close_streams(depth,	d)
{
	for (d in plan)
		if (d + 0 >= depth) {
			if (got[d] + 0 < plan[d])
				failed += plan[d] - got[d]
			delete plan[d]
		}
	for (d in got)
		if (d + 0 >= depth)
			delete got[d]
}

/^ *(K?TAP version) / {
	close_streams(depth_of($0))
	next
}

/^ *1\.\.[0-9]+/ {
	split($1, range, /\.\./)
	plan[depth_of($0)] = range[2] + 0
	if (range[2] == 0)
		skipped++
	next
}

/^ *(not )?ok( |$)/ {
	depth = depth_of($0)
	close_streams(depth + 1)
	got[depth]++
	if (depth > last_depth)
		nested_failed = 0
	is_failure = $1 == "not"
	if (depth < last_depth) {
		if (is_failure && !nested_failed)
			failed++
	} else if (toupper($0) ~ /# *SKIP/) {
		skipped++
	} else if (is_failure) {
		failed++
		nested_failed = 1
	} else {
		passed++
	}
	last_depth = depth
}

END {
	close_streams(0)
	print passed + 0, failed + 0, skipped + 0
}
