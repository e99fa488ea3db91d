#include <csv.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/nearest.h"
#include "node/register.h"

#define CSV_COLUMNS 64u /* in one file */

struct reader {
	struct arena *a;
	struct complaint *why;
	enum err e;
	struct register_column columns[CSV_COLUMNS];
	size_t n, line, begun; /* columns; physical line now, and where the row began */
	size_t at;             /* cells of this row so far */
	bool heading, any;     /* heading: the next row is; any: this row has a cell that is not empty */
	struct register_row row, *rows;
	size_t count, cap;
};

static __attribute__((format(printf, 3, 4))) void refuse(struct reader *r, enum err e, const char *format, ...)
{
	va_list ap;

	if (r->e != OK)
		return;
	r->e = e;
	if (r->heading)
		(void)snprintf(r->why->where, sizeof r->why->where, "line %zu, column %zu", r->begun, r->at + 1);
	else if (r->at < r->n)
		(void)snprintf(r->why->where, sizeof r->why->where, "line %zu, column %zu (%.40s)", r->begun, r->at + 1,
		               r->columns[r->at].heading);
	else
		(void)snprintf(r->why->where, sizeof r->why->where, "line %zu", r->begun);
	va_start(ap, format);
	(void)vsnprintf(r->why->text, sizeof r->why->text, format, ap);
	va_end(ap);
}

/* ---- the heading ---- */

static void fold(const char *text, size_t n, char out[static REGISTER_HEADING])
{
	size_t k = 0;

	for (size_t i = 0; i < n && k < REGISTER_HEADING - 1; i++) {
		char c = text[i];

		out[k++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c == ' ' || c == '-' ? '_' : c;
	}
	out[k] = '\0';
}

/* What is tried for "did you mean" is borrowed. */
static const char *keep_heading(struct reader *r, const char *heading)
{
	char *copy = arena_alloc(r->a, strlen(heading) + 1);

	if (!copy)
		return "";
	return memcpy(copy, heading, strlen(heading) + 1);
}

static void take_heading(struct reader *r, const char *text, size_t n)
{
	struct register_column one;
	char folded[REGISTER_HEADING];
	struct nearest near;

	fold(text, n, folded);
	near = nearest_to(folded);
	for (size_t i = 0; register_column(i, &one); i++) {
		if (strcmp(one.heading, folded) != 0) {
			nearest_try(&near, keep_heading(r, one.heading));
			continue;
		}
		for (size_t k = 0; k < r->n; k++)
			if (strcmp(r->columns[k].heading, folded) == 0) {
				refuse(r, ERR_INVALID, "\"%s\" stands in the heading twice", folded);
				return;
			}
		r->columns[r->n++] = one;
		return;
	}
	refuse(r, ERR_INVALID, "\"%.60s\" is no column%s%s%s", folded, near.best ? "; did you mean \"" : "", near.best ? near.best : "",
	       near.best ? "\"?" : "");
}

/* ---- cells ---- */

/* Up to an unescaped divider; *text moves behind it. The part is unescaped and trimmed, in the arena. */
static char *part(struct arena *a, const char **text, char divider, bool keep)
{
	const char *p = *text;
	char *out = arena_alloc(a, strlen(p) + 1), *q = out;

	if (!out)
		return NULL;
	while (*p == ' ')
		p++;
	for (; *p && *p != divider; p++) {
		if (*p == '\\' && p[1]) {
			if (keep) /* for a second division */
				*q++ = *p;
			p++;
		}
		*q++ = *p;
	}
	*text = *p ? p + 1 : p;
	while (q > out && q[-1] == ' ')
		q--;
	*q = '\0';
	return out;
}

static struct value *scalar(struct reader *r, const struct field *f, const char *text)
{
	struct complaint inner = {0};
	struct value *v = NULL;
	enum err e = fields_parse(f, text, r->a, &v, &inner);

	if (e != OK)
		refuse(r, e, "%s", inner.text[0] ? inner.text : err_text(e));
	return e == OK ? v : NULL;
}

/* scheme=LEI, value=5299... */
static struct value *group_item(struct reader *r, const struct field *group, const char *text)
{
	struct value *map = value_map(r->a);

	while (map && r->e == OK && *text) {
		char *pair = part(r->a, &text, ',', false), *equal = pair ? strchr(pair, '=') : NULL;
		const struct field *m;

		if (!pair) {
			refuse(r, ERR_MEMORY, "out of memory");
			break;
		}
		if (!equal) {
			refuse(r, ERR_INVALID, "must be written as %s=...", group->name);
			break;
		}
		*equal = '\0';
		if (!(m = fields_find(group, pair)) || m->list || m->type == FIELD_GROUP)
			refuse(r, ERR_INVALID, "\"%.60s\" is no part of it", pair);
		else
			value_set(r->a, map, m->key, scalar(r, m, equal + 1));
	}
	return map;
}

static struct value *list_cell(struct reader *r, const struct field *f, const char *text)
{
	struct value *list = value_array(r->a);
	size_t most = f->max_items ? f->max_items : 64;

	while (list && r->e == OK && *text) {
		char *item = part(r->a, &text, ';', f->type == FIELD_GROUP);

		if (!item)
			refuse(r, ERR_MEMORY, "out of memory");
		else if (value_count(list) >= most)
			refuse(r, ERR_LIMIT, "has more than %zu items", most);
		else if (*item)
			value_push(r->a, list, f->type == FIELD_GROUP ? group_item(r, f->group, item) : scalar(r, f, item));
	}
	if (list && value_count(list) == 0)
		return value_nil(r->a);
	return list;
}

static void take_cell(struct reader *r, const char *text)
{
	const struct register_column *c = &r->columns[r->at];
	const struct field *f = c->member ? c->member : c->field;
	struct value *v, *group;

	if (!*text)
		v = value_nil(r->a);
	else
		v = f->list ? list_cell(r, f, text) : scalar(r, f, text);
	if (r->e != OK)
		return;
	if (!v) {
		refuse(r, ERR_MEMORY, "out of memory");
		return;
	}
	if (strcmp(c->heading, "name") == 0)
		r->row.name = text;
	if (!c->member) {
		value_set(r->a, r->row.given, c->field->key, v);
		return;
	}
	if (!(group = (struct value *)(uintptr_t)value_at(r->row.given, c->field->key))) {
		group = value_map(r->a);
		value_set(r->a, r->row.given, c->field->key, group);
	}
	if (group)
		value_set(r->a, group, c->member->key, v);
}

static void on_cell(void *data, size_t n, void *ctx)
{
	struct reader *r = ctx;
	char *text;

	if (r->e != OK)
		return;
	if (r->heading && r->n >= CSV_COLUMNS) {
		refuse(r, ERR_LIMIT, "there are more than %u columns", CSV_COLUMNS);
		return;
	}
	if (!r->heading && r->at >= r->n) {
		if (n > 0) /* spreadsheets like to append empty cells */
			refuse(r, ERR_INVALID, "has more cells than the heading has columns (%zu)", r->n);
		return;
	}
	if (!(text = arena_alloc(r->a, n + 1))) {
		refuse(r, ERR_MEMORY, "out of memory");
		return;
	}
	if (n)
		memcpy(text, data, n);
	if (text[0] == '\'' && (register_formula(text[1]) || text[1] == '\'')) {
		text++;
		n--;
	}
	r->any = r->any || n > 0;
	if (r->heading)
		take_heading(r, text, n);
	else
		take_cell(r, text);
	r->at++;
}

/* ---- rows ---- */

static enum err keep_row(struct reader *r)
{
	if (r->count == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 64;
		struct register_row *more = arena_alloc(r->a, cap * sizeof *more);

		if (!more)
			return ERR_MEMORY;
		if (r->count)
			memcpy(more, r->rows, r->count * sizeof *more);
		r->rows = more;
		r->cap = cap;
	}
	r->rows[r->count++] = r->row;
	return OK;
}

static void end_heading(struct reader *r)
{
	bool name = false;

	for (size_t i = 0; i < r->n; i++)
		name = name || strcmp(r->columns[i].heading, "name") == 0;
	r->heading = false; /* it is complete: what is missing has no column to name */
	if (!name)
		refuse(r, ERR_INVALID, "the heading has no column \"name\"");
}

static void on_row(int end, void *ctx)
{
	struct reader *r = ctx;

	(void)end;
	if (r->e == OK && r->heading) {
		end_heading(r);
	} else if (r->e == OK && r->any) {
		if (r->at < r->n)
			refuse(r, ERR_INVALID, "is missing: the row has %zu cells, the heading %zu", r->at, r->n);
		else if (!r->row.name || !*r->row.name)
			r->at = r->n, refuse(r, ERR_INVALID, "has no name");
		r->row.line = r->begun;
		if (r->e == OK && keep_row(r) != OK)
			refuse(r, ERR_MEMORY, "out of memory");
	}
	r->at = 0;
	r->any = false;
	r->row = (struct register_row){.given = value_map(r->a)};
	if (!r->row.given)
		refuse(r, ERR_MEMORY, "out of memory");
}

static char divider(struct span csv)
{
	size_t n[3] = {0};

	for (size_t i = 0; i < csv.n && csv.p[i] != '\n' && csv.p[i] != '\r'; i++) {
		n[0] += csv.p[i] == ',';
		n[1] += csv.p[i] == ';';
		n[2] += csv.p[i] == '\t';
	}
	return n[0] ? ',' : n[1] ? ';' : n[2] ? '\t' : ',';
}

/* A physical line at a time, so that errors can name it: quoted cells may hold several. */
static enum err feed(struct reader *r, struct csv_parser *p, struct span csv)
{
	size_t at = 0;

	while (at < csv.n && r->e == OK) {
		size_t n = 0;

		while (at + n < csv.n && csv.p[at + n] != '\n' && csv.p[at + n] != '\r')
			n++;
		n += at + n < csv.n;
		if (csv.p[at + n - 1] == '\r' && at + n < csv.n && csv.p[at + n] == '\n')
			n++;
		r->line++;
		if (p->pstate == 0) /* between rows */
			r->begun = r->line;
		if (csv_parse(p, csv.p + at, n, on_cell, on_row, r) != n && r->e == OK) {
			bool quote = csv_error(p) == CSV_EPARSE;

			r->begun = r->line;
			refuse(r, quote ? ERR_INVALID : ERR_MEMORY, "%s", quote ? "a quote stands where none can" : "out of memory");
		}
		at += n;
	}
	if (r->e == OK && csv_fini(p, on_cell, on_row, r) != 0)
		refuse(r, ERR_INVALID, "a quoted cell does not end");
	return r->e;
}

static size_t first_nul(struct span csv)
{
	const uint8_t *nul = csv.n ? memchr(csv.p, '\0', csv.n) : NULL;
	size_t line = 1;

	for (const uint8_t *p = csv.p; nul && p < nul; p++)
		line += *p == '\n';
	return nul ? line : 0;
}

enum err register_csv_read(struct span csv, struct arena *a, struct register_sheet *out, struct complaint *why)
{
	struct reader r = {.a = a, .why = why, .heading = true, .begun = 1, .row = {.given = value_map(a)}};
	struct csv_parser p;
	enum err e;

	if (!r.row.given)
		return ERR_MEMORY;
	if (csv.n >= 3 && memcmp(csv.p, "\xef\xbb\xbf", 3) == 0)
		csv = SPAN(csv.p + 3, csv.n - 3);
	if ((r.begun = first_nul(csv)) != 0) {
		refuse(&r, ERR_INVALID, "this is not text");
		return r.e;
	}
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return ERR_MEMORY;
	csv_set_delim(&p, (unsigned char)divider(csv));
	e = feed(&r, &p, csv);
	csv_free(&p);
	if (e == OK && r.heading) {
		r.begun = 1;
		refuse(&r, ERR_INVALID, "the file is empty: a heading line of field names is needed");
		e = r.e;
	}
	if (e == OK)
		*out = (struct register_sheet){.rows = r.rows, .count = r.count};
	return e;
}
