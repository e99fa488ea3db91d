/* Rosters: events, ids, tags, and whether they continue and are decided. */
#include "tests/gen/vectors.h"

#include "proto/roster.h"

#define ORGS 4

struct cast { /* ascending by id */
	struct vectors_org org[ORGS];
	struct arena *a;
};

struct act {
	struct roster r;
	struct id convenor[ORGS];
	struct roster_member member[ORGS];
	struct roster_removed removed[ORGS];
	struct buf payload;
	struct roster_event ev;
};

static enum err key_of(void *ctx, const struct id *org, uint64_t kseq, uint8_t pk[static SIGN_PK])
{
	struct cast *c = ctx;

	for (size_t i = 0; i < ORGS; i++)
		if (id_eq(&c->org[i].org, org) && kseq == 0) {
			memcpy(pk, c->org[i].statement[0].keys.sign, SIGN_PK);
			return OK;
		}
	return ERR_NOT_FOUND;
}

static void cast_make(struct cast *c)
{
	memset(c, 0, sizeof *c);
	c->a = arena_new();
	for (size_t i = 0; i < ORGS; i++) {
		uint8_t s = (uint8_t)(0x51 + 8 * i);

		vectors_org(&c->org[i], "Member Ltd", (struct vectors_seeds){s, (uint8_t)(s + 1), (uint8_t)(s + 2), (uint8_t)(s + 3), (uint8_t)(s + 4)});
	}
}

/* By order of ids, whatever the order of the seeds. */
static const struct vectors_org *nth(const struct cast *c, size_t n)
{
	for (size_t i = 0; i < ORGS; i++) {
		size_t below = 0;

		for (size_t j = 0; j < ORGS; j++)
			below += id_cmp(&c->org[j].org, &c->org[i].org) < 0;
		if (below == n)
			return &c->org[i];
	}
	return NULL;
}

static void act_sign(const struct cast *c, struct act *x, const char *by)
{
	buf_clear(&x->payload);
	vectors_must(roster_encode(&x->r, &x->payload) == OK, "roster");
	x->ev.payload = buf_span(&x->payload);
	for (x->ev.signatures = 0; *by; by++) {
		struct roster_signature *s = &x->ev.by[x->ev.signatures++];

		s->org = nth(c, (size_t)(*by - '0'))->org;
		s->kseq = 0;
		vectors_sign(nth(c, (size_t)(*by - '0')), 0, SIGN_ROSTER, x->ev.payload, s->sig);
	}
}

static void act_first(const struct cast *c, struct act *x)
{
	uint8_t secret[32];

	memset(x, 0, sizeof *x);
	vectors_fill(secret, 0x07);
	x->r = (struct roster){.title = SPAN("Food Logistics Circle", 21), .name = SPAN("circle", 6), .convenors = 3, .convenor = x->convenor,
	                       .threshold = 2, .members = ORGS, .member = x->member, .removed = x->removed, .ceiling = TLP_AMBER_STRICT,
	                       .history = HISTORY_SINCE, .time = VECTORS_TIME};
	roster_tag(secret, &x->r.tag);
	for (size_t i = 0; i < ORGS; i++) {
		if (i < 3)
			x->convenor[i] = nth(c, i)->org;
		x->member[i] = (struct roster_member){nth(c, i)->org, SPAN("Member Ltd", 10), 0};
	}
}

/* Removes the last member. */
static void act_next(const struct act *before, struct act *x)
{
	uint8_t secret[32];

	*x = *before;
	x->payload = (struct buf){0};
	x->r.convenor = x->convenor;
	x->r.member = x->member;
	x->r.removed = x->removed;
	vectors_fill(secret, 0x08);
	roster_tag(secret, &x->r.tag);
	roster_consortium(before->ev.payload, &before->r, &x->r.consortium);
	roster_hash(before->ev.payload, &x->r.prev[0]);
	x->r.has_consortium = true;
	x->r.prevs = x->r.rseq = x->r.removals = 1;
	x->r.members--;
	x->removed[0] = (struct roster_removed){.org = x->member[ORGS - 1].org, .reason = SPAN("left", 4)};
}

static json_t *signatures(const struct act *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->ev.signatures; i++)
		json_array_append_new(list, json_pack("{s:o, s:i, s:o}", "org", vectors_id(&x->ev.by[i].org), "kseq", 0, "signature",
		                                      vectors_bytes(x->ev.by[i].sig, SIGN_LEN)));
	return list;
}

static void add(json_t *list, struct cast *c, const char *name, const char *comment, const struct act *x, const struct act *before, enum err wanted)
{
	const struct roster_keys keys = {key_of, c};
	struct roster r, was;
	struct id id, hash;
	json_t *input = json_pack("{s:o, s:o}", "payload", vectors_hex(x->ev.payload), "signatures", signatures(x));
	json_t *statements = json_array(), *expected;
	enum err e = roster_decode(x->ev.payload, c->a, &r);

	if (before) {
		vectors_must(roster_decode(before->ev.payload, c->a, &was) == OK, name);
		json_object_set_new(input, "before", vectors_hex(before->ev.payload));
	}
	for (size_t i = 0; i < ORGS; i++)
		json_array_append_new(statements, vectors_statement(&c->org[i].chain[0]));
	json_object_set_new(input, "statements", statements);
	if (e == OK)
		e = roster_verify(&x->ev, &r, &was, before ? 1 : 0, &keys);
	expected = vectors_verdict(e, wanted, name);
	roster_consortium(x->ev.payload, &r, &id);
	roster_hash(x->ev.payload, &hash);
	json_object_set_new(expected, "consortium", vectors_id(&id));
	json_object_set_new(expected, "hash", vectors_id(&hash));
	json_object_set_new(expected, "tag", vectors_id(&r.tag));
	vectors_add(list, name, comment, input, expected);
}

json_t *vectors_rosters(void)
{
	json_t *list = json_array();
	struct cast c;
	struct act one, two, x;

	cast_make(&c);
	act_first(&c, &one);
	act_sign(&c, &one, "0");
	add(list, &c, "one of three", "not decided yet: two must sign", &one, NULL, ERR_PENDING);
	act_sign(&c, &one, "03");
	add(list, &c, "signed by a mere member", "only convenors sign", &one, NULL, ERR_SIGNATURE);
	act_sign(&c, &one, "01");
	add(list, &c, "event 0", "its secret is 07 x 32", &one, NULL, OK);
	act_next(&one, &two);
	act_sign(&c, &two, "12");
	add(list, &c, "a removal", "its secret is 08 x 32; no log of the one who goes is listed: all of them are cut at 0", &two, &one, OK);
	act_sign(&c, &two, "2");
	add(list, &c, "a removal by a minority", "", &two, &one, ERR_PENDING);
	act_next(&one, &x);
	x.r.tag = one.r.tag;
	act_sign(&c, &x, "12");
	add(list, &c, "a removal that keeps the secret", "the one who goes would go on knowing it", &x, &one, ERR_CONFLICT);
	buf_free(&x.payload);
	act_next(&one, &x);
	x.r.removals = 0;
	act_sign(&c, &x, "12");
	add(list, &c, "a removal that is not named", "", &x, &one, ERR_CONFLICT);
	buf_free(&x.payload);
	act_next(&one, &x);
	x.r.rseq = 2;
	act_sign(&c, &x, "12");
	add(list, &c, "a place left out", "rseq 2 behind rseq 0", &x, &one, ERR_CONFLICT);
	buf_free(&x.payload);
	buf_free(&one.payload);
	buf_free(&two.payload);
	for (size_t i = 0; i < ORGS; i++)
		vectors_org_free(&c.org[i]);
	arena_free(c.a);
	return list;
}
