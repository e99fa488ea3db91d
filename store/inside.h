/* inside.h - what the files that speak LMDB share: store.c, store_open.c and walk.c. Nobody else includes it. */
#ifndef TALLY_INSIDE_H
#define TALLY_INSIDE_H

#include <lmdb.h>

#include "store/store.h"

struct store {
	MDB_env *env;
	MDB_dbi dbi[TABLE_COUNT];
	int lock; /* held for writing; -1: readonly */
};

struct txn {
	struct store *store;
	MDB_txn *mdb;
	enum err failed; /* first failure that leaves the transaction incomplete: it can only be aborted */
};

static inline MDB_val inside_val(struct span s)
{
	return (MDB_val){s.n, (void *)(uintptr_t)s.p};
}

enum err store_code(int rc) MUST;                         /* of LMDB or errno */
enum err store_code_write(struct store *s, int rc) MUST;  /* of a write: tells a full disk from a bad one */
enum err store_broken(struct txn *t, int rc) MUST;        /* within a transaction, which may be broken by it */

#endif
