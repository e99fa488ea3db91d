#include "node/view_posture.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/view_assurance.h"
#include "node/view_finding.h"
#include "node/view_lean.h"
#include "node/view_record.h"
#include "proto/when.h"

enum answer { /* vocab_ack */
	ANSWER_ACCEPTED = 1, ANSWER_EXCEPTION, ANSWER_EQUIVALENCE, ANSWER_DECLINED, ANSWER_NOT_APPLICABLE, ANSWER_CLARIFICATION
};
enum review { REVIEW_SATISFIED = 1, REVIEW_INSUFFICIENT, REVIEW_EQUIVALENCE }; /* vocab_review */
enum status { /* vocab_control_status */
	STATUS_IMPLEMENTED = 1, STATUS_PARTIAL, STATUS_PLANNED, STATUS_ALTERNATIVE, STATUS_NOT, STATUS_NOT_APPLICABLE
};

static const struct field *posture(void)
{
	return kind_by_number(KIND_POSTURE_ATTESTATION)->fields;
}

static const struct field *statements(void)
{
	return fields_find(posture(), "statements")->group;
}

enum gap { GAP_MET, GAP_PARTLY, GAP_NOT_MET, GAP_UNKNOWN, GAP_EXPIRED, GAP_STALE, GAP_NEVER_ASKED };

static const char *gap_word(enum gap g)
{
	switch (g) {
	case GAP_MET:
		return "met";
	case GAP_PARTLY:
		return "partly";
	case GAP_NOT_MET:
		return "not-met";
	case GAP_UNKNOWN:
		return "unknown";
	case GAP_EXPIRED:
		return "expired";
	case GAP_STALE:
		return "stale";
	case GAP_NEVER_ASKED:
		return "never-asked";
	}
	return "";
}

/* ---- list ---- */

const char *view_posture_state(const struct view *v, const struct seen *s)
{
	if (s->withdrawn)
		return "withdrawn";
	if (!s->counts)
		return "disregarded";
	if (s->replaced)
		return "superseded";
	return view_int(posture(), s->r.body, "valid_until") < view_ask_today(v) ? "expired" : "current";
}

enum err view_posture_list(struct view *v, json_t **out)
{
	struct seens list = {0};
	json_t *items = json_array();
	enum err e = items ? view_kind(v, KIND_POSTURE_ATTESTATION, &list) : ERR_MEMORY;
	for (size_t i = list.n; e == OK && i-- > 0;) {
		const struct seen *s = list.p[i];
		const struct value *b = view_body(s);
		json_t *o;
		e = view_record_row(v, s, &o);
		if (e != OK)
			break;
		view_put(o, "framework", view_text(v, posture(), b, "framework"));
		view_put_date(o, "as_of", view_int(posture(), b, "as_of"));
		view_put_date(o, "valid_until", view_int(posture(), b, "valid_until"));
		view_put(o, "state", view_posture_state(v, s));
		(void)json_array_append_new(items, o);
	}
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}

struct work { /* for the gap of one party */
	struct view *v;
	const struct id *party;
	struct asks asks;
	struct seens sets; /* ours */
	struct claim_stands stands;
	struct finding *findings; /* of whoever asked, at whom it is asked */
	size_t found;
	json_t *items;
};

/* ---- the judgement ---- */

#define QUOTE 150 /* bytes of other people's words in one of our sentences */

struct judgement {
	enum gap gap;
	char because[QUOTE + 700];
	int64_t until;
};

/* What somebody wrote, short enough for a sentence, never cut inside a character: that would be no text any more. */
static const char *brief(struct view *v, const char *text)
{
	size_t n = strlen(text);
	if (n <= QUOTE)
		return text;
	for (n = QUOTE - 3; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--;
	char *out = arena_alloc(v->a, n + 4);
	if (!out)
		return "";
	memcpy(out, text, n);
	memcpy(out + n, "...", 4);
	return out;
}

static void found(struct judgement *f, enum gap gap, int64_t until, const char *format, ...) __attribute__((format(printf, 4, 5)));
static void found(struct judgement *f, enum gap gap, int64_t until, const char *format, ...)
{
	va_list args;
	f->gap = gap;
	f->until = until;
	va_start(args, format);
	(void)vsnprintf(f->because, sizeof f->because, format, args);
	va_end(args);
}

static void by_claim(const struct claim *c, bool anew, const char *said, struct judgement *f)
{
	char day[WHEN_TEXT];
	const char *status = vocab_word(&vocab_control_status, c->status);
	switch (c->status) {
	case STATUS_IMPLEMENTED:
		found(f, GAP_MET, c->until, "%s; attested as implemented%s%s", said, *c->assurance ? ", " : "", c->assurance);
		return;
	case STATUS_PARTIAL:
	case STATUS_PLANNED:
	case STATUS_ALTERNATIVE:
		found(f, GAP_PARTLY, c->until, "%s; attested as %s", said, status);
		return;
	case STATUS_NOT:
	case STATUS_NOT_APPLICABLE:
		found(f, GAP_NOT_MET, c->until, "%s; but attested as %s", said, status);
		return;
	}
	if (c->expired) {
		when_format_date(c->until, day);
		found(f, GAP_EXPIRED, c->until, "%s; the attestation ended on %s", said, day);
	} else if (c->withdrawn) {
		when_format_date(c->withdrawn_at / WHEN_DAY_MS, day);
		found(f, GAP_UNKNOWN, 0, "%s; the attestation was withdrawn on %s", said, day);
	} else {
		found(f, GAP_UNKNOWN, 0, "%s; %s", said, anew ? "answered anew after review, not attested" : "neither attested nor reviewed");
	}
}

static void by_exception(struct view *v, const struct ask *a, struct judgement *f)
{
	char day[WHEN_TEXT];
	bool granted = a->answer != ANSWER_EXCEPTION || a->granted;
	when_format_date(a->until, day);
	if (a->refused)
		found(f, GAP_NOT_MET, 0, "exception refused%s%s", *a->review_text ? ", reviewed as insufficient: " : "", brief(v, a->review_text));
	else if (a->expired)
		found(f, GAP_EXPIRED, a->until, "the exception ended on %s: %s", day, brief(v, a->text));
	else
		found(f, GAP_PARTLY, a->until, "exception until %s%s: %s", day, granted ? ", granted" : a->review ? ", reviewed" : ", not reviewed",
		      brief(v, a->text));
}

static void by_review(const struct ask *a, const struct claim *c, const char *said, struct judgement *f)
{
	const char *status = vocab_word(&vocab_control_status, c->status);
	found(f, GAP_MET, c->until, "%s; reviewed as %s%s%s", said, vocab_word(&vocab_review, a->review), status ? "; attested as " : "",
	      status ? status : c->expired ? "; the attestation has expired" : c->withdrawn ? "; the attestation was withdrawn" : "");
}

/* A certificate that was shown, of a scheme that the customer recognises for this requirement. */
static void by_equivalence(struct view *v, const struct ask *a, const struct lean *l, struct judgement *f)
{
	const struct field *g = fields_find(kind_by_number(KIND_EQUIVALENCE)->fields, "covers")->group;
	const char *title = l->certificate ? view_record_title(v, l->certificate) : "";
	int64_t until = l->certificate ? view_assurance_until(l->certificate) : 0, ends = view_assurance_until(a->recognised.by);
	until = ends && ends < until ? ends : until;
	if (!l->certificate)
		found(f, GAP_UNKNOWN, 0, "says it is met by equivalence, but the certificate was not shown: %s",
		      brief(v, *a->certificate ? a->certificate : a->text));
	else if (*l->unfit)
		found(f, GAP_UNKNOWN, 0, "the certificate %.80s does not fit what is recognised: %s", title, l->unfit);
	else if (a->recognised.partial)
		found(f, GAP_PARTLY, until, "met in part by the certificate %.80s; what remains: %s", title,
		      brief(v, view_text(v, g, a->recognised.cover, "remains")));
	else
		found(f, GAP_MET, until, "met by the certificate %.80s, which is recognised", title);
}

static void judge(struct view *v, const struct ask *a, const struct claim *c, const struct lean *l, struct judgement *f)
{
	char said[64];
	const char *word = vocab_word(&vocab_ack, a->answer);
	(void)snprintf(said, sizeof said, "%s%s", word ? word : "answered", a->outdated ? " (an earlier version)" : "");
	if (a->exception || a->refused)
		by_exception(v, a, f);
	else if (!a->answer && c->status == STATUS_IMPLEMENTED)
		found(f, GAP_PARTLY, c->until, "attested as implemented, but not answered%s", a->overdue ? ", overdue" : "");
	else if (!a->answer)
		found(f, GAP_UNKNOWN, 0, "asked, not answered%s", a->overdue ? ", overdue" : "");
	else if (a->review == REVIEW_INSUFFICIENT)
		found(f, GAP_NOT_MET, a->until, "reviewed as insufficient%s%s", *a->review_text ? ": " : "", brief(v, a->review_text));
	else if (a->answer == ANSWER_DECLINED)
		found(f, GAP_NOT_MET, 0, "declined: %s", brief(v, a->text));
	else if (a->answer == ANSWER_CLARIFICATION)
		found(f, GAP_UNKNOWN, 0, "needs clarification: %s", brief(v, a->text));
	else if (a->review == REVIEW_SATISFIED || a->review == REVIEW_EQUIVALENCE)
		by_review(a, c, said, f);
	else if (a->answer == ANSWER_NOT_APPLICABLE)
		found(f, GAP_UNKNOWN, 0, "says it does not apply, not reviewed: %s", brief(v, a->text));
	else if (a->answer == ANSWER_EQUIVALENCE && a->recognised.by && (!c->status || c->status == STATUS_IMPLEMENTED))
		by_equivalence(v, a, l, f);
	else if (a->answer == ANSWER_EQUIVALENCE && !c->status)
		found(f, GAP_UNKNOWN, 0, "says it is met by equivalence, not reviewed: %s", brief(v, a->text));
	else
		by_claim(c, a->anew, said, f);
}

/* What it leans on has fallen: it held, and nobody has looked at it since. */
static void stale(const struct ask *a, const struct claim *c, const struct lean *l, struct judgement *f)
{
	char was[QUOTE + 170];
	bool held = f->gap == GAP_MET || (f->gap == GAP_PARTLY && !a->exception);
	if (!*l->because || !(held || (f->gap == GAP_UNKNOWN && (c->withdrawn || a->answer == ANSWER_EQUIVALENCE))))
		return;
	(void)snprintf(was, sizeof was, "%.*s", (int)sizeof was - 1, f->because);
	found(f, GAP_STALE, 0, "stale because %s; %s", l->because, was);
}

/* A finding on a requirement of this set, or of no set that we know of. */
static enum err is_about(struct view *v, const struct finding *f, const struct ask *a, bool *yes)
{
	struct seen *root;
	struct assignment *of;
	*yes = !f->closed && strcmp(f->rid, a->rid) == 0 && id_eq(&f->customer, &a->of->assign->r.author) && id_eq(&f->supplier, &a->party);
	enum err e = *yes ? view_find(v, &f->of->root, &root) : ERR_NOT_FOUND;
	if (e == OK)
		e = view_requirement_assignment(v, root, &of);
	if (e == OK && of->set)
		*yes = id_eq(&of->set->root, &a->of->set->root);
	return e == ERR_NOT_FOUND ? OK : e;
}

/* What the customer found wanting, and has not closed, is not met, whatever is declared; an exception alone stands beside it. */
static enum err by_finding(const struct work *w, const struct ask *a, struct judgement *f, const struct seen **out)
{
	char was[QUOTE + 170];
	enum err e = OK;
	*out = NULL;
	for (size_t i = w->found; e == OK && !*out && i-- > 0;) {
		bool yes;
		e = is_about(w->v, &w->findings[i], a, &yes);
		*out = e == OK && yes ? w->findings[i].of : NULL;
	}
	if (!*out || (a->exception && f->gap == GAP_PARTLY))
		return e;
	(void)snprintf(was, sizeof was, "%.*s", (int)sizeof was - 1, f->because);
	found(f, GAP_NOT_MET, 0, "open finding: %s; %s", brief(w->v, view_record_title(w->v, *out)), was);
	return OK;
}

static json_t *put_row(json_t *items, const char *rid, const char *title, const struct judgement *f)
{
	json_t *o = json_object();
	view_put(o, "rid", rid);
	view_put(o, "title", title);
	view_put(o, "state", gap_word(f->gap));
	view_put(o, "because", f->because);
	view_put_date(o, "until", f->until);
	(void)json_array_append_new(items, o);
	return o;
}

/* The records it leans on: at the end of the sentence in short, and in full beside it. */
static void add_source(struct judgement *f, const char *what, const struct seen *s)
{
	char hex[65];
	size_t n = strlen(f->because);
	if (!s)
		return;
	hex_encode(hex, s->id.b, 32);
	(void)snprintf(f->because + n, sizeof f->because - n, " (%s %.12s)", what, hex);
}

static void put_set(struct view *v, json_t *o, const struct seen *set)
{
	view_put(o, "set", set ? view_text(v, kind_by_number(KIND_REQUIREMENT_SET)->fields, view_body(set), "title") : "");
}

/* The records from what leans to what has fallen. */
static void put_chain(json_t *o, const struct lean *l)
{
	json_t *list = json_array();
	char hex[65];
	for (size_t i = 0; i < l->chain.n; i++) {
		hex_encode(hex, l->chain.p[i]->id.b, 32);
		(void)json_array_append_new(list, json_string(hex));
	}
	(void)json_object_set_new(o, "fallen", list);
}

static enum err asked_row(const struct work *w, const struct ask *a, const struct claim *c)
{
	struct view *v = w->v;
	const struct seen *finding = NULL;
	struct judgement f;
	struct lean l;
	enum err e = view_lean_on(v, a, c, &l);
	if (e != OK)
		return e;
	judge(v, a, c, &l, &f);
	stale(a, c, &l, &f);
	if ((e = by_finding(w, a, &f, &finding)) != OK)
		return e;
	add_source(&f, a->ack ? "answer" : "asked in", a->ack ? a->ack : a->of->assign);
	add_source(&f, "posture", c->by);
	add_source(&f, "finding", finding);
	json_t *o = put_row(w->items, a->rid, a->title, &f);
	put_set(v, o, a->of->set);
	view_put(o, "answer", a->answer ? vocab_word(&vocab_ack, a->answer) : "unanswered");
	if (!a->answer && a->due)
		view_put_date(o, "due", a->due / WHEN_DAY_MS);
	view_put_org(v, o, "customer", &a->of->assign->r.author);
	view_put_id(o, "assign", &a->of->assign->id);
	if (a->ack)
		view_put_id(o, "ack", &a->ack->id);
	if (c->by)
		view_put_id(o, "posture", &c->by->id);
	if (finding)
		view_put_id(o, "finding", &finding->id);
	if (l.certificate)
		view_put_id(o, "certification", &l.certificate->id);
	if (f.gap == GAP_STALE)
		put_chain(o, &l);
	return OK;
}

/* ---- what was never asked ---- */

static bool asked(const struct asks *asks, const char *rid, const struct seen *set)
{
	for (size_t i = 0; i < asks->n; i++)
		if (strcmp(asks->p[i].rid, rid) == 0 && id_eq(&asks->p[i].of->set->root, &set->root))
			return true;
	return false;
}

static json_t *never_row(const char *rid, const char *title, const char *where, const struct claim *c, json_t *items)
{
	struct judgement f;
	const char *status = vocab_word(&vocab_control_status, c->status);
	found(&f, GAP_NEVER_ASKED, c->until, "%s%s%s", where, status ? "; attested as " : "", status ? status : "");
	if (status)
		add_source(&f, "posture", c->by);
	json_t *o = put_row(items, rid, title, &f);
	if (status)
		view_put_id(o, "posture", &c->by->id);
	return o;
}

static enum err never_asked(const struct work *w)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < w->sets.n; i++) {
		const struct seen *set = w->sets.p[i];
		const char *const *rids;
		size_t n;
		e = view_requirement_rids(w->v, set, "", &rids, &n);
		for (size_t k = 0; e == OK && k < n; k++) {
			const struct value *r = view_requirement_find(set, rids[k]);
			struct claim c;
			if (asked(&w->asks, rids[k], set))
				continue;
			view_claim_read(w->v, &w->stands, r, &c);
			const char *title = view_text(w->v, view_requirement_group(), r, "title");
			put_set(w->v, never_row(rids[k], title, "in our set, but not assigned", &c, w->items), set);
		}
	}
	return e;
}

static bool in_sets(const struct work *w, const struct claim_source *from, const struct value *statement)
{
	const struct field *f = kind_by_number(KIND_REQUIREMENT_SET)->fields;
	for (size_t i = 0; i < w->sets.n; i++) {
		const struct value *list = fields_get(f, w->sets.p[i]->r.body, "requirements");
		for (size_t k = 0; k < value_count(list); k++)
			if (view_claim_names(w->v, from, statement, value_item(list, k)))
				return true;
	}
	return false;
}

/* Of whoever was asked nothing: what it attests, though none of our sets knows it. */
static void unasked_claims(const struct work *w)
{
	for (size_t i = 0; i < w->stands.n; i++) {
		const struct seen *s = w->stands.p[i].by;
		const struct value *list = fields_get(posture(), s->r.body, "statements");
		if (strcmp(view_posture_state(w->v, s), "current") != 0)
			continue;
		for (size_t k = 0; k < value_count(list); k++) {
			const struct value *one = value_item(list, k);
			struct claim c = {.by = s, .status = view_int(statements(), one, "status"), .until = view_int(posture(), s->r.body, "valid_until")};
			if (!in_sets(w, &w->stands.p[i].from, one))
				(void)never_row(view_text(w->v, statements(), one, "control"), w->stands.p[i].from.framework, "in none of our sets", &c, w->items);
		}
	}
}

/* ---- the whole of it ---- */

static enum err our_sets(struct work *w)
{
	struct seens all;
	enum err e = view_kind(w->v, KIND_REQUIREMENT_SET, &all);
	for (size_t i = 0; e == OK && i < all.n; i++)
		if (all.p[i]->mine && view_active(all.p[i]))
			e = view_push(w->v, &w->sets, all.p[i]);
	return e;
}

/* Of others we judge what we asked; of ourselves, what we were asked. */
static enum err read_asks(struct work *w)
{
	struct assignment **all;
	size_t n;
	enum err e = view_requirement_assignments(w->v, !id_eq(w->party, &w->v->me), &all, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		if (view_ids_has(&all[i]->parties, w->party))
			e = view_ask_all(w->v, all[i], w->party, &w->asks);
	return e == OK ? view_ask_again(w->v, &w->asks) : e;
}

enum err view_posture_gap(struct view *v, const struct id *party, json_t **out)
{
	struct work w = {.v = v, .party = party, .items = json_array()};
	enum err e = w.items ? read_asks(&w) : ERR_MEMORY;
	if (e == OK)
		e = view_claim_stands(v, party, &w.stands);
	if (e == OK)
		e = view_finding_all(v, &w.findings, &w.found);
	if (e == OK)
		e = our_sets(&w);
	for (size_t i = 0; e == OK && i < w.asks.n; i++) {
		struct claim c;
		if (w.asks.p[i].again)
			continue;
		view_claim_read(v, &w.stands, w.asks.p[i].requirement, &c);
		e = asked_row(&w, &w.asks.p[i], &c);
	}
	if (e == OK && !id_eq(party, &v->me)) {
		e = never_asked(&w);
		if (e == OK && w.asks.n == 0)
			unasked_claims(&w);
	}
	if (e != OK)
		json_decref(w.items);
	else
		*out = w.items;
	return e;
}
