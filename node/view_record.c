#include "node/view_record.h"

#include <stdio.h>
#include <string.h>

#include "node/core.h"
#include "node/fieldjson.h"
#include "proto/when.h"

const char *view_record_state(const struct seen *s)
{
	return s->withdrawn ? "withdrawn" : !s->counts ? "disregarded" : s->replaced ? "replaced" : "current";
}

const char *view_record_drill(const struct seen *s)
{
	return s->readable && s->r.has_exercise ? "EXERCISE, not real: " : "";
}

void view_record_note(const struct seen *s, char out[static 320])
{
	char when[WHEN_TEXT];
	out[0] = 0;
	if (s->withdrawn) {
		when_format_date(s->withdrawn_at / WHEN_DAY_MS, when);
		(void)snprintf(out, 320, "withdrawn by its author on %s, %s receipt%s%.200s", when, s->withdrawn_after ? "after" : "before",
		               *s->withdrawn_why ? ": " : "", s->withdrawn_why);
	} else if (!s->counts) {
		(void)snprintf(out, 320, "disregarded: %s", s->reason);
	} else if (s->replaced) {
		char hex[65];
		hex_encode(hex, s->newer.b, 32);
		(void)snprintf(out, 320, "replaced by %.12s", hex);
	} else if (s->ahead) {
		(void)snprintf(out, 320, "dated ahead of our clock; its clocks run from receipt");
	}
}

static const char *joined(struct view *v, const char *first, const char *second)
{
	size_t n = strlen(first) + strlen(second) + 3;
	char *text = arena_alloc(v->a, n);
	if (!text)
		return "";
	(void)snprintf(text, n, "%s%s%s", first, *first && *second ? ": " : "", second);
	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	return text;
}

static const char *state_text(struct view *v, const struct seen *s)
{
	char text[80];
	(void)snprintf(text, sizeof text, "%s%s", view_record_drill(s), view_record_state(s));
	return joined(v, text, "");
}

static const char *counted(struct view *v, size_t n, const char *what)
{
	char *text = arena_alloc(v->a, 64);
	if (!text)
		return "";
	(void)snprintf(text, 64, "%zu %s%s", n, what, n == 1 ? "" : "s");
	return text;
}

static const char *inner_title(struct view *v, const struct field *f, const struct value *body)
{
	struct span inner;
	struct seen *s;
	struct id id;
	if (!value_is_bin(fields_get(f, body, "record"), &inner))
		return "";
	record_id(inner, &id);
	return view_find(v, &id, &s) == OK && s->r.kind != KIND_FORWARD ? view_record_title(v, s) : "";
}

/* An assignment without a title of its own bears that of the set it asks for. */
static const char *set_title(struct view *v, const struct field *f, const struct value *body)
{
	struct seen *s;
	struct id set;
	if (!fields_id(f, body, "set", &set) || view_find(v, &set, &s) != OK || !view_body(s) || s->r.kind != KIND_REQUIREMENT_SET)
		return "";
	return view_text(v, s->kind->fields, view_body(s), "title");
}

const char *view_record_title(struct view *v, const struct seen *s)
{
	const struct value *b = view_body(s);
	const struct field *f = s->kind ? s->kind->fields : NULL;
	if (!b || !f)
		return "";
	switch (s->kind->number) {
	case KIND_INCIDENT_NOTICE:
	case KIND_REQUIREMENT_SET:
	case KIND_POSTURE_ATTESTATION:
	case KIND_GUIDANCE:
	case KIND_TENDER:
	case KIND_CONCERN:
	case KIND_ISSUE:
	case KIND_IMPACT_QUERY:
	case KIND_ASSISTANCE:
	case KIND_EXERCISE_PLAN:
		return view_text(v, f, b, "title");
	case KIND_EXERCISE_REPORT:
		return joined(v, view_word(f, b, "step"), view_text(v, f, b, "text"));
	case KIND_REPLY:
		return joined(v, view_word(f, b, "decision"), view_text(v, f, b, "text"));
	case KIND_RETRACT:
		return joined(v, view_text(v, f, b, "reason"), "");
	case KIND_ORG_VOUCH:
		return joined(v, view_word(f, b, "basis"), view_text(v, f, b, "text"));
	case KIND_FORWARD:
		return joined(v, "passed on", inner_title(v, f, b));
	case KIND_INCIDENT_ANSWER:
		return joined(v, view_word(f, b, "impact"), view_text(v, f, b, "text"));
	case KIND_REQUIREMENT_ASSIGN:
		return joined(v, *view_text(v, f, b, "title") ? view_text(v, f, b, "title") : set_title(v, f, b), view_text(v, f, b, "level"));
	case KIND_REQUIREMENT_ACK:
		return counted(v, value_count(fields_get(f, b, "answers")), "answer");
	case KIND_REQUIREMENT_REVIEW:
		return counted(v, value_count(fields_get(f, b, "results")), "result");
	case KIND_EXCEPTION_REQUEST:
		return joined(v, view_text(v, f, b, "rid"), view_text(v, f, b, "reason"));
	case KIND_CHALLENGE:
		return joined(v, *view_text(v, f, b, "rid") ? view_text(v, f, b, "rid") : view_text(v, f, b, "clause"), view_text(v, f, b, "text"));
	case KIND_EQUIVALENCE:
		return joined(v, view_text(v, f, b, "scheme"), counted(v, value_count(fields_get(f, b, "covers")), "requirement"));
	case KIND_RESPONSIBILITY_MATRIX:
		return joined(v, view_text(v, f, b, "contract"), counted(v, value_count(fields_get(f, b, "rows")), "row"));
	case KIND_FLOWDOWN:
		return counted(v, value_count(fields_get(f, b, "leaves")), "subcontractor");
	case KIND_CERTIFICATION:
		return joined(v, view_text(v, f, b, "scheme"), view_text(v, f, b, "number"));
	case KIND_EVIDENCE:
		return view_text(v, f, b, "title");
	case KIND_FINDING:
		return joined(v, view_text(v, f, b, "rid"), view_text(v, f, b, "text"));
	case KIND_IMPROVEMENT:
		return counted(v, value_count(fields_get(f, b, "actions")), "action");
	case KIND_SUBCONTRACTOR_DISCLOSURE:
		return counted(v, value_count(fields_get(f, b, "items")), "subcontractor");
	case KIND_SUBCONTRACTING_REQUEST:
		return joined(v, view_text(v, f, b, "subcontractor"), view_text(v, f, b, "service"));
	case KIND_SUPPORT_STATEMENT:
		return joined(v, view_text(v, f, b, "product"), view_word(f, b, "support"));
	case KIND_CONTRACT:
		return joined(v, view_text(v, f, b, "reference"), view_text(v, f, b, "title"));
	case KIND_ASSET_HELD:
		return joined(v, counted(v, value_count(fields_get(f, b, "items")), "item"), view_text(v, f, b, "contract"));
	case KIND_DISPOSITION:
		return counted(v, value_count(fields_get(f, b, "items")), "item");
	case KIND_TERMINATION:
		return joined(v, view_text(v, f, b, "contract"), view_text(v, f, b, "reason"));
	case KIND_LOG_OPEN:
	case KIND_PAIR:
		break;
	}
	return "";
}

enum err view_record_row(struct view *v, const struct seen *s, json_t **out)
{
	char note[320];
	json_t *o = json_object();
	if (!o)
		return ERR_MEMORY;
	view_put(o, "schema", "tally/record/1");
	view_put_id(o, "id", &s->id);
	if (s->readable) {
		view_put(o, "kind", s->kind ? s->kind->name : "unknown");
		view_put_author(v, o, s);
		view_put(o, "tlp", vocab_word(&vocab_tlp, s->r.tlp) ? vocab_word(&vocab_tlp, s->r.tlp) : "red");
		view_put_time(o, "created", s->r.created);
		view_put_id(o, "thread", &s->root);
		if (s->r.has_exercise)
			view_put_id(o, "exercise", &s->r.exercise);
	}
	view_put_time(o, "received", s->received);
	view_put(o, "title", view_record_title(v, s));
	view_put(o, "state", state_text(v, s));
	view_record_note(s, note);
	view_put(o, "note", note);
	if (s->ahead)
		(void)json_object_set_new(o, "dated_ahead", json_true());
	if (s->has_via) {
		view_put_org(v, o, "via", &s->via);
		view_put_id(o, "via_record", &s->via_record);
	}
	*out = o;
	return OK;
}

/* ---- in full ---- */

static const char *delivery_word(const struct delivery_state *d)
{
	switch (d->state) {
	case DELIVERY_NONE:
		return "not sent";
	case DELIVERY_QUEUED:
		return "queued";
	case DELIVERY_STORED:
		return "stored";
	case DELIVERY_EXCEPTION:
		return "refused";
	}
	return "";
}

/* readers: [{partner, state: stored | queued | refused | not sent, receipted}]; of one of our own. */
static enum err delivery(struct view *v, const struct seen *s, json_t **out)
{
	struct ids who;
	bool everybody;
	json_t *list = json_array();
	enum err e = list ? view_readers(v, s, &who, &everybody) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < who.n; i++) {
		struct delivery_state d;
		json_t *o;
		e = core_delivery(v->t, &v->me, s->no, &who.p[i], &d);
		if (e != OK || !(o = json_object()))
			break;
		view_put_org(v, o, "partner", &who.p[i]);
		view_put(o, "state", delivery_word(&d));
		view_put_time(o, "receipted", d.receipted);
		if (d.state == DELIVERY_EXCEPTION)
			view_put(o, "because", verdict_text((enum verdict)d.code));
		(void)json_array_append_new(list, o);
	}
	if (e != OK) {
		json_decref(list);
		return e;
	}
	*out = list;
	return OK;
}

static enum err places(struct view *v, const struct seen *s, json_t **out)
{
	struct walk w;
	struct occurrence o;
	json_t *list = json_array();
	enum err e = occurrences_walk(v->t, s->no, &w);
	while (e == OK && occurrences_next(&w, &o)) {
		struct log_row log;
		json_t *j = json_object();
		if (o.log == 0) {
			view_put(j, "place", "inside a forward");
		} else if ((e = logs_by_no(v->t, o.log, &log)) == OK) {
			view_put_id(j, "log", &log.id);
			(void)json_object_set_new(j, "entry", json_integer((json_int_t)o.n));
			(void)json_object_set_new(j, "index", json_integer(o.index));
			view_put_org(v, j, "author", &log.author);
			if (log.type == AUDIENCE_DIRECT)
				view_put_org(v, j, "to", &log.target);
		}
		view_put(j, "verdict", verdict_text((enum verdict)o.verdict));
		view_put_time(j, "received", o.received);
		(void)json_array_append_new(list, j);
	}
	e = walk_close(&w, e);
	*out = list;
	return e;
}

static enum err brief(struct view *v, const struct seens *list, const struct seen *but, json_t **out)
{
	json_t *a = json_array();
	for (size_t i = 0; i < list->n; i++) {
		const struct seen *s = list->p[i];
		json_t *o;
		if (s == but || !(o = json_object()))
			continue;
		view_put_id(o, "id", &s->id);
		view_put(o, "kind", s->kind ? s->kind->name : "unknown");
		view_put_org(v, o, "from", &s->r.author);
		view_put_time(o, "created", s->r.created);
		view_put(o, "title", view_record_title(v, s));
		view_put(o, "state", view_record_state(s));
		view_put(o, "reason", s->reason);
		(void)json_array_append_new(a, o);
	}
	*out = a;
	return a ? OK : ERR_MEMORY;
}

static void put_list(json_t *o, const char *name, json_t *list)
{
	if (json_array_size(list))
		(void)json_object_set(o, name, list);
	json_decref(list);
}

static enum err readers(struct view *v, const struct seen *s, json_t *o)
{
	struct ids who;
	bool everybody;
	json_t *list;
	enum err e = view_readers(v, s, &who, &everybody);
	if (e != OK)
		return e;
	if (everybody)
		view_put(o, "audience", "all partners");
	if (s->mine) {
		e = delivery(v, s, &list);
		if (e == OK)
			put_list(o, "to", list);
		return e;
	}
	list = json_array();
	for (size_t i = 0; i < who.n; i++) {
		char name[VIEW_NAME];
		v->name(v->ctx, &who.p[i], name);
		(void)json_array_append_new(list, view_string(name));
	}
	put_list(o, "to", list);
	return OK;
}

enum err view_record_sheet(struct view *v, const struct seen *s, json_t **out)
{
	json_t *o, *list;
	struct seens other;
	enum err e = view_record_row(v, s, &o);
	if (e != OK)
		return e;
	if (s->readable && s->r.has_supersedes)
		view_put_id(o, "supersedes", &s->r.supersedes);
	if (s->replaced)
		view_put_id(o, "replaced_by", &s->newer);
	if (s->kind && view_body(s))
		(void)json_object_set_new(o, "body", fieldjson_write(s->kind->fields, s->r.body));
	if (s->readable)
		e = readers(v, s, o);
	if (e == OK && (e = places(v, s, &list)) == OK)
		put_list(o, "places", list);
	if (e == OK && (e = view_thread(v, &s->root, 0, &other)) == OK && (e = brief(v, &other, s, &list)) == OK)
		put_list(o, "in_thread", list);
	if (e == OK && (e = view_about(v, &s->id, 0, &other)) == OK && (e = brief(v, &other, s, &list)) == OK)
		put_list(o, "referred_to_by", list);
	if (e != OK) {
		json_decref(o);
		return e;
	}
	*out = o;
	return OK;
}
