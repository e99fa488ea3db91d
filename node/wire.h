/* wire.h - byte streams for the one loop thread: nng's threads move bytes and put events on a queue, nothing else. Only nng's
 * stream layer is used, never a pattern socket (docs/design.md says why).
 *   wire_open -> wire_listen* -> { wire_take -> wire_dial | wire_write | wire_hangup } -> wire_close
 * All functions but wire_wake belong to the loop thread. Never fork after wire_open. Connection ids are never reused; calls
 * with the id of a connection that is gone do nothing. */
#ifndef TALLY_WIRE_H
#define TALLY_WIRE_H

#include "keys/bytes.h"

#define WIRE_UNSENT (8u * 1024u * 1024u)      /* over it, in more than one write, the partner does not read: it is closed */
#define WIRE_UNSENT_HIGH (1024u * 1024u)      /* having been above, a connection tells when it is below WIRE_UNSENT_LOW */
#define WIRE_UNSENT_LOW (256u * 1024u)
#define WIRE_UNTAKEN (256u * 1024u)           /* a connection's bytes not taken by the loop: reading pauses. Bounds what one partner adds to a turn */
#define WIRE_UNTAKEN_ALL (64u * 1024u * 1024u) /* of all connections together */
#define WIRE_FLUSH_MS 10000                   /* how long wire_hangup after flush waits for the partner to read */
#define WIRE_REMOTE 64

enum wire_event_type {
	WIRE_ACCEPTED,    /* conn, tag (of the door), remote. Reading starts when this event is taken, or has (mute_ms) */
	WIRE_DIALLED,     /* conn, dial, remote */
	WIRE_DIAL_FAILED, /* dial, why, text */
	WIRE_BYTES,       /* conn, bytes */
	WIRE_DRAINED,     /* conn: may be written to again */
	WIRE_CLOSED,      /* conn, why (OK: hung up by either side), text. Exactly one for each connection, its last */
	WIRE_WOKEN        /* wire_wake was called, once or more */
};

struct wire_event {
	struct wire_event *next;
	enum wire_event_type type;
	int tag;
	uint64_t conn, dial;
	struct buf bytes; /* the receiver may move it out, leaving {0} */
	enum err why;
	const char *text; /* static words for the log */
	char remote[WIRE_REMOTE]; /* "192.0.2.1:7707", "[2001:db8::1]:7707", "local" */
};

struct wire;

enum err wire_open(struct wire **out) MUST;
void wire_close(struct wire *w); /* stops everything, waits for nng's callbacks, frees; NULL is fine */

struct wire_door {
	const char *address; /* "tcp://HOST:PORT" (port 0: any free one) or "ipc:///PATH" */
	int tag;
	unsigned most; /* connections at once; those above are closed on arrival */
	int mute_ms;   /* 0: connections are told of on arrival. Else when they have said something: who is mute for so long is closed
	                * and was never heard of, and when the door is full the oldest mute one gives way */
};
/* *port: the bound one, 0 for ipc. An ipc door is 0600 and lets in nobody but our own user; a stale socket file is replaced, and
 * a path too long for the kernel is reached through its folder.
 * ERR_BUSY taken, ERR_INVALID no such address, ERR_DENIED, ERR_IO. */
enum err wire_listen(struct wire *w, const struct wire_door *door, uint16_t *port) MUST;

/* Ends in one WIRE_DIALLED or WIRE_DIAL_FAILED (ERR_EXPIRED after timeout_ms) with this dial number. ERR_INVALID: no such
 * address. */
enum err wire_dial(struct wire *w, const char *address, uint64_t dial, int timeout_ms) MUST;

/* Waits until something is there or the time is over (-1: for ever), then gives ALL that is waiting, oldest first; *list is
 * NULL when the time is over. Free it with wire_events_free. */
enum err wire_take(struct wire *w, int timeout_ms, struct wire_event **list) MUST;
void wire_events_free(struct wire_event *list);

void wire_write(struct wire *w, uint64_t conn, struct buf *take_over); /* leaves {0}; in order */
bool wire_everywhere(const char *host, size_t n); /* all addresses of this machine: where to listen, and nowhere that a partner could dial */
size_t wire_unsent(struct wire *w, uint64_t conn);                     /* queued, not yet with the kernel */
void wire_hangup(struct wire *w, uint64_t conn, bool after_flush);     /* WIRE_CLOSED follows; bytes coming meanwhile are lost */
void wire_deadline(struct wire *w, uint64_t conn, int ms);             /* closed with ERR_EXPIRED after ms of silence; 0: never */
void wire_wake(struct wire *w);                                        /* from any thread or signal handler */

#endif
