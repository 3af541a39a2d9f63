/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration of a pack: a tree of plain values that says which disks,
 * volumes, plexes, members and extents there are, and in which state.
 *
 * A published configuration never changes. A change is: copy, edit, check,
 * write to the disks, publish. So a refusal leaves nothing behind, readers
 * need no lock, and what is on disk and what is in memory are one thing.
 *
 * Pure: allocates, but takes no lock and does no I/O; also built in userspace.
 */
#ifndef _PLX_CONF_H
#define _PLX_CONF_H

#include <linux/types.h>
#include <linux/bits.h>
#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <plexus/format.h>
#include <uapi/linux/plexus.h>

#define PLX_ID_LEN PLEXUS_ID_LEN
#define PLX_MAX_LOGS 4 /* copies of a region log */
#define PLX_MAX_EXTENTS 256 /* of one member */
#define PLX_SECTORS_MAX BIT_ULL(53) /* of a disk or volume: 4 EiB, so that no sum overflows */
#define PLX_LOG_SLOTS_MIN 16 /* that a disk is given */
#define PLX_LOG_SLOTS_MAX 256
#define PLX_PARITY_MAX 2
#define PLX_UNIT_MIN 8 /* sectors of a stripe unit: 4 KiB */
#define PLX_UNIT_MAX 2048 /* 1 MiB */
#define PLX_PLOG_SLOTS_MIN 2 /* of a parity log */
#define PLX_PLOG_SECTORS_MAX (512U << 11) /* 512 MiB: a start reads a head of each slot */
#define PLX_REGION_SHIFT_MIN 7 /* 64 KiB */
#define PLX_REGION_SHIFT_MAX 39 /* PLX_SECTORS_MAX fit in one map */

struct plx_id {
	u8 b[PLX_ID_LEN];
};

enum plx_disk_state {
	PLX_DISK_ONLINE = 1,
	PLX_DISK_OFFLINE = 2, /* an administrator said so */
	PLX_DISK_FAILED = 3, /* it erred where that cannot be tolerated */
	PLX_DISK_MISSING = 4, /* not there */
};

#define PLX_DISK_F_SPARE 1

enum plx_plex_state {
	PLX_PLEX_CURRENT = 1, /* holds the data of the volume */
	PLX_PLEX_STALE = 2, /* gets all writes, misses some earlier data: to be resynced */
	PLX_PLEX_FAILED = 3, /* a write or flush erred: gets no writes */
	PLX_PLEX_MISSING = 4, /* a disk of it is not online: gets no writes */
};

/* of a parity plex; members of other plexes are CURRENT, and the plex has the state */
enum plx_member_state {
	PLX_MEMBER_CURRENT = 0, /* holds its part of the plex */
	PLX_MEMBER_STALE = 1, /* gets all writes, misses some earlier ones: to be regenerated */
	PLX_MEMBER_FAILED = 2, /* a write or flush erred: gets no writes */
	PLX_MEMBER_MISSING = 3, /* a disk of it is not online: gets no writes */
};

/* what keeps a crash from spoiling what a parity plex was not even writing */
enum plx_write_hole {
	PLX_WRITE_HOLE_NONE = 0, /* no parity plex: there is no such hole */
	PLX_WRITE_HOLE_LOG = 1, /* partial parity is logged: untouched data stays right */
	PLX_WRITE_HOLE_JOURNAL = 2, /* all data is logged: a write is old or new */
	PLX_WRITE_HOLE_OFF = 3, /* nothing */
};

#define PLX_PLEX_F_ERRORS 1 /* a read error was seen (and mended) */
#define PLX_CONF_F_EXPORTED 1 /* does not start by itself */

struct plx_conf_disk {
	struct plx_id id;
	enum plx_disk_state state;
	u32 flags;
	u32 log_slots;
	u64 sectors, data_sector, data_end; /* sectors */
	u64 last_generation, last_epoch; /* what it held before this one: see history.c */
	u64 maybe_epoch; /* what it may have been given when it left */
	u64 joined; /* a new number when it comes over from another history */
	u64 read_errors, write_errors;
	char path[64];
};

struct plx_conf_extent {
	u32 disk; /* index in plx_conf.disk */
	u64 start, sectors;
};

struct plx_conf_member {
	u32 n_extents;
	struct plx_conf_extent *extent; /* in the order of the data */
	/* all 0 unless the plex is a parity plex */
	enum plx_member_state state;
	u32 stale_map; /* 1..PLX_LOG_MAPS-1, or 0: all of it is stale */
	u64 log_start, log_sectors; /* parity log, on the disk of the first extent; 0: none */
};

/*
 * SIMPLE: one member, extents on one disk. SPAN: one member. STRIPE: n members of equal size.
 * PARITY: the same, each member on disks of its own, @parity of them hold no data.
 */
struct plx_conf_plex {
	struct plx_id id;
	u32 type; /* PLEXUS_TYPE_* */
	enum plx_plex_state state;
	u32 stale_map; /* 1..PLX_LOG_MAPS-1, or 0: all of it is stale */
	u32 unit; /* sectors */
	u32 parity; /* 1 or 2; 0: no parity plex */
	u32 flags;
	u32 n_members;
	u32 task_kind;
	u64 task_id;
	struct plx_conf_member *member;
};

struct plx_conf_log {
	u32 disk, slot;
};

struct plx_conf_volume {
	struct plx_id id;
	char name[PLEXUS_NAME_MAX + 1];
	u64 sectors;
	u32 flags; /* PLEXUS_VOLUME_FLAGS_* */
	u32 region_shift; /* log2 sectors; 0: no region log */
	u32 read_policy, preferred;
	u64 log_id;
	enum plx_write_hole write_hole;
	u32 written_map; /* log map of the regions never written; 0: none */
	u32 n_logs;
	struct plx_conf_log log[PLX_MAX_LOGS];
	u32 n_plexes;
	struct plx_conf_plex *plex[PLEXUS_MAX_PLEXES];
};

struct plx_conf {
	refcount_t refs;
	struct rcu_head rcu;
	struct plx_id pack_id;
	char name[PLEXUS_NAME_MAX + 1];
	u32 flags;
	u64 generation, epoch;
	u64 base_epoch; /* of the configuration that this one came from */
	u32 n_disks, n_volumes;
	struct plx_conf_disk *disk[PLEXUS_MAX_DISKS];
	struct plx_conf_volume *volume[PLEXUS_MAX_VOLUMES];
};

/* conf.c: life and edits. All allocate GFP_NOIO (may sleep); -ENOMEM where they can fail. */
struct plx_conf *plx_conf_new(void); /* one reference, empty */
struct plx_conf *plx_conf_clone(const struct plx_conf *conf); /* NULL: no memory */
void plx_conf_get(struct plx_conf *conf);
/* last one frees after an RCU grace period; any context; rcu_barrier() before the module goes */
void plx_conf_put(struct plx_conf *conf);
/* appended, zeroed; NULL: full or no memory */
struct plx_conf_disk *plx_conf_disk_add(struct plx_conf *conf);
/* renumbers; -EBUSY when extents or logs use it; -EINVAL: no such disk */
int plx_conf_disk_remove(struct plx_conf *conf, u32 index);
struct plx_conf_volume *plx_conf_volume_add(struct plx_conf *conf);
/* frees the plexes that it still has */
void plx_conf_volume_remove(struct plx_conf *conf, u32 index);
struct plx_conf_plex *plx_conf_plex_new(u32 n_members); /* members without extents */
void plx_conf_plex_free(struct plx_conf_plex *plex);
/* appended; -ENOSPC: 32 already */
int plx_conf_plex_attach(struct plx_conf_volume *vol, struct plx_conf_plex *plex);
/* vol->preferred goes on to name the same plex, or the first if that one goes */
struct plx_conf_plex *plx_conf_plex_detach(struct plx_conf_volume *vol, u32 index);
/* joins what touches; -ENOSPC: PLX_MAX_EXTENTS already */
int plx_conf_member_append(struct plx_conf_member *m, u32 disk, u64 start, u64 sectors);

/* look-ups: index, or -1 */
int plx_conf_disk_find(const struct plx_conf *conf, const struct plx_id *id);
int plx_conf_volume_find(const struct plx_conf *conf, const struct plx_id *id);
int plx_conf_volume_find_name(const struct plx_conf *conf, const char *name);
int plx_conf_plex_find(const struct plx_conf_volume *vol, const struct plx_id *id);
bool plx_conf_member_uses(const struct plx_conf_member *m, u32 disk);
bool plx_conf_plex_uses(const struct plx_conf_plex *plex, u32 disk);
bool plx_conf_volume_uses(const struct plx_conf_volume *vol, u32 disk); /* extents, not logs */
u64 plx_conf_plex_sectors(const struct plx_conf_plex *plex); /* data that it can hold */
u32 plx_conf_volume_type(const struct plx_conf_volume *vol); /* MIRROR, or that of its one plex */
u64 plx_conf_member_sectors(const struct plx_conf_member *m);
bool plx_conf_volume_parity(const struct plx_conf_volume *vol); /* has it a parity plex? */
/* several plexes, or a parity plex: it needs a region log */
bool plx_conf_volume_redundant(const struct plx_conf_volume *vol);
u32 plx_conf_log_copies(const struct plx_conf_volume *vol); /* of its region log, wanted */
u32 plx_conf_free_map(const struct plx_conf_volume *vol); /* a log map that nothing uses, or 0 */
/* as recorded, but MISSING when it should get writes and a disk of it is not online */
enum plx_member_state plx_conf_member_seen(const struct plx_conf *conf,
					   const struct plx_conf_member *m);
u32 plx_conf_plex_lost(const struct plx_conf *conf, const struct plx_conf_plex *plex);
/* of a parity plex: does it go on without this member, however the member is? */
bool plx_conf_member_spare(const struct plx_conf *conf, const struct plx_conf_plex *plex,
			   u32 member);
/* CURRENT or STALE, and no more members are lost than it has parity: gets writes */
bool plx_conf_plex_attached(const struct plx_conf *conf, const struct plx_conf_plex *plex);
bool plx_conf_other_current(const struct plx_conf *conf, const struct plx_conf_volume *cv, u32 i);
bool plx_name_valid(const char *name); /* 1..63 of [A-Za-z0-9._+-], first not . or - */
bool plx_id_equal(const struct plx_id *a, const struct plx_id *b);

/*
 * conf_check.c, config_format.c: @why gets a sentence for people on failure, at most @whylen
 * bytes. check() holds the rules that every configuration obeys, whether read
 * from a hostile disk or made by us: counts, unique ids and names, valid enums
 * and names, indices in range, extents inside data_sector..data_end and 1 MiB
 * aligned, no two extents, parity logs or log slots overlapping on a disk, plexes
 * at least as large as the volume, equal members in a stripe, power-of-two units of
 * 4 KiB..1 MiB, SIMPLE on one disk, no two plexes of a volume on one disk,
 * a redundant volume has region_shift and 1..4 logs on distinct disks and no more
 * than PLX_LOG_BITS regions, log maps (of plexes, of members, of what was never
 * written) distinct or 0 and only with a log, sizes without overflow. Also: no nil
 * id, no unknown flag, no control character in a path, one member and no unit unless
 * striped or parity, plexes in every volume, preferred below n_plexes, region_shift
 * and logs both or neither. Parity plexes: 3..32 members, 4..32 with two parities, no
 * two on one disk, each with a parity log, or none where write_hole is OFF; no other
 * plex has parity, member states or parity logs, and no volume without one write_hole
 * or a written_map.
 */
/* 0, -EINVAL, -ENOMEM */
int plx_conf_check(const struct plx_conf *conf, char *why, size_t whylen);
size_t plx_conf_encoded_size(const struct plx_conf *conf); /* bytes, multiple of 512 */
/* @buf of at least plx_conf_encoded_size() bytes; fills all of them */
void plx_conf_encode(const struct plx_conf *conf, void *buf);
/*
 * magic, crc, bounds, check(); -EINVAL, -EBADMSG (crc), -ENODATA (no magic), -ENOMEM;
 * @len: bytes that may be read
 */
int plx_conf_decode(const void *buf, size_t len, struct plx_conf **out, char *why, size_t whylen);

/* label_format.c; the first two serve all formats */
struct plx_format_why {
	char *text; /* NULL: nobody wants to know */
	size_t len;
};

u32 plx_format_crc(const void *buf, size_t len, size_t at); /* the 4 bytes at @at count as zero */
__printf(2, 3)
int plx_format_bad(const struct plx_format_why *why, const char *fmt, ...); /* -EINVAL */
int plx_format_no_memory(const struct plx_format_why *why); /* -ENOMEM */

struct plx_label {
	struct plx_id pack_id, disk_id;
	u64 disk_sectors;
	u32 log_slots;
	u64 data_sector, data_end; /* sectors */
};

/* the geometry of a disk of this size; -ENOSPC: too small (under 8 MiB) */
int plx_label_geometry(struct plx_label *label, u64 disk_sectors);
bool plx_label_geometry_valid(const struct plx_label *label); /* sizes and places, not ids */
void plx_label_encode(const struct plx_label *label, void *block);
/* -ENODATA: none there; -EBADMSG, -EINVAL: damaged or impossible for a disk of @disk_sectors */
int plx_label_decode(const void *block, u64 disk_sectors, struct plx_label *label, char *why,
		     size_t whylen);

/* log_format.c: @bits: n_regions bits, bit i in byte i / 8 */
struct plx_log_head {
	struct plx_id volume_id;
	u64 log_id, seq;
	u32 map, n_regions, region_shift;
	u32 flags; /* PLX_LOG_F_* */
};

void plx_log_encode(const struct plx_log_head *head, const u8 *bits, void *block);
/* 0 and head->seq, bits where the block is a valid one of that volume, log id, map and geometry */
int plx_log_decode(const void *block, struct plx_log_head *head, u8 *bits);
/* how many regions a volume has */
static inline u64 plx_log_regions(u64 volume_sectors, u32 region_shift)
{
	return (volume_sectors + (1ULL << region_shift) - 1) >> region_shift;
}

/* log2 sectors of a region for a volume: 64 KiB or more, so that all fit in one map */
u32 plx_log_region_shift(u64 volume_sectors);

/*
 * layout.c: where a sector of a plex is. The extent's disk index is that of the
 * configuration; the data path has its own copy with block devices.
 */
struct plx_place {
	u32 member, extent; /* which */
	u64 sector; /* on the disk of that extent */
	u64 sectors; /* that follow there without a break */
};

struct plx_layout_extent {
	u64 first; /* first sector of the member that it holds */
	u64 start, sectors; /* on its disk */
	u32 disk;
};

struct plx_layout_member {
	u32 n_extents;
	const struct plx_layout_extent *extent;
};

struct plx_layout {
	u32 n_members;
	u32 unit_shift; /* log2 sectors; used when n_members > 1 */
	u32 parity; /* of a parity plex: 1 or 2; else 0 */
	const struct plx_layout_member *member;
};

/* all of these: any context, no allocation */

/* @sector is below the plex's size; of a parity plex, where the data is */
void plx_layout_map(const struct plx_layout *l, u64 sector, struct plx_place *place);
/* @sector of a member, below its size */
void plx_layout_member_map(const struct plx_layout *l, u32 member, u64 sector,
			   struct plx_place *place);
/* this one allocates: once, to be freed with kvfree(); NULL: no memory */
struct plx_layout *plx_layout_new(const struct plx_conf_plex *plex);

/*
 * layout_parity.c: the rows of a parity plex. A row is one unit of each member, unit
 * @row of it; the unit of a member has one role in its row: data 0, 1, ..., P or Q.
 */
#define PLX_ROLE_P PLEXUS_MAX_MEMBERS
#define PLX_ROLE_Q (PLEXUS_MAX_MEMBERS + 1)

struct plx_parity_place {
	u64 row;
	u32 data; /* its role */
	u32 member;
	u64 sector; /* of the member */
	u64 sectors; /* to the end of the unit, which no extent cuts */
};

/* how many units of data a row has */
static inline u32 plx_layout_row_data(const struct plx_layout *l)
{
	return l->n_members - l->parity;
}

/* @sector is below the plex's size */
void plx_layout_parity_map(const struct plx_layout *l, u64 sector, struct plx_parity_place *place);
u32 plx_plog_slot_sectors(u32 unit, u32 parity);
u32 plx_layout_role(const struct plx_layout *l, u64 row, u32 member);
/* and back: the member that has this role in the row */
u32 plx_layout_role_member(const struct plx_layout *l, u64 row, u32 role);

/*
 * space.c: the extent allocator; works on a configuration, changes nothing in it but
 * the member given. Plexes that are not in the configuration are not known to it:
 * attach a new plex to the copy first, then allocate for its members.
 */
struct plx_space_want {
	u32 disk;
	u64 sectors; /* at most so many; 0: as many as needed */
};

u64 plx_space_free(const struct plx_conf *conf, u32 disk, u64 *largest); /* sectors */
/*
 * Appends @sectors of room on @disk to @m: one extent if any run is large
 * enough (the smallest that is), else the largest runs first. Rounded up to MiB.
 * What @m has already is avoided. -ENOSPC, -ENOMEM, -EINVAL change nothing.
 */
int plx_space_alloc(const struct plx_conf *conf, u32 disk, u64 sectors, struct plx_conf_member *m);
/*
 * The same for a span: over the disks of @want in their order.
 */
int plx_space_alloc_span(const struct plx_conf *conf, const struct plx_space_want *want, u32 n_want,
			 u64 sectors, struct plx_conf_member *m);
/*
 * An empty member gets a parity log, in one run, and @sectors of room on @disk. 0
 * @log_sectors: no log. Both rounded up to MiB. -ENOSPC, -ENOMEM, -EINVAL change nothing.
 */
int plx_space_alloc_member(const struct plx_conf *conf, u32 disk, u64 sectors, u64 log_sectors,
			   struct plx_conf_member *m);
/* a parity log for a member that has none yet; the same */
int plx_space_alloc_log(const struct plx_conf *conf, u64 sectors, struct plx_conf_member *m);
/*
 * All members of a new parity plex of @sectors of data, equally large, on disks that have
 * nothing of @vol: the first of @want that have room, or, 0 @n_want, the emptiest.
 */
int plx_space_alloc_parity(const struct plx_conf *conf, const struct plx_conf_volume *vol,
			   const struct plx_space_want *want, u32 n_want, u64 sectors,
			   u64 log_sectors, struct plx_conf_plex *plex);
/* more room for all of them equally, on their own disks, until the plex holds @sectors */
int plx_space_extend_parity(const struct plx_conf *conf, u64 sectors, struct plx_conf_plex *plex);
int plx_space_log_slot(const struct plx_conf *conf, u32 disk); /* a free log slot, or -ENOSPC */

/* state.c: VDS health and status, from the bottom up */
u32 plx_state_disk_status(const struct plx_conf_disk *disk);
u32 plx_state_disk_health(const struct plx_conf_disk *disk);
u32 plx_state_plex_health(const struct plx_conf *conf, const struct plx_conf_plex *plex);
u32 plx_state_plex_status(const struct plx_conf *conf, const struct plx_conf_plex *plex);
u32 plx_state_volume_health(const struct plx_conf *conf, const struct plx_conf_volume *vol);
u32 plx_state_volume_status(const struct plx_conf *conf, const struct plx_conf_volume *vol);
u32 plx_state_member_health(const struct plx_conf *conf, const struct plx_conf_plex *plex,
			    u32 member);
/* the transition table of a plex; no change is legal; false: such a change is a bug */
bool plx_state_plex_may(enum plx_plex_state from, enum plx_plex_state to);
bool plx_state_member_may(enum plx_member_state from, enum plx_member_state to);
/* the same for the only plex of a volume, which may come back as CURRENT */
bool plx_state_sole_plex_may(enum plx_plex_state from, enum plx_plex_state to);

/*
 * history.c: which of the configurations found on a pack's disks counts.
 * @conf[i] was read from the disk with index (in its own conf) of id disk_id[i].
 * Choose: the index of the one that covers all others; -ENODATA for n = 0;
 * -EUCLEAN when two histories diverged (then *a, *b name one disk of each).
 *
 * What a writer must do for that: each configuration has a higher generation, and says
 * as base_epoch the epoch of the one that it came from. It has a new epoch if it goes to
 * other disks than that one, after a start, and after a failed write; and it says of the
 * disks that it does not go to that they are not online. last_generation and last_epoch of
 * a disk are those of what it is known to hold before this one is written: for an online
 * disk what was published, at a start what was read from it. maybe_epoch of a disk that
 * goes is the epoch that was being written then, or, at a start, the one that is started.
 * When one of two histories is chosen by force, the generation goes above both.
 */
bool plx_history_covers(const struct plx_conf *a, const struct plx_id *on_a,
			const struct plx_conf *b, const struct plx_id *on_b);
u32 plx_history_cover(struct plx_conf *const *conf, const struct plx_id *disk_id, u32 n, u32 of,
		      bool *covered);
int plx_history_choose(struct plx_conf *const *conf, const struct plx_id *disk_id, u32 n, u32 *a,
		       u32 *b);
void plx_history_known(struct plx_conf *conf, u32 d, const struct plx_conf *own);
bool plx_history_rolled_back(const struct plx_conf *conf, u32 d, const struct plx_conf *own);
bool plx_history_taken_over(const struct plx_conf *conf, u32 d, const struct plx_conf *own);
bool plx_history_apart(const struct plx_conf *conf, u32 d, const struct plx_conf *own);
/*
 * more than half of the disks are in @present (by index), or all absent ones are
 * recorded as not online
 */
bool plx_history_quorum(const struct plx_conf *conf, const bool *present);

#endif
