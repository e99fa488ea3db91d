#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/pack.h"

static void test_arena(void **state)
{
	struct arena *a = arena_new();
	uint8_t *p, *big;

	(void)state;
	assert_non_null(a);
	for (size_t n = 0; n < 600; n++) {
		p = arena_alloc(a, n);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xaa, n);
	}
	big = arena_alloc(a, 3u << 20);
	assert_non_null(big);
	big[(3u << 20) - 1] = 1;
	arena_reset(a); /* what is given out again is zeroed again */
	p = arena_alloc(a, 2048);
	for (size_t i = 0; i < 2048; i++)
		assert_int_equal(p[i], 0);
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_null(arena_alloc(a, SIZE_MAX - 8));
	assert_null(arena_alloc(NULL, 1));
	arena_free(a);
	arena_free(NULL);
	arena_reset(NULL);
}

static void test_builders_copy(void **state)
{
	struct arena *a = arena_new();
	char text[] = "hello";
	struct id id = {{1, 2, 3}}, got;
	struct value *s = value_str(a, text), *i = value_id(a, &id);
	struct span out;

	(void)state;
	text[0] = 'X';
	id.b[0] = 99;
	assert_true(value_is_str(s, &out));
	assert_memory_equal(out.p, "hello", 5);
	assert_true(value_is_id(i, &got));
	assert_int_equal(got.b[0], 1);
	assert_true(value_is_str(value_strn(a, (struct span){NULL, 0}), &out));
	assert_int_equal(out.n, 0);
	arena_free(a);
}

static void test_map_order(void **state)
{
	static const int64_t keys[] = {200, 3, 127, 128, 0, 70000, 63, 1};
	static const int64_t sorted[] = {0, 1, 3, 63, 127, 128, 200, 70000};
	struct arena *a = arena_new();
	struct value *map = value_map(a);
	int64_t got;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		value_set(a, map, keys[i], value_int(a, keys[i] + 1));
	assert_int_equal(value_count(map), 8);
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(map->items[2 * i]->i, sorted[i]);
		assert_true(value_is_int(value_at(map, sorted[i]), &got));
		assert_int_equal(got, sorted[i] + 1);
	}
	assert_null(value_at(map, 2));
	assert_null(value_at(map, 70001));
	assert_null(value_at(map, -1));
	value_set(a, map, 3, value_bool(a, true)); /* replaces */
	assert_int_equal(value_count(map), 8);
	assert_false(value_is_int(value_at(map, 3), &got));
	arena_free(a);
}

static void test_many(void **state)
{
	struct arena *a = arena_new();
	struct value *array = value_array(a), *map = value_map(a);
	int64_t got;

	(void)state;
	for (int64_t i = 0; i < 5000; i++) {
		value_push(a, array, value_int(a, i));
		value_set(a, map, 4999 - i, value_int(a, i));
	}
	assert_int_equal(value_count(array), 5000);
	assert_int_equal(value_count(map), 5000);
	for (size_t i = 0; i < 5000; i++) {
		assert_true(value_is_int(value_item(array, i), &got));
		assert_int_equal(got, i);
		assert_true(value_is_int(value_at(map, (int64_t)i), &got));
		assert_int_equal(got, 4999 - i);
	}
	assert_null(value_item(array, 5000));
	assert_null(value_item(map, 0));
	arena_free(a);
}

static void test_readers(void **state)
{
	struct arena *a = arena_new();
	const struct value *all[] = {value_nil(a), value_bool(a, true), value_int(a, -5), value_str(a, "x"), value_bin(a,
		SPAN("y", 1)),
	                             value_array(a), value_map(a), NULL};
	bool b = false;
	int64_t i = 77;
	struct span s = {0};
	struct id id;

	(void)state;
	for (size_t k = 0; k < 8; k++) {
		assert_int_equal(value_is_bool(all[k], &b), k == 1);
		assert_int_equal(value_is_int(all[k], &i), k == 2);
		assert_int_equal(value_is_str(all[k], &s), k == 3);
		assert_int_equal(value_is_bin(all[k], &s), k == 4);
		assert_false(value_is_id(all[k], &id));
		assert_int_equal(value_count(all[k]), 0);
		assert_null(value_at(all[k], 0));
		assert_null(value_item(all[k], 0));
	}
	assert_true(b);
	assert_int_equal(i, -5);
	assert_false(value_is_int(all[3], &i));
	assert_int_equal(i, -5);
	for (size_t n = 31; n <= 33; n++)
		assert_int_equal(value_is_id(value_bin(a, SPAN("0123456789012345678901234567890123456789", n)), &id), n == 32);
	arena_free(a);
}

static void test_poison(void **state)
{
	struct arena *a = arena_new();
	struct value *array = value_array(a), *map = value_map(a), *outer = value_array(a), *outer_map = value_map(a);
	struct buf out = {0};

	(void)state;
	value_push(a, array, value_int(a, 1));
	value_push(a, array, NULL);
	value_push(a, array, value_int(a, 2)); /* stays poisoned */
	value_push(a, outer, array);
	assert_int_equal(pack_encode(outer, &out), ERR_MEMORY);
	value_set(a, map, 1, NULL);
	value_set(a, map, 2, value_int(a, 2));
	value_set(a, outer_map, 0, map);
	assert_int_equal(pack_encode(outer_map, &out), ERR_MEMORY);
	assert_int_equal(pack_encode(value_copy(a, outer_map), &out), ERR_MEMORY);
	assert_int_equal(pack_encode(NULL, &out), ERR_MEMORY);
	assert_int_equal(out.n, 0);
	assert_int_equal(value_count(array), 0);
	assert_null(value_item(array, 0));
	/* no arena at all: builders give NULL, and NULL is passed on */
	assert_null(value_int(NULL, 1));
	assert_null(value_str(NULL, "x"));
	assert_null(value_map(NULL));
	value_push(NULL, NULL, NULL);
	value_set(NULL, NULL, 0, NULL);
	map = value_map(a);
	value_set(NULL, map, 0, value_int(a, 1));
	assert_int_equal(pack_encode(map, &out), ERR_MEMORY);
	buf_free(&out);
	arena_free(a);
}

static struct value *sample(struct arena *a, const char *word, int64_t number)
{
	struct value *map = value_map(a), *list = value_array(a);

	value_push(a, list, value_nil(a));
	value_push(a, list, value_bin(a, SPAN(word, strlen(word))));
	value_push(a, list, value_bool(a, number > 0));
	value_set(a, map, 0, value_str(a, word));
	value_set(a, map, 1, value_int(a, number));
	value_set(a, map, 2, list);
	return map;
}

static void test_copy_and_eq(void **state)
{
	struct arena *a = arena_new(), *b = arena_new();
	struct value *v = sample(a, "one", 1), *copy = value_copy(b, v);

	(void)state;
	assert_true(value_eq(v, copy));
	arena_free(a); /* a copy owes nothing to its origin */
	a = arena_new();
	assert_true(value_eq(copy, sample(a, "one", 1)));
	assert_false(value_eq(copy, sample(a, "two", 1)));
	assert_false(value_eq(copy, sample(a, "one", 2)));
	assert_false(value_eq(copy, sample(a, "one", -1)));
	assert_false(value_eq(value_str(a, "x"), value_bin(a, SPAN("x", 1))));
	assert_false(value_eq(value_array(a), value_map(a)));
	assert_false(value_eq(value_nil(a), value_bool(a, false)));
	assert_false(value_eq(copy, NULL));
	assert_true(value_eq(NULL, NULL));
	value_set(b, copy, 9, value_nil(b));
	assert_false(value_eq(copy, sample(a, "one", 1)));
	assert_null(value_copy(a, NULL));
	arena_free(a);
	arena_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena), cmocka_unit_test(test_builders_copy), cmocka_unit_test(test_map_order),
		cmocka_unit_test(test_many), cmocka_unit_test(test_readers), cmocka_unit_test(test_poison),
		cmocka_unit_test(test_copy_and_eq),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
