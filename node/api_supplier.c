/* api_supplier.c - what suppliers have beyond other rows of the register: a partner, and a tier that follows from factors. */
#include <stdio.h>
#include <string.h>

#include "node/api_register.h"
#include "node/nearest.h"
#include "node/partners.h"
#include "node/register.h"
#include "node/saying.h"
#include "proto/vocab.h"

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

const struct api_row api_supplier_rows[] = {
	{"supplier.link", supplier_link, "says which partner a supplier is: {supplier, partner} -> {id, changed}"},
	{"supplier.rank", supplier_rank, "sets factors and tier: {supplier, factor, tier, reason, review_due} -> the row"},
	{0},
};
