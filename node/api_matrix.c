/* api_matrix.c - who is responsible for what: proposed, countered, agreed. */
#include <stdio.h>
#include <string.h>

#include "node/api_requirement.h"
#include "node/names.h"
#include "node/proportion.h"
#include "node/view_matrix.h"
#include "node/view_requirement.h"

static const struct kind *matrix_kind(void)
{
	return kind_by_number(KIND_RESPONSIBILITY_MATRIX);
}

/* ---- rows ---- */

static size_t place_of(struct value *rows, const char *control)
{
	size_t i = 0;
	struct span s;
	while (i < value_count(rows) && !(fields_str(view_matrix_group(), value_item(rows, i), "control", &s) && span_eq(s, SPAN(control, strlen(control)))))
		i++;
	return i;
}

/* In place of the one that is there, whose title it keeps. */
static void put_row(struct api_call *c, struct value *rows, const char *control, struct value *row)
{
	const struct field *g = view_matrix_group();
	size_t at = place_of(rows, control);
	if (at == value_count(rows)) {
		value_push(c->arena, rows, row);
		return;
	}
	const struct value *title = fields_get(g, rows->items[at], "title");
	if (title && !fields_get(g, row, "title"))
		fields_set(c->arena, g, row, "title", value_copy(c->arena, title));
	rows->items[at] = row;
}

/* A text between two marks, trimmed; NULL: nothing there. */
static struct value *between(struct api_call *c, const char *from, const char *to)
{
	while (from < to && *from == ' ')
		from++;
	while (to > from && to[-1] == ' ')
		to--;
	return to > from ? value_strn(c->arena, SPAN(from, (size_t)(to - from))) : NULL;
}

/* "R3=shared: we patch the host | you patch the guest": the supplier's part stands first. */
static enum err typed_row(struct api_call *c, const char *text, struct value *rows)
{
	const struct field *g = view_matrix_group();
	const char *equal = strchr(text, '='), *colon = equal ? strchr(equal, ':') : NULL, *bar = colon ? strchr(colon, '|') : NULL;
	const char *end = text + strlen(text), *word_end = colon ? colon : end;
	struct value *row = value_map(c->arena), *part;
	char control[201];
	if (!equal || equal == text || (size_t)(equal - text) >= sizeof control)
		return api_fail(c, ERR_USAGE, "such as: --row \"R3=shared: patch the host | patch the guest\"",
		                "\"%.60s\" must be CONTROL=OWNER: SUPPLIER DOES | CUSTOMER DOES", text);
	(void)snprintf(control, sizeof control, "%.*s", (int)(equal - text), text);
	int64_t owner = vocab_number(&vocab_owner, SPAN(equal + 1, (size_t)(word_end - equal - 1)));
	if (!owner && word_end > equal + 1)
		return api_fail(c, ERR_USAGE, "one of customer, supplier, shared, subcontractor, shared-with-subcontractor, not-applicable",
		                "\"%.*s\" is no owner", (int)(word_end - equal - 1), equal + 1);
	fields_set(c->arena, g, row, "control", value_str(c->arena, control));
	if (owner)
		fields_set(c->arena, g, row, "owner", value_int(c->arena, owner));
	if (colon && (part = between(c, colon + 1, bar ? bar : end)))
		fields_set(c->arena, g, row, "supplier", part);
	if (bar && (part = between(c, bar + 1, end)))
		fields_set(c->arena, g, row, "customer", part);
	put_row(c, rows, control, row);
	return OK;
}

static enum err typed_rows(struct api_call *c, struct value *rows)
{
	const char *const *texts;
	size_t n;
	enum err e = saying_texts(c, "row", &texts, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		e = typed_row(c, texts[i], rows);
	if (e == OK)
		e = saying_texts(c, "drop", &texts, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		size_t at = place_of(rows, texts[i]);
		if (at == value_count(rows))
			return api_fail(c, ERR_NOT_FOUND, "see them with: tally responsibility show", "no control \"%.60s\" in it", texts[i]);
		for (rows->n--; at < rows->n; at++)
			rows->items[at] = rows->items[at + 1];
	}
	return e;
}

/* A row without an owner for each requirement of a set: what is still to be decided. */
static enum err set_rows(struct api_call *c, struct value *rows)
{
	const struct field *g = view_matrix_group();
	const char *const *rids, *level;
	struct view v;
	struct seen *set;
	size_t n = 0;
	if (!saying_arg(c, "set"))
		return OK;
	enum err e = api_requirement_set(c, &v, "set", KIND_REQUIREMENT_SET, &set);
	if (e == OK)
		e = api_text(c, "level", false, &level);
	if (e == OK && (e = view_requirement_rids(&v, set, level ? level : "", &rids, &n)) == ERR_NOT_FOUND)
		return api_fail(c, ERR_INVALID, "leave --level out for all of it", "the set has no level \"%.60s\"", level);
	for (size_t i = 0; e == OK && i < n; i++) {
		const char *title = view_text(&v, view_requirement_group(), view_requirement_find(set, rids[i]), "title");
		struct value *row = value_map(c->arena);
		fields_set(c->arena, g, row, "control", value_str(c->arena, rids[i]));
		if (*title)
			fields_set(c->arena, g, row, "title", value_str(c->arena, title));
		put_row(c, rows, rids[i], row);
	}
	return e;
}

static struct value *rows_in(struct api_call *c, const struct value *body)
{
	struct value *rows = value_copy(c->arena, fields_get(matrix_kind()->fields, body, "rows"));
	return rows ? rows : value_array(c->arena);
}

/* ---- saying it ---- */

static void warn_open(struct api_call *c, const struct value *rows)
{
	size_t unowned = 0;
	for (size_t i = 0; i < value_count(rows); i++)
		unowned += !fields_get(view_matrix_group(), value_item(rows, i), "owner");
	if (unowned)
		saying_warn(c, "%zu of %zu rows have no owner yet", unowned, value_count(rows));
}

static enum err say(struct api_call *c, struct draft *d, struct value *body, struct value *rows)
{
	struct id id;
	if (value_count(rows) == 0)
		return api_fail(c, ERR_USAGE, "such as: --row \"R3=shared: patch the host | patch the guest\", or --set SET", "no row is given");
	fields_set(c->arena, d->kind->fields, body, "rows", rows);
	d->body = body;
	warn_open(c, rows);
	enum err e = saying_say(c, d, &id);
	if (e != OK)
		return e;
	char hex[13];
	hex_encode(hex, id.b, 6);
	saying_next(c, "it holds when the other side agrees to it: they type: tally responsibility agree %s", hex);
	return OK;
}

/* Whoever stands in our register is the supplier; else we are. */
static enum err supplier_in(struct api_call *c, struct view *v, const struct id *other, struct id *out)
{
	struct tiers tiers;
	enum err e = proportion_tiers(v, &tiers);
	*out = v->me;
	for (size_t i = 0; e == OK && i < tiers.n; i++)
		if (id_eq(&tiers.p[i].org, other))
			*out = *other;
	(void)c;
	return e;
}

static enum err propose(struct api_call *c)
{
	struct draft d = {.kind = matrix_kind()};
	struct view v;
	struct value *body, *rows;
	struct id supplier;
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	saying_view(c, &v);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && d.recipients != 1)
		return api_fail(c, ERR_USAGE, "name the partner with: --to PARTNER", "a matrix is between two");
	if (e == OK && !fields_get(d.kind->fields, body, "supplier")) {
		e = supplier_in(c, &v, &d.to[0], &supplier);
		if (e == OK)
			fields_set(c->arena, d.kind->fields, body, "supplier", value_id(c->arena, &supplier));
	}
	if (e != OK)
		return e;
	rows = rows_in(c, body);
	e = set_rows(c, rows);
	if (e == OK)
		e = typed_rows(c, rows);
	return e == OK ? say(c, &d, body, rows) : e;
}

/* Starts from what the other side, or we, proposed. */
static enum err counter(struct api_call *c)
{
	struct draft d = {.kind = matrix_kind()};
	struct view v;
	struct seen *s;
	struct value *given, *body, *rows;
	struct id other;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "about", KIND_RESPONSIBILITY_MATRIX, &s);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &given);
	if (e == OK && (e = view_matrix_other(&v, s, &other)) == ERR_NOT_FOUND)
		return api_fail(c, ERR_POLICY, "see: tally record show ID", "that matrix is not between us and its author");
	if (e != OK)
		return e;
	body = value_copy(c->arena, s->r.body);
	rows = rows_in(c, body);
	for (size_t i = 0; i < value_count(fields_get(d.kind->fields, given, "rows")); i++) {
		struct value *row = value_copy(c->arena, value_item(fields_get(d.kind->fields, given, "rows"), i));
		put_row(c, rows, view_text(&v, view_matrix_group(), row, "control"), row);
	}
	if ((e = typed_rows(c, rows)) != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &s->id));
	if (fields_get(d.kind->fields, given, "changes"))
		fields_set(c->arena, d.kind->fields, body, "changes", value_copy(c->arena, fields_get(d.kind->fields, given, "changes")));
	d.thread = &s->root;
	if (s->mine)
		d.supersedes = &s->id;
	d.to = &other;
	d.recipients = 1;
	return say(c, &d, body, rows);
}

static enum err agree(struct api_call *c)
{
	struct draft d = {.kind = kind_by_number(KIND_REPLY)};
	struct view v;
	struct seen *s;
	struct value *body;
	struct id id;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", KIND_RESPONSIBILITY_MATRIX, &s);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e != OK)
		return e;
	if (s->mine)
		return api_fail(c, ERR_POLICY, "wait for the other side, or change it with: tally responsibility counter ID", "that matrix is our own proposal");
	if (!view_active(s))
		return api_fail(c, ERR_CONFLICT, "see: tally responsibility list", "that matrix does not stand any more");
	warn_open(c, fields_get(matrix_kind()->fields, s->r.body, "rows"));
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &s->id));
	fields_set(c->arena, d.kind->fields, body, "decision", value_int(c->arena, vocab_number(&vocab_decision, SPAN("agreed", 6))));
	d.body = body;
	d.thread = &s->root;
	d.to = &s->r.author;
	d.recipients = 1;
	return saying_say(c, &d, &id);
}

static enum err list(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	return saying_items(c, view_matrix_list(&v, &items), &items);
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct id org;
	struct relations all;
	const char *contract = NULL;
	json_t *items = json_array();
	enum err e = json_object_set_new(c->result, "items", items) == 0 ? api_org(c, "partner", &org) : ERR_MEMORY;
	saying_view(c, &v);
	if (e == OK)
		e = api_text(c, "contract", false, &contract);
	if (e == OK)
		e = view_matrix_all(&v, &all);
	for (size_t i = 0; e == OK && i < all.n; i++)
		if (id_eq(&all.p[i].other, &org) && (!contract || strcmp(contract, all.p[i].contract) == 0))
			e = view_matrix_rows(&v, &all.p[i], items);
	return e;
}

const struct api_row api_matrix_rows[] = {
	{"responsibility.propose", propose, "propose who is responsible for what"},
	{"responsibility.counter", counter, "propose it differently"},
	{"responsibility.agree", agree, "agree to a matrix"},
	{"responsibility.list", list, "matrices, by partner and contract"},
	{"responsibility.show", show, "one with a partner, row by row"},
	{NULL, NULL, NULL},
};
