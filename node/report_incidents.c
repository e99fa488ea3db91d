/* Incidents that are real: who got them, who answered, and how their clocks stand. */
#include <string.h>

#include "node/report.h"
#include "node/view_assess.h"
#include "node/view_clock.h"
#include "node/view_query.h"

struct counts {
	int64_t told, acknowledged, answered, affected, mitigated;
};

static enum err count(struct view *v, const struct incident *x, json_t *item, struct counts *n)
{
	json_t *rows, *row;
	size_t i;
	enum err e = view_incident_matrix(v, x, &rows);
	if (e != OK)
		return e;
	json_array_foreach(rows, i, row) {
		const char *impact = json_string_value(json_object_get(row, "impact"));
		n->told++;
		n->acknowledged += json_object_get(row, "acknowledged") != NULL;
		n->answered += impact != NULL;
		n->affected += impact && strcmp(impact, "affected") == 0;
		n->mitigated += json_object_get(row, "mitigated") != NULL;
	}
	json_decref(rows);
	for (i = 0; e == OK && i < x->said.n; i++)
		if (x->said.p[i]->counts)
			e = report_why(item, &x->said.p[i]->id);
	return e;
}

/* How many clocks run, how many are or were late, and the next date. */
static enum err clocks(struct view *v, const struct incident *x, json_t *item)
{
	json_t *list, *one;
	const char *due = NULL;
	json_int_t running = 0, late = 0;
	size_t i;
	enum err e = view_clock_json(v, x, &list);
	if (e != OK)
		return e;
	json_array_foreach(list, i, one) {
		const char *state = view_read(one, "state"), *at = view_read(one, "due");
		bool open = !json_object_get(one, "met");
		running += open;
		late += strstr(state, "overdue") || strstr(state, "late by");
		if (open && (!due || strcmp(at, due) < 0))
			due = at;
	}
	(void)json_object_set_new(item, "running", json_integer(running));
	(void)json_object_set_new(item, "late", json_integer(late));
	view_put(item, "next_due", due ? due : "");
	json_decref(list);
	return OK;
}

static enum err of_one(struct view *v, const struct incident *x, json_t *item)
{
	static const char *const names[] = {"told", "acknowledged", "answered", "affected", "mitigated"};
	struct counts n = {0};
	struct tiers t;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < x->versions.n; i++)
		e = report_why(item, &x->versions.p[i]->id);
	if (e == OK)
		e = count(v, x, item, &n);
	const int64_t values[] = {n.told, n.acknowledged, n.answered, n.affected, n.mitigated};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		(void)json_object_set_new(item, names[i], json_integer(values[i]));
	if (e == OK)
		e = clocks(v, x, item);
	if (e == OK)
		e = view_incident_tiers(v, x, &t);
	if (e == OK)
		(void)json_object_set_new(item, "tiers", view_query_tiers(&t));
	return e;
}

/* Listed newest first, and gone through in the order of arrival: of a hundred thousand only the lines are kept. */
struct lines {
	json_t *by_id; /* line of the list; null: it counts for nothing */
};

static enum err line(struct view *light, struct seen *s, void *ctx)
{
	const struct lines *lines = ctx;
	struct incident x;
	char hex[65];
	json_t *item;
	bool begins;
	enum err e = view_begins(light, s, &begins);
	hex_encode(hex, s->id.b, 32);
	if (e != OK || !begins || !(item = json_object_get(lines->by_id, hex)) || (e = view_incident_of(light, s, &x)) != OK)
		return e;
	if (x.counts)
		return of_one(light, &x, item);
	return json_object_set_new(lines->by_id, hex, json_null()) == 0 ? OK : ERR_MEMORY;
}

static enum err index_of(const json_t *list, struct lines *out)
{
	json_t *item;
	size_t i;
	if (!(out->by_id = json_object()))
		return ERR_MEMORY;
	json_array_foreach(list, i, item)
		if (json_object_set(out->by_id, json_string_value(json_object_get(item, "id")), item) != 0)
			return ERR_MEMORY;
	return OK;
}

static enum err incidents(struct api_call *c, struct view *v, json_t *items)
{
	const struct suppliers *ours;
	struct lines lines = {0};
	json_t *list = NULL, *item;
	struct id party;
	bool given;
	size_t i;
	enum err e = report_party(c, &given, &party);
	if (e == OK)
		e = view_assess_suppliers(v, &ours); /* once, for all the views that are thrown away */
	if (e == OK)
		e = view_incident_list(v, &(struct incident_wanted){.from = given ? &party : NULL}, &list);
	if (e == OK)
		e = index_of(list, &lines);
	if (e == OK)
		e = view_each(v, KIND_INCIDENT_NOTICE, line, &lines);
	json_array_foreach(list, i, item)
		if (e == OK && json_is_object(json_object_get(lines.by_id, json_string_value(json_object_get(item, "id")))))
			e = json_array_append(items, item) == 0 ? OK : ERR_MEMORY;
	json_decref(lines.by_id);
	json_decref(list);
	return e;
}

const struct report report_incidents = {
	.name = "incidents", .title = "each incident with its answer matrix, tier by tier, and its clocks", .seed = "B4 S2", .fn = incidents,
	.leaves_out = "notices that count for nothing; of a partner's incident, whom else he told",
};
