#include "store/orgs.h"

#include <string.h>

#include "proto/limits.h"

#define ROW_HEAD (2 * SIGN_LEN)

static void statement_key(const struct id *org, uint64_t kseq, uint8_t out[static 40])
{
	memcpy(out, org->b, sizeof org->b);
	put_u64be(out + 32, kseq);
}

static enum err row_parse(struct span value, struct signed_statement *out)
{
	if (value.n <= ROW_HEAD)
		return ERR_CORRUPT;
	memcpy(out->root_sig, value.p, SIGN_LEN);
	memcpy(out->sign_sig, value.p + SIGN_LEN, SIGN_LEN);
	out->payload = SPAN(value.p + ROW_HEAD, value.n - ROW_HEAD);
	return OK;
}

enum err statements_put(struct txn *t, const struct id *org, uint64_t kseq, const struct signed_statement *s)
{
	uint8_t key[40], *p;
	struct signed_statement held;
	struct buf b = {0};
	enum err e;

	if (kseq >= LIMIT_STATEMENTS)
		return ERR_LIMIT;
	if (s->payload.n == 0)
		return ERR_INVALID;
	if ((e = statements_get(t, org, kseq, &held)) == OK)
		return span_eq(held.payload, s->payload) ? OK : ERR_CONFLICT;
	if (e != ERR_NOT_FOUND)
		return e;
	if ((e = buf_room(&b, ROW_HEAD + s->payload.n, &p)) != OK)
		return e;
	memcpy(p, s->root_sig, SIGN_LEN);
	memcpy(p + SIGN_LEN, s->sign_sig, SIGN_LEN);
	memcpy(p + ROW_HEAD, s->payload.p, s->payload.n);
	statement_key(org, kseq, key);
	e = store_add(t, TABLE_STATEMENTS, SPAN(key, sizeof key), buf_span(&b));
	buf_free(&b);
	return e;
}

enum err statements_get(struct txn *t, const struct id *org, uint64_t kseq, struct signed_statement *out)
{
	uint8_t key[40];
	struct span value;

	statement_key(org, kseq, key);
	enum err e = store_get(t, TABLE_STATEMENTS, SPAN(key, sizeof key), &value);
	return e != OK ? e : row_parse(value, out);
}

enum err statements_newest(struct txn *t, const struct id *org, struct signed_statement *out, struct statement *parsed)
{
	struct signed_statement newest = {0};
	struct walk w;
	bool found = false;
	enum err e = walk_open(t, TABLE_STATEMENTS, ID_SPAN(org), true, &w);

	if (e == OK)
		found = statements_next(&w, &newest);
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (!found)
		return ERR_NOT_FOUND;
	if ((e = statement_decode(newest.payload, parsed)) != OK)
		return e == ERR_MEMORY ? e : ERR_CORRUPT;
	*out = newest;
	return OK;
}

enum err statements_walk(struct txn *t, const struct id *org, struct walk *out)
{
	return walk_open(t, TABLE_STATEMENTS, ID_SPAN(org), false, out);
}

bool statements_next(struct walk *w, struct signed_statement *out)
{
	if (!walk_next(w))
		return false;
	if (w->key.n != 40 || row_parse(w->value, out) != OK) {
		w->failed = walk_close(w, ERR_CORRUPT);
		return false;
	}
	return true;
}
