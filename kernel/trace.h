/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: /sys/kernel/tracing/events/plexus/. Objects are named by their
 * ids, which outlive their names.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM plexus

#if !defined(_PLX_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _PLX_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>
#include "plexus.h"

#ifndef PLX_TRACE_NAMES
#define PLX_TRACE_NAMES
#define plx_trace_plex_state(state) __print_symbolic(state, \
	{ PLX_PLEX_CURRENT, "current" }, \
	{ PLX_PLEX_STALE, "stale" }, \
	{ PLX_PLEX_FAILED, "failed" }, \
	{ PLX_PLEX_MISSING, "missing" })

#define plx_trace_member_state(state) __print_symbolic(state, \
	{ PLX_MEMBER_CURRENT, "current" }, \
	{ PLX_MEMBER_STALE, "stale" }, \
	{ PLX_MEMBER_FAILED, "failed" }, \
	{ PLX_MEMBER_MISSING, "missing" })

#define plx_trace_disk_state(state) __print_symbolic(state, \
	{ PLX_DISK_ONLINE, "online" }, \
	{ PLX_DISK_OFFLINE, "offline" }, \
	{ PLX_DISK_FAILED, "failed" }, \
	{ PLX_DISK_MISSING, "missing" })
#endif

/**
 * plx_io_error - a disk gave an error to an I/O of a volume
 * @volume: id of the volume
 * @disk: path of the disk
 * @plex: position of the plex in the volume
 * @sector: of the disk
 * @op: enum req_op
 * @status: negative errno
 */
TRACE_EVENT(plx_io_error,
	TP_PROTO(const struct plx_id *volume, const char *disk, u32 plex, u64 sector, u32 op,
		 int status),
	TP_ARGS(volume, disk, plex, sector, op, status),
	TP_STRUCT__entry(
		__array(u8, volume, PLX_ID_LEN)
		__array(char, disk, 64)
		__field(u32, plex)
		__field(u32, op)
		__field(u64, sector)
		__field(int, status)
	),
	TP_fast_assign(
		memcpy(__entry->volume, volume->b, PLX_ID_LEN);
		strscpy(__entry->disk, disk, sizeof(__entry->disk));
		__entry->plex = plex;
		__entry->op = op;
		__entry->sector = sector;
		__entry->status = status;
	),
	TP_printk("volume=%pUb disk=%s plex=%u sector=%llu op=%u status=%d",
		  __entry->volume, __entry->disk, __entry->plex,
		  (unsigned long long)__entry->sector, __entry->op, __entry->status)
);

/**
 * plx_plex_state - a plex changed its state
 * @volume: id of the volume
 * @plex: id of the plex
 * @from: enum plx_plex_state
 * @to: enum plx_plex_state
 */
TRACE_EVENT(plx_plex_state,
	TP_PROTO(const struct plx_id *volume, const struct plx_id *plex, u32 from, u32 to),
	TP_ARGS(volume, plex, from, to),
	TP_STRUCT__entry(
		__array(u8, volume, PLX_ID_LEN)
		__array(u8, plex, PLX_ID_LEN)
		__field(u32, from)
		__field(u32, to)
	),
	TP_fast_assign(
		memcpy(__entry->volume, volume->b, PLX_ID_LEN);
		memcpy(__entry->plex, plex->b, PLX_ID_LEN);
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("volume=%pUb plex=%pUb from=%s to=%s",
		  __entry->volume, __entry->plex,
		  plx_trace_plex_state(__entry->from), plx_trace_plex_state(__entry->to))
);

/**
 * plx_member_state - a member of a parity plex changed its state
 * @plex: id of the plex
 * @member: index of the member
 * @from: enum plx_member_state
 * @to: enum plx_member_state
 */
TRACE_EVENT(plx_member_state,
	TP_PROTO(const struct plx_id *plex, u32 member, u32 from, u32 to),
	TP_ARGS(plex, member, from, to),
	TP_STRUCT__entry(
		__array(u8, plex, PLX_ID_LEN)
		__field(u32, member)
		__field(u32, from)
		__field(u32, to)
	),
	TP_fast_assign(
		memcpy(__entry->plex, plex->b, PLX_ID_LEN);
		__entry->member = member;
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("plex=%pUb member=%u from=%s to=%s", __entry->plex, __entry->member,
		  plx_trace_member_state(__entry->from), plx_trace_member_state(__entry->to))
);

/**
 * plx_disk_state - a disk changed its state
 * @disk: id of the disk
 * @from: enum plx_disk_state
 * @to: enum plx_disk_state
 */
TRACE_EVENT(plx_disk_state,
	TP_PROTO(const struct plx_id *disk, u32 from, u32 to),
	TP_ARGS(disk, from, to),
	TP_STRUCT__entry(
		__array(u8, disk, PLX_ID_LEN)
		__field(u32, from)
		__field(u32, to)
	),
	TP_fast_assign(
		memcpy(__entry->disk, disk->b, PLX_ID_LEN);
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("disk=%pUb from=%s to=%s", __entry->disk,
		  plx_trace_disk_state(__entry->from), plx_trace_disk_state(__entry->to))
);

/**
 * plx_task_step - a task began, moved on or ended
 * @id: of the task
 * @kind: PLEXUS_TASK_KIND_*
 * @percent: done
 * @result: VDS code; OPERATION_PENDING until the end
 */
TRACE_EVENT(plx_task_step,
	TP_PROTO(u64 id, u32 kind, u32 percent, u32 result),
	TP_ARGS(id, kind, percent, result),
	TP_STRUCT__entry(
		__field(u64, id)
		__field(u32, kind)
		__field(u32, percent)
		__field(u32, result)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->kind = kind;
		__entry->percent = percent;
		__entry->result = result;
	),
	TP_printk("task=%llu kind=%u percent=%u result=%#x",
		  (unsigned long long)__entry->id, __entry->kind, __entry->percent,
		  __entry->result)
);

#endif

/* found through -I$(src), see compat/Kbuild.features */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
