/* view_finding.h - what a customer found wanting at a supplier, the supplier's plan, and how it ended. Only the customer closes a finding; what the
 * supplier calls done waits for that word. */
#ifndef TALLY_VIEW_FINDING_H
#define TALLY_VIEW_FINDING_H

#include "node/duty.h"

struct finding {
	struct seen *of;
	struct id customer, supplier;
	const char *rid;             /* "": none */
	int64_t required_by;         /* day; 0: none */
	struct seen *plan;           /* newest version that stands; NULL: none */
	const struct seen *decided;  /* the customer's newest word on a plan that is not done; NULL: none */
	const struct seen *said;     /* the supplier's newest word on the finding; NULL: none */
	const struct seen *claimed;  /* by what the supplier first said that it is done; NULL: it did not */
	const struct seen *closed;   /* the customer's reply that closes it; NULL: open */
	size_t times;                /* findings of this customer for this rid at this supplier, up to this one; 0: it names no rid */
};

enum err view_finding_of(struct view *v, struct seen *s, struct finding *out) MUST; /* ERR_NOT_FOUND: no finding that counts */
enum err view_finding_all(struct view *v, struct finding **out, size_t *count) MUST; /* those that stand, oldest first, counted */
void view_finding_state(struct view *v, const struct finding *f, char out[static 96]);
enum err view_finding_duties(struct view *v, struct duties *out) MUST; /* to mend it, and each action of a plan */
enum err view_finding_row(struct view *v, const struct finding *f, json_t **out) MUST; /* new reference */

#endif
