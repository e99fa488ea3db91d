#include "node/api_exercise.h"

#include <string.h>

#include "node/names.h"
#include "node/view_exercise.h"

static const struct kind *report_kind(void)
{
	return kind_by_number(KIND_EXERCISE_REPORT);
}

/* ---- apart from what is real ---- */

static enum err named(struct api_call *c, struct view *v, const char *argument, struct exercise *out)
{
	struct seen *s;
	saying_view(c, v);
	enum err e = saying_record(c, v, argument, 0, &s);
	if (e == OK)
		e = view_exercise_of(v, s, out);
	if (e == ERR_NOT_FOUND && !c->why.text[0])
		return api_fail(c, e, "see: tally exercise list", "that record belongs to no exercise whose plan is here");
	return e;
}

enum err api_exercise_read(struct api_call *c, struct draft *d)
{
	struct view v;
	struct exercise x;
	enum err e;
	if (!saying_arg(c, "exercise"))
		return OK;
	e = named(c, &v, "exercise", &x);
	if (e == OK)
		d->exercise = &x.first->id;
	return e;
}

static enum err with_thread(struct api_call *c, struct view *v, struct draft *d)
{
	struct seen *root;
	enum err e = d->thread ? view_find(v, d->thread, &root) : ERR_NOT_FOUND;
	if (e != OK || !root->readable)
		return e == ERR_NOT_FOUND ? OK : e;
	if (root->r.kind == KIND_EXERCISE_PLAN)
		return OK;
	if (!d->exercise && root->r.has_exercise)
		d->exercise = &root->r.exercise;
	if (d->exercise && !root->r.has_exercise)
		return api_fail(c, ERR_POLICY, "say it without --exercise", "what it belongs to is real");
	if (d->exercise && !id_eq(d->exercise, &root->r.exercise))
		return api_fail(c, ERR_POLICY, "see: tally exercise list", "what it belongs to is part of another exercise");
	return OK;
}

enum err api_exercise_fits(struct api_call *c, struct draft *d)
{
	struct view v;
	struct exercise x;
	char name[NAMES_TEXT];
	saying_view(c, &v);
	enum err e = with_thread(c, &v, d);
	if (e != OK || !d->exercise)
		return e;
	e = view_exercise_by(&v, d->exercise, &x);
	if (e != OK) /* its plan did not reach us: who answers in it needs none */
		return e == ERR_NOT_FOUND ? OK : e;
	if (x.state != EXERCISE_RUNNING && d->kind->number != KIND_EXERCISE_REPORT && d->kind->number != KIND_RETRACT && d->kind->number != KIND_REPLY)
		return api_fail(c, ERR_CONFLICT, "see: tally exercise show ID", "that exercise is not running: it is %s", view_exercise_state(&x));
	if (d->recipients == 0)
		return api_fail(c, ERR_USAGE, "name participants with: --to PARTNER", "what belongs to an exercise goes to its participants alone");
	for (size_t i = 0; i < d->recipients; i++)
		if (!view_ids_has(&x.who, &d->to[i])) {
			names_show(c->core, &d->to[i], name);
			return api_fail(c, ERR_POLICY, "leave them out, or say it without --exercise", "%s takes no part in that exercise", name);
		}
	return OK;
}

static enum err interrupt(struct api_call *c, struct view *v, const struct exercise *x)
{
	struct draft d = {.kind = report_kind(), .thread = &x->first->id, .exercise = &x->first->id};
	const struct field *f = d.kind->fields;
	struct value *body = value_map(c->arena);
	struct id id;
	char hex[65];
	enum err e = body ? saying_to_all(c, v, &x->who, &d) : ERR_MEMORY;
	if (e != OK)
		return e;
	fields_set(c->arena, f, body, "about", value_id(c->arena, &x->first->id));
	fields_set(c->arena, f, body, "step", value_int(c->arena, vocab_number(&vocab_exercise_step, SPAN("aborted", 7))));
	fields_set(c->arena, f, body, "text", value_str(c->arena, "a real incident"));
	d.body = body;
	hex_encode(hex, x->first->id.b, 6);
	saying_warn(c, "the exercise %s is aborted: this incident is real, and its participants are told so", hex);
	return core_say(c->core, &d, &id, &c->why);
}

enum err api_exercise_interrupt(struct api_call *c)
{
	struct exercise *all;
	struct view v;
	size_t n;
	saying_view(c, &v);
	enum err e = view_exercise_all(&v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		if (all[i].state == EXERCISE_RUNNING && view_ids_has(&all[i].who, &v.me))
			e = interrupt(c, &v, &all[i]);
	return e;
}

/* ---- plan ---- */

static enum err plan(struct api_call *c)
{
	struct draft d = {.kind = kind_by_number(KIND_EXERCISE_PLAN)};
	struct view v;
	struct ids who = {0};
	struct value *body;
	struct seen *before = NULL;
	struct id id;
	saying_view(c, &v);
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && saying_arg(c, "supersedes"))
		e = saying_record(c, &v, "supersedes", KIND_EXERCISE_PLAN, &before);
	if (e != OK)
		return e;
	const struct value *list = fields_get(d.kind->fields, body, "participants");
	for (size_t i = 0; e == OK && i < value_count(list); i++) {
		struct span s;
		if (!value_is_bin(value_item(list, i), &s) || s.n != sizeof id.b)
			continue;
		memcpy(id.b, s.p, sizeof id.b);
		e = view_ids_add(&v, &who, &id);
	}
	if (e == OK && !d.recipients)
		e = saying_to_all(c, &v, &who, &d);
	if (e == OK && !d.recipients)
		return api_fail(c, ERR_USAGE, "name them with: --participant PARTNER", "nobody to take part");
	if (e != OK)
		return e;
	if (before && !before->mine)
		return api_fail(c, ERR_POLICY, "see who leads it: tally exercise show ID", "only who planned it can change it");
	d.body = body;
	d.supersedes = before ? &before->id : NULL;
	d.thread = before ? &before->root : NULL;
	e = saying_say(c, &d, &id);
	if (e == OK && !before)
		saying_next(c, "start it when all have accepted: tally exercise start %.12s", json_string_value(json_object_get(c->result, "id")));
	return e;
}

/* ---- how it goes ---- */

static enum err may_step(struct api_call *c, const struct exercise *x, const char *step)
{
	bool end = strcmp(step, "stopped") == 0 || strcmp(step, "aborted") == 0;
	if (strcmp(step, "report") == 0)
		return x->started ? OK : api_fail(c, ERR_CONFLICT, "start it with: tally exercise start ID", "it has not begun");
	if (strcmp(step, "aborted") != 0 && !x->first->mine)
		return api_fail(c, ERR_POLICY, "abort it with: tally exercise stop ID --abort --text WHY", "only who planned it does that");
	if (strcmp(step, "started") == 0)
		return x->state == EXERCISE_PLANNED ? OK : api_fail(c, ERR_CONFLICT, "plan another one", "it is %s already", view_exercise_state(x));
	if (end && x->state == EXERCISE_PLANNED)
		return api_fail(c, ERR_CONFLICT, "withdraw the plan with: tally record retract ID --reason WHY", "it has not begun");
	if (x->state == EXERCISE_RUNNING)
		return OK;
	return api_fail(c, ERR_CONFLICT, "see: tally exercise show ID", "it is not running: it is %s", view_exercise_state(x));
}

static enum err step(struct api_call *c, const char *word)
{
	struct draft d = {.kind = report_kind()};
	const struct field *f = d.kind->fields;
	struct view v;
	struct exercise x;
	struct value *body;
	struct id id;
	enum err e = named(c, &v, "plan", &x);
	if (e == OK)
		e = may_step(c, &x, word);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && !d.recipients)
		e = saying_to_all(c, &v, &x.who, &d);
	if (e != OK)
		return e;
	fields_set(c->arena, f, body, "about", value_id(c->arena, &x.first->id));
	fields_set(c->arena, f, body, "step", value_int(c->arena, vocab_number(&vocab_exercise_step, SPAN(word, strlen(word)))));
	d.body = body;
	d.thread = &x.first->id;
	d.exercise = &x.first->id;
	return saying_say(c, &d, &id);
}

static enum err start(struct api_call *c)
{
	return step(c, "started");
}

static enum err stop(struct api_call *c)
{
	return step(c, api_flag(c, "abort") ? "aborted" : "stopped");
}

static enum err inject(struct api_call *c)
{
	return step(c, "inject");
}

static enum err report(struct api_call *c)
{
	return step(c, "report");
}

/* ---- to see ---- */

static enum err list(struct api_call *c)
{
	struct exercise *all;
	struct view v;
	size_t n = 0;
	json_t *items = json_array();
	saying_view(c, &v);
	enum err e = items ? view_exercise_all(&v, &all, &n) : ERR_MEMORY;
	for (size_t i = n; e == OK && i-- > 0;) {
		json_t *o;
		e = view_exercise_row(&v, &all[i], &o);
		if (e == OK)
			(void)json_array_append_new(items, o);
	}
	if (e != OK)
		json_decref(items);
	return saying_items(c, e, &items);
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct exercise x;
	json_t *o;
	enum err e = named(c, &v, "plan", &x);
	return e == OK ? saying_sheet(c, view_exercise_show(&v, &x, &o), &o) : e;
}

const struct api_row api_exercise_rows[] = {
	{"exercise.plan", plan, "plans one: {body, supersedes, to} -> {id}"},
	{"exercise.start", start, "it begins: {plan, body} -> {id}"},
	{"exercise.inject", inject, "what a participant is told in it: {plan, body, to} -> {id}"},
	{"exercise.stop", stop, "it ends: {plan, abort, body} -> {id}"},
	{"exercise.report", report, "what was learnt: {plan, body} -> {id}"},
	{"exercise.list", list, "exercises, ours and others'"},
	{"exercise.show", show, "one, with who takes part, how it went, and how fast they reacted: {plan}"},
	{NULL, NULL, NULL},
};
