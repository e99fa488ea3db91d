/* sign.c - Ed25519 over DSSE's pre-authentication encoding. */
#include "keys/sign.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char *ctx_text(enum sign_ctx ctx)
{
	switch (ctx) {
	case SIGN_KEY:
		return "tally/key/v1";
	case SIGN_ENTRY:
		return "tally/entry/v1";
	case SIGN_RECEIPT:
		return "tally/receipt/v1";
	case SIGN_ROSTER:
		return "tally/roster/v1";
	case SIGN_INTRO:
		return "tally/intro/v1";
	case SIGN_PRESENCE:
		return "tally/presence/v1";
	}
	return NULL;
}

static enum err add_length(struct buf *out, size_t n)
{
	char text[24];
	int len = snprintf(text, sizeof text, " %zu ", n);

	return buf_add(out, text, (size_t)len);
}

enum err sign_pae(const char *ctx, struct span payload, struct buf *out)
{
	size_t before = out->n;
	enum err e;

	if ((e = buf_add(out, "DSSEv1", 6)) || (e = add_length(out, strlen(ctx))) || (e = buf_add(out, ctx, strlen(ctx))) ||
	    (e = add_length(out, payload.n)) || (e = buf_add(out, payload.p, payload.n)))
		out->n = before;
	return e;
}

static enum err ctx_pae(enum sign_ctx ctx, struct span payload, struct buf *out)
{
	const char *text = ctx_text(ctx);

	return text ? sign_pae(text, payload, out) : ERR_INVALID;
}

enum err sign_make(enum sign_ctx ctx, struct span payload, const uint8_t sk[static SIGN_SK], uint8_t out[static SIGN_LEN])
{
	struct buf pae = {0};
	enum err e = ctx_pae(ctx, payload, &pae);

	if (!e)
		crypto_sign_ed25519_detached(out, NULL, pae.p, pae.n, sk);
	buf_free(&pae);
	return e;
}

enum err sign_check(enum sign_ctx ctx, struct span payload, const uint8_t pk[static SIGN_PK], const uint8_t sig[static SIGN_LEN])
{
	struct buf pae = {0};
	enum err e = ctx_pae(ctx, payload, &pae);

	if (!e && crypto_sign_ed25519_verify_detached(sig, pae.p, pae.n, pk) != 0)
		e = ERR_SIGNATURE;
	buf_free(&pae);
	return e;
}

void sign_keypair(const uint8_t seed[static 32], uint8_t pk[static SIGN_PK], uint8_t sk[static SIGN_SK])
{
	crypto_sign_ed25519_seed_keypair(pk, sk, seed);
}

bool sign_pk_valid(const uint8_t pk[static SIGN_PK])
{
	return crypto_core_ed25519_is_valid_point(pk) == 1;
}
