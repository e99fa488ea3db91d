#include "tests/unit/maker.h"
#include "tests/unit/store_help.h"

#include "proto/limits.h"
#include "store/orgs.h"

static void statements_come_back(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct maker m, other;
	struct signed_statement s;
	struct statement parsed;
	struct walk w;

	maker_begin(&m, 1, "Water Works");
	maker_begin(&other, 2, "Other");
	maker_rotate(&m, "routine");
	maker_rotate(&m, "compromise");
	assert_int_equal(statements_newest(t, &m.org, &s, &parsed), ERR_NOT_FOUND);
	for (size_t k = 0; k < 3; k++)
		assert_int_equal(statements_put(t, &m.org, k, &m.chain[k]), OK);
	assert_int_equal(statements_put(t, &other.org, 0, &other.chain[0]), OK);
	assert_int_equal(statements_put(t, &m.org, 1, &m.chain[1]), OK); /* the same again */
	assert_int_equal(statements_put(t, &m.org, 1, &m.chain[2]), ERR_CONFLICT);
	assert_int_equal(store_commit(t), OK);
	t = reading(f);
	for (size_t k = 0; k < 3; k++) {
		assert_int_equal(statements_get(t, &m.org, k, &s), OK);
		assert_true(span_eq(s.payload, m.chain[k].payload));
		assert_memory_equal(s.root_sig, m.chain[k].root_sig, SIGN_LEN);
		assert_memory_equal(s.sign_sig, m.chain[k].sign_sig, SIGN_LEN);
	}
	assert_int_equal(statements_get(t, &m.org, 3, &s), ERR_NOT_FOUND);
	assert_int_equal(statements_newest(t, &m.org, &s, &parsed), OK);
	assert_int_equal(parsed.kseq, 2);
	assert_true(span_eq(s.payload, m.chain[2].payload));
	assert_int_equal(statements_walk(t, &m.org, &w), OK);
	for (size_t k = 0; k < 3; k++)
		assert_true(statements_next(&w, &s) && span_eq(s.payload, m.chain[k].payload));
	assert_false(statements_next(&w, &s));
	assert_int_equal(walk_close(&w, OK), OK);
	store_abort(t);
	maker_end(&m);
	maker_end(&other);
}

static void limits_hold(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct signed_statement s = {.payload = text("x")}, none = {0};
	struct id org = {{7}};

	assert_int_equal(statements_put(t, &org, LIMIT_STATEMENTS - 1, &s), OK);
	assert_int_equal(statements_put(t, &org, LIMIT_STATEMENTS, &s), ERR_LIMIT);
	assert_int_equal(statements_put(t, &org, 0, &none), ERR_INVALID);
	store_abort(t);
}

static void damage_is_told(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct signed_statement s = {.payload = text("no statement")}, out = {0};
	struct statement parsed;
	struct id org = {{7}};
	uint8_t key[40] = {7}, row[128] = {0};
	struct walk w;

	assert_int_equal(statements_put(t, &org, 0, &s), OK);
	assert_int_equal(statements_newest(t, &org, &out, &parsed), ERR_CORRUPT);
	assert_null(out.payload.p);
	assert_int_equal(store_put(t, TABLE_STATEMENTS, SPAN(key, 40), SPAN(row, 128)), OK); /* no payload left */
	assert_int_equal(statements_get(t, &org, 0, &out), ERR_CORRUPT);
	assert_int_equal(statements_newest(t, &org, &out, &parsed), ERR_CORRUPT);
	assert_int_equal(statements_walk(t, &org, &w), OK);
	assert_false(statements_next(&w, &out));
	assert_int_equal(walk_close(&w, OK), ERR_CORRUPT);
	store_abort(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(statements_come_back, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(limits_hold, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(damage_is_told, folder_setup, folder_teardown),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("orgs", tests, NULL, NULL);
}
