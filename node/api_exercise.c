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

/* Who is told so, by name; and by whom the others are: participants need not be partners of each other. */
static void tell_who(struct api_call *c, const struct exercise *x, const struct draft *d, const char *before)
{
	char text[240] = "", name[NAMES_TEXT];
	size_t at = 0;
	bool leader = false;
	for (size_t i = 0; i < d->recipients && at < sizeof text; i++) {
		names_show(c->core, &d->to[i], name);
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%.60s", i ? ", " : "", name);
		leader = leader || id_eq(&d->to[i], &x->first->r.author);
	}
	saying_warn(c, "%stold so: %s", before, d->recipients ? text : "nobody");
	if (x->first->mine || d->recipients + 1 == x->who.n)
		return;
	names_show(c->core, &x->first->r.author, name);
	if (leader)
		saying_warn(c, "the others hear of it from %s, who leads it, as soon as that one passes it on", name);
	else
		saying_warn(c, "tell %s, who leads it, in another way: nobody else can tell the others", name);
}

/* Ours to pass on what a participant said to us: it was meant for all of them. Red stays where it is. */
static void rest_on(struct api_call *c, const struct exercise *x, struct value *body)
{
	const struct field *f = report_kind()->fields;
	const struct value *text = fields_get(f, view_body(x->end), "text");
	fields_set(c->arena, f, body, "rests_on", value_id(c->arena, &x->end->id));
	if (!fields_get(f, body, "text") && text && x->end->r.tlp <= TLP_AMBER)
		fields_set(c->arena, f, body, "text", value_copy(c->arena, text));
}

static enum err interrupt(struct api_call *c, struct view *v, const struct exercise *x)
{
	struct draft d = {.kind = report_kind(), .thread = &x->first->id, .exercise = &x->first->id};
	const struct field *f = d.kind->fields;
	struct value *body = value_map(c->arena);
	struct id id;
	char hex[13], said[100];
	bool over = x->state == EXERCISE_ABORTED;
	enum err e = body ? saying_to_all(c, v, over ? &x->untold : &x->who, &d) : ERR_MEMORY;
	if (e != OK || (over && !d.recipients))
		return e;
	fields_set(c->arena, f, body, "about", value_id(c->arena, &x->first->id));
	fields_set(c->arena, f, body, "step", value_int(c->arena, vocab_number(&vocab_exercise_step, SPAN("aborted", 7))));
	fields_set(c->arena, f, body, "text", value_str(c->arena, "a real incident"));
	if (over)
		rest_on(c, x, body);
	d.body = body;
	hex_encode(hex, x->first->id.b, 6);
	(void)snprintf(said, sizeof said, "the exercise %s is aborted: this incident is real; ", hex);
	tell_who(c, x, &d, said);
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
		if ((all[i].state == EXERCISE_RUNNING && view_ids_has(&all[i].who, &v.me)) || all[i].untold.n)
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
	if (end && x->untold.n)
		return OK; /* passed on to who may not know of it */
	if (end && x->state == EXERCISE_PLANNED)
		return api_fail(c, ERR_CONFLICT, x->first->mine ? "withdraw the plan with: tally record retract ID --reason WHY"
		                                                : "decline it with: tally reply ID declined", "it has not begun");
	if (x->state == EXERCISE_RUNNING)
		return OK;
	return api_fail(c, ERR_CONFLICT, "see: tally exercise show ID", "it is not running: it is %s", view_exercise_state(x));
}

/* How many reacted, and how fast, is what the leader alone can count: participants do not see each other's answers. */
static enum err put_counts(struct api_call *c, struct view *v, const struct exercise *x, struct value *body)
{
	const struct field *f = fields_find(report_kind()->fields, "counts");
	struct exercise_counts n;
	struct value *counts = value_map(c->arena);
	enum err e = counts ? view_exercise_counts(v, x, &n) : ERR_MEMORY;
	if (e != OK)
		return e;
	fields_set(c->arena, f->group, counts, "participants", value_int(c->arena, n.participants));
	fields_set(c->arena, f->group, counts, "accepted", value_int(c->arena, n.accepted));
	fields_set(c->arena, f->group, counts, "put", value_int(c->arena, n.put));
	fields_set(c->arena, f->group, counts, "reacted", value_int(c->arena, n.reacted));
	if (n.median >= 0)
		fields_set(c->arena, f->group, counts, "median_minutes", value_int(c->arena, n.median));
	fields_set(c->arena, report_kind()->fields, body, "counts", counts);
	return OK;
}

/* The inject as the plan has it; NULL: it has none of this id. */
static const struct value *planned(const struct exercise *x, struct span id)
{
	const struct field *f = fields_find(kind_by_number(KIND_EXERCISE_PLAN)->fields, "injects");
	const struct value *list = value_at(view_body(x->plan), f->key);
	for (size_t i = 0; i < value_count(list); i++) {
		struct span other;
		if (fields_str(f->group, value_item(list, i), "id", &other) && span_eq(other, id))
			return value_item(list, i);
	}
	return NULL;
}

static enum err no_inject(struct api_call *c, const struct exercise *x, struct span id)
{
	const struct field *f = fields_find(kind_by_number(KIND_EXERCISE_PLAN)->fields, "injects");
	const struct value *list = value_at(view_body(x->plan), f->key);
	char all[160] = "";
	size_t at = 0;
	struct span one;
	if (value_count(list) == 0) {
		saying_warn(c, "the plan names no injects: \"%.*s\" is known by this record alone", (int)(id.n < 40 ? id.n : 40), (const char *)id.p);
		return OK;
	}
	for (size_t i = 0; i < value_count(list) && at < sizeof all; i++)
		if (fields_str(f->group, value_item(list, i), "id", &one))
			at += (size_t)snprintf(all + at, sizeof all - at, "%s%.*s", i ? ", " : "", (int)(one.n < 24 ? one.n : 24), (const char *)one.p);
	return api_fail(c, ERR_NOT_FOUND, "give one of them, leave --inject out, or change the plan: tally exercise plan --supersedes ID",
	                "the plan has no inject \"%.*s\": it has %s", (int)(id.n < 40 ? id.n : 40), (const char *)id.p, all);
}

/* To whom the plan says; what is fed in twice is doubted. */
static enum err fed(struct api_call *c, struct view *v, const struct exercise *x, const struct value *body, struct ids *who)
{
	const struct field *f = report_kind()->fields, *g = fields_find(kind_by_number(KIND_EXERCISE_PLAN)->fields, "injects")->group;
	const struct value *one;
	struct span id, other;
	struct id to;
	if (!fields_str(f, body, "inject", &id))
		return OK;
	if (!(one = planned(x, id)))
		return no_inject(c, x, id);
	for (size_t i = 0; i < x->steps.n; i++)
		if (view_active(x->steps.p[i]) && fields_str(f, x->steps.p[i]->r.body, "inject", &other) && span_eq(other, id)) {
			saying_warn(c, "this inject was fed in before");
			break;
		}
	if (!fields_id(g, one, "to", &to))
		return OK;
	*who = (struct ids){0};
	return view_ids_add(v, who, &to);
}

static void doubt_time(struct api_call *c, const struct view *v, const struct exercise *x)
{
	const struct field *f = kind_by_number(KIND_EXERCISE_PLAN)->fields;
	if (v->now < view_int(f, view_body(x->plan), "starts") || v->now > view_int(f, view_body(x->plan), "ends"))
		saying_warn(c, "this is outside the time that was planned: participants may not be ready");
}

static enum err step(struct api_call *c, const char *word)
{
	struct draft d = {.kind = report_kind()};
	const struct field *f = d.kind->fields;
	struct view v;
	struct exercise x;
	struct value *body;
	struct ids who;
	struct id id;
	enum err e = named(c, &v, "plan", &x);
	if (e == OK)
		e = may_step(c, &x, word);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e != OK)
		return e;
	who = x.untold.n && strcmp(word, "report") != 0 ? x.untold : x.who;
	if (strcmp(word, "inject") == 0)
		e = fed(c, &v, &x, body, &who);
	if (e == OK && !d.recipients)
		e = saying_to_all(c, &v, &who, &d);
	if (e == OK && strcmp(word, "report") == 0 && x.first->mine)
		e = put_counts(c, &v, &x, body);
	if (e != OK)
		return e;
	if (x.untold.n && strcmp(word, "report") != 0) {
		word = "aborted";
		rest_on(c, &x, body);
	}
	fields_set(c->arena, f, body, "about", value_id(c->arena, &x.first->id));
	fields_set(c->arena, f, body, "step", value_int(c->arena, vocab_number(&vocab_exercise_step, SPAN(word, strlen(word)))));
	d.body = body;
	d.thread = &x.first->id;
	d.exercise = &x.first->id;
	e = saying_say(c, &d, &id);
	if (e == OK && strcmp(word, "aborted") == 0)
		tell_who(c, &x, &d, "it is aborted; ");
	if (e == OK && strcmp(word, "started") == 0)
		doubt_time(c, &v, &x);
	return e;
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
