/* evil_say.h - what a client by hand says to node 0: one of each message, entries, receipts over what node 0 wrote, invitations taken up. */
#ifndef TALLY_TEST_EVIL_SAY_H
#define TALLY_TEST_EVIL_SAY_H

#include "tests/unit/evil_client.h"

#include "node/pairsecret.h"
#include "proto/invite.h"

/* ---- messages ---- */

static inline struct value *hello_of(struct stage *st, const struct maker *m)
{
	struct value *v = value_map(st->v.a);
	struct id hash;
	statement_hash(m->chain[m->n - 1].payload, &hash);
	set(st, MESSAGE_HELLO, v, "version", value_int(st->v.a, 1));
	set(st, MESSAGE_HELLO, v, "org", value_id(st->v.a, &m->org));
	set(st, MESSAGE_HELLO, v, "kseq", value_int(st->v.a, (int64_t)m->n - 1));
	set(st, MESSAGE_HELLO, v, "statement", value_id(st->v.a, &hash));
	set(st, MESSAGE_HELLO, v, "software", value_str(st->v.a, "evil 1"));
	set(st, MESSAGE_HELLO, v, "features", value_int(st->v.a, 0));
	set(st, MESSAGE_HELLO, v, "held", value_int(st->v.a, 0));
	return v;
}

static inline struct value *keys_of(struct stage *st, const struct maker *m, const struct id *org, size_t from, size_t n)
{
	const struct field *g = fields_find(message_fields(MESSAGE_KEYS), "statements")->group;
	struct value *v = value_map(st->v.a), *list = value_array(st->v.a);
	for (size_t i = from; i < n; i++) {
		const struct signed_statement *s = &m->chain[i % m->n];
		struct value *row = value_map(st->v.a);
		fields_set(st->v.a, g, row, "payload", value_bin(st->v.a, s->payload));
		fields_set(st->v.a, g, row, "root_sig", value_bin(st->v.a, SPAN(s->root_sig, SIGN_LEN)));
		fields_set(st->v.a, g, row, "sign_sig", value_bin(st->v.a, SPAN(s->sign_sig, SIGN_LEN)));
		value_push(st->v.a, list, row);
	}
	set(st, MESSAGE_KEYS, v, "org", value_id(st->v.a, org));
	set(st, MESSAGE_KEYS, v, "statements", list);
	return v;
}

static inline struct value *entries_of(struct stage *st, const struct carried_entry *e, size_t n)
{
	struct value *v = value_map(st->v.a), *list = value_array(st->v.a);
	for (size_t i = 0; i < n; i++)
		value_push(st->v.a, list, carried_value(st->v.a, &e[i]));
	set(st, MESSAGE_ENTRIES, v, "entries", list);
	return v;
}

static inline struct value *want_of(struct stage *st, const struct id *log, int64_t from)
{
	struct value *v = value_map(st->v.a);
	set(st, MESSAGE_WANT, v, "log", value_id(st->v.a, log));
	set(st, MESSAGE_WANT, v, "from", value_int(st->v.a, from));
	return v;
}

static inline struct value *heads_of(struct stage *st, const struct id *log, int64_t n)
{
	const struct field *g = fields_find(message_fields(MESSAGE_HEADS), "heads")->group;
	struct value *v = value_map(st->v.a), *list = value_array(st->v.a);
	static const struct id zeros;
	if (log) {
		struct value *one = value_map(st->v.a);
		fields_set(st->v.a, g, one, "log", value_id(st->v.a, log));
		fields_set(st->v.a, g, one, "n", value_int(st->v.a, n));
		value_push(st->v.a, list, one);
	}
	set(st, MESSAGE_HEADS, v, "scope", value_id(st->v.a, &zeros));
	set(st, MESSAGE_HEADS, v, "heads", list);
	return v;
}

/* One well-formed message of each number. */
static inline const struct value *sample(struct stage *st, enum message_number number)
{
	struct evil *v = &st->v;
	struct value *m = value_map(v->a), *list = value_array(v->a), *one = value_map(v->a);
	struct chain ch = evil_chain(v, &v->org, AUDIENCE_DIRECT, scenario_org(v->victim));
	struct carried_entry e;
	uint8_t junk[SIGN_LEN] = {0};
	switch (number) {
	case MESSAGE_HELLO:
		return hello_of(st, &v->org);
	case MESSAGE_KEYS:
		return keys_of(st, &v->org, &v->org.org, 0, 1);
	case MESSAGE_CONFIRM:
		set(st, number, m, "session", value_id(v->a, &v->org.org));
		return m;
	case MESSAGE_SUMMARY:
		set(st, number, m, "scope", value_id(v->a, &v->org.org));
		set(st, number, m, "hash", value_id(v->a, &v->org.org));
		return m;
	case MESSAGE_HEADS:
		return heads_of(st, &v->org.org, 5);
	case MESSAGE_WANT:
		return want_of(st, &v->org.org, 1);
	case MESSAGE_ENTRIES:
		e = evil_first(v, &ch);
		return entries_of(st, &e, 1);
	case MESSAGE_RECEIPTS:
		value_set(v->a, one, 0, value_bin(v->a, SPAN(junk, 10)));
		value_set(v->a, one, 1, value_bin(v->a, SPAN(junk, SIGN_LEN)));
		value_push(v->a, list, one);
		set(st, number, m, "receipts", list);
		return m;
	case MESSAGE_FILE_WANT:
	case MESSAGE_FILE_CHUNK: /* without bytes: there is no such file */
		set(st, number, m, "record", value_id(v->a, &v->org.org));
		set(st, number, m, "offset", value_int(v->a, 0));
		return m;
	case MESSAGE_ROSTERS: /* asks for those of a consortium that nobody knows */
		set(st, number, m, "consortium", value_id(v->a, &v->org.org));
		return m;
	case MESSAGE_EVIDENCE: /* of a version to come: nobody here can judge it */
		value_set(v->a, one, 0, value_str(v->a, "tally evidence"));
		value_set(v->a, one, 1, value_int(v->a, 2));
		set(st, number, m, "file", value_bin(v->a, evil_pack(v, one)));
		return m;
	case MESSAGE_PING:
		set(st, number, m, "token", value_int(v->a, 7));
		set(st, number, m, "answer", value_bool(v->a, false));
		return m;
	case MESSAGE_CLOSE:
		set(st, number, m, "reason", value_int(v->a, 1));
		return m;
	case MESSAGE_ERROR:
		set(st, number, m, "code", value_int(v->a, VERDICT_CHAIN));
		return m;
	}
	return NULL;
}

static inline void pair_up(struct stage *st, const struct maker *m, const uint8_t secret[static 32])
{
	struct pairsecret pair = {.h = {{7}}};
	memcpy(pair.secret, secret, 32);
	evil_turn(&st->v);
	assert_int_equal(pairsecret_add(st->v.victim->core, &m->org, &pair), OK);
	evil_done(&st->v);
}

static inline void stage_open(struct stage *st)
{
	memset(st, 0, sizeof *st);
	evil_open(&st->v);
	memset(st->secret, 0x5e, sizeof st->secret);
	pair_up(st, &st->v.org, st->secret);
}

static inline void stage_close(struct stage *st)
{
	for (size_t i = 0; i < st->clients; i++)
		link_free(st->client[i].link);
	evil_close(&st->v);
}

static inline struct client *dial_partner(struct stage *st)
{
	struct client *c = dial(st, &st->v.org, &st->v.org.org, LINK_MODE_LINK, st->secret);
	assert_true(c->open);
	return c;
}

static inline struct client *full(struct stage *st)
{
	struct client *c = dial_partner(st);
	say(st, c, MESSAGE_HELLO, hello_of(st, &st->v.org));
	assert_false(c->closed);
	assert_int_equal(session(st, c)->phase, PHASE_FULL);
	assert_non_null(next(c, MESSAGE_HELLO));
	assert_non_null(next(c, MESSAGE_SUMMARY));
	return c;
}

static inline bool logged(struct stage *st, const char *text)
{
	return strstr(st->v.victim->log, text) != NULL;
}

static inline void ended(struct stage *st, struct client *c, const char *why)
{
	assert_true(c->closed);
	assert_null(session(st, c));
	if (!logged(st, why))
		fail_msg("not for the reason \"%s\": %s", why, st->v.victim->log);
	st->v.victim->log[0] = 0;
}

static inline uint64_t alarms(struct stage *st)
{
	struct txn *t;
	uint64_t n;
	assert_int_equal(store_read(st->v.victim->store, &t), OK);
	assert_int_equal(store_count(t, TABLE_OPERATIONS, &n), OK);
	store_abort(t);
	return n;
}

/* An invitation of node 0's. */
static inline struct invite invited(struct stage *st, const char *name)
{
	struct buf token = {0};
	struct complaint why = {0};
	struct invite i;
	struct core *c = st->v.victim->core;
	evil_turn(&st->v);
	assert_int_equal(pairing_invite(c, &(struct pairing_offer){name, NULL, LIMIT_INVITE_MS}, &token, &why), OK);
	evil_done(&st->v);
	assert_int_equal(invite_decode(buf_span(&token), &i, &why), OK);
	buf_free(&token);
	return i;
}

static inline struct client *pending(struct stage *st, const struct maker *m, const struct invite *i)
{
	struct client *c = dial(st, m, &m->org, LINK_MODE_INVITE, i->secret);
	if (c->closed)
		return c;
	say(st, c, MESSAGE_HELLO, hello_of(st, m));
	say(st, c, MESSAGE_KEYS, keys_of(st, m, &m->org, 0, m->n));
	return c;
}

/* Node 0 says a notice to the client's organisation. */
static inline struct id notice(struct stage *st)
{
	struct core *c = st->v.victim->core;
	struct complaint why;
	struct id id;
	scenario_begin(st->v.victim);
	struct draft d = {.kind = kind_by_number(KIND_INCIDENT_NOTICE), .body = evil_notice_body(&st->v), .to = &st->v.org.org, .recipients = 1};
	assert_int_equal(core_say(c, &d, &id, &why), OK);
	end_turn(st);
	return id;
}

static inline struct delivery_state delivered(struct stage *st, const struct id *record)
{
	struct delivery_state d;
	struct record_row row;
	struct txn *t;
	assert_int_equal(store_read(st->v.victim->store, &t), OK);
	assert_int_equal(records_by_id(t, record, &row), OK);
	assert_int_equal(core_delivery(t, scenario_org(st->v.victim), row.no, &st->v.org.org, &d), OK);
	store_abort(t);
	return d;
}

/* A receipt over node 0's log to the client, as it should be. */
static inline struct receipt receipt_over(struct stage *st, uint64_t n)
{
	struct receipt r = {.receiver = st->v.org.org, .n = n, .time = st->v.s.now};
	struct log_row log;
	struct entry_row e;
	struct txn *t;
	assert_int_equal(store_read(st->v.victim->store, &t), OK);
	assert_int_equal(logs_current(t, scenario_org(st->v.victim), AUDIENCE_DIRECT, &st->v.org.org, &log), OK);
	r.log = log.id;
	if (entries_get(t, log.no, n, &e) == OK)
		entry_hash(e.payload, &r.entry);
	store_abort(t);
	return r;
}

static inline struct value *receipts_of(struct stage *st, const struct receipt *r, bool flip)
{
	struct value *m = value_map(st->v.a), *list = value_array(st->v.a), *one = value_map(st->v.a);
	uint8_t signature[SIGN_LEN];
	struct buf payload = {0};
	assert_int_equal(receipt_encode(r, &payload), OK);
	struct span bytes = evil_keep(&st->v, &payload);
	maker_sign(&st->v.org, (size_t)r->kseq, SIGN_RECEIPT, bytes, signature);
	signature[9] ^= flip;
	value_set(st->v.a, one, 0, value_bin(st->v.a, bytes));
	value_set(st->v.a, one, 1, value_bin(st->v.a, SPAN(signature, SIGN_LEN)));
	value_push(st->v.a, list, one);
	set(st, MESSAGE_RECEIPTS, m, "receipts", list);
	return m;
}

static inline size_t entries_heard(struct client *c)
{
	size_t n = 0;
	const struct value *m;
	while ((m = next(c, MESSAGE_ENTRIES)) != NULL)
		n += value_count(fields_get(message_fields(MESSAGE_ENTRIES), m, "entries"));
	return n;
}

static inline int64_t error_code(struct client *c)
{
	const struct value *m = next(c, MESSAGE_ERROR);
	int64_t code = -1;
	if (m)
		assert_true(fields_int(message_fields(MESSAGE_ERROR), m, "code", &code));
	return code;
}

#endif
