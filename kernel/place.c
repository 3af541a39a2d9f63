// SPDX-License-Identifier: GPL-2.0
/*
 * Which disks a new plex lies on: given by the caller, or the emptiest. Two
 * plexes of a volume never share a disk, nor do two members of a stripe.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "plexus.h"

struct candidate {
	u32 disk;
	u64 free; /* sectors */
	u64 limit; /* sectors the caller allows; 0: all */
};

struct candidates {
	u32 n;
	struct candidate c[PLEXUS_MAX_DISKS];
};

static int by_free(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->free < y->free ? 1 : x->free > y->free ? -1 : 0;
}

static int add_given(struct plx_conf *conf, const struct plx_input_disk *in,
		     struct candidates *list, struct plx_why *why)
{
	int d = plx_conf_disk_find(conf, &in->id);
	u32 i;

	if (d < 0)
		return plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
				  "a given disk is not one of pack %s", conf->name);
	if (conf->disk[d]->state != PLX_DISK_ONLINE)
		return plx_refuse(why, PLEXUS_VDS_E_DISK_NOT_ONLINE, "%s is not online",
				  conf->disk[d]->path);
	for (i = 0; i < list->n; i++)
		if (list->c[i].disk == d)
			return plx_refuse(why, PLEXUS_VDS_E_DUPLICATE_DISK, "%s is given twice",
					  conf->disk[d]->path);
	list->c[list->n++] = (struct candidate){
		.disk = d,
		.free = plx_space_free(conf, d, NULL),
		.limit = in->bytes >> SECTOR_SHIFT,
	};
	return 0;
}

/* the given disks in their order, or all that are online and no spare, the emptiest first */
static struct candidates *gather(struct plx_conf *conf, const struct plx_input_disk *in, u32 n,
				 int *ret, struct plx_why *why)
{
	struct candidates *list = kvzalloc(sizeof(*list), GFP_KERNEL);
	u32 i;

	*ret = 0;
	if (!list) {
		*ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to place the volume");
		return NULL;
	}
	for (i = 0; i < n && !*ret; i++)
		*ret = add_given(conf, &in[i], list, why);
	for (i = 0; !n && i < conf->n_disks; i++) {
		if (conf->disk[i]->state != PLX_DISK_ONLINE ||
		    conf->disk[i]->flags & PLX_DISK_F_SPARE)
			continue;
		list->c[list->n++] = (struct candidate){
			.disk = i, .free = plx_space_free(conf, i, NULL),
		};
	}
	if (!n)
		sort(list->c, list->n, sizeof(list->c[0]), by_free, NULL);
	if (!*ret)
		return list;
	kvfree(list);
	return NULL;
}

static void take(struct candidates *list, u32 i)
{
	list->n--;
	memmove(&list->c[i], &list->c[i + 1], (list->n - i) * sizeof(list->c[0]));
}

/* one member on one disk: the first candidate with room, one in a single run if there is any */
static int place_member(struct plx_conf *conf, struct candidates *list, u64 sectors,
			struct plx_conf_member *m)
{
	u32 i, pass;
	u64 largest;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < list->n; i++) {
			if (list->c[i].limit && list->c[i].limit < sectors)
				continue;
			plx_space_free(conf, list->c[i].disk, &largest);
			if (!pass && largest < sectors)
				continue;
			if (plx_space_alloc(conf, list->c[i].disk, sectors, m))
				continue;
			take(list, i);
			return 0;
		}
	}
	return -ENOSPC;
}

/* the disks that a span took are not there for the next plex */
static int place_span(struct plx_conf *conf, struct candidates *list, u64 sectors,
		      struct plx_conf_member *m)
{
	struct plx_space_want *want = kcalloc(list->n, sizeof(*want), GFP_KERNEL);
	u32 i, k;
	int ret;

	if (!want)
		return -ENOMEM;
	for (i = 0; i < list->n; i++)
		want[i] = (struct plx_space_want){ list->c[i].disk, list->c[i].limit };
	ret = plx_space_alloc_span(conf, want, list->n, sectors, m);
	kfree(want);
	for (k = 0; !ret && k < m->n_extents; k++)
		for (i = 0; i < list->n; i++)
			if (list->c[i].disk == m->extent[k].disk) {
				take(list, i);
				break;
			}
	return ret;
}

static int place_plex(struct plx_conf *conf, struct candidates *list, struct plx_conf_plex *cp,
		      u64 sectors)
{
	u64 each = round_up(DIV_ROUND_UP_ULL(sectors, cp->n_members), PLX_ALIGN_SECTORS);
	u32 i;
	int ret = 0;

	if (cp->type == PLEXUS_TYPE_SPAN)
		return place_span(conf, list, sectors, &cp->member[0]);
	for (i = 0; i < cp->n_members && !ret; i++)
		ret = place_member(conf, list, each, &cp->member[i]);
	return ret;
}

static struct plx_conf_plex *new_plex(u32 type, u32 members, u32 unit)
{
	struct plx_conf_plex *cp = plx_conf_plex_new(members);

	if (!cp)
		return NULL;
	generate_random_uuid(cp->id.b);
	cp->type = type;
	cp->state = PLX_PLEX_CURRENT;
	cp->unit = type == PLEXUS_TYPE_STRIPE ? unit : 0;
	return cp;
}

/**
 * plx_place_volume - give a new volume its plexes
 * @conf: the copy to edit
 * @cv: the volume in it, with name and size
 * @want: what was asked for, checked
 * @why: filled on refusal
 *
 * Return: 0; on error @cv may have some plexes, the copy is to be dropped
 */
int plx_place_volume(struct plx_conf *conf, struct plx_conf_volume *cv,
		     const struct plx_volume_want *want, struct plx_why *why)
{
	u32 members = want->type == PLEXUS_TYPE_STRIPE ? want->n_members : 1, p;
	struct candidates *list;
	struct plx_conf_plex *cp;
	int ret;

	list = gather(conf, want->disk, want->n_disks, &ret, why);
	for (p = 0; list && p < want->n_plexes; p++) {
		cp = new_plex(want->type, members, want->unit >> SECTOR_SHIFT);
		if (!cp) {
			ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a plex");
			break;
		}
		ret = place_plex(conf, list, cp, cv->sectors);
		if (!ret)
			ret = plx_conf_plex_attach(cv, cp);
		if (ret) {
			plx_conf_plex_free(cp);
			plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
				   "the disks %s have no room for plex %u of %u of %llu MiB, each on disks of its own; give other disks or a smaller size",
				   want->n_disks ? "given" : "of the pack", p + 1, want->n_plexes,
				   cv->sectors >> 11);
			ret = -ENOSPC;
			break;
		}
	}
	kvfree(list);
	return ret;
}

/* does it use disk @leave, or, with -1, one that is not usable? */
static bool member_bad(struct plx_change *c, const struct plx_conf_member *m, int leave)
{
	struct plx_disk *disk;
	u32 i;

	for (i = 0; i < m->n_extents; i++) {
		u32 d = m->extent[i].disk;

		if (leave >= 0) {
			if (d == leave)
				return true;
			continue;
		}
		disk = c->conf->disk[d]->state == PLX_DISK_ONLINE ?
			       plx_pack_disk(c->pack, &c->conf->disk[d]->id) : NULL;
		if (!disk)
			return true;
		plx_disk_put(disk);
	}
	return false;
}

static bool all_good(struct plx_change *c, const struct plx_conf_plex *cp)
{
	u32 i;

	for (i = 0; i < cp->n_members; i++)
		if (member_bad(c, &cp->member[i], -1))
			return false;
	return true;
}

static u64 member_sectors(const struct plx_conf_member *m)
{
	u64 sectors = 0;
	u32 i;

	for (i = 0; i < m->n_extents; i++)
		sectors += m->extent[i].sectors;
	return sectors;
}

static void member_clear(struct plx_conf_member *m)
{
	kfree(m->extent);
	m->extent = NULL;
	m->n_extents = 0;
}

/**
 * plx_place_extend - more room for each member of a plex
 * @conf: the copy to edit
 * @cp: the plex
 * @sectors: what the plex shall hold
 * @in: disks for a span; none: all that are online
 * @n: how many
 * @why: filled on refusal
 *
 * Members of simple and striped plexes grow on their own disks.
 */
int plx_place_extend(struct plx_conf *conf, struct plx_conf_plex *cp, u64 sectors,
		     const struct plx_input_disk *in, u32 n, struct plx_why *why)
{
	u64 each = round_up(DIV_ROUND_UP_ULL(sectors, cp->n_members), PLX_ALIGN_SECTORS), have;
	struct candidates *list;
	int ret = 0;
	u32 i;

	if (cp->type == PLEXUS_TYPE_SPAN) {
		have = member_sectors(&cp->member[0]);
		list = gather(conf, in, n, &ret, why);
		if (list && have < sectors &&
		    place_span(conf, list, sectors - have, &cp->member[0]))
			ret = -ENOSPC;
		kvfree(list);
	}
	for (i = 0; cp->type != PLEXUS_TYPE_SPAN && i < cp->n_members && !ret; i++) {
		have = member_sectors(&cp->member[i]);
		if (have < each)
			ret = plx_space_alloc(conf, cp->member[i].extent[0].disk, each - have,
					      &cp->member[i]);
	}
	if (ret == -ENOSPC)
		plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
			   "the disks of the volume have no room to grow it to %llu MiB",
			   sectors >> 11);
	return ret;
}

/**
 * plx_place_rebuild - move the bad members of a plex to other disks
 * @c: the change
 * @cv: volume in its configuration
 * @cp: the plex
 * @in: disks to use, in this order
 * @n: how many
 * @leave: index of a disk that is to be left, or -1: those that are not usable
 * @why: filled on refusal
 *
 * Return: 0; on error the plex may be half moved, the copy is to be dropped
 */
int plx_place_rebuild(struct plx_change *c, struct plx_conf_volume *cv, struct plx_conf_plex *cp,
		      const struct plx_input_disk *in, u32 n, int leave, struct plx_why *why)
{
	struct plx_conf *conf = c->conf;
	/* which member failed is not known: then all of it moves */
	bool whole = leave < 0 && all_good(c, cp);
	struct candidates *list;
	u32 i, moved = 0;
	int ret;

	list = gather(conf, in, n, &ret, why);
	for (i = 0; list && n && i < list->n && !ret; i++)
		if (plx_conf_volume_uses(cv, list->c[i].disk))
			ret = plx_refuse(why, PLEXUS_VDS_E_DISK_IN_USE_BY_VOLUME,
					 "%s already holds extents of volume %s",
					 conf->disk[list->c[i].disk]->path, cv->name);
	for (i = 0; list && i < cp->n_members && !ret; i++) {
		struct plx_conf_member *m = &cp->member[i];
		struct plx_conf_member fresh = {};
		u64 sectors = member_sectors(m);

		if (!whole && !member_bad(c, m, leave))
			continue;
		ret = cp->type == PLEXUS_TYPE_SPAN ? place_span(conf, list, sectors, &fresh) :
						     place_member(conf, list, sectors, &fresh);
		if (ret) {
			member_clear(&fresh);
			plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
				   "the given disks have no room of %llu MiB for a member of volume %s",
				   sectors >> 11, cv->name);
			ret = -ENOSPC;
			break;
		}
		member_clear(m);
		*m = fresh;
		moved++;
	}
	kvfree(list);
	if (!ret && !moved)
		ret = plx_refuse(why, PLEXUS_VDS_E_REPAIR_VOLUMESTATE,
				 "no member of the plex needs another disk");
	return ret;
}
