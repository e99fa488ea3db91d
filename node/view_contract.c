#include "node/view_contract.h"

#include <stdio.h>
#include <string.h>

#include "node/view_ask.h"
#include "node/view_exit.h"
#include "node/view_record.h"
#include "proto/when.h"

static const struct field *fields(void)
{
	return kind_by_number(KIND_CONTRACT)->fields;
}

static bool parties(const struct seen *s, struct id *customer, struct id *supplier)
{
	return s->readable && s->r.kind == KIND_CONTRACT && fields_id(fields(), s->r.body, "customer", customer) &&
	       fields_id(fields(), s->r.body, "supplier", supplier);
}

const struct id *view_contract_other(const struct contract *c, const struct id *one)
{
	return id_eq(&c->customer, one) ? &c->supplier : &c->customer;
}

/* ---- what was said about one version ---- */

static bool decides(const struct seen *reply, const char *word, const struct id *by)
{
	return reply->counts && id_eq(&reply->r.author, by) && strcmp(view_word(reply->kind->fields, reply->r.body, "decision"), word) == 0;
}

/* The first reply of the other side that agrees to it, unless its author had withdrawn it before. */
static enum err find_agreed(struct view *v, const struct contract *c, const struct seen *x, struct seen **out)
{
	struct seens list;
	enum err e = view_about(v, &x->id, KIND_REPLY, &list);
	*out = NULL;
	for (size_t i = 0; e == OK && !*out && i < list.n; i++)
		if (decides(list.p[i], "agreed", view_contract_other(c, &x->r.author)) && !(x->withdrawn && x->withdrawn_at <= list.p[i]->r.created))
			*out = list.p[i];
	return e;
}

/* Declined, or answered with another offer. */
static enum err answered(struct view *v, const struct contract *c, const struct seen *x, bool *declined, bool *countered)
{
	struct seens list;
	const struct id *other = view_contract_other(c, &x->r.author);
	enum err e = view_about(v, &x->id, 0, &list);
	*declined = *countered = false;
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];
		if (!s->counts || s->withdrawn || !id_eq(&s->r.author, other))
			continue;
		*declined = *declined || (s->r.kind == KIND_REPLY && decides(s, "declined", other));
		*countered = *countered || s->r.kind == KIND_CONTRACT;
	}
	return e;
}

/* Either side may end it; the earliest day counts. */
static enum err find_end(struct view *v, struct contract *c)
{
	struct seens list;
	enum err e = view_thread(v, &c->first->root, KIND_REPLY, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct seen *s = list.p[i];
		int64_t day = view_int(s->kind->fields, s->r.body, "until");
		if (!view_active(s) || !(decides(s, "done", &c->customer) || decides(s, "done", &c->supplier)))
			continue;
		day = day ? day : s->r.created / WHEN_DAY_MS;
		if (c->last && day >= c->last)
			continue;
		c->end = s;
		c->last = day;
	}
	return e;
}

/* Terminations, read once. */
static enum err notices(struct view *v, const struct seens **out)
{
	struct seens *list = v->notices;
	enum err e = OK;
	if (!list || v->notices_of != v->exercise) {
		if (!(list = arena_alloc(v->a, sizeof *list)))
			return ERR_MEMORY;
		e = view_kind(v, KIND_TERMINATION, list);
	}
	if (e != OK)
		return e;
	v->notices = list;
	v->notices_of = v->exercise;
	*out = list;
	return OK;
}

/* Notice by one of the two to the other, of this contract or of the whole relationship; not what was given before there was a contract. */
static enum err is_notice(struct view *v, const struct contract *c, struct seen *s, bool *yes)
{
	const struct field *f = s->kind ? s->kind->fields : NULL;
	const char *of = view_active(s) ? view_text(v, f, s->r.body, "contract") : "";
	struct ids who;
	bool everybody, by_one = id_eq(&s->r.author, &c->customer) || id_eq(&s->r.author, &c->supplier);
	*yes = false;
	if (!view_active(s) || !by_one || s->r.created < c->first->r.created || !view_alike(s, c->force))
		return OK;
	if (*of && strcmp(of, view_text(v, fields(), c->force->r.body, "reference")) != 0)
		return OK;
	enum err e = view_readers(v, s, &who, &everybody);
	*yes = e == OK && view_ids_has(&who, view_contract_other(c, &s->r.author));
	return e;
}

static enum err find_notice(struct view *v, struct contract *c)
{
	const struct seens *list;
	enum err e = notices(v, &list);
	for (size_t i = 0; e == OK && i < list->n; i++) {
		bool yes;
		e = is_notice(v, c, list->p[i], &yes);
		int64_t day = e == OK && yes ? view_int(list->p[i]->kind->fields, list->p[i]->r.body, "effective") : 0;
		if (!day || (c->last && day >= c->last))
			continue;
		c->end = list->p[i];
		c->last = day;
	}
	return e;
}

/* ---- the whole of one ---- */

static enum err read_versions(struct view *v, const struct id *root, struct contract *c)
{
	struct seens list;
	enum err e = view_thread(v, root, KIND_CONTRACT, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct id customer, supplier;
		if (!list.p[i]->counts || !parties(list.p[i], &customer, &supplier))
			continue;
		if (!c->first) {
			c->first = list.p[i];
			c->customer = customer;
			c->supplier = supplier;
		}
		if (id_eq(&c->customer, &customer) && id_eq(&c->supplier, &supplier))
			e = view_push(v, &c->versions, list.p[i]);
	}
	return e == OK && !c->first ? ERR_NOT_FOUND : e;
}

static enum err read_version(struct view *v, struct contract *c, struct seen *x, bool *open, bool *refused)
{
	struct seen *agreed;
	bool declined, countered;
	enum err e = find_agreed(v, c, x, &agreed);
	if (e == OK)
		e = answered(v, c, x, &declined, &countered);
	if (e != OK)
		return e;
	if (agreed && (!c->agreed || view_order(agreed, c->agreed) > 0)) {
		c->force = x;
		c->agreed = agreed;
	}
	*open = !agreed && view_active(x) && !declined && !countered;
	*refused = declined;
	return OK;
}

enum err view_contract_of(struct view *v, const struct seen *s, struct contract *out)
{
	struct contract c = {0};
	bool open, refused, declined = false;
	enum err e = read_versions(v, &s->root, &c);
	for (size_t i = 0; e == OK && i < c.versions.n; i++) {
		e = read_version(v, &c, c.versions.p[i], &open, &refused);
		if (e == OK && open)
			c.offer = c.versions.p[i];
		declined = e == OK && refused;
	}
	if (c.offer && c.force && view_order(c.offer, c.force) < 0)
		c.offer = NULL; /* what was agreed since took its place */
	if (e == OK && c.force) {
		c.last = view_int(fields(), c.force->r.body, "end");
		e = find_end(v, &c);
		if (e == OK)
			e = find_notice(v, &c);
	}
	if (e != OK)
		return e;
	if (c.force)
		c.state = c.last && c.last < view_ask_today(v) ? CONTRACT_ENDED : CONTRACT_AGREED;
	else
		c.state = c.offer ? CONTRACT_OFFERED : declined ? CONTRACT_DECLINED : CONTRACT_WITHDRAWN;
	*out = c;
	return OK;
}

enum err view_contract_all(struct view *v, struct contract **out, size_t *count)
{
	struct seens list;
	enum err e = view_kind(v, KIND_CONTRACT, &list);
	struct contract *all = e == OK ? arena_alloc(v->a, (list.n + 1) * sizeof *all) : NULL;
	size_t n = 0;
	if (e == OK && !all)
		e = ERR_MEMORY;
	for (size_t i = 0; e == OK && i < list.n; i++) {
		bool known = false;
		for (size_t k = 0; k < n && !known; k++)
			known = id_eq(&all[k].first->root, &list.p[i]->root);
		if (known)
			continue;
		e = view_contract_of(v, list.p[i], &all[n]);
		n += e == OK;
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	if (e != OK)
		return e;
	*out = all;
	*count = n;
	return OK;
}

/* In force, else what waits, else the newest. */
static const struct seen *shown(const struct contract *c)
{
	return c->force ? c->force : c->offer ? c->offer : c->versions.p[c->versions.n - 1];
}

/* ---- until when ---- */

enum err view_contract_duties(struct view *v, struct duties *out)
{
	struct contract *all;
	size_t n;
	enum err e = view_contract_all(v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		const struct seen *x = all[i].offer;
		int64_t day = x ? view_int(fields(), x->r.body, "answer_by") : 0;
		char *next = day ? arena_alloc(v->a, 64) : NULL, hex[65];
		struct duty d = {.of = x, .what = "answer the offer", .next = next};
		if (!day)
			continue;
		if (!next)
			return ERR_MEMORY;
		hex_encode(hex, x->id.b, 32);
		(void)snprintf(next, 64, "tally contract agree %.12s", hex);
		d.profile = view_text(v, fields(), x->r.body, "reference");
		d.debtor = *view_contract_other(&all[i], &x->r.author);
		d.creditor = x->r.author;
		d.due = duty_day(day);
		e = duty_add(v, out, &d);
	}
	return e;
}

/* ---- JSON ---- */

void view_contract_state(const struct view *v, const struct contract *c, char out[static 96])
{
	char day[WHEN_TEXT] = "", hex[65] = "";
	if (c->last)
		when_format_date(c->last, day);
	if (c->offer)
		hex_encode(hex, c->offer->id.b, 32);
	switch (c->state) {
	case CONTRACT_OFFERED:
		(void)snprintf(out, 96, "offered, %s", c->offer->mine ? "waits for them" : "waits for us");
		return;
	case CONTRACT_DECLINED:
		(void)snprintf(out, 96, "declined");
		return;
	case CONTRACT_WITHDRAWN:
		(void)snprintf(out, 96, "withdrawn");
		return;
	case CONTRACT_ENDED:
		(void)snprintf(out, 96, "ended %s", day);
		return;
	case CONTRACT_AGREED:
		(void)snprintf(out, 96, "agreed%s%s%s%.12s%s", c->end ? ", ends " : "", c->end ? day : "", c->offer ? ", change " : "", hex,
		               !c->offer ? "" : id_eq(&c->offer->r.author, &v->me) ? " waits for them" : " waits for us");
		return;
	}
}

static void put_parties(struct view *v, const struct contract *c, json_t *o)
{
	bool customer = id_eq(&c->customer, &v->me), supplier = id_eq(&c->supplier, &v->me);
	view_put_org(v, o, "customer", &c->customer);
	view_put_org(v, o, "supplier", &c->supplier);
	if (!customer && !supplier)
		return;
	view_put_org(v, o, "partner", view_contract_other(c, &v->me));
	view_put(o, "role", customer ? "customer" : "supplier");
}

static const struct ending *ending_of(struct view *v, const struct contract *c, const struct endings *all)
{
	const struct seen *s = c->force;
	return s && view_body(s) ? view_exit_of(all, view_contract_other(c, &v->me), view_text(v, s->kind->fields, s->r.body, "reference")) : NULL;
}

enum err view_contract_row(struct view *v, const struct contract *c, const struct endings *all, json_t **out)
{
	const struct seen *x = shown(c);
	const struct ending *end = c->state == CONTRACT_ENDED ? ending_of(v, c, all) : NULL;
	char state[96];
	json_t *o = json_object();
	if (!o)
		return ERR_MEMORY;
	view_contract_state(v, c, state);
	if (end)
		(void)snprintf(state + strlen(state), sizeof state - strlen(state), "%s", end->closed ? ", closed" : ", not closed");
	view_put_id(o, "id", &x->id);
	view_put(o, "reference", view_text(v, fields(), x->r.body, "reference"));
	view_put(o, "title", view_text(v, fields(), x->r.body, "title"));
	view_put(o, "type", view_word(fields(), x->r.body, "type"));
	put_parties(v, c, o);
	view_put_date(o, "start", view_int(fields(), x->r.body, "start"));
	view_put_date(o, "end", c->force ? c->last : view_int(fields(), x->r.body, "end"));
	view_put(o, "state", state);
	if (c->agreed) {
		view_put_id(o, "agreed", &c->agreed->id);
		view_put_time(o, "agreed_at", c->agreed->at);
	}
	if (c->end)
		view_put_id(o, "ended_by", &c->end->id);
	if (c->offer)
		view_put_id(o, "offer", &c->offer->id);
	*out = o;
	return OK;
}

enum err view_contract_sheet(struct view *v, const struct contract *c, json_t **out)
{
	struct endings all;
	json_t *o, *row = NULL;
	enum err e = view_record_sheet(v, shown(c), &o);
	if (e != OK)
		return e;
	e = view_exit_all(v, view_contract_other(c, &v->me), &all);
	if (e == OK)
		e = view_contract_row(v, c, &all, &row);
	const struct ending *end = e == OK ? ending_of(v, c, &all) : NULL;
	if (end)
		e = view_exit_show_contract(v, end, o);
	if (e == OK && json_object_update(o, row) != 0)
		e = ERR_MEMORY;
	json_decref(row);
	if (e != OK)
		json_decref(o);
	else
		*out = o;
	return e;
}
