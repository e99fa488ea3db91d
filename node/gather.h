/* gather.h - gathers what proves a record, for api_proof.c: the record and what it rests on, each at one place in a log, with the entries,
 * receipts and key statements that hold it there. What rests elsewhere than between the parties is left out: it would reveal others. */
#ifndef TALLY_GATHER_H
#define TALLY_GATHER_H

#include "node/api.h"
#include "node/names.h"
#include "proto/proof.h"
#include "store/logs.h"

#define GATHER_RECORDS 64                       /* the record, and what it rests on */
#define GATHER_PARTIES 3
#define GATHER_RECEIPTS 64

struct place { /* where a record stands */
	struct log_row log;
	uint64_t n;
	uint16_t index;
	bool held; /* a receipt covers it */
};

struct gather {
	struct api_call *c;
	struct txn *t;
	bool has_to;
	struct id to;
	size_t parties; /* 0: not known yet, any log will do */
	struct id party[GATHER_PARTIES];
	struct proof p;
	size_t orgs, ids, left_out, bytes;
	struct id org[PROOF_SIGNERS];
	struct id id[GATHER_RECORDS];              /* of the records, in the order in which they were met */
	struct place place[GATHER_RECORDS];
	struct proof_entry entry[GATHER_RECORDS];
	struct { uint32_t log; uint64_t n; } at[GATHER_RECORDS]; /* of the entries */
	struct proof_record record[GATHER_RECORDS];
	struct proof_receipt receipt[GATHER_RECEIPTS];
	int64_t strictest;                       /* TLP */
};

/* In this order. What goes in is also said as a sentence in result.reveals. */
enum err gather_first(struct gather *g, const struct id *id) MUST; /* the record to prove; failures explain themselves */
enum err gather_rest(struct gather *g) MUST;
enum err gather_receipts(struct gather *g) MUST;
enum err gather_statements(struct gather *g) MUST;

/* Adds "the file ..." */
enum err gather_reveal(const struct gather *g, const char *format, ...) __attribute__((format(printf, 2, 3))) MUST;
const char *gather_name(const struct gather *g, const struct id *org, char out[static NAMES_TEXT]); /* as it calls itself */

#endif
