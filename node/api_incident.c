/* api_incident.c - incidents for the dispatcher: report, update, answer, forward, and the views. */
#include <stdio.h>
#include <string.h>

#include "node/api_exercise.h"
#include "node/clocks.h"
#include "node/names.h"
#include "node/saying.h"
#include "node/view_incident.h"
#include "proto/tlp.h"
#include "store/orgs.h"

static const struct kind *notice(void)
{
	return kind_by_number(KIND_INCIDENT_NOTICE);
}

static enum err find(struct api_call *c, struct view *v, struct incident *out)
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

static enum err report(struct api_call *c)
{
	struct draft d = {.kind = notice()};
	struct value *body;
	struct id id;
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	d.body = body;
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
	enum err e = saying_header(c, &d);
	if (e == OK)
		e = to_readers(c, v, x, &d);
	if (e == OK)
		e = send_first(c, v, x, &d);
	return e == OK ? saying_say(c, &d, &id) : e;
}

static enum err update(struct api_call *c)
{
	struct view v;
	struct incident x;
	struct value *body;
	enum err e = find(c, &v, &x);
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
	enum err e = find(c, &v, &x);
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
	struct incident_wanted wanted = {.open = api_flag(c, "open"), .from = saying_arg(c, "from") ? &from : NULL};
	enum err e = wanted.from ? api_org(c, "from", &from) : OK;
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
	enum err e = find(c, &v, &x);
	return e == OK ? saying_sheet(c, view_incident_show(&v, &x, &o), &o) : e;
}

static enum err matrix(struct api_call *c)
{
	struct view v;
	struct incident x;
	json_t *items;
	enum err e = find(c, &v, &x);
	if (e != OK)
		return e;
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
	enum err e = find(c, &v, &x);
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

/* ---- passing on ---- */

struct carrier { /* where the author's record stands in a log addressed to us */
	struct occurrence at;
	struct entry_row row;
	struct entry entry;
};

static enum err find_carrier(struct api_call *c, const struct view *v, const struct seen *s, struct carrier *out)
{
	struct walk w;
	struct occurrence o;
	bool found = false;
	enum err e = occurrences_walk(v->t, s->no, &w);
	if (e != OK)
		return e;
	while (e == OK && !found && occurrences_next(&w, &o)) {
		struct log_row log;
		if (o.log == 0 || (o.verdict != VERDICT_GOOD && o.verdict != VERDICT_AHEAD))
			continue;
		e = logs_by_no(v->t, o.log, &log);
		found = e == OK && id_eq(&log.author, &s->r.author);
	}
	e = walk_close(&w, e);
	if (e == OK && !found)
		return api_fail(c, ERR_POLICY, "ask its author to send it to them", "it reached us through a forward, or not at all: it is passed on once only");
	if (e == OK)
		e = entries_get(v->t, o.log, o.n, &out->row);
	if (e == OK)
		e = entry_decode(out->row.payload, &out->entry);
	out->at = o;
	return e;
}

static enum err put_path(struct api_call *c, const struct view *v, const struct carrier *x, struct value *body)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	struct id path[MERKLE_PATH];
	struct value *list = value_array(c->arena);
	size_t n;
	enum err e = entries_path(v->t, &x->row, x->at.index, path, &n);
	if (e != OK)
		return e;
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, list, value_id(c->arena, &path[i]));
	if (n)
		fields_set(c->arena, f, body, "path", list);
	return OK;
}

static enum err put_statements(struct api_call *c, const struct view *v, const struct carrier *x, struct value *body)
{
	struct value *list = value_array(c->arena);
	for (uint64_t k = 0; k <= x->entry.kseq; k++) {
		struct signed_statement s;
		enum err e = statements_get(v->t, &x->entry.author, k, &s);
		if (e != OK)
			return e;
		value_push(c->arena, list, statement_value(c->arena, &s));
	}
	fields_set(c->arena, kind_by_number(KIND_FORWARD)->fields, body, "statements", list);
	return OK;
}

static enum err forward_body(struct api_call *c, const struct view *v, const struct seen *s, struct value *body)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	struct carrier x;
	struct record_row row;
	enum err e = find_carrier(c, v, s, &x);
	if (e == OK)
		e = records_by_no(v->t, s->no, &row);
	if (e != OK)
		return e;
	fields_set(c->arena, f, body, "record", value_bin(c->arena, row.payload));
	fields_set(c->arena, f, body, "entry", value_bin(c->arena, x.row.payload));
	fields_set(c->arena, f, body, "signature", value_bin(c->arena, x.row.signature));
	fields_set(c->arena, f, body, "index", value_int(c->arena, x.at.index));
	e = put_path(c, v, &x, body);
	return e == OK ? put_statements(c, v, &x, body) : e;
}

static enum err relation(struct api_call *c, struct value *body, int64_t *out)
{
	const struct field *f = kind_by_number(KIND_FORWARD)->fields;
	const char *word;
	enum err e = api_text(c, "as", false, &word);
	if (e != OK)
		return e;
	if (word)
		fields_set(c->arena, f, body, "relation", value_int(c->arena, vocab_number(&vocab_relation, SPAN(word, strlen(word)))));
	if (!fields_int(f, body, "relation", out) || !vocab_word(&vocab_relation, *out))
		return api_fail(c, ERR_USAGE, "say: --as customer, --as supplier or --as partner", "what the receivers are to us decides how far TLP lets it go");
	return OK;
}

/* Its author has it already; who got it from us before is told of. */
static enum err passed_on_before(struct api_call *c, struct view *v, const struct seen *s, const struct draft *d)
{
	struct seens before;
	enum err e = view_about(v, &s->id, KIND_FORWARD, &before);
	for (size_t i = 0; e == OK && i < d->recipients; i++) {
		char name[NAMES_TEXT];
		names_show(c->core, &d->to[i], name);
		if (id_eq(&d->to[i], &s->r.author))
			return api_fail(c, ERR_CONFLICT, "tell them what it means to us: tally incident answer ID --impact ...",
			                "%s is its author: it is not passed back", name);
		for (size_t k = 0; e == OK && k < before.n; k++) {
			struct ids who;
			bool everybody;
			if (!before.p[k]->mine || (e = view_readers(v, before.p[k], &who, &everybody)) != OK)
				continue;
			if (view_ids_has(&who, &d->to[i]))
				saying_warn(c, "it was passed on to %s before", name);
		}
	}
	return e;
}

static enum err pass_on(struct api_call *c, struct view *v, const struct seen *s, bool withdrawn)
{
	struct value *body;
	struct id id, thread = s->id;
	int64_t as;
	struct draft d = {.kind = kind_by_number(KIND_FORWARD)};
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = relation(c, body, &as);
	if (e != OK)
		return e;
	if (s->mine)
		return api_fail(c, ERR_POLICY, "send it: name them with --to where it is said", "that is our own: it is sent, not forwarded");
	if (withdrawn)
		return api_fail(c, ERR_POLICY, "see why: tally record show ID", "its author has withdrawn it: it is not passed on");
	if (!d.recipients)
		return api_fail(c, ERR_USAGE, "name them with: --to PARTNER", "nobody to pass it on to");
	e = tlp_forward(&s->r, (enum tlp_relation)(as - 1), &c->why);
	if (e != OK) {
		(void)snprintf(c->hint, sizeof c->hint, "ask its author to send it to them, or to say it again under another TLP");
		return e;
	}
	e = forward_body(c, v, s, body);
	if (e != OK)
		return e;
	d.body = body;
	d.parent = &thread;
	d.parents = 1;
	d.tlp = s->r.tlp;
	if (s->r.has_exercise)
		d.exercise = &s->r.exercise;
	if ((e = passed_on_before(c, v, s, &d)) != OK)
		return e;
	return saying_say(c, &d, &id);
}

static enum err forward(struct api_call *c)
{
	struct view v;
	struct incident x;
	enum err e = find(c, &v, &x);
	return e == OK ? pass_on(c, &v, x.head, x.withdrawn) : e;
}

/* Of any kind, such as a subcontractor's answer that it lets its customer's customer see. */
static enum err forward_record(struct api_call *c)
{
	struct view v;
	struct seen *s;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "record", 0, &s);
	if (e == OK && (!s->readable || !s->kind || s->kind->inner || s->r.kind == KIND_FORWARD))
		return api_fail(c, ERR_INVALID, "see: tally record show ID", "that record cannot be passed on");
	return e == OK ? pass_on(c, &v, s, s->withdrawn) : e;
}

const struct api_row api_incident_rows[] = {
	{"incident.report", report, "tell partners of an incident"},
	{"incident.update", update, "a new version of our own notice"},
	{"incident.list", list, "incidents, ours and our partners'"},
	{"incident.show", show, "one incident: versions, answers, clocks"},
	{"incident.answer", answer, "how a partner's incident affects us"},
	{"incident.matrix", matrix, "what became of a notice at each receiver"},
	{"incident.forward", forward, "pass a partner's notice on, unaltered"},
	{"record.forward", forward_record, "pass a partner's record of any kind on, unaltered"},
	{"incident.close", close_it, "the final version of our own notice"},
	{NULL, NULL, NULL},
};
