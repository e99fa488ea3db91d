/* api_query.c - asking partners whether they are affected, reminding them, and answering. */
#include <string.h>

#include "node/api_query.h"
#include "node/names.h"
#include "node/view_incident.h"
#include "node/view_query.h"

#define DAY_MS (24 * 3600000ll)

/* What the question is about: an incident, ours or a partner's, or a question that came to us. Its id says nothing to who has not got it. */
static enum err put_subject(struct api_call *c, struct view *v, struct draft *d, struct value *body)
{
	struct seen *s;
	struct incident x;
	struct query q;
	struct id subject;
	enum err e;
	if (!saying_arg(c, "about"))
		return OK;
	if ((e = saying_record(c, v, "about", 0, &s)) != OK)
		return e;
	if ((e = view_query_of(v, s, &q)) == OK) {
		subject = view_query_subject(&q);
		s = q.first;
	} else if (e == ERR_NOT_FOUND && (e = view_incident_of(v, s, &x)) == OK) {
		subject = x.first->id;
		s = x.first;
	}
	if (e == ERR_NOT_FOUND)
		return api_fail(c, e, "see: tally incident list", "that record belongs to no incident and no question");
	if (e != OK)
		return e;
	fields_set(c->arena, d->kind->fields, body, "notice", value_id(c->arena, &subject));
	if (s->r.has_exercise)
		d->exercise = &s->r.exercise;
	if (!s->mine)
		saying_warn(c, "say in your own words what you ask: what a partner's notice says goes no further than its TLP (%s) allows",
		            vocab_word(&vocab_tlp, s->r.tlp));
	return OK;
}

static enum err ask(struct api_call *c)
{
	struct draft d = {.kind = kind_by_number(KIND_IMPACT_QUERY)};
	struct view v;
	struct value *body;
	struct id id;
	saying_view(c, &v);
	enum err e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK)
		e = put_subject(c, &v, &d, body);
	if (e == OK && d.recipients == 0)
		return api_fail(c, ERR_USAGE, "name who shall be asked with: --to PARTNER", "nobody to ask");
	d.body = body;
	return e == OK ? saying_say(c, &d, &id) : e;
}

static enum err find(struct api_call *c, struct view *v, struct query *out)
{
	struct seen *s;
	saying_view(c, v);
	enum err e = saying_record(c, v, "incident", 0, &s);
	if (e == OK)
		e = view_query_of(v, s, out);
	if (e == ERR_NOT_FOUND && !c->why.text[0])
		return api_fail(c, e, "see: tally incident asked", "that record belongs to no question");
	return e;
}

/* At most five times each, and once a day: more is noise, and theirs to show. */
static bool remindable(const struct view *v, const struct query_party *p)
{
	return !p->answer && p->reminders < QUERY_REMINDERS && (!p->reminded || v->now - p->reminded >= DAY_MS);
}

static void put_reminder(struct api_call *c, const struct query *q, struct value *body, struct draft *d)
{
	fields_set(c->arena, d->kind->fields, body, "about", value_id(c->arena, &q->head->id));
	fields_set(c->arena, d->kind->fields, body, "decision", value_int(c->arena, vocab_number(&vocab_decision, SPAN("reminder", 8))));
	d->body = body;
	d->thread = &q->first->root;
	if (q->head->r.tlp == TLP_RED) /* it gives away that there is a question */
		d->tlp = TLP_RED;
}

static enum err remind(struct api_call *c)
{
	struct draft d = {.kind = kind_by_number(KIND_REPLY)};
	struct view v;
	struct query q;
	struct ids who = {0};
	struct value *body;
	struct id id;
	size_t open = 0;
	enum err e = find(c, &v, &q);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK && !q.first->mine)
		return api_fail(c, ERR_POLICY, "answer it with: tally incident answer ID --impact IMPACT", "that question is not ours");
	for (size_t i = 0; e == OK && i < q.parties; i++) {
		const struct query_party *p = &q.party[i];
		open += p->answer == NULL;
		if (remindable(&v, p))
			e = view_ids_add(&v, &who, &p->org);
	}
	if (e == OK)
		e = saying_to_all(c, &v, &who, &d);
	if (e != OK)
		return e;
	if (!open)
		return api_fail(c, ERR_CONFLICT, "see: tally incident matrix ID", "all who were asked have answered");
	if (!d.recipients)
		return api_fail(c, ERR_CONFLICT, "see: tally incident matrix ID", "nobody can be reminded now: once a day, and %d times in all", QUERY_REMINDERS);
	put_reminder(c, &q, body, &d);
	return saying_say(c, &d, &id);
}

/* Whose answer to this question is due within a day or overdue, and does not wait for one of ours. */
static enum err whose_is_due(struct view *v, const struct query *q, const struct duties *all, struct ids *who)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < all->n; i++) {
		const struct duty *d = &all->p[i];
		if (d->of != q->first || d->met || d->still || !d->due || v->now < d->due - DAY_MS)
			continue;
		for (size_t k = 0; e == OK && k < q->parties; k++)
			if (id_eq(&q->party[k].org, &d->debtor) && !q->party[k].asked_back && remindable(v, &q->party[k]))
				e = view_ids_add(v, who, &d->debtor);
	}
	return e;
}

static enum err remind_those(struct api_call *c, struct view *v, const struct query *q, const struct ids *who, json_t *items)
{
	struct draft d = {.kind = kind_by_number(KIND_REPLY)};
	struct value *body = value_map(c->arena);
	struct id id;
	char hex[65];
	enum err e = body ? saying_to_all(c, v, who, &d) : ERR_MEMORY;
	if (e != OK || !d.recipients)
		return e;
	put_reminder(c, q, body, &d);
	if ((e = saying_say(c, &d, &id)) != OK)
		return e;
	hex_encode(hex, id.b, 32);
	return json_array_append_new(items, json_string(hex)) == 0 ? OK : ERR_MEMORY;
}

/* What of it was said already stands in the store: whoever calls this again, or after a restart, says nothing twice. */
static enum err remind_due(struct api_call *c)
{
	struct duties all = {.open = true};
	struct view v;
	json_t *items = json_array();
	saying_view(c, &v);
	enum err e = items ? view_query_duties(&v, &all) : ERR_MEMORY;
	const struct seen *last = NULL;
	for (size_t i = 0; e == OK && i < all.n; i++) { /* those of one question stand together */
		struct query q;
		struct ids who = {0};
		struct seen *s;
		if (all.p[i].of == last || !all.p[i].of->mine)
			continue;
		last = all.p[i].of;
		if ((e = view_get(&v, last->no, &s)) == OK && (e = view_query_of(&v, s, &q)) == OK)
			e = whose_is_due(&v, &q, &all, &who);
		if (e == OK && who.n)
			e = remind_those(c, &v, &q, &who, items);
	}
	if (e != OK)
		json_decref(items);
	return saying_items(c, e, &items);
}

static enum err asked(struct api_call *c)
{
	struct view v;
	struct draft d = {0};
	json_t *items;
	enum err e = api_exercise_read(c, &d);
	saying_view(c, &v);
	v.exercise = d.exercise;
	return e == OK ? saying_items(c, view_query_list(&v, &items), &items) : e;
}

enum err api_query_counts(struct api_call *c, struct view *v, const struct id *subject, struct value *body)
{
	const struct field *f = kind_by_number(KIND_INCIDENT_ANSWER)->fields, *g = fields_find(f, "below")->group;
	struct value *below = value_array(c->arena);
	struct tiers t;
	enum err e = view_query_behind(v, subject, &t);
	if (e != OK || !t.at[0].asked || fields_get(f, body, "suppliers_asked"))
		return e;
	fields_set(c->arena, f, body, "suppliers_asked", value_int(c->arena, t.at[0].asked));
	fields_set(c->arena, f, body, "suppliers_answered", value_int(c->arena, t.at[0].answered));
	fields_set(c->arena, f, body, "suppliers_affected", value_int(c->arena, t.at[0].affected));
	for (size_t i = 1; i < QUERY_TIERS - 1 && t.at[i].asked; i++) {
		struct value *one = value_map(c->arena);
		int64_t answered = t.at[i].answered < t.at[i].asked ? t.at[i].answered : t.at[i].asked;
		fields_set(c->arena, g, one, "rank", value_int(c->arena, (int64_t)i + 1));
		fields_set(c->arena, g, one, "asked", value_int(c->arena, t.at[i].asked));
		fields_set(c->arena, g, one, "answered", value_int(c->arena, answered));
		fields_set(c->arena, g, one, "affected", value_int(c->arena, t.at[i].affected < answered ? t.at[i].affected : answered));
		value_push(c->arena, below, one);
	}
	if (value_count(below) > 0 && !fields_get(f, body, "below"))
		fields_set(c->arena, f, body, "below", below);
	return OK;
}

enum err api_query_answer(struct api_call *c, struct view *v, struct seen *s, bool *is)
{
	struct draft d = {.kind = kind_by_number(KIND_INCIDENT_ANSWER)};
	struct query q;
	struct value *body;
	struct id id, subject;
	enum err e = view_query_of(v, s, &q);
	*is = e == OK;
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (q.first->mine)
		return api_fail(c, ERR_POLICY, "see who answered with: tally incident matrix ID", "that question is our own");
	e = saying_taken(c, v, q.head);
	if (e == OK)
		e = saying_body(c, d.kind, saying_arg(c, "body"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e == OK && q.head->withdrawn)
		saying_warn(c, "its author has withdrawn it; the answer goes out all the same");
	subject = view_query_subject(&q);
	if (e == OK)
		e = api_query_counts(c, v, &subject, body);
	if (e != OK)
		return e;
	fields_set(c->arena, d.kind->fields, body, "about", value_id(c->arena, &q.head->id));
	d.body = body;
	d.thread = &q.first->root;
	if (!d.tlp && q.head->r.tlp == TLP_RED)
		d.tlp = TLP_RED;
	if (!d.recipients) {
		d.to = &q.first->r.author;
		d.recipients = 1;
	}
	return saying_say(c, &d, &id);
}

/* Who was asked, tier by tier; *is: it is a question. */
enum err api_query_matrix(struct api_call *c, struct view *v, struct seen *s, bool *is)
{
	struct query q;
	struct tiers t = {0};
	json_t *items;
	enum err e = view_query_of(v, s, &q);
	*is = e == OK;
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	api_set_id(c->result, "id", &q.first->id);
	t.at[0].asked = (int64_t)q.parties;
	for (size_t i = 0; i < q.parties; i++)
		if (q.party[i].answer)
			view_query_count(&t, q.party[i].answer);
	(void)json_object_set_new(c->result, "tiers", view_query_tiers(&t));
	return saying_items(c, view_query_matrix(v, &q, &items), &items);
}

const struct api_row api_query_rows[] = {
	{"incident.ask", ask, "asks partners whether they are affected: {about, body, to} -> {id}"},
	{"incident.remind", remind, "those who have not answered: {incident, body} -> {id, to}"},
	{"incident.remind_due", remind_due, "those whose answer to a question of ours is due within a day: {} -> {items}"},
	{"incident.asked", asked, "questions, ours and others'"},
	{NULL, NULL, NULL},
};
