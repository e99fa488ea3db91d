#include "node/api_register.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/fieldjson.h"
#include "node/names.h"
#include "node/nearest.h"
#include "node/partners.h"
#include "node/register.h"
#include "proto/vocab.h"
#include "proto/when.h"

/* ---- the order ---- */

static int by_bytes(struct span x, struct span y)
{
	size_t n = x.n < y.n ? x.n : y.n;
	int order = n ? memcmp(x.p, y.p, n) : 0;

	return order ? order : (x.n > y.n) - (x.n < y.n);
}

static int by_keys(const void *a, const void *b)
{
	const struct api_register_line *x = a, *y = b;
	int order;

	for (size_t i = 0; i < sizeof x->key / sizeof *x->key; i++)
		if (x->key[i] != y->key[i])
			return (x->key[i] > y->key[i]) - (x->key[i] < y->key[i]);
	order = by_bytes(x->text, y->text);
	return order ? order : by_bytes(x->name, y->name);
}

/* Of the supplier that the row is, or is about. */
static enum err priority(struct api_call *c, const struct local_kind *k, const struct value *row, int64_t *out)
{
	const struct field *f = fields_find(k->fields, "supplier");
	const struct value *held = row;
	struct span name;
	char text[LOCAL_NAME + 1];
	enum err e = OK;

	*out = INT64_MAX;
	if (k != &local_supplier) {
		if (!f || !value_is_str(value_at(row, f->key), &name) || name.n > LOCAL_NAME)
			return OK;
		memcpy(text, name.p, name.n);
		text[name.n] = '\0';
		e = locals_get(core_txn(c->core), &local_supplier, text, c->arena, &held);
	}
	if (e == OK)
		*out = local_supplier_priority(held);
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Not stated comes last, whichever way. */
static int64_t key_of(const struct field *f, const struct value *row, bool down)
{
	const struct value *v = value_at(row, f->key);
	int64_t i;
	bool b;

	if (value_is_bool(v, &b))
		i = b;
	else if (!value_is_int(v, &i))
		return INT64_MAX;
	return down ? -i : i;
}

static enum err sort_line(struct api_call *c, const struct local_kind *k, const char *sort, struct api_register_line *l)
{
	const char *one[] = {sort, NULL}, *const *order = sort ? one : k->order;
	size_t n = 0;

	for (; *order && n < 3; order++) {
		bool down = **order == '-';
		const struct field *f = fields_find(k->fields, *order + down);

		if (f && (f->type == FIELD_LINE || f->type == FIELD_TEXT))
			l->text = (struct span){0}, (void)value_is_str(value_at(l->row, f->key), &l->text);
		else if (f)
			l->key[n++] = key_of(f, l->row, down);
	}
	return sort && strcmp(sort, "priority") != 0 ? OK : priority(c, k, l->row, &l->key[3]);
}

static enum err check_sort(struct api_call *c, const struct local_kind *k, const char *sort)
{
	struct nearest near = nearest_to(sort);
	const struct field *f = fields_find(k->fields, sort);

	if (strcmp(sort, "priority") == 0 || (f && !f->list && f->type != FIELD_GROUP))
		return OK;
	for (f = k->fields; f->name; f++)
		if (!f->list && f->type != FIELD_GROUP)
			nearest_try(&near, f->name);
	return api_fail(c, ERR_INVALID, "priority, name, or another field that is no list", "\"%.40s\" is no order of the list%s%s%s", sort,
	                near.best ? "; did you mean \"" : "", near.best ? near.best : "", near.best ? "\"?" : "");
}

enum err api_register_lines(struct api_call *c, const struct local_kind *k, const char *sort, struct api_register_line **out, size_t *count)
{
	struct api_register_line *lines = NULL;
	size_t n = 0, cap = 0;
	struct walk w;
	enum err e = sort ? check_sort(c, k, sort) : OK;

	if (e == OK)
		e = locals_walk(core_txn(c->core), k, &w);
	if (e != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		struct api_register_line *more = arena_more(c->arena, lines, n, &cap, sizeof *more);

		if (!more) {
			e = ERR_MEMORY;
			break;
		}
		lines = more;
		lines[n] = (struct api_register_line){0};
		if ((e = rows_value(w.value, c->arena, &lines[n].row)) == OK)
			e = sort_line(c, k, sort, &lines[n]);
		(void)fields_str(k->fields, lines[n].row, "name", &lines[n].name);
		n++;
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (n > 1)
		qsort(lines, n, sizeof *lines, by_keys);
	*out = lines;
	*count = n;
	return OK;
}

/* ---- list ---- */

static void copy(json_t *to, const json_t *from, const char *name)
{
	json_t *j = json_object_get(from, name);

	if (j)
		(void)json_object_set(to, name, j);
}

static void put_partner(struct api_call *c, json_t *o, const struct value *row)
{
	char name[NAMES_TEXT];
	struct id org;

	if (!fields_id(supplier_fields, row, "partner", &org))
		return;
	names_show(c->core, &org, name);
	api_set(o, "partner", name);
	api_set_id(o, "partner_org", &org);
}

/* Of the dates that call for something when they are past. */
static void put_overdue(struct api_call *c, const struct local_kind *k, const struct value *row, json_t *o)
{
	static const char *const names[] = {"review_due", "expires"};
	int64_t due;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct field *f = fields_find(k->fields, names[i]);

		if (f && value_is_int(value_at(row, f->key), &due) && due < core_now(c->core) / WHEN_DAY_MS)
			(void)json_object_set_new(o, i ? "expired" : "review_overdue", json_true());
	}
}

static enum err list_item(struct api_call *c, const struct local_kind *k, const struct value *row, json_t *items)
{
	char schema[48];
	json_t *all = fieldjson_write(k->fields, row), *o = json_object();
	int bad = -1;

	(void)snprintf(schema, sizeof schema, "tally/%s/1", k->name);
	if (all && o) {
		api_set(o, "schema", schema);
		(void)json_object_set(o, "id", json_object_get(all, "name"));
		copy(o, all, "name");
		for (const char *const *name = k->shown; *name; name++)
			copy(o, all, *name);
		put_overdue(c, k, row, o);
		if (k == &local_supplier)
			put_partner(c, o, row);
		bad = json_array_append(items, o);
	}
	json_decref(all);
	json_decref(o);
	return bad ? ERR_MEMORY : OK;
}

struct wanted {
	int64_t tier, state, limit; /* 0: any */
	const char *supplier;
};

static enum err filter(struct api_call *c, const char *name, const struct vocab *v, int64_t *out)
{
	const char *word;
	enum err e = api_text(c, name, false, &word);

	*out = 0;
	if (e == OK && word && (*out = vocab_number(v, SPAN(word, strlen(word)))) == 0)
		return api_fail(c, ERR_INVALID, NULL, "\"%.40s\" is no %s", word, name);
	return e;
}

static enum err read_wanted(struct api_call *c, const struct local_kind *k, struct wanted *w)
{
	const struct value *row;
	enum err e = api_text(c, "supplier", false, &w->supplier);

	w->limit = INT64_MAX;
	if (e == OK)
		e = filter(c, "tier", &vocab_tier, &w->tier);
	if (e == OK)
		e = filter(c, "state", &vocab_supplier_state, &w->state);
	if (e == OK)
		e = api_int(c, "limit", false, &w->limit);
	if (e == OK && w->supplier && fields_find(k->fields, "supplier"))
		e = api_register_supplier(c, &w->supplier, &row);
	return e;
}

static bool is_wanted(const struct wanted *w, const struct local_kind *k, const struct value *row)
{
	int64_t i = 0;
	struct span name;

	if (k == &local_supplier && w->tier && !(fields_int(supplier_fields, row, "tier", &i) && i == w->tier))
		return false;
	if (k == &local_supplier && w->state && !(fields_int(supplier_fields, row, "state", &i) && i == w->state))
		return false;
	if (!w->supplier || !fields_find(k->fields, "supplier"))
		return true;
	return fields_str(k->fields, row, "supplier", &name) && span_eq(name, SPAN(w->supplier, strlen(w->supplier)));
}

enum err api_register_list(struct api_call *c)
{
	const struct local_kind *k = api_register_kind(c);
	struct wanted want = {0};
	const char *sort;
	struct api_register_line *lines;
	size_t n;
	json_t *items;
	enum err e = api_text(c, "sort", false, &sort);

	if (e == OK)
		e = read_wanted(c, k, &want);
	if (e == OK)
		e = api_register_lines(c, k, sort, &lines, &n);
	if (e != OK)
		return e;
	items = json_array();
	if (json_object_set_new(c->result, "items", items) != 0)
		return ERR_MEMORY;
	for (size_t i = 0; e == OK && i < n && (int64_t)json_array_size(items) < want.limit; i++)
		if (is_wanted(&want, k, lines[i].row))
			e = list_item(c, k, lines[i].row, items);
	return e;
}

/* ---- history ---- */

/* One version as it was, and what the next one changed; next NULL: it was removed. */
static enum err history_item(const struct local_kind *k, const struct value *was, const struct value *next, json_t *items, uint64_t version)
{
	json_t *fields = register_changes(k->fields, was, next), *old = fieldjson_write(k->fields, was);
	json_t *o = json_object(), *before = json_object();
	const json_t *name;
	int64_t changed;
	size_t i;
	int bad = -1;

	if (o && fields && old && before) {
		(void)json_object_set_new(o, "version", json_integer((json_int_t)version));
		if (next && fields_int(k->fields, next, "changed", &changed))
			api_set_time(o, "changed", changed);
		json_array_foreach(fields, i, name)
			copy(before, old, json_string_value(name));
		if (!next)
			(void)json_object_set_new(o, "removed", json_true());
		(void)json_object_set(o, "fields", fields);
		(void)json_object_set(o, "before", before);
		bad = json_array_append(items, o);
	}
	json_decref(o);
	json_decref(fields);
	json_decref(old);
	json_decref(before);
	return bad ? ERR_MEMORY : OK;
}

static enum err put_history(struct api_call *c, const struct local_kind *k, const char *name, const struct value *now, json_t *items)
{
	const struct value *next = now, *was;
	struct walk w;
	enum err e = items ? locals_history(core_txn(c->core), k, name, &w) : ERR_MEMORY;

	if (e != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		e = rows_value(w.value, c->arena, &was);
		if (e == OK)
			e = history_item(k, was, next, items, locals_version(&w));
		next = was;
	}
	return walk_close(&w, e);
}

/* Also of a row that is no longer there. */
enum err api_register_history(struct api_call *c)
{
	const struct local_kind *k = api_register_kind(c);
	const char *name;
	const struct value *row = NULL;
	json_t *items = json_array();
	enum err e = json_object_set_new(c->result, "items", items) == 0 ? api_text(c, k->name, true, &name) : ERR_MEMORY;

	if (e == OK && (e = locals_get(core_txn(c->core), k, name, c->arena, &row)) == ERR_NOT_FOUND && strlen(name) <= LOCAL_NAME)
		e = OK;
	if (e == OK)
		e = put_history(c, k, name, row, items);
	if (e == ERR_NOT_FOUND || (e == OK && !row && json_array_size(items) == 0))
		return api_fail(c, ERR_NOT_FOUND, NULL, "there is no %s \"%.64s\", and never was", k->name, name);
	if (e == OK && json_array_size(items) == 0)
		api_set(c->result, "empty", "it is as it was first written");
	return e;
}

enum err api_register_show(struct api_call *c)
{
	const struct local_kind *k = api_register_kind(c);
	const char *name;
	const struct value *row;
	struct partner p;
	struct id org;
	json_t *history = json_array();
	enum err e = api_register_named(c, k, &name, &row);

	if (e == OK) {
		api_set(c->result, "id", name);
		e = api_register_json(c->result, k, row);
	}
	if (e == OK && k == &local_supplier) {
		put_partner(c, c->result, row);
		if (fields_id(supplier_fields, row, "partner", &org) && partners_get(core_txn(c->core), c->arena, &org, &p) == OK)
			api_set(c->result, "partner_state", vocab_word(&vocab_partner_state, (int64_t)p.state));
	}
	if (e != OK) {
		json_decref(history);
		return e;
	}
	put_overdue(c, k, row, c->result);
	if (json_object_set_new(c->result, "history", history) != 0)
		return ERR_MEMORY;
	return put_history(c, k, name, row, history);
}
