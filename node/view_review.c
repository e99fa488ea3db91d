#include "node/view_review.h"

#include "proto/when.h"

enum review { REVIEW_SATISFIED = 1, REVIEW_INSUFFICIENT, REVIEW_EQUIVALENCE }; /* vocab_review */

static bool answers(const struct ask *a, const struct seen *s)
{
	struct id about;
	return s->r.kind == KIND_REQUIREMENT_ACK && s->counts && !s->withdrawn && id_eq(&s->r.author, &a->party) &&
	       fields_id(s->kind->fields, s->r.body, "about", &about) && id_eq(&about, &a->of->assign->id);
}

/* The answer of this party that a review of the customer's is about; NULL: none. */
static const struct seen *reviewed(const struct ask *a, const struct seen *s)
{
	struct id about;
	if (s->r.kind != KIND_REQUIREMENT_REVIEW || !view_active(s) || !id_eq(&s->r.author, &a->of->assign->r.author) ||
	    !fields_id(s->kind->fields, s->r.body, "about", &about))
		return NULL;
	for (size_t i = 0; i < a->of->thread.n; i++)
		if (id_eq(&a->of->thread.p[i]->id, &about))
			return answers(a, a->of->thread.p[i]) ? a->of->thread.p[i] : NULL;
	return NULL;
}

void view_review_read(struct view *v, struct ask *a)
{
	const struct value *now = a->ack ? view_ask_row(a->ack, "answers", a->rid) : NULL;
	const struct field *g = fields_find(kind_by_number(KIND_REQUIREMENT_REVIEW)->fields, "results")->group;
	for (size_t i = 0; now && i < a->of->thread.n; i++) {
		const struct seen *s = a->of->thread.p[i], *ack = reviewed(a, s);
		const struct value *row = ack ? view_ask_row(s, "results", a->rid) : NULL, *was = row ? view_ask_row(ack, "answers", a->rid) : NULL;
		if (!was)
			continue;
		a->reviewed = s;
		a->anew = !value_eq(was, now);
		a->review = a->anew ? 0 : view_int(g, row, "result");
		a->review_text = a->anew ? "" : view_text(v, g, row, "reason");
		a->lacking = view_int(g, row, "result") == REVIEW_INSUFFICIENT;
		a->better_by = duty_day(view_int(g, row, "due"));
	}
}

const struct seen *view_review_said(const struct ask *a, const struct seen *after, bool same)
{
	const struct value *now = view_ask_row(a->ack, "answers", a->rid);
	for (size_t i = 0; i < a->of->thread.n; i++) {
		const struct seen *s = a->of->thread.p[i];
		const struct value *row = answers(a, s) ? view_ask_row(s, "answers", a->rid) : NULL;
		if (row && (!after || view_order(s, after) > 0) && (!same || value_eq(row, now)))
			return s;
	}
	return NULL;
}
