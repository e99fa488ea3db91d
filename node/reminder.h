/* reminder.h - reminding partners by itself, where that is configured: the call incident.remind_due, once a minute. Nothing is remembered of it
 * here: whom it reminded, and when, stands in the records that it said. */
#ifndef TALLY_REMINDER_H
#define TALLY_REMINDER_H

#include "node/host.h"

struct reminder { /* zeros: it reminds nobody */
	bool on;
	int64_t next; /* steady */
};
void reminder_turn(struct reminder *r, struct core *c, const struct host *host); /* inside a turn */

#endif
