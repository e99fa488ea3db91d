/* noise.c - the Noise Protocol Framework, revision 34. The names in the comments are those of the specification's section 5. */
#include "keys/noise.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define KEY 32
#define HASH 64
#define BLOCK 128

/* pk and re hold public keys, yet they live here too: one allocation, one wipe. */
struct noise {
	const struct noise_pattern *pattern;
	const uint8_t *s_sk;
	uint64_t nonce;
	uint8_t message; /* the next one */
	bool initiator, dead, has_k, has_e, has_re, has_rs, has_psk, psk_pattern;
	uint8_t s_pk[KEY], e_sk[KEY], re[KEY], rs[KEY], psk[KEY];
	uint8_t k[KEY], ck[HASH], h[HASH];
};

const struct noise_pattern noise_xkpsk3 = {
	.name = "XKpsk3",
	.pre_r = true,
	.messages = 3,
	.token = {{NOISE_E, NOISE_ES}, {NOISE_E, NOISE_EE}, {NOISE_S, NOISE_SE, NOISE_PSK}},
};

static void hash_two(uint8_t out[static HASH], struct span a, struct span b)
{
	crypto_generichash_blake2b_state state;

	crypto_generichash_blake2b_init(&state, NULL, 0, HASH);
	if (a.n)
		crypto_generichash_blake2b_update(&state, a.p, a.n);
	if (b.n)
		crypto_generichash_blake2b_update(&state, b.p, b.n);
	crypto_generichash_blake2b_final(&state, out, HASH);
	bytes_wipe(&state, sizeof state);
}

/* HMAC of RFC 2104 over a and one more byte, mark, which is left out when it is 0: all that HKDF asks for. */
static void hmac(uint8_t out[static HASH], const uint8_t key[static HASH], struct span a, uint8_t mark)
{
	uint8_t pad[BLOCK] = {0}, inner[HASH];
	crypto_generichash_blake2b_state state;

	memcpy(pad, key, HASH);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36;
	crypto_generichash_blake2b_init(&state, NULL, 0, HASH);
	crypto_generichash_blake2b_update(&state, pad, BLOCK);
	if (a.n)
		crypto_generichash_blake2b_update(&state, a.p, a.n);
	if (mark)
		crypto_generichash_blake2b_update(&state, &mark, 1);
	crypto_generichash_blake2b_final(&state, inner, HASH);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	hash_two(out, SPAN(pad, BLOCK), SPAN(inner, HASH));
	bytes_wipe(&state, sizeof state);
	bytes_wipe(pad, sizeof pad);
	bytes_wipe(inner, sizeof inner);
}

static void hkdf(const uint8_t ck[static HASH], struct span in, uint8_t (*out)[HASH], uint8_t count)
{
	uint8_t base[HASH];
	struct span last = {0};

	hmac(base, ck, in, 0);
	for (uint8_t i = 0; i < count; i++) {
		hmac(out[i], base, last, (uint8_t)(i + 1));
		last = SPAN(out[i], HASH);
	}
	bytes_wipe(base, sizeof base);
}

static void mix_hash(struct noise *n, struct span data)
{
	hash_two(n->h, SPAN(n->h, HASH), data);
}

static void set_key(struct noise *n, const uint8_t k[static KEY])
{
	memcpy(n->k, k, KEY);
	n->has_k = true;
	n->nonce = 0;
}

static void mix_key(struct noise *n, struct span in)
{
	uint8_t t[2][HASH];

	hkdf(n->ck, in, t, 2);
	memcpy(n->ck, t[0], HASH);
	set_key(n, t[1]);
	bytes_wipe(t, sizeof t);
}

static void mix_key_and_hash(struct noise *n, struct span in)
{
	uint8_t t[3][HASH];

	hkdf(n->ck, in, t, 3);
	memcpy(n->ck, t[0], HASH);
	mix_hash(n, SPAN(t[1], HASH));
	set_key(n, t[2]);
	bytes_wipe(t, sizeof t);
}

static void nonce_bytes(uint8_t out[static 12], uint64_t nonce) /* little-endian here, unlike all else of ours */
{
	memset(out, 0, 4);
	for (unsigned i = 0; i < 8; i++)
		out[4 + i] = (uint8_t)(nonce >> (8 * i));
}

static enum err aead_seal(const uint8_t k[static KEY], uint64_t nonce, struct span ad, struct span plain, struct buf *out)
{
	uint8_t iv[12], *at;
	enum err e = buf_room(out, plain.n + NOISE_TAG, &at);

	if (e)
		return e;
	nonce_bytes(iv, nonce);
	crypto_aead_chacha20poly1305_ietf_encrypt(at, NULL, plain.p, plain.n, ad.p, ad.n, NULL, iv, k);
	return OK;
}

/* sealed.n is at least NOISE_TAG. libsodium wipes what does not verify. */
static enum err aead_open(const uint8_t k[static KEY], uint64_t nonce, struct span ad, struct span sealed, struct buf *out)
{
	uint8_t iv[12], *at;
	size_t before = out->n;
	enum err e = buf_room(out, sealed.n - NOISE_TAG, &at);

	if (e)
		return e;
	nonce_bytes(iv, nonce);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(at, NULL, NULL, sealed.p, sealed.n, ad.p, ad.n, iv, k) == 0)
		return OK;
	out->n = before;
	return ERR_CRYPT;
}

/* EncryptAndHash and DecryptAndHash. A handshake has far fewer than 2^64 messages, so its nonce needs no check. */
static enum err seal_and_hash(struct noise *n, struct span plain, struct buf *out)
{
	size_t before = out->n;
	enum err e;

	if (n->has_k)
		e = aead_seal(n->k, n->nonce++, SPAN(n->h, HASH), plain, out);
	else
		e = buf_add(out, plain.p, plain.n);
	if (!e && out->n > before)
		mix_hash(n, SPAN(out->p + before, out->n - before));
	else if (!e)
		mix_hash(n, (struct span){0});
	return e;
}

static enum err open_and_hash(struct noise *n, struct span sealed, struct buf *out)
{
	enum err e;

	if (n->has_k && sealed.n < NOISE_TAG)
		return ERR_INVALID;
	if (n->has_k)
		e = aead_open(n->k, n->nonce++, SPAN(n->h, HASH), sealed, out);
	else
		e = buf_add(out, sealed.p, sealed.n);
	if (!e)
		mix_hash(n, sealed);
	return e;
}

static enum err dh(struct noise *n, const uint8_t *sk, bool has_pk, const uint8_t *pk)
{
	uint8_t shared[KEY];
	enum err e = OK;

	if (!sk || !has_pk)
		return ERR_INVALID;
	if (crypto_scalarmult(shared, sk, pk) != 0)
		e = ERR_CRYPT;
	else
		mix_key(n, SPAN(shared, KEY));
	bytes_wipe(shared, sizeof shared);
	return e;
}

/* The tokens that mean the same to writer and reader. */
static enum err mix_token(struct noise *n, enum noise_token t)
{
	const uint8_t *e_sk = n->has_e ? n->e_sk : NULL;
	bool own_static = (t == NOISE_SE) == n->initiator;

	switch (t) {
	case NOISE_EE:
		return dh(n, e_sk, n->has_re, n->re);
	case NOISE_SS:
		return dh(n, n->s_sk, n->has_rs, n->rs);
	case NOISE_ES:
	case NOISE_SE:
		return own_static ? dh(n, n->s_sk, n->has_re, n->re) : dh(n, e_sk, n->has_rs, n->rs);
	case NOISE_PSK:
		if (!n->has_psk)
			return ERR_INVALID;
		mix_key_and_hash(n, SPAN(n->psk, KEY));
		return OK;
	case NOISE_E:
	case NOISE_S:
	case NOISE_END:
		break;
	}
	return ERR_INVALID;
}

static void mix_ephemeral(struct noise *n, const uint8_t pk[static KEY])
{
	mix_hash(n, SPAN(pk, KEY));
	if (n->psk_pattern)
		mix_key(n, SPAN(pk, KEY));
}

static enum err write_token(struct noise *n, enum noise_token t, struct buf *out)
{
	uint8_t pk[KEY];
	enum err e;

	if (t == NOISE_S)
		return n->s_sk ? seal_and_hash(n, SPAN(n->s_pk, KEY), out) : ERR_INVALID;
	if (t != NOISE_E)
		return mix_token(n, t);
	if (!n->has_e)
		return ERR_INVALID;
	crypto_scalarmult_base(pk, n->e_sk);
	e = buf_add(out, pk, KEY);
	if (!e)
		mix_ephemeral(n, pk);
	return e;
}

static enum err read_static(struct noise *n, struct span sealed)
{
	struct buf pk = {0};
	enum err e = open_and_hash(n, sealed, &pk);

	if (!e) {
		memcpy(n->rs, pk.p, KEY);
		n->has_rs = true;
	}
	buf_free(&pk);
	return e;
}

static enum err read_token(struct noise *n, enum noise_token t, struct span *rest)
{
	size_t want = KEY + (t == NOISE_S && n->has_k ? NOISE_TAG : 0);
	struct span part;

	if (t != NOISE_E && t != NOISE_S)
		return mix_token(n, t);
	if (rest->n < want)
		return ERR_INVALID;
	part = SPAN(rest->p, want);
	*rest = SPAN(rest->p + want, rest->n - want);
	if (t == NOISE_S)
		return read_static(n, part);
	memcpy(n->re, part.p, KEY);
	n->has_re = true;
	mix_ephemeral(n, n->re);
	return OK;
}

/* The tokens of the next message, or NULL when it is not this side's to write (or to read). */
static const enum noise_token *next_tokens(const struct noise *n, bool write)
{
	bool mine = (n->message % 2 == 0) == n->initiator;

	if (n->dead || n->message >= n->pattern->messages || mine != write)
		return NULL;
	return n->pattern->token[n->message];
}

enum err noise_write(struct noise *n, struct span payload, struct buf *out)
{
	const enum noise_token *token = next_tokens(n, true);
	size_t before = out->n;
	enum err e = token && payload.n <= NOISE_MAX ? OK : ERR_INVALID;

	for (size_t i = 0; !e && i < 8 && token[i] != NOISE_END; i++)
		e = write_token(n, token[i], out);
	if (!e)
		e = seal_and_hash(n, payload, out);
	if (!e && out->n - before > NOISE_MAX)
		e = ERR_INVALID;
	if (e) {
		n->dead = true;
		out->n = before;
		return e;
	}
	n->message++;
	return OK;
}

enum err noise_read(struct noise *n, struct span message, struct buf *out)
{
	const enum noise_token *token = next_tokens(n, false);
	enum err e = token && message.n <= NOISE_MAX ? OK : ERR_INVALID;

	for (size_t i = 0; !e && i < 8 && token[i] != NOISE_END; i++)
		e = read_token(n, token[i], &message);
	if (!e)
		e = open_and_hash(n, message, out);
	if (e) {
		n->dead = true;
		return e;
	}
	n->message++;
	return OK;
}

static bool has_psk_token(const struct noise_pattern *p)
{
	for (size_t m = 0; m < p->messages; m++)
		for (size_t i = 0; i < 8 && p->token[m][i] != NOISE_END; i++)
			if (p->token[m][i] == NOISE_PSK)
				return true;
	return false;
}

static enum err start_hash(struct noise *n)
{
	char name[HASH + 1] = {0};
	int len = snprintf(name, sizeof name, "Noise_%s_25519_ChaChaPoly_BLAKE2b", n->pattern->name);

	if (len < 0 || len > HASH) /* longer ones are hashed; there is no such pattern over these algorithms */
		return ERR_INVALID;
	memcpy(n->h, name, HASH);
	memcpy(n->ck, name, HASH);
	return OK;
}

static enum err mix_known(struct noise *n, bool of_initiator)
{
	bool own = of_initiator == n->initiator;

	if (own ? !n->s_sk : !n->has_rs)
		return ERR_INVALID;
	mix_hash(n, SPAN(own ? n->s_pk : n->rs, KEY));
	return OK;
}

static void copy_keys(struct noise *n, const struct noise_config *config)
{
	if (config->s_sk) {
		n->s_sk = config->s_sk;
		crypto_scalarmult_base(n->s_pk, n->s_sk);
	}
	if (config->e_sk) {
		memcpy(n->e_sk, config->e_sk, KEY);
		n->has_e = true;
	}
	if (config->rs_pk) {
		memcpy(n->rs, config->rs_pk, KEY);
		n->has_rs = true;
	}
	if (config->psk)
		noise_set_psk(n, config->psk);
}

enum err noise_open(const struct noise_config *config, struct noise **out)
{
	const struct noise_pattern *p = config->pattern;
	struct noise *n;
	enum err e;

	if (sodium_init() < 0)
		return ERR_IO;
	n = sodium_malloc(sizeof *n);
	if (!n)
		return ERR_MEMORY;
	memset(n, 0, sizeof *n);
	n->pattern = p;
	n->initiator = config->initiator;
	n->psk_pattern = has_psk_token(p);
	copy_keys(n, config);
	e = start_hash(n);
	if (e)
		goto fail;
	mix_hash(n, config->prologue);
	if ((p->pre_i && (e = mix_known(n, true))) || (p->pre_r && (e = mix_known(n, false))))
		goto fail;
	*out = n;
	return OK;
fail:
	noise_free(n);
	return e;
}

void noise_free(struct noise *n)
{
	sodium_free(n); /* wipes */
}

void noise_set_psk(struct noise *n, const uint8_t psk[static 32])
{
	memcpy(n->psk, psk, KEY);
	n->has_psk = true;
}

bool noise_done(const struct noise *n)
{
	return !n->dead && n->message == n->pattern->messages;
}

bool noise_remote_static(const struct noise *n, uint8_t out[static 32])
{
	if (!n->has_rs || n->dead)
		return false;
	memcpy(out, n->rs, KEY);
	return true;
}

void noise_hash(const struct noise *n, uint8_t h[static 64])
{
	memcpy(h, n->h, HASH);
}

void noise_chaining(const struct noise *n, uint8_t ck[static 32])
{
	memcpy(ck, n->ck, 32);
}

enum err noise_split(const struct noise *n, struct noise_cipher *send, struct noise_cipher *receive)
{
	uint8_t t[2][HASH];

	if (!noise_done(n))
		return ERR_INVALID;
	hkdf(n->ck, (struct span){0}, t, 2);
	memcpy(send->key, t[n->initiator ? 0 : 1], KEY);
	memcpy(receive->key, t[n->initiator ? 1 : 0], KEY);
	send->nonce = receive->nonce = 0;
	bytes_wipe(t, sizeof t);
	return OK;
}

enum err noise_seal(struct noise_cipher *c, struct span plain, struct buf *out)
{
	enum err e;

	if (plain.n > NOISE_MAX - NOISE_TAG)
		return ERR_INVALID;
	if (c->nonce == UINT64_MAX)
		return ERR_LIMIT;
	e = aead_seal(c->key, c->nonce, (struct span){0}, plain, out);
	if (!e)
		c->nonce++;
	return e;
}

enum err noise_unseal(struct noise_cipher *c, struct span sealed, struct buf *out)
{
	enum err e;

	if (sealed.n < NOISE_TAG || sealed.n > NOISE_MAX)
		return ERR_INVALID;
	if (c->nonce == UINT64_MAX)
		return ERR_LIMIT;
	e = aead_open(c->key, c->nonce, (struct span){0}, sealed, out);
	if (!e)
		c->nonce++;
	return e;
}
