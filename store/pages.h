/* pages.h - reads LMDB's file as bytes and says whether LMDB can walk it. LMDB trusts its pages: a flipped bit in a page number, an offset or the
 * list of free pages ends the process, or lets it write over what is in use. Here every page that can be reached is looked at within bounds:
 * its number and kind, the place and size of every row, the order of the keys, the depth and the counts of each tree; and no page is
 * used twice, nor free and in use. What the rows say is the business of store.c (their sums) and check.c. */
#ifndef TALLY_PAGES_H
#define TALLY_PAGES_H

#include "keys/bytes.h"

struct pages_ops { /* say(): once a problem, with a sentence; may be NULL */
	void (*say)(void *ctx, const char *problem);
	void *ctx;
};

struct pages_found {
	uint64_t pages, used, free; /* in the file's own account; used and free: seen */
	uint64_t problems;          /* looking ends after a hundred */
};

/* Both meta pages alone: what must be looked at before LMDB opens the file. ERR_CORRUPT, ERR_NOT_FOUND (the file is empty), ERR_IO. */
enum err pages_meta(int fd, const struct pages_ops *ops, uint64_t *txnid) MUST;
/* The whole as of this transaction, which must be the newest or be held by a reader. ERR_CONFLICT: it is no longer there, ask again for the
 * newest. OK whatever was found: found->problems counts. */
enum err pages_check(int fd, uint64_t txnid, const struct pages_ops *ops, struct pages_found *out) MUST;

#endif
