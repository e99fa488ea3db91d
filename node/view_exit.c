#include "node/view_exit.h"

#include <stdlib.h>
#include <string.h>

#include "node/view_ask.h"
#include "node/view_contract.h"

struct pile { /* all there is to know, read once */
	struct docs lists, ends, dispositions;
	struct contract *contracts;
	size_t contract_n;
};

static enum err read_pile(struct view *v, struct pile *out)
{
	enum err e = view_exit_docs_read(v, KIND_ASSET_HELD, &out->lists);
	if (e == OK)
		e = view_exit_docs_read(v, KIND_TERMINATION, &out->ends);
	if (e == OK)
		e = view_exit_docs_read(v, KIND_DISPOSITION, &out->dispositions);
	return e == OK ? view_contract_all(v, &out->contracts, &out->contract_n) : e;
}

static bool clear(int64_t today, const struct side *x)
{
	return !x->open && !x->retained && !x->disputed && !x->partial && !x->withdrawn && !x->below_open && (!x->below_until || x->below_until < today);
}

static enum err add_ending(struct view *v, struct pile *all, const struct ending *of, struct endings *out)
{
	struct ending x = *of;
	int64_t today = view_ask_today(v);
	x.theirs = (struct side){.holder = x.partner, .owner = v->me};
	x.ours = (struct side){.holder = v->me, .owner = x.partner};
	enum err e = view_exit_side_read(v, &all->lists, &all->dispositions, &x, &x.theirs);
	if (e == OK)
		e = view_exit_side_read(v, &all->lists, &all->dispositions, &x, &x.ours);
	if (e != OK)
		return e;
	const struct side *supplier = id_eq(&x.supplier, &v->me) ? &x.ours : &x.theirs;
	x.closed = x.of && x.effective < today && supplier->stated && clear(today, &x.theirs) && clear(today, &x.ours);
	struct ending *p = arena_more(v->a, out->p, out->n, &out->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	out->p = p;
	out->p[out->n++] = x;
	return OK;
}

static bool ends_already(const struct endings *list, size_t from, const char *reference)
{
	for (size_t i = from; i < list->n; i++)
		if (view_exit_docs_fits(list->p[i].contract, reference))
			return true;
	return false;
}

static int64_t effective(const struct doc *d)
{
	return view_int(d->s->kind->fields, d->s->r.body, "effective");
}

static int by_day(const void *a, const void *b)
{
	const struct doc *x = *(const struct doc *const *)a, *y = *(const struct doc *const *)b;
	return effective(x) != effective(y) ? (effective(x) > effective(y)) - (effective(x) < effective(y)) : view_order(x->s, y->s);
}

static bool is_listed(const struct endings *list, size_t from, const char *contract)
{
	for (size_t i = from; i < list->n; i++)
		if (strcmp(list->p[i].contract, contract) == 0)
			return true;
	return false;
}

static bool is_between(const struct view *v, const struct contract *c, const struct id *partner)
{
	return (id_eq(&c->supplier, &v->me) && id_eq(&c->customer, partner)) || (id_eq(&c->customer, &v->me) && id_eq(&c->supplier, partner));
}

static int64_t clause_days(const struct seen *contract)
{
	const struct field *f = fields_find(contract->kind->fields, "clauses");
	const struct value *clauses = fields_get(contract->kind->fields, contract->r.body, "clauses");
	return view_int(f->group, clauses, "disposition_days");
}

/* Notice takes away no time that was agreed for what comes after: of all contracts that it ends, the longest. */
static int64_t days_after(struct view *v, const struct pile *all, const struct ending *x)
{
	int64_t most = 0;
	for (size_t i = 0; i < all->contract_n; i++) {
		const struct contract *c = &all->contracts[i];
		if (!c->force || !view_body(c->force) || c->force->r.has_exercise || !is_between(v, c, &x->partner) ||
		    !view_exit_docs_fits(x->contract, view_text(v, c->force->kind->fields, c->force->r.body, "reference")))
			continue;
		int64_t days = clause_days(c->force);
		most = days > most ? days : most;
	}
	return most;
}

/* Of each contract the earliest: nobody puts off by a later notice what the other side ended. */
static enum err terminations(struct view *v, struct pile *all, const struct id *partner, struct endings *out)
{
	const struct doc **order = arena_alloc(v->a, (all->ends.n + 1) * sizeof *order);
	size_t from = out->n, n = 0;
	enum err e = order ? OK : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < all->ends.n; i++)
		if (view_active(all->ends.p[i].s))
			order[n++] = &all->ends.p[i];
	if (n)
		qsort(order, n, sizeof *order, by_day);
	for (size_t i = 0; i < n && e == OK; i++) {
		const struct seen *s = order[i]->s;
		struct ending x = {.partner = *partner, .contract = order[i]->contract, .of = order[i]->s, .effective = effective(order[i])};
		if (is_listed(out, from, x.contract))
			continue;
		if (!fields_id(s->kind->fields, s->r.body, "supplier", &x.supplier) || (!id_eq(&x.supplier, &v->me) && !id_eq(&x.supplier, partner)))
			x.supplier = s->mine ? *partner : v->me;
		x.due = x.effective + days_after(v, all, &x);
		e = add_ending(v, all, &x, out);
	}
	return e;
}

/* A contract that has ended ends what is held under it, without further notice. */
static enum err contracts(struct view *v, struct pile *all, const struct id *partner, size_t from, struct endings *out)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < all->contract_n; i++) {
		const struct contract *c = &all->contracts[i];
		struct ending x = {.partner = *partner, .supplier = c->supplier, .of = c->force, .effective = c->last};
		if (!is_between(v, c, partner) || c->state != CONTRACT_ENDED || !c->force || !view_body(c->force) || c->force->r.has_exercise)
			continue;
		x.contract = view_text(v, c->force->kind->fields, c->force->r.body, "reference");
		x.due = x.effective + clause_days(c->force);
		if (!ends_already(out, from, x.contract))
			e = add_ending(v, all, &x, out);
	}
	return e;
}

static bool says_anything(const struct ending *x)
{
	return x->of || x->theirs.n || x->ours.n || x->theirs.stated || x->ours.stated;
}

/* What nothing that ends covers: where nothing ends, all in one; else each contract under which something was declared. */
static enum err in_force(struct view *v, struct pile *all, const struct id *partner, size_t from, struct endings *out)
{
	bool apart = out->n > from;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < (apart ? all->lists.n : 1); i++) {
		struct ending x = {.partner = *partner, .supplier = *partner, .contract = apart ? all->lists.p[i].contract : ""};
		if (apart && ends_already(out, from, x.contract))
			continue;
		e = add_ending(v, all, &x, out);
		if (e == OK && !says_anything(&out->p[out->n - 1]))
			out->n--;
	}
	return e;
}

static enum err partners_in(struct view *v, const struct docs *docs, struct ids *out)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < docs->n; i++)
		if (i == 0 || !id_eq(&docs->p[i].partner, &docs->p[i - 1].partner))
			e = view_ids_add(v, out, &docs->p[i].partner);
	return e;
}

static enum err with_partner(struct view *v, const struct pile *all, const struct id *partner, struct endings *out)
{
	struct pile own = {.lists = view_exit_docs_with(&all->lists, partner), .ends = view_exit_docs_with(&all->ends, partner),
	                   .dispositions = view_exit_docs_with(&all->dispositions, partner), .contracts = all->contracts, .contract_n = all->contract_n};
	size_t from = out->n;
	enum err e = terminations(v, &own, partner, out);
	if (e == OK)
		e = contracts(v, &own, partner, from, out);
	if (e == OK)
		e = in_force(v, &own, partner, from, out);
	return e;
}

enum err view_exit_all(struct view *v, const struct id *partner, struct endings *out)
{
	struct pile all;
	struct ids who = {0};
	enum err e = read_pile(v, &all);
	*out = (struct endings){0};
	if (e == OK && partner)
		return with_partner(v, &all, partner, out);
	if (e == OK)
		e = partners_in(v, &all.lists, &who);
	if (e == OK)
		e = partners_in(v, &all.ends, &who);
	for (size_t i = 0; e == OK && i < all.contract_n; i++) {
		const struct contract *c = &all.contracts[i];
		if (c->state == CONTRACT_ENDED && (id_eq(&c->customer, &v->me) || id_eq(&c->supplier, &v->me)))
			e = view_ids_add(v, &who, view_contract_other(c, &v->me));
	}
	for (size_t i = 0; e == OK && i < who.n; i++)
		e = with_partner(v, &all, &who.p[i], out);
	return e;
}

const struct ending *view_exit_of(const struct endings *all, const struct id *partner, const char *contract)
{
	const struct ending *whole = NULL;
	for (size_t i = 0; i < all->n; i++) {
		const struct ending *x = &all->p[i];
		if (!x->of || !id_eq(&x->partner, partner))
			continue;
		if (strcmp(x->contract, contract) == 0)
			return x;
		whole = *x->contract ? whole : x;
	}
	return whole;
}
