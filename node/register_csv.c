#include <csv.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/nearest.h"
#include "node/register_cell.h"
#include "node/register_map.h"
#include "node/register_name.h"
#include "proto/identifiers.h"

#define CSV_COLUMNS 64u /* in one file */

struct column {
	struct register_mapped is;
	char theirs[REGISTER_HEADING]; /* as the file has it */
};

struct reader {
	const struct register_reading *how;
	struct arena *a;
	struct complaint *why;
	enum err e;
	struct column columns[CSV_COLUMNS];
	size_t n, line, begun; /* columns; physical line now, and where the row began */
	size_t at;             /* cells of this row so far */
	bool heading, any;     /* heading: the next row is; any: this row has a cell that is not empty */
	struct register_row row, *rows;
	const char *unmade;    /* what no name can be made of; NULL: nothing */
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
	else if (r->at < r->n && r->columns[r->at].theirs[0])
		(void)snprintf(r->why->where, sizeof r->why->where, "line %zu, column %.60s", r->begun, r->columns[r->at].theirs);
	else if (r->at < r->n)
		(void)snprintf(r->why->where, sizeof r->why->where, "line %zu, column %zu", r->begun, r->at + 1);
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

/* One of our own names. */
static bool own_heading(struct reader *r, const char *folded, struct nearest *near, struct register_column *out)
{
	struct register_column one;

	for (size_t i = 0; register_column(r->how->table, i, &one); i++) {
		if (strcmp(one.heading, folded) == 0) {
			*out = one;
			return true;
		}
		nearest_try(near, keep_heading(r, one.heading));
	}
	return false;
}

/* A rule of the map goes first, then our own names. */
static void judge_heading(struct reader *r, struct column *c, const char *folded)
{
	struct nearest near = nearest_to(folded);

	if (r->how->map && register_map_heading(r->how->map, c->theirs, &c->is))
		return;
	c->is.placed = own_heading(r, folded, &near, &c->is.to);
	if (c->is.placed || (r->how->map && register_map_others(r->how->map)))
		return;
	if (r->how->map)
		refuse(r, ERR_INVALID, "\"%.40s\" is no field and the map does not name it; add: column \"%.40s\" = -", c->theirs, c->theirs);
	else
		refuse(r, ERR_INVALID, "\"%.60s\" is no column%s%s%s", folded, near.best ? "; did you mean \"" : "", near.best ? near.best : "",
		       near.best ? "\"?" : "");
}

static void take_heading(struct reader *r, const char *text, size_t n)
{
	struct column *c = &r->columns[r->n];
	char folded[REGISTER_HEADING];

	fold(text, n, folded);
	*c = (struct column){0};
	(void)snprintf(c->theirs, sizeof c->theirs, "%.*s", (int)(n < REGISTER_HEADING ? n : REGISTER_HEADING - 1), text);
	judge_heading(r, c, folded);
	for (size_t k = 0; c->is.placed && k < r->n; k++)
		if (r->columns[k].is.placed && strcmp(r->columns[k].is.to.heading, c->is.to.heading) == 0) {
			refuse(r, ERR_INVALID, "\"%.60s\" stands in the heading twice", c->is.to.heading);
			return;
		}
	r->n++;
}

/* ---- cells ---- */

static void put(struct reader *r, const struct register_column *to, const char *text)
{
	struct complaint inner = {0};
	const char *fault = NULL;
	enum err e;

	if (r->how->map)
		text = register_map_word(r->how->map, to, text);
	if (strcmp(to->heading, "name") == 0 && *text) {
		r->row.name = text;
		r->row.made = false;
	}
	e = register_cell_put(&(struct register_cell){to, text, r->how->map ? register_map_dates(r->how->map) : DATES_ISO}, r->a, &r->row, &inner);
	if (e != OK)
		refuse(r, e, "%s", inner.text[0] ? inner.text : err_text(e));
	else if (to->item && strcmp(to->field->name, "identifiers") == 0 && *text) /* while the column can be named */
		fault = identifiers_fault(SPAN(to->item, strlen(to->item)), SPAN(text, strlen(text)));
	if (fault)
		refuse(r, ERR_INVALID, "%s", fault);
}

/* A name that the row has of its own goes before one that is made. */
static void make_name(struct reader *r, const char *text)
{
	const char *name;
	enum err e = register_name_make(r->a, text, &name);

	if (e == ERR_INVALID)
		r->unmade = text;
	else if (e != OK)
		refuse(r, e, "out of memory");
	else if (*name && !r->row.name) {
		r->row.name = name;
		r->row.made = true;
	}
}

static void take_cell(struct reader *r, char *text, size_t n)
{
	const struct column *c = &r->columns[r->at];

	while (r->how->map && n > 0 && text[n - 1] == ' ')
		text[--n] = '\0';
	while (r->how->map && *text == ' ')
		text++;
	if (c->is.placed)
		put(r, &c->is.to, text);
	if (c->is.makes_name && r->e == OK && *text)
		make_name(r, text);
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
		take_cell(r, text, n);
	r->at++;
}

/* ---- rows ---- */

static enum err keep_row(struct reader *r)
{
	struct register_row *more = arena_more(r->a, r->rows, r->count, &r->cap, sizeof *more);
	if (!more)
		return ERR_MEMORY;
	r->rows = more;
	r->rows[r->count++] = r->row;
	return OK;
}

static void end_heading(struct reader *r)
{
	bool name = false;

	for (size_t i = 0; i < r->n; i++)
		name = name || r->columns[i].is.makes_name || (r->columns[i].is.placed && strcmp(r->columns[i].is.to.heading, "name") == 0);
	r->heading = false; /* it is complete: what is missing has no column to name */
	if (!name)
		refuse(r, ERR_INVALID, "the heading has no column \"name\"");
}

/* What is the same for all rows, where the row has nothing of its own. */
static void put_fixed(struct reader *r)
{
	struct register_column to;
	const char *value;

	for (size_t i = 0; r->how->map && r->e == OK && register_map_fixed(r->how->map, i, &to, &value); i++)
		if (!register_cell_given(&to, &r->row))
			put(r, &to, value);
}

static void end_row(struct reader *r)
{
	if (r->at < r->n)
		refuse(r, ERR_INVALID, "is missing: the row has %zu cells, the heading %zu", r->at, r->n);
	else if (!r->row.name && r->unmade)
		r->at = r->n, refuse(r, ERR_INVALID, "no short name can be made of \"%.60s\": give a column \"name\"", r->unmade);
	else if (!r->row.name)
		r->at = r->n, refuse(r, ERR_INVALID, "has no name");
	r->row.line = r->begun;
	r->at = r->n;
	put_fixed(r);
	if (r->e == OK && keep_row(r) != OK)
		refuse(r, ERR_MEMORY, "out of memory");
}

static void on_row(int end, void *ctx)
{
	struct reader *r = ctx;

	(void)end;
	if (r->e == OK && r->heading) {
		end_heading(r);
	} else if (r->e == OK && r->any) {
		end_row(r);
	}
	r->at = 0;
	r->any = false;
	r->unmade = NULL;
	r->row = (struct register_row){.given = value_map(r->a), .items = value_map(r->a)};
	if (!r->row.given || !r->row.items)
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

/* Lines without a word before the heading. */
static struct span without_blank(struct span csv, size_t *lines)
{
	size_t at = 0;

	for (size_t i = 0; i < csv.n && memchr(" ,;\t\r\n", csv.p[i], 6); i++)
		if (csv.p[i] == '\n' || (csv.p[i] == '\r' && !(i + 1 < csv.n && csv.p[i + 1] == '\n'))) {
			at = i + 1;
			(*lines)++;
		}
	return SPAN(csv.p + at, csv.n - at);
}

static size_t first_nul(struct span csv)
{
	const uint8_t *nul = csv.n ? memchr(csv.p, '\0', csv.n) : NULL;
	size_t line = 1;

	for (const uint8_t *p = csv.p; nul && p < nul; p++)
		line += *p == '\n';
	return nul ? line : 0;
}

enum err register_csv_read(const struct register_reading *how, struct span csv, struct arena *a, struct register_sheet *out, struct complaint *why)
{
	struct reader r = {.how = how, .a = a, .why = why, .heading = true, .begun = 1, .row = {.given = value_map(a), .items = value_map(a)}};
	struct csv_parser p;
	enum err e;

	if (!r.row.given || !r.row.items)
		return ERR_MEMORY;
	if (csv.n >= 3 && memcmp(csv.p, "\xef\xbb\xbf", 3) == 0)
		csv = SPAN(csv.p + 3, csv.n - 3);
	if ((r.begun = first_nul(csv)) != 0) {
		refuse(&r, ERR_INVALID, "this is not text");
		return r.e;
	}
	csv = without_blank(csv, &r.line);
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
