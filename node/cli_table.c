#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "node/cli.h"

#define TABLE_COLUMNS 24
#define TABLE_STUMP 12 /* what is squeezed below this, or to a fourth, says nothing any more: a list in a sheet is shown otherwise then */
#define TABLE_NARROW 8 /* a column is not squeezed below this */
#define SHEET_DEEP 8

static const json_t *at_path(const json_t *object, const char *path)
{
	const char *dot = strchr(path, '.');
	char name[96];

	if (!dot || json_object_get(object, path))
		return json_object_get(object, path);
	if ((size_t)(dot - path) >= sizeof name)
		return NULL;
	memcpy(name, path, (size_t)(dot - path));
	name[dot - path] = '\0';
	return at_path(json_object_get(object, name), dot + 1);
}

static enum err add(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

/* A value in one line: lists by commas, objects as name=value. */
static enum err one_line(const json_t *j, int depth, struct buf *out)
{
	const char *name;
	const json_t *item;
	char number[40];
	size_t i;
	enum err e = OK;

	if (!j || json_is_null(j) || depth > SHEET_DEEP)
		return OK;
	if (json_is_string(j))
		return add(out, json_string_value(j));
	if (json_is_boolean(j))
		return add(out, json_is_true(j) ? "yes" : "no");
	if (json_is_integer(j)) {
		(void)snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
		return add(out, number);
	}
	if (json_is_real(j)) {
		(void)snprintf(number, sizeof number, "%.6g", json_real_value(j));
		return add(out, number);
	}
	if (json_is_array(j)) {
		json_array_foreach(j, i, item) {
			if (e == OK && i > 0)
				e = add(out, json_is_object(item) ? "; " : ", ");
			if (e == OK)
				e = one_line(item, depth + 1, out);
		}
		return e;
	}
	i = 0;
	json_object_foreach((json_t *)(uintptr_t)j, name, item) {
		if (e == OK && i++ > 0)
			e = add(out, " ");
		if (e == OK)
			e = add(out, name);
		if (e == OK)
			e = add(out, "=");
		if (e == OK)
			e = one_line(item, depth + 1, out);
	}
	return e;
}

static bool is_id(const char *text)
{
	size_t n = strspn(text, "0123456789abcdef");

	return n == 64 && text[n] == '\0';
}

enum err cli_table_value(const json_t *item, const struct column *c, struct buf *out)
{
	return one_line(at_path(item, c->path), 0, out);
}

/* Long ids cut to what one types, others as they are. */
static enum err short_ids(const json_t *list, struct buf *out)
{
	const json_t *item;
	size_t i;
	enum err e = OK;

	json_array_foreach(list, i, item) {
		const char *text = json_string_value(item);

		if (e == OK && i > 0)
			e = add(out, ", ");
		if (e == OK && text)
			e = buf_add(out, text, is_id(text) ? 12 : strlen(text));
	}
	return e;
}

static enum err cell_text(const json_t *item, const struct column *c, char **out)
{
	struct buf b = {0};
	char *text;
	enum err e = c->as == AS_IDS ? short_ids(at_path(item, c->path), &b) : cli_table_value(item, c, &b);

	if (e == OK)
		e = buf_add(&b, "", 1);
	if (e == OK) {
		text = (char *)b.p;
		if (is_id(text) || (c->as == AS_ID && strlen(text) > 12))
			text[12] = '\0';
		else if (c->as == AS_TIME && strlen(text) >= 17 && text[10] == 'T' && text[13] == ':')
			text[10] = ' ', text[16] = 'Z', text[17] = '\0';
		e = cli_text_cell(text, out);
	}
	buf_free(&b);
	return e;
}

static void heading_of(const struct column *c, char out[static 48])
{
	(void)snprintf(out, 48, "%s", c->heading ? c->heading : c->path);
	for (char *p = out; *p; p++)
		*p = *p == '_' || *p == '.' ? ' ' : *p;
}

struct grid {
	struct column columns[TABLE_COLUMNS];
	char heading[TABLE_COLUMNS][48];
	size_t width[TABLE_COLUMNS], full[TABLE_COLUMNS]; /* full: before anything was squeezed */
	size_t n, rows;
	bool crowded; /* something was cut to a stump */
	char **cells;
};

/* The members of the items, in the order of their first appearance. */
static void find_columns(const json_t *items, struct grid *g)
{
	const json_t *item;
	const char *name;
	json_t *member;
	size_t i;

	json_array_foreach(items, i, item) {
		json_object_foreach((json_t *)(uintptr_t)item, name, member) {
			size_t k = 0;

			while (k < g->n && strcmp(g->columns[k].path, name) != 0)
				k++;
			if (k == g->n && g->n < TABLE_COLUMNS && strcmp(name, "schema") != 0)
				g->columns[g->n++] = (struct column){.path = name};
		}
	}
}

static enum err fill(const json_t *items, struct grid *g)
{
	g->rows = json_array_size(items);
	g->cells = calloc(g->rows * g->n + 1, sizeof *g->cells);
	if (!g->cells)
		return ERR_MEMORY;
	for (size_t r = 0; r < g->rows; r++) {
		for (size_t c = 0; c < g->n; c++) {
			char **cell = &g->cells[r * g->n + c];
			enum err e = cell_text(json_array_get(items, r), &g->columns[c], cell);
			size_t w;

			if (e != OK)
				return e;
			w = cli_text_width(*cell);
			g->width[c] = w > g->width[c] ? w : g->width[c];
		}
	}
	return OK;
}

/* Columns where nothing stands are left out; the widest give way until the table fits. */
static void squeeze(struct grid *g, int width, int indent)
{
	size_t total = (size_t)indent, room = (size_t)(width > 0 ? width : 0);

	for (size_t c = 0; c < g->n; c++) {
		size_t h = cli_text_width(g->heading[c]);

		if (g->width[c] == 0)
			continue;
		if (room && g->columns[c].max > 0 && g->width[c] > (size_t)g->columns[c].max)
			g->width[c] = (size_t)g->columns[c].max;
		g->width[c] = h > g->width[c] ? h : g->width[c];
		g->full[c] = g->width[c];
		total += g->width[c] + 2;
	}
	while (room && total > room + 2) {
		size_t widest = 0;

		for (size_t c = 1; c < g->n; c++)
			if (g->columns[c].as == AS_TEXT && (g->width[c] > g->width[widest] || g->columns[widest].as != AS_TEXT))
				widest = c;
		if (g->width[widest] <= TABLE_NARROW)
			return;
		g->width[widest]--;
		g->crowded |= g->width[widest] < TABLE_STUMP || g->width[widest] * 4 < g->full[widest];
		total--;
	}
}

/* Back to where a word ends; a word that is longer than the line is broken. */
static size_t end_of_word(const char *text, size_t width, size_t *used)
{
	for (size_t w = width; w > 0; w--) {
		size_t n = cli_text_fit(text, w, used);

		if (text[n] == ' ')
			return n;
	}
	return cli_text_fit(text, width, used);
}

/* Of what is left of the text, as much as fits; the rest is cut, or left for the next line. */
static void put_cell(FILE *out, const char **text, size_t width, const struct column *c, bool last)
{
	size_t used, n = cli_text_fit(*text, width, &used), after;
	bool over = (*text)[n] != '\0', right = c->as == AS_NUMBER;

	if (over && c->whole)
		n = end_of_word(*text, width, &used);
	else if (over)
		n = cli_text_fit(*text, width - 1, &used);
	if (right)
		(void)fprintf(out, "%*s", (int)(width - used), "");
	(void)fwrite(*text, 1, n, out);
	if (over && !c->whole)
		used += (size_t)(fputs("\xe2\x80\xa6", out) >= 0);
	if (!last)
		(void)fprintf(out, "%*s", (int)((right ? 0 : width - used) + 2), "");
	after = over && !c->whole ? strlen(*text) : n;
	*text += after + strspn(*text + after, " ");
}

static void put_row(FILE *out, const struct grid *g, const char **left, int indent)
{
	size_t last;
	bool more;

	do {
		last = 0;
		for (size_t c = 0; c < g->n; c++)
			if (g->width[c] > 0 && left[c][0])
				last = c;
		(void)fprintf(out, "%*s", indent, "");
		for (size_t c = 0; c < g->n && c <= last; c++)
			if (g->width[c] > 0)
				put_cell(out, &left[c], g->width[c], &g->columns[c], c == last);
		(void)fputc('\n', out);
		more = false;
		for (size_t c = 0; c < g->n; c++)
			more |= g->width[c] > 0 && left[c][0];
	} while (more);
}

static void put_grid(FILE *out, const struct grid *g, int indent)
{
	const char *left[TABLE_COLUMNS];

	for (size_t c = 0; c < g->n; c++)
		left[c] = g->heading[c];
	put_row(out, g, left, indent);
	for (size_t r = 0; r < g->rows; r++) {
		for (size_t c = 0; c < g->n; c++)
			left[c] = g->cells[r * g->n + c];
		put_row(out, g, left, indent);
	}
}

static void free_grid(struct grid *g)
{
	for (size_t i = 0; g && g->cells && i < g->rows * g->n; i++)
		free(g->cells[i]);
	if (g)
		free(g->cells);
	free(g);
}

/* The caller frees *out, whatever comes of it. */
static enum err lay_out(const json_t *items, const struct column *columns, int width, int indent, struct grid **out)
{
	struct grid *g = *out = calloc(1, sizeof *g);
	enum err e;

	if (!g)
		return ERR_MEMORY;
	if (columns)
		while (g->n < TABLE_COLUMNS && columns[g->n].path) {
			g->columns[g->n] = columns[g->n];
			g->n++;
		}
	else
		find_columns(items, g);
	for (size_t c = 0; c < g->n; c++) {
		heading_of(&g->columns[c], g->heading[c]);
		for (char *p = g->heading[c]; *p; p++)
			*p = (char)toupper((unsigned char)*p);
	}
	e = fill(items, g);
	if (e == OK)
		squeeze(g, width, indent);
	return e;
}

enum err cli_table(FILE *out, const json_t *items, const struct column *columns, int width, int indent)
{
	struct grid *g;
	enum err e = lay_out(items, columns, width, indent, &g);

	if (e == OK)
		put_grid(out, g, indent);
	free_grid(g);
	return e;
}

/* ---- sheets ---- */

struct page {
	FILE *out;
	int width, indent, pad; /* pad: of the names, to where the values begin */
	int depth;
};

static enum err sheet(const struct page *p, const json_t *object, const struct column *columns);

static void put_text(FILE *out, const char *text, int column)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = strndup(text, n);

		if (line)
			cli_text_safe(out, line, false);
		free(line);
		text += n;
		if (*text == '\n' && *++text)
			(void)fprintf(out, "\n%*s", column, "");
	}
	(void)fputc('\n', out);
}

/* A table, where that leaves something to read. */
static enum err list(const struct page *p, const json_t *items, const struct column *columns)
{
	struct grid *g;
	enum err e = lay_out(items, columns, p->width, p->indent, &g);
	bool crowded = e == OK && g->crowded;
	const json_t *item;
	size_t i;

	if (e == OK && !crowded)
		put_grid(p->out, g, p->indent);
	free_grid(g);
	if (crowded)
		json_array_foreach(items, i, item) {
			if (i > 0)
				(void)fputc('\n', p->out);
			if ((e = sheet(p, item, columns)) != OK)
				return e;
		}
	return e;
}

static enum err member(const struct page *p, const struct column *c, const json_t *j)
{
	struct page inner = {p->out, p->width, p->indent + 2, 0, p->depth + 1};
	int used;
	char name[48], *shown;
	struct buf b = {0};
	enum err e;

	heading_of(c, name);
	if ((e = cli_text_cell(name, &shown)) != OK)
		return e;
	used = fprintf(p->out, "%*s%s:", p->indent, "", shown);
	free(shown);
	if (json_is_array(j) && json_is_object(json_array_get(j, 0))) {
		(void)fputc('\n', p->out);
		return list(&inner, j, c->items);
	}
	if (json_is_object(j) && json_object_size(j) > 0) {
		(void)fputc('\n', p->out);
		return sheet(&inner, j, c->items);
	}
	(void)fprintf(p->out, "%*s", p->indent + p->pad > used ? p->indent + p->pad - used : 1, "");
	if ((e = one_line(j, 0, &b)) == OK && (e = buf_add(&b, "", 1)) == OK)
		put_text(p->out, (const char *)b.p, p->indent + p->pad);
	buf_free(&b);
	return e;
}

static bool worth(const json_t *j)
{
	return j && !json_is_null(j) && !(json_is_array(j) && json_array_size(j) == 0) &&
	       !(json_is_object(j) && json_object_size(j) == 0);
}

static int longest(const json_t *object, const struct column *columns)
{
	size_t most = 0;
	const char *name;
	json_t *j;

	for (const struct column *c = columns; c && c->path; c++) {
		size_t n = strlen(c->heading ? c->heading : c->path);

		if (worth(at_path(object, c->path)) && n > most)
			most = n;
	}
	if (!columns)
		json_object_foreach((json_t *)(uintptr_t)object, name, j) {
			size_t n = strlen(name);

			if (worth(j) && n > most)
				most = n;
		}
	return (int)(most > 30 ? 30 : most) + 2;
}

static enum err sheet(const struct page *page, const json_t *object, const struct column *columns)
{
	struct page p = *page;
	const char *name;
	json_t *j;
	enum err e = OK;

	if (p.depth > SHEET_DEEP)
		return OK;
	p.pad = longest(object, columns);
	for (const struct column *c = columns; e == OK && c && c->path; c++)
		if (worth(at_path(object, c->path)))
			e = member(&p, c, at_path(object, c->path));
	if (columns)
		return e;
	json_object_foreach((json_t *)(uintptr_t)object, name, j) {
		struct column c = {.path = name};

		if (e == OK && worth(j) && strcmp(name, "schema") != 0 && strcmp(name, "next") != 0)
			e = member(&p, &c, j);
	}
	return e;
}

enum err cli_sheet(FILE *out, const json_t *object, const struct column *columns, int width, int indent)
{
	return sheet(&(struct page){out, width, indent, 0, 0}, object, columns);
}
