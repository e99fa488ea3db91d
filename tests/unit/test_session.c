/* Messages out of place, and the right ones with wrong contents: a client by hand speaks to node 0 over the real link. */
#include "tests/unit/evil_say.h"

#define MINUTE 60000
#define HOUR (60 * MINUTE)

static bool partner_of(struct stage *st, const struct id *org, struct partner *out)
{
	struct txn *t;
	assert_int_equal(store_read(st->v.victim->store, &t), OK);
	enum err e = partners_get(t, st->v.a, org, out);
	store_abort(t);
	return e == OK;
}

/* ---- before HELLO ---- */

static void nothing_but_hello_at_first(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	struct trace before = evil_trace(&st.v);
	for (size_t i = 0; message_each(i); i++) {
		enum message_number number = message_each(i)->number;
		if (number == MESSAGE_HELLO)
			continue;
		struct client *c = dial_partner(&st);
		say(&st, c, number, sample(&st, number));
		ended(&st, c, "a message out of place");
	}
	evil_no_trace(&st.v, &before);
	stage_close(&st);
}

static void what_is_no_message(void **state)
{
	static const struct { const char *p; size_t n; } junk[] = {
		{"", 0}, {"\x92", 1}, {"\x92\x01", 2}, {"\x92\x01\x80", 3}, {"\x92\x63\x80", 3}, {"\x92\x00\x80", 3}, {"\x93\x01\x80\x80", 4},
		{"\x92\xcc\x80\x80", 4}, {"\x92\x01\xdf\xff\xff\xff\xff", 7}, {"\x92\x20\x80", 3}, {"\x92\x07\x81\x00\x90", 5}, {"\xc0", 1},
		{"\x92\x07\x81\x00\xdd\xff\xff\xff\xff", 9},
	};
	struct stage st;
	(void)state;
	stage_open(&st);
	struct trace before = evil_trace(&st.v);
	for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
		struct client *c = i % 2 ? full(&st) : dial_partner(&st);
		say_raw(&st, c, junk[i].p, junk[i].n);
		ended(&st, c, "a message that is not well formed");
	}
	evil_no_trace(&st.v, &before);
	stage_close(&st);
}

static void hellos(void **state)
{
	struct stage st;
	struct maker other;
	static const struct id zeros;
	(void)state;
	stage_open(&st);
	maker_begin(&other, 0xb1, "Other");
	struct client *c = full(&st);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &st.v.org));
	ended(&st, c, "a second or broken hello");
	c = dial_partner(&st);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &other));
	ended(&st, c, "they are not who the handshake said");
	struct value *m = hello_of(&st, &st.v.org);
	set(&st, MESSAGE_HELLO, m, "version", value_int(st.v.a, 0));
	c = dial_partner(&st);
	say(&st, c, MESSAGE_HELLO, m);
	ended(&st, c, "no common protocol version");
	/* keys that never come: absurdly new ones, and another statement than the one we hold */
	m = hello_of(&st, &st.v.org);
	set(&st, MESSAGE_HELLO, m, "kseq", value_int(st.v.a, INT64_MAX));
	set(&st, MESSAGE_HELLO, m, "held", value_int(st.v.a, INT64_MAX));
	struct client *late = dial_partner(&st);
	say(&st, late, MESSAGE_HELLO, m);
	assert_false(late->closed);
	assert_int_equal(session(&st, late)->phase, PHASE_KEYS);
	m = hello_of(&st, &st.v.org);
	set(&st, MESSAGE_HELLO, m, "statement", value_id(st.v.a, &zeros));
	c = dial_partner(&st);
	say(&st, c, MESSAGE_HELLO, m);
	assert_false(c->closed);
	say(&st, c, MESSAGE_ENTRIES, sample(&st, MESSAGE_ENTRIES));
	ended(&st, c, "a message out of place");
	tick(&st, LIMIT_UNKNOWN_KEY_MS - 1);
	assert_false(late->closed);
	tick(&st, 1);
	ended(&st, late, "their keys did not come in time");
	/* the handshake of one organisation under the secret of another */
	c = dial(&st, &st.v.org, &other.org, LINK_MODE_LINK, st.secret);
	ended(&st, c, "they are not who their secret says");
	/* the right secret and the wrong link key */
	c = dial(&st, &other, &st.v.org.org, LINK_MODE_LINK, st.secret);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &st.v.org));
	ended(&st, c, "their link key is not the one of their newest statement");
	maker_end(&other);
	stage_close(&st);
}

/* ---- keys ---- */

static void keys(void **state)
{
	struct stage st;
	struct maker other;
	struct signed_statement held;
	struct txn *t;
	(void)state;
	stage_open(&st);
	maker_begin(&other, 0xb2, "Other");
	struct trace before = evil_trace(&st.v);
	struct client *c = full(&st);
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &other, &other.org, 0, 1));
	ended(&st, c, "key statements of somebody else");
	c = full(&st);
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &other, &st.v.org.org, 0, 1)); /* theirs under its name */
	ended(&st, c, "their key statements do not verify");
	maker_rotate(&st.v.org, "routine");
	maker_rotate(&st.v.org, "routine");
	struct maker old = st.v.org;
	old.n = 1;
	c = dial(&st, &old, &old.org, LINK_MODE_LINK, st.secret);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &old));
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &st.v.org, &st.v.org.org, 2, 3)); /* a gap in the chain */
	ended(&st, c, "their key statements do not verify");
	struct maker bad = st.v.org;
	bad.chain[1].root_sig[3] ^= 1;
	c = dial(&st, &old, &old.org, LINK_MODE_LINK, st.secret);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &old));
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &bad, &bad.org, 1, 2));
	ended(&st, c, "their key statements do not verify");
	evil_no_trace(&st.v, &before);
	/* the true ones, the same again, and then another one in their place */
	c = dial(&st, &old, &old.org, LINK_MODE_LINK, st.secret);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &old));
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &st.v.org, &st.v.org.org, 0, 2));
	ended(&st, c, "they have newer keys"); /* it was opened with the link key of before */
	c = dial_partner(&st);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &st.v.org));
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &st.v.org, &st.v.org.org, 1, 2));
	assert_false(c->closed);
	struct buf kept = {0};
	assert_int_equal(buf_add(&kept, st.v.org.payload[1].p, st.v.org.payload[1].n), OK);
	struct span first = evil_keep(&st.v, &kept);
	st.v.org.statement[1].issued++;
	maker_seal(&st.v.org, 1);
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &st.v.org, &st.v.org.org, 1, 2));
	ended(&st, c, "their key statements do not verify");
	assert_int_equal(store_read(st.v.victim->store, &t), OK);
	assert_int_equal(statements_get(t, &st.v.org.org, 1, &held), OK);
	assert_true(span_eq(held.payload, first));
	store_abort(t);
	maker_end(&other);
	stage_close(&st);
}

/* Entries under a key that comes later in the same session are stored when it comes, and the session is over: its link key has been replaced. */
static void keys_in_the_middle(void **state)
{
	struct stage st;
	struct receipt r;
	(void)state;
	stage_open(&st);
	struct client *c = full(&st);
	maker_rotate(&st.v.org, "routine");
	struct chain ch = evil_chain(&st.v, &st.v.org, AUDIENCE_DIRECT, scenario_org(st.v.victim));
	ch.e.kseq = 1;
	entry_log(&ch.e, &ch.e.prev);
	struct carried_entry e[2];
	e[0] = evil_first(&st.v, &ch);
	e[1] = evil_notice_entry(&st.v, &ch);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, e, 2));
	assert_false(c->closed);
	assert_null(next(c, MESSAGE_RECEIPTS));
	assert_int_equal(evil_notices(&st.v), 0);
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &st.v.org, &st.v.org.org, 1, 2));
	assert_int_equal(evil_notices(&st.v), 1);
	assert_true(evil_receipt(&st.v, &ch, &r));
	assert_int_equal(r.n, 2);
	ended(&st, c, "they have newer keys");
	assert_int_equal(evil_rows(&st.v, TABLE_PARKED), 0);
	stage_close(&st);
}

/* ---- pending ---- */

/* Whoever has read the invitation, and says that it is the guest with new keys, does not come past the keys. */
static void a_second_party_under_the_guests_name(void **state)
{
	struct stage st;
	struct maker guest, thief;
	(void)state;
	stage_open(&st);
	maker_begin(&guest, 0xb5, "Guest");
	maker_begin(&thief, 0xc6, "Thief"); /* not 0xb6: X25519 drops the lowest three bits */
	struct invite i = invited(&st, "guest");
	struct client *c = pending(&st, &guest, &i);
	assert_int_equal(session(&st, c)->phase, PHASE_PENDING);
	c = dial(&st, &thief, &guest.org, LINK_MODE_INVITE, i.secret);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &guest));
	assert_false(logged(&st, "second party"));
	say(&st, c, MESSAGE_KEYS, keys_of(&st, &guest, &guest.org, 0, 1));
	assert_true(logged(&st, "second party"));
	ended(&st, c, "their link key is not the one of their newest statement");
	maker_end(&guest);
	maker_end(&thief);
	stage_close(&st);
}

static void while_pending(void **state)
{
	struct stage st;
	struct maker guest;
	struct partner p;
	(void)state;
	stage_open(&st);
	maker_begin(&guest, 0xb3, "Guest");
	struct invite i = invited(&st, "guest");
	struct client *c = pending(&st, &guest, &i);
	assert_int_equal(session(&st, c)->phase, PHASE_PENDING);
	assert_non_null(next(c, MESSAGE_KEYS));
	assert_true(partner_of(&st, &guest.org, &p));
	assert_int_equal(p.state, PARTNER_PENDING);
	struct trace before = evil_trace(&st.v);
	for (size_t k = 0; message_each(k); k++) {
		const struct message_row *row = message_each(k);
		c = pending(&st, &guest, &i);
		assert_int_equal(session(&st, c)->phase, PHASE_PENDING);
		say(&st, c, row->number, sample(&st, row->number));
		if (row->when & WHEN_PENDING)
			assert_false(logged(&st, "a message out of place"));
		else
			ended(&st, c, "a message out of place");
		if (row->number == MESSAGE_PING)
			assert_non_null(next(c, MESSAGE_PING));
		if (row->number == MESSAGE_CLOSE)
			ended(&st, c, "their node was stopped");
		st.v.victim->log[0] = 0;
	}
	evil_no_trace(&st.v, &before);
	/* 64 KiB in one session, and one byte more is too much */
	c = pending(&st, &guest, &i);
	size_t left = LIMIT_MESSAGE_PENDING - session(&st, c)->pending_bytes;
	struct value *ping = value_map(st.v.a);
	uint8_t *fill = arena_alloc(st.v.a, LIMIT_MESSAGE_PENDING);
	set(&st, MESSAGE_PING, ping, "token", value_int(st.v.a, 1));
	set(&st, MESSAGE_PING, ping, "answer", value_bool(st.v.a, true));
	value_set(st.v.a, ping, 64, value_bin(st.v.a, SPAN(fill, 256)));
	size_t size = evil_pack(&st.v, ping).n + 2 - 256;
	while (left > 2 * LIMIT_MESSAGE_PENDING / 3 || left > 60000) {
		value_set(st.v.a, ping, 64, value_bin(st.v.a, SPAN(fill, 1000)));
		say(&st, c, MESSAGE_PING, ping);
		left = LIMIT_MESSAGE_PENDING - session(&st, c)->pending_bytes;
	}
	value_set(st.v.a, ping, 64, value_bin(st.v.a, SPAN(fill, left - size)));
	say(&st, c, MESSAGE_PING, ping);
	assert_false(c->closed);
	assert_int_equal(session(&st, c)->pending_bytes, LIMIT_MESSAGE_PENDING);
	say(&st, c, MESSAGE_PING, sample(&st, MESSAGE_PING));
	ended(&st, c, "too much before the words were compared");
	maker_end(&guest);
	stage_close(&st);
}

/* Streams of somebody whose words nobody has compared do not pile up. */
static void pending_streams_replace_each_other(void **state)
{
	struct stage st;
	struct maker guest;
	(void)state;
	stage_open(&st);
	maker_begin(&guest, 0xb4, "Guest");
	struct invite i = invited(&st, "guest");
	for (int k = 0; k < 5; k++)
		(void)pending(&st, &guest, &i);
	size_t sessions = 0;
	for (struct session *s = st.v.victim->core->sessions; s; s = s->next)
		sessions++;
	assert_int_equal(sessions, 1);
	maker_end(&guest);
	stage_close(&st);
}

static size_t sessions(struct stage *st)
{
	size_t n = 0;
	for (struct session *s = st->v.victim->core->sessions; s; s = s->next)
		n++;
	return n;
}

/* Bytes of somebody who is nobody, on a stream of its own. */
static void stranger(struct stage *st, uint64_t conn, const void *p, size_t n)
{
	scenario_begin(st->v.victim);
	core_accepted(st->v.victim->core, conn);
	end_turn(st);
	scenario_begin(st->v.victim);
	core_bytes(st->v.victim->core, conn, SPAN(p, n));
	end_turn(st);
}

/* A crowd that says a byte each pushes out nobody whose first message named a secret. */
static void a_crowd_at_the_door(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	struct client *c = dial_only(&st, &st.v.org, &st.v.org.org, LINK_MODE_LINK, st.secret);
	one_way(&st, c);
	for (uint64_t k = 0; k < 3 * LIMIT_HALF_OPEN; k++)
		stranger(&st, 100000 + k, "", 1);
	assert_int_equal(sessions(&st), LIMIT_HALF_OPEN);
	pump(&st, c);
	assert_true(c->open);
	assert_false(c->closed);
	stage_close(&st);
}

static size_t lines(struct stage *st, const char *text)
{
	size_t n = 0;
	for (const char *p = st->v.victim->log; (p = strstr(p, text)) != NULL; p++)
		n++;
	return n;
}

/* However many come: the log says so in some lines a minute, and how many it left out. */
static void strangers_do_not_fill_the_log(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	st.v.victim->log[0] = 0;
	for (uint64_t k = 0; k < 200; k++)
		stranger(&st, 100000 + k, "GET", 3);
	assert_int_equal(lines(&st, "event=handshake-ended text=\"handshake message of a wrong length\""), 30);
	assert_int_equal(lines(&st, "no more of them for a minute"), 1);
	assert_int_equal(lines(&st, "\n"), 31);
	st.v.s.now += MINUTE;
	stranger(&st, 200000, "GET", 3);
	assert_int_equal(lines(&st, "170 lines like this were not written"), 1);
	assert_int_equal(lines(&st, "\n"), 33);
	stage_close(&st);
}

/* Whoever recorded a first message may say it again as often as it likes: it takes the places of that secret alone. */
static void a_first_message_again_and_again(void **state)
{
	struct stage st;
	struct maker other;
	uint8_t secret[32] = {0x77}, first[74];
	(void)state;
	stage_open(&st);
	maker_begin(&other, 0xb9, "Other");
	evil_enrol(&st.v, &other, "other", PARTNER_ACTIVE);
	pair_up(&st, &other, secret);
	struct client *recorded = dial_only(&st, &st.v.org, &st.v.org.org, LINK_MODE_LINK, st.secret);
	assert_int_equal(link_output(recorded->link)->n, sizeof first);
	memcpy(first, link_output(recorded->link)->p, sizeof first);
	struct client *c = dial_only(&st, &other, &other.org, LINK_MODE_LINK, secret);
	one_way(&st, c);
	for (uint64_t k = 0; k < 3 * LIMIT_HALF_OPEN; k++)
		stranger(&st, 200000 + k, first, sizeof first);
	assert_int_equal(sessions(&st), LIMIT_HALF_OPEN_ONE + 2); /* the other's, and the one that was only opened */
	pump(&st, c);
	assert_true(c->open);
	assert_false(c->closed);
	maker_end(&other);
	stage_close(&st);
}

/* Handshakes by somebody who has a secret, and then silence: they count as half-open. */
static void silence_after_the_handshake(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	for (size_t k = 0; k < 20; k++)
		(void)dial_partner(&st);
	assert_int_equal(sessions(&st), LIMIT_HALF_OPEN_ONE);
	struct client *c = full(&st); /* and the partner is not shut out by it */
	assert_false(c->closed);
	tick(&st, LIMIT_UNKNOWN_KEY_MS);
	assert_false(c->closed);
	assert_ptr_equal(st.v.victim->core->sessions, session(&st, c));
	assert_null(session(&st, c)->next);
	stage_close(&st);
}

/* ---- invitations ---- */

/* Who holds any invitation can say in the handshake that it is one of our partners. That must change nothing for that partner. */
static void an_invitation_in_somebody_elses_name(void **state)
{
	struct stage st;
	struct maker thief, waiting;
	struct pairsecret pair;
	struct partner p;
	size_t count = 0;
	(void)state;
	stage_open(&st);
	maker_begin(&thief, 0xb5, "Thief");
	maker_begin(&waiting, 0xb6, "Waiting");
	struct invite i = invited(&st, "thief");
	struct trace before = evil_trace(&st.v);
	for (int k = 0; k < 5; k++) {
		struct client *c = dial(&st, &thief, &st.v.org.org, LINK_MODE_INVITE, i.secret);
		say(&st, c, MESSAGE_HELLO, hello_of(&st, &st.v.org));
		say(&st, c, MESSAGE_KEYS, keys_of(&st, &st.v.org, &st.v.org.org, 0, 1));
		ended(&st, c, "their link key is not the one of their newest statement");
	}
	/* nor can the thief complain in its name: nobody has proven yet to be that partner */
	struct client *liar = dial(&st, &thief, &st.v.org.org, LINK_MODE_INVITE, i.secret);
	say(&st, liar, MESSAGE_HELLO, hello_of(&st, &st.v.org));
	say(&st, liar, MESSAGE_ERROR, sample(&st, MESSAGE_ERROR));
	ended(&st, liar, "a message out of place");
	assert_false(logged(&st, "refused what we sent"));
	evil_turn(&st.v);
	assert_int_equal(pairsecret_get(st.v.victim->core, &st.v.org.org, 0, &pair, &count), OK);
	evil_done(&st.v);
	assert_int_equal(count, 1);
	assert_memory_equal(pair.secret, st.secret, 32);
	(void)full(&st); /* the partner still gets in */
	evil_no_trace(&st.v, &before);
	/* one that we have compared and that has not: its consent cannot be given by somebody else */
	struct invite j = invited(&st, "thief2");
	evil_enrol(&st.v, &waiting, "waiting", PARTNER_PENDING);
	evil_turn(&st.v);
	assert_int_equal(partners_get(core_txn(st.v.victim->core), st.v.victim->core->arena, &waiting.org, &p), OK);
	p.verified = true;
	assert_int_equal(partners_put(core_txn(st.v.victim->core), st.v.victim->core->arena, &p), OK);
	evil_done(&st.v);
	struct client *c = dial(&st, &thief, &waiting.org, LINK_MODE_INVITE, j.secret);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &waiting));
	say(&st, c, MESSAGE_CONFIRM, sample(&st, MESSAGE_CONFIRM));
	ended(&st, c, "a message out of place");
	assert_true(partner_of(&st, &waiting.org, &p));
	assert_false(p.confirmed);
	assert_int_equal(p.state, PARTNER_PENDING);
	maker_end(&thief);
	maker_end(&waiting);
	stage_close(&st);
}

static void one_invitation_one_organisation(void **state)
{
	struct stage st;
	struct maker one, two;
	struct partner p;
	(void)state;
	stage_open(&st);
	maker_begin(&one, 0xb7, "One");
	maker_begin(&two, 0xb8, "Two");
	maker_pair(one.tag, MAKER_LINK, 0, two.statement[0].keys.link, (uint8_t[64]){0}); /* another organisation, the same link key */
	maker_seal(&two, 0);
	statement_org(two.chain[0].payload, &two.org);
	struct invite i = invited(&st, "one");
	struct client *c = pending(&st, &one, &i);
	assert_int_equal(session(&st, c)->phase, PHASE_PENDING);
	uint64_t before = alarms(&st);
	for (int k = 0; k < 5; k++) {
		two.tag = one.tag; /* dials with that key */
		c = dial(&st, &two, &two.org, LINK_MODE_INVITE, i.secret);
		two.tag = 0xb8;
		ended(&st, c, "this invitation belongs to somebody else");
	}
	assert_int_equal(alarms(&st), before + 1);
	assert_false(partner_of(&st, &two.org, &p));
	c = pending(&st, &one, &i); /* the first one may go on */
	assert_int_equal(session(&st, c)->phase, PHASE_PENDING);
	maker_end(&one);
	maker_end(&two);
	stage_close(&st);
}

/* ---- full: entries ---- */

static void entries(void **state)
{
	struct stage st;
	struct evil *v = &st.v;
	int64_t from = 0;
	(void)state;
	stage_open(&st);
	struct client *c = full(&st);
	struct chain ch = evil_chain(v, &v->org, AUDIENCE_DIRECT, scenario_org(v->victim));
	struct carried_entry e[5], hole;
	e[0] = evil_first(v, &ch);
	for (size_t i = 1; i < 5; i++)
		e[i] = evil_notice_entry(v, &ch);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, e, 1));
	assert_non_null(next(c, MESSAGE_RECEIPTS));
	/* a gap is asked for once a message; what fills it brings all of it, and one receipt */
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, e + 2, 3));
	const struct value *want = next(c, MESSAGE_WANT);
	assert_non_null(want);
	assert_true(fields_int(message_fields(MESSAGE_WANT), want, "from", &from));
	assert_int_equal(from, 2);
	assert_null(next(c, MESSAGE_WANT));
	hole = e[1];
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &hole, 1));
	assert_non_null(next(c, MESSAGE_RECEIPTS));
	assert_null(next(c, MESSAGE_RECEIPTS));
	assert_int_equal(evil_notices(v), 4);
	/* known again: the receipt again */
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, e, 5));
	assert_non_null(next(c, MESSAGE_RECEIPTS));
	/* the author's fault is answered, and the link stays */
	struct chain wrong = ch;
	wrong.e.prev.b[0] ^= 1;
	struct carried_entry off = evil_notice_entry(v, &wrong);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &off, 1));
	assert_int_equal(error_code(c), VERDICT_CHAIN);
	wrong = ch;
	wrong.e.n = 5;
	entry_hash(e[3].payload, &wrong.e.prev);
	off = evil_notice_entry(v, &wrong);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &off, 1));
	assert_int_equal(error_code(c), VERDICT_FORK);
	assert_false(c->closed);
	/* what the peer itself answers for ends it */
	uint8_t junk[SIGN_LEN] = {0};
	off = evil_notice_entry(v, &wrong);
	off.signature = SPAN(junk, SIGN_LEN);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &off, 1));
	assert_int_equal(error_code(c), VERDICT_SIGNATURE);
	ended(&st, c, verdict_text(VERDICT_SIGNATURE));
	struct value *m = value_map(v->a), *list = value_array(v->a);
	value_push(v->a, list, value_str(v->a, "entry"));
	set(&st, MESSAGE_ENTRIES, m, "entries", list);
	c = full(&st);
	say(&st, c, MESSAGE_ENTRIES, m);
	assert_int_equal(error_code(c), VERDICT_ENTRY_SHAPE);
	ended(&st, c, verdict_text(VERDICT_ENTRY_SHAPE));
	assert_int_equal(evil_notices(v), 4);
	stage_close(&st);
}

/* What is behind a refused entry in one message is not read any more, and what was before it is kept and receipted. */
static void half_a_message(void **state)
{
	struct stage st;
	struct evil *v = &st.v;
	struct receipt r;
	(void)state;
	stage_open(&st);
	struct client *c = full(&st);
	struct chain ch = evil_chain(v, &v->org, AUDIENCE_DIRECT, scenario_org(v->victim));
	uint8_t junk[SIGN_LEN] = {0};
	struct carried_entry e[3];
	e[0] = evil_first(v, &ch);
	e[1] = e[2] = evil_notice_entry(v, &ch);
	e[1].signature = SPAN(junk, SIGN_LEN);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, e, 3));
	ended(&st, c, verdict_text(VERDICT_SIGNATURE));
	assert_true(evil_receipt(v, &ch, &r));
	assert_int_equal(r.n, 1);
	assert_int_equal(evil_notices(v), 0);
	stage_close(&st);
}

static void alarms_do_not_pile_up(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	struct client *c = full(&st);
	uint64_t before = alarms(&st);
	for (int i = 0; i < 500; i++)
		push(c, MESSAGE_ERROR, sample(&st, MESSAGE_ERROR));
	pump(&st, c);
	for (int i = 0; i < 50; i++) {
		struct chain ch = evil_chain(&st.v, &st.v.org, AUDIENCE_DIRECT, scenario_org(st.v.victim));
		struct carried_entry e = evil_notice_entry(&st.v, &ch);
		push(c, MESSAGE_ENTRIES, entries_of(&st, &e, 1));
	}
	pump(&st, c);
	assert_false(c->closed);
	assert_int_equal(alarms(&st), before + 2);
	tick(&st, HOUR); /* the session is over by then; a new one may raise them again */
	c = full(&st);
	say(&st, c, MESSAGE_ERROR, sample(&st, MESSAGE_ERROR));
	assert_int_equal(alarms(&st), before + 3);
	stage_close(&st);
}

/* ---- full: what node 0 has to say ---- */

static void receipts(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	struct id first = notice(&st), second = notice(&st);
	struct client *c = full(&st);
	struct trace before = evil_trace(&st.v);
	struct receipt r = receipt_over(&st, 2), bad;
	static const struct exception listed = {.n = 2, .has_index = true, .index = 0, .code = VERDICT_LIMIT};
	/* an older key statement is the one we hold: a receipt under one we do not is not judged */
	bad = r;
	bad.kseq = 1;
	maker_rotate(&st.v.org, "routine");
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	st.v.org.n = 1;
	assert_false(c->closed);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &r, true));
	assert_int_equal(error_code(c), VERDICT_SIGNATURE);
	ended(&st, c, verdict_text(VERDICT_SIGNATURE));
	bad = r;
	bad.entry.b[0] ^= 1;
	c = full(&st);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_false(c->closed);
	assert_true(logged(&st, "our log to a partner has stopped"));
	bad = r;
	bad.receiver = *scenario_org(st.v.victim);
	c = full(&st);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_int_equal(error_code(c), VERDICT_AUDIENCE);
	ended(&st, c, verdict_text(VERDICT_AUDIENCE));
	/* over its own log */
	struct chain own = evil_direct(&st.v);
	before = evil_trace(&st.v);
	bad = r;
	entry_log(&own.e, &bad.log);
	bad.n = 1;
	c = full(&st);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_int_equal(error_code(c), VERDICT_AUDIENCE);
	ended(&st, c, verdict_text(VERDICT_AUDIENCE));
	/* over one that nobody has: it may be one that we have lost, so its first entry is asked for */
	bad.log.b[0] ^= 1;
	c = full(&st);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_false(c->closed);
	const struct value *want = next(c, MESSAGE_WANT);
	struct id lost = {{0}};
	assert_true(fields_id(message_fields(MESSAGE_WANT), want, "log", &lost) && id_eq(&lost, &bad.log));
	c = full(&st);
	say(&st, c, MESSAGE_RECEIPTS, sample(&st, MESSAGE_RECEIPTS));
	ended(&st, c, verdict_text(VERDICT_ENTRY_SHAPE));
	/* more than we have is no lie that we can prove: an alarm, and the link stays */
	bad = r;
	bad.n = 4;
	c = full(&st);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	bad.n = INT64_MAX;
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_false(c->closed);
	evil_no_trace(&st.v, &before);
	assert_int_equal(delivered(&st, &first).state, DELIVERY_QUEUED);
	/* good ones: up to 2 with an exception, which the later one up to 3 no longer lists; then an old one again, which is ignored */
	bad = r;
	bad.exceptions = 1;
	bad.exception = &listed;
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_int_equal(delivered(&st, &first).state, DELIVERY_EXCEPTION);
	assert_int_equal(delivered(&st, &first).code, VERDICT_LIMIT);
	assert_int_equal(delivered(&st, &second).state, DELIVERY_QUEUED);
	r = receipt_over(&st, 3);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &r, false));
	assert_int_equal(delivered(&st, &first).state, DELIVERY_STORED);
	assert_int_equal(delivered(&st, &second).state, DELIVERY_STORED);
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_false(c->closed);
	assert_int_equal(delivered(&st, &first).state, DELIVERY_STORED);
	assert_int_equal(delivered(&st, &second).state, DELIVERY_STORED);
	/* taken back, or said again with a later time: what was signed first stays */
	int64_t since = delivered(&st, &second).receipted;
	st.v.s.now += 60000;
	bad = r;
	bad.time += 60000;
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_false(logged(&st, "takes back a receipt"));
	/* one of before, when an exception was still open, that comes late takes nothing back */
	bad.time = r.time - 60000;
	bad.exceptions = 1;
	bad.exception = &listed;
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_false(logged(&st, "takes back a receipt"));
	assert_int_equal(delivered(&st, &first).state, DELIVERY_STORED);
	bad.time = r.time + 60000;
	say(&st, c, MESSAGE_RECEIPTS, receipts_of(&st, &bad, false));
	assert_false(c->closed);
	assert_true(logged(&st, "takes back a receipt"));
	assert_int_equal(delivered(&st, &first).state, DELIVERY_STORED);
	assert_int_equal(delivered(&st, &second).receipted, since);
	stage_close(&st);
}

static void absurd_numbers(void **state)
{
	struct stage st;
	static const struct id nowhere = {{0x99}};
	(void)state;
	stage_open(&st);
	(void)notice(&st);
	struct chain own = evil_direct(&st.v);
	struct client *c = full(&st);
	struct receipt r = receipt_over(&st, 2);
	struct id mine;
	entry_log(&own.e, &mine);
	/* before anything is known nothing is sent */
	assert_int_equal(entries_heard(c), 0);
	say(&st, c, MESSAGE_HEADS, heads_of(&st, &r.log, INT64_MAX));
	assert_true(logged(&st, "restored from an old backup"));
	assert_int_equal(entries_heard(c), 0);
	static const int64_t places[] = {0, 3, 4, INT64_MAX};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		say(&st, c, MESSAGE_WANT, want_of(&st, &r.log, places[i]));
		say(&st, c, MESSAGE_WANT, want_of(&st, &nowhere, places[i]));
		say(&st, c, MESSAGE_WANT, want_of(&st, &mine, places[i])); /* its own log is its own business */
	}
	assert_int_equal(entries_heard(c), 0);
	assert_false(c->closed);
	say(&st, c, MESSAGE_WANT, want_of(&st, &r.log, 1));
	assert_int_equal(entries_heard(c), 2);
	say(&st, c, MESSAGE_SUMMARY, sample(&st, MESSAGE_SUMMARY));
	say(&st, c, MESSAGE_HEADS, heads_of(&st, &nowhere, INT64_MAX));
	assert_false(c->closed);
	stage_close(&st);
}

/* A small message that costs us a window of megabytes is heeded once a second. */
static void asking_again_and_again(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	for (int i = 0; i < 20; i++)
		(void)notice(&st);
	struct client *c = full(&st);
	struct receipt r = receipt_over(&st, 21);
	say(&st, c, MESSAGE_HEADS, heads_of(&st, NULL, 0));
	assert_int_equal(entries_heard(c), 21);
	for (int i = 0; i < 200; i++) {
		push(c, MESSAGE_WANT, want_of(&st, &r.log, 1));
		push(c, MESSAGE_HEADS, heads_of(&st, NULL, 0));
		push(c, MESSAGE_RECEIPTS, receipts_of(&st, &r, false));
	}
	pump(&st, c);
	assert_false(c->closed);
	assert_in_range(entries_heard(c), 21, 42);
	st.v.s.now += 1000;
	say(&st, c, MESSAGE_WANT, want_of(&st, &r.log, 20));
	assert_int_equal(entries_heard(c), 2);
	stage_close(&st);
}

/* Very many small entries: more than one message may hold, and all of them arrive. */
static void a_backlog_of_small_entries(void **state)
{
	struct stage st;
	enum { SMALL = 2100 };
	struct core *core;
	struct complaint why;
	(void)state;
	stage_open(&st);
	core = st.v.victim->core;
	const struct kind *k = kind_by_number(KIND_REPLY);
	struct value *body = value_map(st.v.a);
	fields_set(st.v.a, k->fields, body, "about", value_id(st.v.a, &st.v.org.org));
	fields_set(st.v.a, k->fields, body, "decision", value_int(st.v.a, 1));
	evil_turn(&st.v);
	for (int i = 0; i < SMALL; i++) {
		struct id id;
		struct draft d = {.kind = k, .body = body, .to = &st.v.org.org, .recipients = 1};
		assert_int_equal(core_say(core, &d, &id, &why), OK);
		assert_int_equal(outbox_seal(core), OK);
	}
	evil_done(&st.v);
	struct client *c = full(&st);
	say(&st, c, MESSAGE_HEADS, heads_of(&st, NULL, 0));
	assert_false(c->closed);
	assert_int_equal(entries_heard(c), SMALL + 1);
	stage_close(&st);
}

/* ---- links ---- */

static void suspended_or_removed(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	evil_state(&st.v, &st.v.org, PARTNER_SUSPENDED);
	struct client *c = dial_partner(&st);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &st.v.org));
	assert_int_equal(error_code(c), VERDICT_SUSPENDED);
	ended(&st, c, "suspended here");
	evil_state(&st.v, &st.v.org, PARTNER_REMOVED);
	c = dial_partner(&st);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &st.v.org));
	ended(&st, c, "not a partner");
	/* not compared yet: the pair secret alone opens nothing */
	evil_state(&st.v, &st.v.org, PARTNER_PENDING);
	c = dial_partner(&st);
	say(&st, c, MESSAGE_HELLO, hello_of(&st, &st.v.org));
	assert_int_equal(session(&st, c)->phase, PHASE_PENDING);
	say(&st, c, MESSAGE_ENTRIES, sample(&st, MESSAGE_ENTRIES));
	ended(&st, c, "a message out of place");
	assert_int_equal(evil_rows(&st.v, TABLE_ENTRIES), 0);
	stage_close(&st);
}

static void a_newer_link_replaces_the_older(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	struct client *c = full(&st);
	for (int i = 0; i < 20; i++) {
		struct client *newer = full(&st);
		ended(&st, c, "replaced by a newer link");
		c = newer;
	}
	struct chain ch = evil_chain(&st.v, &st.v.org, AUDIENCE_DIRECT, scenario_org(st.v.victim));
	struct carried_entry e = evil_first(&st.v, &ch);
	say(&st, c, MESSAGE_ENTRIES, entries_of(&st, &e, 1));
	assert_non_null(next(c, MESSAGE_RECEIPTS));
	/* after CLOSE nothing more is heard */
	push(c, MESSAGE_CLOSE, sample(&st, MESSAGE_CLOSE));
	e = evil_notice_entry(&st.v, &ch);
	push(c, MESSAGE_ENTRIES, entries_of(&st, &e, 1));
	pump(&st, c);
	ended(&st, c, "their node was stopped");
	assert_int_equal(evil_notices(&st.v), 0);
	stage_close(&st);
}

/* A sign of life a minute keeps a silent link, for the hour that a session lasts. */
static void a_silent_link_lives(void **state)
{
	struct scenario s;
	struct core_link before, after;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_run(&s, MINUTE);
	core_link_state(s.node[0].core, scenario_org(&s.node[1]), &before);
	assert_true(before.linked);
	scenario_run(&s, 50 * MINUTE);
	core_link_state(s.node[0].core, scenario_org(&s.node[1]), &after);
	assert_true(after.linked);
	assert_int_equal(after.since, before.since);
	evil_check(&s.node[0]);
	evil_check(&s.node[1]);
	scenario_close(&s);
}

/* Nobody there for long: never more than a quarter of an hour passes between two dials. */
static void nobody_there(void **state)
{
	struct scenario s;
	struct core_link l;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_cut(&s, true);
	for (int minutes = 0; minutes < 600; minutes += 7) {
		scenario_run(&s, 7 * MINUTE);
		core_link_state(s.node[1].core, scenario_org(&s.node[0]), &l);
		assert_in_range(l.next_dial, s.now, s.now + LIMIT_RETRY_MAX_MS);
	}
	scenario_cut(&s, false);
	scenario_run(&s, LIMIT_RETRY_MAX_MS + 1000);
	core_link_state(s.node[1].core, scenario_org(&s.node[0]), &l);
	assert_true(l.linked);
	scenario_close(&s);
}

/* Hung up on each time they have shown who they are, here for a suspension: the dialler waits longer each time, but then not longer than a minute. */
static void hung_up_on_each_time(void **state)
{
	struct scenario s;
	struct complaint why = {0};
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_begin(&s.node[0]);
	assert_int_equal(pairing_suspend(s.node[0].core, scenario_org(&s.node[1]), &why), OK);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	scenario_run(&s, MINUTE);
	uint64_t before = s.next_conn;
	scenario_run(&s, 10 * HOUR);
	uint64_t dials = (s.next_conn - before) / 2;
	assert_in_range(dials, 590, 650);
	scenario_begin(&s.node[0]);
	assert_int_equal(pairing_resume(s.node[0].core, scenario_org(&s.node[1]), &why), OK);
	assert_int_equal(scenario_end(&s.node[0]), OK);
	scenario_run(&s, LIMIT_RETRY_THERE_MS + 1000);
	struct core_link l;
	core_link_state(s.node[0].core, scenario_org(&s.node[1]), &l);
	assert_true(l.linked);
	scenario_close(&s);
}

/* Who dials and has resumed does not wait: it dials at once, however long it was suspended. */
static void resumed_by_who_dials(void **state)
{
	struct scenario s;
	struct complaint why = {0};
	struct core_link l;
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	scenario_begin(&s.node[1]);
	assert_int_equal(pairing_suspend(s.node[1].core, scenario_org(&s.node[0]), &why), OK);
	assert_int_equal(scenario_end(&s.node[1]), OK);
	scenario_run(&s, 10 * HOUR);
	core_link_state(s.node[1].core, scenario_org(&s.node[0]), &l);
	assert_false(l.linked);
	scenario_begin(&s.node[1]);
	assert_int_equal(pairing_resume(s.node[1].core, scenario_org(&s.node[0]), &why), OK);
	assert_int_equal(scenario_end(&s.node[1]), OK);
	scenario_run(&s, 1000);
	core_link_state(s.node[1].core, scenario_org(&s.node[0]), &l);
	assert_true(l.linked);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_but_hello_at_first),
		cmocka_unit_test(what_is_no_message),
		cmocka_unit_test(hellos),
		cmocka_unit_test(keys),
		cmocka_unit_test(keys_in_the_middle),
		cmocka_unit_test(a_second_party_under_the_guests_name),
		cmocka_unit_test(while_pending),
		cmocka_unit_test(pending_streams_replace_each_other),
		cmocka_unit_test(a_crowd_at_the_door),
		cmocka_unit_test(strangers_do_not_fill_the_log),
		cmocka_unit_test(a_first_message_again_and_again),
		cmocka_unit_test(silence_after_the_handshake),
		cmocka_unit_test(an_invitation_in_somebody_elses_name),
		cmocka_unit_test(one_invitation_one_organisation),
		cmocka_unit_test(entries),
		cmocka_unit_test(half_a_message),
		cmocka_unit_test(alarms_do_not_pile_up),
		cmocka_unit_test(receipts),
		cmocka_unit_test(absurd_numbers),
		cmocka_unit_test(asking_again_and_again),
		cmocka_unit_test(a_backlog_of_small_entries),
		cmocka_unit_test(suspended_or_removed),
		cmocka_unit_test(a_newer_link_replaces_the_older),
		cmocka_unit_test(a_silent_link_lives),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(hung_up_on_each_time),
		cmocka_unit_test(resumed_by_who_dials),
	};
	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
