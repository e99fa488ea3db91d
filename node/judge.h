/* judge.h - what ingest thinks of one record in one entry. Depends on signed bytes only, but for "dated ahead", which is ours alone. */
#ifndef TALLY_JUDGE_H
#define TALLY_JUDGE_H

#include "node/core_state.h"

/* *inner: of a forward that verifies, the author's own record inside; else empty. A forward against TLP has one too: it is kept and flagged.
 * A lack of memory breaks the turn. */
enum verdict judge_record(struct core *c, const struct entry *e, const struct carried_record *r, struct span *inner);
enum err judge_opening(const struct entry *e, const struct carried_entry *in, struct arena *a, bool *opens) MUST; /* entry 1: exactly its log.open */

/* The author's own words inside a forward: verified from the forward's own bytes alone, and allowed by TLP to go this one step. */
enum err judge_forward(const struct record *forward, struct arena *a, enum verdict *v, struct span *inner) MUST; /* ERR_MEMORY only */

#endif
