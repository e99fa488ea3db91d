/* api_query.h - questions, where commands about incidents take them too. */
#ifndef TALLY_API_QUERY_H
#define TALLY_API_QUERY_H

#include "node/api_exercise.h"

/* *is: s belongs to a question, and the call is done. */
enum err api_query_answer(struct api_call *c, struct view *v, struct seen *s, bool *is) MUST;
enum err api_query_matrix(struct api_call *c, struct view *v, struct seen *s, bool *is) MUST;
/* What our own suppliers said about the same, as counts into an answer, unless it states them. */
enum err api_query_counts(struct api_call *c, struct view *v, const struct id *subject, struct value *body) MUST;

#endif
