// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration tree: making, copying, editing, freeing it, and finding
 * things in it. No rules are checked here: plx_conf_check() does that.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "conf.h"

/**
 * plx_conf_new() - an empty configuration
 *
 * Return: it, with one reference, or NULL.
 */
struct plx_conf *plx_conf_new(void)
{
	struct plx_conf *conf = kzalloc(sizeof(*conf), GFP_NOIO);

	if (conf)
		refcount_set(&conf->refs, 1);
	return conf;
}

static void volume_free(struct plx_conf_volume *vol)
{
	u32 i;

	for (i = 0; i < vol->n_plexes; i++)
		plx_conf_plex_free(vol->plex[i]);
	kfree(vol);
}

static void conf_free(struct rcu_head *rcu)
{
	struct plx_conf *conf = container_of(rcu, struct plx_conf, rcu);
	u32 i;

	for (i = 0; i < conf->n_disks; i++)
		kfree(conf->disk[i]);
	for (i = 0; i < conf->n_volumes; i++)
		volume_free(conf->volume[i]);
	kfree(conf);
}

/**
 * plx_conf_get() - take a reference
 * @conf: one that the caller holds a reference of
 */
void plx_conf_get(struct plx_conf *conf)
{
	refcount_inc(&conf->refs);
}

/**
 * plx_conf_put() - give a reference back
 * @conf: may be NULL
 *
 * The last one frees the whole tree after a grace period, so a reader inside
 * rcu_read_lock() may still look at it. A module that is removed has to call
 * rcu_barrier() behind its last put.
 *
 * Context: any.
 */
void plx_conf_put(struct plx_conf *conf)
{
	if (conf && refcount_dec_and_test(&conf->refs))
		call_rcu(&conf->rcu, conf_free);
}

static struct plx_conf_plex *plex_clone(const struct plx_conf_plex *plex)
{
	struct plx_conf_plex *copy = plx_conf_plex_new(plex->n_members);
	struct plx_conf_member *member;
	u32 i;

	if (!copy)
		return NULL;
	member = copy->member;
	*copy = *plex;
	copy->member = member;
	for (i = 0; i < plex->n_members; i++) {
		const struct plx_conf_member *from = &plex->member[i];

		member[i] = *from;
		member[i].extent = NULL;
		if (!from->n_extents)
			continue;
		member[i].extent = kmemdup(from->extent, from->n_extents * sizeof(*from->extent),
					   GFP_NOIO);
		if (!member[i].extent)
			goto fail;
	}
	return copy;
fail:
	plx_conf_plex_free(copy);
	return NULL;
}

static int volume_clone(struct plx_conf *conf, const struct plx_conf_volume *from)
{
	struct plx_conf_volume *vol = plx_conf_volume_add(conf);
	u32 i;

	if (!vol)
		return -ENOMEM;
	*vol = *from;
	vol->n_plexes = 0;
	memset(vol->plex, 0, sizeof(vol->plex));
	for (i = 0; i < from->n_plexes; i++) {
		vol->plex[i] = plex_clone(from->plex[i]);
		if (!vol->plex[i])
			return -ENOMEM;
		vol->n_plexes++;
	}
	return 0;
}

/**
 * plx_conf_clone() - a copy that shares nothing
 * @conf: what to copy
 *
 * Return: the copy, with one reference, or NULL.
 */
struct plx_conf *plx_conf_clone(const struct plx_conf *conf)
{
	struct plx_conf *copy = plx_conf_new();
	u32 i;

	if (!copy)
		return NULL;
	copy->pack_id = conf->pack_id;
	memcpy(copy->name, conf->name, sizeof(copy->name));
	copy->flags = conf->flags;
	copy->generation = conf->generation;
	copy->epoch = conf->epoch;
	copy->base_epoch = conf->base_epoch;
	for (i = 0; i < conf->n_disks; i++) {
		struct plx_conf_disk *disk = plx_conf_disk_add(copy);

		if (!disk)
			goto fail;
		*disk = *conf->disk[i];
	}
	for (i = 0; i < conf->n_volumes; i++)
		if (volume_clone(copy, conf->volume[i]))
			goto fail;
	return copy;
fail:
	plx_conf_put(copy);
	return NULL;
}

/**
 * plx_conf_disk_add() - append a disk, all zero
 * @conf: edited
 *
 * Return: the disk, or NULL: full or no memory.
 */
struct plx_conf_disk *plx_conf_disk_add(struct plx_conf *conf)
{
	struct plx_conf_disk *disk;

	if (conf->n_disks >= PLEXUS_MAX_DISKS)
		return NULL;
	disk = kzalloc(sizeof(*disk), GFP_NOIO);
	if (disk)
		conf->disk[conf->n_disks++] = disk;
	return disk;
}

static bool volume_logs_on(const struct plx_conf_volume *vol, u32 disk)
{
	u32 i;

	for (i = 0; i < vol->n_logs; i++)
		if (vol->log[i].disk == disk)
			return true;
	return false;
}

static void plex_renumber(struct plx_conf_plex *plex, u32 removed)
{
	u32 i, j;

	for (i = 0; i < plex->n_members; i++) {
		struct plx_conf_member *m = &plex->member[i];

		for (j = 0; j < m->n_extents; j++)
			if (m->extent[j].disk > removed)
				m->extent[j].disk--;
	}
}

static void volume_renumber(struct plx_conf_volume *vol, u32 removed)
{
	u32 i;

	for (i = 0; i < vol->n_logs; i++)
		if (vol->log[i].disk > removed)
			vol->log[i].disk--;
	for (i = 0; i < vol->n_plexes; i++)
		plex_renumber(vol->plex[i], removed);
}

/**
 * plx_conf_disk_remove() - take a disk out
 * @conf: edited; the disks behind @index move up by one, so do all references to them
 * @index: of the disk
 *
 * Return: 0; -EBUSY when extents or logs are on it; -EINVAL: no such disk.
 */
int plx_conf_disk_remove(struct plx_conf *conf, u32 index)
{
	u32 i;

	if (index >= conf->n_disks)
		return -EINVAL;
	for (i = 0; i < conf->n_volumes; i++)
		if (plx_conf_volume_uses(conf->volume[i], index) ||
		    volume_logs_on(conf->volume[i], index))
			return -EBUSY;
	kfree(conf->disk[index]);
	conf->n_disks--;
	for (i = index; i < conf->n_disks; i++)
		conf->disk[i] = conf->disk[i + 1];
	conf->disk[conf->n_disks] = NULL;
	for (i = 0; i < conf->n_volumes; i++)
		volume_renumber(conf->volume[i], index);
	return 0;
}

/**
 * plx_conf_volume_add() - append a volume, all zero
 * @conf: edited
 *
 * Return: the volume, or NULL: full or no memory.
 */
struct plx_conf_volume *plx_conf_volume_add(struct plx_conf *conf)
{
	struct plx_conf_volume *vol;

	if (conf->n_volumes >= PLEXUS_MAX_VOLUMES)
		return NULL;
	vol = kzalloc(sizeof(*vol), GFP_NOIO);
	if (vol)
		conf->volume[conf->n_volumes++] = vol;
	return vol;
}

/**
 * plx_conf_volume_remove() - free a volume and the plexes that it still has
 * @conf: edited; the volumes behind @index move up by one
 * @index: of the volume; nothing happens when there is none
 */
void plx_conf_volume_remove(struct plx_conf *conf, u32 index)
{
	u32 i;

	if (index >= conf->n_volumes)
		return;
	volume_free(conf->volume[index]);
	conf->n_volumes--;
	for (i = index; i < conf->n_volumes; i++)
		conf->volume[i] = conf->volume[i + 1];
	conf->volume[conf->n_volumes] = NULL;
}

/**
 * plx_conf_plex_new() - a plex that belongs to no volume yet
 * @n_members: how many; none of them has extents
 *
 * Return: the plex, or NULL: no memory, or not a possible number of members.
 */
struct plx_conf_plex *plx_conf_plex_new(u32 n_members)
{
	struct plx_conf_plex *plex;

	if (!n_members || n_members > PLEXUS_MAX_MEMBERS)
		return NULL;
	plex = kzalloc(sizeof(*plex), GFP_NOIO);
	if (!plex)
		return NULL;
	plex->member = kcalloc(n_members, sizeof(*plex->member), GFP_NOIO);
	if (!plex->member) {
		kfree(plex);
		return NULL;
	}
	plex->n_members = n_members;
	return plex;
}

/**
 * plx_conf_plex_free() - free a plex that belongs to no volume
 * @plex: may be NULL
 */
void plx_conf_plex_free(struct plx_conf_plex *plex)
{
	u32 i;

	if (!plex)
		return;
	for (i = 0; i < plex->n_members; i++)
		kfree(plex->member[i].extent);
	kfree(plex->member);
	kfree(plex);
}

/**
 * plx_conf_plex_attach() - append a plex to a volume, which then owns it
 * @vol: edited
 * @plex: of no volume
 *
 * Return: 0; -ENOSPC: the volume has all that it can have.
 */
int plx_conf_plex_attach(struct plx_conf_volume *vol, struct plx_conf_plex *plex)
{
	if (vol->n_plexes >= PLEXUS_MAX_PLEXES)
		return -ENOSPC;
	vol->plex[vol->n_plexes++] = plex;
	return 0;
}

/**
 * plx_conf_plex_detach() - take a plex out of its volume
 * @vol: edited; the plexes behind @index move up by one, and the preferred
 *	 plex stays the same one, or becomes the first when it is the one that goes
 * @index: of the plex
 *
 * Return: the plex, which now belongs to the caller; NULL: no such plex.
 */
struct plx_conf_plex *plx_conf_plex_detach(struct plx_conf_volume *vol, u32 index)
{
	struct plx_conf_plex *plex;
	u32 i;

	if (index >= vol->n_plexes)
		return NULL;
	plex = vol->plex[index];
	vol->n_plexes--;
	for (i = index; i < vol->n_plexes; i++)
		vol->plex[i] = vol->plex[i + 1];
	vol->plex[vol->n_plexes] = NULL;
	if (vol->preferred == index)
		vol->preferred = 0;
	else if (vol->preferred > index)
		vol->preferred--;
	return plex;
}

/**
 * plx_conf_member_append() - give a member more room
 * @m: edited; what touches the end of the last extent makes that one longer
 * @disk: index of the disk
 * @start: first sector
 * @sectors: how many
 *
 * Return: 0; -ENOMEM; -ENOSPC: it has PLX_MAX_EXTENTS; -EINVAL: not a possible
 * run of sectors. On failure @m is as it was.
 */
int plx_conf_member_append(struct plx_conf_member *m, u32 disk, u64 start, u64 sectors)
{
	struct plx_conf_extent *extent;

	if (!sectors || start > U64_MAX - sectors)
		return -EINVAL;
	if (m->n_extents) {
		extent = &m->extent[m->n_extents - 1];
		if (extent->disk == disk && extent->start + extent->sectors == start) {
			extent->sectors += sectors;
			return 0;
		}
	}
	if (m->n_extents >= PLX_MAX_EXTENTS)
		return -ENOSPC;
	extent = krealloc(m->extent, (m->n_extents + 1) * sizeof(*extent), GFP_NOIO);
	if (!extent)
		return -ENOMEM;
	m->extent = extent;
	extent += m->n_extents++;
	memset(extent, 0, sizeof(*extent));
	extent->disk = disk;
	extent->start = start;
	extent->sectors = sectors;
	return 0;
}

/**
 * plx_id_equal() - are these the same id?
 * @a: one
 * @b: the other
 */
bool plx_id_equal(const struct plx_id *a, const struct plx_id *b)
{
	return !memcmp(a->b, b->b, sizeof(a->b));
}

/**
 * plx_conf_disk_find() - look a disk up
 * @conf: where
 * @id: of the disk
 *
 * Return: its index, or -1.
 */
int plx_conf_disk_find(const struct plx_conf *conf, const struct plx_id *id)
{
	u32 i;

	for (i = 0; i < conf->n_disks; i++)
		if (plx_id_equal(&conf->disk[i]->id, id))
			return i;
	return -1;
}

/**
 * plx_conf_volume_find() - look a volume up by its id
 * @conf: where
 * @id: of the volume
 *
 * Return: its index, or -1.
 */
int plx_conf_volume_find(const struct plx_conf *conf, const struct plx_id *id)
{
	u32 i;

	for (i = 0; i < conf->n_volumes; i++)
		if (plx_id_equal(&conf->volume[i]->id, id))
			return i;
	return -1;
}

/**
 * plx_conf_volume_find_name() - look a volume up by its name
 * @conf: where
 * @name: of the volume
 *
 * Return: its index, or -1.
 */
int plx_conf_volume_find_name(const struct plx_conf *conf, const char *name)
{
	u32 i;

	for (i = 0; i < conf->n_volumes; i++)
		if (!strcmp(conf->volume[i]->name, name))
			return i;
	return -1;
}

/**
 * plx_conf_plex_find() - look a plex up
 * @vol: where
 * @id: of the plex
 *
 * Return: its index in @vol, or -1.
 */
int plx_conf_plex_find(const struct plx_conf_volume *vol, const struct plx_id *id)
{
	u32 i;

	for (i = 0; i < vol->n_plexes; i++)
		if (plx_id_equal(&vol->plex[i]->id, id))
			return i;
	return -1;
}

/**
 * plx_conf_member_uses() - has a member an extent on a disk?
 * @m: which
 * @disk: index of the disk
 */
bool plx_conf_member_uses(const struct plx_conf_member *m, u32 disk)
{
	u32 i;

	for (i = 0; i < m->n_extents; i++)
		if (m->extent[i].disk == disk)
			return true;
	return false;
}

/**
 * plx_conf_plex_uses() - has a plex an extent on a disk?
 * @plex: which
 * @disk: index of the disk
 */
bool plx_conf_plex_uses(const struct plx_conf_plex *plex, u32 disk)
{
	u32 i;

	for (i = 0; i < plex->n_members; i++)
		if (plx_conf_member_uses(&plex->member[i], disk))
			return true;
	return false;
}

/**
 * plx_conf_volume_uses() - has a volume an extent on a disk?
 * @vol: which
 * @disk: index of the disk
 *
 * Logs do not count.
 */
bool plx_conf_volume_uses(const struct plx_conf_volume *vol, u32 disk)
{
	u32 i;

	for (i = 0; i < vol->n_plexes; i++)
		if (plx_conf_plex_uses(vol->plex[i], disk))
			return true;
	return false;
}

/**
 * plx_conf_member_sectors() - the length of a member
 * @m: which
 *
 * Return: sectors of its extents; the parity log does not count.
 */
u64 plx_conf_member_sectors(const struct plx_conf_member *m)
{
	u64 sectors = 0;
	u32 i;

	for (i = 0; i < m->n_extents; i++)
		sectors += m->extent[i].sectors;
	return sectors;
}

/**
 * plx_conf_plex_sectors() - how much data a plex can hold
 * @plex: which
 *
 * Simple and span: the sum of its extents. Stripe and parity: all members count
 * as much as the smallest one, rounded down to the unit, but for as many as there
 * is parity.
 *
 * Return: sectors.
 */
u64 plx_conf_plex_sectors(const struct plx_conf_plex *plex)
{
	u64 sectors = plx_conf_member_sectors(&plex->member[0]);
	u32 i;

	if (plex->type != PLEXUS_TYPE_STRIPE && plex->type != PLEXUS_TYPE_PARITY)
		return sectors;
	for (i = 1; i < plex->n_members; i++)
		sectors = min(sectors, plx_conf_member_sectors(&plex->member[i]));
	if (plex->unit)
		sectors &= ~((u64)plex->unit - 1);
	return sectors * (plex->n_members - plex->parity);
}

/**
 * plx_conf_volume_type() - the type that people see
 * @vol: which
 *
 * Return: PLEXUS_TYPE_MIRROR, or that of its one plex; 0: it has none yet.
 */
u32 plx_conf_volume_type(const struct plx_conf_volume *vol)
{
	if (!vol->n_plexes)
		return 0;
	return vol->n_plexes > 1 ? PLEXUS_TYPE_MIRROR : vol->plex[0]->type;
}

/**
 * plx_conf_volume_parity() - has a volume a parity plex?
 * @vol: which
 */
bool plx_conf_volume_parity(const struct plx_conf_volume *vol)
{
	u32 i;

	for (i = 0; i < vol->n_plexes; i++)
		if (vol->plex[i]->type == PLEXUS_TYPE_PARITY)
			return true;
	return false;
}

/**
 * plx_conf_volume_redundant() - can a volume lose a disk and go on?
 * @vol: which
 *
 * Then its copies, or data and parity, can differ after a crash, and it needs a
 * region log.
 */
bool plx_conf_volume_redundant(const struct plx_conf_volume *vol)
{
	return vol->n_plexes > 1 || plx_conf_volume_parity(vol);
}

/**
 * plx_conf_log_copies() - how many copies of its region log should a volume have?
 * @vol: which
 *
 * As many disks as it can lose, and one more; 0: it needs no log.
 */
u32 plx_conf_log_copies(const struct plx_conf_volume *vol)
{
	u32 i, parity = 1;

	if (!plx_conf_volume_redundant(vol))
		return 0;
	for (i = 0; i < vol->n_plexes; i++)
		parity = max(parity, vol->plex[i]->parity);
	return parity + 1;
}

/**
 * plx_conf_free_map() - a map of a volume's region log that has no use yet
 * @vol: which, of a checked configuration
 *
 * Return: 1..PLX_LOG_MAPS-1; 0: all are used.
 */
u32 plx_conf_free_map(const struct plx_conf_volume *vol)
{
	unsigned long used = BIT(0) | BIT(vol->written_map);
	u32 map, i, m;

	for (i = 0; i < vol->n_plexes; i++) {
		used |= BIT(vol->plex[i]->stale_map);
		for (m = 0; m < vol->plex[i]->n_members; m++)
			used |= BIT(vol->plex[i]->member[m].stale_map);
	}
	for (map = 1; map < PLX_LOG_MAPS; map++)
		if (!(used & BIT(map)))
			return map;
	return 0;
}

/**
 * plx_conf_member_seen() - the state of a member and its disks
 * @conf: where the member is
 * @m: which
 *
 * Return: the state that is recorded, but MISSING for a CURRENT or STALE one with
 * a disk that is not online.
 */
enum plx_member_state plx_conf_member_seen(const struct plx_conf *conf,
					   const struct plx_conf_member *m)
{
	u32 e;

	if (m->state != PLX_MEMBER_CURRENT && m->state != PLX_MEMBER_STALE)
		return m->state;
	for (e = 0; e < m->n_extents; e++)
		if (conf->disk[m->extent[e].disk]->state != PLX_DISK_ONLINE)
			return PLX_MEMBER_MISSING;
	return m->state;
}

/**
 * plx_conf_plex_lost() - how many members of a plex cannot be read
 * @conf: where the plex is
 * @plex: which
 *
 * Return: the members that are not seen as CURRENT; a stale one counts until it
 * is regenerated.
 */
u32 plx_conf_plex_lost(const struct plx_conf *conf, const struct plx_conf_plex *plex)
{
	u32 m, lost = 0;

	for (m = 0; m < plex->n_members; m++)
		lost += plx_conf_member_seen(conf, &plex->member[m]) != PLX_MEMBER_CURRENT;
	return lost;
}

/**
 * plx_conf_member_spare() - can a parity plex do without a member?
 * @conf: where the plex is
 * @plex: which
 * @member: index of the member, whose own state does not count
 *
 * Where it cannot, the plex gets no writes while the member is not there, and the
 * member misses nothing.
 */
bool plx_conf_member_spare(const struct plx_conf *conf, const struct plx_conf_plex *plex,
			   u32 member)
{
	u32 m, lost = 0;

	for (m = 0; m < plex->n_members; m++)
		if (m != member)
			lost += plx_conf_member_seen(conf, &plex->member[m]) != PLX_MEMBER_CURRENT;
	return lost < plex->parity;
}

/**
 * plx_conf_plex_attached() - does a plex get writes?
 * @conf: where the plex is
 * @plex: which
 */
bool plx_conf_plex_attached(const struct plx_conf *conf, const struct plx_conf_plex *plex)
{
	if (plex->state != PLX_PLEX_CURRENT && plex->state != PLX_PLEX_STALE)
		return false;
	return plx_conf_plex_lost(conf, plex) <= plex->parity;
}

/**
 * plx_conf_other_current() - is there another current plex whose disks are there?
 * @conf: where the volume is
 * @cv: which
 * @i: the plex that does not count
 */
bool plx_conf_other_current(const struct plx_conf *conf, const struct plx_conf_volume *cv, u32 i)
{
	u32 k;

	for (k = 0; k < cv->n_plexes; k++)
		if (k != i && cv->plex[k]->state == PLX_PLEX_CURRENT &&
		    plx_conf_plex_attached(conf, cv->plex[k]))
			return true;
	return false;
}

static bool name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '+' || c == '-';
}

/**
 * plx_name_valid() - may a pack or a volume be called so?
 * @name: at most PLEXUS_NAME_MAX + 1 bytes of it are read
 *
 * 1..63 of A-Z a-z 0-9 . _ + -, and the first is neither . nor -: safe as a
 * file name, as an argument and in a message.
 */
bool plx_name_valid(const char *name)
{
	u32 i;

	if (name[0] == '.' || name[0] == '-')
		return false;
	for (i = 0; i <= PLEXUS_NAME_MAX && name[i]; i++)
		if (!name_char(name[i]))
			return false;
	return i && i <= PLEXUS_NAME_MAX;
}
