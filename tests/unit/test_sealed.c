/* test_sealed.c - one blob under a passphrase: every changed bit is seen, and no cost is paid that nobody agreed to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/sealed.h"

#define PASS "a passphrase"
#define SECRET "the secret"

static uint8_t salt[SEALED_SALT];
static struct buf blob; /* made once: Argon2id takes its time */
static struct sealed_key key;

static int make_blob(void **state)
{
	(void)state;
	memset(salt, 0x33, sizeof salt);
	return sealed_make_with(&key, SPAN(SECRET, 10), PASS, salt, &blob) != OK;
}

static int free_blob(void **state)
{
	(void)state;
	buf_free(&blob);
	return 0;
}

static enum err open_blob(struct sealed_key *k, struct span b, const char *passphrase)
{
	struct buf out = {0};
	enum err e;

	assert_int_equal(buf_add(&out, "#", 1), OK); /* appends */
	e = sealed_open_with(k, b, passphrase, &out);
	assert_true(span_eq(buf_span(&out), e ? SPAN("#", 1) : SPAN("#" SECRET, 11)));
	buf_free(&out);
	return e;
}

static enum err open_fresh(struct span b, const char *passphrase)
{
	struct sealed_key none = {0};

	return open_blob(&none, b, passphrase);
}

static void opens(void **state)
{
	struct buf out = {0}, again = {0};

	(void)state;
	assert_true(sealed_is(buf_span(&blob)));
	assert_int_equal(blob.n, SEALED_HEAD + 10 + 16);
	assert_memory_equal(blob.p + 16, salt, SEALED_SALT);
	assert_int_equal(get_u32be(blob.p + 8), 65536);
	assert_int_equal(get_u32be(blob.p + 12), 3);
	assert_int_equal(sealed_open(buf_span(&blob), PASS, &out), OK);
	assert_true(span_eq(buf_span(&out), SPAN(SECRET, 10)));
	assert_int_equal(sealed_make(SPAN(SECRET, 10), PASS, salt, &again), OK);
	assert_true(span_eq(buf_span(&blob), buf_span(&again))); /* a function of its inputs */
	assert_int_equal(open_fresh(buf_span(&blob), "a passphrasf"), ERR_CRYPT);
	assert_int_equal(open_fresh(buf_span(&blob), ""), ERR_CRYPT);
	buf_free(&out);
	buf_free(&again);
}

static void any_flipped_bit_is_seen(void **state)
{
	struct sealed_key k = key;

	(void)state;
	for (size_t i = 32 * 8; i < blob.n * 8; i++) { /* behind what the key is made from */
		blob.p[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(open_blob(&k, buf_span(&blob), PASS), ERR_CRYPT);
		blob.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t i = 15; i < 32; i += 8) { /* passes 2 for 3, and salt */
		blob.p[i] ^= 1;
		assert_int_equal(open_blob(&k, buf_span(&blob), PASS), ERR_CRYPT);
		blob.p[i] ^= 1;
	}
	assert_memory_equal(&k, &key, sizeof k); /* the good key was not pushed out */
	assert_int_equal(open_blob(&k, buf_span(&blob), PASS), OK);
}

static void what_is_no_blob(void **state)
{
	(void)state;
	for (size_t i = 0; i < 7; i++) {
		blob.p[i] ^= 1;
		assert_false(sealed_is(buf_span(&blob)));
		assert_int_equal(open_fresh(buf_span(&blob), PASS), ERR_INVALID);
		blob.p[i] ^= 1;
	}
	blob.p[7] = '2';
	assert_true(sealed_is(buf_span(&blob)));
	assert_int_equal(open_fresh(buf_span(&blob), PASS), ERR_VERSION);
	blob.p[7] = '1';
	for (size_t n = 0; n < SEALED_HEAD + 16; n++) {
		uint8_t *exact = malloc(n ? n : 1);

		assert_non_null(exact);
		memcpy(exact, blob.p, n);
		assert_int_equal(open_fresh(SPAN(exact, n), PASS), ERR_INVALID);
		free(exact);
	}
}

static enum err with_cost(uint32_t kib, uint32_t passes)
{
	uint8_t copy[SEALED_HEAD + 16];

	memcpy(copy, blob.p, sizeof copy);
	put_u32be(copy + 8, kib);
	put_u32be(copy + 12, passes);
	return open_fresh(SPAN(copy, sizeof copy), PASS);
}

static void the_cost_is_bounded_before_it_is_paid(void **state)
{
	enum err e;

	(void)state;
	assert_int_equal(with_cost(1048577, 1), ERR_LIMIT);
	assert_int_equal(with_cost(UINT32_MAX, 3), ERR_LIMIT);
	assert_int_equal(with_cost(8, 11), ERR_LIMIT);
	assert_int_equal(with_cost(8, UINT32_MAX), ERR_LIMIT);
	assert_int_equal(with_cost(7, 3), ERR_INVALID);
	assert_int_equal(with_cost(0, 3), ERR_INVALID);
	assert_int_equal(with_cost(8, 0), ERR_INVALID);
	assert_int_equal(with_cost(8, 10), ERR_CRYPT); /* allowed, so it ran, and the tag is wrong */
	assert_int_equal(with_cost(8, 1), ERR_CRYPT);
	e = with_cost(1048576, 1);
	assert_true(e == ERR_CRYPT || e == ERR_MEMORY);
}

static void a_key_is_used_again(void **state)
{
	uint8_t other[SEALED_SALT];
	struct sealed_key k = key;
	struct buf b = {0};

	(void)state;
	memset(other, 0x44, sizeof other);
	assert_int_equal(sealed_make_with(&k, SPAN(SECRET, 10), PASS, other, &b), OK);
	assert_memory_equal(b.p, blob.p, 32);                /* its salt stays */
	assert_memory_equal(b.p + 32, other + 16, 24);       /* the nonce is the new one */
	assert_int_equal(open_fresh(buf_span(&b), PASS), OK); /* and it opens like any other */
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens), cmocka_unit_test(any_flipped_bit_is_seen), cmocka_unit_test(what_is_no_blob),
		cmocka_unit_test(the_cost_is_bounded_before_it_is_paid), cmocka_unit_test(a_key_is_used_again),
	};

	return cmocka_run_group_tests_name("sealed", tests, make_blob, free_blob);
}
