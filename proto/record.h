/* record.h - a record: one organisation's statement, immutable. The payload bytes are what is hashed, logged and kept; this struct is their
 * parsed view. Whom a record goes to is not in it: the same bytes, with the same id, go into the log of each recipient. */
#ifndef TALLY_RECORD_H
#define TALLY_RECORD_H

#include "proto/limits.h"
#include "proto/vocab.h"

#define RECORD_VERSION 1
#define RECORD_NONCE 16

struct kind;

struct record {
	int64_t kind; /* number; may be one we do not know */
	struct id author;
	int64_t created; /* ms, as the author claims */
	int64_t tlp;     /* enum tlp; a number we do not know counts as red */
	uint8_t nonce[RECORD_NONCE]; /* else short contents could be guessed from the id */
	bool has_thread, has_supersedes, has_exercise;
	struct id thread; /* first record of the thread; absent in that one itself */
	struct id supersedes;
	struct id exercise;
	size_t parents, named;
	struct id parent[LIMIT_PARENTS]; /* what this answers or builds upon */
	struct id name[LIMIT_NAMED];     /* red only: the recipients, who thereby see each other */
	int64_t onward;                  /* 0, or 1: amber may also go to suppliers */
	const struct value *body;        /* map by the kind's field table */
};

extern const struct field record_fields[]; /* the header as a table, for documents */

void record_id(struct span payload, struct id *out); /* B2b("tally.rec.v1", payload) */
enum err record_encode(const struct record *r, struct buf *out) MUST; /* appends; checks nothing but sizes */
/* Header checks only: shape, versions, limits, canonical form. The body is any map: a kind we do not know is kept. *out borrows payload and arena. */
enum err record_decode(struct span payload, struct arena *a, struct record *out, struct complaint *why) MUST;
/* The body against the kind's table and its own check(). OK for unknown kinds. */
enum err record_check(const struct record *r, struct complaint *why) MUST;

#endif
