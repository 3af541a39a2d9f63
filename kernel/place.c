// SPDX-License-Identifier: GPL-2.0
/*
 * Which disks a new plex lies on: given by the caller, or the emptiest. Two
 * plexes of a volume never share a disk, nor do two members of a stripe.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "plexus.h"
#include "plog_format.h"

#define PARITY_MEMBERS 8 /* of a parity plex, where nobody says how many */

struct candidate {
	u32 disk;
	bool own; /* of the plex already */
	u64 free; /* sectors */
	u64 limit; /* sectors the caller allows; 0: all */
};

struct candidates {
	u32 n;
	struct candidate c[PLEXUS_MAX_DISKS];
};

/* what a place is looked for */
struct pick {
	const struct plx_input_disk *in; /* given ones */
	u32 n; /* 0: all that are online and no spare */
	u32 block; /* no larger logical blocks: writes of the volume are that small; 0: any */
	const struct plx_conf_volume *cv; /* only disks that no other plex of it has; or NULL */
	const struct plx_conf_plex *cp; /* this is the one */
};

/* those that the plex has already, then the emptiest */
static int by_free(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->own != y->own)
		return x->own ? -1 : 1;
	return x->free < y->free ? 1 : x->free > y->free ? -1 : 0;
}

static bool blocks_fit(struct plx_change *c, u32 d, u32 block)
{
	struct plx_disk *disk = block ? plx_pack_disk_any(c->pack, &c->conf->disk[d]->id) : NULL;
	bool fit = !disk || bdev_logical_block_size(plx_disk_bdev(disk)) <= block;

	plx_disk_put(disk);
	return fit;
}

static bool other_has(const struct pick *p, u32 d)
{
	u32 i;

	for (i = 0; p->cv && i < p->cv->n_plexes; i++)
		if (p->cv->plex[i] != p->cp && plx_conf_plex_uses(p->cv->plex[i], d))
			return true;
	return false;
}

static void add(struct plx_change *c, const struct pick *p, struct candidates *list, u32 d,
		u64 limit)
{
	list->c[list->n++] = (struct candidate){
		.disk = d,
		.own = p->cp && plx_conf_plex_uses(p->cp, d),
		.free = plx_space_free(c->conf, d, NULL),
		.limit = limit,
	};
}

static int add_given(struct plx_change *c, const struct pick *p, u32 k, struct candidates *list,
		     struct plx_why *why)
{
	const struct plx_conf *conf = c->conf;
	int d = plx_conf_disk_find(conf, &p->in[k].id);
	u32 i;

	if (d < 0)
		return plx_refuse(why, PLEXUS_VDS_E_OBJECT_NOT_FOUND,
				  "a given disk is not one of pack %s", conf->name);
	if (conf->disk[d]->state != PLX_DISK_ONLINE)
		return plx_refuse(why, PLEXUS_VDS_E_DISK_NOT_ONLINE, "%s is not online",
				  conf->disk[d]->path);
	for (i = 0; i < k; i++)
		if (plx_id_equal(&p->in[i].id, &p->in[k].id))
			return plx_refuse(why, PLEXUS_VDS_E_DUPLICATE_DISK, "%s is given twice",
					  conf->disk[d]->path);
	if (!blocks_fit(c, d, p->block))
		return plx_refuse(why, PLEXUS_VDS_E_INVALID_OPERATION,
				  "%s has larger blocks than the volume's %u bytes, and could not take its small writes; give another disk",
				  conf->disk[d]->path, p->block);
	if (!other_has(p, d))
		add(c, p, list, d, p->in[k].bytes >> SECTOR_SHIFT);
	return 0;
}

/* the given disks in their order, or all that will do, the emptiest first */
static struct candidates *gather(struct plx_change *c, const struct pick *p, int *ret,
				 struct plx_why *why)
{
	struct candidates *list = kvzalloc(sizeof(*list), GFP_KERNEL);
	u32 i;

	*ret = 0;
	if (!list) {
		*ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to place the volume");
		return NULL;
	}
	for (i = 0; i < p->n && !*ret; i++)
		*ret = add_given(c, p, i, list, why);
	for (i = 0; !p->n && i < c->conf->n_disks; i++)
		if (c->conf->disk[i]->state == PLX_DISK_ONLINE &&
		    !(c->conf->disk[i]->flags & PLX_DISK_F_SPARE) && !other_has(p, i) &&
		    blocks_fit(c, i, p->block))
			add(c, p, list, i, 0);
	if (!p->n)
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
	cp->unit = type == PLEXUS_TYPE_STRIPE || type == PLEXUS_TYPE_PARITY ? unit : 0;
	return cp;
}

/*
 * Of a parity log, for each member. A slot holds as many small writes as come together, or
 * one large one; with large units there are fewer, or the logs would be larger than the data.
 */
static u64 plog_sectors(u32 unit, u32 parity)
{
	u32 slots = unit > (256 << 10 >> SECTOR_SHIFT) ? 16 : 64;

	return round_up((u64)slots * plx_plog_slot_sectors(unit, parity), PLX_ALIGN_SECTORS);
}

static int try_parity(struct plx_change *c, const struct candidates *list,
		      const struct plx_volume_want *want, u32 members, struct plx_conf_volume *cv)
{
	struct plx_conf_plex *cp = new_plex(PLEXUS_TYPE_PARITY, members,
					    want->unit >> SECTOR_SHIFT);
	struct plx_space_want *on = kcalloc(list->n + 1, sizeof(*on), GFP_KERNEL);
	int ret = -ENOMEM;
	u64 log;
	u32 i;

	for (i = 0; on && i < list->n; i++)
		on[i] = (struct plx_space_want){ list->c[i].disk, list->c[i].limit };
	if (cp && on) {
		cp->parity = want->parity;
		log = want->write_hole == PLEXUS_WRITE_HOLE_LOG ?
			      plog_sectors(cp->unit, cp->parity) : 0;
		ret = plx_space_alloc_parity(c->conf, NULL, on, list->n, cv->sectors, log, cp);
		if (!ret)
			ret = plx_conf_plex_attach(cv, cp);
	}
	kfree(on);
	if (ret && cp)
		plx_conf_plex_free(cp);
	return ret;
}

/* its one plex. Where nobody says how many members, as many as there is room for */
static int place_parity(struct plx_change *c, struct plx_conf_volume *cv,
			const struct plx_volume_want *want, struct candidates *list,
			struct plx_why *why)
{
	u32 least = want->parity + 2, n = want->n_members ?: min_t(u32, list->n, PARITY_MEMBERS);
	int ret;

	do {
		ret = n <= list->n ? try_parity(c, list, want, n, cv) : -ENOSPC;
	} while (ret == -ENOSPC && !want->n_members && --n >= least);
	if (ret == -ENOMEM)
		return plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a plex");
	if (!ret)
		return 0;
	return plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
			  "the disks %s have no room for %llu MiB with parity on %u or more of them; give other disks or a smaller size",
			  want->n_disks ? "given" : "of the pack", cv->sectors >> 11,
			  want->n_members ?: least);
}

/**
 * plx_place_volume - give a new volume its plexes
 * @c: the change
 * @cv: the volume in its configuration, with name and size
 * @want: what was asked for, checked
 * @why: filled on refusal
 *
 * Return: 0; on error @cv may have some plexes, the copy is to be dropped
 */
int plx_place_volume(struct plx_change *c, struct plx_conf_volume *cv,
		     const struct plx_volume_want *want, struct plx_why *why)
{
	const struct pick p = { .in = want->disk, .n = want->n_disks };
	u32 members = want->type == PLEXUS_TYPE_STRIPE ? want->n_members : 1, i;
	struct candidates *list;
	struct plx_conf_plex *cp;
	int ret;

	list = gather(c, &p, &ret, why);
	if (list && want->type == PLEXUS_TYPE_PARITY) {
		ret = place_parity(c, cv, want, list, why);
		kvfree(list);
		return ret;
	}
	for (i = 0; list && i < want->n_plexes; i++) {
		cp = new_plex(want->type, members, want->unit >> SECTOR_SHIFT);
		if (!cp) {
			ret = plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory for a plex");
			break;
		}
		ret = place_plex(c->conf, list, cp, cv->sectors);
		if (!ret)
			ret = plx_conf_plex_attach(cv, cp);
		if (ret) {
			plx_conf_plex_free(cp);
			plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
				   "the disks %s have no room for plex %u of %u of %llu MiB, each on disks of its own; give other disks or a smaller size",
				   want->n_disks ? "given" : "of the pack", i + 1, want->n_plexes,
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

static int extend_span(struct plx_change *c, const struct pick *p, struct plx_conf_member *m,
		       u64 sectors, struct plx_why *why)
{
	u64 have = member_sectors(m);
	struct candidates *list;
	int ret;

	list = gather(c, p, &ret, why);
	if (list && have < sectors)
		ret = place_span(c->conf, list, sectors - have, m);
	kvfree(list);
	return ret;
}

/**
 * plx_place_extend - more room for each member of a plex
 * @c: the change
 * @cv: the volume in its configuration
 * @plex: index of the plex
 * @sectors: what it shall hold
 * @in: disks for a span; those that another plex of the volume has are left to that one;
 *	none: its own first, then all that are online
 * @n: how many
 * @block: no disk with larger logical blocks
 * @why: filled on refusal
 *
 * Members of simple, striped and parity plexes grow on their own disks.
 */
int plx_place_extend(struct plx_change *c, struct plx_conf_volume *cv, u32 plex, u64 sectors,
		     const struct plx_input_disk *in, u32 n, u32 block, struct plx_why *why)
{
	struct plx_conf_plex *cp = cv->plex[plex];
	const struct pick p = { .in = in, .n = n, .block = block, .cv = cv, .cp = cp };
	u64 each = round_up(DIV_ROUND_UP_ULL(sectors, cp->n_members), PLX_ALIGN_SECTORS), have;
	int ret = 0;
	u32 i;

	if (cp->type == PLEXUS_TYPE_SPAN)
		ret = extend_span(c, &p, &cp->member[0], sectors, why);
	else if (cp->type == PLEXUS_TYPE_PARITY)
		ret = plx_space_extend_parity(c->conf, sectors, cp);
	for (i = 0; !cp->parity && cp->type != PLEXUS_TYPE_SPAN && i < cp->n_members && !ret;
	     i++) {
		have = member_sectors(&cp->member[i]);
		if (have < each)
			ret = plx_space_alloc(c->conf, cp->member[i].extent[0].disk, each - have,
					      &cp->member[i]);
	}
	if (ret == -ENOSPC)
		plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
			   "the disks %s have no room to grow plex %u of volume %s to %llu MiB",
			   n && cp->type == PLEXUS_TYPE_SPAN ? "given" : "of the volume", plex,
			   cv->name, sectors >> 11);
	else if (ret == -ENOMEM)
		plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to place the volume");
	return ret;
}

static int refuse_used(struct plx_change *c, const struct plx_conf_volume *cv,
		       const struct candidates *list, struct plx_why *why)
{
	u32 i;

	for (i = 0; i < list->n; i++)
		if (plx_conf_volume_uses(cv, list->c[i].disk))
			return plx_refuse(why, PLEXUS_VDS_E_DISK_IN_USE_BY_VOLUME,
					  "%s already holds extents of volume %s",
					  c->conf->disk[list->c[i].disk]->path, cv->name);
	return 0;
}

/* to the first candidate with room for its data and parity log, which is taken */
static int move_member(struct plx_change *c, struct candidates *list, struct plx_conf_member *m)
{
	u64 sectors = member_sectors(m);
	struct plx_conf_member fresh = {};
	int ret = -ENOSPC;
	u32 i;

	for (i = 0; i < list->n && ret == -ENOSPC; i++)
		if (!list->c[i].limit || list->c[i].limit >= sectors + m->log_sectors)
			ret = plx_space_alloc_member(c->conf, list->c[i].disk, sectors,
						     m->log_sectors, &fresh);
	if (ret)
		return ret;
	take(list, i - 1);
	fresh.state = m->state;
	fresh.stale_map = m->stale_map;
	member_clear(m);
	*m = fresh;
	return 0;
}

/* are all disks of a member there, and in use? */
bool plx_place_member_there(struct plx_change *c, const struct plx_conf_member *m)
{
	return !member_bad(c, m, -1);
}

/**
 * plx_place_members - move members of a parity plex to other disks
 * @c: the change
 * @cv: volume in its configuration
 * @cp: the plex
 * @ask: the disks, one for each member; with fewer, the members behind stay where they are
 * @members: which; gets those that have moved
 * @why: filled on refusal
 *
 * Return: 0; on error some may have moved, the copy is to be dropped
 */
int plx_place_members(struct plx_change *c, struct plx_conf_volume *cv, struct plx_conf_plex *cp,
		      const struct plx_rebuild *ask, u32 *members, struct plx_why *why)
{
	const struct pick p = { .in = ask->in, .n = ask->n, .block = ask->block };
	struct candidates *list;
	u32 m, moved = 0;
	int ret;

	list = gather(c, &p, &ret, why);
	if (list)
		ret = refuse_used(c, cv, list, why);
	for (m = 0; list && list->n && m < cp->n_members && !ret; m++) {
		if (!(*members & 1U << m))
			continue;
		ret = move_member(c, list, &cp->member[m]);
		moved |= 1U << m;
	}
	kvfree(list);
	*members = moved;
	if (ret == -ENOSPC)
		plx_refuse(why, PLEXUS_VDS_E_NOT_ENOUGH_SPACE,
			   "the given disks have no room of %llu MiB for a member of volume %s",
			   (member_sectors(&cp->member[0]) + cp->member[0].log_sectors) >> 11,
			   cv->name);
	else if (ret == -ENOMEM)
		plx_refuse(why, PLEXUS_E_OUTOFMEMORY, "no memory to place the volume");
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
 * @block: no disk with larger logical blocks
 * @why: filled on refusal
 *
 * Return: 0; on error the plex may be half moved, the copy is to be dropped
 */
int plx_place_rebuild(struct plx_change *c, struct plx_conf_volume *cv, struct plx_conf_plex *cp,
		      const struct plx_input_disk *in, u32 n, int leave, u32 block,
		      struct plx_why *why)
{
	const struct pick p = { .in = in, .n = n, .block = block };
	struct plx_conf *conf = c->conf;
	/* which member failed is not known: then all of it moves */
	bool whole = leave < 0 && all_good(c, cp);
	struct candidates *list;
	u32 i, moved = 0;
	int ret;

	list = gather(c, &p, &ret, why);
	if (list && n)
		ret = refuse_used(c, cv, list, why);
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
