/* loop.h - the node as a process: one thread that owns all state, one turn after the other.
 *   take all that is waiting -> apply in one write transaction -> commit -> release what may leave now
 * Runs in the foreground until SIGTERM, SIGINT or the api's node.stop. Call it before anything else starts threads; never fork after. */
#ifndef TALLY_LOOP_H
#define TALLY_LOOP_H

#include "keys/secret.h"
#include "node/host.h"

struct loop_config {
	const char *home;       /* absolute */
	struct secret **passphrase; /* of the vault; NULL, or pointing to NULL: none. Freed, and NULL then, once the vault has its own copy */
	uint64_t map_size;      /* 0: the default */
	enum host_level level;
	struct clockwork *clocks;  /* clockwork.h; must outlive it. NULL: the shipped profiles. Read again at SIGHUP */
	size_t listens, advertises;
	const char *const *listen;    /* HOST:PORT; none: the node only dials */
	const char *const *advertise; /* HOST:PORT that partners are told; none: those listened on */
	bool remind;                  /* partners are reminded by itself (reminder.h) */
	const char *notify;           /* program that tells people; NULL: none */
	void (*ready)(void *ctx);     /* called once, when every door is open; may be NULL */
	void (*hangup)(void *ctx);    /* at SIGHUP, between two turns; may be NULL */
	void *ctx;
};

/* OK: ended in order. ERR_NOT_FOUND: no node in home. ERR_LOCKED: it runs already. ERR_BUSY: a port is taken. Any other: the store
 * takes nothing any more. *why says which and what to do. */
enum err loop_run(const struct loop_config *config, struct complaint *why) MUST;

#endif
