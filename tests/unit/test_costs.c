/* What a partner that means harm can make a node do: small messages said again and again, half messages, receipts never given. Each costs the node no
 * more than what is bounded, and another partner is served all the same. Counted, not timed. */
#include "tests/unit/evil_say.h"

#define MINUTE 60000

/* Node 0's summary of its logs with the client, as the client heard it. */
static struct id summary_of(struct client *c)
{
	struct id hash = {{0}};
	for (size_t i = 0; i < c->heard; i++)
		if (c->in[i].number == MESSAGE_SUMMARY)
			assert_true(fields_id(message_fields(MESSAGE_SUMMARY), c->in[i].body, "hash", &hash));
	return hash;
}

static struct value *summary_msg(struct stage *st, const struct id *hash)
{
	struct value *m = value_map(st->v.a);
	set(st, MESSAGE_SUMMARY, m, "scope", value_id(st->v.a, &(struct id){{0}}));
	set(st, MESSAGE_SUMMARY, m, "hash", value_id(st->v.a, hash));
	return m;
}

/* A summary makes the node go over all logs of the pair: it is heard once a session. */
static void summaries_again_and_again(void **state)
{
	struct stage st;
	static const struct id other = {{0x31}};
	(void)state;
	stage_open(&st);
	(void)notice(&st);
	struct client *c = full(&st);
	struct id same = summary_of(c);
	say(&st, c, MESSAGE_SUMMARY, summary_msg(&st, &same));
	assert_null(next(c, MESSAGE_HEADS)); /* equal: nothing to do */
	for (int i = 0; i < 1000; i++)
		push(c, MESSAGE_SUMMARY, summary_msg(&st, i % 2 ? &same : &other));
	pump(&st, c);
	assert_false(c->closed);
	assert_null(next(c, MESSAGE_HEADS));
	(void)notice(&st); /* and what is new comes all the same */
	assert_int_equal(entries_heard(c), 1);
	stage_close(&st);
}

/* Key statements that are known already are no reason to judge again what waits. */
static void keys_again_and_again(void **state)
{
	struct stage st;
	struct evil *v = &st.v;
	enum { WAITING = 40 };
	(void)state;
	stage_open(&st);
	struct client *c = full(&st);
	maker_rotate(&v->org, "routine");
	struct chain ch = evil_chain(v, &v->org, AUDIENCE_DIRECT, scenario_org(v->victim));
	ch.e.kseq = 1;
	entry_log(&ch.e, &ch.e.prev);
	struct carried_entry e[WAITING];
	e[0] = evil_first(v, &ch);
	for (size_t i = 1; i < WAITING; i++)
		e[i] = evil_notice_entry(v, &ch);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, e, WAITING));
	assert_int_equal(evil_rows(v, TABLE_PARKED), WAITING + 1);
	for (int i = 0; i < 200; i++)
		push(c, MESSAGE_KEYS, keys_of(&st, &v->org, &v->org.org, 0, 1));
	pump(&st, c);
	assert_int_equal(v->victim->core->turn.drained, 0);
	assert_int_equal(evil_rows(v, TABLE_PARKED), WAITING + 1);
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &v->org, &v->org.org, 1, 2));
	assert_int_equal(evil_rows(v, TABLE_PARKED), 0);
	assert_int_equal(evil_notices(v), WAITING - 1);
	stage_close(&st);
}

/* Half a message is held too: before FULL no more of it than may be said in all. */
static void half_a_message_held_open(void **state)
{
	struct stage st;
	struct maker guest;
	(void)state;
	stage_open(&st);
	maker_begin(&guest, 0xc1, "Guest");
	struct invite i = invited(&st, "guest");
	for (int full_one = 0; full_one < 2; full_one++) {
		struct client *c = full_one ? full(&st) : pending(&st, &guest, &i);
		uint8_t *fill = arena_alloc(st.v.a, LIMIT_MESSAGE);
		struct buf *out = link_output(c->link);
		assert_int_equal(link_send(c->link, SPAN(fill, LIMIT_MESSAGE)), OK);
		struct buf all = *out;
		*out = (struct buf){0};
		size_t most = 0;
		for (size_t at = 0, n; at < all.n - 1 && !c->closed; at += n) { /* all but the last byte */
			n = all.n - 1 - at < 8192 ? all.n - 1 - at : 8192;
			most = at + n;
			scenario_begin(st.v.victim);
			core_bytes(st.v.victim->core, c->conn, SPAN(all.p + at, n));
			end_turn(&st);
		}
		assert_int_equal(c->closed, !full_one);
		assert_in_range(most, full_one ? LIMIT_MESSAGE : 1, full_one ? all.n : 3 * LIMIT_MESSAGE_PENDING);
		buf_free(&all);
	}
	maker_end(&guest);
	stage_close(&st);
}

static size_t record_bytes(struct client *c)
{
	size_t n = 0;
	const struct value *m;
	struct carried_entry e;
	struct arena *a = arena_new();
	while ((m = next(c, MESSAGE_ENTRIES)) != NULL) {
		const struct value *list = fields_get(message_fields(MESSAGE_ENTRIES), m, "entries");
		for (size_t i = 0; i < value_count(list); i++) {
			assert_int_equal(carried_read(value_item(list, i), a, &e), OK);
			for (size_t k = 0; k < e.records; k++)
				n += e.record[k].bytes.n;
		}
	}
	arena_free(a);
	return n;
}

/* Much waits for a partner that takes and never says so: it has one window, also in the next session, and others have theirs. */
static void never_a_receipt(void **state)
{
	struct stage st;
	struct maker other;
	struct complaint why;
	uint8_t secret[32] = {0x41};
	enum { BIG = 16384, MANY = 1500 }; /* 24 MiB */
	(void)state;
	stage_open(&st);
	maker_begin(&other, 0xc2, "Other");
	evil_enrol(&st.v, &other, "other", PARTNER_ACTIVE);
	pair_up(&st, &other, secret);
	struct core *core = st.v.victim->core;
	const struct kind *k = kind_by_number(KIND_REPLY);
	struct value *body = value_map(st.v.a);
	char *text = arena_alloc(st.v.a, BIG);
	memset(text, 'x', BIG - 1);
	text[BIG - 1] = 0;
	fields_set(st.v.a, k->fields, body, "about", value_id(st.v.a, &st.v.org.org));
	fields_set(st.v.a, k->fields, body, "decision", value_int(st.v.a, 1));
	fields_set(st.v.a, k->fields, body, "text", value_str(st.v.a, text));
	evil_turn(&st.v);
	for (int i = 0; i < MANY; i++) {
		struct id id;
		struct draft d = {.kind = k, .body = body, .to = &st.v.org.org, .recipients = 1};
		assert_int_equal(core_say(core, &d, &id, &why), OK);
	}
	evil_done(&st.v);
	for (int round = 0; round < 3; round++) {
		struct client *c = full(&st);
		for (int i = 0; i < 50; i++) {
			push(c, MESSAGE_HEADS, heads_of(&st, NULL, 0));
			push(c, MESSAGE_PING, sample(&st, MESSAGE_PING));
		}
		pump(&st, c);
		for (int i = 0; i < 16; i++) { /* a turn hands over a part of the window: the rest comes in the next ones */
			scenario_begin(st.v.victim);
			core_tick(core);
			end_turn(&st);
		}
		assert_in_range(record_bytes(c), LIMIT_INFLIGHT_BYTES / 2, 2 * (LIMIT_INFLIGHT_BYTES + LIMIT_MESSAGE));
	}
	/* the other one gets and gives at once */
	struct client *c = dial(&st, &other, &other.org, LINK_MODE_LINK, secret);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &other));
	struct chain ch = evil_chain(&st.v, &other, AUDIENCE_DIRECT, scenario_org(st.v.victim));
	struct carried_entry e = evil_first(&st.v, &ch);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &e, 1));
	assert_non_null(next(c, MESSAGE_RECEIPTS));
	maker_end(&other);
	stage_close(&st);
}

/* What it says of our log changes all the time: no more is sent for it than one window a second. */
static void heads_that_flip(void **state)
{
	struct stage st;
	static const int64_t lies[] = {0, 20, 3, 21, 7, 1};
	(void)state;
	stage_open(&st);
	for (int i = 0; i < 20; i++)
		(void)notice(&st);
	struct client *c = full(&st);
	struct receipt r = receipt_over(&st, 21);
	for (size_t i = 0; i < 600; i++)
		push(c, MESSAGE_HEADS, heads_of(&st, &r.log, lies[i % (sizeof lies / sizeof *lies)]));
	pump(&st, c);
	assert_false(c->closed);
	assert_in_range(entries_heard(c), 21, 42);
	(void)notice(&st);
	assert_true(entries_heard(c) > 0);
	stage_close(&st);
}

/* CONFIRM is only its own word: before our operator has compared the words nothing is theirs, however often it is said. */
static void confirmed_too_early(void **state)
{
	struct stage st;
	struct maker guest;
	struct partner p;
	struct txn *t;
	(void)state;
	stage_open(&st);
	maker_begin(&guest, 0xc3, "Guest");
	struct invite i = invited(&st, "guest");
	struct client *c = dial(&st, &guest, &guest.org, LINK_MODE_INVITE, i.secret);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &guest));
	say(&st, c, MESSAGE_CONFIRM, sample(&st, MESSAGE_CONFIRM)); /* before its keys are known */
	assert_true(c->closed);
	c = pending(&st, &guest, &i);
	for (int k = 0; k < 100; k++)
		push(c, MESSAGE_CONFIRM, sample(&st, MESSAGE_CONFIRM));
	pump(&st, c);
	assert_int_equal(session(&st, c)->phase, PHASE_PENDING);
	assert_int_equal(store_read(st.v.victim->store, &t), OK);
	assert_int_equal(partners_get(t, st.v.a, &guest.org, &p), OK);
	store_abort(t);
	assert_int_equal(p.state, PARTNER_PENDING);
	assert_true(p.confirmed);
	assert_false(p.verified);
	say(&st, c, MESSAGE_ENTRIES, sample(&st, MESSAGE_ENTRIES));
	assert_true(c->closed);
	assert_int_equal(evil_rows(&st.v, TABLE_ENTRIES), 0);
	maker_end(&guest);
	stage_close(&st);
}

/* Two receipts for one place that do not agree: the one over our bytes counts, and what was held stays held. The other stops our log to them, and
 * nobody else's. */
static void receipts_that_contradict(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	struct id id = notice(&st);
	struct client *c = full(&st);
	struct receipt good = receipt_over(&st, 2), bad = good;
	bad.entry.b[5] ^= 1;
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &good, false));
	uint64_t rows = evil_rows(&st.v, TABLE_RECEIPTS);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_int_equal(evil_rows(&st.v, TABLE_RECEIPTS), rows);
	assert_true(logged(&st, "our log to a partner has stopped"));
	struct delivery_state d;
	struct record_row row;
	struct txn *t;
	assert_int_equal(store_read(st.v.victim->store, &t), OK);
	assert_int_equal(records_by_id(t, &id, &row), OK);
	assert_int_equal(core_delivery(t, scenario_org(st.v.victim), row.no, &st.v.org.org, &d), OK);
	store_abort(t);
	assert_int_equal(d.state, DELIVERY_STORED);
	stage_close(&st);
}

/* As many logs as it may have, in both audiences, and a new link again and again: each is answered with all that, and leaves nothing behind. */
static void links_without_end(void **state)
{
	struct stage st;
	struct evil *v = &st.v;
	static const struct id everybody;
	enum { LOGS = 200, LINKS = 60 }; /* 1,024 make the same point and take longer: so_many_logs_and_no_more */
	(void)state;
	stage_open(&st);
	evil_turn(v);
	for (int i = 0; i < LOGS; i++)
		for (int direct = 0; direct < 2; direct++) {
			struct chain ch = evil_chain(v, &v->org, direct ? AUDIENCE_DIRECT : AUDIENCE_PARTNERS, direct ? scenario_org(v->victim) : &everybody);
			struct carried_entry e = evil_first(v, &ch);
			assert_int_equal(evil_put_in_turn(v, &e, &v->org.org).verdict, VERDICT_GOOD);
		}
	evil_done(v);
	struct trace before = evil_trace(v);
	for (int i = 0; i < LINKS; i++) {
		struct client *c = full(&st);
		size_t sessions = 0;
		for (struct session *s = v->victim->core->sessions; s; s = s->next)
			sessions++;
		assert_int_equal(sessions, 1);
		assert_false(c->closed);
	}
	evil_no_trace(v, &before);
	stage_close(&st);
}

/* Ten thousand tiny records in the turn in which another partner has one: that one is receipted at the end of the same turn. */
static void tiny_records_by_the_thousand(void **state)
{
	struct stage st;
	struct evil *v = &st.v;
	struct maker other;
	struct receipt r;
	uint8_t secret[32] = {0x42};
	enum { ENTRIES = 40 };
	(void)state;
	stage_open(&st);
	maker_begin(&other, 0xc4, "Other");
	evil_enrol(v, &other, "other", PARTNER_ACTIVE);
	pair_up(&st, &other, secret);
	struct client *c = full(&st), *o = dial(&st, &other, &other.org, LINK_MODE_LINK, secret);
	say(&st, o, MESSAGE_HELLO, hello_of(&st, &other));
	struct chain ch = evil_chain(v, &v->org, AUDIENCE_DIRECT, scenario_org(v->victim));
	struct chain theirs = evil_chain(v, &other, AUDIENCE_DIRECT, scenario_org(v->victim));
	struct carried_entry e = evil_first(v, &ch);
	push(c, MESSAGE_ENTRIES, entries_of(&st, &e, 1));
	for (int k = 0; k < ENTRIES; k++) {
		struct span tiny[LIMIT_ENTRY_RECORDS];
		for (size_t i = 0; i < LIMIT_ENTRY_RECORDS; i++)
			tiny[i] = evil_sized(v, &v->org.org, 60000, 90);
		e = evil_next(v, &ch, tiny, LIMIT_ENTRY_RECORDS);
		push(c, MESSAGE_ENTRIES, entries_of(&st, &e, 1));
	}
	e = evil_first(v, &theirs);
	push(o, MESSAGE_ENTRIES, entries_of(&st, &e, 1));
	scenario_begin(v->victim);
	core_bytes(v->victim->core, c->conn, buf_span(link_output(c->link)));
	core_bytes(v->victim->core, o->conn, buf_span(link_output(o->link)));
	end_turn(&st);
	assert_non_null(next(o, MESSAGE_RECEIPTS));
	assert_true(evil_receipt(v, &ch, &r)); /* one receipt for all of it */
	assert_int_equal(r.n, ENTRIES + 1);
	assert_int_equal(evil_rows(v, TABLE_RECEIPTS), 2);
	maker_end(&other);
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(summaries_again_and_again),
		cmocka_unit_test(keys_again_and_again),
		cmocka_unit_test(half_a_message_held_open),
		cmocka_unit_test(never_a_receipt),
		cmocka_unit_test(heads_that_flip),
		cmocka_unit_test(confirmed_too_early),
		cmocka_unit_test(receipts_that_contradict),
		cmocka_unit_test(links_without_end),
		cmocka_unit_test(tiny_records_by_the_thousand),
	};
	return cmocka_run_group_tests_name("costs", tests, NULL, NULL);
}
