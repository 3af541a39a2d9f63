// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Looks at what a device holds before it is overwritten. libblkid knows file
 * systems, partition tables, md, LVM and the like; the Plexus label it does not.
 */
#include <blkid.h>
#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "probe.h"

#define LABEL_BYTES 4096
#define LABEL_SECTORS_AT 48 /* in a label: sectors of its disk, little-endian */

static int magic_at(int fd, off_t at)
{
	char magic[PLX_LABEL_LEN];
	ssize_t n = pread(fd, magic, sizeof(magic), at);

	if (n < 0)
		return -errno;
	return n == sizeof(magic) && !memcmp(magic, PLX_LABEL_MAGIC, sizeof(magic));
}

/*
 * In its first place, or at the end where that one was overwritten. A label at
 * the end may be that of the last partition: then it tells of another size.
 */
static int has_label(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END), at = end / LABEL_BYTES * LABEL_BYTES - LABEL_BYTES;
	int has = magic_at(fd, PLX_LABEL_OFFSET);
	uint64_t sectors;

	if (has || at <= PLX_LABEL_OFFSET)
		return has;
	has = magic_at(fd, at);
	if (has <= 0)
		return has;
	at += LABEL_SECTORS_AT;
	return pread(fd, &sectors, sizeof(sectors), at) == sizeof(sectors) &&
	       le64toh(sectors) == (uint64_t)end >> 9;
}

/* O_NONBLOCK: a drive without a medium must not hold us up. */
static int open_device(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISBLK(st.st_mode)) {
		close(fd);
		return -ENOTBLK;
	}
	return fd;
}

int plexus_disk_has_label(const char *path)
{
	int fd = open_device(path);
	int has;

	if (fd < 0)
		return fd;
	has = has_label(fd);
	close(fd);
	return has;
}

static const char *value(blkid_probe pr, const char *name)
{
	const char *data;

	return blkid_probe_lookup_value(pr, name, &data, NULL) ? NULL : data;
}

static const char *article(const char *word)
{
	return word[0] && strchr("aeiouAEIOU", word[0]) ? "an" : "a";
}

/* Words for what one step of the probe found. */
static void describe(blkid_probe pr, char *what, size_t size)
{
	const char *type = value(pr, "TYPE");
	const char *table = value(pr, "PTTYPE");
	const char *usage = value(pr, "USAGE");
	const char *label = value(pr, "LABEL");

	if (type && usage && !strcmp(usage, "filesystem"))
		snprintf(what, size, "%s %s file system%s%.64s%s", article(type), type,
			 label ? " '" : "", label ? label : "", label ? "'" : "");
	else if (type)
		snprintf(what, size, "%s %s signature", article(type), type);
	else if (table)
		snprintf(what, size, "a %s partition table", table);
}

static int probe(int fd, char *what, size_t size)
{
	blkid_probe pr = blkid_new_probe();
	int rc = -1;

	if (pr && !blkid_probe_set_device(pr, fd, 0, 0)) {
		blkid_probe_enable_superblocks(pr, 1);
		blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE |
							      BLKID_SUBLKS_LABEL);
		blkid_probe_enable_partitions(pr, 1);
		/* one step is enough: whatever comes first is in the way */
		rc = blkid_do_probe(pr);
		if (rc == 0)
			describe(pr, what, size);
		if (rc == 0 && !what[0])
			snprintf(what, size, "data of a kind that libblkid knows");
	}
	blkid_free_probe(pr);
	return rc < 0 ? -EIO : 0;
}

int plexus_disk_probe(struct plexus *h, const char *path, char *what, size_t size)
{
	int fd, err;

	plx_done(h, PLX_R(S_OK), "");
	if (size)
		what[0] = '\0';
	fd = open_device(path);
	if (fd < 0)
		return plx_fail(h, -fd, plx_result_of_errno(-fd), "%s cannot be opened: %s", path,
				strerror(-fd));
	err = has_label(fd);
	if (err > 0)
		snprintf(what, size, "a Plexus label");
	err = err == 0 ? probe(fd, what, size) : err;
	close(fd);
	if (err < 0)
		return plx_fail(h, -err, plx_result_of_errno(-err),
				"%s cannot be read: %s; look at 'dmesg'", path, strerror(-err));
	return 0;
}

int plx_probe_refuse(struct plexus *h, const char *path)
{
	char what[160];
	int err = plexus_disk_probe(h, path, what, sizeof(what));

	if (err || !what[0])
		return err;
	return plx_fail(h, EEXIST, PLX_R(VDS_E_INVALID_OPERATION),
			"%s holds %s; give --force to overwrite it", path, what);
}
