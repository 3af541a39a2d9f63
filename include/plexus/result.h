/* SPDX-License-Identifier: LGPL-2.1-or-later OR GPL-2.0 */
/*
 * The result codes of the Virtual Disk Service that Plexus uses, whole 32 bit
 * values. One table, for the driver and for libplexus:
 * X(name, value, nearest errno, text)
 */
#ifndef _PLEXUS_RESULT_H
#define _PLEXUS_RESULT_H

#define PLEXUS_RESULTS(X)                                                                       \
	X(S_OK, 0x00000000, 0, "done")                                                          \
	X(VDS_S_GPT_BOOT_MIRRORED_TO_MBR, 0x80042469, 0,                                        \
	  "done; the new plex of the boot volume is on an MBR disk and cannot be booted from")  \
	X(E_NOTIMPL, 0x80004001, EOPNOTSUPP, "not implemented for this object")                 \
	X(E_INVALIDARG, 0x80070057, EINVAL, "an argument is not valid")                         \
	X(E_OUTOFMEMORY, 0x8007000E, ENOMEM, "not enough memory")                               \
	X(E_ACCESSDENIED, 0x80070005, EPERM, "access denied")                                   \
	X(E_FAIL, 0x80004005, EIO, "failed")                                                    \
	X(VDS_E_ANOTHER_CALL_IN_PROGRESS, 0x80042404, EBUSY, "another operation is in progress") \
	X(VDS_E_OBJECT_NOT_FOUND, 0x80042405, ENOENT, "no such object")                         \
	X(VDS_E_OPERATION_PENDING, 0x80042409, EINPROGRESS, "the operation goes on")            \
	X(VDS_E_OBJECT_DELETED, 0x8004240B, ENODEV, "the object was deleted")                   \
	X(VDS_E_CANCEL_TOO_LATE, 0x8004240C, EALREADY, "too late to cancel")                    \
	X(VDS_E_OPERATION_CANCELED, 0x8004240D, ECANCELED, "cancelled")                         \
	X(VDS_E_NOT_ENOUGH_SPACE, 0x8004240F, ENOSPC, "not enough space")                       \
	X(VDS_E_INVALID_OPERATION, 0x80042415, EINVAL, "the operation is not valid here")       \
	X(VDS_E_PROVIDER_CACHE_CORRUPT, 0x8004241F, ESTALE,                                     \
	  "the driver's picture and the disks' own differ; scan the disks, then refresh the pack") \
	X(VDS_E_DMADMIN_METHOD_CALL_FAILED, 0x80042420, EIO,                                    \
	  "no copy of the configuration can be read or written")                                \
	X(VDS_E_OBJECT_STATUS_FAILED, 0x80042431, EIO, "the object has failed")                 \
	X(VDS_E_VOLUME_INCOMPLETE, 0x80042432, EIO, "the volume is incomplete")                 \
	X(VDS_E_VOLUME_NOT_ONLINE, 0x8004243D, ENODEV, "the volume is not online")              \
	X(VDS_E_VOLUME_NOT_HEALTHY, 0x8004243E, EIO, "the volume is not healthy")               \
	X(VDS_E_VOLUME_SPANS_DISKS, 0x8004243F, EINVAL, "the volume spans several disks")       \
	X(VDS_E_REQUIRES_CONTIGUOUS_DISK_SPACE, 0x80042440, EINVAL,                             \
	  "the volume consists of several extents")                                             \
	X(VDS_E_VOLUME_NOT_A_MIRROR, 0x80042445, EINVAL, "the volume is not a mirror")          \
	X(VDS_E_DISK_NOT_ONLINE, 0x8004244B, ENODEV, "the disk is not online")                  \
	X(VDS_E_DISK_IN_USE_BY_VOLUME, 0x8004244C, EBUSY, "the volume already uses the disk")   \
	X(VDS_E_TIMEOUT, 0x8004245F, ETIMEDOUT, "the time is up; the operation goes on")        \
	X(VDS_E_REPAIR_VOLUMESTATE, 0x80042460, EINVAL, "the plex is not in a state to repair") \
	X(VDS_E_DUPLICATE_DISK, 0x8004252E, EINVAL, "a disk is given twice")                    \
	X(VDS_E_INVALID_PLEX_GUID, 0x8004252C, ENOENT, "no such plex in the volume")            \
	X(VDS_E_PLEX_LAST_ACTIVE, 0x80042548, EBUSY, "the last current plex must stay")         \
	X(VDS_E_DISTINCT_VOLUME, 0x8004257B, EINVAL, "source and target are the same volume")   \
	X(VDS_E_VOLUME_NOT_FOUND_IN_PACK, 0x8004257C, ENOENT, "the volume is of another pack")  \
	X(VDS_E_CRITICAL_PLEX, 0x8004257E, EBUSY, "the plex carries the running system")

#define PLEXUS_RESULT_ENUM(name, value, err, text) PLEXUS_##name = (int)(value),
enum plexus_result { PLEXUS_RESULTS(PLEXUS_RESULT_ENUM) };

#undef PLEXUS_RESULT_ENUM

#endif
