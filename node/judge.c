#include "node/judge.h"

#include <string.h>

#include "node/consortium.h"
#include "proto/merkle.h"
#include "proto/tlp.h"

static enum verdict of_err(enum err e)
{
	return e == ERR_LIMIT ? VERDICT_LIMIT : VERDICT_SHAPE;
}

enum err judge_opening(const struct entry *e, const struct carried_entry *in, struct arena *a, bool *opens)
{
	struct record r;
	struct complaint why;
	int64_t kseq;
	bool one = in->records == 1 && !in->record[0].gone;
	enum err err = one ? record_decode(in->record[0].bytes, a, &r, &why) : ERR_INVALID;
	if (err == OK)
		err = record_check(&r, &why);
	if (err == ERR_MEMORY)
		return err;
	*opens = err == OK && r.kind == KIND_LOG_OPEN && id_eq(&r.author, &e->author) &&
	         fields_int(kind_by_number(KIND_LOG_OPEN)->fields, r.body, "kseq", &kseq) && (uint64_t)kseq == e->kseq;
	return OK;
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
		enum err one = statement_verify(&s, i ? &before : NULL, &st, &org);
		if (one == ERR_MEMORY)
			return one;
		if (one != OK || !id_eq(&org, author))
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

/* One level of nesting, and only what was addressed to the forwarder itself. */
static enum err forwarded(const struct record *forward, const struct record *r, struct span entry, struct entry *e)
{
	enum err err = entry_decode(entry, e);
	if (err != OK)
		return err;
	return r->kind != KIND_FORWARD && id_eq(&e->author, &r->author) &&
	       (e->type == AUDIENCE_PARTNERS || (e->type == AUDIENCE_DIRECT && id_eq(&e->target, &forward->author))) ? OK : ERR_INVALID;
}

/* Shape, and the author's signature over it. */
static enum err forward_verify(const struct record *forward, struct arena *a, struct record *r, struct entry *e, struct span *payload)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	struct span entry, signature;
	struct complaint why;
	uint8_t pk[SIGN_PK];
	if (!value_is_bin(fields_get(f, forward->body, "record"), payload) || !value_is_bin(fields_get(f, forward->body, "entry"), &entry) ||
	    !value_is_bin(fields_get(f, forward->body, "signature"), &signature) || signature.n != SIGN_LEN)
		return ERR_INVALID;
	enum err err = record_decode(*payload, a, r, &why);
	if (err == OK)
		err = record_check(r, &why);
	if (err != OK)
		return err;
	err = forwarded(forward, r, entry, e);
	if (err == OK)
		err = chain_key(f, forward->body, &r->author, e->kseq, pk);
	if (err == OK)
		err = sign_check(SIGN_ENTRY, entry, pk, signature.p);
	if (err == OK && !included(f, forward->body, *payload, e))
		err = ERR_INVALID;
	return err == OK || err == ERR_MEMORY ? err : ERR_INVALID;
}

enum err judge_forward(const struct record *forward, struct arena *a, enum verdict *v, struct span *inner)
{
	struct complaint why;
	struct span payload;
	struct record r;
	struct entry e;
	int64_t relation = 0;
	enum err err = forward_verify(forward, a, &r, &e, &payload);
	if (err == ERR_MEMORY)
		return err;
	*v = VERDICT_GOOD;
	if (err != OK || !fields_int(kind_by_number(KIND_FORWARD)->fields, forward->body, "relation", &relation)) {
		*v = of_err(err);
		return OK;
	}
	if (r.created > e.time && r.created - e.time > LIMIT_AHEAD_MS) {
		*v = VERDICT_DATED;
		return OK;
	}
	*inner = payload;
	/* A partners log should never have held it; and the copy may not be freer than what it carries. */
	if ((e.type == AUDIENCE_PARTNERS && r.tlp > TLP_GREEN) || tlp_effective(forward->tlp) < tlp_effective(r.tlp) ||
	    tlp_forward(&r, (enum tlp_relation)(relation - 1), &why) != OK)
		*v = VERDICT_TLP;
	return OK;
}

/* ---- one record ---- */

static enum verdict audience_allows(struct core *c, const struct entry *e, const struct record *r)
{
	if (e->type == AUDIENCE_CONSORTIUM)
		return r->tlp >= TLP_RED || r->tlp > consortium_ceiling(c, e) ? VERDICT_TLP : VERDICT_GOOD;
	if (e->type != AUDIENCE_DIRECT)
		return r->tlp > TLP_GREEN ? VERDICT_TLP : VERDICT_GOOD;
	if (r->tlp < TLP_RED)
		return VERDICT_GOOD;
	for (size_t i = 0; i < r->named; i++)
		if (id_eq(&r->name[i], &c->self.org))
			return VERDICT_GOOD;
	return VERDICT_NOT_NAMED;
}

/* Lack of memory says nothing about the record: then the turn is not kept, and neither is this verdict. */
static enum verdict of_own(struct core *c, enum err e)
{
	if (e == ERR_MEMORY)
		core_break(c, e);
	return of_err(e);
}

static enum verdict verdict_of(struct core *c, const struct entry *e, const struct carried_record *in, struct span *inner)
{
	struct record r;
	struct complaint why;
	if (in->gone)
		return VERDICT_BODY_MISSING;
	enum err err = record_decode(in->bytes, c->arena, &r, &why);
	if (err != OK)
		return of_own(c, err);
	if (!id_eq(&r.author, &e->author))
		return VERDICT_AUTHOR;
	if (r.created > e->time && r.created - e->time > LIMIT_AHEAD_MS)
		return VERDICT_DATED;
	if (r.kind == KIND_LOG_OPEN && e->n != 1)
		return VERDICT_SHAPE;
	if ((err = record_check(&r, &why)) != OK)
		return of_own(c, err);
	enum verdict v = audience_allows(c, e, &r);
	if (v == VERDICT_GOOD && r.kind == KIND_FORWARD && (err = judge_forward(&r, c->arena, &v, inner)) != OK)
		return of_own(c, err);
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
