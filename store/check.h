/* check.h - reads a whole store and verifies it as a stranger would: every record's id, every entry's signature, chain and root, every
 * receipt's signature, every statement chain, every index in both directions. */
#ifndef TALLY_CHECK_H
#define TALLY_CHECK_H

#include "store/store.h"

struct check_figures {
	uint64_t statements, records, entries, receipts, signatures, index_rows, rows, problems;
};

/* say() is called once a problem, with a sentence; progress() may be NULL. OK whatever was found: figures->problems counts.
 * Reads in short transactions of at most 4,096 rows, and what waits of one partner at once, so that a running node's file does not grow. */
struct check_ops {
	void (*say)(void *ctx, const char *problem);
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};
enum err check_run(struct store *s, const struct check_ops *ops, struct check_figures *out) MUST;

#endif
