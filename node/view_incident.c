#include "node/view_incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/core.h"
#include "node/fieldjson.h"
#include "node/view_assess.h"
#include "node/view_clock.h"
#include "node/view_match.h"
#include "node/view_query.h"
#include "node/view_record.h"

static const struct field *notice(void)
{
	return kind_by_number(KIND_INCIDENT_NOTICE)->fields;
}

static const struct field *answers(void)
{
	return kind_by_number(KIND_INCIDENT_ANSWER)->fields;
}

/* ---- the series ---- */

bool view_incident_step(int64_t from, int64_t to)
{
	if (to == STAGE_CORRECTION || from == 0)
		return true;
	return from == STAGE_FINAL ? to == STAGE_EARLY : to >= from;
}

const char *view_incident_allowed(int64_t from)
{
	switch (from) {
	case STAGE_EARLY:
		return "early-warning, notification, intermediate, final or correction";
	case STAGE_NOTIFICATION:
		return "notification, intermediate, final or correction";
	case STAGE_INTERMEDIATE:
		return "intermediate, final or correction";
	case STAGE_FINAL:
		return "correction, or early-warning, which opens it again";
	}
	return "any stage";
}

static enum err judge_versions(struct view *v, struct incident *x)
{
	size_t withdrawn = 0;
	x->why = arena_alloc(v->a, (x->versions.n + 1) * sizeof *x->why);
	if (!x->why)
		return ERR_MEMORY;
	for (size_t i = 0; i < x->versions.n; i++) {
		struct seen *s = x->versions.p[i];
		int64_t stage = s->readable ? view_int(notice(), s->r.body, "stage") : 0;
		x->why[i] = s->reason;
		withdrawn += s->withdrawn;
		if (!s->counts)
			continue;
		if (!view_incident_step(x->stage, stage)) {
			x->why[i] = "its stage goes backward";
			continue;
		}
		if (x->stage == STAGE_FINAL && stage == STAGE_EARLY)
			x->opened = i;
		x->stage = stage == STAGE_CORRECTION && x->stage ? x->stage : stage;
		x->counts = true;
		if (!s->withdrawn)
			x->head = s;
	}
	if (!x->head)
		x->head = x->first;
	x->withdrawn = withdrawn == x->versions.n;
	x->closed = x->stage == STAGE_FINAL;
	return OK;
}

static bool about(const struct seen *s, const struct id *what)
{
	struct id id;
	return s->kind && fields_find(s->kind->fields, "about") && fields_id(s->kind->fields, s->r.body, "about", &id) && id_eq(&id, what);
}

/* By what refers to each version, not by the thread: many incidents may share one. */
static enum err gather_said(struct view *v, struct incident *x)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < x->versions.n; i++) {
		const struct id *version = &x->versions.p[i]->id;
		struct seens list;
		e = view_about(v, version, 0, &list);
		for (size_t j = 0; e == OK && j < list.n; j++)
			if (id_eq(&list.p[j]->root, &x->first->root) && about(list.p[j], version))
				e = view_push(v, &x->said, list.p[j]);
	}
	view_sort(&x->said);
	return e;
}

static enum err from_first(struct view *v, const struct seen *s, struct incident *out)
{
	struct seen *first;
	const struct series *all;
	enum err e = view_first(v, s, &first);
	if (e == OK && !first->incident) {
		struct incident *x = arena_alloc(v->a, sizeof *x);
		e = x ? view_series(v, first, &all) : ERR_MEMORY;
		if (e != OK)
			return e;
		x->first = first;
		x->versions = all->versions;
		x->forked = all->forked;
		e = judge_versions(v, x);
		if (e == OK)
			e = gather_said(v, x);
		if (e == OK)
			first->incident = x;
	}
	if (e == OK)
		*out = *first->incident;
	return e;
}

enum err view_incident_of(struct view *v, struct seen *any, struct incident *out)
{
	struct seen *s = any;
	enum err e = OK;
	if (s->readable && s->r.kind == KIND_FORWARD) {
		struct span inner;
		struct id id;
		if (!value_is_bin(fields_get(s->kind->fields, s->r.body, "record"), &inner))
			return ERR_NOT_FOUND;
		record_id(inner, &id);
		e = view_find(v, &id, &s);
	}
	if (e == OK && s->readable && s->r.kind != KIND_INCIDENT_NOTICE)
		e = view_find(v, &s->root, &s);
	if (e != OK)
		return e;
	return s->readable && s->r.kind == KIND_INCIDENT_NOTICE ? from_first(v, s, out) : ERR_NOT_FOUND;
}

/* ---- who got it, what they said ---- */

void view_incident_party(const struct incident *x, const struct id *org, struct incident_party *out)
{
	struct incident_party p = {.org = *org};
	for (size_t i = 0; i < x->said.n; i++) {
		struct seen *s = x->said.p[i];
		if (!s->counts || s->withdrawn || !id_eq(&s->r.author, org))
			continue;
		bool acknowledges = s->r.kind == KIND_REPLY && strcmp(view_word(s->kind->fields, s->r.body, "decision"), "acknowledged") == 0;
		if (acknowledges && !p.acknowledged)
			p.acknowledged = s;
		p.newest |= (acknowledges || s->r.kind == KIND_INCIDENT_ANSWER) && about(s, &x->head->id);
		if (s->r.kind != KIND_INCIDENT_ANSWER)
			continue;
		p.answered = p.answered ? p.answered : s;
		p.answer = s;
		if (!p.mitigated && strcmp(view_word(answers(), s->r.body, "impact"), "mitigated") == 0)
			p.mitigated = s->at;
	}
	*out = p;
}

/* ---- list ---- */

static const char *stage_word(int64_t stage)
{
	const char *w = vocab_word(&vocab_stage, stage);
	return w ? w : "unknown";
}

static const char *state(const struct incident *x)
{
	return x->withdrawn ? "withdrawn" : !x->counts ? "disregarded" : x->closed ? "closed" : "open";
}

static void put_state(const struct view *v, const struct incident *x, json_t *o)
{
	char text[160];
	struct incident_party p;
	view_incident_party(x, &v->me, &p);
	(void)snprintf(text, sizeof text, "%s%s%s%s", view_record_drill(x->first), state(x), x->forked ? ", inconsistent" : "",
	               x->first->mine || !x->counts || x->withdrawn ? "" : p.answer ? ", answered" : p.acknowledged ? ", acknowledged" : ", unanswered");
	view_put(o, "state", text);
	(void)json_object_set_new(o, "open", json_boolean(x->counts && !x->withdrawn && !x->closed));
}

static enum err row(struct view *v, const struct incident *x, json_t **out)
{
	const struct value *b = view_body(x->head);
	json_t *o = json_object();
	if (!o)
		return ERR_MEMORY;
	view_put(o, "schema", "tally/incident/1");
	view_put_id(o, "id", &x->first->id);
	view_put_id(o, "newest", &x->head->id);
	view_put_author(v, o, x->first);
	view_put(o, "stage", stage_word(x->stage));
	view_put(o, "severity", view_word(notice(), b, "severity"));
	view_put(o, "title", view_text(v, notice(), b, "title"));
	view_put_time(o, "aware", view_int(notice(), b, "aware"));
	view_put_time(o, "received", x->first->received);
	if (x->first->r.has_exercise)
		view_put_id(o, "exercise", &x->first->r.exercise);
	if (x->first->has_via)
		view_put_org(v, o, "via", &x->first->via);
	if (x->head->has_via) { /* its author may have said more since, to whom it deals with */
		struct seen *forward;
		enum err e = view_find(v, &x->head->via_record, &forward);
		if (e == OK)
			view_put_time(o, "as_of", forward->r.created);
		else if (e != ERR_NOT_FOUND) {
			json_decref(o);
			return e;
		}
	}
	put_state(v, x, o);
	*out = o;
	return OK;
}

struct listed {
	int64_t created;
	struct id id;
	json_t *row;
};

struct list {
	const struct incident_wanted *wanted;
	struct listed *p;
	size_t n, cap;
};

static enum err list_one(struct view *light, struct seen *s, void *ctx)
{
	struct list *list = ctx;
	struct incident x;
	bool begins;
	enum err e = view_begins(light, s, &begins);
	if (e != OK || !begins || (list->wanted->from && !id_eq(list->wanted->from, &s->r.author)) || (e = from_first(light, s, &x)) != OK)
		return e;
	if (list->wanted->open && (x.closed || x.withdrawn || !x.counts))
		return OK;
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 64;
		struct listed *p = realloc(list->p, cap * sizeof *p);
		if (!p)
			return ERR_MEMORY;
		list->p = p;
		list->cap = cap;
	}
	list->p[list->n] = (struct listed){s->r.created, s->id, NULL};
	e = row(light, &x, &list->p[list->n].row);
	list->n += e == OK;
	return e;
}

static int newest(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;
	return x->created != y->created ? (x->created < y->created) - (x->created > y->created) : id_cmp(&y->id, &x->id);
}

enum err view_incident_list(struct view *v, const struct incident_wanted *wanted, json_t **out)
{
	struct list list = {.wanted = wanted};
	json_t *items = json_array();
	enum err e = items ? view_each(v, KIND_INCIDENT_NOTICE, list_one, &list) : ERR_MEMORY;
	if (list.n)
		qsort(list.p, list.n, sizeof *list.p, newest);
	for (size_t i = 0; i < list.n; i++) {
		if (e == OK && (wanted->limit == 0 || i < wanted->limit))
			(void)json_array_append(items, list.p[i].row);
		json_decref(list.p[i].row);
	}
	free(list.p);
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}

/* ---- in full ---- */

static json_t *history(struct view *v, const struct incident *x)
{
	json_t *list = json_array();
	for (size_t i = 0; i < x->versions.n; i++) {
		const struct seen *s = x->versions.p[i];
		char note[320];
		json_t *o = json_object();
		view_put_id(o, "id", &s->id);
		if (s->readable)
			view_put(o, "stage", stage_word(view_int(notice(), s->r.body, "stage")));
		view_put_time(o, "created", s->r.created);
		view_put_time(o, "received", s->received);
		view_record_note(s, note);
		if (*x->why[i] && s->counts)
			(void)snprintf(note, sizeof note, "disregarded: %s", x->why[i]);
		view_put(o, "note", note);
		if (s->has_via)
			view_put_org(v, o, "via", &s->via);
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *responses(struct view *v, const struct incident *x)
{
	json_t *a = json_array();
	for (size_t i = 0; i < x->said.n; i++) {
		const struct seen *s = x->said.p[i];
		char note[320];
		json_t *o;
		if (s->r.kind == KIND_RETRACT || !(o = json_object()))
			continue;
		view_put_id(o, "id", &s->id);
		view_put(o, "kind", s->kind->name);
		view_put_org(v, o, "from", &s->r.author);
		view_put_time(o, "at", s->at);
		view_put(o, "says", view_record_title(v, s));
		view_record_note(s, note);
		view_put(o, "note", note);
		if (view_body(s) && s->r.kind == KIND_INCIDENT_ANSWER)
			(void)json_object_set_new(o, "body", fieldjson_write(s->kind->fields, s->r.body));
		(void)json_array_append_new(a, o);
	}
	return a;
}

/* What of ours it touches, and what it is to us. */
static enum err put_ours(struct view *v, const struct incident *x, json_t *o)
{
	json_t *match;
	enum err e = view_match_json(v, x, &match);
	if (e != OK)
		return e;
	if (json_array_size(match) > 0)
		(void)json_object_set(o, "touches", match);
	json_decref(match);
	return view_assess_json(v, x, o);
}

enum err view_incident_show(struct view *v, const struct incident *x, json_t **out)
{
	json_t *o, *clocks;
	enum err e = view_clock_json(v, x, &clocks);
	if (e != OK)
		return e;
	if ((e = row(v, x, &o)) != OK) {
		json_decref(clocks);
		return e;
	}
	if (view_body(x->head)) {
		json_t *body = fieldjson_write(notice(), x->head->r.body), *actions = json_object_get(body, "actions");
		if (actions)
			(void)json_object_set(o, "actions", actions);
		(void)json_object_del(body, "actions");
		(void)json_object_set_new(o, "body", body);
	}
	if (x->forked)
		view_put(o, "inconsistent", "one version has two successors; its author must say which holds");
	(void)json_object_set_new(o, "history", history(v, x));
	(void)json_object_set_new(o, "answers", responses(v, x));
	(void)json_object_set_new(o, "clocks", clocks);
	e = put_ours(v, x, o);
	if (e != OK)
		json_decref(o);
	else
		*out = o;
	return e;
}
