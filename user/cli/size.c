// SPDX-License-Identifier: GPL-2.0
/* Sizes, numbers and times as text. */
#include "cli.h"

#define KIB (1ull << 10)
#define MIB (1ull << 20)

/* Shift of a suffix (K, KB, KiB: all 1024), -1 if it is none. */
static int suffix_shift(const char *s)
{
	static const char units[] = "KMGTPE";
	const char *u;

	if (!*s || !strcmp(s, "B"))
		return 0;
	u = strchr(units, *s >= 'a' && *s <= 'z' ? *s - 'a' + 'A' : *s);
	if (!u)
		return -1;
	if (strcmp(s + 1, "") && strcmp(s + 1, "B") && strcmp(s + 1, "iB") && strcmp(s + 1, "i"))
		return -1;
	return 10 * (int)(u - units + 1);
}

/* Digits behind the point, 0 <= part < 1; false if there is none. */
static bool fraction(const char **p, double *part)
{
	double place = 0.1;
	const char *start = *p;

	*part = 0;
	for (; **p >= '0' && **p <= '9'; (*p)++, place /= 10)
		*part += place * (**p - '0');
	return *p != start;
}

bool size_parse(const char *text, uint64_t *bytes)
{
	uint64_t whole = 0;
	double part = 0;
	const char *p = text;
	int shift;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*p - '0'), &whole))
			return false;
	}
	if (*p == '.') {
		p++;
		if (!fraction(&p, &part))
			return false;
	}
	shift = suffix_shift(p);
	if (shift < 0 || (part > 0 && !shift) || whole > UINT64_MAX >> shift)
		return false;
	/* the cast is exact enough: a fraction is given for what a person types */
	return !__builtin_add_overflow(whole << shift, (uint64_t)(part * (double)(1ull << shift)),
				       bytes);
}

char *size_format(uint64_t bytes, char text[SIZE_TEXT])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t i = 0;

	/* 1023.96 would be shown as 1024.0 */
	while (i < 6 && value >= 1023.95) {
		value /= 1024;
		i++;
	}
	if (i == 0)
		snprintf(text, SIZE_TEXT, "%llu B", (unsigned long long)bytes);
	else
		snprintf(text, SIZE_TEXT, "%.1f %s", value, units[i]);
	return text;
}

bool number_parse(const char *text, uint64_t max, uint64_t *number)
{
	uint64_t n = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return false;
	}
	if (p == text || *p || n > max)
		return false;
	*number = n;
	return true;
}

char *duration_format(uint64_t s, char text[SIZE_TEXT])
{
	unsigned long long seconds = s;

	if (seconds < 60)
		snprintf(text, SIZE_TEXT, "%llu s", seconds);
	else if (seconds < 3600)
		snprintf(text, SIZE_TEXT, "%llu:%02llu min", seconds / 60, seconds % 60);
	else
		snprintf(text, SIZE_TEXT, "%llu:%02llu h", seconds / 3600, seconds / 60 % 60);
	return text;
}

static int by_run(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/*
 * @n-th largest of the runs, in whole MiB as the driver allots; 0 if there are
 * fewer. A member in one run can be made a plex of another volume later.
 */
static uint64_t nth_run(const uint64_t *runs, size_t n_runs, size_t n)
{
	return n && n <= n_runs ? runs[n - 1] / MIB * MIB : 0;
}

/* Longest free runs of the disks that the driver may choose, the longest first; how many. */
static size_t runs_of(const struct plexus_disk_info *const *disks, size_t n_disks, uint64_t *runs)
{
	size_t i, n = 0;

	for (i = 0; i < n_disks && n < DISKS_MAX; i++)
		if (disks[i]->status == PLEXUS_DISK_STATUS_ONLINE && !disks[i]->spare)
			runs[n++] = disks[i]->largest_free;
	qsort(runs, n, sizeof(runs[0]), by_run);
	return n;
}

/* What the driver takes of each disk for the parity log. */
static uint64_t parity_log(const struct plexus_volume_spec *spec, uint32_t parity)
{
	uint64_t unit = spec->unit ? spec->unit : 64 * KIB, slot = 128 * KIB;
	uint64_t slots = unit > 256 * KIB ? 16 : 64;

	if (spec->write_hole == PLEXUS_WRITE_HOLE_OFF)
		return 0;
	while (slot < 4 * KIB + unit * parity)
		slot *= 2;
	return (slots * slot + MIB - 1) / MIB * MIB;
}

#define PARITY_MEMBERS 8 /* that the driver takes where nobody says how many */

uint64_t size_max_parity(struct plexus_volume_spec *spec,
			 const struct plexus_disk_info *const *disks, size_t n_disks)
{
	uint32_t parity = spec->n_parity ? spec->n_parity : 1, least = parity + 2, k, best = 0;
	uint32_t from = spec->n_members ? spec->n_members : (uint32_t)spec->n_disks, to = from;
	uint64_t runs[DISKS_MAX], size, most = 0, log = parity_log(spec, parity);
	size_t n = runs_of(disks, n_disks, runs);

	if (!from) {
		from = least;
		to = n < PARITY_MEMBERS ? (uint32_t)n : PARITY_MEMBERS;
	}
	for (k = from; k >= least && k <= to; k++) {
		size = nth_run(runs, n, k);
		size = size > log ? (size - log) * (k - parity) : 0;
		if (size >= most) {
			most = size;
			best = k;
		}
	}
	spec->n_members = best;
	return most;
}

uint64_t size_max(uint32_t type, uint32_t n_plexes, uint32_t n_members,
		  const struct plexus_disk_info *const *disks, size_t n_disks)
{
	uint64_t runs[DISKS_MAX], sum = 0;
	size_t i, n = runs_of(disks, n_disks, runs);

	for (i = 0; i < n_disks; i++)
		if (disks[i]->status == PLEXUS_DISK_STATUS_ONLINE && !disks[i]->spare)
			sum += disks[i]->free / MIB * MIB;
	if (type == PLEXUS_TYPE_MIRROR && !n_plexes)
		n_plexes = 2;
	if (!n_plexes)
		n_plexes = 1;
	switch (type) {
	case PLEXUS_TYPE_SPAN:
		return n_plexes == 1 ? sum : 0;
	case PLEXUS_TYPE_STRIPE:
		if (!n_members)
			n_members = n / n_plexes;
		return n_members * nth_run(runs, n, (size_t)n_members * n_plexes);
	default:
		return nth_run(runs, n, n_plexes);
	}
}
