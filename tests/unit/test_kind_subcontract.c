/* What the tables of disclosures, requests and support statements cannot say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "node/fieldjson.h"
#include "proto/kinds.h"
#include "tests/unit/arena.h"
#include "tests/unit/samples_register.h"

/* The place that is refused; "": it is taken. */
static const char *judged(enum kind_number kind, const char *text)
{
	static struct complaint why;
	struct record r = {.kind = kind, .author = {{7}}, .created = 1795424400000, .tlp = TLP_AMBER}; /* 2026-11-23 */
	struct value *body = NULL;
	json_t *json = json_loads(text, 0, NULL);
	enum err e;

	memset(&why, 0, sizeof why);
	if (!json || fieldjson_read(kind_by_number(kind)->fields, json, NULL, a, &body, &why) != OK)
		fail_msg("%s: %s %s", text, why.where, why.text);
	json_decref(json);
	r.body = body;
	e = record_check(&r, &why);
	assert_true(e == OK || e == ERR_INVALID);
	return e == OK ? "" : why.where;
}

#define DISCLOSED(complete, items) judged(KIND_SUBCONTRACTOR_DISCLOSURE, "{\"as_of\": \"2026-11-20\", \"complete\": " complete items "}")
#define ITEM(more) "{\"service\": \"s\"" more "}"

static void disclosure(void **state)
{
	(void)state;
	assert_string_equal(judged(KIND_SUBCONTRACTOR_DISCLOSURE, SAMPLE_DISCLOSURE), "");
	assert_string_equal(DISCLOSED("true", ""), ""); /* affirmed: none */
	assert_string_equal(DISCLOSED("false", ""), "items");
	assert_string_equal(DISCLOSED("false", ", \"items\": [" ITEM(", \"name\": \"n\", \"rank\": 2") "]"), "");
	assert_string_equal(DISCLOSED("true", ", \"items\": [" ITEM(", \"name\": \"n\", \"rank\": 1") "]"), "items[0].rank");
	assert_string_equal(DISCLOSED("true", ", \"items\": [" ITEM(", \"rank\": 2") "]"), "items[0].name");
	assert_string_equal(DISCLOSED("true", ", \"items\": [" ITEM(", \"blinded\": \"00\", \"rank\": 2") "]"), "items[0].blinded");
	assert_string_equal(DISCLOSED("true", ", \"items\": [" ITEM(", \"name\": \"n\", \"rank\": 2") ", " ITEM(", \"name\": \"m\", \"rank\": 3") "]"),
	                    "items[1].parent");
	assert_string_equal(DISCLOSED("true", ", \"items\": [" ITEM(", \"name\": \"n\", \"rank\": 2") ", "
	                              ITEM(", \"name\": \"m\", \"rank\": 3, \"parent\": \"x\"") "]"), "items[1].parent");
	assert_string_equal(DISCLOSED("true", ", \"items\": [" ITEM(", \"name\": \"n\", \"rank\": 2") ", "
	                              ITEM(", \"name\": \"m\", \"rank\": 4, \"parent\": \"n\"") "]"), "items[1].parent"); /* a rank is left out */
}

static void request(void **state)
{
	(void)state;
	assert_string_equal(judged(KIND_SUBCONTRACTING_REQUEST, SAMPLE_REQUEST), "");
	assert_string_equal(judged(KIND_SUBCONTRACTING_REQUEST, "{\"subcontractor\": \"n\", \"service\": \"s\", \"reason\": \"r\", \"rank\": 1}"), "rank");
	assert_string_equal(judged(KIND_SUBCONTRACTING_REQUEST, "{\"subcontractor\": \"n\", \"service\": \"s\", \"reason\": \"r\", \"rank\": 3}"), "parent");
	assert_string_equal(judged(KIND_SUBCONTRACTING_REQUEST, "{\"subcontractor\": \"n\", \"service\": \"s\"}"), "reason");
}

static void support(void **state)
{
	(void)state;
	assert_string_equal(judged(KIND_SUPPORT_STATEMENT, SAMPLE_SUPPORT), "");
	assert_string_equal(judged(KIND_SUPPORT_STATEMENT, "{\"product\": \"p\", \"support\": \"none\"}"), "");
	assert_string_equal(judged(KIND_SUPPORT_STATEMENT, "{\"product\": \"p\", \"support\": \"vendor\"}"), "end_of_fixes");
	assert_string_equal(judged(KIND_SUPPORT_STATEMENT, "{\"product\": \"p\", \"support\": \"community\", \"end_of_support\": \"2027-01-01\"}"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(disclosure, arena_begin, arena_end), cmocka_unit_test_setup_teardown(request, arena_begin, arena_end),
		cmocka_unit_test_setup_teardown(support, arena_begin, arena_end),
	};

	return cmocka_run_group_tests_name("kind_subcontract", tests, NULL, NULL);
}
