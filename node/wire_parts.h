/* wire_parts.h - what wire.c and wire_doors.c share. The only files that include nng. */
#ifndef TALLY_WIRE_PARTS_H
#define TALLY_WIRE_PARTS_H

#include <nng/nng.h>
#include <pthread.h>
#include <stdatomic.h>

#include "node/wire.h"

#define WIRE_CHUNK (16u * 1024u) /* read at once */
#define WIRE_FIRST 128u          /* as long as little comes: a crowd of strangers must not cost much */
#define WIRE_SLOT_BITS 16
#define WIRE_SLOTS (1u << WIRE_SLOT_BITS)
#define WIRE_NEVER INT64_MAX
#define WIRE_CROWD 128u /* when so many have come and most have gone, memory is given back */

/* Who frees what: only the loop thread frees connections, dials and doors, after nng_aio_stop has waited for their callbacks.
 * So a callback may use its argument to its end, and nng is not called under the lock to start or stop anything. */
struct conn {
	struct wire *w;
	struct door *door; /* NULL: dialled */
	uint64_t id;
	nng_stream *stream;
	nng_aio *rx, *tx;
	struct conn *prev, *next; /* of w->all */
	struct conn *dead_next, *start_next;
	struct wire_event *closed; /* made beforehand: this news is never lost */
	struct wire_event *news;   /* WIRE_ACCEPTED, held back while it is mute */
	struct wire_event *tail;   /* its last WIRE_BYTES while untaken: more bytes go in there */
	struct buf sending, pending;
	size_t sent;    /* of sending */
	size_t untaken;
	int64_t due;    /* closed for silence, or for not reading what we still have to say */
	int idle_ms;
	bool idle_rx, busy_tx, high, leaving, dead;
	bool much; /* came in the last reading */
	bool held; /* by who will start its reading: not freed before */
	uint8_t *in; /* WIRE_CHUNK, once there is much to read */
	uint8_t *reading; /* in or first */
	uint8_t first[WIRE_FIRST];
};

struct door {
	struct door *next;
	struct wire *w;
	nng_stream_listener *listener;
	nng_aio *aio;
	int folder; /* -1, or what an ipc path too long is reached through */
	struct wire_door like; /* its address is not kept */
	unsigned count;
	bool local, resting;
};

struct dial {
	struct dial *next;
	struct wire *w;
	nng_stream_dialer *dialer;
	nng_aio *aio;
	nng_stream *stream; /* handed out by nng, perhaps too early */
	int64_t until;
	struct wire_event *failed;
	uint64_t number;
	bool done;
};

struct wire {
	pthread_mutex_t lock; /* over what a callback and the loop thread both touch */
	int wake;             /* eventfd */
	atomic_bool woken;
	bool closing;
	struct wire_event *head, **end;
	size_t untaken;
	struct conn **slot; /* WIRE_SLOTS; a connection's id ends in its slot's number */
	struct conn *all;
	unsigned conns, crowd; /* in all, and the most since memory was given back */
	uint64_t serial;
	uint32_t last_slot;
	struct conn *dead;
	struct conn *start; /* read on when the loop is done with what it took */
	struct dial *dials;
	struct door *doors;
	int64_t next_due;
};

/* wire.c */
int64_t wire_clock(void); /* monotonic ms */
enum err wire_from_nng(int rv);
struct wire_event *wire_event_new(enum wire_event_type type);
void wire_push(struct wire *w, struct wire_event *ev); /* under the lock */
void wire_ring(struct wire *w);                        /* the loop thread comes round */

/* wire_conns.c. Takes over the stream, frees it on failure; on success ev is in the queue, or will be. Reading starts when the loop
 * has taken it. */
enum err wire_conns_adopt(struct wire *w, nng_stream *stream, struct door *door, struct wire_event *ev) MUST;
void wire_conns_read(struct conn *c);                               /* outside the lock */
bool wire_conns_next(struct conn *c); /* under the lock: puts what is to be sent next into the aio */
size_t wire_conns_unsent(const struct conn *c);                     /* under the lock */
void wire_conns_kill(struct conn *c, enum err why, const char *text); /* under the lock; the loop thread frees it later */
void wire_conns_free(struct conn *c);
bool wire_conns_remote(nng_stream *s, char out[static WIRE_REMOTE]); /* false: not connected */

/* wire_doors.c */
enum err wire_doors_listen(struct wire *w, const struct wire_door *door, uint16_t *port) MUST;
enum err wire_doors_dial(struct wire *w, const char *address, uint64_t number, int timeout_ms) MUST;
void wire_doors_reap(struct wire *w);  /* frees the dials that are done */
void wire_doors_close(struct wire *w); /* frees all, done or not */

#endif
