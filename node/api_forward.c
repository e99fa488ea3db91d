/* api_forward.c - passing on what a partner said: unaltered, with the place where it stood in the log to us, as far as TLP allows. */
#include <stdio.h>
#include <string.h>

#include "node/names.h"
#include "node/saying.h"
#include "node/view_incident.h"
#include "proto/tlp.h"
#include "store/orgs.h"

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
	struct seen *s;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "incident", 0, &s);
	if (e == OK)
		e = view_incident_of(&v, s, &x);
	if (e == ERR_NOT_FOUND && !c->why.text[0])
		return api_fail(c, e, "see: tally incident list", "that record belongs to no incident");
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

const struct api_row api_forward_rows[] = {
	{"incident.forward", forward, "pass a partner's notice on, unaltered"},
	{"record.forward", forward_record, "pass a partner's record of any kind on, unaltered"},
	{NULL, NULL, NULL},
};
