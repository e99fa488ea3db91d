#include "node/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/view_ask.h"
#include "node/view_subcontract.h"
#include "proto/when.h"

/* ---- lists that grow ---- */

static void *room(struct view *v, void *list, size_t n, size_t size)
{
	void *more;

	if (n != 0 && (n & (n - 1)) != 0) /* at powers of two */
		return list;
	if (!(more = arena_alloc(v->a, (n ? 2 * n : 1) * size)))
		return NULL;
	if (n)
		memcpy(more, list, n * size);
	return more;
}

/* ---- names ---- */

static int by_name(const void *a, const void *b)
{
	return strcasecmp(((const struct chain_supplier *)a)->name, ((const struct chain_supplier *)b)->name);
}

static int by_title(const void *a, const void *b)
{
	return strcasecmp((*(struct chain_supplier *const *)a)->title, (*(struct chain_supplier *const *)b)->title);
}

const struct chain_supplier *chain_supplier(const struct chain *c, const char *name)
{
	struct chain_supplier key = {.name = name, .title = name}, *at = &key, **found;
	const struct chain_supplier *s = c->suppliers ? bsearch(&key, c->supplier, c->suppliers, sizeof key, by_name) : NULL;

	if (s || !c->titles)
		return s;
	found = bsearch(&at, c->by_title, c->titles, sizeof at, by_title);
	return found ? *found : NULL;
}

/* Without blanks at its ends, and one where there are several: that is no other name. */
static const char *tidy(struct view *v, const char *name)
{
	size_t n = strlen(name), k = 0;
	char *out = arena_alloc(v->a, n + 1);

	for (size_t i = 0; out && i < n; i++)
		if (name[i] != ' ' || (k > 0 && name[i + 1] != ' ' && name[i + 1] != '\0'))
			out[k++] = name[i];
	return out ? out : "";
}

/* The row's name where there is one, else the name as it is. */
static const char *node_of(const struct chain *c, const char *name)
{
	const struct chain_supplier *s = chain_supplier(c, name);

	return s ? s->name : name;
}

static const struct chain_supplier *by_org(const struct chain *c, const struct id *org)
{
	for (size_t i = 0; i < c->suppliers; i++)
		if (c->supplier[i].linked && id_eq(&c->supplier[i].org, org))
			return &c->supplier[i];
	return NULL;
}

/* ---- rows ---- */

static enum err add_supplier(struct view *v, struct chain *c, const struct value *row)
{
	struct chain_supplier *s;

	if (!(c->supplier = room(v, c->supplier, c->suppliers, sizeof *s)))
		return ERR_MEMORY;
	s = &c->supplier[c->suppliers++];
	*s = (struct chain_supplier){.name = view_text(v, supplier_fields, row, "name"), .row = row,
	                             .title = tidy(v, view_text(v, supplier_fields, row, "title")),
	                             .tier = view_int(supplier_fields, row, "tier"), .state = view_int(supplier_fields, row, "state"),
	                             .priority = local_supplier_priority(row)};
	s->linked = fields_id(supplier_fields, row, "partner", &s->org);
	return OK;
}

static enum err add_need(struct view *v, struct chain *c, const struct value *row)
{
	struct chain_need *n;

	if (!(c->need = room(v, c->need, c->needs, sizeof *n)))
		return ERR_MEMORY;
	n = &c->need[c->needs++];
	*n = (struct chain_need){.name = view_text(v, dependency_fields, row, "name"), .function = view_text(v, dependency_fields, row, "function"),
	                         .supplier = view_text(v, dependency_fields, row, "supplier"), .row = row,
	                         .criticality = view_int(dependency_fields, row, "criticality")};
	return OK;
}

static enum err add_row(struct view *v, struct chain *c, const struct value *row)
{
	const struct field *f = subcontractor_fields;
	int64_t ended = view_int(f, row, "ended");
	struct chain_link *l;

	if (ended && ended < view_ask_today(v))
		return OK;
	if (!(c->link = room(v, c->link, c->links, sizeof *l)))
		return ERR_MEMORY;
	l = &c->link[c->links++];
	*l = (struct chain_link){.upper = view_text(v, f, row, "supplier"), .lower = node_of(c, tidy(v, view_text(v, f, row, "subcontractor"))),
	                         .service = view_text(v, f, row, "service"), .rank = view_int(f, row, "rank"), .row = row,
	                         .row_name = view_text(v, f, row, "name")};
	l->of = l->upper;
	l->rank = l->rank ? l->rank : 2;
	(void)fields_bool(f, row, "critical", &l->critical);
	return OK;
}

typedef enum err (*add_fn)(struct view *v, struct chain *c, const struct value *row);

static enum err each_row(struct view *v, struct chain *c, const struct local_kind *k, add_fn add)
{
	struct walk w;
	enum err e = locals_walk(v->t, k, &w);

	while (e == OK && walk_next(&w)) {
		const struct value *row;

		e = rows_value(w.value, v->a, &row);
		if (e == OK)
			e = add(v, c, row);
	}
	return walk_close(&w, e);
}

/* ---- disclosures ---- */

static const char *blinded(struct view *v, const struct value *item)
{
	struct span hash;
	char *text = arena_alloc(v->a, 32);

	if (text && value_is_bin(fields_get(view_subcontract_items(), item, "blinded"), &hash) && hash.n >= 8) {
		memcpy(text, "blinded ", 8);
		hex_encode(text + 8, hash.p, 8);
	}
	return text ? text : "";
}

static enum err add_item(struct view *v, struct chain *c, const struct seen *s, const char *of, const struct value *item)
{
	const struct field *g = view_subcontract_items();
	const char *name = tidy(v, view_text(v, g, item, "name")), *parent = tidy(v, view_text(v, g, item, "parent"));
	struct chain_link *l;

	if (!(c->link = room(v, c->link, c->links, sizeof *l)))
		return ERR_MEMORY;
	l = &c->link[c->links++];
	*l = (struct chain_link){.upper = *parent ? node_of(c, parent) : of, .lower = *name ? node_of(c, name) : blinded(v, item), .of = of,
	                         .service = view_text(v, g, item, "service"), .rank = view_int(g, item, "rank"), .item = item, .record = s,
	                         .blinded = !*name};
	(void)fields_bool(g, item, "critical", &l->critical);
	return OK;
}

static enum err add_disclosures(struct view *v, struct chain *c)
{
	struct seens list;
	enum err e = view_subcontract_disclosures(v, false, &list);

	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];
		const struct chain_supplier *by = by_org(c, &s->r.author);
		const struct value *items = fields_get(s->kind->fields, s->r.body, "items");
		char shown[VIEW_NAME], *name;

		v->name(v->ctx, &s->r.author, shown);
		if (!(name = arena_alloc(v->a, strlen(shown) + 1)))
			return ERR_MEMORY;
		memcpy(name, shown, strlen(shown));
		for (size_t k = 0; e == OK && k < value_count(items); k++)
			e = add_item(v, c, s, by ? by->name : name, value_item(items, k));
	}
	return e;
}

static int by_lower(const void *a, const void *b)
{
	const struct chain_link *x = a, *y = b;
	int order = strcasecmp(x->lower, y->lower);

	order = order ? order : strcasecmp(x->upper, y->upper);
	return order ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

static int by_of(const void *a, const void *b)
{
	return strcasecmp((*(struct chain_link *const *)a)->of, (*(struct chain_link *const *)b)->of);
}

/* What is called by one name is spelt in one way, as somebody signed it where somebody did. */
struct spelling {
	const char **name;
	bool theirs;
};

static int by_spelling(const void *a, const void *b)
{
	const struct spelling *x = a, *y = b;
	int order = strcasecmp(*x->name, *y->name);

	if (order)
		return order;
	return x->theirs != y->theirs ? (int)y->theirs - (int)x->theirs : strcmp(*x->name, *y->name);
}

static enum err spell(struct view *v, struct chain *c)
{
	struct spelling *all = arena_alloc(v->a, (2 * c->links + 1) * sizeof *all);
	size_t n = 0;

	if (!all)
		return ERR_MEMORY;
	for (size_t i = 0; i < c->links; i++) {
		all[n++] = (struct spelling){&c->link[i].lower, c->link[i].record != NULL};
		all[n++] = (struct spelling){&c->link[i].upper, c->link[i].record != NULL};
	}
	if (n)
		qsort(all, n, sizeof *all, by_spelling);
	for (size_t i = 1; i < n; i++)
		if (strcasecmp(*all[i - 1].name, *all[i].name) == 0)
			*all[i].name = *all[i - 1].name;
	return OK;
}

static bool same_ends(const struct chain_link *x, const struct chain_link *y)
{
	return strcasecmp(x->lower, y->lower) == 0 && strcasecmp(x->upper, y->upper) == 0;
}

/* What was disclosed and stands in the register too is one link: as it was signed, and critical when either says so. */
static void merge_links(struct chain *c)
{
	size_t kept = 0;

	for (size_t from = 0, to; from < c->links; from = to) {
		for (to = from + 1; to < c->links && same_ends(&c->link[from], &c->link[to]); to++)
			;
		for (size_t i = from; i < to; i++) {
			struct chain_link *row = &c->link[i], *theirs = NULL;

			for (size_t k = from; !row->record && k < to && !theirs; k++)
				if (c->link[k].record && !c->link[k].row && strcasecmp(c->link[k].of, row->of) == 0)
					theirs = &c->link[k];
			if (!theirs)
				continue;
			theirs->row = row->row;
			theirs->row_name = row->row_name;
			theirs->critical = theirs->critical || row->critical;
			row->of = NULL; /* taken out below */
		}
	}
	for (size_t i = 0; i < c->links; i++)
		if (c->link[i].of)
			c->link[kept++] = c->link[i];
	c->links = kept;
}

static enum err sort_links(struct view *v, struct chain *c)
{
	if (!(c->by_of = arena_alloc(v->a, (c->links + 1) * sizeof *c->by_of)))
		return ERR_MEMORY;
	if (c->links)
		qsort(c->link, c->links, sizeof *c->link, by_lower);
	merge_links(c);
	for (size_t i = 0; i < c->links; i++)
		c->by_of[i] = &c->link[i];
	if (c->links)
		qsort(c->by_of, c->links, sizeof *c->by_of, by_of);
	return OK;
}

size_t chain_first_of(const struct chain *c, const char *of)
{
	size_t low = 0, high = c->links;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcasecmp(c->by_of[mid]->of, of) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static enum err sort_suppliers(struct view *v, struct chain *c)
{
	if (!c->supplier)
		return OK;
	if (!(c->by_title = arena_alloc(v->a, c->suppliers * sizeof *c->by_title)))
		return ERR_MEMORY;
	qsort(c->supplier, c->suppliers, sizeof *c->supplier, by_name);
	for (size_t i = 0; i < c->suppliers; i++)
		if (*c->supplier[i].title)
			c->by_title[c->titles++] = &c->supplier[i];
	qsort(c->by_title, c->titles, sizeof *c->by_title, by_title);
	return OK;
}

enum err chain_read(struct view *v, struct chain *out)
{
	struct chain c = {0};
	enum err e = each_row(v, &c, &local_supplier, add_supplier);

	if (e == OK)
		e = sort_suppliers(v, &c);
	if (e == OK)
		e = each_row(v, &c, &local_dependency, add_need);
	if (e == OK)
		e = each_row(v, &c, &local_subcontractor, add_row);
	if (e == OK)
		e = add_disclosures(v, &c);
	if (e == OK)
		e = spell(v, &c);
	if (e == OK)
		e = sort_links(v, &c);
	*out = c;
	return e;
}

/* ---- upwards ---- */

static size_t first_below(const struct chain *c, const char *node)
{
	size_t low = 0, high = c->links;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcasecmp(c->link[mid].lower, node) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool stepped(const struct chain_above *a, const char *node)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcasecmp(a->step[i].node, node) == 0)
			return true;
	return false;
}

enum err chain_above(struct view *v, const struct chain *c, const char *node, struct chain_above *out)
{
	*out = (struct chain_above){.step = room(v, NULL, 0, sizeof *out->step), .n = 1};
	if (!out->step)
		return ERR_MEMORY;
	size_t at = first_below(c, node_of(c, node)); /* as it was spelt where it was said */

	out->step[0].node = at < c->links && strcasecmp(c->link[at].lower, node_of(c, node)) == 0 ? c->link[at].lower : node_of(c, node);
	for (size_t i = 0; i < out->n; i++)
		for (size_t k = first_below(c, out->step[i].node); k < c->links && strcasecmp(c->link[k].lower, out->step[i].node) == 0; k++) {
			if (stepped(out, c->link[k].upper))
				continue;
			if (!(out->step = room(v, out->step, out->n, sizeof *out->step)))
				return ERR_MEMORY;
			out->step[out->n++] = (struct chain_step){c->link[k].upper, i, &c->link[k]};
		}
	return OK;
}

bool chain_critical(const struct chain_need *n)
{
	return n->criticality >= 4; /* high, critical */
}

static const struct value *plan_of(const struct chain_need *n)
{
	return fields_get(dependency_fields, n->row, "exit_plan");
}

bool chain_planned(const struct chain_need *n)
{
	const struct field *g = fields_find(dependency_fields, "exit_plan")->group;
	bool exists = false;

	(void)fields_bool(g, plan_of(n), "exists", &exists);
	return exists;
}

void chain_exit(const struct chain_need *n, char out[static 32])
{
	const struct field *g = fields_find(dependency_fields, "exit_plan")->group;
	int64_t tested = view_int(g, plan_of(n), "tested");
	char day[WHEN_TEXT] = "";

	if (tested)
		when_format_date(tested, day);
	(void)snprintf(out, 32, tested ? "tested %.12s" : !plan_of(n) ? "not stated" : chain_planned(n) ? "untested" : "none", day);
}

int chain_by_text(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

enum err chain_nodes(struct view *v, const struct chain *c, const char *const **out, size_t *count)
{
	const char **all = arena_alloc(v->a, (c->needs + c->links + 1) * sizeof *all);
	size_t n = 0, kept = 0;

	if (!all)
		return ERR_MEMORY;
	for (size_t i = 0; i < c->needs; i++)
		all[n++] = c->need[i].supplier;
	for (size_t i = 0; i < c->links; i++)
		all[n++] = c->link[i].lower;
	if (n)
		qsort(all, n, sizeof *all, chain_by_text);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcasecmp(all[kept - 1], all[i]) != 0)
			all[kept++] = all[i];
	*out = all;
	*count = kept;
	return OK;
}
