#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "node/register.h"
#include "proto/when.h"
#include "tests/unit/arena.h"

static enum err sheet_of(const char *csv, struct register_sheet *out, struct complaint *why)
{
	memset(why, 0, sizeof *why);
	return register_csv_read(&(struct register_reading){.table = supplier_fields}, SPAN(csv, strlen(csv)), a, out, why);
}

static void reads(const char *csv, struct register_sheet *out)
{
	struct complaint why;

	if (sheet_of(csv, out, &why) != OK)
		fail_msg("%s\n  %s %s", csv, why.where, why.text);
}

static void refused(const char *csv, const char *where, const char *words)
{
	struct register_sheet s = {.count = 77};
	struct complaint why;
	enum err e = sheet_of(csv, &s, &why);

	if ((e != ERR_INVALID && e != ERR_LIMIT) || strcmp(why.where, where) != 0 || !strstr(why.text, words))
		fail_msg("%s\n  %s: [%s] %s", csv, err_name(e), why.where, why.text);
	assert_int_equal(s.count, 77);
}

static void text_is(const struct register_row *r, const char *field, const char *text)
{
	struct span s;

	assert_true(fields_str(supplier_fields, r->given, field, &s));
	if (!span_eq(s, SPAN(text, strlen(text))))
		fail_msg("%s is %.*s", field, (int)s.n, (const char *)s.p);
}

static void plain(void **state)
{
	struct register_sheet s;
	int64_t i;

	(void)state;
	reads("name,title,tier,review_due,services,factors.dependency\r\n"
	      "brackwater,\"Brackwater, Logistics\",high,2027-01-31,cold chain; a\\; b,low\r\n"
	      "acme,,,,,\r\n", &s);
	assert_int_equal(s.count, 2);
	assert_string_equal(s.rows[0].name, "brackwater");
	assert_int_equal(s.rows[0].line, 2);
	text_is(&s.rows[0], "title", "Brackwater, Logistics");
	assert_true(fields_int(supplier_fields, s.rows[0].given, "tier", &i));
	assert_int_equal(i, 2);
	assert_int_equal(value_count(fields_get(supplier_fields, s.rows[0].given, "services")), 2);
	assert_int_equal(fields_get(supplier_fields, s.rows[1].given, "title")->type, VALUE_NIL);
}

static void tolerant(void **state)
{
	static const char *const files[] = {
		"\xef\xbb\xbfname,title\nx1,T\n", "name,title\r\nx1,T\r\n", "name,title\rx1,T\r", "name,title\nx1,T", "name;title\nx1;T\n",
		"name\ttitle\nx1\tT\n", "Name,TITLE\n\n\nx1,T\n\n", "name,title\nx1,T,,\n,\n",
		"\nname,title\nx1,T\n", ";;\r\n\r\nname;title\r\nx1;T\r\n", "\"name\",\"title\"\n\"x1\",\"T\"\n", "title,name\nT,x1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct register_sheet s;

		reads(files[i], &s);
		assert_int_equal(s.count, 1);
		assert_string_equal(s.rows[0].name, "x1");
		text_is(&s.rows[0], "title", "T");
	}
}

static void lines_and_columns(void **state)
{
	(void)state;
	refused("", "line 1, column 1", "empty");
	refused("\n\n", "line 1, column 1", "empty");
	refused("title\nx\n", "line 1", "no column \"name\"");
	refused("name,teir\n", "line 1, column 2", "did you mean \"tier\"");
	refused("name,qqqqqqqqqqqqq\n", "line 1, column 2", "is no column");
	refused("name,tier,tier\n", "line 1, column 3", "twice");
	refused("name,created\n", "line 1, column 2", "is no column");
	refused("\n,,\nname,tier\na1,huge\n", "line 4, column tier", "one of");
	refused("name,tier\na1,high\na2,huge\n", "line 3, column tier", "one of");
	refused("name,review_due\na1,soon\n", "line 2, column review_due", "date");
	refused("name,partner\na1,abc\n", "line 2, column partner", "hexadecimal");
	refused("name,note,tier\na1,\"two\nlines\",high\na2,\"three\nlines\nhere\",huge\n", "line 4, column tier", "one of");
	refused("name,title,tier\na1,x\n", "line 2, column tier", "is missing");
	refused("name,title\na1,x,y\n", "line 2", "more cells");
	refused("name,title\n,x\n", "line 2", "no name");
	refused("name,title\na1,\"x\"y\n", "line 2, column title", "quote");
	refused("name,title\na1,\"x\n", "line 2, column title", "does not end");
	refused("name,factors.dependency\na1,very\n", "line 2, column factors.dependency", "one of");
	refused("name,contacts\na1,somebody\n", "line 2, column contacts", "written as");
	refused("name,contacts\na1,colour=red\n", "line 2, column contacts", "no part");
	refused("name,title\na1,a\xe2\x80\xae" "b\n", "line 2, column title", "direction");
	refused("name,title\na1,a\x1b[2J\n", "line 2, column title", "control");
	refused("name,title\na1,\xff\n", "line 2, column title", "UTF-8");
}

static void limits(void **state)
{
	char csv[70000] = "name,services\na1,";
	struct register_sheet s;
	struct complaint why;
	size_t n = strlen(csv);

	(void)state;
	for (int i = 0; i < 256; i++)
		n += (size_t)snprintf(csv + n, sizeof csv - n, "s%d;", i);
	reads(csv, &s);
	assert_int_equal(value_count(fields_get(supplier_fields, s.rows[0].given, "services")), 256);
	(void)snprintf(csv + n, sizeof csv - n, "one more");
	refused(csv, "line 2, column services", "more than 256");
	assert_int_equal(register_csv_read(&(struct register_reading){.table = supplier_fields}, SPAN("name\nx\0y\n", 9), a, &s, &why), ERR_INVALID);
	assert_string_equal(why.where, "line 2, column 1");
	memset(csv, ',', 200);
	memcpy(csv, "name", 4);
	csv[200] = '\0';
	refused(csv, "line 1, column 2", "is no column");
}

/* Formula cells are disarmed on the way out and come back as they were. */
static void there_and_back(void **state)
{
	static const char *const texts[] = {"=1+1", "+49 1", "-x", "@SUM(A1)", "'=x", "''x", "'", "'x", "a\"b", "a,b;c", "x\\;y\\", "=cmd|' /C calc'!A0"};
	struct complaint why;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct value *row = value_map(a), *list = value_array(a), *groups = value_array(a), *group = value_map(a);
		struct register_sheet s;
		struct buf csv = {0};
		json_t *changes;

		value_push(a, list, value_str(a, texts[i]));
		value_push(a, list, value_str(a, "other"));
		value_set(a, group, 0, value_str(a, "LEI"));
		value_set(a, group, 1, value_str(a, texts[i]));
		value_push(a, groups, group);
		value_push(a, groups, value_copy(a, group));
		fields_set(a, supplier_fields, row, "name", value_str(a, "x1"));
		fields_set(a, supplier_fields, row, "title", value_str(a, texts[i]));
		fields_set(a, supplier_fields, row, "note", value_str(a, "first\n\nlast, \"really\""));
		fields_set(a, supplier_fields, row, "services", list);
		fields_set(a, supplier_fields, row, "identifiers", groups);
		fields_set(a, supplier_fields, row, "tier", value_int(a, 1));
		fields_set(a, supplier_fields, row, "review_due", value_int(a, 20000));
		assert_int_equal(register_csv_heading(supplier_fields, &csv), OK);
		assert_int_equal(register_csv_row(supplier_fields, row, &csv), OK);
		assert_int_equal(buf_add(&csv, "", 1), OK);
		if (strchr("=+-@", texts[i][0])) {
			char bare[64];

			(void)snprintf(bare, sizeof bare, ",%s,", texts[i]);
			assert_null(strstr((const char *)csv.p, bare));
		}
		assert_int_equal(register_csv_read(&(struct register_reading){.table = supplier_fields}, SPAN(csv.p, csv.n - 1), a, &s, &why), OK);
		assert_int_equal(s.count, 1);
		changes = register_changes(supplier_fields, row, register_lay(a, supplier_fields, NULL, s.rows[0].given));
		if (json_array_size(changes) != 0)
			fail_msg("%s: %s differs\n%s", texts[i], json_string_value(json_array_get(changes, 0)), (const char *)csv.p);
		json_decref(changes);
		buf_free(&csv);
	}
}

static void laying(void **state)
{
	struct value *old = value_map(a), *given = value_map(a), *factors = value_map(a), *more = value_map(a), *row;
	int64_t i;

	(void)state;
	value_set(a, factors, 0, value_int(a, 1));
	value_set(a, factors, 1, value_int(a, 2));
	fields_set(a, supplier_fields, old, "name", value_str(a, "x1"));
	fields_set(a, supplier_fields, old, "title", value_str(a, "T"));
	fields_set(a, supplier_fields, old, "tier", value_int(a, 3));
	fields_set(a, supplier_fields, old, "factors", factors);
	value_set(a, more, 1, value_nil(a));
	value_set(a, more, 2, value_int(a, 5));
	fields_set(a, supplier_fields, given, "factors", more);
	fields_set(a, supplier_fields, given, "title", value_nil(a));
	fields_set(a, supplier_fields, given, "tier", value_int(a, 1));
	row = register_lay(a, supplier_fields, old, given);
	assert_null(fields_get(supplier_fields, row, "title"));
	assert_true(fields_int(supplier_fields, row, "tier", &i));
	assert_int_equal(i, 1);
	assert_int_equal(value_count(fields_get(supplier_fields, row, "factors")), 2);
	assert_null(value_at(fields_get(supplier_fields, row, "factors"), 1));
	value_set(a, more, 0, value_nil(a));
	value_set(a, more, 2, value_nil(a));
	row = register_lay(a, supplier_fields, old, given);
	assert_null(fields_get(supplier_fields, row, "factors")); /* an emptied group is not there */
	assert_non_null(fields_get(supplier_fields, old, "title")); /* old is untouched */
}

static void due(void **state)
{
	static const int64_t wanted[] = {0, 365, 365, 731, 1096}; /* days from 2026-11-24; 2028 is a leap year */
	int64_t now, held;
	struct value *row;

	(void)state;
	assert_int_equal(when_parse("2026-11-24T12:00:00Z", &now), OK);
	for (int64_t tier = 1; tier <= 4; tier++) {
		row = value_map(a);
		fields_set(a, supplier_fields, row, "tier", value_int(a, tier));
		local_supplier_due(a, row, now, false);
		assert_true(fields_int(supplier_fields, row, "review_due", &held));
		assert_int_equal(held - now / WHEN_DAY_MS, wanted[tier]);
	}
	fields_set(a, supplier_fields, row, "tier", value_int(a, 1));
	local_supplier_due(a, row, now, false);
	assert_true(fields_int(supplier_fields, row, "review_due", &held));
	assert_int_equal(held - now / WHEN_DAY_MS, wanted[4]); /* stated: stays */
	local_supplier_due(a, row, now, true);
	assert_true(fields_int(supplier_fields, row, "review_due", &held));
	assert_int_equal(held - now / WHEN_DAY_MS, wanted[1]);
	fields_set(a, supplier_fields, row, "tier", value_int(a, 4));
	local_supplier_due(a, row, now, true);
	assert_true(fields_int(supplier_fields, row, "review_due", &held));
	assert_int_equal(held - now / WHEN_DAY_MS, wanted[1]); /* never back */
	row = value_map(a);
	local_supplier_due(a, row, now, true);
	assert_int_equal(value_count(row), 0); /* no tier: nothing is said */
}

static void changes(void **state)
{
	struct value *old = value_map(a), *row = value_map(a);
	json_t *j;

	(void)state;
	fields_set(a, supplier_fields, old, "title", value_str(a, "T"));
	fields_set(a, supplier_fields, row, "title", value_str(a, "T"));
	fields_set(a, supplier_fields, row, "changed", value_int(a, 5));
	j = register_changes(supplier_fields, old, row);
	assert_int_equal(json_array_size(j), 0);
	json_decref(j);
	fields_set(a, supplier_fields, row, "tier", value_int(a, 1));
	fields_set(a, supplier_fields, old, "owner", value_str(a, "me"));
	j = register_changes(supplier_fields, old, row);
	assert_int_equal(json_array_size(j), 2);
	json_decref(j);
	j = register_changes(supplier_fields, NULL, row);
	assert_int_equal(json_array_size(j), 2);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(plain, arena_begin, arena_end), cmocka_unit_test_setup_teardown(tolerant, arena_begin, arena_end),
		cmocka_unit_test_setup_teardown(lines_and_columns, arena_begin, arena_end), cmocka_unit_test_setup_teardown(limits, arena_begin, arena_end),
		cmocka_unit_test_setup_teardown(there_and_back, arena_begin, arena_end), cmocka_unit_test_setup_teardown(laying, arena_begin, arena_end),
		cmocka_unit_test_setup_teardown(due, arena_begin, arena_end), cmocka_unit_test_setup_teardown(changes, arena_begin, arena_end),
	};

	return cmocka_run_group_tests_name("register", tests, NULL, NULL);
}
