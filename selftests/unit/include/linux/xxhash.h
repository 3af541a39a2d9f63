/* SPDX-License-Identifier: GPL-2.0 */
/* xxh64 by the library of that name, under the kernel's names */
#ifndef _UNIT_XXHASH_H
#define _UNIT_XXHASH_H

#define XXH_STATIC_LINKING_ONLY /* struct XXH64_state_s is known */
#include <xxhash.h>

#define xxh64_state XXH64_state_s
#define xxh64_reset XXH64_reset
#define xxh64_update XXH64_update
#define xxh64_digest XXH64_digest
#define xxh64 XXH64

#endif
