/* What we asked of each supplier, against what it answered, attested and had reviewed. */
#include <string.h>

#include "node/partners.h"
#include "node/report.h"
#include "node/view_contract.h"
#include "node/view_posture.h"
#include "node/view_requirement.h"
#include "store/locals.h"

/* The names of the register's rows that are this partner. */
static enum err put_rows(struct api_call *c, const struct id *org, json_t *item)
{
	struct walk w;
	enum err e = locals_walk(core_txn(c->core), &local_supplier, &w);
	while (e == OK && walk_next(&w)) {
		const struct value *row;
		struct id partner;
		struct span name;
		char text[LOCAL_NAME + 1];
		e = rows_value(w.value, c->arena, &row);
		if (e != OK || !fields_id(supplier_fields, row, "partner", &partner) || !id_eq(&partner, org) ||
		    !fields_str(supplier_fields, row, "name", &name) || name.n >= sizeof text)
			continue;
		memcpy(text, name.p, name.n);
		text[name.n] = '\0';
		e = report_why_row(item, "supplier", text);
	}
	return walk_close(&w, e);
}

static enum err put_records(const json_t *gap, json_t *item)
{
	static const char *const behind[] = {"assign", "ack", "posture", "certification", "finding"};
	const json_t *one;
	size_t k;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < sizeof behind / sizeof *behind; i++) {
		const json_t *put = json_object_get(gap, behind[i]);
		struct id id;
		if (json_string_length(put) == 64 && (e = view_read_id(put, &id)) == OK)
			e = report_why(item, &id);
	}
	json_array_foreach(json_object_get(gap, "fallen"), k, one) {
		struct id id;
		if (e == OK && (e = view_read_id(one, &id)) == OK)
			e = report_why(item, &id);
	}
	return e;
}

static enum err contracts_say(struct view *v, const struct id *org, bool *supplies, bool *buys)
{
	struct contract *all;
	size_t n;
	enum err e = view_contract_all(v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		*supplies = *supplies || id_eq(&all[i].supplier, org);
		*buys = *buys || (id_eq(&all[i].customer, org) && id_eq(&all[i].supplier, &v->me));
	}
	return e;
}

static enum err asking_says(struct view *v, const struct id *org, bool *supplies, bool *buys)
{
	struct assignment **all;
	size_t n;
	enum err e = view_requirement_assignments(v, true, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		*supplies = *supplies || view_ids_has(&all[i]->parties, org);
	if (e == OK)
		e = view_requirement_assignments(v, false, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		*buys = *buys || (id_eq(&all[i]->assign->r.author, org) && view_ids_has(&all[i]->parties, &v->me));
	return e;
}

/* Nobody need ask a customer what it asks of its own suppliers: one that has a contract with us as its supplier or asks us, and is not a
 * supplier of ours in the register, by a contract, or by what we asked it. */
static enum err is_customer(struct view *v, const struct id *org, const json_t *rows, bool *out)
{
	bool supplies = json_array_size(rows) > 0, buys = false;
	enum err e = contracts_say(v, org, &supplies, &buys);
	if (e == OK)
		e = asking_says(v, org, &supplies, &buys);
	*out = buys && !supplies;
	return e;
}

static enum err add_gaps(struct api_call *c, struct view *v, const struct id *org, json_t *items)
{
	json_t *list, *gap;
	size_t i;
	enum err e = view_posture_gap(v, org, &list);
	if (e != OK)
		return e;
	json_array_foreach(list, i, gap) {
		const char *state = json_string_value(json_object_get(gap, "state"));
		if (e != OK || !state || strcmp(state, "met") == 0)
			continue;
		view_put_org(v, gap, "who", org);
		e = put_records(gap, gap);
		if (e == OK)
			e = put_rows(c, org, gap);
		if (e == OK && json_array_append(items, gap) != 0)
			e = ERR_MEMORY;
	}
	json_decref(list);
	return e;
}

static enum err of_party(struct api_call *c, struct view *v, const struct id *org, json_t *items)
{
	json_t *rows = json_object();
	bool customer = false;
	enum err e = put_rows(c, org, rows);
	if (e == OK)
		e = is_customer(v, org, json_object_get(rows, "why"), &customer);
	json_decref(rows);
	return e == OK && !customer ? add_gaps(c, v, org, items) : e;
}

static enum err gaps(struct api_call *c, struct view *v, json_t *items)
{
	struct walk w;
	struct id org;
	bool given;
	enum err e = report_party(c, &given, &org);
	if (e != OK || given)
		return e != OK ? e : add_gaps(c, v, &org, items);
	e = walk_open(v->t, TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		struct partner p;
		if (w.key.n != sizeof org.b)
			continue;
		memcpy(org.b, w.key.p, sizeof org.b);
		e = partners_get(v->t, c->arena, &org, &p);
		if (e == OK && p.state == PARTNER_ACTIVE)
			e = of_party(c, v, &org, items);
	}
	return walk_close(&w, e);
}

const struct report report_gaps = {
	.name = "gaps", .title = "what of our requirements each supplier does not meet, or was never asked", .seed = "U8", .fn = gaps,
	.leaves_out = "what is met, suppliers without a node, and partners that are only customers of ours",
};
