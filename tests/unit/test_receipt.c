#include "tests/unit/maker.h"

#include "proto/pack.h"
#include "proto/receipt.h"

static struct receipt sample(void)
{
	struct receipt r = {.kseq = 1, .from = 4, .n = 2000, .time = MAKER_TIME};

	memset(r.log.b, 0x11, 32);
	memset(r.receiver.b, 0x22, 32);
	memset(r.entry.b, 0x33, 32);
	return r;
}

static enum err write_read(const struct receipt *in, struct arena *a, struct receipt *out)
{
	struct buf first = {0}, second = {0};
	enum err err = receipt_encode(in, &first);

	if (err == OK) {
		assert_int_equal(receipt_decode(buf_span(&first), a, out), OK);
		assert_int_equal(receipt_encode(out, &second), OK);
		assert_true(span_eq(buf_span(&first), buf_span(&second)));
	} else {
		assert_int_equal(first.n, 0);
	}
	buf_free(&first);
	buf_free(&second);
	return err;
}

static void fields_survive(void **state)
{
	const struct exception x[3] = {{7, true, 255, VERDICT_LIMIT}, {7, false, 0, VERDICT_BODY_MISSING}, {2000, true, 0, VERDICT_TLP}};
	struct receipt r = sample(), got = {0};
	struct arena *a = arena_new();

	(void)state;
	assert_int_equal(write_read(&r, a, &got), OK);
	assert_int_equal(got.exceptions, 0);
	r.exceptions = 3;
	r.exception = x;
	assert_int_equal(write_read(&r, a, &got), OK);
	assert_true(id_eq(&got.log, &r.log) && id_eq(&got.receiver, &r.receiver) && id_eq(&got.entry, &r.entry));
	assert_int_equal(got.kseq, 1);
	assert_int_equal(got.from, 4);
	assert_int_equal(got.n, 2000);
	assert_int_equal(got.time, MAKER_TIME);
	assert_int_equal(got.exceptions, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(got.exception[i].n, x[i].n);
		assert_int_equal(got.exception[i].has_index, x[i].has_index);
		assert_int_equal(got.exception[i].index, x[i].index);
		assert_int_equal(got.exception[i].code, x[i].code);
	}
	arena_free(a);
}

static enum err with_two(struct exception first, struct exception second)
{
	const struct exception x[2] = {first, second};
	struct receipt r = sample(), got;
	struct arena *a = arena_new();
	enum err err;

	r.exceptions = 2;
	r.exception = x;
	err = write_read(&r, a, &got);
	arena_free(a);
	return err;
}

static void exceptions_are_ordered_and_inside(void **state)
{
	const struct exception good = {5, true, 0, VERDICT_SHAPE};

	(void)state;
	assert_int_equal(with_two(good, (struct exception){5, true, 1, VERDICT_SHAPE}), OK);
	assert_int_equal(with_two(good, (struct exception){5, false, 0, VERDICT_SHAPE}), OK);
	assert_int_equal(with_two(good, good), ERR_INVALID);
	assert_int_equal(with_two((struct exception){5, true, 1, VERDICT_SHAPE}, good), ERR_INVALID);
	assert_int_equal(with_two((struct exception){5, false, 0, VERDICT_SHAPE}, good), ERR_INVALID);
	assert_int_equal(with_two((struct exception){6, true, 0, VERDICT_SHAPE}, good), ERR_INVALID);
	assert_int_equal(with_two((struct exception){4, true, 0, VERDICT_SHAPE}, good), ERR_INVALID); /* not after from */
	assert_int_equal(with_two(good, (struct exception){2001, true, 0, VERDICT_SHAPE}), ERR_INVALID);
	assert_int_equal(with_two(good, (struct exception){6, true, 256, VERDICT_SHAPE}), ERR_INVALID);
	assert_int_equal(with_two(good, (struct exception){6, true, 0, VERDICT_GOOD}), ERR_INVALID);
	assert_int_equal(with_two(good, (struct exception){6, true, 0, VERDICT_FORK}), ERR_INVALID);
}

static void limits(void **state)
{
	struct exception x[LIMIT_EXCEPTIONS + 1];
	struct receipt r = sample(), got;
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i <= LIMIT_EXCEPTIONS; i++)
		x[i] = (struct exception){i + 5, true, 0, VERDICT_SHAPE};
	r.exception = x;
	r.exceptions = LIMIT_EXCEPTIONS;
	assert_int_equal(write_read(&r, a, &got), OK);
	assert_int_equal(got.exceptions, LIMIT_EXCEPTIONS);
	r.exceptions = LIMIT_EXCEPTIONS + 1;
	assert_int_equal(write_read(&r, a, &got), ERR_LIMIT);
	r = sample();
	r.from = r.n;
	assert_int_equal(write_read(&r, a, &got), ERR_INVALID);
	r = sample();
	r.n = (uint64_t)INT64_MAX + 1;
	assert_int_equal(write_read(&r, a, &got), ERR_LIMIT);
	r = sample();
	r.time = -1;
	assert_int_equal(write_read(&r, a, &got), ERR_INVALID);
	arena_free(a);
}

/* What a foreign writer could send: the map of a good receipt with one key replaced. */
static enum err with(int64_t key, struct value *v, struct arena *a)
{
	struct receipt r = sample(), got;
	struct buf bytes = {0};
	const struct value *map;
	struct value *copy;
	enum err err;

	assert_int_equal(receipt_encode(&r, &bytes), OK);
	assert_int_equal(pack_decode(buf_span(&bytes), a, &map), OK);
	copy = value_copy(a, map);
	value_set(a, copy, key, v);
	buf_free(&bytes);
	assert_int_equal(pack_encode(copy, &bytes), OK);
	err = receipt_decode(buf_span(&bytes), a, &got);
	buf_free(&bytes);
	return err;
}

static struct value *list_of(struct arena *a, struct value *n, struct value *index, struct value *code)
{
	struct value *list = value_array(a), *one = value_array(a);

	value_push(a, one, n);
	value_push(a, one, index);
	if (code != NULL)
		value_push(a, one, code);
	value_push(a, list, one);
	return list;
}

static void hostile_forms(void **state)
{
	static const uint8_t much[70000];
	struct arena *a = arena_new();
	struct value *list;

	(void)state;
	assert_int_equal(with(8, list_of(a, value_int(a, 9), value_int(a, 0), value_int(a, 64)), a), OK);
	assert_int_equal(with(8, list_of(a, value_int(a, 9), value_nil(a), value_int(a, 255)), a), OK);
	assert_int_equal(with(8, value_array(a), a), ERR_INVALID); /* a second form of "none" */
	assert_int_equal(with(8, value_nil(a), a), ERR_INVALID);
	assert_int_equal(with(8, list_of(a, value_int(a, 9), value_nil(a), NULL), a), ERR_INVALID);
	assert_int_equal(with(8, list_of(a, value_int(a, -9), value_nil(a), value_int(a, 64)), a), ERR_INVALID);
	assert_int_equal(with(8, list_of(a, value_int(a, 9), value_str(a, "0"), value_int(a, 64)), a), ERR_INVALID);
	assert_int_equal(with(8, list_of(a, value_int(a, 9), value_int(a, -1), value_int(a, 64)), a), ERR_INVALID);
	assert_int_equal(with(8, list_of(a, value_int(a, 9), value_int(a, 256), value_int(a, 64)), a), ERR_INVALID);
	assert_int_equal(with(8, list_of(a, value_int(a, 9), value_int(a, 65536), value_int(a, 64)), a), ERR_INVALID);
	assert_int_equal(with(8, list_of(a, value_int(a, 9), value_int(a, 0), value_int(a, 63)), a), ERR_INVALID);
	assert_int_equal(with(8, list_of(a, value_int(a, 9), value_int(a, 0), value_int(a, 256)), a), ERR_INVALID);
	list = value_array(a);
	value_push(a, list, value_int(a, 1));
	assert_int_equal(with(8, list, a), ERR_INVALID);
	assert_int_equal(with(0, value_int(a, 2), a), ERR_INVALID);
	assert_int_equal(with(4, value_int(a, 2000), a), ERR_INVALID);
	assert_int_equal(with(9, value_int(a, 1), a), ERR_INVALID);
	assert_int_equal(with(64, value_int(a, 1), a), OK);
	assert_int_equal(with(64, value_bin(a, SPAN(much, 65200)), a), OK);
	assert_int_equal(with(64, value_bin(a, SPAN(much, 65536)), a), ERR_LIMIT);
	arena_free(a);
}

static void what_is_covered(void **state)
{
	const struct exception x[2] = {{7, true, 3, VERDICT_LIMIT}, {9, false, 0, VERDICT_BODY_MISSING}};
	struct receipt r = sample();
	uint8_t code = 77;

	(void)state;
	r.n = 10;
	r.exceptions = 2;
	r.exception = x;
	assert_false(receipt_covers(&r, 4, 0, &code));
	assert_false(receipt_covers(&r, 11, 0, &code));
	assert_true(receipt_covers(&r, 5, 0, &code));
	assert_true(receipt_covers(&r, 10, 0, &code));
	assert_true(receipt_covers(&r, 7, 2, &code));
	assert_int_equal(code, 77);
	assert_false(receipt_covers(&r, 7, 3, &code));
	assert_int_equal(code, VERDICT_LIMIT);
	assert_false(receipt_covers(&r, 9, 200, &code));
	assert_int_equal(code, VERDICT_BODY_MISSING);
}

static void bits_and_cuts(void **state)
{
	const struct exception x = {7, false, 0, VERDICT_LIMIT};
	struct receipt r = sample(), got;
	struct arena *a = arena_new();
	struct buf payload = {0};
	struct maker m;
	uint8_t sig[64];

	(void)state;
	r.exceptions = 1;
	r.exception = &x;
	maker_begin(&m, 1, "Harlow Parts");
	assert_int_equal(receipt_encode(&r, &payload), OK);
	maker_sign(&m, 0, SIGN_RECEIPT, buf_span(&payload), sig);
	for (size_t bit = 0; bit < payload.n * 8; bit++) {
		payload.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(sign_check(SIGN_RECEIPT, buf_span(&payload), m.statement[0].keys.sign, sig), ERR_SIGNATURE);
		payload.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < payload.n; n++)
		assert_int_equal(receipt_decode(SPAN(payload.p, n), a, &got), ERR_SHAPE);
	buf_free(&payload);
	maker_end(&m);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_survive), cmocka_unit_test(exceptions_are_ordered_and_inside), cmocka_unit_test(limits),
		cmocka_unit_test(hostile_forms),  cmocka_unit_test(what_is_covered),                   cmocka_unit_test(bits_and_cuts),
	};

	return cmocka_run_group_tests_name("receipt", tests, NULL, NULL);
}
