#include "node/view_match.h"

#include <stdio.h>
#include <string.h>

#include "store/locals.h"

#define WORD 200
#define SHORTEST 4 /* of a text that may be part of another: "app" is part of too many */

/* ---- texts ---- */

/* Small letters and digits; whatever lies between is one blank. */
static void plain(struct span s, char out[static WORD])
{
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < WORD - 2; i++) {
		char c = (char)s.p[i];
		bool upper = c >= 'A' && c <= 'Z';
		if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80)
			out[n++] = (char)(upper ? c + 32 : c);
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
}

/* Part number of a text divided so; from 0. */
static struct span part(struct span s, char by, size_t number)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++)
		if ((char)s.p[i] == by) {
			if (number-- == 0)
				return SPAN(s.p + from, i - from);
			from = i + 1;
		}
	return number == 0 ? SPAN(s.p + from, s.n - from) : SPAN(NULL, 0);
}

/* The product's name in cpe:2.3:a:VENDOR:PRODUCT:VERSION and pkg:TYPE/SPACE/NAME@VERSION; else all of it. */
static void product(struct span s, char out[static WORD])
{
	if (s.n > 8 && memcmp(s.p, "cpe:2.3:", 8) == 0) {
		plain(part(s, ':', 4), out);
		return;
	}
	if (s.n > 4 && memcmp(s.p, "pkg:", 4) == 0) {
		struct span name = part(s, '@', 0);
		for (size_t i = name.n; i > 0; i--)
			if (name.p[i - 1] == '/') {
				name = SPAN(name.p + i, name.n - i);
				break;
			}
		plain(name, out);
		return;
	}
	plain(s, out);
}

/* Whole words of the longer one. */
static bool within(const char *shorter, const char *longer)
{
	size_t n = strlen(shorter);
	for (const char *at = longer; n >= SHORTEST && (at = strstr(at, shorter)); at++)
		if ((at == longer || at[-1] == ' ') && (at[n] == '\0' || at[n] == ' '))
			return true;
	return false;
}

static const char *alike(struct span theirs, struct span ours)
{
	char a[WORD], b[WORD], x[WORD], y[WORD];
	plain(theirs, a);
	plain(ours, b);
	product(theirs, x);
	product(ours, y);
	if (!*a || !*b)
		return NULL;
	if (strcmp(a, b) == 0)
		return "exact";
	if (*x && strcmp(x, y) == 0)
		return "same product";
	return within(x, y) || within(y, x) ? "part of" : NULL;
}

/* ---- rows ---- */

struct match {
	struct view *v;
	const struct incident *x;
	const struct value *body;
	json_t *items;
};

struct ours { /* one text of a row */
	const char *row, *name, *supplier, *function;
	struct span text;
};

static enum err add(const struct match *m, const struct ours *o, const char *theirs, const char *how)
{
	const struct value *row;
	json_t *item = json_object();
	enum err e = item ? locals_get(m->v->t, &local_supplier, o->supplier, m->v->a, &row) : ERR_MEMORY;
	view_put(item, "row", o->row);
	view_put(item, "name", o->name);
	view_put(item, "supplier", o->supplier);
	if (e == OK)
		view_put(item, "tier", view_word(supplier_fields, row, "tier"));
	view_put(item, "function", o->function);
	if (o->text.n) {
		char text[WORD];
		(void)snprintf(text, sizeof text, "%.*s", (int)(o->text.n < WORD ? o->text.n : WORD - 1), (const char *)o->text.p);
		view_put(item, "ours", text);
	}
	view_put(item, "theirs", theirs);
	view_put(item, "how", how);
	if (e == ERR_MEMORY || (e != OK && e != ERR_NOT_FOUND)) {
		json_decref(item);
		return e;
	}
	return json_array_append_new(m->items, item) == 0 ? OK : ERR_MEMORY;
}

/* Once a text: by the first of theirs that fits. */
static enum err try_text(const struct match *m, const struct ours *o, const char *const *lists)
{
	const struct field *f = kind_by_number(KIND_INCIDENT_NOTICE)->fields;
	for (; *lists; lists++) {
		const struct value *list = fields_get(f, m->body, *lists);
		for (size_t i = 0; i < value_count(list); i++) {
			struct span theirs;
			char text[WORD];
			const char *how = value_is_str(value_item(list, i), &theirs) ? alike(theirs, o->text) : NULL;
			if (!how)
				continue;
			(void)snprintf(text, sizeof text, "%.*s", (int)(theirs.n < WORD ? theirs.n : WORD - 1), (const char *)theirs.p);
			return add(m, o, text, how);
		}
	}
	return OK;
}

static enum err of_supplier(const struct match *m, const struct value *row)
{
	static const char *const lists[] = {"products", "services", NULL};
	const char *name = view_text(m->v, supplier_fields, row, "name");
	const struct value *services = fields_get(supplier_fields, row, "services");
	struct ours o = {.row = "supplier", .name = name, .supplier = name, .function = ""};
	struct id org;
	enum err e = OK;
	if (fields_id(supplier_fields, row, "partner", &org) && id_eq(&org, &m->x->first->r.author))
		e = add(m, &o, "", "author");
	for (size_t i = 0; e == OK && i < value_count(services); i++)
		if (value_is_str(value_item(services, i), &o.text))
			e = try_text(m, &o, lists);
	return e;
}

static enum err of_dependency(const struct match *m, const struct value *row)
{
	static const char *const things[] = {"products", "services", NULL}, *const contracts[] = {"contracts", NULL};
	static const char *const texts[] = {"product", "service", "contract"};
	struct ours o = {.row = "dependency", .name = view_text(m->v, dependency_fields, row, "name"),
	                 .supplier = view_text(m->v, dependency_fields, row, "supplier"), .function = view_text(m->v, dependency_fields, row, "function")};
	enum err e = OK;
	for (size_t i = 0; e == OK && i < sizeof texts / sizeof *texts; i++)
		if (fields_str(dependency_fields, row, texts[i], &o.text))
			e = try_text(m, &o, i == 2 ? contracts : things);
	return e;
}

static enum err each(const struct match *m, const struct local_kind *k, enum err (*fn)(const struct match *m, const struct value *row))
{
	struct walk w;
	enum err e = locals_walk(m->v->t, k, &w);
	if (e != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		const struct value *row;
		e = rows_value(w.value, m->v->a, &row);
		if (e == OK)
			e = fn(m, row);
	}
	return walk_close(&w, e);
}

enum err view_match_json(struct view *v, const struct incident *x, json_t **out)
{
	struct match m = {v, x, view_body(x->head), json_array()};
	enum err e = m.items ? OK : ERR_MEMORY;
	if (e == OK && !x->first->mine)
		e = each(&m, &local_supplier, of_supplier);
	if (e == OK)
		e = each(&m, &local_dependency, of_dependency);
	if (e != OK) {
		json_decref(m.items);
		return e;
	}
	*out = m.items;
	return OK;
}
