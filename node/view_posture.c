#include "node/view_posture.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/view_ask.h"
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

enum gap { GAP_MET, GAP_PARTLY, GAP_NOT_MET, GAP_UNKNOWN, GAP_EXPIRED, GAP_NEVER_ASKED };

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

/* ---- what a party attests about one requirement ---- */

struct claim {
	int64_t status;      /* 0: nothing attested that stands */
	int64_t until;       /* day the attestation ends */
	const struct seen *by; /* the attestation that all this comes from; NULL: none */
	bool expired;        /* there was one, and its time is over */
	bool withdrawn;      /* there was one, and it was withdrawn */
	int64_t withdrawn_at;
	const char *assurance;
};

static bool word_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* "ISO/IEC 27001:2022" is the framework "ISO/IEC 27001" in the edition "2022"; where one of them names no edition, any will do. */
static bool same_standard(const char *standard, const char *framework, const char *edition)
{
	size_t n = strlen(framework), m = strlen(standard);
	if (strncasecmp(standard, framework, n < m ? n : m) != 0)
		return false;
	const char *rest = n < m ? standard + n : framework + m;
	if (n == 0 || m == 0 || word_char(*rest))
		return false;
	return n >= m || !*edition || strstr(rest, edition) != NULL;
}

struct source { /* of a statement */
	const char *framework, *edition;
};

/* A statement is about a requirement when it names its rid, or a clause of that framework that it is mapped to. */
static bool names(struct view *v, const struct source *from, const struct value *statement, const struct value *requirement)
{
	const struct field *g = view_requirement_group(), *m = fields_find(g, "mappings")->group;
	const struct value *mappings = fields_get(g, requirement, "mappings");
	struct span control, other;
	if (!fields_str(statements(), statement, "control", &control))
		return false;
	if (fields_str(g, requirement, "rid", &other) && span_eq(control, other))
		return true;
	for (size_t i = 0; i < value_count(mappings); i++)
		if (fields_str(m, value_item(mappings, i), "clause", &other) && span_eq(control, other) &&
		    same_standard(view_text(v, m, value_item(mappings, i), "standard"), from->framework, from->edition))
			return true;
	return false;
}

/* ---- what one party attested, so much of it as nothing replaced ---- */

struct stand {
	const struct seen *by;
	struct source from;
};

struct work { /* for the gap of one party */
	struct view *v;
	const struct id *party;
	struct asks asks;
	struct seens sets; /* ours */
	struct stand *stand;
	size_t stands;
	json_t *items;
};

static enum err read_stands(struct work *w)
{
	struct seens all;
	enum err e = view_kind(w->v, KIND_POSTURE_ATTESTATION, &all);
	w->stand = e == OK ? arena_alloc(w->v->a, (all.n + 1) * sizeof *w->stand) : NULL;
	if (e != OK || !w->stand)
		return e != OK ? e : ERR_MEMORY;
	for (size_t i = 0; i < all.n; i++) {
		const struct seen *s = all.p[i];
		if (s->counts && !s->replaced && id_eq(&s->r.author, w->party))
			w->stand[w->stands++] = (struct stand){s, {view_text(w->v, posture(), s->r.body, "framework"),
			                                           view_text(w->v, posture(), s->r.body, "framework_version")}};
	}
	return OK;
}

static const struct value *statement_on(struct view *v, const struct stand *s, const struct value *requirement)
{
	const struct value *list = fields_get(posture(), s->by->r.body, "statements");
	for (size_t i = 0; i < value_count(list); i++)
		if (names(v, &s->from, value_item(list, i), requirement))
			return value_item(list, i);
	return NULL;
}

/* The newest that stands; what is over or withdrawn is remembered only where nothing stands. */
static void read_claim(const struct work *w, const struct value *requirement, struct claim *out)
{
	struct claim c = {.assurance = ""};
	for (size_t i = 0; i < w->stands; i++) {
		const struct seen *s = w->stand[i].by;
		const struct value *row = statement_on(w->v, &w->stand[i], requirement);
		int64_t until;
		if (!row)
			continue;
		until = view_int(posture(), s->r.body, "valid_until");
		if (s->withdrawn) {
			c.by = c.status || c.expired ? c.by : s;
			c.withdrawn = true;
			c.withdrawn_at = s->withdrawn_at;
		} else if (until < view_ask_today(w->v)) {
			c.by = c.status ? c.by : s;
			c.expired = true;
			c.until = c.status ? c.until : until;
		} else {
			c.by = s;
			c.status = view_int(statements(), row, "status");
			c.assurance = view_word(statements(), row, "assurance");
			c.until = until;
		}
	}
	*out = c;
}

/* ---- the judgement ---- */

#define QUOTE 150 /* bytes of other people's words in one of our sentences */

struct finding {
	enum gap gap;
	char because[QUOTE + 170];
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

static void found(struct finding *f, enum gap gap, int64_t until, const char *format, ...) __attribute__((format(printf, 4, 5)));
static void found(struct finding *f, enum gap gap, int64_t until, const char *format, ...)
{
	va_list args;
	f->gap = gap;
	f->until = until;
	va_start(args, format);
	(void)vsnprintf(f->because, sizeof f->because, format, args);
	va_end(args);
}

static void by_claim(const struct claim *c, const char *said, struct finding *f)
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
		found(f, GAP_UNKNOWN, 0, "%s; neither attested nor reviewed", said);
	}
}

/* Granted on request; or by the answer itself, unless the customer said no. */
static bool refused(const struct ask *a)
{
	return a->answer == ANSWER_EXCEPTION && strcmp(a->decided, "granted") != 0 &&
	       (a->review == REVIEW_INSUFFICIENT || strcmp(a->decided, "refused") == 0);
}

static void by_exception(struct view *v, const struct ask *a, struct finding *f)
{
	char day[WHEN_TEXT];
	bool granted = a->answer != ANSWER_EXCEPTION || strcmp(a->decided, "granted") == 0;
	when_format_date(a->until, day);
	if (refused(a))
		found(f, GAP_NOT_MET, 0, "exception refused%s%s", *a->review_text ? ", reviewed as insufficient: " : "", brief(v, a->review_text));
	else if (a->expired)
		found(f, GAP_EXPIRED, a->until, "the exception ended on %s: %s", day, brief(v, a->text));
	else
		found(f, GAP_PARTLY, a->until, "exception until %s%s: %s", day, granted ? ", granted" : a->review ? ", reviewed" : ", not reviewed",
		      brief(v, a->text));
}

static void by_review(const struct ask *a, const struct claim *c, const char *said, struct finding *f)
{
	const char *status = vocab_word(&vocab_control_status, c->status);
	found(f, GAP_MET, c->until, "%s; reviewed as %s%s%s", said, vocab_word(&vocab_review, a->review), status ? "; attested as " : "",
	      status ? status : c->expired ? "; the attestation has expired" : c->withdrawn ? "; the attestation was withdrawn" : "");
}

static void judge(struct view *v, const struct ask *a, const struct claim *c, struct finding *f)
{
	char said[64];
	const char *word = vocab_word(&vocab_ack, a->answer);
	(void)snprintf(said, sizeof said, "%s%s", word ? word : "answered", a->outdated ? " (an earlier version)" : "");
	if (a->exception)
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
	else if (a->answer == ANSWER_EQUIVALENCE && !c->status)
		found(f, GAP_UNKNOWN, 0, "says it is met by equivalence, not reviewed: %s", brief(v, a->text));
	else
		by_claim(c, said, f);
}

static json_t *put_row(json_t *items, const char *rid, const char *title, const struct finding *f)
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
static void add_source(struct finding *f, const char *what, const struct seen *s)
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

static void asked_row(struct view *v, const struct ask *a, const struct claim *c, json_t *items)
{
	struct finding f;
	judge(v, a, c, &f);
	add_source(&f, a->ack ? "answer" : "asked in", a->ack ? a->ack : a->of->assign);
	add_source(&f, "posture", c->by);
	json_t *o = put_row(items, a->rid, a->title, &f);
	put_set(v, o, a->of->set);
	view_put(o, "answer", a->answer ? vocab_word(&vocab_ack, a->answer) : "unanswered");
	view_put_org(v, o, "customer", &a->of->assign->r.author);
	view_put_id(o, "assign", &a->of->assign->id);
	if (a->ack)
		view_put_id(o, "ack", &a->ack->id);
	if (c->by)
		view_put_id(o, "posture", &c->by->id);
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
	struct finding f;
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
			read_claim(w, r, &c);
			const char *title = view_text(w->v, view_requirement_group(), r, "title");
			put_set(w->v, never_row(rids[k], title, "in our set, but not assigned", &c, w->items), set);
		}
	}
	return e;
}

static bool in_sets(const struct work *w, const struct source *from, const struct value *statement)
{
	const struct field *f = kind_by_number(KIND_REQUIREMENT_SET)->fields;
	for (size_t i = 0; i < w->sets.n; i++) {
		const struct value *list = fields_get(f, w->sets.p[i]->r.body, "requirements");
		for (size_t k = 0; k < value_count(list); k++)
			if (names(w->v, from, statement, value_item(list, k)))
				return true;
	}
	return false;
}

/* Of whoever was asked nothing: what it attests, though none of our sets knows it. */
static void unasked_claims(const struct work *w)
{
	for (size_t i = 0; i < w->stands; i++) {
		const struct seen *s = w->stand[i].by;
		const struct value *list = fields_get(posture(), s->r.body, "statements");
		if (strcmp(view_posture_state(w->v, s), "current") != 0)
			continue;
		for (size_t k = 0; k < value_count(list); k++) {
			const struct value *one = value_item(list, k);
			struct claim c = {.by = s, .status = view_int(statements(), one, "status"), .until = view_int(posture(), s->r.body, "valid_until")};
			if (!in_sets(w, &w->stand[i].from, one))
				(void)never_row(view_text(w->v, statements(), one, "control"), w->stand[i].from.framework, "in none of our sets", &c, w->items);
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
		e = read_stands(&w);
	if (e == OK)
		e = our_sets(&w);
	for (size_t i = 0; e == OK && i < w.asks.n; i++) {
		struct claim c;
		if (w.asks.p[i].again)
			continue;
		read_claim(&w, w.asks.p[i].requirement, &c);
		asked_row(v, &w.asks.p[i], &c, w.items);
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
