/* keep.h - an entry that was found good as a whole goes into the store, with a verdict on each record of it. Part of the core, for ingest alone. */
#ifndef TALLY_KEEP_H
#define TALLY_KEEP_H

#include "node/core_state.h"

/* *v becomes QUOTA when nothing more of this kind is taken, and then nothing is kept. */
enum err keep_entry(struct core *c, const struct entry *e, const struct carried_entry *in, struct log_row *row, enum verdict *v) MUST;
/* One that is held comes again, with bytes that were kept back the first time. */
enum err keep_heal(struct core *c, const struct entry *e, const struct carried_entry *in, const struct log_row *row) MUST;
/* The records of one that is held are judged once more: a cut has moved. */
enum err keep_again(struct core *c, const struct log_row *row, uint64_t n) MUST;

#endif
