/* drive_sigkill.c - both nodes are killed with SIGKILL at random moments while records flow in both directions: while they start,
 * recover, pair and work. Afterwards, and in between, with both dead, their stores are held against each other and against what was answered "ok".
 *   sigkill [-n KILLS] [-s SEED] [-b BUILD]        the last line of stdout is the summary (tests/soak says its form) */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/kill/audit.h"
#include "tests/kill/drive.h"
#include "tests/kill/pair.h"

#define WORKERS 4         /* at each node */
#define CHAPTER 100       /* kills of one pair; the next gets new stores, so that looking at them stays quick */
#define PAIRING_SHARE 7   /* every so many kills one hits a pairing */
#define PAIRING_KILLS 5   /* of one pairing */
#define AUDIT_EVERY 25
#define PATIENCE_US 60000000ll

struct worker {
	struct pair *pair;
	int node;
	unsigned number;
	struct audit_said said;
	size_t unanswered, refused;
};

static struct run {
	struct pair pair;
	struct worker worker[2][WORKERS];
	uint64_t seed;
	unsigned kills[2], phase[PHASES], in_pairing, pairings, audits;
	struct audit found;
	size_t records, unanswered, refused;
	int problems;
} run;

static atomic_bool loading, operating;

static void pause_us(int64_t us)
{
	struct timespec t = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};

	(void)nanosleep(&t, NULL);
}

/* ---- load ---- */

/* Mostly small ones; now and then one that fills several pages. Threads do not draw from the seeded numbers: their order is the machine's. */
static json_t *notice(const struct worker *w, size_t number)
{
	char title[80], text[9000];
	size_t n = number % 50 == 7 ? sizeof text - 1 : number % 200;

	(void)snprintf(title, sizeof title, "record %zu of %c%u", number, w->node ? 'b' : 'a', w->number);
	memset(text, 'x', n);
	text[n] = 0;
	return json_pack("{s:s, s:{s:[s], s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s+}}}", "call", "incident.report", "args", "to",
	                 w->pair->node[w->node].peer, "tlp", "amber", "body", "stage", "early-warning", "title", title, "aware",
	                 "2026-11-24T00:00:00Z", "malicious", "unknown", "cross_border", "no", "contact", "soc@example.org", "summary",
	                 "What is known: ", text);
}

static void *load(void *arg)
{
	struct worker *w = arg;

	for (size_t i = 0; atomic_load(&loading); i++) {
		json_t *said = pair_call(w->pair, w->node, notice(w, i), 10000);
		if (pair_good(said) && pair_text(said, "id")) {
			audit_say(&w->said, pair_text(said, "id"));
		} else if (said) {
			if (w->refused++ == 0)
				fprintf(stderr, "refused: %s\n", json_string_value(json_object_get(said, "text")));
		} else {
			w->unanswered++;
			pause_us(2000);
		}
		json_decref(said);
		pause_us((int64_t)(i * 37 % 41) * 500);
	}
	return NULL;
}

/* ---- kills ---- */

/* When the next kill of a node that starts now is due: while it starts, while it links, or while it works. */
static int64_t life_us(void)
{
	switch (drive_random(4)) {
	case 0:
		return (int64_t)drive_random(20000);
	case 1:
		return (int64_t)drive_random(150000);
	default: /* of two more numbers */
		return 50000 + (int64_t)drive_random(1200000);
	}
}

static void start(int i, bool mortal)
{
	pair_start(&run.pair, i);
	run.pair.node[i].kill_at = mortal ? pair_clock() + life_us() : INT64_MAX;
}

static void shoot(int i, bool pairing)
{
	run.kills[i]++;
	if (pairing)
		run.in_pairing++;
	else
		run.phase[run.pair.node[i].phase]++;
	pair_kill(&run.pair, i);
}

static unsigned killed(void)
{
	return run.kills[0] + run.kills[1];
}

/* Goes on killing until so many were killed in all, or enough() says so. */
static void killing(unsigned until, bool pairing, bool (*enough)(void))
{
	while (killed() < until && !(enough && enough())) {
		int i = run.pair.node[0].kill_at <= run.pair.node[1].kill_at ? 0 : 1;
		pair_listen(&run.pair, run.pair.node[i].kill_at);
		if (!run.pair.node[i].pid) { /* by itself: told, counted as a problem */
			start(i, true);
			continue;
		}
		shoot(i, pairing);
		start(i, true);
	}
}

/* ---- pairing ---- */

struct operator { /* the people on both sides, who try again until it is done */
	char token[1100];
	bool joined, compared[2];
	const char *failed;
};

static const char *error_of(const json_t *response)
{
	const char *text = json_string_value(json_object_get(response, "error"));

	return text ? text : "";
}

static void invite(struct operator *o)
{
	json_t *r = pair_call(&run.pair, 0, json_pack("{s:s, s:{s:s}}", "call", "partner.invite", "args", "name", run.pair.node[0].peer), 5000);

	if (pair_good(r) && pair_text(r, "token"))
		(void)snprintf(o->token, sizeof o->token, "%s", pair_text(r, "token"));
	json_decref(r);
}

static void join(struct operator *o)
{
	json_t *r = pair_call(&run.pair, 1, json_pack("{s:s, s:{s:s, s:s}}", "call", "partner.join", "args", "token", o->token, "name",
	                                              run.pair.node[1].peer), 25000);

	o->joined = pair_good(r) || strcmp(error_of(r), "ERR_CONFLICT") == 0; /* already a partner: the answer was lost */
	json_decref(r);
}

static void compare(struct operator *o, int i)
{
	json_t *card = pair_call(&run.pair, !i, json_pack("{s:s}", "call", "card.show"), 5000), *r = NULL;

	if (pair_good(card))
		r = pair_call(&run.pair, i, json_pack("{s:s, s:{s:s, s:s}}", "call", "partner.verify", "args", "partner", run.pair.node[i].peer,
		                                      "words", pair_text(card, "words")), 5000);
	o->compared[i] = pair_good(r);
	json_decref(card);
	json_decref(r);
}

static bool is_linked(int i)
{
	json_t *r = pair_call(&run.pair, i, json_pack("{s:s, s:{s:s}}", "call", "partner.show", "args", "partner", run.pair.node[i].peer), 5000);
	const char *state = pair_text(r, "state");
	bool linked = state && strcmp(state, "active") == 0 && json_is_true(json_object_get(json_object_get(r, "result"), "linked"));

	json_decref(r);
	return linked;
}

static void *operate(void *arg)
{
	struct operator *o = arg;
	int64_t until = pair_clock() + PATIENCE_US;

	while (!(o->compared[0] && o->compared[1] && is_linked(0) && is_linked(1))) {
		if (!o->token[0])
			invite(o);
		else if (!o->joined)
			join(o);
		else if (!o->compared[0])
			compare(o, 0);
		else if (!o->compared[1])
			compare(o, 1);
		pause_us(3000);
		if (pair_clock() > until) {
			o->failed = !o->token[0] ? "no invitation" : !o->joined ? "not joined" : !o->compared[1] ? "not compared" : "not linked";
			break;
		}
	}
	atomic_store(&operating, false);
	return NULL;
}

static bool operated(void)
{
	return !atomic_load(&operating);
}

/* Both begin anew, so that nobody waits for the pauses between dials to end. */
static void restart(bool mortal)
{
	for (int i = 0; i < 2; i++) {
		if (run.pair.node[i].pid)
			shoot(i, false);
		start(i, mortal);
	}
}

static bool pairing(const char *folder, unsigned kills)
{
	struct operator o = {0};
	pthread_t thread;

	run.pairings++;
	if (!pair_make(&run.pair, run.pair.tally, folder))
		return false;
	start(0, kills > 0);
	start(1, kills > 0);
	atomic_store(&operating, true);
	if (pthread_create(&thread, NULL, operate, &o) != 0)
		return false;
	killing(killed() + kills, true, operated);
	if (kills && !operated()) {
		for (int i = 0; i < 2; i++) {
			pair_kill(&run.pair, i);
			start(i, false);
		}
	}
	while (!operated())
		pair_listen(&run.pair, pair_clock() + 20000);
	(void)pthread_join(thread, NULL);
	if (o.failed)
		fprintf(stderr, "sigkill: pairing %u in %s: %s\n", run.pairings, folder, o.failed);
	return !o.failed;
}

/* ---- the whole ---- */

static enum err audit(bool whole)
{
	enum err e = OK;

	run.audits++;
	for (int i = 0; e == OK && i < 2; i++) {
		const struct audit_said *said[WORKERS];
		for (int k = 0; k < WORKERS; k++)
			said[k] = &run.worker[i][k].said;
		e = audit_check(run.pair.node[i].home, &run.found);
		if (e == OK)
			e = audit_direction(&(struct audit_of){run.pair.node[i].home, run.pair.node[!i].home, said, WORKERS, whole}, &run.found);
	}
	if (e != OK)
		fprintf(stderr, "sigkill: the stores cannot be read: %s\n", err_text(e));
	return e;
}

static bool settle(void)
{
	int64_t until = pair_clock() + PATIENCE_US;

	restart(false);
	while (pair_waiting(&run.pair, 0) != 0 || pair_waiting(&run.pair, 1) != 0) {
		pair_listen(&run.pair, pair_clock() + 100000);
		if (pair_clock() > until) {
			fprintf(stderr, "sigkill: not all was delivered within a minute\n");
			return false;
		}
	}
	return pair_stop(&run.pair, 0) && pair_stop(&run.pair, 1);
}

static void load_begin(pthread_t threads[static 2 * WORKERS])
{
	atomic_store(&loading, true);
	for (int i = 0; i < 2 * WORKERS; i++) {
		struct worker *w = &run.worker[i % 2][i / 2];
		w->pair = &run.pair;
		w->node = i % 2;
		w->number = (unsigned)i / 2;
		if (pthread_create(&threads[i], NULL, load, w) != 0)
			abort();
	}
}

static void load_end(pthread_t threads[static 2 * WORKERS])
{
	atomic_store(&loading, false);
	for (int i = 0; i < 2 * WORKERS; i++)
		(void)pthread_join(threads[i], NULL);
}

static bool under_load(unsigned until)
{
	pthread_t threads[2 * WORKERS];
	enum err e = OK;

	while (e == OK && killed() < until) {
		unsigned next = killed() + AUDIT_EVERY < until ? killed() + AUDIT_EVERY : until;
		load_begin(threads);
		restart(true);
		killing(next, false, NULL);
		shoot(0, false);
		shoot(1, false);
		load_end(threads);
		e = audit(false);
	}
	return e == OK && settle() && audit(true) == OK;
}

/* Pairs that are killed while they come about, the last of which then works until so many were killed in all. */
static bool chapter(unsigned until, const char *folder)
{
	unsigned share = run.in_pairing + (until - killed()) / PAIRING_SHARE;
	char name[300];
	bool good = true;

	for (bool more = true; good && more;) {
		(void)snprintf(name, sizeof name, "%s/%u", folder, run.pairings);
		good = mkdir(name, 0700) == 0 && pairing(name, PAIRING_KILLS);
		more = run.in_pairing < share;
		if (more)
			for (int i = 0; i < 2; i++)
				pair_kill(&run.pair, i);
		else if (good)
			good = under_load(until);
		for (int i = 0; i < 2; i++)
			run.problems += run.pair.node[i].problems;
	}
	for (int i = 0; i < 2 * WORKERS; i++) {
		struct worker *w = &run.worker[i % 2][i / 2];
		run.records += w->said.n;
		run.unanswered += w->unanswered;
		run.refused += w->refused;
		free(w->said.id);
		*w = (struct worker){0};
	}
	return good;
}

static bool all(unsigned kills, const char *folder)
{
	bool good = true;

	while (good && killed() < kills)
		good = chapter(kills - killed() < CHAPTER ? kills : killed() + CHAPTER, folder);
	return good;
}

static void summary(bool good, double seconds)
{
	printf("sigkill result=%s seed=%llu kills=%u listener=%u dialler=%u start=%u recovery=%u flow=%u pairing=%u pairings=%u audits=%u records=%zu "
	       "unanswered=%zu refused=%zu entries=%zu receipts=%zu doubled=%zu lost=%zu untrue=%zu forked=%zu check_problems=%zu log_problems=%d "
	       "seconds=%.0f\n",
	       good ? "good" : "bad", (unsigned long long)run.seed, killed(), run.kills[0], run.kills[1], run.phase[PHASE_START],
	       run.phase[PHASE_RECOVERY], run.phase[PHASE_FLOW], run.in_pairing, run.pairings, run.audits, run.records, run.unanswered, run.refused,
	       run.found.entries, run.found.receipts, run.found.doubled, run.found.lost, run.found.untrue, run.found.forked, run.found.problems,
	       run.problems, seconds);
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/tally-kill-XXXXXX";
	struct drive d = {.n = 100};

	if (!drive_begin(argc, argv, &d) || !mkdtemp(folder))
		return 2;
	run.seed = d.seed;
	(void)snprintf(run.pair.tally, sizeof run.pair.tally, "%s", d.tally);
	printf("sigkill: seed %llu, %u kills, in %s\n", (unsigned long long)d.seed, d.n, folder);
	(void)fflush(stdout);
	int64_t begun = pair_clock();
	bool good = all(d.n, folder);
	for (int i = 0; i < 2; i++)
		pair_kill(&run.pair, i);
	good = good && !run.found.lost && !run.found.doubled && !run.found.untrue && !run.found.forked && !run.found.problems && !run.refused &&
	       !run.problems && run.records > 0 && drive_end(folder);
	if (!good)
		fprintf(stderr, "sigkill: kept: %s\n", folder);
	summary(good, (double)(pair_clock() - begun) / 1e6);
	return good ? 0 : 1;
}
