// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Takes apart what one receive gave: replies, acks with their extended text, the
 * end of a dump. No socket here, so that tests can feed it bytes.
 */
#include <stdio.h>

#include "internal.h"

/* Text that the kernel adds to an ack, out of the attributes behind it. */
static void extack_text(struct plx_rx *rx, const struct nlmsghdr *nlh, size_t skip)
{
	const char *start = (const char *)NLMSG_DATA(nlh) + skip;
	size_t head = NLMSG_HDRLEN + skip;
	struct nlattr *a;
	int left;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || nlh->nlmsg_len <= head)
		return;
	nla_for_each_attr(a, (struct nlattr *)start, (int)(nlh->nlmsg_len - head), left) {
		if (nla_type(a) == NLMSGERR_ATTR_MSG)
			snprintf(rx->extack, sizeof(rx->extack), "%.*s", nla_len(a),
				 (char *)nla_data(a));
	}
}

static int feed_ack(struct plx_rx *rx, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = NLMSG_DATA(nlh);
	size_t skip = sizeof(*e);

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
		return -EBADMSG;
	/* the request comes back whole with an error, unless the socket caps it */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > NLMSG_HDRLEN)
		skip += NLMSG_ALIGN(e->msg.nlmsg_len - NLMSG_HDRLEN);
	extack_text(rx, nlh, skip);
	rx->error = e->error;
	rx->done = true;
	return 0;
}

static int feed_done(struct plx_rx *rx, const struct nlmsghdr *nlh)
{
	int32_t error = 0;

	if (nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(error))) {
		memcpy(&error, NLMSG_DATA(nlh), sizeof(error));
		extack_text(rx, nlh, sizeof(error));
	}
	rx->error = error < 0 ? error : 0;
	rx->done = true;
	return 0;
}

static int feed_one(struct plx_rx *rx, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		rx->interrupted = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_ERROR:
		return feed_ack(rx, nlh);
	case NLMSG_DONE:
		return feed_done(rx, nlh);
	case NLMSG_OVERRUN:
		return -EIO;
	}
	if (!rx->object)
		return plx_parse_reply(nlh, rx);
	rx->n_objects++;
	return rx->object(nlh, rx->arg);
}

/*
 * All messages of a buffer. Those of another exchange (an earlier one that was
 * given up, an event) are passed over. -EBADMSG if the bytes make no sense, or
 * the error of rx->object; rx->done is set when the exchange is over.
 */
int plx_rx_feed(struct plx_rx *rx, const void *buf, size_t len)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	int left = (int)len;
	int err;

	while (left > 0) {
		if (!nlmsg_ok(nlh, left))
			return -EBADMSG;
		if (nlh->nlmsg_seq == rx->seq && !rx->done) {
			err = feed_one(rx, nlh);
			if (err)
				return err;
		}
		nlh = nlmsg_next(nlh, &left);
	}
	return 0;
}
