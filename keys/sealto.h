/* sealto.h - bytes sealed to one recipient's X25519 key, for whom no session can be had: a fresh key of the sender's for each, so that nobody but the
 * recipient opens it, not even who made it. It says nothing of who made it: what is inside is signed.
 *
 * key = K2b(X25519(fresh secret, recipient), "tally.bun.v1", head, recipient). Chunks of 65,536 bytes, the last one 1 to 65,536, each
 * XChaCha20-Poly1305 with the nonce u64be index, u8 last, 15 zeros: none can be left out, moved, or cut off the end. */
#ifndef TALLY_SEALTO_H
#define TALLY_SEALTO_H

#include "keys/bytes.h"

#define SEALTO_CHUNK 65536u
#define SEALTO_TAG 16u

/* fresh: 32 random bytes, used this once; the caller wipes them. */
void sealto_public(const uint8_t fresh[static 32], uint8_t pk[static 32]);
/* head: what stands before it in the clear, bound by the key; it must hold the fresh public key. Appends. ERR_INVALID: nothing to seal, or a
 * recipient's key of small order. */
enum err sealto_make(const uint8_t fresh[static 32], const uint8_t to[static 32], struct span head, struct span plain, struct buf *out) MUST;
/* from: the fresh public key; secret: the recipient's. Appends. ERR_CRYPT: not for this key, changed, or cut short. */
enum err sealto_open(const uint8_t from[static 32], const uint8_t secret[static 32], struct span head, struct span sealed, struct buf *out) MUST;

#endif
