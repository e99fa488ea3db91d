/* session_hello.c - the opening words of a session: who each of us is, and the key statements that prove it. */
#include <string.h>

#include "node/consortium.h"
#include "node/theirkeys.h"

#define PROTOCOL_VERSION 1

void session_hello(struct core *c, struct session *s)
{
	const struct field *f = message_fields(MESSAGE_HELLO);
	struct value *m = value_map(c->arena);
	struct signed_statement mine, theirs;
	struct statement parsed;
	struct id hash;
	enum err e = statements_newest(core_txn(c), &c->self.org, &mine, &parsed);
	if (e != OK) {
		core_break(c, e);
		return;
	}
	statement_hash(mine.payload, &hash);
	fields_set(c->arena, f, m, "version", value_int(c->arena, PROTOCOL_VERSION));
	fields_set(c->arena, f, m, "org", value_id(c->arena, &c->self.org));
	fields_set(c->arena, f, m, "kseq", value_int(c->arena, (int64_t)c->self.kseq));
	fields_set(c->arena, f, m, "statement", value_id(c->arena, &hash));
	fields_set(c->arena, f, m, "software", value_str(c->arena, "tally " TALLY_VERSION));
	fields_set(c->arena, f, m, "features", value_int(c->arena, 0));
	if (statements_newest(core_txn(c), &s->org, &theirs, &parsed) == OK)
		fields_set(c->arena, f, m, "held", value_int(c->arena, (int64_t)parsed.kseq));
	session_say(c, s, MESSAGE_HELLO, m);
}

/* Our statements from kseq `from` on. */
void session_keys(struct core *c, struct session *s, uint64_t from)
{
	const struct field *f = message_fields(MESSAGE_KEYS);
	struct value *m = value_map(c->arena), *list = value_array(c->arena), *addresses = value_array(c->arena);
	struct walk w;
	struct signed_statement st;
	uint64_t kseq = 0;
	enum err e = statements_walk(core_txn(c), &c->self.org, &w);
	if (e != OK) {
		core_break(c, e);
		return;
	}
	for (; statements_next(&w, &st); kseq++) {
		if (kseq >= from)
			value_push(c->arena, list, statement_value(c->arena, &st));
	}
	if ((e = walk_close(&w, e)) != OK) {
		core_break(c, e);
		return;
	}
	for (size_t i = 0; i < c->addresses; i++)
		value_push(c->arena, addresses, value_str(c->arena, c->address[i]));
	fields_set(c->arena, f, m, "org", value_id(c->arena, &c->self.org));
	fields_set(c->arena, f, m, "statements", list);
	if (c->addresses)
		fields_set(c->arena, f, m, "addresses", addresses);
	s->keys_sent = true;
	session_say(c, s, MESSAGE_KEYS, m);
}

void session_on_hello(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_HELLO);
	struct id org;
	int64_t version = 0, kseq = 0, held = -1;
	(void)fields_int(f, body, "version", &version);
	(void)fields_int(f, body, "kseq", &kseq);
	(void)fields_int(f, body, "held", &held);
	if (s->hello_read || !fields_id(f, body, "org", &org) || !fields_id(f, body, "statement", &s->their_statement)) {
		session_end(c, s, "a second or broken hello");
		return;
	}
	if (!id_eq(&org, &s->org)) {
		session_end(c, s, "they are not who the handshake said");
		return;
	}
	if (version < PROTOCOL_VERSION) {
		session_end(c, s, "no common protocol version");
		return;
	}
	s->hello_read = true;
	s->their_kseq = (uint64_t)kseq;
	s->phase = PHASE_KEYS;
	if (held > (int64_t)c->self.kseq && s->mode == LINK_MODE_LINK)
		core_alarm(c, &s->org, "a partner holds newer keys of ours: this node is from before their last change; bring a newer backup back", "keys");
	/* Over an invitation the one who was invited speaks first: the host's keys say that the guest's are stored. */
	if (s->mode == LINK_MODE_INVITE && !s->old_key ? s->initiator : held < (int64_t)c->self.kseq)
		session_keys(c, s, s->mode == LINK_MODE_INVITE ? 0 : (uint64_t)(held + 1));
	session_advance(c, s);
}

void session_on_keys(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_KEYS);
	const struct value *list = fields_get(f, body, "statements");
	struct id org;
	bool fresh = false;
	if (s->phase == PHASE_FULL && fields_id(f, body, "org", &org) && !id_eq(&org, &s->org)) {
		consortium_on_keys(c, s, body);
		return;
	}
	if (!fields_id(f, body, "org", &org) || !id_eq(&org, &s->org)) {
		session_end(c, s, "key statements of somebody else");
		return;
	}
	for (size_t i = 0; i < value_count(list); i++) {
		struct signed_statement st;
		enum err e = statement_read(value_item(list, i), &st) ? theirkeys_take(c, &org, &st, &fresh) : ERR_SHAPE;
		if (core_own_fault(e)) {
			core_break(c, e);
			return;
		}
		if (e != OK) {
			core_alarm(c, &s->org, "a key statement that does not verify or contradicts the one held", err_text(e));
			session_end(c, s, "their key statements do not verify");
			return;
		}
	}
	s->keys_read = true;
	s->renewed |= fresh;
	if (fresh)
		core_break(c, theirkeys_changed(c, &org));
	session_advance(c, s);
	if (!s->closing && s->phase >= PHASE_PENDING) /* it is they: the key of this stream is theirs */
		core_break(c, consortium_addresses(c, &org, fields_get(f, body, "addresses"), true));
}
