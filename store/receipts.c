/* Receipts over logs, and the exceptions we owe their authors. */
#include <string.h>

#include "store/logs.h"

#define RECEIPT_HEAD (8 + SIGN_LEN)
#define EXCEPTION_KEY 14
#define WHOLE_ENTRY UINT16_MAX

static enum err receipt_parse(struct span key, struct span value, struct receipt_row *out)
{
	if (key.n != 36 || value.n < RECEIPT_HEAD)
		return ERR_CORRUPT;
	out->log = get_u32be(key.p);
	memcpy(out->receiver.b, key.p + 4, sizeof out->receiver.b);
	out->received = (int64_t)get_u64be(value.p);
	out->signature = SPAN(value.p + 8, SIGN_LEN);
	out->payload = SPAN(value.p + RECEIPT_HEAD, value.n - RECEIPT_HEAD);
	return OK;
}

static void receipt_key(uint32_t log, const struct id *receiver, uint8_t out[static 36])
{
	put_u32be(out, log);
	memcpy(out + 4, receiver->b, sizeof receiver->b);
}

enum err receipts_put(struct txn *t, const struct receipt_row *row)
{
	uint8_t key[36], *p;
	struct buf b = {0};
	enum err e;

	if (row->signature.n != SIGN_LEN)
		return ERR_INVALID;
	if ((e = buf_room(&b, RECEIPT_HEAD + row->payload.n, &p)) != OK)
		return e;
	put_u64be(p, (uint64_t)row->received);
	memcpy(p + 8, row->signature.p, SIGN_LEN);
	if (row->payload.n)
		memcpy(p + RECEIPT_HEAD, row->payload.p, row->payload.n);
	receipt_key(row->log, &row->receiver, key);
	e = store_put(t, TABLE_RECEIPTS, SPAN(key, sizeof key), buf_span(&b));
	buf_free(&b);
	return e;
}

enum err receipts_get(struct txn *t, uint32_t log, const struct id *receiver, struct receipt_row *out)
{
	uint8_t key[36];
	struct span value;

	receipt_key(log, receiver, key);
	enum err e = store_get(t, TABLE_RECEIPTS, SPAN(key, sizeof key), &value);
	return e != OK ? e : receipt_parse(SPAN(key, sizeof key), value, out);
}

enum err receipts_walk(struct txn *t, uint32_t log, struct walk *out)
{
	uint8_t key[4];

	put_u32be(key, log);
	return walk_open(t, TABLE_RECEIPTS, SPAN(key, sizeof key), false, out);
}

bool receipts_next(struct walk *w, struct receipt_row *out)
{
	if (!walk_next(w))
		return false;
	if (receipt_parse(w->key, w->value, out) != OK) {
		w->failed = ERR_CORRUPT;
		walk_close(w);
		return false;
	}
	return true;
}

/* ---- exceptions ---- */

static void exception_key(uint32_t log, uint64_t n, uint16_t index, uint8_t out[static EXCEPTION_KEY])
{
	put_u32be(out, log);
	put_u64be(out + 4, n);
	put_u16be(out + 12, index);
}

enum err exceptions_put(struct txn *t, uint32_t log, const struct exception *x)
{
	uint8_t key[EXCEPTION_KEY];

	if (x->has_index && x->index >= LIMIT_ENTRY_RECORDS)
		return ERR_INVALID;
	exception_key(log, x->n, x->has_index ? x->index : WHOLE_ENTRY, key);
	return store_put(t, TABLE_EXCEPTIONS, SPAN(key, sizeof key), SPAN(&x->code, 1));
}

enum err exceptions_clear(struct txn *t, uint32_t log, uint64_t n, uint16_t index)
{
	uint8_t key[EXCEPTION_KEY];

	exception_key(log, n, index, key);
	return store_drop(t, TABLE_EXCEPTIONS, SPAN(key, sizeof key));
}

static enum err exception_parse(const struct walk *w, struct exception *out)
{
	if (w->key.n != EXCEPTION_KEY || w->value.n != 1)
		return ERR_CORRUPT;
	uint16_t index = get_u16be(w->key.p + 12);
	out->n = get_u64be(w->key.p + 4);
	out->has_index = index != WHOLE_ENTRY;
	out->index = out->has_index ? index : 0;
	out->code = w->value.p[0];
	return OK;
}

enum err exceptions_all(struct txn *t, uint32_t log, struct arena *a, struct exception **out, size_t *count)
{
	uint8_t key[4];
	size_t n = 0, cap = 0;
	struct exception *list = NULL;
	struct walk w;

	put_u32be(key, log);
	enum err e = walk_open(t, TABLE_EXCEPTIONS, SPAN(key, sizeof key), false, &w);
	while (e == OK && walk_next(&w)) {
		if (n == LIMIT_EXCEPTIONS) {
			e = ERR_LIMIT;
			break;
		}
		if (n == cap) {
			size_t more = cap ? cap * 4 : 16;
			struct exception *grown = arena_alloc(a, more * sizeof *grown);
			if (!grown) {
				e = ERR_MEMORY;
				break;
			}
			if (n)
				memcpy(grown, list, n * sizeof *list);
			list = grown;
			cap = more;
		}
		e = exception_parse(&w, &list[n++]);
	}
	walk_close(&w);
	if (e != OK || (e = w.failed) != OK)
		return e;
	*out = list;
	*count = n;
	return OK;
}
