/* proof.h - a proof file: canonical msgpack that holds records with their inclusion paths, the entries that carry them, receipts
 * over those entries, and the key statements of all signers. No slack: every item is needed and verified, so one changed byte
 * anywhere is found. It verifies with no node, no store and no network. */
#ifndef TALLY_PROOF_H
#define TALLY_PROOF_H

#include "proto/entry.h"
#include "proto/limits.h"
#include "proto/receipt.h"
#include "proto/record.h"
#include "proto/statement.h"

struct proof_record { /* one record at one place */
	struct span payload;
	size_t entry; /* index into entries */
	uint16_t index; /* within the entry */
	size_t path_length;
	struct id path[8];
};

struct proof_entry {
	struct span payload, signature;
};

struct proof_receipt {
	struct span payload, signature;
};

struct proof { /* borrowed all; encode sorts as docs/protocol.md section 14 says */
	size_t statements, entries, records, receipts;
	struct signed_statement *statement; /* chains from kseq 0, grouped by organisation */
	struct proof_entry *entry;
	struct proof_record *record;
	struct proof_receipt *receipt;
};

#define PROOF_SIGNERS 16     /* organisations in one file */
#define PROOF_ITEMS 4096     /* statements, entries, records: of each */
#define PROOF_RECEIPTS 1024
#define PROOF_HOLDINGS 16384 /* receipts times the records they cover: bounds the report to some megabytes */

extern const struct field proof_fields[]; /* the file as a table, for documents */

/* Sorts, writes, and verifies what it wrote: ERR_INVALID where proof_verify would say PROOF_INVALID, ERR_LIMIT. */
enum err proof_encode(const struct proof *p, struct buf *out) MUST;
/* Only parses, strictly; verifies nothing. *out borrows file and arena. */
enum err proof_read(struct span file, struct arena *a, struct proof *out, struct complaint *why) MUST;

enum proof_verdict { PROOF_VALID, PROOF_INVALID, PROOF_UNDECIDED };

struct proof_holding { /* a receipt that covers the record */
	struct id receiver;
	char name[201];
	int64_t time;
	uint8_t exception; /* enum verdict; VERDICT_GOOD when none */
};

struct proof_line { /* one record proven */
	struct id id, author, target, log;
	char author_name[201], target_name[201]; /* as their key statements say; "" when no statement is in the file */
	struct record record;   /* parsed; borrows file and arena */
	uint64_t n; int64_t time; /* entry */
	size_t holdings;
	struct proof_holding *holding;
};

struct proof_report {
	enum proof_verdict verdict;
	char link[200]; /* invalid or undecided: which link of the chain fails, in words */
	size_t lines;
	struct proof_line *line;
	size_t signers;
	struct { struct id org; char name[201]; char words[128]; uint64_t kseq; } signer[PROOF_SIGNERS];
};

/* Never fails on hostile bytes: they give PROOF_INVALID. ERR_MEMORY only. */
enum err proof_verify(struct span file, struct arena *a, struct proof_report *out) MUST;

#endif
