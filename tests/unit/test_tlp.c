#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/kinds.h"
#include "proto/tlp.h"

static struct record record_of(int64_t tlp, int64_t onward)
{
	struct record r = {.kind = KIND_INCIDENT_NOTICE, .tlp = tlp, .onward = onward};

	return r;
}

/* The whole table: every label, known or not, with and without onward, to each of the three. */
static void test_forward(void **state)
{
	static const struct {
		int64_t tlp, onward;
		bool customer, supplier, partner;
	} rows[] = {
		{TLP_CLEAR, 0, true, true, true}, {TLP_CLEAR, 1, true, true, true},
		{TLP_GREEN, 0, true, true, true}, {TLP_GREEN, 1, true, true, true},
		{TLP_AMBER, 0, true, false, false}, {TLP_AMBER, 1, true, true, false},
		{TLP_AMBER_STRICT, 0, false, false, false}, {TLP_AMBER_STRICT, 1, false, false, false},
		{TLP_RED, 0, false, false, false}, {TLP_RED, 1, false, false, false},
		{0, 1, false, false, false}, {6, 1, false, false, false}, {255, 0, false, false, false}, {-1, 1, false, false, false},
		{INT64_MAX, 1, false, false, false}, {INT64_MIN, 1, false, false, false},
		{((int64_t)1 << 32) + TLP_CLEAR, 1, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct record r = record_of(rows[i].tlp, rows[i].onward);
		const bool want[] = {rows[i].customer, rows[i].supplier, rows[i].partner};

		for (size_t to = TLP_TO_CUSTOMER; to <= TLP_TO_PARTNER; to++) {
			struct complaint why = {0};

			assert_int_equal(tlp_forward(&r, (enum tlp_relation)to, &why), want[to] ? OK : ERR_TLP);
			assert_int_equal(why.text[0] == 0, want[to]);
			assert_int_equal(why.where[0] == 0, want[to]);
		}
		assert_int_equal(tlp_forward(&r, TLP_TO_CUSTOMER, NULL), want[0] ? OK : ERR_TLP);
	}
}

static void test_no_second_hop(void **state)
{
	struct complaint why = {0};

	(void)state;
	for (int64_t tlp = TLP_CLEAR; tlp <= TLP_RED; tlp++) {
		struct record r = record_of(tlp, 0);

		r.kind = KIND_FORWARD;
		assert_int_equal(tlp_forward(&r, TLP_TO_CUSTOMER, &why), ERR_TLP);
	}
}

static void test_direct(void **state)
{
	static const int64_t red[] = {TLP_RED, 0, 6, -1, INT64_MAX};
	struct id a = {{1}}, b = {{2}}, c = {{3}};
	struct complaint why = {0};

	(void)state;
	for (int64_t tlp = TLP_CLEAR; tlp < TLP_RED; tlp++) {
		struct record r = record_of(tlp, 0);

		assert_int_equal(tlp_direct(&r, &a, &why), OK);
	}
	for (size_t i = 0; i < sizeof(red) / sizeof(*red); i++) {
		struct record r = record_of(red[i], 0);

		r.name[0] = a; /* beyond the count: not named */
		assert_int_equal(tlp_direct(&r, &a, &why), ERR_TLP);
		r.name[1] = b;
		r.named = 2;
		assert_int_equal(tlp_direct(&r, &a, &why), OK);
		assert_int_equal(tlp_direct(&r, &b, &why), OK);
		assert_int_equal(tlp_direct(&r, &c, &why), ERR_TLP);
		assert_string_equal(why.where, "tlp");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forward), cmocka_unit_test(test_no_second_hop), cmocka_unit_test(test_direct),
	};

	return cmocka_run_group_tests_name("tlp", tests, NULL, NULL);
}
