#include "node/view_posture.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "node/view_ask.h"
#include "node/view_record.h"
#include "proto/when.h"

enum answer { /* vocab_ack */
	ANSWER_ACCEPTED = 1, ANSWER_EXCEPTION, ANSWER_EQUIVALENCE, ANSWER_DECLINED, ANSWER_NOT_APPLICABLE, ANSWER_CLARIFICATION
};
enum review { REVIEW_SATISFIED = 1, REVIEW_INSUFFICIENT, REVIEW_EQUIVALENCE }; /* vocab_review */
enum status { STATUS_IMPLEMENTED = 1, STATUS_PARTIAL, STATUS_PLANNED, STATUS_ALTERNATIVE, STATUS_NOT, STATUS_NOT_APPLICABLE }; /* vocab_control_status */

static const struct field *posture(void)
{
	return kind_by_number(KIND_POSTURE_ATTESTATION)->fields;
}

static const struct field *statements(void)
{
	return fields_find(posture(), "statements")->group;
}

const char *view_posture_gap_word(enum gap g)
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
	struct seens list;
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
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}

/* ---- what a party attests about one requirement ---- */

struct claim {
	int64_t status;      /* 0: nothing attested that stands */
	int64_t until;       /* day the attestation ends */
	bool expired;        /* there was one, and its time is over */
	bool withdrawn;      /* there was one, and it was withdrawn */
	int64_t withdrawn_at;
	const char *assurance;
};

/* A statement is about a requirement when it names its rid or a clause that it is mapped to. */
static bool names(const struct value *statement, const struct value *requirement)
{
	const struct field *g = view_requirement_group(), *m = fields_find(g, "mappings")->group;
	const struct value *mappings = fields_get(g, requirement, "mappings");
	struct span control, other;
	if (!fields_str(statements(), statement, "control", &control))
		return false;
	if (fields_str(g, requirement, "rid", &other) && span_eq(control, other))
		return true;
	for (size_t i = 0; i < value_count(mappings); i++)
		if (fields_str(m, value_item(mappings, i), "clause", &other) && span_eq(control, other))
			return true;
	return false;
}

static const struct value *statement_on(const struct seen *s, const struct value *requirement)
{
	const struct value *list = fields_get(posture(), s->r.body, "statements");
	for (size_t i = 0; i < value_count(list); i++)
		if (names(value_item(list, i), requirement))
			return value_item(list, i);
	return NULL;
}

/* The newest that stands; what is over or withdrawn is remembered only where nothing stands. */
static void read_claim(struct view *v, const struct seens *all, const struct id *party, const struct value *requirement, struct claim *out)
{
	struct claim c = {.assurance = ""};
	for (size_t i = 0; i < all->n; i++) {
		const struct seen *s = all->p[i];
		const struct value *row;
		int64_t until;
		if (!s->counts || s->replaced || !id_eq(&s->r.author, party) || !(row = statement_on(s, requirement)))
			continue;
		until = view_int(posture(), s->r.body, "valid_until");
		if (s->withdrawn) {
			c.withdrawn = true;
			c.withdrawn_at = s->withdrawn_at;
		} else if (until < view_ask_today(v)) {
			c.expired = true;
			c.until = c.status ? c.until : until;
		} else {
			c.status = view_int(statements(), row, "status");
			c.assurance = view_word(statements(), row, "assurance");
			c.until = until;
		}
	}
	*out = c;
}

/* ---- the judgement ---- */

struct finding {
	enum gap gap;
	char because[240];
	int64_t until;
};

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

static void by_exception(const struct ask *a, struct finding *f)
{
	char day[WHEN_TEXT];
	when_format_date(a->until, day);
	if (a->expired)
		found(f, GAP_EXPIRED, a->until, "the exception ended on %s: %.120s", day, a->text);
	else
		found(f, GAP_PARTLY, a->until, "exception until %s%s: %.120s", day, strcmp(a->decided, "granted") == 0 ? ", granted" : "", a->text);
}

static void judge(const struct ask *a, const struct claim *c, struct finding *f)
{
	char said[64];
	const char *word = vocab_word(&vocab_ack, a->answer);
	(void)snprintf(said, sizeof said, "%s%s", word ? word : "answered", a->outdated ? " (an earlier version)" : "");
	if (a->exception)
		by_exception(a, f);
	else if (!a->answer && c->status == STATUS_IMPLEMENTED)
		found(f, GAP_PARTLY, c->until, "attested as implemented, but not answered%s", a->overdue ? ", overdue" : "");
	else if (!a->answer)
		found(f, GAP_UNKNOWN, 0, "asked, not answered%s", a->overdue ? ", overdue" : "");
	else if (a->review == REVIEW_INSUFFICIENT)
		found(f, GAP_NOT_MET, a->until, "reviewed as insufficient%s%.150s", *a->review_text ? ": " : "", a->review_text);
	else if (a->answer == ANSWER_DECLINED)
		found(f, GAP_NOT_MET, 0, "declined: %.150s", a->text);
	else if (a->answer == ANSWER_CLARIFICATION)
		found(f, GAP_UNKNOWN, 0, "needs clarification: %.150s", a->text);
	else if (a->review == REVIEW_SATISFIED || a->review == REVIEW_EQUIVALENCE)
		found(f, GAP_MET, c->status ? c->until : 0, "%s; reviewed as %s", said, vocab_word(&vocab_review, a->review));
	else if (a->answer == ANSWER_NOT_APPLICABLE)
		found(f, GAP_UNKNOWN, 0, "says it does not apply, not reviewed: %.120s", a->text);
	else if (a->answer == ANSWER_EQUIVALENCE && !c->status)
		found(f, GAP_UNKNOWN, 0, "says it is met by equivalence, not reviewed: %.100s", a->text);
	else
		by_claim(c, said, f);
}

static json_t *gap_row(struct view *v, const char *rid, const char *title, const struct finding *f)
{
	json_t *o = json_object();
	(void)v;
	view_put(o, "rid", rid);
	view_put(o, "title", title);
	view_put(o, "state", view_posture_gap_word(f->gap));
	view_put(o, "because", f->because);
	view_put_date(o, "until", f->until);
	return o;
}

/* ---- what was never asked ---- */

static bool asked(const struct asks *asks, const char *rid, const struct seen *set)
{
	for (size_t i = 0; i < asks->n; i++)
		if (strcmp(asks->p[i].rid, rid) == 0 && id_eq(&asks->p[i].of->set->root, &set->root))
			return true;
	return false;
}

static enum err never_asked(struct view *v, const struct asks *asks, const struct seens *claims, const struct id *party, json_t *items)
{
	struct seens sets;
	enum err e = view_kind(v, KIND_REQUIREMENT_SET, &sets);
	for (size_t i = 0; e == OK && i < sets.n; i++) {
		const struct seen *set = sets.p[i];
		const char *const *rids;
		size_t n;
		if (!set->mine || !view_active(set))
			continue;
		e = view_requirement_rids(v, set, "", &rids, &n);
		for (size_t k = 0; e == OK && k < n; k++) {
			const struct value *r = view_requirement_find(set, rids[k]);
			struct finding f;
			struct claim c;
			if (asked(asks, rids[k], set))
				continue;
			read_claim(v, claims, party, r, &c);
			found(&f, GAP_NEVER_ASKED, c.until, "in our set, but not assigned%s%s", c.status ? "; attested as " : "",
			      c.status ? vocab_word(&vocab_control_status, c.status) : "");
			(void)json_array_append_new(items, gap_row(v, rids[k], view_text(v, view_requirement_group(), r, "title"), &f));
		}
	}
	return e;
}

static enum err asks_of(struct view *v, const struct id *party, struct asks *out)
{
	struct assignment **all;
	size_t n;
	enum err e = view_requirement_assignments(v, true, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		if (view_ids_has(&all[i]->parties, party))
			e = view_ask_all(v, all[i], party, out);
	return e;
}

enum err view_posture_gap(struct view *v, const struct id *party, json_t **out)
{
	struct asks asks = {0};
	struct seens claims;
	json_t *items = json_array();
	enum err e = items ? asks_of(v, party, &asks) : ERR_MEMORY;
	if (e == OK)
		e = view_kind(v, KIND_POSTURE_ATTESTATION, &claims);
	for (size_t i = 0; e == OK && i < asks.n; i++) {
		struct claim c;
		struct finding f;
		read_claim(v, &claims, party, asks.p[i].requirement, &c);
		judge(&asks.p[i], &c, &f);
		(void)json_array_append_new(items, gap_row(v, asks.p[i].rid, asks.p[i].title, &f));
	}
	if (e == OK)
		e = never_asked(v, &asks, &claims, party, items);
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}
