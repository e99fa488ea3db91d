/* rows.h - local rows: maps by a field table, packed, under a short key. They are register and bookkeeping, unsigned, and have no wire
 * encoding at all, so that leaking them is impossible by construction. The field tables stand here: store check and dump read by them. */
#ifndef TALLY_ROWS_H
#define TALLY_ROWS_H

#include "proto/fields.h"
#include "store/store.h"

extern const struct vocab vocab_partner_state;
enum partner_state { PARTNER_PENDING = 1, PARTNER_ACTIVE, PARTNER_SUSPENDED, PARTNER_REMOVED }; /* the words of vocab_partner_state */

extern const struct vocab vocab_consortium_state;
enum consortium_state { CONSORTIUM_PROPOSED = 1, CONSORTIUM_INVITED, CONSORTIUM_JOINED, CONSORTIUM_LEFT }; /* the words of vocab_consortium_state */

extern const struct field partner_fields[];
extern const struct field invite_fields[];
extern const struct field consortium_fields[];
extern const struct field address_fields[];
extern const struct field operation_fields[];
extern const struct field proven_fields[]; /* of a contradiction */

const struct field *rows_fields(enum table table, struct span key); /* NULL: no row of ours */

enum err rows_put(struct txn *t, enum table table, struct span key, const struct value *row) MUST;
enum err rows_get(struct txn *t, enum table table, struct span key, struct arena *a, const struct value **out) MUST; /* a copy in the arena */
enum err rows_value(struct span packed, struct arena *a, const struct value **out) MUST; /* of a walk over such a table; a copy in the arena */
enum err rows_drop(struct txn *t, enum table table, struct span key) MUST;

enum err operations_add(struct txn *t, int64_t time, const char *who, const char *what, const char *about) MUST;

#endif
