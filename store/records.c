#include "store/records.h"

#include <string.h>

#include "proto/kinds.h"

#define ROW_HEAD 41    /* received, id, state */
#define REFS_MAX 4096u /* index rows of one record: bounds what one record can make us write */
#define KIND_MAX 65535

/* ---- the keys under which a record is found ---- */

struct indexing {
	struct arena *arena;
	struct record_index *list;
	size_t n, cap;
	uint64_t no;
	enum err e;
};

static void add_index(struct indexing *x, enum table table, const uint8_t *head, size_t head_n)
{
	struct record_index new = {.table = table, .key_n = head_n + 8};

	if (x->e != OK || x->n >= REFS_MAX)
		return;
	memcpy(new.key, head, head_n);
	put_u64be(new.key + head_n, x->no);
	if (x->n == x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 16;
		struct record_index *list = arena_alloc(x->arena, cap * sizeof *list);
		if (!list) {
			x->e = ERR_MEMORY;
			return;
		}
		if (x->n)
			memcpy(list, x->list, x->n * sizeof *list);
		x->list = list;
		x->cap = cap;
	}
	x->list[x->n++] = new;
}

static void add_body_refs(struct indexing *x, const struct field *table, const struct value *map, unsigned depth);

static void add_field_refs(struct indexing *x, const struct field *f, const struct value *v, unsigned depth)
{
	struct id id;

	if (f->type == FIELD_GROUP)
		add_body_refs(x, f->group, v, depth + 1);
	else if (value_is_id(v, &id))
		add_index(x, TABLE_BY_REF, id.b, sizeof id.b);
}

static void add_body_refs(struct indexing *x, const struct field *table, const struct value *map, unsigned depth)
{
	if (depth > LIMIT_NESTING || !map || map->type != VALUE_MAP)
		return;
	for (const struct field *f = table; f->name; f++) {
		const struct value *v = value_at(map, f->key);
		if (!v || (f->type != FIELD_REF && f->type != FIELD_GROUP))
			continue;
		if (!f->list) {
			add_field_refs(x, f, v, depth);
			continue;
		}
		if (v->type != VALUE_ARRAY)
			continue;
		for (size_t i = 0; i < value_count(v); i++)
			add_field_refs(x, f, value_item(v, i), depth);
	}
}

enum err records_indexes(struct span payload, const struct id *id, uint64_t no, struct arena *a, struct record_indexes *out)
{
	struct indexing x = {.arena = a, .no = no};
	struct complaint why;
	struct record r;
	uint8_t kind[2];
	enum err e = record_decode(payload, a, &r, &why);

	if (e == ERR_MEMORY)
		return e;
	if (e == OK) {
		const struct kind *known = kind_by_number(r.kind);
		if (r.kind >= 0 && r.kind <= KIND_MAX) {
			put_u16be(kind, (uint16_t)r.kind);
			add_index(&x, TABLE_BY_KIND, kind, sizeof kind);
		}
		add_index(&x, TABLE_BY_THREAD, r.has_thread ? r.thread.b : id->b, sizeof id->b);
		for (size_t i = 0; i < r.parents; i++)
			add_index(&x, TABLE_BY_REF, r.parent[i].b, sizeof r.parent[i].b);
		if (r.has_supersedes)
			add_index(&x, TABLE_BY_REF, r.supersedes.b, sizeof r.supersedes.b);
		if (r.has_exercise)
			add_index(&x, TABLE_BY_REF, r.exercise.b, sizeof r.exercise.b);
		if (known)
			add_body_refs(&x, known->fields, r.body, 0);
	}
	if (x.e != OK)
		return x.e;
	*out = (struct record_indexes){x.list, x.n};
	return OK;
}

static enum err put_indexes(struct txn *t, struct span payload, const struct id *id, uint64_t no)
{
	struct record_indexes x;
	struct arena *a = arena_new();
	enum err e;

	if (!a)
		return ERR_MEMORY;
	e = records_indexes(payload, id, no, a, &x);
	for (size_t i = 0; e == OK && i < x.n; i++)
		e = store_put(t, x.p[i].table, SPAN(x.p[i].key, x.p[i].key_n), SPAN(NULL, 0));
	arena_free(a);
	return e;
}

/* ---- rows ---- */

enum state { STATE_HERE, STATE_ABSENT, STATE_DROPPED };

static enum err put_row(struct txn *t, const struct record_row *row)
{
	uint8_t key[8], *p;
	struct buf b = {0};
	enum err e = buf_room(&b, ROW_HEAD + row->payload.n, &p);

	if (e != OK)
		return e;
	put_u64be(key, row->no);
	put_u64be(p, (uint64_t)row->received);
	memcpy(p + 8, row->id.b, sizeof row->id.b);
	p[40] = row->payload.n ? STATE_HERE : row->dropped ? STATE_DROPPED : STATE_ABSENT;
	if (row->payload.n)
		memcpy(p + ROW_HEAD, row->payload.p, row->payload.n);
	e = store_put(t, TABLE_RECORDS, SPAN(key, sizeof key), buf_span(&b));
	buf_free(&b);
	return e;
}

static enum err number_of(struct txn *t, const struct id *id, uint64_t *no)
{
	struct span value;
	enum err e = store_get(t, TABLE_RECORD_IDS, ID_SPAN(id), &value);

	if (e != OK)
		return e;
	if (value.n != 8)
		return ERR_CORRUPT;
	*no = get_u64be(value.p);
	return OK;
}

static enum err add_row(struct txn *t, struct record_row *row)
{
	uint8_t number[8];
	enum err e = store_next_number(t, "next record", &row->no);

	if (e != OK || (e = put_row(t, row)) != OK)
		return e;
	put_u64be(number, row->no);
	return store_add(t, TABLE_RECORD_IDS, ID_SPAN(&row->id), SPAN(number, sizeof number));
}

enum err records_put(struct txn *t, struct span payload, int64_t received, uint64_t *no, bool *fresh)
{
	struct record_row row = {.received = received, .payload = payload}, held;
	enum err e;

	if (payload.n == 0)
		return ERR_INVALID;
	record_id(payload, &row.id);
	if ((e = number_of(t, &row.id, &row.no)) == OK) {
		if ((e = records_by_no(t, row.no, &held)) != OK)
			return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
		if (held.payload.n || held.dropped) {
			*no = row.no;
			*fresh = false;
			return OK;
		}
		e = put_row(t, &row);
	} else if (e == ERR_NOT_FOUND) {
		e = add_row(t, &row);
	}
	if (e == OK)
		e = put_indexes(t, payload, &row.id, row.no);
	if (e != OK)
		return e;
	*no = row.no;
	*fresh = true;
	return OK;
}

enum err records_put_absent(struct txn *t, const struct id *id, int64_t received, uint64_t *no)
{
	struct record_row row = {.id = *id, .received = received};
	enum err e = number_of(t, id, &row.no);

	if (e == ERR_NOT_FOUND)
		e = add_row(t, &row);
	if (e == OK)
		*no = row.no;
	return e;
}

enum err records_drop(struct txn *t, uint64_t no)
{
	struct record_row row;
	enum err e = records_by_no(t, no, &row);

	if (e != OK || row.dropped)
		return e;
	row.payload = SPAN(NULL, 0);
	row.dropped = true;
	return put_row(t, &row);
}

enum err records_by_no(struct txn *t, uint64_t no, struct record_row *out)
{
	uint8_t key[8];
	struct span value;

	put_u64be(key, no);
	enum err e = store_get(t, TABLE_RECORDS, SPAN(key, sizeof key), &value);
	if (e != OK)
		return e;
	if (value.n < ROW_HEAD || value.p[40] > STATE_DROPPED || (value.p[40] == STATE_HERE) != (value.n > ROW_HEAD))
		return ERR_CORRUPT;
	out->no = no;
	out->received = (int64_t)get_u64be(value.p);
	memcpy(out->id.b, value.p + 8, sizeof out->id.b);
	out->dropped = value.p[40] == STATE_DROPPED;
	out->payload = SPAN(value.p + ROW_HEAD, value.n - ROW_HEAD);
	return OK;
}

enum err records_by_id(struct txn *t, const struct id *id, struct record_row *out)
{
	uint64_t no;
	enum err e = number_of(t, id, &no);

	if (e == OK && (e = records_by_no(t, no, out)) == ERR_NOT_FOUND)
		e = ERR_CORRUPT;
	return e;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum err records_find(struct txn *t, const char *hex, struct id *out)
{
	size_t n = strnlen(hex, 65), found = 0;
	struct id prefix = {{0}}, id = {{0}};
	struct walk w;

	if (n < 6 || n > 64)
		return ERR_INVALID;
	for (size_t i = 0; i < n; i++) {
		int d = digit(hex[i]);
		if (d < 0)
			return ERR_INVALID;
		prefix.b[i / 2] = (uint8_t)(prefix.b[i / 2] | (i % 2 ? d : d << 4));
	}
	enum err e = walk_open(t, TABLE_RECORD_IDS, SPAN(prefix.b, n / 2), false, &w);
	while (e == OK && found < 2 && walk_next(&w)) {
		if (w.key.n != sizeof id.b || (n % 2 && (w.key.p[n / 2] ^ prefix.b[n / 2]) >> 4))
			continue;
		memcpy(id.b, w.key.p, sizeof id.b);
		found++;
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (found != 1)
		return found ? ERR_CONFLICT : ERR_NOT_FOUND;
	*out = id;
	return OK;
}

/* ---- walks ---- */

enum err records_walk_all(struct txn *t, bool back, struct walk *out)
{
	return walk_open(t, TABLE_RECORDS, SPAN(NULL, 0), back, out);
}

enum err records_walk_kind(struct txn *t, int64_t kind, bool back, struct walk *out)
{
	uint8_t key[2];

	if (kind < 0 || kind > KIND_MAX) {
		*out = (struct walk){0};
		return ERR_INVALID;
	}
	put_u16be(key, (uint16_t)kind);
	return walk_open(t, TABLE_BY_KIND, SPAN(key, sizeof key), back, out);
}

enum err records_walk_thread(struct txn *t, const struct id *thread, bool back, struct walk *out)
{
	return walk_open(t, TABLE_BY_THREAD, ID_SPAN(thread), back, out);
}

enum err records_walk_ref(struct txn *t, const struct id *to, bool back, struct walk *out)
{
	return walk_open(t, TABLE_BY_REF, ID_SPAN(to), back, out);
}

bool records_next(struct walk *w, uint64_t *no)
{
	if (!walk_next(w))
		return false;
	if (w->key.n < 8) {
		w->failed = walk_close(w, ERR_CORRUPT);
		return false;
	}
	*no = get_u64be(w->key.p + w->key.n - 8);
	return true;
}

/* ---- occurrences ---- */

enum err occurrences_put(struct txn *t, const struct occurrence *o)
{
	uint8_t key[22], value[9];

	put_u64be(key, o->record);
	put_u32be(key + 8, o->log);
	put_u64be(key + 12, o->n);
	put_u16be(key + 20, o->index);
	value[0] = o->verdict;
	put_u64be(value + 1, (uint64_t)o->received);
	return store_put(t, TABLE_OCCURRENCES, SPAN(key, sizeof key), SPAN(value, sizeof value));
}

enum err occurrences_walk(struct txn *t, uint64_t record, struct walk *out)
{
	uint8_t key[8];

	put_u64be(key, record);
	return walk_open(t, TABLE_OCCURRENCES, SPAN(key, sizeof key), false, out);
}

bool occurrences_next(struct walk *w, struct occurrence *out)
{
	if (!walk_next(w))
		return false;
	if (w->key.n != 22 || w->value.n != 9) {
		w->failed = walk_close(w, ERR_CORRUPT);
		return false;
	}
	out->record = get_u64be(w->key.p);
	out->log = get_u32be(w->key.p + 8);
	out->n = get_u64be(w->key.p + 12);
	out->index = get_u16be(w->key.p + 20);
	out->verdict = w->value.p[0];
	out->received = (int64_t)get_u64be(w->value.p + 1);
	return true;
}
