/* test_kit.c - the recovery kit: made, read by people, typed in again, tampered with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/kit.h"

static struct kit_input input;
static struct buf kit; /* made once: Argon2id takes its time */
static char phrase[WORDS_TEXT];

static void fill_input(struct kit_input *in)
{
	*in = (struct kit_input){.kseq = 2, .name = "Stadtwerke Beispiel GmbH"};
	for (size_t i = 0; i < 32; i++) {
		in->org.b[i] = (uint8_t)(i * 3 + 1);
		in->root_seed[i] = (uint8_t)(i * 7 + 5);
	}
	for (size_t i = 0; i < sizeof in->entropy; i++)
		in->entropy[i] = (uint8_t)(i * 37 + 11);
}

static int make_kit(void **state)
{
	(void)state;
	fill_input(&input);
	return kit_make(&input, &kit, phrase) != OK;
}

static int free_kit(void **state)
{
	(void)state;
	buf_free(&kit);
	return 0;
}

static enum err open_text(struct span file, const char *words)
{
	struct kit_input out, before;
	enum err e;

	memset(&out, 0x77, sizeof out);
	before = out;
	e = kit_open(file, words, &out);
	if (e) {
		assert_memory_equal(&out, &before, sizeof out);
	} else {
		assert_true(id_eq(&out.org, &input.org));
		assert_true(out.kseq == input.kseq);
		assert_memory_equal(out.root_seed, input.root_seed, 32);
		assert_null(out.name);
	}
	return e;
}

/* The kit with the first from replaced by to. */
static struct buf changed(const char *from, const char *to)
{
	const uint8_t *at = memmem(kit.p, kit.n, from, strlen(from));
	struct buf b = {0};
	size_t before;

	assert_non_null(at);
	before = (size_t)(at - kit.p);
	assert_int_equal(buf_add(&b, kit.p, before), OK);
	assert_int_equal(buf_add(&b, to, strlen(to)), OK);
	assert_int_equal(buf_add(&b, at + strlen(from), kit.n - before - strlen(from)), OK);
	return b;
}

static enum err open_changed(const char *from, const char *to)
{
	struct buf b = changed(from, to);
	enum err e = open_text(buf_span(&b), phrase);

	buf_free(&b);
	return e;
}

static bool says(const char *text)
{
	return memmem(kit.p, kit.n, text, strlen(text)) != NULL;
}

static void opens(void **state)
{
	char normal[WORDS_TEXT];
	size_t bad, words = 1;

	(void)state;
	assert_int_equal(open_text(buf_span(&kit), phrase), OK);
	for (const char *s = phrase; *s; s++)
		words += *s == ' ';
	assert_int_equal(words, KIT_PHRASE_WORDS);
	assert_int_equal(words_normal(phrase, KIT_PHRASE_WORDS, normal, &bad), OK);
	assert_string_equal(normal, phrase);
}

static void is_a_function_of_its_input(void **state)
{
	struct kit_input in = input;
	struct buf again = {0};
	char words[WORDS_TEXT];

	(void)state;
	assert_int_equal(buf_add(&again, "#", 1), OK); /* appends */
	assert_int_equal(kit_make(&in, &again, words), OK);
	assert_string_equal(words, phrase);
	assert_true(span_eq(SPAN(again.p + 1, again.n - 1), buf_span(&kit)));
	in.entropy[16] ^= 0x10; /* the last bit of the phrase */
	buf_clear(&again);
	assert_int_equal(kit_make(&in, &again, words), OK);
	assert_string_not_equal(words, phrase);
	assert_int_equal(open_text(buf_span(&again), phrase), ERR_CRYPT);
	assert_int_equal(open_text(buf_span(&again), words), OK);
	buf_free(&again);
}

static void tells_people_what_it_is(void **state)
{
	char hex[65], words[WORDS_TEXT];
	size_t column = 0;

	(void)state;
	hex_encode(hex, input.org.b, 32);
	words_org(&input.org, words);
	assert_true(says(hex));
	assert_true(says(words));
	assert_true(says("Stadtwerke Beispiel GmbH"));
	assert_true(says("key statement: 2\n"));
	assert_true(says("Keep this away from the machine that runs the node"));
	assert_false(says(phrase));
	hex_encode(hex, input.root_seed, 32);
	assert_false(says(hex));
	for (size_t i = 0; i < kit.n; i++) {
		column = kit.p[i] == '\n' ? 0 : column + 1;
		assert_true(kit.p[i] == '\n' || (kit.p[i] >= ' ' && kit.p[i] < 0x7f));
		assert_true(column <= 100);
	}
	assert_int_equal(kit.p[kit.n - 1], '\n');
}

static void takes_the_phrase_as_people_type_it(void **state)
{
	char typed[WORDS_TEXT * 2] = "", *to = typed;
	size_t letters = 0;

	(void)state;
	for (const char *s = phrase; *s; s++) { /* upper case, four letters, commas */
		letters = *s == ' ' ? 0 : letters + 1;
		if (*s == ' ') {
			*to++ = ',';
			*to++ = ' ';
		} else if (letters <= 4) {
			*to++ = (char)(*s - 'a' + 'A');
		}
	}
	*to = '\0';
	assert_int_equal(open_text(buf_span(&kit), typed), OK);
}

static void wrong_phrases(void **state)
{
	char other[WORDS_TEXT];
	uint8_t bits[17];

	(void)state;
	memcpy(bits, input.entropy, sizeof bits);
	bits[0] ^= 1;
	words_encode(bits, KIT_PHRASE_WORDS, other);
	assert_int_equal(open_text(buf_span(&kit), other), ERR_CRYPT);
	assert_int_equal(open_text(buf_span(&kit), ""), ERR_INVALID);
	memcpy(other, phrase, sizeof other);
	*strrchr(other, ' ') = '\0';
	assert_int_equal(open_text(buf_span(&kit), other), ERR_INVALID); /* eleven words */
	memcpy(other, phrase, sizeof other);
	memcpy(other, "qq", 2);
	assert_int_equal(open_text(buf_span(&kit), other), ERR_INVALID);
}

static void the_text_must_agree_with_the_seal(void **state)
{
	char hex[65], changed_hex[65];

	(void)state;
	assert_int_equal(open_changed("key statement: 2\n", "key statement: 3\n"), ERR_CRYPT);
	assert_int_equal(open_changed("key statement: 2\n", "key statement: 18446744073709551615\n"), ERR_CRYPT);
	hex_encode(hex, input.org.b, 32);
	for (size_t i = 0; i < 64; i += 21) {
		memcpy(changed_hex, hex, sizeof hex);
		changed_hex[i] = hex[i] == '0' ? '1' : '0';
		assert_int_equal(open_changed(hex, changed_hex), ERR_CRYPT);
	}
}

/* Each character of the magic, then some of the rest; the cost between is for test_sealed.c. */
static void a_changed_seal_does_not_open(void **state)
{
	static const char label[] = "sealed root key:\n";
	const uint8_t *start = memmem(kit.p, kit.n, label, sizeof label - 1);
	static const size_t at[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 30, 50, 63, 66, 90, 100, 140, 180, 220, 240};
	struct buf b = {0};

	(void)state;
	assert_non_null(start);
	assert_int_equal(buf_add(&b, kit.p, kit.n), OK);
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		uint8_t *c = b.p + (start - kit.p) + sizeof label - 1 + at[i], was = *c;
		enum err e;

		assert_true((was >= 'a' && was <= 'z') || (was >= '2' && was <= '7'));
		*c = was == 'a' ? 'b' : 'a';
		e = open_text(buf_span(&b), phrase);
		assert_int_equal(e, at[i] <= 10 ? ERR_INVALID : at[i] == 11 ? ERR_VERSION : ERR_CRYPT);
		*c = was;
	}
	assert_int_equal(open_text(buf_span(&b), phrase), OK);
	buf_free(&b);
}

static void lines_missing_twice_or_odd(void **state)
{
	static const struct {
		const char *from, *to;
		enum err want;
	} cases[] = {
		{"TALLYSTICK", "TALLYSTOCK", ERR_INVALID},
		{"FORMAT 1", "FORMAT 2", ERR_VERSION},
		{"FORMAT 1", "FORMAT 11", ERR_VERSION},
		{"FORMAT 1", "FORMAT", ERR_INVALID},
		{"organisation:", "organization:", ERR_INVALID},
		{"organisation: ", "organisation: 0", ERR_INVALID},
		{"organisation: 01", "organisation: zz", ERR_INVALID},
		{"key statement: 2", "", ERR_INVALID},
		{"key statement: 2", "key statement:", ERR_INVALID},
		{"key statement: 2", "key statement: 02", ERR_INVALID},
		{"key statement: 2", "key statement: +2", ERR_INVALID},
		{"key statement: 2", "key statement: 2 2", ERR_INVALID},
		{"key statement: 2", "key statement: 18446744073709551616", ERR_INVALID},
		{"key statement: 2", "key statement: 99999999999999999999999", ERR_INVALID},
		{"key statement: 2", "key statement: 2\nkey statement: 2", ERR_INVALID},
		{"sealed root key:", "sealed root key: a", ERR_INVALID},
		{"sealed root key:", "sealed:", ERR_INVALID},
		{"sealed root key:", "sealed root key:\nend\nsealed root key:", ERR_INVALID},
		{"sealed root key:\n", "sealed root key:\n!\n", ERR_INVALID},
		{"\nend\n", "\n", ERR_INVALID},
		{"\nend\n", "\nend\nsealed root key:\nend\n", ERR_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(open_changed(cases[i].from, cases[i].to), cases[i].want);
	assert_int_equal(open_text((struct span){0}, phrase), ERR_INVALID);
	for (size_t n = 0; n + 4 < kit.n; n++) { /* cut off anywhere before its end line */
		uint8_t *exact = malloc(n ? n : 1);

		assert_non_null(exact);
		memcpy(exact, kit.p, n);
		assert_int_equal(open_text(SPAN(exact, n), phrase), ERR_INVALID);
		free(exact);
	}
}

static void what_editors_do_is_forgiven(void **state)
{
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < kit.n; i++) { /* CR LF, blanks around, empty lines */
		if (kit.p[i] == '\n')
			assert_int_equal(buf_add(&b, " \t\r\n\r\n  ", 8), OK);
		else
			assert_int_equal(buf_add(&b, kit.p + i, 1), OK);
	}
	assert_int_equal(open_text(buf_span(&b), phrase), OK);
	buf_free(&b);
	assert_int_equal(open_changed("# name: Stadtwerke", "# name: Somebody else's"), OK); /* a comment is a comment */
	assert_int_equal(open_changed("\nend\n", "\nend"), OK);
}

static void names(void **state)
{
	static const char *const bad[] = {"a\nkey statement: 3", "a\r", "\t", "\x1b[2J", "\x7f"};
	struct kit_input in = input;
	char words[WORDS_TEXT] = "before", name[1026];
	struct buf file = {0};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		in.name = bad[i];
		assert_int_equal(kit_make(&in, &file, words), ERR_INVALID);
	}
	memset(name, 'n', sizeof name);
	name[1025] = '\0';
	in.name = name;
	assert_int_equal(kit_make(&in, &file, words), ERR_INVALID);
	assert_int_equal(file.n, 0);
	assert_string_equal(words, "before");
	name[1024] = '\0';
	assert_int_equal(kit_make(&in, &file, words), OK);
	assert_int_equal(open_text(buf_span(&file), words), OK);
	buf_clear(&file);
	in.name = "M\xc3\xbcnster: organisation: key statement: 7";
	assert_int_equal(kit_make(&in, &file, words), OK);
	assert_int_equal(open_text(buf_span(&file), words), OK);
	buf_clear(&file);
	in.name = NULL;
	assert_int_equal(kit_make(&in, &file, words), OK);
	assert_int_equal(open_text(buf_span(&file), words), OK);
	buf_free(&file);
}

static void any_number_of_a_statement(void **state)
{
	static const uint64_t kseq[] = {0, 10, UINT64_MAX};
	struct buf file = {0};
	char words[WORDS_TEXT];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		input.kseq = kseq[i];
		buf_clear(&file);
		assert_int_equal(kit_make(&input, &file, words), OK);
		assert_int_equal(open_text(buf_span(&file), words), OK);
	}
	input.kseq = 2;
	buf_free(&file);
}

static void size_limit(void **state)
{
	struct buf b = {0};
	uint8_t *at;

	(void)state;
	assert_int_equal(buf_add(&b, kit.p, kit.n), OK);
	assert_int_equal(buf_room(&b, 65536 - kit.n, &at), OK);
	memset(at, '\n', 65536 - kit.n);
	assert_int_equal(open_text(buf_span(&b), phrase), OK);
	assert_int_equal(buf_add(&b, "\n", 1), OK);
	assert_int_equal(open_text(buf_span(&b), phrase), ERR_LIMIT);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens), cmocka_unit_test(is_a_function_of_its_input), cmocka_unit_test(tells_people_what_it_is),
		cmocka_unit_test(takes_the_phrase_as_people_type_it), cmocka_unit_test(wrong_phrases),
		cmocka_unit_test(the_text_must_agree_with_the_seal), cmocka_unit_test(a_changed_seal_does_not_open),
		cmocka_unit_test(lines_missing_twice_or_odd), cmocka_unit_test(what_editors_do_is_forgiven), cmocka_unit_test(names),
		cmocka_unit_test(any_number_of_a_statement), cmocka_unit_test(size_limit),
	};

	return cmocka_run_group_tests_name("kit", tests, make_kit, free_kit);
}
