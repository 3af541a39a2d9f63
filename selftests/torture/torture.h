/* SPDX-License-Identifier: GPL-2.0 */
/* Power cuts under mirrored volumes, or under ones with parity, and an oracle that knows what may be there afterwards. */
#ifndef TORTURE_H
#define TORTURE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plexus/libplexus.h>

#define SECTOR 512
#define MAX_CAND 14
#define CHUNK 128 /* sectors */
#define MAX_DISKS 8
#define MAX_VOLUMES 8
#define N_MIRRORS 3
#define N_PARITY 4
#define PACK "torture"

/* ---- chance ---- */

struct dice {
	uint64_t state;
};

void dice_seed(struct dice *d, uint64_t a, uint64_t b, uint64_t c);
uint64_t dice_roll(struct dice *d);

static inline uint32_t below(struct dice *d, uint32_t n)
{
	return n ? (dice_roll(d) >> 32) % n : 0;
}

static inline bool percent(struct dice *d, uint32_t p)
{
	return below(d, 100) < p;
}

/* ---- the oracle ---- */

/* What a sector may hold: a stamp, whose number is that of its write, or one of these. */
enum { WHAT_ZERO = 0, WHAT_ANY = 1, FIRST_STAMP = 16 };

struct cand {
	uint32_t issued;
	uint32_t acked; /* 0: not, or it failed */
	uint32_t what;
};

struct sector {
	uint8_t n, busy;
	uint8_t lost; /* reads may fail until it is written: the driver said that it cannot tell */
	struct cand
		c[MAX_CAND]; /* in the order of the writes; c[0] is sure to be overwritten by none */
};

struct volume {
	char name[32];
	uint32_t id;
	uint32_t sectors;
	uint32_t parity; /* members that may be lost; 0: a mirror */
	uint32_t unit, row; /* sectors of a stripe unit, and of a row's data */
	struct sector *s;
	uint8_t *open_chunk; /* has sectors with more than one candidate */
	pthread_mutex_t lock;
	uint32_t started; /* what was acknowledged later than that is there, exactly */
	struct volume *copy; /* is being broken off: sees all writes as well */
	uint32_t unflushed; /* one flush at a time may fail to tell */
	bool is_copy;
	bool used;
	bool maybe_lost; /* something may have taken its last current plex */
	int fd, fd_sync;
};

extern struct volume volume[MAX_VOLUMES];

void oracle_init(struct volume *v, const char *name, uint32_t sectors);
void oracle_free(struct volume *v);
void oracle_any(struct volume *v);
uint32_t oracle_issue(struct volume *v, uint32_t first, uint32_t n, bool zero);
void oracle_done(struct volume *v, uint32_t first, uint32_t n, uint32_t number, bool ok, bool fua);
bool oracle_hold(struct volume *v, uint32_t first, uint32_t n);
void oracle_release(struct volume *v, uint32_t first, uint32_t n);
uint32_t oracle_flush_begin(struct volume *v);
void oracle_flush_done(struct volume *v, uint32_t begin, bool ok);
void oracle_restarted(struct volume *v);
void oracle_copy_begin(struct volume *v, struct volume *copy);
void oracle_copy_end(struct volume *v);
bool oracle_may_be_lost(struct volume *v, uint32_t sector);
bool oracle_lost(struct volume *v, uint32_t first, uint32_t n);
int oracle_match(const struct volume *v, uint32_t sector, const uint8_t *data, bool exact);
void oracle_pin(struct volume *v, uint32_t sector, int cand);
void oracle_explain(const struct volume *v, uint32_t sector, const uint8_t *data);
void stamp(const struct volume *v, uint32_t sector, uint32_t number, uint8_t *data);
uint32_t oracle_now(void);

/* ---- the load ---- */

struct load {
	pthread_t thread;
	struct dice dice;
	uint32_t nr;
	uint64_t ios;
};

struct mood {
	uint32_t hot_first, hot_percent; /* of the volume; where most writes go */
	uint32_t flush, fua, discard, read, big; /* percent */
	uint32_t pause_us;
};

extern struct mood mood;
extern atomic_bool stop_load, power_off;

void *load_thread(void *arg);
int load_fill(struct volume *v);

/* ---- operations ---- */

extern struct dice op_dice;
extern bool operations_on, harm_on;
extern uint64_t n_operations;
extern int harmed; /* disk that is bad, or -1 */
void *operator_thread(void *arg);
void harm_heal(void);

/* ---- status ---- */

struct status {
	struct plexus_pack_info **packs;
	struct plexus_disk_info **disks;
	struct plexus_volume_info **volumes;
	struct plexus_plex_info **plexes;
	struct plexus_task_info **tasks;
	size_t n_packs, n_disks, n_volumes, n_plexes, n_tasks;
};

int status_get(struct plexus *h, struct status *s);
void status_free(struct status *s);
void status_print(struct status *s);
struct plexus_volume_info *status_volume(struct status *s, const char *name);
int status_disk_nr(struct status *s, const struct plexus_id *id);
bool plex_on_disk(struct status *s, struct plexus_plex_info *p, int nr);
bool member_lost(struct status *s, struct plexus_plex_info *p, size_t m, int nr);
uint32_t members_lost(struct status *s, struct plexus_plex_info *p, int nr, int nr2);
bool plex_good(const struct plexus_plex_info *p);

/* ---- all of it ---- */

extern uint32_t n_disks, cut_nr, disk_sectors;
extern struct dice check_dice;
extern bool with_parity;
extern uint32_t n_main; /* the first volumes: there from begin to end */
extern uint32_t n_honest; /* sectors that could not be read, as may be */
extern bool disk_was_lost; /* at this cut, or before it: blocks that were being written may be lost */
extern uint64_t seed;
extern uint32_t violations;
extern int disk_fd[MAX_DISKS];
extern struct plexus *lib;

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void violation(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool control(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t ms_now(void);
void sleep_us(uint32_t us);

bool check_read(struct volume *v, const char *when, bool pin);
bool check_plexes(struct volume *v, const char *when);
bool check_parity(struct volume *v, const char *when);
void check_degraded(void);
void check_scrub(void);
bool wait_healthy(uint32_t ms, bool complain);
bool volume_open(struct status *s, struct volume *v);
bool volumes_open(void);
void volumes_close(void);

#endif
