/* sign.h - Ed25519 (RFC 8032) over DSSE's pre-authentication encoding:
 * "DSSEv1" SP len(ctx) SP ctx SP len(payload) SP payload, lengths in decimal. Deterministic: the same bytes give the same
 * signature, so one lost in a crash is made again. Signatures are never hashed and never used to recognise duplicates. */
#ifndef TALLY_SIGN_H
#define TALLY_SIGN_H

#include "keys/bytes.h"

#define SIGN_LEN 64
#define SIGN_PK 32
#define SIGN_SK 64

enum sign_ctx { SIGN_KEY, SIGN_ENTRY, SIGN_RECEIPT, SIGN_ROSTER, SIGN_INTRO, SIGN_PRESENCE }; /* "tally/key/v1" ... */

enum err sign_pae(const char *ctx, struct span payload, struct buf *out) MUST; /* appends the encoding */
enum err sign_make(enum sign_ctx ctx, struct span payload, const uint8_t sk[static SIGN_SK], uint8_t out[static SIGN_LEN]) MUST;
enum err sign_check(enum sign_ctx ctx, struct span payload, const uint8_t pk[static SIGN_PK],
                    const uint8_t sig[static SIGN_LEN]) MUST; /* OK or ERR_SIGNATURE */
void sign_keypair(const uint8_t seed[static 32], uint8_t pk[static SIGN_PK], uint8_t sk[static SIGN_SK]); /* the caller wipes */
bool sign_pk_valid(const uint8_t pk[static SIGN_PK]);         /* in the prime-order group; asked once, when a key is enrolled */

#endif
