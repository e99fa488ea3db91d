#include "node/host.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "keys/random.h"
#include "node/files.h"
#include "proto/when.h"

static int64_t read_clock(clockid_t clock)
{
	struct timespec t;
	(void)clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t now(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static int64_t steady(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_BOOTTIME); /* goes on while the machine sleeps: what was linked before is dead after */
}

static void random_bytes(void *ctx, uint8_t *p, size_t n)
{
	(void)ctx;
	random_fill(p, n);
}

void host_log(const struct host *h, enum host_level level, const char *line)
{
	static const char *const names[] = {"error", "warn", "info"};
	char when[WHEN_TEXT];
	if (level > h->level)
		return;
	when_format(now(NULL), when);
	(void)fprintf(stderr, "ts=%s level=%s %s\n", when, names[level], line);
}

static void log_line(void *ctx, const char *line)
{
	host_log(ctx, strncmp(line, "event=alarm", 11) == 0 || strncmp(line, "event=turn-failed", 17) == 0 ? HOST_WARN : HOST_INFO, line);
}

void host_crowd(unsigned files)
{
	struct rlimit r;
	(void)mallopt(M_ARENA_MAX, 1);
	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= files)
		return;
	r.rlim_cur = r.rlim_max < files ? r.rlim_max : files;
	(void)setrlimit(RLIMIT_NOFILE, &r);
}

enum err host_open(struct host *h, const char *home)
{
	enum err e = random_start();
	if (e != OK)
		return e;
	h->world = (struct world){.ctx = h, .now = now, .random = random_bytes, .log = log_line, .steady = steady};
	if (home && snprintf(h->files, sizeof h->files, "%s/" FILES_FOLDER, home) < (int)sizeof h->files)
		h->world.files = h->files;
	h->level = HOST_INFO;
	return OK;
}
