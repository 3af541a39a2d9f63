// SPDX-License-Identifier: GPL-2.0
/*
 * Why something was refused: one VDS code, one sentence, one errno.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "plexus.h"

struct result_row {
	u32 value;
	int err;
	const char *text;
};

#define ROW(name, value, err, text) { value, err, text },
static const struct result_row rows[] = { PLEXUS_RESULTS(ROW) };
#undef ROW

static const struct result_row *find_row(u32 result)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].value == result)
			return &rows[i];
	return NULL;
}

/**
 * plx_refuse() - say why something is refused
 * @why: filled with the code and the text; a text that is too long is cut
 * @result: VDS code
 * @fmt: which object, what is wrong, what to do; NULL: the text of the code
 *
 * Any context.
 *
 * Return: the negative errno nearest to @result; 0 for a success with a warning.
 */
int plx_refuse(struct plx_why *why, u32 result, const char *fmt, ...)
{
	const struct result_row *row = find_row(result);
	va_list args;

	why->result = result;
	if (fmt) {
		va_start(args, fmt);
		vscnprintf(why->text, sizeof(why->text), fmt, args);
		va_end(args);
	} else {
		strscpy(why->text, plx_result_text(result), sizeof(why->text));
	}
	return row ? -row->err : -EIO;
}

/**
 * plx_result_text() - what a VDS code means
 * @result: VDS code
 *
 * Any context.
 *
 * Return: a constant, also for codes that are not known.
 */
const char *plx_result_text(u32 result)
{
	const struct result_row *row = find_row(result);

	return row ? row->text : "unknown result";
}
