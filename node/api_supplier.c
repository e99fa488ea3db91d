/* api_supplier.c - what suppliers have beyond other rows of the register: a partner, and a tier that follows from factors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/api_register.h"
#include "node/nearest.h"
#include "node/partners.h"
#include "node/register.h"
#include "node/saying.h"
#include "node/view_contract.h"
#include "node/view_record.h"
#include "proto/vocab.h"
#include "proto/when.h"

static enum err supplier_link(struct api_call *c)
{
	struct api_register_change x = {.kind = &local_supplier, .what = "supplier link"};
	struct value *given = value_map(c->arena);
	struct partner p;
	struct id org;
	enum err e = api_register_named(c, x.kind, &x.name, &x.held);

	if (e == OK)
		e = api_org(c, "partner", &org);
	if (e != OK)
		return e;
	if ((e = partners_get(core_txn(c->core), c->arena, &org, &p)) == ERR_NOT_FOUND)
		return api_fail(c, e, "see: tally partner list", "this organisation is no partner of ours");
	if (e != OK)
		return e;
	if (!given)
		return ERR_MEMORY;
	fields_set(c->arena, supplier_fields, given, "partner", value_id(c->arena, &org));
	partners_set(c->arena, &p, "supplier", value_str(c->arena, x.name));
	if ((e = partners_put(core_txn(c->core), c->arena, &p)) != OK)
		return e;
	x.given = given;
	return api_register_change(c, &x);
}

static enum err one_factor(struct api_call *c, const struct field *factors, const char *text, struct value *map)
{
	const char *equal = strchr(text, '=');
	struct complaint why = {0};
	const struct field *f = NULL;
	struct nearest near;
	struct value *v;
	char key[48], hint[120] = "";
	enum err e;

	(void)snprintf(key, sizeof key, "%.*s", equal ? (int)(equal - text < 40 ? equal - text : 40) : 40, text);
	for (char *p = key; *p; p++)
		*p = *p == '-' || *p == ' ' ? '_' : *p;
	near = nearest_to(key);
	for (const struct field *g = factors->group; g->name; g++) {
		f = strcmp(g->name, key) == 0 ? g : f;
		nearest_try(&near, g->name);
	}
	if (near.best)
		(void)snprintf(hint, sizeof hint, "did you mean \"%s\"?", near.best);
	if (!f || !equal)
		return api_fail(c, ERR_INVALID, f ? "write it as FACTOR=LEVEL" : hint,
		                f ? "%.40s has no level" : "\"%.40s\" is no factor", key);
	if ((e = fields_parse(f, equal + 1, c->arena, &v, &why)) != OK)
		return api_fail(c, e, NULL, "%s %s", key, why.text);
	value_set(c->arena, map, f->key, v);
	return OK;
}

/* The highest factor decides. 0: none is stated. */
static int64_t tier_of(const struct value *factors)
{
	const struct field *f = fields_find(supplier_fields, "factors")->group;
	int64_t most = 0, i;

	for (; f->name; f++)
		most = value_is_int(value_at(factors, f->key), &i) && i > most ? i : most;
	return most == 0 ? 0 : most <= 2 ? 4 : 6 - most; /* vocab_factor goes up, vocab_tier down */
}

static enum err read_tier(struct api_call *c, const struct value *factors, struct value *given)
{
	int64_t follows = tier_of(factors), number = follows;
	const char *tier;
	enum err e = api_text(c, "tier", false, &tier);

	if (e != OK)
		return e;
	if (tier && (number = vocab_number(&vocab_tier, SPAN(tier, strlen(tier)))) == 0)
		return api_fail(c, ERR_INVALID, "critical, high, medium or low", "\"%.40s\" is no tier", tier);
	if (follows && number != follows)
		saying_warn(c, "its highest factor would make it %s", vocab_word(&vocab_tier, follows));
	if (number)
		fields_set(c->arena, supplier_fields, given, "tier", value_int(c->arena, number));
	return OK;
}

static enum err read_factors(struct api_call *c, const struct value *held, struct value *given)
{
	const struct field *factors = fields_find(supplier_fields, "factors");
	const json_t *list = json_object_get(c->args, "factor"), *item;
	struct value *map = value_map(c->arena);
	size_t i;
	enum err e;

	if (!map)
		return ERR_MEMORY;
	json_array_foreach(list, i, item) {
		if (!json_is_string(item))
			return api_fail(c, ERR_USAGE, NULL, "factor must be a list of text");
		if ((e = one_factor(c, factors, json_string_value(item), map)) != OK)
			return e;
	}
	if (value_count(map) > 0)
		value_set(c->arena, given, factors->key, map);
	return read_tier(c, register_lay(c->arena, factors->group, value_at(held, factors->key), map), given);
}

static enum err read_review(struct api_call *c, struct value *given)
{
	const struct field *f = fields_find(supplier_fields, "review_due");
	struct complaint why = {0};
	const char *due;
	struct value *v;
	enum err e = api_text(c, "review_due", false, &due);

	if (e != OK || !due)
		return e;
	if ((e = fields_parse(f, due, c->arena, &v, &why)) != OK)
		return api_fail(c, e, NULL, "review_due %s", why.text);
	value_set(c->arena, given, f->key, v);
	return OK;
}

static enum err supplier_rank(struct api_call *c)
{
	struct api_register_change x = {.kind = &local_supplier, .what = "supplier rank"};
	const char *reason;
	struct value *given = value_map(c->arena);
	const struct value *row;
	enum err e = api_register_named(c, x.kind, &x.name, &x.held);

	if (e == OK)
		e = api_text(c, "reason", true, &reason);
	if (e != OK || !given)
		return e != OK ? e : ERR_MEMORY;
	if (!json_object_get(c->args, "tier") && json_array_size(json_object_get(c->args, "factor")) == 0)
		return api_fail(c, ERR_USAGE, "give --factor FACTOR=LEVEL or --tier TIER", "nothing to rank by");
	fields_set(c->arena, supplier_fields, given, "reason", value_str(c->arena, reason));
	if ((e = read_factors(c, x.held, given)) == OK)
		e = read_review(c, given);
	x.given = given;
	if (e == OK)
		e = api_register_change(c, &x);
	if (e == OK)
		e = api_register_load(c, x.kind, x.name, &row);
	return e == OK ? api_register_json(c->result, x.kind, row) : e;
}

/* ---- offboard ---- */

static enum err add_open(json_t *open, const char *what, const char *id, const char *text)
{
	return json_array_append_new(open, json_pack("{s:s, s:s, s:s}", "what", what, "id", id, "title", text)) == 0 ? OK : ERR_MEMORY;
}

struct open_kind {
	const struct local_kind *kind;
	const char *over, *title; /* the field with the day it is over, and the one that says what it is */
};

/* Rows about it that are not over: access not revoked, terms not ended, functions that stand on it. */
static enum err open_rows(struct api_call *c, const struct open_kind *r, const char *supplier, json_t *open)
{
	struct view v;
	struct walk w;
	int64_t end;
	enum err e;

	saying_view(c, &v);
	if ((e = locals_walk(v.t, r->kind, &w)) != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		const struct value *row;

		e = rows_value(w.value, c->arena, &row);
		if (e != OK || strcmp(view_text(&v, r->kind->fields, row, "supplier"), supplier) != 0)
			continue;
		if (r->over && fields_int(r->kind->fields, row, r->over, &end) && end <= v.now / WHEN_DAY_MS)
			continue;
		e = add_open(open, r->kind->name, view_text(&v, r->kind->fields, row, "name"), view_text(&v, r->kind->fields, row, r->title));
	}
	return walk_close(&w, e);
}

static enum err open_contracts(struct view *v, const struct id *org, json_t *open)
{
	struct contract *all;
	char hex[65];
	size_t n;
	enum err e = view_contract_all(v, &all, &n);

	for (size_t i = 0; e == OK && i < n; i++) {
		if (!id_eq(view_contract_other(&all[i], &v->me), org) || (all[i].state != CONTRACT_AGREED && all[i].state != CONTRACT_OFFERED))
			continue;
		hex_encode(hex, all[i].first->id.b, 32);
		e = add_open(open, "contract", hex, view_record_title(v, all[i].first));
	}
	return e;
}

static size_t verb(const char *what)
{
	return strcspn(what, " ");
}

static int by_record(const void *a, const void *b)
{
	const struct duty *x = *(const struct duty *const *)a, *y = *(const struct duty *const *)b;
	int order = (x->of->no > y->of->no) - (x->of->no < y->of->no);

	return order ? order : strcmp(x->what, y->what);
}

static bool alike(const struct duty *x, const struct duty *y)
{
	return x->of == y->of && id_eq(&x->debtor, &y->debtor) && verb(x->what) == verb(y->what) && strncmp(x->what, y->what, verb(x->what)) == 0;
}

/* What is owed between the two, what comes of one record in one line: "answer R1 and 148 more". */
static enum err open_duties(struct view *v, const struct id *org, bool singly, json_t *open)
{
	struct duties all;
	enum err e = duty_all(v, true, &all);
	const struct duty **list = e == OK ? arena_alloc(v->a, (all.n + 1) * sizeof *list) : NULL;
	size_t n = 0, more;

	if (!list)
		return e == OK ? ERR_MEMORY : e;
	for (size_t i = 0; i < all.n; i++)
		if (id_eq(&all.p[i].debtor, org) || (!all.p[i].authority && id_eq(&all.p[i].creditor, org)))
			list[n++] = &all.p[i];
	if (n)
		qsort(list, n, sizeof *list, by_record);
	for (size_t i = 0; e == OK && i < n; i += more) {
		char hex[65], what[200];

		for (more = 1; !singly && i + more < n && alike(list[i], list[i + more]); more++)
			;
		(void)snprintf(what, sizeof what, more > 1 ? "%.150s and %zu more" : "%.150s", list[i]->what, more - 1);
		hex_encode(hex, list[i]->of->id.b, 32);
		e = add_open(open, what, hex, view_record_title(v, list[i]->of));
		if (e == OK && more > 1)
			(void)json_object_set_new(json_array_get(open, json_array_size(open) - 1), "count", json_integer((json_int_t)more));
	}
	return e;
}

static enum err what_is_open(struct api_call *c, const struct api_register_change *x, json_t *open)
{
	static const struct open_kind kinds[] = {
		{&local_access, "revoked", "what"}, {&local_dependency, "used_until", "function"}, {&local_terms, "end", "title"},
	};
	struct view v;
	struct id org;
	enum err e = OK;

	for (size_t i = 0; e == OK && i < sizeof kinds / sizeof *kinds; i++)
		e = open_rows(c, &kinds[i], x->name, open);
	if (e != OK || !fields_id(supplier_fields, x->held, "partner", &org))
		return e;
	saying_view(c, &v);
	if ((e = open_contracts(&v, &org, open)) == OK)
		e = open_duties(&v, &org, api_flag(c, "all"), open);
	return e;
}

static size_t things(const json_t *open)
{
	const json_t *o;
	size_t i, n = 0;

	json_array_foreach(open, i, o) {
		json_int_t count = json_integer_value(json_object_get(o, "count"));

		n += count ? (size_t)count : 1;
	}
	return n;
}

/* First exiting; former once nothing is open, or in spite of what is. */
static enum err supplier_offboard(struct api_call *c)
{
	struct api_register_change x = {.kind = &local_supplier, .what = "supplier offboard"};
	struct value *given = value_map(c->arena);
	json_t *open = json_array();
	int64_t state = SUPPLIER_EXITING, held = 0;
	enum err e = json_object_set_new(c->result, "open", open) == 0 && given ? api_register_named(c, x.kind, &x.name, &x.held) : ERR_MEMORY;

	if (e == OK)
		e = what_is_open(c, &x, open);
	if (e == OK && fields_int(supplier_fields, x.held, "state", &held) && held == SUPPLIER_FORMER)
		state = held; /* it is over; what came up since is listed */
	else if (e == OK && api_flag(c, "finish")) {
		if (json_array_size(open) > 0 && !api_flag(c, "despite"))
			return api_fail(c, ERR_CONFLICT, "see them with: tally supplier offboard NAME; or add --despite", "%zu things are still open with %.64s",
			                things(open), x.name);
		state = SUPPLIER_FORMER;
	}
	if (e != OK)
		return e;
	fields_set(c->arena, supplier_fields, given, "state", value_int(c->arena, state));
	x.given = given;
	if ((e = api_register_change(c, &x)) != OK)
		return e;
	api_set(c->result, "state", vocab_word(&vocab_supplier_state, state));
	if (state == SUPPLIER_EXITING)
		saying_next(c, "%s: tally supplier offboard %.64s --finish", json_array_size(open) ? "when that is done" : "nothing is open", x.name);
	return OK;
}

const struct api_row api_supplier_rows[] = {
	{"supplier.link", supplier_link, "says which partner a supplier is: {supplier, partner} -> {id, changed}"},
	{"supplier.rank", supplier_rank, "sets factors and tier: {supplier, factor, tier, reason, review_due} -> the row"},
	{"supplier.offboard", supplier_offboard, "ends a relationship: {supplier, finish, despite, all} -> {state, open}"},
	{0},
};
