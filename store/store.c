#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/hash.h"
#include "store/inside.h"

/* Tables whose new rows nearly always come last: LMDB then fills pages to the brim instead of splitting them. */
static bool ascending(enum table table)
{
	return table == TABLE_RECORDS || table == TABLE_OCCURRENCES || table == TABLE_OPERATIONS;
}

enum err store_code(int rc)
{
	switch (rc) {
	case MDB_SUCCESS:
		return OK;
	case MDB_MAP_FULL:
		return ERR_SPACE;
	case MDB_CORRUPTED:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
	case MDB_PAGE_NOTFOUND:
	case MDB_INCOMPATIBLE:
		return ERR_CORRUPT;
	case MDB_READERS_FULL:
		return ERR_BUSY;
	case MDB_TXN_FULL:
		return ERR_LIMIT;
	case MDB_BAD_VALSIZE:
		return ERR_INVALID;
	case MDB_NOTFOUND:
		return ERR_NOT_FOUND;
	case MDB_KEYEXIST:
		return ERR_CONFLICT;
	default: /* of the system, or whatever else the library may say */
		return err_errno(rc);
	}
}

/* LMDB turns a short write into EIO, and a filling disk mostly shows as a short write. One more page at the end of the file,
 * beyond all that was committed, tells which it was. */
enum err store_code_write(struct store *s, int rc)
{
	static const uint8_t zeros[4096];
	struct stat st;
	int fd;

	if (rc != EIO || s->lock < 0 || mdb_env_get_fd(s->env, &fd) != 0 || fstat(fd, &st) != 0)
		return store_code(rc);
	ssize_t n = pwrite(fd, zeros, sizeof zeros, st.st_size);
	enum err e = n < 0 ? store_code(errno) : (size_t)n < sizeof zeros ? ERR_SPACE : ERR_IO;
	if (n > 0 && ftruncate(fd, st.st_size) != 0)
		return ERR_IO;
	return e;
}

/* Finding nothing, finding something, or a key of a wrong size leave a transaction as it was; all else breaks it. */
enum err store_broken(struct txn *t, int rc)
{
	if (rc == MDB_BAD_TXN && t->failed != OK)
		return t->failed;
	enum err e = store_code_write(t->store, rc);
	if (rc != 0 && rc != MDB_NOTFOUND && rc != MDB_KEYEXIST && rc != MDB_BAD_VALSIZE && t->failed == OK)
		t->failed = e;
	return e;
}

/* ---- transactions ---- */

static enum err begin(struct store *s, MDB_txn *parent, bool write, struct txn **out)
{
	struct txn *t = calloc(1, sizeof *t);

	if (!t)
		return ERR_MEMORY;
	t->store = s;
	int rc = mdb_txn_begin(s->env, parent, write ? 0 : MDB_RDONLY, &t->mdb);
	if (rc == MDB_MAP_RESIZED && mdb_env_set_mapsize(s->env, 0) == 0) /* the writer was started with a larger map */
		rc = mdb_txn_begin(s->env, parent, write ? 0 : MDB_RDONLY, &t->mdb);
	if (rc != 0) {
		free(t);
		return store_code(rc);
	}
	*out = t;
	return OK;
}

enum err store_read(struct store *s, struct txn **out)
{
	return begin(s, NULL, false, out);
}

enum err store_write(struct store *s, struct txn **out)
{
	return begin(s, NULL, true, out);
}

enum err store_nest(struct txn *parent, struct txn **out)
{
	return parent->failed != OK ? parent->failed : begin(parent->store, parent->mdb, true, out);
}

enum err store_commit(struct txn *t)
{
	enum err e = t->failed;

	if (e == OK)
		e = store_code_write(t->store, mdb_txn_commit(t->mdb));
	else
		mdb_txn_abort(t->mdb);
	free(t);
	return e;
}

void store_abort(struct txn *t)
{
	if (!t)
		return;
	mdb_txn_abort(t->mdb);
	free(t);
}

/* ---- rows ---- */

enum err inside_row(enum table table, MDB_val key, MDB_val row, struct span *value)
{
	uint8_t sum[HASH_SUM];
	const uint8_t *p = row.mv_data;

	if (row.mv_size < sizeof sum)
		return ERR_CORRUPT;
	struct span v = SPAN(p, row.mv_size - sizeof sum);
	hash_sum(sum, (uint8_t)table, SPAN(key.mv_data, key.mv_size), v);
	if (memcmp(sum, p + v.n, sizeof sum) != 0)
		return ERR_CORRUPT;
	*value = v;
	return OK;
}

int inside_put(MDB_txn *mdb, MDB_dbi dbi, enum table table, struct span key, struct span value, unsigned flags)
{
	MDB_val k = inside_val(key), v = {value.n + HASH_SUM, NULL};
	int rc = mdb_put(mdb, dbi, &k, &v, flags | MDB_RESERVE);

	if (rc != 0)
		return rc;
	if (value.n)
		memcpy(v.mv_data, value.p, value.n);
	hash_sum((uint8_t *)v.mv_data + value.n, (uint8_t)table, key, value);
	return 0;
}

static enum err put(struct txn *t, enum table table, struct span key, struct span value, unsigned flags)
{
	if (key.n == 0 || key.n > STORE_KEY)
		return ERR_INVALID;
	if (t->failed != OK)
		return t->failed;
	if (ascending(table)) {
		int rc = inside_put(t->mdb, t->store->dbi[table], table, key, value, flags | MDB_APPEND);
		if (rc != MDB_KEYEXIST)
			return store_broken(t, rc);
		/* it is not the last: the ordinary way */
	}
	return store_broken(t, inside_put(t->mdb, t->store->dbi[table], table, key, value, flags));
}

enum err store_put(struct txn *t, enum table table, struct span key, struct span value)
{
	return put(t, table, key, value, 0);
}

enum err store_add(struct txn *t, enum table table, struct span key, struct span value)
{
	return put(t, table, key, value, MDB_NOOVERWRITE);
}

enum err store_get(struct txn *t, enum table table, struct span key, struct span *value)
{
	MDB_val k = inside_val(key), v;

	if (key.n == 0 || key.n > STORE_KEY)
		return ERR_INVALID;
	int rc = mdb_get(t->mdb, t->store->dbi[table], &k, &v);
	if (rc != 0)
		return store_broken(t, rc);
	return inside_row(table, k, v, value);
}

enum err store_drop(struct txn *t, enum table table, struct span key)
{
	MDB_val k = inside_val(key);

	if (key.n == 0 || key.n > STORE_KEY)
		return ERR_INVALID;
	if (t->failed != OK)
		return t->failed;
	enum err e = store_broken(t, mdb_del(t->mdb, t->store->dbi[table], &k, NULL));
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err store_count(struct txn *t, enum table table, uint64_t *out)
{
	MDB_stat stat;
	int rc = mdb_stat(t->mdb, t->store->dbi[table], &stat);

	if (rc != 0)
		return store_broken(t, rc);
	*out = stat.ms_entries;
	return OK;
}

enum err store_next_number(struct txn *t, const char *word, uint64_t *out)
{
	struct span key = SPAN(word, strlen(word)), value = {0};
	uint8_t bytes[8];
	uint64_t next = 1;
	enum err e = store_get(t, TABLE_META, key, &value);

	if (e == OK) {
		if (value.n != 8)
			return ERR_CORRUPT;
		next = get_u64be(value.p);
		if (next == 0 || next == UINT64_MAX)
			return ERR_LIMIT;
	} else if (e != ERR_NOT_FOUND) {
		return e;
	}
	put_u64be(bytes, next + 1);
	if ((e = store_put(t, TABLE_META, key, SPAN(bytes, sizeof bytes))) == OK)
		*out = next;
	return e;
}

enum err store_copy(struct store *s, int fd)
{
	return store_code(mdb_env_copyfd2(s->env, fd, MDB_CP_COMPACT));
}

/* ---- figures ---- */

struct readers {
	uint64_t count, oldest;
};

/* LMDB tells of its readers only as lines of text: process, thread, transaction ("-": none at present). */
static int read_line(const char *line, void *ctx)
{
	struct readers *r = ctx;
	unsigned long long txnid;
	int pid;

	if (sscanf(line, "%d %*s %llu", &pid, &txnid) == 2) {
		r->count++;
		if (txnid < r->oldest)
			r->oldest = txnid;
	}
	return 0;
}

static uint64_t disk_free(MDB_env *env)
{
	struct statvfs v;
	const char *path;

	if (mdb_env_get_path(env, &path) != 0 || statvfs(path, &v) != 0)
		return UINT64_MAX;
	return (uint64_t)v.f_bavail * v.f_frsize;
}

enum err store_figures(struct store *s, struct store_figures *out)
{
	struct readers readers = {0, UINT64_MAX};
	struct store_figures f = {0};
	struct txn *t;
	MDB_envinfo info;
	MDB_stat stat;
	int dead, rc;

	/* Before our own transaction, so that it does not count itself. */
	if ((rc = mdb_reader_check(s->env, &dead)) != 0 || (rc = mdb_env_info(s->env, &info)) != 0)
		return store_code(rc);
	if (mdb_reader_list(s->env, read_line, &readers) < 0)
		return ERR_IO;
	if ((rc = mdb_env_stat(s->env, &stat)) != 0)
		return store_code(rc);
	f.bytes_used = (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
	f.map_size = info.me_mapsize;
	f.disk_free = disk_free(s->env);
	f.readers = readers.count;
	f.oldest_reader_lag = readers.count && readers.oldest < info.me_last_txnid ? info.me_last_txnid - readers.oldest : 0;
	enum err e = store_read(s, &t);
	if (e != OK)
		return e;
	if ((e = store_count(t, TABLE_RECORDS, &f.records)) == OK && (e = store_count(t, TABLE_LOGS, &f.logs)) == OK)
		e = store_count(t, TABLE_ENTRIES, &f.entries);
	store_abort(t);
	if (e == OK)
		*out = f;
	return e;
}

uint64_t store_version(struct store *s)
{
	MDB_envinfo info = {0};

	return mdb_env_info(s->env, &info) == 0 ? info.me_last_txnid : 0; /* it fails for a NULL alone */
}
