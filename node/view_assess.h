/* view_assess.h - what we made of an incident: ours too, since when, or not, and why; which authority we told. Local rows: nobody is
 * sent them. */
#ifndef TALLY_VIEW_ASSESS_H
#define TALLY_VIEW_ASSESS_H

#include "node/view_incident.h"

enum assessed { ASSESSED_CONFIRMED = 1, ASSESSED_DISMISSED }; /* vocab_assessed */

struct assessment {
	int64_t decision;       /* enum assessed; 0: none yet */
	int64_t decided, aware; /* ms; aware: as the operator said */
	const char *reason;     /* "" */
	const struct value *told, *clocks; /* lists; NULL: none */
};

enum err view_assess_get(struct view *v, const struct incident *x, struct assessment *out) MUST;
/* When an authority of this profile was first told of this stage or a later one; 0: not yet. */
int64_t view_assess_told(const struct assessment *a, const char *profile, int64_t stage);
/* Who supplies us, sorted: in the register with a partner, neither prospect nor former; or by a contract
 * with us as customer that we offered or that is agreed. */
struct suppliers {
	struct id *p;
	size_t n;
};
enum err view_assess_suppliers(struct view *v, const struct suppliers **out) MUST;
/* Does it open clocks of ours before we have said anything: a supplier's does, by itself or passed on by one. */
bool view_assess_opens(const struct incident *x, const struct suppliers *ours);
/* decision, aware, reason, told, and the receipt that says when it reached us; of our own only told. Into the sheet of an incident. */
enum err view_assess_json(struct view *v, const struct incident *x, json_t *o) MUST;

#endif
