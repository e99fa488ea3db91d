#include <string.h>

#include "store/inside.h"

enum err walk_open(struct txn *t, enum table table, struct span prefix, bool back, struct walk *out)
{
	MDB_cursor *cursor;

	*out = (struct walk){.txn = t, .table = table, .prefix_n = prefix.n, .back = back};
	if (prefix.n > sizeof out->prefix)
		return ERR_INVALID;
	if (prefix.n)
		memcpy(out->prefix, prefix.p, prefix.n);
	int rc = mdb_cursor_open(t->mdb, t->store->dbi[table], &cursor);
	if (rc != 0)
		return store_broken(t, rc);
	out->cursor = cursor;
	return OK;
}

static void shut(struct walk *w)
{
	if (w->cursor)
		mdb_cursor_close(w->cursor);
	w->cursor = NULL;
}

static bool take(struct walk *w, int rc, const MDB_val *k, const MDB_val *v)
{
	if (rc == 0 && k->mv_size >= w->prefix_n && memcmp(k->mv_data, w->prefix, w->prefix_n) == 0) {
		w->key = SPAN(k->mv_data, k->mv_size);
		if ((w->failed = inside_row(w->table, *k, *v, &w->value)) == OK)
			return true;
		w->value = SPAN(NULL, 0);
		shut(w);
		return false;
	}
	w->key = SPAN(NULL, 0);
	if (rc != 0 && rc != MDB_NOTFOUND)
		w->failed = store_broken(w->txn, rc);
	shut(w);
	return false;
}

/* The last key with the prefix stands just before the smallest key that is greater than all of them. */
static int seek_last(struct walk *w, MDB_val *k, MDB_val *v)
{
	uint8_t after[sizeof w->prefix];
	size_t n = w->prefix_n;

	while (n && w->prefix[n - 1] == 0xff)
		n--;
	if (n == 0)
		return mdb_cursor_get(w->cursor, k, v, MDB_LAST);
	memcpy(after, w->prefix, n);
	after[n - 1]++;
	*k = (MDB_val){n, after};
	int rc = mdb_cursor_get(w->cursor, k, v, MDB_SET_RANGE);
	if (rc == MDB_NOTFOUND)
		return mdb_cursor_get(w->cursor, k, v, MDB_LAST);
	return rc ? rc : mdb_cursor_get(w->cursor, k, v, MDB_PREV);
}

void walk_seek(struct walk *w, struct span key)
{
	MDB_val k = inside_val(key), v;

	if (!w->cursor || w->back || key.n == 0)
		return;
	w->begun = true;
	int rc = mdb_cursor_get(w->cursor, &k, &v, MDB_SET_RANGE);
	if (take(w, rc, &k, &v))
		w->begun = false; /* walk_next reads here before it moves */
}

bool walk_next(struct walk *w)
{
	MDB_val k = {0, NULL}, v = {0, NULL};
	int rc;

	if (!w->cursor)
		return false;
	if (w->begun) {
		rc = mdb_cursor_get(w->cursor, &k, &v, w->back ? MDB_PREV : MDB_NEXT);
	} else if (w->key.p) { /* placed by walk_seek */
		rc = mdb_cursor_get(w->cursor, &k, &v, MDB_GET_CURRENT);
	} else if (w->back) {
		rc = seek_last(w, &k, &v);
	} else if (w->prefix_n) {
		k = (MDB_val){w->prefix_n, w->prefix};
		rc = mdb_cursor_get(w->cursor, &k, &v, MDB_SET_RANGE);
	} else {
		rc = mdb_cursor_get(w->cursor, &k, &v, MDB_FIRST);
	}
	w->begun = true;
	return take(w, rc, &k, &v);
}

enum err walk_close(struct walk *w, enum err e)
{
	shut(w);
	return e != OK ? e : w->failed;
}
