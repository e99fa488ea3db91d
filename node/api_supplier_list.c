#include <stdlib.h>
#include <string.h>

#include "node/api_supplier.h"
#include "node/fieldjson.h"
#include "node/names.h"
#include "node/partners.h"
#include "node/register.h"
#include "proto/vocab.h"
#include "proto/when.h"

int api_supplier_by_name(const void *a, const void *b)
{
	const struct supplier_line *x = a, *y = b;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int order = n ? memcmp(x->name.p, y->name.p, n) : 0;

	return order ? order : (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

static int by_tier(const void *a, const void *b)
{
	const struct supplier_line *x = a, *y = b;

	return x->tier != y->tier ? (x->tier > y->tier) - (x->tier < y->tier) : api_supplier_by_name(a, b);
}

static int by_state(const void *a, const void *b)
{
	const struct supplier_line *x = a, *y = b;

	return x->state != y->state ? (x->state > y->state) - (x->state < y->state) : api_supplier_by_name(a, b);
}

enum err api_supplier_lines(struct api_call *c, struct supplier_line **out, size_t *count)
{
	struct txn *t = core_txn(c->core);
	struct supplier_line *lines;
	uint64_t most;
	struct walk w;
	size_t n = 0;
	enum err e = store_count(t, TABLE_SUPPLIERS, &most);

	if (e != OK)
		return e;
	if (!(lines = arena_alloc(c->arena, ((size_t)most + 1) * sizeof *lines)))
		return ERR_MEMORY;
	e = walk_open(t, TABLE_SUPPLIERS, SPAN(NULL, 0), false, &w);
	while (e == OK && n < most && walk_next(&w)) {
		struct supplier_line *l = &lines[n];

		l->tier = l->state = INT64_MAX; /* not stated: last */
		if ((e = rows_value(w.value, c->arena, &l->row)) != OK)
			break;
		(void)fields_int(supplier_fields, l->row, "tier", &l->tier);
		(void)fields_int(supplier_fields, l->row, "state", &l->state);
		(void)fields_str(supplier_fields, l->row, "name", &l->name);
		n++;
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	*out = lines;
	*count = n;
	return OK;
}

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

static enum err list_item(struct api_call *c, const struct supplier_line *l, json_t *items)
{
	static const char *const shown[] = {"name", "title", "tier", "type", "state", "review_due", "owner", "country", "services"};
	json_t *all = fieldjson_write(supplier_fields, l->row), *o = json_object();
	int64_t due;
	int bad = -1;

	if (all && o) {
		api_set(o, "schema", "tally/supplier/1");
		(void)json_object_set(o, "id", json_object_get(all, "name"));
		for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
			copy(o, all, shown[i]);
		if (fields_int(supplier_fields, l->row, "review_due", &due) && due < core_now(c->core) / WHEN_DAY_MS)
			(void)json_object_set_new(o, "review_overdue", json_true());
		put_partner(c, o, l->row);
		bad = json_array_append(items, o);
	}
	json_decref(all);
	json_decref(o);
	return bad ? ERR_MEMORY : OK;
}

static enum err filter(struct api_call *c, const char *name, const struct vocab *v, int64_t *out)
{
	const char *word;
	enum err e = api_text(c, name, false, &word);

	*out = 0;
	if (e == OK && word && (*out = vocab_number(v, SPAN(word, strlen(word)))) == 0)
		return api_fail(c, ERR_INVALID, NULL, "\"%.40s\" is no %s", word, name);
	return e;
}

enum err api_supplier_list(struct api_call *c)
{
	static const struct {
		const char *name;
		int (*order)(const void *, const void *);
	} orders[] = {{"tier", by_tier}, {"name", api_supplier_by_name}, {"state", by_state}};
	const char *sort;
	int64_t tier = 0, state = 0, limit = INT64_MAX;
	struct supplier_line *lines;
	size_t n, k = 0;
	json_t *items;
	enum err e = api_text(c, "sort", false, &sort);

	if (e == OK)
		e = filter(c, "tier", &vocab_tier, &tier);
	if (e == OK)
		e = filter(c, "state", &vocab_supplier_state, &state);
	if (e == OK)
		e = api_int(c, "limit", false, &limit);
	if (e != OK)
		return e;
	while (sort && k < 3 && strcmp(orders[k].name, sort) != 0)
		k++;
	if (k == 3)
		return api_fail(c, ERR_INVALID, "tier, name or state", "\"%.40s\" is no order of the list", sort);
	if ((e = api_supplier_lines(c, &lines, &n)) != OK)
		return e;
	qsort(lines, n, sizeof *lines, orders[k].order);
	items = json_array();
	if (json_object_set_new(c->result, "items", items) != 0)
		return ERR_MEMORY;
	for (size_t i = 0; e == OK && i < n && (int64_t)json_array_size(items) < limit; i++)
		if ((!tier || lines[i].tier == tier) && (!state || lines[i].state == state))
			e = list_item(c, &lines[i], items);
	return e;
}

/* One version as it was, and what the next one changed. */
static enum err history_item(const struct value *was, const struct value *next, uint64_t version, json_t *items)
{
	json_t *fields = register_changes(was, next), *old = fieldjson_write(supplier_fields, was);
	json_t *o = json_object(), *before = json_object();
	const json_t *name;
	int64_t changed;
	size_t i;
	int bad = -1;

	if (o && fields && old && before) {
		(void)json_object_set_new(o, "version", json_integer((json_int_t)version));
		if (fields_int(supplier_fields, next, "changed", &changed))
			api_set_time(o, "changed", changed);
		json_array_foreach(fields, i, name)
			copy(before, old, json_string_value(name));
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

static enum err put_history(struct api_call *c, const char *name, const struct value *now)
{
	json_t *items = json_array();
	const struct value *next = now, *was;
	struct walk w;
	enum err e;

	if (json_object_set_new(c->result, "history", items) != 0)
		return ERR_MEMORY;
	e = walk_open(core_txn(c->core), TABLE_SUPPLIER_HISTORY, SPAN(name, strlen(name) + 1), true, &w);
	while (e == OK && walk_next(&w)) {
		if (w.key.n < 8) {
			e = ERR_CORRUPT;
			break;
		}
		e = rows_value(w.value, c->arena, &was);
		if (e == OK)
			e = history_item(was, next, get_u64be(w.key.p + w.key.n - 8), items);
		next = was;
	}
	return walk_close(&w, e);
}

enum err api_supplier_show(struct api_call *c)
{
	const char *name;
	const struct value *row;
	struct partner p;
	struct id org;
	enum err e = api_supplier_named(c, &name, &row);

	if (e != OK)
		return e;
	api_set(c->result, "id", name);
	if ((e = api_supplier_json(c->result, row)) != OK)
		return e;
	put_partner(c, c->result, row);
	if (fields_id(supplier_fields, row, "partner", &org) && partners_get(core_txn(c->core), c->arena, &org, &p) == OK)
		api_set(c->result, "partner_state", vocab_word(&vocab_partner_state, (int64_t)p.state));
	return put_history(c, name, row);
}
