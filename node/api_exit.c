/* api_exit.c - the end of a relationship for the dispatcher: notice of the end, and how it stands. */
#include <string.h>

#include "node/api_contract.h"
#include "node/api_exit.h"
#include "node/saying.h"
#include "node/view_exit_row.h"
#include "store/locals.h"

/* ---- what the whole area shares ---- */

json_t *api_exit_body(json_t *args)
{
	json_t *body = json_object_get(args, "body");
	if (!body && args && json_object_set_new(args, "body", body = json_object()) != 0)
		return NULL;
	return body;
}

enum err api_exit_decide(struct api_call *c, enum kind_number kind, const char *word)
{
	struct view v;
	struct seen *s;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", kind, &s);
	if (e != OK)
		return e;
	if (strcmp(word, "disputed") == 0 && !json_object_get(saying_arg(c, "body"), "text"))
		return api_fail(c, ERR_USAGE, "say why, so that it can be put right: --text TEXT", "nothing says what is wrong with it");
	json_t *args = saying_args(c);
	view_put(args, "decision", word);
	return saying_pass_on(c, "record.reply", args);
}

enum err api_exit_partner(struct api_call *c, struct view *v, struct exit_with *out)
{
	const struct value *row;
	struct id org;
	bool given = saying_arg(c, "partner") != NULL;
	enum err e = api_text(c, "partner", false, &out->supplier);
	saying_view(c, v);
	out->all = (struct endings){0};
	if (e == OK && given) /* a row of the register goes before names of partners */
		e = locals_get(core_txn(c->core), &local_supplier, out->supplier, c->arena, &row);
	if (e == OK && given && !fields_get(supplier_fields, row, "partner"))
		return OK;
	e = e == ERR_NOT_FOUND ? OK : e;
	if (e == OK && given)
		e = api_org(c, "partner", &org);
	out->with_rows = !given;
	return e == OK ? view_exit_all(v, given ? &org : NULL, &out->all) : e;
}

/* ---- the end ---- */

/* Whose notice it is to: named, or whoever had the one that it replaces. */
static enum err other_side(struct api_call *c, struct view *v, bool *known, struct id *out)
{
	const struct id *list;
	struct seen *s;
	struct ids who = {0};
	size_t n = 0;
	bool everybody;
	enum err e;
	if (saying_arg(c, "to")) {
		e = api_orgs(c, "to", true, &list, &n);
	} else {
		e = saying_record(c, v, "supersedes", KIND_TERMINATION, &s);
		if (e == OK)
			e = view_readers(v, s, &who, &everybody);
		list = who.p;
		n = who.n;
	}
	*known = e == OK && n == 1;
	if (*known)
		*out = list[0];
	return e;
}

/* What may be a slip: a contract nobody agreed, too short a notice, a second one. Who supplies by the contract, where the notice does not say. */
static enum err doubt(struct api_call *c, struct id *supplier, bool *named)
{
	const struct kind *k = kind_by_number(KIND_TERMINATION);
	struct view v;
	struct value *body;
	struct id other;
	struct endings all;
	bool known;
	saying_view(c, &v);
	*named = false;
	enum err e = other_side(c, &v, &known, &other);
	if (e == OK)
		e = saying_body(c, k, saying_arg(c, "body"), &body);
	if (e != OK || !known)
		return e;
	(void)json_object_del(c->result, "warnings"); /* record.new says them again */
	const char *contract = view_text(&v, k->fields, body, "contract");
	e = api_contract_doubt(c, &v, &(struct api_contract_doubt){&other, contract, view_int(k->fields, body, "effective")});
	if (e == OK && !fields_get(k->fields, body, "supplier"))
		e = api_contract_supplier(&v, &other, contract, named, supplier);
	if (e == OK)
		e = view_exit_all(&v, &other, &all);
	for (size_t i = 0; e == OK && i < all.n && !saying_arg(c, "supersedes"); i++) {
		const struct seen *s = all.p[i].of;
		char hex[65];
		if (!s || s->r.kind != KIND_TERMINATION || !s->mine || strcmp(all.p[i].contract, contract) != 0)
			continue;
		hex_encode(hex, s->id.b, 32);
		saying_warn(c, "a notice of ours stands already, and the earlier day counts; to replace it: --supersedes %.12s", hex);
	}
	return e;
}

static enum err give(struct api_call *c)
{
	struct id supplier = {0};
	bool named;
	char hex[65];
	json_t *args;
	if (!saying_arg(c, "to") && !saying_arg(c, "supersedes"))
		return api_fail(c, ERR_USAGE, "name the other side: --to PARTNER", "nobody to tell");
	enum err e = doubt(c, &supplier, &named);
	if (e != OK)
		return e;
	if (!(args = saying_args(c)))
		return ERR_MEMORY;
	hex_encode(hex, supplier.b, 32);
	if (named)
		view_put(api_exit_body(args), "supplier", id_eq(&supplier, &core_self(c->core)->org) ? "me" : hex);
	view_put(args, "kind", kind_by_number(KIND_TERMINATION)->name);
	e = saying_pass_on(c, "record.new", args);
	if (e == OK)
		saying_next(c, "see what is still held with: tally exit status");
	return e;
}

/* ---- how it stands ---- */

static enum err status(struct api_call *c)
{
	struct view v;
	struct exit_with with = {.with_rows = true};
	json_t *items = json_array();
	enum err e = items ? api_exit_partner(c, &v, &with) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < with.all.n; i++) {
		json_t *o;
		if ((e = view_exit_show_row(&v, &with.all.p[i], &o)) == OK)
			(void)json_array_append_new(items, o);
	}
	if (e == OK && with.with_rows)
		e = view_exit_row_status(&v, with.supplier, items);
	if (e != OK)
		json_decref(items);
	return saying_items(c, e, &items);
}

const struct api_row api_exit_rows[] = {
	{"termination.give", give, "give notice that a contract or the relationship ends"},
	{"exit.status", status, "what ends, what is still held both ways, and whether it is closed"},
	{NULL, NULL, NULL},
};
