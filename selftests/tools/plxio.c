// SPDX-License-Identifier: GPL-2.0
/*
 * Direct I/O of kinds that dd does not know.
 *
 *   plxio nowait read|write FILE OFFSET
 *	4 KiB with RWF_NOWAIT: prints OK, EAGAIN or another error, and after how many milliseconds
 *   plxio pinched FILE COUNT
 *	4 to 16 KiB, for which the kernel above the device needs no memory, COUNT times, flushed and
 *	read back, while the kernel's fault injection gives none to those who ask for that; prints how
 *	many erred
 *   plxio skew FILE SHIFT
 *	writes of many sizes from a buffer that begins SHIFT bytes behind a page, read back to such a
 *	one and to one that begins with a page
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define LARGEST (16 << 10)

static char *aligned(void)
{
	void *p;

	if (posix_memalign(&p, 4096, LARGEST))
		exit(2);
	memset(p, getpid(), LARGEST); /* its pages are there */
	return p;
}

static long ms_since(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

static int nowait(int fd, bool write, off_t offset)
{
	struct iovec iov = { aligned(), 4096 };
	struct timespec since;
	ssize_t n;
	int error;

	clock_gettime(CLOCK_MONOTONIC, &since);
	n = write ? pwritev2(fd, &iov, 1, offset, RWF_NOWAIT) :
		    preadv2(fd, &iov, 1, offset, RWF_NOWAIT);
	error = errno;
	if (n == 4096)
		printf("OK");
	else if (n < 0 && error == EAGAIN)
		printf("EAGAIN");
	else
		printf("%s", n < 0 ? strerror(error) : "short");
	printf(" %ld\n", ms_since(&since));
	return 0;
}

static long failed(const char *what, long i, int error)
{
	if (error)
		fprintf(stderr, "%s %ld: %s\n", what, i, strerror(error));
	return error != 0;
}

/* only what is between the two writes to @fail is pinched; words need memory, too */
static long pinched_one(int fd, int fail, long i, off_t at, char *out, char *in)
{
	int write_error, flush_error = 0, read_error;
	ssize_t len = 4096L << i % 3;

	memset(out, i + 1, len);
	if (pwrite(fail, "1", 1, 0) != 1)
		exit(2);
	write_error = pwrite(fd, out, len, at) == len ? 0 : errno;
	if (!(i % 8))
		flush_error = fdatasync(fd) ? errno : 0;
	read_error = pread(fd, in, len, at) == len ? 0 : errno;
	if (pwrite(fail, "0", 1, 0) != 1)
		exit(2);
	return failed("write", i, write_error) + failed("flush", i, flush_error) +
	       failed("read", i, read_error) +
	       failed("compare", i, memcmp(in, out, len) ? EILSEQ : 0);
}

static int pinched(int fd, long count)
{
	char *out = aligned(), *in = aligned();
	int fail = open("/proc/self/make-it-fail", O_WRONLY);
	off_t size = lseek(fd, 0, SEEK_END);
	long i, bad = 0;

	if (fail < 0 || size <= LARGEST) {
		perror("plxio");
		return 2;
	}
	/* from here on nothing of this process is swapped in or set up */
	if (mlockall(MCL_CURRENT | MCL_FUTURE)) {
		perror("plxio");
		return 2;
	}
	for (i = 0; i < count; i++)
		bad += pinched_one(fd, fail, i, i * 1234567 % (size - LARGEST) & ~4095L, out, in);
	printf("%ld\n", bad);
	return bad > 0;
}

static int skew(int fd, long shift)
{
	static const int sectors[] = { 1, 2, 7, 8, 9, 33, 64, 97, 128 };
	size_t room = (128 << 9) + 8192, n;
	char *out, *in, *page;
	off_t at = 0;
	unsigned int i;
	int bad = 0;

	if (posix_memalign((void **)&out, 4096, room) || posix_memalign((void **)&in, 4096, room) ||
	    posix_memalign((void **)&page, 4096, room))
		return 2;
	for (i = 0; i < sizeof(sectors) / sizeof(*sectors); i++, at += 70144) {
		size_t k;

		n = (size_t)sectors[i] << 9;
		for (k = 0; k < n; k++)
			out[shift + k] = random();
		if (pwrite(fd, out + shift, n, at) != (ssize_t)n ||
		    pread(fd, in + shift, n, at) != (ssize_t)n ||
		    pread(fd, page, n, at) != (ssize_t)n) {
			printf("%zu bytes: %s\n", n, strerror(errno));
			return 1;
		}
		if (memcmp(out + shift, in + shift, n) || memcmp(out + shift, page, n)) {
			printf("%zu bytes at %lld: not the same\n", n, (long long)at);
			bad = 1;
		}
	}
	return bad;
}

static int usage(void)
{
	fprintf(stderr, "usage: plxio nowait read|write FILE OFFSET | plxio pinched FILE COUNT\n"
			"       plxio skew FILE SHIFT\n");
	return 2;
}

static int open_direct(const char *path)
{
	int fd = open(path, O_RDWR | O_DIRECT);

	if (fd >= 0)
		return fd;
	perror(path);
	exit(2);
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "nowait") && !strcmp(argv[2], "read"))
		return nowait(open_direct(argv[3]), false, atoll(argv[4]));
	if (argc == 5 && !strcmp(argv[1], "nowait") && !strcmp(argv[2], "write"))
		return nowait(open_direct(argv[3]), true, atoll(argv[4]));
	if (argc == 4 && !strcmp(argv[1], "pinched"))
		return pinched(open_direct(argv[2]), atol(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "skew") && atol(argv[3]) < 4096)
		return skew(open_direct(argv[2]), atol(argv[3]));
	return usage();
}
