/* What we use longer than anybody mends it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/chain.h"
#include "node/report.h"
#include "node/view_ask.h"
#include "proto/vocab.h"
#include "proto/when.h"

#define SOON_DAYS 180
#define SUPPORT_NONE 4 /* of vocab_support */

struct claim { /* signed, or a row of the register */
	const struct field *fields;
	const struct value *map;
	const struct seen *record;
	const char *product, *row;
};

struct claims {
	struct claim *p;
	size_t n;
};

static int by_product(const void *a, const void *b)
{
	return strcasecmp(((const struct claim *)a)->product, ((const struct claim *)b)->product);
}

static enum err read_signed(struct view *v, struct claims *out)
{
	struct seens list;
	enum err e = view_kind(v, KIND_SUPPORT_STATEMENT, &list);

	if (e == OK && !(out->p = arena_alloc(v->a, (list.n + 1) * sizeof *out->p)))
		e = ERR_MEMORY;
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];

		if (view_active(s) && !s->mine && !s->r.has_exercise)
			out->p[out->n++] = (struct claim){s->kind->fields, s->r.body, s, view_text(v, s->kind->fields, s->r.body, "product"), ""};
	}
	return e;
}

static enum err read_rows(struct view *v, struct claims *out)
{
	size_t n = out->n, cap = out->n;
	struct claim *all = out->p;
	struct walk w;
	enum err e = locals_walk(v->t, &local_support, &w);

	while (e == OK && walk_next(&w)) {
		const struct value *row;

		if ((e = rows_value(w.value, v->a, &row)) != OK)
			break;
		if (n >= cap) {
			struct claim *more = arena_alloc(v->a, (cap = 2 * cap + 16) * sizeof *more);

			if (!more) {
				e = ERR_MEMORY;
				break;
			}
			if (n)
				memcpy(more, all, n * sizeof *more);
			all = more;
		}
		all[n++] = (struct claim){support_fields, row, NULL, view_text(v, support_fields, row, "product"), view_text(v, support_fields, row, "name")};
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (n > 1)
		qsort(all, n, sizeof *all, by_product);
	*out = (struct claims){all, n};
	return OK;
}

static bool covers(const struct claim *s, const char *product, const char *version)
{
	const struct value *versions = fields_get(s->fields, s->map, "versions");
	struct span one;

	if (strcasecmp(s->product, product) != 0)
		return false;
	for (size_t i = 0; i < value_count(versions); i++)
		if (value_is_str(value_item(versions, i), &one) && strlen(version) == one.n && strncasecmp(version, (const char *)one.p, one.n) == 0)
			return true;
	return value_count(versions) == 0 || !*version;
}

/* The last day somebody mends it; INT64_MAX: with no end stated; 0: nobody does. */
static int64_t mended_until(const struct claim *s)
{
	int64_t fixes = view_int(s->fields, s->map, "end_of_fixes"), support = view_int(s->fields, s->map, "end_of_support");

	if (view_int(s->fields, s->map, "support") == SUPPORT_NONE)
		return 0;
	return fixes ? fixes : support ? support : INT64_MAX;
}

static const struct claim *best_of(const struct claims *all, const char *product, const char *version)
{
	const struct claim *best = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct claim *s = &all->p[i];

		if (covers(s, product, version) && (!best || mended_until(s) > mended_until(best)))
			best = s;
	}
	return best;
}

/* "" when it is mended for as long as we mean to use it. */
static void judge(struct view *v, const struct chain_need *need, const struct claim *s, char out[static 120])
{
	int64_t today = view_ask_today(v), used = view_int(dependency_fields, need->row, "used_until"), end;
	char a[WHEN_TEXT], b[WHEN_TEXT];

	out[0] = '\0';
	if (!s) {
		(void)snprintf(out, 120, "nobody stated that it is supported");
		return;
	}
	if ((end = mended_until(s)) == INT64_MAX)
		return;
	when_format_date(end, a);
	when_format_date(used, b);
	if (end == 0)
		(void)snprintf(out, 120, "it is not supported");
	else if (end < today)
		(void)snprintf(out, 120, "no security fixes since %s", a);
	else if (used > end)
		(void)snprintf(out, 120, "used until %s, security fixes end %s", b, a);
	else if (!used && end - today <= SOON_DAYS)
		(void)snprintf(out, 120, "security fixes end %s", a);
}

static enum err line(struct view *v, const struct chain_need *need, const struct claim *s, const char *because, json_t *items)
{
	json_t *o = json_object();
	enum err e = report_why_row(o, "dependency", need->name);

	view_put(o, "product", view_text(v, dependency_fields, need->row, "product"));
	view_put(o, "version", view_text(v, dependency_fields, need->row, "version"));
	view_put(o, "supplier", need->supplier);
	view_put(o, "function", need->function);
	view_put(o, "criticality", vocab_word(&vocab_factor, need->criticality));
	view_put_date(o, "used_until", view_int(dependency_fields, need->row, "used_until"));
	if (s) {
		view_put(o, "support", view_word(s->fields, s->map, "support"));
		view_put_date(o, "end_of_fixes", view_int(s->fields, s->map, "end_of_fixes"));
		view_put(o, "successor", view_text(v, s->fields, s->map, "successor"));
	}
	view_put(o, "because", because);
	if (e == OK && s)
		e = s->record ? report_why(o, &s->record->id) : report_why_row(o, "support", s->row);
	return json_array_append_new(items, o) == 0 ? e : ERR_MEMORY;
}

static int by_criticality(const void *a, const void *b)
{
	const struct chain_need *x = a, *y = b;

	return x->criticality != y->criticality ? (x->criticality < y->criticality) - (x->criticality > y->criticality) : strcmp(x->name, y->name);
}

static enum err unsupported(struct api_call *c, struct view *v, json_t *items)
{
	struct chain chain;
	struct claims all = {0};
	char because[120];
	enum err e = chain_read(v, &chain);

	(void)c;
	if (e == OK)
		e = read_signed(v, &all);
	if (e == OK)
		e = read_rows(v, &all);
	if (e == OK && chain.needs)
		qsort(chain.need, chain.needs, sizeof *chain.need, by_criticality);
	for (size_t i = 0; e == OK && i < chain.needs; i++) {
		const struct chain_need *need = &chain.need[i];
		const char *product = view_text(v, dependency_fields, need->row, "product");
		const struct claim *s;

		if (!*product)
			continue;
		s = best_of(&all, product, view_text(v, dependency_fields, need->row, "version"));
		judge(v, need, s, because);
		if (*because)
			e = line(v, need, s, because, items);
	}
	return e;
}

const struct report report_support = {
	.name = "unsupported", .title = "products we use longer than anybody mends them, or of which nobody says so", .seed = "E14 E15", .fn = unsupported,
	.leaves_out = "what is supported for as long as we mean to use it, and dependencies that name no product",
};
