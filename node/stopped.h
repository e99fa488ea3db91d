/* stopped.h - logs of ours that must not be written to any more, and the operator's yes to a new one. Part of the core; called inside a turn. */
#ifndef TALLY_STOPPED_H
#define TALLY_STOPPED_H

#include "node/core.h"

/* What the alarm says. It is no problem of its own: stopped_to tells whether it still holds. */
#define STOPPED_ALARM "our log to a partner has stopped: they hold what we do not; was this node restored from an old backup?"
/* how: what showed it, for the alarm. Nothing happens to a log that is not open. */
/* Returns from which place on they should be sent it again: behind what they receipted, when it is of a key before. UINT64_MAX: nothing. */
uint64_t stopped_log(struct core *c, const struct id *org, const struct id *log, const char *how);
enum err stopped_cut(struct core *c, const struct id *org) MUST; /* our stopped logs to them end here: a newer key begins one */
enum err stopped_to(struct core *c, const struct id *org, bool *stopped) MUST; /* is one of our logs to them? */
enum err stopped_restored(struct core *c) MUST; /* the store came out of a backup: closes every log of ours, in a turn of its own */
bool stopped_before(struct core *c, const struct id *org, uint64_t incarnation); /* was a log with this one begun before the operator's last yes? */
enum err stopped_reopen(struct core *c, const struct id *org, struct complaint *why) MUST; /* ERR_CONFLICT: none is */

#endif
