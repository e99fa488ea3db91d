/* api_response.c - what of ours an incident touches, and who can help. */
#include <string.h>

#include "node/api_exercise.h"
#include "node/view_assistance.h"
#include "node/view_match.h"

static enum err match(struct api_call *c)
{
	struct view v;
	struct incident x;
	struct seen *s;
	json_t *items;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "incident", 0, &s);
	if (e == OK)
		e = view_incident_of(&v, s, &x);
	if (e == ERR_NOT_FOUND && !c->why.text[0])
		return api_fail(c, e, "see: tally incident list", "that record belongs to no incident");
	return e == OK ? saying_items(c, view_match_json(&v, &x, &items), &items) : e;
}

/* ---- help ---- */

/* In the thread of what it is about, where all who are told have what opens that; else it stands alone, and the id says nothing to them. */
static enum err join(struct api_call *c, struct view *v, struct draft *d, const struct seen *s)
{
	bool all = true;
	enum err e = OK;
	for (size_t i = 0; e == OK && all && i < d->recipients; i++)
		e = saying_has_root(v, s, &d->to[i], &all);
	if (e == OK && all)
		d->thread = &s->root;
	if (e == OK && !all && s->r.has_exercise)
		d->exercise = &s->r.exercise;
	if (e == OK && !all && !s->mine)
		saying_warn(c, "what a partner's record says goes no further than its TLP (%s) allows: say it in your own words",
		            vocab_word(&vocab_tlp, s->r.tlp));
	return e;
}

static enum err about(struct api_call *c, struct view *v, struct draft *d, struct value *body)
{
	struct ids who = {0};
	struct seen *s;
	bool everybody;
	enum err e = saying_record(c, v, "about", 0, &s);
	if (e == OK)
		e = saying_taken(c, v, s);
	if (e != OK)
		return e;
	fields_set(c->arena, d->kind->fields, body, "about", value_id(c->arena, &s->id));
	if (s->readable && s->r.tlp == TLP_RED)
		d->tlp = TLP_RED;
	if (d->recipients)
		return join(c, v, d, s);
	d->thread = &s->root;
	e = s->mine ? view_readers(v, s, &who, &everybody) : view_ids_add(v, &who, s->has_via ? &s->via : &s->r.author);
	return e == OK ? saying_to_all(c, v, &who, d) : e;
}

static enum err help(struct api_call *c, const char *mode)
{
	struct draft d = {.kind = kind_by_number(KIND_ASSISTANCE)};
	struct view v;
	struct value *body;
	struct id id;
	saying_view(c, &v);
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && saying_arg(c, "about"))
		e = about(c, &v, &d, body);
	if (e == OK && d.recipients == 0)
		return api_fail(c, ERR_USAGE, "name them with: --to PARTNER", "nobody to tell");
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "mode", value_int(c->arena, vocab_number(&vocab_assistance, SPAN(mode, strlen(mode)))));
	d.body = body;
	return saying_say(c, &d, &id);
}

static enum err request(struct api_call *c)
{
	return help(c, "request");
}

static enum err offer(struct api_call *c)
{
	return help(c, api_flag(c, "standing") ? "standing-offer" : "offer");
}

static enum err decide(struct api_call *c, const char *word)
{
	struct draft d = {.kind = kind_by_number(KIND_REPLY)};
	struct view v;
	struct seen *s;
	struct value *body;
	struct ids who = {0};
	struct id id;
	char state[ASSISTANCE_STATE];
	bool open, everybody;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", KIND_ASSISTANCE, &s);
	if (e == OK)
		e = saying_taken(c, &v, s);
	if (e == OK)
		e = view_assistance_state(&v, s, &open, state);
	if (e == OK && !open)
		return api_fail(c, ERR_CONFLICT, "see: tally assistance list", "that is no longer open: it is %s", state);
	if (e == OK && s->mine && strcmp(word, "done") != 0)
		return api_fail(c, ERR_POLICY, "close it with: tally assistance close ID", "that is our own: the other side decides about it");
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && !d.recipients) {
		e = s->mine ? view_readers(&v, s, &who, &everybody) : view_ids_add(&v, &who, s->has_via ? &s->via : &s->r.author);
		if (e == OK)
			e = saying_to_all(c, &v, &who, &d);
	}
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &s->id));
	fields_set(c->arena, d.kind->fields, body, "decision", value_int(c->arena, vocab_number(&vocab_decision, SPAN(word, strlen(word)))));
	d.body = body;
	d.thread = &s->root;
	if (s->r.tlp == TLP_RED)
		d.tlp = TLP_RED;
	return saying_say(c, &d, &id);
}

static enum err accept(struct api_call *c)
{
	return decide(c, "accepted");
}

static enum err decline(struct api_call *c)
{
	return decide(c, "declined");
}

static enum err close_it(struct api_call *c)
{
	return decide(c, "done");
}

static enum err list(struct api_call *c)
{
	struct view v;
	struct draft d = {0};
	json_t *items;
	enum err e = api_exercise_read(c, &d);
	saying_view(c, &v);
	v.exercise = d.exercise;
	return e == OK ? saying_items(c, view_assistance_list(&v, api_flag(c, "open"), &items), &items) : e;
}

const struct api_row api_response_rows[] = {
	{"incident.match", match, "what of ours it touches: {incident} -> {items}"},
	{"assistance.request", request, "asks for help: {body, about, to} -> {id}"},
	{"assistance.offer", offer, "offers it: {body, about, to, standing} -> {id}"},
	{"assistance.accept", accept, "takes a request or an offer: {record, body} -> {id}"},
	{"assistance.decline", decline, "does not: {record, body} -> {id}"},
	{"assistance.close", close_it, "it is done with: {record, body} -> {id}"},
	{"assistance.list", list, "requests and offers, ours and others': {open, exercise} -> {items}"},
	{NULL, NULL, NULL},
};
