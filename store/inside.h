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

/* Each row rests with a sum of its key and value behind it: LMDB has none, and what a bad disk changed must not be believed. */
enum err inside_row(enum table table, MDB_val key, MDB_val row, struct span *value) MUST; /* ERR_CORRUPT */
int inside_put(MDB_txn *mdb, MDB_dbi dbi, enum table table, struct span key, struct span value, unsigned flags) MUST; /* of LMDB */

enum err store_code(int rc) MUST;                         /* of LMDB or errno */
enum err store_code_write(struct store *s, int rc) MUST;  /* of a write: tells a full disk from a bad one */
enum err store_broken(struct txn *t, int rc) MUST;        /* within a transaction, which may be broken by it */

#endif
