/* card.h - an organisation's card: its key statements and where its node can be dialled, as a small file to be handed over by any way people choose.
 * It verifies by itself as far as its keys go; whose it is only the ten words tell. Addresses are unsigned hints, as in KEYS.
 * A canonical map: {0 "tally card", 1 version 1, 2 statements [{0 payload, 1 root_sig, 2 sign_sig}], 3 addresses [host:port]}. */
#ifndef TALLY_CARD_H
#define TALLY_CARD_H

#include "proto/invite.h"
#include "proto/statement.h"

struct card {
	size_t statements; /* the whole chain, from kseq 0 */
	struct signed_statement *statement;
	size_t addresses; /* at most INVITE_ADDRESSES */
	char address[INVITE_ADDRESSES][80];
	struct id org;           /* of a card that was read: whose it is, */
	struct statement newest; /* and its newest statement */
};

bool card_is(struct span file); /* by its first bytes */
enum err card_encode(const struct card *c, struct buf *out) MUST; /* appends; org and newest are not read */
/* The chain is verified. Borrows file and arena. ERR_SHAPE, ERR_INVALID, ERR_LIMIT, ERR_SIGNATURE, ERR_VERSION, with *why. */
enum err card_decode(struct span file, struct arena *a, struct card *out, struct complaint *why) MUST;

/* The same two members inside another map: statements verified from kseq 0 on, all of one organisation; addresses. */
void card_put(struct arena *a, const struct card *c, struct value *map);
enum err card_take(const struct value *statements, const struct value *addresses, struct arena *a, struct card *out, struct complaint *why) MUST;

#endif
