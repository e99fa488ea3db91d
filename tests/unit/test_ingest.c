/* An evil partner hands entries to node 0: every verdict, what it leaves behind, and who is blamed. */
#include "tests/unit/evil.h"

#include <stdlib.h>

#define ORG(v) (&(v)->org.org)

/* ---- final refusals ---- */

static void what_is_no_entry(void **state)
{
	struct evil v;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct carried_entry good = evil_notice_entry(&v, &ch);
	uint8_t bytes[2000] = {0};
	struct carried_entry bad = good;
	memcpy(bytes, good.payload.p, good.payload.n);
	static const size_t sizes[] = {0, 1, 100, 1024, 1025, 2000};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		bad.payload = SPAN(bytes, sizes[i] == 0 ? 0 : good.payload.n < sizes[i] ? sizes[i] : good.payload.n - sizes[i]);
		evil_refused(&v, &bad, ORG(&v), VERDICT_ENTRY_SHAPE, 'P');
	}
	/* canonical, and yet not an entry that we know: a version, a key below 64, a place and a count of zero */
	static const struct { int64_t key, value; } wrong[] = {{0, 2}, {0, 0}, {12, 1}, {63, 1}, {6, 0}, {8, 0}, {8, 257}, {3, 3}, {10, -1}};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const struct value *m;
		uint8_t signature[SIGN_LEN];
		assert_int_equal(pack_decode(good.payload, v.a, &m), OK);
		struct value *next = value_copy(v.a, m);
		value_set(v.a, next, wrong[i].key, value_int(v.a, wrong[i].value));
		bad.payload = evil_pack(&v, next);
		maker_sign(&v.org, 0, SIGN_ENTRY, bad.payload, signature);
		bad.signature = SPAN(signature, SIGN_LEN);
		evil_refused(&v, &bad, ORG(&v), VERDICT_ENTRY_SHAPE, 'P');
	}
	assert_int_equal(evil_put(&v, &good).verdict, VERDICT_GOOD);
	assert_int_equal(evil_notices(&v), 1);
	evil_close(&v);
}

/* One byte of the signature or of the payload changed: never stored, whatever the byte meant. */
static void every_byte_is_signed(void **state)
{
	struct evil v;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct carried_entry good = evil_notice_entry(&v, &ch);
	uint8_t signature[SIGN_LEN], payload[1024];
	struct carried_entry bad = good;
	struct trace before = evil_trace(&v);
	bad.signature = SPAN(signature, SIGN_LEN);
	evil_turn(&v);
	for (size_t i = 0; i < SIGN_LEN; i++) {
		memcpy(signature, good.signature.p, SIGN_LEN);
		signature[i] ^= (uint8_t)(1u << (i % 8));
		struct ingest_result r = evil_put_in_turn(&v, &bad, ORG(&v));
		assert_int_equal(r.verdict, VERDICT_SIGNATURE);
		assert_int_equal(verdict_blames(r.verdict), 'P');
	}
	bad.signature = good.signature;
	bad.payload = SPAN(payload, good.payload.n);
	for (size_t i = 0; i < good.payload.n; i++) {
		memcpy(payload, good.payload.p, good.payload.n);
		payload[i] ^= 1;
		struct ingest_result r = evil_put_in_turn(&v, &bad, ORG(&v));
		assert_true(verdict_class(r.verdict) == 'F' || r.verdict == VERDICT_UNKNOWN_KEY);
	}
	evil_done(&v);
	struct trace after = evil_trace(&v);
	before.rows[TABLE_PARKED] = after.rows[TABLE_PARKED]; /* a changed kseq may yet be signed by a key to come */
	evil_no_trace(&v, &before);
	assert_int_equal(evil_put(&v, &good).verdict, VERDICT_GOOD);
	evil_close(&v);
}

static void from_who_is_no_partner(void **state)
{
	struct evil v;
	struct maker stranger;
	(void)state;
	evil_open(&v);
	maker_begin(&stranger, 0xe2, "Stranger");
	struct chain ch = evil_chain(&v, &stranger, AUDIENCE_DIRECT, scenario_org(v.victim));
	struct carried_entry e = evil_first(&v, &ch);
	evil_refused(&v, &e, &stranger.org, VERDICT_NOT_PARTNER, 'P');
	evil_refused(&v, &e, NULL, VERDICT_NOT_PARTNER, 'P'); /* from a file too */
	evil_refused(&v, &e, ORG(&v), VERDICT_NOT_PARTNER, 'P');
	evil_enrol(&v, &stranger, "stranger", PARTNER_PENDING);
	evil_refused(&v, &e, &stranger.org, VERDICT_NOT_PARTNER, 'P');
	evil_state(&v, &stranger, PARTNER_REMOVED);
	evil_refused(&v, &e, &stranger.org, VERDICT_NOT_PARTNER, 'P');
	/* nothing of that was held against it */
	evil_state(&v, &stranger, PARTNER_ACTIVE);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	maker_end(&stranger);
	evil_close(&v);
}

static void addressed_to_somebody_else(void **state)
{
	struct evil v;
	struct maker other;
	static const struct id nobody;
	(void)state;
	evil_open(&v);
	maker_begin(&other, 0xe3, "Other");
	evil_enrol(&v, &other, "other", PARTNER_ACTIVE);
	struct chain ch = evil_chain(&v, &v.org, AUDIENCE_DIRECT, &other.org);
	struct carried_entry e = evil_first(&v, &ch);
	evil_refused(&v, &e, ORG(&v), VERDICT_AUDIENCE, 'P');
	ch = evil_chain(&v, &v.org, AUDIENCE_DIRECT, ORG(&v)); /* its own log */
	e = evil_first(&v, &ch);
	evil_refused(&v, &e, ORG(&v), VERDICT_AUDIENCE, 'P');
	ch = evil_chain(&v, &v.org, AUDIENCE_CONSORTIUM, &other.org);
	ch.e.has_roster = true;
	e = evil_first(&v, &ch);
	evil_refused(&v, &e, ORG(&v), VERDICT_AUDIENCE, 'P');
	/* a log to all partners comes from its author's own link, or not at all */
	ch = evil_chain(&v, &v.org, AUDIENCE_PARTNERS, &nobody);
	e = evil_first(&v, &ch);
	evil_refused(&v, &e, &other.org, VERDICT_AUDIENCE, 'P');
	evil_refused(&v, &e, NULL, VERDICT_AUDIENCE, 'P');
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	e = evil_notice_entry(&v, &ch);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	assert_int_equal(evil_notices(&v), 1);
	maker_end(&other);
	evil_close(&v);
}

/* Our own words do not come in from outside, not even with our own signature. */
static void our_own_entry_brought_back(void **state)
{
	struct evil v;
	struct id id;
	struct carried_entry e;
	(void)state;
	evil_open(&v);
	struct core *c = v.victim->core;
	struct complaint why;
	const struct kind *k = kind_by_number(KIND_INCIDENT_NOTICE);
	evil_turn(&v);
	struct draft d = {.kind = k, .body = evil_notice_body(&v), .to = ORG(&v), .recipients = 1};
	assert_int_equal(core_say(c, &d, &id, &why), OK);
	evil_done(&v);
	struct trace before = evil_trace(&v);
	evil_turn(&v);
	assert_int_equal(entries_carry(core_txn(c), 1, 2, c->arena, &e), OK);
	assert_int_equal(evil_put_in_turn(&v, &e, ORG(&v)).verdict, VERDICT_AUDIENCE);
	evil_done(&v);
	evil_no_trace(&v, &before);
	evil_close(&v);
}

static void records_that_are_not_those_signed(void **state)
{
	struct evil v;
	struct carried_record r[LIMIT_ENTRY_RECORDS];
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	for (int i = 0; i < 4; i++)
		r[i] = evil_carry(evil_notice(&v, ORG(&v), TLP_GREEN));
	ch.e.time = v.s.now;
	/* the count lies, in both directions */
	evil_root(&ch.e, r, 2);
	struct carried_entry e = evil_sign(&v, &v.org, &ch.e, r, 1);
	evil_refused(&v, &e, ORG(&v), VERDICT_MISMATCH, 'P');
	e = evil_sign(&v, &v.org, &ch.e, r, 3);
	evil_refused(&v, &e, ORG(&v), VERDICT_MISMATCH, 'P');
	ch.e.count = 1; /* the root over two, the count of one */
	e = evil_sign(&v, &v.org, &ch.e, r, 2);
	evil_refused(&v, &e, ORG(&v), VERDICT_MISMATCH, 'P');
	/* swapped */
	evil_root(&ch.e, r, 2);
	struct carried_record swapped[2] = {r[1], r[0]};
	e = evil_sign(&v, &v.org, &ch.e, swapped, 2);
	evil_refused(&v, &e, ORG(&v), VERDICT_MISMATCH, 'P');
	/* one of them another one, with its bytes and with its id alone */
	struct carried_record other[2] = {r[0], r[2]};
	e = evil_sign(&v, &v.org, &ch.e, other, 2);
	evil_refused(&v, &e, ORG(&v), VERDICT_MISMATCH, 'P');
	other[1] = (struct carried_record){.gone = true, .id = r[2].id};
	e = evil_sign(&v, &v.org, &ch.e, other, 2);
	evil_refused(&v, &e, ORG(&v), VERDICT_MISMATCH, 'P');
	/* doubled, and signed so */
	struct carried_record twice[3] = {r[0], r[1], r[0]};
	evil_root(&ch.e, twice, 3);
	e = evil_sign(&v, &v.org, &ch.e, twice, 3);
	evil_refused(&v, &e, ORG(&v), VERDICT_MISMATCH, 'P');
	/* a root over nothing */
	evil_root(&ch.e, r, 2);
	ch.e.root.b[31] ^= 1;
	e = evil_sign(&v, &v.org, &ch.e, r, 2);
	evil_refused(&v, &e, ORG(&v), VERDICT_MISMATCH, 'P');
	/* the log is none the worse for it */
	evil_root(&ch.e, r, 4);
	e = evil_sign(&v, &v.org, &ch.e, r, 4);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	assert_int_equal(evil_notices(&v), 4);
	evil_close(&v);
}

static void an_entry_of_256_records(void **state)
{
	struct evil v;
	struct carried_record r[LIMIT_ENTRY_RECORDS];
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	for (size_t i = 0; i < LIMIT_ENTRY_RECORDS; i++)
		r[i] = evil_carry(evil_notice(&v, ORG(&v), TLP_GREEN));
	evil_root(&ch.e, r, LIMIT_ENTRY_RECORDS);
	ch.e.time = v.s.now;
	struct carried_entry e = evil_sign(&v, &v.org, &ch.e, r, LIMIT_ENTRY_RECORDS);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	assert_int_equal(evil_notices(&v), LIMIT_ENTRY_RECORDS);
	evil_close(&v);
}

static void an_entry_off_the_chain(void **state)
{
	struct evil v;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct chain wrong = ch;
	wrong.e.prev.b[0] ^= 1;
	struct carried_entry e = evil_notice_entry(&v, &wrong);
	evil_refused(&v, &e, ORG(&v), VERDICT_CHAIN, 'A');
	wrong = ch;
	entry_log(&wrong.e, &wrong.e.prev); /* the log id is for entry 1 alone */
	e = evil_notice_entry(&v, &wrong);
	evil_refused(&v, &e, ORG(&v), VERDICT_CHAIN, 'A');
	e = evil_notice_entry(&v, &ch);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	/* entry 1 must continue the log id, not zeros and not another log's */
	wrong = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim));
	wrong.e.prev = ch.e.prev;
	e = evil_first(&v, &wrong);
	evil_refused(&v, &e, ORG(&v), VERDICT_CHAIN, 'A');
	evil_close(&v);
}

/* ---- forks ---- */

static void evidence_of(struct evil *v, const struct chain *ch, const struct carried_entry *a, const struct carried_entry *b)
{
	struct txn *t;
	struct span bytes;
	const struct value *pair;
	struct carried_entry one, two;
	struct id log;
	entry_log(&ch->e, &log);
	assert_int_equal(store_read(v->victim->store, &t), OK);
	assert_int_equal(store_get(t, TABLE_EVIDENCE, ID_SPAN(&log), &bytes), OK);
	assert_int_equal(pack_decode(bytes, v->a, &pair), OK);
	assert_int_equal(carried_read(value_item(pair, 0), v->a, &one), OK);
	assert_int_equal(carried_read(value_item(pair, 1), v->a, &two), OK);
	assert_true(span_eq(one.payload, a->payload));
	assert_true(span_eq(two.payload, b->payload));
	assert_true(span_eq(one.signature, a->signature));
	assert_true(span_eq(two.signature, b->signature));
	store_abort(t);
}

static struct ingest_result forked(struct evil *v, const struct carried_entry *e)
{
	struct ingest_result r = evil_put(v, e);
	assert_int_equal(r.verdict, VERDICT_FORK);
	assert_int_equal(verdict_class(r.verdict), 'F');
	assert_int_equal(verdict_blames(r.verdict), 'A');
	return r;
}

static void a_fork_freezes_its_log(void **state)
{
	struct evil v;
	struct carried_entry e[6], f[6];
	struct chain at[6];
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	for (size_t i = 2; i < 6; i++) {
		at[i] = ch;
		e[i] = evil_notice_entry(&v, &ch);
		f[i] = evil_notice_entry(&v, &at[i]); /* another one in its place; at[i] is the branch behind it */
	}
	for (size_t i = 2; i < 5; i++)
		assert_int_equal(evil_put(&v, &e[i]).verdict, VERDICT_GOOD);
	struct trace before = evil_trace(&v);
	(void)forked(&v, &f[4]);
	struct trace after = evil_trace(&v);
	before.rows[TABLE_EVIDENCE]++;
	before.rows[TABLE_CONTRADICTIONS]++;
	assert_memory_equal(&before, &after, sizeof after);
	evidence_of(&v, &ch, &e[4], &f[4]);
	assert_int_equal(evil_log(&v, &ch).frozen, 4);
	assert_int_equal(evil_log(&v, &ch).n, 4);
	/* neither branch goes on, nor anything behind a gap */
	struct carried_entry next = evil_notice_entry(&v, &at[4]), far = evil_notice_entry(&v, &at[4]);
	evil_refused(&v, &e[5], ORG(&v), VERDICT_FROZEN, 'A');
	evil_refused(&v, &next, ORG(&v), VERDICT_FROZEN, 'A');
	evil_refused(&v, &far, ORG(&v), VERDICT_FROZEN, 'A');
	/* the same again, and a third branch: what is kept stays as it was */
	(void)forked(&v, &f[4]);
	struct chain third = ch;
	third.e.n = 4;
	entry_hash(e[3].payload, &third.e.prev);
	struct carried_entry other = evil_notice_entry(&v, &third);
	(void)forked(&v, &other);
	evidence_of(&v, &ch, &e[4], &f[4]);
	/* the lowest place counts */
	(void)forked(&v, &f[2]);
	evidence_of(&v, &ch, &e[2], &f[2]);
	assert_int_equal(evil_log(&v, &ch).frozen, 2);
	(void)forked(&v, &f[3]);
	evidence_of(&v, &ch, &e[2], &f[2]);
	assert_int_equal(evil_log(&v, &ch).frozen, 2);
	/* what was stored first is here, receipted, and known when it comes again */
	struct receipt r;
	for (size_t i = 2; i < 5; i++)
		assert_int_equal(evil_put(&v, &e[i]).verdict, VERDICT_KNOWN);
	assert_true(evil_receipt(&v, &ch, &r));
	assert_int_equal(r.n, 4);
	assert_int_equal(evil_notices(&v), 3);
	/* other logs of the same author go on */
	struct chain fine = evil_direct(&v);
	struct carried_entry more = evil_notice_entry(&v, &fine);
	assert_int_equal(evil_put(&v, &more).verdict, VERDICT_GOOD);
	assert_int_equal(evil_notices(&v), 4);
	evil_close(&v);
}

/* A partner that forks as often as it can must not fill our list of alarms. */
static void a_thousand_forks_are_one_alarm(void **state)
{
	struct evil v;
	uint64_t before, after;
	struct txn *t;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct chain at = ch;
	struct carried_entry e = evil_notice_entry(&v, &at);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	assert_int_equal(store_read(v.victim->store, &t), OK);
	assert_int_equal(store_count(t, TABLE_OPERATIONS, &before), OK);
	store_abort(t);
	evil_turn(&v);
	for (int i = 0; i < 1000; i++) {
		at = ch;
		e = evil_notice_entry(&v, &at);
		assert_int_equal(evil_put_in_turn(&v, &e, ORG(&v)).verdict, VERDICT_FORK);
	}
	evil_done(&v);
	assert_int_equal(store_read(v.victim->store, &t), OK);
	assert_int_equal(store_count(t, TABLE_OPERATIONS, &after), OK);
	store_abort(t);
	assert_int_equal(after - before, 1);
	assert_int_equal(evil_rows(&v, TABLE_EVIDENCE), 1);
	assert_int_equal(evil_rows(&v, TABLE_CONTRADICTIONS), 1);
	evil_close(&v);
}

/* ---- entry 1 ---- */

static void a_log_begins_with_its_opening(void **state)
{
	struct evil v;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim)), at = ch;
	struct carried_entry e = evil_notice_entry(&v, &at);
	evil_refused(&v, &e, ORG(&v), VERDICT_OPENING, 'A');
	struct span two[2] = {evil_log_open(&v, ORG(&v), 0), evil_notice(&v, ORG(&v), TLP_GREEN)};
	at = ch;
	e = evil_next(&v, &at, two, 2);
	evil_refused(&v, &e, ORG(&v), VERDICT_OPENING, 'A');
	two[1] = evil_log_open(&v, ORG(&v), 0);
	at = ch;
	e = evil_next(&v, &at, two, 2);
	evil_refused(&v, &e, ORG(&v), VERDICT_OPENING, 'A');
	at = ch;
	e = evil_one(&v, &at, evil_log_open(&v, ORG(&v), 1)); /* another key's */
	evil_refused(&v, &e, ORG(&v), VERDICT_OPENING, 'A');
	at = ch;
	e = evil_one(&v, &at, evil_log_open(&v, scenario_org(v.victim), 0)); /* said by somebody else */
	evil_refused(&v, &e, ORG(&v), VERDICT_OPENING, 'A');
	at = ch;
	e = evil_one(&v, &at, evil_pack(&v, evil_header(&v, ORG(&v), KIND_LOG_OPEN, TLP_CLEAR, value_map(v.a))));
	evil_refused(&v, &e, ORG(&v), VERDICT_OPENING, 'A');
	at = ch;
	e = evil_first(&v, &at); /* its id alone */
	e.record[0].gone = true;
	e.record[0].bytes = SPAN(NULL, 0);
	evil_refused(&v, &e, ORG(&v), VERDICT_OPENING, 'A');
	e = evil_first(&v, &ch);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	evil_close(&v);
}

/* ---- what waits ---- */

static bool next_order(size_t *p, size_t n)
{
	size_t i = n - 1, j = n - 1;
	while (i > 0 && p[i - 1] >= p[i])
		i--;
	if (i == 0)
		return false;
	while (p[j] <= p[i - 1])
		j--;
	size_t swap = p[i - 1];
	p[i - 1] = p[j];
	p[j] = swap;
	for (j = n - 1; i < j; i++, j--) {
		swap = p[i];
		p[i] = p[j];
		p[j] = swap;
	}
	return true;
}

/* Five entries in each of the 120 orders: all are stored in the end, nothing waits any more, and no verdict depends on the order. */
static void any_order_of_arrival(void **state)
{
	struct evil v;
	size_t order[5] = {0, 1, 2, 3, 4}, orders = 0;
	(void)state;
	evil_open(&v);
	do {
		struct carried_entry e[5];
		struct chain ch = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim));
		uint64_t held = 0;
		bool here[5] = {false};
		e[0] = evil_first(&v, &ch);
		for (size_t i = 1; i < 5; i++)
			e[i] = evil_notice_entry(&v, &ch);
		evil_turn(&v);
		for (size_t i = 0; i < 5; i++) {
			struct ingest_result r = evil_put_in_turn(&v, &e[order[i]], ORG(&v));
			assert_int_equal(r.verdict, order[i] == held ? VERDICT_GOOD : VERDICT_GAP);
			assert_int_equal(verdict_blames(r.verdict), 'N');
			here[order[i]] = true;
			while (held < 5 && here[held])
				held++;
			assert_int_equal(r.held, held);
		}
		evil_done(&v);
		assert_int_equal(evil_log(&v, &ch).n, 5);
		orders++;
		assert_int_equal(evil_notices(&v), 4 * orders);
		assert_int_equal(evil_rows(&v, TABLE_PARKED), 0);
		assert_int_equal(evil_rows(&v, TABLE_EXCEPTIONS), 0);
	} while (next_order(order, 5));
	assert_int_equal(orders, 120);
	evil_close(&v);
}

/* What was parked comes again in order, as after a new session: nothing may be left waiting and count against the quota. */
static void what_comes_again_waits_no_longer(void **state)
{
	struct evil v;
	struct carried_entry e[5];
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	for (size_t i = 0; i < 5; i++)
		e[i] = evil_notice_entry(&v, &ch);
	evil_state(&v, &v.org, PARTNER_SUSPENDED);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(evil_put(&v, &e[i]).verdict, VERDICT_SUSPENDED);
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 6);
	evil_state(&v, &v.org, PARTNER_ACTIVE);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(verdict_class(evil_put(&v, &e[i]).verdict), 'G');
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 0);
	assert_int_equal(evil_notices(&v), 5);
	evil_close(&v);
}

/* The simulator's seed 60201: nobody judged it any more after the partner was removed. */
static void what_waits_of_a_partner_goes_with_it(void **state)
{
	struct evil v;
	struct complaint why;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct carried_entry e = evil_notice_entry(&v, &ch);
	evil_state(&v, &v.org, PARTNER_SUSPENDED);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_SUSPENDED);
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 2);
	evil_turn(&v);
	assert_int_equal(pairing_remove(v.victim->core, ORG(&v), &why), OK);
	evil_done(&v);
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 0);
	evil_close(&v);
}

/* Whoever brings an entry in part before its turn takes nothing from what the author sends in whole. */
static void in_part_before_its_turn(void **state)
{
	struct evil v;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct carried_entry whole = evil_notice_entry(&v, &ch), part = whole;
	struct carried_record bare = whole.record[0];
	bare.gone = true;
	bare.bytes = SPAN(NULL, 0);
	part.record = &bare;
	evil_state(&v, &v.org, PARTNER_SUSPENDED);
	assert_int_equal(evil_put(&v, &part).verdict, VERDICT_SUSPENDED);
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 0);
	assert_int_equal(evil_put(&v, &whole).verdict, VERDICT_SUSPENDED);
	assert_int_equal(evil_put(&v, &part).verdict, VERDICT_SUSPENDED);
	evil_state(&v, &v.org, PARTNER_ACTIVE);
	evil_turn(&v);
	assert_int_equal(ingest_parked(v.victim->core, ORG(&v)), OK);
	evil_done(&v);
	assert_int_equal(evil_notices(&v), 1);
	assert_int_equal(evil_rows(&v, TABLE_EXCEPTIONS), 0);
	evil_close(&v);
}

/* A parked entry that turns out to be off the chain when its turn comes is dropped, and the right one is taken. */
static void a_parked_entry_off_the_chain(void **state)
{
	struct evil v;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct carried_entry two = evil_notice_entry(&v, &ch);
	struct chain wrong = ch;
	wrong.e.prev.b[5] ^= 4;
	struct carried_entry three = evil_notice_entry(&v, &ch), bad = evil_notice_entry(&v, &wrong);
	assert_int_equal(evil_put(&v, &bad).verdict, VERDICT_GAP);
	struct ingest_result r = evil_put(&v, &two);
	assert_int_equal(r.verdict, VERDICT_GOOD);
	assert_int_equal(r.held, 2);
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 0);
	assert_int_equal(evil_put(&v, &three).verdict, VERDICT_GOOD);
	assert_int_equal(evil_notices(&v), 2);
	evil_close(&v);
}

static void under_a_key_not_yet_known(void **state)
{
	struct evil v;
	struct trace before;
	(void)state;
	evil_open(&v);
	maker_rotate(&v.org, "routine");
	struct chain ch = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim)), gap = ch;
	ch.e.kseq = gap.e.kseq = 1;
	gap.e.incarnation++;
	entry_log(&ch.e, &ch.e.prev);
	entry_log(&gap.e, &gap.e.prev);
	struct carried_entry e[3] = {evil_first(&v, &ch), evil_notice_entry(&v, &ch), evil_notice_entry(&v, &ch)}, stray[2];
	stray[0] = evil_first(&v, &gap); /* never comes */
	stray[1] = evil_notice_entry(&v, &gap);
	before = evil_trace(&v);
	for (size_t i = 0; i < 3; i++) {
		struct ingest_result r = evil_put(&v, &e[2 - i]);
		assert_int_equal(r.verdict, VERDICT_UNKNOWN_KEY);
		assert_int_equal(verdict_class(r.verdict), 'T');
		assert_int_equal(verdict_blames(r.verdict), 'N');
	}
	assert_int_equal(evil_put(&v, &stray[1]).verdict, VERDICT_UNKNOWN_KEY);
	/* a signature that will never verify waits too, and is dropped when it can be judged */
	uint8_t junk[SIGN_LEN] = {1};
	struct carried_entry bad = evil_notice_entry(&v, &ch);
	bad.signature = SPAN(junk, SIGN_LEN);
	assert_int_equal(evil_put(&v, &bad).verdict, VERDICT_UNKNOWN_KEY);
	before.rows[TABLE_PARKED] = 6;
	evil_no_trace(&v, &before);
	assert_int_equal(evil_notices(&v), 0);
	evil_turn(&v);
	assert_int_equal(statements_put(core_txn(v.victim->core), ORG(&v), 1, &v.org.chain[1]), OK);
	assert_int_equal(ingest_parked(v.victim->core, ORG(&v)), OK);
	evil_done(&v);
	struct receipt r;
	assert_true(evil_receipt(&v, &ch, &r));
	assert_int_equal(r.n, 3);
	assert_int_equal(evil_notices(&v), 2);
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 2); /* behind the gap, and the count */
	evil_turn(&v);
	assert_int_equal(ingest_parked(v.victim->core, ORG(&v)), OK); /* again: nothing changes, and it ends */
	evil_done(&v);
	assert_int_equal(evil_put(&v, &stray[0]).verdict, VERDICT_GOOD);
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 0);
	assert_int_equal(evil_notices(&v), 3);
	evil_close(&v);
}

/* Under a key not known the signature cannot be checked: whoever brings it pays, or a stranger to a log could fill its author's quota. */
static void an_unknown_key_is_paid_by_who_brings_it(void **state)
{
	struct evil v;
	struct maker other;
	struct span count;
	struct txn *t;
	(void)state;
	evil_open(&v);
	maker_begin(&other, 0xe4, "Other");
	evil_enrol(&v, &other, "other", PARTNER_ACTIVE);
	maker_rotate(&other, "routine");
	struct chain ch = evil_chain(&v, &other, AUDIENCE_DIRECT, scenario_org(v.victim));
	ch.e.kseq = 1;
	entry_log(&ch.e, &ch.e.prev);
	struct carried_entry e = evil_first(&v, &ch);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_UNKNOWN_KEY); /* brought by the evil one */
	assert_int_equal(store_read(v.victim->store, &t), OK);
	assert_int_equal(store_get(t, TABLE_PARKED, ID_SPAN(&other.org), &count), ERR_NOT_FOUND);
	assert_int_equal(store_get(t, TABLE_PARKED, ID_SPAN(ORG(&v)), &count), OK);
	store_abort(t);
	maker_end(&other);
	evil_close(&v);
}

static void while_suspended(void **state)
{
	struct evil v;
	struct complaint why = {0};
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v), other = evil_direct(&v);
	struct carried_entry e[4], hole;
	e[0] = evil_notice_entry(&v, &other);
	hole = evil_notice_entry(&v, &ch);
	for (size_t i = 1; i < 4; i++)
		e[i] = evil_notice_entry(&v, i == 3 ? &other : &ch);
	evil_turn(&v);
	assert_int_equal(pairing_suspend(v.victim->core, ORG(&v), &why), OK);
	evil_done(&v);
	for (size_t i = 0; i < 4; i++) {
		struct ingest_result r = evil_put(&v, &e[i]);
		assert_int_equal(r.verdict, VERDICT_SUSPENDED);
		assert_int_equal(verdict_class(r.verdict), 'T');
		assert_int_equal(verdict_blames(r.verdict), 'O');
	}
	/* suspended or not, what is wrong is wrong */
	uint8_t junk[SIGN_LEN] = {1};
	struct carried_entry bad = hole;
	bad.signature = SPAN(junk, SIGN_LEN);
	evil_refused(&v, &bad, ORG(&v), VERDICT_SIGNATURE, 'P');
	assert_int_equal(evil_notices(&v), 0);
	evil_turn(&v);
	assert_int_equal(pairing_resume(v.victim->core, ORG(&v), &why), OK);
	evil_done(&v);
	/* one log at once, the other as soon as its gap is filled: neither waits for the other */
	struct receipt r;
	assert_true(evil_receipt(&v, &other, &r));
	assert_int_equal(r.n, 3);
	assert_int_equal(evil_notices(&v), 2);
	assert_int_equal(evil_put(&v, &hole).verdict, VERDICT_GOOD);
	assert_int_equal(evil_notices(&v), 5);
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 0);
	evil_close(&v);
}

/* 100,000 records may wait; one more pauses the log, and what was there stays. Then they are taken without stalling. */
static void the_quota_of_what_waits(void **state)
{
	struct evil v;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct carried_entry hole = evil_notice_entry(&v, &ch), e = {0}, more;
	uint64_t records = 0, number = 0;
	while (records < LIMIT_PARKED_RECORDS) {
		size_t n = LIMIT_PARKED_RECORDS - records < LIMIT_ENTRY_RECORDS ? (size_t)(LIMIT_PARKED_RECORDS - records) : LIMIT_ENTRY_RECORDS;
		struct span r[LIMIT_ENTRY_RECORDS];
		for (size_t i = 0; i < n; i++) {
			uint8_t *p = arena_alloc(v.a, 8);
			put_u64be(p, ++number);
			r[i] = SPAN(p, 8);
		}
		e = evil_next(&v, &ch, r, n);
		evil_turn(&v);
		assert_int_equal(evil_put_in_turn(&v, &e, ORG(&v)).verdict, VERDICT_GAP);
		evil_done(&v);
		records += n;
	}
	struct trace before = evil_trace(&v);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GAP); /* the same again costs nothing */
	more = evil_notice_entry(&v, &ch);
	struct ingest_result r = evil_put(&v, &more);
	assert_int_equal(r.verdict, VERDICT_QUOTA);
	assert_int_equal(verdict_class(r.verdict), 'T');
	assert_int_equal(verdict_blames(r.verdict), 'P');
	evil_no_trace(&v, &before);
	/* another log of the same author that needs not wait is not in its way */
	struct chain fine = evil_direct(&v);
	struct carried_entry now = evil_notice_entry(&v, &fine);
	assert_int_equal(evil_put(&v, &now).verdict, VERDICT_GOOD);
	/* the gap is filled; what waited is no record, and a receipt lists 1,024 at most: there the log stops */
	assert_int_equal(evil_put(&v, &hole).verdict, VERDICT_GOOD);
	struct receipt got;
	assert_true(evil_receipt(&v, &ch, &got));
	assert_int_equal(got.n, 2 + LIMIT_EXCEPTIONS / LIMIT_ENTRY_RECORDS);
	assert_int_equal(got.exceptions, LIMIT_EXCEPTIONS);
	assert_int_equal(evil_log(&v, &ch).n, got.n);
	evil_close(&v);
}

/* Very much may wait and be good: it is taken in bounded portions, and the author is asked for the rest. */
static void much_that_waited_is_taken_in_portions(void **state)
{
	struct evil v;
	enum { ENTRIES = 1500 };
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct carried_entry hole = evil_notice_entry(&v, &ch), *e = arena_alloc(v.a, ENTRIES * sizeof *e);
	uint64_t held = 0;
	for (size_t i = 0; i < ENTRIES; i++)
		e[i] = evil_notice_entry(&v, &ch);
	evil_turn(&v);
	for (size_t i = 0; i < ENTRIES; i++)
		assert_int_equal(evil_put_in_turn(&v, &e[i], ORG(&v)).verdict, VERDICT_GAP);
	evil_done(&v);
	struct ingest_result r = evil_put(&v, &hole);
	assert_int_equal(r.verdict, VERDICT_GOOD);
	for (int turns = 0; r.more; turns++) {
		assert_true(turns < 100);
		assert_true(r.held > held);
		held = r.held;
		r = evil_put(&v, &e[held + 1 - 3]);
		assert_int_equal(r.verdict, VERDICT_GOOD);
	}
	assert_true(held > 0);
	assert_int_equal(r.held, 2 + ENTRIES);
	assert_int_equal(evil_rows(&v, TABLE_PARKED), 0);
	assert_int_equal(evil_notices(&v), 1 + ENTRIES);
	evil_close(&v);
}

/* As many logs to one audience as one log.open can close; one more waits for the operator. */
static void so_many_logs_and_no_more(void **state)
{
	struct evil v;
	enum { MOST = LIMIT_LOGS };
	(void)state;
	evil_open(&v);
	for (int i = 0; i < MOST / 64; i++) {
		evil_turn(&v);
		for (int k = 0; k < 64; k++) {
			struct chain ch = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim));
			struct carried_entry e = evil_first(&v, &ch);
			assert_int_equal(evil_put_in_turn(&v, &e, ORG(&v)).verdict, VERDICT_GOOD);
		}
		evil_done(&v);
	}
	struct trace before = evil_trace(&v);
	struct chain ch = evil_chain(&v, &v.org, AUDIENCE_DIRECT, scenario_org(v.victim));
	struct carried_entry e = evil_first(&v, &ch);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_QUOTA);
	evil_no_trace(&v, &before);
	evil_close(&v);
}

/* ---- clocks ---- */

static void an_entry_ahead_of_our_clock(void **state)
{
	struct evil v;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	int64_t now = v.s.now;
	v.s.now = now + LIMIT_AHEAD_MS; /* the author's clock */
	struct carried_entry edge = evil_notice_entry(&v, &ch);
	v.s.now++;
	struct carried_entry ahead = evil_notice_entry(&v, &ch);
	v.s.now = now;
	assert_int_equal(evil_put(&v, &edge).verdict, VERDICT_GOOD);
	struct ingest_result r = evil_put(&v, &ahead);
	assert_int_equal(r.verdict, VERDICT_AHEAD);
	assert_int_equal(verdict_class(r.verdict), 'G');
	assert_int_equal(verdict_blames(r.verdict), 'A');
	assert_int_equal(evil_notices(&v), 2);
	struct receipt got;
	assert_true(evil_receipt(&v, &ch, &got));
	assert_int_equal(got.n, 3);
	assert_int_equal(got.exceptions, 0);
	assert_int_equal(evil_put(&v, &ahead).verdict, VERDICT_KNOWN);
	evil_close(&v);
}

/* ---- exceptions ---- */

struct bad_record {
	struct carried_record record;
	enum verdict want;
};

static struct span named(struct evil *v, const struct id *one, const struct id *two, int64_t tlp)
{
	struct value *m = evil_header(v, ORG(v), KIND_INCIDENT_NOTICE, tlp, evil_notice_body(v)), *list = value_array(v->a);
	value_push(v->a, list, value_id(v->a, one));
	if (two)
		value_push(v->a, list, value_id(v->a, two));
	fields_set(v->a, record_fields, m, "named", list);
	return evil_pack(v, m);
}

static struct span dated(struct evil *v, int64_t created)
{
	struct value *m = evil_header(v, ORG(v), KIND_INCIDENT_NOTICE, TLP_GREEN, evil_notice_body(v));
	fields_set(v->a, record_fields, m, "created", value_int(v->a, created));
	return evil_pack(v, m);
}

/* Between two good records stands one of each kind of bad ones: the entry is stored, the good ones count, the receipt names the bad one. */
static void one_exception(struct evil *v, struct chain *ch, const struct carried_record *bad, enum verdict want)
{
	struct carried_record *r = arena_alloc(v->a, 3 * sizeof *r);
	size_t notices = evil_notices(v);
	struct receipt got;
	uint8_t code = 0;
	r[0] = evil_carry(evil_notice(v, ORG(v), TLP_GREEN));
	r[1] = *bad;
	r[2] = evil_carry(evil_notice(v, ORG(v), TLP_GREEN));
	evil_root(&ch->e, r, 3);
	ch->e.time = v->s.now;
	struct carried_entry e = evil_sign(v, ch->by, &ch->e, r, 3);
	assert_int_equal(evil_put(v, &e).verdict, VERDICT_GOOD);
	assert_true(evil_receipt(v, ch, &got));
	assert_int_equal(got.n, ch->e.n);
	assert_true(receipt_covers(&got, ch->e.n, 0, &code));
	assert_true(receipt_covers(&got, ch->e.n, 2, &code));
	if (verdict_class(want) == 'E') {
		assert_false(receipt_covers(&got, ch->e.n, 1, &code));
		assert_int_equal(code, want);
		assert_int_equal(evil_notices(v), notices + 2);
	} else {
		assert_true(receipt_covers(&got, ch->e.n, 1, &code));
	}
	ch->e.n++;
	entry_hash(e.payload, &ch->e.prev);
}

static void an_exception(struct evil *v, struct chain *ch, struct span bad, enum verdict want)
{
	struct carried_record r = evil_carry(bad);
	one_exception(v, ch, &r, want);
}

static void each_exception(void **state)
{
	struct evil v;
	struct maker other;
	(void)state;
	evil_open(&v);
	maker_begin(&other, 0xe5, "Other");
	struct chain ch = evil_direct(&v);
	const struct id *me = scenario_org(v.victim);
	struct value *body;
	/* shape */
	an_exception(&v, &ch, SPAN("\xc1", 1), VERDICT_SHAPE);
	an_exception(&v, &ch, SPAN("\x80", 1), VERDICT_SHAPE);
	an_exception(&v, &ch, SPAN("\xdd\xff\xff\xff\xff", 5), VERDICT_SHAPE);
	body = evil_notice_body(&v);
	fields_set(v.a, kind_by_number(KIND_INCIDENT_NOTICE)->fields, body, "stage", value_int(v.a, 99));
	an_exception(&v, &ch, evil_pack(&v, evil_header(&v, ORG(&v), KIND_INCIDENT_NOTICE, TLP_GREEN, body)), VERDICT_SHAPE);
	an_exception(&v, &ch, evil_pack(&v, evil_header(&v, ORG(&v), KIND_INCIDENT_NOTICE, TLP_GREEN, value_map(v.a))), VERDICT_SHAPE);
	an_exception(&v, &ch, evil_pack(&v, evil_header(&v, ORG(&v), 0, TLP_GREEN, value_map(v.a))), VERDICT_SHAPE);
	an_exception(&v, &ch, evil_log_open(&v, ORG(&v), 0), VERDICT_SHAPE); /* in a later entry: it opens nothing */
	struct value *header = evil_header(&v, ORG(&v), KIND_INCIDENT_NOTICE, TLP_GREEN, evil_notice_body(&v));
	value_set(v.a, header, 63, value_int(v.a, 1)); /* a key below 64 that we do not know */
	an_exception(&v, &ch, evil_pack(&v, header), VERDICT_SHAPE);
	value_set(v.a, header = evil_header(&v, ORG(&v), KIND_INCIDENT_NOTICE, TLP_GREEN, evil_notice_body(&v)), 64, value_int(v.a, 1));
	an_exception(&v, &ch, evil_pack(&v, header), VERDICT_GOOD);
	/* limits, at and one above; a kind that nobody knows is kept and counted good */
	an_exception(&v, &ch, evil_sized(&v, ORG(&v), 60000, LIMIT_RECORD), VERDICT_GOOD);
	an_exception(&v, &ch, evil_sized(&v, ORG(&v), 60000, LIMIT_RECORD + 1), VERDICT_LIMIT);
	body = evil_notice_body(&v);
	char *line = arena_alloc(v.a, 202);
	memset(line, 'x', 201);
	fields_set(v.a, kind_by_number(KIND_INCIDENT_NOTICE)->fields, body, "title", value_str(v.a, line));
	an_exception(&v, &ch, evil_pack(&v, evil_header(&v, ORG(&v), KIND_INCIDENT_NOTICE, TLP_GREEN, body)), VERDICT_LIMIT);
	line[200] = 0;
	fields_set(v.a, kind_by_number(KIND_INCIDENT_NOTICE)->fields, body, "title", value_str(v.a, line));
	an_exception(&v, &ch, evil_pack(&v, evil_header(&v, ORG(&v), KIND_INCIDENT_NOTICE, TLP_GREEN, body)), VERDICT_GOOD);
	/* whose words, and for whom */
	an_exception(&v, &ch, evil_notice(&v, &other.org, TLP_GREEN), VERDICT_AUTHOR);
	an_exception(&v, &ch, evil_notice(&v, me, TLP_GREEN), VERDICT_AUTHOR);
	an_exception(&v, &ch, named(&v, me, NULL, TLP_RED), VERDICT_GOOD);
	an_exception(&v, &ch, named(&v, &other.org, me, TLP_RED), VERDICT_GOOD);
	an_exception(&v, &ch, named(&v, &other.org, NULL, TLP_RED), VERDICT_NOT_NAMED);
	an_exception(&v, &ch, named(&v, &other.org, ORG(&v), 200), VERDICT_NOT_NAMED); /* a word of later days counts as red */
	an_exception(&v, &ch, evil_notice(&v, ORG(&v), TLP_RED), VERDICT_SHAPE);       /* red must name */
	an_exception(&v, &ch, evil_notice(&v, ORG(&v), TLP_AMBER_STRICT), VERDICT_GOOD);
	/* when */
	an_exception(&v, &ch, dated(&v, v.s.now + LIMIT_AHEAD_MS), VERDICT_GOOD);
	an_exception(&v, &ch, dated(&v, v.s.now + LIMIT_AHEAD_MS + 1), VERDICT_DATED);
	an_exception(&v, &ch, dated(&v, v.s.now + 1000ll * 365 * 24 * 3600 * 1000), VERDICT_DATED);
	an_exception(&v, &ch, dated(&v, 0), VERDICT_GOOD);
	/* only the id came */
	struct carried_record gone = evil_carry(evil_notice(&v, ORG(&v), TLP_GREEN));
	gone.gone = true;
	gone.bytes = SPAN(NULL, 0);
	one_exception(&v, &ch, &gone, VERDICT_BODY_MISSING);
	maker_end(&other);
	evil_close(&v);
}

static void only_clear_and_green_go_to_all_partners(void **state)
{
	struct evil v;
	static const struct id nobody;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_chain(&v, &v.org, AUDIENCE_PARTNERS, &nobody);
	struct carried_entry first = evil_first(&v, &ch);
	assert_int_equal(evil_put(&v, &first).verdict, VERDICT_GOOD);
	an_exception(&v, &ch, evil_notice(&v, ORG(&v), TLP_CLEAR), VERDICT_GOOD);
	an_exception(&v, &ch, evil_notice(&v, ORG(&v), TLP_GREEN), VERDICT_GOOD);
	an_exception(&v, &ch, evil_notice(&v, ORG(&v), TLP_AMBER), VERDICT_TLP);
	an_exception(&v, &ch, evil_notice(&v, ORG(&v), TLP_AMBER_STRICT), VERDICT_TLP);
	an_exception(&v, &ch, named(&v, scenario_org(v.victim), NULL, TLP_RED), VERDICT_TLP);
	an_exception(&v, &ch, named(&v, scenario_org(v.victim), NULL, 77), VERDICT_TLP);
	evil_close(&v);
}

/* Somebody else brought the entry first and kept a record's bytes back: the author's own delivery heals it. */
static void bytes_that_came_later(void **state)
{
	struct evil v;
	struct receipt got;
	uint8_t code = 0;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct span two[2] = {evil_notice(&v, ORG(&v), TLP_GREEN), evil_notice(&v, ORG(&v), TLP_GREEN)};
	struct carried_entry full = evil_next(&v, &ch, two, 2), stripped = full;
	struct carried_record less[2] = {full.record[0], full.record[1]};
	less[1].gone = true;
	less[1].bytes = SPAN(NULL, 0);
	stripped.record = less;
	assert_int_equal(evil_put(&v, &stripped).verdict, VERDICT_GOOD);
	assert_int_equal(evil_notices(&v), 1);
	assert_true(evil_receipt(&v, &ch, &got));
	assert_false(receipt_covers(&got, 2, 1, &code));
	assert_int_equal(code, VERDICT_BODY_MISSING);
	assert_int_equal(evil_put(&v, &full).verdict, VERDICT_KNOWN);
	assert_int_equal(evil_notices(&v), 2);
	assert_true(evil_receipt(&v, &ch, &got));
	assert_int_equal(got.exceptions, 0);
	/* and it is not lost again */
	assert_int_equal(evil_put(&v, &stripped).verdict, VERDICT_KNOWN);
	assert_int_equal(evil_notices(&v), 2);
	/* bytes that we have from another log are not missing */
	struct chain other = evil_direct(&v);
	struct carried_record again[1] = {less[1]};
	evil_root(&other.e, again, 1);
	other.e.time = v.s.now;
	struct carried_entry e = evil_sign(&v, other.by, &other.e, again, 1);
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	assert_true(evil_receipt(&v, &other, &got));
	assert_int_equal(got.exceptions, 0);
	evil_close(&v);
}

/* 1,024 exceptions fit a receipt. One more would have to go unsaid: the log stops before it. */
static void more_exceptions_than_a_receipt_holds(void **state)
{
	struct evil v;
	struct receipt got;
	uint8_t number[LIMIT_EXCEPTIONS + 1][4];
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	for (size_t i = 0; i < LIMIT_EXCEPTIONS; i += LIMIT_ENTRY_RECORDS) {
		struct span r[LIMIT_ENTRY_RECORDS];
		for (size_t k = 0; k < LIMIT_ENTRY_RECORDS; k++) {
			put_u32be(number[i + k], (uint32_t)(i + k));
			r[k] = SPAN(number[i + k], 4);
		}
		struct carried_entry e = evil_next(&v, &ch, r, LIMIT_ENTRY_RECORDS);
		assert_int_equal(evil_put(&v, &e).verdict, VERDICT_GOOD);
	}
	assert_true(evil_receipt(&v, &ch, &got));
	assert_int_equal(got.exceptions, LIMIT_EXCEPTIONS);
	struct carried_entry good = evil_notice_entry(&v, &ch); /* good ones still come in */
	assert_int_equal(evil_put(&v, &good).verdict, VERDICT_GOOD);
	struct trace before = evil_trace(&v);
	struct carried_entry e = evil_one(&v, &ch, SPAN("\xc1", 1));
	assert_int_equal(evil_put(&v, &e).verdict, VERDICT_QUOTA);
	evil_no_trace(&v, &before);
	assert_true(evil_receipt(&v, &ch, &got));
	assert_int_equal(got.n, 2 + LIMIT_EXCEPTIONS / LIMIT_ENTRY_RECORDS);
	/* other logs are not touched by it */
	struct chain fine = evil_direct(&v);
	an_exception(&v, &fine, SPAN("\xc1", 1), VERDICT_SHAPE);
	evil_close(&v);
}

/* A kind that we do not know is kept with its verdict good, found by its number, and nothing else happens. */
static void a_kind_nobody_knows(void **state)
{
	struct evil v;
	struct record_row row;
	struct txn *t;
	(void)state;
	evil_open(&v);
	struct chain ch = evil_direct(&v);
	struct value *body = value_map(v.a);
	value_set(v.a, body, 0, value_str(v.a, "shutdown"));
	value_set(v.a, body, 1, value_id(v.a, scenario_org(v.victim)));
	struct span unknown = evil_pack(&v, evil_header(&v, ORG(&v), 4711, TLP_AMBER, body));
	struct trace before = evil_trace(&v);
	an_exception(&v, &ch, unknown, VERDICT_GOOD);
	struct trace after = evil_trace(&v);
	struct id id;
	record_id(unknown, &id);
	assert_int_equal(store_read(v.victim->store, &t), OK);
	assert_int_equal(records_by_id(t, &id, &row), OK);
	assert_true(span_eq(row.payload, unknown));
	store_abort(t);
	assert_int_equal(scenario_count(v.victim, 4711), 1);
	assert_int_equal(after.rows[TABLE_UNLOGGED], before.rows[TABLE_UNLOGGED]); /* nothing is answered */
	assert_int_equal(after.rows[TABLE_BY_REF], before.rows[TABLE_BY_REF]);
	evil_close(&v);
}

/* ---- the same between two nodes: what the sender sees ---- */

static enum verdict said_badly(struct scenario *s, struct span bytes, struct delivery_state *d)
{
	struct node *evil = &s->node[1], *victim = &s->node[0];
	uint64_t no;
	bool fresh;
	struct txn *t;
	scenario_begin(evil);
	assert_int_equal(records_put(core_txn(evil->core), bytes, evil->core->now, &no, &fresh), OK);
	assert_int_equal(outbox_queue(evil->core, AUDIENCE_DIRECT, scenario_org(victim), no), OK);
	assert_int_equal(scenario_end(evil), OK);
	scenario_run(s, 1000);
	assert_int_equal(store_read(evil->store, &t), OK);
	assert_int_equal(core_delivery(t, scenario_org(evil), no, scenario_org(victim), d), OK);
	store_abort(t);
	return (enum verdict)d->code;
}

static void the_sender_sees_the_exception(void **state)
{
	struct evil v = {0};
	struct scenario *s = &v.s;
	struct delivery_state d;
	(void)state;
	scenario_open(s, 2);
	v.a = arena_new();
	v.victim = &s->node[0];
	scenario_pair(s, 0, 1);
	const struct id *me = scenario_org(&s->node[1]);
	static const struct id somebody = {{1}};
	assert_int_equal(said_badly(s, SPAN("\xc1", 1), &d), VERDICT_SHAPE);
	assert_int_equal(d.state, DELIVERY_EXCEPTION);
	assert_int_equal(said_badly(s, evil_sized(&v, me, 60000, LIMIT_RECORD + 1), &d), VERDICT_LIMIT);
	assert_int_equal(d.state, DELIVERY_EXCEPTION);
	assert_int_equal(said_badly(s, evil_notice(&v, &somebody, TLP_GREEN), &d), VERDICT_AUTHOR);
	assert_int_equal(d.state, DELIVERY_EXCEPTION);
	struct value *m = evil_header(&v, me, KIND_INCIDENT_NOTICE, TLP_GREEN, evil_notice_body(&v));
	fields_set(v.a, record_fields, m, "created", value_int(v.a, s->now + LIMIT_AHEAD_MS + 2000));
	assert_int_equal(said_badly(s, evil_pack(&v, m), &d), VERDICT_DATED);
	assert_int_equal(d.state, DELIVERY_EXCEPTION);
	m = evil_header(&v, me, KIND_INCIDENT_NOTICE, TLP_RED, evil_notice_body(&v));
	struct value *list = value_array(v.a);
	value_push(v.a, list, value_id(v.a, &somebody));
	fields_set(v.a, record_fields, m, "named", list);
	assert_int_equal(said_badly(s, evil_pack(&v, m), &d), VERDICT_NOT_NAMED);
	assert_int_equal(d.state, DELIVERY_EXCEPTION);
	assert_int_equal(scenario_count(v.victim, KIND_INCIDENT_NOTICE), 0);
	/* and the log goes on */
	struct id id = scenario_notice(s, 1, 0, "an honest word");
	scenario_run(s, 1000);
	assert_int_equal(scenario_delivery(s, 1, 0, &id), DELIVERY_STORED);
	assert_int_equal(said_badly(s, evil_notice(&v, me, TLP_GREEN), &d), VERDICT_GOOD);
	assert_int_equal(d.state, DELIVERY_STORED);
	evil_check(&s->node[0]);
	evil_check(&s->node[1]);
	scenario_close(s);
	arena_free(v.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_entry),
		cmocka_unit_test(every_byte_is_signed),
		cmocka_unit_test(from_who_is_no_partner),
		cmocka_unit_test(addressed_to_somebody_else),
		cmocka_unit_test(our_own_entry_brought_back),
		cmocka_unit_test(records_that_are_not_those_signed),
		cmocka_unit_test(an_entry_of_256_records),
		cmocka_unit_test(an_entry_off_the_chain),
		cmocka_unit_test(a_fork_freezes_its_log),
		cmocka_unit_test(a_thousand_forks_are_one_alarm),
		cmocka_unit_test(a_log_begins_with_its_opening),
		cmocka_unit_test(any_order_of_arrival),
		cmocka_unit_test(what_comes_again_waits_no_longer),
		cmocka_unit_test(what_waits_of_a_partner_goes_with_it),
		cmocka_unit_test(in_part_before_its_turn),
		cmocka_unit_test(a_parked_entry_off_the_chain),
		cmocka_unit_test(under_a_key_not_yet_known),
		cmocka_unit_test(an_unknown_key_is_paid_by_who_brings_it),
		cmocka_unit_test(while_suspended),
		cmocka_unit_test(the_quota_of_what_waits),
		cmocka_unit_test(much_that_waited_is_taken_in_portions),
		cmocka_unit_test(so_many_logs_and_no_more),
		cmocka_unit_test(an_entry_ahead_of_our_clock),
		cmocka_unit_test(each_exception),
		cmocka_unit_test(only_clear_and_green_go_to_all_partners),
		cmocka_unit_test(bytes_that_came_later),
		cmocka_unit_test(more_exceptions_than_a_receipt_holds),
		cmocka_unit_test(a_kind_nobody_knows),
		cmocka_unit_test(the_sender_sees_the_exception),
	};
	return cmocka_run_group_tests_name("ingest", tests, NULL, NULL);
}
