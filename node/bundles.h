/* bundles.h - bundles made for a partner and taken from one: the way of entries and receipts where no link is, by mail or on a stick. What is inside
 * goes through the same ingest() as what a link brings. Part of the core; called by the api inside a turn. */
#ifndef TALLY_BUNDLES_H
#define TALLY_BUNDLES_H

#include "node/core.h"
#include "proto/bundle.h"
#include "proto/verdict.h"

struct bundles_made {
	size_t entries, records, receipts;
	size_t left; /* entries that did not fit: they go with the next, once this one is receipted */
};
/* All that this partner has not receipted of what was said to it before this turn, and our newest receipts over its logs. Appends. */
enum err bundles_make(struct core *c, const struct id *to, struct buf *file, struct bundles_made *out, struct complaint *why) MUST;

/* Opened and verified as far as it goes by itself; borrows the arena. ERR_POLICY: it is for somebody else. ERR_CRYPT: for a seal key that is gone, or
 * changed. */
enum err bundles_open(struct core *c, struct span file, struct arena *a, struct bundle *out, struct complaint *why) MUST;

struct bundles_taken {
	bool active; /* false: the words are not compared, and nothing was taken */
	size_t stored, known, waiting, refused, receipts;
	enum verdict why; /* of the first that was refused */
	size_t records;
	struct id *record; /* those that were not here before; in the arena */
};
/* Its sender is a partner already, if only by its card (pairing_card). */
enum err bundles_take(struct core *c, const struct bundle *b, struct bundles_taken *out) MUST;

#endif
