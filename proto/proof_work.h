/* proof_work.h - what proof_verify.c has established about a file, for proof_report.c to tell. Nobody else includes it. */
#ifndef TALLY_PROOF_WORK_H
#define TALLY_PROOF_WORK_H

#include "proto/proof.h"

struct proof_chain { /* key statements of one organisation */
	struct id org;
	size_t first, count;
	bool needed;
};

struct proof_work {
	struct arena *a;
	struct proof p;
	struct proof_report report;
	size_t chains;
	struct proof_chain chain[PROOF_SIGNERS];
	struct statement *statement;
	struct entry *entry;
	struct id *log, *hash; /* of each entry */
	bool *used;            /* does the entry carry a record of the file */
	struct id *record;     /* ids */
	struct record *parsed;
	struct receipt *receipt;
};

struct proof_chain *proof_report_chain(struct proof_work *w, const struct id *org); /* NULL: not in the file */
const struct statement *proof_report_newest(const struct proof_work *w, const struct proof_chain *c);
/* Is the record one the receipt is about? *code: the exception if it is listed as one, else VERDICT_GOOD. */
bool proof_report_covers(const struct proof_work *w, const struct receipt *r, size_t record, uint8_t *code);
/* Lines, holdings and signers of w->report. ERR_LIMIT: more than PROOF_HOLDINGS. */
enum err proof_report_fill(struct proof_work *w) MUST;

#endif
