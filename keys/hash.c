/* hash.c - BLAKE2b-256 by purpose. */
#include "keys/hash.h"

#include <sodium.h>
#include <string.h>

static void hash_parts(struct id *out, const uint8_t *key, const char *person, const struct span *parts, size_t count)
{
	uint8_t padded[crypto_generichash_blake2b_PERSONALBYTES] = {0};
	crypto_generichash_blake2b_state state;

	memcpy(padded, person, strnlen(person, sizeof padded));
	crypto_generichash_blake2b_init_salt_personal(&state, key, key ? 32 : 0, sizeof out->b, NULL, padded);
	for (size_t i = 0; i < count; i++)
		if (parts[i].n)
			crypto_generichash_blake2b_update(&state, parts[i].p, parts[i].n);
	crypto_generichash_blake2b_final(&state, out->b, sizeof out->b);
	if (key)
		bytes_wipe(&state, sizeof state);
}

void hash_b2b(struct id *out, const char *person, const struct span *parts, size_t count)
{
	hash_parts(out, NULL, person, parts, count);
}

void hash_k2b(struct id *out, const uint8_t key[static 32], const char *person, const struct span *parts, size_t count)
{
	hash_parts(out, key, person, parts, count);
}

void hash_one(struct id *out, const char *person, struct span in)
{
	hash_parts(out, NULL, person, &in, 1);
}

void hash_sum(uint8_t out[static HASH_SUM], uint8_t place, struct span key, struct span value)
{
	uint8_t k[crypto_shorthash_KEYBYTES] = {place};

	_Static_assert(HASH_SUM == crypto_shorthash_BYTES && 2 * HASH_SUM == sizeof k, "one sum becomes half of the next one's key");
	(void)crypto_shorthash(k + HASH_SUM, key.n ? key.p : (const uint8_t *)"", key.n, k);
	(void)crypto_shorthash(out, value.n ? value.p : (const uint8_t *)"", value.n, k);
}
