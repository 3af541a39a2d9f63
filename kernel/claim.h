/* SPDX-License-Identifier: GPL-2.0 */
/* Writes that touch one another go one after the other; see claim.c. */
#ifndef PLX_CLAIM_H
#define PLX_CLAIM_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/types.h>

struct plx_claim {
	u64 key; /* which row, or which MiB */
	u32 start, end; /* sectors inside it */
	bool shared; /* does not mind others that are */
	void (*granted)(struct plx_claim *claim);
	/* claim.c's own */
	struct list_head node, ready;
	bool waits;
};

struct plx_claim_sync {
	struct plx_claim claim;
	struct completion done;
};

struct plx_claims;

struct plx_claims *plx_claims_new(void); /* NULL: no memory */
void plx_claims_free(struct plx_claims *claims);
bool plx_claim_take(struct plx_claims *claims, struct plx_claim *claim);
void plx_claim_release(struct plx_claims *claims, struct plx_claim *claim);
void plx_claim_wait(struct plx_claims *claims, struct plx_claim_sync *sync); /* sleeps */

#endif
