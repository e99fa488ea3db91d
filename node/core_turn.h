/* core_turn.h - what a turn collects beside its transaction: why it must not be kept, what is to be done after the commit, and what is
 * remembered of a failure. Part of the core. */
#ifndef TALLY_CORE_TURN_H
#define TALLY_CORE_TURN_H

#include "node/core.h"

struct peer;

/* What a handler wants done outside the store: a secret dropped, a partner dialled. Exactly one of the two is called, once: `done` after the commit
 * returned OK, in the order of asking; `undone` when the nest it was asked in is undone or the commit failed. They touch memory and the vault alone,
 * and say nothing to anybody: what is to be said they make due, and the tick of the next turn says it. Between the commit and its effects
 * a node may be killed: then memory is gone anyway, and secrets that nobody names are swept at the next start. */
struct effect {
	void (*done)(struct core *c, struct effect *e);   /* NULL: nothing to do */
	void (*undone)(struct core *c, struct effect *e); /* NULL: nothing to do */
	struct id org, h;   /* whom it is about, and which handshake */
	struct id record, file; /* an evidence and the hash of its file */
	char secret[80];    /* a name in the vault */
	struct peer *peer;  /* owned */
};

#define MEMORIES 8 /* most lines of a journal that one failing call leaves */

struct memory { /* a line of the journal that must survive its nest */
	const char *who, *what;
	char about[200];
};

struct turn { /* what is zero when a turn begins, and goes back to what it was when a nest is undone */
	enum err broken;  /* OK, or why the turn cannot commit */
	bool wrote;       /* something may be unlogged */
	size_t drained;   /* bytes of parked entries taken this turn: what is left must be asked for again */
	size_t touched;   /* logs that owe a receipt this turn */
	size_t effects, memories;
};

enum err core_effect(struct core *c, const struct effect *e) MUST;
/* A line of the journal that stays even when this nest fails; a turn that fails takes it along. who, what: static. At most MEMORIES of a nest. */
void core_remember(struct core *c, const char *who, const char *what, const char *about);
void core_break(struct core *c, enum err e); /* OK is fine; the first failure stays */
enum err core_touch(struct core *c, uint32_t log) MUST; /* it owes a receipt */

#endif
