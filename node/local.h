/* local.h - the local door's framing: u32be length, then so many bytes of JSON, both ways. The node's side and the CLI's
 * share it. */
#ifndef TALLY_LOCAL_H
#define TALLY_LOCAL_H

#include "keys/bytes.h"

#define LOCAL_HEAD 4u
#define LOCAL_RESPONSE (64u * 1024u * 1024u) /* most a CLI takes in one answer */
#define LOCAL_SOCKET "tally.sock"            /* in the home folder */

struct local { /* bytes of one connection; start from {0}, end with local_free */
	struct buf in;
	size_t done; /* of in */
};

void local_free(struct local *l);
enum err local_feed(struct local *l, struct span bytes) MUST;

/* The next whole message, borrowed until the next local_feed; {NULL, 0} when there is none yet. ERR_LIMIT when one longer than
 * most is announced, ERR_SHAPE an empty one: hang up. Never allocates for more than has arrived. */
enum err local_next(struct local *l, size_t most, struct span *message) MUST;

enum err local_frame(struct span message, struct buf *out) MUST; /* appends length and message; ERR_SHAPE: empty */

#endif
