#include "node/view_exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/duty.h"
#include "node/fieldjson.h"
#include "node/view_record.h"

static const struct field *plan_fields(void)
{
	return kind_by_number(KIND_EXERCISE_PLAN)->fields;
}

static const char *step_of(const struct seen *s)
{
	return view_word(s->kind->fields, s->r.body, "step");
}

/* ---- what it is, and how it stands ---- */

/* The leader starts, feeds in and stops; whoever takes part may abort it, for a real incident is no matter of rank. */
static void take_step(struct exercise *x, const struct seen *s)
{
	const char *step = step_of(s);
	bool leader = id_eq(&s->r.author, &x->first->r.author);
	if (!s->counts || s->withdrawn || x->state == EXERCISE_STOPPED || x->state == EXERCISE_ABORTED)
		return;
	if (strcmp(step, "started") == 0 && leader && x->state == EXERCISE_PLANNED) {
		x->state = EXERCISE_RUNNING;
		x->started = s->at;
	} else if ((strcmp(step, "stopped") == 0 && leader) || (strcmp(step, "aborted") == 0 && view_ids_has(&x->who, &s->r.author))) {
		x->state = strcmp(step, "aborted") == 0 ? EXERCISE_ABORTED : EXERCISE_STOPPED;
		x->ended = s->at;
		x->end = s;
	}
}

static enum err participants(struct view *v, struct exercise *x)
{
	const struct value *list = fields_get(plan_fields(), view_body(x->plan), "participants");
	enum err e = view_ids_add(v, &x->who, &x->first->r.author);
	for (size_t i = 0; e == OK && i < value_count(list); i++) {
		struct span s;
		struct id id;
		if (!value_is_bin(value_item(list, i), &s) || s.n != sizeof id.b)
			continue;
		memcpy(id.b, s.p, sizeof id.b);
		e = view_ids_add(v, &x->who, &id);
	}
	return e;
}

/* Whoever aborts it reaches his own partners: the rest hear of it by who leads it. */
static enum err put_untold(struct view *v, struct exercise *x)
{
	struct ids told = {0};
	enum err e = OK;
	if (x->state != EXERCISE_ABORTED || !x->first->mine)
		return OK;
	for (size_t i = 0; e == OK && i < x->steps.n; i++) {
		struct seen *s = x->steps.p[i];
		struct ids some;
		bool everybody;
		if (!s->counts || s->withdrawn || strcmp(step_of(s), "aborted") != 0)
			continue;
		x->passed_on = x->passed_on || s->mine;
		e = view_readers(v, s, &some, &everybody);
		if (e == OK)
			e = view_ids_add(v, &told, &s->r.author);
		for (size_t k = 0; e == OK && k < some.n; k++)
			e = view_ids_add(v, &told, &some.p[k]);
	}
	for (size_t i = 0; e == OK && i < x->who.n; i++)
		if (!id_eq(&x->who.p[i], &v->me) && !view_ids_has(&told, &x->who.p[i]))
			e = view_ids_add(v, &x->untold, &x->who.p[i]);
	return e;
}

static enum err from_plan(struct view *v, const struct seen *s, struct exercise *out)
{
	struct exercise x = {0};
	const struct series *all;
	enum err e = view_first(v, s, &x.first);
	if (e == OK)
		e = view_series(v, x.first, &all);
	for (size_t i = 0; e == OK && i < all->versions.n; i++)
		if (all->versions.p[i]->counts && !all->versions.p[i]->withdrawn)
			x.plan = all->versions.p[i];
	if (e != OK)
		return e;
	x.state = x.plan ? EXERCISE_PLANNED : EXERCISE_WITHDRAWN;
	x.plan = x.plan ? x.plan : x.first;
	e = participants(v, &x);
	if (e == OK)
		e = view_about(v, &x.first->id, KIND_EXERCISE_REPORT, &x.steps);
	for (size_t i = 0; e == OK && x.state != EXERCISE_WITHDRAWN && i < x.steps.n; i++)
		take_step(&x, x.steps.p[i]);
	if (e == OK)
		e = put_untold(v, &x);
	if (e == OK)
		*out = x;
	return e;
}

enum err view_exercise_of(struct view *v, const struct seen *any, struct exercise *out)
{
	struct seen *s;
	if (any->readable && any->r.kind == KIND_EXERCISE_PLAN)
		return from_plan(v, any, out);
	if (!any->readable || !any->r.has_exercise)
		return ERR_NOT_FOUND;
	enum err e = view_find(v, &any->r.exercise, &s);
	return e != OK ? e : s->readable && s->r.kind == KIND_EXERCISE_PLAN ? from_plan(v, s, out) : ERR_NOT_FOUND;
}

enum err view_exercise_by(struct view *v, const struct id *first, struct exercise *out)
{
	struct seen *s;
	enum err e = view_find(v, first, &s);
	return e == OK ? view_exercise_of(v, s, out) : e;
}

enum err view_exercise_all(struct view *v, struct exercise **out, size_t *count)
{
	struct seens list;
	struct exercise *all;
	size_t n = 0;
	enum err e = view_firsts(v, KIND_EXERCISE_PLAN, &list);
	if (e != OK)
		return e;
	if (!(all = arena_alloc(v->a, (list.n + 1) * sizeof *all)))
		return ERR_MEMORY;
	for (size_t i = 0; e == OK && i < list.n; i++)
		if (list.p[i]->good)
			e = from_plan(v, list.p[i], &all[n++]);
	*out = all;
	*count = n;
	return e;
}

const char *view_exercise_state(const struct exercise *x)
{
	switch (x->state) {
	case EXERCISE_PLANNED:
		return "planned";
	case EXERCISE_RUNNING:
		return "running";
	case EXERCISE_STOPPED:
		return "stopped";
	case EXERCISE_ABORTED:
		return "aborted";
	case EXERCISE_WITHDRAWN:
		return "withdrawn";
	}
	return "";
}

/* ---- reactions, by the receipts ---- */

static enum err stored_at(struct view *v, const struct seen *s, const struct id *org, int64_t *out)
{
	struct duty d = {.creditor = *org};
	enum err e = s->mine || id_eq(org, &v->me) ? duty_done(v, &d, s) : OK;
	*out = d.met;
	return e;
}

static bool prompts(const struct seen *s)
{
	if (s->r.kind == KIND_REPLY || s->r.kind == KIND_RETRACT || s->r.kind == KIND_INCIDENT_ANSWER || s->r.has_supersedes)
		return false;
	return s->r.kind != KIND_EXERCISE_REPORT || strcmp(step_of(s), "inject") == 0;
}

static bool answers(const struct seen *y, const struct seen *s)
{
	struct id about;
	if (s->r.kind == KIND_EXERCISE_REPORT) /* whatever they then say in it */
		return y->r.kind != KIND_EXERCISE_REPORT && view_order(s, y) < 0;
	return fields_find(y->kind->fields, "about") && fields_id(y->kind->fields, y->r.body, "about", &about) && id_eq(&about, &s->id);
}

struct prompt { /* what was put to one of them, and what they all said in the exercise */
	const struct seens *all;
	const struct seen *s;
	const struct id *org;
};

static enum err reaction(struct view *v, const struct exercise *x, const struct prompt *p, json_t *items)
{
	const struct seens *all = p->all;
	const struct seen *s = p->s, *y = NULL;
	const struct id *org = p->org;
	int64_t stored, back = 0;
	json_t *o = json_object();
	enum err e = o ? stored_at(v, s, org, &stored) : ERR_MEMORY;
	for (size_t i = 0; e == OK && !y && i < all->n; i++)
		if (id_eq(&all->p[i]->r.author, org) && answers(all->p[i], s))
			y = all->p[i];
	if (e == OK && y)
		e = stored_at(v, y, &s->r.author, &back);
	if (e != OK) {
		json_decref(o);
		return e;
	}
	view_put(o, "exercise", view_text(v, plan_fields(), view_body(x->plan), "title"));
	view_put_id(o, "id", &s->id);
	view_put(o, "kind", s->kind->name);
	view_put(o, "what", s->r.kind == KIND_EXERCISE_REPORT ? view_text(v, s->kind->fields, s->r.body, "inject") : view_record_title(v, s));
	view_put_org(v, o, "from", &s->r.author);
	view_put_org(v, o, "to", org);
	view_put_time(o, "sent", s->at);
	view_put_time(o, "stored", stored);
	if (y) {
		view_put_id(o, "reaction", &y->id);
		view_put(o, "reaction_kind", y->kind->name);
		view_put(o, "says", view_record_title(v, y));
		view_put_time(o, "reacted", back);
	}
	if (stored && back >= stored)
		(void)json_object_set_new(o, "minutes", json_integer((back - stored) / 60000));
	view_put(o, "state", y ? back ? "reacted" : "sent, not stored yet" : stored ? "no reaction" : "not stored yet");
	return json_array_append_new(items, o) == 0 ? OK : ERR_MEMORY;
}

static enum err in_exercise(struct view *v, const struct exercise *x, struct seens *out)
{
	struct seens list;
	enum err e = view_about(v, &x->first->id, 0, &list);
	*out = (struct seens){0};
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct seen *s = list.p[i];
		if (s->counts && !s->withdrawn && s->r.has_exercise && id_eq(&s->r.exercise, &x->first->id))
			e = view_push(v, out, s);
	}
	return e;
}

enum err view_exercise_reactions(struct view *v, const struct exercise *x, json_t *items)
{
	struct seens all;
	enum err e = in_exercise(v, x, &all);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		struct ids readers;
		bool everybody;
		if (!prompts(all.p[i]))
			continue;
		e = view_readers(v, all.p[i], &readers, &everybody);
		for (size_t k = 0; e == OK && k < readers.n; k++)
			if (!id_eq(&readers.p[k], &all.p[i]->r.author) && view_ids_has(&x->who, &readers.p[k]))
				e = reaction(v, x, &(struct prompt){&all, all.p[i], &readers.p[k]}, items);
	}
	return e;
}

/* ---- how many ---- */

/* What this one said to the plan; "": nothing that is seen here. */
static const char *said_to_plan(const struct seens *said, const struct id *who)
{
	const char *word = "";
	for (size_t k = 0; k < said->n; k++)
		if (view_active(said->p[k]) && id_eq(&said->p[k]->r.author, who))
			word = view_word(said->p[k]->kind->fields, said->p[k]->r.body, "decision");
	return word;
}

static int shorter(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static enum err count_reactions(struct view *v, const json_t *items, struct exercise_counts *out)
{
	int64_t *minutes = arena_alloc(v->a, (json_array_size(items) + 1) * sizeof *minutes);
	const json_t *item;
	size_t i, n = 0;
	if (!minutes)
		return ERR_MEMORY;
	json_array_foreach(items, i, item) {
		const json_t *took = json_object_get(item, "minutes");
		out->reacted += json_object_get(item, "reaction") != NULL;
		if (took)
			minutes[n++] = json_integer_value(took);
	}
	out->put = (int64_t)json_array_size(items);
	if (n)
		qsort(minutes, n, sizeof *minutes, shorter);
	out->median = n ? minutes[(n - 1) / 2] : -1;
	return OK;
}

enum err view_exercise_counts(struct view *v, const struct exercise *x, struct exercise_counts *out)
{
	struct exercise_counts n = {.participants = (int64_t)x->who.n - 1};
	struct seens said;
	json_t *items = json_array();
	enum err e = items ? view_thread(v, &x->first->root, KIND_REPLY, &said) : ERR_MEMORY;
	for (size_t i = 1; e == OK && i < x->who.n; i++)
		n.accepted += strcmp(said_to_plan(&said, &x->who.p[i]), "accepted") == 0;
	if (e == OK)
		e = view_exercise_reactions(v, x, items);
	if (e == OK)
		e = count_reactions(v, items, &n);
	json_decref(items);
	if (e == OK)
		*out = n;
	return e;
}

/* ---- JSON ---- */

static enum err put_untold_names(struct view *v, const struct exercise *x, json_t *o)
{
	char next[64], id[13];
	json_t *list = json_array();
	if (x->untold.n == 0) {
		json_decref(list);
		return OK;
	}
	for (size_t i = 0; i < x->untold.n; i++) {
		char name[VIEW_NAME];
		v->name(v->ctx, &x->untold.p[i], name);
		(void)json_array_append_new(list, view_string(name));
	}
	hex_encode(id, x->first->id.b, 6);
	(void)snprintf(next, sizeof next, "tally exercise stop %s", id);
	view_put(o, "next", next);
	return json_object_set_new(o, "not_told", list) == 0 ? OK : ERR_MEMORY;
}

enum err view_exercise_row(struct view *v, const struct exercise *x, json_t **out)
{
	const struct value *b = view_body(x->plan);
	json_t *o = json_object();
	if (!o)
		return ERR_MEMORY;
	view_put(o, "schema", "tally/exercise/1");
	view_put_id(o, "id", &x->first->id);
	view_put_author(v, o, x->first);
	view_put(o, "title", view_text(v, plan_fields(), b, "title"));
	view_put(o, "state", view_exercise_state(x));
	view_put_time(o, "starts", view_int(plan_fields(), b, "starts"));
	view_put_time(o, "ends", view_int(plan_fields(), b, "ends"));
	view_put_time(o, "started", x->started);
	view_put_time(o, "ended", x->ended);
	if (x->end) {
		view_put_org(v, o, "ended_by", &x->end->r.author);
		view_put(o, "because", view_text(v, x->end->kind->fields, x->end->r.body, "text"));
	}
	enum err e = put_untold_names(v, x, o);
	if (e == OK)
		*out = o;
	else
		json_decref(o);
	return e;
}

/* What each said to the plan. */
static enum err put_parties(struct view *v, const struct exercise *x, json_t *o)
{
	json_t *list = json_array();
	struct seens said;
	enum err e = json_object_set_new(o, "participants", list) == 0 ? view_thread(v, &x->first->root, KIND_REPLY, &said) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < x->who.n; i++) {
		bool seen = x->first->mine || id_eq(&x->who.p[i], &v->me);
		const char *word = i ? said_to_plan(&said, &x->who.p[i]) : "leads it";
		json_t *one = json_object();
		if (!*word)
			word = seen ? "not answered" : "says so to who leads it alone";
		view_put_org(v, one, "who", &x->who.p[i]);
		view_put(one, "says", word);
		e = json_array_append_new(list, one) == 0 ? OK : ERR_MEMORY;
	}
	return e;
}

static enum err put_steps(struct view *v, const struct exercise *x, json_t *o)
{
	json_t *list = json_array();
	enum err e = json_object_set_new(o, "steps", list) == 0 ? OK : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < x->steps.n; i++) {
		const struct seen *s = x->steps.p[i];
		char note[320];
		json_t *one = json_object();
		view_put_id(one, "id", &s->id);
		view_put_org(v, one, "from", &s->r.author);
		view_put_time(one, "at", s->at);
		if (view_body(s)) {
			json_t *body = fieldjson_write(s->kind->fields, s->r.body);
			(void)json_object_del(body, "about");
			(void)json_object_update(one, body);
			json_decref(body);
		}
		view_record_note(s, note);
		view_put(one, "note", note);
		e = json_array_append_new(list, one) == 0 ? OK : ERR_MEMORY;
	}
	return e;
}

enum err view_exercise_show(struct view *v, const struct exercise *x, json_t **out)
{
	json_t *o, *items;
	enum err e = view_exercise_row(v, x, &o);
	if (e != OK)
		return e;
	view_put(o, "banner", "EXERCISE: nothing that is said in it is real");
	if (view_body(x->plan)) {
		json_t *body = fieldjson_write(plan_fields(), x->plan->r.body);
		(void)json_object_del(body, "participants");
		(void)json_object_set_new(o, "plan", body);
	}
	e = put_parties(v, x, o);
	if (e == OK)
		e = put_steps(v, x, o);
	items = json_array();
	if (e == OK)
		e = json_object_set_new(o, "reactions", items) == 0 ? view_exercise_reactions(v, x, items) : ERR_MEMORY;
	if (e != OK) {
		json_decref(o);
		return e;
	}
	*out = o;
	return OK;
}
