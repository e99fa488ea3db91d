/* drive.h - what every driver of tests/kill has: arguments, seeded numbers, a folder that goes when all went well. */
#ifndef TALLY_TEST_DRIVE_H
#define TALLY_TEST_DRIVE_H

#include "keys/bytes.h"

struct drive {
	unsigned n;    /* -n: how much of it; what is there already stays without */
	uint64_t seed; /* -s; else a new one */
	char tally[4096], sanitized[4096]; /* programs under -b BUILD (build) */
};

bool drive_begin(int argc, char **argv, struct drive *d); /* false: wrong arguments, or nothing is built there */
uint64_t drive_random(uint64_t below); /* the same numbers for the same seed */
bool drive_end(const char *folder); /* removes it */

#endif
