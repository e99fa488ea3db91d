/* audit.h - what two stores must say of each other at any moment, whoever was killed when. Both nodes are dead while it looks. */
#ifndef TALLY_TEST_AUDIT_H
#define TALLY_TEST_AUDIT_H

#include "store/store.h"

struct audit_said { /* records whose "ok" was answered, by one node */
	struct id *id;
	size_t n, cap;
};

struct audit {
	size_t lost;     /* answered and not at its author; or, at the end, not at the other side */
	size_t doubled;  /* there more than once */
	size_t untrue;   /* receipts that name what the receiver has not got */
	size_t forked;   /* entries of one place that differ, or that their author has lost */
	size_t problems; /* of store check */
	size_t receipts, entries, records; /* looked at */
};

struct audit_of { /* one direction */
	const char *author, *receiver; /* homes */
	const struct audit_said *const *said;
	size_t lists;
	bool whole; /* nothing is on its way any more */
};
enum err audit_direction(const struct audit_of *of, struct audit *out) MUST; /* adds to *out */
enum err audit_check(const char *home, struct audit *out) MUST; /* store check */
void audit_say(struct audit_said *list, const char *hex);

#endif
