#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/kinds.h"
#include "proto/vocab.h"
#include "proto/when.h"
#include "tests/unit/arena.h"

static const struct field inner[] = {
	{.key = 0, .name = "rid", .type = FIELD_LINE, .required = true, .max = 8, .help = "inner id"},
	{.key = 1, .name = "note", .type = FIELD_TEXT},
	{0},
};

static const struct field table[] = {
	{.key = 0, .name = "line", .type = FIELD_LINE, .required = true, .help = "a line"},
	{.key = 1, .name = "text", .type = FIELD_TEXT},
	{.key = 2, .name = "number", .type = FIELD_INT, .max = 100},
	{.key = 3, .name = "big", .type = FIELD_INT},
	{.key = 4, .name = "flag", .type = FIELD_BOOL},
	{.key = 5, .name = "time", .type = FIELD_TIME},
	{.key = 6, .name = "date", .type = FIELD_DATE},
	{.key = 7, .name = "severity", .type = FIELD_ENUM, .vocab = &vocab_severity},
	{.key = 8, .name = "ref", .type = FIELD_REF},
	{.key = 9, .name = "org", .type = FIELD_ORG},
	{.key = 10, .name = "bytes", .type = FIELD_BYTES, .max = 4},
	{.key = 11, .name = "group", .type = FIELD_GROUP, .group = inner},
	{.key = 12, .name = "groups", .type = FIELD_GROUP, .list = true, .max_items = 3, .group = inner},
	{.key = 13, .name = "lines", .type = FIELD_LINE, .list = true, .max = 4},
	{.key = 14, .name = "free", .type = FIELD_GROUP},
	{.key = 15, .name = "open_word", .type = FIELD_ENUM, .max = 255, .vocab = &vocab_tlp},
	{.key = 16, .name = "any", .type = FIELD_ANY},
	{.key = 63, .name = "last", .type = FIELD_BYTES},
	{0},
};

/* The smallest good map with one more field. */
static struct value *map_with(const char *name, struct value *v)
{
	struct value *map = value_map(a);

	fields_set(a, table, map, "line", value_str(a, "x"));
	if (name)
		fields_set(a, table, map, name, v);
	return map;
}

static void takes(const char *name, struct value *v)
{
	struct complaint why = {0};
	enum err e = fields_check(table, map_with(name, v), &why);

	if (e != OK)
		fail_msg("%s: %s: %s %s", name, err_name(e), why.where, why.text);
}

static void refuses(const char *name, struct value *v, enum err want, const char *where)
{
	struct complaint why = {0};

	assert_int_equal(fields_check(table, map_with(name, v), &why), want);
	assert_string_equal(why.where, where);
	assert_true(strlen(why.text) > 0);
	assert_int_equal(fields_check(table, map_with(name, v), NULL), want);
}

static struct value *str(const char *text)
{
	return value_str(a, text);
}

static struct value *filled(size_t n, bool text)
{
	char *p = malloc(n + 1);
	struct value *v;

	assert_non_null(p);
	memset(p, 'x', n);
	v = text ? value_strn(a, SPAN(p, n)) : value_bin(a, SPAN(p, n));
	free(p);
	return v;
}

static struct value *list_of(struct value *one, size_t n)
{
	struct value *list = value_array(a);

	for (size_t i = 0; i < n; i++)
		value_push(a, list, one);
	return list;
}

static struct value *group(const char *rid)
{
	struct value *map = value_map(a);

	value_set(a, map, 0, str(rid));
	return map;
}

static void test_types(void **state)
{
	static const char *const names[] = {"line", "text", "number", "flag", "time", "date", "severity", "ref", "org", "bytes",
		"group", "groups",
	                                    "lines", "free"};
	/* which of the seven types of value each field takes: nil bool int str bin array map */
	static const char *const want[] = {"...s...", "...s...", "..i....", ".b.....", "..i....", "..i....", "..i....",
		"....B..", "....B..",
	                                   "....B..", "......m", ".....a.", ".....a.", "......m"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		bool id = i == 7 || i == 8, in_group = i == 10;
		struct value *values[] = {value_nil(a), value_bool(a, true), value_int(a, 1), str("a"), filled(id ? 32 : 4, false),
		                          value_array(a), in_group ? group("r") : value_map(a)};

		for (size_t k = 0; k < 7; k++) {
			if (want[i][k] != '.')
				takes(names[i], values[k]);
			else
				refuses(names[i], values[k], ERR_INVALID, names[i]);
		}
	}
	takes("any", value_nil(a));
	takes("any", value_int(a, -1));
}

static void test_required(void **state)
{
	struct complaint why = {0};
	struct value *map = value_map(a);

	(void)state;
	assert_int_equal(fields_check(table, map, &why), ERR_INVALID);
	assert_string_equal(why.where, "line");
	assert_string_equal(why.text, "is required");
	assert_int_equal(fields_check(table, NULL, &why), ERR_INVALID);
	assert_string_equal(why.where, "map");
	assert_int_equal(fields_check(table, value_array(a), &why), ERR_INVALID);
	refuses("line", str(""), ERR_INVALID, "line");
	refuses("text", str(""), ERR_INVALID, "text"); /* not stated is left out */
	refuses("text", str(" \n"), ERR_INVALID, "text");
	refuses("line", str("a\xe1\x9a\x80"), ERR_INVALID, "line"); /* U+1680 is a blank */
	refuses("group", value_map(a), ERR_INVALID, "group.rid");
	refuses("lines", list_of(str(""), 1), ERR_INVALID, "lines[0]");
}

static void test_limits(void **state)
{
	(void)state;
	takes("line", filled(200, true));
	refuses("line", filled(201, true), ERR_LIMIT, "line");
	takes("text", filled(16384, true));
	refuses("text", filled(16385, true), ERR_LIMIT, "text");
	takes("last", filled(4096, false));
	refuses("last", filled(4097, false), ERR_LIMIT, "last");
	takes("bytes", filled(4, false));
	refuses("bytes", filled(5, false), ERR_LIMIT, "bytes");
	takes("lines", list_of(str("abcd"), 64));
	refuses("lines", list_of(str("abcd"), 65), ERR_LIMIT, "lines");
	refuses("lines", list_of(str("abcde"), 1), ERR_LIMIT, "lines[0]");
	takes("groups", list_of(group("12345678"), 3));
	refuses("groups", list_of(group("1"), 4), ERR_LIMIT, "groups");
	refuses("groups", list_of(group("123456789"), 1), ERR_LIMIT, "groups[0].rid");
	takes("number", value_int(a, 0));
	takes("number", value_int(a, 100));
	refuses("number", value_int(a, 101), ERR_LIMIT, "number");
	refuses("number", value_int(a, -1), ERR_INVALID, "number");
	takes("big", value_int(a, INT64_MAX));
	refuses("big", value_int(a, INT64_MIN), ERR_INVALID, "big");
	takes("time", value_int(a, WHEN_MAX_MS));
	refuses("time", value_int(a, WHEN_MAX_MS + 1), ERR_INVALID, "time");
	refuses("time", value_int(a, -1), ERR_INVALID, "time");
	takes("date", value_int(a, WHEN_MAX_DAY));
	refuses("date", value_int(a, WHEN_MAX_DAY + 1), ERR_INVALID, "date");
	takes("severity", value_int(a, 5));
	refuses("severity", value_int(a, 6), ERR_INVALID, "severity");
	refuses("severity", value_int(a, 0), ERR_INVALID, "severity");
	takes("open_word", value_int(a, 255));
	refuses("open_word", value_int(a, 256), ERR_INVALID, "open_word");
	refuses("open_word", value_int(a, 0), ERR_INVALID, "open_word");
	takes("ref", filled(32, false));
	refuses("ref", filled(31, false), ERR_INVALID, "ref");
	refuses("org", filled(33, false), ERR_INVALID, "org");
}

static void test_unknown_keys(void **state)
{
	struct complaint why = {0};

	(void)state;
	for (int64_t key = 17; key < 70; key++) {
		struct value *map = map_with(NULL, NULL);

		if (key == 63)
			continue;
		value_set(a, map, key, value_nil(a));
		assert_int_equal(fields_check(table, map, &why), key < 64 ? ERR_INVALID : OK);
	}
	{
		struct value *map = map_with(NULL, NULL), *g = group("r"), *outer;

		value_set(a, map, 17, value_nil(a));
		assert_int_equal(fields_check(table, map, &why), ERR_INVALID);
		assert_string_equal(why.where, "key 17");
		value_set(a, g, 2, value_nil(a));
		outer = map_with("group", g);
		assert_int_equal(fields_check(table, outer, &why), ERR_INVALID);
		assert_string_equal(why.where, "group.key 2");
		g = group("r");
		value_set(a, g, INT64_MAX, value_nil(a));
		assert_int_equal(fields_check(table, map_with("group", g), &why), OK);
		/* keys that are no numbers, and negative ones */
		map = map_with(NULL, NULL);
		map->items[0] = str("line");
		assert_int_equal(fields_check(table, map, &why), ERR_INVALID);
		map->items[0] = value_int(a, -1);
		assert_int_equal(fields_check(table, map, &why), ERR_INVALID);
	}
	{
		struct value *map = value_map(a);

		value_set(a, map, 5, value_array(a));
		value_set(a, map, 1, value_int(a, -4));
		takes("free", map);
	}
}

static void test_text_rules(void **state)
{
	static const char *const nowhere[] = {
		"a\x7f" "b", "a\xc2\x80" "b", "a\xc2\x9f" "b", "a\x01" "b", "a\rb", "a\x1b[31m", "a\xd8\x9c" "b", "a\xe2\x80\x8e" "b",
		"a\xe2\x80\x8f" "b",
		"a\xe2\x80\xaa" "b", "a\xe2\x80\xab" "b", "a\xe2\x80\xac" "b", "a\xe2\x80\xad" "b", "a\xe2\x80\xae" "b", "a\xe2\x81\xa6" "b",
		"a\xe2\x81\xa7" "b", "a\xe2\x81\xa8" "b", "a\xe2\x81\xa9" "b", "\xef\xbb\xbf" "a", "a\xef\xbb\xbf" "b", "a\xff" "b",
		"a\xc3", "\xed\xa0\x80",
	};
	static const char *const not_in_lines[] = {"a\nb", "a\tb", " a", "a ", "\xc2\xa0" "a", "a\xe3\x80\x80",
		"a\xe2\x80\xa8" "b", "a\xe2\x80\xa9",
	                                           "\xe2\x80\x83" "a", "a\xe2\x80\xaf"};
	static const char *const fine[] = {"a b", "\xc2\xa1" "Hola!", "\xe2\x80\xa7", "a\xe2\x80\xb0", "\xe2\x81\xa5" "x",
		"\xe2\x81\xaa" "x", "\xd8\x9b" "x",
	                                   "\xd8\x9d" "x", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xef\xbb\xbe" "x",
	                                   "a\xc2\xa0" "b", "~"};

	(void)state;
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(*nowhere); i++) {
		refuses("line", str(nowhere[i]), ERR_INVALID, "line");
		refuses("text", str(nowhere[i]), ERR_INVALID, "text");
	}
	for (size_t i = 0; i < sizeof(not_in_lines) / sizeof(*not_in_lines); i++) {
		refuses("line", str(not_in_lines[i]), ERR_INVALID, "line");
		takes("text", str(not_in_lines[i]));
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++) {
		takes("line", str(fine[i]));
		takes("text", str(fine[i]));
	}
	refuses("line", str("   "), ERR_INVALID, "line");
	takes("text", str("one\n\ttwo\n"));
	refuses("text", value_strn(a, SPAN("a\0b", 3)), ERR_INVALID, "text");
}

static void test_where(void **state)
{
	struct value *list = value_array(a), *bad = value_map(a);
	struct complaint why;

	(void)state;
	value_push(a, list, group("ok"));
	value_push(a, list, group("ok"));
	value_set(a, bad, 1, str("no rid"));
	value_push(a, list, bad);
	refuses("groups", list, ERR_INVALID, "groups[2].rid");
	assert_int_equal(fields_complain(&why, ERR_POLICY, "is so", "a[%d].b", 7), ERR_POLICY);
	assert_string_equal(why.where, "a[7].b");
	assert_string_equal(why.text, "is so");
	assert_int_equal(fields_complain(NULL, ERR_POLICY, "is so", "a"), ERR_POLICY);
	{
		char longer[400];

		memset(longer, 'w', sizeof(longer) - 1);
		longer[sizeof(longer) - 1] = 0;
		assert_int_equal(fields_complain(&why, ERR_INVALID, longer, "%s", longer), ERR_INVALID);
		assert_int_equal(strlen(why.where), sizeof(why.where) - 1);
		assert_int_equal(strlen(why.text), sizeof(why.text) - 1);
	}
}

static void test_access(void **state)
{
	struct id id = {{7}}, got = {{0}};
	struct value *map = map_with("number", value_int(a, 9));
	struct span s = {0};
	int64_t i = 1;
	bool b = false;

	(void)state;
	assert_ptr_equal(fields_find(table, "bytes"), &table[10]);
	assert_null(fields_find(table, "nothing"));
	assert_null(fields_get(table, map, "text"));
	assert_null(fields_get(table, NULL, "text"));
	assert_true(fields_int(table, map, "number", &i));
	assert_int_equal(i, 9);
	assert_false(fields_int(table, map, "big", &i));
	assert_int_equal(i, 9);
	assert_true(fields_str(table, map, "line", &s));
	assert_int_equal(s.n, 1);
	assert_false(fields_str(table, map, "number", &s));
	fields_set(a, table, map, "ref", value_id(a, &id));
	assert_true(fields_id(table, map, "ref", &got));
	assert_true(id_eq(&id, &got));
	assert_false(fields_id(table, map, "org", &got));
	assert_false(fields_bool(table, map, "flag", &b));
	fields_set(a, table, map, "flag", value_bool(a, true));
	assert_true(fields_bool(table, map, "flag", &b));
	assert_true(b);
}

/* What a person types, what is kept, and how it is written back. NULL: refused. */
static void test_parse_and_format(void **state)
{
	static const char hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
	static const struct {
		const char *field, *typed, *written;
	} rows[] = {
		{"line", "hello there", "hello there"}, {"line", "", NULL}, {"line", " a", NULL}, {"line", "a\nb", NULL},
		{"line", "\xff", NULL},
		{"text", "a\nb", "a\nb"}, {"text", "", NULL}, {"text", "\xe2\x80\xae", NULL},
		{"number", "0", "0"}, {"number", "100", "100"}, {"number", "101", NULL}, {"number", "-1", NULL}, {"number", "+1", NULL},
		{"number", "", NULL}, {"number", "1 ", NULL}, {"number", "1x", NULL}, {"number", "0x1", NULL}, {"number", "007", "7"},
		{"big", "9223372036854775807", "9223372036854775807"}, {"big", "9223372036854775808", NULL},
		{"big", "99999999999999999999999999", NULL}, {"flag", "yes", "yes"}, {"flag", "true", "yes"}, {"flag", "no", "no"},
		{"flag", "false", "no"}, {"flag", "1", NULL}, {"flag", "", NULL}, {"flag", "YES", NULL},
		{"time", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z"}, {"time", "2026-11-23", "2026-11-23T00:00:00Z"},
		{"time", "now", NULL},
		{"date", "2026-11-23", "2026-11-23"}, {"date", "2026-02-30", NULL}, {"date", "2026-11-23T00:00:00Z", NULL},
		{"severity", "critical", "critical"}, {"severity", "Critical", NULL}, {"severity", "5", NULL}, {"severity", "", NULL},
		{"ref", hex, hex}, {"ref", hex + 2, NULL}, {"org", "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", NULL},
		{"org", "", NULL}, {"bytes", "0aff", "0aff"}, {"bytes", "0af", NULL}, {"bytes", "0a0a0a0a0a", NULL}, {"bytes", "xx", NULL},
		{"bytes", "", ""}, {"group", "x", NULL}, {"free", "x", NULL}, {"any", "x", NULL}, {"lines", "abcd", "abcd"},
		{"lines", "abcde", NULL},
		{"lines", "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct field *f = fields_find(table, rows[i].field);
		struct complaint why = {0};
		struct value mark = {0}, *v = &mark;
		struct buf out = {0};
		enum err e = fields_parse(f, rows[i].typed, a, &v, &why);

		if ((e == OK) != (rows[i].written != NULL))
			fail_msg("%s \"%s\": %s", rows[i].field, rows[i].typed, err_name(e));
		if (e != OK) {
			assert_ptr_equal(v, &mark);
			assert_memory_equal(why.where, rows[i].field, strlen(rows[i].field));
			assert_true(strlen(why.text) > 0);
			continue;
		}
		assert_int_equal(fields_format(f, v, &out), OK);
		assert_int_equal(out.n, strlen(rows[i].written));
		if (out.n)
			assert_memory_equal(out.p, rows[i].written, out.n);
		buf_free(&out);
	}
}

static void expect_text(const char *field, const struct value *v, const char *want)
{
	struct buf out = {0};

	assert_int_equal(buf_add(&out, ">", 1), OK);
	assert_int_equal(fields_format(fields_find(table, field), v, &out), OK);
	assert_int_equal(out.n, 1 + strlen(want));
	assert_memory_equal(out.p + 1, want, out.n - 1);
	buf_free(&out);
}

static void test_format_more(void **state)
{
	struct value *list = list_of(group("a"), 1), *g = group("b");
	struct buf out = {0};

	(void)state;
	value_set(a, g, 1, str("why"));
	value_push(a, list, g);
	expect_text("groups", list, "rid=a; rid=b note=why");
	expect_text("group", g, "rid=b note=why");
	expect_text("lines", list_of(str("xy"), 2), "xy, xy");
	expect_text("lines", value_array(a), "");
	expect_text("open_word", value_int(a, 77), "unknown-77");
	expect_text("open_word", value_int(a, 4), "amber+strict");
	assert_int_equal(fields_format(fields_find(table, "number"), str("x"), &out), ERR_INVALID);
	assert_int_equal(fields_format(fields_find(table, "line"), NULL, &out), ERR_INVALID);
	value_push(a, list, value_nil(a));
	assert_int_equal(fields_format(fields_find(table, "groups"), list, &out), ERR_INVALID);
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

static void vocabularies_listed(const struct field *rows)
{
	for (const struct field *f = rows; f && f->name; f++) {
		size_t k = 0;

		while (f->vocab && vocab_each(k) && vocab_each(k) != f->vocab)
			k++;
		if (f->vocab && !vocab_each(k))
			fail_msg("the words of %s stand in no list", f->name);
		if (f->type == FIELD_GROUP)
			vocabularies_listed(f->group);
	}
}

static void test_vocabularies(void **state)
{
	size_t count = 0;

	(void)state;
	assert_string_equal(vocab_word(&vocab_tlp, TLP_CLEAR), "clear");
	assert_string_equal(vocab_word(&vocab_tlp, TLP_GREEN), "green");
	assert_string_equal(vocab_word(&vocab_tlp, TLP_AMBER), "amber");
	assert_string_equal(vocab_word(&vocab_tlp, TLP_AMBER_STRICT), "amber+strict");
	assert_string_equal(vocab_word(&vocab_tlp, TLP_RED), "red");
	for (; vocab_each(count); count++) {
		const struct vocab *v = vocab_each(count);
		int64_t n = 0;

		for (; v->words[n]; n++) {
			assert_int_equal(vocab_number(v, SPAN(v->words[n], strlen(v->words[n]))), n + 1);
			assert_string_equal(vocab_word(v, n + 1), v->words[n]);
			assert_int_equal(strspn(v->words[n], "abcdefghijklmnopqrstuvwxyz0123456789-+"), strlen(v->words[n]));
		}
		assert_true(n >= 2);
		assert_null(vocab_word(v, 0));
		assert_null(vocab_word(v, n + 1));
		assert_null(vocab_word(v, -1));
		assert_null(vocab_word(v, INT64_MAX));
		assert_int_equal(vocab_number(v, SPAN("", 0)), 0);
		assert_int_equal(vocab_number(v, SPAN("no such word", 12)), 0);
		assert_int_equal(vocab_number(v, SPAN(v->words[0], strlen(v->words[0]) - 1)), 0);
		for (size_t k = 0; k < count; k++)
			assert_string_not_equal(v->name, vocab_each(k)->name);
	}
	assert_true(count >= 44);
	for (size_t i = 0; kind_each(i); i++) /* what docs and completion walk has every list that a field uses */
		vocabularies_listed(kind_each(i)->fields);
}

static void usual(enum field_type type, enum field_usual u, const char *typed, const char *words)
{
	const struct field f = {.name = "x", .type = type, .usual = u};
	const int64_t now = 1795522445000; /* 2026-11-24T12:14:05Z */
	struct complaint why = {0};
	struct value *v;

	assert_int_equal(fields_parse(&f, typed, a, &v, &why), OK);
	if (fields_unusual(&f, v, now, &why) != (words != NULL) || (words && !strstr(why.text, words)))
		fail_msg("%s: %s", typed, why.text);
}

/* At the edge and one beyond. */
static void test_usual(void **state)
{
	(void)state;
	usual(FIELD_TIME, USUAL_PAST, "2026-11-24T12:19:05Z", NULL); /* five minutes of two clocks */
	usual(FIELD_TIME, USUAL_PAST, "2026-11-24T12:19:05.001Z", "future");
	usual(FIELD_TIME, USUAL_AHEAD, "2026-11-24T12:09:05Z", NULL);
	usual(FIELD_TIME, USUAL_AHEAD, "2026-11-24T12:09:04.999Z", "over");
	usual(FIELD_TIME, USUAL_AHEAD, "2026-11-24", NULL); /* the end of that day */
	usual(FIELD_TIME, USUAL_AHEAD, "2026-11-23", "over");
	const struct field due = {.name = "due", .type = FIELD_TIME, .usual = USUAL_AHEAD}, aware = {.name = "aware", .type = FIELD_TIME};
	struct complaint why;
	struct value *end, *same;
	assert_int_equal(fields_parse(&due, "2026-11-24", a, &end, &why), OK);
	assert_int_equal(fields_parse(&due, "2026-11-24T23:59:59Z", a, &same, &why), OK);
	assert_true(value_eq(end, same));
	assert_int_equal(fields_parse(&aware, "2026-11-24", a, &end, &why), OK);
	assert_int_equal(fields_parse(&aware, "2026-11-24T00:00:00Z", a, &same, &why), OK);
	assert_true(value_eq(end, same));
	usual(FIELD_DATE, USUAL_PAST, "2026-11-25", NULL); /* it has begun in the east */
	usual(FIELD_DATE, USUAL_PAST, "2026-11-26", "future");
	usual(FIELD_DATE, USUAL_AHEAD, "2026-11-24", NULL);
	usual(FIELD_DATE, USUAL_AHEAD, "2026-11-23", "over");
	usual(FIELD_DATE, USUAL_ANY, "1999-11-23", NULL);
	static const char *const good[] = {"CVE-2023-34362", "CVE-2026-1234567", "GHSA-jfh8-c2jp-5v3q", "EUVD-2025-1234", "VDE-2024-001"};
	static const char *const bad[] = {"log4shell", "CVE-2023-123", "CVE-23-1234", "CVE-2023-1234x", "CVE-2023", "CVE-", "CVE", "-1", "A-1", "GHSA-",
	                                  "Heart-bleed", "x"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		usual(FIELD_LINE, USUAL_VULNERABILITY, good[i], NULL);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		usual(FIELD_LINE, USUAL_VULNERABILITY, bad[i], "CVE-2026-12345");
	usual(FIELD_LINE, USUAL_COUNTRY, "DE", NULL);
	usual(FIELD_LINE, USUAL_COUNTRY, "D", "two letters");
	usual(FIELD_LINE, USUAL_COUNTRY, "DEU", "two letters");
	usual(FIELD_LINE, USUAL_COUNTRY, "D1", "two letters");
}

static void test_names_and_document(void **state)
{
	static const char *const lines[] = {
		"| key | field | type | required | limit | meaning |\n|---|---|---|---|---|---|\n",
		"| 0 | `line` | line | yes | 200 bytes | a line |\n",
		"| 2 | `number` | number |  | up to 100 |  |\n", "| 7 | `severity` | severity |  |  |  |\n",
		"| 12 | `groups` | list of group |  | 3 items |  |\n| &nbsp;&nbsp;0 | `rid` | line | yes | 8 bytes | inner id |\n",
		"| 13 | `lines` | list of line |  | 4 bytes, 64 items |  |\n",
	};
	struct buf out = {0};

	(void)state;
	assert_string_equal(fields_type_name(fields_find(table, "lines")), "list of line");
	assert_string_equal(fields_type_name(fields_find(table, "severity")), "severity");
	assert_string_equal(fields_type_name(fields_find(table, "time")), "time");
	assert_int_equal(fields_document(table, &out), OK);
	assert_int_equal(buf_add(&out, "", 1), OK);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!strstr((const char *)out.p, lines[i]))
			fail_msg("not in the document: %s", lines[i]);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types), cmocka_unit_test(test_required), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_unknown_keys), cmocka_unit_test(test_text_rules), cmocka_unit_test(test_where),
		cmocka_unit_test(test_access), cmocka_unit_test(test_parse_and_format), cmocka_unit_test(test_format_more),
		cmocka_unit_test(test_vocabularies), cmocka_unit_test(test_usual), cmocka_unit_test(test_names_and_document),
	};

	return cmocka_run_group_tests_name("fields", tests, arena_begin, arena_end);
}
