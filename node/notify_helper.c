/* notify_helper.c - a process beside the node that runs the program which tells people. It was forked before the node had anything to hide, and
 * closes all but its socket. It lives as long as the node holds the other end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node/notify.h"

#define GRACE_MS 1000 /* for a program that runs when the node ends */
#define STEP_MS 50

struct run { /* of the program */
	pid_t pid;
	int in, err; /* -1: closed */
	const char *text;
	size_t n, put;
	char words[120]; /* the first of its stderr */
	size_t words_n;
	int64_t end;     /* when it is killed */
};

static int64_t now(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool read_all(int fd, void *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = read(fd, (char *)p + at, n - at);
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		at += got > 0 ? (size_t)got : 0;
	}
	return true;
}

static void on_signals(void (*what)(int))
{
	static const int all[] = {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGXFSZ};
	struct sigaction a = {.sa_handler = what};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		(void)sigaction(all[i], &a, NULL);
}

/* ---- the program ---- */

static void become(const char *program, const int in[2], const int err[2])
{
	static const char *const env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/", NULL};
	const char *args[] = {program, NULL};
	int null = open("/dev/null", O_WRONLY);
	(void)setpgid(0, 0);
	if (chdir("/") != 0 || dup2(in[0], STDIN_FILENO) < 0 || dup2(err[1], STDERR_FILENO) < 0 || (null >= 0 && dup2(null, STDOUT_FILENO) < 0))
		_exit(127);
	for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
		(void)close(fd);
	on_signals(SIG_DFL);
	(void)execve(program, (char **)(uintptr_t)args, (char **)(uintptr_t)env);
	(void)dprintf(STDERR_FILENO, "cannot be run: %s", strerror(errno));
	_exit(127);
}

static bool start(const char *program, int64_t limit_ms, struct run *r)
{
	int in[2], err[2];
	if (pipe2(in, O_CLOEXEC) != 0)
		return false;
	if (pipe2(err, O_CLOEXEC) != 0) {
		(void)close(in[0]);
		(void)close(in[1]);
		return false;
	}
	if ((r->pid = fork()) == 0)
		become(program, in, err);
	(void)close(in[0]);
	(void)close(err[1]);
	r->in = in[1];
	r->err = err[0];
	(void)fcntl(r->in, F_SETFL, O_NONBLOCK);
	(void)fcntl(r->err, F_SETFL, O_NONBLOCK);
	if (r->pid > 0)
		(void)setpgid(r->pid, r->pid); /* whoever comes first */
	r->end = now() + limit_ms;
	return r->pid > 0;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void feed(struct run *r)
{
	ssize_t put = r->in >= 0 && r->put < r->n ? write(r->in, r->text + r->put, r->n - r->put) : 0;
	if (put < 0 && errno != EAGAIN && errno != EINTR)
		close_one(&r->in); /* it does not want to know all of it */
	r->put += put > 0 ? (size_t)put : 0;
	if (r->put == r->n)
		close_one(&r->in);
}

static void listen_to(struct run *r)
{
	char some[512];
	ssize_t got;
	while (r->err >= 0 && (got = read(r->err, some, sizeof some)) != 0) {
		if (got < 0 && errno != EINTR)
			return;
		for (ssize_t i = 0; i < got && r->words_n < sizeof r->words - 1; i++)
			r->words[r->words_n++] = some[i] == '\n' ? ' ' : some[i];
	}
	close_one(&r->err);
}

/* Until it has ended: *status as wait gives it. When the node is gone it gets a second. */
static void attend(struct run *r, int node, int *status)
{
	while (waitpid(r->pid, status, WNOHANG) == 0) {
		struct pollfd p[3] = {{node, POLLIN, 0}, {r->in, POLLOUT, 0}, {r->err, POLLIN, 0}};
		int64_t left = r->end - now();
		if (left <= 0) {
			(void)kill(-r->pid, SIGKILL);
			(void)kill(r->pid, SIGKILL);
		}
		(void)poll(p, 3, STEP_MS);
		if (p[0].revents & (POLLHUP | POLLERR) && r->end > now() + GRACE_MS)
			r->end = now() + GRACE_MS;
		feed(r);
		listen_to(r);
		if (p[1].revents & POLLERR)
			close_one(&r->in);
	}
	listen_to(r);
	while (r->words_n && r->words[r->words_n - 1] == ' ')
		r->words[--r->words_n] = 0;
	(void)kill(-r->pid, SIGKILL); /* whatever it left behind */
}

static void report_of(const struct run *r, int status, bool late, char out[static NOTIFY_REPORT + 1])
{
	memset(out, 0, NOTIFY_REPORT + 1);
	if (r->pid <= 0)
		(void)snprintf(out, NOTIFY_REPORT, "the program could not be started");
	else if (late)
		(void)snprintf(out, NOTIFY_REPORT, "the program did not end in time and was killed: %s", r->words);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		(void)snprintf(out, NOTIFY_REPORT, "told");
	else if (WIFEXITED(status))
		(void)snprintf(out, NOTIFY_REPORT, "the program ended with %d: %s", WEXITSTATUS(status), r->words);
	else
		(void)snprintf(out, NOTIFY_REPORT, "the program was ended by signal %d: %s", WTERMSIG(status), r->words);
}

static void tell(const char *program, int64_t limit_ms, int node, struct span text)
{
	struct run r = {.in = -1, .err = -1, .text = (const char *)text.p, .n = text.n};
	char report[NOTIFY_REPORT + 1];
	int status = 0;
	if (start(program, limit_ms, &r))
		attend(&r, node, &status);
	report_of(&r, status, r.pid > 0 && now() >= r.end, report);
	close_one(&r.in);
	close_one(&r.err);
	for (size_t at = 0; at < NOTIFY_REPORT;) {
		ssize_t put = write(node, report + at, NOTIFY_REPORT - at);
		if (put < 0 && errno != EINTR)
			_exit(0);
		at += put > 0 ? (size_t)put : 0;
	}
}

void notify_helper_run(int fd, const char *program, int64_t limit_ms)
{
	static char text[NOTIFY_TEXT];
	uint8_t length[4];
	struct rlimit none = {0, 0};
	if (fd != STDERR_FILENO + 1 && dup2(fd, STDERR_FILENO + 1) < 0)
		_exit(1);
	fd = STDERR_FILENO + 1;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)close_range((unsigned)fd + 1, ~0u, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	on_signals(SIG_IGN); /* it ends when the node does */
	while (read_all(fd, length, sizeof length)) {
		size_t n = get_u32be(length);
		if (n > sizeof text || !read_all(fd, text, n))
			break;
		tell(program, limit_ms, fd, SPAN(text, n));
	}
	_exit(0);
}
