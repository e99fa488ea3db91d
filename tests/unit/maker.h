/* maker.h - an organisation for tests: keys from a tag, a chain of key statements, signatures under any of them. */
#ifndef TALLY_TEST_MAKER_H
#define TALLY_TEST_MAKER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "keys/sign.h"
#include "proto/statement.h"
#include "proto/vocab.h"

#define MAKER_CHAIN 4
#define MAKER_TIME 1764000000000ll

struct maker {
	uint8_t tag;
	char name[201];
	struct id org;
	size_t n; /* statements */
	struct statement statement[MAKER_CHAIN];
	struct buf payload[MAKER_CHAIN];
	struct signed_statement chain[MAKER_CHAIN];
};

enum maker_key { MAKER_ROOT, MAKER_SIGN, MAKER_LINK, MAKER_SEAL };

static inline void maker_pair(uint8_t tag, enum maker_key what, size_t k, uint8_t pk[32], uint8_t sk[64])
{
	uint8_t seed[32] = {tag, (uint8_t)what, (uint8_t)k, 1};

	if (what == MAKER_ROOT || what == MAKER_SIGN)
		crypto_sign_seed_keypair(pk, sk, seed);
	else
		crypto_scalarmult_base(pk, seed);
}

/* Encodes and signs m->statement[k] as it stands. */
static inline void maker_seal(struct maker *m, size_t k)
{
	struct signed_statement *s = &m->chain[k];
	uint8_t pk[32], sk[64];

	buf_clear(&m->payload[k]);
	assert_int_equal(statement_encode(&m->statement[k], &m->payload[k]), OK);
	s->payload = buf_span(&m->payload[k]);
	maker_pair(m->tag, MAKER_ROOT, k, pk, sk);
	assert_int_equal(sign_make(SIGN_KEY, s->payload, sk, s->root_sig), OK);
	maker_pair(m->tag, MAKER_SIGN, k, pk, sk);
	assert_int_equal(sign_make(SIGN_KEY, s->payload, sk, s->sign_sig), OK);
}

static inline void maker_rotate(struct maker *m, const char *reason)
{
	struct statement *s = &m->statement[m->n];
	uint8_t pk[32], sk[64];

	assert_true(m->n < MAKER_CHAIN);
	memset(s, 0, sizeof *s);
	s->kseq = m->n;
	if (m->n > 0) {
		s->has_org = true;
		s->org = m->org;
		statement_hash(m->chain[m->n - 1].payload, &s->prev);
	}
	maker_pair(m->tag, MAKER_ROOT, m->n, s->root_pk, sk);
	maker_pair(m->tag, MAKER_ROOT, m->n + 1, pk, sk);
	statement_root_digest(pk, &s->next_root);
	maker_pair(m->tag, MAKER_SIGN, m->n, s->keys.sign, sk);
	maker_pair(m->tag, MAKER_LINK, m->n, s->keys.link, sk);
	maker_pair(m->tag, MAKER_SEAL, m->n, s->keys.seal, sk);
	s->reason = vocab_number(&vocab_key_reason, SPAN(reason, strlen(reason)));
	s->issued = MAKER_TIME + (int64_t)m->n * 1000;
	s->stale_after = s->issued + 1000000;
	memcpy(s->name, m->name, sizeof s->name);
	maker_seal(m, m->n);
	if (m->n == 0)
		statement_org(m->chain[0].payload, &m->org);
	m->n++;
}

static inline void maker_begin(struct maker *m, uint8_t tag, const char *name)
{
	memset(m, 0, sizeof *m);
	m->tag = tag;
	snprintf(m->name, sizeof m->name, "%s", name);
	maker_rotate(m, "routine");
}

static inline void maker_sign(const struct maker *m, size_t kseq, enum sign_ctx ctx, struct span payload, uint8_t out[64])
{
	uint8_t pk[32], sk[64];

	maker_pair(m->tag, MAKER_SIGN, kseq, pk, sk);
	assert_int_equal(sign_make(ctx, payload, sk, out), OK);
}

static inline void maker_end(struct maker *m)
{
	for (size_t k = 0; k < MAKER_CHAIN; k++)
		buf_free(&m->payload[k]);
}

#endif
