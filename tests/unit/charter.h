/* charter.h - rosters for tests: organisations from maker.h, and events over them that can be bent before they are signed. */
#ifndef TALLY_TEST_CHARTER_H
#define TALLY_TEST_CHARTER_H

#include "proto/pack.h"
#include "proto/roster.h"
#include "tests/unit/maker.h"

#define CHARTER_ORGS 6

struct charter {
	struct maker org[CHARTER_ORGS]; /* ascending by id */
	struct arena *a;
};

struct draught { /* an event before and after it is signed */
	struct roster r;
	struct id convenor[CHARTER_ORGS];
	struct roster_member member[CHARTER_ORGS];
	struct roster_removed removed[CHARTER_ORGS];
	struct buf payload;
	struct roster_event ev;
};

static inline void charter_open(struct charter *c)
{
	memset(c, 0, sizeof *c);
	c->a = arena_new();
	for (size_t i = 0; i < CHARTER_ORGS; i++) {
		char name[16];
		snprintf(name, sizeof name, "Org %zu", i);
		maker_begin(&c->org[i], (uint8_t)(0x40 + i), name);
	}
	for (size_t i = 1; i < CHARTER_ORGS; i++)
		for (size_t j = i; j > 0 && id_cmp(&c->org[j - 1].org, &c->org[j].org) > 0; j--) {
			struct maker x = c->org[j];
			c->org[j] = c->org[j - 1];
			c->org[j - 1] = x;
		}
}

static inline void charter_close(struct charter *c)
{
	for (size_t i = 0; i < CHARTER_ORGS; i++)
		maker_end(&c->org[i]);
	arena_free(c->a);
}

/* Signed by the organisations that the text names: "013". */
static inline void charter_sign(struct charter *c, struct draught *d, const char *by)
{
	buf_clear(&d->payload);
	assert_int_equal(roster_encode(&d->r, &d->payload), OK);
	d->ev.payload = buf_span(&d->payload);
	d->ev.signatures = 0;
	for (; *by; by++) {
		struct roster_signature *s = &d->ev.by[d->ev.signatures++];
		const struct maker *m = &c->org[*by - '0'];
		s->org = m->org;
		s->kseq = m->n - 1;
		maker_sign(m, m->n - 1, SIGN_ROSTER, d->ev.payload, s->sig);
	}
}

/* Event 0: these convenors, these members. */
static inline void charter_first(struct charter *c, struct draught *d, const char *convenors, const char *members)
{
	static const uint8_t secret[32] = {7};
	memset(d, 0, sizeof *d);
	d->r = (struct roster){.title = SPAN("Food Logistics Circle", 21), .name = SPAN("circle", 6),
	                       .convenor = d->convenor, .member = d->member, .removed = d->removed,
	                       .ceiling = TLP_AMBER_STRICT, .history = HISTORY_SINCE, .time = MAKER_TIME};
	roster_tag(secret, &d->r.tag);
	for (; *convenors; convenors++)
		d->convenor[d->r.convenors++] = c->org[*convenors - '0'].org;
	for (; *members; members++) {
		const struct maker *m = &c->org[*members - '0'];
		d->member[d->r.members++] = (struct roster_member){m->org, SPAN(m->name, strlen(m->name)), 0};
	}
	d->r.threshold = d->r.convenors / 2 + 1;
}

/* The event after this one, as yet the same. */
static inline void charter_next(struct charter *c, const struct draught *before, struct draught *d)
{
	(void)c;
	*d = *before;
	d->payload = (struct buf){0};
	d->r.convenor = d->convenor;
	d->r.member = d->member;
	d->r.removed = d->removed;
	d->r.removals = 0;
	d->r.rseq++;
	d->r.prevs = 1;
	roster_hash(before->ev.payload, &d->r.prev[0]);
	roster_consortium(before->ev.payload, &before->r, &d->r.consortium);
	d->r.has_consortium = true;
}

/* Takes a member out, without any cut: all that it said is void. The secret changes. */
static inline void charter_remove(struct charter *c, struct draught *d, int who)
{
	size_t kept = 0;
	for (size_t i = 0; i < d->r.members; i++)
		if (!id_eq(&d->member[i].org, &c->org[who].org))
			d->member[kept++] = d->member[i];
	d->r.members = kept;
	kept = 0;
	for (size_t i = 0; i < d->r.convenors; i++)
		if (!id_eq(&d->convenor[i], &c->org[who].org))
			d->convenor[kept++] = d->convenor[i];
	d->r.convenors = kept;
	d->removed[d->r.removals++] = (struct roster_removed){.org = c->org[who].org};
	d->r.tag.b[0] ^= (uint8_t)(1 + who);
}

static inline enum err charter_key(void *ctx, const struct id *org, uint64_t kseq, uint8_t pk[static SIGN_PK])
{
	struct charter *c = ctx;
	for (size_t i = 0; i < CHARTER_ORGS; i++)
		if (id_eq(&c->org[i].org, org) && kseq < c->org[i].n) {
			memcpy(pk, c->org[i].statement[kseq].keys.sign, SIGN_PK);
			return OK;
		}
	return ERR_NOT_FOUND;
}

/* What a reader makes of it, from bytes alone. */
static inline enum err charter_verdict(struct charter *c, const struct draught *d, const struct draught *before, size_t befores)
{
	const struct roster_keys keys = {charter_key, c};
	struct roster r, was[LIMIT_ROSTER_PREVS];
	enum err e = roster_decode(d->ev.payload, c->a, &r);
	for (size_t i = 0; i < befores && e == OK; i++)
		e = roster_decode(before[i].ev.payload, c->a, &was[i]);
	return e == OK ? roster_verify(&d->ev, &r, was, befores, &keys) : e;
}

#endif
