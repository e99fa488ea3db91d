/* run.c - one run from its plan to its verdict: the world is set up, events happen in order, faults stop, all must converge. */
#include "tests/sim/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MOST 3000000u
#define START_MS 1795478400000ll /* 2026-11-24 */

static jmp_buf over;

/* ---- dice ---- */

uint64_t sim_mix(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t x = a * 0x9e3779b97f4a7c15u ^ b * 0xc2b2ae3d27d4eb4fu ^ c * 0x165667b19e3779f9u;
	return world_dice(&x);
}

uint64_t sim_below(uint64_t *dice, uint64_t n)
{
	return n ? world_dice(dice) % n : 0;
}

bool sim_chance(uint64_t *dice, unsigned percent)
{
	return sim_below(dice, 100) < percent;
}

int64_t sim_between(uint64_t *dice, int64_t low, int64_t high)
{
	return low + (int64_t)sim_below(dice, (uint64_t)(high - low + 1));
}

/* ---- what is said ---- */

void sim_trace(struct sim *s, const char *format, ...)
{
	va_list args;
	if (!s->trace)
		return;
	va_start(args, format);
	(void)printf("%10.3f ", (double)(s->now - s->start) / 1000);
	(void)vprintf(format, args);
	(void)printf("\n");
	va_end(args);
}

void sim_fail(struct sim *s, const char *invariant, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)vsnprintf(s->out->text, sizeof s->out->text, format, args);
	va_end(args);
	s->out->failed = true;
	s->out->at = s->now - s->start;
	(void)snprintf(s->out->name, sizeof s->out->name, "%s", invariant);
	sim_trace(s, "FAILED %s: %s", invariant, s->out->text);
	longjmp(over, 1);
}

void sim_must(struct sim *s, enum err e, const char *what)
{
	if (e != OK)
		sim_fail(s, "world", "%s: %s", what, err_text(e));
}

void sim_hit(struct sim *s, enum fault f)
{
	s->out->counts.fault[f]++;
}

bool sim_faulty(const struct sim *s, enum fault f)
{
	return !s->calm && s->strength[f] > 0;
}

int sim_who(const struct sim *s, const struct id *org)
{
	for (int i = 0; i < s->nodes; i++)
		if (id_eq(&s->place[i].org, org))
			return i;
	return -1;
}

/* ---- events: a heap by time, and in the order they were made ---- */

static bool sooner(const struct event *a, const struct event *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

struct event *sim_at(struct sim *s, int64_t at, enum event_type type, int node)
{
	if (s->events == s->heap_cap) {
		s->heap_cap = s->heap_cap ? 2 * s->heap_cap : 1024;
		s->heap = realloc(s->heap, s->heap_cap * sizeof *s->heap);
		if (!s->heap)
			abort();
	}
	struct event e = {.at = at < s->now ? s->now : at, .order = ++s->order, .type = type, .node = node};
	size_t i = s->events++;
	while (i > 0 && sooner(&e, &s->heap[(i - 1) / 2])) {
		s->heap[i] = s->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	s->heap[i] = e;
	return &s->heap[i]; /* until the next one is made */
}

static struct event take(struct sim *s)
{
	struct event first = s->heap[0], last = s->heap[--s->events];
	size_t i = 0;
	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= s->events)
			break;
		if (child + 1 < s->events && sooner(&s->heap[child + 1], &s->heap[child]))
			child++;
		if (!sooner(&s->heap[child], &last))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = last;
	return first;
}

static void happen(struct sim *s, struct event *e)
{
	switch (e->type) {
	case EVENT_TURN:
		if (s->place[e->node].wake == e->at)
			turn_run(s, e->node);
		return;
	case EVENT_CHUNK:
	case EVENT_END:
	case EVENT_ACCEPT:
	case EVENT_DIALLED:
	case EVENT_FAILED:
		net_event(s, e);
		return;
	case EVENT_OP:
		people_op(s, (int)e->a, (int)e->b);
		return;
	case EVENT_BOND:
		s->bond[e->a].scheduled = false;
		bond_step(s, e->a);
		return;
	case EVENT_FAULT:
	case EVENT_HEAL:
	case EVENT_STRAY:
		fault_event(s, e);
		return;
	case EVENT_UP:
		if (!s->place[e->node].node.core && s->place[e->node].back_at == e->at)
			turn_up(s, e->node);
		return;
	case EVENT_RESUME:
	case EVENT_CALL:
		turn_call(s, e->p);
		e->p = NULL;
		return;
	}
}

static void run_until(struct sim *s, int64_t until)
{
	static uint64_t done;
	if (s->order == 0)
		done = 0;
	while (s->events && s->heap[0].at <= until) {
		struct event e = take(s);
		s->now = e.at;
		s->out->digest = sim_mix(s->out->digest, (uint64_t)e.at, (uint64_t)e.type << 32 | (uint64_t)(uint32_t)e.node);
		happen(s, &e);
		buf_free(&e.bytes);
		if (++done > EVENTS_MOST)
			sim_fail(s, "livelock", "more than %u events: something goes round and round", EVENTS_MOST);
	}
	s->now = until;
}

/* ---- the plan ---- */

int run_nodes(const struct plan *p)
{
	uint64_t dice = sim_mix(p->seed, 1, 0);
	int own = (int)sim_between(&dice, 2, 7);
	return p->nodes ? p->nodes : own;
}

static void choose(struct sim *s)
{
	uint64_t dice = sim_mix(s->plan.seed, 2, 0);
	int ops = (int)sim_between(&dice, 8, 70), minutes = (int)sim_between(&dice, 10, 180);
	s->nodes = run_nodes(&s->plan);
	s->ops = s->plan.ops ? s->plan.ops : ops;
	if (s->ops < 0)
		s->ops = 0;
	if (s->plan.minutes)
		minutes = s->plan.minutes;
	for (int f = 0; f < FAULTS; f++) { /* a run with every kind at once finds less than many runs with some of them */
		int strength = (int)sim_below(&dice, 5) - 1;
		s->strength[f] = s->plan.faults >> f & 1 && strength > 0 ? strength : 0;
	}
	s->until = s->start + minutes * MINUTE;
	s->out->nodes = s->nodes;
	s->out->ops = s->ops;
	s->out->minutes = minutes;
	for (int f = 0; f < FAULTS; f++)
		s->out->faults |= s->strength[f] ? 1u << f : 0;
}

static void populate(struct sim *s, const struct node *templates)
{
	s->place = calloc((size_t)s->nodes, sizeof *s->place);
	if (!s->place)
		abort();
	for (int i = 0; i < s->nodes; i++) {
		struct place *p = &s->place[i];
		p->dice = sim_mix(s->plan.seed, 3, (uint64_t)i);
		p->last = &p->first;
		p->wake = INT64_MAX;
		p->node.clock = &s->now;
		p->node.dice = &p->dice;
		p->node.line = check_line;
		p->node.ctx = s;
		p->node.map_size = 64u << 20;
		if (s->strength[FAULT_CLOCK])
			p->node.skew = sim_between(&p->dice, -5 * MINUTE, 5 * MINUTE);
		sim_must(s, node_copy(&p->node, &templates[i]), "copying a node");
		turn_up(s, i);
		p->org = core_self(p->node.core)->org;
	}
}

static void settle(struct sim *s)
{
	char why[300];
	int64_t begun = s->now;
	for (;;) {
		run_until(s, s->now + 30 * SECOND);
		if (check_converged(s, why, sizeof why))
			break;
		for (size_t i = 0; i < s->bonds; i++)
			bond_later(s, i, 1);
		if (s->now - begun >= CONVERGE_MS)
			sim_fail(s, "converge", "%s", why);
	}
	if (s->now - begun > s->out->counts.slowest_ms)
		s->out->counts.slowest_ms = s->now - begun;
}

/* When all is quiet, one says more to another than fits a window, and one message of it is lost: the reader asks for what is missing. */
static void coda(struct sim *s)
{
	char why[300];
	run_until(s, s->now + 1 * MINUTE);
	for (size_t i = 0; i < s->bonds; i++) {
		struct bond *b = &s->bond[(i + s->plan.seed) % s->bonds];
		bool v, p;
		if (bond_state(s, b->host, b->guest, &v, &p) != 2 || bond_state(s, b->guest, b->host, &v, &p) != 2)
			continue;
		s->lose = 10;
		people_burst(s, b->host, b->guest, 80, 50);
		for (int64_t until = s->now + 10 * MINUTE; s->now < until;) { /* the slowest link takes two bytes a ms */
			run_until(s, s->now + 20 * SECOND);
			if (check_converged(s, why, sizeof why))
				return;
		}
		sim_fail(s, "converge", "80 records said at once: %s", why);
	}
}

void run_plan(const struct plan *p, const struct node *templates, bool trace, struct verdict_of_run *out)
{
	struct sim *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	memset(out, 0, sizeof *out);
	s->plan = *p;
	s->out = out;
	s->trace = trace;
	s->start = s->now = START_MS;
	s->net = sim_mix(p->seed, 4, 0);
	s->fates = sim_mix(p->seed, 5, 0);
	s->human = sim_mix(p->seed, 6, 0);
	if (setjmp(over) == 0) {
		choose(s);
		populate(s, templates);
		bond_begin(s);
		people_begin(s);
		fault_begin(s);
		run_until(s, s->until);
		fault_calm(s);
		settle(s);
		stray_heal(s);
		coda(s);
		check_end(s);
		equal_views(s);
	}
	wrap_leave();
	out->counts.virtual_ms = s->now - s->start;
	/* The process of a run ends with it: what it holds in memory need not be given back. */
}
