#include "tests/unit/store_help.h"

#include "keys/hash.h"
#include "proto/kinds.h"
#include "proto/limits.h"
#include "store/records.h"

#define TIME 1764000000000ll

static struct id id_of(uint8_t fill)
{
	struct id id;

	memset(id.b, fill, sizeof id.b);
	return id;
}

struct made {
	struct buf payload;
	struct id id;
};

static struct made make(struct record r, struct arena *a)
{
	static uint8_t nonce;
	struct made m = {0};

	r.author = id_of(0xa1);
	r.created = TIME;
	r.tlp = TLP_GREEN;
	r.nonce[0] = ++nonce;
	if (!r.body)
		r.body = value_map(a);
	assert_int_equal(record_encode(&r, &m.payload), OK);
	record_id(buf_span(&m.payload), &m.id);
	return m;
}

static uint64_t put(struct txn *t, const struct made *m)
{
	uint64_t no = 0;
	bool fresh = false;

	assert_int_equal(records_put(t, buf_span(&m->payload), TIME, &no, &fresh), OK);
	assert_true(fresh);
	return no;
}

static void expect(enum err opened, struct walk *w, const char *want)
{
	char got[100] = "";
	uint64_t no;

	assert_int_equal(opened, OK);
	while (records_next(w, &no)) {
		size_t n = strlen(got);
		(void)snprintf(got + n, sizeof got - n, "%llu ", (unsigned long long)no);
	}
	assert_int_equal(walk_close(w, OK), OK);
	assert_string_equal(got, want);
}

static void bytes_are_stored_once(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	struct made m = make((struct record){.kind = 999}, a);
	struct record_row row;
	uint64_t no = put(t, &m), again = 0;
	bool fresh = true;

	assert_int_equal(no, 1);
	assert_int_equal(records_put(t, buf_span(&m.payload), TIME + 5, &again, &fresh), OK);
	assert_int_equal(again, 1);
	assert_false(fresh);
	assert_int_equal(records_put(t, SPAN(NULL, 0), TIME, &again, &fresh), ERR_INVALID);
	assert_int_equal(store_commit(t), OK);
	t = reading(f);
	assert_int_equal(records_by_id(t, &m.id, &row), OK);
	assert_int_equal(row.no, 1);
	assert_int_equal(row.received, TIME);
	assert_false(row.dropped);
	assert_true(id_eq(&row.id, &m.id));
	assert_true(span_eq(row.payload, buf_span(&m.payload)));
	assert_int_equal(records_by_no(t, 2, &row), ERR_NOT_FOUND);
	assert_int_equal(records_by_id(t, &(struct id){{9}}, &row), ERR_NOT_FOUND);
	store_abort(t);
	arena_free(a);
	buf_free(&m.payload);
}

static void records_are_found_by_what_they_are_about(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	struct made m[6];
	struct walk w;

	m[0] = make((struct record){.kind = KIND_INCIDENT_NOTICE}, a);
	m[1] = make((struct record){.kind = KIND_REPLY, .has_thread = true, .thread = m[0].id, .parents = 1, .parent = {m[0].id}}, a);
	m[2] = make((struct record){.kind = KIND_INCIDENT_NOTICE, .has_thread = true, .thread = m[0].id, .has_supersedes = true,
	                            .supersedes = m[0].id, .parents = 2, .parent = {m[0].id, m[1].id}}, a);
	m[3] = make((struct record){.kind = 65535}, a);
	m[4] = make((struct record){.kind = KIND_REPLY, .has_thread = true, .thread = m[3].id, .parents = 1, .parent = {m[3].id}}, a);
	m[5] = make((struct record){.kind = KIND_INCIDENT_NOTICE}, a);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(put(t, &m[i]), i + 1);
	assert_int_equal(store_commit(t), OK);
	t = reading(f);
	expect(records_walk_all(t, false, &w), &w, "1 2 3 4 5 6 ");
	expect(records_walk_all(t, true, &w), &w, "6 5 4 3 2 1 ");
	expect(records_walk_kind(t, KIND_INCIDENT_NOTICE, false, &w), &w, "1 3 6 ");
	expect(records_walk_kind(t, KIND_INCIDENT_NOTICE, true, &w), &w, "6 3 1 ");
	expect(records_walk_kind(t, 65535, true, &w), &w, "4 ");
	expect(records_walk_kind(t, KIND_RETRACT, true, &w), &w, "");
	expect(records_walk_thread(t, &m[0].id, false, &w), &w, "1 2 3 ");
	expect(records_walk_thread(t, &m[3].id, true, &w), &w, "5 4 ");
	expect(records_walk_thread(t, &m[5].id, true, &w), &w, "6 ");
	expect(records_walk_ref(t, &m[0].id, false, &w), &w, "2 3 "); /* once, though named twice */
	expect(records_walk_ref(t, &m[1].id, true, &w), &w, "3 ");
	expect(records_walk_ref(t, &m[5].id, true, &w), &w, "");
	assert_int_equal(records_walk_kind(t, 65536, false, &w), ERR_INVALID);
	assert_false(walk_next(&w));
	assert_int_equal(records_walk_kind(t, -1, false, &w), ERR_INVALID);
	store_abort(t);
	for (size_t i = 0; i < 6; i++)
		buf_free(&m[i].payload);
	arena_free(a);
}

/* Every REF of a known kind's table, however deep, leads back to the record. */
static size_t set_refs(struct arena *a, const struct field *table, struct value *map, uint8_t *fill)
{
	size_t n = 0;

	for (const struct field *x = table; x->name; x++) {
		if (x->type == FIELD_REF) {
			struct id id = id_of((*fill)++);
			struct value *v = value_id(a, &id);
			if (x->list) {
				struct value *list = value_array(a);
				value_push(a, list, v);
				id = id_of((*fill)++);
				value_push(a, list, value_id(a, &id));
				v = list;
			}
			value_set(a, map, x->key, v);
			n += x->list ? 2 : 1;
		} else if (x->type == FIELD_GROUP) {
			struct value *inner = value_map(a), *list = value_array(a);
			n += set_refs(a, x->group, inner, fill);
			value_push(a, list, inner);
			value_set(a, map, x->key, x->list ? list : inner);
		}
	}
	return n;
}

static void bodies_of_known_kinds_are_indexed(void **state)
{
	struct folder *f = *state;
	struct arena *a = arena_new();
	const struct kind *kind;
	size_t refs = 0;

	for (size_t i = 0; (kind = kind_each(i)); i++) {
		struct txn *t = writing(f);
		struct value *body = value_map(a);
		uint8_t fill = 1;
		size_t n = set_refs(a, kind->fields, body, &fill);
		struct made m = make((struct record){.kind = kind->number, .body = body}, a);
		uint64_t no = put(t, &m), got;
		struct walk w;
		for (uint8_t k = 1; k <= n; k++) {
			struct id to = id_of(k);
			assert_int_equal(records_walk_ref(t, &to, false, &w), OK);
			assert_true(records_next(&w, &got));
			assert_int_equal(got, no);
			assert_int_equal(walk_close(&w, OK), OK);
		}
		refs += n;
		store_abort(t);
		buf_free(&m.payload);
	}
	assert_true(refs > 5);
	arena_free(a);
}

static void refs_of_one_record_are_bounded(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	struct value *body = value_map(a), *closes = value_array(a);
	const struct field *fields = kind_by_number(KIND_LOG_OPEN)->fields;
	const struct field *close = fields_find(fields, "closes")->group;
	uint64_t rows;

	for (unsigned i = 0; i < 3000; i++) { /* two ids in each */
		struct value *one = value_map(a);
		for (const struct field *x = close; x->name; x++)
			if (x->type == FIELD_REF) {
				struct id id = id_of(x->key);
				put_u32be(id.b, i);
				value_set(a, one, x->key, value_id(a, &id));
			}
		value_push(a, closes, one);
	}
	fields_set(a, fields, body, "closes", closes);
	struct made m = make((struct record){.kind = KIND_LOG_OPEN, .body = body}, a);
	put(t, &m);
	assert_int_equal(store_count(t, TABLE_BY_REF, &rows), OK);
	assert_int_equal(rows, 4096 - 2); /* kind and thread are among them */
	store_abort(t);
	buf_free(&m.payload);
	arena_free(a);
}

static void malformed_ones_are_kept_without_indexes(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct record_row row;
	struct walk w;
	struct id id;
	uint64_t no, rows;
	bool fresh;

	assert_int_equal(records_put(t, text("no record at all"), TIME, &no, &fresh), OK);
	assert_true(fresh);
	record_id(text("no record at all"), &id);
	assert_int_equal(records_by_id(t, &id, &row), OK);
	assert_true(span_eq(row.payload, text("no record at all")));
	expect(records_walk_all(t, false, &w), &w, "1 ");
	static const enum table tables[] = {TABLE_BY_KIND, TABLE_BY_THREAD, TABLE_BY_REF};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(store_count(t, tables[i], &rows), OK);
		assert_int_equal(rows, 0);
	}
	store_abort(t);
}

static void absent_ones_are_filled_and_dropped_ones_are_not(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	struct made m = make((struct record){.kind = KIND_REPLY}, a), n = make((struct record){.kind = KIND_REPLY}, a);
	struct record_row row;
	struct walk w;
	uint64_t no = 0, again = 0;
	bool fresh;

	assert_int_equal(records_put_absent(t, &m.id, TIME, &no), OK);
	assert_int_equal(no, 1);
	assert_int_equal(records_put_absent(t, &m.id, TIME, &again), OK);
	assert_int_equal(again, 1);
	assert_int_equal(records_by_id(t, &m.id, &row), OK);
	assert_int_equal(row.payload.n, 0);
	assert_false(row.dropped);
	expect(records_walk_kind(t, KIND_REPLY, false, &w), &w, "");
	assert_int_equal(records_put(t, buf_span(&m.payload), TIME + 1, &no, &fresh), OK);
	assert_true(fresh);
	assert_int_equal(no, 1);
	expect(records_walk_kind(t, KIND_REPLY, false, &w), &w, "1 ");
	assert_int_equal(records_put_absent(t, &m.id, TIME, &no), OK);
	assert_int_equal(records_by_no(t, 1, &row), OK);
	assert_true(span_eq(row.payload, buf_span(&m.payload)));
	assert_int_equal(row.received, TIME + 1);
	assert_int_equal(records_drop(t, 1), OK);
	assert_int_equal(records_drop(t, 1), OK);
	assert_int_equal(records_put(t, buf_span(&m.payload), TIME, &no, &fresh), OK);
	assert_false(fresh);
	assert_int_equal(records_by_no(t, 1, &row), OK);
	assert_true(row.dropped && row.payload.n == 0 && id_eq(&row.id, &m.id));
	expect(records_walk_thread(t, &m.id, false, &w), &w, "1 "); /* the tombstone keeps its place */
	assert_int_equal(records_put_absent(t, &n.id, TIME, &no), OK);
	assert_int_equal(no, 2);
	assert_int_equal(records_drop(t, 2), OK); /* dropped before it came */
	assert_int_equal(records_put(t, buf_span(&n.payload), TIME, &no, &fresh), OK);
	assert_false(fresh);
	assert_int_equal(records_drop(t, 3), ERR_NOT_FOUND);
	store_abort(t);
	buf_free(&m.payload);
	buf_free(&n.payload);
	arena_free(a);
}

static void prefixes_find_one_or_say_why_not(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct id a = {{0xab, 0xcd, 0xef, 0x12, 0x34}}, b = {{0xab, 0xcd, 0xef, 0x1f}}, c = {{0xff, 0xff, 0xff, 0xff}}, got = {{0}};
	char hex[66], odd[8] = "abcdef1";
	uint64_t no;

	assert_int_equal(records_put_absent(t, &a, TIME, &no), OK);
	assert_int_equal(records_put_absent(t, &b, TIME, &no), OK);
	assert_int_equal(records_put_absent(t, &c, TIME, &no), OK);
	assert_int_equal(records_find(t, "abcdef", &got), ERR_CONFLICT);
	assert_int_equal(records_find(t, odd, &got), ERR_CONFLICT);
	assert_true(id_zero(&got));
	assert_int_equal(records_find(t, "abcdef12", &got), OK);
	assert_true(id_eq(&got, &a));
	assert_int_equal(records_find(t, "ABCDEF123", &got), OK);
	assert_true(id_eq(&got, &a));
	assert_int_equal(records_find(t, "abcdef1F", &got), OK);
	assert_true(id_eq(&got, &b));
	assert_int_equal(records_find(t, "ffffff", &got), OK);
	assert_true(id_eq(&got, &c));
	assert_int_equal(records_find(t, "abcdef13", &got), ERR_NOT_FOUND);
	assert_int_equal(records_find(t, "abcdef125", &got), ERR_NOT_FOUND);
	assert_int_equal(records_find(t, "abcde", &got), ERR_INVALID);
	assert_int_equal(records_find(t, "", &got), ERR_INVALID);
	assert_int_equal(records_find(t, "abcdeg", &got), ERR_INVALID);
	hex_encode(hex, b.b, 32);
	assert_int_equal(records_find(t, hex, &got), OK);
	assert_true(id_eq(&got, &b));
	hex[63] = '1';
	assert_int_equal(records_find(t, hex, &got), ERR_NOT_FOUND);
	hex[64] = '0';
	hex[65] = 0;
	assert_int_equal(records_find(t, hex, &got), ERR_INVALID);
	store_abort(t);
}

static void occurrences_come_back(void **state)
{
	static const struct occurrence in[] = {
		{7, 1, 1, 0, 0, TIME}, {7, 1, 300, 255, 64, TIME + 1}, {7, 2, 1, 3, 2, TIME + 2}, {8, 1, 1, 1, 0, TIME},
	};
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct occurrence o;
	struct walk w;
	uint8_t key[22] = {0};

	for (size_t i = 4; i-- > 0;)
		assert_int_equal(occurrences_put(t, &in[i]), OK);
	assert_int_equal(occurrences_walk(t, 7, &w), OK);
	for (size_t i = 0; i < 3; i++) {
		assert_true(occurrences_next(&w, &o));
		assert_true(o.record == in[i].record && o.log == in[i].log && o.n == in[i].n && o.index == in[i].index);
		assert_true(o.verdict == in[i].verdict && o.received == in[i].received);
	}
	assert_false(occurrences_next(&w, &o));
	assert_int_equal(walk_close(&w, OK), OK);
	put_u64be(key, 9);
	assert_int_equal(store_put(t, TABLE_OCCURRENCES, SPAN(key, 22), SPAN(key, 8)), OK);
	assert_int_equal(occurrences_walk(t, 9, &w), OK);
	assert_false(occurrences_next(&w, &o));
	assert_int_equal(walk_close(&w, OK), ERR_CORRUPT);
	store_abort(t);
}

static void damaged_rows_are_told(void **state)
{
	static const uint8_t rows[][42] = {{0}, {[40] = 3}, {[40] = 1, 9}, {[40] = 0}};
	static const size_t sizes[] = {40, 41, 42, 41}; /* short; no such state; absent with bytes; here without any */
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct record_row row = {.no = 77};
	uint8_t key[8] = {[7] = 1};

	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(store_put(t, TABLE_RECORDS, SPAN(key, 8), SPAN(rows[i], sizes[i])), OK);
		assert_int_equal(records_by_no(t, 1, &row), ERR_CORRUPT);
		assert_int_equal(row.no, 77);
	}
	assert_int_equal(store_put(t, TABLE_RECORD_IDS, SPAN(rows[0], 32), text("short")), OK);
	assert_int_equal(records_by_id(t, &(struct id){{0}}, &row), ERR_CORRUPT);
	assert_int_equal(store_put(t, TABLE_RECORD_IDS, SPAN(rows[0], 32), text("faraway!")), OK);
	assert_int_equal(records_by_id(t, &(struct id){{0}}, &row), ERR_CORRUPT);
	store_abort(t);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(bytes_are_stored_once),
		TEST(records_are_found_by_what_they_are_about),
		TEST(bodies_of_known_kinds_are_indexed),
		TEST(refs_of_one_record_are_bounded),
		TEST(malformed_ones_are_kept_without_indexes),
		TEST(absent_ones_are_filled_and_dropped_ones_are_not),
		TEST(prefixes_find_one_or_say_why_not),
		TEST(occurrences_come_back),
		TEST(damaged_rows_are_told),
	};

	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
