/* api_bundle.c - bundles for the dispatcher: made for one partner, looked into, taken; and partners known by their card alone. */
#include <string.h>

#include "node/bundles.h"
#include "node/pairing.h"
#include "node/partners.h"
#include "node/saying.h"
#include "node/view_inbox.h"
#include "node/view_record.h"
#include "proto/vocab.h"

#define LATER_MS 5 /* when the turn that signs is over */

static void set_count(struct api_call *c, const char *name, size_t n)
{
	(void)json_object_set_new(c->result, name, json_integer((json_int_t)n));
}

/* ---- a partner by its card ---- */

static enum err compare(struct api_call *c, const struct id *org)
{
	const char *words;
	bool active;
	enum err e = api_text(c, "words", false, &words);
	if (e != OK || !words)
		return e;
	e = pairing_verify(c->core, org, words, &active, &c->why);
	return e == ERR_INVALID || e == ERR_POLICY ? api_fail(c, e, "on their side \"card show --words\" shows them", "%s", c->why.text) : e;
}

static enum err show_partner(struct api_call *c, const struct id *org)
{
	struct partner p;
	enum err e = partners_get(core_txn(c->core), c->arena, org, &p);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", org);
	api_set(c->result, "name", p.name);
	api_set(c->result, "state", vocab_word(&vocab_partner_state, p.state));
	(void)json_object_set_new(c->result, "verified", json_boolean(p.verified));
	if (!p.verified)
		saying_next(c, "call them, on a number you know, and type the ten words that they read out: tally partner verify %s", p.name);
	return OK;
}

/* Its card is taken, and the words when they are given. *stop: it contradicts what we hold of them, which is told; nothing more of it is taken. */
static enum err take_card(struct api_call *c, const struct card *card, bool *stop)
{
	const char *name;
	enum err e = api_text(c, "name", false, &name);
	if (e == OK)
		e = pairing_card(c->core, card, name, stop, &c->why);
	if (e != OK)
		return e;
	if (!*stop)
		return compare(c, &card->org);
	saying_warn(c, "the key statements in it contradict those that we hold of %s; both are kept as evidence, and nothing else of it is taken",
	            card->newest.name);
	saying_next(c, "call them, on a number you know; what there is: tally evidence list");
	set_count(c, "problems", 1);
	return OK;
}

static enum err add(struct api_call *c)
{
	struct span file;
	struct card card;
	bool stop = false;
	enum err e = api_bytes(c, "card", LIMIT_CARD, &file);
	if (e == OK)
		e = card_decode(file, c->arena, &card, &c->why);
	if (e == OK)
		e = take_card(c, &card, &stop);
	return e == OK && !stop ? show_partner(c, &card.org) : e;
}

/* ---- making ---- */

static enum err may_have(struct api_call *c, const struct id *org)
{
	struct partner p;
	enum err e = partners_get(core_txn(c->core), c->arena, org, &p);
	if (e == ERR_NOT_FOUND)
		return api_fail(c, ERR_NOT_PARTNER, "take their card with: tally partner add FILE", "that is no partner of ours");
	if (e != OK)
		return e;
	switch (p.state) {
	case PARTNER_ACTIVE:
		return OK;
	case PARTNER_PENDING:
		return p.verified ? OK : api_fail(c, ERR_NOT_PARTNER, "call them, on a number you know: tally partner verify PARTNER; then the same again",
		                                  "\"%s\" is not verified: the ten words are not compared", p.name);
	case PARTNER_SUSPENDED:
		return api_fail(c, ERR_POLICY, "tally partner resume PARTNER", "\"%s\" is suspended", p.name);
	case PARTNER_REMOVED:
		break;
	}
	return api_fail(c, ERR_NOT_PARTNER, "take their card with: tally partner add FILE", "\"%s\" has been removed", p.name);
}

static enum err send_records(struct api_call *c, const struct id *to)
{
	const char *const *texts;
	size_t n;
	enum err e = saying_texts(c, "record", &texts, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		struct id id;
		e = names_record(c->core, texts[i], &id, &c->why);
		if (e == OK)
			e = core_send(c->core, &id, to, &c->why);
		if (e == ERR_NOT_FOUND)
			return api_fail(c, e, "see: tally record list", "there is no record \"%.60s\"", texts[i]);
	}
	return e;
}

static enum err make(struct api_call *c, const struct id *to)
{
	struct bundles_made made;
	struct buf file = {0};
	enum err e = bundles_make(c->core, to, &file, &made, &c->why);
	if (e == OK && made.entries + made.receipts == 0)
		saying_warn(c, "nothing is waiting for %s: this bundle holds our card alone", c->partner);
	if (e == OK && made.left)
		saying_warn(c, "%zu more are left for the next bundle: make it when a bundle of theirs has brought the receipt for this one", made.left);
	if (e == OK)
		e = api_bytes_set(c, &file);
	if (e == OK) {
		api_set_id(c->result, "id", to);
		api_set(c->result, "to", c->partner);
		set_count(c, "entries", made.entries);
		set_count(c, "records", made.records);
		set_count(c, "receipts", made.receipts);
		set_count(c, "left", made.left);
		set_count(c, "bytes", file.n);
		saying_next(c, "only %s can open it: send it by any way; on their side it is read by \"bundle import\", or \"bundle answer\" where no node is",
		            c->partner);
	}
	buf_free(&file);
	return e;
}

/* Entries are signed at the end of a turn: what is said in this one is in the bundle of a later one. */
static enum err export(struct api_call *c)
{
	struct id to;
	enum err e = api_org(c, "to", &to);
	if (e == OK)
		e = may_have(c, &to);
	if (e == OK && c->again && core_steady(c->core) > c->wait_until - LATER_MS)
		return make(c, &to);
	if (e == OK && !c->again) {
		e = send_records(c, &to);
		c->wait_until = core_steady(c->core) + LATER_MS;
	}
	return e == OK ? ERR_PENDING : e;
}

/* ---- looking ---- */

static enum err open_file(struct api_call *c, struct bundle *out)
{
	struct span file;
	enum err e = api_bytes(c, "file", LIMIT_BUNDLE, &file);
	if (e == OK)
		e = bundles_open(c->core, file, c->arena, out, &c->why);
	if (e != ERR_POLICY && e != ERR_CRYPT)
		return e;
	return api_fail(c, e, "get it again from whom it comes; what they need is: tally card export", "%s", c->why.text);
}

static json_t *record_line(struct api_call *c, const struct carried_record *in, bool is_signed)
{
	struct record r;
	struct record_row row;
	struct complaint why;
	json_t *o = json_object();
	const struct kind *k = NULL;
	struct span title;
	bool good = !in->gone && record_decode(in->bytes, c->arena, &r, &why) == OK;
	api_set_id(o, "id", &in->id);
	if (good && (k = kind_by_number(r.kind)))
		api_set(o, "kind", k->name);
	if (good)
		api_set(o, "tlp", vocab_word(&vocab_tlp, r.tlp));
	if (k && fields_find(k->fields, "title") && fields_str(k->fields, r.body, "title", &title))
		(void)json_object_set_new(o, "title", json_stringn((const char *)title.p, title.n));
	(void)json_object_set_new(o, "signed", json_boolean(is_signed));
	(void)json_object_set_new(o, "here", json_boolean(records_by_id(core_txn(c->core), &in->id, &row) == OK));
	return o;
}

static bool signed_by_sender(const struct bundle *b, const struct carried_entry *in)
{
	struct entry e;
	struct statement st;
	return entry_decode(in->payload, &e) == OK && id_eq(&e.author, &b->card.org) && e.kseq < b->card.statements &&
	       statement_decode(b->card.statement[e.kseq].payload, &st) == OK && sign_check(SIGN_ENTRY, in->payload, st.keys.sign, in->signature.p) == OK;
}

static enum err inspect(struct api_call *c)
{
	struct bundle b;
	struct partner p;
	json_t *items = json_array();
	(void)json_object_set_new(c->result, "items", items);
	enum err e = open_file(c, &b);
	if (e != OK)
		return e;
	enum err known = partners_get(core_txn(c->core), c->arena, &b.card.org, &p);
	api_set(c->result, "from", b.card.newest.name);
	api_set_id(c->result, "id", &b.card.org);
	api_set(c->result, "partner", known == OK ? p.name : "none yet");
	(void)json_object_set_new(c->result, "verified", json_boolean(known == OK && p.verified));
	api_set_time(c->result, "made", b.time);
	set_count(c, "entries", b.entries);
	set_count(c, "receipts", b.receipts);
	for (size_t i = 0; i < b.entries; i++)
		for (size_t k = 0; k < b.entry[i].records; k++)
			(void)json_array_append_new(items, record_line(c, &b.entry[i].record[k], signed_by_sender(&b, &b.entry[i])));
	return OK;
}

/* ---- taking ---- */

static enum err show_record(struct view *v, const struct id *id, json_t *items)
{
	struct seen *s;
	struct todo todo = {0};
	enum err e = view_find(v, id, &s);
	if (e == OK)
		e = view_inbox_todo(v, s, &todo);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (s->kind && s->kind->number == KIND_LOG_OPEN)
		return OK;
	json_t *o = json_object();
	api_set_id(o, "id", id);
	api_set(o, "kind", s->kind ? s->kind->name : "unknown");
	api_set(o, "title", view_record_title(v, s));
	api_set(o, "state", todo.state);
	api_set(o, "next", todo.next);
	return json_array_append_new(items, o) == 0 ? OK : ERR_MEMORY;
}

static enum err show_taken(struct api_call *c, const struct bundle *b, const struct bundles_taken *t)
{
	struct view v;
	json_t *items = json_object_get(c->result, "items");
	enum err e = show_partner(c, &b->card.org);
	saying_view(c, &v);
	for (size_t i = 0; e == OK && i < t->records; i++)
		e = show_record(&v, &t->record[i], items);
	set_count(c, "stored", t->stored);
	set_count(c, "known", t->known);
	set_count(c, "waiting", t->waiting);
	set_count(c, "refused", t->refused);
	set_count(c, "receipts", t->receipts);
	if (t->waiting)
		saying_warn(c, "%zu entries wait for an earlier bundle of theirs", t->waiting);
	if (t->refused)
		saying_warn(c, "%zu entries were refused: %s", t->refused, verdict_text(t->why));
	if (t->active && t->stored)
		saying_next(c, "that we hold it they learn from a bundle of ours: tally bundle export --to %s -o FILE",
		            json_string_value(json_object_get(c->result, "name")));
	return e;
}

static enum err import(struct api_call *c)
{
	struct bundle b;
	struct bundles_taken t;
	bool stop = false;
	(void)json_object_set_new(c->result, "items", json_array());
	enum err e = open_file(c, &b);
	if (e == OK)
		e = take_card(c, &b.card, &stop);
	if (e != OK || stop)
		return e;
	e = bundles_take(c->core, &b, &t);
	if (e == OK)
		e = show_taken(c, &b, &t);
	if (e != OK)
		return e;
	(void)json_object_set_new(c->result, "taken", json_boolean(t.active));
	bool verified = json_is_true(json_object_get(c->result, "verified")), empty = b.entries + b.receipts == 0;
	if (!t.active && !verified)
		saying_warn(c, "nothing was taken: the ten words are not compared yet; compare them, then import the same file again");
	else if (!t.active && !empty)
		saying_warn(c, "nothing was taken: nothing in it is signed by them and to us");
	set_count(c, "problems", t.refused + (!t.active && !(verified && empty)));
	return OK;
}

const struct api_row api_bundle_rows[] = {
	{"partner.add", add, "a partner by its card, without a link: {card: {hex}, name, words} -> {id, name, verified}"},
	{"bundle.export", export, "what waits for a partner, and these records of ours, as a file that only they can open: {to, record} -> {hex}"},
	{"bundle.inspect", inspect, "what is in a bundle to us, taking nothing: {file: {hex}} -> {from, items}"},
	{"bundle.import", import, "takes a bundle as if a link had brought it: {file: {hex}, name, words} -> {items, stored, taken}"},
	{0},
};
