/* newstore.c - makes a store look as if a newer program had written it: newstore FOLDER. For tests/cli/newer_store.sh. */
#include <lmdb.h>
#include <stdio.h>

#include "keys/hash.h"
#include "store/tables.h"

static int raise_schema(MDB_env *env)
{
	unsigned char row[4 + HASH_SUM] = {0, 0, 0x7f, 0xff};
	MDB_val key = {6, "schema"}, value = {sizeof row, row};
	MDB_txn *txn;
	MDB_dbi meta;
	int rc = mdb_txn_begin(env, NULL, 0, &txn);

	if (rc)
		return rc;
	hash_sum(row + 4, TABLE_META, SPAN("schema", 6), SPAN(row, 4));
	rc = mdb_dbi_open(txn, "meta", 0, &meta);
	if (!rc)
		rc = mdb_put(txn, meta, &key, &value, 0);
	if (!rc)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

int main(int argc, char **argv)
{
	MDB_env *env;
	int rc;

	if (argc != 2 || mdb_env_create(&env))
		return 2;
	rc = mdb_env_set_maxdbs(env, 64);
	if (!rc)
		rc = mdb_env_open(env, argv[1], 0, 0600);
	if (!rc)
		rc = raise_schema(env);
	mdb_env_close(env);
	if (rc)
		fprintf(stderr, "newstore: %s\n", mdb_strerror(rc));
	return rc ? 1 : 0;
}
