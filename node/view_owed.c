#include "node/view_owed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/view_record.h"
#include "proto/when.h"

enum answer { /* vocab_ack */
	ANSWER_ACCEPTED = 1, ANSWER_EXCEPTION, ANSWER_EQUIVALENCE, ANSWER_DECLINED, ANSWER_NOT_APPLICABLE, ANSWER_CLARIFICATION
};

/* ---- what makes two questions equal ---- */

struct mark { /* two questions with one mark are equal */
	const char *text;
	size_t ask;
};
struct marks {
	struct mark *p;
	size_t n, cap;
};

static enum err mark(struct view *v, struct marks *list, const char *text, size_t ask)
{
	struct mark *p = arena_more(v->a, list->p, list->n, &list->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	list->p = p;
	list->p[list->n++] = (struct mark){text, ask};
	return OK;
}

/* Small letters, one blank between words. */
static const char *plain(struct view *v, const char *text)
{
	char *out = arena_alloc(v->a, strlen(text) + 2), *q = out;
	if (!out)
		return NULL;
	*q++ = 'a'; /* before what is mapped: the same words are the surer sign */
	for (; *text; text++) {
		bool blank = *text == ' ' || *text == '\n' || *text == '\t';
		if (blank && q[-1] == ' ')
			continue;
		*q++ = blank ? ' ' : *text >= 'A' && *text <= 'Z' ? (char)(*text | 0x20) : *text;
	}
	while (q[-1] == ' ')
		q--;
	*q = 0;
	return out;
}

static enum err marks_of(struct view *v, const struct ask *a, size_t at, struct marks *list)
{
	const struct field *g = view_requirement_group(), *m = fields_find(g, "mappings")->group;
	const struct value *mappings = fields_get(g, a->requirement, "mappings");
	const char *text = plain(v, view_text(v, g, a->requirement, "text"));
	enum err e = text ? mark(v, list, text, at) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < value_count(mappings); i++) {
		const char *standard = view_text(v, m, value_item(mappings, i), "standard"), *clause = view_text(v, m, value_item(mappings, i), "clause");
		char *both = arena_alloc(v->a, strlen(standard) + strlen(clause) + 3);
		if (!both)
			return ERR_MEMORY;
		(void)snprintf(both, strlen(standard) + strlen(clause) + 3, "m%s\n%s", standard, clause);
		e = mark(v, list, both, at);
	}
	return e;
}

enum err view_owed_question(struct view *v, const struct value *requirement, struct question *out)
{
	const struct field *g = view_requirement_group();
	*out = (struct question){plain(v, view_text(v, g, requirement, "text")), fields_get(g, requirement, "mappings")};
	return out->plain ? OK : ERR_MEMORY;
}

bool view_owed_same_words(const struct question *a, const struct question *b)
{
	return strcmp(a->plain, b->plain) == 0;
}

bool view_owed_equal(const struct question *a, const struct question *b)
{
	if (view_owed_same_words(a, b))
		return true;
	for (size_t i = 0; i < value_count(a->mappings); i++)
		for (size_t k = 0; k < value_count(b->mappings); k++)
			if (value_eq(value_item(a->mappings, i), value_item(b->mappings, k)))
				return true;
	return false;
}

static int by_mark(const void *x, const void *y)
{
	const struct mark *a = x, *b = y;
	int c = strcmp(a->text, b->text);
	return c ? c : (a->ask > b->ask) - (a->ask < b->ask);
}

/* Two requirements of one set are two, whatever clause they share, and whatever third one they both resemble: a group has one rid of a set. */
struct rings {
	size_t *first, *next; /* the members of a group, one after the other, round */
	size_t *set;          /* of each, the number of its set */
	const char **rid;     /* of each set: which rid of it the ring in hand has; NULL: none */
};

static int by_set(const void *x, const void *y)
{
	return id_cmp(&(*(const struct ask *const *)x)->of->set->root, &(*(const struct ask *const *)y)->of->set->root);
}

static enum err rings_open(struct view *v, const struct asks *asks, struct rings *r)
{
	size_t room = (asks->n + 1) * sizeof(size_t), n = 0;
	const struct ask **sorted = arena_alloc(v->a, (asks->n + 1) * sizeof(struct ask *));
	*r = (struct rings){arena_alloc(v->a, room), arena_alloc(v->a, room), arena_alloc(v->a, room), NULL};
	r->rid = arena_alloc(v->a, (asks->n + 1) * sizeof *r->rid);
	if (!sorted || !r->first || !r->next || !r->set || !r->rid)
		return ERR_MEMORY;
	for (size_t i = 0; i < asks->n; i++) {
		r->first[i] = r->next[i] = i;
		r->rid[i] = NULL;
		sorted[i] = &asks->p[i];
	}
	if (asks->n)
		qsort(sorted, asks->n, sizeof *sorted, by_set);
	for (size_t i = 0; i < asks->n; i++) {
		n += i && by_set(&sorted[i - 1], &sorted[i]) != 0;
		r->set[sorted[i] - asks->p] = n;
	}
	return OK;
}

static bool apart(const struct asks *asks, struct rings *r, size_t a, size_t b)
{
	bool two = false;
	for (size_t i = r->next[a];; i = r->next[i]) {
		r->rid[r->set[i]] = asks->p[i].rid;
		if (i == a)
			break;
	}
	for (size_t i = r->next[b];; i = r->next[i]) {
		const char *rid = r->rid[r->set[i]];
		two = two || (rid && strcmp(rid, asks->p[i].rid) != 0);
		if (i == b)
			break;
	}
	for (size_t i = r->next[a];; i = r->next[i]) {
		r->rid[r->set[i]] = NULL;
		if (i == a)
			break;
	}
	return two;
}

static bool joins(const struct asks *asks, struct rings *r, size_t a, size_t b)
{
	size_t fa = r->first[a], fb = r->first[b], to = fa < fb ? fa : fb, from = fa == to ? b : a, after = r->next[a];
	if (fa == fb)
		return true;
	if (apart(asks, r, a, b))
		return false;
	for (size_t i = from; r->first[i] != to; i = r->next[i])
		r->first[i] = to;
	r->next[a] = r->next[b];
	r->next[b] = after;
	return true;
}

/* With the first of those before it that it can be one with. */
static void join_run(const struct asks *asks, struct rings *r, const struct mark *run, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i && !joins(asks, r, run[k].ask, run[i].ask);)
			k++;
}

static enum err join(struct view *v, struct owed *o)
{
	struct marks list = {0};
	struct rings r;
	enum err e = rings_open(v, &o->asks, &r);
	for (size_t i = 0; e == OK && i < o->asks.n; i++)
		e = marks_of(v, &o->asks.p[i], i, &list);
	if (list.n)
		qsort(list.p, list.n, sizeof *list.p, by_mark);
	for (size_t i = 0, end; e == OK && i < list.n; i = end) {
		for (end = i + 1; end < list.n && strcmp(list.p[i].text, list.p[end].text) == 0;)
			end++;
		join_run(&o->asks, &r, list.p + i, end - i);
	}
	o->group = r.first;
	return e;
}

/* What was asked again is no question any more, but its answer can be given once more. */
static enum err set_apart(struct view *v, struct owed *o, size_t *kept)
{
	size_t *place = arena_alloc(v->a, (o->asks.n + 1) * sizeof *place);
	o->earlier.p = arena_alloc(v->a, (o->asks.n + 1) * sizeof *o->earlier.p);
	if (!place || !o->earlier.p)
		return ERR_MEMORY;
	for (size_t i = 0; i < o->asks.n; i++) {
		const struct ask a = o->asks.p[i];
		place[i] = *kept;
		if (!a.again)
			o->asks.p[(*kept)++] = a;
		else if (a.answer)
			o->earlier.p[o->earlier.n++] = a;
	}
	for (size_t i = 0; i < o->earlier.n; i++)
		o->earlier.p[i].later = place[o->earlier.p[i].later];
	return OK;
}

enum err view_owed_all(struct view *v, struct owed *out)
{
	struct assignment **all;
	size_t n, kept = 0;
	enum err e = view_requirement_assignments(v, false, &all, &n);
	*out = (struct owed){0};
	for (size_t i = 0; e == OK && i < n; i++)
		if (!all[i]->assign->r.has_exercise && view_ids_has(&all[i]->parties, &v->me))
			e = view_ask_all(v, all[i], &v->me, &out->asks);
	if (e == OK)
		e = view_ask_again(v, &out->asks);
	if (e == OK)
		e = set_apart(v, out, &kept);
	out->asks.n = e == OK ? kept : 0;
	return e == OK ? join(v, out) : e;
}

/* ---- an answer for many ---- */

const struct value *view_owed_row(const struct ask *a)
{
	const struct field *f = kind_by_number(KIND_REQUIREMENT_ACK)->fields, *g = fields_find(f, "answers")->group;
	const struct value *list = a->ack ? fields_get(f, a->ack->r.body, "answers") : NULL;
	struct span s;
	for (size_t i = 0; i < value_count(list); i++)
		if (fields_str(g, value_item(list, i), "rid", &s) && span_eq(s, SPAN(a->rid, strlen(a->rid))))
			return value_item(list, i);
	return NULL;
}

static const struct ask *better(const struct ask *a, const struct ask *best)
{
	if (!a->answer || a->answer == ANSWER_CLARIFICATION || a->refused || (a->answer == ANSWER_EXCEPTION && a->expired))
		return best;
	return !best || view_order(a->ack, best->ack) > 0 ? a : best;
}

const struct ask *view_owed_answer(const struct owed *all, size_t at)
{
	const struct ask *best = NULL;
	for (size_t i = 0; i < all->asks.n; i++)
		if (all->group[i] == all->group[at])
			best = better(&all->asks.p[i], best);
	for (size_t i = 0; i < all->earlier.n; i++)
		if (all->group[all->earlier.p[i].later] == all->group[at])
			best = better(&all->earlier.p[i], best);
	return best;
}

/* ---- JSON ---- */

struct line {
	size_t at, asked, open;
	int64_t due;
	bool overdue, still;
	json_t *who;
};

static void count(struct view *v, const struct owed *o, struct line *l)
{
	for (size_t i = l->at; i < o->asks.n; i++) {
		const struct ask *a = &o->asks.p[i];
		char text[VIEW_NAME + 80], name[VIEW_NAME];
		if (o->group[i] != l->at)
			continue;
		v->name(v->ctx, &a->of->assign->r.author, name);
		(void)snprintf(text, sizeof text, "%s %s%s", name, a->rid, a->answer ? "" : " open");
		(void)json_array_append_new(l->who, view_string(text));
		l->asked++;
		l->open += a->answer == 0;
		l->still = l->still || a->still;
		if (!a->answer && a->due && (!l->due || a->due < l->due))
			l->due = a->due;
		l->overdue = l->overdue || a->overdue;
	}
}

static enum err put_line(struct view *v, const struct owed *o, struct line *l, json_t *items)
{
	const struct ask *a = &o->asks.p[l->at], *known = view_owed_answer(o, l->at);
	char id[80], hex[13], text[120], name[VIEW_NAME];
	json_t *row = json_object();
	if (!row || json_array_append_new(items, row) != 0)
		return ERR_MEMORY;
	hex_encode(hex, a->of->assign->id.b, 6);
	(void)snprintf(id, sizeof id, "%s:%s", hex, a->rid);
	view_put(row, "question", id);
	view_put(row, "title", *a->title ? a->title : view_text(v, view_requirement_group(), a->requirement, "text"));
	(void)json_object_set(row, "asked_by", l->who);
	(void)json_object_set_new(row, "asked", json_integer((json_int_t)l->asked));
	(void)json_object_set_new(row, "open", json_integer((json_int_t)l->open));
	view_put_date(row, "due", l->due / WHEN_DAY_MS);
	if (a->guidance)
		view_put(row, "guidance", view_record_title(v, a->guidance));
	view_put(row, "state", l->overdue ? "overdue" : l->open == 0 ? "answered" : l->still ? "clock stopped" : l->open < l->asked ? "in part" : "open");
	if (!known)
		return OK;
	v->name(v->ctx, &known->of->assign->r.author, name);
	(void)snprintf(text, sizeof text, "%s (to %.60s, %.30s)", vocab_word(&vocab_ack, known->answer) ? vocab_word(&vocab_ack, known->answer) : "", name,
	               known->rid);
	view_put(row, "answer", text);
	view_put(row, "answer_text", known->text);
	return OK;
}

enum err view_owed_list(struct view *v, bool all, json_t **out)
{
	struct owed o;
	json_t *items = json_array();
	enum err e = items ? view_owed_all(v, &o) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < o.asks.n; i++) {
		struct line l = {.at = i, .who = json_array()};
		if (!l.who)
			e = ERR_MEMORY;
		if (e == OK && o.group[i] == i)
			count(v, &o, &l);
		if (e == OK && l.asked && (all || l.open || l.overdue))
			e = put_line(v, &o, &l, items);
		json_decref(l.who);
	}
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}
