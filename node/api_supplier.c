/* api_supplier.c - the register of suppliers for the dispatcher. */
#include <stdio.h>
#include <string.h>

#include "node/api_supplier.h"
#include "node/fieldjson.h"
#include "node/names.h"
#include "node/nearest.h"
#include "node/partners.h"
#include "node/register.h"
#include "node/saying.h"
#include "proto/vocab.h"

/* ---- common ---- */

static enum err load(struct api_call *c, const char *name, const struct value **out)
{
	enum err e;

	if (!*name || strlen(name) > SUPPLIER_NAME)
		e = ERR_NOT_FOUND;
	else
		e = rows_get(core_txn(c->core), TABLE_SUPPLIERS, SPAN(name, strlen(name)), c->arena, out);
	if (e == ERR_NOT_FOUND)
		return api_fail(c, e, "see: tally supplier list", "there is no supplier \"%.64s\"", name);
	return e;
}

enum err api_supplier_named(struct api_call *c, const char **name, const struct value **row)
{
	enum err e = api_text(c, "supplier", true, name);

	return e != OK ? e : load(c, *name, row);
}

enum err api_supplier_put(struct api_call *c, const char *name, struct value *row)
{
	enum err e;

	if (!row)
		return ERR_MEMORY;
	fields_set(c->arena, supplier_fields, row, "changed", value_int(c->arena, core_now(c->core)));
	if ((e = fields_check(supplier_fields, row, &c->why)) != OK)
		return e;
	return suppliers_put(core_txn(c->core), name, row);
}

enum err api_supplier_log(struct api_call *c, const char *what, const char *about)
{

	return operations_add(core_txn(c->core), core_now(c->core), "operator", what, about);
}

static enum err resolve(void *ctx, const struct field *f, const char *typed, struct id *out, struct complaint *why)
{
	struct api_call *c = ctx;

	return f->type == FIELD_ORG ? names_org(c->core, typed, out, why) : names_record(c->core, typed, out, why);
}

/* "body", without what is ours to keep. */
static enum err given_fields(struct api_call *c, const char *name, struct value **out)
{
	const struct fieldjson_names names = {resolve, c};
	const json_t *body = json_object_get(c->args, "body");
	struct value *map = value_map(c->arena);
	struct span said;
	enum err e;

	if (!map)
		return ERR_MEMORY;
	if (body && (e = fieldjson_read(supplier_fields, body, &names, c->arena, &map, &c->why)) != OK)
		return e;
	for (const struct field *f = supplier_fields; f->name; f++)
		if (register_kept(f) && value_at(map, f->key))
			return api_fail(c, ERR_INVALID, NULL, "%s is kept by the node", f->name);
	if (fields_str(supplier_fields, map, "name", &said) && !span_eq(said, SPAN(name, strlen(name))))
		return api_fail(c, ERR_INVALID, "add it under the new name instead", "a supplier's name cannot be changed");
	saying_doubt(c, supplier_fields, map);
	*out = map;
	return OK;
}

static void set_name(struct api_call *c, struct value *row, const char *name)
{
	fields_set(c->arena, supplier_fields, row, "name", value_str(c->arena, name));
}

enum err api_supplier_json(json_t *result, const struct value *row)
{
	json_t *fields = fieldjson_write(supplier_fields, row);
	int bad = fields ? json_object_update(result, fields) : -1;

	json_decref(fields);
	return bad ? ERR_MEMORY : OK;
}

/* ---- add, edit, link, rank ---- */

static enum err name_refused(struct api_call *c, const char *name)
{
	return api_fail(c, ERR_INVALID, "such as: brackwater-logistics", "\"%.30s\" cannot be a supplier's name: %s", name, names_fault(name));
}

static enum err supplier_add(struct api_call *c)
{
	const char *name;
	const struct value *held;
	struct value *row, *given;
	enum err e = api_text(c, "supplier", true, &name);

	if (e != OK)
		return e;
	if (names_fault(name))
		return name_refused(c, name);
	if (rows_get(core_txn(c->core), TABLE_SUPPLIERS, SPAN(name, strlen(name)), c->arena, &held) == OK)
		return api_fail(c, ERR_CONFLICT, "change it with: tally supplier edit", "there is a supplier \"%.64s\" already", name);
	if ((e = given_fields(c, name, &given)) != OK)
		return e;
	if (!(row = register_lay(c->arena, supplier_fields, NULL, given)))
		return ERR_MEMORY;
	set_name(c, row, name);
	fields_set(c->arena, supplier_fields, row, "created", value_int(c->arena, core_now(c->core)));
	register_due(c->arena, row, core_now(c->core), false);
	if ((e = api_supplier_put(c, name, row)) != OK)
		return e;
	api_set(c->result, "id", name);
	if (c->dry_run)
		(void)json_object_set_new(c->result, "would", fieldjson_write(supplier_fields, row));
	return api_supplier_log(c, "supplier add", name);
}

static enum err clear_fields(struct api_call *c, struct value *given)
{
	const json_t *list = json_object_get(c->args, "clear"), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		struct nearest near = nearest_to(json_is_string(item) ? json_string_value(item) : "");
		const struct field *found = NULL;
		char hint[120] = "";

		for (const struct field *f = supplier_fields; f->name; f++) {
			size_t k = 0;

			while (f->name[k] && f->name[k] == (near.typed[k] == '-' ? '_' : near.typed[k]))
				k++;
			found = !f->name[k] && !near.typed[k] ? f : found;
			nearest_try(&near, f->name);
		}
		if (near.best)
			(void)snprintf(hint, sizeof hint, "did you mean \"%s\"?", near.best);
		if (!found || register_kept(found) || strcmp(found->name, "name") == 0)
			return api_fail(c, ERR_INVALID, hint, "\"%.60s\" is no field that can be cleared", near.typed);
		value_set(c->arena, given, found->key, value_nil(c->arena));
	}
	return OK;
}

/* Lays fields over the row that is there. */
static enum err change(struct api_call *c, const char *name, const struct value *held, const struct value *given,
                       const char *what)
{
	struct value *row = register_lay(c->arena, supplier_fields, held, given);
	bool tier = value_at(given, fields_find(supplier_fields, "tier")->key) != NULL;
	bool due = value_at(given, fields_find(supplier_fields, "review_due")->key) != NULL;
	json_t *fields;
	enum err e;

	if (!row)
		return ERR_MEMORY;
	if (tier && !due)
		register_due(c->arena, row, core_now(c->core), true);
	if (!(fields = register_changes(held, row)) || json_object_set_new(c->result, "changed", fields) != 0)
		return ERR_MEMORY;
	api_set(c->result, "id", name);
	if (json_array_size(fields) == 0)
		return OK;
	e = api_supplier_put(c, name, row);
	return e == OK ? api_supplier_log(c, what, name) : e;
}

static enum err supplier_edit(struct api_call *c)
{
	const char *name;
	const struct value *held;
	struct value *given;
	enum err e = api_supplier_named(c, &name, &held);

	if (e == OK)
		e = given_fields(c, name, &given);
	if (e == OK)
		e = clear_fields(c, given);
	return e == OK ? change(c, name, held, given, "supplier edit") : e;
}

static enum err supplier_link(struct api_call *c)
{
	const char *name;
	const struct value *held;
	struct value *given = value_map(c->arena);
	struct partner p;
	struct id org;
	enum err e = api_supplier_named(c, &name, &held);

	if (e == OK)
		e = api_org(c, "partner", &org);
	if (e != OK)
		return e;
	if ((e = partners_get(core_txn(c->core), c->arena, &org, &p)) == ERR_NOT_FOUND)
		return api_fail(c, e, "see: tally partner list", "this organisation is no partner of ours");
	if (e != OK)
		return e;
	if (!given)
		return ERR_MEMORY;
	fields_set(c->arena, supplier_fields, given, "partner", value_id(c->arena, &org));
	partners_set(c->arena, &p, "supplier", value_str(c->arena, name));
	if ((e = partners_put(core_txn(c->core), c->arena, &p)) != OK)
		return e;
	return change(c, name, held, given, "supplier link");
}

static enum err one_factor(struct api_call *c, const struct field *factors, const char *text, struct value *map)
{
	const char *equal = strchr(text, '=');
	struct complaint why = {0};
	const struct field *f = NULL;
	struct nearest near;
	struct value *v;
	char key[48], hint[120] = "";
	enum err e;

	(void)snprintf(key, sizeof key, "%.*s", equal ? (int)(equal - text < 40 ? equal - text : 40) : 40, text);
	for (char *p = key; *p; p++)
		*p = *p == '-' ? '_' : *p;
	near = nearest_to(key);
	for (const struct field *g = factors->group; g->name; g++) {
		f = strcmp(g->name, key) == 0 ? g : f;
		nearest_try(&near, g->name);
	}
	if (near.best)
		(void)snprintf(hint, sizeof hint, "did you mean \"%s\"?", near.best);
	if (!f || !equal)
		return api_fail(c, ERR_INVALID, f ? "write it as FACTOR=LEVEL" : hint,
		                f ? "%.40s has no level" : "\"%.40s\" is no factor", key);
	if ((e = fields_parse(f, equal + 1, c->arena, &v, &why)) != OK)
		return api_fail(c, e, NULL, "%s %s", key, why.text);
	value_set(c->arena, map, f->key, v);
	return OK;
}

static enum err supplier_rank(struct api_call *c)
{
	const struct field *factors = fields_find(supplier_fields, "factors");
	const json_t *list = json_object_get(c->args, "factor"), *item;
	const char *name, *reason, *tier;
	const struct value *held;
	struct value *given = value_map(c->arena), *map = value_map(c->arena);
	size_t i;
	enum err e = api_supplier_named(c, &name, &held);

	if (e == OK)
		e = api_text(c, "reason", true, &reason);
	if (e == OK)
		e = api_text(c, "tier", false, &tier);
	if (e != OK || !given || !map)
		return e != OK ? e : ERR_MEMORY;
	if (!tier && json_array_size(list) == 0)
		return api_fail(c, ERR_USAGE, "give --factor FACTOR=LEVEL or --tier TIER", "nothing to rank by");
	json_array_foreach(list, i, item) {
		if (!json_is_string(item))
			return api_fail(c, ERR_USAGE, NULL, "factor must be a list of text");
		if ((e = one_factor(c, factors, json_string_value(item), map)) != OK)
			return e;
	}
	if (value_count(map) > 0)
		value_set(c->arena, given, factors->key, map);
	fields_set(c->arena, supplier_fields, given, "reason", value_str(c->arena, reason));
	if (tier) {
		int64_t number = vocab_number(&vocab_tier, SPAN(tier, strlen(tier)));

		if (number == 0)
			return api_fail(c, ERR_INVALID, "critical, high, medium or low", "\"%.40s\" is no tier", tier);
		fields_set(c->arena, supplier_fields, given, "tier", value_int(c->arena, number));
	}
	if ((e = change(c, name, held, given, "supplier rank")) != OK)
		return e;
	if ((e = load(c, name, &held)) != OK)
		return e;
	return api_supplier_json(c->result, held);
}

const struct api_row api_supplier_rows[] = {
	{"supplier.add", supplier_add, "adds a row: {supplier, body} -> {id}"},
	{"supplier.edit", supplier_edit, "changes fields: {supplier, body, clear} -> {id, changed}"},
	{"supplier.list", api_supplier_list, "the register: {sort, tier, state} -> {items}"},
	{"supplier.show", api_supplier_show, "one row, its partner and its history: {supplier}"},
	{"supplier.link", supplier_link, "says which partner a supplier is: {supplier, partner} -> {id, changed}"},
	{"supplier.rank", supplier_rank, "sets factors and tier: {supplier, factor, tier, reason} -> the row"},
	{"supplier.import", api_supplier_import, "reads CSV, all or nothing: {csv} -> {rows, added, changed, unchanged}"},
	{"supplier.export", api_supplier_export, "writes CSV: {} -> {text, rows}"},
	{0},
};
