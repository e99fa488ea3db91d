/* One list of what to work on: per supplier, what the other reports have about it, weighed by its tier. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/chain.h"
#include "node/report.h"
#include "node/view_ask.h"
#include "node/view_incident.h"
#include "proto/vocab.h"
#include "proto/when.h"

#define SOON_DAYS 30

enum part { PART_INCIDENTS, PART_OVERDUE, PART_BREACHES, PART_GAPS, PART_UNSUPPORTED, PART_EXCEPTIONS, PART_CONCERNS, PART_EXPIRING, PARTS };

/* What a report adds: by the organisation in this member, or by the supplier's name in it. */
static const struct part_row {
	const char *name;
	const struct report *report; /* NULL: incidents */
	const char *org, *supplier;
	int64_t weight;
} parts[PARTS] = {
	[PART_INCIDENTS] = {"incidents", NULL, "from_org", NULL, 5},
	[PART_OVERDUE] = {"overdue", &report_overdue, "who_org", NULL, 3},
	[PART_BREACHES] = {"breaches", &report_chain_subcontracting, NULL, "who", 3},
	[PART_GAPS] = {"gaps", &report_gaps, "who_org", NULL, 2},
	[PART_UNSUPPORTED] = {"unsupported", &report_support, NULL, "supplier", 2},
	[PART_EXCEPTIONS] = {"exceptions", &report_exceptions, "who_org", NULL, 1},
	[PART_CONCERNS] = {"concerns", &report_concerns, "from_org", NULL, 1},
	[PART_EXPIRING] = {"expiring", &report_expiring, "who_org", NULL, 1},
};

struct work {
	const struct chain_supplier *supplier;
	int64_t count[PARTS], points, later; /* later: of the counts, what is not due soon */
	json_t *why;
};

struct list {
	struct work *work;     /* one a supplier, in the order of the chain */
	struct work **by_org;  /* those that are linked */
	const struct chain *c;
	size_t linked;
	char soon[WHEN_TEXT]; /* what is due after this day weighs little */
};

static int by_org(const void *a, const void *b)
{
	return id_cmp(&(*(struct work *const *)a)->supplier->org, &(*(struct work *const *)b)->supplier->org);
}

static struct work *of_org(const struct list *l, const char *hex)
{
	struct chain_supplier s = {0};
	struct work key = {.supplier = &s}, *at = &key, **found;

	if (!hex || strlen(hex) != 64 || hex_decode(hex, 64, s.org.b) != OK || !l->linked)
		return NULL;
	found = bsearch(&at, l->by_org, l->linked, sizeof at, by_org);
	return found ? *found : NULL;
}

static struct work *of_name(const struct list *l, const char *name)
{
	const struct chain_supplier *s = name ? chain_supplier(l->c, name) : NULL;

	return s ? &l->work[s - l->c->supplier] : NULL;
}

/* What is done with, or was never asked, is no work of this kind. */
static bool over(const json_t *item)
{
	static const char *const words[] = {"never-asked", "declined", "done", "done, effective"};
	const char *state = json_string_value(json_object_get(item, "state"));

	for (size_t i = 0; state && i < sizeof words / sizeof *words; i++)
		if (strcmp(state, words[i]) == 0)
			return true;
	return false;
}

static enum err add_part(const struct list *l, enum part part, const json_t *items)
{
	const struct part_row *row = &parts[part];
	const json_t *item, *why, *one;
	size_t i, k;

	json_array_foreach(items, i, item) {
		struct work *w = row->org ? of_org(l, json_string_value(json_object_get(item, row->org)))
		                          : of_name(l, json_string_value(json_object_get(item, row->supplier)));

		if (!w || over(item))
			continue;
		w->count[part]++;
		if (strcmp(view_read(item, "due"), l->soon) > 0)
			w->later++;
		else
			w->points += row->weight;
		if (!w->why && !(w->why = json_array()))
			return ERR_MEMORY;
		why = json_object_get(item, "why");
		json_array_foreach(why, k, one)
			(void)json_array_append(w->why, (json_t *)(uintptr_t)one);
		if (!why && (one = json_object_get(item, "id")))
			(void)json_array_append(w->why, (json_t *)(uintptr_t)one);
	}
	return OK;
}

static enum err read_part(struct api_call *c, struct view *v, const struct list *l, enum part part)
{
	const struct incident_wanted open = {.open = true};
	json_t *items = parts[part].report ? json_array() : NULL;
	enum err e = parts[part].report ? parts[part].report->fn(c, v, items) : view_incident_list(v, &open, &items);

	if (e == OK)
		e = add_part(l, part, items);
	json_decref(items);
	return e;
}

static int64_t weight(int64_t tier)
{
	return tier >= 1 && tier <= 3 ? 5 - tier : 1; /* critical 4, high 3, medium 2, the rest 1 */
}

static int most_pressing(const void *a, const void *b)
{
	const struct work *x = a, *y = b;

	if (x->points != y->points)
		return x->points > y->points ? -1 : 1;
	if (x->supplier->priority != y->supplier->priority)
		return x->supplier->priority < y->supplier->priority ? -1 : 1;
	return strcmp(x->supplier->name, y->supplier->name);
}

static enum err line(const struct work *w, json_t *items)
{
	json_t *o = json_object();
	enum err e;

	view_put(o, "who", w->supplier->name);
	view_put(o, "tier", vocab_word(&vocab_tier, w->supplier->tier));
	(void)json_object_set_new(o, "points", json_integer(w->points));
	for (int i = 0; i < PARTS; i++)
		(void)json_object_set_new(o, parts[i].name, json_integer(w->count[i]));
	(void)json_object_set_new(o, "later", json_integer(w->later));
	if (w->why)
		(void)json_object_set(o, "why", w->why);
	e = report_why_row(o, "supplier", w->supplier->name);
	return json_array_append_new(items, o) == 0 ? e : ERR_MEMORY;
}

static enum err make_list(struct view *v, const struct chain *c, struct list *out)
{
	*out = (struct list){.work = arena_alloc(v->a, (c->suppliers + 1) * sizeof *out->work), .c = c,
	                     .by_org = arena_alloc(v->a, (c->suppliers + 1) * sizeof *out->by_org)};
	if (!out->work || !out->by_org)
		return ERR_MEMORY;
	when_format_date(view_ask_today(v) + SOON_DAYS, out->soon);
	for (size_t i = 0; i < c->suppliers; i++) {
		out->work[i].supplier = &c->supplier[i];
		if (c->supplier[i].linked)
			out->by_org[out->linked++] = &out->work[i];
	}
	if (out->linked)
		qsort(out->by_org, out->linked, sizeof *out->by_org, by_org);
	return OK;
}

static bool wanted(const struct work *w)
{
	return w->points > 0 || ((w->supplier->tier == 1 || w->supplier->tier == 2) && w->supplier->state != SUPPLIER_FORMER);
}

static enum err priorities(struct api_call *c, struct view *v, json_t *items)
{
	struct chain chain = {0};
	struct list l = {0};
	size_t n = 0;
	enum err e = chain_read(v, &chain);

	if (e == OK)
		e = make_list(v, &chain, &l);
	for (int i = 0; e == OK && i < PARTS; i++)
		e = read_part(c, v, &l, (enum part)i);
	for (size_t i = 0; e == OK && i < chain.suppliers; i++)
		l.work[i].points = (l.work[i].points + (l.work[i].later > 0)) * weight(chain.supplier[i].tier); /* one for all of it */
	if (e == OK && chain.suppliers)
		qsort(l.work, chain.suppliers, sizeof *l.work, most_pressing);
	for (; e == OK && n < chain.suppliers; n++)
		e = wanted(&l.work[n]) ? line(&l.work[n], items) : OK;
	for (size_t i = 0; l.work && i < chain.suppliers; i++)
		json_decref(l.work[i].why);
	return e;
}

const struct report report_priorities = {
	.name = "priorities", .title = "what to work on first: per supplier, all that the other reports have open, weighed by its tier",
	.seed = "B1 U2", .fn = priorities,
	.leaves_out = "suppliers of lower tiers with nothing open; requirements that were never asked. Points: 5 for an open incident, 3 for what is "
	              "overdue or a breach, 2 for a gap or unsupported software, 1 for the rest, and 1 for all together that is due later than in 30 days; "
	              "times 4 for critical, 3 for high, 2 for medium",
};
