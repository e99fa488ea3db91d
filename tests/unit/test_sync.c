#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/hash.h"
#include "proto/sync.h"

static struct sync_head head(uint8_t log, uint64_t n, uint64_t receipted)
{
	struct sync_head h = {{{log}}, n, receipted};
	return h;
}

static void order_of_heads_does_not_matter(void **state)
{
	struct sync_head a[] = {head(1, 5, 5), head(2, 7, 3), head(9, 1, 0)};
	struct sync_head b[] = {head(9, 1, 0), head(1, 5, 5), head(2, 7, 3)};
	struct id x, y;
	(void)state;
	sync_summary(a, 3, &x);
	sync_summary(b, 3, &y);
	assert_true(id_eq(&x, &y));
}

static void any_difference_shows(void **state)
{
	struct id x, y;
	(void)state;
	for (int change = 0; change < 5; change++) {
		struct sync_head a[] = {head(1, 5, 5), head(2, 7, 3)}, b[] = {head(1, 5, 5), head(2, 7, 3)};
		size_t count = 2;
		switch (change) {
		case 0: b[0].n++; break;
		case 1: b[1].receipted--; break;
		case 2: b[1].log.b[31] = 1; break;
		case 3: count = 1; break;
		case 4: b[0].n = 7; b[1].n = 5; break;
		}
		sync_summary(a, 2, &x);
		sync_summary(b, count, &y);
		assert_false(id_eq(&x, &y));
	}
}

static void no_heads_is_zeros(void **state)
{
	struct id x;
	(void)state;
	sync_summary(NULL, 0, &x);
	assert_true(id_zero(&x));
}

static void nothing_before_the_reader_has_spoken(void **state)
{
	struct sync_log l = {.head = 10};
	uint64_t n = 77;
	(void)state;
	assert_false(sync_next(&l, &n));
	assert_int_equal(n, 77);
	sync_start(&l, 4);
	assert_true(sync_next(&l, &n));
	assert_int_equal(n, 5);
}

static void the_window_is_messages_and_bytes(void **state)
{
	struct sync_log l = {.head = 1000};
	uint64_t n;
	(void)state;
	sync_start(&l, 0);
	for (uint64_t i = 1; i <= SYNC_SENT; i++) {
		assert_true(sync_next(&l, &n));
		assert_int_equal(n, i);
		sync_sent(&l, n, 10);
	}
	assert_false(sync_next(&l, &n));
	sync_acked(&l, 3);
	assert_true(sync_next(&l, &n));
	assert_int_equal(n, SYNC_SENT + 1);
	sync_start(&l, 0);
	sync_sent(&l, 1, LIMIT_INFLIGHT_BYTES - 1);
	assert_true(sync_next(&l, &n));
	sync_sent(&l, 2, 1);
	assert_false(sync_next(&l, &n));
	sync_acked(&l, 1);
	assert_true(sync_next(&l, &n));
}

static void a_receipt_beyond_what_was_sent_moves_the_cursor(void **state)
{
	struct sync_log l = {.head = 10};
	uint64_t n;
	(void)state;
	sync_start(&l, 2);
	sync_sent(&l, 5, 100);
	sync_acked(&l, 8); /* they had it by another way */
	assert_int_equal(l.bytes, 0);
	assert_true(sync_next(&l, &n));
	assert_int_equal(n, 9);
	sync_acked(&l, 4); /* an older one says nothing new */
	assert_int_equal(l.acked, 8);
	sync_start(&l, 3); /* asked again from a place */
	assert_true(sync_next(&l, &n));
	assert_int_equal(n, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_of_heads_does_not_matter), cmocka_unit_test(any_difference_shows),
		cmocka_unit_test(no_heads_is_zeros), cmocka_unit_test(nothing_before_the_reader_has_spoken),
		cmocka_unit_test(the_window_is_messages_and_bytes), cmocka_unit_test(a_receipt_beyond_what_was_sent_moves_the_cursor),
	};
	return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}
