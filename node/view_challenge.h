/* view_challenge.h - challenges: what is questioned, who answered, and for how long the time of a requirement stood still. It stands still from when
 * the customer stored the challenge until the challenger stored the answer, at most 30 days for one challenge and 90 for one requirement:
 * both ends compute that from the same receipts. A due date moves by whole days, a day begun counted as one. */
#ifndef TALLY_VIEW_CHALLENGE_H
#define TALLY_VIEW_CHALLENGE_H

#include "node/duty.h"
#include "node/view_requirement.h"

#define CHALLENGE_DAYS 30
#define CHALLENGE_DAYS_ALL 90

struct challenge { /* one that counts */
	const struct seen *said, *answer; /* answer: the newest that decides; NULL: none */
	const char *rid, *kind;
	int64_t from;  /* stored by who is challenged; 0: not yet */
	int64_t until; /* the latest moment at which time runs again */
	int64_t ended; /* the answer was stored by the challenger; 0: not yet */
};
struct challenges { /* of one party about one requirement, oldest first */
	struct challenge *p;
	size_t n, cap;
	int64_t stopped; /* ms, up to now */
	bool still;      /* now */
};

/* rid of the assignment, by this party. */
enum err view_challenge_on(struct view *v, const struct assignment *of, const struct id *party, const char *rid, struct challenges *out) MUST;
enum err view_challenge_duties(struct view *v, struct duties *out) MUST; /* to answer each */
enum err view_challenge_list(struct view *v, json_t **out) MUST;         /* JSON, newest first */

#endif
