#include "node/view_concern.h"

#include <stdio.h>
#include <string.h>

#include "node/view_record.h"
#include "proto/when.h"

static const struct field *reply_fields(void)
{
	return kind_by_number(KIND_REPLY)->fields;
}

static const char *word_of(const struct seen *s)
{
	return s->r.kind == KIND_REPLY ? view_word(reply_fields(), s->r.body, "decision") : "";
}

static bool says(const struct seen *s, const char *word)
{
	return strcmp(word_of(s), word) == 0;
}

/* ---- what moved it ---- */

/* It is settled in the sense of its kind: a lesson or a near miss asks for nothing but to be read. */
static bool to_be_read(const struct concern *c)
{
	const char *type = c->now->r.kind == KIND_ISSUE ? view_word(c->now->kind->fields, c->now->r.body, "type") : "";
	return strcmp(type, "lesson") == 0 || strcmp(type, "near-miss") == 0;
}

static void move(struct concern *c, const struct seen *by, enum concern_state to)
{
	c->state = to;
	c->last = by;
	if (to == CONCERN_ACCEPTED || to == CONCERN_DECLINED)
		c->decided = by;
	if (to == CONCERN_DONE) {
		c->done = by;
		c->decided = c->decided ? c->decided : by;
	}
	if (to == CONCERN_EFFECTIVE || to == CONCERN_NOT_EFFECTIVE)
		c->checked = by;
	if (to == CONCERN_NOT_EFFECTIVE)
		c->decided = c->done = NULL;
}

static void party_said(struct concern *c, const struct seen *s)
{
	bool open = c->state == CONCERN_RAISED || c->state == CONCERN_ACKNOWLEDGED || c->state == CONCERN_ASKED_BACK || c->state == CONCERN_NOT_EFFECTIVE;
	c->answered = c->answered ? c->answered : s;
	if (says(s, "acknowledged") && c->state == CONCERN_RAISED)
		move(c, s, CONCERN_ACKNOWLEDGED);
	else if (says(s, "need-info") && open)
		move(c, s, CONCERN_ASKED_BACK);
	else if (says(s, "accepted"))
		move(c, s, CONCERN_ACCEPTED);
	else if (says(s, "declined"))
		move(c, s, CONCERN_DECLINED);
	else if (says(s, "done"))
		move(c, s, CONCERN_DONE);
}

/* A new version, or any word of the author's, tells what was asked for. */
static void author_said(struct concern *c, const struct seen *s)
{
	if (c->state == CONCERN_ASKED_BACK)
		move(c, s, CONCERN_ACKNOWLEDGED);
	else if (c->state == CONCERN_DONE && says(s, "effective"))
		move(c, s, CONCERN_EFFECTIVE);
	else if (c->state == CONCERN_DONE && says(s, "not-effective"))
		move(c, s, CONCERN_NOT_EFFECTIVE);
}

static bool about_series(const struct series *of, const struct seen *reply)
{
	struct id about;
	if (!fields_id(reply_fields(), reply->r.body, "about", &about))
		return false;
	for (size_t i = 0; i < of->versions.n; i++)
		if (id_eq(&of->versions.p[i]->id, &about))
			return true;
	return false;
}

/* Everything that may move it, in order: replies about any version, and the versions after the first. */
static enum err words_about(struct view *v, const struct series *of, struct seens *out)
{
	struct seens thread;
	enum err e = view_thread(v, &of->versions.p[0]->root, KIND_REPLY, &thread);
	*out = (struct seens){0};
	for (size_t i = 0; e == OK && i < thread.n; i++)
		if (thread.p[i]->counts && !thread.p[i]->withdrawn && about_series(of, thread.p[i]))
			e = view_push(v, out, thread.p[i]);
	for (size_t i = 1; e == OK && i < of->versions.n; i++)
		if (of->versions.p[i]->counts)
			e = view_push(v, out, of->versions.p[i]);
	view_sort(out);
	return e;
}

static enum err told(struct view *v, const struct seen *s, const struct id *party, bool *yes)
{
	struct ids who;
	bool everybody;
	enum err e = view_readers(v, s, &who, &everybody);
	*yes = e == OK && (everybody || view_ids_has(&who, party));
	return e;
}

static enum err push(struct view *v, struct concerns *list, const struct concern *c)
{
	struct concern *p = arena_more(v->a, list->p, list->n, &list->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	list->p = p;
	list->p[list->n++] = *c;
	return OK;
}

static enum err with_party(struct view *v, const struct series *of, const struct seens *words, const struct id *party, struct concerns *list)
{
	struct seen *first = of->versions.p[0];
	struct concern c = {.first = first, .now = first, .party = *party, .last = first};
	enum err e = OK;
	for (size_t i = 1; i < of->versions.n; i++)
		if (view_active(of->versions.p[i]))
			c.now = of->versions.p[i];
	for (size_t i = 0; e == OK && i < words->n; i++) {
		const struct seen *s = words->p[i];
		bool yes = false;
		if (id_eq(&s->r.author, party))
			party_said(&c, s);
		else if (id_eq(&s->r.author, &first->r.author) && (e = told(v, s, party, &yes)) == OK && yes)
			author_said(&c, s);
	}
	return e == OK ? push(v, list, &c) : e;
}

static enum err parties_of(struct view *v, const struct series *of, struct ids *out)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < of->versions.n; i++) {
		struct ids who;
		bool everybody;
		e = view_readers(v, of->versions.p[i], &who, &everybody);
		for (size_t k = 0; e == OK && k < who.n; k++)
			e = view_ids_add(v, out, &who.p[k]);
	}
	return e;
}

static enum err of_series(struct view *v, const struct seen *s, struct concerns *list)
{
	const struct series *of;
	struct ids who = {0};
	struct seens words;
	bool stands = false;
	enum err e = view_series(v, s, &of);
	for (size_t i = 0; e == OK && i < of->versions.n; i++)
		stands = stands || view_active(of->versions.p[i]);
	if (e != OK || !stands)
		return e;
	e = words_about(v, of, &words);
	if (e == OK)
		e = parties_of(v, of, &who);
	for (size_t i = 0; e == OK && i < who.n; i++) /* of others' we see our own part alone; what was passed on to us was not said to us */
		if (s->mine ? !id_eq(&who.p[i], &v->me) : id_eq(&who.p[i], &v->me))
			e = with_party(v, of, &words, &who.p[i], list);
	return e;
}

/* Found once: a partner decides how many replies ask for it. */
static enum err add_all(struct view *v, const struct seen *s, struct concerns *list)
{
	struct seen *first;
	enum err e = view_first(v, s, &first);
	if (e == OK && !first->concerns) {
		struct concerns *all = arena_alloc(v->a, sizeof *all);
		if (!all)
			return ERR_MEMORY;
		*all = (struct concerns){0};
		e = of_series(v, first, all);
		first->concerns = e == OK ? all : NULL;
	}
	for (size_t i = 0; e == OK && i < first->concerns->n; i++)
		e = push(v, list, &first->concerns->p[i]);
	return e;
}

enum err view_concern_all(struct view *v, enum kind_number kind, struct concerns *out)
{
	struct seens list;
	enum err e = view_kind(v, kind, &list);
	*out = (struct concerns){0};
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct seen *first = NULL;
		e = view_first(v, list.p[i], &first);
		if (e == OK && first == list.p[i])
			e = add_all(v, first, out);
	}
	return e;
}

enum err view_concern_of(struct view *v, const struct seen *s, struct concerns *out)
{
	*out = (struct concerns){0};
	return s->readable && (s->r.kind == KIND_CONCERN || s->r.kind == KIND_ISSUE) ? add_all(v, s, out) : OK;
}

/* ---- in words ---- */

const char *view_concern_state(const struct concern *c)
{
	switch (c->state) {
	case CONCERN_RAISED:
		return c->now->r.kind == KIND_ISSUE ? "shared" : "raised";
	case CONCERN_ACKNOWLEDGED:
		return "acknowledged";
	case CONCERN_ASKED_BACK:
		return "asked back";
	case CONCERN_ACCEPTED:
		return "accepted";
	case CONCERN_DECLINED:
		return "declined";
	case CONCERN_DONE:
		return c->now->r.kind == KIND_ISSUE ? "done" : "done, effect not checked";
	case CONCERN_EFFECTIVE:
		return "done, effective";
	case CONCERN_NOT_EFFECTIVE:
		return "done, not effective";
	}
	return "";
}

/* Who has the next word; NULL: nobody. */
static const struct id *turn_of(const struct concern *c)
{
	switch (c->state) {
	case CONCERN_ACKNOWLEDGED:
		return to_be_read(c) ? NULL : &c->party;
	case CONCERN_RAISED:
	case CONCERN_ACCEPTED:
	case CONCERN_NOT_EFFECTIVE:
		return &c->party;
	case CONCERN_ASKED_BACK:
		return &c->first->r.author;
	case CONCERN_DONE:
		return c->now->r.kind == KIND_CONCERN ? &c->first->r.author : NULL;
	case CONCERN_DECLINED:
	case CONCERN_EFFECTIVE:
		break;
	}
	return NULL;
}

bool view_concern_waits(const struct view *v, const struct concern *c)
{
	const struct id *who = turn_of(c);
	return who && id_eq(who, &v->me);
}

static const char *what_to_type(const struct concern *c)
{
	bool issue = c->now->r.kind == KIND_ISSUE;
	switch (c->state) {
	case CONCERN_RAISED:
	case CONCERN_ACKNOWLEDGED:
	case CONCERN_NOT_EFFECTIVE:
		return to_be_read(c) ? "acknowledged" : issue ? "accepted|declined --text TEXT" : "accepted|declined|need-info --text TEXT";
	case CONCERN_ACCEPTED:
		return issue ? "done --text TEXT --changed ID" : "done --text TEXT";
	case CONCERN_ASKED_BACK:
		return "acknowledged --text TEXT";
	case CONCERN_DONE:
		return "effective|not-effective";
	case CONCERN_DECLINED:
	case CONCERN_EFFECTIVE:
		break;
	}
	return "";
}

void view_concern_next(const struct view *v, const struct concern *c, char out[static 160])
{
	char hex[65];
	out[0] = 0;
	if (!view_concern_waits(v, c))
		return;
	hex_encode(hex, c->now->id.b, 32);
	(void)snprintf(out, 160, "tally %s %.12s %s", c->now->r.kind == KIND_ISSUE ? "issue outcome" : "concern answer", hex, what_to_type(c));
}

/* ---- JSON ---- */

/* "requirement.set Baseline, version 3" */
static enum err put_changed(struct view *v, const struct id *id, json_t *list)
{
	struct seen *s;
	char text[400];
	json_t *o = json_object();
	enum err e = o ? view_find(v, id, &s) : ERR_MEMORY;
	if (e != OK && e != ERR_NOT_FOUND) {
		json_decref(o);
		return e;
	}
	view_put_id(o, "id", id);
	if (e == OK && s->kind && view_body(s)) {
		const char *version = view_text(v, s->kind->fields, s->r.body, fields_find(s->kind->fields, "version") ? "version" : "text");
		bool has = fields_find(s->kind->fields, "version") && *version;
		(void)snprintf(text, sizeof text, "%s %.200s%s%.64s", s->kind->name, view_record_title(v, s), has ? ", version " : "", has ? version : "");
		view_put(o, "what", text);
		view_put(o, "kind", s->kind->name);
	} else {
		view_put(o, "what", e == OK ? "a record that cannot be read" : "a record that is not here");
	}
	return json_array_append_new(list, o) == 0 ? OK : ERR_MEMORY;
}

static enum err changed_of(struct view *v, const struct seen *reply, json_t **out)
{
	const struct value *ids = reply && view_body(reply) && reply->r.kind == KIND_REPLY ? fields_get(reply_fields(), reply->r.body, "changed") : NULL;
	json_t *list = ids ? json_array() : NULL;
	enum err e = ids && !list ? ERR_MEMORY : OK;
	for (size_t i = 0; e == OK && i < value_count(ids); i++) {
		struct id id;
		if (value_is_id(value_item(ids, i), &id))
			e = put_changed(v, &id, list);
	}
	if (e != OK)
		json_decref(list);
	else
		*out = list;
	return e;
}

enum err view_concern_changed(struct view *v, const struct concern *c, json_t **out)
{
	return changed_of(v, c->done ? c->done : c->decided, out);
}

static enum err put_word(struct view *v, const struct seen *s, json_t *list)
{
	json_t *o = json_object(), *changed = NULL;
	enum err e = o ? changed_of(v, s, &changed) : ERR_MEMORY;
	if (e != OK) {
		json_decref(o);
		return e;
	}
	view_put_id(o, "id", &s->id);
	view_put_time(o, "at", s->r.created);
	view_put_author(v, o, s);
	view_put(o, "decision", s->r.kind == KIND_REPLY ? word_of(s) : "new version");
	if (s->r.kind == KIND_REPLY) {
		view_put(o, "text", view_text(v, reply_fields(), view_body(s), "text"));
		view_put_date(o, "due", view_int(reply_fields(), view_body(s), "due"));
	}
	if (changed)
		(void)json_object_set_new(o, "changed", changed);
	return json_array_append_new(list, o) == 0 ? OK : ERR_MEMORY;
}

enum err view_concern_history(struct view *v, const struct concern *c, json_t **out)
{
	const struct series *of;
	struct seens words;
	json_t *list = json_array();
	enum err e = list ? view_series(v, c->first, &of) : ERR_MEMORY;
	if (e == OK)
		e = words_about(v, of, &words);
	for (size_t i = 0; e == OK && i < words.n; i++)
		e = put_word(v, words.p[i], list);
	if (e != OK)
		json_decref(list);
	else
		*out = list;
	return e;
}

/* ---- until when ---- */

static int64_t in_days(const struct seen *from)
{
	return duty_day(when_working_day(from->at / WHEN_DAY_MS, CONCERN_DAYS));
}

/* Where the other side named a day, that day. */
static int64_t named_day(const struct seen *s)
{
	return s->r.kind == KIND_REPLY ? duty_day(view_int(reply_fields(), s->r.body, "due")) : 0;
}

static enum err add(struct view *v, const struct concern *c, struct duty *d, const struct seen *met, struct duties *out)
{
	char next[160], *copy;
	enum err e = OK;
	d->of = c->first;
	d->profile = "";
	view_concern_next(v, c, next);
	if (!(copy = arena_alloc(v->a, sizeof next)))
		return ERR_MEMORY;
	memcpy(copy, next, sizeof next);
	d->next = copy;
	if (met) {
		d->why[d->whys++] = met;
		e = duty_done(v, d, met);
	}
	return e == OK ? duty_add(v, out, d) : e;
}

/* The author's own turn: to tell more, to say whether it helped. */
static enum err author_owes(struct view *v, const struct concern *c, struct duties *out)
{
	struct duty d = {.debtor = c->first->r.author, .creditor = c->party};
	bool asked = c->state == CONCERN_ASKED_BACK, check = c->first->r.kind == KIND_CONCERN && c->done;
	if (!asked && !check)
		return OK;
	d.what = asked ? "tell more" : "check the effect";
	d.due = named_day(c->last);
	if (asked && !d.due)
		d.due = in_days(c->last);
	if (!asked && c->done)
		d.due = named_day(c->done);
	return add(v, c, &d, asked ? NULL : c->checked, out);
}

static enum err concern_owes(struct view *v, const struct concern *c, struct duties *out)
{
	struct duty answer = {.what = "answer the concern", .debtor = c->party, .creditor = c->first->r.author, .due = in_days(c->first)};
	struct duty decide = {.what = "decide about the concern", .debtor = c->party, .creditor = c->first->r.author};
	struct duty act = {.what = "act on the concern", .debtor = c->party, .creditor = c->first->r.author};
	enum err e = add(v, c, &answer, c->answered, out);
	if (e == OK && c->answered && c->state != CONCERN_DONE && c->state != CONCERN_EFFECTIVE) {
		decide.still = c->state == CONCERN_ASKED_BACK;
		decide.due = c->state == CONCERN_ACKNOWLEDGED && named_day(c->last) ? named_day(c->last) : in_days(c->decided ? c->answered : c->last);
		e = add(v, c, &decide, c->decided, out);
	}
	if (e == OK && c->decided && (c->state == CONCERN_ACCEPTED || c->done)) {
		act.due = named_day(c->decided);
		e = add(v, c, &act, c->done, out);
	}
	return e;
}

static enum err issue_owes(struct view *v, const struct concern *c, struct duties *out)
{
	struct duty read = {.what = "answer the issue", .debtor = c->party, .creditor = c->first->r.author};
	struct duty change = {.what = "say what changed", .debtor = c->party, .creditor = c->first->r.author};
	enum err e = add(v, c, &read, to_be_read(c) ? c->answered : c->decided, out);
	if (e == OK && (c->state == CONCERN_ACCEPTED || c->done)) {
		change.due = c->decided ? named_day(c->decided) : 0;
		e = add(v, c, &change, c->done, out);
	}
	return e;
}

enum err view_concern_duties(struct view *v, struct duties *out)
{
	struct concerns list;
	enum err e = view_concern_all(v, KIND_CONCERN, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		e = concern_owes(v, &list.p[i], out);
		if (e == OK)
			e = author_owes(v, &list.p[i], out);
	}
	if (e == OK)
		e = view_concern_all(v, KIND_ISSUE, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		e = issue_owes(v, &list.p[i], out);
		if (e == OK)
			e = author_owes(v, &list.p[i], out);
	}
	return e;
}
