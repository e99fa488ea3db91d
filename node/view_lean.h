/* view_lean.h - what the answer to a requirement leans on: a certificate, the customer's recognition of it, evidence, an attestation and what that
 * one leans on; and what of it has fallen since. */
#ifndef TALLY_VIEW_LEAN_H
#define TALLY_VIEW_LEAN_H

#include "node/view_ask.h"
#include "node/view_claim.h"

struct lean {
	char because[400];        /* what has fallen, in words, from what leans to what it leans on; "": all stands */
	struct seens chain;       /* these records, in this order */
	struct seen *certificate; /* that the answer names, and that was shown to us; NULL: none */
	const char *unfit;        /* why the customer's recognition does not fit it, but for its age; "": it fits */
};

enum err view_lean_on(struct view *v, const struct ask *a, const struct claim *c, struct lean *out) MUST;

#endif
