// SPDX-License-Identifier: GPL-2.0
#include "ktap.h"
#include "madeup.h"

static void ids(void)
{
	struct plexus_id id, again;
	char text[PLEXUS_ID_TEXT];

	CHECK(!plexus_id_parse("00112233-4455-6677-8899-aabbccddeeff", &id));
	CHECK_TEXT(plexus_id_format(&id, text), "00112233-4455-6677-8899-aabbccddeeff");
	CHECK(!plexus_id_parse("00112233445566778899AABBCCDDEEFF", &again));
	CHECK(plexus_id_equal(&id, &again));
	CHECK(plexus_id_parse("00112233-4455-6677-8899-aabbccddeef", &again));
	CHECK(plexus_id_parse("00112233-4455-6677-8899-aabbccddeeff0", &again));
	CHECK(plexus_id_parse("g0112233-4455-6677-8899-aabbccddeeff", &again));
	CHECK(plexus_id_parse("", &again));
	CHECK(!plexus_id_is_null(&id));
	memset(&id, 0, sizeof(id));
	CHECK(plexus_id_is_null(&id));
}

static void prefixes(void)
{
	struct plexus_id id;

	plexus_id_parse("0123abcd-4455-6677-8899-aabbccddeeff", &id);
	CHECK(plexus_id_matches(&id, "0123"));
	CHECK(plexus_id_matches(&id, "0123A"));
	CHECK(plexus_id_matches(&id, "0123abcd-44"));
	CHECK(plexus_id_matches(&id, "0123abcd44"));
	CHECK(plexus_id_matches(&id, "0123abcd-4455-6677-8899-aabbccddeeff"));
	CHECK(!plexus_id_matches(&id, "012"));
	CHECK(!plexus_id_matches(&id, "0124"));
	CHECK(!plexus_id_matches(&id, "0123b"));
	CHECK(!plexus_id_matches(&id, "0123x"));
	CHECK(!plexus_id_matches(&id, ""));
	CHECK(plexus_id_is_prefix("beef") && !plexus_id_is_prefix("bee") &&
	      !plexus_id_is_prefix("tank"));
}

static void packs(void)
{
	struct snapshot s = madeup();
	const struct plexus_pack_info *p;

	CHECK(!find_pack(&s, "tank", &p) && p == &tank);
	CHECK(!find_pack(&s, "abab", &p) && p == &attic);
	CHECK(find_pack(&s, "aba", &p) == -ENOENT);
	CHECK(find_pack(&s, "nothing", &p) == -ENOENT);
	/* a name goes before the beginning of an id */
	snprintf(tank.name, sizeof(tank.name), "abab");
	CHECK(!find_pack(&s, "abab", &p) && p == &tank);
	/* the same beginning twice */
	tank.id = made_id(0xab, 9);
	snprintf(tank.name, sizeof(tank.name), "tank");
	CHECK(find_pack(&s, "abab", &p) == -ENOTUNIQ && !p);
}

static void volumes(void)
{
	struct snapshot s = madeup();
	const struct plexus_volume_info *v;

	CHECK(!find_volume(&s, "tank/data", &v) && v == &data);
	CHECK(!find_volume(&s, "aaaa/scratch", &v) && v == &scratch);
	CHECK(!find_volume(&s, "tank/f1f1", &v) && v == &scratch);
	CHECK(!find_volume(&s, "f0f0", &v) && v == &data);
	CHECK(!find_volume(&s, "/dev/plx1", &v) && v == &scratch);
	CHECK(!find_volume(&s, "plx1", &v) && v == &scratch);
	CHECK(!find_volume(&s, "/dev/plexus/tank/data", &v) && v == &data);
	CHECK(!find_volume(&s, "data", &v) && v == &data);
	CHECK(find_volume(&s, "attic/data", &v) == -ENOENT);
	CHECK(find_volume(&s, "tank/", &v) == -ENOENT);
	CHECK(find_volume(&s, "/dev/plx", &v) == -ENOENT);
	/* two of one name in two packs */
	scratch.pack = attic.id;
	snprintf(scratch.name, sizeof(scratch.name), "data");
	CHECK(find_volume(&s, "data", &v) == -ENOTUNIQ);
	CHECK(!find_volume(&s, "attic/data", &v) && v == &scratch);
}

static void disk_names(void)
{
	struct snapshot s = madeup();
	const struct plexus_disk_info *d;

	CHECK(!find_disk(&s, "/dev/vdd", &d) && d == &disks[2]);
	CHECK(!find_disk(&s, "d3d3", &d) && d == &disks[3]);
	CHECK(find_disk(&s, "/dev/vdz", &d) == -ENOENT);
	CHECK(!find_disk(&s, "/dev/vdc", &d) && d == &disks[1]);
	/* another disk came to the place of the missing one */
	snprintf(disks[2].path, sizeof(disks[2].path), "/dev/vdc");
	CHECK(!find_disk(&s, "/dev/vdc", &d) && d == &disks[2]);
	/* two missing disks were last seen there */
	disks[2].status = PLEXUS_DISK_STATUS_MISSING;
	CHECK(find_disk(&s, "/dev/vdc", &d) == -ENOTUNIQ);
}

static void plex_names(void)
{
	struct snapshot s = madeup();
	const struct plexus_plex_info *p;

	CHECK(!find_plex(&s, &data.id, "0", &p) && p == &plexes[0]);
	CHECK(!find_plex(&s, &data.id, "1", &p) && p == &plexes[1]);
	CHECK(!find_plex(&s, &scratch.id, "1", &p) && p == &plexes[3]);
	CHECK(!find_plex(&s, &data.id, "e1e1", &p) && p == &plexes[1]);
	CHECK(find_plex(&s, &data.id, "2", &p) == -ENOENT);
	CHECK(find_plex(&s, &scratch.id, "e1e1", &p) == -ENOENT);
	CHECK(find_plex(&s, &data.id, "", &p) == -ENOENT);
	/* four digits are the beginning of an id */
	plexes[1].id = made_id(0x12, 1);
	CHECK(!find_plex(&s, &data.id, "1212", &p) && p == &plexes[1]);
	CHECK(find_plex(&s, &data.id, "0001", &p) == -ENOENT);
	plexes[1].id = made_id(0xe1, 1);
	plexes[0].id = made_id(0xe1, 8);
	CHECK(find_plex(&s, &data.id, "e1e1", &p) == -ENOTUNIQ);
}

static const struct test tests[] = {
	{ "ids as text and back", ids },
	{ "beginnings of ids", prefixes },
	{ "packs by name and id", packs },
	{ "volumes by pack and name, id and device", volumes },
	{ "disks by path and id", disk_names },
	{ "plexes by number and id", plex_names },
};

KTAP_MAIN(tests)
