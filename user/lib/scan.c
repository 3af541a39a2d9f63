// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds the disks of packs: looks for the magic of the label on every device and
 * gives those that have it to the driver, which alone judges the label.
 */
#include <dirent.h>
#include <stdio.h>

#include "internal.h"

#define SYS_BLOCK "/sys/class/block"

/*
 * Compressed memory and CD drives carry no labels. A volume of ours may: as the disk of
 * another pack, but as well as that of a virtual machine, whose packs are not ours to start.
 * So those have to be named.
 */
static bool skip_name(const char *name)
{
	static const char *const skip[] = { ".", "plx", "zram", "sr", "fd" };
	size_t i;

	for (i = 0; i < sizeof(skip) / sizeof(skip[0]); i++)
		if (!strncmp(name, skip[i], strlen(skip[i])))
			return true;
	return false;
}

static unsigned long long read_size(const char *name)
{
	unsigned long long sectors = 0;
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), SYS_BLOCK "/%s/size", name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%llu", &sectors) != 1)
		sectors = 0;
	fclose(f);
	return sectors;
}

/* Names in sysfs have '!' where the device has '/'. */
static char *device_path(const char *name)
{
	char *path, *p;

	if (asprintf(&path, "/dev/%s", name) < 0)
		return NULL;
	for (p = path; *p; p++)
		if (*p == '!')
			*p = '/';
	return path;
}

static int wanted(const struct dirent *entry)
{
	return !skip_name(entry->d_name) && read_size(entry->d_name);
}

/* In the order of people: vda2 before vda10. */
static int collect(struct plx_list *list)
{
	struct dirent **names;
	int i, n, err = 0;

	n = scandir(SYS_BLOCK, &names, wanted, versionsort);
	if (n < 0)
		return -errno;
	for (i = 0; i < n; i++) {
		char *path = err ? NULL : device_path(names[i]->d_name);

		if (!err)
			err = path ? plx_list_add(list, path) : -ENOMEM;
		if (err)
			free(path);
		free(names[i]);
	}
	free(names);
	return err;
}

static int give(struct plexus *h, const char *path, struct plexus_outcome *out)
{
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_SCAN);
	plx_put_path(&r, PLEXUS_A_PATH, path);
	return plx_req_change(&r, out);
}

int plexus_scan_end(struct plexus *h)
{
	struct plexus_outcome out;
	struct plx_req r;

	plx_req_begin(h, &r, PLEXUS_CMD_SCAN);
	return plx_req_change(&r, &out);
}

static int scan_named(struct plexus *h, const char *path, struct plexus_outcome *out)
{
	int has = plexus_disk_has_label(path);

	if (has < 0)
		return plx_fail(h, -has, plx_result_of_errno(-has), "%s cannot be read: %s", path,
				strerror(-has));
	if (!has)
		return plx_fail(h, ENODATA, PLX_R(VDS_E_OBJECT_NOT_FOUND),
				"%s has no Plexus label; 'plexus disk add' makes one", path);
	return give(h, path, out);
}

int plexus_scan(struct plexus *h, const char *const *paths, size_t n_paths, plexus_scan_fn *found,
		void *arg)
{
	struct plx_list all = { 0 };
	struct plexus_outcome out;
	uint32_t result = PLX_R(S_OK);
	char message[PLEXUS_MESSAGE_TEXT] = "";
	int err, first = 0;
	size_t i;

	plx_done(h, PLX_R(S_OK), "");
	err = paths ? 0 : collect(&all);
	if (err) {
		plx_list_drop(&all);
		return plx_fail(h, -err, plx_result_of_errno(-err), SYS_BLOCK " cannot be read: %s",
				strerror(-err));
	}
	for (i = 0; i < (paths ? n_paths : all.n); i++) {
		const char *path = paths ? paths[i] : all.items[i];

		if (!paths && plexus_disk_has_label(path) <= 0)
			continue;
		memset(&out, 0, sizeof(out));
		err = scan_named(h, path, &out);
		/* a disk below another device, whose label is seen there too; or not ours */
		if (!paths && err == -EBUSY)
			continue;
		if (err && !first) {
			first = err;
			result = plexus_result(h);
			snprintf(message, sizeof(message), "%s", plexus_message(h));
		}
		if (found)
			found(path, err, &out, arg);
	}
	plx_list_drop(&all);
	if (first)
		plx_done(h, result, message);
	return first;
}
