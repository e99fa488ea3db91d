/* packing.h - proof files over many records: a pack of our own, signed anew in a log addressed to ourselves, so that it names no partner; and all
 * that we and one partner hold of each other. */
#ifndef TALLY_PACKING_H
#define TALLY_PACKING_H

#include "node/core.h"
#include "proto/value.h"

/* The log is made for this file alone and kept nowhere: its incarnation is drawn at random, so nothing is ever signed twice at one place. Payloads
 * are our own records. ERR_LIMIT: more than a proof file holds. */
enum err packing_own(struct core *c, struct arena *a, const struct span *payload, size_t count, struct buf *out) MUST;

struct packing_both { /* what both hold */
	struct id partner; /* given */
	int64_t since;     /* given: records created before are left out, ms */
	struct id *id;  /* of the records, sorted */
	size_t count, waiting; /* waiting: said, but no receipt of the reader is here yet */
	struct id content; /* B2b("tally.both.v1", the sorted ids): the same at both ends when they hold the same */
};
enum err packing_pair(struct core *c, struct arena *a, struct packing_both *both, struct buf *out) MUST; /* ERR_NOT_FOUND: nothing, ERR_LIMIT */

#endif
