/* api_asset.c - what each side holds of the other's, for the dispatcher: lists of it, and a word about them. */
#include <string.h>

#include "node/api_contract.h"
#include "node/api_exit.h"
#include "node/csvrows.h"
#include "node/saying.h"
#include "node/view_ask.h"
#include "node/view_exit_row.h"
#include "proto/when.h"

static void put_today(json_t *o, const char *name, const struct view *v)
{
	if (!json_object_get(o, name))
		view_put_date(o, name, view_ask_today(v));
}

/* ---- a list ---- */

static enum err csv_cell(struct api_call *c, const struct field *group, const char *heading, const char *cell, json_t *o)
{
	const struct field *f = fields_find(group, heading);
	char *text, *one;
	json_t *list;
	if (!f)
		return api_fail(c, ERR_INVALID, "the columns are: id, class, description, information, locations, backups, since", "no column \"%.40s\"",
		                heading);
	if (!*cell)
		return OK;
	if (!f->list) {
		view_put(o, f->name, cell);
		return OK;
	}
	if (!(text = arena_alloc(c->arena, strlen(cell) + 1)) || json_object_set_new(o, f->name, list = json_array()) != 0)
		return ERR_MEMORY;
	memcpy(text, cell, strlen(cell) + 1);
	while ((one = strsep(&text, ";"))) {
		one += strspn(one, " ");
		if (*one && json_array_append_new(list, view_string(one)) != 0)
			return ERR_MEMORY;
	}
	return OK;
}

static enum err read_csv(struct api_call *c, const char *csv, json_t *items)
{
	const struct field *group = fields_find(kind_by_number(KIND_ASSET_HELD)->fields, "items")->group;
	struct csvrows rows = {0};
	enum err e = csvrows_read(SPAN(csv, strlen(csv)), c->arena, &rows, &c->why);
	for (size_t i = 1; e == OK && i < rows.n; i++) {
		json_t *o = json_object();
		if (json_array_append_new(items, o) != 0)
			return ERR_MEMORY;
		for (size_t k = 0; e == OK && k < rows.p[i].n && k < rows.p[0].n; k++)
			e = csv_cell(c, group, rows.p[0].cell[k], rows.p[i].cell[k], o);
	}
	return e;
}

static const char *text_in(const json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));
	return text ? text : "";
}

/* The one organisation that --to names; false: several, or none. */
static enum err only_one(struct api_call *c, bool *yes, struct id *out)
{
	const struct id *list = NULL;
	size_t n = 0;
	enum err e = saying_arg(c, "to") ? api_orgs(c, "to", true, &list, &n) : OK;
	*yes = e == OK && n == 1;
	if (*yes)
		*out = list[0];
	return e;
}

/* Of the same side, to nobody else, and under the same contract. */
static enum err is_beside(struct view *v, struct seen *s, const struct id *to, const json_t *body, bool *yes)
{
	const struct field *f = kind_by_number(KIND_ASSET_HELD)->fields;
	bool everybody, by_them = *text_in(body, "holder") != 0;
	struct ids who;
	struct id holder;
	*yes = false;
	if (!s->mine || !view_active(s) || fields_id(f, s->r.body, "holder", &holder) != by_them ||
	    strcmp(view_text(v, f, s->r.body, "contract"), text_in(body, "contract")) != 0)
		return OK;
	enum err e = view_readers(v, s, &who, &everybody);
	*yes = e == OK && who.n == 1 && id_eq(&who.p[0], to);
	return e;
}

/* A list that stands beside another is taken together with it; whoever meant to replace it is told how. */
static enum err warn_beside(struct api_call *c, struct view *v, const struct id *to, const json_t *body)
{
	struct seens list;
	char hex[65];
	enum err e = view_kind(v, KIND_ASSET_HELD, &list);
	for (size_t i = e == OK ? list.n : 0; e == OK && i-- > 0;) { /* the newest */
		bool yes;
		e = is_beside(v, list.p[i], to, body, &yes);
		if (e != OK || !yes)
			continue;
		hex_encode(hex, list.p[i]->id.b, 32);
		saying_warn(c, "an earlier list of ours stands beside this one; to replace it: --supersedes %.12s", hex);
		break;
	}
	return e;
}

/* What of it may be a slip: a list given twice, a contract nobody agreed. */
static enum err warn(struct api_call *c, struct view *v, const json_t *body)
{
	struct id to;
	bool one;
	enum err e = only_one(c, &one, &to);
	if (e != OK || !one)
		return e;
	e = saying_arg(c, "supersedes") ? OK : warn_beside(c, v, &to, body);
	return e == OK ? api_contract_doubt(c, v, &(struct api_contract_doubt){&to, text_in(body, "contract"), 0}) : e;
}

static enum err declare(struct api_call *c)
{
	struct view v;
	const char *csv;
	json_t *args, *body, *items;
	saying_view(c, &v);
	enum err e = api_text(c, "sheet", false, &csv);
	if (e == OK && !saying_arg(c, "to") && !saying_arg(c, "supersedes"))
		return api_fail(c, ERR_USAGE, "name whose it is: --to PARTNER", "nobody to tell");
	if (e != OK)
		return e;
	args = saying_args(c);
	body = api_exit_body(args);
	put_today(body, "as_of", &v);
	if (api_flag(c, "none"))
		(void)json_object_set_new(body, "complete", json_true());
	if (csv) {
		items = json_object_get(body, "items");
		if (!items)
			(void)json_object_set_new(body, "items", items = json_array());
		e = read_csv(c, csv, items);
	}
	view_put(args, "kind", kind_by_number(KIND_ASSET_HELD)->name);
	if (e == OK)
		e = warn(c, &v, body);
	if (e == OK)
		return saying_pass_on(c, "record.new", args);
	json_decref(args);
	return e;
}

/* ---- a word about it ---- */

static enum err confirm(struct api_call *c)
{
	return api_exit_decide(c, KIND_ASSET_HELD, "accepted");
}

static enum err dispute(struct api_call *c)
{
	return api_exit_decide(c, KIND_ASSET_HELD, "disputed");
}

/* ---- item by item ---- */

/* An item that is under two contracts that end is shown once. */
static bool shown(const json_t *items, const json_t *o)
{
	static const char *const key[] = {"item", "contract", "who_org", "of_org"};
	const json_t *other;
	size_t i;
	json_array_foreach(items, i, other) {
		bool same = true;
		for (size_t k = 0; same && k < sizeof key / sizeof *key; k++)
			same = json_equal(json_object_get(o, key[k]), json_object_get(other, key[k]));
		if (same)
			return true;
	}
	return false;
}

static enum err put_side(struct api_call *c, struct view *v, const struct side *x, json_t *items)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < x->n; i++) {
		json_t *o;
		if (api_flag(c, "held") && x->p[i].state == HELD_SETTLED)
			continue;
		e = view_exit_show_item(v, x, &x->p[i], &o);
		if (e == OK && !shown(items, o))
			(void)json_array_append(items, o);
		if (e == OK)
			json_decref(o);
	}
	return e;
}

/* What suppliers without a node have, by our own rows. */
static enum err put_rows(struct api_call *c, struct view *v, const char *supplier, json_t *items)
{
	struct kepts rows;
	enum err e = view_exit_row_read(v, supplier, &rows);
	for (size_t i = 0; e == OK && i < rows.n; i++) {
		json_t *o;
		if (api_flag(c, "held") && rows.p[i].state == KEPT_GONE)
			continue;
		if ((e = view_exit_row_item(v, &rows.p[i], &o)) == OK)
			(void)json_array_append_new(items, o);
	}
	return e;
}

static enum err list(struct api_call *c)
{
	struct view v;
	struct exit_with with = {.with_rows = true};
	json_t *items = json_array();
	enum err e = items ? api_exit_partner(c, &v, &with) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < with.all.n; i++) {
		e = put_side(c, &v, &with.all.p[i].theirs, items);
		if (e == OK)
			e = put_side(c, &v, &with.all.p[i].ours, items);
	}
	if (e == OK && with.with_rows)
		e = put_rows(c, &v, with.supplier, items);
	if (e != OK)
		json_decref(items);
	return saying_items(c, e, &items);
}

const struct api_row api_asset_rows[] = {
	{"asset.declare", declare, "state what we hold of a partner's, or what it holds of ours"},
	{"asset.confirm", confirm, "agree to a list of what is held"},
	{"asset.dispute", dispute, "do not agree to it"},
	{"asset.list", list, "what is held, both ways, item by item"},
	{NULL, NULL, NULL},
};
