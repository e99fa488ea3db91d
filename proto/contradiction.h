/* contradiction.h - evidence that an organisation contradicts itself: two things signed by it of which an honest node signs one. Canonical, without
 * slack, and verified with no node, no store and no network: anybody who holds the same two makes the same bytes. It proves two branches, never
 * intent: a node that was put back to an earlier state, or that runs twice, does the same as a liar. */
#ifndef TALLY_CONTRADICTION_H
#define TALLY_CONTRADICTION_H

#include "proto/entry.h"
#include "proto/limits.h"
#include "proto/proof.h"
#include "proto/statement.h"

enum contradiction_kind { /* in files for ever */
	CONTRADICTION_ENTRIES = 1, /* at one place of one log */
	CONTRADICTION_STATEMENTS,  /* key statements at one kseq */
	CONTRADICTION_RECEIPTS,    /* of one receiver over one place of one log, with different entries */
	CONTRADICTION_ROSTERS      /* reserved: signed by one convenor at one rseq */
};

struct contradiction_side {
	struct span payload, signature; /* of a key statement: by the sign key */
	struct span root;               /* of a key statement: by the root key; else empty */
};

struct contradiction { /* all borrowed */
	enum contradiction_kind kind;
	struct contradiction_side side[2];
	size_t statements;
	struct signed_statement *statement; /* of who signed: from kseq 0 to the newest that the two need */
};

extern const struct field contradiction_fields[]; /* the file as a table, for documents */

struct contradiction_report {
	enum proof_verdict verdict; /* UNDECIDED: made by a newer version */
	char link[200];             /* why it is not valid, in words */
	enum contradiction_kind kind;
	struct id id;               /* of the evidence: hash of its bytes */
	struct id org;              /* who contradicts itself */
	char name[201], words[128]; /* as its newest statement in the file says */
	struct id log;              /* entries, receipts */
	uint64_t kseq, n;           /* of the two; n: their place, 0 for key statements */
	enum audience type;         /* entries: of their log */
	struct id target;
	struct id hash[2];          /* of the two: entry hash, statement hash, or the entry that a receipt names */
	int64_t time[2];
	struct contradiction c;     /* borrows file and arena */
};

/* Puts the two into their order, writes, and verifies what it wrote: ERR_INVALID where they prove nothing. Appends. */
enum err contradiction_encode(const struct contradiction *c, struct buf *out) MUST;
/* Never fails on hostile bytes: they give PROOF_INVALID. ERR_MEMORY only. */
enum err contradiction_verify(struct span file, struct arena *a, struct contradiction_report *out) MUST;

/* What it is about: one such is kept. Organisation, kind, and its log, or the statement that both key statements continue. */
#define CONTRADICTION_KEY 65
void contradiction_key(const struct contradiction_report *r, uint8_t out[static CONTRADICTION_KEY]);
const char *contradiction_word(enum contradiction_kind kind); /* "two entries" ... */

#endif
