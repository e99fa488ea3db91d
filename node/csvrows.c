#include "node/csvrows.h"

#include <csv.h>
#include <stdio.h>
#include <string.h>

#include "node/register.h"

#define CELLS 64u /* in one row */

struct reader {
	struct arena *a;
	struct csvrows *out;
	const char *cell[CELLS];
	size_t n, line, begun; /* cells of this row; physical line now, and where the row began */
	bool any;
	enum err e;
	const char *fault;
};

static void refuse(struct reader *r, enum err e, const char *fault)
{
	if (r->e != OK)
		return;
	r->e = e;
	r->fault = fault;
}

static void on_cell(void *data, size_t n, void *ctx)
{
	struct reader *r = ctx;
	char *text = arena_alloc(r->a, n + 1);
	if (r->e != OK)
		return;
	if (r->n == CELLS) {
		refuse(r, n ? ERR_LIMIT : OK, "there are more than 64 columns");
		return;
	}
	if (!text) {
		refuse(r, ERR_MEMORY, "out of memory");
		return;
	}
	if (n)
		memcpy(text, data, n);
	r->any = r->any || n > 0;
	r->cell[r->n++] = text[0] == '\'' && (register_formula(text[1]) || text[1] == '\'') ? text + 1 : text;
}

static enum err keep(struct reader *r)
{
	struct csvrows *out = r->out;
	struct csvrow row = {r->begun, r->n, arena_alloc(r->a, (r->n + 1) * sizeof *row.cell)};
	struct csvrow *p = arena_more(r->a, out->p, out->n, &out->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	out->p = p;
	if (!row.cell)
		return ERR_MEMORY;
	memcpy(row.cell, r->cell, r->n * sizeof *row.cell);
	out->p[out->n++] = row;
	return OK;
}

static void on_row(int end, void *ctx)
{
	struct reader *r = ctx;
	(void)end;
	if (r->e == OK && r->any && keep(r) != OK)
		refuse(r, ERR_MEMORY, "out of memory");
	r->n = 0;
	r->any = false;
}

static unsigned char divider(struct span csv)
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
static void feed(struct reader *r, struct csv_parser *p, struct span csv)
{
	for (size_t at = 0, n; at < csv.n && r->e == OK; at += n) {
		const uint8_t *end = memchr(csv.p + at, '\n', csv.n - at);
		n = end ? (size_t)(end - csv.p) + 1 - at : csv.n - at;
		r->line++;
		if (p->pstate == 0) /* between rows */
			r->begun = r->line;
		if (csv_parse(p, csv.p + at, n, on_cell, on_row, r) != n)
			refuse(r, csv_error(p) == CSV_EPARSE ? ERR_INVALID : ERR_MEMORY, "a quote stands where none can");
	}
	if (r->e == OK && csv_fini(p, on_cell, on_row, r) != 0)
		refuse(r, ERR_INVALID, "a quoted cell does not end");
}

enum err csvrows_read(struct span csv, struct arena *a, struct csvrows *out, struct complaint *why)
{
	struct reader r = {.a = a, .out = out, .begun = 1};
	struct csv_parser p;
	*out = (struct csvrows){0};
	if (csv.n >= 3 && memcmp(csv.p, "\xef\xbb\xbf", 3) == 0)
		csv = SPAN(csv.p + 3, csv.n - 3);
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return ERR_MEMORY;
	csv_set_delim(&p, divider(csv));
	feed(&r, &p, csv);
	csv_free(&p);
	return r.e == OK ? OK : fields_complain(why, r.e, r.fault, "line %zu", r.begun);
}
