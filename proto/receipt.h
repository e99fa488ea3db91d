/* receipt.h - a receipt says: the receiver has durably stored the entries after `from` up to n, except the listed records. Not "read",
 * not "agreed": those are records. Signed tally/receipt/v1. */
#ifndef TALLY_RECEIPT_H
#define TALLY_RECEIPT_H

#include "proto/limits.h"
#include "proto/verdict.h"

struct exception { /* one record the receiver could not take, or a whole entry */
	uint64_t n;
	bool has_index;
	uint16_t index;
	uint8_t code; /* enum verdict, one of the exception codes */
};

struct receipt {
	struct id log, receiver;
	uint64_t kseq; /* of the receiver */
	uint64_t from, n;
	struct id entry; /* hash of entry n */
	int64_t time;
	size_t exceptions; /* ascending by (n, index) */
	const struct exception *exception; /* borrowed on encode; in the arena on decode */
};

extern const struct field receipt_fields[];

enum err receipt_encode(const struct receipt *r, struct buf *out) MUST; /* appends */
enum err receipt_decode(struct span payload, struct arena *a, struct receipt *out) MUST;
bool receipt_covers(const struct receipt *r, uint64_t n, uint64_t index, uint8_t *code); /* held; *code set to the exception if listed (then false) */

#endif
