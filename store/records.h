/* records.h - records by number, by id, and by what they are about. A record's bytes are stored once, whoever sent them how often; each
 * place where it stood in a log is an occurrence with its own verdict. */
#ifndef TALLY_RECORDS_H
#define TALLY_RECORDS_H

#include "proto/record.h"
#include "store/store.h"

struct record_row {
	uint64_t no;
	struct id id;
	int64_t received; /* when it was first stored here, ms */
	bool dropped;        /* its bytes were here and are gone for ever */
	struct span payload; /* empty: dropped, or only its id came */
};

struct occurrence {
	uint64_t record;
	uint32_t log;
	uint64_t n;
	uint16_t index;
	uint8_t verdict; /* enum verdict */
	int64_t received;
};

/* Stores the bytes under the next number and writes every index: kind, thread (its own id when it opens one), and everything
 * it refers to: parents, supersedes, and the REF fields of a known kind's body. fresh: false when it was here already.
 * Malformed payloads are stored without indexes. */
enum err records_put(struct txn *t, struct span payload, int64_t received, uint64_t *no, bool *fresh) MUST;
/* A number for a record of which only the id came. records_put fills in its bytes when they arrive, and then says fresh. */
enum err records_put_absent(struct txn *t, const struct id *id, int64_t received, uint64_t *no) MUST;
enum err records_drop(struct txn *t, uint64_t no) MUST; /* drops the bytes for ever; id, indexes and occurrences stay */
enum err records_by_id(struct txn *t, const struct id *id, struct record_row *out) MUST;
enum err records_by_no(struct txn *t, uint64_t no, struct record_row *out) MUST;
/* 6 to 64 hex digits; ERR_NOT_FOUND, ERR_CONFLICT (ambiguous), ERR_INVALID */
enum err records_find(struct txn *t, const char *hex, struct id *out) MUST;

/* Walks that yield record numbers; newest first when back. */
enum err records_walk_all(struct txn *t, bool back, struct walk *out) MUST;
enum err records_walk_kind(struct txn *t, int64_t kind, bool back, struct walk *out) MUST;
enum err records_walk_thread(struct txn *t, const struct id *thread, bool back, struct walk *out) MUST;
enum err records_walk_ref(struct txn *t, const struct id *to, bool back, struct walk *out) MUST;
bool records_next(struct walk *w, uint64_t *no);

/* The keys under which a record is found, from its bytes alone: how records_put writes them and how store check looks for them. */
struct record_index {
	enum table table;
	uint8_t key[40];
	size_t key_n;
};
struct record_indexes {
	struct record_index *p;
	size_t n;
};
enum err records_indexes(struct span payload, const struct id *id, uint64_t no, struct arena *a, struct record_indexes *out) MUST;

enum err occurrences_put(struct txn *t, const struct occurrence *o) MUST;
enum err occurrences_walk(struct txn *t, uint64_t record, struct walk *out) MUST;
bool occurrences_next(struct walk *w, struct occurrence *out);

#endif
