/* drive_damage.c - the store of a real node is damaged in a hundred ways: bits flipped, pages of zeros, of noise and of other pages, the
 * file cut, emptied, or gone, LMDB's lock file overwritten. Each time "store check" and "up" must say so and end as documented, or nothing
 * may have changed; a node that runs on beside a damaged row answers every call, with what is there or with "damaged". Every second time
 * under the sanitizers.
 *   damage [-n TIMES] [-s SEED] [-b BUILD]        the last line of stdout is the summary (tests/soak says its form) */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kill/audit.h"
#include "tests/kill/drive.h"
#include "tests/kill/pair.h"

#define NOTICES 150
#define PAGE 4096u
#define PATIENCE_US 30000000ll

enum kind { FLIP, FLIP_HEAD, FLIP_FIRST, ZEROS, NOISE, OTHER, CUT, EMPTY, GONE, LOCK, KINDS };
static const char *const names[KINDS] = {"flip", "flip_head", "flip_first", "zeros", "noise", "other_page", "cut", "empty", "gone", "lock_file"};

static struct run {
	struct pair pair;
	struct drive d;
	char file[300];
	struct buf whole;
	const char *program;
	unsigned of[KINDS], by_check, refused, by_calls, without_effect, bad;
} run;

/* ---- damage ---- */

static void put(off_t at, const void *p, size_t n)
{
	int fd = open(run.file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || pwrite(fd, p, n, at) != (ssize_t)n)
		abort();
	(void)close(fd);
}

static void whole_again(void)
{
	char path[300];
	int fd = open(run.file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, run.whole.p, run.whole.n) != (ssize_t)run.whole.n)
		abort();
	(void)close(fd);
	(void)snprintf(path, sizeof path, "%s/store/lock.mdb", run.pair.node[0].home);
	(void)unlink(path);
}

static void flip(off_t at)
{
	uint8_t byte = run.whole.p[at] ^ (uint8_t)(1u << drive_random(8));

	put(at, &byte, 1);
}

static void lock_file(const uint8_t *noise)
{
	char path[300];

	(void)snprintf(path, sizeof path, "%s/store/lock.mdb", run.pair.node[0].home);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, noise, PAGE) != PAGE)
		abort();
	(void)close(fd);
}

static void damage(enum kind kind)
{
	size_t pages = run.whole.n / PAGE, page = drive_random(pages);
	uint8_t noise[PAGE] = {0};

	if (kind == NOISE || kind == LOCK)
		for (size_t i = 0; i < PAGE; i++)
			noise[i] = (uint8_t)drive_random(256);
	switch (kind) {
	case FLIP:
		flip((off_t)drive_random(run.whole.n));
		return;
	case FLIP_HEAD:
		flip((off_t)(page * PAGE + drive_random(48)));
		return;
	case FLIP_FIRST:
		flip((off_t)(drive_random(2) * PAGE + drive_random(160)));
		return;
	case ZEROS:
	case NOISE:
		put((off_t)(page * PAGE), noise, PAGE);
		return;
	case OTHER:
		put((off_t)(page * PAGE), run.whole.p + drive_random(pages) * PAGE, PAGE);
		return;
	case CUT:
	case EMPTY:
		if (truncate(run.file, kind == CUT ? (off_t)drive_random(run.whole.n) : 0) != 0)
			abort();
		return;
	case GONE:
		(void)unlink(run.file);
		return;
	case LOCK:
		lock_file(noise);
		return;
	case KINDS:
		return;
	}
}

/* ---- what the program says of it ---- */

/* Runs it to its end; what it says on both outputs. -1: it did not end by itself. */
static int program(const char *verb, const char *word, char *said, size_t room)
{
	char command[9000];
	size_t n = 0;
	FILE *f;

	(void)snprintf(command, sizeof command, "timeout -s KILL 60 '%s' --home '%s' %s %s 2>&1", run.program, run.pair.node[0].home, verb, word);
	if (!(f = popen(command, "r")))
		return -1;
	n = fread(said, 1, room - 1, f);
	said[n] = 0;
	while (getc(f) != EOF) {
	}
	int status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void bad(unsigned i, enum kind kind, const char *what, const char *said)
{
	run.bad++;
	fprintf(stderr, "damage %u (%s, %s): %s\n%.2000s\n", i, names[kind], run.program == run.d.tally ? "plain" : "sanitized", what, said);
}

static json_t *report(void)
{
	return json_pack("{s:s, s:{s:[s], s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s}}}", "call", "incident.report", "args", "to",
	                 run.pair.node[0].peer, "tlp", "amber", "body", "stage", "early-warning", "title", "One of many", "aware",
	                 "2026-11-24T00:00:00Z", "malicious", "unknown", "cross_border", "no", "contact", "soc@example.org", "summary",
	                 "So that a record is not all in one small page: what is known so far, and what is being done about it.");
}

/* Calls that read every table there is, and one that writes. Says how many were answered with "damaged"; -1: one was not answered. */
static int calls(void)
{
	static const char *const reading[] = {"node.status", "node.doctor", "inbox.list", "outbox.list", "record.list", "incident.list",
	                                      "partner.list", "supplier.list", "requirement.list", "posture.list", "key.show"};
	int damaged = 0;

	for (size_t i = 0; i <= sizeof reading / sizeof *reading; i++) {
		json_t *r = pair_call(&run.pair, 0, i < sizeof reading / sizeof *reading ? json_pack("{s:s}", "call", reading[i]) : report(), 20000);
		const char *error = json_string_value(json_object_get(r, "error"));
		bool answered = r != NULL && (pair_good(r) || error);
		damaged += error && strcmp(error, "ERR_CORRUPT") == 0;
		if (answered && error && strcmp(error, "ERR_CORRUPT") != 0)
			fprintf(stderr, "call %zu: %s\n", i, error);
		json_decref(r);
		if (!answered)
			return -1;
	}
	return damaged;
}

/* 0: it runs. Else its exit code, or -1 for a death that was not its own will; what it said. */
static int start(char *said, size_t room)
{
	struct node *n = &run.pair.node[0];
	char path[300];
	int status;

	(void)snprintf(path, sizeof path, "%s.log", n->home);
	(void)unlink(path);
	pair_start(&run.pair, 0);
	int64_t until = pair_clock() + PATIENCE_US;
	while (n->phase == PHASE_START && pair_clock() < until && waitpid(n->pid, &status, WNOHANG) == 0)
		pair_hear(&run.pair, 0, 20000);
	if (n->phase != PHASE_START)
		return 0;
	pair_forget(&run.pair, 0);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, said, room - 1) : 0;
	said[got > 0 ? got : 0] = 0;
	if (fd >= 0)
		(void)close(fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void one(unsigned i, enum kind kind)
{
	static char check[60000], up[60000];
	int checked, started, found = 0;

	damage(kind);
	checked = program("store", "check", check, sizeof check);
	if (kind == GONE || kind == EMPTY ? checked != 10 : checked != 0 && checked != 10)
		bad(i, kind, "store check ended badly", check);
	started = start(up, sizeof up);
	if (started == 0) {
		found = calls();
		if (!pair_stop(&run.pair, 0) || found < 0)
			bad(i, kind, "the node did not answer, or did not end in order", "");
	} else if (started != 10 || !strstr(up, "tally: error: ") || !strstr(up, "tally: hint: ")) {
		bad(i, kind, "the node did not start, and did not say why", up);
	}
	if (checked == 0 && (started != 0 || found != 0))
		bad(i, kind, "store check found nothing", up);
	run.of[kind]++;
	run.by_check += checked != 0;
	run.refused += started == 10;
	run.by_calls += found > 0;
	run.without_effect += checked == 0 && started == 0 && found == 0;
	whole_again();
}

/* ---- a node with something to lose ---- */

static bool until(bool (*fn)(void))
{
	int64_t end = pair_clock() + PATIENCE_US;

	while (!fn()) {
		pair_listen(&run.pair, pair_clock() + 20000);
		if (pair_clock() > end)
			return false;
	}
	return true;
}

static bool both_ready(void)
{
	return run.pair.node[0].phase != PHASE_START && run.pair.node[1].phase != PHASE_START;
}

static bool all_receipted(void)
{
	return pair_waiting(&run.pair, 0) == 0 && pair_waiting(&run.pair, 1) == 0;
}

static bool prepare(const char *folder)
{
	struct stat st;
	uint8_t *at;

	if (!pair_make(&run.pair, run.d.tally, folder))
		return false;
	pair_start(&run.pair, 0);
	pair_start(&run.pair, 1);
	if (!until(both_ready) || !pair_meet(&run.pair, 30000))
		return false;
	for (int i = 0; i < NOTICES; i++) {
		json_t *r = pair_call(&run.pair, i % 2, i % 2 ? json_pack("{s:s}", "call", "node.status") : report(), 10000);
		bool good = pair_good(r);
		json_decref(r);
		if (!good)
			return false;
	}
	if (!until(all_receipted) || !pair_stop(&run.pair, 0) || !pair_stop(&run.pair, 1))
		return false;
	(void)snprintf(run.file, sizeof run.file, "%s/store/data.mdb", run.pair.node[0].home);
	int fd = open(run.file, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && fstat(fd, &st) == 0 && buf_room(&run.whole, (size_t)st.st_size, &at) == OK &&
	            read(fd, at, (size_t)st.st_size) == st.st_size;
	if (fd >= 0)
		(void)close(fd);
	return good;
}

static bool works_again(void)
{
	struct audit found = {0};

	pair_start(&run.pair, 0);
	pair_start(&run.pair, 1);
	bool good = until(both_ready) && until(all_receipted);
	return pair_stop(&run.pair, 0) && pair_stop(&run.pair, 1) && good && audit_check(run.pair.node[0].home, &found) == OK && !found.problems;
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/tally-damage-XXXXXX";
	bool good;

	run.d.n = 100;
	if (!drive_begin(argc, argv, &run.d) || !run.d.sanitized[0] || !mkdtemp(folder))
		return 2;
	printf("damage: seed %llu, %u times, in %s\n", (unsigned long long)run.d.seed, run.d.n, folder);
	(void)fflush(stdout);
	int64_t begun = pair_clock();
	good = prepare(folder);
	for (unsigned i = 0; good && i < run.d.n; i++) {
		run.program = i % 2 ? run.d.tally : run.d.sanitized;
		(void)snprintf(run.pair.tally, sizeof run.pair.tally, "%s", run.program);
		one(i, (enum kind)(i < 2 * KINDS ? i / 2 : drive_random(KINDS)));
	}
	good = good && works_again() && !run.bad;
	for (int i = 0; i < 2; i++)
		pair_kill(&run.pair, i);
	if (!good)
		fprintf(stderr, "damage: kept: %s\n", folder);
	else
		good = drive_end(folder);
	printf("damage result=%s seed=%llu times=%u", good ? "good" : "bad", (unsigned long long)run.d.seed, run.d.n);
	for (int k = 0; k < KINDS; k++)
		printf(" %s=%u", names[k], run.of[k]);
	printf(" found_by_check=%u refused_at_start=%u found_by_calls=%u without_effect=%u wrong=%u seconds=%.0f\n", run.by_check, run.refused,
	       run.by_calls, run.without_effect, run.bad, (double)(pair_clock() - begun) / 1e6);
	return good ? 0 : 1;
}
