/* What the check() of several kinds shares: groups known by a field of theirs, fields required at times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/kind_check.h"

static const struct field group[] = {
	{.key = 0, .name = "rid", .type = FIELD_LINE},
	{.key = 1, .name = "log", .type = FIELD_REF},
	{0},
};

static const struct field table[] = {
	{.key = 3, .name = "rows", .type = FIELD_GROUP, .list = true, .group = group},
	{.key = 4, .name = "one", .type = FIELD_INT},
	{.key = 5, .name = "two", .type = FIELD_INT},
	{0},
};

struct made {
	struct arena *a;
	struct value *body, *list;
	struct record r;
	struct kind_check_names names;
	struct complaint why;
};

static int make(void **state)
{
	static struct made m;

	memset(&m, 0, sizeof m);
	m.a = arena_new();
	assert_non_null(m.a);
	m.body = value_map(m.a);
	m.list = value_array(m.a);
	value_set(m.a, m.body, 3, m.list);
	m.r.body = m.body;
	*state = &m;
	return 0;
}

static int end(void **state)
{
	struct made *m = *state;

	arena_free(m->a);
	return 0;
}

static void row(struct made *m, int64_t key, struct value *v)
{
	struct value *map = value_map(m->a);

	value_set(m->a, map, key, v);
	value_push(m->a, m->list, map);
}

static void rid(struct made *m, const char *text)
{
	row(m, 0, value_str(m->a, text));
}

static enum err unique(struct made *m, const char *name)
{
	return kind_check_unique(&m->r, &table[0], name, &m->names, &m->why);
}

static bool has(const struct made *m, const char *text)
{
	return kind_check_has(&m->names, SPAN(text, strlen(text)));
}

static void finds_what_is_there_and_nothing_else(void **state)
{
	static const char *const there[] = {"R-2", "R-10", "", "R", "r-2", "R-1"}, *const not[] = {"R-3", "R-", "R-100", "x", "\x01"};
	struct made *m = *state;

	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		rid(m, there[i]);
	assert_int_equal(unique(m, "rid"), OK);
	assert_int_equal(m->names.n, sizeof there / sizeof *there);
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		assert_true(has(m, there[i]));
	for (size_t i = 0; i < sizeof not / sizeof *not; i++)
		assert_false(has(m, not[i]));
}

static void an_absent_list_has_none(void **state)
{
	struct made *m = *state;

	m->r.body = value_map(m->a);
	m->names.n = 9;
	assert_int_equal(unique(m, "rid"), OK);
	assert_int_equal(m->names.n, 0);
	assert_false(has(m, ""));
}

static void twice_is_refused_and_said(void **state)
{
	struct made *m = *state;

	rid(m, "R-1");
	rid(m, "R-2");
	rid(m, "R-1");
	assert_int_equal(unique(m, "rid"), ERR_INVALID);
	assert_string_equal(m->why.where, "rows.rid");
	assert_string_equal(m->why.text, "stands there twice: R-1");
}

/* Ids are compared, but their bytes are not text to show. */
static void ids_are_compared_too(void **state)
{
	struct made *m = *state;
	struct id one = {{1}}, two = {{2}};

	row(m, 1, value_id(m->a, &two));
	row(m, 1, value_id(m->a, &one));
	assert_int_equal(unique(m, "log"), OK);
	assert_true(kind_check_has(&m->names, ID_SPAN(&one)) && kind_check_has(&m->names, ID_SPAN(&two)));
	row(m, 1, value_id(m->a, &two));
	assert_int_equal(unique(m, "log"), ERR_INVALID);
	assert_string_equal(m->why.text, "stands there twice");
}

static void a_group_without_the_field_is_pointed_at(void **state)
{
	struct made *m = *state;
	struct id id = {{1}};

	rid(m, "R-1");
	row(m, 1, value_id(m->a, &id));
	assert_int_equal(unique(m, "rid"), ERR_INVALID);
	assert_string_equal(m->why.where, "rows[1].rid");
}

static void limit_of_items(void **state)
{
	struct made *m = *state;
	char text[16];

	for (unsigned i = 0; i < KIND_CHECK_ITEMS; i++) {
		snprintf(text, sizeof text, "R-%u", i);
		rid(m, text);
	}
	assert_int_equal(unique(m, "rid"), OK);
	assert_int_equal(m->names.n, KIND_CHECK_ITEMS);
	rid(m, "one more");
	assert_int_equal(unique(m, "rid"), ERR_LIMIT);
	assert_string_equal(m->why.where, "rows");
	assert_int_equal(m->names.n, 0);
}

static void required_at_times(void **state)
{
	static const char *const both[] = {"one", "two", NULL}, *const none[] = {NULL};
	struct made *m = *state;

	assert_int_equal(kind_check_required(&m->r, table, none, "never", &m->why), OK);
	assert_int_equal(kind_check_required(&m->r, table, both, "when it is final", &m->why), ERR_INVALID); /* all at once, not one a try */
	assert_string_equal(m->why.where, "one, two");
	assert_string_equal(m->why.text, "are required when it is final");
	value_set(m->a, m->body, 4, value_int(m->a, 0));
	assert_int_equal(kind_check_required(&m->r, table, both, "when it is final", &m->why), ERR_INVALID);
	assert_string_equal(m->why.where, "two");
	assert_string_equal(m->why.text, "is required when it is final");
	value_set(m->a, m->body, 5, value_int(m->a, 0));
	assert_int_equal(kind_check_required(&m->r, table, both, "when it is final", NULL), OK);
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, make, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(finds_what_is_there_and_nothing_else), WITH(an_absent_list_has_none), WITH(twice_is_refused_and_said),
		WITH(ids_are_compared_too), WITH(a_group_without_the_field_is_pointed_at), WITH(limit_of_items), WITH(required_at_times),
	};

	return cmocka_run_group_tests_name("kind_check", tests, NULL, NULL);
}
