#include "node/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/rows.h"

#define LOOK_MS 100         /* while the program runs */
#define PAUSE_MS 1000       /* between two notices, so that what comes together is told together */
#define RETRY_MIN_MS 2000
#define RETRY_MAX_MS (60ll * 60 * 1000)
#define TIMES_MS 60000      /* between two looks at deadlines, */
#define TIMES_SHARE 200     /* and so many times what the last look took */
#define FAILURES 3          /* in a row, then doctor says so */

struct notify {
	pid_t helper;
	int fd; /* -1: the helper is gone */
	struct host *host;
	bool running, told, marked; /* told: the mark is to be written; marked: it was, in this turn */
	struct notice_mark at, to;  /* to: of what is on its way */
	bool known;                 /* at was read */
	char *text;                 /* to be sent after the commit, or in part */
	size_t text_n, sent;
	char report[NOTIFY_REPORT + 1];
	size_t report_n;
	unsigned failures;
	int64_t next, next_times, backoff; /* steady */
};

static int64_t steady(const struct notify *n)
{
	return n->host->world.steady(n->host->world.ctx);
}

/* A stranger's words as one plain line. */
static char *plain(char *p, const char *end, const char *text)
{
	for (; *text && p < end; text++)
		*p++ = (unsigned char)*text < ' ' || (unsigned char)*text >= 0x7f || *text == '"' || *text == '\\' ? '?' : *text;
	return p;
}

static void say(struct notify *n, enum host_level level, const char *event, const char *text)
{
	char line[NOTIFY_REPORT + 80], *p = line;
	p += snprintf(line, sizeof line, "event=%s text=\"", event);
	p = plain(p, line + sizeof line - 2, text);
	*p++ = '"';
	*p = 0;
	host_log(n->host, level, line);
}

enum err notify_open(const struct notify_config *config, struct notify **out)
{
	int ends[2];
	struct notify *n;
	*out = NULL;
	if (!config->program)
		return OK;
	if (config->program[0] != '/')
		return ERR_INVALID;
	if (!(n = calloc(1, sizeof *n)))
		return ERR_MEMORY;
	n->host = config->host;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		free(n);
		return ERR_IO;
	}
	(void)fflush(NULL);
	n->helper = fork();
	if (n->helper == 0) {
		if (config->passphrase)
			secret_free(*config->passphrase);
		(void)close(ends[0]);
		notify_helper_run(ends[1], config->program, config->limit_ms ? config->limit_ms : NOTIFY_LIMIT_MS);
	}
	(void)close(ends[1]);
	n->fd = ends[0];
	if (n->helper < 0 || fcntl(n->fd, F_SETFL, O_NONBLOCK) != 0) {
		notify_close(n);
		return ERR_MEMORY;
	}
	n->backoff = RETRY_MIN_MS;
	*out = n;
	return OK;
}

/* ---- the helper's answers ---- */

static void gone(struct notify *n)
{
	say(n, HOST_ERROR, "notify-gone", "the helper that tells people has ended: nothing is told until the node is started again");
	(void)close(n->fd);
	n->fd = -1;
	n->running = false;
}

static void drop_text(struct notify *n)
{
	free(n->text);
	n->text = NULL;
	n->text_n = n->sent = 0;
}

static void failed(struct notify *n, struct core *c)
{
	char line[NOTIFY_REPORT + 1], *p;
	n->next = steady(n) + n->backoff;
	n->backoff = 2 * n->backoff > RETRY_MAX_MS ? RETRY_MAX_MS : 2 * n->backoff;
	say(n, HOST_WARN, "notify-failed", n->report);
	p = plain(line, line + sizeof line - 1, n->report); /* a row holds no broken UTF-8 and no blank at its end, and a report is cut anywhere */
	while (p > line && (p[-1] == ' ' || p[-1] == ':'))
		p--;
	*p = '\0';
	if (++n->failures == FAILURES && operations_add(core_txn(c), core_now(c), "node", "people are not told", line) != OK) {
		say(n, HOST_WARN, "notify-failed", "doctor cannot be told of it");
		n->failures--; /* the next failure tries again */
	}
}

static void succeeded(struct notify *n)
{
	n->next = steady(n) + PAUSE_MS;
	n->backoff = RETRY_MIN_MS;
	n->failures = 0;
	n->at = n->to;
	n->told = true;
}

static void read_report(struct notify *n, struct core *c)
{
	ssize_t got = recv(n->fd, n->report + n->report_n, NOTIFY_REPORT - n->report_n, 0);
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		gone(n);
		return;
	}
	n->report_n += got > 0 ? (size_t)got : 0;
	if (n->report_n < NOTIFY_REPORT)
		return;
	n->report_n = 0;
	n->running = false;
	drop_text(n);
	if (strcmp(n->report, "told") == 0)
		succeeded(n);
	else
		failed(n, c);
}

static void send_rest(struct notify *n)
{
	while (n->sent < n->text_n) {
		ssize_t put = send(n->fd, n->text + n->sent, n->text_n - n->sent, MSG_NOSIGNAL);
		if (put < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (put < 0) {
			gone(n);
			return;
		}
		n->sent += (size_t)put;
	}
}

/* ---- a turn ---- */

static enum err frame(struct notify *n, json_t *notice)
{
	char *text = json_dumps(notice, JSON_COMPACT);
	size_t length = text ? strlen(text) : 0;
	drop_text(n);
	n->text = text && length + 1 <= NOTIFY_TEXT ? malloc(length + 5) : NULL;
	if (n->text) {
		put_u32be((uint8_t *)n->text, (uint32_t)(length + 1));
		memcpy(n->text + 4, text, length);
		n->text[4 + length] = '\n';
		n->text_n = length + 5;
	}
	free(text);
	return n->text ? OK : ERR_MEMORY;
}

static enum err look(struct notify *n, struct core *c)
{
	int64_t began = steady(n);
	bool times = began >= n->next_times;
	json_t *notice = NULL;
	enum err e = notice_next(c, &n->at, times, &notice, &n->to);
	if (e == OK && times && n->to.time != n->at.time)
		n->next_times = began + TIMES_MS + TIMES_SHARE * (steady(n) - began);
	if (e == OK && notice)
		e = frame(n, notice);
	else if (e == OK && (n->to.record != n->at.record || n->to.operation != n->at.operation)) { /* nothing in it for people: passed all the same */
		n->at = n->to;
		n->told = true;
	} else if (e == OK) {
		n->at.time = n->to.time; /* noted with the next that is written: a deadline that came between is told, if twice */
	}
	json_decref(notice);
	return e;
}

static enum err read_mark(struct notify *n, struct core *c)
{
	enum err e = n->known ? OK : notice_mark_read(c, &n->at);
	n->told = n->told || e == ERR_NOT_FOUND;
	n->known = e == OK || e == ERR_NOT_FOUND;
	return e == ERR_NOT_FOUND ? OK : e;
}

void notify_turn(struct notify *n, struct core *c)
{
	enum err e;
	if (!n || n->fd < 0)
		return;
	if (n->running)
		read_report(n, c);
	e = read_mark(n, c);
	if (e == OK && !n->running && !n->text && n->fd >= 0 && steady(n) >= n->next)
		e = look(n, c);
	if (e == OK && n->told && (e = notice_mark_write(c, &n->at)) == OK)
		n->marked = true;
	if (e != OK) {
		say(n, HOST_WARN, "notify-failed", err_text(e));
		n->next = steady(n) + RETRY_MIN_MS;
	}
}

void notify_release(struct notify *n, bool committed)
{
	if (!n || n->fd < 0)
		return;
	if (!committed && n->text && !n->running)
		drop_text(n); /* what it tells of is not true */
	if (committed ? n->marked : true)
		n->told = false;
	n->known = n->known && committed; /* numbers that were passed are given out again: how far it was told stands in the store */
	n->marked = false;
	if (n->text && n->sent == 0)
		n->running = true;
	if (n->running)
		send_rest(n);
}

int64_t notify_deadline(const struct notify *n, int64_t other)
{
	int64_t now, own;
	if (!n || n->fd < 0)
		return other;
	now = steady(n);
	own = n->running ? now + LOOK_MS : n->next > now ? n->next : n->next_times > now ? n->next_times : now + TIMES_MS;
	return own < other ? own : other;
}

void notify_close(struct notify *n)
{
	if (!n)
		return;
	if (n->fd >= 0)
		(void)close(n->fd);
	if (n->helper > 0)
		(void)waitpid(n->helper, NULL, 0);
	drop_text(n);
	free(n);
}
