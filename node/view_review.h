/* view_review.h - what the customer made of an answer. A review is about what was answered to one requirement: it stands on every later answer that
 * says the same, and is stale as soon as that answer changes. An answer reviewed as insufficient is owed anew. */
#ifndef TALLY_VIEW_REVIEW_H
#define TALLY_VIEW_REVIEW_H

#include "node/view_ask.h"

void view_review_read(struct view *v, struct ask *a); /* after its answer */
/* The first of these answers, not before `after` (NULL: any), that says what the newest one says; same false: that says anything. NULL: none. */
const struct seen *view_review_said(const struct ask *a, const struct seen *after, bool same);

#endif
