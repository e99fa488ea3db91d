/* The register of information that Regulation (EU) 2022/2554 (DORA) asks for, a line for each function and each provider behind it. */
#include <string.h>
#include <strings.h>

#include "node/chain.h"
#include "node/report.h"
#include "node/view_contract.h"
#include "proto/vocab.h"

/* The identifier of this scheme; "". */
static const char *identifier(struct view *v, const struct chain_supplier *s, const char *scheme)
{
	const struct field *f = fields_find(supplier_fields, "identifiers"), *g = f->group;
	const struct value *list = value_at(s ? s->row : NULL, f->key);

	for (size_t i = 0; i < value_count(list); i++)
		if (strcasecmp(view_text(v, g, value_item(list, i), "scheme"), scheme) == 0)
			return view_text(v, g, value_item(list, i), "value");
	return "";
}

static void put_list(json_t *o, const char *name, const struct value *list)
{
	json_t *items = json_array();
	struct span text;

	for (size_t i = 0; i < value_count(list); i++)
		if (value_is_str(value_item(list, i), &text))
			(void)json_array_append_new(items, json_stringn((const char *)text.p, text.n));
	if (json_array_size(items))
		(void)json_object_set(o, name, items);
	json_decref(items);
}

static void put_need(struct view *v, const struct chain_need *n, json_t *o)
{
	static const char *const texts[] = {"service", "substitutability_reason", NULL};
	static const char *const words[] = {"substitutability", "reintegration", "impact", NULL};
	const struct field *f = dependency_fields;
	int64_t i;
	char plan[32];

	view_put(o, "function", n->function);
	view_put(o, "criticality", vocab_word(&vocab_factor, n->criticality));
	view_put(o, "contract", view_text(v, f, n->row, "contract"));
	for (const char *const *t = texts; *t; t++)
		view_put(o, *t, view_text(v, f, n->row, *t));
	for (const char *const *t = words; *t; t++)
		view_put(o, *t, view_word(f, n->row, *t));
	chain_exit(n, plan);
	view_put(o, "exit_plan", plan);
	view_put_date(o, "last_audit", view_int(f, n->row, "last_audit"));
	if (fields_int(f, n->row, "recovery_hours", &i))
		(void)json_object_set_new(o, "recovery_hours", json_integer(i));
	if (fields_int(f, n->row, "loss_hours", &i))
		(void)json_object_set_new(o, "loss_hours", json_integer(i));
	put_list(o, "alternatives", fields_get(f, n->row, "alternatives"));
	put_list(o, "data_classes", fields_get(f, n->row, "data_classes"));
	put_list(o, "countries", fields_get(f, n->row, "countries"));
}

static void put_provider(struct view *v, const struct chain *c, const char *name, json_t *o)
{
	const struct chain_supplier *s = chain_supplier(c, name);

	view_put(o, "provider", s && *s->title ? s->title : name);
	view_put(o, "lei", identifier(v, s, "LEI"));
	view_put(o, "euid", identifier(v, s, "EUID"));
	if (s)
		view_put(o, "country", view_text(v, supplier_fields, s->row, "country"));
}

struct contracts {
	const struct contract *p;
	size_t n;
};

/* Start and end, from the contract of that reference that is agreed. */
static enum err put_contract(struct view *v, const struct contracts *all, const char *reference, json_t *o)
{
	for (size_t i = 0; *reference && i < all->n; i++) {
		const struct seen *x = all->p[i].force;

		if (!x || strcmp(view_text(v, x->kind->fields, x->r.body, "reference"), reference) != 0)
			continue;
		view_put_date(o, "start", view_int(x->kind->fields, x->r.body, "start"));
		view_put_date(o, "end", all->p[i].last);
		return report_why(o, &x->id);
	}
	return OK;
}

static enum err provider(struct view *v, const struct chain *c, const struct chain_need *n, const struct chain_link *l, json_t *items)
{
	json_t *o = json_object();
	enum err e = report_why_row(o, "dependency", n->name);

	put_need(v, n, o);
	put_provider(v, c, l ? l->lower : n->supplier, o);
	(void)json_object_set_new(o, "rank", json_integer(l ? l->rank : 1));
	if (l) {
		view_put(o, "under", l->upper);
		view_put(o, "service", l->service);
	}
	if (e == OK && l && l->record)
		e = report_why(o, &l->record->id);
	if (e == OK && l && l->row)
		e = report_why_row(o, "subcontractor", l->row_name);
	return json_array_append_new(items, o) == 0 ? e : ERR_MEMORY;
}

static enum err dora(struct api_call *call, struct view *v, json_t *items)
{
	struct chain c;
	struct contract *all;
	size_t n;
	enum err e = chain_read(v, &c);

	(void)call;
	if (e == OK)
		e = view_contract_all(v, &all, &n);
	for (size_t i = 0; e == OK && i < c.needs; i++) {
		e = provider(v, &c, &c.need[i], NULL, items);
		if (e == OK)
			e = put_contract(v, &(struct contracts){all, n}, view_text(v, dependency_fields, c.need[i].row, "contract"),
			             json_array_get(items, json_array_size(items) - 1));
		for (size_t k = chain_first_of(&c, c.need[i].supplier); e == OK && k < c.links && strcasecmp(c.by_of[k]->of, c.need[i].supplier) == 0; k++)
			e = provider(v, &c, &c.need[i], c.by_of[k], items);
	}
	return e;
}

const struct report report_dora = {
	.name = "dora", .title = "the register of information: each function, its provider, and the subcontractors behind; for --csv", .seed = "B5",
	.fn = dora,
	.leaves_out = "what is not stated in dependencies, suppliers, contracts and disclosures; the numbering of an authority's own template",
};
