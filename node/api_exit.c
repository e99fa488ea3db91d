/* api_exit.c - the end of a relationship for the dispatcher: what is held, notice of the end, what became of each thing, and how it stands. */
#include <stdio.h>
#include <string.h>

#include "node/answers.h"
#include "node/csvrows.h"
#include "node/names.h"
#include "node/saying.h"
#include "node/view_ask.h"
#include "node/view_exit.h"
#include "node/view_record.h"
#include "proto/when.h"

static json_t *body_in(json_t *args)
{
	json_t *body = json_object_get(args, "body");
	if (!body && args && json_object_set_new(args, "body", body = json_object()) != 0)
		return NULL;
	return body;
}

static void put_today(json_t *o, const char *name, const struct view *v)
{
	if (!json_object_get(o, name))
		view_put_date(o, name, view_ask_today(v));
}

/* ---- what is held ---- */

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

/* A list that stands beside another is taken together with it; whoever meant to replace it is told how. */
static enum err warn_beside(struct api_call *c, struct view *v)
{
	struct seens list;
	char hex[65];
	enum err e = saying_arg(c, "supersedes") ? OK : view_kind(v, KIND_ASSET_HELD, &list);
	for (size_t i = 0; e == OK && !saying_arg(c, "supersedes") && i < list.n; i++)
		if (list.p[i]->mine && view_active(list.p[i])) {
			hex_encode(hex, list.p[i]->id.b, 32);
			saying_warn(c, "an earlier list of ours stands beside this one; to replace it: --supersedes %.12s", hex);
			break;
		}
	return e;
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
	if (e == OK)
		e = warn_beside(c, &v);
	if (e != OK)
		return e;
	args = saying_args(c);
	body = body_in(args);
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
		return saying_pass_on(c, "record.new", args);
	json_decref(args);
	return e;
}

/* ---- a word about it ---- */

static enum err decide(struct api_call *c, enum kind_number kind, const char *word)
{
	struct view v;
	struct seen *s;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", kind, &s);
	if (e != OK)
		return e;
	json_t *args = saying_args(c);
	view_put(args, "decision", word);
	return saying_pass_on(c, "record.reply", args);
}

static enum err confirm(struct api_call *c)
{
	return decide(c, KIND_ASSET_HELD, "accepted");
}

static enum err dispute_list(struct api_call *c)
{
	return decide(c, KIND_ASSET_HELD, "disputed");
}

static enum err accept(struct api_call *c)
{
	return decide(c, KIND_DISPOSITION, "accepted");
}

static enum err dispute(struct api_call *c)
{
	return decide(c, KIND_DISPOSITION, "disputed");
}

/* ---- the end ---- */

static enum err give(struct api_call *c)
{
	json_t *args;
	if (!saying_arg(c, "to") && !saying_arg(c, "supersedes"))
		return api_fail(c, ERR_USAGE, "name the other side: --to PARTNER", "nobody to tell");
	args = saying_args(c);
	view_put(args, "kind", kind_by_number(KIND_TERMINATION)->name);
	enum err e = saying_pass_on(c, "record.new", args);
	if (e == OK)
		saying_next(c, "see what is still held with: tally exit status");
	return e;
}

/* ---- what became of it ---- */

struct attest {
	struct api_call *c;
	const struct side *ours;
	json_t *items;
	const char *date, *by, *standard;
};

static const struct held *held_as(const struct side *x, const char *id)
{
	for (size_t i = 0; i < x->n; i++)
		if (strcmp(x->p[i].id, id) == 0)
			return &x->p[i];
	return NULL;
}

/* "db=purge, until 2027-01-31": the text goes into this member; until where the outcome has one. */
static enum err add_item(struct attest *a, const char *outcome, const char *member, const char *typed)
{
	char id[65], text[1024];
	int64_t until = 0;
	json_t *o;
	if (!answers_split(typed, id, text, &until) && !id[0])
		return api_fail(a->c, ERR_USAGE, "ID=TEXT", "\"%.60s\" names no item", typed);
	if (!held_as(a->ours, id))
		return api_fail(a->c, ERR_INVALID, "see what is held with: tally asset list", "no item \"%.64s\" was declared", id);
	if (!(o = json_object()) || json_array_append_new(a->items, o) != 0)
		return ERR_MEMORY;
	view_put(o, "id", id);
	view_put(o, "outcome", outcome);
	view_put(o, member, text);
	view_put_date(o, strcmp(outcome, "deleted") == 0 ? "backups_until" : "until", until);
	if (strcmp(outcome, "retained") != 0 && strcmp(outcome, "not-held") != 0)
		view_put(o, "date", a->date);
	if (strcmp(outcome, "deleted") == 0)
		view_put(o, "standard", a->standard);
	view_put(o, "by", a->by);
	return OK;
}

static enum err add_all(struct attest *a, const char *method)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < a->ours->n; i++) {
		char typed[140];
		const json_t *o;
		size_t k;
		bool named = false;
		json_array_foreach(a->items, k, o)
			named = named || strcmp(json_string_value(json_object_get(o, "id")), a->ours->p[i].id) == 0;
		if (named || a->ours->p[i].state == HELD_SETTLED || a->ours->p[i].state == HELD_ATTESTED)
			continue;
		(void)snprintf(typed, sizeof typed, "%s=%.60s", a->ours->p[i].id, method);
		e = add_item(a, "deleted", "method", typed);
	}
	return e;
}

static enum err read_outcomes(struct attest *a)
{
	static const struct { const char *flag, *outcome, *member; } flags[] = {
		{"deleted", "deleted", "method"}, {"returned", "returned", "to"}, {"transferred", "transferred", "to"},
		{"retained", "retained", "basis"}, {"not_held", "not-held", "text"},
	};
	const char *method;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < sizeof flags / sizeof *flags; i++) {
		const char *const *texts;
		size_t n;
		e = saying_texts(a->c, flags[i].flag, &texts, &n);
		for (size_t k = 0; e == OK && k < n; k++)
			e = add_item(a, flags[i].outcome, flags[i].member, texts[k]);
	}
	if (e == OK)
		e = api_text(a->c, "all_deleted", false, &method);
	return e == OK && method ? add_all(a, method) : e;
}

/* The other side of the record that it answers: its author, or the one it was sent to. */
static enum err other_side(struct api_call *c, struct view *v, struct seen **about, struct id *out)
{
	struct seen *s = NULL;
	struct ids who;
	bool everybody, named = saying_arg(c, "to") != NULL;
	enum err e = saying_record(c, v, "about", 0, &s);
	*about = s;
	if (e == OK && (!s->readable || (s->r.kind != KIND_ASSET_HELD && s->r.kind != KIND_TERMINATION && s->r.kind != KIND_CONTRACT)))
		return api_fail(c, ERR_INVALID, "see: tally asset list", "that is no list of what is held, no termination and no contract");
	if (e == OK && s->mine)
		e = view_readers(v, s, &who, &everybody);
	if (e != OK)
		return e;
	if (s->mine && who.n != 1 && !named)
		return api_fail(c, ERR_USAGE, "name the other side: --to PARTNER", "it went to several");
	if (named) {
		const struct id *list;
		size_t n;
		e = api_orgs(c, "to", true, &list, &n);
		if (e == OK)
			*out = list[0];
		return e;
	}
	*out = s->mine ? who.p[0] : s->r.author;
	return OK;
}

/* Several contracts may end with one partner: the end that is answered is the one whose termination, list or contract this is. */
static const struct side *ours_of(struct view *v, const struct endings *all, const struct seen *s)
{
	const char *contract = view_text(v, s->kind->fields, view_body(s), s->r.kind == KIND_CONTRACT ? "reference" : "contract");
	for (size_t i = 0; i < all->n; i++) {
		const struct side *x = &all->p[i].ours;
		if (all->p[i].of && id_eq(&all->p[i].of->root, &s->root))
			return x;
		for (size_t k = 0; k < x->n; k++)
			if (id_eq(&x->p[k].declared->root, &s->root))
				return x;
	}
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->p[i].contract, contract) == 0)
			return &all->p[i].ours;
	return &all->p[0].ours;
}

static enum err attest(struct api_call *c)
{
	struct view v;
	struct seen *about;
	struct id partner;
	struct endings all;
	struct attest a = {.c = c};
	char today[WHEN_TEXT];
	json_t *args, *body;
	saying_view(c, &v);
	enum err e = other_side(c, &v, &about, &partner);
	if (e == OK)
		e = view_exit_all(&v, &partner, &all);
	if (e != OK)
		return e;
	if (!all.n)
		return api_fail(c, ERR_NOT_FOUND, "state it first: tally asset declare", "nothing of theirs was declared");
	when_format_date(view_ask_today(&v), today);
	a.ours = ours_of(&v, &all, about);
	args = saying_args(c);
	body = body_in(args);
	if (!(a.items = json_object_get(body, "items")))
		(void)json_object_set_new(body, "items", a.items = json_array());
	e = api_text(c, "date", false, &a.date);
	if (e == OK)
		e = api_text(c, "by", false, &a.by);
	if (e == OK)
		e = api_text(c, "standard", false, &a.standard);
	a.date = e == OK && a.date ? a.date : today;
	if (e == OK)
		e = read_outcomes(&a);
	if (e == OK && !json_array_size(a.items))
		e = api_fail(c, ERR_USAGE, "--deleted ID=METHOD, --returned ID, --retained \"ID=BASIS, until DATE\" ...", "no item is named");
	view_put(args, "kind", kind_by_number(KIND_DISPOSITION)->name);
	if (e == OK)
		return saying_pass_on(c, "record.new", args);
	json_decref(args);
	return e;
}

/* ---- how it stands ---- */

static enum err partner_arg(struct api_call *c, struct view *v, struct endings *out)
{
	struct id org;
	bool given = saying_arg(c, "partner") != NULL;
	saying_view(c, v);
	enum err e = given ? api_org(c, "partner", &org) : OK;
	return e == OK ? view_exit_all(v, given ? &org : NULL, out) : e;
}

static enum err status(struct api_call *c)
{
	struct view v;
	struct endings all;
	json_t *items = json_array();
	enum err e = items ? partner_arg(c, &v, &all) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < all.n; i++) {
		json_t *o;
		if ((e = view_exit_show_row(&v, &all.p[i], &o)) == OK)
			(void)json_array_append_new(items, o);
	}
	if (e != OK)
		json_decref(items);
	return saying_items(c, e, &items);
}

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

static enum err list(struct api_call *c)
{
	struct view v;
	struct endings all;
	json_t *items = json_array();
	enum err e = items ? partner_arg(c, &v, &all) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < all.n; i++) {
		e = put_side(c, &v, &all.p[i].theirs, items);
		if (e == OK)
			e = put_side(c, &v, &all.p[i].ours, items);
	}
	if (e != OK)
		json_decref(items);
	return saying_items(c, e, &items);
}

/* What the other side said of it last. */
static enum err word_on(struct view *v, const struct seen *s, const char **out)
{
	const struct field *f = kind_by_number(KIND_REPLY)->fields;
	struct seens said;
	struct id about;
	enum err e = view_about(v, &s->id, KIND_REPLY, &said);
	*out = "not decided";
	for (size_t i = 0; e == OK && i < said.n; i++) {
		const struct seen *r = said.p[i];
		const char *word = view_word(f, r->r.body, "decision");
		if (r->counts && !r->withdrawn && !id_eq(&r->r.author, &s->r.author) && fields_id(f, r->r.body, "about", &about) && id_eq(&about, &s->id) &&
		    (strcmp(word, "accepted") == 0 || strcmp(word, "disputed") == 0))
			*out = word;
	}
	return e;
}

static enum err put_disposition(struct view *v, const struct seen *s, json_t *items)
{
	struct ids readers;
	bool everybody;
	const char *word = view_record_state(s);
	json_t *o = json_object();
	enum err e = o ? view_readers(v, s, &readers, &everybody) : ERR_MEMORY;
	if (e == OK && view_active(s))
		e = word_on(v, s, &word);
	if (e != OK) {
		json_decref(o);
		return e;
	}
	view_put_id(o, "id", &s->id);
	view_put_org(v, o, "from", &s->r.author);
	if (readers.n)
		view_put_org(v, o, "to", &readers.p[0]);
	view_put_time(o, "created", s->r.created);
	view_put(o, "title", view_record_title(v, s));
	view_put(o, "state", word);
	return json_array_append_new(items, o) == 0 ? OK : ERR_MEMORY;
}

static enum err dispositions(struct api_call *c)
{
	struct view v;
	struct seens list;
	json_t *items = json_array();
	saying_view(c, &v);
	enum err e = items ? view_kind(&v, KIND_DISPOSITION, &list) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < list.n; i++)
		e = put_disposition(&v, list.p[i], items);
	if (e != OK)
		json_decref(items);
	return saying_items(c, e, &items);
}

const struct api_row api_exit_rows[] = {
	{"asset.declare", declare, "state what we hold of a partner's, or what it holds of ours"},
	{"asset.confirm", confirm, "agree to a list of what is held"},
	{"asset.dispute", dispute_list, "do not agree to it"},
	{"asset.list", list, "what is held, both ways, item by item"},
	{"termination.give", give, "give notice that a contract or the relationship ends"},
	{"disposition.attest", attest, "attest what became of each thing held"},
	{"disposition.list", dispositions, "what was attested, by us and to us, and what was said to it"},
	{"disposition.accept", accept, "accept a disposition"},
	{"disposition.dispute", dispute, "do not accept it"},
	{"exit.status", status, "what ends, what is still held both ways, and whether it is closed"},
	{NULL, NULL, NULL},
};
