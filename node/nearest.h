/* nearest.h - "did you mean": the known word that is closest to what was typed. */
#ifndef TALLY_NEAREST_H
#define TALLY_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *typed, *best; /* best: borrowed from what was tried; NULL: nothing is close enough to be worth saying */
	size_t distance;
};

struct nearest nearest_to(const char *typed);
void nearest_try(struct nearest *n, const char *word); /* '-' and '_' count as the same */

#endif
