/* fetch.h - how one evidence file comes piece by piece: the reader asks for a place, the author answers with what follows there, and so on. One
 * piece is under way at a time, so nothing comes that was not asked for. Pure state, no I/O; whoever keeps the bytes checks the hash at the end. */
#ifndef TALLY_FETCH_H
#define TALLY_FETCH_H

#include "keys/bytes.h"
#include "proto/limits.h"

struct fetch { /* zeros: nothing is under way */
	bool on;
	struct id record; /* the evidence */
	uint64_t size, at; /* bytes of the whole, and held */
};

enum fetch_step {
	FETCH_MORE,  /* keep the bytes at the place asked for, then ask again */
	FETCH_WHOLE, /* keep them: that was the last piece */
	FETCH_GONE,  /* they have no such file for us */
	FETCH_STRAY, /* it was not asked for: the sender breaks the rules */
	FETCH_LONG   /* the same: more than the evidence says, or than a piece holds */
};

void fetch_begin(struct fetch *f, const struct id *record, uint64_t size, uint64_t have); /* have < size */
enum fetch_step fetch_chunk(struct fetch *f, const struct id *record, uint64_t offset, const struct span *bytes); /* bytes NULL: absent */
size_t fetch_piece(uint64_t size, uint64_t offset); /* what the author sends from there on; 0: nothing */

#endif
