// SPDX-License-Identifier: GPL-2.0
/*
 * What may each sector hold?
 *
 * A sector has a list of candidates, in the order of the writes. Writes to one
 * sector never overlap in time, the load sees to that. A write adds a candidate when
 * it is issued. What was acknowledged before a flush was issued that succeeded, and
 * what was acknowledged with FUA, takes all candidates before it away. So the list
 * is: the last version that must have survived, and all that were issued later.
 */
#include "torture.h"

static _Atomic uint32_t clock_now = FIRST_STAMP;

uint32_t oracle_now(void)
{
	return atomic_fetch_add(&clock_now, 1) + 1;
}

/* Every word depends on all of the names by multiplication: no XOR of stamps is a stamp. */
void stamp(const struct volume *v, uint32_t sector, uint32_t number, uint8_t *data)
{
	uint64_t *w = (uint64_t *)data, x;
	uint32_t i;

	w[0] = 0x504d415453584c50ULL; /* "PLXSTAMP" */
	w[1] = (uint64_t)v->id << 32 | sector;
	w[2] = number;
	x = w[1] * 0x9e3779b97f4a7c15ULL + number;
	for (i = 3; i < SECTOR / 8; i++) {
		x ^= x >> 29;
		x *= 0xbf58476d1ce4e5b9ULL;
		w[i] = x += i;
	}
}

void oracle_init(struct volume *v, const char *name, uint32_t sectors)
{
	static uint32_t ids;

	memset(v, 0, sizeof(*v));
	snprintf(v->name, sizeof(v->name), "%s", name);
	v->id = ++ids;
	v->sectors = sectors;
	v->s = calloc(sectors, sizeof(*v->s));
	v->open_chunk = calloc(sectors / CHUNK + 1, 1);
	if (!v->s || !v->open_chunk)
		abort();
	pthread_mutex_init(&v->lock, NULL);
	v->fd = v->fd_sync = -1;
	oracle_any(v);
	v->used = true;
}

void oracle_free(struct volume *v)
{
	free(v->s);
	free(v->open_chunk);
	memset(v, 0, sizeof(*v));
}

void oracle_any(struct volume *v)
{
	uint32_t i;

	for (i = 0; i < v->sectors; i++) {
		v->s[i].n = 1;
		v->s[i].c[0] = (struct cand){ .what = WHAT_ANY };
	}
	memset(v->open_chunk, 0, v->sectors / CHUNK + 1);
}

static bool range_free(struct volume *v, uint32_t first, uint32_t n, bool room)
{
	uint32_t i;

	for (i = first; i < first + n; i++)
		if (v->s[i].busy || (room && v->s[i].n == MAX_CAND))
			return false;
	return true;
}

bool oracle_hold(struct volume *v, uint32_t first, uint32_t n)
{
	uint32_t i;
	bool ok;

	pthread_mutex_lock(&v->lock);
	ok = range_free(v, first, n, false);
	for (i = first; ok && i < first + n; i++)
		v->s[i].busy = 1;
	pthread_mutex_unlock(&v->lock);
	return ok;
}

void oracle_release(struct volume *v, uint32_t first, uint32_t n)
{
	uint32_t i;

	pthread_mutex_lock(&v->lock);
	for (i = first; i < first + n; i++)
		v->s[i].busy = 0;
	pthread_mutex_unlock(&v->lock);
}

static void add(struct volume *v, uint32_t i, struct cand c)
{
	struct sector *s = &v->s[i];

	if (s->n == MAX_CAND) { /* of a copy only: then it proves nothing */
		s->n = 1;
		s->c[0] = (struct cand){ .what = WHAT_ANY };
	}
	s->c[s->n++] = c;
	v->open_chunk[i / CHUNK] = 1;
}

/* Returns the number of the write, or 0: take another place. */
uint32_t oracle_issue(struct volume *v, uint32_t first, uint32_t n, bool zero)
{
	uint32_t i, number = 0;

	pthread_mutex_lock(&v->lock);
	if (range_free(v, first, n, true)) {
		number = oracle_now();
		for (i = first; i < first + n; i++) {
			struct cand c = { .issued = number, .what = zero ? WHAT_ZERO : number };

			v->s[i].busy = 1;
			add(v, i, c);
			if (v->copy)
				add(v->copy, i, c);
		}
	}
	pthread_mutex_unlock(&v->lock);
	return number;
}

static void drop_before(struct sector *s, uint32_t k)
{
	memmove(s->c, s->c + k, (s->n - k) * sizeof(s->c[0]));
	s->n -= k;
}

void oracle_done(struct volume *v, uint32_t first, uint32_t n, uint32_t number, bool ok, bool fua)
{
	uint32_t i, k, now;

	pthread_mutex_lock(&v->lock);
	now = oracle_now();
	for (i = first; i < first + n; i++) {
		struct sector *s = &v->s[i];

		s->busy = 0;
		if (!ok)
			continue;
		for (k = s->n - 1; s->c[k].issued != number; k--)
			;
		s->c[k].acked = now;
		s->lost = 0;
		if (fua)
			drop_before(s, k);
	}
	pthread_mutex_unlock(&v->lock);
}

uint32_t oracle_flush_begin(struct volume *v)
{
	uint32_t now;

	pthread_mutex_lock(&v->lock);
	now = oracle_now();
	pthread_mutex_unlock(&v->lock);
	return now;
}

void oracle_flush_done(struct volume *v, uint32_t begin, bool ok)
{
	uint32_t c, i, k;

	if (!ok)
		return;
	pthread_mutex_lock(&v->lock);
	for (c = 0; c * CHUNK < v->sectors; c++) {
		if (!v->open_chunk[c])
			continue;
		v->open_chunk[c] = 0;
		for (i = c * CHUNK; i < (c + 1) * CHUNK && i < v->sectors; i++) {
			struct sector *s = &v->s[i];

			for (k = s->n - 1; k; k--)
				/* what a cut may have taken is not brought back by a flush */
				if (s->c[k].acked > v->started && s->c[k].acked < begin)
					break;
			if (k)
				drop_before(s, k);
			if (s->n > 1)
				v->open_chunk[c] = 1;
		}
	}
	pthread_mutex_unlock(&v->lock);
}

/* Was another block of the row being written as well, or not flushed? */
static bool row_open(const struct volume *v, uint32_t sector)
{
	uint32_t first = sector / v->row * v->row, i;

	for (i = first; i < first + v->row; i++)
		if (i / v->unit != sector / v->unit && (v->s[i].lost || v->s[i].n > 1))
			return true;
	return false;
}

/*
 * The read failed. With a disk lost that is right for what was being written, along with
 * other blocks of its row, when the power failed, or was not flushed, and for what was lost
 * before.
 */
bool oracle_may_be_lost(struct volume *v, uint32_t sector)
{
	struct sector *s = &v->s[sector];

	if (!v->parity || (!s->lost && (s->n < 2 || !disk_was_lost || !row_open(v, sector))))
		return false;
	s->lost = 1;
	s->n = 1;
	s->c[0] = (struct cand){ .what = WHAT_ANY };
	return true;
}

bool oracle_lost(struct volume *v, uint32_t first, uint32_t n)
{
	uint32_t i;

	for (i = first; i < first + n; i++)
		if (v->s[i].lost)
			return true;
	return false;
}

void oracle_restarted(struct volume *v)
{
	uint32_t i;

	v->started = oracle_now();
	for (i = 0; i < v->sectors; i++)
		v->s[i].busy = 0;
	v->copy = NULL;
}

/*
 * A copy that is broken off holds what was acknowledged when the break was asked
 * for, or anything that was issued until it was done.
 */
void oracle_copy_begin(struct volume *v, struct volume *copy)
{
	uint32_t i, k;

	pthread_mutex_lock(&v->lock);
	for (i = 0; i < v->sectors; i++) {
		struct sector *s = &copy->s[i];

		*s = v->s[i];
		s->busy = 0;
		copy->open_chunk[i / CHUNK] = 1;
		for (k = s->n - 1; k; k--)
			if (s->c[k].acked > v->started)
				break;
		if (k)
			drop_before(s, k);
	}
	copy->started = oracle_now(); /* no version is sure to be the only one */
	copy->id = v->id; /* it has the stamps of its source */
	v->copy = copy;
	pthread_mutex_unlock(&v->lock);
}

void oracle_copy_end(struct volume *v)
{
	pthread_mutex_lock(&v->lock);
	v->copy = NULL;
	pthread_mutex_unlock(&v->lock);
}

static bool is_zero(const uint8_t *data)
{
	return !data[0] && !memcmp(data, data + 1, SECTOR - 1);
}

/* Which candidate is it? The newest that fits, or -1. exact: only what must be read now. */
int oracle_match(const struct volume *v, uint32_t sector, const uint8_t *data, bool exact)
{
	const struct sector *s = &v->s[sector];
	uint8_t want[SECTOR];
	int k;

	for (k = s->n - 1; k >= 0; k--) {
		if (s->c[k].what == WHAT_ANY)
			return k;
		if (s->c[k].what == WHAT_ZERO) {
			if (is_zero(data))
				return k;
		} else if (((const uint64_t *)data)[2] == s->c[k].what) {
			stamp(v, sector, s->c[k].what, want);
			if (!memcmp(want, data, SECTOR))
				return k;
		}
		/* this one was acknowledged since the start: nothing older may be read */
		if (exact && s->c[k].acked > v->started)
			return -1;
	}
	return -1;
}

/* All plexes were seen to hold this: it stays. */
void oracle_pin(struct volume *v, uint32_t sector, int cand)
{
	struct sector *s = &v->s[sector];

	if (s->c[cand].what == WHAT_ANY) {
		s->n = 1;
		s->c[0] = (struct cand){ .what = WHAT_ANY };
		return;
	}
	s->c[0] = s->c[cand];
	s->n = 1;
}

void oracle_explain(const struct volume *v, uint32_t sector, const uint8_t *data)
{
	const struct sector *s = &v->s[sector];
	const uint64_t *w = (const uint64_t *)data;
	uint8_t want[SECTOR];
	uint32_t k;

	printf("    volume %s sector %u (region of 64 KiB: %u), started %u; may hold:", v->name,
	       sector, sector / 128, v->started);
	for (k = 0; k < s->n; k++)
		printf(" %s%u(acked %u)",
		       s->c[k].what == WHAT_ZERO ? "zero" :
		       s->c[k].what == WHAT_ANY	 ? "any" :
						   "",
		       s->c[k].issued, s->c[k].acked);
	if (is_zero(data)) {
		printf("; holds zeroes\n");
		return;
	}
	stamp(v, sector, w[2], want);
	printf("; holds %s volume id %u sector %u number %llu (own id %u)\n",
	       memcmp(want, data, SECTOR) ? "no stamp of its own:" : "a stamp:",
	       (uint32_t)(w[1] >> 32), (uint32_t)w[1], (unsigned long long)w[2], v->id);
}
