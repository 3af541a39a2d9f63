/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is on a device already? */
#ifndef _PLEXUS_LIB_PROBE_H
#define _PLEXUS_LIB_PROBE_H

struct plexus;

/* 0 for an empty device, else a refusal with its message in @h. */
int plx_probe_refuse(struct plexus *h, const char *path);

#endif
