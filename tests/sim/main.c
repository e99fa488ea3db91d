/* main.c - runs seeds, each in a process of its own, a few at a time; what fails is shrunk and said with the line that plays it again.
 *
 * sim [--seed FIRST] [--seeds N] [--nodes N] [--ops N] [--minutes N] [--faults WORD,...|none] [--skip N,...] [--jobs N] [--seconds N]
 *     [--trace] [--no-shrink]
 * Exit code: 0 all well, 1 an invariant was broken, 2 wrong usage. */
#include <ftw.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/sim.h"

#define JOBS_MOST 64
#define RUN_SECONDS 300 /* of real time for one run: then it hangs */

static const char *const fault_words[FAULTS] = {
#define X(name, word, text) word,
	FAULT_TABLE(X)
#undef X
};

struct slot {
	pid_t pid; /* 0: free */
	struct plan plan;
	struct verdict_of_run *verdict; /* shared with the process */
	char folder[32];
};

struct runner {
	struct plan plan; /* as given */
	uint64_t seeds;
	int jobs, seconds;
	bool trace, shrinks;
	char folder[32];
	struct node template[SIM_NODES];
	int templates;
	int64_t clock;
	uint64_t dice;
	struct slot slot[JOBS_MOST];
	struct counts sum;
	uint64_t done;
	struct plan failed;
	struct verdict_of_run failure;
};

static double seconds(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- folders ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_folder(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void make_folder(struct runner *r)
{
	struct stat st;
	bool shm = stat("/dev/shm", &st) == 0 && access("/dev/shm", W_OK) == 0; /* memory: a commit costs no disk */
	(void)snprintf(r->folder, sizeof r->folder, "%s/tally-sim-XXXXXX", shm ? "/dev/shm" : "/tmp");
	if (!mkdtemp(r->folder)) {
		perror(r->folder);
		exit(2);
	}
}

/* ---- templates: making a node costs more than a whole run ---- */

static void need_templates(struct runner *r, int n)
{
	(void)setenv("TMPDIR", r->folder, 1);
	for (; r->templates < n; r->templates++) {
		struct node *t = &r->template[r->templates];
		r->clock = 1790000000000;
		r->dice = 20261124u + (uint64_t)r->templates;
		t->clock = &r->clock;
		t->dice = &r->dice;
		t->map_size = 64u << 20;
		if (node_make(t, r->templates) != OK) {
			(void)fprintf(stderr, "sim: cannot make a node in %s\n", r->folder);
			exit(2);
		}
		node_down(t);
	}
}

/* ---- one run in a process of its own ---- */

static void begin(struct runner *r, struct slot *s, const struct plan *p)
{
	need_templates(r, run_nodes(p));
	s->plan = *p;
	memset(s->verdict, 0, sizeof *s->verdict);
	(void)snprintf(s->folder, sizeof s->folder, "%.26s/r%d", r->folder, (int)(s - r->slot) % 100);
	(void)mkdir(s->folder, 0700);
	(void)fflush(stdout);
	s->pid = fork();
	if (s->pid < 0) {
		perror("fork");
		exit(2);
	}
	if (s->pid == 0) {
		(void)setenv("TMPDIR", s->folder, 1);
		(void)alarm(RUN_SECONDS);
		run_plan(p, r->template, r->trace, s->verdict);
		(void)fflush(stdout);
		_exit(0);
	}
}

static void ended(struct slot *s, int status)
{
	struct verdict_of_run *v = s->verdict;
	remove_folder(s->folder);
	s->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	v->failed = true;
	(void)snprintf(v->name, sizeof v->name, "%s", WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "hangs" : "dies");
	(void)snprintf(v->text, sizeof v->text, "the process of the run ended with status %#x", (unsigned)status);
}

static void run_one(void *ctx, const struct plan *p, struct verdict_of_run *out)
{
	struct runner *r = ctx;
	struct slot *s = &r->slot[0];
	int status;
	begin(r, s, p);
	(void)waitpid(s->pid, &status, 0);
	ended(s, status);
	*out = *s->verdict;
}

/* ---- many ---- */

static void add_counts(struct counts *sum, const struct counts *c)
{
	uint64_t *to = (uint64_t *)(void *)sum;
	const uint64_t *from = (const uint64_t *)(const void *)c;
	int64_t slowest = c->slowest_ms > sum->slowest_ms ? c->slowest_ms : sum->slowest_ms;
	for (size_t i = 0; i < sizeof *sum / sizeof *to; i++)
		to[i] += from[i];
	sum->slowest_ms = slowest;
}

static struct slot *wait_one(struct runner *r)
{
	int status;
	pid_t pid = waitpid(-1, &status, 0);
	for (int i = 0; i < r->jobs; i++)
		if (r->slot[i].pid == pid && pid > 0) {
			struct slot *s = &r->slot[i];
			ended(s, status);
			r->done++;
			add_counts(&r->sum, &s->verdict->counts);
			if (s->verdict->failed && (!r->failure.failed || s->plan.seed < r->failed.seed)) {
				r->failed = s->plan;
				r->failure = *s->verdict;
			}
			return s;
		}
	return NULL;
}

static void run_all(struct runner *r)
{
	double begun = seconds();
	int running = 0;
	for (uint64_t i = 0; i < r->seeds && !r->failure.failed; i++) {
		struct slot *s = NULL;
		struct plan p = r->plan;
		if (r->seconds && seconds() - begun >= r->seconds)
			break;
		for (int k = 0; k < r->jobs && !s; k++)
			if (!r->slot[k].pid)
				s = &r->slot[k];
		if (!s) {
			s = wait_one(r);
			running--;
		}
		if (!s || r->failure.failed)
			break;
		p.seed = r->plan.seed + i;
		begin(r, s, &p);
		running++;
	}
	while (running-- > 0)
		(void)wait_one(r);
}

/* The same seed twice must be the same run. */
static void try_again(struct runner *r)
{
	struct verdict_of_run one, two;
	run_one(r, &r->plan, &one);
	run_one(r, &r->plan, &two);
	if (one.digest == two.digest || r->failure.failed)
		return;
	r->failed = r->plan;
	r->failure = two;
	r->failure.failed = true;
	(void)snprintf(r->failure.name, sizeof r->failure.name, "replay");
	(void)snprintf(r->failure.text, sizeof r->failure.text, "the same seed gave another run: something depends on more than the plan");
}

/* ---- what is said ---- */

static void say_plan(const struct plan *p)
{
	bool some = false;
	(void)printf("make sim SEEDS=1 SEED=%llu", (unsigned long long)p->seed);
	if (p->nodes)
		(void)printf(" NODES=%d", p->nodes);
	if (p->ops)
		(void)printf(" OPS=%d", p->ops);
	if (p->minutes)
		(void)printf(" MINUTES=%d", p->minutes);
	if (p->faults != (1u << FAULTS) - 1) {
		(void)printf(" FAULTS=");
		for (int f = 0; f < FAULTS; f++)
			if (p->faults >> f & 1) {
				(void)printf("%s%s", some ? "," : "", fault_words[f]);
				some = true;
			}
		if (!some)
			(void)printf("none");
	}
	for (int i = 0; i < p->skips; i++)
		(void)printf("%s%d", i ? "," : " SKIP=", p->skip[i]);
	(void)printf(" TRACE=1\n");
}

/* In the form that tests/soak wants. *_checked: how often the observer looked; fault_*: how often it happened; killed_*: where in a turn; refused:
 * calls answered with an error; slowest_converged_s: virtual time after the last fault until all had converged. */
static void say_sum(const struct runner *r, double took)
{
	const struct counts *c = &r->sum;
	(void)printf("sim result=%s seed=%llu seconds=%.1f seeds=%llu virtual_hours=%.1f turns=%llu calls=%llu refused=%llu records=%llu forwards=%llu "
	             "rotations=%llu receipts_checked=%llu deliveries_checked=%llu commits_checked=%llu "
	             "views_compared=%llu pairs=%llu turns_failed=%llu slowest_converged_s=%lld",
	             r->failure.failed ? "bad" : "good", (unsigned long long)(r->failure.failed ? r->failed.seed : r->plan.seed), took,
	             (unsigned long long)r->done, (double)c->virtual_ms / 3600000, (unsigned long long)c->turns,
	             (unsigned long long)c->calls, (unsigned long long)c->refused, (unsigned long long)c->records, (unsigned long long)c->forwards,
	             (unsigned long long)c->rotations,
	             (unsigned long long)c->receipts, (unsigned long long)c->deliveries, (unsigned long long)c->checks, (unsigned long long)c->views,
	             (unsigned long long)c->pairs,
	             (unsigned long long)c->turn_failed, (long long)(c->slowest_ms / 1000));
	for (int f = 0; f < FAULTS; f++)
		(void)printf(" fault_%s=%llu", fault_words[f], (unsigned long long)c->fault[f]);
	(void)printf(" killed_between_turns=%llu killed_before_commit=%llu killed_after_commit=%llu killed_between_outputs=%llu\n",
	             (unsigned long long)c->crash_idle, (unsigned long long)c->crash_before, (unsigned long long)c->crash_after,
	             (unsigned long long)c->crash_between);
}

static void say_failure(struct runner *r)
{
	struct plan p = r->failed;
	struct verdict_of_run v = r->failure;
	(void)printf("seed %llu broke \"%s\" after %.3f s: %s\n  ", (unsigned long long)p.seed, v.name, (double)v.at / 1000, v.text);
	say_plan(&p);
	if (!r->shrinks || strcmp(v.name, "replay") == 0)
		return;
	shrink(&p, &v, run_one, r);
	(void)printf("shrunk to %d nodes, %d doings, %d minutes of faults: \"%s\" after %.3f s: %s\n  ", v.nodes, v.ops - p.skips, v.minutes, v.name,
	             (double)v.at / 1000, v.text);
	say_plan(&p);
}

/* ---- usage ---- */

static bool read_faults(const char *text, unsigned *out)
{
	char copy[256], *at = copy, *word;
	*out = 0;
	(void)snprintf(copy, sizeof copy, "%s", text);
	while ((word = strsep(&at, ",")) != NULL) {
		int f = 0;
		while (f < FAULTS && strcmp(fault_words[f], word) != 0)
			f++;
		if (f < FAULTS)
			*out |= 1u << f;
		else if (*word && strcmp(word, "none") != 0)
			return false;
	}
	return true;
}

static void read_skips(const char *text, struct plan *p)
{
	char copy[2048], *at = copy, *word;
	(void)snprintf(copy, sizeof copy, "%s", text);
	while ((word = strsep(&at, ",")) != NULL && p->skips < SIM_SKIPS)
		if (*word)
			p->skip[p->skips++] = (int)strtol(word, NULL, 10);
}

static bool read_args(int argc, char **argv, struct runner *r)
{
	static const struct option options[] = {
		{"seed", 1, NULL, 's'}, {"seeds", 1, NULL, 'S'}, {"nodes", 1, NULL, 'n'}, {"ops", 1, NULL, 'o'},
		{"minutes", 1, NULL, 'm'}, {"faults", 1, NULL, 'f'}, {"skip", 1, NULL, 'k'}, {"jobs", 1, NULL, 'j'},
		{"seconds", 1, NULL, 'T'}, {"trace", 0, NULL, 't'}, {"no-shrink", 0, NULL, 'N'}, {0},
	};
	int o;
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (o) {
		case 's': r->plan.seed = strtoull(optarg, NULL, 10); break;
		case 'S': r->seeds = strtoull(optarg, NULL, 10); break;
		case 'n': r->plan.nodes = (int)strtol(optarg, NULL, 10); break;
		case 'o': r->plan.ops = (int)strtol(optarg, NULL, 10); break;
		case 'm': r->plan.minutes = (int)strtol(optarg, NULL, 10); break;
		case 'k': read_skips(optarg, &r->plan); break;
		case 'j': r->jobs = (int)strtol(optarg, NULL, 10); break;
		case 'T': r->seconds = (int)strtol(optarg, NULL, 10); break;
		case 't': r->trace = true; break;
		case 'N': r->shrinks = false; break;
		case 'f':
			if (!read_faults(optarg, &r->plan.faults))
				return false;
			break;
		default: return false; /* of letters, not of an enum */
		}
	return optind == argc && r->seeds > 0 && r->jobs > 0 && r->jobs <= JOBS_MOST && r->plan.nodes >= 0 && r->plan.nodes != 1 &&
	       r->plan.nodes <= SIM_NODES && r->plan.minutes >= 0;
}

int main(int argc, char **argv)
{
	static struct runner r = {.seeds = 1, .jobs = 2, .shrinks = true, .plan = {.seed = 1, .faults = (1u << FAULTS) - 1}};
	double begun = seconds();
	if (!read_args(argc, argv, &r)) {
		(void)fprintf(stderr, "usage: sim [--seed FIRST] [--seeds N] [--nodes N] [--ops N] [--minutes N] [--faults WORD,...|none] [--skip N,...]\n"
		                      "           [--jobs N] [--seconds N] [--trace] [--no-shrink]\nfaults:\n");
#define X(name, word, text) (void)fprintf(stderr, "  %-10s %s\n", word, text);
		FAULT_TABLE(X)
#undef X
		return 2;
	}
	make_folder(&r);
	for (int i = 0; i < r.jobs; i++)
		r.slot[i].verdict = mmap(NULL, sizeof *r.slot[i].verdict, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r.trace) {
		struct verdict_of_run v;
		run_one(&r, &r.plan, &v);
		r.failed = r.plan;
		r.failure = v;
		r.shrinks = false;
		r.done = 1;
		r.sum = v.counts;
	} else {
		run_all(&r);
		try_again(&r);
	}
	if (r.failure.failed)
		say_failure(&r);
	say_sum(&r, seconds() - begun);
	for (int i = 0; i < r.templates; i++)
		node_remove(&r.template[i]);
	remove_folder(r.folder);
	return r.failure.failed ? 1 : 0;
}
