// SPDX-License-Identifier: LGPL-2.1-or-later
/* The handle: opening, closing, and the result of the last call. */
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

int plexus_open(struct plexus **h, unsigned int flags)
{
	struct plexus *new;

	*h = NULL;
	if (flags & ~PLEXUS_OPEN_NO_LOAD)
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	if (pthread_key_create(&new->last_key, NULL)) {
		free(new);
		return -EAGAIN;
	}
	pthread_mutex_init(&new->lock, NULL);
	pthread_mutex_init(&new->last_lock, NULL);
	new->flags = flags;
	*h = new;
	return 0;
}

void plexus_close(struct plexus *h)
{
	struct plx_last *last;

	if (!h)
		return;
	nl_socket_free(h->sock);
	pthread_key_delete(h->last_key);
	while ((last = h->last)) {
		h->last = last->next;
		free(last);
	}
	pthread_mutex_destroy(&h->lock);
	pthread_mutex_destroy(&h->last_lock);
	free(h);
}

/* The record of this thread, made at its first call; NULL without memory. */
static struct plx_last *last_of_thread(struct plexus *h)
{
	struct plx_last *last = pthread_getspecific(h->last_key);

	if (last)
		return last;
	last = calloc(1, sizeof(*last));
	if (!last)
		return NULL;
	if (pthread_setspecific(h->last_key, last)) {
		free(last);
		return NULL;
	}
	pthread_mutex_lock(&h->last_lock);
	last->next = h->last;
	h->last = last;
	pthread_mutex_unlock(&h->last_lock);
	return last;
}

void plx_done(struct plexus *h, uint32_t result, const char *message)
{
	struct plx_last *last = last_of_thread(h);

	if (!last)
		return;
	last->result = result;
	snprintf(last->message, sizeof(last->message), "%s", message);
}

int plx_fail(struct plexus *h, int err, uint32_t result, const char *fmt, ...)
{
	char message[PLEXUS_MESSAGE_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	plx_done(h, result, message);
	return -err;
}

uint32_t plexus_result(struct plexus *h)
{
	struct plx_last *last = last_of_thread(h);

	return last ? last->result : PLX_R(E_OUTOFMEMORY);
}

const char *plexus_message(struct plexus *h)
{
	struct plx_last *last = last_of_thread(h);

	return last ? last->message : "not enough memory";
}

const char *plexus_library_version(void)
{
	return PLEXUS_VERSION;
}

static int version_object(const struct nlmsghdr *nlh, void *arg)
{
	return plx_parse_version(nlh, arg, PLEXUS_MESSAGE_TEXT);
}

int plexus_driver_version(struct plexus *h, char *text, size_t size)
{
	char version[PLEXUS_MESSAGE_TEXT] = "";
	struct plx_req r;
	int err;

	plx_req_begin(h, &r, PLEXUS_CMD_VERSION_GET);
	err = plx_req_get(&r, version_object, version);
	if (!err && size)
		snprintf(text, size, "%s", version);
	return err;
}
