/* chain.c - what the longest chain of key statements costs its verifier, and so the worst entry of forwards: every statement is signed twice
 * and has keys of its own. CPU time. Prints figures and judges nothing. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "keys/sign.h"
#include "proto/limits.h"
#include "proto/statement.h"

static struct signed_statement chain[LIMIT_STATEMENTS];
static struct buf payload[LIMIT_STATEMENTS];

static double seconds(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pair(char what, size_t k, uint8_t pk[static 32], uint8_t sk[static 64])
{
	uint8_t seed[32] = {(uint8_t)what, (uint8_t)k, (uint8_t)(k >> 8), 1};
	if (what == 'r' || what == 's')
		(void)crypto_sign_seed_keypair(pk, sk, seed);
	else
		(void)crypto_scalarmult_base(pk, seed);
}

static enum err make(size_t k, struct id *org)
{
	struct statement s = {.kseq = k, .reason = 1, .issued = 1764000000000ll, .stale_after = 1764000001000ll, .has_org = k > 0, .org = *org};
	uint8_t pk[32], root[64], sign[64];
	if (k > 0)
		statement_hash(chain[k - 1].payload, &s.prev);
	pair('r', k + 1, pk, root);
	statement_root_digest(pk, &s.next_root);
	pair('l', k, s.keys.link, sign);
	pair('e', k, s.keys.seal, sign);
	pair('r', k, s.root_pk, root);
	pair('s', k, s.keys.sign, sign);
	(void)snprintf(s.name, sizeof s.name, "Brackwater Logistics");
	enum err e = statement_encode(&s, &payload[k]);
	chain[k].payload = buf_span(&payload[k]);
	if (e == OK)
		e = sign_make(SIGN_KEY, chain[k].payload, root, chain[k].root_sig);
	if (e == OK)
		e = sign_make(SIGN_KEY, chain[k].payload, sign, chain[k].sign_sig);
	return e;
}

int main(void)
{
	struct statement st;
	struct id org = {{0}};
	size_t bytes = 0;
	if (sodium_init() < 0)
		return 1;
	for (size_t k = 0; k < LIMIT_STATEMENTS; k++) {
		if (make(k, &org) != OK || statement_verify(&chain[k], k ? &chain[k - 1] : NULL, &st, &org) != OK)
			return 1;
		bytes += chain[k].payload.n + 2 * SIGN_LEN + 10; /* about what the map around them takes */
	}
	double begin = seconds();
	for (size_t k = 0; k < LIMIT_STATEMENTS; k++)
		if (statement_verify(&chain[k], k ? &chain[k - 1] : NULL, &st, &org) != OK)
			return 1;
	double took = seconds() - begin;
	size_t fit = LIMIT_ENTRY_BYTES / bytes;
	printf("chain of %u statements: %zu KiB, %.1f ms; %zu of them fit into one entry: %.0f ms\n", LIMIT_STATEMENTS, bytes / 1024, took * 1e3, fit,
	       took * 1e3 * (double)fit);
	for (size_t k = 0; k < LIMIT_STATEMENTS; k++)
		buf_free(&payload[k]);
	return 0;
}
