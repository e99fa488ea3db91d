/* store.h - LMDB and nothing else knows it. One environment, one writer, default synchronous commits: what store_commit returned OK for
 * survives SIGKILL and power loss. LMDB has no checksums: each row carries one, and a row whose sum is wrong is ERR_CORRUPT to whoever reads it;
 * check.h hashes and verifies everything again.
 * Bytes read are borrowed until the transaction ends or writes. A long reader keeps the file growing: transactions are short, and
 * store_open clears readers that died. */
#ifndef TALLY_STORE_H
#define TALLY_STORE_H

#include "keys/bytes.h"
#include "store/tables.h"

#define STORE_SCHEMA 4u /* 2: the local kinds beside suppliers; 3: contradictions; 4: consortia */
#define STORE_KEY 511 /* longest key, bytes */
#define STORE_MAP_DEFAULT (64ull << 30) /* address space, not disk; sparse */

struct store;
struct txn;

struct store_config {
	const char *path;  /* folder; made 0700 unless readonly */
	uint64_t map_size; /* 0: the default */
	bool readonly;     /* another process may be writing */
	bool existing;     /* ERR_NOT_FOUND where there is none, instead of making one */
	void (*say)(void *ctx, const char *problem); /* with ERR_CORRUPT: what is damaged, a sentence each; may be NULL */
	void *ctx;
};

/* Every page that LMDB would follow is looked at first (pages.h): LMDB never sees a damaged one. That is a second of CPU and one reading a gigabyte.
 * ERR_NOT_FOUND (readonly or existing, and nothing there), ERR_VERSION (made by a newer version: nothing was touched), ERR_OLDER
 * (readonly, and an older version made it: who opens it for writing brings it forward), ERR_LOCKED
 * (another process has it open for writing), ERR_CORRUPT, ERR_SPACE, ERR_DENIED, ERR_IO. */
enum err store_open(const struct store_config *config, struct store **out) MUST;
void store_close(struct store *s);

enum err store_read(struct store *s, struct txn **out) MUST;
enum err store_write(struct store *s, struct txn **out) MUST;
enum err store_nest(struct txn *parent, struct txn **out) MUST; /* inside a write: commit keeps it within the parent, abort undoes only it */
enum err store_commit(struct txn *t) MUST; /* t is gone whatever it returns. ERR_SPACE: disk or map full, nothing changed */
void store_abort(struct txn *t);           /* NULL is fine */

enum err store_put(struct txn *t, enum table table, struct span key, struct span value) MUST; /* replaces */
enum err store_add(struct txn *t, enum table table, struct span key, struct span value) MUST; /* ERR_CONFLICT if there */
enum err store_get(struct txn *t, enum table table, struct span key, struct span *value) MUST; /* ERR_NOT_FOUND */
enum err store_drop(struct txn *t, enum table table, struct span key) MUST; /* OK when it was not there */
enum err store_count(struct txn *t, enum table table, uint64_t *out) MUST; /* its rows */
enum err store_next_number(struct txn *t, const char *word, uint64_t *out) MUST; /* 1, 2, 3 ... under a word of meta */

/* All of it as of one moment, whoever writes meanwhile, to this descriptor from where it stands; free pages are left out. */
enum err store_copy(struct store *s, int fd) MUST;

/* Walk the keys that begin with a prefix, ascending or descending. Do not write to the walked table meanwhile.
 *   struct walk w; e = walk_open(t, TABLE_X, prefix, false, &w); while (e == OK && walk_next(&w)) use(w.key, w.value); e = walk_close(&w, e); */
struct walk {
	struct span key, value;
	enum err failed;   /* OK when walk_next said false because there was no more; ERR_CORRUPT: key says at which row, when it can */
	struct txn *txn;   /* the rest is private */
	enum table table;
	void *cursor;
	uint8_t prefix[80];
	size_t prefix_n;
	bool back, begun;
};

/* Prefix <= 80 bytes; on failure *out is an ended walk */
enum err walk_open(struct txn *t, enum table table, struct span prefix, bool back, struct walk *out) MUST;
void walk_seek(struct walk *w, struct span key); /* ascending only: the next is the first >= key; key has the prefix */
bool walk_next(struct walk *w);
enum err walk_close(struct walk *w, enum err e) MUST; /* e when that is an error, else what the walk met: OK at its end, or left early */

struct store_figures {
	uint64_t bytes_used, map_size, records, logs, entries;
	uint64_t disk_free; /* bytes its file system gives us; UINT64_MAX: it does not say */
	uint64_t readers, oldest_reader_lag; /* transactions the oldest reader is behind */
};
enum err store_figures(struct store *s, struct store_figures *out) MUST;
uint64_t store_version(struct store *s); /* another with each commit that changed something */

#endif
