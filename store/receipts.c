/* receipts.c - receipts over logs, and the exceptions we owe their authors. */
#include <string.h>

#include "store/logs.h"

#define RECEIPT_HEAD SIGN_LEN
#define RECEIPT_KEY 52
#define RECEIPT_WHOSE 36 /* of it, log and receiver */
#define RECEIPT_PLACE 44 /* and the place */
#define EXCEPTION_KEY 14
#define WHOLE_ENTRY UINT16_MAX

enum err receipts_read(struct span key, struct span value, struct receipt_row *out)
{
	if (key.n != RECEIPT_KEY || value.n < RECEIPT_HEAD)
		return ERR_CORRUPT;
	out->log = get_u32be(key.p);
	memcpy(out->receiver.b, key.p + 4, sizeof out->receiver.b);
	out->n = get_u64be(key.p + RECEIPT_WHOSE);
	out->received = (int64_t)get_u64be(key.p + RECEIPT_PLACE);
	out->signature = SPAN(value.p, SIGN_LEN);
	out->payload = SPAN(value.p + RECEIPT_HEAD, value.n - RECEIPT_HEAD);
	return OK;
}

static void receipt_key(uint32_t log, const struct id *receiver, uint64_t n, uint8_t out[static RECEIPT_KEY])
{
	memset(out + RECEIPT_PLACE, 0, 8); /* of those at one place the first to come stands first */
	put_u32be(out, log);
	memcpy(out + 4, receiver->b, sizeof receiver->b);
	put_u64be(out + RECEIPT_WHOSE, n);
}

/* Its key. The clock may have been set back, or stand still: what comes later stands later all the same. */
static enum err last_key(struct txn *t, const struct receipt_row *row, uint8_t key[static RECEIPT_KEY])
{
	uint64_t time = (uint64_t)row->received;
	struct walk w;

	receipt_key(row->log, &row->receiver, row->n, key);
	enum err e = walk_open(t, TABLE_RECEIPTS, SPAN(key, RECEIPT_PLACE), true, &w);
	if (e == OK && walk_next(&w)) {
		if (w.key.n != RECEIPT_KEY)
			e = ERR_CORRUPT;
		else if (get_u64be(w.key.p + RECEIPT_PLACE) >= time)
			time = get_u64be(w.key.p + RECEIPT_PLACE) + 1;
	}
	put_u64be(key + RECEIPT_PLACE, time);
	return walk_close(&w, e);
}

enum err receipts_put(struct txn *t, const struct receipt_row *row)
{
	uint8_t key[RECEIPT_KEY], *p;
	struct buf b = {0};
	enum err e;

	if (row->signature.n != SIGN_LEN || row->n == 0)
		return ERR_INVALID;
	if ((e = last_key(t, row, key)) != OK || (e = buf_room(&b, RECEIPT_HEAD + row->payload.n, &p)) != OK)
		return e;
	memcpy(p, row->signature.p, SIGN_LEN);
	if (row->payload.n)
		memcpy(p + RECEIPT_HEAD, row->payload.p, row->payload.n);
	e = store_put(t, TABLE_RECEIPTS, SPAN(key, sizeof key), buf_span(&b));
	buf_free(&b);
	return e;
}

enum err receipts_forget(struct txn *t, uint32_t log, const struct id *receiver)
{
	uint8_t key[RECEIPT_KEY];

	for (;;) {
		struct walk w;
		bool found;
		enum err e;

		receipt_key(log, receiver, 0, key);
		e = walk_open(t, TABLE_RECEIPTS, SPAN(key, RECEIPT_WHOSE), false, &w);
		found = e == OK && walk_next(&w);
		if (found && w.key.n == RECEIPT_KEY)
			memcpy(key, w.key.p, RECEIPT_KEY);
		if ((e = walk_close(&w, e)) != OK || !found)
			return e;
		if ((e = store_drop(t, TABLE_RECEIPTS, SPAN(key, sizeof key))) != OK)
			return e;
	}
}

enum err receipts_newest(struct txn *t, uint32_t log, const struct id *receiver, struct receipt_row *out)
{
	uint8_t key[RECEIPT_KEY];
	struct walk w;

	receipt_key(log, receiver, 0, key);
	enum err e = walk_open(t, TABLE_RECEIPTS, SPAN(key, RECEIPT_WHOSE), true, &w);
	bool found = e == OK && walk_next(&w);
	if (found)
		e = receipts_read(w.key, w.value, out);
	e = walk_close(&w, e);
	return e != OK || found ? e : ERR_NOT_FOUND;
}

/* What one receipt says of the record; ERR_NOT_FOUND: nothing. The arena is emptied first: a receipt may list a thousand exceptions. */
static enum err says(const struct receipt_row *row, const struct receipt_of *of, struct arena *a, uint8_t *code)
{
	struct receipt r;
	uint8_t listed = VERDICT_GOOD;

	arena_reset(a);
	enum err e = receipt_decode(row->payload, a, &r);
	if (e != OK)
		return e == ERR_MEMORY ? e : ERR_CORRUPT;
	if (!receipt_covers(&r, of->n, of->index, &listed) && listed == VERDICT_GOOD)
		return ERR_NOT_FOUND;
	*code = listed;
	return OK;
}

/* The first from the record's place upward that says anything of it, or with held_only that says it is held. */
static enum err first_about(struct txn *t, const struct receipt_of *of, bool held_only, struct receipt_row *out, uint8_t *code)
{
	uint8_t key[RECEIPT_KEY];
	struct walk w;
	struct arena *a = arena_new();
	enum err e = a ? OK : ERR_MEMORY, said = ERR_NOT_FOUND;

	if (e != OK)
		return e;
	receipt_key(of->log, of->receiver, of->n, key);
	if ((e = walk_open(t, TABLE_RECEIPTS, SPAN(key, RECEIPT_WHOSE), false, &w)) == OK)
		walk_seek(&w, SPAN(key, sizeof key));
	while (e == OK && (said != OK || (held_only && *code != VERDICT_GOOD)) && walk_next(&w))
		if ((e = receipts_read(w.key, w.value, out)) == OK && (said = says(out, of, a, code)) != ERR_NOT_FOUND)
			e = said;
	e = walk_close(&w, e);
	arena_free(a);
	return e != OK ? e : said;
}

/* Held once is held: what the first says counts, and no later one takes it back. Else the newest says what is still open, and if that
 * is nothing, some receipt between the two was the first to hold it. */
enum err receipts_about(struct txn *t, const struct receipt_of *of, struct receipt_row *out, uint8_t *code)
{
	struct receipt_row first, newest;
	struct arena *a;
	uint8_t says_first = VERDICT_GOOD, says_newest = VERDICT_GOOD;
	enum err e = first_about(t, of, false, &first, &says_first);

	if (e != OK || says_first == VERDICT_GOOD)
		goto done;
	if (!(a = arena_new()))
		return ERR_MEMORY;
	if ((e = receipts_newest(t, of->log, of->receiver, &newest)) == OK)
		e = says(&newest, of, a, &says_newest);
	arena_free(a);
	if (e == OK && says_newest == VERDICT_GOOD)
		e = first_about(t, of, true, &first, &says_first);
	else
		first = newest;
done:
	if (e != OK)
		return e;
	*out = first;
	*code = says_newest;
	return OK;
}

enum err receipts_walk(struct txn *t, uint32_t log, struct walk *out)
{
	uint8_t key[4];

	put_u32be(key, log);
	return walk_open(t, TABLE_RECEIPTS, SPAN(key, sizeof key), false, out);
}

bool receipts_next_receiver(struct walk *w, struct id *out)
{
	uint8_t key[RECEIPT_KEY];

	if (!walk_next(w))
		return false;
	if (w->key.n != RECEIPT_KEY) {
		w->failed = walk_close(w, ERR_CORRUPT);
		return false;
	}
	memcpy(out->b, w->key.p + 4, sizeof out->b);
	receipt_key(get_u32be(w->key.p), out, UINT64_MAX, key); /* no log is that long: the next is another's */
	walk_seek(w, SPAN(key, sizeof key));
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
	if ((e = walk_close(&w, e)) != OK)
		return e;
	*out = list;
	*count = n;
	return OK;
}
