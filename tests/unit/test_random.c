/* Randomness of the real node: it starts, and does not repeat itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "keys/random.h"

static void starts_again_and_again(void **state)
{
	(void)state;
	assert_int_equal(random_start(), OK);
	assert_int_equal(random_start(), OK);
}

static void fills_exactly_what_it_is_given(void **state)
{
	uint8_t one[66], two[66];

	(void)state;
	memset(one, 0xa5, sizeof one);
	memset(two, 0xa5, sizeof two);
	random_fill(one + 1, 64);
	random_fill(two + 1, 64);
	assert_memory_not_equal(one + 1, two + 1, 64);
	assert_int_equal(one[0], 0xa5);
	assert_int_equal(one[65], 0xa5);
	random_fill(one, 0);
	assert_int_equal(one[0], 0xa5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_again_and_again),
		cmocka_unit_test(fills_exactly_what_it_is_given),
	};

	return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
