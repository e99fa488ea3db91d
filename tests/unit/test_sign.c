/* test_sign.c - Ed25519, over the published vectors in the Debian package golang-ed25519-dev and under our encoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>
#include <unistd.h>

#include "keys/sign.h"

#define VECTORS "/usr/share/gocode/src/github.com/agl/ed25519/testdata/sign.input.gz"

static const char *const ctx_name[] = {"tally/key/v1", "tally/entry/v1", "tally/receipt/v1", "tally/roster/v1", "tally/intro/v1",
	"tally/presence/v1"};

static struct buf from_hex(const char *text)
{
	struct buf b = {0};
	size_t n = strlen(text);
	uint8_t *at;

	assert_int_equal(buf_room(&b, n / 2, &at), OK);
	assert_int_equal(hex_decode(text, n, at), OK);
	return b;
}

/* A line is "seed and pk:pk:message:signature and message:" in hex. */
static void check_vector(char *line)
{
	char *rest = line;
	struct buf sk = from_hex(strsep(&rest, ":")), pk = from_hex(strsep(&rest, ":")), m = from_hex(strsep(&rest, ":"));
	struct buf sm = from_hex(strsep(&rest, ":"));
	uint8_t made_pk[SIGN_PK], made_sk[SIGN_SK], sig[SIGN_LEN];

	assert_true(sk.n == SIGN_SK && pk.n == SIGN_PK && sm.n == SIGN_LEN + m.n);
	sign_keypair(sk.p, made_pk, made_sk);
	assert_memory_equal(made_pk, pk.p, SIGN_PK);
	assert_memory_equal(made_sk, sk.p, SIGN_SK);
	assert_true(sign_pk_valid(pk.p));
	assert_int_equal(crypto_sign_ed25519_detached(sig, NULL, m.p, m.n, made_sk), 0);
	assert_memory_equal(sig, sm.p, SIGN_LEN);
	assert_int_equal(crypto_sign_ed25519_verify_detached(sm.p, m.p, m.n, pk.p), 0);
	sm.p[m.n % SIGN_LEN] ^= 1;
	assert_int_equal(crypto_sign_ed25519_verify_detached(sm.p, m.p, m.n, pk.p), -1);
	buf_free(&sk);
	buf_free(&pk);
	buf_free(&m);
	buf_free(&sm);
}

static void published_vectors(void **state)
{
	char *line = NULL;
	size_t cap = 0, count = 0;
	ssize_t n;
	FILE *f;

	(void)state;
	if (access(VECTORS, R_OK) != 0) {
		print_message("skipped: the Debian package golang-ed25519-dev is not installed\n");
		assert_null(getenv("CI")); /* there it is no excuse */
		skip();
	}
	f = popen("gzip -dc " VECTORS, "r");
	assert_non_null(f);
	while ((n = getline(&line, &cap, f)) > 1) {
		check_vector(line);
		count++;
	}
	free(line);
	assert_int_equal(pclose(f), 0);
	print_message("%zu Ed25519 vectors passed\n", count);
	assert_true(count >= 100);
}

static void encoding(void **state)
{
	static const char want[] = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
	struct buf b = {0};

	(void)state;
	assert_int_equal(sign_pae("http://example.com/HelloWorld", SPAN("hello world", 11), &b), OK);
	assert_true(span_eq(buf_span(&b), SPAN(want, sizeof want - 1)));
	assert_int_equal(sign_pae("", (struct span){0}, &b), OK); /* appends */
	assert_true(span_eq(SPAN(b.p + sizeof want - 1, b.n - (sizeof want - 1)), SPAN("DSSEv1 0  0 ", 12)));
	buf_free(&b);
}

struct keys {
	uint8_t pk[SIGN_PK], sk[SIGN_SK];
};

static struct keys keys_of(uint8_t fill)
{
	uint8_t seed[32];
	struct keys k;

	memset(seed, fill, sizeof seed);
	sign_keypair(seed, k.pk, k.sk);
	return k;
}

static void signs_the_encoding(void **state)
{
	struct keys k = keys_of(7);
	uint8_t payload[1000], sig[SIGN_LEN], again[SIGN_LEN], want[SIGN_LEN];
	struct buf pae = {0};

	(void)state;
	memset(payload, 0xa5, sizeof payload);
	for (enum sign_ctx c = SIGN_KEY; c <= SIGN_PRESENCE; c++) {
		for (size_t n = 0; n <= sizeof payload; n += 250) {
			buf_clear(&pae);
			assert_int_equal(sign_pae(ctx_name[c], SPAN(payload, n), &pae), OK);
			crypto_sign_ed25519_detached(want, NULL, pae.p, pae.n, k.sk);
			assert_int_equal(sign_make(c, SPAN(payload, n), k.sk, sig), OK);
			assert_int_equal(sign_make(c, SPAN(payload, n), k.sk, again), OK);
			assert_memory_equal(sig, want, SIGN_LEN);
			assert_memory_equal(sig, again, SIGN_LEN);
			assert_int_equal(sign_check(c, SPAN(payload, n), k.pk, sig), OK);
		}
	}
	buf_free(&pae);
}

static void one_context_is_not_another(void **state)
{
	struct keys k = keys_of(7);
	uint8_t sig[SIGN_LEN];

	(void)state;
	for (enum sign_ctx made = SIGN_KEY; made <= SIGN_PRESENCE; made++) {
		assert_int_equal(sign_make(made, SPAN("x", 1), k.sk, sig), OK);
		for (enum sign_ctx c = SIGN_KEY; c <= SIGN_PRESENCE; c++)
			assert_int_equal(sign_check(c, SPAN("x", 1), k.pk, sig), c == made ? OK : ERR_SIGNATURE);
	}
	memset(sig, 9, sizeof sig);
	assert_int_equal(sign_make((enum sign_ctx)77, SPAN("x", 1), k.sk, sig), ERR_INVALID);
	assert_int_equal(sig[0], 9);
}

static void any_flipped_bit_is_seen(void **state)
{
	struct keys k = keys_of(7), other = keys_of(8);
	uint8_t sig[SIGN_LEN], payload[20] = "twenty bytes of data";
	struct span in = SPAN(payload, sizeof payload);

	(void)state;
	assert_int_equal(sign_make(SIGN_ENTRY, in, k.sk, sig), OK);
	for (size_t i = 0; i < 8 * (SIGN_LEN + SIGN_PK + sizeof payload); i++) {
		size_t at = i / 8;
		uint8_t *b = at < SIGN_LEN ? sig + at : at < SIGN_LEN + SIGN_PK ? k.pk + at - SIGN_LEN : payload + at - SIGN_LEN - SIGN_PK;

		*b ^= (uint8_t)(1u << i % 8);
		assert_int_equal(sign_check(SIGN_ENTRY, in, k.pk, sig), ERR_SIGNATURE);
		*b ^= (uint8_t)(1u << i % 8);
	}
	assert_int_equal(sign_check(SIGN_ENTRY, in, k.pk, sig), OK);
	assert_int_equal(sign_check(SIGN_ENTRY, in, other.pk, sig), ERR_SIGNATURE);
	assert_int_equal(sign_check(SIGN_ENTRY, SPAN(payload, sizeof payload - 1), k.pk, sig), ERR_SIGNATURE);
}

static void a_second_form_of_a_signature_is_refused(void **state)
{
	/* the order of the group, little-endian: S and S + L would be the same number */
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		[31] = 0x10};
	struct keys k = keys_of(7);
	uint8_t sig[SIGN_LEN];
	unsigned sum = 0;

	(void)state;
	assert_int_equal(sign_make(SIGN_ENTRY, SPAN("x", 1), k.sk, sig), OK);
	for (size_t i = 0; i < 32; i++) {
		sum = sum / 256 + sig[32 + i] + order[i];
		sig[32 + i] = (uint8_t)sum;
	}
	assert_int_equal(sign_check(SIGN_ENTRY, SPAN("x", 1), k.pk, sig), ERR_SIGNATURE);
}

static void keys_outside_the_group_are_refused(void **state)
{
	uint8_t order_two[32], pk[32];
	struct keys k = keys_of(7);

	(void)state;
	assert_true(sign_pk_valid(k.pk));
	memset(order_two, 0xff, 32); /* y = -1 */
	order_two[0] = 0xec;
	order_two[31] = 0x7f;
	assert_false(sign_pk_valid(order_two));
	assert_int_equal(crypto_core_ed25519_add(pk, k.pk, order_two), 0);
	assert_false(sign_pk_valid(pk)); /* a good key plus a small one */
	memset(pk, 0, 32);
	assert_false(sign_pk_valid(pk)); /* order four */
	pk[0] = 1;
	assert_false(sign_pk_valid(pk)); /* the neutral element */
	pk[0] = 2;
	assert_false(sign_pk_valid(pk)); /* not on the curve */
	memset(pk, 0xff, 32);
	for (unsigned b = 0xec; b <= 0xff; b++) { /* from p - 1 on: y not reduced */
		pk[0] = (uint8_t)b;
		pk[31] = 0x7f;
		assert_false(sign_pk_valid(pk));
		pk[31] = 0xff;
		assert_false(sign_pk_valid(pk));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors), cmocka_unit_test(encoding), cmocka_unit_test(signs_the_encoding),
		cmocka_unit_test(one_context_is_not_another), cmocka_unit_test(any_flipped_bit_is_seen),
		cmocka_unit_test(a_second_form_of_a_signature_is_refused), cmocka_unit_test(keys_outside_the_group_are_refused),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
