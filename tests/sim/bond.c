/* bond.c - people who pair two nodes: they invite, join, compare words, and try again as people do when something failed. */
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/words.h"
#include "node/partners.h"

int bond_state(struct sim *s, int node, int other, bool *verified, bool *paired)
{
	struct place *p = &s->place[node];
	struct partner row;
	struct txn *t;
	struct arena *a;
	*verified = *paired = false;
	if (!p->node.core)
		return -1;
	a = arena_new();
	sim_must(s, store_read(p->node.store, &t), "store_read");
	enum err e = partners_get(t, a, &s->place[other].org, &row);
	store_abort(t);
	int state = e == OK ? (int)row.state : 0;
	if (e == OK) {
		*verified = row.verified;
		*paired = row.paired;
	}
	arena_free(a);
	return state;
}

void bond_later(struct sim *s, size_t bond, int64_t ms)
{
	struct bond *b = &s->bond[bond];
	if (b->scheduled)
		return;
	b->scheduled = true;
	sim_at(s, s->now + ms, EVENT_BOND, b->host)->a = bond;
}

static int64_t patience(struct sim *s)
{
	return s->calm ? sim_between(&s->human, 1 * SECOND, 20 * SECOND) : sim_between(&s->human, 1 * SECOND, 3 * MINUTE);
}

static void answered(struct sim *s, struct call *c)
{
	struct bond *b = &s->bond[c->bond];
	b->busy = false;
	bond_later(s, (size_t)c->bond, patience(s));
}

static void invited(struct sim *s, struct call *c)
{
	struct bond *b = &s->bond[c->bond];
	const char *token = people_result(c, "token");
	if (token)
		(void)snprintf(b->token, sizeof b->token, "%s", token);
	b->failures = 0;
	answered(s, c);
}

static void joined(struct sim *s, struct call *c)
{
	struct bond *b = &s->bond[c->bond];
	if (!people_result(c, "id"))
		b->failures++;
	answered(s, c);
}

static void ask(struct sim *s, size_t bond, int node, const char *name, json_t *args, void (*done)(struct sim *, struct call *))
{
	struct call *c = people_call(s, node, name, args);
	s->bond[bond].busy = true;
	c->bond = (int)bond;
	c->done = done;
	turn_call(s, c);
}

static void org_text(const struct sim *s, int node, char out[static 65])
{
	hex_encode(out, s->place[node].org.b, 32);
}

static void compare(struct sim *s, size_t bond, int node, int other)
{
	char words[WORDS_TEXT], org[65];
	words_org(&s->place[other].org, words);
	org_text(s, other, org);
	ask(s, bond, node, "partner.verify", json_pack("{s:s, s:s}", "partner", org, "words", words), answered);
}

static void end_it(struct sim *s, size_t bond, int node, int other)
{
	char org[65];
	org_text(s, other, org);
	ask(s, bond, node, "partner.remove", json_pack("{s:s}", "partner", org), answered);
}

static void resume(struct sim *s, size_t bond, int node, int other)
{
	char org[65];
	org_text(s, other, org);
	ask(s, bond, node, "partner.resume", json_pack("{s:s}", "partner", org), answered);
}

static void invite(struct sim *s, size_t bond)
{
	struct bond *b = &s->bond[bond];
	char name[40];
	(void)snprintf(name, sizeof name, "n%d.g%d", b->guest, ++b->round);
	ask(s, bond, b->host, "partner.invite", json_pack("{s:s}", "name", name), invited);
}

static void join(struct sim *s, size_t bond)
{
	struct bond *b = &s->bond[bond];
	char name[40];
	(void)snprintf(name, sizeof name, "n%d.h%d.%d", b->host, b->round, b->failures);
	ask(s, bond, b->guest, "partner.join", json_pack("{s:s, s:s}", "token", b->token, "name", name), joined);
}

static bool gone(int state)
{
	return state == 0 || state == PARTNER_REMOVED;
}

void bond_step(struct sim *s, size_t bond)
{
	struct bond *b = &s->bond[bond];
	bool hv, gv, hp, gp;
	int h = bond_state(s, b->host, b->guest, &hv, &hp), g = bond_state(s, b->guest, b->host, &gv, &gp);
	if (b->busy || !b->started)
		return;
	if (h < 0 || g < 0) {
		bond_later(s, bond, patience(s));
		return;
	}
	if (b->ending) {
		if (!gone(h))
			end_it(s, bond, b->host, b->guest);
		else if (!gone(g))
			end_it(s, bond, b->guest, b->host);
		else
			b->token[0] = 0;
		return;
	}
	if (s->calm && (h == PARTNER_SUSPENDED || g == PARTNER_SUSPENDED)) {
		bool at_host = h == PARTNER_SUSPENDED;
		resume(s, bond, at_host ? b->host : b->guest, at_host ? b->guest : b->host);
		return;
	}
	if (gone(g) && gone(h) && b->failures > 3)
		b->token[0] = 0;
	if (gone(g) && gone(h) && !b->token[0])
		invite(s, bond);
	else if (g == PARTNER_REMOVED && !gone(h))
		end_it(s, bond, b->host, b->guest);
	else if (gone(g))
		join(s, bond);
	else if (h == PARTNER_REMOVED) /* before they begin anew */
		end_it(s, bond, b->guest, b->host);
	else if (h == 0)
		sim_fail(s, "pairing", "node%d holds node%d as a partner, which knows nothing of it", b->guest, b->host);
	else if (!gv && g == PARTNER_PENDING)
		compare(s, bond, b->guest, b->host);
	else if (!hv && h == PARTNER_PENDING)
		compare(s, bond, b->host, b->guest);
}

/* Has it come to what people want, on both sides? */
bool bond_settled(struct sim *s, size_t bond, char *why, size_t room)
{
	struct bond *b = &s->bond[bond];
	bool hv, gv, hp, gp;
	int h = bond_state(s, b->host, b->guest, &hv, &hp), g = bond_state(s, b->guest, b->host, &gv, &gp);
	if (!b->started)
		return true;
	bool good = b->ending ? gone(h) && gone(g) : h == PARTNER_ACTIVE && g == PARTNER_ACTIVE && hp && gp;
	if (!good)
		(void)snprintf(why, room, "node%d holds node%d in state %d%s, the other way round %d%s", b->host, b->guest, h, hp ? " proven" : "", g,
		               gp ? " proven" : "");
	return good;
}

/* Who wants to be whose partner: a chain, so that all hang together, and some more. */
void bond_begin(struct sim *s)
{
	uint64_t dice = sim_mix(s->plan.seed, 8, 0);
	size_t more = (size_t)sim_between(&dice, 0, s->nodes / 2);
	s->bond = calloc((size_t)s->nodes + more, sizeof *s->bond);
	if (!s->bond)
		abort();
	for (int i = 1; i < s->nodes; i++) {
		int other = (int)sim_below(&dice, (uint64_t)i);
		bool host = sim_chance(&dice, 50);
		s->bond[s->bonds++] = (struct bond){.host = host ? i : other, .guest = host ? other : i};
	}
	for (size_t k = 0; k < more; k++) {
		int a = (int)sim_below(&dice, (uint64_t)s->nodes), b = (int)sim_below(&dice, (uint64_t)s->nodes);
		bool known = a == b;
		for (size_t i = 0; i < s->bonds; i++)
			known = known || (s->bond[i].host == a && s->bond[i].guest == b) || (s->bond[i].host == b && s->bond[i].guest == a);
		if (!known)
			s->bond[s->bonds++] = (struct bond){.host = a, .guest = b};
	}
}
