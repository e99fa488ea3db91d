/* api_flow.c - passing a customer's requirements on to our own suppliers, and telling the customer how far that is. */
#include <stdio.h>
#include <string.h>

#include "node/api_requirement.h"
#include "node/names.h"
#include "node/proportion.h"
#include "node/view_contract.h"
#include "node/view_flow.h"
#include "proto/merkle.h"
#include "proto/when.h"

#define SET_NAME 32

static enum err to_us(struct api_call *c, struct view *v, struct assignment **out)
{
	struct seen *s;
	saying_view(c, v);
	enum err e = saying_record(c, v, "assign", KIND_REQUIREMENT_ASSIGN, &s);
	if (e == OK && s->mine)
		return api_fail(c, ERR_POLICY, "see what is asked of us with: tally requirement list --owed", "we asked that ourselves");
	if (e == OK)
		e = view_requirement_assignment(v, s, out);
	if (e == OK && !(*out)->set)
		return api_fail(c, ERR_NOT_FOUND, "ask its author to send it again", "the requirement set of that assignment is not here");
	return e;
}

/* ---- passing on ---- */

/* A set of our own of what is to be passed on. The customer's title may name it, so it is not taken over. */
static enum err set_body(struct api_call *c, struct view *v, const struct assignment *a, const char *title, struct value **out)
{
	const struct field *f = kind_by_number(KIND_REQUIREMENT_SET)->fields;
	struct value *body = value_map(c->arena), *list = value_array(c->arena);
	const char *const *rids;
	size_t n = 0;
	enum err e = view_flow_rids(v, a, &rids, &n);
	if (e == OK && n == 0)
		return api_fail(c, ERR_POLICY, "see it with: tally requirement show ID", "nothing in that set is to be passed on");
	for (size_t i = 0; e == OK && i < n; i++)
		value_push(c->arena, list, value_copy(c->arena, view_requirement_find(a->set, rids[i])));
	fields_set(c->arena, f, body, "title", value_str(c->arena, *title ? title : "Requirements of a customer"));
	fields_set(c->arena, f, body, "version", value_copy(c->arena, fields_get(f, a->set->r.body, "version")));
	fields_set(c->arena, f, body, "source", value_str(c->arena, "passed on from a customer"));
	fields_set(c->arena, f, body, "requirements", list);
	*out = body;
	return e;
}

/* The set made for this customer's set before, when it still says the same; else a new one, or a new version. */
static enum err own_set(struct api_call *c, struct view *v, const struct assignment *a, const struct draft *to, struct id *out)
{
	struct draft d = {.kind = kind_by_number(KIND_REQUIREMENT_SET), .to = to->to, .recipients = to->recipients};
	struct seen *old = NULL;
	struct value *body = NULL;
	char name[SET_NAME], hex[13];
	enum err e = set_body(c, v, a, view_text(v, kind_by_number(KIND_REQUIREMENT_ASSIGN)->fields, to->body, "title"), &body);
	hex_encode(hex, a->set->root.b, 6);
	(void)snprintf(name, sizeof name, "passed-on-%s", hex);
	if (e == OK && (e = api_requirement_named(c, name, out)) == OK)
		e = view_find(v, out, &old);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (old && view_body(old) && value_eq(old->r.body, body)) {
		e = OK;
		for (size_t i = 0; e == OK && i < d.recipients; i++)
			e = core_send(c->core, out, &d.to[i], &c->why);
		return e;
	}
	d.body = body;
	if (old) {
		d.supersedes = &old->id;
		d.thread = &old->root;
	}
	e = saying_say(c, &d, out);
	return e == OK ? store_put(v->t, TABLE_SETS, SPAN(name, strlen(name)), ID_SPAN(out)) : e;
}

/* Whom we are the supplier of may be our supplier as well; then a contract or the register says so. */
static enum err warn_customer(struct api_call *c, struct view *v, const struct id *org)
{
	struct tiers tiers;
	struct contract *all;
	struct assignment **asked;
	size_t contracts, n;
	bool customer = false, supplier = false;
	char name[NAMES_TEXT];
	enum err e = proportion_tiers(v, &tiers);
	if (e == OK)
		e = view_contract_all(v, &all, &contracts);
	if (e == OK)
		e = view_requirement_assignments(v, false, &asked, &n);
	if (e != OK)
		return e;
	for (size_t i = 0; i < tiers.n; i++)
		supplier = supplier || id_eq(&tiers.p[i].org, org);
	for (size_t i = 0; i < contracts; i++) {
		supplier = supplier || id_eq(&all[i].supplier, org);
		customer = customer || id_eq(&all[i].customer, org);
	}
	for (size_t i = 0; i < n; i++)
		customer = customer || id_eq(&asked[i]->assign->r.author, org);
	names_show(c->core, org, name);
	if (customer && !supplier)
		saying_warn(c, "%s is a customer of ours, and no supplier by the register or a contract", name);
	return OK;
}

static enum err pass(struct api_call *c)
{
	struct draft d = {.kind = kind_by_number(KIND_REQUIREMENT_ASSIGN)};
	struct view v;
	struct assignment *a;
	struct value *body = NULL;
	struct id set, id;
	enum err e = to_us(c, &v, &a);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && !d.recipients)
		return api_fail(c, ERR_USAGE, "name them with: --to PARTNER", "nobody to pass it on to");
	for (size_t i = 0; e == OK && i < d.recipients; i++)
		if (id_eq(&d.to[i], &a->assign->r.author))
			return api_fail(c, ERR_INVALID, "name our own suppliers", "that is who asked it of us");
	for (size_t i = 0; e == OK && i < d.recipients; i++)
		e = warn_customer(c, &v, &d.to[i]);
	d.body = body;
	if (e == OK)
		e = own_set(c, &v, a, &d, &set);
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "set", value_id(c->arena, &set));
	e = saying_say(c, &d, &id);
	if (e == OK)
		saying_next(c, "the texts are the customer's: read whether they name it; when they have answered, tell the customer how far it is: tally "
			"requirement flowdown ID");
	return e;
}

/* ---- telling how far it is ---- */

static struct value *row_value(struct api_call *c, const struct flow_row *r)
{
	const struct field *g = fields_find(kind_by_number(KIND_FLOWDOWN)->fields, "rows")->group;
	struct value *row = value_map(c->arena);
	fields_set(c->arena, g, row, "rid", value_str(c->arena, r->rid));
	fields_set(c->arena, g, row, "passed", value_int(c->arena, (int64_t)r->passed));
	fields_set(c->arena, g, row, "acknowledged", value_int(c->arena, (int64_t)r->acknowledged));
	fields_set(c->arena, g, row, "exceptions", value_int(c->arena, (int64_t)r->exceptions));
	if (r->until)
		fields_set(c->arena, g, row, "until", value_int(c->arena, r->until));
	if (r->worst)
		fields_set(c->arena, g, row, "worst", value_int(c->arena, r->worst));
	return row;
}

static struct value *leaf_value(struct api_call *c, const struct flow_now *now, const struct flow_leaf *l)
{
	const struct field *g = fields_find(kind_by_number(KIND_FLOWDOWN)->fields, "leaves")->group;
	struct value *leaf = value_map(c->arena), *answers = value_array(c->arena);
	for (size_t i = 0; i < now->rows; i++)
		value_push(c->arena, answers, value_int(c->arena, l->answers[i]));
	fields_set(c->arena, g, leaf, "ack", value_id(c->arena, &l->ack->id));
	fields_set(c->arena, g, leaf, "answers", answers);
	return leaf;
}

static void flow_body(struct api_call *c, const struct flow_now *now, struct value *body)
{
	const struct field *f = kind_by_number(KIND_FLOWDOWN)->fields;
	struct value *rows = value_array(c->arena), *leaves = value_array(c->arena);
	struct id ids[FLOW_NOW_LEAVES], root;
	for (size_t i = 0; i < now->rows; i++)
		value_push(c->arena, rows, row_value(c, &now->row[i]));
	for (size_t i = 0; i < now->leaves; i++) {
		value_push(c->arena, leaves, leaf_value(c, now, &now->leaf[i]));
		ids[i] = now->leaf[i].ack->id;
	}
	fields_set(c->arena, f, body, "rows", rows);
	if (now->leaves == 0)
		return;
	merkle_root(ids, now->leaves, &root);
	fields_set(c->arena, f, body, "root", value_id(c->arena, &root));
	fields_set(c->arena, f, body, "leaves", leaves);
}

static enum err flowdown(struct api_call *c)
{
	struct draft d = {.kind = kind_by_number(KIND_FLOWDOWN)};
	struct view v;
	struct assignment *a;
	struct flow_now now;
	struct seen *before;
	struct value *body = value_map(c->arena);
	struct id id;
	enum err e = to_us(c, &v, &a);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && (e = view_flow_now(&v, a, &now)) == ERR_LIMIT)
		return api_fail(c, e, "", "more than %d answers of subcontractors", FLOW_NOW_LEAVES);
	if (e != OK)
		return e;
	if (now.rows == 0)
		return api_fail(c, ERR_POLICY, "see it with: tally requirement show ID", "nothing in that set is to be passed on");
	before = view_flow_said(a, &v.me);
	flow_body(c, &now, body);
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &a->assign->id));
	fields_set(c->arena, d.kind->fields, body, "as_of", value_int(c->arena, view_ask_today(&v)));
	d.body = body;
	d.thread = &a->assign->id;
	d.supersedes = before ? &before->id : NULL;
	d.to = &a->assign->r.author;
	d.recipients = 1;
	for (size_t i = 0; i < now.rows; i++)
		if (now.row[i].passed == 0)
			saying_warn(c, "%s is passed on to nobody: tally requirement pass ID --to SUPPLIER", now.row[i].rid);
	return saying_say(c, &d, &id);
}

const struct api_row api_flow_rows[] = {
	{"requirement.pass", pass, "pass a customer's requirements on to our own suppliers"},
	{"requirement.flowdown", flowdown, "tell the customer how far that is, in counts"},
	{NULL, NULL, NULL},
};
