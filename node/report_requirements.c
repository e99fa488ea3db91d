/* Reports about requirements: exceptions by their end, and what stands in the way. */
#include <stdlib.h>
#include <string.h>

#include "node/report.h"
#include "node/view_ask.h"
#include "proto/when.h"

enum answer { /* vocab_ack */
	ANSWER_ACCEPTED = 1, ANSWER_EXCEPTION, ANSWER_EQUIVALENCE, ANSWER_DECLINED, ANSWER_NOT_APPLICABLE, ANSWER_CLARIFICATION
};

/* All that was asked, by us (mine) or of us, each question once. */
static enum err asked(struct view *v, bool mine, struct asks *out)
{
	struct assignment **all;
	size_t n;
	enum err e = view_requirement_assignments(v, mine, &all, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		for (size_t k = 0; e == OK && k < all[i]->parties.n; k++)
			if (!all[i]->assign->r.has_exercise && (mine || id_eq(&all[i]->parties.p[k], &v->me)))
				e = view_ask_all(v, all[i], &all[i]->parties.p[k], out);
	return e == OK ? view_ask_again(v, out) : e;
}

static bool concerns(const struct ask *a, bool given, const struct id *party)
{
	return !given || id_eq(&a->party, party) || id_eq(&a->of->assign->r.author, party);
}

static enum err why(json_t *o, const struct ask *a)
{
	enum err e = report_why(o, &a->of->assign->id);
	if (e == OK && a->ack)
		e = report_why(o, &a->ack->id);
	if (e == OK && a->challenge)
		e = report_why(o, &a->challenge->said->id);
	if (e == OK && a->request)
		e = report_why(o, &a->request->said->id);
	if (e == OK && a->request && a->request->decision)
		e = report_why(o, &a->request->decision->id);
	return e == OK && a->recognised.by ? report_why(o, &a->recognised.by->id) : e;
}

/* ---- exceptions ---- */

static int by_end(const void *x, const void *y)
{
	const struct ask *a = *(struct ask *const *)x, *b = *(struct ask *const *)y;
	int64_t da = a->until ? a->until : INT64_MAX, db = b->until ? b->until : INT64_MAX;
	int c = da != db ? (da > db) - (da < db) : strcmp(a->rid, b->rid);
	return c ? c : id_cmp(&a->party, &b->party);
}

static enum err exception_row(struct view *v, const struct ask *a, json_t *items)
{
	json_t *o = view_ask_json(v, a);
	if (!o || json_array_append_new(items, o) != 0)
		return ERR_MEMORY;
	view_put_org(v, o, "who", &a->party);
	view_put_org(v, o, "to", &a->of->assign->r.author);
	view_put(o, "state", view_ask_exception(v, a));
	if (!a->exception && a->request && !a->request->decision)
		view_put(o, "text", view_text(v, a->request->said->kind->fields, a->request->said->r.body, "reason"));
	(void)json_object_set_new(o, "renewals", json_integer((json_int_t)a->renewals));
	return why(o, a);
}

static enum err exceptions(struct api_call *c, struct view *v, json_t *items)
{
	struct asks all = {0};
	struct ask **some;
	struct id party;
	bool given;
	size_t n = 0;
	enum err e = report_party(c, &given, &party);
	for (int mine = 0; e == OK && mine < 2; mine++)
		e = asked(v, mine != 0, &all);
	some = e == OK ? arena_alloc(v->a, (all.n + 1) * sizeof(struct ask *)) : NULL;
	if (!some)
		return e != OK ? e : ERR_MEMORY;
	for (size_t i = 0; i < all.n; i++)
		if (!all.p[i].again && *view_ask_exception(v, &all.p[i]) && concerns(&all.p[i], given, &party))
			some[n++] = &all.p[i];
	if (n)
		qsort(some, n, sizeof(struct ask *), by_end);
	for (size_t i = 0; e == OK && i < n; i++)
		e = exception_row(v, some[i], items);
	return e;
}

const struct report report_exceptions = {
	.name = "exceptions", .title = "exceptions by the day on which they end, both ways, with how often each was renewed", .seed = "E9", .fn = exceptions,
	.leaves_out = "requests that were refused where no answer names an exception, and those of a question that was asked again",
};

/* ---- barriers ---- */

struct barrier { /* one requirement of a set of ours, over all who were asked */
	const struct ask *first;
	size_t from; /* where its questions begin */
	int64_t asked, answered, declined, challenged, exceptions, equivalence, saved, hurdles; /* hurdles: with any of these three */
};

static int by_requirement(const void *x, const void *y)
{
	const struct ask *a = *(struct ask *const *)x, *b = *(struct ask *const *)y;
	int c = id_cmp(&a->of->set->root, &b->of->set->root);
	return c ? c : strcmp(a->rid, b->rid);
}

static int by_height(const void *x, const void *y)
{
	const struct barrier *a = x, *b = y;
	int64_t l = a->hurdles * b->asked, r = b->hurdles * a->asked;
	return l != r ? (l < r) - (l > r) : strcmp(a->first->rid, b->first->rid);
}

static bool exception(const struct ask *a)
{
	return a->exception || a->request || a->refused;
}

static void count(struct barrier *b, const struct ask *a)
{
	b->asked++;
	b->hurdles += a->answer == ANSWER_DECLINED || a->challenge || exception(a);
	b->answered += a->answer != 0;
	b->declined += a->answer == ANSWER_DECLINED;
	b->challenged += a->challenge != NULL;
	b->exceptions += exception(a);
	b->equivalence += a->answer == ANSWER_EQUIVALENCE;
	b->saved += a->answer == ANSWER_EQUIVALENCE && a->recognised.by && !a->recognised.expired && !a->recognised.partial;
}

static void put_count(json_t *o, const char *name, int64_t n)
{
	(void)json_object_set_new(o, name, json_integer(n));
}

static enum err barrier_row(const struct barrier *b, struct ask *const *from, json_t *items)
{
	const struct value *r = b->first->requirement;
	json_t *o = json_object();
	enum err e = OK;
	if (!o || json_array_append_new(items, o) != 0)
		return ERR_MEMORY;
	view_put_id(o, "set", &b->first->of->set->id);
	view_put(o, "rid", b->first->rid);
	view_put(o, "title", b->first->title);
	put_count(o, "asked", b->asked);
	put_count(o, "answered", b->answered);
	put_count(o, "declined", b->declined);
	put_count(o, "challenged", b->challenged);
	put_count(o, "exceptions", b->exceptions);
	put_count(o, "equivalence", b->equivalence);
	put_count(o, "saved", b->saved);
	put_count(o, "percent", 100 * b->hurdles / b->asked);
	view_put(o, "rationale", fields_get(view_requirement_group(), r, "rationale") ? "yes" : "none");
	for (int64_t i = 0; e == OK && i < b->asked; i++)
		e = why(o, from[i]);
	return e;
}

static enum err barriers(struct api_call *c, struct view *v, json_t *items)
{
	struct asks all = {0};
	struct ask **some;
	struct barrier *list;
	struct id party;
	bool given;
	size_t n = 0, k = 0;
	enum err e = report_party(c, &given, &party);
	if (e == OK)
		e = asked(v, true, &all);
	some = e == OK ? arena_alloc(v->a, (all.n + 1) * sizeof(struct ask *)) : NULL;
	list = some ? arena_alloc(v->a, (all.n + 1) * sizeof *list) : NULL;
	if (!list)
		return e != OK ? e : ERR_MEMORY;
	for (size_t i = 0; i < all.n; i++)
		if (!all.p[i].again && concerns(&all.p[i], given, &party))
			some[n++] = &all.p[i];
	if (n)
		qsort(some, n, sizeof(struct ask *), by_requirement);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || by_requirement(&some[i - 1], &some[i]) != 0)
			list[k++] = (struct barrier){.first = some[i], .from = i};
		count(&list[k - 1], some[i]);
	}
	if (k)
		qsort(list, k, sizeof *list, by_height);
	for (size_t i = 0; e == OK && i < k; i++)
		if (list[i].hurdles || list[i].equivalence)
			e = barrier_row(&list[i], some + list[i].from, items);
	return e;
}

const struct report report_barriers = {
	.name = "barriers", .seed = "E9 E10", .fn = barriers,
	.title = "requirements of ours that suppliers decline, challenge or put off, the highest hurdle first, and answers saved by certificates",
	.leaves_out = "requirements that everybody simply accepted, and questions that were asked again",
};
