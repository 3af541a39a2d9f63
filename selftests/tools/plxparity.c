// SPDX-License-Identifier: GPL-2.0
/*
 * A parity plex as Documentation/on-disk-format.rst describes it, from the files behind
 * its disks, and without the driver's code.
 *
 *	plxparity check UNIT PARITY MEMBER...	which rows have a P or Q that does not fit
 *	plxparity data UNIT PARITY MEMBER...	the data, in order, to the standard output
 *	plxparity where UNIT PARITY MEMBER... -- BYTE
 *			"ROW MEMBER FILE OFFSET" of a byte of the volume
 *
 * UNIT is in bytes. A MEMBER is its extents, FILE:START:SIZE in bytes, with commas between.
 * "check" prints at most ten and exits with 1 if there is any.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX 32

static struct extent {
	char *file;
	int fd;
	uint64_t first, start, size;
} extent[MAX][256];
static int n_extents[MAX], n, p;
static uint64_t unit, rows;

static void add_member(char *arg)
{
	uint64_t at = 0;
	char *one;

	while ((one = strsep(&arg, ","))) {
		struct extent *e = &extent[n][n_extents[n]++];
		char *size = strrchr(one, ':'), *start;

		if (!size)
			errx(2, "%s is no extent", one);
		*size++ = 0;
		start = strrchr(one, ':');
		if (!start)
			errx(2, "%s is no extent", one);
		*start++ = 0;
		e->file = one;
		e->fd = open(one, O_RDONLY);
		if (e->fd < 0)
			err(2, "%s", one);
		e->first = at;
		e->start = strtoull(start, NULL, 10);
		e->size = strtoull(size, NULL, 10);
		at += e->size;
	}
	if (!n || at / unit < rows)
		rows = at / unit;
	n++;
}

static struct extent *find(int member, uint64_t at)
{
	int i;

	for (i = 0; i < n_extents[member]; i++)
		if (at - extent[member][i].first < extent[member][i].size)
			return &extent[member][i];
	errx(2, "member %d has no byte %llu", member, (unsigned long long)at);
}

static void get(int member, uint64_t row, uint8_t *buf)
{
	struct extent *e = find(member, row * unit);

	if (pread(e->fd, buf, unit, e->start + row * unit - e->first) != (ssize_t)unit)
		err(2, "%s", e->file);
}

/* P is on member n - 1 - (row mod n), Q on the next, then the data */
static int member_of(uint64_t row, int steps)
{
	return (n - 1 - row % n + steps) % n;
}

static uint8_t twice(uint8_t v)
{
	return v << 1 ^ (v & 0x80 ? 0x1d : 0);
}

static int compare(const uint8_t *is, const uint8_t *should, uint64_t row, int which)
{
	static int told;
	uint64_t i;

	for (i = 0; i < unit; i++)
		if (is[i] != should[i])
			break;
	if (i == unit)
		return 0;
	if (told++ < 10)
		printf("row %llu: %c on member %d does not fit from sector %llu of the unit on\n",
		       (unsigned long long)row, "PQ"[which], member_of(row, which),
		       (unsigned long long)i / 512);
	return 1;
}

static int check(void)
{
	uint8_t *is = malloc(unit), *data = malloc(unit), *sum[2] = { malloc(unit), malloc(unit) };
	uint64_t row, i;
	int bad = 0, d, k = n - p;

	for (row = 0; row < rows; row++) {
		memset(sum[0], 0, unit);
		memset(sum[1], 0, unit);
		for (d = k - 1; d >= 0; d--) {
			get(member_of(row, p + d), row, data);
			for (i = 0; i < unit; i++) {
				sum[0][i] ^= data[i];
				sum[1][i] = twice(sum[1][i]) ^ data[i];
			}
		}
		for (d = 0; d < p; d++) {
			get(member_of(row, d), row, is);
			bad += compare(is, sum[d], row, d);
		}
	}
	if (bad)
		printf("%d parity units of %llu rows do not fit\n", bad, (unsigned long long)rows);
	return !!bad;
}

static int data(void)
{
	uint8_t *buf = malloc(unit);
	uint64_t row;
	int d;

	for (row = 0; row < rows; row++)
		for (d = 0; d < n - p; d++) {
			get(member_of(row, p + d), row, buf);
			if (fwrite(buf, unit, 1, stdout) != 1)
				return 0; /* whoever reads has enough */
		}
	return 0;
}

static int where(uint64_t at)
{
	uint64_t row = at / unit / (n - p), in;
	int member = member_of(row, p + at / unit % (n - p));
	struct extent *e;

	in = row * unit + at % unit;
	e = find(member, in);
	printf("%llu %d %s %llu\n", (unsigned long long)row, member, e->file,
	       (unsigned long long)(e->start + in - e->first));
	return 0;
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 6)
		errx(2, "usage: plxparity check|data|where UNIT PARITY MEMBER...");
	unit = strtoull(argv[2], NULL, 10);
	p = atoi(argv[3]);
	for (i = 4; i < argc && strcmp(argv[i], "--") && n < MAX; i++)
		add_member(argv[i]);
	if (!unit || p < 1 || p > 2 || n < p + 2)
		errx(2, "no such plex");
	if (!strcmp(argv[1], "check"))
		return check();
	if (!strcmp(argv[1], "data"))
		return data();
	if (!strcmp(argv[1], "where") && i + 1 < argc)
		return where(strtoull(argv[i + 1], NULL, 10));
	errx(2, "what is %s?", argv[1]);
}
