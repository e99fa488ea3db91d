#include "node/view_clock.h"

#include <stdio.h>

#include "proto/when.h"

#define HOUR_MS 3600000ll

static const struct clock {
	const char *profile, *name;
	int64_t after_aware;  /* ms; 0: counted from the notification instead */
	int months;
	int64_t stage;        /* what meets it: the first version at this stage or beyond */
} clocks[] = {
	{"nis2", "early warning", 24 * HOUR_MS, 0, STAGE_EARLY},
	{"nis2", "notification", 72 * HOUR_MS, 0, STAGE_NOTIFICATION},
	{"nis2", "final report", 0, 1, STAGE_FINAL},
};

static const struct field *notice(void)
{
	return kind_by_number(KIND_INCIDENT_NOTICE)->fields;
}

static const struct seen *reached(const struct incident *x, int64_t stage)
{
	for (size_t i = 0; i < x->versions.n; i++) {
		const struct seen *s = x->versions.p[i];
		int64_t at = s->readable ? view_int(notice(), s->r.body, "stage") : 0;
		if (!*x->why[i] && at >= stage && at != STAGE_CORRECTION)
			return s;
	}
	return NULL;
}

static enum err one(struct view *v, const struct incident *x, const struct clock *c, int64_t aware, struct duties *out)
{
	const struct seen *base = reached(x, STAGE_NOTIFICATION), *met = reached(x, c->stage);
	struct duty d = {.of = x->first, .what = c->name, .profile = c->profile, .debtor = x->first->r.author, .authority = true, .next = ""};
	enum err e = OK;
	d.due = c->after_aware ? aware + c->after_aware : base ? when_add_months(base->at, c->months) : 0;
	if (!d.due)
		return OK;
	if (met && (e = duty_done(v, &d, met)) == OK)
		d.why[d.whys++] = met;
	return e == OK ? duty_add(v, out, &d) : e;
}

/* None in an exercise. */
static enum err clocks_of(struct view *v, const struct incident *x, struct duties *out)
{
	int64_t aware = x->first->r.has_exercise ? 0 : view_int(notice(), view_body(x->head), "aware"); /* no law runs in an exercise */
	enum err e = OK;
	for (size_t i = 0; e == OK && aware && i < sizeof clocks / sizeof *clocks; i++)
		e = one(v, x, &clocks[i], aware, out);
	return e;
}

enum err view_clock_duties(struct view *v, struct duties *out)
{
	struct seens list;
	enum err e = view_kind(v, KIND_INCIDENT_NOTICE, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct incident x;
		struct seen *first;
		e = view_first(v, list.p[i], &first);
		if (e == OK && first == list.p[i] && (e = view_incident_of(v, first, &x)) == OK && x.counts && !x.withdrawn)
			e = clocks_of(v, &x, out);
	}
	return e;
}

enum err view_clock_json(struct view *v, const struct incident *x, json_t **out)
{
	struct duties list = {0};
	char state[DUTY_STATE];
	json_t *all = json_array();
	enum err e = all ? clocks_of(v, x, &list) : ERR_MEMORY;
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct duty *d = &list.p[i];
		json_t *o = json_object();
		duty_state(v, d, state);
		view_put(o, "profile", d->profile);
		view_put(o, "clock", d->what);
		view_put_time(o, "due", d->due);
		view_put_time(o, "met", d->met);
		view_put_time(o, "stated", d->stated);
		view_put(o, "state", state);
		e = json_array_append_new(all, o) == 0 ? OK : ERR_MEMORY;
	}
	if (e != OK) {
		json_decref(all);
		return e;
	}
	*out = all;
	return OK;
}
