// SPDX-License-Identifier: GPL-2.0
/* history.c: what disks say after crashes, absences and splits */
#include "test.h"

/*
 * A small world: disks that hold configurations, and a writer that does what
 * conf.h asks of it.
 */
struct world {
	struct plx_conf *on[4]; /* what each disk holds */
	struct plx_id id[4];
	u32 n;
};

static struct world begin(u32 n)
{
	struct world w = { .n = n };
	u32 i;

	for (i = 0; i < n; i++) {
		w.id[i] = make_id(2, i);
		w.on[i] = make_empty(n, 1 << 20);
		w.on[i]->epoch = 100;
		w.on[i]->base_epoch = 100;
	}
	for (i = 0; i < n * n; i++)
		w.on[i / n]->disk[i % n]->last_epoch = 100;
	return w;
}

static void end(struct world *w)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		plx_conf_put(w->on[i]);
}

/*
 * The next configuration, from that of disk @from: written to the disks in
 * @reached, believed to go to those in @writers. @epoch 0: no new one.
 */
static void update(struct world *w, u32 from, u32 writers, u32 reached, u64 epoch)
{
	struct plx_conf *next = plx_conf_clone(w->on[from]);
	u32 i;

	for (i = 0; i < w->n; i++) {
		if (writers & 1 << i) {
			next->disk[i]->last_epoch = w->on[from]->epoch;
			next->disk[i]->last_generation = w->on[from]->generation;
		} else {
			next->disk[i]->state = PLX_DISK_MISSING;
		}
	}
	next->generation++;
	next->base_epoch = w->on[from]->epoch;
	if (epoch)
		next->epoch = epoch;
	for (i = 0; i < w->n; i++)
		if (reached & 1 << i) {
			plx_conf_put(w->on[i]);
			w->on[i] = plx_conf_clone(next);
		}
	plx_conf_put(next);
}

/* which disk's configuration counts when all disks are looked at in any order; -1: split */
static int choose(const struct world *w)
{
	int first = -2;
	u32 turn, i;

	for (turn = 0; turn < w->n; turn++) {
		struct plx_conf *conf[4];
		struct plx_id id[4];
		u32 a = 9, b = 9;
		int got;

		for (i = 0; i < w->n; i++) {
			conf[i] = w->on[(i + turn) % w->n];
			id[i] = w->id[(i + turn) % w->n];
		}
		got = plx_history_choose(conf, id, w->n, &a, &b);
		if (got == -EUCLEAN) {
			CHECK(a < w->n && b < w->n && a != b);
			got = -1;
		} else {
			CHECK(got >= 0 && got < w->n);
			got = (got + turn) % w->n;
			/* of equal ones, any */
			for (i = 0; i < w->n; i++)
				if (conf_equal(w->on[i], w->on[got]))
					break;
			got = i;
		}
		if (first == -2)
			first = got;
		CHECK_EQ(got, first);
	}
	return first;
}

TEST(no_disk_no_history)
{
	u32 a, b;

	CHECK_EQ(plx_history_choose(NULL, NULL, 0, &a, &b), -ENODATA);
}

TEST(a_single_disk_counts)
{
	struct world w = begin(1);

	CHECK_EQ(choose(&w), 0);
	end(&w);
}

TEST(equal_configurations_agree)
{
	struct world w = begin(3);

	CHECK_EQ(choose(&w), 0);
	end(&w);
}

TEST(a_crash_between_two_disks_leaves_the_newer_one)
{
	struct world w = begin(2);

	update(&w, 0, 3, 2, 0);
	CHECK_EQ(choose(&w), 1);
	end(&w);
}

TEST(the_newer_generation_counts_even_if_the_older_knows_the_disk_in_that_epoch)
{
	struct world w = begin(3);

	update(&w, 0, 7, 7, 0);
	update(&w, 0, 7, 4, 0);
	CHECK_EQ(choose(&w), 2);
	end(&w);
}

TEST(a_crash_between_two_disks_while_the_epoch_changes_is_no_split)
{
	struct world w = begin(3);

	update(&w, 0, 7, 7, 0);
	update(&w, 0, 3, 1, 200);
	CHECK_EQ(choose(&w), 0);
	end(&w);
}

TEST(a_disk_that_was_away_is_an_ancestor)
{
	struct world w = begin(2);

	update(&w, 0, 1, 1, 200);
	update(&w, 0, 1, 1, 0);
	update(&w, 0, 1, 1, 0);
	CHECK_EQ(choose(&w), 0);
	end(&w);
}

TEST(a_disk_that_was_away_and_came_back_agrees)
{
	struct world w = begin(2);

	update(&w, 0, 1, 1, 200);
	w.on[0]->disk[1]->state = PLX_DISK_ONLINE;
	update(&w, 0, 3, 3, 300);
	update(&w, 0, 3, 3, 0);
	CHECK_EQ(choose(&w), 0);
	end(&w);
}

TEST(halves_that_ran_apart_with_equal_counters_are_refused)
{
	struct world w = begin(2);

	update(&w, 0, 1, 1, 200);
	update(&w, 1, 2, 2, 300);
	CHECK_EQ(w.on[0]->generation, w.on[1]->generation);
	CHECK_EQ(choose(&w), -1);
	end(&w);
}

TEST(halves_that_ran_apart_with_unequal_counters_are_refused)
{
	struct world w = begin(2);

	update(&w, 0, 1, 1, 200);
	update(&w, 1, 2, 2, 300);
	update(&w, 1, 2, 2, 0);
	update(&w, 1, 2, 2, 0);
	CHECK_EQ(choose(&w), -1);
	end(&w);
}

TEST(of_a_split_one_disk_of_each_half_is_named)
{
	struct world w = begin(4);
	u32 a, b;

	update(&w, 0, 3, 3, 200);
	update(&w, 2, 12, 12, 300);
	CHECK_EQ(plx_history_choose(w.on, w.id, 4, &a, &b), -EUCLEAN);
	CHECK(a < 2 && b >= 2);
	end(&w);
}

TEST(disks_that_left_one_after_the_other_are_all_ancestors)
{
	struct world w = begin(3);

	update(&w, 0, 7, 7, 0);
	update(&w, 0, 3, 3, 200);
	update(&w, 0, 3, 3, 0);
	update(&w, 0, 1, 1, 300);
	update(&w, 0, 1, 1, 0);
	CHECK_EQ(choose(&w), 0);
	end(&w);
}

TEST(of_three_disks_the_two_that_went_on_outweigh_the_one_that_slept)
{
	struct world w = begin(3);

	update(&w, 1, 6, 6, 200);
	CHECK_EQ(choose(&w), 1);
	end(&w);
}

TEST(of_three_disks_one_that_ran_on_its_own_is_refused)
{
	struct world w = begin(3);

	update(&w, 1, 6, 6, 200);
	update(&w, 0, 1, 1, 300);
	CHECK_EQ(choose(&w), -1);
	end(&w);
}

TEST(a_history_chosen_by_force_outweighs_the_other)
{
	struct world w = begin(2);
	struct plx_conf *chosen;

	update(&w, 0, 1, 1, 200);
	update(&w, 1, 2, 2, 300);
	update(&w, 1, 2, 2, 0);
	CHECK_EQ(choose(&w), -1);
	chosen = w.on[0];
	chosen->generation = w.on[1]->generation;
	chosen->disk[1]->last_epoch = w.on[1]->epoch;
	update(&w, 0, 1, 1, 400);
	CHECK_EQ(choose(&w), 0);
	end(&w);
}

TEST(a_disk_that_was_taken_out_while_away_holds_nothing_up)
{
	struct world w = begin(2);

	update(&w, 0, 1, 1, 200);
	plx_conf_disk_remove(w.on[0], 1);
	CHECK_EQ(choose(&w), 0);
	end(&w);
}

TEST(a_disk_that_was_taken_out_and_ran_on_its_own_is_refused)
{
	struct world w = begin(2);

	update(&w, 0, 1, 1, 200);
	plx_conf_disk_remove(w.on[0], 1);
	update(&w, 1, 2, 2, 300);
	CHECK_EQ(choose(&w), -1);
	end(&w);
}

TEST(a_disk_lost_in_the_middle_of_a_write_is_no_split)
{
	struct world w = begin(4);

	update(&w, 0, 15, 14, 0); /* first round: disk 0 erred, the others got it */
	update(&w, 1, 14, 2, 200); /* second round, without disk 0: power cut after disk 1 */
	CHECK_EQ(choose(&w), 1);
	end(&w);
}

static bool quorum(u32 n, u32 there, u32 online)
{
	struct plx_conf *conf = make_empty(n, 1 << 20);
	bool present[8], got;
	u32 i;

	for (i = 0; i < n; i++) {
		present[i] = there & 1 << i;
		conf->disk[i]->state = online & 1 << i ? PLX_DISK_ONLINE : PLX_DISK_MISSING;
	}
	got = plx_history_quorum(conf, present);
	plx_conf_put(conf);
	return got;
}

TEST(more_than_half_of_the_disks_are_a_quorum)
{
	CHECK(quorum(1, 1, 1));
	CHECK(!quorum(2, 1, 3));
	CHECK(quorum(2, 3, 3));
	CHECK(quorum(3, 5, 7));
	CHECK(!quorum(3, 4, 7));
	CHECK(!quorum(4, 3, 15));
	CHECK(quorum(4, 7, 15));
	CHECK(quorum(5, 7, 31));
	CHECK(!quorum(5, 3, 31));
}

TEST(absent_disks_that_were_recorded_as_gone_are_not_missed)
{
	CHECK(quorum(2, 1, 1));
	CHECK(!quorum(2, 1, 2));
	CHECK(quorum(4, 1, 1));
	CHECK(!quorum(4, 1, 3));
}

TEST(an_offline_or_failed_disk_is_recorded_as_gone_too)
{
	struct plx_conf *conf = make_empty(2, 1 << 20);
	bool present[2] = { true, false };

	conf->disk[1]->state = PLX_DISK_OFFLINE;
	CHECK(plx_history_quorum(conf, present));
	conf->disk[1]->state = PLX_DISK_FAILED;
	CHECK(plx_history_quorum(conf, present));
	plx_conf_put(conf);
}
