/* sync.h - how one log flows to one reader: the author's side keeps a cursor, sends ahead within a window, and is moved by what the reader says it
 * holds. Pure state, no I/O. Both sides first compare one hash over their heads; only when it differs do the heads themselves travel. */
#ifndef TALLY_SYNC_H
#define TALLY_SYNC_H

#include "proto/limits.h"
#include "keys/bytes.h"

struct sync_head { /* of one log, as one side holds it */
	struct id log;
	uint64_t n;        /* newest entry held */
	uint64_t receipted; /* the author: by the newest receipt it holds; the reader: by its own newest receipt */
};

/* Over the heads ascending by log: sum = B2b("tally.sum.v1", sum before or zeros, log, u64be n, u64be receipted). Sorts heads in place. */
void sync_summary(struct sync_head *heads, size_t count, struct id *out);

#define SYNC_SENT 64 /* messages in flight per log */

struct sync_log {
	struct id log;
	uint32_t no;     /* the store's number */
	bool known;      /* we know what the reader holds */
	int64_t rewound; /* when the reader last made us begin again, steady */
	uint64_t head;   /* newest we have */
	uint64_t cursor; /* newest we have sent, or that the reader has */
	uint64_t acked;  /* the reader holds durably up to here */
	size_t bytes;    /* in flight */
	size_t count;    /* messages in flight */
	struct {
		uint64_t n;
		size_t bytes;
	} sent[SYNC_SENT];
};

void sync_start(struct sync_log *l, uint64_t reader_holds); /* also when a reader asks again from a place: rewinds */
bool sync_next(const struct sync_log *l, uint64_t *n);      /* the next entry to send, if the window allows */
void sync_sent(struct sync_log *l, uint64_t n, size_t bytes); /* everything up to n went out in one message */
void sync_acked(struct sync_log *l, uint64_t n);

#endif
