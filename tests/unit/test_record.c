#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/hash.h"
#include "proto/kinds.h"
#include "proto/pack.h"
#include "proto/when.h"
#include "tests/unit/arena.h"

static struct id id_of(uint8_t b)
{
	struct id id = {{0}};

	id.b[0] = b;
	return id;
}

/* A kind nobody knows: only the header counts. */
static struct record plain(void)
{
	struct record r = {.kind = 9999, .author = id_of(1), .created = 1795424400000, .tlp = TLP_AMBER, .nonce = {1, 2, 3}};

	r.body = value_map(a);
	return r;
}

static struct record full(void)
{
	struct record r = plain();

	r.tlp = TLP_RED;
	r.has_thread = r.has_supersedes = r.has_exercise = true;
	r.thread = id_of(2);
	r.supersedes = id_of(3);
	r.exercise = id_of(4);
	r.parents = LIMIT_PARENTS;
	r.named = LIMIT_NAMED;
	for (uint8_t i = 0; i < LIMIT_PARENTS; i++)
		r.parent[i] = id_of((uint8_t)(10 + i));
	for (uint8_t i = 0; i < LIMIT_NAMED; i++)
		r.name[i] = id_of((uint8_t)(100 + i));
	return r;
}

static void round_trip(const struct record *r)
{
	struct buf out = {0}, again = {0};
	struct complaint why = {0};
	struct record back;

	assert_int_equal(record_encode(r, &out), OK);
	if (record_decode(buf_span(&out), a, &back, &why) != OK)
		fail_msg("%s %s", why.where, why.text);
	assert_int_equal(back.kind, r->kind);
	assert_true(id_eq(&back.author, &r->author));
	assert_int_equal(back.created, r->created);
	assert_int_equal(back.tlp, r->tlp);
	assert_memory_equal(back.nonce, r->nonce, RECORD_NONCE);
	assert_int_equal(back.has_thread, r->has_thread);
	assert_int_equal(back.has_supersedes, r->has_supersedes);
	assert_int_equal(back.has_exercise, r->has_exercise);
	assert_true(id_eq(&back.thread, &r->thread));
	assert_true(id_eq(&back.supersedes, &r->supersedes));
	assert_true(id_eq(&back.exercise, &r->exercise));
	assert_int_equal(back.parents, r->parents);
	assert_int_equal(back.named, r->named);
	assert_memory_equal(back.parent, r->parent, sizeof(r->parent));
	assert_memory_equal(back.name, r->name, sizeof(r->name));
	assert_int_equal(back.onward, r->onward);
	assert_true(value_eq(back.body, r->body));
	assert_int_equal(record_check(&back, &why), OK); /* unknown kind */
	assert_int_equal(record_encode(&back, &again), OK);
	assert_true(span_eq(buf_span(&out), buf_span(&again)));
	buf_free(&out);
	buf_free(&again);
}

static void test_round_trip(void **state)
{
	struct record r = plain();

	(void)state;
	round_trip(&r);
	r.onward = 1;
	round_trip(&r);
	r = full();
	round_trip(&r);
	r.tlp = 200; /* a label of a later day counts as red */
	round_trip(&r);
	r.kind = 65535;
	r.created = WHEN_MAX_MS;
	round_trip(&r);
}

static void test_id(void **state)
{
	struct record r = plain();
	struct buf out = {0};
	struct id got, want;
	struct span part;

	(void)state;
	assert_int_equal(record_encode(&r, &out), OK);
	part = buf_span(&out);
	record_id(part, &got);
	hash_b2b(&want, "tally.rec.v1", &part, 1);
	assert_true(id_eq(&got, &want));
	out.p[out.n - 1] ^= 1;
	record_id(buf_span(&out), &want);
	assert_false(id_eq(&got, &want));
	buf_free(&out);
}

static enum err decode(const struct value *map, struct complaint *why)
{
	struct buf out = {0};
	struct record r, mark;
	enum err e;

	memset(&r, 0xee, sizeof(r));
	mark = r;
	assert_int_equal(pack_encode(map, &out), OK);
	e = record_decode(buf_span(&out), a, &r, why);
	if (e != OK)
		assert_memory_equal(&r, &mark, sizeof(r)); /* untouched */
	buf_free(&out);
	return e;
}

static struct value *header(const struct record *r)
{
	const struct value *map = NULL;
	struct buf out = {0};
	struct value *copy;

	assert_int_equal(record_encode(r, &out), OK);
	assert_int_equal(pack_decode(buf_span(&out), a, &map), OK);
	copy = value_copy(a, map);
	assert_non_null(copy);
	buf_free(&out);
	return copy;
}

static void refuses(struct value *map, int64_t key, struct value *v, enum err want, const char *where)
{
	struct complaint why = {0};

	value_set(a, map, key, v);
	assert_int_equal(decode(map, &why), want);
	assert_string_equal(why.where, where);
	assert_true(strlen(why.text) > 0);
}

static struct value *ids(size_t n, bool twice)
{
	struct value *list = value_array(a);

	for (size_t i = 0; i < n; i++) {
		struct id id = id_of((uint8_t)(twice && i + 1 == n ? 1 : i + 1));

		value_push(a, list, value_id(a, &id));
	}
	return list;
}

static void test_refusals(void **state)
{
	struct record amber = plain(), red = full();

	(void)state;
	refuses(header(&amber), 0, value_int(a, 0), ERR_INVALID, "version");
	refuses(header(&amber), 0, value_int(a, 2), ERR_VERSION, "version");
	refuses(header(&amber), 0, value_nil(a), ERR_INVALID, "version");
	refuses(header(&amber), 1, value_int(a, 0), ERR_INVALID, "kind");
	refuses(header(&amber), 1, value_int(a, 65536), ERR_LIMIT, "kind");
	refuses(header(&amber), 1, value_int(a, -1), ERR_INVALID, "kind");
	refuses(header(&amber), 2, value_bin(a, SPAN("short", 5)), ERR_INVALID, "author");
	refuses(header(&amber), 3, value_int(a, -1), ERR_INVALID, "created");
	refuses(header(&amber), 3, value_int(a, WHEN_MAX_MS + 1), ERR_INVALID, "created");
	refuses(header(&amber), 4, value_int(a, 0), ERR_INVALID, "tlp");
	refuses(header(&amber), 4, value_int(a, 256), ERR_INVALID, "tlp");
	refuses(header(&amber), 4, value_int(a, TLP_RED), ERR_INVALID, "named");
	refuses(header(&amber), 4, value_int(a, 77), ERR_INVALID, "named");
	refuses(header(&amber), 5, value_bin(a, SPAN("0123456789abcde", 15)), ERR_INVALID, "nonce");
	refuses(header(&amber), 5, value_bin(a, SPAN("0123456789abcdefg", 17)), ERR_LIMIT, "nonce");
	refuses(header(&amber), 6, value_array(a), ERR_INVALID, "body");
	refuses(header(&amber), 6, value_nil(a), ERR_INVALID, "body");
	refuses(header(&amber), 7, value_nil(a), ERR_INVALID, "thread");
	refuses(header(&amber), 8, value_array(a), ERR_INVALID, "parents");
	refuses(header(&amber), 8, ids(LIMIT_PARENTS + 1, false), ERR_LIMIT, "parents");
	refuses(header(&amber), 8, ids(2, true), ERR_INVALID, "parents[1]");
	refuses(header(&amber), 9, value_str(a, "x"), ERR_INVALID, "supersedes");
	refuses(header(&amber), 10, value_int(a, 1), ERR_INVALID, "exercise");
	refuses(header(&amber), 11, ids(1, false), ERR_INVALID, "named");
	refuses(header(&amber), 11, value_array(a), ERR_INVALID, "named");
	refuses(header(&red), 11, value_array(a), ERR_INVALID, "named");
	refuses(header(&red), 11, ids(LIMIT_NAMED + 1, false), ERR_LIMIT, "named");
	refuses(header(&red), 11, ids(3, true), ERR_INVALID, "named[2]");
	refuses(header(&amber), 12, value_int(a, 0), ERR_INVALID, "onward");
	refuses(header(&amber), 12, value_nil(a), ERR_INVALID, "onward");
	refuses(header(&amber), 12, value_int(a, 2), ERR_LIMIT, "onward");
	refuses(header(&red), 12, value_int(a, 1), ERR_INVALID, "onward");
	amber.tlp = TLP_AMBER_STRICT;
	refuses(header(&amber), 12, value_int(a, 1), ERR_INVALID, "onward");
	for (int64_t key = 13; key < 64; key++) {
		char where[16] = "key 13";

		where[4] = (char)('0' + key / 10);
		where[5] = (char)('0' + key % 10);
		refuses(header(&amber), key, value_nil(a), ERR_INVALID, where);
	}
}

/* Each required field left out in turn. */
static void test_required(void **state)
{
	static const char *const names[] = {"version", "kind", "author", "created", "tlp", "nonce", "body"};
	struct record r = plain();

	(void)state;
	for (int64_t key = 0; key <= 6; key++) {
		const struct value *map = header(&r);
		struct value *without = value_map(a);
		struct complaint why = {0};

		for (int64_t k = 0; k <= 6; k++)
			if (k != key)
				value_set(a, without, k, value_copy(a, value_at(map, k)));
		assert_int_equal(decode(without, &why), ERR_INVALID);
		assert_string_equal(why.where, names[key]);
	}
}

static void test_later_keys(void **state)
{
	struct record r = plain();
	struct value *map = header(&r);
	struct complaint why = {0};

	(void)state;
	value_set(a, map, 64, value_str(a, "of a later day"));
	value_set(a, map, 1000, value_map(a));
	assert_int_equal(decode(map, &why), OK);
}

static void test_not_msgpack(void **state)
{
	struct complaint why = {0};
	struct record r;

	(void)state;
	assert_int_equal(record_decode(SPAN("", 0), a, &r, &why), ERR_SHAPE);
	assert_string_equal(why.where, "record");
	assert_int_equal(record_decode(SPAN("\xc1", 1), a, &r, &why), ERR_SHAPE);
	assert_int_equal(record_decode(SPAN("\x90", 1), a, &r, &why), ERR_INVALID);
	assert_int_equal(record_decode(SPAN("\x91\x91\x91\x91\x91\x91\x91\x91\x91\x90", 10), a, &r, &why), ERR_LIMIT);
	assert_int_equal(record_decode(SPAN("\xc1", 1), a, &r, NULL), ERR_SHAPE);
}

/* A record of exactly total bytes, made by filling the body with bytes no table knows. */
static enum err sized(int64_t kind, size_t total, struct buf *out)
{
	struct record r = plain();
	size_t base;
	uint8_t *fill = calloc(1, total);
	struct value *body = value_map(a);

	assert_non_null(fill);
	r.kind = kind;
	value_set(a, body, 64, value_bin(a, SPAN(fill, 70000)));
	r.body = body;
	assert_int_equal(record_encode(&r, out), OK);
	base = out->n - 70000;
	buf_clear(out);
	value_set(a, body, 64, value_bin(a, SPAN(fill, total - base)));
	free(fill);
	return record_encode(&r, out);
}

static void test_size_limits(void **state)
{
	static const struct {
		int64_t kind;
		size_t limit;
	} rows[] = {{9999, LIMIT_RECORD}, {KIND_INCIDENT_NOTICE, LIMIT_RECORD}, {KIND_FORWARD, LIMIT_FORWARD}};
	struct complaint why = {0};
	struct record r;
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		buf_clear(&out);
		assert_int_equal(sized(rows[i].kind, rows[i].limit, &out), OK);
		assert_int_equal(out.n, rows[i].limit);
		assert_int_equal(record_decode(buf_span(&out), a, &r, &why), OK);
		buf_clear(&out);
		assert_int_equal(sized(rows[i].kind, rows[i].limit + 1, &out), ERR_LIMIT);
		assert_int_equal(out.n, 0);
	}
	/* what record_encode would not make: a forward of one byte more than others may have, its kind changed in the bytes */
	assert_int_equal(sized(KIND_FORWARD, LIMIT_RECORD + 1, &out), OK);
	assert_int_equal(record_decode(buf_span(&out), a, &r, &why), OK);
	assert_memory_equal(out.p + 1, "\x00\x01\x01\x05", 4);
	out.p[4] = 6;
	assert_int_equal(record_decode(buf_span(&out), a, &r, &why), ERR_LIMIT);
	assert_string_equal(why.where, "record");
	buf_free(&out);
}

static void test_encode_limits(void **state)
{
	struct record r = full();
	struct buf out = {0};

	(void)state;
	r.parents = LIMIT_PARENTS + 1;
	assert_int_equal(record_encode(&r, &out), ERR_LIMIT);
	r.parents = 0;
	r.named = LIMIT_NAMED + 1;
	assert_int_equal(record_encode(&r, &out), ERR_LIMIT);
	r.named = 1;
	r.body = NULL;
	assert_int_equal(record_encode(&r, &out), ERR_MEMORY);
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

/* Every cut is refused; every flipped bit is refused or gives another record that encodes to those very bytes. */
static void test_cuts_and_flips(void **state)
{
	struct record r = full(), back;
	struct complaint why;
	struct buf out = {0};

	(void)state;
	assert_int_equal(record_encode(&r, &out), OK);
	for (size_t n = 0; n < out.n; n++)
		assert_int_equal(record_decode(SPAN(out.p, n), a, &back, &why), ERR_SHAPE);
	for (size_t bit = 0; bit < out.n * 8; bit++) {
		struct buf again = {0};

		out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (record_decode(buf_span(&out), a, &back, &why) == OK) {
			assert_int_equal(record_encode(&back, &again), OK);
			assert_true(span_eq(buf_span(&out), buf_span(&again)));
		}
		buf_free(&again);
		out.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_id), cmocka_unit_test(test_refusals),
			cmocka_unit_test(test_required),
		cmocka_unit_test(test_later_keys), cmocka_unit_test(test_not_msgpack), cmocka_unit_test(test_size_limits),
		cmocka_unit_test(test_encode_limits), cmocka_unit_test(test_cuts_and_flips),
	};

	return cmocka_run_group_tests_name("record", tests, arena_begin, arena_end);
}
