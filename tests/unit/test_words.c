/* test_words.c - the list, bits to words, and typed words back to their one spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/hash.h"
#include "keys/words.h"

#define PHRASE 12
#define LONG (4u << 20)

static uint32_t next_random(uint32_t *state) /* xorshift32: the same run every time */
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void put_index(uint8_t *bits, size_t place, size_t index)
{
	for (size_t i = 0; i < 11; i++) {
		size_t at = place * 11 + i;

		if (index >> (10 - i) & 1)
			bits[at / 8] = (uint8_t)(bits[at / 8] | 0x80 >> at % 8);
	}
}

/* WORDS_TEXT bytes to the last one in use, so that the sanitizer sees a write behind them. */
static char *new_out(void)
{
	char *out = malloc(WORDS_TEXT);

	assert_non_null(out);
	memset(out, '#', WORDS_TEXT);
	return out;
}

static void expect_good(const char *typed, size_t words, const char *want)
{
	char *out = new_out();
	size_t bad = 99;

	assert_int_equal(words_normal(typed, words, out, &bad), OK);
	assert_string_equal(out, want);
	free(out);
}

static void expect_bad(const char *typed, size_t words, size_t position)
{
	char *out = new_out();
	size_t bad = 99;

	assert_int_equal(words_normal(typed, words, out, &bad), ERR_INVALID);
	assert_int_equal(bad, position);
	for (size_t i = 0; i < WORDS_TEXT; i++)
		assert_int_equal(out[i], '#');
	free(out);
}

static void list_shape(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORDS_COUNT; i++) {
		size_t n = strlen(words_list[i]);

		assert_in_range(n, 3, 8);
		assert_int_equal(strspn(words_list[i], "abcdefghijklmnopqrstuvwxyz"), n);
		if (i > 0)
			assert_true(strcmp(words_list[i - 1], words_list[i]) < 0);
	}
}

/* Comparing the shorter of both, up to four letters: no word of three letters begins another word either. */
static void list_four_letters(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORDS_COUNT; i++)
		for (size_t j = 0; j < i; j++) {
			size_t a = strlen(words_list[i]), b = strlen(words_list[j]);
			size_t n = a < b ? a : b;

			if (strncmp(words_list[i], words_list[j], n < 4 ? n : 4) == 0)
				fail_msg("%s and %s", words_list[j], words_list[i]);
		}
}

/* Words already written on paper must mean the same for ever. */
static void list_frozen(void **state)
{
	static const uint8_t want[32] = {
		0x22, 0xd3, 0xed, 0xd4, 0xd0, 0x1a, 0x3f, 0xb8, 0x8c, 0xb1, 0xa9, 0x13, 0xee, 0xea, 0x6c, 0x35,
		0x5d, 0x6f, 0x7c, 0x84, 0x8b, 0x29, 0x82, 0x33, 0x36, 0x62, 0xb1, 0xec, 0xf7, 0xd8, 0x7f, 0x5f,
	};
	char *all = malloc(WORDS_COUNT * 9);
	size_t n = 0;
	struct id h;

	(void)state;
	assert_non_null(all);
	for (size_t i = 0; i < WORDS_COUNT; i++) {
		size_t len = strlen(words_list[i]);

		memcpy(all + n, words_list[i], len);
		all[n + len] = '\n';
		n += len + 1;
	}
	hash_one(&h, "tally.list.test", SPAN(all, n));
	free(all);
	assert_memory_equal(h.b, want, sizeof want);
}

static void encode_edges(void **state)
{
	uint8_t bits[17] = {0};
	char *out = new_out();

	(void)state;
	words_encode(bits, 1, out);
	assert_string_equal(out, words_list[0]);
	bits[1] = 0x20; /* bit 10, the last of the first word */
	words_encode(bits, 1, out);
	assert_string_equal(out, words_list[1]);
	bits[0] = 0x80;
	bits[1] = 0x10; /* bit 11, the first of the second */
	words_encode(bits, 2, out);
	assert_memory_equal(out, words_list[1024], strlen(words_list[1024]));
	assert_string_equal(out + strlen(words_list[1024]) + 1, words_list[1024]);
	memset(bits, 0xff, sizeof bits);
	words_encode(bits, 1, out);
	assert_string_equal(out, words_list[WORDS_COUNT - 1]);
	words_encode(bits, 0, out);
	assert_string_equal(out, "");
	free(out);
}

/* Twelve words of eight letters fit, and the reading stops with the last byte that holds a bit of them. */
static void encode_longest(void **state)
{
	uint8_t *bits = calloc(1, 17); /* 132 bits */
	char *out = new_out();
	size_t index = 0;

	(void)state;
	assert_non_null(bits);
	while (strlen(words_list[index]) != 8)
		index++;
	for (size_t i = 0; i < PHRASE; i++)
		put_index(bits, i, index);
	words_encode(bits, PHRASE, out);
	assert_int_equal(strlen(out), 12 * 8 + 11);
	expect_good(out, PHRASE, out);
	free(bits);
	free(out);
}

static void encode_too_many(void **state)
{
	uint8_t bits[256];
	char *out = new_out();

	(void)state;
	for (size_t i = 0; i < sizeof bits; i++)
		bits[i] = (uint8_t)(i * 37);
	words_encode(bits, 100, out);
	assert_true(memchr(out, '\0', WORDS_TEXT) != NULL);
	free(out);
}

static void round_trip_each(void **state)
{
	char *out = new_out();

	(void)state;
	for (size_t i = 0; i < WORDS_COUNT; i++) {
		uint8_t bits[2] = {0};
		char cut[5] = {0};

		put_index(bits, 0, i);
		words_encode(bits, 1, out);
		assert_string_equal(out, words_list[i]);
		expect_good(out, 1, words_list[i]);
		memcpy(cut, out, strlen(out) < 4 ? strlen(out) : 4);
		expect_good(cut, 1, words_list[i]);
	}
	free(out);
}

static void round_trip_random(void **state)
{
	uint32_t seed = 20240501;
	char *out = new_out();

	(void)state;
	for (int turn = 0; turn < 500; turn++) {
		uint8_t bits[17] = {0};
		size_t index[PHRASE];
		char want[WORDS_TEXT] = "";
		size_t n = 0;

		for (size_t i = 0; i < PHRASE; i++) {
			index[i] = next_random(&seed) % WORDS_COUNT;
			put_index(bits, i, index[i]);
			n += (size_t)snprintf(want + n, sizeof want - n, "%s%s", i == 0 ? "" : " ", words_list[index[i]]);
		}
		words_encode(bits, PHRASE, out);
		assert_string_equal(out, want);
		expect_good(out, PHRASE, want);
	}
	free(out);
}

/* Computed apart from this program, from the definition in the protocol. */
static void org_and_statement(void **state)
{
	char *out = new_out(), other[WORDS_TEXT];
	struct id org;

	(void)state;
	for (size_t i = 0; i < sizeof org.b; i++)
		org.b[i] = (uint8_t)i;
	words_org(&org, out);
	assert_string_equal(out, "rodeo ostrich hedge movie index mulberry brew vitamin umpire sorbet");
	words_statement(ID_SPAN(&org), other);
	assert_string_not_equal(out, other);
	words_statement(SPAN("abc", 3), out);
	assert_string_equal(out, "cocoa bungalow arcade block compass couch bistro dahlia blend sock");
	words_statement(SPAN(NULL, 0), out);
	assert_string_equal(out, "zipper lupine cocoa cloth eardrum learn almond modern jigsaw kilt");
	free(out);
}

static void org_bit_flips(void **state)
{
	char was[WORDS_TEXT], now[WORDS_TEXT];
	struct id org = {{0}};

	(void)state;
	words_org(&org, was);
	for (size_t i = 0; i < 256; i++) {
		org.b[i / 8] = (uint8_t)(org.b[i / 8] ^ 1u << i % 8);
		words_org(&org, now);
		assert_string_not_equal(was, now);
		org.b[i / 8] = (uint8_t)(org.b[i / 8] ^ 1u << i % 8);
	}
}

static void separators(void **state)
{
	const char *want = "abacus magenta zebra";

	(void)state;
	expect_good("abacus magenta zebra", 3, want);
	expect_good("ABACUS Magenta zEbRa", 3, want);
	expect_good("abacus,magenta,zebra", 3, want);
	expect_good("abacus-magenta-zebra", 3, want);
	expect_good("abacus\nmagenta\r\nzebra\n", 3, want);
	expect_good("\t abacus \t,- magenta,,--  \n\nzebra , ", 3, want);
	expect_good("1. abacus 2. magenta 3. zebra", 3, want);
	expect_good("Abacus, magenta; zebra.", 3, want);
	expect_good("abacus: magenta! zebra...", 3, want);
	expect_good("1.abacus\n2.magenta\n12.zebra", 3, want);
	expect_good(" 1. - abacus, 2.3. magenta, 00000000000000000000000000000000000000001. zebra 4.", 3, want);
}

static void cut_words(void **state)
{
	(void)state;
	expect_good("abac mage zebr", 3, "abacus magenta zebra");
	expect_good("ABACU magent zebra", 3, "abacus magenta zebra");
	expect_good("owl fox abac", 3, "owl fox abacus");
	expect_bad("aba mage zebr", 3, 1);
	expect_bad("abac ma zebr", 3, 2);
	expect_bad("owls fox", 2, 1);
	expect_bad("owl fo", 2, 2);
}

static void wrong_word(void **state)
{
	char typed[WORDS_TEXT];

	(void)state;
	for (size_t wrong = 1; wrong <= WORDS_ORG; wrong++) {
		size_t n = 0;

		for (size_t i = 1; i <= WORDS_ORG; i++)
			n += (size_t)snprintf(typed + n, sizeof typed - n, "%zu. %s ", i, i == wrong ? "qqqq" : "zebra");
		expect_bad(typed, WORDS_ORG, wrong);
	}
	expect_bad("zebra qqqq xxxx", 3, 2);  /* the first of two */
	expect_bad("abacux", 1, 1);           /* wrong behind the fourth letter */
	expect_bad("abacuss", 1, 1);
	expect_bad("lettuce", 1, 1);          /* the list has letter */
	expect_bad("abacus zebramagenta", 2, 2);
	expect_bad("zebra 2 abacus", 2, 2);   /* a number without its dot */
	expect_bad("zebra ab4cus", 2, 2);
	expect_bad("zebra . abacus", 2, 2);
	expect_bad("zebra ..", 2, 2);
	expect_bad("zebra aba.cus", 2, 2);
	expect_bad("zebra abacus2.", 2, 2);
	expect_bad("qqqq", 2, 1);             /* the word comes before the count */
}

static void wrong_count(void **state)
{
	(void)state;
	expect_bad("", WORDS_ORG, 0);
	expect_bad(" ,-\n 1. 2. ", WORDS_ORG, 0);
	expect_bad("zebra zebra", 3, 0);
	expect_bad("zebra zebra zebra zebra", 3, 0);
	expect_bad("zebra zebra zebra qqqq", 3, 0);
	expect_good("zebra zebra zebra", 3, "zebra zebra zebra");
	expect_bad("", 0, 0);
	expect_bad("zebra", 0, 0);
	expect_bad("zebra", WORDS_TEXT / 9 + 1, 0);
	expect_bad("zebra", SIZE_MAX, 0);
}

/* As many words as ever fit, all of eight letters, and one more. */
static void most_words(void **state)
{
	char typed[WORDS_TEXT + 16] = "";
	size_t n = 0, index = 0;

	(void)state;
	while (strlen(words_list[index]) != 8)
		index++;
	for (size_t i = 0; i < WORDS_TEXT / 9; i++)
		n += (size_t)snprintf(typed + n, sizeof typed - n, "%s%s", i == 0 ? "" : " ", words_list[index]);
	expect_good(typed, WORDS_TEXT / 9, typed);
	snprintf(typed + n, sizeof typed - n, " %s", words_list[index]);
	expect_bad(typed, WORDS_TEXT / 9, 0);
}

/* unit over and over for LONG bytes, then end */
static char *very_long(const char *unit, const char *end)
{
	size_t n = strlen(unit);
	char *s = malloc(LONG + strlen(end) + 1);

	assert_non_null(s);
	for (size_t i = 0; i < LONG; i++)
		s[i] = unit[i % n];
	memcpy(s + LONG, end, strlen(end) + 1);
	return s;
}

static void hostile_long(void **state)
{
	static const struct {
		const char *unit, *end;
		size_t bad;
	} cases[] = {
		{"a", "", 1}, {"abacus", " abacus", 1}, {"\xff", "", 1}, {"9", "", 1}, {"9", " abacus", 1},
		{"zebra ", "", 0}, {" ", "", 0}, {"1.", "", 0}, {"-,\n", "", 0}, {"...", "abacus", 1},
	};
	static const char *const skipped[][2] = {{" ", "abacus zebra"}, {"1.", "abacus zebra"}, {"9", ".abacus zebra"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *s = very_long(cases[i].unit, cases[i].end);

		expect_bad(s, 2, cases[i].bad);
		free(s);
	}
	for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++) {
		char *s = very_long(skipped[i][0], skipped[i][1]);

		expect_good(s, 2, "abacus zebra");
		free(s);
	}
}

static void hostile_bytes(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char typed[32] = "abacus zebra";

		typed[6] = (char)c;
		if (strchr(" \t\r\n,-", c) != NULL)
			expect_good(typed, 2, "abacus zebra");
		else
			expect_bad(typed, 2, 1);
	}
}

/* Whatever is accepted is in the one spelling, and taken again it stays as it is. */
static void hostile_random(void **state)
{
	static const char *const parts[] = {"zebra", "ABAC", "owl", " ", ",", "-", "\n", "7.", "12", ".", "x", "\xc3\xa9", " owl "};
	uint32_t seed = 7;
	char *out = new_out(), *again = new_out();
	size_t good = 0;

	(void)state;
	for (int turn = 0; turn < 50000; turn++) {
		size_t n = 0, bad = 99, pieces = next_random(&seed) % 10, words = 1 + next_random(&seed) % 4;
		char typed[128] = "";

		while (pieces-- > 0) {
			const char *part = parts[next_random(&seed) % (sizeof parts / sizeof parts[0])];

			n += (size_t)snprintf(typed + n, sizeof typed - n, "%s", part);
		}
		if (words_normal(typed, words, out, &bad) != OK) {
			assert_true(bad <= words);
			continue;
		}
		good++;
		assert_int_equal(words_normal(out, words, again, &bad), OK);
		assert_string_equal(out, again);
	}
	assert_in_range(good, 100, 49900);
	free(out);
	free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_shape),
		cmocka_unit_test(list_four_letters),
		cmocka_unit_test(list_frozen),
		cmocka_unit_test(encode_edges),
		cmocka_unit_test(encode_longest),
		cmocka_unit_test(encode_too_many),
		cmocka_unit_test(round_trip_each),
		cmocka_unit_test(round_trip_random),
		cmocka_unit_test(org_and_statement),
		cmocka_unit_test(org_bit_flips),
		cmocka_unit_test(separators),
		cmocka_unit_test(cut_words),
		cmocka_unit_test(wrong_word),
		cmocka_unit_test(wrong_count),
		cmocka_unit_test(most_words),
		cmocka_unit_test(hostile_long),
		cmocka_unit_test(hostile_bytes),
		cmocka_unit_test(hostile_random),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
