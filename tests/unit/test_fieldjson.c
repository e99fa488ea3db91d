#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "node/fieldjson.h"
#include "proto/kinds.h"
#include "proto/vocab.h"

static const struct field member[] = {
	{.key = 0, .name = "id", .type = FIELD_LINE, .required = true},
	{.key = 1, .name = "text", .type = FIELD_TEXT},
	{0},
};
static const struct field table[] = {
	{.key = 0, .name = "line", .type = FIELD_LINE},
	{.key = 1, .name = "number", .type = FIELD_INT},
	{.key = 2, .name = "flag", .type = FIELD_BOOL},
	{.key = 3, .name = "time", .type = FIELD_TIME},
	{.key = 4, .name = "date", .type = FIELD_DATE},
	{.key = 5, .name = "severity", .type = FIELD_ENUM, .vocab = &vocab_severity},
	{.key = 6, .name = "ref", .type = FIELD_REF},
	{.key = 7, .name = "org", .type = FIELD_ORG},
	{.key = 8, .name = "bytes", .type = FIELD_BYTES},
	{.key = 9, .name = "group", .type = FIELD_GROUP, .group = member},
	{.key = 10, .name = "groups", .type = FIELD_GROUP, .list = true, .max_items = 3, .group = member},
	{.key = 11, .name = "lines", .type = FIELD_LINE, .list = true},
	{0},
};

static const char *const full =
	"{\"line\":\"a \\u00e9\",\"number\":9223372036854775807,\"flag\":false,\"time\":\"2026-11-23T09:00:00Z\",\"date\":\"2026-11-23\","
	"\"severity\":\"high\",\"ref\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
	"\"org\":\"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\",\"bytes\":\"00ff\",\"group\":{\"id\":\"x\"},"
	"\"groups\":[{\"id\":\"a1\",\"text\":\"one\\ntwo\"},{\"id\":\"a2\"}],\"lines\":[\"p\",\"q\"]}";

static enum err read_text(const char *text, const struct fieldjson_names *names, struct arena *a, struct value **out, struct complaint *why)
{
	json_t *j = json_loads(text, JSON_DECODE_ANY, NULL);
	enum err e;

	assert_non_null(j);
	memset(why, 0, sizeof *why);
	e = fieldjson_read(table, j, names, a, out, why);
	json_decref(j);
	return e;
}

static void there_and_back(void **state)
{
	struct arena *a = arena_new();
	struct complaint why;
	struct value *v = NULL;
	json_t *written, *wanted = json_loads(full, 0, NULL);

	(void)state;
	assert_int_equal(read_text(full, NULL, a, &v, &why), OK);
	assert_int_equal(fields_check(table, v, &why), OK);
	written = fieldjson_write(table, v);
	assert_true(json_equal(written, wanted));
	json_decref(written);
	json_decref(wanted);
	arena_free(a);
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *where, *words;
	} cases[] = {
		{"[]", "document", "object"},
		{"7", "document", "object"},
		{"{\"lien\":\"x\"}", "lien", "did you mean \"line\""},
		{"{\"zzzzzzzzzz\":1}", "zzzzzzzzzz", "not a field"},
		{"{\"line\":7}", "line", "text"},
		{"{\"number\":\"7\"}", "number", "whole number"},
		{"{\"number\":-1}", "number", "whole number"},
		{"{\"number\":1.5}", "number", "whole number"},
		{"{\"flag\":\"yes\"}", "flag", "true or false"},
		{"{\"time\":\"soon\"}", "time", "time"},
		{"{\"time\":5}", "time", "text"},
		{"{\"date\":\"2026-02-30\"}", "date", "date"},
		{"{\"severity\":\"awful\"}", "severity", "one of"},
		{"{\"ref\":\"abc\"}", "ref", "hexadecimal"},
		{"{\"bytes\":\"abc\"}", "bytes", "hexadecimal"},
		{"{\"group\":[]}", "group", "object"},
		{"{\"group\":{\"id\":\"x\",\"txet\":\"y\"}}", "group.txet", "did you mean \"text\""},
		{"{\"groups\":{}}", "groups", "list"},
		{"{\"groups\":[{\"id\":\"1\"},{\"id\":[]}]}", "groups[1].id", "text"},
		{"{\"groups\":[{},{},{},{}]}", "groups", "more than 3"},
		{"{\"lines\":[\"a\",null]}", "lines[1]", "text"},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct value *v = (struct value *)(uintptr_t)&cases;
		struct complaint why;

		assert_int_equal(read_text(cases[i].text, NULL, a, &v, &why), ERR_INVALID);
		assert_string_equal(why.where, cases[i].where);
		assert_non_null(strstr(why.text, cases[i].words));
		assert_ptr_equal(v, &cases);
	}
	arena_free(a);
}

static void null_is_not_stated(void **state)
{
	struct arena *a = arena_new();
	struct complaint why;
	struct value *v = NULL;

	(void)state;
	assert_int_equal(read_text("{\"line\":null,\"groups\":null}", NULL, a, &v, &why), OK);
	assert_int_equal(value_count(v), 0);
	arena_free(a);
}

static enum err resolve(void *ctx, const struct field *f, const char *typed, struct id *out, struct complaint *why)
{
	int *calls = ctx;

	(*calls)++;
	if (strcmp(typed, "nobody") == 0) {
		(void)strncpy(why->text, "is not known", sizeof why->text - 1);
		return ERR_NOT_FOUND;
	}
	memset(out->b, f->type == FIELD_ORG ? 7 : 9, sizeof out->b);
	return OK;
}

static void names_are_resolved(void **state)
{
	struct arena *a = arena_new();
	int calls = 0;
	const struct fieldjson_names names = {resolve, &calls};
	struct complaint why;
	struct value *v = NULL;
	struct id id;

	(void)state;
	assert_int_equal(read_text("{\"org\":\"harbour\",\"ref\":\"abcdef\"}", &names, a, &v, &why), OK);
	assert_int_equal(calls, 2);
	assert_true(fields_id(table, v, "org", &id));
	assert_int_equal(id.b[31], 7);
	assert_true(fields_id(table, v, "ref", &id));
	assert_int_equal(id.b[0], 9);
	assert_int_equal(read_text("{\"org\":\"nobody\"}", &names, a, &v, &why), ERR_NOT_FOUND);
	assert_string_equal(why.where, "org");
	assert_string_equal(why.text, "is not known");
	arena_free(a);
}

static void unknown_keys_are_left_out(void **state)
{
	struct arena *a = arena_new();
	struct value *v = value_map(a);
	json_t *j;

	(void)state;
	value_set(a, v, 0, value_str(a, "x"));
	value_set(a, v, 64, value_str(a, "later"));
	j = fieldjson_write(table, v);
	assert_int_equal(json_object_size(j), 1);
	assert_string_equal(json_string_value(json_object_get(j, "line")), "x");
	json_decref(j);
	arena_free(a);
}

/* A long path is cut, never overrun. */
static void long_names(void **state)
{
	struct arena *a = arena_new();
	struct complaint why;
	struct value *v = NULL;
	char name[400], text[500];

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	(void)snprintf(text, sizeof text, "{\"group\":{\"%s\":1}}", name);
	assert_int_equal(read_text(text, NULL, a, &v, &why), ERR_INVALID);
	assert_int_equal(strlen(why.where), sizeof why.where - 1);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(refuses), cmocka_unit_test(null_is_not_stated),
		cmocka_unit_test(names_are_resolved), cmocka_unit_test(unknown_keys_are_left_out), cmocka_unit_test(long_names),
	};

	return cmocka_run_group_tests_name("fieldjson", tests, NULL, NULL);
}
