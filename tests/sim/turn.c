/* turn.c - a node's turn as the real loop does it: all that waits, in one transaction; then its outputs; or death at any point of it. */
#include "tests/sim/world.h"

#include <stdlib.h>
#include <string.h>

#include "node/api.h"

#define IDLE_MS (60 * SECOND) /* as in node/loop.c */

enum doom { DOOM_NONE, DOOM_BEFORE, DOOM_AFTER, DOOM_BETWEEN, DOOMS };

struct arrival *turn_arrival(struct sim *s, enum arrival_type type)
{
	struct arrival *a = calloc(1, sizeof *a);
	(void)s;
	if (!a)
		abort();
	a->type = type;
	return a;
}

static void call_free(struct call *c)
{
	json_decref(c->request);
	json_decref(c->response);
	free(c);
}

/* Nobody will ever know what became of it. */
static void call_lost(struct sim *s, struct call *c)
{
	json_decref(c->response);
	c->response = NULL;
	if (c->done)
		c->done(s, c);
	call_free(c);
}

static void arrival_free(struct sim *s, struct arrival *a)
{
	if (a->call)
		call_lost(s, a->call);
	stray_free(a->stray);
	buf_free(&a->bytes);
	free(a);
}

static void wake_at(struct sim *s, int node, int64_t at)
{
	struct place *p = &s->place[node];
	if (at < s->now)
		at = s->now;
	if (p->wake <= at)
		return;
	p->wake = at;
	(void)sim_at(s, at, EVENT_TURN, node);
}

void turn_arrive(struct sim *s, int node, struct arrival *a)
{
	struct place *p = &s->place[node];
	if (!p->node.core) {
		arrival_free(s, a);
		return;
	}
	*p->last = a;
	p->last = &a->next;
	/* What comes while a turn lasts is taken together in the next one. */
	wake_at(s, node, s->now + (sim_chance(&p->dice, 5) ? sim_between(&p->dice, 0, 2000) : sim_between(&p->dice, 0, 20)));
}

void turn_call(struct sim *s, struct call *c)
{
	struct arrival *a = turn_arrival(s, ARRIVE_CALL);
	s->out->counts.calls++;
	a->call = c;
	turn_arrive(s, c->node, a);
}

void turn_wake(struct sim *s, int node)
{
	struct place *p = &s->place[node];
	int64_t at = core_deadline(p->node.core), idle = s->now + IDLE_MS;
	for (struct call *c = p->waiting; c; c = c->next)
		if (c->wait.until < at)
			at = c->wait.until;
	at = world_when(at);
	p->wake = INT64_MAX;
	if (p->first)
		at = s->now + 1;
	wake_at(s, node, at < idle ? (at <= s->now ? s->now + 1 : at) : idle);
}

/* ---- death and birth ---- */

static void drop_calls(struct sim *s, struct call **list)
{
	while (*list) {
		struct call *c = *list;
		*list = c->next;
		call_lost(s, c);
	}
}

void turn_crash(struct sim *s, int node, int64_t down_ms)
{
	struct place *p = &s->place[node];
	sim_trace(s, "node%d dies for %lld s", node, (long long)(down_ms / 1000));
	node_down(&p->node);
	struct arrival *list = p->first;
	p->first = NULL;
	p->last = &p->first;
	p->wake = INT64_MAX;
	p->doom = DOOM_NONE;
	while (list) {
		struct arrival *a = list;
		list = a->next;
		arrival_free(s, a);
	}
	drop_calls(s, &p->waiting);
	net_down(s, node);
	p->back_at = s->now + down_ms;
	(void)sim_at(s, p->back_at, EVENT_UP, node);
}

void turn_up(struct sim *s, int node)
{
	struct place *p = &s->place[node];
	p->boot++;
	p->node.index = node;
	enum err e = node_open(&p->node);
	if (e != OK)
		sim_fail(s, "starts", "node%d does not start: %s", node, err_text(e));
	sim_trace(s, "node%d is up", node);
	check_up(s, p);
	wake_at(s, node, s->now);
}

/* ---- the turn ---- */

static void run_call(struct sim *s, struct place *p, struct call *c)
{
	json_t *r = api_run(p->node.core, c->request, &c->wait);
	if (c->wait.waiting)
		return;
	c->response = r;
	if (c->says && json_is_true(json_object_get(r, "ok")))
		truth_said(s, c);
}

static void apply(struct sim *s, struct place *p, struct arrival *a)
{
	struct core *c = p->node.core;
	switch (a->type) {
	case ARRIVE_ACCEPT:
		core_accepted(c, a->conn);
		return;
	case ARRIVE_DIALLED:
		core_dialled(c, a->conn, a->dial);
		return;
	case ARRIVE_FAILED:
		core_dial_failed(c, a->dial);
		return;
	case ARRIVE_BYTES:
		p->fed = true;
		core_bytes(c, a->conn, buf_span(&a->bytes));
		return;
	case ARRIVE_CLOSED:
		core_closed(c, a->conn);
		return;
	case ARRIVE_CALL:
		run_call(s, p, a->call);
		a->call->next = p->waiting;
		p->waiting = a->call;
		a->call = NULL;
		return;
	case ARRIVE_STRAY:
		p->fed = true;
		stray_take(s, p, a->stray);
		return;
	}
}

/* What a turn said is true for good, or was never said. */
static void judge_calls(struct sim *s, struct place *p, bool committed)
{
	for (struct call *c = p->waiting; c; c = c->next) {
		if (!c->said)
			continue;
		if (committed)
			truth_committed(s, c);
		else
			truth_undone(s, c);
	}
}

static void answer_calls(struct sim *s, struct place *p, enum err turn)
{
	struct call *list = p->waiting, *c;
	p->waiting = NULL;
	while ((c = list)) {
		list = c->next;
		if (c->wait.waiting) {
			c->next = p->waiting;
			p->waiting = c;
			continue;
		}
		if (turn != OK) {
			json_decref(c->response);
			c->response = api_failure(turn, NULL, NULL);
			c->said = 0;
		} else if (c->said) {
			s->said[c->said - 1].promised = true;
		}
		if (!json_is_true(json_object_get(c->response, "ok")))
			s->out->counts.refused++;
		if (s->trace) {
			char *q = json_dumps(c->request, JSON_COMPACT), *r = json_dumps(c->response, JSON_COMPACT);
			sim_trace(s, "node%d %.300s -> %.300s", c->node, q, r);
			free(q);
			free(r);
		}
		if (c->done)
			c->done(s, c);
		call_free(c);
	}
}

static bool dies_before(struct sim *s, struct place *p, size_t applied)
{
	if (p->doom != DOOM_BEFORE || (p->first && applied && sim_chance(&s->fates, 50)))
		return false;
	s->out->counts.crash_before++;
	wrap_crash(s, p, false);
	judge_calls(s, p, false);
	store_abort(core_txn(p->node.core));
	return true;
}

static bool release(struct sim *s, struct place *p, struct output *outputs, size_t count)
{
	int node = p->node.index;
	size_t let = count;
	if (p->doom == DOOM_AFTER)
		let = 0;
	else if (p->doom == DOOM_BETWEEN)
		let = sim_below(&s->fates, count + 1);
	for (size_t i = 0; i < let; i++)
		net_output(s, node, &outputs[i]);
	s->out->counts.crash_after += p->doom == DOOM_AFTER;
	s->out->counts.crash_between += p->doom == DOOM_BETWEEN;
	return p->doom == DOOM_AFTER || p->doom == DOOM_BETWEEN;
}

static bool take_all(struct sim *s, struct place *p)
{
	size_t applied = 0;
	while (p->first) {
		struct arrival *a = p->first;
		if (p->doom == DOOM_BEFORE && sim_chance(&s->fates, 20))
			return dies_before(s, p, 0);
		p->first = a->next;
		if (!p->first)
			p->last = &p->first;
		apply(s, p, a);
		applied++;
		arrival_free(s, a);
	}
	core_tick(p->node.core);
	for (struct call *c = p->waiting; c; c = c->next)
		if (c->wait.waiting)
			run_call(s, p, c);
	return dies_before(s, p, applied);
}

void turn_run(struct sim *s, int node)
{
	struct place *p = &s->place[node];
	struct output *outputs;
	size_t count;
	int64_t down = p->doom ? sim_between(&s->fates, 1 * SECOND, sim_chance(&s->fates, 30) ? 20 * MINUTE : MINUTE) : 0;
	p->wake = INT64_MAX;
	if (!p->node.core)
		return;
	s->out->counts.turns++;
	sim_must(s, core_begin(p->node.core), "core_begin");
	wrap_enter(s, p);
	if (take_all(s, p)) {
		wrap_leave();
		turn_crash(s, node, down);
		return;
	}
	enum err e = core_end(p->node.core, &outputs, &count);
	if (e == OK && p->doom == DOOM_AFTER)
		wrap_crash(s, p, true);
	wrap_leave();
	s->out->counts.turn_failed += e != OK;
	judge_calls(s, p, e == OK);
	if (e == OK)
		check_commit(s, p);
	if (release(s, p, outputs, count)) {
		turn_crash(s, node, down);
		return;
	}
	answer_calls(s, p, e);
	turn_wake(s, node);
}
