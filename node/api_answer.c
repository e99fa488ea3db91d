/* api_answer.c - what a partner has asked of us as one list of questions, and many answers at once: what "bundle answer" is made of. */
#include <stdio.h>
#include <string.h>

#include "node/csvrows.h"
#include "node/saying.h"
#include "node/view_ask.h"
#include "node/view_inbox.h"
#include "node/view_record.h"
#include "node/view_requirement.h"
#include "proto/vocab.h"
#include "proto/when.h"

/* ---- questions ---- */

struct asking {
	struct api_call *c;
	struct view *v;
	json_t *items;
};

static json_t *question(const struct asking *q, const struct seen *s, const char *title)
{
	json_t *o = json_object();
	api_set_id(o, "record", &s->id);
	api_set(o, "kind", s->kind->name);
	api_set(o, "title", title);
	return json_array_append_new(q->items, o) == 0 ? o : NULL;
}

static bool by_impact(int64_t kind)
{
	return kind == KIND_INCIDENT_NOTICE || kind == KIND_IMPACT_QUERY;
}

static void set_words(json_t *o, const char *first, const char *const *words)
{
	char text[400];
	int n = snprintf(text, sizeof text, "%s", first);
	for (size_t i = 0; words[i] && n >= 0 && (size_t)n < sizeof text; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s%s", n ? ", " : "", words[i]);
	api_set(o, "answers", text);
}

static enum err ask_requirements(struct asking *q, struct seen *s)
{
	struct assignment *a;
	struct asks asks = {0};
	enum err e = view_requirement_assignment(q->v, s, &a);
	if (e == OK)
		e = view_ask_all(q->v, a, &q->v->me, &asks);
	for (size_t i = 0; e == OK && i < asks.n; i++) {
		json_t *o = asks.p[i].answer ? NULL : question(q, s, asks.p[i].title);
		if (!o)
			continue;
		api_set(o, "rid", asks.p[i].rid);
		api_set(o, "question", view_text(q->v, view_requirement_group(), asks.p[i].requirement, "text"));
		set_words(o, "", vocab_ack.words);
		if (asks.p[i].due)
			view_put_date(o, "due", asks.p[i].due / WHEN_DAY_MS);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

/* A notice or a question about one is answered by what it means to us, what is decided about by a word of its kind; for all else its command is
 * named. */
static enum err ask_other(struct asking *q, struct seen *s, const struct todo *todo)
{
	static const char *const none[] = {NULL};
	json_t *o = question(q, s, view_record_title(q->v, s));
	if (!o)
		return ERR_MEMORY;
	api_set(o, "rid", "");
	if (by_impact(s->kind->number))
		set_words(o, s->kind->number == KIND_INCIDENT_NOTICE ? "acknowledged" : "", vocab_impact.words);
	else if (s->kind->decisions || strstr(todo->next, "acknowledged"))
		set_words(o, s->kind->decisions ? "" : "acknowledged", s->kind->decisions ? s->kind->decisions->words : none);
	else
		api_set(o, "answers", "");
	api_set(o, "next", todo->next);
	return OK;
}

static enum err ask_about(struct asking *q, struct seen *s, const struct id *from)
{
	struct todo todo = {0};
	if (!s->kind || s->mine || !view_active(s) || !id_eq(&s->r.author, from))
		return OK;
	enum err e = view_inbox_todo(q->v, s, &todo);
	if (e != OK || !todo.open)
		return e;
	return s->kind->number == KIND_REQUIREMENT_ASSIGN ? ask_requirements(q, s) : ask_other(q, s, &todo);
}

static enum err questions(struct api_call *c)
{
	struct view v;
	struct seens all;
	struct id from;
	struct asking q = {c, &v, json_array()};
	(void)json_object_set_new(c->result, "items", q.items);
	saying_view(c, &v);
	enum err e = api_org(c, "from", &from);
	if (e == OK)
		e = view_kind(&v, 0, &all);
	for (size_t i = 0; e == OK && i < all.n; i++)
		e = ask_about(&q, all.p[i], &from);
	return e;
}

/* ---- answers ---- */

struct row { /* one answer; texts "" where nothing is said */
	const char *record, *rid, *answer, *text, *until;
	bool used;
};

struct rows {
	struct row *p;
	size_t n;
};

static const char *const columns[] = {"record", "rid", "answer", "text", "until"};

static const char **cell_of(struct row *r, size_t i)
{
	const char **const at[] = {&r->record, &r->rid, &r->answer, &r->text, &r->until};
	return at[i];
}

static enum err rows_json(struct api_call *c, const json_t *list, struct rows *out)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct row *r = &out->p[out->n++];
		for (size_t k = 0; k < 5; k++) {
			const char *text = json_string_value(json_object_get(json_array_get(list, i), columns[k]));
			*cell_of(r, k) = text ? text : "";
		}
		if (!*r->record)
			return api_fail(c, ERR_INVALID, "write them as: [{\"record\": ID, \"rid\": RID, \"answer\": WORD, \"text\": TEXT}]",
			                "answer %zu names no record", i + 1);
	}
	return OK;
}

static enum err rows_csv(struct api_call *c, const char *sheet, struct rows *out)
{
	struct csvrows csv = {0};
	size_t at[5] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
	enum err e = csvrows_read(SPAN(sheet, strlen(sheet)), c->arena, &csv, &c->why);
	if (e != OK)
		return e;
	for (size_t k = 0; csv.n && k < 5; k++)
		for (size_t i = 0; i < csv.p[0].n; i++)
			if (strcmp(csv.p[0].cell[i], columns[k]) == 0)
				at[k] = i;
	if (at[0] == SIZE_MAX || at[2] == SIZE_MAX)
		return api_fail(c, ERR_INVALID, "make one to fill in with: tally bundle answer FILE --form form.csv",
		                "the first line must name the columns record and answer");
	out->p = arena_alloc(c->arena, csv.n * sizeof *out->p);
	if (!out->p)
		return ERR_MEMORY;
	for (size_t i = 1; i < csv.n; i++) {
		struct row *r = &out->p[out->n++];
		for (size_t k = 0; k < 5; k++)
			*cell_of(r, k) = at[k] < csv.p[i].n ? csv.p[i].cell[at[k]] : "";
	}
	return OK;
}

static enum err read_rows(struct api_call *c, struct rows *out)
{
	const json_t *given = saying_arg(c, "answers");
	const json_t *list = json_is_object(given) ? json_object_get(given, "answers") : given;
	*out = (struct rows){0};
	if (json_is_string(given))
		return rows_csv(c, json_string_value(given), out);
	if (!json_is_array(list))
		return api_fail(c, ERR_INVALID, "give a list of {record, rid, answer, text, until}, or a CSV file with these columns", "that holds no answers");
	out->p = arena_alloc(c->arena, (json_array_size(list) + 1) * sizeof *out->p);
	return out->p ? rows_json(c, list, out) : ERR_MEMORY;
}

static void set_said(json_t *o, const char *name, const char *text)
{
	if (*text)
		api_set(o, name, text);
}

/* What an ack takes ready made: its words stand where the answer's kind wants them. */
static json_t *ack_row(const struct row *r)
{
	bool exception = strcmp(r->answer, "accepted-with-exception") == 0;
	json_t *o = json_object();
	api_set(o, "rid", r->rid);
	api_set(o, "answer", r->answer);
	set_said(o, exception ? "exception_reason" : "statement", r->text);
	set_said(o, exception ? "exception_until" : "target", r->until);
	return o;
}

/* All answers to the record that `first` answers. */
static enum err ack(struct api_call *c, const struct rows *rows, const struct row *first)
{
	json_t *list = json_array();
	for (size_t i = 0; i < rows->n; i++) {
		struct row *r = &rows->p[i];
		if (r->used || strcmp(r->record, first->record) != 0 || !*r->answer)
			continue;
		r->used = true;
		(void)json_array_append_new(list, ack_row(r));
	}
	return saying_pass_on(c, "requirement.ack", json_pack("{s:s, s:{s:o}}", "assign", first->record, "body", "answers", list));
}

static enum err answer_one(struct api_call *c, struct row *r, bool impact)
{
	json_t *body = json_object();
	r->used = true;
	set_said(body, "text", r->text);
	if (impact)
		api_set(body, "impact", r->answer);
	else
		set_said(body, "until", r->until);
	return impact ? saying_pass_on(c, "incident.answer", json_pack("{s:s, s:o}", "incident", r->record, "body", body))
	              : saying_pass_on(c, "record.reply", json_pack("{s:s, s:s, s:o}", "record", r->record, "decision", r->answer, "body", body));
}

static enum err answer_record(struct api_call *c, const struct rows *rows, struct row *r, json_t *ids)
{
	struct view v;
	struct seen *s;
	struct id id;
	saying_view(c, &v);
	enum err e = names_record(c->core, r->record, &id, &c->why);
	if (e == OK)
		e = view_find(&v, &id, &s);
	if (e == ERR_NOT_FOUND || (e == OK && !s->kind))
		return api_fail(c, ERR_NOT_FOUND, "see: tally record list", "there is no record \"%.60s\" to be answered", r->record);
	if (e != OK)
		return e;
	if (s->kind->number == KIND_REQUIREMENT_ASSIGN)
		e = ack(c, rows, r);
	else
		e = answer_one(c, r, by_impact(s->kind->number) && vocab_number(&vocab_impact, SPAN(r->answer, strlen(r->answer))));
	if (e == OK)
		(void)json_array_append(ids, json_object_get(c->result, "id"));
	return e;
}

static enum err answer(struct api_call *c)
{
	struct rows rows;
	json_t *ids = json_array();
	(void)json_object_set_new(c->result, "ids", ids);
	enum err e = read_rows(c, &rows);
	for (size_t i = 0; e == OK && i < rows.n; i++)
		if (!rows.p[i].used && *rows.p[i].answer)
			e = answer_record(c, &rows, &rows.p[i], ids);
	if (e == OK && json_array_size(ids) == 0)
		return api_fail(c, ERR_INVALID, "fill in the column answer", "no answer is given");
	return e;
}

const struct api_row api_answer_rows[] = {
	{"answer.questions", questions, "what a partner has asked and we have not answered: {from} -> {items: [{record, rid, title, question, answers}]}"},
	{"answer.give", answer, "many answers at once: {answers: [{record, rid, answer, text, until}] or a CSV of it} -> {ids}"},
	{0},
};
