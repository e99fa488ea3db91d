/* api_subcontract.c - subcontractors and support for the dispatcher: what a supplier discloses, asks for and states, and how that stands. */
#include <string.h>

#include "node/names.h"
#include "node/saying.h"
#include "node/view_contract.h"
#include "node/view_subcontract.h"

/* Without --to: the other side of the contract it names. */
static enum err find_customer(struct api_call *c, struct view *v, const struct value *body, struct draft *d)
{
	struct contract x;
	struct seen *s;
	struct id id;
	struct id *to;
	enum err e;

	if (d->recipients || !fields_id(d->kind->fields, body, "contract", &id))
		return OK;
	e = view_find(v, &id, &s);
	if (e == OK)
		e = view_contract_of(v, s, &x);
	if (e == ERR_NOT_FOUND)
		return api_fail(c, e, "see: tally contract list", "that record belongs to no contract");
	if (e != OK)
		return e;
	if (!(to = arena_alloc(c->arena, sizeof *to)))
		return ERR_MEMORY;
	*to = *view_contract_other(&x, &v->me);
	d->to = to;
	d->recipients = 1;
	return OK;
}

static bool same_contract(const struct field *f, const struct value *a, const struct value *b)
{
	const struct value *x = fields_get(f, a, "contract"), *y = fields_get(f, b, "contract");
	const struct value *p = fields_get(f, a, "reference"), *q = fields_get(f, b, "reference");

	return (!x == !y) && (!x || value_eq(x, y)) && (!p == !q) && (!p || value_eq(p, q));
}

/* A disclosure says how things stand: the one before, about the same contract to the same customer, is over. */
static enum err take_place(struct api_call *c, struct view *v, const struct value *body, struct draft *d)
{
	struct seens list;
	struct ids who;
	bool everybody;
	enum err e = view_subcontract_disclosures(v, true, &list);

	for (size_t i = e == OK ? list.n : 0; e == OK && !d->supersedes && i-- > 0;) {
		struct seen *s = list.p[i];

		if (!same_contract(d->kind->fields, s->r.body, body))
			continue;
		e = view_readers(v, s, &who, &everybody);
		if (e == OK && d->recipients == 1 && who.n == 1 && id_eq(&who.p[0], &d->to[0])) {
			d->supersedes = &s->id;
			d->thread = &s->root;
		}
	}
	if (e == OK && d->supersedes)
		saying_next(c, "it replaces the disclosure that stood before");
	return e;
}

static enum err say(struct api_call *c, enum kind_number kind)
{
	struct draft d = {.kind = kind_by_number(kind)};
	struct view v;
	struct value *body;
	struct id id;
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);

	saying_view(c, &v);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = find_customer(c, &v, body, &d);
	if (e != OK)
		return e;
	if (!d.recipients)
		return api_fail(c, ERR_USAGE, "name it with: --to PARTNER, or --contract ID", "whose contract it is about is missing");
	d.body = body;
	if (kind == KIND_SUBCONTRACTOR_DISCLOSURE)
		e = take_place(c, &v, body, &d);
	return e == OK ? saying_say(c, &d, &id) : e;
}

static enum err disclose(struct api_call *c)
{
	return say(c, KIND_SUBCONTRACTOR_DISCLOSURE);
}

static enum err request(struct api_call *c)
{
	return say(c, KIND_SUBCONTRACTING_REQUEST);
}

static enum err decide(struct api_call *c)
{
	struct view v;
	struct seen *s;
	enum err e;

	saying_view(c, &v);
	e = saying_record(c, &v, "record", KIND_SUBCONTRACTING_REQUEST, &s);
	return e == OK ? api_find("record.reply")->fn(c) : e;
}

static enum err disclosures(struct api_call *c)
{
	struct view v;
	json_t *items;

	saying_view(c, &v);
	return saying_items(c, view_subcontract_disclosed(&v, &items), &items);
}

static enum err requests(struct api_call *c)
{
	struct view v;
	json_t *items;

	saying_view(c, &v);
	return saying_items(c, view_subcontract_asked(&v, api_flag(c, "open"), &items), &items);
}

const struct api_row api_subcontract_rows[] = {
	{"subcontractor.disclose", disclose, "say which subcontractors there are, or that there are none"},
	{"subcontractor.disclosures", disclosures, "what was disclosed, to us and by us, against the contract"},
	{"subcontractor.request", request, "ask a customer to allow a subcontractor"},
	{"subcontractor.requests", requests, "what was asked, and what was decided: {open} -> {items}"},
	{"subcontractor.decide", decide, "decide about a request"},
	{NULL, NULL, NULL},
};
