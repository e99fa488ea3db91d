/* api_disposition.c - what became of each thing held, for the dispatcher. */
#include <stdio.h>
#include <string.h>

#include "node/answers.h"
#include "node/api_exit.h"
#include "node/saying.h"
#include "node/view_ask.h"
#include "node/view_record.h"
#include "proto/when.h"

/* ---- attested ---- */

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
			named = named || strcmp(view_read(o, "id"), a->ours->p[i].id) == 0;
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
	const char *method = NULL;
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
	body = api_exit_body(args);
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

/* ---- a word about it ---- */

static enum err accept(struct api_call *c)
{
	return api_exit_decide(c, KIND_DISPOSITION, "accepted");
}

static enum err dispute(struct api_call *c)
{
	return api_exit_decide(c, KIND_DISPOSITION, "disputed");
}

/* ---- what was attested ---- */

static enum err put_disposition(struct view *v, struct seen *s, json_t *items)
{
	struct ids readers;
	bool everybody;
	const struct seen *decision = NULL;
	json_t *o = json_object();
	enum err e = o ? view_readers(v, s, &readers, &everybody) : ERR_MEMORY;
	const struct id *to = e != OK || !readers.n ? NULL : s->mine ? &readers.p[0] : &v->me;
	if (e == OK && to && view_active(s))
		e = view_exit_docs_decision(v, s, s->mine ? to : &v->me, &decision);
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
	view_put(o, "state", !view_active(s) ? view_record_state(s) : !decision ? "not decided" : view_exit_docs_accepts(decision) ? "accepted"
	                                                                                                                    : "disputed");
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

const struct api_row api_disposition_rows[] = {
	{"disposition.attest", attest, "attest what became of each thing held"},
	{"disposition.list", dispositions, "what was attested, by us and to us, and what was said to it"},
	{"disposition.accept", accept, "accept a disposition"},
	{"disposition.dispute", dispute, "do not accept it"},
	{NULL, NULL, NULL},
};
