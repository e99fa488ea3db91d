/* orgs.h - what is known of organisations: their key statements. */
#ifndef TALLY_ORGS_H
#define TALLY_ORGS_H

#include "proto/statement.h"
#include "store/store.h"

/* ERR_CONFLICT: another payload is there */
enum err statements_put(struct txn *t, const struct id *org, uint64_t kseq, const struct signed_statement *s) MUST;
enum err statements_get(struct txn *t, const struct id *org, uint64_t kseq, struct signed_statement *out) MUST;
enum err statements_newest(struct txn *t, const struct id *org, struct signed_statement *out, struct statement *parsed) MUST;
enum err statements_walk(struct txn *t, const struct id *org, struct walk *out) MUST; /* ascending kseq */
bool statements_next(struct walk *w, struct signed_statement *out);

#endif
