/* view_inbox.h - what a received record asks of us. */
#ifndef TALLY_VIEW_INBOX_H
#define TALLY_VIEW_INBOX_H

#include "node/view.h"

struct todo {
	bool open;       /* it waits for us */
	char state[120]; /* "unanswered", "acknowledged 2026-11-23" ... */
	char next[160];  /* the command to type; "" when nothing is needed */
};
enum err view_inbox_todo(struct view *v, const struct seen *s, struct todo *out) MUST;

#endif
