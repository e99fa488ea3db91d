/* test_hash.c - BLAKE2b by purpose, compared with two other implementations: b2sum of coreutils and hashlib of Python. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/hash.h"

/* The 64 hex digits a command prints first; false when it cannot be run. */
static bool ask(const char *command, struct id *out)
{
	char line[128] = "";
	FILE *f = popen(command, "r");
	bool got;

	if (!f)
		return false;
	got = fgets(line, sizeof line, f) && strlen(line) >= 64 && hex_decode(line, 64, out->b) == OK;
	return pclose(f) == 0 && got;
}

static void plain_is_blake2b_256(void **state)
{
	struct id want, got;

	(void)state;
	if (!ask("printf 'The quick brown fox' | b2sum -l 256 2>/dev/null", &want))
		skip();
	hash_one(&got, "", SPAN("The quick brown fox", 19));
	assert_true(id_eq(&got, &want));
	if (!ask("head -c 100000 /dev/zero | b2sum -l 256 2>/dev/null", &want))
		skip();
	uint8_t *zeros = calloc(1, 100000);
	assert_non_null(zeros);
	hash_one(&got, "", SPAN(zeros, 100000));
	free(zeros);
	assert_true(id_eq(&got, &want));
}

#define PYTHON(args) "python3 -c 'import hashlib;print(hashlib.blake2b(" args ",digest_size=32).hexdigest())' 2>/dev/null"

static void person_and_key_as_elsewhere(void **state)
{
	static const struct span parts[] = {{(const uint8_t *)"a", 1}, {NULL, 0}, {(const uint8_t *)"bc", 2}};
	uint8_t key[32];
	struct id want, got;

	(void)state;
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)i;
	if (!ask(PYTHON("b\"abc\",person=b\"tally.org.v1\""), &want)) {
		print_message("skipped: python3 is not installed\n");
		skip();
	}
	hash_b2b(&got, "tally.org.v1", parts, 3);
	assert_true(id_eq(&got, &want));
	assert_true(ask(PYTHON("b\"abc\",person=b\"tally.pair.v1\",key=bytes(range(32))"), &want));
	hash_k2b(&got, key, "tally.pair.v1", parts, 3);
	assert_true(id_eq(&got, &want));
	assert_true(ask(PYTHON("b\"\",person=b\"0123456789abcdef\""), &want));
	hash_b2b(&got, "0123456789abcdef", NULL, 0);
	assert_true(id_eq(&got, &want));
}

static void purposes_differ(void **state)
{
	static const char *const person[] = {"", "tally.org.v1", "tally.org.v2", "tally.rec.v1", "tally.org.v", "0123456789abcdef",
		"0123456789abcdeg"};
	enum { COUNT = sizeof person / sizeof *person };
	const uint8_t key[32] = {0}, other[32] = {[31] = 1};
	struct span in = SPAN("in", 2);
	struct id h[3 * COUNT];

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		hash_one(&h[3 * i], person[i], in);
		hash_k2b(&h[3 * i + 1], key, person[i], &in, 1); /* a key of zeros is not no key */
		hash_k2b(&h[3 * i + 2], other, person[i], &in, 1);
	}
	for (size_t i = 0; i < 3 * COUNT; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(id_eq(&h[i], &h[j]));
}

static void person_is_padded_with_zeros_and_cut(void **state)
{
	static const char padded[17] = "tally.org.v1", no_nul[16] = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd',
		'e', 'f'};
	struct id a, b;

	(void)state;
	hash_one(&a, "tally.org.v1", SPAN("x", 1));
	hash_one(&b, padded, SPAN("x", 1));
	assert_true(id_eq(&a, &b));
	hash_one(&a, no_nul, SPAN("x", 1)); /* all sixteen count, and no seventeenth is read */
	hash_one(&b, "0123456789abcdef", SPAN("x", 1));
	assert_true(id_eq(&a, &b));
}

static void parts_are_concatenated(void **state)
{
	uint8_t bytes[300];
	struct span parts[2];
	struct id whole, cut;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	hash_one(&whole, "p", SPAN(bytes, sizeof bytes));
	for (size_t at = 0; at <= sizeof bytes; at++) {
		parts[0] = SPAN(bytes, at);
		parts[1] = SPAN(bytes + at, sizeof bytes - at);
		hash_b2b(&cut, "p", parts, 2);
		assert_true(id_eq(&whole, &cut));
	}
	for (size_t i = 0; i < sizeof bytes * 8; i++) {
		bytes[i / 8] ^= (uint8_t)(1u << i % 8);
		hash_one(&cut, "p", SPAN(bytes, sizeof bytes));
		assert_false(id_eq(&whole, &cut));
		bytes[i / 8] ^= (uint8_t)(1u << i % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_is_blake2b_256), cmocka_unit_test(person_and_key_as_elsewhere),
		cmocka_unit_test(purposes_differ), cmocka_unit_test(person_is_padded_with_zeros_and_cut),
		cmocka_unit_test(parts_are_concatenated),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
