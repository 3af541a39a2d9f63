// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loads the driver when a command needs it. */
#include <stdio.h>

#include <libkmod.h>

#include "internal.h"

#define MODULE "plexus"

static int insert_all(struct kmod_list *list, char *why, size_t size)
{
	struct kmod_list *item;
	int err = 0;

	kmod_list_foreach(item, list)
	{
		struct kmod_module *module = kmod_module_get_module(item);

		err = kmod_module_probe_insert_module(module, 0, NULL, NULL, NULL, NULL);
		kmod_module_unref(module);
		if (err) {
			err = err < 0 ? err : -EIO;
			snprintf(why, size, "loading it failed: %s", strerror(-err));
			break;
		}
	}
	return err;
}

/* 0, or a negative errno with the reason in @why. */
int plx_module_load(char *why, size_t size)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_list *list = NULL;
	int err;

	if (!ctx) {
		snprintf(why, size, "libkmod does not start");
		return -ENOMEM;
	}
	/* the caller tells what went wrong; libkmod must not write to stderr */
	kmod_set_log_priority(ctx, 0);
	err = kmod_module_new_from_lookup(ctx, MODULE, &list);
	if (!err && !list)
		err = -ENOENT;
	if (err)
		snprintf(why, size, "this kernel has no module '%s' installed", MODULE);
	else
		err = insert_all(list, why, size);
	kmod_module_unref_list(list);
	kmod_unref(ctx);
	return err;
}
