/* ingest.h - the one door: whatever way an entry comes, link or file, it is judged here. Final verdicts depend only on signed bytes and
 * statements held. Entries that cannot be judged yet are parked and judged again when what they wait for is here. */
#ifndef TALLY_INGEST_H
#define TALLY_INGEST_H

#include "node/core_state.h"

struct ingest_result {
	enum verdict verdict;
	bool located;      /* log and n below are known */
	struct id author, log;
	uint64_t n;
	uint64_t held;     /* of that log now */
	uint32_t log_no;   /* 0: not one we hold */
	bool opened;       /* it began a log under a key that is not the first: entries under older ones may be judged now */
	bool more;         /* more of this log waits here than one turn takes: ask again from held on */
};

/* peer: who brought it over a link, NULL for a file. OK with a verdict, or a store error: then the turn must fail. */
enum err ingest(struct core *c, const struct carried_entry *e, const struct id *peer, struct ingest_result *out) MUST;
/* GOOD: signed under a statement of its author that is held, and these are its records. Else UNKNOWN_KEY, SIGNATURE, MISMATCH. */
enum err ingest_signed(struct core *c, const struct entry *e, const struct carried_entry *in, enum verdict *v) MUST;
/* Judges what is parked of this author again, as much as one turn takes: new statements came, or the partner was resumed. What is left comes
 * again with the author's next session. */
enum err ingest_parked(struct core *c, const struct id *author) MUST;

/* What waits of an author is dropped: it comes again if it is ever a partner again. */
enum err ingest_forget(struct core *c, const struct id *author) MUST;

#endif
