/* view_incident_matrix.c - who got an incident, and what each made of it. */
#include <string.h>

#include "node/core.h"
#include "node/fieldjson.h"
#include "node/view_incident.h"
#include "node/view_query.h"

static const struct field *answers(void)
{
	return kind_by_number(KIND_INCIDENT_ANSWER)->fields;
}

/* ---- who got it ---- */

/* Our forwards of any version: they name it as parent. */
static enum err our_forwards(struct view *v, const struct incident *x, struct seens *out)
{
	enum err e = OK;
	*out = (struct seens){0};
	for (size_t i = 0; e == OK && i < x->versions.n; i++) {
		struct seens list;
		e = view_about(v, &x->versions.p[i]->id, KIND_FORWARD, &list);
		for (size_t j = 0; e == OK && j < list.n; j++)
			if (list.p[j]->mine)
				e = view_push(v, out, list.p[j]);
	}
	return e;
}

static enum err add_readers(struct view *v, const struct seens *list, struct ids *out)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < list->n; i++) {
		struct ids who;
		bool everybody;
		if (!list->p[i]->good)
			continue;
		e = view_readers(v, list->p[i], &who, &everybody);
		for (size_t j = 0; e == OK && j < who.n; j++) {
			struct ids members;
			e = view_members(v, &who.p[j], &members);
			for (size_t k = 0; e == OK && k < members.n; k++)
				if (!id_eq(&members.p[k], &list->p[i]->r.author))
					e = view_ids_add(v, out, &members.p[k]);
			if (e == OK && members.n == 0)
				e = view_ids_add(v, out, &who.p[j]);
		}
	}
	return e;
}

/* Who got it from us: readers of all versions, and of our forwards of it. */
static enum err readers(struct view *v, const struct incident *x, struct ids *out)
{
	struct seens forwards;
	*out = (struct ids){0};
	enum err e = our_forwards(v, x, &forwards);
	if (e == OK)
		e = add_readers(v, &x->versions, out);
	return e == OK ? add_readers(v, &forwards, out) : e;
}

enum err view_incident_behind(struct view *v, const struct incident *x, struct ids *out, const struct seen **forward)
{
	struct seens all = {0}, newest = {0};
	struct ids got = {0}, have = {0};
	*out = (struct ids){0};
	*forward = NULL;
	enum err e = x->first->mine ? OK : our_forwards(v, x, &all);
	for (size_t i = 0; e == OK && i < all.n; i++)
		if (all.p[i]->r.parents && id_eq(&all.p[i]->r.parent[0], &x->head->id))
			e = view_push(v, &newest, all.p[i]);
	if (e == OK)
		e = add_readers(v, &all, &got);
	if (e == OK)
		e = add_readers(v, &newest, &have);
	for (size_t i = 0; e == OK && i < got.n; i++)
		if (!view_ids_has(&have, &got.p[i]))
			e = view_ids_add(v, out, &got.p[i]);
	if (e == OK && out->n)
		*forward = all.p[all.n - 1];
	return e;
}

/* ---- the matrix ---- */

struct passed { /* what went out from us by forwards */
	struct seens forwards;
	struct ids behind; /* view_incident_behind */
};

/* When this one signed for it: the first version or a forward that it got. */
static enum err put_stored(struct view *v, const struct incident *x, const struct passed *out, const struct id *org, json_t *o)
{
	const struct seens *forwards = &out->forwards;
	struct delivery_state d = {0}, newest = {0};
	const struct seen *sent = NULL;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < x->versions.n + forwards->n; i++) {
		const struct seen *s = i < x->versions.n ? x->versions.p[i] : forwards->p[i - x->versions.n];
		struct delivery_state one = {0};
		if (!s->mine)
			continue;
		e = core_delivery(v->t, &v->me, s->no, org, &one);
		if (e != OK || one.state == DELIVERY_NONE)
			continue;
		if (!sent)
			sent = s;
		if (one.state == DELIVERY_STORED && d.state != DELIVERY_STORED)
			d = one;
		newest = one;
	}
	if (e != OK || !sent)
		return e;
	view_put_time(o, "sent", sent->r.created);
	if (d.state == DELIVERY_STORED)
		view_put_time(o, "stored", d.receipted);
	const char *state = newest.state == DELIVERY_STORED ? "stored" : newest.state == DELIVERY_EXCEPTION ? "refused" : "queued";
	view_put(o, "newest", view_ids_has(&out->behind, org) ? "an earlier version" : state);
	return OK;
}

static enum err matrix_row(struct view *v, const struct incident *x, const struct passed *out, const struct id *org, json_t *items)
{
	struct incident_party p;
	json_t *o = json_object();
	if (!o)
		return ERR_MEMORY;
	view_incident_party(x, org, &p);
	view_put_org(v, o, "partner", org);
	enum err e = put_stored(v, x, out, org, o);
	if (id_eq(org, &v->me) && !x->first->mine)
		view_put_time(o, "stored", x->first->received);
	if (p.acknowledged)
		view_put_time(o, "acknowledged", p.acknowledged->at);
	if (p.answer) {
		view_put_time(o, "answered", p.answer->at);
		view_put(o, "impact", view_word(answers(), p.answer->r.body, "impact"));
		view_put(o, "justification", view_word(answers(), p.answer->r.body, "justification"));
		view_put(o, "text", view_text(v, answers(), p.answer->r.body, "text"));
		if (fields_get(answers(), p.answer->r.body, "suppliers_asked")) {
			(void)json_object_set_new(o, "suppliers_asked", json_integer(view_int(answers(), p.answer->r.body, "suppliers_asked")));
			(void)json_object_set_new(o, "suppliers_answered", json_integer(view_int(answers(), p.answer->r.body, "suppliers_answered")));
			(void)json_object_set_new(o, "suppliers_affected", json_integer(view_int(answers(), p.answer->r.body, "suppliers_affected")));
		}
		if (fields_get(answers(), p.answer->r.body, "actions")) {
			json_t *body = fieldjson_write(answers(), p.answer->r.body);
			(void)json_object_set(o, "actions", json_object_get(body, "actions"));
			json_decref(body);
		}
	}
	view_put_time(o, "mitigated", p.mitigated);
	(void)json_array_append_new(items, o);
	return e;
}

enum err view_incident_tiers(struct view *v, const struct incident *x, struct tiers *out)
{
	struct ids who;
	struct tiers t = {0};
	enum err e = readers(v, x, &who);
	for (size_t i = 0; e == OK && i < who.n; i++) {
		struct incident_party p;
		view_incident_party(x, &who.p[i], &p);
		t.at[0].asked++;
		if (p.answer)
			view_query_count(&t, p.answer);
	}
	if (e == OK)
		*out = t;
	return e;
}

enum err view_incident_matrix(struct view *v, const struct incident *x, json_t **out)
{
	struct ids who;
	struct passed passed;
	const struct seen *last;
	json_t *items = json_array();
	enum err e = items ? readers(v, x, &who) : ERR_MEMORY;
	if (e == OK)
		e = our_forwards(v, x, &passed.forwards);
	if (e == OK)
		e = view_incident_behind(v, x, &passed.behind, &last);
	for (size_t i = 0; e == OK && i < who.n; i++)
		e = matrix_row(v, x, &passed, &who.p[i], items);
	if (e != OK) {
		json_decref(items);
		return e;
	}
	*out = items;
	return OK;
}
