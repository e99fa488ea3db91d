#include "node/view_query.h"

#include <stdio.h>
#include <string.h>

#include "node/view_record.h"

#define STOPS_MOST (10 * 24 * 3600000ll) /* so long does a question of theirs stop the clock */

static const struct field *fields(void)
{
	return kind_by_number(KIND_IMPACT_QUERY)->fields;
}

static const struct field *answer_fields(void)
{
	return kind_by_number(KIND_INCIDENT_ANSWER)->fields;
}

/* ---- what was asked, what was said ---- */

static bool says(const struct seen *s, const char *decision)
{
	return s->r.kind == KIND_REPLY && strcmp(view_word(s->kind->fields, s->r.body, "decision"), decision) == 0;
}

/* Whom a reply of the asker answers, whichever of that one's questions it was; left alone where it answers none. */
static enum err replied_to(struct view *v, const struct seen *s, struct id *who, bool *yes)
{
	struct id parent;
	struct seen *asked;
	*yes = false;
	if (s->r.kind != KIND_REPLY || !fields_id(s->kind->fields, s->r.body, "about", &parent))
		return OK;
	enum err e = view_find(v, &parent, &asked);
	if (e == OK && asked->readable && asked->kind && says(asked, "need-info")) {
		*who = asked->r.author;
		*yes = true;
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err take(struct view *v, struct query *q, const struct seen *s)
{
	struct id who;
	bool reply, asker = id_eq(&s->r.author, &q->first->r.author);
	enum err e = replied_to(v, s, &who, &reply);
	for (size_t i = 0; e == OK && i < q->parties; i++) {
		struct query_party *p = &q->party[i];
		if (asker) { /* it says more, or asks again */
			if (p->asked_back && ((reply && id_eq(&who, &p->org)) || s->r.kind == KIND_IMPACT_QUERY)) {
				p->stopped += s->at > p->asked_back->at ? s->at - p->asked_back->at : 0;
				p->asked_back = NULL;
			}
			continue;
		}
		if (!id_eq(&s->r.author, &p->org))
			continue;
		if (s->r.kind == KIND_INCIDENT_ANSWER) {
			p->answered = p->answered ? p->answered : s;
			p->answer = s;
			p->asked_back = NULL;
		} else if (says(s, "need-info") && !p->answered && !p->asked_back) {
			p->asked_back = s;
		}
	}
	return e;
}

/* A reminder goes to some of them. */
static enum err reminder(struct view *v, struct query *q, const struct seen *s)
{
	struct ids who;
	bool everybody;
	enum err e = view_readers(v, s, &who, &everybody);
	for (size_t i = 0; e == OK && i < q->parties; i++)
		if (view_ids_has(&who, &q->party[i].org)) {
			q->party[i].reminders++;
			q->party[i].reminded = s->at;
		}
	return e;
}

static enum err put_parties(struct view *v, const struct series *all, struct query *q)
{
	struct ids who = {0};
	enum err e = OK;
	for (size_t i = 0; e == OK && i < all->versions.n; i++) {
		struct ids some;
		bool everybody;
		if (!all->versions.p[i]->good)
			continue;
		e = view_readers(v, all->versions.p[i], &some, &everybody);
		for (size_t k = 0; e == OK && k < some.n; k++)
			if (!id_eq(&some.p[k], &q->first->r.author))
				e = view_ids_add(v, &who, &some.p[k]);
	}
	if (e != OK)
		return e;
	if (!(q->party = arena_alloc(v->a, (who.n + 1) * sizeof *q->party)))
		return ERR_MEMORY;
	for (size_t i = 0; i < who.n; i++)
		q->party[i] = (struct query_party){.org = who.p[i]};
	q->parties = who.n;
	return OK;
}

static enum err from_first(struct view *v, struct seen *first, struct query *out)
{
	struct query q = {.first = first, .head = first};
	const struct series *all;
	struct seens said;
	if (first->query) {
		*out = *first->query;
		return OK;
	}
	enum err e = view_series(v, first, &all);
	for (size_t i = 0; e == OK && i < all->versions.n; i++)
		if (all->versions.p[i]->counts && !all->versions.p[i]->withdrawn) {
			q.head = all->versions.p[i];
			q.counts = true;
		}
	if (e == OK)
		e = put_parties(v, all, &q);
	if (e == OK)
		e = view_thread(v, &first->root, 0, &said);
	for (size_t i = 0; e == OK && i < said.n; i++) {
		const struct seen *s = said.p[i];
		if (!s->counts || s->withdrawn || s == first)
			continue;
		if (says(s, "reminder") && id_eq(&s->r.author, &first->r.author))
			e = reminder(v, &q, s);
		else
			e = take(v, &q, s);
	}
	if (e == OK && !(first->query = arena_alloc(v->a, sizeof q)))
		e = ERR_MEMORY;
	if (e == OK)
		*out = *first->query = q;
	return e;
}

enum err view_query_of(struct view *v, struct seen *any, struct query *out)
{
	struct seen *s = any, *first;
	enum err e = OK;
	if (s->readable && s->r.kind != KIND_IMPACT_QUERY)
		e = view_find(v, &s->root, &s);
	if (e == OK && (!s->readable || s->r.kind != KIND_IMPACT_QUERY))
		return ERR_NOT_FOUND;
	if (e == OK)
		e = view_first(v, s, &first);
	return e == OK ? from_first(v, first, out) : e;
}

/* Oldest first. */
static enum err every_query(struct view *v, struct query **out, size_t *count)
{
	struct seens list;
	struct query *all;
	enum err e = view_firsts(v, KIND_IMPACT_QUERY, &list);
	if (e != OK)
		return e;
	if (!(all = arena_alloc(v->a, (list.n + 1) * sizeof *all)))
		return ERR_MEMORY;
	for (size_t i = 0; e == OK && i < list.n; i++)
		e = from_first(v, list.p[i], &all[i]);
	*out = all;
	*count = list.n;
	return e;
}

struct id view_query_subject(const struct query *q)
{
	struct id id;
	return fields_id(fields(), view_body(q->head), "notice", &id) ? id : q->first->id;
}

/* ---- until when ---- */

/* By questions of theirs, at most so long in all. */
static void stopped(const struct view *v, const struct query_party *p, struct duty *d)
{
	int64_t ms = p->stopped;
	if (p->asked_back && v->now > p->asked_back->at) {
		ms += v->now - p->asked_back->at;
		d->why[d->whys++] = p->asked_back;
	}
	d->stopped = ms < STOPS_MOST ? ms : STOPS_MOST;
	d->still = p->asked_back && !d->met && d->stopped < STOPS_MOST;
	d->due += d->stopped;
}

enum err view_query_duties(struct view *v, struct duties *out)
{
	struct query *all;
	size_t n;
	enum err e = every_query(v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		int64_t due = view_int(fields(), view_body(all[i].head), "due");
		for (size_t k = 0; e == OK && all[i].counts && k < all[i].parties; k++) {
			const struct query_party *p = &all[i].party[k];
			char *next = arena_alloc(v->a, 100), id[13];
			struct duty d = {.of = all[i].first, .what = "answer the question", .profile = "", .debtor = p->org, .creditor = all[i].first->r.author,
			                 .due = due, .next = next};
			if (!next)
				return ERR_MEMORY;
			hex_encode(id, all[i].first->id.b, 6);
			(void)snprintf(next, 100, "tally incident answer %s --impact affected|not-affected", id);
			if (p->answered) {
				e = duty_done(v, &d, p->answered);
				d.why[d.whys++] = p->answered;
			}
			stopped(v, p, &d);
			if (e == OK)
				e = duty_add(v, out, &d);
		}
	}
	return e;
}

/* ---- counts over tiers ---- */

static int64_t number(const struct seen *answer, const char *name)
{
	int64_t n = view_int(answer_fields(), view_body(answer), name);
	return n < 1000000 ? n : 1000000; /* a partner's word: no sum overflows by it */
}

static void add(struct tally_count *c, int64_t asked, int64_t answered, int64_t affected)
{
	c->asked += asked;
	c->answered += answered;
	c->affected += affected;
}

void view_query_count(struct tiers *t, const struct seen *answer)
{
	const struct field *g = fields_find(answer_fields(), "below")->group;
	const struct value *below = fields_get(answer_fields(), view_body(answer), "below");
	add(&t->at[0], 0, 1, strcmp(view_word(answer_fields(), view_body(answer), "impact"), "affected") == 0);
	add(&t->at[1], number(answer, "suppliers_asked"), number(answer, "suppliers_answered"), number(answer, "suppliers_affected"));
	for (size_t i = 0; i < value_count(below); i++) {
		const struct value *b = value_item(below, i);
		int64_t rank = view_int(g, b, "rank"), most = 1000000, asked = view_int(g, b, "asked"), answered = view_int(g, b, "answered"),
		        affected = view_int(g, b, "affected");
		if (rank >= 2 && rank < QUERY_TIERS)
			add(&t->at[rank], asked < most ? asked : most, answered < most ? answered : most, affected < most ? affected : most);
	}
}

enum err view_query_behind(struct view *v, const struct id *subject, struct tiers *out)
{
	struct seens list;
	struct ids asked = {0};
	struct tiers t = {0};
	enum err e = view_about(v, subject, KIND_IMPACT_QUERY, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct seen *first;
		struct query q;
		e = view_first(v, list.p[i], &first);
		if (e != OK || first != list.p[i] || !first->mine)
			continue;
		e = from_first(v, first, &q);
		for (size_t k = 0; e == OK && q.counts && k < q.parties; k++) {
			if (view_ids_has(&asked, &q.party[k].org)) /* asked twice is one */
				continue;
			e = view_ids_add(v, &asked, &q.party[k].org);
			t.at[0].asked++;
			if (q.party[k].answer)
				view_query_count(&t, q.party[k].answer);
		}
	}
	if (e == OK)
		*out = t;
	return e;
}

/* ---- JSON ---- */

json_t *view_query_tiers(const struct tiers *t)
{
	json_t *list = json_array();
	size_t n = QUERY_TIERS;
	while (n > 0 && t->at[n - 1].asked == 0 && t->at[n - 1].answered == 0)
		n--;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_pack("{s:i, s:I, s:I, s:I}", "tier", (int)i + 1, "asked", (json_int_t)t->at[i].asked, "answered",
		                                            (json_int_t)t->at[i].answered, "affected", (json_int_t)t->at[i].affected));
	return list;
}

enum err view_query_list(struct view *v, json_t **out)
{
	struct query *all;
	size_t n;
	json_t *items = json_array();
	enum err e = items ? every_query(v, &all, &n) : ERR_MEMORY;
	for (size_t i = e == OK ? n : 0; i-- > 0;) {
		const struct query *q = &all[i];
		struct tiers t = {0};
		char text[80];
		json_t *o = json_object();
		for (size_t k = 0; k < q->parties; k++)
			if (q->party[k].answer)
				view_query_count(&t, q->party[k].answer);
		view_put_id(o, "id", &q->first->id);
		view_put_author(v, o, q->first);
		view_put(o, "title", view_text(v, fields(), view_body(q->head), "title"));
		view_put_time(o, "due", view_int(fields(), view_body(q->head), "due"));
		(void)snprintf(text, sizeof text, "%s%s%lld of %zu answered, %lld affected", view_record_drill(q->first),
		               q->counts ? "" : q->first->withdrawn ? "withdrawn, " : "disregarded, ", (long long)t.at[0].answered, q->parties,
		               (long long)t.at[0].affected);
		view_put(o, "state", text);
		(void)json_array_append_new(items, o);
	}
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}

enum err view_query_matrix(struct view *v, const struct query *q, json_t **out)
{
	json_t *items = json_array();
	enum err e = items ? OK : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < q->parties; i++) {
		const struct query_party *p = &q->party[i];
		json_t *o = json_object();
		struct duty got = {.creditor = p->org};
		if (!o)
			return ERR_MEMORY;
		view_put_org(v, o, "partner", &p->org);
		if (q->first->mine || id_eq(&p->org, &v->me))
			e = duty_done(v, &got, q->first);
		view_put_time(o, "stored", got.met);
		if (p->answer) {
			const struct value *b = view_body(p->answer);
			view_put_time(o, "answered", p->answer->at);
			view_put(o, "impact", view_word(answer_fields(), b, "impact"));
			view_put(o, "justification", view_word(answer_fields(), b, "justification"));
			view_put(o, "text", view_text(v, answer_fields(), b, "text"));
			view_put_id(o, "answer", &p->answer->id);
			(void)json_object_set_new(o, "suppliers_asked", json_integer(number(p->answer, "suppliers_asked")));
			(void)json_object_set_new(o, "suppliers_answered", json_integer(number(p->answer, "suppliers_answered")));
			(void)json_object_set_new(o, "suppliers_affected", json_integer(number(p->answer, "suppliers_affected")));
		}
		if (p->reminders) {
			(void)json_object_set_new(o, "reminders", json_integer((json_int_t)p->reminders));
			view_put_time(o, "reminded", p->reminded);
		}
		(void)json_array_append_new(items, o);
	}
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}
