#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "keys/hash.h"
#include "proto/invite.h"
#include "proto/pack.h"

static struct invite sample(void)
{
	struct invite i = {.expires = 1764000000000ll, .addresses = 1};

	for (size_t k = 0; k < 32; k++) {
		i.org.b[k] = (uint8_t)(k * 7 + 1);
		i.link_pk[k] = (uint8_t)(k * 11 + 2);
		i.statement.b[k] = (uint8_t)(k * 13 + 3);
		i.secret[k] = (uint8_t)(k * 17 + 4);
	}
	snprintf(i.address[0], sizeof i.address[0], "tally.brackwater.example:7443");
	snprintf(i.name, sizeof i.name, "Brackwater Logistics");
	return i;
}

static struct buf token_of(const struct invite *i)
{
	struct buf text = {0};

	assert_int_equal(invite_encode(i, &text), OK);
	return text;
}

static void assert_same(const struct invite *x, const struct invite *y)
{
	assert_true(id_eq(&x->org, &y->org) && id_eq(&x->statement, &y->statement));
	assert_memory_equal(x->link_pk, y->link_pk, 32);
	assert_memory_equal(x->secret, y->secret, 32);
	assert_int_equal(x->expires, y->expires);
	assert_int_equal(x->addresses, y->addresses);
	for (size_t k = 0; k < x->addresses; k++)
		assert_string_equal(x->address[k], y->address[k]);
	assert_string_equal(x->name, y->name);
}

static void round_trip(void **state)
{
	struct invite i = sample(), got;
	struct buf text = token_of(&i);
	struct complaint why;

	(void)state;
	assert_memory_equal(text.p, "tally1", 6);
	assert_true(text.n <= 380);
	print_message("token of one address: %zu characters\n", text.n);
	assert_int_equal(invite_decode(buf_span(&text), &got, &why), OK);
	assert_same(&i, &got);
	buf_free(&text);
	i.addresses = 0;
	text = token_of(&i);
	assert_int_equal(invite_decode(buf_span(&text), &got, &why), OK);
	assert_same(&i, &got);
	buf_free(&text);
}

/* Mail folds lines, people copy blanks, a QR in alphanumeric mode has capitals only. */
static void forgiving_where_it_may_be(void **state)
{
	struct invite i = sample(), got;
	struct buf text = token_of(&i), loose = {0};
	struct complaint why;

	(void)state;
	for (size_t k = 0; k < text.n; k++) {
		char c = (char)text.p[k];

		if (c >= 'a' && c <= 'z' && k % 3 == 0)
			c = (char)(c - 'a' + 'A');
		assert_int_equal(buf_add(&loose, &c, 1), OK);
		if (k % 40 == 3)
			assert_int_equal(buf_add(&loose, " \r\n\t", 4), OK);
	}
	assert_int_equal(invite_decode(buf_span(&loose), &got, &why), OK);
	assert_same(&i, &got);
	buf_free(&loose);
	buf_free(&text);
}

static enum err refused(const uint8_t *p, size_t n, struct complaint *why)
{
	struct invite got;

	memset(why, 0, sizeof *why);
	return invite_decode(SPAN(p, n), &got, why);
}

static void every_changed_character(void **state)
{
	static const char others[] = "abcdefghijklmnopqrstuvwxyz234567 01890-=";
	struct invite i = sample();
	struct buf text = token_of(&i);
	struct complaint why;

	(void)state;
	for (size_t k = 0; k < text.n; k++) {
		const uint8_t was = text.p[k];

		for (const char *c = others; *c != '\0'; c++) {
			if ((uint8_t)*c == was)
				continue;
			text.p[k] = (uint8_t)*c;
			assert_int_equal(refused(text.p, text.n, &why), ERR_INVALID);
			assert_true(strlen(why.text) > 10);
		}
		text.p[k] = was;
	}
	for (size_t k = 6; k + 1 < text.n; k++) { /* two neighbours swapped */
		const uint8_t was = text.p[k];

		if (was == text.p[k + 1])
			continue;
		text.p[k] = text.p[k + 1];
		text.p[k + 1] = was;
		assert_int_equal(refused(text.p, text.n, &why), ERR_INVALID);
		text.p[k + 1] = text.p[k];
		text.p[k] = was;
	}
	assert_int_equal(refused(text.p, text.n, &why), OK);
	buf_free(&text);
}

static void words_for_each_mistake(void **state)
{
	struct invite i = sample();
	struct buf text = token_of(&i);
	struct complaint why;

	(void)state;
	for (size_t n = 6; n < text.n; n++) {
		assert_int_equal(refused(text.p, n, &why), ERR_INVALID);
		assert_non_null(strstr(why.text, "cut short"));
	}
	for (size_t n = 0; n < 6; n++) {
		assert_int_equal(refused(text.p, n, &why), ERR_INVALID);
		assert_non_null(strstr(why.text, "begins with tally1"));
	}
	text.p[5] = '2';
	assert_int_equal(refused(text.p, text.n, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "newer version"));
	text.p[5] = '0';
	assert_int_equal(refused(text.p, text.n, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "begins with tally1"));
	text.p[5] = '1';
	text.p[100] = '8';
	assert_int_equal(refused(text.p, text.n, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "character"));
	text.p[100] = text.p[100] == 'a' ? 'b' : 'a';
	assert_int_equal(refused(text.p, text.n, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "checksum"));
	buf_free(&text);
	i.address[0][0] = '\0'; /* another length: bits are left over behind the last byte */
	snprintf(i.address[0], sizeof i.address[0], "tally.example:74");
	text = token_of(&i);
	while ((text.n - 6) % 8 == 0) {
		buf_clear(&text);
		snprintf(i.name + strlen(i.name), sizeof i.name - strlen(i.name), "x");
		assert_int_equal(invite_encode(&i, &text), OK);
	}
	text.p[text.n - 1] = '7';
	assert_int_equal(refused(text.p, text.n, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "checksum"));
	buf_free(&text);
}

static void limits(void **state)
{
	struct invite i = sample(), got;
	struct complaint why;
	struct buf text = {0};
	uint8_t long_text[LIMIT_TOKEN + 1];

	(void)state;
	for (size_t k = 0; k < INVITE_ADDRESSES; k++) {
		memset(i.address[k], 'a' + (int)k, 79);
		i.address[k][79] = '\0';
	}
	i.addresses = INVITE_ADDRESSES;
	text = token_of(&i);
	assert_true(text.n <= LIMIT_TOKEN);
	assert_int_equal(invite_decode(buf_span(&text), &got, &why), OK);
	assert_same(&i, &got);
	buf_clear(&text);
	memset(i.name, 'n', 200); /* all at their longest: too long for one line of text */
	i.name[200] = '\0';
	assert_int_equal(invite_encode(&i, &text), ERR_LIMIT);
	assert_int_equal(text.n, 0);
	i.addresses = 2;
	assert_int_equal(invite_encode(&i, &text), OK);
	assert_int_equal(invite_decode(buf_span(&text), &got, &why), OK);
	assert_same(&i, &got);
	buf_clear(&text);
	memset(i.name, 'n', 201);
	assert_int_equal(invite_encode(&i, &text), ERR_LIMIT);
	i = sample();
	i.addresses = INVITE_ADDRESSES + 1;
	assert_int_equal(invite_encode(&i, &text), ERR_LIMIT);
	i = sample();
	memset(i.address[0], 'a', 80);
	assert_int_equal(invite_encode(&i, &text), ERR_LIMIT);
	i = sample();
	i.name[0] = '\0';
	assert_int_equal(invite_encode(&i, &text), ERR_INVALID);
	i = sample();
	i.expires = -1;
	assert_int_equal(invite_encode(&i, &text), ERR_INVALID);
	assert_int_equal(text.n, 0);
	memset(long_text, 'a', sizeof long_text);
	memcpy(long_text, "tally1", 6);
	assert_int_equal(refused(long_text, LIMIT_TOKEN, &why), ERR_INVALID);
	assert_null(strstr(why.text, "longer"));
	assert_int_equal(refused(long_text, LIMIT_TOKEN + 1, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "longer"));
	buf_free(&text);
}

/* A right checksum over a wrong map: made by somebody, not mistyped. */
static enum err forged(struct value *map, struct complaint *why)
{
	struct buf bytes = {0}, text = {0};
	struct invite got;
	struct id check;
	enum err err;

	assert_int_equal(pack_encode(map, &bytes), OK);
	hash_one(&check, "tally.itok.v1", buf_span(&bytes));
	assert_int_equal(buf_add(&bytes, check.b, 4), OK);
	assert_int_equal(buf_add(&text, "tally1", 6), OK);
	assert_int_equal(base32_encode(buf_span(&bytes), &text), OK);
	err = invite_decode(buf_span(&text), &got, why);
	buf_free(&bytes);
	buf_free(&text);
	return err;
}

static void forged_maps(void **state)
{
	struct arena *a = arena_new();
	struct value *map = value_map(a), *list = value_array(a);
	struct id id = {{1}};
	struct complaint why;

	(void)state;
	for (int64_t k = 0; k < 4; k++)
		value_set(a, map, k, value_id(a, &id));
	value_set(a, map, 5, value_int(a, 5));
	assert_int_equal(forged(map, &why), ERR_INVALID); /* the name is missing */
	assert_string_equal(why.where, "name");
	value_set(a, map, 6, value_str(a, "N"));
	assert_int_equal(forged(map, &why), OK);
	for (size_t k = 0; k < 5; k++)
		value_push(a, list, value_str(a, "host:1"));
	value_set(a, map, 4, list);
	assert_int_equal(forged(map, &why), ERR_INVALID);
	value_set(a, map, 4, value_str(a, "host:1"));
	assert_int_equal(forged(map, &why), ERR_INVALID);
	value_set(a, map, 4, value_array(a));
	assert_int_equal(forged(map, &why), OK);
	value_set(a, map, 7, value_int(a, 5));
	assert_int_equal(forged(map, &why), ERR_INVALID);
	assert_int_equal(forged(value_int(a, 5), &why), ERR_INVALID);
	assert_int_equal(forged(value_nil(a), &why), ERR_INVALID);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip), cmocka_unit_test(forgiving_where_it_may_be), cmocka_unit_test(every_changed_character),
		cmocka_unit_test(words_for_each_mistake), cmocka_unit_test(limits), cmocka_unit_test(forged_maps),
	};

	return cmocka_run_group_tests_name("invite", tests, NULL, NULL);
}
