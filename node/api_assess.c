/* api_assess.c - what a partner's incident is to us: confirmed, dismissed; and which authority we told of it or of one of our own. */
#include <string.h>

#include "node/api_exercise.h"
#include "node/api_incident.h"
#include "node/clocks.h"
#include "node/view_assess.h"
#include "node/view_clock.h"
#include "proto/when.h"
#include "store/locals.h"

static enum err counting(struct api_call *c, struct view *v, struct incident *out)
{
	enum err e = api_incident_named(c, v, out);
	if (e != OK)
		return e;
	if (out->first->r.has_exercise)
		return api_fail(c, ERR_POLICY, "answer it with: tally incident answer ID", "that is an exercise: no law's clock runs");
	if (!out->counts)
		return api_fail(c, ERR_POLICY, "see why: tally incident show ID", "that notice counts for nothing");
	return OK;
}

static enum err find(struct api_call *c, struct view *v, struct incident *out)
{
	enum err e = counting(c, v, out);
	if (e == OK && out->first->mine)
		return api_fail(c, ERR_POLICY, "say more with: tally incident update ID", "that incident is our own: its clocks run from our notice");
	return e;
}

/* The row, or a new one. */
static enum err row_of(struct api_call *c, const struct incident *x, struct value **out)
{
	const struct value *held;
	char name[65];
	hex_encode(name, x->first->id.b, 32);
	enum err e = locals_get(core_txn(c->core), &local_assessment, name, c->arena, &held);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	*out = e == OK ? value_copy(c->arena, held) : value_map(c->arena);
	if (e == ERR_NOT_FOUND) {
		fields_set(c->arena, assessment_fields, *out, "name", value_str(c->arena, name));
		fields_set(c->arena, assessment_fields, *out, "created", value_int(c->arena, core_now(c->core)));
	}
	return *out ? OK : ERR_MEMORY;
}

/* A new decision; what was told, and which clocks run, stays. */
static enum err decided(struct api_call *c, const struct incident *x, enum assessed decision, const char *reason, struct value **out)
{
	static const char *const stays[] = {"name", "created", "told", "clocks"};
	struct value *old, *row = value_map(c->arena);
	enum err e = row ? row_of(c, x, &old) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < sizeof stays / sizeof *stays; i++) {
		const struct value *v = fields_get(assessment_fields, old, stays[i]);
		if (v)
			fields_set(c->arena, assessment_fields, row, stays[i], value_copy(c->arena, v));
	}
	if (e != OK)
		return e;
	fields_set(c->arena, assessment_fields, row, "decision", value_int(c->arena, decision));
	fields_set(c->arena, assessment_fields, row, "decided", value_int(c->arena, core_now(c->core)));
	if (reason && *reason)
		fields_set(c->arena, assessment_fields, row, "reason", value_str(c->arena, reason));
	*out = row;
	return OK;
}

static enum err keep(struct api_call *c, const struct incident *x, struct value *row, const char *what)
{
	char hex[65];
	hex_encode(hex, x->first->id.b, 32);
	fields_set(c->arena, assessment_fields, row, "changed", value_int(c->arena, core_now(c->core)));
	enum err e = locals_check(&local_assessment, row, &c->why);
	if (e == OK)
		e = locals_put(core_txn(c->core), &local_assessment, hex, row);
	api_set(c->result, "id", hex);
	return e == OK ? operations_add(core_txn(c->core), core_now(c->core), "operator", what, hex) : e;
}

/* What was said before, and since when; false: that was not it. */
static bool stood(const struct value *row, enum assessed decision, char day[static WHEN_TEXT])
{
	int64_t held = 0, at = 0;
	(void)fields_int(assessment_fields, row, "decision", &held);
	(void)fields_int(assessment_fields, row, "decided", &at);
	when_format_date(at / WHEN_DAY_MS, day);
	return held == (int64_t)decision;
}

/* A moment that was typed; ahead of our clock it is refused. */
static enum err past(struct api_call *c, const char *name, int64_t otherwise, int64_t *out)
{
	const char *text;
	enum err e = api_text(c, name, false, &text);
	if (e != OK)
		return e;
	*out = otherwise;
	if (text && when_parse(text, out) != OK)
		return api_fail(c, ERR_USAGE, "write it as 2026-11-23T09:00:00Z", "%s: \"%.40s\" is no time", name, text);
	if (*out > core_now(c->core))
		return api_fail(c, ERR_INVALID, "give a time that is past", "%s lies ahead", name);
	return OK;
}

static enum err chosen(struct api_call *c, struct view *v, struct value *row)
{
	const char *const *texts;
	struct value *list = value_array(c->arena);
	size_t n;
	enum err e = saying_texts(c, "clock", &texts, &n);
	if (e == OK && !v->clocks)
		e = clocks_shipped(c->arena, &v->clocks);
	for (size_t i = 0; e == OK && i < n; i++) {
		if (!clocks_find(v->clocks, texts[i]))
			return api_fail(c, ERR_NOT_FOUND, "see: tally clock list", "there is no clock profile \"%.40s\"", texts[i]);
		value_push(c->arena, list, value_str(c->arena, texts[i]));
	}
	if (e == OK && n)
		fields_set(c->arena, assessment_fields, row, "clocks", list);
	return e;
}

static void put_clocks(struct api_call *c, const json_t *show)
{
	const char *hex = json_string_value(json_object_get(c->result, "id"));
	(void)json_object_set(c->result, "clocks", json_object_get(show, "clocks"));
	saying_next(c, "tell the authority, then say so: tally incident told %.12s --stage early-warning", hex);
}

static enum err confirm(struct api_call *c)
{
	struct view v;
	struct incident x;
	struct value *row, *old = NULL;
	const char *reason;
	int64_t aware = core_now(c->core), before = 0, decision = 0;
	char day[WHEN_TEXT];
	json_t *show;
	enum err e = find(c, &v, &x);
	if (e == OK)
		e = row_of(c, &x, &old);
	if (e == OK && fields_int(assessment_fields, old, "decision", &decision) && decision == ASSESSED_CONFIRMED &&
	    fields_int(assessment_fields, old, "aware", &before))
		aware = before; /* confirmed again: nobody becomes aware a second time */
	if (e == OK)
		e = past(c, "aware", aware, &aware);
	if (e == OK)
		e = api_text(c, "reason", false, &reason);
	if (e == OK && !reason && before)
		reason = view_text(&v, assessment_fields, old, "reason");
	if (e == OK)
		e = decided(c, &x, ASSESSED_CONFIRMED, reason, &row);
	if (e == OK)
		e = chosen(c, &v, row);
	if (e != OK)
		return e;
	if (stood(old, ASSESSED_DISMISSED, day))
		saying_warn(c, "it was dismissed on %s: %.160s", day, view_text(&v, assessment_fields, old, "reason"));
	if (before && aware > before)
		saying_warn(c, "the clocks run from a later moment than was stated before; what was told stays");
	if (aware < x.first->received)
		saying_warn(c, "aware before its notice reached us: the clocks run from what you say");
	fields_set(c->arena, assessment_fields, row, "aware", value_int(c->arena, aware));
	e = keep(c, &x, row, "incident confirm");
	if (e == OK)
		e = api_exercise_interrupt(c);
	if (e == OK)
		e = view_incident_show(&v, &x, &show);
	if (e != OK)
		return e;
	put_clocks(c, show);
	json_decref(show);
	return OK;
}

static enum err dismiss(struct api_call *c)
{
	struct view v;
	struct incident x;
	struct value *row, *old;
	const char *reason;
	char day[WHEN_TEXT];
	enum err e = find(c, &v, &x);
	if (e == OK)
		e = api_text(c, "reason", true, &reason);
	if (e == OK)
		e = row_of(c, &x, &old);
	if (e == OK)
		e = decided(c, &x, ASSESSED_DISMISSED, reason, &row);
	if (e != OK)
		return e;
	if (stood(old, ASSESSED_CONFIRMED, day)) {
		saying_warn(c, "it was confirmed on %s: its clocks are closed now; if that was right, say again: tally incident confirm", day);
		if (value_count(fields_get(assessment_fields, old, "told")) > 0)
			saying_warn(c, "an authority was told of it: tell it too that this is not an incident of ours");
	}
	return keep(c, &x, row, "incident dismiss");
}

/* ---- an authority was told ---- */

/* The profiles owed to an authority that run for us on this incident. */
static enum err running(struct view *v, const struct incident *x, json_t *out)
{
	json_t *all, *one;
	char me[65];
	size_t i;
	hex_encode(me, v->me.b, 32);
	enum err e = view_clock_json(v, x, &all);
	if (e != OK)
		return e;
	json_array_foreach(all, i, one) {
		const char *name = json_string_value(json_object_get(one, "profile")), *who = json_string_value(json_object_get(one, "who_org"));
		if (name && who && strcmp(who, me) == 0 && !json_object_get(one, "to_org"))
			(void)json_object_set_new(out, name, json_true());
	}
	json_decref(all);
	return OK;
}

/* Which of those that run it meets: as named, else those that call an authority so, else the only one there is. */
static enum err meets(struct api_call *c, struct view *v, const json_t *run, const char *authority, struct value *out)
{
	const char *const *named, *name;
	size_t n;
	json_t *is;
	enum err e = saying_texts(c, "clock", &named, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		if (!json_object_get(run, named[i]))
			return api_fail(c, ERR_NOT_FOUND, "see which run: tally incident show ID", "no clock of \"%.40s\" that is owed to an authority runs on it",
			                named[i]);
		value_push(c->arena, out, value_str(c->arena, named[i]));
	}
	json_object_foreach((json_t *)run, name, is) {
		const struct clocks *p = clocks_find(v->clocks, name);
		if (e == OK && n == 0 && (json_object_size(run) == 1 || (p && authority && clocks_calls(p, authority))))
			value_push(c->arena, out, value_str(c->arena, name));
	}
	if (e == OK && value_count(out) == 0)
		return api_fail(c, ERR_CONFLICT, "say which: --clock NAME; a profile names its authorities by a line: authority NAME, NAME",
		                json_object_size(run) ? "several laws' clocks run on it, and none of them names this authority"
		                                      : "no clock that is owed to an authority runs on it");
	return e;
}

static enum err tellable(struct api_call *c, struct view *v, const struct incident *x, const struct value *row, int64_t at)
{
	char day[WHEN_TEXT], when[WHEN_TEXT];
	int64_t aware = x->first->mine ? view_int(kind_by_number(KIND_INCIDENT_NOTICE)->fields, view_body(x->head), "aware") : 0;
	if (stood(row, ASSESSED_DISMISSED, day))
		return api_fail(c, ERR_CONFLICT, "if it is one of ours after all, say first: tally incident confirm ID", "it was dismissed on %s: %.160s", day,
		                view_text(v, assessment_fields, row, "reason"));
	if (!x->first->mine && !fields_get(assessment_fields, row, "decision"))
		return api_fail(c, ERR_CONFLICT, "say first: tally incident confirm ID", "it is not confirmed as an incident of ours");
	(void)fields_int(assessment_fields, row, "aware", &aware);
	if (at < aware) {
		when_format(aware, when);
		return api_fail(c, ERR_INVALID,
		                x->first->mine ? "give the time with --at"
		                               : "give the time with --at, or mend the other: tally incident confirm ID --aware TIME",
		                "that is before we became aware of it, which was at %s", when);
	}
	return OK;
}

/* Said in the answer, too. */
static enum err note_met(struct api_call *c, struct view *v, const struct incident *x, struct value *one)
{
	const struct field *group = fields_find(assessment_fields, "told")->group;
	struct value *list = value_array(c->arena);
	json_t *run = json_object(), *met = json_array();
	enum err e = run && met && list ? running(v, x, run) : ERR_MEMORY;
	if (e == OK)
		e = meets(c, v, run, view_text(v, group, one, "authority"), list);
	json_decref(run);
	if (e != OK) {
		json_decref(met);
		return e;
	}
	fields_set(c->arena, group, one, "clocks", list);
	for (size_t i = 0; i < value_count(list); i++) {
		struct span s;
		if (value_is_str(value_item(list, i), &s))
			(void)json_array_append_new(met, json_stringn((const char *)s.p, s.n));
	}
	(void)json_object_set_new(c->result, "met", met);
	return OK;
}

static enum err told(struct api_call *c)
{
	const struct field *f = fields_find(assessment_fields, "told");
	static const char *const texts[] = {"authority", "reference"};
	struct view v;
	struct incident x;
	struct value *row, *one = value_map(c->arena), *all;
	const char *stage, *text;
	int64_t at, number;
	enum err e = counting(c, &v, &x);
	if (e == OK)
		e = api_text(c, "stage", true, &stage);
	if (e == OK)
		e = past(c, "at", core_now(c->core), &at);
	if (e == OK)
		e = row_of(c, &x, &row);
	if (e != OK)
		return e;
	number = vocab_number(&vocab_stage, SPAN(stage, strlen(stage)));
	if (number < STAGE_EARLY || number > STAGE_FINAL)
		return api_fail(c, ERR_USAGE, "early-warning, notification, intermediate or final", "\"%.40s\" is no report to an authority", stage);
	if ((e = tellable(c, &v, &x, row, at)) != OK)
		return e;
	fields_set(c->arena, f->group, one, "stage", value_int(c->arena, number));
	fields_set(c->arena, f->group, one, "at", value_int(c->arena, at));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if ((e = api_text(c, texts[i], false, &text)) != OK)
			return e;
		if (text)
			fields_set(c->arena, f->group, one, texts[i], value_str(c->arena, text));
	}
	if ((e = note_met(c, &v, &x, one)) != OK)
		return e;
	all = value_at(row, f->key) ? value_copy(c->arena, value_at(row, f->key)) : value_array(c->arena);
	value_push(c->arena, all, one);
	fields_set(c->arena, assessment_fields, row, "told", all);
	return keep(c, &x, row, "incident told");
}

const struct api_row api_assess_rows[] = {
	{"incident.confirm", confirm, "a partner's incident is ours too: {incident, aware, clock, reason} -> {id, clocks}"},
	{"incident.dismiss", dismiss, "it is not: {incident, reason} -> {id}"},
	{"incident.told", told, "an authority was told of it: {incident, stage, at, authority, reference, clock} -> {id, met}"},
	{NULL, NULL, NULL},
};
