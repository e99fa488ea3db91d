/* store/ when memory is short, LMDB's own included: each allocation fails in turn, and what was there before is there as it was. */
#include "tests/unit/alloc_fail.h"

#include "tests/unit/maker.h"
#include "tests/unit/store_help.h"

#include "proto/kinds.h"
#include "proto/merkle.h"
#include "store/check.h"
#include "store/logs.h"
#include "store/orgs.h"
#include "store/records.h"
#include "store/locals.h"

#define TIME MAKER_TIME
#define WAITS 7

struct stock {
	struct folder folder;
	struct maker org, other;
	struct arena *arena;
	struct buf record[2], entry, later; /* entry 1 holds the first record, one that waits holds both */
	struct id id[2];
	uint8_t sig[64], later_sig[64];
	struct log_row log;
	struct entry_row row;
	struct carried_record carry[2];
	struct carried_entry carried;
	struct value *supplier, *changed;
	uint64_t rows[TABLE_COUNT];
};

static void count_rows(struct stock *s, uint64_t out[TABLE_COUNT])
{
	struct txn *t = reading(&s->folder);

	for (int i = 0; i < TABLE_COUNT; i++)
		assert_int_equal(store_count(t, (enum table)i, &out[i]), OK);
	store_abort(t);
}

static void same(void *w)
{
	struct stock *s = w;
	uint64_t now[TABLE_COUNT];

	count_rows(s, now);
	assert_memory_equal(now, s->rows, sizeof now);
}

/* ---- scenes ---- */

static enum err opening(void *w)
{
	struct stock *s = w;
	struct store *opened = (struct store *)0x5a5a;
	enum err e = store_open(&(struct store_config){.path = s->folder.path}, &opened);

	if (e == OK)
		store_close(opened);
	else
		assert_ptr_equal(opened, (void *)0x5a5a);
	return e;
}

static enum err put_all(struct stock *s, struct txn *t)
{
	struct log_row log = s->log;
	struct entry_row row = s->row;
	struct exception x = {1, true, 1, 64};
	struct receipt_row receipt = {.receiver = s->other.org, .n = 1, .received = TIME, .payload = buf_span(&s->entry), .signature = SPAN(s->sig, 64)};
	bool fresh;
	enum err e = statements_put(t, &s->other.org, 0, &s->other.chain[0]);

	for (size_t i = 0; e == OK && i < 2; i++)
		e = records_put(t, buf_span(&s->record[i]), TIME, &row.record[i], &fresh);
	log.id.b[0] ^= 1;
	log.no = 0;
	if (e == OK)
		e = logs_put(t, &log);
	assert_true(e == OK || log.no == 0);
	row.log = receipt.log = log.no;
	if (e == OK)
		e = entries_put(t, &row);
	if (e == OK)
		e = receipts_put(t, &receipt);
	if (e == OK)
		e = exceptions_put(t, log.no, &x);
	if (e == OK)
		e = parked_put(t, &s->org.org, &log.id, WAITS, &s->carried);
	if (e == OK)
		e = locals_put(t, &local_supplier, "first", s->changed);
	if (e == OK)
		e = rows_put(t, TABLE_SUPPLIERS, text("third"), s->supplier);
	return e;
}

static enum err writing_rows(void *w)
{
	struct stock *s = w;
	struct txn *t = (struct txn *)0x5a5a;
	enum err e = store_write(s->folder.store, &t);

	if (e != OK) {
		assert_ptr_equal(t, (void *)0x5a5a);
		return e;
	}
	e = put_all(s, t);
	store_abort(t);
	return e;
}

static enum err nesting(void *w)
{
	struct stock *s = w;
	struct txn *t, *inner;
	enum err e = store_write(s->folder.store, &t);

	if (e != OK)
		return e;
	e = store_nest(t, &inner);
	if (e == OK) {
		e = put_all(s, inner);
		if (e == OK)
			e = store_commit(inner);
		else
			store_abort(inner);
	}
	store_abort(t);
	return e;
}

static enum err committing(void *w)
{
	struct stock *s = w;
	struct txn *t;
	enum err e = store_write(s->folder.store, &t);

	if (e != OK)
		return e;
	e = rows_put(t, TABLE_SUPPLIERS, text("first"), s->supplier); /* as it is already */
	if (e == OK)
		return store_commit(t);
	store_abort(t);
	return e;
}

static enum err read_all(struct stock *s, struct txn *t, struct arena *a)
{
	const struct value *row;
	struct carried_entry carried;
	struct signed_statement newest;
	struct statement parsed;
	struct exception *list;
	size_t count;
	struct walk w;
	enum err e = rows_get(t, TABLE_SUPPLIERS, text("first"), a, &row);

	if (e == OK)
		e = entries_carry(t, s->log.no, 1, a, &carried);
	if (e == OK)
		e = parked_get(t, &s->org.org, &s->log.id, WAITS, a, &carried);
	if (e == OK)
		e = statements_newest(t, &s->org.org, &newest, &parsed);
	if (e == OK)
		e = exceptions_all(t, s->log.no, a, &list, &count);
	if (e == OK)
		e = walk_open(t, TABLE_RECORDS, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	for (count = 0; walk_next(&w); count++)
		;
	e = walk_close(&w, OK);
	assert_true(e != OK || count == 2);
	return e;
}

static enum err reading_rows(void *w)
{
	struct stock *s = w;
	struct arena *a = arena_new();
	struct txn *t;
	enum err e;

	if (!a)
		return ERR_MEMORY;
	e = store_read(s->folder.store, &t);
	if (e == OK) {
		e = read_all(s, t, a);
		store_abort(t);
	}
	arena_free(a);
	return e;
}

static void say(void *ctx, const char *problem)
{
	++*(unsigned *)ctx;
	print_error("store check: %s\n", problem);
}

static enum err checking(void *w)
{
	struct stock *s = w;
	struct check_figures f = {0};
	unsigned said = 0;
	enum err e = check_run(s->folder.store, &(struct check_ops){.say = say, .ctx = &said}, &f);

	if (e == OK)
		assert_int_equal(f.signatures, 5); /* none was left out */
	assert_int_equal(said, 0);
	assert_int_equal(f.problems, 0); /* a lack of memory is no damage */
	return e;
}

/* ---- the stock ---- */

static void record_make(struct stock *s, size_t i)
{
	struct value *body = value_map(s->arena), *closes = value_array(s->arena);
	struct record r = {.kind = i ? 4711 : KIND_LOG_OPEN, .author = s->org.org, .created = TIME, .tlp = TLP_CLEAR, .nonce = {(uint8_t)i},
	                   .body = body, .parents = 2};

	r.parent[1].b[0] = 1;
	value_set(s->arena, body, 0, value_int(s->arena, 0));
	value_set(s->arena, body, 1, value_int(s->arena, 1));
	for (int k = 0; i == 0 && k < 12; k++) { /* many references, so that its index needs room */
		struct value *one = value_map(s->arena);
		struct id log = {{(uint8_t)k, (uint8_t)(k >> 8), 5}};

		value_set(s->arena, one, 0, value_id(s->arena, &log));
		value_set(s->arena, one, 1, value_int(s->arena, 0));
		value_set(s->arena, one, 2, value_id(s->arena, &log));
		value_push(s->arena, closes, one);
	}
	if (i == 0)
		value_set(s->arena, body, 2, closes);
	assert_int_equal(record_encode(&r, &s->record[i]), OK);
	record_id(buf_span(&s->record[i]), &s->id[i]);
	s->carry[i] = (struct carried_record){.id = s->id[i], .bytes = buf_span(&s->record[i])};
}

static void entry_make(struct stock *s)
{
	struct entry e = {.author = s->org.org, .type = AUDIENCE_DIRECT, .target = s->other.org, .incarnation = 1, .n = 1, .count = 1, .time = TIME};

	entry_log(&e, &e.prev);
	merkle_root(s->id, 1, &e.root);
	assert_int_equal(entry_encode(&e, &s->entry), OK);
	maker_sign(&s->org, 0, SIGN_ENTRY, buf_span(&s->entry), s->sig);
	s->log = (struct log_row){.id = e.prev, .author = e.author, .target = e.target, .incarnation = 1, .type = AUDIENCE_DIRECT, .n = 1,
	                          .head_time = TIME};
	entry_hash(buf_span(&s->entry), &s->log.head);
	s->row = (struct entry_row){.n = 1, .received = TIME, .payload = buf_span(&s->entry), .signature = SPAN(s->sig, 64), .records = 1};
	e.n = WAITS;
	e.count = 2;
	merkle_root(s->id, 2, &e.root);
	assert_int_equal(entry_encode(&e, &s->later), OK);
	maker_sign(&s->org, 0, SIGN_ENTRY, buf_span(&s->later), s->later_sig);
	s->carried = (struct carried_entry){buf_span(&s->later), SPAN(s->later_sig, 64), 2, s->carry};
}

static void fill(struct stock *s)
{
	struct txn *t = writing(&s->folder);
	bool fresh;

	assert_int_equal(statements_put(t, &s->org.org, 0, &s->org.chain[0]), OK);
	assert_int_equal(statements_put(t, &s->other.org, 0, &s->other.chain[0]), OK);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(records_put(t, buf_span(&s->record[i]), TIME, &s->row.record[i], &fresh), OK);
	assert_int_equal(logs_put(t, &s->log), OK);
	s->row.log = s->log.no;
	assert_int_equal(entries_put(t, &s->row), OK);
	assert_int_equal(occurrences_put(t, &(struct occurrence){s->row.record[0], s->log.no, 1, 0, 0, TIME}), OK);
	assert_int_equal(parked_put(t, &s->org.org, &s->log.id, WAITS, &s->carried), OK);
	assert_int_equal(locals_put(t, &local_supplier, "first", s->supplier), OK);
	assert_int_equal(store_commit(t), OK);
}

static int stock_make(void **state)
{
	struct stock *s = calloc(1, sizeof *s);

	if (!s || sodium_init() < 0)
		return 1;
	maker_begin(&s->org, 1, "Brackwater Logistics");
	maker_begin(&s->other, 2, "Harbour Foods");
	s->arena = arena_new();
	record_make(s, 0);
	record_make(s, 1);
	entry_make(s);
	s->supplier = value_map(s->arena);
	fields_set(s->arena, supplier_fields, s->supplier, "name", value_str(s->arena, "first"));
	fields_set(s->arena, supplier_fields, s->supplier, "title", value_str(s->arena, "First Ltd"));
	s->changed = value_copy(s->arena, s->supplier);
	fields_set(s->arena, supplier_fields, s->changed, "title", value_str(s->arena, "First plc"));
	folder_make(&s->folder);
	folder_open(&s->folder);
	fill(s);
	count_rows(s, s->rows);
	*state = s;
	return 0;
}

static int stock_free(void **state)
{
	struct stock *s = *state;

	folder_remove(&s->folder);
	maker_end(&s->org);
	maker_end(&s->other);
	buf_free(&s->record[0]);
	buf_free(&s->record[1]);
	buf_free(&s->entry);
	buf_free(&s->later);
	arena_free(s->arena);
	free(s);
	return 0;
}

static void test_rows(void **state)
{
	static const struct alloc_scene scenes[] = {{"writing", writing_rows, same, NULL, false}, {"nesting", nesting, same, NULL, false},
		{"committing", committing, same, NULL, false}, {"reading", reading_rows, same, NULL, false},
		{"checking", checking, same, NULL, false}};

	ALLOC_SCENES(scenes, *state);
}

static void test_opening(void **state)
{
	static const struct alloc_scene scene = {"opening", opening, NULL, NULL, false};
	struct stock *s = *state;

	folder_close(&s->folder);
	alloc_fail_run(&scene, s);
	folder_open(&s->folder);
	same(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_opening),
	};

	return cmocka_run_group_tests_name("allocations of the store", tests, stock_make, stock_free);
}
