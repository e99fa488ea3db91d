#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "proto/when.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0}, {"1970-01-01", 0}, {"1970-01-01T00:00:00.001Z", 1}, {"1970-01-01T00:00:00.0019Z", 1},
		{"1970-01-01T00:00:00.5Z", 500}, {"1970-01-01T00:00:00.123456789Z", 123}, {"1970-01-02", WHEN_DAY_MS},
		{"2000-02-29T00:00:00Z", 951782400000}, {"2026-11-23T09:00:00Z", 1795424400000}, {"2026-11-23t09:00:00z", 1795424400000},
		{"2026-11-23 09:00:00Z", 1795424400000}, {"2026-11-23T10:30:00+01:30", 1795424400000},
		{"2026-11-22T22:00:00-11:00", 1795424400000},
		{"1970-01-01T23:59:00+23:59", 0}, {"1969-12-31T23:00:00-01:00", -1}, {"9999-12-31T23:59:59.999Z", WHEN_MAX_MS},
		{"9999-12-31T23:59:59.999-00:00", WHEN_MAX_MS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t ms = 42;
		enum err e = when_parse(rows[i].text, &ms);

		if (rows[i].ms < 0) {
			assert_int_equal(e, ERR_INVALID);
			assert_int_equal(ms, 42);
		} else {
			if (e != OK || ms != rows[i].ms)
				fail_msg("%s: %s %lld", rows[i].text, err_name(e), (long long)ms);
		}
	}
}

static void test_refuse(void **state)
{
	static const char *const texts[] = {
		"", "x", "2026", "2026-11", "2026-1-1", "2026-11-2", "26-11-23", "2026-11-23T", "2026-11-23T09", "2026-11-23T09:00",
		"2026-11-23T09:00Z", "2026-11-23T09:00:00", "2026-11-23T09:00:00.Z", "2026-11-23T09:00:00.1234567890Z",
		"2026-11-23T09:00:00ZZ",
		"2026-11-23T09:00:00Z ", " 2026-11-23T09:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T09:60:00Z", "2026-11-23T09:00:60Z",
		"2026-11-23T09:00:00+1:00", "2026-11-23T09:00:00+24:00", "2026-11-23T09:00:00+01:60", "2026-11-23T09:00:00+0100",
		"2026-11-23T09:00:00+01", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32", "2026-02-29", "2026-04-31", "1900-02-29",
		"2100-02-29", "1969-12-31", "0000-01-01", "+2026-11-23", "-026-11-23", "10000-01-01", "2026/11/23", "2026-11-23X09:00:00Z",
		"9999-12-31T23:59:59-00:01", "1970-01-01T00:00:00+00:01", "2026-11-23T-9:00:00Z", "\xd9\xa2" "026-11-23",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		int64_t ms = 42;

		if (when_parse(texts[i], &ms) != ERR_INVALID)
			fail_msg("taken: \"%s\"", texts[i]);
		assert_int_equal(ms, 42);
		assert_int_equal(when_parse_date(texts[i], &ms), ERR_INVALID);
	}
	assert_int_equal(when_parse_date("2026-11-23T09:00:00Z", &(int64_t){0}), ERR_INVALID);
}

/* Every day there is, there and back, and its length of month against the C library. */
static void test_every_day(void **state)
{
	char text[WHEN_TEXT], want[WHEN_TEXT];

	(void)state;
	for (int64_t day = 0; day <= WHEN_MAX_DAY; day++) {
		int64_t back = -1;

		when_format_date(day, text);
		assert_int_equal(when_parse_date(text, &back), OK);
		assert_int_equal(back, day);
		if (day % 97 == 0) {
			time_t t = (time_t)day * 86400;
			struct tm tm;

			assert_non_null(gmtime_r(&t, &tm));
			assert_int_equal(strftime(want, sizeof(want), "%Y-%m-%d", &tm), 10);
			assert_string_equal(text, want);
		}
	}
	when_format_date(WHEN_MAX_DAY, text);
	assert_string_equal(text, "9999-12-31");
}

static void test_format(void **state)
{
	char text[WHEN_TEXT];

	(void)state;
	when_format(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	when_format(1795424400000, text);
	assert_string_equal(text, "2026-11-23T09:00:00Z");
	when_format(1795424400007, text);
	assert_string_equal(text, "2026-11-23T09:00:00.007Z");
	when_format(WHEN_MAX_MS, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
	when_format(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	/* numbers no parser of ours gives stay within the buffer */
	when_format(INT64_MIN, text);
	assert_string_equal(text, "-9223372036854775808ms");
	when_format(INT64_MAX, text);
	when_format_date(INT64_MIN, text);
	assert_string_equal(text, "day -9223372036854775808");
	when_format_date(INT64_MAX, text);
	when_format_date(WHEN_MAX_DAY + 1, text);
	assert_string_equal(text, "day 2932897");
}

static void test_round_trip(void **state)
{
	char text[WHEN_TEXT];

	(void)state;
	for (int64_t ms = 0; ms <= WHEN_MAX_MS; ms += 86399999989) {
		int64_t back = -1;

		when_format(ms, text);
		assert_int_equal(when_parse(text, &back), OK);
		assert_int_equal(back, ms);
	}
}

static void test_span(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {{"0s", 0}, {"500ms", 500}, {"10s", 10000}, {"5m", 300000}, {"24h", WHEN_DAY_MS}, {"7d", 7 * WHEN_DAY_MS},
	            {"007d", 7 * WHEN_DAY_MS}, {"9223372036854775807ms", INT64_MAX}, {"106751991167d", 106751991167 * WHEN_DAY_MS}};
	static const char *const bad[] = {"", "5", "s", "ms", "-5s", "+5s", " 5s", "5 s", "5s ", "5S", "5sec", "1h30m", "1.5h",
		"9223372036854775808ms",
	                                  "106751991168d", "99999999999999999999999s", "5w"};
	int64_t ms = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (when_parse_span(bad[i], &ms) != ERR_INVALID)
			fail_msg("taken: \"%s\"", bad[i]);
	assert_int_equal(ms, 42);
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(when_parse_span(good[i].text, &ms), OK);
		assert_int_equal(ms, good[i].ms);
	}
}

static void test_months(void **state)
{
	static const struct {
		const char *from;
		int months;
		const char *to;
	} rows[] = {
		{"2026-01-31T10:00:00Z", 1, "2026-02-28T10:00:00Z"}, {"2028-01-31T10:00:00Z", 1, "2028-02-29T10:00:00Z"},
		{"2026-11-23T09:00:00.250Z", 1, "2026-12-23T09:00:00.250Z"}, {"2026-12-31T23:59:59Z", 2, "2027-02-28T23:59:59Z"},
		{"2026-12-01T00:00:00Z", 1, "2027-01-01T00:00:00Z"}, {"2026-03-31T00:00:00Z", -1, "2026-02-28T00:00:00Z"},
		{"2026-01-15T00:00:00Z", -1, "2025-12-15T00:00:00Z"}, {"2024-02-29T00:00:00Z", 12, "2025-02-28T00:00:00Z"},
		{"2024-02-29T00:00:00Z", 48, "2028-02-29T00:00:00Z"}, {"2026-05-31T00:00:00Z", 0, "2026-05-31T00:00:00Z"},
		{"2026-05-31T00:00:00Z", -13, "2025-04-30T00:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[WHEN_TEXT];
		int64_t ms;

		assert_int_equal(when_parse(rows[i].from, &ms), OK);
		when_format(when_add_months(ms, rows[i].months), text);
		assert_string_equal(text, rows[i].to);
	}
}

/* 2026-11-27 is a Friday. */
static void test_working_days(void **state)
{
	static const struct { const char *from; unsigned n; const char *to; } rows[] = {
		{"2026-11-27", 0, "2026-11-27"}, {"2026-11-27", 1, "2026-11-30"}, {"2026-11-28", 1, "2026-11-30"}, {"2026-11-29", 1, "2026-11-30"},
		{"2026-11-26", 1, "2026-11-27"}, {"2026-11-27", 5, "2026-12-04"}, {"2026-11-27", 10, "2026-12-11"}, {"2026-11-28", 10, "2026-12-11"},
		{"2026-12-30", 2, "2027-01-01"}, {"1970-01-01", 2, "1970-01-05"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[WHEN_TEXT];
		int64_t day;

		assert_int_equal(when_parse_date(rows[i].from, &day), OK);
		when_format_date(when_working_day(day, rows[i].n), text);
		assert_string_equal(text, rows[i].to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_working_days),
		cmocka_unit_test(test_parse), cmocka_unit_test(test_refuse), cmocka_unit_test(test_every_day), cmocka_unit_test(test_format),
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_span), cmocka_unit_test(test_months),
	};

	return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
