// SPDX-License-Identifier: GPL-2.0
/* Threads that write stamped sectors, flush, discard, and read what they wrote. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "torture.h"

struct mood mood;
atomic_bool stop_load, power_off;

#define MAX_IO 512 /* sectors */

static void errored(struct volume *v, const char *what, uint32_t first, uint32_t n, int err)
{
	/* the power was cut meanwhile: all may fail */
	if (power_off || v->maybe_lost)
		return;
	violation("%s of volume %s, %u sectors at %u, fails before the power does: %s", what,
		  v->name, n, first, strerror(err));
	stop_load = true;
}

static void range(struct dice *d, struct volume *v, uint32_t *first, uint32_t *n)
{
	uint32_t from = 0, size = v->sectors, align = 8;

	*n = 8;
	if (v->parity && percent(d, 15)) { /* whole rows */
		*n = v->row * (1 + below(d, MAX_IO / v->row));
		align = v->row;
	} else if (v->parity && percent(d, 10)) { /* ends within units */
		*n = v->unit + 1 + below(d, v->row);
		align = 1;
	} else if (percent(d, mood.big))
		*n = 8 * (1 + below(d, v->parity ? MAX_IO / 8 : 32));
	else if (percent(d, 20))
		*n = 1 + below(d, 16), align = 1;
	if (percent(d, mood.hot_percent)) {
		from = (uint64_t)mood.hot_first * v->sectors / 100 / align * align;
		size = v->sectors / 16;
		if (size < *n)
			size = *n;
		if (from + size > v->sectors)
			from = v->sectors - size;
	}
	if (*n > size)
		*n = size;
	if (*n > MAX_IO)
		*n = MAX_IO;
	*first = from + below(d, size - *n + 1) / align * align;
	if (*first + *n > v->sectors)
		*first = v->sectors - *n;
}

static void do_write(struct dice *d, struct volume *v, uint8_t *buf, bool fua)
{
	uint32_t first, n, i, number;
	ssize_t ret;

	range(d, v, &first, &n);
	number = oracle_issue(v, first, n, false);
	if (!number)
		return;
	for (i = 0; i < n; i++)
		stamp(v, first + i, number, buf + i * SECTOR);
	ret = pwrite(fua ? v->fd_sync : v->fd, buf, n * SECTOR, (off_t)first * SECTOR);
	oracle_done(v, first, n, number, ret == (ssize_t)(n * SECTOR), fua);
	if (ret < 0)
		errored(v, fua ? "a write with FUA" : "a write", first, n, errno);
}

static void do_discard(struct dice *d, struct volume *v)
{
	uint32_t first, n, number;
	uint64_t where[2];
	bool zeroout = v->parity || percent(d, 50);
	int ret;

	range(d, v, &first, &n);
	number = oracle_issue(v, first, n, true);
	if (!number)
		return;
	where[0] = (uint64_t)first * SECTOR;
	where[1] = (uint64_t)n * SECTOR;
	ret = ioctl(v->fd, zeroout ? BLKZEROOUT : BLKDISCARD, where);
	oracle_done(v, first, n, number, !ret, false);
	if (ret)
		errored(v, zeroout ? "zeroing" : "a discard", first, n, errno);
}

static void do_flush(struct volume *v)
{
	uint32_t begin = oracle_flush_begin(v);
	int ret = fsync(v->fd);

	oracle_flush_done(v, begin, !ret);
	if (ret)
		errored(v, "a flush", 0, 0, errno);
}

static void do_read(struct dice *d, struct volume *v, uint8_t *buf)
{
	uint32_t first, n, i;
	ssize_t ret;

	range(d, v, &first, &n);
	if (!oracle_hold(v, first, n))
		return;
	ret = pread(v->fd, buf, n * SECTOR, (off_t)first * SECTOR);
	for (i = 0; ret == (ssize_t)(n * SECTOR) && i < n; i++) {
		if (oracle_match(v, first + i, buf + i * SECTOR, true) >= 0)
			continue;
		violation("volume %s: a read gives what it may not", v->name);
		oracle_explain(v, first + i, buf + i * SECTOR);
		stop_load = true;
		break;
	}
	oracle_release(v, first, n);
	if (ret < 0 && !oracle_lost(v, first, n))
		errored(v, "a read", first, n, errno);
}

static struct volume *some_volume(struct dice *d)
{
	struct volume *v = &volume[below(d, MAX_VOLUMES)];

	return v->used && v->fd >= 0 && !v->is_copy ? v : NULL;
}

void *load_thread(void *arg)
{
	struct load *l = arg;
	uint8_t *buf;

	if (posix_memalign((void **)&buf, 4096, MAX_IO * SECTOR))
		abort();
	while (!stop_load) {
		struct volume *v = some_volume(&l->dice);
		uint32_t what = below(&l->dice, 100);

		if (!v)
			continue;
		l->ios++;
		if (what < mood.flush)
			do_flush(v);
		else if ((what -= mood.flush) < mood.fua)
			do_write(&l->dice, v, buf, true);
		else if ((what -= mood.fua) < mood.discard)
			do_discard(&l->dice, v);
		else if ((what -= mood.discard) < mood.read)
			do_read(&l->dice, v, buf);
		else
			do_write(&l->dice, v, buf, false);
		if (mood.pause_us)
			sleep_us(below(&l->dice, mood.pause_us));
	}
	free(buf);
	return NULL;
}

/* Writes all of a new volume. */
int load_fill(struct volume *v)
{
	uint32_t first, i, number, begin;
	uint8_t *buf;
	ssize_t ret = 0;

	if (posix_memalign((void **)&buf, 4096, MAX_IO * SECTOR))
		abort();
	for (first = 0; first < v->sectors; first += MAX_IO) {
		number = oracle_issue(v, first, MAX_IO, false);
		for (i = 0; i < MAX_IO; i++)
			stamp(v, first + i, number, buf + i * SECTOR);
		ret = pwrite(v->fd, buf, MAX_IO * SECTOR, (off_t)first * SECTOR);
		oracle_done(v, first, MAX_IO, number, ret > 0, false);
		if (ret < 0)
			break;
	}
	free(buf);
	if (ret < 0)
		return -errno;
	begin = oracle_flush_begin(v);
	ret = fsync(v->fd);
	oracle_flush_done(v, begin, !ret);
	return ret;
}
