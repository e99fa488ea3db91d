#include "tests/unit/maker.h"

#include "proto/card.h"
#include "proto/pack.h"

struct sample {
	struct maker who;
	struct card card;
	struct arena *arena;
	struct buf file;
};

static void begin(struct sample *s, size_t statements, size_t addresses)
{
	memset(s, 0, sizeof *s);
	maker_begin(&s->who, 1, "Brackwater Logistics");
	while (s->who.n < statements)
		maker_rotate(&s->who, "routine");
	s->card.statements = s->who.n;
	s->card.statement = s->who.chain;
	s->card.addresses = addresses;
	for (size_t i = 0; i < addresses; i++)
		snprintf(s->card.address[i], sizeof s->card.address[i], "node%zu.example:7400", i);
	s->arena = arena_new();
	assert_int_equal(card_encode(&s->card, &s->file), OK);
}

static void end(struct sample *s)
{
	maker_end(&s->who);
	arena_free(s->arena);
	buf_free(&s->file);
}

static enum err decode(struct sample *s, struct card *out)
{
	struct complaint why;

	return card_decode(buf_span(&s->file), s->arena, out, &why);
}

static void round_trip(void **state)
{
	(void)state;
	for (size_t statements = 1; statements <= 3; statements++) {
		struct sample s;
		struct card got;
		struct buf again = {0};

		begin(&s, statements, statements - 1);
		assert_true(card_is(buf_span(&s.file)));
		assert_int_equal(decode(&s, &got), OK);
		assert_true(id_eq(&got.org, &s.who.org));
		assert_int_equal(got.newest.kseq, statements - 1);
		assert_string_equal(got.newest.name, "Brackwater Logistics");
		assert_int_equal(got.addresses, statements - 1);
		if (got.addresses)
			assert_string_equal(got.address[0], "node0.example:7400");
		assert_int_equal(card_encode(&got, &again), OK);
		assert_true(span_eq(buf_span(&again), buf_span(&s.file)));
		buf_free(&again);
		end(&s);
	}
}

/* Whatever byte is changed, it is no card of this organisation any more, unless the byte is of an address: nobody signs those. */
static void a_changed_byte_is_found(void **state)
{
	struct sample s;
	struct card got;

	(void)state;
	begin(&s, 2, 0);
	for (size_t i = 0; i < s.file.n; i += 3) {
		s.file.p[i] ^= 0x10;
		if (decode(&s, &got) == OK)
			fail_msg("byte %zu of %zu is not missed", i, s.file.n);
		s.file.p[i] ^= 0x10;
	}
	for (size_t n = 0; n < s.file.n; n += 7) {
		struct complaint why;

		assert_int_not_equal(card_decode(SPAN(s.file.p, n), s.arena, &got, &why), OK);
	}
	end(&s);
}

static void chains_of_two_are_refused(void **state)
{
	struct sample s;
	struct maker other;
	struct signed_statement mixed[2];
	struct card got, c = {.statements = 2, .statement = mixed};

	(void)state;
	begin(&s, 2, 0);
	maker_begin(&other, 2, "Somebody else");
	mixed[0] = other.chain[0];
	mixed[1] = s.who.chain[1];
	buf_clear(&s.file);
	assert_int_equal(card_encode(&c, &s.file), OK);
	assert_int_equal(decode(&s, &got), ERR_CONFLICT);
	c.statements = 1;
	c.statement = &s.who.chain[1]; /* does not begin at 0 */
	buf_clear(&s.file);
	assert_int_equal(card_encode(&c, &s.file), OK);
	assert_int_equal(decode(&s, &got), ERR_CONFLICT);
	maker_end(&other);
	end(&s);
}

static void says_what_is_wrong(void **state)
{
	struct sample s;
	struct card got;
	struct complaint why;

	(void)state;
	begin(&s, 1, 1);
	assert_int_equal(card_decode(SPAN("hello", 5), s.arena, &got, &why), ERR_SHAPE);
	assert_string_equal(why.text, "is not a card of an organisation");
	s.file.p[14] = 2; /* the version: {0 "tally card", 1 HERE */
	assert_int_equal(decode(&s, &got), ERR_VERSION);
	s.file.p[14] = 0;
	assert_int_equal(decode(&s, &got), ERR_INVALID);
	s.card.statements = 0;
	buf_clear(&s.file);
	assert_int_not_equal(card_encode(&s.card, &s.file), OK);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(a_changed_byte_is_found),
		cmocka_unit_test(chains_of_two_are_refused),
		cmocka_unit_test(says_what_is_wrong),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
