#include "node/view_finding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/view_record.h"
#include "proto/when.h"

static const struct field *fields(void)
{
	return kind_by_number(KIND_FINDING)->fields;
}

static const struct field *plan_fields(void)
{
	return kind_by_number(KIND_IMPROVEMENT)->fields;
}

static const struct field *action_fields(void)
{
	return fields_find(plan_fields(), "actions")->group;
}

/* Whoever said what was found wanting; about a record of the customer's own, whom it was sent to. */
static enum err find_supplier(struct view *v, const struct seen *s, struct id *out)
{
	struct seen *about;
	struct ids readers;
	struct id id;
	bool everybody;
	enum err e = fields_id(fields(), s->r.body, "about", &id) ? view_find(v, &id, &about) : ERR_NOT_FOUND;
	if (e == OK && about->readable && !id_eq(&about->r.author, &s->r.author)) {
		*out = about->r.author;
		return OK;
	}
	if (e == OK || e == ERR_NOT_FOUND)
		e = view_readers(v, s, &readers, &everybody);
	if (e == OK && readers.n != 1)
		return ERR_NOT_FOUND;
	if (e == OK)
		*out = readers.p[0];
	return e;
}

static bool decides(const struct seen *s, const char *word)
{
	return s->r.kind == KIND_REPLY && strcmp(view_word(s->kind->fields, s->r.body, "decision"), word) == 0;
}

static bool plan_done(const struct seen *plan)
{
	return view_int(plan_fields(), plan->r.body, "progress") == 100;
}

/* What was said about the finding, or about one version of the plan. */
static enum err read_said(struct view *v, struct finding *f, const struct seen *about)
{
	struct seens list;
	enum err e = view_about(v, &about->id, KIND_REPLY, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];
		bool customer = id_eq(&s->r.author, &f->customer), supplier = id_eq(&s->r.author, &f->supplier);
		if (!view_active(s))
			continue;
		if (customer && decides(s, "done") && (!f->closed || view_order(s, f->closed) < 0))
			f->closed = s;
		else if (customer && about != f->of && (!f->decided || view_order(s, f->decided) > 0))
			f->decided = s;
		if (supplier && decides(s, "done") && (!f->claimed || view_order(s, f->claimed) < 0))
			f->claimed = s;
		if (supplier && about == f->of)
			f->said = s;
	}
	return e;
}

/* Every version counts for what was decided; the newest for what is planned. */
static enum err read_plans(struct view *v, struct finding *f)
{
	struct seens list;
	enum err e = view_about(v, &f->of->id, KIND_IMPROVEMENT, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct seen *s = list.p[i];
		if (!s->counts || s->withdrawn || !id_eq(&s->r.author, &f->supplier))
			continue;
		if (plan_done(s) && (!f->claimed || view_order(s, f->claimed) < 0))
			f->claimed = s;
		if (view_active(s))
			f->plan = s;
		e = read_said(v, f, s);
	}
	return e;
}

enum err view_finding_of(struct view *v, struct seen *s, struct finding *out)
{
	struct finding f = {.of = s};
	enum err e;
	if (!s->readable || s->r.kind != KIND_FINDING || !s->counts)
		return ERR_NOT_FOUND;
	f.customer = s->r.author;
	f.rid = view_text(v, fields(), s->r.body, "rid");
	f.required_by = view_int(fields(), s->r.body, "required_by");
	e = find_supplier(v, s, &f.supplier);
	if (e == OK)
		e = read_said(v, &f, s);
	if (e == OK)
		e = read_plans(v, &f);
	if (e == OK)
		*out = f;
	return e;
}

/* ---- again and again ---- */

static int by_rid(const void *a, const void *b)
{
	const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;
	int c = id_cmp(&x->customer, &y->customer);
	if (c == 0)
		c = id_cmp(&x->supplier, &y->supplier);
	if (c == 0)
		c = strcmp(x->rid, y->rid);
	return c ? c : view_order(x->of, y->of);
}

static bool same_rid(const struct finding *x, const struct finding *y)
{
	return id_eq(&x->customer, &y->customer) && id_eq(&x->supplier, &y->supplier) && strcmp(x->rid, y->rid) == 0;
}

static enum err count_times(struct view *v, struct finding *all, size_t n)
{
	struct finding **sorted = arena_alloc(v->a, (n + 1) * sizeof(struct finding *));
	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &all[i];
	if (n)
		qsort(sorted, n, sizeof(struct finding *), by_rid);
	for (size_t i = 0; i < n; i++)
		if (*sorted[i]->rid)
			sorted[i]->times = i > 0 && same_rid(sorted[i - 1], sorted[i]) ? sorted[i - 1]->times + 1 : 1;
	return OK;
}

enum err view_finding_all(struct view *v, struct finding **out, size_t *count)
{
	struct seens list;
	enum err e = view_kind(v, KIND_FINDING, &list);
	struct finding *all = e == OK ? arena_alloc(v->a, (list.n + 1) * sizeof *all) : NULL;
	size_t n = 0;
	if (e == OK && !all)
		e = ERR_MEMORY;
	for (size_t i = 0; e == OK && i < list.n; i++) {
		if (!view_active(list.p[i]))
			continue;
		e = view_finding_of(v, list.p[i], &all[n]);
		n += e == OK;
		e = e == ERR_NOT_FOUND ? OK : e;
	}
	if (e == OK)
		e = count_times(v, all, n);
	if (e != OK)
		return e;
	*out = all;
	*count = n;
	return OK;
}

/* ---- until when ---- */

static enum err texts(struct view *v, const char *verb, const char *name, const struct seen *of, struct duty *d)
{
	size_t n = strlen(verb) + strlen(name) + 2;
	char *what = arena_alloc(v->a, n), *next = arena_alloc(v->a, 64), hex[65];
	if (!what || !next)
		return ERR_MEMORY;
	(void)snprintf(what, n, "%s %s", verb, name);
	hex_encode(hex, of->id.b, 32);
	(void)snprintf(next, 64, "tally finding plan %.12s", hex);
	d->what = what;
	d->next = next;
	return OK;
}

static enum err mend(struct view *v, const struct finding *f, struct duties *out)
{
	struct duty d = {.of = f->of, .profile = "", .debtor = f->supplier, .creditor = f->customer, .due = duty_day(f->required_by)};
	enum err e = texts(v, "mend", *f->rid ? f->rid : "what was found", f->of, &d);
	if (e == OK && f->closed && f->claimed)
		e = duty_done(v, &d, f->claimed); /* in time or late goes by what the supplier said, once the customer agrees */
	if (e == OK && f->closed && !d.met)
		d.met = f->closed->at;
	if (e == OK && f->plan)
		d.why[d.whys++] = f->plan;
	if (e == OK && f->closed)
		d.why[d.whys++] = f->closed;
	return e == OK ? duty_add(v, out, &d) : e;
}

static const struct value *action_of(const struct seen *plan, struct span id)
{
	const struct value *list = fields_get(plan_fields(), plan->r.body, "actions");
	for (size_t i = 0; i < value_count(list); i++) {
		struct span other;
		if (fields_str(action_fields(), value_item(list, i), "id", &other) && span_eq(other, id))
			return value_item(list, i);
	}
	return NULL;
}

static bool action_is(const struct value *action, const char *word)
{
	return strcmp(view_word(action_fields(), action, "status"), word) == 0;
}

/* The first version that calls it done. */
static enum err action_done(struct view *v, const struct finding *f, struct span id, struct duty *d)
{
	const struct series *all;
	enum err e = view_series(v, f->plan, &all);
	for (size_t i = 0; e == OK && i < all->versions.n; i++) {
		const struct seen *s = all->versions.p[i];
		const struct value *action = s->counts && !s->withdrawn ? action_of(s, id) : NULL;
		if (action && action_is(action, "done"))
			return duty_done(v, d, s);
	}
	return e;
}

static enum err actions(struct view *v, const struct finding *f, struct duties *out)
{
	const struct value *list = f->plan ? fields_get(plan_fields(), f->plan->r.body, "actions") : NULL;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < value_count(list); i++) {
		const struct value *a = value_item(list, i);
		struct duty d = {.of = f->plan, .profile = "", .debtor = f->supplier, .creditor = f->customer, .why = {f->of}, .whys = 1,
		                 .due = duty_day(view_int(action_fields(), a, "due"))};
		struct span id = {0};
		(void)fields_str(action_fields(), a, "id", &id);
		if (action_is(a, "dropped") || (f->closed && !action_is(a, "done")))
			continue;
		e = texts(v, "action", view_text(v, action_fields(), a, "id"), f->of, &d);
		if (e == OK && action_is(a, "done"))
			e = action_done(v, f, id, &d);
		if (e == OK)
			e = duty_add(v, out, &d);
	}
	return e;
}

enum err view_finding_duties(struct view *v, struct duties *out)
{
	struct finding *all;
	size_t n;
	enum err e = view_finding_all(v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		if (all[i].required_by)
			e = mend(v, &all[i], out);
		if (e == OK)
			e = actions(v, &all[i], out);
	}
	return e;
}

/* ---- in words ---- */

static size_t done_of(const struct seen *plan, size_t *all)
{
	const struct value *list = fields_get(plan_fields(), plan->r.body, "actions");
	size_t done = 0;
	*all = 0;
	for (size_t i = 0; i < value_count(list); i++) {
		done += action_is(value_item(list, i), "done");
		*all += !action_is(value_item(list, i), "dropped");
	}
	return done;
}

void view_finding_state(struct view *v, const struct finding *f, char out[static 96])
{
	char day[WHEN_TEXT];
	const char *said = f->said ? view_word(f->said->kind->fields, f->said->r.body, "decision") : "";
	const char *decided = f->decided ? view_word(f->decided->kind->fields, f->decided->r.body, "decision") : "";
	size_t all = 0, done = f->plan ? done_of(f->plan, &all) : 0;
	(void)v;
	if (f->closed) {
		when_format_date(f->closed->at / WHEN_DAY_MS, day);
		(void)snprintf(out, 96, "closed %s", day);
	} else if (f->claimed) {
		(void)snprintf(out, 96, "said to be done, not closed");
	} else if (f->plan) {
		(void)snprintf(out, 96, "planned%s%s, %zu of %zu done", *decided ? ", plan " : "", decided, done, all);
	} else {
		(void)snprintf(out, 96, "%s", *said ? said : "open");
	}
}

enum err view_finding_row(struct view *v, const struct finding *f, json_t **out)
{
	char state[96];
	json_t *o;
	enum err e = view_record_row(v, f->of, &o);
	if (e != OK)
		return e;
	view_put_org(v, o, "customer", &f->customer);
	view_put_org(v, o, "supplier", &f->supplier);
	view_put(o, "rid", f->rid);
	view_put(o, "severity", view_word(fields(), f->of->r.body, "severity"));
	view_put(o, "text", view_text(v, fields(), view_body(f->of), "text"));
	view_put_date(o, "required_by", f->required_by);
	if (f->times)
		(void)json_object_set_new(o, "times", json_integer((json_int_t)f->times));
	view_finding_state(v, f, state);
	view_put(o, "state", state);
	(void)json_object_set_new(o, "open", json_boolean(!f->closed));
	if (f->plan)
		view_put_id(o, "plan", &f->plan->id);
	if (f->closed)
		view_put_id(o, "closed", &f->closed->id);
	*out = o;
	return OK;
}
