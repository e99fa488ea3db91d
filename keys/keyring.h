/* keyring.h - the node's living secret keys, the only place they are in memory: guarded, locked where the system lets us,
 * wiped on free. The root key is not among them: it lives in the recovery kit (kit.h) and signs once. */
#ifndef TALLY_KEYRING_H
#define TALLY_KEYRING_H

#include "keys/sign.h"

struct keyring;

struct publics {
	uint8_t sign[32]; /* Ed25519 */
	uint8_t link[32]; /* X25519, Noise only */
	uint8_t seal[32]; /* X25519, bundles only */
};

#define KEYRING_SEED 96

enum err keyring_make(const uint8_t seed[static KEYRING_SEED], struct keyring **out) MUST; /* seed: fresh random, the caller wipes it */
void keyring_free(struct keyring *k);
void keyring_publics(const struct keyring *k, struct publics *out);
enum err keyring_sign(const struct keyring *k, enum sign_ctx ctx, struct span payload, uint8_t out[static SIGN_LEN]) MUST;
const uint8_t *keyring_link_secret(const struct keyring *k); /* 32 bytes, borrowed */
const uint8_t *keyring_seal_secret(const struct keyring *k); /* 32 bytes, borrowed */
bool keyring_locked(const struct keyring *k);                /* false: the memory may be swapped out; doctor says so */
enum err keyring_export(const struct keyring *k, struct buf *out) MUST; /* its seed: goes into a vault only */

#endif
