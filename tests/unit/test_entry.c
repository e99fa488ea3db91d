#include "tests/unit/maker.h"

#include "keys/hash.h"
#include "proto/entry.h"
#include "proto/limits.h"
#include "proto/pack.h"

static struct entry sample(void)
{
	struct entry e = {.kseq = 2, .type = AUDIENCE_DIRECT, .incarnation = MAKER_TIME, .n = 7, .count = 256, .time = MAKER_TIME};

	memset(e.author.b, 0xa1, 32);
	memset(e.target.b, 0xb2, 32);
	memset(e.prev.b, 0xc3, 32);
	memset(e.root.b, 0xd4, 32);
	return e;
}

static enum err round_trip(const struct entry *in, struct entry *out)
{
	struct buf first = {0}, second = {0};
	enum err err = entry_encode(in, &first);

	if (err == OK) {
		assert_true(first.n <= 300);
		assert_int_equal(entry_decode(buf_span(&first), out), OK);
		assert_int_equal(entry_encode(out, &second), OK);
		assert_true(span_eq(buf_span(&first), buf_span(&second)));
	} else {
		assert_int_equal(first.n, 0);
	}
	buf_free(&first);
	buf_free(&second);
	return err;
}

static void fields_survive(void **state)
{
	struct entry e = sample(), got = {0};

	(void)state;
	assert_int_equal(round_trip(&e, &got), OK);
	assert_true(id_eq(&got.author, &e.author) && id_eq(&got.target, &e.target));
	assert_true(id_eq(&got.prev, &e.prev) && id_eq(&got.root, &e.root));
	assert_int_equal(got.kseq, 2);
	assert_int_equal(got.type, AUDIENCE_DIRECT);
	assert_int_equal(got.incarnation, MAKER_TIME);
	assert_int_equal(got.n, 7);
	assert_int_equal(got.count, 256);
	assert_int_equal(got.time, MAKER_TIME);
	assert_false(got.has_roster);
	e.type = AUDIENCE_CONSORTIUM;
	e.has_roster = true;
	memset(e.roster.b, 0xe5, 32);
	assert_int_equal(round_trip(&e, &got), OK);
	assert_true(got.has_roster && id_eq(&got.roster, &e.roster));
	e = sample();
	e.type = AUDIENCE_PARTNERS;
	memset(&e.target, 0, sizeof e.target);
	assert_int_equal(round_trip(&e, &got), OK);
	e.n = e.kseq = e.incarnation = INT64_MAX;
	assert_int_equal(round_trip(&e, &got), OK);
	assert_true(got.n == INT64_MAX && got.kseq == INT64_MAX && got.incarnation == INT64_MAX);
}

#define REFUSED(err, change)                               \
	do {                                               \
		struct entry e = sample(), got;            \
		change;                                    \
		assert_int_equal(round_trip(&e, &got), err); \
	} while (0)

static void never_written(void **state)
{
	(void)state;
	REFUSED(ERR_INVALID, e.n = 0);
	REFUSED(ERR_INVALID, e.count = 0);
	REFUSED(ERR_LIMIT, e.count = 257);
	REFUSED(ERR_INVALID, e.time = -1);
	REFUSED(ERR_LIMIT, e.n = (uint64_t)INT64_MAX + 1);
	REFUSED(ERR_LIMIT, e.kseq = UINT64_MAX);
	REFUSED(ERR_LIMIT, e.incarnation = UINT64_MAX);
	REFUSED(ERR_INVALID, e.has_roster = true);
	REFUSED(ERR_INVALID, e.type = AUDIENCE_CONSORTIUM);
	REFUSED(ERR_INVALID, e.type = AUDIENCE_PARTNERS);
	REFUSED(ERR_INVALID, memset(&e.target, 0, 32));
}

/* The same on the way in, from somebody else's writer: one key of a good entry replaced, or dropped with NULL. */
static enum err with(int64_t key, struct value *(*make)(struct arena *a))
{
	struct entry e = sample(), got;
	struct buf good = {0}, bad = {0};
	struct arena *a = arena_new();
	struct value *map, *copy = value_map(a);
	const struct value *read;
	enum err err;

	assert_int_equal(entry_encode(&e, &good), OK);
	assert_int_equal(pack_decode(buf_span(&good), a, &read), OK);
	map = value_copy(a, read);
	for (int64_t k = 0; k < 12; k++)
		if (value_at(map, k) != NULL && k != key)
			value_set(a, copy, k, value_copy(a, value_at(map, k)));
	if (make != NULL)
		value_set(a, copy, key, make(a));
	assert_int_equal(pack_encode(copy, &bad), OK);
	err = entry_decode(buf_span(&bad), &got);
	buf_free(&good);
	buf_free(&bad);
	arena_free(a);
	return err;
}

static struct value *minus(struct arena *a) { return value_int(a, -1); }
static struct value *zero(struct arena *a) { return value_int(a, 0); }
static struct value *one(struct arena *a) { return value_int(a, 1); }
static struct value *two(struct arena *a) { return value_int(a, 2); }
static struct value *three(struct arena *a) { return value_int(a, 3); }
static struct value *text(struct arena *a) { return value_str(a, "x"); }
static struct value *some_id(struct arena *a) { struct id id = {{9}}; return value_id(a, &id); }
static struct value *zeros(struct arena *a) { struct id id = {{0}}; return value_id(a, &id); }
static struct value *count_257(struct arena *a) { return value_int(a, 257); }
static struct value *kilobyte(struct arena *a)
{
	static const uint8_t much[1024];

	return value_bin(a, SPAN(much, sizeof much));
}

static void never_read(void **state)
{
	(void)state;
	for (int64_t key = 0; key < 11; key++) {
		assert_int_equal(with(key, NULL), ERR_INVALID);
		assert_int_equal(with(key, minus), ERR_INVALID);
		assert_int_equal(with(key, text), ERR_INVALID);
	}
	assert_int_equal(with(0, one), OK);
	assert_int_equal(with(0, two), ERR_INVALID);
	assert_int_equal(with(0, zero), ERR_INVALID);
	assert_int_equal(with(3, one), ERR_INVALID);
	assert_int_equal(with(3, two), ERR_INVALID);
	assert_int_equal(with(3, three), ERR_LIMIT);
	assert_int_equal(with(4, zeros), ERR_INVALID);
	assert_int_equal(with(6, zero), ERR_INVALID);
	assert_int_equal(with(8, zero), ERR_INVALID);
	assert_int_equal(with(8, count_257), ERR_LIMIT);
	assert_int_equal(with(11, some_id), ERR_INVALID); /* no roster outside a consortium */
	assert_int_equal(with(12, one), ERR_INVALID);
	assert_int_equal(with(63, one), ERR_INVALID);
	assert_int_equal(with(64, one), OK); /* kept, never acted upon */
	assert_int_equal(with(64, kilobyte), ERR_LIMIT);
}

static void log_id_needs_every_part(void **state)
{
	struct entry e = sample();
	struct id log, other, expected;
	uint8_t raw[32 + 8 + 1 + 32 + 8];

	(void)state;
	entry_log(&e, &log);
	memcpy(raw, e.author.b, 32);
	put_u64be(raw + 32, e.kseq);
	raw[40] = 0;
	memcpy(raw + 41, e.target.b, 32);
	put_u64be(raw + 73, e.incarnation);
	hash_one(&expected, "tally.log.v1", SPAN(raw, sizeof raw));
	assert_true(id_eq(&log, &expected));
#define DIFFERS(change)                       \
	do {                                  \
		e = sample();                 \
		change;                       \
		entry_log(&e, &other);        \
		assert_false(id_eq(&log, &other)); \
	} while (0)
	DIFFERS(e.author.b[0] ^= 1);
	DIFFERS(e.kseq++);
	DIFFERS(e.type = AUDIENCE_CONSORTIUM);
	DIFFERS(e.target.b[31] ^= 1);
	DIFFERS(e.incarnation++);
	e = sample();
	e.n++;
	e.time++;
	entry_log(&e, &other);
	assert_true(id_eq(&log, &other));
}

/* Not one bit can change without the signature saying so, and no truncation is read. */
static void bits_and_cuts(void **state)
{
	struct entry e = sample(), got;
	struct buf payload = {0};
	struct maker m;
	uint8_t sig[64];

	(void)state;
	maker_begin(&m, 1, "Brackwater Logistics");
	assert_int_equal(entry_encode(&e, &payload), OK);
	maker_sign(&m, 0, SIGN_ENTRY, buf_span(&payload), sig);
	assert_int_equal(sign_check(SIGN_ENTRY, buf_span(&payload), m.statement[0].keys.sign, sig), OK);
	assert_int_equal(sign_check(SIGN_RECEIPT, buf_span(&payload), m.statement[0].keys.sign, sig), ERR_SIGNATURE);
	for (size_t bit = 0; bit < payload.n * 8; bit++) {
		payload.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(sign_check(SIGN_ENTRY, buf_span(&payload), m.statement[0].keys.sign, sig), ERR_SIGNATURE);
		payload.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < payload.n; n++)
		assert_int_equal(entry_decode(SPAN(payload.p, n), &got), ERR_SHAPE);
	assert_int_equal(buf_add(&payload, "\xc0", 1), OK);
	assert_int_equal(entry_decode(buf_span(&payload), &got), ERR_SHAPE);
	buf_free(&payload);
	maker_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_survive),
		cmocka_unit_test(never_written),
		cmocka_unit_test(never_read),
		cmocka_unit_test(log_id_needs_every_part),
		cmocka_unit_test(bits_and_cuts),
	};

	return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
