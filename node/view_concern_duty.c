/* view_concern_duty.c - until when who owes the next word about a concern or an issue. */
#include <string.h>

#include "node/view_concern.h"
#include "proto/when.h"

static int64_t in_days(const struct seen *from)
{
	return duty_day(when_working_day(from->at / WHEN_DAY_MS, CONCERN_DAYS));
}

/* Where the other side named a day, that day. */
static int64_t named_day(const struct seen *s)
{
	return s->r.kind == KIND_REPLY ? duty_day(view_int(kind_by_number(KIND_REPLY)->fields, s->r.body, "due")) : 0;
}

static enum err add(struct view *v, const struct concern *c, struct duty *d, const struct seen *met, struct duties *out)
{
	char next[160], *copy;
	enum err e = OK;
	d->of = c->first;
	d->profile = "";
	view_concern_show_next(v, c, next);
	if (!(copy = arena_alloc(v->a, sizeof next)))
		return ERR_MEMORY;
	memcpy(copy, next, sizeof next);
	d->next = copy;
	if (met) {
		d->why[d->whys++] = met;
		e = duty_done(v, d, met);
	}
	return e == OK ? duty_add(v, out, d) : e;
}

/* The author's own turn: to tell more, to say whether it helped. */
static enum err author_owes(struct view *v, const struct concern *c, struct duties *out)
{
	struct duty d = {.debtor = c->first->r.author, .creditor = c->party};
	bool asked = c->state == CONCERN_ASKED_BACK, check = c->first->r.kind == KIND_CONCERN && c->done;
	if (!asked && !check)
		return OK;
	d.what = asked ? "tell more" : "check the effect";
	d.due = named_day(c->last);
	if (asked && !d.due)
		d.due = in_days(c->last);
	if (!asked && c->done)
		d.due = named_day(c->done);
	return add(v, c, &d, asked ? NULL : c->checked, out);
}

static enum err concern_owes(struct view *v, const struct concern *c, struct duties *out)
{
	struct duty answer = {.what = "answer the concern", .debtor = c->party, .creditor = c->first->r.author, .due = in_days(c->first)};
	struct duty decide = {.what = "decide about the concern", .debtor = c->party, .creditor = c->first->r.author};
	struct duty act = {.what = "act on the concern", .debtor = c->party, .creditor = c->first->r.author};
	enum err e = add(v, c, &answer, c->answered, out);
	if (e == OK && c->answered && c->state != CONCERN_DONE && c->state != CONCERN_EFFECTIVE) {
		decide.still = c->state == CONCERN_ASKED_BACK;
		decide.due = c->state == CONCERN_ACKNOWLEDGED && named_day(c->last) ? named_day(c->last) : in_days(c->decided ? c->answered : c->last);
		e = add(v, c, &decide, c->decided, out);
	}
	if (e == OK && c->decided && (c->state == CONCERN_ACCEPTED || c->done)) {
		act.due = named_day(c->decided);
		e = add(v, c, &act, c->done, out);
	}
	return e;
}

static enum err issue_owes(struct view *v, const struct concern *c, struct duties *out)
{
	struct duty read = {.what = "answer the issue", .debtor = c->party, .creditor = c->first->r.author};
	struct duty change = {.what = "say what changed", .debtor = c->party, .creditor = c->first->r.author};
	enum err e = add(v, c, &read, view_concern_to_be_read(c) ? c->answered : c->decided, out);
	if (e == OK && (c->state == CONCERN_ACCEPTED || c->done)) {
		change.due = c->decided ? named_day(c->decided) : 0;
		e = add(v, c, &change, c->done, out);
	}
	return e;
}

enum err view_concern_duty_add(struct view *v, struct duties *out)
{
	struct concerns list;
	enum err e = view_concern_all(v, KIND_CONCERN, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		e = concern_owes(v, &list.p[i], out);
		if (e == OK)
			e = author_owes(v, &list.p[i], out);
	}
	if (e == OK)
		e = view_concern_all(v, KIND_ISSUE, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		e = issue_owes(v, &list.p[i], out);
		if (e == OK)
			e = author_owes(v, &list.p[i], out);
	}
	return e;
}
