#include "node/duty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/hash.h"
#include "node/core.h"
#include "node/view_ask.h"
#include "node/view_challenge.h"
#include "node/view_clock.h"
#include "node/view_contract.h"
#include "node/view_concern.h"
#include "node/view_exception.h"
#include "node/view_finding.h"
#include "node/view_exit.h"
#include "node/view_query.h"
#include "node/view_record.h"
#include "node/view_register.h"
#include "node/view_subcontract.h"
#include "node/view_tender.h"
#include "proto/when.h"

/* A line an area. */
static enum err (*const areas[])(struct view *v, struct duties *out) = {
	view_clock_duties,
	view_query_duties,
	view_ask_duties,
	view_contract_duties,
	view_subcontract_duties,
	view_challenge_duties,
	view_exception_duties,
	view_tender_duties,
	view_concern_duty_add,
	view_finding_duties,
	view_exit_duty_add,
	view_register_duties,
};

enum err duty_add(struct view *v, struct duties *list, const struct duty *d)
{
	struct duty *p = arena_more(v->a, list->p, list->n, &list->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	list->p = p;
	list->p[list->n++] = *d;
	return OK;
}

/* What stands in rows comes after what comes of records. */
static int by_source(const struct duty *x, const struct duty *y)
{
	if (!x->of || !y->of)
		return x->of ? -1 : y->of ? 1 : strcmp(x->row, y->row);
	return view_order(x->of, y->of);
}

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* As people count: "answer ac-2" stands before "answer ac-14". */
static int as_counted(const char *a, const char *b)
{
	while (*a && (*a == *b || (digits(a) && digits(b)))) {
		if (!digits(a)) {
			a++, b++;
			continue;
		}
		a += strspn(a, "0");
		b += strspn(b, "0");
		size_t x = digits(a), y = digits(b);
		int c = x != y ? (x > y) - (x < y) : strncmp(a, b, x);
		if (c)
			return c;
		a += x;
		b += y;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

static int soonest(const void *a, const void *b)
{
	const struct duty *x = a, *y = b;
	int64_t dx = x->due ? x->due : INT64_MAX, dy = y->due ? y->due : INT64_MAX;
	int c = dx != dy ? (dx > dy) - (dx < dy) : by_source(x, y);
	if (c == 0)
		c = as_counted(x->what, y->what);
	if (c == 0)
		c = strcmp(x->what, y->what);
	return c ? c : id_cmp(&x->debtor, &y->debtor);
}

enum err duty_all(struct view *v, bool open, struct duties *out)
{
	struct duties all = {.open = open};
	size_t n = 0;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < sizeof areas / sizeof *areas; i++)
		e = areas[i](v, &all);
	if (e != OK)
		return e;
	for (size_t i = 0; i < all.n; i++)
		if (!(all.p[i].of && all.p[i].of->r.has_exercise) && !(open && all.p[i].met))
			all.p[n++] = all.p[i];
	all.n = n;
	if (n)
		qsort(all.p, n, sizeof *all.p, soonest);
	*out = all;
	return OK;
}

void duty_id(const struct duty *d, struct id *out)
{
	const struct span from = d->of ? SPAN(d->of->id.b, 32) : SPAN(d->row, strlen(d->row));
	const struct span parts[] = {from, SPAN(d->debtor.b, 32), SPAN(d->creditor.b, 32), SPAN(d->what, strlen(d->what))};
	hash_b2b(out, "tally.duty.v1", parts, sizeof parts / sizeof *parts);
}

int64_t duty_day(int64_t day)
{
	return day ? (day + 1) * WHEN_DAY_MS - 1 : 0;
}

/* When this one signed for a record of ours, where that is earlier. */
static enum err stored_by(struct view *v, const struct seen *s, const struct id *org, int64_t *met)
{
	struct delivery_state state = {0};
	enum err e = core_delivery(v->t, &v->me, s->no, org, &state);
	if (e == OK && state.state == DELIVERY_STORED && (!*met || state.stored < *met))
		*met = state.stored;
	return e;
}

enum err duty_done(struct view *v, struct duty *d, const struct seen *s)
{
	d->stated = s->r.created;
	if (!s->mine) {
		d->met = s->received;
		return OK;
	}
	return stored_by(v, s, &d->creditor, &d->met);
}

bool duty_overdue(const struct view *v, const struct duty *d)
{
	return !d->met && !d->still && !d->unsaid && d->due && v->now > d->due;
}

static bool late(const struct view *v, const struct duty *d)
{
	return d->met ? d->due && d->met > d->due : duty_overdue(v, d);
}

/* Never rounded against anybody. */
static void put_span(char out[static DUTY_STATE], const char *what, int64_t ms)
{
	long long minutes = ms / (60 * 1000), hours = minutes / 60, days = hours / 24;
	size_t n = strlen(out);
	if (minutes < 60)
		(void)snprintf(out + n, DUTY_STATE - n, "%s %lld min", what, minutes);
	else if (hours < 48)
		(void)snprintf(out + n, DUTY_STATE - n, "%s %lld h %lld min", what, hours, minutes % 60);
	else
		(void)snprintf(out + n, DUTY_STATE - n, "%s %lld days %lld h", what, days, hours % 24);
}

void duty_state(const struct view *v, const struct duty *d, char out[static DUTY_STATE])
{
	const char *open = d->stated ? "sent, not stored yet" : d->due ? "running" : "open";
	const char *word = d->met ? "in time" : d->still ? "stopped" : d->unsaid ? "no authority named" : open;
	bool is_late = late(v, d);
	(void)snprintf(out, DUTY_STATE, "%s%s", d->provisional ? "provisional, " : "", is_late ? "" : word);
	if (is_late)
		put_span(out, d->met ? "late by" : "overdue by", (d->met ? d->met : v->now) - d->due);
}

static enum err put_why(const struct duty *d, json_t *o)
{
	json_t *list = json_array();
	char hex[65];
	if (d->of)
		hex_encode(hex, d->of->id.b, 32);
	(void)json_array_append_new(list, json_string(d->of ? hex : d->row));
	for (size_t i = 0; i < d->whys; i++) {
		hex_encode(hex, d->why[i]->id.b, 32);
		(void)json_array_append_new(list, json_string(hex));
	}
	return json_object_set_new(o, "why", list) == 0 ? OK : ERR_MEMORY;
}

/* The debtor types something; whom it is owed to waits for it. */
static void put_next(struct view *v, const struct duty *d, json_t *o)
{
	char name[VIEW_NAME], text[VIEW_NAME + 16];
	if (d->met)
		return;
	if (id_eq(&d->debtor, &v->me)) {
		view_put(o, "next", d->next);
		return;
	}
	v->name(v->ctx, &d->debtor, name);
	(void)snprintf(text, sizeof text, "%s %s", duty_overdue(v, d) ? "remind" : "wait for", name);
	view_put(o, "next", text);
}

enum err duty_json(struct view *v, const struct duty *d, json_t **out)
{
	char state[DUTY_STATE];
	json_t *o = json_object();
	if (!o)
		return ERR_MEMORY;
	duty_state(v, d, state);
	if (d->of)
		view_put_id(o, "id", &d->of->id);
	else
		view_put(o, "row", d->row);
	view_put(o, "what", d->what);
	view_put(o, "profile", d->profile);
	view_put(o, "title", d->of ? view_record_title(v, d->of) : d->title);
	view_put_org(v, o, "who", &d->debtor);
	if (d->authority)
		view_put(o, "to", "an authority");
	else
		view_put_org(v, o, "to", &d->creditor);
	view_put_time(o, "due", d->due);
	view_put_time(o, "met", d->met);
	view_put_time(o, "stated", d->stated);
	if (d->stopped)
		(void)json_object_set_new(o, "stopped_hours", json_integer(d->stopped / (60 * 60 * 1000)));
	view_put(o, "state", state);
	if (d->provisional)
		(void)json_object_set_new(o, "provisional", json_true());
	(void)json_object_set_new(o, "overdue", json_boolean(duty_overdue(v, d)));
	put_next(v, d, o);
	enum err e = put_why(d, o);
	if (e != OK)
		json_decref(o);
	*out = e == OK ? o : NULL;
	return e;
}
