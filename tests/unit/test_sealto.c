#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "keys/sealto.h"

static const uint8_t fresh[32] = {0, 1}, theirs[32] = {0, 2}, others[32] = {0, 3};
static const uint8_t head_bytes[5] = "head";
#define HEAD SPAN(head_bytes, 5)

static struct buf sealed_of(size_t n)
{
	uint8_t to[32], *plain = malloc(n);
	struct buf out = {0};

	assert_non_null(plain);
	for (size_t i = 0; i < n; i++)
		plain[i] = (uint8_t)(i * 31 + 5);
	sealto_public(theirs, to);
	assert_int_equal(sealto_make(fresh, to, HEAD, SPAN(plain, n), &out), OK);
	free(plain);
	return out;
}

static enum err open_with(const uint8_t secret[32], struct span head, struct span sealed, struct buf *plain)
{
	uint8_t from[32];

	sealto_public(fresh, from);
	return sealto_open(from, secret, head, sealed, plain);
}

static void opens_for_its_recipient_alone(void **state)
{
	static const size_t sizes[] = {1, 100, SEALTO_CHUNK - 1, SEALTO_CHUNK, SEALTO_CHUNK + 1, 3 * SEALTO_CHUNK};

	(void)state;
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		struct buf sealed = sealed_of(sizes[k]), plain = {0};
		size_t chunks = (sizes[k] + SEALTO_CHUNK - 1) / SEALTO_CHUNK;

		assert_int_equal(sealed.n, sizes[k] + chunks * SEALTO_TAG);
		assert_int_equal(open_with(others, HEAD, buf_span(&sealed), &plain), ERR_CRYPT);
		assert_int_equal(open_with(fresh, HEAD, buf_span(&sealed), &plain), ERR_CRYPT);
		assert_int_equal(open_with(theirs, SPAN("Head", 5), buf_span(&sealed), &plain), ERR_CRYPT);
		assert_int_equal(plain.n, 0);
		assert_int_equal(open_with(theirs, HEAD, buf_span(&sealed), &plain), OK);
		assert_int_equal(plain.n, sizes[k]);
		for (size_t i = 0; i < plain.n; i++)
			assert_int_equal(plain.p[i], (uint8_t)(i * 31 + 5));
		buf_free(&sealed);
		buf_free(&plain);
	}
}

static void cut_moved_or_changed_does_not_open(void **state)
{
	const size_t chunk = SEALTO_CHUNK + SEALTO_TAG;
	struct buf sealed = sealed_of(2 * SEALTO_CHUNK + 10), plain = {0}, other = {0};

	(void)state;
	/* cut off at every place that could pass for an end */
	for (size_t n = 0; n < sealed.n; n += n % chunk == SEALTO_TAG ? chunk - SEALTO_TAG : SEALTO_TAG)
		assert_int_equal(open_with(theirs, HEAD, SPAN(sealed.p, n), &plain), ERR_CRYPT);
	/* the first two change places, the second comes twice, the first is left out */
	assert_int_equal(buf_add(&other, sealed.p + chunk, chunk), OK);
	assert_int_equal(buf_add(&other, sealed.p, chunk), OK);
	assert_int_equal(buf_add(&other, sealed.p + 2 * chunk, sealed.n - 2 * chunk), OK);
	assert_int_equal(open_with(theirs, HEAD, buf_span(&other), &plain), ERR_CRYPT);
	assert_int_equal(open_with(theirs, HEAD, SPAN(sealed.p + chunk, sealed.n - chunk), &plain), ERR_CRYPT);
	assert_int_equal(buf_add(&sealed, "x", 1), OK);
	assert_int_equal(open_with(theirs, HEAD, buf_span(&sealed), &plain), ERR_CRYPT);
	sealed.n--;
	for (size_t at = 0; at < sealed.n; at += 997) {
		sealed.p[at] ^= 1;
		assert_int_equal(open_with(theirs, HEAD, buf_span(&sealed), &plain), ERR_CRYPT);
		sealed.p[at] ^= 1;
	}
	assert_int_equal(plain.n, 0);
	assert_int_equal(open_with(theirs, HEAD, buf_span(&sealed), &plain), OK);
	buf_free(&sealed);
	buf_free(&other);
	buf_free(&plain);
}

static void refuses_what_cannot_be_sealed(void **state)
{
	uint8_t to[32], zero[32] = {0};
	struct buf out = {0};

	(void)state;
	sealto_public(theirs, to);
	assert_int_equal(sealto_make(fresh, to, HEAD, SPAN(NULL, 0), &out), ERR_INVALID);
	assert_int_equal(sealto_make(fresh, zero, HEAD, SPAN("x", 1), &out), ERR_INVALID);
	assert_int_equal(sealto_open(zero, theirs, HEAD, SPAN("0123456789abcdef0", 17), &out), ERR_CRYPT);
	assert_int_equal(out.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_for_its_recipient_alone),
		cmocka_unit_test(cut_moved_or_changed_does_not_open),
		cmocka_unit_test(refuses_what_cannot_be_sealed),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
