// SPDX-License-Identifier: GPL-2.0
/* What lives of a plex besides its configuration: the map of what it misses, and hints. */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "plexus.h"

struct plx_plex *plx_plex_new(const struct plx_id *id, u32 n_members)
{
	struct plx_plex *plex = kzalloc(struct_size(plex, member, n_members), GFP_NOIO);

	if (!plex)
		return NULL;
	kref_init(&plex->refs);
	plex->id = *id;
	for (; plex->n_members < n_members; plex->n_members++) {
		plex->member[plex->n_members] = plx_plex_new(id, 0);
		if (!plex->member[plex->n_members]) {
			plx_plex_put(plex);
			return NULL;
		}
	}
	return plex;
}

void plx_plex_get(struct plx_plex *plex)
{
	kref_get(&plex->refs);
}

static void release(struct kref *refs)
{
	struct plx_plex *plex = container_of(refs, struct plx_plex, refs);
	u32 i;

	for (i = 0; i < plex->n_members; i++)
		plx_plex_put(plex->member[i]);
	kvfree(plex->stale);
	kfree(plex);
}

/* may sleep: the map can be vmalloc'ed */
void plx_plex_put(struct plx_plex *plex)
{
	if (plex)
		kref_put(&plex->refs, release);
}
