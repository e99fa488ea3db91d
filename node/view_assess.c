#include "node/view_assess.h"

#include <stdlib.h>
#include <string.h>

#include "node/fieldjson.h"
#include "node/view_contract.h"
#include "store/locals.h"

enum err view_assess_get(struct view *v, const struct incident *x, struct assessment *out)
{
	const struct value *row;
	struct assessment a = {.reason = ""};
	char name[65];
	hex_encode(name, x->first->id.b, 32);
	enum err e = locals_get(v->t, &local_assessment, name, v->a, &row);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (e == OK) {
		(void)fields_int(assessment_fields, row, "decision", &a.decision);
		(void)fields_int(assessment_fields, row, "decided", &a.decided);
		(void)fields_int(assessment_fields, row, "aware", &a.aware);
		a.reason = view_text(v, assessment_fields, row, "reason");
		a.told = fields_get(assessment_fields, row, "told");
		a.clocks = fields_get(assessment_fields, row, "clocks");
	}
	*out = a;
	return OK;
}

/* Which ones it met is noted with it; where nothing is noted, any. */
static bool tells(const struct value *one, const char *profile)
{
	const struct value *list = fields_get(fields_find(assessment_fields, "told")->group, one, "clocks");
	for (size_t i = 0; i < value_count(list); i++) {
		struct span s;
		if (value_is_str(value_item(list, i), &s) && span_eq(s, SPAN(profile, strlen(profile))))
			return true;
	}
	return !list;
}

int64_t view_assess_told(const struct assessment *a, const char *profile, int64_t stage)
{
	const struct field *f = fields_find(assessment_fields, "told")->group;
	int64_t first = 0;
	for (size_t i = 0; i < value_count(a->told); i++) {
		int64_t at = view_int(f, value_item(a->told, i), "at");
		if (view_int(f, value_item(a->told, i), "stage") >= stage && tells(value_item(a->told, i), profile) && (!first || at < first))
			first = at;
	}
	return first;
}

static int by_id(const void *a, const void *b)
{
	return id_cmp(a, b);
}

/* The rows are many, those with a partner few: what is not kept costs no memory. */
static enum err from_register(struct view *v, struct ids *out)
{
	struct arena *row = arena_new();
	struct walk w;
	enum err e = row ? locals_walk(v->t, &local_supplier, &w) : ERR_MEMORY;
	if (e != OK) {
		arena_free(row);
		return e;
	}
	while (e == OK && walk_next(&w)) {
		const struct value *s;
		struct id org;
		arena_reset(row);
		v->looked++;
		if ((e = rows_value(w.value, row, &s)) != OK || !fields_id(supplier_fields, s, "partner", &org))
			continue;
		int64_t state = view_int(supplier_fields, s, "state");
		if (state != SUPPLIER_PROSPECT && state != SUPPLIER_FORMER)
			e = view_ids_add(v, out, &org);
	}
	arena_free(row);
	return walk_close(&w, e);
}

enum err view_assess_suppliers(struct view *v, const struct suppliers **out)
{
	struct contract *all;
	struct suppliers *s;
	struct ids who = {0};
	size_t n = 0;
	if (v->suppliers) {
		*out = v->suppliers;
		return OK;
	}
	enum err e = (s = arena_alloc(v->a, sizeof *s)) ? from_register(v, &who) : ERR_MEMORY;
	if (e == OK)
		e = view_contract_all(v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		if (id_eq(&all[i].customer, &v->me) &&
		    (all[i].state == CONTRACT_AGREED || (all[i].state == CONTRACT_OFFERED && all[i].offer->mine)))
			e = view_ids_add(v, &who, &all[i].supplier);
	if (e != OK)
		return e;
	if (who.n)
		qsort(who.p, who.n, sizeof *who.p, by_id);
	*s = (struct suppliers){who.p, who.n};
	*out = v->suppliers = s;
	return OK;
}

static bool among(const struct suppliers *ours, const struct id *org)
{
	return ours->n && bsearch(org, ours->p, ours->n, sizeof *ours->p, by_id) != NULL;
}

bool view_assess_opens(const struct incident *x, const struct suppliers *ours)
{
	const struct field *f = kind_by_number(KIND_INCIDENT_NOTICE)->fields;
	const char *word = view_word(f, view_body(x->head), "determination");
	if (!x->counts || x->withdrawn || strcmp(word, "false-positive") == 0)
		return false;
	return among(ours, &x->first->r.author) || (x->first->has_via && among(ours, &x->first->via));
}

/* Where it stands in the author's log to us: our receipt for that place says when we held it. */
static enum err put_receipt(struct view *v, const struct incident *x, json_t *o)
{
	struct walk w;
	struct occurrence at;
	enum err e = occurrences_walk(v->t, x->first->no, &w);
	while (e == OK && occurrences_next(&w, &at)) {
		struct log_row log;
		json_t *r;
		if (at.log == 0)
			continue;
		e = logs_by_no(v->t, at.log, &log);
		if (e != OK || !id_eq(&log.author, &x->first->r.author))
			continue;
		if (!(r = json_object()))
			e = ERR_MEMORY;
		else {
			view_put_id(r, "log", &log.id);
			(void)json_object_set_new(r, "place", json_integer((json_int_t)at.n));
			view_put_time(r, "stored", at.received);
			(void)json_object_set_new(o, "receipt", r);
		}
		break;
	}
	return walk_close(&w, e);
}

enum err view_assess_json(struct view *v, const struct incident *x, json_t *o)
{
	struct assessment a;
	const struct suppliers *ours;
	enum err e = view_assess_get(v, x, &a);
	json_t *own;
	if (e == OK)
		e = view_assess_suppliers(v, &ours);
	if (e != OK || (x->first->mine && !a.told) || x->first->r.has_exercise || (!a.decision && !a.told && (!x->counts || x->withdrawn)))
		return e;
	if (!(own = json_object()) || json_object_set_new(o, "to_us", own) != 0)
		return ERR_MEMORY;
	if (!x->first->mine)
		view_put(own, "decision", a.decision ? vocab_word(&vocab_assessed, a.decision)
	                          : view_assess_opens(x, ours) ? "open: confirm or dismiss it"
	                          : "none needed: it is from no supplier of ours, or a false positive; where it is ours too, confirm it");
	view_put_time(own, "decided", a.decided);
	view_put_time(own, "aware", a.aware);
	view_put(own, "reason", a.reason);
	if (a.told) {
		struct value *row = value_map(v->a);
		fields_set(v->a, assessment_fields, row, "told", value_copy(v->a, a.told));
		json_t *told = fieldjson_write(assessment_fields, row);
		(void)json_object_set(own, "told", json_object_get(told, "told"));
		json_decref(told);
	}
	return x->first->mine ? OK : put_receipt(v, x, own);
}
