#include "node/view_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/view_review.h"
#include "proto/when.h"

enum answer { /* vocab_ack */
	ANSWER_ACCEPTED = 1, ANSWER_EXCEPTION, ANSWER_EQUIVALENCE, ANSWER_DECLINED, ANSWER_NOT_APPLICABLE, ANSWER_CLARIFICATION
};

enum review { REVIEW_SATISFIED = 1, REVIEW_INSUFFICIENT, REVIEW_EQUIVALENCE }; /* vocab_review */

static const struct field *fields_of(int64_t kind)
{
	return kind_by_number(kind)->fields;
}

static const struct field *group_of(int64_t kind, const char *list)
{
	return fields_find(fields_of(kind), list)->group;
}

int64_t view_ask_today(const struct view *v)
{
	return v->now / WHEN_DAY_MS;
}

static bool refers(const struct seen *s, const char *field, const struct id *to)
{
	struct id id;
	return fields_id(s->kind->fields, s->r.body, field, &id) && id_eq(&id, to);
}

const struct value *view_ask_row(const struct seen *s, const char *list, const char *rid)
{
	const struct value *rows = fields_get(s->kind->fields, s->r.body, list);
	const struct field *g = fields_find(s->kind->fields, list)->group;
	for (size_t i = 0; i < value_count(rows); i++) {
		struct span name;
		if (fields_str(g, value_item(rows, i), "rid", &name) && span_eq(name, SPAN(rid, strlen(rid))))
			return value_item(rows, i);
	}
	return NULL;
}

struct seen *view_ask_ack(const struct assignment *of, const struct id *party)
{
	struct seen *newest = NULL;
	for (size_t i = 0; i < of->thread.n; i++) {
		struct seen *s = of->thread.p[i];
		if (s->r.kind == KIND_REQUIREMENT_ACK && view_active(s) && id_eq(&s->r.author, party) && refers(s, "about", &of->assign->id))
			newest = s;
	}
	return newest;
}

/* ---- what the customer made of it ---- */

/* What was asked for on request, and what the customer, and nobody else, decided; the word of the answer itself, unless the customer said no. */
static enum err read_exception(struct view *v, struct ask *a)
{
	struct exceptions_asked list;
	enum err e = view_exception_on(v, a->of, &a->party, a->rid, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct exception_asked *x = &list.p[i];
		a->request = x;
		if (!x->granted)
			continue;
		a->renewals += a->exception;
		a->granted = a->exception = true;
		a->until = x->until;
		a->text = view_text(v, x->said->kind->fields, x->said->r.body, "reason");
	}
	if (a->answer == ANSWER_EXCEPTION && !a->granted && (a->review == REVIEW_INSUFFICIENT || (a->request && a->request->refused))) {
		a->refused = true;
		a->exception = false;
		a->until = 0;
	}
	return e;
}

/* The time to answer it stands still while it is challenged. */
static enum err read_challenges(struct view *v, struct ask *a)
{
	struct challenges list;
	enum err e = view_challenge_on(v, a->of, &a->party, a->rid, &list);
	if (e != OK)
		return e;
	a->stopped = list.stopped;
	a->still = list.still;
	a->due = a->of->due ? duty_day(a->of->due + (list.stopped + WHEN_DAY_MS - 1) / WHEN_DAY_MS) : 0; /* a day begun is a day */
	a->challenge = list.n ? &list.p[list.n - 1] : NULL;
	return OK;
}

/* ---- what was answered ---- */

/* How often an earlier answer of this party put it off until an earlier day. */
static size_t put_off_before(const struct ask *a)
{
	const struct field *g = group_of(KIND_REQUIREMENT_ACK, "answers");
	int64_t last = 0;
	size_t n = 0;
	for (size_t i = 0; i < a->of->thread.n && a->of->thread.p[i] != a->ack; i++) {
		const struct seen *s = a->of->thread.p[i];
		const struct value *row = s->r.kind == KIND_REQUIREMENT_ACK && s->counts && !s->withdrawn && id_eq(&s->r.author, &a->party)
		                                  ? view_ask_row(s, "answers", a->rid) : NULL;
		int64_t until = row && view_int(g, row, "answer") == ANSWER_EXCEPTION ? view_int(g, row, "exception_until") : 0;
		n += until > last && until < view_int(g, view_ask_row(a->ack, "answers", a->rid), "exception_until");
		last = until > last ? until : last;
	}
	return n;
}

static void read_answer(struct view *v, struct ask *a)
{
	const struct field *g = group_of(KIND_REQUIREMENT_ACK, "answers");
	const struct value *row = a->ack ? view_ask_row(a->ack, "answers", a->rid) : NULL;
	if (!row)
		return;
	a->answer = view_int(g, row, "answer");
	a->text = view_text(v, g, row, "statement");
	a->until = view_int(g, row, "target");
	a->certificate = view_text(v, g, row, "certification");
	if (a->answer != ANSWER_EXCEPTION)
		return;
	a->exception = true;
	a->renewals = put_off_before(a);
	a->until = a->named = view_int(g, row, "exception_until");
	if (*view_text(v, g, row, "exception_reason"))
		a->text = view_text(v, g, row, "exception_reason");
}

bool view_ask_held(const struct ask *a)
{
	return a->challenge && !a->challenge->answer;
}

/* Unanswered, or answered by what the customer did not take. */
static bool is_late(const struct view *v, const struct ask *a)
{
	int64_t due = a->poor && a->better_by ? a->better_by : a->due;
	return (!a->answer || a->refused || a->poor) && !a->still && due && due < v->now;
}

static struct ask *add(struct view *v, struct asks *list)
{
	struct ask *p = arena_more(v->a, list->p, list->n, &list->cap, sizeof *p);
	if (!p)
		return NULL;
	list->p = p;
	return &list->p[list->n++];
}

enum err view_ask_all(struct view *v, const struct assignment *of, const struct id *party, struct asks *out)
{
	const char *const *rids;
	size_t n;
	struct seen *ack;
	struct seens equivalences, guidance;
	int64_t today = view_ask_today(v);
	if (!of->set)
		return OK;
	enum err e = view_guidance_of(v, of->set, KIND_EQUIVALENCE, &of->assign->r.author, &equivalences);
	if (e == OK)
		e = view_guidance_of(v, of->set, KIND_GUIDANCE, NULL, &guidance);
	if (e == OK)
		e = view_requirement_rids(v, of->set, of->level, &rids, &n);
	if (e == ERR_NOT_FOUND) /* a level the set does not have asks for all of it */
		e = view_requirement_rids(v, of->set, "", &rids, &n);
	ack = view_ask_ack(of, party);
	for (size_t i = 0; e == OK && i < n; i++) {
		struct ask *a = add(v, out);
		if (!a)
			return ERR_MEMORY;
		*a = (struct ask){.rid = rids[i], .of = of, .party = *party, .ack = ack, .text = "", .certificate = "", .review_text = "",
		                  .requirement = view_requirement_find(of->set, rids[i])};
		a->title = view_text(v, view_requirement_group(), a->requirement, "title");
		read_answer(v, a);
		a->guidance = view_guidance_on(&guidance, a->rid);
		if (a->answer == ANSWER_EQUIVALENCE)
			view_guidance_recognise(v, &equivalences, a->rid, *a->certificate ? a->certificate : a->text, &a->recognised);
		view_review_read(v, a);
		e = read_exception(v, a);
		if (e == OK)
			e = read_challenges(v, a);
		if (e != OK)
			break;
		a->outdated = of->outdated || (ack && !refers(ack, "set", &of->set->id));
		a->expired = a->exception && a->until && a->until < today;
		a->poor = a->lacking && !a->anew && !a->granted;
		a->overdue = a->expired || is_late(v, a);
	}
	return e;
}

/* ---- asked once more ---- */

static int by_question(const void *x, const void *y)
{
	const struct ask *a = *(struct ask *const *)x, *b = *(struct ask *const *)y;
	int c = strcmp(a->rid, b->rid);
	if (c == 0)
		c = id_cmp(&a->party, &b->party);
	if (c == 0)
		c = id_cmp(&a->of->set->root, &b->of->set->root);
	if (c == 0)
		c = id_cmp(&a->party, &b->party);
	if (c == 0)
		c = id_cmp(&a->of->assign->r.author, &b->of->assign->r.author);
	if (c == 0)
		c = id_cmp(&a->of->tender, &b->of->tender); /* a bid is no answer for what is in force, nor the other way round */
	return c ? c : strcmp(a->of->contract, b->of->contract);
}

static int by_question_and_place(const void *x, const void *y)
{
	const struct ask *a = *(struct ask *const *)x, *b = *(struct ask *const *)y;
	int c = by_question(x, y);
	return c ? c : (a > b) - (a < b);
}

enum err view_ask_again(struct view *v, struct asks *asks)
{
	struct ask **sorted = arena_alloc(v->a, (asks->n + 1) * sizeof(struct ask *)), *last = NULL;
	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < asks->n; i++)
		sorted[i] = &asks->p[i];
	if (asks->n)
		qsort(sorted, asks->n, sizeof(struct ask *), by_question_and_place);
	for (size_t i = asks->n; i-- > 0;) {
		if (!last || by_question(&sorted[i], &last) != 0)
			last = sorted[i];
		sorted[i]->again = sorted[i]->of != last->of;
		sorted[i]->later = (size_t)(last - asks->p);
	}
	return OK;
}

/* ---- until when ---- */

enum owing { OWING_ANSWER, OWING_MEET, OWING_ANEW };

/* To answer it; when it was answered first counts, however often the answer was sent again. */
static enum err answer_duty(struct view *v, const struct ask *a, struct duty *d)
{
	d->due = a->due;
	return a->answer ? duty_done(v, d, view_review_said(a, NULL, false)) : OK;
}

/* What was found insufficient is owed better, until something else is said. */
static enum err anew_duty(struct view *v, const struct ask *a, struct duty *d)
{
	d->due = a->better_by ? a->better_by : a->due;
	d->why[d->whys++] = a->reviewed;
	if (!a->anew)
		return OK;
	const struct seen *said = view_review_said(a, a->reviewed, true);
	return duty_done(v, d, said ? said : a->ack); /* it had been said already when the review of the one before came */
}

/* What it says is to be typed about a requirement that is challenged is not an answer. */
static void ask_next(const struct ask *a, enum owing owing, char *out, size_t room)
{
	char hex[65];
	bool held = view_ask_held(a);
	hex_encode(hex, held ? a->challenge->said->id.b : a->of->assign->id.b, 32);
	if (held)
		(void)snprintf(out, room, "tally record show %.12s", hex);
	else if (owing == OWING_ANSWER)
		(void)snprintf(out, room, "tally requirement ack %.12s --accept-all", hex);
	else if (owing == OWING_MEET)
		(void)snprintf(out, room, "tally requirement ack %.12s --accept %s", hex, a->rid);
	else
		(void)snprintf(out, room, "tally requirement ack %.12s --answer \"%s=accepted: TEXT\"", hex, a->rid);
}

static enum err ask_duty(struct view *v, const struct ask *a, enum owing owing, struct duties *out)
{
	size_t room = strlen(a->rid) + 80;
	char *what = arena_alloc(v->a, room), *next = arena_alloc(v->a, room);
	struct duty d = {.of = a->of->assign, .what = what, .profile = a->of->contract, .debtor = a->party, .creditor = a->of->assign->r.author,
	                 .due = !a->refused ? duty_day(a->until) : a->lacking && a->better_by ? a->better_by : a->due, .next = next};
	enum err e = what && next ? OK : ERR_MEMORY;
	if (e != OK)
		return e;
	(void)snprintf(what, room, "%s %s%s", owing == OWING_MEET ? "meet" : "answer", a->rid, owing == OWING_ANEW ? " anew" : "");
	ask_next(a, owing, next, room);
	if (a->of->set)
		d.why[d.whys++] = a->of->set;
	if (a->ack)
		d.why[d.whys++] = a->ack;
	if (owing == OWING_MEET && a->request && a->request->decision)
		d.why[d.whys++] = a->request->decision;
	if (owing != OWING_MEET || a->refused) {
		d.stopped = a->stopped;
		d.still = a->still;
		if (a->challenge && owing != OWING_ANEW)
			d.why[d.whys++] = a->challenge->said;
	}
	if (owing == OWING_ANSWER)
		e = answer_duty(v, a, &d);
	else if (owing == OWING_ANEW)
		e = anew_duty(v, a, &d);
	return e == OK ? duty_add(v, out, &d) : e;
}

static enum err of_party(struct view *v, const struct assignment *of, const struct id *party, struct asks *all)
{
	return of->assign->mine || id_eq(party, &v->me) ? view_ask_all(v, of, party, all) : OK;
}

enum err view_ask_duties(struct view *v, struct duties *out)
{
	struct asks all = {0};
	enum err e = OK;
	for (int mine = 1; e == OK && mine >= 0; mine--) {
		struct assignment **list;
		size_t n;
		e = view_requirement_assignments(v, mine, &list, &n);
		for (size_t i = 0; e == OK && i < n; i++)
			for (size_t k = 0; e == OK && k < list[i]->parties.n; k++)
				e = of_party(v, list[i], &list[i]->parties.p[k], &all);
	}
	if (e == OK)
		e = view_ask_again(v, &all);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		const struct ask *a = &all.p[i];
		if (a->again)
			continue;
		e = ask_duty(v, a, OWING_ANSWER, out);
		if (e == OK && (a->refused || (a->exception && a->until)))
			e = ask_duty(v, a, OWING_MEET, out);
		else if (e == OK && a->answer && a->lacking && !a->granted)
			e = ask_duty(v, a, OWING_ANEW, out);
	}
	return e;
}

/* ---- JSON ---- */

static const char *glyph(const struct ask *a)
{
	if (a->overdue)
		return "!";
	if (a->refused)
		return "-";
	switch (a->answer) {
	case ANSWER_ACCEPTED:
	case ANSWER_EQUIVALENCE:
		return "+";
	case ANSWER_EXCEPTION:
		return "~";
	case ANSWER_DECLINED:
		return "-";
	case ANSWER_NOT_APPLICABLE:
		return "o";
	}
	return "?";
}

static void put_challenge(const struct ask *a, json_t *o)
{
	const struct challenge *c = a->challenge;
	view_put(o, "challenge", c->kind);
	view_put_id(o, "challenge_id", &c->said->id);
	view_put(o, "challenge_state", c->answer ? "answered" : a->still ? "clock stopped" : "open");
	view_put_time(o, "stopped_from", c->from);
	view_put_time(o, "stopped_until", c->ended && c->ended < c->until ? c->ended : c->until);
	view_put_date(o, "due_asked", a->of->due);
	if (a->stopped)
		(void)json_object_set_new(o, "stopped_hours", json_integer(a->stopped / (60 * 60 * 1000)));
}

/* The certificate that an answer leans on, against what the customer says that such a certificate meets. */
static void put_recognised(struct view *v, const struct ask *a, json_t *o)
{
	const struct recognised *r = &a->recognised;
	const struct field *f = kind_by_number(KIND_EQUIVALENCE)->fields;
	view_put(o, "equivalence", !r->by ? "not recognised" : r->expired ? "expired" : r->partial ? "partial" : "full");
	if (!r->by)
		return;
	view_put(o, "remains", view_text(v, fields_find(f, "covers")->group, r->cover, "remains"));
	view_put(o, "conditions", view_text(v, f, r->by->r.body, "scope"));
	view_put_date(o, "recognised_until", view_int(f, r->by->r.body, "expires"));
	view_put_id(o, "recognised_by", &r->by->id);
}

static void put_guidance(struct view *v, const struct ask *a, json_t *o)
{
	const struct field *f = kind_by_number(KIND_GUIDANCE)->fields;
	view_put(o, "guidance", view_text(v, f, a->guidance->r.body, "title"));
	view_put(o, "guidance_text", view_text(v, f, a->guidance->r.body, "text"));
	view_put(o, "guidance_link", view_text(v, f, a->guidance->r.body, "link"));
	view_put_id(o, "guidance_id", &a->guidance->id);
}

/* Of what was asked for, and of an answer that the customer did not take. */
static const char *decided_word(const struct ask *a)
{
	const struct exception_asked *x = a->request;
	if (a->refused || (x && x->refused))
		return "refused";
	return !x ? "" : x->granted ? "granted" : x->first ? "more is asked" : "asked";
}

const char *view_ask_exception(const struct view *v, const struct ask *a)
{
	int64_t left = a->until - view_ask_today(v);
	if (a->refused)
		return "refused";
	if (!a->exception)
		return a->request && !a->request->decision ? decided_word(a) : "";
	return a->expired ? "over" : a->until && left <= EXCEPTION_SOON_DAYS ? "ends soon" : "running";
}

static void put_exception(struct view *v, const struct ask *a, json_t *o)
{
	const struct exception_asked *x = a->request;
	view_put(o, "exception", view_ask_exception(v, a));
	if (!x) {
		view_put_date(o, "asked_until", a->named);
		return;
	}
	view_put_date(o, "asked_until", x->asked);
	if (!x->first)
		view_put_date(o, "decide_by", x->due / WHEN_DAY_MS);
	view_put_id(o, "request", &x->said->id);
}

json_t *view_ask_json(struct view *v, const struct ask *a)
{
	const char *word = vocab_word(&vocab_ack, a->answer), *review = vocab_word(&vocab_review, a->review), *decided = decided_word(a);
	char text[120];
	json_t *o = json_object();
	if (!o)
		return NULL;
	view_put_org(v, o, "partner", &a->party);
	view_put(o, "rid", a->rid);
	view_put(o, "title", a->title);
	(void)snprintf(text, sizeof text, "%s%s%s%s%s%s", a->answer ? word ? word : "unknown" : "unanswered", *decided ? ", exception " : "", decided,
	               a->expired ? ", expired" : a->overdue ? ", overdue" : "", a->outdated && a->answer ? ", outdated" : "", a->still && !a->answer
	               	? ", clock stopped" : "");
	view_put(o, "answer", text);
	view_put(o, "glyph", glyph(a));
	view_put(o, "review", a->anew ? "answered anew after review" : review);
	view_put_date(o, "until", a->until);
	view_put_date(o, "due", a->due / WHEN_DAY_MS);
	put_exception(v, a, o);
	if (a->challenge)
		put_challenge(a, o);
	if (a->guidance)
		put_guidance(v, a, o);
	if (a->answer == ANSWER_EQUIVALENCE)
		put_recognised(v, a, o);
	if (a->renewals)
		(void)json_object_set_new(o, "renewals", json_integer((json_int_t)a->renewals));
	view_put(o, "text", a->text);
	view_put(o, "review_text", a->review_text);
	if (a->poor)
		view_put_date(o, "better_by", (a->better_by ? a->better_by : a->due) / WHEN_DAY_MS);
	view_put_id(o, "assign", &a->of->assign->id);
	if (a->ack)
		view_put_id(o, "ack", &a->ack->id);
	(void)json_object_set_new(o, "expired", json_boolean(a->expired));
	(void)json_object_set_new(o, "overdue", json_boolean(a->overdue));
	(void)json_object_set_new(o, "outdated", json_boolean(a->outdated));
	return o;
}
