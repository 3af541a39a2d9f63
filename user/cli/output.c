// SPDX-License-Identifier: GPL-2.0
/* Tables, and text that is safe on a terminal. */
#include <langinfo.h>

#include "cli.h"

struct table {
	size_t n;
	unsigned int right; /* bit per column that is aligned to the right */
	size_t rows;
	char **cells; /* the heads are the first row */
};

static void add_row(struct table *t, const char *const *cells)
{
	char **new = reallocarray(t->cells, (t->rows + 1) * t->n, sizeof(*new));
	char text[1024];
	size_t i;

	if (!new)
		return;
	t->cells = new;
	for (i = 0; i < t->n; i++)
		new[t->rows * t->n + i] = strdup(clean(cells[i], text, sizeof(text)));
	t->rows++;
}

struct table *table_new(size_t n, const char *const *heads, unsigned int right)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->n = n;
	t->right = right;
	add_row(t, heads);
	return t;
}

void table_row(struct table *t, const char *const *cells)
{
	if (t)
		add_row(t, cells);
}

static const char *cell(const struct table *t, size_t row, size_t column)
{
	const char *text = t->cells[row * t->n + column];

	return text ? text : "";
}

/* Columns on the screen: bytes that do not continue a character of UTF-8. */
static size_t width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void print_row(const struct table *t, size_t row, const size_t *widths, FILE *f)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		const char *text = cell(t, row, i);
		int pad = (int)(widths[i] - width(text));
		bool right = t->right & 1u << i;
		bool last = i + 1 == t->n;

		fprintf(f, "%*s%s%*s%s", right ? pad : 0, "", text, right || last ? 0 : pad, "",
			last ? "\n" : "  ");
	}
}

void table_print(struct table *t, FILE *f)
{
	size_t *widths;
	size_t i, row;

	if (!t)
		return;
	widths = calloc(t->n, sizeof(*widths));
	for (row = 0; widths && row < t->rows; row++)
		for (i = 0; i < t->n; i++)
			if (width(cell(t, row, i)) > widths[i])
				widths[i] = width(cell(t, row, i));
	for (row = 0; widths && row < t->rows; row++)
		print_row(t, row, widths, f);
	free(widths);
}

void table_free(struct table *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->rows * t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t);
}

char *clean(const char *text, char *out, size_t size)
{
	size_t i;

	for (i = 0; text[i] && i + 1 < size; i++) {
		unsigned char ch = (unsigned char)text[i];

		out[i] = ch < 0x20 || ch == 0x7f ? '?' : text[i];
	}
	out[i] = '\0';
	return out;
}

bool utf8_terminal(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}
