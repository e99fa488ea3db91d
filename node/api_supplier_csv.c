#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/api_supplier.h"
#include "node/names.h"
#include "node/register.h"

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
	json_t *added, *changed;
	size_t unchanged;
};

static enum err import_row(struct api_call *c, const struct register_row *r, struct imported *done)
{
	const struct value *held = NULL;
	struct value *row;
	json_t *fields;
	enum err e = rows_get(core_txn(c->core), TABLE_SUPPLIERS, SPAN(r->name, strlen(r->name)), c->arena, &held);

	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	held = e == OK ? held : NULL;
	if (!(row = register_lay(c->arena, supplier_fields, held, r->given)))
		return ERR_MEMORY;
	if (!held)
		fields_set(c->arena, supplier_fields, row, "created", value_int(c->arena, core_now(c->core)));
	register_due(c->arena, row, core_now(c->core), false);
	if (held) {
		if (!(fields = register_changes(held, row)))
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
	if ((e = api_supplier_put(c, r->name, row)) == ERR_INVALID || e == ERR_LIMIT) {
		char text[sizeof c->why.where + sizeof c->why.text + 2];

		(void)snprintf(text, sizeof text, "%s %s", c->why.where, c->why.text);
		return refuse_row(c, r, text);
	}
	return e;
}

enum err api_supplier_import(struct api_call *c)
{
	const char *csv;
	struct register_sheet sheet;
	struct imported done = {json_array(), json_array(), 0};
	char about[80];
	enum err e = api_text(c, "csv", false, &csv); /* an empty one is judged as a file */

	(void)json_object_set_new(c->result, "added", done.added);
	if (json_object_set_new(c->result, "changed", done.changed) != 0)
		return ERR_MEMORY;
	if (e == OK && !csv)
		return api_fail(c, ERR_USAGE, NULL, "the file is missing");
	if (e == OK)
		e = register_csv_read(SPAN(csv, strlen(csv)), c->arena, &sheet, &c->why);
	if (e == ERR_INVALID || e == ERR_LIMIT) {
		(void)snprintf(c->hint, sizeof c->hint, "nothing was imported");
		(void)snprintf(c->why.where + strlen(c->why.where), sizeof c->why.where - strlen(c->why.where), ":");
	}
	if (e == OK)
		e = check_names(c, &sheet);
	for (size_t i = 0; e == OK && i < sheet.count; i++)
		e = import_row(c, &sheet.rows[i], &done);
	if (e != OK)
		return e;
	(void)json_object_set_new(c->result, "rows", json_integer((json_int_t)sheet.count));
	(void)json_object_set_new(c->result, "unchanged", json_integer((json_int_t)done.unchanged));
	(void)snprintf(about, sizeof about, "%zu added, %zu changed, %zu unchanged", json_array_size(done.added),
	               json_array_size(done.changed), done.unchanged);
	return api_supplier_log(c, "supplier import", about);
}

enum err api_supplier_export(struct api_call *c)
{
	struct buf b = {0};
	struct supplier_line *lines;
	size_t n;
	enum err e = api_supplier_lines(c, &lines, &n);

	if (e == OK)
		qsort(lines, n, sizeof *lines, api_supplier_by_name);
	if (e == OK)
		e = register_csv_heading(&b);
	for (size_t i = 0; e == OK && i < n; i++)
		e = register_csv_row(lines[i].row, &b);
	if (e == OK && json_object_set_new(c->result, "text", json_stringn((const char *)b.p, b.n)) != 0)
		e = ERR_INVALID;
	(void)json_object_set_new(c->result, "rows", json_integer(e == OK ? (json_int_t)n : 0));
	buf_free(&b);
	return e;
}
