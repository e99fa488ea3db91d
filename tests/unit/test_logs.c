#include "tests/unit/store_help.h"

#include "keys/sign.h"
#include "proto/limits.h"
#include "proto/verdict.h"
#include "store/logs.h"
#include "store/records.h"

#define TIME 1764000000000ll

static const uint8_t signature[SIGN_LEN] = {1, 2, 3, [63] = 9};

static struct id id_of(uint8_t fill)
{
	struct id id;

	memset(id.b, fill, sizeof id.b);
	return id;
}

static struct log_row log_of(uint8_t author, uint8_t target, uint64_t incarnation)
{
	struct log_row row = {.author = id_of(author), .target = id_of(target), .incarnation = incarnation, .type = AUDIENCE_DIRECT};

	row.id = id_of((uint8_t)(author ^ target ^ 0x80));
	row.id.b[0] = (uint8_t)incarnation;
	row.head = row.id;
	return row;
}

static void logs_come_back(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct log_row a = log_of(1, 2, 5), got;

	a.kseq = UINT64_MAX;
	a.n = 77;
	a.head_time = -1;
	a.state = LOG_STOPPED;
	a.frozen = 70;
	a.type = AUDIENCE_CONSORTIUM;
	assert_int_equal(logs_get(t, &a.id, &got), ERR_NOT_FOUND);
	assert_int_equal(logs_put(t, &a), OK);
	assert_int_equal(a.no, 1);
	struct log_row twice = a;
	twice.no = 0;
	assert_int_equal(logs_put(t, &twice), ERR_CONFLICT);
	assert_int_equal(twice.no, 0);
	assert_int_equal(store_commit(t), OK);
	t = writing(f);
	assert_int_equal(logs_get(t, &a.id, &got), OK);
	assert_true(got.no == 1 && id_eq(&got.id, &a.id) && id_eq(&got.author, &a.author) && id_eq(&got.target, &a.target));
	assert_true(got.kseq == UINT64_MAX && got.incarnation == 5 && got.type == AUDIENCE_CONSORTIUM && got.n == 77);
	assert_true(id_eq(&got.head, &a.head) && got.head_time == -1 && got.state == LOG_STOPPED && got.frozen == 70);
	got.n = 78;
	assert_int_equal(logs_put(t, &got), OK);
	assert_int_equal(logs_by_no(t, 1, &a), OK);
	assert_int_equal(a.n, 78);
	struct log_row b = log_of(1, 3, 1);
	assert_int_equal(logs_put(t, &b), OK);
	assert_int_equal(b.no, 2);
	assert_int_equal(logs_by_no(t, 3, &a), ERR_NOT_FOUND);
	store_abort(t);
}

static void the_newest_incarnation_is_current(void **state)
{
	static const uint64_t order[] = {10, 30, 20};
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct id author = id_of(1), target = id_of(2), none = id_of(0xff);
	struct log_row row, other = log_of(1, 3, 99), got;
	struct walk w;
	uint32_t no;
	size_t n = 0;

	for (size_t i = 0; i < 3; i++) {
		row = log_of(1, 2, order[i]);
		assert_int_equal(logs_put(t, &row), OK);
	}
	assert_int_equal(logs_put(t, &other), OK);
	assert_int_equal(logs_current(t, &author, AUDIENCE_DIRECT, &target, &got), OK);
	assert_int_equal(got.incarnation, 30);
	assert_int_equal(logs_current(t, &author, AUDIENCE_PARTNERS, &target, &got), ERR_NOT_FOUND);
	assert_int_equal(logs_current(t, &none, AUDIENCE_DIRECT, &none, &got), ERR_NOT_FOUND);
	assert_int_equal(logs_walk_audience(t, &author, AUDIENCE_DIRECT, &target, &w), OK);
	while (logs_next_no(&w, &no))
		assert_int_equal(no, ++n);
	assert_int_equal(walk_close(&w, OK), OK);
	assert_int_equal(n, 3);
	assert_int_equal(logs_walk(t, &w), OK);
	for (n = 0; logs_next(&w, &got); n++)
		assert_int_equal(got.no, n + 1);
	assert_int_equal(walk_close(&w, OK), OK);
	assert_int_equal(n, 4);
	assert_int_equal(store_put(t, TABLE_LOGS, SPAN("\0\0\0\2", 4), text("short")), OK);
	assert_int_equal(logs_by_no(t, 2, &got), ERR_CORRUPT);
	assert_int_equal(logs_current(t, &author, AUDIENCE_DIRECT, &target, &got), ERR_CORRUPT);
	assert_int_equal(logs_walk(t, &w), OK);
	assert_true(logs_next(&w, &got));
	assert_false(logs_next(&w, &got));
	assert_int_equal(walk_close(&w, OK), ERR_CORRUPT);
	store_abort(t);
}

static void entries_come_back(void **state)
{
	static struct entry_row full = {.log = 3, .n = 9, .received = TIME, .records = LIMIT_ENTRY_RECORDS};
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct entry_row row = {.log = 3, .n = 8, .received = -5, .records = 2, .record = {7, UINT64_MAX}}, got;

	row.payload = full.payload = text("payload");
	row.signature = full.signature = SPAN(signature, SIGN_LEN);
	for (size_t i = 0; i < full.records; i++)
		full.record[i] = i * i;
	assert_int_equal(entries_put(t, &row), OK);
	assert_int_equal(entries_put(t, &row), ERR_CONFLICT);
	assert_int_equal(entries_put(t, &full), OK);
	full.n = 10;
	full.records++;
	assert_int_equal(entries_put(t, &full), ERR_INVALID);
	full.records = 0;
	assert_int_equal(entries_put(t, &full), ERR_INVALID);
	full.records = 1;
	full.n = 0;
	assert_int_equal(entries_put(t, &full), ERR_INVALID);
	full.n = 10;
	full.signature.n = 63;
	assert_int_equal(entries_put(t, &full), ERR_INVALID);
	assert_int_equal(store_commit(t), OK);
	t = reading(f);
	assert_int_equal(entries_get(t, 3, 8, &got), OK);
	assert_true(got.log == 3 && got.n == 8 && got.received == -5 && got.records == 2);
	assert_true(got.record[0] == 7 && got.record[1] == UINT64_MAX);
	assert_true(span_eq(got.payload, text("payload")) && span_eq(got.signature, SPAN(signature, SIGN_LEN)));
	assert_int_equal(entries_get(t, 3, 9, &got), OK);
	assert_int_equal(got.records, LIMIT_ENTRY_RECORDS);
	assert_int_equal(got.record[255], 255 * 255);
	assert_true(span_eq(got.payload, text("payload")));
	assert_int_equal(entries_get(t, 3, 10, &got), ERR_NOT_FOUND);
	assert_int_equal(entries_get(t, 2, 8, &got), ERR_NOT_FOUND);
	store_abort(t);
}

static void damaged_entries_are_told(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	uint8_t key[12] = {0, 0, 0, 1, [11] = 1}, value[8 + SIGN_LEN + 2 + 8] = {0};
	struct entry_row got;

	value[8 + SIGN_LEN + 1] = 1;
	assert_int_equal(store_put(t, TABLE_ENTRIES, SPAN(key, 12), SPAN(value, sizeof value)), OK);
	assert_int_equal(entries_get(t, 1, 1, &got), OK);
	assert_int_equal(store_put(t, TABLE_ENTRIES, SPAN(key, 12), SPAN(value, sizeof value - 1)), OK);
	assert_int_equal(entries_get(t, 1, 1, &got), ERR_CORRUPT);
	assert_int_equal(store_put(t, TABLE_ENTRIES, SPAN(key, 12), SPAN(value, 8 + SIGN_LEN + 1)), OK);
	assert_int_equal(entries_get(t, 1, 1, &got), ERR_CORRUPT);
	value[8 + SIGN_LEN] = 255; /* far more than 256 */
	assert_int_equal(store_put(t, TABLE_ENTRIES, SPAN(key, 12), SPAN(value, sizeof value)), OK);
	assert_int_equal(entries_get(t, 1, 1, &got), ERR_CORRUPT);
	store_abort(t);
}

static void entries_are_carried_with_what_is_here(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	struct entry_row row = {.log = 1, .n = 1, .records = 3, .payload = text("entry")};
	struct carried_entry c;
	struct id gone = id_of(0x77);
	bool fresh;

	row.signature = SPAN(signature, SIGN_LEN);
	assert_int_equal(records_put(t, text("first"), TIME, &row.record[0], &fresh), OK);
	assert_int_equal(records_put_absent(t, &gone, TIME, &row.record[1]), OK);
	assert_int_equal(records_put(t, text("third one"), TIME, &row.record[2], &fresh), OK);
	assert_int_equal(entries_put(t, &row), OK);
	assert_int_equal(entries_carry(t, 1, 1, a, &c), OK);
	assert_int_equal(carried_size(&c), c.payload.n + SIGN_LEN + 5 + 9);
	assert_int_equal(c.records, 3);
	assert_true(span_eq(c.payload, text("entry")) && span_eq(c.signature, SPAN(signature, SIGN_LEN)));
	assert_true(!c.record[0].gone && span_eq(c.record[0].bytes, text("first")));
	assert_true(c.record[1].gone && id_eq(&c.record[1].id, &gone));
	assert_true(!c.record[2].gone && span_eq(c.record[2].bytes, text("third one")));
	struct id path[MERKLE_PATH], root, all[3];
	struct entry_row read;
	size_t length;
	assert_int_equal(entries_get(t, 1, 1, &read), OK);
	for (size_t i = 0; i < 3; i++)
		all[i] = c.record[i].id;
	merkle_root(all, 3, &root);
	for (uint16_t i = 0; i < 3; i++) {
		assert_int_equal(entries_path(t, &read, i, path, &length), OK);
		assert_true(merkle_verify(&all[i], i, 3, path, length, &root));
	}
	assert_int_equal(entries_path(t, &read, 3, path, &length), ERR_CORRUPT);
	assert_int_equal(entries_carry(t, 1, 2, a, &c), ERR_NOT_FOUND);
	row.n = 2;
	row.record[1] = 99; /* a number that nothing has */
	assert_int_equal(entries_put(t, &row), OK);
	assert_int_equal(entries_carry(t, 1, 2, a, &c), ERR_CORRUPT);
	store_abort(t);
	arena_free(a);
}

static void put_receipt(struct txn *t, struct receipt_row row, size_t exceptions, const struct exception *x)
{
	struct receipt r = {.log = id_of(7), .receiver = row.receiver, .n = row.n, .time = row.received, .exceptions = exceptions, .exception = x};
	struct buf payload = {0};

	assert_int_equal(receipt_encode(&r, &payload), OK);
	row.payload = buf_span(&payload);
	row.signature = SPAN(signature, SIGN_LEN);
	assert_int_equal(receipts_put(t, &row), OK);
	buf_free(&payload);
}

/* What is known of record `index` of entry n of log 4: by the receipt up to which place, since when, and how. */
static void expect_about(struct txn *t, const struct id *by, uint64_t n, uint16_t index, const struct receipt_row *want, uint8_t how)
{
	struct receipt_row got;
	uint8_t code = 200;
	enum err e = receipts_about(t, &(struct receipt_of){4, by, n, index}, &got, &code);

	if (!want) {
		assert_int_equal(e, ERR_NOT_FOUND);
		assert_int_equal(code, 200);
		return;
	}
	assert_int_equal(e, OK);
	assert_int_equal(code, how);
	assert_int_equal(got.n, want->n);
	assert_int_equal(got.received, want->received);
	assert_true(id_eq(&got.receiver, by) && got.log == 4 && span_eq(got.signature, SPAN(signature, SIGN_LEN)));
}

static void the_first_receipt_says_since_when(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	const struct exception open[] = {{2, true, 0, VERDICT_TLP}, {3, true, 1, VERDICT_LIMIT}};
	struct id one = id_of(1), two = id_of(2), absent = id_of(9), by;
	struct receipt_row a = {.log = 4, .receiver = one, .n = 2, .received = TIME}, b = {.log = 4, .receiver = one, .n = 5, .received = TIME + 10},
	                   c = {.log = 4, .receiver = one, .n = 300, .received = TIME + 20}, bad = a, got;
	struct walk w;

	put_receipt(t, c, 1, open + 1); /* stored in any order */
	put_receipt(t, a, 1, open);
	put_receipt(t, b, 2, open);
	put_receipt(t, (struct receipt_row){.log = 4, .receiver = two, .n = 1, .received = TIME}, 0, NULL);
	put_receipt(t, (struct receipt_row){.log = 5, .receiver = two, .n = 9, .received = TIME}, 0, NULL);
	bad.signature.n = 0;
	assert_int_equal(receipts_put(t, &bad), ERR_INVALID);
	bad = a;
	bad.n = 0;
	bad.signature = SPAN(signature, SIGN_LEN);
	assert_int_equal(receipts_put(t, &bad), ERR_INVALID);
	assert_int_equal(receipts_newest(t, 4, &one, &got), OK);
	assert_int_equal(got.n, 300);
	assert_int_equal(receipts_newest(t, 4, &two, &got), OK);
	assert_int_equal(got.n, 1);
	assert_int_equal(receipts_newest(t, 4, &absent, &got), ERR_NOT_FOUND);
	expect_about(t, &one, 1, 0, &a, VERDICT_GOOD);
	expect_about(t, &one, 2, 1, &a, VERDICT_GOOD);
	expect_about(t, &one, 2, 0, &c, VERDICT_GOOD); /* an exception until the third cleared it */
	expect_about(t, &one, 3, 0, &b, VERDICT_GOOD);
	expect_about(t, &one, 3, 1, &c, VERDICT_LIMIT); /* still open: the newest says so */
	expect_about(t, &one, 6, 0, &c, VERDICT_GOOD);
	put_receipt(t, (struct receipt_row){.log = 4, .receiver = one, .n = 301, .received = TIME + 30}, 2, open); /* takes back what it held */
	expect_about(t, &one, 2, 1, &a, VERDICT_GOOD);
	expect_about(t, &one, 3, 0, &b, VERDICT_GOOD);
	struct receipt_row again = b;
	again.received = TIME + 40; /* at one place again, listing less: it does not make younger what the first held */
	put_receipt(t, again, 0, NULL);
	expect_about(t, &one, 3, 0, &b, VERDICT_GOOD);
	expect_about(t, &one, 302, 0, NULL, 0);
	expect_about(t, &two, 2, 0, NULL, 0);
	expect_about(t, &absent, 1, 0, NULL, 0);
	assert_int_equal(receipts_walk(t, 4, &w), OK);
	assert_true(receipts_next_receiver(&w, &by) && id_eq(&by, &one));
	assert_true(receipts_next_receiver(&w, &by) && id_eq(&by, &two));
	assert_false(receipts_next_receiver(&w, &by));
	assert_int_equal(walk_close(&w, OK), OK);
	store_abort(t);
}

/* At one place the last that came is the newest, though the clock was set back, or stood still: its time is then the next that was free. */
static void a_receipt_after_the_clock_was_set_back(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	const struct exception open[] = {{2, true, 0, VERDICT_BODY_MISSING}, {2, true, 1, VERDICT_BODY_MISSING}, {2, true, 2, VERDICT_BODY_MISSING}};
	struct receipt_row row = {.log = 4, .receiver = id_of(1), .n = 2, .received = TIME}, before = row, other = row, got;
	uint64_t rows;

	put_receipt(t, row, 3, open);
	before.n = 1; /* times at other places, and of others, do not count */
	before.received = TIME - 10000;
	put_receipt(t, before, 0, NULL);
	other.receiver = id_of(2);
	other.received = TIME - 10000;
	put_receipt(t, other, 0, NULL);
	assert_int_equal(receipts_newest(t, 4, &other.receiver, &got), OK);
	assert_int_equal(got.received, TIME - 10000);
	row.received = TIME - 5000;
	put_receipt(t, row, 2, open + 1);
	row.received = TIME + 1;
	expect_about(t, &row.receiver, 2, 0, &row, VERDICT_GOOD);
	expect_about(t, &row.receiver, 2, 1, &row, VERDICT_BODY_MISSING);
	put_receipt(t, row, 1, open + 2);
	row.received = TIME + 2;
	expect_about(t, &row.receiver, 2, 1, &row, VERDICT_GOOD);
	expect_about(t, &row.receiver, 2, 2, &row, VERDICT_BODY_MISSING);
	row.received = TIME + 1000;
	put_receipt(t, row, 0, NULL);
	expect_about(t, &row.receiver, 2, 2, &row, VERDICT_GOOD);
	assert_int_equal(store_count(t, TABLE_RECEIPTS, &rows), OK);
	assert_int_equal(rows, 6);
	store_abort(t);
}

static void exceptions_ascend_and_are_bounded(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	struct exception in[] = {{3, true, 255, VERDICT_TLP}, {2, false, 0, VERDICT_VOID}, {2, true, 0, VERDICT_SHAPE}}, *out = NULL;
	size_t n = 99;

	assert_int_equal(exceptions_all(t, 1, a, &out, &n), OK);
	assert_int_equal(n, 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(exceptions_put(t, 1, &in[i]), OK);
	assert_int_equal(exceptions_put(t, 2, &in[0]), OK);
	assert_int_equal(exceptions_put(t, 1, &(struct exception){1, true, 256, VERDICT_TLP}), ERR_INVALID);
	assert_int_equal(exceptions_all(t, 1, a, &out, &n), OK);
	assert_int_equal(n, 3);
	assert_true(out[0].n == 2 && out[0].has_index && out[0].index == 0 && out[0].code == VERDICT_SHAPE);
	assert_true(out[1].n == 2 && !out[1].has_index && out[1].code == VERDICT_VOID);
	assert_true(out[2].n == 3 && out[2].has_index && out[2].index == 255 && out[2].code == VERDICT_TLP);
	assert_int_equal(exceptions_clear(t, 1, 2, UINT16_MAX), OK);
	assert_int_equal(exceptions_clear(t, 1, 2, 7), OK);
	assert_int_equal(exceptions_all(t, 1, a, &out, &n), OK);
	assert_int_equal(n, 2);
	for (uint64_t i = 10; n < LIMIT_EXCEPTIONS; i++, n++)
		assert_int_equal(exceptions_put(t, 1, &(struct exception){i, true, 1, VERDICT_LIMIT}), OK);
	assert_int_equal(exceptions_all(t, 1, a, &out, &n), OK);
	assert_int_equal(n, LIMIT_EXCEPTIONS);
	for (size_t i = 1; i < n; i++)
		assert_true(out[i - 1].n < out[i].n);
	assert_int_equal(exceptions_put(t, 1, &(struct exception){9, false, 0, VERDICT_LIMIT}), OK);
	n = 5;
	assert_int_equal(exceptions_all(t, 1, a, &out, &n), ERR_LIMIT);
	assert_int_equal(n, 5);
	store_abort(t);
	arena_free(a);
}

/* ---- parked ---- */

static struct carried_entry carried(struct arena *a, const char *payload, size_t records, size_t bytes)
{
	struct carried_entry e = {.payload = text(payload), .signature = SPAN(signature, SIGN_LEN), .records = records};
	uint8_t *p = arena_alloc(a, bytes);

	assert_non_null(p);
	e.record = arena_alloc(a, records * sizeof *e.record);
	for (size_t i = 0; i < records; i++)
		e.record[i].bytes = SPAN(p, bytes);
	return e;
}

static void parked_ones_wait(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	struct id author = id_of(1), other = id_of(2), log = id_of(3), found = {{0}};
	struct carried_entry in = carried(a, "one", 2, 10), got;
	uint64_t n = 0, rows;

	in.record[1] = (struct carried_record){.gone = true, .id = id_of(8)};
	assert_int_equal(parked_from(t, &author, &found, &n), ERR_NOT_FOUND);
	assert_int_equal(parked_put(t, &author, &log, 7, &in), OK);
	assert_int_equal(parked_put(t, &author, &log, 5, &in), OK);
	assert_int_equal(parked_from(t, &author, &found, &n), OK);
	assert_true(id_eq(&found, &log) && n == 5);
	n = 6;
	assert_int_equal(parked_from(t, &author, &found, &n), OK);
	assert_true(id_eq(&found, &log) && n == 7);
	n = 8;
	assert_int_equal(parked_from(t, &author, &found, &n), ERR_NOT_FOUND);
	assert_int_equal(parked_from(t, &other, &found, &n), ERR_NOT_FOUND);
	n = 0;
	assert_int_equal(parked_get(t, &author, &log, 6, a, &got), ERR_NOT_FOUND);
	assert_int_equal(parked_get(t, &author, &log, 7, a, &got), OK);
	in = carried(a, "two", 1, 5); /* another at the same place takes its turn */
	assert_int_equal(parked_put(t, &author, &log, 7, &in), OK);
	assert_true(span_eq(got.payload, text("one")) && got.records == 2 && got.record[1].gone); /* a copy of its own */
	assert_int_equal(parked_get(t, &author, &log, 7, a, &got), OK);
	assert_true(span_eq(got.payload, text("two")) && got.records == 1 && got.record[0].bytes.n == 5);
	assert_int_equal(parked_drop(t, &author, &log, 6), OK);
	assert_int_equal(parked_drop(t, &author, &log, 5), OK);
	assert_int_equal(parked_drop(t, &author, &log, 5), OK);
	assert_int_equal(parked_from(t, &author, &found, &n), OK);
	assert_int_equal(n, 7);
	assert_int_equal(parked_drop(t, &author, &log, 7), OK);
	assert_int_equal(store_count(t, TABLE_PARKED, &rows), OK);
	assert_int_equal(rows, 0); /* not even the count is left */
	store_abort(t);
	arena_free(a);
}

static void parked_ones_are_bounded_by_records(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	struct id author = id_of(1), other = id_of(2), log = id_of(3);
	struct carried_entry many = carried(a, "many", 250, 4), one = carried(a, "one", 1, 4);
	uint64_t n = 0;

	for (size_t i = 0; i < LIMIT_PARKED_RECORDS / 250; i++)
		assert_int_equal(parked_put(t, &author, &log, ++n, &many), OK);
	assert_int_equal(parked_put(t, &author, &log, n + 1, &one), ERR_LIMIT);
	assert_int_equal(parked_put(t, &other, &log, n + 1, &one), OK);
	assert_int_equal(parked_put(t, &author, &log, n, &many), OK); /* in the place of what waits there */
	assert_int_equal(parked_put(t, &author, &log, n, &one), OK);
	assert_int_equal(parked_put(t, &author, &log, n + 1, &one), OK);
	assert_int_equal(parked_put(t, &author, &log, n + 2, &many), ERR_LIMIT);
	store_abort(t);
	arena_free(a);
}

static void parked_ones_are_bounded_by_bytes(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	struct id author = id_of(1), log = id_of(3);
	struct carried_entry big = carried(a, "big", 2, 512 * 1024);
	uint64_t n = 0;
	enum err e;

	while ((e = parked_put(t, &author, &log, ++n, &big)) == OK)
		assert_true(n * 2 * 512 * 1024 <= LIMIT_PARKED_BYTES);
	assert_int_equal(e, ERR_LIMIT);
	assert_true((n + 1) * 2 * 512 * 1024 > LIMIT_PARKED_BYTES - 1024 * 1024);
	assert_int_equal(parked_drop(t, &author, &log, 1), OK);
	assert_int_equal(parked_put(t, &author, &log, n, &big), OK);
	store_abort(t);
	arena_free(a);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(logs_come_back),
		TEST(the_newest_incarnation_is_current),
		TEST(entries_come_back),
		TEST(damaged_entries_are_told),
		TEST(entries_are_carried_with_what_is_here),
		TEST(the_first_receipt_says_since_when),
		TEST(a_receipt_after_the_clock_was_set_back),
		TEST(exceptions_ascend_and_are_bounded),
		TEST(parked_ones_wait),
		TEST(parked_ones_are_bounded_by_records),
		TEST(parked_ones_are_bounded_by_bytes),
	};

	return cmocka_run_group_tests_name("logs", tests, NULL, NULL);
}
