#include "keys/sealto.h"

#include <sodium.h>

#include "keys/hash.h"

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

static bool make_key(const uint8_t secret[static 32], const uint8_t other[static 32], const uint8_t to[static 32], struct span head, struct id *key)
{
	uint8_t shared[32];
	bool good = crypto_scalarmult(shared, secret, other) == 0;

	if (good)
		hash_k2b(key, shared, "tally.bun.v1", (struct span[]){head, SPAN(to, 32)}, 2);
	bytes_wipe(shared, sizeof shared);
	return good;
}

static void make_nonce(uint64_t index, bool last, uint8_t out[static NONCE])
{
	for (size_t i = 0; i < NONCE; i++)
		out[i] = 0;
	put_u64be(out, index);
	out[8] = last;
}

void sealto_public(const uint8_t fresh[static 32], uint8_t pk[static 32])
{
	crypto_scalarmult_base(pk, fresh);
}

enum err sealto_make(const uint8_t fresh[static 32], const uint8_t to[static 32], struct span head, struct span plain, struct buf *out)
{
	uint8_t nonce[NONCE], *at;
	struct id key;
	enum err e;

	if (plain.n == 0 || !make_key(fresh, to, to, head, &key))
		return ERR_INVALID;
	e = buf_room(out, plain.n + (plain.n + SEALTO_CHUNK - 1) / SEALTO_CHUNK * SEALTO_TAG, &at);
	for (uint64_t index = 0; e == OK && plain.n > 0; index++) {
		size_t n = plain.n < SEALTO_CHUNK ? plain.n : SEALTO_CHUNK;

		make_nonce(index, n == plain.n, nonce);
		crypto_aead_xchacha20poly1305_ietf_encrypt(at, NULL, plain.p, n, NULL, 0, NULL, nonce, key.b);
		at += n + SEALTO_TAG;
		plain = SPAN(plain.p + n, plain.n - n);
	}
	bytes_wipe(&key, sizeof key);
	return e;
}

enum err sealto_open(const uint8_t from[static 32], const uint8_t secret[static 32], struct span head, struct span sealed, struct buf *out)
{
	const size_t before = out->n;
	uint8_t nonce[NONCE], to[32], *at;
	struct id key;
	enum err e = OK;

	if (crypto_scalarmult_base(to, secret) != 0 || sealed.n <= SEALTO_TAG || !make_key(secret, from, to, head, &key))
		return ERR_CRYPT;
	for (uint64_t index = 0; e == OK && sealed.n > 0; index++) {
		size_t n = sealed.n < SEALTO_CHUNK + SEALTO_TAG ? sealed.n : SEALTO_CHUNK + SEALTO_TAG;

		e = n > SEALTO_TAG ? buf_room(out, n - SEALTO_TAG, &at) : ERR_CRYPT;
		make_nonce(index, n == sealed.n, nonce);
		if (e == OK && crypto_aead_xchacha20poly1305_ietf_decrypt(at, NULL, NULL, sealed.p, n, NULL, 0, nonce, key.b) != 0)
			e = ERR_CRYPT;
		sealed = SPAN(sealed.p + n, sealed.n - n);
	}
	bytes_wipe(&key, sizeof key);
	if (e != OK)
		out->n = before;
	return e;
}
