#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"
#include "proto/pack.h"
#include "proto/record.h"

static const uint8_t much[LIMIT_MESSAGE + 1];

static struct value *zeros(struct arena *a, size_t n)
{
	return value_bin(a, SPAN(much, n));
}

static struct value *some_id(struct arena *a, uint8_t x)
{
	struct id id;

	memset(id.b, x, sizeof id.b);
	return value_id(a, &id);
}

static struct value *list_of(struct arena *a, struct value *item)
{
	struct value *list = value_array(a);

	value_push(a, list, item);
	return list;
}

/* A value for any row of a table, so that every message is tried, those of later versions too. */
static struct value *whole(struct arena *a, const struct field *table);

static struct value *one(struct arena *a, const struct field *f)
{
	struct carried_record r = {.bytes = {much, 5}};
	struct carried_entry e = {.payload = {much, 9}, .signature = {much, 64}, .records = 1, .record = &r};

	switch (f->type) {
	case FIELD_LINE:
	case FIELD_TEXT:
		return value_str(a, "text");
	case FIELD_INT:
	case FIELD_TIME:
	case FIELD_DATE:
	case FIELD_ENUM:
		return value_int(a, 1);
	case FIELD_BOOL:
		return value_bool(a, true);
	case FIELD_REF:
	case FIELD_ORG:
		return some_id(a, 7);
	case FIELD_BYTES:
		return zeros(a, 64);
	case FIELD_GROUP:
		return whole(a, f->group);
	case FIELD_ANY:
		return carried_value(a, &e);
	}
	return NULL;
}

static struct value *whole(struct arena *a, const struct field *table)
{
	struct value *map = value_map(a);

	for (; table->name != NULL; table++)
		value_set(a, map, table->key, table->list ? list_of(a, one(a, table)) : one(a, table));
	return map;
}

static void every_row_round_trip(void **state)
{
	const struct message_row *row, *got;
	const struct value *body;
	struct complaint why;
	struct arena *a = arena_new();
	size_t rows = 0;

	(void)state;
	for (; (row = message_each(rows)) != NULL; rows++) {
		struct value *sent = whole(a, row->fields);
		struct buf bytes = {0};

		assert_ptr_equal(message_row(row->number), row);
		assert_true(row->max <= LIMIT_MESSAGE && row->number < 128);
		assert_int_equal(message_encode(row->number, sent, &bytes), OK);
		assert_int_equal(message_decode(buf_span(&bytes), a, &got, &body, &why), OK);
		assert_ptr_equal(got, row);
		assert_true(value_eq(body, sent));
		for (size_t n = 0; n < bytes.n; n++)
			assert_int_not_equal(message_decode(SPAN(bytes.p, n), a, &got, &body, &why), OK);
		assert_int_equal(buf_add(&bytes, "\xc0", 1), OK);
		assert_int_not_equal(message_decode(buf_span(&bytes), a, &got, &body, &why), OK);
		buf_free(&bytes);
	}
	assert_int_equal(rows, 15);
	arena_free(a);
}

static void required_fields_are_required(void **state)
{
	const struct message_row *row, *got;
	const struct value *body;
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; (row = message_each(i)) != NULL; i++) {
		for (const struct field *f = row->fields; f->name != NULL; f++) {
			struct value *full = whole(a, row->fields), *less = value_map(a), *pair = value_array(a);
			struct buf bytes = {0};
			struct complaint why;

			for (const struct field *g = row->fields; g->name != NULL; g++)
				if (g != f)
					value_set(a, less, g->key, value_copy(a, value_at(full, g->key)));
			value_push(a, pair, value_int(a, (int64_t)row->number));
			value_push(a, pair, less);
			assert_int_equal(pack_encode(pair, &bytes), OK);
			assert_int_equal(message_decode(buf_span(&bytes), a, &got, &body, &why), f->required ? ERR_INVALID : OK);
			buf_free(&bytes);
			assert_int_equal(message_encode(row->number, less, &bytes), f->required ? ERR_INVALID : OK);
			buf_free(&bytes);
		}
	}
	arena_free(a);
}

/* Filled up with an unknown field to exactly the row's size, and one byte above. */
static void sizes(void **state)
{
	const struct message_row *row, *got;
	const struct value *body;
	struct complaint why;
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; (row = message_each(i)) != NULL; i++) {
		struct value *map = whole(a, row->fields);
		struct buf bytes = {0};
		size_t filler = row->max > 100000 ? row->max - 1200 : 300; /* a header of the same length as at the end */

		value_set(a, map, 64, zeros(a, filler));
		assert_int_equal(message_encode(row->number, map, &bytes), OK);
		filler += row->max - bytes.n;
		buf_clear(&bytes);
		value_set(a, map, 64, zeros(a, filler));
		assert_int_equal(message_encode(row->number, map, &bytes), OK);
		assert_int_equal(bytes.n, row->max);
		assert_int_equal(message_decode(buf_span(&bytes), a, &got, &body, &why), OK);
		buf_clear(&bytes);
		value_set(a, map, 64, zeros(a, filler + 1));
		assert_int_equal(message_encode(row->number, map, &bytes), ERR_LIMIT);
		assert_int_equal(bytes.n, 0);
		bytes.n = 0;
		assert_int_equal(buf_add(&bytes, (const uint8_t[2]){0x92, (uint8_t)row->number}, 2), OK);
		assert_int_equal(pack_encode(map, &bytes), OK);
		assert_int_equal(bytes.n, row->max + 1);
		assert_int_equal(message_decode(buf_span(&bytes), a, &got, &body, &why), ERR_LIMIT);
		buf_free(&bytes);
	}
	arena_free(a);
}

static void when_each_may_come(void **state)
{
	const unsigned always = WHEN_PENDING | WHEN_KEYS_ONLY | WHEN_FULL;
	const struct message_row *row;

	(void)state;
	for (size_t i = 0; (row = message_each(i)) != NULL; i++) {
		switch (row->number) {
		case MESSAGE_HELLO:
		case MESSAGE_KEYS:
		case MESSAGE_PING:
		case MESSAGE_CLOSE:
			assert_int_equal(row->when, always);
			assert_int_equal(row->max, LIMIT_MESSAGE_PENDING);
			break;
		case MESSAGE_CONFIRM:
		case MESSAGE_ERROR: /* who is not proven to be somebody cannot complain in that name */
			assert_int_equal(row->when, WHEN_PENDING | WHEN_FULL);
			assert_int_equal(row->max, LIMIT_MESSAGE_PENDING);
			break;
		case MESSAGE_SUMMARY:
		case MESSAGE_HEADS:
		case MESSAGE_WANT:
		case MESSAGE_ENTRIES:
		case MESSAGE_RECEIPTS:
		case MESSAGE_FILE_WANT:
		case MESSAGE_FILE_CHUNK:
		case MESSAGE_ROSTERS:
		case MESSAGE_EVIDENCE:
			assert_int_equal(row->when, WHEN_FULL);
			break;
		}
	}
}

static enum err decode(const char *bytes, size_t n)
{
	const struct message_row *row = NULL;
	const struct value *body = NULL;
	struct complaint why = {{0}, {0}};
	struct arena *a = arena_new();
	enum err err = message_decode(SPAN(bytes, n), a, &row, &body, &why);

	assert_true(err == OK || why.text[0] != '\0');
	assert_true((err == OK) == (row != NULL && body != NULL));
	arena_free(a);
	return err;
}

static void hostile_forms(void **state)
{
	(void)state;
	assert_int_equal(decode("", 0), ERR_SHAPE);
	assert_int_equal(decode("\x92", 1), ERR_SHAPE);
	assert_int_equal(decode("\x92\x20", 2), ERR_SHAPE);
	assert_int_equal(decode("\x92\x20\x82\x00\x05\x01\xc3", 7), OK);
	assert_int_equal(decode("\x93\x20\x82\x00\x05\x01\xc3\xc0", 8), ERR_SHAPE);
	assert_int_equal(decode("\x91\x20\xc0", 3), ERR_SHAPE);
	assert_int_equal(decode("\xdc\x00\x02\x20\x82\x00\x05\x01\xc3", 9), ERR_SHAPE);
	assert_int_equal(decode("\x92\xcc\x20\x82\x00\x05\x01\xc3", 8), ERR_SHAPE);
	assert_int_equal(decode("\x92\x20\xc0", 3), ERR_SHAPE);
	assert_int_equal(decode("\x92\x20\x90", 3), ERR_SHAPE);
	assert_int_equal(decode("\x92\x7f\x80", 3), ERR_VERSION);
	assert_int_equal(decode("\x92\x00\x80", 3), ERR_VERSION);
	assert_int_equal(decode("\x92\x20\xdf\xff\xff\xff\xff", 7), ERR_SHAPE);
	assert_null(message_row(0));
	assert_null(message_row(-1));
	assert_null(message_row(1ll << 32 | 1));
}

static void signatures_are_whole(void **state)
{
	struct arena *a = arena_new();
	struct buf bytes = {0};

	(void)state;
	for (size_t n = 63; n <= 65; n++) {
		for (int64_t key = 1; key <= 2; key++) {
			struct value *keys = whole(a, message_row(MESSAGE_KEYS)->fields), *group = value_map(a);

			value_set(a, group, 0, zeros(a, 10));
			value_set(a, group, 1, zeros(a, key == 1 ? n : 64));
			value_set(a, group, 2, zeros(a, key == 2 ? n : 64));
			value_set(a, keys, 1, list_of(a, group));
			assert_int_equal(message_encode(MESSAGE_KEYS, keys, &bytes), n < 64 ? ERR_INVALID : n == 64 ? OK : ERR_LIMIT);
		}
		struct value *receipts = value_map(a), *group = value_map(a);

		value_set(a, group, 0, zeros(a, 10));
		value_set(a, group, 1, zeros(a, n));
		value_set(a, receipts, 0, list_of(a, group));
		assert_int_equal(message_encode(MESSAGE_RECEIPTS, receipts, &bytes), n < 64 ? ERR_INVALID : n == 64 ? OK : ERR_LIMIT);
	}
	buf_free(&bytes);
	arena_free(a);
}

static void heads_of_full_size_fit(void **state)
{
	struct arena *a = arena_new();
	struct value *map = value_map(a), *heads = value_array(a), *keys = value_array(a);
	struct buf bytes = {0};

	(void)state;
	for (size_t i = 0; i < 4096; i++) {
		struct value *head = value_map(a);

		value_set(a, head, 0, some_id(a, 1));
		value_set(a, head, 1, value_int(a, INT64_MAX));
		value_set(a, head, 2, value_bool(a, true));
		value_push(a, heads, head);
	}
	for (size_t i = 0; i < 1024; i++) {
		struct value *key = value_map(a);

		value_set(a, key, 0, some_id(a, 1));
		value_set(a, key, 1, value_int(a, 255));
		value_push(a, keys, key);
	}
	value_set(a, map, 0, some_id(a, 2));
	value_set(a, map, 1, heads);
	value_set(a, map, 2, keys);
	assert_int_equal(message_encode(MESSAGE_HEADS, map, &bytes), OK);
	value_push(a, heads, value_copy(a, value_item(heads, 0)));
	assert_int_equal(message_encode(MESSAGE_HEADS, map, &bytes), ERR_LIMIT);
	buf_free(&bytes);
	arena_free(a);
}

/* ---- carried entries ---- */

static void carried_round_trip(void **state)
{
	static struct carried_record r[LIMIT_ENTRY_RECORDS + 1];
	struct carried_entry e = {.payload = {much, 300}, .signature = {much, 64}, .record = r}, got;
	struct arena *a = arena_new();
	struct id id;

	(void)state;
	for (size_t i = 0; i <= LIMIT_ENTRY_RECORDS; i++) {
		r[i].gone = i % 3 == 2;
		memset(r[i].id.b, (int)i + 1, 32);
		r[i].bytes = r[i].gone ? SPAN(NULL, 0) : SPAN(much, i + 1);
	}
	e.records = LIMIT_ENTRY_RECORDS;
	assert_int_equal(carried_read(carried_value(a, &e), a, &got), OK);
	assert_true(span_eq(got.payload, e.payload) && span_eq(got.signature, e.signature));
	assert_int_equal(got.records, LIMIT_ENTRY_RECORDS);
	for (size_t i = 0; i < LIMIT_ENTRY_RECORDS; i++) {
		assert_int_equal(got.record[i].gone, r[i].gone);
		assert_true(span_eq(got.record[i].bytes, r[i].bytes));
		if (r[i].gone)
			id = r[i].id;
		else
			record_id(r[i].bytes, &id);
		assert_true(id_eq(&got.record[i].id, &id));
	}
	e.records = LIMIT_ENTRY_RECORDS + 1;
	assert_int_equal(carried_read(carried_value(a, &e), a, &got), ERR_LIMIT);
	e.records = 0;
	assert_int_equal(carried_read(carried_value(a, &e), a, &got), ERR_SHAPE);
	arena_free(a);
}

static enum err carried(size_t payload, size_t signature, size_t first, size_t second)
{
	struct carried_record r[2] = {{.bytes = {much, first}}, {.bytes = {much, second}}};
	struct carried_entry e = {.payload = {much, payload}, .signature = {much, signature}, .records = 2, .record = r}, got;
	struct arena *a = arena_new();
	enum err err = carried_read(carried_value(a, &e), a, &got);

	arena_free(a);
	return err;
}

static void carried_limits(void **state)
{
	(void)state;
	assert_int_equal(carried(1, 64, 1, 1), OK);
	assert_int_equal(carried(1024, 64, 1, 1), OK);
	assert_int_equal(carried(1025, 64, 1, 1), ERR_LIMIT);
	assert_int_equal(carried(0, 64, 1, 1), ERR_SHAPE);
	assert_int_equal(carried(1, 63, 1, 1), ERR_SHAPE);
	assert_int_equal(carried(1, 65, 1, 1), ERR_SHAPE);
	assert_int_equal(carried(1, 64, 0, 1), ERR_SHAPE);
	assert_int_equal(carried(1, 64, LIMIT_FORWARD, 1), OK);
	assert_int_equal(carried(1, 64, LIMIT_FORWARD + 1, 1), ERR_LIMIT);
	assert_int_equal(carried(1, 64, LIMIT_ENTRY_BYTES / 2, LIMIT_ENTRY_BYTES / 2), OK);
	assert_int_equal(carried(1, 64, LIMIT_ENTRY_BYTES / 2, LIMIT_ENTRY_BYTES / 2 + 1), ERR_LIMIT);
}

static enum err shaped(struct arena *a, struct value *payload, struct value *signature, struct value *records)
{
	struct value *v = value_array(a);
	struct carried_entry got;

	value_push(a, v, payload);
	value_push(a, v, signature);
	if (records != NULL)
		value_push(a, v, records);
	return carried_read(v, a, &got);
}

static void carried_shapes(void **state)
{
	struct arena *a = arena_new();
	struct value *good = list_of(a, zeros(a, 5)), *pair = list_of(a, some_id(a, 1));
	struct carried_entry got;

	(void)state;
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), good), OK);
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), list_of(a, list_of(a, some_id(a, 1)))), OK);
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), NULL), ERR_SHAPE);
	assert_int_equal(shaped(a, value_str(a, "x"), zeros(a, 64), good), ERR_SHAPE);
	assert_int_equal(shaped(a, zeros(a, 9), value_str(a, "x"), good), ERR_SHAPE);
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), value_map(a)), ERR_SHAPE);
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), value_nil(a)), ERR_SHAPE);
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), value_array(a)), ERR_SHAPE);
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), list_of(a, value_nil(a))), ERR_SHAPE);
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), list_of(a, value_str(a, "x"))), ERR_SHAPE);
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), list_of(a, list_of(a, zeros(a, 31)))), ERR_SHAPE);
	value_push(a, pair, some_id(a, 2));
	assert_int_equal(shaped(a, zeros(a, 9), zeros(a, 64), list_of(a, pair)), ERR_SHAPE);
	assert_int_equal(carried_read(NULL, a, &got), ERR_SHAPE);
	assert_int_equal(carried_read(value_int(a, 3), a, &got), ERR_SHAPE);
	arena_free(a);
}

/* An entry of full size, in the one message that carries it. */
static void full_entry_fits(void **state)
{
	struct carried_record r[LIMIT_ENTRY_RECORDS];
	struct carried_entry e = {.payload = {much, 1024}, .signature = {much, 64}, .records = LIMIT_ENTRY_RECORDS, .record = r};
	struct arena *a = arena_new();
	struct value *map = value_map(a);
	struct buf bytes = {0};

	(void)state;
	for (size_t i = 0; i < LIMIT_ENTRY_RECORDS; i++)
		r[i] = (struct carried_record){.bytes = {much, LIMIT_ENTRY_BYTES / LIMIT_ENTRY_RECORDS}};
	value_set(a, map, 0, list_of(a, carried_value(a, &e)));
	assert_int_equal(message_encode(MESSAGE_ENTRIES, map, &bytes), OK);
	buf_free(&bytes);
	arena_free(a);
}

static void documented(void **state)
{
	const struct message_row *row;
	struct buf text = {0};

	(void)state;
	assert_int_equal(messages_document(&text), OK);
	assert_int_equal(buf_add(&text, "", 1), OK);
	for (size_t i = 0; (row = message_each(i)) != NULL; i++) {
		assert_non_null(strstr((const char *)text.p, row->name));
		assert_non_null(strstr((const char *)text.p, row->help));
		assert_true(strlen(row->help) < 200);
	}
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_round_trip), cmocka_unit_test(required_fields_are_required), cmocka_unit_test(sizes),
		cmocka_unit_test(when_each_may_come), cmocka_unit_test(hostile_forms), cmocka_unit_test(signatures_are_whole),
		cmocka_unit_test(heads_of_full_size_fit), cmocka_unit_test(carried_round_trip), cmocka_unit_test(carried_limits),
		cmocka_unit_test(carried_shapes), cmocka_unit_test(full_entry_fits), cmocka_unit_test(documented),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
