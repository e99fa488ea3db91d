/* api_register_doubt.c - what is told of rows that were taken all the same: a number that two suppliers have, so that they are one company or
 * the number is wrong, and a contract that nobody knows. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/api_register.h"
#include "node/saying.h"
#include "node/view_contract.h"

struct number {
	const char *scheme, *value, *supplier;
};
struct numbers {
	struct number *p;
	size_t n, cap;
};

static enum err add_row(struct view *v, const struct value *row, struct numbers *out)
{
	const struct field *list = fields_find(supplier_fields, "identifiers");
	const struct value *all = value_at(row, list->key);
	for (size_t i = 0; i < value_count(all); i++) {
		struct number *p = arena_more(v->a, out->p, out->n, &out->cap, sizeof *p);
		if (!p)
			return ERR_MEMORY;
		out->p = p;
		out->p[out->n++] = (struct number){view_text(v, list->group, value_item(all, i), "scheme"),
		                                   view_text(v, list->group, value_item(all, i), "value"), view_text(v, supplier_fields, row, "name")};
	}
	return OK;
}

static int same(const struct number *x, const struct number *y)
{
	int order = strcasecmp(x->scheme, y->scheme);
	return order ? order : strcasecmp(x->value, y->value);
}

static int by_number(const void *a, const void *b)
{
	const struct number *x = a, *y = b;
	int order = same(x, y);
	return order ? order : strcmp(x->supplier, y->supplier);
}

static void tell(struct api_call *c, const struct numbers *all, const char *name)
{
	size_t count = 0, first = 0;
	for (size_t i = 1; i < all->n; i++) {
		const struct number *x = &all->p[i - 1], *y = &all->p[i];
		if (same(x, y) != 0 || strcmp(x->supplier, y->supplier) == 0 ||
		    (name && strcmp(x->supplier, name) != 0 && strcmp(y->supplier, name) != 0))
			continue;
		first = count++ ? first : i;
	}
	if (count)
		saying_warn(c, "%.64s and %.64s have the same %.16s %.40s%s: one company twice, or a wrong number", all->p[first - 1].supplier,
		            all->p[first].supplier, all->p[first].scheme, all->p[first].value, count > 1 ? ", and there are more such" : "");
}

enum err api_register_doubt_numbers(struct api_call *c, const struct local_kind *k, const char *name)
{
	struct numbers all = {0};
	const struct value *row;
	struct view v;
	struct walk w;
	enum err e;
	if (k != &local_supplier)
		return OK;
	saying_view(c, &v);
	e = locals_walk(v.t, k, &w);
	while (e == OK && walk_next(&w)) {
		e = rows_value(w.value, c->arena, &row);
		if (e == OK)
			e = add_row(&v, row, &all);
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (all.n)
		qsort(all.p, all.n, sizeof *all.p, by_number);
	tell(c, &all, name);
	return OK;
}

enum err api_register_doubt_contract(struct api_call *c, const struct local_kind *k, const struct value *given)
{
	const char *typed, *reference;
	struct contract *all;
	const struct value *terms;
	struct view v;
	size_t n;
	saying_view(c, &v);
	if (k != &local_dependency || !*(typed = view_text(&v, dependency_fields, given, "contract")))
		return OK;
	enum err e = view_contract_all(&v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		const struct seen *s = all[i].force ? all[i].force : all[i].first;
		reference = view_text(&v, s->kind->fields, s->r.body, "reference");
		if (strcmp(reference, typed) == 0)
			return OK;
	}
	if (e == OK && (e = locals_get(v.t, &local_terms, typed, c->arena, &terms)) == ERR_NOT_FOUND) {
		saying_warn(c, "no contract has the reference \"%.60s\", and no terms are called so; see: tally contract list", typed);
		return OK;
	}
	return e;
}
