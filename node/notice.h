/* notice.h - what people are told: that a record came, that something is due within a day or overdue, that a partner is silent, that the node raised
 * an alarm. Nothing of it is queued: it stands in the store already, and how far people were told is a row of three numbers. So telling survives a
 * restart, costs no room, and what was told but not yet noted is told again under the same id. */
#ifndef TALLY_NOTICE_H
#define TALLY_NOTICE_H

#include <jansson.h>

#include "node/core.h"

#define NOTICE_ITEMS 50  /* most of one notice; more come with the next */
#define NOTICE_BEHIND 1000 /* further behind, only how many were missed is told */
#define NOTICE_SOON_MS (24ll * 60 * 60 * 1000)
#define NOTICE_SILENT_MS (24ll * 60 * 60 * 1000)

struct notice_mark { /* how far it was told */
	uint64_t record, operation; /* numbers */
	int64_t time; /* ms: of deadlines and of silence */
};

/* Inside a turn. Where nothing was ever told, from now on: ERR_NOT_FOUND, and *out is the mark to begin with. */
enum err notice_mark_read(struct core *c, struct notice_mark *out) MUST;
enum err notice_mark_write(struct core *c, const struct notice_mark *mark) MUST;
/* What there is to tell after a mark; *out NULL: nothing. *to is the mark to write once it was told. times: deadlines and silence too, which costs a
 * look at all that is held. */
enum err notice_next(struct core *c, const struct notice_mark *from, bool times, json_t **out, struct notice_mark *to) MUST;

#endif
