/* theirkeys.h - the key statements of others, by whichever door they come: in a session, or on a card. A chain that goes on from the one that is
 * held is taken from anybody, since it proves itself. Part of the core; called inside a turn. */
#ifndef TALLY_THEIRKEYS_H
#define TALLY_THEIRKEYS_H

#include "node/core.h"

/* One statement. OK when it is held, now or already; *fresh: it is new here. ERR_CONFLICT: it does not go on from what is held, or contradicts it. */
enum err theirkeys_take(struct core *c, const struct id *org, const struct signed_statement *in, bool *fresh) MUST;
/* There are fresh ones: what waited for them is judged, and whoever goes on speaking under a link key of before is hung up on: it may be anybody. */
enum err theirkeys_changed(struct core *c, const struct id *org) MUST;

#endif
