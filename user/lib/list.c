// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arrays of pointers with a NULL behind the last, as the list calls hand them out. */
#include "internal.h"

int plx_list_add(struct plx_list *list, void *item)
{
	if (list->n + 1 >= list->room) {
		size_t room = list->room ? 2 * list->room : 16;
		void **items = realloc(list->items, room * sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->room = room;
	}
	list->items[list->n++] = item;
	list->items[list->n] = NULL;
	return 0;
}

void plx_list_drop(struct plx_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

int plx_list_take(struct plx_list *list, void ***items, size_t *n)
{
	if (!list->items) {
		list->items = calloc(1, sizeof(*list->items));
		if (!list->items)
			return -ENOMEM;
	}
	*items = list->items;
	if (n)
		*n = list->n;
	memset(list, 0, sizeof(*list));
	return 0;
}

void plexus_list_free(void *list)
{
	void **items = list;

	if (!items)
		return;
	for (; *items; items++)
		free(*items);
	free(list);
}
