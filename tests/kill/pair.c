#include "tests/kill/pair.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node/client.h"

int64_t pair_clock(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- processes ---- */

static pid_t spawn(const struct pair *p, char *const argv[], int err)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing is left when the driver is stopped */
	int null = open("/dev/null", O_RDWR);
	(void)dup2(null, 0);
	(void)dup2(null, 1);
	(void)dup2(err >= 0 ? err : null, 2);
	(void)execv(p->tally, argv);
	_exit(127);
}

static bool run(const struct pair *p, char *const argv[])
{
	int status = -1;
	pid_t pid = spawn(p, argv, -1);

	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#define TEXT(s) (char *)(uintptr_t)(s)

static bool make_node(struct pair *p, int i)
{
	struct node *n = &p->node[i];
	char kit[256], listen[32];

	*n = (struct node){.peer = i ? "listener" : "dialler", .err = -1, .kill_at = INT64_MAX};
	(void)snprintf(n->home, sizeof n->home, "%s/%c", p->folder, i ? 'b' : 'a');
	(void)snprintf(kit, sizeof kit, "%s.kit", n->home);
	(void)snprintf(listen, sizeof listen, "127.0.0.1:%d", p->port);
	char *argv[] = {TEXT("tally"), TEXT("--home"), n->home, TEXT("init"), TEXT(i ? "Dialler" : "Listener"), TEXT("--recovery-out"), kit,
	                TEXT(i ? NULL : "--listen"), listen, NULL};
	return run(p, argv);
}

static bool free_port(int *port)
{
	FILE *f = popen("tests/port", "re");
	char line[16];
	bool got = f && fgets(line, sizeof line, f);

	if (got)
		*port = (int)strtol(line, NULL, 10);
	return f && pclose(f) == 0 && got;
}

bool pair_make(struct pair *p, const char *tally, const char *folder)
{
	if (tally != p->tally)
		(void)snprintf(p->tally, sizeof p->tally, "%s", tally);
	(void)snprintf(p->folder, sizeof p->folder, "%s", folder);
	return free_port(&p->port) && make_node(p, 0) && make_node(p, 1);
}

void pair_start(struct pair *p, int i)
{
	struct node *n = &p->node[i];
	int ends[2];
	char *argv[] = {TEXT("tally"), TEXT("--home"), n->home, TEXT("up"), NULL};

	if (pipe2(ends, O_CLOEXEC) != 0)
		abort();
	n->pid = spawn(p, argv, ends[1]);
	if (n->pid < 0)
		abort();
	(void)close(ends[1]);
	n->err = ends[0];
	n->phase = PHASE_START;
	n->kill_at = INT64_MAX;
	n->line_n = 0;
}

static void bury(struct node *n)
{
	if (n->err >= 0)
		(void)close(n->err);
	n->err = -1;
	n->pid = 0;
}

static void note_line(struct node *n)
{
	char path[256];
	FILE *log;

	(void)snprintf(path, sizeof path, "%s.log", n->home);
	if ((log = fopen(path, "ae")) != NULL) {
		(void)fprintf(log, "%s\n", n->line);
		(void)fclose(log);
	}
	if (strstr(n->line, "event=ready"))
		n->phase = PHASE_RECOVERY;
	else if (strstr(n->line, "event=linked"))
		n->phase = PHASE_FLOW;
	else if (strstr(n->line, "event=session-ended") && n->phase == PHASE_FLOW)
		n->phase = PHASE_RECOVERY;
	else if (strstr(n->line, "event=turn-failed") || strstr(n->line, "event=alarm") || strstr(n->line, "level=error"))
		n->problems++;
}

static void note(struct node *n, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n') {
			if (n->line_n + 1 < sizeof n->line)
				n->line[n->line_n++] = text[i];
			continue;
		}
		n->line[n->line_n] = 0;
		note_line(n);
		n->line_n = 0;
	}
}

void pair_kill(struct pair *p, int i)
{
	struct node *n = &p->node[i];
	char rest[4096];
	ssize_t got;
	int status;

	if (!n->pid)
		return;
	(void)kill(n->pid, SIGKILL);
	if (waitpid(n->pid, &status, 0) != n->pid || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
		fprintf(stderr, "%s ended by itself, status %x\n", n->home, (unsigned)status);
		n->problems++;
	}
	while ((got = read(n->err, rest, sizeof rest)) > 0)
		note(n, rest, (size_t)got);
	bury(n);
}

bool pair_stop(struct pair *p, int i)
{
	struct node *n = &p->node[i];
	int status = 0;

	if (!n->pid)
		return true;
	(void)kill(n->pid, SIGTERM);
	bool good = waitpid(n->pid, &status, 0) == n->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	bury(n);
	return good;
}

static void hear(struct pair *p, int i)
{
	struct node *n = &p->node[i];
	static char text[65536];
	ssize_t got = read(n->err, text, sizeof text - 1);
	int status;

	if (got > 0) {
		note(n, text, (size_t)got);
		return;
	}
	(void)waitpid(n->pid, &status, 0); /* its log ended: so has it */
	fprintf(stderr, "%s ended by itself, status %x; see its log\n", n->home, (unsigned)status);
	n->problems++;
	bury(n);
}

void pair_listen(struct pair *p, int64_t until)
{
	for (;;) {
		struct pollfd fds[2] = {{.fd = p->node[0].err, .events = POLLIN}, {.fd = p->node[1].err, .events = POLLIN}};
		int64_t left = until - pair_clock();
		if (left <= 0)
			return;
		struct timespec wait = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
		if (ppoll(fds, 2, &wait, NULL) <= 0)
			continue;
		for (int i = 0; i < 2; i++)
			if (fds[i].fd >= 0 && fds[i].revents)
				hear(p, i);
	}
}

void pair_hear(struct pair *p, int i, int64_t us)
{
	struct node *n = &p->node[i];
	struct pollfd fd = {.fd = n->err, .events = POLLIN};
	char text[4096];
	ssize_t got;

	if (poll(&fd, 1, (int)(us / 1000)) > 0 && (got = read(n->err, text, sizeof text)) > 0)
		note(n, text, (size_t)got);
}

void pair_forget(struct pair *p, int i)
{
	char rest[65536];
	ssize_t got;

	while ((got = read(p->node[i].err, rest, sizeof rest)) > 0)
		note(&p->node[i], rest, (size_t)got);
	bury(&p->node[i]);
}

/* ---- calls ---- */

json_t *pair_call(const struct pair *p, int i, json_t *request, int timeout_ms)
{
	struct buf out = {0};
	char *text = json_dumps(request, JSON_COMPACT);
	json_t *response = NULL;

	if (text && client_call(p->node[i].home, SPAN(text, strlen(text)), timeout_ms, &out) == OK)
		response = json_loadb((const char *)out.p, out.n, 0, NULL);
	free(text);
	json_decref(request);
	buf_free(&out);
	return response;
}

bool pair_good(const json_t *response)
{
	return json_is_true(json_object_get(response, "ok"));
}

const char *pair_text(const json_t *response, const char *name)
{
	return json_string_value(json_object_get(json_object_get(response, "result"), name));
}

/* ---- meeting ---- */

static bool compare(const struct pair *p, int i, int timeout_ms)
{
	json_t *card = pair_call(p, !i, json_pack("{s:s}", "call", "card.show"), timeout_ms);
	const char *words = pair_text(card, "words");
	json_t *r = words ? pair_call(p, i, json_pack("{s:s, s:{s:s, s:s}}", "call", "partner.verify", "args", "partner", p->node[i].peer, "words",
	                                             words), timeout_ms) : NULL;
	bool good = pair_good(r);

	json_decref(card);
	json_decref(r);
	return good;
}

bool pair_meet(struct pair *p, int timeout_ms)
{
	int64_t until = pair_clock() + (int64_t)timeout_ms * 1000;
	json_t *token = pair_call(p, 0, json_pack("{s:s, s:{s:s}}", "call", "partner.invite", "args", "name", p->node[0].peer), timeout_ms);
	const char *text = pair_text(token, "token");
	json_t *joined = text ? pair_call(p, 1, json_pack("{s:s, s:{s:s, s:s}}", "call", "partner.join", "args", "token", text, "name",
	                                                 p->node[1].peer), timeout_ms) : NULL;
	bool good = pair_good(joined) && compare(p, 0, timeout_ms) && compare(p, 1, timeout_ms);

	json_decref(token);
	json_decref(joined);
	while (good && !(p->node[0].phase == PHASE_FLOW && p->node[1].phase == PHASE_FLOW)) {
		pair_listen(p, pair_clock() + 20000);
		good = pair_clock() < until;
	}
	return good;
}

int64_t pair_waiting(const struct pair *p, int i)
{
	json_t *r = pair_call(p, i, json_pack("{s:s, s:{s:s}}", "call", "partner.show", "args", "partner", p->node[i].peer), 10000);
	const json_t *waiting = json_object_get(json_object_get(r, "result"), "waiting");
	int64_t n = waiting ? json_integer_value(waiting) : -1;

	json_decref(r);
	return n;
}
