// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names, texts and errnos of the result codes, from the table they share with the driver. */
#include "internal.h"

struct row {
	uint32_t code;
	int err;
	const char *name;
	const char *text;
};

#define ROW(name, value, err, text) { value, err, #name, text },
static const struct row rows[] = { PLEXUS_RESULTS(ROW) };

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct row *find(uint32_t code)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

const char *plexus_result_name(uint32_t code)
{
	const struct row *row = find(code);

	return row ? row->name : NULL;
}

const char *plexus_result_text(uint32_t code)
{
	const struct row *row = find(code);

	return row ? row->text : "a result that this version does not know";
}

int plexus_result_errno(uint32_t code)
{
	const struct row *row = find(code);

	if (row)
		return row->err;
	return code & 0x80000000u ? EIO : 0;
}

bool plexus_result_by_name(const char *name, uint32_t *code)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++) {
		if (strcmp(rows[i].name, name))
			continue;
		*code = rows[i].code;
		return true;
	}
	return false;
}

/*
 * For refusals that come as a bare errno, from the netlink layer before the
 * driver's own checks. Several codes share an errno, so that the reverse of the
 * table would pick one by chance.
 */
uint32_t plx_result_of_errno(int err)
{
	switch (err) {
	case 0:
		return PLX_R(S_OK);
	case EPERM:
	case EACCES:
		return PLX_R(E_ACCESSDENIED);
	case ENOMEM:
	case ENOBUFS:
		return PLX_R(E_OUTOFMEMORY);
	case EINVAL:
	case ERANGE:
	case EMSGSIZE:
		return PLX_R(E_INVALIDARG);
	case EOPNOTSUPP:
		return PLX_R(E_NOTIMPL);
	case ENOENT:
		return PLX_R(VDS_E_OBJECT_NOT_FOUND);
	case EBUSY:
		return PLX_R(VDS_E_ANOTHER_CALL_IN_PROGRESS);
	case ETIMEDOUT:
		return PLX_R(VDS_E_TIMEOUT);
	default:
		return PLX_R(E_FAIL);
	}
}
