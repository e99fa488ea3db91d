/* evil.h - a partner that signs whatever it likes: organisations made by hand (maker.h) that are partners of node 0 without having a node,
 * logs written entry by entry, and a way to hand them to node 0's ingest. */
#ifndef TALLY_TEST_EVIL_H
#define TALLY_TEST_EVIL_H

#include "tests/unit/maker.h"
#include "tests/unit/scenario.h"

#include "node/core_state.h"
#include "node/ingest.h"
#include "node/judge.h"
#include "proto/merkle.h"
#include "proto/pack.h"
#include "store/check.h"

struct evil {
	struct scenario s;
	struct arena *a;    /* of the test: lives until evil_close */
	struct maker org;   /* the partner */
	struct node *victim;
	uint64_t incarnation, nonce;
};

struct chain { /* a log, as its author goes on with it */
	struct entry e; /* what the next entry will be */
	struct maker *by;
};

struct trace { /* rows of every table but the operations, where alarms are kept */
	uint64_t rows[TABLE_COUNT];
};

static inline void evil_turn(struct evil *v)
{
	scenario_begin(v->victim);
}

static inline void evil_done(struct evil *v)
{
	assert_int_equal(scenario_end(v->victim), OK);
}

/* A row for this organisation as if it had been paired. */
static inline void evil_enrol(struct evil *v, const struct maker *m, const char *name, enum partner_state state)
{
	struct core *c = v->victim->core;
	struct partner p = {.org = m->org, .state = state, .verified = state >= PARTNER_ACTIVE, .confirmed = state >= PARTNER_ACTIVE};
	snprintf(p.name, sizeof p.name, "%s", name);
	evil_turn(v);
	assert_int_equal(statements_put(core_txn(c), &m->org, 0, &m->chain[0]), OK);
	partners_set(c->arena, &p, "paired", value_int(c->arena, c->now));
	assert_int_equal(partners_put(core_txn(c), c->arena, &p), OK);
	evil_done(v);
}

static inline void evil_state(struct evil *v, const struct maker *m, enum partner_state state)
{
	struct core *c = v->victim->core;
	struct partner p;
	evil_turn(v);
	assert_int_equal(partners_get(core_txn(c), c->arena, &m->org, &p), OK);
	p.state = state;
	assert_int_equal(partners_put(core_txn(c), c->arena, &p), OK);
	evil_done(v);
}

static inline void evil_open(struct evil *v)
{
	memset(v, 0, sizeof *v);
	scenario_open(&v->s, 1);
	v->victim = &v->s.node[0];
	v->a = arena_new();
	v->incarnation = 1000;
	maker_begin(&v->org, 0xe1, "Evil Ltd");
	evil_enrol(v, &v->org, "evil", PARTNER_ACTIVE);
}

static inline void evil_say(void *ctx, const char *problem)
{
	(void)ctx;
	print_error("store check: %s\n", problem);
}

static inline void evil_check(struct node *n)
{
	struct check_figures f;
	assert_int_equal(check_run(n->store, &(struct check_ops){.say = evil_say}, &f), OK);
	assert_int_equal(f.problems, 0);
}

static inline void evil_close(struct evil *v)
{
	for (int i = 0; i < v->s.nodes; i++)
		evil_check(&v->s.node[i]);
	scenario_close(&v->s);
	maker_end(&v->org);
	arena_free(v->a);
}

/* ---- records ---- */

static inline struct span evil_keep(struct evil *v, struct buf *b)
{
	uint8_t *p = arena_alloc(v->a, b->n);
	size_t n = b->n;
	assert_non_null(p);
	memcpy(p, b->p, n);
	buf_free(b);
	return SPAN(p, n);
}

static inline struct span evil_pack(struct evil *v, const struct value *m)
{
	struct buf b = {0};
	assert_int_equal(pack_encode(m, &b), OK);
	return evil_keep(v, &b);
}

/* A header without any check; more can be set before evil_pack. */
static inline struct value *evil_header(struct evil *v, const struct id *author, int64_t kind, int64_t tlp, struct value *body)
{
	struct value *m = value_map(v->a);
	uint8_t nonce[RECORD_NONCE] = {0xe, 0x1};
	put_u64be(nonce + 8, ++v->nonce);
	fields_set(v->a, record_fields, m, "version", value_int(v->a, RECORD_VERSION));
	fields_set(v->a, record_fields, m, "kind", value_int(v->a, kind));
	fields_set(v->a, record_fields, m, "author", value_id(v->a, author));
	fields_set(v->a, record_fields, m, "created", value_int(v->a, v->s.now));
	fields_set(v->a, record_fields, m, "tlp", value_int(v->a, tlp));
	fields_set(v->a, record_fields, m, "nonce", value_bin(v->a, SPAN(nonce, sizeof nonce)));
	fields_set(v->a, record_fields, m, "body", body);
	return m;
}

static inline struct value *evil_notice_body(struct evil *v)
{
	const struct field *f = kind_by_number(KIND_INCIDENT_NOTICE)->fields;
	struct value *body = value_map(v->a);
	fields_set(v->a, f, body, "title", value_str(v->a, "it was the others"));
	fields_set(v->a, f, body, "stage", value_int(v->a, 1));
	fields_set(v->a, f, body, "aware", value_int(v->a, v->s.now));
	fields_set(v->a, f, body, "malicious", value_int(v->a, 1));
	fields_set(v->a, f, body, "cross_border", value_int(v->a, 2));
	fields_set(v->a, f, body, "contact", value_str(v->a, "soc@example.org"));
	return body;
}

static inline struct span evil_notice(struct evil *v, const struct id *author, int64_t tlp)
{
	return evil_pack(v, evil_header(v, author, KIND_INCIDENT_NOTICE, tlp, evil_notice_body(v)));
}

static inline struct span evil_log_open(struct evil *v, const struct id *author, int64_t kseq)
{
	const struct field *f = kind_by_number(KIND_LOG_OPEN)->fields;
	struct value *body = value_map(v->a);
	fields_set(v->a, f, body, "kseq", value_int(v->a, kseq));
	fields_set(v->a, f, body, "reason", value_int(v->a, 1));
	return evil_pack(v, evil_header(v, author, KIND_LOG_OPEN, TLP_CLEAR, body));
}

/* A record of exactly n bytes of a kind that nobody knows. */
static inline struct span evil_sized(struct evil *v, const struct id *author, int64_t kind, size_t n)
{
	struct value *body = value_map(v->a);
	uint8_t *fill = arena_alloc(v->a, n);
	size_t size = n;
	for (int i = 0; i < 3; i++) {
		value_set(v->a, body, 64, value_bin(v->a, SPAN(fill, size)));
		v->nonce++;
		struct span all = evil_pack(v, evil_header(v, author, kind, TLP_GREEN, body));
		if (all.n == n)
			return all;
		size -= all.n - n;
	}
	fail_msg("no record of %zu bytes", n);
	return SPAN(NULL, 0);
}

/* ---- entries ---- */

static inline struct chain evil_chain(struct evil *v, struct maker *by, enum audience type, const struct id *target)
{
	struct chain ch = {.by = by};
	ch.e = (struct entry){.author = by->org, .type = type, .target = *target, .incarnation = ++v->incarnation, .n = 1};
	entry_log(&ch.e, &ch.e.prev);
	return ch;
}

static inline struct carried_record evil_carry(struct span bytes)
{
	struct carried_record r = {.bytes = bytes};
	record_id(bytes, &r.id);
	return r;
}

static inline void evil_root(struct entry *e, const struct carried_record *r, size_t n)
{
	struct id ids[LIMIT_ENTRY_RECORDS];
	for (size_t i = 0; i < n; i++)
		ids[i] = r[i].id;
	merkle_root(ids, n, &e->root);
	e->count = n;
}

/* Signs this entry as it stands. */
static inline struct carried_entry evil_sign(struct evil *v, struct maker *by, const struct entry *e, struct carried_record *r, size_t n)
{
	struct buf payload = {0};
	uint8_t *signature = arena_alloc(v->a, SIGN_LEN);
	assert_int_equal(entry_encode(e, &payload), OK);
	struct carried_entry out = {.payload = evil_keep(v, &payload), .signature = SPAN(signature, SIGN_LEN), .records = n, .record = r};
	maker_sign(by, e->kseq, SIGN_ENTRY, out.payload, signature);
	return out;
}

/* The next entry of a log with these records; the log goes on behind it. */
static inline struct carried_entry evil_next(struct evil *v, struct chain *ch, const struct span *records, size_t n)
{
	struct carried_record *r = arena_alloc(v->a, n * sizeof *r);
	for (size_t i = 0; i < n; i++)
		r[i] = evil_carry(records[i]);
	evil_root(&ch->e, r, n);
	ch->e.time = v->s.now;
	struct carried_entry out = evil_sign(v, ch->by, &ch->e, r, n);
	ch->e.n++;
	entry_hash(out.payload, &ch->e.prev);
	return out;
}

static inline struct carried_entry evil_first(struct evil *v, struct chain *ch)
{
	struct span open = evil_log_open(v, &ch->by->org, (int64_t)ch->e.kseq);
	return evil_next(v, ch, &open, 1);
}

static inline struct carried_entry evil_one(struct evil *v, struct chain *ch, struct span record)
{
	return evil_next(v, ch, &record, 1);
}

static inline struct carried_entry evil_notice_entry(struct evil *v, struct chain *ch)
{
	return evil_one(v, ch, evil_notice(v, &ch->by->org, TLP_GREEN));
}

/* ---- handing over ---- */

static inline struct ingest_result evil_put_in_turn(struct evil *v, const struct carried_entry *e, const struct id *peer)
{
	struct core *c = v->victim->core;
	struct ingest_result r;
	assert_int_equal(ingest(c, e, peer, &r), OK);
	if (r.log_no && verdict_class(r.verdict) == 'G')
		assert_int_equal(core_touch(c, r.log_no), OK);
	return r;
}

/* One entry in a turn of its own, brought by its author. */
static inline struct ingest_result evil_put(struct evil *v, const struct carried_entry *e)
{
	evil_turn(v);
	struct ingest_result r = evil_put_in_turn(v, e, &v->org.org);
	evil_done(v);
	return r;
}

/* A log to node 0, opened and taken. */
static inline struct chain evil_direct(struct evil *v)
{
	struct chain ch = evil_chain(v, &v->org, AUDIENCE_DIRECT, scenario_org(v->victim));
	struct carried_entry first = evil_first(v, &ch);
	assert_int_equal(evil_put(v, &first).verdict, VERDICT_GOOD);
	return ch;
}

/* ---- what is in the store ---- */

static inline struct trace evil_trace(struct evil *v)
{
	struct trace t = {{0}};
	struct txn *txn;
	assert_int_equal(store_read(v->victim->store, &txn), OK);
	for (int i = 0; i < TABLE_COUNT; i++)
		if (i != TABLE_OPERATIONS && i != TABLE_META)
			assert_int_equal(store_count(txn, (enum table)i, &t.rows[i]), OK);
	store_abort(txn);
	return t;
}

static inline uint64_t evil_rows(struct evil *v, enum table table)
{
	return evil_trace(v).rows[table];
}

static inline void evil_no_trace(struct evil *v, const struct trace *before)
{
	struct trace now = evil_trace(v);
	for (int i = 0; i < TABLE_COUNT; i++)
		if (now.rows[i] != before->rows[i])
			fail_msg("table %d has %llu rows, and had %llu", i, (unsigned long long)now.rows[i],
			         (unsigned long long)before->rows[i]);
}

/* Refused for good: this verdict, of class F, blaming so; and nothing of it is left. */
static inline void evil_refused(struct evil *v, const struct carried_entry *e, const struct id *peer, enum verdict want, char blames)
{
	struct trace before = evil_trace(v);
	evil_turn(v);
	struct ingest_result r = evil_put_in_turn(v, e, peer);
	evil_done(v);
	assert_int_equal(r.verdict, want);
	assert_int_equal(verdict_class(r.verdict), 'F');
	assert_int_equal(verdict_blames(r.verdict), blames);
	evil_no_trace(v, &before);
}

static inline struct log_row evil_log(struct evil *v, const struct chain *ch)
{
	struct log_row row = {0};
	struct txn *t;
	struct id id;
	entry_log(&ch->e, &id);
	assert_int_equal(store_read(v->victim->store, &t), OK);
	if (logs_get(t, &id, &row) != OK)
		row.n = 0;
	store_abort(t);
	return row;
}

/* Node 0's own receipt over a log; false: none. The exceptions are in the arena of the test. */
static inline bool evil_receipt(struct evil *v, const struct chain *ch, struct receipt *out)
{
	struct log_row log = evil_log(v, ch);
	struct receipt_row row;
	struct txn *t;
	assert_int_equal(store_read(v->victim->store, &t), OK);
	bool found = receipts_newest(t, log.no, scenario_org(v->victim), &row) == OK;
	if (found)
		assert_int_equal(receipt_decode(row.payload, v->a, out), OK);
	store_abort(t);
	return found;
}

static inline size_t evil_notices(struct evil *v)
{
	return scenario_count(v->victim, KIND_INCIDENT_NOTICE);
}

#endif
