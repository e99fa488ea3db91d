/* api_key.c - our keys, and their change. */
#include <string.h>

#include "keys/words.h"
#include "node/api.h"
#include "node/partners.h"
#include "node/rotation.h"
#include "node/theirkeys.h"
#include "proto/card.h"
#include "proto/vocab.h"
#include "store/orgs.h"

static enum err key_show(struct api_call *c)
{
	const struct core_self *me = core_self(c->core);
	struct signed_statement st;
	struct statement parsed;
	struct id hash;
	char hex[65], words[WORDS_TEXT];
	enum err e = statements_newest(core_txn(c->core), &me->org, &st, &parsed);
	if (e != OK)
		return e;
	statement_hash(st.payload, &hash);
	api_set(c->result, "name", me->name);
	api_set_id(c->result, "id", &me->org);
	words_org(&me->org, words);
	api_set(c->result, "words", words);
	(void)json_object_set_new(c->result, "kseq", json_integer((json_int_t)me->kseq));
	api_set_id(c->result, "statement", &hash);
	words_statement(st.payload, words);
	api_set(c->result, "statement_words", words);
	api_set_id(c->result, "next_root", &parsed.next_root);
	hex_encode(hex, me->keys.sign, 32);
	api_set(c->result, "sign_key", hex);
	hex_encode(hex, me->keys.link, 32);
	api_set(c->result, "link_key", hex);
	hex_encode(hex, me->keys.seal, 32);
	api_set(c->result, "seal_key", hex);
	api_set(c->result, "reason", vocab_word(&vocab_key_reason, parsed.reason));
	api_set_time(c->result, "issued", parsed.issued);
	api_set_time(c->result, "stale_after", parsed.stale_after);
	(void)json_object_set_new(c->result, "memory_locked", json_boolean(me->memory_locked));
	return OK;
}

/* ---- changing them ---- */

static enum err hex_arg(struct api_call *c, const char *name, uint8_t *out, size_t n)
{
	const char *text;
	enum err e = api_text(c, name, true, &text);
	if (e == OK && (strlen(text) != 2 * n || hex_decode(text, 2 * n, out) != OK))
		return api_fail(c, ERR_INVALID, "see what it takes: tally help key rotate", "%s must be %zu hexadecimal digits", name, 2 * n);
	return e;
}

static enum err prepare(struct api_call *c)
{
	struct rotation r = {0};
	struct buf payload = {0};
	const char *reason;
	char *hex = NULL;
	enum err e = api_text(c, "reason", true, &reason);
	if (e == OK && (r.reason = vocab_number(&vocab_key_reason, SPAN(reason, strlen(reason)))) == 0)
		return api_fail(c, ERR_INVALID, "say routine, compromise or lost", "%.40s is no reason to change keys", reason);
	if (e == OK)
		e = hex_arg(c, "root", r.root_pk, sizeof r.root_pk);
	if (e == OK)
		e = hex_arg(c, "next_root", r.next_root.b, sizeof r.next_root.b);
	if (e == OK)
		e = rotation_prepare(c->core, &r, &payload, &c->why);
	if (e == ERR_CONFLICT)
		return api_fail(c, e, "take the kit that the last change of keys made: tally key show", "%s", c->why.text);
	if (e == OK && !(hex = arena_alloc(c->arena, 2 * payload.n + 1)))
		e = ERR_MEMORY;
	if (e == OK) {
		hex_encode(hex, payload.p, payload.n);
		api_set(c->result, "statement", hex);
	}
	buf_free(&payload);
	return e;
}

static enum err rotate(struct api_call *c)
{
	const char *text, *kit;
	uint8_t root_sig[SIGN_LEN], *payload;
	struct statement st;
	enum err e = api_text(c, "statement", true, &text);
	if (e == OK)
		e = api_text(c, "kit", false, &kit);
	if (e == OK)
		e = hex_arg(c, "root_sig", root_sig, sizeof root_sig);
	if (e != OK)
		return e;
	size_t n = strlen(text) / 2;
	if (!(payload = arena_alloc(c->arena, n + 1)))
		return ERR_MEMORY;
	if (hex_decode(text, 2 * n, payload) != OK || statement_decode(SPAN(payload, n), &st) != OK)
		return api_fail(c, ERR_INVALID, "begin again: tally key rotate", "that is no key statement");
	e = rotation_commit(c->core, SPAN(payload, n), root_sig, &c->why);
	if (e == ERR_NOT_FOUND || e == ERR_CONFLICT)
		return api_fail(c, ERR_CONFLICT, "begin again: tally key rotate", "%s", c->why.text[0] ? c->why.text : "these are not the keys that were prepared");
	if (e == ERR_BUSY)
		return api_fail(c, e, "wait a moment, then begin again", "%s", c->why.text);
	if (e == OK && kit)
		e = store_put(core_txn(c->core), TABLE_META, SPAN("kit_path", 8), SPAN(kit, strlen(kit)));
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &core_self(c->core)->org);
	(void)json_object_set_new(c->result, "kseq", json_integer((json_int_t)st.kseq));
	return OK;
}

/* ---- a partner's ---- */

static enum err keep_addresses(struct api_call *c, struct partner *p, const struct card *card)
{
	struct value *list = value_array(c->arena);
	if (card->addresses == 0)
		return OK;
	for (size_t i = 0; i < card->addresses; i++)
		value_push(c->arena, list, value_str(c->arena, card->address[i]));
	partners_set(c->arena, p, "addresses", list);
	return partners_put(core_txn(c->core), c->arena, p);
}

/* A card proves its own chain; that it goes on from ours proves that it is theirs. */
static enum err refresh(struct api_call *c)
{
	struct card card = {0};
	struct partner p;
	struct span file;
	bool fresh = false;
	enum err e = api_bytes(c, "file", LIMIT_CARD, &file);
	if (e == OK)
		e = card_decode(file, c->arena, &card, &c->why);
	if (e == OK)
		e = partners_get(core_txn(c->core), c->arena, &card.org, &p);
	if (e == ERR_NOT_FOUND || (e == OK && p.state == PARTNER_REMOVED))
		return api_fail(c, ERR_NOT_FOUND, "a new partner is invited: tally partner invite --name NAME",
		                "the card is of nobody we are paired with: \"%.60s\"", card.newest.name);
	for (size_t i = 0; i < card.statements && e == OK; i++)
		e = theirkeys_take(c->core, &card.org, &card.statement[i], &fresh);
	if (e == ERR_CONFLICT)
		return api_fail(c, e, "call them, on a number you know: two different changes of their keys are known",
		                "the card contradicts the keys that we hold of %s", p.name);
	if (e == OK)
		e = keep_addresses(c, &p, &card);
	if (e == OK && fresh)
		e = operations_add(core_txn(c->core), core_now(c->core), "operator", "partner's keys refreshed", p.name);
	if (e == OK)
		e = theirkeys_changed(c->core, &card.org);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &card.org);
	api_set(c->result, "name", p.name);
	(void)json_object_set_new(c->result, "kseq", json_integer((json_int_t)card.newest.kseq));
	(void)json_object_set_new(c->result, "fresh", json_boolean(fresh));
	return OK;
}

const struct api_row api_key_rows[] = {
	{"key.show", key_show, "our public keys and their statement"},
	{"key.prepare", prepare, "makes keys and the statement that names them, for the root key to sign: {reason, root, next_root} -> {statement}"},
	{"key.rotate", rotate, "what was prepared becomes ours: {statement, root_sig, kit} -> {id, kseq}"},
	{"partner.refresh", refresh, "newer keys, and addresses, of a partner from its card: {file} -> {id, name, kseq, fresh}"},
	{0},
};
