#include "tests/unit/store_help.h"

#include "proto/vocab.h"
#include "store/locals.h"

static struct value *supplier(struct arena *a, const char *name, const char *owner, int64_t changed)
{
	struct value *row = value_map(a);

	fields_set(a, supplier_fields, row, "name", value_str(a, name));
	fields_set(a, supplier_fields, row, "owner", value_str(a, owner));
	fields_set(a, supplier_fields, row, "created", value_int(a, 1000));
	fields_set(a, supplier_fields, row, "changed", value_int(a, changed));
	return row;
}

static size_t history(struct txn *t, const char *name, char owners[static 200])
{
	struct arena *a = arena_new();
	const struct value *row;
	struct span owner;
	size_t n = 0;
	struct walk w;

	owners[0] = 0;
	assert_int_equal(walk_open(t, TABLE_SUPPLIER_HISTORY, SPAN(name, strlen(name) + 1), false, &w), OK);
	while (walk_next(&w)) {
		assert_int_equal(w.key.n, strlen(name) + 9);
		assert_int_equal(get_u64be(w.key.p + strlen(name) + 1), ++n);
		assert_int_equal(rows_value(w.value, a, &row), OK);
		assert_true(fields_str(supplier_fields, row, "owner", &owner));
		strncat(owners, (const char *)owner.p, owner.n);
		strncat(owners, " ", 2);
	}
	assert_int_equal(walk_close(&w, OK), OK);
	arena_free(a);
	return n;
}

static void every_change_of_a_supplier_is_kept(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	const struct value *got;
	char owners[200];
	int64_t changed = 0;

	assert_int_equal(locals_put(t, &local_supplier, "acme", supplier(a, "acme", "ann", 1)), OK);
	assert_int_equal(history(t, "acme", owners), 0);
	assert_int_equal(locals_put(t, &local_supplier, "acme", supplier(a, "acme", "bob", 2)), OK);
	assert_int_equal(locals_put(t, &local_supplier, "acme", supplier(a, "acme", "bob", 3)), OK); /* no change but the time */
	assert_int_equal(locals_put(t, &local_supplier, "acme", supplier(a, "acme", "cid", 4)), OK);
	assert_int_equal(locals_put(t, &local_supplier, "acme2", supplier(a, "acme2", "dan", 5)), OK);
	assert_int_equal(locals_put(t, &local_supplier, "acme2", supplier(a, "acme2", "eve", 6)), OK);
	assert_int_equal(store_commit(t), OK);
	t = writing(f);
	assert_int_equal(history(t, "acme", owners), 2);
	assert_string_equal(owners, "ann bob ");
	assert_int_equal(history(t, "acme2", owners), 1);
	assert_string_equal(owners, "dan ");
	assert_int_equal(rows_get(t, TABLE_SUPPLIERS, text("acme"), a, &got), OK);
	assert_true(value_eq(got, supplier(a, "acme", "cid", 4)));
	struct value *row = supplier(a, "acme", "cid", 4); /* one field more, one field less */
	fields_set(a, supplier_fields, row, "country", value_str(a, "AT"));
	assert_int_equal(locals_put(t, &local_supplier, "acme", row), OK);
	assert_int_equal(locals_put(t, &local_supplier, "acme", supplier(a, "acme", "cid", 9)), OK);
	assert_int_equal(history(t, "acme", owners), 4);
	assert_int_equal(rows_get(t, TABLE_SUPPLIERS, text("acme"), a, &got), OK);
	assert_true(fields_int(supplier_fields, got, "changed", &changed));
	assert_int_equal(changed, 9);
	store_abort(t);
	arena_free(a);
}

static void wrong_rows_are_refused(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	const struct value *got = NULL;
	char name[LOCAL_NAME + 2];
	struct value *row;

	memset(name, 'n', sizeof name);
	name[LOCAL_NAME + 1] = 0;
	assert_int_equal(locals_put(t, &local_supplier, name, supplier(a, name, "ann", 1)), ERR_LIMIT);
	name[LOCAL_NAME] = 0;
	assert_int_equal(locals_put(t, &local_supplier, name, supplier(a, name, "ann", 1)), OK);
	assert_int_equal(locals_put(t, &local_supplier, name, supplier(a, name, "bob", 1)), OK);
	assert_int_equal(locals_put(t, &local_supplier, "other", supplier(a, name, "ann", 1)), ERR_INVALID);
	assert_int_equal(locals_put(t, &local_supplier, "", supplier(a, "", "ann", 1)), ERR_INVALID);
	assert_int_equal(locals_put(t, &local_supplier, "x", NULL), ERR_MEMORY);
	row = supplier(a, "x", "ann", 1);
	value_set(a, row, 63, value_int(a, 1)); /* unknown below 64 */
	assert_int_equal(locals_put(t, &local_supplier, "x", row), ERR_INVALID);
	row = supplier(a, "x", "ann", 1);
	value_set(a, row, 64, value_int(a, 1)); /* of a later version: kept */
	assert_int_equal(locals_put(t, &local_supplier, "x", row), OK);
	assert_int_equal(rows_get(t, TABLE_SUPPLIERS, text("x"), a, &got), OK);
	assert_true(value_eq(got, row));
	assert_int_equal(rows_put(t, TABLE_PARTNERS, text("p"), value_map(a)), ERR_INVALID);
	assert_int_equal(rows_put(t, TABLE_RECORDS, text("p"), row), ERR_INVALID);
	assert_int_equal(rows_get(t, TABLE_SUPPLIERS, text("y"), a, &got), ERR_NOT_FOUND);
	assert_int_equal(store_put(t, TABLE_SUPPLIERS, text("y"), text("\xc1")), OK);
	assert_int_equal(rows_get(t, TABLE_SUPPLIERS, text("y"), a, &got), ERR_CORRUPT);
	assert_int_equal(store_put(t, TABLE_SUPPLIERS, text("y"), text("\x01")), OK);
	assert_int_equal(rows_get(t, TABLE_SUPPLIERS, text("y"), a, &got), ERR_CORRUPT); /* no map */
	assert_int_equal(rows_drop(t, TABLE_SUPPLIERS, text("y")), OK);
	assert_int_equal(rows_get(t, TABLE_SUPPLIERS, text("y"), a, &got), ERR_NOT_FOUND);
	store_abort(t);
	arena_free(a);
}

static void a_row_outlives_its_transaction(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	const struct value *got;
	struct span owner;

	assert_int_equal(locals_put(t, &local_supplier, "acme", supplier(a, "acme", "ann", 1)), OK);
	assert_int_equal(rows_get(t, TABLE_SUPPLIERS, text("acme"), a, &got), OK);
	assert_int_equal(locals_put(t, &local_supplier, "acme", supplier(a, "acme", "zzz", 1)), OK);
	assert_int_equal(store_commit(t), OK);
	assert_true(fields_str(supplier_fields, got, "owner", &owner) && span_eq(owner, text("ann")));
	arena_free(a);
}

static void operations_are_numbered(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	const struct value *got;
	struct span s;
	uint8_t key[8];

	assert_int_equal(operations_add(t, 5000, "ann", "partner suspend", "acme"), OK);
	assert_int_equal(operations_add(t, 6000, "node", "alarm", NULL), OK);
	assert_int_equal(operations_add(t, 7000, "", "nobody", NULL), ERR_INVALID);
	put_u64be(key, 1);
	assert_int_equal(rows_get(t, TABLE_OPERATIONS, SPAN(key, 8), a, &got), OK);
	assert_true(fields_str(operation_fields, got, "about", &s) && span_eq(s, text("acme")));
	put_u64be(key, 2);
	assert_int_equal(rows_get(t, TABLE_OPERATIONS, SPAN(key, 8), a, &got), OK);
	assert_false(fields_str(operation_fields, got, "about", &s));
	store_abort(t);
	arena_free(a);
}

static void tables_are_sound(void **state)
{
	static const enum table tables[] = {TABLE_SUPPLIERS, TABLE_SUPPLIER_HISTORY, TABLE_PARTNERS, TABLE_INVITES, TABLE_OPERATIONS};

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct field *x = rows_fields(tables[i], SPAN(NULL, 0)); x->name; x++) {
			assert_true(x->key < 64 && x->help && x->help[0]);
			assert_true((x->type == FIELD_ENUM) == (x->vocab != NULL));
			assert_true((x->type == FIELD_GROUP) == (x->group != NULL));
			for (const struct field *y = x + 1; y->name; y++)
				assert_true(x->key != y->key && strcmp(x->name, y->name) != 0);
		}
	assert_null(rows_fields(TABLE_RECORDS, SPAN(NULL, 0)));
	assert_int_equal(vocab_number(&vocab_partner_state, text("pending")), PARTNER_PENDING);
	assert_int_equal(vocab_number(&vocab_partner_state, text("active")), PARTNER_ACTIVE);
	assert_int_equal(vocab_number(&vocab_partner_state, text("suspended")), PARTNER_SUSPENDED);
	assert_int_equal(vocab_number(&vocab_partner_state, text("removed")), PARTNER_REMOVED);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_change_of_a_supplier_is_kept), TEST(wrong_rows_are_refused), TEST(a_row_outlives_its_transaction),
		TEST(operations_are_numbered),            cmocka_unit_test(tables_are_sound),
	};

	return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
