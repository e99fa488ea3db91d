/* bundle.h - a bundle: entries with their records, receipts and the sender's card in one file, sealed to one recipient. What is inside is signed by
 * itself, and is judged by the node's ingest() like what comes over a link; that the file opens says nothing of who made it.
 *
 * The file: head of 112 bytes in the clear, then the sealed content (keys/sealto.h):
 *   "tallybn1", sender's organisation id 32, recipient's 32, u64be kseq of the recipient's statement, fresh X25519 public key 32
 * The content is a canonical map: {0 "tally bundle", 1 version 1, 2 statements, 3 addresses (both as in a card, of the sender), 4 time,
 * 5 entries [[payload, signature, [record or [id]]]], 6 receipts [{0 payload, 1 signature}]}; lists that would be empty are left out. */
#ifndef TALLY_BUNDLE_H
#define TALLY_BUNDLE_H

#include "proto/card.h"
#include "proto/message.h"

#define BUNDLE_HEAD 112u

struct bundle_head { /* whom it is between, as the file says */
	struct id from, to;
	uint64_t kseq; /* of the recipient: which of its seal keys opens it */
};

struct bundle_receipt {
	struct span payload, signature;
};

struct bundle { /* borrowed all */
	struct card card; /* of the sender */
	int64_t time;     /* when it was made, as the sender claims */
	size_t entries, receipts;
	struct carried_entry *entry;
	struct bundle_receipt *receipt;
};

/* ERR_SHAPE: no bundle; ERR_VERSION: of a newer version; ERR_LIMIT */
enum err bundle_read_head(struct span file, struct bundle_head *out) MUST;
struct bundle_to { /* whom it is sealed to */
	struct id org;
	uint64_t kseq;
	const uint8_t *seal_pk; /* 32 */
};
/* fresh: 32 random bytes. from: who seals, the organisation of b's card. Appends; ERR_LIMIT: too much for one bundle. */
enum err bundle_seal(const struct bundle *b, const struct id *from, const struct bundle_to *to, const uint8_t fresh[static 32], struct buf *out) MUST;
/* Opens with the recipient's seal secret; *plain gets the content, for bundle_read. ERR_CRYPT: not for this key, or changed. */
enum err bundle_open(struct span file, const uint8_t seal_sk[static 32], struct buf *plain) MUST;
/* The sender's statements are verified and are those of the head's sender; entries and receipts are not looked into. Borrows plain and arena. */
enum err bundle_read(struct span plain, const struct id *from, struct arena *a, struct bundle *out, struct complaint *why) MUST;

#endif
