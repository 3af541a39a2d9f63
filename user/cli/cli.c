// SPDX-License-Identifier: GPL-2.0
/* How a command tells its errors and its end. */
#include <json-c/json.h>
#include <stdarg.h>

#include "cli.h"

enum exit_code cli_exit_of(int err, uint32_t code)
{
	if (!err)
		return EXIT_DONE;
	if (err == -EPROTONOSUPPORT)
		return EXIT_NO_DRIVER;
	if (err == -EPERM || err == -EACCES || code == R(E_ACCESSDENIED))
		return EXIT_PERMISSION;
	if (err == -ETIMEDOUT)
		return EXIT_TIMEOUT;
	if (code == R(VDS_E_OPERATION_CANCELED))
		return EXIT_CANCELLED;
	return EXIT_FAILED;
}

static void tell_error(struct cli *c, uint32_t code, int err, const char *message)
{
	char text[PLEXUS_MESSAGE_TEXT];

	c->failed = true;
	if (c->o.json)
		json_print(json_of_error(code, err, message), false);
	fprintf(stderr, "plexus: %s\n", clean(message, text, sizeof(text)));
}

int cli_fail(struct cli *c, enum exit_code exit, uint32_t code, const char *fmt, ...)
{
	char message[PLEXUS_MESSAGE_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	tell_error(c, code, plexus_result_errno(code), message);
	return exit;
}

int cli_usage(struct cli *c, const char *fmt, ...)
{
	char message[PLEXUS_MESSAGE_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	tell_error(c, R(E_INVALIDARG), EINVAL, message);
	if (c->command && !c->o.json)
		fprintf(stderr, "usage: plexus %s%s%s %s\n", c->command->noun,
			c->command->verb ? " " : "", c->command->verb ? c->command->verb : "",
			c->command->usage);
	return EXIT_USAGE;
}

/* A text that only says what the code says anyway needs the command in front. */
static bool says_nothing(uint32_t code, int err, const char *message)
{
	return !message[0] || !strcmp(message, plexus_result_text(code)) ||
	       !strcmp(message, strerror(err));
}

int cli_lib_error(struct cli *c, int err)
{
	uint32_t code = plexus_result(c->h);
	const char *message = plexus_message(c->h);
	char text[PLEXUS_MESSAGE_TEXT + 64];

	if (says_nothing(code, -err, message) && c->command) {
		snprintf(text, sizeof(text), "%s%s%s: %s; see '%s'", c->command->noun,
			 c->command->verb ? " " : "", c->command->verb ? c->command->verb : "",
			 message[0] ? message : plexus_result_text(code),
			 code == R(VDS_E_OBJECT_NOT_FOUND) ? "plexus status" : "dmesg");
		message = text;
	}
	tell_error(c, code, -err, message);
	return cli_exit_of(err, code);
}

void cli_say(const struct cli *c, const char *fmt, ...)
{
	char text[PLEXUS_MESSAGE_TEXT], safe[PLEXUS_MESSAGE_TEXT];
	va_list args;

	if (c->o.quiet || c->o.json)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	puts(clean(text, safe, sizeof(safe)));
}

int cli_snapshot(struct cli *c)
{
	int err;

	if (c->have_snap)
		return 0;
	err = snapshot_load(c->h, &c->snap);
	if (err)
		return cli_lib_error(c, err);
	c->have_snap = true;
	return 0;
}

/* What there is to say of a call that went well, or of its task. */
struct ending {
	uint32_t code;
	const char *message;
	const struct plexus_outcome *out;
	const struct plexus_task_info *task; /* NULL if it has none or nobody waited */
	const struct plexus_id *volume; /* a new one, or NULL */
};

static void add_id(struct json_object *o, const char *key, const struct plexus_id *id)
{
	if (!plexus_id_is_null(id))
		json_object_object_add(o, key, json_id(id));
}

static void print_ending_json(struct cli *c, const struct ending *e)
{
	struct json_object *o = json_object_new_object();
	struct plexus_volume_ref ref = { .id = e->volume };
	struct plexus_volume_info v;

	json_object_object_add(o, "result", json_of_result(e->code, e->message));
	if (e->task) {
		json_object_object_add(o, "task", json_of_task(e->task));
	} else if (e->out->task) {
		struct json_object *task = json_object_new_object();

		json_object_object_add(task, "id", json_object_new_uint64(e->out->task));
		json_object_object_add(o, "task", task);
	}
	add_id(o, "pack_id", &e->out->pack);
	add_id(o, "disk_id", &e->out->disk);
	if (e->volume && !plexus_volume_get(c->h, &ref, &v))
		json_object_object_add(o, "volume", json_of_volume(&v));
	json_print(o, false);
}

static void print_ending(struct cli *c, const struct ending *e, const char *what)
{
	struct plexus_volume_ref ref = { .id = e->volume };
	struct plexus_volume_info v;
	char text[PLEXUS_MESSAGE_TEXT + 64];

	task_end_words(R(S_OK), e->message, text, sizeof(text));
	if (c->o.json) {
		print_ending_json(c, e);
		return;
	}
	if (e->volume && !plexus_volume_get(c->h, &ref, &v))
		cli_say(c, "%s: volume %s/%s is /dev/%s", what, v.pack_name, v.name, v.device);
	else
		cli_say(c, "%s: %s", what, text);
}

static int no_wait(struct cli *c, const struct plexus_outcome *out, const struct ending *e)
{
	if (c->o.json)
		print_ending_json(c, e);
	else
		printf("%llu\n", (unsigned long long)out->task);
	return EXIT_DONE;
}

/* The wait has ended before the task has. */
int cli_wait_failed(struct cli *c, int err, uint64_t task)
{
	unsigned long long id = task;

	if (err != -EINTR && err != -ETIMEDOUT)
		return cli_lib_error(c, err);
	return cli_fail(c, EXIT_TIMEOUT,
			err == -EINTR ? R(VDS_E_OPERATION_PENDING) : R(VDS_E_TIMEOUT),
			"task %llu goes on; 'plexus task wait %llu' waits for it, "
			"'plexus task cancel %llu' stops it",
			id, id, id);
}

int cli_task_failed(struct cli *c, const struct plexus_task_info *info, const char *what)
{
	char text[PLEXUS_MESSAGE_TEXT + 64];

	task_end_words(info->result, info->message, text, sizeof(text));
	return cli_fail(c, cli_exit_of(-EIO, info->result), info->result,
			"%s: %s; see 'plexus status'", what, text);
}

static int finish_task(struct cli *c, struct ending *e, const char *what)
{
	struct plexus_task_info info;
	int err;

	err = progress_wait(c, e->out->task, what, -1, &info);
	/* done at once and forgotten already: the reply was the last word */
	if (err == -ENOENT)
		goto done;
	if (err)
		return cli_wait_failed(c, err, e->out->task);
	if (plexus_result_errno(info.result))
		return cli_task_failed(c, &info, what);
	/* what it was begun with is not forgotten at its end */
	if (e->code != R(VDS_S_GPT_BOOT_MIRRORED_TO_MBR))
		e->code = info.result;
	e->task = &info;
	if (info.message[0])
		e->message = info.message;
	/* of the other kinds it is the volume that was worked on */
	if (info.kind == PLEXUS_TASK_KIND_BREAK_PLEX && !plexus_id_is_null(&info.volume) &&
	    !e->volume)
		e->volume = &info.volume;
done:
	print_ending(c, e, what);
	return EXIT_DONE;
}

int cli_finish(struct cli *c, int err, const struct plexus_outcome *out, const char *object)
{
	char what[PLEXUS_MESSAGE_TEXT], message[PLEXUS_MESSAGE_TEXT];
	struct ending e = { .out = out, .message = message };

	if (err)
		return cli_lib_error(c, err);
	snprintf(what, sizeof(what), "%s %s %s", c->command->noun, c->command->verb, object);
	/* later calls on the handle overwrite these */
	e.code = plexus_result(c->h);
	snprintf(message, sizeof(message), "%s", plexus_message(c->h));
	if (e.code == R(VDS_S_GPT_BOOT_MIRRORED_TO_MBR)) {
		fprintf(stderr, "plexus: warning: %s\n",
			message[0] ? message : plexus_result_text(e.code));
		if (!c->o.json)
			message[0] = '\0';
	}
	if (!plexus_id_is_null(&out->volume))
		e.volume = &out->volume;
	if (out->task && c->o.no_wait)
		return no_wait(c, out, &e);
	if (out->task)
		return finish_task(c, &e, what);
	print_ending(c, &e, what);
	return EXIT_DONE;
}
