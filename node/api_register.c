/* api_register.c - rows of the register for the dispatcher: every local kind is added, changed and removed alike. */
#include "node/api_register.h"

#include <stdio.h>
#include <string.h>

#include "node/fieldjson.h"
#include "node/names.h"
#include "node/nearest.h"
#include "node/partners.h"
#include "node/register.h"
#include "node/saying.h"

/* ---- common ---- */

const struct local_kind *api_register_kind(const struct api_call *c)
{
	char noun[32];

	(void)snprintf(noun, sizeof noun, "%.*s", (int)strcspn(c->name, "."), c->name);
	return locals_by_name(noun);
}

enum err api_register_load(struct api_call *c, const struct local_kind *k, const char *name, const struct value **out)
{
	char hint[60];
	enum err e = locals_get(core_txn(c->core), k, name, c->arena, out);

	(void)snprintf(hint, sizeof hint, "see: tally %s list", k->name);
	if (e == ERR_NOT_FOUND)
		return api_fail(c, e, hint, "there is no %s \"%.64s\"", k->name, name);
	return e;
}

/* The row that is linked to this organisation. */
static enum err row_of(struct api_call *c, const struct id *org, const struct value **out)
{
	struct walk w;
	enum err e = locals_walk(core_txn(c->core), &local_supplier, &w);

	*out = NULL;
	if (e != OK)
		return e;
	while (e == OK && !*out && walk_next(&w)) {
		const struct value *row;
		struct id linked;

		e = rows_value(w.value, c->arena, &row);
		if (e == OK && fields_id(supplier_fields, row, "partner", &linked) && id_eq(&linked, org))
			*out = row;
	}
	e = walk_close(&w, e);
	return e == OK && !*out ? ERR_NOT_FOUND : e;
}

/* A partner is one supplier: its name would mean either. */
static enum err check_link(struct api_call *c, const struct api_register_change *x)
{
	const struct value *other;
	struct span name;
	char hint[128];
	struct id org;
	enum err e;

	if (x->kind != &local_supplier || !fields_id(supplier_fields, x->given, "partner", &org))
		return OK;
	if ((e = row_of(c, &org, &other)) != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (!fields_str(supplier_fields, other, "name", &name) || span_eq(name, SPAN(x->name, strlen(x->name))))
		return OK;
	(void)snprintf(hint, sizeof hint, "take the other link away first: tally supplier edit %.*s --clear partner", (int)name.n, (const char *)name.p);
	return api_fail(c, ERR_CONFLICT, hint, "\"%.*s\" is linked to this partner already", (int)name.n, (const char *)name.p);
}

enum err api_register_linked(struct api_call *c, const char *partner, const char **name, const struct value **row)
{
	struct partner p;
	struct span found;
	char *copy, hint[128];
	enum err e = partners_by_name(core_txn(c->core), c->arena, partner, &p);

	if (e != OK)
		return e;
	(void)snprintf(hint, sizeof hint, "say which row it is: tally supplier link NAME %.64s", partner);
	if ((e = row_of(c, &p.org, row)) == ERR_NOT_FOUND)
		return api_fail(c, e, hint, "\"%.64s\" is a partner, but no supplier of the register is linked to it", partner);
	if (e != OK)
		return e;
	(void)fields_str(supplier_fields, *row, "name", &found);
	if (!(copy = arena_alloc(c->arena, found.n + 1)))
		return ERR_MEMORY;
	memcpy(copy, found.p, found.n);
	*name = copy;
	return OK;
}

enum err api_register_supplier(struct api_call *c, const char **name, const struct value **row)
{
	enum err e = locals_get(core_txn(c->core), &local_supplier, *name, c->arena, row);

	if (e == ERR_NOT_FOUND)
		e = api_register_linked(c, *name, name, row);
	if (e == ERR_NOT_FOUND && !c->why.text[0])
		return api_fail(c, e, "see: tally supplier list; to add it: tally supplier add NAME --title TITLE", "there is no supplier \"%.64s\"", *name);
	return e;
}

enum err api_register_named(struct api_call *c, const struct local_kind *k, const char **name, const struct value **row)
{
	enum err e = api_text(c, k->name, true, name);

	if (e == OK && k == &local_supplier)
		return api_register_supplier(c, name, row);
	return e != OK ? e : api_register_load(c, k, *name, row);
}

/* A row about a supplier is about one that is there, by its row's name. */
static enum err check_supplier(struct api_call *c, const struct local_kind *k, struct value *row)
{
	const struct field *f = fields_find(k->fields, "supplier");
	const struct value *held;
	const char *supplier;
	struct span typed;
	char text[LOCAL_NAME + 1];
	enum err e;

	if (!f || !value_is_str(value_at(row, f->key), &typed))
		return OK;
	(void)snprintf(text, sizeof text, "%.*s", (int)typed.n, (const char *)typed.p);
	supplier = text;
	if ((e = api_register_supplier(c, &supplier, &held)) == OK && supplier != text)
		value_set(c->arena, row, f->key, value_str(c->arena, supplier));
	return e;
}

enum err api_register_put(struct api_call *c, const struct local_kind *k, const char *name, struct value *row)
{
	enum err e;

	if (!row)
		return ERR_MEMORY;
	fields_set(c->arena, k->fields, row, "changed", value_int(c->arena, core_now(c->core)));
	if ((e = locals_check(k, row, &c->why)) == OK)
		e = check_supplier(c, k, row);
	return e == OK ? locals_put(core_txn(c->core), k, name, row) : e;
}

enum err api_register_log(struct api_call *c, const char *what, const char *about)
{
	return operations_add(core_txn(c->core), core_now(c->core), "operator", what, about);
}

/* What was done to which row, and which fields of it. */
static enum err journal(struct api_call *c, const char *what, const char *name, const json_t *fields)
{
	char about[900];
	const json_t *field;
	size_t i, n = (size_t)snprintf(about, sizeof about, "%s", name);

	json_array_foreach(fields, i, field)
		if (n < sizeof about - 80)
			n += (size_t)snprintf(about + n, sizeof about - n, "%s%s", i ? ", " : ": ", json_string_value(field));
	return api_register_log(c, what, about);
}

static enum err resolve(void *ctx, const struct field *f, const char *typed, struct id *out, struct complaint *why)
{
	struct api_call *c = ctx;

	return f->type == FIELD_ORG ? names_org(c->core, typed, out, why) : names_record(c->core, typed, out, why);
}

/* "body", without what is ours to keep. */
static enum err given_fields(struct api_call *c, const struct local_kind *k, const char *name, struct value **out)
{
	const struct fieldjson_names names = {resolve, c};
	const json_t *body = json_object_get(c->args, "body");
	struct value *map = value_map(c->arena);
	struct span said;
	enum err e;

	if (!map)
		return ERR_MEMORY;
	if (body && (e = fieldjson_read(k->fields, body, &names, c->arena, &map, &c->why)) != OK)
		return e;
	for (const struct field *f = k->fields; f->name; f++)
		if (register_kept(f) && value_at(map, f->key))
			return api_fail(c, ERR_INVALID, NULL, "%s is kept by the node", f->name);
	if (fields_str(k->fields, map, "name", &said) && !span_eq(said, SPAN(name, strlen(name))))
		return api_fail(c, ERR_INVALID, "add it under the new name instead", "the name of a %s cannot be changed", k->name);
	saying_doubt(c, k->fields, map);
	*out = map;
	return api_register_doubt_contract(c, k, map);
}

enum err api_register_json(json_t *result, const struct local_kind *k, const struct value *row)
{
	json_t *fields = fieldjson_write(k->fields, row);
	int bad = fields ? json_object_update(result, fields) : -1;

	json_decref(fields);
	return bad ? ERR_MEMORY : OK;
}

/* ---- add ---- */

static enum err name_refused(struct api_call *c, const struct local_kind *k, const char *name)
{
	return api_fail(c, ERR_INVALID, "such as: brackwater-logistics", "\"%.30s\" cannot be the name of a %s: %s", name, k->name, names_fault(name));
}

static enum err register_add(struct api_call *c)
{
	const struct local_kind *k = api_register_kind(c);
	const char *name;
	char text[60];
	const struct value *held;
	struct value *row, *given;
	enum err e = api_text(c, k->name, true, &name);

	if (e != OK)
		return e;
	if (names_fault(name))
		return name_refused(c, k, name);
	(void)snprintf(text, sizeof text, "change it with: tally %s edit", k->name);
	if (locals_get(core_txn(c->core), k, name, c->arena, &held) == OK)
		return api_fail(c, ERR_CONFLICT, text, "there is a %s \"%.64s\" already", k->name, name);
	if ((e = given_fields(c, k, name, &given)) != OK)
		return e;
	if (!(row = register_lay(c->arena, k->fields, NULL, given)))
		return ERR_MEMORY;
	fields_set(c->arena, k->fields, row, "name", value_str(c->arena, name));
	fields_set(c->arena, k->fields, row, "created", value_int(c->arena, core_now(c->core)));
	if (k->fill)
		k->fill(c->arena, row, core_now(c->core));
	if ((e = api_register_put(c, k, name, row)) != OK || (e = api_register_doubt_numbers(c, k, name)) != OK)
		return e;
	api_set(c->result, "id", name);
	if (c->dry_run)
		(void)json_object_set_new(c->result, "would", fieldjson_write(k->fields, row));
	(void)snprintf(text, sizeof text, "%s add", k->name);
	return api_register_log(c, text, name);
}

/* ---- edit ---- */

static enum err clear_fields(struct api_call *c, const struct local_kind *k, struct value *given)
{
	const json_t *list = json_object_get(c->args, "clear"), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		struct nearest near = nearest_to(json_is_string(item) ? json_string_value(item) : "");
		const struct field *found = NULL;
		char hint[120] = "";

		for (const struct field *f = k->fields; f->name; f++) {
			size_t n = 0;

			while (f->name[n] && f->name[n] == (near.typed[n] == '-' ? '_' : near.typed[n]))
				n++;
			found = !f->name[n] && !near.typed[n] ? f : found;
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

enum err api_register_change(struct api_call *c, const struct api_register_change *x)
{
	struct value *row = register_lay(c->arena, x->kind->fields, x->held, x->given);
	json_t *fields;
	enum err e;

	if (!row)
		return ERR_MEMORY;
	if ((e = check_link(c, x)) != OK)
		return e;
	if (x->kind == &local_supplier && fields_get(supplier_fields, x->given, "tier") && !fields_get(supplier_fields, x->given, "review_due"))
		local_supplier_due(c->arena, row, core_now(c->core), true);
	if (x->kind->fill)
		x->kind->fill(c->arena, row, core_now(c->core));
	if (!(fields = register_changes(x->kind->fields, x->held, row)) || json_object_set_new(c->result, "changed", fields) != 0)
		return ERR_MEMORY;
	api_set(c->result, "id", x->name);
	if (json_array_size(fields) == 0)
		return OK;
	e = api_register_put(c, x->kind, x->name, row);
	if (e == OK && fields_find(x->kind->fields, "identifiers") && fields_get(x->kind->fields, x->given, "identifiers"))
		e = api_register_doubt_numbers(c, x->kind, x->name);
	return e == OK ? journal(c, x->what, x->name, fields) : e;
}

static enum err register_edit(struct api_call *c)
{
	const struct local_kind *k = api_register_kind(c);
	struct api_register_change x = {.kind = k};
	struct value *given;
	char what[40];
	enum err e = api_register_named(c, k, &x.name, &x.held);

	if (e == OK)
		e = given_fields(c, k, x.name, &given);
	if (e == OK)
		e = clear_fields(c, k, given);
	if (e != OK)
		return e;
	(void)snprintf(what, sizeof what, "%s edit", k->name);
	x.given = given;
	x.what = what;
	return api_register_change(c, &x);
}

/* ---- remove ---- */

/* How many rows of a kind name this supplier. */
static enum err count_about(struct api_call *c, const struct local_kind *k, const char *supplier, size_t *out)
{
	struct arena *a = arena_new();
	const struct value *row;
	struct span name;
	struct walk w;
	enum err e = a ? locals_walk(core_txn(c->core), k, &w) : ERR_MEMORY;

	*out = 0;
	if (e != OK) {
		arena_free(a);
		return e;
	}
	while (e == OK && walk_next(&w)) {
		e = rows_value(w.value, a, &row);
		*out += e == OK && fields_str(k->fields, row, "supplier", &name) && span_eq(name, SPAN(supplier, strlen(supplier)));
		arena_reset(a);
	}
	e = walk_close(&w, e);
	arena_free(a);
	return e;
}

static enum err leaned_on(struct api_call *c, const char *name)
{
	const struct local_kind *k;
	char hint[120];
	size_t n;
	enum err e;

	for (size_t i = 0; (k = locals_each(i)); i++) {
		if (!fields_find(k->fields, "supplier"))
			continue;
		if ((e = count_about(c, k, name, &n)) != OK)
			return e;
		(void)snprintf(hint, sizeof hint, "see: tally %s list --supplier %.64s", k->name, name);
		if (n > 0)
			return api_fail(c, ERR_CONFLICT, hint, "%zu row%s of \"%s\" %s about it", n, n == 1 ? "" : "s", k->name, n == 1 ? "is" : "are");
	}
	return OK;
}

static enum err register_remove(struct api_call *c)
{
	const struct local_kind *k = api_register_kind(c);
	const struct value *row;
	const char *name;
	char what[40];
	enum err e = api_register_named(c, k, &name, &row);

	if (e == OK && k == &local_supplier && fields_get(supplier_fields, row, "partner"))
		return api_fail(c, ERR_CONFLICT, "end it with: tally supplier offboard", "it is linked to a partner");
	if (e == OK && k == &local_supplier)
		e = leaned_on(c, name);
	if (e == OK)
		e = locals_drop(core_txn(c->core), k, name);
	if (e != OK)
		return e;
	api_set(c->result, "id", name);
	(void)snprintf(what, sizeof what, "%s remove", k->name);
	return api_register_log(c, what, name);
}

#define ROWS(noun)                                                                                                                     \
	{noun ".add", register_add, "adds a row: {" noun ", body} -> {id}"},                                                       \
	{noun ".edit", register_edit, "changes fields: {" noun ", body, clear} -> {id, changed}"},                                 \
	{noun ".remove", register_remove, "takes a row out; its history stays: {" noun "} -> {id}"},                               \
	{noun ".list", api_register_list, "the rows, most pressing first: {sort, supplier, tier, state, limit} -> {items}"},           \
	{noun ".show", api_register_show, "one row and its history: {" noun "}"},                                                      \
	{noun ".history", api_register_history, "every version of a row, newest first: {" noun "} -> {items}"},                        \
	{noun ".import", api_register_import, "reads CSV, all or nothing: {csv, map} -> {rows, added, changed, unchanged, diff}"},     \
	{noun ".export", api_register_export, "writes CSV: {} -> {text, rows}"}

const struct api_row api_register_rows[] = {
	ROWS("supplier"), ROWS("dependency"), ROWS("subcontractor"), ROWS("published"), ROWS("terms"), ROWS("access"), ROWS("awareness"),
	ROWS("support"), {0},
};
