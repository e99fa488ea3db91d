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

/* A name, and the same with a version behind it: "wms", "wms 3.1". */
static bool versioned(const char *name, const char *longer)
{
	size_t n = strlen(name);
	if (strncmp(name, longer, n) != 0 || longer[n] != ' ')
		return false;
	longer += n + 1;
	longer += *longer == 'v';
	return *longer >= '0' && *longer <= '9';
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
	if (*x && *y && (versioned(x, y) || versioned(y, x)))
		return "may be: the product alone";
	return within(x, y) || within(y, x) ? "part of" : NULL;
}

/* ---- rows ---- */

struct match {
	struct view *v;
	const struct incident *x;
	const struct value *body;
	json_t *items;
	const char **author; /* what its author is called here: by us, and in the register */
	size_t authors, room;
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

static enum err called(struct match *m, const char *name)
{
	const char **p = arena_more(m->v->a, m->author, m->authors, &m->room, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	m->author = p;
	m->author[m->authors++] = name;
	return OK;
}

static bool is_author(const struct match *m, const char *name)
{
	char a[WORD], b[WORD];
	plain(SPAN(name, strlen(name)), a);
	for (size_t i = 0; *a && i < m->authors; i++) {
		plain(SPAN(m->author[i], strlen(m->author[i])), b);
		if (strcmp(a, b) == 0)
			return true;
	}
	return false;
}

static enum err of_supplier(struct match *m, const struct value *row)
{
	static const char *const lists[] = {"products", "services", NULL};
	const char *name = view_text(m->v, supplier_fields, row, "name");
	const struct value *services = fields_get(supplier_fields, row, "services");
	struct ours o = {.row = "supplier", .name = name, .supplier = name, .function = ""};
	struct id org;
	enum err e = OK;
	bool linked = fields_id(supplier_fields, row, "partner", &org);
	if (m->x->first->mine)
		return OK;
	if (linked ? id_eq(&org, &m->x->first->r.author) : is_author(m, name) || is_author(m, view_text(m->v, supplier_fields, row, "title"))) {
		e = add(m, &o, "", linked ? "author" : "may be: the author's name");
		if (e == OK)
			e = called(m, name);
	}
	for (size_t i = 0; e == OK && i < value_count(services); i++)
		if (value_is_str(value_item(services, i), &o.text))
			e = try_text(m, &o, lists);
	return e;
}

static enum err of_subcontractor(struct match *m, const struct value *row)
{
	const char *name = view_text(m->v, subcontractor_fields, row, "subcontractor");
	const struct ours o = {.row = "subcontractor", .name = name, .supplier = view_text(m->v, subcontractor_fields, row, "supplier"), .function = ""};
	return m->x->first->mine || !is_author(m, name) || fields_get(subcontractor_fields, row, "ended") ? OK : add(m, &o, "", "author");
}

/* With its version behind it. */
static enum err joined(const struct match *m, const struct ours *o, struct span version, bool *found)
{
	const struct field *f = kind_by_number(KIND_INCIDENT_NOTICE)->fields;
	const struct value *list = fields_get(f, m->body, "products");
	char text[WORD], a[WORD], b[WORD];
	(void)snprintf(text, sizeof text, "%.*s %.*s", (int)(o->text.n < 120 ? o->text.n : 120), (const char *)o->text.p, (int)version.n,
	               (const char *)version.p);
	plain(SPAN(text, strlen(text)), a);
	for (size_t i = 0; i < value_count(list); i++) {
		struct span theirs;
		struct ours whole = *o;
		if (!value_is_str(value_item(list, i), &theirs))
			continue;
		plain(theirs, b);
		if (strcmp(a, b) != 0)
			continue;
		*found = true;
		whole.text = SPAN(text, strlen(text));
		(void)snprintf(b, sizeof b, "%.*s", (int)(theirs.n < WORD ? theirs.n : WORD - 1), (const char *)theirs.p);
		return add(m, &whole, b, "product and version");
	}
	return OK;
}

static enum err of_dependency(struct match *m, const struct value *row)
{
	static const char *const things[] = {"products", "services", NULL}, *const contracts[] = {"contracts", NULL};
	static const char *const texts[] = {"product", "service", "contract"};
	struct ours o = {.row = "dependency", .name = view_text(m->v, dependency_fields, row, "name"),
	                 .supplier = view_text(m->v, dependency_fields, row, "supplier"), .function = view_text(m->v, dependency_fields, row, "function")};
	enum err e = OK;
	for (size_t i = 0; e == OK && i < sizeof texts / sizeof *texts; i++) {
		struct span version;
		bool found = false;
		if (!fields_str(dependency_fields, row, texts[i], &o.text))
			continue;
		if (i == 0 && fields_str(dependency_fields, row, "version", &version))
			e = joined(m, &o, version, &found);
		if (e == OK && !found)
			e = try_text(m, &o, i == 2 ? contracts : things);
	}
	return e;
}

static enum err each(struct match *m, const struct local_kind *k, enum err (*fn)(struct match *m, const struct value *row))
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
	struct match m = {.v = v, .x = x, .body = view_body(x->head), .items = json_array()};
	char name[VIEW_NAME], *own;
	v->name(v->ctx, &x->first->r.author, name);
	own = arena_alloc(v->a, sizeof name);
	enum err e = m.items && own ? OK : ERR_MEMORY;
	if (own)
		memcpy(own, name, sizeof name);
	if (e == OK)
		e = called(&m, own);
	if (e == OK)
		e = each(&m, &local_supplier, of_supplier);
	if (e == OK)
		e = each(&m, &local_subcontractor, of_subcontractor);
	if (e == OK)
		e = each(&m, &local_dependency, of_dependency);
	if (e != OK) {
		json_decref(m.items);
		return e;
	}
	*out = m.items;
	return OK;
}
