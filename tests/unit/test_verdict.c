#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/verdict.h"

static const struct {
	enum verdict v;
	int number;
	const char *name, *text;
	char class, blames;
} rows[] = {
#define X(name, number, class, blames, text) {name, number, #name, text, class, blames},
	VERDICT_TABLE(X)
#undef X
};

#define ROWS (sizeof(rows) / sizeof(*rows))

/* VERDICT_NOT_PARTNER is "not-partner": the names written by hand are those of the table. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		char want[64] = "";
		const char *name = rows[i].name + strlen("VERDICT_");

		for (size_t k = 0; name[k]; k++)
			want[k] = name[k] == '_' ? '-' : (char)tolower(name[k]);
		assert_string_equal(verdict_name(rows[i].v), want);
		assert_string_equal(verdict_text(rows[i].v), rows[i].text);
		assert_int_equal(verdict_class(rows[i].v), rows[i].class);
		assert_int_equal(verdict_blames(rows[i].v), rows[i].blames);
		assert_non_null(strchr("GFTE", rows[i].class));
		assert_non_null(strchr("NAPO", rows[i].blames));
		assert_in_range(rows[i].number, 0, 255); /* one byte in the store */
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(rows[i].number, rows[k].number);
	}
}

/* Classes lie in ranges of their own, so that a number alone tells which. */
static void test_ranges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		int n = rows[i].number;

		assert_int_equal(rows[i].class, n < 16 ? 'G' : n < 32 ? 'T' : n < 64 ? 'F' : 'E');
	}
}

static void test_unknown(void **state)
{
	static const int numbers[] = {3, 15, 31, 43, 63, 200, 255};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		assert_string_equal(verdict_text((enum verdict)numbers[i]), "unknown verdict");
		assert_string_equal(verdict_name((enum verdict)numbers[i]), "unknown");
		assert_int_equal(verdict_class((enum verdict)numbers[i]), 'T');
		assert_int_equal(verdict_blames((enum verdict)numbers[i]), 'N');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_ranges), cmocka_unit_test(test_unknown)};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
