// SPDX-License-Identifier: GPL-2.0
/*
 * Asynchronous operations: a list that can be asked at any time, also about
 * those that ended a while ago. The list is sorted by id, so that a dump can go
 * on from an id, whatever was added or forgotten meanwhile.
 */
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "plexus.h"
#include "trace.h"

#define HISTORY_PACK 64 /* tasks of a pack that ended and can still be asked for */
#define ID_MAX BIT_ULL(62) /* a configuration may say more: then it is not believed */
#define HISTORY_ALL 1024 /* the same for all packs, also those that are gone */

static DEFINE_MUTEX(tasks_lock); /* the list, next_id, and what changes in a task */
static LIST_HEAD(tasks);
static u64 next_id = 1;

static bool pending(const struct plx_task *task)
{
	/* pairs with the release in finish(): who sees the end sees the text */
	return smp_load_acquire(&task->result) == (u32)PLEXUS_VDS_E_OPERATION_PENDING;
}

static bool success(u32 result)
{
	return result == (u32)PLEXUS_S_OK || result == (u32)PLEXUS_VDS_S_GPT_BOOT_MIRRORED_TO_MBR;
}

static void task_release(struct kref *refs)
{
	kfree(container_of(refs, struct plx_task, refs));
}

static void tell(const struct plx_task *task)
{
	struct plx_event event = {
		.code = PLEXUS_EVENT_CODE_VOLUME_PROGRESS,
		.pack_id = task->pack_id,
		.volume_id = task->volume_id,
		.plex_id = task->plex_id,
		.task_id = task->id,
		.percent = task->percent,
		.result = task->result,
	};

	if (plx_id_equal(&task->volume_id, &(struct plx_id){}))
		event.code = PLEXUS_EVENT_CODE_PACK_MODIFY;
	if (!pending(task))
		strscpy(event.message, task->text, sizeof(event.message));
	plx_event_send(&event);
	trace_plx_task_step(task->id, task->kind, task->percent, task->result);
}

static void forget(struct plx_task *task)
{
	lockdep_assert_held(&tasks_lock);
	list_del_init(&task->node);
	plx_task_put(task);
}

/* keeps the history within its bounds; the oldest go first */
static void trim(const struct plx_id *pack)
{
	struct plx_task *task, *next;
	unsigned int all = 0, mine = 0;

	lockdep_assert_held(&tasks_lock);
	list_for_each_entry(task, &tasks, node) {
		if (pending(task))
			continue;
		all++;
		mine += plx_id_equal(&task->pack_id, pack);
	}
	list_for_each_entry_safe(task, next, &tasks, node) {
		bool own = plx_id_equal(&task->pack_id, pack);

		if (pending(task) || !(all > HISTORY_ALL || (own && mine > HISTORY_PACK)))
			continue;
		all--;
		mine -= own;
		forget(task);
	}
}

static struct plx_task *find(u64 id)
{
	struct plx_task *task;

	lockdep_assert_held(&tasks_lock);
	list_for_each_entry(task, &tasks, node)
		if (task->id == id)
			return task;
	return NULL;
}

static void insert(struct plx_task *task)
{
	struct plx_task *at;

	lockdep_assert_held(&tasks_lock);
	list_for_each_entry_reverse(at, &tasks, node)
		if (at->id < task->id)
			break;
	/* the head itself where there is none below */
	list_add(&task->node, &at->node);
}

/*
 * The id that a resumed task asks for, if it can have it: an ended task of the
 * same pack makes place, since it is the same operation that goes on. Another
 * pack's task, or one that runs, does not.
 */
static u64 choose_id(u64 id, const struct plx_id *pack)
{
	struct plx_task *old;

	lockdep_assert_held(&tasks_lock);
	if (!id || id > ID_MAX)
		return next_id++;
	old = find(id);
	if (old && (pending(old) || !plx_id_equal(&old->pack_id, pack)))
		return next_id++;
	if (old)
		forget(old);
	next_id = max(next_id, id + 1);
	return id;
}

/**
 * plx_task_new() - begin a task
 * @kind: PLEXUS_TASK_KIND_*
 * @id: the id that the configuration remembers; 0: the next free
 * @pack: id of the pack
 * @volume: id of the volume, or NULL
 *
 * An @id that another task has (packs of two machines meet) is not given twice:
 * look at the id of what is returned. Sleeps; takes no lock of others.
 *
 * Return: the task, with a reference that the caller gives back with
 * plx_task_put(); the list has another. NULL: no memory.
 */
struct plx_task *plx_task_new(u32 kind, u64 id, const struct plx_id *pack,
			      const struct plx_id *volume)
{
	struct plx_task *task = kzalloc(sizeof(*task), GFP_NOIO);

	if (!task)
		return NULL;
	kref_init(&task->refs);
	kref_get(&task->refs);
	INIT_LIST_HEAD(&task->node);
	INIT_LIST_HEAD(&task->in_change);
	init_completion(&task->done);
	task->kind = kind;
	task->pack_id = *pack;
	if (volume)
		task->volume_id = *volume;
	task->result = (u32)PLEXUS_VDS_E_OPERATION_PENDING;
	task->may_cancel = true;
	task->last_event = jiffies;
	mutex_lock(&tasks_lock);
	task->id = choose_id(id, pack);
	insert(task);
	mutex_unlock(&tasks_lock);
	trace_plx_task_step(task->id, kind, 0, task->result);
	return task;
}

/**
 * plx_task_drop() - forget a task that never began
 * @task: the caller's reference goes too
 *
 * Context: sleeps.
 */
void plx_task_drop(struct plx_task *task)
{
	mutex_lock(&tasks_lock);
	if (!list_empty(&task->node))
		forget(task);
	mutex_unlock(&tasks_lock);
	plx_task_put(task);
}

/**
 * plx_task_put() - give a reference back
 * @task: the task, or NULL
 *
 * Any context.
 */
void plx_task_put(struct plx_task *task)
{
	if (task)
		kref_put(&task->refs, task_release);
}

/**
 * plx_task_find() - a task by its id
 * @id: id
 *
 * Sleeps.
 *
 * Return: the task with a reference, or NULL where there is none (any more).
 */
struct plx_task *plx_task_find(u64 id)
{
	struct plx_task *task;

	mutex_lock(&tasks_lock);
	task = find(id);
	if (task)
		kref_get(&task->refs);
	mutex_unlock(&tasks_lock);
	return task;
}

static u32 percent_of(u64 done, u64 total)
{
	if (!total)
		return 0;
	while (total > div_u64(U64_MAX, 100)) {
		total >>= 1;
		done >>= 1;
	}
	done = min(done, total);
	return min_t(u32, div64_u64(done * 100, total), 99);
}

/**
 * plx_task_progress() - a task moved on
 * @task: the task
 * @done: so much is done
 * @total: of so much; 0: it can't be said
 *
 * What is reported never falls, is 99 at most, and goes out as an event once a
 * second at most. Nothing happens when the task has ended. Sleeps; takes no
 * lock of others.
 */
void plx_task_progress(struct plx_task *task, u64 done, u64 total)
{
	u32 percent = percent_of(done, total);

	mutex_lock(&tasks_lock);
	if (pending(task) && percent > task->percent) {
		WRITE_ONCE(task->percent, percent);
		if (time_after_eq(jiffies, task->last_event + HZ)) {
			task->last_event = jiffies;
			tell(task);
		}
	}
	mutex_unlock(&tasks_lock);
}

/**
 * plx_task_end() - a task has ended
 * @task: the task
 * @result: VDS code; the cancelled ones OPERATION_CANCELED
 * @text: what people should know, or NULL
 *
 * Counts once: later calls change nothing. Whoever waits is woken. The caller
 * keeps its reference; the list may drop its own. Sleeps; takes no lock of
 * others.
 */
void plx_task_end(struct plx_task *task, u32 result, const char *text)
{
	mutex_lock(&tasks_lock);
	if (pending(task)) {
		strscpy(task->text, text ?: "", sizeof(task->text));
		WRITE_ONCE(task->percent, success(result) ? 100 : 0);
		/* who sees the end sees text and percent */
		smp_store_release(&task->result, result);
		tell(task);
		complete_all(&task->done);
		if (!list_empty(&task->node))
			trim(&task->pack_id);
	}
	mutex_unlock(&tasks_lock);
}

/**
 * plx_task_cancel() - ask a task to stop at its next window
 * @id: its id
 * @why: filled when it is refused
 *
 * Does not wait for the end. Sleeps; takes no lock of others.
 *
 * Return: 0, also when it was asked before; -ENOENT, -EALREADY.
 */
int plx_task_cancel(u64 id, struct plx_why *why)
{
	struct plx_task *task;
	int err = 0;

	mutex_lock(&tasks_lock);
	task = find(id);
	if (!task)
		err = plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
				 "there is no task %llu (any more)", (unsigned long long)id);
	else if (!pending(task))
		err = plx_refuse(why, PLEXUS_VDS_E_CANCEL_TOO_LATE, "task %llu has ended",
				 (unsigned long long)id);
	else if (!READ_ONCE(task->may_cancel))
		err = plx_refuse(why, PLEXUS_VDS_E_CANCEL_TOO_LATE,
				 "task %llu %s", (unsigned long long)id,
				 task->instead ?: "is past the point where it can be cancelled");
	else
		WRITE_ONCE(task->cancel, true);
	mutex_unlock(&tasks_lock);
	return err;
}

/**
 * plx_task_cancelled() - is a task to stop
 * @task: the task
 *
 * Any context.
 *
 * Return: true once somebody has cancelled it.
 */
bool plx_task_cancelled(const struct plx_task *task)
{
	return READ_ONCE(task->cancel);
}

/**
 * plx_task_no_cancel() - from here on a task cannot be cancelled
 * @task: the task
 *
 * Sleeps; takes no lock of others.
 *
 * Return: false: it was cancelled before, and somebody was told so.
 */
bool plx_task_no_cancel(struct plx_task *task)
{
	bool cancelled;

	mutex_lock(&tasks_lock);
	cancelled = task->cancel;
	WRITE_ONCE(task->may_cancel, false);
	mutex_unlock(&tasks_lock);
	return !cancelled;
}

/**
 * plx_task_each() - look at all tasks, the lowest id first
 * @pos: look at ids from here on; then the one where @fn said stop, or past all
 * @fn: called without a lock, with a reference held for it
 * @arg: for @fn
 *
 * Sleeps. Tasks that come or go meanwhile may be seen or not, none twice.
 *
 * Return: what @fn returned to stop, or 0.
 */
int plx_task_each(u64 *pos, int (*fn)(struct plx_task *task, void *arg), void *arg)
{
	struct plx_task *task, *at;
	int ret;

	for (;;) {
		task = NULL;
		mutex_lock(&tasks_lock);
		list_for_each_entry(at, &tasks, node) {
			if (at->id < *pos)
				continue;
			task = at;
			kref_get(&task->refs);
			break;
		}
		mutex_unlock(&tasks_lock);
		if (!task)
			return 0;
		*pos = task->id;
		ret = fn(task, arg);
		if (!ret)
			(*pos)++;
		plx_task_put(task);
		if (ret)
			return ret;
	}
}

struct ending {
	const struct plx_id *volume;
	u32 result;
	const char *text;
};

static int end_one(struct plx_task *task, void *arg)
{
	const struct ending *e = arg;

	/* a break has a volume of its own, and ends by itself */
	if (plx_id_equal(&task->volume_id, e->volume) &&
	    task->kind != PLEXUS_TASK_KIND_BREAK_PLEX)
		plx_task_end(task, e->result, e->text);
	return 0;
}

/**
 * plx_task_end_volume() - nothing works on a volume any more
 * @volume: its id
 * @result: VDS code for the tasks that have not ended; a break is left alone
 * @text: what people should know
 *
 * Context: sleeps.
 */
void plx_task_end_volume(const struct plx_id *volume, u32 result, const char *text)
{
	struct ending e = { volume, result, text };
	u64 pos = 0;

	plx_task_each(&pos, end_one, &e);
}

/**
 * plx_task_exit() - forget all tasks
 *
 * When the module goes: nothing runs any more. Sleeps.
 */
void plx_task_exit(void)
{
	struct plx_task *task, *next;

	mutex_lock(&tasks_lock);
	list_for_each_entry_safe(task, next, &tasks, node)
		forget(task);
	mutex_unlock(&tasks_lock);
}
