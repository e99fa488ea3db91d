/* What hangs on whom over every tier, who told us of his subcontractors, and whether the contract allows them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/chain.h"
#include "node/report.h"
#include "node/view_ask.h"
#include "node/view_subcontract.h"
#include "proto/vocab.h"
#include "proto/when.h"

#define STALE_DAYS 366

static void add_text(json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
			return;
	(void)json_array_append_new(list, view_string(text));
}

static int64_t number(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static void put_number(json_t *o, const char *name, int64_t n)
{
	(void)json_object_set_new(o, name, json_integer(n));
}

static enum err why_link(json_t *o, const struct chain_link *l)
{
	enum err e = l->record ? report_why(o, &l->record->id) : OK;

	return e == OK && l->row ? report_why_row(o, "subcontractor", l->row_name) : e;
}

/* Items sorted by a function of two, the largest first. */
static enum err in_order(json_t *items, json_t *list, int (*order)(const void *, const void *))
{
	size_t n = json_array_size(list);
	json_t **all = calloc(n ? n : 1, sizeof *all);
	enum err e = all ? OK : ERR_MEMORY;

	for (size_t i = 0; e == OK && i < n; i++)
		all[i] = json_array_get(list, i);
	if (e == OK && n > 1)
		qsort(all, n, sizeof *all, order);
	for (size_t i = 0; e == OK && i < n; i++)
		e = json_array_append(items, all[i]) == 0 ? OK : ERR_MEMORY;
	free(all);
	return e;
}

/* ---- concentration ---- */

/* What one node carries; *out NULL: nothing to be told. */
static enum err carried(struct view *v, const struct chain *c, const char *node, json_t **out)
{
	json_t *o = json_object(), *functions = json_array(), *through = json_array();
	int64_t critical = 0, rank = 99, worst = 0, unplanned = 0, i;
	struct chain_above above;
	enum err e = chain_above(v, c, node, &above);

	for (size_t k = 0; e == OK && k < c->needs; k++)
		for (size_t s = 0; s < above.n; s++) {
			const struct chain_need *need = &c->need[k];
			size_t at = s, depth = 1;

			if (strcasecmp(above.step[s].node, need->supplier) != 0)
				continue;
			for (; e == OK && above.step[at].by; at = above.step[at].before, depth++)
				e = why_link(o, above.step[at].by);
			add_text(functions, need->function);
			add_text(through, need->supplier);
			critical += chain_critical(need);
			rank = (int64_t)depth < rank ? (int64_t)depth : rank;
			i = view_int(dependency_fields, need->row, "substitutability");
			worst = i > worst ? i : worst;
			unplanned += !chain_planned(need);
			if (e == OK)
				e = report_why_row(o, "dependency", need->name);
			break;
		}
	*out = NULL;
	if (e == OK && (critical > 0 || json_array_size(functions) > 1)) {
		view_put(o, "who", above.step[0].node);
		put_number(o, "rank", rank);
		put_number(o, "count", (int64_t)json_array_size(functions));
		put_number(o, "critical", critical);
		(void)json_object_set(o, "functions", functions);
		(void)json_object_set(o, "through", through);
		view_put(o, "substitutability", worst ? vocab_word(&vocab_substitutability, worst) : "not stated");
		put_number(o, "without_exit_plan", unplanned);
		*out = json_incref(o);
	}
	json_decref(o);
	json_decref(functions);
	json_decref(through);
	return e;
}

static int most_carried(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	static const char *const keys[] = {"critical", "count", "without_exit_plan"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (number(x, keys[i]) != number(y, keys[i]))
			return number(x, keys[i]) > number(y, keys[i]) ? -1 : 1;
	return strcmp(view_read(x, "who"), view_read(y, "who"));
}

static enum err concentration(struct api_call *c, struct view *v, json_t *items)
{
	struct chain chain;
	const char *const *nodes;
	json_t *list = json_array(), *o;
	size_t n;
	enum err e = chain_read(v, &chain);

	(void)c;
	if (e == OK)
		e = chain_nodes(v, &chain, &nodes, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		e = carried(v, &chain, nodes[i], &o);
		if (e == OK && o && json_array_append_new(list, o) != 0)
			e = ERR_MEMORY;
	}
	if (e == OK)
		e = in_order(items, list, most_carried);
	json_decref(list);
	return e;
}

const struct report report_chain_concentration = {
	.name = "concentration", .title = "who carries most of what we do, over every tier, and how hard it would be to replace", .seed = "B5",
	.fn = concentration,
	.leaves_out = "who carries a single function that is not critical; subcontractors nobody told us of; whether others could "
	              "replace a subcontractor",
};

/* ---- who told us of his subcontractors ---- */

static enum err coverage_of(struct view *v, const struct chain *c, const struct chain_supplier *s, const struct seens *all, json_t *o)
{
	const struct seen *newest = NULL;
	json_t *names = json_array(), *critical = json_array(); /* each once, whatever it does */
	int64_t as_of = 0;
	bool complete = false;
	size_t signed_links = 0, links = 0;
	enum err e = OK;

	for (size_t i = 0; s->linked && i < all->n; i++)
		newest = id_eq(&all->p[i]->r.author, &s->org) ? all->p[i] : newest;
	for (size_t i = chain_first_of(c, s->name); e == OK && i < c->links && strcasecmp(c->by_of[i]->of, s->name) == 0; i++) {
		links++;
		signed_links += c->by_of[i]->record != NULL;
		add_text(names, c->by_of[i]->lower);
		if (c->by_of[i]->critical)
			add_text(critical, c->by_of[i]->lower);
		e = why_link(o, c->by_of[i]);
	}
	if (newest) {
		(void)fields_bool(newest->kind->fields, newest->r.body, "complete", &complete);
		as_of = view_int(newest->kind->fields, newest->r.body, "as_of");
		e = e == OK ? report_why(o, &newest->id) : e;
	}
	view_put(o, "state", !newest ? (links ? "not disclosed, known to us" : "never disclosed") : view_ask_today(v) - as_of > STALE_DAYS
	         ? "older than a year" : !complete ? "incomplete" : signed_links ? "disclosed" : "affirmed: none");
	view_put_date(o, "as_of", as_of);
	put_number(o, "count", (int64_t)json_array_size(names));
	put_number(o, "critical", (int64_t)json_array_size(critical));
	json_decref(critical);
	if (json_object_set_new(o, "subcontractors", names) != 0)
		return ERR_MEMORY;
	return e == OK ? report_why_row(o, "supplier", s->name) : e;
}

static int by_priority(const void *a, const void *b)
{
	const struct chain_supplier *x = *(const struct chain_supplier *const *)a, *y = *(const struct chain_supplier *const *)b;

	return x->priority != y->priority ? (x->priority > y->priority) - (x->priority < y->priority) : strcmp(x->name, y->name);
}

static enum err coverage(struct api_call *call, struct view *v, json_t *items)
{
	struct chain c;
	struct seens all;
	const struct chain_supplier **order;
	size_t n = 0;
	enum err e = chain_read(v, &c);

	(void)call;
	if (e == OK)
		e = view_subcontract_disclosures(v, false, &all);
	if (e != OK)
		return e;
	if (!(order = arena_alloc(v->a, (c.suppliers + 1) * sizeof *order)))
		return ERR_MEMORY;
	for (size_t i = 0; i < c.suppliers; i++)
		if ((c.supplier[i].tier == 1 || c.supplier[i].tier == 2) && c.supplier[i].state != SUPPLIER_FORMER &&
		    c.supplier[i].state != SUPPLIER_PROSPECT)
			order[n++] = &c.supplier[i];
	if (n)
		qsort(order, n, sizeof *order, by_priority);
	for (size_t i = 0; e == OK && i < n; i++) {
		json_t *o = json_object();

		view_put(o, "who", order[i]->name);
		view_put(o, "tier", vocab_word(&vocab_tier, order[i]->tier));
		e = coverage_of(v, &c, order[i], &all, o);
		if (json_array_append_new(items, o) != 0)
			e = ERR_MEMORY;
	}
	return e;
}

const struct report report_chain_subcontractors = {
	.name = "subcontractors", .title = "which critical and high suppliers told us of their subcontractors, the most important first", .seed = "U3",
	.fn = coverage, .leaves_out = "suppliers of lower tiers, prospects and former ones; whether what was disclosed is true",
};

/* ---- whether the contract allows them ---- */

static enum err breach(const struct chain_link *l, const char *because, json_t *items)
{
	json_t *o = json_object();
	enum err e = why_link(o, l);

	view_put(o, "who", l->of);
	view_put(o, "subcontractor", l->lower);
	put_number(o, "rank", l->rank);
	view_put(o, "service", l->service);
	(void)json_object_set_new(o, "critical", json_boolean(l->critical));
	view_put(o, "because", because);
	return json_array_append_new(items, o) == 0 ? e : ERR_MEMORY;
}

static enum err judge_signed(struct view *v, const struct chain_link *l, json_t *items)
{
	struct subcontract_terms t;
	struct subcontract_verdict x = {0};
	enum err e = view_subcontract_terms(v, l->record, id_eq(&l->record->r.author, &v->me) ? NULL : l->of, &t);

	if (e == OK)
		e = view_subcontract_item(v, l->record, l->item, &t, &x);
	if (e != OK || !x.breach)
		return e;
	e = breach(l, x.because, items);
	json_t *o = json_array_get(items, json_array_size(items) - 1);
	for (size_t i = 0; e == OK && i < sizeof x.why / sizeof *x.why; i++)
		if (x.why[i])
			e = report_why(o, &x.why[i]->id);
	return e == OK && *t.terms ? report_why_row(o, "terms", t.terms) : e;
}

/* Known to us, and missing where its supplier says that it named all. */
static enum err judge_known(const struct chain *c, const struct chain_link *l, const struct seens *all, json_t *items)
{
	const struct chain_supplier *s = chain_supplier(c, l->of);

	for (size_t i = 0; s && s->linked && i < all->n; i++) {
		const struct seen *d = all->p[i];
		bool complete = false, named = false;

		(void)fields_bool(d->kind->fields, d->r.body, "complete", &complete);
		if (!complete || !id_eq(&d->r.author, &s->org))
			continue;
		for (size_t k = 0; k < c->links; k++)
			named = named || (c->link[k].record == d && strcasecmp(c->link[k].lower, l->lower) == 0);
		if (named)
			continue;
		enum err e = breach(l, "known to us, and missing in a disclosure that says it is complete", items);
		return e == OK ? report_why(json_array_get(items, json_array_size(items) - 1), &d->id) : e;
	}
	return OK;
}

/* What we disclosed ourselves, as our customers see it. */
static enum err judge_ours(struct view *v, const struct seen *s, json_t *items)
{
	const struct field *g = view_subcontract_items();
	const struct value *list = fields_get(s->kind->fields, s->r.body, "items");
	char me[VIEW_NAME];
	enum err e = OK;

	v->name(v->ctx, &v->me, me);
	for (size_t i = 0; e == OK && i < value_count(list); i++) {
		const struct value *item = value_item(list, i);
		const char *name = view_text(v, g, item, "name");
		struct chain_link l = {.of = me, .lower = *name ? name : "blinded", .service = view_text(v, g, item, "service"),
		                       .rank = view_int(g, item, "rank"), .item = item, .record = s};

		(void)fields_bool(g, item, "critical", &l.critical);
		e = judge_signed(v, &l, items);
	}
	return e;
}

static enum err breaches(struct api_call *call, struct view *v, json_t *items)
{
	struct chain c;
	struct seens all;
	enum err e = chain_read(v, &c);

	(void)call;
	if (e == OK)
		e = view_subcontract_disclosures(v, false, &all);
	for (size_t i = 0; e == OK && i < c.links; i++)
		e = c.link[i].record ? judge_signed(v, &c.link[i], items) : judge_known(&c, &c.link[i], &all, items);
	if (e == OK)
		e = view_subcontract_disclosures(v, true, &all);
	for (size_t i = 0; e == OK && i < all.n; i++)
		e = judge_ours(v, all.p[i], items);
	return e;
}

const struct report report_chain_subcontracting = {
	.name = "subcontracting",
	.title = "subcontractors that the contract, or the terms that were read, do not allow: of our suppliers, and our own",
	.seed = "U12", .fn = breaches,
	.leaves_out = "subcontractors of suppliers with whom no contract is agreed and whose terms were not read; what was allowed",
};
