#include "node/view_concern.h"

#include <string.h>

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

bool view_concern_to_be_read(const struct concern *c)
{
	const char *type = c->now->r.kind == KIND_ISSUE ? view_word(c->now->kind->fields, c->now->r.body, "type") : "";
	return strcmp(type, "lesson") == 0 || strcmp(type, "near-miss") == 0;
}

bool view_concern_names_change(const struct field *reply, const struct value *body)
{
	return fields_get(reply, body, "text") || fields_get(reply, body, "changed");
}

static void move(struct concern *c, const struct seen *by, enum concern_state to)
{
	c->state = to;
	c->last = by;
	if (to == CONCERN_ACCEPTED || to == CONCERN_DECLINED)
		c->decided = by;
	if (to == CONCERN_DONE) {
		c->done = c->tried = by;
		c->decided = c->decided ? c->decided : by;
	}
	if (to == CONCERN_EFFECTIVE || to == CONCERN_NOT_EFFECTIVE)
		c->checked = by;
	if (to == CONCERN_NOT_EFFECTIVE)
		c->decided = c->done = NULL;
}

/* Of an issue an outcome says what changed: a bare word is none. */
static bool is_outcome(const struct concern *c, const struct seen *s)
{
	return says(s, "done") && (c->now->r.kind != KIND_ISSUE || view_concern_names_change(reply_fields(), s->r.body));
}

static void party_said(struct concern *c, const struct seen *s)
{
	bool open = c->state == CONCERN_RAISED || c->state == CONCERN_ACKNOWLEDGED || c->state == CONCERN_ASKED_BACK || c->state == CONCERN_NOT_EFFECTIVE;
	c->answered = c->answered ? c->answered : s;
	if (c->state == CONCERN_EFFECTIVE)
		return; /* it is over: its author said that it helped */
	if (says(s, "acknowledged") && c->state == CONCERN_RAISED)
		move(c, s, CONCERN_ACKNOWLEDGED);
	else if (says(s, "need-info") && open)
		move(c, s, CONCERN_ASKED_BACK);
	else if (says(s, "accepted"))
		move(c, s, CONCERN_ACCEPTED);
	else if (says(s, "declined"))
		move(c, s, CONCERN_DECLINED);
	else if (is_outcome(c, s))
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
enum err view_concern_words(struct view *v, const struct series *of, struct seens *out)
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
	e = view_concern_words(v, of, &words);
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

/* Who has the next word; NULL: nobody. */
static const struct id *turn_of(const struct concern *c)
{
	switch (c->state) {
	case CONCERN_ACKNOWLEDGED:
		return view_concern_to_be_read(c) ? NULL : &c->party;
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
