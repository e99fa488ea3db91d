#include "node/view_tender.h"

#include <stdio.h>
#include <string.h>

#include "node/view_record.h"

static const struct field *tender_fields(void)
{
	return kind_by_number(KIND_TENDER)->fields;
}

static const struct field *stage_fields(void)
{
	return fields_find(tender_fields(), "stages")->group;
}

/* ---- where one bidder stands ---- */

static enum err read_outcome(struct view *v, const struct seen *tender, struct tender_stage *s)
{
	struct seens list;
	enum err e = view_about(v, &s->answer->id, KIND_REPLY, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *r = list.p[i];
		const char *word = view_word(r->kind->fields, r->r.body, "decision");
		if (!view_active(r) || !id_eq(&r->r.author, &tender->r.author) ||
		    (strcmp(word, "pass") != 0 && strcmp(word, "conditional") != 0 && strcmp(word, "fail") != 0))
			continue;
		s->outcome = r;
		s->word = word;
	}
	return e;
}

/* The newest assignment by the buyer for this stage, to this bidder. */
static enum err read_stage(struct view *v, const struct seen *tender, const struct seens *assigns, const struct id *bidder, struct tender_stage *s)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < assigns->n; i++) {
		struct assignment *a;
		struct seen *as = assigns->p[i];
		if (!view_active(as) || !id_eq(&as->r.author, &tender->r.author) || view_int(as->kind->fields, as->r.body, "stage") != s->stage)
			continue;
		e = view_requirement_assignment(v, as, &a);
		if (e == OK && view_ids_has(&a->parties, bidder))
			s->asked = a;
	}
	if (e == OK && s->asked && (s->answer = view_ask_ack(s->asked, bidder)))
		e = read_outcome(v, tender, s);
	return e;
}

static enum err read_declined(struct view *v, const struct seen *tender, const struct id *bidder, struct tender_stages *out)
{
	struct seens list;
	enum err e = view_about(v, &tender->id, KIND_REPLY, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *r = list.p[i];
		const char *word = view_word(r->kind->fields, r->r.body, "decision");
		if (!view_active(r) || !id_eq(&r->r.author, bidder))
			continue;
		if (strcmp(word, "declined") == 0)
			out->declined = r;
		else if (strcmp(word, "accepted") == 0)
			out->declined = NULL;
	}
	return e;
}

enum err view_tender_of(struct view *v, struct seen *tender, const struct id *bidder, struct tender_stages *out)
{
	const struct value *list = fields_get(tender_fields(), tender->r.body, "stages");
	struct tender_stages all = {.n = value_count(list)};
	struct seens assigns;
	enum err e = view_about(v, &tender->id, KIND_REQUIREMENT_ASSIGN, &assigns);
	all.p = e == OK ? arena_alloc(v->a, (all.n + 1) * sizeof *all.p) : NULL;
	if (!all.p)
		return e != OK ? e : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < all.n; i++) {
		const struct value *row = value_item(list, i);
		all.p[i] = (struct tender_stage){.stage = view_int(stage_fields(), row, "stage"), .deadline = view_int(stage_fields(), row, "deadline"),
		                                 .level = view_text(v, stage_fields(), row, "level"), .row = row, .word = ""};
		e = read_stage(v, tender, &assigns, bidder, &all.p[i]);
	}
	if (e == OK)
		e = read_declined(v, tender, bidder, &all);
	while (all.at < all.n && all.p[all.at].outcome && strcmp(all.p[all.at].word, "fail") != 0)
		all.at++;
	if (all.declined || (all.at < all.n && all.p[all.at].outcome))
		all.at = all.n;
	*out = all;
	return e;
}

/* ---- JSON ---- */

static void put_texts(json_t *o, const char *name, const struct value *list)
{
	json_t *a = json_array();
	struct span s;
	for (size_t i = 0; i < value_count(list); i++)
		if (value_is_str(value_item(list, i), &s))
			(void)json_array_append_new(a, json_stringn((const char *)s.p, s.n));
	if (json_array_size(a))
		(void)json_object_set(o, name, a);
	json_decref(a);
}

static void put_reasons(struct view *v, json_t *o, const struct seen *reply)
{
	const struct field *g = fields_find(reply->kind->fields, "reasons")->group;
	const struct value *list = fields_get(reply->kind->fields, reply->r.body, "reasons");
	json_t *a = json_array();
	for (size_t i = 0; i < value_count(list); i++) {
		const char *rid = view_text(v, g, value_item(list, i), "rid"), *said = view_text(v, g, value_item(list, i), "text");
		char *both = arena_alloc(v->a, strlen(rid) + strlen(said) + 3);
		if (both)
			(void)snprintf(both, strlen(rid) + strlen(said) + 3, "%s: %s", rid, said);
		(void)json_array_append_new(a, view_string(both ? both : ""));
	}
	if (json_array_size(a))
		(void)json_object_set(o, "reasons", a);
	json_decref(a);
	view_put(o, "text", view_text(v, reply->kind->fields, reply->r.body, "text"));
	view_put(o, "conditions", view_text(v, reply->kind->fields, reply->r.body, "conditions"));
	view_put_id(o, "outcome_id", &reply->id);
}

static const char *state_of(struct view *v, const struct tender_stages *all, size_t i)
{
	const struct tender_stage *s = &all->p[i];
	if (s->outcome)
		return s->word;
	if (all->declined)
		return "does not bid";
	if (i != all->at)
		return i > all->at ? "not reached" : "out";
	if (s->answer)
		return "answered, to decide";
	return s->deadline < view_ask_today(v) ? "overdue" : s->asked ? "asked" : "open";
}

static enum err bidder_rows(struct view *v, struct seen *tender, const struct id *bidder, json_t *items)
{
	struct tender_stages all;
	enum err e = view_tender_of(v, tender, bidder, &all);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		const struct tender_stage *s = &all.p[i];
		json_t *o = json_object();
		if (!o || json_array_append_new(items, o) != 0)
			return ERR_MEMORY;
		view_put_org(v, o, "bidder", bidder);
		view_put(o, "stage", vocab_word(&vocab_procurement, s->stage));
		view_put_date(o, "deadline", s->deadline);
		view_put(o, "level", s->level);
		put_texts(o, "evidence", fields_get(stage_fields(), s->row, "evidence"));
		view_put(o, "state", state_of(v, &all, i));
		if (s->asked)
			view_put_id(o, "assign", &s->asked->assign->id);
		if (s->answer)
			view_put_id(o, "answer", &s->answer->id);
		if (s->outcome)
			put_reasons(v, o, s->outcome);
	}
	return e;
}

static enum err bidders(struct view *v, struct seen *tender, struct ids *out)
{
	bool everybody;
	return view_readers(v, tender, out, &everybody);
}

enum err view_tender_show(struct view *v, struct seen *tender, json_t **out)
{
	struct ids who;
	json_t *items = json_array();
	enum err e = items ? bidders(v, tender, &who) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < who.n; i++)
		e = bidder_rows(v, tender, &who.p[i], items);
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}

static enum err list_row(struct view *v, struct seen *s, json_t *items)
{
	struct ids who;
	size_t in = 0;
	json_t *o;
	enum err e = view_record_row(v, s, &o);
	if (e == OK && json_array_append_new(items, o) != 0)
		e = ERR_MEMORY;
	if (e == OK)
		e = bidders(v, s, &who);
	for (size_t i = 0; e == OK && i < who.n; i++) {
		struct tender_stages all;
		e = view_tender_of(v, s, &who.p[i], &all);
		in += e == OK && (all.at < all.n || (all.n && all.p[all.n - 1].outcome && strcmp(all.p[all.n - 1].word, "fail") != 0 && !all.declined));
	}
	if (e != OK)
		return e;
	view_put(o, "reference", view_text(v, tender_fields(), s->r.body, "reference"));
	(void)json_object_set_new(o, "bidders", json_integer((json_int_t)who.n));
	(void)json_object_set_new(o, "still_in", json_integer((json_int_t)in));
	return OK;
}

enum err view_tender_list(struct view *v, json_t **out)
{
	struct seens list;
	json_t *items = json_array();
	enum err e = items ? view_kind(v, KIND_TENDER, &list) : ERR_MEMORY;
	for (size_t i = e == OK ? list.n : 0; e == OK && i-- > 0;)
		if (view_active(list.p[i]))
			e = list_row(v, list.p[i], items);
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}

/* ---- until when ---- */

static enum err bidder_duty(struct view *v, struct seen *tender, const struct id *bidder, struct duties *out)
{
	struct tender_stages all;
	char *what = arena_alloc(v->a, 64), *next = arena_alloc(v->a, 80), hex[13];
	struct duty d = {.of = tender, .profile = view_text(v, tender_fields(), tender->r.body, "reference"), .debtor = *bidder,
	                 .creditor = tender->r.author, .what = what, .next = next};
	enum err e = what && next ? view_tender_of(v, tender, bidder, &all) : ERR_MEMORY;
	if (e != OK || all.at == all.n)
		return e;
	const struct tender_stage *s = &all.p[all.at];
	hex_encode(hex, (s->asked ? s->asked->assign : tender)->id.b, 6);
	(void)snprintf(what, 64, "bid: %s", vocab_word(&vocab_procurement, s->stage) ? vocab_word(&vocab_procurement, s->stage) : "stage");
	(void)snprintf(next, 80, s->asked ? "tally requirement ack %s --accept-all" : "tally tender show %s", hex);
	d.due = duty_day(s->deadline);
	if (s->answer)
		e = duty_done(v, &d, s->answer);
	if (s->answer)
		d.why[d.whys++] = s->answer;
	return e == OK ? duty_add(v, out, &d) : e;
}

enum err view_tender_duties(struct view *v, struct duties *out)
{
	struct seens list;
	enum err e = view_kind(v, KIND_TENDER, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct ids who;
		if (!view_active(list.p[i]))
			continue;
		e = bidders(v, list.p[i], &who);
		for (size_t k = 0; e == OK && k < who.n; k++)
			if (list.p[i]->mine || id_eq(&who.p[k], &v->me))
				e = bidder_duty(v, list.p[i], &who.p[k], out);
	}
	return e;
}
