/* session.c - one link from handshake to goodbye: who they are, what we may say to each other, and when it is over. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/consortium.h"
#include "node/contradictions.h"
#include "node/pairsecret.h"
#include "node/returned.h"
#include "proto/vocab.h"

#define SHORT_SESSION_MS 10000 /* one that ends sooner does not earn an immediate redial */

struct session *session_new(struct core *c, uint64_t conn, const struct link_config *config)
{
	size_t sessions = 1;
	for (const struct session *o = c->sessions; o; o = o->next)
		sessions++;
	if (core_room(c, sessions) != OK) /* hanging up on all of them must not fail for want of memory */
		return NULL;
	struct session *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	if (link_open(config, &s->link) != OK) {
		free(s);
		return NULL;
	}
	s->conn = conn;
	s->initiator = config->initiator;
	s->mode = config->mode;
	memcpy(s->selector, config->selector, sizeof s->selector);
	s->opened = c->steady;
	s->next = c->sessions;
	c->sessions = s;
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	link_free(s->link);
	bytes_wipe(s->secret, sizeof s->secret);
	free(s->log);
	scopes_free(s->scopes);
	free(s);
}

static enum err heard(struct core *c, const struct session *s)
{
	struct partner p;
	enum err e = partners_get(core_txn(c), c->arena, &s->org, &p);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	partners_set(c->arena, &p, "last_heard", value_int(c->arena, c->now - (c->steady - link_heard(s->link))));
	if (!s->stale)
		partners_set(c->arena, &p, "our_kseq", value_int(c->arena, (int64_t)c->self.kseq));
	return partners_put(core_txn(c), c->arena, &p);
}

void session_end(struct core *c, struct session *s, const char *reason)
{
	struct peer *p = s->org_known ? core_peer(c, &s->org, false) : NULL;
	if (s->closing)
		return;
	s->closing = true;
	if (s->phase == PHASE_FULL)
		core_break(c, heard(c, s));
	core_log(c, s->phase == PHASE_HANDSHAKE ? "handshake-ended" : "session-ended", s->org_known ? &s->org : NULL, "%s", reason);
	if (!p || !s->initiator)
		return;
	if (p->joining && s->phase < PHASE_PENDING) {
		if (s->renewed)
			p->next_dial = c->steady;
		else
			pairing_join_failed(c, p, ERR_POLICY, "they closed without a word: the invitation may be used, expired or not theirs");
		return;
	}
	if (!s->told)
		(void)snprintf(p->problem, sizeof p->problem, "%s", reason);
	if (s->renewed || (s->phase >= PHASE_PENDING && c->steady - s->opened >= SHORT_SESSION_MS)) {
		p->backoff = 0;
		p->next_dial = c->steady;
	}
	if (s->phase > PHASE_HANDSHAKE && p->backoff > LIMIT_RETRY_THERE_MS) { /* what made them dear to dial is over: they are there */
		p->backoff = LIMIT_RETRY_THERE_MS;
		p->next_dial = c->steady + LIMIT_RETRY_THERE_MS;
	}
	if (s->phase == PHASE_HANDSHAKE && s->mode == LINK_MODE_LINK && pairsecret_another(c, &p->org, ++p->secret)) {
		p->backoff /= 2; /* they may know us by another secret: that is no reason to wait longer */
		p->next_dial = c->steady;
	}
}

enum err session_send(struct core *c, struct session *s, enum message_number number, const struct value *body)
{
	struct buf bytes = {0};
	enum err e = message_encode(number, body, &bytes);
	if (e == OK)
		e = link_send(s->link, buf_span(&bytes));
	buf_free(&bytes);
	if (e != OK)
		core_log(c, "not-sent", &s->org, "%s", err_text(e));
	return e;
}

void session_say(struct core *c, struct session *s, enum message_number number, const struct value *body)
{
	if (session_send(c, s, number, body) != OK)
		session_end(c, s, "could not send");
}

void session_close(struct core *c, struct session *s, const char *word, const char *reason)
{
	const struct field *f = message_fields(MESSAGE_CLOSE);
	struct value *m = value_map(c->arena);
	fields_set(c->arena, f, m, "reason", value_int(c->arena, vocab_number(&vocab_close_reason, SPAN(word, strlen(word)))));
	if (s->phase >= PHASE_HELLO && session_send(c, s, MESSAGE_CLOSE, m) != OK)
		core_log(c, "not-closed", &s->org, "they see the stream end");
	session_end(c, s, reason);
}

/* ---- what we may say to each other ---- */

static bool keys_known(struct core *c, struct session *s, struct statement *out)
{
	struct signed_statement held;
	struct id hash;
	if (s->mode == LINK_MODE_INVITE && !s->keys_read)
		return false;
	if (statements_newest(core_txn(c), &s->org, &held, out) != OK || out->kseq < s->their_kseq)
		return false;
	statement_hash(held.payload, &hash);
	return out->kseq > s->their_kseq || id_eq(&hash, &s->their_statement);
}

static void send_confirm(struct core *c, struct session *s)
{
	struct value *m = value_map(c->arena);
	fields_set(c->arena, message_fields(MESSAGE_CONFIRM), m, "session", value_id(c->arena, &s->h));
	s->confirm_sent = true;
	session_say(c, s, MESSAGE_CONFIRM, m);
}

/* One link a partner: a newer stream of the same initiator replaces the older; dialled by both at once, the initiator with the smaller id stays. */
static bool only_one(struct core *c, struct session *s)
{
	for (struct session *o = c->sessions; o; o = o->next) {
		if (o == s || o->closing || o->phase < PHASE_PENDING || !id_eq(&o->org, &s->org))
			continue;
		bool mine_smaller = id_cmp(&c->self.org, &s->org) < 0;
		if (o->phase == PHASE_FULL && o->mode == LINK_MODE_LINK && s->mode == LINK_MODE_MEMBER) { /* the link of the pair serves both */
			session_close(c, s, "replaced", "linked already");
			return false;
		}
		if (o->phase == PHASE_FULL && o->initiator != s->initiator && o->initiator == mine_smaller) {
			session_close(c, s, "replaced", "linked already");
			return false;
		}
		session_close(c, o, "replaced", "replaced by a newer link");
	}
	return true;
}

/* While the words are not compared a newer stream of the same side replaces the older, or they could pile up. */
static void replace_pending(struct core *c, const struct session *s)
{
	for (struct session *o = c->sessions; o; o = o->next)
		if (o != s && !o->closing && o->phase == PHASE_PENDING && o->initiator == s->initiator && id_eq(&o->org, &s->org))
			session_close(c, o, "replaced", "replaced by a newer link");
}

static void send_error(struct core *c, struct session *s, int64_t code)
{
	struct value *m = value_map(c->arena);
	fields_set(c->arena, message_fields(MESSAGE_ERROR), m, "code", value_int(c->arena, code));
	if (session_send(c, s, MESSAGE_ERROR, m) != OK)
		session_end(c, s, "could not send");
}

static void enter_full(struct core *c, struct session *s, const struct partner *row)
{
	struct peer *p = core_peer(c, &s->org, false);
	if (!only_one(c, s))
		return;
	enum err e = row->paired ? OK : pairing_proven(c, s);
	if (e == OK)
		e = heard(c, s);
	if (e != OK) {
		core_break(c, e);
		return;
	}
	s->phase = PHASE_FULL;
	link_trust(s->link);
	if (p)
		p->problem[0] = 0; /* the backoff is forgotten only by a session that lasts */
	core_log(c, "linked", &s->org, "%s", row->name);
	exchange_begin(c, s);
}

/* What the partner's row says of talking to them at all. */
static bool welcome(struct core *c, struct session *s, struct partner *row)
{
	if (s->mode == LINK_MODE_MEMBER) {
		*row = (struct partner){.org = s->org, .state = PARTNER_ACTIVE, .name = "a member", .paired = true};
		if (!consortium_welcome(c, s))
			session_end(c, s, "no member of a consortium of ours");
		return !s->closing;
	}
	if (partners_get(core_txn(c), c->arena, &s->org, row) != OK || row->state == PARTNER_REMOVED) {
		session_end(c, s, "not a partner");
		return false;
	}
	if (row->state == PARTNER_SUSPENDED) {
		send_error(c, s, VERDICT_SUSPENDED);
		session_end(c, s, "suspended here");
		return false;
	}
	return true;
}

void session_advance(struct core *c, struct session *s)
{
	struct statement st;
	struct partner row;
	if (s->closing || !s->hello_read)
		return;
	if (s->phase == PHASE_FULL) {
		if (welcome(c, s, &row) && keys_known(c, s, &st) && memcmp(st.keys.link, s->remote, 32) != 0)
			session_end(c, s, "they have newer keys"); /* a card brought them: under the old ones it may be anybody */
		return;
	}
	if (s->old_key) /* once they have our statements they come again, under our newest key */
		return;
	if (!keys_known(c, s, &st))
		return;
	if (memcmp(st.keys.link, s->remote, 32) != 0) {
		if (s->other_key)
			pairing_second_party(c, s);
		session_end(c, s, "their link key is not the one of their newest statement");
		return;
	}
	if (s->other_key)
		pairing_claim_again(c, s);
	if (s->mode == LINK_MODE_INVITE && s->phase < PHASE_PENDING) {
		enum err e = pairing_keys(c, s);
		if (e != OK) {
			session_end(c, s, "could not take them as a partner");
			core_break(c, core_own_fault(e) ? e : OK);
			return;
		}
		if (!s->keys_sent)
			session_keys(c, s, 0);
	}
	if (!welcome(c, s, &row))
		return;
	if (s->phase < PHASE_PENDING)
		replace_pending(c, s);
	s->phase = PHASE_PENDING;
	if (row.verified && !s->confirm_sent) /* in every session: they may have lost the last one */
		send_confirm(c, s);
	if (row.state != PARTNER_ACTIVE)
		return;
	if (s->mode != LINK_MODE_INVITE) {
		enter_full(c, s, &row);
	} else if (s->initiator) {
		struct peer *p = core_peer(c, &s->org, true);
		session_end(c, s, "compared on both sides; linking");
		if (p) {
			p->backoff = 0;
			p->next_dial = c->steady;
		}
	}
}

/* ---- messages ---- */

static void on_ping(struct core *c, struct session *s, const struct value *body)
{
	const struct field *f = message_fields(MESSAGE_PING);
	bool answer = false;
	int64_t token = 0;
	(void)fields_bool(f, body, "answer", &answer);
	(void)fields_int(f, body, "token", &token);
	if (answer)
		return;
	struct value *m = value_map(c->arena);
	fields_set(c->arena, f, m, "token", value_int(c->arena, token));
	fields_set(c->arena, f, m, "answer", value_bool(c->arena, true));
	session_say(c, s, MESSAGE_PING, m);
}

static void on_error(struct core *c, struct session *s, const struct value *body)
{
	int64_t code = 0;
	struct id log;
	(void)fields_int(message_fields(MESSAGE_ERROR), body, "code", &code);
	bool branched = code == VERDICT_CHAIN || code == VERDICT_FORK || code == VERDICT_FROZEN;
	if (branched && fields_id(message_fields(MESSAGE_ERROR), body, "log", &log))
		(void)stopped_log(c, &s->org, &log, verdict_text((enum verdict)code));
	const char *text = verdict_text((enum verdict)code);
	if (code == VERDICT_SUSPENDED)
		text = "they have suspended us: call them";
	else
		core_alarm(c, &s->org, "a partner refused what we sent", text);
	struct peer *p = core_peer(c, &s->org, false);
	s->told = true;
	if (p)
		(void)snprintf(p->problem, sizeof p->problem, "%s", text);
}

static void on_close(struct core *c, struct session *s, const struct value *body)
{
	int64_t reason = 0;
	(void)fields_int(message_fields(MESSAGE_CLOSE), body, "reason", &reason);
	bool stopping = reason == vocab_number(&vocab_close_reason, SPAN("stopping", 8));
	session_end(c, s, stopping ? "their node was stopped" : "they closed: another link took over");
}

static unsigned allowed(const struct session *s)
{
	switch (s->phase) {
	case PHASE_HANDSHAKE:
		return 0;
	case PHASE_HELLO:
	case PHASE_KEYS: /* nobody yet: any invitation lets a stranger claim to be any organisation up to here */
		return WHEN_KEYS_ONLY;
	case PHASE_PENDING:
		return WHEN_PENDING;
	case PHASE_FULL:
		return WHEN_FULL;
	}
	return 0;
}

static void on_message(struct core *c, struct session *s, struct span bytes)
{
	const struct message_row *row;
	const struct value *body;
	struct complaint why = {0};
	if (s->phase != PHASE_FULL && (s->pending_bytes += bytes.n) > LIMIT_MESSAGE_PENDING) {
		session_end(c, s, "too much before the words were compared");
		return;
	}
	enum err e = message_decode(bytes, c->arena, &row, &body, &why);
	if (e == ERR_MEMORY) {
		core_break(c, e);
		return;
	}
	if (e != OK) {
		core_log(c, "bad-message", &s->org, "%s: %s", why.where, why.text);
		session_end(c, s, "a message that is not well formed");
		return;
	}
	if (!(row->when & allowed(s)) || (!s->hello_read && row->number != MESSAGE_HELLO)) {
		core_log(c, "bad-message", &s->org, "%s", row->name);
		session_end(c, s, "a message out of place");
		return;
	}
	switch (row->number) {
	case MESSAGE_HELLO:
		session_on_hello(c, s, body);
		return;
	case MESSAGE_KEYS:
		session_on_keys(c, s, body);
		return;
	case MESSAGE_CONFIRM:
		core_break(c, pairing_confirmed(c, &s->org));
		session_advance(c, s);
		return;
	case MESSAGE_SUMMARY:
	case MESSAGE_HEADS:
	case MESSAGE_WANT:
	case MESSAGE_ENTRIES:
	case MESSAGE_RECEIPTS:
	case MESSAGE_FILE_WANT:
	case MESSAGE_FILE_CHUNK:
	case MESSAGE_ROSTERS:
	case MESSAGE_EVIDENCE:
		exchange_message(c, s, row, body);
		return;
	case MESSAGE_PING:
		on_ping(c, s, body);
		return;
	case MESSAGE_ERROR:
		on_error(c, s, body);
		return;
	case MESSAGE_CLOSE:
		on_close(c, s, body);
		return;
	}
}

/* Whoever recorded a first message can say it again: then the oldest of these handshakes gives way, and none under another secret. */
static bool is_expected(struct core *c, struct session *s, uint8_t psk[static 32])
{
	size_t same = 0;
	struct session *oldest = NULL; /* the list is newest first */
	if (!pairing_ask(c, s, s->mode, s->selector, psk))
		return false;
	for (struct session *o = c->sessions; o; o = o->next)
		if (o != s && o->expected && !o->closing && o->phase < PHASE_PENDING && memcmp(o->selector, s->selector, LINK_SELECTOR) == 0) {
			same++;
			oldest = o;
		}
	if (same >= LIMIT_HALF_OPEN_ONE)
		session_end(c, oldest, "too many handshakes under one secret");
	return true;
}

void session_feed(struct core *c, struct session *s, struct span bytes)
{
	struct link_event ev;
	uint8_t psk[32];
	link_feed(s->link, bytes, c->steady);
	while (!s->closing) {
		link_next(s->link, &ev);
		switch (ev.type) {
		case LINK_NONE:
			return;
		case LINK_ASK:
			s->mode = ev.mode;
			memcpy(s->selector, ev.selector, sizeof s->selector);
			s->expected = is_expected(c, s, psk);
			if (s->expected)
				link_psk(s->link, psk);
			else
				link_refuse(s->link);
			bytes_wipe(psk, sizeof psk);
			break;
		case LINK_OPEN:
			memcpy(s->remote, ev.remote, sizeof s->remote);
			s->h = ev.h;
			s->old_key = ev.older;
			s->phase = PHASE_HELLO;
			pairing_opened(c, s, &ev);
			bytes_wipe(ev.pair_secret, sizeof ev.pair_secret);
			if (!s->closing)
				session_hello(c, s);
			break;
		case LINK_MESSAGE:
			on_message(c, s, ev.bytes);
			break;
		case LINK_CLOSED:
			session_end(c, s, ev.text ? ev.text : err_text(ev.why));
			return;
		}
	}
}

static bool pinged(const struct session *s)
{
	return s->pinged > link_heard(s->link);
}

int64_t session_deadline(const struct session *s)
{
	int64_t d = s->due || s->tells || s->asks || (s->later && !s->slow) ? s->opened : link_deadline(s->link);
	if (consortium_session_deadline(s) < d)
		d = consortium_session_deadline(s);
	if (s->phase >= PHASE_PENDING && !pinged(s) && link_heard(s->link) + LIMIT_PING_MS < d)
		d = link_heard(s->link) + LIMIT_PING_MS;
	if ((s->phase == PHASE_HELLO || s->phase == PHASE_KEYS) && s->opened + LIMIT_UNKNOWN_KEY_MS < d)
		d = s->opened + LIMIT_UNKNOWN_KEY_MS;
	return d;
}

void session_tick(struct core *c, struct session *s)
{
	struct link_event ev;
	if (s->due) {
		s->due = false;
		session_advance(c, s);
	}
	if (s->tells && !s->closing) {
		s->tells = false;
		contradictions_begin(c, s);
	}
	returned_all(c, s);
	if (s->later && !s->slow && !s->closing)
		exchange_pump(c, s);
	if (!s->closing && s->phase == PHASE_FULL)
		consortium_tick_session(c, s);
	if (s->closing)
		return;
	link_tick(s->link, c->steady);
	link_next(s->link, &ev);
	if (ev.type == LINK_CLOSED) {
		session_end(c, s, ev.text ? ev.text : err_text(ev.why));
	} else if ((s->phase == PHASE_HELLO || s->phase == PHASE_KEYS) && c->steady >= s->opened + LIMIT_UNKNOWN_KEY_MS) {
		session_end(c, s, "their keys did not come in time");
	} else if (s->phase >= PHASE_PENDING && c->steady >= link_heard(s->link) + LIMIT_PING_MS && !pinged(s)) {
		struct value *m = value_map(c->arena);
		s->pinged = c->steady;
		fields_set(c->arena, message_fields(MESSAGE_PING), m, "token", value_int(c->arena, c->now));
		fields_set(c->arena, message_fields(MESSAGE_PING), m, "answer", value_bool(c->arena, false));
		session_say(c, s, MESSAGE_PING, m);
	}
}
