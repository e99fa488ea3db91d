/* api_owed.c - what all customers ask of us as one list, and one answer for many of them. */
#include <stdio.h>
#include <string.h>

#include "node/api_requirement.h"
#include "node/names.h"
#include "node/view_owed.h"

static enum err owed(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	return saying_items(c, view_owed_list(&v, api_flag(c, "all"), &items), &items);
}

/* ---- one answer for many ---- */

struct plan {
	struct api_call *c;
	struct view v;
	struct owed all;
	const struct id *to; /* only these customers; NULL: all */
	size_t tos, only;    /* only: the group; asks.n: all */
	struct value *given; /* the answer for them; NULL: as an equal question was answered */
	const struct value **row; /* for each ask: what is answered now; NULL: nothing */
	json_t *items;
};

static const struct field *answer_fields(void)
{
	return fields_find(kind_by_number(KIND_REQUIREMENT_ACK)->fields, "answers")->group;
}

/* "4f1c22ab33ff:R1", as the list shows it. */
static enum err find_question(struct plan *p, const char *typed)
{
	const char *colon = strchr(typed, ':');
	char hex[65];
	if (!colon || colon == typed || (size_t)(colon - typed) > 64)
		return api_fail(p->c, ERR_USAGE, "see them with: tally requirement owed", "\"%.60s\" is no question: ASSIGN:RID is wanted", typed);
	for (size_t i = 0; i < p->all.asks.n; i++) {
		const struct ask *a = &p->all.asks.p[i];
		hex_encode(hex, a->of->assign->id.b, 32);
		if (strncmp(hex, typed, (size_t)(colon - typed)) == 0 && strcmp(a->rid, colon + 1) == 0) {
			p->only = p->all.group[i];
			return OK;
		}
	}
	return api_fail(p->c, ERR_NOT_FOUND, "see them with: tally requirement owed --all", "nobody asks \"%.60s\" of us", typed);
}

/* "accepted: we patch within a month" */
static enum err read_answer(struct plan *p)
{
	struct api_call *c = p->c;
	const struct field *g = answer_fields();
	const char *text, *colon;
	enum err e = api_text(c, "as", false, &text);
	if (e != OK || !text)
		return e;
	if (p->only == p->all.asks.n)
		return api_fail(c, ERR_USAGE, "name it as the list does: tally requirement reuse ASSIGN:RID --as \"accepted: ...\"",
			"an answer is for one question");
	colon = strchr(text, ':');
	int64_t answer = vocab_number(&vocab_ack, SPAN(text, colon ? (size_t)(colon - text) : strlen(text)));
	if (!answer || strncmp(text, "accepted-with", 13) == 0)
		return api_fail(c, ERR_USAGE, "one of accepted, met-by-equivalence, declined, not-applicable, needs-clarification; exceptions are asked for singly",
		                "\"%.40s\" is no answer for many", text);
	p->given = value_map(c->arena);
	fields_set(c->arena, g, p->given, "answer", value_int(c->arena, answer));
	for (colon = colon ? colon + 1 : ""; *colon == ' '; colon++)
		;
	if (*colon)
		fields_set(c->arena, g, p->given, "statement", value_str(c->arena, colon));
	return OK;
}

static bool wanted(const struct plan *p, size_t i)
{
	const struct ask *a = &p->all.asks.p[i];
	bool among = !p->to;
	for (size_t k = 0; k < p->tos; k++)
		among = among || id_eq(&p->to[k], &a->of->assign->r.author);
	return among && !a->answer && (p->only == p->all.asks.n ? !view_ask_held(a) : p->all.group[i] == p->only); /* what is challenged: by name alone */
}

static enum err put_item(struct plan *p, const struct ask *a, const struct value *row, const struct ask *from)
{
	char text[VIEW_NAME + 80], name[VIEW_NAME], hex[13];
	json_t *o = json_object();
	if (!o || json_array_append_new(p->items, o) != 0)
		return ERR_MEMORY;
	hex_encode(hex, a->of->assign->id.b, 6);
	view_put_org(&p->v, o, "to", &a->of->assign->r.author);
	view_put(o, "assign", hex);
	view_put(o, "rid", a->rid);
	view_put(o, "title", a->title);
	view_put(o, "answer", view_word(answer_fields(), row, "answer"));
	view_put(o, "text", view_text(&p->v, answer_fields(), row, *view_text(&p->v, answer_fields(), row, "statement") ? "statement" : "exception_reason"));
	if (!from)
		return OK;
	p->v.name(p->v.ctx, &from->of->assign->r.author, name);
	(void)snprintf(text, sizeof text, "%s %s", name, from->rid);
	view_put(o, "as_to", text);
	return OK;
}

static enum err choose(struct plan *p)
{
	enum err e = OK;
	p->row = arena_alloc(p->c->arena, (p->all.asks.n + 1) * sizeof *p->row);
	if (!p->row)
		return ERR_MEMORY;
	for (size_t i = 0; e == OK && i < p->all.asks.n; i++) {
		const struct ask *a = &p->all.asks.p[i], *from = p->given ? NULL : view_owed_answer(&p->all, i);
		const struct value *row = p->given ? p->given : from ? view_owed_row(from) : NULL;
		if (!row || !wanted(p, i))
			continue;
		struct value *mine = value_copy(p->c->arena, row);
		fields_set(p->c->arena, answer_fields(), mine, "rid", value_str(p->c->arena, a->rid));
		p->row[i] = mine;
		e = put_item(p, a, mine, from);
	}
	return e;
}

/* The answers given before, and those of the plan. */
static enum err say_one(struct plan *p, const struct assignment *of, json_t *ids)
{
	const struct kind *k = kind_by_number(KIND_REQUIREMENT_ACK);
	struct api_call *c = p->c;
	struct seen *before = view_ask_ack(of, &p->v.me);
	struct value *body = before ? value_copy(c->arena, before->r.body) : value_map(c->arena), *rows;
	struct draft d = {.kind = k, .thread = &of->assign->id, .to = &of->assign->r.author, .recipients = 1, .supersedes = before ? &before->id : NULL};
	struct id id;
	size_t n = 0;
	rows = value_copy(c->arena, fields_get(k->fields, body, "answers"));
	rows = rows ? rows : value_array(c->arena);
	for (size_t i = 0; i < p->all.asks.n; i++)
		if (p->row[i] && p->all.asks.p[i].of == of) {
			value_push(c->arena, rows, value_copy(c->arena, p->row[i]));
			n++;
		}
	if (n == 0)
		return OK;
	fields_set(c->arena, k->fields, body, "about", value_id(c->arena, &of->assign->id));
	fields_set(c->arena, k->fields, body, "set", value_id(c->arena, &of->set->id));
	fields_set(c->arena, k->fields, body, "answers", rows);
	d.body = body;
	enum err e = saying_say(c, &d, &id);
	if (e == OK) {
		char hex[65];
		hex_encode(hex, id.b, 32);
		(void)json_array_append_new(ids, json_string(hex));
	}
	return e;
}

static enum err say_all(struct plan *p)
{
	json_t *ids = json_array();
	enum err e = json_object_set_new(p->c->result, "ids", ids) == 0 ? OK : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < p->all.asks.n; i++)
		if (i == 0 || p->all.asks.p[i].of != p->all.asks.p[i - 1].of)
			e = say_one(p, p->all.asks.p[i].of, ids);
	return e;
}

static enum err reuse(struct api_call *c)
{
	struct plan p = {.c = c, .items = json_array()};
	const char *question;
	enum err e = json_object_set_new(c->result, "items", p.items) == 0 ? OK : ERR_MEMORY;
	saying_view(c, &p.v);
	if (e == OK)
		e = view_owed_all(&p.v, &p.all);
	p.only = p.all.asks.n;
	if (e == OK)
		e = api_text(c, "question", false, &question);
	if (e == OK && question)
		e = find_question(&p, question);
	if (e == OK)
		e = read_answer(&p);
	if (e == OK && saying_arg(c, "to"))
		e = api_orgs(c, "to", true, &p.to, &p.tos);
	if (e == OK)
		e = choose(&p);
	if (e != OK || json_array_size(p.items) == 0)
		return e;
	if (api_flag(c, "send"))
		return say_all(&p);
	saying_next(c, "nothing is sent yet: read what would go to whom, then add --send");
	return OK;
}

const struct api_row api_owed_rows[] = {
	{"requirement.owed", owed, "what all customers ask of us, equal questions as one"},
	{"requirement.reuse", reuse, "one answer for all who ask the same"},
	{NULL, NULL, NULL},
};
