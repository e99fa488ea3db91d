/* keyring.c - the node's living secret keys. */
#include "keys/keyring.h"

#include <sodium.h>
#include <string.h>

struct keyring {
	uint8_t seed[KEYRING_SEED]; /* 32 each: Ed25519 seed, X25519 secret for links, X25519 secret for bundles */
	uint8_t sign_sk[SIGN_SK];
	struct publics publics;
	bool locked;
};

enum err keyring_make(const uint8_t seed[static KEYRING_SEED], struct keyring **out)
{
	struct keyring *k;

	if (sodium_init() < 0)
		return ERR_IO;
	k = sodium_malloc(sizeof *k);
	if (!k)
		return ERR_MEMORY;
	k->locked = sodium_mlock(k, sizeof *k) == 0; /* sodium_malloc() tries as well, but does not tell */
	memcpy(k->seed, seed, KEYRING_SEED);
	sign_keypair(k->seed, k->publics.sign, k->sign_sk);
	crypto_scalarmult_base(k->publics.link, k->seed + 32);
	crypto_scalarmult_base(k->publics.seal, k->seed + 64);
	sodium_mprotect_readonly(k); /* a guard against our own slips, so its failure does not matter */
	*out = k;
	return OK;
}

void keyring_free(struct keyring *k)
{
	sodium_free(k); /* wipes */
}

void keyring_publics(const struct keyring *k, struct publics *out)
{
	*out = k->publics;
}

enum err keyring_sign(const struct keyring *k, enum sign_ctx ctx, struct span payload, uint8_t out[static SIGN_LEN])
{
	return sign_make(ctx, payload, k->sign_sk, out);
}

const uint8_t *keyring_link_secret(const struct keyring *k)
{
	return k->seed + 32;
}

const uint8_t *keyring_seal_secret(const struct keyring *k)
{
	return k->seed + 64;
}

bool keyring_locked(const struct keyring *k)
{
	return k->locked;
}

enum err keyring_export(const struct keyring *k, struct buf *out)
{
	return buf_add(out, k->seed, KEYRING_SEED);
}
