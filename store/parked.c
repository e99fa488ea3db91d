/* Entries that cannot be judged yet. What waits of an author is counted in a row under it alone: the quota needs no walk. */
#include <string.h>

#include "proto/pack.h"
#include "store/logs.h"

#define PARKED_KEY 72

struct waiting {
	uint64_t bytes, records;
};

static void parked_key(const struct id *author, const struct id *log, uint64_t n, uint8_t out[static PARKED_KEY])
{
	memcpy(out, author->b, 32);
	memcpy(out + 32, log->b, 32);
	put_u64be(out + 64, n);
}

static enum err waiting_get(struct txn *t, const struct id *author, struct waiting *out)
{
	struct span value;
	enum err e = store_get(t, TABLE_PARKED, ID_SPAN(author), &value);

	if (e == ERR_NOT_FOUND) {
		*out = (struct waiting){0, 0};
		return OK;
	}
	if (e == OK && value.n != 16)
		return ERR_CORRUPT;
	if (e == OK)
		*out = (struct waiting){get_u64be(value.p), get_u64be(value.p + 8)};
	return e;
}

static enum err waiting_put(struct txn *t, const struct id *author, const struct waiting *w)
{
	uint8_t value[16];

	if (w->bytes == 0 && w->records == 0)
		return store_drop(t, TABLE_PARKED, ID_SPAN(author));
	put_u64be(value, w->bytes);
	put_u64be(value + 8, w->records);
	return store_put(t, TABLE_PARKED, ID_SPAN(author), SPAN(value, sizeof value));
}

static enum err parked_read(struct span packed, struct arena *a, struct carried_entry *out)
{
	const struct value *v;
	enum err e = pack_decode(packed, a, &v);

	if (e == OK)
		e = carried_read(v, a, out);
	return e == OK || e == ERR_MEMORY ? e : ERR_CORRUPT;
}

/* What one parked entry counts for, or nothing when it is not there. */
static enum err parked_weight(struct txn *t, struct span key, struct waiting *out)
{
	struct carried_entry held;
	struct span value;
	struct arena *a;
	enum err e = store_get(t, TABLE_PARKED, key, &value);

	if (e == ERR_NOT_FOUND) {
		*out = (struct waiting){0, 0};
		return OK;
	}
	if (e != OK)
		return e;
	if (!(a = arena_new()))
		return ERR_MEMORY;
	if ((e = parked_read(value, a, &held)) == OK)
		*out = (struct waiting){value.n, held.records};
	arena_free(a);
	return e;
}

static enum err waiting_change(struct txn *t, const struct id *author, const struct waiting *less, const struct waiting *more)
{
	struct waiting w;
	enum err e = waiting_get(t, author, &w);

	if (e != OK)
		return e;
	if (less->bytes > w.bytes || less->records > w.records)
		return ERR_CORRUPT;
	w.bytes += more->bytes - less->bytes;
	w.records += more->records - less->records;
	if (more->records && (w.bytes > LIMIT_PARKED_BYTES || w.records > LIMIT_PARKED_RECORDS))
		return ERR_LIMIT;
	return waiting_put(t, author, &w);
}

enum err parked_put(struct txn *t, const struct id *author, const struct id *log, uint64_t n, const struct carried_entry *entry)
{
	uint8_t key[PARKED_KEY];
	struct waiting less, more;
	struct buf b = {0};
	struct arena *a = arena_new();
	enum err e;

	if (!a)
		return ERR_MEMORY;
	if ((e = pack_encode(carried_value(a, entry), &b)) != OK)
		goto done;
	parked_key(author, log, n, key);
	more = (struct waiting){b.n, entry->records};
	if ((e = parked_weight(t, SPAN(key, sizeof key), &less)) == OK && (e = waiting_change(t, author, &less, &more)) == OK)
		e = store_put(t, TABLE_PARKED, SPAN(key, sizeof key), buf_span(&b));
done:
	buf_free(&b);
	arena_free(a);
	return e;
}

enum err parked_get(struct txn *t, const struct id *author, const struct id *log, uint64_t n, struct arena *a,
                    struct carried_entry *out)
{
	uint8_t key[PARKED_KEY], *copy;
	struct span value;

	parked_key(author, log, n, key);
	enum err e = store_get(t, TABLE_PARKED, SPAN(key, sizeof key), &value);
	if (e != OK)
		return e;
	if (!(copy = arena_alloc(a, value.n ? value.n : 1)))
		return ERR_MEMORY;
	if (value.n)
		memcpy(copy, value.p, value.n);
	return parked_read(SPAN(copy, value.n), a, out);
}

enum err parked_from(struct txn *t, const struct id *payer, struct id *log, uint64_t *n)
{
	uint8_t key[PARKED_KEY];
	struct walk w;
	enum err e = walk_open(t, TABLE_PARKED, ID_SPAN(payer), false, &w);

	if (e != OK)
		return e;
	memcpy(key, payer->b, 32);
	memcpy(key + 32, log->b, 32);
	put_u64be(key + 64, *n);
	walk_seek(&w, SPAN(key, sizeof key)); /* behind the count */
	if (!walk_next(&w)) {
		e = walk_close(&w, OK) == OK ? ERR_NOT_FOUND : w.failed;
	} else if (w.key.n != sizeof key) {
		e = ERR_CORRUPT;
	} else {
		memcpy(log->b, w.key.p + 32, 32);
		*n = get_u64be(w.key.p + 64);
	}
	return walk_close(&w, e);
}

enum err parked_drop(struct txn *t, const struct id *author, const struct id *log, uint64_t n)
{
	static const struct waiting none;
	uint8_t key[PARKED_KEY];
	struct waiting less;

	parked_key(author, log, n, key);
	enum err e = parked_weight(t, SPAN(key, sizeof key), &less);
	if (e != OK || less.records == 0)
		return e;
	if ((e = store_drop(t, TABLE_PARKED, SPAN(key, sizeof key))) != OK)
		return e;
	return waiting_change(t, author, &less, &none);
}
