/* api_incident.c - incidents for the dispatcher: report, update, answer, and the views. */
#include <stdio.h>
#include <string.h>

#include "node/api_incident.h"
#include "node/api_query.h"
#include "node/clocks.h"
#include "node/names.h"
#include "node/view_query.h"
#include "proto/tlp.h"

#define AWARE_AHEAD_MS (10 * 60 * 1000)

static const struct kind *notice(void)
{
	return kind_by_number(KIND_INCIDENT_NOTICE);
}

enum err api_incident_named(struct api_call *c, struct view *v, struct incident *out)
{
	struct seen *s;
	saying_view(c, v);
	enum err e = saying_record(c, v, "incident", 0, &s);
	if (e == OK)
		e = view_incident_of(v, s, out);
	if (e == ERR_NOT_FOUND && !c->why.text[0])
		return api_fail(c, e, "see: tally incident list", "that record belongs to no incident");
	return e;
}

/* Which clocks it runs under is said with it, so that its receivers reckon as we do. */
static enum err put_clocks(struct api_call *c, struct value *body)
{
	const struct clocks *p = core_clocks(c->core);
	struct value *list = value_array(c->arena);
	enum err e = p ? OK : clocks_shipped(c->arena, &p);
	for (; e == OK && p; p = p->next)
		if (p->use == CLOCK_OWN)
			value_push(c->arena, list, value_str(c->arena, p->name));
	if (e == OK && value_count(list) > 0 && !fields_get(notice()->fields, body, "clocks"))
		fields_set(c->arena, notice()->fields, body, "clocks", list);
	return e;
}

/* What clocks run from cannot lie ahead, but for two clocks that differ. */
static enum err check_aware(struct api_call *c, const struct value *body)
{
	if (view_int(notice()->fields, body, "aware") > core_now(c->core) + AWARE_AHEAD_MS)
		return api_fail(c, ERR_INVALID, "give when you knew, such as: --aware 2026-11-23T09:00:00Z", "aware lies ahead");
	return OK;
}

static enum err report(struct api_call *c)
{
	struct draft d = {.kind = notice()};
	struct value *body;
	struct id id;
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	d.body = body;
	if (e == OK)
		e = check_aware(c, body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && !d.exercise)
		e = put_clocks(c, body);
	if (e == OK && !d.exercise)
		e = api_exercise_interrupt(c);
	if (e == OK && d.recipients == 0)
		return api_fail(c, ERR_USAGE, "name who shall be told with: --to PARTNER", "nobody to tell");
	return e == OK ? saying_say(c, &d, &id) : e;
}

/* ---- a new version ---- */

static const struct value *named_action(const struct value *list, const struct field *group, struct span id)
{
	for (size_t i = 0; i < value_count(list); i++) {
		struct span other;
		if (fields_str(group, value_item(list, i), "id", &other) && span_eq(other, id))
			return value_item(list, i);
	}
	return NULL;
}

/* Said once already, whatever it was called. */
static bool stands_already(const struct value *list, const struct field *group, const struct value *one)
{
	for (size_t i = 0; i < value_count(list); i++) {
		bool same = true;
		for (const struct field *f = group; same && f->name; f++)
			same = strcmp(f->name, "id") == 0 || value_eq(value_at(value_item(list, i), f->key), value_at(one, f->key));
		if (same)
			return true;
	}
	return false;
}

/* New actions are added to those that stand; a new one under a name that is taken gets the next free one. */
static void add_actions(struct arena *a, const struct value *old, struct value *body)
{
	const struct field *f = fields_find(notice()->fields, "actions");
	const struct value *standing = fields_get(notice()->fields, old, "actions");
	const struct value *added = fields_get(notice()->fields, body, "actions");
	struct value *all = value_array(a);
	if (!standing || !added)
		return;
	for (size_t i = 0; i < value_count(standing); i++)
		value_push(a, all, value_copy(a, value_item(standing, i)));
	for (size_t i = 0; i < value_count(added); i++) {
		struct value *one = value_copy(a, value_item(added, i));
		struct span id;
		char next[24];
		if (stands_already(all, f->group, one))
			continue;
		for (size_t n = value_count(all) + 1; fields_str(f->group, one, "id", &id) && named_action(all, f->group, id); n++) {
			(void)snprintf(next, sizeof next, "a%zu", n);
			fields_set(a, f->group, one, "id", value_str(a, next));
		}
		value_push(a, all, one);
	}
	fields_set(a, notice()->fields, body, "actions", all);
}

/* What is not given stays as it was. */
static void keep_fields(struct arena *a, const struct value *old, struct value *body)
{
	add_actions(a, old, body);
	for (const struct field *f = notice()->fields; f->name; f++) {
		const struct value *was = value_at(old, f->key);
		if (was && !value_at(body, f->key))
			value_set(a, body, f->key, value_copy(a, was));
	}
}

static enum err to_readers(struct api_call *c, struct view *v, const struct incident *x, struct draft *d)
{
	struct ids who = {0};
	enum err e = OK;
	for (size_t i = 0; e == OK && i < x->versions.n; i++) {
		struct ids some;
		bool everybody;
		e = view_readers(v, x->versions.p[i], &some, &everybody);
		for (size_t j = 0; e == OK && j < some.n; j++)
			e = view_ids_add(v, &who, &some.p[j]);
	}
	for (size_t i = 0; e == OK && i < d->recipients; i++)
		e = view_ids_add(v, &who, &d->to[i]);
	return e == OK ? saying_to_all(c, v, &who, d) : e;
}

/* Who may speak in a thread goes by who was sent its first record: whoever is told of a later version is sent that one too. */
static enum err send_first(struct api_call *c, struct view *v, const struct incident *x, const struct draft *d)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < d->recipients; i++)
		if (!id_eq(&d->to[i], &v->me))
			e = core_send(c->core, &x->first->id, &d->to[i], &c->why);
	if (e == ERR_TLP)
		(void)snprintf(c->hint, sizeof c->hint, "a red notice names its readers for good; tell the others with: tally incident report");
	return e;
}

static enum err next_version(struct api_call *c, struct view *v, const struct incident *x, struct value *body)
{
	const struct seen *last = x->versions.p[x->versions.n - 1];
	struct draft d = {.kind = notice(), .body = body, .thread = &x->first->id, .supersedes = &last->id, .tlp = last->r.tlp,
	                  .onward = last->r.onward};
	struct id id;
	const struct value *old = view_body(x->head);
	int64_t stage = x->stage;
	if (!x->first->mine)
		return api_fail(c, ERR_POLICY, "answer it with: tally incident answer ID --impact IMPACT", "that incident is not ours");
	if (x->withdrawn)
		return api_fail(c, ERR_CONFLICT, "say it anew with: tally incident report", "that notice is withdrawn: no version can follow");
	if (!fields_int(notice()->fields, body, "stage", &stage))
		fields_set(c->arena, notice()->fields, body, "stage", value_int(c->arena, stage));
	if (!view_incident_step(x->stage, stage))
		return api_fail(c, ERR_CONFLICT, "choose another --stage", "after %s may come: %s", vocab_word(&vocab_stage, x->stage),
		                view_incident_allowed(x->stage));
	if (old)
		keep_fields(c->arena, old, body);
	if (old && value_eq(old, body) && !saying_arg(c, "to") && !saying_arg(c, "tlp") && !saying_arg(c, "onward"))
		return api_fail(c, ERR_USAGE, "give what is new, such as: --summary TEXT", "nothing is changed: no new version is sent");
	if (last->r.has_exercise)
		d.exercise = &last->r.exercise;
	enum err e = check_aware(c, body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = to_readers(c, v, x, &d);
	if (e == OK)
		e = send_first(c, v, x, &d);
	if (e == OK)
		e = saying_say(c, &d, &id);
	if (e == ERR_INVALID && x->stage < STAGE_NOTIFICATION && stage > STAGE_NOTIFICATION && !c->hint[0])
		(void)snprintf(c->hint, sizeof c->hint, "what the notification would have said is said with it, such as: --severity high "
		               "--determination confirmed; or first: tally incident update ID --stage notification");
	return e;
}

static enum err update(struct api_call *c)
{
	struct view v;
	struct incident x;
	struct value *body;
	enum err e = api_incident_named(c, &v, &x);
	if (e == OK)
		e = saying_body(c, notice(), saying_arg(c, "body"), &body);
	return e == OK ? next_version(c, &v, &x, body) : e;
}

static enum err close_it(struct api_call *c)
{
	struct view v;
	struct incident x;
	struct value *body;
	const char *text;
	enum err e = api_incident_named(c, &v, &x);
	if (e == OK)
		e = saying_body(c, notice(), saying_arg(c, "body"), &body);
	if (e == OK)
		e = api_text(c, "text", false, &text);
	if (e != OK)
		return e;
	fields_set(c->arena, notice()->fields, body, "stage", value_int(c->arena, vocab_number(&vocab_stage, SPAN("final", 5))));
	if (text)
		fields_set(c->arena, notice()->fields, body, "summary", value_str(c->arena, text));
	return next_version(c, &v, &x, body);
}

/* ---- the views ---- */

static enum err list(struct api_call *c)
{
	struct view v;
	struct id from;
	json_t *items;
	int64_t limit = 0;
	struct draft d = {0};
	struct incident_wanted wanted = {.open = api_flag(c, "open")};
	enum err e = OK;
	if (saying_arg(c, "from")) {
		e = api_org(c, "from", &from);
		wanted.from = &from;
	}
	if (e == OK)
		e = api_int(c, "limit", false, &limit);
	if (e == OK)
		e = api_exercise_read(c, &d);
	if (e != OK || limit < 0)
		return e != OK ? e : api_fail(c, ERR_USAGE, "give --limit 100", "limit is a number from 0, which is all");
	wanted.limit = (size_t)limit;
	saying_view(c, &v);
	v.exercise = d.exercise;
	return saying_items(c, view_incident_list(&v, &wanted, &items), &items);
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct incident x;
	json_t *o;
	enum err e = api_incident_named(c, &v, &x);
	return e == OK ? saying_sheet(c, view_incident_show(&v, &x, &o), &o) : e;
}

static enum err matrix(struct api_call *c)
{
	struct view v;
	struct incident x;
	struct tiers t;
	struct seen *s;
	json_t *items;
	bool question = false;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "incident", 0, &s);
	if (e == OK)
		e = api_query_matrix(c, &v, s, &question);
	if (e != OK || question)
		return e;
	e = api_incident_named(c, &v, &x);
	if (e == OK)
		e = view_incident_tiers(&v, &x, &t);
	if (e != OK)
		return e;
	(void)json_object_set_new(c->result, "tiers", view_query_tiers(&t));
	api_set_id(c->result, "id", &x.first->id);
	return saying_items(c, view_incident_matrix(&v, &x, &items), &items);
}

/* ---- answering ---- */

static enum err answer(struct api_call *c)
{
	struct view v;
	struct incident x;
	struct value *body;
	struct id id;
	struct draft d = {.kind = kind_by_number(KIND_INCIDENT_ANSWER)};
	struct seen *s;
	bool question = false;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "incident", 0, &s);
	if (e == OK)
		e = api_query_answer(c, &v, s, &question);
	if (e != OK || question)
		return e;
	e = api_incident_named(c, &v, &x);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e != OK)
		return e;
	if (x.first->mine)
		return api_fail(c, ERR_POLICY, "say more with: tally incident update ID", "that incident is our own");
	if ((e = saying_taken(c, &v, x.head)) != OK)
		return e;
	if ((e = api_query_counts(c, &v, &x.first->id, body)) != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &x.head->id));
	d.body = body;
	d.thread = &x.first->root;
	if (x.first->r.has_exercise)
		d.exercise = &x.first->r.exercise;
	if (!d.tlp && x.head->r.tlp == TLP_RED) /* what is said about it gives it away */
		d.tlp = TLP_RED;
	if (x.withdrawn)
		saying_warn(c, "its author has withdrawn it; the answer goes out all the same");
	if (!d.recipients) { /* to its author, or to whoever passed it on to us */
		d.to = x.head->has_via ? &x.head->via : &x.head->r.author;
		d.recipients = 1;
	}
	return saying_say(c, &d, &id);
}

const struct api_row api_incident_rows[] = {
	{"incident.report", report, "tell partners of an incident"},
	{"incident.update", update, "a new version of our own notice"},
	{"incident.list", list, "incidents, ours and our partners'"},
	{"incident.show", show, "one incident: versions, answers, clocks"},
	{"incident.answer", answer, "how a partner's incident affects us"},
	{"incident.matrix", matrix, "what became of a notice at each receiver"},
	{"incident.close", close_it, "the final version of our own notice"},
	{NULL, NULL, NULL},
};
