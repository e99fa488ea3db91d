#include "node/setcsv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/nearest.h"
#include "proto/kinds.h"

#define COLUMNS 64u

struct reader {
	struct setcsv *out;
	struct arena *a;
	struct complaint *why;
	const struct field *column[COLUMNS]; /* NULL: levels */
	size_t n;
	json_t *requirements, *levels;
};

static const struct field *rows_of(void)
{
	return fields_find(kind_by_number(KIND_REQUIREMENT_SET)->fields, "requirements")->group;
}

static const char *heading(const struct reader *r, size_t i)
{
	return r->column[i] ? r->column[i]->name : "levels";
}

static enum err refuse(const struct reader *r, const struct csvrow *row, size_t at, const char *text)
{
	return fields_complain(r->why, ERR_INVALID, text, "line %zu, column %zu (%.40s)", row->line, at + 1, heading(r, at));
}

/* ---- the heading ---- */

/* What people call the columns. */
static const char *called(const char *name)
{
	static const char *const also[][2] = {{"id", "rid"}, {"requirement", "text"}, {"shall", "text"}, {"why", "rationale"},
	                                      {"level", "levels"}, {"mapping", "mappings"}, {"chapter", "family"}};
	for (size_t i = 0; i < sizeof also / sizeof *also; i++)
		if (strcmp(also[i][0], name) == 0)
			return also[i][1];
	return name;
}

static void fold(const char *text, char out[static 64])
{
	size_t n = 0;
	while (*text == ' ')
		text++;
	for (; *text && n < 63; text++)
		out[n++] = *text >= 'A' && *text <= 'Z' ? (char)(*text | 0x20) : *text == ' ' || *text == '-' ? '_' : *text;
	while (n && out[n - 1] == '_')
		n--;
	out[n] = 0;
}

static enum err no_column(struct reader *r, const struct csvrow *row, size_t at, const char *name)
{
	char text[sizeof r->why->text];
	struct nearest near = nearest_to(name);
	for (const struct field *f = rows_of(); f->name; f++)
		nearest_try(&near, f->name);
	nearest_try(&near, "levels");
	(void)snprintf(text, sizeof text, "\"%.60s\" is no column%s%s%s", name, near.best ? "; did you mean \"" : "", near.best ? near.best : "",
	               near.best ? "\"?" : "");
	return fields_complain(r->why, ERR_INVALID, text, "line %zu, column %zu", row->line, at + 1);
}

static enum err take_heading(struct reader *r, const struct csvrow *row)
{
	bool rid = false, shall = false;
	for (r->n = 0; r->n < row->n && r->n < COLUMNS; r->n++) {
		char name[64];
		fold(row->cell[r->n], name);
		const char *field = called(name);
		const struct field *f = fields_find(rows_of(), field);
		if (!f && strcmp(field, "levels") != 0)
			return no_column(r, row, r->n, name);
		for (size_t i = 0; i < r->n; i++)
			if (r->column[i] == f)
				return fields_complain(r->why, ERR_INVALID, "stands in the heading twice", "line %zu, column %zu (%s)", row->line,
				                       r->n + 1, field);
		r->column[r->n] = f;
		rid = rid || strcmp(field, "rid") == 0;
		shall = shall || strcmp(field, "text") == 0;
	}
	if (!rid || !shall)
		return fields_complain(r->why, ERR_INVALID, rid ? "the heading has no column \"text\"" : "the heading has no column \"rid\"",
		                       "line %zu", row->line);
	return OK;
}

/* ---- cells ---- */

/* Up to the next ";", trimmed; *text moves behind it. NULL: nothing is left. */
static char *item(struct arena *a, const char **text)
{
	const char *from = *text, *to;
	while (*from == ' ' || *from == ';' || *from == '\n')
		from++;
	if (!*from)
		return NULL;
	to = from + strcspn(from, ";");
	*text = to;
	while (to > from && (to[-1] == ' ' || to[-1] == '\n'))
		to--;
	char *out = arena_alloc(a, (size_t)(to - from) + 1);
	if (out)
		memcpy(out, from, (size_t)(to - from));
	return out;
}

static json_t *level_of(struct reader *r, const char *id)
{
	for (size_t i = 0; i < json_array_size(r->levels); i++)
		if (strcmp(json_string_value(json_object_get(json_array_get(r->levels, i), "id")), id) == 0)
			return json_array_get(r->levels, i);
	json_t *level = json_pack("{s:s, s:[]}", "id", id, "requirements");
	return level && json_array_append_new(r->levels, level) == 0 ? level : NULL;
}

static enum err list_cell(struct reader *r, const struct csvrow *row, size_t at, json_t *o)
{
	const char *rest = row->cell[at], *one;
	json_t *list = r->column[at] ? json_array() : NULL, *made;
	if (list && json_object_set_new(o, r->column[at]->name, list) != 0)
		return ERR_MEMORY;
	while ((one = item(r->a, &rest))) {
		char *equal = strrchr(one, '=');
		if (!list) {
			const json_t *rid = json_object_get(o, "rid");
			json_t *level = level_of(r, one);
			if (!level || json_array_append(json_object_get(level, "requirements"), (json_t *)(uintptr_t)rid) != 0)
				return ERR_MEMORY;
			continue;
		}
		if (r->column[at]->type == FIELD_GROUP && !equal)
			return refuse(r, row, at, "must be STANDARD=CLAUSE, several divided by \";\"");
		if (r->column[at]->type == FIELD_GROUP)
			*equal++ = 0;
		made = r->column[at]->type == FIELD_GROUP ? json_pack("{s:s, s:s}", "standard", one, "clause", equal) : json_string(one);
		if (!made || json_array_append_new(list, made) != 0)
			return ERR_MEMORY;
	}
	return OK;
}

static enum err cell(struct reader *r, const struct csvrow *row, size_t at, json_t *o)
{
	const struct field *f = r->column[at];
	struct complaint why = {0};
	struct value *parsed;
	if (!*row->cell[at])
		return OK;
	if (!f || f->list)
		return list_cell(r, row, at, o);
	enum err e = fields_parse(f, row->cell[at], r->a, &parsed, &why);
	if (e == ERR_INVALID || e == ERR_LIMIT)
		return refuse(r, row, at, why.text);
	return e == OK && json_object_set_new(o, f->name, json_string(row->cell[at])) != 0 ? ERR_MEMORY : e;
}

static enum err requirement(struct reader *r, const struct csvrow *row)
{
	json_t *o = json_object();
	enum err e = o && json_array_append_new(r->requirements, o) == 0 ? OK : ERR_MEMORY;
	for (size_t at = r->n; e == OK && at < row->n; at++)
		if (*row->cell[at])
			return fields_complain(r->why, ERR_INVALID, "has more cells than the heading has columns", "line %zu", row->line);
	for (int levels = 0; levels < 2; levels++) /* the level's list needs the rid */
		for (size_t at = 0; e == OK && at < r->n; at++) {
			bool must = r->column[at] && r->column[at]->required;
			if ((r->column[at] == NULL) != (levels == 1))
				continue;
			if (must && (at >= row->n || !*row->cell[at]))
				return refuse(r, row, at, "is required");
			if (at < row->n)
				e = cell(r, row, at, o);
		}
	return e;
}

/* ---- the whole ---- */

struct named {
	const char *rid;
	const struct csvrow *row;
};

static int by_rid(const void *x, const void *y)
{
	const struct named *a = x, *b = y;
	int c = strcmp(a->rid, b->rid);
	return c ? c : (a->row > b->row) - (a->row < b->row);
}

static enum err twice(struct reader *r)
{
	size_t n = json_array_size(r->requirements);
	struct named *all = arena_alloc(r->a, (n + 1) * sizeof *all);
	if (!all)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++)
		all[i] = (struct named){json_string_value(json_object_get(json_array_get(r->requirements, i), "rid")), &r->out->rows.p[i + 1]};
	qsort(all, n, sizeof *all, by_rid);
	for (size_t i = 1; i < n; i++) {
		char text[sizeof r->why->text];
		if (strcmp(all[i - 1].rid, all[i].rid) != 0)
			continue;
		(void)snprintf(text, sizeof text, "\"%.60s\" stands in line %zu already", all[i].rid, all[i - 1].row->line);
		return fields_complain(r->why, ERR_INVALID, text, "line %zu", all[i].row->line);
	}
	return OK;
}

static enum err whole(struct reader *r, struct span csv)
{
	struct csvrows *rows = &r->out->rows;
	enum err e = csvrows_read(csv, r->a, rows, r->why);
	if (e == OK && rows->n < 2)
		return fields_complain(r->why, ERR_INVALID, "a heading line of field names and a line for each requirement are needed", "the file");
	if (e == OK)
		e = take_heading(r, &rows->p[0]);
	for (size_t i = 1; e == OK && i < rows->n; i++)
		e = requirement(r, &rows->p[i]);
	if (e == OK)
		e = twice(r);
	if (e == OK && json_array_size(r->levels) && json_object_set(r->out->set, "levels", r->levels) != 0)
		e = ERR_MEMORY;
	if (e == OK && json_object_set(r->out->set, "requirements", r->requirements) != 0)
		e = ERR_MEMORY;
	return e;
}

enum err setcsv_read(struct span csv, struct arena *a, struct setcsv *out, struct complaint *why)
{
	struct reader r = {.out = out, .a = a, .why = why, .requirements = json_array(), .levels = json_array()};
	*out = (struct setcsv){.set = json_object()};
	enum err e = out->set && r.requirements && r.levels ? whole(&r, csv) : ERR_MEMORY;
	json_decref(r.requirements);
	json_decref(r.levels);
	if (e != OK) {
		json_decref(out->set);
		out->set = NULL;
	}
	return e;
}

void setcsv_place(const struct setcsv *s, struct complaint *why)
{
	size_t i;
	char field[64] = "";
	if (sscanf(why->where, "requirements[%zu].%63[a-z_]", &i, field) < 1 || i + 1 >= s->rows.n)
		return;
	(void)snprintf(why->where, sizeof why->where, "line %zu%s%s%s", s->rows.p[i + 1].line, *field ? " (" : "", field, *field ? ")" : "");
}
