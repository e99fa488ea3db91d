#include "tests/unit/maker.h"

#include "keys/sealto.h"
#include "proto/bundle.h"
#include "proto/merkle.h"
#include "proto/pack.h"
#include "proto/record.h"

#define TO_TAG 2

static const uint8_t fresh[32] = {0, 1, 2};

struct sample { /* what A says to B in a file: an entry, and a receipt */
	struct maker a, b;
	struct arena *arena;
	struct carried_record record;
	struct carried_entry entry;
	struct bundle_receipt receipt;
	struct bundle bundle;
	struct buf file, plain;
	uint8_t seal_sk[32];
};

static void begin(struct sample *s)
{
	uint8_t pk[32];

	memset(s, 0, sizeof *s);
	s->arena = arena_new();
	maker_begin(&s->a, 1, "Brackwater Logistics");
	maker_begin(&s->b, TO_TAG, "Harbour Foods");
	s->seal_sk[0] = TO_TAG;
	s->seal_sk[1] = MAKER_SEAL;
	s->seal_sk[3] = 1; /* as maker_pair makes it, of kseq 0 */
	sealto_public(s->seal_sk, pk);
	assert_memory_equal(pk, s->b.statement[0].keys.seal, 32);
	s->record = (struct carried_record){.bytes = SPAN("what it says", 12)};
	record_id(s->record.bytes, &s->record.id);
	s->entry = (struct carried_entry){.payload = SPAN("an entry", 8), .signature = SPAN(s->a.chain[0].root_sig, 64), .records = 1, .record = &s->record};
	s->receipt = (struct bundle_receipt){SPAN("a receipt", 9), SPAN(s->a.chain[0].sign_sig, 64)};
	s->bundle = (struct bundle){.card = {.statements = 1, .statement = s->a.chain}, .time = MAKER_TIME, .entries = 1, .entry = &s->entry,
	                            .receipts = 1, .receipt = &s->receipt};
}

static void end(struct sample *s)
{
	maker_end(&s->a);
	maker_end(&s->b);
	arena_free(s->arena);
	buf_free(&s->file);
	buf_free(&s->plain);
}

static enum err seal(struct sample *s)
{
	struct bundle_to to = {s->b.org, 0, s->b.statement[0].keys.seal};

	buf_clear(&s->file);
	return bundle_seal(&s->bundle, &s->a.org, &to, fresh, &s->file);
}

static enum err open_file(struct sample *s)
{
	buf_clear(&s->plain);
	return bundle_open(buf_span(&s->file), s->seal_sk, &s->plain);
}

static enum err read_plain(struct sample *s, struct bundle *out)
{
	struct complaint why;

	return bundle_read(buf_span(&s->plain), &s->a.org, s->arena, out, &why);
}

static void round_trip(void **state)
{
	struct sample s;
	struct bundle_head h;
	struct bundle got;

	(void)state;
	begin(&s);
	assert_int_equal(seal(&s), OK);
	assert_int_equal(bundle_read_head(buf_span(&s.file), &h), OK);
	assert_true(id_eq(&h.from, &s.a.org) && id_eq(&h.to, &s.b.org) && h.kseq == 0);
	assert_int_equal(open_file(&s), OK);
	assert_int_equal(read_plain(&s, &got), OK);
	assert_true(id_eq(&got.card.org, &s.a.org));
	assert_true(got.time == MAKER_TIME);
	assert_int_equal(got.entries, 1);
	assert_true(span_eq(got.entry[0].payload, s.entry.payload) && span_eq(got.entry[0].record[0].bytes, s.record.bytes));
	assert_int_equal(got.receipts, 1);
	assert_true(span_eq(got.receipt[0].payload, s.receipt.payload) && span_eq(got.receipt[0].signature, s.receipt.signature));
	end(&s);
}

/* Nothing of what is said, and no name, stands in the file for others to read; the same twice gives different files. */
static void others_read_nothing(void **state)
{
	struct sample s;
	uint8_t other[32] = {0, 9}, again[32] = {0, 1, 3};
	struct bundle_to to;
	struct buf second = {0};

	(void)state;
	begin(&s);
	to = (struct bundle_to){s.b.org, 0, s.b.statement[0].keys.seal};
	assert_int_equal(seal(&s), OK);
	assert_null(memmem(s.file.p, s.file.n, "what it says", 12));
	assert_null(memmem(s.file.p, s.file.n, "Brackwater", 10));
	assert_int_equal(bundle_open(buf_span(&s.file), other, &s.plain), ERR_CRYPT);
	assert_int_equal(bundle_seal(&s.bundle, &s.a.org, &to, again, &second), OK);
	assert_int_equal(second.n, s.file.n);
	assert_memory_not_equal(second.p + BUNDLE_HEAD, s.file.p + BUNDLE_HEAD, s.file.n - BUNDLE_HEAD);
	buf_free(&second);
	end(&s);
}

/* The head is bound too: nobody gives a file another sender or recipient. */
static void every_changed_byte_is_found(void **state)
{
	struct sample s;

	(void)state;
	begin(&s);
	assert_int_equal(seal(&s), OK);
	for (size_t i = 0; i < s.file.n; i++) {
		s.file.p[i] ^= 4;
		if (open_file(&s) == OK)
			fail_msg("byte %zu of %zu is not missed", i, s.file.n);
		s.file.p[i] ^= 4;
	}
	assert_int_equal(open_file(&s), OK);
	for (size_t n = s.file.n; n > 0; n--) {
		struct buf plain = {0};

		assert_int_not_equal(bundle_open(SPAN(s.file.p, n - 1), s.seal_sk, &plain), OK);
		buf_free(&plain);
	}
	end(&s);
}

static void a_card_of_somebody_else_is_refused(void **state)
{
	struct sample s;
	struct bundle got;
	struct bundle_to to;

	(void)state;
	begin(&s);
	to = (struct bundle_to){s.b.org, 0, s.b.statement[0].keys.seal};
	s.bundle.card.statement = s.b.chain; /* A says it is B */
	assert_int_equal(seal(&s), OK);
	assert_int_equal(open_file(&s), OK);
	assert_int_equal(read_plain(&s, &got), ERR_SIGNATURE);
	buf_clear(&s.file);
	assert_int_equal(bundle_seal(&s.bundle, &s.b.org, &to, fresh, &s.file), OK); /* as B's own it would be well formed: the entries decide */
	end(&s);
}

static void limits(void **state)
{
	struct sample s;
	struct bundle got;
	struct carried_entry *many;

	(void)state;
	begin(&s);
	many = arena_alloc(s.arena, (LIMIT_BUNDLE_ENTRIES + 1) * sizeof *many);
	for (size_t i = 0; i <= LIMIT_BUNDLE_ENTRIES; i++)
		many[i] = s.entry;
	s.bundle.entry = many;
	s.bundle.entries = LIMIT_BUNDLE_ENTRIES;
	assert_int_equal(seal(&s), OK);
	assert_int_equal(open_file(&s), OK);
	assert_int_equal(read_plain(&s, &got), OK);
	s.bundle.entries++;
	assert_int_equal(seal(&s), ERR_LIMIT);
	assert_int_equal(s.file.n, 0);
	end(&s);
}

static void says_what_it_is_not(void **state)
{
	struct sample s;
	struct bundle_head h;
	uint8_t big[BUNDLE_HEAD + 20] = "tallybn2";

	(void)state;
	begin(&s);
	assert_int_equal(bundle_read_head(SPAN("hello, world", 12), &h), ERR_SHAPE);
	assert_int_equal(bundle_read_head(SPAN("tallybn1", 8), &h), ERR_SHAPE);
	assert_int_equal(bundle_read_head(SPAN(big, sizeof big), &h), ERR_VERSION);
	memcpy(big, "tallybn1", 8);
	assert_int_equal(bundle_read_head(SPAN(big, sizeof big), &h), OK);
	assert_int_equal(bundle_read_head(SPAN(big, BUNDLE_HEAD + 16), &h), ERR_SHAPE);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(others_read_nothing),
		cmocka_unit_test(every_changed_byte_is_found),
		cmocka_unit_test(a_card_of_somebody_else_is_refused),
		cmocka_unit_test(limits),
		cmocka_unit_test(says_what_it_is_not),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
