#include "store/rosters.h"

#include <string.h>

#include "proto/pack.h"
#include "store/rows.h"

enum err rosters_put(struct txn *t, enum table table, const struct id *consortium, const struct roster_event *ev)
{
	struct roster_key key = {.consortium = *consortium};
	struct buf packed = {0};
	struct arena *a = arena_new();
	enum err e = a ? pack_encode(roster_event_value(a, ev), &packed) : ERR_MEMORY;

	roster_hash(ev->payload, &key.hash);
	if (e == OK)
		e = store_put(t, table, SPAN(&key, sizeof key), buf_span(&packed));
	buf_free(&packed);
	arena_free(a);
	return e;
}

enum err rosters_get(struct txn *t, enum table table, const struct roster_key *key, struct arena *a, struct roster_event *out)
{
	const struct value *v;
	struct span packed;
	enum err e = store_get(t, table, SPAN(key, sizeof *key), &packed);

	if (e == OK)
		e = rows_value(packed, a, &v);
	if (e != OK)
		return e;
	e = roster_event_read(v, out);
	return e == OK || e == ERR_MEMORY ? e : ERR_CORRUPT;
}

enum err rosters_drop(struct txn *t, enum table table, const struct roster_key *key)
{
	return store_drop(t, table, SPAN(key, sizeof *key));
}

enum err rosters_walk(struct txn *t, enum table table, const struct id *consortium, struct walk *out)
{
	return walk_open(t, table, ID_SPAN(consortium), false, out);
}

bool rosters_next(struct walk *w, struct id *hash)
{
	if (!walk_next(w))
		return false;
	if (w->key.n != sizeof(struct roster_key)) {
		w->failed = walk_close(w, ERR_CORRUPT);
		return false;
	}
	memcpy(hash->b, w->key.p + 32, sizeof hash->b);
	return true;
}
