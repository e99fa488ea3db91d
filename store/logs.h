/* logs.h - logs, their entries, receipts over them, and the exceptions we owe their authors. */
#ifndef TALLY_LOGS_H
#define TALLY_LOGS_H

#include "proto/entry.h"
#include "proto/merkle.h"
#include "proto/message.h"
#include "proto/receipt.h"
#include "store/store.h"

enum log_state { /* ours alone are ever anything but open */
	LOG_OPEN,
	LOG_CLOSED, /* a later incarnation follows: no more entries are appended here */
	LOG_STOPPED /* somebody holds of it what we do not: nothing is appended until the operator has said that a new incarnation may begin */
};

struct log_row {
	uint32_t no; /* local number */
	struct id id, author, target;
	uint64_t kseq, incarnation;
	enum audience type;
	uint64_t n;        /* newest entry held; 0: none */
	struct id head;    /* hash of entry n, or the log id */
	int64_t head_time; /* time of entry n as its author states */
	enum log_state state;
	uint64_t frozen;   /* lowest n of a proven fork; 0: none */
};

enum err logs_get(struct txn *t, const struct id *log, struct log_row *out) MUST;
enum err logs_by_no(struct txn *t, uint32_t no, struct log_row *out) MUST;
enum err logs_put(struct txn *t, struct log_row *row) MUST; /* no == 0: given the next number, indexed */
/* The log of this author to this audience with the highest incarnation; ERR_NOT_FOUND. */
enum err logs_current(struct txn *t, const struct id *author, enum audience type, const struct id *target, struct log_row *out) MUST;
enum err logs_walk(struct txn *t, struct walk *out) MUST;
enum err logs_walk_audience(struct txn *t, const struct id *author, enum audience type, const struct id *target, struct walk *out) MUST;
bool logs_next(struct walk *w, struct log_row *out);                          /* of logs_walk */
bool logs_next_no(struct walk *w, uint32_t *no);                              /* of logs_walk_audience */

struct entry_row {
	uint32_t log;
	uint64_t n;
	int64_t received; /* or made, for our own */
	struct span payload, signature;
	size_t records;
	uint64_t record[256]; /* record numbers in order */
};

enum err entries_put(struct txn *t, const struct entry_row *row) MUST; /* ERR_CONFLICT if there */
enum err entries_get(struct txn *t, uint32_t log, uint64_t n, struct entry_row *out) MUST; /* borrows payload and signature */
/* As it travels; the arena owns the tree, the bytes are borrowed from the transaction. */
enum err entries_carry(struct txn *t, uint32_t log, uint64_t n, struct arena *a, struct carried_entry *out) MUST;

/* The path from the record at index up to the entry's root. ERR_CORRUPT: no such record in it. */
enum err entries_path(struct txn *t, const struct entry_row *row, uint16_t index, struct id path[static MERKLE_PATH], size_t *length) MUST;

struct receipt_row {
	uint32_t log;
	struct id receiver;
	uint64_t n;       /* the place it goes up to */
	int64_t received; /* or made, for our own */
	struct span payload, signature;
};

/* All are kept: the first that covers a record says since when it is held, the newest which exceptions are still open. Several at one place
 * stand in the order in which they came: one that a clock set back calls older is kept with the next free ms after the last. */
enum err receipts_put(struct txn *t, const struct receipt_row *row) MUST;
enum err receipts_forget(struct txn *t, uint32_t log, const struct id *receiver) MUST; /* all of this one's */
enum err receipts_read(struct span key, struct span value, struct receipt_row *out) MUST; /* ERR_CORRUPT */
enum err receipts_newest(struct txn *t, uint32_t log, const struct id *receiver, struct receipt_row *out) MUST; /* ERR_NOT_FOUND */
struct receipt_of { /* one record at its place, and whose receipt */
	uint32_t log;
	const struct id *receiver;
	uint64_t n;
	uint16_t index;
};
/* The first that says the record is held (*code VERDICT_GOOD; later ones do not take that back), else the newest, which lists it as an exception
 * (*code). ERR_NOT_FOUND: none speaks of it. */
enum err receipts_about(struct txn *t, const struct receipt_of *of, struct receipt_row *out, uint8_t *code) MUST;
enum err receipts_walk(struct txn *t, uint32_t log, struct walk *out) MUST;
bool receipts_next_receiver(struct walk *w, struct id *out); /* each organisation that gave any, once */

enum err exceptions_put(struct txn *t, uint32_t log, const struct exception *x) MUST;
enum err exceptions_clear(struct txn *t, uint32_t log, uint64_t n, uint16_t index) MUST;
/* All open ones of a log, ascending; ERR_LIMIT when there are more than LIMIT_EXCEPTIONS. */
enum err exceptions_all(struct txn *t, uint32_t log, struct arena *a, struct exception **out, size_t *count) MUST;

/* Entries that cannot be judged yet wait here, bounded per author. */
/* ERR_LIMIT: quota */
enum err parked_put(struct txn *t, const struct id *author, const struct id *log, uint64_t n, const struct carried_entry *e) MUST;
/* Copies into the arena */
enum err parked_get(struct txn *t, const struct id *author, const struct id *log, uint64_t n, struct arena *a, struct carried_entry *out) MUST;
/* The first that waits at this place or behind it: log and n go to its own. Zeros: from the beginning. */
enum err parked_from(struct txn *t, const struct id *author, struct id *log, uint64_t *n) MUST; /* ERR_NOT_FOUND */
enum err parked_drop(struct txn *t, const struct id *author, const struct id *log, uint64_t n) MUST;

#endif
