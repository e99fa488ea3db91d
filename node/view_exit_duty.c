/* view_exit_duty.c - the deadlines of an end: what is held is stated and disposed of by then, what was retained is deleted the day after, and the
 * other side says what it makes of it. */
#include <stdio.h>
#include <string.h>

#include "node/view_exit.h"

static enum err add(struct view *v, struct duties *out, struct duty *d, const struct seen *met)
{
	enum err e = OK;
	d->profile = "";
	d->next = d->next ? d->next : "";
	if (met) {
		d->why[d->whys++] = met;
		e = duty_done(v, d, met);
	}
	return e == OK ? duty_add(v, out, d) : e;
}

/* "dispose of db" */
static const char *what(struct view *v, const char *verb, const char *id)
{
	size_t room = strlen(verb) + strlen(id) + 2;
	char *out = arena_alloc(v->a, room);
	if (out)
		(void)snprintf(out, room, "%s %s", verb, id);
	return out ? out : "";
}

static const char *next(struct view *v, const char *command, const struct seen *about, const char *rest)
{
	char hex[65], *out = arena_alloc(v->a, 160);
	hex_encode(hex, about->id.b, 32);
	if (out)
		(void)snprintf(out, 160, "tally %s %.12s%s", command, hex, rest);
	return out ? out : "";
}

static enum err item_duties(struct view *v, const struct ending *x, const struct side *side, const struct held *h, struct duties *out)
{
	struct duty d = {.of = h->declared, .what = what(v, "dispose of", h->id), .debtor = side->holder, .creditor = side->owner};
	struct duty delete = {.of = h->declared, .what = what(v, "delete", h->id), .debtor = side->holder, .creditor = side->owner};
	enum err e = OK;
	d.due = duty_day(x->due);
	delete.due = duty_day(h->until);
	if (x->of) {
		d.why[d.whys++] = x->of;
		d.next = next(v, "disposition attest", h->declared, " --deleted ID=METHOD");
		e = add(v, out, &d, h->state == HELD_DISPUTED ? NULL : h->first);
	}
	if (e != OK || (h->state != HELD_LAPSED && h->state != HELD_RETAINED))
		return e;
	if (h->state == HELD_RETAINED && strcmp(view_word(fields_find(h->disposition->kind->fields, "items")->group, h->done, "outcome"), "retained") != 0)
		return OK; /* backups run out by themselves */
	delete.why[delete.whys++] = h->disposition;
	delete.next = next(v, "disposition attest", h->declared, " --deleted ID=METHOD");
	return add(v, out, &delete, NULL);
}

/* Each list and each disposition waits for the other side's word. */
static enum err word_duty(struct view *v, const struct seen *s, const struct side *side, struct duties *out)
{
	bool list = s->r.kind == KIND_ASSET_HELD;
	struct duty d = {.of = s, .what = list ? "confirm what is held" : "accept the disposition", .debtor = side->owner, .creditor = side->holder,
	                 .next = next(v, list ? "asset confirm" : "disposition accept", s, "")};
	return add(v, out, &d, NULL);
}

/* What belongs to two contracts that end is owed once, at the earlier day. */
static bool owed_before(const struct endings *all, size_t at, const struct held *h)
{
	const struct ending *x = &all->p[at];
	size_t i = at;
	while (i > 0 && id_eq(&all->p[i - 1].partner, &x->partner)) /* one partner's stand together */
		i--;
	for (; i < all->n && id_eq(&all->p[i].partner, &x->partner); i++) {
		const struct ending *other = &all->p[i];
		bool of_both = !*h->contract || !*other->contract || strcmp(h->contract, other->contract) == 0;
		if (i != at && other->of && of_both && (other->due < x->due || (other->due == x->due && i < at)))
			return true;
	}
	return false;
}

static enum err side_duties(struct view *v, const struct endings *all, size_t at, const struct side *side, struct duties *out)
{
	const struct ending *x = &all->p[at];
	struct duty state = {.of = x->of, .what = "state what is held", .debtor = side->holder, .creditor = side->owner, .due = duty_day(x->due),
	                     .next = "tally asset declare"};
	enum err e = OK;
	if (x->of && id_eq(&x->supplier, &side->holder))
		e = add(v, out, &state, side->stated);
	for (size_t i = 0; e == OK && i < side->n; i++) {
		const struct held *h = &side->p[i];
		if (!owed_before(all, at, h))
			e = item_duties(v, x, side, h, out);
	}
	for (size_t i = 0; e == OK && i < side->pending.n; i++)
		e = word_duty(v, side->pending.p[i], side, out);
	return e;
}

enum err view_exit_duty_add(struct view *v, struct duties *out)
{
	struct endings all;
	enum err e = view_exit_all(v, NULL, &all);
	for (size_t i = 0; e == OK && i < all.n; i++) {
		e = side_duties(v, &all, i, &all.p[i].theirs, out);
		if (e == OK)
			e = side_duties(v, &all, i, &all.p[i].ours, out);
	}
	return e;
}
