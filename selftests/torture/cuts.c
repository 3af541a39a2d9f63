// SPDX-License-Identifier: GPL-2.0
/*
 * cuts CUTS SEED MODULE [OUT [VIOLATIONS]]: cuts the power of a pack on crashdisks, again and again.
 * VOLUME=mirror or VOLUME=parity says of what; without it parity has the even seeds.
 *
 * A cut: load and operations run for some milliseconds; all disks freeze at one
 * instant; the driver is unloaded; each disk is in one of its possible states; the
 * driver is loaded and finds its disks, in half of the cuts all but one. Then every
 * sector is looked at, again when all plexes are equal, and the plexes themselves.
 *
 * The seed gives all choices, not the timing. Last line: "cuts N, violations N".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "torture.h"

#define CONTROL "/sys/kernel/debug/crashdisk/control"
#define N_LOAD 3

struct volume volume[MAX_VOLUMES];
uint32_t n_disks = 6, cut_nr, disk_sectors, violations;
uint64_t seed;
int disk_fd[MAX_DISKS];
struct plexus *lib;

struct dice check_dice;
bool with_parity, disk_was_lost;
uint32_t n_main = N_MIRRORS, n_honest;

static struct dice dice;
static const char *module_path, *out_dir;
static int control_fd, klog_fd, lost = -1;
static bool came_late; /* the disk that was lost is back since this start */
static bool dirty_round; /* operations or harm since all was healthy */
static uint32_t n_lost, n_down, n_late, n_copies;
static uint64_t spent[8];

/* ---- small things ---- */

void dice_seed(struct dice *d, uint64_t a, uint64_t b, uint64_t c)
{
	d->state = (a * 0x9e3779b97f4a7c15ULL) ^ (b * 0xbf58476d1ce4e5b9ULL + 1) ^
		   (c * 0x94d049bb133111ebULL + 0x1234567);
	if (!d->state)
		d->state = 1;
	dice_roll(d);
	dice_roll(d);
	dice_roll(d);
}

uint64_t dice_roll(struct dice *d)
{
	d->state ^= d->state >> 12;
	d->state ^= d->state << 25;
	d->state ^= d->state >> 27;
	return d->state * 0x2545f4914f6cdd1dULL;
}

uint64_t ms_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

void sleep_us(uint32_t us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000L };

	nanosleep(&t, NULL);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("[%u] ", cut_nr);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	fflush(stdout);
}

static void save(const char *from, const char *name)
{
	char path[512], buf[65536];
	int in = open(from, O_RDONLY), out;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s.%llu.%u", out_dir, name, (unsigned long long)seed,
		 cut_nr);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	while (in >= 0 && out >= 0 && (n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n)
			break;
	close(in);
	close(out);
	printf("    %s\n", path);
}

void violation(const char *format, ...)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	va_list args;

	pthread_mutex_lock(&lock);
	violations++;
	printf("[%u] VIOLATION (seed %llu): ", cut_nr, (unsigned long long)seed);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	if (violations <= 20 && out_dir) {
		printf("    what the disks were told last, and the choices of this cut:\n");
		save("/sys/kernel/debug/crashdisk/log", "disks");
	}
	fflush(stdout);
	pthread_mutex_unlock(&lock);
}

bool control(const char *format, ...)
{
	char text[64];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (write(control_fd, text, n) == n)
		return true;
	say("crashdisk refuses '%s': %s", text, strerror(errno));
	return false;
}

static void print_now(void)
{
	struct status s;

	if (!lib || status_get(lib, &s))
		return;
	status_print(&s);
	status_free(&s);
}

static void hang(const char *what)
{
	violation("hangs: %s", what);
	if (!lib && plexus_open(&lib, PLEXUS_OPEN_NO_LOAD))
		lib = NULL;
	print_now();
	if (system("grep plexus /proc/modules; ps -eLo stat,wchan:32,comm | grep -E '^D|plexus|cuts';"
		   "echo w >/proc/sysrq-trigger; echo l >/proc/sysrq-trigger; dmesg | tail -n 400") <
	    0)
		abort();
	printf("cuts %u, violations %u\n", cut_nr, violations);
	fflush(stdout);
	_exit(1);
}

/* ---- the driver comes and goes ---- */

static void unload(void)
{
	uint64_t since = ms_now();

	plexus_close(lib);
	lib = NULL;
	while (syscall(SYS_delete_module, "plexus", O_NONBLOCK)) {
		if (ms_now() - since > 20000)
			hang("unloading");
		sleep_us(500);
	}
}

static void load(void)
{
	int fd = open(module_path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0)) {
		perror(module_path);
		exit(1);
	}
	close(fd);
	if (plexus_open(&lib, PLEXUS_OPEN_NO_LOAD))
		abort();
}

static bool online(void)
{
	struct plexus_pack_info info;
	struct plexus_pack_ref pack = { .name = PACK };

	return !plexus_pack_get(lib, &pack, &info) && info.status == PLEXUS_PACK_STATUS_ONLINE;
}

static void show_disks(void)
{
	char path[MAX_DISKS][32];
	uint32_t i;

	for (i = 0; i < n_disks; i++) {
		const char *p = path[i];

		snprintf(path[i], sizeof(path[i]), "/dev/crash%u", i);
		if ((int)i != lost)
			plexus_scan(lib, &p, 1, NULL, NULL);
	}
	if (!online())
		plexus_scan_end(lib);
}

/* ---- a pack to begin with ---- */

static void make_volume(struct volume *v, const char *name, uint32_t mib, uint32_t plexes)
{
	struct plexus_volume_spec spec = { .pack.name = PACK,
					   .name = name,
					   .size = (uint64_t)mib << 20,
					   .type = PLEXUS_TYPE_MIRROR,
					   .n_plexes = plexes };
	struct plexus_outcome out;

	if (plexus_volume_create(lib, &spec, &out)) {
		printf("volume create: %s\n", plexus_message(lib));
		exit(1);
	}
	oracle_init(v, name, mib << 11);
}

static void make_parity(struct volume *v, const char *name, uint32_t parity, uint32_t unit)
{
	struct plexus_volume_spec spec = { .pack.name = PACK,
					   .name = name,
					   .size = 3 << 20,
					   .type = PLEXUS_TYPE_PARITY,
					   .n_members = 3 + parity,
					   .n_parity = parity,
					   .unit = unit,
					   .write_hole = PLEXUS_WRITE_HOLE_LOG };
	struct plexus_outcome out;

	if (plexus_volume_create(lib, &spec, &out)) {
		printf("volume create: %s\n", plexus_message(lib));
		exit(1);
	}
	oracle_init(v, name, 3 << 11);
	v->parity = parity;
	v->unit = unit / SECTOR;
	v->row = 3 * v->unit;
}

static void make_volumes(void)
{
	if (with_parity) {
		make_parity(&volume[0], "a", 1, 4096);
		make_parity(&volume[1], "b", 1, 65536);
		make_parity(&volume[2], "c", 2, 4096);
		make_parity(&volume[3], "d", 2, 65536);
	} else {
		make_volume(&volume[0], "a", 4, 2);
		make_volume(&volume[1], "b", 2, 2);
		make_volume(&volume[2], "c", 3, 3);
	}
}

static void make_pack(void)
{
	const char *paths[MAX_DISKS];
	static char path[MAX_DISKS][32];
	uint32_t i;

	for (i = 0; i < n_disks; i++) {
		snprintf(path[i], sizeof(path[i]), "/dev/crash%u", i);
		paths[i] = path[i];
		disk_fd[i] = open(path[i], O_RDONLY | O_DIRECT | O_CLOEXEC);
	}
	if (plexus_pack_create(lib, PACK, paths, n_disks, true, NULL)) {
		printf("pack create: %s\n", plexus_message(lib));
		exit(1);
	}
	make_volumes();
	if (!volumes_open())
		exit(1);
	for (i = 0; i < n_main; i++)
		if (load_fill(&volume[i]))
			violation("volume %s cannot be filled", volume[i].name);
	wait_healthy(10000, true);
}

/* ---- a cut ---- */

static void choose_mood(void)
{
	uint32_t i;

	mood = (struct mood){ .hot_first = below(&dice, 100),
			      .hot_percent = below(&dice, 3) * 45,
			      .flush = 1 + below(&dice, 10),
			      .fua = below(&dice, 10),
			      .discard = below(&dice, 6),
			      .read = below(&dice, 20),
			      .big = below(&dice, 30),
			      .pause_us = percent(&dice, 30) ? 2000 : 0 };
	for (i = 0; i < n_disks; i++) {
		control("async %u %u", i, percent(&dice, 30) ? 0 : below(&dice, 101));
		control("delay %u %u", i, percent(&dice, 60) ? 0 : below(&dice, 300));
	}
}

static void join(pthread_t t, const char *what)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	if (pthread_timedjoin_np(t, NULL, &until))
		hang(what);
}

static void run_and_cut(void)
{
	static struct load l[N_LOAD];
	uint32_t i, n = 1 + below(&dice, N_LOAD),
		    us = 1000 + below(&dice, percent(&dice, 20) ? 200000 : 40000);
	pthread_t operator;

	stop_load = power_off = false;
	for (i = 0; i < n; i++) {
		dice_seed(&l[i].dice, seed, cut_nr, 100 + i);
		pthread_create(&l[i].thread, NULL, load_thread, &l[i]);
	}
	dice_seed(&op_dice, seed, cut_nr, 50);
	if (operations_on) {
		us += below(&dice, percent(&dice, 30) ? 250000 : 60000);
		pthread_create(&operator, NULL, operator_thread, NULL);
	}
	sleep_us(us);
	power_off = true;
	control("cut");
	sleep_us(below(&dice, 2000));
	stop_load = true;
	for (i = 0; i < n; i++)
		join(l[i].thread, "a thread of the load");
	if (operations_on)
		join(operator, "an operation");
}

static void bring_up(void)
{
	uint32_t i;

	for (i = 0; i < n_disks; i++) {
		static const char *const knob[] = { "fail_read", "fail_write", "fail_flush",
						    "stall", "gone" };
		uint32_t k;

		for (k = 0; k < 5; k++)
			control("%s %u %u", knob[k], i, 0);
		control("async %u 0", i);
	}
	disk_was_lost = dirty_round || lost >= 0;
	harmed = -1;
	power_off = false;
	came_late = false;
	control("settle %llu", (unsigned long long)(seed * 1000003 + cut_nr));
	if (lost < 0 && percent(&dice, 50)) {
		lost = below(&dice, n_disks);
		n_lost++;
	} else if (lost >= 0 && percent(&dice, 50)) {
		lost = -1;
		came_late = true;
		n_late++;
	}
	if (lost >= 0)
		control("gone %u 1", (uint32_t)lost);
	disk_was_lost |= lost >= 0;
	for (i = 0; i < MAX_VOLUMES; i++)
		if (volume[i].used)
			oracle_restarted(&volume[i]);
	load();
	show_disks();
}

static void check_all(const char *when, bool pin)
{
	uint32_t i;

	for (i = 0; i < MAX_VOLUMES; i++) {
		if (!volume[i].used || volume[i].fd < 0)
			continue;
		if (!check_read(&volume[i], when, pin)) {
			print_now();
			oracle_any(&volume[i]); /* once is enough */
		}
	}
}

static void check_equal(const char *when)
{
	uint32_t i;

	for (i = 0; i < MAX_VOLUMES; i++)
		if (!volume[i].used || volume[i].fd < 0)
			continue;
		else if (volume[i].parity)
			check_parity(&volume[i], when);
		else
			check_plexes(&volume[i], when);
}

static void come_back(void)
{
	char path[32];
	const char *p = path;

	snprintf(path, sizeof(path), "/dev/crash%d", lost);
	control("gone %u 0", (uint32_t)lost);
	lost = -1;
	if (plexus_scan(lib, &p, 1, NULL, NULL))
		violation("%s is not taken back: %s", path, plexus_message(lib));
	if (!online())
		plexus_scan_end(lib);
}

/* Was the plex broken off before the power failed? Then the copy is as good as it was then. */
static void check_copies(void)
{
	struct plexus_pack_ref pack = { .name = PACK };
	struct plexus_outcome out;
	struct status s;
	uint32_t i;
	size_t k;

	if (status_get(lib, &s))
		return;
	for (i = 0; i < MAX_VOLUMES; i++) {
		struct plexus_volume_info *info;

		if (!volume[i].used || !volume[i].is_copy)
			continue;
		info = status_volume(&s, volume[i].name);
		if (info && volume_open(&s, &volume[i])) {
			n_copies++;
			if (!check_read(&volume[i], "broken off when the power failed", false))
				status_print(&s);
			close(volume[i].fd);
			close(volume[i].fd_sync);
		}
		oracle_free(&volume[i]);
	}
	for (k = 0; k < s.n_volumes; k++) {
		struct plexus_volume_ref ref = { .id = &s.volumes[k]->id, .pack = pack };

		if (strchr("sko", s.volumes[k]->name[0]))
			plexus_volume_delete(lib, &ref, true, &out);
	}
	status_free(&s);
}

/* The disk with most room of those that the volume does not use. */
static const struct plexus_id *other_disk(struct status *s, struct plexus_volume_info *info)
{
	struct plexus_disk_info *best = NULL;
	size_t i, k;

	for (i = 0; i < s->n_disks; i++) {
		bool used = false;

		for (k = 0; k < s->n_plexes; k++)
			used |= plexus_id_equal(&s->plexes[k]->volume, &info->id) &&
				plex_on_disk(s, s->plexes[k], status_disk_nr(s, &s->disks[i]->id));
		if (!used && (!best || s->disks[i]->free > best->free))
			best = s->disks[i];
	}
	return best ? &best->id : NULL;
}

/* Breaks and removals leave volumes with one plex. True: there is still one. */
static bool mirror_again(void)
{
	struct plexus_pack_ref pack = { .name = PACK };
	struct plexus_outcome out;
	bool any = false;
	struct status s;
	uint32_t i;

	if (status_get(lib, &s))
		return true;
	for (i = 0; i < n_main && !with_parity; i++) {
		struct plexus_volume_info *info = status_volume(&s, volume[i].name);
		struct plexus_volume_ref to = { .pack = pack },
					 from = { .pack = pack, .name = "s" };
		struct plexus_volume_spec spec = { .pack = pack,
						   .name = "s",
						   .type = PLEXUS_TYPE_SIMPLE };
		struct plexus_input_disk disk = { 0 };

		if (!info || info->n_plexes > 1)
			continue;
		to.id = &info->id;
		spec.size = info->size;
		any = true;
		disk.id = other_disk(&s, info);
		spec.disks = &disk;
		spec.n_disks = 1;
		if (plexus_volume_create(lib, &spec, &out) ||
		    plexus_plex_add(lib, &to, &from, false, &out))
			violation("volume %s cannot get a second plex: %s", volume[i].name,
				  plexus_message(lib));
	}
	status_free(&s);
	if (any && percent(&dice, 80)) {
		wait_healthy(10000, true);
		any = false;
	}
	return any;
}

static bool flush_all(void)
{
	uint32_t i;

	for (i = 0; i < MAX_VOLUMES; i++) {
		if (!volume[i].used || volume[i].fd < 0 || !fsync(volume[i].fd))
			continue;
		violation("volume %s cannot be flushed: %s", volume[i].name, strerror(errno));
		return false;
	}
	return true;
}

static void check(void)
{
	bool pin, incomplete = lost >= 0 || came_late;

	if (!online()) {
		violation("the pack does not start");
		print_now();
		if (lost >= 0)
			come_back();
	}
	if (!volumes_open()) {
		if (lost < 0 || !dirty_round) {
			violation("a volume is not there");
			print_now();
		}
		n_down++;
	}
	check_copies();
	check_all("after the start", false);
	if (percent(&dice, 25)) {
		dirty_round |= incomplete;
		return; /* the next cut comes while this is being resynced */
	}
	wait_healthy(10000, false);
	check_all("after the resync", false);
	check_equal("after the resync");
	if (lost >= 0 && percent(&dice, 40)) {
		dirty_round = true;
		return;
	}
	if (lost >= 0)
		come_back();
	if (!wait_healthy(10000, true))
		return;
	if (!volumes_open())
		violation("a volume is not there, with all disks");
	check_equal("healthy again");
	/* what was found is sure to stay only once it was flushed */
	pin = percent(&dice, 80) && flush_all();
	check_all("healthy again", pin);
	if (with_parity && percent(&dice, 10))
		check_degraded();
	if (with_parity && percent(&dice, 10))
		check_scrub();
	dirty_round = mirror_again();
}

static void kernel_log(void)
{
	static const char *const bad[] = { "WARNING", "BUG",   "Oops", "Call Trace", "hung",
					   "lockdep", "KASAN", "leak", "stall",	     "refcount" };
	char line[4096];
	uint32_t i;
	ssize_t n;

	while ((n = read(klog_fd, line, sizeof(line) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n < 0)
			continue;
		line[n] = 0;
		for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			if (strstr(line, bad[i]))
				violation("the kernel says: %s", line);
	}
}

static uint64_t took(uint32_t what, uint64_t since)
{
	uint64_t now = ms_now();

	spent[what] += now - since;
	return now;
}

static void one_cut(void)
{
	uint64_t t = ms_now();

	dice_seed(&dice, seed, cut_nr, 1);
	dice_seed(&check_dice, seed, cut_nr, 2);
	choose_mood();
	operations_on = percent(&dice, 60);
	harm_on = operations_on && percent(&dice, 60);
	dirty_round |= operations_on;
	run_and_cut();
	t = took(0, t);
	volumes_close();
	unload();
	t = took(1, t);
	bring_up();
	t = took(2, t);
	check();
	t = took(3, t);
	kernel_log();
}

int main(int argc, char **argv)
{
	uint32_t cuts = argc > 1 ? atoi(argv[1]) : 100;
	uint64_t since = ms_now();
	const char *kind = getenv("VOLUME");
	uint32_t most;

	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	module_path = argc > 3 ? argv[3] : "plexus.ko";
	with_parity = kind && *kind ? !strcmp(kind, "parity") : !(seed & 1);
	if (with_parity)
		n_main = N_PARITY;
	out_dir = argc > 4 ? argv[4] : NULL;
	most = argc > 5 ? atoi(argv[5]) : 10;
	setvbuf(stdout, NULL, _IOLBF, 0);
	control_fd = open(CONTROL, O_WRONLY | O_CLOEXEC);
	klog_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (control_fd < 0 || klog_fd < 0) {
		perror(CONTROL);
		return 1;
	}
	lseek(klog_fd, 0, SEEK_END);
	load();
	make_pack();
	for (cut_nr = 1; cut_nr <= cuts && violations < most; cut_nr++) {
		one_cut();
		if (cut_nr % 100 == 0 || cut_nr == cuts || violations >= most)
			say("%llu ms each: load %llu, unloading %llu, start %llu, checks %llu; %u disks lost, %u came back later, %u times a volume was down, %u copies, %u sectors honestly lost, %llu operations, %u violations",
			    (unsigned long long)(ms_now() - since) / cut_nr,
			    (unsigned long long)spent[0] / cut_nr,
			    (unsigned long long)spent[1] / cut_nr,
			    (unsigned long long)spent[2] / cut_nr,
			    (unsigned long long)spent[3] / cut_nr, n_lost, n_late, n_down, n_copies, n_honest,
			    (unsigned long long)n_operations, violations);
	}
	printf("cuts %u, violations %u\n", cut_nr - 1, violations);
	return violations > 0;
}
