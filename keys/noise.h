/* noise.h - the Noise Protocol Framework, revision 34: handshake patterns over 25519, ChaChaPoly and BLAKE2b.
 * The node uses one pattern, XKpsk3; the pattern is a table row so that the same code runs the published vectors of all the
 * others. The caller brings the ephemeral secret, so a handshake is a pure function of its inputs.
 * libsodium 1.0.18 has no HKDF: HMAC (RFC 2104) over BLAKE2b-512 with block 128 is in here. */
#ifndef TALLY_NOISE_H
#define TALLY_NOISE_H

#include "keys/bytes.h"

#define NOISE_MAX 65535u /* longest message */
#define NOISE_TAG 16u

enum noise_token { NOISE_END, NOISE_E, NOISE_S, NOISE_EE, NOISE_ES, NOISE_SE, NOISE_SS, NOISE_PSK };

struct noise_pattern {
	const char *name;            /* "XKpsk3": goes into the protocol name */
	bool pre_i, pre_r;           /* which static keys are known beforehand */
	uint8_t messages;            /* how many */
	enum noise_token token[4][8]; /* each message's tokens, ended by NOISE_END; initiator speaks first */
};

extern const struct noise_pattern noise_xkpsk3;

struct noise_config {
	const struct noise_pattern *pattern;
	bool initiator;
	struct span prologue;
	const uint8_t *s_sk;  /* own static secret, 32, or NULL; borrowed until noise_free */
	const uint8_t *rs_pk; /* the other's static public key, 32, where the pattern knows it; copied */
	const uint8_t *psk;   /* 32, or NULL to set it before the message that needs it; copied */
	const uint8_t *e_sk;  /* fresh random 32; copied */
};

struct noise_cipher { /* one direction after the handshake */
	uint8_t key[32];
	uint64_t nonce; /* the next one; 2^64-1 is never used */
};

struct noise; /* handshake state; secret, in guarded memory */

enum err noise_open(const struct noise_config *config, struct noise **out) MUST;
void noise_free(struct noise *n); /* wipes; NULL is fine */
void noise_set_psk(struct noise *n, const uint8_t psk[static 32]);
/* Write and read the next handshake message; each appends to out. ERR_CRYPT on a bad tag or a low-order key, ERR_INVALID out of
 * turn, too short or too long: the handshake is then dead. */
enum err noise_write(struct noise *n, struct span payload, struct buf *out) MUST;
enum err noise_read(struct noise *n, struct span message, struct buf *out) MUST;
bool noise_done(const struct noise *n);
bool noise_remote_static(const struct noise *n, uint8_t out[static 32]); /* false while unknown */
void noise_hash(const struct noise *n, uint8_t h[static 64]);            /* channel binding */
void noise_chaining(const struct noise *n, uint8_t ck[static 32]);       /* first half of the final chaining key: for the pair secret */
enum err noise_split(const struct noise *n, struct noise_cipher *send, struct noise_cipher *receive) MUST; /* once done */

enum err noise_seal(struct noise_cipher *c, struct span plain, struct buf *out) MUST;  /* appends plain.n + 16 bytes; empty AD */
enum err noise_unseal(struct noise_cipher *c, struct span sealed, struct buf *out) MUST; /* ERR_CRYPT leaves the nonce */

#endif
