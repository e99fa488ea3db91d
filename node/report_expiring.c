/* What will end soon, and what ended lately: attestations, certificates, recognitions of certificates, contracts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/report.h"
#include "node/view_ask.h"
#include "node/view_assurance.h"
#include "node/view_contract.h"
#include "node/view_record.h"

#define DAYS 90
#define DAYS_MOST 3660

struct horizon {
	struct view *v;
	json_t *items;
	int64_t today, days;
	bool given;
	struct id party;
};

static enum err put(const struct horizon *h, const char *what, const struct id *who, const struct seen *of, int64_t day)
{
	struct view *v = h->v;
	char state[64];
	json_t *o;
	if (!day || day > h->today + h->days || day < h->today - h->days || (h->given && !id_eq(who, &h->party)) || of->r.has_exercise)
		return OK;
	if (!(o = json_object()) || json_array_append_new(h->items, o) != 0)
		return ERR_MEMORY;
	view_put_date(o, "until", day);
	view_put_org(v, o, "who", who);
	view_put(o, "what", what);
	view_put(o, "title", view_record_title(v, of));
	view_put_id(o, "id", &of->id);
	if (day < h->today)
		(void)snprintf(state, sizeof state, "ended %lld days ago", (long long)(h->today - day));
	else
		(void)snprintf(state, sizeof state, "ends in %lld days", (long long)(day - h->today));
	view_put(o, "state", state);
	return report_why(o, &of->id);
}

static enum err of_kind(const struct horizon *h, enum kind_number kind, const char *what)
{
	struct seens list;
	enum err e = view_kind(h->v, kind, &list);
	for (size_t i = 0; e == OK && i < list.n; i++)
		if (view_active(list.p[i]))
			e = put(h, what, &list.p[i]->r.author, list.p[i], view_assurance_until(list.p[i]));
	return e;
}

static enum err contracts(const struct horizon *h)
{
	struct contract *all;
	size_t n;
	enum err e = view_contract_all(h->v, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++) {
		const struct id *other = view_contract_other(&all[i], &h->v->me);
		int64_t notice;
		if (!all[i].force || !all[i].last)
			continue;
		notice = view_int(all[i].force->kind->fields, all[i].force->r.body, "notice_days");
		e = put(h, "contract", other, all[i].force, all[i].last);
		if (e == OK && notice && !all[i].end)
			e = put(h, "notice on a contract", other, all[i].force, all[i].last - notice);
	}
	return e;
}

static int soonest(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int c = strcmp(view_read(x, "until"), view_read(y, "until"));
	if (c == 0)
		c = strcmp(view_read(x, "id"), view_read(y, "id"));
	return c ? c : strcmp(view_read(x, "what"), view_read(y, "what"));
}

static enum err sort(struct view *v, json_t *items)
{
	size_t n = json_array_size(items);
	json_t **all = arena_alloc(v->a, (n + 1) * sizeof *all);
	if (!all)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++)
		all[i] = json_incref(json_array_get(items, i));
	if (n)
		qsort(all, n, sizeof *all, soonest);
	(void)json_array_clear(items);
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(items, all[i]);
	return OK;
}

static enum err expiring(struct api_call *c, struct view *v, json_t *items)
{
	struct horizon h = {.v = v, .items = items, .today = view_ask_today(v), .days = DAYS};
	enum err e = report_party(c, &h.given, &h.party);
	if (e == OK)
		e = api_int(c, "days", false, &h.days);
	if (e == OK && (h.days < 0 || h.days > DAYS_MOST))
		return api_fail(c, ERR_USAGE, "give --days 90", "days is a number from 0 to %d", DAYS_MOST);
	if (e == OK)
		e = of_kind(&h, KIND_POSTURE_ATTESTATION, "attestation");
	if (e == OK)
		e = of_kind(&h, KIND_CERTIFICATION, "certificate");
	if (e == OK)
		e = of_kind(&h, KIND_EVIDENCE, "evidence");
	if (e == OK)
		e = of_kind(&h, KIND_EQUIVALENCE, "recognition of a certificate");
	if (e == OK)
		e = contracts(&h);
	return e == OK ? sort(v, items) : e;
}

const struct report report_expiring = {
	.name = "expiring", .title = "what ends within 90 days, or has in the last 90: attestations, certificates, recognitions, evidence, contracts",
	.seed = "E10",
	.fn = expiring,
	.leaves_out = "what was replaced or withdrawn; exceptions, which have a report of their own; reviews of rows of the register",
};
