#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make lint: everything about the sources that can be checked without running them. One line for each
# check that has nothing to say; exit status 1 when any has.
set -uo pipefail
# shellcheck source=../vm/common.sh
source "$(dirname "$0")/../vm/common.sh"
cd "$top" || exit

kver=$(vm_kver) || die "no linux-headers-cloud-amd64 is installed"
mkdir -p "$build"

bad=0
lint()
{
	local name=$1 output
	shift

	if output=$("$@" 2>&1) && [[ -z $output ]]; then
		echo "ok    $name"
	else
		echo "BAD   $name"
		printf '%s\n' "$output" | sed 's/^/      /'
		bad=1
	fi
}

# Files under version control; a tarball without git has nothing else either.
files()
{
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files -- "$@"
	else
		local glob

		for glob; do
			find . -path ./build -prune -o -path "./$glob" -print | sed 's|^\./||'
		done
	fi
}

generated()
{
	grep -qlE 'generated' <(head -n 8 "$1")
}

# ------------------------------------------------------------------ the kernel's style

# What checkpatch would like and we do not do, and why.
checkpatch_ignore=(
	# There is no MAINTAINERS file outside the kernel's tree.
	FILE_PATH_CHANGES
	# The compat layer is made of version and feature checks.
	LINUX_VERSION_CODE
	# The on-disk structs are shared with userspace, which has no __packed and no __aligned.
	PREFER_DEFINED_ATTRIBUTE_MACRO
	# Tables of X(...) rows are easier to check against the contract than what macros may not be.
	COMPLEX_MACRO MACRO_ARG_REUSE MULTISTATEMENT_MACRO_USE_DO_WHILE TRAILING_SEMICOLON
	# clang-format breaks after "(" where a line would be too long otherwise.
	OPEN_ENDED_LINE
	# We say what a lock protects where the locking is told, in one place.
	UNCOMMENTED_DEFINITION
	# "foo == NULL" is used nowhere; the other direction is a matter of taste.
	COMPARISON_TO_NULL
	# CamelCase comes with the contract's result codes.
	CAMELCASE
	# The compiler wants the parentheses of (a == b) != (c == d).
	UNNECESSARY_PARENTHESES
)

# The same for single files.
declare -A checkpatch_ignore_in=(
	# For programs, which have no u32.
	[include/plexus/libplexus.h]=PREFER_KERNEL_TYPES
	[include/plexus/libplexus_words.h]=PREFER_KERNEL_TYPES
	# TRACE_EVENT() is written like this in the whole kernel.
	[kernel/trace.h]=PARENTHESIS_ALIGNMENT
)

run_checkpatch()
{
	local file list

	list=$(IFS=,; echo "${checkpatch_ignore[*]}")
	# It leaves a cache in the folder where it is called, and wants to see an include/ there.
	mkdir -p "${LINUX:?}/include"
	for file in $(files 'kernel/*.[ch]' 'include/*.h'); do
		generated "$file" && continue
		(cd "$LINUX" && perl scripts/checkpatch.pl --no-tree --root=. --strict --terse --quiet --no-summary \
			--show-types --max-line-length=100 \
			--ignore "$list,${checkpatch_ignore_in[$file]:-}" -f "$top/$file")
	done | sed "s|^$top/||"
}

# ------------------------------------------------------------------ the compilers

# Warnings only: whether it builds at all is said by the exit status.
kernel_build()
{
	local log=$build/lint.log

	rm -rf "$build/lint"
	if ! make -s -C "$top" BUILD="$build/lint" KDIR="/lib/modules/$kver/build" "$@" module \
		>"$log" 2>&1 </dev/null; then
		tail -n 30 "$log"
		return 1
	fi
	# No vmlinux comes with the headers; so there are no BTF types to make.
	grep -vE 'Skipping BTF generation|^$' "$log" | sed "s|$build/lint/module/$kver/||g"
	return 0
}

# A struct bio ends in an array of no length, which those that are part of a plx_io do not use.
run_sparse()
{
	kernel_build C=2 CF='-D__CHECK_ENDIAN__ -Wno-flexible-array-array' W=1
}

# All warnings are errors here, so where it succeeds only the names of the files were said. The torture
# is a program of the library that no test builds.
user_build()
{
	local output

	output=$(make -s -C user O="$build/lint/user" \
		CFLAGS='-O2 -g -Wall -Wextra -Werror -Wno-unused-parameter' 2>&1 </dev/null &&
		make -s -C selftests/torture O="$build/lint/torture" LIB="$build/lint/user" 2>&1 </dev/null) &&
		return
	printf '%s\n' "$output"
	return 1
}

# ------------------------------------------------------------------ the rest

run_shellcheck()
{
	local file

	files '*' | while read -r file; do
		[[ -f $file ]] && head -n 1 "$file" | grep -qE '^#!.*\b(ba|da|)sh\b' && echo "$file"
		[[ $file != *.sh ]] || echo "$file"
	done | sort -u | xargs shellcheck
}

# The kernel's files follow checkpatch, which knows more of the kernel's style; where the two disagree
# clang-format has no say.
run_clang_format()
{
	local file

	for file in $(files 'user/*.[ch]' 'selftests/*.[ch]'); do
		generated "$file" || clang-format --dry-run -Werror "$file"
	done
}

run_spdx()
{
	local file

	files '*.c' '*.h' '*.sh' '*.awk' '*.py' '*Makefile' '*Kbuild' '*Kconfig' '*.yaml' | while read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier:' || echo "$file: no SPDX line at its top"
	done
}

lint "spdx" run_spdx
lint "shellcheck" run_shellcheck
lint "layers" "$top/selftests/lint/layers.sh"
lint "checkpatch" run_checkpatch
lint "clang-format" run_clang_format
lint "sparse and W=1" run_sparse
lint "user, all warnings" user_build
exit "$bad"
