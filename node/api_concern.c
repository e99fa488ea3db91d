/* api_concern.c - concerns and issues for the dispatcher: raise, share, answer, and how they stand. */
#include <string.h>

#include "node/names.h"
#include "node/saying.h"
#include "node/view_concern.h"
#include "node/view_record.h"

/* Without --to: whoever said the record it is about. */
static enum err say(struct api_call *c, enum kind_number kind)
{
	const struct kind *k = kind_by_number(kind);
	struct view v;
	struct value *body;
	struct seen *s;
	struct id about;
	json_t *args;
	char hex[65] = "";
	enum err e = saying_body(c, k, saying_arg(c, "body"), &body);
	if (e != OK)
		return e;
	(void)json_object_del(c->result, "warnings"); /* record.new says them again */
	saying_view(c, &v);
	if (!saying_arg(c, "to") && !saying_arg(c, "supersedes")) {
		e = fields_id(k->fields, body, "record", &about) ? view_find(&v, &about, &s) : ERR_NOT_FOUND;
		if (e == ERR_NOT_FOUND || (e == OK && s->mine))
			return api_fail(c, ERR_USAGE, "name them with: --to PARTNER", "nobody to tell");
		if (e != OK)
			return e;
		hex_encode(hex, s->r.author.b, 32);
	}
	if (!(args = saying_args(c)))
		return ERR_MEMORY;
	if (hex[0])
		view_put(args, "to", hex);
	view_put(args, "kind", k->name);
	return saying_pass_on(c, "record.new", args);
}

static enum err raise_concern(struct api_call *c)
{
	return say(c, KIND_CONCERN);
}

static enum err share(struct api_call *c)
{
	return say(c, KIND_ISSUE);
}

/* ---- answers ---- */

static enum err find(struct api_call *c, struct view *v, const char *arg, enum kind_number kind, struct seen **out)
{
	saying_view(c, v);
	return saying_record(c, v, arg, kind, out);
}

static enum err answer(struct api_call *c)
{
	struct view v;
	struct seen *s;
	enum err e = find(c, &v, "record", KIND_CONCERN, &s);
	return e == OK ? saying_pass_on(c, "record.reply", saying_args(c)) : e;
}

/* What changed is sent along where it is ours and they have not got it. */
static enum err send_changed(struct api_call *c, struct view *v, const struct seen *issue, const struct value *ids)
{
	struct complaint why;
	struct id id;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < value_count(ids); i++) {
		struct seen *s;
		if (!value_is_id(value_item(ids, i), &id) || view_find(v, &id, &s) != OK || !s->mine)
			continue;
		e = core_send(c->core, &id, &issue->r.author, &why);
		if (e == ERR_TLP || e == ERR_NOT_PARTNER || e == ERR_POLICY) {
			saying_warn(c, "they cannot have the %s that changed: %s", s->kind ? s->kind->name : "record", err_text(e));
			e = OK;
		}
	}
	return e;
}

static enum err outcome(struct api_call *c)
{
	const struct kind *k = kind_by_number(KIND_REPLY);
	struct view v;
	struct seen *s;
	struct value *body;
	enum err e = find(c, &v, "record", KIND_ISSUE, &s);
	if (e == OK)
		e = saying_body(c, k, saying_arg(c, "body"), &body);
	if (e != OK)
		return e;
	(void)json_object_del(c->result, "warnings");
	const struct value *ids = fields_get(k->fields, body, "changed");
	if (!s->mine)
		e = send_changed(c, &v, s, ids);
	return e == OK ? saying_pass_on(c, "record.reply", saying_args(c)) : e;
}

/* ---- how they stand ---- */

static enum err row(struct view *v, const struct concern *x, json_t **out)
{
	const struct field *f = x->now->kind->fields;
	const struct value *b = view_body(x->now);
	char next[160], state[120];
	json_t *o = json_object();
	if (!o)
		return ERR_MEMORY;
	view_concern_show_next(v, x, next);
	(void)snprintf(state, sizeof state, "%s%s", view_record_drill(x->now), view_concern_show_state(x));
	view_put_id(o, "id", &x->now->id);
	view_put_org(v, o, "from", &x->first->r.author);
	view_put_org(v, o, "to", &x->party);
	view_put(o, "title", view_text(v, f, b, "title"));
	view_put(o, "about", view_word(f, b, x->now->r.kind == KIND_ISSUE ? "type" : "topic"));
	if (x->now->r.kind == KIND_CONCERN)
		view_put(o, "source", view_word(f, b, "source"));
	view_put(o, "severity", view_word(f, b, "severity"));
	view_put_time(o, "since", x->first->at);
	view_put(o, "state", state);
	(void)json_object_set_new(o, "waits_for_us", json_boolean(view_concern_waits(v, x)));
	view_put(o, "next", next);
	*out = o;
	return OK;
}

/* The soonest of what is still to be done about it. */
static void put_due(struct view *v, const struct duties *all, const struct concern *x, json_t *o)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct duty *d = &all->p[i];
		bool ours = id_eq(&d->debtor, &x->party) || id_eq(&d->creditor, &x->party);
		if (d->of != x->first || !ours || d->met)
			continue;
		char state[DUTY_STATE];
		duty_state(v, d, state);
		view_put_time(o, "due", d->due);
		view_put(o, "clock", state);
		return;
	}
}

static enum err list_kind(struct api_call *c, enum kind_number kind)
{
	struct view v;
	struct concerns all;
	struct duties due = {0};
	json_t *items = json_array();
	saying_view(c, &v);
	enum err e = items ? view_concern_all(&v, kind, &all) : ERR_MEMORY;
	if (e == OK)
		e = view_concern_duty_add(&v, &due);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		json_t *o;
		bool waits = view_concern_waits(&v, &all.p[i]);
		if (api_flag(c, "open") && !waits)
			continue;
		e = row(&v, &all.p[i], &o);
		if (e != OK)
			break;
		put_due(&v, &due, &all.p[i], o);
		(void)json_array_append_new(items, o);
	}
	if (e != OK)
		json_decref(items);
	return saying_items(c, e, &items);
}

static enum err list_concerns(struct api_call *c)
{
	return list_kind(c, KIND_CONCERN);
}

static enum err list_issues(struct api_call *c)
{
	return list_kind(c, KIND_ISSUE);
}

static enum err show_kind(struct api_call *c, const char *arg, enum kind_number kind)
{
	struct view v;
	struct seen *s;
	struct concerns with = {0};
	json_t *o, *list = json_array();
	enum err e = find(c, &v, arg, kind, &s);
	if (e == OK)
		e = saying_sheet(c, view_record_sheet(&v, s, &o), &o);
	if (e == OK)
		e = view_concern_of(&v, s, &with);
	for (size_t i = 0; e == OK && i < with.n; i++)
		if ((e = row(&v, &with.p[i], &o)) == OK)
			(void)json_array_append_new(list, o);
	if (e == OK && with.n) {
		(void)json_object_set(c->result, "standing", list);
		e = view_concern_show_history(&v, &with.p[0], &o);
		if (e == OK)
			(void)json_object_set_new(c->result, "history", o);
	}
	json_decref(list);
	return e;
}

static enum err show_concern(struct api_call *c)
{
	return show_kind(c, "concern", KIND_CONCERN);
}

static enum err show_issue(struct api_call *c)
{
	return show_kind(c, "issue", KIND_ISSUE);
}

const struct api_row api_concern_rows[] = {
	{"concern.raise", raise_concern, "raise a concern with a partner"},
	{"concern.list", list_concerns, "concerns, ours and others', as they stand with each party"},
	{"concern.show", show_concern, "one concern in full, with all that was said about it"},
	{"concern.answer", answer, "acknowledge, decide, say what was done, or whether it helped"},
	{"issue.share", share, "share a weakness, near miss, lesson or proposal"},
	{"issue.list", list_issues, "issues, ours and others'"},
	{"issue.show", show_issue, "one issue in full, with what came of it"},
	{"issue.outcome", outcome, "decide about an issue, and name what changed"},
	{NULL, NULL, NULL},
};
