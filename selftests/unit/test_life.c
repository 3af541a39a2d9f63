// SPDX-License-Identifier: GPL-2.0
/*
 * history.c against the truth: random lives of a pack, with power cuts between any
 * two writes, disks that err, go away, come back and start without each other.
 *
 * The truth is which configuration grew out of which, and which were in effect, so
 * that data may have been written under them. What is chosen must have grown out of
 * all that were in effect on the disks that are looked at; and where one such is
 * among them, nothing may be called a split.
 */
#include "test.h"

#define DISKS 4
#define CONFS 600
#define LIVES 100

struct life {
	struct plx_id id[DISKS];
	struct plx_conf *on[DISKS]; /* what each disk holds */
	u32 holds[DISKS]; /* the same, by number */
	u32 in_effect[DISKS]; /* the last one under which the disk was written */
	u32 parent[CONFS], n;
	u32 anew[CONFS]; /* disks of which it says that nothing on them counts */
	struct plx_conf *conf; /* of the running pack; NULL: it is stopped */
	u32 number; /* of that one */
	u32 data[DISKS]; /* as in_effect; an administrator who gives up a history does not change it */
	u64 epochs, tried;
	bool forced; /* sometimes started without a quorum */
	u32 starts, splits, needless;
};

static u32 roll(u32 n)
{
	return test_random() % n;
}

static bool online(const struct plx_conf *conf, u32 d)
{
	return conf->disk[d]->state == PLX_DISK_ONLINE;
}

static bool grew_out_of(const struct life *l, u32 from, u32 a)
{
	while (a > from)
		a = l->parent[a];
	return a == from;
}

/* is what disk @d was written with in configuration @a, but for what its maps say? */
static bool data_in(const struct life *l, u32 d, u32 a)
{
	while (a > l->data[d] && !(l->anew[a] & 1 << d))
		a = l->parent[a];
	return a == l->data[d] || l->anew[a] & 1 << d;
}

static void put_on(struct life *l, u32 d, const struct plx_conf *conf, u32 number)
{
	plx_conf_put(l->on[d]);
	l->on[d] = plx_conf_clone(conf);
	l->holds[d] = number;
}

static void stop(struct life *l)
{
	if (l->conf)
		plx_conf_put(l->conf);
	l->conf = NULL;
}

static void known(struct plx_conf_disk *disk, const struct plx_conf *holds)
{
	disk->last_epoch = holds->epoch;
	disk->last_generation = holds->generation;
}

/* what stamp() of change.c does */
static void stamp(struct life *l, struct plx_conf *next, bool starts, bool again)
{
	const struct plx_conf *old = l->conf;
	bool fresh = starts || again;
	u32 d;

	for (d = 0; d < DISKS; d++) {
		fresh |= online(old, d) != online(next, d);
		if (again && online(next, d))
			known(next->disk[d], next);
		else if (!again && !starts && online(old, d))
			known(next->disk[d], old);
	}
	next->base_epoch = again ? next->epoch : old->epoch;
	next->generation = (next->generation > l->tried ? next->generation : l->tried) + 1;
	l->tried = next->generation;
	if (fresh)
		next->epoch = ++l->epochs;
}

/*
 * One round of writes; true: all disks have it. @cut: the power went. What all disks
 * of it hold when that happens was in effect for all that anybody can know.
 */
static bool write_round(struct life *l, struct plx_conf *next, u32 number, bool *cut)
{
	struct plx_conf *sent = plx_conf_clone(next);
	u32 d, first = roll(DISKS), i;
	bool all = true, arrived = true;

	for (i = 0; i < DISKS; i++) {
		d = (first + i) % DISKS;
		if (!online(sent, d))
			continue;
		*cut |= !roll(25);
		if (!*cut && !roll(15)) { /* it errs, whether the write arrived or not */
			all = false;
			next->disk[d]->state = PLX_DISK_FAILED;
			next->disk[d]->maybe_epoch = sent->epoch;
			if (roll(2))
				put_on(l, d, sent, number);
		} else if (!*cut) {
			put_on(l, d, sent, number);
		}
		arrived &= l->holds[d] == number;
	}
	for (d = 0; arrived && d < DISKS; d++) {
		if (online(sent, d))
			l->in_effect[d] = l->data[d] = number;
	}
	plx_conf_put(sent);
	return all;
}

/* what plx_change_commit() does; takes @next */
static void commit(struct life *l, struct plx_conf *next, bool starts, u32 anew)
{
	bool cut = false, all = true;
	u32 d, number = l->number;

	do {
		stamp(l, next, starts, !all);
		l->parent[l->n] = number;
		number = l->n++;
		l->anew[number] = anew;
		all = write_round(l, next, number, &cut);
		for (d = 0; d < DISKS && !online(next, d); d++)
			;
	} while (!all && !cut && d < DISKS);
	if (cut || d == DISKS) {
		plx_conf_put(next);
		stop(l);
		return;
	}
	plx_conf_put(l->conf);
	l->conf = next;
	l->number = number;
}

/* a plain change, or a disk goes, or one comes back */
static void change(struct life *l)
{
	struct plx_conf *next = plx_conf_clone(l->conf);
	u32 d = roll(DISKS);
	bool apart, anew = false;
	u32 i;

	if (online(next, d)) {
		if (roll(2))
			next->disk[d]->state = PLX_DISK_MISSING;
	} else {
		apart = plx_history_apart(next, d, l->on[d]);
		CHECK(apart || grew_out_of(l, l->in_effect[d], l->number));
		if (!apart) {
			next->disk[d]->state = PLX_DISK_ONLINE;
			anew = plx_history_taken_over(next, d, l->on[d]);
			CHECK(anew || data_in(l, d, l->number));
			plx_history_known(next, d, l->on[d]);
			if (anew)
				next->disk[d]->joined = ++l->epochs;
		}
	}
	for (i = 0; i < DISKS && !online(next, i); i++)
		;
	if (i < DISKS)
		commit(l, next, false, anew << d);
	else
		plx_conf_put(next);
}

static bool all_in(const struct life *l, u32 number, const u32 *disk, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (!grew_out_of(l, l->in_effect[disk[i]], number))
			return false;
	return true;
}

/* what start_locked() and settle() of start.c do, once it is clear what counts */
static void go_on(struct life *l, u32 best, const u32 *disk, u32 n, bool force)
{
	struct plx_conf *conf = plx_conf_clone(l->on[best]);
	bool present[DISKS] = {}, apart[DISKS] = {}, covered[DISKS];
	struct plx_conf *found[DISKS];
	struct plx_id id[DISKS];
	u32 i, d, at = 0, anew = 0;

	for (i = 0; i < n; i++) {
		found[i] = l->on[disk[i]];
		id[i] = l->id[disk[i]];
		if (disk[i] == best)
			at = i;
	}
	plx_history_cover(found, id, n, at, covered);

	for (i = 0; i < n; i++) {
		present[disk[i]] = true;
		apart[disk[i]] = !covered[i] || plx_history_taken_over(conf, disk[i], found[i]);
		CHECK(apart[disk[i]] || data_in(l, disk[i], l->holds[best]));
		plx_history_known(conf, disk[i], found[i]);
		if (l->on[disk[i]]->generation > conf->generation)
			conf->generation = l->on[disk[i]]->generation;
	}
	if (!force && !plx_history_quorum(conf, present)) {
		plx_conf_put(conf);
		return;
	}
	for (d = 0; d < DISKS; d++)
		if (!present[d] && online(conf, d)) {
			conf->disk[d]->state = PLX_DISK_MISSING;
			conf->disk[d]->maybe_epoch = conf->epoch;
		} else if (apart[d]) {
			conf->disk[d]->state = PLX_DISK_MISSING;
		}
	l->conf = conf;
	l->number = l->holds[best];
	l->tried = conf->generation;
	conf = plx_conf_clone(conf);
	for (d = 0; d < DISKS; d++) {
		if (present[d] && (conf->disk[d]->state == PLX_DISK_MISSING || apart[d]))
			conf->disk[d]->state = PLX_DISK_ONLINE;
		if (apart[d])
			conf->disk[d]->joined = ++l->epochs;
		anew |= apart[d] << d;
	}
	for (d = 0; d < DISKS && !online(conf, d); d++)
		;
	if (d < DISKS) {
		commit(l, conf, true, anew);
	} else {
		plx_conf_put(conf);
		stop(l);
	}
}

/* no history covers all: the administrator chooses one, and gives the rest up */
static void keep(struct life *l, const u32 *disk, u32 n)
{
	u32 best = disk[roll(n)], i;

	for (i = 0; i < n; i++)
		if (!grew_out_of(l, l->in_effect[disk[i]], l->holds[best]))
			l->in_effect[disk[i]] = 0;
	go_on(l, best, disk, n, true);
}

static void start(struct life *l)
{
	struct plx_conf *conf[DISKS];
	struct plx_id id[DISKS];
	u32 disk[DISKS], n = 0, d, i, a, b;
	int best;

	for (d = 0; d < DISKS; d++)
		if (roll(4))
			disk[n++] = d;
	for (i = 0; i < n; i++) {
		conf[i] = l->on[disk[i]];
		id[i] = l->id[disk[i]];
	}
	if (!n)
		return;
	l->starts++;
	best = plx_history_choose(conf, id, n, &a, &b);
	if (best >= 0) {
		CHECK(all_in(l, l->holds[disk[best]], disk, n));
		go_on(l, disk[best], disk, n, l->forced && !roll(4));
		return;
	}
	l->splits++;
	/* disks that are not there may be needed to tell */
	for (i = 0; i < n && !all_in(l, l->holds[disk[i]], disk, n); i++)
		;
	l->needless += n == DISKS && i < n;
	if (!roll(4))
		keep(l, disk, n);
}

struct sum {
	u32 starts, splits, needless;
};

static void live(bool forced, struct sum *sum)
{
	struct life l = { .n = 1, .forced = forced };
	u32 d, i;

	l.epochs = l.tried = 1;
	for (d = 0; d < DISKS; d++) {
		l.id[d] = make_id(2, d);
		l.on[d] = make_empty(DISKS, 1 << 20);
	}
	for (i = 0; i < 100; i++) {
		if (!l.conf)
			start(&l);
		else if (roll(10))
			change(&l);
		else
			stop(&l);
	}
	stop(&l);
	for (d = 0; d < DISKS; d++)
		plx_conf_put(l.on[d]);
	sum->starts += l.starts;
	sum->splits += l.splits;
	sum->needless += l.needless;
}

/*
 * Needless splits are not quite never: several cuts in a row, each in the middle of a
 * start, leave less than is needed to tell.
 */
TEST(no_life_with_forced_starts_loses_what_was_in_effect)
{
	struct sum sum = {};
	u32 i;

	for (i = 0; i < LIVES; i++)
		live(true, &sum);
	CHECK(sum.starts > 10 * LIVES);
	CHECK(sum.splits > LIVES / 2);
	CHECK(sum.needless * 200 < sum.starts);
}

TEST(no_life_without_forced_starts_loses_what_was_in_effect)
{
	struct sum sum = {};
	u32 i;

	for (i = 0; i < LIVES; i++)
		live(false, &sum);
	CHECK(sum.starts > 10 * LIVES);
	CHECK(sum.needless * 200 < sum.starts);
}
