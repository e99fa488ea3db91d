/* Suppliers that fail again and again: a rule over time, never a score. */
#include <stdlib.h>
#include <string.h>

#include "node/duty.h"
#include "node/report.h"
#include "node/view_ask.h"
#include "node/view_finding.h"
#include "proto/when.h"

#define WINDOW_DAYS 365
#define FAILURES 3       /* so many records in the window */
#define APART_DAYS 30    /* the first and the last: one bad week is not yet "again and again" */

enum failure_kind { FAILURE_OVERDUE, FAILURE_LATE, FAILURE_DECLINED, FAILURE_REPEATED, FAILURE_KINDS };

struct failure {
	struct id who;
	int64_t at;
	const struct seen *of;
	enum failure_kind kind;
};

struct failures {
	struct view *v;
	struct failure *p;
	size_t n, cap;
};

static enum err add(struct failures *all, const struct id *who, int64_t at, const struct seen *of, enum failure_kind kind)
{
	if (at > all->v->now || at < all->v->now - WINDOW_DAYS * WHEN_DAY_MS || id_eq(who, &all->v->me) || of->r.has_exercise)
		return OK;
	struct failure *p = arena_more(all->v->a, all->p, all->n, &all->cap, sizeof *p);
	if (!p)
		return ERR_MEMORY;
	all->p = p;
	all->p[all->n++] = (struct failure){*who, at, of, kind};
	return OK;
}

/* What they owe us and did not do in time. */
static enum err from_duties(struct failures *all)
{
	struct duties list;
	enum err e = duty_all(all->v, false, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct duty *d = &list.p[i];
		if (d->authority || !id_eq(&d->creditor, &all->v->me) || !d->due)
			continue;
		if (duty_overdue(all->v, d))
			e = add(all, &d->debtor, d->due, d->of, FAILURE_OVERDUE);
		else if (d->met > d->due)
			e = add(all, &d->debtor, d->due, d->of, FAILURE_LATE);
	}
	return e;
}

/* What they declined, or answered so that we found it insufficient. */
static enum err from_answers(struct failures *all)
{
	struct view *v = all->v;
	struct assignment **list;
	struct asks asks = {0};
	size_t n;
	enum err e = view_requirement_assignments(v, true, &list, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		for (size_t k = 0; e == OK && k < list[i]->parties.n; k++)
			e = view_ask_all(v, list[i], &list[i]->parties.p[k], &asks);
	for (size_t i = 0; e == OK && i < asks.n; i++) {
		const struct ask *a = &asks.p[i];
		if (a->ack && (a->answer == vocab_number(&vocab_ack, SPAN("declined", 8)) || a->review == vocab_number(&vocab_review, SPAN("insufficient", 12))))
			e = add(all, &a->party, a->ack->at, a->ack, FAILURE_DECLINED);
	}
	return e;
}

static enum err from_findings(struct failures *all)
{
	struct finding *list;
	size_t n;
	enum err e = view_finding_all(all->v, &list, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		if (list[i].times > 1 && id_eq(&list[i].customer, &all->v->me))
			e = add(all, &list[i].supplier, list[i].of->at, list[i].of, FAILURE_REPEATED);
	return e;
}

/* By party, then record: one record is one failure, however many lines of it are open. Its worst, the smallest kind, comes first. */
static int by_record(const void *a, const void *b)
{
	const struct failure *x = a, *y = b;
	int c = id_cmp(&x->who, &y->who);
	if (c == 0)
		c = id_cmp(&x->of->id, &y->of->id);
	if (c == 0)
		c = (x->kind > y->kind) - (x->kind < y->kind);
	return c ? c : (x->at > y->at) - (x->at < y->at);
}

static void once_each(struct failures *all)
{
	size_t n = 0;
	if (all->n)
		qsort(all->p, all->n, sizeof *all->p, by_record);
	for (size_t i = 0; i < all->n; i++)
		if (n == 0 || all->p[n - 1].of != all->p[i].of || !id_eq(&all->p[n - 1].who, &all->p[i].who))
			all->p[n++] = all->p[i];
	all->n = n;
}

static enum err put(struct failures *all, const struct failure *f, size_t n, json_t *items)
{
	static const char *const names[FAILURE_KINDS] = {"overdue", "late", "declined", "repeated"};
	size_t counts[FAILURE_KINDS] = {0};
	int64_t first = f->at, last = f->at;
	json_t *o;
	enum err e = OK;
	for (size_t i = 0; i < n; i++) {
		counts[f[i].kind]++;
		first = f[i].at < first ? f[i].at : first;
		last = f[i].at > last ? f[i].at : last;
	}
	if (n < FAILURES || last - first < APART_DAYS * WHEN_DAY_MS)
		return OK;
	if (!(o = json_object()) || json_array_append_new(items, o) != 0)
		return ERR_MEMORY;
	view_put_org(all->v, o, "who", &f->who);
	(void)json_object_set_new(o, "failures", json_integer((json_int_t)n));
	for (size_t i = 0; i < FAILURE_KINDS; i++)
		(void)json_object_set_new(o, names[i], json_integer((json_int_t)counts[i]));
	view_put_date(o, "first", first / WHEN_DAY_MS);
	view_put_date(o, "last", last / WHEN_DAY_MS);
	for (size_t i = 0; e == OK && i < n; i++)
		e = report_why(o, &f[i].of->id);
	return e;
}

static enum err failing(struct api_call *c, struct view *v, json_t *items)
{
	struct failures all = {.v = v};
	struct id party;
	bool given;
	enum err e = report_party(c, &given, &party);
	if (e == OK)
		e = from_duties(&all);
	if (e == OK)
		e = from_answers(&all);
	if (e == OK)
		e = from_findings(&all);
	if (e == OK)
		once_each(&all);
	for (size_t i = 0, n; e == OK && i < all.n; i += n) {
		for (n = 1; i + n < all.n && id_eq(&all.p[i].who, &all.p[i + n].who);)
			n++;
		if (!given || id_eq(&party, &all.p[i].who))
			e = put(&all, &all.p[i], n, items);
	}
	return e;
}

const struct report report_failing = {
	.name = "failing", .title = "suppliers that failed three times or more within a year: overdue, late, declined or insufficient, found again",
	.seed = "U10",
	.fn = failing,
	.leaves_out = "fewer than three in 365 days, or all within 30 days; several lines of one record are one failure; duties to authorities",
};
