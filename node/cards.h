/* cards.h - our own card, as it is handed over or goes along in a bundle. */
#ifndef TALLY_CARDS_H
#define TALLY_CARDS_H

#include "node/core.h"
#include "proto/card.h"

enum err cards_own(struct core *c, struct arena *a, struct card *out) MUST; /* borrows the arena and the transaction */

#endif
