/* view_exception.h - asking that a requirement is not met until a date, and what the customer decided. Who asks is owed a decision within 14 days of
 * when the customer stored the request: both ends compute that from the same receipt. */
#ifndef TALLY_VIEW_EXCEPTION_H
#define TALLY_VIEW_EXCEPTION_H

#include "node/duty.h"
#include "node/view_requirement.h"

#define EXCEPTION_DAYS 366       /* for how long it may be asked and granted, from the day of the request */
#define EXCEPTION_DECIDE_DAYS 14

struct exception_asked { /* one request that counts */
	const struct seen *said, *decision; /* decision: the newest that counts; NULL: none */
	const struct seen *first;           /* the first answer to it: granted, refused, or that more must be known; NULL: none */
	bool granted, refused;
	int64_t asked, until; /* days: until when it was asked for, and is granted */
	int64_t due;          /* ms, when it is to be decided; 0: the customer does not have it yet */
};

struct exceptions_asked { /* oldest first */
	struct exception_asked *p;
	size_t n, cap;
};

/* Of this party, for the rid of the assignment. */
enum err view_exception_on(struct view *v, const struct assignment *of, const struct id *party, const char *rid, struct exceptions_asked *out) MUST;
/* Why such a reply decides nothing about the request: it grants what nobody asked for. NULL: it does decide. */
const char *view_exception_unfit(const struct seen *request, const struct value *reply);
enum err view_exception_duties(struct view *v, struct duties *out) MUST; /* to decide each */

#endif
