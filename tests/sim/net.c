/* net.c - the network: within one stream bytes keep their order, and all else may go wrong. */
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_MOST 4096u
#define TAIL 12u /* of the connections, where replays and cuts look */

/* ---- ends ---- */

static uint64_t new_end(struct sim *s, int node)
{
	if (s->ends == s->ends_cap) {
		s->ends_cap = s->ends_cap ? 2 * s->ends_cap : 256;
		s->end = realloc(s->end, s->ends_cap * sizeof *s->end);
		if (!s->end)
			abort();
		if (s->ends == 0)
			s->end[s->ends++] = (struct end){.node = -1, .dead = true}; /* number 0 is none */
	}
	s->end[s->ends] = (struct end){.node = node, .boot = node < 0 ? 0 : s->place[node].boot, .open = true, .last = s->now};
	return s->ends++;
}

static void join(struct sim *s, uint64_t a, uint64_t b)
{
	s->end[a].peer = b;
	s->end[b].peer = a;
}

static bool here(const struct sim *s, const struct end *e)
{
	return e->node >= 0 && e->open && s->place[e->node].node.core && s->place[e->node].boot == e->boot;
}

/* ---- the ways ---- */

static bool apart(const struct sim *s, int a, int b)
{
	return s->split && a >= 0 && b >= 0 && s->side[a] != s->side[b];
}

/* Each pair of nodes has a way of its own. */
static void way(const struct sim *s, int a, int b, int64_t *latency, int64_t *rate)
{
	int low = a < b ? a : b, high = a < b ? b : a;
	uint64_t dice = sim_mix(s->plan.seed, 7, (uint64_t)(low + 1) << 32 | (uint64_t)(uint32_t)(high + 1));
	*latency = sim_between(&dice, 1, 60);
	*rate = 1000; /* bytes a ms */
	if (!s->strength[FAULT_SLOW])
		return;
	switch (sim_below(&dice, 4)) {
	case 0:
		*latency = sim_between(&dice, 200, 900);
		break;
	case 1:
		*rate = sim_between(&dice, 2, 20);
		break;
	default:
		break;
	}
}

static int64_t jitter(struct sim *s)
{
	if (!sim_faulty(s, FAULT_SLOW) || !sim_chance(&s->net, 10))
		return sim_between(&s->net, 0, 3);
	sim_hit(s, FAULT_SLOW);
	return sim_chance(&s->net, 5) ? sim_between(&s->net, 1 * SECOND, 30 * SECOND) : sim_between(&s->net, 0, 1 * SECOND);
}

/* When what is sent now arrives: never before what was sent earlier. */
static int64_t arrival(struct sim *s, struct end *e, int to, size_t bytes)
{
	int64_t latency, rate, at;
	way(s, e->node, to, &latency, &rate);
	at = s->now + latency + jitter(s);
	if (at < e->last)
		at = e->last;
	at += (int64_t)bytes / rate;
	e->last = at;
	return at;
}

/* ---- sending ---- */

static void flip(struct sim *s, struct buf *b)
{
	if (!sim_faulty(s, FAULT_FLIP) || !b->n || sim_below(&s->net, 400) >= (unsigned)s->strength[FAULT_FLIP])
		return;
	sim_hit(s, FAULT_FLIP);
	b->p[sim_below(&s->net, b->n)] ^= (uint8_t)(1u << sim_below(&s->net, 8));
}

static void send_piece(struct sim *s, uint64_t from, const uint8_t *p, size_t n)
{
	struct end *e = &s->end[from];
	int to = s->end[e->peer].node;
	struct buf b = {0};
	if (buf_add(&b, p, n) != OK)
		abort();
	flip(s, &b);
	struct event *x = sim_at(s, arrival(s, e, to, n), EVENT_CHUNK, to);
	x->a = e->peer;
	x->bytes = b;
}

static void end_later(struct sim *s, uint64_t conn, int64_t at)
{
	struct event *x = sim_at(s, at, EVENT_END, s->end[conn].node);
	x->a = conn;
}

static void write_bytes(struct sim *s, uint64_t conn, struct span bytes)
{
	struct end *e = &s->end[conn];
	size_t done = 0;
	if (e->dead) { /* one may learn of it, or not */
		if (sim_chance(&s->net, 60))
			end_later(s, conn, s->now + sim_between(&s->net, 10, 5 * SECOND));
		return;
	}
	if (e->initiator && e->record.n < RECORD_MOST && buf_add(&e->record, bytes.p, bytes.n) != OK)
		abort();
	while (done < bytes.n) {
		size_t n = bytes.n - done, most = 16384;
		if (sim_faulty(s, FAULT_PIECES) && sim_chance(&s->net, 10u * (unsigned)s->strength[FAULT_PIECES])) {
			most = 1 + sim_below(&s->net, sim_chance(&s->net, 30) ? 8 : 1200);
			sim_hit(s, FAULT_PIECES);
		}
		if (n > most)
			n = most;
		send_piece(s, conn, bytes.p + done, n);
		done += n;
	}
}

static void hang_up(struct sim *s, uint64_t conn)
{
	struct end *e = &s->end[conn], *other = &s->end[e->peer];
	if (!e->open)
		return;
	e->open = false;
	other->dead = true;
	if (!e->dead)
		end_later(s, e->peer, arrival(s, e, other->node, 0));
	e->dead = true;
}

static void dial(struct sim *s, int node, const struct output *o)
{
	int to = -1;
	int64_t latency = 1, rate;
	bool found = sscanf(o->address, "node%d:", &to) == 1 && to >= 0 && to < s->nodes;
	bool reachable = found && s->place[to].node.core && !apart(s, node, to);
	if (found)
		way(s, node, to, &latency, &rate);
	int64_t at = s->now + 2 * latency + jitter(s);
	if (reachable && sim_faulty(s, FAULT_DIAL) && sim_chance(&s->net, 8u * (unsigned)s->strength[FAULT_DIAL])) {
		sim_hit(s, FAULT_DIAL);
		if (sim_chance(&s->net, 60))
			reachable = false;
		at += sim_between(&s->net, 0, 9 * SECOND);
	}
	if (!reachable) {
		struct event *x = sim_at(s, apart(s, node, to) ? s->now + 10 * SECOND : at, EVENT_FAILED, node);
		x->a = o->dial;
		x->b = (uint64_t)s->place[node].boot;
		return;
	}
	uint64_t a = new_end(s, node), b = new_end(s, to);
	join(s, a, b);
	s->end[a].initiator = true;
	struct event *x = sim_at(s, at > latency ? at - latency : at, EVENT_ACCEPT, to);
	x->a = b;
	x = sim_at(s, at, EVENT_DIALLED, node);
	x->a = a;
	x->b = o->dial;
	s->end[a].last = s->end[b].last = at;
}

void net_output(struct sim *s, int node, struct output *o)
{
	s->out->digest = sim_mix(s->out->digest, o->conn, o->bytes.n);
	switch (o->type) {
	case OUTPUT_WRITE:
		write_bytes(s, o->conn, buf_span(&o->bytes));
		return;
	case OUTPUT_HANGUP:
		hang_up(s, o->conn);
		return;
	case OUTPUT_DIAL:
		dial(s, node, o);
		return;
	}
}

/* ---- arriving ---- */

static void arrive(struct sim *s, enum arrival_type type, struct event *e, uint64_t conn)
{
	struct arrival *a = turn_arrival(s, type);
	a->conn = conn;
	a->dial = type == ARRIVE_FAILED ? e->a : e->b;
	a->bytes = e->bytes;
	e->bytes = (struct buf){0};
	turn_arrive(s, e->node, a);
}

static void chunk(struct sim *s, struct event *e)
{
	struct end *to = &s->end[e->a];
	if (!here(s, to))
		return;
	if (apart(s, to->node, s->end[to->peer].node)) { /* sent again and again until the way is back */
		struct event *x = sim_at(s, s->now + 1 * SECOND, EVENT_CHUNK, e->node);
		x->a = e->a;
		x->bytes = e->bytes;
		e->bytes = (struct buf){0};
		return;
	}
	arrive(s, ARRIVE_BYTES, e, e->a);
}

void net_event(struct sim *s, struct event *e)
{
	struct end *to = e->type == EVENT_FAILED ? NULL : &s->end[e->a];
	switch (e->type) {
	case EVENT_CHUNK:
		chunk(s, e);
		return;
	case EVENT_END:
		if (!here(s, to))
			return;
		to->open = false;
		arrive(s, ARRIVE_CLOSED, e, e->a);
		return;
	case EVENT_ACCEPT:
		if (here(s, to))
			arrive(s, ARRIVE_ACCEPT, e, e->a);
		else
			s->end[to->peer].dead = true;
		return;
	case EVENT_DIALLED:
		if (here(s, to))
			arrive(s, ARRIVE_DIALLED, e, e->a);
		else if (s->place[e->node].boot == to->boot) /* it broke before it stood */
			arrive(s, ARRIVE_FAILED, &(struct event){.node = e->node, .a = e->b}, 0);
		return;
	case EVENT_FAILED:
		if ((uint64_t)s->place[e->node].boot == e->b)
			arrive(s, ARRIVE_FAILED, e, 0);
		return;
	case EVENT_TURN:
	case EVENT_OP:
	case EVENT_BOND:
	case EVENT_FAULT:
	case EVENT_UP:
	case EVENT_HEAL:
	case EVENT_STRAY:
	case EVENT_RESUME:
	case EVENT_CALL:
		return;
	}
}

/* ---- what goes wrong ---- */

static void break_one(struct sim *s, uint64_t conn, bool told)
{
	struct end *e = &s->end[conn];
	e->dead = true;
	s->end[e->peer].dead = true;
	if (told && e->open)
		end_later(s, conn, s->now + sim_between(&s->net, 0, 3 * SECOND));
}

/* The other ends learn of it when they write, or by silence. */
void net_down(struct sim *s, int node)
{
	for (uint64_t i = 1; i < s->ends; i++) {
		struct end *e = &s->end[i];
		if (e->node != node || !e->open)
			continue;
		e->open = false;
		e->dead = true;
		break_one(s, e->peer, sim_chance(&s->net, 50));
	}
}

void net_cut_all(struct sim *s)
{
	for (uint64_t i = 1; i < s->ends; i++)
		if (s->end[i].open)
			break_one(s, i, true);
}

static uint64_t some_end(struct sim *s)
{
	uint64_t open[64], n = 0;
	for (uint64_t i = s->ends; i-- > 1 && n < 64;)
		if (s->end[i].open && s->end[i].node >= 0 && !s->end[i].dead)
			open[n++] = i;
	return n ? open[sim_below(&s->net, n)] : 0;
}

void net_cut_one(struct sim *s)
{
	uint64_t i = some_end(s);
	if (!i)
		return;
	uint64_t peer = s->end[i].peer;
	break_one(s, i, sim_chance(&s->net, 70));
	break_one(s, peer, sim_chance(&s->net, 70));
	/* Of what is on its way a part still arrives: the chunks that are due, since the ends stay open until they are told. */
	sim_hit(s, FAULT_CUT);
}

static uint64_t from_nobody(struct sim *s, int to)
{
	uint64_t a = new_end(s, -1), b = new_end(s, to);
	join(s, a, b);
	struct event *x = sim_at(s, s->now + 5, EVENT_ACCEPT, to);
	x->a = b;
	s->end[a].last = s->now + 6;
	return a;
}

static void say(struct sim *s, uint64_t from, struct span bytes)
{
	write_bytes(s, from, bytes);
	end_later(s, s->end[from].peer, s->end[from].last + sim_between(&s->net, 0, 20 * SECOND));
}

void net_replay(struct sim *s)
{
	uint64_t tries = 0;
	while (s->ends > 1 && tries++ < TAIL) {
		uint64_t i = s->ends - 1 - sim_below(&s->net, s->ends - 1 < 40 ? s->ends - 1 : 40);
		struct end *e = &s->end[i];
		int to = s->end[e->peer].node;
		struct buf copy = {0};
		if (!e->initiator || !e->record.n || to < 0 || !s->place[to].node.core)
			continue;
		if (buf_add(&copy, e->record.p, e->record.n) != OK)
			abort();
		say(s, from_nobody(s, to), buf_span(&copy));
		buf_free(&copy);
		sim_hit(s, FAULT_REPLAY);
		return;
	}
}

void net_stranger(struct sim *s)
{
	int to = (int)sim_below(&s->net, (uint64_t)s->nodes);
	uint8_t noise[600];
	size_t n = sim_below(&s->net, sizeof noise);
	if (!s->place[to].node.core)
		return;
	for (size_t i = 0; i < n; i++)
		noise[i] = (uint8_t)world_dice(&s->net);
	if (n > 2 && sim_chance(&s->net, 50)) { /* the length of a first message */
		noise[0] = 0;
		noise[1] = 72;
	}
	say(s, from_nobody(s, to), SPAN(noise, n));
	sim_hit(s, FAULT_STRANGER);
}

void net_partition(struct sim *s)
{
	if (s->split)
		return;
	s->split = true;
	for (int i = 0; i < s->nodes; i++)
		s->side[i] = (int)sim_below(&s->net, 2);
	sim_hit(s, FAULT_PARTITION);
	(void)sim_at(s, s->now + sim_between(&s->net, 10 * SECOND, 30 * MINUTE), EVENT_HEAL, -1);
}
