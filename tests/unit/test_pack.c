#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/limits.h"
#include "proto/pack.h"
#include "proto/scan.h"

static void expect_hex(const struct value *v, const char *hex)
{
	struct buf out = {0};
	char text[256];

	assert_int_equal(pack_encode(v, &out), OK);
	assert_true(out.n < sizeof(text) / 2);
	hex_encode(text, out.p, out.n);
	assert_string_equal(text, hex);
	buf_free(&out);
}

static void test_shortest_forms(void **state)
{
	static const struct {
		int64_t i;
		const char *hex;
	} ints[] = {
		{0, "00"}, {127, "7f"}, {128, "cc80"}, {255, "ccff"}, {256, "cd0100"}, {65535, "cdffff"}, {65536, "ce00010000"},
		{4294967295ll, "ceffffffff"}, {4294967296ll, "cf0000000100000000"}, {INT64_MAX, "cf7fffffffffffffff"}, {-1, "ff"},
		{-32, "e0"},
		{-33, "d0df"}, {-128, "d080"}, {-129, "d1ff7f"}, {-32768, "d18000"}, {-32769, "d2ffff7fff"}, {-2147483648ll, "d280000000"},
		{-2147483649ll, "d3ffffffff7fffffff"}, {INT64_MIN, "d38000000000000000"},
	};
	struct arena *a = arena_new();
	struct value *map = value_map(a);

	(void)state;
	for (size_t i = 0; i < sizeof(ints) / sizeof(*ints); i++)
		expect_hex(value_int(a, ints[i].i), ints[i].hex);
	expect_hex(value_nil(a), "c0");
	expect_hex(value_bool(a, false), "c2");
	expect_hex(value_bool(a, true), "c3");
	expect_hex(value_str(a, ""), "a0");
	expect_hex(value_strn(a, (struct span){NULL, 0}), "a0");
	expect_hex(value_bin(a, (struct span){NULL, 0}), "c400");
	expect_hex(value_array(a), "90");
	expect_hex(map, "80");
	value_set(a, map, 64, value_str(a, "b"));
	value_set(a, map, 0, value_str(a, "a"));
	expect_hex(map, "8200a16140a162");
	arena_free(a);
}

/* Every size around every change of form, there and back. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536, 65537};
	char *text = malloc(65537);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 65537);
	for (size_t k = 0; k < 2 * sizeof(sizes) / sizeof(*sizes); k++) {
		struct arena *a = arena_new();
		struct span bytes = SPAN(text, sizes[k / 2]);
		struct value *v = k % 2 ? value_strn(a, bytes) : value_bin(a, bytes);
		const struct value *back;
		struct buf out = {0};

		assert_int_equal(pack_encode(v, &out), OK);
		assert_int_equal(pack_decode(buf_span(&out), a, &back), OK);
		assert_true(value_eq(v, back));
		if (back->s.n) /* borrowed, not copied */
			assert_true(back->s.p > out.p && back->s.p < out.p + out.n);
		buf_free(&out);
		arena_free(a);
	}
	free(text);
}

static void test_containers(void **state)
{
	static const int64_t sizes[] = {0, 1, 15, 16, 17, 300, 30000};

	(void)state;
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		struct arena *a = arena_new();
		struct value *array = value_array(a), *map = value_map(a), *both = value_array(a);
		const struct value *back = NULL;
		struct buf out = {0}, again = {0};

		for (int64_t i = 0; i < sizes[k]; i++) {
			value_push(a, array, value_int(a, -i));
			if (i < 15000)
				value_set(a, map, i, value_bool(a, i % 2));
		}
		value_push(a, both, array);
		value_push(a, both, map);
		assert_int_equal(pack_encode(both, &out), OK);
		assert_int_equal(scan_check(buf_span(&out)), OK);
		assert_int_equal(pack_decode(buf_span(&out), a, &back), OK);
		assert_true(value_eq(both, back));
		assert_int_equal(pack_encode(back, &again), OK);
		assert_true(span_eq(buf_span(&out), buf_span(&again)));
		buf_free(&out);
		buf_free(&again);
		arena_free(a);
	}
}

static void test_refusals(void **state)
{
	struct arena *a = arena_new();
	const struct value mark = {.type = VALUE_NIL}, *out = &mark;

	(void)state;
	assert_int_equal(pack_decode(SPAN("\xc1", 1), a, &out), ERR_SHAPE);
	assert_int_equal(pack_decode(SPAN("\xdd\xff\xff\xff\xff", 5), a, &out), ERR_SHAPE);
	assert_int_equal(pack_decode((struct span){NULL, 0}, a, &out), ERR_SHAPE);
	assert_int_equal(pack_decode(SPAN("\x91\x91\x91\x91\x91\x91\x91\x91\x90", 9), a, &out), ERR_LIMIT);
	assert_int_equal(pack_decode(SPAN("\x00", 1), NULL, &out), ERR_MEMORY);
	assert_ptr_equal(out, &mark); /* untouched */
	arena_free(a);
}

/* Encoding keeps the limits that decoding has, and appends all or nothing. */
static void test_encode_limits(void **state)
{
	struct arena *a = arena_new();
	struct value *deep = value_array(a), *wide = value_array(a);
	struct buf out = {0};

	(void)state;
	assert_int_equal(buf_add(&out, "abc", 3), OK);
	for (size_t i = 1; i < LIMIT_NESTING; i++) {
		struct value *outer = value_array(a);

		value_push(a, outer, deep);
		deep = outer;
	}
	assert_int_equal(pack_encode(deep, &out), OK);
	assert_int_equal(out.n, 3 + LIMIT_NESTING);
	assert_memory_equal(out.p, "abc", 3);
	out.n = 3;
	value_push(a, wide, deep);
	assert_int_equal(pack_encode(wide, &out), ERR_LIMIT);
	assert_int_equal(out.n, 3);
	wide = value_array(a);
	for (size_t i = 0; i + 1 < LIMIT_ELEMENTS; i++)
		value_push(a, wide, value_nil(a));
	assert_int_equal(pack_encode(wide, &out), OK);
	out.n = 3;
	value_push(a, wide, value_nil(a));
	assert_int_equal(pack_encode(wide, &out), ERR_LIMIT);
	assert_int_equal(out.n, 3);
	buf_free(&out);
	arena_free(a);
}

/* Whatever single bit is flipped: it is refused, or it comes back byte for byte. */
static void test_bit_flips(void **state)
{
	struct arena *a = arena_new();
	struct value *map = value_map(a), *list = value_array(a);
	struct buf out = {0};
	size_t taken = 0;

	(void)state;
	value_push(a, list, value_int(a, 300));
	value_push(a, list, value_str(a, "gr\xc3\xbc\xc3\x9f"));
	value_push(a, list, value_bin(a, SPAN("\0\1\2", 3)));
	value_push(a, list, value_nil(a));
	value_set(a, map, 0, value_int(a, -70000));
	value_set(a, map, 5, list);
	value_set(a, map, 130, value_bool(a, true));
	assert_int_equal(pack_encode(map, &out), OK);
	for (size_t bit = 0; bit < out.n * 8; bit++) {
		const struct value *v;
		struct buf again = {0};

		out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (pack_decode(buf_span(&out), a, &v) == OK) {
			taken++;
			assert_false(value_eq(v, map));
			assert_int_equal(pack_encode(v, &again), OK);
			assert_true(span_eq(buf_span(&out), buf_span(&again)));
		}
		buf_free(&again);
		out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_in_range(taken, 1, out.n * 8 - 1);
	buf_free(&out);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shortest_forms), cmocka_unit_test(test_sizes), cmocka_unit_test(test_containers),
		cmocka_unit_test(test_refusals), cmocka_unit_test(test_encode_limits), cmocka_unit_test(test_bit_flips),
	};

	return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
