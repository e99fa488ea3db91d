/* tables.h - the table of tables: every LMDB database with its key and value. Numbers in keys are big-endian so that they sort.
 * Bytes of records and entries live under ascending numbers (MDB_APPEND speed); random keys stay small. All indexes are written in the
 * transaction that writes what they index. */
#ifndef TALLY_TABLES_H
#define TALLY_TABLES_H

/* X(name, LMDB name, key, value). Only ever appended to: a table's place is in the sum of each of its rows. */
#define TABLE_TABLE(X)                                                                                                     \
	X(TABLE_META, "meta", "word", "value: schema u32, created i64, org 32, next record u64, next log u64, next operation u64") \
	X(TABLE_RECORDS, "records", "record number u64", "received i64, id 32, state u8 (0 here, 1 only the id came, 2 dropped), payload") \
	X(TABLE_RECORD_IDS, "record_ids", "record id 32", "record number u64")                                                 \
	X(TABLE_BY_KIND, "by_kind", "kind u16, record number u64", "")                                                         \
	X(TABLE_BY_THREAD, "by_thread", "id of the thread's first record 32, record number u64", "")                           \
	X(TABLE_BY_REF, "by_ref", "id referred to 32, record number u64", "")                                                  \
	X(TABLE_OCCURRENCES, "occurrences", "record number u64, log number u32, n u64, index u16", "verdict u8, received i64") \
	X(TABLE_LOGS, "logs", "log number u32", "log row, fixed: see logs.c")                                                  \
	X(TABLE_LOG_IDS, "log_ids", "log id 32", "log number u32")                                                             \
	X(TABLE_LOG_AUDIENCE, "log_audience", "author 32, type u8, target 32, log number u32", "")                             \
	X(TABLE_ENTRIES, "entries", "log number u32, n u64", "received i64, signature 64, count u16, record numbers u64 each, payload") \
	X(TABLE_UNLOGGED, "unlogged", "audience type u8, target 32, record number u64", "")                                    \
	X(TABLE_RECEIPTS, "receipts", "log number u32, receiver 32, n u64, received i64", "signature 64, payload")            \
	X(TABLE_EXCEPTIONS, "exceptions", "log number u32, n u64, index u16 (65535: the whole entry)", "code u8")              \
	X(TABLE_PARKED, "parked", "author 32, log id 32, n u64", "carried entry, packed; under the author alone: bytes u64, records u64") \
	X(TABLE_STATEMENTS, "statements", "organisation 32, kseq u64", "root signature 64, sign signature 64, payload")        \
	X(TABLE_PARTNERS, "partners", "organisation 32", "partner row, packed")                                                \
	X(TABLE_INVITES, "invites", "selector 16", "invite row, packed (the secret is in the vault)")                          \
	X(TABLE_SUPPLIERS, "suppliers", "name", "supplier row, packed")                                                        \
	X(TABLE_SUPPLIER_HISTORY, "supplier_history", "name, 0, version u64", "supplier row as it was, packed")                \
	X(TABLE_SETS, "sets", "name", "record id 32 of the requirement set it names")                                          \
	X(TABLE_EVIDENCE, "evidence", "id of the log 32", "two carried entries, packed")                                       \
	X(TABLE_OPERATIONS, "operations", "operation number u64", "what the operator did: row, packed")                        \
	X(TABLE_LOCALS, "locals", "local kind u8, name", "row of that kind, packed (locals.h)")                                \
	X(TABLE_LOCAL_HISTORY, "local_history", "local kind u8, name, 0, version u64", "row as it was, packed")                 \
	X(TABLE_CONTRADICTIONS, "contradictions", "organisation 32, kind u8, id of the log 32 or hash of the statement before", "row, packed") \
	X(TABLE_CONSORTIA, "consortia", "consortium 32", "what we know and do there: row, packed")                             \
	X(TABLE_ROSTERS, "rosters", "consortium 32, hash of the event 32", "decided event with its signatures, packed")        \
	X(TABLE_PROPOSALS, "proposals", "consortium 32, hash of the event 32", "event that lacks signatures, packed")          \
	X(TABLE_ADDRESSES, "addresses", "organisation 32", "where it says it can be dialled: row, packed")

enum table {
#define X(name, lmdb, key, value) name,
	TABLE_TABLE(X)
#undef X
	TABLE_COUNT
};

#endif
