/* returned.h - entries of ours that a partner still holds and this node does not: it was put back to an earlier state, or a copy of it runs. Once the
 * operator has said that the earlier state is gone, they come back into the log that was closed; until then only the first entry of a log that we
 * do not know is taken, which says no more than that there is such a log. Part of the core; called inside a turn.
 *
 * The yes comes first because whoever stole our sign key could sign such entries too: after a compromise nothing of an old key comes back. */
#ifndef TALLY_RETURNED_H
#define TALLY_RETURNED_H

#include "node/core_state.h"
#include "node/ingest.h"

void returned_ask(struct core *c, struct session *s, const struct id *log, uint64_t from); /* WANT */
enum err returned_reopened(struct core *c, const struct id *org) MUST; /* the yes was given: once that is committed they are asked, if linked */
void returned_all(struct core *c, struct session *s); /* when that is due: asks for the rest of every log that is closed */
enum err returned_lost(struct core *c, struct session *s, uint32_t no) MUST; /* they hold more of this log of ours: asks when it is closed */
/* An entry that they brought: ours, or for ingest(). *back: the log into which one of ours came back. */
enum err returned_entry(struct core *c, struct session *s, const struct carried_entry *in, struct ingest_result *out, struct id *back) MUST;
void returned_more(struct core *c, struct session *s, const struct id *log); /* something came back: asks for what follows */

#endif
