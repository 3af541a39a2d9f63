// SPDX-License-Identifier: GPL-2.0
/* The verbs "list": the objects of a snapshot as a table or as JSON. */
#include <json-c/json.h>

#include "cli.h"

static void print_table(const struct snapshot *s, const struct listing *l)
{
	struct table *t = table_new(l->n_heads, l->heads, l->right);
	size_t i;

	for (i = 0; l->items[i]; i++)
		if (!l->wanted || l->wanted(l->items[i], l->arg))
			l->row(s, t, l->items[i]);
	table_print(t, stdout);
	table_free(t);
}

int cli_list(struct cli *c, const struct listing *l)
{
	struct json_object *o, *list;
	size_t i;

	if (!c->o.json) {
		print_table(&c->snap, l);
		return EXIT_DONE;
	}
	o = json_object_new_object();
	list = json_object_new_array();
	for (i = 0; l->items[i]; i++)
		if (!l->wanted || l->wanted(l->items[i], l->arg))
			json_object_array_add(list, l->json(&c->snap, l->items[i]));
	json_object_object_add(o, l->key, list);
	json_print(o, false);
	return EXIT_DONE;
}
