#include "node/answers.h"

#include <stdio.h>
#include <string.h>

#include "node/names.h"
#include "node/saying.h"
#include "node/view_ask.h"
#include "proto/vocab.h"
#include "proto/when.h"

#define RID_TEXT 65
#define REASON_TEXT 1024
#define LONG_EXCEPTION_DAYS 366

/* ---- reading ---- */

static void trim(char *text, const char *more)
{
	size_t n = strlen(text);
	while (n && (text[n - 1] == ' ' || strchr(more, text[n - 1])))
		text[--n] = 0;
}

static void cut_until(char *reason, int64_t *until)
{
	char *at = NULL;
	for (char *p = strstr(reason, "until "); p; p = strstr(p + 1, "until "))
		if (p == reason || p[-1] == ' ' || p[-1] == ',')
			at = p;
	if (at && when_parse_date(at + 6, until) == OK) {
		*at = 0;
		trim(reason, ",;");
	}
}

bool answers_split(const char *text, char rid[static RID_TEXT], char reason[static REASON_TEXT], int64_t *until)
{
	const char *eq = strchr(text, '=');
	size_t n = eq ? (size_t)(eq - text) : strlen(text);
	*until = 0;
	reason[0] = rid[0] = 0;
	if (n == 0 || n >= RID_TEXT || (eq && strlen(eq + 1) >= REASON_TEXT))
		return false;
	memcpy(rid, text, n);
	rid[n] = 0;
	trim(rid, "");
	if (!eq)
		return false;
	for (eq++; *eq == ' '; eq++)
		;
	(void)snprintf(reason, REASON_TEXT, "%s", eq);
	trim(reason, "");
	cut_until(reason, until);
	return true;
}

/* ---- one row for each rid ---- */

struct sheet { /* what is answered for the rids of one assignment */
	struct api_call *c;
	const struct field *group;
	const char *const *rids;
	size_t n;
	struct value **row; /* NULL: nothing yet */
	bool *held;         /* its challenge waits for an answer: only by name is it answered; NULL: none is */
};

static enum err open_sheet(struct sheet *s, struct api_call *c, const struct field *group, const char *const *rids, size_t n)
{
	*s = (struct sheet){.c = c, .group = group, .rids = rids, .n = n};
	s->row = arena_alloc(c->arena, (n + 1) * sizeof *s->row);
	return s->row ? OK : ERR_MEMORY;
}

static enum err new_row(struct sheet *s, const char *rid, struct value **out)
{
	struct api_call *c = s->c;
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->rids[i], rid) != 0)
			continue;
		if (s->row[i])
			return api_fail(c, ERR_INVALID, "answer it once", "%.64s is answered twice", rid);
		s->row[i] = value_map(c->arena);
		fields_set(c->arena, s->group, s->row[i], "rid", value_str(c->arena, rid));
		*out = s->row[i];
		return OK;
	}
	return api_fail(c, ERR_INVALID, "see what is asked with: tally requirement list --owed --json", "%.64s is not among what is asked", rid);
}

static void put_word(struct sheet *s, struct value *row, const char *field, const char *word)
{
	const struct field *f = fields_find(s->group, field);
	fields_set(s->c->arena, s->group, row, field, value_int(s->c->arena, vocab_number(f->vocab, SPAN(word, strlen(word)))));
}

/* Every text of an argument becomes a row: RID or RID=REASON. */
static enum err take(struct sheet *s, const char *arg, const char *field, const char *word, const char *reason_field)
{
	struct api_call *c = s->c;
	const char *const *texts;
	size_t n;
	enum err e = saying_texts(c, arg, &texts, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		char rid[RID_TEXT], reason[REASON_TEXT];
		int64_t until;
		struct value *row;
		bool said = answers_split(texts[i], rid, reason, &until);
		if (!rid[0] || (reason_field && (!said || !reason[0])))
			return api_fail(c, ERR_USAGE, "such as: R3=we have no such system", "\"%.60s\" must be RID=REASON", texts[i]);
		e = new_row(s, rid, &row);
		if (e != OK)
			break;
		put_word(s, row, field, word);
		if (reason_field)
			fields_set(c->arena, s->group, row, reason_field, value_str(c->arena, reason));
		if (until && fields_find(s->group, "target"))
			fields_set(c->arena, s->group, row, "target", value_int(c->arena, until));
	}
	return e;
}

static enum err take_exceptions(struct sheet *s, int64_t today)
{
	struct api_call *c = s->c;
	const char *const *texts;
	size_t n;
	enum err e = saying_texts(c, "exception", &texts, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		char rid[RID_TEXT], reason[REASON_TEXT];
		int64_t until;
		struct value *row;
		if (!answers_split(texts[i], rid, reason, &until) || !reason[0] || !until)
			return api_fail(c, ERR_USAGE, "such as: --exception \"R3=legacy scanners, until 2027-06-30\"",
			                "\"%.60s\" must be RID=REASON, until DATE", texts[i]);
		if (until < today)
			return api_fail(c, ERR_INVALID, "give a later date", "the exception for %.64s would be over already", rid);
		if (until - today > LONG_EXCEPTION_DAYS)
			saying_warn(c, "the exception for %s is longer than a year", rid);
		e = new_row(s, rid, &row);
		if (e != OK)
			break;
		put_word(s, row, "answer", "accepted-with-exception");
		fields_set(c->arena, s->group, row, "exception_reason", value_str(c->arena, reason));
		fields_set(c->arena, s->group, row, "exception_until", value_int(c->arena, until));
	}
	return e;
}

/* "R5=met-by-equivalence: certified to ISO/IEC 27001" */
static enum err take_others(struct sheet *s)
{
	struct api_call *c = s->c;
	const char *const *texts;
	size_t n;
	enum err e = saying_texts(c, "answer", &texts, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		char rid[RID_TEXT], reason[REASON_TEXT], *text;
		int64_t until;
		struct value *row;
		if (!answers_split(texts[i], rid, reason, &until))
			return api_fail(c, ERR_USAGE, "such as: --answer \"R5=met-by-equivalence: ISO/IEC 27001\"", "\"%.60s\" must be RID=ANSWER: TEXT", texts[i]);
		if ((text = strchr(reason, ':')))
			*text++ = 0;
		trim(reason, "");
		if (!vocab_number(&vocab_ack, SPAN(reason, strlen(reason))))
			return api_fail(c, ERR_USAGE, "one of accepted, met-by-equivalence, declined, not-applicable, needs-clarification",
			                "\"%.40s\" is no answer", reason);
		e = new_row(s, rid, &row);
		if (e != OK)
			break;
		put_word(s, row, "answer", reason);
		while (text && *text == ' ')
			text++;
		if (text && *text)
			fields_set(c->arena, s->group, row, "statement", value_str(c->arena, text));
		if (until)
			fields_set(c->arena, s->group, row, "target", value_int(c->arena, until));
	}
	return e;
}

/* Rows that came ready made in the body. */
static enum err take_ready(struct sheet *s, const struct value *list)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < value_count(list); i++) {
		struct span rid;
		char text[RID_TEXT];
		struct value *row;
		if (!fields_str(s->group, value_item(list, i), "rid", &rid) || rid.n >= sizeof text)
			return api_fail(s->c, ERR_INVALID, "give each one a rid", "answer %zu names no requirement", i + 1);
		memcpy(text, rid.p, rid.n);
		text[rid.n] = 0;
		e = new_row(s, text, &row);
		for (size_t k = 0; e == OK && k < s->n; k++)
			if (s->row[k] == row)
				s->row[k] = value_copy(s->c->arena, value_item(list, i));
	}
	return e;
}

/* How many were nothing yet. */
static size_t fill(struct sheet *s, const char *field, const char *word)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->row[i] || (s->held && s->held[i]))
			continue;
		s->row[i] = value_map(s->c->arena);
		fields_set(s->c->arena, s->group, s->row[i], "rid", value_str(s->c->arena, s->rids[i]));
		put_word(s, s->row[i], field, word);
		n++;
	}
	return n;
}

/* What was answered before stays as it was, unless it is named now; otherwise: rids whose answer was not that they are accepted. */
static size_t keep(struct sheet *s, const struct seen *before, char *otherwise, size_t room)
{
	const struct value *list = before ? fields_get(before->kind->fields, before->r.body, "answers") : NULL;
	size_t n = 0, at = 0;
	otherwise[0] = 0;
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; !s->row[i] && k < value_count(list); k++) {
			struct span rid;
			if (!fields_str(s->group, value_item(list, k), "rid", &rid) || !span_eq(rid, SPAN(s->rids[i], strlen(s->rids[i]))))
				continue;
			s->row[i] = value_copy(s->c->arena, value_item(list, k));
			const char *word = view_word(s->group, s->row[i], "answer");
			if (strcmp(word, "accepted") != 0 && at < room)
				at += (size_t)snprintf(otherwise + at, room - at, "%s%s (%s)", at ? ", " : "", s->rids[i], word);
			n++;
		}
	return n;
}

static size_t missing(const struct sheet *s, char *out, size_t room)
{
	size_t n = 0, at = 0;
	out[0] = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->row[i])
			continue;
		if (at < room)
			at += (size_t)snprintf(out + at, room - at, "%s%s", n ? ", " : "", s->rids[i]);
		n++;
	}
	return n;
}

static struct value *rows(const struct sheet *s)
{
	struct value *list = value_array(s->c->arena);
	for (size_t i = 0; i < s->n; i++)
		if (s->row[i])
			value_push(s->c->arena, list, s->row[i]);
	return list;
}

/* ---- acknowledging ---- */

/* Which of them are challenged and wait for that to be answered. */
static enum err read_held(struct view *v, const struct assignment *a, struct sheet *s)
{
	struct asks asks = {0};
	enum err e = view_ask_all(v, a, &v->me, &asks);
	s->held = e == OK ? arena_alloc(v->a, (s->n + 1) * sizeof *s->held) : NULL;
	for (size_t i = 0; s->held && i < s->n; i++)
		s->held[i] = i < asks.n && view_ask_held(&asks.p[i]);
	return e == OK && !s->held ? ERR_MEMORY : e;
}

/* What is still owed when this is sent. */
static void say_left(struct api_call *c, const struct sheet *s)
{
	char names[120], tail[8] = "";
	size_t n = missing(s, names, sizeof names), held = 0;
	for (size_t i = 0; i < s->n; i++)
		held += !s->row[i] && s->held[i];
	(void)json_object_set_new(c->result, "left", json_integer((json_int_t)n));
	if (strlen(names) + 1 == sizeof names)
		(void)snprintf(tail, sizeof tail, "...");
	if (n && held)
		saying_next(c, "answered in part: %zu of %zu; still owed: %s%s (%zu challenged)", s->n - n, s->n, names, tail, held);
	else if (n)
		saying_next(c, "answered in part: %zu of %zu; still owed: %s%s", s->n - n, s->n, names, tail);
}

static enum err to_us(struct api_call *c, struct view *v, struct assignment **out)
{
	struct seen *s;
	saying_view(c, v);
	enum err e = saying_record(c, v, "assign", 0, &s);
	if (e == OK && s->readable && s->r.kind == KIND_REQUIREMENT_SET)
		return api_fail(c, ERR_INVALID, "see what is asked of us with: tally requirement list --owed",
		                "that is the set itself: its assignment is what is answered");
	if (e == OK)
		e = saying_record(c, v, "assign", KIND_REQUIREMENT_ASSIGN, &s);
	if (e != OK)
		return e;
	if (s->mine || !s->counts || s->withdrawn)
		return api_fail(c, ERR_POLICY, "see what is asked of us with: tally requirement list --owed", "%s",
		                s->mine ? "we asked that ourselves" : s->withdrawn ? "that assignment is withdrawn" : s->reason);
	e = view_requirement_assignment(v, s, out);
	if (e == OK && !(*out)->set)
		return api_fail(c, ERR_NOT_FOUND, "ask its author to send it again", "the requirement set of that assignment is not here");
	return e;
}

/* How many are accepted by that, and what stands as it was: who accepts the rest must not think it is all. */
static enum err rest(struct api_call *c, const struct assignment *a, const struct seen *before, struct sheet *s)
{
	char names[160], otherwise[200], hex[13];
	size_t named = s->n - missing(s, names, sizeof names), kept = keep(s, before, otherwise, sizeof otherwise), accepted = 0;
	hex_encode(hex, a->assign->id.b, 6);
	if (api_flag(c, "accept_all"))
		accepted = fill(s, "answer", "accepted");
	(void)json_object_set_new(c->result, "accepted", json_integer((json_int_t)accepted));
	(void)json_object_set_new(c->result, "kept", json_integer((json_int_t)kept));
	if (named == 0 && accepted == 0 && kept < s->n)
		return api_fail(c, ERR_USAGE, "such as: --accept RID, or --accept-all for all that nobody challenged", "nothing is answered");
	if (named == 0 && accepted == 0)
		return api_fail(c, ERR_CONFLICT, "name what changes, such as: --accept RID", "all %zu are answered already%s%s", kept,
		                *otherwise ? ": " : "", otherwise);
	if ((accepted || kept) && *otherwise)
		saying_next(c, "%zu accepted, %zu stand as answered before: %s; change one with: tally requirement ack %s --accept RID", accepted, kept,
		            otherwise, hex);
	else if (accepted || kept)
		saying_next(c, "%zu accepted, %zu stand as answered before", accepted, kept);
	say_left(c, s);
	return OK;
}

static enum err collect_answers(struct api_call *c, struct view *v, const struct assignment *a, const struct value *body, struct sheet *s)
{
	const struct field *f = kind_by_number(KIND_REQUIREMENT_ACK)->fields;
	const char *const *rids;
	size_t n;
	enum err e = view_requirement_rids(v, a->set, a->level, &rids, &n);
	if (e == ERR_NOT_FOUND)
		e = view_requirement_rids(v, a->set, "", &rids, &n);
	if (e == OK)
		e = open_sheet(s, c, fields_find(f, "answers")->group, rids, n);
	if (e == OK)
		e = take_ready(s, fields_get(f, body, "answers"));
	if (e == OK)
		e = take(s, "accept", "answer", "accepted", NULL);
	if (e == OK)
		e = take_exceptions(s, view_ask_today(v));
	if (e == OK)
		e = take(s, "decline", "answer", "declined", "statement");
	if (e == OK)
		e = take(s, "not_applicable", "answer", "not-applicable", "statement");
	if (e == OK)
		e = take_others(s);
	if (e == OK)
		e = read_held(v, a, s);
	return e == OK ? rest(c, a, view_ask_ack(a, &v->me), s) : e;
}

/* A certificate counts for what its reader says it does. */
static enum err warn_unrecognised(struct api_call *c, struct view *v, const struct assignment *a, const struct sheet *s)
{
	const struct field *g = s->group;
	struct seens equivalences;
	char customer[NAMES_TEXT];
	enum err e = view_guidance_of(v, a->set, KIND_EQUIVALENCE, &a->assign->r.author, &equivalences);
	names_show(c->core, &a->assign->r.author, customer);
	for (size_t i = 0; e == OK && i < s->n; i++) {
		struct recognised r;
		if (!s->row[i] || strcmp(view_word(g, s->row[i], "answer"), "met-by-equivalence") != 0)
			continue;
		const char *certificate = view_text(v, g, s->row[i], "certification");
		view_guidance_recognise(v, &equivalences, s->rids[i], *certificate ? certificate : view_text(v, g, s->row[i], "statement"), &r);
		if (!r.by || r.expired)
			saying_warn(c, "%s has not said that this certificate meets %s%s", customer, s->rids[i], r.by ? ", or not any more" : "");
		else if (r.partial)
			saying_warn(c, "%s says that it meets a part of %s: %s remains", customer, s->rids[i],
			            view_text(v, fields_find(r.by->kind->fields, "covers")->group, r.cover, "remains"));
	}
	return e;
}

enum err answers_ack(struct api_call *c)
{
	struct view v;
	struct assignment *a;
	struct value *body;
	struct seen *before;
	struct sheet s;
	struct id id;
	struct draft d = {.kind = kind_by_number(KIND_REQUIREMENT_ACK)};
	enum err e = to_us(c, &v, &a);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = collect_answers(c, &v, a, body, &s);
	if (e == OK)
		e = warn_unrecognised(c, &v, a, &s);
	if (e == OK)
		before = view_ask_ack(a, &v.me);
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &a->assign->id));
	fields_set(c->arena, d.kind->fields, body, "set", value_id(c->arena, &a->set->id));
	fields_set(c->arena, d.kind->fields, body, "answers", rows(&s));
	d.body = body;
	d.thread = &a->assign->id;
	if (before)
		d.supersedes = &before->id;
	if (!d.recipients) {
		d.to = &a->assign->r.author;
		d.recipients = 1;
	}
	if (a->outdated)
		saying_warn(c, "the set has a newer version: the answer will be shown as outdated");
	return saying_say(c, &d, &id);
}

/* ---- reviewing ---- */

static enum err collect_results(struct api_call *c, const struct seen *ack, const struct value *body, struct view *v, struct sheet *s)
{
	const struct field *f = kind_by_number(KIND_REQUIREMENT_REVIEW)->fields, *af = ack->kind->fields;
	const struct value *answered = fields_get(af, ack->r.body, "answers");
	size_t n = value_count(answered);
	const char **rids = arena_alloc(c->arena, (n + 1) * sizeof *rids);
	if (!rids)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++)
		rids[i] = view_text(v, fields_find(af, "answers")->group, value_item(answered, i), "rid");
	enum err e = open_sheet(s, c, fields_find(f, "results")->group, rids, n);
	if (e == OK)
		e = take_ready(s, fields_get(f, body, "results"));
	if (e == OK)
		e = take(s, "satisfied", "result", "satisfied", NULL);
	if (e == OK)
		e = take(s, "insufficient", "result", "insufficient", "reason");
	if (e == OK)
		e = take(s, "equivalence", "result", "equivalence-accepted", "reason");
	if (e == OK && api_flag(c, "satisfied_all"))
		(void)fill(s, "result", "satisfied");
	if (e == OK && value_count(rows(s)) == 0)
		return api_fail(c, ERR_USAGE, "such as: --satisfied-all, or --insufficient \"R3=no date\"", "nothing is judged");
	return e;
}

enum err answers_review(struct api_call *c)
{
	struct view v;
	struct seen *ack, *assign;
	struct value *body;
	struct sheet s;
	struct id id;
	struct draft d = {.kind = kind_by_number(KIND_REQUIREMENT_REVIEW)};
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "ack", KIND_REQUIREMENT_ACK, &ack);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = view_find(&v, &ack->root, &assign);
	if (e != OK)
		return e;
	if (!assign->mine)
		return api_fail(c, ERR_POLICY, "see: tally requirement list", "only who asked can review the answers");
	if (!view_active(ack))
		return api_fail(c, ERR_CONFLICT, "see: tally requirement matrix SET", "that acknowledgement does not stand any more");
	e = collect_results(c, ack, body, &v, &s);
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &ack->id));
	fields_set(c->arena, d.kind->fields, body, "results", rows(&s));
	d.body = body;
	d.thread = &assign->id;
	if (!d.recipients) {
		d.to = &ack->r.author;
		d.recipients = 1;
	}
	return saying_say(c, &d, &id);
}
