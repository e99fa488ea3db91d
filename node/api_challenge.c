/* api_challenge.c - questioning a requirement, asking for an exception, how to meet requirements, what certifications cover. */
#include <stdio.h>
#include <string.h>

#include "node/api_requirement.h"
#include "node/names.h"
#include "node/view_ask.h"
#include "proto/when.h"

/* ---- about one requirement that is asked of us ---- */

struct asked { /* an assignment to us, one requirement of it, and the record that is said about it */
	struct view v;
	struct seen *about;
	struct assignment *of; /* NULL: the record is no assignment */
	struct ask ask;
	struct draft d;
	struct value *body;
};

static enum err find_rid(struct api_call *c, struct asked *a, const char *rid)
{
	struct asks all = {0};
	enum err e = view_ask_all(&a->v, a->of, &a->v.me, &all);
	for (size_t i = 0; e == OK && i < all.n; i++)
		if (strcmp(all.p[i].rid, rid) == 0) {
			a->ask = all.p[i];
			return OK;
		}
	return e != OK ? e : api_fail(c, ERR_INVALID, "see what is asked with: tally requirement show ID", "%.64s is not among what is asked", rid);
}

static enum err open_about(struct api_call *c, struct asked *a, const char *field)
{
	const char *rid;
	enum err e;
	saying_view(c, &a->v);
	e = saying_record(c, &a->v, "about", 0, &a->about);
	if (e == OK)
		e = saying_body(c, a->d.kind, saying_arg(c, "body"), &a->body);
	if (e == OK)
		e = saying_header(c, &a->d);
	if (e == OK)
		e = api_text(c, "rid", false, &rid);
	if (e != OK)
		return e;
	if (a->about->mine)
		return api_fail(c, ERR_POLICY, "see what is asked of us with: tally requirement list --owed", "that record is our own");
	if (a->about->readable && a->about->r.kind == KIND_REQUIREMENT_ASSIGN) {
		e = view_requirement_assignment(&a->v, a->about, &a->of);
		if (e == OK && rid)
			e = find_rid(c, a, rid);
	}
	fields_set(c->arena, a->d.kind->fields, a->body, field, value_id(c->arena, &a->about->id));
	if (rid)
		fields_set(c->arena, a->d.kind->fields, a->body, "rid", value_str(c->arena, rid));
	return e;
}

static enum err say_about(struct api_call *c, struct asked *a, struct id *id)
{
	a->d.body = a->body;
	a->d.thread = &a->about->root;
	if (a->about->r.has_exercise)
		a->d.exercise = &a->about->r.exercise;
	if (!a->d.recipients) {
		a->d.to = &a->about->r.author;
		a->d.recipients = 1;
	}
	return saying_say(c, &a->d, id);
}

static enum err challenge(struct api_call *c)
{
	struct asked a = {.d = {.kind = kind_by_number(KIND_CHALLENGE)}};
	struct id id;
	int64_t due = 0;
	char day[WHEN_TEXT];
	enum err e = open_about(c, &a, "about");
	if (e != OK)
		return e;
	(void)fields_int(a.d.kind->fields, a.body, "due", &due);
	if (a.ask.challenge && !a.ask.challenge->answer)
		saying_warn(c, "%s is challenged already, and not answered yet", a.ask.rid);
	if (due > view_ask_today(&a.v) + CHALLENGE_DAYS)
		saying_warn(c, "the time stands still for at most %d days, not until %d days from now", CHALLENGE_DAYS,
		            (int)(due - view_ask_today(&a.v)));
	e = say_about(c, &a, &id);
	if (e == OK && a.ask.of && a.ask.of->due) {
		int64_t last = view_ask_today(&a.v) + CHALLENGE_DAYS;
		when_format_date(due && due < last ? due : last, day);
		saying_next(c, "the time for %s stands still from when it is stored there until it is answered, at the latest %s", a.ask.rid, day);
	}
	return e;
}

static enum err challenges(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	return saying_items(c, view_challenge_list(&v, &items), &items);
}

/* The other side decides, and about what the command is for. */
static enum err decide(struct api_call *c, enum kind_number kind)
{
	struct view v;
	struct seen *s;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", kind, &s);
	if (e == OK && s->mine)
		return api_fail(c, ERR_POLICY, "take it back with: tally record retract ID --reason TEXT", "that is our own: the other side decides about it");
	return e == OK ? api_find("record.reply")->fn(c) : e;
}

static enum err answer(struct api_call *c)
{
	return decide(c, KIND_CHALLENGE);
}

/* ---- exceptions ---- */

static enum err grant(struct api_call *c)
{
	return decide(c, KIND_EXCEPTION_REQUEST);
}

static enum err exception(struct api_call *c)
{
	struct asked a = {.d = {.kind = kind_by_number(KIND_EXCEPTION_REQUEST)}};
	struct id id;
	int64_t until = 0;
	enum err e = open_about(c, &a, "assign");
	if (e == OK && !a.of)
		return api_fail(c, ERR_INVALID, "see what is asked of us with: tally requirement list --owed", "that is no assignment");
	if (e != OK)
		return e;
	(void)fields_int(a.d.kind->fields, a.body, "until", &until);
	if (until > view_ask_today(&a.v) + EXCEPTION_DAYS)
		return api_fail(c, ERR_INVALID, "ask for at most a year, and renew it when it is over", "an exception lasts at most 12 months");
	if (a.ask.exception)
		saying_warn(c, "this is renewal %zu of the exception for %s", a.ask.renewals + 1, a.ask.rid);
	return say_about(c, &a, &id);
}

/* ---- for all who were asked a set ---- */

static enum err to_askeds(struct api_call *c, struct view *v, struct seen *set, struct draft *d)
{
	struct assignment **all;
	struct ids who = {0};
	const struct series *of, *other;
	size_t n;
	enum err e = view_series(v, set, &of);
	if (e == OK)
		e = view_requirement_assignments(v, true, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		if (!all[i]->set || (e = view_series(v, all[i]->set, &other)) != OK || other != of)
			continue;
		for (size_t k = 0; e == OK && k < all[i]->parties.n; k++)
			e = view_ids_add(v, &who, &all[i]->parties.p[k]);
	}
	return e == OK ? saying_to_all(c, v, &who, d) : e;
}

/* Every rid that is named must be one of the set. */
static enum err check_rids(struct api_call *c, struct view *v, const struct seen *set, const struct draft *d)
{
	const struct field *f = fields_find(d->kind->fields, d->kind->number == KIND_GUIDANCE ? "rids" : "covers");
	const struct value *list = fields_get(d->kind->fields, d->body, f->name);
	(void)v;
	for (size_t i = 0; i < value_count(list); i++) {
		const struct value *item = f->group ? fields_get(f->group, value_item(list, i), "rid") : value_item(list, i);
		struct span s;
		char rid[65];
		if (!value_is_str(item, &s) || s.n >= sizeof rid)
			continue;
		(void)snprintf(rid, sizeof rid, "%.*s", (int)s.n, (const char *)s.p);
		if (!view_requirement_find(set, rid))
			return api_fail(c, ERR_INVALID, "see them with: tally requirement show SET", "the set has no requirement \"%.64s\"", rid);
	}
	return OK;
}

/* more: rows for the list of what is covered, beside those of a file. */
static enum err about_set(struct api_call *c, enum kind_number kind, const struct value *more)
{
	struct view v;
	struct seen *set, *old;
	struct value *body;
	struct id id;
	struct draft d = {.kind = kind_by_number(kind)};
	enum err e = api_requirement_set(c, &v, "set", KIND_REQUIREMENT_SET, &set);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && saying_arg(c, "supersedes") && (e = saying_record(c, &v, "supersedes", kind, &old)) == OK)
		d.supersedes = &old->id;
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "set", value_id(c->arena, &set->id));
	if (more && value_count(more)) {
		struct value *list = value_copy(c->arena, fields_get(d.kind->fields, body, "covers"));
		list = list ? list : value_array(c->arena);
		for (size_t i = 0; i < value_count(more); i++)
			value_push(c->arena, list, value_copy(c->arena, value_item(more, i)));
		fields_set(c->arena, d.kind->fields, body, "covers", list);
	}
	d.body = body;
	e = check_rids(c, &v, set, &d);
	if (e == OK && !d.recipients)
		e = to_askeds(c, &v, set, &d);
	if (e != OK)
		return e;
	if (!d.recipients)
		saying_next(c, "nobody is asked to meet that set yet: who will be gets it with the assignment");
	return saying_say(c, &d, &id);
}

static enum err guidance(struct api_call *c)
{
	return about_set(c, KIND_GUIDANCE, NULL);
}

/* "R1, R2=clause 5.1, or the rest of a part" in rows. */
static enum err covers(struct api_call *c, const char *arg, enum extent extent, struct value *list)
{
	const struct field *g = fields_find(kind_by_number(KIND_EQUIVALENCE)->fields, "covers")->group;
	const char *const *texts;
	size_t n;
	enum err e = saying_texts(c, arg, &texts, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		const char *equal = strchr(texts[i], '=');
		size_t k = equal ? (size_t)(equal - texts[i]) : strlen(texts[i]);
		struct value *row = value_map(c->arena);
		if (extent == EXTENT_PARTIAL && (!equal || !equal[1]))
			return api_fail(c, ERR_USAGE, "such as: --partial \"R4=the restore test\"", "\"%.60s\" must be RID=WHAT REMAINS", texts[i]);
		fields_set(c->arena, g, row, "rid", value_strn(c->arena, SPAN(texts[i], k)));
		fields_set(c->arena, g, row, "extent", value_int(c->arena, extent));
		if (equal && extent == EXTENT_PARTIAL)
			fields_set(c->arena, g, row, "remains", value_str(c->arena, equal + 1));
		value_push(c->arena, list, row);
	}
	return e;
}

static enum err equivalence(struct api_call *c)
{
	struct value *list = value_array(c->arena);
	enum err e = covers(c, "full", EXTENT_FULL, list);
	if (e == OK)
		e = covers(c, "partial", EXTENT_PARTIAL, list);
	return e == OK ? about_set(c, KIND_EQUIVALENCE, list) : e;
}

static enum err guidance_list(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	return saying_items(c, view_guidance_list(&v, &items), &items);
}

static enum err equivalence_list(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	return saying_items(c, view_guidance_covers(&v, &items), &items);
}

const struct api_row api_challenge_rows[] = {
	{"requirement.challenge", challenge, "question a requirement that is asked of us"},
	{"requirement.challenges", challenges, "what is questioned, and what was answered"},
	{"requirement.answer", answer, "answer a challenge"},
	{"exception.decide", grant, "grant or refuse an exception"},
	{"exception.request", exception, "ask to accept, until a date, that a requirement is not met"},
	{"guidance.add", guidance, "how to meet requirements of a set"},
	{"guidance.list", guidance_list, "how requirements can be met, by us and by others"},
	{"equivalence.list", equivalence_list, "which certificates meet which requirements"},
	{"equivalence.add", equivalence, "which requirements a certification meets"},
	{NULL, NULL, NULL},
};
