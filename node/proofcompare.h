/* proofcompare.h - "partner compare": two relationship files held against each other; no node, no store, no network. */
#ifndef TALLY_PROOFCOMPARE_H
#define TALLY_PROOFCOMPARE_H

#include <jansson.h>

#include "keys/err.h"

/* Items {id, kind, from, created, only: which file has it}; "problems" when they differ or one of them is no valid proof. A file that cannot be
 * read: its error, and *bad its path. */
enum err proofcompare_files(const char *one, const char *other, json_t **out, const char **bad) MUST;

#endif
