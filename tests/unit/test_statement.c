#include "tests/unit/maker.h"

#include "keys/point.h"
#include "proto/limits.h"
#include "proto/pack.h"

static void three(struct maker *m)
{
	maker_begin(m, 3, "Brackwater Logistics");
	maker_rotate(m, "routine");
	maker_rotate(m, "compromise");
}

static enum err step(const struct maker *m, size_t k)
{
	struct statement s;
	struct id org;

	return statement_verify(&m->chain[k], k == 0 ? NULL : &m->chain[k - 1], &s, &org);
}

static void chain_of_three(void **state)
{
	struct statement s;
	struct maker m;
	struct id org;

	(void)state;
	three(&m);
	for (size_t k = 0; k < 3; k++) {
		memset(&org, 0, sizeof org);
		assert_int_equal(statement_verify(&m.chain[k], k == 0 ? NULL : &m.chain[k - 1], &s, &org), OK);
		assert_true(id_eq(&org, &m.org));
		assert_int_equal(s.kseq, k);
		assert_string_equal(s.name, "Brackwater Logistics");
		assert_memory_equal(&s.keys, &m.statement[k].keys, sizeof s.keys);
		assert_memory_equal(s.root_pk, m.statement[k].root_pk, 32);
		assert_int_equal(s.has_org, k > 0);
		assert_int_equal(s.reason, m.statement[k].reason);
		assert_int_equal(s.issued, m.statement[k].issued);
		assert_int_equal(s.stale_after, m.statement[k].stale_after);
		assert_true(m.payload[k].n <= 600);
	}
	maker_end(&m);
}

static void every_bit_counts(void **state)
{
	struct maker m;

	(void)state;
	three(&m);
	for (size_t k = 0; k < 3; k++) {
		uint8_t *p = m.payload[k].p;

		for (size_t bit = 0; bit < m.payload[k].n * 8; bit++) {
			p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_not_equal(step(&m, k), OK);
			p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t bit = 0; bit < 64 * 8; bit++) {
			m.chain[k].root_sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(step(&m, k), ERR_SIGNATURE);
			m.chain[k].root_sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
			m.chain[k].sign_sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(step(&m, k), ERR_SIGNATURE);
			m.chain[k].sign_sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		assert_int_equal(step(&m, k), OK);
	}
	maker_end(&m);
}

/* Rewrites the second statement and signs it with the keys that are its turn. */
#define SECOND(expect, change)                           \
	do {                                             \
		struct statement *s = &m.statement[1];   \
		const struct statement keep = *s;        \
		change;                                  \
		maker_seal(&m, 1);                       \
		assert_int_equal(step(&m, 1), expect);   \
		*s = keep;                               \
		maker_seal(&m, 1);                       \
		assert_int_equal(step(&m, 1), OK);       \
	} while (0)

static void what_does_not_continue(void **state)
{
	struct statement out;
	struct maker m, other;
	uint8_t sk[64];
	struct id org;

	(void)state;
	three(&m);
	maker_begin(&other, 4, "Somebody Else");
	SECOND(ERR_CONFLICT, s->kseq = 2);
	SECOND(ERR_CONFLICT, s->org = other.org);
	SECOND(ERR_CONFLICT, s->prev.b[0] ^= 1);
	SECOND(ERR_CONFLICT, maker_pair(9, MAKER_ROOT, 1, s->root_pk, sk));
	SECOND(ERR_SIGNATURE, maker_pair(9, MAKER_SIGN, 1, s->keys.sign, sk));
	assert_int_equal(statement_verify(&m.chain[2], &m.chain[0], &out, &org), ERR_CONFLICT); /* skipped */
	assert_int_equal(statement_verify(&m.chain[1], &m.chain[2], &out, &org), ERR_CONFLICT); /* backwards */
	assert_int_equal(statement_verify(&m.chain[1], &m.chain[1], &out, &org), ERR_CONFLICT); /* twice */
	assert_int_equal(statement_verify(&m.chain[1], NULL, &out, &org), ERR_CONFLICT);
	assert_int_equal(statement_verify(&m.chain[0], &m.chain[0], &out, &org), ERR_CONFLICT); /* two firsts */
	assert_int_equal(statement_verify(&other.chain[0], &m.chain[0], &out, &org), ERR_CONFLICT);
	assert_int_equal(statement_verify(&m.chain[1], &other.chain[0], &out, &org), ERR_CONFLICT);
	maker_end(&m);
	maker_end(&other);
}

/* Signed by the right root key but for another organisation's chain, or by a thief without the root. */
static void thief_of_the_sign_key(void **state)
{
	uint8_t pk[32], sk[64];
	struct maker m;

	(void)state;
	three(&m);
	maker_pair(m.tag, MAKER_SIGN, 1, pk, sk);
	assert_int_equal(sign_make(SIGN_KEY, m.chain[1].payload, sk, m.chain[1].root_sig), OK);
	assert_int_equal(step(&m, 1), ERR_SIGNATURE);
	maker_seal(&m, 1);
	maker_sign(&m, 1, SIGN_ENTRY, m.chain[1].payload, m.chain[1].sign_sig); /* another purpose */
	assert_int_equal(step(&m, 1), ERR_SIGNATURE);
	maker_end(&m);
}

static void bad_keys(void **state)
{
	static const uint8_t one[32] = {1};
	static const uint8_t order_8[32] = {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
	                                    0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
	                                    0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00};
	struct maker m;

	(void)state;
	three(&m);
	assert_true(point_valid(m.statement[0].keys.link));
	assert_false(point_valid(one));
	assert_false(point_valid(order_8));
	SECOND(ERR_INVALID, memset(s->keys.link, 0, 32));
	SECOND(ERR_INVALID, memset(s->keys.seal, 0, 32));
	SECOND(ERR_INVALID, memcpy(s->keys.link, one, 32));
	SECOND(ERR_INVALID, memcpy(s->keys.seal, order_8, 32));
	SECOND(ERR_INVALID, memset(s->keys.sign, 0, 32));
	SECOND(ERR_INVALID, memcpy(s->keys.sign, one, 32)); /* the neutral element: signs everything */
	/* A root of small order, named in advance: the digest fits, the key must not. */
	memcpy(m.statement[1].root_pk, one, 32);
	statement_root_digest(one, &m.statement[0].next_root);
	maker_seal(&m, 0);
	statement_org(m.chain[0].payload, &m.statement[1].org);
	statement_hash(m.chain[0].payload, &m.statement[1].prev);
	maker_seal(&m, 1);
	assert_int_equal(step(&m, 1), ERR_INVALID);
	maker_end(&m);
}

static enum err encodes(const struct statement *s)
{
	struct buf out = {0};
	enum err err = statement_encode(s, &out);

	if (err != OK)
		assert_int_equal(out.n, 0);
	buf_free(&out);
	return err;
}

static void limits(void **state)
{
	struct maker m;
	struct statement s;

	(void)state;
	three(&m);
	s = m.statement[1];
	s.kseq = LIMIT_STATEMENTS - 1;
	assert_int_equal(encodes(&s), OK);
	s.kseq = LIMIT_STATEMENTS;
	assert_int_equal(encodes(&s), ERR_LIMIT);
	s = m.statement[1];
	memset(s.name, 'x', 200);
	s.name[200] = '\0';
	assert_int_equal(encodes(&s), OK);
	memset(s.name, 'x', 201);
	assert_int_equal(encodes(&s), ERR_LIMIT);
	s = m.statement[1];
	s.name[0] = '\0';
	assert_int_equal(encodes(&s), ERR_INVALID);
	snprintf(s.name, sizeof s.name, "%s", "two\nlines");
	assert_int_equal(encodes(&s), ERR_INVALID);
	snprintf(s.name, sizeof s.name, "%s", "a\xe2\x80\xae" "b"); /* turns the direction of writing */
	assert_int_equal(encodes(&s), ERR_INVALID);
	s = m.statement[1];
	s.has_org = false;
	assert_int_equal(encodes(&s), ERR_INVALID);
	s = m.statement[0];
	s.has_org = true;
	assert_int_equal(encodes(&s), ERR_INVALID);
	s = m.statement[0];
	s.prev.b[5] = 1;
	assert_int_equal(encodes(&s), ERR_INVALID);
	s = m.statement[0];
	s.reason = 0;
	assert_int_equal(encodes(&s), ERR_INVALID);
	s.reason = 99;
	assert_int_equal(encodes(&s), ERR_INVALID);
	for (s.reason = 2; s.reason <= 3; s.reason++) /* nothing was there that could be compromised or lost */
		assert_int_equal(encodes(&s), ERR_INVALID);
	maker_end(&m);
}

static void decode_is_strict(void **state)
{
	static const uint8_t much[2048];
	struct arena *a = arena_new();
	struct buf bytes = {0};
	const struct value *map;
	struct value *copy;
	struct statement s;
	struct maker m;

	(void)state;
	three(&m);
	for (size_t n = 0; n < m.payload[1].n; n++)
		assert_int_equal(statement_decode(SPAN(m.payload[1].p, n), &s), ERR_SHAPE);
	for (int64_t key = 0; key <= 14; key++) {
		assert_int_equal(pack_decode(m.chain[1].payload, a, &map), OK);
		copy = value_copy(a, map);
		value_set(a, copy, key, value_bool(a, true));
		buf_clear(&bytes);
		assert_int_equal(pack_encode(copy, &bytes), OK);
		assert_int_equal(statement_decode(buf_span(&bytes), &s), ERR_INVALID);
	}
	copy = value_copy(a, map);
	value_set(a, copy, 0, value_int(a, 2));
	buf_clear(&bytes);
	assert_int_equal(pack_encode(copy, &bytes), OK);
	assert_int_equal(statement_decode(buf_span(&bytes), &s), ERR_INVALID);
	copy = value_copy(a, map);
	value_set(a, copy, 64, value_bin(a, SPAN(much, 1000)));
	buf_clear(&bytes);
	assert_int_equal(pack_encode(copy, &bytes), OK);
	assert_int_equal(statement_decode(buf_span(&bytes), &s), OK);
	value_set(a, copy, 64, value_bin(a, SPAN(much, 2048)));
	buf_clear(&bytes);
	assert_int_equal(pack_encode(copy, &bytes), OK);
	assert_int_equal(statement_decode(buf_span(&bytes), &s), ERR_LIMIT);
	buf_free(&bytes);
	arena_free(a);
	maker_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_of_three), cmocka_unit_test(every_bit_counts), cmocka_unit_test(what_does_not_continue),
		cmocka_unit_test(thief_of_the_sign_key), cmocka_unit_test(bad_keys), cmocka_unit_test(limits),
		cmocka_unit_test(decode_is_strict),
	};

	return cmocka_run_group_tests_name("statement", tests, NULL, NULL);
}
