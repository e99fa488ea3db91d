#include "node/judge.h"

#include <string.h>

#include "proto/merkle.h"
#include "proto/tlp.h"

static enum verdict of_err(enum err e)
{
	return e == ERR_LIMIT ? VERDICT_LIMIT : VERDICT_SHAPE;
}

bool judge_opening(const struct entry *e, const struct carried_entry *in, struct arena *a)
{
	struct record r;
	struct complaint why;
	int64_t kseq;
	return in->records == 1 && !in->record[0].gone && record_decode(in->record[0].bytes, a, &r, &why) == OK && r.kind == KIND_LOG_OPEN &&
	       id_eq(&r.author, &e->author) && record_check(&r, &why) == OK &&
	       fields_int(kind_by_number(KIND_LOG_OPEN)->fields, r.body, "kseq", &kseq) && (uint64_t)kseq == e->kseq;
}

/* ---- forwards ---- */

static enum err chain_key(const struct field *f, const struct value *body, const struct id *author, uint64_t kseq, uint8_t pk[static SIGN_PK])
{
	const struct value *list = fields_get(f, body, "statements");
	struct signed_statement before, s;
	struct statement st;
	struct id org;
	enum err e = ERR_INVALID;
	for (size_t i = 0; i < value_count(list); i++) {
		if (!statement_read(value_item(list, i), &s))
			return ERR_SHAPE;
		if (statement_verify(&s, i ? &before : NULL, &st, &org) != OK || !id_eq(&org, author))
			return ERR_SIGNATURE;
		if (st.kseq == kseq) {
			memcpy(pk, st.keys.sign, SIGN_PK);
			e = OK;
		}
		before = s;
	}
	return e;
}

static bool included(const struct field *f, const struct value *body, struct span inner, const struct entry *e)
{
	const struct value *list = fields_get(f, body, "path");
	struct id id, path[MERKLE_PATH];
	int64_t index;
	size_t n = value_count(list);
	if (n > MERKLE_PATH || !fields_int(f, body, "index", &index) || (uint64_t)index >= e->count)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!value_is_id(value_item(list, i), &path[i]))
			return false;
	record_id(inner, &id);
	return merkle_verify(&id, (size_t)index, (size_t)e->count, path, n, &e->root);
}

enum verdict judge_forward(const struct record *forward, struct arena *a, struct span *inner)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	struct span payload, entry, signature;
	struct entry e;
	struct record r;
	struct complaint why;
	uint8_t pk[SIGN_PK];
	int64_t relation;
	if (!value_is_bin(fields_get(f, forward->body, "record"), &payload) || !value_is_bin(fields_get(f, forward->body, "entry"), &entry) ||
	    !value_is_bin(fields_get(f, forward->body, "signature"), &signature) || signature.n != SIGN_LEN ||
	    !fields_int(f, forward->body, "relation", &relation))
		return VERDICT_SHAPE;
	enum err err = record_decode(payload, a, &r, &why);
	if (err != OK || (err = record_check(&r, &why)) != OK)
		return of_err(err);
	/* One level of nesting, and only what was addressed to the forwarder itself. */
	if (r.kind == KIND_FORWARD || entry_decode(entry, &e) != OK || !id_eq(&e.author, &r.author) ||
	    !(e.type == AUDIENCE_PARTNERS || (e.type == AUDIENCE_DIRECT && id_eq(&e.target, &forward->author))))
		return VERDICT_SHAPE;
	if (chain_key(f, forward->body, &r.author, e.kseq, pk) != OK || sign_check(SIGN_ENTRY, entry, pk, signature.p) != OK ||
	    !included(f, forward->body, payload, &e))
		return VERDICT_SHAPE;
	if (r.created > e.time && r.created - e.time > LIMIT_AHEAD_MS)
		return VERDICT_DATED;
	*inner = payload;
	if (e.type == AUDIENCE_PARTNERS && r.tlp > TLP_GREEN)
		return VERDICT_TLP; /* it should never have stood there */
	/* The copy may not be freer than what it carries. */
	if (forward->tlp < r.tlp || tlp_forward(&r, (enum tlp_relation)(relation - 1), &why) != OK)
		return VERDICT_TLP;
	return VERDICT_GOOD;
}

/* ---- one record ---- */

static enum verdict audience_allows(const struct core *c, const struct entry *e, const struct record *r)
{
	if (e->type != AUDIENCE_DIRECT)
		return r->tlp > TLP_GREEN ? VERDICT_TLP : VERDICT_GOOD;
	if (r->tlp < TLP_RED)
		return VERDICT_GOOD;
	for (size_t i = 0; i < r->named; i++)
		if (id_eq(&r->name[i], &c->self.org))
			return VERDICT_GOOD;
	return VERDICT_NOT_NAMED;
}

static enum verdict verdict_of(struct core *c, const struct entry *e, const struct carried_record *in, struct span *inner)
{
	struct record r;
	struct complaint why;
	if (in->gone)
		return VERDICT_BODY_MISSING;
	enum err err = record_decode(in->bytes, c->arena, &r, &why);
	if (err == ERR_MEMORY)
		core_break(c, err); /* says nothing about the record */
	if (err != OK)
		return of_err(err);
	if (!id_eq(&r.author, &e->author))
		return VERDICT_AUTHOR;
	if (r.created > e->time && r.created - e->time > LIMIT_AHEAD_MS)
		return VERDICT_DATED;
	if (r.kind == KIND_LOG_OPEN && e->n != 1)
		return VERDICT_SHAPE;
	if ((err = record_check(&r, &why)) != OK)
		return of_err(err);
	enum verdict v = audience_allows(c, e, &r);
	if (v == VERDICT_GOOD && r.kind == KIND_FORWARD)
		v = judge_forward(&r, c->arena, inner);
	if (v == VERDICT_GOOD && e->time > c->now + LIMIT_AHEAD_MS)
		v = VERDICT_AHEAD;
	return v;
}

enum verdict judge_record(struct core *c, const struct entry *e, const struct carried_record *in, struct span *inner)
{
	*inner = SPAN(NULL, 0);
	enum verdict v = verdict_of(c, e, in, inner);
	if (verdict_class(v) != 'G' && v != VERDICT_TLP)
		*inner = SPAN(NULL, 0);
	return v;
}
