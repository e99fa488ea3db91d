#include "node/proportion.h"

#include <string.h>

#include "store/locals.h"

enum err proportion_tiers(struct view *v, struct tiers *out)
{
	struct walk w;
	enum err e = locals_walk(v->t, &local_supplier, &w);
	*out = (struct tiers){0};
	while (e == OK && walk_next(&w)) {
		const struct value *row;
		struct tier one = {.row = ""};
		e = rows_value(w.value, v->a, &row);
		if (e != OK || !fields_id(supplier_fields, row, "partner", &one.org))
			continue;
		(void)fields_int(supplier_fields, row, "tier", &one.tier);
		one.row = view_text(v, supplier_fields, row, "name");
		struct tier *p = arena_more(v->a, out->p, out->n, &out->cap, sizeof *p);
		if (!p) {
			e = ERR_MEMORY;
			continue;
		}
		out->p = p;
		out->p[out->n++] = one;
	}
	return walk_close(&w, e);
}

static const struct tier *tier_of(const struct tiers *tiers, const struct id *org)
{
	for (size_t i = 0; i < tiers->n; i++)
		if (id_eq(&tiers->p[i].org, org))
			return &tiers->p[i];
	return NULL;
}

static const char *level_name(struct view *v, const struct seen *set, size_t i)
{
	const struct field *f = fields_find(set->kind->fields, "levels");
	return view_text(v, f->group, value_item(fields_get(set->kind->fields, set->r.body, "levels"), i), "id");
}

/* The heaviest for critical, from there down. */
static void range(struct proportion *p)
{
	switch (p->tier) {
	case 1:
		p->low = p->high = p->n - 1;
		return;
	case 2:
		p->low = p->n - 2;
		p->high = p->n - 1;
		return;
	case 3:
		p->low = p->n > 2 ? p->n - 3 : 0;
		p->high = p->n - 2;
		return;
	}
	p->low = p->high = 0;
}

void proportion_of(struct view *v, const struct tiers *tiers, const struct assignment *of, const struct id *org, struct proportion *out)
{
	const struct seen *set = of->set;
	const struct tier *t = tier_of(tiers, org);
	struct proportion p = {.tier = t ? t->tier : 0, .row = t ? t->row : "", .lowest = "", .highest = "",
	                       .n = value_count(fields_get(set->kind->fields, view_body(set), "levels"))};
	p.at = p.n ? p.n - 1 : 0; /* no level: all of it */
	for (size_t i = 0; i < p.n; i++)
		if (strcmp(level_name(v, set, i), of->level) == 0)
			p.at = i;
	if (p.tier && p.n > 1) {
		range(&p);
		p.lowest = level_name(v, set, p.low);
		p.highest = level_name(v, set, p.high);
	}
	*out = p;
}

bool proportion_above(const struct proportion *p)
{
	return *p->highest && p->at > p->high;
}

bool proportion_below(const struct proportion *p)
{
	return *p->lowest && p->at < p->low;
}

enum err proportion_unequal(struct view *v, const struct tiers *tiers, const struct assignment *of, const struct id *org, struct unequal *out)
{
	const struct tier *mine = tier_of(tiers, org), *t;
	const struct series *series, *other;
	struct assignment **all;
	size_t n = 0;
	*out = (struct unequal){0};
	if (!mine || !mine->tier)
		return OK;
	enum err e = view_series(v, of->set, &series);
	if (e == OK)
		e = view_requirement_assignments(v, true, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		if (!all[i]->set || strcmp(all[i]->level, of->level) == 0 || (e = view_series(v, all[i]->set, &other)) != OK || other != series)
			continue;
		for (size_t k = 0; k < all[i]->parties.n; k++) {
			t = tier_of(tiers, &all[i]->parties.p[k]);
			if (!t || t->tier != mine->tier || id_eq(&t->org, org))
				continue;
			*out = (struct unequal){true, t->org, all[i]->level};
			return OK;
		}
	}
	return e;
}
