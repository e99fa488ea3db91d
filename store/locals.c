#include "store/locals.h"

#include <string.h>

#include "proto/pack.h"

#define KEY (1 + LOCAL_NAME + 1 + 8) /* kind, name, and of a history 0 and version */

static const struct local_kind *const kinds[] = {
	&local_supplier, &local_dependency, &local_subcontractor, &local_published, &local_terms, &local_access, &local_awareness,
	&local_assessment, &local_support,
};

const struct local_kind *locals_each(size_t i)
{
	return i < sizeof kinds / sizeof *kinds ? kinds[i] : NULL;
}

const struct local_kind *locals_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}

const struct local_kind *locals_of_key(enum table table, struct span key, struct span *name)
{
	size_t tail = table == TABLE_LOCAL_HISTORY ? 9 : 0;

	if (key.n < 2 + tail || key.p[0] == 0 || (tail && key.p[key.n - tail] != 0))
		return NULL;
	*name = SPAN(key.p + 1, key.n - 1 - tail);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i]->number == key.p[0])
			return kinds[i];
	return NULL;
}

/* ---- keys ---- */

static enum table rows_of(const struct local_kind *k)
{
	return k->number ? TABLE_LOCALS : TABLE_SUPPLIERS;
}

static enum table history_of(const struct local_kind *k)
{
	return k->number ? TABLE_LOCAL_HISTORY : TABLE_SUPPLIER_HISTORY;
}

/* Of a name within its bounds, with the 0 that ends it in a history. */
static struct span key_of(const struct local_kind *k, const char *name, uint8_t out[static KEY])
{
	size_t n = 0, chars = strlen(name);

	if (k->number)
		out[n++] = k->number;
	memcpy(out + n, name, chars + 1);
	return SPAN(out, n + chars);
}

static bool bad_name(const char *name)
{
	size_t n = strnlen(name, LOCAL_NAME + 1);

	return n == 0 || n > LOCAL_NAME;
}

/* ---- rows ---- */

enum err locals_get(struct txn *t, const struct local_kind *k, const char *name, struct arena *a, const struct value **out)
{
	uint8_t key[KEY];

	return bad_name(name) ? ERR_NOT_FOUND : rows_get(t, rows_of(k), key_of(k, name, key), a, out);
}

enum err locals_check(const struct local_kind *k, const struct value *row, struct complaint *why)
{
	enum err e = fields_check(k->fields, row, why);

	return e == OK && k->check ? k->check(row, why) : e;
}

static enum err file_old(struct txn *t, const struct local_kind *k, const char *name, struct span old)
{
	uint8_t key[KEY];
	struct span prefix = key_of(k, name, key);
	uint64_t version = 1;
	struct walk w;
	struct buf copy = {0};
	enum err e = walk_open(t, history_of(k), SPAN(key, prefix.n + 1), true, &w);

	if (e == OK && walk_next(&w)) {
		if (w.key.n != prefix.n + 9)
			e = ERR_CORRUPT;
		else
			version = locals_version(&w) + 1;
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	put_u64be(key + prefix.n + 1, version);
	if ((e = buf_add(&copy, old.p, old.n)) == OK) /* borrowed from the very transaction that is written to */
		e = store_add(t, history_of(k), SPAN(key, prefix.n + 9), buf_span(&copy));
	buf_free(&copy);
	return e;
}

/* The time of the change alone is no change. */
static bool same_but_changed(const struct field *fields, const struct value *a, const struct value *b)
{
	int64_t changed = fields_find(fields, "changed")->key;
	size_t i = 0, j = 0;
	int64_t key;

	for (;;) {
		if (i < a->n && value_is_int(a->items[2 * i], &key) && key == changed)
			i++;
		if (j < b->n && value_is_int(b->items[2 * j], &key) && key == changed)
			j++;
		if (i >= a->n || j >= b->n)
			return i >= a->n && j >= b->n;
		if (!value_eq(a->items[2 * i], b->items[2 * j]) || !value_eq(a->items[2 * i + 1], b->items[2 * j + 1]))
			return false;
		i++;
		j++;
	}
}

enum err locals_put(struct txn *t, const struct local_kind *k, const char *name, const struct value *row)
{
	uint8_t key[KEY];
	struct span stated, old;
	const struct value *held;
	struct complaint why;
	enum err e;

	if (!row)
		return ERR_MEMORY;
	if ((e = locals_check(k, row, &why)) != OK)
		return e;
	if (bad_name(name) || !fields_str(k->fields, row, "name", &stated) || !span_eq(stated, SPAN(name, strlen(name))))
		return ERR_INVALID;
	if ((e = store_get(t, rows_of(k), key_of(k, name, key), &old)) == OK) {
		struct arena *a = arena_new();
		bool same = false;
		if (!a)
			return ERR_MEMORY;
		if ((e = rows_value(old, a, &held)) == OK && !(same = same_but_changed(k->fields, held, row)))
			e = file_old(t, k, name, old);
		arena_free(a);
		if (e != OK || same)
			return e;
	} else if (e != ERR_NOT_FOUND) {
		return e;
	}
	return rows_put(t, rows_of(k), key_of(k, name, key), row);
}

enum err locals_drop(struct txn *t, const struct local_kind *k, const char *name)
{
	uint8_t key[KEY];
	struct span old;
	enum err e = bad_name(name) ? ERR_NOT_FOUND : store_get(t, rows_of(k), key_of(k, name, key), &old);

	if (e == OK)
		e = file_old(t, k, name, old);
	return e == OK ? store_drop(t, rows_of(k), key_of(k, name, key)) : e;
}

/* ---- walks ---- */

enum err locals_walk(struct txn *t, const struct local_kind *k, struct walk *w)
{
	return walk_open(t, rows_of(k), SPAN(&k->number, k->number ? 1 : 0), false, w);
}

enum err locals_history(struct txn *t, const struct local_kind *k, const char *name, struct walk *w)
{
	uint8_t key[KEY];
	struct span prefix;

	if (bad_name(name))
		return ERR_NOT_FOUND;
	prefix = key_of(k, name, key);
	return walk_open(t, history_of(k), SPAN(key, prefix.n + 1), true, w);
}

uint64_t locals_version(const struct walk *w)
{
	return w->key.n > 8 ? get_u64be(w->key.p + w->key.n - 8) : 0;
}
