#include "node/api_register.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/names.h"
#include "node/register.h"
#include "node/register_map.h"
#include "node/register_name.h"
#include "node/saying.h"

#define DIFF_MOST 5000u /* lines of a rehearsal; the counts say what there is beyond */

static int row_by_name(const void *a, const void *b)
{
	return strcmp((*(const struct register_row *const *)a)->name, (*(const struct register_row *const *)b)->name);
}

static enum err refuse_row(struct api_call *c, const struct register_row *r, const char *text)
{
	return api_fail(c, ERR_INVALID, "nothing was imported", "line %zu (%.64s): %s", r->line, r->name, text);
}

/* Names must be good, and each stand once. */
static enum err check_names(struct api_call *c, const struct register_sheet *s)
{
	const struct register_row **order = arena_alloc(c->arena, (s->count + 1) * sizeof *order);
	char text[64];

	if (!order)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->count; i++) {
		order[i] = &s->rows[i];
		if (names_fault(s->rows[i].name))
			return refuse_row(c, &s->rows[i], names_fault(s->rows[i].name));
	}
	qsort(order, s->count, sizeof *order, row_by_name);
	for (size_t i = 1; i < s->count; i++) {
		size_t a = order[i - 1]->line, b = order[i]->line;

		if (strcmp(order[i - 1]->name, order[i]->name) != 0)
			continue;
		(void)snprintf(text, sizeof text, "this name stands in line %zu already", a < b ? a : b);
		return refuse_row(c, order[a < b ? i : i - 1], text);
	}
	return OK;
}

struct imported {
	const struct local_kind *kind;
	json_t *added, *changed, *diff;
	size_t unchanged, left, kept; /* left: lines of the diff that are not shown; kept: tiers that stay as they were ranked */
	const char *kept_name;        /* the first of them */
};

static char *shown(const struct field *f, const struct value *v, struct buf *text)
{
	buf_clear(text);
	if (!v || fields_format(f, v, text) != OK || buf_add(text, "", 1) != OK)
		return NULL;
	return (char *)text->p;
}

/* Field by field, for a rehearsal. */
static enum err put_diff(struct imported *done, const struct register_row *r, const struct value *held, const struct value *row)
{
	struct buf text = {0};

	for (const struct field *f = done->kind->fields; f->name; f++) {
		const struct value *was = value_at(held, f->key), *now = value_at(row, f->key);
		json_t *o;

		if (register_kept(f) || strcmp(f->name, "name") == 0 || (!was && !now) || (was && now && value_eq(was, now)))
			continue;
		if (json_array_size(done->diff) >= DIFF_MOST) {
			done->left++;
			continue;
		}
		o = json_pack("{s:I, s:s, s:s, s:s}", "line", (json_int_t)r->line, "change", held ? "changed" : "added", "name", r->name, "field", f->name);
		api_set(o, "was", shown(f, was, &text));
		api_set(o, "now", shown(f, now, &text));
		if (json_array_append_new(done->diff, o) != 0) {
			buf_free(&text);
			return ERR_MEMORY;
		}
	}
	buf_free(&text);
	return OK;
}

/* Items of lists are laid over those that are there: a sheet with a column for the LEI takes no other identifier away. */
static enum err merge_items(struct api_call *c, const struct local_kind *k, const struct register_row *r, const struct value *held)
{
	for (const struct field *f = k->fields; f->name; f++) {
		const struct value *items = value_at(r->items, f->key);
		struct value *all;

		if (!items)
			continue;
		if (!(all = register_merge(c->arena, f, value_at(held, f->key), items)))
			return ERR_MEMORY;
		value_set(c->arena, r->given, f->key, all);
	}
	return OK;
}

static enum err put_row(struct api_call *c, const struct local_kind *k, const struct register_row *r, struct value *row)
{
	char text[sizeof c->why.where + sizeof c->why.text + 2];
	enum err e = api_register_put(c, k, r->name, row);

	if (e != ERR_INVALID && e != ERR_LIMIT && e != ERR_NOT_FOUND)
		return e;
	(void)snprintf(text, sizeof text, "%s%s%s", c->why.where, c->why.where[0] ? " " : "", c->why.text);
	return refuse_row(c, r, text);
}

/* A tier that was given for a reason is not undone by a sheet that gives none. */
static enum err keep_rank(struct api_call *c, const struct register_row *r, const struct value *held, struct imported *done)
{
	static const char *const rank[] = {"tier", "factors", "reason"};
	struct span reason;
	bool differs = false;

	if (done->kind != &local_supplier || !held || !fields_get(supplier_fields, held, "reason") || !fields_get(supplier_fields, held, "tier") ||
	    fields_str(supplier_fields, r->given, "reason", &reason))
		return OK;
	for (size_t i = 0; i < sizeof rank / sizeof *rank; i++) {
		const struct field *f = fields_find(supplier_fields, rank[i]);
		const struct value *was = value_at(held, f->key), *now = value_at(r->given, f->key);
		struct value *stays = was ? value_copy(c->arena, was) : value_nil(c->arena);

		if (!now)
			continue;
		if (!stays)
			return ERR_MEMORY;
		differs = differs || (now->type != VALUE_NIL && !(was && value_eq(was, now)));
		value_set(c->arena, r->given, f->key, stays);
	}
	if (differs && done->kept++ == 0)
		done->kept_name = r->name;
	return OK;
}

/* A made name may be that of another company, which would be overwritten unnoticed. */
static enum err check_same(struct api_call *c, const struct register_row *r, const struct value *held)
{
	struct complaint why = {0};
	char text[sizeof c->why.text];

	if (!held || !r->made || !register_name_contradicts(held, r, &why))
		return OK;
	(void)snprintf(text, sizeof text, "there is another of this made name, whose %.100s", why.text);
	(void)refuse_row(c, r, text);
	(void)snprintf(c->hint, sizeof c->hint, "another company: give the sheet a column \"name\"; the same one: first correct the row: "
	               "tally supplier edit %.64s", r->name);
	return ERR_CONFLICT;
}

static enum err import_row(struct api_call *c, const struct register_row *r, struct imported *done)
{
	const struct local_kind *k = done->kind;
	const struct value *held = NULL;
	struct value *row;
	json_t *fields;
	enum err e = locals_get(core_txn(c->core), k, r->name, c->arena, &held);

	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	held = e == OK ? held : NULL;
	if (k == &local_supplier && (e = check_same(c, r, held)) != OK)
		return e;
	if ((e = merge_items(c, k, r, held)) != OK || (e = keep_rank(c, r, held, done)) != OK)
		return e;
	fields_set(c->arena, k->fields, r->given, "name", value_str(c->arena, r->name));
	if (!(row = register_lay(c->arena, k->fields, held, r->given)))
		return ERR_MEMORY;
	if (!held)
		fields_set(c->arena, k->fields, row, "created", value_int(c->arena, core_now(c->core)));
	if (k->fill)
		k->fill(c->arena, row, core_now(c->core));
	if (held) {
		if (!(fields = register_changes(k->fields, held, row)))
			return ERR_MEMORY;
		if (json_array_size(fields) == 0) {
			json_decref(fields);
			done->unchanged++;
			return OK;
		}
		if (json_array_append_new(done->changed, json_pack("{s:s, s:o}", "name", r->name, "fields", fields)) != 0)
			return ERR_MEMORY;
	} else if (json_array_append_new(done->added, json_string(r->name)) != 0) {
		return ERR_MEMORY;
	}
	if (c->dry_run && (e = put_diff(done, r, held, row)) != OK)
		return e;
	return put_row(c, k, r, row);
}

static enum err read_sheet(struct api_call *c, const struct local_kind *k, struct register_sheet *sheet)
{
	struct register_reading how = {.table = k->fields};
	const char *csv, *map;
	enum err e = api_text(c, "csv", false, &csv); /* an empty one is judged as a file */

	if (e == OK)
		e = api_text(c, "map", false, &map);
	if (e == OK && !csv)
		return api_fail(c, ERR_USAGE, NULL, "the file is missing");
	if (e == OK && map)
		e = register_map_read(k->fields, SPAN(map, strlen(map)), c->arena, &how.map, &c->why);
	if (e == OK)
		e = register_csv_read(&how, SPAN(csv, strlen(csv)), c->arena, sheet, &c->why);
	if (e == ERR_INVALID || e == ERR_LIMIT) {
		(void)snprintf(c->hint, sizeof c->hint, "nothing was imported");
		(void)snprintf(c->why.where + strlen(c->why.where), sizeof c->why.where - strlen(c->why.where), ":");
	}
	return e == OK ? check_names(c, sheet) : e;
}

enum err api_register_import(struct api_call *c)
{
	struct register_sheet sheet;
	struct imported done = {api_register_kind(c), json_array(), json_array(), c->dry_run ? json_array() : NULL, 0, 0, 0, NULL};
	char about[80], what[40];
	enum err e = OK;

	(void)json_object_set_new(c->result, "added", done.added);
	if (json_object_set_new(c->result, "changed", done.changed) != 0 || (done.diff && json_object_set_new(c->result, "diff", done.diff) != 0))
		return ERR_MEMORY;
	e = read_sheet(c, done.kind, &sheet);
	for (size_t i = 0; e == OK && i < sheet.count; i++)
		e = import_row(c, &sheet.rows[i], &done);
	if (e == OK)
		e = api_register_doubt_numbers(c, done.kind, NULL);
	if (e != OK)
		return e;
	(void)json_object_set_new(c->result, "rows", json_integer((json_int_t)sheet.count));
	(void)json_object_set_new(c->result, "unchanged", json_integer((json_int_t)done.unchanged));
	if (done.left)
		(void)json_object_set_new(c->result, "diff_left_out", json_integer((json_int_t)done.left));
	if (done.kept)
		saying_warn(c, "the sheet has another tier for %zu supplier%s that we ranked (%.64s%s), and no reason for it: the rank stays; "
		            "fill a column \"reason\", or: tally supplier rank", done.kept, done.kept == 1 ? "" : "s", done.kept_name,
		            done.kept == 1 ? "" : ", ...");
	(void)snprintf(about, sizeof about, "%zu added, %zu changed, %zu unchanged", json_array_size(done.added),
	               json_array_size(done.changed), done.unchanged);
	(void)snprintf(what, sizeof what, "%s import", done.kind->name);
	return api_register_log(c, what, about);
}

enum err api_register_export(struct api_call *c)
{
	const struct local_kind *k = api_register_kind(c);
	struct buf b = {0};
	struct api_register_line *lines;
	size_t n;
	enum err e = api_register_lines(c, k, "name", &lines, &n);

	if (e == OK)
		e = register_csv_heading(k->fields, &b);
	for (size_t i = 0; e == OK && i < n; i++)
		e = register_csv_row(k->fields, lines[i].row, &b);
	if (e == OK && json_object_set_new(c->result, "text", json_stringn((const char *)b.p, b.n)) != 0)
		e = ERR_INVALID;
	(void)json_object_set_new(c->result, "rows", json_integer(e == OK ? (json_int_t)n : 0));
	buf_free(&b);
	return e;
}
