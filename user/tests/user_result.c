// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "cli.h"
#include "ktap.h"

#define ROW(name, value, err, text) { value, err, #name, text },
static const struct {
	uint32_t code;
	int err;
	const char *name;
	const char *text;
} rows[] = { PLEXUS_RESULTS(ROW) };

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static void table(void)
{
	uint32_t code;
	size_t i, j;

	for (i = 0; i < N_ROWS; i++) {
		CHECK_TEXT(plexus_result_name(rows[i].code), rows[i].name);
		CHECK_TEXT(plexus_result_text(rows[i].code), rows[i].text);
		CHECK(plexus_result_errno(rows[i].code) == rows[i].err);
		CHECK(plexus_result_by_name(rows[i].name, &code) && code == rows[i].code);
		for (j = 0; j < i; j++)
			CHECK(rows[i].code != rows[j].code);
	}
}

/* from the documents, not from the table */
static void values(void)
{
	CHECK(R(VDS_E_VOLUME_NOT_A_MIRROR) == 0x80042445u);
	CHECK(R(VDS_E_OPERATION_PENDING) == 0x80042409u);
	CHECK(R(VDS_E_CRITICAL_PLEX) == 0x8004257Eu);
	CHECK(R(VDS_E_PLEX_LAST_ACTIVE) == 0x80042548u);
	CHECK(plexus_result_errno(0x80042445u) == EINVAL);
}

static void warning_is_success(void)
{
	CHECK(plexus_result_errno(0x80042469u) == 0);
	CHECK(plexus_result_errno(0) == 0);
}

static void unknown(void)
{
	uint32_t code;

	CHECK(!plexus_result_name(0x80049999u));
	CHECK(plexus_result_errno(0x80049999u) == EIO);
	CHECK(plexus_result_errno(0x00042499u) == 0);
	CHECK(plexus_result_text(0x80049999u)[0]);
	CHECK(!plexus_result_by_name("VDS_E_NOTHING", &code));
}

static void exits(void)
{
	CHECK(cli_exit_of(0, 0) == EXIT_DONE);
	CHECK(cli_exit_of(-EINVAL, R(VDS_E_VOLUME_NOT_A_MIRROR)) == EXIT_FAILED);
	CHECK(cli_exit_of(-EPROTONOSUPPORT, R(E_FAIL)) == EXIT_NO_DRIVER);
	CHECK(cli_exit_of(-EPERM, R(E_ACCESSDENIED)) == EXIT_PERMISSION);
	CHECK(cli_exit_of(-ETIMEDOUT, R(VDS_E_TIMEOUT)) == EXIT_TIMEOUT);
	CHECK(cli_exit_of(-ECANCELED, R(VDS_E_OPERATION_CANCELED)) == EXIT_CANCELLED);
}

static void words(void)
{
	uint32_t value;

	CHECK_TEXT(plexus_health_name(PLEXUS_HEALTH_FAILED_REDUNDANCY), "failed-redundancy");
	CHECK_TEXT(plexus_health_name(99), "unknown");
	CHECK_TEXT(plexus_volume_status_name(2), "unknown");
	CHECK_TEXT(plexus_event_name(301), "out-of-sync");
	CHECK(plexus_type_by_name("mirror", &value) && value == PLEXUS_TYPE_MIRROR);
	CHECK(!plexus_type_by_name("raid5", &value));
	CHECK(plexus_read_policy_by_name("prefer", &value) && value == PLEXUS_READ_POLICY_PREFER);
	CHECK(plexus_sync_action_by_name("pause", &value) && value == PLEXUS_SYNC_ACTION_PAUSE);
}

static const struct test tests[] = {
	{ "every row of the table", table },
	{ "values of the documents", values },
	{ "a warning is a success", warning_is_success },
	{ "codes that are not known", unknown },
	{ "exit codes", exits },
	{ "words for numbers", words },
};

KTAP_MAIN(tests)
