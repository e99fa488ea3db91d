/* api_posture.c - attestations and gaps for the dispatcher. */
#include <string.h>

#include "node/partners.h"
#include "node/saying.h"
#include "node/view_posture.h"
#include "node/view_record.h"

static enum err all_partners(struct api_call *c, const struct view *v, struct draft *d)
{
	struct ids who = {0};
	struct walk w;
	enum err e = walk_open(v->t, TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	struct view add = *v;
	while (e == OK && walk_next(&w)) {
		struct id org;
		struct partner p;
		if (w.key.n != 32)
			continue;
		memcpy(org.b, w.key.p, 32);
		e = partners_get(v->t, c->arena, &org, &p);
		if (e == OK && p.state == PARTNER_ACTIVE)
			e = view_ids_add(&add, &who, &org);
	}
	walk_close(&w);
	return e == OK ? saying_to_all(c, v, &who, d) : e;
}

static bool same_readers(const struct ids *who, const struct draft *d)
{
	size_t hits = 0;
	for (size_t i = 0; i < d->recipients; i++)
		hits += view_ids_has(who, &d->to[i]);
	return hits == who->n && who->n > 0;
}

/* A new one takes the place of ours with the same title and framework, if everybody who got that gets this. */
static enum err find_before(struct view *v, const struct value *body, struct draft *d)
{
	const struct field *f = d->kind->fields;
	struct seens list;
	enum err e = view_kind(v, KIND_POSTURE_ATTESTATION, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];
		struct ids who;
		bool everybody;
		if (!s->mine || !view_active(s) || strcmp(view_text(v, f, s->r.body, "title"), view_text(v, f, body, "title")) != 0 ||
		    strcmp(view_text(v, f, s->r.body, "framework"), view_text(v, f, body, "framework")) != 0)
			continue;
		e = view_readers(v, s, &who, &everybody);
		if (e != OK || !same_readers(&who, d))
			continue;
		d->supersedes = &s->id;
		d->thread = &s->root;
	}
	return e;
}

static enum err publish(struct api_call *c)
{
	struct view v;
	struct value *body;
	struct id id;
	bool common = false;
	struct draft d = {.kind = kind_by_number(KIND_POSTURE_ATTESTATION)};
	saying_view(c, &v);
	enum err e = saying_body(c, d.kind, saying_arg(c, "body") ? saying_arg(c, "body") : saying_arg(c, "file"), &body);
	if (e == OK)
		e = saying_header(c, &d);
	if (e != OK)
		return e;
	if (value_count(body) == 0)
		return api_fail(c, ERR_USAGE, "begin with: tally posture example > posture.json", "the attestation is missing: --file posture.json");
	if (api_flag(c, "common"))
		fields_set(c->arena, d.kind->fields, body, "common", value_bool(c->arena, true));
	(void)fields_bool(d.kind->fields, body, "common", &common);
	if (!d.recipients && common)
		e = all_partners(c, &v, &d);
	if (e == OK && !d.recipients)
		return api_fail(c, ERR_USAGE, "name them with: --to PARTNER, or give --common true for all partners", "nobody to publish it to");
	if (e == OK)
		e = find_before(&v, body, &d);
	d.body = body;
	return e == OK ? saying_say(c, &d, &id) : e;
}

static enum err list(struct api_call *c)
{
	struct view v;
	json_t *items;
	saying_view(c, &v);
	enum err e = view_posture_list(&v, &items);
	if (e != OK)
		return e;
	api_set(c->result, "schema", "tally.posture.list/1");
	(void)json_object_set_new(c->result, "items", items);
	return OK;
}

static enum err show(struct api_call *c)
{
	struct view v;
	struct seen *s;
	json_t *o;
	saying_view(c, &v);
	enum err e = saying_record(c, &v, "posture", KIND_POSTURE_ATTESTATION, &s);
	if (e == OK)
		e = view_record_sheet(&v, s, &o);
	if (e != OK)
		return e;
	view_put(o, "state", view_posture_state(&v, s));
	(void)json_object_update(c->result, o);
	json_decref(o);
	return OK;
}

static enum err gap(struct api_call *c)
{
	struct view v;
	struct id org;
	json_t *items;
	enum err e = api_org(c, "partner", &org);
	saying_view(c, &v);
	if (e == OK)
		e = view_posture_gap(&v, &org, &items);
	if (e != OK)
		return e;
	api_set(c->result, "schema", "tally.posture.gap/1");
	api_set_id(c->result, "id", &org);
	(void)json_object_set_new(c->result, "items", items);
	return OK;
}

const struct api_row api_posture_rows[] = {
	{"posture.publish", publish, "attest how we stand"},
	{"posture.list", list, "attestations, ours and our partners'"},
	{"posture.show", show, "one attestation in full"},
	{"posture.gap", gap, "what a supplier was asked, and what is missing"},
	{NULL, NULL, NULL},
};
