/* Local kinds: their tables, checks, order and history; suppliers themselves are in test_rows.c. */
#include "tests/unit/store_help.h"

#include "proto/vocab.h"
#include "proto/when.h"
#include "store/locals.h"

static struct value *row_of(struct arena *a, const struct local_kind *k, const char *fields)
{
	struct value *row = value_map(a), *v;
	char text[400], *at = text, *pair, *equal;
	struct complaint why;

	(void)snprintf(text, sizeof text, "%s", fields);
	while ((pair = strsep(&at, ";"))) {
		assert_non_null(equal = strchr(pair, '='));
		*equal = '\0';
		if (fields_parse(fields_find(k->fields, pair), equal + 1, a, &v, &why) != OK)
			fail_msg("%s: %s %s", pair, why.where, why.text);
		fields_set(a, k->fields, row, pair, v);
	}
	return row;
}

static void refused(const struct local_kind *k, const char *fields, const char *where, const char *words)
{
	struct arena *a = arena_new();
	struct complaint why = {0};

	if (locals_check(k, row_of(a, k, fields), &why) != ERR_INVALID || strcmp(why.where, where) != 0 || !strstr(why.text, words))
		fail_msg("%s: [%s] %s", fields, why.where, why.text);
	arena_free(a);
}

static void tables_are_sound(void **state)
{
	const struct local_kind *k;

	(void)state;
	for (size_t i = 0; (k = locals_each(i)); i++) {
		assert_ptr_equal(locals_by_name(k->name), k);
		assert_int_equal(fields_find(k->fields, "name")->key, 0);
		assert_non_null(fields_find(k->fields, "created"));
		assert_non_null(fields_find(k->fields, "changed"));
		for (const char *const *s = k->shown; *s; s++)
			assert_non_null(fields_find(k->fields, *s));
		for (const char *const *s = k->order; *s; s++)
			assert_true(strcmp(*s, "priority") == 0 || fields_find(k->fields, *s + (**s == '-')));
		for (size_t j = 0; j < i; j++)
			assert_true(locals_each(j)->number != k->number);
		for (const struct field *x = k->fields; x->name; x++)
			for (const struct field *y = x + 1; y->name; y++)
				assert_true(x->key != y->key && strcmp(x->name, y->name) != 0);
	}
	assert_null(locals_by_name("invite"));
	assert_int_equal(vocab_number(&vocab_supplier_state, SPAN("former", 6)), SUPPLIER_FORMER);
	assert_int_equal(vocab_number(&vocab_supplier_state, SPAN("exiting", 7)), SUPPLIER_EXITING);
	assert_int_equal(vocab_number(&vocab_supplier_state, SPAN("prospect", 8)), SUPPLIER_PROSPECT);
}

static void what_contradicts_itself_is_refused(void **state)
{
	(void)state;
	refused(&local_dependency, "name=a-1;function=f;supplier=s;substitutability=hard", "substitutability_reason", "required");
	refused(&local_dependency, "name=a-1;function=f;supplier=s;version=2", "product", "required");
	refused(&local_dependency, "name=a-1;supplier=s", "function", "required");
	refused(&local_subcontractor, "name=a-1;supplier=s;subcontractor=s", "subcontractor", "itself");
	refused(&local_subcontractor, "name=a-1;supplier=s;subcontractor=t;rank=1", "rank", "begins with 2");
	refused(&local_subcontractor, "name=a-1;supplier=s;subcontractor=t;since=2026-02-01;ended=2026-01-31", "ended", "before");
	refused(&local_published, "name=a-1;supplier=s;title=t;retrieved=2026-01-01;confidence=50", "confidence_reason", "required");
	refused(&local_published, "name=a-1;supplier=s;title=t;retrieved=2026-01-01;sha256=00ff", "sha256", "64");
	refused(&local_terms, "name=a-1;supplier=s;title=t;read=2026-01-01;start=2026-01-01;end=2025-01-01", "end", "before");
	refused(&local_access, "name=a-1;supplier=s;what=vpn;class=network;since=2026-01-02;revoked=2026-01-01", "revoked", "before");
	refused(&local_access, "name=a-1;supplier=s;what=vpn;class=network;since=2026-01-02;until=2026-01-01", "until", "before");
#define GONE "name=a-1;supplier=s;what=x;class=network;since=2026-01-02;outcome="
	refused(&local_access, GONE "returned", "revoked", "required");
	refused(&local_access, GONE "deleted;revoked=2026-01-03", "method", "required");
	refused(&local_access, GONE "retained;basis=law", "retained_until", "required");
	refused(&local_access, GONE "retained;retained_until=2027-01-01", "basis", "required");
	refused(&local_access, GONE "retained;basis=law;retained_until=2027-01-01;revoked=2026-01-03", "revoked", "against");
	refused(&local_awareness, "name=a-1;role=r;topic=t;date=2026-01-01;expires=2026-01-01", "expires", "later");
}

static void identifiers_are_judged(void **state)
{
	struct arena *a = arena_new();
	struct value *row = row_of(a, &local_supplier, "name=a-1"), *list = value_array(a), *item = value_map(a);
	struct complaint why;

	(void)state;
	value_set(a, item, 0, value_str(a, "LEI"));
	value_set(a, item, 1, value_str(a, "529900"));
	value_push(a, list, item);
	fields_set(a, supplier_fields, row, "identifiers", list);
	assert_int_equal(locals_check(&local_supplier, row, &why), ERR_INVALID);
	assert_string_equal(why.where, "identifiers[0].value");
	arena_free(a);
}

static void what_follows_is_filled_in(void **state)
{
	struct arena *a = arena_new();
	struct value *row = row_of(a, &local_terms, "name=a-1;supplier=s;title=t;read=2026-01-31");
	int64_t i;

	(void)state;
	local_terms.fill(a, row, 0);
	assert_true(fields_int(terms_fields, row, "review_due", &i));
	assert_int_equal(i, 20849); /* 2027-01-31 */
	assert_true(fields_int(terms_fields, row, "status", &i));
	row = row_of(a, &local_published, "name=a-1;supplier=s;title=t;retrieved=2026-01-31;review_due=2026-02-01");
	local_published.fill(a, row, 0);
	assert_true(fields_int(published_fields, row, "review_due", &i));
	assert_int_equal(i, 20485); /* as it was stated */
	arena_free(a);
}

/* Tier first, then the factors; without a tier later, former ones last. */
static void priority(void **state)
{
	static const char *const order[] = {"name=a-1;tier=critical", "name=a-1;tier=high", "name=a-1;tier=low", "name=a-1",
		"name=a-1;tier=critical;state=former"};
	struct arena *a = arena_new();
	struct value *row, *factors = value_map(a);

	(void)state;
	for (size_t i = 1; i < sizeof order / sizeof *order; i++)
		assert_true(local_supplier_priority(row_of(a, &local_supplier, order[i - 1])) <
			local_supplier_priority(row_of(a, &local_supplier, order[i])));
	row = row_of(a, &local_supplier, "name=a-1;tier=high");
	value_set(a, factors, 1, value_int(a, 5));
	fields_set(a, supplier_fields, row, "factors", factors);
	assert_true(local_supplier_priority(row) < local_supplier_priority(row_of(a, &local_supplier, order[1])));
	assert_true(local_supplier_priority(row) > local_supplier_priority(row_of(a, &local_supplier, order[0])));
	arena_free(a);
}

static size_t count(struct txn *t, const struct local_kind *k)
{
	struct walk w;
	size_t n = 0;

	assert_int_equal(locals_walk(t, k, &w), OK);
	while (walk_next(&w))
		n++;
	assert_int_equal(walk_close(&w, OK), OK);
	return n;
}

static size_t versions(struct txn *t, const struct local_kind *k, const char *name)
{
	struct walk w;
	size_t n = 0;
	uint64_t before = UINT64_MAX;

	assert_int_equal(locals_history(t, k, name, &w), OK);
	for (; walk_next(&w); n++) {
		assert_true(locals_version(&w) < before); /* newest first */
		before = locals_version(&w);
	}
	assert_int_equal(walk_close(&w, OK), OK);
	return n;
}

/* One table holds several kinds, and none sees another's rows. */
static void kinds_keep_apart(void **state)
{
	struct folder *f = *state;
	struct txn *t = writing(f);
	struct arena *a = arena_new();
	const struct value *got;

	assert_int_equal(locals_put(t, &local_dependency, "x-1", row_of(a, &local_dependency, "name=x-1;function=f;supplier=s")), OK);
	assert_int_equal(locals_put(t, &local_dependency, "x-1", row_of(a, &local_dependency, "name=x-1;function=g;supplier=s")), OK);
	assert_int_equal(locals_put(t, &local_dependency, "x-12", row_of(a, &local_dependency, "name=x-12;function=g;supplier=s")), OK);
	assert_int_equal(locals_put(t, &local_awareness, "x-1", row_of(a, &local_awareness, "name=x-1;role=r;topic=t;date=2026-01-01")), OK);
	assert_int_equal(count(t, &local_dependency), 2);
	assert_int_equal(count(t, &local_awareness), 1);
	assert_int_equal(count(t, &local_access), 0);
	assert_int_equal(count(t, &local_supplier), 0);
	assert_int_equal(versions(t, &local_dependency, "x-1"), 1);
	assert_int_equal(versions(t, &local_dependency, "x-12"), 0);
	assert_int_equal(versions(t, &local_awareness, "x-1"), 0);
	assert_int_equal(locals_drop(t, &local_dependency, "x-1"), OK);
	assert_int_equal(locals_get(t, &local_dependency, "x-1", a, &got), ERR_NOT_FOUND);
	assert_int_equal(locals_get(t, &local_awareness, "x-1", a, &got), OK);
	assert_int_equal(versions(t, &local_dependency, "x-1"), 2); /* what was removed is filed too */
	assert_int_equal(locals_drop(t, &local_dependency, "x-1"), ERR_NOT_FOUND);
	assert_int_equal(locals_put(t, &local_dependency, "x-1", row_of(a, &local_dependency, "name=x-1;function=h;supplier=s")), OK);
	assert_int_equal(locals_drop(t, &local_dependency, "x-1"), OK);
	assert_int_equal(versions(t, &local_dependency, "x-1"), 3);
	assert_int_equal(locals_get(t, &local_dependency, "", a, &got), ERR_NOT_FOUND);
	assert_int_equal(locals_put(t, &local_dependency, "y-1", row_of(a, &local_dependency, "name=x-1;function=h;supplier=s")), ERR_INVALID);
	store_abort(t);
	arena_free(a);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, folder_setup, folder_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sound), cmocka_unit_test(what_contradicts_itself_is_refused), cmocka_unit_test(identifiers_are_judged),
		cmocka_unit_test(what_follows_is_filled_in), cmocka_unit_test(priority), TEST(kinds_keep_apart),
	};

	return cmocka_run_group_tests_name("locals", tests, NULL, NULL);
}
