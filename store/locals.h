/* locals.h - local kinds: what an organisation writes down about its suppliers for itself. Not records: rows by a field table, unsigned, with
 * a version history, and no wire encoding at all. Each row has a name, unique in its kind, and says when it was created and changed.
 * Adding a local kind is adding one file (local_*.c) and one line in locals.c; commands, CSV, history and checks walk the table. */
#ifndef TALLY_LOCALS_H
#define TALLY_LOCALS_H

#include "store/rows.h"

#define LOCAL_NAME 64 /* longest name, bytes */

enum supplier_state { /* the words of vocab_supplier_state */
	SUPPLIER_PROSPECT = 1, SUPPLIER_ONBOARDING, SUPPLIER_ACTIVE, SUPPLIER_WATCH, SUPPLIER_EXITING, SUPPLIER_FORMER
};

struct local_kind {
	uint8_t number;   /* first byte of its keys, for ever; 0: suppliers, who had tables of their own before there were others */
	const char *name; /* "dependency": the noun of its commands */
	const char *summary;
	const struct field *fields; /* with name, created and changed */
	enum err (*check)(const struct value *row, struct complaint *why); /* what the table cannot say; NULL: nothing */
	void (*fill)(struct arena *a, struct value *row, int64_t now);     /* what is not stated and follows; NULL: nothing */
	const char *const *order; /* fields that sort a list, "-": the largest first; not stated last. Then the supplier's priority, the name */
	const char *const *shown; /* fields in a list, after the name */
};

extern const struct local_kind local_supplier, local_dependency, local_subcontractor, local_published, local_terms, local_access, local_awareness,
	local_assessment, local_support;
extern const struct field supplier_fields[], dependency_fields[], subcontractor_fields[], published_fields[], terms_fields[], access_fields[],
	awareness_fields[], assessment_fields[], support_fields[];
extern const struct vocab vocab_factor, vocab_substitutability, vocab_assessed;

const struct local_kind *locals_each(size_t i); /* NULL past the last */
const struct local_kind *locals_by_name(const char *name);
/* Of a key in TABLE_LOCALS or TABLE_LOCAL_HISTORY, and the name in it; NULL: none of ours. */
const struct local_kind *locals_of_key(enum table table, struct span key, struct span *name);

/* A copy in the arena. ERR_NOT_FOUND. */
enum err locals_get(struct txn *t, const struct local_kind *k, const char *name, struct arena *a, const struct value **out) MUST;
enum err locals_check(const struct local_kind *k, const struct value *row, struct complaint *why) MUST;
/* Every put with a changed row, and a removal, files the row as it was. */
enum err locals_put(struct txn *t, const struct local_kind *k, const char *name, const struct value *row) MUST;
enum err locals_drop(struct txn *t, const struct local_kind *k, const char *name) MUST; /* ERR_NOT_FOUND */
/* By name; values by rows_value. */
enum err locals_walk(struct txn *t, const struct local_kind *k, struct walk *w) MUST;
enum err locals_history(struct txn *t, const struct local_kind *k, const char *name, struct walk *w) MUST; /* newest first */
/* The next review from the tier: 12 months for critical and high, 24 for medium, 36 for low. Set where none is stated, and pulled
 * forward, never back, when pull. */
void local_supplier_due(struct arena *a, struct value *row, int64_t now, bool pull);
int64_t local_supplier_priority(const struct value *row); /* the smaller, the more important: tier, then factors; former ones last */
uint64_t locals_version(const struct walk *w); /* of a row of the history */

#endif
