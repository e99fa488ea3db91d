/* api_partner.c - pairing and partners for the dispatcher. */
#include <string.h>

#include "keys/words.h"
#include "node/api_contradiction.h"
#include "node/api_trust.h"
#include "node/cut.h"
#include "node/names.h"
#include "node/pairing.h"
#include "node/partners.h"
#include "node/stopped.h"
#include "proto/invite.h"
#include "proto/limits.h"
#include "proto/vocab.h"
#include "store/logs.h"
#include "store/orgs.h"

static enum err invite(struct api_call *c)
{
	const char *name, *supplier;
	int64_t valid = LIMIT_INVITE_MS;
	struct buf token = {0};
	enum err e = api_text(c, "name", true, &name);
	if (e == OK)
		e = api_text(c, "supplier", false, &supplier);
	if (e == OK)
		e = api_int(c, "valid", false, &valid);
	if (e != OK)
		return e;
	e = pairing_invite(c->core, &(struct pairing_offer){name, supplier, valid}, &token, &c->why);
	if (e == OK) {
		(void)json_object_set_new(c->result, "token", json_stringn((const char *)token.p, token.n));
		api_set_time(c->result, "expires", core_now(c->core) + valid);
		api_set(c->result, "next", "hand the token over by a way you trust, then compare ten words");
	} else if (e == ERR_POLICY) {
		return api_fail(c, e, "let them invite, or start the node with: tally up --listen HOST:PORT, and --advertise HOST:PORT beside 0.0.0.0", "%s",
		                c->why.text);
	} else if (e == ERR_LIMIT) {
		return api_fail(c, e, "give --valid 7d, or less", "%s", c->why.text);
	} else if (e == ERR_NOT_FOUND) {
		return api_fail(c, e, "see: tally supplier list", "%s", c->why.text);
	} else if (e == ERR_CONFLICT) {
		return api_fail(c, e, "see: tally partner list", "%s", c->why.text);
	}
	buf_free(&token);
	return e;
}

static json_t *invitation_json(struct api_call *c, const struct value *row)
{
	json_t *o = json_object();
	struct span text;
	struct id org;
	int64_t t = 0;
	char name[NAMES_TEXT];
	if (fields_str(invite_fields, row, "name", &text))
		(void)json_object_set_new(o, "name", json_stringn((const char *)text.p, text.n));
	if (fields_str(invite_fields, row, "supplier", &text))
		(void)json_object_set_new(o, "supplier", json_stringn((const char *)text.p, text.n));
	if (fields_int(invite_fields, row, "created", &t))
		api_set_time(o, "created", t);
	if (fields_int(invite_fields, row, "expires", &t))
		api_set_time(o, "expires", t);
	if (fields_id(invite_fields, row, "org", &org)) {
		names_show(c->core, &org, name);
		api_set(o, "used_by", name);
		api_set_id(o, "used_by_org", &org);
	}
	return o;
}

static enum err invitations(struct api_call *c)
{
	struct walk w;
	json_t *items = json_array();
	(void)json_object_set_new(c->result, "items", items);
	enum err e = walk_open(core_txn(c->core), TABLE_INVITES, SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		const struct value *row;
		e = rows_value(w.value, c->arena, &row);
		if (e == OK)
			(void)json_array_append_new(items, invitation_json(c, row));
	}
	return walk_close(&w, e);
}

static enum err withdraw(struct api_call *c)
{
	const char *name;
	size_t count;
	enum err e = api_text(c, "name", true, &name);
	if (e == OK)
		e = pairing_withdraw(c->core, name, &count, &c->why);
	if (e == ERR_NOT_FOUND)
		return api_fail(c, e, "see: tally partner invitations", "%s", c->why.text);
	if (e != OK)
		return e;
	(void)json_object_set_new(c->result, "withdrawn", json_integer((json_int_t)count));
	api_set(c->result, "next", "who used it already stays a partner: tally partner list");
	return OK;
}

static enum err joined(struct api_call *c, const struct id *org)
{
	char words[WORDS_TEXT], name[NAMES_TEXT], next[NAMES_TEXT + 160];
	names_show(c->core, org, name);
	words_org(&core_self(c->core)->org, words);
	(void)snprintf(next, sizeof next, "call them: each side reads out its ten words (tally card show --words) and checks the other's "
	                                  "(tally partner verify %s)", name);
	api_set_id(c->result, "id", org);
	api_set(c->result, "name", name);
	api_set(c->result, "our_words", words);
	api_set(c->result, "next", next);
	return OK;
}

static enum err join(struct api_call *c)
{
	const char *token, *name;
	struct id org;
	enum err e = api_text(c, "token", true, &token);
	if (e == OK)
		e = api_text(c, "name", true, &name);
	if (e != OK)
		return e;
	if (!c->again) {
		e = pairing_join(c->core, token, name, &org, &c->why);
		if (e == ERR_EXPIRED)
			return api_fail(c, e, "ask them for a new one; on their side that is: partner invite", "%s", c->why.text);
		if (e == ERR_CONFLICT)
			return api_fail(c, e, "see: tally partner list", "%s", c->why.text);
		if (e != OK)
			return e;
		c->wait_until = core_steady(c->core) + PAIRING_JOIN_MS;
		return ERR_PENDING;
	}
	struct invite i;
	if (invite_decode(SPAN(token, strlen(token)), &i, &c->why) != OK)
		return ERR_INVALID;
	org = i.org;
	bytes_wipe(&i, sizeof i);
	e = pairing_join_state(c->core, &org, &c->why);
	if (e == OK)
		return joined(c, &org);
	if (e == ERR_NOT_FOUND)
		return api_fail(c, e, "is their node running, and its address reachable from here? then join again with the same token", "%s",
		                c->why.text);
	if (e == ERR_POLICY)
		return api_fail(c, e, "ask them for a new one; on their side that is: partner invite", "%s", c->why.text);
	return e;
}

/* How many of our entries they have not receipted. */
static enum err waiting(struct core *c, const struct id *org, int64_t *out)
{
	struct walk w;
	uint32_t no;
	int64_t n = 0;
	enum err e = logs_walk_audience(core_txn(c), &core_self(c)->org, AUDIENCE_DIRECT, org, &w);
	while (e == OK && logs_next_no(&w, &no)) {
		struct log_row log;
		struct receipt_row row;
		struct receipt r = {0};
		struct arena *a = arena_new();
		if (a && logs_by_no(core_txn(c), no, &log) == OK && log.state != LOG_CLOSED) {
			if (receipts_newest(core_txn(c), no, org, &row) == OK && receipt_decode(row.payload, a, &r) != OK)
				r.n = 0;
			n += (int64_t)(log.n - (r.n < log.n ? r.n : log.n));
		}
		arena_free(a);
	}
	*out = n;
	return walk_close(&w, e);
}

static const char *link_words(const struct partner *p, const struct core_link *l)
{
	switch (p->state) {
	case PARTNER_PENDING:
		if (!p->verified)
			return "compare the words";
		return "waiting for them to compare";
	case PARTNER_SUSPENDED:
		return "suspended";
	case PARTNER_REMOVED:
		return "";
	case PARTNER_ACTIVE:
		break;
	}
	return l->linked ? "linked" : p->dial ? "dialling" : "waiting for them to dial";
}

static enum err partner_json(struct api_call *c, const struct partner *p, json_t **out)
{
	json_t *o = json_object();
	struct span title = {0};
	struct core_link l;
	int64_t t, unsaid;
	enum err e = waiting(c->core, &p->org, &unsaid);
	core_link_state(c->core, &p->org, &l);
	(void)fields_str(partner_fields, p->row, "title", &title);
	api_set(o, "schema", "tally/partner/1");
	api_set_id(o, "id", &p->org);
	api_set_id(o, "org", &p->org);
	api_set(o, "name", p->name);
	(void)json_object_set_new(o, "title", json_stringn((const char *)title.p, title.n));
	api_set(o, "state", vocab_word(&vocab_partner_state, p->state));
	bool stopped = false;
	if (e == OK)
		e = stopped_to(c->core, &p->org, &stopped);
	api_set(o, "link", stopped ? "stopped: see tally doctor" : link_words(p, &l));
	(void)json_object_set_new(o, "stopped", json_boolean(stopped));
	(void)json_object_set_new(o, "linked", json_boolean(l.linked));
	(void)json_object_set_new(o, "verified", json_boolean(p->verified));
	(void)json_object_set_new(o, "confirmed", json_boolean(p->confirmed));
	(void)json_object_set_new(o, "waiting", json_integer(unsaid));
	if (l.heard || fields_int(partner_fields, p->row, "last_heard", &t))
		api_set_time(o, "last_heard", l.heard ? l.heard : t);
	if (l.problem[0])
		api_set(o, "problem", l.problem);
	*out = o;
	return e;
}

static enum err list(struct api_call *c)
{
	struct walk w;
	json_t *items = json_array();
	enum err e = walk_open(core_txn(c->core), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	if (e != OK) {
		json_decref(items);
		return e;
	}
	while (e == OK && walk_next(&w)) {
		struct id org;
		struct partner p;
		if (w.key.n != 32)
			continue;
		memcpy(org.b, w.key.p, 32);
		e = partners_get(core_txn(c->core), c->arena, &org, &p);
		if (e == OK) {
			json_t *o;
			e = partner_json(c, &p, &o);
			(void)json_array_append_new(items, o);
		}
	}
	e = walk_close(&w, e);
	(void)json_object_set_new(c->result, "items", items);
	return e;
}

/* Their keys, and how much of what we had under older ones they have cut off. */
static enum err keys_of(struct api_call *c, const struct id *org, json_t *o)
{
	struct signed_statement st;
	struct statement newest;
	struct log_row log;
	struct walk w;
	uint64_t cut_off = 0;
	enum err e = statements_newest(core_txn(c->core), org, &st, &newest);
	if (e == OK)
		e = logs_walk(core_txn(c->core), &w);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	while (e == OK && logs_next(&w, &log)) {
		uint64_t counts = log.n;
		if (id_eq(&log.author, org) && log.kseq < newest.kseq)
			e = cut_counted(core_txn(c->core), c->arena, &log, &counts);
		cut_off += log.n - counts;
	}
	(void)json_object_set_new(o, "kseq", json_integer((json_int_t)newest.kseq));
	if (newest.kseq > 0) {
		api_set_time(o, "keys_changed", newest.issued);
		api_set(o, "keys_reason", vocab_word(&vocab_key_reason, newest.reason));
		(void)json_object_set_new(o, "cut_off", json_integer((json_int_t)cut_off));
	}
	return walk_close(&w, e);
}

static enum err show(struct api_call *c)
{
	struct id org, h;
	struct partner p;
	char words[WORDS_TEXT];
	struct span supplier;
	int64_t t;
	enum err e = api_org(c, "partner", &org);
	if (e == OK)
		e = partners_get(core_txn(c->core), c->arena, &org, &p);
	if (e != OK)
		return e == ERR_NOT_FOUND ? api_fail(c, e, "see: tally partner list", "no such partner") : e;
	json_t *o;
	if ((e = partner_json(c, &p, &o)) != OK || (e = keys_of(c, &org, o)) != OK || (e = api_trust_put(c, &p, o)) != OK) {
		json_decref(o);
		return e;
	}
	words_org(&org, words);
	if (p.verified) /* before, they are to come from the partner's mouth, not from this screen */
		api_set(o, "words", words);
	if (fields_id(partner_fields, p.row, "session", &h))
		api_set_id(o, "session", &h);
	if (fields_int(partner_fields, p.row, "verified_at", &t))
		api_set_time(o, "verified_at", t);
	if (fields_int(partner_fields, p.row, "paired", &t))
		api_set_time(o, "paired", t);
	if (fields_str(partner_fields, p.row, "supplier", &supplier))
		(void)json_object_set_new(o, "supplier", json_stringn((const char *)supplier.p, supplier.n));
	(void)json_object_update(c->result, o);
	json_decref(o);
	json_t *against = json_array();
	if (json_object_set_new(c->result, "contradictions", against) != 0)
		return ERR_MEMORY;
	e = api_contradiction_list(c, &org, against);
	if (e == OK && json_array_size(against) == 0)
		(void)json_object_del(c->result, "contradictions");
	return e;
}

static enum err verify(struct api_call *c)
{
	struct id org;
	struct partner p;
	const char *words;
	bool active;
	enum err e = api_org(c, "partner", &org);
	if (e == OK)
		e = api_text(c, "words", true, &words);
	if (e == OK)
		e = pairing_verify(c->core, &org, words, &active, &c->why);
	if (e == ERR_POLICY)
		return api_fail(c, e, "ask them to read theirs again, as \"card show --words\" shows them on their side. If they still differ: "
		                      "tally partner remove PARTNER",
		                "%s", c->why.text);
	if (e == ERR_INVALID)
		return api_fail(c, e, "on their side \"card show --words\" shows them", "%s", c->why.text);
	if (e == OK)
		e = partners_get(core_txn(c->core), c->arena, &org, &p);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &org);
	api_set(c->result, "name", p.name);
	api_set(c->result, "state", vocab_word(&vocab_partner_state, p.state));
	api_set(c->result, "next", active ? "both sides have compared: records flow" : "now they compare your words: tally card show --words");
	return OK;
}

static enum err change(struct api_call *c, enum err (*fn)(struct core *, const struct id *, struct complaint *))
{
	struct id org;
	enum err e = api_org(c, "partner", &org);
	if (e == OK)
		e = fn(c->core, &org, &c->why);
	if (e == ERR_CONFLICT)
		return api_fail(c, e, "see: tally partner list", "%s", c->why.text);
	if (e == OK)
		api_set_id(c->result, "id", &org);
	return e;
}

static enum err suspend(struct api_call *c)
{
	return change(c, pairing_suspend);
}

static enum err resume(struct api_call *c)
{
	return change(c, pairing_resume);
}

/* The operator's yes: the state from before the restore is gone for good. */
static enum err reopen(struct api_call *c)
{
	return change(c, stopped_reopen);
}

static enum err remove_partner(struct api_call *c)
{
	enum err e = change(c, pairing_remove);
	if (e == OK)
		api_set(c->result, "next", "their node is not told, and sees no link any more: say it to them");
	return e;
}

const struct api_row api_partner_rows[] = {
	{"partner.invite", invite, "makes an invitation: {name, supplier, valid} -> {token, expires}"},
	{"partner.invitations", invitations, "those that are open: {items: [{name, supplier, expires, used_by}]}"},
	{"partner.withdraw", withdraw, "ends an open invitation: {name} -> {withdrawn}"},
	{"partner.join", join, "takes one up and waits until the other side has answered: {token, name} -> {id, our_words}"},
	{"partner.list", list, "all partners and how they stand"},
	{"partner.show", show, "one partner in full: {partner}"},
	{"partner.verify", verify, "the operator has compared ten words: {partner, words}"},
	{"partner.suspend", suspend, "stop exchanging for now: {partner}"},
	{"partner.resume", resume, "exchange again: {partner}"},
	{"partner.reopen", reopen, "begin our log to them anew, after it has stopped: {partner}"},
	{"partner.remove", remove_partner, "end the partnership: {partner}"},
	{0},
};
