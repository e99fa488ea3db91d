#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/limits.h"
#include "proto/scan.h"

/* A copy of exactly the size given, so that the sanitizer sees one byte read too far. */
static enum err check(const void *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	enum err e;

	assert_non_null(copy);
	if (n)
		memcpy(copy, p, n);
	e = scan_check(SPAN(copy, n));
	free(copy);
	return e;
}

static enum err check_hex(const char *hex)
{
	uint8_t bytes[128];
	size_t chars = strlen(hex);

	assert_true(chars / 2 <= sizeof(bytes));
	assert_int_equal(hex_decode(hex, chars, bytes), OK);
	return check(bytes, chars / 2);
}

struct sample {
	const char *hex, *what;
};

static const struct sample good[] = {
	{"00", "0"}, {"7f", "127"}, {"e0", "-32"}, {"ff", "-1"}, {"c0", "nil"}, {"c2", "false"}, {"c3", "true"},
	{"cc80", "128"}, {"ccff", "255"}, {"cd0100", "256"}, {"cdffff", "65535"}, {"ce00010000", "65536"}, {"ceffffffff", "2^32-1"},
	{"cf0000000100000000", "2^32"}, {"cf7fffffffffffffff", "2^63-1"},
	{"d0df", "-33"}, {"d080", "-128"}, {"d1ff7f", "-129"}, {"d18000", "-32768"}, {"d2ffff7fff", "-32769"}, {"d280000000", "-2^31"},
	{"d3ffffffff7fffffff", "-2^31-1"}, {"d38000000000000000", "-2^63"},
	{"a0", "empty str"}, {"a161", "a"}, {"a10a", "newline"}, {"a109", "tab"}, {"a17f", "DEL: the field table's business"},
	{"a2c280", "first of two bytes"}, {"a2dfbf", "last of two"}, {"a3e0a080", "first of three"},
	{"a3ed9fbf", "before the surrogates"},
	{"a3ee8080", "behind them"}, {"a3efbfbf", "last of three"}, {"a4f0908080", "first of four"}, {"a4f48fbfbf", "U+10FFFF"},
	{"c400", "empty bin"}, {"c401ff", "bin"}, {"90", "empty array"}, {"9100", "array"}, {"80", "empty map"}, {"810000", "map"},
	{"8200000100", "ascending"}, {"827f00cc8000", "127 before 128"}, {"82ccff00cd010000", "255 before 256"},
	{"8200c0a0c0", "number before text"}, {"82a16100a16200", "a before b"}, {"82a16200a2616100", "shorter before longer"},
	{"82900091c000", "an array as key"}, {"82cc8000ff00", "128 before -1, by bytes"},
};

static const struct sample bad[] = {
	{"", "nothing"}, {"0000", "a second object"}, {"c0c0", "trailing nil"}, {"c1", "the unused byte"},
	{"ca00000000", "float"}, {"cb0000000000000000", "double"}, {"c70000", "ext 8"}, {"c8000000", "ext 16"},
	{"c90000000000", "ext 32"},
	{"d40000", "fixext 1"}, {"d5000000", "fixext 2"}, {"d60000000000", "fixext 4"}, {"d7000000000000000000", "fixext 8"},
	{"d80000000000000000000000000000000000", "fixext 16"},
	{"cc00", "0 in two bytes"}, {"cc7f", "127 in two bytes"}, {"cd00ff", "255 in three"}, {"ce0000ffff", "65535 in five"},
	{"cf00000000ffffffff", "2^32-1 in nine"}, {"cf8000000000000000", "2^63"}, {"cfffffffffffffffff", "2^64-1"},
	{"d000", "0 as int 8"}, {"d07f", "127 as int 8"}, {"d0e0", "-32 in two bytes"}, {"d0ff", "-1 in two bytes"},
	{"d10000", "0 as int 16"}, {"d10100", "256 as int 16"}, {"d1ff80", "-128 in three"}, {"d1ffff", "-1 in three"},
	{"d200010000", "65536 as int 32"}, {"d2ffff8000", "-32768 in five"}, {"d30000000100000000", "2^32 as int 64"},
	{"d3ffffffff80000000", "-2^31 in nine"}, {"d3ffffffffffffffff", "-1 in nine"},
	{"cc", "cut"}, {"cd01", "cut"}, {"ce000100", "cut"}, {"cf00000001000000", "cut"}, {"d0", "cut"}, {"d1ff", "cut"},
	{"d2ffff7f", "cut"},
	{"d3ffffffff7fffff", "cut"},
	{"a1", "str without its bytes"}, {"a261", "str cut"}, {"d900", "empty str 8"}, {"d90161", "short str 8"},
	{"da000161", "short str 16"},
	{"db0000000161", "short str 32"}, {"d9", "cut"}, {"da00", "cut"}, {"db000000", "cut"}, {"d920", "str 8 without its bytes"},
	{"da0100", "str 16 without its bytes"}, {"dbffffffff", "4 GiB announced"}, {"db00010000", "64 KiB announced"},
	{"a100", "NUL"}, {"a101", "C0"}, {"a11f", "C0"}, {"a10d", "carriage return"}, {"a11b", "escape"},
	{"a180", "continuation alone"},
	{"a1bf", "continuation alone"}, {"a1c3", "sequence cut by the end"}, {"a2c3c3", "sequence without continuation"},
	{"a2c080", "NUL in two bytes"}, {"a2c1bf", "long form"}, {"a3e08080", "long form"}, {"a3e09fbf", "long form"},
	{"a4f0808080", "long form"},
	{"a4f08fbfbf", "long form"}, {"a3eda080", "surrogate"}, {"a3edbfbf", "surrogate"}, {"a4f4908080", "U+110000"},
	{"a4f5808080", "above"},
	{"a1f8", "five bytes"}, {"a1fe", "never in UTF-8"}, {"a1ff", "never in UTF-8"}, {"a2e282", "cut"}, {"a3f09f98", "cut"},
	{"a3e28261", "cut by a letter"},
	{"c4", "cut"}, {"c500", "cut"}, {"c6000000", "cut"}, {"c401", "bin without its bytes"}, {"c50001ff", "short bin 16"},
	{"c500ff00", "short bin 16"}, {"c600000001ff", "short bin 32"}, {"c60000ffff00", "short bin 32"},
	{"c6ffffffff", "4 GiB announced"},
	{"91", "array without items"}, {"9200", "array cut"}, {"dc0000", "empty array 16"}, {"dc000100", "short array 16"},
	{"dc", "cut"},
	{"dc00", "cut"}, {"dd000000", "cut"}, {"dd0000000100", "short array 32"}, {"ddffffffff", "2^32-1 items announced"},
	{"dd00010000", "65536 items announced"},
	{"81", "map without pairs"}, {"8100", "key without value"}, {"82000001", "map cut"}, {"de0000", "empty map 16"},
	{"de00010000", "short map 16"}, {"de", "cut"}, {"df0000", "cut"}, {"df000000010000", "short map 32"},
	{"dfffffffff", "2^32-1 pairs"},
	{"8200000000", "a key twice"}, {"8201000000", "descending"}, {"82cc80007f00", "128 before 127"},
	{"82a16100a16100", "text key twice"},
	{"82a16200a16100", "b before a"}, {"82a0c000c0", "text before number"}, {"82a2616100a16200", "longer before shorter"},
	{"82ff00cc8000", "-1 before 128"}, {"82900090c0", "an array as key twice"}, {"9181000000", "trailing within"},
	{"81c1c0", "unused byte as key"}, {"8100c1", "unused byte as value"}, {"9200c1", "unused byte as item"},
	{"81ca0000000000", "float as key"},
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (check_hex(good[i].hex) != OK)
			fail_msg("refused: %s (%s)", good[i].what, good[i].hex);
}

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (check_hex(bad[i].hex) != ERR_SHAPE)
			fail_msg("not refused as malformed: %s (%s)", bad[i].what, bad[i].hex);
}

/* Every good sample cut anywhere, and with anything behind it, is malformed. */
static void test_cut_and_trailing(void **state)
{
	uint8_t bytes[32];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		size_t n = strlen(good[i].hex) / 2;

		assert_int_equal(hex_decode(good[i].hex, 2 * n, bytes), OK);
		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(check(bytes, cut), ERR_SHAPE);
		bytes[n] = 0xc0;
		assert_int_equal(check(bytes, n + 1), ERR_SHAPE);
	}
}

/* One byte alone: what is complete by itself, exactly. */
static void test_single_bytes(void **state)
{
	(void)state;
	for (unsigned b = 0; b < 256; b++) {
		uint8_t byte = (uint8_t)b;
		bool whole = b <= 0x80 || b == 0x90 || b == 0xa0 || b == 0xc0 || b == 0xc2 || b == 0xc3 || b >= 0xe0;

		assert_int_equal(check(&byte, 1), whole ? OK : ERR_SHAPE);
	}
}

/* Length forms at the edges of each other: header, count, and whether that many bytes behind it are right. */
static void test_str_bin_edges(void **state)
{
	static const struct {
		uint8_t head[5];
		size_t head_n, n;
		enum err want;
	} rows[] = {
		{{0xbf}, 1, 31, OK},
		{{0xd9, 31}, 2, 31, ERR_SHAPE},
		{{0xd9, 32}, 2, 32, OK},
		{{0xd9, 255}, 2, 255, OK},
		{{0xda, 0, 255}, 3, 255, ERR_SHAPE},
		{{0xda, 1, 0}, 3, 256, OK},
		{{0xda, 0xff, 0xff}, 3, 65535, OK},
		{{0xdb, 0, 0, 0xff, 0xff}, 5, 65535, ERR_SHAPE},
		{{0xdb, 0, 1, 0, 0}, 5, 65536, OK},
		{{0xdb, 0, 1, 0, 0}, 5, 65535, ERR_SHAPE},
		{{0xc4, 255}, 2, 255, OK},
		{{0xc5, 0, 255}, 3, 255, ERR_SHAPE},
		{{0xc5, 1, 0}, 3, 256, OK},
		{{0xc5, 0xff, 0xff}, 3, 65535, OK},
		{{0xc6, 0, 0, 0xff, 0xff}, 5, 65535, ERR_SHAPE},
		{{0xc6, 0, 1, 0, 0}, 5, 65536, OK},
		{{0xc6, 0, 1, 0, 0}, 5, 65535, ERR_SHAPE},
	};
	static uint8_t bytes[65536 + 5];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		memset(bytes, 'x', sizeof(bytes));
		memcpy(bytes, rows[i].head, rows[i].head_n);
		assert_int_equal(check(bytes, rows[i].head_n + rows[i].n), rows[i].want);
	}
}

static void test_container_edges(void **state)
{
	uint8_t array[3 + 16] = {0xdc, 0, 15}, map[3 + 32] = {0xde, 0, 15};

	(void)state;
	for (uint8_t i = 0; i < 16; i++)
		map[3 + 2 * i] = i;
	assert_int_equal(check(array, 3 + 15), ERR_SHAPE);
	assert_int_equal(check(map, 3 + 30), ERR_SHAPE);
	array[2] = map[2] = 16;
	assert_int_equal(check(array, 3 + 16), OK);
	assert_int_equal(check(map, 3 + 32), OK);
	array[2] = 0x9f;
	map[2] = 0x8f;
	assert_int_equal(check(array + 2, 1 + 15), OK);
	assert_int_equal(check(map + 2, 1 + 30), OK);
}

static void test_nesting(void **state)
{
	uint8_t arrays[LIMIT_NESTING + 1], maps[2 * (LIMIT_NESTING + 1)];

	(void)state;
	for (size_t i = 0; i <= LIMIT_NESTING; i++) {
		arrays[i] = 0x91;
		maps[2 * i] = 0x81;
		maps[2 * i + 1] = 0;
	}
	arrays[LIMIT_NESTING - 1] = 0x90;
	assert_int_equal(check(arrays, LIMIT_NESTING), OK);
	arrays[LIMIT_NESTING - 1] = 0x91;
	arrays[LIMIT_NESTING] = 0x90;
	assert_int_equal(check(arrays, LIMIT_NESTING + 1), ERR_LIMIT);
	arrays[LIMIT_NESTING] = 0xc0; /* a scalar in the innermost is not one deeper */
	assert_int_equal(check(arrays, LIMIT_NESTING + 1), OK);
	maps[2 * LIMIT_NESTING - 2] = 0x80;
	assert_int_equal(check(maps, 2 * LIMIT_NESTING - 1), OK);
	maps[2 * LIMIT_NESTING - 2] = 0x81;
	maps[2 * LIMIT_NESTING] = 0x80;
	assert_int_equal(check(maps, 2 * LIMIT_NESTING + 1), ERR_LIMIT);
}

/* A million brackets must end in a refusal, not in a deep stack. */
static void test_bracket_bomb(void **state)
{
	size_t n = 1 << 20;
	uint8_t *bytes = malloc(n);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 0x91, n);
	assert_int_equal(scan_check(SPAN(bytes, n)), ERR_LIMIT);
	memset(bytes, 0x81, n);
	assert_int_equal(scan_check(SPAN(bytes, n)), ERR_LIMIT);
	free(bytes);
}

static void test_elements(void **state)
{
	size_t n = LIMIT_ELEMENTS - 1;
	uint8_t *bytes = calloc(1, 5 + LIMIT_ELEMENTS);
	uint8_t pairs[5 + 4 * 40000];
	size_t at = 3, count = (LIMIT_ELEMENTS - 2) / 2; /* in an array: 1 + (1 + 2 count) */

	(void)state;
	assert_non_null(bytes);
	bytes[0] = 0xdc;
	put_u16be(bytes + 1, (uint16_t)n);
	assert_int_equal(scan_check(SPAN(bytes, 3 + n)), OK); /* the array itself is one */
	bytes[0] = 0xdd;
	put_u32be(bytes + 1, LIMIT_ELEMENTS);
	assert_int_equal(scan_check(SPAN(bytes, 5 + LIMIT_ELEMENTS)), ERR_LIMIT);
	free(bytes);

	pairs[0] = 0xde;
	put_u16be(pairs + 1, (uint16_t)count);
	for (size_t i = 0; i <= count; i++) { /* 32,768 keys: one pair more than fits */
		if (i == count)
			put_u16be(pairs + 1, (uint16_t)(count + 1));
		if (i < 128) {
			pairs[at++] = (uint8_t)i;
		} else if (i < 256) {
			pairs[at++] = 0xcc;
			pairs[at++] = (uint8_t)i;
		} else {
			pairs[at++] = 0xcd;
			put_u16be(pairs + at, (uint16_t)i);
			at += 2;
		}
		pairs[at++] = 0xc0;
		if (i + 1 == count)
			assert_int_equal(scan_check(SPAN(pairs, at)), OK);
	}
	assert_int_equal(scan_check(SPAN(pairs, at)), ERR_LIMIT);
}

static void test_rune(void **state)
{
	static const uint8_t text[] = {'a', 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff};
	static const int32_t want[] = {'a', 0xe9, 0x20ac, 0x1f600};
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(scan_rune(SPAN(text, sizeof(text)), &at), want[i]);
	assert_int_equal(at, 10);
	assert_int_equal(scan_rune(SPAN(text, sizeof(text)), &at), -1);
	assert_int_equal(at, 10);
	assert_int_equal(scan_rune(SPAN(text, 10), &at), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good), cmocka_unit_test(test_bad), cmocka_unit_test(test_cut_and_trailing),
		cmocka_unit_test(test_single_bytes), cmocka_unit_test(test_str_bin_edges), cmocka_unit_test(test_container_edges),
		cmocka_unit_test(test_nesting), cmocka_unit_test(test_bracket_bomb), cmocka_unit_test(test_elements),
		cmocka_unit_test(test_rune),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
