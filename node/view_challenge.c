#include "node/view_challenge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/view_record.h"
#include "proto/when.h"

#define DAYS(n) ((int64_t)(n) * WHEN_DAY_MS)

static const struct field *challenge_fields(void)
{
	return kind_by_number(KIND_CHALLENGE)->fields;
}

/* ---- one ---- */

/* Stored by the other side of the thread. */
static enum err stored(struct view *v, const struct seen *s, const struct id *by, int64_t *out)
{
	struct duty d = {.creditor = *by};
	enum err e = duty_done(v, &d, s);
	*out = d.met;
	return e;
}

static bool decides(const char *word)
{
	return strcmp(word, "accepted") == 0 || strcmp(word, "declined") == 0 || strcmp(word, "done") == 0 || strcmp(word, "need-info") == 0;
}

/* Who is challenged: who opened the thread; else who else can be meant, the author of what it is about. */
static enum err whom(struct view *v, const struct seen *s, struct id *out)
{
	struct seen *root;
	enum err e = view_find(v, &s->root, &root);
	if (e == OK)
		*out = root->r.author;
	return e;
}

static enum err read_answer(struct view *v, const struct id *by, struct challenge *c)
{
	struct seens list;
	const struct seen *first = NULL;
	enum err e = view_about(v, &c->said->id, KIND_REPLY, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];
		if (!view_active(s) || !id_eq(&s->r.author, by) || !decides(view_word(s->kind->fields, s->r.body, "decision")))
			continue;
		first = first ? first : s; /* from then on it is the challenger's turn */
		c->answer = s;
	}
	return e == OK && first ? stored(v, first, &c->said->r.author, &c->ended) : e;
}

static enum err challenge_of(struct view *v, const struct seen *s, struct challenge *out)
{
	struct challenge c = {.said = s, .rid = view_text(v, challenge_fields(), s->r.body, "rid"),
	                      .kind = view_word(challenge_fields(), s->r.body, "kind")};
	struct id by;
	enum err e = whom(v, s, &by);
	if (e == OK)
		e = stored(v, s, &by, &c.from);
	if (e == OK)
		e = read_answer(v, &by, &c);
	if (e != OK)
		return e;
	if (c.from) {
		int64_t due = duty_day(view_int(challenge_fields(), s->r.body, "due"));
		c.until = c.from + DAYS(CHALLENGE_DAYS);
		c.until = due && due < c.until ? due : c.until;
	}
	*out = c;
	return OK;
}

/* ---- all about one requirement ---- */

static enum err add(struct view *v, struct challenges *list, const struct challenge *c)
{
	struct challenge *p = arena_more(v->a, list->p, list->n, &list->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	list->p = p;
	list->p[list->n++] = *c;
	return OK;
}

/* As the challenged one stored them. */
static int by_storing(const void *a, const void *b)
{
	const struct challenge *x = a, *y = b;
	return x->from != y->from ? (x->from > y->from) - (x->from < y->from) : view_order(x->said, y->said);
}

/* Where two overlap it stands still once. */
static void count(const struct view *v, struct challenges *list)
{
	int64_t last = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct challenge *c = &list->p[i];
		int64_t from = c->from > last ? c->from : last, to = c->ended && c->ended < c->until ? c->ended : c->until;
		if (!c->from)
			continue;
		list->still = list->still || (v->now >= c->from && v->now < to);
		to = to < v->now ? to : v->now;
		if (to <= from)
			continue;
		list->stopped += to - from;
		last = to;
	}
	if (list->stopped >= DAYS(CHALLENGE_DAYS_ALL)) {
		list->stopped = DAYS(CHALLENGE_DAYS_ALL);
		list->still = false;
	}
}

enum err view_challenge_on(struct view *v, const struct assignment *of, const struct id *party, const char *rid, struct challenges *out)
{
	struct challenges list = {0};
	enum err e = OK;
	for (size_t i = 0; e == OK && i < of->thread.n; i++) {
		const struct seen *s = of->thread.p[i];
		struct span name;
		struct challenge c;
		if (s->r.kind != KIND_CHALLENGE || !view_active(s) || !id_eq(&s->r.author, party) ||
		    !fields_str(challenge_fields(), s->r.body, "rid", &name) || !span_eq(name, SPAN(rid, strlen(rid))))
			continue;
		e = challenge_of(v, s, &c);
		if (e == OK)
			e = add(v, &list, &c);
	}
	if (list.n > 1)
		qsort(list.p, list.n, sizeof *list.p, by_storing);
	count(v, &list);
	*out = list;
	return e;
}

/* ---- to answer it ---- */

static enum err one_duty(struct view *v, const struct seen *s, struct duties *out)
{
	struct challenge c;
	char *what, *next = arena_alloc(v->a, 80), hex[13];
	struct duty d = {.of = s, .profile = "", .creditor = s->r.author, .next = next};
	enum err e = challenge_of(v, s, &c);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e == OK)
		e = whom(v, s, &d.debtor);
	what = e == OK ? arena_alloc(v->a, strlen(c.rid) + 20) : NULL;
	if (!what || !next)
		return e == OK ? ERR_MEMORY : e;
	hex_encode(hex, s->id.b, 6);
	(void)snprintf(what, strlen(c.rid) + 20, "answer challenge%s%s", *c.rid ? " " : "", c.rid);
	(void)snprintf(next, 80, "tally requirement answer %s done --text ...", hex);
	d.what = what;
	d.due = c.until;
	if (c.answer)
		e = duty_done(v, &d, c.answer);
	return e == OK ? duty_add(v, out, &d) : e;
}

enum err view_challenge_duties(struct view *v, struct duties *out)
{
	struct seens list;
	enum err e = view_kind(v, KIND_CHALLENGE, &list);
	for (size_t i = 0; e == OK && i < list.n; i++)
		if (view_active(list.p[i]))
			e = one_duty(v, list.p[i], out);
	return e;
}

/* ---- JSON ---- */

static enum err row(struct view *v, const struct seen *s, json_t *items)
{
	struct challenge c;
	struct id by;
	json_t *o = NULL;
	enum err e = challenge_of(v, s, &c);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e == OK)
		e = whom(v, s, &by);
	if (e == OK)
		e = view_record_row(v, s, &o);
	if (e != OK)
		return e;
	view_put(o, "rid", c.rid);
	view_put(o, "clause", view_text(v, challenge_fields(), s->r.body, "clause"));
	view_put(o, "challenge", c.kind);
	view_put_org(v, o, "to", &by);
	view_put_time(o, "stopped_from", c.from);
	view_put_time(o, "stopped_until", c.ended && c.ended < c.until ? c.ended : c.until);
	view_put(o, "answer", c.answer ? view_word(c.answer->kind->fields, c.answer->r.body, "decision") : "");
	view_put(o, "answer_text", c.answer ? view_text(v, c.answer->kind->fields, c.answer->r.body, "text") : "");
	view_put(o, "state", c.answer ? "answered" : !c.from ? "not delivered" : v->now < c.until ? "clock stopped" : "overdue");
	(void)json_array_append_new(items, o);
	return OK;
}

enum err view_challenge_list(struct view *v, json_t **out)
{
	struct seens list;
	json_t *items = json_array();
	enum err e = items ? view_kind(v, KIND_CHALLENGE, &list) : ERR_MEMORY;
	for (size_t i = e == OK ? list.n : 0; e == OK && i-- > 0;)
		if (view_active(list.p[i]))
			e = row(v, list.p[i], items);
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}
