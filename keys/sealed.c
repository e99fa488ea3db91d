/* sealed.c - XChaCha20-Poly1305 under Argon2id: a secret at rest under a passphrase. */
#include "keys/sealed.h"

#include <sodium.h>
#include <string.h>

#define MAGIC 8
#define TAG 16
#define KIB 65536u /* 64 MiB: bearable on a small machine, dear to guess against */
#define KIB_MOST 1048576u
#define KIB_LEAST 8u
#define PASSES 3u
#define PASSES_MOST 10u

static const uint8_t magic[MAGIC] = "tallysl1";

static enum err check_head(struct span blob)
{
	uint32_t kib, passes;

	if (!sealed_is(blob))
		return ERR_INVALID;
	if (blob.p[MAGIC - 1] != magic[MAGIC - 1])
		return ERR_VERSION;
	if (blob.n < SEALED_HEAD + TAG)
		return ERR_INVALID;
	kib = get_u32be(blob.p + 8);
	passes = get_u32be(blob.p + 12);
	if (kib < KIB_LEAST || passes < 1)
		return ERR_INVALID;
	return kib > KIB_MOST || passes > PASSES_MOST ? ERR_LIMIT : OK;
}

/* cost: the head's memory, passes and salt, checked before. */
static enum err make_key(struct sealed_key *key, const char *passphrase, const uint8_t cost[static 24])
{
	uint8_t made[32];
	enum err e = OK;

	if (key->set && memcmp(key->cost, cost, sizeof key->cost) == 0)
		return OK;
	if (crypto_pwhash(made, sizeof made, passphrase, strlen(passphrase), cost + 8, get_u32be(cost + 4),
	                  (size_t)get_u32be(cost) * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0) {
		memcpy(key->key, made, sizeof key->key);
		memcpy(key->cost, cost, sizeof key->cost);
		key->set = true;
	} else {
		e = ERR_MEMORY;
	}
	bytes_wipe(made, sizeof made);
	return e;
}

bool sealed_is(struct span blob)
{
	return blob.n >= MAGIC && memcmp(blob.p, magic, MAGIC - 1) == 0;
}

enum err sealed_make_with(struct sealed_key *key, struct span secret, const char *passphrase,
                          const uint8_t salt[static SEALED_SALT], struct buf *out)
{
	uint8_t head[SEALED_HEAD], *at;
	enum err e;

	memcpy(head, magic, MAGIC);
	put_u32be(head + 8, KIB);
	put_u32be(head + 12, PASSES);
	memcpy(head + 16, salt, SEALED_SALT);
	if (key->set && memcmp(key->cost, head + 8, 8) == 0)
		memcpy(head + 8, key->cost, sizeof key->cost);
	e = make_key(key, passphrase, head + 8);
	if (e)
		return e;
	e = buf_room(out, SEALED_HEAD + secret.n + TAG, &at);
	if (e)
		return e;
	memcpy(at, head, SEALED_HEAD);
	crypto_aead_xchacha20poly1305_ietf_encrypt(at + SEALED_HEAD, NULL, secret.p, secret.n, head, SEALED_HEAD, NULL, head + 32,
	                                           key->key);
	return OK;
}

/* The key of a blob that does not open is not kept: a damaged file must not push out the one that opens the others. */
enum err sealed_open_with(struct sealed_key *key, struct span blob, const char *passphrase, struct buf *out)
{
	struct sealed_key own = *key;
	size_t before = out->n;
	uint8_t *at;
	enum err e = check_head(blob);

	if (e)
		goto done;
	e = make_key(&own, passphrase, blob.p + 8);
	if (e)
		goto done;
	e = buf_room(out, blob.n - SEALED_HEAD - TAG, &at);
	if (e)
		goto done;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(at, NULL, NULL, blob.p + SEALED_HEAD, blob.n - SEALED_HEAD, blob.p,
	                                               SEALED_HEAD, blob.p + 32, own.key) == 0) {
		*key = own;
	} else {
		out->n = before;
		e = ERR_CRYPT;
	}
done:
	bytes_wipe(&own, sizeof own);
	return e;
}

enum err sealed_make(struct span secret, const char *passphrase, const uint8_t salt[static SEALED_SALT], struct buf *out)
{
	struct sealed_key key = {0};
	enum err e = sealed_make_with(&key, secret, passphrase, salt, out);

	bytes_wipe(&key, sizeof key);
	return e;
}

enum err sealed_open(struct span blob, const char *passphrase, struct buf *out)
{
	struct sealed_key key = {0};
	enum err e = sealed_open_with(&key, blob, passphrase, out);

	bytes_wipe(&key, sizeof key);
	return e;
}
