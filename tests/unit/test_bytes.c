/* test_bytes.c - buffers, ids, numbers, hex and base32. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/bytes.h"

static void adds_and_grows(void **state)
{
	struct buf b = {0};
	uint8_t piece[37];

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		memset(piece, (int)(i & 255), sizeof piece);
		assert_int_equal(buf_add(&b, piece, sizeof piece), OK);
	}
	assert_int_equal(b.n, 37000);
	assert_true(b.cap >= b.n);
	for (size_t i = 0; i < b.n; i++)
		assert_int_equal(b.p[i], (i / 37) & 255);
	assert_int_equal(buf_add(&b, NULL, 0), OK);
	assert_int_equal(buf_span(&b).n, 37000);
	assert_ptr_equal(buf_span(&b).p, b.p);
	buf_clear(&b);
	assert_int_equal(b.n, 0);
	assert_non_null(b.p);
	buf_free(&b);
	assert_null(b.p);
	assert_int_equal(b.n + b.cap, 0);
	buf_free(&b);
}

static void nothing_added_to_nothing(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_int_equal(buf_add(&b, NULL, 0), OK);
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

static void gives_room(void **state)
{
	struct buf b = {0};
	uint8_t *at = NULL;

	(void)state;
	assert_int_equal(buf_room(&b, 0, &at), OK);
	assert_non_null(at);
	assert_int_equal(buf_add(&b, "ab", 2), OK);
	assert_int_equal(buf_room(&b, 70000, &at), OK);
	memset(at, 'x', 70000); /* the sanitizer looks on */
	assert_ptr_equal(at, b.p + 2);
	assert_int_equal(b.n, 70002);
	assert_memory_equal(b.p, "abx", 3);
	buf_free(&b);
}

static void refuses_more_than_there_is(void **state)
{
	struct buf b = {0};
	uint8_t *at = NULL;

	(void)state;
	assert_int_equal(buf_add(&b, "ab", 2), OK);
	assert_int_equal(buf_room(&b, SIZE_MAX, &at), ERR_MEMORY);
	assert_int_equal(buf_room(&b, SIZE_MAX - 1, &at), ERR_MEMORY);
	assert_null(at);
	assert_int_equal(b.n, 2);
	assert_memory_equal(b.p, "ab", 2);
	buf_free(&b);
}

static void wipes(void **state)
{
	uint8_t b[5] = {1, 2, 3, 4, 5}, want[5] = {1, 0, 0, 0, 5};

	(void)state;
	bytes_wipe(b + 1, 3);
	assert_memory_equal(b, want, 5);
	bytes_wipe(NULL, 0);
}

static void compares(void **state)
{
	struct id a = {{0}}, b = {{0}};

	(void)state;
	assert_true(id_zero(&a));
	assert_true(id_eq(&a, &b));
	for (size_t i = 0; i < 32; i++) {
		b.b[i] = 0x80;
		assert_false(id_zero(&b));
		assert_false(id_eq(&a, &b));
		assert_true(id_cmp(&a, &b) < 0);
		assert_true(id_cmp(&b, &a) > 0);
		b.b[i] = 0;
	}
	a.b[0] = 1; /* the first byte counts most, and bytes are unsigned */
	b.b[0] = 0xff;
	a.b[31] = 0xff;
	assert_true(id_cmp(&a, &b) < 0);
	assert_true(span_eq((struct span){0}, SPAN("x", 0)));
	assert_true(span_eq(SPAN("abc", 3), SPAN("abc", 3)));
	assert_false(span_eq(SPAN("abc", 3), SPAN("abd", 3)));
	assert_false(span_eq(SPAN("abc", 3), SPAN("abc", 2)));
	assert_int_equal(ID_SPAN(&a).n, 32);
}

static void numbers(void **state)
{
	static const uint8_t want[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}, ones[8] = {255, 255, 255, 255, 255, 255, 255, 255};
	uint8_t b[8];

	(void)state;
	put_u64be(b, 0x0123456789abcdef);
	assert_memory_equal(b, want, 8);
	assert_true(get_u64be(want) == 0x0123456789abcdef);
	put_u32be(b, 0x01234567);
	assert_memory_equal(b, want, 4);
	assert_int_equal(get_u32be(want + 4), 0x89abcdef);
	put_u16be(b, 0x0123);
	assert_memory_equal(b, want, 2);
	assert_int_equal(get_u16be(want + 6), 0xcdef);
	assert_true(get_u64be(ones) == UINT64_MAX && get_u32be(ones) == UINT32_MAX && get_u16be(ones) == UINT16_MAX);
}

static void hex(void **state)
{
	uint8_t all[256], back[256];
	char text[513];

	(void)state;
	for (size_t i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	hex_encode(text, all, 256);
	assert_int_equal(strlen(text), 512);
	assert_memory_equal(text, "000102", 6);
	assert_string_equal(text + 506, "fdfeff");
	assert_int_equal(hex_decode(text, 512, back), OK);
	assert_memory_equal(all, back, 256);
	hex_encode(text, all, 0);
	assert_string_equal(text, "");
	assert_int_equal(hex_decode(text, 0, back), OK);
}

static void hex_refuses(void **state)
{
	uint8_t out[2] = {7, 7};
	char text[4];

	(void)state;
	assert_int_equal(hex_decode("abc", 3, out), ERR_INVALID);
	for (unsigned at = 0; at < 4; at++) {
		for (unsigned c = 0; c < 256; c++) {
			memcpy(text, "0000", 4);
			text[at] = (char)c;
			if (c && strchr("0123456789abcdef", (int)c))
				continue;
			assert_int_equal(hex_decode(text, 4, out), ERR_INVALID);
		}
	}
	assert_int_equal(out[0] + out[1], 14);
}

static void base32_known(void **state)
{
	/* 0 to 31 in five bits each are the alphabet itself */
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	struct buf text = {0}, bytes = {0};
	uint32_t bits = 0;
	unsigned have = 0;

	(void)state;
	for (uint32_t v = 0; v < 32; v++) {
		bits = bits << 5 | v;
		for (have += 5; have >= 8; have -= 8) {
			uint8_t b = (uint8_t)(bits >> (have - 8));
			assert_int_equal(buf_add(&bytes, &b, 1), OK);
		}
	}
	assert_int_equal(bytes.n, 20);
	assert_int_equal(base32_encode(buf_span(&bytes), &text), OK);
	assert_true(span_eq(buf_span(&text), SPAN(alphabet, 32)));
	buf_free(&text);
	buf_free(&bytes);
}

static void base32_round(void **state)
{
	uint8_t in[67];
	struct buf text = {0}, back = {0};

	(void)state;
	for (size_t n = 0; n <= sizeof in; n++) {
		for (size_t i = 0; i < n; i++)
			in[i] = (uint8_t)(i * 89 + n * 31 + 200);
		buf_clear(&text);
		buf_clear(&back);
		assert_int_equal(buf_add(&text, "#", 1), OK); /* both append */
		assert_int_equal(buf_add(&back, "#", 1), OK);
		assert_int_equal(base32_encode(SPAN(in, n), &text), OK);
		assert_int_equal(text.n, 1 + (n * 8 + 4) / 5);
		for (size_t i = 1; i < text.n; i += 2) /* either case */
			if (text.p[i] >= 'a')
				text.p[i] = (uint8_t)(text.p[i] - 32);
		assert_int_equal(base32_decode(SPAN(text.p + 1, text.n - 1), &back), OK);
		assert_int_equal(back.n, 1 + n);
		assert_memory_equal(back.p + 1, in, n);
	}
	buf_free(&text);
	buf_free(&back);
}

static void base32_refuses(void **state)
{
	static const char *const bad[] = {"a", "aaa", "aaaaaa", "aaaaaaaaa", "ab", "aaab", "aaaab", "aaaaaab", "a=", "aa======", "aa aa",
		"0a", "1a", "8a", "9a", "a\xc3", "@a", "[a", "`a", "{a", "aaaaaaaaaaaaaaa!"};
	struct buf out = {0};

	(void)state;
	assert_int_equal(buf_add(&out, "keep", 4), OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(base32_decode(SPAN(bad[i], strlen(bad[i])), &out), ERR_INVALID);
		assert_int_equal(out.n, 4);
	}
	assert_memory_equal(out.p, "keep", 4);
	assert_int_equal(base32_decode(SPAN("aa\0a", 4), &out), ERR_INVALID);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_and_grows), cmocka_unit_test(nothing_added_to_nothing), cmocka_unit_test(gives_room),
		cmocka_unit_test(refuses_more_than_there_is), cmocka_unit_test(wipes), cmocka_unit_test(compares),
		cmocka_unit_test(numbers), cmocka_unit_test(hex), cmocka_unit_test(hex_refuses), cmocka_unit_test(base32_known),
		cmocka_unit_test(base32_round), cmocka_unit_test(base32_refuses),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
