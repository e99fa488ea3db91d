/* Forwards: an author's record comes through somebody else. What verifies is kept and counts, what TLP forbids is kept and flagged, and
 * all else leaves nothing but the forward itself. The other exceptions are in test_ingest. */
#include "tests/unit/evil.h"

#include "proto/tlp.h"

enum { CUSTOMER = 1, SUPPLIER, PARTNER }; /* vocab_relation */

struct made { /* a forward, and what went into it */
	struct span inner, entry, signature;
	size_t paths;
	struct id path[MERKLE_PATH];
	int64_t index, relation, tlp;
	struct value *statements;
	struct carried_entry carried;
};

static const struct field *fields(void)
{
	return kind_by_number(KIND_FORWARD)->fields;
}

static struct value *chain_of(struct evil *v, const struct maker *m, size_t from, size_t n)
{
	const struct field *g = fields_find(fields(), "statements")->group;
	struct value *list = value_array(v->a);
	for (size_t i = from; i < n; i++) {
		struct value *row = value_map(v->a);
		fields_set(v->a, g, row, "payload", value_bin(v->a, m->chain[i].payload));
		fields_set(v->a, g, row, "root_sig", value_bin(v->a, SPAN(m->chain[i].root_sig, SIGN_LEN)));
		fields_set(v->a, g, row, "sign_sig", value_bin(v->a, SPAN(m->chain[i].sign_sig, SIGN_LEN)));
		value_push(v->a, list, row);
	}
	return list;
}

static struct value *body_of(struct evil *v, const struct made *f)
{
	struct value *body = value_map(v->a), *path = value_array(v->a);
	fields_set(v->a, fields(), body, "record", value_bin(v->a, f->inner));
	fields_set(v->a, fields(), body, "entry", value_bin(v->a, f->entry));
	fields_set(v->a, fields(), body, "signature", value_bin(v->a, f->signature));
	fields_set(v->a, fields(), body, "index", value_int(v->a, f->index));
	for (size_t i = 0; i < f->paths; i++)
		value_push(v->a, path, value_id(v->a, &f->path[i]));
	if (f->paths)
		fields_set(v->a, fields(), body, "path", path);
	fields_set(v->a, fields(), body, "basis", value_str(v->a, "contract"));
	fields_set(v->a, fields(), body, "relation", value_int(v->a, f->relation));
	fields_set(v->a, fields(), body, "statements", f->statements);
	return body;
}

static struct span forward_of(struct evil *v, const struct made *f)
{
	return evil_pack(v, evil_header(v, &v->org.org, KIND_FORWARD, f->tlp, body_of(v, f)));
}

/* The author's entry with this record in the middle of `count`, and a forward of it as it should be. */
static struct made made(struct evil *v, struct maker *author, struct chain *log, struct span inner, size_t count, size_t index)
{
	struct made f = {.inner = inner, .index = (int64_t)index, .relation = CUSTOMER, .tlp = TLP_AMBER_STRICT};
	struct span records[LIMIT_ENTRY_RECORDS];
	struct id ids[LIMIT_ENTRY_RECORDS];
	for (size_t i = 0; i < count; i++) {
		records[i] = i == index ? inner : evil_notice(v, &author->org, TLP_GREEN);
		record_id(records[i], &ids[i]);
	}
	f.carried = evil_next(v, log, records, count);
	f.entry = f.carried.payload;
	f.signature = f.carried.signature;
	f.paths = merkle_path(ids, count, index, f.path);
	f.statements = chain_of(v, author, 0, (size_t)log->e.kseq + 1);
	return f;
}

struct stage { /* author A, its partner the forwarder (v.org), and node 0 that knows only the forwarder */
	struct evil v;
	struct maker author;
	struct chain to_forwarder, to_victim;
};

static void stage_open(struct stage *s)
{
	evil_open(&s->v);
	maker_begin(&s->author, 0xa1, "Author");
	s->to_forwarder = evil_chain(&s->v, &s->author, AUDIENCE_DIRECT, &s->v.org.org);
	(void)evil_first(&s->v, &s->to_forwarder);
	s->to_victim = evil_direct(&s->v);
}

static void stage_close(struct stage *s)
{
	evil_close(&s->v);
	maker_end(&s->author);
}

static enum verdict judged(const struct record *forward, struct arena *a, struct span *inner)
{
	enum verdict v;
	assert_int_equal(judge_forward(forward, a, &v, inner), OK);
	return v;
}

/* 0: not here. Else the verdict of its occurrence inside a forward, plus 1. */
static int inner_verdict(struct evil *v, struct span inner)
{
	struct record_row row;
	struct occurrence o;
	struct txn *t;
	struct walk w;
	struct id id;
	int found = 0;
	record_id(inner, &id);
	assert_int_equal(store_read(v->victim->store, &t), OK);
	if (records_by_id(t, &id, &row) == OK) {
		assert_int_equal(occurrences_walk(t, row.no, &w), OK);
		while (occurrences_next(&w, &o))
			if (o.log == 0)
				found = o.verdict + 1;
		assert_int_equal(walk_close(&w, OK), OK);
	}
	store_abort(t);
	return found;
}

/* The forward arrives in an entry; the entry is stored whatever the verdict, and the receipt says what was wrong. */
static void arrives(struct stage *s, struct span forward, struct span inner, enum verdict want, bool kept)
{
	struct receipt got;
	uint8_t code = 0;
	struct carried_entry e = evil_one(&s->v, &s->to_victim, forward);
	size_t before = evil_notices(&s->v);
	assert_int_equal(evil_put(&s->v, &e).verdict, VERDICT_GOOD);
	assert_true(evil_receipt(&s->v, &s->to_victim, &got));
	if (want == VERDICT_GOOD)
		assert_true(receipt_covers(&got, s->to_victim.e.n - 1, 0, &code));
	else
		assert_false(receipt_covers(&got, s->to_victim.e.n - 1, 0, &code));
	assert_int_equal(code, want);
	assert_int_equal(inner_verdict(&s->v, inner), kept ? (int)want + 1 : 0);
	assert_int_equal(evil_notices(&s->v), before + (want == VERDICT_GOOD));
}

static void a_good_forward(void **state)
{
	static const size_t counts[] = {1, 2, 3, 8, 255, 256};
	struct stage s;
	(void)state;
	stage_open(&s);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct span inner = evil_notice(&s.v, &s.author.org, TLP_AMBER);
		struct made f = made(&s.v, &s.author, &s.to_forwarder, inner, counts[i], counts[i] / 2);
		arrives(&s, forward_of(&s.v, &f), inner, VERDICT_GOOD, true);
	}
	/* the author's rotation does not matter: the chain is in the forward */
	maker_rotate(&s.author, "routine");
	struct chain log = evil_chain(&s.v, &s.author, AUDIENCE_DIRECT, &s.v.org.org);
	log.e.kseq = 1;
	entry_log(&log.e, &log.e.prev);
	struct span inner = evil_notice(&s.v, &s.author.org, TLP_AMBER);
	struct made f = made(&s.v, &s.author, &log, inner, 3, 0);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_GOOD, true);
	f.statements = chain_of(&s.v, &s.author, 0, 1); /* not the one it is signed under */
	inner = evil_notice(&s.v, &s.author.org, TLP_AMBER);
	f = made(&s.v, &s.author, &log, inner, 3, 0);
	f.statements = chain_of(&s.v, &s.author, 0, 1);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_SHAPE, false);
	f.statements = chain_of(&s.v, &s.author, 1, 2); /* not from the first on */
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_SHAPE, false);
	stage_close(&s);
}

/* The same words from the author itself: one record, two occurrences, and it counts once. */
static void the_author_says_it_too(void **state)
{
	struct stage s;
	(void)state;
	stage_open(&s);
	struct span inner = evil_notice(&s.v, &s.author.org, TLP_AMBER_STRICT);
	struct made f = made(&s.v, &s.author, &s.to_forwarder, inner, 2, 1);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_TLP, true);
	assert_int_equal(evil_notices(&s.v), 0);
	evil_enrol(&s.v, &s.author, "author", PARTNER_ACTIVE);
	struct chain own = evil_chain(&s.v, &s.author, AUDIENCE_DIRECT, scenario_org(s.v.victim));
	struct carried_entry e = evil_first(&s.v, &own);
	assert_int_equal(evil_put(&s.v, &e).verdict, VERDICT_GOOD);
	e = evil_one(&s.v, &own, inner);
	assert_int_equal(evil_put(&s.v, &e).verdict, VERDICT_GOOD);
	assert_int_equal(evil_notices(&s.v), 1); /* a bad occurrence never marks the record */
	assert_int_equal(inner_verdict(&s.v, inner), VERDICT_TLP + 1);
	stage_close(&s);
}

/* Every part of a forward changed, bit by bit where that is few bytes: nothing of the inside is kept. */
static void any_part_tampered_with(void **state)
{
	struct stage s;
	struct arena *a = arena_new();
	(void)state;
	stage_open(&s);
	struct span inner = evil_notice(&s.v, &s.author.org, TLP_GREEN);
	const struct made good = made(&s.v, &s.author, &s.to_forwarder, inner, 5, 2);
	struct record r = {.kind = KIND_FORWARD, .author = s.v.org.org, .tlp = TLP_AMBER_STRICT};
	struct span out = {0};
	uint8_t bytes[2048];
	r.body = body_of(&s.v, &good);
	assert_int_equal(judged(&r, a, &out), VERDICT_GOOD);
	assert_true(span_eq(out, inner));
	struct made f;
	for (size_t i = 0; i < inner.n; i++) {
		f = good;
		memcpy(bytes, inner.p, inner.n);
		bytes[i] ^= 1;
		f.inner = SPAN(bytes, inner.n);
		r.body = body_of(&s.v, &f);
		out = SPAN(NULL, 0);
		assert_int_not_equal(judged(&r, a, &out), VERDICT_GOOD);
		assert_int_equal(out.n, 0);
		arena_reset(a);
	}
	for (size_t i = 0; i < good.entry.n; i++) {
		f = good;
		memcpy(bytes, good.entry.p, good.entry.n);
		bytes[i] ^= 1;
		f.entry = SPAN(bytes, good.entry.n);
		r.body = body_of(&s.v, &f);
		out = SPAN(NULL, 0);
		assert_int_not_equal(judged(&r, a, &out), VERDICT_GOOD);
		assert_int_equal(out.n, 0);
		arena_reset(a);
	}
	for (size_t i = 0; i < SIGN_LEN; i++) {
		f = good;
		memcpy(bytes, good.signature.p, SIGN_LEN);
		bytes[i] ^= 0x10;
		f.signature = SPAN(bytes, SIGN_LEN);
		r.body = body_of(&s.v, &f);
		assert_int_equal(judged(&r, a, &out), VERDICT_SHAPE);
		arena_reset(a);
	}
	for (int64_t i = 0; i < 256; i++) { /* another place in the entry */
		f = good;
		f.index = i;
		r.body = body_of(&s.v, &f);
		assert_int_equal(judged(&r, a, &out), i == good.index ? VERDICT_GOOD : VERDICT_SHAPE);
		arena_reset(a);
	}
	for (size_t k = 0; k < good.paths * 32; k++) {
		f = good;
		f.path[k / 32].b[k % 32] ^= 2;
		r.body = body_of(&s.v, &f);
		assert_int_equal(judged(&r, a, &out), VERDICT_SHAPE);
		arena_reset(a);
	}
	for (size_t n = 0; n <= MERKLE_PATH; n++) { /* shorter and longer paths */
		f = good;
		f.paths = n;
		r.body = body_of(&s.v, &f);
		assert_int_equal(judged(&r, a, &out), n == good.paths ? VERDICT_GOOD : VERDICT_SHAPE);
		arena_reset(a);
	}
	/* statements: of somebody else, none, and each byte of the one that counts */
	struct maker other;
	maker_begin(&other, 0xa2, "Other");
	f = good;
	f.statements = chain_of(&s.v, &other, 0, 1);
	r.body = body_of(&s.v, &f);
	assert_int_equal(judged(&r, a, &out), VERDICT_SHAPE);
	f.statements = value_array(s.v.a);
	r.body = body_of(&s.v, &f);
	assert_int_equal(judged(&r, a, &out), VERDICT_SHAPE);
	for (size_t i = 0; i < s.author.chain[0].payload.n; i++) {
		struct maker copy = s.author;
		memcpy(bytes, copy.chain[0].payload.p, copy.chain[0].payload.n);
		bytes[i] ^= 1;
		copy.chain[0].payload = SPAN(bytes, copy.chain[0].payload.n);
		f.statements = chain_of(&s.v, &copy, 0, 1);
		r.body = body_of(&s.v, &f);
		assert_int_equal(judged(&r, a, &out), VERDICT_SHAPE);
		arena_reset(a);
	}
	maker_end(&other);
	/* and the same by the door: one tampered forward is an exception, and nothing of it is seen */
	f = good;
	memcpy(bytes, inner.p, inner.n);
	bytes[inner.n - 1] ^= 1;
	f.inner = SPAN(bytes, inner.n);
	arrives(&s, forward_of(&s.v, &f), f.inner, VERDICT_SHAPE, false);
	f = good;
	f.signature = SPAN(bytes, SIGN_LEN);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_SHAPE, false);
	arrives(&s, forward_of(&s.v, &good), inner, VERDICT_GOOD, true);
	arena_free(a);
	stage_close(&s);
}

/* Each TLP against each relation, with and without the author's leave to go to suppliers. */
static void tlp_against_each_relation(void **state)
{
	struct stage s;
	(void)state;
	stage_open(&s);
	for (int64_t tlp = TLP_CLEAR; tlp <= TLP_RED + 1; tlp++)
		for (int64_t relation = CUSTOMER; relation <= PARTNER; relation++)
			for (int onward = 0; onward <= (tlp == TLP_AMBER); onward++) {
				struct value *m = evil_header(&s.v, &s.author.org, KIND_INCIDENT_NOTICE, tlp, evil_notice_body(&s.v));
				if (tlp >= TLP_RED) {
					struct value *list = value_array(s.v.a);
					value_push(s.v.a, list, value_id(s.v.a, &s.v.org.org));
					value_push(s.v.a, list, value_id(s.v.a, scenario_org(s.v.victim)));
					fields_set(s.v.a, record_fields, m, "named", list);
				}
				if (onward)
					fields_set(s.v.a, record_fields, m, "onward", value_int(s.v.a, 1));
				struct span inner = evil_pack(&s.v, m);
				struct made f = made(&s.v, &s.author, &s.to_forwarder, inner, 2, 0);
				bool allowed = tlp <= TLP_GREEN || (tlp == TLP_AMBER && (relation == CUSTOMER || (relation == SUPPLIER && onward)));
				struct value *outer;
				f.relation = relation;
				f.tlp = tlp >= TLP_RED ? TLP_RED : TLP_AMBER_STRICT;
				outer = evil_header(&s.v, &s.v.org.org, KIND_FORWARD, f.tlp, body_of(&s.v, &f));
				if (f.tlp == TLP_RED) {
					struct value *list = value_array(s.v.a);
					value_push(s.v.a, list, value_id(s.v.a, scenario_org(s.v.victim)));
					fields_set(s.v.a, record_fields, outer, "named", list);
				}
				arrives(&s, evil_pack(&s.v, outer), inner, allowed ? VERDICT_GOOD : VERDICT_TLP, true);
			}
	stage_close(&s);
}

/* The copy may not be freer than what it carries. */
static void a_copy_freer_than_the_original(void **state)
{
	struct stage s;
	(void)state;
	stage_open(&s);
	struct span inner = evil_notice(&s.v, &s.author.org, TLP_AMBER);
	struct made f = made(&s.v, &s.author, &s.to_forwarder, inner, 1, 0);
	f.tlp = TLP_GREEN;
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_TLP, true);
	f.tlp = TLP_AMBER;
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_GOOD, true);
	stage_close(&s);
}

static void what_was_never_the_forwarders(void **state)
{
	struct stage s;
	struct maker third;
	static const struct id nobody;
	(void)state;
	stage_open(&s);
	maker_begin(&third, 0xa3, "Third");
	/* addressed to somebody else */
	struct chain log = evil_chain(&s.v, &s.author, AUDIENCE_DIRECT, &third.org);
	struct span inner = evil_notice(&s.v, &s.author.org, TLP_CLEAR);
	struct made f = made(&s.v, &s.author, &log, inner, 1, 0);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_SHAPE, false);
	/* to a consortium, of which nothing is known here */
	log = evil_chain(&s.v, &s.author, AUDIENCE_CONSORTIUM, &third.org);
	log.e.has_roster = true;
	f = made(&s.v, &s.author, &log, inner, 1, 0);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_SHAPE, false);
	/* an entry of another author around the record */
	log = evil_chain(&s.v, &third, AUDIENCE_DIRECT, &s.v.org.org);
	f = made(&s.v, &third, &log, inner, 1, 0);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_SHAPE, false);
	f.statements = chain_of(&s.v, &s.author, 0, 1);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_SHAPE, false);
	/* to all partners of the author: the forwarder is one of them; but amber should never have stood there */
	log = evil_chain(&s.v, &s.author, AUDIENCE_PARTNERS, &nobody);
	f = made(&s.v, &s.author, &log, inner, 1, 0);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_GOOD, true);
	inner = evil_notice(&s.v, &s.author.org, TLP_AMBER);
	f = made(&s.v, &s.author, &log, inner, 1, 0);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_TLP, true);
	/* dated further ahead of its entry than we would take it from the author */
	struct value *m = evil_header(&s.v, &s.author.org, KIND_INCIDENT_NOTICE, TLP_GREEN, evil_notice_body(&s.v));
	fields_set(s.v.a, record_fields, m, "created", value_int(s.v.a, s.v.s.now + LIMIT_AHEAD_MS + 1));
	inner = evil_pack(&s.v, m);
	f = made(&s.v, &s.author, &s.to_forwarder, inner, 1, 0);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_DATED, false);
	/* not well formed inside: the author's own fault, and no way to have it count */
	inner = evil_pack(&s.v, evil_header(&s.v, &s.author.org, KIND_INCIDENT_NOTICE, TLP_GREEN, value_map(s.v.a)));
	f = made(&s.v, &s.author, &s.to_forwarder, inner, 1, 0);
	arrives(&s, forward_of(&s.v, &f), inner, VERDICT_SHAPE, false);
	maker_end(&third);
	stage_close(&s);
}

static void a_forward_of_a_forward(void **state)
{
	struct stage s;
	(void)state;
	stage_open(&s);
	struct evil *v = &s.v;
	struct maker deeper;
	maker_begin(&deeper, 0xa4, "Deeper");
	/* deeper wrote to the author, the author forwarded to the forwarder, who forwards that forward */
	struct chain log = evil_chain(v, &deeper, AUDIENCE_DIRECT, &s.author.org);
	struct span inner = evil_notice(v, &deeper.org, TLP_CLEAR);
	struct made first = made(v, &deeper, &log, inner, 1, 0);
	struct span between = evil_pack(v, evil_header(v, &s.author.org, KIND_FORWARD, TLP_CLEAR, body_of(v, &first)));
	struct made second = made(v, &s.author, &s.to_forwarder, between, 1, 0);
	second.tlp = TLP_CLEAR;
	arrives(&s, forward_of(v, &second), inner, VERDICT_SHAPE, false);
	assert_int_equal(inner_verdict(v, between), 0);
	maker_end(&deeper);
	stage_close(&s);
}

/* A forward of full size: the record inside at its own limit. */
static void a_forward_of_full_size(void **state)
{
	struct stage s;
	struct receipt got;
	uint8_t code = 0;
	(void)state;
	stage_open(&s);
	struct span inner = evil_sized(&s.v, &s.author.org, 60000, LIMIT_RECORD);
	struct made f = made(&s.v, &s.author, &s.to_forwarder, inner, 1, 0);
	f.tlp = TLP_GREEN;
	struct carried_entry e = evil_one(&s.v, &s.to_victim, forward_of(&s.v, &f));
	assert_int_equal(evil_put(&s.v, &e).verdict, VERDICT_GOOD);
	assert_true(evil_receipt(&s.v, &s.to_victim, &got));
	assert_true(receipt_covers(&got, 2, 0, &code));
	assert_int_equal(inner_verdict(&s.v, inner), VERDICT_GOOD + 1);
	assert_int_equal(scenario_count(s.v.victim, 60000), 1);
	/* a record that says it is a forward, over even that */
	e = evil_one(&s.v, &s.to_victim, evil_sized(&s.v, &s.v.org.org, KIND_FORWARD, LIMIT_FORWARD));
	assert_int_equal(evil_put(&s.v, &e).verdict, VERDICT_GOOD);
	assert_true(evil_receipt(&s.v, &s.to_victim, &got));
	assert_false(receipt_covers(&got, 3, 0, &code));
	assert_int_equal(code, VERDICT_SHAPE);
	stage_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_forward),
		cmocka_unit_test(the_author_says_it_too),
		cmocka_unit_test(any_part_tampered_with),
		cmocka_unit_test(tlp_against_each_relation),
		cmocka_unit_test(a_copy_freer_than_the_original),
		cmocka_unit_test(what_was_never_the_forwarders),
		cmocka_unit_test(a_forward_of_a_forward),
		cmocka_unit_test(a_forward_of_full_size),
	};
	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
