// SPDX-License-Identifier: GPL-2.0
/* plexus task ... */
#include <json-c/json.h>
#include <limits.h>

#include "cli.h"

static const char *state_of(const struct plexus_task_info *task)
{
	if (task->result == R(VDS_E_OPERATION_PENDING))
		return "running";
	if (!plexus_result_errno(task->result))
		return "done";
	return task->result == R(VDS_E_OPERATION_CANCELED) ? "cancelled" : "failed";
}

static void row(const struct snapshot *s, struct table *t, const void *item)
{
	const struct plexus_task_info *task = item;
	char id[24], parent[24] = "-", what[PLEXUS_MESSAGE_TEXT];
	const char *const cells[] = { id, parent, state_of(task), what };

	snprintf(id, sizeof(id), "%llu", (unsigned long long)task->id);
	if (task->parent)
		snprintf(parent, sizeof(parent), "%llu", (unsigned long long)task->parent);
	task_words(s, task, what, sizeof(what));
	table_row(t, cells);
}

static struct json_object *json(const struct snapshot *s, const void *item)
{
	(void)s;
	return json_of_task(item);
}

static bool of_pack(const void *item, const void *pack)
{
	const struct plexus_task_info *task = item;

	return !pack || plexus_id_equal(&task->pack, pack);
}

int cmd_task_list(struct cli *c, int argc, char **argv)
{
	static const char *const heads[] = { "TASK", "PARENT", "STATE", "WHAT" };
	struct listing l = { "tasks", heads, 4, 1u << 0 | 1u << 1, NULL, of_pack, NULL, json, row };
	const struct plexus_id *pack = NULL;
	int err = argc ? arg_list_pack(c, argv[0], &pack) : cli_snapshot(c);

	l.items = (void *const *)c->snap.tasks;
	l.arg = pack;
	return err ? err : cli_list(c, &l);
}

static void print_task(struct cli *c, const struct plexus_task_info *info)
{
	char text[PLEXUS_MESSAGE_TEXT];
	struct json_object *o;

	if (c->o.json) {
		o = json_object_new_object();
		json_object_object_add(o, "task", json_of_task(info));
		json_print(o, false);
		return;
	}
	/* only for the names: without them it tells less */
	if (!c->have_snap && !snapshot_load(c->h, &c->snap))
		c->have_snap = true;
	if (!c->have_snap)
		return;
	task_words(&c->snap, info, text, sizeof(text));
	cli_say(c, "%llu  %s", (unsigned long long)info->id, text);
}

int cmd_task_show(struct cli *c, int argc, char **argv)
{
	struct plexus_task_info info;
	uint64_t task;
	int err = arg_task(c, argv[0], &task);

	(void)argc;
	if (err)
		return err;
	err = plexus_task_get(c->h, task, &info);
	if (err)
		return cli_lib_error(c, err);
	print_task(c, &info);
	return EXIT_DONE;
}

/* Two results: that of the wait, and that of the task. */
int cmd_task_wait(struct cli *c, int argc, char **argv)
{
	struct plexus_task_info info;
	uint64_t task, seconds = 0;
	char what[64];
	int err = arg_task(c, argv[0], &task);

	(void)argc;
	if (err)
		return err;
	if (c->o.timeout && !number_parse(c->o.timeout, INT_MAX / 1000, &seconds))
		return cli_usage(c, "'%s' is no time; give seconds", c->o.timeout);
	snprintf(what, sizeof(what), "task %llu", (unsigned long long)task);
	err = progress_wait(c, task, what, c->o.timeout ? (int)seconds * 1000 : -1, &info);
	if (err)
		return cli_wait_failed(c, err, task);
	if (plexus_result_errno(info.result))
		return cli_task_failed(c, &info, what);
	print_task(c, &info);
	return EXIT_DONE;
}

int cmd_task_cancel(struct cli *c, int argc, char **argv)
{
	struct plexus_outcome out;
	uint64_t task;
	int err = arg_task(c, argv[0], &task);

	(void)argc;
	if (err)
		return err;
	err = plexus_task_cancel(c->h, task, &out);
	/* its end is told by 'task wait', this command has done what it should */
	out.task = 0;
	return cli_finish(c, err, &out, argv[0]);
}
