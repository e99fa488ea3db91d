/* view_owed.h - what all customers ask of us, with equal questions found: those of the same text, and those mapped to the same clause of a
 * standard; but two requirements of one set are never equal. So one answer can serve many. */
#ifndef TALLY_VIEW_OWED_H
#define TALLY_VIEW_OWED_H

#include "node/view_ask.h"

struct owed {
	struct asks asks;     /* all that is asked of us, one that was asked again left out */
	size_t *group;        /* of each: the place of the first ask that is equal */
	struct asks earlier;  /* answered, and asked again since: `later` is the place of that in asks */
};

struct question { /* a requirement of a set, ready to be compared */
	const char *plain;
	const struct value *mappings;
};
enum err view_owed_question(struct view *v, const struct value *requirement, struct question *out) MUST;
bool view_owed_equal(const struct question *a, const struct question *b); /* of two sets */
bool view_owed_same_words(const struct question *a, const struct question *b);
enum err view_owed_all(struct view *v, struct owed *out) MUST;
/* The newest answer of ours to a question that is equal to this one, and can be given again; NULL: none. */
const struct ask *view_owed_answer(const struct owed *all, size_t at);
const struct value *view_owed_row(const struct ask *a); /* its row in our ack; NULL: not answered */
/* JSON: a line for each group with something open; all: also for the others. */
enum err view_owed_list(struct view *v, bool all, json_t **out) MUST;

#endif
