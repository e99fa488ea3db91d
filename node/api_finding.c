/* api_finding.c - findings and plans to mend them, for the dispatcher. */
#include <stdio.h>
#include <string.h>

#include "node/names.h"
#include "node/saying.h"
#include "node/view_finding.h"
#include "node/view_record.h"
#include "proto/when.h"

static const struct kind *plan_kind(void)
{
	return kind_by_number(KIND_IMPROVEMENT);
}

static const struct field *action_fields(void)
{
	return fields_find(plan_kind()->fields, "actions")->group;
}

/* It goes to one supplier: an assignment may have gone to many, who must not learn of each other. */
static enum err one_supplier(struct api_call *c, struct view *v, const struct seen *about, struct draft *d)
{
	struct ids who = {0};
	bool everybody;
	enum err e = OK;
	if (!d->recipients) {
		e = about->mine ? view_readers(v, about, &who, &everybody) : view_ids_add(v, &who, &about->r.author);
		if (e == OK)
			e = saying_to_all(c, v, &who, d);
	}
	if (e == OK && d->recipients != 1)
		return api_fail(c, ERR_USAGE, "name the supplier with: --to PARTNER", "a finding is about one supplier, and %s", d->recipients
		                                                                                                        ? "several have that record"
		                                                                                                        : "none can be told");
	if (e == OK && !about->mine && !id_eq(&d->to[0], &about->r.author))
		return api_fail(c, ERR_USAGE, "leave --to out", "a finding about a partner's record goes to that partner");
	return e;
}

static enum err raise(struct api_call *c)
{
	struct view v;
	struct seen *about;
	struct value *body;
	struct id id;
	struct draft d = {.kind = kind_by_number(KIND_FINDING)};
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "about", 0, &about);
	if (e == OK)
		e = saying_taken(c, &v, about);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = one_supplier(c, &v, about, &d);
	if (e != OK)
		return e;
	if (about->readable && about->r.kind == KIND_FINDING)
		return api_fail(c, ERR_INVALID, "raise it about what it was found in", "that is a finding itself");
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &about->id));
	d.body = body;
	d.thread = &about->root;
	if (about->readable && about->r.has_exercise)
		d.exercise = &about->r.exercise;
	if (about->readable && about->r.tlp == TLP_RED)
		d.tlp = TLP_RED;
	if ((e = saying_say(c, &d, &id)) != OK)
		return e;
	struct seen *said;
	saying_view(c, &v); /* with what was said in it */
	e = view_find(&v, &id, &said);
	if (e == OK && !said->counts)
		return api_fail(c, ERR_POLICY, "see: tally record show ID", "only the customer can find fault there: %.160s", said->reason);
	return e;
}

/* ---- the plan ---- */

static enum err find(struct api_call *c, struct view *v, struct finding *out)
{
	struct seen *s;
	struct id about;
	saying_view(c, v);
	enum err e = saying_record(c, v, "finding", 0, &s);
	if (e == OK && s->readable && s->r.kind == KIND_IMPROVEMENT && fields_id(s->kind->fields, s->r.body, "about", &about))
		e = view_find(v, &about, &s);
	if (e == OK)
		e = view_finding_of(v, s, out);
	return e == ERR_NOT_FOUND && !c->why.text[0] ? api_fail(c, e, "see: tally finding list", "that record is no finding") : e;
}

static struct value *action_named(struct value *list, struct span id)
{
	for (size_t i = 0; i < value_count(list); i++) {
		struct span other;
		if (fields_str(action_fields(), value_item(list, i), "id", &other) && span_eq(other, id))
			return list->items[i];
	}
	return NULL;
}

/* Those that stand, then the new ones; whose name is taken gets the next that is free. */
static enum err join_actions(struct api_call *c, const struct value *old, struct value *body)
{
	const struct value *was = old ? fields_get(plan_kind()->fields, old, "actions") : NULL, *added = fields_get(plan_kind()->fields, body, "actions");
	struct value *all = was ? value_copy(c->arena, was) : value_array(c->arena);
	char name[24];
	for (size_t i = 0; all && i < value_count(added); i++) {
		struct value *one = value_copy(c->arena, value_item(added, i));
		struct span id;
		for (size_t n = value_count(all) + 1; one && fields_str(action_fields(), one, "id", &id) && action_named(all, id); n++) {
			(void)snprintf(name, sizeof name, "a%zu", n);
			fields_set(c->arena, action_fields(), one, "id", value_str(c->arena, name));
		}
		value_push(c->arena, all, one);
	}
	if (!all)
		return ERR_MEMORY;
	if (value_count(all))
		fields_set(c->arena, plan_kind()->fields, body, "actions", all);
	return OK;
}

static enum err mark(struct api_call *c, struct value *body, const char *arg, const char *word)
{
	struct value *list = value_copy(c->arena, fields_get(plan_kind()->fields, body, "actions"));
	const char *const *ids;
	size_t n;
	enum err e = saying_texts(c, arg, &ids, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		struct value *one = action_named(list, SPAN(ids[i], strlen(ids[i])));
		if (!one)
			return api_fail(c, ERR_NOT_FOUND, "see its actions with: tally record show PLAN", "the plan has no action \"%.40s\"", ids[i]);
		fields_set(c->arena, action_fields(), one, "status", value_int(c->arena, vocab_number(&vocab_action_state, SPAN(word, strlen(word)))));
	}
	if (e == OK && n)
		fields_set(c->arena, plan_kind()->fields, body, "actions", list);
	return e;
}

static enum err marks(struct api_call *c, struct value *body)
{
	enum err e = mark(c, body, "started", "in-progress");
	if (e == OK)
		e = mark(c, body, "done", "done");
	return e == OK ? mark(c, body, "dropped", "dropped") : e;
}

/* Later than the customer wants it mended. */
static void warn_late(struct api_call *c, struct view *v, const struct finding *f, const struct value *body)
{
	const struct value *list = fields_get(plan_kind()->fields, body, "actions");
	int64_t by = view_int(f->of->kind->fields, f->of->r.body, "required_by");
	char day[WHEN_TEXT];
	when_format_date(by, day);
	for (size_t i = 0; by && i < value_count(list); i++) {
		const char *state = view_word(action_fields(), value_item(list, i), "status");
		if (view_int(action_fields(), value_item(list, i), "due") > by && strcmp(state, "done") != 0 && strcmp(state, "dropped") != 0)
			saying_warn(c, "action %s is due after %s, by which it is to be mended", view_text(v, action_fields(), value_item(list, i), "id"), day);
	}
}

/* The first plan, or a new version of it. */
static enum err plan(struct api_call *c)
{
	struct view v;
	struct finding f;
	struct value *body;
	struct id id;
	struct draft d = {.kind = plan_kind(), .recipients = 1};
	const struct value *old;
	enum err e = find(c, &v, &f);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_taken(c, &v, f.of);
	if (e != OK)
		return e;
	if (!id_eq(&f.supplier, &v.me))
		return api_fail(c, ERR_POLICY, "answer a plan with: tally reply PLAN accepted", "only the supplier plans what it will do about it");
	if (f.closed)
		return api_fail(c, ERR_CONFLICT, "see: tally finding list", "the finding is closed already");
	old = f.plan ? f.plan->r.body : NULL;
	e = join_actions(c, old, body);
	if (e == OK)
		e = marks(c, body);
	if (e != OK)
		return e;
	if (old)
		saying_keep(c, d.kind->fields, old, body, NULL);
	if (value_count(fields_get(d.kind->fields, body, "actions")) == 0)
		return api_fail(c, ERR_USAGE, "give one with: --action \"text=..., due=2027-01-31\"", "a plan has at least one action");
	warn_late(c, &v, &f, body);
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &f.of->id));
	d.body = body;
	d.thread = &f.of->root;
	d.supersedes = f.plan ? &f.plan->id : NULL;
	d.to = &f.customer;
	d.tlp = f.of->r.tlp == TLP_RED ? TLP_RED : 0;
	if (f.of->r.has_exercise)
		d.exercise = &f.of->r.exercise;
	return saying_say(c, &d, &id);
}

static enum err close(struct api_call *c)
{
	struct view v;
	struct finding f;
	struct value *body = value_map(c->arena);
	struct draft d = {.kind = kind_by_number(KIND_REPLY), .recipients = 1};
	struct id id;
	const char *text;
	enum err e = find(c, &v, &f);
	if (e == OK)
		e = api_text(c, "text", false, &text);
	if (e != OK)
		return e;
	if (!id_eq(&f.customer, &v.me))
		return api_fail(c, ERR_POLICY, "say that it is done with: tally finding plan ID --progress 100", "only the customer closes a finding");
	if (f.closed)
		return api_fail(c, ERR_CONFLICT, "see: tally finding list", "it is closed already");
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &f.of->id));
	fields_set(c->arena, d.kind->fields, body, "decision", value_int(c->arena, vocab_number(&vocab_decision, SPAN("done", 4))));
	if (text)
		fields_set(c->arena, d.kind->fields, body, "text", value_str(c->arena, text));
	d.body = body;
	d.thread = &f.of->root;
	d.to = &f.supplier;
	d.tlp = f.of->r.tlp == TLP_RED ? TLP_RED : 0;
	if (f.of->r.has_exercise)
		d.exercise = &f.of->r.exercise;
	return saying_say(c, &d, &id);
}

/* ---- views ---- */

static enum err list(struct api_call *c)
{
	struct view v;
	struct finding *all;
	size_t n;
	json_t *items = json_array(), *o;
	bool open = api_flag(c, "open");
	saying_view(c, &v);
	if (!items || json_object_set_new(c->result, "items", items) != 0)
		return ERR_MEMORY;
	enum err e = view_finding_all(&v, &all, &n);
	for (size_t i = e == OK ? n : 0; e == OK && i-- > 0;) {
		if (open && all[i].closed)
			continue;
		e = view_finding_row(&v, &all[i], &o);
		if (e == OK)
			(void)json_array_append_new(items, o);
	}
	return e;
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct finding f;
	json_t *o, *row = NULL;
	enum err e = find(c, &v, &f);
	if (e == OK)
		e = saying_sheet(c, view_record_sheet(&v, f.of, &o), &o);
	if (e == OK)
		e = saying_sheet(c, view_finding_row(&v, &f, &row), &row);
	if (e == OK && f.plan) {
		e = view_record_sheet(&v, f.plan, &row);
		if (e == OK) {
			(void)json_object_set(c->result, "plan_body", json_object_get(row, "body"));
			json_decref(row);
		}
	}
	return e;
}

const struct api_row api_finding_rows[] = {
	{"finding.raise", raise, "tell a supplier what was found wanting"},
	{"finding.plan", plan, "what we will do about a finding, and how far it is"},
	{"finding.close", close, "say that a finding is mended"},
	{"finding.list", list, "findings, ours and about us"},
	{"finding.show", show, "a finding and its plan in full"},
	{NULL, NULL, NULL},
};
