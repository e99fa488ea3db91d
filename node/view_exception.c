#include "node/view_exception.h"

#include <stdio.h>
#include <string.h>

#include "proto/when.h"

static const struct field *request_fields(void)
{
	return kind_by_number(KIND_EXCEPTION_REQUEST)->fields;
}

static const struct field *reply_fields(void)
{
	return kind_by_number(KIND_REPLY)->fields;
}

/* The day that a decision names; 0: none, so it is the one that was asked for. */
static int64_t day_given(const struct value *reply)
{
	int64_t until = view_int(reply_fields(), reply, "until");
	return until ? until : view_int(reply_fields(), reply, "due");
}

const char *view_exception_unfit(const struct seen *request, const struct value *reply)
{
	const char *word = view_word(reply_fields(), reply, "decision");
	int64_t asked = view_int(request_fields(), request->r.body, "until"), given = day_given(reply);
	if (strncmp(word, "granted", 7) != 0)
		return NULL;
	if (given > asked)
		return "it grants longer than was asked for";
	if ((given ? given : asked) > request->r.created / WHEN_DAY_MS + EXCEPTION_DAYS)
		return "an exception lasts at most 12 months";
	return NULL;
}

/* ---- one ---- */

static enum err read_decisions(struct view *v, const struct id *customer, struct exception_asked *x)
{
	struct seens list;
	enum err e = view_about(v, &x->said->id, KIND_REPLY, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];
		const char *word;
		struct id about;
		if (!view_active(s) || !id_eq(&s->r.author, customer) || !fields_id(s->kind->fields, s->r.body, "about", &about) ||
		    !id_eq(&about, &x->said->id))
			continue;
		word = view_word(s->kind->fields, s->r.body, "decision");
		bool decides = strncmp(word, "granted", 7) == 0 || strcmp(word, "refused") == 0;
		if (decides || strcmp(word, "need-info") == 0)
			x->first = x->first ? x->first : s;
		if (!decides)
			continue;
		x->decision = s;
		x->refused = strcmp(word, "refused") == 0;
		x->granted = !x->refused;
		x->until = x->refused ? 0 : day_given(s->r.body) ? day_given(s->r.body) : x->asked;
	}
	return e;
}

static enum err stored(struct view *v, const struct seen *s, const struct id *by, int64_t *out)
{
	struct duty d = {.creditor = *by};
	enum err e = duty_done(v, &d, s);
	*out = d.met;
	return e;
}

static enum err read_request(struct view *v, const struct seen *request, struct exception_asked *out)
{
	struct exception_asked x = {.said = request, .asked = view_int(request_fields(), request->r.body, "until")};
	struct seen *root;
	int64_t from = 0;
	enum err e = view_find(v, &request->root, &root);
	if (e == OK)
		e = read_decisions(v, &root->r.author, &x);
	if (e == OK)
		e = stored(v, request, &root->r.author, &from);
	x.due = from ? duty_day(from / WHEN_DAY_MS + EXCEPTION_DECIDE_DAYS) : 0;
	*out = x;
	return e;
}

/* ---- all for one requirement ---- */

static enum err add(struct view *v, struct exceptions_asked *list, const struct exception_asked *x)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 4;
		struct exception_asked *p = arena_alloc(v->a, cap * sizeof *p);
		if (!p)
			return ERR_MEMORY;
		if (list->n)
			memcpy(p, list->p, list->n * sizeof *p);
		list->p = p;
		list->cap = cap;
	}
	list->p[list->n++] = *x;
	return OK;
}

enum err view_exception_on(struct view *v, const struct assignment *of, const struct id *party, const char *rid, struct exceptions_asked *out)
{
	struct exceptions_asked list = {0};
	enum err e = OK;
	for (size_t i = 0; e == OK && i < of->thread.n; i++) {
		const struct seen *s = of->thread.p[i];
		struct exception_asked x;
		struct span name;
		struct id assign;
		if (s->r.kind != KIND_EXCEPTION_REQUEST || !view_active(s) || !id_eq(&s->r.author, party) ||
		    !fields_id(request_fields(), s->r.body, "assign", &assign) || !id_eq(&assign, &of->assign->id) ||
		    !fields_str(request_fields(), s->r.body, "rid", &name) || !span_eq(name, SPAN(rid, strlen(rid))))
			continue;
		e = read_request(v, s, &x);
		if (e == OK)
			e = add(v, &list, &x);
	}
	*out = list;
	return e;
}

/* ---- to decide it ---- */

static enum err one_duty(struct view *v, const struct seen *s, struct duties *out)
{
	const char *rid = view_text(v, request_fields(), s->r.body, "rid");
	size_t room = strlen(rid) + 20;
	char *what = arena_alloc(v->a, room), *next = arena_alloc(v->a, 80), hex[13];
	struct duty d = {.of = s, .profile = "", .creditor = s->r.author, .what = what, .next = next};
	struct exception_asked x;
	struct seen *assign;
	struct id id;
	enum err e = what && next ? OK : ERR_MEMORY;
	if (e == OK && !fields_id(request_fields(), s->r.body, "assign", &id))
		return OK;
	if (e == OK)
		e = view_find(v, &id, &assign);
	if (e == OK)
		e = read_request(v, s, &x);
	if (e == ERR_NOT_FOUND || (e == OK && !view_active(assign)))
		return OK;
	if (e != OK)
		return e;
	hex_encode(hex, s->id.b, 6);
	(void)snprintf(what, room, "decide exception %s", rid);
	(void)snprintf(next, 80, "tally exception decide %s granted|refused", hex);
	d.debtor = assign->r.author;
	d.due = x.due;
	d.why[d.whys++] = assign;
	if (x.first)
		e = duty_done(v, &d, x.first);
	return e == OK ? duty_add(v, out, &d) : e;
}

enum err view_exception_duties(struct view *v, struct duties *out)
{
	struct seens list;
	enum err e = view_kind(v, KIND_EXCEPTION_REQUEST, &list);
	for (size_t i = 0; e == OK && i < list.n; i++)
		if (view_active(list.p[i]))
			e = one_duty(v, list.p[i], out);
	return e;
}
