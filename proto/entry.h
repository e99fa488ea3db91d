/* entry.h - an entry: a signed batch of records at one place in a log. A log is one author's hash chain to one audience under one key.
 * One signature gives authorship, audience, order and position to every record of the batch. Entry 1 of every log holds exactly
 * one record, log.open. */
#ifndef TALLY_ENTRY_H
#define TALLY_ENTRY_H

#include "keys/sign.h"
#include "proto/fields.h"

enum audience { AUDIENCE_DIRECT = 0, AUDIENCE_CONSORTIUM = 1, AUDIENCE_PARTNERS = 2 };

struct entry {
	struct id author;
	uint64_t kseq;
	enum audience type;
	struct id target; /* partner; consortium; zeros */
	uint64_t incarnation;
	uint64_t n;       /* from 1 */
	struct id prev;   /* hash of the entry before, or the log id */
	uint64_t count;   /* records, 1 to 256 */
	struct id root;
	int64_t time;     /* ms */
	bool has_roster;
	struct id roster; /* type 1 only */
};

extern const struct field entry_fields[];

void entry_log(const struct entry *e, struct id *out);             /* log id: B2b("tally.log.v1", author, kseq, type, target, incarnation) */
void entry_hash(struct span payload, struct id *out);              /* B2b("tally.ent.v1", payload) */
enum err entry_encode(const struct entry *e, struct buf *out) MUST; /* appends */
enum err entry_decode(struct span payload, struct entry *out) MUST; /* ERR_SHAPE, ERR_INVALID, ERR_LIMIT; borrows nothing */

#endif
