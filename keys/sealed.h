/* sealed.h - sealed_make and sealed_open of vault.h for many blobs under one passphrase: Argon2id is meant to be slow, so a
 * vault runs it once for all its files and not once for each. */
#ifndef TALLY_SEALED_H
#define TALLY_SEALED_H

#include "keys/vault.h"

#define SEALED_HEAD 56 /* magic 8, KiB of memory u32, passes u32, Argon2id salt 16, nonce 24 */

struct sealed_key { /* secret; start from {0} */
	bool set;
	uint8_t cost[24]; /* memory, passes and salt as in the head: what the key was made from, besides the passphrase */
	uint8_t key[32];
};

bool sealed_is(struct span blob); /* by its magic; any version */
/* A key that is set is used again with the salt's nonce alone; else it is made and set. */
enum err sealed_make_with(struct sealed_key *key, struct span secret, const char *passphrase,
                          const uint8_t salt[static SEALED_SALT], struct buf *out) MUST;
enum err sealed_open_with(struct sealed_key *key, struct span blob, const char *passphrase, struct buf *out) MUST;

#endif
