/* cut.h - where a newer key ended the earlier logs of its owner to one audience. The log.open of the lowest incarnation of each newer kseq decides:
 * of a log that it closes nothing beyond that place counts, of one that it does not name nothing at all. All is read from logs that are held, so that
 * every order of arrival ends in the same. What is cut stays where it is, and is shown as void. Part of the core. */
#ifndef TALLY_CUT_H
#define TALLY_CUT_H

#include "node/core_state.h"

/* Does this entry, held or about to be, stand beyond the end of its log? */
enum err cut_over(struct core *c, const struct log_row *log, uint64_t n, struct span payload, bool *over) MUST;
/* How many entries of what is held count. */
enum err cut_counted(struct txn *t, struct arena *a, const struct log_row *log, uint64_t *n) MUST;
/* A newer statement of its author is held, and that key's log to this audience is not here yet. */
enum err cut_waits(struct core *c, const struct entry *e, bool *waits) MUST;
enum err cut_judge(struct core *c, const struct log_row *log) MUST; /* one log again: more, or less, of it may be void than was */
/* A log under a newer key has come: the earlier ones to the same audience are judged again. */
enum err cut_apply(struct core *c, const struct log_row *opened) MUST;

#endif
