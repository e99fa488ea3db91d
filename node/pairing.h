/* pairing.h - how two organisations become partners: an invitation, a first session, ten words compared by people on each side, and a pair
 * record of each naming the handshake that made their secret. Part of the core; called by the api inside a turn. */
#ifndef TALLY_PAIRING_H
#define TALLY_PAIRING_H

#include "node/core.h"
#include "proto/card.h"

struct pairing_offer {
	const char *name, *supplier; /* what we call the one who joins; its row in the register, or NULL */
	int64_t valid_ms;
};
enum err pairing_invite(struct core *c, const struct pairing_offer *o, struct buf *token, struct complaint *why) MUST; /* the token is appended */
/* Every open invitation of this name; *count: how many there were. ERR_NOT_FOUND: none. */
enum err pairing_withdraw(struct core *c, const char *name, size_t *count, struct complaint *why) MUST;

#define PAIRING_JOIN_MS 20000 /* an attempt to join is given up after this time */

/* Begins to dial. Then pairing_join_state tells how it goes until it is no longer ERR_PENDING. */
enum err pairing_join(struct core *c, const char *token, const char *name, struct id *org, struct complaint *why) MUST;
/* OK: they are a partner to be compared now; ERR_PENDING: still trying; else it failed. */
enum err pairing_join_state(struct core *c, const struct id *org, struct complaint *why) MUST;
/* words: what the other side read out; ERR_POLICY when they differ, which is remembered. *active: both sides have confirmed. */
enum err pairing_verify(struct core *c, const struct id *org, const char *words, bool *active, struct complaint *why) MUST;
enum err pairing_suspend(struct core *c, const struct id *org, struct complaint *why) MUST;
enum err pairing_resume(struct core *c, const struct id *org, struct complaint *why) MUST;
enum err pairing_remove(struct core *c, const struct id *org, struct complaint *why) MUST; /* secrets are dropped; logs and records stay */

/* In pairing_link.c. */
struct partner;
void pairing_name(struct core *c, struct partner *p, const char *wanted); /* what we call it: another name when this one is taken */

/* In pairing_card.c. A partner by its card alone, without a link: pending until the words are compared here, and until something signed to us shows
 * that they have compared ours. One that is there keeps its state; its newer key statements are taken. name: NULL: by what it calls itself.
 * ERR_CONFLICT: the card is our own. *contradicts: it has another statement than the one held; both are evidence, and nothing else is done. */
enum err pairing_card(struct core *c, const struct card *card, const char *name, bool *contradicts, struct complaint *why) MUST;

#endif
