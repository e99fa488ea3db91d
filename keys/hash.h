/* hash.h - BLAKE2b-256 with a personalisation, one per purpose, so that no hash can be taken for another.
 * B2b(person, in) and K2b(key, person, in) of docs/protocol.md section 1; source: RFC 7693 and the BLAKE2 parameter block. */
#ifndef TALLY_HASH_H
#define TALLY_HASH_H

#include "keys/bytes.h"

/* person: at most 16 bytes, zero-padded. The parts are concatenated raw; the caller makes that unambiguous by fixed lengths. */
void hash_b2b(struct id *out, const char *person, const struct span *parts, size_t count);
void hash_k2b(struct id *out, const uint8_t key[static 32], const char *person, const struct span *parts, size_t count);
void hash_one(struct id *out, const char *person, struct span in); /* hash_b2b of one part */

/* Against damage, not against people: SipHash-2-4 of a row's bytes, in its place. */
#define HASH_SUM 8
void hash_sum(uint8_t out[static HASH_SUM], uint8_t place, struct span key, struct span value);

#endif
